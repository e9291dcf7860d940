package clevercloud_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/auth"
	"github.com/clevercloud-go/clevercloud/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func operators() map[string]clevercloud.Operator {
	const api = "https://otoroshi-api-exampleb92e13f5.services.clever-cloud.com"
	credentials := &clevercloud.OperatorCredentials{
		User: "cc-account-admin", Password: "example-initial-password",
	}
	noGroup := clevercloud.OperatorFeatures{"networkGroup": json.RawMessage("null")}
	return map[string]clevercloud.Operator{
		"operators/keycloak.json": {
			ResourceID: exampleKeycloak, AddonID: exampleKeycloakAddon, Name: "sso",
			OwnerID: exampleOwner, Plan: "BASE", Version: "26.3.2", JavaVersion: "21",
			AccessURL:          "https://examplekc0d4e7b26-keycloak.services.clever-cloud.com",
			InitialCredentials: credentials, Features: noGroup,
			AvailableVersions: []string{"26.3.2", "26.2.5", "25.0.6"},
			Resources: clevercloud.OperatorResources{
				"entrypoint": "app_51e8d0a7-93b4-4c2f-b6e1-07a9c5f2d384",
				"fsbucketId": "bucket_c7e2a5f1-6d04-4b89-97e3-0a1f8d5c62b4",
				"pgsqlId":    "postgresql_9a3d61e8-f470-4c2b-b5d9-e6017f8a4c32",
			},
			EnvVars: map[string]auth.Secret{"CC_JAVA_VERSION": "21", "CC_KEYCLOAK_VERSION": "26.3.2"},
		},
		"operators/matomo.json": {
			ResourceID: "matomo_e17f5c80-2b96-4d3a-8f41-c0a9d6b7e253",
			AddonID:    "addon_70c5e8b4-d219-4f36-a8e7-1c93f60d5b2a", Name: "stats",
			OwnerID: exampleOwner, Plan: "BETA", Version: "5.3.1", PHPVersion: "8.4",
			AccessURL:         "https://examplee17f5c80-matomo.services.clever-cloud.com",
			AvailableVersions: []string{"5.3.1"},
			Resources: clevercloud.OperatorResources{
				"entrypoint": "app_7d20f6b9-4e1a-4853-9cf7-b2a86e0d13c5",
				"mysqlId":    "mysql_3c0f7d95-8e1b-42a6-b7d4-905e6a2fc813",
				"redisId":    "redis_d85b1a63-4f97-4e20-8c3d-f167b0e9a254", "kvId": "",
			},
			EnvVars: map[string]auth.Secret{"CC_PHP_VERSION": "8.4"},
		},
		"operators/otoroshi_full.json": {
			ResourceID: "otoroshi_b92e13f5-7c80-4a6d-91e4-d57f0a3c8b62",
			AddonID:    "addon_b30f6e92-85d7-4c14-9ea0-f27d5c1b8643", Name: "gateway",
			OwnerID: exampleOwner, Plan: "BASE", Version: "17.5.0", JavaVersion: "21",
			AccessURL:          "https://otoroshi-exampleb92e13f5.services.clever-cloud.com",
			InitialCredentials: credentials, Features: noGroup,
			API: &clevercloud.OperatorAPI{
				URL: api, User: "example-api-user", Secret: "example-api-secret",
				OpenAPI: api + "/api/openapi.json", SwaggerURL: api + "/api/openapi/ui",
			},
			AvailableVersions: []string{"17.5.0", "17.4.0", "16.23.2"},
			Resources: clevercloud.OperatorResources{
				"entrypoint": "app_2a7f95d1-c8e0-4b36-90d4-f6e1b3a7285c",
				"redisId":    "redis_17d0e8c5-b4a6-4f92-83e7-5c9b2a60f1d8",
				"cellarId":   "cellar_a61f3c97-20e5-4d8b-b7f4-8e9d05c2a136", "pulsarId": examplePulsar,
				"elasticId": "elasticsearch_f05d9a72-c8b1-4e63-a7d4-31e6b08c5f92",
			},
			EnvVars: map[string]auth.Secret{"CC_JAVA_VERSION": "21"},
		},
	}
}

