package clevertest_test

import (
	"fmt"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/clevertest"
)

func (p peer) app(id clevercloud.ApplicationID) string {
	return p.v4("orchestration") + "/applications/" + string(id)
}

func (p peer) deployments() string { return p.app(p.ApplicationID) + "/deployments" }

func (p peer) instances() string { return p.app(p.ApplicationID) + "/instances" }

func TestDeployments_ListAndGet(t *testing.T) {
	t.Parallel()
	p := start(t)

	list := func(query string) answer { return p.ok(p.deployments() + query) }
	list("").like("deployments/list.json")
	assert.Equal(t, []any{"SUCCEEDED", "CANCELLED", "FAILED", "SUCCEEDED"}, list("").pluck("state"))
	assert.Equal(t, []any{string(p.DeploymentID)}, list("?limit=1").pluck("id"), "newest first")
	assert.Equal(t, []any{"SUCCEEDED", "FAILED"}, list("?order=ASC&limit=2").pluck("state"))
	assert.Len(t, list("?action=REPLACE&action=UPSCALE").list(), 1)
	for _, bad := range []string{
		"limit=0", "limit=1001", "order=UP", "order=asc", "includeApplicationConfiguration=1",
	} {
		p.expect(400, "GET", p.deployments()+"?"+bad)
	}
	fresh := p.AddApplication(clevertest.Application{})
	assert.Empty(t, p.ok(p.app(fresh)+"/deployments").list())
	other := p.AddApplication(clevertest.Application{OwnerID: p.AddOrganisation("Two")})
	p.expect(404, "GET", p.app(other)+"/deployments").like("errors/ovd_not_found_resource.json")

	list("/" + string(p.DeploymentID)).like("deployments/get.json")
	has(t, list("/"+string(p.FailedDeploymentID)).object(), "state", "FAILED")
	p.expect(404, "GET", p.deployments()+"/deployment_x")
}

func TestDeployments_Advance(t *testing.T) {
	t.Parallel()
	p := start(t, clevertest.WithStepDuration(time.Hour))
	id := p.AddDeployment(p.ApplicationID, clevertest.Deployment{State: "QUEUED"})
	steps := func() []any {
		var states []any
		for _, step := range p.ok(p.deployments() + "/" + string(id)).object()["steps"].([]any) {
			states = append(states, step.(map[string]any)["state"])
		}
		return states
	}
	of := func(state string) int {
		return len(p.ok(p.instances() + "?deploymentId=" + string(id) + "&includeState=" + state).list())
	}

	assert.Equal(t, []any{"QUEUED"}, steps())
	p.ok(p.deployments() + "/" + string(id)).like("deployments/in_progress_null_commit.json")

	p.Advance(time.Hour)
	assert.Equal(t, []any{"QUEUED", "WORK_IN_PROGRESS"}, steps())
	assert.Equal(t, 1, of("BOOTING"))

	p.Advance(time.Hour)
	assert.Equal(t, []any{"QUEUED", "WORK_IN_PROGRESS", "SUCCEEDED"}, steps())
	assert.Equal(t, 1, of("UP"))
	assert.Len(t, p.ok(p.instances()+"?excludeDeleted=true").list(), 1, "the machines of the previous deployment are gone")
}

func TestDeployments_Outcome(t *testing.T) {
	t.Parallel()
	p := start(t, clevertest.WithStepDuration(0))
	state := func(id clevercloud.DeploymentID) any {
		return p.ok(p.deployments() + "/" + string(id)).object()["state"]
	}

	assert.Equal(t, "FAILED", state(p.AddDeployment(p.ApplicationID, clevertest.Deployment{State: "QUEUED", Outcome: "FAILED"})))
	held := p.AddDeployment(p.ApplicationID, clevertest.Deployment{State: "WORK_IN_PROGRESS", Hold: true})
	assert.Equal(t, "WORK_IN_PROGRESS", state(held))
	p.SetDeploymentState(held, "CANCELLED")
	assert.Equal(t, "CANCELLED", state(held))
	assert.Len(t, p.ok(p.instances()+"?includeState=UP").list(), 2, "the live deployment is still up")
	assert.Panics(t, func() { p.SetDeploymentState("deployment_x", "FAILED") })
	assert.Panics(t, func() { p.AddDeployment("app_x", clevertest.Deployment{}) })
}

func TestInstances_ListAndGet(t *testing.T) {
	t.Parallel()
	p := start(t)
	states := func(query string) []any { return p.ok(p.instances() + "?" + query).pluck("state") }

	p.ok(p.instances()).like("instances/list.json")
	now := time.Now()
	week := url.QueryEscape(now.AddDate(0, 0, -7).Format(time.RFC3339))
	day := url.QueryEscape(now.AddDate(0, 0, -1).UTC().Format("2006-01-02T15:04:05.000Z"))
	for query, want := range map[string][]any{
		"":                             {"BOOTING", "UP", "UP", "DELETED", "DELETED"},
		"order=ASC":                    {"DELETED", "DELETED", "UP", "UP", "BOOTING"},
		"excludeDeleted=true":          {"BOOTING", "UP", "UP"},
		"excludeState=DELETED":         {"BOOTING", "UP", "UP"},
		"excludeDeleted=false&limit=4": {"BOOTING", "UP", "UP", "DELETED"},
		"includeState=BOOTING&includeState=DELETED": {"BOOTING", "DELETED", "DELETED"},
		"includeState=up":                        nil,
		"deploymentId=" + string(p.DeploymentID): {"BOOTING", "UP", "UP"},
		"since=" + week + "&until=" + day:        {"UP", "UP", "DELETED"},
	} {
		assert.Equal(t, want, states(query), query)
	}
	for _, bad := range []string{
		"limit=1001", "order=down", "since=x", "until=x", "excludeDeleted=yes",
	} {
		p.expect(400, "GET", p.instances()+"?"+bad)
	}

	p.ok(p.instances() + "/" + string(p.InstanceID)).like("instances/get.json")
	p.expect(404, "GET", p.instances()+"/x")
}

