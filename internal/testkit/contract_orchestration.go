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
		Foreign: `[{"steps":[5]}]`, At: "/0/steps/0",
		Func: (*clevercloud.OrchestrationService).ListDeployments,
	},
	{
		ID: "orchestration.get-deployment", Method: http.MethodGet,
		Path:    "/v4/orchestration/organisations/{ownerId}/applications/{applicationId}/deployments/{deploymentId}",
		OK:      "deployments/get.json",
		Foreign: `{"origin":{"constraints":"none"}}`, At: "/origin/constraints",
		Func: (*clevercloud.OrchestrationService).GetDeployment,
	},
	{
		ID: "orchestration.list-instances", Method: http.MethodGet,
		Path:    "/v4/orchestration/organisations/{ownerId}/applications/{applicationId}/instances",
		OK:      "instances/list.json",
		Foreign: `[{"id":{}}]`, At: "/0/id",
		Func: (*clevercloud.OrchestrationService).ListInstances,
	},
	{
		ID: "orchestration.get-instance", Method: http.MethodGet,
		Path:    "/v4/orchestration/organisations/{ownerId}/applications/{applicationId}/instances/{instanceId}",
		OK:      "instances/get.json",
		Foreign: `{"id":[]}`, At: "/id",
		Func: (*clevercloud.OrchestrationService).GetInstance,
	},
}
