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

func TestIdentity_Self(t *testing.T) {
	t.Parallel()
	client, mock := testkit.MockClient(t)
	testkit.Always(mock, http.StatusOK, testkit.Fixture(t, "auth/v2_self.json"))

	got, err := client.Identity.Self(t.Context())

	require.NoError(t, err)
	assert.Equal(t, &clevercloud.Self{ID: exampleUser, Email: "camille@example.com", Name: "Camille Durand"}, got)
	testkit.RoundTrip{Unknown: []string{"phone", "avatar", "lang", "emailValidated", "canPay"}}.Check(t, testkit.Fixture(t, "auth/v2_self.json"), got)
}

const (
	exampleKeycloakAddon = "addon_2f90d6c3-1b7e-4a58-93cd-e84a7f60b5d1"
	exampleKeycloak      = "keycloak_0d4e7b26-93fa-4c18-a5d0-6b72e1f98c35"
	examplePulsarAddon   = "addon_4d7f1b09-e8c2-4a65-93f0-b86d5e21c7a4"
	examplePulsar        = "pulsar_40e8b7d1-6c95-4a3f-92e0-df71c5a8b364"
)

func TestIdentity_Resolve(t *testing.T) {
	t.Parallel()
	keycloak := clevercloud.Resource{
		OwnerID: exampleOwner, OwnerName: "Atelier Numérique", ID: exampleKeycloak, AddonID: exampleKeycloakAddon, ProviderID: "keycloak", Name: "sso",
	}
	pulsar := clevercloud.Resource{
		OwnerID: exampleOwner, OwnerName: "Atelier Numérique", ID: examplePulsar, AddonID: examplePulsarAddon, ProviderID: "addon-pulsar", Name: "bus",
	}
	shop := clevercloud.Resource{OwnerID: exampleOwner, OwnerName: "Atelier Numérique", ID: exampleApp, Name: "shop"}
	for asked, want := range map[string]clevercloud.Resource{
		exampleApp: shop, "shop": shop, exampleKeycloak: keycloak, exampleKeycloakAddon: keycloak, "sso": keycloak,
		examplePulsar: pulsar, examplePulsarAddon: pulsar, "bus": pulsar,
	} {
		client, mock := testkit.MockClient(t)
		testkit.Always(mock, http.StatusOK, testkit.Fixture(t, "auth/v2_summary_excerpt.json"))

		got, err := client.Identity.Resolve(t.Context(), asked)

		require.NoError(t, err, asked)
		assert.Equal(t, &want, got, asked)
	}
}