func TestInstances_Cap(t *testing.T) {
	t.Parallel()
	p := start(t)
	app := p.AddApplication(clevertest.Application{})
	ids := p.AddInstances(app, make([]clevertest.Instance, 1200)...)

	first := p.ok(p.app(app) + "/instances").list()

	require.Len(t, first, 1000)
	assert.Equal(t, string(ids[1199]), first[0]["id"])
	rest := p.ok(p.app(app) + "/instances?until=" + fmt.Sprint(first[999]["creationDate"]))
	assert.Len(t, rest.list(), 201, "the bound is included")
}

func TestLoadBalancers(t *testing.T) {
	t.Parallel()
	p := start(t)
	base := "/v4/load-balancers/organisations/" + string(p.OwnerID)

	p.ok(base + "/applications/" + string(p.ApplicationID) + "/load-balancers/default").like("loadbalancers/default.json")
	assert.Empty(t, p.ok(base+"/applications/"+string(p.ApplicationID)+"/load-balancers/private").list())
	p.ok(base + "/addons/" + string(p.AddonID) + "/load-balancers/default").like("loadbalancers/default.json")
	assert.Empty(t, p.ok(base+"/addons/"+string(p.AddonID)+"/load-balancers/private").list())
	for _, path := range []string{
		"/applications/app_x/load-balancers/default", "/applications/app_x/load-balancers/private",
		"/addons/" + string(p.ResourceID) + "/load-balancers/default", "/addons/x/load-balancers/private",
		"/applications/" + string(p.ApplicationID) + "/load-balancers/other",
	} {
		p.expect(404, "GET", base+path)
	}
}

func TestZones(t *testing.T) {
	t.Parallel()
	p := start(t).with("Authorization", "")
	names := func(query string) []any { return p.ok("/v4/products/zones" + query).pluck("name") }

	p.ok("/v4/products/zones").like("zones/list.json")
	assert.Len(t, names(""), 8, "without the private zones")
	assert.Contains(t, names("?ownerId="+string(p.OwnerID)), "atelier")
	assert.Equal(t, []any{"parhds", "rbxhds"}, names("?tag=certification%3Ahds"))
	p.ok("/v4/products/zones/par").like("zones/get.json")
	p.expect(404, "GET", "/v4/products/zones/moon")
	p.AddZone(clevertest.Zone{Name: "moon", Country: "Moon", CountryCode: "MN", City: "Tycho"})
	has(t, p.ok("/v4/products/zones/moon").object(), "city", "Tycho", "tags", []any{})
}

func TestInstances_SetState(t *testing.T) {
	t.Parallel()
	p := start(t)
	id := p.AddInstances(p.ApplicationID, clevertest.Instance{State: "BOOTING"})[0]
	state := func() map[string]any { return p.ok(p.instances() + "/" + string(id)).object() }
	assert.Nil(t, state()["network"])

	p.SetInstanceState(id, "UP")
	assert.Equal(t, "UP", state()["state"])
	assert.NotNil(t, state()["network"])

	p.SetInstanceState(id, "DELETED")
	assert.Equal(t, "DELETED", state()["state"])
	assert.NotNil(t, state()["deletionDate"])
	assert.Nil(t, state()["network"], "the address is free again")
	assert.Panics(t, func() { p.SetInstanceState("unknown", "UP") })
}

func TestDeployments_Push(t *testing.T) {
	t.Parallel()
	p := start(t, clevertest.WithStepDuration(time.Minute))
	states := func() []any { return p.ok(p.deployments() + "?limit=2").pluck("state") }

	pushed := p.PushAfter(p.ApplicationID, sha, time.Hour)
	assert.Equal(t, []any{"SUCCEEDED", "CANCELLED"}, states(), "not yet")
	p.expect(404, "GET", p.deployments()+"/"+string(pushed))
	failing := p.AddDeployment(p.ApplicationID, clevertest.Deployment{
		Outcome: "FAILED", StartDate: p.Now().Add(2 * time.Hour),
	})
	p.Advance(time.Hour)
	got := p.ok(p.deployments() + "/" + string(pushed)).object()
	has(t, got, "state", "QUEUED", "version.commitId", sha, "origin.source", "GIT")
	p.Advance(time.Hour + 3*time.Minute)
	assert.Equal(t, []any{"FAILED", "SUCCEEDED"}, states())
	assert.Equal(t, string(failing), p.ok(p.deployments() + "?limit=1").pluck("id")[0])
	assert.Panics(t, func() { p.PushAfter("app_x", sha, 0) })

	last := p.PushAfter(p.ApplicationID, sha, 0)
	p.SetDeploymentState(last, "QUEUED")
	p.Advance(time.Hour)
	assert.Equal(t, "QUEUED", states()[0], "a state that was set stays")
}
