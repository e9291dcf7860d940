package transport

import (
	"bufio"
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var errBroken = errors.New("broken")

// exchange sends call, a GET of https://api.test/ unless it says otherwise, over a RoundTripper.
func exchange(t *testing.T, call Call, over http.RoundTripper) (*Exchange, error) {
	t.Helper()
	transport := New(Config{HTTPClient: &http.Client{Transport: over}})
	transport.limit = 1000
	call.Method, call.URL = cmp.Or(call.Method, http.MethodGet), *parsed(t, "https://api.test/")
	x := &Exchange{Call: call}
	return x, transport.Do(t.Context(), x)
}

// answer is a RoundTripper that always has the same response.
func answer(resp http.Response) tripper {
	return func(*http.Request) (*http.Response, error) { return &resp, nil }
}

func TestAttempt_BoundsAResult(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name     string
		length   int
		declared int64
		want     error
	}{
		{"nothing", 0, -1, nil},
		{"the bound", 1000, -1, nil},
		{"the bound, declared", 1000, 1000, nil},
		{"one more", 1001, -1, ErrTooLarge},
		{"without an end", 1 << 20, -1, ErrTooLarge},
		{"declared", 0, 1001, ErrTooLarge},
	} {
		body := &closing{Reader: strings.NewReader(strings.Repeat("x", tc.length))}

		result, err := exchange(t, Call{Policy: Policy{MaxRetries: 3}, Idempotent: true},
			answer(http.Response{StatusCode: 200, Body: body, ContentLength: tc.declared}))

		require.ErrorIs(t, err, tc.want, tc.name)
		assert.True(t, body.closed, tc.name)
		assert.Equal(t, 1, result.Attempts, "it would be as large again")
		if tc.want == nil {
			assert.Len(t, result.Body, tc.length, tc.name)
		}
	}
	assert.EqualValues(t, MaxResultBody, New(Config{HTTPClient: &http.Client{}}).limit)
}

// A transport of a test's making may leave out what net/http's never does.
func TestAttempt_ResponsesWithoutABody(t *testing.T) {
	t.Parallel()
	for _, streamed := range []bool{false, true} {
		for _, status := range []int{200, 204, 404} {
			call := Call{Streamed: streamed}
			result, err := exchange(t, call, answer(http.Response{StatusCode: status}))

			require.NoError(t, err)
			if status == 404 {
				assert.Equal(t, status, result.Rejected.StatusCode)
				continue
			}
			_, err = io.Copy(io.Discard, result.Response.Body)
			assert.NoError(t, err)
		}
	}
}

// A timeout that comes before a connection is looked for is as transient as any other.
func TestAttempt_ATimeoutAtOnce(t *testing.T) {
	t.Parallel()
	_, err := exchange(t, Call{Timeout: 1}, &http.Transport{})

	var failure *Failure
	require.ErrorAs(t, err, &failure)
	require.ErrorIs(t, err, os.ErrDeadlineExceeded)
	assert.False(t, failure.Permanent)
	assert.False(t, failure.Sent)
}

// What an attempt had is let go when it fails: else it would stay until the timeout, or the end of
// the caller's context.
func TestAttempt_WhatFailsIsLetGo(t *testing.T) {
	t.Parallel()
	body := &closing{Reader: strings.NewReader("{}")}
	for _, tc := range []struct {
		resp *http.Response
		err  error
		want string
	}{
		{nil, errBroken, "broken"},
		{&http.Response{StatusCode: 200, Body: body}, errBroken, "broken"},
		{nil, nil, "the RoundTripper returned neither a response nor an error"},
	} {
		var request context.Context
		over := tripper(func(req *http.Request) (*http.Response, error) {
			request = req.Context()
			return tc.resp, tc.err
		})

		_, err := exchange(t, Call{Timeout: time.Hour}, over)

		require.EqualError(t, err, tc.want)
		require.NoError(t, t.Context().Err())
		assert.ErrorIs(t, request.Err(), context.Canceled)
	}
	assert.True(t, body.closed, "its connection would be lost")
}

// What is left of an interrupted response is not the body of the call.
func TestAttempt_AnInterruptedBodyIsDropped(t *testing.T) {
	t.Parallel()
	body := io.MultiReader(strings.NewReader(`[{"a":1`), iotest.ErrReader(io.ErrUnexpectedEOF))
	over := answer(http.Response{StatusCode: 200, Body: io.NopCloser(body)})

	result, err := exchange(t, Call{}, over)

	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	assert.Empty(t, result.Body)
}

