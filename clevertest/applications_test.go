package clevertest_test

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/clevertest"
)

func (p peer) owned(path string) string { return "/v2/organisations/" + string(p.OwnerID) + path }

// refused sends a request that has to fail in the words of v2.
func (p peer) refused(status, id int, method, path string, body ...string) map[string]any {
	p.t.Helper()
	got := p.expect(status, method, path, body...).object()
	assert.Equal(p.t, "error", got["type"])
	assert.InDelta(p.t, id, got["id"], 0)
	return got
}

// newApp is the body of a creation, from the catalogue.
func (p peer) newApp(slug string, change map[string]any) string {
	p.t.Helper()
	body := map[string]any{
		"name": "api", "zone": "rbx", "deploy": "git", "minInstances": 1, "maxInstances": 2,
		"minFlavor": "xs", "maxFlavor": "S",
	}
	for _, r := range p.with("Authorization", "").ok("/v2/products/instances").list() {
		if at(r, "variant", "slug") == slug && r["enabled"] == true {
			body["instanceType"], body["instanceVersion"] = r["type"], r["version"]
			body["instanceVariant"] = at(r, "variant", "id")
		}
	}
	for key, value := range change {
		body[key] = value
	}
	text, err := json.Marshal(body)
	require.NoError(p.t, err)
	return string(text)
}

// create makes an application over v2 and returns its path.
func (p peer) create(change map[string]any) (path string, id clevercloud.ApplicationID) {
	p.t.Helper()
	made := p.must("POST", p.owned("/applications"), p.newApp("node", change)).object()
	id = clevercloud.ApplicationID(made["id"].(string))
	return p.owned("/applications/" + string(id)), id
}

func TestApplications_Create(t *testing.T) {
	t.Parallel()
	p := start(t, clevertest.WithStepDuration(time.Minute))
	path, id := p.create(map[string]any{
		"env": map[string]string{"B": "2", "A": "1"}, "separateBuild": true, "buildFlavor": "m",
		"unknown": 1,
	})

	got := p.ok(path).object()
	for want, keys := range map[string][]string{
		"api": {"name"}, "rbx": {"zone"}, string(p.OwnerID): {"ownerId"}, "node": {"instance", "type"},
		"20250601": {"instance", "version"}, "XS": {"instance", "minFlavor", "name"},
		"Node.js": {"instance", "variant", "name"}, "M": {"buildFlavor", "name"},
		"GIT":      {"deployment", "type"},
		"CREATING": {"deployment", "repoState"}, "SHOULD_BE_DOWN": {"state"}, "DISABLED": {"forceHttps"},
	} {
		assert.Equal(t, want, at(got, keys...))
	}
	assert.Equal(t, []any{
		map[string]any{"name": "A", "value": "1"}, map[string]any{"name": "B", "value": "2"},
	}, got["env"])
	domain := strings.Replace(string(id), "app_", "app-", 1) + ".cleverapps.io/"
	assert.Equal(t, []any{map[string]any{"fqdn": domain}}, got["vhosts"])
	assert.Contains(t, p.ok(p.owned("/applications")).pluck("id"), string(id))
	assert.Contains(t, p.ok("/v2/summary").Body, string(id))

	p.Advance(time.Minute)
	assert.Equal(t, "CREATED", at(p.ok(path).object(), "deployment", "repoState"))
	assert.Empty(t, p.ok(p.app(id)+"/deployments").list(), "nothing runs before the first push")
	balancers := p.ok("/v4/load-balancers/organisations/" + string(p.OwnerID) + "/applications/" +
		string(id) + "/load-balancers/default").list()
	assert.Equal(t, "domain.rbx.clever-cloud.com.", at(balancers[0], "dns", "cname"))

	assert.Regexp(t, "^https://.*"+string(id)+".git$", at(got, "deployment", "httpUrl"))
	ftp, _ := p.create(map[string]any{"deploy": "ftp"})
	has(t, p.ok(ftp).object(), "deployment.type", "FTP", "deployment.httpUrl", nil)

	p.must("DELETE", path)
	p.refused(404, 4004, "GET", path)
	p.refused(404, 4004, "DELETE", path)
}

