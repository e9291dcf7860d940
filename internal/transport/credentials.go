package transport

import (
	"errors"
	"maps"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// credentials authenticates each request to the origin of its call, and none to any other: not after a redirect elsewhere.
type credentials struct {
	next         http.RoundTripper
	authenticate func(*http.Request) error
}

func (a *credentials) RoundTrip(req *http.Request) (*http.Response, error) {
	c := callOf(req.Context())
	if a.authenticate != nil && c == nil {
		closeBody(req)
		return nil, &Permanent{errForeignContext}
	}
	if a.authenticate == nil || originOf(req.URL) != originOf(c.URL) {
		return a.next.RoundTrip(req)
	}
	signed := *req
	signed.Header = maps.Clone(req.Header)
	if err := a.authenticate(&signed); err != nil {
		closeBody(req)
		return nil, &Permanent{err}
	}
	c.plain, c.signed = req.Header, signed.Header
	return a.next.RoundTrip(&signed)
}

// added returns the secrets in the headers that are in signed only.
func added(plain, signed http.Header) []string {
	var secrets []string
	for name, values := range signed {
		if slices.Equal(values, plain[name]) {
			continue
		}
		for _, value := range values {
			if name == "Authorization" {
				secrets = append(secrets, authorizationSecrets(value)...)
			} else {
				secrets = append(secrets, value)
			}
		}
	}
	return secrets
}

// errForeignContext is better than a request that is anonymous without anybody's knowing.
var errForeignContext = errors.New("a middleware put a context in place of the request's own; derive it from that one")

func closeBody(req *http.Request) {
	if req.Body != nil {
		req.Body.Close()
	}
}

// An origin is what must be equal for credentials to be sent.
type origin struct{ scheme, host, port string }

func originOf(u *url.URL) origin {
	o := origin{scheme: strings.ToLower(u.Scheme), host: strings.ToLower(strings.TrimSuffix(u.Hostname(), ".")), port: u.Port()}
	if o.port == "" {
		switch o.scheme {
		case "https":
			o.port = "443"
		case "http":
			o.port = "80"
		}
	}
	return o
}

// Safe reports whether requests, and secrets with them, may travel to u: over TLS, or without leaving the machine.
func Safe(u *url.URL) bool {
	switch u.Scheme {
	case "https":
		return u.Hostname() != ""
	case "http":
		return Loopback(u.Hostname())
	}
	return false
}

// Loopback reports whether host is this machine.
func Loopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
