package clevercloud

import (
	"context"
)

// LoadBalancersService returns the addresses for the domains of an application or an add-on.
//
// API reference: https://www.clever-cloud.com/developers/api/v4/#load-balancers
type LoadBalancersService service

const (
	balancersPath  = "/v4/load-balancers/organisations/{ownerId}"
	appBalancers   = balancersPath + "/applications/{applicationId}/load-balancers"
	addonBalancers = balancersPath + "/addons/{addonId}/load-balancers"
)

// LoadBalancer is an entry point for traffic to an application or an add-on.
type LoadBalancer struct {
	ID     string          `json:"id,omitzero"`   // a UUID
	Name   string          `json:"name,omitzero"` // resembles the name of the zone
	ZoneID string          `json:"zoneId,omitzero"`
	DNS    LoadBalancerDNS `json:"dns"`
}

// LoadBalancerDNS is what to set in the DNS records of a domain.
type LoadBalancerDNS struct {
	CNAME string `json:"cname,omitzero"` // the target of a CNAME record, ends with a dot
	// A lists IPv4 addresses, for domains that cannot have a CNAME, such as the apex of a DNS zone.
	A []string `json:"a,omitzero"`
}

// GetDefault returns the public load balancers of an application: usually one, sometimes several or
// none.
//
//	GET /v4/load-balancers/organisations/{ownerId}/applications/{applicationId}/load-balancers/default
func (s *LoadBalancersService) GetDefault(
	ctx context.Context, owner OwnerID, app ApplicationID, opts ...CallOption,
) ([]LoadBalancer, error) {
	return operation[[]LoadBalancer]{
		id: "load-balancers.get-default", path: appBalancers + "/default",
	}.call(ctx, s.client, opts, none{}, string(owner), string(app))
}

// GetPrivate returns an application's load balancers for traffic inside the platform, often none.
//
//	GET /v4/load-balancers/organisations/{ownerId}/applications/{applicationId}/load-balancers/private
func (s *LoadBalancersService) GetPrivate(
	ctx context.Context, owner OwnerID, app ApplicationID, opts ...CallOption,
) ([]LoadBalancer, error) {
	return operation[[]LoadBalancer]{
		id: "load-balancers.get-private", path: appBalancers + "/private",
	}.call(ctx, s.client, opts, none{}, string(owner), string(app))
}

// GetAddonDefault returns the public load balancers of an add-on. It takes the add-on's ID
// (addon_…), not its real ID.
//
//	GET /v4/load-balancers/organisations/{ownerId}/addons/{addonId}/load-balancers/default
func (s *LoadBalancersService) GetAddonDefault(
	ctx context.Context, owner OwnerID, addon AddonID, opts ...CallOption,
) ([]LoadBalancer, error) {
	return operation[[]LoadBalancer]{
		id: "load-balancers.get-addon-default", path: addonBalancers + "/default",
	}.call(ctx, s.client, opts, none{}, string(owner), string(addon))
}

// GetAddonPrivate returns the load balancers of an add-on for traffic inside the platform. Often
// there are none. It takes the add-on's ID (addon_…), not its real ID.
//
//	GET /v4/load-balancers/organisations/{ownerId}/addons/{addonId}/load-balancers/private
func (s *LoadBalancersService) GetAddonPrivate(
	ctx context.Context, owner OwnerID, addon AddonID, opts ...CallOption,
) ([]LoadBalancer, error) {
	return operation[[]LoadBalancer]{
		id: "load-balancers.get-addon-private", path: addonBalancers + "/private",
	}.call(ctx, s.client, opts, none{}, string(owner), string(addon))
}
