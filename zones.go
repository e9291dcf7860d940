package clevercloud

import (
	"context"

	"github.com/clevercloud-go/clevercloud/internal/query"
)

// ZonesService lists the regions where applications and add-ons run. It needs no credentials.
//
// API reference: https://www.clever-cloud.com/developers/api/v4/#products-zones
type ZonesService service

// Zone is a region where applications and add-ons run.
type Zone struct {
	// ID is a UUID. Other calls take Name instead.
	ID      string   `json:"id,omitzero"`
	Name    ZoneName `json:"name,omitzero"` // the short name, such as "par"
	Country string   `json:"country,omitzero"`
	// CountryCode is an ISO 3166-1 alpha-2 code in upper case, such as "FR".
	CountryCode string `json:"countryCode,omitzero"`
	City        string `json:"city,omitzero"`
	// DisplayName is empty if the zone has no other name than its city.
	DisplayName string `json:"displayName,omitzero"`
	// Lat and Lon are in degrees, north and east.
	Lat float64 `json:"lat"`
	Lon float64 `json:"lon"`
	// OutboundIPs lists the networks that outgoing traffic comes from, in CIDR notation.
	OutboundIPs []string `json:"outboundIPs,omitzero"`
	// Tags describe the zone, for example "for:applications", "infra:clever-cloud" or
	// "certification:hds".
	Tags []string `json:"tags,omitzero"`
}

// ZoneQuery selects zones for [ZonesService.List]. The zero value selects all.
type ZoneQuery struct {
	// Tag selects zones with this tag, such as "infra:clever-cloud".
	Tag string
	// OwnerID selects zones that this owner may use.
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
	return operation[[]Zone]{id: "zones.list", path: "/v4/products/zones"}.
		call(ctx, s.client, opts, q)
}

// Get returns the zone with the given name. The error matches [ErrNotFound] if there is none, or if
// name is a zone's ID.
//
//	GET /v4/products/zones/{name}
func (s *ZonesService) Get(ctx context.Context, name ZoneName, opts ...CallOption) (*Zone, error) {
	return operation[*Zone]{id: "zones.get", path: "/v4/products/zones/{name}"}.
		call(ctx, s.client, opts, none{}, string(name))
}
