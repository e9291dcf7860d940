// Package testenv is what the tests of the example programs share.
package testenv

import (
	"errors"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/clevercloud-go/clevercloud/auth"
	"github.com/clevercloud-go/clevercloud/clevertest"
)

// Anonymous takes away what credentials the machine may have, for the length of a test.
func Anonymous(t *testing.T) {
	t.Helper()
	for _, name := range []string{
		"CLEVER_API_TOKEN", "CC_API_TOKEN", "CLEVER_TOKEN", "CLEVER_SECRET", "CC_OAUTH_TOKEN", "CC_OAUTH_SECRET",
		"OAUTH_CONSUMER_KEY", "OAUTH_CONSUMER_SECRET", "CC_CONSUMER_KEY", "CC_CONSUMER_SECRET", "API_HOST", "AUTH_BRIDGE_HOST",
	} {
		t.Setenv(name, "")
	}
	t.Setenv("CONFIGURATION_FILE", filepath.Join(t.TempDir(), "none.json"))
}

// LoggedIn puts the credentials of an embedded API, and its address, where programs look for them.
func LoggedIn(t *testing.T, server *clevertest.Server) {
	t.Helper()
	Anonymous(t)
	t.Setenv("CLEVER_API_TOKEN", server.Token.Reveal())
	t.Setenv("AUTH_BRIDGE_HOST", server.URL)
}

// HalfConfigured leaves a user's token without the consumer pair that it needs. It returns the one
// line that a program prints about it, after its name, before it exits with status 2.
func HalfConfigured(t *testing.T) (want string) {
	t.Helper()
	Anonymous(t)
	t.Setenv("CLEVER_TOKEN", "token")
	t.Setenv("CLEVER_SECRET", "secret")
	_, err := auth.Default()
	if err == nil || errors.Is(err, auth.ErrNoCredentials) {
		t.Fatalf("half-configured credentials are %v", err)
	}
	return err.Error()
}

// ClosedPipe is a pipe whose reader has gone.
type ClosedPipe struct{}

// Write fails.
func (ClosedPipe) Write([]byte) (int, error) { return 0, syscall.EPIPE }
