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

func apiToken(t *testing.T) clevercloud.APIToken {
	t.Helper()
	return clevercloud.APIToken{
		ID: "api_tokens_5f0c92e8-a7d1-4b36-84fe-1d9b60c7e352", Name: "CI",
		Description: "used by the pipeline", State: clevercloud.APITokenStateActive, UserID: exampleUser,
		CreationDate:   testkit.Instant(t, "2025-07-01T08:00:00.412Z"),
		ExpirationDate: testkit.Instant(t, "2026-06-30T00:00:00Z"), IP: "192.0.2.77",
	}
}

func TestTokens_Results(t *testing.T) {
	t.Parallel()
	old := apiToken(t)
	old.ID, old.Name, old.Description = "api_tokens_c830e6f1-29b7-4d50-95ac-7e4f1b8d0263", "old", ""
	old.State, old.IP = clevercloud.APITokenStateExpired, ""
	old.ExpirationDate = testkit.Instant(t, "2025-02-01T00:00:00Z")
	created := apiToken(t)
	created.Token, created.UserID, created.IP = "example-api-token-value", "", ""
	trip := testkit.RoundTrip{Secret: []string{"apiToken"}}

	checkFixtures(t, "auth/api_tokens_list.json", map[string][]clevercloud.APIToken{
		"auth/api_tokens_list.json": {apiToken(t), old},
	}, trip, (*clevercloud.TokensService).List, nil)
	checkFixtures(t, "auth/api_token.json", map[string]clevercloud.APIToken{
		"auth/api_token.json": apiToken(t),
	}, trip, (*clevercloud.TokensService).Get, []any{"api_tokens_1"})
	checkFixtures(t, "auth/api_token_created.json", map[string]clevercloud.APIToken{
		"auth/api_token_created.json": created,
	}, trip, (*clevercloud.TokensService).Create, []any{testkit.TokenInput})
	checkKnown[clevercloud.APITokenState](t, "ACTIVE", "EXPIRED")
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

		assert.Equal(t, &clevercloud.ValidationError{
			Operation: "tokens.create", Argument: argument, Reason: "must not be empty",
		}, err)
		assert.Nil(t, got)
	}
	assert.Zero(t, sent.Count())
}

func TestTokens_Create_Refused(t *testing.T) {
	t.Parallel()
	body := testkit.Fixture(t, "errors/bridge_invalid_mfa_code.json")

	got, err := answering(t, http.StatusUnauthorized, body).Tokens.
		Create(t.Context(), testkit.TokenInput)

	require.ErrorIs(t, err, clevercloud.ErrUnauthorized)
	assert.Nil(t, got)
	var refusal *clevercloud.APIError
	require.ErrorAs(t, err, &refusal)
	assert.Equal(t, "invalid-mfa-code", refusal.Code)
	assert.Equal(t, "Invalid MFA code", refusal.Message)

	// An API that echoes what it was sent.
	in := testkit.TokenInput
	for _, secret := range []auth.Secret{in.Password, in.MFACode} {
		_, err := answering(t, http.StatusBadRequest, `{"message":"bad `+secret.Reveal()+`"}`).
			Tokens.Create(t.Context(), in)
		assert.EqualError(t, err, "clevercloud: tokens.create: 400 bad request: bad [redacted]")
	}
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
	type patch = clevercloud.APITokenPatch
	name, text := clevercloud.Value("new"), clevercloud.Value("text")
	none := clevercloud.Null[string]()
	token := testkit.Fixture(t, "auth/api_token.json")
	for _, tc := range []struct {
		patch patch
		reads bool
		body  string
	}{
		{patch{Name: name, Description: text}, false, `{"name":"new","description":"text"}`},
		{patch{Name: name, Description: none}, false, `{"name":"new"}`},
		{patch{Name: name}, true, `{"name":"new","description":"used by the pipeline"}`},
		{patch{Description: text}, true, `{"name":"CI","description":"text"}`},
		{patch{Description: none}, true, `{"name":"CI"}`},
		{patch{Description: clevercloud.Value("")}, true, `{"name":"CI"}`},
	} {
		client, s := scriptedClient(t, scripted{status: http.StatusNoContent})
		const path = " /api-tokens/api_tokens_1"
		heard, bodies := []string{"PUT" + path}, []string{tc.body}
		if tc.reads {
			client, s = scriptedClient(t, scripted{status: 200, body: token}, scripted{status: 204})
			heard, bodies = []string{"GET" + path, "PUT" + path}, []string{"", tc.body}
		}

		require.NoError(t, client.Tokens.Update(t.Context(), "api_tokens_1", tc.patch))

		assert.Equal(t, heard, s.heard)
		assert.Equal(t, bodies, s.bodies)
	}
}

