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

const operatorOwner = "orga_3f1c9a52-7b0e-4d6a-9c41-5e8f20b7d913"

func keycloak(change func(*clevercloud.Operator)) clevercloud.Operator {
	o := clevercloud.Operator{
		ResourceID: "keycloak_0d4e7b26-93fa-4c18-a5d0-6b72e1f98c35", AddonID: "addon_2f90d6c3-1b7e-4a58-93cd-e84a7f60b5d1", Name: "sso",
		OwnerID: operatorOwner, Plan: "BASE", Version: "26.3.2", JavaVersion: "21",
		AccessURL:          "https://examplekc0d4e7b26-keycloak.services.clever-cloud.com",
		InitialCredentials: &clevercloud.OperatorCredentials{User: "cc-account-admin", Password: "example-initial-password"},
		AvailableVersions:  []string{"26.3.2", "26.2.5", "25.0.6"},
		Resources: clevercloud.OperatorResources{
			"entrypoint": "app_51e8d0a7-93b4-4c2f-b6e1-07a9c5f2d384", "fsbucketId": "bucket_c7e2a5f1-6d04-4b89-97e3-0a1f8d5c62b4",
			"pgsqlId": "postgresql_9a3d61e8-f470-4c2b-b5d9-e6017f8a4c32",
		},
		Features: clevercloud.OperatorFeatures{"networkGroup": json.RawMessage("null")},
		EnvVars:  map[string]auth.Secret{"CC_JAVA_VERSION": "21", "CC_KEYCLOAK_VERSION": "26.3.2"},
	}
	change(&o)
	return o
}

func matomo(change func(*clevercloud.Operator)) clevercloud.Operator {
	o := clevercloud.Operator{
		ResourceID: "matomo_e17f5c80-2b96-4d3a-8f41-c0a9d6b7e253", AddonID: "addon_70c5e8b4-d219-4f36-a8e7-1c93f60d5b2a", Name: "stats",
		OwnerID: operatorOwner, Plan: "BETA", Version: "5.3.1", PHPVersion: "8.4",
		AccessURL: "https://examplee17f5c80-matomo.services.clever-cloud.com", AvailableVersions: []string{"5.3.1"},
		Resources: clevercloud.OperatorResources{
			"entrypoint": "app_7d20f6b9-4e1a-4853-9cf7-b2a86e0d13c5", "mysqlId": "mysql_3c0f7d95-8e1b-42a6-b7d4-905e6a2fc813",
			"redisId": "redis_d85b1a63-4f97-4e20-8c3d-f167b0e9a254", "kvId": "",
		},
		EnvVars: map[string]auth.Secret{"CC_PHP_VERSION": "8.4"},
	}
	change(&o)
	return o
}

func metabase(change func(*clevercloud.Operator)) clevercloud.Operator {
	o := clevercloud.Operator{
		ResourceID: "metabase_64b0a9d7-f513-4e82-9c6d-28e7f10c5ba3", AddonID: "addon_98e4b7d0-c35f-4a61-82fd-7b06e1c9a5d3", Name: "bi",
		OwnerID: operatorOwner, Plan: "BASE", Version: "0.56.4", JavaVersion: "21",
		AccessURL:         "https://example64b0a9d7-metabase.services.clever-cloud.com",
		AvailableVersions: []string{"community-latest", "0.56.4", "0.55.9"},
		Resources: clevercloud.OperatorResources{
			"entrypoint": "app_e94b13c8-06d7-4f52-a1b9-3c7f80e5d62a", "pgsqlId": "postgresql_5e7c29f4-0d81-4b63-a9e7-c4f16d8b3025",
		},
		EnvVars: map[string]auth.Secret{"CC_METABASE_VERSION": "0.56.4"},
	}
	change(&o)
	return o
}

