package auth_test

import (
	"context"
	"errors"
	"html"
	"io"
	"maps"
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
	"github.com/clevercloud-go/clevercloud/internal/testkit"
)

const callback = "https://app.example.com/done"

// newProvider starts the server's side of a flow, for a user who accepts.
func newProvider(t *testing.T) *httptest.Server {
	t.Helper()
	const form = "application/x-www-form-urlencoded"
	nonces := map[string]bool{}
	step := func(answer string, want url.Values) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			assert.NoError(t, r.ParseForm())
			assert.Empty(t, r.URL.RawQuery)
			assert.Empty(t, r.Header.Get("Authorization"), "parameters must not be sent twice")
			assert.Equal(t, form, r.Header.Get("Content-Type"))
			assert.Equal(t, form, r.Header.Get("Accept"))
			nonce, date := r.PostForm.Get("oauth_nonce"), r.PostForm.Get("oauth_timestamp")
			assert.False(t, nonce == "" || nonces[nonce], "a nonce came twice")
			nonces[nonce] = true
			seconds, err := strconv.ParseInt(date, 10, 64)
			assert.NoError(t, err)
			assert.WithinDuration(t, time.Now(), time.Unix(seconds, 0), time.Minute)
			maps.Copy(want, url.Values{
				"oauth_consumer_key": {"consumer+key"}, "oauth_signature_method": {"PLAINTEXT"},
				"oauth_nonce": {nonce}, "oauth_timestamp": {date}, "oauth_version": {"1.0"},
			})
			assert.Equal(t, want, r.PostForm)
			_, _ = io.WriteString(w, answer)
		}
	}
	mux := http.NewServeMux()
	mux.Handle("POST /prefix/v2/oauth/request_token", step(
		"oauth_token=rt%2F1&oauth_token_secret=rs%3D1&oauth_callback_confirmed=true",
		url.Values{"oauth_callback": {callback}, "oauth_signature": {"c%2Fs%26&"}}))
	mux.Handle("POST /prefix/v2/oauth/access_token", step(
		"oauth_token=at&oauth_token_secret=as&expiration_date=2026-01-15T09%3A30%3A00.000Z",
		url.Values{
			"oauth_token": {"rt/1"}, "oauth_verifier": {"v&1"},
			"oauth_signature": {"c%2Fs%26&rs%3D1"},
		}))
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server
}

func TestFlow(t *testing.T) {
	t.Parallel()
	server := newProvider(t)
	base := server.URL + "/prefix/"
	flow := auth.Flow{ConsumerKey: "consumer+key", ConsumerSecret: "c/s&", BaseURL: base}

	temporary, err := flow.RequestToken(t.Context(), callback)
	require.NoError(t, err)
	assert.Equal(t, auth.FlowToken{Token: "rt/1", Secret: "rs=1"}, temporary)
	assert.Equal(t, base+"v2/oauth/authorize?oauth_token=rt%2F1", flow.AuthorizeURL("rt/1"))

	access, err := flow.AccessToken(t.Context(), "rt/1", temporary.Secret, "v&1")
	require.NoError(t, err)
	assert.Equal(t, auth.AccessToken{
		OAuth1: auth.OAuth1{
			ConsumerKey: "consumer+key", ConsumerSecret: "c/s&",
			Token: "at", TokenSecret: "as", BaseURL: base,
		},
		ExpirationDate: time.Date(2026, 1, 15, 9, 30, 0, 0, time.UTC),
	}, access)
	req := &http.Request{}
	require.NoError(t, access.Authenticate(req))
	assert.Equal(t, `OAuth oauth_consumer_key="consumer%2Bkey", oauth_token="at", `+
		`oauth_signature="c%252Fs%2526%26as"`, req.Header.Get("Authorization"))
}

func flowOver(transport testkit.RoundTripFunc) auth.Flow {
	client := &http.Client{Transport: transport}
	return auth.Flow{ConsumerKey: "ck", ConsumerSecret: "cs-secret", HTTPClient: client}
}

