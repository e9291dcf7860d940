package auth

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// Bearer returns an Authenticator for an API token, as `clever tokens create` makes them. Its API is at [BridgeBaseURL]. A token that is
// empty, or cannot be in a header, is an error of each request.
func Bearer(token Secret) Authenticator { return bearerAt(token, BridgeBaseURL) }

func bearerAt(token Secret, baseURL string) Authenticator {
	// Behind a function the token is out of fmt's reach.
	return bearer{token: func() string { return token.Reveal() }, baseURL: baseURL}
}

type bearer struct {
	token   func() string
	baseURL string
}

// Authenticate sets the Authorization header.
func (b bearer) Authenticate(req *http.Request) error {
	token := b.token()
	switch {
	case token == "":
		return errors.New("auth: the API token is empty")
	case strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r >= 0x7f }):
		return errors.New("auth: the API token holds a character that no token has, a line end for example")
	}
	req.Header.Set("Authorization", "Bearer "+token)
	return nil
}

// APIBaseURL returns where the token is for.
func (b bearer) APIBaseURL() string { return b.baseURL }

// Format prints what it is, not the token.
func (b bearer) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "Bearer "+redacted) }