// The length in a response to HEAD is that of another response.
func TestAttempt_HEAD(t *testing.T) {
	t.Parallel()
	for _, length := range []int64{-1, 0, MaxResultBody + 1} {
		for _, streamed := range []bool{false, true} {
			over := answer(http.Response{StatusCode: 200, ContentLength: length, Close: true})

			result, err := exchange(t, Call{Method: http.MethodHead, Streamed: streamed}, over)

			require.NoError(t, err)
			assert.False(t, EndsWithConnection(result.Response))
		}
	}
}

// A coding that nobody asked for is undone, of a result and of an error.
func TestAttempt_GzipThatWasNotAskedFor(t *testing.T) {
	t.Parallel()
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, _ = io.WriteString(w, `{"message":"hello"}`)
	require.NoError(t, w.Close())
	for _, status := range []int{200, 400} {
		result, err := exchange(t, Call{}, answer(http.Response{
			StatusCode: status, ContentLength: int64(packed.Len()),
			Body:   io.NopCloser(bytes.NewReader(packed.Bytes())),
			Header: http.Header{"Content-Encoding": {"GZIP"}, "Content-Length": {"99"}},
		}))

		require.NoError(t, err)
		assert.Equal(t, `{"message":"hello"}`, string(result.Body)+string(result.RejectedBody))
		assert.Empty(t, cmp.Or(result.Response, result.Rejected).Header)
	}
}

func TestTimeoutError_IsANetworkTimeout(t *testing.T) {
	t.Parallel()
	var err net.Error = &TimeoutError{}

	assert.True(t, err.Timeout())
	//lint:ignore SA1019 net.Error has it
	assert.True(t, err.Temporary())
}

func TestAttempt_DebugLine(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var lines bytes.Buffer
		handler := slog.NewTextHandler(&lines, &slog.HandlerOptions{Level: slog.LevelDebug})
		over := tripper(func(*http.Request) (*http.Response, error) {
			time.Sleep(3 * time.Second) // virtual
			return &http.Response{StatusCode: http.StatusNoContent, Header: http.Header{
				"Content-Type": {"text/plain"}, "Content-Length": {"0"}, "Date": {"today"},
				"Retry-After": {"7"}, "Server": {"sozu"}, "Sozu-Id": {"01K3"}, "Set-Cookie": {"a=b"},
			}}, nil
		})
		transport := New(Config{HTTPClient: &http.Client{Transport: over}, Logger: slog.New(handler)})

		err := transport.Do(t.Context(), &Exchange{Call: Call{
			Operation: "zones.list", Method: http.MethodGet, Path: "/v4/{id}",
			URL: *parsed(t, "https://api.test/v4/1"),
		}})

		require.NoError(t, err)
		_, line, _ := strings.Cut(lines.String(), "level=")
		assert.Equal(t, `DEBUG msg="clevercloud: request" operation=zones.list method=GET `+
			"path=/v4/{id} attempt=1 duration=3s status=204 request_id=01K3 "+
			"header.Content-Type=text/plain header.Content-Length=0 header.Date=today "+
			"header.Retry-After=7 header.Server=sozu\n", line)
	})
}

// The caller's context carries traces and the like, which a middleware looks for.
func TestDo_TheCallersContextIsThatOfItsRequests(t *testing.T) {
	t.Parallel()
	type key struct{}
	var seen any
	over := tripper(func(req *http.Request) (*http.Response, error) {
		seen = req.Context().Value(key{})
		assert.Equal(t, "api.test", req.Host, "as http.NewRequest sets it")
		return &http.Response{StatusCode: http.StatusNoContent}, nil
	})
	ctx := context.WithValue(t.Context(), key{}, "trace")

	call := Call{URL: *parsed(t, "https://api.test/")}
	err := New(Config{HTTPClient: &http.Client{Transport: over}}).Do(ctx, &Exchange{Call: call})

	require.NoError(t, err)
	assert.Equal(t, "trace", seen)
}

