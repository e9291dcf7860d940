package testkit

import (
	"net/http"

	"github.com/clevercloud-go/clevercloud"
)

var loadBalancersOperations = []Operation{
	{
		ID: "load-balancers.get-default", Method: http.MethodGet,
		Path:    "/v4/load-balancers/organisations/{ownerId}/applications/{applicationId}/load-balancers/default",
		OK:      "loadbalancers/default.json",
		Foreign: `[{"dns":{"a":"192.0.2.1"}}]`, At: "/0/dns/a",
		Func: (*clevercloud.LoadBalancersService).GetDefault,
	},
	{
		ID: "load-balancers.get-private", Method: http.MethodGet,
		Path:    "/v4/load-balancers/organisations/{ownerId}/applications/{applicationId}/load-balancers/private",
		OK:      "loadbalancers/private_empty.json",
		Foreign: `[{"dns":5}]`, At: "/0/dns",
		Func: (*clevercloud.LoadBalancersService).GetPrivate,
	},
	{
		ID: "load-balancers.get-addon-default", Method: http.MethodGet,
		Path:    "/v4/load-balancers/organisations/{ownerId}/addons/{addonId}/load-balancers/default",
		OK:      "loadbalancers/default.json",
		Foreign: `[{"dns":"x.example"}]`, At: "/0/dns",
		Func: (*clevercloud.LoadBalancersService).GetAddonDefault,
	},
	{
		ID: "load-balancers.get-addon-private", Method: http.MethodGet,
		Path:    "/v4/load-balancers/organisations/{ownerId}/addons/{addonId}/load-balancers/private",
		OK:      "loadbalancers/private_empty.json",
		Foreign: `[{},{"dns":[]}]`, At: "/1/dns",
		Func: (*clevercloud.LoadBalancersService).GetAddonPrivate,
	},
}
