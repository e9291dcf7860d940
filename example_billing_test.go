package clevercloud_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/clevertest"
)

func ExampleBillingService_Invoices() {
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client()

	unpaid := 0
	everything := clevercloud.InvoiceQuery{Since: time.Date(2010, 8, 1, 0, 0, 0, 0, time.UTC)}
	for invoice, err := range client.Billing.Invoices(context.Background(), server.OwnerID, everything) {
		if err != nil {
			log.Fatal(err)
		}
		if invoice.Status.IsUnpaid() {
			unpaid++
		}
	}
	fmt.Println(unpaid)
	// Output: 2
}

func ExampleBillingService_GetInvoice() {
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client()

	invoice, err := client.Billing.GetInvoice(context.Background(), server.OwnerID, server.InvoiceNumber)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(invoice.Number == server.InvoiceNumber, invoice.Status, invoice.Currency, len(invoice.Uptimes) > 0)
	// Output: true PAID EUR true
}

// A document is whole under its name, or not there.
func ExampleBillingService_DownloadInvoicePDF() {
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client()
	dir, _ := os.MkdirTemp("", "invoices")
	defer os.RemoveAll(dir)

	save := func(name string) error {
		file, err := os.CreateTemp(dir, "*.part")
		if err != nil {
			return err
		}
		defer os.Remove(file.Name())
		_, err = client.Billing.DownloadInvoicePDF(context.Background(), server.OwnerID, server.InvoiceNumber, file)
		if err = errors.Join(err, file.Close()); err != nil {
			return err
		}
		return os.Rename(file.Name(), filepath.Join(dir, name))
	}
	fmt.Println(save("invoice.pdf"))

	content, _ := os.ReadFile(filepath.Join(dir, "invoice.pdf"))
	fmt.Println(string(content[:5]))
	// Output:
	// <nil>
	// %PDF-
}

func ExampleBillingService_ListUnpaidInvoices() {
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client()

	invoices, err := client.Billing.ListUnpaidInvoices(context.Background(), server.OwnerID)
	if err != nil {
		log.Fatal(err)
	}
	for _, invoice := range invoices {
		fmt.Println(invoice.Status, invoice.Status.IsUnpaid())
	}
	// Output:
	// PENDING true
	// PROCESSING true
}

func ExampleBillingService_ListInvoices() {
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client()
	server.AddInvoices(clevertest.Invoice{
		EmissionDate: time.Date(2024, 5, 1, 1, 10, 29, 0, time.UTC), TotalTaxExcluded: "100.10", TotalTax: "20.02",
	})

	invoices, err := client.Billing.ListInvoices(context.Background(), server.OwnerID, clevercloud.InvoiceQuery{
		Since: time.Date(2024, 4, 1, 0, 0, 0, 0, time.UTC),
		Until: time.Date(2024, 6, 1, 0, 0, 0, 0, time.UTC),
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, invoice := range invoices {
		fmt.Println(invoice.EmissionDate.Format(time.DateOnly), invoice.Status, invoice.TotalTaxExcluded.Amount, invoice.Currency)
	}
	// Output: 2024-05-01 PAID 100.10 EUR
}

func ExampleBillingService_DownloadInvoiceHTML() {
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client()

	var page strings.Builder
	n, err := client.Billing.DownloadInvoiceHTML(context.Background(), server.OwnerID, server.InvoiceNumber, &page)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(n == int64(page.Len()), strings.HasPrefix(page.String(), "<!DOCTYPE html>"))
	// Output: true true
}

func ExampleBillingService_GetCredits() {
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client()

	credits, err := client.Billing.GetCredits(context.Background(), server.OwnerID)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(credits.PrepaidCredit.Add(credits.FreeCredit), credits.Currency)
	// Output: 20 EUR
}

func ExampleBillingService_GetPriceSystem() {
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client()

	prices, err := client.Billing.GetPriceSystem(context.Background(), server.OwnerID, "par")
	if err != nil {
		log.Fatal(err)
	}
	for _, price := range prices.Runtime {
		if price.Flavor == "XS" {
			fmt.Println(price.Price, prices.Currency, price.TimeUnit)
		}
	}
	// Output: 0.0222 EUR PT1H
}

// Public prices need no credentials.
func ExampleBillingService_GetPublicPriceSystem() {
	server := clevertest.NewServer()
	defer server.Close()
	client, err := clevercloud.New(clevercloud.WithBaseURL(server.URL))
	if err != nil {
		log.Fatal(err)
	}

	prices, err := client.Billing.GetPublicPriceSystem(context.Background(), "par", "EUR")
	if err != nil {
		log.Fatal(err)
	}
	for _, price := range prices.Countable {
		if price.Service == "kubernetes.node.vcpu" {
			seconds := price.TimeIntervalForPrice.Interval
			fmt.Println(price.PricePlans[0].Price, prices.Currency, "for", seconds, "seconds")
		}
	}
	// Output: 0.0055 EUR for 3600 seconds
}
