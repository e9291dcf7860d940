package clevertest_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/clevercloud-go/clevercloud/clevertest"
)

func (p peer) invoices() string { return p.v4("billing") + "/invoices" }

func TestBilling_List(t *testing.T) {
	t.Parallel()
	now := time.Date(2025, time.September, 14, 12, 0, 0, 0, time.UTC)
	p := start(t, clevertest.WithClock(func() time.Time { return now }))
	all := p.invoices() + "?since=2010-08-01T00:00:00.000Z"

	p.ok(all).like("billing/invoices_list.json")
	assert.Len(t, p.ok(p.invoices()).list(), 12, "the current year without a period")
	assert.Len(t, p.ok(all).list(), 14, "the whole period asked for")
	assert.Len(t, p.ok(all+"&limit=3").list(), 3)
	assert.Equal(t, []any{"2024-12-01T00:00:00Z", "2024-11-01T00:00:00Z"},
		p.ok(p.invoices()+"?until=2024-12-31").pluck("emission_date"))
	assert.Contains(t, p.ok(all).Body, `"amount":60.0,`, "amounts are written digit by digit")
	assert.Empty(t, p.ok(p.of("billing", p.UserID)+"/invoices").list())
	for _, bad := range []string{
		"limit=0", "limit=-3", "limit=1001", "limit=x", "since=yesterday", "until=2025-13-01",
	} {
		a := p.expect(400, "GET", p.invoices()+"?"+bad)
		a.like("errors/ovd_bad_request_field.json")
		name, _, _ := strings.Cut(bad, "=")
		has(t, a.object(), "context.fieldName", name)
	}
}

func TestBilling_Unpaid(t *testing.T) {
	t.Parallel()
	p := start(t)
	p.AddInvoices(clevertest.Invoice{
		Number: "F20090101-000001", Status: "PAYMENTHELD",
		EmissionDate: time.Date(2009, 1, 1, 0, 0, 0, 0, time.UTC),
	})

	a := p.ok(p.invoices() + "/unpaid")

	a.like("billing/invoices_unpaid.json")
	assert.Equal(t, []any{"PENDING", "PROCESSING", "PAYMENTHELD"}, a.pluck("status"))
}

func TestBilling_Get(t *testing.T) {
	t.Parallel()
	p := start(t)
	path := p.invoices() + "/" + string(p.InvoiceNumber)

	got := p.ok(path).object()
	assert.Equal(t, string(p.InvoiceNumber), got["invoice_number"])
	assert.NotContains(t, got, "transaction_id")
	assert.NotContains(t, got, "invoice_day_plan")
	p.ok(path).like("billing/invoice_full.json")
	assert.NotEmpty(t, got["uptimes"])
	assert.NotEmpty(t, got["countables"])
	p.ok(p.invoices() + "/" + string(p.CreditNoteNumber)).like("billing/invoice_creditnote.json")
	for extension, want := range map[string]struct{ contentType, prefix string }{
		".html": {"text/html; charset=utf-8", "<!DOCTYPE html>"},
		".pdf":  {"application/pdf", "%PDF-"},
	} {
		a := p.ok(path + extension)
		assert.Equal(t, want.contentType, a.Header.Get("Content-Type"))
		assert.Equal(t, strconv.Itoa(len(a.Body)), a.Header.Get("Content-Length"))
		assert.True(t, strings.HasPrefix(a.Body, want.prefix))
	}
	for _, unknown := range []string{
		p.invoices() + "/F0", p.invoices() + "/F0.pdf", path + ".doc",
		p.of("billing", p.UserID) + "/invoices/" + string(p.InvoiceNumber),
	} {
		p.expect(404, "GET", unknown).like("errors/ovd_not_found_resource.json")
	}
}

func TestInvoices_CurrencyAndNames(t *testing.T) {
	t.Parallel()
	p := start(t)
	numbers := p.AddInvoices(
		clevertest.Invoice{Currency: "USD", TotalTaxExcluded: "12.3", Name: "Ada", Company: "Acme"},
		clevertest.Invoice{Currency: "CHF", TotalTaxExcluded: "7", Kind: "CREDITNOTE"},
	)
	assert.Regexp(t, `^F\d{8}-\d{6} A\d{8}-\d{6}$`, string(numbers[0]+" "+numbers[1]))

	got := p.ok(p.invoices() + "/" + string(numbers[0])).object()
	has(t, got, "currency", "USD", "total_tax_excluded.default_display", "$12.30",
		"address.name", "Ada", "address.company", "Acme")
	listed := p.ok(p.invoices() + "?limit=1").list()[0]
	has(t, listed, "currency", "CHF", "total_tax_excluded.default_display", "CHF 7.00")
}
