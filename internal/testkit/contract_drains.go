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
		Foreign: `{"recipient":{"type":"RAW_HTTP","url":"https://x.example"},"execution":[1]}`, At: "/execution",
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
		Foreign: `[{},{"recipient":{"type":"RAW_HTTP","url":5}}]`, At: "/1/recipient",
		Func: (*clevercloud.DrainsService).List,
	},
	{
		ID: "drains.get", Method: http.MethodGet,
		Path:    "/v4/drains/organisations/{ownerId}/applications/{applicationId}/drains/{drainId}",
		OK:      "drains/enabled_raw_http.json",
		Foreign: `{"recipient":{"type":"RAW_HTTP","url":"https://x.example"},"status":["ENABLED"]}`, At: "/status",
		Func: (*clevercloud.DrainsService).Get,
	},
	{
		ID: "drains.delete", Method: http.MethodDelete,
		Path:    "/v4/drains/organisations/{ownerId}/applications/{applicationId}/drains/{drainId}",
		OK:      "drains/deleted.json",
		Foreign: `{"backlog":[1]}`, At: "/backlog",
		Bare: true,
		Func: (*clevercloud.DrainsService).Delete,
	},
	{
		ID: "drains.delete-all", Method: http.MethodDelete,
		Path:    "/v4/drains/organisations/{ownerId}/applications/{applicationId}/drains",
		OK:      "drains/list.json",
		Foreign: `[{},{"backlog":[1]}]`, At: "/1/backlog",
		Func: (*clevercloud.DrainsService).DeleteAll,
	},
	{
		ID: "drains.enable", Method: http.MethodPut,
		Path:    "/v4/drains/organisations/{ownerId}/applications/{applicationId}/drains/{drainId}/enable",
		OK:      "drains/enabled_raw_http.json",
		Foreign: `{"kind":{}}`, At: "/kind",
		Bare: true,
		Func: (*clevercloud.DrainsService).Enable,
	},
	{
		ID: "drains.disable", Method: http.MethodPut,
		Path:    "/v4/drains/organisations/{ownerId}/applications/{applicationId}/drains/{drainId}/disable",
		OK:      "drains/disabled.json",
		Foreign: `{"status":"DISABLED"}`, At: "/status",
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
		Foreign: `{"tcp":[601]}`, At: "/tcp",
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
