package clevercloud_test

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	billedOrganisation = "orga_3f1c9a52-7b0e-4d6a-9c41-5e8f20b7d913"
	billedUser         = "user_8a6d2e74-15c3-4b9f-a0d7-6c1e94f3b285"
	invoicePayment     = "pi_3RkQx7Invented0001"
)

func euros(amount, formatted string) clevercloud.Money {
	return clevercloud.Money{Currency: "EUR", Amount: clevercloud.Amount(amount), AmountFormatted: formatted, DefaultDisplay: "€" + formatted}
}

// invoice is what most invoices of the fixtures have in common.
func invoice(t *testing.T, number clevercloud.InvoiceNumber, emitted, paid string, change func(*clevercloud.Invoice)) clevercloud.Invoice {
	t.Helper()
	i := clevercloud.Invoice{
		Number: number, Kind: clevercloud.InvoiceKindInvoice, OwnerID: billedOrganisation,
		Address: clevercloud.InvoiceAddress{
			AddressID: "address_5c2e8f71-64b3-4a09-9d1e-7f80c3b6a294", OwnerID: billedOrganisation, Name: "Camille Durand",
			Company: "Atelier Numérique SAS", Address: "12 rue des Tanneurs", City: "Nantes", Zipcode: "44000", CountryAlpha2: "FR",
			VATNumber: "FR40303265045", VATPercent: "20.0", CustomerCostCenter: "CC-2041", CustomerPurchaseOrder: "PO-2025-0087",
		},
		EmissionDate: testkit.Instant(t, emitted), Currency: "EUR", KPIComputeMonths: 1, PriceFactor: "1.0", Discount: "0.0", VATPercent: "20.0",
		Category: "PAAS",
	}
	if paid != "" {
		i.PayDate = testkit.Instant(t, paid)
	}
	change(&i)
	return i
}

func paidInvoice(t *testing.T) clevercloud.Invoice {
	return invoice(t, "F20250801-031882", "2025-08-01T01:10:29.97408Z", "2025-08-01T01:12:03.415Z", func(i *clevercloud.Invoice) {
		i.Status, i.TotalTaxExcluded, i.TotalTax = clevercloud.InvoiceStatusPaid, euros("142.37", "142.37"), euros("28.47", "28.47")
		i.PaymentProvider, i.TransactionID = "STRIPE", invoicePayment
	})
}

func pendingInvoice(t *testing.T) clevercloud.Invoice {
	return invoice(t, "F20250718-021327", "2025-07-18T09:24:51.206Z", "", func(i *clevercloud.Invoice) {
		i.Status, i.TotalTaxExcluded, i.TotalTax = clevercloud.InvoiceStatusPending, euros("60.0", "60.00"), euros("12.0", "12.00")
		i.InvoiceDayPlan = new(30)
	})
}

func creditNote(t *testing.T) clevercloud.Invoice {
	return invoice(t, "A20250702-000412", "2025-07-02T14:03:00Z", "2025-07-02T14:03:00Z", func(i *clevercloud.Invoice) {
		i.Kind, i.Status, i.Category = clevercloud.InvoiceKindCreditNote, clevercloud.InvoiceStatusRefunded, ""
		i.TotalTaxExcluded, i.TotalTax = euros("-12.5", "-12.50"), euros("-2.5", "-2.50")
	})
}

var invoiceRoundTrip = testkit.RoundTrip{
	Exact: true, Unknown: []string{"address.country_name", "total_tax_excluded.minor_units", "futureObject", "future_scalar"},
}

func TestBilling_ListInvoices(t *testing.T) {
	t.Parallel()
	lists := map[string][]clevercloud.Invoice{
		"billing/invoices_empty.json": {},
		"billing/invoices_list.json":  {paidInvoice(t), pendingInvoice(t), creditNote(t)},
	}
	for _, method := range []any{
		(*clevercloud.BillingService).ListInvoices, (*clevercloud.BillingService).ListUnpaidInvoices,
	} {
		checkFixtures(t, "billing/invoices*.json", lists, invoiceRoundTrip, method, []any{"orga_1"})
	}
}

// collectInvoices returns the invoices of a sequence, and its error.
func collectInvoices(
	t *testing.T, client *clevercloud.Client,
) (all []clevercloud.Invoice, errs []error) {
	t.Helper()
	for i, err := range client.Billing.Invoices(t.Context(), "orga_1", clevercloud.InvoiceQuery{}) {
		if err != nil {
			assert.Zero(t, i)
			errs = append(errs, err)
			continue
		}
		all = append(all, i)
	}
	return all, errs
}

