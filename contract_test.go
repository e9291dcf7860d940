package clevercloud_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/auth"
	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A contractOperation is one line of the API reference and the method that performs it. The log streams, which answer with no JSON, have
// tests of their own.
type contractOperation struct {
	id, method, path string
	// ok is what the API answers; empty is a 204.
	ok string
	// foreign is JSON of another shape, and at where its fault lies; both are empty where no body is read.
	foreign, at string
	// accept is the media type asked for; empty is JSON.
	accept string
	// fixed is the value of the first placeholder where the caller has no say; empty where there is one.
	fixed string
	// bare is for an answer without a body: the result has the id only.
	bare bool
	// once is for writes that do more each time, by the reference's table of what is safe to repeat.
	once bool
	call func(context.Context, *clevercloud.Client, []string) (any, error)
}

const operatorTemplate = "/v4/addon-providers/addon-{operator_name}/addons/{operator_id}"

var contract = []contractOperation{
	{
		id: "billing.list-invoices", method: http.MethodGet, path: "/v4/billing/organisations/{orgid}/invoices",
		ok: "billing/invoices_list.json", foreign: `[{"invoice_number":"F1"},{"total_tax":{"amount":"much"}}]`, at: "[1].total_tax.amount",
		call: func(ctx context.Context, c *clevercloud.Client, id []string) (any, error) {
			return result(c.Billing.ListInvoices(ctx, clevercloud.OwnerID(id[0]), clevercloud.InvoiceQuery{}))
		},
	},
	{
		id: "billing.list-unpaid-invoices", method: http.MethodGet,
		path: "/v4/billing/organisations/{orgid}/invoices/unpaid",
		ok:   "billing/invoices_unpaid.json", foreign: `[{"address":[]}]`, at: "[0].address",
		call: func(ctx context.Context, c *clevercloud.Client, id []string) (any, error) {
			return result(c.Billing.ListUnpaidInvoices(ctx, clevercloud.OwnerID(id[0])))
		},
	},
	{
		id: "billing.get-invoice", method: http.MethodGet, path: "/v4/billing/organisations/{orgid}/invoices/{invoiceid}",
		ok: "billing/invoice_full.json", foreign: `{"uptimes":[{"details":[{"price":{"currency":5}}]}]}`, at: "uptimes[0].details[0].price.currency",
		call: func(ctx context.Context, c *clevercloud.Client, id []string) (any, error) {
			return result(c.Billing.GetInvoice(ctx, clevercloud.OwnerID(id[0]), clevercloud.InvoiceNumber(id[1])))
		},
	},
	{
		id: "billing.download-invoice-html", method: http.MethodGet, path: "/v4/billing/organisations/{orgid}/invoices/{invoiceid}.html",
		ok: "billing/invoice.html", foreign: `{}`, accept: "text/html",
		call: func(ctx context.Context, c *clevercloud.Client, id []string) (any, error) {
			return result(c.Billing.DownloadInvoiceHTML(ctx, clevercloud.OwnerID(id[0]), clevercloud.InvoiceNumber(id[1]), &bytes.Buffer{}))
		},
	},
	{
		id: "billing.download-invoice-pdf", method: http.MethodGet, path: "/v4/billing/organisations/{orgid}/invoices/{invoiceid}.pdf",
		ok: "billing/invoice.html", foreign: `{}`, accept: "application/pdf",
		call: func(ctx context.Context, c *clevercloud.Client, id []string) (any, error) {
			return result(c.Billing.DownloadInvoicePDF(ctx, clevercloud.OwnerID(id[0]), clevercloud.InvoiceNumber(id[1]), &bytes.Buffer{}))
		},
	},
	{
		id: "orchestration.list-deployments", method: http.MethodGet,
		path: "/v4/orchestration/organisations/{ownerId}/applications/{applicationId}/deployments",
		ok:   "deployments/list.json", foreign: `[{"steps":[{"date":"today"}]}]`, at: "[0].steps[0].date",
		call: func(ctx context.Context, c *clevercloud.Client, id []string) (any, error) {
			return result(c.Orchestration.ListDeployments(ctx, clevercloud.OwnerID(id[0]), clevercloud.ApplicationID(id[1]), clevercloud.DeploymentQuery{}))
		},
	},
	{
		id: "orchestration.get-deployment", method: http.MethodGet,
		path: "/v4/orchestration/organisations/{ownerId}/applications/{applicationId}/deployments/{deploymentId}",
		ok:   "deployments/get.json", foreign: `{"origin":{"constraints":"none"}}`, at: "origin.constraints",
		call: func(ctx context.Context, c *clevercloud.Client, id []string) (any, error) {
			return result(c.Orchestration.GetDeployment(ctx, clevercloud.OwnerID(id[0]), clevercloud.ApplicationID(id[1]), clevercloud.DeploymentID(id[2])))
		},
	},
	{
		id: "orchestration.list-instances", method: http.MethodGet,
		path: "/v4/orchestration/organisations/{ownerId}/applications/{applicationId}/instances",
		ok:   "instances/list.json", foreign: `[{"network":{"ip":"10.0.0.1","port":"8080"}}]`, at: "[0].network.port",
		call: func(ctx context.Context, c *clevercloud.Client, id []string) (any, error) {
			return result(c.Orchestration.ListInstances(ctx, clevercloud.OwnerID(id[0]), clevercloud.ApplicationID(id[1]), clevercloud.InstanceQuery{}))
		},
	},
	{
		id: "orchestration.get-instance", method: http.MethodGet,
		path: "/v4/orchestration/organisations/{ownerId}/applications/{applicationId}/instances/{instanceId}",
		ok:   "instances/get.json", foreign: `{"index":"first"}`, at: "index",
		call: func(ctx context.Context, c *clevercloud.Client, id []string) (any, error) {
			return result(c.Orchestration.GetInstance(ctx, clevercloud.OwnerID(id[0]), clevercloud.ApplicationID(id[1]), clevercloud.InstanceID(id[2])))
		},
	},
	{
		id: "load-balancers.get-default", method: http.MethodGet,
		path: "/v4/load-balancers/organisations/{ownerId}/applications/{applicationId}/load-balancers/default",
		ok:   "loadbalancers/default.json", foreign: `[{"dns":{"a":"192.0.2.1"}}]`, at: "[0].dns.a",
		call: func(ctx context.Context, c *clevercloud.Client, id []string) (any, error) {
			return result(c.LoadBalancers.GetDefault(ctx, clevercloud.OwnerID(id[0]), clevercloud.ApplicationID(id[1])))
		},
	},
	{
		id: "load-balancers.get-private", method: http.MethodGet,
		path: "/v4/load-balancers/organisations/{ownerId}/applications/{applicationId}/load-balancers/private",
		ok:   "loadbalancers/private_empty.json", foreign: `[{"dns":5}]`, at: "[0].dns",
		call: func(ctx context.Context, c *clevercloud.Client, id []string) (any, error) {
			return result(c.LoadBalancers.GetPrivate(ctx, clevercloud.OwnerID(id[0]), clevercloud.ApplicationID(id[1])))
		},
	},
	{
		id: "load-balancers.get-addon-default", method: http.MethodGet,
		path: "/v4/load-balancers/organisations/{ownerId}/addons/{addonId}/load-balancers/default",
		ok:   "loadbalancers/default.json", foreign: `[{"id":{}}]`, at: "[0].id",
		call: func(ctx context.Context, c *clevercloud.Client, id []string) (any, error) {
			return result(c.LoadBalancers.GetAddonDefault(ctx, clevercloud.OwnerID(id[0]), clevercloud.AddonID(id[1])))
		},
	},
	{
		id: "load-balancers.get-addon-private", method: http.MethodGet,
		path: "/v4/load-balancers/organisations/{ownerId}/addons/{addonId}/load-balancers/private",
		ok:   "loadbalancers/private_empty.json", foreign: `[{},{"zoneId":1}]`, at: "[1].zoneId",
		call: func(ctx context.Context, c *clevercloud.Client, id []string) (any, error) {
			return result(c.LoadBalancers.GetAddonPrivate(ctx, clevercloud.OwnerID(id[0]), clevercloud.AddonID(id[1])))
		},
	},
	{
		id: "drains.create", method: http.MethodPost, path: "/v4/drains/organisations/{ownerId}/applications/{applicationId}/drains",
		ok: "drains/created.json", foreign: `{"recipient":{"type":"RAW_HTTP","url":"https://x.example"},"execution":{"attempt":"first"}}`, at: "execution.attempt",
		once: true,
		call: func(ctx context.Context, c *clevercloud.Client, id []string) (any, error) {
			return result(c.Drains.Create(ctx, clevercloud.OwnerID(id[0]), clevercloud.ApplicationID(id[1]), clevercloud.DrainInput{
				Kind: clevercloud.DrainKindLog, Recipient: clevercloud.RawRecipient{URL: "https://logs.example.com/ingest"},
			}))
		},
	},
	{
		id: "drains.list", method: http.MethodGet, path: "/v4/drains/organisations/{ownerId}/applications/{applicationId}/drains",
		ok: "drains/list.json", foreign: `[{},{"recipient":{"type":"RAW_HTTP","url":5}}]`, at: "[1].recipient",
		call: func(ctx context.Context, c *clevercloud.Client, id []string) (any, error) {
			return result(c.Drains.List(ctx, clevercloud.OwnerID(id[0]), clevercloud.ApplicationID(id[1]), clevercloud.DrainQuery{}))
		},
	},
	{
		id: "drains.get", method: http.MethodGet, path: "/v4/drains/organisations/{ownerId}/applications/{applicationId}/drains/{drainId}",
		ok: "drains/enabled_raw_http.json", foreign: `{"recipient":{"type":"RAW_HTTP","url":"https://x.example"},"status":{"date":5}}`, at: "status.date",
		call: func(ctx context.Context, c *clevercloud.Client, id []string) (any, error) {
			return result(c.Drains.Get(ctx, clevercloud.OwnerID(id[0]), clevercloud.ApplicationID(id[1]), clevercloud.DrainID(id[2])))
		},
	},
	{
		id: "drains.delete", method: http.MethodDelete, path: "/v4/drains/organisations/{ownerId}/applications/{applicationId}/drains/{drainId}",
		ok: "drains/deleted.json", foreign: `{"backlog":[1]}`, at: "backlog",
		bare: true,
		call: func(ctx context.Context, c *clevercloud.Client, id []string) (any, error) {
			return result(c.Drains.Delete(ctx, clevercloud.OwnerID(id[0]), clevercloud.ApplicationID(id[1]), clevercloud.DrainID(id[2])))
		},
	},
	{
		id: "drains.delete-all", method: http.MethodDelete,
		path: "/v4/drains/organisations/{ownerId}/applications/{applicationId}/drains",
		ok:   "drains/list.json", foreign: `[{},{"backlog":{"msgBacklog":"1"}}]`, at: "[1].backlog.msgBacklog",
		call: func(ctx context.Context, c *clevercloud.Client, id []string) (any, error) {
			return result(c.Drains.DeleteAll(ctx, clevercloud.OwnerID(id[0]), clevercloud.ApplicationID(id[1])))
		},
	},
	{
		id: "drains.enable", method: http.MethodPut,
		path: "/v4/drains/organisations/{ownerId}/applications/{applicationId}/drains/{drainId}/enable",
		ok:   "drains/enabled_raw_http.json", foreign: `{"kind":5}`, at: "kind",
		bare: true,
		call: func(ctx context.Context, c *clevercloud.Client, id []string) (any, error) {
			return result(c.Drains.Enable(ctx, clevercloud.OwnerID(id[0]), clevercloud.ApplicationID(id[1]), clevercloud.DrainID(id[2])))
		},
	},
	{
		id: "drains.disable", method: http.MethodPut,
		path: "/v4/drains/organisations/{ownerId}/applications/{applicationId}/drains/{drainId}/disable",
		ok:   "drains/disabled.json", foreign: `{"status":"DISABLED"}`, at: "status",
		bare: true,
		call: func(ctx context.Context, c *clevercloud.Client, id []string) (any, error) {
			return result(c.Drains.Disable(ctx, clevercloud.OwnerID(id[0]), clevercloud.ApplicationID(id[1]), clevercloud.DrainID(id[2])))
		},
	},
	{
		id: "drains.reset-cursor", method: http.MethodPatch,
		path: "/v4/drains/organisations/{ownerId}/applications/{applicationId}/drains/{drainId}/reset-cursor",
		ok:   "drains/enabled_raw_http.json", foreign: `{"tenantId":[]}`, at: "tenantId",
		bare: true,
		call: func(ctx context.Context, c *clevercloud.Client, id []string) (any, error) {
			return result(c.Drains.ResetCursor(ctx, clevercloud.OwnerID(id[0]), clevercloud.ApplicationID(id[1]), clevercloud.DrainID(id[2])))
		},
	},
	{
		id: "drains.check", method: http.MethodPost,
		path: "/v4/drains/organisations/{ownerId}/applications/{applicationId}/drains/{drainId}/check",
		ok:   "drains/check_ok_http.json", foreign: `{"tcp":{"port":"601"}}`, at: "tcp.port",
		once: true,
		call: func(ctx context.Context, c *clevercloud.Client, id []string) (any, error) {
			return result(c.Drains.Check(ctx, clevercloud.OwnerID(id[0]), clevercloud.ApplicationID(id[1]), clevercloud.DrainID(id[2])))
		},
	},
	{
		id: "drains.test-command", method: http.MethodGet,
		path: "/v4/drains/organisations/{ownerId}/applications/{applicationId}/drains/{drainId}/test-command",
		ok:   "drains/test_command.txt", foreign: `{}`, accept: "text/plain",
		call: func(ctx context.Context, c *clevercloud.Client, id []string) (any, error) {
			return result(c.Drains.TestCommand(ctx, clevercloud.OwnerID(id[0]), clevercloud.ApplicationID(id[1]), clevercloud.DrainID(id[2])))
		},
	},
	{
		id: "operators.get", method: http.MethodGet, path: operatorTemplate,
		ok: "operators/keycloak.json", foreign: `{"api":{"url":true}}`, at: "api.url",
		call: func(ctx context.Context, c *clevercloud.Client, id []string) (any, error) {
			return result(c.Operators.Get(ctx, clevercloud.OperatorKind(id[0]), clevercloud.OperatorID(id[1])))
		},
	},
	{
		id: "operators.reboot", method: http.MethodPost, path: operatorTemplate + "/reboot",
		once: true,
		call: func(ctx context.Context, c *clevercloud.Client, id []string) (any, error) {
			return nil, c.Operators.Reboot(ctx, clevercloud.OperatorKind(id[0]), clevercloud.OperatorID(id[1]))
		},
	},
	{
		id: "operators.rebuild", method: http.MethodPost, path: operatorTemplate + "/rebuild",
		once: true,
		call: func(ctx context.Context, c *clevercloud.Client, id []string) (any, error) {
			return nil, c.Operators.Rebuild(ctx, clevercloud.OperatorKind(id[0]), clevercloud.OperatorID(id[1]))
		},
	},
	{
		id: "operators.attach-network-group", method: http.MethodPost, path: operatorTemplate + "/networkgroup",
		ok: "operators/keycloak_ng_enabled.json", foreign: `{"resources":["app_1"]}`, at: "resources",
		once: true,
		call: func(ctx context.Context, c *clevercloud.Client, id []string) (any, error) {
			return result(c.Operators.AttachNetworkGroup(ctx, clevercloud.OperatorKind(id[0]), clevercloud.OperatorID(id[1])))
		},
	},
	{
		id: "operators.detach-network-group", method: http.MethodDelete, path: operatorTemplate + "/networkgroup",
		call: func(ctx context.Context, c *clevercloud.Client, id []string) (any, error) {
			return nil, c.Operators.DetachNetworkGroup(ctx, clevercloud.OperatorKind(id[0]), clevercloud.OperatorID(id[1]))
		},
	},
	{
		id: "operators.check-version", method: http.MethodGet,
		path: operatorTemplate + "/version/check",
		ok:   "operators/version_check.json", foreign: `{"available":["1",2]}`, at: "available[1]",
		call: func(ctx context.Context, c *clevercloud.Client, id []string) (any, error) {
			return result(c.Operators.CheckVersion(ctx, clevercloud.OperatorKind(id[0]), clevercloud.OperatorID(id[1])))
		},
	},
	{
		id: "operators.update-version", method: http.MethodPost,
		path: operatorTemplate + "/version/update",
		ok:   "operators/keycloak.json", foreign: `{"version":26}`, at: "version",
		once: true,
		call: func(ctx context.Context, c *clevercloud.Client, id []string) (any, error) {
			return result(c.Operators.UpdateVersion(ctx, clevercloud.OperatorKind(id[0]), clevercloud.OperatorID(id[1]), "26.3.2"))
		},
	},
	{
		// The one operation of a single kind.
		id: "operators.otoroshi-config", method: http.MethodGet,
		path: operatorTemplate + "/config.yaml", fixed: "otoroshi",
		ok: "operators/otoroshi_config.yaml", foreign: `{}`, accept: "application/yaml",
		call: func(ctx context.Context, c *clevercloud.Client, id []string) (any, error) {
			return result(c.Operators.OtoroshiConfig(ctx, clevercloud.OperatorID(id[1]), &bytes.Buffer{}))
		},
	},
	{
		id: "zones.list", method: http.MethodGet, path: "/v4/products/zones",
		ok: "zones/list.json", foreign: `[{"lat":1},{"lat":2},{"lat":3},{"lat":"north"}]`, at: "[3].lat",
		call: func(ctx context.Context, c *clevercloud.Client, _ []string) (any, error) {
			return result(c.Zones.List(ctx, clevercloud.ZoneQuery{}))
		},
	},
	{
		id: "zones.get", method: http.MethodGet, path: "/v4/products/zones/{name}",
		ok: "zones/get.json", foreign: `{"tags":[["for:applications"]]}`, at: "tags[0]",
		call: func(ctx context.Context, c *clevercloud.Client, id []string) (any, error) {
			return result(c.Zones.Get(ctx, clevercloud.ZoneName(id[0])))
		},
	},
	{
		id: "pulsar.get-storage-policies", method: http.MethodGet, path: "/v4/addon-providers/addon-pulsar/addons/{addon-id}/storage-policies",
		ok: "pulsar/policies_legacy_units.json", foreign: `{"offloadPolicies":7}`, at: "offloadPolicies",
		call: func(ctx context.Context, c *clevercloud.Client, id []string) (any, error) {
			return result(c.Pulsar.GetStoragePolicies(ctx, clevercloud.PulsarID(id[0])))
		},
	},
	{
		// A foreign answer to this one is followed by a GET; see TestPulsar_UpdateStoragePolicies.
		id: "pulsar.update-storage-policies", method: http.MethodPatch, path: "/v4/addon-providers/addon-pulsar/addons/{addon-id}/storage-policies",
		ok: "pulsar/policies_legacy_units.json",
		call: func(ctx context.Context, c *clevercloud.Client, id []string) (any, error) {
			return result(c.Pulsar.UpdateStoragePolicies(ctx, clevercloud.PulsarID(id[0]), clevercloud.StoragePoliciesPatch{
				Retention: clevercloud.StoragePolicyPatch{DurationInDays: clevercloud.Value[int64](14)},
			}))
		},
	},
	{
		id: "pulsar.get", method: http.MethodGet,
		path: "/v4/addon-providers/addon-pulsar/addons/{pulsarId}",
		ok:   "pulsar/addon.json", foreign: `{"cold_storage_linked":"yes"}`, at: "cold_storage_linked",
		call: func(ctx context.Context, c *clevercloud.Client, id []string) (any, error) {
			return result(c.Pulsar.Get(ctx, clevercloud.PulsarID(id[0])))
		},
	},
	{
		id: "pulsar.get-cluster", method: http.MethodGet,
		path: "/v4/addon-providers/addon-pulsar/clusters/{clusterId}",
		ok:   "pulsar/cluster.json", foreign: `{"web_port":"80"}`, at: "web_port",
		call: func(ctx context.Context, c *clevercloud.Client, id []string) (any, error) {
			return result(c.Pulsar.GetCluster(ctx, id[0]))
		},
	},
	{
		id: "pulsar.renew-token", method: http.MethodPatch,
		path: "/v4/addon-providers/addon-pulsar/addons/{pulsarId}/renew-biscuit",
		ok:   "pulsar/addon.json", foreign: `{"creation_date":"today"}`, at: "creation_date",
		once: true,
		call: func(ctx context.Context, c *clevercloud.Client, id []string) (any, error) {
			return result(c.Pulsar.RenewToken(ctx, clevercloud.PulsarID(id[0])))
		},
	},
	{
		id: "identity.self", method: http.MethodGet,
		path: "/v2/self",
		ok:   "auth/v2_self.json", foreign: `{"email":5}`, at: "email",
		call: func(ctx context.Context, c *clevercloud.Client, _ []string) (any, error) {
			return result(c.Identity.Self(ctx))
		},
	},
	{
		id: "identity.resolve", method: http.MethodGet,
		path: "/v2/summary",
		ok:   "auth/v2_summary_excerpt.json", foreign: `{"organisations":[{"addons":{}}]}`, at: "organisations[0].addons",
		call: func(ctx context.Context, c *clevercloud.Client, _ []string) (any, error) {
			return result(c.Identity.Resolve(ctx, "sso"))
		},
	},
	{
		id: "tokens.list", method: http.MethodGet,
		path: "/api-tokens",
		ok:   "auth/api_tokens_list.json", foreign: `[{"state":true}]`, at: "[0].state",
		call: func(ctx context.Context, c *clevercloud.Client, _ []string) (any, error) {
			return result(c.Tokens.List(ctx))
		},
	},
	{
		id: "tokens.create", method: http.MethodPost,
		path: "/api-tokens",
		ok:   "auth/api_token_created.json", foreign: `{"expirationDate":1}`, at: "expirationDate",
		once: true,
		call: func(ctx context.Context, c *clevercloud.Client, _ []string) (any, error) {
			return result(c.Tokens.Create(ctx, exampleTokenInput))
		},
	},
	{
		id: "tokens.revoke", method: http.MethodDelete,
		path: "/api-tokens/{apiTokenId}",
		call: func(ctx context.Context, c *clevercloud.Client, id []string) (any, error) {
			return nil, c.Tokens.Revoke(ctx, clevercloud.APITokenID(id[0]))
		},
	},
}

