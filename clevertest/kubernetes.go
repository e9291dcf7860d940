package clevertest

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/clevercloud-go/clevercloud"
)

const kubernetesBase = "/v4/kubernetes/organisations/{ownerId}"

func kubernetesRoutes() []route {
	const (
		one   = "/clusters/{clusterId}"
		group = one + "/node-groups/{nodeGroupId}"
	)
	cluster, groupOf := (*Server).kubeClusterOf, (*Server).nodeGroupOf
	return append(under("kubernetes", kubernetesBase, []row{
		{"list-clusters", "GET", "/clusters", (*Server).listKubeClusters},
		{"create-cluster", "POST", "/clusters", (*Server).createKubeCluster},
		{"get-cluster", "GET", one, with(cluster, jsonOf((*kubeCluster).wire))},
		{"update-cluster", "PATCH", one, with(cluster, (*Server).updateKubeCluster)},
		{"delete-cluster", "DELETE", one, with(cluster, (*Server).deleteKubeCluster)},
		{"kubeconfig", "GET", one + "/kubeconfig.yaml", with(cluster, (*Server).getKubeconfig)},
		{"kubeconfig-url", "GET", one + "/kubeconfig/presigned-url",
			with(cluster, func(s *Server, c *call, _ *kubeCluster) response {
				return s.presign(c, strings.TrimSuffix(c.URL.Path, "/presigned-url")+".yaml")
			})},
		{"enable-ceph-csi", "POST", one + "/csi/ceph", with(cluster, (*Server).enableCephCSI)},
		{"check-version", "GET", one + "/version/check", with(cluster, (*Server).checkKubeVersion)},
		{"update-version", "POST", one + "/version/update",
			with(cluster, (*Server).updateKubeVersion)},
		{"list-deployment-events", "GET", one + "/deployment-events",
			with(cluster, func(_ *Server, c *call, k *kubeCluster) response {
				return newest(c, k.deployments)
			})},
		{"list-events", "GET", one + "/events",
			with(cluster, func(_ *Server, c *call, k *kubeCluster) response {
				return newest(c, k.events)
			})},
		{"redeploy-cluster", "POST", one + "/redeploy",
			with(cluster, (*Server).redeployKubeCluster)},
		{"resume-cluster", "POST", one + "/resume", with(cluster, (*Server).resumeKubeCluster)},
		{"list-node-groups", "GET", one + "/node-groups", with(cluster, (*Server).listNodeGroups)},
		{"create-node-group", "POST", one + "/node-groups",
			with(cluster, (*Server).createNodeGroup)},
		{"get-node-group", "GET", group, with(groupOf, jsonOf((*nodeGroup).wire))},
		{"update-node-group", "PATCH", group, with(groupOf, (*Server).updateNodeGroup)},
		{"delete-node-group", "DELETE", group, with(groupOf, (*Server).deleteNodeGroup)},
		{"resume-node-group", "POST", group + "/resume", with(groupOf, (*Server).resumeNodeGroup)},
		{"get-quota", "GET", "/quota", (*Server).getKubeQuota},
		{"list-usage", "GET", "/usage", (*Server).listKubeUsage},
	}), public(under("kubernetes", "/v4/kubernetes-product", []row{
		{"get-product", "GET", "", (*Server).getKubeProduct},
	}))...)
}

// The states of a cluster and of its node groups that the server looks at.
const (
	active   = "ACTIVE"
	ready    = "READY"
	toDelete = "TO_DELETE"
	deleting = "DELETING"
)

var (
	kubeVersions = []string{"1.34", "1.35", "1.36"} // the last one is the default
	kubeFlavors  = []string{"2XS", "XS", "S", "M", "L", "XL"}
	kubeSizes    = map[string]machine{
		"2XS": {1, 1}, "XS": {1, 2}, "S": {2, 4}, "M": {4, 8}, "L": {8, 16}, "XL": {16, 32},
	}
	kubeQuota = machine{40, 40}
	// kubeSmallest is the index of a topology's smallest flavor.
	kubeSmallest  = map[string]int{"ALL_IN_ONE": 2, "DEDICATED_COMPUTE": 1, "DISTRIBUTED": 0}
	kubeTypes     = []string{"LOADBALANCER", "NETWORKGROUP", "APISERVER_IP"}
	kubeComponent = []string{
		"apiserver", "controllerManager", "scheduler", "nodeGroupOperator",
		"cloudControllerManager",
	}
)

