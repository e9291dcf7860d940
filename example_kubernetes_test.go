package clevercloud_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"strings"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/clevertest"
)

// addCluster adds a cluster of two nodes to an embedded API.
func addCluster(server *clevertest.Server) clevercloud.KubernetesClusterID {
	return clevercloud.KubernetesClusterID(
		server.AddKubernetesCluster(clevertest.KubernetesCluster{Name: "prod", Nodes: 2}))
}

func ExampleKubernetesService_ListClusters() {
	server := clevertest.NewServer()
	defer server.Close()
	client, ctx := server.Client(), context.Background()
	id := addCluster(server)

	q := clevercloud.KubernetesClusterQuery{
		Statuses: []clevercloud.KubernetesClusterStatus{clevercloud.KubernetesClusterStatusActive},
	}
	clusters, err := client.Kubernetes.ListClusters(ctx, server.OwnerID, q)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(clusters), clusters[0].Name, clusters[0].ID == id)
	// Output: 1 prod true
}

func ExampleKubernetesService_GetCluster() {
	server := clevertest.NewServer()
	defer server.Close()
	client, ctx := server.Client(), context.Background()
	id := addCluster(server)

	cluster, err := client.Kubernetes.GetCluster(ctx, server.OwnerID, id)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(cluster.Name, cluster.Status, cluster.Version, cluster.TopologyConfig.Topology)
	// Output: prod ACTIVE 1.36 ALL_IN_ONE
}

func ExampleKubernetesService_CreateCluster() {
	server := clevertest.NewServer()
	defer server.Close()
	client, ctx := server.Client(), context.Background()

	in := clevercloud.KubernetesClusterInput{
		Name: "prod",
		TopologyConfig: clevercloud.KubernetesTopologyConfig{
			Topology: clevercloud.KubernetesTopologyAllInOne, Flavor: "S", ReplicationFactor: 1,
		},
		NodeGroups: []clevercloud.KubernetesNodeGroupInput{
			{Name: "default", Flavor: "M", TargetNodeCount: 3},
		},
	}
	cluster, err := client.Kubernetes.CreateCluster(ctx, server.OwnerID, in)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(cluster.Name, cluster.Status)
	// Output: prod TO_DEPLOY
}

func ExampleKubernetesService_UpdateCluster() {
	server := clevertest.NewServer()
	defer server.Close()
	client, ctx := server.Client(), context.Background()
	id := addCluster(server)

	in := clevercloud.KubernetesClusterPatch{Description: clevercloud.Value("the shop")}
	cluster, err := client.Kubernetes.UpdateCluster(ctx, server.OwnerID, id, in)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(cluster.Name, cluster.Description)
	// Output: prod the shop
}

// The nodes are deleted, too. WaitForCluster waits until that is done.
func ExampleKubernetesService_DeleteCluster() {
	server := clevertest.NewServer()
	defer server.Close()
	client, ctx := server.Client(), context.Background()
	id := addCluster(server)

	cluster, err := client.Kubernetes.DeleteCluster(ctx, server.OwnerID, id)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(cluster.Status)
	// Output: TO_DELETE
}

