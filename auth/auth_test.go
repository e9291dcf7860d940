package auth_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/clevercloud-go/clevercloud/auth"
)

// variables are all that the package reads of the environment, but for the home directory.
var variables = []string{
	"CLEVER_API_TOKEN", "CC_API_TOKEN", "CLEVER_TOKEN", "CLEVER_SECRET", "CC_OAUTH_TOKEN", "CC_OAUTH_SECRET", "OAUTH_CONSUMER_KEY",
	"OAUTH_CONSUMER_SECRET", "CC_CONSUMER_KEY", "CC_CONSUMER_SECRET", "API_HOST", "AUTH_BRIDGE_HOST", "CONFIGURATION_FILE",
	"XDG_CONFIG_HOME", "APPDATA",
}

// TestMain makes sure that no test and no example depends on, or prints, the credentials of whoever runs it.
func TestMain(m *testing.M) {
	for _, name := range append([]string{"HOME", "USERPROFILE"}, variables...) {
		_ = os.Unsetenv(name)
	}
	os.Exit(m.Run())
}

// canary is a secret that cannot occur by chance. The characters after the dash are there to look different in every encoding.
const canary = `canary-&"7é%/+hidden`

// spellingsOfCanary are the forms in which it could get out.
func spellingsOfCanary() []string {
	once := url.PathEscape(canary)
	quoted := fmt.Sprintf("%+q", canary)
	return []string{
		canary, "canary", "hidden", // Both ends survive most encodings, whole.
		once, url.QueryEscape(canary), url.QueryEscape(url.QueryEscape(canary)), quoted[1 : len(quoted)-1],
		hex.EncodeToString([]byte("canary")), strings.ToUpper(hex.EncodeToString([]byte("canary"))),
		base64.StdEncoding.EncodeToString([]byte(canary))[:8], base64.StdEncoding.EncodeToString([]byte(":" + canary))[4:12],
		fmt.Sprint([]byte("canary"))[1:20], "0x63, 0x61, 0x6e",
	}
}

func requireNoCanary(t *testing.T, text string) {
	t.Helper()
	for _, spelling := range spellingsOfCanary() {
		require.NotContains(t, text, spelling)
	}
}

func handlers() map[string]func(io.Writer) slog.Handler {
	return map[string]func(io.Writer) slog.Handler{
		"text": func(w io.Writer) slog.Handler { return slog.NewTextHandler(w, nil) },
		"json": func(w io.Writer) slog.Handler { return slog.NewJSONHandler(w, nil) },
	}
}

// printedForms prints v in every way that a program may print a value of somebody else's.
func printedForms(t *testing.T, v any) []string {
	t.Helper()
	forms := []string{fmt.Sprint(v), fmt.Sprintln(v), fmt.Errorf("%v", v).Error()}
	for _, verb := range verbs {
		forms = append(forms, fmt.Sprintf(verb, v), fmt.Sprintf(verb, []any{v}), fmt.Sprintf(verb, struct{ V any }{v}))
	}
	data, err := json.Marshal(v)
	require.NoError(t, err)
	forms = append(forms, string(data))
	for _, handler := range handlers() {
		var out bytes.Buffer
		slog.New(handler(&out)).Info("m", "v", v)
		forms = append(forms, out.String())
	}
	return forms
}

func TestCanary_IsNotFoundByAccident(t *testing.T) {
	t.Parallel()
	for _, leak := range []string{
		canary, fmt.Sprintf("%q", canary), fmt.Sprintf("%x", canary), fmt.Sprintf("%X", canary), url.QueryEscape(canary),
		base64.StdEncoding.EncodeToString([]byte(canary)), fmt.Sprint([]byte(canary)), fmt.Sprintf("%#v", []byte(canary)),
	} {
		found := false
		for _, spelling := range spellingsOfCanary() {
			found = found || strings.Contains(leak, spelling)
		}
		assert.True(t, found, "the search would miss %s", leak)
	}
}