func otoroshi(change func(*clevercloud.Operator)) clevercloud.Operator {
	const api = "https://otoroshi-api-exampleb92e13f5.services.clever-cloud.com"
	o := clevercloud.Operator{
		ResourceID: "otoroshi_b92e13f5-7c80-4a6d-91e4-d57f0a3c8b62", AddonID: "addon_b30f6e92-85d7-4c14-9ea0-f27d5c1b8643", Name: "gateway",
		OwnerID: operatorOwner, Plan: "BASE", Version: "17.5.0", JavaVersion: "21",
		AccessURL:          "https://otoroshi-exampleb92e13f5.services.clever-cloud.com",
		InitialCredentials: &clevercloud.OperatorCredentials{User: "cc-account-admin", Password: "example-initial-password"},
		API: &clevercloud.OperatorAPI{
			URL: api, User: "example-api-user", Secret: "example-api-secret", OpenAPI: api + "/api/openapi.json", SwaggerURL: api + "/api/openapi/ui",
		},
		AvailableVersions: []string{"17.5.0", "17.4.0", "16.23.2"},
		Resources: clevercloud.OperatorResources{
			"entrypoint": "app_2a7f95d1-c8e0-4b36-90d4-f6e1b3a7285c", "redisId": "redis_17d0e8c5-b4a6-4f92-83e7-5c9b2a60f1d8",
			"cellarId": "cellar_a61f3c97-20e5-4d8b-b7f4-8e9d05c2a136", "pulsarId": "pulsar_40e8b7d1-6c95-4a3f-92e0-df71c5a8b364",
			"elasticId": "elasticsearch_f05d9a72-c8b1-4e63-a7d4-31e6b08c5f92",
		},
		Features: clevercloud.OperatorFeatures{"networkGroup": json.RawMessage("null")},
		EnvVars:  map[string]auth.Secret{"CC_JAVA_VERSION": "21"},
	}
	change(&o)
	return o
}

const exampleNetworkGroup = "ng_4c8f1e70-a5d2-4b93-86f7-e10d9b3c5a28"

var operators = map[string]clevercloud.Operator{
	"operators/keycloak.json": keycloak(func(*clevercloud.Operator) {}),
	"operators/keycloak_minimal.json": keycloak(func(o *clevercloud.Operator) {
		o.AvailableVersions, o.EnvVars, o.Features = []string{}, nil, clevercloud.OperatorFeatures{}
		o.Resources = clevercloud.OperatorResources{"entrypoint": "app_51e8d0a7-93b4-4c2f-b6e1-07a9c5f2d384"}
	}),
	"operators/keycloak_ng_enabled.json": keycloak(func(o *clevercloud.Operator) {
		o.Features = clevercloud.OperatorFeatures{"networkGroup": json.RawMessage("{\n      \"id\": \"" + exampleNetworkGroup + "\"\n    }")}
	}),
	"operators/keycloak_terraform_key_names.json": keycloak(func(o *clevercloud.Operator) {
		o.Resources = clevercloud.OperatorResources{
			"entrypoint": "app_51e8d0a7-93b4-4c2f-b6e1-07a9c5f2d384", "fsBucketId": "bucket_c7e2a5f1-6d04-4b89-97e3-0a1f8d5c62b4",
			"postgresId": "postgresql_9a3d61e8-f470-4c2b-b5d9-e6017f8a4c32",
		}
		o.Features = clevercloud.OperatorFeatures{"networkGroup": json.RawMessage("{\n      \"networkGroupId\": \"" + exampleNetworkGroup + "\"\n    }")}
	}),
	"operators/matomo.json": matomo(func(*clevercloud.Operator) {}),
	"operators/matomo_kv_no_env.json": matomo(func(o *clevercloud.Operator) {
		o.EnvVars, o.Features = nil, clevercloud.OperatorFeatures{}
		delete(o.Resources, "redisId")
		o.Resources["kvId"] = "kv_01HEXAMPLE0000000000000000"
	}),
	"operators/metabase.json": metabase(func(*clevercloud.Operator) {}),
	"operators/doc_shape_optional_absent.json": metabase(func(o *clevercloud.Operator) {
		o.JavaVersion, o.EnvVars, o.Features = "", nil, clevercloud.OperatorFeatures{}
	}),
	"operators/otoroshi_full.json": otoroshi(func(*clevercloud.Operator) {}),
	"operators/otoroshi_minimal.json": otoroshi(func(o *clevercloud.Operator) {
		o.API.SwaggerURL, o.EnvVars, o.Features = "", nil, clevercloud.OperatorFeatures{}
		o.Resources["cellarId"], o.Resources["pulsarId"], o.Resources["elasticId"] = "", "", ""
	}),
	"operators/otoroshi_ng_enabled.json": otoroshi(func(o *clevercloud.Operator) {
		o.Features = clevercloud.OperatorFeatures{"networkGroup": json.RawMessage("{\n      \"id\": \"" + exampleNetworkGroup + "\"\n    }")}
	}),
	"operators/unknown_fields.json": otoroshi(func(o *clevercloud.Operator) {
		o.Plan = "GAMMA_FUTURE"
		o.Resources["mysteryId"] = "mystery_1"
		o.Resources["postgresqlId"] = "postgresql_0b9e4f71-2c6d-4a85-b3f0-8d17e5c9a642"
		o.Features["secureMultiInstances"] = json.RawMessage("true")
	}),
}

