package clevertest_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/clevertest"
)

// provision creates an add-on in the first plan of a provider and returns it.
func (p peer) provision(provider string) map[string]any {
	p.t.Helper()
	return p.must("POST", p.owned("/addons"), p.newAddon(provider, nil)).object()
}

// order creates an add-on in a plan and returns its two ids.
func (p peer) order(provider, slug string) (id, realID string) {
	p.t.Helper()
	listed := p.with("Authorization", "").ok("/v2/products/addonproviders/" + provider).object()
	for _, plan := range listed["plans"].([]any) {
		if at(plan, "slug") == slug {
			body := p.newAddon(provider, map[string]any{"plan": at(plan, "id")})
			made := p.must("POST", p.owned("/addons"), body).object()
			return made["id"].(string), made["realId"].(string)
		}
	}
	p.t.Fatalf("%s has no plan %s", provider, slug)
	return "", ""
}

func (p peer) newAddon(provider string, change map[string]any) string {
	p.t.Helper()
	listed := p.with("Authorization", "").ok("/v2/products/addonproviders/" + provider).object()
	body := map[string]any{
		"name": "main", "providerId": provider, "plan": at(listed["plans"].([]any)[0], "id"),
		"region":  "par",
		"options": map[string]string{"encryption": "true"},
	}
	for key, value := range change {
		body[key] = value
	}
	return string(must(json.Marshal(body)))
}

func TestAddons_Lifecycle(t *testing.T) {
	t.Parallel()
	p := start(t)
	made := p.provision("postgresql-addon")
	id, realID := made["id"].(string), made["realId"].(string)
	path := p.owned("/addons/" + id)

	assert.True(t, strings.HasPrefix(realID, "postgresql_"), realID)
	assert.Equal(t, made, p.ok(path).object())
	assert.Equal(t, made, p.ok(p.owned("/addons/"+realID)).object(), "either id will do")
	assert.Contains(t, p.ok(p.owned("/addons")).pluck("id"), id)
	assert.Contains(t, p.ok("/v2/summary").Body, realID)
	env := p.ok(path + "/env")
	assert.Equal(t, made["configKeys"], env.pluck("name"))
	assert.Contains(t, env.Body, "postgresql://u")
	assert.Equal(t, env.Body, p.ok(path+"/env").Body, "the same each time")

	drain := fixture(t, "drains/create_request_raw_http.json")
	p.must("POST", p.resourceDrains(realID), drain)
	p.ok("/v4/load-balancers/organisations/" + string(p.OwnerID) + "/addons/" + id +
		"/load-balancers/default")
	p.AppendResourceLogs(clevercloud.ResourceID(realID), clevertest.LogEntry{Message: "x"})
	logs := p.v4("logs") + "/resources/" + realID + "/logs"
	assert.Len(t, p.ok(logs+everything("")).entries(), 1)

	renamed := p.must("PUT", path, `{"name":"other","plan":"ignored"}`).object()
	has(t, renamed, "name", "other", "plan", made["plan"])

	p.must("DELETE", path)
	p.refused(404, 11001, "GET", path)
	p.refused(404, 11001, "DELETE", path)
	p.expect(404, "GET", logs)
	p.expect(404, "GET", p.resourceDrains(realID))
}

func TestAddons_CreateRefuses(t *testing.T) {
	t.Parallel()
	p := start(t)
	before := len(p.ok(p.owned("/addons")).list())
	kv := p.ok("/v2/products/addonproviders/kv").object()["plans"].([]any)[0]
	for _, change := range []map[string]any{
		{"plan": "dev"},        // a slug
		{"plan": at(kv, "id")}, // of another provider
		{"region": "moon"}, {"providerId": "pigeons"}, {"name": ""},
		{"options": map[string]any{"encryption": true}},
	} {
		a := p.expect(400, "POST", p.owned("/addons"), p.newAddon("postgresql-addon", change))
		has(t, a.object(), "type", "error")
	}
	assert.Len(t, p.ok(p.owned("/addons")).list(), before)
}

func TestAddons_EachProvider(t *testing.T) {
	t.Parallel()
	p := start(t, clevertest.WithStepDuration(0))
	providers := p.with("Authorization", "").ok("/v2/products/addonproviders").pluck("id")
	require.Contains(t, providers, "config-provider")
	for _, provider := range providers {
		made := p.provision(provider.(string))
		assert.Equal(t, provider, at(made, "provider", "id"))
		p.ok(p.owned("/addons/" + made["id"].(string) + "/env")).list()
	}
	p.expect(404, "GET", "/v2/products/addonproviders/pigeons")
}