// answering returns a flow in which each step gets this response.
func answering(status int, body string) auth.Flow {
	return flowOver(func(req *http.Request) (*http.Response, error) {
		return testkit.Response(req, status, body, "Sozu-Id", "01K3", "Location", "/elsewhere"), nil
	})
}

func TestFlow_Answers(t *testing.T) {
	t.Parallel()
	const complete = "oauth_token=a&oauth_token_secret=b&oauth_callback_confirmed=true"
	const theSame = "the same"
	for _, tc := range []struct {
		name            string
		status          int
		body            string
		request, access string // The errors of the steps; "" for none.
	}{
		{"complete", 200, complete, "", ""},
		{"created", 201, complete, "", ""},
		{"the last status of success", 299, complete, "", ""},
		{
			"as large as allowed", 200,
			complete + "&x=" + strings.Repeat("x", 1<<20-len(complete)-len("&x=")), "", "",
		},
		{"before success", 199, complete, "199 (sozu-id 01K3)", theSame},
		{"after success", 300, complete, "300 multiple choices (sozu-id 01K3)", theSame},
		{
			"not confirmed", 200, "oauth_token=a&oauth_token_secret=canary",
			"the response does not confirm the callback", "",
		},
		{
			"denied", 200, "oauth_token=a&oauth_token_secret=canary&oauth_callback_confirmed=false",
			"the response does not confirm the callback", "",
		},
		{
			"no token", 200, "oauth_token=&oauth_token_secret=canary&oauth_callback_confirmed=true",
			"the response has no oauth_token", theSame,
		},
		{
			"no secret", 200, "oauth_token=canary&oauth_callback_confirmed=true",
			"the response has no oauth_token_secret", theSame,
		},
		{
			"JSON", 200, `{"oauth_token":"canary"}`,
			"the response does not confirm the callback", "the response has no oauth_token",
		},
		{
			"junk", 200, "oauth_token=canary%zz&oauth_token_secret=canary",
			"the response is not form-encoded", theSame,
		},
		{
			"too large", 200,
			"oauth_token=canary&oauth_token_secret=canary&x=" + strings.Repeat("x", 1<<20),
			"read response: larger than 1048576 bytes", theSame,
		},
		{
			// A terminal sequence and a line break, which could forge a log line.
			"refused", 401, "{\"message\":\"no\x1b[31m\r\nway\"}\n",
			`401 unauthorized: {"message":"no\x1b[31m\r\nway"} (sozu-id 01K3)`, theSame,
		},
		{"nothing", 503, "", "503 service unavailable (sozu-id 01K3)", theSame},
		{
			"unknown status", 599, strings.Repeat("é", 1000),
			"599: " + strings.Repeat("é", 256) + "… (sozu-id 01K3)", theSame,
		},
		{
			"huge refusal", 500, strings.Repeat("e", 1<<21),
			"500 internal server error: " + strings.Repeat("e", 256) + "… (sozu-id 01K3)", theSame,
		},
		{
			"redirect", 307, "oauth_token=canary&oauth_token_secret=canary",
			"307 temporary redirect (sozu-id 01K3)", theSame,
		},
		{
			"echo", 400,
			"bad: cs-secret cs-secret%26 rs%2Fx rs/x rs%252Fx cs-secret&rs%2Fx the-verifier",
			"400 bad request: bad: [redacted] [redacted] rs%2Fx rs/x rs%252Fx [redacted]rs%2Fx " +
				"the-verifier (sozu-id 01K3)",
			"400 bad request: bad: [redacted] [redacted]%26" + strings.Repeat(" [redacted]", 5) +
				" (sozu-id 01K3)",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			flow := answering(tc.status, tc.body)
			if tc.access == theSame {
				tc.access = tc.request
			}

			temporary, err := flow.RequestToken(t.Context(), callback)
			checkError(t, "auth: request_token: ", tc.request, err)
			assert.Equal(t, err == nil, temporary == auth.FlowToken{Token: "a", Secret: "b"})
			assert.Equal(t, err != nil, temporary == auth.FlowToken{})

			access, err := flow.AccessToken(t.Context(), "rt", "rs/x", "the-verifier")
			checkError(t, "auth: access_token: ", tc.access, err)
			assert.Equal(t, err == nil, access != auth.AccessToken{})
		})
	}
}

