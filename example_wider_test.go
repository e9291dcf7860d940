package clevercloud_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/auth"
	"github.com/clevercloud-go/clevercloud/clevertest"
)

func ExampleBillingService_ListUnpaidInvoices() {
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client()

	invoices, err := client.Billing.ListUnpaidInvoices(context.Background(), server.OwnerID)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, invoice := range invoices {
		fmt.Println(invoice.Status, invoice.Status.IsUnpaid())
	}
	// Output:
	// PENDING true
	// PROCESSING true
}

func ExampleOrchestrationService_GetInstance() {
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client()

	instance, err := client.Orchestration.GetInstance(context.Background(), server.OwnerID, server.ApplicationID, server.InstanceID)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(instance.State, instance.DeploymentID == server.DeploymentID)
	// Output: UP true
}

func ExampleLoadBalancersService_GetPrivate() {
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client()

	balancers, err := client.LoadBalancers.GetPrivate(context.Background(), server.OwnerID, server.ApplicationID)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(len(balancers))
	// Output: 0
}

func ExampleLoadBalancersService_GetAddonDefault() {
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client()

	balancers, err := client.LoadBalancers.GetAddonDefault(context.Background(), server.OwnerID, server.AddonID)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, balancer := range balancers {
		fmt.Println(balancer.DNS.CNAME)
	}
	// Output: domain.par.clever-cloud.com
}

func ExampleLoadBalancersService_GetAddonPrivate() {
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client()

	balancers, err := client.LoadBalancers.GetAddonPrivate(context.Background(), server.OwnerID, server.AddonID)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(len(balancers))
	// Output: 0
}

