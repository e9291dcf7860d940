package transport

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/clevercloud-go/clevercloud/internal/origin"
)

// credentials authenticates each request to the origin of its call, and none to any other: not
// after a redirect elsewhere.
type credentials struct {
	next         http.RoundTripper
	authenticate func(*http.Request) error
}

func (l *credentials) RoundTrip(req *http.Request) (*http.Response, error) {
	a := attemptOf(req.Context())
	if a == nil {
		return nil, reject(req, errForeignContext)
	}
	s := &a.of.signed
	if a.of.began.Swap(true) {
		s = new(sending)
	}
	s.Request = *req
	if l.authenticate != nil && origin.Same(req.URL, &a.of.URL) {
		s.url = *req.URL
		s.Header, s.URL = maps.Clone(req.Header), &s.url
		if err := l.authenticate(&s.Request); err != nil {
			return nil, reject(req, err)
		}
		a.of.addSigned(req.Header, s.Header)
	}
	if err := checkHeader(s.Header); err != nil {
		return nil, reject(req, err)
	}
	a.reached.Store(true)
	if _, traced := l.next.(*http.Transport); traced {
		a.traced.Store(true)
	}
	a.observe(s)
	resp, err := l.next.RoundTrip(&s.Request)
	if resp != nil {
		resp.Request = req // which has no credentials
	}
	return resp, err
}

// checkHeader returns an error for what net/http would refuse to send, which not every
// RoundTripper says before it sends something. It does not show the value.
func checkHeader(h http.Header) error {
	for name, values := range h {
		if !ValidHeaderName(name) {
			return fmt.Errorf("invalid header name %q", name)
		}
		for _, value := range values {
			if !ValidHeaderValue(value) {
				return fmt.Errorf("invalid value of the header %s", name)
			}
		}
	}
	return nil
}

// ValidHeaderName reports whether name can be that of a header.
func ValidHeaderName(name string) bool {
	for _, b := range []byte(name) {
		letter := 'a' <= b|0x20 && b|0x20 <= 'z'
		if !letter && strings.IndexByte("-0123456789!#$%&'*+.^_`|~", b) < 0 {
			return false
		}
	}
	return name != ""
}

// ValidHeaderValue reports whether value can be that of a header.
func ValidHeaderValue(value string) bool {
	for _, b := range []byte(value) {
		if b < ' ' && b != '\t' || b == 0x7f {
			return false
		}
	}
	return true
}

// addSigned adds the secrets in the headers that are in signed only.
func (s *secrets) addSigned(plain, signed http.Header) {
	for name, values := range signed {
		if slices.Equal(values, plain[name]) {
			continue
		}
		s.add(values...)
		if name == "Authorization" {
			for _, value := range values {
				s.addAuthorization(value)
			}
		}
	}
}

var errForeignContext = errors.New("a middleware put a context in place of the request's own; " +
	"derive it from that one")

// reject returns the error of a request that is not sent.
func reject(req *http.Request, err error) error {
	if req.Body != nil {
		req.Body.Close()
	}
	return permanent(err)
}

// addAuthorization adds the token in an Authorization header, or what its OAuth 1 signature
// consists of.
func (s *secrets) addAuthorization(header string) {
	scheme, rest, _ := strings.Cut(header, " ")
	if !strings.EqualFold(scheme, "OAuth") {
		s.add(rest)
		return
	}
	_, signature, _ := strings.Cut(rest, `oauth_signature="`)
	signature, _, _ = strings.Cut(signature, `"`)
	s.add(signature)
	if plain, err := url.PathUnescape(signature); err == nil {
		for part := range strings.SplitSeq(plain, "&") {
			s.add(part)
			if text, err := url.PathUnescape(part); err == nil {
				s.add(text)
			}
		}
	}
}

// locationSecrets returns what of the address that a redirect leads to must not be shown: its user,
// or all of it if it cannot be read.
func locationSecrets(location string) []string {
	if !strings.Contains(location, "@") {
		return nil
	}
	u, err := url.Parse(location)
	if err != nil || u.User == nil {
		return []string{location}
	}
	secrets := []string{u.User.String(), u.User.Username()}
	if password, ok := u.User.Password(); ok {
		secrets = append(secrets, password)
	}
	return secrets
}

const maxRedirects = 5

// checkRedirect follows redirects of reads without a body only: a write that is answered with one
// may not be what the server would carry out elsewhere, and a body may hold secrets. A redirect
// that is not followed is the result, an error by its status.
func (t *Transport) checkRedirect(req *http.Request, via []*http.Request) error {
	first := via[0]
	read := first.Method == http.MethodGet || first.Method == http.MethodHead
	downgrade := first.URL.Scheme == "https" && req.URL.Scheme != "https"
	if !read || first.ContentLength != 0 || len(via) > maxRedirects ||
		downgrade || !origin.Safe(req.URL) || req.URL.User != nil {
		return http.ErrUseLastResponse
	}
	if !origin.Same(req.URL, first.URL) {
		// The caller's headers, and the URL that led here, are for the first origin only.
		maps.DeleteFunc(req.Header, func(name string, _ []string) bool {
			return name != "Accept" && name != "User-Agent"
		})
	}
	if t.HTTPClient.CheckRedirect == nil {
		return nil
	}
	err := t.HTTPClient.CheckRedirect(req, via)
	if err != nil && err != http.ErrUseLastResponse {
		return &Failure{Err: err, Sent: true, Permanent: true}
	}
	return err
}
