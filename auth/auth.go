// Package auth holds the credentials of the Clever Cloud API and puts them on requests.
//
// There are two kinds. An API token, [Bearer], is what most programs want: it is created once, in the console or with the CLI, and
// goes with the bridge, [BridgeBaseURL]. An OAuth 1 token, [OAuth1], is what the official CLI holds after a login: it goes with
// [DefaultBaseURL] and needs the consumer pair that it was issued to.
//
// Nothing is read from the machine unless asked for: [Default] looks at the environment and then at the configuration file of the
// CLI, [FromEnvironment] and [FromCleverTools] at one of them. [Flow] obtains an OAuth 1 token for a user of your own application.
//
// Secrets are of type [Secret], which prints as [redacted] wherever it can.
package auth

import (
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"
)

// The origins of the production platform. The kind of credentials decides which one a client talks to, see [Located].
const (
	// DefaultBaseURL serves requests without credentials and those signed with [OAuth1].
	DefaultBaseURL = "https://api.clever-cloud.com"
	// BridgeBaseURL serves the same paths to requests that carry an API token, see [Bearer].
	BridgeBaseURL = "https://api-bridge.clever-cloud.com"
)

// Sentinels for errors.Is.
var (
	// ErrNoCredentials means that every place looked at was empty or held nothing usable. The error that wraps it lists the places,
	// or is an [IncompleteError].
	ErrNoCredentials = errors.New("auth: no credentials")
	// ErrExpired means that credentials were found and that their date is past: a new login is needed.
	ErrExpired = errors.New("auth: credentials have expired")
)

// An Authenticator puts credentials on a request.
type Authenticator interface {
	// Authenticate sets the Authorization header of req, and replaces the one that may be there.
	//
	// It is called once for each attempt, retries included, because a signature holds a nonce and a time, and right before the
	// request is sent, because it may cover the URL and the body. The body of req is left unread. The client only calls it for
	// the origin of its base URL, and of the bridge's where API tokens are managed: never for a request that a redirect sends elsewhere. An Authenticator of your own
	// can rely on that; it must be safe for use by several goroutines, and must not keep req.
	Authenticate(req *http.Request) error
}

// Located is implemented by an [Authenticator] that knows which API its credentials are for. A client that was given no base URL
// uses this one.
type Located interface {
	// APIBaseURL returns an absolute URL, [BridgeBaseURL] for example.
	APIBaseURL() string
}

// parseBaseURL accepts what credentials may be sent to: https anywhere, http only within this machine. Its errors never quote raw,
// because a URL can hold a password.
func parseBaseURL(raw string) (*url.URL, error) {
	u, err := url.Parse(raw)
	switch {
	case err != nil:
		return nil, errors.New("is not a valid URL")
	case u.Host == "" || u.Opaque != "":
		return nil, errors.New("must be an absolute URL such as " + DefaultBaseURL)
	case u.User != nil:
		return nil, errors.New("must not hold a user or a password")
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return nil, errors.New("must not hold a query or a fragment")
	case u.Scheme == "https", u.Scheme == "http" && isLoopback(u.Hostname()):
		return u, nil
	default:
		return nil, errors.New("must be https, or http to a loopback address")
	}
}

func isLoopback(host string) bool {
	return strings.EqualFold(host, "localhost") || net.ParseIP(host).IsLoopback()
}
