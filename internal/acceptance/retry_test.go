package acceptance_test

import (
	"bufio"
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"net/http/cookiejar"
	"slices"
	"strconv"
	"strings"
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

// A retryCall is a row of the retry matrix: an operation, and whether it may be sent again once it
// may have been applied.
type retryCall struct {
	id, method string
	repeated   bool
	// result says that a success without a body is an error.
	result bool
	body   string
	do     call
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

func retryCalls(t *testing.T) []retryCall {
	chosen := []string{
		"zones.list", "zones.get", "pulsar.update-storage-policies", "drains.create", "drains.delete",
		"operators.reboot", "operators.rebuild", "operators.attach-network-group",
		"operators.detach-network-group",
	}
	var calls []retryCall
	for _, o := range testkit.Contract {
		if !slices.Contains(chosen, o.ID) {
			continue
		}
		ids, _ := o.IDs("fine")
		row := retryCall{id: o.ID, method: o.Method, repeated: !o.Once, result: o.Foreign != "" && !o.Bare}
		row.do = func(ctx context.Context, c *clevercloud.Client, opts ...clevercloud.CallOption) error {
			_, err := o.Call(ctx, c, ids, opts...)
			return err
		}
		if o.OK != "" {
			row.body = testkit.Fixture(t, o.OK)
		}
		calls = append(calls, row)
	}
	for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} {
		row := retryCall{id: "do", method: method, body: `{}`, do: do(method, "/v2/self", nil, nil)}
		row.repeated = row.read()
		calls = append(calls, row)
	}
	return calls
}

func TestRetry_Statuses(t *testing.T) {
	t.Parallel()
	passing := []int{408, 425, 429, 500, 502, 503, 504}
	others := []int{200, 201, 202, 204, 301, 304, 400, 401, 403, 404, 409, 422, 501}
	for _, call := range retryCalls(t) {
		for _, status := range slices.Concat(passing, others) {
			t.Run(fmt.Sprintf("%s %s %d", call.id, call.method, status), func(t *testing.T) {
				t.Parallel()
				want := 1
				if status == http.StatusTooManyRequests || call.repeated && slices.Contains(passing, status) {
					want = 3
				}
				sent := 0
				client := testkit.ClientOver(t, func(req *http.Request) (*http.Response, error) {
					if req.Method != call.method { // an update reads what its patch leaves out
						return testkit.Response(req, 200, call.body), nil
					}
					sent++
					body := call.body
					switch {
					case status == http.StatusNoContent:
						body = ""
					case status/100 != 2:
						body = fmt.Sprintf(`{"code": "attempt.%d", "error": "no"}`, sent)
					}
					return testkit.Response(req, status, body, "Sozu-Id", "S"), nil
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
				reads := slices.Contains([]string{"GET", "HEAD", "OPTIONS"}, call.method)
				maybe := !reads && (status == 408 || status >= 500)
				assert.Equal(t, maybe, errors.Is(err, clevercloud.ErrMaybeApplied))
				assert.Equal(t, want, answer.Attempts)
				assert.Equal(t, fmt.Sprintf("attempt.%d", want), answer.Code, "the last body is kept and decoded")
				assert.Equal(t, []string{call.id, call.method, "S"},
					[]string{answer.Operation, answer.Method, answer.RequestID})
				assert.Equal(t, status, meta.StatusCode)
				assert.Equal(t, want, meta.Attempts)
			})
		}
	}
}

// A retryFault is what can happen to a request on its way.
type retryFault struct {
	name string
	// unsent says that no server can have acted, final that another attempt is of no use.
	unsent, final bool
	target        error
	client        func(t *testing.T, attempts *atomic.Int32) *clevercloud.Client
}

func retryFaults() []retryFault {
	dialed := func(err error) func(*testing.T, *atomic.Int32) *clevercloud.Client {
		return func(t *testing.T, attempts *atomic.Int32) *clevercloud.Client {
			dial := func(context.Context, string, string) (net.Conn, error) {
				attempts.Add(1)
				return nil, &net.OpError{Op: "dial", Net: "tcp", Err: err}
			}
			hc := &http.Client{Transport: &http.Transport{DialContext: dial}}
			return testkit.Client(t, clevercloud.WithHTTPClient(hc))
		}
	}
	hangsUp := func(text string, linger int) func(*testing.T, *atomic.Int32) *clevercloud.Client {
		return func(t *testing.T, attempts *atomic.Int32) *clevercloud.Client {
			server, err := listen(func(conn *net.TCPConn) {
				req, err := http.ReadRequest(bufio.NewReader(conn))
				if err != nil {
					return
				}
				_, _ = io.Copy(io.Discard, req.Body)
				attempts.Add(1)
				_, _ = io.WriteString(conn, text)
				_ = conn.SetLinger(linger)
			})
			require.NoError(t, err)
			t.Cleanup(server.stop)
			client := testkit.Client(t, clevercloud.WithBaseURL(server.url()))
			t.Cleanup(client.CloseIdleConnections)
			return client
		}
	}
	silent := func(t *testing.T, attempts *atomic.Int32) *clevercloud.Client {
		return testkit.ClientOver(t, func(req *http.Request) (*http.Response, error) {
			attempts.Add(1)
			<-req.Context().Done()
			return nil, req.Context().Err()
		}, clevercloud.WithTimeout(50*time.Millisecond))
	}
	uncertified := func(t *testing.T, attempts *atomic.Int32) *clevercloud.Client {
		hello := func(*tls.ClientHelloInfo) (*tls.Config, error) { attempts.Add(1); return nil, nil }
		server := tlsAPI(t, http.NotFound, &tls.Config{GetConfigForClient: hello})
		return testkit.Client(t, clevercloud.WithBaseURL(server.URL))
	}
	unknown := &net.DNSError{Err: "no such host", Name: "api", IsNotFound: true}
	const ok = "HTTP/1.1 200 OK\r\n"
	return []retryFault{
		{"connection refused", true, false, syscall.ECONNREFUSED, dialed(syscall.ECONNREFUSED)},
		{"unknown name", true, true, nil, dialed(unknown)},
		{"reset before the answer", false, false, nil, hangsUp("", 0)},
		{"closed before the answer", false, false, io.EOF, hangsUp("", -1)},
		{"closed within the headers", false, false, nil, hangsUp(ok+"Content-", -1)},
		{"closed within a body of known length", false, false, io.ErrUnexpectedEOF,
			hangsUp(ok+"Content-Length: 100\r\n\r\n[]", -1)},
		{"closed within a body in chunks", false, false, io.ErrUnexpectedEOF,
			hangsUp(ok+"Transfer-Encoding: chunked\r\n\r\n2\r\n[]\r\n", -1)},
		{"no HTTP", false, false, nil, hangsUp("SSH-2.0-OpenSSH\r\n", -1)},
		{"no answer", false, false, nil, silent},
		{"a certificate of nobody", true, true, nil, uncertified},
	}
}

func TestRetry_TransportFaults(t *testing.T) {
	t.Parallel()
	for _, fault := range retryFaults() {
		for _, call := range retryCalls(t) {
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

	zones := must(client.Zones.List(t.Context(), clevercloud.ZoneQuery{}, clevercloud.WithResponse(&meta)))(t)

	assert.Equal(t, []clevercloud.Zone{{Name: "par"}}, zones)
	assert.Equal(t, 4, meta.Attempts)
	assert.Equal(t, 200, meta.StatusCode)
	assert.Equal(t, "S4", meta.RequestID)
}

// layerWaits returns the waits between the attempts of a call that fails, in virtual time.
func layerWaits(t *testing.T, policy clevercloud.RetryPolicy) []time.Duration {
	t.Helper()
	var waits []time.Duration
	var last time.Time
	client := testkit.ClientOver(t, func(req *http.Request) (*http.Response, error) {
		if !last.IsZero() {
			waits = append(waits, time.Since(last))
		}
		last = time.Now()
		return testkit.Response(req, 503, ""), nil
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
				require.LessOrEqual(t, wait, 500*time.Millisecond<<i)
				longest[i] = max(longest[i], wait)
			}
		}
		for i, wait := range longest {
			assert.Greater(t, wait, 400*time.Millisecond<<i, "the bound doubles")
		}
		policy := clevercloud.RetryPolicy{MaxRetries: 40, MinWait: time.Second, MaxWait: 3 * time.Second}
		for _, wait := range layerWaits(t, policy) {
			require.LessOrEqual(t, wait, 3*time.Second)
		}
	})
}

// A call waits as long as Retry-After asks for, unless the context or MaxWait does not allow it:
// then the call ends at once with the API's response.
func TestRetry_RetryAfter(t *testing.T) {
	t.Parallel()
	const deadline = 10 * time.Second
	for _, tc := range []struct {
		name, value string
		deadline    time.Duration
		// failures come before a success, and the call lasts so long, with this error.
		failures int
		lasts    time.Duration
		err      string
	}{
		{name: "seconds", value: "7", failures: 1, lasts: 7 * time.Second},
		{name: "a fraction", value: "0.25", failures: 1, lasts: 250 * time.Millisecond},
		{name: "no wait", value: "0", failures: 1},
		// A bubble's clock starts at the beginning of 2000.
		{name: "a date", value: "Sat, 01 Jan 2000 00:00:09 GMT", failures: 1, lasts: 9 * time.Second},
		{name: "within the deadline", value: "5", deadline: deadline, failures: 1, lasts: 5 * time.Second},
		{name: "more than the cap", value: "3600", failures: 9, err: "(retry after 1h0m0s)"},
		{name: "beyond the deadline", value: "20", deadline: deadline, failures: 9, err: "(retry after 20s)"},
		{name: "beyond the deadline after others", value: "4", deadline: deadline, failures: 9,
			lasts: 8 * time.Second, err: "(retry after 4s, 3 attempts)"},
	} {
		for status, kind := range map[int]error{429: clevercloud.ErrRateLimited, 503: clevercloud.ErrUnavailable} {
			t.Run(fmt.Sprintf("%s, %d", tc.name, status), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					sent := 0
					client := testkit.ClientOver(t, func(req *http.Request) (*http.Response, error) {
						if sent++; sent <= tc.failures {
							return testkit.Response(req, status, `{"error": "busy"}`, "Retry-After", tc.value), nil
						}
						return testkit.Response(req, 200, "[]"), nil
					}, clevercloud.WithRetry(clevercloud.RetryPolicy{}))
					ctx, cancel := context.WithTimeout(t.Context(), cmp.Or(tc.deadline, time.Hour))
					defer cancel()
					start := time.Now()

					_, err := client.Zones.List(ctx, clevercloud.ZoneQuery{})

					assert.Equal(t, tc.lasts, time.Since(start))
					if tc.err == "" {
						require.NoError(t, err)
						return
					}
					var answer *clevercloud.APIError
					require.ErrorAs(t, err, &answer)
					assert.Equal(t, "busy", answer.Message)
					assert.Contains(t, tc.err, "retry after "+answer.RetryAfter.String())
					assert.Equal(t, sent, answer.Attempts)
					require.ErrorIs(t, err, kind)
					assert.True(t, clevercloud.IsTransient(err))
					assert.True(t, strings.HasSuffix(err.Error(), ": busy "+tc.err), "%v", err)
				})
			})
		}
	}
}

