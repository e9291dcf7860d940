package clevercloud

import (
	"context"
	"net/http"
)

// LoadBalancersService tells where the domains of an application point to.
// See https://www.clever-cloud.com/developers/api/v4/#load-balancers.
type LoadBalancersService service

const (
	applicationBalancersPath = "/v4/load-balancers/organisations/{ownerId}/applications/{applicationId}/load-balancers"
	addonBalancersPath       = "/v4/load-balancers/organisations/{ownerId}/addons/{addonId}/load-balancers"
)

var (
	loadBalancersGetDefault = operation[none, []LoadBalancer]{
		id: "load-balancers.get-default", method: http.MethodGet, idempotent: true, path: applicationBalancersPath + "/default",
	}
	loadBalancersGetPrivate = operation[none, []LoadBalancer]{
		id: "load-balancers.get-private", method: http.MethodGet, idempotent: true, path: applicationBalancersPath + "/private",
	}
	loadBalancersGetAddonDefault = operation[none, []LoadBalancer]{
		id: "load-balancers.get-addon-default", method: http.MethodGet, idempotent: true, path: addonBalancersPath + "/default",
	}
	loadBalancersGetAddonPrivate = operation[none, []LoadBalancer]{
		id: "load-balancers.get-addon-private", method: http.MethodGet, idempotent: true, path: addonBalancersPath + "/private",
	}
)

// A LoadBalancer is an entry point for traffic to an application.
type LoadBalancer struct {
	// ID is a UUID.
	ID string `json:"id,omitzero"`
	// Name resembles the zone's.
	Name   string          `json:"name,omitzero"`
	ZoneID string          `json:"zoneId,omitzero"`
	DNS    LoadBalancerDNS `json:"dns"`
}

// LoadBalancerDNS is what a domain's records are set to.
type LoadBalancerDNS struct {
	// CNAME is the target for a domain that may have one.
	CNAME string `json:"cname,omitzero"`
	// A are the IPv4 addresses for a domain that may not, a zone's apex for example.
	A []string `json:"a,omitzero"`
}

// GetDefault returns the load balancers that an application is reached through: usually one, sometimes several or none.
//
//	GET /v4/load-balancers/organisations/{ownerId}/applications/{applicationId}/load-balancers/default
func (s *LoadBalancersService) GetDefault(ctx context.Context, owner OwnerID, app ApplicationID, opts ...CallOption) ([]LoadBalancer, error) {
	return loadBalancersGetDefault.call(ctx, s.client, opts, none{}, string(owner), string(app))
}

// GetPrivate returns the load balancers that an application is reached through from inside the platform; often none.
//
//	GET /v4/load-balancers/organisations/{ownerId}/applications/{applicationId}/load-balancers/private
func (s *LoadBalancersService) GetPrivate(ctx context.Context, owner OwnerID, app ApplicationID, opts ...CallOption) ([]LoadBalancer, error) {
	return loadBalancersGetPrivate.call(ctx, s.client, opts, none{}, string(owner), string(app))
}

// GetAddonDefault returns the load balancers that an add-on is reached through. The id is addon_…, not the real one.
//
//	GET /v4/load-balancers/organisations/{ownerId}/addons/{addonId}/load-balancers/default
func (s *LoadBalancersService) GetAddonDefault(ctx context.Context, owner OwnerID, addon AddonID, opts ...CallOption) ([]LoadBalancer, error) {
	return loadBalancersGetAddonDefault.call(ctx, s.client, opts, none{}, string(owner), string(addon))
}

// GetAddonPrivate returns the load balancers that an add-on is reached through from inside the platform; often none. The id is addon_…, not
// the real one.
//
//	GET /v4/load-balancers/organisations/{ownerId}/addons/{addonId}/load-balancers/private
func (s *LoadBalancersService) GetAddonPrivate(ctx context.Context, owner OwnerID, addon AddonID, opts ...CallOption) ([]LoadBalancer, error) {
	return loadBalancersGetAddonPrivate.call(ctx, s.client, opts, none{}, string(owner), string(addon))
}
