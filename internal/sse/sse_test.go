package sse

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// cuts is a reader that hands over its parts one by one, each in one read if the buffer allows, then the error.
type cuts struct {
	parts [][]byte
	err   error
	// withError returns the error together with the last bytes, as readers may.
	withError bool
}

func (c *cuts) Read(p []byte) (int, error) {
	for len(c.parts) > 0 && len(c.parts[0]) == 0 {
		c.parts = c.parts[1:]
	}
	end := cmp.Or(c.err, io.EOF)
	if len(c.parts) == 0 {
		return 0, end
	}
	n := copy(p, c.parts[0])
	c.parts[0] = c.parts[0][n:]
	if c.withError && len(c.parts) == 1 && len(c.parts[0]) == 0 {
		return n, end
	}
	return n, nil
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
		require.Equal(tb, string(d.LastEventID()), string(e.ID))
		got.events = append(got.events, naiveEvent{string(e.Name), string(e.ID), string(e.Data), e.OwnID, err != nil})
	}
	got.lastID = string(d.LastEventID())
	if wait, ok := d.Retry(); ok {
		got.retry = strconv.FormatInt(wait.Milliseconds(), 10)
	}
	return got
}

// clampRetry does to the naive result what Decoder does to numbers that no Duration holds.
func clampRetry(r result) result {
	if ms, err := strconv.ParseInt(r.retry, 10, 64); r.retry != "" && (err != nil || ms > int64(maxRetryMS)) {
		r.retry = strconv.FormatInt(maxRetryMS, 10)
	}
	return r
}

const maxRetryMS = int64((1<<63 - 1) / time.Millisecond)

type conformanceCase struct {
	Name        string
	InputBase64 []byte
	InputParts  []struct {
		Text   string
		Repeat int
	}
	InputSha256 string
	Events      []struct{ Type, Data, LastEventID string }
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

func (c conformanceCase) input(t *testing.T) []byte {
	if c.InputParts == nil {
		return c.InputBase64
	}
	var in bytes.Buffer
	for _, part := range c.InputParts {
		in.WriteString(strings.Repeat(part.Text, part.Repeat))
	}
	require.Equal(t, c.InputSha256, digest(in.Bytes()))
	return in.Bytes()
}

func (c conformanceCase) check(t *testing.T, got result) {
	t.Helper()
	require.Equal(t, c.Retry.String(), got.retry)
	if c.InputParts != nil {
		require.Len(t, got.events, c.EventCount)
		for _, e := range got.events {
			require.False(t, e.tooLarge)
			require.Equal(t, c.EachEvent.Type, e.name)
			require.Equal(t, c.EachEvent.DataBytes, len(e.data))
			require.Equal(t, c.EachEvent.DataSha256, digest([]byte(e.data)))
			require.Equal(t, c.EachEvent.LastEventIDBytes, len(e.id))
			require.Equal(t, c.EachEvent.LastEventIDSha256, digest([]byte(e.id)))
		}
		return
	}
	require.Equal(t, c.LastEventID, got.lastID)
	require.Len(t, got.events, len(c.Events))
	for i, e := range got.events {
		require.False(t, e.tooLarge)
		require.Equal(t, c.Events[i].Type, e.name)
		require.Equal(t, c.Events[i].Data, replaceInvalid([]byte(e.data)))
		require.Equal(t, c.Events[i].LastEventID, e.id)
	}
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func conformance(tb testing.TB) []conformanceCase {
	text, err := os.ReadFile("../../testdata/logs/conformance.json")
	require.NoError(tb, err)
	var file struct{ Cases []conformanceCase }
	require.NoError(tb, json.Unmarshal(text, &file))
	require.NotEmpty(tb, file.Cases)
	for i, c := range file.Cases {
		if c.Name == "retry-larger-than-int64" {
			file.Cases[i].Retry = json.Number(strconv.FormatInt(maxRetryMS, 10))
		}
	}
	return file.Cases
}

func TestDecoder_Conformance(t *testing.T) {
	t.Parallel()
	for _, c := range conformance(t) {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			in := c.input(t)
			c.check(t, decode(t, bytes.NewReader(in), 0))
			c.check(t, decode(t, iotest.DataErrReader(bytes.NewReader(in)), 0))
			c.check(t, decode(t, iotest.OneByteReader(bytes.NewReader(in)), 0))
			for i := 0; i <= len(in) && len(in) < 4096; i++ {
				c.check(t, decode(t, &cuts{parts: [][]byte{in[:i], in[i:]}}, 0))
			}
			random := rand.New(rand.NewPCG(1, uint64(len(in))))
			for range 10 {
				c.check(t, decode(t, &cuts{parts: chop(in, random, 1+len(in)/3)}, 0))
			}
		})
	}
}

