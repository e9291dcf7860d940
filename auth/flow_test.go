package auth_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/clevercloud-go/clevercloud/auth"
)

// provider is the server's side of the dance, for one user who always accepts. It checks the way RFC 5849 asks it to.
type provider struct {
	t        *testing.T
	callback string
	nonces   map[string]bool
	tokens   map[string]string // Request tokens and their secrets.
	verifier string
}

func newProvider(t *testing.T) (*provider, *httptest.Server) {
	t.Helper()
	p := &provider{t: t, nonces: map[string]bool{}, tokens: map[string]string{}}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /prefix/v2/oauth/request_token", p.requestToken)
	mux.HandleFunc("GET /prefix/v2/oauth/authorize", p.authorize)
	mux.HandleFunc("POST /prefix/v2/oauth/access_token", p.accessToken)
	mux.HandleFunc("GET /prefix/v2/self", p.self)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return p, server
}

// signed fails the request unless the form is signed with both secrets.
func (p *provider) signed(w http.ResponseWriter, r *http.Request, tokenSecret string) bool {
	ok := assert.NoError(p.t, r.ParseForm()) &&
		assert.Empty(p.t, r.URL.RawQuery) &&
		assert.Empty(p.t, r.Header.Get("Authorization"), "parameters must not be sent twice") &&
		assert.Equal(p.t, "application/x-www-form-urlencoded", r.Header.Get("Content-Type")) &&
		assert.Equal(p.t, "application/x-www-form-urlencoded", r.Header.Get("Accept")) &&
		assert.Equal(p.t, "consumer+key", r.PostForm.Get("oauth_consumer_key")) &&
		assert.Equal(p.t, "PLAINTEXT", r.PostForm.Get("oauth_signature_method")) &&
		assert.Equal(p.t, "1.0", r.PostForm.Get("oauth_version")) &&
		assert.WithinDuration(p.t, time.Now(), unixTime(r.PostForm.Get("oauth_timestamp")), time.Minute) &&
		assert.NotEmpty(p.t, r.PostForm.Get("oauth_nonce")) &&
		assert.False(p.t, p.nonces[r.PostForm.Get("oauth_nonce")], "a nonce came twice")
	p.nonces[r.PostForm.Get("oauth_nonce")] = true
	if !ok || r.PostForm.Get("oauth_signature") != "c%2Fs%26&"+url.QueryEscape(tokenSecret) {
		http.Error(w, "invalid signature "+r.PostForm.Get("oauth_signature"), http.StatusUnauthorized)
		return false
	}
	return true
}

func unixTime(text string) time.Time {
	seconds, _ := strconv.ParseInt(text, 10, 64)
	return time.Unix(seconds, 0)
}

func (p *provider) requestToken(w http.ResponseWriter, r *http.Request) {
	if !p.signed(w, r, "") {
		return
	}
	assert.False(p.t, r.PostForm.Has("oauth_token"))
	p.callback = r.PostForm.Get("oauth_callback")
	p.tokens["rt/1"] = "rs=1"
	_, _ = io.WriteString(w, "oauth_token=rt%2F1&oauth_token_secret=rs%3D1&oauth_callback_confirmed=true")
}

func (p *provider) authorize(w http.ResponseWriter, r *http.Request) {
	if _, known := p.tokens[r.URL.Query().Get("oauth_token")]; !known || len(r.URL.Query()) != 1 {
		http.Error(w, "unknown token", http.StatusBadRequest)
		return
	}
	p.verifier = "v&1"
	query := url.Values{"oauth_token": r.URL.Query()["oauth_token"], "oauth_verifier": {p.verifier}, "user": {"user_1"}}
	http.Redirect(w, r, p.callback+"?"+query.Encode(), http.StatusSeeOther)
}

func (p *provider) accessToken(w http.ResponseWriter, r *http.Request) {
	assert.NoError(p.t, r.ParseForm())
	secret, known := p.tokens[r.PostForm.Get("oauth_token")]
	if !p.signed(w, r, secret) {
		return
	}
	if !known || p.verifier == "" || r.PostForm.Get("oauth_verifier") != p.verifier {
		http.Error(w, "invalid verifier", http.StatusUnauthorized)
		return
	}
	delete(p.tokens, r.PostForm.Get("oauth_token"))
	_, _ = io.WriteString(w, "oauth_token=at&oauth_token_secret=as&expiration_date=2026-01-15T09%3A30%3A00.000Z")
}

