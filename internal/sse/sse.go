// Package sse decodes event streams (text/event-stream) by the rules of the WHATWG HTML standard, "Server-sent events".
//
// The decoder works on bytes as they arrive: any chunking gives the same events, an event is handed over at its blank line without
// waiting for what follows, and an unfinished block at the end of the stream is dropped together with its id. Text is not checked
// for UTF-8: the standard replaces what is invalid, and so must whoever reads the data.
package sse

import (
	"bytes"
	"errors"
	"io"
	"math"
	"time"
)

// DefaultMax is the size limit of an event when none is given.
const DefaultMax = 16 << 20

const (
	// idleBuffer is what a stream of heartbeats keeps. Thousands of quiet streams are a normal use, so it is small.
	idleBuffer = 512
	// minBuffer is what a stream is read with as soon as a read has filled its buffer.
	minBuffer = 4 << 10
	// bigBuffer is the size from which a buffer is given back as soon as it is not needed, not after calmFills.
	bigBuffer = 256 << 10
	// calmFills is the number of reads, each of which ended a block, that a grown buffer is kept for without being needed: a stream
	// with a long entry now and then must not allocate for each of them.
	calmFills = 16
	// longLine is how much of a line is kept without a look at what it is.
	longLine = 1 << 10
	// smallField is what the buffers of names and ids keep for the next event.
	smallField = 1 << 10
	// emptyReads is how often a reader may return nothing and no error.
	emptyReads = 100
)

// ErrTooLarge reports that an event is larger than the decoder's limit. It is final: the decoder returns nothing else until Reset,
// and LastEventID still names the event before.
var ErrTooLarge = errors.New("sse: event larger than the limit")

// An Event is one dispatched event. Its slices are valid until the next call of the decoder.
type Event struct {
	// Name is the event type, "message" when the stream gave none.
	Name []byte
	// ID is the last event id as of this event: the id of an earlier event when this one had none of its own.
	ID []byte
	// Data holds the data lines joined by LF. It can be empty, but a block without a data line is no event.
	Data []byte
	// OwnID tells an event with an id line of its own from one that inherits its ID: the second must not be taken for a repetition.
	OwnID bool
}

// A Decoder reads events from a stream. It does not allocate while events keep their size.
type Decoder struct {
	r   io.Reader
	err error // what Next returns once the buffer is used up
	max int

	// buf[pos:w] is what has been read and not taken apart, starting with the line in progress. buf[dataStart:dataEnd], before pos, is
	// the data of the block in progress: further data lines are moved down to it, over the line ends and fields in between.
	buf                []byte
	pos, w             int
	dataStart, dataEnd int

	// lf is where to go on looking for an LF: there is none in buf[pos:lf]. cr is the index of the first CR in buf[pos:w], w if there is
	// none, as in most streams: there, a line costs one search. Each byte is looked at once for each of the two, however the stream
	// is cut.
	lf, cr int

	bom    bool // the stream may still start with a byte order mark
	skip   bool // the line in progress is dropped as it comes
	dropLF bool // the last line ended with a CR; an LF right after it belongs to it

	// eventLine is the last event line with an LF, eventName the value in it. The name belongs to the block in progress if named.
	eventLine, eventName  []byte
	message               []byte // the name of an event without one
	id, lastID            []byte // id is pending until the blank line
	named, hasID, hasData bool
	over                  bool // the block in progress is the event returned last
	size                  int  // bytes kept of the values in the block in progress

	retry    time.Duration
	hasRetry bool

	peak, calm int  // largest need, and reads that ended a block, since the buffer was last found too large
	filled     bool // a read since then has filled the buffer
	ended      bool
}

// NewDecoder returns a decoder that reads from r. The values of one event (data, id, name) may take max bytes together; max ≤ 0
// stands for DefaultMax.
func NewDecoder(r io.Reader, max int) *Decoder {
	if max <= 0 {
		max = DefaultMax
	}
	d := &Decoder{max: max, message: []byte("message")}
	d.Reset(r)
	return d
}

