package acceptance_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// redirected answers a list of zones with a redirect, and anything else with zones.
func redirected(status int, location string) *testkit.Hops {
	return &testkit.Hops{Answers: map[string]func(*http.Request) *http.Response{
		"GET " + testkit.Base + "/v4/products/zones": testkit.Redirect(status, location),
	}}
}

func TestRedirect_WithinTheOrigin(t *testing.T) {
	t.Parallel()
	for _, status := range []int{301, 302, 303, 307, 308} {
		for _, location := range []string{
			"/elsewhere", "https://api.example.test/elsewhere", "https://api.example.test:443/elsewhere",
			"https://API.example.test/elsewhere",
		} {
			hops := redirected(status, location)
			client := testkit.ClientOver(t, hops.RoundTrip, clevercloud.WithAuth(testkit.Token("token")), clevercloud.WithHeader("X-Own", "x"))
			var meta clevercloud.Response

			zones, err := client.Zones.List(t.Context(), clevercloud.ZoneQuery{}, clevercloud.WithResponse(&meta))

			require.NoError(t, err, "%d %s", status, location)
			assert.Equal(t, []clevercloud.Zone{{Name: "there"}}, zones)
			require.Len(t, hops.Seen, 2)
			assert.Equal(t, "Bearer token", hops.Seen[1].Header.Get("Authorization"))
			assert.Equal(t, "x", hops.Seen[1].Header.Get("X-Own"))
			assert.Equal(t, 200, meta.StatusCode)
			assert.Equal(t, 1, meta.Attempts, "a redirect is part of its attempt")
		}
	}
}

func TestRedirect_ToAnotherOrigin(t *testing.T) {
	t.Parallel()
	for _, location := range []string{
		"https://elsewhere.test/zones", "//elsewhere.test/zones", "https://api.example.test:8443/zones", "https://api.example.test.evil/zones",
		"http://127.0.0.1:1/zones", "http://localhost/zones",
	} {
		t.Run(location, func(t *testing.T) {
			t.Parallel()
			target, err := url.Parse(location)
			require.NoError(t, err)
			from := testkit.Base
			if target.Scheme == "http" {
				from = "http://127.0.0.2:9" // from https it would be a step down
			}
			hops := &testkit.Hops{Answers: map[string]func(*http.Request) *http.Response{
				"GET " + from + "/v4/products/zones?ownerId=orga_1": testkit.Redirect(302, location),
			}}
			client := testkit.ClientOver(t, hops.RoundTrip, clevercloud.WithBaseURL(from),
				clevercloud.WithAuth(testkit.Token("token")), clevercloud.WithHeader("X-Own", "x"),
				clevercloud.WithHeader("Cookie", "session=1"), clevercloud.WithHeader("X-Api-Key", "k"),
				clevercloud.WithHeader("Referer", "https://here.test"))

			zones, err := client.Zones.List(t.Context(), clevercloud.ZoneQuery{OwnerID: "orga_1"})

			require.NoError(t, err)
			assert.Equal(t, []clevercloud.Zone{{Name: "there"}}, zones)
			require.Len(t, hops.Seen, 2)
			assert.Equal(t, "Bearer token", hops.Seen[0].Header.Get("Authorization"))
			agent := hops.Seen[1].Header["User-Agent"]
			assert.Equal(t, http.Header{"Accept": {"application/json"}, "User-Agent": agent}, hops.Seen[1].Header,
				"nothing else is told to another origin")
			assert.Contains(t, agent[0], "clevercloud-go/")
			assert.Empty(t, hops.Seen[1].URL.RawQuery)
		})
	}
}

// Once away, what comes back to the first origin is authenticated again, and a third gets as little as the second.
func TestRedirect_ThereAndBack(t *testing.T) {
	t.Parallel()
	hops := redirected(302, "https://second.test/a")
	hops.Answers["GET https://second.test/a"] = testkit.Redirect(302, "https://third.test/b")
	hops.Answers["GET https://third.test/b"] = testkit.Redirect(302, "https://api.example.test/home")
	client := testkit.ClientOver(t, hops.RoundTrip, clevercloud.WithAuth(testkit.Token("token")), clevercloud.WithHeader("X-Own", "x"))

	_, err := client.Zones.List(t.Context(), clevercloud.ZoneQuery{})

	require.NoError(t, err)
	require.Len(t, hops.Seen, 4)
	for i, want := range []string{"Bearer token x", " ", " "} {
		header := hops.Seen[i].Header
		assert.Equal(t, want, header.Get("Authorization")+" "+header.Get("X-Own"), "hop %d", i)
	}
	assert.Equal(t, "Bearer token", hops.Seen[3].Header.Get("Authorization"))
}

