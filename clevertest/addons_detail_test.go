package clevertest_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/clevertest"
)

const providersBase = "/v4/addon-providers/"

const databaseDetails = `{"id":"7","app_id":"addon_1","owner_id":"orga_1","plan":"xs_sml",
	"zone":"par","creation_date":"2026-01-02T03:04:05Z[UTC]",
	"status":"ACTIVE","host":"h","port":5432,"user":"u1","password":"s","database":"b1",
	"version":"18","locale":"en_GB",
	"features":[{"name":"do-backup","enabled":true}],"read_only_users":[{"user":"ro",
	"password":"s"}]}`

func TestConfigProviders(t *testing.T) {
	t.Parallel()
	p := start(t)
	id := string(p.AddConfigProvider("settings", map[string]string{"B": "2", "A": "1"}))
	path := providersBase + "config-provider/addons/" + id

	p.ok(path).likeText("provider", `{"id":"config_1","owner_id":"orga_1","creation_date":"d",
		"env":[{"name":"API_URL","value":"https://x"}]}`)
	assert.JSONEq(t, `[{"name":"A","value":"1"},{"name":"B","value":"2"}]`, p.ok(path+"/env").Body)
	a := p.expect(200, "PUT", path+"/env", `[{"name":"C","value":"3"}]`)
	assert.JSONEq(t, `[{"name":"C","value":"3"}]`, a.Body)
	assert.JSONEq(t, a.Body, p.ok(path+"/env").Body)
	for _, bad := range []string{`null`, `{}`, `[{"value":"3"}]`, `[{"name":"C","value":"1"},{"name":"C","value":"2"}]`} {
		p.expect(400, "PUT", path+"/env", bad)
	}
	assert.JSONEq(t, `[]`, p.send("PUT", path+"/env", `[]`).Body)
	assert.JSONEq(t, `[]`, p.ok(path+"/env").Body)

	addonID, _ := p.order("config-provider", "std")
	for _, unknown := range []string{addonID, string(p.ResourceID)} {
		p.expect(404, "GET", providersBase+"config-provider/addons/"+unknown)
		p.expect(404, "PUT", providersBase+"config-provider/addons/"+unknown+"/env", `[]`)
	}
}

func TestAddons_ProviderInfo(t *testing.T) {
	t.Parallel()
	p := start(t)
	for _, provider := range []string{"postgresql-addon", "mysql-addon", "mongodb-addon", "redis-addon", "es-addon", "jenkins", "kv"} {
		p.ok(providersBase+provider).likeText(provider, `{"providerId":"postgresql-addon",
			"defaultDedicatedVersion":"18","dedicated":{},"clusters":[{"id":"pg-par-1","label":"l",
			"zone":"par","version":"18","features":[]}]}`, ".dedicated.")
	}
	assert.Equal(t, "18",
		p.ok(providersBase + "postgresql-addon").object()["defaultDedicatedVersion"])
	p.expect(404, "GET", providersBase+"pigeon")
}

func TestAddons_Details(t *testing.T) {
	t.Parallel()
	p := start(t)
	details := func(provider string, real bool) answer {
		t.Helper()
		id, realID := p.order(provider, "xs_sml")
		if real {
			id, realID = realID, id
		}
		p.expect(404, "GET", providersBase+provider+"/addons/"+realID)
		return p.ok(providersBase + provider + "/addons/" + id)
	}

	details("postgresql-addon", false).likeText("postgresql", databaseDetails)
	details("mysql-addon", false).likeText("mysql", databaseDetails, ".locale")
	details("mongodb-addon", false).likeText("mongodb", databaseDetails, ".locale", ".version", ".read_only_users")
	details("jenkins", true).likeText("jenkins", `{"id":"i","app_id":"a","plan":"p","zone":"par",
		"creation_date":"d","deletion_date":null,"status":"ACTIVE","host":"h","user":"u",
		"password":"s","version":"v","artifactory_url":null,"features":[{"name":"n",
		"enabled":true}]}`)
	id, _ := p.order("redis-addon", "s_mono")
	p.expect(404, "GET", providersBase+"redis-addon/addons/"+id)
	p.expect(404, "GET", providersBase+"pigeon/addons/"+id)
	p.expect(404, "GET", providersBase+"mysql-addon/addons/"+string(p.AddonID))

	shared := p.ok(providersBase + "postgresql-addon/addons/" + string(p.AddonID)).object()
	assert.NotContains(t, shared, "locale")
	assert.Regexp(t, `^\d{4}-\d\d-\d\dT.*Z\[UTC\]$`, shared["creation_date"])
	again := p.ok(providersBase + "postgresql-addon/addons/" + string(p.AddonID)).object()
	assert.Equal(t, shared["password"], again["password"])
}

