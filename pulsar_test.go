package clevercloud_test

import (
	"encoding/json"
	"math/big"
	"net/http"
	"testing"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var storagePolicies = map[string]clevercloud.StoragePolicies{
	"pulsar/policies_null_objects.json": {},
	"pulsar/policies_legacy_nulls.json": {
		Retention: &clevercloud.StoragePolicy{}, Offload: &clevercloud.StoragePolicy{},
	},
	"pulsar/policies_legacy_units.json": {
		Retention: &clevercloud.StoragePolicy{SizeInMB: new(int64(10240)), DurationInDays: new(int64(7))},
		Offload:   &clevercloud.StoragePolicy{SizeInMB: new(int64(1024)), DurationInDays: new(int64(1))},
	},
	"pulsar/policies_both_units_and_unknown.json": {
		Retention: &clevercloud.StoragePolicy{
			SizeInMB: new(int64(10240)), DurationInDays: new(int64(7)),
			SizeInBytes: new(int64(10737418240)), DurationInMinutes: new(int64(10080)),
		},
		Offload: &clevercloud.StoragePolicy{DurationInMinutes: new(int64(1440))},
	},
}

func TestPulsar_GetStoragePolicies(t *testing.T) {
	t.Parallel()
	checkFixtures(t, "pulsar/policies_[^p]*.json", storagePolicies,
		testkit.RoundTrip{Unknown: []string{"compaction"}},
		(*clevercloud.PulsarService).GetStoragePolicies, []any{"pulsar_1"})
}

func TestStoragePolicy_ReadsNumbersInAnyNotation(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int64{
		"7": 7, "7.0": 7, "7e3": 7000, "1.5e1": 15, "-1": -1, "0": 0,
		"9007199254740993": 9007199254740993, "9223372036854775807": 9223372036854775807,
		"9007199254740992.0": 9007199254740992,
	} {
		got := testkit.DecodeAs[clevercloud.StoragePolicy](t, `{"sizeInMB":`+text+`}`)

		assert.Equal(t, clevercloud.StoragePolicy{SizeInMB: &want}, got, text)
	}
}

func TestStoragePolicy_KeepsWhatIsNoWholeNumber(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		`1.5`, `"7"`, `{"value":7}`, `[7]`, `true`, `9223372036854775808`, `1e16`, `1e300`,
		`0.99999999999999999999`, `1e-400`,
	} {
		body := `{"durationInDays":` + text + `,"sizeInMB":1}`
		got := testkit.DecodeAs[clevercloud.StoragePolicy](t, body)

		assert.Equal(t, clevercloud.StoragePolicy{
			SizeInMB: new(int64(1)),
			Unread:   map[string]json.RawMessage{"durationInDays": json.RawMessage(text)},
		}, got)
		assert.JSONEq(t, body, string(testkit.MustJSON(got)))
	}
}

func TestPulsar_UpdateStoragePolicies(t *testing.T) {
	t.Parallel()
	legacy := testkit.Fixture(t, "pulsar/policies_legacy_units.json")
	patch := clevercloud.StoragePoliciesPatch{
		Retention: clevercloud.StoragePolicyPatch{DurationInDays: clevercloud.Value[int64](14)},
	}
	for _, tc := range []struct {
		name   string
		status int
		kind   string
		body   string
		// asks is how many requests it takes.
		asks int
	}{
		{"policies", http.StatusOK, "application/json", legacy, 1},
		{"policies as created", http.StatusCreated, "application/json", legacy, 1},
		{"nothing", http.StatusNoContent, "", "", 2},
		{"an empty object", http.StatusOK, "application/json", "{}", 2},
		{"the answer to a provisioning", http.StatusCreated, "application/json",
			`{"id":"pulsar_1","config":{"ADDON":"x"},"message":"ok"}`, 2},
		{"an array", http.StatusOK, "application/json", "[]", 2},
		{"a text", http.StatusOK, "text/plain", "done", 2},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			var sent []testkit.RecordedRequest
			client := testkit.ClientOver(t, func(req *http.Request) (*http.Response, error) {
				got, err := testkit.Describe(req)
				if sent = append(sent, got); len(sent) == 1 {
					return testkit.Response(req, tc.status, tc.body, "Content-Type", tc.kind), err
				}
				return testkit.Response(req, http.StatusOK, legacy), err
			})

			got, err := client.Pulsar.UpdateStoragePolicies(t.Context(), "pulsar_1", patch)

			require.NoError(t, err)
			want := storagePolicies["pulsar/policies_legacy_units.json"]
			assert.Equal(t, &want, got)
			require.Len(t, sent, tc.asks)
			assert.Equal(t, http.MethodPatch, sent[0].Method)
			request := testkit.Fixture(t, "pulsar/policies_patch_request_legacy_units.json")
			assert.JSONEq(t, request, sent[0].Body)
			if tc.asks == 2 {
				assert.Equal(t, http.MethodGet, sent[1].Method)
			}
		})
	}
}

