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

func number(n int64) *int64 { return &n }

var storagePolicies = map[string]clevercloud.StoragePolicies{
	"pulsar/policies_empty.json":        {},
	"pulsar/policies_null_objects.json": {},
	"pulsar/policies_legacy_nulls.json": {Retention: &clevercloud.StoragePolicy{}, Offload: &clevercloud.StoragePolicy{}},
	"pulsar/policies_legacy_units.json": {
		Retention: &clevercloud.StoragePolicy{SizeInMB: number(10240), DurationInDays: number(7)},
		Offload:   &clevercloud.StoragePolicy{SizeInMB: number(1024), DurationInDays: number(1)},
	},
	"pulsar/policies_new_units.json": {
		Retention: &clevercloud.StoragePolicy{SizeInBytes: number(10737418240), DurationInMinutes: number(10080)},
		Offload:   &clevercloud.StoragePolicy{SizeInBytes: number(1073741824), DurationInMinutes: number(1440)},
	},
	"pulsar/policies_new_units_unlimited.json": {
		Retention: &clevercloud.StoragePolicy{SizeInBytes: number(-1), DurationInMinutes: number(-1)},
		Offload:   &clevercloud.StoragePolicy{SizeInBytes: number(-1), DurationInMinutes: number(-1)},
	},
	"pulsar/policies_both_units_and_unknown.json": {
		Retention: &clevercloud.StoragePolicy{
			SizeInMB: number(10240), DurationInDays: number(7), SizeInBytes: number(10737418240), DurationInMinutes: number(10080),
		},
		Offload: &clevercloud.StoragePolicy{DurationInMinutes: number(1440)},
	},
}

func TestPulsar_GetStoragePolicies(t *testing.T) {
	t.Parallel()
	testkit.Covers(t, "pulsar/policies_*.json", storagePolicies,
		"pulsar/policies_patch_request_legacy_units.json", "pulsar/policies_patch_request_new_units.json")
	for name, want := range storagePolicies {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, mock := testkit.MockClient(t)
			testkit.Always(mock, http.StatusOK, testkit.Fixture(t, name))

			got, err := client.Pulsar.GetStoragePolicies(t.Context(), "pulsar_1")

			require.NoError(t, err)
			assert.Equal(t, &want, got)
			testkit.RoundTrip{Unknown: []string{"compaction"}}.Check(t, testkit.Fixture(t, name), got)
		})
	}
}

func TestStoragePolicy_ReadsNumbersInAnyNotation(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int64{
		"7": 7, "7.0": 7, "7e3": 7000, "-1": -1, "0": 0, "9007199254740993": 9007199254740993, "9223372036854775807": 9223372036854775807,
		"1.5e1": 15, "9007199254740992.0": 9007199254740992,
	} {
		got := testkit.DecodeAs[clevercloud.StoragePolicy](t, `{"sizeInMB":`+text+`}`)
		require.NotNil(t, got.SizeInMB, text)
		assert.Equal(t, want, *got.SizeInMB, text)
		assert.Nil(t, got.Unread, text)
	}
}

func TestStoragePolicy_KeepsWhatIsNoWholeNumber(t *testing.T) {
	t.Parallel()
	for _, text := range []string{`1.5`, `"7"`, `{"value":7}`, `[7]`, `true`, `9223372036854775808`, `1e16`, `1e300`, `0.99999999999999999999`, `1e-400`} {
		body := `{"durationInDays":` + text + `,"sizeInMB":1}`
		got := testkit.DecodeAs[clevercloud.StoragePolicy](t, body)

		assert.Nil(t, got.DurationInDays, text)
		assert.Equal(t, map[string]json.RawMessage{"durationInDays": json.RawMessage(text)}, got.Unread)
		assert.Equal(t, number(1), got.SizeInMB)
		encoded, err := json.Marshal(got)
		require.NoError(t, err)
		assert.JSONEq(t, body, string(encoded))
	}
}

