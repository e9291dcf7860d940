package testkit

import (
	"net/http"

	"github.com/clevercloud-go/clevercloud"
)

const statsTemplate = "/v4/stats/organisations/{ownerId}"

var metricsOperations = []Operation{
	{
		ID: "metrics.list-series", Method: http.MethodGet,
		Path:    statsTemplate + "/resources/{resourceId}/metrics",
		OK:      "metrics/series_full.json",
		Foreign: `[{},{"resource":{}}]`, At: "/1/resource",
		Func: (*clevercloud.MetricsService).ListSeries,
	},
	{
		ID: "metrics.list-requests", Method: http.MethodGet, Path: statsTemplate + "/requests",
		OK:      "metrics/requests_full.json",
		Foreign: `[{},[]]`, At: "/1",
		Func: (*clevercloud.MetricsService).ListRequests,
	},
	{
		ID: "metrics.list-status-codes", Method: http.MethodGet,
		Path:    statsTemplate + "/http-status-codes",
		OK:      "metrics/status_codes_full.json",
		Foreign: `[{"statuses":5}]`, At: "/0/statuses",
		Func: (*clevercloud.MetricsService).ListStatusCodes,
	},
	{
		ID: "metrics.create-read-token", Method: http.MethodPost,
		Path:    statsTemplate + "/tokens/read",
		OK:      "metrics/token_full.json",
		Foreign: `{"token":{}}`, At: "/token",
		Once: true,
		Func: (*clevercloud.MetricsService).CreateReadToken,
	},
	{
		ID: "metrics.create-resource-read-token", Method: http.MethodPost,
		Path:    statsTemplate + "/resources/{resourceId}/tokens/read",
		OK:      "metrics/token_full.json",
		Foreign: `{"applications":{}}`, At: "/applications",
		Once: true,
		Func: (*clevercloud.MetricsService).CreateResourceReadToken,
	},
}