// A machine is a number of processors and of gigabytes of memory.
type machine struct{ cpus, gigabytes int }

func (m machine) times(n int) machine { return machine{m.cpus * n, m.gigabytes * n} }

func (m machine) plus(other machine) machine {
	return machine{m.cpus + other.cpus, m.gigabytes + other.gigabytes}
}

// KubernetesCluster is a cluster to add. Empty fields get plausible values.
type KubernetesCluster struct {
	OwnerID clevercloud.OwnerID // the seeded organisation
	Name    string
	Version string
	// Status is ACTIVE by default. The cluster stays in it.
	Status string
	// Nodes is the number of nodes of flavor M in a node group named default. With 0 there is no
	// node group.
	Nodes int
}

type kubeCluster struct {
	work
	id, ownerID string
	created     time.Time
	clusterBody
	csi         bool
	balancers   []map[string]any
	groups      []*nodeGroup
	deployments []map[string]any // oldest first, as events
	events      []map[string]any
	usage       kubeItem // the control plane
}

type clusterBody struct {
	Name         string           `json:"name"`
	Version      string           `json:"version"`
	Description  *string          `json:"description"`
	Tags         []string         `json:"tags"`
	NetworkGroup string           `json:"networkGroupId"`
	Topology     *kubeTopology    `json:"topologyConfig"`
	Location     string           `json:"locationId"`
	Features     *kubeFeatures    `json:"features"`
	NodeGroups   []*nodeGroupBody `json:"nodeGroups"`
}

type kubeFeatures struct {
	CSI           *bool `json:"csi"`
	Autoscaling   *bool `json:"autoscalingEnabled"`
	Autoprovision *bool `json:"nodeAutoprovisioning"`
}

type kubeSizing struct {
	Flavor string `json:"flavor,omitempty"`
	Factor int    `json:"replicationFactor,omitempty"`
}

type kubeTopology struct {
	Topology string `json:"topology"`
	kubeSizing
	Components map[string]kubeSizing `json:"components,omitempty"`
}

func (k *kubeCluster) wire() map[string]any {
	return map[string]any{
		"id": k.id, "tenantId": k.ownerID, "name": k.Name, "description": k.Description,
		"tags": k.Tags, "status": k.status, "creationDate": stamp(k.created), "version": k.Version,
		"locationId": k.Location, "topologyConfig": k.Topology, "features": k.features(),
		"nodeGroups": list(k.liveGroups(), (*nodeGroup).brief), "standaloneNodeGroups": []any{},
		"loadBalancers": k.balancers, "networkGroupId": nullable(k.NetworkGroup),
		"storageUsageBytes": nil,
	}
}

// features are null until one is asked for; csi is null until it is installed.
func (k *kubeCluster) features() map[string]any {
	f := k.Features
	if f == nil && !k.csi {
		return nil
	}
	w := map[string]any{
		"csi": nil, "registries": nil, "autoscalingEnabled": false, "nodeAutoprovisioning": false,
	}
	if k.csi {
		w["csi"] = true
	}
	if f != nil {
		w["autoscalingEnabled"], w["nodeAutoprovisioning"] = f.Autoscaling, f.Autoprovision
	}
	return w
}

func (s *Server) kubeClustersOf(ownerID string) []*kubeCluster {
	return filter(s.kubernetes, func(k *kubeCluster) bool { return k.ownerID == ownerID })
}

func (s *Server) kubeClusterOf(c *call) *kubeCluster {
	id := c.PathValue("clusterId")
	return find(s.kubeClustersOf(c.PathValue("ownerId")), "cluster", id,
		func(k *kubeCluster) bool { return k.id == id })
}

