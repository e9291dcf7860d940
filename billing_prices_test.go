package clevercloud_test

import (
	"net/http"
	"testing"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/clevertest"
	"github.com/clevercloud-go/clevercloud/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

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
	for name, want := range all {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, mock := testkit.MockClient(t)
			testkit.Always(mock, http.StatusOK, testkit.Fixture(t, name))

			got, err := client.Billing.GetCredits(t.Context(), "orga_1")

			require.NoError(t, err)
			assert.Equal(t, &want, got)
			testkit.RoundTrip{Unknown: []string{"expiring"}, Exact: true}.
				Check(t, spelled(t, name, `"12.50"`, "12.50"), got)
		})
	}
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
	for name, want := range priceSystems {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, mock := testkit.MockClient(t)
			testkit.Always(mock, http.StatusOK, testkit.Fixture(t, name))

			got, err := client.Billing.GetPriceSystem(t.Context(), "orga_1", want.ZoneID)
			require.NoError(t, err)
			assert.Equal(t, &want, got)
			got, err = client.Billing.GetPublicPriceSystem(t.Context(), want.ZoneID, want.Currency)
			require.NoError(t, err)
			assert.Equal(t, &want, got)
			testkit.RoundTrip{
				Unknown: []string{
					"licences", "runtime.tier", "countable.data_quantity_for_price.rounding",
				}, Exact: true,
			}.Check(t, testkit.Fixture(t, name), got)
		})
	}
	assert.True(t, clevercloud.Secability("SECABLE").IsKnown())
	assert.True(t, clevercloud.Secability("INSECABLE").IsKnown())
	assert.False(t, clevercloud.Secability("secable").IsKnown())
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
