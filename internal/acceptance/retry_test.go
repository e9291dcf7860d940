package acceptance_test

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"math"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A retryCall is a row of the retry matrix: an operation, and whether it may be
// sent again once it may have been applied.
type retryCall struct {
	id, method string
	repeated   bool
	// result says that a success without a body is an error.
	result bool
	body   string
	do     func(context.Context, *clevercloud.Client, ...clevercloud.CallOption) error
}

// retryBodies are what the operations of the matrix are answered with.
var retryBodies = map[string]string{
	"zones.list":                     `[{"name": "par"}]`,
	"zones.get":                      `{"name": "par"}`,
	"pulsar.update-storage-policies": `{"retentionPolicies": {"sizeInMB": 5}}`,
	"drains.delete":                  `{"id": "drain_1"}`,
	"operators.detach-network-group": "",
	"drains.create":                  `{"id": "drain_1"}`,
	"operators.reboot":               "",
	"operators.rebuild":              "",
	"operators.attach-network-group": `{"resourceId": "matomo_1"}`,
}

// name is what an error calls it.
func (c retryCall) name() string {
	if c.id == "do" {
		return "do " + c.method + " /v2/self"
	}
	return c.id
}

func (c retryCall) read() bool {
	return c.method == http.MethodGet || c.method == http.MethodHead || c.method == http.MethodOptions
}

func retryCalls() []retryCall {
	var calls []retryCall
	for _, o := range testkit.Contract {
		body, ok := retryBodies[o.ID]
		if !ok {
			continue
		}
		ids, _ := o.IDs("fine")
		result := o.Foreign != "" && !o.Bare
		calls = append(calls, retryCall{o.ID, o.Method, !o.Once, result, body,
			func(ctx context.Context, c *clevercloud.Client, opts ...clevercloud.CallOption) error {
				_, err := o.Call(ctx, c, ids, opts...)
				return err
			}})
	}
	for _, method := range []string{
		http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch,
		http.MethodDelete, http.MethodOptions,
	} {
		call := retryCall{id: "do", method: method, body: `{}`}
		call.repeated = call.read()
		call.do = func(ctx context.Context, c *clevercloud.Client, opts ...clevercloud.CallOption) error {
			return c.Do(ctx, method, "/v2/self", nil, nil, opts...)
		}
		calls = append(calls, call)
	}
	return calls
}

func TestRetry_Statuses(t *testing.T) {
	t.Parallel()
	passing := map[int]bool{408: true, 425: true, 429: true, 500: true, 502: true, 503: true, 504: true}
	for _, call := range retryCalls() {
		for _, status := range []int{200, 201, 202, 204, 301, 304, 400, 401, 403, 404, 408, 409, 422, 425, 429, 500, 501, 502, 503, 504} {
			t.Run(fmt.Sprintf("%s %s %d", call.id, call.method, status), func(t *testing.T) {
				t.Parallel()
				want := 1
				if status == http.StatusTooManyRequests || call.repeated && passing[status] {
					want = 3
				}
				sent := 0
				client := testkit.ClientOver(t, func(req *http.Request) (*http.Response, error) {
					switch {
					case req.Method != call.method: // an update asks for what it was not told
						return testkit.Response(req, 200, call.body), nil
					case status == http.StatusNoContent:
						sent++
						return testkit.Response(req, status, ""), nil
					case status/100 == 2:
						sent++
						return testkit.Response(req, status, call.body), nil
					}
					sent++
					return testkit.Response(req, status, fmt.Sprintf(`{"code": "attempt.%d", "error": "no"}`, sent), "Sozu-Id", "S"), nil
				})
				var meta clevercloud.Response

				err := call.do(t.Context(), client, clevercloud.WithMaxRetries(2), clevercloud.WithResponse(&meta))

				assert.Equal(t, want, sent)
				if status/100 == 2 {
					var foreign *clevercloud.DecodeError
					assert.Equal(t, call.result && status == http.StatusNoContent, errors.As(err, &foreign), "%v", err)
					return
				}
				var answer *clevercloud.APIError
				require.ErrorAs(t, err, &answer)
				assert.Equal(t, status, answer.StatusCode)
				assert.Equal(t, want, answer.Attempts)
				assert.Equal(t, fmt.Sprintf("attempt.%d", want), answer.Code, "the last body is kept and decoded")
				assert.Equal(t, call.id, answer.Operation)
				assert.Equal(t, call.method, answer.Method)
				assert.Equal(t, "S", answer.RequestID)
				assert.Equal(t, status, meta.StatusCode)
				assert.Equal(t, want, meta.Attempts)
			})
		}
	}
}

