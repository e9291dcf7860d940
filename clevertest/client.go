package clevertest

import (
	"context"
	"net"
	"net/http"
	"sync"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/auth"
)

func (s *Server) setOAuth1(consumer, consumerSecret, token, tokenSecret string) {
	s.OAuth1 = auth.OAuth1{
		ConsumerKey: consumer, ConsumerSecret: auth.Secret(consumerSecret), Token: token,
		TokenSecret: auth.Secret(tokenSecret),
	}
}

// Client returns a client of the server with the user's OAuth 1 credentials. The options are
// applied last and may change anything. Client panics if one of them is invalid.
func (s *Server) Client(opts ...clevercloud.ClientOption) *clevercloud.Client {
	base := []clevercloud.ClientOption{
		clevercloud.WithBaseURL(s.URL), clevercloud.WithAuth(s.OAuth1),
	}
	if s.cfg.bridge {
		base = append(base, clevercloud.WithBridgeURL(s.BridgeURL))
	}
	if s.piped {
		base = append(base, clevercloud.WithHTTPClient(s.httpClient))
	}
	client, err := clevercloud.New(append(base, opts...)...)
	if err != nil {
		panic("clevertest: " + err.Error())
	}
	return client
}

// Environ returns environment variables, in the form of [os.Environ], for a program that finds the
// API and its credentials there. auth.Default, the official command line and most programs around
// it do.
func (s *Server) Environ() []string {
	return []string{
		"API_HOST=" + s.URL,
		"AUTH_BRIDGE_HOST=" + s.BridgeURL,
		"CLEVER_TOKEN=" + s.OAuth1.Token,
		"CLEVER_SECRET=" + s.OAuth1.TokenSecret.Reveal(),
		"OAUTH_CONSUMER_KEY=" + s.OAuth1.ConsumerKey,
		"OAUTH_CONSUMER_SECRET=" + s.OAuth1.ConsumerSecret.Reveal(),
		"CLEVER_API_TOKEN=" + s.Token.Reveal(),
	}
}

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

// pipes is a listener within the process.
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

// newHTTPClient returns a client for the listeners. If they are pipes, no other client can reach
// them.
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
