package clevertest

import (
	"encoding/json"
	"fmt"
	"time"
)

const pulsarBase = "/v4/addon-providers/addon-pulsar"

var pulsarRoutes = []route{
	{id: "pulsar.get-storage-policies",
		pattern: "GET " + pulsarBase + "/addons/{pulsarId}/storage-policies",
		answer:  of((*Server).pulsarOf, show((*pulsar).policies))},
	{id: "pulsar.update-storage-policies",
		pattern: "PATCH " + pulsarBase + "/addons/{pulsarId}/storage-policies",
		answer:  of((*Server).pulsarOf, (*Server).updatePolicies)},
	{id: "pulsar.get", pattern: "GET " + pulsarBase + "/addons/{pulsarId}",
		answer: of((*Server).pulsarOf, show((*pulsar).wire))},
	{id: "pulsar.renew-token", pattern: "PATCH " + pulsarBase + "/addons/{pulsarId}/renew-biscuit",
		answer: of((*Server).pulsarOf, (*Server).renewPulsarToken)},
	{id: "pulsar.list-clusters", pattern: "GET " + pulsarBase + "/clusters",
		answer: (*Server).listPulsarClusters},
	{id: "pulsar.get-cluster", pattern: "GET " + pulsarBase + "/clusters/{clusterId}",
		answer: (*Server).getPulsarCluster},
	{id: "pulsar.get-provider", pattern: "GET " + pulsarBase, answer: (*Server).pulsarProvider},
}

type pulsar struct {
	*addon
	cluster   string
	token     string
	coldStore string
	retention policy
	offload   policy
}

// A policy is a size and a duration. Each is answered in the units in which it was last written:
// megabytes and days, or bytes and minutes. A null is no limit.
type policy struct {
	size     quantity
	duration quantity
}

type quantity struct {
	key   string
	value *int64
}

func (p policy) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string]*int64{p.size.key: p.size.value, p.duration.key: p.duration.value})
}

type pulsarWire struct {
	ID               string     `json:"id"`
	OwnerID          string     `json:"owner_id"`
	Tenant           string     `json:"tenant"`
	Namespace        string     `json:"namespace"`
	ClusterID        string     `json:"cluster_id"`
	Token            string     `json:"token"`
	CreationDate     microStamp `json:"creation_date"`
	AskedForDeletion microStamp `json:"ask_for_deletion_date"`
	DeletionDate     microStamp `json:"deletion_date"`
	Status           string     `json:"status"`
	Plan             string     `json:"plan"`
	ColdStorageID    *string    `json:"cold_storage_id"`
	ColdLinked       bool       `json:"cold_storage_linked"`
	ColdMandatory    bool       `json:"cold_storage_must_be_provided"`
}

func (p *pulsar) wire() pulsarWire {
	return pulsarWire{
		ID: p.realID, OwnerID: p.ownerID, Tenant: p.ownerID, Namespace: p.realID, ClusterID: p.cluster,
		Token:        p.token,
		CreationDate: microStamp(p.created.Add(101962 * time.Microsecond)), Status: "ACTIVE",
		Plan:          p.plan,
		ColdStorageID: nullable(p.coldStore), ColdLinked: p.coldStore != "",
	}
}

type pulsarCluster struct {
	ID            string   `json:"id"`
	URL           string   `json:"url"`
	PulsarPort    int      `json:"pulsar_port"`
	PulsarTLSPort *int     `json:"pulsar_tls_port"`
	WebPort       *int     `json:"web_port"`
	WebTLSPort    *int     `json:"web_tls_port"`
	Version       string   `json:"version"`
	Available     bool     `json:"available"`
	Zone          string   `json:"zone"`
	ColdStorage   bool     `json:"support_cold_storage"`
	Plans         []string `json:"supported_plans"`
}