// retryFault is what can happen to a request on its way.
type retryFault struct {
	name string
	// unsent says that no server can have acted, final that another attempt is of no use.
	unsent, final bool
	target        error
	client        func(t *testing.T, attempts *atomic.Int32) *clevercloud.Client
}

func retryFaults() []retryFault {
	dialed := func(err func() error) func(*testing.T, *atomic.Int32) *clevercloud.Client {
		return func(t *testing.T, attempts *atomic.Int32) *clevercloud.Client {
			hc := &http.Client{Transport: &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
				attempts.Add(1)
				return nil, err()
			}}}
			return testkit.Client(t, clevercloud.WithHTTPClient(hc))
		}
	}
	served := func(handler http.HandlerFunc) func(*testing.T, *atomic.Int32) *clevercloud.Client {
		return func(t *testing.T, attempts *atomic.Int32) *clevercloud.Client {
			_, client := testkit.Serve(t, func(w http.ResponseWriter, req *http.Request) {
				attempts.Add(1)
				_, _ = io.Copy(io.Discard, req.Body)
				handler(w, req)
			})
			return client
		}
	}
	hangUp := func(w http.ResponseWriter, text string, linger int) {
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			panic(err)
		}
		_, _ = io.WriteString(conn, text)
		_ = conn.(*net.TCPConn).SetLinger(linger)
		_ = conn.Close()
	}
	return []retryFault{
		{"connection refused", true, false, syscall.ECONNREFUSED, dialed(func() error {
			return &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
		})},
		{"unknown name", true, true, nil, dialed(func() error {
			return &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", Name: "api", IsNotFound: true}}
		})},
		{"reset before the answer", false, false, nil, served(func(w http.ResponseWriter, _ *http.Request) { hangUp(w, "", 0) })},
		{"closed before the answer", false, false, io.EOF, served(func(w http.ResponseWriter, _ *http.Request) { hangUp(w, "", -1) })},
		{"closed within the headers", false, false, nil, served(func(w http.ResponseWriter, _ *http.Request) {
			hangUp(w, "HTTP/1.1 200 OK\r\nContent-", -1)
		})},
		{"closed within a body of known length", false, false, io.ErrUnexpectedEOF, served(func(w http.ResponseWriter, _ *http.Request) {
			hangUp(w, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[]", -1)
		})},
		{"closed within a body in chunks", false, false, io.ErrUnexpectedEOF, served(func(w http.ResponseWriter, _ *http.Request) {
			hangUp(w, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n[]\r\n", -1)
		})},
		{"no HTTP", false, false, nil, served(func(w http.ResponseWriter, _ *http.Request) { hangUp(w, "SSH-2.0-OpenSSH\r\n", -1) })},
		{"no answer", false, false, nil, func(t *testing.T, attempts *atomic.Int32) *clevercloud.Client {
			return testkit.ClientOver(t, func(req *http.Request) (*http.Response, error) {
				attempts.Add(1)
				<-req.Context().Done()
				return nil, req.Context().Err()
			}, clevercloud.WithTimeout(50*time.Millisecond))
		}},
		{"a certificate of nobody", true, true, nil, func(t *testing.T, attempts *atomic.Int32) *clevercloud.Client {
			srv := httptest.NewUnstartedServer(http.NotFoundHandler())
			srv.Config.ErrorLog = log.New(io.Discard, "", 0)
			srv.TLS = &tls.Config{GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) { attempts.Add(1); return nil, nil }}
			srv.StartTLS()
			t.Cleanup(srv.Close)
			return testkit.Client(t, clevercloud.WithBaseURL(srv.URL))
		}},
	}
}

