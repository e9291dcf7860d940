package clevercloud_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/auth"
	"github.com/clevercloud-go/clevercloud/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func apiToken(t *testing.T, change func(*clevercloud.APIToken)) clevercloud.APIToken {
	t.Helper()
	token := clevercloud.APIToken{
		ID: "api_tokens_5f0c92e8-a7d1-4b36-84fe-1d9b60c7e352", Name: "CI", Description: "used by the pipeline",
		State: clevercloud.APITokenStateActive, CreationDate: testkit.Instant(t, "2025-07-01T08:00:00.412Z"),
		ExpirationDate: testkit.Instant(t, "2026-06-30T00:00:00Z"), UserID: exampleUser, IP: "192.0.2.77",
	}
	change(&token)
	return token
}

func TestTokens_List(t *testing.T) {
	t.Parallel()
	client, mock := testkit.MockClient(t)
	testkit.Always(mock, http.StatusOK, testkit.Fixture(t, "auth/api_tokens_list.json"))

	got, err := client.Tokens.List(t.Context())

	require.NoError(t, err)
	assert.Equal(t, []clevercloud.APIToken{
		apiToken(t, func(*clevercloud.APIToken) {}),
		apiToken(t, func(token *clevercloud.APIToken) {
			token.ID, token.Name, token.Description = "api_tokens_c830e6f1-29b7-4d50-95ac-7e4f1b8d0263", "old", ""
			token.State, token.ExpirationDate, token.IP = clevercloud.APITokenStateExpired, testkit.Instant(t, "2025-02-01T00:00:00Z"), ""
		}),
	}, got)
	testkit.RoundTrip{}.Check(t, testkit.Fixture(t, "auth/api_tokens_list.json"), got)
}

func TestTokens_Create(t *testing.T) {
	t.Parallel()
	client, mock := testkit.MockClient(t)
	sent := testkit.Always(mock, http.StatusOK, testkit.Fixture(t, "auth/api_token_created.json"))

	got, err := client.Tokens.Create(t.Context(), testkit.TokenInput)

	require.NoError(t, err)
	want := apiToken(t, func(token *clevercloud.APIToken) {
		token.Token, token.UserID, token.IP = "example-api-token-value", "", ""
	})
	assert.Equal(t, &want, got)
	assert.Equal(t, "example-api-token-value", got.Token.Reveal())
	testkit.RoundTrip{Secret: []string{"apiToken"}}.Check(t, testkit.Fixture(t, "auth/api_token_created.json"), got)
	assert.JSONEq(t, testkit.Fixture(t, "auth/api_token_create_request.json"), sent.Only(t).Body)
}

func TestTokens_Create_IsCheckedBeforeSending(t *testing.T) {
	t.Parallel()
	client, mock := testkit.MockClient(t)
	sent := testkit.Always(mock, http.StatusOK, testkit.Fixture(t, "auth/api_token_created.json"))
	for argument, change := range map[string]func(*clevercloud.APITokenInput){
		"Email":          func(in *clevercloud.APITokenInput) { in.Email = "" },
		"Password":       func(in *clevercloud.APITokenInput) { in.Password = "" },
		"Name":           func(in *clevercloud.APITokenInput) { in.Name = "" },
		"ExpirationDate": func(in *clevercloud.APITokenInput) { in.ExpirationDate = time.Time{} },
	} {
		in := testkit.TokenInput
		change(&in)

		got, err := client.Tokens.Create(t.Context(), in)

		assert.Equal(t, &clevercloud.ValidationError{Operation: "tokens.create", Argument: argument, Reason: "must not be empty"}, err)
		assert.Nil(t, got)
	}
	assert.Zero(t, sent.Count())
}

func TestTokens_Create_Refused(t *testing.T) {
	t.Parallel()
	client, mock := testkit.MockClient(t)
	testkit.Always(mock, http.StatusUnauthorized, testkit.Fixture(t, "errors/bridge_invalid_mfa_code.json"))

	got, err := client.Tokens.Create(t.Context(), testkit.TokenInput)

	require.ErrorIs(t, err, clevercloud.ErrUnauthorized)
	assert.Nil(t, got)
	var refusal *clevercloud.APIError
	require.ErrorAs(t, err, &refusal)
	assert.Equal(t, "invalid-mfa-code", refusal.Code)
	assert.Equal(t, "Invalid MFA code", refusal.Message)
}

