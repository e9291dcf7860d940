package clevercloud_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/auth"
	"github.com/clevercloud-go/clevercloud/clevertest"
)

func ExampleNew() {
	client, err := clevercloud.New(
		clevercloud.WithAuth(auth.Bearer("your API token")),
		clevercloud.WithUserAgent("acme-deployer/2.1"),
		clevercloud.WithTimeout(20*time.Second),
	)
	fmt.Println(client != nil, err)

	_, err = clevercloud.New(clevercloud.WithBaseURL("http://api.example.com"))
	fmt.Println(err)
	// Output:
	// true <nil>
	// clevercloud: WithBaseURL: must be https, or http to a loopback address
}

func ExampleClient_With() {
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client()

	impatient, err := client.With(clevercloud.WithMaxRetries(0), clevercloud.WithTimeout(time.Second))
	if err != nil {
		fmt.Println(err)
		return
	}
	server.Inject(clevertest.Fault{Path: "zones.list", Status: http.StatusServiceUnavailable, Times: 1})
	_, err = impatient.Zones.List(context.Background(), clevercloud.ZoneQuery{})
	fmt.Println(errors.Is(err, clevercloud.ErrUnavailable))
	// Output: true
}

func ExampleClient_Do() {
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client()

	var self struct {
		Email string `json:"email"`
	}
	if err := client.Do(context.Background(), http.MethodGet, "/v2/self", nil, &self); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(self.Email == server.Email)
	// Output: true
}

func ExampleAPIError() {
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client()

	_, err := client.Drains.Get(context.Background(), server.OwnerID, server.ApplicationID, "drain_nope")
	fmt.Println(errors.Is(err, clevercloud.ErrNotFound))

	_, err = client.Orchestration.ListInstances(context.Background(), server.OwnerID, server.ApplicationID, clevercloud.InstanceQuery{Limit: 5000})
	var refusal *clevercloud.APIError
	if errors.As(err, &refusal) {
		fmt.Println(refusal.StatusCode, refusal.Code, refusal.Fields[0].Name)
	}
	// Output:
	// true
	// 400 clever.core.bad-request limit
}

func ExampleWithResponse() {
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client(clevercloud.WithRetry(clevercloud.RetryPolicy{MinWait: time.Millisecond}))
	server.Inject(clevertest.Fault{Path: "zones.get", Status: http.StatusBadGateway, Times: 2})

	var meta clevercloud.Response
	zone, err := client.Zones.Get(context.Background(), "par", clevercloud.WithResponse(&meta))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(zone.City, meta.StatusCode, meta.Attempts, meta.RequestID != "")
	// Output: Paris 200 3 true
}

func ExampleWithMiddleware() {
	server := clevertest.NewServer()
	defer server.Close()
	count := func(next http.RoundTripper) http.RoundTripper {
		return roundTripFunc(func(req *http.Request) (*http.Response, error) {
			fmt.Println(clevercloud.OperationFromContext(req.Context()))
			return next.RoundTrip(req)
		})
	}
	client := server.Client(clevercloud.WithMiddleware(count))

	_, _ = client.Zones.Get(context.Background(), "par")
	_, _ = client.Billing.ListInvoices(context.Background(), server.OwnerID, clevercloud.InvoiceQuery{})
	// Output:
	// zones.get
	// billing.list-invoices
}

type roundTripFunc func(*http.Request) (*http.Response, error)

func (f roundTripFunc) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

func ExampleBillingService_Invoices() {
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client()

	unpaid := 0
	everything := clevercloud.InvoiceQuery{Since: time.Date(2010, 8, 1, 0, 0, 0, 0, time.UTC)}
	for invoice, err := range client.Billing.Invoices(context.Background(), server.OwnerID, everything) {
		if err != nil {
			fmt.Println(err)
			return
		}
		if invoice.Status.IsUnpaid() {
			unpaid++
		}
	}
	fmt.Println(unpaid)
	// Output: 2
}

func ExampleBillingService_GetInvoice() {
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client()

	invoice, err := client.Billing.GetInvoice(context.Background(), server.OwnerID, server.InvoiceNumber)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(invoice.Number == server.InvoiceNumber, invoice.Status, invoice.Currency, len(invoice.Uptimes) > 0)
	// Output: true PAID EUR true
}

// A document is whole under its name, or not there.
func ExampleBillingService_DownloadInvoicePDF() {
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client()
	dir, _ := os.MkdirTemp("", "invoices")
	defer os.RemoveAll(dir)

	save := func(name string) error {
		file, err := os.CreateTemp(dir, "*.part")
		if err != nil {
			return err
		}
		defer os.Remove(file.Name())
		_, err = client.Billing.DownloadInvoicePDF(context.Background(), server.OwnerID, server.InvoiceNumber, file)
		if err = errors.Join(err, file.Close()); err != nil {
			return err
		}
		return os.Rename(file.Name(), filepath.Join(dir, name))
	}
	fmt.Println(save("invoice.pdf"))

	content, _ := os.ReadFile(filepath.Join(dir, "invoice.pdf"))
	fmt.Println(string(content[:5]))
	// Output:
	// <nil>
	// %PDF-
}

