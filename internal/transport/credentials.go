package transport

import (
	"errors"
	"maps"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/clevercloud-go/clevercloud/internal/redact"
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

// authorizationSecrets takes the secrets out of an Authorization header: a token, or what an OAuth 1 signature consists of.
func authorizationSecrets(header string) []string {
	scheme, rest, _ := strings.Cut(header, " ")
	if !strings.EqualFold(scheme, "OAuth") {
		return []string{header, rest}
	}
	_, signature, _ := strings.Cut(rest, `oauth_signature="`)
	signature, _, _ = strings.Cut(signature, `"`)
	secrets := []string{header, signature}
	if plain, err := url.PathUnescape(signature); err == nil {
		for part := range strings.SplitSeq(plain, "&") {
			secrets = append(secrets, part)
			if text, err := url.PathUnescape(part); err == nil {
				secrets = append(secrets, text)
			}
		}
	}
	return secrets
}

// locationSecrets returns the user in the address that a redirect leads to, also in one that cannot be read as an address.
func locationSecrets(h http.Header) []string {
	var secrets []string
	_, rest, more := strings.Cut(h.Get("Location"), "//")
	for more {
		authority := rest
		if end := strings.IndexAny(rest, "/?#\"'<> \t\r\n\f\v"); end >= 0 {
			authority = rest[:end]
		}
		_, rest, more = strings.Cut(rest, "//")
		user := authority[:max(0, strings.LastIndexByte(authority, '@'))]
		if user == "" {
			continue
		}
		_, password, ok := strings.Cut(user, ":")
		if !ok {
			password = user
		}
		secrets = append(secrets, user, password)
		if plain, err := url.PathUnescape(password); err == nil {
			secrets = append(secrets, plain)
		}
	}
	return secrets
}

// Redactor removes what the call has sent that is secret, and what it was told by a redirect.
func (c *Call) Redactor() redact.Redactor {
	return redact.Of(slices.Concat(added(c.plain, c.signed), c.Secrets)...)
}
