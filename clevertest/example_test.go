package clevertest_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/clevertest"
)

func Example() {
	api := clevertest.NewServer()
	defer api.Close()
	client := api.Client() // credentials and base URL set
	ctx := context.Background()

	drain, err := client.Drains.Create(ctx, api.OwnerID, api.ApplicationID, clevercloud.DrainInput{
		Kind:      clevercloud.DrainKindLog,
		Recipient: clevercloud.RawRecipient{URL: "https://logs.example.com/in"},
	})
	if err != nil {
		panic(err)
	}
	fmt.Println(drain.Status.Status)
	api.Advance(time.Minute) // no waiting
	drain, err = client.Drains.Get(ctx, api.OwnerID, api.ApplicationID, drain.ID)
	if err != nil {
		panic(err)
	}
	fmt.Println(drain.Status.Status)
	for _, request := range api.Requests() {
		fmt.Println(request.Route)
	}
	// Output:
	// CREATED
	// ENABLED
	// drains.create
	// drains.get
}

func ExampleServer_Inject() {
	api := clevertest.NewServer()
	defer api.Close()
	client := api.Client(clevercloud.WithMaxRetries(0))

	api.Inject(clevertest.Fault{Path: "zones.list", Status: 503, RetryAfter: time.Second})
	_, err := client.Zones.List(context.Background(), clevercloud.ZoneQuery{})
	fmt.Println(errors.Is(err, clevercloud.ErrUnavailable))

	_, err = client.Zones.List(context.Background(), clevercloud.ZoneQuery{}) // the fault is used up
	fmt.Println(err)
	// Output:
	// true
	// <nil>
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

func ExampleServer_Redeploy() {
	api := clevertest.NewServer(clevertest.WithLogEntries(0))
	defer api.Close()
	api.AppendLogs(api.ApplicationID, clevertest.LogEntry{Message: "before"})

	logs := api.Client().Logs.Stream(context.Background(), api.OwnerID, api.ApplicationID, clevercloud.LogQuery{
		Since:       api.Now().Add(-time.Hour),
		IdleTimeout: 50 * time.Millisecond, // silence is how a redeployment looks from outside
		Reconnect:   clevercloud.RetryPolicy{MinWait: time.Millisecond, MaxWait: time.Millisecond},
	})
	for entry, err := range logs {
		if err != nil {
			panic(err)
		}
		fmt.Println(entry.Message)
		if entry.Message == "after" {
			break
		}
		api.Redeploy()
		api.AppendLogs(api.ApplicationID, clevertest.LogEntry{Message: "after"})
	}
	// Output:
	// before
	// after
}
