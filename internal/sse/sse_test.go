package sse

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// readerFunc is a reader made of a function.
type readerFunc func(p []byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

func xs(n int) string { return strings.Repeat("x", n) }

// inParts gives the parts one by one, each in one read if the buffer allows.
func inParts(parts ...string) io.Reader {
	var readers []io.Reader
	for _, part := range parts {
		readers = append(readers, strings.NewReader(part))
	}
	return io.MultiReader(readers...)
}

// inChunks gives so many bytes a read, or fewer if random says so.
func inChunks(in string, size int, random *rand.Rand) io.Reader {
	r := strings.NewReader(in)
	return readerFunc(func(p []byte) (int, error) {
		n := size
		if random != nil {
			n = 1 + random.IntN(size)
		}
		return r.Read(p[:min(len(p), n)])
	})
}

// ways are readers of a stream that differ in how they cut it.
func ways(in string, random *rand.Rand) []io.Reader {
	return []io.Reader{
		strings.NewReader(in),
		iotest.OneByteReader(strings.NewReader(in)),
		iotest.DataErrReader(strings.NewReader(in)),
		iotest.DataErrReader(inChunks(in, 7, random)),
		inChunks(in, 1+len(in)/2, random),
		inChunks(in, 1400, nil),
	}
}

// forEachWay runs check with what a decoder makes of a stream, however that is cut, in small
// streams at each byte.
func forEachWay(t *testing.T, in string, limit int, check func(got result)) {
	t.Helper()
	for _, r := range ways(in, rand.New(rand.NewPCG(1, uint64(len(in))))) {
		check(decode(t, r, limit))
	}
	for i := 0; i <= len(in) && len(in) < 12_000; i++ {
		check(decode(t, inParts(in[:i], in[i:]), limit))
	}
}

// decode runs a decoder over r until it fails.
func decode(tb testing.TB, r io.Reader, limit int) result {
	tb.Helper()
	d := NewDecoder(r, limit)
	var got result
	for {
		e, err := d.Next()
		if err != nil && err != ErrTooLarge {
			require.Equal(tb, io.EOF, err)
			_, again := d.Next()
			require.Equal(tb, err, again, "the end is final")
			break
		}
		require.Equal(tb, string(d.lastID), string(e.ID))
		got.events = append(got.events, naiveEvent{string(e.Name), string(e.ID), string(e.Data), e.OwnID, err != nil})
	}
	got.lastID = string(d.lastID)
	got.retry = d.Retry()
	return got
}

type wireEvent struct{ Type, Data, LastEventID string }

type conformanceCase struct {
	Name        string
	InputBase64 []byte
	InputParts  []struct {
		Text   string
		Repeat int
	}
	InputSha256 string
	Events      []wireEvent
	EventCount  int
	EachEvent   struct {
		Type              string
		DataBytes         int
		DataSha256        string
		LastEventIDBytes  int
		LastEventIDSha256 string
	}
	LastEventID string
	Retry       json.Number
}

func (c conformanceCase) input(t *testing.T) string {
	if c.InputParts == nil {
		return string(c.InputBase64)
	}
	var in strings.Builder
	for _, part := range c.InputParts {
		in.WriteString(strings.Repeat(part.Text, part.Repeat))
	}
	require.Equal(t, c.InputSha256, digest(in.String()))
	return in.String()
}

func (c conformanceCase) check(t *testing.T, got result) {
	t.Helper()
	require.Equal(t, retryTime(c.Retry.String()), got.retry)
	if c.InputParts != nil {
		require.Len(t, got.events, c.EventCount)
		for _, e := range got.events {
			require.False(t, e.tooLarge)
			require.Equal(t, c.EachEvent.Type, e.name)
			require.Equal(t, c.EachEvent.DataBytes, len(e.data))
			require.Equal(t, c.EachEvent.DataSha256, digest(e.data))
			require.Equal(t, c.EachEvent.LastEventIDBytes, len(e.id))
			require.Equal(t, c.EachEvent.LastEventIDSha256, digest(e.id))
		}
		return
	}
	want, events := []wireEvent{}, []wireEvent{}
	for _, e := range c.Events {
		want = append(want, wireEvent{e.Type, replaced(e.Data), e.LastEventID})
	}
	for _, e := range got.events {
		require.False(t, e.tooLarge)
		events = append(events, wireEvent{e.name, replaced(e.data), e.id})
	}
	require.Equal(t, want, events)
	require.Equal(t, c.LastEventID, got.lastID)
}

// replaced puts one U+FFFD for each run of bytes that are not UTF-8, which a browser's decoder
// replaces with one or more. This package leaves them as they are.
func replaced(text string) string {
	text = strings.ToValidUTF8(text, "\uFFFD")
	return regexp.MustCompile("\uFFFD+").ReplaceAllString(text, "\uFFFD")
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

func conformance(tb testing.TB) []conformanceCase {
	text, err := os.ReadFile("../../testdata/logs/conformance.json")
	require.NoError(tb, err)
	var file struct{ Cases []conformanceCase }
	require.NoError(tb, json.Unmarshal(text, &file))
	require.NotEmpty(tb, file.Cases)
	return file.Cases
}

func TestDecoder_Conformance(t *testing.T) {
	t.Parallel()
	for _, c := range conformance(t) {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			forEachWay(t, c.input(t), 0, func(got result) { c.check(t, got) })
		})
	}
}

