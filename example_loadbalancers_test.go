package clevercloud_test

import (
	"context"
	"fmt"
	"log"

	"github.com/clevercloud-go/clevercloud/clevertest"
)

func ExampleLoadBalancersService_GetDefault() {
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client()

	balancers, err := client.LoadBalancers.GetDefault(context.Background(), server.OwnerID, server.ApplicationID)
	if err != nil {
		log.Fatal(err)
	}
	for _, balancer := range balancers {
		fmt.Println(balancer.DNS.CNAME)
	}
	// Output: domain.par.clever-cloud.com.
}

func ExampleLoadBalancersService_GetPrivate() {
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client()

	balancers, err := client.LoadBalancers.GetPrivate(context.Background(), server.OwnerID, server.ApplicationID)
	if err != nil {
		log.Fatal(err)
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
		log.Fatal(err)
	}
	for _, balancer := range balancers {
		fmt.Println(balancer.DNS.CNAME)
	}
	// Output: domain.par.clever-cloud.com.
}

func ExampleLoadBalancersService_GetAddonPrivate() {
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client()

	balancers, err := client.LoadBalancers.GetAddonPrivate(context.Background(), server.OwnerID, server.AddonID)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(balancers))
	// Output: 0
}
