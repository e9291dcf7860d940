package clevercloud_test

import (
	"context"
	"fmt"
	"log"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/clevertest"
)

func ExampleZonesService_List() {
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client()

	zones, err := client.Zones.List(context.Background(), clevercloud.ZoneQuery{Tag: "certification:hds"})
	if err != nil {
		log.Fatal(err)
	}
	for _, zone := range zones {
		fmt.Println(zone.Name, zone.City)
	}
	// Output:
	// parhds Paris
	// rbxhds Roubaix
}

// Zones need no credentials.
func ExampleZonesService_Get() {
	server := clevertest.NewServer()
	defer server.Close()
	client, err := clevercloud.New(clevercloud.WithBaseURL(server.URL))
	if err != nil {
		log.Fatal(err)
	}

	zone, err := client.Zones.Get(context.Background(), "mtl")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(zone.City, zone.CountryCode, zone.OutboundIPs)
	// Output: Montreal CA [198.51.100.21/32]
}
