package clevercloud_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"math/rand/v2"
	"net/http"
	"net/url"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/internal/sse"
	"github.com/clevercloud-go/clevercloud/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// whole is what of a stream's events are entries, and how it ends.
type whole struct {
	entries []clevercloud.LogEntry
	// malformed is the data of events that are no entries.
	malformed []string
	end       error
}

// logEvents are the names of events that are entries even without data.
var logEvents = []string{"APPLICATION_LOG", "RESOURCE_LOG", "ACCESS_LOG"}

// entriesOf reads a stream the plain way: event by event, by the rules of the API, in memory.
func entriesOf(data []byte, limit, most int) whole {
	w := whole{entries: []clevercloud.LogEntry{}}
	decoder := sse.NewDecoder(bytes.NewReader(data), most)
	for {
		event, err := decoder.Next()
		if err != nil && !errors.Is(err, sse.ErrTooLarge) {
			w.end = clevercloud.ErrNotFound
			return w
		}
		name := string(event.Name)
		switch {
		case name == "END_OF_STREAM":
			return w
		case name == "HEARTBEAT",
			err == nil && len(event.Data) == 0 && !slices.Contains(logEvents, name):
			continue
		}
		var entry clevercloud.LogEntry
		isNull := string(bytes.TrimSpace(event.Data)) == "null"
		if err != nil || isNull || json.Unmarshal(event.Data, &entry) != nil {
			w.malformed = append(w.malformed, string(event.Data))
		} else {
			if event.OwnID && len(event.ID) > 0 {
				entry.ID = string(event.ID)
			}
			w.entries = append(w.entries, entry)
		}
		if len(w.entries)+len(w.malformed) == limit {
			return w
		}
	}
}

// A stream gives each whole event once and in order, whatever is between them and however it
// arrives, and nothing of an event that is cut off. It ends as the API says, at the limit, or with
// the error that reconnecting meets.
func FuzzLogStream(f *testing.F) {
	for _, name := range testkit.Fixtures(f, "logs/*.sse") {
		f.Add([]byte(testkit.Fixture(f, name)), uint8(0), uint8(0), uint16(0))
	}
	for _, name := range testkit.Fixtures(f, "logs/resume/*.sse") {
		f.Add([]byte(testkit.Fixture(f, name)), uint8(3), uint8(7), uint16(0))
	}
	for _, text := range []string{
		"event:APPLICATION_LOG\ndata:{\"id\":\"1\"}\n\nevent:APPLICATION_LOG\ndata:{\"id\":\"1\"}",
		"id:5\nevent:ACCESS_LOG\ndata:{}\n\nevent:RESOURCE_LOG\ndata:{}\n\n",
		"event:APPLICATION_LOG\ndata:null\n\n", "event:APPLICATION_LOG\ndata:[\ndata:]\n\n",
		"event:END_OF_STREAM\ndata:{\"endedBy\":5}\n\n", "event:END_OF_STREAM\ndata:x\n\n",
		"id:a\r\rid:\x00\revent:APPLICATION_LOG\rdata:{}\r\r",
	} {
		f.Add([]byte(text), uint8(2), uint8(1), uint16(40))
	}
	var many strings.Builder // so many that a decoder uses its memory again
	for i := range 3000 {
		fmt.Fprintf(&many, "id:%d\nevent:APPLICATION_LOG\ndata:[%d]\n\n", i, i)
	}
	f.Add([]byte(many.String()), uint8(0), uint8(255), uint16(0))
	answer := struct {
		data   []byte
		chunk  int
		opened bool
	}{}
	client := testkit.ClientOver(f, func(req *http.Request) (*http.Response, error) {
		if answer.opened {
			return testkit.Response(req, http.StatusNotFound, ""), nil
		}
		answer.opened = true
		resp := testkit.Response(req, http.StatusOK, "", "Content-Type", "text/event-stream")
		resp.Body = io.NopCloser(&inChunks{bytes.NewReader(answer.data), answer.chunk})
		return resp, nil
	}, clevercloud.WithMaxRetries(0))
	f.Fuzz(func(t *testing.T, data []byte, limit, chunk uint8, most uint16) {
		answer.data, answer.chunk, answer.opened = data, int(chunk)+1, false
		want := entriesOf(data, int(limit), int(most))
		got := whole{entries: []clevercloud.LogEntry{}}
		var kept []*clevercloud.LogDecodeError
		q := clevercloud.LogQuery{
			Limit: int64(limit), MaxEventSize: int(most),
			Reconnect: clevercloud.RetryPolicy{MinWait: 1, MaxWait: 1},
		}

		for entry, err := range client.Logs.Stream(t.Context(), "orga_1", "app_1", q) {
			var malformed *clevercloud.LogDecodeError
			switch {
			case err == nil:
				got.entries = append(got.entries, entry)
			case errors.As(err, &malformed):
				kept = append(kept, malformed)
				testkit.OneLine(t, err)
			default:
				require.NoError(t, got.end, "an error is the last value")
				got.end = err
				testkit.OneLine(t, err)
			}
		}

		for _, malformed := range kept {
			got.malformed = append(got.malformed, string(malformed.Data))
		}
		require.Equal(t, want.entries, got.entries)
		require.Equal(t, want.malformed, got.malformed)
		if want.end == nil {
			require.NoError(t, got.end)
		} else {
			require.ErrorIs(t, got.end, want.end)
		}
	})
}

// Every known key of the recorded streams survives decoding and encoding.
func TestLogEntry_MarshalsBack(t *testing.T) {
	t.Parallel()
	for name, entry := range map[string]any{
		"app": &clevercloud.LogEntry{}, "resource": &clevercloud.LogEntry{},
		"access": &clevercloud.AccessLogEntry{},
	} {
		session := testkit.Fixture(t, "logs/"+name+"-session.sse")
		decoder, n := sse.NewDecoder(strings.NewReader(session), 0), 0
		for {
			event, err := decoder.Next()
			if err != nil {
				break
			}
			if slices.Contains(logEvents, string(event.Name)) {
				data := strings.ReplaceAll(string(event.Data), `:""`, `:null`) // neither is written
				require.NoError(t, json.Unmarshal([]byte(data), entry))
				testkit.RoundTrip{}.Check(t, data, entry)
				n++
			}
		}
		require.Positive(t, n)
	}
}

// inChunks gives a few bytes at a time.
type inChunks struct {
	r    io.Reader
	size int
}

func (c *inChunks) Read(p []byte) (int, error) { return c.r.Read(p[:min(len(p), c.size)]) }

const (
	streamOwner = clevercloud.OwnerID("orga_1")
	streamApp   = clevercloud.ApplicationID("app_1")
)

// A streamScript answers the requests of a stream, the n-th from 0, in memory: time in its tests is
// virtual.
type streamScript func(n int, req *http.Request) *http.Response

// A streamWire is the transport of a script.
type streamWire struct {
	script   streamScript
	requests []*http.Request
	bodies   []*streamBody
	lost     []clevercloud.Reconnect
}

func (w *streamWire) RoundTrip(req *http.Request) (*http.Response, error) {
	w.requests = append(w.requests, req)
	resp := w.script(len(w.requests)-1, req)
	if resp == nil {
		return nil, syscall.ECONNREFUSED
	}
	if body, ok := resp.Body.(*streamBody); ok {
		body.ctx = req.Context()
		w.bodies = append(w.bodies, body)
	}
	resp.Request = req
	return resp, nil
}

// A streamBody gives its text, in chunks, and then does what it is told.
type streamBody struct {
	ctx    context.Context
	text   io.Reader
	then   string
	closed bool
}

func (b *streamBody) Read(p []byte) (int, error) {
	n, err := b.text.Read(p)
	if err != io.EOF {
		return n, err
	}
	switch b.then {
	case "reset":
		return 0, syscall.ECONNRESET
	case "silence":
		<-b.ctx.Done()
		return 0, context.Cause(b.ctx)
	case "beat":
		select {
		case <-b.ctx.Done():
			return 0, context.Cause(b.ctx)
		case <-time.After(2 * time.Second):
			return copy(p, heartbeat), nil
		}
	}
	return 0, io.EOF
}

func (b *streamBody) Close() error {
	b.closed = true
	return nil
}