var operatorRoundTrip = testkit.RoundTrip{
	Unknown: []string{"extra", "api.v"},
	Secret: []string{
		"initialCredentials.password", "api.secret", "envVars.CC_JAVA_VERSION", "envVars.CC_KEYCLOAK_VERSION", "envVars.CC_PHP_VERSION",
		"envVars.CC_METABASE_VERSION",
	},
}

func TestOperators_Get(t *testing.T) {
	t.Parallel()
	testkit.Covers(t, "operators/*", operators, "operators/otoroshi_config.yaml", "operators/version_check.json",
		"operators/version_check_up_to_date.json", "operators/version_update_request.json")
	for name, want := range operators {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, mock := testkit.MockClient(t)
			testkit.Always(mock, http.StatusOK, testkit.Fixture(t, name))

			got, err := client.Operators.Get(t.Context(), clevercloud.Keycloak, want.ResourceID)

			require.NoError(t, err)
			assert.Equal(t, &want, got)
			operatorRoundTrip.Check(t, testkit.Fixture(t, name), got)
			assert.Equal(t, clevercloud.ApplicationID(want.Resources["entrypoint"]), got.Resources.Entrypoint())
		})
	}
}

// The accessors find what is there under either of the API's names for it.
func TestOperatorResources_Accessors(t *testing.T) {
	t.Parallel()
	type resources struct {
		postgresql, mysql, redis, kv, bucket, cellar, elasticsearch clevercloud.ResourceID
		pulsar                                                      clevercloud.PulsarID
	}
	get := func(r clevercloud.OperatorResources) resources {
		return resources{r.PostgreSQL(), r.MySQL(), r.Redis(), r.KV(), r.FSBucket(), r.Cellar(), r.Elasticsearch(), r.Pulsar()}
	}
	keycloak := resources{
		postgresql: "postgresql_9a3d61e8-f470-4c2b-b5d9-e6017f8a4c32", bucket: "bucket_c7e2a5f1-6d04-4b89-97e3-0a1f8d5c62b4",
	}
	otoroshi := resources{
		redis: "redis_17d0e8c5-b4a6-4f92-83e7-5c9b2a60f1d8", cellar: "cellar_a61f3c97-20e5-4d8b-b7f4-8e9d05c2a136", pulsar: examplePulsar,
		elasticsearch: "elasticsearch_f05d9a72-c8b1-4e63-a7d4-31e6b08c5f92",
	}
	withDatabase := otoroshi
	withDatabase.postgresql = "postgresql_0b9e4f71-2c6d-4a85-b3f0-8d17e5c9a642"
	metabase := resources{postgresql: "postgresql_5e7c29f4-0d81-4b63-a9e7-c4f16d8b3025"}
	all := map[string]resources{
		"operators/keycloak.json": keycloak, "operators/keycloak_ng_enabled.json": keycloak,
		"operators/keycloak_terraform_key_names.json": keycloak, "operators/keycloak_minimal.json": {},
		"operators/matomo.json":           {mysql: "mysql_3c0f7d95-8e1b-42a6-b7d4-905e6a2fc813", redis: "redis_d85b1a63-4f97-4e20-8c3d-f167b0e9a254"},
		"operators/matomo_kv_no_env.json": {mysql: "mysql_3c0f7d95-8e1b-42a6-b7d4-905e6a2fc813", kv: "kv_01HEXAMPLE0000000000000000"},
		"operators/metabase.json":         metabase, "operators/doc_shape_optional_absent.json": metabase,
		"operators/otoroshi_full.json": otoroshi, "operators/otoroshi_ng_enabled.json": otoroshi, "operators/unknown_fields.json": withDatabase,
		"operators/otoroshi_minimal.json": {redis: otoroshi.redis},
	}
	for name := range operators {
		want, ok := all[name]
		require.True(t, ok, name)
		got := testkit.DecodeAs[clevercloud.Operator](t, testkit.Fixture(t, name)).Resources
		assert.Equal(t, want, get(got), name)
		assert.NotEmpty(t, got.Entrypoint(), name)
	}
	for key, want := range map[string]resources{
		"postgresId": {postgresql: "x"}, "postgresqlId": {postgresql: "x"}, "pgsqlId": {postgresql: "x"}, "fsBucketId": {bucket: "x"},
		"fsbucketId": {bucket: "x"}, "elasticsearchId": {elasticsearch: "x"}, "elasticId": {elasticsearch: "x"}, "other": {},
	} {
		assert.Equal(t, want, get(clevercloud.OperatorResources{key: "x"}), key)
	}
	assert.Equal(t, clevercloud.ResourceID("y"), clevercloud.OperatorResources{"pgsqlId": "", "postgresId": "y"}.PostgreSQL(), "null is no id")
	assert.Equal(t, resources{}, get(nil))
	assert.Empty(t, clevercloud.OperatorResources(nil).Entrypoint())
}

