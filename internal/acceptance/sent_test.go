package acceptance_test

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var (
	promptly = clevercloud.WithRetry(clevercloud.RetryPolicy{MinWait: 1, MaxWait: 1})
	somewhat = clevercloud.DrainInput{
		Kind: clevercloud.DrainKindLog, Recipient: clevercloud.RawRecipient{URL: "https://logs.example.com/a"},
	}
)

const oneDrain = `{"id":"drain_1","kind":"LOG"}`

// An attempt is what a write over a broken way came to.
type attempt struct {
	err  error
	meta clevercloud.Response
}

// create sends a write that is not idempotent to the API at address over a transport.
func create(t *testing.T, address string, transport http.RoundTripper, opts ...clevercloud.ClientOption) attempt {
	t.Helper()
	opts = append(opts, clevercloud.WithBaseURL(address), clevercloud.WithHTTPClient(&http.Client{Transport: transport}), promptly)
	client, err := clevercloud.New(opts...)
	require.NoError(t, err)
	var a attempt
	_, a.err = client.Drains.Create(t.Context(), "orga_1", "app_1", somewhat, clevercloud.WithResponse(&a.meta))
	if closer, ok := transport.(*http.Transport); ok {
		t.Cleanup(closer.CloseIdleConnections)
	}
	return a
}

// notSent fails unless the write was not sent, in so many attempts.
func (a attempt) notSent(t *testing.T, attempts int) {
	t.Helper()
	var request *clevercloud.RequestError
	require.ErrorAs(t, a.err, &request)
	assert.False(t, request.MaybeApplied)
	assert.NotErrorIs(t, a.err, clevercloud.ErrMaybeApplied)
	assert.NotContains(t, a.err.Error(), "may have been applied")
	assert.Equal(t, attempts, request.Attempts, a.err)
	assert.Equal(t, attempts, a.meta.Attempts)
	testkit.OneLine(t, a.err)
}

func tlsAPI(t *testing.T, handler http.HandlerFunc, config *tls.Config) *httptest.Server {
	t.Helper()
	server := httptest.NewUnstartedServer(handler)
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // handshakes fail on purpose
	server.TLS = config
	server.StartTLS()
	t.Cleanup(server.Close)
	return server
}

// transportOf returns a transport that trusts a server.
func transportOf(server *httptest.Server) *http.Transport {
	return server.Client().Transport.(*http.Transport).Clone()
}

func untouched(t *testing.T) http.HandlerFunc {
	return func(http.ResponseWriter, *http.Request) { t.Error("the request reached the API") }
}

// proxy answers each CONNECT with the next of the statuses, the last one again and again. A 200 leads
// to where the client wants to go.
func proxy(t *testing.T, statuses ...int) *url.URL {
	t.Helper()
	var count atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		status := statuses[min(int(count.Add(1)), len(statuses))-1]
		if status != http.StatusOK {
			w.WriteHeader(status)
			return
		}
		upstream, err := net.Dial("tcp", req.Host)
		if err != nil {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		defer upstream.Close()
		conn, buffered, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		defer conn.Close()
		_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\n\r\n")
		go func() { _, _ = io.Copy(upstream, buffered) }()
		_, _ = io.Copy(conn, upstream)
	}))
	t.Cleanup(server.Close)
	u, err := url.Parse(server.URL)
	require.NoError(t, err)
	return u
}

func TestSent_AProxyThatRefuses(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ status, attempts int }{
		{http.StatusForbidden, 1}, {http.StatusProxyAuthRequired, 1}, {http.StatusServiceUnavailable, 5}, {http.StatusBadGateway, 5},
	} {
		t.Run(http.StatusText(tc.status), func(t *testing.T) {
			t.Parallel()
			server := tlsAPI(t, untouched(t), nil)
			transport := transportOf(server)
			transport.Proxy = http.ProxyURL(proxy(t, tc.status))

			a := create(t, server.URL, transport)

			a.notSent(t, tc.attempts)
			assert.ErrorContains(t, a.err, fmt.Sprintf("the proxy rejected the connection: %d", tc.status))
			assert.Equal(t, tc.attempts > 1, clevercloud.IsTransient(a.err))
		})
	}
}

