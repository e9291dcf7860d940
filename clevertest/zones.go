package clevertest

import (
	"slices"

	"github.com/clevercloud-go/clevercloud"
)

var zoneRoutes = public(under("zones", "/v4/products/zones", []row{
	{"list", "GET", "", (*Server).listZones},
	{"get", "GET", "/{name}", (*Server).getZone},
}))

// privateTag marks the zones that only some owners may use.
const privateTag = "scope:private"

// Zone is a zone to add.
type Zone struct {
	Name        clevercloud.ZoneName
	Country     string
	CountryCode string
	City        string
	DisplayName string // null when empty
	Lat, Lon    float64
	// OutboundIPs is sent as null if it is nil.
	OutboundIPs []string
	// Tags describe the zone. A zone with the tag scope:private is listed only to Owners.
	Tags   []string
	Owners []clevercloud.OwnerID
}

type zone struct {
	Zone
	id             string
	loadBalancerID string
}

func (z *zone) wire() object {
	return object{
		{"id", z.id}, {"name", z.Name}, {"country", z.Country}, {"countryCode", z.CountryCode},
		{"city", z.City}, {"displayName", nullable(z.DisplayName)}, {"lat", z.Lat}, {"lon", z.Lon},
		{"outboundIPs", z.OutboundIPs}, {"tags", z.Tags},
	}
}

// AddZone adds a zone.
func (s *Server) AddZone(z Zone) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.addZone(z)
}

func (s *Server) addZone(z Zone) {
	if z.Tags == nil {
		z.Tags = []string{}
	}
	s.zones = append(s.zones, &zone{Zone: z, id: s.uuid(), loadBalancerID: s.uuid()})
}

func (s *Server) zoneNamed(name string) *zone {
	return first(s.zones, func(z *zone) bool { return string(z.Name) == name })
}

// listZones leaves out the private zones, but those of the owner asked about.
func (s *Server) listZones(c *call) response {
	q := c.query()
	ownerID := clevercloud.OwnerID(q.Get("ownerId"))
	return ok(list(filter(s.zones, func(z *zone) bool {
		private := slices.Contains(z.Tags, privateTag)
		tagged := !q.Has("tag") || slices.Contains(z.Tags, q.Get("tag"))
		return tagged && (!private || slices.Contains(z.Owners, ownerID))
	}), (*zone).wire))
}

func (s *Server) getZone(c *call) response {
	z := s.zoneNamed(c.PathValue("name"))
	if z == nil {
		return notFound("zone", c.PathValue("name"))
	}
	return ok(z.wire())
}