func (s *Server) listKubeClusters(c *call) response {
	found := filter(s.kubeClustersOf(c.PathValue("ownerId")), func(k *kubeCluster) bool {
		return c.query().oneOf("status", k.status)
	})
	return ok(list(found, (*kubeCluster).wire))
}

func (s *Server) createKubeCluster(c *call) response {
	body := clusterBody{Tags: []string{}}
	c.decode(&body)
	if body.Topology == nil {
		body.Topology = &kubeTopology{"DEDICATED_COMPUTE", kubeSizing{"XS", 1}, nil}
	}
	body.Version = orElse(body.Version, kubeVersions[len(kubeVersions)-1])
	body.Location = orElse(body.Location, "par")
	wrong := complaints{}
	body.check(wrong)
	wrong.unless(s.zoneNamed(body.Location) != nil, "locationId", body.Location, "unknown zone")
	wrong.check()
	wanted := body.Topology.size()
	for _, g := range body.NodeGroups {
		wanted = wanted.plus(kubeSizes[g.Flavor].times(*g.Target))
	}
	s.checkKubeQuota(c.PathValue("ownerId"), wanted)
	features := body.Features
	body.Features = nil
	k := s.addKubeCluster(c.PathValue("ownerId"), body)
	r := s.begin(c, &k.work, k.wire, "CLUSTER_CREATE",
		func(at time.Time) { s.clusterCreated(k, at, features) }, "TO_DEPLOY", "DEPLOYING", active)
	r.status = http.StatusCreated
	return r
}

func (s *Server) addKubeCluster(ownerID string, body clusterBody) *kubeCluster {
	now := s.now()
	k := &kubeCluster{
		id: "kubernetes_" + s.ulid(), ownerID: ownerID, created: now, clusterBody: body,
		balancers: []map[string]any{},
		usage:     kubeItem{s.uuid(), "CONTROL_PLANE", body.Topology.size(), now, time.Time{}},
	}
	k.turned = func(at time.Time) { s.clusterTurned(k, at) }
	for _, body := range k.NodeGroups {
		k.groups = append(k.groups, s.newNodeGroup(k, *body))
	}
	k.NodeGroups = nil
	s.kubernetes = append(s.kubernetes, k)
	return k
}

func (s *Server) clusterCreated(k *kubeCluster, at time.Time, features *kubeFeatures) {
	k.balancers = []map[string]any{{
		"id": "lb_" + k.id[len(k.id)-8:], "flavor": "XS-duo",
		"ips": []string{"203.0.113.10", "203.0.113.11"}, "domainName": k.host(),
	}}
	s.enable(k, at, features)
	for _, g := range k.groups {
		s.enter(&g.work, at, "NODEGROUP_CREATE", g.settleNodes, nodeGroupCourse)
		s.proceed(&g.work, false)
	}
}

func (k *kubeCluster) host() string {
	return strings.ToLower(strings.ReplaceAll(k.id, "_", "-")) + ".k8s.example"
}

func is(flag *bool) bool { return flag != nil && *flag }

func (b *clusterBody) check(wrong complaints) {
	wrong.unless(b.Name != "" && len(b.Name) <= 128, "name", b.Name, "expected 1 to 128 characters")
	wrong.unless(b.Description == nil || len(*b.Description) <= 4096, "description", "",
		"expected at most 4096 characters")
	wrong.unless(b.Tags != nil, "tags", "null", "expected a list")
	wrong.unless(slices.Contains(kubeVersions, b.Version), "version", b.Version,
		"this version is not available")
	if b.Topology != nil {
		b.Topology.check(wrong)
	}
	b.Features.check(wrong)
	names := map[string]bool{}
	for _, g := range b.NodeGroups {
		if g == nil {
			wrong.unless(false, "nodeGroups", "null", "expected a node group")
			continue
		}
		g.check(wrong)
		wrong.unless(!names[g.Name], "name", g.Name, "is there twice")
		names[g.Name] = true
	}
}

func (f *kubeFeatures) check(wrong complaints) {
	if f != nil {
		wrong.unless(!is(f.Autoscaling) || !is(f.Autoprovision), "nodeAutoprovisioning", "true",
			"excludes autoscalingEnabled")
	}
}

