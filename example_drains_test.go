package clevercloud_test

import (
	"context"
	"errors"
	"fmt"
	"log"
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
		log.Fatal(err)
	}
	fmt.Println(drain.Status.Status)
	fmt.Println(drain.Recipient)
	// Output:
	// CREATED
	// ElasticsearchRecipient{URL:https://es.example.com:9200/_bulk Index:shop-logs Username: Password:[redacted] TLSVerification:}
}

// createDrain adds a drain to the application of server.
func createDrain(server *clevertest.Server) *clevercloud.Drain {
	drain, err := server.Client().Drains.Create(
		context.Background(), server.OwnerID, server.ApplicationID, clevercloud.DrainInput{
			Kind:      clevercloud.DrainKindLog,
			Recipient: clevercloud.RawRecipient{URL: "https://logs.example.com/ingest"},
		})
	if err != nil {
		log.Fatal(err)
	}
	return drain
}

func ExampleDrainsService_WaitForStatus() {
	server := clevertest.NewServer(clevertest.WithStepDuration(10 * time.Millisecond))
	defer server.Close()
	ctx, owner, app := context.Background(), server.OwnerID, server.ApplicationID
	client, drain := server.Client(), createDrain(server)

	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	drain, err := client.Drains.WaitForStatus(ctx, owner, app, drain.ID,
		clevercloud.DrainStatusEnabled, clevercloud.DrainWait{MaxInterval: time.Millisecond})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(drain.Status.Status)
	// Output: ENABLED
}

func ExampleDrainsService_Disable() {
	server := clevertest.NewServer(clevertest.WithStepDuration(0))
	defer server.Close()
	ctx, owner, app := context.Background(), server.OwnerID, server.ApplicationID
	client, drain := server.Client(), createDrain(server)

	if _, err := client.Drains.Disable(ctx, owner, app, drain.ID); err != nil {
		log.Fatal(err)
	}
	drain, err := client.Drains.WaitForStatus(ctx, owner, app, drain.ID,
		clevercloud.DrainStatusDisabled, clevercloud.DrainWait{Interval: time.Millisecond})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(drain.Status.Status)
	// Output: DISABLED
}

func ExampleDrainsService_Enable() {
	server := clevertest.NewServer(clevertest.WithStepDuration(0))
	defer server.Close()
	ctx, owner, app := context.Background(), server.OwnerID, server.ApplicationID
	client, drain := server.Client(), createDrain(server)

	if _, err := client.Drains.Disable(ctx, owner, app, drain.ID); err != nil {
		log.Fatal(err)
	}
	if _, err := client.Drains.Enable(ctx, owner, app, drain.ID); err != nil {
		log.Fatal(err)
	}
	drain, err := client.Drains.WaitForStatus(ctx, owner, app, drain.ID,
		clevercloud.DrainStatusEnabled, clevercloud.DrainWait{Interval: time.Millisecond})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(drain.Status.Status)
	// Output: ENABLED
}

func ExampleDrainsService_ResetCursor() {
	server := clevertest.NewServer()
	defer server.Close()
	ctx, owner, app := context.Background(), server.OwnerID, server.ApplicationID
	client, drain := server.Client(), createDrain(server)

	same, err := client.Drains.ResetCursor(ctx, owner, app, drain.ID)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(same.ID == drain.ID)
	// Output: true
}

func ExampleDrainsService_Check() {
	server := clevertest.NewServer()
	defer server.Close()
	ctx, owner, app := context.Background(), server.OwnerID, server.ApplicationID
	client, drain := server.Client(), createDrain(server)

	check, err := client.Drains.Check(ctx, owner, app, drain.ID)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(check.OK)
	// Output: true
}

func ExampleDrainsService_TestCommand() {
	server := clevertest.NewServer()
	defer server.Close()
	ctx, owner, app := context.Background(), server.OwnerID, server.ApplicationID
	client, drain := server.Client(), createDrain(server)

	command, err := client.Drains.TestCommand(ctx, owner, app, drain.ID)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(command, strings.HasPrefix(command.Reveal(), "curl "))
	// Output: [redacted] true
}

func ExampleDrainsService_DeleteAll() {
	server := clevertest.NewServer()
	defer server.Close()
	ctx, owner, app := context.Background(), server.OwnerID, server.ApplicationID
	client, drain := server.Client(), createDrain(server)

	removed, err := client.Drains.DeleteAll(ctx, owner, app)
	if err != nil {
		log.Fatal(err)
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
		log.Fatal(err)
	}
	if _, err := newer.Drains.List(ctx, owner, app, clevercloud.DrainQuery{}); err != nil {
		log.Fatal(err)
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
			log.Fatal(err)
		}
	}
	server.Advance(time.Minute)

	drains, err := client.Drains.List(ctx, owner, app, clevercloud.DrainQuery{
		Statuses: []clevercloud.DrainStatus{clevercloud.DrainStatusEnabled},
	})
	if err != nil {
		log.Fatal(err)
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
		log.Fatal(err)
	}

	drain, err := client.Drains.Get(ctx, owner, app, created.ID)
	if err != nil {
		log.Fatal(err)
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
	client, drain := server.Client(), createDrain(server)

	for range 2 {
		_, err := client.Drains.Delete(ctx, owner, app, drain.ID)
		if err != nil && !errors.Is(err, clevercloud.ErrNotFound) {
			log.Fatal(err)
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
			log.Fatal(err)
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
		log.Fatal(err)
	}
	fmt.Println(drain.Kind, drain.Status.Status, drain.ResourceID == "")
	// Output: AUDITLOG CREATED true
}

func ExampleDrainsService_ListForOwner() {
	server := clevertest.NewServer()
	defer server.Close()
	ctx, owner, app := context.Background(), server.OwnerID, server.ApplicationID
	client := server.Client()

	createDrain(server)
	_, err := client.Drains.CreateForOwner(ctx, owner, clevercloud.DrainInput{
		Kind:      clevercloud.DrainKindAuditLog,
		Recipient: clevercloud.RawRecipient{URL: "https://audit.example.com/in"},
	})
	if err != nil {
		log.Fatal(err)
	}

	drains, err := client.Drains.ListForOwner(ctx, owner, clevercloud.DrainQuery{})
	if err != nil {
		log.Fatal(err)
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
	client, created := server.Client(), createDrain(server)

	drain, err := client.Drains.GetForOwner(ctx, owner, created.ID)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(drain.ID == created.ID, drain.OwnerID == owner)
	// Output: true true
}

func ExampleDrainsService_DeleteForOwner() {
	server := clevertest.NewServer()
	defer server.Close()
	ctx, owner := context.Background(), server.OwnerID
	client, drain := server.Client(), createDrain(server)

	drain, err := client.Drains.DeleteForOwner(ctx, owner, drain.ID)
	if err != nil {
		log.Fatal(err)
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
			log.Fatal(err)
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
			log.Fatal(err)
		}
	}
	// Output:
	// exists: false
	// exists: true
}
