package clevertest_test

import (
	"context"
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

func ExampleServer_Requests() {
	api := clevertest.NewServer()
	defer api.Close()
	client := api.Client()

	_, _ = client.Zones.List(context.Background(), clevercloud.ZoneQuery{Tag: "for:applications"})
	for _, request := range api.Requests() {
		fmt.Println(request.Route, request.Method, request.Path, request.Query)
		fmt.Println(request.Header.Get("Authorization"))
	}
	// Output:
	// zones.list GET /v4/products/zones tag=for%3Aapplications
	// OAuth [redacted]
}

// How often, and with what, was a drain asked for?
func ExampleServer_RequestsTo() {
	api := clevertest.NewServer()
	defer api.Close()
	client, ctx := api.Client(), context.Background()

	_, _ = client.Zones.List(ctx, clevercloud.ZoneQuery{})
	_, _ = client.Drains.Create(ctx, api.OwnerID, api.ApplicationID, clevercloud.DrainInput{
		Kind: clevercloud.DrainKindAccessLog, Recipient: clevercloud.SyslogUDPRecipient{URL: "udp://logs.example.com:514"},
	})
	for _, request := range api.RequestsTo("drains.create") {
		fmt.Println(string(request.Body))
	}
	// Output: {"kind":"ACCESSLOG","recipient":{"type":"SYSLOG_UDP","url":"udp://logs.example.com:514"}}
}

// Nothing is served once the server is closed.
func ExampleServer_OpenStreams() {
	api := clevertest.NewServer()
	defer api.Close()

	for _, err := range api.Client().Logs.Stream(context.Background(), api.OwnerID, api.ApplicationID, clevercloud.LogQuery{Since: api.Now().Add(-time.Hour)}) {
		fmt.Println(err, api.OpenStreams())
		break
	}
	api.Close()
	fmt.Println(api.OpenStreams())
	// Output:
	// <nil> 1
	// 0
}
