package clevercloud_test

import (
	"context"
	"fmt"
	"log"
	"strings"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/clevertest"
)

func ExampleOperatorsService_AttachNetworkGroup() {
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client()

	operator, err := client.Operators.AttachNetworkGroup(context.Background(), clevercloud.Keycloak, server.KeycloakID)
	if err != nil {
		log.Fatal(err)
	}
	_, attached := operator.Features.NetworkGroup()
	fmt.Println(operator.Name, attached, operator.InitialCredentials.Password)
	// Output: sso true [redacted]
}

func ExampleOperatorsService_CheckVersion() {
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client()

	versions, err := client.Operators.CheckVersion(context.Background(), clevercloud.Keycloak, server.KeycloakID)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(versions.NeedUpdate, versions.Installed != versions.Latest)
	// Output: true true
}

func ExampleOperatorsService_UpdateVersion() {
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client()

	versions, err := client.Operators.CheckVersion(context.Background(), clevercloud.Keycloak, server.KeycloakID)
	if err != nil {
		log.Fatal(err)
	}
	operator, err := client.Operators.UpdateVersion(context.Background(), clevercloud.Keycloak, server.KeycloakID, versions.Latest)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(operator.Version == versions.Latest)
	// Output: true
}

func ExampleOperatorsService_OtoroshiConfig() {
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client()

	var config strings.Builder
	n, err := client.Operators.OtoroshiConfig(context.Background(), server.OtoroshiID, &config)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(n == int64(config.Len()), strings.Contains(config.String(), "clusters:"))
	// Output: true true
}

func ExampleOperatorResources_PostgreSQL() {
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client()

	operator, err := client.Operators.Get(context.Background(), clevercloud.Keycloak, server.KeycloakID)
	if err != nil {
		log.Fatal(err)
	}
	id := string(operator.Resources.PostgreSQL())
	fmt.Println(strings.HasPrefix(id, "postgresql_"), operator.Resources.MySQL() == "")
	// Output: true true
}

func ExampleOperatorsService_Get() {
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client()

	for _, operator := range []struct {
		kind clevercloud.OperatorKind
		id   clevercloud.OperatorID
	}{{clevercloud.Keycloak, server.KeycloakID}, {clevercloud.Matomo, server.MatomoID}} {
		o, err := client.Operators.Get(context.Background(), operator.kind, operator.id)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(o.Name, o.Plan, o.JavaVersion != "", o.PHPVersion != "", o.InitialCredentials != nil)
	}
	// Output:
	// sso BASE true false true
	// stats BETA false true false
}

// A reboot is a deployment of the application that the operator runs in. It is not repeated by itself: after an error there may be one.
func ExampleOperatorsService_Reboot() {
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client()
	ctx := context.Background()

	if err := client.Operators.Reboot(ctx, clevercloud.Metabase, server.MetabaseID); err != nil {
		log.Fatal(err)
	}
	operator, err := client.Operators.Get(ctx, clevercloud.Metabase, server.MetabaseID)
	if err != nil {
		log.Fatal(err)
	}
	deployments, err := client.Orchestration.ListDeployments(ctx, operator.OwnerID, operator.Resources.Entrypoint(), clevercloud.DeploymentQuery{Limit: 1})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(deployments[0].State, deployments[0].Origin.Action)
	// Output: QUEUED DEPLOY
}

// Rebuild, then wait until it is done.
func ExampleOperatorsService_Rebuild() {
	server := clevertest.NewServer(clevertest.WithStepDuration(10 * time.Millisecond))
	defer server.Close()
	client := server.Client()
	ctx := context.Background()

	operator, err := client.Operators.Get(ctx, clevercloud.Otoroshi, server.OtoroshiID)
	if err != nil {
		log.Fatal(err)
	}
	app := operator.Resources.Entrypoint()
	if err := client.Operators.Rebuild(ctx, clevercloud.Otoroshi, server.OtoroshiID); err != nil {
		log.Fatal(err)
	}
	deployments, err := client.Orchestration.ListDeployments(ctx, operator.OwnerID, app, clevercloud.DeploymentQuery{Limit: 1})
	if err != nil {
		log.Fatal(err)
	}
	deployment, err := client.Orchestration.WaitForDeployment(ctx, operator.OwnerID, app, deployments[0].ID,
		clevercloud.DeploymentWait{Interval: time.Millisecond, MaxInterval: time.Millisecond})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(deployment.State)
	// Output: SUCCEEDED
}

func ExampleOperatorsService_DetachNetworkGroup() {
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client()
	ctx := context.Background()

	if _, err := client.Operators.AttachNetworkGroup(ctx, clevercloud.Otoroshi, server.OtoroshiID); err != nil {
		log.Fatal(err)
	}
	if err := client.Operators.DetachNetworkGroup(ctx, clevercloud.Otoroshi, server.OtoroshiID); err != nil {
		log.Fatal(err)
	}
	operator, err := client.Operators.Get(ctx, clevercloud.Otoroshi, server.OtoroshiID)
	if err != nil {
		log.Fatal(err)
	}
	_, attached := operator.Features.NetworkGroup()
	fmt.Println(attached)
	// Output: false
}