func (p *provider) self(w http.ResponseWriter, r *http.Request) {
	assert.Equal(p.t, `OAuth oauth_consumer_key="consumer%2Bkey", oauth_token="at", oauth_signature="c%252Fs%2526%26as"`,
		r.Header.Get("Authorization"))
	_, _ = io.WriteString(w, "welcome")
}

func exampleFlow(server *httptest.Server) auth.Flow {
	return auth.Flow{ConsumerKey: "consumer+key", ConsumerSecret: "c/s&", BaseURL: server.URL + "/prefix/", HTTPClient: server.Client()}
}

func TestFlow_Dance(t *testing.T) {
	t.Parallel()
	_, server := newProvider(t)
	flow := exampleFlow(server)

	temporary, err := flow.RequestToken(t.Context(), "https://app.example.com/done")
	require.NoError(t, err)
	assert.Equal(t, auth.FlowToken{Token: "rt/1", Secret: "rs=1"}, temporary)

	page := flow.AuthorizeURL(temporary.Token)
	assert.Equal(t, server.URL+"/prefix/v2/oauth/authorize?oauth_token=rt%2F1", page)
	browser := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := browser.Get(page)
	require.NoError(t, err)
	defer resp.Body.Close()
	callback, err := resp.Location()
	require.NoError(t, err)
	assert.Equal(t, "app.example.com", callback.Host)

	access, err := flow.AccessToken(t.Context(), callback.Query().Get("oauth_token"), temporary.Secret, callback.Query().Get("oauth_verifier"))
	require.NoError(t, err)
	assert.Equal(t, auth.AccessToken{
		OAuth1: auth.OAuth1{
			ConsumerKey: "consumer+key", ConsumerSecret: "c/s&", Token: "at", TokenSecret: "as", BaseURL: server.URL + "/prefix/",
		},
		ExpirationDate: time.Date(2026, 1, 15, 9, 30, 0, 0, time.UTC),
	}, access)

	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+"/prefix/v2/self", nil)
	require.NoError(t, err)
	require.NoError(t, access.Authenticate(req))
	resp2, err := server.Client().Do(req)
	require.NoError(t, err)
	defer resp2.Body.Close()
	body, err := io.ReadAll(resp2.Body)
	require.NoError(t, err)
	assert.Equal(t, "welcome", string(body))

	_, err = flow.AccessToken(t.Context(), temporary.Token, temporary.Secret, "v&1")
	var refused *auth.FlowError
	require.ErrorAs(t, err, &refused, "a request token works once")
	assert.Equal(t, http.StatusUnauthorized, refused.StatusCode)
}

