package clevertest_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/clevercloud-go/clevercloud/clevertest"
)

func (p peer) kubernetes() string { return p.v4("kubernetes") }

const clusterBody = `{"name":"prod","tags":["env:prod"],"description":"d","topologyConfig":{"topology":"ALL_IN_ONE","flavor":"S",` +
	`"replicationFactor":1},"nodeGroups":[{"name":"default","flavor":"M","targetNodeCount":3}]}`

// cluster creates one and returns its path, before it is there.
func (p peer) cluster(body string) string {
	p.t.Helper()
	return p.kubernetes() + "/clusters/" + p.made(p.kubernetes()+"/clusters", body)
}

// seeded starts a server with a cluster that is there, with nodes.
func seeded(t *testing.T, nodes int) (p peer, path string) {
	t.Helper()
	p = start(t, clevertest.WithStepDuration(time.Minute))
	return p, p.kubernetes() + "/clusters/" + p.AddKubernetesCluster(clevertest.KubernetesCluster{Nodes: nodes})
}

func (p peer) status(path string) any {
	p.t.Helper()
	return p.ok(path).object()["status"]
}

// does sends a request that must be accepted, and returns the status in the answer.
func (p peer) does(method, path string, body ...string) any {
	p.t.Helper()
	return p.must(method, path, body...).object()["status"]
}

func TestKubernetes_ClusterLifecycle(t *testing.T) {
	t.Parallel()
	p := start(t, clevertest.WithStepDuration(time.Minute))
	path := p.cluster(clusterBody)

	var seen []any
	for range 5 {
		groups := p.ok(path).object()["nodeGroups"].([]any)
		seen = append(seen, fmt.Sprint(p.status(path), " ", at(groups[0], "status")))
		p.Advance(time.Minute)
	}
	assert.Equal(
		t,
		[]any{
			"TO_DEPLOY PENDING", "DEPLOYING PENDING", "ACTIVE CREATED", "ACTIVE DEPLOYING",
			"ACTIVE READY",
		},
		seen,
	)
	p.ok(path).likeText("cluster", `{"id":"k","tenantId":"o","name":"prod","description":"d",
		"tags":["t"],"status":"ACTIVE","creationDate":"d","version":"1.36","locationId":"par",
		"topologyConfig":{"topology":"ALL_IN_ONE","flavor":"S","replicationFactor":3},
		"networkGroupId":null,"features":null,"nodeGroups":[{"id":"n","name":"default",
		"status":"READY","flavor":"M","currentNodeCount":3,"targetNodeCount":3,"nodes":[{"id":"n",
		"name":"default-node0","status":"READY","vCpus":10,"ramBytes":17179869184}]}],
		"standaloneNodeGroups":[],"loadBalancers":[{"id":"lb","flavor":"XS-duo",
		"ips":["203.0.113.10"],"domainName":"k"}],"storageUsageBytes":null}`)

	assert.Equal(t, "TO_DELETE", p.does("DELETE", path))
	assert.Equal(t, "TO_DELETE", p.does("DELETE", path), "again is fine")
	p.Advance(time.Minute)
	assert.Equal(t, "DELETING", p.does("DELETE", path))
	p.Advance(time.Minute)
	assert.Equal(t, "DELETED", p.does("DELETE", path))
	assert.Len(t, p.ok(p.kubernetes()+"/clusters").list(), 1, "deleted ones are listed")
	assert.Empty(t, p.ok(p.kubernetes()+"/clusters?status=ACTIVE&status=FAILED").list())
	assert.Len(t, p.ok(p.kubernetes()+"/clusters?status=ACTIVE&status=DELETED").list(), 1)
	p.expect(404, "GET", path+"/kubeconfig.yaml")
	for _, item := range p.ok(p.kubernetes() + "/usage").list() {
		assert.NotNil(t, item["deactivatedAt"])
	}
	for _, method := range []string{"GET", "DELETE", "PATCH"} {
		p.expect(404, method, p.kubernetes()+"/clusters/x", "{}")
	}
}

