package clevertest

import (
	"context"
	"net"
	"net/http"
	"sync"
)

// WithPipes serves pipes within the process instead of a port, for [Server.Client] and
// [Server.HTTPClient] only. In a testing/synctest bubble all delays of the test, the client and the
// server are then virtual.
func WithPipes() Option {
	return func(c *config) { c.listener = newPipes(apiPort) }
}

// The ports of the two hosts, where there are no real ones.
const (
	apiPort    = 80
	bridgePort = 81
)

// pipes is a network of one address.
type pipes struct {
	port   int
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func newPipes(port int) *pipes {
	return &pipes{port: port, conns: make(chan net.Conn), closed: make(chan struct{})}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case conn := <-p.conns:
		return conn, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	p.once.Do(func() { close(p.closed) })
	return nil
}

func (p *pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: p.port} }

func (p *pipes) dial(ctx context.Context) (net.Conn, error) {
	ours, theirs := net.Pipe()
	select {
	case p.conns <- theirs:
		return ours, nil
	case <-p.closed:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// newHTTPClient reaches what is listened on; if those are pipes, nothing else does.
func newHTTPClient(listeners []net.Listener) (client *http.Client, piped bool) {
	transport := &http.Transport{}
	api, piped := listeners[0].(*pipes)
	if piped {
		transport.DialContext = func(ctx context.Context, _, addr string) (net.Conn, error) {
			if len(listeners) > 1 && addr == listeners[1].Addr().String() {
				return listeners[1].(*pipes).dial(ctx)
			}
			return api.dial(ctx)
		}
	}
	return &http.Client{Transport: transport}, piped
}

// HTTPClient returns a client that reaches the server, without credentials, for plain requests or
// for [clevercloud.WithHTTPClient].
func (s *Server) HTTPClient() *http.Client { return s.httpClient }
