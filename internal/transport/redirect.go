package transport

import (
	"net/http"
	"net/url"

	"github.com/clevercloud-go/clevercloud/internal/origin"
)

const maxRedirects = 5

// checkRedirect is what [http.Client.CheckRedirect] is.
type checkRedirect = func(req *http.Request, via []*http.Request) error

// redirectPolicy follows redirects of reads without a body only: a write that is answered with one
// may not be what the server would carry out elsewhere, and a body may hold secrets. A redirect
// that is not followed is the result, an error by its status.
func redirectPolicy(users checkRedirect) checkRedirect {
	return func(req *http.Request, via []*http.Request) error {
		first := via[0]
		read := first.Method == http.MethodGet || first.Method == http.MethodHead
		downgrade := first.URL.Scheme == "https" && req.URL.Scheme != "https"
		if !read || first.ContentLength != 0 || len(via) > maxRedirects ||
			downgrade || !origin.Safe(req.URL) || req.URL.User != nil {
			return http.ErrUseLastResponse
		}
		if !origin.Same(req.URL, first.URL) {
			keepHarmless(req.Header)
		}
		if users == nil {
			return nil
		}
		err := users(req, via)
		if err != nil && err != http.ErrUseLastResponse {
			return &fatalError{err}
		}
		return err
	}
}

// withoutUnreadableLocation makes resp the result where net/http would fail for its Location,
// without a word about the response.
func withoutUnreadableLocation(from *url.URL, resp *http.Response) {
	if _, err := from.Parse(resp.Header.Get("Location")); err != nil {
		resp.Header = resp.Header.Clone()
		resp.Header.Del("Location")
	}
}

// keepHarmless removes what another origin has no business knowing: headers of the caller's and
// the URL that led there.
func keepHarmless(h http.Header) {
	for name := range h {
		switch name {
		case "Accept", "User-Agent":
		default:
			delete(h, name)
		}
	}
}
