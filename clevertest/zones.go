package clevertest

import (
	"slices"

	"github.com/clevercloud-go/clevercloud"
)

var zoneRoutes = []route{
	{id: "zones.list", pattern: "GET /v4/products/zones", public: true, answer: (*Server).listZones},
	{id: "zones.get", pattern: "GET /v4/products/zones/{name}", public: true,
		answer: (*Server).getZone},
}

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

type zoneWire struct {
	ID          string   `json:"id"`
	Name        string   `json:"name"`
	Country     string   `json:"country"`
	CountryCode string   `json:"countryCode"`
	City        string   `json:"city"`
	DisplayName *string  `json:"displayName"`
	Lat         float64  `json:"lat"`
	Lon         float64  `json:"lon"`
	OutboundIPs []string `json:"outboundIPs"`
	Tags        []string `json:"tags"`
}

func (z *zone) wire() zoneWire {
	return zoneWire{
		z.id, string(z.Name), z.Country, z.CountryCode, z.City, nullable(z.DisplayName), z.Lat, z.Lon,
		z.OutboundIPs, z.Tags,
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
	for _, z := range s.zones {
		if string(z.Name) == name {
			return z
		}
	}
	return nil
}

// listZones leaves out the private zones, but those of the owner asked about.
func (s *Server) listZones(c *call) (reply, error) {
	q := c.query()
	ownerID := clevercloud.OwnerID(q.Get("ownerId"))
	found := make([]*zone, 0, len(s.zones))
	for _, z := range s.zones {
		private := slices.Contains(z.Tags, privateTag)
		tagged := !q.Has("tag") || slices.Contains(z.Tags, q.Get("tag"))
		if tagged && (!private || slices.Contains(z.Owners, ownerID)) {
			found = append(found, z)
		}
	}
	return ok(list(found, (*zone).wire))
}

func (s *Server) getZone(c *call) (reply, error) {
	z := s.zoneNamed(c.PathValue("name"))
	if z == nil {
		return reply{}, notFound("zone", c.PathValue("name"))
	}
	return ok(z.wire())
}