func TestFlow_WrongSecretIsRefusedAndNotQuoted(t *testing.T) {
	t.Parallel()
	_, server := newProvider(t)
	flow := exampleFlow(server)
	flow.ConsumerSecret = canary

	_, err := flow.RequestToken(t.Context(), "https://app.example.com/done")

	require.EqualError(t, err, "auth: request_token: 401 unauthorized: invalid signature [redacted]")
	requireNoCanary(t, fmt.Sprintf("%+v %#v", err, err))
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

// answering is a flow whose every step gets this response.
func answering(status int, body func() io.ReadCloser) auth.Flow {
	return auth.Flow{ConsumerKey: "ck", ConsumerSecret: "cs-secret", HTTPClient: &http.Client{
		Transport: roundTripper(func(req *http.Request) (*http.Response, error) {
			if err := req.Context().Err(); err != nil {
				return nil, err
			}
			header := http.Header{"Sozu-Id": {"01K3"}, "Location": {"/elsewhere"}}
			return &http.Response{StatusCode: status, Header: header, Body: body(), Request: req}, nil
		}),
	}}
}

func text(body string) func() io.ReadCloser {
	return func() io.ReadCloser { return io.NopCloser(strings.NewReader(body)) }
}

func TestFlow_Answers(t *testing.T) {
	t.Parallel()
	const complete = "oauth_token=a&oauth_token_secret=b&oauth_callback_confirmed=true"
	for _, tc := range []struct {
		name            string
		status          int
		body            string
		request, access string // The errors; "" for none.
	}{
		{"complete", 200, complete, "", ""},
		{"created", 201, complete, "", ""},
		{"the last status of success", 299, complete, "", ""},
		{"as large as allowed", 200, complete + "&x=" + strings.Repeat("x", 1<<20-len(complete)-len("&x=")), "", ""},
		{"before success", 199, complete, "auth: request_token: 199 (sozu-id 01K3)", "auth: access_token: 199 (sozu-id 01K3)"},
		{
			"after success", 300, complete,
			"auth: request_token: 300 multiple choices (sozu-id 01K3)", "auth: access_token: 300 multiple choices (sozu-id 01K3)",
		},
		{
			"not confirmed", 200, "oauth_token=a&oauth_token_secret=canary",
			"auth: request_token: the response does not confirm the callback", "",
		},
		{
			"denied", 200, "oauth_token=a&oauth_token_secret=canary&oauth_callback_confirmed=false",
			"auth: request_token: the response does not confirm the callback", "",
		},
		{
			"no token", 200, "oauth_token=&oauth_token_secret=canary&oauth_callback_confirmed=true",
			"auth: request_token: the response has no oauth_token", "auth: access_token: the response has no oauth_token",
		},
		{
			"no secret", 200, "oauth_token=canary&oauth_callback_confirmed=true",
			"auth: request_token: the response has no oauth_token_secret", "auth: access_token: the response has no oauth_token_secret",
		},
		{
			"JSON", 200, `{"oauth_token":"canary"}`,
			"auth: request_token: the response does not confirm the callback", "auth: access_token: the response has no oauth_token",
		},
		{
			"junk", 200, "oauth_token=canary%zz&oauth_token_secret=canary",
			"auth: request_token: the response is not form-encoded", "auth: access_token: the response is not form-encoded",
		},
		{
			"too large", 200, "oauth_token=canary&oauth_token_secret=canary&x=" + strings.Repeat("x", 1<<20),
			"auth: request_token: read response: larger than 1048576 bytes", "auth: access_token: read response: larger than 1048576 bytes",
		},
		{
			"refused", 401, "{\"message\":\"no\x1b[31m\r\nway\"}\n", // A terminal sequence and a line break, to forge a log line with.
			`auth: request_token: 401 unauthorized: {"message":"no\x1b[31m\r\nway"} (sozu-id 01K3)`,
			`auth: access_token: 401 unauthorized: {"message":"no\x1b[31m\r\nway"} (sozu-id 01K3)`,
		},
		{
			"nothing", 503, "",
			"auth: request_token: 503 service unavailable (sozu-id 01K3)", "auth: access_token: 503 service unavailable (sozu-id 01K3)",
		},
		{
			"unknown status", 599, strings.Repeat("é", 1000),
			"auth: request_token: 599: " + strings.Repeat("é", 256) + "… (sozu-id 01K3)",
			"auth: access_token: 599: " + strings.Repeat("é", 256) + "… (sozu-id 01K3)",
		},
		{
			"huge refusal", 500, strings.Repeat("e", 1<<21),
			"auth: request_token: 500 internal server error: " + strings.Repeat("e", 256) + "… (sozu-id 01K3)",
			"auth: access_token: 500 internal server error: " + strings.Repeat("e", 256) + "… (sozu-id 01K3)",
		},
		{
			"redirect", 307, "oauth_token=canary&oauth_token_secret=canary",
			"auth: request_token: 307 temporary redirect (sozu-id 01K3)", "auth: access_token: 307 temporary redirect (sozu-id 01K3)",
		},
		{
			"echo", 400, "bad: cs-secret cs-secret%26 rs%2Fx rs/x rs%252Fx cs-secret&rs%2Fx the-verifier",
			"auth: request_token: 400 bad request: bad: [redacted] [redacted] rs%2Fx rs/x rs%252Fx [redacted]rs%2Fx the-verifier (sozu-id 01K3)",
			"auth: access_token: 400 bad request: bad: [redacted] [redacted]%26 [redacted] [redacted] [redacted] [redacted] [redacted] " +
				"(sozu-id 01K3)",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			flow := answering(tc.status, text(tc.body))

			temporary, err := flow.RequestToken(t.Context(), "https://app.example.com/")
			checkError(t, tc.request, err)
			assert.Equal(t, err == nil, temporary == auth.FlowToken{Token: "a", Secret: "b"})
			assert.Equal(t, err != nil, temporary == auth.FlowToken{})

			access, err := flow.AccessToken(t.Context(), "rt", "rs/x", "the-verifier")
			checkError(t, tc.access, err)
			assert.Equal(t, err == nil, access != auth.AccessToken{})
		})
	}
}

