// Firstcall lists the invoices of an owner: the program of the README.
package main

import (
	"context"
	"fmt"
	"log"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/auth"
)

func main() {
	credentials, err := auth.Default() // CLEVER_API_TOKEN, or what clever-tools has stored
	if err != nil {
		log.Fatal(err)
	}
	client, err := clevercloud.New(clevercloud.WithAuth(credentials))
	if err != nil {
		log.Fatal(err)
	}
	for invoice, err := range client.Billing.Invoices(context.Background(), "orga_…", clevercloud.InvoiceQuery{}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(invoice.Number, invoice.Status, invoice.TotalTaxExcluded.DefaultDisplay)
	}
}
