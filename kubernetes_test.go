package clevercloud_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/auth"
	"github.com/clevercloud-go/clevercloud/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

type (
	kubernetes = clevercloud.KubernetesService
	groupPatch = clevercloud.KubernetesNodeGroupPatch
)

// fixtureClient returns a client of an API that answers everything with a file of testdata.
func fixtureClient(t *testing.T, name string) *clevercloud.Client {
	t.Helper()
	client, _ := scriptedClient(t, scripted{status: 200, body: testkit.Fixture(t, name)})
	return client
}

// checkRejected calls methods of services with arguments that must be rejected before anything is
// sent, under the text of the error. Absent arguments are zero.
func checkRejected(t *testing.T, calls map[string][]any) {
	t.Helper()
	for want, call := range calls {
		client, _ := testkit.MockClient(t)

		_, err := testkit.Invoke(t.Context(), client, call[0], call[1:])

		require.EqualError(t, err, "clevercloud: "+want)
		require.ErrorIs(t, err, clevercloud.ErrInvalidArgument)
	}
}

func TestKubernetes_GetCluster(t *testing.T) {
	t.Parallel()

	cluster, err := fixtureClient(t, "kubernetes/cluster_full.json").Kubernetes.
		GetCluster(t.Context(), "orga_1", "kubernetes_1")

	require.NoError(t, err)
	assert.Equal(t, &clevercloud.KubernetesCluster{
		ID:       "kubernetes_01J9ZQ8F5N3T7V2X4B6D8H0K2M",
		TenantID: "orga_00000000-0000-4000-8000-000000000001", Name: "prod",
		Description: "the shop", Tags: []string{"env:prod"}, Version: "1.36", LocationID: "par",
		Status:       clevercloud.KubernetesClusterStatusActive,
		CreationDate: testkit.Instant(t, "2026-05-04T09:12:00Z"),
		TopologyConfig: clevercloud.KubernetesTopologyConfig{
			Topology: clevercloud.KubernetesTopologyDedicatedCompute,
			Flavor:   "S", ReplicationFactor: 3,
		},
		Features: clevercloud.KubernetesFeatures{
			CSI: true, Registries: "enabled", NodeAutoprovisioning: true,
		},
		NodeGroups: []clevercloud.KubernetesNodeGroup{{
			ID: "node_group_01J9ZQ9A0B1C2D3E4F5G6H7J8K", Name: "default",
			Status: clevercloud.KubernetesNodeGroupStatusReady, Flavor: "M", CurrentNodeCount: 3,
			Nodes: []clevercloud.KubernetesNode{{
				ID: "node_01J9ZQ9Z", Name: "default-node0", VCPUs: 10, RAMBytes: 17179869184,
				Status: clevercloud.KubernetesNodeStatusReady,
			}},
		}},
		StandaloneNodeGroups: []clevercloud.KubernetesNodeGroup{{
			ID: "node_group_2", Name: "alone", Flavor: "XS",
			Status:           clevercloud.KubernetesNodeGroupStatusDeployed,
			CurrentNodeCount: 1, TargetNodeCount: 1,
		}},
		LoadBalancers: []clevercloud.KubernetesLoadBalancer{{
			ID: "lb_01", Flavor: "XS-duo", IPs: []string{"203.0.113.10", "203.0.113.11"},
			DomainName: "k8s.example",
		}},
		StorageUsageBytes: new(int64),
	}, cluster)
}

func TestKubernetes_RoundTrips(t *testing.T) {
	t.Parallel()
	cluster := []any{"orga_1", "kubernetes_1"}
	// The components of an unknown topology cannot be kept.
	checkFixtures[any](t, "kubernetes/cluster_[^u]*.json", nil, testkit.RoundTrip{},
		(*kubernetes).GetCluster, cluster)
	checkFixtures[any](t, "kubernetes/cluster_unknown.json", nil, testkit.RoundTrip{
		Unknown: []string{
			"gpuPools", "features.mesh", "topologyConfig.flavor", "topologyConfig.components",
		},
	}, (*kubernetes).GetCluster, cluster)
	checkFixtures[any](t, "kubernetes/node_group_*.json", nil, testkit.RoundTrip{
		Unknown: []string{"spot"},
	}, (*kubernetes).GetNodeGroup, append(cluster, "node_group_1"))
	for name, method := range map[string]any{
		"deployment_events": (*kubernetes).ListDeploymentEvents, "events": (*kubernetes).ListEvents,
		"quota": (*kubernetes).GetQuota, "usage": (*kubernetes).ListUsage,
		"product": (*kubernetes).GetProduct, "versions": (*kubernetes).CheckVersion,
	} {
		checkFixtures[any](
			t, "kubernetes/"+name+".json", nil, testkit.RoundTrip{}, method, cluster)
	}
}