func ExampleKubernetesService_WaitForCluster() {
	server := clevertest.NewServer(clevertest.WithStepDuration(5 * time.Millisecond))
	defer server.Close()
	client, ctx := server.Client(), context.Background()

	cluster, err := client.Kubernetes.CreateCluster(
		ctx, server.OwnerID, clevercloud.KubernetesClusterInput{Name: "prod"})
	if err != nil {
		log.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	cluster, err = client.Kubernetes.WaitForCluster(ctx, server.OwnerID, cluster.ID,
		clevercloud.KubernetesClusterStatusActive, clevercloud.Wait{Interval: time.Millisecond})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(cluster.Name, cluster.Status)
	// Output: prod ACTIVE
}

// The error holds the cluster that has failed.
func ExampleKubernetesService_WaitForCluster_failed() {
	server := clevertest.NewServer(clevertest.WithStepDuration(5 * time.Millisecond))
	defer server.Close()
	client, ctx := server.Client(), context.Background()
	id := addCluster(server)

	server.Inject(clevertest.Fault{Path: "kubernetes.redeploy-cluster", Fail: true})
	if _, err := client.Kubernetes.RedeployCluster(
		ctx, server.OwnerID, id, clevercloud.KubernetesRedeployInput{}); err != nil {
		log.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	_, err := client.Kubernetes.WaitForCluster(ctx, server.OwnerID, id,
		clevercloud.KubernetesClusterStatusActive, clevercloud.Wait{Interval: time.Millisecond})
	var failed *clevercloud.KubernetesError
	if errors.As(err, &failed) {
		fmt.Println(failed.Cluster.Name, failed.Cluster.Status)
	}
	// Output: prod FAILED
}

func ExampleKubernetesService_Kubeconfig() {
	server := clevertest.NewServer()
	defer server.Close()
	client, ctx := server.Client(), context.Background()
	id := addCluster(server)

	kubeconfig, err := client.Kubernetes.Kubeconfig(
		ctx, server.OwnerID, id, clevercloud.KubeconfigQuery{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(kubeconfig)
	// Write it to a file that only its user can read:
	//	os.WriteFile(name, []byte(kubeconfig.Reveal()), 0o600)
	first, _, _ := strings.Cut(kubeconfig.Reveal(), "\n")
	fmt.Println(first)
	// Output:
	// [redacted]
	// apiVersion: v1
}

func ExampleKubernetesService_KubeconfigURL() {
	server := clevertest.NewServer()
	defer server.Close()
	client, ctx := server.Client(), context.Background()
	id := addCluster(server)

	address, err := client.Kubernetes.KubeconfigURL(ctx, server.OwnerID, id)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(address, strings.HasPrefix(address.Reveal(), server.URL))
	// Output: [redacted] true
}

func ExampleKubernetesService_EnableCephCSI() {
	server := clevertest.NewServer(clevertest.WithStepDuration(0))
	defer server.Close()
	client, ctx := server.Client(), context.Background()
	id := addCluster(server)

	if _, err := client.Kubernetes.EnableCephCSI(ctx, server.OwnerID, id); err != nil {
		log.Fatal(err)
	}
	cluster, err := client.Kubernetes.GetCluster(ctx, server.OwnerID, id)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(cluster.Features.CSI)
	// Output: true
}

func ExampleKubernetesService_CheckVersion() {
	server := clevertest.NewServer()
	defer server.Close()
	client, ctx := server.Client(), context.Background()
	id := clevercloud.KubernetesClusterID(
		server.AddKubernetesCluster(clevertest.KubernetesCluster{Version: "1.35"}))

	versions, err := client.Kubernetes.CheckVersion(ctx, server.OwnerID, id)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(versions.Installed, versions.Available, versions.NeedUpdate)
	// Output: 1.35 [1.36] true
}

// The cluster has another status than ACTIVE until it is updated.
func ExampleKubernetesService_UpdateVersion() {
	server := clevertest.NewServer()
	defer server.Close()
	client, ctx := server.Client(), context.Background()
	id := clevercloud.KubernetesClusterID(
		server.AddKubernetesCluster(clevertest.KubernetesCluster{Version: "1.35"}))

	cluster, err := client.Kubernetes.UpdateVersion(ctx, server.OwnerID, id, "1.36")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(cluster.Version, cluster.Status)
	// Output: 1.35 TO_UPGRADE
}

func ExampleKubernetesService_ListDeploymentEvents() {
	server := clevertest.NewServer(clevertest.WithStepDuration(0))
	defer server.Close()
	client, ctx := server.Client(), context.Background()

	cluster, err := client.Kubernetes.CreateCluster(
		ctx, server.OwnerID, clevercloud.KubernetesClusterInput{Name: "prod"})
	if err != nil {
		log.Fatal(err)
	}
	events, err := client.Kubernetes.ListDeploymentEvents(
		ctx, server.OwnerID, cluster.ID, clevercloud.KubernetesEventQuery{Limit: 1})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(events[0].Operation, events[0].Status)
	// Output: CLUSTER_CREATE COMPLETED
}

func ExampleKubernetesService_ListEvents() {
	server := clevertest.NewServer()
	defer server.Close()
	client, ctx := server.Client(), context.Background()
	id := addCluster(server)

	events, err := client.Kubernetes.ListEvents(
		ctx, server.OwnerID, id, clevercloud.KubernetesEventQuery{})
	if err != nil {
		log.Fatal(err)
	}
	for _, event := range events {
		switch event.Event {
		case clevercloud.KubernetesClusterEventTypeClusterStatus:
			fmt.Println("the cluster is", event.Status)
		case clevercloud.KubernetesClusterEventTypeNodeLifecycle:
			fmt.Println("a node is", event.Status)
		}
	}
	// Output:
	// a node is READY
	// a node is READY
	// the cluster is ACTIVE
}

func ExampleKubernetesService_RedeployCluster() {
	server := clevertest.NewServer()
	defer server.Close()
	client, ctx := server.Client(), context.Background()
	id := addCluster(server)

	cluster, err := client.Kubernetes.RedeployCluster(
		ctx, server.OwnerID, id, clevercloud.KubernetesRedeployInput{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(cluster.Status)
	// Output: TO_REDEPLOY
}

func ExampleKubernetesService_ResumeCluster() {
	server := clevertest.NewServer(clevertest.WithStepDuration(0))
	defer server.Close()
	client, ctx := server.Client(), context.Background()
	id := clevercloud.KubernetesClusterID(
		server.AddKubernetesCluster(clevertest.KubernetesCluster{Status: "FAILED"}))

	if _, err := client.Kubernetes.ResumeCluster(ctx, server.OwnerID, id); err != nil {
		log.Fatal(err)
	}
	cluster, err := client.Kubernetes.GetCluster(ctx, server.OwnerID, id)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(cluster.Status)
	// Output: ACTIVE
}

func ExampleKubernetesService_ListNodeGroups() {
	server := clevertest.NewServer()
	defer server.Close()
	client, ctx := server.Client(), context.Background()
	id := addCluster(server)

	groups, err := client.Kubernetes.ListNodeGroups(
		ctx, server.OwnerID, id, clevercloud.KubernetesNodeGroupQuery{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(groups[0].Name, groups[0].Flavor, groups[0].CurrentNodeCount)
	// Output: default M 2
}

func ExampleKubernetesService_GetNodeGroup() {
	server := clevertest.NewServer()
	defer server.Close()
	client, ctx := server.Client(), context.Background()
	id := addCluster(server)

	groups, err := client.Kubernetes.ListNodeGroups(
		ctx, server.OwnerID, id, clevercloud.KubernetesNodeGroupQuery{})
	if err != nil {
		log.Fatal(err)
	}
	group, err := client.Kubernetes.GetNodeGroup(ctx, server.OwnerID, id, groups[0].ID)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(group.Name, group.Status)
	// Output: default READY
}

func ExampleKubernetesService_CreateNodeGroup() {
	server := clevertest.NewServer()
	defer server.Close()
	client, ctx := server.Client(), context.Background()
	id := addCluster(server)

	in := clevercloud.KubernetesNodeGroupInput{
		Name: "workers", Flavor: "S", TargetNodeCount: 1, AutoscalingEnabled: true,
		MinNodeCount: clevercloud.Value(1), MaxNodeCount: clevercloud.Value(4),
	}
	group, err := client.Kubernetes.CreateNodeGroup(ctx, server.OwnerID, id, in)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(group.Name, group.Status)
	// Output: workers CREATED
}

func ExampleKubernetesService_UpdateNodeGroup() {
	server := clevertest.NewServer()
	defer server.Close()
	client, ctx := server.Client(), context.Background()
	id := addCluster(server)

	groups, err := client.Kubernetes.ListNodeGroups(
		ctx, server.OwnerID, id, clevercloud.KubernetesNodeGroupQuery{})
	if err != nil {
		log.Fatal(err)
	}
	group, err := client.Kubernetes.UpdateNodeGroup(ctx, server.OwnerID, id, groups[0].ID,
		clevercloud.KubernetesNodeGroupPatch{TargetNodeCount: clevercloud.Value(0)})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(group.Name, group.TargetNodeCount)
	// Output: default 0
}

func ExampleKubernetesService_DeleteNodeGroup() {
	server := clevertest.NewServer()
	defer server.Close()
	client, ctx := server.Client(), context.Background()
	id := addCluster(server)

	groups, err := client.Kubernetes.ListNodeGroups(
		ctx, server.OwnerID, id, clevercloud.KubernetesNodeGroupQuery{})
	if err != nil {
		log.Fatal(err)
	}
	group, err := client.Kubernetes.DeleteNodeGroup(ctx, server.OwnerID, id, groups[0].ID)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(group.Name, group.Status)
	// Output: default TERMINATING
}

func ExampleKubernetesService_WaitForNodeGroup() {
	server := clevertest.NewServer(clevertest.WithStepDuration(5 * time.Millisecond))
	defer server.Close()
	client, ctx := server.Client(), context.Background()
	id := addCluster(server)

	group, err := client.Kubernetes.CreateNodeGroup(ctx, server.OwnerID, id,
		clevercloud.KubernetesNodeGroupInput{Name: "workers", Flavor: "S", TargetNodeCount: 1})
	if err != nil {
		log.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	group, err = client.Kubernetes.WaitForNodeGroup(ctx, server.OwnerID, id, group.ID,
		clevercloud.KubernetesNodeGroupStatusReady, clevercloud.Wait{Interval: time.Millisecond})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(group.Name, group.Status, group.CurrentNodeCount)
	// Output: workers READY 1
}

func ExampleKubernetesService_ResumeNodeGroup() {
	server := clevertest.NewServer()
	defer server.Close()
	client, ctx := server.Client(), context.Background()
	id := addCluster(server)

	server.Inject(clevertest.Fault{Path: "kubernetes.create-node-group", Fail: true})
	group, err := client.Kubernetes.CreateNodeGroup(ctx, server.OwnerID, id,
		clevercloud.KubernetesNodeGroupInput{Name: "workers", Flavor: "S", TargetNodeCount: 1})
	if err != nil {
		log.Fatal(err)
	}
	server.Advance(time.Minute) // the group has failed
	if _, err = client.Kubernetes.ResumeNodeGroup(ctx, server.OwnerID, id, group.ID); err != nil {
		log.Fatal(err)
	}
	server.Advance(time.Minute)
	group, err = client.Kubernetes.GetNodeGroup(ctx, server.OwnerID, id, group.ID)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(group.Status)
	// Output: READY
}

func ExampleKubernetesService_GetQuota() {
	server := clevertest.NewServer()
	defer server.Close()
	client, ctx := server.Client(), context.Background()

	quota, err := client.Kubernetes.GetQuota(ctx, server.OwnerID)
	if err != nil {
		log.Fatal(err)
	}
	for _, limit := range quota.Quotas {
		if limit.Type == clevercloud.KubernetesLimitTypeMilliVCPUs {
			fmt.Println(limit.Maximum/1000, "vCPUs")
		}
	}
	// Output: 40 vCPUs
}

func ExampleKubernetesService_ListUsage() {
	server := clevertest.NewServer()
	defer server.Close()
	client, ctx := server.Client(), context.Background()
	server.AddKubernetesCluster(clevertest.KubernetesCluster{Name: "prod", Nodes: 2})

	usage, err := client.Kubernetes.ListUsage(ctx, server.OwnerID)
	if err != nil {
		log.Fatal(err)
	}
	var millicores int64
	for _, part := range usage {
		if part.DeactivatedAt.IsZero() {
			millicores += part.CPUMillicores
		}
	}
	fmt.Println(len(usage), "parts,", millicores, "millicores")
	// Output: 3 parts, 10000 millicores
}

// What clusters can be made of needs no credentials.
func ExampleKubernetesService_GetProduct() {
	server := clevertest.NewServer()
	defer server.Close()
	client, ctx := server.Client(), context.Background()

	product, err := client.Kubernetes.GetProduct(ctx)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(product.Versions.Default)
	for _, topology := range product.Topologies {
		fmt.Println(topology.Topology, topology.AvailableFlavors[0])
	}
	// Output:
	// 1.36
	// ALL_IN_ONE S
	// DEDICATED_COMPUTE XS
	// DISTRIBUTED 2XS
}
