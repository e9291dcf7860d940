package clevertest

var priceRoutes = []route{
	{id: "billing.get-credits", pattern: "GET /v4/billing/organisations/{ownerId}/credits/summary",
		answer: func(*Server, *call) (reply, error) {
			return ok(map[string]any{"prepaidCredit": 0, "freeCredit": 20, "currency": "EUR"})
		}},
	{
		id:      "billing.get-price-system",
		pattern: "GET /v4/billing/organisations/{ownerId}/price-system",
		answer:  (*Server).getPriceSystem,
	},
	{
		id:      "billing.get-public-price-system",
		pattern: "GET /v4/billing/price-system",
		public:  true,
		answer:  (*Server).getPriceSystem,
	},
}

// getPriceSystem has one price list for all zones, in euros.
func (s *Server) getPriceSystem(c *call) (reply, error) {
	q := c.URL.Query()
	zone, currency := orElse(q.Get("zone_id"), "par"), orElse(q.Get("currency"), "EUR")
	if s.zoneNamed(zone) == nil {
		return reply{}, notFound("zone", zone)
	}
	if currency != "EUR" {
		return reply{}, notFound("currency", currency)
	}
	runtime, countable := []map[string]any{}, []map[string]any{}
	for _, flavor := range []struct {
		name  string
		price number
	}{{"pico", "0.0062"}, {"XS", "0.0222"}, {"S", "0.0444"}, {"M", "0.0889"}, {"L", "0.1778"}, {"XL", "0.3556"}} {
		runtime = append(runtime, map[string]any{
			"runtime_policy_id": "rp-" + flavor.name, "source": "apps." + flavor.name,
			"flavor": flavor.name, "time_unit": "PT1H",
			"price": flavor.price, "slug_id": "APPS." + flavor.name,
		})
	}
	for _, service := range []struct {
		name, unit string
		quantity   int
		price      number
		timed      bool
	}{
		{"kubernetes.node.vcpu", "vcpu", 1, "0.0055", true}, {"kubernetes.node.ram", "B", 1e9, "0.0012", true},
		{"cellar.outbound", "B", 1e9, "0.09", false},
	} {
		countable = append(
			countable,
			countablePrice(
				service.name, service.unit, service.quantity, service.price, service.timed,
			),
		)
	}
	return ok(
		map[string]any{
			"zone_id": zone, "currency": currency, "runtime": runtime, "countable": countable,
		},
	)
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