func TestKubernetes_CreateDefaults(t *testing.T) {
	t.Parallel()
	p := start(t)

	got := p.ok(p.cluster(`{"name":"a"}`)).object()

	has(t, got, "version", "1.36", "locationId", "par")
	assert.Equal(t,
		map[string]any{"topology": "DEDICATED_COMPUTE", "flavor": "XS", "replicationFactor": 1.0},
		got["topologyConfig"])
	distributed := `{"name":"b","topologyConfig":{"topology":"DISTRIBUTED","components":{`
	for _, name := range []string{"apiserver", "controllerManager", "scheduler", "nodeGroupOperator", "cloudControllerManager"} {
		distributed += `"` + name + `":{"flavor":"2XS","replicationFactor":1},`
	}
	got = p.ok(p.cluster(strings.TrimSuffix(distributed, ",") + "}}}")).object()
	assert.Len(t, at(got, "topologyConfig", "components"), 5)
	assert.NotContains(t, got["topologyConfig"], "flavor")
}

func TestKubernetes_CreateRefuses(t *testing.T) {
	t.Parallel()
	p := start(t)
	topology := func(more string) string { return `{"name":"a","topologyConfig":{"topology":` + more + `}}` }
	group := func(more string) string { return `{"name":"a","nodeGroups":[` + more + `]}` }
	fine := `{"name":"a","flavor":"M","targetNodeCount":1}`
	p.rejects(p.kubernetes()+"/clusters", [][2]string{
		{`{}`, "name"},
		{`{"name":"` + strings.Repeat("x", 129) + `"}`, "name"},
		{`{"name":"a","description":"` + strings.Repeat("x", 4097) + `"}`, "description"},
		{`{"name":"a","tags":null}`, "tags"},
		{`{"name":"a","version":"1.0"}`, "version"},
		{`{"name":"a","locationId":"moon"}`, "locationId"},
		{topology(`"X","flavor":"S","replicationFactor":1`), "topologyConfig.topology"},
		{topology(`"ALL_IN_ONE","flavor":"XS","replicationFactor":1`), "topologyConfig.flavor"},
		{topology(`"ALL_IN_ONE","flavor":"S","replicationFactor":6`), "topologyConfig.replicationFactor"},
		{topology(`"DISTRIBUTED"`), "topologyConfig.components.scheduler.flavor"},
		{
			`{"name":"a","features":{"autoscalingEnabled":true,"nodeAutoprovisioning":true}}`,
			"nodeAutoprovisioning",
		},
		{group("null"), "nodeGroups"},
		{group(`{"name":"A_b","flavor":"M","targetNodeCount":1}`), "name"},
		{group(`{"name":"a","flavor":"M"}`), "targetNodeCount"},
		{group(fine + "," + fine), "name"},
	})
	p.expect(400, "POST", p.kubernetes()+"/clusters", "?")
	assert.Empty(t, p.ok(p.kubernetes()+"/clusters").list())
}

func TestKubernetes_Quota(t *testing.T) {
	t.Parallel()
	p := start(t, clevertest.WithStepDuration(0))
	path := p.cluster(clusterBody)
	more := `{"name":"more","flavor":"M","targetNodeCount":%d}`

	a := p.expect(403, "POST", path+"/node-groups", fmt.Sprintf(more, 2))
	assert.Equal(t, "clever.core.quota-exceeded", a.object()["code"])
	p.expect(403, "POST", p.kubernetes()+"/clusters", strings.Replace(clusterBody, ":3", ":8", 1))
	group := path + "/node-groups/" + p.ok(path + "/node-groups").list()[0]["id"].(string)
	p.expect(403, "PATCH", group, `{"name":"default","targetNodeCount":20}`)
	assert.Len(t, p.ok(p.kubernetes()+"/usage").list(), 4, "what was refused reserves nothing")
	p.does("DELETE", path)
	p.cluster(clusterBody)

	p.ok(p.kubernetes()+"/quota").likeText("quota", `{"id":"q","tenantId":"o","tags":[],
		"quotas":[{"type":"MillivCPUMaxLimit","maximum":1,"information":{"name":"n","number":1,
		"unit":"GB","readable":"r"}}]}`)
	p.ok(p.kubernetes()+"/usage").likeText("usage", `[{"id":"i","clusterId":"c","ownerId":"o",
		"itemType":"NODE","cpuMillicores":1,"ramBytes":1,"createdAt":"d","deactivatedAt":null}]`)
}

