package clevertest

import (
	"fmt"
	"html"
	"math/big"
	"net/http"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/clevercloud-go/clevercloud"
)

var billingRoutes = []route{
	{id: "billing.list-invoices", pattern: "GET /v4/billing/organisations/{ownerId}/invoices",
		answer: (*Server).listInvoices},
	{id: "billing.list-unpaid-invoices",
		pattern: "GET /v4/billing/organisations/{ownerId}/invoices/unpaid",
		answer:  (*Server).listUnpaidInvoices},
	{id: "billing.get-invoice",
		pattern: "GET /v4/billing/organisations/{ownerId}/invoices/{invoiceId}",
		answer:  (*Server).getInvoice, pick: invoiceRoute},
	{id: "billing.download-invoice-pdf", answer: (*Server).getInvoice},
	{id: "billing.download-invoice-html", answer: (*Server).getInvoice},
}

// invoiceRoute goes by the end of the path, which no pattern tells apart.
func invoiceRoute(r *http.Request) string {
	switch path.Ext(r.URL.Path) {
	case ".pdf":
		return "billing.download-invoice-pdf"
	case ".html":
		return "billing.download-invoice-html"
	}
	return "billing.get-invoice"
}

// Invoice is an invoice to add. Empty fields get plausible values.
type Invoice struct {
	Number  clevercloud.InvoiceNumber
	OwnerID clevercloud.OwnerID // the seeded organisation
	Kind    string              // INVOICE
	Status  string              // PAID
	// EmissionDate is now by default. PayDate is two minutes later if the status is a paid one.
	EmissionDate time.Time
	PayDate      time.Time
	// TotalTaxExcluded and TotalTax are decimal texts, sent unchanged. The tax is 20 % by default.
	TotalTaxExcluded string
	TotalTax         string
	Currency         string // ISO 4217: EUR
	// Name and Company are those of the owner by default.
	Name    string
	Company string
}

type invoice struct {
	Invoice
	addressID string
	serial    int
}

type moneyWire struct {
	Currency  string `json:"currency"`
	Amount    number `json:"amount"`
	Formatted string `json:"amount_formatted"`
	Display   string `json:"default_display"`
}

// symbols stand before an amount, as the code of any other currency does.
var symbols = map[string]string{"EUR": "€", "USD": "$", "GBP": "£"}

func moneyIn(currency, amount string) moneyWire {
	formatted := "0.00"
	if r, ok := new(big.Rat).SetString(amount); ok {
		formatted = r.FloatString(2)
	}
	display := orElse(symbols[currency], currency+" ") + formatted
	return moneyWire{currency, number(amount), formatted, display}
}

type addressWire struct {
	ID            string  `json:"address_id"`
	OwnerID       string  `json:"owner_id"`
	Name          string  `json:"name"`
	Company       string  `json:"company"`
	Address       string  `json:"address"`
	City          string  `json:"city"`
	Zipcode       string  `json:"zipcode"`
	Country       string  `json:"country_alpha2"`
	VATNumber     string  `json:"vat_number"`
	VATPercent    number  `json:"vat_percent"`
	CostCenter    *string `json:"customer_cost_center"`
	PurchaseOrder *string `json:"customer_purchase_order"`
}

type invoiceWire struct {
	Number         string      `json:"invoice_number"`
	Kind           string      `json:"kind"`
	OwnerID        string      `json:"owner_id"`
	Address        addressWire `json:"address"`
	EmissionDate   microStamp  `json:"emission_date"`
	PayDate        microStamp  `json:"pay_date"`
	Status         string      `json:"status"`
	Currency       string      `json:"currency"`
	KPIMonths      int         `json:"kpi_compute_months"`
	PriceFactor    number      `json:"price_factor"`
	Discount       number      `json:"discount"`
	VATPercent     number      `json:"vat_percent"`
	Net            moneyWire   `json:"total_tax_excluded"`
	Tax            moneyWire   `json:"total_tax"`
	Category       string      `json:"category"`
	Provider       *string     `json:"payment_provider"`
	TransactionID  *string     `json:"transaction_id"`
	CustomerOrder  *string     `json:"customer_order_id"`
	InvoiceDayPlan *int        `json:"invoice_day_plan"`
}