func TestRetry_TransportFaults(t *testing.T) {
	t.Parallel()
	for _, fault := range retryFaults() {
		for _, call := range retryCalls() {
			if call.method == http.MethodHead && strings.Contains(fault.name, "body") {
				continue // it has none
			}
			t.Run(fmt.Sprintf("%s/%s %s", fault.name, call.id, call.method), func(t *testing.T) {
				t.Parallel()
				want := 1
				if (call.repeated || fault.unsent) && !fault.final {
					want = 3
				}
				var attempts atomic.Int32
				client := fault.client(t, &attempts)
				var meta clevercloud.Response

				err := call.do(t.Context(), client, clevercloud.WithMaxRetries(2), clevercloud.WithResponse(&meta))

				require.Error(t, err)
				assert.EqualValues(t, want, attempts.Load())
				assert.Equal(t, want, meta.Attempts)
				assert.Zero(t, meta.StatusCode)
				if fault.target != nil {
					assert.ErrorIs(t, err, fault.target)
				}
				var answer *clevercloud.APIError
				assert.False(t, errors.As(err, &answer))
				assert.True(t, strings.HasPrefix(err.Error(), "clevercloud: "+call.name()+": "), "%v", err)
				assert.NotContains(t, err.Error(), "http://", "no URL")
				applied := !call.read() && !fault.unsent
				assert.Equal(t, applied, strings.Contains(err.Error(), "may have been applied"), "%v", err)
				assert.Equal(t, applied, errors.Is(err, clevercloud.ErrMaybeApplied), "%v", err)
				var timeout net.Error
				assert.Equal(t, fault.name == "no answer", errors.As(err, &timeout) && timeout.Timeout(), "%v", err)
				assert.NotErrorIs(t, err, context.DeadlineExceeded, "the caller's context has not ended")
			})
		}
	}
}

func TestRetry_SucceedsAfterFailures(t *testing.T) {
	t.Parallel()
	sent := 0
	client := testkit.ClientOver(t, func(req *http.Request) (*http.Response, error) {
		switch sent++; sent {
		case 1:
			return nil, &net.OpError{Op: "read", Err: syscall.ECONNRESET}
		case 2:
			return testkit.Response(req, 503, "<html>"), nil
		case 3:
			resp := testkit.Response(req, 200, `[{"name": "x`)
			resp.Body = io.NopCloser(io.MultiReader(resp.Body, iotest.ErrReader(io.ErrUnexpectedEOF)))
			return resp, nil
		}
		return testkit.Response(req, 200, `[{"name": "par"}]`, "Sozu-Id", "S4"), nil
	})
	var meta clevercloud.Response

	zones, err := client.Zones.List(t.Context(), clevercloud.ZoneQuery{}, clevercloud.WithResponse(&meta))

	require.NoError(t, err)
	assert.Equal(t, []clevercloud.Zone{{Name: "par"}}, zones)
	assert.Equal(t, 4, meta.Attempts)
	assert.Equal(t, 200, meta.StatusCode)
	assert.Equal(t, "S4", meta.RequestID)
}

// layerWaits returns the waits between the attempts of a call that always gets this answer, in virtual time.
func layerWaits(t *testing.T, policy clevercloud.RetryPolicy, header ...string) []time.Duration {
	t.Helper()
	var waits []time.Duration
	var last time.Time
	client := testkit.ClientOver(t, func(req *http.Request) (*http.Response, error) {
		if !last.IsZero() {
			waits = append(waits, time.Since(last))
		}
		last = time.Now()
		return testkit.Response(req, 503, "", header...), nil
	}, clevercloud.WithRetry(policy))

	_, err := client.Zones.List(t.Context(), clevercloud.ZoneQuery{})

	require.ErrorIs(t, err, clevercloud.ErrUnavailable)
	return waits
}