// Reset makes the decoder read a new connection. What was left of the old one is dropped; the last event id and the reconnection
// time stay, as the new connection continues the old stream.
func (d *Decoder) Reset(r io.Reader) {
	d.r, d.err = r, nil
	d.pos, d.w, d.lf, d.cr = 0, 0, 0, 0
	d.bom, d.skip, d.dropLF = true, false, false
	d.startBlock()
}

// LastEventID returns the id committed by the last complete block, empty if there is none or if it was reset. The slice is valid
// until the next call of Next.
func (d *Decoder) LastEventID() []byte { return d.lastID }

// Retry returns the reconnection time that the stream asked for, and whether it did. A number too large for a Duration gives the
// largest.
func (d *Decoder) Retry() (time.Duration, bool) { return d.retry, d.hasRetry }

// BetweenEvents reports whether nothing of an event is waiting for its rest. It is for readers that Next calls, too.
func (d *Decoder) BetweenEvents() bool {
	return d.pos == d.w && !d.skip && (d.over || !d.named && !d.hasID && !d.hasData)
}

// Next returns the next event. At the end of the stream it returns io.EOF; an error of the reader is passed through after the events
// that were complete before it.
func (d *Decoder) Next() (Event, error) {
	if d.over {
		d.startBlock()
	}
	for {
		start := d.pos
		if start < d.w && d.buf[start] == 'e' && d.repeatName() {
			continue
		}
		end := d.lineEnd()
		if end == d.w {
			if err := d.more(); err != nil {
				return Event{}, err
			}
			continue
		}
		d.pos = end + 1
		if end == d.cr {
			d.afterCR()
		}
		if d.skip {
			d.skip = false
		} else if start < end {
			if err := d.field(start, end); err != nil {
				return Event{}, err
			}
		} else if d.endBlock() {
			return Event{d.name(), d.lastID, d.buf[d.dataStart:d.dataEnd:d.dataEnd], d.hasID}, nil
		}
	}
}

// repeatName takes a line that is the same as the last event line, LF included, and reports whether it did: most events of a stream
// have one name, and comparing costs less than taking the line apart.
func (d *Decoder) repeatName() bool {
	n := len(d.eventLine)
	if n == 0 || d.skip || d.cr-d.pos < n || string(d.buf[d.pos:d.pos+n]) != string(d.eventLine) {
		return false
	}
	size := d.size + len(d.eventName)
	if size > d.max {
		return false
	}
	d.size, d.named = size, true
	d.pos += n
	return true
}

// name returns the event type of the block.
func (d *Decoder) name() []byte {
	if !d.named || len(d.eventName) == 0 {
		return d.message
	}
	return d.eventName
}

// lineEnd returns the index of the first line end in buf[pos:w], w if there is none.
func (d *Decoder) lineEnd() int {
	lf := max(d.lf, d.pos)
	if lf < d.w && d.buf[lf] != '\n' {
		lf = find(d.buf[:d.w], lf, '\n')
	}
	d.lf = lf
	return min(lf, d.cr)
}

// find returns the index of the first c in buf[from:], len(buf) if there is none.
func find(buf []byte, from int, c byte) int {
	if i := bytes.IndexByte(buf[from:], c); i >= 0 {
		return from + i
	}
	return len(buf)
}

// afterCR is called when a line has ended with a CR. At the very end of what was read the line ends all the same: waiting to see
// whether an LF follows would delay the event.
func (d *Decoder) afterCR() {
	if d.pos == d.w {
		d.dropLF = true
	} else if d.buf[d.pos] == '\n' {
		d.pos++
	}
	d.cr = find(d.buf[:d.w], d.pos, '\r')
}

// startBlock forgets the block in progress.
func (d *Decoder) startBlock() {
	d.named, d.hasID, d.hasData, d.over, d.size = false, false, false, false, 0
	d.dataStart, d.dataEnd = 0, 0
}

// endBlock commits the block's id, and reports whether the block is an event.
func (d *Decoder) endBlock() bool {
	if d.hasID {
		d.id, d.lastID = d.lastID, d.id
	}
	d.peak = max(d.peak, d.size)
	d.ended = true
	if !d.hasData {
		d.startBlock()
		return false
	}
	d.over = true
	return true
}

