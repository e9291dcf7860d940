package clevercloud_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const k8sPath = "/v4/kubernetes/organisations/orga_1/clusters"

// fixtureClient returns a client of an API that answers everything with a file of testdata.
func fixtureClient(t *testing.T, name string) *clevercloud.Client {
	t.Helper()
	client, _ := scriptedClient(t, scripted{status: 200, body: testkit.Fixture(t, name)})
	return client
}

func TestKubernetes_GetCluster(t *testing.T) {
	t.Parallel()

	cluster, err := fixtureClient(t, "kubernetes/cluster_full.json").Kubernetes.
		GetCluster(t.Context(), "orga_1", "kubernetes_1")

	require.NoError(t, err)
	assert.Equal(t, clevercloud.KubernetesClusterStatusActive, cluster.Status)
	assert.Equal(
		t,
		clevercloud.OwnerID("orga_00000000-0000-4000-8000-000000000001"),
		cluster.TenantID,
	)
	assert.Equal(t, clevercloud.ZoneName("par"), cluster.LocationID)
	assert.Equal(t, clevercloud.KubernetesTopologyConfig{
		Topology: clevercloud.KubernetesTopologyDedicatedCompute, Flavor: "S", ReplicationFactor: 3,
	}, cluster.TopologyConfig)
	assert.Equal(t, clevercloud.KubernetesFeatures{
		CSI: true, Registries: "enabled", NodeAutoprovisioning: true,
	}, cluster.Features)
	require.Len(t, cluster.NodeGroups, 1)
	assert.Equal(t, 3, cluster.NodeGroups[0].CurrentNodeCount)
	assert.Equal(t, []clevercloud.KubernetesNode{{
		ID: "node_01J9ZQ9Z", Name: "default-node0", Status: clevercloud.KubernetesNodeStatusReady,
		VCPUs: 10, RAMBytes: 17179869184,
	}}, cluster.NodeGroups[0].Nodes)
	require.NotNil(t, cluster.StorageUsageBytes)
	assert.Zero(t, *cluster.StorageUsageBytes)
}

func TestKubernetes_ClusterRoundTrip(t *testing.T) {
	t.Parallel()
	for _, name := range testkit.Fixtures(t, "kubernetes/cluster_*.json") {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wire := testkit.Fixture(t, name)
			client, _ := scriptedClient(t, scripted{status: 200, body: "[" + wire + ",null]"})

			clusters, err := client.Kubernetes.
				ListClusters(t.Context(), "orga_1", clevercloud.KubernetesClusterQuery{})

			require.NoError(t, err)
			require.Len(t, clusters, 2)
			// What a topology of the future is made of cannot be kept.
			testkit.RoundTrip{Unknown: []string{"gpuPools", "features.mesh"}}.
				Check(t, forgetTopology(t, wire), clusters[0])
		})
	}
}

// forgetTopology leaves only the tag of a topology that is not known.
func forgetTopology(t *testing.T, wire string) string {
	t.Helper()
	members := testkit.DecodeAs[map[string]any](t, wire)
	if topology, ok := members["topologyConfig"].(map[string]any); ok &&
		topology["topology"] == "SERVERLESS" {
		delete(topology, "flavor")
		delete(topology, "components")
	}
	return string(testkit.MustJSON(members))
}

func TestKubernetes_UnknownValues(t *testing.T) {
	t.Parallel()

	cluster, err := fixtureClient(t, "kubernetes/cluster_unknown.json").Kubernetes.
		GetCluster(t.Context(), "orga_1", "kubernetes_1")
	require.NoError(t, err)
	group, err := fixtureClient(t, "kubernetes/node_group_unknown.json").Kubernetes.
		GetNodeGroup(t.Context(), "orga_1", "kubernetes_1", "node_group_1")
	require.NoError(t, err)

	assert.Equal(t, clevercloud.KubernetesClusterStatus("RECONCILING"), cluster.Status)
	assert.False(t, cluster.Status.IsKnown())
	assert.Equal(t, clevercloud.KubernetesTopology("SERVERLESS"), cluster.TopologyConfig.Topology)
	assert.False(t, cluster.TopologyConfig.Topology.IsKnown())
	assert.Equal(t, 2, cluster.TopologyConfig.ReplicationFactor)
	assert.False(t, group.Status.IsKnown())
	assert.False(t, group.Taints[0].Effect.IsKnown())
}

