package main

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/clevercloud-go/clevercloud/clevertest"
	"github.com/clevercloud-go/clevercloud/examples/internal/testenv"
)

func TestRun_WithoutCredentials(t *testing.T) {
	testenv.Anonymous(t)
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
	server := clevertest.NewServer()
	defer server.Close()
	testenv.LoggedIn(t, server)
	var out bytes.Buffer

	err := run(t.Context(), &out, "")

	require.NoError(t, err)
	assert.Contains(t, out.String(), string(server.OwnerID))
	for _, request := range server.Requests() {
		assert.Equal(t, "GET", request.Method)
	}
	require.Error(t, run(t.Context(), &out, "orga_unknown"))
}

func TestRun_HalfConfigured(t *testing.T) {
	want := testenv.HalfConfigured(t)
	var out bytes.Buffer

	assert.EqualError(t, run(t.Context(), &out, ""), want)
	assert.Empty(t, out.String())
}
