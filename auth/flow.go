package auth

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"html"
	"io"
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
	text := "auth: " + e.Step + ": " + strconv.Itoa(e.StatusCode)
	if status := http.StatusText(e.StatusCode); status != "" {
		text += " " + strings.ToLower(status)
	}
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
	fields, err := f.post(ctx, "request_token", "", url.Values{"oauth_callback": {callback}})
	if err != nil {
		return FlowToken{}, err
	}
	// RFC 5849, 2.1: otherwise the server runs the protocol of 2007, which lets an attacker
	// choose the callback.
	if fields.Get("oauth_callback_confirmed") != "true" {
		return FlowToken{}, errors.New(
			"auth: request_token: the response does not confirm the callback")
	}
	return flowToken("request_token", fields)
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
		check("access_token: the secret of the token", secret),
		check("access_token: the verifier", verifier),
	); err != nil {
		return AccessToken{}, err
	}
	fields, err := f.post(ctx, "access_token", secret,
		url.Values{"oauth_token": {token}, "oauth_verifier": {verifier}})
	if err != nil {
		return AccessToken{}, err
	}
	t, err := flowToken("access_token", fields)
	if err != nil {
		return AccessToken{}, err
	}
	return AccessToken{OAuth1{
		ConsumerKey: f.ConsumerKey, ConsumerSecret: f.ConsumerSecret,
		Token: t.Token, TokenSecret: t.Secret, BaseURL: f.BaseURL,
	}, t.ExpirationDate}, nil
}

// flowToken reads what the responses of both steps have in common.
func flowToken(step string, fields url.Values) (FlowToken, error) {
	for _, name := range []string{"oauth_token", "oauth_token_secret"} {
		if fields.Get(name) == "" {
			return FlowToken{}, errors.New("auth: " + step + ": the response has no " + name)
		}
	}
	date, _ := parseDate(fields.Get("expiration_date"))
	return FlowToken{fields.Get("oauth_token"), Secret(fields.Get("oauth_token_secret")), date}, nil
}

func (f Flow) endpoint(step string) (string, error) {
	base, err := origin.Parse(cmp.Or(f.BaseURL, DefaultBaseURL))
	if err != nil {
		return "", fmt.Errorf("auth: Flow.BaseURL %w", err)
	}
	return base.String() + "/v2/oauth/" + step, nil
}

// post sends one step and returns the fields of the response.
func (f Flow) post(
	ctx context.Context, step string, secret Secret, form url.Values,
) (url.Values, error) {
	req, err := f.request(ctx, step, secret, form)
	if err != nil {
		return nil, err
	}
	hide := f.redactor(secret, form)
	resp, err := f.client().Do(req)
	if err != nil {
		return nil, fmt.Errorf("auth: %s: %w", step, hide.Error(err))
	}
	defer resp.Body.Close()
	body, err := readBody(resp.Body)
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		// The status matters more than why the rest of the body is missing.
		return nil, &FlowError{step, resp.StatusCode,
			excerpt([]byte(resp.Header.Get("Sozu-Id")), hide), excerpt(body, hide)}
	}
	if err != nil {
		return nil, fmt.Errorf("auth: %s: read response: %w", step, hide.Error(err))
	}
	fields, err := url.ParseQuery(string(body))
	if err != nil { // Which would quote a token.
		return nil, errors.New("auth: " + step + ": the response is not form-encoded")
	}
	return fields, nil
}

// request signs form and makes it a request. The fields of PLAINTEXT are in the body (RFC 5849,
// 3.5.2). Timestamp and nonce are optional there, but some servers want them.
func (f Flow) request(
	ctx context.Context, step string, secret Secret, form url.Values,
) (*http.Request, error) {
	target, err := f.endpoint(step)
	if err != nil {
		return nil, err
	}
	if err := cmp.Or(
		check("Flow: ConsumerKey", f.ConsumerKey),
		check("Flow: ConsumerSecret", f.ConsumerSecret),
	); err != nil {
		return nil, err
	}
	form.Set("oauth_consumer_key", f.ConsumerKey)
	form.Set("oauth_signature_method", Plaintext.String())
	keys := OAuth1{ConsumerSecret: f.ConsumerSecret, TokenSecret: secret}
	form.Set("oauth_signature", keys.signingKey())
	form.Set("oauth_timestamp", strconv.FormatInt(time.Now().Unix(), 10))
	form.Set("oauth_nonce", rand.Text())
	form.Set("oauth_version", "1.0")
	body := strings.NewReader(form.Encode())
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, target, body)
	if err != nil {
		return nil, fmt.Errorf("auth: %s: %w", step, err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", "application/x-www-form-urlencoded")
	return req, nil
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

// maxBodySize is far above the two hundred bytes of a real response.
const maxBodySize = 1 << 20

func readBody(body io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(body, maxBodySize+1))
	if len(data) > maxBodySize {
		return data[:maxBodySize], fmt.Errorf("larger than %d bytes", maxBodySize)
	}
	return data, err
}

// redactor returns a Redactor of the secrets of a step, as they are and as the signature and the
// form contain them.
func (f Flow) redactor(secret Secret, form url.Values) redact.Redactor {
	secrets := []string{
		f.ConsumerSecret.Reveal(), secret.Reveal(),
		form.Get("oauth_verifier"), form.Get("oauth_signature"),
	}
	for _, text := range secrets {
		secrets = append(secrets, escape(text), escape(escape(text)), html.EscapeString(text))
	}
	return redact.Of(secrets...)
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
