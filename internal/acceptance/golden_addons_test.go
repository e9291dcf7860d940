package acceptance_test

import (
	"context"

	"github.com/clevercloud-go/clevercloud"
)

// goldenAddons and goldenApplications are the part of goldenCalls that is for the v2 API.
var goldenAddons = map[string]func(context.Context, *clevercloud.Client) error{
	"all add-ons": golden((*clevercloud.AddonsService).List, "orga_1"),
	"one add-on":  golden((*clevercloud.AddonsService).Get, "orga_1", "addon_1"),
	"new add-on": golden((*clevercloud.AddonsService).Create, "orga_1", clevercloud.AddonInput{
		Name: "main-db", ProviderID: "postgresql-addon", PlanID: "plan_1", Zone: "par",
		Options: map[string]string{"version": "16", "encryption": "true"},
	}),
	"new add-on without options": golden(
		(*clevercloud.AddonsService).Create, "orga_1", clevercloud.AddonInput{
			Name: "settings", ProviderID: "config-provider", PlanID: "plan_2", Zone: "rbx",
		}),
	"add-on renamed":           golden((*clevercloud.AddonsService).Rename, "orga_1", "addon_1", "other <db>"),
	"add-on deleted":           golden((*clevercloud.AddonsService).Delete, "orga_1", "addon_1"),
	"environment of an add-on": golden((*clevercloud.AddonsService).Env, "orga_1", "addon_1"),
	"providers of add-ons":     golden((*clevercloud.AddonsService).ListProviders),
	"providers of add-ons for an owner": func(ctx context.Context, c *clevercloud.Client) error {
		_, err := c.Addons.ListProviders(ctx, clevercloud.WithQuery("orgaId", "orga_1"))
		return err
	},
	"details of a postgresql": golden(
		(*clevercloud.AddonsService).GetDetails, "postgresql-addon", "addon_1"),
	"versions of postgresql": golden(
		(*clevercloud.AddonsService).GetProviderInfo, "postgresql-addon"),
}