func TestOperators_CheckVersion(t *testing.T) {
	t.Parallel()
	all := map[string]clevercloud.OperatorVersions{
		"operators/version_check.json": {
			Installed: "26.2.5", Latest: "26.3.2", Available: []string{"26.3.2", "26.2.5", "25.0.6"}, NeedUpdate: true,
		},
		"operators/version_check_up_to_date.json": {
			Installed: "0.56.4", Latest: "0.56.4", Available: []string{"community-latest", "0.56.4", "0.55.9"},
		},
	}
	testkit.Covers(t, "operators/version_check*.json", all)
	for name, want := range all {
		client, mock := testkit.MockClient(t)
		testkit.Always(mock, http.StatusOK, testkit.Fixture(t, name))

		got, err := client.Operators.CheckVersion(t.Context(), clevercloud.Keycloak, exampleKeycloak)

		require.NoError(t, err, name)
		assert.Equal(t, &want, got, name)
		testkit.RoundTrip{}.Check(t, testkit.Fixture(t, name), got)
	}
}

func TestOperators_UpdateVersion(t *testing.T) {
	t.Parallel()
	client, mock := testkit.MockClient(t)
	sent := testkit.Always(mock, http.StatusOK, testkit.Fixture(t, "operators/keycloak.json"))

	got, err := client.Operators.UpdateVersion(t.Context(), clevercloud.Keycloak, exampleKeycloak, "")

	assert.Equal(t, &clevercloud.ValidationError{Operation: "operators.update-version", Argument: "version", Reason: "must not be empty"}, err)
	assert.Nil(t, got)
	assert.Zero(t, sent.Count())

	got, err = client.Operators.UpdateVersion(t.Context(), clevercloud.Keycloak, exampleKeycloak, "26.3.2")

	require.NoError(t, err)
	want := operators["operators/keycloak.json"]
	assert.Equal(t, &want, got)
	assert.JSONEq(t, testkit.Fixture(t, "operators/version_update_request.json"), sent.Only(t).Body)
}

func TestOperators_OtoroshiConfig(t *testing.T) {
	t.Parallel()
	const name = "operators/otoroshi_config.yaml"
	for _, kind := range []string{"application/yaml", "application/x-yaml; charset=utf-8", "text/plain", ""} {
		client, mock := testkit.MockClient(t)
		testkit.Record(mock, http.StatusOK, kind, testkit.Fixture(t, name))
		var config strings.Builder

		n, err := client.Operators.OtoroshiConfig(t.Context(), "otoroshi_1", &config)

		require.NoError(t, err, kind)
		assert.Equal(t, testkit.Fixture(t, name), config.String(), kind)
		assert.Equal(t, int64(config.Len()), n, kind)
	}
	client, mock := testkit.MockClient(t)
	sent := testkit.Record(mock, http.StatusOK, "application/yaml", "a: b")

	n, err := client.Operators.OtoroshiConfig(t.Context(), "otoroshi_1", nil)

	assert.Equal(t, &clevercloud.ValidationError{Operation: "operators.otoroshi-config", Argument: "w", Reason: "must not be nil"}, err)
	assert.Zero(t, n)
	assert.Zero(t, sent.Count())
}