func TestDecoder_Sessions(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"app-session", "access-session", "resource-session"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in, err := os.ReadFile("../../testdata/logs/" + name + ".sse")
			require.NoError(t, err)
			text, err := os.ReadFile("../../testdata/logs/" + name + ".expected.json")
			require.NoError(t, err)
			var want conformanceCase
			require.NoError(t, json.Unmarshal(text, &want))
			require.NotEmpty(t, want.Events)

			for _, r := range []io.Reader{bytes.NewReader(in), iotest.OneByteReader(bytes.NewReader(in))} {
				want.check(t, decode(t, r, 0))
			}
		})
	}
}

// A session that is cut anywhere gives the events that were complete, and never a part of one.
func TestDecoder_CutAnywhere(t *testing.T) {
	t.Parallel()
	in, err := os.ReadFile("../../testdata/logs/resource-session.sse")
	require.NoError(t, err)
	whole := decode(t, bytes.NewReader(in), 0)

	for i := range in {
		got := decode(t, bytes.NewReader(in[:i]), 0)

		require.LessOrEqual(t, len(got.events), len(whole.events))
		require.Equal(t, whole.events[:len(got.events)], append([]naiveEvent{}, got.events...))
		if n := len(got.events); n > 0 {
			require.Equal(t, got.events[n-1].id, got.lastID)
		}
	}
}

func TestDecoder_DeliversAtOnce(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"data:a\n\n", "data:a\r\r", "data:a\r\n\r", "data:a\r\n\r\n", "data:a\n\r"} {
		waited := iotest.ErrReader(errors.New("waited for more than the event"))

		e, err := NewDecoder(io.MultiReader(inParts(text), waited), 0).Next()

		require.NoError(t, err)
		assert.Equal(t, "a", string(e.Data))
	}
}

func TestDecoder_Errors(t *testing.T) {
	t.Parallel()
	broken := errors.New("connection reset")
	for _, withData := range []bool{false, true} {
		r := io.MultiReader(inParts("id:1\ndata:a\n\nid:2\ndata:b\n"), iotest.ErrReader(broken))
		if withData {
			r = iotest.DataErrReader(r)
		}
		d := NewDecoder(r, 0)

		e, err := d.Next()
		require.NoError(t, err)
		assert.Equal(t, "a", string(e.Data))

		_, err = d.Next()
		assert.Equal(t, broken, err)
		assert.Equal(t, "1", string(d.lastID))
	}

	stuck := readerFunc(func([]byte) (int, error) { return 0, nil })
	_, err := NewDecoder(stuck, 0).Next()
	assert.Equal(t, io.ErrNoProgress, err)
}

func TestDecoder_AReaderThatHasFailedIsNotReadAgain(t *testing.T) {
	t.Parallel()
	broken, reads := errors.New("broken"), 0
	d := NewDecoder(readerFunc(func(p []byte) (int, error) {
		reads++
		return copy(p, "data:a\n\n"), broken
	}), 0)

	e, err := d.Next()

	require.NoError(t, err)
	assert.Equal(t, "a", string(e.Data))
	for range 2 {
		_, err = d.Next()
		assert.Equal(t, broken, err)
	}
	assert.Equal(t, 1, reads)
}

