package clevercloud_test

import (
	"cmp"
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

func TestEvents_AreUntyped(t *testing.T) {
	t.Parallel()
	const text = "id:1\nevent:GROUP\ndata:{\"version\":1}\n\n" + "data:plain\n\n" +
		"event:GONE\ndata:\n\n" + "data:\n\n" + "id:2\nevent:HEARTBEAT\ndata:{}\n\n" +
		"data:two\ndata:lines\n\n" + endOfStream
	wire := streamOf("silence", text)

	path, q := "/v4/things/a%20b/stream?kind=x", clevercloud.EventQuery{}
	got, err := valuesOf(
		streamClient(t, wire).Events(t.Context(), path, q, clevercloud.WithHeader("X-Trace", "1")))

	require.NoError(t, err)
	assert.Equal(t, []clevercloud.Event{
		{ID: "1", Name: "GROUP", Data: []byte(`{"version":1}`)},
		{Name: "message", Data: []byte("plain")},
		{Name: "GONE", Data: []byte{}},
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

	long := strings.Repeat("a", 100)
	for name, want := range map[string]string{
		"things.watch": "things.watch: 404 not found", "": "events GET /v4/things/a: 404 not found",
		long: long + ": 404 not found",
	} {
		q := clevercloud.EventQuery{Operation: name}
		_, err := valuesOf(client.Events(t.Context(), "/v4/things/a", q))
		require.ErrorIs(t, err, clevercloud.ErrNotFound)
		require.ErrorContains(t, err, "clevercloud: "+want)
		assert.Equal(t, cmp.Or(name, "events"), operation)
	}
	for _, bad := range []string{"a\nb", strings.Repeat("a", 101)} {
		q := clevercloud.EventQuery{Operation: bad}
		_, err := valuesOf(client.Events(t.Context(), "/v4/things/a", q))
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
		q := clevercloud.EventQuery{
			LastEventID: "0\ta",
			OnReconnect: func(r clevercloud.Reconnect) { lost = append(lost, r) },
		}

		got, err := valuesOf(streamClient(t, wire).Events(t.Context(), "/v4/stream?q=secret", q))

		require.NoError(t, err)
		assert.Equal(t, []clevercloud.Event{
			{ID: "1", Name: "message", Data: []byte("b")},
			{ID: "2", Name: "message", Data: []byte("c")},
		}, got)
		assert.Equal(t, "0\ta", wire.requests[0].Header.Get("Last-Event-Id"))
		assert.Equal(t, "1", wire.requests[1].Header.Get("Last-Event-Id"))
		require.Len(t, lost, 1)
		assert.Equal(t, "events GET /v4/stream", lost[0].Operation)
		require.EqualError(t, lost[0].Err,
			"clevercloud: events GET /v4/stream: timed out after 30s without data")
		assert.Equal(t, 30*time.Second+lost[0].Wait, time.Since(start))
	})
}

func TestEvents_Errors(t *testing.T) {
	t.Parallel()
	wire := &streamWire{}
	client := streamClient(t, wire)
	const badID = "LastEventID must be printable text on one line, without spaces around it"
	const badPath = ": path must be a path and a query, escaped as in a URL"
	const noSegment = ": path must not hold an empty segment, " +
		"such as that of an id which is missing"
	waits := clevercloud.RetryPolicy{MinWait: -1}
	for _, tc := range []struct {
		path string
		q    clevercloud.EventQuery
		want string
	}{
		{"v4/stream", clevercloud.EventQuery{}, ": path must begin with a slash"},
		{"/v4/{id}", clevercloud.EventQuery{}, badPath},
		{"/v4//stream", clevercloud.EventQuery{}, noSegment},
		{"//x/y", clevercloud.EventQuery{}, noSegment},
		{`/v4/a"b`, clevercloud.EventQuery{}, badPath},
		{"/v4/x}", clevercloud.EventQuery{}, badPath},
		{"/v4/../x", clevercloud.EventQuery{}, ": path must not hold a dot segment"},
		{
			"/v4/s", clevercloud.EventQuery{MaxEventSize: -1},
			" GET /v4/s: MaxEventSize must not be negative",
		},
		{"/v4/s", clevercloud.EventQuery{LastEventID: "a\nb"}, " GET /v4/s: " + badID},
		{"/v4/s", clevercloud.EventQuery{LastEventID: " a"}, " GET /v4/s: " + badID},
		{
			"/v4/s", clevercloud.EventQuery{Reconnect: waits},
			" GET /v4/s: Reconnect waits must not be negative",
		},
	} {
		_, err := valuesOf(client.Events(t.Context(), tc.path, tc.q))
		require.EqualError(t, err, "clevercloud: events"+tc.want)
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
		never := clevercloud.RetryPolicy{MaxRetries: -1}
		q := clevercloud.EventQuery{MaxEventSize: 30, Reconnect: never}
		_, err := valuesOf(client.Events(t.Context(), "/v4/s?token=x", q))
		require.EqualError(t, err, "clevercloud: events GET /v4/s: "+want)
	}
}
