package auth

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
)

// Bearer returns an [Authenticator] for an API token, which is created in the console, with
// "clever tokens create" or with the client's Tokens.Create. Its API is [BridgeBaseURL].
//
// A token that is empty, is enclosed in quotes, or contains a line break, a blank or another
// character that no token has is reported by Check, and so by the client's New, and by
// Authenticate. The error gives the position and does not quote the token.
//
// The token is not shown when the Authenticator is printed, even in an unexported field.
func Bearer(token Secret) Authenticator {
	return newBearer(token, "the API token", BridgeBaseURL, "")
}

// bearer keeps the header's value in a func: package fmt prints unexported fields of a struct
// without asking their methods, but no more of a func than its address.
type bearer struct {
	header          func() (string, error)
	baseURL, source string
}

// newBearer returns a bearer for token, which errors call name.
func newBearer(token Secret, name, baseURL, source string) *bearer {
	header, err := "Bearer "+token.Reveal(), checkToken(name, token)
	return &bearer{func() (string, error) { return header, err }, baseURL, source}
}

func (b *bearer) Authenticate(req *http.Request) error {
	header, err := b.header()
	if err == nil {
		setAuthorization(req, header)
	}
	return err
}

func (b *bearer) Check() error {
	_, err := b.header()
	return err
}

func (b *bearer) APIBaseURL() string { return b.baseURL }

func (b *bearer) Source() string { return b.source }

func (b *bearer) String() string { return "auth.Bearer(" + redacted + ")" }

func (b *bearer) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, b.String()) }

func (b *bearer) LogValue() slog.Value { return slog.StringValue(b.String()) }

func setAuthorization(req *http.Request, value string) {
	if req.Header == nil {
		req.Header = make(http.Header, 1)
	}
	req.Header.Set("Authorization", value)
}
