package clevercloud_test

import (
	"errors"
	"io"
	"log/slog"
	"math"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/auth"
	"github.com/clevercloud-go/clevercloud/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestWithAuth_RefusesFlawedCredentials(t *testing.T) {
	t.Parallel()
	base, err := clevercloud.New()
	require.NoError(t, err)
	for want, credentials := range map[string]auth.Authenticator{
		"the API token is empty":                              auth.Bearer(""),
		"the API token contains a line break at byte 5 of 6":  auth.Bearer("t0k3n\n"),
		"the API token is enclosed in quotes; remove them":    auth.Bearer(`"t0k3n"`),
		"OAuth1: ConsumerKey is empty":                        auth.OAuth1{Token: "t", TokenSecret: "s"},
		"OAuth1: TokenSecret contains a blank at byte 1 of 2": &auth.OAuth1{ConsumerKey: "k", ConsumerSecret: "s", Token: "t", TokenSecret: "s "},
	} {
		_, err := clevercloud.New(clevercloud.WithAuth(credentials))
		_, withErr := base.With(clevercloud.WithAuth(credentials))

		for _, err := range []error{err, withErr} {
			require.EqualError(t, err, "clevercloud: WithAuth: "+want)
			require.ErrorIs(t, err, clevercloud.ErrInvalidArgument)
		}
	}
}

func TestOptions_Refused(t *testing.T) {
	t.Parallel()
	policy := func(n int, low, high time.Duration) clevercloud.ClientOption {
		return clevercloud.WithRetry(clevercloud.RetryPolicy{MaxRetries: n, MinWait: low, MaxWait: high})
	}
	for _, tc := range []struct {
		name, option string
		opt          clevercloud.ClientOption
	}{
		{"no option", "opts", nil},
		{"no credentials", "WithAuth", clevercloud.WithAuth(nil)},
		{"credentials that are a nil pointer", "WithAuth", clevercloud.WithAuth((*auth.OAuth1)(nil))},
		{"no client", "WithHTTPClient", clevercloud.WithHTTPClient(nil)},
		{"no middleware", "WithMiddleware", clevercloud.WithMiddleware(nil)},
		{"no logger", "WithLogger", clevercloud.WithLogger(nil)},
		{"negative waits", "WithRetry", policy(0, -1, 0)},
		{"a negative cap", "WithRetry", policy(0, 0, -1)},
		{"waits over the cap", "WithRetry", policy(0, 2, 1)},
		{"no product", "WithUserAgent", clevercloud.WithUserAgent("")},
		{"a product of two lines", "WithUserAgent", clevercloud.WithUserAgent("a\r\nX: y")},
		{"unknown names", "WithDrainTypeNames", clevercloud.WithDrainTypeNames(99)},
		{"unknown paths", "WithDrainPaths", clevercloud.WithDrainPaths(99)},
		{"negative paths", "WithDrainPaths", clevercloud.WithDrainPaths(-1)},
		{"no bridge", "WithBridgeURL", clevercloud.WithBridgeURL("")},
		{"a bridge in the clear", "WithBridgeURL", clevercloud.WithBridgeURL("http://bridge.test")},
		{"a bridge with credentials", "WithBridgeURL", clevercloud.WithBridgeURL("https://user:pass@bridge.test")},
		{"a bridge with a query", "WithBridgeURL", clevercloud.WithBridgeURL("https://bridge.test?x=y")},
		{"a bridge that is no URL", "WithBridgeURL", clevercloud.WithBridgeURL("https://[")},
		{"a bridge without a host", "WithBridgeURL", clevercloud.WithBridgeURL("https:///v4")},
		{"a bridge without a scheme", "WithBridgeURL", clevercloud.WithBridgeURL("bridge:1")},
		{"fewer than no retries", "WithMaxRetries", clevercloud.WithMaxRetries(-1)},
		{"a negative timeout", "WithTimeout", clevercloud.WithTimeout(-1)},
		{"no key", "WithQuery", clevercloud.WithQuery("", "x")},
		{"no header", "WithHeader", clevercloud.WithHeader("", "x")},
		{"a header with a space", "WithHeader", clevercloud.WithHeader("X Y", "x")},
		{"a header with a colon", "WithHeader", clevercloud.WithHeader("X:", "x")},
		{"a header of two lines", "WithHeader", clevercloud.WithHeader("X\r\nY", "x")},
		{"a header that is not ASCII", "WithHeader", clevercloud.WithHeader("É", "x")},
		{"a value of two lines", "WithHeader", clevercloud.WithHeader("X", "a\r\nY: b")},
		{"a value with a line feed", "WithHeader", clevercloud.WithHeader("X", "a\nb")},
		{"a value with a null", "WithHeader", clevercloud.WithHeader("X", "a\x00b")},
		{"a value with a delete", "WithHeader", clevercloud.WithHeader("X", "a\x7fb")},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			base := testkit.ClientOver(t, func(*http.Request) (*http.Response, error) { t.Error("sent"); return nil, nil })

			_, err := clevercloud.New(tc.opt)
			_, withErr := base.With(tc.opt)

			for _, err := range []error{err, withErr} {
				var refusal *clevercloud.ValidationError
				require.ErrorAs(t, err, &refusal)
				assert.Equal(t, tc.option, refusal.Argument)
				assert.Empty(t, refusal.Operation)
				assert.Regexp(t, "must (not )?(be|hold)|is not a header that can be set", refusal.Reason)
				assert.ErrorIs(t, err, clevercloud.ErrInvalidArgument)
				assert.NotContains(t, err.Error(), "\n")
			}
			opt, ok := tc.opt.(clevercloud.CallOption)
			if tc.opt != nil && !ok {
				return
			}
			_, err = base.Zones.List(t.Context(), clevercloud.ZoneQuery{}, opt)
			var refusal *clevercloud.ValidationError
			require.ErrorAs(t, err, &refusal)
			assert.Equal(t, tc.option, refusal.Argument)
			assert.Equal(t, "zones.list", refusal.Operation)
			assert.Regexp(t, "must (not )?(be|hold)|is not a header that can be set", refusal.Reason)
		})
	}
}