func TestBilling_Invoices_IsTheSameAsAList(t *testing.T) {
	t.Parallel()
	for _, name := range testkit.Fixtures(t, "billing/invoices*.json") {
		client, mock := testkit.MockClient(t)
		sent := testkit.Always(mock, http.StatusOK, testkit.Fixture(t, name))
		var query clevercloud.InvoiceQuery
		want, err := client.Billing.ListInvoices(t.Context(), "orga_1", query)
		require.NoError(t, err)
		invoices := client.Billing.Invoices(t.Context(), "orga_1", query)
		require.Equal(t, 1, sent.Count(), "nothing is sent before ranging")

		for range 2 {
			got := []clevercloud.Invoice{}
			for i, err := range invoices {
				require.NoError(t, err)
				got = append(got, i)
			}
			assert.Equal(t, want, got)
		}

		assert.Equal(t, 3, sent.Count(), "each range is a call")
	}
}

func TestBilling_Invoices_Errors(t *testing.T) {
	t.Parallel()
	const two = `[{"invoice_number":"F1","kind":"INVOICE"},{"invoice_number":"F2"}`
	for _, tc := range []struct {
		name   string
		status int
		body   string
		// complete is how many invoices come before the error.
		complete int
		err      error
		text     string
	}{
		{"cut short", 200, two + `,{"invoice_num`, 2, nil, "unexpected EOF"},
		{"foreign", 200, two + `,{"discount":"lots"}]`, 2, nil, "/2/discount: expected a decimal"},
		{"no closing", 200, two, 2, nil, "unexpected EOF"},
		{"two lists", 200, two + `][]`, 2, nil, "more than one value"},
		{"null and a list", 200, `null []`, 0, nil, "more than one value"},
		// A program that reconciles must not take a lost response for "there is none".
		{"nothing", 200, "", 0, nil, "got an empty body"},
		{"no content", 204, "", 0, nil, "got an empty body"},
		{"refused", 403, `{"code":"clever.core.forbidden"}`, 0, clevercloud.ErrForbidden, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()

			got, errs := collectInvoices(t, answering(t, tc.status, tc.body))

			all := []clevercloud.Invoice{{Number: "F1", Kind: "INVOICE"}, {Number: "F2"}}
			assert.ElementsMatch(t, all[:tc.complete], got)
			require.Len(t, errs, 1)
			if tc.err != nil {
				require.ErrorIs(t, errs[0], tc.err)
				return
			}
			var undecoded *clevercloud.DecodeError
			require.ErrorAs(t, errs[0], &undecoded)
			assert.Equal(t, "billing.list-invoices", undecoded.Operation)
			assert.ErrorContains(t, errs[0], tc.text)
		})
	}
}

// A loop that breaks gets no error that arrives with its last element, and the body is closed.
func TestBilling_Invoices_BreakingOut(t *testing.T) {
	t.Parallel()
	const data = `[{"invoice_number":"F1"},{"invoice_number":"F2"},`
	for _, r := range []io.Reader{strings.NewReader(data), &atOnce{data}} {
		body := &closeRecorder{Reader: r}
		client := testkit.ClientOver(t, func(req *http.Request) (*http.Response, error) {
			resp := testkit.Response(req, http.StatusOK, "")
			resp.Body, resp.ContentLength = body, -1
			return resp, nil
		})

		for i, err := range client.Billing.Invoices(t.Context(), "orga_1", clevercloud.InvoiceQuery{}) {
			require.NoError(t, err)
			assert.Equal(t, clevercloud.InvoiceNumber("F1"), i.Number)
			break
		}

		assert.True(t, body.closed)
	}
}

type closeRecorder struct {
	io.Reader
	closed bool
}

func (c *closeRecorder) Close() error {
	c.closed = true
	return nil
}

// atOnce is a reader that gives its data together with an error.
type atOnce struct{ data string }

func (a *atOnce) Read(p []byte) (int, error) {
	n := copy(p, a.data)
	a.data = a.data[n:]
	return n, io.ErrUnexpectedEOF
}