func TestPulsar_UpdateStoragePolicies_FailedIsNotAskedAgain(t *testing.T) {
	t.Parallel()
	client, mock := testkit.MockClient(t)
	sent := testkit.Always(mock, http.StatusBadRequest, testkit.Fixture(t, "errors/ovd_bad_request_field.json"))

	got, err := client.Pulsar.UpdateStoragePolicies(t.Context(), "pulsar_1", clevercloud.StoragePoliciesPatch{
		Offload: clevercloud.StoragePolicyPatch{SizeInMB: clevercloud.Null[int64]()},
	})

	require.ErrorIs(t, err, clevercloud.ErrBadRequest)
	assert.Nil(t, got)
	assert.Equal(t, http.MethodPatch, sent.Only(t).Method)
}

func TestPulsar_UpdateStoragePolicies_EmptyPatchIsRefusedUnsent(t *testing.T) {
	t.Parallel()
	client, mock := testkit.MockClient(t)
	sent := testkit.Always(mock, http.StatusOK, "{}")

	got, err := client.Pulsar.UpdateStoragePolicies(t.Context(), "pulsar_1", clevercloud.StoragePoliciesPatch{})

	require.ErrorIs(t, err, clevercloud.ErrInvalidArgument)
	assert.EqualError(t, err, "clevercloud: pulsar.update-storage-policies: StoragePoliciesPatch must set something")
	assert.Nil(t, got)
	assert.Zero(t, sent.Count())
}

func TestPulsar_Get(t *testing.T) {
	t.Parallel()
	all := map[string]clevercloud.PulsarAddon{
		"pulsar/addon.json": {
			ID: examplePulsar, OwnerID: exampleOwner, Tenant: exampleOwner, Namespace: examplePulsar,
			ClusterID: "c3", Token: "example-biscuit-token", Plan: "BETA", ColdStorageLinked: true,
			CreationDate:  testkit.Instant(t, "2025-06-05T08:13:14.101962Z"),
			Status:        clevercloud.PulsarStatusActive,
			ColdStorageID: "cellar_a61f3c97-20e5-4d8b-b7f4-8e9d05c2a136",
		},
	}
	trip := testkit.RoundTrip{Unknown: []string{"extra_field"}, Secret: []string{"token"}}
	for _, method := range []any{
		(*clevercloud.PulsarService).Get, (*clevercloud.PulsarService).RenewToken,
	} {
		checkFixtures(t, "pulsar/addon*.json", all, trip, method, []any{examplePulsar})
	}
	checkKnown[clevercloud.PulsarStatus](t, "ACTIVE", "TO_DELETE", "NAMESPACE_DELETED",
		"COLD_STORAGE_DELETED", "DELETED")
}

func TestPulsar_GetCluster(t *testing.T) {
	t.Parallel()
	all := map[string]clevercloud.PulsarCluster{"pulsar/cluster.json": {
		ID: "c3", URL: "materiamq.eu-fr-1.services.clever-cloud.com", PulsarPort: 6650,
		PulsarTLSPort: 6651, WebPort: 80, WebTLSPort: 443, Version: "4.0.3", Available: true,
		Zone: "PAR", SupportColdStorage: true, SupportedPlans: []string{"BETA"},
	}}
	checkFixtures(t, "pulsar/cluster*.json", all, testkit.RoundTrip{},
		(*clevercloud.PulsarService).GetCluster, []any{"c3"})
}