func TestSent_AProxyThatIsBusyOnce(t *testing.T) {
	t.Parallel()
	var created atomic.Int64
	server := tlsAPI(t, func(w http.ResponseWriter, _ *http.Request) {
		created.Add(1)
		_, _ = io.WriteString(w, oneDrain)
	}, nil)
	transport := transportOf(server)
	transport.Proxy = http.ProxyURL(proxy(t, http.StatusServiceUnavailable, http.StatusOK))

	a := create(t, server.URL, transport)

	require.NoError(t, a.err)
	assert.Equal(t, 2, a.meta.Attempts)
	assert.EqualValues(t, 1, created.Load())
}

func TestSent_HandshakesThatFail(t *testing.T) {
	t.Parallel()
	newer := tlsAPI(t, untouched(t), &tls.Config{MinVersion: tls.VersionTLS13})
	older := transportOf(newer)
	older.TLSClientConfig.MaxVersion = tls.VersionTLS12
	certified := tlsAPI(t, untouched(t), &tls.Config{ClientAuth: tls.RequireAnyClientCert})
	plain := httptest.NewServer(untouched(t))
	t.Cleanup(plain.Close)
	strange := tlsAPI(t, untouched(t), nil)
	otherName := transportOf(strange)
	otherName.TLSClientConfig.ServerName = "api.elsewhere.example"
	unknownHost := failingDial(&net.OpError{
		Op: "dial", Err: &net.DNSError{Err: "no such host", Name: "nowhere.invalid", IsNotFound: true},
	})
	for name, tc := range map[string]struct {
		address   string
		transport *http.Transport
	}{
		"an older version":        {newer.URL, older},
		"no client certificate":   {certified.URL, transportOf(certified)},
		"plain HTTP":              {"https" + plain.URL[len("http"):], &http.Transport{}},
		"an unknown authority":    {strange.URL, &http.Transport{}},
		"another host's":          {strange.URL, otherName},
		"a host that is not here": {"https://nowhere.invalid", unknownHost},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			a := create(t, tc.address, tc.transport)

			a.notSent(t, 1)
			assert.False(t, clevercloud.IsTransient(a.err), a.err)
			assert.NotErrorIs(t, a.err, clevercloud.ErrUnavailable)
		})
	}
}

func failingDial(err error) *http.Transport {
	return &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) { return nil, err }}
}

// What fails before a connection is there may be tried again, whoever made the dialer.
func TestSent_ConnectionsThatFail(t *testing.T) {
	t.Parallel()
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = silent.Close() })
	for name, transport := range map[string]*http.Transport{
		"refused":              failingDial(&net.OpError{Op: "dial", Err: errors.New("connection refused")}),
		"a dialer's own error": failingDial(errors.New("socks connect: not allowed now")),
		"a handshake that is not answered": {
			DialContext: func(context.Context, string, string) (net.Conn, error) {
				return net.Dial("tcp", silent.Addr().String())
			},
			TLSHandshakeTimeout: 20 * time.Millisecond,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			a := create(t, "https://api.example.com", transport)

			a.notSent(t, 5)
			assert.True(t, clevercloud.IsTransient(a.err))
			assert.ErrorIs(t, a.err, clevercloud.ErrUnavailable)
		})
	}
}

