package transport

import (
	"bufio"
	"bytes"
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

// exchange sends call over a RoundTripper that answers with resp, and returns what came of it.
func exchange(t *testing.T, call Call, resp func() (*http.Response, error)) (*Result, error) {
	t.Helper()
	transport := New(Config{HTTPClient: &http.Client{
		Transport: tripper(func(*http.Request) (*http.Response, error) { return resp() }),
	}})
	transport.limit = 1000
	return transport.Do(t.Context(), get(t, call))
}

// get makes a call that can be sent of one that says what is special about it.
func get(t *testing.T, call Call) Call {
	t.Helper()
	call.Method, call.URL = http.MethodGet, parsed(t, "https://api.test/")
	call.Header = func() http.Header { return http.Header{} }
	return call
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
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			body := &closing{Reader: strings.NewReader(strings.Repeat("x", tc.length))}

			result, err := exchange(t, Call{Policy: Policy{MaxRetries: 3}, Idempotent: true}, func() (*http.Response, error) {
				return &http.Response{StatusCode: http.StatusOK, Body: body, ContentLength: tc.declared}, nil
			})

			require.ErrorIs(t, err, tc.want)
			assert.True(t, body.closed)
			assert.Equal(t, 1, result.Attempts, "it would be as large again")
			if tc.want == nil {
				assert.Len(t, result.Body, tc.length)
			}
		})
	}
	assert.EqualValues(t, MaxResultBody, New(Config{HTTPClient: &http.Client{}}).limit)
}

