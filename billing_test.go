package clevercloud_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/iotest"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/clevertest"
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

func invoiceLists(t *testing.T) map[string][]clevercloud.Invoice {
	return map[string][]clevercloud.Invoice{
		"billing/invoices_empty.json": {},
		"billing/invoices_list.json":  {paidInvoice(t), pendingInvoice(t), creditNote(t)},
		"billing/invoices_list_doc_shape.json": {
			invoice(t, "F20250501-012033", "2025-05-01T01:10:29.97408Z", "2025-05-01T01:11:58.003Z", func(i *clevercloud.Invoice) {
				i.Status, i.TotalTaxExcluded, i.TotalTax = clevercloud.InvoiceStatusPaid, euros("87.2", "87.20"), euros("17.44", "17.44")
				i.PaymentProvider, i.TransactionID, i.CustomerOrderID, i.KPIComputeMonths = "STRIPE", invoicePayment, "CMD-5521", 0
			}),
		},
		"billing/invoices_list_minimal.json": {
			invoice(t, "F20250601-018204", "2025-06-01T01:08:12.5Z", "", func(i *clevercloud.Invoice) {
				i.OwnerID, i.Status, i.Category, i.KPIComputeMonths = billedUser, clevercloud.InvoiceStatusWontPay, "", 0
				i.PriceFactor, i.Discount, i.TotalTaxExcluded, i.TotalTax = "1", "100.0", euros("0.0", "0.00"), euros("0.0", "0.00")
				i.Address.AddressID, i.Address.OwnerID = "9b41d7e2-0f68-4c35-a1d9-e27c5f8b6043", billedUser
				i.Address.Company, i.Address.VATNumber, i.Address.CustomerCostCenter, i.Address.CustomerPurchaseOrder = "", "", "", ""
			}),
		},
		"billing/invoices_unknown_fields.json": {
			invoice(t, "F20250901-040001", "2025-09-01T01:10:29.974083112Z", "", func(i *clevercloud.Invoice) {
				i.Status, i.TotalTaxExcluded, i.TotalTax = "SOME_FUTURE_STATUS", euros("10.0", "10.00"), euros("2.0", "2.00")
				i.PaymentProvider, i.TransactionID = "STRIPE", invoicePayment
			}),
		},
		"billing/invoices_unpaid.json": {
			pendingInvoice(t),
			invoice(t, "F20250612-019950", "2025-06-12T01:10:04.118Z", "", func(i *clevercloud.Invoice) {
				i.Status, i.TotalTaxExcluded, i.TotalTax = clevercloud.InvoiceStatusPaymentHeld, euros("318.04", "318.04"), euros("63.61", "63.61")
				i.PaymentProvider = "STRIPE"
			}),
			invoice(t, "F20250803-032001", "2025-08-03T16:40:22Z", "", func(i *clevercloud.Invoice) {
				i.Status, i.TotalTaxExcluded, i.TotalTax = clevercloud.InvoiceStatusProcessing, euros("24.0", "24.00"), euros("4.8", "4.80")
				i.PaymentProvider, i.TransactionID = "STRIPE", invoicePayment
			}),
		},
	}
}

var invoiceRoundTrip = testkit.RoundTrip{
	Exact: true, Unknown: []string{"address.country_name", "total_tax_excluded.minor_units", "futureObject", "future_scalar"},
}

func TestBilling_ListInvoices(t *testing.T) {
	t.Parallel()
	lists := invoiceLists(t)
	testkit.Covers(t, "billing/invoices*.json", lists)
	for _, method := range []any{
		(*clevercloud.BillingService).ListInvoices, (*clevercloud.BillingService).ListUnpaidInvoices,
	} {
		checkFixtures(t, lists, invoiceRoundTrip, method, []any{"orga_1"})
	}
}

func TestBilling_Invoices_IsTheSameAsAList(t *testing.T) {
	t.Parallel()
	for name, want := range invoiceLists(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, mock := testkit.MockClient(t)
			sent := testkit.Always(mock, http.StatusOK, testkit.Fixture(t, name))
			invoices := client.Billing.Invoices(t.Context(), "orga_1", clevercloud.InvoiceQuery{})
			require.Zero(t, sent.Count(), "nothing is sent before ranging")

			for range 2 {
				got := []clevercloud.Invoice{}
				for i, err := range invoices {
					require.NoError(t, err)
					got = append(got, i)
				}
				assert.Equal(t, want, got)
			}

			assert.Equal(t, 2, sent.Count(), "each range is a call")
		})
	}
}

