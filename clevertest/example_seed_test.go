package clevertest_test

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/clevertest"
)

func ExampleServer_AddOrganisation() {
	api := clevertest.NewServer()
	defer api.Close()
	owner := api.AddOrganisation("Second Shop")
	app := api.AddApplication(clevertest.Application{OwnerID: owner, Name: "till"})

	resource, err := api.Client().Identity.Resolve(context.Background(), "till")
	if err != nil {
		panic(err)
	}
	found, _ := resource.ApplicationID()
	fmt.Println(resource.OwnerID == owner, found == app)
	// Output: true true
}

func ExampleServer_AddApplication() {
	api := clevertest.NewServer()
	defer api.Close()
	app := api.AddApplication(clevertest.Application{Name: "worker", Zone: "mtl", Kind: "node"})

	deployments, err := api.Client().Orchestration.ListDeployments(context.Background(), api.OwnerID, app, clevercloud.DeploymentQuery{})
	fmt.Println(len(deployments), err)
	// Output: 0 <nil>
}

func ExampleServer_AddDeployment() {
	api := clevertest.NewServer()
	defer api.Close()
	client := api.Client()

	id := api.AddDeployment(api.ApplicationID, clevertest.Deployment{State: "WORK_IN_PROGRESS", Outcome: "FAILED"})
	api.Advance(time.Minute)
	deployment, err := client.Orchestration.GetDeployment(context.Background(), api.OwnerID, api.ApplicationID, id)
	if err != nil {
		panic(err)
	}
	for _, step := range deployment.Steps {
		fmt.Println(step.State)
	}
	// Output:
	// QUEUED
	// WORK_IN_PROGRESS
	// FAILED
}

// A deployment that goes where the test says, when the test says.
func ExampleServer_SetDeploymentState() {
	api := clevertest.NewServer()
	defer api.Close()
	id := api.AddDeployment(api.ApplicationID, clevertest.Deployment{State: "WORK_IN_PROGRESS", Hold: true})

	api.SetDeploymentState(id, "CANCELLED")
	deployment, err := api.Client().Orchestration.GetDeployment(context.Background(), api.OwnerID, api.ApplicationID, id)
	if err != nil {
		panic(err)
	}
	fmt.Println(deployment.State, deployment.State.IsTerminal())
	// Output: CANCELLED true
}

func ExampleServer_AddInstances() {
	api := clevertest.NewServer()
	defer api.Close()
	app := api.AddApplication(clevertest.Application{})
	api.AddInstances(app, clevertest.Instance{Flavor: "XL"}, clevertest.Instance{State: "GHOST"})

	instances, err := api.Client().Orchestration.ListInstances(context.Background(), api.OwnerID, app, clevercloud.InstanceQuery{Order: clevercloud.OrderAsc})
	if err != nil {
		panic(err)
	}
	for _, instance := range instances {
		fmt.Println(instance.Flavor, instance.State, instance.State.IsKnown())
	}
	// Output:
	// XL UP true
	// S GHOST true
}

func ExampleServer_SetInstanceState() {
	api := clevertest.NewServer()
	defer api.Close()

	api.SetInstanceState(api.InstanceID, "STOPPING")
	instance, err := api.Client().Orchestration.GetInstance(context.Background(), api.OwnerID, api.ApplicationID, api.InstanceID)
	if err != nil {
		panic(err)
	}
	fmt.Println(instance.State)
	// Output: STOPPING
}

func ExampleServer_AddInvoices() {
	api := clevertest.NewServer()
	defer api.Close()
	number := api.AddInvoices(clevertest.Invoice{Status: "PAYMENTHELD", TotalTaxExcluded: "12.30"})[0]

	invoice, err := api.Client().Billing.GetInvoice(context.Background(), api.OwnerID, number)
	if err != nil {
		panic(err)
	}
	fmt.Println(invoice.Status, invoice.TotalTaxExcluded.Amount, invoice.TotalTax.Amount)
	// Output: PAYMENTHELD 12.30 2.46
}

func ExampleServer_AddOperator() {
	api := clevertest.NewServer()
	defer api.Close()
	id := api.AddOperator("keycloak", "second-sso")

	operator, err := api.Client().Operators.Get(context.Background(), clevercloud.Keycloak, id)
	if err != nil {
		panic(err)
	}
	fmt.Println(operator.Name)
	// Output: second-sso
}

func ExampleServer_AddZone() {
	api := clevertest.NewServer()
	defer api.Close()
	api.AddZone(clevertest.Zone{Name: "moon", City: "Tranquility", Tags: []string{"infra:rocket"}})

	zones, err := api.Client().Zones.List(context.Background(), clevercloud.ZoneQuery{Tag: "infra:rocket"})
	if err != nil {
		panic(err)
	}
	fmt.Println(len(zones), zones[0].Name)
	// Output: 1 moon
}

