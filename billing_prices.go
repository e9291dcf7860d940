package clevercloud

import (
	"context"
	"net/http"

	"github.com/clevercloud-go/clevercloud/internal/query"
)

var (
	billingGetCredits = operation[none, *CreditsSummary]{
		id: "billing.get-credits", method: http.MethodGet,
		path: "/v4/billing/organisations/{orgid}/credits/summary",
	}
	billingGetPriceSystem = operation[priceQuery, *PriceSystem]{
		id: "billing.get-price-system", method: http.MethodGet,
		path: "/v4/billing/organisations/{orgid}/price-system",
	}
	billingGetPublicPriceSystem = operation[priceQuery, *PriceSystem]{
		id: "billing.get-public-price-system", method: http.MethodGet,
		path: "/v4/billing/price-system",
	}
)

// CreditsSummary is the credit of an owner: what was paid in advance, and what was given.
type CreditsSummary struct {
	PrepaidCredit Amount `json:"prepaidCredit"`
	FreeCredit    Amount `json:"freeCredit"`
	// Currency is an ISO 4217 code.
	Currency string `json:"currency,omitzero"`
}

// PriceSystem lists the prices of a zone.
type PriceSystem struct {
	ZoneID ZoneName `json:"zone_id,omitzero"`
	// Currency is an ISO 4217 code.
	Currency string `json:"currency,omitzero"`
	// Runtime lists what the instances of applications cost by their running time.
	Runtime []RuntimePrice `json:"runtime,omitzero"`
	// Countable lists what is billed by quantity, such as storage, traffic or Kubernetes nodes.
	Countable []CountablePrice `json:"countable,omitzero"`
}

// RuntimePrice is the price of an instance while it runs.
type RuntimePrice struct {
	RuntimePolicyID string `json:"runtime_policy_id,omitzero"`
	// Source is what is billed, such as "apps.XS".
	Source string `json:"source,omitzero"`
	Flavor string `json:"flavor,omitzero"`
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
	// TimeIntervalForPrice is the time that a plan's price is for. It is nil if the price does not
	// depend on time.
	TimeIntervalForPrice *PriceInterval `json:"time_interval_for_price,omitzero"`
	PricePlans           []PricePlan    `json:"price_plans,omitzero"`
}

// PriceQuantity is the quantity that a price is for.
type PriceQuantity struct {
	Secability Secability `json:"secability,omitzero"`
	// Quantity is in the price's DataUnit.
	Quantity Amount `json:"quantity"`
}

// PriceInterval is the time that a price is for.
type PriceInterval struct {
	Secability Secability `json:"secability,omitzero"`
	// Interval is in seconds.
	Interval Amount `json:"interval"`
}

// PricePlan is the price of quantities up to a maximum.
type PricePlan struct {
	PlanID string `json:"plan_id,omitzero"`
	// MaxQuantity is nil if there is no maximum.
	MaxQuantity *Amount `json:"max_quantity"`
	Price       Amount  `json:"price"`
}

// Secability tells whether a quantity or an interval can be divided: whether a part of it is billed
// as a part, or as the whole. Other values may appear; see [Secability.IsKnown].
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
	return billingGetCredits.call(ctx, s.client, opts, none{}, string(owner))
}

// GetPriceSystem returns the prices of a zone for an owner. If zone is empty, the choice is left to
// the API. It returns an error that matches [ErrNotFound] if there are no prices for the zone.
//
//	GET /v4/billing/organisations/{orgid}/price-system
func (s *BillingService) GetPriceSystem(
	ctx context.Context, owner OwnerID, zone ZoneName, opts ...CallOption,
) (*PriceSystem, error) {
	return billingGetPriceSystem.call(ctx, s.client, opts, priceQuery{zone: zone}, string(owner))
}

// GetPublicPriceSystem returns the prices of a zone in a currency, an ISO 4217 code such as "EUR".
// If zone or currency is empty, the choice is left to the API. It needs no credentials.
//
//	GET /v4/billing/price-system
func (s *BillingService) GetPublicPriceSystem(
	ctx context.Context, zone ZoneName, currency string, opts ...CallOption,
) (*PriceSystem, error) {
	return billingGetPublicPriceSystem.call(ctx, s.client, opts, priceQuery{zone, currency})
}
