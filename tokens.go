package clevercloud

import (
	"context"
	"fmt"
	"time"

	"github.com/clevercloud-go/clevercloud/auth"
	"github.com/clevercloud-go/clevercloud/internal/query"
	"github.com/clevercloud-go/clevercloud/internal/redact"
)

// TokensService manages API tokens, the credentials of [auth.Bearer]. It uses the bridge, see
// [WithBridgeURL], and needs OAuth 1 credentials: a token cannot manage tokens.
type TokensService service

const (
	tokensPath = "/api-tokens"
	tokenPath  = tokensPath + "/{apiTokenId}"
)

// APITokenID identifies an API token (api_tokens_…).
type APITokenID string

// APIToken describes an API token.
type APIToken struct {
	ID APITokenID `json:"apiTokenId,omitzero"`
	// Token is the token itself. Only [TokensService.Create] returns it, once.
	Token          auth.Secret   `json:"apiToken,omitzero"`
	Name           string        `json:"name,omitzero"`
	Description    string        `json:"description,omitzero"`
	State          APITokenState `json:"state,omitzero"`
	CreationDate   time.Time     `json:"creationDate,omitzero"`
	ExpirationDate time.Time     `json:"expirationDate,omitzero"`
	UserID         UserID        `json:"userId,omitzero"`
	IP             string        `json:"ip,omitzero"` // where it was created; may be empty
}

// Format prints t like any struct, without its token.
func (t APIToken) Format(f fmt.State, verb rune) {
	type apiToken APIToken
	redact.Struct(f, verb, apiToken(t))
}

// APITokenState tells whether a token works. Other values may appear.
type APITokenState string

// The known states of tokens.
const (
	APITokenStateActive  APITokenState = "ACTIVE"
	APITokenStateExpired APITokenState = "EXPIRED"
)

// IsKnown reports whether s is one of the constants of this package.
func (s APITokenState) IsKnown() bool {
	return isOneOf(s, APITokenStateActive, APITokenStateExpired)
}

// List returns the tokens of the user. The tokens themselves are not included.
//
//	GET /api-tokens
func (s *TokensService) List(ctx context.Context, opts ...CallOption) ([]APIToken, error) {
	return operation[[]APIToken]{
		id: "tokens.list", path: tokensPath, bridge: true, secretResult: true,
	}.call(ctx, s.client, opts, none{})
}

// APITokenInput describes a token to create. The API asks for the user's password again.
type APITokenInput struct {
	// Email and Password are the user's login.
	Email          string
	Password       auth.Secret
	MFACode        auth.Secret // the current code of users with a second factor
	Name           string
	Description    string    // may be empty
	ExpirationDate time.Time // at most a year ahead
}

// Format prints in like any struct, without its password and code.
func (in APITokenInput) Format(f fmt.State, verb rune) {
	type apiTokenInput APITokenInput
	redact.Struct(f, verb, apiTokenInput(in))
}

func (in APITokenInput) encode(d *draft) error {
	password, code, expires := in.Password.Reveal(), in.MFACode.Reveal(), ""
	if !in.ExpirationDate.IsZero() {
		expires = in.ExpirationDate.UTC().Format(query.TimeLayout)
	}
	d.secrets = []string{password, code}
	body := struct {
		Email          string `json:"email"`
		Password       string `json:"password"`
		MFACode        string `json:"mfaCode,omitzero"`
		Name           string `json:"name"`
		Description    string `json:"description,omitzero"`
		ExpirationDate string `json:"expirationDate"`
	}{in.Email, password, code, in.Name, in.Description, expires}
	return d.jsonRequiring(body,
		"Email", in.Email, "Password", password, "Name", in.Name, "ExpirationDate", expires)
}

// Create creates a token and returns it, including the token itself. For a wrong password or code
// the error matches [ErrUnauthorized]. It is not idempotent, see [ErrMaybeApplied].
//
//	POST /api-tokens
func (s *TokensService) Create(
	ctx context.Context, in APITokenInput, opts ...CallOption,
) (*APIToken, error) {
	return operation[*APIToken]{
		id: "tokens.create", method: "POST", path: tokensPath, bridge: true, secretResult: true,
	}.call(ctx, s.client, opts, in)
}

// Get returns a token, without the token itself. The error matches [ErrNotFound] if there is none.
//
//	GET /api-tokens/{apiTokenId}
func (s *TokensService) Get(
	ctx context.Context, id APITokenID, opts ...CallOption,
) (*APIToken, error) {
	return operation[*APIToken]{
		id: "tokens.get", path: tokenPath, bridge: true, secretResult: true,
	}.call(ctx, s.client, opts, none{}, string(id))
}

// APITokenPatch changes a token. What is absent stays as it is. The expiry cannot be changed.
type APITokenPatch struct {
	Name        Optional[string] // must not be empty or null
	Description Optional[string] // cleared by null, or by an empty text
}

// apiTokenReplacement is the body of an update. The API clears a description that is left out.
type apiTokenReplacement struct {
	Name        string `json:"name"`
	Description string `json:"description,omitzero"`
}

func (in apiTokenReplacement) encode(d *draft) error {
	return d.jsonRequiring(in, "Name", in.Name)
}

// Update changes the name or the description of a token.
//
// The API replaces both at once. If the patch leaves one of them out, Update reads the token first
// and sends that one back, so a change that somebody else makes in between is lost. A patch that
// sets nothing is a [*ValidationError]. Update is idempotent.
//
//	PUT /api-tokens/{apiTokenId}
func (s *TokensService) Update(
	ctx context.Context, id APITokenID, patch APITokenPatch, opts ...CallOption,
) error {
	o := operation[none]{
		id: "tokens.update", method: "PUT", path: tokenPath, bridge: true, idempotent: true,
	}
	err := check(o.id, rule{patch == APITokenPatch{}, "APITokenPatch", "must set something"})
	if err != nil {
		return err
	}
	var in apiTokenReplacement
	in.Name, _ = patch.Name.Get()
	in.Description, _ = patch.Description.Get()
	if patch.Name.IsZero() || in.Name != "" && patch.Description.IsZero() {
		token, err := s.Get(ctx, id, opts...)
		if err != nil {
			return err
		}
		if patch.Name.IsZero() {
			in.Name = token.Name
		} else {
			in.Description = token.Description
		}
	}
	return o.do(ctx, s.client, opts, in, string(id))
}

// Revoke ends a token at once. It is idempotent. If the token does not exist any more, the error
// can match [ErrNotFound].
//
//	DELETE /api-tokens/{apiTokenId}
func (s *TokensService) Revoke(ctx context.Context, id APITokenID, opts ...CallOption) error {
	return operation[none]{
		id: "tokens.revoke", method: "DELETE", path: tokenPath, bridge: true, idempotent: true,
	}.do(ctx, s.client, opts, none{}, string(id))
}
