package clevertest

var loadBalancerRoutes = []route{
	{id: "load-balancers.get-default",
		pattern: "GET " + loadBalancerBase + "/applications/{applicationId}/load-balancers/default",
		answer:  (*Server).defaultLoadBalancers},
	{id: "load-balancers.get-private",
		pattern: "GET " + loadBalancerBase + "/applications/{applicationId}/load-balancers/private",
		answer:  (*Server).privateLoadBalancers},
	{id: "load-balancers.get-addon-default",
		pattern: "GET " + loadBalancerBase + "/addons/{addonId}/load-balancers/default",
		answer:  (*Server).defaultAddonLoadBalancers},
	{id: "load-balancers.get-addon-private",
		pattern: "GET " + loadBalancerBase + "/addons/{addonId}/load-balancers/private",
		answer:  (*Server).privateAddonLoadBalancers},
}

const loadBalancerBase = "/v4/load-balancers/organisations/{ownerId}"

type dnsWire struct {
	CNAME string   `json:"cname"`
	A     []string `json:"a"`
}

type loadBalancerWire struct {
	ID     string  `json:"id"`
	Name   string  `json:"name"`
	ZoneID string  `json:"zoneId"`
	DNS    dnsWire `json:"dns"`
}

// loadBalancersOf is the pair of addresses in front of a zone; none for a zone without
// applications.
func (s *Server) loadBalancersOf(name string) []loadBalancerWire {
	z := s.zoneNamed(name)
	if z == nil {
		return []loadBalancerWire{}
	}
	return []loadBalancerWire{{
		ID: z.loadBalancerID, Name: name, ZoneID: z.id,
		DNS: dnsWire{
			"domain." + name + ".clever-cloud.com.", []string{"192.0.2.36", "192.0.2.37", "192.0.2.38"},
		},
	}}
}

func (s *Server) defaultLoadBalancers(c *call) (reply, error) {
	app := must(s.appOf(c))
	return ok(s.loadBalancersOf(string(app.Zone)))
}

func (s *Server) privateLoadBalancers(c *call) (reply, error) {
	must(s.appOf(c))
	return ok([]loadBalancerWire{})
}

// addonOf finds the add-on in a path by its add-on id, which must be the owner's; a real id is
// unknown here.
func (s *Server) addonOf(c *call) (*addon, error) {
	id := c.PathValue("addonId")
	for _, a := range s.addons {
		if a.id == id && a.ownerID == c.PathValue("ownerId") {
			return a, nil
		}
	}
	return nil, notFound("addon", id)
}

func (s *Server) defaultAddonLoadBalancers(c *call) (reply, error) {
	a := must(s.addonOf(c))
	return ok(s.loadBalancersOf(a.zone))
}

func (s *Server) privateAddonLoadBalancers(c *call) (reply, error) {
	must(s.addonOf(c))
	return ok([]loadBalancerWire{})
}