func TestApplications_CreateRefuses(t *testing.T) {
	t.Parallel()
	p := start(t)
	for _, change := range []map[string]any{
		{"minFlavor": nil}, {"maxFlavor": "XXXL"}, {"zone": "moon"}, {"name": ""},
		{"minInstances": 0}, {"minInstances": 3}, // more than the maximum
		{"minFlavor": "M"},              // larger than the largest
		{"instanceVersion": "19990101"}, // of another type
		{"instanceVersion": "20270101"}, // to come
		{"deploy": "carrier pigeon"},
	} {
		p.refused(400, 3004, "POST", p.owned("/applications"), p.newApp("node", change))
	}
	for _, change := range []map[string]any{
		{"forceHttps": true},
		{"env": []any{map[string]string{"name": "A", "value": "1"}}}, // as it is read
		{"minFlavor": map[string]string{"name": "XS"}},               // as it is read
	} {
		p.expect(400, "POST", p.owned("/applications"), p.newApp("node", change))
	}
	foreign := "/v2/organisations/" + string(p.ForbiddenOwnerID) + "/applications"
	p.refused(403, 999, "POST", foreign, p.newApp("go", nil))
}

// PUT is partial, and has traps: sets are replaced, bounds are checked together, and what runs is
// deployed.
func TestApplications_Update(t *testing.T) {
	t.Parallel()
	p := start(t, clevertest.WithStepDuration(0))
	path, id := p.create(map[string]any{"env": map[string]string{"A": "1"}, "tags": []string{"x"}})
	put := func(body string) map[string]any { return p.must("PUT", path, body).object() }

	got := put(`{"name":"renamed","forceHttps":"ENABLED"}`)
	has(t, got, "name", "renamed", "forceHttps", "ENABLED", "instance.minFlavor.name", "XS")
	assert.Len(t, got["env"], 1, "what is left out keeps its value")

	assert.Equal(t, []any{map[string]any{"name": "B", "value": "2"}}, put(`{"env":{"B":"2"}}`)["env"])
	assert.Empty(t, put(`{"env":{}}`)["env"])
	p.refused(400, 3004, "PUT", path, `{"minInstances":3}`)
	assert.InDelta(t, 3, at(put(`{"minInstances":3,"maxInstances":3}`), "instance", "maxInstances"), 0)
	ignored := put(`{"buildFlavor":"L"}`)
	assert.Equal(t, "M", at(ignored, "buildFlavor", "name"), "it counts with a separate build only")
	assert.Equal(t, "L", at(put(`{"separateBuild":true,"buildFlavor":"l"}`), "buildFlavor", "name"))
	assert.Equal(t, false, put(`{"separateBuild":false,"buildFlavor":""}`)["separateBuild"])
	assert.Equal(t, "wsw", put(`{"zone":"wsw"}`)["zone"])
	assert.Empty(t, p.ok(p.app(id)+"/deployments").list(), "it does not run")

	p.must("POST", path+"/instances?commit="+sha)
	put(`{"minInstances":2}`)
	assert.Len(t, p.ok(p.app(id)+"/deployments").list(), 2)
	assert.Len(t, p.ok(p.app(id)+"/instances?excludeDeleted=true").list(), 2)
	odd := p.AddApplication(clevertest.Application{Kind: "abacus"})
	seeded := p.owned("/applications/" + string(odd))
	assert.Equal(t, "odd", p.must("PUT", seeded, `{"name":"odd"}`).object()["name"])
}

const sha = "3e1a6f4c2b7d90581fae6c3d4b2097e5f8a1c6d2"