func streamAnswer(text, then string) *http.Response {
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"text/event-stream"}},
		Body: &streamBody{text: strings.NewReader(text), then: then},
	}
}

// streamOf answers the n-th request with the n-th text, or each with the only one.
func streamOf(then string, texts ...string) *streamWire {
	return &streamWire{script: func(n int, _ *http.Request) *http.Response {
		if len(texts) == 1 {
			n = 0
		}
		return streamAnswer(texts[n], then)
	}}
}

func statusAnswer(status int, header http.Header, body string) *http.Response {
	return &http.Response{
		StatusCode: status, Header: header, Body: io.NopCloser(strings.NewReader(body)),
		ContentLength: int64(len(body)),
	}
}

func streamClient(
	t *testing.T, w *streamWire, opts ...clevercloud.ClientOption,
) *clevercloud.Client {
	t.Helper()
	client, err := clevercloud.New(append([]clevercloud.ClientOption{
		clevercloud.WithBaseURL("https://api.example.test/prefix"),
		clevercloud.WithHTTPClient(&http.Client{Transport: w}),
	}, opts...)...)
	require.NoError(t, err)
	return client
}

// event is an entry as the API writes it.
func event(i int) string {
	return fmt.Sprintf("id:%d:0\nevent:APPLICATION_LOG\n"+
		"data:{\"id\":\"%d:0\",\"message\":\"line %d\"}\n\n", i, i, i)
}

// eventWithoutID is the event of an entry that has none either.
func eventWithoutID(i int) string {
	return fmt.Sprintf("event:APPLICATION_LOG\ndata:{\"message\":\"line %d\"}\n\n", i)
}

func events(from, to int) string {
	var b strings.Builder
	for i := from; i < to; i++ {
		b.WriteString(event(i))
	}
	return b.String()
}

const (
	endOfStream = "event:END_OF_STREAM\ndata:{\"endedBy\":\"UNTIL_REACHED\"}\n\n"
	heartbeat   = "event:HEARTBEAT\ndata:\n\n"
)

func inVirtualTime(t *testing.T, name string, test func(t *testing.T)) {
	t.Run(name, func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, test)
	})
}

// unreadable stands for an entry that cannot be decoded.
const unreadable = "(unreadable)"

// valuesOf ranges over a stream and returns its values and its last error.
func valuesOf[T any](stream iter.Seq2[T, error]) (values []T, err error) {
	for value, e := range stream {
		if e != nil {
			err = e
			continue
		}
		values = append(values, value)
	}
	return values, err
}

// collect ranges over a stream and returns the messages given and the last error.
func collect(
	ctx context.Context, c *clevercloud.Client, q clevercloud.LogQuery,
) (messages []string, err error) {
	for entry, e := range c.Logs.Stream(ctx, streamOwner, streamApp, q) {
		var bad *clevercloud.LogDecodeError
		switch {
		case errors.As(e, &bad):
			messages = append(messages, unreadable)
		case e != nil:
			err = e
		default:
			messages = append(messages, entry.Message)
		}
	}
	return messages, err
}

// collect ranges over a stream of a new client, and keeps the losses in w.
func (w *streamWire) collect(
	t *testing.T, q clevercloud.LogQuery, opts ...clevercloud.ClientOption,
) ([]string, error) {
	t.Helper()
	q.OnReconnect = func(r clevercloud.Reconnect) { w.lost = append(w.lost, r) }
	return collect(t.Context(), streamClient(t, w, opts...), q)
}

// resumeAfter returns the number of the entry to go on with after the request's Last-Event-ID.
func resumeAfter(req *http.Request) int {
	id, _, _ := strings.Cut(req.Header.Get("Last-Event-Id"), ":")
	n, err := strconv.Atoi(id)
	if err != nil {
		return 0
	}
	return n + 1
}

func TestLogsStream_ResumesAsInTheScenarios(t *testing.T) {
	t.Parallel()
	var file struct {
		Scenarios []struct {
			Name  string
			Steps []struct {
				Request struct {
					Query       map[string]any
					LastEventID *string
				}
				Response struct {
					Status               int
					ContentType          string
					Body, BodyText, Then string
				}
			}
			Entries []struct{ ID string }
			Error   *struct {
				Status int
				Code   string
			}
		}
	}
	text := testkit.Fixture(t, "logs/resume/scenarios.json")
	require.NoError(t, json.Unmarshal([]byte(text), &file))
	for _, scenario := range file.Scenarios {
		inVirtualTime(t, scenario.Name, func(t *testing.T) {
			wire := &streamWire{script: func(n int, req *http.Request) *http.Response {
				if n >= len(scenario.Steps) {
					t.Errorf("unexpected request %d", n)
					return statusAnswer(http.StatusNoContent, nil, "")
				}
				step := scenario.Steps[n]
				assert.Equal(t, scenarioQuery(step.Request.Query), req.URL.Query(), "request %d", n)
				want := []string(nil)
				if step.Request.LastEventID != nil {
					want = []string{*step.Request.LastEventID}
				}
				assert.Equal(t, want, req.Header.Values("Last-Event-Id"), "request %d", n)
				if step.Response.Body == "" {
					header := http.Header{"Content-Type": {step.Response.ContentType}}
					return statusAnswer(step.Response.Status, header, step.Response.BodyText)
				}
				text := testkit.Fixture(t, "logs/resume/"+step.Response.Body)
				return streamAnswer(text, step.Response.Then)
			}}
			q := clevercloud.LogQuery{
				Since:    time.Date(2026, 6, 24, 8, 5, 40, 0, time.UTC),
				Until:    time.Date(2026, 6, 24, 8, 5, 46, 480e6, time.UTC),
				Services: []string{"bas", "bas-deploy"},
			}
			if limit, ok := scenario.Steps[0].Request.Query["limit"].(float64); ok {
				q.Limit = int64(limit)
			}

			logs := streamClient(t, wire).Logs
			got, err := valuesOf(logs.Stream(t.Context(), streamOwner, streamApp, q))

			require.Len(t, got, len(scenario.Entries))
			for i, entry := range scenario.Entries {
				assert.Equal(t, entry.ID, got[i].ID)
			}
			assert.Len(t, wire.requests, len(scenario.Steps))
			if scenario.Error == nil {
				require.NoError(t, err)
				return
			}
			var refusal *clevercloud.APIError
			require.ErrorAs(t, err, &refusal)
			assert.Equal(t, scenario.Error.Status, refusal.StatusCode)
			assert.Equal(t, scenario.Error.Code, refusal.Code)
		})
	}
}

// scenarioQuery is the query with times as the SDK writes them.
func scenarioQuery(q map[string]any) url.Values {
	values := url.Values{}
	for key, value := range q {
		switch value := value.(type) {
		case []any:
			for _, one := range value {
				values.Add(key, one.(string))
			}
		case float64:
			values.Set(key, strconv.Itoa(int(value)))
		case string:
			if date, err := time.Parse(time.RFC3339Nano, value); err == nil {
				value = date.Format("2006-01-02T15:04:05.000Z")
			}
			values.Set(key, value)
		}
	}
	return values
}

func TestLogsStream_HTTPFaults(t *testing.T) {
	t.Parallel()
	var file struct {
		Cases []struct {
			Name        string
			Status      int
			ContentType *string
			Body        string
			Headers     map[string]string
			Recommended string
		}
	}
	require.NoError(t, json.Unmarshal([]byte(testkit.Fixture(t, "logs/http-faults.json")), &file))
	for _, tc := range file.Cases {
		inVirtualTime(t, tc.Name, func(t *testing.T) {
			wire := &streamWire{script: func(n int, _ *http.Request) *http.Response {
				header := http.Header{}
				if tc.ContentType != nil {
					header.Set("Content-Type", *tc.ContentType)
				}
				for key, value := range tc.Headers {
					header.Set(key, value)
				}
				if n == 0 && tc.Recommended != "open" {
					return statusAnswer(tc.Status, header, tc.Body)
				}
				answer := streamAnswer(endOfStream, "eof")
				if tc.Recommended == "open" {
					answer.Header = header
				}
				return answer
			}}
			start := time.Now()

			_, err := wire.collect(t, clevercloud.LogQuery{})

			switch {
			case strings.HasPrefix(tc.Recommended, "retry"):
				require.NoError(t, err)
				assert.Len(t, wire.requests, 2)
				if after := tc.Headers["Retry-After"]; after != "" {
					assert.Equal(t, after+"s", time.Since(start).String())
				}
			case strings.HasPrefix(tc.Recommended, "open"), tc.Status == http.StatusNoContent:
				require.NoError(t, err)
				assert.Len(t, wire.requests, 1)
			default:
				require.Error(t, err)
				assert.Len(t, wire.requests, 1)
				missing := errors.Is(err, clevercloud.ErrNotFound)
				assert.Equal(t, tc.Status == http.StatusNotFound, missing)
			}
		})
	}
}

