// Package sse decodes event streams (text/event-stream) as the WHATWG HTML standard defines them in
// "Server-sent events".
//
// The decoder works on bytes as they arrive, and any chunking gives the same events. It returns an
// event at its blank line, without waiting for what follows. It drops an unfinished block at the
// end of the stream, together with its ID. It does not check that text is UTF-8: the standard
// replaces what is invalid, and so must whoever reads the data.
package sse

import (
	"bytes"
	"errors"
	"io"
	"math"
	"strconv"
	"time"
)

// DefaultMax is the size limit of an event if none is given.
const DefaultMax = 16 << 20

const (
	// maxField bounds an ID and an event name, whatever the size limit.
	maxField = 128 << 10
	// idleBuffer is the buffer of a stream of heartbeats. It is small because thousands of quiet
	// streams are a normal use.
	idleBuffer = 512
	// busyBuffer is the size up to which the buffer doubles when a read fills it.
	busyBuffer = 16 << 10
	// bigBuffer is the size from which a buffer that is not needed is released at once instead of
	// after calmReads.
	bigBuffer = 256 << 10
	// calmReads is how many reads that ended a block a large buffer is kept for without being
	// needed, so that a long entry now and then does not allocate.
	calmReads = 16
	// longLine is the part of a line that is kept before its field is known.
	longLine = 1 << 10
	// smallField is the size up to which the memory of names and IDs is reused.
	smallField = 1 << 10
	// emptyReads is how often a reader may return nothing and no error.
	emptyReads = 100
)

// ErrTooLarge reports an event over the size limit. The decoder continues with the next event.
var ErrTooLarge = errors.New("sse: event larger than the limit")

// An Event is one dispatched event. Its slices are valid until the next call of the decoder.
type Event struct {
	// Name is the event type, "message" if the stream gave none.
	Name []byte
	// ID is the last event ID as of this event. If OwnID is false, it comes from an earlier event,
	// and says nothing about this one.
	ID    []byte
	OwnID bool
	// Data holds the data lines joined by LF. It can be empty, but a block without a data line is
	// no event.
	Data []byte
}

// A Decoder reads events from a stream. It does not allocate while events keep their size.
type Decoder struct {
	r   io.Reader
	err error // what r returned last
	max int

	// buf[pos:w] has been read and not decoded. It starts with the line in progress.
	// buf[dataStart:dataEnd], before pos, is the data of the block in progress: further data lines
	// are moved down to it.
	buf                []byte
	pos, w             int
	dataStart, dataEnd int

	// There is no LF in buf[pos:lf]. The first CR in buf[pos:w] is at cr, which is w if there is
	// none. So each byte is searched once for each of the two, however the stream is cut.
	lf, cr int

	bom    bool // the stream may still start with a byte order mark
	skip   bool // the line in progress is dropped while it arrives
	dropLF bool // the last line ended with a CR, and an LF after it belongs to it

	// nameLine is the last event line with its LF, name the value in it. Both belong to the block
	// in progress if named is set.
	nameLine, name []byte
	message        []byte // the name of an event without one
	id, lastID     []byte // id is pending until the blank line

	named, hasID, hasData bool
	tooLarge              bool // something of the block in progress was dropped
	dropped               int  // bytes read since then
	over                  bool // the block in progress is the event returned last
	early                 bool // the block in progress was returned before its end

	retry time.Duration

	peak, calm int  // most bytes in use, and calm reads, since the buffer was last too large
	ended      bool // a block has ended since the last read
}

// NewDecoder returns a decoder that reads from r. The data of one event may take max bytes, its ID
// and its name 128 KiB each. If max is not positive, DefaultMax is used.
func NewDecoder(r io.Reader, max int) *Decoder {
	if max <= 0 {
		max = DefaultMax
	}
	max = min(max, math.MaxInt-maxField-busyBuffer) // so that the sum in makeRoom fits an int
	d := &Decoder{max: max, message: []byte("message"), buf: make([]byte, idleBuffer)}
	d.Reset(r)
	return d
}

// Reset makes the decoder read a new connection, which continues the stream. It drops what is left
// of the old one, and keeps the last event ID and the reconnection time.
func (d *Decoder) Reset(r io.Reader) {
	d.r, d.err = r, nil
	d.pos, d.w, d.lf, d.cr = 0, 0, 0, 0
	d.bom, d.skip, d.dropLF = true, false, false
	d.startBlock()
}

// Retry returns the reconnection time that the stream asked for, 0 if it did not. A time that a
// Duration cannot hold becomes the longest one.
func (d *Decoder) Retry() time.Duration { return d.retry }

// BetweenEvents reports whether no event has begun that is not complete. The reader may call it
// while it is read.
func (d *Decoder) BetweenEvents() bool {
	begun := d.named || d.hasID || d.hasData || d.tooLarge
	return d.pos == d.w && !d.skip && (d.over || !begun)
}

