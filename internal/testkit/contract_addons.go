package testkit

import (
	"net/http"

	"github.com/clevercloud-go/clevercloud"
)

const (
	addonsTemplate = "/v2/organisations/{ownerId}/addons"
	addonTemplate  = addonsTemplate + "/{addonId}"
)

var addonsOperations = []Operation{
	{
		ID: "addons.list", Method: http.MethodGet, Path: addonsTemplate,
		OK:      "addons/addons.json",
		Foreign: `[{},{"id":{}}]`, At: "/1/id",
		Func: (*clevercloud.AddonsService).List,
	},
	{
		ID: "addons.get", Method: http.MethodGet, Path: addonTemplate,
		OK:      "addons/addon_full.json",
		Foreign: `{"plan":{"price":"much"}}`, At: "/plan/price",
		Func: (*clevercloud.AddonsService).Get,
	},
	{
		ID: "addons.create", Method: http.MethodPost, Path: addonsTemplate,
		OK:      "addons/addon_full.json",
		Foreign: `{"realId":[]}`, At: "/realId",
		Once: true,
		Func: (*clevercloud.AddonsService).Create,
		Args: []any{clevercloud.AddonInput{
			Name: "main-db", ProviderID: "postgresql-addon", PlanID: "plan_1", Zone: "par",
		}},
	},
	{
		ID: "addons.rename", Method: http.MethodPut, Path: addonTemplate,
		OK:      "addons/addon_full.json",
		Foreign: `{"region":{}}`, At: "/region",
		Func: (*clevercloud.AddonsService).Rename,
		Args: []any{"other-db"},
	},
	{
		ID: "addons.delete", Method: http.MethodDelete, Path: addonTemplate,
		Func: (*clevercloud.AddonsService).Delete,
	},
	{
		ID: "addons.env", Method: http.MethodGet, Path: addonTemplate + "/env",
		OK:      "addons/env.json",
		Foreign: `[{"name":"A"},{"value":{}}]`, At: "/1/value",
		Func: (*clevercloud.AddonsService).Env,
	},
	{
		ID: "addons.list-providers", Method: http.MethodGet, Path: "/v2/products/addonproviders",
		OK:      "addons/providers.json",
		Foreign: `[{"plans":[{"price":"much"}]}]`, At: "/0/plans/0/price",
		Func: (*clevercloud.AddonsService).ListProviders,
	},
	{
		ID: "addons.get-details", Method: http.MethodGet,
		Path:    "/v4/addon-providers/{providerId}/addons/{id}",
		OK:      "addons/details_postgresql.json",
		Foreign: `{"app_id":[]}`, At: "/app_id",
		Func: (*clevercloud.AddonsService).GetDetails,
	},
	{
		ID: "addons.get-provider-info", Method: http.MethodGet,
		Path:    "/v4/addon-providers/{providerId}",
		OK:      "addons/provider_info.json",
		Foreign: `{"clusters":[{"zone":{}}]}`, At: "/clusters/0/zone",
		Func: (*clevercloud.AddonsService).GetProviderInfo,
	},
}
