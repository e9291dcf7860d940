package clevertest

import (
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"time"
)

// A work is an operation on a cluster or a node group: the way of its status, and what there is at
// the end.
type work struct {
	life
	operation string
	course    []string // the statuses on the way
	done      func(at time.Time)
}

// begin starts an operation, and answers with what wire is then.
func (s *Server) begin(
	c *call, w *work, wire func() map[string]any, operation string, done func(at time.Time),
	course ...string,
) reply {
	s.enter(w, s.now(), operation, done, course)
	r := ok(wire())
	s.proceed(w, c.fails)
	return r
}

// enter takes w to the first status of an operation.
func (s *Server) enter(
	w *work, at time.Time, operation string, done func(at time.Time), course []string,
) {
	w.operation, w.done, w.course = operation, done, course
	s.turn(&w.life, course[0], at)
}

// proceed takes w to the others.
func (s *Server) proceed(w *work, fails bool) {
	rest := slices.Clone(w.course[1:])
	if fails {
		rest[len(rest)-1] = failed
	}
	s.walk(&w.life, rest...)
}

// step is where an operation is: STARTED, COMPLETED, FAILED, or "" in between.
func (w *work) step() string {
	switch {
	case w.status == failed:
		return failed
	case len(w.course) == 0:
		return ""
	case w.status == w.course[len(w.course)-1]:
		return "COMPLETED"
	case w.status == w.course[0]:
		return "STARTED"
	}
	return ""
}

// A kubeItem is what counts against the quota.
type kubeItem struct {
	id, kind       string
	size           machine
	created, ended time.Time
}

type nodeGroup struct {
	work
	cluster *kubeCluster
	id      string
	nodeGroupBody
	nodes            []*kubeNode
	created, updated time.Time
}

type kubeNode struct {
	kubeItem
	name, status string
}

type nodeGroupBody struct {
	Name        string            `json:"name"`
	Flavor      string            `json:"flavor"`
	Target      *int              `json:"targetNodeCount"`
	Description *string           `json:"description"`
	Tag         *string           `json:"tag"`
	Min         *int              `json:"minNodeCount"`
	Max         *int              `json:"maxNodeCount"`
	Taints      []kubeTaint       `json:"taints"`
	Labels      map[string]string `json:"labels"`
	Autoscaling bool              `json:"autoscalingEnabled"`
}

type kubeTaint struct {
	Key    string  `json:"key"`
	Value  *string `json:"value"`
	Effect string  `json:"effect"`
}

var (
	nodeGroupName   = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)
	nodeGroupCourse = []string{"CREATED", "DEPLOYING", ready}
	taintEffects    = []string{"NoSchedule", "PreferNoSchedule", "NoExecute"}
)

const maxNodes = 256

func (b *nodeGroupBody) check(wrong complaints) {
	wrong.unless(nodeGroupName.MatchString(b.Name), "name", b.Name, "expected a name of RFC 1123")
	wrong.unless(slices.Contains(kubeFlavors, b.Flavor), "flavor", b.Flavor,
		"this flavor is not available")
	for name, count := range map[string]*int{
		"targetNodeCount": b.Target, "minNodeCount": b.Min, "maxNodeCount": b.Max,
	} {
		wrong.unless(count == nil || *count >= 0 && *count <= maxNodes, name, "",
			"expected 0 to "+strconv.Itoa(maxNodes))
	}
	wrong.unless(b.Target != nil, "targetNodeCount", "", "is required")
	wrong.unless(b.Tag == nil || len(*b.Tag) <= 1024, "tag", "", "expected at most 1024 characters")
	wrong.unless(!b.Autoscaling || b.Min != nil && b.Max != nil, "autoscalingEnabled", "true",
		"wants minNodeCount and maxNodeCount")
	wrong.unless(b.Min == nil || b.Max == nil || *b.Min <= *b.Max, "minNodeCount", "",
		"is more than maxNodeCount")
	for _, t := range b.Taints {
		wrong.unless(t.Key != "" && slices.Contains(taintEffects, t.Effect), "taints",
			t.Key+":"+t.Effect, "expected a key and a known effect")
	}
}

func (g *nodeGroup) karpenter() bool { return g.Labels["karpenter.sh/nodepool"] != "" }