// addPulsar gives an add-on a namespace on the first cluster.
func (s *Server) addPulsar(a *addon) {
	s.pulsars[a.realID] = &pulsar{
		addon: a, cluster: s.clusters[0].ID, token: s.secret(), coldStore: "cellar_" + s.uuid(),
		retention: policy{
			quantity{"sizeInMB", ptr(int64(10240))}, quantity{"durationInDays", ptr(int64(7))},
		},
		offload: policy{quantity{"sizeInMB", nil}, quantity{"durationInDays", ptr(int64(1))}},
	}
}

type policiesWire struct {
	Retention policy `json:"retentionPolicies"`
	Offload   policy `json:"offloadPolicies"`
}

func (p *pulsar) policies() policiesWire { return policiesWire{p.retention, p.offload} }

// pulsarOf finds the add-on in a path by its real id.
func (s *Server) pulsarOf(c *call) (*pulsar, error) {
	id := c.PathValue("pulsarId")
	p := s.pulsars[id]
	if p == nil {
		return nil, notFound("pulsar", id)
	}
	_, err := s.visibleOwner(c, p.ownerID)
	return p, err
}

// updatePolicies leaves what is absent alone; a null lifts the limit, and a null policy both of its
// limits.
func (s *Server) updatePolicies(c *call, p *pulsar) (reply, error) {
	var body map[string]json.RawMessage
	check(c.decode(&body))
	retention := must(p.retention.patched("retentionPolicies", body))
	offload := must(p.offload.patched("offloadPolicies", body))
	p.retention, p.offload = retention, offload
	return ok(p.policies())
}

func (p policy) patched(name string, body map[string]json.RawMessage) (policy, error) {
	raw, present := body[name]
	if !present {
		return p, nil
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(raw, &fields); err != nil {
		return p, badField(name, string(raw), "expected an object or null")
	}
	if fields == nil {
		p.size.value, p.duration.value = nil, nil
		return p, nil
	}
	// Where both units are given the newer pair wins.
	for _, key := range []string{"sizeInMB", "durationInDays", "sizeInBytes", "durationInMinutes"} {
		text, present := fields[key]
		if !present {
			continue
		}
		value, err := parseLimit(key, text)
		if err != nil {
			return p, badField(name+"."+key, string(text), err.Error())
		}
		if key == "sizeInMB" || key == "sizeInBytes" {
			p.size = quantity{key, value}
		} else {
			p.duration = quantity{key, value}
		}
	}
	return p, nil
}

// parseLimit reads a number or null. Only the newer units know a negative number: no limit.
func parseLimit(key string, text json.RawMessage) (*int64, error) {
	var value *int64
	if err := json.Unmarshal(text, &value); err != nil {
		return nil, fmt.Errorf("expected an integer or null")
	}
	if value != nil && *value < 0 && (key == "sizeInMB" || key == "durationInDays") {
		return nil, fmt.Errorf("must not be negative")
	}
	return value, nil
}

func (s *Server) renewPulsarToken(_ *call, p *pulsar) (reply, error) {
	p.token = s.secret()
	return ok(p.wire())
}

func (s *Server) listPulsarClusters(*call) (reply, error) { return ok(s.clusters) }

func (s *Server) getPulsarCluster(c *call) (reply, error) {
	for _, cluster := range s.clusters {
		if cluster.ID == c.PathValue("clusterId") {
			return ok(cluster)
		}
	}
	return reply{}, notFound("cluster", c.PathValue("clusterId"))
}

func (s *Server) pulsarProvider(*call) (reply, error) {
	features := []featureWire{{"cold-storage", true}}
	w := providerWire{"addon-pulsar", "4.0.3", map[string]dedicatedWire{"4.0.3": {features}},
		[]providerClusterWire{}}
	for _, cluster := range s.clusters {
		w.Clusters = append(w.Clusters, providerClusterWire{cluster.ID, "Pulsar " + cluster.Zone,
			cluster.Zone, cluster.Version, features})
	}
	return ok(w)
}
