package clevercloud_test

import (
	"testing"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/internal/testkit"
)

var loadBalancers = map[string][]clevercloud.LoadBalancer{
	"loadbalancers/default.json": {{
		ID: "b8d1e6f0-37a2-49c5-8f14-6e9b02c7d5a3", Name: "par",
		ZoneID: "7f3b1c2e-9a40-4d58-b6e7-2c81d05f9a34",
		DNS: clevercloud.LoadBalancerDNS{
			CNAME: "domain.par.clever-cloud.com", A: []string{"192.0.2.36", "192.0.2.37", "192.0.2.38"},
		},
	}},
	"loadbalancers/private_empty.json": {},
}

func TestLoadBalancers(t *testing.T) {
	t.Parallel()
	trip := testkit.RoundTrip{Unknown: []string{"kind", "dns.aaaa"}}
	for _, get := range []any{
		(*clevercloud.LoadBalancersService).GetDefault,
		(*clevercloud.LoadBalancersService).GetPrivate,
		(*clevercloud.LoadBalancersService).GetAddonDefault,
		(*clevercloud.LoadBalancersService).GetAddonPrivate,
	} {
		checkFixtures(t, "loadbalancers/*", loadBalancers, trip, get, []any{"orga_1", "id_1"})
	}
}

// Load balancers are what encoding/json reads, or an error that says where; what they marshal to is
// stable.
func FuzzLoadBalancer(f *testing.F) {
	fuzzFixtures(f, "loadbalancers/*.json", func(t *testing.T, api *testkit.FuzzClient, data []byte) {
		testkit.Stable[[]clevercloud.LoadBalancer](t, data)
		agrees[[]clevercloud.LoadBalancer](t, api, data,
			(*clevercloud.LoadBalancersService).GetDefault, "orga_1", "app_1")
	})
}