func TestKubernetes_ProductWantsNoCredentials(t *testing.T) {
	t.Parallel()
	p := start(t)

	a := p.with("Authorization", "").ok("/v4/kubernetes-product")

	a.likeText("product", `{"topologies":[{"topology":"ALL_IN_ONE","availableFlavors":["S"],
		"replicationFactor":{"min":1,"max":5}}],"versions":{"available":["1.36"],"default":"1.36"}}
		`)
	assert.Equal(t, []any{"S", "M", "L", "XL"},
		at(a.object()["topologies"].([]any)[0], "availableFlavors"))
}

func TestKubernetes_UpdateCluster(t *testing.T) {
	t.Parallel()
	p, path := seeded(t, 1)

	assert.Equal(t, "ACTIVE",
		p.does("PATCH", path, `{"name":"other","description":"d","tags":["a"]}`))
	got := p.ok(path).object()
	assert.Equal(t, []any{"other", "d", []any{"a"}},
		[]any{got["name"], got["description"], got["tags"]})
	p.does("PATCH", path, `{"description":null}`)
	assert.Nil(t, p.ok(path).object()["description"])

	for _, body := range []string{
		`{"name":""}`, `{"tags":null}`, `{"version":"1.36"}`,
		`{"topologyConfig":{"topology":"ALL_IN_ONE","flavor":"M","replicationFactor":1}}`, `?`,
		`{"features":{"autoscalingEnabled":true,"nodeAutoprovisioning":true}}`,
	} {
		p.expect(400, "PATCH", path, body)
	}
	assert.Equal(t, "other", p.ok(path).object()["name"])
	assert.Equal(t, "S", at(p.ok(path).object(), "topologyConfig", "flavor"))

	assert.Equal(t, "RECONCILING",
		p.does("PATCH", path, `{"name":"renamed","features":{"nodeAutoprovisioning":true}}`))
	has(t, p.ok(path).object(), "name", "renamed", "features", nil) // reported when installed
	p.expect(412, "PATCH", path, `{"features":{"nodeAutoprovisioning":false}}`)
	p.Advance(time.Minute)
	has(t, p.ok(path).object(), "features.nodeAutoprovisioning", true, "features.csi", nil)
	p.expect(400, "PATCH", path, `{"features":{"autoscalingEnabled":true}}`)

	body := `{"name":"karpenter","flavor":"XS","targetNodeCount":1,"labels":{"karpenter.sh/nodepool":"a"}}`
	group := path + "/node-groups/" + p.send("POST", path+"/node-groups", body).object()["id"].(string)
	p.expect(409, "PATCH", path, `{"features":{"nodeAutoprovisioning":false}}`)
	p.does("DELETE", group)
	p.Advance(time.Minute)
	p.does("PATCH", path, `{"features":{"nodeAutoprovisioning":false}}`)
	p.Advance(time.Minute)
	assert.Equal(t, false, at(p.ok(path).object(), "features", "nodeAutoprovisioning"))
}

// What an active cluster can be asked for takes it through states, one step each.
func TestKubernetes_Operations(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		method, tail, body string
		course             []any
		bad                []string
	}{
		{"POST", "/csi/ceph", "", []any{"RECONCILING", "ACTIVE"}, nil},
		{"PATCH", "", `{"features":{"csi":true}}`, []any{"RECONCILING", "ACTIVE"},
			[]string{`{"features":{"autoscalingEnabled":true,"nodeAutoprovisioning":true}}`}},
		{"POST", "/redeploy", `{}`, []any{"TO_REDEPLOY", "REDEPLOYING", "ACTIVE"},
			[]string{`{"beforeYamls":null}`, `?`}},
		{"POST", "/version/update", `{"targetVersion":"1.36"}`,
			[]any{"TO_UPGRADE", "UPDATING", "ACTIVE"}, []string{`{"targetVersion":"1.34"}`, `{}`, `?`}},
	} {
		p := start(t, clevertest.WithStepDuration(time.Minute))
		path := p.kubernetes() + "/clusters/" +
			p.AddKubernetesCluster(clevertest.KubernetesCluster{Version: "1.35"})
		for _, bad := range tc.bad {
			p.expect(400, tc.method, path+tc.tail, bad)
		}
		course := []any{p.does(tc.method, path+tc.tail, tc.body)}
		p.expect(412, tc.method, path+tc.tail, tc.body) // one at a time
		for range len(tc.course) - 1 {
			has(t, p.ok(path).object(), "version", "1.35", "features", nil) // until the end
			p.Advance(time.Minute)
			course = append(course, p.status(path))
		}
		assert.Equal(t, tc.course, course, tc.tail)
	}
}