func TestKubernetes_KnownValues(t *testing.T) {
	t.Parallel()
	checkKnown[clevercloud.KubernetesClusterStatus](t, "TO_DEPLOY", "DEPLOYING", "ACTIVE",
		"TO_REDEPLOY", "REDEPLOYING", "TO_UPGRADE", "UPDATING", "TO_DELETE", "DELETING", "DELETED",
		"FAILED")
	checkKnown[clevercloud.KubernetesTopology](t, "ALL_IN_ONE", "DEDICATED_COMPUTE", "DISTRIBUTED")
	checkKnown[clevercloud.KubernetesNodeGroupStatus](t, "PENDING", "CREATED", "DEPLOYING",
		"DEPLOYED", "TO_RESIZE", "RESIZING", "READY", "FAILED", "TO_TERMINATE", "TERMINATING",
		"DELETED")
	checkKnown[clevercloud.KubernetesTaintEffect](
		t, "NoSchedule", "PreferNoSchedule", "NoExecute")
	checkKnown[clevercloud.KubernetesNodeStatus](
		t, "DEPLOYING", "DEPLOYED", "READY", "DRAINING", "FAILED", "DELETED")
	checkKnown[clevercloud.KubernetesLimitType](t, "MillivCPUMaxLimit", "RamMaxUsage",
		"CoreMaxLimit", "MaxIp", "APIRateLimit", "MaxParrallelConnections", "MaxMonthlyGtsCount",
		"MaxPointsPerDay")
	checkKnown[clevercloud.KubernetesDeploymentStatus](
		t, "STARTED", "COMPLETED", "FAILED", "SKIPPED")
	checkKnown[clevercloud.KubernetesClusterEventType](
		t, "CLUSTER_STATUS", "CLUSTER_ITEM", "NODE_LIFECYCLE")
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
	assert.Nil(t, events[5].Data)
	assert.Equal(t, clevercloud.KubernetesNodeGroupID("node_group_1"), events[6].NodeGroupID)
	assert.Equal(t, "alert_1", events[7].ID, "what can be read is")
	encoded, err := json.Marshal(events[4].Data)
	require.NoError(t, err)
	assert.JSONEq(t, `{"type":"PublicPluginData","name":"CILIUM","components":{"agent":1}}`,
		string(encoded))
}

func TestKubernetes_Quota(t *testing.T) {
	t.Parallel()

	quota, err := fixtureClient(t, "kubernetes/quota.json").Kubernetes.
		GetQuota(t.Context(), "orga_1")

	require.NoError(t, err)
	require.Len(t, quota.Quotas, 6)
	assert.Equal(t, int64(40000), quota.Quotas[0].Maximum)
	assert.Equal(t, &clevercloud.KubernetesQuantity{
		Name: "RAM", Number: 40.5, Unit: "GB", Readable: "40.5 GB",
	}, quota.Quotas[1].Information)
	assert.Equal(t, "10/s", quota.Quotas[3].Frequency.Readable)
	assert.Equal(t, clevercloud.KubernetesLimitType("MaxGpu"), quota.Quotas[4].Type)
}

// A union of a known type is not what the API means if a member is of another type.
func TestKubernetes_UnionsThatCannotBeRead(t *testing.T) {
	t.Parallel()
	for body, into := range map[string]any{
		`{"event":"CLUSTER_ITEM","failure":5}`:              new(clevercloud.KubernetesClusterEvent),
		`{"type":"PublicStorageData","components":{"a":1}}`: new(clevercloud.KubernetesItemData),
		`{"type":"RamMaxUsage","information":[]}`:           new(clevercloud.KubernetesLimit),
	} {
		assert.Error(t, json.Unmarshal([]byte(body), into), body)
	}
}

func TestKubernetes_Secrets(t *testing.T) {
	t.Parallel()
	checkSecretFile(t, "kubernetes/kubeconfig.yaml",
		func(c *clevercloud.Client) (auth.Secret, error) {
			return c.Kubernetes.Kubeconfig(
				t.Context(), "orga_1", "kubernetes_1", clevercloud.KubeconfigQuery{})
		},
		func(c *clevercloud.Client) (auth.Secret, error) {
			return c.Kubernetes.KubeconfigURL(t.Context(), "orga_1", "kubernetes_1")
		})
}

