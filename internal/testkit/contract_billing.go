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
}
