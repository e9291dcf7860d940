package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/clevercloud-go/clevercloud/auth"
	"github.com/clevercloud-go/clevercloud/clevertest"
	"github.com/clevercloud-go/clevercloud/examples/internal/term"
	"github.com/clevercloud-go/clevercloud/examples/internal/testenv"
)

// stopAfter ends a context after so many lines.
type stopAfter struct {
	bytes.Buffer
	lines int
	stop  context.CancelFunc
}

func (s *stopAfter) Write(p []byte) (int, error) {
	if s.lines--; s.lines == 0 {
		s.stop()
	}
	return s.Buffer.Write(p)
}

func TestTail(t *testing.T) {
	server := clevertest.NewServer()
	defer server.Close()
	server.AppendLogs(server.ApplicationID, clevertest.LogEntry{Message: "\x1b[31mred\x1b[0m"})
	for name, tc := range map[string]struct {
		tail   tail
		colour bool
		want   string
	}{
		"plain":  {tail{filter: "red"}, false, "bas-deploy red\n"},
		"colour": {tail{filter: "red"}, true, "\x1b[36mbas-deploy\x1b[0m \x1b[31mred"},
		"json":   {tail{filter: "red", asJSON: true}, false, `"message":"\u001b[31mred\u001b[0m"`},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			var notes bytes.Buffer
			out := &stopAfter{lines: 1, stop: cancel}
			tc.tail.Screen, tc.tail.since = &term.Screen{Out: out, Notes: &notes, Colour: tc.colour}, time.Hour
			tc.tail.owner, tc.tail.app = string(server.OwnerID), string(server.ApplicationID)

			err := tc.tail.run(ctx, server.Client())

			require.NoError(t, err)
			assert.Contains(t, out.String(), tc.want)
			assert.Equal(t, "1 lines, 0 reconnects", strings.TrimSpace(notes.String()))
		})
	}
}

// TestStart_Demo runs against made-up data, and every line says so.
func TestStart_Demo(t *testing.T) {
	for name, demo := range map[string]bool{"asked": true, "no trace of credentials": false} {
		t.Run(name, func(t *testing.T) {
			testenv.Anonymous(t)
			t.Chdir(t.TempDir())
			if demo {
				testenv.HalfConfigured(t)
			}
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			var notes bytes.Buffer
			out := &stopAfter{lines: 1, stop: cancel}

			err := start(ctx, &tail{Screen: &term.Screen{Out: out, Notes: &notes}, demo: demo})

			require.NoError(t, err)
			assert.Contains(t, notes.String(), "made-up entries")
			for line := range strings.Lines(out.String()) {
				assert.Contains(t, line, "[made up] GET /products/")
			}
		})
	}
}

// TestStart_Application gives the application in each way.
func TestStart_Application(t *testing.T) {
	server := clevertest.NewServer()
	defer server.Close()
	testenv.LoggedIn(t, server)
	t.Chdir(t.TempDir())
	screen := &term.Screen{Out: new(bytes.Buffer), Notes: new(bytes.Buffer)}
	require.ErrorContains(t, start(t.Context(), &tail{Screen: screen}), "no -app, and no .clever.json")
	link := fmt.Sprintf(`{"apps":[{"app_id":%q,"alias":"shop"}]}`, server.ApplicationID)
	require.NoError(t, os.WriteFile(".clever.json", []byte(link), 0o600))
	for name, given := range map[string]tail{
		"by id":   {owner: string(server.OwnerID), app: string(server.ApplicationID)},
		"by name": {app: "shop"}, "linked": {}, "by alias": {alias: "shop"},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			out := &stopAfter{lines: 1, stop: cancel}
			given.Screen, given.since = &term.Screen{Out: out, Notes: new(bytes.Buffer)}, time.Hour

			require.NoError(t, start(ctx, &given))

			assert.NotContains(t, out.String(), "made up")
			assert.Equal(t, string(server.OwnerID), given.owner)
			assert.Equal(t, 1, given.lines)
		})
	}

	testenv.Anonymous(t)
	err := start(t.Context(), &tail{Screen: screen})
	require.ErrorIs(t, err, auth.ErrNoCredentials, "a link is a target")
}

func TestStart_NeverPretends(t *testing.T) {
	testenv.Anonymous(t)
	t.Chdir(t.TempDir())
	var out, notes bytes.Buffer
	screen := &term.Screen{Out: &out, Notes: &notes}
	for _, target := range []tail{{owner: "orga_1", app: "app_1"}, {deployment: "deployment_1"}} {
		target.Screen = screen
		require.ErrorIs(t, start(t.Context(), &target), auth.ErrNoCredentials)
		target.demo = true
		require.ErrorContains(t, start(t.Context(), &target), "leave out -owner")
	}

	err := start(t.Context(), &tail{Screen: screen, surplus: "shop"})
	require.ErrorContains(t, err, `unexpected argument "shop"`)

	want := testenv.HalfConfigured(t)
	require.EqualError(t, start(t.Context(), &tail{Screen: screen}), want)
	assert.Empty(t, out.String()+notes.String())
}
