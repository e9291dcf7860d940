package acceptance_test

import (
	"context"

	"github.com/clevercloud-go/clevercloud"
)

// goldenAddons and goldenApplications are the part of goldenCalls that is for the v2 API.
var goldenAddons = map[string]func(context.Context, *clevercloud.Client) error{
	"all add-ons": golden((*addons).List, "orga_1"),
	"one add-on":  golden((*addons).Get, "orga_1", "addon_1"),
	"new add-on": golden((*addons).Create, "orga_1", clevercloud.AddonInput{
		Name: "main-db", ProviderID: "postgresql-addon", PlanID: "plan_1", Zone: "par",
		Options: map[string]string{"version": "16", "encryption": "true"},
	}),
	"new add-on without options": golden(
		(*addons).Create, "orga_1", clevercloud.AddonInput{
			Name: "settings", ProviderID: "config-provider", PlanID: "plan_2", Zone: "rbx",
		}),
	"add-on renamed":           golden((*addons).Rename, "orga_1", "addon_1", "other <db>"),
	"add-on deleted":           golden((*addons).Delete, "orga_1", "addon_1"),
	"environment of an add-on": golden((*addons).Env, "orga_1", "addon_1"),
	"providers of add-ons":     golden((*addons).ListProviders),
	"providers of add-ons for an owner": func(ctx context.Context, c *clevercloud.Client) error {
		_, err := c.Addons.ListProviders(ctx, clevercloud.WithQuery("orgaId", "orga_1"))
		return err
	},
	"details of a postgresql": golden((*addons).GetDetails, "postgresql-addon", "addon_1"),
	"versions of postgresql":  golden((*addons).GetProviderInfo, "postgresql-addon"),
}