func TestInvoiceQuery_IsCheckedBeforeSending(t *testing.T) {
	t.Parallel()
	client, mock := testkit.MockClient(t)
	sent := testkit.Always(mock, http.StatusOK, "[]")
	for want, q := range map[string]clevercloud.InvoiceQuery{
		"clevercloud: billing.list-invoices: Limit must not be negative": {Limit: -1},
		"clevercloud: billing.list-invoices: Until must not be before Since": {
			Since: testkit.Instant(t, "2025-01-02T00:00:00Z"), Until: testkit.Instant(t, "2025-01-01T00:00:00Z"),
		},
	} {
		got, err := client.Billing.ListInvoices(t.Context(), "orga_1", q)

		require.ErrorIs(t, err, clevercloud.ErrInvalidArgument)
		assert.EqualError(t, err, want)
		assert.Nil(t, got)
	}
	assert.Zero(t, sent.Count())
}

func fullInvoice(t *testing.T) clevercloud.InvoiceDetail {
	summary := paidInvoice(t)
	summary.TransactionID = ""
	const plan = "plan_3b5f0a7e-2d64-4c18-9e73-f1a08bd6c952"
	begin, end, middle := testkit.Instant(t, "2025-07-01T00:00:00Z"), testkit.Instant(t, "2025-08-01T00:00:00Z"), testkit.Instant(t, "2025-07-16T08:41:10.332Z")
	return clevercloud.InvoiceDetail{
		Invoice: summary, Origin: "automatic", Version: 2, ConsumptionBeginDate: begin, ConsumptionEndDate: end,
		Uptimes: []clevercloud.InvoiceUptime{{
			ItemID: "uptime-1", Price: euros("96.37", "96.37"), AppID: "app_c0b7e1f4-2d93-4a68-8e57-19f6a3d40b72", OwnerID: billedOrganisation,
			Category: "APPLICATION", SubCategory: "node",
			Details: []clevercloud.InvoiceUptimeDetail{
				{
					InstanceID: "0c5d7e92-41fb-4a36-8d20-b7e3f1a9c648", FlavorName: "S", ZoneID: "par", RuntimePolicyID: "runtime_s_2025",
					Price: euros("48.19", "48.19"), ConsumptionStart: begin, ConsumptionEnd: middle,
				},
				{
					InstanceID: "aa91f36d-7e04-4b58-92c7-5d0b6e8f1a23", FlavorName: "S", ZoneID: "par", RuntimePolicyID: "runtime_s_2025",
					Price: euros("48.18", "48.18"), ConsumptionStart: middle, ConsumptionEnd: end,
				},
			},
		}},
		Countables: []clevercloud.InvoiceCountable{{
			ItemID: "countable-1", Price: euros("36.0", "36.00"), AppID: "addon_d41b06f9-8c27-4e5a-b3f0-17a96ce82d54", OwnerID: billedOrganisation,
			Service: "postgresql-addon", UnitName: "month", ZoneID: "par", PolicyID: "policy_pg_xs", Quantity: "1.0", PlanID: plan,
			Duration: "744", DetailsPrice: euros("36.0", "36.00"), Category: "ADDON", SubCategory: "postgresql-addon",
			Details: []clevercloud.InvoiceCountableDetail{{
				ConsumptionStart: begin, ConsumptionEnd: end, PlanID: plan, Quantity: "1.0", Price: euros("36.0", "36.00"),
			}},
		}},
		VendorConsumption: []clevercloud.InvoiceVendorItem{{
			ItemID: "vendor-1", Price: euros("10.0", "10.00"), VendorID: "mailpace", OwnerID: billedOrganisation,
			AppID: "addon_0e7c4a91-b5d3-4f28-86a0-c9d2e7f3b160",
		}},
		Unusable:                []clevercloud.InvoiceUnusableItem{},
		CreditBalanceAtEmission: euros("0.0", "0.00"), TotalPendingUpfrontBeforeEmission: euros("0.0", "0.00"), UpfrontCreditAmount: euros("0.0", "0.00"),
		FreeCreditsAvailableThisPeriod: []clevercloud.InvoiceFreeCredit{{Name: "WELCOME20", Remaining: euros("0.0", "0.00")}},
		FreeCreditsAvailableNextPeriod: []clevercloud.InvoiceFreeCredit{},
		PaymentMethodID:                "pm_1RkQInvented", ProviderTransactionID: invoicePayment, WannabeInvoiceID: "wi_83f0",
	}
}