func TestRetry_WaitsAreJitteredAndDouble(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		longest := make([]time.Duration, 4)
		for range 300 {
			waits := layerWaits(t, clevercloud.RetryPolicy{})
			require.Len(t, waits, 4)
			for i, wait := range waits {
				bound := 500 * time.Millisecond << i
				require.LessOrEqual(t, wait, bound)
				longest[i] = max(longest[i], wait)
			}
		}
		for i, wait := range longest {
			assert.Greater(t, wait, 400*time.Millisecond<<i, "the bound doubles")
		}
	})
	synctest.Test(t, func(t *testing.T) {
		for _, wait := range layerWaits(t, clevercloud.RetryPolicy{MaxRetries: 40, MinWait: time.Second, MaxWait: 3 * time.Second}) {
			require.LessOrEqual(t, wait, 3*time.Second)
		}
		for _, wait := range layerWaits(t, clevercloud.RetryPolicy{}, "Retry-After", "3600") {
			require.Equal(t, 30*time.Second, wait, "the bound by default")
		}
	})
}

func TestRetry_RetryAfter(t *testing.T) {
	t.Parallel()
	policy := clevercloud.RetryPolicy{MaxRetries: 1, MinWait: time.Millisecond, MaxWait: time.Minute}
	const never = -2 // more than MaxWait: the call ends with the API's answer
	for _, tc := range []struct {
		name, value string
		want        time.Duration
	}{
		{"seconds", "7", 7 * time.Second},
		{"a fraction", "0.25", 250 * time.Millisecond},
		{"no wait", "0", 0},
		{"more than the cap", "3600", never},
		{"absurd", "1e300", never},
		{"more digits than a number has", strings.Repeat("9", 400), -1},
		{"infinite", "Infinity", never},
		{"negative", "-5", -1},
		{"not a number", "NaN", -1},
		{"words", "in a minute", -1},
		// A bubble's clock starts at the beginning of 2000.
		{"a date", "Sat, 01 Jan 2000 00:00:09 GMT", 9 * time.Second},
		{"a date that has passed", "Fri, 31 Dec 1999 23:59:59 GMT", 0},
		{"a date far away", "Fri, 31 Dec 9999 23:59:59 GMT", never},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				waits := layerWaits(t, policy, "Retry-After", tc.value)

				if tc.want == never {
					require.Empty(t, waits)
					return
				}
				require.Len(t, waits, 1)
				if tc.want < 0 {
					assert.LessOrEqual(t, waits[0], policy.MinWait, "as if there was none")
				} else {
					assert.Equal(t, tc.want, waits[0])
				}
			})
		})
	}
}

func TestRetry_AWaitBeyondTheDeadlineIsNotBegun(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sent := 0
		client := testkit.ClientOver(t, func(req *http.Request) (*http.Response, error) {
			sent++
			return testkit.Response(req, 503, `{"error": "busy"}`, "Retry-After", "20"), nil
		})
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		client, err := client.With(clevercloud.WithRetry(clevercloud.RetryPolicy{}))
		require.NoError(t, err)
		start := time.Now()

		_, err = client.Zones.List(ctx, clevercloud.ZoneQuery{})

		assert.Zero(t, time.Since(start))
		assert.Equal(t, 1, sent)
		var answer *clevercloud.APIError
		require.ErrorAs(t, err, &answer)
		assert.Equal(t, "busy", answer.Message)
		assert.Equal(t, 20*time.Second, answer.RetryAfter)
		assert.ErrorIs(t, err, clevercloud.ErrUnavailable)
		assert.EqualError(t, err, "clevercloud: zones.list: 503 service unavailable: busy (retry after 20s)")
	})
}

