// Package testenv is what the tests of the example programs share.
package testenv

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/clevercloud-go/clevercloud/auth"
	"github.com/clevercloud-go/clevercloud/clevertest"
	"github.com/clevercloud-go/clevercloud/examples/internal/cli"
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

// LoggedIn starts an embedded API, and puts its address and credentials where programs look for
// them.
func LoggedIn(t *testing.T, opts ...clevertest.Option) *clevertest.Server {
	t.Helper()
	server := clevertest.NewServer(opts...)
	t.Cleanup(server.Close)
	Anonymous(t)
	t.Setenv("CLEVER_API_TOKEN", server.Token.Reveal())
	t.Setenv("AUTH_BRIDGE_HOST", server.URL)
	return server
}

// HalfConfigured leaves a user's token without the consumer pair that it needs. It returns the one
// line that a program prints about it, after its name, before it exits with status 2.
func HalfConfigured(t *testing.T) (want string) {
	t.Helper()
	Anonymous(t)
	t.Setenv("CLEVER_TOKEN", "token")
	t.Setenv("CLEVER_SECRET", "secret")
	_, err := auth.Default()
	require.Error(t, err)
	require.NotErrorIs(t, err, auth.ErrNoCredentials)
	return err.Error()
}

// Run runs a program whose output goes to pipes: it has no colours. The token of [LoggedIn] is
// never printed.
func Run(
	t *testing.T, name string, program cli.Program, args ...string,
) (status int, out, notes string) {
	t.Helper()
	var o, n bytes.Buffer
	status = cli.Run(t.Context(), name, program, &term.Screen{Out: &o, Notes: &n}, args...)
	printed := o.String() + n.String()
	assert.NotContains(t, printed, "\x1b")
	if token := os.Getenv("CLEVER_API_TOKEN"); token != "" {
		assert.NotContains(t, printed, token)
	}
	return status, o.String(), n.String()
}

// NeverPretends runs a program without credentials and with half-configured ones. It must exit with
// status 2 after one line that says what to do, and print nothing else.
func NeverPretends(t *testing.T, name string, program cli.Program, args ...string) {
	t.Helper()
	Anonymous(t)
	_, missing := auth.Default()
	expect := func(want string) {
		status, out, notes := Run(t, name, program, args...)
		assert.Equal(t, 2, status)
		assert.Empty(t, out)
		assert.Equal(t, name+": "+want+"\n", notes)
	}
	expect(missing.Error())
	expect(HalfConfigured(t))
}

// Mistakes runs a program with each command line, and expects status 2, and one line that contains
// the text. If the flags are wrong, the usage comes before it.
func Mistakes(t *testing.T, name string, program cli.Program, lines map[string]string) {
	t.Helper()
	Failures(t, 2, name, program, lines)
}

// Failures is like [Mistakes] with another exit status.
func Failures(
	t *testing.T, want int, name string, program cli.Program, lines map[string]string,
) {
	t.Helper()
	for args, text := range lines {
		status, out, notes := Run(t, name, program, strings.Fields(args)...)
		assert.Equal(t, want, status, args)
		assert.Empty(t, out, args)
		assert.Regexp(t, `^([^\n]+\nusage: `+name+` (?s:.*)\n)?`+name+`: [^\n]+\n$`, notes, args)
		assert.Contains(t, notes, text, args)
	}
}

// ClosedPipe is a pipe whose reader has gone.
type ClosedPipe struct{}

// Write fails.
func (ClosedPipe) Write([]byte) (int, error) { return 0, syscall.EPIPE }

// A StopAfter keeps what is written, and calls Stop after so many writes.
type StopAfter struct {
	bytes.Buffer
	Writes int
	Stop   func()
}

// Write writes.
func (s *StopAfter) Write(p []byte) (int, error) {
	if s.Writes--; s.Writes == 0 {
		s.Stop()
	}
	return s.Buffer.Write(p)
}