func TestKubernetes_KnownValues(t *testing.T) {
	t.Parallel()
	for _, known := range []interface{ IsKnown() bool }{
		clevercloud.KubernetesClusterStatusToDeploy, clevercloud.KubernetesTopologyDistributed,
		clevercloud.KubernetesNodeGroupStatusReady, clevercloud.KubernetesTaintEffectNoExecute,
		clevercloud.KubernetesNodeStatusDraining, clevercloud.KubernetesLimitTypePointsPerDay,
		clevercloud.KubernetesDeploymentStatusSkipped,
		clevercloud.KubernetesClusterEventTypeNodeLifecycle,
	} {
		assert.True(t, known.IsKnown(), "%v", known)
	}
}

func TestKubernetes_NodeGroupRoundTrip(t *testing.T) {
	t.Parallel()
	for _, name := range testkit.Fixtures(t, "kubernetes/node_group_*.json") {
		group, err := fixtureClient(t, name).Kubernetes.
			GetNodeGroup(t.Context(), "orga_1", "kubernetes_1", "node_group_1")

		require.NoError(t, err, name)
		testkit.RoundTrip{Unknown: []string{"spot"}}.Check(t, testkit.Fixture(t, name), group)
	}
}

func TestKubernetes_Events(t *testing.T) {
	t.Parallel()

	events, err := fixtureClient(t, "kubernetes/events.json").Kubernetes.
		ListEvents(t.Context(), "orga_1", "kubernetes_1", clevercloud.KubernetesEventQuery{})

	require.NoError(t, err)
	require.Len(t, events, 8)
	assert.Equal(t, clevercloud.KubernetesClusterEventTypeClusterStatus, events[0].Event)
	assert.Equal(t, "no space left", events[0].Failure.Message)
	assert.Equal(t, testkit.Instant(t, "2026-09-01T09:59:59Z"), events[0].Failure.OccurredAt)
	bundle := events[1].Data
	assert.Equal(t, int64(2000), bundle.VMData.ResourcesSpec.CPUMillicores)
	assert.Equal(t, 6443, bundle.Components[0].Port)
	assert.Equal(t, clevercloud.KubernetesTopologyAllInOne, bundle.TopologyType)
	assert.Equal(t, "3.15", events[2].Data.ContainerStorageInterface.CephCSIVersion)
	assert.Equal(t, int64(1<<30), events[3].Data.QuotaBytes)
	assert.Equal(t, "PublicPluginData", events[4].Data.Type)
	assert.JSONEq(t, `{"type":"PublicPluginData","name":"CILIUM","components":{"agent":1}}`,
		string(events[4].Data.Raw))
	assert.Nil(t, events[5].Data)
	assert.Equal(t, clevercloud.KubernetesNodeGroupID("node_group_1"), events[6].NodeGroupID)
	assert.False(t, events[7].Event.IsKnown())
	assert.Equal(t, "alert_1", events[7].ID, "what can be read is")

	encoded, err := json.Marshal(events)
	require.NoError(t, err)
	assert.JSONEq(t, testkit.Fixture(t, "kubernetes/events.json"), string(encoded))
	encoded, err = json.Marshal(events[4].Data)
	require.NoError(t, err)
	assert.JSONEq(t, string(events[4].Data.Raw), string(encoded))
}

func TestKubernetes_OtherRoundTrips(t *testing.T) {
	t.Parallel()
	for name, call := range map[string]func(context.Context, *clevercloud.Client) (any, error){
		"deployment_events": func(ctx context.Context, c *clevercloud.Client) (any, error) {
			return c.Kubernetes.ListDeploymentEvents(ctx, "orga_1", "kubernetes_1",
				clevercloud.KubernetesEventQuery{})
		},
		"quota": func(ctx context.Context, c *clevercloud.Client) (any, error) {
			return c.Kubernetes.GetQuota(ctx, "orga_1")
		},
		"usage": func(ctx context.Context, c *clevercloud.Client) (any, error) {
			return c.Kubernetes.ListUsage(ctx, "orga_1")
		},
		"product": func(ctx context.Context, c *clevercloud.Client) (any, error) {
			return c.Kubernetes.GetProduct(ctx)
		},
		"versions": func(ctx context.Context, c *clevercloud.Client) (any, error) {
			return c.Kubernetes.CheckVersion(ctx, "orga_1", "kubernetes_1")
		},
	} {
		fixture := "kubernetes/" + name + ".json"

		got, err := call(t.Context(), fixtureClient(t, fixture))

		require.NoError(t, err, name)
		testkit.RoundTrip{}.Check(t, testkit.Fixture(t, fixture), got)
	}
}