func TestRetry_AWaitBeyondTheDeadlineAfterOthers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client := testkit.ClientOver(t, func(req *http.Request) (*http.Response, error) {
			return testkit.Response(req, 503, "", "Retry-After", "4"), nil
		}, clevercloud.WithRetry(clevercloud.RetryPolicy{}))
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()

		_, err := client.Zones.List(ctx, clevercloud.ZoneQuery{})

		assert.EqualError(t, err,
			"clevercloud: zones.list: 503 service unavailable (retry after 4s, 3 attempts)")
	})
}

// A context with a deadline is the usual one: as long as there is time, it is used.
func TestRetry_AWaitWithinTheDeadlineIsBegun(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sent := 0
		client := testkit.ClientOver(t, func(req *http.Request) (*http.Response, error) {
			if sent++; sent == 1 {
				return testkit.Response(req, 503, "", "Retry-After", "5"), nil
			}
			return testkit.Response(req, 200, "[]"), nil
		}, clevercloud.WithRetry(clevercloud.RetryPolicy{}))
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		start := time.Now()

		_, err := client.Zones.List(ctx, clevercloud.ZoneQuery{})

		require.NoError(t, err)
		assert.Equal(t, 2, sent)
		assert.Equal(t, 5*time.Second, time.Since(start))
	})
}

// A wait that the API did not ask for leaves time for the attempt behind it.
func TestRetry_WaitsAreDrawnFromWhatIsLeft(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client := testkit.ClientOver(t, func(*http.Request) (*http.Response, error) {
			return nil, &net.OpError{Op: "read", Err: syscall.ECONNRESET}
		}, clevercloud.WithRetry(clevercloud.RetryPolicy{MinWait: time.Hour, MaxWait: time.Hour}))
		ctx, cancel := context.WithTimeout(t.Context(), time.Microsecond)
		defer cancel()
		start := time.Now()

		_, err := client.Zones.List(ctx, clevercloud.ZoneQuery{})

		assert.Less(t, time.Since(start), time.Microsecond)
		assert.ErrorIs(t, err, syscall.ECONNRESET)
		assert.EqualError(t, err, "clevercloud: zones.list: read: connection reset by peer (5 attempts)")
	})
}

func TestRetry_TheContextEndsDuringAWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sent := 0
		client := testkit.ClientOver(t, func(req *http.Request) (*http.Response, error) {
			sent++
			return testkit.Response(req, 502, `{"error": "busy"}`, "Retry-After", "20", "Sozu-Id", "S"), nil
		}, clevercloud.WithRetry(clevercloud.RetryPolicy{}))
		reason := errors.New("the user went home")
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(5*time.Second, func() { cancel(reason) })
		var meta clevercloud.Response
		start := time.Now()

		_, err := client.Zones.List(ctx, clevercloud.ZoneQuery{}, clevercloud.WithResponse(&meta))

		assert.Equal(t, 5*time.Second, time.Since(start))
		assert.Equal(t, 1, sent)
		assert.ErrorIs(t, err, context.Canceled)
		assert.ErrorIs(t, err, reason, "the cause, as when a request is cut")
		var answer *clevercloud.APIError
		require.ErrorAs(t, err, &answer)
		assert.Equal(t, "busy", answer.Message)
		assert.EqualError(t, err, "clevercloud: zones.list: context canceled: the user went home (last: 502 bad gateway)")
		assert.Equal(t, clevercloud.Response{
			StatusCode: 502, Header: answer.Header, RequestID: "S", Attempts: 1, Duration: 5 * time.Second,
			Body: []byte(`{"error": "busy"}`),
		}, meta)
	})
}

// A context that ends together with an answer that would be retried ends the call as it does during a wait.
func TestRetry_TheContextEndsWithTheAnswer(t *testing.T) {
	t.Parallel()
	for _, retries := range []int{0, 4} {
		ctx, cancel := context.WithCancel(t.Context())
		client := testkit.ClientOver(t, func(req *http.Request) (*http.Response, error) {
			cancel()
			return testkit.Response(req, 503, `{"error": "busy"}`), nil
		})

		_, err := client.Zones.List(ctx, clevercloud.ZoneQuery{}, clevercloud.WithMaxRetries(retries))

		assert.ErrorIs(t, err, context.Canceled)
		assert.False(t, clevercloud.IsTransient(err))
		assert.EqualError(t, err, "clevercloud: zones.list: context canceled (last: 503 service unavailable)")
	}
}

