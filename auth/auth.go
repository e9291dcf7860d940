// Package auth has the credentials of the Clever Cloud API: tokens, OAuth 1 signatures, and where programs find them.
//
// Most code will use [Default], or [Bearer] with a token of its own.
package auth

import (
	"errors"
	"net/http"
)

// Where the API answers to which credentials.
const (
	// DefaultBaseURL takes OAuth 1.
	DefaultBaseURL = "https://api.clever-cloud.com"
	// BridgeBaseURL takes API tokens.
	BridgeBaseURL = "https://api-bridge.clever-cloud.com"
)

var (
	// ErrNoCredentials is that none, or not all, of the credentials were found where they were looked for.
	ErrNoCredentials = errors.New("no credentials")
	// ErrExpired is credentials past their expiration date.
	ErrExpired = errors.New("credentials have expired")
)

// An Authenticator adds credentials to a request. The client calls it for every attempt, since a signature must not be used twice, and only
// for requests to the origin of its base URL. It may be called by several goroutines at once.
//
// One that also has a method APIBaseURL() string, as those of this package do, chooses the client's base URL when no option does.
type Authenticator interface {
	Authenticate(*http.Request) error
}
