package testkit

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"regexp"
	"testing"

	"github.com/clevercloud-go/clevercloud"
	"github.com/jarcoal/httpmock"
)

// A Operation is one line of the API reference and the method that performs it. The log streams, which answer with no JSON, have
// tests of their own.
type Operation struct {
	ID, Method, Path string
	// ok is what the API answers; empty is a 204.
	OK string
	// foreign is JSON of another shape, and at where its fault lies; both are empty where no body is read.
	Foreign, At string
	// accept is the media type asked for; empty is JSON.
	Accept string
	// fixed is the value of the first placeholder where the caller has no say; empty where there is one.
	Fixed string
	// bare is for an answer without a body: the result has the id only.
	Bare bool
	// once is for writes that do more each time, by the reference's table of what is safe to repeat.
	Once bool
	Call func(context.Context, *clevercloud.Client, []string) (any, error)
}

const operatorTemplate = "/v4/addon-providers/addon-{operator_name}/addons/{operator_id}"

var Contract = []Operation{
	{
		ID: "billing.list-invoices", Method: http.MethodGet, Path: "/v4/billing/organisations/{orgid}/invoices",
		OK: "billing/invoices_list.json", Foreign: `[{"invoice_number":"F1"},{"total_tax":{"amount":"much"}}]`, At: "[1].total_tax.amount",
		Call: func(ctx context.Context, c *clevercloud.Client, id []string) (any, error) {
			return Result(c.Billing.ListInvoices(ctx, clevercloud.OwnerID(id[0]), clevercloud.InvoiceQuery{}))
		},
	},
	{
		ID: "billing.list-unpaid-invoices", Method: http.MethodGet,
		Path: "/v4/billing/organisations/{orgid}/invoices/unpaid",
		OK:   "billing/invoices_unpaid.json", Foreign: `[{"address":[]}]`, At: "[0].address",
		Call: func(ctx context.Context, c *clevercloud.Client, id []string) (any, error) {
			return Result(c.Billing.ListUnpaidInvoices(ctx, clevercloud.OwnerID(id[0])))
		},
	},
	{
		ID: "billing.get-invoice", Method: http.MethodGet, Path: "/v4/billing/organisations/{orgid}/invoices/{invoiceid}",
		OK: "billing/invoice_full.json", Foreign: `{"uptimes":[{"details":[{"price":{"currency":5}}]}]}`, At: "uptimes[0].details[0].price.currency",
		Call: func(ctx context.Context, c *clevercloud.Client, id []string) (any, error) {
			return Result(c.Billing.GetInvoice(ctx, clevercloud.OwnerID(id[0]), clevercloud.InvoiceNumber(id[1])))
		},
	},
	{
		ID: "billing.download-invoice-html", Method: http.MethodGet, Path: "/v4/billing/organisations/{orgid}/invoices/{invoiceid}.html",
		OK: "billing/invoice.html", Foreign: `{}`, Accept: "text/html",
		Call: func(ctx context.Context, c *clevercloud.Client, id []string) (any, error) {
			return Result(c.Billing.DownloadInvoiceHTML(ctx, clevercloud.OwnerID(id[0]), clevercloud.InvoiceNumber(id[1]), &bytes.Buffer{}))
		},
	},
	{
		ID: "billing.download-invoice-pdf", Method: http.MethodGet, Path: "/v4/billing/organisations/{orgid}/invoices/{invoiceid}.pdf",
		OK: "billing/invoice.html", Foreign: `{}`, Accept: "application/pdf",
		Call: func(ctx context.Context, c *clevercloud.Client, id []string) (any, error) {
			return Result(c.Billing.DownloadInvoicePDF(ctx, clevercloud.OwnerID(id[0]), clevercloud.InvoiceNumber(id[1]), &bytes.Buffer{}))
		},
	},
	{
		ID: "orchestration.list-deployments", Method: http.MethodGet,
		Path: "/v4/orchestration/organisations/{ownerId}/applications/{applicationId}/deployments",
		OK:   "deployments/list.json", Foreign: `[{"steps":[{"date":"today"}]}]`, At: "[0].steps[0].date",
		Call: func(ctx context.Context, c *clevercloud.Client, id []string) (any, error) {
			return Result(c.Orchestration.ListDeployments(ctx, clevercloud.OwnerID(id[0]), clevercloud.ApplicationID(id[1]), clevercloud.DeploymentQuery{}))
		},
	},
	{
		ID: "orchestration.get-deployment", Method: http.MethodGet,
		Path: "/v4/orchestration/organisations/{ownerId}/applications/{applicationId}/deployments/{deploymentId}",
		OK:   "deployments/get.json", Foreign: `{"origin":{"constraints":"none"}}`, At: "origin.constraints",
		Call: func(ctx context.Context, c *clevercloud.Client, id []string) (any, error) {
			return Result(c.Orchestration.GetDeployment(ctx, clevercloud.OwnerID(id[0]), clevercloud.ApplicationID(id[1]), clevercloud.DeploymentID(id[2])))
		},
	},
	{
		ID: "orchestration.list-instances", Method: http.MethodGet,
		Path: "/v4/orchestration/organisations/{ownerId}/applications/{applicationId}/instances",
		OK:   "instances/list.json", Foreign: `[{"network":{"ip":"10.0.0.1","port":"8080"}}]`, At: "[0].network.port",
		Call: func(ctx context.Context, c *clevercloud.Client, id []string) (any, error) {
			return Result(c.Orchestration.ListInstances(ctx, clevercloud.OwnerID(id[0]), clevercloud.ApplicationID(id[1]), clevercloud.InstanceQuery{}))
		},
	},
	{
		ID: "orchestration.get-instance", Method: http.MethodGet,
		Path: "/v4/orchestration/organisations/{ownerId}/applications/{applicationId}/instances/{instanceId}",
		OK:   "instances/get.json", Foreign: `{"index":"first"}`, At: "index",
		Call: func(ctx context.Context, c *clevercloud.Client, id []string) (any, error) {
			return Result(c.Orchestration.GetInstance(ctx, clevercloud.OwnerID(id[0]), clevercloud.ApplicationID(id[1]), clevercloud.InstanceID(id[2])))
		},
	},
	{
		ID: "load-balancers.get-default", Method: http.MethodGet,
		Path: "/v4/load-balancers/organisations/{ownerId}/applications/{applicationId}/load-balancers/default",
		OK:   "loadbalancers/default.json", Foreign: `[{"dns":{"a":"192.0.2.1"}}]`, At: "[0].dns.a",
		Call: func(ctx context.Context, c *clevercloud.Client, id []string) (any, error) {
			return Result(c.LoadBalancers.GetDefault(ctx, clevercloud.OwnerID(id[0]), clevercloud.ApplicationID(id[1])))
		},
	},
	{
		ID: "load-balancers.get-private", Method: http.MethodGet,
		Path: "/v4/load-balancers/organisations/{ownerId}/applications/{applicationId}/load-balancers/private",
		OK:   "loadbalancers/private_empty.json", Foreign: `[{"dns":5}]`, At: "[0].dns",
		Call: func(ctx context.Context, c *clevercloud.Client, id []string) (any, error) {
			return Result(c.LoadBalancers.GetPrivate(ctx, clevercloud.OwnerID(id[0]), clevercloud.ApplicationID(id[1])))
		},
	},
	{
		ID: "load-balancers.get-addon-default", Method: http.MethodGet,
		Path: "/v4/load-balancers/organisations/{ownerId}/addons/{addonId}/load-balancers/default",
		OK:   "loadbalancers/default.json", Foreign: `[{"id":{}}]`, At: "[0].id",
		Call: func(ctx context.Context, c *clevercloud.Client, id []string) (any, error) {
			return Result(c.LoadBalancers.GetAddonDefault(ctx, clevercloud.OwnerID(id[0]), clevercloud.AddonID(id[1])))
		},
	},
	{
		ID: "load-balancers.get-addon-private", Method: http.MethodGet,
		Path: "/v4/load-balancers/organisations/{ownerId}/addons/{addonId}/load-balancers/private",
		OK:   "loadbalancers/private_empty.json", Foreign: `[{},{"zoneId":1}]`, At: "[1].zoneId",
		Call: func(ctx context.Context, c *clevercloud.Client, id []string) (any, error) {
			return Result(c.LoadBalancers.GetAddonPrivate(ctx, clevercloud.OwnerID(id[0]), clevercloud.AddonID(id[1])))
		},
	},
	{
		ID: "drains.create", Method: http.MethodPost, Path: "/v4/drains/organisations/{ownerId}/applications/{applicationId}/drains",
		OK: "drains/created.json", Foreign: `{"recipient":{"type":{}}}`, At: "/recipient",
		Once: true,
		Call: func(ctx context.Context, c *clevercloud.Client, id []string) (any, error) {
			return Result(c.Drains.Create(ctx, clevercloud.OwnerID(id[0]), clevercloud.ApplicationID(id[1]), clevercloud.DrainInput{
				Kind: clevercloud.DrainKindLog, Recipient: clevercloud.RawRecipient{URL: "https://logs.example.com/ingest"},
			}))
		},
	},
	{
		ID: "drains.list", Method: http.MethodGet, Path: "/v4/drains/organisations/{ownerId}/applications/{applicationId}/drains",
		OK: "drains/list.json", Foreign: `[{},{"recipient":{"type":["RAW_HTTP"]}}]`, At: "/1/recipient",
		Call: func(ctx context.Context, c *clevercloud.Client, id []string) (any, error) {
			return Result(c.Drains.List(ctx, clevercloud.OwnerID(id[0]), clevercloud.ApplicationID(id[1]), clevercloud.DrainQuery{}))
		},
	},
	{
		ID: "drains.get", Method: http.MethodGet, Path: "/v4/drains/organisations/{ownerId}/applications/{applicationId}/drains/{drainId}",
		OK: "drains/enabled_raw_http.json", Foreign: `{"id":[]}`, At: "/id",
		Call: func(ctx context.Context, c *clevercloud.Client, id []string) (any, error) {
			return Result(c.Drains.Get(ctx, clevercloud.OwnerID(id[0]), clevercloud.ApplicationID(id[1]), clevercloud.DrainID(id[2])))
		},
	},
	{
		ID: "drains.delete", Method: http.MethodDelete, Path: "/v4/drains/organisations/{ownerId}/applications/{applicationId}/drains/{drainId}",
		OK: "drains/deleted.json", Foreign: `{"tenantId":{}}`, At: "/tenantId",
		Bare: true,
		Call: func(ctx context.Context, c *clevercloud.Client, id []string) (any, error) {
			return Result(c.Drains.Delete(ctx, clevercloud.OwnerID(id[0]), clevercloud.ApplicationID(id[1]), clevercloud.DrainID(id[2])))
		},
	},
	{
		ID: "drains.create-for-owner", Method: http.MethodPost, Path: "/v4/drains/organisations/{ownerId}/drains",
		OK: "drains/audit_no_resource.json", Foreign: `{"recipient":{"type":{}}}`, At: "/recipient",
		Once: true,
		Call: func(ctx context.Context, c *clevercloud.Client, id []string) (any, error) {
			return Result(c.Drains.CreateForOwner(ctx, clevercloud.OwnerID(id[0]), clevercloud.DrainInput{
				Kind: clevercloud.DrainKindAuditLog, Recipient: clevercloud.RawRecipient{URL: "https://audit.example.com/in"},
			}))
		},
	},
	{
		ID: "drains.list-for-owner", Method: http.MethodGet, Path: "/v4/drains/organisations/{ownerId}/drains",
		OK: "drains/list.json", Foreign: `[{},{"id":{}}]`, At: "/1/id",
		Call: func(ctx context.Context, c *clevercloud.Client, id []string) (any, error) {
			return Result(c.Drains.ListForOwner(ctx, clevercloud.OwnerID(id[0]), clevercloud.DrainQuery{}))
		},
	},
	{
		ID: "drains.get-for-owner", Method: http.MethodGet, Path: "/v4/drains/organisations/{ownerId}/drains/{drainId}",
		OK: "drains/audit_no_resource.json", Foreign: `{"kind":[]}`, At: "/kind",
		Call: func(ctx context.Context, c *clevercloud.Client, id []string) (any, error) {
			return Result(c.Drains.GetForOwner(ctx, clevercloud.OwnerID(id[0]), clevercloud.DrainID(id[1])))
		},
	},
	{
		ID: "drains.delete-for-owner", Method: http.MethodDelete, Path: "/v4/drains/organisations/{ownerId}/drains/{drainId}",
		OK: "drains/deleted.json", Foreign: `{"tenantId":{}}`, At: "/tenantId",
		Bare: true,
		Call: func(ctx context.Context, c *clevercloud.Client, id []string) (any, error) {
			return Result(c.Drains.DeleteForOwner(ctx, clevercloud.OwnerID(id[0]), clevercloud.DrainID(id[1])))
		},
	},
	{
		ID: "drains.delete-all", Method: http.MethodDelete,
		Path: "/v4/drains/organisations/{ownerId}/applications/{applicationId}/drains",
		OK:   "drains/list.json", Foreign: `[{},{"id":{}}]`, At: "/1/id",
		Call: func(ctx context.Context, c *clevercloud.Client, id []string) (any, error) {
			return Result(c.Drains.DeleteAll(ctx, clevercloud.OwnerID(id[0]), clevercloud.ApplicationID(id[1])))
		},
	},
	{
		ID: "drains.enable", Method: http.MethodPut,
		Path: "/v4/drains/organisations/{ownerId}/applications/{applicationId}/drains/{drainId}/enable",
		OK:   "drains/enabled_raw_http.json", Foreign: `{"kind":[]}`, At: "/kind",
		Bare: true,
		Call: func(ctx context.Context, c *clevercloud.Client, id []string) (any, error) {
			return Result(c.Drains.Enable(ctx, clevercloud.OwnerID(id[0]), clevercloud.ApplicationID(id[1]), clevercloud.DrainID(id[2])))
		},
	},
	{
		ID: "drains.disable", Method: http.MethodPut,
		Path: "/v4/drains/organisations/{ownerId}/applications/{applicationId}/drains/{drainId}/disable",
		OK:   "drains/disabled.json", Foreign: `{"status":{"drainId":{}}}`, At: "/status/drainId",
		Bare: true,
		Call: func(ctx context.Context, c *clevercloud.Client, id []string) (any, error) {
			return Result(c.Drains.Disable(ctx, clevercloud.OwnerID(id[0]), clevercloud.ApplicationID(id[1]), clevercloud.DrainID(id[2])))
		},
	},
	{
		ID: "drains.reset-cursor", Method: http.MethodPatch,
		Path: "/v4/drains/organisations/{ownerId}/applications/{applicationId}/drains/{drainId}/reset-cursor",
		OK:   "drains/enabled_raw_http.json", Foreign: `{"tenantId":[]}`, At: "/tenantId",
		Bare: true,
		Call: func(ctx context.Context, c *clevercloud.Client, id []string) (any, error) {
			return Result(c.Drains.ResetCursor(ctx, clevercloud.OwnerID(id[0]), clevercloud.ApplicationID(id[1]), clevercloud.DrainID(id[2])))
		},
	},
	{
		ID: "drains.check", Method: http.MethodPost,
		Path: "/v4/drains/organisations/{ownerId}/applications/{applicationId}/drains/{drainId}/check",
		OK:   "drains/check_ok_http.json", Foreign: `"OK"`, At: "",
		Once: true,
		Call: func(ctx context.Context, c *clevercloud.Client, id []string) (any, error) {
			return Result(c.Drains.Check(ctx, clevercloud.OwnerID(id[0]), clevercloud.ApplicationID(id[1]), clevercloud.DrainID(id[2])))
		},
	},
	{
		ID: "drains.test-command", Method: http.MethodGet,
		Path: "/v4/drains/organisations/{ownerId}/applications/{applicationId}/drains/{drainId}/test-command",
		OK:   "drains/test_command.txt", Foreign: `{}`, Accept: "text/plain",
		Call: func(ctx context.Context, c *clevercloud.Client, id []string) (any, error) {
			return Result(c.Drains.TestCommand(ctx, clevercloud.OwnerID(id[0]), clevercloud.ApplicationID(id[1]), clevercloud.DrainID(id[2])))
		},
	},
	{
		ID: "operators.get", Method: http.MethodGet, Path: operatorTemplate,
		OK: "operators/keycloak.json", Foreign: `{"api":{"url":true}}`, At: "api.url",
		Call: func(ctx context.Context, c *clevercloud.Client, id []string) (any, error) {
			return Result(c.Operators.Get(ctx, clevercloud.OperatorKind(id[0]), clevercloud.OperatorID(id[1])))
		},
	},
	{
		ID: "operators.reboot", Method: http.MethodPost, Path: operatorTemplate + "/reboot",
		Once: true,
		Call: func(ctx context.Context, c *clevercloud.Client, id []string) (any, error) {
			return nil, c.Operators.Reboot(ctx, clevercloud.OperatorKind(id[0]), clevercloud.OperatorID(id[1]))
		},
	},
	{
		ID: "operators.rebuild", Method: http.MethodPost, Path: operatorTemplate + "/rebuild",
		Once: true,
		Call: func(ctx context.Context, c *clevercloud.Client, id []string) (any, error) {
			return nil, c.Operators.Rebuild(ctx, clevercloud.OperatorKind(id[0]), clevercloud.OperatorID(id[1]))
		},
	},
	{
		ID: "operators.attach-network-group", Method: http.MethodPost, Path: operatorTemplate + "/networkgroup",
		OK: "operators/keycloak_ng_enabled.json", Foreign: `{"resources":["app_1"]}`, At: "resources",
		Once: true,
		Call: func(ctx context.Context, c *clevercloud.Client, id []string) (any, error) {
			return Result(c.Operators.AttachNetworkGroup(ctx, clevercloud.OperatorKind(id[0]), clevercloud.OperatorID(id[1])))
		},
	},
	{
		ID: "operators.detach-network-group", Method: http.MethodDelete, Path: operatorTemplate + "/networkgroup",
		Call: func(ctx context.Context, c *clevercloud.Client, id []string) (any, error) {
			return nil, c.Operators.DetachNetworkGroup(ctx, clevercloud.OperatorKind(id[0]), clevercloud.OperatorID(id[1]))
		},
	},
	{
		ID: "operators.check-version", Method: http.MethodGet,
		Path: operatorTemplate + "/version/check",
		OK:   "operators/version_check.json", Foreign: `{"available":["1",2]}`, At: "available[1]",
		Call: func(ctx context.Context, c *clevercloud.Client, id []string) (any, error) {
			return Result(c.Operators.CheckVersion(ctx, clevercloud.OperatorKind(id[0]), clevercloud.OperatorID(id[1])))
		},
	},
	{
		ID: "operators.update-version", Method: http.MethodPost,
		Path: operatorTemplate + "/version/update",
		OK:   "operators/keycloak.json", Foreign: `{"version":26}`, At: "version",
		Once: true,
		Call: func(ctx context.Context, c *clevercloud.Client, id []string) (any, error) {
			return Result(c.Operators.UpdateVersion(ctx, clevercloud.OperatorKind(id[0]), clevercloud.OperatorID(id[1]), "26.3.2"))
		},
	},
	{
		// The one operation of a single kind.
		ID: "operators.otoroshi-config", Method: http.MethodGet,
		Path: operatorTemplate + "/config.yaml", Fixed: "otoroshi",
		OK: "operators/otoroshi_config.yaml", Foreign: `{}`, Accept: "application/yaml",
		Call: func(ctx context.Context, c *clevercloud.Client, id []string) (any, error) {
			return Result(c.Operators.OtoroshiConfig(ctx, clevercloud.OperatorID(id[1]), &bytes.Buffer{}))
		},
	},
	{
		ID: "zones.list", Method: http.MethodGet, Path: "/v4/products/zones",
		OK: "zones/list.json", Foreign: `[{"lat":1},{"lat":2},{"lat":3},{"lat":"north"}]`, At: "[3].lat",
		Call: func(ctx context.Context, c *clevercloud.Client, _ []string) (any, error) {
			return Result(c.Zones.List(ctx, clevercloud.ZoneQuery{}))
		},
	},
	{
		ID: "zones.get", Method: http.MethodGet, Path: "/v4/products/zones/{name}",
		OK: "zones/get.json", Foreign: `{"tags":[["for:applications"]]}`, At: "tags[0]",
		Call: func(ctx context.Context, c *clevercloud.Client, id []string) (any, error) {
			return Result(c.Zones.Get(ctx, clevercloud.ZoneName(id[0])))
		},
	},
	{
		ID: "pulsar.get-storage-policies", Method: http.MethodGet, Path: "/v4/addon-providers/addon-pulsar/addons/{addon-id}/storage-policies",
		OK: "pulsar/policies_legacy_units.json", Foreign: `{"offloadPolicies":7}`, At: "offloadPolicies",
		Call: func(ctx context.Context, c *clevercloud.Client, id []string) (any, error) {
			return Result(c.Pulsar.GetStoragePolicies(ctx, clevercloud.PulsarID(id[0])))
		},
	},
	{
		// A foreign answer to this one is followed by a GET; see TestPulsar_UpdateStoragePolicies.
		ID: "pulsar.update-storage-policies", Method: http.MethodPatch, Path: "/v4/addon-providers/addon-pulsar/addons/{addon-id}/storage-policies",
		OK: "pulsar/policies_legacy_units.json",
		Call: func(ctx context.Context, c *clevercloud.Client, id []string) (any, error) {
			return Result(c.Pulsar.UpdateStoragePolicies(ctx, clevercloud.PulsarID(id[0]), clevercloud.StoragePoliciesPatch{
				Retention: clevercloud.StoragePolicyPatch{DurationInDays: clevercloud.Value[int64](14)},
			}))
		},
	},
	{
		ID: "pulsar.get", Method: http.MethodGet,
		Path: "/v4/addon-providers/addon-pulsar/addons/{pulsarId}",
		OK:   "pulsar/addon.json", Foreign: `{"cold_storage_linked":"yes"}`, At: "cold_storage_linked",
		Call: func(ctx context.Context, c *clevercloud.Client, id []string) (any, error) {
			return Result(c.Pulsar.Get(ctx, clevercloud.PulsarID(id[0])))
		},
	},
	{
		ID: "pulsar.get-cluster", Method: http.MethodGet,
		Path: "/v4/addon-providers/addon-pulsar/clusters/{clusterId}",
		OK:   "pulsar/cluster.json", Foreign: `{"web_port":"80"}`, At: "web_port",
		Call: func(ctx context.Context, c *clevercloud.Client, id []string) (any, error) {
			return Result(c.Pulsar.GetCluster(ctx, id[0]))
		},
	},
	{
		ID: "pulsar.renew-token", Method: http.MethodPatch,
		Path: "/v4/addon-providers/addon-pulsar/addons/{pulsarId}/renew-biscuit",
		OK:   "pulsar/addon.json", Foreign: `{"creation_date":"today"}`, At: "creation_date",
		Once: true,
		Call: func(ctx context.Context, c *clevercloud.Client, id []string) (any, error) {
			return Result(c.Pulsar.RenewToken(ctx, clevercloud.PulsarID(id[0])))
		},
	},
	{
		ID: "identity.self", Method: http.MethodGet,
		Path: "/v2/self",
		OK:   "auth/v2_self.json", Foreign: `{"email":5}`, At: "email",
		Call: func(ctx context.Context, c *clevercloud.Client, _ []string) (any, error) {
			return Result(c.Identity.Self(ctx))
		},
	},
	{
		ID: "identity.summary", Method: http.MethodGet,
		Path: "/v2/summary",
		OK:   "auth/v2_summary_excerpt.json", Foreign: `{"organisations":[{"addons":{}}]}`, At: "organisations[0].addons",
		Call: func(ctx context.Context, c *clevercloud.Client, _ []string) (any, error) {
			return Result(c.Identity.Resolve(ctx, "sso"))
		},
	},
	{
		ID: "tokens.list", Method: http.MethodGet,
		Path: "/api-tokens",
		OK:   "auth/api_tokens_list.json", Foreign: `[{"state":true}]`, At: "[0].state",
		Call: func(ctx context.Context, c *clevercloud.Client, _ []string) (any, error) {
			return Result(c.Tokens.List(ctx))
		},
	},
	{
		ID: "tokens.create", Method: http.MethodPost,
		Path: "/api-tokens",
		OK:   "auth/api_token_created.json", Foreign: `{"expirationDate":1}`, At: "expirationDate",
		Once: true,
		Call: func(ctx context.Context, c *clevercloud.Client, _ []string) (any, error) {
			return Result(c.Tokens.Create(ctx, TokenInput))
		},
	},
	{
		ID: "tokens.revoke", Method: http.MethodDelete,
		Path: "/api-tokens/{apiTokenId}",
		Call: func(ctx context.Context, c *clevercloud.Client, id []string) (any, error) {
			return nil, c.Tokens.Revoke(ctx, clevercloud.APITokenID(id[0]))
		},
	},
}

