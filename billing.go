package clevercloud

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/clevercloud-go/clevercloud/internal/query"
)

// BillingService lists and downloads invoices and credit notes. Third-party credentials need the
// right access_organisations_bills.
//
// API reference: https://www.clever-cloud.com/developers/api/v4/#billing
type BillingService service

const (
	billingPath  = "/v4/billing/organisations/{orgid}"
	invoicesPath = billingPath + "/invoices"
	invoicePath  = invoicesPath + "/{invoiceid}"
)

var billingListInvoices = operation[[]Invoice]{id: "billing.list-invoices", path: invoicesPath}

// Invoice summarizes an invoice or a credit note.
type Invoice struct {
	Number       InvoiceNumber  `json:"invoice_number,omitzero"`
	Kind         InvoiceKind    `json:"kind,omitzero"`
	OwnerID      OwnerID        `json:"owner_id,omitzero"`
	Address      InvoiceAddress `json:"address,omitzero"`
	EmissionDate time.Time      `json:"emission_date,omitzero"` // when the invoice was issued
	PayDate      time.Time      `json:"pay_date,omitzero"`      // zero until the invoice is paid
	Status       InvoiceStatus  `json:"status,omitzero"`
	Currency     string         `json:"currency,omitzero"` // an ISO 4217 code, such as "EUR"
	// KPIComputeMonths is the number of months that the invoice counts for in statistics, 0 if
	// absent.
	KPIComputeMonths int    `json:"kpi_compute_months,omitzero"`
	PriceFactor      Amount `json:"price_factor,omitzero"`
	Discount         Amount `json:"discount,omitzero"` // in percent: 100 is free
	VATPercent       Amount `json:"vat_percent,omitzero"`
	TotalTaxExcluded Money  `json:"total_tax_excluded,omitzero"` // the net amount
	// TotalTax is the tax alone. The amount to pay is TotalTaxExcluded plus TotalTax.
	TotalTax Money `json:"total_tax,omitzero"`
	// Category is a product category, such as "PAAS". It may be empty.
	Category string `json:"category,omitzero"`
	// PaymentProvider is a name such as "STRIPE". It is empty until one is known.
	PaymentProvider string `json:"payment_provider,omitzero"`
	// TransactionID is the payment provider's. See also [InvoiceDetail.Transaction].
	TransactionID   string `json:"transaction_id,omitzero"`
	CustomerOrderID string `json:"customer_order_id,omitzero"`
	InvoiceDayPlan  *int   `json:"invoice_day_plan,omitzero"` // nil if absent
}

// InvoiceKind tells invoices from credit notes. Other values may appear.
type InvoiceKind string

// The known kinds of invoices.
const (
	InvoiceKindInvoice    InvoiceKind = "INVOICE"
	InvoiceKindCreditNote InvoiceKind = "CREDITNOTE"
)

// IsKnown reports whether k is one of the constants of this package.
func (k InvoiceKind) IsKnown() bool { return isOneOf(k, InvoiceKindInvoice, InvoiceKindCreditNote) }

// InvoiceStatus is the state of the payment. Other values may appear.
type InvoiceStatus string

// The known statuses of invoices. The first three are unpaid.
const (
	InvoiceStatusPending     InvoiceStatus = "PENDING"
	InvoiceStatusProcessing  InvoiceStatus = "PROCESSING"
	InvoiceStatusPaymentHeld InvoiceStatus = "PAYMENTHELD"
	InvoiceStatusPaid        InvoiceStatus = "PAID"
	InvoiceStatusCanceled    InvoiceStatus = "CANCELED"
	InvoiceStatusRefunded    InvoiceStatus = "REFUNDED"
	InvoiceStatusWontPay     InvoiceStatus = "WONTPAY"
)

// IsKnown reports whether s is one of the constants of this package.
func (s InvoiceStatus) IsKnown() bool {
	return s.IsUnpaid() || isOneOf(s, InvoiceStatusPaid, InvoiceStatusCanceled,
		InvoiceStatusRefunded, InvoiceStatusWontPay)
}

// IsUnpaid reports whether a payment is still expected.
func (s InvoiceStatus) IsUnpaid() bool {
	return isOneOf(s, InvoiceStatusPending, InvoiceStatusProcessing, InvoiceStatusPaymentHeld)
}

