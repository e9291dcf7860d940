package clevercloud

import (
	"context"
	"net/http"

	"github.com/clevercloud-go/clevercloud/internal/query"
)

// ZonesService lists the zones where applications and add-ons run. It works without credentials.
// See https://www.clever-cloud.com/developers/api/v4/#products-zones.
type ZonesService service

var (
	zonesList = operation[ZoneQuery, []Zone]{
		id: "zones.list", method: http.MethodGet, path: "/v4/products/zones", idempotent: true,
	}
	zonesGet = operation[none, *Zone]{
		id: "zones.get", method: http.MethodGet, path: "/v4/products/zones/{name}", idempotent: true,
	}
)

// A Zone is a place where things run.
type Zone struct {
	// ID is a UUID; other calls want the name.
	ID      string   `json:"id,omitzero"`
	Name    ZoneName `json:"name,omitzero"`
	Country string   `json:"country,omitzero"`
	// CountryCode is ISO 3166-1 alpha-2, upper case: FR.
	CountryCode string `json:"countryCode,omitzero"`
	City        string `json:"city,omitzero"`
	// DisplayName is empty when the zone has none but its city.
	DisplayName string `json:"displayName,omitzero"`
	// Lat and Lon are degrees north and east.
	Lat float64 `json:"lat"`
	Lon float64 `json:"lon"`
	// OutboundIPs are the networks that traffic from the zone comes from, in CIDR notation.
	OutboundIPs []string `json:"outboundIPs,omitzero"`
	// Tags say what the zone is for and who runs it: for:applications, infra:clever-cloud, certification:hds, region:eu, ….
	Tags []string `json:"tags,omitzero"`
}

// A ZoneQuery narrows [ZonesService.List]. The zero value asks for all zones.
type ZoneQuery struct {
	// Tag keeps zones that carry it: infra:clever-cloud.
	Tag string
	// OwnerID keeps zones that this owner may use.
	OwnerID OwnerID
}

func (q ZoneQuery) encode(d *draft) error {
	query.Text(&d.query, "tag", q.Tag)
	query.Text(&d.query, "ownerId", q.OwnerID)
	return nil
}

// List returns the zones, in the API's order.
//
//	GET /v4/products/zones
func (s *ZonesService) List(ctx context.Context, q ZoneQuery, opts ...CallOption) ([]Zone, error) {
	return zonesList.call(ctx, s.client, opts, q)
}

// Get returns the zone of that name: par, rbx, …. An unknown name, or a zone's id, is [ErrNotFound].
//
//	GET /v4/products/zones/{name}
func (s *ZonesService) Get(ctx context.Context, name ZoneName, opts ...CallOption) (*Zone, error) {
	return zonesGet.call(ctx, s.client, opts, none{}, string(name))
}