func ExampleDrainsService_WaitForStatus() {
	server := clevertest.NewServer(clevertest.WithStepDuration(10 * time.Millisecond))
	defer server.Close()
	client := server.Client()

	drain, err := client.Drains.Create(context.Background(), server.OwnerID, server.ApplicationID, clevercloud.DrainInput{
		Kind: clevercloud.DrainKindLog, Recipient: clevercloud.RawRecipient{URL: "https://logs.example.com/ingest"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}

	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	drain, err = client.Drains.WaitForStatus(ctx, server.OwnerID, server.ApplicationID, drain.ID, clevercloud.DrainStatusEnabled,
		clevercloud.DrainWait{Interval: time.Millisecond, MaxInterval: time.Millisecond})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(drain.Status.Status)
	// Output: ENABLED
}

func ExampleDrainsService_Disable() {
	server := clevertest.NewServer(clevertest.WithStepDuration(0))
	defer server.Close()
	client := server.Client()

	drain, err := client.Drains.Create(context.Background(), server.OwnerID, server.ApplicationID, clevercloud.DrainInput{
		Kind: clevercloud.DrainKindLog, Recipient: clevercloud.RawRecipient{URL: "https://logs.example.com/ingest"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}

	if drain, err = client.Drains.Disable(context.Background(), server.OwnerID, server.ApplicationID, drain.ID); err != nil {
		fmt.Println(err)
		return
	}
	drain, err = client.Drains.WaitForStatus(context.Background(), server.OwnerID, server.ApplicationID, drain.ID, clevercloud.DrainStatusDisabled, clevercloud.DrainWait{Interval: time.Millisecond})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(drain.Status.Status)
	// Output: DISABLED
}

func ExampleDrainsService_Enable() {
	server := clevertest.NewServer(clevertest.WithStepDuration(0))
	defer server.Close()
	client := server.Client()

	drain, err := client.Drains.Create(context.Background(), server.OwnerID, server.ApplicationID, clevercloud.DrainInput{
		Kind: clevercloud.DrainKindLog, Recipient: clevercloud.RawRecipient{URL: "https://logs.example.com/ingest"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}

	if _, err = client.Drains.Disable(context.Background(), server.OwnerID, server.ApplicationID, drain.ID); err != nil {
		fmt.Println(err)
		return
	}
	if _, err = client.Drains.Enable(context.Background(), server.OwnerID, server.ApplicationID, drain.ID); err != nil {
		fmt.Println(err)
		return
	}
	drain, err = client.Drains.WaitForStatus(context.Background(), server.OwnerID, server.ApplicationID, drain.ID, clevercloud.DrainStatusEnabled, clevercloud.DrainWait{Interval: time.Millisecond})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(drain.Status.Status)
	// Output: ENABLED
}

func ExampleDrainsService_ResetCursor() {
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client()

	drain, err := client.Drains.Create(context.Background(), server.OwnerID, server.ApplicationID, clevercloud.DrainInput{
		Kind: clevercloud.DrainKindLog, Recipient: clevercloud.RawRecipient{URL: "https://logs.example.com/ingest"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}

	same, err := client.Drains.ResetCursor(context.Background(), server.OwnerID, server.ApplicationID, drain.ID)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(same.ID == drain.ID)
	// Output: true
}

func ExampleDrainsService_Check() {
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client()

	drain, err := client.Drains.Create(context.Background(), server.OwnerID, server.ApplicationID, clevercloud.DrainInput{
		Kind: clevercloud.DrainKindLog, Recipient: clevercloud.RawRecipient{URL: "https://logs.example.com/ingest"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}

	check, err := client.Drains.Check(context.Background(), server.OwnerID, server.ApplicationID, drain.ID)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(check.OK)
	// Output: true
}

func ExampleDrainsService_TestCommand() {
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client()

	drain, err := client.Drains.Create(context.Background(), server.OwnerID, server.ApplicationID, clevercloud.DrainInput{
		Kind: clevercloud.DrainKindLog, Recipient: clevercloud.RawRecipient{URL: "https://logs.example.com/ingest"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}

	command, err := client.Drains.TestCommand(context.Background(), server.OwnerID, server.ApplicationID, drain.ID)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(command, strings.HasPrefix(command.Reveal(), "curl "))
	// Output: [redacted] true
}

func ExampleDrainsService_DeleteAll() {
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client()

	drain, err := client.Drains.Create(context.Background(), server.OwnerID, server.ApplicationID, clevercloud.DrainInput{
		Kind: clevercloud.DrainKindLog, Recipient: clevercloud.RawRecipient{URL: "https://logs.example.com/ingest"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}

	removed, err := client.Drains.DeleteAll(context.Background(), server.OwnerID, server.ApplicationID)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(len(removed), removed[0].ID == drain.ID)
	// Output: 1 true
}

func ExampleWithDrainPaths() {
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client()

	newer, err := client.With(clevercloud.WithDrainPaths(clevercloud.ResourceDrainPaths))
	if err != nil {
		fmt.Println(err)
		return
	}
	if _, err := newer.Drains.List(context.Background(), server.OwnerID, server.ApplicationID, clevercloud.DrainQuery{}); err != nil {
		fmt.Println(err)
		return
	}
	requests := server.Requests()
	fmt.Println(strings.Contains(requests[len(requests)-1].Path, "/resources/app_"))
	// Output: true
}

func ExampleOperatorsService_CheckVersion() {
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client()

	versions, err := client.Operators.CheckVersion(context.Background(), clevercloud.Keycloak, server.KeycloakID)
	if err != nil {
		fmt.Println(err)
		return
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
		fmt.Println(err)
		return
	}
	operator, err := client.Operators.UpdateVersion(context.Background(), clevercloud.Keycloak, server.KeycloakID, versions.Latest)
	if err != nil {
		fmt.Println(err)
		return
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
		fmt.Println(err)
		return
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
		fmt.Println(err)
		return
	}
	id := string(operator.Resources.PostgreSQL())
	fmt.Println(strings.HasPrefix(id, "postgresql_"), operator.Resources.MySQL() == "")
	// Output: true true
}

func ExamplePulsarService_Get() {
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client()

	addon, err := client.Pulsar.Get(context.Background(), server.PulsarID)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(addon.Status, addon.ClusterID, addon.Token)
	// Output: ACTIVE c3 [redacted]
}

func ExamplePulsarService_GetCluster() {
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client()

	cluster, err := client.Pulsar.GetCluster(context.Background(), server.PulsarClusterID)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("pulsar+ssl://%s:%d\n", cluster.URL, cluster.PulsarTLSPort)
	// Output: pulsar+ssl://materiamq.eu-fr-1.services.clever-cloud.com:6651
}

func ExamplePulsarService_RenewToken() {
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client()

	before, err := client.Pulsar.Get(context.Background(), server.PulsarID)
	if err != nil {
		fmt.Println(err)
		return
	}
	after, err := client.Pulsar.RenewToken(context.Background(), server.PulsarID)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(after.Token, after.Token != before.Token)
	// Output: [redacted] true
}

func ExampleIdentityService_Self() {
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client()

	self, err := client.Identity.Self(context.Background())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(self.ID == server.UserID, self.Email == server.Email)
	// Output: true true
}

func ExampleIdentityService_Resolve() {
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client()

	resource, err := client.Identity.Resolve(context.Background(), "sso")
	if err != nil {
		fmt.Println(err)
		return
	}
	if kind, id, ok := resource.Operator(); ok {
		fmt.Println(kind, id == server.KeycloakID, resource.OwnerID == server.OwnerID)
	}

	_, err = client.Identity.Resolve(context.Background(), "nothing of that name")
	fmt.Println(errors.Is(err, clevercloud.ErrNotFound))
	// Output:
	// keycloak true true
	// true
}

// The token is there once: keep it.
func ExampleTokensService_Create() {
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client()

	token, err := client.Tokens.Create(context.Background(), clevercloud.APITokenInput{
		Email: server.Email, Password: auth.Secret(server.Password), Name: "CI", ExpirationDate: time.Now().AddDate(0, 6, 0),
	})
	if err != nil {
		fmt.Println(err)
		return
	}

	other, err := client.With(clevercloud.WithAuth(auth.Bearer(token.Token)))
	if err != nil {
		fmt.Println(err)
		return
	}
	self, err := other.Identity.Self(context.Background())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(token.Token, self.ID == server.UserID)
	// Output: [redacted] true
}

func ExampleTokensService_List() {
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client()

	token, err := client.Tokens.Create(context.Background(), clevercloud.APITokenInput{
		Email: server.Email, Password: auth.Secret(server.Password), Name: "CI", ExpirationDate: time.Now().AddDate(0, 6, 0),
	})
	if err != nil {
		fmt.Println(err)
		return
	}

	tokens, err := client.Tokens.List(context.Background())
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, t := range tokens {
		if t.ID == token.ID {
			fmt.Println(t.Name, t.State, t.Token == "")
		}
	}
	// Output: CI ACTIVE true
}

func ExampleTokensService_Revoke() {
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client()

	token, err := client.Tokens.Create(context.Background(), clevercloud.APITokenInput{
		Email: server.Email, Password: auth.Secret(server.Password), Name: "CI", ExpirationDate: time.Now().AddDate(0, 6, 0),
	})
	if err != nil {
		fmt.Println(err)
		return
	}

	if err := client.Tokens.Revoke(context.Background(), token.ID); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(errors.Is(client.Tokens.Revoke(context.Background(), token.ID), clevercloud.ErrNotFound))
	// Output: true
}
