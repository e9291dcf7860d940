package testkit

import (
	"net/http"

	"github.com/clevercloud-go/clevercloud"
)

var zonesOperations = []Operation{
	{
		ID: "zones.list", Method: http.MethodGet,
		Path:    "/v4/products/zones",
		OK:      "zones/list.json",
		Foreign: `[{"lat":1},{"lat":2},{"lat":3},{"tags":{}}]`, At: "/3/tags",
		Func: (*clevercloud.ZonesService).List,
	},
	{
		ID: "zones.get", Method: http.MethodGet,
		Path:    "/v4/products/zones/{name}",
		OK:      "zones/get.json",
		Foreign: `{"tags":"for:applications"}`, At: "/tags",
		Func: (*clevercloud.ZonesService).Get,
	},
}