func TestIdentity_Resolve_Names(t *testing.T) {
	t.Parallel()
	const summary = `{
		"user": {"id": "user_1", "name": "Camille", "applications": [{"id": "app_9", "name": "mine"}, {"id": "app_3", "name": "twin"}], "addons": null},
		"organisations": [
			{"id": "orga_1", "name": "A", "applications": [{"id": "app_1", "name": "twin"}, {"id": "app_2", "name": "app_9"}], "addons": []},
			{"id": "orga_2", "name": "B", "addons": [{"id": "addon_1", "realId": "redis_1", "providerId": "redis-addon", "name": "twin"}]}
		]
	}`
	client, mock := testkit.MockClient(t)
	testkit.Always(mock, http.StatusOK, summary)

	got, err := client.Identity.Resolve(t.Context(), "mine")
	require.NoError(t, err)
	assert.Equal(t, &clevercloud.Resource{OwnerID: "user_1", OwnerName: "Camille", ID: "app_9", Name: "mine"}, got, "the user's own")

	got, err = client.Identity.Resolve(t.Context(), "app_9")
	require.NoError(t, err)
	assert.Equal(t, clevercloud.ResourceID("app_9"), got.ID, "an id is nobody's name")

	got, err = client.Identity.Resolve(t.Context(), "twin")
	require.ErrorIs(t, err, clevercloud.ErrConflict)
	assert.Nil(t, got)
	for _, id := range []string{"app_1", "redis_1", "app_3"} {
		assert.Contains(t, err.Error(), id)
	}
	assert.Contains(t, err.Error(), "clevercloud: identity.summary: ")

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
	const body = `{
		"user": {"id": "user_1", "name": "Camille", "applications": [{"id": "app_1", "name": "blog"}], "addons": []},
		"organisations": [
			{"id": "user_1", "name": "Personal space", "applications": [{"id": "app_1", "name": "blog"}, {"id": "app_2", "name": "wiki"}],
				"addons": [{"id": "addon_1", "realId": "redis_1", "providerId": "redis-addon", "name": "cache"}]},
			{"id": "orga_1", "name": "A", "applications": []}
		]
	}`
	client, mock := testkit.MockClient(t)
	testkit.Always(mock, http.StatusOK, body)

	got, err := client.Identity.Summary(t.Context())
	require.NoError(t, err)
	require.Len(t, got.Organisations, 1)
	assert.Len(t, got.User.Applications, 2)
	for name, want := range map[string]clevercloud.ResourceID{"blog": "app_1", "wiki": "app_2", "cache": "redis_1"} {
		r, err := client.Identity.Resolve(t.Context(), name)
		require.NoError(t, err)
		assert.Equal(t, want, r.ID)
		assert.Equal(t, clevercloud.OwnerID("user_1"), r.OwnerID)
	}
	owner, err := got.Owner("A")
	require.NoError(t, err)
	assert.Equal(t, clevercloud.OwnerID("orga_1"), owner.ID)
	owner, err = got.Owner("user_1")
	require.NoError(t, err)
	assert.Equal(t, "Camille", owner.Name)
	_, err = got.Owner("B")
	require.ErrorIs(t, err, clevercloud.ErrNotFound)
	_, err = got.Owner("")
	require.ErrorIs(t, err, clevercloud.ErrInvalidArgument)
}

func TestIdentity_Resolve_NothingIsRefusedUnsent(t *testing.T) {
	t.Parallel()
	client, mock := testkit.MockClient(t)
	sent := testkit.Always(mock, http.StatusOK, testkit.Fixture(t, "auth/v2_summary_excerpt.json"))

	got, err := client.Identity.Resolve(t.Context(), "")

	assert.Equal(t, &clevercloud.ValidationError{Operation: "identity.summary", Argument: "idOrName", Reason: "must not be empty"}, err)
	assert.Nil(t, got)
	assert.Zero(t, sent.Count())
}

func TestResource_Ids(t *testing.T) {
	t.Parallel()
	type ids struct {
		app      clevercloud.ApplicationID
		isApp    bool
		kind     clevercloud.OperatorKind
		operator clevercloud.OperatorID
		pulsar   clevercloud.PulsarID
	}
	for provider, want := range map[string]ids{
		"":                 {app: "x_1", isApp: true},
		"keycloak":         {kind: clevercloud.Keycloak, operator: "x_1"},
		"addon-keycloak":   {kind: clevercloud.Keycloak, operator: "x_1"},
		"addon-matomo":     {kind: clevercloud.Matomo, operator: "x_1"},
		"metabase":         {kind: clevercloud.Metabase, operator: "x_1"},
		"otoroshi":         {kind: clevercloud.Otoroshi, operator: "x_1"},
		"addon-pulsar":     {pulsar: "x_1"},
		"postgresql-addon": {},
	} {
		r := clevercloud.Resource{ID: "x_1", ProviderID: provider}
		if provider != "" {
			r.AddonID = "addon_1"
		}

		app, isApp := r.ApplicationID()
		assert.Equal(t, want.isApp, isApp, provider)
		assert.Equal(t, want.app, app, provider)
		kind, operator, isOperator := r.Operator()
		assert.Equal(t, want.kind != "", isOperator, provider)
		if isOperator {
			assert.Equal(t, want.kind, kind, provider)
			assert.Equal(t, want.operator, operator, provider)
		}
		pulsar, isPulsar := r.PulsarID()
		assert.Equal(t, want.pulsar != "", isPulsar, provider)
		if isPulsar {
			assert.Equal(t, want.pulsar, pulsar, provider)
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
