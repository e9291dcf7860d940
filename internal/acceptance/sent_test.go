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

// An attempt is what a write over a broken way came to.
type attempt struct {
	err  error
	meta clevercloud.Response
}

// create sends a write that is not idempotent to the API at address over a transport.
func create(t *testing.T, address string, transport http.RoundTripper, opts ...clevercloud.ClientOption) attempt {
	t.Helper()
	hc := &http.Client{Transport: transport}
	opts = append(opts, clevercloud.WithBaseURL(address), clevercloud.WithHTTPClient(hc))
	client := testkit.Client(t, opts...)
	t.Cleanup(client.CloseIdleConnections)
	var a attempt
	_, a.err = client.Drains.Create(t.Context(), "orga_1", "app_1", somewhat, clevercloud.WithResponse(&a.meta))
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

// What the proxy rejects has not been sent, and is sent again if that may pass.
func TestSent_AProxyThatRefuses(t *testing.T) {
	t.Parallel()
	for status, attempts := range map[int]int{
		http.StatusForbidden: 1, http.StatusProxyAuthRequired: 1,
		http.StatusServiceUnavailable: 5, http.StatusBadGateway: 5,
	} {
		t.Run(http.StatusText(status), func(t *testing.T) {
			t.Parallel()
			server := tlsAPI(t, untouched(t), nil)
			proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(status)
			}))
			t.Cleanup(proxy.Close)
			transport := transportOf(server)
			transport.Proxy = http.ProxyURL(must(url.Parse(proxy.URL))(t))

			a := create(t, server.URL, transport)

			a.notSent(t, attempts)
			assert.ErrorContains(t, a.err, fmt.Sprintf("the proxy rejected the connection: %d", status))
			assert.Equal(t, attempts > 1, clevercloud.IsTransient(a.err))
		})
	}
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
	for name, tc := range map[string]struct {
		address   string
		transport *http.Transport
	}{
		"an older version":      {newer.URL, older},
		"no client certificate": {certified.URL, transportOf(certified)},
		"plain HTTP":            {"https" + plain.URL[len("http"):], &http.Transport{}},
		"another host's":        {strange.URL, otherName},
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

// What fails before a connection is there may be tried again, whoever made the dialer.
func TestSent_ConnectionsThatFail(t *testing.T) {
	t.Parallel()
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = silent.Close() })
	for name, transport := range map[string]*http.Transport{
		"a dialer's own error": {DialContext: func(context.Context, string, string) (net.Conn, error) {
			return nil, errors.New("socks connect: not allowed now")
		}},
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

	client := testkit.Client(t, clevercloud.WithBaseURL(server.URL), clevercloud.WithHTTPClient(server.Client()))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := client.Drains.Create(ctx, "orga_1", "app_1", somewhat)
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
			_, _ = io.WriteString(w, `{"id":"drain_1","kind":"LOG"}`)
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

	client := testkit.Client(t, clevercloud.WithBaseURL(server.URL), clevercloud.WithHTTPClient(server.Client()))
	drain := must(client.Drains.Delete(t.Context(), "orga_1", "app_1", "drain_1"))(t)
	assert.Equal(t, clevercloud.DrainID("drain_1"), drain.ID)
	assert.EqualValues(t, 2, requests.Swap(0))

	_, err := client.Drains.Create(t.Context(), "orga_1", "app_1", somewhat,
		clevercloud.WithIdempotent(), clevercloud.WithMaxRetries(2))
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
	client := testkit.Client(t, clevercloud.WithBaseURL(server.URL), clevercloud.WithHTTPClient(server.Client()),
		clevercloud.WithAuth(signed), hedge)

	for range 20 {
		_, err := client.Zones.List(t.Context(), clevercloud.ZoneQuery{})
		require.ErrorIs(t, err, clevercloud.ErrBadRequest)
		assert.NotContains(t, err.Error(), "hedged-secret")
	}
}