func TestOptions_ReservedHeaders(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"Authorization", "authorization", "AUTHORIZATION", "Proxy-Authorization", "User-Agent", "Host", "Content-Length", "Transfer-Encoding",
		"Connection", "Trailer", "TE", "Upgrade", "Accept-Encoding", "Last-Event-ID",
	} {
		_, err := clevercloud.New(clevercloud.WithHeader(name, "x"))

		require.ErrorIs(t, err, clevercloud.ErrInvalidArgument, name)
	}
}

func TestOptions_HeaderValuesMayHold(t *testing.T) {
	t.Parallel()
	_, err := clevercloud.New(clevercloud.WithHeader("X", "a? b\tþ~"))

	assert.NoError(t, err)
}

func TestOptions_BaseURL(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"https://api.test":              "https://api.test/v4/products/zones",
		"https://api.test/":             "https://api.test/v4/products/zones",
		"https://api.test///":           "https://api.test/v4/products/zones",
		"https://api.test/prefix":       "https://api.test/prefix/v4/products/zones",
		"https://api.test/prefix/":      "https://api.test/prefix/v4/products/zones",
		"https://api.test/a%20b/c%2Fd":  "https://api.test/a%20b/c%2Fd/v4/products/zones",
		"https://api.test/a%2F/":        "https://api.test/a%2F/v4/products/zones",
		"https://api.test:8443":         "https://api.test:8443/v4/products/zones",
		"HTTPS://api.test":              "https://api.test/v4/products/zones",
		"http://localhost:8080":         "http://localhost:8080/v4/products/zones",
		"http://127.0.0.1:8080/x":       "http://127.0.0.1:8080/x/v4/products/zones",
		"http://127.1.2.3":              "http://127.1.2.3/v4/products/zones",
		"http://[::1]:8080":             "http://[::1]:8080/v4/products/zones",
		"":                              "",
		"api.test":                      "",
		"/v4":                           "",
		"//api.test":                    "",
		"https://":                      "",
		"https://:443":                  "",
		"https:api.test":                "",
		"http://api.test":               "",
		"http://localhost.evil.test":    "",
		"http://10.0.0.1":               "",
		"http://[::2]":                  "",
		"ftp://localhost":               "",
		"https://user@api.test":         "",
		"https://user:secret@api.test":  "",
		"https://@api.test":             "",
		"https://api.test?a=b":          "",
		"https://api.test/?":            "",
		"https://api.test/#x":           "",
		"https://api.test:port":         "",
		"https://api test":              "",
		"https://api.test/\n":           "",
		" https://api.test":             "",
		"https://api.test/%zz":          "",
		"javascript:alert(1)":           "",
		"unix:///var/run/docker.sock":   "",
		"https://api.test\\@evil.test/": "",
	} {
		got := ""
		client, err := clevercloud.New(clevercloud.WithBaseURL(address), clevercloud.WithHTTPClient(&http.Client{
			Transport: testkit.RoundTripFunc(func(req *http.Request) (*http.Response, error) {
				got = req.URL.String()
				return testkit.Response(req, 200, "[]"), nil
			}),
		}))
		if want == "" {
			var refusal *clevercloud.ValidationError
			require.ErrorAs(t, err, &refusal, address)
			assert.Equal(t, "WithBaseURL", refusal.Argument)
			assert.NotContains(t, err.Error(), "secret")
			continue
		}
		require.NoError(t, err, address)

		_, err = client.Zones.List(t.Context(), clevercloud.ZoneQuery{})

		require.NoError(t, err)
		assert.Equal(t, want, got)
	}
}

