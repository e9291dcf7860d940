package clevertest_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/clevertest"
)

func ExampleServer_Inject() {
	api := clevertest.NewServer()
	defer api.Close()
	client := api.Client(clevercloud.WithMaxRetries(0))

	api.Inject(clevertest.Fault{Path: "zones.list", Status: http.StatusServiceUnavailable, RetryAfter: time.Second})
	_, err := client.Zones.List(context.Background(), clevercloud.ZoneQuery{})
	fmt.Println(errors.Is(err, clevercloud.ErrUnavailable))

	_, err = client.Zones.List(context.Background(), clevercloud.ZoneQuery{}) // the fault is used up
	fmt.Println(err)
	// Output:
	// true
	// <nil>
}

func ExampleServer_ClearFaults() {
	api := clevertest.NewServer()
	defer api.Close()
	client := api.Client(clevercloud.WithMaxRetries(0))

	api.Inject(clevertest.Fault{Status: http.StatusBadGateway, Times: -1}) // an outage
	_, down := client.Zones.Get(context.Background(), "par")
	api.ClearFaults()
	_, up := client.Zones.Get(context.Background(), "par")
	fmt.Println(down != nil, up)
	// Output: true <nil>
}

// The second and third write under a path.
func ExampleFault() {
	api := clevertest.NewServer()
	defer api.Close()
	client := api.Client(clevercloud.WithMaxRetries(0))
	api.Inject(clevertest.Fault{Method: http.MethodPost, Path: "/v4/addon-providers/**", Skip: 1, Times: 2, Status: http.StatusConflict})

	for range 4 {
		err := client.Operators.Reboot(context.Background(), clevercloud.Keycloak, api.KeycloakID)
		fmt.Println(errors.Is(err, clevercloud.ErrConflict))
	}
	// Output:
	// false
	// true
	// true
	// false
}

func ExampleFault_body() {
	api := clevertest.NewServer()
	defer api.Close()
	api.Inject(clevertest.Fault{Path: "zones.get", Body: `{"name":"par","climate":"mild"}`}) // a field to come

	zone, err := api.Client().Zones.Get(context.Background(), "par")
	if err != nil {
		panic(err)
	}
	fmt.Printf("%s %q\n", zone.Name, zone.City)
	// Output: par ""
}

// A drain is not created twice because an answer was lost.
func ExampleDrop() {
	for _, mode := range []clevertest.FaultMode{clevertest.Drop, clevertest.Cut} {
		api := clevertest.NewServer()
		client, ctx := api.Client(), context.Background()
		api.Inject(clevertest.Fault{Path: "drains.create", Mode: mode, CutAfter: clevertest.BeforeHeaders})

		_, err := client.Drains.Create(ctx, api.OwnerID, api.ApplicationID, clevercloud.DrainInput{
			Kind: clevercloud.DrainKindLog, Recipient: clevercloud.RawRecipient{URL: "https://logs.example.com/in"},
		})
		drains, listErr := client.Drains.List(ctx, api.OwnerID, api.ApplicationID, clevercloud.DrainQuery{})
		fmt.Println("failed:", err != nil, "requests:", len(api.RequestsTo("drains.create")), "drains:", len(drains), listErr)
		api.Close()
	}
	// Output:
	// failed: true requests: 1 drains: 0 <nil>
	// failed: true requests: 1 drains: 1 <nil>
}

// A download that breaks off says how far it came.
func ExampleCut() {
	api := clevertest.NewServer()
	defer api.Close()
	api.Inject(clevertest.Fault{Path: "billing.download-invoice-pdf", Mode: clevertest.Cut, CutAfter: 100})

	n, err := api.Client().Billing.DownloadInvoicePDF(context.Background(), api.OwnerID, api.InvoiceNumber, io.Discard)
	fmt.Println(n, errors.Is(err, io.ErrUnexpectedEOF))
	// Output: 100 true
}

// A list that ends early, but cleanly, is not a shorter list.
func ExampleEOF() {
	api := clevertest.NewServer()
	defer api.Close()
	client := api.Client(clevercloud.WithMaxRetries(0))
	api.Inject(clevertest.Fault{Path: "zones.list", Mode: clevertest.EOF, CutAfter: 500})

	zones, err := client.Zones.List(context.Background(), clevercloud.ZoneQuery{})
	var foreign *clevercloud.DecodeError
	fmt.Println(len(zones), errors.As(err, &foreign))
	// Output: 0 true
}

func ExampleSilence() {
	api := clevertest.NewServer()
	defer api.Close()
	client := api.Client(clevercloud.WithTimeout(20*time.Millisecond), clevercloud.WithMaxRetries(0))
	api.Inject(clevertest.Fault{Mode: clevertest.Silence, CutAfter: 10})

	_, err := client.Zones.Get(context.Background(), "par")
	fmt.Println(errors.Is(err, os.ErrDeadlineExceeded))
	// Output: true
}

func ExampleMalformed() {
	api := clevertest.NewServer()
	defer api.Close()
	api.Inject(clevertest.Fault{Path: "zones.get", Mode: clevertest.Malformed})

	_, err := api.Client().Zones.Get(context.Background(), "par")
	var foreign *clevercloud.DecodeError
	fmt.Println(errors.As(err, &foreign))
	// Output: true
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