// result gives an untyped nil for the zero value that goes with an error, so that anything else is seen.
func result[T any](v T, err error) (any, error) {
	encoded, _ := json.Marshal(v)
	if text := string(encoded); err != nil && (text == "null" || text == "0" || text == `""`) {
		return nil, err
	}
	return v, err
}

var placeholder = regexp.MustCompile(`\{([^}]+)\}`)

// ids returns one value for each placeholder, and the placeholders' names.
func (o contractOperation) ids(value string) (values, names []string) {
	for _, match := range placeholder.FindAllStringSubmatch(o.path, -1) {
		values, names = append(values, value), append(names, match[1])
	}
	return values, names
}

// answer is what the API sends on success.
func (o contractOperation) answer(t *testing.T, mock *httpmock.MockTransport) *recorder {
	t.Helper()
	if o.ok == "" {
		return record(mock, http.StatusNoContent, "", "")
	}
	kind := o.accept
	if kind == "" {
		kind = "application/json"
	}
	return record(mock, http.StatusOK, kind, fixture(t, o.ok))
}

func forEachOperation(t *testing.T, test func(*testing.T, contractOperation)) {
	t.Helper()
	t.Parallel()
	for _, o := range contract {
		t.Run(o.id, func(t *testing.T) {
			t.Parallel()
			test(t, o)
		})
	}
}