func ExampleOrchestrationService_WaitForDeployment() {
	server := clevertest.NewServer(clevertest.WithStepDuration(10 * time.Millisecond))
	defer server.Close()
	client := server.Client()
	id := server.AddDeployment(server.ApplicationID, clevertest.Deployment{State: "QUEUED"})

	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	deployment, err := client.Orchestration.WaitForDeployment(ctx, server.OwnerID, server.ApplicationID, id,
		clevercloud.DeploymentWait{Interval: time.Millisecond, MaxInterval: time.Millisecond})
	var failed *clevercloud.DeploymentError
	switch {
	case errors.As(err, &failed):
		fmt.Println("ended as", failed.Deployment.State)
	case err != nil:
		fmt.Println(err)
	default:
		fmt.Println(deployment.State)
	}
	// Output: SUCCEEDED
}

func ExampleOrchestrationService_Instances() {
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client()
	server.AddInstances(server.ApplicationID, slices.Repeat([]clevertest.Instance{{State: "DELETED"}}, 2500)...)

	n := 0
	for instance, err := range client.Orchestration.Instances(context.Background(), server.OwnerID, server.ApplicationID, clevercloud.InstanceQuery{
		IncludeStates: []clevercloud.InstanceState{clevercloud.InstanceStateDeleted},
	}) {
		if err != nil {
			fmt.Println(err)
			return
		}
		if instance.State.IsTerminal() {
			n++
		}
	}
	fmt.Println(n >= 2500)
	// Output: true
}

func ExampleLoadBalancersService_GetDefault() {
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client()

	balancers, err := client.LoadBalancers.GetDefault(context.Background(), server.OwnerID, server.ApplicationID)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, balancer := range balancers {
		fmt.Println(balancer.DNS.CNAME)
	}
	// Output: domain.par.clever-cloud.com
}

func ExampleLogsService_Stream() {
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client()
	server.AppendLogs(server.ApplicationID, clevertest.LogEntry{Message: "ready to serve"})

	query := clevercloud.LogQuery{Since: time.Now().Add(-time.Hour), Filter: "READY", Limit: 1}
	for entry, err := range client.Logs.Stream(context.Background(), server.OwnerID, server.ApplicationID, query) {
		var malformed *clevercloud.LogDecodeError
		if errors.As(err, &malformed) {
			continue
		}
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(entry.Service, entry.Message)
	}
	// Output: bas-deploy ready to serve
}

func ExampleDrainsService_Create() {
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client()

	drain, err := client.Drains.Create(context.Background(), server.OwnerID, server.ApplicationID, clevercloud.DrainInput{
		Kind: clevercloud.DrainKindLog,
		Recipient: clevercloud.ElasticsearchRecipient{
			URL: "https://es.example.com:9200/_bulk", Index: "shop-logs", Username: "elastic", Password: "not shown",
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(drain.Status.Status, drain.Recipient)
	// Output: CREATED ElasticsearchRecipient{URL:https://es.example.com:9200/_bulk Index:shop-logs Username:elastic Password:[redacted] TLSVerification:}
}

func ExampleOperatorsService_AttachNetworkGroup() {
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client()

	operator, err := client.Operators.AttachNetworkGroup(context.Background(), clevercloud.Keycloak, server.KeycloakID)
	if err != nil {
		fmt.Println(err)
		return
	}
	_, attached := operator.Features.NetworkGroup()
	fmt.Println(operator.Name, attached, operator.InitialCredentials.Password)
	// Output: sso true [redacted]
}

func ExampleZonesService_List() {
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client()

	zones, err := client.Zones.List(context.Background(), clevercloud.ZoneQuery{Tag: "certification:hds"})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, zone := range zones {
		fmt.Println(zone.Name, zone.City)
	}
	// Output:
	// parhds Paris
	// rbxhds Roubaix
}

// Size without a bound, age of two weeks, offload as it is.
func ExamplePulsarService_UpdateStoragePolicies() {
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client()

	policies, err := client.Pulsar.UpdateStoragePolicies(context.Background(), server.PulsarID, clevercloud.StoragePoliciesPatch{
		Retention: clevercloud.StoragePolicyPatch{
			SizeInMB:       clevercloud.Null[int64](),
			DurationInDays: clevercloud.Value[int64](14),
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(policies.Retention.SizeInMB, *policies.Retention.DurationInDays)
	// Output: <nil> 14
}
