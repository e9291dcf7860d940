package clevertest

import (
	"fmt"
	"html"
	"math/big"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/clevercloud-go/clevercloud"
)

const billingBase = "/v4/billing/organisations/{ownerId}"

// A document has the path of its invoice plus an extension, which no pattern tells apart.
var billingRoutes = slices.Concat(
	under("billing", billingBase, []row{
		{"list-invoices", "GET", "/invoices", (*Server).listInvoices},
		{"list-unpaid-invoices", "GET", "/invoices/unpaid", (*Server).listUnpaidInvoices},
		{"get-credits", "GET", "/credits/summary", (*Server).getCredits},
		{"get-price-system", "GET", "/price-system", (*Server).getPriceSystem},
	}),
	public(under("billing", "/v4/billing", []row{
		{"get-public-price-system", "GET", "/price-system", (*Server).getPriceSystem},
	})),
	[]route{
		{id: "billing.get-invoice", pattern: "GET " + billingBase + "/invoices/{invoiceId}",
			answer: (*Server).getInvoice, pick: invoiceRoute},
		{id: "billing.download-invoice-pdf", answer: (*Server).getInvoice},
		{id: "billing.download-invoice-html", answer: (*Server).getInvoice},
	},
)

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

const creditNote = "CREDITNOTE"

type invoice struct {
	Invoice
	addressID string
	serial    int
}

// symbols stand before an amount, as the code of any other currency does.
var symbols = map[string]string{"EUR": "€", "USD": "$", "GBP": "£"}

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

func (i *invoice) money(amount string) object {
	return object{
		{"currency", i.Currency}, {"amount", number(amount)},
		{"amount_formatted", decimal(amount).FloatString(2)},
		{"default_display", i.display(amount)},
	}
}

func (i *invoice) display(amount string) string {
	return orElse(symbols[i.Currency], i.Currency+" ") + decimal(amount).FloatString(2)
}

func (s *Server) invoiceAddress(i *invoice) object {
	owner := s.owners[string(i.OwnerID)]
	return object{
		{"address_id", i.addressID}, {"owner_id", owner.id},
		{"name", orElse(i.Name, owner.contact)}, {"company", orElse(i.Company, owner.name)},
		{"address", "12 rue des Tanneurs"}, {"city", "Nantes"}, {"zipcode", "44000"},
		{"country_alpha2", "FR"}, {"vat_number", "FR40303265045"}, {"vat_percent", number("20.0")},
		{"customer_cost_center", "CC-2041"}, {"customer_purchase_order", nil},
	}
}

func (s *Server) invoiceSummary(i *invoice) object {
	provider, transaction := i.payment()
	var dayPlan *int
	if i.isUnpaid() {
		dayPlan = ptr(30)
	}
	return object{
		{"invoice_number", i.Number}, {"kind", i.Kind}, {"owner_id", i.OwnerID},
		{"address", s.invoiceAddress(i)}, {"emission_date", microStamp(i.EmissionDate)},
		{"pay_date", microStamp(i.PayDate)}, {"status", i.Status}, {"currency", i.Currency},
		{"kpi_compute_months", 1}, {"price_factor", number("1.0")}, {"discount", number("0.0")},
		{"vat_percent", number("20.0")}, {"total_tax_excluded", i.money(i.TotalTaxExcluded)},
		{"total_tax", i.money(i.TotalTax)}, {"category", "PAAS"}, {"payment_provider", provider},
		{"transaction_id", transaction}, {"customer_order_id", nil}, {"invoice_day_plan", dayPlan},
	}
}

