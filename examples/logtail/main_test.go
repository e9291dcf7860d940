package main

import (
	"bytes"
	"context"
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

func TestStart_NeverPretends(t *testing.T) {
	testenv.Anonymous(t)
	var out, notes bytes.Buffer
	screen := &term.Screen{Out: &out, Notes: &notes}
	for _, target := range []tail{{owner: "orga_1", app: "app_1"}, {deployment: "deployment_1"}} {
		target.Screen = screen
		require.ErrorIs(t, start(t.Context(), &target), auth.ErrNoCredentials)
		target.demo = true
		require.ErrorContains(t, start(t.Context(), &target), "leave out -owner")
	}

	want := testenv.HalfConfigured(t)
	require.EqualError(t, start(t.Context(), &tail{Screen: screen}), want)
	assert.Empty(t, out.String()+notes.String())
}