// A transport of a test's making may leave out what net/http's never does.
func TestAttempt_ResponsesWithoutABody(t *testing.T) {
	t.Parallel()
	for _, streamed := range []bool{false, true} {
		for _, status := range []int{200, 204, 404} {
			result, err := exchange(t, Call{Streamed: streamed}, func() (*http.Response, error) {
				return &http.Response{StatusCode: status}, nil
			})

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

func TestAttempt_NeitherResponseNorError(t *testing.T) {
	t.Parallel()
	_, err := exchange(t, Call{}, func() (*http.Response, error) { return nil, nil })

	require.EqualError(t, err, "the RoundTripper returned neither a response nor an error")
}

// A timeout that comes before a connection is looked for is as transient as any other.
func TestAttempt_ATimeoutAtOnce(t *testing.T) {
	t.Parallel()
	_, err := New(Config{HTTPClient: &http.Client{Transport: &http.Transport{}}}).
		Do(t.Context(), get(t, Call{Timeout: 1}))

	var failure *Failure
	require.ErrorAs(t, err, &failure)
	require.ErrorIs(t, err, os.ErrDeadlineExceeded)
	assert.False(t, failure.Permanent)
	assert.False(t, failure.Sent)
}

func TestAttempt_BothResponseAndError(t *testing.T) {
	t.Parallel()
	body := &closing{Reader: strings.NewReader("{}")}
	broken := errors.New("broken")

	_, err := exchange(t, Call{}, func() (*http.Response, error) {
		return &http.Response{StatusCode: 200, Body: body}, broken
	})

	require.ErrorIs(t, err, broken)
	assert.True(t, body.closed, "its connection would be lost")
}

// What is left of an interrupted response is not the body of the call.
func TestAttempt_AnInterruptedBodyIsDropped(t *testing.T) {
	t.Parallel()
	result, err := exchange(t, Call{}, func() (*http.Response, error) {
		body := io.MultiReader(strings.NewReader(`[{"a":1`), iotest.ErrReader(io.ErrUnexpectedEOF))
		return &http.Response{StatusCode: 200, Body: io.NopCloser(body)}, nil
	})

	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	assert.Empty(t, result.Body)
}

// The length in a response to HEAD is that of another response.
func TestAttempt_HEAD(t *testing.T) {
	t.Parallel()
	for _, length := range []int64{-1, 0, MaxResultBody + 1} {
		for _, streamed := range []bool{false, true} {
			call := get(t, Call{Streamed: streamed})
			call.Method = http.MethodHead
			transport := New(Config{HTTPClient: &http.Client{Transport: tripper(func(*http.Request) (*http.Response, error) {
				return &http.Response{StatusCode: 200, ContentLength: length, Close: true, Body: http.NoBody}, nil
			})}})

			result, err := transport.Do(t.Context(), call)

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
		result, err := exchange(t, Call{}, func() (*http.Response, error) {
			return &http.Response{
				StatusCode: status, Body: io.NopCloser(bytes.NewReader(packed.Bytes())), ContentLength: int64(packed.Len()),
				Header: http.Header{"Content-Encoding": {"GZIP"}, "Content-Length": {"99"}},
			}, nil
		})

		require.NoError(t, err)
		assert.Equal(t, `{"message":"hello"}`, string(result.Body)+string(result.RejectedBody))
		answer := result.Response
		if status == 400 {
			answer = result.Rejected
		}
		assert.Empty(t, answer.Header)
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
		transport := New(Config{
			Logger: slog.New(slog.NewTextHandler(&lines, &slog.HandlerOptions{Level: slog.LevelDebug})),
			HTTPClient: &http.Client{Transport: tripper(func(*http.Request) (*http.Response, error) {
				time.Sleep(3 * time.Second) // virtual
				return &http.Response{StatusCode: http.StatusNoContent, Header: http.Header{
					"Content-Type": {"text/plain"}, "Content-Length": {"0"}, "Date": {"today"}, "Retry-After": {"7"}, "Server": {"sozu"},
					"Sozu-Id": {"01K3"}, "Set-Cookie": {"session=1"},
				}}, nil
			})},
		})

		_, err := transport.Do(t.Context(), Call{
			Operation: "zones.list", Method: http.MethodGet, Path: "/v4/{id}", URL: parsed(t, "https://api.test/v4/1"), Header: func() http.Header { return nil },
		})

		require.NoError(t, err)
		assert.Equal(t, `level=DEBUG msg="clevercloud: request" operation=zones.list method=GET path=/v4/{id} attempt=1 duration=3s status=204 `+
			"request_id=01K3 header.Content-Type=text/plain header.Content-Length=0 header.Date=today header.Retry-After=7 header.Server=sozu\n",
			lines.String()[strings.Index(lines.String(), "level="):])
	})
}

// The caller's context carries traces and the like, which a middleware looks for.
func TestDo_TheCallersContextIsThatOfItsRequests(t *testing.T) {
	t.Parallel()
	type key struct{}
	var seen any
	transport := New(Config{HTTPClient: &http.Client{Transport: tripper(func(req *http.Request) (*http.Response, error) {
		seen = req.Context().Value(key{})
		return &http.Response{StatusCode: http.StatusNoContent}, nil
	})}})
	ctx := context.WithValue(t.Context(), key{}, "trace")

	_, err := transport.Do(ctx, get(t, Call{}))

	require.NoError(t, err)
	assert.Equal(t, "trace", seen)
}

func TestAttempt_TimeBeforeTheFirstReadIsTheReaders(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		call := Call{Streamed: true, Timeout: time.Second, Idle: time.Second}
		result, err := exchange(t, call, func() (*http.Response, error) {
			return &http.Response{StatusCode: 200, Body: forever{}}, nil
		})
		require.NoError(t, err)
		defer result.Response.Body.Close()

		time.Sleep(time.Hour) // virtual

		_, err = result.Response.Body.Read(make([]byte, 8))
		assert.NoError(t, err)
	})
}

// failingBody fails as it is told, when it is read and when it is closed.
type failingBody struct{ read, closed error }

func (f failingBody) Read([]byte) (int, error) { return 0, f.read }
func (f failingBody) Close() error             { return f.closed }

func TestStreamedBody_Errors(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	for name, tc := range map[string]struct {
		read error
		late bool
		want error
		text string
	}{
		"the end":           {read: io.EOF, want: io.EOF, text: "EOF"},
		"a broken one":      {read: broken, want: broken, text: "broken"},
		"one with a secret": {read: errors.New("bad chunk hidden-away"), text: "bad chunk [redacted]"},
		"the time was over": {read: broken, late: true, want: os.ErrDeadlineExceeded, text: "timed out after 1s without data"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var request context.Context
			transport := New(Config{HTTPClient: &http.Client{Transport: tripper(func(req *http.Request) (*http.Response, error) {
				request = req.Context()
				return &http.Response{StatusCode: 200, Body: failingBody{tc.read, broken}}, nil
			})}})
			call := get(t, Call{Streamed: true, Idle: time.Second, Secrets: []string{"hidden-away"}})
			result, err := transport.Do(t.Context(), call)
			require.NoError(t, err)
			body := result.Response.Body
			if tc.late {
				attemptOf(request).cancel(&TimeoutError{After: time.Second, Idle: true})
			}

			_, err = body.Read(make([]byte, 8))

			require.EqualError(t, err, tc.text)
			if tc.want != nil {
				require.ErrorIs(t, err, tc.want)
			}
			assert.Equal(t, broken, body.Close())
			assert.Error(t, request.Err(), "what belongs to the exchange is let go")
		})
	}
}