// A drain to a host under .invalid cannot deliver, and says so.
func ExampleServer_SetDrainStatus() {
	api := clevertest.NewServer()
	defer api.Close()
	client, ctx := api.Client(), context.Background()
	drain, err := client.Drains.Create(ctx, api.OwnerID, api.ApplicationID, clevercloud.DrainInput{
		Kind: clevercloud.DrainKindLog, Recipient: clevercloud.RawRecipient{URL: "https://logs.invalid/in"},
	})
	if err != nil {
		panic(err)
	}

	for _, status := range []string{"ENABLED", "DISABLED"} {
		api.SetDrainStatus(drain.ID, status)
		drain, err = client.Drains.Get(ctx, api.OwnerID, api.ApplicationID, drain.ID)
		if err != nil {
			panic(err)
		}
		fmt.Println(drain.Status.Status, drain.Execution.Status, drain.Execution.LastError)
	}
	// Output:
	// ENABLED RETRYING The recipient cannot be reached
	// DISABLED NOT_RUNNING
}

func ExampleServer_AppendLogs() {
	api := clevertest.NewServer(clevertest.WithLogEntries(0))
	defer api.Close()
	api.AppendLogs(api.ApplicationID,
		clevertest.LogEntry{Message: "out of memory", Severity: "crit"},
		clevertest.LogEntry{Data: `{"message":"from tomorrow's API","shard":7}`})

	query := clevercloud.LogQuery{Since: api.Now().Add(-time.Hour), Limit: 2}
	for entry, err := range api.Client().Logs.Stream(context.Background(), api.OwnerID, api.ApplicationID, query) {
		if err != nil {
			panic(err)
		}
		fmt.Printf("%q %s\n", entry.Severity, entry.Message)
	}
	// Output:
	// "crit" out of memory
	// "" from tomorrow's API
}

func ExampleServer_AppendResourceLogs() {
	api := clevertest.NewServer()
	defer api.Close()
	now := api.Now()
	api.AppendResourceLogs(api.ResourceID, clevertest.LogEntry{Message: "FATAL:  too many connections", Date: now.Add(time.Second)})

	query := clevercloud.LogQuery{Since: now.Add(time.Millisecond), Limit: 1}
	for entry, err := range api.Client().Logs.StreamResource(context.Background(), api.OwnerID, api.ResourceID, query) {
		if err != nil {
			panic(err)
		}
		fmt.Println(entry.Message)
	}
	// Output: FATAL:  too many connections
}

func ExampleServer_AppendAccessLogs() {
	api := clevertest.NewServer()
	defer api.Close()
	app := api.AddApplication(clevertest.Application{})
	api.AppendAccessLogs(clevercloud.ResourceID(app), clevertest.AccessLogEntry{Method: "POST", Path: "/orders", Status: 201})

	query := clevercloud.LogQuery{Since: api.Now().Add(-time.Hour), Limit: 1}
	for entry, err := range api.Client().Logs.StreamAccess(context.Background(), api.OwnerID, app, query) {
		if err != nil {
			panic(err)
		}
		fmt.Println(entry.HTTP.Request.Method, entry.HTTP.Request.Path, entry.HTTP.Response.StatusCode)
	}
	// Output: POST /orders 201
}

func ExampleServer_AddAddon() {
	api := clevertest.NewServer()
	defer api.Close()
	_, realID := api.AddAddon(clevertest.Addon{ProviderID: "redis-addon", Name: "cache"})

	resource, err := api.Client().Identity.Resolve(context.Background(), "cache")
	if err != nil {
		panic(err)
	}
	fmt.Println(resource.ID == realID)
	// Output: true
}

// A deployment that a git push makes five minutes from now.
func ExampleServer_PushAfter() {
	api := clevertest.NewServer()
	defer api.Close()
	id := api.PushAfter(api.ApplicationID, "1f0c7d9a52b3e84c6d7f90a1b2c3d4e5f6071829", 5*time.Minute)

	api.Advance(6 * time.Minute)
	deployment, err := api.Client().Orchestration.GetDeployment(
		context.Background(), api.OwnerID, api.ApplicationID, id)
	if err != nil {
		panic(err)
	}
	fmt.Println(deployment.Version.CommitID)
	// Output: 1f0c7d9a52b3e84c6d7f90a1b2c3d4e5f6071829
}

// A position that the API no longer knows when a program comes back to it.
func ExampleServer_ForgetEvents() {
	api := clevertest.NewServer()
	defer api.Close()
	kept := api.AppendLogs(api.ApplicationID, clevertest.LogEntry{Message: "the last one seen"})[0]

	api.ForgetEvents(http.StatusGone)
	address := api.URL + "/v4/logs/organisations/" + string(api.OwnerID) +
		"/applications/" + string(api.ApplicationID) + "/logs"
	request, err := http.NewRequest(http.MethodGet, address, nil)
	if err != nil {
		panic(err)
	}
	request.Header.Set("Authorization", "Bearer "+api.Token.Reveal())
	request.Header.Set("Last-Event-ID", kept)
	response, err := api.HTTPClient().Do(request)
	if err != nil {
		panic(err)
	}
	defer response.Body.Close()
	fmt.Println(response.Status)
	// Output: 410 Gone
}

// A route that the server does not have, counted and hit by faults like its own.
func ExampleServer_Handle() {
	api := clevertest.NewServer()
	defer api.Close()
	api.Handle("GET /v4/quotas/{id}", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = fmt.Fprintf(w, `{"id":%q,"limit":5}`, r.PathValue("id"))
	}))

	var quota struct{ Limit int }
	err := api.Client().Do(context.Background(), http.MethodGet, "/v4/quotas/cpu", nil, &quota)
	fmt.Println(quota.Limit, err, len(api.RequestsTo("GET /v4/quotas/{id}")))
	// Output: 5 <nil> 1
}