func TestTokens_Update_IsCheckedBeforeSending(t *testing.T) {
	t.Parallel()
	client, _ := testkit.MockClient(t)
	for _, tc := range []struct {
		patch clevercloud.APITokenPatch
		err   string
	}{
		{clevercloud.APITokenPatch{}, "APITokenPatch must set something"},
		{clevercloud.APITokenPatch{Name: clevercloud.Value("")}, "Name must not be empty"},
		{clevercloud.APITokenPatch{Name: clevercloud.Null[string]()}, "Name must not be empty"},
	} {
		err := client.Tokens.Update(t.Context(), "api_tokens_1", tc.patch)

		require.ErrorIs(t, err, clevercloud.ErrInvalidArgument)
		assert.EqualError(t, err, "clevercloud: tokens.update: "+tc.err)
	}
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

func TestTokens_Bridge(t *testing.T) {
	t.Parallel()
	const bridge, api = "https://api-bridge.clever-cloud.com", "https://api.clever-cloud.com"
	oauth := clevercloud.WithAuth(auth.OAuth1{
		ConsumerKey: "ck", ConsumerSecret: "cs", Token: "tk", TokenSecret: "ts",
	})
	base, other := clevercloud.WithBaseURL, clevercloud.WithBridgeURL
	type options = []clevercloud.ClientOption
	for _, tc := range []struct {
		name        string
		opts        options
		tokens, api string
	}{
		{"anonymous", nil, bridge, api},
		{"OAuth 1", options{oauth}, bridge, api},
		{"a token", options{clevercloud.WithAuth(auth.Bearer("t0k3n"))}, bridge, bridge},
		{"the default base URL", options{base(api + "/")}, bridge, api},
		{"another base URL", options{oauth, base("https://api.test/x")}, "https://api.test/x",
			"https://api.test/x"},
		{"a bridge", options{other("https://bridge.test/y/")}, "https://bridge.test/y", api},
		{"both", options{other("https://bridge.test"), base("https://api.test")},
			"https://bridge.test", "https://api.test"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			hops := &testkit.Hops{}
			transport := clevercloud.WithHTTPClient(&http.Client{Transport: hops})
			client, err := clevercloud.New(append(tc.opts, transport)...)
			require.NoError(t, err)
			derived, err := client.With(clevercloud.WithUserAgent("acme/1.0"))
			require.NoError(t, err)

			for _, c := range []*clevercloud.Client{client, derived} {
				hops.Seen = nil
				_, err = c.Tokens.List(t.Context())
				require.NoError(t, err)
				_, _ = c.Identity.Self(t.Context()) // the answer is that of a list

				require.Len(t, hops.Seen, 2)
				assert.Equal(t, tc.tokens+"/api-tokens", hops.Seen[0].URL.String())
				assert.Equal(t, tc.api+"/v2/self", hops.Seen[1].URL.String())
			}
		})
	}
}

// bridged returns a client whose bridge redirects each call of the method to another origin.
func bridged(
	t *testing.T, method string, status int, location string,
) (*clevercloud.Client, *testkit.Hops) {
	t.Helper()
	const bridge = "https://bridge.example.test"
	hops := &testkit.Hops{Answers: map[string]func(*http.Request) *http.Response{
		method + " " + bridge + "/api-tokens": testkit.Redirect(status, location),
	}}
	return testkit.ClientOver(t, hops.RoundTrip, clevercloud.WithBridgeURL(bridge),
		clevercloud.WithAuth(testkit.Token("token")), clevercloud.WithHeader("X-Own", "x")), hops
}

// Credentials go to the bridge as to the API, and to no other origin: not even from the bridge to
// the API itself.
func TestTokens_CredentialsReachTheBridgeOnly(t *testing.T) {
	t.Parallel()
	for location, credentials := range map[string]string{
		"https://elsewhere.test/a": "", "https://bridge.example.test:8443/a": "",
		"https://api.example.test/a": "", "https://bridge.example.test/moved": "Bearer token",
	} {
		client, hops := bridged(t, "GET", http.StatusFound, location)

		_, err := client.Tokens.List(t.Context())

		require.NoError(t, err)
		require.Len(t, hops.Seen, 2, location)
		assert.Equal(t, "Bearer token", hops.Seen[0].Header.Get("Authorization"))
		assert.Equal(t, location, hops.Seen[1].URL.String())
		assert.Equal(t, credentials, hops.Seen[1].Header.Get("Authorization"), location)
		assert.Equal(t, credentials == "", hops.Seen[1].Header.Get("X-Own") == "", location)
	}
}

// The password is in the body: no redirect takes it elsewhere.
func TestTokens_Create_IsNotRedirected(t *testing.T) {
	t.Parallel()
	for _, status := range []int{
		http.StatusFound, http.StatusTemporaryRedirect, http.StatusPermanentRedirect,
	} {
		client, hops := bridged(t, "POST", status, "https://elsewhere.test/a")

		_, err := client.Tokens.Create(t.Context(), testkit.TokenInput)

		require.Error(t, err)
		require.Len(t, hops.Seen, 1, status)
		assert.Equal(t, "Bearer token", hops.Seen[0].Header.Get("Authorization"))
		assert.JSONEq(t, testkit.Fixture(t, "auth/api_token_create_request.json"), hops.Bodies[0])
	}
}

// Tokens are what encoding/json reads, or an error that says where; what they marshal to is stable.
func FuzzAPIToken(f *testing.F) {
	fuzzFixtures(f, "auth/api_token*.json", func(t *testing.T, api *testkit.FuzzClient, data []byte) {
		testkit.Stable[clevercloud.APIToken](t, data)
		testkit.Stable[[]clevercloud.APIToken](t, data)
		agrees[*clevercloud.APIToken](t, api, data,
			(*clevercloud.TokensService).Create, testkit.TokenInput)
		agrees[[]clevercloud.APIToken](t, api, data, (*clevercloud.TokensService).List)
	})
}
