package acceptance_test

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
	"github.com/clevercloud-go/clevercloud/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestContract_Request(t *testing.T) {
	testkit.ForEachOperation(t, func(t *testing.T, o testkit.Operation) {
		client, mock := testkit.MockClient(t)
		sent := o.Answer(t, mock)
		ids, _ := o.IDs(`a/b?c%d é#;.`)

		_, err := o.Call(t.Context(), client, ids)

		require.NoError(t, err)
		got := sent.Only(t)
		assert.Equal(t, o.Method, got.Method)
		path := o.Path
		if o.Fixed != "" {
			path = strings.Replace(path, testkit.Placeholder.FindString(path), o.Fixed, 1)
		}
		path = strings.Replace(path, "{applicationId}", "app_{applicationId}", 1)
		assert.Equal(t, "/prefix"+testkit.Placeholder.ReplaceAllLiteralString(path, `a%2Fb%3Fc%25d%20%C3%A9%23%3B.`), got.Path)
		assert.Empty(t, got.Query)
	})
}

func TestContract_BadPathArgumentIsRefusedUnsent(t *testing.T) {
	testkit.ForEachOperation(t, func(t *testing.T, o testkit.Operation) {
		client, mock := testkit.MockClient(t)
		sent := o.Answer(t, mock)
		for bad, reason := range map[string]string{"": "must not be empty", ".": `must not be "."`, "..": `must not be ".."`} {
			ids, names := o.IDs("fine")
			for i, name := range names {
				if i == 0 && o.Fixed != "" {
					continue
				}
				ids[i] = bad

				got, err := o.Call(t.Context(), client, ids)

				var refusal *clevercloud.ValidationError
				require.ErrorAs(t, err, &refusal, "%s = %q", name, bad)
				assert.Equal(t, &clevercloud.ValidationError{Operation: o.ID, Argument: name, Reason: reason}, refusal)
				require.ErrorIs(t, err, clevercloud.ErrInvalidArgument)
				assert.Nil(t, got)
				ids[i] = "fine"
			}
		}
		assert.Zero(t, sent.Count(), "requests sent")
	})
}

func TestContract_NotFound(t *testing.T) {
	testkit.ForEachOperation(t, func(t *testing.T, o testkit.Operation) {
		client, mock := testkit.MockClient(t)
		testkit.Always(mock, http.StatusNotFound, testkit.Fixture(t, "errors/ovd_not_found_resource.json"))
		ids, _ := o.IDs("fine")

		got, err := o.Call(t.Context(), client, ids)

		require.ErrorIs(t, err, clevercloud.ErrNotFound)
		assert.Nil(t, got)
		var failed *clevercloud.APIError
		require.ErrorAs(t, err, &failed)
		assert.Equal(t, http.StatusNotFound, failed.StatusCode)
		assert.Equal(t, "clever.core.not-found", failed.Code)
		assert.Equal(t, "Resource not found", failed.Message)
		assert.Equal(t, "request_http_5e20b9d4-7f61-4c83-a0d5-91e6c4f7b832", failed.APIRequestID)
		assert.Equal(t, "01K3EXAMPLE", failed.RequestID)
		assert.Equal(t, o.ID, failed.Operation)
		assert.Equal(t, o.Method, failed.Method)
		assert.Equal(t, o.Path, failed.Path)
		assert.Equal(t, 1, failed.Attempts)
		assert.Equal(t, "clevercloud: "+o.ID+": 404 not found: Resource not found (clever.core.not-found, sozu-id 01K3EXAMPLE)", err.Error())
	})
}

