package main

import (
	"bufio"
	"context"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The transcript of docs/testing.md, typed by a test: every command, and what it prints.
func TestDocs_Transcript(t *testing.T) {
	t.Parallel()
	for _, program := range []string{"sh", "curl", "cut", "wc"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skip(err)
		}
	}
	page, err := os.ReadFile("../../docs/testing.md")
	require.NoError(t, err)
	block := regexp.MustCompile("(?ms)^```console\n(.*?)^```$").FindSubmatch(page)
	require.NotNil(t, block)
	environment := serve(t)

	entries := strings.Split("\n"+string(block[1]), "\n$ ")[1:]
	require.NotEmpty(t, entries)
	for _, entry := range entries {
		command, want, _ := strings.Cut(entry, "\n")
		shell := exec.CommandContext(t.Context(), "sh", "-c", command)
		shell.Env = append(os.Environ(), environment...)

		out, err := shell.Output()

		require.NoError(t, err, command)
		assert.Equal(t, strings.TrimSpace(want), strings.TrimSpace(string(out)), command)
	}
}

// serve runs the program until the test ends, and returns the variables that it prints.
func serve(t *testing.T) (environment []string) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	screen, w := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		ended <- run(ctx, w, "127.0.0.1:0", 1, "")
		_ = w.Close()
	}()
	lines := bufio.NewScanner(screen)
	for lines.Scan() && lines.Text() != "Ctrl-C stops it." {
		if variable, ok := strings.CutPrefix(lines.Text(), "export "); ok {
			environment = append(environment, variable)
		}
	}
	go func() { _, _ = io.Copy(io.Discard, screen) }()
	t.Cleanup(func() {
		cancel()
		assert.NoError(t, <-ended)
	})
	require.NotEmpty(t, environment)
	return environment
}
