package testkit

import (
	"net/http"

	"github.com/clevercloud-go/clevercloud"
)

const configProviderTemplate = "/v4/addon-providers/config-provider/addons/{configProviderId}"

var configProvidersOperations = []Operation{
	{
		ID: "config-providers.get", Method: http.MethodGet, Path: configProviderTemplate,
		OK:      "configproviders/full.json",
		Foreign: `{"env":5}`, At: "/env",
		Func: (*clevercloud.ConfigProvidersService).Get,
	},
	{
		ID: "config-providers.get-env", Method: http.MethodGet,
		Path:    configProviderTemplate + "/env",
		OK:      "configproviders/env.json",
		Foreign: `[{"value":["x"]}]`, At: "/0/value",
		Func: (*clevercloud.ConfigProvidersService).GetEnv,
	},
	{
		ID: "config-providers.set-env", Method: http.MethodPut,
		Path:    configProviderTemplate + "/env",
		OK:      "configproviders/env.json",
		Foreign: `[{"name":"a"},5]`, At: "/1",
		Func: (*clevercloud.ConfigProvidersService).SetEnv,
		Args: []any{[]clevercloud.EnvVar{{Name: "API_URL", Value: "https://api.example.com/v1"}}},
	},
}
