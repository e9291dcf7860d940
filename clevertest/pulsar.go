package clevertest

import (
	"encoding/json"
	"strings"
	"time"
)

var pulsarRoutes = under("pulsar", "/v4/addon-providers/addon-pulsar", []row{
	{"get", "GET", "/addons/{pulsarId}", with((*Server).pulsarOf, jsonOf((*pulsar).wire))},
	{"get-storage-policies", "GET", "/addons/{pulsarId}/storage-policies",
		with((*Server).pulsarOf, jsonOf((*pulsar).policies))},
	{"update-storage-policies", "PATCH", "/addons/{pulsarId}/storage-policies",
		with((*Server).pulsarOf, (*Server).updatePolicies)},
	{"renew-token", "PATCH", "/addons/{pulsarId}/renew-biscuit",
		with((*Server).pulsarOf, (*Server).renewPulsarToken)},
	{"list-clusters", "GET", "/clusters",
		func(*Server, *call) response { return ok([]object{pulsarCluster}) }},
	{"get-cluster", "GET", "/clusters/{clusterId}", (*Server).getPulsarCluster},
	{"get-provider", "GET", "", (*Server).pulsarProvider},
})

type pulsar struct {
	*addon
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
	limits := map[string]*int64{p.size.key: p.size.value, p.duration.key: p.duration.value}
	return json.Marshal(limits)
}

func (p *pulsar) wire() object {
	return object{
		{"id", p.realID}, {"owner_id", p.ownerID}, {"tenant", p.ownerID}, {"namespace", p.realID},
		{"cluster_id", pulsarClusterID}, {"token", p.token},
		{"creation_date", microStamp(p.created.Add(101962 * time.Microsecond))},
		{"ask_for_deletion_date", nil}, {"deletion_date", nil}, {"status", active},
		{"plan", p.plan.name}, {"cold_storage_id", nullable(p.coldStore)},
		{"cold_storage_linked", p.coldStore != ""}, {"cold_storage_must_be_provided", false},
	}
}

const pulsarClusterID = "c3"

// pulsarCluster is the only one.
var pulsarCluster = object{
	{"id", pulsarClusterID}, {"url", "materiamq.eu-fr-1.services.clever-cloud.com"},
	{"pulsar_port", 6650}, {"pulsar_tls_port", 6651}, {"web_port", 80}, {"web_tls_port", 443},
	{"version", "4.0.3"}, {"available", true}, {"zone", "PAR"}, {"support_cold_storage", true},
	{"supported_plans", []string{"BETA"}},
}

// addPulsar gives an add-on a namespace.
func (s *Server) addPulsar(a *addon) {
	s.pulsars[a.realID] = &pulsar{
		addon: a, token: s.secret(), coldStore: "cellar_" + s.uuid(),
		retention: policy{
			quantity{"sizeInMB", ptr(int64(10240))}, quantity{"durationInDays", ptr(int64(7))},
		},
		offload: policy{quantity{"sizeInMB", nil}, quantity{"durationInDays", ptr(int64(1))}},
	}
}

func (p *pulsar) policies() object {
	return object{{"retentionPolicies", p.retention}, {"offloadPolicies", p.offload}}
}

// pulsarOf finds the add-on in a path by its real id.
func (s *Server) pulsarOf(c *call) *pulsar {
	id := c.PathValue("pulsarId")
	p := s.pulsars[id]
	if p == nil {
		panic(notFound("pulsar", id))
	}
	s.wantVisible(c, p.ownerID)
	return p
}

// updatePolicies leaves what is absent alone; a null lifts the limit, and a null policy both of its
// limits.
func (s *Server) updatePolicies(c *call, p *pulsar) response {
	var body map[string]json.RawMessage
	c.decode(&body)
	retention := p.retention.patched("retentionPolicies", body)
	offload := p.offload.patched("offloadPolicies", body)
	p.retention, p.offload = retention, offload
	return ok(p.policies())
}

func (p policy) patched(name string, body map[string]json.RawMessage) policy {
	raw, present := body[name]
	if !present {
		return p
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(raw, &fields); err != nil {
		panic(badField(name, string(raw), "expected an object or null"))
	}
	if fields == nil {
		p.size.value, p.duration.value = nil, nil
		return p
	}
	// Where both units are given the newer pair wins. Only that takes a negative number: no limit.
	for _, key := range []string{"sizeInMB", "durationInDays", "sizeInBytes", "durationInMinutes"} {
		text, present := fields[key]
		if !present {
			continue
		}
		var value *int64
		err := json.Unmarshal(text, &value)
		switch {
		case err != nil:
			panic(badField(name+"."+key, string(text), "expected an integer or null"))
		case value != nil && *value < 0 && (key == "sizeInMB" || key == "durationInDays"):
			panic(badField(name+"."+key, string(text), "must not be negative"))
		case strings.HasPrefix(key, "size"):
			p.size = quantity{key, value}
		default:
			p.duration = quantity{key, value}
		}
	}
	return p
}

func (s *Server) renewPulsarToken(_ *call, p *pulsar) response {
	p.token = s.secret()
	return ok(p.wire())
}

func (s *Server) getPulsarCluster(c *call) response {
	if id := c.PathValue("clusterId"); id != pulsarClusterID {
		return notFound("cluster", id)
	}
	return ok(pulsarCluster)
}

func (s *Server) pulsarProvider(*call) response {
	features := []feature{{"cold-storage", true}}
	return ok(providerInfo("addon-pulsar", "4.0.3", []string{"4.0.3"}, features, object{
		{"id", pulsarClusterID}, {"label", "Pulsar PAR"}, {"zone", "PAR"}, {"version", "4.0.3"},
		{"features", features},
	}))
}