// isUnpaid lists the statuses of /invoices/unpaid.
func (i *invoice) isUnpaid() bool {
	return slices.Contains([]string{"PENDING", "PROCESSING", "PAYMENTHELD"}, i.Status)
}

// payment is who took the money and under which id; nothing until paid.
func (i *invoice) payment() (provider, transaction *string) {
	if i.Status != "PAID" {
		return nil, nil
	}
	return ptr("STRIPE"), ptr(fmt.Sprintf("pi_clevertest%06d", i.serial))
}

func (i *invoice) money(amount string) moneyWire { return moneyIn(i.Currency, amount) }

func (i *invoice) address(owner *owner) addressWire {
	return addressWire{
		ID: i.addressID, OwnerID: owner.id,
		Name: orElse(i.Name, owner.contact), Company: orElse(i.Company, owner.name),
		Address: "12 rue des Tanneurs", City: "Nantes", Zipcode: "44000", Country: "FR",
		VATNumber: "FR40303265045", VATPercent: "20.0", CostCenter: ptr("CC-2041"),
	}
}

func (s *Server) invoiceSummary(i *invoice) invoiceWire {
	provider, transaction := i.payment()
	w := invoiceWire{
		Number: string(i.Number), Kind: i.Kind, OwnerID: string(i.OwnerID),
		Address:      i.address(s.owners[string(i.OwnerID)]),
		EmissionDate: microStamp(i.EmissionDate), PayDate: microStamp(i.PayDate),
		Status: i.Status, Currency: i.Currency,
		KPIMonths: 1, PriceFactor: "1.0", Discount: "0.0", VATPercent: "20.0",
		Net: i.money(i.TotalTaxExcluded), Tax: i.money(i.TotalTax), Category: "PAAS",
		Provider: provider, TransactionID: transaction,
	}
	if i.isUnpaid() {
		w.InvoiceDayPlan = ptr(30)
	}
	return w
}

// AddInvoices adds invoices and returns their numbers.
func (s *Server) AddInvoices(invoices ...Invoice) []clevercloud.InvoiceNumber {
	s.mu.Lock()
	defer s.mu.Unlock()
	numbers := make([]clevercloud.InvoiceNumber, 0, len(invoices))
	for _, in := range invoices {
		numbers = append(numbers, s.addInvoice(in).Number)
	}
	return numbers
}

func (s *Server) addInvoice(in Invoice) *invoice {
	serial := len(s.invoices) + 1
	in.OwnerID = orElse(in.OwnerID, s.OwnerID)
	in.Kind = orElse(in.Kind, "INVOICE")
	in.Status = orElse(in.Status, "PAID")
	in.Currency = orElse(in.Currency, "EUR")
	in.EmissionDate = orElse(in.EmissionDate, s.now())
	letter := "F"
	if in.Kind == "CREDITNOTE" {
		letter = "A"
	}
	number := fmt.Sprintf("%s%s-%06d", letter, in.EmissionDate.Format("20060102"), 31880+serial)
	in.Number = orElse(in.Number, clevercloud.InvoiceNumber(number))
	if in.PayDate.IsZero() && (in.Status == "PAID" || in.Status == "REFUNDED") {
		in.PayDate = in.EmissionDate.Add(2 * time.Minute)
	}
	in.TotalTaxExcluded = orElse(in.TotalTaxExcluded, "60.0")
	in.TotalTax = orElse(in.TotalTax, taxOn(in.TotalTaxExcluded))
	i := &invoice{Invoice: in, addressID: "address_" + s.uuid(), serial: serial}
	s.invoices = append(s.invoices, i)
	return i
}

