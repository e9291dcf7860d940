package clevercloud_test

import (
	"context"
	"fmt"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/clevertest"
)

func ExampleZonesService_List() {
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client()

	zones, err := client.Zones.List(context.Background(), clevercloud.ZoneQuery{Tag: "certification:hds"})
	if err != nil {
		fmt.Println(err)
		return
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
		fmt.Println(err)
		return
	}

	zone, err := client.Zones.Get(context.Background(), "mtl")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(zone.City, zone.CountryCode, zone.OutboundIPs)
	// Output: Montreal CA [198.51.100.21/32]
}
