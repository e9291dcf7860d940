package connect_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/clevercloud-go/clevercloud/auth"
	"github.com/clevercloud-go/clevercloud/examples/internal/connect"
	"github.com/clevercloud-go/clevercloud/examples/internal/testenv"
)

func TestClient(t *testing.T) {
	server := testenv.LoggedIn(t)

	client, err := connect.Client()

	require.NoError(t, err)
	self, err := client.Identity.Self(t.Context())
	require.NoError(t, err)
	assert.Equal(t, server.UserID, self.ID)
}

func TestClient_WithoutCredentials(t *testing.T) {
	testenv.Anonymous(t)
	_, err := connect.Client()
	require.ErrorIs(t, err, auth.ErrNoCredentials)
	assert.ErrorContains(t, err, "set CLEVER_API_TOKEN")
	assert.NotContains(t, err.Error(), "\n")
}

func TestUntouched(t *testing.T) {
	testenv.Anonymous(t)
	assert.True(t, connect.Untouched())
	for _, name := range connect.Variables {
		t.Run(name, func(t *testing.T) {
			t.Setenv(name, "something")
			assert.False(t, connect.Untouched())
		})
	}
	for name, text := range map[string]string{"empty": "", "logged out": `{"profiles":[]}`} {
		t.Run("a configuration file that is "+name, func(t *testing.T) {
			dir := t.TempDir()
			t.Setenv("XDG_CONFIG_HOME", dir)
			t.Setenv("APPDATA", dir)
			file := filepath.Join(dir, "clever-cloud", "clever-tools.json")
			require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o700))
			require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
			assert.False(t, connect.Untouched())
		})
	}
}
