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

func TestBearer_RefusesWhatAHeaderCannotCarry(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name  string
		token auth.Secret
		want  string
	}{
		{"nothing", "", "auth: the API token is empty"},
		{"line feed", "token\n", "auth: the API token holds a line break at byte 5 of 6, which a header cannot carry"},
		{"carriage return", "to\rken", "auth: the API token holds a line break at byte 2 of 6, which a header cannot carry"},
		{"blank", " token", "auth: the API token holds a blank at byte 0 of 6, which a header cannot carry"},
		{"tab", "t\token", "auth: the API token holds a blank at byte 1 of 6, which a header cannot carry"},
		{"NUL", "token\x00", "auth: the API token holds a control character at byte 5 of 6, which a header cannot carry"},
		{"delete", "token\x7f", "auth: the API token holds a control character at byte 5 of 6, which a header cannot carry"},
		{"letter with an accent", "tokén", "auth: the API token holds a character outside ASCII at byte 3 of 6, which a header cannot carry"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			req := httptest.NewRequest(http.MethodGet, "https://api-bridge.example.com/", nil)

			err := auth.Bearer(tc.token).Authenticate(req)

			require.EqualError(t, err, tc.want)
			assert.Empty(t, req.Header)
		})
	}
}