// Add-ons and clusters are what encoding/json reads, or an error that says where; what they marshal to is stable.
func FuzzPulsarAddon(f *testing.F) {
	fuzzFixtures(f, "pulsar/*.json", func(t *testing.T, api *testkit.FuzzClient, data []byte) {
		testkit.Stable[clevercloud.PulsarAddon](t, data)
		testkit.Stable[clevercloud.PulsarCluster](t, data)
		agrees[*clevercloud.PulsarAddon](t, api, data, (*clevercloud.PulsarService).Get, "pulsar_1")
		agrees[*clevercloud.PulsarCluster](t, api, data,
			(*clevercloud.PulsarService).GetCluster, "cluster_1")
	})
}

// A bound is exactly the whole number that the API wrote, in whatever notation, and nothing that it wrote is lost; what policies marshal
// to is stable.
func FuzzStoragePolicies(f *testing.F) {
	f.Add([]byte(`{"retentionPolicies":{"sizeInMB":7.0,"durationInDays":{"a":1.5}},
		"offloadPolicies":{"sizeInBytes":-0,"durationInMinutes":1e3}}`))
	f.Add([]byte(`{"retentionPolicies":{"sizeInMB":0.99999999999999999999,"sizeInBytes":1e400,
		"durationInDays":9007199254740993.0,"durationInMinutes":1e-1}}`))
	fuzzFixtures(f, "pulsar/*.json", func(t *testing.T, api *testkit.FuzzClient, data []byte) {
		testkit.Stable[clevercloud.StoragePolicies](t, data)
		agrees[*clevercloud.StoragePolicies](t, api, data,
			(*clevercloud.PulsarService).GetStoragePolicies, "pulsar_1")
		all, plain := testkit.Members(data, "retentionPolicies", "offloadPolicies")
		var got clevercloud.StoragePolicies
		if all == nil || json.Unmarshal(plain, &got) != nil {
			return
		}
		for name, policy := range map[string]*clevercloud.StoragePolicy{"retentionPolicies": got.Retention, "offloadPolicies": got.Offload} {
			if bounds, plain := testkit.Members(all[name]); bounds != nil && policy != nil {
				require.NoError(t, json.Unmarshal(plain, policy))
				for name, bound := range map[string]*int64{
					"sizeInMB": policy.SizeInMB, "durationInDays": policy.DurationInDays,
					"sizeInBytes": policy.SizeInBytes, "durationInMinutes": policy.DurationInMinutes,
				} {
					checkBound(t, bounds[name], bound, policy.Unread[name])
				}
			}
		}
	})
}

// checkBound compares a bound with the exact value of its text.
func checkBound(t *testing.T, text json.RawMessage, bound *int64, unread json.RawMessage) {
	t.Helper()
	switch {
	case len(text) == 0 || string(text) == "null":
		require.Nil(t, bound)
		require.Nil(t, unread)
	case bound != nil:
		require.Nil(t, unread)
		exact, ok := new(big.Rat).SetString(string(text))
		require.True(t, ok && exact.Cmp(new(big.Rat).SetInt64(*bound)) == 0, "%s became %d", text, *bound)
	default:
		require.Equal(t, testkit.Compacted(text), testkit.Compacted(unread))
		require.NotRegexp(t, `^-?([0-9]{1,18}|[0-9]{1,15}\.0{1,20})$`, string(text), "a whole number was not read")
	}
}

// What has been applied is never reported as the failure of the request behind it.
func TestPulsar_UpdateStoragePolicies_ThatCannotBeReadBack(t *testing.T) {
	t.Parallel()
	client := testkit.ClientOver(t, func(req *http.Request) (*http.Response, error) {
		if req.Method == http.MethodPatch {
			return testkit.Response(req, 201, `["done"]`), nil
		}
		return testkit.Response(req, 403, `{"code":"clever.core.forbidden","error":"no"}`), nil
	})

	got, err := client.Pulsar.UpdateStoragePolicies(t.Context(), "pulsar_1", clevercloud.StoragePoliciesPatch{
		Retention: clevercloud.StoragePolicyPatch{SizeInBytes: clevercloud.Value[int64](1)},
	})

	assert.Nil(t, got)
	require.ErrorContains(t, err, "clevercloud: pulsar.update-storage-policies: decode response: the update was applied, but its policies could not be read")
	require.ErrorIs(t, err, clevercloud.ErrMaybeApplied)
	require.ErrorIs(t, err, clevercloud.ErrForbidden)
}
