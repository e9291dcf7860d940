package clevercloud_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

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

func TestAddons_RoundTrip(t *testing.T) {
	t.Parallel()
	unused := []string{"provider.googlePlusName", "provider.twitterName", "provider.analyticsId"}
	for _, name := range testkit.Fixtures(t, "addons/addon_*.json") {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wire := testkit.Fixture(t, name)
			client := answering(t, http.StatusOK, "["+wire+",null]")

			addons, err := client.Addons.List(t.Context(), "orga_1")

			require.NoError(t, err)
			require.Len(t, addons, 2)
			testkit.RoundTrip{Unknown: append(unused, "replicas", "provider.tier", "plan.carbon")}.
				Check(t, wire, addons[0])
		})
	}
}

func TestAddons_UnknownValues(t *testing.T) {
	t.Parallel()

	addon, err := fixtureClient(t, "addons/addon_unknown.json").Addons.
		Get(t.Context(), "orga_1", "addon_1")

	require.NoError(t, err)
	assert.Equal(t, clevercloud.AddonProviderStatus("GAMMA"), addon.Provider.Status)
	assert.False(t, addon.Provider.Status.IsKnown())
	assert.False(t, addon.Plan.Features[0].Type.IsKnown())
	assert.True(t, addon.Plan.Features[1].Type.IsKnown())
	assert.True(t, clevercloud.AddonProviderStatusBetaPublic.IsKnown())
}

// What v2 writes in more than one way is read the same.
func TestAddons_OtherSpellings(t *testing.T) {
	t.Parallel()
	client := answering(t, http.StatusOK, `[{"id":"addon_1","creationDate":"2023-11-14T22:13:20.123Z",
		"plan":{"price":"17.50","features":[{"value":5,"computable_value":5368709120},{"value":true}]}},
		{"id":"addon_2","creationDate":"1700000000123","plan":{"features":[{"value":{"a":1}}]}}]`)

	addons, err := client.Addons.List(t.Context(), "orga_1")

	require.NoError(t, err)
	for _, addon := range addons {
		assert.True(t, addon.CreationDate.Equal(time.UnixMilli(1700000000123)), "%v", addon.CreationDate)
	}
	assert.Equal(t, clevercloud.Amount("17.50"), addons[0].Plan.Price)
	assert.Equal(t, []clevercloud.AddonFeature{
		{Value: "5", ComputableValue: "5368709120"}, {Value: "true"},
	}, addons[0].Plan.Features)
	assert.Empty(t, addons[1].Plan.Features[0].Value)
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
	testkit.RoundTrip{Unknown: []string{"googlePlusName", "twitterName", "analyticsId"}}.
		Check(t, testkit.Fixture(t, "addons/providers.json"), providers)
}

func TestAddons_OtherRoundTrips(t *testing.T) {
	t.Parallel()
	for name, call := range map[string]func(context.Context, *clevercloud.Client) (any, error){
		"details_postgresql": func(ctx context.Context, c *clevercloud.Client) (any, error) {
			return c.Addons.GetDetails(ctx, "postgresql-addon", "addon_1")
		},
		"details_elasticsearch": func(ctx context.Context, c *clevercloud.Client) (any, error) {
			return c.Addons.GetDetails(ctx, "es-addon", "addon_1")
		},
		"provider_info": func(ctx context.Context, c *clevercloud.Client) (any, error) {
			return c.Addons.GetProviderInfo(ctx, "postgresql-addon")
		},
		"env": func(ctx context.Context, c *clevercloud.Client) (any, error) {
			return c.Addons.Env(ctx, "orga_1", "addon_1")
		},
	} {
		fixture := "addons/" + name + ".json"

		got, err := call(t.Context(), fixtureClient(t, fixture))

		require.NoError(t, err, name)
		testkit.RoundTrip{
			Unknown: []string{"creation_date"}, // a spelling of its own
			Secret: []string{"password", "read_only_users.password", "kibana_password", "apm_password",
				"apm_auth_token", "value"},
		}.Check(t, testkit.Fixture(t, fixture), got)
		assert.NotContains(t, fmt.Sprintf("%v %+v %#v", got, got, got), "s3cret")
	}
}

func TestAddons_GetDetails(t *testing.T) {
	t.Parallel()

	details, err := fixtureClient(t, "addons/details_postgresql.json").Addons.
		GetDetails(t.Context(), "postgresql-addon", "addon_1")

	require.NoError(t, err)
	assert.Equal(t, testkit.Instant(t, "2026-01-02T03:04:05Z"), details.CreationDate.UTC())
	assert.Equal(t, 5432, details.Port)
	assert.Equal(t, "s3cret", details.Password.Reveal())
	assert.Equal(t, "s3cret", details.ReadOnlyUsers[0].Password.Reveal())
}

func TestAddons_RejectedUnsent(t *testing.T) {
	t.Parallel()
	complete := clevercloud.AddonInput{
		Name: "main-db", ProviderID: "postgresql-addon", PlanID: "plan_1", Zone: "par",
	}
	for want, change := range map[string]func(*clevercloud.AddonInput){
		"Name":       func(in *clevercloud.AddonInput) { in.Name = "" },
		"Zone":       func(in *clevercloud.AddonInput) { in.Zone = "" },
		"ProviderID": func(in *clevercloud.AddonInput) { in.ProviderID = "" },
		"PlanID":     func(in *clevercloud.AddonInput) { in.PlanID = "" },
	} {
		client, _ := testkit.MockClient(t)
		in := complete
		change(&in)

		_, err := client.Addons.Create(t.Context(), "orga_1", in)

		require.EqualError(t, err, "clevercloud: addons.create: "+want+" must not be empty")
		require.ErrorIs(t, err, clevercloud.ErrInvalidArgument)
	}
	client, _ := testkit.MockClient(t)
	_, err := client.Addons.Rename(t.Context(), "orga_1", "addon_1", "")
	require.EqualError(t, err, "clevercloud: addons.rename: name must not be empty")
}

// A lost response must not make a second, billed add-on.
func TestAddons_CreateIsSentOnce(t *testing.T) {
	t.Parallel()
	client, mock := testkit.MockClient(t, clevercloud.WithMaxRetries(3))
	sent := testkit.Record(mock, http.StatusServiceUnavailable, "application/json",
		`{"id":-500,"message":"Error from provider: overloaded","type":"error"}`)

	_, err := client.Addons.Create(t.Context(), "orga_1", clevercloud.AddonInput{
		Name: "main-db", ProviderID: "postgresql-addon", PlanID: "plan_1", Zone: "par",
	})

	require.ErrorIs(t, err, clevercloud.ErrMaybeApplied)
	require.ErrorIs(t, err, clevercloud.ErrUnavailable)
	assert.False(t, clevercloud.IsTransient(err))
	assert.Equal(t, 1, sent.Count())
}
