package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/clevercloud-go/clevercloud/clevertest"
	"github.com/clevercloud-go/clevercloud/examples/internal/cli"
	"github.com/clevercloud-go/clevercloud/examples/internal/term"
	"github.com/clevercloud-go/clevercloud/examples/internal/testenv"
)

// stopAfter ends a context after the first line.
type stopAfter struct {
	bytes.Buffer
	stop context.CancelFunc
}

func (s *stopAfter) Write(p []byte) (int, error) {
	s.stop()
	return s.Buffer.Write(p)
}

// run interrupts the program after its first line.
func run(t *testing.T, colour bool, args ...string) (out, notes string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	o, n := &stopAfter{stop: cancel}, new(bytes.Buffer)

	screen := &term.Screen{Out: o, Notes: n, Colour: colour}
	status := cli.Run(ctx, "logtail", logtail, screen, args...)

	assert.Equal(t, 0, status, n)
	return o.String(), n.String()
}

func TestLogtail(t *testing.T) {
	server := testenv.LoggedIn(t)
	t.Chdir(t.TempDir())
	server.AppendLogs(server.ApplicationID, clevertest.LogEntry{Message: "\x1b[31mred\x1b[0m"})
	for want, tc := range map[string]struct {
		colour bool
		json   string
	}{
		"bas-deploy red\n":                      {false, "-json=false"},
		"\x1b[36mbas-deploy\x1b[0m \x1b[31mred": {true, "-json=false"},
		`"message":"\u001b[31mred\u001b[0m"`:    {false, "-json"},
	} {
		out, notes := run(t, tc.colour, "-app", "shop", "-since", "1h", "-filter", "red", tc.json)

		assert.Contains(t, out, want)
		assert.Equal(t, "1 lines, 0 reconnects", strings.TrimSpace(notes))
	}
}

// TestLogtail_Demo runs against made-up data, and every line says so.
func TestLogtail_Demo(t *testing.T) {
	for name, args := range map[string][]string{"asked": {"-demo"}, "no credentials": nil} {
		t.Run(name, func(t *testing.T) {
			testenv.Anonymous(t)
			t.Chdir(t.TempDir())
			if args != nil {
				testenv.HalfConfigured(t)
			}

			out, notes := run(t, false, args...)

			assert.Contains(t, notes, "made-up entries")
			for line := range strings.Lines(out) {
				assert.Contains(t, line, "[made up] GET /products/")
			}
		})
	}
}

// TestLogtail_Application gives the application in each way.
func TestLogtail_Application(t *testing.T) {
	server := testenv.LoggedIn(t)
	t.Chdir(t.TempDir())
	testenv.Mistakes(t, "logtail", logtail, map[string]string{"": "no -app, and no .clever.json"})
	id := string(server.ApplicationID)
	link := fmt.Sprintf(`{"apps":[{"app_id":%q,"alias":"shop"}]}`, id)
	require.NoError(t, os.WriteFile(".clever.json", []byte(link), 0o600))
	for name, args := range map[string][]string{
		"by id":   {"-owner", string(server.OwnerID), "-app", id},
		"by name": {"-app", "shop"}, "linked": nil, "by alias": {"-alias", "shop"},
	} {
		t.Run(name, func(t *testing.T) {
			server.ResetRequests()

			out, _ := run(t, false, append(args, "-since", "1h")...)

			assert.NotEmpty(t, out)
			require.Len(t, server.RequestsTo("logs.stream"), 1)
			assert.Contains(t, server.RequestsTo("logs.stream")[0].Path,
				fmt.Sprintf("/%s/applications/%s/", server.OwnerID, id))
		})
	}

	testenv.NeverPretends(t, "logtail", logtail) // a link is a target
}

func TestLogtail_NeverPretends(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, target := range [][]string{{"-owner", "orga_1", "-app", "app_1"}, {"-deployment", "d"}} {
		testenv.NeverPretends(t, "logtail", logtail, target...)
	}
	testenv.Mistakes(t, "logtail", logtail, map[string]string{
		"-demo -app app_1": "leave out -owner", "-demo -deployment d": "leave out -owner",
		"shop": `unexpected argument "shop"`, "": testenv.HalfConfigured(t),
	})
}