func TestSent_NothingAtAll(t *testing.T) {
	t.Parallel()
	broken := errors.New("circuit open")
	server := tlsAPI(t, untouched(t), nil)
	refusing := middleware(func(http.RoundTripper, *http.Request) (*http.Response, error) { return nil, broken })
	badHeader := middleware(func(next http.RoundTripper, req *http.Request) (*http.Response, error) {
		req.Header.Set("X-Trace", "a\nb")
		return next.RoundTrip(req)
	})
	badScheme := middleware(func(next http.RoundTripper, req *http.Request) (*http.Response, error) {
		req.URL.Scheme = "gopher"
		return next.RoundTrip(req)
	})

	a := create(t, server.URL, server.Client().Transport, refusing)
	a.notSent(t, 5)
	require.ErrorIs(t, a.err, broken)
	create(t, server.URL, server.Client().Transport, badHeader).notSent(t, 1)
	create(t, server.URL, server.Client().Transport, badScheme).notSent(t, 1)

	client, err := clevercloud.New(clevercloud.WithBaseURL(server.URL), clevercloud.WithHTTPClient(server.Client()))
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = client.Drains.Create(ctx, "orga_1", "app_1", somewhat)
	attempt{err: err}.notSent(t, 0)
	require.ErrorIs(t, err, context.Canceled)
	assert.False(t, clevercloud.IsTransient(err))
}

// A connection that is reset once the request was read leaves it open whether it was applied.
func TestSent_AResetBehindTheRequest(t *testing.T) {
	t.Parallel()
	var requests atomic.Int64
	server := tlsAPI(t, func(w http.ResponseWriter, req *http.Request) {
		_, _ = io.Copy(io.Discard, req.Body)
		if requests.Add(1) == 2 && req.Method == http.MethodDelete {
			_, _ = io.WriteString(w, oneDrain)
			return
		}
		panic(http.ErrAbortHandler)
	}, nil)

	a := create(t, server.URL, server.Client().Transport)

	require.ErrorIs(t, a.err, clevercloud.ErrMaybeApplied)
	require.ErrorIs(t, a.err, clevercloud.ErrUnavailable)
	require.ErrorContains(t, a.err, "may have been applied")
	assert.False(t, clevercloud.IsTransient(a.err), "making it again may make a second drain")
	assert.EqualValues(t, 1, requests.Swap(0))

	client, err := clevercloud.New(clevercloud.WithBaseURL(server.URL), clevercloud.WithHTTPClient(server.Client()), promptly)
	require.NoError(t, err)
	drain, err := client.Drains.Delete(t.Context(), "orga_1", "app_1", "drain_1")
	require.NoError(t, err)
	assert.Equal(t, clevercloud.DrainID("drain_1"), drain.ID)
	assert.EqualValues(t, 2, requests.Swap(0))

	_, err = client.Drains.Create(t.Context(), "orga_1", "app_1", somewhat, clevercloud.WithIdempotent(), clevercloud.WithMaxRetries(2))
	require.ErrorIs(t, err, clevercloud.ErrMaybeApplied)
	assert.True(t, clevercloud.IsTransient(err), "the caller says so")
	assert.EqualValues(t, 3, requests.Load())
}

// A middleware may send a request twice at once. What each of the two signed is redacted.
func TestSent_HedgedRequests(t *testing.T) {
	t.Parallel()
	var nonce atomic.Int64
	signed := authFunc(func(req *http.Request) error {
		req.Header.Set("Authorization", fmt.Sprintf("Bearer hedged-secret-%d", nonce.Add(1)))
		return nil
	})
	server := tlsAPI(t, func(w http.ResponseWriter, req *http.Request) {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, `{"error":"what is `+req.Header.Get("Authorization")+`"}`)
	}, nil)
	hedge := middleware(func(next http.RoundTripper, req *http.Request) (*http.Response, error) {
		var pair [2]*http.Response
		var errs [2]error
		var both sync.WaitGroup
		for i := range pair {
			both.Go(func() { pair[i], errs[i] = next.RoundTrip(req.Clone(req.Context())) })
		}
		both.Wait()
		if errs[0] == nil {
			_ = pair[0].Body.Close()
		}
		return pair[1], errs[1]
	})
	client, err := clevercloud.New(clevercloud.WithBaseURL(server.URL), clevercloud.WithHTTPClient(server.Client()),
		clevercloud.WithAuth(signed), hedge)
	require.NoError(t, err)

	for range 20 {
		_, err = client.Zones.List(t.Context(), clevercloud.ZoneQuery{})
		require.ErrorIs(t, err, clevercloud.ErrBadRequest)
		assert.NotContains(t, err.Error(), "hedged-secret")
	}
}