func TestLogsStream_Robustness(t *testing.T) {
	t.Parallel()
	var file struct {
		Cases []struct {
			Name        string
			InputBase64 []byte
			Outcome     string
			Cursor      string
			Counted     int
			Items       []struct{ Kind string }
		}
	}
	require.NoError(t, json.Unmarshal([]byte(testkit.Fixture(t, "logs/robustness.json")), &file))
	for _, tc := range file.Cases {
		if tc.InputBase64 == nil {
			continue
		}
		inVirtualTime(t, tc.Name, func(t *testing.T) {
			wire := streamOf("eof", string(tc.InputBase64), endOfStream)
			want := map[string]int{}
			for _, item := range tc.Items {
				want[item.Kind]++
			}
			wantRequests := 2
			if tc.Outcome == "end" {
				wantRequests = 1
			}

			messages, err := wire.collect(t, clevercloud.LogQuery{})

			require.NoError(t, err)
			bad := 0
			for _, message := range messages {
				if message == unreadable {
					bad++
				}
			}
			assert.Equal(t, want["bad"], bad)
			assert.Len(t, messages, want["entry"]+want["unknown"]+want["bad"])
			assert.Len(t, messages, tc.Counted)
			require.Len(t, wire.requests, wantRequests)
			for _, req := range wire.requests[1:] {
				assert.Equal(t, tc.Cursor, req.Header.Get("Last-Event-Id"))
			}
		})
	}
}

// Each entry once and in order, wherever the connection is cut, whether the API resumes after the
// last id or with it.
func TestLogsStream_CutAtEveryByte(t *testing.T) {
	t.Parallel()
	const n = 20
	whole := events(0, n) + endOfStream
	for _, inclusive := range []int{0, 1} {
		for _, then := range []string{"eof", "reset", "silence"} {
			inVirtualTime(t, fmt.Sprintf("%s inclusive %d", then, inclusive), func(t *testing.T) {
				for cut := range len(whole) {
					wire := &streamWire{script: func(i int, req *http.Request) *http.Response {
						if i == 0 {
							return streamAnswer(whole[:cut], then)
						}
						from := resumeAfter(req)
						return streamAnswer(events(max(0, from-inclusive), n)+endOfStream, "eof")
					}}

					messages, err := wire.collect(t, clevercloud.LogQuery{Since: time.Now()})

					require.NoError(t, err, "cut at %d", cut)
					require.Equal(t, testkit.Lines(n), messages, "cut at %d", cut)
				}
			})
		}
	}
}

func TestLogsStream_Soak(t *testing.T) {
	t.Parallel()
	n, faults := 100_000, 1_000
	if testing.Short() {
		n, faults = 5_000, 100
	}
	synctest.Test(t, func(t *testing.T) {
		rng := rand.New(rand.NewPCG(1, 2))
		broken := 0
		wire := &streamWire{script: func(i int, req *http.Request) *http.Response {
			from := resumeAfter(req)
			if i > 0 && rng.IntN(10) == 0 {
				return statusAnswer(http.StatusServiceUnavailable, nil, "<html>")
			}
			if i > 0 && rng.IntN(20) == 0 {
				return nil
			}
			if i > 0 {
				from = max(0, from-rng.IntN(3))
			}
			if broken++; broken > faults {
				return streamAnswer(events(from, n)+endOfStream, "eof")
			}
			text := events(from, min(n, from+1+rng.IntN(2*n/faults)))
			then := []string{"eof", "reset", "silence"}[rng.IntN(3)]
			return streamAnswer(text[:rng.IntN(len(text)+1)], then)
		}}

		next, reconnects := 0, 0
		q := clevercloud.LogQuery{
			Since: time.Now(), OnReconnect: func(clevercloud.Reconnect) { reconnects++ },
		}
		logs := streamClient(t, wire).Logs
		for entry, err := range logs.Stream(t.Context(), streamOwner, streamApp, q) {
			require.NoError(t, err)
			if entry.Message != "line "+strconv.Itoa(next) {
				t.Fatalf("entry %d is %q", next, entry.Message)
			}
			next++
		}

		assert.Equal(t, n, next)
		assert.GreaterOrEqual(t, reconnects, faults)
	})
}

func TestLogsStream_LimitIsKeptWhenTheAPIRepeatsEntries(t *testing.T) {
	t.Parallel()
	const end = "event:END_OF_STREAM\ndata:{\"endedBy\":\"LIMIT\"}\n\n"
	for _, limit := range []int64{1, 2, 5, 9} {
		synctest.Test(t, func(t *testing.T) {
			wire := &streamWire{script: func(i int, req *http.Request) *http.Response {
				from := max(0, resumeAfter(req)-1)
				left, err := strconv.Atoi(req.URL.Query().Get("limit"))
				require.NoError(t, err)
				require.Positive(t, left)
				text := events(from, from+left)
				if i == 0 {
					return streamAnswer(text[:len(text)/2], "reset")
				}
				return streamAnswer(text+end, "eof")
			}}

			messages, err := wire.collect(t, clevercloud.LogQuery{Limit: limit})

			require.NoError(t, err)
			assert.Equal(t, testkit.Lines(int(limit)), messages)
		})
	}
}

func TestLogsStream_Waits(t *testing.T) {
	t.Parallel()
	type policy = clevercloud.RetryPolicy
	for _, tc := range []struct {
		name   string
		policy policy
		texts  []string
		// retryAfter is what each connection but the first is rejected with.
		retryAfter []string
		// bounds are those of the waits, in order and in seconds.
		bounds [][2]float64
	}{
		{
			"double with each loss and end at the bound",
			policy{MinWait: time.Second, MaxWait: 4 * time.Second},
			[]string{""}, nil, [][2]float64{{0, 1}, {0, 2}, {0, 4}, {0, 4}},
		},
		{
			"begin anew after an entry", policy{},
			[]string{event(0), event(1), event(2)}, nil, [][2]float64{{0, 1}, {0, 1}, {0, 1}},
		},
		{
			"are at least what the stream has set, within bounds",
			policy{MaxWait: 10 * time.Second},
			[]string{
				"retry:3000\n" + event(0), "retry:0\n" + event(1), "retry:9999999\n" + event(2),
			}, nil, [][2]float64{{3, 4}, {0, 1}, {10, 10}},
		},
		{
			"stay what the stream has set", policy{},
			[]string{"retry:5000\n" + event(0), event(1), event(2)},
			nil, [][2]float64{{5, 6}, {5, 6}, {5, 6}},
		},
		{
			"are what Retry-After says, within bounds", policy{},
			[]string{""}, []string{"7", "1.5", "86400"},
			[][2]float64{{0, 1}, {7, 7}, {1.5, 1.5}, {30, 30}},
		},
	} {
		inVirtualTime(t, tc.name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			var waits []float64
			q := clevercloud.LogQuery{Reconnect: tc.policy}
			q.OnReconnect = func(r clevercloud.Reconnect) {
				if waits = append(waits, r.Wait.Seconds()); len(waits) == len(tc.bounds) {
					cancel()
				}
			}
			wire := streamOf("eof", tc.texts...)
			open := wire.script
			wire.script = func(n int, req *http.Request) *http.Response {
				if n == 0 || tc.retryAfter == nil {
					return open(n, req)
				}
				header := http.Header{"Retry-After": {tc.retryAfter[n-1]}}
				return statusAnswer(http.StatusTooManyRequests, header, "")
			}

			_, err := collect(ctx, streamClient(t, wire), q)

			require.ErrorIs(t, err, context.Canceled)
			assert.Equal(t, tc.retryAfter != nil, errors.Is(err, clevercloud.ErrRateLimited))
			for i, wait := range waits {
				assert.GreaterOrEqual(t, wait, tc.bounds[i][0], "wait %d", i)
				assert.LessOrEqual(t, wait, tc.bounds[i][1], "wait %d", i)
			}
		})
	}
}

