package clevertest_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/clevertest"
)

func operatorPath(kind string, id clevercloud.OperatorID) string {
	return "/v4/addon-providers/addon-" + kind + "/addons/" + string(id)
}

func TestOperators_Get(t *testing.T) {
	t.Parallel()
	p := start(t)

	p.ok(operatorPath("keycloak", p.KeycloakID)).like("operators/keycloak.json")
	p.ok(operatorPath("matomo", p.MatomoID)).like("operators/matomo.json")
	p.ok(operatorPath("metabase", p.MetabaseID)).like("operators/metabase.json")
	got := p.ok(operatorPath("otoroshi", p.OtoroshiID)).object()
	assert.Contains(t, at(got, "api"), "swaggerUrl")
	assert.Nil(t, at(got, "features", "networkGroup"))

	p.get(operatorPath("keycloak", "keycloak_x")).like("errors/ovd_not_found_resource.json")
	accessURL := func(kind string, id clevercloud.OperatorID) any {
		return p.ok(operatorPath(kind, id)).object()["accessUrl"]
	}
	address := "^https://[0-9a-f-]{36}-%s.services.clever-cloud.com%s$"
	assert.Regexp(t, fmt.Sprintf(address, "ui-otoroshi", ""), got["accessUrl"])
	assert.Regexp(t, fmt.Sprintf(address, "api-otoroshi", ""), at(got, "api", "url"))
	assert.Regexp(t, fmt.Sprintf(address, "keycloak", "/admin"), accessURL("keycloak", p.KeycloakID))
	assert.Regexp(t, fmt.Sprintf(address, "matomo", ""), accessURL("matomo", p.MatomoID))
	for _, path := range []string{
		operatorPath("keycloak", p.OtoroshiID), operatorPath("minio", p.KeycloakID),
		operatorPath("keycloak", clevercloud.OperatorID(got["addonId"].(string))),
	} {
		p.expect(404, "GET", path)
	}
}

func TestOperators_RebootShowsAsADeployment(t *testing.T) {
	t.Parallel()
	p := start(t, clevertest.WithStepDuration(time.Minute))
	for kind, id := range map[string]clevercloud.OperatorID{
		"keycloak": p.KeycloakID, "matomo": p.MatomoID, "metabase": p.MetabaseID, "otoroshi": p.OtoroshiID,
	} {
		entrypoint := at(p.ok(operatorPath(kind, id)).object(), "resources", "entrypoint").(string)
		deployments := p.app(clevercloud.ApplicationID(entrypoint)) + "/deployments"
		before := len(p.ok(deployments).list())
		for _, verb := range []string{"/reboot", "/rebuild"} {
			a := p.expect(204, "POST", operatorPath(kind, id)+verb)
			assert.Empty(t, a.Body)
		}
		after := p.ok(deployments).list()
		require.Len(t, after, before+2)
		assert.Equal(t, "QUEUED", after[0]["state"])
	}
}

func TestOperators_NetworkGroup(t *testing.T) {
	t.Parallel()
	p := start(t)
	path := operatorPath("keycloak", p.KeycloakID)

	a := p.expect(202, "POST", path+"/networkgroup")
	a.like("operators/keycloak_ng_enabled.json")
	first := at(a.object(), "features", "networkGroup", "id").(string)
	assert.True(t, strings.HasPrefix(first, "ng_"))
	second := at(p.send("POST", path+"/networkgroup").object(), "features", "networkGroup", "id")
	assert.NotEqual(t, first, second)

	for range 2 {
		p.expect(204, "DELETE", path+"/networkgroup")
		assert.Nil(t, at(p.ok(path).object(), "features", "networkGroup"))
	}
	p.expect(202, "POST", operatorPath("otoroshi", p.OtoroshiID)+"/networkgroup")
	for _, path := range []string{operatorPath("matomo", p.MatomoID), operatorPath("metabase", p.MetabaseID)} {
		p.expect(404, "POST", path+"/networkgroup")
	}
}

func TestOperators_Version(t *testing.T) {
	t.Parallel()
	p := start(t)
	path := operatorPath("keycloak", p.KeycloakID)

	p.ok(path + "/version/check").like("operators/version_check.json")
	a := p.expect(200, "POST", path+"/version/update", fixture(t, "operators/version_update_request.json"))
	assert.Equal(t, "26.3.2", a.object()["version"])
	assert.Equal(t, false, p.ok(path + "/version/check").object()["needUpdate"])
	p.expect(400, "POST", path+"/version/update", `{"targetVersion":"1"}`)
	p.expect(400, "POST", path+"/version/update", `?`)
	assert.Equal(t, "0.56.4", p.ok(operatorPath("metabase", p.MetabaseID) + "/version/check").object()["latest"])
	p.expect(404, "GET", operatorPath("matomo", p.MatomoID)+"/version/check")
}