func (t *kubeTopology) check(wrong complaints) {
	smallest, known := kubeSmallest[t.Topology]
	wrong.unless(known, "topologyConfig.topology", t.Topology, "unknown topology")
	if t.Topology != "DISTRIBUTED" {
		t.kubeSizing.check("topologyConfig", smallest, wrong)
		return
	}
	for _, name := range kubeComponent {
		t.Components[name].check("topologyConfig.components."+name, smallest, wrong)
	}
}

func (z kubeSizing) check(name string, smallest int, wrong complaints) {
	wrong.unless(slices.Index(kubeFlavors, z.Flavor) >= smallest, name+".flavor", z.Flavor,
		"this flavor is not available")
	wrong.unless(z.Factor >= 1 && z.Factor <= 5, name+".replicationFactor", strconv.Itoa(z.Factor),
		"expected 1 to 5")
}

// size is what the control plane takes.
func (t *kubeTopology) size() machine {
	m := kubeSizes[t.Flavor].times(t.Factor)
	for _, component := range t.Components {
		m = m.plus(kubeSizes[component.Flavor].times(component.Factor))
	}
	return m
}

// wantActive rejects what a cluster only does while it is ACTIVE.
func (k *kubeCluster) wantActive() {
	if k.status != active {
		panic(unmet("The cluster is " + k.status + ": its features are locked"))
	}
}

// updateKubeCluster changes name, description and tags at once, features in a while.
func (s *Server) updateKubeCluster(c *call, k *kubeCluster) response {
	wrong := complaints{}
	next, sent := patched(c, k.clusterBody)
	next.check(wrong)
	wrong.forbid(sent, "version", "topologyConfig", "locationId", "networkGroupId", "nodeGroups")
	f := next.Features
	wrong.unless(f == nil || !k.csi || f.CSI == nil || *f.CSI, "features.csi", "false",
		"cannot be turned off")
	wrong.check()
	next.Features = k.Features // until the new ones are installed
	if sent["features"] == nil || f == nil {
		k.clusterBody = next
		return ok(k.wire())
	}
	k.wantActive()
	if k.autoprovisions() && !is(f.Autoprovision) &&
		slices.ContainsFunc(k.liveGroups(), (*nodeGroup).karpenter) {
		return conflict("There are NodePool objects left")
	}
	k.clusterBody = next
	return s.begin(c, &k.work, k.wire, "CLUSTER_REDEPLOY",
		func(at time.Time) { s.enable(k, at, f) }, "RECONCILING", active)
}

func (k *kubeCluster) autoprovisions() bool {
	return k.Features != nil && is(k.Features.Autoprovision)
}

// enable installs features: they are reported from then on.
func (s *Server) enable(k *kubeCluster, at time.Time, f *kubeFeatures) {
	k.Features = f
	if f != nil && is(f.CSI) && !k.csi {
		s.installCSI(k, at)
	}
}

// deleteKubeCluster does nothing more to a cluster that is gone or on its way.
func (s *Server) deleteKubeCluster(c *call, k *kubeCluster) response {
	if k.status == toDelete || k.status == deleting || k.status == deleted {
		return ok(k.wire())
	}
	return s.begin(c, &k.work, k.wire, "CLUSTER_DELETE", func(at time.Time) {
		for _, g := range k.liveGroups() {
			s.turn(&g.life, deleted, at)
			g.dropNodes(at)
		}
		k.balancers, k.usage.ended = []map[string]any{}, at
	}, toDelete, deleting, deleted)
}

func (s *Server) redeployKubeCluster(c *call, k *kubeCluster) response {
	body := struct {
		Before []string `json:"beforeYamls"`
		After  []string `json:"afterYamls"`
	}{[]string{}, []string{}}
	if len(c.body) > 0 {
		c.decode(&body)
	}
	wrong := complaints{}
	wrong.unless(body.Before != nil, "beforeYamls", "null", "expected a list")
	wrong.unless(body.After != nil, "afterYamls", "null", "expected a list")
	wrong.check()
	k.wantActive()
	return s.begin(c, &k.work, k.wire, "CLUSTER_REDEPLOY", nil, "TO_REDEPLOY", "REDEPLOYING",
		active)
}

