package testkit

import (
	"compress/gzip"
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

func DownloadPDF(
	ctx context.Context, c *clevercloud.Client, w io.Writer, opts ...clevercloud.CallOption,
) (int64, error) {
	return c.Billing.DownloadInvoicePDF(ctx, "orga_1", "F1", w, opts...)
}

// CountInvoices counts the elements of the sequence and returns its error.
func CountInvoices(ctx context.Context, c *clevercloud.Client, each func()) (n int, err error) {
	for _, err := range c.Billing.Invoices(ctx, "orga_1", clevercloud.InvoiceQuery{}) {
		if err != nil {
			return n, err
		}
		n++
		each()
	}
	return n, nil
}

func Gzip(text string) string {
	var b strings.Builder
	w := gzip.NewWriter(&b)
	_, _ = io.WriteString(w, text)
	_ = w.Close()
	return b.String()
}

// RoundTripFunc is a transport made of a function.
type RoundTripFunc func(*http.Request) (*http.Response, error)

func (f RoundTripFunc) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

// Response is a response with these headers, given as pairs.
func Response(req *http.Request, status int, body string, headers ...string) *http.Response {
	h := http.Header{}
	for i := 0; i < len(headers); i += 2 {
		h.Add(headers[i], headers[i+1])
	}
	return &http.Response{
		StatusCode: status, Header: h, Request: req, ContentLength: int64(len(body)),
		Body:  io.NopCloser(strings.NewReader(body)),
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}
}

// Client returns a client whose waits are next to nothing.
func Client(t testing.TB, opts ...clevercloud.ClientOption) *clevercloud.Client {
	t.Helper()
	own := []clevercloud.ClientOption{
		clevercloud.WithBaseURL(Base),
		clevercloud.WithRetry(clevercloud.RetryPolicy{MinWait: 1, MaxWait: 1}),
	}
	client, err := clevercloud.New(append(own, opts...)...)
	require.NoError(t, err)
	return client
}

// ClientOver returns a client over f in place of a network.
func ClientOver(
	t testing.TB, f RoundTripFunc, opts ...clevercloud.ClientOption,
) *clevercloud.Client {
	t.Helper()
	own := clevercloud.WithHTTPClient(&http.Client{Transport: f})
	return Client(t, append([]clevercloud.ClientOption{own}, opts...)...)
}

// Serve starts an API on loopback and returns it with a client of it, whose connections are its
// own.
func Serve(
	t testing.TB, handler http.HandlerFunc, opts ...clevercloud.ClientOption,
) (*httptest.Server, *clevercloud.Client) {
	t.Helper()
	srv := httptest.NewServer(handler)
	t.Cleanup(srv.Close)
	own := clevercloud.WithBaseURL(srv.URL)
	client := Client(t, append([]clevercloud.ClientOption{own}, opts...)...)
	t.Cleanup(client.CloseIdleConnections)
	return srv, client
}

// Token is credentials as auth.Bearer gives, without its checks.
type Token string

func (l Token) Authenticate(req *http.Request) error {
	req.Header.Set("Authorization", "Bearer "+string(l))
	return nil
}

// PipeListener is a network inside the process, for bubbles of virtual time.
type PipeListener struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
	Dialed atomic.Int64
}

func (l *PipeListener) Accept() (net.Conn, error) {
	select {
	case conn := <-l.conns:
		return conn, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *PipeListener) Close() error { l.once.Do(func() { close(l.closed) }); return nil }

func (l *PipeListener) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 80} }

func (l *PipeListener) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	ours, theirs := net.Pipe()
	select {
	case l.conns <- theirs:
		l.Dialed.Add(1)
		return ours, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Bubble runs test in virtual time, against a real server and a real transport over pipes.
func Bubble(
	t *testing.T,
	handler http.HandlerFunc,
	test func(t *testing.T, client *clevercloud.Client, l *PipeListener),
	opts ...clevercloud.ClientOption,
) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		l := &PipeListener{conns: make(chan net.Conn), closed: make(chan struct{})}
		srv := &http.Server{Handler: handler}
		go func() { _ = srv.Serve(l) }()
		transport := &http.Transport{DialContext: l.dial}
		own := []clevercloud.ClientOption{
			clevercloud.WithBaseURL("http://127.0.0.1"),
			clevercloud.WithHTTPClient(&http.Client{Transport: transport}),
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

// Eventually waits for a condition that other goroutines bring about, for a bounded time. Unlike
// testify's, it starts no goroutine, which a condition that counts goroutines would see.
func Eventually(t *testing.T, condition func() bool, format string, args ...any) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(10 * time.Second); !condition(); <-tick.C {
		require.True(t, time.Now().Before(end), fmt.Sprintf(format, args...))
	}
}

// Hops answers by URL and records what it was asked.
type Hops struct {
	Answers map[string]func(*http.Request) *http.Response
	Seen    []*http.Request
	Bodies  []string
}

func (h *Hops) RoundTrip(req *http.Request) (*http.Response, error) {
	body := ""
	if req.Body != nil {
		text, _ := io.ReadAll(req.Body)
		body = string(text)
	}
	h.Seen, h.Bodies = append(h.Seen, req), append(h.Bodies, body)
	answer, ok := h.Answers[req.Method+" "+req.URL.String()]
	if !ok {
		return Response(req, 200, `[{"name": "there"}]`), nil
	}
	return answer(req), nil
}

func Redirect(status int, location string) func(*http.Request) *http.Response {
	return func(req *http.Request) *http.Response {
		return Response(req, status, "moved", "Location", location)
	}
}