func checkError(t *testing.T, step, want string, err error) {
	t.Helper()
	if want == "" {
		require.NoError(t, err)
		return
	}
	require.EqualError(t, err, step+want)
	requireNoCanary(t, testkit.Texts(err)...)
}

func TestFlow_FollowsNoRedirect(t *testing.T) {
	t.Parallel()
	flow := answering(http.StatusPermanentRedirect, "")
	following := 0
	flow.HTTPClient.CheckRedirect = func(*http.Request, []*http.Request) error {
		following++
		return nil
	}

	_, err := flow.AccessToken(t.Context(), "rt", "rs", "v")

	require.Equal(t, &auth.FlowError{Step: "access_token", StatusCode: 308, RequestID: "01K3"}, err)
	require.EqualError(t, &auth.FlowError{Step: "access_token", StatusCode: 308},
		"auth: access_token: 308 permanent redirect")
	assert.Zero(t, following)
	require.NoError(t, flow.HTTPClient.CheckRedirect(nil, nil))
	assert.Equal(t, 1, following, "the client given is as it was")
}

func TestFlow_StopsReadingAHugeAnswer(t *testing.T) {
	t.Parallel()
	for _, status := range []int{http.StatusOK, http.StatusBadGateway} {
		text := strings.NewReader(strings.Repeat("x", 1<<22))
		body := &closeRecorder{Reader: text}
		flow := flowOver(func(req *http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: status, Body: body, Request: req}, nil
		})

		_, err := flow.RequestToken(t.Context(), callback)

		require.Error(t, err)
		assert.InDelta(t, 1<<20, text.Size()-int64(text.Len()), 1<<19)
		assert.True(t, body.closed)
	}
}

// A token that was cut is another token, and there is none to ask for again.
func TestFlow_AnAnswerThatBreaksOffIsNone(t *testing.T) {
	t.Parallel()
	const beginning = "oauth_token=canary&oauth_callback_confirmed=true&oauth_token_secret=canary"
	flow := flowOver(func(req *http.Request) (*http.Response, error) {
		body := io.MultiReader(strings.NewReader(beginning), iotest.ErrReader(io.ErrUnexpectedEOF))
		return &http.Response{StatusCode: 200, Body: io.NopCloser(body), Request: req}, nil
	})

	_, err := flow.RequestToken(t.Context(), callback)

	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	checkError(t, "auth: request_token: ", "read response: unexpected EOF", err)
}

func TestFlow_RemovesSecretsHoweverTheyAreEchoed(t *testing.T) {
	t.Parallel()
	quoted := strconv.Quote(canary)
	for _, echo := range []string{
		canary, quoted, quoted[1 : len(quoted)-1], url.QueryEscape(canary),
		html.EscapeString(canary),
	} {
		text := "said " + echo + " to me"
		for _, flow := range []auth.Flow{
			answering(http.StatusBadRequest, text),
			flowOver(func(*http.Request) (*http.Response, error) { return nil, errors.New(text) }),
			flowOver(func(req *http.Request) (*http.Response, error) {
				body := io.NopCloser(iotest.ErrReader(errors.New(text)))
				return &http.Response{StatusCode: http.StatusOK, Body: body, Request: req}, nil
			}),
		} {
			flow.ConsumerSecret = canary

			_, err := flow.RequestToken(t.Context(), callback)

			require.ErrorContains(t, err, "[redacted]")
			testkit.NoCanary(t, err)
		}
	}
}

func TestFlow_ExpirationDates(t *testing.T) {
	t.Parallel()
	for date, want := range map[string]time.Time{
		"2026-01-15T09:30:00Z": time.Date(2026, 1, 15, 9, 30, 0, 0, time.UTC),
		"2026-01-15T09:30:00.123456Z": time.Date(2026, 1, 15, 9, 30, 0, 123456e3,
			time.UTC),
		url.QueryEscape("2026-01-15T10:30:00+0100"): time.Date(2026, 1, 15, 9, 30, 0, 0, time.UTC),
		"soon": {},
		"":     {},
	} {
		flow := answering(200, "oauth_token=a&oauth_token_secret=b&expiration_date="+date)

		got, err := flow.AccessToken(t.Context(), "rt", "rs", "v")

		require.NoError(t, err, "a token that works once must not be lost over its date")
		assert.True(t, want.Equal(got.ExpirationDate), "%s: %s", date, got.ExpirationDate)
	}
}

func TestFlow_RefusesBeforeItSends(t *testing.T) {
	t.Parallel()
	ok := auth.Flow{ConsumerKey: "ck", ConsumerSecret: canary}
	for want, flow := range map[string]auth.Flow{
		"auth: Flow: ConsumerKey is empty":    {ConsumerSecret: canary},
		"auth: Flow: ConsumerSecret is empty": {ConsumerKey: "ck"},
		"auth: Flow.BaseURL must be https, or http to a loopback address": {
			BaseURL: "http://canary.example.com",
		},
		"auth: Flow.BaseURL must not hold a user or a password": {
			BaseURL: "https://u:canary@localhost",
		},
		"auth: Flow.BaseURL must be an absolute URL such as " + auth.DefaultBaseURL: {
			BaseURL: "javascript:alert(1)",
		},
	} {
		flow.HTTPClient = &http.Client{Transport: testkit.RoundTripFunc(nil)}
		assert.Equal(t, flow.BaseURL != "", flow.AuthorizeURL("rt") == "")
		_, err := flow.RequestToken(t.Context(), callback)
		require.EqualError(t, err, want)
		_, err = flow.AccessToken(t.Context(), "rt", "rs", "v")
		require.EqualError(t, err, want)
		testkit.NoCanary(t, err)
	}
	_, err := ok.RequestToken(t.Context(), "")
	require.EqualError(t, err, "auth: request_token: the callback is empty")
	for want, given := range map[string][3]string{
		"the token is empty": {"", "rs", "v"}, "the secret of the token is empty": {"rt", "", "v"},
		"the verifier is empty": {"rt", "rs", ""},
	} {
		_, err = ok.AccessToken(t.Context(), given[0], auth.Secret(given[1]), given[2])
		require.EqualError(t, err, "auth: access_token: "+want)
	}
}

func TestFlow_DefaultBaseURL(t *testing.T) {
	t.Parallel()
	refused := errors.New("refused")
	var sent *http.Request
	flow := flowOver(func(req *http.Request) (*http.Response, error) {
		sent = req
		return nil, refused
	})
	flow.ConsumerSecret = canary

	_, err := flow.RequestToken(t.Context(), callback)

	require.ErrorIs(t, err, refused)
	assert.Equal(t, "https://api.clever-cloud.com/v2/oauth/request_token", sent.URL.String())
	assert.Equal(t, "https://api.clever-cloud.com/v2/oauth/authorize?oauth_token=a+b%26",
		flow.AuthorizeURL("a b&"))
	testkit.NoCanary(t, err)
}

func TestFlow_HonoursTheContext(t *testing.T) {
	t.Parallel()
	flow := flowOver(func(req *http.Request) (*http.Response, error) {
		return nil, req.Context().Err()
	})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()

	_, err := flow.RequestToken(ctx, callback)

	require.ErrorIs(t, err, context.Canceled)
	var none context.Context
	_, err = flow.RequestToken(none, callback)
	require.EqualError(t, err, "auth: request_token: net/http: nil Context")
}
