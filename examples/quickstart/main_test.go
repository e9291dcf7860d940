package main

import (
	"bytes"
	"io"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/auth"
	"github.com/clevercloud-go/clevercloud/clevertest"
	"github.com/clevercloud-go/clevercloud/examples/internal/testenv"
)

func TestRun_Demo(t *testing.T) {
	for name, demo := range map[string]bool{"asked": true, "no trace of credentials": false} {
		t.Run(name, func(t *testing.T) {
			testenv.Anonymous(t)
			if demo {
				testenv.HalfConfigured(t)
			}
			var out bytes.Buffer

			err := run(t.Context(), &out, "", demo)

			require.NoError(t, err)
			for _, want := range []string{
				"Zones", "par ", "Invoices", "PAID", "Deployments", "SUCCEEDED", "Instances", "keycloak",
				"Load balancers", "Operators", "otoroshi", "Storage policies", "[redacted]",
				"404 not found", "in ng_", "retention: unlimited 20160 minutes",
			} {
				assert.Contains(t, out.String(), want)
			}
			assert.NotContains(t, out.String(), "not-shown")
			headings := regexp.MustCompile(`(?m)^\n(\S.*)$`).FindAllString(out.String(), -1)
			assert.Len(t, headings, 13)
			for _, heading := range headings {
				assert.Contains(t, heading, "(made up)")
			}
		})
	}
}

func TestRun_WithCredentialsOnlyReads(t *testing.T) {
	server := clevertest.NewServer()
	defer server.Close()
	testenv.LoggedIn(t, server)
	for _, owner := range []string{"", string(server.OwnerID), "Atelier Numérique"} {
		var out bytes.Buffer

		err := run(t.Context(), &out, owner, false)

		require.NoError(t, err)
		assert.Contains(t, out.String(), string(server.OwnerID))
		assert.NotContains(t, out.String(), "made up")
	}
	for _, request := range server.Requests() {
		assert.Equal(t, "GET", request.Method)
	}
	err := run(t.Context(), io.Discard, "orga_unknown", false)
	require.ErrorIs(t, err, clevercloud.ErrNotFound)
}

func TestRun_NeverPretends(t *testing.T) {
	testenv.Anonymous(t)
	var out bytes.Buffer
	require.ErrorIs(t, run(t.Context(), &out, "orga_1", false), auth.ErrNoCredentials)
	require.ErrorContains(t, run(t.Context(), &out, "orga_1", true), "leave out -owner")

	want := testenv.HalfConfigured(t)
	require.EqualError(t, run(t.Context(), &out, "", false), want)
	assert.Empty(t, out.String())
}
