package auth_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/clevercloud-go/clevercloud/auth"
)

func TestBearer_SetsTheHeader(t *testing.T) {
	t.Parallel()
	req := httptest.NewRequest(http.MethodGet, "https://api-bridge.example.com/v4/products/zones", nil)
	req.Header.Set("Authorization", "Basic old")

	err := auth.Bearer("a-b.c_d~e+f/g=").Authenticate(req)

	require.NoError(t, err)
	assert.Equal(t, []string{"Bearer a-b.c_d~e+f/g="}, req.Header.Values("Authorization"))
}

func TestBearer_PrintsWhatItIs(t *testing.T) {
	t.Parallel()
	credentials := auth.Bearer(canary)
	for _, verb := range verbs {
		assert.Equal(t, "auth.Bearer([redacted])", fmt.Sprintf(verb, credentials), verb)
	}
	assert.Equal(t, slog.StringValue("auth.Bearer([redacted])"), slog.AnyValue(credentials).Resolve())
	assert.True(t, credentials == auth.Authenticator(credentials), "comparing must not panic")
}

func TestBearer_AcceptsARequestWithoutHeaders(t *testing.T) {
	t.Parallel()
	req := &http.Request{}

	require.NoError(t, auth.Bearer("token").Authenticate(req))

	assert.Equal(t, "Bearer token", req.Header.Get("Authorization"))
}

func TestBearer_RefusesWhatIsNoToken(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name  string
		token auth.Secret
		want  string
	}{
		{"nothing", "", "auth: the API token is empty"},
		{"line feed", "token\n", "auth: the API token contains a line break at byte 5 of 6"},
		{"carriage return", "to\rken", "auth: the API token contains a line break at byte 2 of 6"},
		{"blank", " token", "auth: the API token contains a blank at byte 0 of 6"},
		{"tab", "t\token", "auth: the API token contains a blank at byte 1 of 6"},
		{"NUL", "token\x00", "auth: the API token contains a control character at byte 5 of 6"},
		{"delete", "token\x7f", "auth: the API token contains a control character at byte 5 of 6"},
		{"quotes", `"token"`, "auth: the API token is enclosed in quotes; remove them"},
		{"single quotes", `'token'`, "auth: the API token is enclosed in quotes; remove them"},
		{"byte order mark", "\ufefftoken", "auth: the API token contains a control character at byte 0 of 8"},
		{"no-break space", "token\u00a0", "auth: the API token contains a blank at byte 5 of 7"},
		{"letter with an accent", "tokén", "auth: the API token contains a character outside ASCII at byte 3 of 6"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			req := httptest.NewRequest(http.MethodGet, "https://api-bridge.example.com/", nil)
			credentials := auth.Bearer(tc.token)

			err := credentials.Authenticate(req)

			require.EqualError(t, err, tc.want)
			require.EqualError(t, credentials.(auth.Checker).Check(), tc.want)
			assert.Empty(t, req.Header)
		})
	}
}
