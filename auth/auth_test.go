package auth_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/clevercloud-go/clevercloud/auth"
	"github.com/clevercloud-go/clevercloud/internal/testkit"
)

// variables are all that the package reads of the environment, but for the home directory.
var variables = []string{
	"CLEVER_API_TOKEN", "CC_API_TOKEN", "CLEVER_TOKEN", "CLEVER_SECRET", "CC_OAUTH_TOKEN",
	"CC_OAUTH_SECRET", "OAUTH_CONSUMER_KEY", "OAUTH_CONSUMER_SECRET", "CC_CONSUMER_KEY",
	"CC_CONSUMER_SECRET", "API_HOST", "AUTH_BRIDGE_HOST", "CONFIGURATION_FILE", "XDG_CONFIG_HOME",
	"APPDATA",
}

// TestMain makes sure that no test and no example depends on, or prints, the credentials of whoever
// runs it.
func TestMain(m *testing.M) {
	for _, name := range append([]string{"HOME", "USERPROFILE"}, variables...) {
		_ = os.Unsetenv(name)
	}
	os.Exit(m.Run())
}

// canary is a secret that cannot occur by chance. The characters in its middle differ in each
// encoding.
const canary = testkit.Canary + `-&"7é%/+` + testkit.CanaryTail

func requireNoCanary(t *testing.T, texts ...string) {
	t.Helper()
	for _, text := range texts {
		require.NotContains(t, text, "canary")
		require.Nil(t, testkit.Spellings().In([]byte(text)), text)
	}
}

// flaws are values that must be mistakes, with what the errors say about them.
func flaws() map[string]string {
	return map[string]string{
		canary + "\n":      "contains a line break at byte 29 of 30",
		canary + "\r\n":    "contains a line break at byte 29 of 31",
		"to\rken":          "contains a line break at byte 2 of 6",
		" " + canary:       "contains white space at byte 0 of 30",
		canary + "\t":      "contains white space at byte 29 of 30",
		canary + "\u00a0":  "contains white space at byte 29 of 31",
		"\ufeff" + canary:  "contains a control character at byte 0 of 32",
		canary + "\x00":    "contains a control character at byte 29 of 30",
		canary + "\x7f":    "contains a control character at byte 29 of 30",
		`"` + canary + `"`: "is enclosed in quotes; remove them",
		`'` + canary + `'`: "is enclosed in quotes; remove them",
	}
}

func handlers() map[string]func(io.Writer) slog.Handler {
	return map[string]func(io.Writer) slog.Handler{
		"text": func(w io.Writer) slog.Handler { return slog.NewTextHandler(w, nil) },
		"json": func(w io.Writer) slog.Handler { return slog.NewJSONHandler(w, nil) },
	}
}

// printedForms prints v in every way that a program may print a value of somebody else's.
func printedForms(v any) []string {
	forms := testkit.Texts(v)
	for _, verb := range verbs {
		forms = append(forms, fmt.Sprintf(verb, v), fmt.Sprintf(verb, []any{v}),
			fmt.Sprintf(verb, struct{ V any }{v}))
	}
	for _, handler := range handlers() {
		var out bytes.Buffer
		slog.New(handler(&out)).Info("m", "v", v)
		forms = append(forms, out.String())
	}
	return forms
}

func TestCanary_IsInNoPrintedForm(t *testing.T) {
	t.Parallel()
	oauth1 := auth.OAuth1{ConsumerSecret: canary, Token: "token", TokenSecret: canary}
	consumer := auth.Consumer{Key: "key", Secret: canary}
	flow := auth.Flow{ConsumerKey: "key", ConsumerSecret: canary}
	flowToken := auth.FlowToken{Token: "token", Secret: canary}
	access := auth.AccessToken{OAuth1: oauth1}
	for _, value := range []any{
		auth.Secret(canary), auth.Bearer(canary),
		oauth1, consumer, flow, flowToken, access, &oauth1, &consumer, &flow, &flowToken, &access,
	} {
		assert.Contains(t, fmt.Sprintf("%+v", value), "[redacted]")
		requireNoCanary(t, printedForms(value)...)
	}
	requireNoCanary(t, printedForms(struct{ a auth.Authenticator }{auth.Bearer(canary)})...)
}