// A wait that the API did not ask for leaves time for the attempt behind it.
func TestRetry_WaitsAreDrawnFromWhatIsLeft(t *testing.T) {
	t.Parallel()
	for wait, left := range map[time.Duration]time.Duration{
		time.Hour: time.Microsecond, math.MaxInt64: time.Minute,
	} {
		synctest.Test(t, func(t *testing.T) {
			client := testkit.ClientOver(t, func(*http.Request) (*http.Response, error) {
				return nil, &net.OpError{Op: "read", Err: syscall.ECONNRESET}
			}, clevercloud.WithRetry(clevercloud.RetryPolicy{MinWait: wait, MaxWait: wait}))
			ctx, cancel := context.WithTimeout(t.Context(), left)
			defer cancel()
			start := time.Now()

			_, err := client.Zones.List(ctx, clevercloud.ZoneQuery{})

			assert.Less(t, time.Since(start), left-left/16, "four waits of at most half each")
			require.ErrorIs(t, err, syscall.ECONNRESET)
			assert.EqualError(t, err, "clevercloud: zones.list: read: connection reset by peer (5 attempts)")
		})
	}
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

// A context that ends when a response arrives that would be retried ends the call as it does during
// a wait.
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

func TestRetry_ConnectionsAreKept(t *testing.T) {
	t.Parallel()
	for _, size := range []int{0, 10, 10 << 10, 300 << 10} {
		for _, chunked := range []bool{false, true} {
			t.Run(fmt.Sprintf("%d bytes, chunked %v", size, chunked), func(t *testing.T) {
				t.Parallel()
				sent := 0
				testkit.Bubble(t, func(w http.ResponseWriter, _ *http.Request) {
					if !chunked {
						w.Header().Set("Content-Length", strconv.Itoa(size))
					}
					w.WriteHeader(503)
					if chunked {
						w.(http.Flusher).Flush()
					}
					sent++
					_, _ = w.Write(make([]byte, size))
				}, func(t *testing.T, client *clevercloud.Client, l *testkit.PipeListener) {
					_, err := client.Zones.List(t.Context(), clevercloud.ZoneQuery{}, clevercloud.WithMaxRetries(5))
					_, _ = client.Zones.Get(t.Context(), "par", clevercloud.WithMaxRetries(0))

					require.ErrorIs(t, err, clevercloud.ErrUnavailable)
					assert.Equal(t, 7, sent)
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
		must(client.Zones.Get(t.Context(), "par"))(t)
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		require.ErrorIs(t, failed(client.Zones.List(ctx, clevercloud.ZoneQuery{})), context.Canceled)

		must(client.Zones.Get(t.Context(), "par"))(t)

		assert.EqualValues(t, 1, l.Dialed.Load())
	})
}

func TestRetry_TheBodyIsSentWholeEachTime(t *testing.T) {
	t.Parallel()
	var bodies, lengths []string
	_, client := testkit.Serve(t, func(w http.ResponseWriter, req *http.Request) {
		body, _ := io.ReadAll(req.Body)
		bodies, lengths = append(bodies, string(body)), append(lengths, strconv.FormatInt(req.ContentLength, 10))
		w.WriteHeader(429)
	})
	text := strings.Repeat("x", 100_000)
	want, length := `{"text":"`+text+`"}`, strconv.Itoa(len(text)+len(`{"text":""}`))

	err := client.Do(t.Context(), http.MethodPost, "/v2/x", map[string]string{"text": text}, nil, clevercloud.WithMaxRetries(2))

	require.ErrorIs(t, err, clevercloud.ErrRateLimited)
	assert.Equal(t, []string{want, want, want}, bodies)
	assert.Equal(t, []string{length, length, length}, lengths)
}

// A middleware that sets headers on the request it was given, as many do, must not find its own on
// the next attempt.
func TestRetry_EachAttemptHasARequestOfItsOwn(t *testing.T) {
	t.Parallel()
	var seen []string
	client := testkit.ClientOver(t, func(req *http.Request) (*http.Response, error) {
		seen = append(seen, req.Header.Get("X-Fixed")+" "+strings.Join(req.Header.Values("X-Attempt"), ",")+" "+req.URL.RawQuery)
		return testkit.Response(req, 503, ""), nil
	}, clevercloud.WithHeader("X-Fixed", "a"), middleware(func(next http.RoundTripper, req *http.Request) (*http.Response, error) {
		req.Header.Add("X-Attempt", "n")
		req.Header["X-Fixed"][0] += "b"
		req.URL.RawQuery += "q"
		return next.RoundTrip(req)
	}))

	for range 2 {
		_, err := client.Zones.List(t.Context(), clevercloud.ZoneQuery{}, clevercloud.WithMaxRetries(1))
		require.Error(t, err)
	}

	assert.Equal(t, []string{"ab n q", "ab n q", "ab n q", "ab n q"}, seen)
}

// A middleware that sends a request elsewhere, by changing it in place, does not send the
// credentials along.
func TestMiddleware_CannotTakeCredentialsElsewhere(t *testing.T) {
	t.Parallel()
	var got []string
	client := testkit.ClientOver(t, func(req *http.Request) (*http.Response, error) {
		got = append(got, req.URL.Host+" "+req.Header.Get("Authorization"))
		return testkit.Response(req, 503, ""), nil
	}, clevercloud.WithMaxRetries(1), clevercloud.WithAuth(testkit.Token("token")),
		middleware(func(next http.RoundTripper, req *http.Request) (*http.Response, error) {
			if len(got) == 0 {
				req.URL.Host = "elsewhere.test"
			}
			return next.RoundTrip(req)
		}))

	_, err := client.Zones.Get(t.Context(), "par")

	require.ErrorIs(t, err, clevercloud.ErrUnavailable)
	assert.Equal(t, []string{"elsewhere.test ", "api.example.test Bearer token"}, got)
}

// A cookie of an earlier attempt is not sent beside the one that took its place.
func TestRetry_CookiesAreThoseOfTheJar(t *testing.T) {
	t.Parallel()
	var got []string
	hc := &http.Client{Jar: must(cookiejar.New(nil))(t)}
	_, client := testkit.Serve(t, func(w http.ResponseWriter, req *http.Request) {
		got = append(got, req.Header.Get("Cookie"))
		http.SetCookie(w, &http.Cookie{Name: "node", Value: strconv.Itoa(len(got))})
		if len(got) < 4 {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}, clevercloud.WithHTTPClient(hc))

	require.NoError(t, client.Do(t.Context(), "GET", "/x", nil, nil))

	assert.Equal(t, []string{"", "node=1", "node=2", "node=3"}, got)
}
