package clevercloud_test

import (
	"net/http"
	"testing"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const configID clevercloud.ConfigProviderID = "config_00000000-0000-4000-8000-00000000000a"

var configEnv = []clevercloud.EnvVar{
	{Name: "API_URL", Value: "https://api.example.com/v1"},
	{Name: "FEATURE_FLAGS", Value: "search,export"},
}

func TestConfigProviders_Get(t *testing.T) {
	t.Parallel()
	const owner = "orga_00000000-0000-4000-8000-000000000001"
	all := map[string]clevercloud.ConfigProvider{
		"configproviders/full.json": {
			ID: configID, OwnerID: owner, Env: configEnv,
			CreationDate: testkit.Instant(t, "2026-01-02T03:04:05.678Z"),
		},
		"configproviders/unknown.json": {
			ID: configID, OwnerID: owner, CreationDate: testkit.Instant(t, "2026-01-02T03:04:05Z"),
			Env: []clevercloud.EnvVar{{Name: "LIMIT", Value: "10"}, {Name: "EMPTY"}},
		},
	}
	trip := testkit.RoundTrip{
		Unknown: []string{"status", "env.managed", "creation_date"}, Secret: []string{"env.value"},
	}
	checkFixtures(t, "configproviders/[^e]*.json", all, trip,
		(*clevercloud.ConfigProvidersService).Get, []any{configID}, `"value": 10`, `"value": "10"`)
}

func TestConfigProviders_Env(t *testing.T) {
	t.Parallel()
	client, mock := testkit.MockClient(t)
	wire := testkit.Fixture(t, "configproviders/env.json")
	sent := testkit.Always(mock, http.StatusOK, wire)

	got, err := client.ConfigProviders.GetEnv(t.Context(), configID)
	require.NoError(t, err)
	assert.Equal(t, configEnv, got)
	testkit.RoundTrip{Secret: []string{"value"}}.Check(t, wire, got)
	require.Equal(t, 1, sent.Count())

	sent = testkit.Always(mock, http.StatusOK, wire)
	got, err = client.ConfigProviders.SetEnv(t.Context(), configID, got)
	require.NoError(t, err)
	assert.Equal(t, configEnv, got)
	assert.JSONEq(t, wire, sent.Only(t).Body, "values are sent as they are")
}