// The longest of many second waits is over the longest of many first ones.
func TestLogsStream_WaitsDouble(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var first, second time.Duration
		for range 50 {
			wire := streamOf("eof", "")
			q := clevercloud.LogQuery{Reconnect: clevercloud.RetryPolicy{MaxRetries: 2}}

			_, err := wire.collect(t, q)

			require.ErrorIs(t, err, io.ErrUnexpectedEOF)
			require.Len(t, wire.lost, 2)
			first, second = max(first, wire.lost[0].Wait), max(second, wire.lost[1].Wait)
		}
		assert.Greater(t, first, time.Second/2)
		assert.Less(t, first, time.Second)
		assert.Greater(t, second, time.Second)
	})
}

func TestLogsStream_GivesUp(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		retries, reconnections int
		// statuses are those of the responses, the last one of all that follow. 200 is a stream
		// that is cut off, 0 a refused connection.
		statuses []int
		requests int
		want     error
	}{
		"an address that never answers, after the client's retries": {
			4, 0, []int{0}, 5, syscall.ECONNREFUSED,
		},
		"the same without retries": {0, 0, []int{0}, 1, syscall.ECONNREFUSED},
		"an open stream, after the reconnections allowed": {
			4, 2, []int{200, 503}, 3, clevercloud.ErrUnavailable,
		},
		"credentials that are rejected, at once": {
			4, 0, []int{401}, 1, clevercloud.ErrUnauthorized,
		},
	} {
		inVirtualTime(t, name, func(t *testing.T) {
			wire := &streamWire{script: func(n int, _ *http.Request) *http.Response {
				switch status := tc.statuses[min(n, len(tc.statuses)-1)]; status {
				case 0:
					return nil
				case 200:
					return streamAnswer(event(0), "eof")
				default:
					return statusAnswer(status, nil, "{}")
				}
			}}
			policy := clevercloud.RetryPolicy{MaxRetries: tc.reconnections}

			_, err := wire.collect(t, clevercloud.LogQuery{Reconnect: policy},
				clevercloud.WithMaxRetries(tc.retries))

			require.ErrorIs(t, err, tc.want)
			assert.Len(t, wire.requests, tc.requests)
			for _, lost := range wire.lost {
				assert.Positive(t, lost.Wait)
			}
		})
	}
}

// A stream that breaks off is an error if nothing may be done about it.
func TestLogsStream_CutOffWithoutReconnections(t *testing.T) {
	t.Parallel()
	for then, want := range map[string]error{
		"eof": io.ErrUnexpectedEOF, "reset": clevercloud.ErrUnavailable,
	} {
		wire := streamOf(then, events(0, 2))
		q := clevercloud.LogQuery{Reconnect: clevercloud.RetryPolicy{MaxRetries: -1}}

		messages, err := wire.collect(t, q)

		assert.Equal(t, testkit.Lines(2), messages)
		require.ErrorIs(t, err, want)
		assert.True(t, clevercloud.IsTransient(err))
		assert.Equal(t, then == "eof", errors.Is(err, io.ErrUnexpectedEOF))
		assert.Len(t, wire.requests, 1)
		assert.Empty(t, wire.lost)
	}
}

// How a stream was opened says nothing about how it was lost.
func TestLogsStream_LossesDoNotTellOfTheOpening(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		wire := &streamWire{script: func(n int, _ *http.Request) *http.Response {
			if n == 0 {
				return statusAnswer(503, http.Header{"Retry-After": {"20"}}, "")
			}
			return streamAnswer([]string{"", event(0), endOfStream}[n], "eof")
		}}

		_, err := wire.collect(t, clevercloud.LogQuery{})

		require.NoError(t, err)
		require.Len(t, wire.lost, 1)
		lost := wire.lost[0]
		require.EqualError(t, lost.Err,
			"clevercloud: logs.stream: the connection ended before the stream did")
		assert.Equal(t, "logs.stream", lost.Operation)
		assert.Less(t, lost.Wait, 2*time.Second)
	})
}

func TestLogsStream_IdleAndQuiet(t *testing.T) {
	t.Parallel()
	const s, endless = time.Second, time.Hour
	expired := context.DeadlineExceeded
	for name, tc := range map[string]struct {
		idle, quiet time.Duration
		then        string
		requests    int
		after       time.Duration
		err         error
	}{
		"a silent connection is dead after 10 s": {0, 0, "silence", 2, 10 * s, nil},
		"or when asked":                          {3 * s, 0, "silence", 2, 3 * s, nil},
		"or never":                               {-1, 0, "silence", 1, endless, expired},
		"heartbeats keep it alive":               {0, 0, "beat", 1, endless, expired},
		"quiet ends it at a heartbeat":           {0, 5 * s, "beat", 1, 6 * s, nil},
		"silence is not quiet":                   {0, 5 * s, "silence", 2, 10 * s, nil},
		"quiet that ends with a heartbeat":       {0, 4 * s, "beat", 1, 4 * s, nil},
	} {
		inVirtualTime(t, name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
			defer cancel()
			start := time.Now()
			var lost time.Duration
			q := clevercloud.LogQuery{
				IdleTimeout: tc.idle, QuietTimeout: tc.quiet,
				OnReconnect: func(clevercloud.Reconnect) { lost = time.Since(start) },
			}
			wire := &streamWire{script: func(n int, _ *http.Request) *http.Response {
				if n == 0 {
					return streamAnswer(event(0), tc.then)
				}
				return streamAnswer(event(1)+endOfStream, "eof")
			}}

			// The timeout of calls does not apply.
			client := streamClient(t, wire, clevercloud.WithTimeout(time.Minute))
			messages, err := collect(ctx, client, q)

			require.ErrorIs(t, err, tc.err)
			assert.Len(t, wire.requests, tc.requests)
			assert.Equal(t, testkit.Lines(tc.requests), messages)
			if tc.requests == 1 {
				lost = time.Since(start)
			}
			assert.Equal(t, tc.after, lost)
		})
	}
}

func TestLogsStream_LeavingTheLoop(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		wire := streamOf("silence", events(0, 5))
		client, start := streamClient(t, wire), time.Now()
		stream := client.Logs.Stream(t.Context(), streamOwner, streamApp, clevercloud.LogQuery{})
		for range 2 { // each iteration is a stream of its own
			for entry, err := range stream {
				require.NoError(t, err)
				assert.Equal(t, "line 0", entry.Message)
				break
			}
		}
		assert.Zero(t, time.Since(start))

		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(3*time.Second, cancel)
		q := clevercloud.LogQuery{
			OnReconnect: func(clevercloud.Reconnect) { t.Error("reconnects") },
		}
		messages, err := collect(ctx, client, q)
		require.ErrorIs(t, err, context.Canceled)
		assert.Equal(t, testkit.Lines(5), messages)
		assert.Equal(t, 3*time.Second, time.Since(start))
	})
}

// The time that the loop's body takes is not the connection's silence.
func TestLogsStream_SlowConsumer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		wire, n := streamOf("eof", events(0, 5)+endOfStream), 0
		logs, q := streamClient(t, wire).Logs, clevercloud.LogQuery{QuietTimeout: time.Second}
		for _, err := range logs.Stream(t.Context(), streamOwner, streamApp, q) {
			require.NoError(t, err)
			time.Sleep(time.Minute)
			n++
		}
		assert.Equal(t, 5, n)
		assert.Len(t, wire.requests, 1)
	})
}

func TestLogsStream_Compressed(t *testing.T) {
	t.Parallel()
	const n = 3000 // more than one read
	text := events(0, n) + endOfStream
	for coding, want := range map[string]int{
		"gzip": n, "x-gzip": n, "identity": n, "Identity": n, "": n, "br": 0,
	} {
		wire := &streamWire{script: func(int, *http.Request) *http.Response {
			answer := streamAnswer(text, "eof")
			if strings.HasSuffix(coding, "gzip") {
				answer = streamAnswer(testkit.Gzip(text), "eof")
			}
			answer.Header.Set("Content-Encoding", coding)
			return answer
		}}

		messages, err := wire.collect(t, clevercloud.LogQuery{})

		assert.Equal(t, []string{"identity"}, wire.requests[0].Header["Accept-Encoding"])
		assert.Len(t, messages, want)
		var foreign *clevercloud.DecodeError
		assert.Equal(t, want == 0, errors.As(err, &foreign))
		if want == 0 {
			require.EqualError(t, err, "clevercloud: logs.stream: decode response: "+
				`content encoding "br" was not asked for`)
		}
	}
}

