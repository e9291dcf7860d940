package main

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

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

func TestLogtail_Mistakes(t *testing.T) {
	testenv.NeverPretends(t, "logtail", logtail, "-app", "app_1")
	testenv.Mistakes(t, "logtail", logtail, map[string]string{"": testenv.HalfConfigured(t)})
	testenv.LoggedIn(t)
	testenv.Mistakes(t, "logtail", logtail, map[string]string{
		"-demo -app app_1": "leave out -app", "shop": `unexpected argument "shop"`,
		"": "-app is needed", "-app none": `"none"`,
	})
}