func TestApplications_Deploy(t *testing.T) {
	t.Parallel()
	p := start(t, clevertest.WithStepDuration(time.Minute))
	path, id := p.create(nil)
	v4 := p.app(id)

	p.refused(400, 4014, "POST", path+"/instances")
	stopped, _ := p.create(nil)
	p.must("DELETE", stopped+"/instances")
	p.refused(400, 4014, "POST", stopped+"/instances")
	p.expect(400, "POST", path+"/instances?commit=3e1a6f4")
	started := p.must("POST", path+"/instances?commit="+sha+"&useCache=no").object()
	deployment := v4 + "/deployments/" + started["deploymentId"].(string)
	assert.Equal(t, "QUEUED", p.ok(deployment).object()["state"])
	p.Advance(2 * time.Minute)
	got := p.ok(deployment).object()
	has(t, got, "state", "SUCCEEDED", "version.commitId", sha)
	assert.Equal(t, []any{"UP"}, p.ok(v4+"/instances").pluck("state"))
	assert.Equal(t, []any{"XS"}, p.ok(v4+"/instances").pluck("flavor"))
	assert.Equal(t, "SHOULD_BE_UP", p.ok(path).object()["state"])
	logs := p.v4("logs") + "/applications/" + string(id) +
		"/logs?since=2000-01-01T00:00:00Z&limit=1"
	assert.Equal(t, []any{string(id), "rbx"}, []any{
		p.ok(logs).entries()[0]["applicationId"], p.ok(logs).entries()[0]["zone"]})

	again := p.must("POST", path+"/instances").object()["deploymentId"].(string)
	got = p.ok(v4 + "/deployments/" + again).object()
	assert.Equal(t, sha, at(got, "version", "commitId"), "the last one")
	p.must("DELETE", path+"/deployments/2/instances")
	assert.Equal(t, "CANCELLED", p.ok(v4 + "/deployments/" + again).object()["state"])

	p.must("DELETE", path+"/instances")
	assert.Equal(t, "SHOULD_BE_DOWN", p.ok(path).object()["state"])
	p.Advance(2 * time.Minute)
	assert.Empty(t, p.ok(path+"/instances").list())
	assert.Len(t, p.ok(path+"/instances?withDeleted=true").list(), 1)
	assert.Empty(t, p.ok(path+"/instances?withDeleted=true&deploymentId=x").list())
}

func TestApplications_Env(t *testing.T) {
	t.Parallel()
	p := start(t, clevertest.WithStepDuration(0))
	path, _ := p.create(nil)
	env := path + "/env"

	assert.Empty(t, p.ok(env).list())
	p.must("PUT", env, `{"PORT":"1","Z":"z"}`)
	assert.Equal(t, []any{"PORT", "Z"}, p.ok(env).pluck("name"), "nothing is checked unless asked for")
	refused := p.refused(400, 557, "PUT", env+"?check=true",
		`{"PORT":"1","CC_HEALTH_CHECK_PATH":"status","OK":"1"}`)
	assert.Len(t, refused["fields"], 2)
	assert.Contains(t, refused["fields"], "PORT")
	assert.Equal(t, []any{"1", "z"}, p.ok(env).pluck("value"), "nothing was written")
	p.must("PUT", env+"?check=true", `{"PORT":"8080","OK":"1"}`)

	p.must("PUT", env+"/A%2FB", `{"value":"x"}`)
	p.must("DELETE", env+"/OK")
	assert.Equal(t, []any{"A/B", "PORT"}, p.ok(env).pluck("name"))
	for _, bad := range []string{`null`, `[]`, `{"A":1}`} {
		p.expect(400, "PUT", env, bad)
	}
	p.must("PUT", env, `{}`)
	assert.Empty(t, p.ok(env).list())
}

func TestApplications_Domains(t *testing.T) {
	t.Parallel()
	p := start(t)
	path, _ := p.create(nil)
	vhosts := path + "/vhosts/"
	fqdns := func() []any { return p.ok(path + "/vhosts").pluck("fqdn")[1:] }

	p.must("PUT", vhosts+"WWW.example.org")
	p.must("PUT", vhosts+url.PathEscape("www.example.org/api"))
	p.must("PUT", vhosts+url.PathEscape("*.example.org/"))
	assert.Equal(t, []any{"www.example.org/", "www.example.org/api/", "*.example.org/"}, fqdns())
	p.expect(404, "PUT", vhosts+"www.example.org/other")
	for _, bad := range []string{
		strings.Repeat("x", 64) + ".org", "192.0.2.1", "localhost", "a..b", "www.*.org", "cleverapps.io", "-x.org", "www.example.org",
	} {
		p.refused(403, 999, "PUT", vhosts+url.PathEscape(bad))
	}
	p.refused(403, 8302, "PUT", vhosts+"shop.clever-cloud.com")
	other, _ := p.create(nil)
	p.refused(403, 999, "PUT", other+"/vhosts/www.example.org")

	p.refused(404, 4021, "GET", vhosts+"favourite")
	lacking := `{"fqdn":"x.example.org"}`
	p.refused(400, 3004, "PUT", vhosts+"favourite", lacking)
	p.must("PUT", vhosts+"favourite", `{"fqdn":"www.example.org"}`)
	assert.Equal(t, "www.example.org/", p.ok(vhosts + "favourite").object()["fqdn"])
	p.must("DELETE", vhosts+"www.example.org%2F")
	p.refused(404, 4021, "GET", vhosts+"favourite")
	p.expect(404, "DELETE", vhosts+"www.example.org")
	p.must("PUT", vhosts+"favourite", `{"fqdn":"*.example.org"}`)
	p.must("DELETE", vhosts+"favourite")
	p.refused(404, 4021, "GET", vhosts+"favourite")
}