func TestDecoder_Reset(t *testing.T) {
	t.Parallel()
	d := NewDecoder(strings.NewReader("retry:70\nid:1\ndata:a\n\nevent:T\nid:2\ndata:b\r"), 0)
	_, err := d.Next()
	require.NoError(t, err)
	_, err = d.Next()
	require.Equal(t, io.EOF, err)

	d.Reset(strings.NewReader("\uFEFF\ndata:c\n\nid:3\ndata:d\n\n"))
	c, err := d.Next()
	require.NoError(t, err)
	assert.Equal(t, "message 1 c false", fmt.Sprintf("%s %s %s %t", c.Name, c.ID, c.Data, c.OwnID))
	third, err := d.Next()
	require.NoError(t, err)
	assert.Equal(t, "message 3 d true", fmt.Sprintf("%s %s %s %t", third.Name, third.ID, third.Data, third.OwnID))

	assert.Equal(t, 70*time.Millisecond, d.Retry())
}

func TestDecoder_Limit(t *testing.T) {
	t.Parallel()
	const limit = 100
	field := xs(maxField + 1)
	long := func(n int) string { return xs(limit + n) }
	full := naiveEvent{"T", "1", long(0), true, false}
	whole := "event:T\nid:1\ndata:" + long(0) + "\n\n"
	for _, tc := range []struct {
		name, in string
		want     []naiveEvent
	}{
		{"the limit itself", whole + whole, []naiveEvent{full, full}},
		{"one byte more", whole + "event: T\nid: 2\ndata: " + long(1) + "\n\n" + whole, []naiveEvent{full, {"T", "2", "", true, true}, full}},
		{"an id and a name behind the data", "data:" + long(1) + "\nid:2\nevent:T\n\n" + whole, []naiveEvent{{"T", "2", "", true, true}, full}},
		{"an id of its own is not there", whole + "data:" + long(1) + "\n\n", []naiveEvent{full, {"message", "1", "", false, true}}},
		{"an id with NUL is none", whole + "id:2\x00\ndata:" + long(1) + "\n\n", []naiveEvent{full, {"message", "1", "", false, true}}},
		{"an empty id", whole + "id\ndata:" + long(1) + "\n\n", []naiveEvent{full, {"message", "", "", true, true}}},
		{"many lines", strings.Repeat("data:0123456789\n", limit/10) + "\n" + whole, []naiveEvent{{"message", "", "", false, true}, full}},
		{"the line feed between two lines", "data:" + long(0) + "\ndata\n\n" + whole, []naiveEvent{{"message", "", "", false, true}, full}},
		{"more data behind it", "data:" + long(1) + "\ndata:a\ndata:" + long(1) + "\n\ndata:b\n\n", []naiveEvent{{"message", "", "", false, true}, {"message", "", "b", false, false}}},
		{"two of them", "id:1\ndata:" + long(1) + "\n\nid:2\ndata:" + long(500) + "\n\n", []naiveEvent{{"message", "1", "", true, true}, {"message", "2", "", true, true}}},
		{"CRLF", "data:" + long(1) + "\r\nid:2\r\n\r\ndata:a\r\n\r\n", []naiveEvent{{"message", "2", "", true, true}, {"message", "2", "a", false, false}}},
		{"CR", "data:" + long(1) + "\rid:2\r\rdata:a\r\r", []naiveEvent{{"message", "2", "", true, true}, {"message", "2", "a", false, false}}},
		{"an unfinished line", whole + "id:2\ndata:" + long(1), []naiveEvent{full}},
		{"an unfinished block", whole + "id:2\ndata:" + long(1) + "\n", []naiveEvent{full}},
		{"an id over the limit of the data", "id:" + long(1) + "\ndata:" + long(0) + "\n\n", []naiveEvent{{"message", long(1), long(0), true, false}}},
		{"a name over the limit of the data", "event:" + long(1) + "\ndata:a\n\n", []naiveEvent{{long(1), "", "a", false, false}}},
		{"a name said again and again", strings.Repeat("event:0123456789\n", limit) + "data:a\n\n", []naiveEvent{{"0123456789", "", "a", false, false}}},
		{"a comment", whole + ":" + long(10_000) + "\n" + whole, []naiveEvent{full, full}},
		{"an unknown field", whole + "datax:" + long(10_000) + "\n" + whole, []naiveEvent{full, full}},
		// IDs and names have a limit of their own, whatever that of the data.
		{
			"a large id", whole + "id:" + field + "\ndata:a\n\n" + whole,
			[]naiveEvent{full, {"message", "1", "", false, true}, full},
		},
		{
			"a large id behind another", "id:2\nid:" + field + "\ndata:a\n\n",
			[]naiveEvent{{"message", "2", "", true, true}},
		},
		{"a large id without data", "id:" + field + "\n\n" + whole, []naiveEvent{full}},
		{
			"a large name", "event:" + field + "\nid:2\ndata:a\n\n" + whole,
			[]naiveEvent{{"message", "2", "", true, true}, full},
		},
		{"a large name without data", "event:" + field + "\n\n" + whole, []naiveEvent{full}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, tc.want, naive(tc.in, limit).events)
			forEachWay(t, tc.in, limit, func(got result) { require.Equal(t, tc.want, got.events) })
		})
	}
}