// resumeKubeCluster starts again what failed, but for a deletion.
func (s *Server) resumeKubeCluster(c *call, k *kubeCluster) response {
	if k.status != failed || k.operation == "CLUSTER_DELETE" {
		return unmet("Only a deployment that failed can be resumed")
	}
	return s.begin(c, &k.work, k.wire, k.operation, k.done, k.course...)
}

func (s *Server) enableCephCSI(c *call, k *kubeCluster) response {
	k.wantActive()
	return s.begin(c, &k.work, k.wire, "CLUSTER_REDEPLOY",
		func(at time.Time) { s.installCSI(k, at) }, "RECONCILING", active)
}

func (k *kubeCluster) newerVersions() []string {
	return kubeVersions[slices.Index(kubeVersions, k.Version)+1:]
}

func (s *Server) checkKubeVersion(_ *call, k *kubeCluster) response {
	newer := k.newerVersions()
	return ok(map[string]any{
		"installed": k.Version, "latest": kubeVersions[len(kubeVersions)-1],
		"available": append([]string{}, newer...), "needUpdate": len(newer) > 0,
	})
}

func (s *Server) updateKubeVersion(c *call, k *kubeCluster) response {
	var body struct {
		Target string `json:"targetVersion"`
	}
	c.decode(&body)
	if !slices.Contains(k.newerVersions(), body.Target) {
		return badField("targetVersion", body.Target, "this version is not available")
	}
	k.wantActive()
	return s.begin(c, &k.work, k.wire, "CLUSTER_UPGRADE",
		func(time.Time) { k.Version = body.Target }, "TO_UPGRADE", "UPDATING", active)
}

// getKubeconfig makes a new client certificate each time.
func (s *Server) getKubeconfig(c *call, k *kubeCluster) response {
	kind := orElse(c.URL.Query().Get("type"), kubeTypes[0])
	if !slices.Contains(kubeTypes, kind) {
		return badField("type", kind, "expected "+strings.Join(kubeTypes, ", "))
	}
	if k.status == deleted {
		return notFound("cluster", k.id)
	}
	if len(k.balancers) == 0 {
		return unmet("The cluster cannot be reached yet")
	}
	host := k.host()
	switch kind {
	case "NETWORKGROUP":
		host = k.id + ".m." + dnsSuffixes[0]
	case "APISERVER_IP":
		host = "203.0.113.20"
	}
	return textReply("application/yaml", fmt.Sprintf(`apiVersion: v1
kind: Config
current-context: %[1]s
clusters:
  - name: %[1]s
    cluster:
      server: https://%[2]s:6443
contexts:
  - name: %[1]s
    context:
      cluster: %[1]s
      user: %[1]s-admin
users:
  - name: %[1]s-admin
    user:
      client-certificate-data: %[3]s
      client-key-data: %[4]s
`, k.Name, host, s.secret(), s.secret()))
}

// AddKubernetesCluster adds a cluster and returns its ID.
func (s *Server) AddKubernetesCluster(in KubernetesCluster) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	body := clusterBody{
		Name: orElse(in.Name, "prod"), Tags: []string{}, Location: "par",
		Version:  orElse(in.Version, kubeVersions[len(kubeVersions)-1]),
		Topology: &kubeTopology{"ALL_IN_ONE", kubeSizing{"S", 1}, nil},
	}
	if in.Nodes > 0 {
		body.NodeGroups = []*nodeGroupBody{{Name: "default", Flavor: "M", Target: &in.Nodes}}
	}
	k := s.addKubeCluster(string(orElse(in.OwnerID, s.OwnerID)), body)
	status := orElse(in.Status, active)
	k.operation, k.course = "CLUSTER_CREATE", []string{"TO_DEPLOY", "DEPLOYING", active}
	k.done = func(at time.Time) { s.clusterCreated(k, at, nil) }
	s.turn(&k.life, status, s.now())
	if status == active {
		for _, g := range k.groups {
			if g.status != ready {
				s.turn(&g.life, ready, s.now())
			}
		}
	}
	return k.id
}