// forever is a body that looks at no context, as what a compressed one has decoded already does not.
type forever struct{}

func (forever) Read(p []byte) (int, error) { return len(p), nil }
func (forever) Close() error               { return nil }

func TestAttempt_TheContextEndsABodyThatIsStillBeingRead(t *testing.T) {
	t.Parallel()
	transport := New(Config{HTTPClient: &http.Client{
		Transport: tripper(func(*http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: 200, Body: forever{}}, nil
		}),
	}})
	ctx, cancel := context.WithCancel(t.Context())
	result, err := transport.Do(ctx, get(t, Call{Streamed: true}))
	require.NoError(t, err)
	_, err = result.Response.Body.Read(make([]byte, 10))
	require.NoError(t, err)

	cancel()

	_, err = result.Response.Body.Read(make([]byte, 10))
	assert.ErrorIs(t, err, context.Canceled)
}

// unreadable is a body that must not be read: a read of it would never end.
type unreadable struct{ t *testing.T }

func (u unreadable) Read([]byte) (int, error) { u.t.Error("read"); return 0, io.EOF }
func (u unreadable) Close() error             { return nil }

// Once protocols are switched, the body is the connection, which nothing may end.
func TestAttempt_SwitchedProtocolsAreNotRead(t *testing.T) {
	t.Parallel()
	for _, call := range []Call{{}, {Streamed: true}} {
		result, err := exchange(t, call, func() (*http.Response, error) {
			return &http.Response{
				StatusCode: http.StatusSwitchingProtocols, Header: http.Header{"Upgrade": {"websocket"}}, Body: unreadable{t},
			}, nil
		})

		require.NoError(t, err)
		assert.Equal(t, http.StatusSwitchingProtocols, result.Rejected.StatusCode)
		assert.Equal(t, "websocket", result.Rejected.Header.Get("Upgrade"))
		assert.Empty(t, result.RejectedBody)
	}
}

func TestAttempt_WhatFailsIsLetGo(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	var request context.Context
	transport := New(Config{HTTPClient: &http.Client{Transport: tripper(func(req *http.Request) (*http.Response, error) {
		request = req.Context()
		return nil, broken
	})}})

	_, err := transport.Do(t.Context(), get(t, Call{Timeout: time.Hour}))

	require.ErrorIs(t, err, broken)
	require.NoError(t, t.Context().Err())
	assert.ErrorIs(t, request.Err(), context.Canceled, "else it would stay until the timeout, or the end of the caller's")
}

// Only where nothing but the end of the connection ends a body, one that was cut is like a whole one.
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
	assert.False(t, EndsWithConnection(&http.Response{ContentLength: -1}), "HTTP/2 has an end for every body")
}
