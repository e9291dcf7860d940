package clevercloud_test

import (
	"context"
	"fmt"
	"log"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/clevertest"
)

// Size without a bound, age of two weeks, offload as it is.
func ExamplePulsarService_UpdateStoragePolicies() {
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client()

	policies, err := client.Pulsar.UpdateStoragePolicies(context.Background(), server.PulsarID, clevercloud.StoragePoliciesPatch{
		Retention: clevercloud.StoragePolicyPatch{
			SizeInMB:       clevercloud.Null[int64](),
			DurationInDays: clevercloud.Value[int64](14),
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(policies.Retention.SizeInMB, *policies.Retention.DurationInDays)
	// Output: <nil> 14
}

func ExamplePulsarService_Get() {
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client()

	addon, err := client.Pulsar.Get(context.Background(), server.PulsarID)
	if err != nil {
		log.Fatal(err)
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
		log.Fatal(err)
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
		log.Fatal(err)
	}
	after, err := client.Pulsar.RenewToken(context.Background(), server.PulsarID)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(after.Token, after.Token != before.Token)
	// Output: [redacted] true
}

func ExamplePulsarService_GetStoragePolicies() {
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client()

	policies, err := client.Pulsar.GetStoragePolicies(context.Background(), server.PulsarID)
	if err != nil {
		log.Fatal(err)
	}
	if retention := policies.Retention; retention != nil && retention.DurationInDays != nil {
		fmt.Println(*retention.DurationInDays, "days")
	}
	// Output: 7 days
}
