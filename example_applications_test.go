package clevercloud_test

import (
	"context"
	"errors"
	"fmt"
	"log"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/clevertest"
)

func ExampleApplicationsService_List() {
	server := clevertest.NewServer()
	defer server.Close()
	client, ctx := server.Client(), context.Background()
	server.AddApplication(clevertest.Application{Name: "api", Kind: "rust"})

	apps, err := client.Applications.List(ctx, server.OwnerID)
	if err != nil {
		log.Fatal(err)
	}
	for _, app := range apps {
		if app.Instance.Variant.Slug == "rust" {
			fmt.Println(app.Name, app.Zone, app.State)
		}
	}
	// Output: api par SHOULD_BE_DOWN
}

func ExampleApplicationsService_Get() {
	server := clevertest.NewServer()
	defer server.Close()
	client, ctx := server.Client(), context.Background()

	app, err := client.Applications.Get(ctx, server.OwnerID, server.ApplicationID)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(app.State, app.Instance.MinInstances, app.Instance.MaxFlavor.Name)
	// Output: SHOULD_BE_UP 1 S
}

// Type, version and variant come from the catalogue.
func ExampleApplicationsService_Create() {
	server := clevertest.NewServer()
	defer server.Close()
	client, ctx := server.Client(), context.Background()

	runtimes, err := client.Applications.ListRuntimes(ctx)
	if err != nil {
		log.Fatal(err)
	}
	node, _ := clevercloud.FindRuntime(runtimes, "node")
	app, err := client.Applications.Create(ctx, server.OwnerID, clevercloud.ApplicationInput{
		Name: "api", Zone: "par",
		InstanceType: node.Type, InstanceVersion: node.Version, InstanceVariant: node.Variant.ID,
		MinFlavor: "XS", MaxFlavor: "S", MaxInstances: 2,
		Env: []clevercloud.EnvVar{{Name: "CC_RUN_COMMAND", Value: "node ."}},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(app.Name, app.Instance.Type, app.Instance.MaxInstances, len(app.VHosts))
	// Output: api node 2 1
}

// What the patch leaves out stays as it is.
func ExampleApplicationsService_Update() {
	server := clevertest.NewServer()
	defer server.Close()
	client, ctx := server.Client(), context.Background()

	patch := clevercloud.ApplicationPatch{
		MinFlavor: "M", MaxFlavor: "L", StickySessions: clevercloud.Value(true),
	}
	app, err := client.Applications.Update(ctx, server.OwnerID, server.ApplicationID, patch)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(app.Instance.MinFlavor.Name, app.Instance.MaxFlavor.Name, app.StickySessions)
	// Output: M L true
}

func ExampleApplicationsService_Delete() {
	server := clevertest.NewServer()
	defer server.Close()
	client, ctx := server.Client(), context.Background()

	if err := client.Applications.Delete(ctx, server.OwnerID, server.ApplicationID); err != nil {
		log.Fatal(err)
	}
	_, err := client.Applications.Get(ctx, server.OwnerID, server.ApplicationID)
	fmt.Println(errors.Is(err, clevercloud.ErrNotFound))
	// Output: true
}

// The last commit again, without what earlier builds have cached.
func ExampleApplicationsService_Deploy() {
	server := clevertest.NewServer(clevertest.WithStepDuration(0))
	defer server.Close()
	client, ctx := server.Client(), context.Background()
	owner, app := server.OwnerID, server.ApplicationID

	id, err := client.Applications.Deploy(ctx, owner, app, clevercloud.DeployInput{WithoutCache: true})
	if err != nil {
		log.Fatal(err)
	}
	deployment, err := client.Orchestration.
		WaitForDeployment(ctx, owner, app, id, clevercloud.DeploymentWait{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(deployment.State)
	// Output: SUCCEEDED
}

func ExampleApplicationsService_Stop() {
	server := clevertest.NewServer()
	defer server.Close()
	client, ctx := server.Client(), context.Background()
	owner, app := server.OwnerID, server.ApplicationID

	err := client.Applications.Stop(ctx, owner, app)
	if err != nil {
		log.Fatal(err)
	}
	stopped, err := client.Applications.Get(ctx, owner, app)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(stopped.State)
	// Output: SHOULD_BE_DOWN
}

func ExampleApplicationsService_CancelDeployment() {
	server := clevertest.NewServer()
	defer server.Close()
	client, ctx := server.Client(), context.Background()
	owner, app := server.OwnerID, server.ApplicationID

	id, err := client.Applications.Deploy(ctx, owner, app, clevercloud.DeployInput{})
	if err != nil {
		log.Fatal(err)
	}
	err = client.Applications.CancelDeployment(ctx, owner, app, id)
	if err != nil {
		log.Fatal(err)
	}
	_, err = client.Orchestration.
		WaitForDeployment(ctx, owner, app, id, clevercloud.DeploymentWait{})
	var ended *clevercloud.DeploymentError
	if errors.As(err, &ended) {
		fmt.Println(ended.Deployment.State)
	}
	// Output: CANCELLED
}

func ExampleApplicationsService_Env() {
	server := clevertest.NewServer()
	defer server.Close()
	client, ctx := server.Client(), context.Background()
	owner, app := server.OwnerID, server.ApplicationID
	env := []clevercloud.EnvVar{{Name: "PORT", Value: "8080"}, {Name: "API_KEY", Value: "s3cret"}}
	if err := client.Applications.SetEnv(ctx, owner, app, env); err != nil {
		log.Fatal(err)
	}

	env, err := client.Applications.Env(ctx, owner, app)
	if err != nil {
		log.Fatal(err)
	}
	for _, v := range env {
		fmt.Println(v.Name, v.Value) // v.Value.Reveal() is the value
	}
	// Output:
	// API_KEY [redacted]
	// PORT [redacted]
}

// With check the API validates the variables that the platform itself reads.
func ExampleApplicationsService_SetEnv() {
	server := clevertest.NewServer()
	defer server.Close()
	client, ctx := server.Client(), context.Background()

	env := []clevercloud.EnvVar{{Name: "CC_HEALTH_CHECK_PATH", Value: "health"}}
	err := client.Applications.SetEnv(ctx, server.OwnerID, server.ApplicationID, env,
		clevercloud.WithQuery("check", "true"))
	var rejected *clevercloud.APIError
	if errors.As(err, &rejected) {
		for _, field := range rejected.Fields {
			fmt.Println(field.Name+":", field.Reason)
		}
	}
	// Output: CC_HEALTH_CHECK_PATH: expected a path that begins with /
}

func ExampleApplicationsService_ExposedEnv() {
	server := clevertest.NewServer()
	defer server.Close()
	client, ctx := server.Client(), context.Background()
	owner, app := server.OwnerID, server.ApplicationID
	env := []clevercloud.EnvVar{{Name: "API_URL", Value: "https://api.example.org"}}
	if err := client.Applications.SetExposedEnv(ctx, owner, app, env); err != nil {
		log.Fatal(err)
	}

	env, err := client.Applications.ExposedEnv(ctx, owner, app)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(env[0].Name, env[0].Value.Reveal())
	// Output: API_URL https://api.example.org
}

// Applications that depend on this one see its variables after their next deployment.
func ExampleApplicationsService_SetExposedEnv() {
	server := clevertest.NewServer()
	defer server.Close()
	client, ctx := server.Client(), context.Background()

	err := client.Applications.SetExposedEnv(ctx, server.OwnerID, server.ApplicationID,
		[]clevercloud.EnvVar{{Name: "API_URL", Value: "https://api.example.org"}})
	fmt.Println(err)
	// Output: <nil>
}

func ExampleApplicationsService_ListDomains() {
	server := clevertest.NewServer()
	defer server.Close()
	client, ctx := server.Client(), context.Background()
	app := server.AddApplication(clevertest.Application{
		ID: "app_00000000-0000-4000-8000-00000000000a", Name: "api",
	})

	domains, err := client.Applications.ListDomains(ctx, server.OwnerID, app)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("https://" + domains[0].FQDN)
	// Output: https://app-00000000-0000-4000-8000-00000000000a.cleverapps.io/
}

// What is taken is rejected, also if it is the application's own.
func ExampleApplicationsService_AddDomain() {
	server := clevertest.NewServer()
	defer server.Close()
	client, ctx := server.Client(), context.Background()
	owner, app := server.OwnerID, server.ApplicationID

	err := client.Applications.AddDomain(ctx, owner, app, "www.example.org/shop")
	if err != nil {
		log.Fatal(err)
	}
	domains, err := client.Applications.ListDomains(ctx, owner, app)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(domains[len(domains)-1].FQDN)
	err = client.Applications.AddDomain(ctx, owner, app, "www.example.org/shop")
	fmt.Println(errors.Is(err, clevercloud.ErrForbidden))
	// Output:
	// www.example.org/shop/
	// true
}

func ExampleApplicationsService_RemoveDomain() {
	server := clevertest.NewServer()
	defer server.Close()
	client, ctx := server.Client(), context.Background()
	owner, app := server.OwnerID, server.ApplicationID
	if err := client.Applications.AddDomain(ctx, owner, app, "*.example.org"); err != nil {
		log.Fatal(err)
	}

	err := client.Applications.RemoveDomain(ctx, owner, app, "*.example.org")
	fmt.Println(err)
	// Output: <nil>
}

func ExampleApplicationsService_ListLinkedAddons() {
	server := clevertest.NewServer()
	defer server.Close()
	client, ctx := server.Client(), context.Background()
	owner, app := server.OwnerID, server.ApplicationID
	id, _ := server.AddAddon(clevertest.Addon{Name: "main-db"})
	if err := client.Applications.LinkAddon(ctx, owner, app, id); err != nil {
		log.Fatal(err)
	}

	addons, err := client.Applications.ListLinkedAddons(ctx, owner, app)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(addons[len(addons)-1].Name)
	// Output: main-db
}

// Deploy the application after that, so that it sees the variables.
func ExampleApplicationsService_LinkAddon() {
	server := clevertest.NewServer()
	defer server.Close()
	client, ctx := server.Client(), context.Background()
	id, _ := server.AddAddon(clevertest.Addon{Name: "main-db"})

	err := client.Applications.LinkAddon(ctx, server.OwnerID, server.ApplicationID, id)
	fmt.Println(err)
	// Output: <nil>
}

// An add-on that is not linked is ErrNotFound: nothing is left to do.
func ExampleApplicationsService_UnlinkAddon() {
	server := clevertest.NewServer()
	defer server.Close()
	client, ctx := server.Client(), context.Background()
	id, _ := server.AddAddon(clevertest.Addon{Name: "main-db"})

	err := client.Applications.UnlinkAddon(ctx, server.OwnerID, server.ApplicationID, id)
	fmt.Println(errors.Is(err, clevercloud.ErrNotFound))
	// Output: true
}

func ExampleApplicationsService_ListDependencies() {
	server := clevertest.NewServer()
	defer server.Close()
	client, ctx := server.Client(), context.Background()
	owner, app := server.OwnerID, server.ApplicationID
	api := server.AddApplication(clevertest.Application{Name: "api"})
	if err := client.Applications.AddDependency(ctx, owner, app, api); err != nil {
		log.Fatal(err)
	}

	dependencies, err := client.Applications.ListDependencies(ctx, owner, app)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(dependencies[0].Name)
	// Output: api
}

func ExampleApplicationsService_AddDependency() {
	server := clevertest.NewServer()
	defer server.Close()
	client, ctx := server.Client(), context.Background()
	api := server.AddApplication(clevertest.Application{Name: "api"})

	err := client.Applications.AddDependency(ctx, server.OwnerID, server.ApplicationID, api)
	fmt.Println(err)
	// Output: <nil>
}

func ExampleApplicationsService_RemoveDependency() {
	server := clevertest.NewServer()
	defer server.Close()
	client, ctx := server.Client(), context.Background()
	api := server.AddApplication(clevertest.Application{Name: "api"})

	err := client.Applications.RemoveDependency(ctx, server.OwnerID, server.ApplicationID, api)
	fmt.Println(errors.Is(err, clevercloud.ErrNotFound))
	// Output: true
}

func ExampleApplicationsService_ListTCPRedirections() {
	server := clevertest.NewServer()
	defer server.Close()
	client, ctx := server.Client(), context.Background()
	owner, app := server.OwnerID, server.ApplicationID
	if _, err := client.Applications.AddTCPRedirection(ctx, owner, app, "default"); err != nil {
		log.Fatal(err)
	}

	redirections, err := client.Applications.ListTCPRedirections(ctx, owner, app)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(redirections[0].Namespace, redirections[0].Port)
	// Output: default 5131
}

func ExampleApplicationsService_AddTCPRedirection() {
	server := clevertest.NewServer()
	defer server.Close()
	client, ctx := server.Client(), context.Background()

	redirection, err := client.Applications.
		AddTCPRedirection(ctx, server.OwnerID, server.ApplicationID, "default")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(redirection.Port)
	// Output: 5131
}

func ExampleApplicationsService_RemoveTCPRedirection() {
	server := clevertest.NewServer()
	defer server.Close()
	client, ctx := server.Client(), context.Background()
	owner, app := server.OwnerID, server.ApplicationID
	redirection, err := client.Applications.AddTCPRedirection(ctx, owner, app, "default")
	if err != nil {
		log.Fatal(err)
	}

	err = client.Applications.RemoveTCPRedirection(ctx, owner, app, "default", redirection.Port)
	fmt.Println(err)
	// Output: <nil>
}

func ExampleApplicationsService_ListRuntimes() {
	server := clevertest.NewServer()
	defer server.Close()
	client, ctx := server.Client(), context.Background()

	runtimes, err := client.Applications.ListRuntimes(ctx)
	if err != nil {
		log.Fatal(err)
	}
	for _, runtime := range runtimes {
		if runtime.Type == "static" {
			fmt.Println(runtime.Variant.Slug, runtime.DefaultFlavor.Name)
		}
	}
	// Output: static XS
}

func ExampleFindRuntime() {
	server := clevertest.NewServer()
	defer server.Close()
	client, ctx := server.Client(), context.Background()

	runtimes, err := client.Applications.ListRuntimes(ctx)
	if err != nil {
		log.Fatal(err)
	}
	node, ok := clevercloud.FindRuntime(runtimes, "node")
	fmt.Println(node.Type, node.Variant.Name, node.Enabled, ok)
	// Output: node Node.js true true
}

// A database and an application that uses it, from nothing to a domain that answers, and back.
func Example_provision() {
	server := clevertest.NewServer(clevertest.WithStepDuration(0))
	defer server.Close()

	client, ctx := server.Client(), context.Background()

	if err := provision(ctx, client, server.OwnerID); err != nil {
		log.Fatal(err)
	}
	seen, err := client.Identity.Summary(ctx)
	if err != nil {
		log.Fatal(err)
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