func TestBilling_GetInvoice(t *testing.T) {
	t.Parallel()
	july, august := testkit.Instant(t, "2025-07-01T00:00:00Z"), testkit.Instant(t, "2025-08-01T00:00:00Z")
	full := fullInvoice(t)
	all := map[string]clevercloud.InvoiceDetail{
		"billing/invoice_full.json":          full,
		"billing/invoice_array_variant.json": {Invoice: paidInvoice(t)},
		"billing/invoice_creditnote.json": {
			Invoice: creditNote(t), Origin: "manual", Version: 2,
			ConsumptionBeginDate: july, ConsumptionEndDate: august,
			Uptimes: []clevercloud.InvoiceUptime{}, VendorConsumption: []clevercloud.InvoiceVendorItem{},
			Classic: []clevercloud.InvoiceClassicItem{{
				ItemID: "classic-1", UnitPrice: euros("-12.5", "-12.50"), Quantity: "1",
				Description: "Correction of July consumption", OwnerID: billedOrganisation,
				Category: "CLASSIC", SubCategory: "CREDIT",
			}},
			Unusable: []clevercloud.InvoiceUnusableItem{{
				ItemID: "unusable-1", ZoneID: "par", FlavorName: "XS", Host: "hv-example-01",
				StartDate: testkit.Instant(t, "2025-06-12T03:00:00Z"),
				EndDate:   testkit.Instant(t, "2025-06-12T05:30:00Z"),
			}},
			CreditBalanceAtEmission:           full.CreditBalanceAtEmission,
			TotalPendingUpfrontBeforeEmission: full.TotalPendingUpfrontBeforeEmission,
			UpfrontCreditAmount:               full.UpfrontCreditAmount,
			FreeCreditsAvailableThisPeriod:    full.FreeCreditsAvailableThisPeriod,
			FreeCreditsAvailableNextPeriod:    full.FreeCreditsAvailableNextPeriod,
		},
	}
	checkFixtures(t, "billing/invoice_*.json", all, invoiceRoundTrip,
		(*clevercloud.BillingService).GetInvoice, []any{"orga_1", "F1"})
	for body, want := range map[string]string{
		`null`: "got null", `[null]`: "got null", `[]`: "got array",
		`[{"invoice_number":"F1"},{"invoice_number":"F2"}]`: "got array",
	} {
		got, err := answering(t, http.StatusOK, body).Billing.GetInvoice(t.Context(), "orga_1", "F1")

		var undecoded *clevercloud.DecodeError
		require.ErrorAs(t, err, &undecoded, body)
		require.ErrorContains(t, err, want, body)
		assert.Nil(t, got, body)
	}
}

func TestInvoiceDetail_Transaction(t *testing.T) {
	t.Parallel()
	assert.Equal(t, invoicePayment, fullInvoice(t).Transaction())
	assert.Equal(t, invoicePayment, clevercloud.InvoiceDetail{Invoice: paidInvoice(t)}.Transaction())
	both := clevercloud.InvoiceDetail{ProviderTransactionID: "pi_2"}
	both.TransactionID = "pi_1"
	assert.Equal(t, "pi_2", both.Transaction())
	assert.Empty(t, clevercloud.InvoiceDetail{}.Transaction())
}

func TestInvoiceDetail_MoneyMayLackItsDisplayTexts(t *testing.T) {
	t.Parallel()
	const body = `{"uptimes":[{"price":{"currency":"EUR","amount":0.10}}],"countables":null,"upfront_credit_amount":null}`

	got := testkit.DecodeAs[clevercloud.InvoiceDetail](t, body)

	assert.Equal(t, clevercloud.Money{Currency: "EUR", Amount: "0.10"}, got.Uptimes[0].Price)
	assert.Zero(t, got.UpfrontCreditAmount)
	invoiceRoundTrip.Check(t, body, got)
}

func TestBilling_Downloads(t *testing.T) {
	t.Parallel()
	billing := func(kind, body string) *clevercloud.BillingService {
		return answering(t, http.StatusOK, body, "Content-Type", kind).Billing
	}
	ctx := t.Context()
	page, document := testkit.Fixture(t, "billing/invoice.html"), "%PDF-1.7\n\x00\xff\xfe binary"
	var w strings.Builder

	n, err := billing("text/html; charset=utf-8", page).DownloadInvoiceHTML(ctx, "orga_1", "F1", &w)
	require.NoError(t, err)
	assert.EqualValues(t, len(page), n)
	n, err = billing("application/pdf", document).DownloadInvoicePDF(ctx, "orga_1", "F1", &w)
	require.NoError(t, err)
	assert.EqualValues(t, len(document), n)
	_, err = billing("text/plain", "down").DownloadInvoicePDF(ctx, "orga_1", "F1", &w)
	assert.ErrorContains(t, err, "expected application/pdf, got text/plain")
	assert.Equal(t, page+document, w.String())
}