func TestDo_SendsNothingOnceTheContextHasEnded(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	x := &Exchange{Call: Call{Method: http.MethodPost, URL: *parsed(t, "https://api.test/")}}

	err := New(Config{HTTPClient: &http.Client{Transport: answer(http.Response{StatusCode: 204})}}).
		Do(ctx, x)

	require.ErrorIs(t, err, context.Canceled)
	assert.Zero(t, x.Attempts)
	assert.False(t, x.MaybeApplied)
}

// failingBody fails as it is told, when it is read and when it is closed.
type failingBody struct{ read, closed error }

func (f failingBody) Read([]byte) (int, error) { return 0, f.read }
func (f failingBody) Close() error             { return f.closed }

func TestAttempt_TimeBeforeTheFirstReadIsTheReaders(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		call := Call{Streamed: true, Timeout: time.Second, Idle: time.Second}
		result, err := exchange(t, call, answer(http.Response{StatusCode: 200, Body: failingBody{}}))
		require.NoError(t, err)
		defer result.Response.Body.Close()

		time.Sleep(time.Hour) // virtual

		_, err = result.Response.Body.Read(make([]byte, 8))
		assert.NoError(t, err)
	})
}

func TestStreamedBody_Errors(t *testing.T) {
	t.Parallel()
	late := &TimeoutError{After: time.Second, Idle: true}
	for name, tc := range map[string]struct {
		read, ended error // ended is why the attempt has ended
		want        error
		text        string
	}{
		"the end":           {io.EOF, nil, io.EOF, "EOF"},
		"a broken one":      {errBroken, nil, errBroken, "broken"},
		"one with a secret": {errors.New("bad chunk hidden-away"), nil, nil, "bad chunk [redacted]"},
		"a late one":        {errBroken, late, os.ErrDeadlineExceeded, late.Error()},
		// A compressed body can be read from without a look at the context.
		"a cancelled one": {nil, context.Canceled, context.Canceled, "context canceled"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var request context.Context
			call := Call{Streamed: true, Idle: time.Second, Secrets: []string{"hidden-away"}}
			over := tripper(func(req *http.Request) (*http.Response, error) {
				request = req.Context()
				return &http.Response{StatusCode: 200, Body: failingBody{tc.read, errBroken}}, nil
			})
			result, err := exchange(t, call, over)
			require.NoError(t, err)
			body := result.Response.Body
			if tc.ended != nil {
				attemptOf(request).cancel(tc.ended)
			}

			_, err = body.Read(make([]byte, 8))

			require.EqualError(t, err, tc.text)
			if tc.want != nil {
				require.ErrorIs(t, err, tc.want)
			}
			assert.Equal(t, errBroken, body.Close())
			assert.Error(t, request.Err(), "what belongs to the exchange is let go")
		})
	}
}

// Once protocols are switched, the body is the connection, which nothing may end: a read of it
// would never return.
func TestAttempt_SwitchedProtocolsAreNotRead(t *testing.T) {
	t.Parallel()
	for _, call := range []Call{{}, {Streamed: true}} {
		body := &closing{Reader: strings.NewReader("unread")}

		result, err := exchange(t, call, answer(http.Response{
			StatusCode: http.StatusSwitchingProtocols, Body: body,
			Header: http.Header{"Upgrade": {"websocket"}},
		}))

		require.NoError(t, err)
		assert.Equal(t, http.StatusSwitchingProtocols, result.Rejected.StatusCode)
		assert.Equal(t, "websocket", result.Rejected.Header.Get("Upgrade"))
		assert.Empty(t, result.RejectedBody)
		assert.Equal(t, len("unread"), body.Len())
	}
}

// Only where nothing but the end of the connection ends a body, one that was cut looks whole.
func TestEndsWithConnection(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n":                                    true,
		"HTTP/1.1 200 OK\r\n\r\n":                                                         true,
		"HTTP/1.0 200 OK\r\n\r\n":                                                         true,
		"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n":               false,
		"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n[]":             false,
		"HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n": false,
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n":                      false,
		"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n":                            false,
	} {
		resp, err := http.ReadResponse(bufio.NewReader(strings.NewReader(text)), nil)
		require.NoError(t, err, text)

		assert.Equal(t, want, EndsWithConnection(resp), text)

		resp.Uncompressed = true
		assert.False(t, EndsWithConnection(resp), "a compressed body has an end of its own")
	}
	assert.False(t, EndsWithConnection(&http.Response{ContentLength: -1}), "as with HTTP/2")
}
