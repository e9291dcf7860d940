package testkit

import (
	"net/http"

	"github.com/clevercloud-go/clevercloud"
)

var identityOperations = []Operation{
	{
		ID: "identity.self", Method: http.MethodGet,
		Path:    "/v2/self",
		OK:      "auth/v2_self.json",
		Foreign: `{"id":{}}`, At: "/id",
		Func: (*clevercloud.IdentityService).Self,
	},
	{
		ID: "identity.summary", Method: http.MethodGet,
		Path:    "/v2/summary",
		OK:      "auth/v2_summary_excerpt.json",
		Foreign: `{"organisations":[{"addons":{}}]}`, At: "/organisations/0/addons",
		Func: (*clevercloud.IdentityService).Resolve,
		Args: []any{"sso"},
	},
}