// chop cuts in into parts of random lengths of at most longest bytes.
func chop(in []byte, random *rand.Rand, longest int) [][]byte {
	var parts [][]byte
	for len(in) > 0 {
		n := min(len(in), 1+random.IntN(longest))
		parts = append(parts, in[:n])
		in = in[n:]
	}
	return parts
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
			var want struct {
				Events []struct{ Type, Data, LastEventID string }
			}
			require.NoError(t, json.Unmarshal(text, &want))
			require.NotEmpty(t, want.Events)

			for _, r := range []io.Reader{bytes.NewReader(in), iotest.OneByteReader(bytes.NewReader(in))} {
				got := decode(t, r, 0)

				require.Len(t, got.events, len(want.Events))
				for i, e := range want.Events {
					require.Equal(t, e.Type, got.events[i].name)
					require.Equal(t, e.Data, got.events[i].data)
					require.Equal(t, e.LastEventID, got.events[i].id)
				}
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

// impatient fails the test when it is read after its text was handed over.
type impatient struct {
	t    *testing.T
	text string
	done bool
}

func (r *impatient) Read(p []byte) (int, error) {
	if r.done {
		r.t.Error("waited for more than the event")
		return 0, io.ErrUnexpectedEOF
	}
	r.done = true
	return copy(p, r.text), nil
}

func TestDecoder_DeliversAtOnce(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"data:a\n\n", "data:a\r\r", "data:a\r\n\r", "data:a\r\n\r\n", "data:a\n\r"} {
		d := NewDecoder(&impatient{t: t, text: text}, 0)

		e, err := d.Next()

		require.NoError(t, err)
		assert.Equal(t, "a", string(e.Data))
	}
}

func TestDecoder_Errors(t *testing.T) {
	t.Parallel()
	broken := errors.New("connection reset")
	for _, withError := range []bool{false, true} {
		d := NewDecoder(&cuts{parts: [][]byte{[]byte("id:1\ndata:a\n\nid:2\ndata:b\n")}, err: broken, withError: withError}, 0)

		e, err := d.Next()
		require.NoError(t, err)
		assert.Equal(t, "a", string(e.Data))

		_, err = d.Next()
		assert.Equal(t, broken, err)
		assert.Equal(t, "1", string(d.LastEventID()))
	}

	_, err := NewDecoder(stuck{}, 0).Next()
	assert.Equal(t, io.ErrNoProgress, err)
}

// stuck returns nothing and no error.
type stuck struct{}

func (stuck) Read([]byte) (int, error) { return 0, nil }

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

	wait, ok := d.Retry()
	assert.True(t, ok)
	assert.Equal(t, 70*time.Millisecond, wait)
}

