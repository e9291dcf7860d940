// Package auth finds credentials for the Clever Cloud API and adds them to requests.
//
// An API token, see [Bearer], suits most programs: it is created in the console or with "clever
// tokens create". An OAuth 1 token, see [OAuth1], is what the official command line, clever-tools,
// stores after a login; [Flow] obtains one from a user of your own application.
//
// Nothing is read from the machine unless a program calls [Default], [FromEnvironment] or
// [FromCleverTools]. Secrets are of type [Secret], which prints as [redacted].
package auth

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"unicode"
)

// The base URLs of the production platform, see [Located].
const (
	DefaultBaseURL = "https://api.clever-cloud.com"        // for [OAuth1] and anonymous requests
	BridgeBaseURL  = "https://api-bridge.clever-cloud.com" // the same paths for a [Bearer]
)

var (
	// ErrNoCredentials reports that no place held credentials. The error that wraps it lists the
	// places. Half-configured credentials are an [IncompleteError] instead.
	ErrNoCredentials = errors.New("auth: no credentials")
	// ErrExpired reports that credentials were found but their expiration date has passed.
	ErrExpired = errors.New("auth: credentials have expired")
)

// Authenticator adds credentials to requests. An implementation must be safe for concurrent use.
type Authenticator interface {
	// Authenticate sets the Authorization header of req, replacing one that is there. It must not
	// read the body of req or keep req.
	//
	// The client calls it right before each attempt, including retries, and only for requests to
	// the origin of its base URL, and to that of the bridge for its Tokens service. A request that
	// was redirected elsewhere gets no credentials.
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

// Sourced is implemented by an [Authenticator] that knows where its credentials were found, for the
// error of a request that the API rejects with status 401.
type Sourced interface {
	// Source returns a place, such as "CLEVER_API_TOKEN in the environment", or "" if the program
	// gave the credentials.
	Source() string
}

// Bearer returns an [Authenticator] for an API token. Its API is [BridgeBaseURL].
//
// A token that is empty, is enclosed in quotes, or contains a line break, a space or another
// character that no token has is reported by Check, and so by the client's New, and by
// Authenticate. The error gives the position. Neither it nor the Authenticator prints the token.
func Bearer(token Secret) Authenticator { return newBearer(token, BridgeBaseURL, "") }

// bearer keeps the header's value in a func: packages that print unexported fields of a struct
// without asking their methods show no more of a func than its address.
type bearer struct {
	header          func() string
	err             error
	baseURL, source string
}

func newBearer(token Secret, baseURL, source string) *bearer {
	name := cmp.Or(source, "the API token")
	err := check(name, token.Reveal())
	outside := func(r rune) bool { return r > unicode.MaxASCII }
	if i := strings.IndexFunc(token.Reveal(), outside); err == nil && i >= 0 {
		err = fmt.Errorf("auth: %s contains a character outside ASCII at byte %d of %d",
			name, i, len(token))
	}
	header := "Bearer " + token.Reveal()
	return &bearer{func() string { return header }, err, baseURL, source}
}

func (b *bearer) Authenticate(req *http.Request) error {
	if b.err == nil {
		setAuthorization(req, b.header())
	}
	return b.err
}

func (b *bearer) Check() error               { return b.err }
func (b *bearer) APIBaseURL() string         { return b.baseURL }
func (b *bearer) Source() string             { return b.source }
func (b *bearer) String() string             { return "auth.Bearer(" + redacted + ")" }
func (b *bearer) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, b.String()) }
func (b *bearer) LogValue() slog.Value       { return slog.StringValue(b.String()) }

func setAuthorization(req *http.Request, value string) {
	if req.Header == nil {
		req.Header = make(http.Header, 1)
	}
	req.Header.Set("Authorization", value)
}

// check returns an error if value, which the error calls name, cannot be a token, a key or a
// secret. A space or a line break would get a 401 that does not say why.
func check(name, value string) error {
	if value == "" {
		return fmt.Errorf("auth: %s is empty", name)
	}
	last := len(value) - 1
	if last > 0 && value[0] == value[last] && strings.Contains(`"'`, value[:1]) {
		return fmt.Errorf("auth: %s is enclosed in quotes; remove them", name)
	}
	for i, r := range value {
		what := ""
		switch {
		case r == '\r' || r == '\n':
			what = "a line break"
		case unicode.IsSpace(r):
			what = "white space"
		case unicode.In(r, unicode.Cc, unicode.Cf):
			what = "a control character"
		default:
			continue
		}
		return fmt.Errorf("auth: %s contains %s at byte %d of %d", name, what, i, len(value))
	}
	return nil
}
