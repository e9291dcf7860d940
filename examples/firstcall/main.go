// Firstcall is the program of the README: the invoices of an organisation.
package main

import (
	"context"
	"flag"
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
	flag.Parse()
	owner := clevercloud.OwnerID(flag.Arg(0)) // orga_… or user_…
	for invoice, err := range client.Billing.Invoices(context.Background(), owner, clevercloud.InvoiceQuery{}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(invoice.Number, invoice.Status, invoice.TotalTaxExcluded.DefaultDisplay)
	}
}