func TestKubernetes_CephCSI(t *testing.T) {
	t.Parallel()
	p := start(t, clevertest.WithStepDuration(time.Minute))
	path := p.cluster(`{"name":"b","features":{"csi":true}}`)

	has(t, p.ok(path).object(), "features", nil)
	p.Advance(time.Hour)
	has(t, p.ok(path).object(), "features.csi", true)
	p.expect(400, "PATCH", path, `{"features":{"csi":false}}`)
	p.does("PATCH", path, `{"features":{"csi":true,"autoscalingEnabled":true}}`)
	p.Advance(time.Hour)
	has(t, p.ok(path).object(), "features.csi", true, "features.autoscalingEnabled", true)
	p.does("PATCH", path, `{"features":{"autoscalingEnabled":false}}`)
}

func TestKubernetes_Version(t *testing.T) {
	t.Parallel()
	p := start(t, clevertest.WithStepDuration(0))
	path := p.kubernetes() + "/clusters/" +
		p.AddKubernetesCluster(clevertest.KubernetesCluster{Version: "1.35"})

	assert.JSONEq(t, `{"installed":"1.35","latest":"1.36","available":["1.36"],"needUpdate":true}`,
		p.ok(path+"/version/check").Body)
	p.does("POST", path+"/version/update", `{"targetVersion":"1.36"}`)
	assert.JSONEq(t, `{"installed":"1.36","latest":"1.36","available":[],"needUpdate":false}`,
		p.ok(path+"/version/check").Body)
}

func TestKubernetes_Kubeconfig(t *testing.T) {
	t.Parallel()
	p := start(t, clevertest.WithStepDuration(time.Minute))
	path := p.cluster(clusterBody)
	p.expect(412, "GET", path+"/kubeconfig.yaml")
	p.Advance(time.Hour)

	first := p.ok(path + "/kubeconfig.yaml")

	assert.Equal(t, "application/yaml", first.Header.Get("Content-Type"))
	assert.Contains(t, first.Body, "kind: Config\ncurrent-context: prod\n")
	assert.NotEqual(t, first.Body, p.ok(path+"/kubeconfig.yaml").Body,
		"a certificate of its own each time")
	assert.Contains(
		t, p.ok(path+"/kubeconfig.yaml?type=APISERVER_IP").Body, "https://203.0.113.20:6443",
	)
	assert.Contains(t, p.ok(path+"/kubeconfig.yaml?type=NETWORKGROUP").Body, ".cc-ng.cloud:6443")
	p.expect(400, "GET", path+"/kubeconfig.yaml?type=X")
	link := strings.TrimPrefix(p.ok(path + "/kubeconfig/presigned-url").object()["url"].(string),
		p.URL)
	assert.Contains(t, p.with("Authorization", "").ok(link).Body, "kind: Config")
	p.Advance(time.Hour)
	p.with("Authorization", "").expect(401, "GET", link)
}

func TestKubernetes_FailsOnDemandAndResumes(t *testing.T) {
	t.Parallel()
	p := start(t, clevertest.WithStepDuration(time.Minute))
	fail := func(route string) { p.Inject(clevertest.Fault{Path: "kubernetes." + route, Fail: true}) }
	fail("create-cluster")
	path := p.cluster(clusterBody)
	p.expect(412, "POST", path+"/resume")
	p.Advance(time.Hour)
	assert.Equal(t, "FAILED", p.status(path))
	p.expect(412, "POST", path+"/redeploy")
	failure := p.ok(path + "/events").list()[0]["failure"]
	assert.Equal(t, "CLUSTER_CREATE", at(failure, "operation"))
	assert.Equal(t, "FAILED", p.ok(path + "/deployment-events").list()[0]["status"])

	assert.Equal(t, "TO_DEPLOY", p.does("POST", path+"/resume"))
	p.Advance(time.Hour)
	assert.Equal(t, "ACTIVE", p.status(path))
	assert.Equal(t, "READY", at(p.ok(path).object()["nodeGroups"].([]any)[0], "status"))

	fail("create-node-group")
	group := path + "/node-groups/" + p.send("POST", path+"/node-groups", `{"name":"b","flavor":"XS","targetNodeCount":2}`).object()["id"].(string)
	p.expect(409, "POST", group+"/resume")
	p.Advance(time.Hour)
	assert.Equal(t, "FAILED", p.status(group))
	assert.InDelta(t, 0, p.ok(group).object()["currentNodeCount"], 0)
	p.expect(409, "PATCH", group, `{"name":"b","targetNodeCount":1}`)
	assert.Equal(t, "CREATED", p.does("POST", group+"/resume"))
	p.Advance(time.Hour)
	assert.Equal(t, "READY", p.status(group))
	assert.InDelta(t, 2, p.ok(group).object()["currentNodeCount"], 0)

	fail("delete-node-group")
	p.does("DELETE", group)
	p.Advance(time.Hour)
	assert.Equal(t, "FAILED", p.status(group))
	p.expect(409, "POST", group+"/resume")

	fail("redeploy-cluster")
	assert.Equal(t, "TO_REDEPLOY", p.does("POST", path+"/redeploy", `{"beforeYamls":["a: b"]}`))
	p.Advance(time.Hour)
	assert.Equal(t, "FAILED", p.status(path))
	fail("delete-cluster")
	p.does("DELETE", path)
	p.Advance(time.Hour)
	assert.Equal(t, "FAILED", p.status(path))
	p.expect(412, "POST", path+"/resume")
	p.does("DELETE", path)
	p.Advance(time.Hour)
	assert.Equal(t, "DELETED", p.status(path))
	assert.Equal(t, "DELETED", p.status(group))
}

