package clevercloud_test

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net/http"
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
	for want, credentials := range map[string]auth.Authenticator{
		"the API token is empty":                             auth.Bearer(""),
		"the API token contains a line break at byte 5 of 6": auth.Bearer("t0k3n\n"),
		"the API token is enclosed in quotes; remove them":   auth.Bearer(`"t0k3n"`),
		"OAuth1: ConsumerKey is empty":                       auth.OAuth1{Token: "t"},
		"OAuth1: TokenSecret contains white space at byte 1 of 2": &auth.OAuth1{
			ConsumerKey: "k", ConsumerSecret: "s", Token: "t", TokenSecret: "s ",
		},
	} {
		_, err := clevercloud.New(clevercloud.WithAuth(credentials))

		require.EqualError(t, err, "clevercloud: WithAuth: "+want)
		require.ErrorIs(t, err, clevercloud.ErrInvalidArgument)
	}
}

// refusedOptions are options that New, With and calls reject, by the text of the error.
func refusedOptions() map[string][]clevercloud.ClientOption {
	policy := func(low, high time.Duration) clevercloud.ClientOption {
		return clevercloud.WithRetry(clevercloud.RetryPolicy{MinWait: low, MaxWait: high})
	}
	refused := map[string][]clevercloud.ClientOption{
		"opts":           {nil},
		"WithAuth":       {clevercloud.WithAuth(nil), clevercloud.WithAuth((*auth.OAuth1)(nil))},
		"WithHTTPClient": {clevercloud.WithHTTPClient(nil)},
		"WithMiddleware": {clevercloud.WithMiddleware(nil)},
		"WithLogger":     {clevercloud.WithLogger(nil)},
		"WithRetry":      {policy(-1, 0), policy(0, -1), policy(2, 1)},
		"WithUserAgent": {
			clevercloud.WithUserAgent(""), clevercloud.WithUserAgent("a\r\nX: y"),
		},
		"WithDrainTypeNames": {clevercloud.WithDrainTypeNames(99)},
		"WithDrainPaths":     {clevercloud.WithDrainPaths(99), clevercloud.WithDrainPaths(-1)},
		"WithMaxRetries":     {clevercloud.WithMaxRetries(-1)},
		"WithTimeout":        {clevercloud.WithTimeout(-1)},
		"WithQuery":          {clevercloud.WithQuery("", "x")},
	}
	add := func(name string, opt clevercloud.ClientOption) {
		refused[name] = append(refused[name], opt)
	}
	for _, address := range []string{
		"", "api.test", "/v4", "//api.test", "https://", "https:///v4", "https://:443", "api:1",
		"http://api.test", "http://localhost.evil.test", "http://[::2]", "unix:///var/run/x.sock",
		"https://user:secret@api.test", "https://@api.test", "https://api.test/?", "https://[",
		"https://api.test?a=b", "https://api.test/#x", "https://api.test:port", "https://api test",
		"https://api.test/\n", " https://api.test", "https://api.test\\@evil.test/",
	} {
		add("WithBaseURL", clevercloud.WithBaseURL(address))
		add("WithBridgeURL", clevercloud.WithBridgeURL(address))
	}
	for _, pair := range [][2]string{
		{"", "x"}, {"X Y", "x"}, {"X:", "x"}, {"X\r\nY", "x"}, {"É", "x"},
		{"X", "a\r\nY: b"}, {"X", "a\nb"}, {"X", "a\x00b"}, {"X", "a\x7fb"},
		{"Authorization", ""}, {"authorization", ""}, {"AUTHORIZATION", ""},
		{"Proxy-Authorization", ""}, {"User-Agent", ""}, {"Host", ""}, {"Content-Length", ""},
		{"Transfer-Encoding", ""}, {"Connection", ""}, {"Trailer", ""}, {"TE", ""},
		{"Upgrade", ""}, {"Accept-Encoding", ""}, {"Last-Event-ID", ""},
	} {
		add("WithHeader", clevercloud.WithHeader(pair[0], pair[1]))
	}
	return refused
}