func TestOperators_Get(t *testing.T) {
	t.Parallel()
	trip := testkit.RoundTrip{
		Unknown: []string{"extra", "api.v"},
		Secret: []string{
			"initialCredentials.password", "api.secret", "envVars.CC_JAVA_VERSION",
			"envVars.CC_KEYCLOAK_VERSION", "envVars.CC_PHP_VERSION", "envVars.CC_METABASE_VERSION",
		},
	}
	args := []any{clevercloud.Keycloak, exampleKeycloak}
	for _, method := range []any{
		(*clevercloud.OperatorsService).Get, (*clevercloud.OperatorsService).AttachNetworkGroup,
	} {
		checkFixtures(t, "operators/[^v]*.json", operators(), trip, method, args)
	}
	checkFixtures(t, "operators/version_check*.json", map[string]clevercloud.OperatorVersions{
		"operators/version_check.json": {
			Installed: "26.2.5", Latest: "26.3.2", NeedUpdate: true,
			Available: []string{"26.3.2", "26.2.5", "25.0.6"},
		},
	}, testkit.RoundTrip{}, (*clevercloud.OperatorsService).CheckVersion, args)
	checkKnown[clevercloud.OperatorKind](t, "keycloak", "matomo", "metabase", "otoroshi")
}

// The accessors find what is there under either of the API's names for it.
func TestOperatorResources_Accessors(t *testing.T) {
	t.Parallel()
	type resources struct {
		postgresql, mysql, redis, kv, bucket, cellar, elasticsearch clevercloud.ResourceID
		pulsar                                                      clevercloud.PulsarID
		entrypoint                                                  clevercloud.ApplicationID
	}
	get := func(r clevercloud.OperatorResources) resources {
		return resources{
			r.PostgreSQL(), r.MySQL(), r.Redis(), r.KV(), r.FSBucket(), r.Cellar(),
			r.Elasticsearch(), r.Pulsar(), r.Entrypoint(),
		}
	}
	for key, want := range map[string]resources{
		"postgresId": {postgresql: "x"}, "postgresqlId": {postgresql: "x"},
		"pgsqlId": {postgresql: "x"}, "fsBucketId": {bucket: "x"}, "fsbucketId": {bucket: "x"},
		"elasticsearchId": {elasticsearch: "x"}, "elasticId": {elasticsearch: "x"},
		"mysqlId": {mysql: "x"}, "redisId": {redis: "x"}, "kvId": {kv: "x"},
		"cellarId": {cellar: "x"}, "pulsarId": {pulsar: "x"}, "entrypoint": {entrypoint: "x"},
		"other": {},
	} {
		assert.Equal(t, want, get(clevercloud.OperatorResources{key: "x"}), key)
	}
	assert.EqualValues(t, "y",
		clevercloud.OperatorResources{"pgsqlId": "", "postgresId": "y"}.PostgreSQL(), "null is no id")
	assert.Equal(t, resources{}, get(nil))
}

func TestOperators_UpdateVersion(t *testing.T) {
	t.Parallel()
	client, mock := testkit.MockClient(t)
	sent := testkit.Always(mock, http.StatusOK, testkit.Fixture(t, "operators/keycloak.json"))

	got, err := client.Operators.UpdateVersion(t.Context(), clevercloud.Keycloak, exampleKeycloak, "")

	assert.Equal(t, &clevercloud.ValidationError{
		Operation: "operators.update-version", Argument: "version", Reason: "must not be empty",
	}, err)
	assert.Nil(t, got)
	assert.Zero(t, sent.Count())

	got, err = client.Operators.
		UpdateVersion(t.Context(), clevercloud.Keycloak, exampleKeycloak, "26.3.2")

	require.NoError(t, err)
	assert.Equal(t, operators()["operators/keycloak.json"], *got)
	assert.JSONEq(t, testkit.Fixture(t, "operators/version_update_request.json"), sent.Only(t).Body)
}

func TestOperators_OtoroshiConfig(t *testing.T) {
	t.Parallel()
	want := testkit.Fixture(t, "operators/otoroshi_config.yaml")
	for _, kind := range []string{
		"application/yaml", "application/x-yaml; charset=utf-8", "text/plain", "",
	} {
		client := answering(t, http.StatusOK, want, "Content-Type", kind)
		var config strings.Builder

		n, err := client.Operators.OtoroshiConfig(t.Context(), "otoroshi_1", &config)

		require.NoError(t, err, kind)
		assert.Equal(t, want, config.String(), kind)
		assert.EqualValues(t, config.Len(), n, kind)
	}
	client, _ := testkit.MockClient(t)

	n, err := client.Operators.OtoroshiConfig(t.Context(), "otoroshi_1", nil)

	assert.Equal(t, &clevercloud.ValidationError{
		Operation: "operators.otoroshi-config", Argument: "w", Reason: "must not be nil",
	}, err)
	assert.Zero(t, n)
}