func TestKubernetes_Quota(t *testing.T) {
	t.Parallel()

	quota, err := fixtureClient(
		t,
		"kubernetes/quota.json",
	).Kubernetes.GetQuota(
		t.Context(),
		"orga_1",
	)

	require.NoError(t, err)
	require.Len(t, quota.Quotas, 6)
	assert.Equal(t, int64(40000), quota.Quotas[0].Maximum)
	assert.Equal(t, &clevercloud.KubernetesQuantity{
		Name: "RAM", Number: 40.5, Unit: "GB", Readable: "40.5 GB",
	}, quota.Quotas[1].Information)
	assert.Equal(t, "10/s", quota.Quotas[3].Frequency.Readable)
	assert.False(t, quota.Quotas[4].Type.IsKnown())
}

func TestKubernetes_Secrets(t *testing.T) {
	t.Parallel()
	file := testkit.Fixture(t, "kubernetes/kubeconfig.yaml")
	client, _ := scriptedClient(t, scripted{status: 200, body: file},
		scripted{status: 200, body: `{"url":"https://api.example/kubeconfig?token=s3cret"}`},
		scripted{status: 200, body: `{"url":["s3cret"]}`})

	kubeconfig, err := client.Kubernetes.
		Kubeconfig(t.Context(), "orga_1", "kubernetes_1", clevercloud.KubeconfigQuery{})
	require.NoError(t, err)
	address, err := client.Kubernetes.KubeconfigURL(t.Context(), "orga_1", "kubernetes_1")
	require.NoError(t, err)
	_, foreign := client.Kubernetes.KubeconfigURL(t.Context(), "orga_1", "kubernetes_1")
	require.Error(t, foreign)

	assert.Equal(t, file, kubeconfig.Reveal())
	assert.Equal(t, "https://api.example/kubeconfig?token=s3cret", address.Reveal())
	for _, v := range []any{kubeconfig, address, foreign} {
		printed := fmt.Sprintf("%v %+v %#v", v, v, v)
		assert.NotContains(t, printed, "s3cret")
		assert.NotContains(t, printed, "k8s-private-part")
	}
}

func TestKubernetes_RefusedUnsent(t *testing.T) {
	t.Parallel()
	type client = *clevercloud.Client
	patch := func(in clevercloud.KubernetesNodeGroupPatch) func(client) error {
		return func(c client) error {
			_, err := c.Kubernetes.UpdateNodeGroup(
				t.Context(),
				"orga_1",
				"kubernetes_1",
				"node_group_1",
				in,
			)
			return err
		}
	}
	for want, call := range map[string]func(client) error{
		"kubernetes.create-cluster: Name must not be empty": func(c client) error {
			_, err := c.Kubernetes.CreateCluster(
				t.Context(), "orga_1", clevercloud.KubernetesClusterInput{})
			return err
		},
		"kubernetes.update-cluster: KubernetesClusterPatch must set something": func(c client) error {
			_, err := c.Kubernetes.UpdateCluster(t.Context(), "orga_1", "kubernetes_1",
				clevercloud.KubernetesClusterPatch{})
			return err
		},
		"kubernetes.update-version: version must not be empty": func(c client) error {
			_, err := c.Kubernetes.UpdateVersion(t.Context(), "orga_1", "kubernetes_1", "")
			return err
		},
		"kubernetes.list-events: Limit must not be negative": func(c client) error {
			_, err := c.Kubernetes.ListEvents(t.Context(), "orga_1", "kubernetes_1",
				clevercloud.KubernetesEventQuery{Limit: -1})
			return err
		},
		"kubernetes.create-node-group: Name must not be empty": func(c client) error {
			_, err := c.Kubernetes.CreateNodeGroup(t.Context(), "orga_1", "kubernetes_1",
				clevercloud.KubernetesNodeGroupInput{Flavor: "M"})
			return err
		},
		"kubernetes.create-node-group: Flavor must not be empty": func(c client) error {
			_, err := c.Kubernetes.CreateNodeGroup(t.Context(), "orga_1", "kubernetes_1",
				clevercloud.KubernetesNodeGroupInput{Name: "workers"})
			return err
		},
		"kubernetes.update-node-group: KubernetesNodeGroupPatch must set something": patch(
			clevercloud.KubernetesNodeGroupPatch{}),
		"kubernetes.update-node-group: Name must not be null": patch(
			clevercloud.KubernetesNodeGroupPatch{Name: clevercloud.Null[string]()}),
		"kubernetes.update-node-group: TargetNodeCount must not be null": patch(
			clevercloud.KubernetesNodeGroupPatch{TargetNodeCount: clevercloud.Null[int]()}),
		"kubernetes.wait-for-cluster: Interval must not be negative": func(c client) error {
			_, err := c.Kubernetes.WaitForCluster(t.Context(), "orga_1", "kubernetes_1",
				clevercloud.KubernetesClusterStatusActive, clevercloud.Wait{Interval: -1})
			return err
		},
	} {
		client, api := scriptedClient(t, scripted{status: 500})

		err := call(client)

		require.ErrorIs(t, err, clevercloud.ErrInvalidArgument)
		assert.Equal(t, "clevercloud: "+want, err.Error())
		assert.Empty(t, api.heard)
	}
}