// An event over the limit costs no memory, and neither does what it repeats.
func TestDecoder_TooLargeIsNotKept(t *testing.T) {
	t.Parallel()
	const limit, size = 64 << 10, 4 << 20
	for name, in := range map[string]string{
		"one line":   "data:" + xs(size) + "\n",
		"two lines":  "data:" + xs(size) + "\ndata: " + xs(size) + "\n",
		"many lines": strings.Repeat("data:"+xs(900)+"\n", size/900),
		"a name":     "event:" + xs(size) + "\ndata\n",
		"an id":      "id:" + xs(size) + "\ndata\n",
		"a retry":    "retry:" + xs(size) + "\ndata:" + xs(limit+1) + "\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			largest := 0
			d := NewDecoder(nil, limit)
			in := strings.NewReader(in + "id:2\n\nid:3\ndata:a\n\n")
			d.Reset(readerFunc(func(p []byte) (int, error) {
				largest = max(largest, len(d.buf))
				return in.Read(p)
			}))

			e, err := d.Next()

			require.Equal(t, ErrTooLarge, err)
			assert.Equal(t, "2", string(e.ID))
			assert.True(t, e.OwnID)
			assert.Empty(t, e.Data)
			e, err = d.Next()
			require.NoError(t, err)
			assert.Equal(t, "3 a", string(e.ID)+" "+string(e.Data))
			assert.LessOrEqual(t, largest, limit+maxField+busyBuffer)
			assert.LessOrEqual(t, cap(d.id)+cap(d.lastID)+cap(d.nameLine), 3*maxField)
		})
	}
}

// Data and an id that are as large as they may be fit together.
func TestDecoder_AllAtTheLimit(t *testing.T) {
	t.Parallel()
	for _, limit := range []int{maxField / 2, maxField, 4 * maxField} {
		in := "data:" + xs(limit) + "\nevent: " + xs(maxField) + "\nid: " + xs(maxField) + "\n\n"
		want := naive(in, limit)
		require.Len(t, want.events, 1)
		require.False(t, want.events[0].tooLarge)
		for _, size := range []int{1000, 64 << 10} {
			require.Equal(t, want, decode(t, inChunks(in, size, nil), limit))
		}
		for _, tooLong := range []string{"id:x", "event:x"} {
			in := strings.Replace(in, tooLong[:len(tooLong)-1]+" ", tooLong, 1)
			got := decode(t, inChunks(in, 1000, nil), limit)

			require.Equal(t, naive(in, limit), got)
			require.True(t, got.events[0].tooLarge)
		}
	}
}

func TestDecoder_SkipsWithoutStoring(t *testing.T) {
	t.Parallel()
	for _, start := range []string{":", "unknown: ", "datax", "\uFEFF:"} {
		d := NewDecoder(strings.NewReader(start+xs(1<<20)+"\ndata:a\n\n"), 0)

		e, err := d.Next()

		require.NoError(t, err)
		assert.Equal(t, "a", string(e.Data))
		assert.LessOrEqual(t, len(d.buf), busyBuffer)
	}
}

