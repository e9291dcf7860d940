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

// run interrupts the program after its first line.
func run(t *testing.T, colour bool, args ...string) (out, notes string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	o, n := &testenv.StopAfter{Writes: 1, Stop: cancel}, new(bytes.Buffer)

	screen := &term.Screen{Out: o, Notes: n, Colour: colour}
	status := cli.Run(ctx, "logtail", logtail, screen, args...)

	assert.Equal(t, 0, status, n)
	return o.String(), n.String()
}

func TestLogtail(t *testing.T) {
	server := testenv.LoggedIn(t)
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
	testenv.Anonymous(t)
	t.Chdir(t.TempDir())
	for _, args := range [][]string{nil, {"-demo"}} {
		if args != nil {
			testenv.HalfConfigured(t)
		}

		out, notes := run(t, false, args...)

		assert.Contains(t, notes, "made-up entries")
		for line := range strings.Lines(out) {
			assert.Contains(t, line, "[made up] GET /products/")
		}
	}
}

// TestLogtail_Application gives the application in each way.
func TestLogtail_Application(t *testing.T) {
	server := testenv.LoggedIn(t)
	t.Chdir(t.TempDir())
	owner, app := string(server.OwnerID), string(server.ApplicationID)
	link := fmt.Sprintf(`{"apps":[{"app_id":%q,"alias":"shop"},{"app_id":"app_2"}]}`, app)
	require.NoError(t, os.WriteFile(".clever.json", []byte(link), 0o600))
	for _, args := range []string{
		"-app shop", "-alias shop", "-owner " + owner + " -alias shop",
		"-owner " + owner + " -app " + app,
	} {
		server.ResetRequests()

		out, notes := run(t, false, append(strings.Fields(args), "-since", "1h")...)

		assert.NotContains(t, out, "made up")
		assert.Contains(t, notes, "1 lines", args)
		resolved := len(server.RequestsTo("identity.summary"))
		assert.Equal(t, strings.Contains(args, "-owner"), resolved == 0, args)
	}
	testenv.Mistakes(t, "logtail", logtail, map[string]string{
		"": "no -app, and ", "-alias none": `0 applications with the alias "none"`,
	})
	testenv.NeverPretends(t, "logtail", logtail, "-alias", "shop")
	testenv.NeverPretends(t, "logtail", logtail) // a link is a target
}

func TestLogtail_Mistakes(t *testing.T) {
	t.Chdir(t.TempDir())
	testenv.NeverPretends(t, "logtail", logtail, "-app", "app_1", "-owner", "orga_1")
	testenv.NeverPretends(t, "logtail", logtail, "-deployment", "deployment_1")
	testenv.Mistakes(t, "logtail", logtail, map[string]string{"": testenv.HalfConfigured(t)})
	testenv.LoggedIn(t)
	testenv.Mistakes(t, "logtail", logtail, map[string]string{
		"-demo -app app_1": "leave out -owner", "-demo -deployment d": "leave out -owner",
		"": "no -app, and no .clever.json", "shop": `unexpected argument "shop"`,
		"-app none": `"none"`, "-none": "flag provided but not defined",
	})
}