func TestRedirect_NotFollowed(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, location string }{
		{"to http", "http://api.example.test/zones"},
		{"to http on this machine", "http://127.0.0.1/zones"},
		{"with a user", "https://user@elsewhere.test/zones"},
		{"with a user and a password", "https://user:secret@api.example.test/zones"},
		{"to another scheme", "ftp://api.example.test/zones"},
		{"to a file", "file:///etc/passwd"},
		{"to no host", "https:///zones"},
		{"to a script", "javascript:alert(1)"},
		{"to nowhere", ""},
		{"to what is no URL", "https://[::1"},
		{"to control characters", "https://api.example.test/\x7f"},
		{"to a bad escape", "https://api.example.test/%zz"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			hops := redirected(302, tc.location)
			client := testkit.ClientOver(t, hops.RoundTrip, clevercloud.WithAuth(testkit.Token("token")))

			_, err := client.Zones.List(t.Context(), clevercloud.ZoneQuery{})

			var answer *clevercloud.APIError
			require.ErrorAs(t, err, &answer)
			shown := strings.NewReplacer("user:secret@", "[redacted]@", "user@", "[redacted]@").Replace(tc.location)
			assert.Equal(t, shown, answer.Header.Get("Location"))
			assert.Equal(t, "moved", string(answer.Body))
			assert.Len(t, hops.Seen, 1)
			assert.EqualError(t, err, "clevercloud: zones.list: 302 found (5 bytes)")
		})
	}
}

func TestRedirect_WritesAreNotFollowed(t *testing.T) {
	t.Parallel()
	for _, call := range retryCalls(t) {
		if call.method == http.MethodGet || call.method == http.MethodHead {
			continue
		}
		for _, status := range []int{301, 302, 303, 307, 308} {
			for _, location := range []string{"/elsewhere", "https://elsewhere.test/", "https://[::1"} {
				hops := 0
				client := testkit.ClientOver(t, func(req *http.Request) (*http.Response, error) {
					hops++
					return testkit.Response(req, status, "", "Location", location), nil
				})

				err := call.do(t.Context(), client)

				var answer *clevercloud.APIError
				require.ErrorAs(t, err, &answer, "%s %d %s", call.id, status, location)
				assert.Equal(t, status, answer.StatusCode)
				assert.Equal(t, 1, hops)
			}
		}
	}
}

// A read with a body, which only Do makes, does not take it to another origin.
func TestRedirect_ABodyStaysAtItsOrigin(t *testing.T) {
	t.Parallel()
	for _, status := range []int{307, 308} {
		hops := &testkit.Hops{Answers: map[string]func(*http.Request) *http.Response{
			"GET " + testkit.Base + "/v2/search": testkit.Redirect(status, "https://elsewhere.test/"),
		}}
		client := testkit.ClientOver(t, hops.RoundTrip)

		err := client.Do(t.Context(), http.MethodGet, "/v2/search", map[string]string{"password": testkit.CanaryText}, nil)

		var answer *clevercloud.APIError
		require.ErrorAs(t, err, &answer)
		assert.Equal(t, status, answer.StatusCode)
		assert.Len(t, hops.Seen, 1)
	}
}

func TestRedirect_Loops(t *testing.T) {
	t.Parallel()
	hops := 0
	client := testkit.ClientOver(t, func(req *http.Request) (*http.Response, error) {
		hops++
		return testkit.Response(req, 307, "", "Location", req.URL.String()+"/x"), nil
	})

	_, err := client.Zones.List(t.Context(), clevercloud.ZoneQuery{})

	var answer *clevercloud.APIError
	require.ErrorAs(t, err, &answer)
	assert.Equal(t, 307, answer.StatusCode)
	assert.Equal(t, 6, hops, "five are followed, and it is not tried again")
	assert.Equal(t, 1, answer.Attempts)
}