func checkError(t *testing.T, want string, err error) {
	t.Helper()
	if want == "" {
		require.NoError(t, err)
		return
	}
	require.EqualError(t, err, want)
	requireNoCanary(t, fmt.Sprintf("%+v %#v", err, err))
}

func TestFlow_FollowsNoRedirect(t *testing.T) {
	t.Parallel()
	elsewhere := 0
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere++ }))
	t.Cleanup(other.Close)
	server := httptest.NewServer(http.RedirectHandler(other.URL, http.StatusPermanentRedirect))
	t.Cleanup(server.Close)
	following := 0
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { following++; return nil }}
	flow := auth.Flow{ConsumerKey: "ck", ConsumerSecret: "cs", BaseURL: server.URL, HTTPClient: client}

	_, err := flow.AccessToken(t.Context(), "rt", "rs", "v")

	var refused *auth.FlowError
	require.ErrorAs(t, err, &refused)
	assert.Equal(t, auth.FlowError{Step: "access_token", StatusCode: http.StatusPermanentRedirect}, *refused)
	assert.Zero(t, elsewhere+following)
	require.NoError(t, client.CheckRedirect(nil, nil))
	assert.Equal(t, 1, following, "the client given is as it was")
}

func TestFlow_StopsReadingAHugeAnswer(t *testing.T) {
	t.Parallel()
	for _, status := range []int{http.StatusOK, http.StatusBadGateway} {
		body := &endless{}

		_, err := answering(status, func() io.ReadCloser { return body }).RequestToken(t.Context(), "https://app.example.com/")

		require.Error(t, err)
		assert.InDelta(t, 1<<20, body.read, 1<<19)
		assert.True(t, body.closed)
	}
}

// endless is a body that ends long after the limit, for the sake of a reader that has none.
type endless struct {
	read   int
	closed bool
}

func (e *endless) Read(p []byte) (int, error) {
	if e.read += len(p); e.read > 1<<24 {
		return 0, io.EOF
	}
	return len(p), nil
}

func (e *endless) Close() error {
	e.closed = true
	return nil
}

// A token that was cut is another token, and there is none to ask for again.
func TestFlow_AnAnswerThatBreaksOffIsNone(t *testing.T) {
	t.Parallel()
	const beginning = "oauth_token=canary&oauth_callback_confirmed=true&oauth_token_secret=canary"
	flow := answering(http.StatusOK, func() io.ReadCloser {
		return io.NopCloser(io.MultiReader(strings.NewReader(beginning), iotest.ErrReader(io.ErrUnexpectedEOF)))
	})

	_, err := flow.RequestToken(t.Context(), "https://app.example.com/")

	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	checkError(t, "auth: request_token: read response: unexpected EOF", err)
}

func TestFlow_RemovesSecretsHoweverTheyAreEchoed(t *testing.T) {
	t.Parallel()
	quoted := strconv.Quote(canary)
	for _, echo := range []string{canary, quoted, quoted[1 : len(quoted)-1], url.QueryEscape(canary), html.EscapeString(canary)} {
		flow := answering(http.StatusBadRequest, text("said "+echo+" to me"))
		flow.ConsumerSecret = canary

		_, err := flow.RequestToken(t.Context(), "https://app.example.com/")

		require.ErrorContains(t, err, "[redacted]")
		requireNoCanary(t, err.Error())
	}
}

func TestFlow_ExpirationDates(t *testing.T) {
	t.Parallel()
	for date, want := range map[string]time.Time{
		"2026-01-15T09:30:00Z":                      time.Date(2026, 1, 15, 9, 30, 0, 0, time.UTC),
		"2026-01-15T09:30:00.123456Z":               time.Date(2026, 1, 15, 9, 30, 0, 123456000, time.UTC),
		url.QueryEscape("2026-01-15T10:30:00+0100"): time.Date(2026, 1, 15, 9, 30, 0, 0, time.UTC),
		"soon": {},
		"":     {},
	} {
		flow := answering(200, text("oauth_token=a&oauth_token_secret=b&expiration_date="+date))

		got, err := flow.AccessToken(t.Context(), "rt", "rs", "v")

		require.NoError(t, err, "a token that works once must not be lost over its date")
		assert.True(t, want.Equal(got.ExpirationDate), "%s: %s", date, got.ExpirationDate)
	}
}