func TestOptions_Refused(t *testing.T) {
	t.Parallel()
	const reason = "must (not )?(be|hold)|is not a header that can be set"
	base := testkit.ClientOver(t, func(*http.Request) (*http.Response, error) {
		t.Error("sent")
		return nil, nil
	})
	for name, options := range refusedOptions() {
		for i, opt := range options {
			_, newErr := clevercloud.New(opt)
			_, withErr := base.With(opt)
			errs := map[string][]error{"": {newErr, withErr}}
			ofCall, ok := opt.(clevercloud.CallOption)
			if ok || opt == nil {
				_, err := listZones(t, base, ofCall)
				errs["zones.list"] = []error{err}
			}
			for operation, errs := range errs {
				for _, err := range errs {
					var refusal *clevercloud.ValidationError
					require.ErrorAs(t, err, &refusal, "%s %d", name, i)
					assert.Equal(t, name, refusal.Argument)
					assert.Equal(t, operation, refusal.Operation)
					assert.Regexp(t, reason, refusal.Reason)
					assert.ErrorIs(t, err, clevercloud.ErrInvalidArgument)
					assert.NotRegexp(t, "\n|secret", err.Error())
				}
			}
		}
	}
}

func TestOptions_BaseURL(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"https://api.test":             "https://api.test",
		"https://api.test///":          "https://api.test",
		"https://api.test/prefix/":     "https://api.test/prefix",
		"https://api.test/a%20b/c%2Fd": "https://api.test/a%20b/c%2Fd",
		"https://api.test/a%2F/":       "https://api.test/a%2F",
		"HTTPS://api.test:8443":        "https://api.test:8443",
		"http://localhost:8080":        "http://localhost:8080",
		"http://127.1.2.3/x":           "http://127.1.2.3/x",
		"http://[::1]:8080":            "http://[::1]:8080",
	} {
		got := ""
		client := testkit.ClientOver(t, func(req *http.Request) (*http.Response, error) {
			got = req.URL.String()
			return testkit.Response(req, 200, "[]"), nil
		}, clevercloud.WithBaseURL(address))

		_, err := listZones(t, client)

		require.NoError(t, err)
		assert.Equal(t, want+"/v4/products/zones", got)
	}
}

// Every option of a call is one of a client, where it is the default of all calls and gives way to
// the call's own.
func TestOptions_OfACallAreOfAClientToo(t *testing.T) {
	t.Parallel()
	var own clevercloud.Response
	var seen []string
	client := testkit.ClientOver(t, func(req *http.Request) (*http.Response, error) {
		seen = append(seen, fmt.Sprint(req.Header.Values("X-Who"), req.URL.RawQuery))
		deadline, ok := req.Context().Deadline()
		assert.False(t, ok, "%v", deadline)
		return testkit.Response(req, 503, ""), nil
	}, clevercloud.WithMaxRetries(1), clevercloud.WithTimeout(time.Hour),
		clevercloud.WithHeader("X-Who", "client"), clevercloud.WithQuery("who", "client"))

	_, err := listZones(t, client)
	require.Error(t, err)
	_, err = listZones(t, client, clevercloud.WithMaxRetries(0), clevercloud.WithResponse(&own),
		clevercloud.WithQuery("who", "call"), clevercloud.WithHeader("x-who", "call"))
	require.Error(t, err)
	_, err = listZones(t, client)
	require.Error(t, err)

	assert.Equal(t, []string{
		"[client]who=client", "[client]who=client", "[call]who=client&who=call",
		"[client]who=client", "[client]who=client",
	}, seen, "options of a call do not stay")
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
	header := func(value string) clevercloud.ClientOption {
		return clevercloud.WithHeader("X-A", value)
	}
	query := func(value string) clevercloud.ClientOption {
		return clevercloud.WithQuery("q", value)
	}
	parent := testkit.ClientOver(t, func(req *http.Request) (*http.Response, error) {
		h := req.Header
		seen = append(seen, strings.Join(h["X-Layers"], "")+" "+h.Get("X-A")+" "+req.URL.RawQuery+
			" "+h.Get("Authorization"))
		return testkit.Response(req, 200, "[]"), nil
	}, tag("1"), tag("2"), tag("3"), query("1"), query("2"), query("3"), header("p"))
	credentials := clevercloud.WithAuth(testkit.Token("a"))
	a, err := parent.With(tag("a"), header("a"), query("a"), credentials)
	require.NoError(t, err)
	b, err := parent.With(tag("b"), header("b"), query("b"))
	require.NoError(t, err)
	again, err := a.With()
	require.NoError(t, err)
	for _, client := range []*clevercloud.Client{a, b, parent, again} {
		_, err := listZones(t, client)
		require.NoError(t, err)
	}

	assert.Equal(t, []string{
		"123a a q=1&q=2&q=3&q=a Bearer a", "123b b q=1&q=2&q=3&q=b ", "123 p q=1&q=2&q=3 ",
		"123a a q=1&q=2&q=3&q=a Bearer a",
	}, seen)
}

