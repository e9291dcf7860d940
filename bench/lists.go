package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"runtime"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/clevercloud-go/clevercloud"
)

// Lists compares ways of reading a list of n invoices from memory.
func Lists(n int) Group {
	var list bytes.Buffer
	writeInvoices(&list, n)
	s := newSource("http://localhost", memory{"application/json", list.Bytes(), false}, n)
	return Group{
		Title: fmt.Sprintf("%d invoices in memory", n),
		Items: n, Bytes: list.Len(), Turns: 1,
		Contenders: []Contender{
			{Invoices, func() error {
				return counted(n, func(got *int) error { return s.invoices(func() { *got++ }) })
			}},
			{Tokens, func() error { return s.each(walk) }},
			{OneByOne, func() error { return counted(n, s.decodeInvoices) }},
			{ListInvoices, func() error { return counted(n, s.listInvoices) }},
			{ByHand, func() error { return counted(n, s.unmarshalInvoices) }},
		},
	}
}

// invoices calls each for every invoice.
func (s source) invoices(each func()) error {
	client, err := s.client()
	if err != nil {
		return err
	}
	query := clevercloud.InvoiceQuery{Limit: s.n}
	for _, err := range client.Billing.Invoices(context.Background(), "orga_1", query) {
		if err != nil {
			return err
		}
		each()
	}
	return nil
}

func (s source) listInvoices(n *int) error {
	client, err := s.client()
	if err != nil {
		return err
	}
	query := clevercloud.InvoiceQuery{Limit: s.n}
	invoices, err := client.Billing.ListInvoices(context.Background(), "orga_1", query)
	*n = len(invoices)
	return err
}

// each hands the response over to read.
func (s source) each(read func(*http.Response) error) error {
	resp, err := (&http.Client{Transport: s.transport}).Get(s.base)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	return read(resp)
}

// walk reads all tokens, the least that a decoder does.
func walk(resp *http.Response) error {
	d := jsontext.NewDecoder(resp.Body)
	for {
		if _, err := d.ReadToken(); err != nil {
			return notEOF(err)
		}
	}
}

func (s source) unmarshalInvoices(n *int) error {
	var invoices []invoice
	err := s.each(func(resp *http.Response) error { return readJSON(resp, &invoices) })
	*n = len(invoices)
	return err
}

func (s source) decodeInvoices(n *int) error {
	return s.each(func(resp *http.Response) error {
		d := json.NewDecoder(resp.Body)
		if _, err := d.Token(); err != nil {
			return err
		}
		for d.More() {
			var one invoice
			if err := d.Decode(&one); err != nil {
				return err
			}
			*n++
		}
		return nil
	})
}

// Growth returns by how many bytes the heap grew between the first and the last of n invoices that
// are read one by one from the server at base.
func Growth(base string, n int) (int64, error) {
	var first, last runtime.MemStats
	err := counted(n, func(got *int) error {
		return newSource(base, NewTransport(), n).invoices(func() {
			switch *got++; *got {
			case 1:
				runtime.GC()
				runtime.ReadMemStats(&first)
			case n:
				runtime.GC()
				runtime.ReadMemStats(&last)
			}
		})
	})
	return int64(last.HeapAlloc) - int64(first.HeapAlloc), err
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