func TestLogsStream_CompressedBadly(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		wire := &streamWire{script: func(n int, _ *http.Request) *http.Response {
			answer := streamAnswer(event(0)+endOfStream, "eof")
			if n == 0 {
				answer.Header.Set("Content-Encoding", "gzip")
			}
			return answer
		}}

		messages, err := wire.collect(t, clevercloud.LogQuery{})

		require.NoError(t, err)
		assert.Equal(t, testkit.Lines(1), messages)
		require.ErrorIs(t, wire.lost[0].Err, gzip.ErrHeader)
	})
}

func TestLogsStream_Compress(t *testing.T) {
	t.Parallel()
	wire := &streamWire{script: func(int, *http.Request) *http.Response {
		answer := streamAnswer(testkit.Gzip(events(0, 3000)+endOfStream), "eof")
		answer.Header.Set("Content-Encoding", "gzip")
		return answer
	}}
	for _, q := range []clevercloud.LogQuery{{Until: time.Now()}, {QuietTimeout: time.Second}} {
		q.Compress = true
		messages, err := wire.collect(t, q)
		require.NoError(t, err)
		assert.Equal(t, testkit.Lines(3000), messages)
	}
	assert.Equal(t, []string{"gzip"}, wire.requests[1].Header["Accept-Encoding"])
}

func TestLogsStream_Request(t *testing.T) {
	t.Parallel()
	wire := streamOf("eof", endOfStream)
	logs, trace := streamClient(t, wire).Logs, clevercloud.WithHeader("X-Trace", "1")
	q := clevercloud.LogQuery{
		DeploymentID: "deployment_1", InstanceIDs: []clevercloud.InstanceID{"i1", "i2"},
		Since:  time.Date(2026, 1, 2, 4, 4, 5, 678912345, time.FixedZone("", 3600)),
		Until:  time.Date(2026, 1, 3, 0, 0, 0, 0, time.UTC),
		Fields: []string{"date", "message"}, Filter: "a b&c", Limit: 7, Services: []string{"all"},
		ThrottleElements: 2000, ThrottlePer: 100 * time.Millisecond, MaxRetryDuration: time.Minute,
	}
	resource := q
	resource.DeploymentID = ""
	access := clevercloud.LogQuery{
		Since: q.Since, Until: q.Since, Limit: 1 << 40, Fields: q.Fields, ThrottleElements: 1,
	}

	_, errStream := valuesOf(logs.Stream(t.Context(), "orga_1", "app_1", q, trace))
	_, errResource := valuesOf(
		logs.StreamResource(t.Context(), "orga_1", "redis_1", resource, trace))
	_, errAccess := valuesOf(logs.StreamAccess(t.Context(), "orga_1", "app_1", access, trace))

	require.NoError(t, errors.Join(errStream, errResource, errAccess))
	const since, fields = "since=2026-01-02T03%3A04%3A05.678Z", "&field=date&field=message"
	const rest = "instanceId=i1&instanceId=i2&" + since + "&until=2026-01-03T00%3A00%3A00.000Z" +
		fields + "&filter=a%20b%26c&limit=7&service=all&throttleElements=2000" +
		"&throttlePerInMilliseconds=100&maxRetryDurationInSeconds=60"
	for i, want := range []string{
		"logs/organisations/orga_1/applications/app_1/logs?deploymentId=deployment_1&" + rest,
		"logs/organisations/orga_1/resources/redis_1/logs?" + rest,
		"accesslogs/organisations/orga_1/applications/app_1/accesslogs?" + since +
			"&until=2026-01-02T03%3A04%3A05.678Z" + fields + "&throttleElements=1",
	} {
		req := wire.requests[i]
		assert.Equal(t, "/prefix/v4/"+want, req.URL.RequestURI())
		assert.Equal(t, "text/event-stream", req.Header.Get("Accept"))
		assert.Equal(t, http.MethodGet, req.Method)
		assert.Equal(t, "1", req.Header.Get("X-Trace"))
	}
}

// A position that an earlier run kept is used on the first connection already.
func TestLogsStream_LastEventID(t *testing.T) {
	t.Parallel()
	for _, inclusive := range []int{0, 1} {
		synctest.Test(t, func(t *testing.T) {
			wire := &streamWire{script: func(n int, req *http.Request) *http.Response {
				text := events(resumeAfter(req)-inclusive, 5+n) + []string{"", endOfStream}[n]
				return streamAnswer(text, "eof")
			}}

			messages, err := wire.collect(t, clevercloud.LogQuery{LastEventID: "2:0"})

			require.NoError(t, err)
			assert.Equal(t, testkit.Lines(6)[3:], messages)
			assert.Equal(t, "2:0", wire.requests[0].Header.Get("Last-Event-Id"))
			assert.Equal(t, "4:0", wire.requests[1].Header.Get("Last-Event-Id"))
		})
	}
}

// What the API does with an ID that it does not know any more is not known: it may start over by
// since, or reject it.
func TestLogsStream_LastEventIDThatTheAPIForgot(t *testing.T) {
	t.Parallel()
	since := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for _, tc := range []struct {
		name, id string
		status   int
		since    time.Time
		requests int
		want     int // entries
		err      error
	}{
		{"counts as none", "2:0", 200, since, 1, 4, nil},
		{"gone", "2:0", 410, since, 2, 4, nil},
		{"a bad request", "2:0", 400, since, 2, 4, nil},
		{"not found, as an application that never logged", "2:0", 404, since, 2, 4, nil},
		{"not found, without an ID", "", 404, since, 1, 0, clevercloud.ErrNotFound},
		{"rate limited", "2:0", 429, since, 1, 0, clevercloud.ErrRateLimited},
		{"a fault of the API", "2:0", 501, since, 1, 0, clevercloud.ErrUnavailable},
		{"gone, without a date", "2:0", 410, time.Time{}, 1, 0, &clevercloud.APIError{}},
		{"forbidden, which is not about the ID", "2:0", 403, since, 1, 0, clevercloud.ErrForbidden},
		{"unauthorized", "2:0", 401, since, 1, 0, clevercloud.ErrUnauthorized},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			wire := &streamWire{script: func(n int, req *http.Request) *http.Response {
				if req.Header.Get("Last-Event-Id") == tc.id && tc.status != 200 {
					return statusAnswer(tc.status, nil, "")
				}
				return streamAnswer(events(0, 5)+endOfStream, "eof")
			}}
			q := clevercloud.LogQuery{LastEventID: tc.id, Since: tc.since}
			messages, err := wire.collect(t, q, clevercloud.WithMaxRetries(0))

			if _, isAPI := tc.err.(*clevercloud.APIError); isAPI {
				var rejected *clevercloud.APIError
				require.ErrorAs(t, err, &rejected)
			} else {
				require.ErrorIs(t, err, tc.err)
			}
			assert.Len(t, messages, tc.want, "all but the entry whose ID was kept")
			assert.NotContains(t, messages, "line 2")
			require.Len(t, wire.requests, tc.requests)
			assert.Len(t, wire.lost, tc.requests-1)
			for _, r := range wire.lost {
				assert.Empty(t, r.LastEventID, "it starts over")
				assert.Zero(t, r.Wait)
			}
			for _, req := range wire.requests {
				assert.Equal(t, wire.requests[0].URL.RawQuery, req.URL.RawQuery)
			}
		})
	}
}

// Once a position of this iteration counts, starting over would give everything again.
func TestLogsStream_APositionOfThisIterationIsNotGivenUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		wire := &streamWire{script: func(n int, _ *http.Request) *http.Response {
			if n == 0 {
				return streamAnswer(events(3, 5), "eof")
			}
			return statusAnswer(410, nil, "")
		}}

		_, err := wire.collect(t, clevercloud.LogQuery{LastEventID: "2:0", Since: time.Now()})

		var rejected *clevercloud.APIError
		require.ErrorAs(t, err, &rejected)
		assert.Len(t, wire.requests, 2)
	})
}