func TestTokens_Revoke(t *testing.T) {
	t.Parallel()
	client, mock := testkit.MockClient(t)
	sent := testkit.Record(mock, http.StatusNoContent, "", "")

	require.NoError(t, client.Tokens.Revoke(t.Context(), "api_tokens_1"))

	assert.Equal(t, "/prefix/api-tokens/api_tokens_1", sent.Only(t).Path)
}

func TestTokens_Get(t *testing.T) {
	t.Parallel()
	client, mock := testkit.MockClient(t)
	testkit.Always(mock, http.StatusOK, testkit.Fixture(t, "auth/api_token.json"))

	got, err := client.Tokens.Get(t.Context(), "api_tokens_5f0c92e8-a7d1-4b36-84fe-1d9b60c7e352")

	require.NoError(t, err)
	want := apiToken(t, func(*clevercloud.APIToken) {})
	assert.Equal(t, &want, got)
	testkit.RoundTrip{}.Check(t, testkit.Fixture(t, "auth/api_token.json"), got)
}

// A token where none is expected does not get into the error either.
func TestTokens_UnreadableShowsNoToken(t *testing.T) {
	t.Parallel()
	body := `[{"apiToken":"` + testkit.CanaryText + `","name":[]}]`
	client := answering(t, http.StatusOK, body)

	for _, err := range []error{
		only(client.Tokens.List(t.Context())), only(client.Tokens.Get(t.Context(), "api_tokens_1")),
	} {
		var unreadable *clevercloud.DecodeError
		require.ErrorAs(t, err, &unreadable)
		assert.Nil(t, unreadable.Body)
	}
}

