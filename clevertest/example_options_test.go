package clevertest_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/auth"
	"github.com/clevercloud-go/clevercloud/clevertest"
)

func ExampleNewServer() {
	api := clevertest.NewServer()
	defer api.Close()

	client, err := clevercloud.New(clevercloud.WithBaseURL(api.URL), clevercloud.WithAuth(auth.Bearer(api.Token)))
	if err != nil {
		panic(err)
	}
	self, err := client.Identity.Self(context.Background())
	if err != nil {
		panic(err)
	}
	fmt.Println(self.ID == api.UserID)
	// Output: true
}

func ExampleWithListener() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	api := clevertest.NewServer(clevertest.WithListener(listener))
	defer api.Close()

	fmt.Println(api.URL == "http://"+listener.Addr().String())
	// Output: true
}

// In a test that waits, run all of this within synctest.Test: no wait takes any time.
func ExampleWithPipes() {
	api := clevertest.NewServer(clevertest.WithPipes())
	defer api.Close()

	zone, err := api.Client().Zones.Get(context.Background(), "par")
	if err != nil {
		panic(err)
	}
	fmt.Println(zone.City)
	// Output: Paris
}

func ExampleServer_HTTPClient() {
	api := clevertest.NewServer(clevertest.WithPipes())
	defer api.Close()

	resp, err := api.HTTPClient().Get(api.URL + "/v2/self")
	if err != nil {
		panic(err)
	}
	_ = resp.Body.Close()
	fmt.Println(resp.StatusCode) // no credentials
	// Output: 401
}

func ExampleWithClock() {
	christmas := time.Date(2026, 12, 25, 12, 0, 0, 0, time.UTC)
	api := clevertest.NewServer(clevertest.WithClock(func() time.Time { return christmas }))
	defer api.Close()

	invoices, err := api.Client().Billing.ListInvoices(context.Background(), api.OwnerID, clevercloud.InvoiceQuery{Limit: 1})
	if err != nil {
		panic(err)
	}
	fmt.Println(api.Now().Format(time.DateOnly), invoices[0].EmissionDate.Year()) // dates are relative to the clock
	// Output: 2026-12-25 2026
}

func ExampleServer_Advance() {
	api := clevertest.NewServer()
	defer api.Close()
	client, ctx := api.Client(), context.Background()
	id := api.AddDeployment(api.ApplicationID, clevertest.Deployment{State: "QUEUED"})

	for range 3 {
		deployment, err := client.Orchestration.GetDeployment(ctx, api.OwnerID, api.ApplicationID, id)
		if err != nil {
			panic(err)
		}
		fmt.Println(deployment.State)
		api.Advance(time.Second) // a step
	}
	// Output:
	// QUEUED
	// WORK_IN_PROGRESS
	// SUCCEEDED
}

// With frequent heartbeats a stream notices soon that it is quiet.
func ExampleWithHeartbeat() {
	api := clevertest.NewServer(clevertest.WithHeartbeat(5*time.Millisecond), clevertest.WithLogEntries(0))
	defer api.Close()
	api.AppendLogs(api.ApplicationID, clevertest.LogEntry{Message: "the last words"})

	query := clevercloud.LogQuery{Since: api.Now().Add(-time.Hour), QuietTimeout: 50 * time.Millisecond}
	for entry, err := range api.Client().Logs.Stream(context.Background(), api.OwnerID, api.ApplicationID, query) {
		if err != nil {
			panic(err)
		}
		fmt.Println(entry.Message)
	}
	// Output: the last words
}

// As users report it, a bound in the past ends a stream only when something else is logged. QuietTimeout ends it here.
func ExampleWithLazyUntil() {
	api := clevertest.NewServer(clevertest.WithLazyUntil(), clevertest.WithHeartbeat(5*time.Millisecond), clevertest.WithLogEntries(1))
	defer api.Close()

	query := clevercloud.LogQuery{Since: api.Now().Add(-time.Hour), Until: api.Now(), QuietTimeout: 50 * time.Millisecond}
	began := time.Now()
	for entry, err := range api.Client().Logs.Stream(context.Background(), api.OwnerID, api.ApplicationID, query) {
		fmt.Println(entry.Message, err)
	}
	fmt.Println(time.Since(began) >= 50*time.Millisecond)
	// Output:
	// Health check passed <nil>
	// true
}

func ExampleWithLogEntries() {
	api := clevertest.NewServer(clevertest.WithLogEntries(3))
	defer api.Close()

	n := 0
	query := clevercloud.LogQuery{Since: api.Now().Add(-time.Hour), Until: api.Now()}
	for _, err := range api.Client().Logs.Stream(context.Background(), api.OwnerID, api.ApplicationID, query) {
		if err != nil {
			panic(err)
		}
		n++
	}
	fmt.Println(n)
	// Output: 3
}

// Two hosts: a token is for the bridge.
func ExampleWithBridge() {
	api := clevertest.NewServer(clevertest.WithBridge())
	defer api.Close()
	token := clevercloud.WithAuth(auth.Bearer(api.Token))

	for _, address := range []string{api.BridgeURL, api.URL} {
		client := api.Client(token, clevercloud.WithBaseURL(address))
		_, err := client.Identity.Self(context.Background())
		fmt.Println(errors.Is(err, clevercloud.ErrUnauthorized))
	}
	// Output:
	// false
	// true
}

// The end of a stream as no client may have expected it.
func ExampleWithEndOfStream() {
	api := clevertest.NewServer(
		clevertest.WithEndOfStream(`{"endedBy":"MIDNIGHT"}`), clevertest.WithLogEntries(1))
	defer api.Close()

	query := clevercloud.LogQuery{Since: api.Now().Add(-time.Hour), Until: api.Now()}
	logs := api.Client().Logs
	for entry, err := range logs.Stream(context.Background(), api.OwnerID, api.ApplicationID, query) {
		fmt.Println(entry.Message, err)
	}
	// Output: Health check passed <nil>
}

// What a program finds in its environment: here auth.FromEnvironment does.
func ExampleServer_Environ() {
	api := clevertest.NewServer()
	defer api.Close()
	for _, variable := range api.Environ() {
		name, value, _ := strings.Cut(variable, "=")
		_ = os.Setenv(name, value) // in a test: t.Setenv; for a program that the test starts: cmd.Env
		defer os.Unsetenv(name)
	}

	credentials, err := auth.FromEnvironment()
	if err != nil {
		panic(err)
	}
	client, err := clevercloud.New(clevercloud.WithAuth(credentials))
	if err != nil {
		panic(err)
	}
	self, err := client.Identity.Self(context.Background())
	if err != nil {
		panic(err)
	}
	fmt.Println(credentials, self.Email)
	// Output: auth.Bearer([redacted]) camille@example.com
}

// A server is an http.Handler: here behind a prefix, as behind a gateway.
func ExampleServer_ServeHTTP() {
	api := clevertest.NewServer()
	defer api.Close()
	gateway := &http.Server{Handler: http.StripPrefix("/clever", api)}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	go func() { _ = gateway.Serve(listener) }()
	defer gateway.Close()

	client := api.Client(clevercloud.WithBaseURL("http://" + listener.Addr().String() + "/clever"))
	var document strings.Builder
	_, err = client.Billing.DownloadInvoicePDF(context.Background(), api.OwnerID, api.InvoiceNumber, &document)
	fmt.Println(err, document.Len() > 0)
	// Output: <nil> true
}