// The API has been seen to refuse a limit of more than 32 bits.
func TestLogsStream_SendsLimitsThatTheAPITakes(t *testing.T) {
	t.Parallel()
	for limit, want := range map[int64]string{
		0: "", 1: "1", math.MaxInt32: "2147483647", math.MaxInt32 + 1: "",
	} {
		wire := streamOf("eof", endOfStream)

		_, err := wire.collect(t, clevercloud.LogQuery{Limit: limit})

		require.NoError(t, err)
		assert.Equal(t, want, wire.requests[0].URL.Query().Get("limit"))
	}
}

func TestLogsStream_RefusesBadQueries(t *testing.T) {
	t.Parallel()
	type query = clevercloud.LogQuery
	const foreign = "is not a parameter of this stream"
	wire := &streamWire{}
	logs, ctx, now := streamClient(t, wire).Logs, t.Context(), time.Now()
	stream := func(q query) error {
		_, err := valuesOf(logs.Stream(ctx, streamOwner, streamApp, q))
		return err
	}
	access := func(q query) error {
		_, err := valuesOf(logs.StreamAccess(ctx, streamOwner, streamApp, q))
		return err
	}
	resource := func(q query) error {
		_, err := valuesOf(logs.StreamResource(ctx, streamOwner, "r", q))
		return err
	}
	for _, tc := range []struct {
		stream           func(query) error
		operation        string
		argument, reason string
		q                query
	}{
		{stream, "", "Limit", "must not be negative", query{Limit: -1}},
		{stream, "", "ThrottleElements", "must not be negative", query{ThrottleElements: -1}},
		{stream, "", "ThrottlePer", "must be whole milliseconds", query{ThrottlePer: 500e3}},
		{stream, "", "ThrottlePer", "must be whole milliseconds", query{ThrottlePer: -time.Second}},
		{stream, "", "MaxRetryDuration", "must be whole seconds", query{MaxRetryDuration: 1e6}},
		{stream, "", "QuietTimeout", "must not be negative", query{QuietTimeout: -1}},
		{stream, "", "MaxEventSize", "must not be negative", query{MaxEventSize: -1}},
		{stream, "", "Until", "must not be before Since", query{Since: now, Until: now.Add(-1)}},
		{
			stream, "", "Compress", "must not be set without Until or QuietTimeout",
			query{Compress: true},
		},
		{
			stream, "", "Reconnect", "MinWait must not be over MaxWait, got 1m0s and 1s",
			query{Reconnect: clevercloud.RetryPolicy{MinWait: time.Minute, MaxWait: time.Second}},
		},
		{access, "-access", "DeploymentID", foreign, query{DeploymentID: "d"}},
		{
			access, "-access", "InstanceIDs", foreign,
			query{InstanceIDs: []clevercloud.InstanceID{"i"}},
		},
		{access, "-access", "Filter", foreign, query{Filter: "x"}},
		{access, "-access", "Services", foreign, query{Services: []string{"all"}}},
		{access, "-access", "MaxRetryDuration", foreign, query{MaxRetryDuration: time.Second}},
		{resource, "-resource", "DeploymentID", foreign, query{DeploymentID: "d"}},
	} {
		assert.Equal(t, &clevercloud.ValidationError{
			Operation: "logs.stream" + tc.operation, Argument: tc.argument, Reason: tc.reason,
		}, tc.stream(tc.q))
	}
	//lint:ignore SA1012 a nil context is what is tried
	_, err := valuesOf(logs.Stream(nil, "o", "a", query{}))
	require.EqualError(t, err, "clevercloud: logs.stream: ctx must not be nil")
	_, err = valuesOf(logs.Stream(ctx, "o", "..", query{}))
	require.ErrorIs(t, err, clevercloud.ErrInvalidArgument)
	assert.Empty(t, wire.requests)
}

// The loop may keep an entry: the next one does not change it.
func TestLogsStream_MalformedEntry(t *testing.T) {
	t.Parallel()
	bad := "id:x\nevent:APPLICATION_LOG\ndata:{nope\n\n"
	wire := streamOf("eof", event(0)+bad+event(1)+endOfStream)
	var entries []clevercloud.LogEntry
	var errs []error

	logs, q := streamClient(t, wire).Logs, clevercloud.LogQuery{}
	for entry, err := range logs.Stream(t.Context(), streamOwner, streamApp, q) {
		entries, errs = append(entries, entry), append(errs, err)
	}

	require.Len(t, errs, 3)
	assert.Equal(t, "line 0", entries[0].Message)
	assert.Zero(t, entries[1], "it has nothing of the one before")
	assert.Equal(t, "line 1", entries[2].Message)
	var malformed *clevercloud.LogDecodeError
	require.ErrorAs(t, errs[1], &malformed)
	assert.Equal(t, "x", malformed.ID)
	assert.Equal(t, "{nope", string(malformed.Data))
	var syntax *json.SyntaxError
	require.ErrorAs(t, malformed, &syntax)
	assert.NotContains(t, malformed.Error(), "nope")
}

func TestLogsStream_KeepRaw(t *testing.T) {
	t.Parallel()
	logs := streamClient(t, streamOf("eof", event(0)+endOfStream)).Logs
	for keep, want := range map[bool]string{true: `{"id":"0:0","message":"line 0"}`, false: ""} {
		q := clevercloud.LogQuery{KeepRaw: keep}
		entries, err := valuesOf(logs.Stream(t.Context(), streamOwner, streamApp, q))
		require.NoError(t, err)
		requests, err := valuesOf(logs.StreamAccess(t.Context(), streamOwner, streamApp, q))
		require.NoError(t, err)
		assert.Equal(t, want, string(entries[0].Raw()))
		assert.Equal(t, want, string(requests[0].Raw()))
	}
}

// The ID is that of the event, which is what the API resumes behind, also for who asks for some
// fields only.
func TestLogsStream_TheIDIsThatOfTheEvent(t *testing.T) {
	t.Parallel()
	const own, none = "event:ACCESS_LOG\ndata:{\"id\":\"own\"}\n\n", "event:ACCESS_LOG\ndata:{}\n\n"
	wire := streamOf("eof", "id:event\n"+none+"id:event\n"+own+own+none+endOfStream)
	logs, q := streamClient(t, wire).Logs, clevercloud.LogQuery{}

	entries, err := valuesOf(logs.Stream(t.Context(), streamOwner, streamApp, q))
	require.NoError(t, err)
	requests, err := valuesOf(logs.StreamAccess(t.Context(), streamOwner, streamApp, q))
	require.NoError(t, err)

	for i, want := range []string{"event", "event", "own", ""} {
		assert.Equal(t, []string{want, want}, []string{entries[i].ID, requests[i].ID})
	}
}

// A stream that lasts for weeks must not keep the connections that it has lost.
func TestLogsStream_ClosesWhatItOpens(t *testing.T) {
	t.Parallel()
	then := []string{"eof", "reset", "eof"}
	for name, leave := range map[string]bool{"at the end": false, "when the loop is left": true} {
		inVirtualTime(t, name, func(t *testing.T) {
			wire := &streamWire{script: func(n int, _ *http.Request) *http.Response {
				return streamAnswer(event(n)+[]string{"", "", endOfStream}[n], then[n])
			}}
			n := 0
			logs := streamClient(t, wire).Logs
			for range logs.Stream(t.Context(), streamOwner, streamApp, clevercloud.LogQuery{}) {
				if n++; leave && n == 2 {
					break
				}
			}

			for i, body := range wire.bodies {
				assert.True(t, body.closed, "connection %d of %d", i, len(wire.bodies))
			}
		})
	}
}

// Entries without an id cannot be told apart; so none is taken for a repetition.
func TestLogsStream_EntriesWithoutAnIDAreNeverRepetitions(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		wire := streamOf("eof", eventWithoutID(0), event(1)+eventWithoutID(2), eventWithoutID(3),
			eventWithoutID(4)+endOfStream)

		messages, err := wire.collect(t, clevercloud.LogQuery{})

		require.NoError(t, err)
		assert.Equal(t, testkit.Lines(5), messages)
		assert.Equal(t, "1:0", wire.requests[3].Header.Get("Last-Event-Id"))
	})
}