func TestApplications_Dependencies(t *testing.T) {
	t.Parallel()
	p := start(t, clevertest.WithStepDuration(0))
	api, apiID := p.create(nil)
	db, dbID := p.create(map[string]any{"name": "db"})

	p.must("PUT", api+"/dependencies/"+string(dbID))
	assert.Equal(t, []any{string(dbID)}, p.ok(api+"/dependencies").pluck("id"))
	p.expect(400, "PUT", api+"/dependencies/"+string(dbID))
	p.refused(404, 4004, "PUT", api+"/dependencies/app_x")
	assert.Equal(t, "{}", p.ok(db+"/exposed_env").Body)

	p.must("POST", api+"/instances?commit="+sha)
	p.must("PUT", db+"/exposed_env", `{"DB":"here"}`)
	assert.JSONEq(t, `{"DB":"here"}`, p.ok(db+"/exposed_env").Body)
	assert.Len(t, p.ok(p.app(apiID)+"/deployments").list(), 2, "what depends on it is deployed")
	seen := p.ok(api + "/dependencies/env").list()[0]
	assert.Equal(t, string(dbID), seen["app_id"])
	assert.Equal(t, []any{map[string]any{"name": "DB", "value": "here"}}, seen["env"])

	p.must("DELETE", api+"/dependencies/"+string(dbID))
	p.refused(404, 4004, "DELETE", api+"/dependencies/"+string(dbID))
	p.must("PUT", api+"/dependencies/"+string(dbID))
	p.must("DELETE", db)
	assert.Empty(t, p.ok(api+"/dependencies").list())
}

func TestApplications_TCPRedirections(t *testing.T) {
	t.Parallel()
	p := start(t)
	path, _ := p.create(nil)
	redirs := path + "/tcpRedirs"

	assert.Equal(t, []any{"default", "cleverapps"}, p.ok(p.owned("/namespaces")).pluck("namespace"))
	assert.Empty(t, p.ok(redirs).list())
	first := p.must("POST", redirs, `{"namespace":"default"}`).object()
	second := p.must("POST", redirs, `{"namespace":"cleverapps"}`).object()
	assert.Greater(t, first["port"], 5000.0)
	assert.NotEqual(t, first["port"], second["port"])
	for _, namespace := range []string{"default", "moon"} {
		a := p.send("POST", redirs, `{"namespace":"`+namespace+`"}`)
		assert.Equal(t, 400, a.Status, namespace)
	}
	port := redirs + "/" + string(must(json.Marshal(first["port"])))
	p.expect(400, "DELETE", port) // no namespace
	p.expect(404, "DELETE", port+"?namespace=cleverapps")
	p.must("DELETE", port+"?namespace=default")
	assert.Equal(t, []any{"cleverapps"}, p.ok(redirs).pluck("namespace"))
	p.expect(404, "GET", "/v2/self/applications/x/tcpRedirs")
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// An id under the wrong owner is forbidden, not unknown.
func TestApplications_Owners(t *testing.T) {
	t.Parallel()
	p := start(t)
	other := "/v2/organisations/" + string(p.AddOrganisation("Two"))

	app := "/applications/" + string(p.ApplicationID)
	p.refused(403, 4002, "GET", other+app)
	p.refused(403, 4002, "DELETE", "/v2/self"+app)
	p.refused(403, 10300, "GET", other+"/addons/"+string(p.AddonID))
	foreign := "/v2/organisations/" + string(p.ForbiddenOwnerID) + "/applications"
	p.refused(403, 999, "GET", foreign)

	mine := p.must("POST", "/v2/self/applications", p.newApp("go", nil)).object()
	assert.Equal(t, string(p.UserID), mine["ownerId"])
	summary := p.ok("/v2/summary").object()
	for _, space := range []any{summary["user"], summary["organisations"].([]any)[0]} {
		assert.Equal(t, mine["id"], at(at(space, "applications").([]any)[0], "id"))
	}
	assert.Len(t, p.ok("/v2/organisations/"+string(p.UserID)+"/applications").list(), 1)
}