func TestOperators_AttachNetworkGroup(t *testing.T) {
	t.Parallel()
	client, mock := testkit.MockClient(t)
	testkit.Always(mock, http.StatusAccepted, testkit.Fixture(t, "operators/otoroshi_ng_enabled.json"))

	got, err := client.Operators.AttachNetworkGroup(t.Context(), clevercloud.Otoroshi, "otoroshi_1")

	require.NoError(t, err)
	id, attached := got.Features.NetworkGroup()
	assert.True(t, attached)
	assert.Equal(t, clevercloud.NetworkGroupID(exampleNetworkGroup), id)
}

func TestOperatorFeatures_NetworkGroup(t *testing.T) {
	t.Parallel()
	for features, want := range map[string]clevercloud.NetworkGroupID{
		`{}`: "", `null`: "", `{"networkGroup":null}`: "", `{"networkGroup":{}}`: "", `{"networkGroup":"ng_1"}`: "", `{"networkGroup":{"id":5}}`: "",
		`{"networkGroup":{"id":"ng_1"}}`: "ng_1", `{"networkGroup":{"networkGroupId":"ng_2"}}`: "ng_2",
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

	assert.Equal(t, clevercloud.OperatorResources{"entrypoint": "app_1", "redisId": "", "nodes": `["a","b"]`, "main": `{"id":"x"}`}, got)
	encoded, err := json.Marshal(got)
	require.NoError(t, err)
	assert.JSONEq(t, body, string(encoded))
}

func TestOperatorKind_IsKnown(t *testing.T) {
	t.Parallel()
	for _, kind := range []clevercloud.OperatorKind{"keycloak", "matomo", "metabase", "otoroshi"} {
		assert.True(t, kind.IsKnown(), kind)
	}
	assert.False(t, clevercloud.OperatorKind("").IsKnown())
	assert.False(t, clevercloud.OperatorKind("Keycloak").IsKnown())
}

func TestOperator_ShowsNoSecret(t *testing.T) {
	t.Parallel()
	o := otoroshi(func(o *clevercloud.Operator) { o.EnvVars = map[string]auth.Secret{"DB": "example-env-secret"} })
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x"} {
		for _, text := range []string{
			fmt.Sprintf(verb, o), fmt.Sprintf(verb, o.API), fmt.Sprintf(verb, *o.API), fmt.Sprintf(verb, *o.InitialCredentials), fmt.Sprintf(verb, o.EnvVars),
			fmt.Sprintf(verb, struct{ Held *clevercloud.Operator }{&o}), fmt.Sprintf(verb, []*clevercloud.OperatorAPI{o.API}),
			fmt.Sprintf(verb, map[string]*clevercloud.OperatorCredentials{"it": o.InitialCredentials}),
		} {
			for _, secret := range []string{"example-initial-password", "example-api-secret", "example-env-secret"} {
				assert.False(t, strings.Contains(text, secret), "%s under %s: %s", secret, verb, text)
			}
		}
	}
}

// Operators and their versions are what encoding/json reads, or an error that says where; resources that are texts are these texts, and
// others their JSON; what an operator marshals to is stable.
func FuzzOperator(f *testing.F) {
	for _, name := range testkit.Fixtures(f, "operators/*.json") {
		f.Add([]byte(testkit.Fixture(f, name)))
	}
	f.Add([]byte(`{"resources":{"a":5,"b":"{}","c":"[1]","d":"{x"},"features":{"a":[1, 2]}}`))
	client := testkit.NewFuzzClient(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		testkit.Stable[clevercloud.Operator](t, data)
		testkit.Stable[clevercloud.OperatorVersions](t, data)
		testkit.Agrees(t, client, data, func(c *clevercloud.Client) (*clevercloud.Operator, error) {
			return c.Operators.Get(t.Context(), clevercloud.Keycloak, "keycloak_1")
		})
		testkit.Agrees(t, client, data, func(c *clevercloud.Client) (*clevercloud.OperatorVersions, error) {
			return c.Operators.CheckVersion(t.Context(), clevercloud.Keycloak, "keycloak_1")
		})
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