func TestRedirect_TheCallersPolicyIsRespected(t *testing.T) {
	t.Parallel()
	no := errors.New("no redirects here")
	for name, tc := range map[string]struct {
		policy error
		check  func(*testing.T, error)
	}{
		"the last response": {http.ErrUseLastResponse, func(t *testing.T, err error) {
			require.IsType(t, &clevercloud.APIError{}, err, "an answer, and not a failure to get one")
			assert.Equal(t, 302, err.(*clevercloud.APIError).StatusCode)
		}},
		"an error": {no, func(t *testing.T, err error) { require.ErrorIs(t, err, no) }},
		"leave":    {nil, func(t *testing.T, err error) { require.NoError(t, err) }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			hops := redirected(302, "/elsewhere")
			asked := 0
			hc := &http.Client{Transport: hops, CheckRedirect: func(req *http.Request, via []*http.Request) error {
				asked++
				assert.Len(t, via, 1)
				assert.Empty(t, req.Header.Get("Authorization"), "credentials are below it")
				return tc.policy
			}}
			client := testkit.Client(t, clevercloud.WithHTTPClient(hc), clevercloud.WithAuth(testkit.Token("token")))

			_, err := client.Zones.List(t.Context(), clevercloud.ZoneQuery{})

			tc.check(t, err)
			assert.Equal(t, 1, asked, "a decision is not asked for again")
		})
	}
}

func TestRedirect_OfHEAD(t *testing.T) {
	t.Parallel()
	var got []string
	_, client := testkit.Serve(t, func(w http.ResponseWriter, req *http.Request) {
		if got = append(got, req.Method+" "+req.URL.Path); req.URL.Path == "/v4/here" {
			http.Redirect(w, req, "/v4/there", http.StatusFound)
		}
	})

	require.NoError(t, client.Do(t.Context(), http.MethodHead, "/v4/here", nil, nil))

	assert.Equal(t, []string{"HEAD /v4/here", "HEAD /v4/there"}, got)
}

func TestRedirect_TheCallersClientIsNotChanged(t *testing.T) {
	t.Parallel()
	jar := must(cookiejar.New(nil))(t)
	transport := &http.Transport{MaxIdleConnsPerHost: 3}
	hc := &http.Client{Transport: transport, Jar: jar, Timeout: time.Hour}
	before := *hc
	srv, client := testkit.Serve(t, func(w http.ResponseWriter, req *http.Request) {
		if _, err := req.Cookie("session"); err != nil {
			http.SetCookie(w, &http.Cookie{Name: "session", Value: "1", Path: "/"})
			http.Redirect(w, req, "/again", http.StatusFound)
			return
		}
		_, _ = io.WriteString(w, `[]`)
	}, clevercloud.WithHTTPClient(hc), clevercloud.WithAuth(testkit.Token("token")),
		clevercloud.WithMiddleware(func(next http.RoundTripper) http.RoundTripper { return next }))

	must(client.Zones.List(t.Context(), clevercloud.ZoneQuery{}))(t)

	assert.Equal(t, before, *hc)
	assert.Same(t, transport, hc.Transport)
	assert.Equal(t, 3, transport.MaxIdleConnsPerHost)
	assert.Len(t, jar.Cookies(must(url.Parse(srv.URL))(t)), 1, "its cookie jar works")
}

func TestRedirect_CookiesOfTheJarStayAtTheirHost(t *testing.T) {
	t.Parallel()
	jar := must(cookiejar.New(nil))(t)
	jar.SetCookies(must(url.Parse(testkit.Base))(t), []*http.Cookie{{Name: "session", Value: "1", Path: "/"}})
	hops := redirected(302, "https://elsewhere.test/")
	client := testkit.Client(t, clevercloud.WithHTTPClient(&http.Client{Transport: hops, Jar: jar}))

	must(client.Zones.List(t.Context(), clevercloud.ZoneQuery{}))(t)

	assert.Equal(t, "session=1", hops.Seen[0].Header.Get("Cookie"))
	assert.Empty(t, hops.Seen[1].Header.Get("Cookie"))
}
