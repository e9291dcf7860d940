package main

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/clevercloud-go/clevercloud/auth"
	"github.com/clevercloud-go/clevercloud/examples/internal/testenv"
)

func TestList(t *testing.T) {
	server := testenv.LoggedIn(t)

	require.NoError(t, list(t.Context()))
	require.Len(t, server.RequestsTo("identity.summary"), 1)
}

func TestList_NeverPretends(t *testing.T) {
	testenv.Anonymous(t)
	require.ErrorIs(t, list(t.Context()), auth.ErrNoCredentials)

	want := testenv.HalfConfigured(t)
	require.EqualError(t, list(t.Context()), want)
}

func TestREADME(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../../README.md")
	require.NoError(t, err)
	program, err := os.ReadFile("main.go")
	require.NoError(t, err)
	_, code, _ := strings.Cut(string(program), "package main\n")
	assert.Contains(t, string(readme), "```go\npackage main\n"+code+"```\n")
}