// Next returns the next event.
//
// An event over the size limit is returned without its data and with ErrTooLarge, when it has ended
// or exceeds the limit by another DefaultMax bytes: it may have no end. Next can then be called
// again: it continues with the event after it. At the end of the stream Next returns io.EOF. An
// error of the reader is returned after the events that were complete before it.
func (d *Decoder) Next() (Event, error) {
	if d.over {
		d.startBlock()
	}
	if d.early {
		d.hasID = false // it is committed
	}
	for ended := false; !ended; {
		start := d.pos
		if start < d.w && d.buf[start] == 'e' && d.sameName() {
			continue
		}
		end := d.lineEnd()
		if end == d.w {
			if d.dropped > DefaultMax && !d.early {
				d.commitID()
				d.early = true
				break
			}
			if err := d.read(); err != nil {
				return Event{}, err
			}
			continue
		}
		d.pos = end + 1
		if end == d.cr {
			d.afterCR()
		}
		switch {
		case d.skip:
			d.skip = false
		case start < end:
			d.field(start, end)
		default:
			ended = d.endBlock()
		}
	}
	return d.event()
}

// event returns the event of the block that has ended.
func (d *Decoder) event() (Event, error) {
	name := d.message
	if d.named && len(d.name) > 0 {
		name = d.name
	}
	if d.tooLarge {
		return Event{name, d.lastID, d.hasID, nil}, ErrTooLarge
	}
	return Event{name, d.lastID, d.hasID, d.buf[d.dataStart:d.dataEnd:d.dataEnd]}, nil
}

// sameName takes a line that equals the last event line, and reports whether it did. Most events of
// a stream have one name, and comparing is faster than taking the line apart.
func (d *Decoder) sameName() bool {
	n := len(d.nameLine)
	if n == 0 || d.skip || d.cr-d.pos < n || string(d.buf[d.pos:d.pos+n]) != string(d.nameLine) {
		return false
	}
	d.named = true
	d.pos += n
	return true
}

// lineEnd returns the index of the first line end in buf[pos:w], w if there is none.
func (d *Decoder) lineEnd() int {
	lf := max(d.lf, d.pos)
	if lf < d.w && d.buf[lf] != '\n' {
		lf += find(d.buf[lf:d.w], '\n')
	}
	d.lf = lf
	return min(lf, d.cr)
}

// find returns the index of the first c in buf, len(buf) if there is none.
func find(buf []byte, c byte) int {
	if i := bytes.IndexByte(buf, c); i >= 0 {
		return i
	}
	return len(buf)
}

// afterCR is called when a line has ended with a CR. If nothing more has been read, the line ends
// all the same: waiting for an LF would delay the event.
func (d *Decoder) afterCR() {
	if d.pos == d.w {
		d.dropLF = true
	} else if d.buf[d.pos] == '\n' {
		d.pos++
	}
	d.cr = d.pos + find(d.buf[d.pos:d.w], '\r')
}

// startBlock forgets the block in progress.
func (d *Decoder) startBlock() {
	d.named, d.hasID, d.hasData = false, false, false
	d.tooLarge, d.over, d.early = false, false, false
	d.dataStart, d.dataEnd, d.dropped = 0, 0, 0
}

// commitID makes the block's ID the last one.
func (d *Decoder) commitID() {
	if d.hasID {
		d.id, d.lastID = d.lastID, d.id
	}
}

// endBlock commits the block's ID, and reports whether the block is an event to return.
func (d *Decoder) endBlock() bool {
	d.commitID()
	d.ended = true
	if !d.hasData || d.early {
		d.startBlock()
		return false
	}
	d.over = true
	return true
}

