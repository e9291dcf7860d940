package clevertest_test

import (
	"fmt"
	"net/http"
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
		assert.Equal(t, http.StatusNotFound, p.get(path).Status, path)
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
			a := p.send(http.MethodPost, operatorPath(kind, id)+verb)
			assert.Equal(t, http.StatusNoContent, a.Status)
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

	a := p.send(http.MethodPost, path+"/networkgroup")
	assert.Equal(t, http.StatusAccepted, a.Status)
	a.like("operators/keycloak_ng_enabled.json")
	first := at(a.object(), "features", "networkGroup", "id").(string)
	assert.True(t, strings.HasPrefix(first, "ng_"))
	second := at(p.send(http.MethodPost, path+"/networkgroup").object(), "features", "networkGroup", "id")
	assert.NotEqual(t, first, second)

	for range 2 {
		assert.Equal(t, http.StatusNoContent, p.send(http.MethodDelete, path+"/networkgroup").Status)
		assert.Nil(t, at(p.ok(path).object(), "features", "networkGroup"))
	}
	assert.Equal(t, http.StatusAccepted, p.send(http.MethodPost, operatorPath("otoroshi", p.OtoroshiID)+"/networkgroup").Status)
	for _, path := range []string{operatorPath("matomo", p.MatomoID), operatorPath("metabase", p.MetabaseID)} {
		assert.Equal(t, http.StatusNotFound, p.send(http.MethodPost, path+"/networkgroup").Status)
	}
}

func TestOperators_Version(t *testing.T) {
	t.Parallel()
	p := start(t)
	path := operatorPath("keycloak", p.KeycloakID)

	p.ok(path + "/version/check").like("operators/version_check.json")
	a := p.send(http.MethodPost, path+"/version/update", fixture(t, "operators/version_update_request.json"))
	assert.Equal(t, http.StatusOK, a.Status)
	assert.Equal(t, "26.3.2", a.object()["version"])
	assert.Equal(t, false, p.ok(path + "/version/check").object()["needUpdate"])
	assert.Equal(t, http.StatusBadRequest, p.send(http.MethodPost, path+"/version/update", `{"targetVersion":"1"}`).Status)
	assert.Equal(t, http.StatusBadRequest, p.send(http.MethodPost, path+"/version/update", `?`).Status)
	assert.Equal(t, "0.56.4", p.ok(operatorPath("metabase", p.MetabaseID) + "/version/check").object()["latest"])
	assert.Equal(t, http.StatusNotFound, p.get(operatorPath("matomo", p.MatomoID)+"/version/check").Status)
}

func TestOperators_OtoroshiConfigAndProviders(t *testing.T) {
	t.Parallel()
	p := start(t)

	config := p.ok(operatorPath("otoroshi", p.OtoroshiID) + "/config.yaml")
	assert.Equal(t, "application/yaml", config.Header.Get("Content-Type"))
	assert.Contains(t, config.Body, "current-cluster: gateway")
	assert.Equal(t, http.StatusNotFound, p.get(operatorPath("keycloak", p.KeycloakID)+"/config.yaml").Status)
	for _, provider := range []string{"keycloak", "otoroshi", "metabase", "addon-matomo", "addon-pulsar"} {
		p.ok("/v4/addon-providers/"+provider).like("pulsar/provider_infos.json", ".dedicated.", ".clusters[]")
	}
	id := p.AddOperator("metabase", "second")
	assert.Equal(t, "second", p.ok(operatorPath("metabase", id)).object()["name"])
	assert.Panics(t, func() { p.AddOperator("minio", "x") })
}

func TestPulsar(t *testing.T) {
	t.Parallel()
	p := start(t)
	const base = "/v4/addon-providers/addon-pulsar"
	addon := base + "/addons/" + string(p.PulsarID)

	p.ok(addon).like("pulsar/addon.json")
	p.ok(base + "/clusters/" + p.PulsarClusterID).like("pulsar/cluster.json")
	assert.Len(t, p.ok(base+"/clusters").list(), 1)
	assert.Equal(t, http.StatusNotFound, p.get(base+"/clusters/x").Status)
	assert.Equal(t, http.StatusNotFound, p.get(base+"/addons/pulsar_x").Status)

	old := p.ok(addon).object()["token"]
	renewed := p.send(http.MethodPatch, addon+"/renew-biscuit")
	assert.Equal(t, http.StatusOK, renewed.Status)
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
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			p := start(t)
			path := "/v4/addon-providers/addon-pulsar/addons/" + string(p.PulsarID) + "/storage-policies"

			a := p.send(http.MethodPatch, path, tc.patch)

			require.Equal(t, http.StatusOK, a.Status, a.Body)
			assert.JSONEq(t, tc.want, a.Body)
			assert.JSONEq(t, tc.want, p.ok(path).Body)
		})
	}
	p := start(t)
	path := "/v4/addon-providers/addon-pulsar/addons/" + string(p.PulsarID) + "/storage-policies"
	for _, bad := range []string{`[]`, `{"retentionPolicies":3}`, `{"offloadPolicies":{"sizeInMB":"x"}}`, `{"retentionPolicies":{"sizeInMB":-1}}`} {
		assert.Equal(t, http.StatusBadRequest, p.send(http.MethodPatch, path, bad).Status, bad)
	}
	p.ok(path).like("pulsar/policies_legacy_units.json")
}
