package clevercloud_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestEnvVar_ShowsNoValue(t *testing.T) {
	t.Parallel()
	v := clevercloud.EnvVar{Name: "API_KEY", Value: testkit.CanaryText}
	for _, holder := range []any{v, &v, []clevercloud.EnvVar{v}, clevercloud.ConfigProvider{Env: []clevercloud.EnvVar{v}}} {
		for _, text := range testkit.Texts(holder) {
			assert.Nil(t, testkit.Spellings().In([]byte(text)), text)
		}
	}
	assert.Equal(t, "{API_KEY [redacted]}", fmt.Sprint(v))
	encoded, err := json.Marshal(v)
	require.NoError(t, err)
	assert.JSONEq(t, `{"name":"API_KEY","value":"[redacted]"}`, string(encoded))
	assert.Equal(t, testkit.CanaryText, v.Value.Reveal())
}

// Names are checked before anything is sent, and no value gets into the error.
func TestEnvVar_NamesAreUnique(t *testing.T) {
	t.Parallel()
	client, mock := testkit.MockClient(t)
	sent := testkit.Always(mock, http.StatusOK, "[]")
	for _, tc := range []struct {
		names            []string
		argument, reason string
	}{
		{[]string{"A", ""}, "vars[1].Name", "must not be empty"},
		{[]string{"A", "B", "A"}, "vars[2].Name", `must not be "A" again: names are unique`},
	} {
		var vars []clevercloud.EnvVar
		for _, name := range tc.names {
			vars = append(vars, clevercloud.EnvVar{Name: name, Value: testkit.CanaryText})
		}

		got, err := client.ConfigProviders.SetEnv(t.Context(), "config_1", vars)

		var invalid *clevercloud.ValidationError
		require.ErrorAs(t, err, &invalid)
		assert.Equal(t, clevercloud.ValidationError{
			Operation: "config-providers.set-env", Argument: tc.argument, Reason: tc.reason,
		}, *invalid)
		testkit.NoCanary(t, err)
		assert.Nil(t, got)
	}
	assert.Zero(t, sent.Count())
}

// What was sent and comes back, in whatever response, is nowhere in the error.
func TestEnvVar_EchoedValuesAreRemoved(t *testing.T) {
	t.Parallel()
	for name, status := range map[string]int{"rejected": http.StatusBadRequest, "foreign": http.StatusOK} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, mock := testkit.MockClient(t)
			body, err := json.Marshal(map[string]any{"message": "no: " + testkit.CanaryText})
			require.NoError(t, err)
			testkit.Always(mock, status, string(body))

			_, err = client.ConfigProviders.SetEnv(t.Context(), "config_1", []clevercloud.EnvVar{
				{Name: "API_KEY", Value: testkit.CanaryText},
			})

			require.Error(t, err)
			testkit.NoCanary(t, err)
		})
	}
}
