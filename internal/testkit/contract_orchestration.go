package testkit

import (
	"net/http"

	"github.com/clevercloud-go/clevercloud"
)

var orchestrationOperations = []Operation{
	{
		ID: "orchestration.list-deployments", Method: http.MethodGet,
		Path:    "/v4/orchestration/organisations/{ownerId}/applications/{applicationId}/deployments",
		OK:      "deployments/list.json",
		Foreign: `[{"steps":[{"date":"today"}]}]`, At: "[0].steps[0].date",
		Func: (*clevercloud.OrchestrationService).ListDeployments,
	},
	{
		ID: "orchestration.get-deployment", Method: http.MethodGet,
		Path:    "/v4/orchestration/organisations/{ownerId}/applications/{applicationId}/deployments/{deploymentId}",
		OK:      "deployments/get.json",
		Foreign: `{"origin":{"constraints":"none"}}`, At: "origin.constraints",
		Func: (*clevercloud.OrchestrationService).GetDeployment,
	},
	{
		ID: "orchestration.list-instances", Method: http.MethodGet,
		Path:    "/v4/orchestration/organisations/{ownerId}/applications/{applicationId}/instances",
		OK:      "instances/list.json",
		Foreign: `[{"network":{"ip":"10.0.0.1","port":"8080"}}]`, At: "[0].network.port",
		Func: (*clevercloud.OrchestrationService).ListInstances,
	},
	{
		ID: "orchestration.get-instance", Method: http.MethodGet,
		Path:    "/v4/orchestration/organisations/{ownerId}/applications/{applicationId}/instances/{instanceId}",
		OK:      "instances/get.json",
		Foreign: `{"index":"first"}`, At: "index",
		Func: (*clevercloud.OrchestrationService).GetInstance,
	},
}