// invoiceDetail has the keys of the summary, but for two, and what was consumed.
func (s *Server) invoiceDetail(i *invoice) object {
	provider, transaction := i.payment()
	var paymentMethod *string
	if provider != nil {
		paymentMethod = ptr("pm_clevertest")
	}
	origin := "automatic"
	if i.Kind == creditNote {
		origin = "manual"
	}
	begin, end := i.period()
	zero := i.money("0.0")
	uptimes, countables, classic := s.itemise(i)
	return object{
		{"invoice_number", i.Number}, {"kind", i.Kind}, {"origin", origin}, {"version", 2},
		{"category", "PAAS"}, {"owner_id", i.OwnerID}, {"address", s.invoiceAddress(i)},
		{"emission_date", microStamp(i.EmissionDate)}, {"pay_date", microStamp(i.PayDate)},
		{"status", i.Status}, {"consumption_begin_date", begin}, {"consumption_end_date", end},
		{"currency", i.Currency}, {"kpi_compute_months", 1}, {"price_factor", number("1.0")},
		{"discount", number("0.0")}, {"vat_percent", number("20.0")}, {"uptimes", uptimes},
		{"countables", countables}, {"vendor_consumption", []any{}}, {"classic", classic},
		{"unusable", []any{}}, {"credit_balance_at_emission", zero},
		{"free_credits_available_this_period",
			[]object{{{"name", "WELCOME20"}, {"remaining", zero}}}},
		{"free_credits_available_next_period", []any{}},
		{"total_pending_upfront_before_emission", zero}, {"upfront_credit_amount", zero},
		{"customer_order_id", nil}, {"payment_provider", provider},
		{"payment_method_id", paymentMethod}, {"provider_transaction_id", transaction},
		{"provider_last_response", nil}, {"vat_declaration_id", nil}, {"wannabe_invoice_id", nil},
		{"total_tax_excluded", i.money(i.TotalTaxExcluded)}, {"total_tax", i.money(i.TotalTax)},
	}
}

// period is the month before the emission.
func (i *invoice) period() (begin, end *string) {
	month := time.Date(i.EmissionDate.Year(), i.EmissionDate.Month(), 1, 0, 0, 0, 0, time.UTC)
	return microStamp(month.AddDate(0, -1, 0)), microStamp(month)
}

// itemise puts the whole amount on one line: uptime of an application, or a correction.
func (s *Server) itemise(i *invoice) (uptimes, countables, classic []object) {
	net, zero := i.money(i.TotalTaxExcluded), i.money("0.0")
	if i.Kind == creditNote {
		return nil, nil, []object{{
			{"item_id", "classic-1"}, {"unit_price", net}, {"quantity", 1}, {"price_factor", nil},
			{"discount", nil}, {"description", "Correction of an earlier consumption"},
			{"sub_description", nil}, {"classic_billing_item_id", nil}, {"owner_id", i.OwnerID},
			{"category", "CLASSIC"}, {"sub_category", "CREDIT"},
		}}
	}
	begin, end := i.period()
	uptimes = []object{{
		{"item_id", "uptime-1"}, {"price", net}, {"app_id", s.ApplicationID},
		{"owner_id", i.OwnerID},
		{"details", []object{{
			{"instance_id", s.InstanceID}, {"flavor_name", "S"}, {"zone_id", "par"},
			{"runtime_policy_id", "runtime_s"}, {"price", net}, {"consumption_start", begin},
			{"consumption_end", end},
		}}},
		{"category", "APPLICATION"}, {"sub_category", "go"},
	}}
	countables = []object{{
		{"item_id", "countable-1"}, {"price", zero}, {"app_id", s.AddonID}, {"owner_id", i.OwnerID},
		{"service", "postgresql-addon"}, {"unit_name", "month"}, {"zone_id", "par"},
		{"policy_id", "policy_pg_dev"}, {"quantity", number("1.0")}, {"plan_id", nil},
		{"duration", 744}, {"details_price", zero},
		{"details", []object{{
			{"consumption_start", begin}, {"consumption_end", end}, {"plan_id", nil},
			{"quantity", number("1.0")}, {"price", zero},
		}}},
		{"category", "ADDON"}, {"sub_category", "postgresql-addon"},
	}}
	return uptimes, countables, nil
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
	if in.Kind == creditNote {
		letter = "A"
	}
	number := fmt.Sprintf("%s%s-%06d", letter, in.EmissionDate.Format("20060102"), 31880+serial)
	in.Number = orElse(in.Number, clevercloud.InvoiceNumber(number))
	if in.PayDate.IsZero() && (in.Status == "PAID" || in.Status == "REFUNDED") {
		in.PayDate = in.EmissionDate.Add(2 * time.Minute)
	}
	in.TotalTaxExcluded = orElse(in.TotalTaxExcluded, "60.0")
	tax := new(big.Rat).Mul(decimal(in.TotalTaxExcluded), big.NewRat(1, 5))
	in.TotalTax = orElse(in.TotalTax, tax.FloatString(2))
	i := &invoice{Invoice: in, addressID: "address_" + s.uuid(), serial: serial}
	s.invoices = append(s.invoices, i)
	return i
}

// decimal returns the amount text, which comes from a test. It panics if text is not an amount.
func decimal(text string) *big.Rat {
	r, ok := new(big.Rat).SetString(text)
	if !ok {
		panic("clevertest: " + strconv.Quote(text) + " is no amount")
	}
	return r
}