// field applies the complete line buf[start:end], which is not empty.
func (d *Decoder) field(start, end int) error {
	kind, value := parse(d.buf[start:end])
	if kind == ignored {
		return nil
	}
	d.size = d.sizeWith(kind, value)
	if d.size > d.max {
		return d.fail(ErrTooLarge)
	}
	switch kind {
	case data:
		d.addData(end-len(value), end)
	case event:
		d.setName(d.buf[start:end], value)
	case id:
		if bytes.IndexByte(value, 0) < 0 {
			store(&d.id, value)
			d.hasID = true
		}
	case retry:
		d.setRetry(value)
	}
	return nil
}

func (d *Decoder) setName(line, value []byte) {
	store(&d.eventLine, line)
	d.eventLine = append(d.eventLine, '\n')
	d.eventName, d.named = d.eventLine[len(line)-len(value):len(line)], true
}

// addData appends buf[start:end] to the block's data, in place: a line is never longer than what has been read since the data ended.
func (d *Decoder) addData(start, end int) {
	if !d.hasData {
		d.hasData, d.dataStart, d.dataEnd = true, start, end
		return
	}
	d.buf[d.dataEnd] = '\n'
	d.dataEnd += 1 + copy(d.buf[d.dataEnd+1:], d.buf[start:end])
}

func (d *Decoder) setRetry(digits []byte) {
	if len(digits) == 0 {
		return
	}
	const limit = math.MaxInt64 / int64(time.Millisecond)
	var ms int64
	for _, c := range digits {
		if c < '0' || c > '9' {
			return
		}
		ms = min(ms*10+int64(c-'0'), limit)
	}
	d.retry, d.hasRetry = time.Duration(ms)*time.Millisecond, true
}

// sizeWith returns the size of the block with one more value.
func (d *Decoder) sizeWith(kind field, value []byte) int {
	size := d.size + len(value)
	if kind == data && d.hasData {
		size++ // the LF in between
	}
	return size
}

// more reads on. A line that is in progress for long is looked at before that.
func (d *Decoder) more() error {
	if line := d.buf[d.pos:d.w]; d.skip {
		d.pos = d.w
	} else if len(line) > longLine || d.size+len(line) >= d.max {
		if err := d.checkStart(line); err != nil {
			return err
		}
	}
	if d.err != nil {
		return d.err
	}
	d.makeRoom()
	return d.fill()
}

// checkStart looks at the line in progress: one that is to be ignored is not kept, and one that is too large is not waited for. The
// limit is checked on the same sums as for complete lines, so that chunking makes no difference.
func (d *Decoder) checkStart(line []byte) error {
	if d.bom || fieldStart(line) {
		return nil
	}
	kind, value := parse(line)
	if kind == ignored {
		d.skip, d.pos = true, d.w
	} else if d.sizeWith(kind, value) > d.max {
		return d.fail(ErrTooLarge)
	}
	return nil
}

// fill reads once, and resolves what depended on the next byte.
func (d *Decoder) fill() error {
	n := 0
	for i := 0; n == 0; i++ {
		if i == emptyReads {
			return d.fail(io.ErrNoProgress)
		}
		var err error
		n, err = d.r.Read(d.buf[d.w:])
		if err != nil {
			d.err = err
			if n <= 0 {
				return err
			}
		}
	}
	d.w += n
	d.filled = d.filled || d.w == len(d.buf)
	if d.dropLF {
		d.dropLF = false
		if d.buf[d.pos] == '\n' {
			d.pos++
		}
	}
	if d.bom {
		d.dropBOM()
	}
	d.cr = find(d.buf[:d.w], max(d.cr, d.pos), '\r')
	return nil
}

// dropBOM removes a byte order mark once its three bytes are there.
func (d *Decoder) dropBOM() {
	const mark = "\xEF\xBB\xBF"
	start := d.buf[d.pos:d.w]
	if len(start) < len(mark) && string(start) == mark[:len(start)] {
		return
	}
	d.bom = false
	if bytes.HasPrefix(start, []byte(mark)) {
		d.pos += len(mark)
	}
}

