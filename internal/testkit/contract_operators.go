package testkit

import (
	"net/http"

	"github.com/clevercloud-go/clevercloud"
)

const operatorTemplate = "/v4/addon-providers/addon-{operator_name}/addons/{operator_id}"

var operatorsOperations = []Operation{
	{
		ID: "operators.get", Method: http.MethodGet,
		Path:    operatorTemplate,
		OK:      "operators/keycloak.json",
		Foreign: `{"api":"https://x.example"}`, At: "/api",
		Func: (*clevercloud.OperatorsService).Get,
	},
	{
		ID: "operators.reboot", Method: http.MethodPost,
		Path: operatorTemplate + "/reboot",
		Once: true,
		Func: (*clevercloud.OperatorsService).Reboot,
	},
	{
		ID: "operators.rebuild", Method: http.MethodPost,
		Path: operatorTemplate + "/rebuild",
		Once: true,
		Func: (*clevercloud.OperatorsService).Rebuild,
	},
	{
		ID: "operators.attach-network-group", Method: http.MethodPost,
		Path:    operatorTemplate + "/networkgroup",
		OK:      "operators/keycloak_ng_enabled.json",
		Foreign: `{"resources":["app_1"]}`, At: "/resources",
		Once: true,
		Func: (*clevercloud.OperatorsService).AttachNetworkGroup,
	},
	{
		ID: "operators.detach-network-group", Method: http.MethodDelete,
		Path: operatorTemplate + "/networkgroup",
		Func: (*clevercloud.OperatorsService).DetachNetworkGroup,
	},
	{
		ID: "operators.check-version", Method: http.MethodGet,
		Path:    operatorTemplate + "/version/check",
		OK:      "operators/version_check.json",
		Foreign: `{"available":"26"}`, At: "/available",
		Func: (*clevercloud.OperatorsService).CheckVersion,
	},
	{
		ID: "operators.update-version", Method: http.MethodPost,
		Path:    operatorTemplate + "/version/update",
		OK:      "operators/keycloak.json",
		Foreign: `{"envVars":[]}`, At: "/envVars",
		Once: true,
		Func: (*clevercloud.OperatorsService).UpdateVersion,
		Args: []any{"26.3.2"},
	},
	{
		// The one operation of a single kind.
		ID: "operators.otoroshi-config", Method: http.MethodGet,
		Path: operatorTemplate + "/config.yaml",
		OK:   "operators/otoroshi_config.yaml", Accept: "application/yaml", Fixed: "otoroshi",
		Foreign: `{}`,
		Func:    (*clevercloud.OperatorsService).OtoroshiConfig,
	},
}