func TestCanary_IsInNoPrintedForm(t *testing.T) {
	t.Parallel()
	oauth1 := auth.OAuth1{ConsumerKey: "key", ConsumerSecret: canary, Token: "token", TokenSecret: canary}
	flow := auth.Flow{ConsumerKey: "key", ConsumerSecret: canary}
	for name, value := range map[string]any{
		"Secret":          auth.Secret(canary),
		"Bearer":          auth.Bearer(canary),
		"Bearer in field": struct{ a auth.Authenticator }{auth.Bearer(canary)},
		"OAuth1":          oauth1,
		"*OAuth1":         &oauth1,
		"Consumer":        auth.Consumer{Key: "key", Secret: canary},
		"*Consumer":       &auth.Consumer{Key: "key", Secret: canary},
		"Flow":            flow,
		"*Flow":           &flow,
		"FlowToken":       auth.FlowToken{Token: "token", Secret: canary},
		"*FlowToken":      &auth.FlowToken{Token: "token", Secret: canary},
		"AccessToken":     auth.AccessToken{OAuth1: oauth1},
		"*AccessToken":    &auth.AccessToken{OAuth1: oauth1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if name != "Bearer in field" { // Of which fmt prints the address.
				assert.Contains(t, fmt.Sprintf("%+v", value), "[redacted]")
			}
			for _, form := range printedForms(t, value) {
				requireNoCanary(t, form)
			}
		})
	}
}

func TestCanary_IsInNoErrorOfAuthenticate(t *testing.T) {
	t.Parallel()
	full := auth.OAuth1{ConsumerKey: canary, ConsumerSecret: canary, Token: canary, TokenSecret: canary, Method: auth.HMACSHA512}
	badMethod, noKey, noToken := full, full, full
	badMethod.Method, noKey.ConsumerKey, noToken.Token = 9, "", ""
	get := func() *http.Request {
		return httptest.NewRequest(http.MethodGet, "https://api.example.com/v2/self", nil)
	}
	opaque, badQuery, badBody := get(), get(), get()
	opaque.URL.Opaque, badQuery.URL.RawQuery = canary, "password="+canary
	badBody.Body, badBody.GetBody = io.NopCloser(strings.NewReader(canary)), nil
	badBody.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for _, tc := range []struct {
		name string
		auth auth.Authenticator
		req  *http.Request
	}{
		{"bearer with é", auth.Bearer(canary), get()},
		{"bearer with a line break", auth.Bearer(canary + "\n"), get()},
		{"method", badMethod, get()},
		{"key", noKey, get()},
		{"token", noToken, get()},
		{"opaque", full, opaque},
		{"query", full, badQuery},
		{"body", full, badBody},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()

			err := tc.auth.Authenticate(tc.req)

			require.Error(t, err)
			assert.True(t, strings.HasPrefix(err.Error(), "auth: "), err.Error())
			assert.Empty(t, tc.req.Header.Get("Authorization"))
			for _, form := range []string{err.Error(), fmt.Sprintf("%+v", err), fmt.Sprintf("%#v", err), fmt.Sprintf("%#v", errors.Unwrap(err))} {
				requireNoCanary(t, form)
			}
		})
	}
}

func TestLocated(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		auth auth.Authenticator
		want string
	}{
		{auth.Bearer("token"), "https://api-bridge.clever-cloud.com"},
		{auth.OAuth1{}, "https://api.clever-cloud.com"},
		{auth.OAuth1{BaseURL: "https://api.example.com"}, "https://api.example.com"},
		{auth.AccessToken{OAuth1: auth.OAuth1{BaseURL: "https://api.example.com"}}, "https://api.example.com"},
	} {
		located, ok := tc.auth.(auth.Located)

		require.True(t, ok)
		assert.Equal(t, tc.want, located.APIBaseURL())
	}
}
