package clevercloud_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/clevertest"
)

// A database and an application that uses it, from nothing to a domain that answers, and back.
func Example_provision() {
	server := clevertest.NewServer(clevertest.WithStepDuration(0))
	defer server.Close()

	client, ctx := server.Client(), context.Background()

	if err := provision(ctx, client, server.OwnerID); err != nil {
		fmt.Println(err)
		return
	}
	seen, err := client.Identity.Summary(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, name := range []string{"main-db", "api"} {
		_, err = seen.Find(name)
		fmt.Println(name, "is gone:", errors.Is(err, clevercloud.ErrNotFound))
	}
	// Output:
	// linked main-db
	// deployed SUCCEEDED
	// serving www.example.org/
	// main-db is gone: true
	// api is gone: true
}

func provision(
	ctx context.Context, client *clevercloud.Client, owner clevercloud.OwnerID,
) (err error) {
	providers, err := client.Addons.ListProviders(ctx)
	if err != nil {
		return err
	}
	db := clevercloud.AddonInput{Name: "main-db", ProviderID: "postgresql-addon", Zone: "par"}
	for _, provider := range providers {
		if plan, ok := provider.Plan("xs_sml"); ok && provider.ID == db.ProviderID {
			db.PlanID = plan.ID
		}
	}
	addon, err := client.Addons.Create(ctx, owner, db)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, client.Addons.Delete(ctx, owner, addon.ID)) }()

	runtimes, err := client.Applications.ListRuntimes(ctx)
	if err != nil {
		return err
	}
	node, ok := clevercloud.FindRuntime(runtimes, "node")
	if !ok {
		return errors.New("no Node.js here")
	}
	app, err := client.Applications.Create(ctx, owner, clevercloud.ApplicationInput{
		Name: "api", Zone: "par", MinFlavor: node.DefaultFlavor.Name,
		InstanceType: node.Type, InstanceVersion: node.Version, InstanceVariant: node.Variant.ID,
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, client.Applications.Delete(ctx, owner, app.ID)) }()

	env := []clevercloud.EnvVar{{Name: "CC_RUN_COMMAND", Value: "node ."}}
	err = errors.Join(
		client.Applications.LinkAddon(ctx, owner, app.ID, addon.ID),
		client.Applications.SetEnv(ctx, owner, app.ID, env),
		client.Applications.AddDomain(ctx, owner, app.ID, "www.example.org"),
	)
	if err != nil {
		return err
	}
	fmt.Println("linked", addon.Name)

	// The embedded API takes a commit that it does not know for one that has been pushed.
	id, err := client.Applications.Deploy(ctx, owner, app.ID,
		clevercloud.DeployInput{Commit: "3f2a0000000000000000000000000000000000aa"})
	if err != nil {
		return err
	}
	deployment, err := client.Orchestration.
		WaitForDeployment(ctx, owner, app.ID, id, clevercloud.DeploymentWait{})
	if err != nil {
		return err
	}
	fmt.Println("deployed", deployment.State)

	domains, err := client.Applications.ListDomains(ctx, owner, app.ID)
	if err != nil {
		return err
	}
	fmt.Println("serving", domains[len(domains)-1].FQDN)
	return nil
}