func TestKubernetes_Events(t *testing.T) {
	t.Parallel()
	p := start(t, clevertest.WithStepDuration(time.Minute))
	path := p.cluster(clusterBody)
	p.Advance(time.Hour)
	p.does("POST", path+"/csi/ceph")
	p.Advance(time.Hour)

	deployments := p.ok(path + "/deployment-events").list()
	var steps []any
	for _, e := range deployments {
		steps = append(steps,
			fmt.Sprint(e["operation"], " ", e["status"], " ", e["nodeGroupId"] != nil))
	}
	assert.Equal(t, []any{
		"CLUSTER_REDEPLOY COMPLETED false", "CLUSTER_REDEPLOY STARTED false",
		"NODEGROUP_CREATE COMPLETED true",
		"NODEGROUP_CREATE STARTED true", "CLUSTER_CREATE COMPLETED false",
		"CLUSTER_CREATE STARTED false",
	}, steps)
	assert.Len(t, p.ok(path+"/deployment-events?limit=2").list(), 2)
	kinds := map[any]int{}
	for _, e := range p.ok(path + "/events").list() {
		kinds[e["event"]]++
		if data, has := e["data"]; has {
			kinds[at(data, "type")]++
		}
	}
	assert.Equal(t, map[any]int{
		"CLUSTER_STATUS": 5, "CLUSTER_ITEM": 2, "NODE_LIFECYCLE": 3,
		"PublicControlPlaneBundleData": 1, "PublicStorageData": 1,
	}, kinds)
	assert.Equal(t, "ACTIVE", p.ok(path + "/events?limit=1").list()[0]["status"], "newest first")
	for _, name := range []string{"events", "deployment-events"} {
		for _, limit := range []string{"0", "1001", "x"} {
			p.expect(400, "GET", path+"/"+name+"?limit="+limit)
		}
		p.expect(404, "GET", p.kubernetes()+"/clusters/x/"+name)
	}
}