func TestAddons_Options(t *testing.T) {
	t.Parallel()
	p := start(t)
	path := providersBase + "postgresql-addon/addons/"
	id, _ := p.AddAddon(clevertest.Addon{Plan: "xs_sml", Options: map[string]string{
		"version": "16", "locale": "fr_FR", "do-backup": "false", "encryption": "true",
	}})

	chosen := p.ok(path + string(id)).object()
	has(t, chosen, "version", "16", "locale", "fr_FR")
	assert.Equal(t, decode(t, `[{"name":"do-backup","enabled":false},
		{"name":"encryption","enabled":true},{"name":"direct-host-only","enabled":false}]`),
		chosen["features"])

	ordered, _ := p.order("postgresql-addon", "xs_sml") // with encryption
	has(t, p.ok(path+ordered).object(), "version", "18")
	assert.Contains(t, p.ok(path + ordered).object()["features"],
		decode(t, `{"name":"encryption","enabled":true}`))

	shared, _ := p.AddAddon(clevertest.Addon{Plan: "dev", Options: map[string]string{"version": "16"}})
	has(t, p.ok(path+string(shared)).object(), "version", "18")
}

func TestAddons_Elasticsearch(t *testing.T) {
	t.Parallel()
	p := start(t)
	id, _ := p.order("es-addon", "xs_sml")

	fresh := p.ok(providersBase + "es-addon/addons/" + id).object()
	has(t, fresh, "kibana_host", nil, "apm_host", nil)
	p.Advance(time.Minute)
	assert.NotNil(t, p.ok(providersBase + "es-addon/addons/" + id).object()["kibana_host"])
	p.ok(providersBase+"es-addon/addons/"+id).likeText("elasticsearch", `{"id":"i","app_id":"a",
		"plan":"p","zone":"z","owner_id":"o","creation_date":"d","status":"ACTIVE","host":"h",
		"user":"u","password":"s","version":"9","kibana_host":"k","kibana_user":"u",
		"kibana_password":"s","apm_host":"a","apm_user":"u","apm_password":"s",
		"apm_auth_token":"t","plugins":["p"],"backups":{"kibana_snapshots_url":"u"},
		"services":[{"name":"n","enabled":true}],"features":[{"name":"n","enabled":true}]}`)
}

// v4 paths of add-ons name no owner, and yet show nothing of another user's.
func TestAddons_OfAnotherUser(t *testing.T) {
	t.Parallel()
	p := start(t)
	for provider, path := range map[string]string{
		"postgresql-addon": "postgresql-addon", "config-provider": "config-provider",
		"keycloak": "addon-keycloak", "addon-pulsar": "addon-pulsar",
	} {
		addon, id := p.AddAddon(
			clevertest.Addon{ProviderID: provider, OwnerID: p.ForbiddenOwnerID})
		if provider == "postgresql-addon" {
			id = clevercloud.ResourceID(addon)
		}
		p.expect(403, "GET", providersBase+path+"/addons/"+string(id))
	}
}

func TestAddons_JenkinsUpdates(t *testing.T) {
	t.Parallel()
	p := start(t)
	_, id := p.order("jenkins", "xs_sml")

	p.ok(providersBase+"jenkins/addons/"+id+"/updates").likeText("updates", `{"manageLink":"l",
		"versions":{"current":null,"available":null}}`)
	p.expect(404, "GET", providersBase+"jenkins/addons/jenkins_x/updates")
}

func TestMateria(t *testing.T) {
	t.Parallel()
	p := start(t)
	_, id := p.order("kv", "alpha")
	path := func(owner, id string) string {
		return "/v4/materia/organisations/" + owner + "/materia/databases/" + id
	}

	a := p.ok(path(string(p.OwnerID), id))

	a.likeText("materia", `{"id":"kv_1","clusterId":"materiakv-par","ownerId":"o","kind":"KV",
		"plan":"ALPHA","host":"h","port":6379,"token":"s","tokenId":"9c1e","status":"PROVISIONED"}`)
	has(t, a.object(), "plan", "ALPHA", "status", "PROVISIONING")
	p.Advance(time.Minute)
	assert.Equal(t, "PROVISIONED", p.ok(path(string(p.OwnerID), id)).object()["status"])
	p.expect(404, "GET", path(string(p.UserID), id))
	p.expect(404, "GET", path(string(p.OwnerID), "kv_x"))
}