// InvoiceAddress is the billing address of an invoice.
type InvoiceAddress struct {
	AddressID string  `json:"address_id,omitzero"`
	OwnerID   OwnerID `json:"owner_id,omitzero"`
	Name      string  `json:"name,omitzero"`
	Company   string  `json:"company,omitzero"`
	Address   string  `json:"address,omitzero"`
	City      string  `json:"city,omitzero"`
	Zipcode   string  `json:"zipcode,omitzero"`
	// CountryAlpha2 is an ISO 3166-1 alpha-2 code, such as "FR".
	CountryAlpha2         string `json:"country_alpha2,omitzero"`
	VATNumber             string `json:"vat_number,omitzero"`
	VATPercent            Amount `json:"vat_percent,omitzero"`
	CustomerCostCenter    string `json:"customer_cost_center,omitzero"`
	CustomerPurchaseOrder string `json:"customer_purchase_order,omitzero"`
}

// InvoiceDetail is an invoice with all its lines.
type InvoiceDetail struct {
	Invoice
	Origin  string `json:"origin,omitzero"` // "automatic" or "manual"
	Version int    `json:"version,omitzero"`
	// ConsumptionBeginDate and ConsumptionEndDate bound the billed period.
	ConsumptionBeginDate time.Time `json:"consumption_begin_date,omitzero"`
	ConsumptionEndDate   time.Time `json:"consumption_end_date,omitzero"`
	// Uptimes holds the cost of the running time of applications.
	Uptimes []InvoiceUptime `json:"uptimes,omitzero"`
	// Countables holds what is billed by quantity, such as add-ons, traffic and storage.
	Countables []InvoiceCountable `json:"countables,omitzero"`
	// VendorConsumption holds the cost of add-ons of other vendors.
	VendorConsumption []InvoiceVendorItem  `json:"vendor_consumption,omitzero"`
	Classic           []InvoiceClassicItem `json:"classic,omitzero"` // lines written by hand
	// Unusable holds running time that could not be billed.
	Unusable []InvoiceUnusableItem `json:"unusable,omitzero"`

	CreditBalanceAtEmission           Money `json:"credit_balance_at_emission,omitzero"`
	TotalPendingUpfrontBeforeEmission Money `json:"total_pending_upfront_before_emission,omitzero"`
	UpfrontCreditAmount               Money `json:"upfront_credit_amount,omitzero"`

	FreeCreditsAvailableThisPeriod []InvoiceFreeCredit `json:"free_credits_available_this_period,omitzero"`
	FreeCreditsAvailableNextPeriod []InvoiceFreeCredit `json:"free_credits_available_next_period,omitzero"`

	PaymentMethodID string `json:"payment_method_id,omitzero"`
	// ProviderTransactionID replaces TransactionID. [InvoiceDetail.Transaction] returns either.
	ProviderTransactionID string `json:"provider_transaction_id,omitzero"`
	ProviderLastResponse  string `json:"provider_last_response,omitzero"`
	VATDeclarationID      string `json:"vat_declaration_id,omitzero"`
	WannabeInvoiceID      string `json:"wannabe_invoice_id,omitzero"`
}

// Transaction returns the payment provider's ID of the payment from the field that holds it, if one
// does.
func (d InvoiceDetail) Transaction() string {
	return cmp.Or(d.ProviderTransactionID, d.TransactionID)
}

// InvoiceUptime is the cost of the running time of an application.
type InvoiceUptime struct {
	ItemID string `json:"item_id,omitzero"`
	Price  Money  `json:"price"`
	// AppID identifies an application or an add-on.
	AppID       string                `json:"app_id,omitzero"`
	OwnerID     OwnerID               `json:"owner_id,omitzero"`
	Category    string                `json:"category,omitzero"`
	SubCategory string                `json:"sub_category,omitzero"`
	Details     []InvoiceUptimeDetail `json:"details,omitzero"`
}

// InvoiceUptimeDetail is the running time of one instance.
type InvoiceUptimeDetail struct {
	InstanceID       InstanceID `json:"instance_id,omitzero"`
	FlavorName       string     `json:"flavor_name,omitzero"`
	ZoneID           string     `json:"zone_id,omitzero"`
	RuntimePolicyID  string     `json:"runtime_policy_id,omitzero"`
	Price            Money      `json:"price"`
	ConsumptionStart time.Time  `json:"consumption_start,omitzero"`
	ConsumptionEnd   time.Time  `json:"consumption_end,omitzero"`
}