// current counts the nodes that are up.
func (g *nodeGroup) current() int {
	return len(filter(g.nodes, func(node *kubeNode) bool { return node.status == ready }))
}

func (g *nodeGroup) live() []*kubeNode {
	return filter(g.nodes, func(node *kubeNode) bool { return node.ended.IsZero() })
}

func (g *nodeGroup) wire() map[string]any {
	labels := map[string]string{}
	maps.Copy(labels, g.Labels)
	return map[string]any{
		"id": g.id, "clusterId": g.cluster.id, "name": g.Name, "description": g.Description,
		"tag": g.Tag, "flavor": g.Flavor, "status": g.status,
		"taints": append([]kubeTaint{}, g.Taints...), "labels": labels,
		"currentNodeCount": g.current(), "targetNodeCount": *g.Target, "minNodeCount": g.Min,
		"maxNodeCount": g.Max, "autoscalingEnabled": g.Autoscaling, "createdAt": stamp(g.created),
		"updatedAt": stamp(g.updated),
	}
}

// brief is the node group as a cluster shows it, with its nodes.
func (g *nodeGroup) brief() map[string]any {
	return map[string]any{
		"id": g.id, "name": g.Name, "status": g.status, "flavor": g.Flavor,
		"currentNodeCount": g.current(), "targetNodeCount": *g.Target,
		"nodes": list(g.live(), func(n *kubeNode) map[string]any {
			return map[string]any{
				"id": n.id, "name": n.name, "status": n.status, "vCpus": n.size.cpus,
				"ramBytes": int64(n.size.gigabytes) << 30,
			}
		}),
	}
}

func (k *kubeCluster) liveGroups() []*nodeGroup {
	return filter(k.groups, func(g *nodeGroup) bool { return g.status != deleted })
}

func (s *Server) nodeGroupOf(c *call) *nodeGroup {
	id := c.PathValue("nodeGroupId")
	return find(s.kubeClusterOf(c).groups, "node group", id,
		func(g *nodeGroup) bool { return g.id == id })
}

// listNodeGroups lists the deleted ones, too, as it lists deleted clusters.
func (s *Server) listNodeGroups(c *call, k *kubeCluster) response {
	found := filter(k.groups, func(g *nodeGroup) bool {
		return c.query().oneOf("status", g.status)
	})
	return ok(list(found, (*nodeGroup).wire))
}

// newNodeGroup has its nodes reserved, none of them up. It is PENDING until its cluster is there.
func (s *Server) newNodeGroup(k *kubeCluster, body nodeGroupBody) *nodeGroup {
	g := &nodeGroup{cluster: k, id: "node_group_" + s.ulid(), nodeGroupBody: body, created: s.now()}
	g.status = "PENDING"
	g.turned = func(at time.Time) { s.groupTurned(g, at) }
	s.reserveNodes(g)
	return g
}

// reserveNodes makes as many nodes as are wanted, and marks those that are too many.
func (s *Server) reserveNodes(g *nodeGroup) {
	live := g.live()
	for i := len(live); i < *g.Target; i++ {
		g.nodes = append(g.nodes, &kubeNode{
			kubeItem: kubeItem{
				"node_" + s.ulid(), "NODE", kubeSizes[g.Flavor], s.now(), time.Time{},
			},
			name: g.Name + "-node" + strconv.Itoa(len(g.nodes)), status: "DEPLOYING",
		})
	}
	for i, node := range live {
		if i >= *g.Target {
			node.status = "DRAINING"
		}
	}
}

// settleNodes brings nodes up or down, as was planned for them.
func (g *nodeGroup) settleNodes(at time.Time) {
	for _, node := range g.live() {
		switch node.status {
		case "DRAINING":
			node.status, node.ended = deleted, at
		case ready:
			continue
		default:
			node.status = ready
		}
		g.cluster.log("NODE_LIFECYCLE", at, map[string]any{
			"status": node.status, "nodeId": node.id, "nodeName": node.name, "nodeGroupId": g.id,
			"flavor": g.Flavor,
		})
	}
}

func (g *nodeGroup) dropNodes(at time.Time) {
	for _, node := range g.live() {
		node.status = "DRAINING"
	}
	g.settleNodes(at)
}

