// Package auth finds credentials for the Clever Cloud API and adds them to requests.
//
// There are two kinds. An API token, see [Bearer], suits most programs: it is created in the
// console or with "clever tokens create", and works with [BridgeBaseURL]. An OAuth 1 token, see
// [OAuth1], is what the official command line, clever-tools, stores after a login: it works with
// [DefaultBaseURL] and needs the consumer pair that it was issued to.
//
// Nothing is read from the machine unless a program asks for it. [Default] reads the environment
// and then the configuration file of clever-tools; [FromEnvironment] and [FromCleverTools] read one
// of them. [Flow] obtains an OAuth 1 token from a user of your own application.
//
// Secrets are of type [Secret], which prints as [redacted].
package auth

import (
	"errors"
	"net/http"
)

// The base URLs of the production platform. Which one a client uses by default depends on its
// credentials, see [Located].
const (
	// DefaultBaseURL accepts anonymous requests and requests signed with [OAuth1].
	DefaultBaseURL = "https://api.clever-cloud.com"
	// BridgeBaseURL accepts requests with an API token, see [Bearer]. It serves the same paths.
	BridgeBaseURL = "https://api-bridge.clever-cloud.com"
)

var (
	// ErrNoCredentials reports that no place held credentials. The error that wraps it lists
	// the places. Half-configured credentials are an [IncompleteError] instead.
	ErrNoCredentials = errors.New("auth: no credentials")
	// ErrExpired reports that credentials were found but their expiration date has passed.
	ErrExpired = errors.New("auth: credentials have expired")
)

// wayOut is what a person without usable credentials can do first.
const wayOut = `run "clever tokens create NAME" and set CLEVER_API_TOKEN`

// Authenticator adds credentials to requests. An implementation must be safe for concurrent use.
type Authenticator interface {
	// Authenticate sets the Authorization header of req, replacing one that is there. It must
	// not read the body of req or keep req.
	//
	// The client calls it right before each attempt, including retries, since a signature
	// covers the request and contains a timestamp. It does so only for requests to the origin
	// of its base URL, and to that of the bridge for its Tokens service. A request that was
	// redirected elsewhere gets no credentials.
	Authenticate(req *http.Request) error
}

// Located is implemented by an [Authenticator] that knows which API its credentials are for. A
// client without a base URL of its own uses that one.
type Located interface {
	// APIBaseURL returns an absolute URL, such as [BridgeBaseURL].
	APIBaseURL() string
}

// Checker is implemented by an [Authenticator] that can find mistakes without a request.
type Checker interface {
	// Check returns an error if the credentials cannot work: if they are empty, for example.
	Check() error
}

// Sourced is implemented by an [Authenticator] that knows where its credentials were found. The
// error of a request that the API rejects with status 401 says so.
type Sourced interface {
	// Source returns a place, such as "CLEVER_API_TOKEN in the environment". It returns "" if
	// the program gave the credentials itself.
	Source() string
}