// taxOn is 20 % of a decimal text.
func taxOn(net string) string {
	r, ok := new(big.Rat).SetString(net)
	if !ok {
		return "0.0"
	}
	return r.Mul(r, big.NewRat(1, 5)).FloatString(2)
}

// selectInvoices returns an owner's invoices that keep wants, newest first.
func (s *Server) selectInvoices(ownerID string, keep func(*invoice) bool) []*invoice {
	var found []*invoice
	for _, i := range s.invoices {
		if string(i.OwnerID) == ownerID && keep(i) {
			found = append(found, i)
		}
	}
	slices.SortStableFunc(found, func(a, b *invoice) int {
		return b.EmissionDate.Compare(a.EmissionDate)
	})
	return found
}

func (s *Server) listInvoices(c *call) (reply, error) {
	q := c.query()
	since, until, limit := q.time("since"), q.time("until"), q.limit(1000)
	if q.err != nil {
		return reply{}, q.err
	}
	if since.IsZero() && until.IsZero() {
		since = time.Date(s.now().Year(), time.January, 1, 0, 0, 0, 0, time.UTC)
	}
	found := s.selectInvoices(c.PathValue("ownerId"), func(i *invoice) bool {
		return within(i.EmissionDate, since, until)
	})
	return ok(list(found[:min(limit, len(found))], s.invoiceSummary))
}

func (s *Server) listUnpaidInvoices(c *call) (reply, error) {
	return ok(list(s.selectInvoices(c.PathValue("ownerId"), (*invoice).isUnpaid), s.invoiceSummary))
}

// getInvoice answers with the object, or with a document when the number has its extension.
func (s *Server) getInvoice(c *call) (reply, error) {
	name := c.PathValue("invoiceId")
	number, isHTML := strings.CutSuffix(name, ".html")
	number, isPDF := strings.CutSuffix(number, ".pdf")
	found := s.selectInvoices(c.PathValue("ownerId"), func(i *invoice) bool {
		return string(i.Number) == number
	})
	switch {
	case len(found) == 0 || isHTML && isPDF:
		return reply{}, notFound("invoice", number)
	case isHTML:
		return textReply("text/html; charset=utf-8", invoiceHTML(found[0])), nil
	case isPDF:
		body := invoicePDF(found[0])
		return reply{status: http.StatusOK, contentType: "application/pdf", body: body}, nil
	}
	return ok(s.invoiceDetail(found[0]))
}

func invoiceHTML(i *invoice) string {
	title := html.EscapeString(string(i.Number))
	return "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>" + title +
		"</title></head><body><h1>Invoice " + title +
		"</h1><p>" + i.money(i.TotalTaxExcluded).Display + " excluding tax</p></body></html>\n"
}

// invoicePDF is one page that says which invoice it is.
func invoicePDF(i *invoice) []byte {
	text := strings.NewReplacer("\\", "", "(", "", ")", "").Replace(string(i.Number))
	content := "BT /F1 24 Tf 72 720 Td (Invoice " + text + ") Tj ET"
	objects := []string{
		"<< /Type /Catalog /Pages 2 0 R >>",
		"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R " +
			"/Resources << /Font << /F1 5 0 R >> >> >>",
		fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", len(content), content),
		"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
	}
	pdf := []byte("%PDF-1.4\n")
	offsets := make([]int, len(objects))
	for n, object := range objects {
		offsets[n] = len(pdf)
		pdf = fmt.Appendf(pdf, "%d 0 obj\n%s\nendobj\n", n+1, object)
	}
	xref := len(pdf)
	pdf = fmt.Appendf(pdf, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, offset := range offsets {
		pdf = fmt.Appendf(pdf, "%010d 00000 n \n", offset)
	}
	return fmt.Appendf(pdf, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n",
		len(objects)+1, xref)
}
