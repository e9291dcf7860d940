package clevercloud_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// collectEvents returns the events of a stream, and its last error.
func collectEvents(
	ctx context.Context, c *clevercloud.Client, path string, q clevercloud.EventQuery,
	opts ...clevercloud.CallOption,
) (got []clevercloud.Event, err error) {
	for event, e := range c.Events(ctx, path, q, opts...) {
		if e != nil {
			err = e
			continue
		}
		got = append(got, event)
	}
	return got, err
}

func TestEvents_AreUntyped(t *testing.T) {
	t.Parallel()
	const text = "id:1\nevent:GROUP\ndata:{\"version\":1}\n\n" + "data:plain\n\n" + "event:GONE\ndata:\n\n" + "data:\n\n" +
		"id:2\nevent:HEARTBEAT\ndata:{}\n\n" + "data:two\ndata:lines\n\n" + endOfStream
	wire := streamOf("silence", text)

	got, err := collectEvents(t.Context(), streamClient(t, wire), "/v4/things/a%20b/stream?kind=x", clevercloud.EventQuery{},
		clevercloud.WithHeader("X-Trace", "1"))

	require.NoError(t, err)
	assert.Equal(t, []clevercloud.Event{
		{ID: "1", Name: "GROUP", Data: []byte(`{"version":1}`)}, {Name: "message", Data: []byte("plain")}, {Name: "GONE", Data: []byte{}},
		{Name: "message", Data: []byte("two\nlines")},
	}, got)
	req := wire.requests[0]
	assert.Equal(t, "GET", req.Method)
	assert.Equal(t, "/prefix/v4/things/a%20b/stream?kind=x", req.URL.RequestURI())
	assert.Equal(t, "text/event-stream", req.Header.Get("Accept"))
	assert.Equal(t, "identity", req.Header.Get("Accept-Encoding"))
	assert.NotContains(t, req.Header, "Last-Event-Id")
	assert.Equal(t, "1", req.Header.Get("X-Trace"))
}

// A stream of a program's own has the name that the program gives it.
func TestEvents_AName(t *testing.T) {
	t.Parallel()
	operation := ""
	client := testkit.ClientOver(t, func(req *http.Request) (*http.Response, error) {
		operation = clevercloud.OperationFromContext(req.Context())
		return testkit.Response(req, 404, ""), nil
	})

	_, err := collectEvents(t.Context(), client, "/v4/things/a", clevercloud.EventQuery{Operation: "things.watch"})
	require.ErrorIs(t, err, clevercloud.ErrNotFound)
	require.ErrorContains(t, err, "clevercloud: things.watch: 404 not found")
	assert.Equal(t, "things.watch", operation)

	_, err = collectEvents(t.Context(), client, "/v4/things/a", clevercloud.EventQuery{})
	require.ErrorContains(t, err, "clevercloud: events GET /v4/things/a: 404 not found")

	name := strings.Repeat("a", 100)
	_, err = collectEvents(t.Context(), client, "/v4/things/a", clevercloud.EventQuery{Operation: name})
	require.ErrorIs(t, err, clevercloud.ErrNotFound)
	for _, bad := range []string{"a\nb", name + "a"} {
		_, err = collectEvents(t.Context(), client, "/v4/things/a", clevercloud.EventQuery{Operation: bad})
		require.EqualError(t, err,
			"clevercloud: events: Operation must be one line of at most 100 characters")
	}
}

func TestEvents_ResumeReconnectAndSilence(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		wire := streamOf("silence",
			"id:0\ta\ndata:a\n\nid:1\ndata:b\n\n", "id:1\ndata:b\n\nid:2\ndata:c\n\n"+endOfStream)
		var lost []clevercloud.Reconnect
		start := time.Now()
		q := clevercloud.EventQuery{LastEventID: "0\ta", OnReconnect: func(r clevercloud.Reconnect) { lost = append(lost, r) }}

		got, err := collectEvents(t.Context(), streamClient(t, wire), "/v4/stream?q=secret", q)

		require.NoError(t, err)
		assert.Equal(t, []clevercloud.Event{{ID: "1", Name: "message", Data: []byte("b")}, {ID: "2", Name: "message", Data: []byte("c")}}, got)
		assert.Equal(t, "0\ta", wire.requests[0].Header.Get("Last-Event-Id"))
		assert.Equal(t, "1", wire.requests[1].Header.Get("Last-Event-Id"))
		require.Len(t, lost, 1)
		assert.Equal(t, "events GET /v4/stream", lost[0].Operation)
		require.EqualError(t, lost[0].Err, "clevercloud: events GET /v4/stream: timed out after 30s without data")
		assert.Equal(t, 30*time.Second+lost[0].Wait, time.Since(start))
	})
}