// A PATCH of a node group always carries the name and the target, a target of 0 too.
func TestKubernetes_UpdateNodeGroupReadsFirst(t *testing.T) {
	t.Parallel()
	get, patch := "GET "+k8sPath+"/kubernetes_1/node-groups/node_group_1",
		"PATCH "+k8sPath+"/kubernetes_1/node-groups/node_group_1"
	for name, tc := range map[string]struct {
		in    clevercloud.KubernetesNodeGroupPatch
		heard []string
		body  string
	}{
		"another field": {
			in: clevercloud.KubernetesNodeGroupPatch{
				AutoscalingEnabled: clevercloud.Value(false),
				Description:        clevercloud.Null[string](),
			},
			heard: []string{get, patch},
			body: `{"name":"workers","targetNodeCount":0,"autoscalingEnabled":false,
				"description":null}`,
		},
		"the target": {
			in:    clevercloud.KubernetesNodeGroupPatch{TargetNodeCount: clevercloud.Value(5)},
			heard: []string{get, patch}, body: `{"name":"workers","targetNodeCount":5}`,
		},
		"the name": {
			in:    clevercloud.KubernetesNodeGroupPatch{Name: clevercloud.Value("web")},
			heard: []string{get, patch}, body: `{"name":"web","targetNodeCount":0}`,
		},
		"both, to nothing": {
			in: clevercloud.KubernetesNodeGroupPatch{
				Name: clevercloud.Value("web"), TargetNodeCount: clevercloud.Value(0),
				MinNodeCount: clevercloud.Value(0), MaxNodeCount: clevercloud.Value(0),
				Tag: clevercloud.Value(""),
			},
			heard: []string{patch},
			body: `{"name":"web","targetNodeCount":0,"minNodeCount":0,"maxNodeCount":0,
				"tag":""}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, api := scriptedClient(t,
				scripted{status: 200, body: testkit.Fixture(t, "kubernetes/node_group_nulls.json")})

			_, err := client.Kubernetes.
				UpdateNodeGroup(t.Context(), "orga_1", "kubernetes_1", "node_group_1", tc.in)

			require.NoError(t, err)
			assert.Equal(t, tc.heard, api.heard)
			assert.JSONEq(t, tc.body, api.bodies[len(api.bodies)-1])
		})
	}
}

func TestKubernetes_UpdateNodeGroupStopsWhereTheReadFails(t *testing.T) {
	t.Parallel()
	client, api := scriptedClient(t, scripted{status: 404})

	group, err := client.Kubernetes.
		UpdateNodeGroup(t.Context(), "orga_1", "kubernetes_1", "node_group_1",
			clevercloud.KubernetesNodeGroupPatch{TargetNodeCount: clevercloud.Value(5)})

	require.ErrorIs(t, err, clevercloud.ErrNotFound)
	assert.Nil(t, group)
	assert.Len(t, api.heard, 1)
}

// A list without elements is sent as one, and never as null.
func TestKubernetes_UpdateClusterSendsEmptyLists(t *testing.T) {
	t.Parallel()
	for want, tags := range map[string]clevercloud.Optional[[]string]{
		`{"tags":[]}`:    clevercloud.Value[[]string](nil),
		`{"tags":["a"]}`: clevercloud.Value([]string{"a"}),
	} {
		client, api := scriptedClient(t, scripted{status: 200, body: `{}`})

		_, err := client.Kubernetes.UpdateCluster(t.Context(), "orga_1", "kubernetes_1",
			clevercloud.KubernetesClusterPatch{Tags: tags})

		require.NoError(t, err)
		assert.JSONEq(t, want, api.bodies[0])
	}
}

// A target or a name that the read does not tell must not become 0 or empty: 0 deletes all nodes.
func TestKubernetes_UpdateNodeGroupGuessesNothing(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		`{"name":"workers"}`, `{"name":"workers","targetNodeCount":null}`,
		`{"name":"workers","targetNodeCount":"many"}`, `{"targetNodeCount":3}`,
	} {
		client, api := scriptedClient(t, scripted{status: 200, body: body})

		_, err := client.Kubernetes.
			UpdateNodeGroup(t.Context(), "orga_1", "kubernetes_1", "node_group_1",
				clevercloud.KubernetesNodeGroupPatch{Description: clevercloud.Value("x")})

		var unreadable *clevercloud.DecodeError
		require.ErrorAs(t, err, &unreadable, body)
		assert.NotErrorIs(t, err, clevercloud.ErrMaybeApplied)
		assert.Len(t, api.heard, 1)
	}
}

// What the API refuses for now is told from what it refuses for good.
func TestKubernetes_Refusals(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		status int
		body   string
		is     error
	}{
		{412, `{"code":"clever.kubernetes.features-locked"}`, clevercloud.ErrPreconditionFailed},
		{409, `{}`, clevercloud.ErrConflict},
		{400, `{"code":"clever.core.quota-exceeded"}`, clevercloud.ErrQuotaExceeded},
	} {
		client, _ := scriptedClient(t, scripted{status: tc.status, body: tc.body})

		_, err := client.Kubernetes.UpdateCluster(t.Context(), "orga_1", "kubernetes_1",
			clevercloud.KubernetesClusterPatch{Features: clevercloud.KubernetesFeaturesPatch{
				NodeAutoprovisioning: clevercloud.Value(false),
			}})

		require.ErrorIs(t, err, tc.is)
		for _, other := range []error{clevercloud.ErrPreconditionFailed, clevercloud.ErrConflict} {
			assert.Equal(t, other == tc.is, errors.Is(err, other), "%d is %v", tc.status, other)
		}
	}
}

func TestKubernetes_WaitForCluster(t *testing.T) {
	t.Parallel()
	status := func(s string) scripted {
		return scripted{
			status: 200,
			body:   `{"id":"kubernetes_1","name":"prod","status":"` + s + `"}`,
		}
	}
	for name, tc := range map[string]struct {
		want    clevercloud.KubernetesClusterStatus
		answers []scripted
		looks   int
		err     string
	}{
		"active": {
			want:    clevercloud.KubernetesClusterStatusActive,
			answers: []scripted{status("TO_DEPLOY"), status("DEPLOYING"), status("ACTIVE")}, looks: 3,
		},
		"an unknown status is not final": {
			want:    clevercloud.KubernetesClusterStatusActive,
			answers: []scripted{status("RECONCILING"), status(""), status("ACTIVE")}, looks: 3,
		},
		"a failure in passing": {
			want:    clevercloud.KubernetesClusterStatusActive,
			answers: []scripted{status("DEPLOYING"), {status: 503}, {lost: true}, status("ACTIVE")}, looks: 4,
		},
		"failed": {
			want:    clevercloud.KubernetesClusterStatusActive,
			answers: []scripted{status("DEPLOYING"), status("FAILED")}, looks: 2,
			err: "clevercloud: cluster prod (kubernetes_1) is FAILED",
		},
		"failed, as wanted": {
			want:    clevercloud.KubernetesClusterStatusFailed,
			answers: []scripted{status("DEPLOYING"), status("FAILED")}, looks: 2,
		},
		"deleted meanwhile": {
			want:    clevercloud.KubernetesClusterStatusActive,
			answers: []scripted{status("DEPLOYING"), status("DELETED")}, looks: 2,
			err: "clevercloud: cluster prod (kubernetes_1) is DELETED",
		},
		"deleted": {
			want:    clevercloud.KubernetesClusterStatusDeleted,
			answers: []scripted{status("DELETING"), status("DELETED")}, looks: 2,
		},
		"gone": {
			want:    clevercloud.KubernetesClusterStatusDeleted,
			answers: []scripted{status("DELETING"), {status: 404}}, looks: 2,
		},
		"gone already": {
			want: clevercloud.KubernetesClusterStatusDeleted, answers: []scripted{{status: 404}}, looks: 1,
		},
		"deletion failed": {
			want:    clevercloud.KubernetesClusterStatusDeleted,
			answers: []scripted{status("DELETING"), status("FAILED")}, looks: 2,
			err: "clevercloud: cluster prod (kubernetes_1) is FAILED",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				client, api := scriptedClient(t, tc.answers...)

				cluster, err := client.Kubernetes.
					WaitForCluster(
						t.Context(),
						"orga_1",
						"kubernetes_1",
						tc.want,
						clevercloud.Wait{},
					)

				assert.Len(t, api.heard, tc.looks)
				if tc.err != "" {
					var failed *clevercloud.KubernetesError
					require.ErrorAs(t, err, &failed)
					assert.Equal(t, tc.err, err.Error())
					assert.Equal(t, "prod", failed.Cluster.Name)
					assert.Nil(t, failed.NodeGroup)
					assert.Nil(t, cluster)
					return
				}
				require.NoError(t, err)
				assert.Equal(t, tc.want, cluster.Status)
				assert.Equal(t, clevercloud.KubernetesClusterID("kubernetes_1"), cluster.ID)
			})
		})
	}
}

func TestKubernetes_WaitForClusterEndsWithItsContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, _ := scriptedClient(t, scripted{status: 200, body: `{"status":"DEPLOYING"}`})
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()

		cluster, err := client.Kubernetes.WaitForCluster(ctx, "orga_1", "kubernetes_1",
			clevercloud.KubernetesClusterStatusActive, clevercloud.Wait{})

		require.ErrorIs(t, err, context.DeadlineExceeded)
		assert.Contains(t, err.Error(), "kubernetes.wait-for-cluster")
		assert.Contains(t, err.Error(), "DEPLOYING")
		assert.Nil(t, cluster)
	})
}

func TestKubernetes_WaitForNodeGroup(t *testing.T) {
	t.Parallel()
	status := func(s string) scripted {
		return scripted{
			status: 200,
			body:   `{"id":"node_group_1","name":"workers","status":"` + s + `"}`,
		}
	}
	for name, tc := range map[string]struct {
		want    clevercloud.KubernetesNodeGroupStatus
		answers []scripted
		failed  bool
	}{
		"ready": {
			want:    clevercloud.KubernetesNodeGroupStatusReady,
			answers: []scripted{status("PENDING"), status("HIBERNATED"), status("READY")},
		},
		"failed": {
			want:    clevercloud.KubernetesNodeGroupStatusReady,
			answers: []scripted{status("RESIZING"), status("FAILED")}, failed: true,
		},
		"gone": {
			want:    clevercloud.KubernetesNodeGroupStatusDeleted,
			answers: []scripted{status("TERMINATING"), {status: 404}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				client, api := scriptedClient(t, tc.answers...)

				group, err := client.Kubernetes.WaitForNodeGroup(
					t.Context(),
					"orga_1",
					"kubernetes_1",
					"node_group_1",
					tc.want,
					clevercloud.Wait{},
				)

				assert.Len(t, api.heard, len(tc.answers))
				if tc.failed {
					var failed *clevercloud.KubernetesError
					require.ErrorAs(t, err, &failed)
					assert.Equal(
						t,
						"clevercloud: node group workers (node_group_1) is FAILED",
						err.Error(),
					)
					assert.Nil(t, failed.Cluster)
					assert.Nil(t, group)
					return
				}
				require.NoError(t, err)
				assert.Equal(t, tc.want, group.Status)
			})
		})
	}
}