func TestOperatorFeatures_NetworkGroup(t *testing.T) {
	t.Parallel()
	for features, want := range map[string]clevercloud.NetworkGroupID{
		`{}`: "", `null`: "", `{"networkGroup":null}`: "", `{"networkGroup":{}}`: "",
		`{"networkGroup":"ng_1"}`:                           "",
		`{"networkGroup":{"id":5,"networkGroupId":"ng_2"}}`: "",
		`{"networkGroup":{"id":"ng_1"}}`:                    "ng_1",
		`{"networkGroup":{"networkGroupId":"ng_2"}}`:        "ng_2",

		`{"networkGroup":{"id":"ng_1","networkGroupId":"ng_2"}}`: "ng_1",
	} {
		id, attached := testkit.DecodeAs[clevercloud.OperatorFeatures](t, features).NetworkGroup()

		assert.Equal(t, want, id, features)
		assert.Equal(t, want != "", attached, features)
	}
}

func TestOperatorResources_KeepsWhatIsNoText(t *testing.T) {
	t.Parallel()
	const body = `{"entrypoint":"app_1","redisId":null,"nodes":["a","b"],"main":{"id":"x"}}`

	got := testkit.DecodeAs[clevercloud.OperatorResources](t, body)

	assert.Equal(t, clevercloud.OperatorResources{
		"entrypoint": "app_1", "redisId": "", "nodes": `["a","b"]`, "main": `{"id":"x"}`,
	}, got)
	assert.JSONEq(t, body, string(testkit.MustJSON(got)))
}

func TestOperator_ShowsNoSecret(t *testing.T) {
	t.Parallel()
	o := operators()["operators/otoroshi_full.json"]
	o.EnvVars = map[string]auth.Secret{"DB": "example-env-secret"}
	for _, v := range []any{
		o, o.API, *o.API, *o.InitialCredentials, o.EnvVars, struct{ Held *clevercloud.Operator }{&o},
		[]*clevercloud.OperatorAPI{o.API},
		map[string]*clevercloud.OperatorCredentials{"it": o.InitialCredentials},
	} {
		for _, text := range append(testkit.Texts(v), fmt.Sprintf("%d", v)) {
			assert.NotRegexp(t, "example-(initial-password|api-secret|env-secret)", text)
		}
	}
}

// Operators and their versions are what encoding/json reads, or an error that says where; resources that are texts are these texts, and
// others their JSON; what an operator marshals to is stable.
func FuzzOperator(f *testing.F) {
	f.Add([]byte(`{"resources":{"a":5,"b":"{}","c":"[1]","d":"{x"},"features":{"a":[1, 2]}}`))
	fuzzFixtures(f, "operators/*.json", func(t *testing.T, api *testkit.FuzzClient, data []byte) {
		testkit.Stable[clevercloud.Operator](t, data)
		testkit.Stable[clevercloud.OperatorVersions](t, data)
		agrees[*clevercloud.Operator](t, api, data,
			(*clevercloud.OperatorsService).Get, "keycloak", "keycloak_1")
		agrees[*clevercloud.OperatorVersions](t, api, data,
			(*clevercloud.OperatorsService).CheckVersion, "keycloak", "keycloak_1")
		checkResources(t, data)
	})
}

// checkResources compares an operator's resources with the members of data.
func checkResources(t *testing.T, data []byte) {
	t.Helper()
	all, plain := testkit.Members(data, "resources")
	resources, plainResources := testkit.Members(all["resources"])
	var got clevercloud.Operator
	if resources == nil || json.Unmarshal(plain, &got) != nil {
		return
	}
	require.NoError(t, json.Unmarshal(plainResources, &got.Resources))
	require.Len(t, got.Resources, len(resources))
	for name, value := range resources {
		want := testkit.Compacted(value)
		var text *string
		if json.Unmarshal(value, &text) == nil {
			if want = ""; text != nil {
				want = *text
			}
		}
		require.Equal(t, want, got.Resources[name], name)
	}
}