func TestDecoder_BufferShrinks(t *testing.T) {
	t.Parallel()
	heartbeats := strings.Repeat("event:HEARTBEAT\ndata:\n\n", 2*calmReads)
	for _, size := range []int{10 << 10, 100 << 10, 4 << 20} {
		large := "id:" + strings.Repeat("7", 2000) + "\ndata:" + xs(size) + "\n\n"
		beats := inParts(strings.SplitAfter(heartbeats, "\n\n")...)
		d := NewDecoder(io.MultiReader(inParts(large+"id:1\n\n"), beats), 0)
		e, err := d.Next()
		require.NoError(t, err)
		require.Len(t, e.Data, size)

		for err == nil {
			_, err = d.Next()
		}

		assert.Equal(t, io.EOF, err)
		assert.Equal(t, idleBuffer, len(d.buf))
	}
}

// An event that comes in small reads costs what its size says: nothing is looked at, or moved, again and again. Otherwise this takes
// minutes.
// An event that may have no end is reported before it, once.
func TestDecoder_TooLargeWithoutAnEnd(t *testing.T) {
	t.Parallel()
	line, part := xs(1<<20), "data:"+xs(1<<20)+"\n"
	for name, in := range map[string]string{
		"one line":   "id:1\ndata:" + strings.Repeat(line, 18) + "\n",
		"many lines": "id:1\n" + strings.Repeat(part, 18),
		"a name":     "id:1\nevent:" + strings.Repeat(line, 18) + "\n",
	} {
		d := NewDecoder(strings.NewReader(in+"id:2\n\ndata:a\n\n"), 100)

		e, err := d.Next()

		require.Equal(t, ErrTooLarge, err, name)
		assert.Equal(t, "1 true", fmt.Sprint(string(e.ID), " ", e.OwnID), name)
		assert.Empty(t, e.Data)
		assert.False(t, d.BetweenEvents())
		e, err = d.Next()
		require.NoError(t, err, name)
		assert.Equal(t, "2 a false", fmt.Sprint(string(e.ID), " ", string(e.Data), " ", e.OwnID), name)
	}
}

func TestDecoder_LargeEventIsLinear(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, in string }{
		{"one line", "data:" + xs(4<<20) + "\n\n"},
		{"many lines", strings.Repeat("data:"+xs(1000)+"\n", 4<<10) + "\n"},
		{
			"at the limit, with other lines",
			"data:" + xs(4<<20) + "\n" + strings.Repeat("event:T\n:\n", 100_000) + "\n",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			d := NewDecoder(inChunks(tc.in, 1400, nil), len(tc.in))

			e, err := d.Next()

			require.NoError(t, err)
			require.GreaterOrEqual(t, len(e.Data), 4_000_000)
		})
	}
}

func TestDecoder_DoesNotAllocate(t *testing.T) {
	for _, text := range []string{
		"id:1:2:3\nevent:APPLICATION_LOG\ndata:{" + xs(600) + "}\n\nevent:HEARTBEAT\ndata:\n\n",
		"id:1\r\ndata:a\r\ndata:b\r\n\r\n:comment\r\n",
		"id:1\rdata:" + xs(30<<10) + "\r\r",
	} {
		at := 0
		d := NewDecoder(readerFunc(func(p []byte) (int, error) {
			n := copy(p, text[at:])
			at = (at + n) % len(text)
			return n, nil
		}), 0)
		next := func() {
			if _, err := d.Next(); err != nil {
				t.Fatal(err)
			}
		}
		for range 100 {
			next()
		}
		assert.Zero(t, testing.AllocsPerRun(1000, next))
	}
}