func TestPulsar_UpdateStoragePolicies(t *testing.T) {
	t.Parallel()
	legacy := testkit.Fixture(t, "pulsar/policies_legacy_units.json")
	patch := clevercloud.StoragePoliciesPatch{Retention: clevercloud.StoragePolicyPatch{DurationInDays: clevercloud.Value[int64](14)}}
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
		{"the answer to a provisioning", http.StatusCreated, "application/json", `{"id":"pulsar_1","config":{"ADDON":"x"},"message":"ok"}`, 2},
		{"an array", http.StatusOK, "application/json", "[]", 2},
		{"a text", http.StatusOK, "text/plain", "done", 2},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			client, mock := testkit.MockClient(t)
			path := testkit.Base + "/v4/addon-providers/addon-pulsar/addons/pulsar_1/storage-policies"
			mock.RegisterResponder(http.MethodPatch, path, func(req *http.Request) (*http.Response, error) {
				return testkit.Answer(req, tc.status, tc.kind, tc.body), nil
			})
			mock.RegisterResponder(http.MethodGet, path, func(req *http.Request) (*http.Response, error) {
				return testkit.Answer(req, http.StatusOK, "application/json", legacy), nil
			})

			got, err := client.Pulsar.UpdateStoragePolicies(t.Context(), "pulsar_1", patch)

			require.NoError(t, err)
			want := storagePolicies["pulsar/policies_legacy_units.json"]
			assert.Equal(t, &want, got)
			assert.Equal(t, tc.asks, mock.GetTotalCallCount())
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

func TestStoragePoliciesPatch_IsWhatWasSet(t *testing.T) {
	t.Parallel()
	days, minutes := clevercloud.Value[int64](14), clevercloud.Value[int64](20160)
	for name, patch := range map[string]clevercloud.StoragePoliciesPatch{
		"pulsar/policies_patch_request_legacy_units.json": {Retention: clevercloud.StoragePolicyPatch{DurationInDays: days}},
		"pulsar/policies_patch_request_new_units.json":    {Retention: clevercloud.StoragePolicyPatch{DurationInMinutes: minutes}},
	} {
		client, mock := testkit.MockClient(t)
		sent := testkit.Always(mock, http.StatusOK, testkit.Fixture(t, "pulsar/policies_legacy_units.json"))

		_, err := client.Pulsar.UpdateStoragePolicies(t.Context(), "pulsar_1", patch)

		require.NoError(t, err)
		assert.JSONEq(t, testkit.Fixture(t, name), sent.Only(t).Body)
	}
}

func pulsarAddon(t *testing.T, change func(*clevercloud.PulsarAddon)) clevercloud.PulsarAddon {
	t.Helper()
	a := clevercloud.PulsarAddon{
		ID: examplePulsar, OwnerID: exampleOwner, Tenant: exampleOwner, Namespace: examplePulsar, ClusterID: "c3",
		Token: "example-biscuit-token", CreationDate: testkit.Instant(t, "2025-06-05T08:13:14.101962Z"), Status: clevercloud.PulsarStatusActive,
		Plan: "BETA", ColdStorageID: "cellar_a61f3c97-20e5-4d8b-b7f4-8e9d05c2a136", ColdStorageLinked: true,
	}
	change(&a)
	return a
}

func pulsarAddons(t *testing.T) map[string]clevercloud.PulsarAddon {
	return map[string]clevercloud.PulsarAddon{
		"pulsar/addon.json": pulsarAddon(t, func(*clevercloud.PulsarAddon) {}),
		"pulsar/addon_no_cold_storage.json": pulsarAddon(t, func(a *clevercloud.PulsarAddon) {
			a.ColdStorageID, a.ColdStorageLinked, a.ColdStorageMustBeProvided = "", false, true
		}),
		"pulsar/addon_to_delete.json": pulsarAddon(t, func(a *clevercloud.PulsarAddon) {
			a.Status, a.AskForDeletionDate, a.ColdStorageID = clevercloud.PulsarStatusToDelete, testkit.Instant(t, "2025-09-01T12:00:00.000001Z"), ""
		}),
	}
}

func TestPulsar_Get(t *testing.T) {
	t.Parallel()
	all := pulsarAddons(t)
	testkit.Covers(t, "pulsar/addon*.json", all)
	for name, want := range all {
		for call, get := range map[string]func(*clevercloud.Client) (*clevercloud.PulsarAddon, error){
			"get": func(c *clevercloud.Client) (*clevercloud.PulsarAddon, error) {
				return c.Pulsar.Get(t.Context(), examplePulsar)
			},
			"renew": func(c *clevercloud.Client) (*clevercloud.PulsarAddon, error) {
				return c.Pulsar.RenewToken(t.Context(), examplePulsar)
			},
		} {
			client, mock := testkit.MockClient(t)
			testkit.Always(mock, http.StatusOK, testkit.Fixture(t, name))

			got, err := get(client)

			require.NoError(t, err)
			assert.Equal(t, &want, got, "%s %s", call, name)
			assert.Equal(t, "example-biscuit-token", got.Token.Reveal())
			testkit.RoundTrip{Unknown: []string{"extra_field"}, Secret: []string{"token"}}.Check(t, testkit.Fixture(t, name), got)
		}
	}
}

func TestPulsar_GetCluster(t *testing.T) {
	t.Parallel()
	all := map[string]clevercloud.PulsarCluster{
		"pulsar/cluster.json": {
			ID: "c3", URL: "materiamq.eu-fr-1.services.clever-cloud.com", PulsarPort: 6650, PulsarTLSPort: 6651, WebPort: 80, WebTLSPort: 443,
			Version: "4.0.3", Available: true, Zone: "PAR", SupportColdStorage: true, SupportedPlans: []string{"BETA"},
		},
		"pulsar/cluster_nulls.json": {
			ID: "cluster_7d1e0c94-a5f8-4b26-93e7-f02c8d6b5a41", URL: "materiamq.eu-fr-1.services.clever-cloud.com", PulsarPort: 6650,
			Version: "4.0.3", Available: true, Zone: "PAR", SupportColdStorage: true, SupportedPlans: []string{},
		},
	}
	testkit.Covers(t, "pulsar/cluster*.json", all)
	for name, want := range all {
		client, mock := testkit.MockClient(t)
		testkit.Always(mock, http.StatusOK, testkit.Fixture(t, name))

		got, err := client.Pulsar.GetCluster(t.Context(), want.ID)

		require.NoError(t, err, name)
		assert.Equal(t, &want, got, name)
		testkit.RoundTrip{}.Check(t, testkit.Fixture(t, name), got)
	}
}

func TestPulsarStatus_IsKnown(t *testing.T) {
	t.Parallel()
	for _, status := range []clevercloud.PulsarStatus{"ACTIVE", "TO_DELETE", "NAMESPACE_DELETED", "COLD_STORAGE_DELETED", "DELETED"} {
		assert.True(t, status.IsKnown(), status)
	}
	assert.False(t, clevercloud.PulsarStatus("").IsKnown())
	assert.False(t, clevercloud.PulsarStatus("PAUSED_FUTURE").IsKnown())
}

// Add-ons and clusters are what encoding/json reads, or an error that says where; what they marshal to is stable.
func FuzzPulsarAddon(f *testing.F) {
	for _, name := range testkit.Fixtures(f, "pulsar/*.json") {
		f.Add([]byte(testkit.Fixture(f, name)))
	}
	client := testkit.NewFuzzClient(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		testkit.Stable[clevercloud.PulsarAddon](t, data)
		testkit.Stable[clevercloud.PulsarCluster](t, data)
		testkit.Agrees(t, client, data, func(c *clevercloud.Client) (*clevercloud.PulsarAddon, error) {
			return c.Pulsar.Get(t.Context(), "pulsar_1")
		})
		testkit.Agrees(t, client, data, func(c *clevercloud.Client) (*clevercloud.PulsarCluster, error) {
			return c.Pulsar.GetCluster(t.Context(), "cluster_1")
		})
	})
}

// A bound is exactly the whole number that the API wrote, in whatever notation, and nothing that it wrote is lost; what policies marshal
// to is stable.
func FuzzStoragePolicies(f *testing.F) {
	for _, name := range testkit.Fixtures(f, "pulsar/*.json") {
		f.Add([]byte(testkit.Fixture(f, name)))
	}
	f.Add([]byte(`{"retentionPolicies":{"sizeInMB":7.0,"durationInDays":{"a":1.5}},"offloadPolicies":{"sizeInBytes":-0,"durationInMinutes":1e3}}`))
	f.Add([]byte(`{"retentionPolicies":{"sizeInMB":0.99999999999999999999,"durationInDays":9007199254740993.0,"sizeInBytes":1e400,"durationInMinutes":1e-1}}`))
	client := testkit.NewFuzzClient(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		testkit.Stable[clevercloud.StoragePolicies](t, data)
		testkit.Agrees(t, client, data, func(c *clevercloud.Client) (*clevercloud.StoragePolicies, error) {
			return c.Pulsar.GetStoragePolicies(t.Context(), "pulsar_1")
		})
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