func TestRetry_TheContextHasEnded(t *testing.T) {
	t.Parallel()
	client := testkit.ClientOver(t, func(req *http.Request) (*http.Response, error) { return nil, req.Context().Err() })
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, call := range retryCalls() {
		assert.ErrorIs(t, call.do(ctx, client), context.Canceled, call.id)
	}
}

func TestRetry_WithoutRetries(t *testing.T) {
	t.Parallel()
	sent := 0
	client := testkit.ClientOver(t, func(req *http.Request) (*http.Response, error) { sent++; return testkit.Response(req, 503, ""), nil })

	_, err := client.Zones.List(t.Context(), clevercloud.ZoneQuery{}, clevercloud.WithMaxRetries(0))

	require.ErrorIs(t, err, clevercloud.ErrUnavailable)
	assert.Equal(t, 1, sent)
}

func TestRetry_NoCapIsNoPanic(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		policy := clevercloud.RetryPolicy{MinWait: math.MaxInt64, MaxWait: math.MaxInt64}
		client := testkit.ClientOver(t, func(req *http.Request) (*http.Response, error) {
			return testkit.Response(req, 503, ""), nil
		}, clevercloud.WithRetry(policy))
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()

		_, err := client.Zones.List(ctx, clevercloud.ZoneQuery{})

		require.ErrorIs(t, err, clevercloud.ErrUnavailable)
	})
}

func TestRetry_ConnectionsAreKept(t *testing.T) {
	t.Parallel()
	for _, size := range []int{0, 10, 10 << 10, 300 << 10} {
		for _, chunked := range []bool{false, true} {
			t.Run(fmt.Sprintf("%d bytes, chunked %v", size, chunked), func(t *testing.T) {
				t.Parallel()
				var sent atomic.Int32
				testkit.Bubble(t, func(w http.ResponseWriter, _ *http.Request) {
					if !chunked {
						w.Header().Set("Content-Length", strconv.Itoa(size))
					}
					w.WriteHeader(503)
					if chunked {
						w.(http.Flusher).Flush()
					}
					sent.Add(1)
					_, _ = w.Write(make([]byte, size))
				}, func(t *testing.T, client *clevercloud.Client, l *testkit.PipeListener) {
					_, err := client.Zones.List(t.Context(), clevercloud.ZoneQuery{}, clevercloud.WithMaxRetries(5))
					_, _ = client.Zones.Get(t.Context(), "par", clevercloud.WithMaxRetries(0))

					require.ErrorIs(t, err, clevercloud.ErrUnavailable)
					assert.EqualValues(t, 7, sent.Load())
					assert.EqualValues(t, 1, l.Dialed.Load())
				})
			})
		}
	}
}

// A call that is given up must not take away the connections that other calls have made.
func TestRetry_ConnectionsOfOthersAreKept(t *testing.T) {
	t.Parallel()
	testkit.Bubble(t, func(w http.ResponseWriter, req *http.Request) {
		if strings.HasSuffix(req.URL.Path, "/par") {
			_, _ = io.WriteString(w, `{}`)
			return
		}
		w.Header().Set("Retry-After", "20")
		w.WriteHeader(503)
	}, func(t *testing.T, client *clevercloud.Client, l *testkit.PipeListener) {
		_, err := client.Zones.Get(t.Context(), "par")
		require.NoError(t, err)
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		_, err = client.Zones.List(ctx, clevercloud.ZoneQuery{})
		require.ErrorIs(t, err, context.Canceled)

		_, err = client.Zones.Get(t.Context(), "par")

		require.NoError(t, err)
		assert.EqualValues(t, 1, l.Dialed.Load())
	})
}

