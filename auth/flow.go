package auth

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"html"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/clevercloud-go/clevercloud/internal/origin"
	"github.com/clevercloud-go/clevercloud/internal/redact"
)

// Flow obtains an [OAuth1] token from a user, in three steps (RFC 5849, section 2):
// [Flow.RequestToken], then the user's browser at [Flow.AuthorizeURL], then [Flow.AccessToken] with
// what the browser brings to the callback. The program keeps the request token's secret in between.
// A Flow is not changed by its methods, so one can serve many users at once.
//
// Requests are sent once, signed with PLAINTEXT in form fields, and follow no redirect. Errors
// contain no secret.
type Flow struct {
	// ConsumerKey and ConsumerSecret identify the application. They are created in the console.
	ConsumerKey    string
	ConsumerSecret Secret
	// BaseURL is the API; default DefaultBaseURL. It must be https, or http to a loopback address.
	BaseURL string
	// HTTPClient sends the requests. It is copied. The default has a timeout of 30 seconds.
	HTTPClient *http.Client
}

// Format prints the fields, with the secret redacted.
func (f Flow) Format(state fmt.State, verb rune) {
	type fields Flow
	redact.Struct(state, verb, fields(f))
}

// FlowToken is the temporary token of the first step.
type FlowToken struct {
	Token          string
	Secret         Secret
	ExpirationDate time.Time // zero if the API does not send one
}

// Format prints the fields, with the secret redacted.
func (t FlowToken) Format(f fmt.State, verb rune) {
	type fields FlowToken
	redact.Struct(f, verb, fields(t))
}

// AccessToken is the result of the last step: credentials that are ready for use.
type AccessToken struct {
	OAuth1
	ExpirationDate time.Time // zero if the API does not send a date that can be read
}

// Format prints the fields, with the secrets redacted.
func (t AccessToken) Format(f fmt.State, verb rune) {
	redact.Struct(f, verb, struct {
		OAuth1         OAuth1
		ExpirationDate time.Time
	}{t.OAuth1, t.ExpirationDate})
}

// FlowError reports that the API rejected a step of a [Flow].
type FlowError struct {
	Step       string // request_token or access_token
	StatusCode int
	RequestID  string // the ID to give to support
	Excerpt    string // the beginning of the response, on one line, without the request's secrets
}

// Error returns one line.
func (e *FlowError) Error() string {
	status := strings.ToLower(http.StatusText(e.StatusCode))
	text := strings.TrimSpace(fmt.Sprintf("auth: %s: %d %s", e.Step, e.StatusCode, status))
	if e.Excerpt != "" {
		text += ": " + e.Excerpt
	}
	if e.RequestID != "" {
		text += " (sozu-id " + e.RequestID + ")"
	}
	return text
}

// RequestToken starts a flow. The callback is the URL to which the user's browser is sent in the
// end, with the query parameters oauth_token and oauth_verifier. It must be within the base URL
// that is registered for the consumer.
//
//	POST /v2/oauth/request_token
func (f Flow) RequestToken(ctx context.Context, callback string) (FlowToken, error) {
	if callback == "" {
		return FlowToken{}, errors.New("auth: request_token: the callback is empty")
	}
	return f.post(ctx, "request_token", "", url.Values{"oauth_callback": {callback}})
}

// AuthorizeURL returns the page where the user accepts or rejects the token of [Flow.RequestToken].
// It contains no secret. It is empty if BaseURL is one that the other steps reject.
//
//	GET /v2/oauth/authorize
func (f Flow) AuthorizeURL(token string) string {
	target, err := f.endpoint("authorize")
	if err != nil {
		return ""
	}
	return target + "?oauth_token=" + url.QueryEscape(token)
}

// AccessToken ends a flow. The token and its secret are those of [Flow.RequestToken]; the verifier
// is the one that the callback received. The caller must have checked that the callback's
// oauth_token is this token. It works once for each token.
//
//	POST /v2/oauth/access_token
func (f Flow) AccessToken(
	ctx context.Context, token string, secret Secret, verifier string,
) (AccessToken, error) {
	if err := cmp.Or(
		check("access_token: the token", token),
		check("access_token: the secret of the token", secret.Reveal()),
		check("access_token: the verifier", verifier),
	); err != nil {
		return AccessToken{}, err
	}
	t, err := f.post(ctx, "access_token", secret,
		url.Values{"oauth_token": {token}, "oauth_verifier": {verifier}})
	if err != nil {
		return AccessToken{}, err
	}
	return AccessToken{OAuth1{
		ConsumerKey: f.ConsumerKey, ConsumerSecret: f.ConsumerSecret,
		Token: t.Token, TokenSecret: t.Secret, BaseURL: f.BaseURL,
	}, t.ExpirationDate}, nil
}