// InvoiceCountable is the cost of a quantity.
type InvoiceCountable struct {
	ItemID   string  `json:"item_id,omitzero"`
	Price    Money   `json:"price"`
	AppID    string  `json:"app_id,omitzero"`
	OwnerID  OwnerID `json:"owner_id,omitzero"`
	Service  string  `json:"service,omitzero"`
	UnitName string  `json:"unit_name,omitzero"`
	ZoneID   string  `json:"zone_id,omitzero"`
	PolicyID string  `json:"policy_id,omitzero"`
	Quantity Amount  `json:"quantity,omitzero"`
	PlanID   string  `json:"plan_id,omitzero"`
	// Duration is a number of hours, or an ISO 8601 duration such as "PT744H".
	Duration     InvoiceDuration          `json:"duration,omitzero"`
	DetailsPrice Money                    `json:"details_price,omitzero"`
	Category     string                   `json:"category,omitzero"`
	SubCategory  string                   `json:"sub_category,omitzero"`
	Details      []InvoiceCountableDetail `json:"details,omitzero"`
}

// InvoiceDuration is a duration as the API wrote it: a number of hours, such as 744, or an ISO 8601
// duration, such as PT744H.
type InvoiceDuration string

// String returns the text.
func (d InvoiceDuration) String() string { return string(d) }

func readDuration(dec *jsontext.Decoder, d *InvoiceDuration) error {
	token, err := dec.ReadToken()
	switch token.Kind() {
	case '"', '0':
		*d = InvoiceDuration(token.String())
	case '{', '[':
		err = errors.New("expected a duration")
	}
	return err
}

// UnmarshalJSON decodes a number, a string or null.
func (d *InvoiceDuration) UnmarshalJSON(data []byte) error { return unmarshal(data, d) }

// MarshalJSON encodes a number as a number and any other text as a string.
func (d InvoiceDuration) MarshalJSON() ([]byte, error) {
	if isNumber(string(d)) {
		return []byte(d), nil
	}
	return json.Marshal(string(d))
}

// InvoiceCountableDetail is a quantity over a part of the period.
type InvoiceCountableDetail struct {
	ConsumptionStart time.Time `json:"consumption_start,omitzero"`
	ConsumptionEnd   time.Time `json:"consumption_end,omitzero"`
	PlanID           string    `json:"plan_id,omitzero"`
	Quantity         Amount    `json:"quantity,omitzero"`
	Price            Money     `json:"price"`
}

// InvoiceVendorItem is the cost of an add-on of another vendor.
type InvoiceVendorItem struct {
	ItemID   string  `json:"item_id,omitzero"`
	Price    Money   `json:"price"`
	VendorID string  `json:"vendor_id,omitzero"`
	OwnerID  OwnerID `json:"owner_id,omitzero"`
	AppID    string  `json:"app_id,omitzero"`
}

// InvoiceClassicItem is a line written by hand.
type InvoiceClassicItem struct {
	ItemID               string  `json:"item_id,omitzero"`
	UnitPrice            Money   `json:"unit_price"`
	Quantity             Amount  `json:"quantity,omitzero"`
	PriceFactor          Amount  `json:"price_factor,omitzero"`
	Discount             Amount  `json:"discount,omitzero"`
	Description          string  `json:"description,omitzero"`
	SubDescription       string  `json:"sub_description,omitzero"`
	ClassicBillingItemID string  `json:"classic_billing_item_id,omitzero"`
	OwnerID              OwnerID `json:"owner_id,omitzero"`
	Category             string  `json:"category,omitzero"`
	SubCategory          string  `json:"sub_category,omitzero"`
}

// InvoiceUnusableItem is running time that could not be billed.
type InvoiceUnusableItem struct {
	ItemID     string    `json:"item_id,omitzero"`
	ZoneID     string    `json:"zone_id,omitzero"`
	FlavorName string    `json:"flavor_name,omitzero"`
	Host       string    `json:"host,omitzero"`
	ImageType  string    `json:"image_type,omitzero"`
	StartDate  time.Time `json:"start_date,omitzero"`
	EndDate    time.Time `json:"end_date,omitzero"`
}

// InvoiceFreeCredit is what remains of a free credit.
type InvoiceFreeCredit struct {
	Name      string `json:"name,omitzero"`
	Remaining Money  `json:"remaining"`
}

// InvoiceQuery selects invoices. The zero value selects those of the current year.
type InvoiceQuery struct {
	// Limit is the maximum number of invoices. 0 is no limit.
	Limit int
	// Since and Until bound the emission date. Without Since, the API starts at January 1 of this
	// year: set an early date to list all invoices.
	Since, Until time.Time
}