func TestRetry_TheBodyIsSentWholeEachTime(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var bodies, lengths []string
	_, client := testkit.Serve(t, func(w http.ResponseWriter, req *http.Request) {
		body, _ := io.ReadAll(req.Body)
		mu.Lock()
		defer mu.Unlock()
		bodies, lengths = append(bodies, string(body)), append(lengths, strconv.FormatInt(req.ContentLength, 10))
		w.WriteHeader(429)
	})
	in := map[string]string{"text": strings.Repeat("x", 100_000)}

	err := client.Do(t.Context(), http.MethodPost, "/v2/x", in, nil, clevercloud.WithMaxRetries(3))

	require.ErrorIs(t, err, clevercloud.ErrRateLimited)
	require.Len(t, bodies, 4)
	for i := range bodies {
		assert.Equal(t, `{"text":"`+in["text"]+`"}`, bodies[i])
		assert.Equal(t, strconv.Itoa(len(bodies[i])), lengths[i])
	}
}

// A middleware that sets headers on the request it was given, as many do, must not find its own on the next attempt.
func TestRetry_EachAttemptHasARequestOfItsOwn(t *testing.T) {
	t.Parallel()
	var seen []string
	client := testkit.ClientOver(t, func(req *http.Request) (*http.Response, error) {
		seen = append(seen, req.Header.Get("X-Fixed")+" "+strings.Join(req.Header.Values("X-Attempt"), ",")+" "+req.URL.RawQuery)
		return testkit.Response(req, 503, ""), nil
	}, clevercloud.WithHeader("X-Fixed", "a"), clevercloud.WithMiddleware(func(next http.RoundTripper) http.RoundTripper {
		return testkit.RoundTripFunc(func(req *http.Request) (*http.Response, error) {
			req.Header.Add("X-Attempt", "n")
			req.Header["X-Fixed"][0] += "b"
			req.URL.RawQuery += "q"
			return next.RoundTrip(req)
		})
	}))

	for range 2 {
		_, err := client.Zones.List(t.Context(), clevercloud.ZoneQuery{}, clevercloud.WithMaxRetries(1))
		require.Error(t, err)
	}

	assert.Equal(t, []string{"ab n q", "ab n q", "ab n q", "ab n q"}, seen)
}

// A middleware that sends a request elsewhere, by changing it in place, does not send the credentials along.
func TestMiddleware_CannotTakeCredentialsElsewhere(t *testing.T) {
	t.Parallel()
	var got []string
	client := testkit.ClientOver(t, func(req *http.Request) (*http.Response, error) {
		got = append(got, req.URL.Host+" "+req.Header.Get("Authorization"))
		return testkit.Response(req, 503, ""), nil
	}, clevercloud.WithMaxRetries(1), clevercloud.WithAuth(testkit.Token("token")),
		clevercloud.WithMiddleware(func(next http.RoundTripper) http.RoundTripper {
			return testkit.RoundTripFunc(func(req *http.Request) (*http.Response, error) {
				if len(got) == 0 {
					req.URL.Host = "elsewhere.test"
				}
				return next.RoundTrip(req)
			})
		}))

	_, err := client.Zones.Get(t.Context(), "par")

	require.ErrorIs(t, err, clevercloud.ErrUnavailable)
	assert.Equal(t, []string{"elsewhere.test ", "api.example.test Bearer token"}, got)
}

// A cookie of an earlier attempt is not sent beside the one that took its place.
func TestRetry_CookiesAreThoseOfTheJar(t *testing.T) {
	t.Parallel()
	var got []string
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		got = append(got, req.Header.Get("Cookie"))
		http.SetCookie(w, &http.Cookie{Name: "node", Value: strconv.Itoa(len(got))})
		if len(got) < 4 {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
	defer srv.Close()
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	client := testkit.Client(t, clevercloud.WithBaseURL(srv.URL), clevercloud.WithHTTPClient(&http.Client{Jar: jar}))

	require.NoError(t, client.Do(t.Context(), "GET", "/x", nil, nil))

	assert.Equal(t, []string{"", "node=1", "node=2", "node=3"}, got)
}