// The last 1,024 ids are known again, in whatever order they come back; one more would be a list
// that grows for ever.
func TestLogsStream_KnowsTheLastEntriesAgain(t *testing.T) {
	t.Parallel()
	const window, n = 1024, 2500
	synctest.Test(t, func(t *testing.T) {
		again := events(n-window-1, n-window/2) + event(n) + events(n-window/2, n)
		wire := streamOf("eof", events(0, n), again, event(n+1)+endOfStream)

		messages, err := wire.collect(t, clevercloud.LogQuery{})

		require.NoError(t, err)
		lines := testkit.Lines(n + 2)
		assert.Equal(t, slices.Concat(lines[:n], lines[n-window-1:n-window], lines[n:]), messages)
	})
}

// A connection repeats what came before it at its beginning, if at all: after 1,024 new entries,
// nothing is held back any more.
func TestLogsStream_ForgetsWhatAConnectionMayRepeat(t *testing.T) {
	t.Parallel()
	const window = 1024
	synctest.Test(t, func(t *testing.T) {
		second := events(2, window+2) + event(0) + event(window+2) + event(1)
		third := event(window+3) + event(window+2) + endOfStream
		wire := streamOf("eof", events(0, 2), second, third)

		messages, err := wire.collect(t, clevercloud.LogQuery{})

		require.NoError(t, err)
		lines := testkit.Lines(window + 4)
		assert.Equal(t, slices.Concat(lines[:window+3], lines[1:2], lines[window+3:]), messages)
	})
}

// A header cannot carry every ID as it is. The stream resumes behind the last one that it can, and
// knows the others again.
func TestLogsStream_AnIDThatCannotBeSentIsNot(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"a\x01b", "a ", "a\t", "  a", "\x7f"} {
		for _, before := range []int{0, 1} {
			synctest.Test(t, func(t *testing.T) {
				odd := "id:" + id + "\n" + eventWithoutID(before)
				wire := streamOf("eof", events(0, before)+odd, odd+event(before+1)+endOfStream)

				messages, err := wire.collect(t, clevercloud.LogQuery{})

				require.NoError(t, err)
				assert.Equal(t, testkit.Lines(before+2), messages)
				want := []string{"", "0:0"}[before]
				assert.Equal(t, want, wire.requests[1].Header.Get("Last-Event-Id"), "%q", id)
				assert.Equal(t, want, wire.lost[0].LastEventID)
			})
		}
	}
}

// Only what the last connection repeated is asked for on top of what is left.
func TestLogsStream_AsksForWhatIsLeft(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		wire := streamOf("eof", events(0, 3), events(2, 4), events(3, 5), events(5, 20))

		messages, err := wire.collect(t, clevercloud.LogQuery{Limit: 10})

		require.NoError(t, err)
		assert.Equal(t, testkit.Lines(10), messages)
		for i, want := range []string{"10", "7", "7", "6"} {
			assert.Equal(t, want, wire.requests[i].URL.Query().Get("limit"))
		}
	})
}

func TestLogsStream_EndOfStream(t *testing.T) {
	t.Parallel()
	const usedUp = "clevercloud: logs.stream: repeated entries used up the limit"
	for _, tc := range []struct {
		name    string
		limit   int64
		repeats int
		data    string
		lost    string // why it continues; empty if it does not
	}{
		{"the limit", 9, 0, `{"endedBy":"LIMIT"}`, ""},
		{"the limit, with repetitions in it", 4, 1, `{"endedBy":"LIMIT"}`, usedUp},
		{"the limit, with more repetitions than it left", 4, 2, `{"endedBy":"LIMIT"}`, usedUp},
		{"a limit that is far, with repetitions", 9, 1, `{"endedBy":"LIMIT"}`, ""},
		{"repetitions without a limit", 0, 1, `{"endedBy":"LIMIT"}`, ""},
		{"the date, with repetitions", 9, 1, `{"endedBy":"UNTIL_REACHED"}`, ""},
		{"the date, when repetitions used up the limit", 4, 1, `{"endedBy":"UNTIL_REACHED"}`, ""},
		{"no reason", 0, 0, `{}`, ""},
		{"a reason of another type", 0, 0, `{"endedBy":7}`, ""},
		{"null", 0, 0, `null`, ""},
		{"a text", 0, 0, `"bye"`, ""},
		{"no JSON", 0, 0, `{"endedBy":`, ""},
		{"nothing", 0, 0, ``, ""},
		{"nothing, with repetitions in the limit", 4, 1, ``, usedUp},
		{"nothing, with repetitions and a limit that is far", 9, 1, ``, ""},
	} {
		inVirtualTime(t, tc.name, func(t *testing.T) {
			end := "event:END_OF_STREAM\ndata:" + tc.data + "\n\n"
			wire := streamOf("eof",
				events(0, 2), events(2-tc.repeats, 3)+end, event(3)+endOfStream)

			messages, err := wire.collect(t, clevercloud.LogQuery{Limit: tc.limit})

			require.NoError(t, err)
			const cut = "clevercloud: logs.stream: the connection ended before the stream did"
			require.EqualError(t, wire.lost[0].Err, cut)
			assert.Equal(t, "1:0", wire.lost[0].LastEventID)
			assert.Equal(t, 1, wire.lost[0].Attempt)
			if tc.lost == "" {
				assert.Equal(t, testkit.Lines(3), messages)
				assert.Len(t, wire.lost, 1)
				return
			}
			assert.Equal(t, testkit.Lines(4), messages)
			require.EqualError(t, wire.lost[1].Err, tc.lost)
			require.ErrorIs(t, wire.lost[1].Err, clevercloud.ErrUnavailable)
		})
	}
}

// An event over the limit is one entry that cannot be read, whatever its name. It counts, moves the
// position, and the stream continues.
func TestLogsStream_AnEventOverTheLimit(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		limit, effective int
		name             string
	}{
		{1 << 10, 1 << 10, "event:APPLICATION_LOG\n"}, {1 << 10, 1 << 10, "event:NEW\n"},
		{1 << 10, 1 << 10, ""}, {0, 16 << 20, "event:APPLICATION_LOG\n"},
	} {
		synctest.Test(t, func(t *testing.T) {
			large := tc.name + "data:" + strings.Repeat("x", 16<<20+1) + "\nid:2:0\n\n"
			wire := streamOf("eof", events(0, 2)+large, large+events(3, 5)+endOfStream)
			q := clevercloud.LogQuery{MaxEventSize: tc.limit, Limit: 4}
			logs := streamClient(t, wire).Logs

			got, err := valuesOf(logs.Stream(t.Context(), streamOwner, streamApp, q))

			require.Len(t, got, 3)
			for i, want := range []string{"line 0", "line 1", "line 3"} {
				assert.Equal(t, want, got[i].Message)
			}
			assert.Equal(t, "2:0", wire.requests[1].Header.Get("Last-Event-Id"))
			require.ErrorIs(t, err, clevercloud.ErrEventTooLarge)
			require.EqualError(t, err, fmt.Sprintf("clevercloud: logs.stream: "+
				"unreadable entry 2:0: event too large, more than %d bytes", tc.effective))
			var unreadable *clevercloud.LogDecodeError
			require.ErrorAs(t, err, &unreadable)
			assert.Equal(t, "logs.stream", unreadable.Operation)
			assert.Equal(t, "2:0", unreadable.ID)
			assert.Nil(t, unreadable.Data)
		})
	}
}

// Nothing with data is dropped but heartbeats, and nothing without data is an entry but what has
// the name of one.
func TestLogsStream_EventsOfOtherNames(t *testing.T) {
	t.Parallel()
	const data, none = "id:1\ndata:{\"message\":\"m\"}\n\n", "id:1\ndata:\n\n"
	for in, want := range map[string]int{
		"event:SOMETHING_NEW\n" + data: 1, data: 1, "event:\n" + data: 1,
		"event:SOMETHING_NEW\n" + none: 0, none: 0, "event:HEARTBEAT\n" + data: 0,
		"event:APPLICATION_LOG\nid:1\n\n": 0,
	} {
		wire := streamOf("silence", in+endOfStream)

		messages, err := wire.collect(t, clevercloud.LogQuery{})

		require.NoError(t, err, in)
		assert.NotContains(t, messages, unreadable, in)
		assert.Len(t, messages, want, in)
	}
}