// Every option of a call is one of a client, where it is the default of all calls and gives way to the call's own.
func TestOptions_OfACallAreOfAClientToo(t *testing.T) {
	t.Parallel()
	var own clevercloud.Response
	options := []clevercloud.Option{
		clevercloud.WithMaxRetries(1), clevercloud.WithTimeout(time.Hour), clevercloud.WithHeader("X-Who", "client"),
		clevercloud.WithQuery("who", "client"),
	}
	asClient := make([]clevercloud.ClientOption, len(options))
	for i, opt := range options {
		asClient[i] = opt
	}
	var seen []*http.Request
	client := testkit.ClientOver(t, func(req *http.Request) (*http.Response, error) {
		seen = append(seen, req)
		deadline, ok := req.Context().Deadline()
		assert.False(t, ok, "%v", deadline)
		return testkit.Response(req, 503, ""), nil
	}, asClient...)

	_, err := client.Zones.List(t.Context(), clevercloud.ZoneQuery{})
	require.Error(t, err)
	assert.Len(t, seen, 2)
	_, err = client.Zones.List(t.Context(), clevercloud.ZoneQuery{}, clevercloud.WithMaxRetries(0), clevercloud.WithHeader("x-who", "call"),
		clevercloud.WithQuery("who", "call"), clevercloud.WithResponse(&own))
	require.Error(t, err)
	_, err = client.Zones.List(t.Context(), clevercloud.ZoneQuery{})
	require.Error(t, err)

	require.Len(t, seen, 5)
	for i, want := range []string{"client", "client", "call", "client", "client"} {
		assert.Equal(t, []string{want}, seen[i].Header.Values("X-Who"))
	}
	for i, want := range []string{"who=client", "who=client", "who=client&who=call", "who=client", "who=client"} {
		assert.Equal(t, want, seen[i].URL.RawQuery, "options of a call do not stay")
	}
	assert.Equal(t, 1, own.Attempts)
}

