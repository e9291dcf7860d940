package clevercloud_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"testing"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	exampleKeycloakAddon = "addon_2f90d6c3-1b7e-4a58-93cd-e84a7f60b5d1"
	exampleKeycloak      = "keycloak_0d4e7b26-93fa-4c18-a5d0-6b72e1f98c35"
	examplePulsarAddon   = "addon_4d7f1b09-e8c2-4a65-93f0-b86d5e21c7a4"
	examplePulsar        = "pulsar_40e8b7d1-6c95-4a3f-92e0-df71c5a8b364"
)

func TestIdentity_Self(t *testing.T) {
	t.Parallel()
	want := map[string]clevercloud.Self{"auth/v2_self.json": {
		ID: exampleUser, Email: "camille@example.com", Name: "Camille Durand",
	}}
	trip := testkit.RoundTrip{Unknown: []string{"phone", "avatar", "lang", "emailValidated", "canPay"}}
	checkFixtures(t, "auth/v2_self.json", want, trip, (*clevercloud.IdentityService).Self, nil)
}

func TestIdentity_Resolve(t *testing.T) {
	t.Parallel()
	owned := clevercloud.Resource{OwnerID: exampleOwner, OwnerName: "Atelier Numérique"}
	shop, keycloak, pulsar := owned, owned, owned
	shop.ID, shop.Name = exampleApp, "shop"
	keycloak.ID, keycloak.AddonID, keycloak.Name = exampleKeycloak, exampleKeycloakAddon, "sso"
	keycloak.ProviderID = "keycloak"
	pulsar.ID, pulsar.AddonID, pulsar.Name = examplePulsar, examplePulsarAddon, "bus"
	pulsar.ProviderID = "addon-pulsar"
	client := answering(t, http.StatusOK, testkit.Fixture(t, "auth/v2_summary_excerpt.json"))
	for asked, want := range map[string]clevercloud.Resource{
		exampleApp: shop, "shop": shop, exampleKeycloak: keycloak, exampleKeycloakAddon: keycloak,
		"sso": keycloak, examplePulsar: pulsar, examplePulsarAddon: pulsar, "bus": pulsar,
	} {
		got, err := client.Identity.Resolve(t.Context(), asked)

		require.NoError(t, err, asked)
		assert.Equal(t, &want, got, asked)
	}
}

func TestIdentity_Resolve_Names(t *testing.T) {
	t.Parallel()
	client := answering(t, http.StatusOK, `{
		"user": {"id": "user_1", "name": "Camille", "addons": null,
			"applications": [{"id": "app_9", "name": "mine"}, {"id": "app_3", "name": "twin"}]},
		"organisations": [
			{"id": "orga_1", "name": "A", "addons": [],
				"applications": [{"id": "app_1", "name": "twin"}, {"id": "app_2", "name": "app_9"}]},
			{"id": "orga_2", "name": "B", "addons": [
				{"id": "addon_1", "realId": "redis_1", "providerId": "redis-addon", "name": "twin"}]}
		]
	}`)
	mine := &clevercloud.Resource{OwnerID: "user_1", OwnerName: "Camille", ID: "app_9", Name: "mine"}
	for _, asked := range []string{"mine", "app_9"} { // an id is nobody's name
		got, err := client.Identity.Resolve(t.Context(), asked)

		require.NoError(t, err)
		assert.Equal(t, mine, got)
	}

	got, err := client.Identity.Resolve(t.Context(), "twin")
	require.ErrorIs(t, err, clevercloud.ErrConflict)
	require.EqualError(t, err, "clevercloud: identity.summary: ambiguous name: "+
		`app_3 ("Camille"), app_1 ("A"), redis_1 ("B")`)
	assert.Nil(t, got)

	for _, unknown := range []string{"nobody", "Twin", "orga_1", "user_1", "a\nb"} {
		got, err = client.Identity.Resolve(t.Context(), unknown)
		require.ErrorIs(t, err, clevercloud.ErrNotFound, unknown)
		assert.Nil(t, got)
		assert.NotContains(t, err.Error(), "\n")
	}
}

// The API lists the personal space twice, and what it owns in either place, or in both.
func TestIdentity_Summary_ThePersonalSpace(t *testing.T) {
	t.Parallel()
	client := answering(t, http.StatusOK, `{
		"user": {"id": "user_1", "name": "Camille", "addons": [],
			"applications": [{"id": "app_1", "name": "blog"}]},
		"organisations": [
			{"id": "user_1", "name": "Personal space",
				"applications": [{"id": "app_1", "name": "blog"}, {"id": "app_2", "name": "wiki"}],
				"addons": [{"id": "addon_1", "realId": "redis_1", "name": "cache"}]},
			{"id": "orga_1", "name": "A", "applications": []}
		]
	}`)

	got, err := client.Identity.Summary(t.Context())

	require.NoError(t, err)
	assert.Equal(t, &clevercloud.Summary{
		User: clevercloud.SummaryOwner{
			ID: "user_1", Name: "Camille",
			Applications: []clevercloud.SummaryApplication{
				{ID: "app_1", Name: "blog"}, {ID: "app_2", Name: "wiki"},
			},
			Addons: []clevercloud.SummaryAddon{{ID: "addon_1", RealID: "redis_1", Name: "cache"}},
		},
		Organisations: []clevercloud.SummaryOwner{
			{ID: "orga_1", Name: "A", Applications: []clevercloud.SummaryApplication{}},
		},
	}, got)
	owner, err := got.Owner("A")
	require.NoError(t, err)
	assert.Equal(t, &got.Organisations[0], owner)
	owner, err = got.Owner("user_1")
	require.NoError(t, err)
	assert.Equal(t, &got.User, owner)
	_, err = got.Owner("B")
	require.ErrorIs(t, err, clevercloud.ErrNotFound)
}