// checkSecretFile reads a file of testdata, and the address of one, and checks that nothing shows
// their secrets.
func checkSecretFile(
	t *testing.T, name string, file, address func(*clevercloud.Client) (auth.Secret, error),
) {
	t.Helper()
	text := testkit.Fixture(t, name)
	client, _ := scriptedClient(t, scripted{status: 200, body: text},
		scripted{status: 200, body: `{"url":"https://api.example/file?authorization=s3cret"}`},
		scripted{status: 200, body: `{"url":["s3cret"]}`})

	read, err := file(client)
	require.NoError(t, err)
	at, err := address(client)
	require.NoError(t, err)
	_, foreign := address(client)
	require.Error(t, foreign)

	assert.Equal(t, text, read.Reveal())
	assert.Equal(t, "https://api.example/file?authorization=s3cret", at.Reveal())
	for _, v := range []any{read, at, foreign} {
		printed := fmt.Sprintf("%v %+v %#v", v, v, v)
		assert.NotContains(t, printed, "s3cret")
		assert.NotContains(t, printed, "-private-part") // what the files hold
	}
	var undecoded *clevercloud.DecodeError
	require.ErrorAs(t, foreign, &undecoded)
	assert.Empty(t, undecoded.Body)
}

func TestKubernetes_RejectedUnsent(t *testing.T) {
	t.Parallel()
	update := func(in groupPatch) []any {
		return []any{(*kubernetes).UpdateNodeGroup, "orga_1", "kubernetes_1", "node_group_1", in}
	}
	create := func(in clevercloud.KubernetesNodeGroupInput) []any {
		return []any{(*kubernetes).CreateNodeGroup, "orga_1", "kubernetes_1", in}
	}
	checkRejected(t, map[string][]any{
		"kubernetes.create-cluster: Name must not be empty": {
			(*kubernetes).CreateCluster, "orga_1",
		},
		"kubernetes.update-cluster: KubernetesClusterPatch must set something": {
			(*kubernetes).UpdateCluster, "orga_1", "kubernetes_1",
		},
		"kubernetes.update-version: version must not be empty": {
			(*kubernetes).UpdateVersion, "orga_1", "kubernetes_1",
		},
		"kubernetes.list-events: Limit must not be negative": {
			(*kubernetes).ListEvents, "orga_1", "kubernetes_1",
			clevercloud.KubernetesEventQuery{Limit: -1},
		},
		"kubernetes.create-node-group: Name must not be empty": create(
			clevercloud.KubernetesNodeGroupInput{Flavor: "M"}),
		"kubernetes.create-node-group: Flavor must not be empty": create(
			clevercloud.KubernetesNodeGroupInput{Name: "workers"}),
		"kubernetes.update-node-group: KubernetesNodeGroupPatch must set something": update(
			groupPatch{}),
		"kubernetes.update-node-group: Name must not be null": update(
			groupPatch{Name: clevercloud.Null[string]()}),
		"kubernetes.update-node-group: TargetNodeCount must not be null": update(
			groupPatch{TargetNodeCount: clevercloud.Null[int]()}),
		"kubernetes.wait-for-cluster: Interval must not be negative": {
			(*kubernetes).WaitForCluster, "orga_1", "kubernetes_1", "ACTIVE",
			clevercloud.Wait{Interval: -1},
		},
	})
}

// A PATCH of a node group always carries the name and the target, a target of 0 too.
func TestKubernetes_UpdateNodeGroupReadsFirst(t *testing.T) {
	t.Parallel()
	const path = " /v4/kubernetes/organisations/orga_1/clusters/kubernetes_1" +
		"/node-groups/node_group_1"
	read := []string{"GET" + path, "PATCH" + path}
	for body, tc := range map[string]struct {
		in    groupPatch
		heard []string
	}{
		`{"name":"workers","targetNodeCount":0,"autoscalingEnabled":false,"description":null}`: {
			groupPatch{
				AutoscalingEnabled: clevercloud.Value(false),
				Description:        clevercloud.Null[string](),
			},
			read,
		},
		`{"name":"workers","targetNodeCount":5}`: {
			groupPatch{TargetNodeCount: clevercloud.Value(5)}, read,
		},
		`{"name":"web","targetNodeCount":0}`: {
			groupPatch{Name: clevercloud.Value("web")}, read,
		},
		`{"name":"web","targetNodeCount":0,"minNodeCount":0,"maxNodeCount":0,"tag":""}`: {
			groupPatch{
				Name: clevercloud.Value("web"), TargetNodeCount: clevercloud.Value(0),
				MinNodeCount: clevercloud.Value(0), MaxNodeCount: clevercloud.Value(0),
				Tag: clevercloud.Value(""),
			},
			read[1:],
		},
	} {
		client, api := scriptedClient(t,
			scripted{status: 200, body: testkit.Fixture(t, "kubernetes/node_group_nulls.json")})

		_, err := client.Kubernetes.
			UpdateNodeGroup(t.Context(), "orga_1", "kubernetes_1", "node_group_1", tc.in)

		require.NoError(t, err)
		assert.Equal(t, tc.heard, api.heard)
		assert.JSONEq(t, body, api.bodies[len(api.bodies)-1])
	}
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
		`{"name":"workers","targetNodeCount":"many"}`, `{"targetNodeCount":3}`, "",
	} {
		answer := scripted{status: 200, body: body}
		if body == "" {
			answer.status = 404
		}
		client, api := scriptedClient(t, answer)

		group, err := client.Kubernetes.
			UpdateNodeGroup(t.Context(), "orga_1", "kubernetes_1", "node_group_1",
				groupPatch{Description: clevercloud.Value("x")})

		if body == "" {
			require.ErrorIs(t, err, clevercloud.ErrNotFound)
		} else {
			require.ErrorAs(t, err, new(*clevercloud.DecodeError), body)
		}
		assert.NotErrorIs(t, err, clevercloud.ErrMaybeApplied)
		assert.Nil(t, group)
		assert.Len(t, api.heard, 1)
	}
}

