package auth

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const (
	flowTimeout = 30 * time.Second
	maxFlowBody = 1 << 20
)

// A Flow gets an OAuth 1 token for a user, in three steps: [Flow.RequestToken], the user's consent at [Flow.AuthorizeURL], [Flow.AccessToken].
type Flow struct {
	// ConsumerKey and ConsumerSecret are those of an OAuth consumer, made in the console.
	ConsumerKey    string
	ConsumerSecret Secret
	// BaseURL is the API; empty is DefaultBaseURL. It is https, or http to this machine.
	BaseURL string
	// HTTPClient sends the requests; it is not changed. If nil, one with a timeout of 30 s does.
	HTTPClient *http.Client
}

// A FlowToken is the token between the steps. Keep it until the user is back.
type FlowToken struct {
	Token  string
	Secret Secret
}

// An AccessToken is the outcome: credentials that work until they expire, after some three months.
type AccessToken struct {
	OAuth1
	// ExpirationDate is zero if the API does not say.
	ExpirationDate time.Time
}

// RequestToken begins. The callback is where the user's browser is sent with oauth_token and oauth_verifier once the user has consented.
//
//	POST /v2/oauth/request_token
func (f Flow) RequestToken(ctx context.Context, callback string) (FlowToken, error) {
	if callback == "" {
		return FlowToken{}, errors.New("auth: request token: the callback is empty")
	}
	answer, err := f.post(ctx, "request token", "/v2/oauth/request_token", OAuth1{}, parameter{"oauth_callback", callback})
	if err != nil {
		return FlowToken{}, err
	}
	if answer.Get("oauth_callback_confirmed") != "true" {
		return FlowToken{}, errors.New("auth: request token: the API did not confirm the callback")
	}
	return FlowToken{Token: answer.Get("oauth_token"), Secret: Secret(answer.Get("oauth_token_secret"))}, nil
}

// AuthorizeURL returns the page where the user consents. The token is that of [Flow.RequestToken].
func (f Flow) AuthorizeURL(token string) string {
	return f.base() + "/v2/oauth/authorize?oauth_token=" + url.QueryEscape(token)
}

// AccessToken ends: token and secret are those of [Flow.RequestToken], the verifier is what came with the callback.
//
//	POST /v2/oauth/access_token
func (f Flow) AccessToken(ctx context.Context, token string, secret Secret, verifier string) (AccessToken, error) {
	if token == "" || secret == "" || verifier == "" {
		return AccessToken{}, errors.New("auth: access token: token, secret and verifier must not be empty")
	}
	answer, err := f.post(ctx, "access token", "/v2/oauth/access_token", OAuth1{Token: token, TokenSecret: secret},
		parameter{"oauth_verifier", verifier})
	if err != nil {
		return AccessToken{}, err
	}
	access := AccessToken{OAuth1: OAuth1{
		ConsumerKey: f.ConsumerKey, ConsumerSecret: f.ConsumerSecret, BaseURL: f.BaseURL,
		Token: answer.Get("oauth_token"), TokenSecret: Secret(answer.Get("oauth_token_secret")),
	}}
	if date := answer.Get("expiration_date"); date != "" {
		if access.ExpirationDate, err = time.Parse(time.RFC3339Nano, date); err != nil {
			return AccessToken{}, errors.New("auth: access token: the expiration date is not an ISO 8601 date")
		}
	}
	return access, nil
}

func (f Flow) base() string { return strings.TrimRight(cmp.Or(f.BaseURL, DefaultBaseURL), "/") }

// post makes one step, signed in its form, and returns the pairs of its answer, a token among them.
func (f Flow) post(ctx context.Context, step, path string, token OAuth1, extra parameter) (url.Values, error) {
	if f.ConsumerKey == "" || f.ConsumerSecret == "" {
		return nil, fmt.Errorf("auth: %s: ConsumerKey and ConsumerSecret must not be empty", step)
	}
	if err := checkAddress(f.base()); err != nil {
		return nil, fmt.Errorf("auth: %s: BaseURL %w", step, err)
	}
	if ctx == nil {
		return nil, fmt.Errorf("auth: %s: ctx must not be nil", step)
	}
	token.ConsumerKey, token.ConsumerSecret = f.ConsumerKey, f.ConsumerSecret
	form := url.Values{
		"oauth_consumer_key":     {token.ConsumerKey},
		"oauth_signature_method": {Plaintext.String()},
		"oauth_signature":        {token.key()},
	}
	if token.Token != "" {
		form.Set("oauth_token", token.Token)
	}
	form.Set(extra.name, extra.value)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, f.base()+path, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, fmt.Errorf("auth: %s: %w", step, err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := f.client().Do(req)
	if err != nil {
		var wrapped *url.Error
		if errors.As(err, &wrapped) {
			err = wrapped.Err
		}
		return nil, fmt.Errorf("auth: %s: %w", step, err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxFlowBody))
	if err != nil {
		return nil, fmt.Errorf("auth: %s: %w", step, err)
	}
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("auth: %s: the API answered %d (sozu-id %q)", step, resp.StatusCode, resp.Header.Get("Sozu-Id"))
	}
	answer, err := url.ParseQuery(strings.TrimSpace(string(body)))
	if err != nil || answer.Get("oauth_token") == "" || answer.Get("oauth_token_secret") == "" {
		return nil, fmt.Errorf("auth: %s: the API answered without a token", step)
	}
	return answer, nil
}

// client follows no redirect: a signed request is for one address.
func (f Flow) client() *http.Client {
	own := http.Client{Timeout: flowTimeout}
	if f.HTTPClient != nil {
		own = *f.HTTPClient
	}
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &own
}

func checkAddress(address string) error {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return errors.New("must be scheme, host and path")
	case u.Scheme == "https", u.Scheme == "http" && isLoopback(u.Hostname()):
		return nil
	}
	return errors.New("must be https, or http to a loopback address")
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}