func TestIdentity_NothingIsRefusedUnsent(t *testing.T) {
	t.Parallel()
	client, _ := testkit.MockClient(t)
	for _, err := range []error{
		only(client.Identity.Resolve(t.Context(), "")),
		only(new(clevercloud.Summary).Find("")), only(new(clevercloud.Summary).Owner("")),
	} {
		assert.Equal(t, &clevercloud.ValidationError{
			Operation: "identity.summary", Argument: "idOrName", Reason: "must not be empty",
		}, err)
	}
}

func TestResource_Ids(t *testing.T) {
	t.Parallel()
	for provider, kind := range map[string]clevercloud.OperatorKind{
		"": "", "addon-pulsar": "", "postgresql-addon": "", "keycloak": clevercloud.Keycloak,
		"addon-keycloak": clevercloud.Keycloak, "addon-matomo": clevercloud.Matomo,
		"metabase": clevercloud.Metabase, "otoroshi": clevercloud.Otoroshi,
	} {
		r := clevercloud.Resource{ID: "x_1", ProviderID: provider}
		if provider != "" {
			r.AddonID = "addon_1"
		}

		app, isApp := r.ApplicationID()
		got, operator, isOperator := r.Operator()
		pulsar, isPulsar := r.PulsarID()

		assert.Equal(t, []bool{provider == "", kind != "", provider == "addon-pulsar"},
			[]bool{isApp, isOperator, isPulsar}, provider)
		switch {
		case isApp:
			assert.EqualValues(t, "x_1", app)
		case isOperator:
			assert.Equal(t, kind, got)
			assert.EqualValues(t, "x_1", operator)
		case isPulsar:
			assert.EqualValues(t, "x_1", pulsar)
		}
	}
}

// The user and what he can see are what encoding/json reads, or an error that says where. A resource is found by any of its ids, or by a name
// that it alone has; and nothing else is found.
func FuzzIdentity(f *testing.F) {
	for _, name := range testkit.Fixtures(f, "auth/v2_*.json") {
		f.Add([]byte(testkit.Fixture(f, name)), "shop")
		f.Add([]byte(testkit.Fixture(f, name)), examplePulsarAddon)
	}
	f.Add([]byte(`{"organisations":[{"applications":[{"id":"a","name":"b"},{"id":"b","name":"a"}],"addons":[{"id":"c","realId":"","name":"c"}]}]}`), "a")
	client := testkit.NewFuzzClient(f)
	f.Fuzz(func(t *testing.T, data []byte, asked string) {
		testkit.Stable[clevercloud.Self](t, data)
		testkit.Agrees(t, client, data, func(c *clevercloud.Client) (*clevercloud.Self, error) { return c.Identity.Self(t.Context()) })
		client.Body = data
		got, err := client.Identity.Resolve(t.Context(), asked)
		var seen struct {
			User          seenOwner
			Organisations []seenOwner
		}
		if asked == "" || json.Unmarshal(data, &seen) != nil || len(bytes.TrimSpace(data)) == 0 || string(bytes.TrimSpace(data)) == "null" {
			require.Error(t, err)
			require.Nil(t, got)
			testkit.OneLine(t, err)
			return
		}
		byID, named := map[clevercloud.ResourceID]bool{}, []clevercloud.ResourceID{}
		for _, owner := range append(seen.Organisations, seen.User) {
			for _, app := range owner.Applications {
				if string(app.ID) == asked {
					byID[app.ID] = true
				} else if app.Name == asked {
					named = append(named, app.ID)
				}
			}
			for _, addon := range owner.Addons {
				if string(addon.RealID) == asked || string(addon.ID) == asked {
					byID[addon.RealID] = true
				} else if addon.Name == asked {
					named = append(named, addon.RealID)
				}
			}
		}
		switch {
		case len(byID) > 0:
			require.NoError(t, err)
			require.True(t, byID[got.ID])
		case len(named) == 1:
			require.NoError(t, err)
			require.Equal(t, []any{named[0], asked}, []any{got.ID, got.Name})
		default:
			require.Nil(t, got)
			require.Equal(t, len(named) == 0, errors.Is(err, clevercloud.ErrNotFound))
			require.Equal(t, len(named) > 1, errors.Is(err, clevercloud.ErrConflict))
			testkit.OneLine(t, err)
		}
	})
}

// A seenOwner is an owner in the v2 API's summary.
type seenOwner struct {
	Applications []struct {
		ID   clevercloud.ResourceID
		Name string
	}
	Addons []struct {
		ID     clevercloud.AddonID
		RealID clevercloud.ResourceID
		// ProviderID and the owner's id and name must be texts, too.
		ProviderID string
		Name       string
	}
	ID, Name string
}
