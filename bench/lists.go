package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/clevercloud-go/clevercloud"
)

// Lists compares ways of reading a list of n invoices, in memory.
func Lists(n int) Group {
	return Group{
		Name: "Invoices", Title: fmt.Sprintf("A list of %d invoices, in memory", n),
		Peer: "json.Unmarshal into a plain struct", Floor: "copy in 4 KiB reads", Events: n,
		Stream: func() []byte { return Invoices(n) },
		Contenders: []Contender{
			{"Billing.ListInvoices", listInvoices},
			{"Billing.Invoices", rangeInvoices},
			{"json.Unmarshal into the SDK's type", unmarshalInvoices[clevercloud.Invoice]},
			{"json.Unmarshal into a plain struct", unmarshalInvoices[invoice]},
			{"json.Decoder, one by one, into a plain struct", decodeInvoices},
			{"copy in 4 KiB reads", copyReads},
		},
	}
}

func billingOf(list []byte) (*clevercloud.BillingService, error) {
	c, err := clevercloud.New(clevercloud.WithHTTPClient(&http.Client{Transport: memory{bytes.NewReader(list)}}))
	if err != nil {
		return nil, err
	}
	return c.Billing, nil
}

func listInvoices(list []byte) (int, error) {
	billing, err := billingOf(list)
	if err != nil {
		return 0, err
	}
	invoices, err := billing.ListInvoices(context.Background(), "orga_1", clevercloud.InvoiceQuery{})
	return len(invoices), err
}

func rangeInvoices(list []byte) (n int, err error) {
	billing, err := billingOf(list)
	if err != nil {
		return 0, err
	}
	for _, err := range billing.Invoices(context.Background(), "orga_1", clevercloud.InvoiceQuery{}) {
		if err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

func unmarshalInvoices[T any](list []byte) (int, error) {
	var invoices []T
	err := json.Unmarshal(list, &invoices)
	return len(invoices), err
}

func decodeInvoices(list []byte) (int, error) { return DecodeInvoices(bytes.NewReader(list)) }

// DecodeInvoices reads a list as a careful person would, one invoice after the other.
func DecodeInvoices(list io.Reader) (int, error) {
	d := json.NewDecoder(list)
	if _, err := d.Token(); err != nil {
		return 0, err
	}
	n := 0
	for ; d.More(); n++ {
		var one invoice
		if err := d.Decode(&one); err != nil {
			return n, err
		}
	}
	_, err := d.Token()
	return n, err
}

// UnmarshalInvoices reads a list as a whole.
func UnmarshalInvoices(list []byte) (any, error) {
	var invoices []invoice
	err := json.Unmarshal(list, &invoices)
	return invoices, err
}

// An invoice is the SDK's Invoice for encoding/json alone.
type invoice struct {
	Number  string `json:"invoice_number"`
	Kind    string `json:"kind"`
	OwnerID string `json:"owner_id"`
	Address struct {
		AddressID             string      `json:"address_id"`
		OwnerID               string      `json:"owner_id"`
		Name                  string      `json:"name"`
		Company               string      `json:"company"`
		Address               string      `json:"address"`
		City                  string      `json:"city"`
		Zipcode               string      `json:"zipcode"`
		CountryAlpha2         string      `json:"country_alpha2"`
		VATNumber             string      `json:"vat_number"`
		VATPercent            json.Number `json:"vat_percent"`
		CustomerCostCenter    string      `json:"customer_cost_center"`
		CustomerPurchaseOrder string      `json:"customer_purchase_order"`
	} `json:"address"`
	EmissionDate     time.Time   `json:"emission_date"`
	PayDate          time.Time   `json:"pay_date"`
	Status           string      `json:"status"`
	Currency         string      `json:"currency"`
	KPIComputeMonths int         `json:"kpi_compute_months"`
	PriceFactor      json.Number `json:"price_factor"`
	Discount         json.Number `json:"discount"`
	VATPercent       json.Number `json:"vat_percent"`
	TotalTaxExcluded money       `json:"total_tax_excluded"`
	TotalTax         money       `json:"total_tax"`
	Category         string      `json:"category"`
	PaymentProvider  string      `json:"payment_provider"`
	TransactionID    string      `json:"transaction_id"`
	CustomerOrderID  string      `json:"customer_order_id"`
	InvoiceDayPlan   int         `json:"invoice_day_plan"`
}

type money struct {
	Currency        string      `json:"currency"`
	Amount          json.Number `json:"amount"`
	AmountFormatted string      `json:"amount_formatted"`
	DefaultDisplay  string      `json:"default_display"`
}
