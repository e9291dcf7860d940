package main

import (
	"bytes"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/clevercloud-go/clevercloud/clevertest"
)

// anonymous takes away what credentials the machine may have.
func anonymous(t *testing.T) {
	t.Helper()
	for _, name := range []string{
		"CLEVER_API_TOKEN", "CC_API_TOKEN", "CLEVER_TOKEN", "CLEVER_SECRET", "CC_OAUTH_TOKEN", "CC_OAUTH_SECRET",
		"OAUTH_CONSUMER_KEY", "OAUTH_CONSUMER_SECRET", "CC_CONSUMER_KEY", "CC_CONSUMER_SECRET", "API_HOST", "AUTH_BRIDGE_HOST",
	} {
		t.Setenv(name, "")
	}
	t.Setenv("CONFIGURATION_FILE", filepath.Join(t.TempDir(), "none.json"))
}

func TestRun_WithoutCredentials(t *testing.T) {
	anonymous(t)
	var out bytes.Buffer

	err := run(t.Context(), &out, "")

	require.NoError(t, err)
	for _, want := range []string{
		"Zones", "par ", "Invoices", "PAID", "Deployments", "SUCCEEDED", "Instances", "Load balancers", "Operators", "keycloak", "otoroshi",
		"Storage policies", "[redacted]", "404 not found", "in ng_", "retention: unlimited 20160 minutes",
	} {
		assert.Contains(t, out.String(), want)
	}
	assert.NotContains(t, out.String(), "not-shown")
}

func TestRun_WithCredentialsOnlyReads(t *testing.T) {
	anonymous(t)
	server := clevertest.NewServer()
	defer server.Close()
	t.Setenv("CLEVER_API_TOKEN", server.Token.Reveal())
	t.Setenv("AUTH_BRIDGE_HOST", server.URL)
	var out bytes.Buffer

	err := run(t.Context(), &out, "")

	require.NoError(t, err)
	assert.Contains(t, out.String(), string(server.OwnerID))
	for _, request := range server.Requests() {
		assert.Equal(t, "GET", request.Method)
	}
	require.Error(t, run(t.Context(), &out, "orga_unknown"))
}