// makeRoom sees to it that the buffer has room for a read, and is no larger than it needs to be.
func (d *Decoder) makeRoom() {
	live := d.dataEnd - d.dataStart + d.w - d.pos
	size := d.newSize(live)
	switch {
	case size != len(d.buf):
		d.move(make([]byte, size))
	case live == 0 || len(d.buf)-d.w < len(d.buf)/4:
		d.move(d.buf)
	}
}

// newSize returns the size that the buffer should have, given that live bytes of it are in use.
func (d *Decoder) newSize(live int) int {
	size := len(d.buf)
	switch {
	case size == 0:
		return idleBuffer
	case size < minBuffer && d.filled:
		return minBuffer
	case size-d.w < size/4 && live > size/2:
		// Growing only when half of the buffer is in use keeps the cost of moving in proportion to what is read. The limit needs no
		// more than one event and some room: beyond, moving alone makes room.
		return max(size, min(2*size, d.max+minBuffer))
	case size > idleBuffer && d.ended:
		return d.calmSize(live)
	default:
		return size
	}
}

// calmSize returns the size that a buffer should have after a read that ended a block: less, if there was no need for more than half
// of it for a while.
func (d *Decoder) calmSize(live int) int {
	size := len(d.buf)
	d.ended = false
	d.calm++
	if d.calm < calmFills && size <= bigBuffer {
		return size
	}
	want := idleBuffer
	if d.filled {
		want = minBuffer
	}
	for want < size && want < 2*max(d.peak, live) {
		want *= 2
	}
	d.calm, d.peak, d.filled = 0, 0, false
	return min(want, size)
}

// move copies what is in use to the start of to, which becomes the buffer. What is in its place already is left alone: near the size
// limit, that can be megabytes before each read.
func (d *Decoder) move(to []byte) {
	same := len(d.buf) > 0 && &to[0] == &d.buf[0]
	n, m := d.dataEnd-d.dataStart, d.w-d.pos
	if !same || d.dataStart != 0 {
		copy(to, d.buf[d.dataStart:d.dataEnd])
	}
	if !same || d.pos != n {
		copy(to[n:], d.buf[d.pos:d.w])
	}
	d.buf = to
	d.dataStart, d.dataEnd = 0, n
	d.pos, d.w = n, n+m
	d.lf, d.cr = d.w, d.w // more is called only when there is no line end in the buffer
}

// fail makes err final.
func (d *Decoder) fail(err error) error {
	d.err = err
	d.pos, d.w, d.lf, d.cr = 0, 0, 0, 0
	d.startBlock()
	return err
}

// A field is the meaning of a line.
type field int

const (
	ignored field = iota
	data
	event
	id
	retry
)

// parse returns the field that a line which is not empty sets, and the value, which is the end of the line.
func parse(line []byte) (field, []byte) {
	kind, value := ignored, line
	switch {
	case len(line) >= 4 && string(line[:4]) == "data":
		kind, value = data, line[4:]
	case len(line) >= 2 && string(line[:2]) == "id":
		kind, value = id, line[2:]
	case len(line) >= 5 && string(line[:5]) == "event":
		kind, value = event, line[5:]
	case len(line) >= 5 && string(line[:5]) == "retry":
		kind, value = retry, line[5:]
	}
	switch {
	case len(value) == 0:
		return kind, value
	case value[0] != ':':
		return ignored, value
	case len(value) > 1 && value[1] == ' ':
		return kind, value[2:]
	default:
		return kind, value[1:]
	}
}

// fieldStart reports whether a line that starts like this has not yet shown which field it is.
func fieldStart(line []byte) bool {
	for _, name := range [...]string{"data", "event", "id", "retry"} {
		if len(line) <= len(name) && string(line) == name[:len(line)] {
			return true
		}
	}
	return false
}

// store copies value to dst, whose memory is given back when one large value had made it grow.
func store(dst *[]byte, value []byte) {
	if cap(*dst) > smallField && len(value) <= smallField {
		*dst = nil
	}
	*dst = append((*dst)[:0], value...)
}