func (q InvoiceQuery) encode(d *draft) error {
	query.Int(&d.query, "limit", q.Limit)
	d.query.Time("since", q.Since)
	d.query.Time("until", q.Until)
	return check("",
		rule{q.Limit < 0, "Limit", "must not be negative"},
		rule{!q.Until.IsZero() && q.Until.Before(q.Since), "Until", "must not be before Since"})
}

// ListInvoices returns the invoices and credit notes of an owner, in the API's order. That is
// usually newest first. For lists too long for memory use [BillingService.Invoices].
//
//	GET /v4/billing/organisations/{orgid}/invoices
func (s *BillingService) ListInvoices(
	ctx context.Context, owner OwnerID, q InvoiceQuery, opts ...CallOption,
) ([]Invoice, error) {
	return billingListInvoices.call(ctx, s.client, opts, q, string(owner))
}

// Invoices iterates over the invoices of [BillingService.ListInvoices] as they arrive, and keeps
// one in memory. Each iteration over the sequence sends a request. An error is the last value.
//
//	GET /v4/billing/organisations/{orgid}/invoices
func (s *BillingService) Invoices(
	ctx context.Context, owner OwnerID, q InvoiceQuery, opts ...CallOption,
) iter.Seq2[Invoice, error] {
	return sequence(ctx, s.client, billingListInvoices, opts, q, string(owner))
}

// ListUnpaidInvoices returns the invoices of any date that are PENDING, PROCESSING or PAYMENTHELD.
//
//	GET /v4/billing/organisations/{orgid}/invoices/unpaid
func (s *BillingService) ListUnpaidInvoices(
	ctx context.Context, owner OwnerID, opts ...CallOption,
) ([]Invoice, error) {
	return operation[[]Invoice]{id: "billing.list-unpaid-invoices", path: invoicesPath + "/unpaid"}.
		call(ctx, s.client, opts, none{}, string(owner))
}

// GetInvoice returns an invoice with its lines. The error matches [ErrNotFound] if there is none.
//
//	GET /v4/billing/organisations/{orgid}/invoices/{invoiceid}
func (s *BillingService) GetInvoice(
	ctx context.Context, owner OwnerID, number InvoiceNumber, opts ...CallOption,
) (*InvoiceDetail, error) {
	return operation[*InvoiceDetail]{
		id: "billing.get-invoice", path: invoicePath, oneOrArray: true,
	}.call(ctx, s.client, opts, none{}, string(owner), string(number))
}

// DownloadInvoiceHTML writes the HTML page of an invoice to w and returns the number of bytes
// written. If it fails, w may hold a part.
//
//	GET /v4/billing/organisations/{orgid}/invoices/{invoiceid}.html
func (s *BillingService) DownloadInvoiceHTML(
	ctx context.Context, owner OwnerID, number InvoiceNumber, w io.Writer, opts ...CallOption,
) (int64, error) {
	return operation[none]{
		id: "billing.download-invoice-html", path: invoicePath + ".html", accept: "text/html",
	}.download(ctx, s.client, w, opts, none{}, string(owner), string(number))
}

// DownloadInvoicePDF writes the PDF of an invoice to w and returns the number of bytes written. If
// it fails, w may hold a part: write to a temporary file and rename it on success.
//
//	GET /v4/billing/organisations/{orgid}/invoices/{invoiceid}.pdf
func (s *BillingService) DownloadInvoicePDF(
	ctx context.Context, owner OwnerID, number InvoiceNumber, w io.Writer, opts ...CallOption,
) (int64, error) {
	return operation[none]{
		id: "billing.download-invoice-pdf", path: invoicePath + ".pdf", accept: "application/pdf",
	}.download(ctx, s.client, w, opts, none{}, string(owner), string(number))
}

// CreditsSummary is the credit of an owner: what was paid in advance, and what was given.
type CreditsSummary struct {
	PrepaidCredit Amount `json:"prepaidCredit"`
	FreeCredit    Amount `json:"freeCredit"`
	Currency      string `json:"currency,omitzero"` // an ISO 4217 code
}

// PriceSystem lists the prices of a zone.
type PriceSystem struct {
	ZoneID   ZoneName `json:"zone_id,omitzero"`
	Currency string   `json:"currency,omitzero"` // an ISO 4217 code
	// Runtime lists what the instances of applications cost by their running time.
	Runtime []RuntimePrice `json:"runtime,omitzero"`
	// Countable lists what is billed by quantity, such as storage, traffic or Kubernetes nodes.
	Countable []CountablePrice `json:"countable,omitzero"`
}

