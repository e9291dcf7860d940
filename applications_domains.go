package clevercloud

import (
	"context"
	"net/http"
	"strconv"

	"github.com/clevercloud-go/clevercloud/internal/query"
)

var (
	applicationsListDomains = operation[none, []Domain]{
		id: "applications.list-domains", method: http.MethodGet,
		path: oneApplicationPath + "/vhosts",
	}
	applicationsAddDomain = operation[none, none]{
		id: "applications.add-domain", method: http.MethodPut,
		path: oneApplicationPath + "/vhosts/{fqdn}",
	}
	applicationsRemoveDomain = operation[none, none]{
		id: "applications.remove-domain", method: http.MethodDelete, idempotent: true,
		path: oneApplicationPath + "/vhosts/{fqdn}",
	}
	applicationsListTCPRedirections = operation[none, []TCPRedirection]{
		id: "applications.list-tcp-redirections", method: http.MethodGet,
		path: oneApplicationPath + "/tcpRedirs",
	}
	applicationsAddTCPRedirection = operation[newRedirection, *TCPRedirection]{
		id: "applications.add-tcp-redirection", method: http.MethodPost,
		path: oneApplicationPath + "/tcpRedirs",
	}
	applicationsRemoveTCPRedirection = operation[oldRedirection, none]{
		id: "applications.remove-tcp-redirection", method: http.MethodDelete, idempotent: true,
		path: oneApplicationPath + "/tcpRedirs/{port}",
	}
)

// Domain is a name under which an application is reached.
type Domain struct {
	// FQDN is a host and a path, such as www.example.org/, *.example.org/ or example.org/api/. The
	// API writes it with a slash at its end.
	FQDN string `json:"fqdn,omitzero"`
}

// ListDomains returns the domains of an application. [LoadBalancersService.GetDefault] returns the
// addresses that DNS has to lead them to.
//
//	GET /v2/organisations/{ownerId}/applications/{applicationId}/vhosts
func (s *ApplicationsService) ListDomains(
	ctx context.Context, owner OwnerID, app ApplicationID, opts ...CallOption,
) ([]Domain, error) {
	return applicationsListDomains.call(ctx, s.client, opts, none{}, string(owner), string(app))
}

// AddDomain adds a domain to an application: a host, with a path or without one. The API rejects
// what is no domain, and what an application has already, with [ErrForbidden] and a message.
//
// Since that goes for the same application too, AddDomain is retried only if the request did not
// reach the API or was rate limited. If it may have been applied, the error matches
// [ErrMaybeApplied]: list the domains before trying again.
//
//	PUT /v2/organisations/{ownerId}/applications/{applicationId}/vhosts/{fqdn}
func (s *ApplicationsService) AddDomain(
	ctx context.Context, owner OwnerID, app ApplicationID, fqdn string, opts ...CallOption,
) error {
	_, err := applicationsAddDomain.call(
		ctx, s.client, opts, none{}, string(owner), string(app), fqdn)
	return err
}

// RemoveDomain removes a domain from an application. The slash at its end may be left out. If the
// application does not have the domain, the error matches [ErrNotFound], which may be the work of
// an earlier attempt of the same call.
//
//	DELETE /v2/organisations/{ownerId}/applications/{applicationId}/vhosts/{fqdn}
func (s *ApplicationsService) RemoveDomain(
	ctx context.Context, owner OwnerID, app ApplicationID, fqdn string, opts ...CallOption,
) error {
	_, err := applicationsRemoveDomain.call(
		ctx, s.client, opts, none{}, string(owner), string(app), fqdn)
	return err
}

// TCPRedirection leads from a public port to port 4040 of an application.
type TCPRedirection struct {
	// Namespace is the set of load balancers, such as default or cleverapps.
	Namespace string `json:"namespace,omitzero"`
	// Port is the public port. The API chooses it.
	Port int `json:"port"`
}

// ListTCPRedirections returns the TCP redirections of an application.
//
//	GET /v2/organisations/{ownerId}/applications/{applicationId}/tcpRedirs
func (s *ApplicationsService) ListTCPRedirections(
	ctx context.Context, owner OwnerID, app ApplicationID, opts ...CallOption,
) ([]TCPRedirection, error) {
	return applicationsListTCPRedirections.call(
		ctx, s.client, opts, none{}, string(owner), string(app))
}

type newRedirection struct {
	Namespace string `json:"namespace"`
}

func (r newRedirection) encode(d *draft) error {
	return d.jsonWith(r, "namespace", r.Namespace)
}

// AddTCPRedirection redirects a public port of a namespace, such as default, to port 4040 of an
// application, and returns it. The API chooses the port. It rejects a second redirection in the
// same namespace, so that AddTCPRedirection is retried only if the request did not reach the API or
// was rate limited.
//
//	POST /v2/organisations/{ownerId}/applications/{applicationId}/tcpRedirs
func (s *ApplicationsService) AddTCPRedirection(
	ctx context.Context, owner OwnerID, app ApplicationID, namespace string, opts ...CallOption,
) (*TCPRedirection, error) {
	return applicationsAddTCPRedirection.call(
		ctx, s.client, opts, newRedirection{namespace}, string(owner), string(app))
}

type oldRedirection struct {
	namespace string
	port      int
}

func (r oldRedirection) encode(d *draft) error {
	switch {
	case r.namespace == "":
		return &ValidationError{Argument: "namespace", Reason: "must not be empty"}
	case r.port < 1 || r.port > 65535:
		return &ValidationError{Argument: "port", Reason: "must be from 1 to 65535"}
	}
	query.Text(&d.query, "namespace", r.namespace)
	return nil
}

// RemoveTCPRedirection removes the redirection of a public port. One that is not there is
// [ErrNotFound], which may be the work of an earlier attempt of the same call.
//
//	DELETE /v2/organisations/{ownerId}/applications/{applicationId}/tcpRedirs/{port}
func (s *ApplicationsService) RemoveTCPRedirection(
	ctx context.Context, owner OwnerID, app ApplicationID, namespace string, port int,
	opts ...CallOption,
) error {
	_, err := applicationsRemoveTCPRedirection.call(ctx, s.client, opts,
		oldRedirection{namespace, port}, string(owner), string(app), strconv.Itoa(port))
	return err
}