func TestOptions_RetryPolicyDefaults(t *testing.T) {
	t.Parallel()
	attempts := func(t *testing.T, opts ...clevercloud.ClientOption) (sent int) {
		client, err := testkit.ClientOver(t, func(req *http.Request) (*http.Response, error) {
			sent++
			return testkit.Response(req, 503, ""), nil
		}, opts...).With() // which keeps the policy
		require.NoError(t, err)
		_, err = listZones(t, client)
		require.Error(t, err)
		return sent
	}
	synctest.Test(t, func(t *testing.T) {
		for policy, want := range map[clevercloud.RetryPolicy]int{
			{}: 5, {MaxRetries: 2}: 3, {MaxRetries: -7}: 1,
			{MaxWait: 1}: 5, {MinWait: time.Hour}: 5, {MaxWait: math.MaxInt64}: 5,
		} {
			assert.Equal(t, want, attempts(t, clevercloud.WithRetry(policy)), "%+v", policy)
		}
		one, two := clevercloud.WithMaxRetries(1), clevercloud.RetryPolicy{MaxRetries: 2}
		assert.Equal(t, 3, attempts(t, one, clevercloud.WithRetry(two)), "the later counts")
		assert.Equal(t, 2, attempts(t, clevercloud.WithRetry(two), one))
	})
}

func TestOptions_Headers(t *testing.T) {
	t.Parallel()
	const own = `clevercloud-go/\S+ \(go\S+.*; \w+/\w+\)$`
	var got http.Header
	client := testkit.ClientOver(t, func(req *http.Request) (*http.Response, error) {
		got = req.Header
		return testkit.Response(req, 200, "[]"), nil
	}, clevercloud.WithLogger(slog.New(slog.DiscardHandler)))
	_, err := listZones(t, client)
	require.NoError(t, err)
	assert.Regexp(t, "^"+own, got.Get("User-Agent"))
	client, err = client.With(clevercloud.WithUserAgent("acme/2.1"))
	require.NoError(t, err)

	_, err = listZones(t, client, clevercloud.WithHeader("x-one", "1"),
		clevercloud.WithHeader("X-ONE", "2"), clevercloud.WithHeader("Accept", "application/yaml"),
		clevercloud.WithHeader("X-Empty", ""), clevercloud.WithHeader("X-Text", "a? é\tþ~"))

	require.NoError(t, err)
	assert.Regexp(t, "^acme/2.1 "+own, got.Get("User-Agent"))
	got.Del("User-Agent")
	assert.Equal(t, http.Header{
		"X-One": {"2"}, "Accept": {"application/yaml"}, "X-Empty": {""}, "X-Text": {"a? é\tþ~"},
	}, got)
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
				resp := testkit.Response(req, max(status, 200), "[]", "Sozu-Id", fmt.Sprint(sent))
				if status < 0 {
					resp.Body = io.NopCloser(iotest.ErrReader(io.ErrUnexpectedEOF))
				}
				return resp, nil
			})
			meta := clevercloud.Response{StatusCode: 999, Attempts: 999}

			_, err := listZones(t, client, clevercloud.WithResponse(&meta),
				clevercloud.WithMaxRetries(tc.retries))

			assert.Equal(t, tc.status == 200, err == nil)
			assert.Equal(t, tc.id, meta.Header.Get("Sozu-Id"))
			assert.Positive(t, meta.Duration)
			meta.Header, meta.Duration, meta.Body = nil, 0, nil
			assert.Equal(t, clevercloud.Response{
				StatusCode: tc.status, RequestID: tc.id, Attempts: len(tc.script),
			}, meta)
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
		return testkit.Response(req, 200, "%PDF", "Sozu-Id", "S"), nil
	})
	var meta clevercloud.Response

	_, err := testkit.DownloadPDF(t.Context(), client, io.Discard, clevercloud.WithResponse(&meta))

	require.NoError(t, err)
	assert.Equal(t, "S", meta.RequestID)
}
