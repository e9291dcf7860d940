package clevercloud

import (
	"context"
	"net/http"
)

// LoadBalancersService tells where the domains of an application point to.
// See https://www.clever-cloud.com/developers/api/v4/#load-balancers.
type LoadBalancersService service

var loadBalancersGetDefault = operation[none, []LoadBalancer]{
	id: "load-balancers.get-default", method: http.MethodGet, repeat: always,
	path: "/v4/load-balancers/organisations/{ownerId}/applications/{applicationId}/load-balancers/default",
}

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