func (f Flow) endpoint(step string) (string, error) {
	base, err := origin.Parse(cmp.Or(f.BaseURL, DefaultBaseURL))
	if err != nil {
		return "", fmt.Errorf("auth: Flow.BaseURL %w", err)
	}
	return base.String() + "/v2/oauth/" + step, nil
}

// post sends one step, signed, and returns the token in the response.
func (f Flow) post(
	ctx context.Context, step string, secret Secret, form url.Values,
) (t FlowToken, err error) {
	req, hide, err := f.request(ctx, step, secret, form)
	if err != nil {
		return t, err
	}
	resp, err := f.client().Do(req)
	if err != nil {
		return t, fmt.Errorf("auth: %s: %w", step, hide.Error(err))
	}
	defer resp.Body.Close()
	body, err := readAll(resp.Body)
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		// The status matters more than why the rest of the body is missing.
		return t, &FlowError{step, resp.StatusCode,
			excerpt([]byte(resp.Header.Get("Sozu-Id")), hide), excerpt(body, hide)}
	}
	if err != nil {
		return t, fmt.Errorf("auth: %s: read response: %w", step, hide.Error(err))
	}
	fields, err := url.ParseQuery(string(body))
	t = FlowToken{
		Token: fields.Get("oauth_token"), Secret: Secret(fields.Get("oauth_token_secret")),
	}
	flaw := ""
	switch {
	case err != nil: // Which would quote a token.
		flaw = "is not form-encoded"
	case form.Has("oauth_callback") && fields.Get("oauth_callback_confirmed") != "true":
		// RFC 5849, 2.1: otherwise the server runs the protocol of 2007, which lets an attacker
		// choose the callback.
		flaw = "does not confirm the callback"
	case t.Token == "":
		flaw = "has no oauth_token"
	case t.Secret == "":
		flaw = "has no oauth_token_secret"
	default:
		t.ExpirationDate = parseDate(fields.Get("expiration_date"))
		return t, nil
	}
	return FlowToken{}, errors.New("auth: " + step + ": the response " + flaw)
}

// request signs form and makes it a request. The fields of PLAINTEXT are in the body (RFC 5849,
// 3.5.2). Timestamp and nonce are optional there, but some servers want them. The Redactor knows
// the secrets of the step, as they are and as the signature and the form contain them.
func (f Flow) request(
	ctx context.Context, step string, secret Secret, form url.Values,
) (*http.Request, redact.Redactor, error) {
	target, err := f.endpoint(step)
	if err = cmp.Or(err,
		check("Flow: ConsumerKey", f.ConsumerKey),
		check("Flow: ConsumerSecret", f.ConsumerSecret.Reveal()),
	); err != nil {
		return nil, nil, err
	}
	signature := OAuth1{ConsumerSecret: f.ConsumerSecret, TokenSecret: secret}.signingKey()
	maps.Copy(form, url.Values{
		"oauth_consumer_key":     {f.ConsumerKey},
		"oauth_signature_method": {Plaintext.String()},
		"oauth_signature":        {signature},
		"oauth_timestamp":        {strconv.FormatInt(time.Now().Unix(), 10)},
		"oauth_nonce":            {rand.Text()},
		"oauth_version":          {"1.0"},
	})
	body := strings.NewReader(form.Encode())
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, target, body)
	if err != nil {
		return nil, nil, fmt.Errorf("auth: %s: %w", step, err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", "application/x-www-form-urlencoded")
	var hidden []string
	for _, text := range []string{
		f.ConsumerSecret.Reveal(), secret.Reveal(), form.Get("oauth_verifier"), signature,
	} {
		hidden = append(hidden, text, escape(text), html.EscapeString(text))
	}
	return req, redact.Of(hidden...), nil
}

// client returns a copy that follows no redirect: after a 307, the form and its secrets would go
// to whatever address the response names.
func (f Flow) client() *http.Client {
	client := http.Client{Timeout: 30 * time.Second}
	if f.HTTPClient != nil {
		client = *f.HTTPClient
	}
	client.CheckRedirect = func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}
	return &client
}

// excerpt returns the beginning of a response on one line. It is empty if there is a token where
// none should be.
func excerpt(body []byte, hide redact.Redactor) string {
	text := strings.TrimSpace(string(hide.Body(body)))
	if strings.Contains(text, "oauth_token_secret") {
		return ""
	}
	return redact.Line(text, 256)
}
