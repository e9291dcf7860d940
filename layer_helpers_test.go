package clevercloud_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/stretchr/testify/require"
)

// layerBase has a path, so that a request that forgets the base URL's is seen.
const layerBase = "https://api.layer.test/prefix"

// layerTripper is a transport made of a function.
type layerTripper func(*http.Request) (*http.Response, error)

func (f layerTripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

// layerAnswer is a response with these headers, given as pairs.
func layerAnswer(req *http.Request, status int, body string, headers ...string) *http.Response {
	h := http.Header{}
	for i := 0; i < len(headers); i += 2 {
		h.Add(headers[i], headers[i+1])
	}
	return &http.Response{
		StatusCode: status, Header: h, Request: req, ContentLength: int64(len(body)), Body: io.NopCloser(strings.NewReader(body)),
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}
}

// layerClient returns a client whose waits are next to nothing.
func layerClient(t testing.TB, opts ...clevercloud.ClientOption) *clevercloud.Client {
	t.Helper()
	own := []clevercloud.ClientOption{
		clevercloud.WithBaseURL(layerBase), clevercloud.WithRetry(clevercloud.RetryPolicy{MinWait: 1, MaxWait: 1}),
	}
	client, err := clevercloud.New(append(own, opts...)...)
	require.NoError(t, err)
	return client
}

// layerOver returns a client over f in place of a network.
func layerOver(t testing.TB, f layerTripper, opts ...clevercloud.ClientOption) *clevercloud.Client {
	t.Helper()
	return layerClient(t, append([]clevercloud.ClientOption{clevercloud.WithHTTPClient(&http.Client{Transport: f})}, opts...)...)
}

// layerServer starts an API on loopback and returns it with a client of it, whose connections are its own.
func layerServer(t testing.TB, handler http.HandlerFunc, opts ...clevercloud.ClientOption) (*httptest.Server, *clevercloud.Client) {
	t.Helper()
	srv := httptest.NewServer(handler)
	t.Cleanup(srv.Close)
	client := layerClient(t, append([]clevercloud.ClientOption{clevercloud.WithBaseURL(srv.URL)}, opts...)...)
	t.Cleanup(client.CloseIdleConnections)
	return srv, client
}

// layerToken is credentials as auth.Bearer gives, without its checks.
type layerToken string

func (l layerToken) Authenticate(req *http.Request) error {
	req.Header.Set("Authorization", "Bearer "+string(l))
	return nil
}

// layerListener is a network inside the process, for bubbles of virtual time.
type layerListener struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
	dialed atomic.Int64
}

func (l *layerListener) Accept() (net.Conn, error) {
	select {
	case conn := <-l.conns:
		return conn, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *layerListener) Close() error   { l.once.Do(func() { close(l.closed) }); return nil }
func (l *layerListener) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 80} }

func (l *layerListener) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	ours, theirs := net.Pipe()
	select {
	case l.conns <- theirs:
		l.dialed.Add(1)
		return ours, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// layerBubble runs test in virtual time, against a real server and a real transport over pipes.
func layerBubble(t *testing.T, handler http.HandlerFunc, test func(t *testing.T, client *clevercloud.Client, l *layerListener), opts ...clevercloud.ClientOption) {
	t.Helper()
	layerVirtual(t, func(t *testing.T) {
		l := &layerListener{conns: make(chan net.Conn), closed: make(chan struct{})}
		srv := &http.Server{Handler: handler}
		go func() { _ = srv.Serve(l) }()
		transport := &http.Transport{DialContext: l.dial}
		own := []clevercloud.ClientOption{
			clevercloud.WithBaseURL("http://127.0.0.1"), clevercloud.WithHTTPClient(&http.Client{Transport: transport}),
		}
		client, err := clevercloud.New(append(own, opts...)...)
		require.NoError(t, err)

		defer func() {
			transport.CloseIdleConnections()
			_ = srv.Shutdown(context.Background()) // waits for the handlers
		}()
		test(t, client, l)
	})
}

// layerEventually waits for a condition that other goroutines bring about, for a bounded time.
func layerEventually(t *testing.T, condition func() bool, format string, args ...any) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(10 * time.Second); !condition(); <-tick.C {
		require.True(t, time.Now().Before(end), fmt.Sprintf(format, args...))
	}
}

// layerVirtual runs test in a bubble of virtual time, which also fails if a goroutine outlives it.
func layerVirtual(t *testing.T, test func(t *testing.T)) {
	t.Helper()
	synctest.Test(t, test)
}
