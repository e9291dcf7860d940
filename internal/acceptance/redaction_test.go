package acceptance_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestRedaction_ShowsNoSecret prints what holds a secret in every way that it may get into a log.
func TestRedaction_ShowsNoSecret(t *testing.T) {
	t.Parallel()
	env := oneVariable(testkit.Canary)
	for shown, test := range map[string]func(*testing.T, string){
		"ID:pulsar_1": showsNoSecret(clevercloud.PulsarAddon{ID: "pulsar_1", Token: testkit.Canary}),
		"Name:CI":     showsNoSecret(clevercloud.APIToken{Name: "CI", Token: testkit.Canary}),
		"Name:deploys": showsNoSecret(clevercloud.APITokenInput{
			Name: "deploys", Password: testkit.Canary, MFACode: testkit.Canary,
		}),
		"Name:KEY": showsNoSecret(env[0]),
		"Name:api": showsNoSecret(clevercloud.Application{Name: "api", WebhookSecret: testkit.Canary, Env: env}),
		"Name:new": showsNoSecret(clevercloud.ApplicationInput{Name: "new", Env: env}),
		"Name:web": showsNoSecret(clevercloud.ApplicationPatch{Name: "web", Env: clevercloud.Value(env)}),
		"Host:db.example": showsNoSecret(clevercloud.AddonDetails{
			Host: "db.example", Password: testkit.Canary, KibanaPassword: testkit.Canary,
			APMPassword: testkit.Canary, APMAuthToken: testkit.Canary,
			ReadOnlyUsers: []clevercloud.AddonReadOnlyUser{{User: "ro", Password: testkit.Canary}},
		}),
		"Request:[redacted] Response:<nil>": showsNoSecret(clevercloud.DrainCheckHTTP{Request: testkit.Canary}),
		"Code:OK": showsNoSecret(clevercloud.DrainCheck{
			Code: "OK", HTTP: &clevercloud.DrainCheckHTTP{Request: testkit.Canary},
		}),
	} {
		t.Run(shown, func(t *testing.T) { test(t, shown) })
	}
}

// showsNoSecret fails if v shows the canary in it, or hides what is not secret.
func showsNoSecret[T any](v T) func(t *testing.T, shown string) {
	return func(t *testing.T, shown string) {
		t.Helper()
		type inner struct{ Held *T }
		type outer struct {
			Inner *inner
			Value T
		}
		nested := outer{&inner{&v}, v}
		for _, held := range []any{
			v, &v, struct{ Held *T }{&v}, []*T{&v}, []T{v}, map[string]*T{"it": &v}, map[string]T{"it": v},
			nested, &nested, []any{&v, v}, [1]*T{&v}, struct{ Any any }{&v},
		} {
			for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x", "%X", "%t", "%10s", "%z"} {
				text := fmt.Sprintf(verb, held)
				assert.Nil(t, testkit.Spellings().In([]byte(text)), "%T under %s", held, verb)
			}
			encoded, err := json.Marshal(held)
			require.NoError(t, err)
			assert.NotContains(t, string(encoded), testkit.Canary, "%T as JSON", held)
			var log bytes.Buffer
			debugTo(&log).Info("it", "held", held)
			assert.Contains(t, log.String(), "held")
			assert.NotContains(t, log.String(), testkit.Canary, "%T in a log", held)
		}
		assert.Contains(t, fmt.Sprintf("%+v", v), shown)
		assert.Contains(t, fmt.Sprintf("%+v", nested), "[redacted]")
	}
}
