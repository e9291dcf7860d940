package auth

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
)

// Bearer returns an [Authenticator] that sends an API token, as created in the console or by "clever tokens create".
//
// A token that is empty, or that holds a character which no header can carry (a line break from the end of a file, say), is an
// error of Authenticate; the error says what is wrong and does not quote the token. Printing the Authenticator does not show it
// either, also from within an unexported field.
//
// The API of such a token is [BridgeBaseURL].
func Bearer(token Secret) Authenticator { return newBearer(token, BridgeBaseURL) }

// bearer keeps the header's value in a func, not in a field: fmt and deep dumpers follow fields, unexported ones included, where no
// method of ours is asked.
type bearer struct {
	header  func() (string, error)
	baseURL string
}

func newBearer(token Secret, baseURL string) *bearer {
	header, err := "Bearer "+token.Reveal(), checkToken(token)
	return &bearer{header: func() (string, error) { return header, err }, baseURL: baseURL}
}

func (b *bearer) Authenticate(req *http.Request) error {
	header, err := b.header()
	if err != nil {
		return err
	}
	setAuthorization(req, header)
	return nil
}

func (b *bearer) APIBaseURL() string { return b.baseURL }

func (b *bearer) String() string { return "auth.Bearer(" + redacted + ")" }

func (b *bearer) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, b.String()) }

func (b *bearer) LogValue() slog.Value { return slog.StringValue(b.String()) }

// checkToken is stricter than net/http, which trims blanks and lets other bytes through: a token with a blank in it is a mistake
// that the API would only answer with 401.
func checkToken(token Secret) error {
	if token == "" {
		return errors.New("auth: the API token is empty")
	}
	for i := range len(token) {
		if what := flaw(token[i]); what != "" {
			return fmt.Errorf("auth: the API token holds %s at byte %d of %d, which a header cannot carry", what, i, len(token))
		}
	}
	return nil
}

func flaw(c byte) string {
	switch {
	case c == '\r' || c == '\n':
		return "a line break"
	case c == ' ' || c == '\t':
		return "a blank"
	case c < ' ' || c == 0x7f:
		return "a control character"
	case c > 0x7f:
		return "a character outside ASCII"
	default:
		return ""
	}
}

func setAuthorization(req *http.Request, value string) {
	if req.Header == nil {
		req.Header = make(http.Header, 1)
	}
	req.Header.Set("Authorization", value)
}
