// Consumer is a program of somebody else's: it requires the module like any other, and uses each of
// its public names the way programs do. What it cannot compile against, no program can.
package main

import (
	"context"
	"fmt"
	"log"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/clevertest"
)

func main() {
	api := clevertest.NewServer()
	defer api.Close()
	zone, err := api.Client().Zones.Get(context.Background(), "par")
	if err != nil {
		log.Fatal(err)
	}
	client := api.Client(clevercloud.WithUserAgent("consumer/1.0"))
	invoices, err := client.Billing.ListInvoices(
		context.Background(), api.OwnerID, clevercloud.InvoiceQuery{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(zone.City, len(invoices) > 0)
	for _, request := range api.Requests() {
		fmt.Println(request.Header.Get("User-Agent"))
	}
}
