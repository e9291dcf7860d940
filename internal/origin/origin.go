// Package origin decides where requests, and secrets with them, may be sent.
package origin

import (
	"errors"
	"net"
	"net/url"
	"strings"
)

// Parse reads the base URL of an API: https, or http to a loopback address, with an optional
// path. It removes trailing slashes from the path. Its errors complete a sentence that begins
// with a name, and do not quote address, which may contain a password.
func Parse(address string) (*url.URL, error) {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Hostname() == "":
		return nil, errors.New("must be an absolute URL such as https://api.clever-cloud.com")
	case u.User != nil:
		return nil, errors.New("must not hold a user or a password")
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return nil, errors.New("must not hold a query or a fragment")
	case !Safe(u):
		return nil, errors.New("must be https, or http to a loopback address")
	}
	u.RawPath = strings.TrimRight(u.EscapedPath(), "/")
	u.Path, err = url.PathUnescape(u.RawPath)
	return u, err
}

// Safe reports whether secrets may travel to u: over TLS, or without leaving the machine.
func Safe(u *url.URL) bool {
	host := u.Hostname()
	return host != "" && (u.Scheme == "https" || u.Scheme == "http" && Loopback(host))
}

// Loopback reports whether host, a name or an address without a port, is this machine.
func Loopback(host string) bool {
	return strings.EqualFold(host, "localhost") || net.ParseIP(host).IsLoopback()
}

// Same reports whether a and b have the same scheme, host and port, so that what is secret
// between a program and one of them may be sent to the other.
func Same(a, b *url.URL) bool { return of(a) == of(b) }

// of returns scheme, host and port of u in one spelling.
func of(u *url.URL) [3]string {
	scheme, port := strings.ToLower(u.Scheme), u.Port()
	if scheme == "https" && port == "443" || scheme == "http" && port == "80" {
		port = ""
	}
	return [3]string{scheme, strings.ToLower(strings.TrimSuffix(u.Hostname(), ".")), port}
}