func TestContract_Request(t *testing.T) {
	forEachOperation(t, func(t *testing.T, o contractOperation) {
		client, mock := newTestClient(t)
		sent := o.answer(t, mock)
		ids, _ := o.ids(`a/b?c%d é#;.`)

		_, err := o.call(t.Context(), client, ids)

		require.NoError(t, err)
		got := sent.only(t)
		assert.Equal(t, o.method, got.Method)
		path := o.path
		if o.fixed != "" {
			path = strings.Replace(path, placeholder.FindString(path), o.fixed, 1)
		}
		assert.Equal(t, "/prefix"+placeholder.ReplaceAllLiteralString(path, `a%2Fb%3Fc%25d%20%C3%A9%23%3B.`), got.Path)
		assert.Empty(t, got.Query)
	})
}

func TestContract_BadPathArgumentIsRefusedUnsent(t *testing.T) {
	forEachOperation(t, func(t *testing.T, o contractOperation) {
		client, mock := newTestClient(t)
		sent := o.answer(t, mock)
		for bad, reason := range map[string]string{"": "must not be empty", ".": `must not be "."`, "..": `must not be ".."`} {
			ids, names := o.ids("fine")
			for i, name := range names {
				if i == 0 && o.fixed != "" {
					continue
				}
				ids[i] = bad

				got, err := o.call(t.Context(), client, ids)

				var refusal *clevercloud.ValidationError
				require.ErrorAs(t, err, &refusal, "%s = %q", name, bad)
				assert.Equal(t, &clevercloud.ValidationError{Operation: o.id, Argument: name, Reason: reason}, refusal)
				require.ErrorIs(t, err, clevercloud.ErrInvalidArgument)
				assert.Nil(t, got)
				ids[i] = "fine"
			}
		}
		assert.Zero(t, sent.count(), "requests sent")
	})
}