func TestDecoder_Limit(t *testing.T) {
	t.Parallel()
	const limit = 100
	long := func(n int) string { return strings.Repeat("x", limit+n) }
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
		{"a comment", whole + ":" + strings.Repeat("x", limit*100) + "\n" + whole, []naiveEvent{full, full}},
		{"an unknown field", whole + "datax:" + strings.Repeat("x", limit*100) + "\n" + whole, []naiveEvent{full, full}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, tc.want, naive([]byte(tc.in), limit).events)
			for i := range len(tc.in) + 1 {
				require.Equal(t, tc.want, decode(t, &cuts{parts: [][]byte{[]byte(tc.in[:i]), []byte(tc.in[i:])}}, limit).events)
			}
			require.Equal(t, tc.want, decode(t, iotest.OneByteReader(strings.NewReader(tc.in)), limit).events)
		})
	}
}

// IDs and names have a limit of their own, whatever that of the data.
func TestDecoder_LimitOfFields(t *testing.T) {
	t.Parallel()
	const limit = 100
	long := strings.Repeat("x", maxField+1)
	full := naiveEvent{"T", "1", "a", true, false}
	whole := "event:T\nid:1\ndata:a\n\n"
	for _, tc := range []struct {
		name, in string
		want     []naiveEvent
	}{
		{"an id", whole + "id:" + long + "\ndata:a\n\n" + whole, []naiveEvent{full, {"message", "1", "", false, true}, full}},
		{"an id behind another", "id:2\nid:" + long + "\ndata:a\n\n", []naiveEvent{{"message", "2", "", true, true}}},
		{"an id without data", "id:" + long + "\n\n" + whole, []naiveEvent{full}},
		{"a name", "event:" + long + "\nid:2\ndata:a\n\n" + whole, []naiveEvent{{"message", "2", "", true, true}, full}},
		{"a name without data", "event:" + long + "\n\n" + whole, []naiveEvent{full}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, tc.want, naive([]byte(tc.in), limit).events)
			for _, size := range []int{1, 1000, len(tc.in)} {
				require.Equal(t, tc.want, decode(t, &cuts{parts: slices(tc.in, size)}, limit).events)
			}
		})
	}
}

