package testkit

import (
	"net/http"

	"github.com/clevercloud-go/clevercloud"
)

var drainsOperations = []Operation{
	{
		ID: "drains.create", Method: http.MethodPost,
		Path:    "/v4/drains/organisations/{ownerId}/applications/{applicationId}/drains",
		OK:      "drains/created.json",
		Foreign: `{"recipient":{"type":{}}}`, At: "/recipient",
		Once: true,
		Func: (*clevercloud.DrainsService).Create,
		Args: []any{clevercloud.DrainInput{
			Kind: clevercloud.DrainKindLog, Recipient: clevercloud.RawRecipient{URL: "https://logs.example.com/ingest"},
		}},
	},
	{
		ID: "drains.list", Method: http.MethodGet,
		Path:    "/v4/drains/organisations/{ownerId}/applications/{applicationId}/drains",
		OK:      "drains/list.json",
		Foreign: `[{},{"recipient":{"type":["RAW_HTTP"]}}]`, At: "/1/recipient",
		Func: (*clevercloud.DrainsService).List,
	},
	{
		ID: "drains.get", Method: http.MethodGet,
		Path:    "/v4/drains/organisations/{ownerId}/applications/{applicationId}/drains/{drainId}",
		OK:      "drains/enabled_raw_http.json",
		Foreign: `{"id":[]}`, At: "/id",
		Func: (*clevercloud.DrainsService).Get,
	},
	{
		ID: "drains.delete", Method: http.MethodDelete,
		Path:    "/v4/drains/organisations/{ownerId}/applications/{applicationId}/drains/{drainId}",
		OK:      "drains/deleted.json",
		Foreign: `{"tenantId":{}}`, At: "/tenantId",
		Bare: true,
		Func: (*clevercloud.DrainsService).Delete,
	},
	{
		ID: "drains.create-for-owner", Method: http.MethodPost,
		Path:    "/v4/drains/organisations/{ownerId}/drains",
		OK:      "drains/audit_no_resource.json",
		Foreign: `{"recipient":{"type":{}}}`, At: "/recipient",
		Once: true,
		Func: (*clevercloud.DrainsService).CreateForOwner,
		Args: []any{clevercloud.DrainInput{
			Kind: clevercloud.DrainKindAuditLog, Recipient: clevercloud.RawRecipient{URL: "https://audit.example.com/in"},
		}},
	},
	{
		ID: "drains.list-for-owner", Method: http.MethodGet,
		Path:    "/v4/drains/organisations/{ownerId}/drains",
		OK:      "drains/list.json",
		Foreign: `[{},{"id":{}}]`, At: "/1/id",
		Func: (*clevercloud.DrainsService).ListForOwner,
	},
	{
		ID: "drains.get-for-owner", Method: http.MethodGet,
		Path:    "/v4/drains/organisations/{ownerId}/drains/{drainId}",
		OK:      "drains/audit_no_resource.json",
		Foreign: `{"kind":[]}`, At: "/kind",
		Func: (*clevercloud.DrainsService).GetForOwner,
	},
	{
		ID: "drains.delete-for-owner", Method: http.MethodDelete,
		Path:    "/v4/drains/organisations/{ownerId}/drains/{drainId}",
		OK:      "drains/deleted.json",
		Foreign: `{"tenantId":{}}`, At: "/tenantId",
		Bare: true,
		Func: (*clevercloud.DrainsService).DeleteForOwner,
	},
	{
		ID: "drains.delete-all", Method: http.MethodDelete,
		Path:    "/v4/drains/organisations/{ownerId}/applications/{applicationId}/drains",
		OK:      "drains/list.json",
		Foreign: `[{},{"id":{}}]`, At: "/1/id",
		Func: (*clevercloud.DrainsService).DeleteAll,
	},
	{
		ID: "drains.enable", Method: http.MethodPut,
		Path:    "/v4/drains/organisations/{ownerId}/applications/{applicationId}/drains/{drainId}/enable",
		OK:      "drains/enabled_raw_http.json",
		Foreign: `{"kind":[]}`, At: "/kind",
		Bare: true,
		Func: (*clevercloud.DrainsService).Enable,
	},
	{
		ID: "drains.disable", Method: http.MethodPut,
		Path:    "/v4/drains/organisations/{ownerId}/applications/{applicationId}/drains/{drainId}/disable",
		OK:      "drains/disabled.json",
		Foreign: `{"status":{"drainId":{}}}`, At: "/status/drainId",
		Bare: true,
		Func: (*clevercloud.DrainsService).Disable,
	},
	{
		ID: "drains.reset-cursor", Method: http.MethodPatch,
		Path:    "/v4/drains/organisations/{ownerId}/applications/{applicationId}/drains/{drainId}/reset-cursor",
		OK:      "drains/enabled_raw_http.json",
		Foreign: `{"tenantId":[]}`, At: "/tenantId",
		Bare: true,
		Func: (*clevercloud.DrainsService).ResetCursor,
	},
	{
		ID: "drains.check", Method: http.MethodPost,
		Path:    "/v4/drains/organisations/{ownerId}/applications/{applicationId}/drains/{drainId}/check",
		OK:      "drains/check_ok_http.json",
		Foreign: `"OK"`, At: "",
		Once: true,
		Func: (*clevercloud.DrainsService).Check,
	},
	{
		ID: "drains.test-command", Method: http.MethodGet,
		Path: "/v4/drains/organisations/{ownerId}/applications/{applicationId}/drains/{drainId}/test-command",
		OK:   "drains/test_command.txt", Accept: "text/plain",
		Foreign: `{}`,
		Func:    (*clevercloud.DrainsService).TestCommand,
	},
}