func TestOperators_OtoroshiConfigAndProviders(t *testing.T) {
	t.Parallel()
	p := start(t)

	config := p.ok(operatorPath("otoroshi", p.OtoroshiID) + "/config.yaml")
	assert.Equal(t, "application/yaml", config.Header.Get("Content-Type"))
	assert.Contains(t, config.Body, "current-cluster: gateway")
	p.expect(404, "GET", operatorPath("keycloak", p.KeycloakID)+"/config.yaml")
	for _, provider := range []string{"keycloak", "otoroshi", "metabase", "addon-matomo", "addon-pulsar"} {
		p.ok("/v4/addon-providers/"+provider).like("pulsar/provider_infos.json", ".dedicated.", ".clusters[]")
	}
	id := p.AddOperator("metabase", "second")
	assert.Equal(t, "second", p.ok(operatorPath("metabase", id)).object()["name"])
	assert.Panics(t, func() { p.AddOperator("minio", "x") })
}

const pulsarPath = "/v4/addon-providers/addon-pulsar"

func TestPulsar(t *testing.T) {
	t.Parallel()
	p := start(t)
	addon := pulsarPath + "/addons/" + string(p.PulsarID)

	p.ok(addon).like("pulsar/addon.json")
	p.ok(pulsarPath + "/clusters/" + p.PulsarClusterID).like("pulsar/cluster.json")
	assert.Len(t, p.ok(pulsarPath+"/clusters").list(), 1)
	p.expect(404, "GET", pulsarPath+"/clusters/x")
	p.expect(404, "GET", pulsarPath+"/addons/pulsar_x")

	old := p.ok(addon).object()["token"]
	renewed := p.expect(200, "PATCH", addon+"/renew-biscuit")
	assert.NotEqual(t, old, renewed.object()["token"])
}

func TestPulsar_Policies(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, patch, want string }{
		{"starts in the contract's units", `{}`,
			`{"retentionPolicies":{"sizeInMB":10240,"durationInDays":7},"offloadPolicies":{"sizeInMB":null,"durationInDays":1}}`},
		{"changes one value", `{"retentionPolicies":{"durationInDays":14}}`,
			`{"retentionPolicies":{"sizeInMB":10240,"durationInDays":14},"offloadPolicies":{"sizeInMB":null,"durationInDays":1}}`},
		{"lifts a limit with null", `{"retentionPolicies":{"sizeInMB":null}}`,
			`{"retentionPolicies":{"sizeInMB":null,"durationInDays":7},"offloadPolicies":{"sizeInMB":null,"durationInDays":1}}`},
		{"lifts both with a null policy", `{"offloadPolicies":null}`,
			`{"retentionPolicies":{"sizeInMB":10240,"durationInDays":7},"offloadPolicies":{"sizeInMB":null,"durationInDays":null}}`},
		{"answers in the units last written", `{"retentionPolicies":{"sizeInBytes":-1,"durationInMinutes":20160}}`,
			`{"retentionPolicies":{"sizeInBytes":-1,"durationInMinutes":20160},"offloadPolicies":{"sizeInMB":null,"durationInDays":1}}`},
		{"prefers the newer units", `{"retentionPolicies":{"sizeInBytes":5,"sizeInMB":6}}`,
			`{"retentionPolicies":{"sizeInBytes":5,"durationInDays":7},"offloadPolicies":{"sizeInMB":null,"durationInDays":1}}`},
	} {
		p := start(t)
		path := pulsarPath + "/addons/" + string(p.PulsarID) + "/storage-policies"
		assert.JSONEq(t, tc.want, p.expect(200, "PATCH", path, tc.patch).Body, tc.name)
		assert.JSONEq(t, tc.want, p.ok(path).Body)
	}
	p := start(t)
	path := pulsarPath + "/addons/" + string(p.PulsarID) + "/storage-policies"
	for _, bad := range []string{`[]`, `{"retentionPolicies":3}`, `{"offloadPolicies":{"sizeInMB":"x"}}`, `{"retentionPolicies":{"sizeInMB":-1}}`} {
		p.expect(400, "PATCH", path, bad)
	}
	p.ok(path).like("pulsar/policies_legacy_units.json")
}