// selectInvoices returns the invoices of an owner for which keep returns true, newest first.
func (s *Server) selectInvoices(c *call, keep func(*invoice) bool) []*invoice {
	found := filter(s.invoices, func(i *invoice) bool {
		return string(i.OwnerID) == c.PathValue("ownerId") && keep(i)
	})
	slices.SortStableFunc(found, func(a, b *invoice) int {
		return b.EmissionDate.Compare(a.EmissionDate)
	})
	return found
}

func (s *Server) listInvoices(c *call) response {
	q := c.query()
	since, until, limit := q.time("since"), q.time("until"), q.limit(1000)
	if since.IsZero() && until.IsZero() {
		since = time.Date(s.now().Year(), time.January, 1, 0, 0, 0, 0, time.UTC)
	}
	found := s.selectInvoices(c, func(i *invoice) bool {
		return within(i.EmissionDate, since, until)
	})
	return ok(list(found[:min(limit, len(found))], s.invoiceSummary))
}

func (s *Server) listUnpaidInvoices(c *call) response {
	return ok(list(s.selectInvoices(c, (*invoice).isUnpaid), s.invoiceSummary))
}

// getInvoice answers with the object, or with a document when the number has its extension.
func (s *Server) getInvoice(c *call) response {
	name := c.PathValue("invoiceId")
	number, isHTML := strings.CutSuffix(name, ".html")
	number, isPDF := strings.CutSuffix(number, ".pdf")
	found := s.selectInvoices(c, func(i *invoice) bool { return string(i.Number) == number })
	switch {
	case len(found) == 0 || isHTML && isPDF:
		return notFound("invoice", number)
	case isHTML:
		return textReply("text/html; charset=utf-8", invoiceHTML(found[0]))
	case isPDF:
		return textReply("application/pdf", invoicePDF(found[0]))
	}
	return ok(s.invoiceDetail(found[0]))
}

func invoiceHTML(i *invoice) string {
	title := html.EscapeString(string(i.Number))
	return "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>" + title +
		"</title></head><body><h1>Invoice " + title +
		"</h1><p>" + i.display(i.TotalTaxExcluded) + " excluding tax</p></body></html>\n"
}

// invoicePDF is one page that says which invoice it is.
func invoicePDF(i *invoice) string {
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
	return fmt.Sprintf("%strailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n",
		pdf, len(objects)+1, xref)
}

func (s *Server) getCredits(*call) response {
	return ok(map[string]any{"prepaidCredit": 0, "freeCredit": 20, "currency": "EUR"})
}

// getPriceSystem has one price list for all zones, in euros.
func (s *Server) getPriceSystem(c *call) response {
	q := c.URL.Query()
	zone, currency := orElse(q.Get("zone_id"), "par"), orElse(q.Get("currency"), "EUR")
	if s.zoneNamed(zone) == nil {
		return notFound("zone", zone)
	}
	if currency != "EUR" {
		return notFound("currency", currency)
	}
	runtime := []map[string]any{}
	for _, flavor := range []struct {
		name  string
		price number
	}{{"pico", "0.0062"}, {"XS", "0.0222"}, {"S", "0.0444"}, {"M", "0.0889"}, {"L", "0.1778"}} {
		runtime = append(runtime, map[string]any{
			"runtime_policy_id": "rp-" + flavor.name, "source": "apps." + flavor.name,
			"flavor": flavor.name, "time_unit": "PT1H",
			"price": flavor.price, "slug_id": "APPS." + flavor.name,
		})
	}
	return ok(map[string]any{
		"zone_id": zone, "currency": currency, "runtime": runtime, "countable": []map[string]any{
			countablePrice("kubernetes.node.vcpu", "vcpu", 1, "0.0055", true),
			countablePrice("kubernetes.node.ram", "B", 1e9, "0.0012", true),
			countablePrice("cellar.outbound", "B", 1e9, "0.09", false),
		},
	})
}

// countablePrice has a time interval only for what is billed by the hour.
func countablePrice(service, unit string, quantity int, price number, timed bool) map[string]any {
	w := map[string]any{
		"countable_policy_id": "cp-" + service, "service": service, "data_unit": unit,
		"data_quantity_for_price": map[string]any{"secability": "SECABLE", "quantity": quantity},
		"price_plans": []map[string]any{
			{"plan_id": "pp-" + service, "max_quantity": nil, "price": price},
		},
	}
	if timed {
		w["time_interval_for_price"] = map[string]any{"secability": "SECABLE", "interval": 3600}
	}
	return w
}
