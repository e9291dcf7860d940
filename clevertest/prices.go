package clevertest

func priceRoutes() []route {
	return append(under("billing", "/v4/billing/organisations/{ownerId}", []row{
		{"get-credits", "GET", "/credits/summary", (*Server).getCredits},
		{"get-price-system", "GET", "/price-system", (*Server).getPriceSystem},
	}), route{
		id: "billing.get-public-price-system", pattern: "GET /v4/billing/price-system", public: true,
		answer: (*Server).getPriceSystem,
	})
}

func (s *Server) getCredits(*call) (reply, error) {
	return ok(map[string]any{"prepaidCredit": 0, "freeCredit": 20, "currency": "EUR"})
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
