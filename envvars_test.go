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
	env := []clevercloud.EnvVar{v}
	for _, holder := range []any{v, &v, env, clevercloud.ConfigProvider{Env: env}} {
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

// An environment is checked before anything is sent, and no value gets into the error.
func TestEnvVar_IsCheckedBeforeSending(t *testing.T) {
	t.Parallel()
	client, mock := testkit.MockClient(t)
	sent := testkit.Always(mock, http.StatusOK, "[]")
	for reason, env := range map[string][]clevercloud.EnvVar{
		"must not hold an empty name": {{Name: "A"}, {Value: testkit.CanaryText}},
		"must not hold A twice": {
			{Name: "A", Value: testkit.CanaryText}, {Name: "B"}, {Name: "A"},
		},
		"must not hold [redacted] for the value of MINE": {
			{Name: "A", Value: testkit.CanaryText}, {Name: "MINE", Value: "[redacted]"},
		},
		"must not hold bytes that are not text in MINE": {
			{Name: "A"}, {Name: "MINE", Value: testkit.CanaryText + "\xff"},
		},
		`must not hold bytes that are not text in M�`: {{Name: "M\xff", Value: testkit.CanaryText}},
	} {
		got, err := client.ConfigProviders.SetEnv(t.Context(), "config_1", env)

		var invalid *clevercloud.ValidationError
		require.ErrorAs(t, err, &invalid)
		assert.Equal(t, clevercloud.ValidationError{
			Operation: "config-providers.set-env", Argument: "env", Reason: reason,
		}, *invalid)
		testkit.NoCanary(t, err)
		assert.Nil(t, got)
	}
	assert.Zero(t, sent.Count())
}

// What was sent and comes back, in whatever response, is nowhere in the error.
func TestEnvVar_EchoedValuesAreRemoved(t *testing.T) {
	t.Parallel()
	for name, status := range map[string]int{"rejected": 400, "foreign": 200} {
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