func TestContract_NotFound(t *testing.T) {
	forEachOperation(t, func(t *testing.T, o contractOperation) {
		client, mock := newTestClient(t)
		always(mock, http.StatusNotFound, fixture(t, "errors/ovd_not_found_resource.json"))
		ids, _ := o.ids("fine")

		got, err := o.call(t.Context(), client, ids)

		require.ErrorIs(t, err, clevercloud.ErrNotFound)
		assert.Nil(t, got)
		var failed *clevercloud.APIError
		require.ErrorAs(t, err, &failed)
		assert.Equal(t, http.StatusNotFound, failed.StatusCode)
		assert.Equal(t, "clever.core.not-found", failed.Code)
		assert.Equal(t, "Resource not found", failed.Message)
		assert.Equal(t, "request_http_5e20b9d4-7f61-4c83-a0d5-91e6c4f7b832", failed.APIRequestID)
		assert.Equal(t, "01K3EXAMPLE", failed.RequestID)
		assert.Equal(t, o.id, failed.Operation)
		assert.Equal(t, o.method, failed.Method)
		assert.Equal(t, o.path, failed.Path)
		assert.Equal(t, 1, failed.Attempts)
		assert.Equal(t, "clevercloud: "+o.id+": 404 not found: Resource not found (clever.core.not-found, sozu-id 01K3EXAMPLE)", err.Error())
	})
}

