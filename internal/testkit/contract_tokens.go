package testkit

import (
	"net/http"

	"github.com/clevercloud-go/clevercloud"
)

var tokensOperations = []Operation{
	{
		ID: "tokens.list", Method: http.MethodGet,
		Path:    "/api-tokens",
		OK:      "auth/api_tokens_list.json",
		Foreign: `[{"state":{}}]`, At: "/0/state",
		Func: (*clevercloud.TokensService).List,
	},
	{
		ID: "tokens.create", Method: http.MethodPost,
		Path:    "/api-tokens",
		OK:      "auth/api_token_created.json",
		Foreign: `{"state":[]}`, At: "/state",
		Once: true,
		Func: (*clevercloud.TokensService).Create,
		Args: []any{TokenInput},
	},
	{
		ID: "tokens.get", Method: http.MethodGet,
		Path:    "/api-tokens/{apiTokenId}",
		OK:      "auth/api_token.json",
		Foreign: `{"apiTokenId":{}}`, At: "/apiTokenId",
		Func: (*clevercloud.TokensService).Get,
	},
	{
		ID: "tokens.update", Method: http.MethodPut,
		Path: "/api-tokens/{apiTokenId}",
		Func: (*clevercloud.TokensService).Update,
		Args: []any{clevercloud.APITokenPatch{
			Name: clevercloud.Value("CI"), Description: clevercloud.Null[string](),
		}},
	},
	{
		ID: "tokens.revoke", Method: http.MethodDelete,
		Path: "/api-tokens/{apiTokenId}",
		Func: (*clevercloud.TokensService).Revoke,
	},
}