// An event over the limit costs no memory, and neither does what it repeats.
func TestDecoder_TooLargeIsNotKept(t *testing.T) {
	t.Parallel()
	const limit, size = 64 << 10, 4 << 20
	line := func(start string) io.Reader {
		return io.MultiReader(strings.NewReader(start), &filler{left: size}, strings.NewReader("\n"))
	}
	for name, in := range map[string]io.Reader{
		"one line":   line("data:"),
		"two lines":  io.MultiReader(line("data:"), line("data: ")),
		"many lines": strings.NewReader(strings.Repeat("data:"+strings.Repeat("x", 900)+"\n", size/900)),
		"a name":     io.MultiReader(line("event:"), strings.NewReader("data\n")),
		"an id":      io.MultiReader(line("id:"), strings.NewReader("data\n")),
		"a retry":    io.MultiReader(line("retry:"), strings.NewReader("data:"), &filler{left: limit + 1}, strings.NewReader("\n")),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			largest := 0
			d := NewDecoder(nil, limit)
			d.Reset(watched{io.MultiReader(in, strings.NewReader("id:2\n\nid:3\ndata:a\n\n")), func() { largest = max(largest, len(d.buf)) }})

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

// watched calls before ahead of each read.
type watched struct {
	r      io.Reader
	before func()
}

func (w watched) Read(p []byte) (int, error) {
	w.before()
	return w.r.Read(p)
}

// Data and an id that are as large as they may be fit together.
func TestDecoder_AllAtTheLimit(t *testing.T) {
	t.Parallel()
	for _, limit := range []int{maxField / 2, maxField, 4 * maxField} {
		in := "data:" + strings.Repeat("x", limit) + "\nevent: " + strings.Repeat("n", maxField) + "\nid: " + strings.Repeat("9", maxField) + "\n\n"
		for _, size := range []int{1000, 64 << 10} {
			got := decode(t, &cuts{parts: slices(in, size)}, limit)

			require.Len(t, got.events, 1)
			require.Equal(t, naive([]byte(in), limit), got)
			require.False(t, got.events[0].tooLarge)
		}
		for _, tooLong := range []string{"id:9", "event:n"} {
			in := strings.Replace(in, tooLong[:len(tooLong)-1]+" ", tooLong, 1)
			got := decode(t, &cuts{parts: slices(in, 1000)}, limit)

			require.Equal(t, naive([]byte(in), limit), got)
			require.True(t, got.events[0].tooLarge)
		}
	}
}

// filler is an endless stream of one byte.
type filler struct{ left int }

func (f *filler) Read(p []byte) (int, error) {
	n := min(len(p), f.left)
	for i := range p[:n] {
		p[i] = 'x'
	}
	f.left -= n
	if n == 0 {
		return 0, io.EOF
	}
	return n, nil
}

func TestDecoder_SkipsWithoutStoring(t *testing.T) {
	t.Parallel()
	for _, start := range []string{":", "unknown: ", "datax", "\uFEFF:"} {
		d := NewDecoder(io.MultiReader(strings.NewReader(start), &filler{left: 1 << 20}, strings.NewReader("\ndata:a\n\n")), 0)

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
		var parts [][]byte
		parts = append(parts, []byte("id:"+strings.Repeat("7", 2000)+"\ndata:"+strings.Repeat("x", size)+"\n\nid:1\n\n"))
		for part := range strings.SplitAfterSeq(heartbeats, "\n\n") {
			parts = append(parts, []byte(part))
		}
		d := NewDecoder(&cuts{parts: parts}, 0)
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
func TestDecoder_LargeEventIsLinear(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, in string }{
		{"one line", "data:" + strings.Repeat("x", 4<<20) + "\n\n"},
		{"many lines", strings.Repeat("data:"+strings.Repeat("x", 1000)+"\n", 4<<10) + "\n"},
		{"at the limit, with other lines", "data:" + strings.Repeat("x", 4<<20) + "\n" + strings.Repeat("event:T\n:\n", 100_000) + "\n"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			d := NewDecoder(&cuts{parts: slices(tc.in, 1400)}, len(tc.in))

			e, err := d.Next()

			require.NoError(t, err)
			require.GreaterOrEqual(t, len(e.Data), 4_000_000)
		})
	}
}

func slices(in string, n int) [][]byte {
	var parts [][]byte
	for len(in) > n {
		parts = append(parts, []byte(in[:n]))
		in = in[n:]
	}
	return append(parts, []byte(in))
}

// endless repeats a text for ever.
type endless struct {
	text string
	at   int
}

func (r *endless) Read(p []byte) (int, error) {
	n := copy(p, r.text[r.at:])
	r.at = (r.at + n) % len(r.text)
	return n, nil
}

func TestDecoder_DoesNotAllocate(t *testing.T) {
	for _, text := range []string{
		"id:210041493:31277:1\nevent:APPLICATION_LOG\ndata:{" + strings.Repeat("x", 600) + "}\n\nevent:HEARTBEAT\ndata:\n\n",
		"id:1\r\ndata:a\r\ndata:b\r\n\r\n:comment\r\n",
		"id:1\rdata:" + strings.Repeat("x", 30<<10) + "\r\r",
	} {
		d := NewDecoder(&endless{text: text}, 0)
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
		want := clampRetry(naive(in, most))
		random := rand.New(rand.NewPCG(seed, 0))
		for _, r := range []io.Reader{
			bytes.NewReader(in),
			iotest.OneByteReader(bytes.NewReader(in)),
			iotest.DataErrReader(bytes.NewReader(in)),
			&cuts{parts: chop(in, random, 7), withError: true},
			&cuts{parts: chop(in, random, 1+len(in)/2)},
		} {
			require.Equal(t, want, decode(t, r, most))
		}
	})
}

func TestDecoder_DefaultLimit(t *testing.T) {
	t.Parallel()
	for size, want := range map[int]error{DefaultMax: nil, DefaultMax + 1: ErrTooLarge} {
		d := NewDecoder(io.MultiReader(strings.NewReader("data:"), &filler{left: size}, strings.NewReader("\n\n")), 0)

		e, err := d.Next()

		require.Equal(t, want, err)
		if want == nil {
			assert.Len(t, e.Data, size)
		}
	}
}

// A line that is dropped as it comes may go on with what would be a line of its own.
func TestDecoder_TheRestOfALongComment(t *testing.T) {
	t.Parallel()
	comment := ":" + strings.Repeat("x", 2*longLine)
	got := decode(t, &cuts{parts: [][]byte{[]byte("event:T\ndata:a\n\n"), []byte(comment), []byte("event:T\n"), []byte("data:b\n\n")}}, 0)

	assert.Equal(t, []naiveEvent{{"T", "", "a", false, false}, {"message", "", "b", false, false}}, got.events)

	rest := "data:" + strings.Repeat("x", 150)
	got = decode(t, &cuts{parts: [][]byte{[]byte(comment), []byte(rest), []byte("\ndata:b\n\n")}}, 100)

	assert.Equal(t, []naiveEvent{{"message", "", "b", false, false}}, got.events)
}

// asking calls ask when all of its text has been read.
type asking struct {
	text string
	ask  func()
}

func (a *asking) Read(p []byte) (int, error) {
	if a.text == "" {
		a.ask()
		return 0, io.EOF
	}
	n := copy(p, a.text)
	a.text = a.text[n:]
	return n, nil
}

func TestDecoder_BetweenEvents(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"": true, ":comment\n": true, "retry:1\n": true, "unknown\n": true, "data:a\n\n": true, "id:1\n\n": true, "event:T\n\n": true, "data:a\r\r": true,
		"data:a\n": false, "data\n": false, "event:T\n": false, "id:1\n": false, "d": false, ":comm": false, "data:a\n\ndata:b\n": false,
		":" + strings.Repeat("x", 2*longLine): false, "id:" + strings.Repeat("x", maxField+1) + "\n": false, "id:" + strings.Repeat("x", maxField+1) + "\n\n": true,
	} {
		var d *Decoder
		var got []bool
		d = NewDecoder(&asking{text, func() { got = append(got, d.BetweenEvents()) }}, 0)
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

// once gives its text and its error together, and must not be read again.
type once struct {
	t    *testing.T
	text string
	err  error
}

func (o *once) Read(p []byte) (int, error) {
	if o.text == "" {
		o.t.Error("read again")
	}
	n := copy(p, o.text)
	o.text = ""
	return n, o.err
}

func TestDecoder_AReaderThatHasFailedIsNotReadAgain(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	d := NewDecoder(&once{t, "data:a\n\n", broken}, 0)

	e, err := d.Next()

	require.NoError(t, err)
	assert.Equal(t, "a", string(e.Data))
	for range 2 {
		_, err = d.Next()
		assert.Equal(t, broken, err)
	}
}

// Whatever the buffer goes through, events are what they are: in lines of many lengths, read in many pieces.
func TestDecoder_LargeEvents(t *testing.T) {
	t.Parallel()
	for _, length := range []int{0, 10, 300, 3000, 40_000} {
		var in strings.Builder
		for block := range 4 {
			for line := range 1 + (block+1)*40_000/(length+100) {
				fmt.Fprintf(&in, "data:%d/%d %s\n", block, line, strings.Repeat("x", length))
				if line%5 == 0 {
					fmt.Fprintf(&in, ":%s\nevent:T%d\nid:%d\n", strings.Repeat("c", length), line, line)
				}
			}
			in.WriteString("\n:\n\n")
		}
		want := naive([]byte(in.String()), DefaultMax)
		for _, size := range []int{100, 1400, 64 << 10} {
			require.Equal(t, want, decode(t, &cuts{parts: slices(in.String(), size)}, 0))
		}
	}
}