func TestFlow_RefusesBeforeItSends(t *testing.T) {
	t.Parallel()
	ok := auth.Flow{ConsumerKey: "ck", ConsumerSecret: canary}
	for want, flow := range map[string]auth.Flow{
		"auth: Flow: ConsumerKey is empty":                                          {ConsumerSecret: canary},
		"auth: Flow: ConsumerSecret is empty":                                       {ConsumerKey: "ck"},
		"auth: Flow.BaseURL must be https, or http to a loopback address":           {BaseURL: "http://canary.example.com"},
		"auth: Flow.BaseURL must not hold a user or a password":                     {BaseURL: "https://u:canary@localhost"},
		"auth: Flow.BaseURL must be an absolute URL such as " + auth.DefaultBaseURL: {BaseURL: "javascript:alert(1)"},
	} {
		flow.HTTPClient = &http.Client{Transport: roundTripper(nil)}
		assert.Equal(t, flow.BaseURL != "", flow.AuthorizeURL("rt") == "")
		_, err := flow.RequestToken(t.Context(), "https://app.example.com/")
		require.EqualError(t, err, want)
		_, err = flow.AccessToken(t.Context(), "rt", "rs", "v")
		require.EqualError(t, err, want)
		requireNoCanary(t, fmt.Sprintf("%+v", err))
	}
	_, err := ok.RequestToken(t.Context(), "")
	require.EqualError(t, err, "auth: request_token: the callback is empty")
	for want, given := range map[string][3]string{
		"the token is empty": {"", "rs", "v"}, "the secret of the token is empty": {"rt", "", "v"}, "the verifier is empty": {"rt", "rs", ""},
	} {
		_, err = ok.AccessToken(t.Context(), given[0], auth.Secret(given[1]), given[2])
		require.EqualError(t, err, "auth: access_token: "+want)
	}
}

func TestFlow_DefaultBaseURL(t *testing.T) {
	t.Parallel()
	refused := errors.New("refused")
	var sent *http.Request
	flow := auth.Flow{ConsumerKey: "ck", ConsumerSecret: canary, HTTPClient: &http.Client{
		Transport: roundTripper(func(req *http.Request) (*http.Response, error) {
			sent = req
			return nil, refused
		}),
	}}

	_, err := flow.RequestToken(t.Context(), "https://app.example.com/")

	require.ErrorIs(t, err, refused)
	assert.Equal(t, "https://api.clever-cloud.com/v2/oauth/request_token", sent.URL.String())
	assert.Equal(t, "https://api.clever-cloud.com/v2/oauth/authorize?oauth_token=a+b%26", flow.AuthorizeURL("a b&"))
	requireNoCanary(t, fmt.Sprintf("%v %+v", err, err))
}

func TestFlow_HonoursTheContext(t *testing.T) {
	t.Parallel()
	flow := answering(200, text(""))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()

	_, err := flow.RequestToken(ctx, "https://app.example.com/")

	require.ErrorIs(t, err, context.Canceled)
	var none context.Context
	_, err = flow.RequestToken(none, "https://app.example.com/")
	require.EqualError(t, err, "auth: request_token: net/http: nil Context")
}

func TestFlow_PrintsItsPublicPart(t *testing.T) {
	t.Parallel()

	assert.Equal(t, "{ConsumerKey:ck ConsumerSecret:[redacted] BaseURL: HTTPClient:<nil>}",
		fmt.Sprintf("%+v", auth.Flow{ConsumerKey: "ck", ConsumerSecret: "cs"}))
	assert.Equal(t, "{Token:t Secret:[redacted] ExpirationDate:0001-01-01 00:00:00 +0000 UTC}",
		fmt.Sprintf("%+v", auth.FlowToken{Token: "t", Secret: "s"}))
	access := auth.AccessToken{
		OAuth1:         auth.OAuth1{ConsumerKey: "ck", ConsumerSecret: "cs", Token: "t", TokenSecret: "ts"},
		ExpirationDate: time.Date(2026, 1, 15, 9, 30, 0, 0, time.UTC),
	}
	assert.Equal(t, "{OAuth1:{ConsumerKey:ck ConsumerSecret:[redacted] Token:t TokenSecret:[redacted] Method:PLAINTEXT BaseURL:} "+
		"ExpirationDate:2026-01-15 09:30:00 +0000 UTC}", fmt.Sprintf("%+v", access))
	data, err := json.Marshal(access)
	require.NoError(t, err)
	assert.Contains(t, string(data), `"ExpirationDate":"2026-01-15T09:30:00Z"`)
}
