package clevertest

import "time"

// The full invoice: what the list says but two keys, and what was consumed.
type invoiceDetailWire struct {
	Number          string           `json:"invoice_number"`
	Kind            string           `json:"kind"`
	Origin          string           `json:"origin"`
	Version         int              `json:"version"`
	Category        string           `json:"category"`
	OwnerID         string           `json:"owner_id"`
	Address         addressWire      `json:"address"`
	EmissionDate    microStamp       `json:"emission_date"`
	PayDate         microStamp       `json:"pay_date"`
	Status          string           `json:"status"`
	Begin           microStamp       `json:"consumption_begin_date"`
	End             microStamp       `json:"consumption_end_date"`
	Currency        string           `json:"currency"`
	KPIMonths       int              `json:"kpi_compute_months"`
	PriceFactor     number           `json:"price_factor"`
	Discount        number           `json:"discount"`
	VATPercent      number           `json:"vat_percent"`
	Uptimes         []uptimeWire     `json:"uptimes"`
	Countables      []countableWire  `json:"countables"`
	Vendor          []struct{}       `json:"vendor_consumption"`
	Classic         []classicWire    `json:"classic"`
	Unusable        []struct{}       `json:"unusable"`
	CreditBalance   moneyWire        `json:"credit_balance_at_emission"`
	CreditsThis     []freeCreditWire `json:"free_credits_available_this_period"`
	CreditsNext     []freeCreditWire `json:"free_credits_available_next_period"`
	PendingUpfront  moneyWire        `json:"total_pending_upfront_before_emission"`
	UpfrontCredit   moneyWire        `json:"upfront_credit_amount"`
	CustomerOrder   *string          `json:"customer_order_id"`
	Provider        *string          `json:"payment_provider"`
	PaymentMethodID *string          `json:"payment_method_id"`
	TransactionID   *string          `json:"provider_transaction_id"`
	LastResponse    *string          `json:"provider_last_response"`
	VATDeclaration  *string          `json:"vat_declaration_id"`
	WannabeID       *string          `json:"wannabe_invoice_id"`
	Net             moneyWire        `json:"total_tax_excluded"`
	Tax             moneyWire        `json:"total_tax"`
}

type uptimeWire struct {
	ItemID      string             `json:"item_id"`
	Price       moneyWire          `json:"price"`
	AppID       string             `json:"app_id"`
	OwnerID     string             `json:"owner_id"`
	Details     []uptimeDetailWire `json:"details"`
	Category    string             `json:"category"`
	SubCategory string             `json:"sub_category"`
}

type uptimeDetailWire struct {
	InstanceID string     `json:"instance_id"`
	Flavor     string     `json:"flavor_name"`
	Zone       string     `json:"zone_id"`
	Policy     string     `json:"runtime_policy_id"`
	Price      moneyWire  `json:"price"`
	Start      microStamp `json:"consumption_start"`
	End        microStamp `json:"consumption_end"`
}

type countableWire struct {
	ItemID       string                `json:"item_id"`
	Price        moneyWire             `json:"price"`
	AppID        string                `json:"app_id"`
	OwnerID      string                `json:"owner_id"`
	Service      string                `json:"service"`
	Unit         string                `json:"unit_name"`
	Zone         string                `json:"zone_id"`
	Policy       string                `json:"policy_id"`
	Quantity     number                `json:"quantity"`
	PlanID       *string               `json:"plan_id"`
	Duration     int                   `json:"duration"`
	DetailsPrice moneyWire             `json:"details_price"`
	Details      []countableDetailWire `json:"details"`
	Category     string                `json:"category"`
	SubCategory  string                `json:"sub_category"`
}

type countableDetailWire struct {
	Start    microStamp `json:"consumption_start"`
	End      microStamp `json:"consumption_end"`
	PlanID   *string    `json:"plan_id"`
	Quantity number     `json:"quantity"`
	Price    moneyWire  `json:"price"`
}

type classicWire struct {
	ItemID         string    `json:"item_id"`
	UnitPrice      moneyWire `json:"unit_price"`
	Quantity       int       `json:"quantity"`
	PriceFactor    *number   `json:"price_factor"`
	Discount       *number   `json:"discount"`
	Description    string    `json:"description"`
	SubDescription *string   `json:"sub_description"`
	BillingItemID  *string   `json:"classic_billing_item_id"`
	OwnerID        string    `json:"owner_id"`
	Category       string    `json:"category"`
	SubCategory    string    `json:"sub_category"`
}

type freeCreditWire struct {
	Name      string    `json:"name"`
	Remaining moneyWire `json:"remaining"`
}

func (s *Server) invoiceDetail(i *invoice) invoiceDetailWire {
	provider, transaction := i.payment()
	end := time.Date(i.EmissionDate.Year(), i.EmissionDate.Month(), 1, 0, 0, 0, 0, time.UTC)
	w := invoiceDetailWire{
		Number: string(i.Number), Kind: i.Kind, Origin: "automatic", Version: 2, Category: "PAAS",
		OwnerID: string(i.OwnerID), Address: i.address(s.owners[string(i.OwnerID)]),
		EmissionDate: microStamp(i.EmissionDate), PayDate: microStamp(i.PayDate), Status: i.Status,
		Begin: microStamp(end.AddDate(0, -1, 0)), End: microStamp(end),
		Currency: i.Currency, KPIMonths: 1,
		PriceFactor: "1.0", Discount: "0.0", VATPercent: "20.0",
		Vendor: []struct{}{}, Unusable: []struct{}{},
		CreditBalance: i.money("0.0"), PendingUpfront: i.money("0.0"), UpfrontCredit: i.money("0.0"),
		CreditsThis: []freeCreditWire{{"WELCOME20", i.money("0.0")}}, CreditsNext: []freeCreditWire{},
		Provider: provider, TransactionID: transaction,
		Net: i.money(i.TotalTaxExcluded), Tax: i.money(i.TotalTax),
	}
	if provider != nil {
		w.PaymentMethodID = ptr("pm_clevertest")
	}
	s.itemise(i, &w)
	return w
}

// itemise puts the whole amount on one line: uptime of an application, or a correction.
func (s *Server) itemise(i *invoice, w *invoiceDetailWire) {
	if i.Kind == "CREDITNOTE" {
		w.Origin = "manual"
		w.Classic = []classicWire{{
			ItemID: "classic-1", UnitPrice: w.Net, Quantity: 1,
			Description: "Correction of an earlier consumption",
			OwnerID:     w.OwnerID, Category: "CLASSIC", SubCategory: "CREDIT",
		}}
		return
	}
	w.Uptimes = []uptimeWire{{
		ItemID: "uptime-1", Price: w.Net, AppID: string(s.ApplicationID), OwnerID: w.OwnerID,
		Category: "APPLICATION", SubCategory: "go",
		Details: []uptimeDetailWire{{
			InstanceID: string(s.InstanceID), Flavor: "S", Zone: "par", Policy: "runtime_s", Price: w.Net,
			Start: w.Begin, End: w.End,
		}},
	}}
	zero := i.money("0.0")
	w.Countables = []countableWire{{
		ItemID: "countable-1", Price: zero, AppID: string(s.AddonID), OwnerID: w.OwnerID,
		Service: "postgresql-addon", Unit: "month",
		Zone: "par", Policy: "policy_pg_dev", Quantity: "1.0", Duration: 744, DetailsPrice: zero,
		Details:  []countableDetailWire{{Start: w.Begin, End: w.End, Quantity: "1.0", Price: zero}},
		Category: "ADDON", SubCategory: "postgresql-addon",
	}}
}
