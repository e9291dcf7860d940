package clevercloud_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"maps"
	"slices"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/clevertest"
)

func ExampleAddonsService_List() {
	server := clevertest.NewServer()
	defer server.Close()
	client, ctx := server.Client(), context.Background()
	server.AddAddon(clevertest.Addon{Name: "cache", ProviderID: "redis-addon"})

	addons, err := client.Addons.List(ctx, server.OwnerID)
	if err != nil {
		log.Fatal(err)
	}
	for _, addon := range addons {
		if addon.Provider.ID == "redis-addon" {
			fmt.Println(addon.Name, addon.Plan.Slug, addon.Region)
		}
	}
	// Output: cache s_mono par
}

func ExampleAddonsService_Get() {
	server := clevertest.NewServer()
	defer server.Close()
	client, ctx := server.Client(), context.Background()
	id, realID := server.AddAddon(clevertest.Addon{Name: "main-db", Plan: "xs_sml"})

	addon, err := client.Addons.Get(ctx, server.OwnerID, id)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(addon.Name, addon.Provider.Name, addon.Plan.Name, addon.RealID == realID)
	// Output: main-db PostgreSQL XS Small Space true
}

// An add-on is ordered by the id of its plan, which the catalogue has.
func ExampleAddonsService_Create() {
	server := clevertest.NewServer()
	defer server.Close()
	client, ctx := server.Client(), context.Background()

	providers, err := client.Addons.ListProviders(ctx)
	if err != nil {
		log.Fatal(err)
	}
	var plan clevercloud.AddonPlan
	for _, provider := range providers {
		if provider.ID == "postgresql-addon" {
			plan, _ = provider.Plan("xs_sml")
		}
	}
	addon, err := client.Addons.Create(ctx, server.OwnerID, clevercloud.AddonInput{
		Name: "main-db", ProviderID: "postgresql-addon", PlanID: plan.ID, Zone: "par",
		Options: map[string]string{"version": "18", "encryption": "true"},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(addon.Name, addon.Plan.Slug, addon.Region)
	// Output: main-db xs_sml par
}

func ExampleAddonsService_Rename() {
	server := clevertest.NewServer()
	defer server.Close()
	client, ctx := server.Client(), context.Background()
	id, _ := server.AddAddon(clevertest.Addon{Name: "db"})

	addon, err := client.Addons.Rename(ctx, server.OwnerID, id, "main-db")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(addon.Name)
	// Output: main-db
}

// The data of the add-on is gone, too.
func ExampleAddonsService_Delete() {
	server := clevertest.NewServer()
	defer server.Close()
	client, ctx := server.Client(), context.Background()
	id, _ := server.AddAddon(clevertest.Addon{Name: "db"})

	err := client.Addons.Delete(ctx, server.OwnerID, id)
	if err != nil {
		log.Fatal(err)
	}
	_, err = client.Addons.Get(ctx, server.OwnerID, id)
	fmt.Println(errors.Is(err, clevercloud.ErrNotFound))
	// Output: true
}

func ExampleAddonsService_Env() {
	server := clevertest.NewServer()
	defer server.Close()
	client, ctx := server.Client(), context.Background()
	id, _ := server.AddAddon(clevertest.Addon{ProviderID: "redis-addon"})

	env, err := client.Addons.Env(ctx, server.OwnerID, id)
	if err != nil {
		log.Fatal(err)
	}
	for _, v := range env {
		fmt.Println(v.Name, v.Value) // v.Value.Reveal() is the value
	}
	// Output:
	// REDIS_HOST [redacted]
	// REDIS_PASSWORD [redacted]
	// REDIS_PORT [redacted]
	// REDIS_URL [redacted]
}

func ExampleAddonsService_ListProviders() {
	server := clevertest.NewServer()
	defer server.Close()
	client, ctx := server.Client(), context.Background()

	providers, err := client.Addons.ListProviders(ctx)
	if err != nil {
		log.Fatal(err)
	}
	for _, provider := range providers {
		if plan, ok := provider.Plan("dev"); ok {
			fmt.Println(provider.ID, plan.Price)
		}
	}
	// Output:
	// postgresql-addon 0
	// mysql-addon 0
	// mongodb-addon 0
}

func ExampleAddonsService_GetDetails() {
	server := clevertest.NewServer()
	defer server.Close()
	client, ctx := server.Client(), context.Background()
	id, _ := server.AddAddon(clevertest.Addon{Name: "main-db", Plan: "xs_sml"})

	details, err := client.Addons.GetDetails(ctx, "postgresql-addon", id)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(details.Status, details.Version, details.Port, details.Password)
	// Output: ACTIVE 18 5432 [redacted]
}

func ExampleAddonsService_GetProviderInfo() {
	server := clevertest.NewServer()
	defer server.Close()
	client, ctx := server.Client(), context.Background()

	info, err := client.Addons.GetProviderInfo(ctx, "postgresql-addon")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(info.DefaultDedicatedVersion, slices.Sorted(maps.Keys(info.Dedicated)))
	// Output: 18 [15 16 17 18]
}