func TestPublicFieldsArePrinted(t *testing.T) {
	t.Parallel()
	oauth1 := exampleOAuth1(auth.HMACSHA1)
	const printed = "{ConsumerKey:key ConsumerSecret:[redacted] Token:token " +
		"TokenSecret:[redacted] Method:HMAC-SHA1 BaseURL:}"
	const encoded = `"ConsumerKey":"key","ConsumerSecret":"[redacted]",` +
		`"Token":"token","TokenSecret":"[redacted]","Method":2,"BaseURL":""`
	const date = "2026-01-15T09:30:00Z"
	access := auth.AccessToken{OAuth1: oauth1, ExpirationDate: testkit.Instant(t, date)}
	flow := auth.Flow{ConsumerKey: "ck", ConsumerSecret: "cs"}
	token := auth.FlowToken{Token: "t", Secret: "s"}
	for want, value := range map[string]any{
		printed: oauth1,
		"{OAuth1:" + printed + " ExpirationDate:2026-01-15 09:30:00 +0000 UTC}":    access,
		"{Key:mine Secret:[redacted] Fallback:true}":                               fallback,
		"{ConsumerKey:ck ConsumerSecret:[redacted] BaseURL: HTTPClient:<nil>}":     flow,
		"{Token:t Secret:[redacted] ExpirationDate:0001-01-01 00:00:00 +0000 UTC}": token,
	} {
		assert.Equal(t, want, fmt.Sprintf("%+v", value))
	}
	for want, value := range map[string]any{
		"{" + encoded + "}": oauth1, "{" + encoded + `,"ExpirationDate":"` + date + `"}`: access,
	} {
		data, err := json.Marshal(value)
		require.NoError(t, err)
		assert.JSONEq(t, want, string(data))
	}
}

func TestCanary_IsInNoErrorOfAuthenticate(t *testing.T) {
	t.Parallel()
	full := auth.OAuth1{
		ConsumerKey: canary, ConsumerSecret: canary, Token: canary, TokenSecret: canary,
	}
	full.Method = auth.HMACSHA512
	badMethod, noKey, noToken := full, full, full
	badMethod.Method, noKey.ConsumerKey, noToken.Token = 9, "", ""
	get := func() *http.Request {
		return httptest.NewRequest(http.MethodGet, "https://api.example.com/v2/self", nil)
	}
	opaque, badQuery, badBody := get(), get(), get()
	opaque.URL.Opaque, badQuery.URL.RawQuery = canary, "password="+canary
	badBody.Body, badBody.GetBody = io.NopCloser(strings.NewReader(canary)), nil
	badBody.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for name, tc := range map[string]struct {
		auth auth.Authenticator
		req  *http.Request
	}{
		"bearer with é":            {auth.Bearer(canary), get()},
		"bearer with a line break": {auth.Bearer(canary + "\n"), get()},
		"method":                   {badMethod, get()},
		"key":                      {noKey, get()},
		"token":                    {noToken, get()},
		"opaque":                   {full, opaque},
		"query":                    {full, badQuery},
		"body":                     {full, badBody},
	} {
		err := tc.auth.Authenticate(tc.req)

		require.Error(t, err, name)
		assert.True(t, strings.HasPrefix(err.Error(), "auth: "), err.Error())
		assert.Empty(t, tc.req.Header.Get("Authorization"), name)
		requireNoCanary(t, testkit.Texts(err)...)
	}
}

func TestLocated(t *testing.T) {
	t.Parallel()
	elsewhere := auth.OAuth1{BaseURL: "https://api.example.com"}
	for a, want := range map[auth.Authenticator]string{
		auth.Bearer("token"):                "https://api-bridge.clever-cloud.com",
		auth.OAuth1{}:                       "https://api.clever-cloud.com",
		elsewhere:                           "https://api.example.com",
		auth.AccessToken{OAuth1: elsewhere}: "https://api.example.com",
	} {
		assert.Equal(t, want, a.(auth.Located).APIBaseURL())
	}
}

func TestBearer_SetsTheHeader(t *testing.T) {
	t.Parallel()
	req := httptest.NewRequest(http.MethodGet, "https://api-bridge.example.com/", nil)
	req.Header.Set("Authorization", "Basic old")

	require.NoError(t, auth.Bearer("a-b.c_d~e+f/g=").Authenticate(req))

	assert.Equal(t, []string{"Bearer a-b.c_d~e+f/g="}, req.Header.Values("Authorization"))
}

// Only a pair of quotes is a mistake of copying.
func TestBearer_WithOneQuote(t *testing.T) {
	t.Parallel()
	for _, token := range []auth.Secret{`"`, `"t`, `t"`, `"t'`} {
		require.NoError(t, auth.Bearer(token).(auth.Checker).Check())
	}
}

func TestBearer_PrintsWhatItIs(t *testing.T) {
	t.Parallel()
	credentials := auth.Bearer(canary)
	for _, verb := range verbs {
		assert.Equal(t, "auth.Bearer([redacted])", fmt.Sprintf(verb, credentials), verb)
	}
	logged := slog.AnyValue(credentials).Resolve()
	assert.Equal(t, slog.StringValue("auth.Bearer([redacted])"), logged)
	assert.True(t, credentials == auth.Authenticator(credentials), "comparing must not panic")
}

func TestBearer_RefusesWhatIsNoToken(t *testing.T) {
	t.Parallel()
	values := flaws()
	values[""] = "is empty"
	values["tokén"] = "contains a character outside ASCII at byte 3 of 6"
	for value, what := range values {
		req := httptest.NewRequest(http.MethodGet, "https://api-bridge.example.com/", nil)
		credentials := auth.Bearer(auth.Secret(value))

		require.EqualError(t, credentials.Authenticate(req), "auth: the API token "+what)
		require.EqualError(t, credentials.(auth.Checker).Check(), "auth: the API token "+what)
		require.Empty(t, req.Header)
	}
}