func (s *Server) createNodeGroup(c *call, k *kubeCluster) response {
	var body nodeGroupBody
	c.decode(&body)
	wrong := complaints{}
	body.check(wrong)
	wrong.check()
	k.wantActive()
	if slices.ContainsFunc(k.liveGroups(), func(g *nodeGroup) bool { return g.Name == body.Name }) {
		return conflict("There is a node group " + body.Name + " already")
	}
	s.checkKubeQuota(k.ownerID, kubeSizes[body.Flavor].times(*body.Target))
	g := s.newNodeGroup(k, body)
	k.groups = append(k.groups, g)
	r := s.begin(c, &g.work, g.wire, "NODEGROUP_CREATE", g.settleNodes, nodeGroupCourse...)
	r.status = http.StatusCreated
	return r
}

// updateNodeGroup wants name and target each time, and changes neither flavor nor taints nor
// labels.
func (s *Server) updateNodeGroup(c *call, g *nodeGroup) response {
	next, sent := patched(c, g.nodeGroupBody)
	wrong := complaints{}
	next.check(wrong)
	wrong.unless(sent["name"] != nil, "name", "", "is required")
	wrong.unless(sent["targetNodeCount"] != nil, "targetNodeCount", "", "is required")
	wrong.forbid(sent, "flavor", "taints", "labels")
	wrong.check()
	if g.status != ready {
		return conflict("The node group is " + g.status)
	}
	more := kubeSizes[g.Flavor].times(*next.Target - *g.Target)
	s.checkKubeQuota(g.cluster.ownerID, more)
	resized := *next.Target != *g.Target
	g.nodeGroupBody, g.updated = next, s.now()
	if !resized {
		return ok(g.wire())
	}
	s.reserveNodes(g)
	return s.begin(c, &g.work, g.wire, "NODEGROUP_SCALE", g.settleNodes, "TO_RESIZE", "RESIZING",
		ready)
}

func (s *Server) deleteNodeGroup(c *call, g *nodeGroup) response {
	if g.status == "TERMINATING" || g.status == deleted {
		return ok(g.wire())
	}
	return s.begin(c, &g.work, g.wire, "NODEGROUP_DELETE", g.dropNodes, "TERMINATING", deleted)
}

func (s *Server) resumeNodeGroup(c *call, g *nodeGroup) response {
	if g.status != failed || g.operation == "NODEGROUP_DELETE" {
		return conflict("Only a node group that failed can be resumed")
	}
	return s.begin(c, &g.work, g.wire, "NODEGROUP_RESUME", g.done, g.course...)
}

func (k *kubeCluster) log(event string, at time.Time, more map[string]any) {
	e := map[string]any{"event": event, "date": stamp(at)}
	maps.Copy(e, more)
	k.events = append(k.events, e)
}

// logStep adds a deployment event when an operation begins or ends.
func (k *kubeCluster) logStep(w *work, at time.Time, nodeGroupID string) {
	if step := w.step(); step != "" {
		e := map[string]any{
			"createdAt": stamp(at), "operation": w.operation, "stepName": nil, "status": step,
		}
		if step == failed {
			e["stepName"], e["detail"] = "deploy", "This was asked to fail"
		}
		if nodeGroupID != "" {
			e["nodeGroupId"] = nodeGroupID
		}
		k.deployments = append(k.deployments, e)
	}
}

// clusterTurned runs when a cluster has a new status.
func (s *Server) clusterTurned(k *kubeCluster, at time.Time) {
	k.logStep(&k.work, at, "")
	status := map[string]any{"status": k.status}
	if k.status == failed {
		status["failure"] = map[string]any{
			"operation": k.operation, "step": "deploy", "message": "This was asked to fail",
			"occurredAt": stamp(at),
		}
	}
	k.log("CLUSTER_STATUS", at, status)
	if k.operation == "CLUSTER_CREATE" && k.status == active {
		size := k.usage.size
		k.logItem(at, k.usage.id, "PUBLIC_CONTROL_PLANE_BUNDLE", map[string]any{
			"type": "PublicControlPlaneBundleData", "topologyType": k.Topology.Topology,
			"components": []any{map[string]any{"type": "apiserver", "port": 6443, "name": nil}},
			"vmData": map[string]any{
				"id": k.usage.id, "name": k.Name,
				"resourcesSpec": map[string]any{
					"cpuMillicores": size.cpus * 1000, "memBytes": int64(size.gigabytes) << 30,
					"diskBytes": int64(20) << 30,
				},
			},
		})
	}
	if k.done != nil && k.step() == "COMPLETED" {
		k.done(at)
	}
}