func TestContract_ProxyErrorInHTML(t *testing.T) {
	testkit.ForEachOperation(t, func(t *testing.T, o testkit.Operation) {
		client, mock := testkit.MockClient(t)
		page := testkit.Fixture(t, "errors/gateway_503.html")
		testkit.Record(mock, http.StatusServiceUnavailable, "text/html; charset=utf-8", page)
		ids, _ := o.IDs("fine")

		got, err := o.Call(t.Context(), client, ids)

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
	testkit.ForEachOperation(t, func(t *testing.T, o testkit.Operation) {
		if o.Foreign == "" {
			return // the body is not read, or its fault is not final
		}
		for _, tc := range []struct{ name, kind, body, at string }{
			{"JSON of another shape", "application/json", o.Foreign, o.At},
			{"a page where JSON was asked for", "text/html", "<!DOCTYPE html><title>sign in</title>", ""},
			{"nothing", "", "", ""},
			{"cut short", "application/json", `{"id":"x`, ""},
		} {
			if o.Accept == tc.kind || o.Accept != "" && tc.kind == "" && tc.body != "" {
				continue
			}
			client, mock := testkit.MockClient(t)
			testkit.Record(mock, http.StatusOK, tc.kind, tc.body)
			ids, _ := o.IDs("fine")

			got, err := o.Call(t.Context(), client, ids)

			if tc.body == "" && (o.Foreign[0] == '[' || o.Bare) {
				// A list may be empty, and a drain need not come back.
				require.NoError(t, err)
				assert.NotNil(t, got)
				continue
			}
			var undecoded *clevercloud.DecodeError
			require.ErrorAs(t, err, &undecoded, tc.name)
			assert.Equal(t, o.ID, undecoded.Operation, tc.name)
			assert.Equal(t, tc.at, undecoded.Path, tc.name)
			assert.Equal(t, "01K3EXAMPLE", undecoded.RequestID, tc.name)
			assert.Nil(t, got, tc.name)
			switch {
			case secretResults[o.ID]:
				assert.Empty(t, undecoded.Body, tc.name)
			case o.Accept == "":
				assert.Equal(t, tc.body, string(undecoded.Body), tc.name)
			}
			assert.True(t, strings.HasPrefix(err.Error(), "clevercloud: "+o.ID+": decode response: "), err.Error())
		}
	})
}

func TestContract_EmptyAnswer(t *testing.T) {
	testkit.ForEachOperation(t, func(t *testing.T, o testkit.Operation) {
		client, mock := testkit.MockClient(t)
		testkit.Record(mock, http.StatusNoContent, "", "")
		ids, _ := o.IDs("fine")

		got, err := o.Call(t.Context(), client, ids)

		switch {
		case o.Bare:
			require.NoError(t, err)
			assert.Equal(t, &clevercloud.Drain{ID: "fine"}, got)
		case o.OK == "":
			require.NoError(t, err)
		case strings.HasPrefix(o.Foreign, "["):
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
	testkit.ForEachOperation(t, func(t *testing.T, o testkit.Operation) {
		client, mock := testkit.MockClient(t)
		cause := errors.New("changed my mind")
		ctx, cancel := context.WithCancelCause(t.Context())
		mock.RegisterNoResponder(func(*http.Request) (*http.Response, error) {
			cancel(cause)
			return nil, context.Canceled
		})
		ids, _ := o.IDs("fine")

		got, err := o.Call(ctx, client, ids)

		require.ErrorIs(t, err, context.Canceled)
		assert.Nil(t, got)
		assert.True(t, strings.HasPrefix(err.Error(), "clevercloud: "+o.ID+": context canceled"), err.Error())

		var missing context.Context
		_, err = o.Call(missing, client, ids)
		assert.Equal(t, &clevercloud.ValidationError{Operation: o.ID, Argument: "ctx", Reason: "must not be nil"}, err)
	})
}

// A failure that leaves open whether the API has acted is repeated for what may be done twice, and only for that.
func TestContract_Repeats(t *testing.T) {
	testkit.ForEachOperation(t, func(t *testing.T, o testkit.Operation) {
		for _, tc := range []struct {
			name string
			// fail is what becomes of an attempt that reached the API.
			fail func(*http.Request) (*http.Response, error)
			// safe is a failure after which the API cannot have acted.
			safe bool
		}{
			{"lost answer", func(*http.Request) (*http.Response, error) { return nil, io.ErrUnexpectedEOF }, false},
			{"unavailable", func(req *http.Request) (*http.Response, error) {
				return testkit.Answer(req, http.StatusServiceUnavailable, "application/json", "{}"), nil
			}, false},
			{"too many requests", func(req *http.Request) (*http.Response, error) {
				return testkit.Answer(req, http.StatusTooManyRequests, "application/json", "{}"), nil
			}, true},
		} {
			client, mock := testkit.MockClient(t, clevercloud.WithRetry(clevercloud.RetryPolicy{MaxRetries: 2, MinWait: 1, MaxWait: 1}),
				clevercloud.WithMaxRetries(2))
			attempts := 0
			mock.RegisterNoResponder(func(req *http.Request) (*http.Response, error) {
				attempts++
				assert.Equal(t, o.Method, req.Method)
				return tc.fail(req)
			})
			ids, _ := o.IDs("fine")

			got, err := o.Call(t.Context(), client, ids)

			require.Error(t, err, tc.name)
			assert.Nil(t, got, tc.name)
			want := 3
			if o.Once && !tc.safe {
				want = 1
			}
			assert.Equal(t, want, attempts, tc.name)
			if tc.name == "lost answer" {
				assert.Equal(t, o.Once, strings.Contains(err.Error(), "the request may have been carried out"), err.Error())
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

// goldenCalls perform the requests of testdata/golden/requests.json, under the same names.
var goldenCalls = map[string]func(context.Context, *clevercloud.Client) error{
	"all invoices": func(ctx context.Context, c *clevercloud.Client) error {
		_, err := c.Billing.ListInvoices(ctx, "orga_1", clevercloud.InvoiceQuery{})
		return err
	},
	"invoices of a period": func(ctx context.Context, c *clevercloud.Client) error {
		_, err := c.Billing.ListInvoices(ctx, "user_1", clevercloud.InvoiceQuery{
			Limit: 50, Since: time.Date(2025, 1, 1, 1, 0, 0, 0, testkit.Paris), Until: time.Date(2025, 6, 30, 23, 59, 59, 987_654_321, time.UTC),
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
	"new drain without a check of its recipient": func(ctx context.Context, c *clevercloud.Client) error {
		_, err := c.Drains.Create(ctx, "orga_1", "app_1", clevercloud.DrainInput{
			Kind: clevercloud.DrainKindLog, Recipient: clevercloud.SyslogUDPRecipient{URL: "udp://syslog.example.com:514"}, SkipCheck: true,
		})
		return err
	},
	"new drain of audit logs": func(ctx context.Context, c *clevercloud.Client) error {
		_, err := c.Drains.CreateForOwner(ctx, "orga_1", clevercloud.DrainInput{
			Kind: clevercloud.DrainKindAuditLog, Recipient: clevercloud.RawRecipient{URL: "https://audit.example.com/in"},
		})
		return err
	},
	"all drains of an owner": func(ctx context.Context, c *clevercloud.Client) error {
		_, err := c.Drains.ListForOwner(ctx, "orga_1", clevercloud.DrainQuery{})
		return err
	},
	"drains of an owner by every filter": func(ctx context.Context, c *clevercloud.Client) error {
		_, err := c.Drains.ListForOwner(ctx, "orga_1", clevercloud.DrainQuery{
			Statuses:                 []clevercloud.DrainStatus{"ENABLED", "DISABLED"},
			ExecutionStatuses:        []clevercloud.DrainExecutionStatus{"RUNNING"},
			ExcludeExecutionStatuses: []clevercloud.DrainExecutionStatus{"RETRYING"},
		})
		return err
	},
	"one drain of an owner": func(ctx context.Context, c *clevercloud.Client) error {
		_, err := c.Drains.GetForOwner(ctx, "user_1", "drain_1")
		return err
	},
	"drain of an owner deleted": func(ctx context.Context, c *clevercloud.Client) error {
		_, err := c.Drains.DeleteForOwner(ctx, "orga_1", "drain_1")
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
			ExpirationDate: time.Date(2026, 6, 30, 2, 0, 0, 0, testkit.Paris),
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
	golden := testkit.DecodeAs[map[string]goldenRequest](t, testkit.Fixture(t, "golden/requests.json"))
	covered := map[string]bool{}
	for name, want := range golden {
		covered[want.Operation] = true
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Contains(t, goldenCalls, name)
			client, mock := testkit.MockClient(t, clevercloud.WithAuth(auth.Bearer("t0k3n")), clevercloud.WithUserAgent("acme/1.0"))
			var operation string
			body := `{"offloadPolicies":{"durationInDays":1}}`
			if strings.HasSuffix(want.Path, "s") && want.Method == http.MethodGet {
				body = `[]`
			}
			sent := testkit.Record(mock, http.StatusOK, want.Accept, body)
			observe := clevercloud.WithMiddleware(func(next http.RoundTripper) http.RoundTripper {
				return testkit.RoundTripFunc(func(req *http.Request) (*http.Response, error) {
					operation = clevercloud.OperationFromContext(req.Context())
					return next.RoundTrip(req)
				})
			})
			client, err := client.With(observe)
			require.NoError(t, err)

			// Whether the answer is to its liking is not asked here.
			_ = goldenCalls[name](t.Context(), client)

			got := sent.Only(t)
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
	for _, o := range testkit.Contract {
		assert.True(t, covered[o.ID], "%s has no golden request", o.ID)
	}
}
