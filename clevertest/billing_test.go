package clevertest_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/clevercloud-go/clevercloud/clevertest"
)

func (p peer) invoices() string {
	return "/v4/billing/organisations/" + string(p.OwnerID) + "/invoices"
}

func TestBilling_List(t *testing.T) {
	t.Parallel()
	now := time.Date(2025, time.September, 14, 12, 0, 0, 0, time.UTC)
	p := start(t, clevertest.WithClock(func() time.Time { return now }))
	all := p.invoices() + "?since=2010-08-01T00:00:00.000Z"

	t.Run("has the shape of the live API", func(t *testing.T) { p.ok(all).like("billing/invoices_list.json") })
	t.Run("covers the current year without a period", func(t *testing.T) { assert.Len(t, p.ok(p.invoices()).list(), 12) })
	t.Run("covers the whole period asked for", func(t *testing.T) { assert.Len(t, p.ok(all).list(), 14) })
	t.Run("is limited", func(t *testing.T) { assert.Len(t, p.ok(all+"&limit=3").list(), 3) })
	t.Run("stops at until", func(t *testing.T) {
		assert.Equal(t, []any{"2024-12-01T00:00:00Z", "2024-11-01T00:00:00Z"}, p.ok(p.invoices()+"?until=2024-12-31").pluck("emission_date"))
	})
	t.Run("writes amounts digit by digit", func(t *testing.T) { assert.Contains(t, p.ok(all).Body, `"amount":60.0,`) })
	t.Run("is empty for the user", func(t *testing.T) {
		assert.Empty(t, p.ok("/v4/billing/organisations/"+string(p.UserID)+"/invoices").list())
	})
	for _, bad := range []string{"limit=0", "limit=-3", "limit=1001", "limit=x", "since=yesterday", "until=2025-13-01"} {
		t.Run("refuses "+bad, func(t *testing.T) {
			a := p.expect(400, "GET", p.invoices()+"?"+bad)
			a.like("errors/ovd_bad_request_field.json")
			name, _, _ := strings.Cut(bad, "=")
			assert.Equal(t, name, a.object()["context"].(map[string]any)["fieldName"])
		})
	}
}

func TestBilling_Unpaid(t *testing.T) {
	t.Parallel()
	p := start(t)
	p.AddInvoices(clevertest.Invoice{Number: "F20090101-000001", Status: "PAYMENTHELD", EmissionDate: time.Date(2009, 1, 1, 0, 0, 0, 0, time.UTC)})

	a := p.ok(p.invoices() + "/unpaid")

	a.like("billing/invoices_unpaid.json")
	assert.Equal(t, []any{"PENDING", "PROCESSING", "PAYMENTHELD"}, a.pluck("status"))
}

func TestBilling_Get(t *testing.T) {
	t.Parallel()
	p := start(t)

	t.Run("is a full invoice", func(t *testing.T) {
		a := p.ok(p.invoices() + "/" + string(p.InvoiceNumber))
		got := a.object()
		assert.Equal(t, string(p.InvoiceNumber), got["invoice_number"])
		assert.NotContains(t, got, "transaction_id")
		assert.NotContains(t, got, "invoice_day_plan")
	})
	t.Run("has the shape of the live API", func(t *testing.T) {
		p.ok(p.invoices() + "/" + string(p.InvoiceNumber)).like("billing/invoice_full.json")
	})
	t.Run("can be a credit note", func(t *testing.T) {
		p.ok(p.invoices() + "/" + string(p.CreditNoteNumber)).like("billing/invoice_creditnote.json")
	})
	t.Run("is HTML", func(t *testing.T) {
		a := p.ok(p.invoices() + "/" + string(p.InvoiceNumber) + ".html")
		assert.Equal(t, "text/html; charset=utf-8", a.Header.Get("Content-Type"))
		assert.True(t, strings.HasPrefix(a.Body, "<!DOCTYPE html>"))
	})
	t.Run("is PDF", func(t *testing.T) {
		a := p.ok(p.invoices() + "/" + string(p.InvoiceNumber) + ".pdf")
		assert.Equal(t, "application/pdf", a.Header.Get("Content-Type"))
		assert.Equal(t, strconv.Itoa(len(a.Body)), a.Header.Get("Content-Length"))
		assert.True(t, strings.HasPrefix(a.Body, "%PDF-"))
	})
	for _, path := range []string{"/F0", "/F0.pdf", "/" + string(p.InvoiceNumber) + ".doc"} {
		t.Run("unknown "+path, func(t *testing.T) {
			a := p.expect(404, "GET", p.invoices()+path)
			a.like("errors/ovd_not_found_resource.json")
		})
	}
	t.Run("is not another owner's", func(t *testing.T) {
		p.expect(404, "GET", "/v4/billing/organisations/"+string(p.UserID)+"/invoices/"+string(p.InvoiceNumber))
	})
}

func TestInvoices_CurrencyAndNames(t *testing.T) {
	t.Parallel()
	p := start(t)
	numbers := p.AddInvoices(
		clevertest.Invoice{Currency: "USD", TotalTaxExcluded: "12.3", Name: "Ada", Company: "Acme"},
		clevertest.Invoice{Currency: "CHF", TotalTaxExcluded: "7"},
	)

	got := p.ok(p.invoices() + "/" + string(numbers[0])).object()
	has(t, got, "currency", "USD", "total_tax_excluded.default_display", "$12.30",
		"address.name", "Ada", "address.company", "Acme")
	listed := p.ok(p.invoices() + "?limit=1").list()[0]
	has(t, listed, "currency", "CHF", "total_tax_excluded.default_display", "CHF 7.00")
}