func TestEvents_Errors(t *testing.T) {
	t.Parallel()
	wire := &streamWire{}
	client := streamClient(t, wire)
	for _, tc := range []struct {
		path string
		q    clevercloud.EventQuery
		want string
	}{
		{"v4/stream", clevercloud.EventQuery{}, "clevercloud: events: path must begin with a slash"},
		{"/v4/{id}", clevercloud.EventQuery{}, "clevercloud: events: path must be a path and a query, escaped as in a URL"},
		{"/v4//stream", clevercloud.EventQuery{}, "clevercloud: events: path must not hold an empty segment, such as that of an id which is missing"},
		{"//x/y", clevercloud.EventQuery{}, "clevercloud: events: path must not hold an empty segment, such as that of an id which is missing"},
		{`/v4/a"b`, clevercloud.EventQuery{}, "clevercloud: events: path must be a path and a query, escaped as in a URL"},
		{"/v4/x}", clevercloud.EventQuery{}, "clevercloud: events: path must be a path and a query, escaped as in a URL"},
		{"/v4/../x", clevercloud.EventQuery{}, "clevercloud: events: path must not hold a dot segment"},
		{"/v4/s", clevercloud.EventQuery{MaxEventSize: -1}, "clevercloud: events GET /v4/s: MaxEventSize must not be negative"},
		{"/v4/s", clevercloud.EventQuery{LastEventID: "a\nb"}, "clevercloud: events GET /v4/s: LastEventID must be printable text on one line, without spaces around it"},
		{"/v4/s", clevercloud.EventQuery{LastEventID: " a"}, "clevercloud: events GET /v4/s: LastEventID must be printable text on one line, without spaces around it"},
		{
			"/v4/s", clevercloud.EventQuery{Reconnect: clevercloud.RetryPolicy{MinWait: -1}},
			"clevercloud: events GET /v4/s: Reconnect waits must not be negative",
		},
	} {
		_, err := collectEvents(t.Context(), client, tc.path, tc.q)
		require.EqualError(t, err, tc.want)
		require.ErrorIs(t, err, clevercloud.ErrInvalidArgument)
	}
	assert.Empty(t, wire.requests)

	missing := statusAnswer(404, nil, `{"message":"no such thing"}`)
	html := statusAnswer(200, http.Header{"Content-Type": {"text/html; charset=utf-8"}}, "")
	large := "id:1\ndata:a value of more than thirty bytes\n\n" + endOfStream
	for want, answer := range map[string]*http.Response{
		"404 not found: no such thing":                                 missing,
		`decode response: expected text/event-stream, got "text/html"`: html,
		"unreadable entry 1: event too large, more than 30 bytes":      streamAnswer(large, ""),
		"the connection ended before the stream did":                   streamAnswer("", "eof"),
	} {
		wire.script = func(int, *http.Request) *http.Response { return answer }
		q := clevercloud.EventQuery{MaxEventSize: 30, Reconnect: clevercloud.RetryPolicy{MaxRetries: -1}}
		_, err := collectEvents(t.Context(), client, "/v4/s?token=x", q)
		require.EqualError(t, err, "clevercloud: events GET /v4/s: "+want)
	}
}

// A stream that breaks off is an error if nothing may be done about it.
func TestLogsStream_CutOffWithoutReconnections(t *testing.T) {
	t.Parallel()
	for then, want := range map[string]error{"eof": io.ErrUnexpectedEOF, "reset": clevercloud.ErrUnavailable} {
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

// A position that an earlier run kept is used on the first connection already.
func TestLogsStream_LastEventID(t *testing.T) {
	t.Parallel()
	for _, inclusive := range []int{0, 1} {
		synctest.Test(t, func(t *testing.T) {
			wire := &streamWire{script: func(n int, req *http.Request) *http.Response {
				return streamAnswer(events(resumeAfter(req)-inclusive, 5+n)+[]string{"", endOfStream}[n], "eof")
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
			assert.Len(t, messages, tc.want, "the entry that was kept is dropped, those before it are not known")
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

func TestLogsStream_Compress(t *testing.T) {
	t.Parallel()
	wire := &streamWire{script: func(int, *http.Request) *http.Response {
		answer := streamAnswer(testkit.Gzip(events(0, 3000)+endOfStream), "eof")
		answer.Header.Set("Content-Encoding", "gzip")
		return answer
	}}
	client := streamClient(t, wire)

	_, err := collect(t.Context(), client, clevercloud.LogQuery{Compress: true})
	require.EqualError(t, err, "clevercloud: logs.stream: Compress must not be set without Until or QuietTimeout")
	assert.Empty(t, wire.requests)

	for _, q := range []clevercloud.LogQuery{{Until: time.Now()}, {QuietTimeout: time.Second}} {
		q.Compress = true
		messages, err := collect(t.Context(), client, q)
		require.NoError(t, err)
		assert.Equal(t, testkit.Lines(3000), messages)
	}
	assert.Equal(t, []string{"gzip"}, wire.requests[1].Header["Accept-Encoding"])
}
