package clevercloud_test

import (
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
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
			ID: "2e90c5d7-61fb-4a38-8d04-b7e1f9c35a26", Name: "rbx", Country: "France",
			CountryCode: "FR", City: "Roubaix", Lat: 50.69, Lon: 3.17,
			OutboundIPs: []string{"203.0.113.8/32"},
			Tags:        []string{"for:applications", "infra:ovh", "region:eu"},
		},
		{
			ID: "d41b7f06-95ae-4c23-b8e7-03f6a1d9c582", Name: "rbxhds", Country: "France",
			CountryCode: "FR", City: "Roubaix", DisplayName: "HDS", Lat: 50.69, Lon: 3.17,
			OutboundIPs: []string{},
			Tags:        []string{"certification:hds", "for:applications", "infra:ovh", "region:eu"},
		},
		{
			ID: "a06e8d93-f27c-41b5-97d0-5e4b8c1f3a62", Name: "syd", Country: "Australia",
			CountryCode: "AU", City: "Sydney", Lat: -33.85, Lon: 151.22,
			Tags: []string{"for:applications", "infra:ovh"},
		},
	},
}

var zones = map[string]clevercloud.Zone{
	"zones/get.json": paris1, "zones/unknown_fields.json": paris1,
}

var zoneRoundTrip = testkit.RoundTrip{Unknown: []string{"status", "provider", "outboundIPv6"}}

func TestZones_List(t *testing.T) {
	t.Parallel()
	checkFixtures(t, "zones/list*.json", zoneLists, zoneRoundTrip,
		(*clevercloud.ZonesService).List, nil)
}

func TestZones_Get(t *testing.T) {
	t.Parallel()
	checkFixtures(t, "zones/[^l]*.json", zones, zoneRoundTrip,
		(*clevercloud.ZonesService).Get, []any{"par"})
}

// checkFixtures has the API answer a call with each file of testdata that matches pattern. The result
// must marshal to the file again, and equal the value for it in all, if any. Before the comparison,
// spelled, pairs of old and new texts, replaces spellings of the file by those of the SDK.
func checkFixtures[T any](
	t *testing.T, pattern string, all map[string]T, trip testkit.RoundTrip, method any, args []any,
	spelled ...string,
) {
	t.Helper()
	names := testkit.Fixtures(t, pattern)
	require.Subset(t, names, slices.Collect(maps.Keys(all)))
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wire := testkit.Fixture(t, name)
			client := answering(t, http.StatusOK, wire)

			got, err := testkit.Invoke(t.Context(), client, method, args)

			require.NoError(t, err)
			value := reflect.Indirect(reflect.ValueOf(got))
			if want, ok := all[name]; ok {
				assert.Equal(t, want, value.Interface())
			}
			if value.Kind() == reflect.Struct && wire[0] == '[' {
				got = []any{got} // the API gave an array of one
			}
			trip.Check(t, strings.NewReplacer(spelled...).Replace(wire), got)
		})
	}
}

func TestZones_ListNeverGivesNil(t *testing.T) {
	t.Parallel()
	client := answering(t, http.StatusOK, "null")

	got, err := client.Zones.List(t.Context(), clevercloud.ZoneQuery{})

	require.NoError(t, err)
	assert.NotNil(t, got)
	assert.Empty(t, got)
}

// Zones are what encoding/json reads, or an error that says where; what they marshal to is stable.
func FuzzZone(f *testing.F) {
	fuzzFixtures(f, "zones/*.json", func(t *testing.T, api *testkit.FuzzClient, data []byte) {
		testkit.Stable[clevercloud.Zone](t, data)
		testkit.Stable[[]clevercloud.Zone](t, data)
		agrees[*clevercloud.Zone](t, api, data, (*clevercloud.ZonesService).Get, "par")
		agrees[[]clevercloud.Zone](t, api, data, (*clevercloud.ZonesService).List)
	})
}

// fuzzFixtures begins with the files of testdata that match pattern. The API answers with data.
func fuzzFixtures(
	f *testing.F, pattern string, check func(t *testing.T, api *testkit.FuzzClient, data []byte),
) {
	for _, name := range testkit.Fixtures(f, pattern) {
		f.Add([]byte(testkit.Fixture(f, name)))
	}
	api := testkit.NewFuzzClient(f)
	f.Fuzz(func(t *testing.T, data []byte) { check(t, api, data) })
}

// agrees is testkit.Agrees for a method of a service that returns a T.
func agrees[T any](
	t *testing.T, api *testkit.FuzzClient, data []byte, method any, args ...any,
) {
	t.Helper()
	testkit.Agrees(t, api, data, func(c *clevercloud.Client) (T, error) {
		got, err := testkit.Invoke(t.Context(), c, method, args)
		result, _ := got.(T)
		return result, err
	})
}

// checkKnown fails unless these values of an enum are known, and others are not.
func checkKnown[T interface {
	~string
	IsKnown() bool
}](t *testing.T, all ...T) {
	t.Helper()
	for _, value := range all {
		assert.True(t, value.IsKnown(), value)
		assert.False(t, (value + "_FUTURE").IsKnown())
	}
	assert.False(t, T("").IsKnown())
}