// RuntimePrice is the price of an instance while it runs.
type RuntimePrice struct {
	RuntimePolicyID string `json:"runtime_policy_id,omitzero"`
	Source          string `json:"source,omitzero"` // what is billed, such as "apps.XS"
	Flavor          string `json:"flavor,omitzero"`
	// TimeUnit is the time that Price is for, an ISO 8601 duration such as "PT1H".
	TimeUnit string `json:"time_unit,omitzero"`
	Price    Amount `json:"price"`
	SlugID   string `json:"slug_id,omitzero"`
}

// CountablePrice is the price of a quantity, in plans by how much of it is used.
type CountablePrice struct {
	CountablePolicyID string `json:"countable_policy_id,omitzero"`
	// Service is what is billed, such as "kubernetes.node.ram".
	Service string `json:"service,omitzero"`
	// DataUnit is the unit of quantities, such as "B" for bytes or "vcpu".
	DataUnit string `json:"data_unit,omitzero"`
	// DataQuantityForPrice is the quantity that a plan's price is for.
	DataQuantityForPrice PriceQuantity `json:"data_quantity_for_price,omitzero"`
	// TimeIntervalForPrice is the time that a plan's price is for, nil if it is for any time.
	TimeIntervalForPrice *PriceInterval `json:"time_interval_for_price,omitzero"`
	PricePlans           []PricePlan    `json:"price_plans,omitzero"`
}

// PriceQuantity is the quantity that a price is for.
type PriceQuantity struct {
	Secability Secability `json:"secability,omitzero"`
	Quantity   Amount     `json:"quantity"` // in the price's DataUnit
}

// PriceInterval is the time that a price is for.
type PriceInterval struct {
	Secability Secability `json:"secability,omitzero"`
	Interval   Amount     `json:"interval"` // in seconds
}

// PricePlan is the price of quantities up to a maximum.
type PricePlan struct {
	PlanID      string  `json:"plan_id,omitzero"`
	MaxQuantity *Amount `json:"max_quantity"` // nil if there is no maximum
	Price       Amount  `json:"price"`
}

// Secability tells whether a part of a quantity or an interval is billed as a part or as the whole.
// Other values may appear.
type Secability string

// The known values.
const (
	SecabilitySecable   Secability = "SECABLE"
	SecabilityInsecable Secability = "INSECABLE"
)

// IsKnown reports whether s is one of the constants of this package.
func (s Secability) IsKnown() bool { return isOneOf(s, SecabilitySecable, SecabilityInsecable) }

type priceQuery struct {
	zone     ZoneName
	currency string
}

func (q priceQuery) encode(d *draft) error {
	query.Text(&d.query, "zone_id", q.zone)
	query.Text(&d.query, "currency", q.currency)
	return nil
}

// GetCredits returns what is left of an owner's credits.
//
//	GET /v4/billing/organisations/{orgid}/credits/summary
func (s *BillingService) GetCredits(
	ctx context.Context, owner OwnerID, opts ...CallOption,
) (*CreditsSummary, error) {
	return operation[*CreditsSummary]{
		id: "billing.get-credits", path: billingPath + "/credits/summary",
	}.call(ctx, s.client, opts, none{}, string(owner))
}

// GetPriceSystem returns the prices of a zone for an owner. If zone is empty, the choice is left to
// the API. It returns an error that matches [ErrNotFound] if there are no prices for the zone.
//
//	GET /v4/billing/organisations/{orgid}/price-system
func (s *BillingService) GetPriceSystem(
	ctx context.Context, owner OwnerID, zone ZoneName, opts ...CallOption,
) (*PriceSystem, error) {
	return operation[*PriceSystem]{
		id: "billing.get-price-system", path: billingPath + "/price-system",
	}.call(ctx, s.client, opts, priceQuery{zone: zone}, string(owner))
}

// GetPublicPriceSystem returns the prices of a zone in a currency, an ISO 4217 code such as "EUR".
// If zone or currency is empty, the choice is left to the API. It needs no credentials.
//
//	GET /v4/billing/price-system
func (s *BillingService) GetPublicPriceSystem(
	ctx context.Context, zone ZoneName, currency string, opts ...CallOption,
) (*PriceSystem, error) {
	return operation[*PriceSystem]{
		id: "billing.get-public-price-system", path: "/v4/billing/price-system",
	}.call(ctx, s.client, opts, priceQuery{zone, currency})
}