// An operator that is created over v2 is one, with an application that deploys.
func TestAddons_Operators(t *testing.T) {
	t.Parallel()
	p := start(t, clevertest.WithStepDuration(time.Minute))
	made := p.provision("keycloak")
	operator := operatorPath("keycloak", clevercloud.OperatorID(made["realId"].(string)))
	entrypoint := at(p.ok(operator).object(), "resources", "entrypoint").(string)
	instances := p.app(clevercloud.ApplicationID(entrypoint)) + "/instances"

	assert.Empty(t, p.ok(instances).list())
	p.Advance(2 * time.Minute)
	assert.Equal(t, []any{"UP"}, p.ok(instances).pluck("state"))
	pulsar := p.provision("addon-pulsar")["realId"].(string)
	p.ok("/v4/addon-providers/addon-pulsar/addons/" + pulsar + "/storage-policies")

	p.must("DELETE", p.owned("/addons/"+made["id"].(string)))
	p.expect(404, "GET", operator)
	p.refused(404, 4004, "GET", p.owned("/applications/"+entrypoint))
}

func TestAddons_Links(t *testing.T) {
	t.Parallel()
	p := start(t)
	path, id := p.create(nil)
	made := p.provision("redis-addon")
	addon := made["id"].(string)

	for range 2 {
		p.must("POST", path+"/addons", `"`+addon+`"`)
	}
	assert.Equal(t, []any{addon}, p.ok(path+"/addons").pluck("id"), "linked once")
	assert.Equal(t, []any{string(id)}, p.ok(p.owned("/addons/"+addon+"/applications")).pluck("id"))
	assert.Equal(t, []any{"redis-addon"}, p.ok(path+"/addons/env").pluck("provider_id"))
	assert.Contains(t, p.ok(path+"/addons/env").Body, "REDIS_URL")
	realID := `"` + made["realId"].(string) + `"`
	p.refused(404, 11001, "POST", path+"/addons", realID)
	p.expect(400, "POST", path+"/addons", addon)

	p.must("DELETE", path+"/addons/"+addon)
	p.refused(404, 11001, "DELETE", path+"/addons/"+addon)
	p.must("POST", path+"/addons", `"`+addon+`"`)
	p.must("DELETE", p.owned("/addons/"+addon))
	assert.Empty(t, p.ok(path+"/addons").list())
}

func TestAddAddon(t *testing.T) {
	t.Parallel()
	p := start(t)
	id, realID := p.AddAddon(clevertest.Addon{
		Name: "cache", ProviderID: "redis-addon", Plan: "m_mono", Zone: "mtl",
	})

	got := p.ok(p.owned("/addons/" + string(id))).object()
	has(t, got, "realId", string(realID), "region", "mtl", "plan.slug", "m_mono")
	assert.Panics(t, func() { p.AddAddon(clevertest.Addon{ProviderID: "pigeons"}) })
	assert.Panics(t, func() { p.AddAddon(clevertest.Addon{Plan: "huge"}) })
}

func TestCatalogue_InstanceTypes(t *testing.T) {
	t.Parallel()
	p := start(t).with("Authorization", "")

	types := p.ok("/v2/products/instances?for=" + string(p.OwnerID)).list()
	assert.Greater(t, len(types), 20)
	one := p.ok("/v2/products/instances/rust-20250601").object()
	assert.Equal(t, "rust", at(one, "variant", "slug"))
	older, newer := at(types[0], "variant", "id"), at(types[1], "variant", "id")
	assert.Equal(t, older, newer, "versions of one variant")
	p.expect(404, "GET", "/v2/products/instances/rust-1")
}

// What v4 stores in a configuration provider is what v2 gives to the applications linked to it.
func TestAddons_ConfigProviderEnv(t *testing.T) {
	t.Parallel()
	p := start(t)
	id, realID := p.order("config-provider", "std")
	p.must("PUT", "/v4/addon-providers/config-provider/addons/"+realID+"/env",
		`[{"name":"A","value":"1"}]`)

	want := `[{"name":"A","value":"1"}]`
	assert.JSONEq(t, want, p.ok(p.owned("/addons/"+id+"/env")).Body)
	path, _ := p.create(nil)
	p.must("POST", path+"/addons", `"`+id+`"`)
	seen := p.ok(path + "/addons/env").list()[0]
	assert.JSONEq(t, want, string(must(json.Marshal(seen["env"]))))
}
