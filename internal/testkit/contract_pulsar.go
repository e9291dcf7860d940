package testkit

import (
	"net/http"

	"github.com/clevercloud-go/clevercloud"
)

var pulsarOperations = []Operation{
	{
		ID: "pulsar.get-storage-policies", Method: http.MethodGet,
		Path:    "/v4/addon-providers/addon-pulsar/addons/{addon-id}/storage-policies",
		OK:      "pulsar/policies_legacy_units.json",
		Foreign: `{"offloadPolicies":7}`, At: "/offloadPolicies",
		Func: (*clevercloud.PulsarService).GetStoragePolicies,
	},
	{
		// A foreign answer to this one is followed by a GET; see TestPulsar_UpdateStoragePolicies.
		ID: "pulsar.update-storage-policies", Method: http.MethodPatch,
		Path: "/v4/addon-providers/addon-pulsar/addons/{addon-id}/storage-policies",
		OK:   "pulsar/policies_legacy_units.json",
		Func: (*clevercloud.PulsarService).UpdateStoragePolicies,
		Args: []any{clevercloud.StoragePoliciesPatch{
			Retention: clevercloud.StoragePolicyPatch{DurationInDays: clevercloud.Value[int64](14)},
		}},
	},
	{
		ID: "pulsar.get", Method: http.MethodGet,
		Path:    "/v4/addon-providers/addon-pulsar/addons/{pulsarId}",
		OK:      "pulsar/addon.json",
		Foreign: `{"id":{}}`, At: "/id",
		Func: (*clevercloud.PulsarService).Get,
	},
	{
		ID: "pulsar.get-cluster", Method: http.MethodGet,
		Path:    "/v4/addon-providers/addon-pulsar/clusters/{clusterId}",
		OK:      "pulsar/cluster.json",
		Foreign: `{"supported_plans":5}`, At: "/supported_plans",
		Func: (*clevercloud.PulsarService).GetCluster,
	},
	{
		ID: "pulsar.renew-token", Method: http.MethodPatch,
		Path:    "/v4/addon-providers/addon-pulsar/addons/{pulsarId}/renew-biscuit",
		OK:      "pulsar/addon.json",
		Foreign: `{"status":[]}`, At: "/status",
		Once: true,
		Func: (*clevercloud.PulsarService).RenewToken,
	},
}
