package clevercloud_test

import (
	"net/http"
	"testing"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var (
	parisLoadBalancer = clevercloud.LoadBalancer{
		ID: "b8d1e6f0-37a2-49c5-8f14-6e9b02c7d5a3", Name: "par", ZoneID: "7f3b1c2e-9a40-4d58-b6e7-2c81d05f9a34",
		DNS: clevercloud.LoadBalancerDNS{CNAME: "domain.par.clever-cloud.com", A: []string{"192.0.2.36", "192.0.2.37", "192.0.2.38"}},
	}
	loadBalancers = map[string][]clevercloud.LoadBalancer{
		"loadbalancers/default.json":       {parisLoadBalancer},
		"loadbalancers/private_empty.json": {},
		"loadbalancers/nulls.json": {{
			ID: "b8d1e6f0-37a2-49c5-8f14-6e9b02c7d5a3", Name: "par", ZoneID: "7f3b1c2e-9a40-4d58-b6e7-2c81d05f9a34",
			DNS: clevercloud.LoadBalancerDNS{CNAME: "domain.rbx.clever-cloud.com"},
		}},
		"loadbalancers/extra_fields.json": {parisLoadBalancer, {
			ID: "e2f7a1c9-58d0-4b36-93ae-0c7d41b6f825", Name: "rbx", ZoneID: "7f3b1c2e-9a40-4d58-b6e7-2c81d05f9a34",
			DNS: clevercloud.LoadBalancerDNS{CNAME: "domain.par.clever-cloud.com", A: []string{"192.0.2.36", "192.0.2.37", "192.0.2.38"}},
		}},
	}
)

func TestLoadBalancers_GetDefault(t *testing.T) {
	t.Parallel()
	testkit.Covers(t, "loadbalancers/*", loadBalancers)
	for name, want := range loadBalancers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, mock := testkit.MockClient(t)
			testkit.Always(mock, http.StatusOK, testkit.Fixture(t, name))

			got, err := client.LoadBalancers.GetDefault(t.Context(), "orga_1", "app_1")

			require.NoError(t, err)
			assert.Equal(t, want, got)
			testkit.RoundTrip{Unknown: []string{"kind", "dns.aaaa"}}.Check(t, testkit.Fixture(t, name), got)
		})
	}
}

func TestLoadBalancers_TheOthersAnswerAlike(t *testing.T) {
	t.Parallel()
	for path, get := range map[string]func(*clevercloud.Client) ([]clevercloud.LoadBalancer, error){
		"applications/app_1/load-balancers/private": func(c *clevercloud.Client) ([]clevercloud.LoadBalancer, error) {
			return c.LoadBalancers.GetPrivate(t.Context(), "orga_1", "app_1")
		},
		"addons/addon_1/load-balancers/default": func(c *clevercloud.Client) ([]clevercloud.LoadBalancer, error) {
			return c.LoadBalancers.GetAddonDefault(t.Context(), "orga_1", "addon_1")
		},
		"addons/addon_1/load-balancers/private": func(c *clevercloud.Client) ([]clevercloud.LoadBalancer, error) {
			return c.LoadBalancers.GetAddonPrivate(t.Context(), "orga_1", "addon_1")
		},
	} {
		for name, want := range loadBalancers {
			client, mock := testkit.MockClient(t)
			sent := testkit.Always(mock, http.StatusOK, testkit.Fixture(t, name))

			got, err := get(client)

			require.NoError(t, err)
			assert.Equal(t, want, got, "%s in %s", path, name)
			assert.Equal(t, "/prefix/v4/load-balancers/organisations/orga_1/"+path, sent.Only(t).Path)
		}
	}
}

// Load balancers are what encoding/json reads, or an error that says where; what they marshal to is stable.
func FuzzLoadBalancer(f *testing.F) {
	for _, name := range testkit.Fixtures(f, "loadbalancers/*.json") {
		f.Add([]byte(testkit.Fixture(f, name)))
	}
	client := testkit.NewFuzzClient(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		testkit.Stable[[]clevercloud.LoadBalancer](t, data)
		testkit.Agrees(t, client, data, func(c *clevercloud.Client) ([]clevercloud.LoadBalancer, error) {
			return c.LoadBalancers.GetDefault(t.Context(), "orga_1", "app_1")
		})
	})
}