func TestKubernetes_NodeGroups(t *testing.T) {
	t.Parallel()
	p, path := seeded(t, 0)
	groups := path + "/node-groups"
	body := `{"name":"workers","flavor":"XS","targetNodeCount":2,"minNodeCount":1,"maxNodeCount":4,
		"autoscalingEnabled":true,"tag":"t",
		"taints":[{"key":"gpu","value":null,"effect":"NoSchedule"}],"labels":{"team":"data"}}`

	a := p.expect(201, "POST", groups, body)

	group := groups + "/" + a.object()["id"].(string)
	p.expect(409, "POST", groups, body)
	p.expect(409, "PATCH", group, `{"name":"workers","targetNodeCount":3}`)
	p.Advance(2 * time.Minute)
	p.ok(group).likeText("node group", `{"id":"n","clusterId":"k","name":"workers",
		"description":null,"tag":"t","flavor":"M","currentNodeCount":2,"targetNodeCount":3,
		"minNodeCount":2,"maxNodeCount":10,"taints":[{"key":"gpu","value":null,
		"effect":"NoSchedule"}],"labels":{"team":"data"},"status":"RESIZING",
		"autoscalingEnabled":true,"createdAt":"2026-05-04T09:20:00Z","updatedAt":null}`)
	count := func() any { return p.ok(group).object()["currentNodeCount"] }
	assert.InDelta(t, 2, count(), 0)

	assert.Equal(t, "TO_RESIZE", p.does("PATCH", group, `{"name":"workers","targetNodeCount":4}`))
	p.Advance(time.Minute)
	assert.Equal(t, "RESIZING", p.status(group))
	assert.InDelta(t, 2, count(), 0)
	p.Advance(time.Minute)
	assert.InDelta(t, 4, count(), 0)
	p.does("PATCH", group, `{"name":"workers","targetNodeCount":0}`)
	p.Advance(2 * time.Minute)
	assert.InDelta(t, 0, count(), 0, "a target of 0 is one")
	assert.Equal(
		t, "READY",
		p.does("PATCH", group,
			`{"name":"w2","targetNodeCount":0,"description":"d","autoscalingEnabled":false}`),
	)
	assert.Equal(t, "w2", p.ok(group).object()["name"])
	for _, bad := range []string{
		`{"name":"w2"}`, `{"targetNodeCount":1}`, `{"name":"w2","targetNodeCount":257}`,
		`{"name":"w2","targetNodeCount":-1}`, `?`,
		`{"name":"w2","targetNodeCount":1,"flavor":"S"}`,
		`{"name":"w2","targetNodeCount":1,"labels":{}}`,
		`{"name":"w2","targetNodeCount":1,"minNodeCount":5}`,
		`{"name":"w2","targetNodeCount":1,"autoscalingEnabled":true,"maxNodeCount":null}`,
	} {
		p.expect(400, "PATCH", group, bad)
	}
	assert.Equal(t, map[string]any{"team": "data"}, p.ok(group).object()["labels"])

	assert.Equal(t, "TERMINATING", p.does("DELETE", group))
	assert.Equal(t, "TERMINATING", p.does("DELETE", group), "again is fine")
	p.Advance(time.Minute)
	assert.Equal(t, "DELETED", p.does("DELETE", group))
	assert.Equal(t, "DELETED", p.status(group))
	assert.Len(t, p.ok(groups+"?status=DELETED").list(), 1)
	assert.Empty(t, p.ok(groups+"?status=READY").list())
	assert.Empty(t, p.ok(path).object()["nodeGroups"])
}

func TestKubernetes_NodeGroupRefusals(t *testing.T) {
	t.Parallel()
	p, path := seeded(t, 0)
	groups := path + "/node-groups"
	for _, body := range []string{
		`{"name":"a","flavor":"XXL","targetNodeCount":1}`,
		`{"name":"a","flavor":"M","targetNodeCount":257}`,
		`{"name":"a","flavor":"M","targetNodeCount":1,"autoscalingEnabled":true,"minNodeCount":1}`,
		`{"name":"a","flavor":"M","targetNodeCount":1,"minNodeCount":3,"maxNodeCount":2}`,
		`{"name":"a","flavor":"M","targetNodeCount":1,"taints":[{"key":"k","effect":"X"}]}`,
		`{"name":"a","flavor":"M","targetNodeCount":1,"tag":"` + strings.Repeat("x", 1025) + `"}`,
		`{"name":"` + strings.Repeat("x", 64) + `","flavor":"M","targetNodeCount":1}`, `[]`,
	} {
		p.expect(400, "POST", groups, body)
	}
	for _, method := range []string{"GET", "DELETE", "PATCH"} {
		p.expect(404, method, groups+"/x", "{}")
	}
	p.expect(404, "POST", groups+"/x/resume")
	down := p.AddKubernetesCluster(
		clevertest.KubernetesCluster{Name: "down", Status: "FAILED", Nodes: 2})
	p.expect(412, "POST", p.kubernetes()+"/clusters/"+down+"/node-groups",
		`{"name":"a","flavor":"M","targetNodeCount":1}`)
	p.does("POST", p.kubernetes()+"/clusters/"+down+"/resume")
	p.Advance(time.Hour)
	up := p.ok(p.kubernetes() + "/clusters/" + down).object()
	has(t, up, "status", "ACTIVE")
	assert.Equal(t, "READY", at(up["nodeGroups"].([]any)[0], "status"))
}