func TestContract_ProxyErrorInHTML(t *testing.T) {
	forEachOperation(t, func(t *testing.T, o contractOperation) {
		client, mock := newTestClient(t)
		page := fixture(t, "errors/gateway_503.html")
		record(mock, http.StatusServiceUnavailable, "text/html; charset=utf-8", page)
		ids, _ := o.ids("fine")

		got, err := o.call(t.Context(), client, ids)

		require.ErrorIs(t, err, clevercloud.ErrUnavailable)
		assert.Nil(t, got)
		var failed *clevercloud.APIError
		require.ErrorAs(t, err, &failed)
		assert.Empty(t, failed.Code)
		assert.Empty(t, failed.Message)
		assert.Equal(t, page, string(failed.Body))
		assert.NotContains(t, err.Error(), "<")
	})
}

// secretResults are the operations that answer with secrets.
var secretResults = map[string]bool{
	"operators.get": true, "operators.attach-network-group": true, "operators.update-version": true, "pulsar.get": true,
	"pulsar.renew-token": true, "tokens.create": true, "drains.check": true,
}

func TestContract_ForeignBody(t *testing.T) {
	forEachOperation(t, func(t *testing.T, o contractOperation) {
		if o.foreign == "" {
			return // the body is not read, or its fault is not final
		}
		for _, tc := range []struct{ name, kind, body, at string }{
			{"JSON of another shape", "application/json", o.foreign, o.at},
			{"a page where JSON was asked for", "text/html", "<!DOCTYPE html><title>sign in</title>", ""},
			{"nothing", "", "", ""},
			{"cut short", "application/json", `{"id":"x`, ""},
		} {
			if o.accept == tc.kind || o.accept != "" && tc.kind == "" && tc.body != "" {
				continue
			}
			client, mock := newTestClient(t)
			record(mock, http.StatusOK, tc.kind, tc.body)
			ids, _ := o.ids("fine")

			got, err := o.call(t.Context(), client, ids)

			if tc.body == "" && (o.foreign[0] == '[' || o.bare) {
				// A list may be empty, and a drain need not come back.
				require.NoError(t, err)
				assert.NotNil(t, got)
				continue
			}
			var undecoded *clevercloud.DecodeError
			require.ErrorAs(t, err, &undecoded, tc.name)
			assert.Equal(t, o.id, undecoded.Operation, tc.name)
			assert.Equal(t, tc.at, undecoded.Path, tc.name)
			assert.Equal(t, "01K3EXAMPLE", undecoded.RequestID, tc.name)
			assert.Nil(t, got, tc.name)
			switch {
			case secretResults[o.id]:
				assert.Empty(t, undecoded.Body, tc.name)
			case o.accept == "":
				assert.Equal(t, tc.body, string(undecoded.Body), tc.name)
			}
			assert.True(t, strings.HasPrefix(err.Error(), "clevercloud: "+o.id+": decode response: "), err.Error())
		}
	})
}

func TestContract_EmptyAnswer(t *testing.T) {
	forEachOperation(t, func(t *testing.T, o contractOperation) {
		client, mock := newTestClient(t)
		record(mock, http.StatusNoContent, "", "")
		ids, _ := o.ids("fine")

		got, err := o.call(t.Context(), client, ids)

		switch {
		case o.bare:
			require.NoError(t, err)
			assert.Equal(t, &clevercloud.Drain{ID: "fine"}, got)
		case o.ok == "":
			require.NoError(t, err)
		case strings.HasPrefix(o.foreign, "["):
			require.NoError(t, err)
			encoded, err := json.Marshal(got)
			require.NoError(t, err)
			assert.Equal(t, "[]", string(encoded), "a list is never nil")
		default:
			var undecoded *clevercloud.DecodeError
			require.ErrorAs(t, err, &undecoded)
			assert.Nil(t, got)
		}
	})
}

func TestContract_ContextEnds(t *testing.T) {
	forEachOperation(t, func(t *testing.T, o contractOperation) {
		client, mock := newTestClient(t)
		cause := errors.New("changed my mind")
		ctx, cancel := context.WithCancelCause(t.Context())
		mock.RegisterNoResponder(func(*http.Request) (*http.Response, error) {
			cancel(cause)
			return nil, context.Canceled
		})
		ids, _ := o.ids("fine")

		got, err := o.call(ctx, client, ids)

		require.ErrorIs(t, err, context.Canceled)
		assert.Nil(t, got)
		assert.True(t, strings.HasPrefix(err.Error(), "clevercloud: "+o.id+": context canceled"), err.Error())

		var missing context.Context
		_, err = o.call(missing, client, ids)
		assert.Equal(t, &clevercloud.ValidationError{Operation: o.id, Argument: "ctx", Reason: "must not be nil"}, err)
	})
}

// A failure that leaves open whether the API has acted is repeated for what may be done twice, and only for that.
func TestContract_Repeats(t *testing.T) {
	forEachOperation(t, func(t *testing.T, o contractOperation) {
		for _, tc := range []struct {
			name string
			// fail is what becomes of an attempt that reached the API.
			fail func(*http.Request) (*http.Response, error)
			// safe is a failure after which the API cannot have acted.
			safe bool
		}{
			{"lost answer", func(*http.Request) (*http.Response, error) { return nil, io.ErrUnexpectedEOF }, false},
			{"unavailable", func(req *http.Request) (*http.Response, error) {
				return answer(req, http.StatusServiceUnavailable, "application/json", "{}"), nil
			}, false},
			{"too many requests", func(req *http.Request) (*http.Response, error) {
				return answer(req, http.StatusTooManyRequests, "application/json", "{}"), nil
			}, true},
		} {
			client, mock := newTestClient(t, clevercloud.WithRetry(clevercloud.RetryPolicy{MaxRetries: 2, MinWait: 1, MaxWait: 1}),
				clevercloud.WithMaxRetries(2))
			attempts := 0
			mock.RegisterNoResponder(func(req *http.Request) (*http.Response, error) {
				attempts++
				assert.Equal(t, o.method, req.Method)
				return tc.fail(req)
			})
			ids, _ := o.ids("fine")

			got, err := o.call(t.Context(), client, ids)

			require.Error(t, err, tc.name)
			assert.Nil(t, got, tc.name)
			want := 3
			if o.once && !tc.safe {
				want = 1
			}
			assert.Equal(t, want, attempts, tc.name)
			if tc.name == "lost answer" {
				assert.Equal(t, o.once, strings.Contains(err.Error(), "the request may have been carried out"), err.Error())
			}
		}
	})
}