// Clients made from one by With do not see each other's settings, whatever the order.
func TestOptions_WithDoesNotChangeItsParent(t *testing.T) {
	t.Parallel()
	var seen []string
	tag := func(name string) clevercloud.ClientOption {
		return clevercloud.WithMiddleware(func(next http.RoundTripper) http.RoundTripper {
			return testkit.RoundTripFunc(func(req *http.Request) (*http.Response, error) {
				req.Header.Add("X-Layers", name)
				return next.RoundTrip(req)
			})
		})
	}
	parent := testkit.ClientOver(t, func(req *http.Request) (*http.Response, error) {
		seen = append(seen, strings.Join(req.Header.Values("X-Layers"), "")+" "+req.Header.Get("X-A")+" "+req.URL.RawQuery+" "+req.Header.Get("Authorization"))
		return testkit.Response(req, 200, "[]"), nil
	}, tag("1"), tag("2"), tag("3"), clevercloud.WithQuery("q", "1"), clevercloud.WithQuery("q", "2"), clevercloud.WithQuery("q", "3"),
		clevercloud.WithHeader("X-A", "p"))
	a, err := parent.With(tag("a"), clevercloud.WithHeader("X-A", "a"), clevercloud.WithQuery("q", "a"), clevercloud.WithAuth(testkit.Token("a")))
	require.NoError(t, err)
	b, err := parent.With(tag("b"), clevercloud.WithHeader("X-A", "b"), clevercloud.WithQuery("q", "b"))
	require.NoError(t, err)
	again, err := a.With()
	require.NoError(t, err)
	for _, client := range []*clevercloud.Client{a, b, parent, again} {
		_, err := client.Zones.List(t.Context(), clevercloud.ZoneQuery{})
		require.NoError(t, err)
	}

	assert.Equal(t, []string{
		"123a a q=1&q=2&q=3&q=a Bearer a", "123b b q=1&q=2&q=3&q=b ", "123 p q=1&q=2&q=3 ", "123a a q=1&q=2&q=3&q=a Bearer a",
	}, seen)
}

func TestOptions_RetryPolicyDefaults(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name     string
		opts     []clevercloud.ClientOption
		attempts int
	}{
		{"by default", []clevercloud.ClientOption{clevercloud.WithRetry(clevercloud.RetryPolicy{})}, 5},
		{"a number", []clevercloud.ClientOption{clevercloud.WithRetry(clevercloud.RetryPolicy{MaxRetries: 2})}, 3},
		{"a short cap", []clevercloud.ClientOption{clevercloud.WithRetry(clevercloud.RetryPolicy{MaxWait: 1})}, 5},
		{"a long wait", []clevercloud.ClientOption{clevercloud.WithRetry(clevercloud.RetryPolicy{MinWait: time.Hour})}, 5},
		{"no cap", []clevercloud.ClientOption{clevercloud.WithRetry(clevercloud.RetryPolicy{MaxWait: math.MaxInt64})}, 5},
		{"the later of two", []clevercloud.ClientOption{clevercloud.WithMaxRetries(1), clevercloud.WithRetry(clevercloud.RetryPolicy{MaxRetries: 3})}, 4},
		{"the other order", []clevercloud.ClientOption{clevercloud.WithRetry(clevercloud.RetryPolicy{MaxRetries: 3}), clevercloud.WithMaxRetries(1)}, 2},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				sent := 0
				client := testkit.ClientOver(t, func(req *http.Request) (*http.Response, error) { sent++; return testkit.Response(req, 503, ""), nil }, tc.opts...)

				_, err := client.Zones.List(t.Context(), clevercloud.ZoneQuery{})

				require.Error(t, err)
				assert.Equal(t, tc.attempts, sent)
			})
		})
	}
}

func TestOptions_UserAgent(t *testing.T) {
	t.Parallel()
	got := ""
	own := regexp.MustCompile(`^clevercloud-go/\S+ \(go\S+.*; \w+/\w+\)$`)
	client := testkit.ClientOver(t, func(req *http.Request) (*http.Response, error) {
		got = req.Header.Get("User-Agent")
		return testkit.Response(req, 200, "[]"), nil
	})
	_, err := client.Zones.List(t.Context(), clevercloud.ZoneQuery{})
	require.NoError(t, err)
	assert.Regexp(t, own, got)
	client, err = client.With(clevercloud.WithUserAgent("acme/2.1"))
	require.NoError(t, err)

	_, err = client.Zones.List(t.Context(), clevercloud.ZoneQuery{})

	require.NoError(t, err)
	require.True(t, strings.HasPrefix(got, "acme/2.1 "))
	assert.Regexp(t, own, strings.TrimPrefix(got, "acme/2.1 "))
}