// The API replaces the name and the description together: what is absent is read first.
func TestTokens_Update(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		patch clevercloud.APITokenPatch
		reads bool
		body  string
	}{
		"both": {
			clevercloud.APITokenPatch{
				Name: clevercloud.Value("new"), Description: clevercloud.Value("text"),
			}, false, `{"name":"new","description":"text"}`,
		},
		"name": {
			clevercloud.APITokenPatch{Name: clevercloud.Value("new")}, true,
			`{"name":"new","description":"used by the pipeline"}`,
		},
		"description": {
			clevercloud.APITokenPatch{Description: clevercloud.Value("text")}, true,
			`{"name":"CI","description":"text"}`,
		},
		"no description": {
			clevercloud.APITokenPatch{Description: clevercloud.Null[string]()}, true,
			`{"name":"CI"}`,
		},
		"empty description": {
			clevercloud.APITokenPatch{Description: clevercloud.Value("")}, true, `{"name":"CI"}`,
		},
		"name, no description": {
			clevercloud.APITokenPatch{
				Name: clevercloud.Value("new"), Description: clevercloud.Null[string](),
			}, false, `{"name":"new"}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var heard []testkit.RecordedRequest
			client, mock := testkit.MockClient(t)
			token := testkit.Fixture(t, "auth/api_token.json")
			mock.RegisterNoResponder(func(req *http.Request) (*http.Response, error) {
				got, err := testkit.Describe(req)
				heard = append(heard, got)
				if req.Method == http.MethodGet {
					return testkit.Answer(req, http.StatusOK, "application/json", token), err
				}
				return testkit.Answer(req, http.StatusNoContent, "", ""), err
			})

			require.NoError(t, client.Tokens.Update(t.Context(), "api_tokens_1", tc.patch))

			want := []string{http.MethodPut}
			if tc.reads {
				want = []string{http.MethodGet, http.MethodPut}
			}
			var methods []string
			for _, r := range heard {
				methods = append(methods, r.Method)
				assert.Equal(t, "/prefix/api-tokens/api_tokens_1", r.Path)
			}
			assert.Equal(t, want, methods)
			assert.JSONEq(t, tc.body, heard[len(heard)-1].Body)
		})
	}
}

func TestTokens_Update_IsCheckedBeforeSending(t *testing.T) {
	t.Parallel()
	client, mock := testkit.MockClient(t)
	sent := testkit.Always(mock, http.StatusOK, testkit.Fixture(t, "auth/api_token.json"))
	for _, tc := range []struct {
		patch            clevercloud.APITokenPatch
		argument, reason string
	}{
		{clevercloud.APITokenPatch{}, "APITokenPatch", "must set something"},
		{clevercloud.APITokenPatch{Name: clevercloud.Value("")}, "Name", "must not be empty"},
		{clevercloud.APITokenPatch{Name: clevercloud.Null[string]()}, "Name", "must not be empty"},
	} {
		err := client.Tokens.Update(t.Context(), "api_tokens_1", tc.patch)

		var invalid *clevercloud.ValidationError
		require.ErrorAs(t, err, &invalid)
		assert.Equal(t, &clevercloud.ValidationError{
			Operation: "tokens.update", Argument: tc.argument, Reason: tc.reason,
		}, invalid)
	}
	assert.Zero(t, sent.Count())
}

// Nothing is replaced by what could not be read.
func TestTokens_Update_OfNone(t *testing.T) {
	t.Parallel()
	client, mock := testkit.MockClient(t)
	sent := testkit.Always(mock, http.StatusNotFound, "{}")

	err := client.Tokens.Update(t.Context(), "api_tokens_1", clevercloud.APITokenPatch{
		Name: clevercloud.Value("new"),
	})

	require.ErrorIs(t, err, clevercloud.ErrNotFound)
	assert.Equal(t, http.MethodGet, sent.Only(t).Method)
}

func TestAPITokenState_IsKnown(t *testing.T) {
	t.Parallel()
	assert.True(t, clevercloud.APITokenState("ACTIVE").IsKnown())
	assert.True(t, clevercloud.APITokenState("EXPIRED").IsKnown())
	assert.False(t, clevercloud.APITokenState("active").IsKnown())
	assert.False(t, clevercloud.APITokenState("").IsKnown())
}

func TestTokens_Bridge(t *testing.T) {
	t.Parallel()
	const bridge = "https://api-bridge.clever-cloud.com/api-tokens"
	oauth := auth.OAuth1{ConsumerKey: "ck", ConsumerSecret: "cs", Token: "tk", TokenSecret: "ts"}
	for _, tc := range []struct {
		name       string
		opts       []clevercloud.ClientOption
		token, api string
	}{
		{"anonymous", nil, bridge, "https://api.clever-cloud.com/v2/self"},
		{"OAuth 1", []clevercloud.ClientOption{clevercloud.WithAuth(oauth)}, bridge, "https://api.clever-cloud.com/v2/self"},
		{"a token", []clevercloud.ClientOption{clevercloud.WithAuth(auth.Bearer("t0k3n"))}, bridge, "https://api-bridge.clever-cloud.com/v2/self"},
		{
			"the default base URL, spelled out", []clevercloud.ClientOption{clevercloud.WithBaseURL("https://api.clever-cloud.com/")}, bridge,
			"https://api.clever-cloud.com/v2/self",
		},
		{
			"another base URL", []clevercloud.ClientOption{clevercloud.WithAuth(oauth), clevercloud.WithBaseURL("https://api.test/x")},
			"https://api.test/x/api-tokens", "https://api.test/x/v2/self",
		},
		{
			"a bridge", []clevercloud.ClientOption{clevercloud.WithBridgeURL("https://bridge.test/y/")},
			"https://bridge.test/y/api-tokens", "https://api.clever-cloud.com/v2/self",
		},
		{
			"both", []clevercloud.ClientOption{clevercloud.WithBridgeURL("https://bridge.test"), clevercloud.WithBaseURL("https://api.test")},
			"https://bridge.test/api-tokens", "https://api.test/v2/self",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			hops := &testkit.Hops{}
			client, err := clevercloud.New(append(tc.opts, clevercloud.WithHTTPClient(&http.Client{Transport: hops}))...)
			require.NoError(t, err)
			derived, err := client.With(clevercloud.WithUserAgent("acme/1.0"))
			require.NoError(t, err)

			for _, c := range []*clevercloud.Client{client, derived} {
				hops.Seen = nil
				_, err = c.Tokens.List(t.Context())
				require.NoError(t, err)
				// The answer is that of a list.
				_, _ = c.Identity.Self(t.Context())

				require.Len(t, hops.Seen, 2)
				assert.Equal(t, tc.token, hops.Seen[0].URL.String())
				assert.Equal(t, tc.api, hops.Seen[1].URL.String())
			}
		})
	}
}

// Credentials go to the bridge as to the API, and to no other origin: not even from the bridge to the API itself.
func TestTokens_CredentialsReachTheBridgeOnly(t *testing.T) {
	t.Parallel()
	for _, location := range []string{"https://elsewhere.test/a", "https://bridge.example.test:8443/a", "https://api.example.test/a"} {
		hops := &testkit.Hops{Answers: map[string]func(*http.Request) *http.Response{
			"GET https://bridge.example.test/api-tokens": testkit.Redirect(http.StatusFound, location),
		}}
		client := testkit.ClientOver(t, hops.RoundTrip, clevercloud.WithBridgeURL("https://bridge.example.test"), clevercloud.WithAuth(testkit.Token("token")),
			clevercloud.WithHeader("X-Own", "x"))

		_, err := client.Tokens.List(t.Context())

		require.NoError(t, err)
		require.Len(t, hops.Seen, 2, location)
		assert.Equal(t, "Bearer token", hops.Seen[0].Header.Get("Authorization"))
		assert.Equal(t, location, hops.Seen[1].URL.String())
		assert.Empty(t, hops.Seen[1].Header.Get("Authorization"), location)
		assert.Empty(t, hops.Seen[1].Header.Get("X-Own"), location)
	}
	hops := &testkit.Hops{Answers: map[string]func(*http.Request) *http.Response{
		"GET https://bridge.example.test/api-tokens": testkit.Redirect(http.StatusFound, "/moved"),
	}}
	client := testkit.ClientOver(t, hops.RoundTrip, clevercloud.WithBridgeURL("https://bridge.example.test"), clevercloud.WithAuth(testkit.Token("token")))

	_, err := client.Tokens.List(t.Context())

	require.NoError(t, err)
	require.Len(t, hops.Seen, 2)
	assert.Equal(t, "Bearer token", hops.Seen[1].Header.Get("Authorization"), "within the bridge")
}

// The password is in the body: no redirect takes it elsewhere.
func TestTokens_Create_IsNotRedirected(t *testing.T) {
	t.Parallel()
	for _, status := range []int{http.StatusFound, http.StatusTemporaryRedirect, http.StatusPermanentRedirect} {
		hops := &testkit.Hops{Answers: map[string]func(*http.Request) *http.Response{
			"POST https://bridge.example.test/api-tokens": testkit.Redirect(status, "https://elsewhere.test/a"),
		}}
		client := testkit.ClientOver(t, hops.RoundTrip, clevercloud.WithBridgeURL("https://bridge.example.test"), clevercloud.WithAuth(testkit.Token("token")))

		_, err := client.Tokens.Create(t.Context(), testkit.TokenInput)

		require.Error(t, err)
		require.Len(t, hops.Seen, 1, status)
		assert.Equal(t, "Bearer token", hops.Seen[0].Header.Get("Authorization"))
		assert.JSONEq(t, testkit.Fixture(t, "auth/api_token_create_request.json"), hops.Bodies[0])
	}
}

// Tokens are what encoding/json reads, or an error that says where; what they marshal to is stable.
func FuzzAPIToken(f *testing.F) {
	for _, name := range testkit.Fixtures(f, "auth/api_token*.json") {
		f.Add([]byte(testkit.Fixture(f, name)))
	}
	client := testkit.NewFuzzClient(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		testkit.Stable[clevercloud.APIToken](t, data)
		testkit.Stable[[]clevercloud.APIToken](t, data)
		testkit.Agrees(t, client, data, func(c *clevercloud.Client) (*clevercloud.APIToken, error) {
			return c.Tokens.Create(t.Context(), testkit.TokenInput)
		})
		testkit.Agrees(t, client, data, func(c *clevercloud.Client) ([]clevercloud.APIToken, error) { return c.Tokens.List(t.Context()) })
	})
}
