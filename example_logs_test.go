package clevercloud_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/clevertest"
)

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

// A part of the past is read fastest with a high throttle. The API may not notice its end, so a quiet stream ends it, too.
func ExampleLogsService_Stream_past() {
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client()

	now := server.Now()
	query := clevercloud.LogQuery{
		Since: now.Add(-time.Hour), Until: now, QuietTimeout: 5 * time.Second,
		ThrottleElements: 2000, ThrottlePer: 100 * time.Millisecond,
		Fields: []string{"date", "severity", "message"},
	}
	lines := map[string]int{}
	for entry, err := range client.Logs.Stream(context.Background(), server.OwnerID, server.ApplicationID, query) {
		if err != nil {
			fmt.Println(err)
			return
		}
		lines[entry.Severity]++
	}
	fmt.Println(lines["err"] > 0, lines["info"] > lines["warning"])
	// Output: true true
}

// A lost connection is an event for a log or a metric, not an error of the loop.
func ExampleLogsService_Stream_reconnect() {
	server := clevertest.NewServer(clevertest.WithLogEntries(0))
	defer server.Close()
	client := server.Client()
	server.AppendLogs(server.ApplicationID, clevertest.LogEntry{Message: "first"}, clevertest.LogEntry{Message: "second"})
	server.Inject(clevertest.Fault{Path: "logs.stream", Mode: clevertest.Cut, CutAfter: 700}) // in the middle of the second

	query := clevercloud.LogQuery{
		Since: server.Now().Add(-time.Hour), Limit: 2,
		Reconnect: clevercloud.RetryPolicy{MinWait: time.Millisecond, MaxWait: 10 * time.Millisecond},
		OnReconnect: func(lost clevercloud.Reconnect) {
			fmt.Println("attempt", lost.Attempt, "from the start:", lost.LastEventID == "")
		},
	}
	for entry, err := range client.Logs.Stream(context.Background(), server.OwnerID, server.ApplicationID, query) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(entry.Message)
	}
	// Output:
	// first
	// attempt 1 from the start: false
	// second
}

func ExampleLogsService_StreamResource() {
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client()

	query := clevercloud.LogQuery{Since: server.Now().Add(-time.Hour), Limit: 2}
	for entry, err := range client.Logs.StreamResource(context.Background(), server.OwnerID, server.ResourceID, query) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(entry.Message)
	}
	// Output:
	// LOG:  checkpoint starting: time
	// LOG:  checkpoint complete: wrote 41 buffers (0.3%)
}

func ExampleLogsService_StreamAccess() {
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client()

	query := clevercloud.LogQuery{Since: server.Now().Add(-time.Hour), Limit: 14}
	for entry, err := range client.Logs.StreamAccess(context.Background(), server.OwnerID, server.ApplicationID, query) {
		switch {
		case err != nil:
			fmt.Println(err)
			return
		case entry.HTTP == nil:
			fmt.Println("not HTTP")
		case entry.HTTP.Response.StatusCode >= 400:
			fmt.Println(entry.HTTP.Request.Method, entry.HTTP.Request.Path, entry.HTTP.Response.StatusCode)
		}
	}
	// Output:
	// GET / 404
	// GET /products/42 404
	// not HTTP
}

// A program that is started again resumes after the last entry that it handled.
func ExampleLogQuery_lastEventID() {
	server := clevertest.NewServer(clevertest.WithLogEntries(0))
	defer server.Close()
	client := server.Client()
	server.AppendLogs(server.ApplicationID, clevertest.LogEntry{Message: "first"}, clevertest.LogEntry{Message: "second"})

	kept := "" // in a file, for example
	follow := func(most int64) {
		query := clevercloud.LogQuery{LastEventID: kept, Since: server.Now().Add(-time.Hour), Limit: most}
		for entry, err := range client.Logs.Stream(context.Background(), server.OwnerID, server.ApplicationID, query) {
			if err != nil {
				fmt.Println(err)
				return
			}
			fmt.Println(entry.Message)
			kept = entry.ID
		}
	}
	follow(1)
	fmt.Println("-- started again")
	follow(1)
	// Output:
	// first
	// -- started again
	// second
}

// A deployment from its push to its last line.
func ExampleLogsService_StreamDeployment() {
	server := clevertest.NewServer(clevertest.WithLogEntries(0), clevertest.WithStepDuration(10*time.Millisecond), clevertest.WithHeartbeat(10*time.Millisecond))
	defer server.Close()
	client := server.Client()
	id := server.AddDeployment(server.ApplicationID, clevertest.Deployment{State: "QUEUED", Outcome: "FAILED"})

	query := clevercloud.LogQuery{QuietTimeout: 50 * time.Millisecond}
	for entry, err := range client.Logs.StreamDeployment(context.Background(), server.OwnerID, server.ApplicationID, id, query) {
		var failed *clevercloud.DeploymentError
		switch {
		case errors.As(err, &failed):
			fmt.Println("the deployment ended as", failed.Deployment.State)
		case err != nil:
			fmt.Println(err)
		default:
			fmt.Println(entry.Message)
		}
	}
	// Output:
	// Preparing the build of the application
	// the deployment ended as FAILED
}
