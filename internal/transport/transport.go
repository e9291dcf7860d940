// Package transport carries one call to the API: attempts and the waits between them, redirects, credentials, timeouts, bounds, debug
// lines.
//
//	retry loop -> redirects -> attempt (timeout, bounded body, debug line) -> user's middleware -> credentials -> http.RoundTripper
package transport

import (
	"bytes"
	"log/slog"
	"net/http"
	"sync"
)

// Config is what all calls of a client share.
type Config struct {
	// HTTPClient lends its transport, cookie jar and redirect policy; it is not changed.
	HTTPClient *http.Client
	Middleware []func(http.RoundTripper) http.RoundTripper
	// Authenticate adds credentials to the requests of a call that go to its own origin; nil leaves them anonymous.
	Authenticate func(*http.Request) error
	// Logger gets one debug line per attempt; nil is silence.
	Logger *slog.Logger
}

// A Transport performs calls. It is safe for concurrent use.
type Transport struct {
	client  *http.Client
	buffers sync.Pool
}

// ownHeader gives middleware a header of its own: much of it sets fields in place, and the next attempt begins from the first header.
type ownHeader struct{ next http.RoundTripper }

func (o ownHeader) RoundTrip(req *http.Request) (*http.Response, error) {
	own := *req
	own.Header = req.Header.Clone()
	return o.next.RoundTrip(&own)
}

// New assembles the layers of one attempt.
func New(c Config) *Transport {
	t := &Transport{buffers: sync.Pool{New: func() any { return new(bytes.Buffer) }}}
	base := c.HTTPClient.Transport
	if base == nil {
		base = http.DefaultTransport
	}
	var next http.RoundTripper = &credentials{next: base, authenticate: c.Authenticate}
	for i := len(c.Middleware) - 1; i >= 0; i-- {
		next = c.Middleware[i](next)
	}
	if len(c.Middleware) > 0 {
		next = ownHeader{next}
	}
	t.client = &http.Client{
		Transport:     &attempt{next: next, logger: c.Logger, buffers: &t.buffers, limit: MaxResultBody},
		Jar:           c.HTTPClient.Jar,
		CheckRedirect: redirectPolicy(c.HTTPClient.CheckRedirect),
	}
	return t
}
