package acceptance_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestRedaction_ShowsNoSecret prints what holds a secret in every way that it may get into a log.
func TestRedaction_ShowsNoSecret(t *testing.T) {
	t.Parallel()
	t.Run("PulsarAddon", func(t *testing.T) {
		showsNoSecret(t, clevercloud.PulsarAddon{ID: "pulsar_1", Token: testkit.Canary}, "ID:pulsar_1")
	})
	t.Run("APIToken", func(t *testing.T) {
		showsNoSecret(t, clevercloud.APIToken{Name: "CI", Token: testkit.Canary}, "Name:CI")
	})
	t.Run("APITokenInput", func(t *testing.T) {
		showsNoSecret(t, clevercloud.APITokenInput{Name: "CI", Password: testkit.Canary, MFACode: testkit.Canary}, "Name:CI")
	})
	t.Run("EnvVar", func(t *testing.T) {
		showsNoSecret(t, clevercloud.EnvVar{Name: "KEY", Value: testkit.Canary}, "Name:KEY")
	})
	t.Run("Application", func(t *testing.T) {
		showsNoSecret(t, clevercloud.Application{
			Name: "api", WebhookSecret: testkit.Canary,
			Env: []clevercloud.EnvVar{{Name: "KEY", Value: testkit.Canary}},
		}, "Name:api")
	})
	t.Run("ApplicationInput", func(t *testing.T) {
		showsNoSecret(t, clevercloud.ApplicationInput{
			Name: "api", Env: []clevercloud.EnvVar{{Name: "KEY", Value: testkit.Canary}},
		}, "Name:api")
	})
	t.Run("ApplicationPatch", func(t *testing.T) {
		showsNoSecret(t, clevercloud.ApplicationPatch{
			Name: "api", Env: clevercloud.Value([]clevercloud.EnvVar{{Name: "KEY", Value: testkit.Canary}}),
		}, "Name:api")
	})
	t.Run("AddonDetails", func(t *testing.T) {
		showsNoSecret(t, clevercloud.AddonDetails{
			Host: "db.example", Password: testkit.Canary, KibanaPassword: testkit.Canary,
			APMPassword: testkit.Canary, APMAuthToken: testkit.Canary,
			ReadOnlyUsers: []clevercloud.AddonReadOnlyUser{{User: "ro", Password: testkit.Canary}},
		}, "Host:db.example")
	})
	t.Run("DrainCheckHTTP", func(t *testing.T) {
		showsNoSecret(t, clevercloud.DrainCheckHTTP{Request: testkit.Canary}, "Request:[redacted] Response:<nil>")
	})
	t.Run("DrainCheck", func(t *testing.T) {
		showsNoSecret(t, clevercloud.DrainCheck{Code: "OK", HTTP: &clevercloud.DrainCheckHTTP{Request: testkit.Canary}}, "Code:OK")
	})
}

// showsNoSecret fails if the canaryHead in v is shown, or what is no secret is not.
func showsNoSecret[T any](t *testing.T, v T, shown string) {
	t.Helper()
	type inner struct{ Held *T }
	type outer struct {
		Inner *inner
		Value T
	}
	nested := outer{&inner{&v}, v}
	holders := []any{
		v, &v, struct{ Held *T }{&v}, []*T{&v}, []T{v}, map[string]*T{"it": &v}, map[string]T{"it": v}, nested, &nested,
		[]any{&v, v}, [1]*T{&v}, struct{ Any any }{&v},
	}
	for _, held := range holders {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x", "%X", "%t", "%10s", "%z"} {
			text := strings.ToLower(fmt.Sprintf(verb, held))
			assert.NotContains(t, text, testkit.Canary, "%T under %s", held, verb)
			assert.NotContains(t, text, hex.EncodeToString([]byte(testkit.Canary)), "%T under %s", held, verb)
		}
		encoded, err := json.Marshal(held)
		require.NoError(t, err)
		assert.NotContains(t, string(encoded), testkit.Canary, "%T as JSON", held)
		var log bytes.Buffer
		slog.New(slog.NewTextHandler(&log, nil)).Info("it", "held", held)
		slog.New(slog.NewJSONHandler(&log, nil)).Info("it", "held", held)
		assert.Contains(t, log.String(), "held")
		assert.NotContains(t, log.String(), testkit.Canary, "%T in a log", held)
	}
	assert.Contains(t, fmt.Sprintf("%+v", v), shown)
	assert.Contains(t, fmt.Sprintf("%+v", nested), "[redacted]")
}