// What the API refuses for now is told from what it refuses for good.
func TestKubernetes_FeaturesLocked(t *testing.T) {
	t.Parallel()
	client, _ := scriptedClient(
		t, scripted{status: 412, body: `{"code":"clever.kubernetes.features-locked"}`})

	_, err := client.Kubernetes.UpdateCluster(t.Context(), "orga_1", "kubernetes_1",
		clevercloud.KubernetesClusterPatch{Description: clevercloud.Value("x")})

	require.ErrorIs(t, err, clevercloud.ErrPreconditionFailed)
	assert.NotErrorIs(t, err, clevercloud.ErrConflict)
}

func TestKubernetes_Wait(t *testing.T) {
	t.Parallel()
	cluster := []any{(*kubernetes).WaitForCluster, "orga_1", "id_1"}
	group := []any{(*kubernetes).WaitForNodeGroup, "orga_1", "kubernetes_1", "id_1"}
	for name, tc := range map[string]struct {
		wait []any
		want string
		// seen are statuses, of an answer or of HTTP.
		seen []string
		// failed is what the error is about.
		failed string
	}{
		"active":             {cluster, "ACTIVE", []string{"TO_DEPLOY", "DEPLOYING", "ACTIVE"}, ""},
		"unknown continues":  {cluster, "ACTIVE", []string{"RECONCILING", "", "ACTIVE"}, ""},
		"fails for a moment": {cluster, "ACTIVE", []string{"DEPLOYING", "503", "lost", "ACTIVE"}, ""},
		"failed":             {cluster, "ACTIVE", []string{"DEPLOYING", "FAILED"}, "cluster"},
		"failed, as wanted":  {cluster, "FAILED", []string{"DEPLOYING", "FAILED"}, ""},
		"deleted meanwhile":  {cluster, "ACTIVE", []string{"DEPLOYING", "DELETED"}, "cluster"},
		"deleted":            {cluster, "DELETED", []string{"DELETING", "DELETED"}, ""},
		"gone":               {cluster, "DELETED", []string{"DELETING", "404"}, ""},
		"gone already":       {cluster, "DELETED", []string{"404"}, ""},
		"deletion failed":    {cluster, "DELETED", []string{"DELETING", "FAILED"}, "cluster"},
		"group ready":        {group, "READY", []string{"PENDING", "503", "HIBERNATED", "READY"}, ""},
		"group failed":       {group, "READY", []string{"RESIZING", "FAILED"}, "node group"},
		"group gone":         {group, "DELETED", []string{"TERMINATING", "404"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
				defer cancel()
				var looks []float64
				client := playStates(
					t, `{"id":"id_1","name":"prod","status":%q}`, tc.seen, &looks)

				got, err := testkit.Invoke(ctx, client, tc.wait[0], append(tc.wait[1:], tc.want))

				assert.Len(t, looks, len(tc.seen))
				if tc.failed != "" {
					require.EqualError(t, err, fmt.Sprintf("clevercloud: %s prod (id_1) is %s",
						tc.failed, tc.seen[len(tc.seen)-1]))
					require.ErrorAs(t, err, new(*clevercloud.KubernetesError))
					assert.Nil(t, got)
					return
				}
				require.NoError(t, err)
				text := string(testkit.MustJSON(got))
				assert.Contains(t, text, `"id":"id_1"`)
				assert.Contains(t, text, `"status":"`+tc.want+`"`)
				if tc.seen[len(tc.seen)-1] == "404" { // what it belongs to is known all the same
					assert.Regexp(t, `"(tenantId":"orga_1|clusterId":"kubernetes_1)"`, text)
				}
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