func TestInvoiceEnums(t *testing.T) {
	t.Parallel()
	checkKnown[clevercloud.InvoiceKind](t, "INVOICE", "CREDITNOTE")
	checkKnown[clevercloud.Secability](t, "SECABLE", "INSECABLE")
	for status, want := range map[clevercloud.InvoiceStatus]bool{
		"PENDING": true, "PROCESSING": true, "PAYMENTHELD": true,
		"PAID": false, "CANCELED": false, "REFUNDED": false, "WONTPAY": false,
	} {
		checkKnown(t, status)
		assert.Equal(t, want, status.IsUnpaid(), status)
	}
}

// Invoices are what encoding/json reads, or an error that says where, in a list, a sequence and alone; amounts are the text that the API
// wrote; what invoices marshal to is stable.
func FuzzInvoice(f *testing.F) {
	f.Add([]byte(`{"discount":"1e5 ","price_factor":"-0.0","vat_percent":1E+2}`))
	f.Add([]byte(`[{"pay_date":"2026-01-02T03:04:05Z[UTC]"},{"discount":"x"}]`))
	fuzzFixtures(f, "billing/*.json", func(t *testing.T, api *testkit.FuzzClient, data []byte) {
		testkit.Stable[clevercloud.InvoiceDetail](t, data)
		testkit.Stable[[]clevercloud.Invoice](t, data)
		agrees[*clevercloud.InvoiceDetail](t, api, testkit.Single(data),
			(*clevercloud.BillingService).GetInvoice, "orga_1", "F1")
		agrees[[]clevercloud.Invoice](t, api, data,
			(*clevercloud.BillingService).ListInvoices, "orga_1")
		checkSequence(t, api, data)
		checkAmounts(t, data)
	})
}

// checkSequence fails unless the sequence of invoices gives what the list gives, up to its error.
func checkSequence(t *testing.T, client *testkit.FuzzClient, data []byte) {
	t.Helper()
	var elements []json.RawMessage
	if json.Unmarshal(data, &elements) == nil && slices.ContainsFunc(elements, func(e json.RawMessage) bool { return string(e) == "null" }) {
		return // A list has an empty invoice for it, a sequence an error.
	}
	client.Body = data
	want, wantErr := client.Billing.
		ListInvoices(t.Context(), "orga_1", clevercloud.InvoiceQuery{})
	got := []clevercloud.Invoice{}
	for invoice, err := range client.Billing.Invoices(t.Context(), "orga_1", clevercloud.InvoiceQuery{}) {
		if err != nil {
			require.Error(t, wantErr)
			testkit.OneLine(t, err)
			return
		}
		got = append(got, invoice)
	}
	require.NoError(t, wantErr)
	require.Equal(t, want, got)
}

// checkAmounts compares the amounts of an invoice with the text in data.
func checkAmounts(t *testing.T, data []byte) {
	t.Helper()
	all, plain := testkit.Members(data, "price_factor", "discount", "vat_percent")
	var got clevercloud.Invoice
	if all == nil || json.Unmarshal(plain, &got) != nil {
		return
	}
	for name, amount := range map[string]clevercloud.Amount{"price_factor": got.PriceFactor, "discount": got.Discount, "vat_percent": got.VATPercent} {
		text := strings.Trim(string(all[name]), `"`)
		if text == "" || text == "null" {
			require.Empty(t, amount)
			continue
		}
		require.Equal(t, text, string(amount))
		require.Regexp(t, testkit.JSONNumber, text)
	}
}

// A test's own transport may set a ContentLength of 0 although there is a body.
func TestBilling_InvoicesOfAnUnknownLength(t *testing.T) {
	t.Parallel()
	client := testkit.ClientOver(t, func(req *http.Request) (*http.Response, error) {
		resp := testkit.Response(req, 200, `[{"invoice_number": "F1"}]`)
		resp.ContentLength = 0
		return resp, nil
	})

	got, errs := collectInvoices(t, client)

	assert.Empty(t, errs)
	assert.Equal(t, []clevercloud.Invoice{{Number: "F1"}}, got)
}