// A goldenRequest is an entry of testdata/golden/requests.json, which was written from the API reference. Query pairs are unescaped.
type goldenRequest struct {
	Operation string
	Method    string
	Path      string
	Query     []string
	Accept    string
	Body      json.RawMessage
}

var paris = time.FixedZone("CEST", 2*60*60)

// goldenCalls perform the requests of testdata/golden/requests.json, under the same names.
var goldenCalls = map[string]func(context.Context, *clevercloud.Client) error{
	"all invoices": func(ctx context.Context, c *clevercloud.Client) error {
		_, err := c.Billing.ListInvoices(ctx, "orga_1", clevercloud.InvoiceQuery{})
		return err
	},
	"invoices of a period": func(ctx context.Context, c *clevercloud.Client) error {
		_, err := c.Billing.ListInvoices(ctx, "user_1", clevercloud.InvoiceQuery{
			Limit: 50, Since: time.Date(2025, 1, 1, 1, 0, 0, 0, paris), Until: time.Date(2025, 6, 30, 23, 59, 59, 987_654_321, time.UTC),
		})
		return err
	},
	"invoices as a sequence": func(ctx context.Context, c *clevercloud.Client) error {
		for _, err := range c.Billing.Invoices(ctx, "orga_1", clevercloud.InvoiceQuery{Limit: 1}) {
			return err
		}
		return nil
	},
	"one invoice": func(ctx context.Context, c *clevercloud.Client) error {
		_, err := c.Billing.GetInvoice(ctx, "orga_1", "F20250718-021327")
		return err
	},
	"the page of an invoice": func(ctx context.Context, c *clevercloud.Client) error {
		_, err := c.Billing.DownloadInvoiceHTML(ctx, "orga_1", "F20250718-021327", &bytes.Buffer{})
		return err
	},
	"the document of an invoice": func(ctx context.Context, c *clevercloud.Client) error {
		_, err := c.Billing.DownloadInvoicePDF(ctx, "orga_1", "F20250718-021327", &bytes.Buffer{})
		return err
	},
	"all deployments": func(ctx context.Context, c *clevercloud.Client) error {
		_, err := c.Orchestration.ListDeployments(ctx, "orga_1", "app_1", clevercloud.DeploymentQuery{})
		return err
	},
	"some deployments": func(ctx context.Context, c *clevercloud.Client) error {
		_, err := c.Orchestration.ListDeployments(ctx, "orga_1", "app_1", clevercloud.DeploymentQuery{
			Limit: 1000, Order: clevercloud.OrderAsc,
			Actions: []clevercloud.DeploymentAction{clevercloud.DeploymentActionDeploy, clevercloud.DeploymentActionUpscale},
		})
		return err
	},
	"one deployment": func(ctx context.Context, c *clevercloud.Client) error {
		_, err := c.Orchestration.GetDeployment(ctx, "orga_1", "app_1", "deployment_1")
		return err
	},
	"all instances": func(ctx context.Context, c *clevercloud.Client) error {
		_, err := c.Orchestration.ListInstances(ctx, "orga_1", "app_1", clevercloud.InstanceQuery{})
		return err
	},
	"instances by every filter": func(ctx context.Context, c *clevercloud.Client) error {
		_, err := c.Orchestration.ListInstances(ctx, "orga_1", "app_1", clevercloud.InstanceQuery{
			DeploymentID: "deployment_1", Limit: 10, ExcludeDeleted: true,
			Since: time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC), Until: time.Date(2025, 2, 3, 4, 5, 6, 7_000_000, time.UTC),
			Order:         clevercloud.OrderDesc,
			IncludeStates: []clevercloud.InstanceState{clevercloud.InstanceStateUp, clevercloud.InstanceStateReady},
			ExcludeStates: []clevercloud.InstanceState{clevercloud.InstanceStateGhost},
		})
		return err
	},
	"instances that are not deleted": func(ctx context.Context, c *clevercloud.Client) error {
		_, err := c.Orchestration.ListInstances(ctx, "orga_1", "app_1", clevercloud.InstanceQuery{
			ExcludeDeleted: true, ExcludeStates: []clevercloud.InstanceState{clevercloud.InstanceStateDeleted},
		})
		return err
	},
	"instances as a sequence": func(ctx context.Context, c *clevercloud.Client) error {
		for _, err := range c.Orchestration.Instances(ctx, "orga_1", "app_1", clevercloud.InstanceQuery{}) {
			return err
		}
		return nil
	},
	"default load balancers": func(ctx context.Context, c *clevercloud.Client) error {
		_, err := c.LoadBalancers.GetDefault(ctx, "orga_1", "app_1")
		return err
	},
	"new drain": func(ctx context.Context, c *clevercloud.Client) error {
		_, err := c.Drains.Create(ctx, "orga_1", "app_1", clevercloud.DrainInput{
			Kind:      clevercloud.DrainKindAccessLog,
			Recipient: clevercloud.RawRecipient{URL: "https://logs.example.com/in?a=1&b=<2>", Username: "shipper", Password: "p&ss\"word"},
		})
		return err
	},
	"new drain of a kind without a contract name": func(ctx context.Context, c *clevercloud.Client) error {
		_, err := c.Drains.Create(ctx, "orga_1", "app_1", clevercloud.DrainInput{
			Kind: clevercloud.DrainKindLog, Recipient: &clevercloud.BetterStackRecipient{URL: "https://in.example.com", SourceToken: "t0ken"},
		})
		return err
	},
	"all drains": func(ctx context.Context, c *clevercloud.Client) error {
		_, err := c.Drains.List(ctx, "orga_1", "app_1", clevercloud.DrainQuery{})
		return err
	},
	"drains by every filter": func(ctx context.Context, c *clevercloud.Client) error {
		_, err := c.Drains.List(ctx, "orga_1", "app_1", clevercloud.DrainQuery{
			Statuses:                 []clevercloud.DrainStatus{clevercloud.DrainStatusEnabled, clevercloud.DrainStatusDisabled},
			ExecutionStatuses:        []clevercloud.DrainExecutionStatus{clevercloud.DrainExecutionStatusRetrying, clevercloud.DrainExecutionStatusRunning},
			ExcludeExecutionStatuses: []clevercloud.DrainExecutionStatus{clevercloud.DrainExecutionStatusNotRunning, "A B"},
		})
		return err
	},
	"one drain": func(ctx context.Context, c *clevercloud.Client) error {
		_, err := c.Drains.Get(ctx, "orga_1", "app_1", "drain_1")
		return err
	},
	"drain deleted": func(ctx context.Context, c *clevercloud.Client) error {
		_, err := c.Drains.Delete(ctx, "orga_1", "app_1", "drain_1")
		return err
	},
	"a keycloak": func(ctx context.Context, c *clevercloud.Client) error {
		_, err := c.Operators.Get(ctx, clevercloud.Keycloak, "keycloak_1")
		return err
	},
	"a matomo": func(ctx context.Context, c *clevercloud.Client) error {
		_, err := c.Operators.Get(ctx, clevercloud.Matomo, "matomo_1")
		return err
	},
	"a metabase": func(ctx context.Context, c *clevercloud.Client) error {
		_, err := c.Operators.Get(ctx, clevercloud.Metabase, "metabase_1")
		return err
	},
	"an otoroshi": func(ctx context.Context, c *clevercloud.Client) error {
		_, err := c.Operators.Get(ctx, clevercloud.Otoroshi, "otoroshi_1")
		return err
	},
	"reboot": func(ctx context.Context, c *clevercloud.Client) error {
		return c.Operators.Reboot(ctx, clevercloud.Metabase, "metabase_1")
	},
	"rebuild": func(ctx context.Context, c *clevercloud.Client) error {
		return c.Operators.Rebuild(ctx, clevercloud.Matomo, "matomo_1")
	},
	"network group attached": func(ctx context.Context, c *clevercloud.Client) error {
		_, err := c.Operators.AttachNetworkGroup(ctx, clevercloud.Keycloak, "keycloak_1")
		return err
	},
	"network group detached": func(ctx context.Context, c *clevercloud.Client) error {
		return c.Operators.DetachNetworkGroup(ctx, clevercloud.Otoroshi, "otoroshi_1")
	},
	"all zones": func(ctx context.Context, c *clevercloud.Client) error {
		_, err := c.Zones.List(ctx, clevercloud.ZoneQuery{})
		return err
	},
	"zones by every filter": func(ctx context.Context, c *clevercloud.Client) error {
		_, err := c.Zones.List(ctx, clevercloud.ZoneQuery{Tag: "infra:clever cloud+", OwnerID: "orga_1"})
		return err
	},
	"one zone": func(ctx context.Context, c *clevercloud.Client) error {
		_, err := c.Zones.Get(ctx, "par")
		return err
	},
	"storage policies": func(ctx context.Context, c *clevercloud.Client) error {
		_, err := c.Pulsar.GetStoragePolicies(ctx, "pulsar_1")
		return err
	},
	"storage policies in the contract's units": func(ctx context.Context, c *clevercloud.Client) error {
		_, err := c.Pulsar.UpdateStoragePolicies(ctx, "pulsar_1", clevercloud.StoragePoliciesPatch{
			Retention: clevercloud.StoragePolicyPatch{SizeInMB: clevercloud.Value[int64](10240), DurationInDays: clevercloud.Null[int64]()},
			Offload:   clevercloud.StoragePolicyPatch{SizeInMB: clevercloud.Null[int64](), DurationInDays: clevercloud.Value[int64](0)},
		})
		return err
	},
	"storage policies in the current units": func(ctx context.Context, c *clevercloud.Client) error {
		_, err := c.Pulsar.UpdateStoragePolicies(ctx, "pulsar_1", clevercloud.StoragePoliciesPatch{
			Offload: clevercloud.StoragePolicyPatch{SizeInBytes: clevercloud.Value[int64](9007199254740993), DurationInMinutes: clevercloud.Value[int64](-1)},
		})
		return err
	},
	"unpaid invoices": func(ctx context.Context, c *clevercloud.Client) error {
		_, err := c.Billing.ListUnpaidInvoices(ctx, "orga_1")
		return err
	},
	"one instance": func(ctx context.Context, c *clevercloud.Client) error {
		_, err := c.Orchestration.GetInstance(ctx, "orga_1", "app_1", "7e1d95c4-b83a-4f06-a2d7-50c9e86f1b32")
		return err
	},
	"private load balancers": func(ctx context.Context, c *clevercloud.Client) error {
		_, err := c.LoadBalancers.GetPrivate(ctx, "orga_1", "app_1")
		return err
	},
	"default load balancers of an add-on": func(ctx context.Context, c *clevercloud.Client) error {
		_, err := c.LoadBalancers.GetAddonDefault(ctx, "orga_1", "addon_1")
		return err
	},
	"private load balancers of an add-on": func(ctx context.Context, c *clevercloud.Client) error {
		_, err := c.LoadBalancers.GetAddonPrivate(ctx, "orga_1", "addon_1")
		return err
	},
	"all drains deleted": func(ctx context.Context, c *clevercloud.Client) error {
		_, err := c.Drains.DeleteAll(ctx, "orga_1", "app_1")
		return err
	},
	"drain enabled": func(ctx context.Context, c *clevercloud.Client) error {
		_, err := c.Drains.Enable(ctx, "orga_1", "app_1", "drain_1")
		return err
	},
	"drain disabled": func(ctx context.Context, c *clevercloud.Client) error {
		_, err := c.Drains.Disable(ctx, "orga_1", "app_1", "drain_1")
		return err
	},
	"cursor of a drain reset": func(ctx context.Context, c *clevercloud.Client) error {
		_, err := c.Drains.ResetCursor(ctx, "orga_1", "app_1", "drain_1")
		return err
	},
	"drain checked": func(ctx context.Context, c *clevercloud.Client) error {
		_, err := c.Drains.Check(ctx, "orga_1", "app_1", "drain_1")
		return err
	},
	"test command of a drain": func(ctx context.Context, c *clevercloud.Client) error {
		_, err := c.Drains.TestCommand(ctx, "orga_1", "app_1", "drain_1")
		return err
	},
	"new drain of an add-on": func(ctx context.Context, c *clevercloud.Client) error {
		_, err := c.Drains.Create(ctx, "orga_1", "postgresql_1", clevercloud.DrainInput{
			Kind: clevercloud.DrainKindLog, Recipient: clevercloud.RawRecipient{URL: "https://logs.example.com/in"},
		})
		return err
	},
	"all drains of an add-on": func(ctx context.Context, c *clevercloud.Client) error {
		_, err := c.Drains.List(ctx, "orga_1", "postgresql_1", clevercloud.DrainQuery{})
		return err
	},
	"one drain of an add-on": func(ctx context.Context, c *clevercloud.Client) error {
		_, err := c.Drains.Get(ctx, "orga_1", "postgresql_1", "drain_1")
		return err
	},
	"drain of an add-on deleted": func(ctx context.Context, c *clevercloud.Client) error {
		_, err := c.Drains.Delete(ctx, "orga_1", "postgresql_1", "drain_1")
		return err
	},
	"all drains of an add-on deleted": func(ctx context.Context, c *clevercloud.Client) error {
		_, err := c.Drains.DeleteAll(ctx, "orga_1", "postgresql_1")
		return err
	},
	"drain of an add-on enabled": func(ctx context.Context, c *clevercloud.Client) error {
		_, err := c.Drains.Enable(ctx, "orga_1", "postgresql_1", "drain_1")
		return err
	},
	"drain of an add-on disabled": func(ctx context.Context, c *clevercloud.Client) error {
		_, err := c.Drains.Disable(ctx, "orga_1", "postgresql_1", "drain_1")
		return err
	},
	"cursor of a drain of an add-on reset": func(ctx context.Context, c *clevercloud.Client) error {
		_, err := c.Drains.ResetCursor(ctx, "orga_1", "postgresql_1", "drain_1")
		return err
	},
	"drain of an add-on checked": func(ctx context.Context, c *clevercloud.Client) error {
		_, err := c.Drains.Check(ctx, "orga_1", "postgresql_1", "drain_1")
		return err
	},
	"test command of a drain of an add-on": func(ctx context.Context, c *clevercloud.Client) error {
		_, err := c.Drains.TestCommand(ctx, "orga_1", "postgresql_1", "drain_1")
		return err
	},
	"versions of a keycloak": func(ctx context.Context, c *clevercloud.Client) error {
		_, err := c.Operators.CheckVersion(ctx, clevercloud.Keycloak, "keycloak_1")
		return err
	},
	"version of a metabase updated": func(ctx context.Context, c *clevercloud.Client) error {
		_, err := c.Operators.UpdateVersion(ctx, clevercloud.Metabase, "metabase_1", "0.56.4")
		return err
	},
	"configuration of an otoroshi": func(ctx context.Context, c *clevercloud.Client) error {
		_, err := c.Operators.OtoroshiConfig(ctx, "otoroshi_1", &bytes.Buffer{})
		return err
	},
	"a pulsar": func(ctx context.Context, c *clevercloud.Client) error {
		_, err := c.Pulsar.Get(ctx, "pulsar_1")
		return err
	},
	"a pulsar cluster": func(ctx context.Context, c *clevercloud.Client) error {
		_, err := c.Pulsar.GetCluster(ctx, "c3")
		return err
	},
	"token of a pulsar renewed": func(ctx context.Context, c *clevercloud.Client) error {
		_, err := c.Pulsar.RenewToken(ctx, "pulsar_1")
		return err
	},
	"who am I": func(ctx context.Context, c *clevercloud.Client) error {
		_, err := c.Identity.Self(ctx)
		return err
	},
	"what is it": func(ctx context.Context, c *clevercloud.Client) error {
		_, err := c.Identity.Resolve(ctx, "keycloak_1")
		return err
	},
	"api tokens": func(ctx context.Context, c *clevercloud.Client) error {
		_, err := c.Tokens.List(ctx)
		return err
	},
	"new api token": func(ctx context.Context, c *clevercloud.Client) error {
		_, err := c.Tokens.Create(ctx, clevercloud.APITokenInput{
			Email: "camille@example.com", Password: "p&ss\"word", MFACode: "000000", Name: "CI", Description: "used by <the> pipeline",
			ExpirationDate: time.Date(2026, 6, 30, 2, 0, 0, 0, paris),
		})
		return err
	},
	"new api token with what is needed only": func(ctx context.Context, c *clevercloud.Client) error {
		_, err := c.Tokens.Create(ctx, clevercloud.APITokenInput{
			Email: "camille@example.com", Password: "pass", Name: "CI", ExpirationDate: time.Date(2026, 6, 30, 0, 0, 0, 0, time.UTC),
		})
		return err
	},
	"api token revoked": func(ctx context.Context, c *clevercloud.Client) error {
		return c.Tokens.Revoke(ctx, "api_tokens_1")
	},
}

