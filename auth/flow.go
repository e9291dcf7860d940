package auth

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/clevercloud-go/clevercloud/internal/redact"
)

// A Flow obtains an [OAuth1] token from a user, in three steps (RFC 5849, section 2): [Flow.RequestToken], then the user's browser
// at [Flow.AuthorizeURL], then [Flow.AccessToken] with what the browser brings back to the callback. Between the first step and
// the last the program keeps the secret of the request token. A Flow is only read, so one can serve many users at a time.
//
// Requests go out once, are signed with PLAINTEXT as form fields, and follow no redirect. Errors hold no secret.
type Flow struct {
	// ConsumerKey and ConsumerSecret identify the application; the console creates them.
	ConsumerKey    string
	ConsumerSecret Secret
	// BaseURL is the API. If empty, DefaultBaseURL. It must be https, or http to a loopback address.
	BaseURL string
	// HTTPClient sends the requests and is not changed. If nil, a client with a timeout of 30 seconds.
	HTTPClient *http.Client
}

// Format prints the fields, the secret redacted, with any verb.
func (f Flow) Format(state fmt.State, verb rune) {
	type fields Flow
	formatFields(state, verb, fields(f))
}

// A FlowToken is the temporary token of the first step.
type FlowToken struct {
	Token  string
	Secret Secret
	// ExpirationDate is zero if the API does not say.
	ExpirationDate time.Time
}

// Format prints the fields, the secret redacted, with any verb.
func (t FlowToken) Format(f fmt.State, verb rune) {
	type fields FlowToken
	formatFields(f, verb, fields(t))
}

// An AccessToken is the result of the last step: credentials ready for use, and how long that lasts.
type AccessToken struct {
	OAuth1
	// ExpirationDate is zero if the API does not say, or not in a way that is understood here.
	ExpirationDate time.Time
}

// Format prints the fields, secrets redacted, with any verb. The one of OAuth1 would leave out the date.
func (t AccessToken) Format(f fmt.State, verb rune) {
	formatFields(f, verb, struct {
		OAuth1         OAuth1
		ExpirationDate time.Time
	}{t.OAuth1, t.ExpirationDate})
}

// A FlowError is an answer of the API that refuses a step of a [Flow].
type FlowError struct {
	// Step is the last part of the path: request_token or access_token.
	Step       string
	StatusCode int
	// RequestID is the one to quote to the support.
	RequestID string
	// Excerpt is the start of the answer on one line, without the secrets of the request.
	Excerpt string
}

// Error returns one line.
func (e *FlowError) Error() string {
	text := "auth: " + e.Step + ": " + strings.TrimSpace(strconv.Itoa(e.StatusCode)+" "+strings.ToLower(http.StatusText(e.StatusCode)))
	if e.Excerpt != "" {
		text += ": " + e.Excerpt
	}
	if e.RequestID != "" {
		text += " (sozu-id " + e.RequestID + ")"
	}
	return text
}

// RequestToken starts a flow. The callback is the URL that the user's browser is sent to in the end, with the query parameters
// oauth_token and oauth_verifier; it must be within the base URL registered for the consumer.
//
//	POST /v2/oauth/request_token
func (f Flow) RequestToken(ctx context.Context, callback string) (FlowToken, error) {
	if callback == "" {
		return FlowToken{}, errors.New("auth: request_token: the callback is empty")
	}
	answer, err := f.post(ctx, "request_token", "", url.Values{"oauth_callback": {callback}})
	if err != nil {
		return FlowToken{}, err
	}
	// RFC 5849, 2.1: without this the server runs the protocol of 2007, which lets an attacker choose the callback.
	if answer.Get("oauth_callback_confirmed") != "true" {
		return FlowToken{}, errors.New("auth: request_token: the answer does not confirm the callback")
	}
	return f.token("request_token", answer)
}

// AuthorizeURL is the page on which the user accepts or refuses, for the token of [Flow.RequestToken]. It holds no secret. It is
// the empty text when the BaseURL is one that the other steps refuse.
//
//	GET /v2/oauth/authorize
func (f Flow) AuthorizeURL(token string) string {
	target, err := f.endpoint("authorize")
	if err != nil {
		return ""
	}
	return target + "?oauth_token=" + url.QueryEscape(token)
}

// AccessToken ends a flow: token and secret are those of [Flow.RequestToken], the verifier is what the callback received. The
// caller must have checked that the oauth_token of the callback is this token. It works once for each token.
//
//	POST /v2/oauth/access_token
func (f Flow) AccessToken(ctx context.Context, token string, secret Secret, verifier string) (AccessToken, error) {
	switch {
	case token == "":
		return AccessToken{}, errors.New("auth: access_token: the token is empty")
	case secret == "":
		return AccessToken{}, errors.New("auth: access_token: the secret of the token is empty")
	case verifier == "":
		return AccessToken{}, errors.New("auth: access_token: the verifier is empty")
	}
	answer, err := f.post(ctx, "access_token", secret, url.Values{"oauth_token": {token}, "oauth_verifier": {verifier}})
	if err != nil {
		return AccessToken{}, err
	}
	t, err := f.token("access_token", answer)
	if err != nil {
		return AccessToken{}, err
	}
	return AccessToken{
		OAuth1: OAuth1{
			ConsumerKey: f.ConsumerKey, ConsumerSecret: f.ConsumerSecret, Token: t.Token, TokenSecret: t.Secret, BaseURL: f.BaseURL,
		},
		ExpirationDate: t.ExpirationDate,
	}, nil
}

