package clevertest

import (
	"maps"
	"net/http"
	"slices"
	"time"
)

// log adds an event of a cluster.
func (k *kubeCluster) log(event string, at time.Time, more map[string]any) {
	e := map[string]any{"event": event, "date": stamp(at)}
	maps.Copy(e, more)
	k.events = append(k.events, e)
}

// logStep adds an event of its deployments where an operation begins or ends.
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

// clusterTurned is what follows from a new status.
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

// newest answers with the last of the events, the last one first.
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

// checkKubeQuota rejects what is more than is left to an owner.
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
				"cpuMillicores": item.size.cpus * 1000, "ramBytes": int64(item.size.gigabytes) << 30,
				"createdAt": stamp(item.created), "deactivatedAt": stamp(item.ended),
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