// Result gives an untyped nil for the zero value that goes with an error, so that anything else is seen.
func Result[T any](v T, err error) (any, error) {
	encoded, _ := json.Marshal(v)
	if text := string(encoded); err != nil && (text == "null" || text == "0" || text == `""`) {
		return nil, err
	}
	return v, err
}

var Placeholder = regexp.MustCompile(`\{([^}]+)\}`)

// IDs returns one value for each placeholder, and the placeholders' names. That of an application
// begins like one.
func (o Operation) IDs(value string) (values, names []string) {
	for _, match := range Placeholder.FindAllStringSubmatch(o.Path, -1) {
		id := value
		if match[1] == "applicationId" {
			id = "app_" + value
		}
		values, names = append(values, id), append(names, match[1])
	}
	return values, names
}

// Answer is what the API sends on success.
func (o Operation) Answer(t *testing.T, mock *httpmock.MockTransport) *recorder {
	t.Helper()
	if o.OK == "" {
		return Record(mock, http.StatusNoContent, "", "")
	}
	kind := o.Accept
	if kind == "" {
		kind = "application/json"
	}
	return Record(mock, http.StatusOK, kind, Fixture(t, o.OK))
}

func ForEachOperation(t *testing.T, test func(*testing.T, Operation)) {
	t.Helper()
	t.Parallel()
	for _, o := range Contract {
		t.Run(o.ID, func(t *testing.T) {
			t.Parallel()
			test(t, o)
		})
	}
}