// token reads what both answers have in common.
func (f Flow) token(step string, answer url.Values) (FlowToken, error) {
	for _, name := range [...]string{"oauth_token", "oauth_token_secret"} {
		if answer.Get(name) == "" {
			return FlowToken{}, errors.New("auth: " + step + ": the answer has no " + name)
		}
	}
	date, _ := parseDate(answer.Get("expiration_date"))
	return FlowToken{answer.Get("oauth_token"), Secret(answer.Get("oauth_token_secret")), date}, nil
}

func (f Flow) endpoint(step string) (string, error) {
	base := cmp.Or(f.BaseURL, DefaultBaseURL)
	if _, err := parseBaseURL(base); err != nil {
		return "", fmt.Errorf("auth: Flow.BaseURL %w", err)
	}
	return strings.TrimRight(base, "/") + "/v2/oauth/" + step, nil
}

// post sends one step and returns the fields of its answer.
func (f Flow) post(ctx context.Context, step string, secret Secret, form url.Values) (url.Values, error) {
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
	body, err := readAnswer(resp.Body)
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		// What could be read is enough for an excerpt; the status matters more than why the rest is missing.
		return nil, &FlowError{step, resp.StatusCode, sanitise(hide.Text(resp.Header.Get("Sozu-Id"))), excerpt(string(hide.Body([]byte(body))))}
	}
	if err != nil {
		return nil, fmt.Errorf("auth: %s: read the answer: %w", step, hide.Error(err))
	}
	answer, err := url.ParseQuery(body)
	if err != nil {
		return nil, errors.New("auth: " + step + ": the answer is not form-encoded") // err would quote from a token.
	}
	return answer, nil
}

// request adds the signature to form and makes it a request.
func (f Flow) request(ctx context.Context, step string, secret Secret, form url.Values) (*http.Request, error) {
	target, err := f.endpoint(step)
	if err != nil {
		return nil, err
	}
	if err := f.sign(form, secret); err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, target, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, fmt.Errorf("auth: %s: %w", step, err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", "application/x-www-form-urlencoded")
	return req, nil
}

// sign adds the fields of PLAINTEXT, in the body as RFC 5849, 3.5.2 has it. Timestamp and nonce are optional there; a server that
// wants them gets them.
func (f Flow) sign(form url.Values, secret Secret) error {
	switch {
	case f.ConsumerKey == "":
		return errors.New("auth: Flow: ConsumerKey is empty")
	case f.ConsumerSecret == "":
		return errors.New("auth: Flow: ConsumerSecret is empty")
	}
	form.Set("oauth_consumer_key", f.ConsumerKey)
	form.Set("oauth_signature_method", Plaintext.String())
	form.Set("oauth_signature", string(OAuth1{ConsumerSecret: f.ConsumerSecret, TokenSecret: secret}.signingKey()))
	form.Set("oauth_timestamp", strconv.FormatInt(time.Now().Unix(), 10))
	form.Set("oauth_nonce", rand.Text())
	form.Set("oauth_version", "1.0")
	return nil
}

// client returns a copy that follows no redirect: with a 307 the form, secrets included, would go wherever the answer says.
func (f Flow) client() *http.Client {
	client := http.Client{Timeout: 30 * time.Second}
	if f.HTTPClient != nil {
		client = *f.HTTPClient
	}
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &client
}

// maxAnswerSize is far above the two hundred bytes of a real answer.
const maxAnswerSize = 1 << 20

func readAnswer(body io.Reader) (string, error) {
	data, err := io.ReadAll(io.LimitReader(body, maxAnswerSize+1))
	if len(data) > maxAnswerSize {
		return string(data[:maxAnswerSize]), fmt.Errorf("larger than %d bytes", maxAnswerSize)
	}
	return string(data), err
}

// redactor knows what of a step must not be shown, should the server echo it: as it is, as it is in the signature, and as it is in the form.
func (f Flow) redactor(secret Secret, form url.Values) redact.Redactor {
	secrets := []string{f.ConsumerSecret.Reveal(), secret.Reveal(), form.Get("oauth_verifier"), form.Get("oauth_signature")}
	for _, text := range secrets {
		once := string(appendEncoded(nil, text))
		secrets = append(secrets, once, string(appendEncoded(nil, once)))
	}
	return redact.Of(secrets...)
}

// excerpt makes an answer fit for an error.
func excerpt(body string) string {
	if strings.Contains(body, "oauth_token_secret") {
		return "" // A token where no token should be.
	}
	return sanitise(body)
}

// sanitise makes one short line of text from elsewhere: no control characters, no terminal sequences, 256 characters at most.
func sanitise(text string) string {
	const most = 256
	var b strings.Builder
	count := 0
	for _, r := range strings.TrimSpace(text) {
		if count++; count > most {
			b.WriteString("…")
			break
		}
		if !unicode.IsPrint(r) {
			r = ' '
		}
		b.WriteRune(r)
	}
	return b.String()
}