func TestOptions_Headers(t *testing.T) {
	t.Parallel()
	var got http.Header
	client := testkit.ClientOver(t, func(req *http.Request) (*http.Response, error) {
		got = req.Header
		return testkit.Response(req, 200, "[]"), nil
	}, clevercloud.WithLogger(slog.New(slog.DiscardHandler)))

	_, err := client.Zones.List(t.Context(), clevercloud.ZoneQuery{}, clevercloud.WithHeader("x-one", "1"), clevercloud.WithHeader("X-ONE", "2"),
		clevercloud.WithHeader("Accept", "application/yaml"), clevercloud.WithHeader("X-Empty", ""), clevercloud.WithHeader("X-Text", "é\tb"))

	require.NoError(t, err)
	got.Del("User-Agent")
	assert.Equal(t, http.Header{"X-One": {"2"}, "Accept": {"application/yaml"}, "X-Empty": {""}, "X-Text": {"é\tb"}}, got)
}

func TestResponse(t *testing.T) {
	t.Parallel()
	reset := errors.New("reset")
	for _, tc := range []struct {
		name    string
		script  []int // statuses; 0 is no answer, -1 a success that breaks off
		status  int
		id      string
		retries int
	}{
		{"a success", []int{200}, 200, "1", 3},
		{"a success at last", []int{503, 0, 200}, 200, "3", 3},
		{"an error", []int{404}, 404, "1", 3},
		{"an error after retries", []int{503, 502}, 502, "2", 1},
		{"no answer", []int{0, 0}, 0, "", 1},
		{"no answer after an error", []int{503, 0}, 503, "1", 1},
		{"half an answer", []int{-1}, 0, "", 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			sent := 0
			client := testkit.ClientOver(t, func(req *http.Request) (*http.Response, error) {
				status := tc.script[sent]
				sent++
				if status == 0 {
					return nil, reset
				}
				resp := testkit.Response(req, max(status, 200), "[]", "Sozu-Id", string(rune('0'+sent)))
				if status < 0 {
					resp.Body = io.NopCloser(io.MultiReader(strings.NewReader("["), iotest.ErrReader(io.ErrUnexpectedEOF)))
				}
				return resp, nil
			})
			meta := clevercloud.Response{StatusCode: 999, Attempts: 999}

			_, err := client.Zones.List(t.Context(), clevercloud.ZoneQuery{}, clevercloud.WithResponse(&meta), clevercloud.WithMaxRetries(tc.retries))

			assert.Equal(t, tc.status == 200, err == nil)
			assert.Equal(t, tc.status, meta.StatusCode)
			assert.Equal(t, tc.id, meta.RequestID)
			assert.Equal(t, tc.id, meta.Header.Get("Sozu-Id"))
			assert.Equal(t, len(tc.script), meta.Attempts)
			assert.Positive(t, meta.Duration)
		})
	}
}

func TestResponse_OfARefusedCallIsEmpty(t *testing.T) {
	t.Parallel()
	client := testkit.ClientOver(t, nil)
	meta := clevercloud.Response{StatusCode: 999, RequestID: "x", Attempts: 9, Duration: time.Hour}

	_, err := client.Zones.Get(t.Context(), "", clevercloud.WithResponse(&meta))

	require.ErrorIs(t, err, clevercloud.ErrInvalidArgument)
	assert.Equal(t, clevercloud.Response{}, meta)
}

func TestResponse_OfADownload(t *testing.T) {
	t.Parallel()
	client := testkit.ClientOver(t, func(req *http.Request) (*http.Response, error) {
		return testkit.Response(req, 200, "%PDF", "Content-Type", "application/pdf", "Sozu-Id", "S"), nil
	})
	var meta clevercloud.Response

	_, err := testkit.DownloadPDF(t.Context(), client, io.Discard, clevercloud.WithResponse(&meta))

	require.NoError(t, err)
	assert.Equal(t, "S", meta.RequestID)
	assert.Equal(t, "application/pdf", meta.Header.Get("Content-Type"))
}
