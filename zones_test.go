package clevercloud_test

import (
	"net/http"
	"testing"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var paris1 = clevercloud.Zone{
	ID: "7f3b1c2e-9a40-4d58-b6e7-2c81d05f9a34", Name: "par", Country: "France", CountryCode: "FR", City: "Paris", Lat: 48.87, Lon: 2.33,
	OutboundIPs: []string{"192.0.2.0/28", "198.51.100.16/32"},
	Tags:        []string{"certification:iso27001", "for:applications", "infra:clever-cloud", "region:eu"},
}

var zoneLists = map[string][]clevercloud.Zone{
	"zones/list_empty.json": {},
	"zones/list.json": {
		paris1,
		{
			ID: "2e90c5d7-61fb-4a38-8d04-b7e1f9c35a26", Name: "rbx", Country: "France", CountryCode: "FR", City: "Roubaix", Lat: 50.69, Lon: 3.17,
			OutboundIPs: []string{"203.0.113.8/32"}, Tags: []string{"for:applications", "infra:ovh", "region:eu"},
		},
		{
			ID: "d41b7f06-95ae-4c23-b8e7-03f6a1d9c582", Name: "rbxhds", Country: "France", CountryCode: "FR", City: "Roubaix", DisplayName: "HDS",
			Lat: 50.69, Lon: 3.17, OutboundIPs: []string{}, Tags: []string{"certification:hds", "for:applications", "infra:ovh", "region:eu"},
		},
		{
			ID: "a06e8d93-f27c-41b5-97d0-5e4b8c1f3a62", Name: "syd", Country: "Australia", CountryCode: "AU", City: "Sydney", Lat: -33.85, Lon: 151.22,
			Tags: []string{"for:applications", "infra:ovh"},
		},
	},
}

var zones = map[string]clevercloud.Zone{
	"zones/get.json":            paris1,
	"zones/unknown_fields.json": paris1,
	"zones/minimal_no_optional.json": {
		ID: "2e90c5d7-61fb-4a38-8d04-b7e1f9c35a26", Name: "rbx", Country: "France", CountryCode: "FR", City: "Roubaix", Lat: 50.69, Lon: 3.17,
		Tags: []string{"for:applications", "infra:ovh", "region:eu"},
	},
}

var zoneRoundTrip = testkit.RoundTrip{Unknown: []string{"status", "provider", "outboundIPv6"}}

func TestZones_List(t *testing.T) {
	t.Parallel()
	testkit.Covers(t, "zones/list*.json", zoneLists)
	for name, want := range zoneLists {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, mock := testkit.MockClient(t)
			testkit.Always(mock, http.StatusOK, testkit.Fixture(t, name))

			got, err := client.Zones.List(t.Context(), clevercloud.ZoneQuery{})

			require.NoError(t, err)
			assert.Equal(t, want, got)
			zoneRoundTrip.Check(t, testkit.Fixture(t, name), got)
		})
	}
}

func TestZones_Get(t *testing.T) {
	t.Parallel()
	testkit.Covers(t, "zones/[^l]*.json", zones)
	for name, want := range zones {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, mock := testkit.MockClient(t)
			testkit.Always(mock, http.StatusOK, testkit.Fixture(t, name))

			got, err := client.Zones.Get(t.Context(), want.Name)

			require.NoError(t, err)
			assert.Equal(t, &want, got)
			zoneRoundTrip.Check(t, testkit.Fixture(t, name), got)
		})
	}
}

func TestZones_ListNeverGivesNil(t *testing.T) {
	t.Parallel()
	client, mock := testkit.MockClient(t)
	testkit.Always(mock, http.StatusOK, "null")

	got, err := client.Zones.List(t.Context(), clevercloud.ZoneQuery{})

	require.NoError(t, err)
	assert.NotNil(t, got)
	assert.Empty(t, got)
}

// Zones are what encoding/json reads, or an error that says where; what they marshal to is stable.
func FuzzZone(f *testing.F) {
	for _, name := range testkit.Fixtures(f, "zones/*.json") {
		f.Add([]byte(testkit.Fixture(f, name)))
	}
	client := testkit.NewFuzzClient(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		testkit.Stable[clevercloud.Zone](t, data)
		testkit.Stable[[]clevercloud.Zone](t, data)
		testkit.Agrees(t, client, data, func(c *clevercloud.Client) (*clevercloud.Zone, error) { return c.Zones.Get(t.Context(), "par") })
		testkit.Agrees(t, client, data, func(c *clevercloud.Client) ([]clevercloud.Zone, error) {
			return c.Zones.List(t.Context(), clevercloud.ZoneQuery{})
		})
	})
}