func TestBilling_CreditsAndPrices(t *testing.T) {
	t.Parallel()
	p := start(t)
	owner := p.v4("billing")

	assert.JSONEq(t, `{"prepaidCredit":0,"freeCredit":20,"currency":"EUR"}`,
		p.ok(owner+"/credits/summary").Body)
	const prices = `{"zone_id":"par","currency":"EUR","runtime":[{"runtime_policy_id":"rp-1",
		"source":"apps.XS","flavor":"XS","time_unit":"PT1H",
		"price":0.0222,"slug_id":"APPS.XS"}],"countable":[{"countable_policy_id":"cp-1",
		"service":"kubernetes.node.vcpu","data_unit":"vcpu",
		"data_quantity_for_price":{"secability":"SECABLE","quantity":1},
		"time_interval_for_price":{"secability":"SECABLE","interval":3600},
		"price_plans":[{"plan_id":"pp-1","max_quantity":null,"price":0.0055}]}]}`
	p.ok(owner+"/price-system?zone_id=par").likeText("prices", prices)
	stranger := p.with("Authorization", "")
	a := stranger.ok("/v4/billing/price-system?zone_id=rbx&currency=EUR")
	a.likeText("prices", prices)
	assert.Equal(t, "rbx", a.object()["zone_id"])
	assert.Contains(t, a.Body, `"price":0.0222`)
	stranger.expect(404, "GET", "/v4/billing/price-system?zone_id=moon&currency=EUR")
	stranger.expect(404, "GET", "/v4/billing/price-system?zone_id=par&currency=XXX")
	stranger.expect(401, "GET", owner+"/price-system?zone_id=par")
}

func TestDrains_OfAnOwner(t *testing.T) {
	t.Parallel()
	p := start(t, clevertest.WithStepDuration(time.Minute))
	owner := p.v4("drains") + "/drains"
	of := p.drain("create_request_raw_http.json")
	const body = `{"kind":"AUDITLOG","recipient":{"type":"RAW_HTTP","url":"https://audit.example.com/in"}}`

	a := p.expect(201, "POST", owner, body)

	id := a.object()["id"].(string)
	assert.Nil(t, a.object()["resourceId"])
	p.ok(owner+"/"+id).
		like("drains/audit_no_resource.json", ".backlog", ".status.authorId", ".resourceId")
	assert.Equal(t, []any{of, id}, p.ok(owner).pluck("id"))
	assert.Equal(t, []any{of}, p.ok(p.drains()).pluck("id"))
	p.expect(404, "GET", p.drains()+"/"+id)
	p.expect(400, "POST", owner, fixture(t, "drains/create_request_raw_http.json"))
	p.Advance(2 * time.Minute)
	assert.Equal(t, "DISABLING",
		at(p.send("PUT", owner+"/"+id+"/disable").object(), "status", "status"))
	assert.Equal(t, []any{of}, p.ok(owner+"?status=ENABLED").pluck("id"))
	assert.Equal(t, []any{id}, p.ok(owner+"?executionStatusNotIn=RUNNING").pluck("id"))
	p.Advance(time.Minute)
	p.send("PUT", owner+"/"+id+"/enable")
	p.expect(200, "PATCH", owner+"/"+id+"/reset-cursor")
	assert.Equal(t, true, p.send("POST", owner+"/"+id+"/check").object()["ok"])
	assert.Contains(t, p.ok(owner+"/"+id+"/test-command").Body, "curl")
	p.expect(200, "DELETE", owner+"/"+id)
	p.expect(404, "GET", owner+"/"+id)
}

func TestTokens_GetAndReplace(t *testing.T) {
	t.Parallel()
	p := start(t).signed()
	id := p.ok("/api-tokens").list()[0]["apiTokenId"].(string)

	assert.Equal(t, p.ok("/api-tokens").list()[0], p.ok("/api-tokens/"+id).object())
	p.expect(404, "GET", "/api-tokens/x")
	p.expect(400, "PUT", "/api-tokens/"+id, `{"name":"","description":"d"}`)
	p.expect(204, "PUT", "/api-tokens/"+id,
		`{"name":"n","description":"d","expirationDate":"2040-01-01T00:00:00Z"}`)
	got := p.ok("/api-tokens/" + id).object()
	assert.Equal(t, []any{"n", "d"}, []any{got["name"], got["description"]})
	assert.NotContains(t, got["expirationDate"], "2040")
	p.expect(204, "PUT", "/api-tokens/"+id, `{"name":"n"}`)
	assert.Nil(t, p.ok("/api-tokens/" + id).object()["description"])
}
