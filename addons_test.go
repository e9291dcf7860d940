package clevercloud_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

type addons = clevercloud.AddonsService

func TestAddons_Get(t *testing.T) {
	t.Parallel()

	addon, err := fixtureClient(t, "addons/addon_full.json").Addons.
		Get(t.Context(), "orga_1", "addon_1")

	require.NoError(t, err)
	assert.Equal(t, clevercloud.AddonID("addon_00000000-0000-4000-8000-00000000000f"), addon.ID)
	assert.EqualValues(t, "postgresql_00000000-0000-4000-8000-00000000001f", addon.RealID)
	assert.Equal(t, clevercloud.ZoneName("par"), addon.Region)
	assert.True(t, addon.CreationDate.Equal(time.UnixMilli(1700000000123)), "%v", addon.CreationDate)
	assert.Equal(t, clevercloud.AddonProviderStatusRelease, addon.Provider.Status)
	assert.Equal(t, clevercloud.Amount("17.5"), addon.Plan.Price)
	assert.Equal(t, clevercloud.AddonFeature{
		Name: "Max DB size", Type: clevercloud.AddonFeatureTypeBytes, Value: "5 GB",
		ComputableValue: "5368709120", NameCode: "max-db-size",
	}, addon.Plan.Features[2])
}

func TestAddons_RoundTrips(t *testing.T) {
	t.Parallel()
	unused := []string{"provider.googlePlusName", "provider.twitterName", "provider.analyticsId"}
	checkFixtures[any](t, "addons/addon_*.json", nil, testkit.RoundTrip{
		Unknown: append(unused, "replicas", "provider.tier", "plan.carbon"),
	}, (*addons).Get, []any{"orga_1", "addon_1"})
	secret := testkit.RoundTrip{
		Unknown: []string{"creation_date"}, // a spelling of its own
		Secret: []string{"password", "read_only_users.password", "kibana_password", "apm_password",
			"apm_auth_token", "value"},
	}
	checkFixtures[any](
		t, "addons/details_*.json", nil, secret, (*addons).GetDetails, []any{"es-addon", "addon_1"})
	checkFixtures[any](
		t, "addons/env.json", nil, secret, (*addons).Env, []any{"orga_1", "addon_1"})
	checkFixtures[any](t, "addons/provider_info.json", nil, testkit.RoundTrip{},
		(*addons).GetProviderInfo, []any{"postgresql-addon"})
	checkFixtures[any](t, "addons/providers.json", nil, testkit.RoundTrip{
		Unknown: []string{"googlePlusName", "twitterName", "analyticsId"},
	}, (*addons).ListProviders, nil)
}

func TestAddons_KnownValues(t *testing.T) {
	t.Parallel()
	checkKnown[clevercloud.AddonProviderStatus](
		t, "ALPHA", "BETA_PRIV", "BETA_PUB", "RELEASE", "DELETED")
	checkKnown[clevercloud.AddonFeatureType](t, "BOOLEAN", "BOOLEAN_SHARED", "BYTES", "FILESIZE",
		"INTERVAL", "NUMBER", "OBJECT", "PERCENTAGE", "STRING")
}

// What v2 writes in more than one way is read the same.
func TestAddons_OtherSpellings(t *testing.T) {
	t.Parallel()
	client := answering(t, http.StatusOK, `[{"id":"addon_1","creationDate":"2023-11-14T22:13:20.123Z",
		"plan":{"price":"17.50","features":[{"value":5,"computable_value":5368709120},{"value":true}]}},
		{"id":"addon_2","creationDate":"1700000000123","plan":{"features":[{"value":{"a":1}}]}}]`)

	list, err := client.Addons.List(t.Context(), "orga_1")

	require.NoError(t, err)
	for _, addon := range list {
		assert.True(t, addon.CreationDate.Equal(time.UnixMilli(1700000000123)), "%v", addon.CreationDate)
	}
	assert.Equal(t, clevercloud.Amount("17.50"), list[0].Plan.Price)
	assert.Equal(t, []clevercloud.AddonFeature{
		{Value: "5", ComputableValue: "5368709120"}, {Value: "true"},
	}, list[0].Plan.Features)
	assert.Empty(t, list[1].Plan.Features[0].Value)
}

func TestAddons_Plan(t *testing.T) {
	t.Parallel()

	providers, err := fixtureClient(t, "addons/providers.json").Addons.ListProviders(t.Context())

	require.NoError(t, err)
	require.Len(t, providers, 2)
	plan, ok := providers[0].Plan("XS_SML")
	assert.True(t, ok)
	assert.Equal(t, "plan_00000000-0000-4000-8000-0000000000d2", plan.ID)
	for provider, slug := range map[*clevercloud.AddonProvider]string{
		&providers[0]: "huge", &providers[1]: "std", {Plans: []clevercloud.AddonPlan{{}}}: "",
	} {
		plan, ok = provider.Plan(slug)
		assert.False(t, ok, slug)
		assert.Zero(t, plan)
	}
}

func TestAddons_GetDetails(t *testing.T) {
	t.Parallel()
	for _, name := range testkit.Fixtures(t, "addons/details_*.json") {
		details, err := fixtureClient(t, name).Addons.GetDetails(t.Context(), "es-addon", "addon_1")

		require.NoError(t, err)
		for _, text := range testkit.Texts(details) {
			assert.NotContains(t, text, "s3cret")
		}
		if name == "addons/details_postgresql.json" {
			assert.Equal(t, testkit.Instant(t, "2026-01-02T03:04:05Z"), details.CreationDate.UTC())
			assert.Equal(t, 5432, details.Port)
			assert.Equal(t, "s3cret", details.Password.Reveal())
			assert.Equal(t, "s3cret", details.ReadOnlyUsers[0].Password.Reveal())
		}
	}
}

func TestAddons_RejectedUnsent(t *testing.T) {
	t.Parallel()
	type input = clevercloud.AddonInput
	checkRejected(t, map[string][]any{
		"addons.create: Name must not be empty": {
			(*addons).Create, "orga_1", input{ProviderID: "p", PlanID: "plan_1", Zone: "par"},
		},
		"addons.create: ProviderID must not be empty": {
			(*addons).Create, "orga_1", input{Name: "db", PlanID: "plan_1", Zone: "par"},
		},
		"addons.create: PlanID must not be empty": {
			(*addons).Create, "orga_1", input{Name: "db", ProviderID: "p", Zone: "par"},
		},
		"addons.create: Zone must not be empty": {
			(*addons).Create, "orga_1", input{Name: "db", ProviderID: "p", PlanID: "plan_1"},
		},
		"addons.rename: name must not be empty": {(*addons).Rename, "orga_1", "addon_1"},
	})
}
