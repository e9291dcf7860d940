package clevercloud_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/clevertest"
)

func ExampleDrainsService_Create() {
	server := clevertest.NewServer()
	defer server.Close()
	ctx, owner, app := context.Background(), server.OwnerID, server.ApplicationID
	client := server.Client()

	drain, err := client.Drains.Create(ctx, owner, app, clevercloud.DrainInput{
		Kind: clevercloud.DrainKindLog,
		Recipient: clevercloud.ElasticsearchRecipient{
			URL: "https://es.example.com:9200/_bulk", Index: "shop-logs", Password: "not shown",
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(drain.Status.Status)
	fmt.Println(drain.Recipient)
	// Output:
	// CREATED
	// ElasticsearchRecipient{URL:https://es.example.com:9200/_bulk Index:shop-logs Username: Password:[redacted] TLSVerification:}
}

func ExampleDrainsService_WaitForStatus() {
	server := clevertest.NewServer(clevertest.WithStepDuration(10 * time.Millisecond))
	defer server.Close()
	ctx, owner, app := context.Background(), server.OwnerID, server.ApplicationID
	client := server.Client()

	drain, err := client.Drains.Create(ctx, owner, app, clevercloud.DrainInput{
		Kind:      clevercloud.DrainKindLog,
		Recipient: clevercloud.RawRecipient{URL: "https://logs.example.com/ingest"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}

	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	drain, err = client.Drains.WaitForStatus(
		ctx, owner, app, drain.ID, clevercloud.DrainStatusEnabled,
		clevercloud.DrainWait{Interval: time.Millisecond, MaxInterval: time.Millisecond},
	)
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
	ctx, owner, app := context.Background(), server.OwnerID, server.ApplicationID
	client := server.Client()

	drain, err := client.Drains.Create(ctx, owner, app, clevercloud.DrainInput{
		Kind:      clevercloud.DrainKindLog,
		Recipient: clevercloud.RawRecipient{URL: "https://logs.example.com/ingest"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}

	if drain, err = client.Drains.Disable(ctx, owner, app, drain.ID); err != nil {
		fmt.Println(err)
		return
	}
	drain, err = client.Drains.WaitForStatus(
		ctx, owner, app, drain.ID, clevercloud.DrainStatusDisabled,
		clevercloud.DrainWait{Interval: time.Millisecond},
	)
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
	ctx, owner, app := context.Background(), server.OwnerID, server.ApplicationID
	client := server.Client()

	drain, err := client.Drains.Create(ctx, owner, app, clevercloud.DrainInput{
		Kind:      clevercloud.DrainKindLog,
		Recipient: clevercloud.RawRecipient{URL: "https://logs.example.com/ingest"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}

	if _, err = client.Drains.Disable(ctx, owner, app, drain.ID); err != nil {
		fmt.Println(err)
		return
	}
	if _, err = client.Drains.Enable(ctx, owner, app, drain.ID); err != nil {
		fmt.Println(err)
		return
	}
	drain, err = client.Drains.WaitForStatus(
		ctx, owner, app, drain.ID, clevercloud.DrainStatusEnabled,
		clevercloud.DrainWait{Interval: time.Millisecond},
	)
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
	ctx, owner, app := context.Background(), server.OwnerID, server.ApplicationID
	client := server.Client()

	drain, err := client.Drains.Create(ctx, owner, app, clevercloud.DrainInput{
		Kind:      clevercloud.DrainKindLog,
		Recipient: clevercloud.RawRecipient{URL: "https://logs.example.com/ingest"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}

	same, err := client.Drains.ResetCursor(ctx, owner, app, drain.ID)
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
	ctx, owner, app := context.Background(), server.OwnerID, server.ApplicationID
	client := server.Client()

	drain, err := client.Drains.Create(ctx, owner, app, clevercloud.DrainInput{
		Kind:      clevercloud.DrainKindLog,
		Recipient: clevercloud.RawRecipient{URL: "https://logs.example.com/ingest"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}

	check, err := client.Drains.Check(ctx, owner, app, drain.ID)
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
	ctx, owner, app := context.Background(), server.OwnerID, server.ApplicationID
	client := server.Client()

	drain, err := client.Drains.Create(ctx, owner, app, clevercloud.DrainInput{
		Kind:      clevercloud.DrainKindLog,
		Recipient: clevercloud.RawRecipient{URL: "https://logs.example.com/ingest"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}

	command, err := client.Drains.TestCommand(ctx, owner, app, drain.ID)
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
	ctx, owner, app := context.Background(), server.OwnerID, server.ApplicationID
	client := server.Client()

	drain, err := client.Drains.Create(ctx, owner, app, clevercloud.DrainInput{
		Kind:      clevercloud.DrainKindLog,
		Recipient: clevercloud.RawRecipient{URL: "https://logs.example.com/ingest"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}

	removed, err := client.Drains.DeleteAll(ctx, owner, app)
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
	ctx, owner, app := context.Background(), server.OwnerID, server.ApplicationID
	client := server.Client()

	newer, err := client.With(clevercloud.WithDrainPaths(clevercloud.ResourceDrainPaths))
	if err != nil {
		fmt.Println(err)
		return
	}
	if _, err := newer.Drains.List(ctx, owner, app, clevercloud.DrainQuery{}); err != nil {
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
	ctx, owner, app := context.Background(), server.OwnerID, server.ApplicationID
	client := server.Client()

	for _, url := range []string{"https://a.example.com/logs", "https://b.example.com/logs"} {
		_, err := client.Drains.Create(ctx, owner, app, clevercloud.DrainInput{
			Kind: clevercloud.DrainKindLog, Recipient: clevercloud.RawRecipient{URL: url},
		})
		if err != nil {
			fmt.Println(err)
			return
		}
	}
	server.Advance(time.Minute)

	drains, err := client.Drains.List(ctx, owner, app, clevercloud.DrainQuery{
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
	// LOG RUNNING RawRecipient{URL:https://a.example.com/[redacted] Username: Password:}
	// LOG RUNNING RawRecipient{URL:https://b.example.com/[redacted] Username: Password:}
}

// The recipient of a drain is of one of several types.
func ExampleDrainsService_Get() {
	server := clevertest.NewServer()
	defer server.Close()
	ctx, owner, app := context.Background(), server.OwnerID, server.ApplicationID
	client := server.Client()

	created, err := client.Drains.Create(ctx, owner, app, clevercloud.DrainInput{
		Kind: clevercloud.DrainKindLog,
		Recipient: clevercloud.NewRelicRecipient{
			URL: "https://log-api.eu.newrelic.com/log/v1", APIKey: "not shown",
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}

	drain, err := client.Drains.Get(ctx, owner, app, created.ID)
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
	ctx, owner, app := context.Background(), server.OwnerID, server.ApplicationID
	client := server.Client()

	drain, err := client.Drains.Create(ctx, owner, app, clevercloud.DrainInput{
		Kind:      clevercloud.DrainKindAccessLog,
		Recipient: clevercloud.SyslogTCPRecipient{URL: "tcp://logs.example.com:601"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}

	for range 2 {
		_, err := client.Drains.Delete(ctx, owner, app, drain.ID)
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
	ctx, owner, app := context.Background(), server.OwnerID, server.ApplicationID
	input := clevercloud.DrainInput{
		Kind:      clevercloud.DrainKindLog,
		Recipient: clevercloud.RawRecipient{URL: "https://logs.example.com/ingest"},
	}

	for _, names := range []clevercloud.DrainTypeNames{
		clevercloud.ContractDrainTypeNames, clevercloud.CurrentDrainTypeNames,
	} {
		client := server.Client(clevercloud.WithDrainTypeNames(names))
		if _, err := client.Drains.Create(ctx, owner, app, input); err != nil {
			fmt.Println(err)
			return
		}
	}
	for _, request := range server.Requests() {
		fmt.Println(string(request.Body))
	}
	// Output:
	// {"kind":"LOG","recipient":{"type":"RawRecipient","url":"https://logs.example.com/ingest"}}
	// {"kind":"LOG","recipient":{"type":"RAW_HTTP","url":"https://logs.example.com/ingest"}}
}

// Audit logs belong to the owner, not to one of its applications.
func ExampleDrainsService_CreateForOwner() {
	server := clevertest.NewServer()
	defer server.Close()
	ctx, owner := context.Background(), server.OwnerID
	client := server.Client()

	drain, err := client.Drains.CreateForOwner(ctx, owner, clevercloud.DrainInput{
		Kind:      clevercloud.DrainKindAuditLog,
		Recipient: clevercloud.RawRecipient{URL: "https://audit.example.com/in"},
		SkipCheck: true, // the recipient is not up yet
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(drain.Kind, drain.Status.Status, drain.ResourceID == "")
	// Output: AUDITLOG CREATED true
}

func ExampleDrainsService_ListForOwner() {
	server := clevertest.NewServer()
	defer server.Close()
	ctx, owner, app := context.Background(), server.OwnerID, server.ApplicationID
	client := server.Client()

	recipient := clevercloud.RawRecipient{URL: "https://logs.example.com/ingest"}
	_, err := client.Drains.Create(ctx, owner, app, clevercloud.DrainInput{
		Kind: clevercloud.DrainKindLog, Recipient: recipient,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = client.Drains.CreateForOwner(ctx, owner, clevercloud.DrainInput{
		Kind: clevercloud.DrainKindAuditLog, Recipient: recipient,
	})
	if err != nil {
		fmt.Println(err)
		return
	}

	drains, err := client.Drains.ListForOwner(ctx, owner, clevercloud.DrainQuery{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, drain := range drains {
		fmt.Println(drain.Kind, drain.ResourceID == string(app))
	}
	// Output:
	// LOG true
	// AUDITLOG false
}

func ExampleDrainsService_GetForOwner() {
	server := clevertest.NewServer()
	defer server.Close()
	ctx, owner := context.Background(), server.OwnerID
	client := server.Client()

	created, err := client.Drains.CreateForOwner(ctx, owner, clevercloud.DrainInput{
		Kind:      clevercloud.DrainKindAuditLog,
		Recipient: clevercloud.RawRecipient{URL: "https://audit.example.com/in"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}

	drain, err := client.Drains.GetForOwner(ctx, owner, created.ID)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(drain.ID == created.ID, drain.OwnerID == owner)
	// Output: true true
}

func ExampleDrainsService_DeleteForOwner() {
	server := clevertest.NewServer()
	defer server.Close()
	ctx, owner := context.Background(), server.OwnerID
	client := server.Client()

	drain, err := client.Drains.CreateForOwner(ctx, owner, clevercloud.DrainInput{
		Kind:      clevercloud.DrainKindAuditLog,
		Recipient: clevercloud.RawRecipient{URL: "https://audit.example.com/in"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}

	drain, err = client.Drains.DeleteForOwner(ctx, owner, drain.ID)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(drain.Status.Status)
	// Output: DELETED
}

// A program creates a drain only if the application has none for the recipient. The API returns a
// mask in place of the password, so the recipients are not equal.
func ExampleSameTarget() {
	server := clevertest.NewServer()
	defer server.Close()
	ctx, owner, app := context.Background(), server.OwnerID, server.ApplicationID
	client := server.Client()

	wanted := clevercloud.RawRecipient{
		URL: "https://logs.example.com/ingest", Username: "shipper", Password: "not shown",
	}
	for range 2 {
		drains, err := client.Drains.List(ctx, owner, app, clevercloud.DrainQuery{})
		if err != nil {
			fmt.Println(err)
			return
		}
		exists := slices.ContainsFunc(drains, func(drain clevercloud.Drain) bool {
			return clevercloud.SameTarget(drain.Recipient, wanted)
		})
		fmt.Println("exists:", exists)
		if exists {
			break
		}
		_, err = client.Drains.Create(ctx, owner, app, clevercloud.DrainInput{
			Kind: clevercloud.DrainKindLog, Recipient: wanted,
		})
		if err != nil {
			fmt.Println(err)
			return
		}
	}
	// Output:
	// exists: false
	// exists: true
}