func TestBilling_Invoices_GivesWhatIsCompleteBeforeAnError(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"cut short":  `[{"invoice_number":"F1"},{"invoice_number":"F2"},{"invoice_num`,
		"foreign":    `[{"invoice_number":"F1"},{"invoice_number":"F2"},{"discount":"lots"}]`,
		"no closing": `[{"invoice_number":"F1"},{"invoice_number":"F2"}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, mock := testkit.MockClient(t)
			testkit.Always(mock, http.StatusOK, body)
			var numbers []clevercloud.InvoiceNumber
			var errs []error

			for i, err := range client.Billing.Invoices(t.Context(), "orga_1", clevercloud.InvoiceQuery{}) {
				if err != nil {
					errs = append(errs, err)
					assert.Zero(t, i)
					continue
				}
				numbers = append(numbers, i.Number)
			}

			assert.Equal(t, []clevercloud.InvoiceNumber{"F1", "F2"}, numbers)
			require.Len(t, errs, 1)
			var undecoded *clevercloud.DecodeError
			require.ErrorAs(t, errs[0], &undecoded)
			assert.Equal(t, "billing.list-invoices", undecoded.Operation)
			if name == "foreign" {
				assert.Equal(t, "/2/discount", undecoded.Path)
			}
		})
	}
}

func TestBilling_Invoices_BreakingOutClosesTheBody(t *testing.T) {
	t.Parallel()
	client, mock := testkit.MockClient(t)
	body := &closeRecorder{Reader: strings.NewReader(`[{"invoice_number":"F1"},{"invoice_number":"F2"}]`)}
	mock.RegisterNoResponder(func(req *http.Request) (*http.Response, error) {
		resp := testkit.Answer(req, http.StatusOK, "application/json", "")
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

type closeRecorder struct {
	*strings.Reader
	closed bool
}

func (c *closeRecorder) Close() error {
	c.closed = true
	return nil
}

// An error that arrives with elements is not told to a loop that has ended.
func TestBilling_Invoices_BreakingOutBeforeAnError(t *testing.T) {
	t.Parallel()
	client := testkit.ClientOver(t, func(req *http.Request) (*http.Response, error) {
		resp := testkit.Response(req, 200, "")
		resp.ContentLength, resp.Body = -1, io.NopCloser(&atOnce{data: `[{"invoice_number":"F1"},{"invoice_number":"F2"},`})
		return resp, nil
	})
	for invoice, err := range client.Billing.Invoices(t.Context(), "orga_1", clevercloud.InvoiceQuery{}) {
		require.NoError(t, err)
		assert.Equal(t, clevercloud.InvoiceNumber("F1"), invoice.Number)
		break
	}
}

// atOnce is a reader that gives its data together with an error.
type atOnce struct{ data string }

func (a *atOnce) Read(p []byte) (int, error) {
	n := copy(p, a.data)
	a.data = a.data[n:]
	return n, io.ErrUnexpectedEOF
}

func TestBilling_Invoices_Refused(t *testing.T) {
	t.Parallel()
	client, mock := testkit.MockClient(t)
	testkit.Always(mock, http.StatusForbidden, testkit.Fixture(t, "errors/ovd_resource_operation.json"))
	var errs []error

	for _, err := range client.Billing.Invoices(t.Context(), "orga_1", clevercloud.InvoiceQuery{}) {
		errs = append(errs, err)
	}

	require.Len(t, errs, 1)
	assert.ErrorIs(t, errs[0], clevercloud.ErrForbidden)
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

func invoices(t *testing.T) map[string]clevercloud.InvoiceDetail {
	pending := pendingInvoice(t)
	pending.InvoiceDayPlan = nil
	return map[string]clevercloud.InvoiceDetail{
		"billing/invoice_full.json":           fullInvoice(t),
		"billing/invoice_array_variant.json":  {Invoice: paidInvoice(t)},
		"billing/invoice_summary_object.json": {Invoice: pending},
		"billing/invoice_creditnote.json": {
			Invoice: creditNote(t), Origin: "manual", Version: 2,
			ConsumptionBeginDate: testkit.Instant(t, "2025-07-01T00:00:00Z"), ConsumptionEndDate: testkit.Instant(t, "2025-08-01T00:00:00Z"),
			Uptimes: []clevercloud.InvoiceUptime{}, VendorConsumption: []clevercloud.InvoiceVendorItem{},
			Classic: []clevercloud.InvoiceClassicItem{{
				ItemID: "classic-1", UnitPrice: euros("-12.5", "-12.50"), Quantity: "1", Description: "Correction of July consumption",
				OwnerID: billedOrganisation, Category: "CLASSIC", SubCategory: "CREDIT",
			}},
			Unusable: []clevercloud.InvoiceUnusableItem{{
				ItemID: "unusable-1", ZoneID: "par", FlavorName: "XS", Host: "hv-example-01",
				StartDate: testkit.Instant(t, "2025-06-12T03:00:00Z"), EndDate: testkit.Instant(t, "2025-06-12T05:30:00Z"),
			}},
			CreditBalanceAtEmission: euros("0.0", "0.00"), TotalPendingUpfrontBeforeEmission: euros("0.0", "0.00"), UpfrontCreditAmount: euros("0.0", "0.00"),
			FreeCreditsAvailableThisPeriod: []clevercloud.InvoiceFreeCredit{{Name: "WELCOME20", Remaining: euros("0.0", "0.00")}},
			FreeCreditsAvailableNextPeriod: []clevercloud.InvoiceFreeCredit{},
		},
	}
}

func TestBilling_GetInvoice(t *testing.T) {
	t.Parallel()
	all := invoices(t)
	testkit.Covers(t, "billing/invoice_*.json", all)
	get := (*clevercloud.BillingService).GetInvoice
	checkFixtures(t, all, invoiceRoundTrip, get, []any{"orga_1", "F1"})
	for _, body := range []string{
		`[]`, `[null]`, `[{"invoice_number":"F1"},{"invoice_number":"F2"}]`,
	} {
		got, err := answering(t, http.StatusOK, body).Billing.GetInvoice(t.Context(), "orga_1", "F1")

		var undecoded *clevercloud.DecodeError
		require.ErrorAs(t, err, &undecoded, body)
		assert.Nil(t, got, body)
	}
}

func TestInvoiceDetail_Transaction(t *testing.T) {
	t.Parallel()
	assert.Equal(t, invoicePayment, fullInvoice(t).Transaction())
	assert.Equal(t, invoicePayment, clevercloud.InvoiceDetail{Invoice: paidInvoice(t)}.Transaction())
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
	page := testkit.Fixture(t, "billing/invoice.html")
	document := "%PDF-1.7\n\x00\xff\xfe binary"
	for _, tc := range []struct {
		name, accept, body string
		download           func(*testing.T, *clevercloud.Client, *bytes.Buffer) (int64, error)
	}{
		{"html", "text/html; charset=utf-8", page, func(t *testing.T, c *clevercloud.Client, w *bytes.Buffer) (int64, error) {
			return c.Billing.DownloadInvoiceHTML(t.Context(), "orga_1", "F20250801-031882", w)
		}},
		{"pdf", "application/pdf", document, func(t *testing.T, c *clevercloud.Client, w *bytes.Buffer) (int64, error) {
			return c.Billing.DownloadInvoicePDF(t.Context(), "orga_1", "F20250801-031882", w)
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			client, mock := testkit.MockClient(t)
			testkit.Record(mock, http.StatusOK, tc.accept, tc.body)
			var w bytes.Buffer

			n, err := tc.download(t, client, &w)

			require.NoError(t, err)
			assert.Equal(t, int64(len(tc.body)), n)
			assert.Equal(t, tc.body, w.String())
		})
	}
}

func TestBilling_DownloadInvoicePDF_ForeignAnswerWritesNothing(t *testing.T) {
	t.Parallel()
	for kind, body := range map[string]string{
		"text/html; charset=utf-8": "<!DOCTYPE html>sign in", "application/json": "{}", "text/plain": "down for maintenance", "application/pdf": "",
	} {
		client, mock := testkit.MockClient(t)
		testkit.Record(mock, http.StatusOK, kind, body)
		var w bytes.Buffer

		n, err := client.Billing.DownloadInvoicePDF(t.Context(), "orga_1", "F1", &w)

		var undecoded *clevercloud.DecodeError
		require.ErrorAs(t, err, &undecoded, kind)
		assert.Zero(t, n, kind)
		assert.Empty(t, w.String(), kind)
	}
}

func TestBilling_DownloadInvoicePDF_WriterIsNeeded(t *testing.T) {
	t.Parallel()
	client, _ := testkit.MockClient(t)

	_, err := client.Billing.DownloadInvoicePDF(t.Context(), "orga_1", "F1", nil)

	assert.Equal(t, &clevercloud.ValidationError{Operation: "billing.download-invoice-pdf", Argument: "w", Reason: "must not be nil"}, err)
}

func TestBilling_DownloadInvoicePDF_WriterFails(t *testing.T) {
	t.Parallel()
	client, mock := testkit.MockClient(t)
	testkit.Record(mock, http.StatusOK, "application/pdf", "%PDF-1.7")
	full := errors.New("disk full")

	n, err := client.Billing.DownloadInvoicePDF(t.Context(), "orga_1", "F1", failingWriter{full})

	require.ErrorIs(t, err, full)
	assert.Equal(t, int64(3), n)
	assert.EqualError(t, err, "clevercloud: billing.download-invoice-pdf: write after 3 bytes: disk full")
}

// A failingWriter takes three bytes.
type failingWriter struct{ err error }

func (w failingWriter) Write([]byte) (int, error) { return 3, w.err }

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

func TestBilling_Invoices_AmountsStayExact(t *testing.T) {
	t.Parallel()
	client, mock := testkit.MockClient(t)
	const amount = "12345678901234567890.123456789012345678900"
	testkit.Always(mock, http.StatusOK, fmt.Sprintf(`[{"total_tax":{"amount":%s}}]`, amount))

	got, err := client.Billing.ListInvoices(t.Context(), "orga_1", clevercloud.InvoiceQuery{})

	require.NoError(t, err)
	assert.Equal(t, amount, got[0].TotalTax.Amount.String())
	encoded, err := json.Marshal(got)
	require.NoError(t, err)
	assert.Contains(t, string(encoded), `"amount":`+amount)
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

// A program that reconciles must not take a lost response for "there is none".
func TestBilling_Invoices_NothingIsNoList(t *testing.T) {
	t.Parallel()
	for _, status := range []int{200, 204} {
		client, mock := testkit.MockClient(t)
		testkit.Always(mock, status, "")

		_, err := client.Billing.ListInvoices(t.Context(), "orga_1", clevercloud.InvoiceQuery{})
		errs := []error{err}
		for _, err := range client.Billing.Invoices(t.Context(), "orga_1", clevercloud.InvoiceQuery{}) {
			errs = append(errs, err)
		}

		require.Len(t, errs, 2)
		for _, err := range errs {
			var foreign *clevercloud.DecodeError
			require.ErrorAs(t, err, &foreign)
		}
	}
}

// A list is decoded while it arrives: an attempt that breaks off leaves nothing behind, and the next begins anew.
func TestBilling_ListInvoices_BrokenOffAndAskedForAgain(t *testing.T) {
	t.Parallel()
	whole := `[{"invoice_number":"F1"},{"invoice_number":"F2"},{"invoice_number":"F3"}]`
	var attempts atomic.Int64
	_, client := testkit.Serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", strconv.Itoa(len(whole)))
		if attempts.Add(1) == 1 {
			_, _ = io.WriteString(w, whole[:40])
			return
		}
		_, _ = io.WriteString(w, whole)
	}, clevercloud.WithRetry(clevercloud.RetryPolicy{MinWait: 1, MaxWait: 1}))

	got, err := client.Billing.ListInvoices(t.Context(), "orga_1", clevercloud.InvoiceQuery{})

	require.NoError(t, err)
	assert.Equal(t, []clevercloud.Invoice{{Number: "F1"}, {Number: "F2"}, {Number: "F3"}}, got)
	assert.EqualValues(t, 2, attempts.Load())
}

func TestBilling_ListInvoices_WhatIsForeignIsNotAskedForAgain(t *testing.T) {
	t.Parallel()
	client, mock := testkit.MockClient(t, clevercloud.WithMaxRetries(3))
	body := `[{"invoice_number":"F1"},{"discount":"lots"}` + strings.Repeat(`,{"invoice_number":"F3"}`, 1000) + `]`
	sent := testkit.Always(mock, http.StatusOK, body)

	got, err := client.Billing.ListInvoices(t.Context(), "orga_1", clevercloud.InvoiceQuery{})

	var foreign *clevercloud.DecodeError
	require.ErrorAs(t, err, &foreign)
	assert.Equal(t, "/1/discount", foreign.Path)
	assert.Equal(t, body[:1<<10], string(foreign.Body), "the beginning of the body")
	assert.Nil(t, got)
	assert.Equal(t, 1, sent.Count())
}

// A transport that is a test's may say that there is no body where there is one.
func TestBilling_InvoicesOfAnUnknownLength(t *testing.T) {
	t.Parallel()
	client := testkit.ClientOver(t, func(req *http.Request) (*http.Response, error) {
		resp := testkit.Response(req, 200, `[{"invoice_number": "F1"}]`)
		resp.ContentLength = 0
		return resp, nil
	})
	var got []clevercloud.InvoiceNumber

	for invoice, err := range client.Billing.Invoices(t.Context(), "orga_1", clevercloud.InvoiceQuery{}) {
		require.NoError(t, err)
		got = append(got, invoice.Number)
	}

	assert.Equal(t, []clevercloud.InvoiceNumber{"F1"}, got)
}

// An error shows the body that could not be read, not one of an attempt before.
func TestBilling_ListInvoices_TheBodyOfTheLastAttempt(t *testing.T) {
	t.Parallel()
	sent := 0
	client := testkit.ClientOver(t, func(req *http.Request) (*http.Response, error) {
		if sent++; sent == 1 {
			resp := testkit.Response(req, 200, `[{"invoice_number": "F1"}`)
			resp.Body = io.NopCloser(io.MultiReader(resp.Body, iotest.ErrReader(io.ErrUnexpectedEOF)))
			return resp, nil
		}
		return testkit.Response(req, 200, `[{"discount": "lots"}]`), nil
	})

	_, err := client.Billing.ListInvoices(t.Context(), "orga_1", clevercloud.InvoiceQuery{})

	var foreign *clevercloud.DecodeError
	require.ErrorAs(t, err, &foreign)
	assert.Equal(t, `[{"discount": "lots"}]`, string(foreign.Body))
	assert.Equal(t, 2, sent)
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
	testkit.Covers(t, "prices/credits*.json", all)
	checkFixtures(t, all, testkit.RoundTrip{Unknown: []string{"expiring"}, Exact: true},
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
	"prices/system_minimal.json": {
		ZoneID: "par", Currency: "EUR", Runtime: []clevercloud.RuntimePrice{},
		Countable: []clevercloud.CountablePrice{{
			CountablePolicyID: "cp-1", Service: "cellar.outbound", DataUnit: "B",
			DataQuantityForPrice: clevercloud.PriceQuantity{Secability: secable, Quantity: "1"},
			PricePlans:           []clevercloud.PricePlan{},
		}},
	},
	"prices/system_nulls.json": {
		ZoneID:    "par",
		Countable: []clevercloud.CountablePrice{{PricePlans: []clevercloud.PricePlan{{}}}},
	},
	"prices/system_unknown.json": {
		ZoneID: "moon", Currency: "XTS",
		Runtime: []clevercloud.RuntimePrice{{
			RuntimePolicyID: "rp-1", Flavor: "8XL", TimeUnit: "P1M", Price: "1.5",
		}},
		Countable: []clevercloud.CountablePrice{{
			Service:              "teleport.jumps",
			DataQuantityForPrice: clevercloud.PriceQuantity{Secability: "HALVED", Quantity: "0.5"},
			TimeIntervalForPrice: &clevercloud.PriceInterval{Secability: "HALVED", Interval: "0.25"},
			PricePlans: []clevercloud.PricePlan{
				{PlanID: "pp-1", MaxQuantity: amount("0.1"), Price: "123456789012345678.90"},
			},
		}},
	},
}

func TestBilling_PriceSystems(t *testing.T) {
	t.Parallel()
	testkit.Covers(t, "prices/system*.json", priceSystems)
	trip := testkit.RoundTrip{Exact: true, Unknown: []string{
		"licences", "runtime.tier", "countable.data_quantity_for_price.rounding",
	}}
	checkFixtures(t, priceSystems, trip, (*clevercloud.BillingService).GetPriceSystem,
		[]any{"orga_1", "par"})
	checkFixtures(t, priceSystems, trip, (*clevercloud.BillingService).GetPublicPriceSystem,
		[]any{"par", "EUR"})
}

func TestBilling_GetPublicPriceSystem_IsAnonymous(t *testing.T) {
	t.Parallel()
	server := clevertest.NewServer()
	defer server.Close()
	client, err := clevercloud.New(clevercloud.WithBaseURL(server.URL))
	require.NoError(t, err)

	prices, err := client.Billing.GetPublicPriceSystem(t.Context(), "rbx", "EUR")
	require.NoError(t, err)
	assert.Equal(t, clevercloud.ZoneName("rbx"), prices.ZoneID)
	sent := server.RequestsTo("billing.get-public-price-system")
	require.Len(t, sent, 1)
	assert.Empty(t, sent[0].Header.Get("Authorization"))

	_, err = client.Billing.GetPriceSystem(t.Context(), server.OwnerID, "rbx")
	require.ErrorIs(t, err, clevercloud.ErrUnauthorized)
}
