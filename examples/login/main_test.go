package main

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/auth"
	"github.com/clevercloud-go/clevercloud/clevertest"
	"github.com/clevercloud-go/clevercloud/examples/internal/cli"
	"github.com/clevercloud-go/clevercloud/examples/internal/term"
	"github.com/clevercloud-go/clevercloud/examples/internal/testenv"
)

// newServer returns an API whose consumer pair is in the environment.
func newServer(t *testing.T) *clevertest.Server {
	t.Helper()
	server := clevertest.NewServer()
	t.Cleanup(server.Close)
	testenv.Anonymous(t)
	t.Setenv("API_HOST", server.URL)
	t.Setenv("OAUTH_CONSUMER_KEY", server.OAuth1.ConsumerKey)
	t.Setenv("OAUTH_CONSUMER_SECRET", server.OAuth1.ConsumerSecret.Reveal())
	return server
}

// open stands for a browser: it follows redirects, and the API's page accepts at once.
func open(address string) error {
	resp, err := http.Get(address)
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

// run runs the program on a terminal. It never prints a secret of the file.
func run(
	ctx context.Context, t *testing.T, file string, browse func(string) error, args ...string,
) (status int, out, notes string) {
	t.Helper()
	var o, n bytes.Buffer
	screen := &term.Screen{Out: &o, Notes: &n, Live: true}
	args = append([]string{"-addr", "127.0.0.1:0", "-file", file}, args...)
	status = cli.Run(ctx, "login", program(browse), screen, args...)
	assert.NotContains(t, o.String()+n.String(), os.Getenv("OAUTH_CONSUMER_SECRET"))
	return status, o.String(), n.String()
}

func TestLogin(t *testing.T) {
	server := newServer(t)
	file := filepath.Join(t.TempDir(), "config", "token.json")

	status, out, notes := run(t.Context(), t, file, open)

	require.Equal(t, 0, status, notes)
	assert.Contains(t, out, "<"+server.Email+">. The token is in "+file)
	credentials, err := auth.Default() // as in another program, with CONFIGURATION_FILE set
	require.NoError(t, err)
	client, err := clevercloud.New(clevercloud.WithAuth(credentials))
	require.NoError(t, err)
	_, err = client.Identity.Self(t.Context())
	require.NoError(t, err)

	server.ResetRequests()
	status, again, notes := run(t.Context(), t, file, open)
	assert.Equal(t, 0, status)
	assert.Equal(t, out, again)
	assert.Empty(t, server.RequestsTo("oauth.request-token"), "logged in already")
	assert.NotContains(t, notes, "Open this page")
}

func TestLogin_AnewAfterTheTokenWasRevokedOrExpired(t *testing.T) {
	for _, expired := range []string{"", `"expirationDate":"2001-01-01T00:00:00Z",`} {
		server := newServer(t)
		file := filepath.Join(t.TempDir(), "token.json")
		text := `{"token":"old","secret":"old",` + expired + `"API_HOST":"` + server.URL + `"}`
		require.NoError(t, os.WriteFile(file, []byte(text), 0o600))

		status, _, notes := run(t.Context(), t, file, open)

		assert.Equal(t, 0, status, notes)
		assert.Len(t, server.RequestsTo("oauth.access-token"), 1)
	}
}

// TestLogin_Refused has a browser that comes back with a token of another login first, and then
// without a verifier.
func TestLogin_Refused(t *testing.T) {
	server := newServer(t)
	file := filepath.Join(t.TempDir(), "token.json")
	refuse := func(address string) error {
		form, err := url.ParseQuery(string(server.RequestsTo("oauth.request-token")[0].Body))
		require.NoError(t, err)
		callback := form.Get("oauth_callback")
		resp, err := http.Get(callback + "?oauth_token=another&oauth_verifier=v")
		require.NoError(t, err)
		assert.Equal(t, http.StatusBadRequest, resp.StatusCode)
		require.NoError(t, resp.Body.Close())
		_, token, _ := strings.Cut(address, "?")
		return open(callback + "?" + token)
	}

	status, out, notes := run(t.Context(), t, file, refuse)

	assert.Equal(t, 1, status)
	assert.Empty(t, out)
	assert.Contains(t, notes, "login: denied in the browser; nothing was stored\n")
	assert.NoFileExists(t, file)
}

func TestLogin_Ends(t *testing.T) {
	newServer(t)
	file := filepath.Join(t.TempDir(), "token.json")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ignore := func(string) error { return nil }

	status, _, notes := run(ctx, t, file, ignore, "-wait", "10ms")
	assert.Equal(t, 1, status)
	assert.Contains(t, notes, "login: nobody accepted in the browser in time")

	status, _, notes = run(ctx, t, file, func(string) error { cancel(); return nil })
	assert.Equal(t, 130, status)
	assert.Contains(t, notes, "Interrupted.")
	assert.NoFileExists(t, file)
}

func TestLogin_Errors(t *testing.T) {
	newServer(t)
	other := filepath.Join(t.TempDir(), "other.json")
	require.NoError(t, os.WriteFile(other, []byte("[]"), 0o600))
	for name, tc := range map[string]struct {
		pair string
		args []string
		want string
	}{
		"no pair":     {"", nil, "set OAUTH_CONSUMER_KEY and OAUTH_CONSUMER_SECRET"},
		"wrong pair":  {"wrong", nil, "a pair, and is http://127.0.0.1:"},
		"not a token": {"wrong", []string{"-file", other}, "other.json"},
		"open to all": {"wrong", []string{"-addr", "0.0.0.0:0"}, "must be a loopback address"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("OAUTH_CONSUMER_KEY", tc.pair)
			file := filepath.Join(t.TempDir(), "t")
			status, out, notes := run(t.Context(), t, file, open, tc.args...)
			assert.Equal(t, 2, status)
			assert.Empty(t, out)
			assert.Contains(t, notes, tc.want)
			assert.Equal(t, 1, strings.Count(notes, "\n"))
		})
	}
	content, err := os.ReadFile(other)
	require.NoError(t, err)
	assert.Equal(t, "[]", string(content))
}
