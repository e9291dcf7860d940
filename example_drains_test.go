package clevercloud_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/clevertest"
)

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

func ExampleDrainsService_WaitForStatus() {
	server := clevertest.NewServer(clevertest.WithStepDuration(10 * time.Millisecond))
	defer server.Close()
	client := server.Client()

	drain, err := client.Drains.Create(context.Background(), server.OwnerID, server.ApplicationID, clevercloud.DrainInput{
		Kind: clevercloud.DrainKindLog, Recipient: clevercloud.RawRecipient{URL: "https://logs.example.com/ingest"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}

	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	drain, err = client.Drains.WaitForStatus(ctx, server.OwnerID, server.ApplicationID, drain.ID, clevercloud.DrainStatusEnabled,
		clevercloud.DrainWait{Interval: time.Millisecond, MaxInterval: time.Millisecond})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(drain.Status.Status)
	// Output: ENABLED
}

func ExampleDrainsService_Disable() {
	server := clevertest.NewServer(clevertest.WithStepDuration(0))
	defer server.Close()
	client := server.Client()

	drain, err := client.Drains.Create(context.Background(), server.OwnerID, server.ApplicationID, clevercloud.DrainInput{
		Kind: clevercloud.DrainKindLog, Recipient: clevercloud.RawRecipient{URL: "https://logs.example.com/ingest"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}

	if drain, err = client.Drains.Disable(context.Background(), server.OwnerID, server.ApplicationID, drain.ID); err != nil {
		fmt.Println(err)
		return
	}
	drain, err = client.Drains.WaitForStatus(context.Background(), server.OwnerID, server.ApplicationID, drain.ID, clevercloud.DrainStatusDisabled, clevercloud.DrainWait{Interval: time.Millisecond})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(drain.Status.Status)
	// Output: DISABLED
}

func ExampleDrainsService_Enable() {
	server := clevertest.NewServer(clevertest.WithStepDuration(0))
	defer server.Close()
	client := server.Client()

	drain, err := client.Drains.Create(context.Background(), server.OwnerID, server.ApplicationID, clevercloud.DrainInput{
		Kind: clevercloud.DrainKindLog, Recipient: clevercloud.RawRecipient{URL: "https://logs.example.com/ingest"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}

	if _, err = client.Drains.Disable(context.Background(), server.OwnerID, server.ApplicationID, drain.ID); err != nil {
		fmt.Println(err)
		return
	}
	if _, err = client.Drains.Enable(context.Background(), server.OwnerID, server.ApplicationID, drain.ID); err != nil {
		fmt.Println(err)
		return
	}
	drain, err = client.Drains.WaitForStatus(context.Background(), server.OwnerID, server.ApplicationID, drain.ID, clevercloud.DrainStatusEnabled, clevercloud.DrainWait{Interval: time.Millisecond})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(drain.Status.Status)
	// Output: ENABLED
}

func ExampleDrainsService_ResetCursor() {
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client()

	drain, err := client.Drains.Create(context.Background(), server.OwnerID, server.ApplicationID, clevercloud.DrainInput{
		Kind: clevercloud.DrainKindLog, Recipient: clevercloud.RawRecipient{URL: "https://logs.example.com/ingest"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}

	same, err := client.Drains.ResetCursor(context.Background(), server.OwnerID, server.ApplicationID, drain.ID)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(same.ID == drain.ID)
	// Output: true
}

func ExampleDrainsService_Check() {
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client()

	drain, err := client.Drains.Create(context.Background(), server.OwnerID, server.ApplicationID, clevercloud.DrainInput{
		Kind: clevercloud.DrainKindLog, Recipient: clevercloud.RawRecipient{URL: "https://logs.example.com/ingest"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}

	check, err := client.Drains.Check(context.Background(), server.OwnerID, server.ApplicationID, drain.ID)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(check.OK)
	// Output: true
}

func ExampleDrainsService_TestCommand() {
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client()

	drain, err := client.Drains.Create(context.Background(), server.OwnerID, server.ApplicationID, clevercloud.DrainInput{
		Kind: clevercloud.DrainKindLog, Recipient: clevercloud.RawRecipient{URL: "https://logs.example.com/ingest"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}

	command, err := client.Drains.TestCommand(context.Background(), server.OwnerID, server.ApplicationID, drain.ID)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(command, strings.HasPrefix(command.Reveal(), "curl "))
	// Output: [redacted] true
}

func ExampleDrainsService_DeleteAll() {
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client()

	drain, err := client.Drains.Create(context.Background(), server.OwnerID, server.ApplicationID, clevercloud.DrainInput{
		Kind: clevercloud.DrainKindLog, Recipient: clevercloud.RawRecipient{URL: "https://logs.example.com/ingest"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}

	removed, err := client.Drains.DeleteAll(context.Background(), server.OwnerID, server.ApplicationID)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(len(removed), removed[0].ID == drain.ID)
	// Output: 1 true
}

func ExampleWithDrainPaths() {
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client()

	newer, err := client.With(clevercloud.WithDrainPaths(clevercloud.ResourceDrainPaths))
	if err != nil {
		fmt.Println(err)
		return
	}
	if _, err := newer.Drains.List(context.Background(), server.OwnerID, server.ApplicationID, clevercloud.DrainQuery{}); err != nil {
		fmt.Println(err)
		return
	}
	requests := server.Requests()
	fmt.Println(strings.Contains(requests[len(requests)-1].Path, "/resources/app_"))
	// Output: true
}

func ExampleDrainsService_List() {
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client()
	ctx := context.Background()

	for _, url := range []string{"https://logs.example.com/a", "https://logs.example.com/b"} {
		_, err := client.Drains.Create(ctx, server.OwnerID, server.ApplicationID, clevercloud.DrainInput{
			Kind: clevercloud.DrainKindLog, Recipient: clevercloud.RawRecipient{URL: url},
		})
		if err != nil {
			fmt.Println(err)
			return
		}
	}
	server.Advance(time.Minute)

	drains, err := client.Drains.List(ctx, server.OwnerID, server.ApplicationID, clevercloud.DrainQuery{
		Statuses: []clevercloud.DrainStatus{clevercloud.DrainStatusEnabled},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, drain := range drains {
		fmt.Println(drain.Kind, drain.Execution.Status, drain.Recipient)
	}
	// Output:
	// LOG RUNNING RawRecipient{URL:https://logs.example.com/a Username: Password:}
	// LOG RUNNING RawRecipient{URL:https://logs.example.com/b Username: Password:}
}

// The recipient of a drain is of one of several types.
func ExampleDrainsService_Get() {
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client()
	ctx := context.Background()

	created, err := client.Drains.Create(ctx, server.OwnerID, server.ApplicationID, clevercloud.DrainInput{
		Kind: clevercloud.DrainKindLog, Recipient: clevercloud.NewRelicRecipient{URL: "https://log-api.eu.newrelic.com/log/v1", APIKey: "not shown"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}

	drain, err := client.Drains.Get(ctx, server.OwnerID, server.ApplicationID, created.ID)
	if err != nil {
		fmt.Println(err)
		return
	}
	switch recipient := drain.Recipient.(type) {
	case clevercloud.NewRelicRecipient:
		fmt.Println("New Relic at", recipient.URL)
	case clevercloud.UnknownRecipient:
		fmt.Println("newer than this module:", recipient.Type)
	default:
		fmt.Println("something else")
	}
	// Output: New Relic at https://log-api.eu.newrelic.com/log/v1
}

// What is gone already is as good as deleted.
func ExampleDrainsService_Delete() {
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client()
	ctx := context.Background()

	drain, err := client.Drains.Create(ctx, server.OwnerID, server.ApplicationID, clevercloud.DrainInput{
		Kind: clevercloud.DrainKindAccessLog, Recipient: clevercloud.SyslogTCPRecipient{URL: "tcp://logs.example.com:601"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}

	for range 2 {
		_, err := client.Drains.Delete(ctx, server.OwnerID, server.ApplicationID, drain.ID)
		if err != nil && !errors.Is(err, clevercloud.ErrNotFound) {
			fmt.Println(err)
			return
		}
		fmt.Println(err == nil)
	}
	// Output:
	// true
	// false
}

func ExampleWithDrainTypeNames() {
	server := clevertest.NewServer()
	defer server.Close()
	input := clevercloud.DrainInput{Kind: clevercloud.DrainKindLog, Recipient: clevercloud.DatadogRecipient{URL: "https://http-intake.logs.datadoghq.eu/v1/input"}}

	for _, names := range []clevercloud.DrainTypeNames{clevercloud.ContractDrainTypeNames, clevercloud.CurrentDrainTypeNames} {
		client := server.Client(clevercloud.WithDrainTypeNames(names))
		if _, err := client.Drains.Create(context.Background(), server.OwnerID, server.ApplicationID, input); err != nil {
			fmt.Println(err)
			return
		}
	}
	for _, request := range server.Requests() {
		fmt.Println(string(request.Body))
	}
	// Output:
	// {"kind":"LOG","recipient":{"type":"DatadogRecipient","url":"https://http-intake.logs.datadoghq.eu/v1/input"}}
	// {"kind":"LOG","recipient":{"type":"DATADOG","url":"https://http-intake.logs.datadoghq.eu/v1/input"}}
}