// The decoder gives what a second, naive one gives, for any stream, any chunking and any limit.
func FuzzDecoder(f *testing.F) {
	for _, c := range conformance(f) {
		if c.InputParts == nil {
			f.Add(c.InputBase64, uint64(1), uint16(0))
			f.Add(c.InputBase64, uint64(2), uint16(5))
		}
	}
	f.Add([]byte("event:a\ndata:b\r\ndata\rdata:cd\n:x\nid:1\n\r\n\rid:\x00\nretry:7\ndata:e\n\n"), uint64(3), uint16(9))
	f.Add([]byte("\uFEFFdata:a\n\n"), uint64(4), uint16(1))
	f.Add([]byte("\n\uFEFFdata:a\n\n"), uint64(5), uint16(0))
	f.Add([]byte("other:7\nevent\nretry\ndata:\n\n"), uint64(6), uint16(0))
	f.Add([]byte("id:1\nretry:2\nevent:\ndata:\n\n"), uint64(7), uint16(2))
	f.Add([]byte("id:1\ndata:\n\n"), uint64(8), uint16(1))
	f.Fuzz(func(t *testing.T, in []byte, seed uint64, limit uint16) {
		most := int(limit)
		if most == 0 {
			most = DefaultMax
		}
		want := naive(string(in), most)
		for _, r := range ways(string(in), rand.New(rand.NewPCG(seed, 0))) {
			require.Equal(t, want, decode(t, r, most))
		}
	})
}

func TestDecoder_DefaultLimit(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		limit, size int
		want        error
	}{
		{0, DefaultMax, nil}, {0, DefaultMax + 1, ErrTooLarge}, {math.MaxInt, DefaultMax + 1, nil},
	} {
		d := NewDecoder(strings.NewReader("data:"+xs(tc.size)+"\n\n"), tc.limit)

		e, err := d.Next()

		require.Equal(t, tc.want, err)
		if tc.want == nil {
			assert.Len(t, e.Data, tc.size)
		}
	}
}

// A line that is dropped as it comes may go on with what would be a line of its own.
func TestDecoder_TheRestOfALongComment(t *testing.T) {
	t.Parallel()
	comment := ":" + xs(2*longLine)
	got := decode(t, inParts("event:T\ndata:a\n\n", comment, "event:T\n", "data:b\n\n"), 0)

	assert.Equal(t, []naiveEvent{{"T", "", "a", false, false}, {"message", "", "b", false, false}}, got.events)

	rest := "data:" + xs(150)
	got = decode(t, inParts(comment, rest, "\ndata:b\n\n"), 100)

	assert.Equal(t, []naiveEvent{{"message", "", "b", false, false}}, got.events)
}

func TestDecoder_BetweenEvents(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"": true, ":comment\n": true, "retry:1\n": true, "unknown\n": true, "data:a\n\n": true, "id:1\n\n": true, "event:T\n\n": true, "data:a\r\r": true,
		"data:a\n": false, "data\n": false, "event:T\n": false, "id:1\n": false, "d": false, ":comm": false, "data:a\n\ndata:b\n": false,
		":" + xs(2*longLine):          false,
		"id:" + xs(maxField+1) + "\n": false, "id:" + xs(maxField+1) + "\n\n": true,
	} {
		var d *Decoder
		var got []bool
		asks := readerFunc(func([]byte) (int, error) {
			got = append(got, d.BetweenEvents())
			return 0, io.EOF
		})
		d = NewDecoder(io.MultiReader(strings.NewReader(text), asks), 0)
		for {
			if _, err := d.Next(); err != nil {
				break
			}
			if !strings.HasSuffix(text, "b\n") {
				assert.True(t, d.BetweenEvents(), "%q: the event is whole", text)
			}
		}

		assert.Equal(t, []bool{want}, got, "%q", text)
	}
}

// Whatever the buffer goes through, events are what they are: in lines of many lengths, read in many pieces.
func TestDecoder_LargeEvents(t *testing.T) {
	t.Parallel()
	for _, length := range []int{0, 10, 300, 3000, 40_000} {
		var in strings.Builder
		for block := range 4 {
			for line := range 1 + (block+1)*40_000/(length+100) {
				fmt.Fprintf(&in, "data:%d/%d %s\n", block, line, xs(length))
				if line%5 == 0 {
					fmt.Fprintf(&in, ":%s\nevent:T%d\nid:%d\n", strings.Repeat("c", length), line, line)
				}
			}
			in.WriteString("\n:\n\n")
		}
		want := naive(in.String(), DefaultMax)
		for _, size := range []int{100, 1400, 64 << 10} {
			require.Equal(t, want, decode(t, inChunks(in.String(), size, nil), 0))
		}
	}
}