func (k *kubeCluster) logItem(at time.Time, id, kind string, data map[string]any) {
	k.log("CLUSTER_ITEM", at,
		map[string]any{"id": id, "itemType": kind, "status": active, "data": data})
}

func (s *Server) groupTurned(g *nodeGroup, at time.Time) {
	g.cluster.logStep(&g.work, at, g.id)
	switch {
	case g.status == failed:
		for _, node := range g.live() {
			if node.status == "DEPLOYING" {
				node.status = failed
			}
		}
	case g.done != nil && g.step() == "COMPLETED":
		g.done(at)
	}
}

func (s *Server) installCSI(k *kubeCluster, at time.Time) {
	k.csi = true
	k.logItem(at, s.uuid(), "PUBLIC_STORAGE", map[string]any{
		"type": "PublicStorageData", "containerStorageInterface": map[string]any{
			"clusterId": "ceph-par", "cephNamespace": k.id, "cephPool": "kubernetes",
			"kubernetesNamespace": "ceph-csi", "cephCSIVersion": "3.14", "provisionerReplicas": 2,
		},
	})
}

// newest answers with the latest events, newest first.
func newest(c *call, events []map[string]any) response {
	q := c.query()
	limit := q.limit(50)
	recent := append([]map[string]any{}, events[max(0, len(events)-limit):]...)
	slices.Reverse(recent)
	return ok(recent)
}

func (k *kubeCluster) items() []kubeItem {
	items := []kubeItem{k.usage}
	for _, g := range k.groups {
		for _, node := range g.nodes {
			items = append(items, node.kubeItem)
		}
	}
	return items
}

// checkKubeQuota panics with a [problem] if more exceeds what is left of an owner's quota.
func (s *Server) checkKubeQuota(ownerID string, more machine) {
	used := more
	for _, k := range s.kubeClustersOf(ownerID) {
		for _, item := range k.items() {
			if item.ended.IsZero() {
				used = used.plus(item.size)
			}
		}
	}
	if used.cpus > kubeQuota.cpus || used.gigabytes > kubeQuota.gigabytes {
		p := refuse(http.StatusForbidden, "quota-exceeded", "Quota exceeded")
		p.context = object{
			{"type", "resource"}, {"resourceType", "kubernetes"}, {"resourceName", ownerID},
		}
		panic(p)
	}
}

func (s *Server) getKubeQuota(c *call) response {
	ownerID := c.PathValue("ownerId")
	memory := map[string]any{
		"name": "ram", "number": kubeQuota.gigabytes, "unit": "GB", "readable": "40 GB",
	}
	return ok(map[string]any{
		"id": "quota_" + ownerID, "tenantId": ownerID, "tags": []string{},
		"quotas": []map[string]any{
			{"type": "MillivCPUMaxLimit", "maximum": kubeQuota.cpus * 1000},
			{"type": "RamMaxUsage", "information": memory},
			{"type": "MaxIp", "maximum": 2},
		},
	})
}

func (s *Server) listKubeUsage(c *call) response {
	all := []map[string]any{}
	for _, k := range s.kubeClustersOf(c.PathValue("ownerId")) {
		for _, item := range k.items() {
			all = append(all, map[string]any{
				"id": item.id, "clusterId": k.id, "ownerId": k.ownerID, "itemType": item.kind,
				"cpuMillicores": item.size.cpus * 1000,
				"ramBytes":      int64(item.size.gigabytes) << 30, "createdAt": stamp(item.created),
				"deactivatedAt": stamp(item.ended),
			})
		}
	}
	return ok(all)
}

func (s *Server) getKubeProduct(*call) response {
	topologies := []map[string]any{}
	for _, name := range []string{"ALL_IN_ONE", "DEDICATED_COMPUTE", "DISTRIBUTED"} {
		topologies = append(topologies, map[string]any{
			"topology": name, "availableFlavors": kubeFlavors[kubeSmallest[name]:],
			"replicationFactor": map[string]int{"min": 1, "max": 5},
		})
	}
	return ok(map[string]any{"topologies": topologies, "versions": map[string]any{
		"available": kubeVersions, "default": kubeVersions[len(kubeVersions)-1],
	}})
}
