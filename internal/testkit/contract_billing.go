package testkit

import (
	"net/http"

	"github.com/clevercloud-go/clevercloud"
)

var billingOperations = []Operation{
	{
		ID: "billing.list-invoices", Method: http.MethodGet,
		Path:    "/v4/billing/organisations/{orgid}/invoices",
		OK:      "billing/invoices_list.json",
		Foreign: `[{"invoice_number":"F1"},{"total_tax":{"amount":"much"}}]`, At: "/1/total_tax/amount",
		Func: (*clevercloud.BillingService).ListInvoices,
	},
	{
		ID: "billing.list-unpaid-invoices", Method: http.MethodGet,
		Path:    "/v4/billing/organisations/{orgid}/invoices/unpaid",
		OK:      "billing/invoices_unpaid.json",
		Foreign: `[{"address":[]}]`, At: "/0/address",
		Func: (*clevercloud.BillingService).ListUnpaidInvoices,
	},
	{
		ID: "billing.get-invoice", Method: http.MethodGet,
		Path:    "/v4/billing/organisations/{orgid}/invoices/{invoiceid}",
		OK:      "billing/invoice_full.json",
		Foreign: `{"uptimes":[{"details":[{"price":[]}]}]}`, At: "/uptimes/0/details/0/price",
		Func: (*clevercloud.BillingService).GetInvoice,
	},
	{
		ID: "billing.download-invoice-html", Method: http.MethodGet,
		Path: "/v4/billing/organisations/{orgid}/invoices/{invoiceid}.html",
		OK:   "billing/invoice.html", Accept: "text/html",
		Foreign: `{}`,
		Func:    (*clevercloud.BillingService).DownloadInvoiceHTML,
	},
	{
		ID: "billing.download-invoice-pdf", Method: http.MethodGet,
		Path: "/v4/billing/organisations/{orgid}/invoices/{invoiceid}.pdf",
		OK:   "billing/invoice.html", Accept: "application/pdf",
		Foreign: `{}`,
		Func:    (*clevercloud.BillingService).DownloadInvoicePDF,
	},
	{
		ID: "billing.get-credits", Method: http.MethodGet,
		Path:    "/v4/billing/organisations/{orgid}/credits/summary",
		OK:      "prices/credits_full.json",
		Foreign: `{"freeCredit":"much"}`, At: "/freeCredit",
		Func: (*clevercloud.BillingService).GetCredits,
	},
	{
		ID: "billing.get-price-system", Method: http.MethodGet,
		Path:    "/v4/billing/organisations/{orgid}/price-system",
		OK:      "prices/system_full.json",
		Foreign: `{"runtime":[{"price":true}]}`, At: "/runtime/0/price",
		Func: (*clevercloud.BillingService).GetPriceSystem,
	},
	{
		ID: "billing.get-public-price-system", Method: http.MethodGet,
		Path:    "/v4/billing/price-system",
		OK:      "prices/system_full.json",
		Foreign: `{"countable":[{"time_interval_for_price":{"interval":"hourly"}}]}`,
		At:      "/countable/0/time_interval_for_price/interval",
		Func:    (*clevercloud.BillingService).GetPublicPriceSystem,
	},
}