// An interrupted attempt leaves nothing in the list or in the error of the call. A list that cannot
// be decoded is not requested again, and its error shows the beginning.
func TestBilling_ListInvoices_BrokenOff(t *testing.T) {
	t.Parallel()
	foreign := `[{"discount": "lots"}` + strings.Repeat(`,{"invoice_number":"F3"}`, 1000) + `]`
	for _, body := range []string{`[{"invoice_number":"F2"}]`, foreign} {
		sent := 0
		client := testkit.ClientOver(t, func(req *http.Request) (*http.Response, error) {
			if sent++; sent == 1 {
				resp := testkit.Response(req, 200, `[{"invoice_number": "F1"}`)
				resp.Body = io.NopCloser(io.MultiReader(resp.Body, iotest.ErrReader(io.ErrUnexpectedEOF)))
				return resp, nil
			}
			return testkit.Response(req, 200, body), nil
		})

		got, err := client.Billing.ListInvoices(t.Context(), "orga_1", clevercloud.InvoiceQuery{})

		assert.Equal(t, 2, sent)
		if body != foreign {
			require.NoError(t, err)
			assert.Equal(t, []clevercloud.Invoice{{Number: "F2"}}, got)
			continue
		}
		var undecoded *clevercloud.DecodeError
		require.ErrorAs(t, err, &undecoded)
		assert.Equal(t, "/0/discount", undecoded.Path)
		assert.Equal(t, body[:1<<10], string(undecoded.Body))
		assert.Nil(t, got)
	}
}

func TestBilling_GetCredits(t *testing.T) {
	t.Parallel()
	all := map[string]clevercloud.CreditsSummary{
		"prices/credits_full.json":    {PrepaidCredit: "12.50", FreeCredit: "20", Currency: "EUR"},
		"prices/credits_minimal.json": {Currency: "EUR"},
		"prices/credits_nulls.json":   {FreeCredit: "0"},
		"prices/credits_unknown.json": {
			PrepaidCredit: "12.50", FreeCredit: "20.10", Currency: "XTS",
		},
	}
	checkFixtures(t, "prices/credits*.json", all, testkit.RoundTrip{Unknown: []string{"expiring"}, Exact: true},
		(*clevercloud.BillingService).GetCredits, []any{"orga_1"}, `"12.50"`, "12.50")
}

const secable = clevercloud.SecabilitySecable

func amount(text clevercloud.Amount) *clevercloud.Amount { return &text }

var priceSystems = map[string]clevercloud.PriceSystem{
	"prices/system_full.json": {
		ZoneID: "par", Currency: "EUR",
		Runtime: []clevercloud.RuntimePrice{{
			RuntimePolicyID: "rp-1", Source: "apps.XS", Flavor: "XS", TimeUnit: "PT1H",
			Price: "0.0222000", SlugID: "APPS.XS",
		}},
		Countable: []clevercloud.CountablePrice{{
			CountablePolicyID: "cp-1", Service: "kubernetes.node.ram", DataUnit: "B",
			DataQuantityForPrice: clevercloud.PriceQuantity{Secability: secable, Quantity: "1e9"},
			TimeIntervalForPrice: &clevercloud.PriceInterval{Secability: "INSECABLE", Interval: "3600"},
			PricePlans: []clevercloud.PricePlan{
				{PlanID: "pp-1", MaxQuantity: amount("1000000000000"), Price: "0.0012"},
				{PlanID: "pp-2", Price: "0"},
			},
		}},
	},
	"prices/system_nulls.json": {
		ZoneID:    "par",
		Countable: []clevercloud.CountablePrice{{PricePlans: []clevercloud.PricePlan{{}}}},
	},
}

func TestBilling_PriceSystems(t *testing.T) {
	t.Parallel()
	trip := testkit.RoundTrip{Exact: true, Unknown: []string{
		"licences", "runtime.tier", "countable.data_quantity_for_price.rounding",
	}}
	checkFixtures(t, "prices/system*.json", priceSystems, trip,
		(*clevercloud.BillingService).GetPriceSystem, []any{"orga_1", "par"})
	checkFixtures(t, "prices/system*.json", priceSystems, trip,
		(*clevercloud.BillingService).GetPublicPriceSystem, []any{"par", "EUR"})
}