// field applies the complete line buf[start:end], which is not empty.
func (d *Decoder) field(start, end int) {
	line := d.buf[start:end]
	kind, value := parse(line)
	if !d.fits(kind, len(value)) {
		return
	}
	switch kind {
	case data:
		d.addData(value, end)
	case event:
		store(&d.nameLine, line)
		d.nameLine = append(d.nameLine, '\n')
		d.name, d.named = d.nameLine[len(line)-len(value):len(line)], true
	case id:
		if bytes.IndexByte(value, 0) < 0 {
			store(&d.id, value)
			d.hasID = true
		}
	case retry:
		d.setRetry(value)
	}
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

// parse returns the field that a line sets, and its value, which is the end of the line.
func parse(line []byte) (field, []byte) {
	kind, n := ignored, 0
	switch {
	case len(line) >= 4 && string(line[:4]) == "data":
		kind, n = data, 4
	case len(line) >= 2 && string(line[:2]) == "id":
		kind, n = id, 2
	case len(line) >= 5 && string(line[:5]) == "event":
		kind, n = event, 5
	case len(line) >= 5 && string(line[:5]) == "retry":
		kind, n = retry, 5
	}
	switch {
	case len(line) == n:
		return kind, nil
	case line[n] != ':':
		return ignored, nil
	case len(line) > n+1 && line[n+1] == ' ':
		n++
	}
	return kind, line[n+1:]
}

// fits reports whether the value of a field is kept. It can be called with the part of a value that
// has arrived: what does not fit then does not fit later either.
func (d *Decoder) fits(kind field, size int) bool {
	switch kind {
	case data:
		if d.hasData {
			size += d.dataEnd - d.dataStart + 1 // the LF in between
		}
		if size <= d.max && !d.tooLarge {
			return true
		}
		d.hasData, d.tooLarge = true, true
		d.dataStart, d.dataEnd = 0, 0
		return false
	case event, id:
		d.tooLarge = d.tooLarge || size > maxField
		return size <= maxField
	default:
		return kind == retry && size <= maxField
	}
}

// addData appends a value, which ends at end in the buffer, to the block's data, in place: the line
// is never longer than what was read since the data ended.
func (d *Decoder) addData(value []byte, end int) {
	if !d.hasData {
		d.hasData, d.dataStart, d.dataEnd = true, end-len(value), end
		return
	}
	d.buf[d.dataEnd] = '\n'
	d.dataEnd += 1 + copy(d.buf[d.dataEnd+1:], value)
}

func (d *Decoder) setRetry(digits []byte) {
	if len(digits) == 0 || len(bytes.Trim(digits, "0123456789")) > 0 {
		return
	}
	const longest = math.MaxInt64 / uint64(time.Millisecond)
	ms, _ := strconv.ParseUint(string(digits), 10, 64) // math.MaxUint64 if out of range
	d.retry = time.Duration(min(ms, longest)) * time.Millisecond
}

// read reads once, and resolves what depended on the next byte. A long line in progress that will
// not be kept is dropped first.
func (d *Decoder) read() error {
	if line := d.buf[d.pos:d.w]; len(line) > longLine && !d.skip {
		kind, value := parse(line)
		d.skip = !d.fits(kind, len(value))
	}
	if d.skip {
		d.pos = d.w
	}
	n := 0
	for i := 0; n <= 0; i++ {
		if i == emptyReads {
			d.err = io.ErrNoProgress
		}
		if d.err != nil {
			return d.err
		}
		d.makeRoom()
		n, d.err = d.r.Read(d.buf[d.w:])
	}
	d.w += n
	if d.tooLarge {
		d.dropped += n
	}
	d.peak = max(d.peak, d.used())
	if d.dropLF {
		d.dropLF = false
		if d.buf[d.pos] == '\n' {
			d.pos++
		}
	}
	if d.bom {
		d.dropBOM()
	}
	d.cr += find(d.buf[d.cr:d.w], '\r')
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

// used returns how many bytes of the buffer are in use.
func (d *Decoder) used() int { return d.dataEnd - d.dataStart + d.w - d.pos }

// makeRoom gives the buffer room for a read, and keeps it as small as it can be.
func (d *Decoder) makeRoom() {
	size := len(d.buf)
	crowded := size-d.w < size/4
	switch {
	case size < busyBuffer && d.w == size: // the last read has filled it
		size = min(8*size, busyBuffer)
	case crowded && d.used() > size/2:
		// Doubling only what is half in use keeps the cost of moving in proportion to what is read.
		// The limit is an event that is kept and a line that may be, with some room.
		size = max(size, min(2*size, d.max+maxField+busyBuffer))
	case size > idleBuffer && d.ended:
		size = d.calmSize()
	}
	switch {
	case size != len(d.buf):
		d.move(make([]byte, size))
	case crowded || d.used() == 0:
		d.move(d.buf)
	}
}

// calmSize returns the size that the buffer should have after a read that ended a block. It is
// smaller if no more than half has been needed for a while.
func (d *Decoder) calmSize() int {
	size := len(d.buf)
	d.ended = false
	d.calm++
	if d.calm < calmReads && size <= bigBuffer {
		return size
	}
	want := idleBuffer
	for want < size && want < 2*d.peak {
		want *= 2
	}
	d.calm, d.peak = 0, d.used()
	return min(want, size)
}

// move copies what is in use to the start of to, which becomes the buffer. What is there already is
// not copied: near the size limit, that can be megabytes before each read.
func (d *Decoder) move(to []byte) {
	same := &to[0] == &d.buf[0]
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
	d.lf, d.cr = d.w, d.w // there is no line end in the buffer before a read
}

// store copies value to dst. It releases the memory that one large value took.
func store(dst *[]byte, value []byte) {
	if cap(*dst) > smallField && len(value) <= smallField {
		*dst = nil
	}
	*dst = append((*dst)[:0], value...)
}
