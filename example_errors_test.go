package clevercloud_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/clevertest"
)

func ExampleAPIError() {
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client()

	_, err := client.Drains.Get(context.Background(), server.OwnerID, server.ApplicationID, "drain_nope")
	fmt.Println(errors.Is(err, clevercloud.ErrNotFound))

	_, err = client.Orchestration.ListInstances(context.Background(), server.OwnerID, server.ApplicationID, clevercloud.InstanceQuery{Limit: 5000})
	var apiErr *clevercloud.APIError
	if errors.As(err, &apiErr) {
		fmt.Println(apiErr.StatusCode, apiErr.Code, apiErr.Fields[0].Name)
	}
	// Output:
	// true
	// 400 clever.core.bad-request limit
}

func ExampleValidationError() {
	client, err := clevercloud.New()
	if err != nil {
		fmt.Println(err)
		return
	}

	_, err = client.Drains.Get(context.Background(), "orga_1", "app_1", "")
	var invalid *clevercloud.ValidationError
	if errors.As(err, &invalid) {
		fmt.Println(invalid.Argument, invalid.Reason)
	}
	fmt.Println(errors.Is(err, clevercloud.ErrInvalidArgument)) // nothing was sent
	// Output:
	// drainId must not be empty
	// true
}

func ExampleDecodeError() {
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client()
	server.Inject(clevertest.Fault{Path: "zones.list", Body: `[{"name":{"fr":"par"}}]`})

	_, err := client.Zones.List(context.Background(), clevercloud.ZoneQuery{})
	var decodeErr *clevercloud.DecodeError
	if errors.As(err, &decodeErr) {
		fmt.Println(decodeErr.Operation, decodeErr.Path, string(decodeErr.Body))
	}
	// Output: zones.list /0/name [{"name":{"fr":"par"}}]
}

func ExampleDeploymentError() {
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client()

	_, err := client.Orchestration.WaitForDeployment(context.Background(), server.OwnerID, server.ApplicationID, server.FailedDeploymentID,
		clevercloud.DeploymentWait{})
	var failed *clevercloud.DeploymentError
	if errors.As(err, &failed) {
		fmt.Println(failed.Deployment.State, failed.Deployment.Version.CommitID[:7])
	}
	// Output: FAILED 77c1e0f
}

// One entry that cannot be read does not end a stream: the loop continues after it.
func ExampleLogDecodeError() {
	server := clevertest.NewServer(clevertest.WithLogEntries(0))
	defer server.Close()
	client := server.Client()
	server.AppendLogs(server.ApplicationID,
		clevertest.LogEntry{Message: "before"}, clevertest.LogEntry{Data: "not JSON"}, clevertest.LogEntry{Message: "after"})

	query := clevercloud.LogQuery{Since: server.Now().Add(-time.Hour), Limit: 3}
	for entry, err := range client.Logs.Stream(context.Background(), server.OwnerID, server.ApplicationID, query) {
		var unreadable *clevercloud.LogDecodeError
		switch {
		case errors.As(err, &unreadable):
			fmt.Printf("skipped %q\n", unreadable.Data)
		case err != nil:
			fmt.Println(err)
			return
		default:
			fmt.Println(entry.Message)
		}
	}
	// Output:
	// before
	// skipped "not JSON"
	// after
}
