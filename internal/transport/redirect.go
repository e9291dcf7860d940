package transport

import (
	"net/http"
)

const maxRedirects = 5

// redirectPolicy follows redirects of reads only: a write that is answered with one may not be what the server would carry out
// elsewhere, and its body may hold secrets. A redirect that is not followed is the result, an error by its status.
func redirectPolicy(users func(*http.Request, []*http.Request) error) func(*http.Request, []*http.Request) error {
	return func(req *http.Request, via []*http.Request) error {
		first := via[0]
		read := first.Method == http.MethodGet || first.Method == http.MethodHead
		downgrade := first.URL.Scheme == "https" && req.URL.Scheme != "https"
		if !read || downgrade || !Safe(req.URL) || req.URL.User != nil || len(via) > maxRedirects {
			return http.ErrUseLastResponse
		}
		if originOf(req.URL) != originOf(first.URL) {
			keepHarmless(req.Header)
		}
		if users != nil {
			return users(req, via)
		}
		return nil
	}
}

// keepHarmless removes what another origin has no business knowing: headers of the caller's and the URL that led there.
func keepHarmless(h http.Header) {
	for name := range h {
		switch name {
		case "Accept", "User-Agent":
		default:
			delete(h, name)
		}
	}
}