// Entries that are further apart than heartbeats, but not than the quiet timeout.
func TestLogsStream_EachEntryBeginsTheQuietTimeAnew(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const s = time.Second
		body := chunks{
			{0, heartbeat}, {3 * s, event(0)}, {3 * s, heartbeat}, {s, event(1)}, {4 * s, event(2)},
			{4 * s, heartbeat}, {s, heartbeat}, {time.Hour, event(3)},
		}
		wire := body.wire()
		start := time.Now()

		q := clevercloud.LogQuery{QuietTimeout: 5 * time.Second, IdleTimeout: -1}
		messages, err := wire.collect(t, q)

		require.NoError(t, err)
		assert.Equal(t, testkit.Lines(3), messages)
		assert.Equal(t, 16*time.Second, time.Since(start))
	})
}

// Not the time alone ends a stream, but something that comes after it.
func TestLogsStream_SilenceAfterAnEntryIsNotQuiet(t *testing.T) {
	t.Parallel()
	body := chunks{{0, event(0)}, {0, ""}, {0, event(1)}, {0, endOfStream}}

	messages, err := body.wire().collect(t, clevercloud.LogQuery{QuietTimeout: 1})

	require.NoError(t, err)
	assert.Equal(t, testkit.Lines(2), messages)
}

// An API that takes the request and says nothing is given up after 10 s, whatever the idle time.
func TestLogsStream_HeadersThatDoNotCome(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		wire := &streamWire{}
		wire.script = func(n int, req *http.Request) *http.Response {
			if n == 0 {
				<-req.Context().Done()
				return nil
			}
			return streamAnswer(endOfStream, "eof")
		}
		start := time.Now()
		wait := clevercloud.WithRetry(clevercloud.RetryPolicy{MinWait: 1, MaxWait: 1})

		_, err := wire.collect(t, clevercloud.LogQuery{IdleTimeout: time.Hour}, wait)

		require.NoError(t, err)
		assert.Equal(t, 10*time.Second, time.Since(start))
	})
}

// Credentials that cannot be had are an error at once, and not a connection that was lost.
func TestLogsStream_WhatNoReconnectionMends(t *testing.T) {
	t.Parallel()
	failure, asked := errors.New("the keyring is locked"), 0
	failing := authenticator(func(*http.Request) error { asked++; return failure })
	q := clevercloud.LogQuery{OnReconnect: func(clevercloud.Reconnect) { t.Error("reconnects") }}

	_, err := collect(t.Context(), streamClient(t, &streamWire{}, clevercloud.WithAuth(failing)), q)

	require.ErrorIs(t, err, failure)
	assert.Equal(t, 1, asked)
}

// authenticator is credentials made of a function.
type authenticator func(*http.Request) error

func (f authenticator) Authenticate(req *http.Request) error { return f(req) }

// Streams are opened on a stack of their own. What a middleware does to it, it does to the
// caller's.
func TestLogsStream_MiddlewareThatDoesNotReturn(t *testing.T) {
	t.Parallel()
	during := func(f func()) *clevercloud.Client {
		broken := testkit.RoundTripFunc(func(*http.Request) (*http.Response, error) {
			f()
			return nil, errors.New("returned")
		})
		middleware := func(http.RoundTripper) http.RoundTripper { return broken }
		return streamClient(t, &streamWire{}, clevercloud.WithMiddleware(middleware))
	}

	for _, bug := range []any{"a bug", errors.New("a bug")} {
		func() {
			defer func() {
				crash, ok := recover().(error)
				require.True(t, ok)
				assert.True(t, strings.HasPrefix(crash.Error(), "a bug\n\n"))
				assert.Contains(t, crash.Error(), "TestLogsStream_Middleware", "where it happened")
				if err, ok := bug.(error); ok {
					assert.ErrorIs(t, crash, err)
				}
			}()
			_, _ = collect(t.Context(), during(func() { panic(bug) }), clevercloud.LogQuery{})
		}()
	}
	done, returned := make(chan struct{}), false
	go func() {
		defer close(done)
		_, _ = collect(t.Context(), during(runtime.Goexit), clevercloud.LogQuery{})
		returned = true
	}()
	<-done
	assert.False(t, returned, "as with t.FailNow in a test's transport")
}

// chunks gives one chunk a read, each after its wait.
type chunks []struct {
	after time.Duration
	text  string
}

func (c *chunks) Read(p []byte) (int, error) {
	if len(*c) == 0 {
		return 0, io.EOF
	}
	next := (*c)[0]
	*c = (*c)[1:]
	time.Sleep(next.after)
	return copy(p, next.text), nil
}

func (c *chunks) Close() error { return nil }

func (c *chunks) wire() *streamWire {
	return &streamWire{script: func(int, *http.Request) *http.Response {
		answer := streamAnswer("", "eof")
		answer.Body = c
		return answer
	}}
}

// An entry that has begun to arrive when the quiet time is over is waited for.
func TestLogsStream_QuietCutsNoEntry(t *testing.T) {
	t.Parallel()
	whole := event(0)
	for cut := range len(whole) {
		synctest.Test(t, func(t *testing.T) {
			body := chunks{
				{0, heartbeat}, {2 * time.Second, whole[:cut]}, {time.Second, whole[cut:]},
				{2 * time.Second, heartbeat}, {time.Hour, event(1)},
			}
			wire := body.wire()

			q := clevercloud.LogQuery{QuietTimeout: 1500 * time.Millisecond, IdleTimeout: -1}
			messages, err := wire.collect(t, q)

			require.NoError(t, err)
			if cut == 0 {
				return
			}
			assert.Equal(t, testkit.Lines(1), messages, "cut at %d", cut)
		})
	}
}

func TestLogsStream_ErrorOfAnEndedContextIsOneLine(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancelCause(t.Context())
		cause := errors.New("first line\nsecond line")
		wire := streamOf("eof", "")

		q := clevercloud.LogQuery{OnReconnect: func(clevercloud.Reconnect) { stop(cause) }}

		_, err := collect(ctx, streamClient(t, wire), q)

		require.ErrorIs(t, err, cause)
		require.ErrorIs(t, err, context.Canceled)
		require.EqualError(t, err, `clevercloud: logs.stream: context canceled: `+
			`first line\nsecond line; last seen: `+
			`clevercloud: logs.stream: the connection ended before the stream did`)
	})
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		q := clevercloud.EventQuery{OnReconnect: func(clevercloud.Reconnect) { stop() }}

		_, err := valuesOf(streamClient(t, streamOf("eof", "")).Events(ctx, "/v4/s", q))

		assert.EqualError(t, err, "clevercloud: events GET /v4/s: context canceled; last seen: "+
			"clevercloud: events GET /v4/s: the connection ended before the stream did")
	})
}

// The end of a connection that the caller ended is no loss.
func TestLogsStream_TheContextEndsWithTheConnection(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	wire := streamOf("eof", "")
	open := wire.script
	wire.script = func(n int, req *http.Request) *http.Response {
		answer := open(n, req)
		answer.Body = &closeRecorder{Reader: readerFunc(func([]byte) (int, error) {
			stop()
			return 0, io.EOF
		})}
		return answer
	}
	q := clevercloud.LogQuery{OnReconnect: func(clevercloud.Reconnect) { t.Error("reconnects") }}

	_, err := collect(ctx, streamClient(t, wire), q)

	assert.EqualError(t, err, "clevercloud: logs.stream: context canceled")
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// A connection that the caller ended while it was being made is no loss to reconnect after.
func TestLogsStream_TheContextEndsBeforeAnAnswer(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	client := testkit.ClientOver(t, func(req *http.Request) (*http.Response, error) {
		cancel()
		<-req.Context().Done()
		return nil, req.Context().Err()
	})

	q := clevercloud.LogQuery{OnReconnect: func(clevercloud.Reconnect) { t.Error("reconnects") }}

	messages, err := collect(ctx, client, q)

	require.ErrorIs(t, err, context.Canceled)
	assert.Empty(t, messages)
}
