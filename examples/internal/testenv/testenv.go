// Package testenv is what the tests of the example programs share.
package testenv

import (
	"bytes"
	"errors"
	"slices"
	"syscall"
	"testing"

	"github.com/clevercloud-go/clevercloud/auth"
	"github.com/clevercloud-go/clevercloud/clevertest"
	"github.com/clevercloud-go/clevercloud/examples/internal/connect"
	"github.com/clevercloud-go/clevercloud/examples/internal/term"
)

// Anonymous takes away the credentials that the machine may have, for the length of a test.
func Anonymous(t *testing.T) {
	t.Helper()
	for _, name := range slices.Concat(connect.Variables, []string{"CONFIGURATION_FILE"}) {
		t.Setenv(name, "")
	}
	empty := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", empty)
	t.Setenv("APPDATA", empty)
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

// NeverPretends runs a program without credentials and with half-configured ones. It must exit with
// status 2 after one line that says what to do, and print nothing else.
func NeverPretends(t *testing.T, name string, run func(*term.Screen) (status int)) {
	t.Helper()
	for _, half := range []bool{false, true} {
		Anonymous(t)
		if half {
			HalfConfigured(t)
		}
		_, want := auth.Default()
		var out, notes bytes.Buffer

		status := run(&term.Screen{Out: &out, Notes: &notes})

		if got := notes.String(); status != 2 || got != name+": "+want.Error()+"\n" {
			t.Errorf("status %d, %q; want 2 and %q", status, got, want)
		}
		if out.Len() > 0 {
			t.Errorf("printed %q", out.String())
		}
	}
}

// ClosedPipe is a pipe whose reader has gone.
type ClosedPipe struct{}

// Write fails.
func (ClosedPipe) Write([]byte) (int, error) { return 0, syscall.EPIPE }