var sdkUserAgent = regexp.MustCompile(`^acme/1\.0 clevercloud-go/\S+ \(go\S+; ` + runtime.GOOS + "/" + runtime.GOARCH + `\)$`)

func TestContract_GoldenRequests(t *testing.T) {
	t.Parallel()
	golden := decodeAs[map[string]goldenRequest](t, fixture(t, "golden/requests.json"))
	covered := map[string]bool{}
	for name, want := range golden {
		covered[want.Operation] = true
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Contains(t, goldenCalls, name)
			client, mock := newTestClient(t, clevercloud.WithAuth(auth.Bearer("t0k3n")), clevercloud.WithUserAgent("acme/1.0"))
			var operation string
			body := `{"offloadPolicies":{"durationInDays":1}}`
			if strings.HasSuffix(want.Path, "s") && want.Method == http.MethodGet {
				body = `[]`
			}
			sent := record(mock, http.StatusOK, want.Accept, body)
			observe := clevercloud.WithMiddleware(func(next http.RoundTripper) http.RoundTripper {
				return transportFunc(func(req *http.Request) (*http.Response, error) {
					operation = clevercloud.OperationFromContext(req.Context())
					return next.RoundTrip(req)
				})
			})
			client, err := client.With(observe)
			require.NoError(t, err)

			// Whether the answer is to its liking is not asked here.
			_ = goldenCalls[name](t.Context(), client)

			got := sent.only(t)
			assert.Equal(t, want.Operation, operation)
			assert.Equal(t, want.Method, got.Method)
			assert.Equal(t, "/prefix"+want.Path, got.Path)
			assert.Equal(t, want.Query, got.Query)
			header := http.Header{"Accept": {want.Accept}, "Authorization": {"Bearer t0k3n"}, "User-Agent": got.Header["User-Agent"]}
			if want.Body == nil {
				assert.Empty(t, got.Body)
			} else {
				header["Content-Type"] = []string{"application/json"}
				assert.JSONEq(t, string(want.Body), got.Body)
			}
			assert.Equal(t, header, got.Header)
			assert.Regexp(t, sdkUserAgent, got.Header.Get("User-Agent"))
		})
	}
	for name := range goldenCalls {
		assert.Contains(t, golden, name, "a call without its golden request")
	}
	for _, o := range contract {
		assert.True(t, covered[o.id], "%s has no golden request", o.id)
	}
}

type transportFunc func(*http.Request) (*http.Response, error)

func (f transportFunc) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }
