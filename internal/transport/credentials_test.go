package transport

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

type tripper func(*http.Request) (*http.Response, error)

func (f tripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

func parsed(t *testing.T, address string) *url.URL {
	t.Helper()
	u, err := url.Parse(address)
	require.NoError(t, err)
	return u
}

// of makes req a part of a call to address.
func of(t *testing.T, address string, req *http.Request) *http.Request {
	t.Helper()
	own := &Exchange{Call: Call{URL: *parsed(t, address)}}
	return req.WithContext(&attempt{Context: t.Context(), of: own})
}

// The request of the layer above is not touched: two requests at once must not meet in it.
func TestCredentials_GoToTheirOriginOnly(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		base, target string
		want         bool
	}{
		{"https://api.test", "https://api.test/v4", true},
		{"https://api.test/prefix", "https://api.test./elsewhere", true},
		{"https://api.test", "http://api.test/v4", false},
		{"https://api.test", "https://api.test@evil/", false},
	} {
		var sent *http.Request
		layer := &credentials{
			next: tripper(func(r *http.Request) (*http.Response, error) {
				sent = r
				return nil, nil
			}),
			authenticate: func(r *http.Request) error {
				r.Header.Set("Authorization", "secret")
				r.URL.RawQuery += "key=k"
				return nil
			},
		}
		req := of(t, tc.base, &http.Request{URL: parsed(t, tc.target), Header: http.Header{}})

		_, err := layer.RoundTrip(req)

		require.NoError(t, err)
		assert.Equal(t, tc.want, sent.Header.Get("Authorization") == "secret", tc.target)
		assert.Equal(t, tc.want, sent.URL.RawQuery == "key=k", tc.target)
		assert.Empty(t, req.Header)
		assert.Empty(t, req.URL.RawQuery)
	}
}

type closing struct {
	*strings.Reader
	closed bool
}

func (c *closing) Close() error { c.closed = true; return nil }

// A request that cannot be signed, or of which nothing could be observed, is not sent.
func TestCredentials_ThatFailSendNothing(t *testing.T) {
	t.Parallel()
	failure := errors.New("no token")
	layer := &credentials{next: tripper(func(*http.Request) (*http.Response, error) {
		t.Error("sent")
		return nil, nil
	})}
	foreign := &http.Request{URL: parsed(t, "https://api.test/")}
	for _, tc := range []struct {
		req          *http.Request
		authenticate func(*http.Request) error
		want         error
	}{
		{of(t, "https://api.test", foreign), func(*http.Request) error { return failure }, failure},
		{foreign, func(*http.Request) error { return nil }, errForeignContext},
		{foreign, nil, errForeignContext},
	} {
		body := &closing{Reader: strings.NewReader("{}")}
		tc.req.Body, layer.authenticate = body, tc.authenticate

		_, err := layer.RoundTrip(tc.req)

		require.ErrorIs(t, err, tc.want)
		assert.True(t, failureOf(err).Permanent)
		if tc.want == errForeignContext {
			assert.ErrorContains(t, err, "derive it from that one", "what to do instead")
		}
		assert.True(t, body.closed, "a RoundTripper closes the body on errors too")
	}
}

func signedWith(name, value string) *secrets {
	plain := http.Header{"X-Trace": {"trace-1234"}}
	sent := new(secrets)
	sent.addSigned(plain, http.Header{"X-Trace": {"trace-1234"}, name: {value}})
	return sent
}

func TestRedactor_WhatAuthenticationAdded(t *testing.T) {
	t.Parallel()
	token := signedWith("Authorization", "Bearer token-1")
	// The secrets are "c s&long" and "to/ken?2", each encoded once for the signature, and all of it
	// once more for the header.
	const signature = "c%2520s%2526long%26to%252Fken%253F2"
	oauth := signedWith("Authorization", `OAuth oauth_consumer_key="consumer", `+
		`oauth_token="token-id", oauth_signature="`+signature+`"`)
	for _, tc := range []struct {
		name       string
		sent       *secrets
		text, want string
	}{
		{"a token", token, "said Bearer token-1, or token-1", "said [redacted], or [redacted]"},
		{"a scheme is no secret", token, "Bearer", "Bearer"},
		{"what was there before", token, "trace-1234", "trace-1234"},
		{
			"a header of the caller's kind", signedWith("X-Api-Key", "key of three words"),
			"key of three words; of three words", "[redacted]; of three words",
		},
		{"a signature", oauth, "got " + signature, "got [redacted]"},
		{
			"a signature that was decoded", oauth,
			"got c%20s%26long&to%2Fken%3F2", "got [redacted]&[redacted]",
		},
		{"what it was made of", oauth, "c s&long and to/ken?2", "[redacted] and [redacted]"},
		{"the rest is public", oauth, "consumer token-id", "consumer token-id"},
		{
			"a header that is no OAuth", signedWith("Authorization", "OAuth nonsense"),
			"OAuth nonsense", "[redacted]",
		},
		{
			"a signature that is not encoded",
			signedWith("Authorization", `OAuth oauth_signature="100%-secret"`),
			"100%-secret", "[redacted]",
		},
	} {
		hide := tc.sent.Redactor()

		assert.Equal(t, tc.want, hide.Text(tc.text), tc.name)
		assert.Equal(t, tc.want, string(hide.Body([]byte(tc.text))), tc.name)
		assert.Equal(t, tc.want, hide.Header(http.Header{"X": {tc.text}}).Get("X"), tc.name)
	}
}

func TestRedactor_OfEachAttempt(t *testing.T) {
	t.Parallel()
	sent := signedWith("Authorization", "Bearer token-1")
	require.Equal(t, "[redacted] token-2", sent.Redactor().Text("token-1 token-2"))

	sent.add("token-2")

	assert.Equal(t, "[redacted] [redacted]", sent.Redactor().Text("token-1 token-2"))
}

// What a redirect says of its user is a secret. A header that cannot be read is one as a whole, and
// takes no longer for being long.
func TestLocationSecrets(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("//u:p@", 1<<17)
	for location, want := range map[string][]string{
		"":                     nil,
		"/v4/self":             nil,
		"a@b":                  {"a@b"},
		"https://u:p@h.test/x": {"u:p", "u", "p"},
		"//u:p@h.test":         {"u:p", "u", "p"},
		"https://token@h.test": {"token", "token"},
		"https://u:a%2Fb@h":    {"u:a%2Fb", "u", "a/b"},
		"https://u:%zz@h":      {"https://u:%zz@h"},
		"https://h/?to=//u@g":  {"https://h/?to=//u@g"},
		long:                   {"u:p", "u", "p"},
	} {
		assert.Equal(t, want, locationSecrets(location), location[:min(len(location), 80)])
	}
}

// Credentials are the transport's: what a middleware has, printed in any way, does not hold them.
func TestCredentials_AreHiddenFromMiddleware(t *testing.T) {
	t.Parallel()
	const token = "token-1234"
	var sent []*http.Request // by the middleware
	over := tripper(func(req *http.Request) (*http.Response, error) {
		assert.Equal(t, token, req.Header.Get("X-Token"))
		return &http.Response{StatusCode: 503, Request: req}, nil
	})
	middleware := func(next http.RoundTripper) http.RoundTripper {
		return tripper(func(req *http.Request) (*http.Response, error) {
			sent = append(sent, req)
			resp, err := next.RoundTrip(req)
			for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x"} {
				for _, had := range []any{req, *req, req.Context(), resp, resp.Request} {
					shown := strings.Contains(fmt.Sprintf(verb, had), token)
					assert.False(t, shown, "%s of %T", verb, had)
				}
			}
			assert.Same(t, req, resp.Request)
			return resp, err
		})
	}
	transport := New(Config{
		HTTPClient:   &http.Client{Transport: over},
		Middleware:   []func(http.RoundTripper) http.RoundTripper{middleware},
		Authenticate: func(req *http.Request) error { req.Header.Set("X-Token", token); return nil },
	})
	call := Call{Method: http.MethodGet, URL: *parsed(t, "https://api.test/"), Idempotent: true,
		Policy: Policy{MaxRetries: 1}}

	require.NoError(t, transport.Do(t.Context(), &Exchange{Call: call}))

	require.Len(t, sent, 2)
	for i, req := range sent {
		assert.Equal(t, i+1, AttemptOf(req.Context()), "each attempt has a request of its own")
	}
}
