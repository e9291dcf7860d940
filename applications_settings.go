package clevercloud

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/clevercloud-go/clevercloud/auth"
	"github.com/clevercloud-go/clevercloud/internal/query"
	"github.com/clevercloud-go/clevercloud/internal/redact"
)

// EnvVar is a variable of an environment. Its value is often a secret, so it prints redacted.
type EnvVar struct {
	Name  string      `json:"name"`
	Value auth.Secret `json:"value"`
}

// Format prints v like any struct, without its value.
func (v EnvVar) Format(f fmt.State, verb rune) {
	type envVar EnvVar
	redact.Struct(f, verb, envVar(v))
}

// checkEnv rejects an environment that the API would not store as it is given.
func checkEnv(argument string, env []EnvVar) error {
	seen := make(map[string]bool, len(env))
	for _, v := range env {
		name, wrong := redact.Line(v.Name, 64), ""
		switch {
		case v.Name == "":
			wrong = "an empty name"
		case seen[v.Name]:
			wrong = name + " twice"
		case v.Value == redacted:
			wrong = redacted + " for the value of " + name
		case !utf8.ValidString(v.Name), !utf8.ValidString(v.Value.Reveal()):
			wrong = "invalid UTF-8 in " + name // JSON would replace it
		}
		if wrong != "" {
			return &ValidationError{Argument: argument, Reason: "must not hold " + wrong}
		}
		seen[v.Name] = true
	}
	return nil
}

// envObject returns env as the v2 API takes it: an object of names and their values, not redacted.
func (d *draft) envObject(argument string, env []EnvVar) (map[string]string, error) {
	if err := checkEnv(argument, env); err != nil {
		return nil, err
	}
	object := make(map[string]string, len(env))
	for _, v := range env {
		object[v.Name] = v.Value.Reveal()
		d.secrets = append(d.secrets, v.Value.Reveal())
	}
	return object, nil
}

// wholeEnv is the body of a request that replaces an environment.
type wholeEnv []EnvVar

func (env wholeEnv) encode(d *draft) error {
	object, err := d.envObject("env", env)
	if err != nil {
		return err
	}
	return d.json(object)
}

// envFromObject is an environment that the API returns as an object. It is decoded in the order of
// names.
type envFromObject []EnvVar

func (env *envFromObject) UnmarshalJSON(data []byte) error {
	var object map[string]auth.Secret
	if err := unmarshal(data, &object); err != nil {
		return err
	}
	*env = make(envFromObject, 0, len(object))
	for _, name := range slices.Sorted(maps.Keys(object)) {
		*env = append(*env, EnvVar{Name: name, Value: object[name]})
	}
	return nil
}

// Env returns the variables of an application, without those of its linked add-ons and
// dependencies.
//
//	GET /v2/organisations/{ownerId}/applications/{applicationId}/env
func (s *ApplicationsService) Env(
	ctx context.Context, owner OwnerID, app ApplicationID, opts ...CallOption,
) ([]EnvVar, error) {
	return operation[[]EnvVar]{id: "applications.env", path: appPath + "/env", secretResult: true}.
		call(ctx, s.client, opts, none{}, string(owner), string(app))
}

// SetEnv replaces all variables of an application. A variable that env leaves out is removed, and
// an empty env removes all. Names must be unique. SetEnv is idempotent.
//
// To change one variable, read the list with Env, change it and set it. The API has no versions:
// of two programs that do so at the same time one loses its change.
//
// The API takes any value. With [WithQuery]("check", "true") it validates the variables that the
// platform itself reads, such as CC_HEALTH_CHECK_PATH. If it rejects one, nothing is set, the error
// matches [ErrBadRequest], and [APIError.Fields] says for each variable what is wrong.
//
//	PUT /v2/organisations/{ownerId}/applications/{applicationId}/env
func (s *ApplicationsService) SetEnv(
	ctx context.Context, owner OwnerID, app ApplicationID, env []EnvVar, opts ...CallOption,
) error {
	return operation[none]{
		id: "applications.set-env", method: "PUT", path: appPath + "/env",
		idempotent: true, secretResult: true,
	}.do(ctx, s.client, opts, wholeEnv(env), string(owner), string(app))
}

// ExposedEnv returns the variables that an application gives to those that depend on it, sorted by
// name. See AddDependency.
//
//	GET /v2/organisations/{ownerId}/applications/{applicationId}/exposed_env
func (s *ApplicationsService) ExposedEnv(
	ctx context.Context, owner OwnerID, app ApplicationID, opts ...CallOption,
) ([]EnvVar, error) {
	return operation[envFromObject]{
		id: "applications.exposed-env", path: appPath + "/exposed_env", secretResult: true,
	}.call(ctx, s.client, opts, none{}, string(owner), string(app))
}

// SetExposedEnv replaces all variables that an application gives to those that depend on it, as
// SetEnv does. The API deploys every dependent application again. So SetExposedEnv is not
// idempotent, see [ErrMaybeApplied].
//
//	PUT /v2/organisations/{ownerId}/applications/{applicationId}/exposed_env
func (s *ApplicationsService) SetExposedEnv(
	ctx context.Context, owner OwnerID, app ApplicationID, env []EnvVar, opts ...CallOption,
) error {
	return operation[none]{
		id: "applications.set-exposed-env", method: "PUT", path: appPath + "/exposed_env",
	}.do(ctx, s.client, opts, wholeEnv(env), string(owner), string(app))
}

// Domain is a name under which an application is reached.
type Domain struct {
	// FQDN is a host and a path, such as www.example.org/, *.example.org/ or example.org/api/. The
	// API writes it with a trailing slash.
	FQDN string `json:"fqdn,omitzero"`
}

// ListDomains returns the domains of an application. Their DNS records must point to the addresses
// that [LoadBalancersService.GetDefault] returns.
//
//	GET /v2/organisations/{ownerId}/applications/{applicationId}/vhosts
func (s *ApplicationsService) ListDomains(
	ctx context.Context, owner OwnerID, app ApplicationID, opts ...CallOption,
) ([]Domain, error) {
	return operation[[]Domain]{id: "applications.list-domains", path: appPath + "/vhosts"}.
		call(ctx, s.client, opts, none{}, string(owner), string(app))
}

// AddDomain adds a domain to an application: a host, with or without a path. If the domain is
// invalid, or if this or another application has it already, the error matches [ErrForbidden]. So
// AddDomain is not idempotent: after [ErrMaybeApplied], list the domains before trying again.
//
//	PUT /v2/organisations/{ownerId}/applications/{applicationId}/vhosts/{fqdn}
func (s *ApplicationsService) AddDomain(
	ctx context.Context, owner OwnerID, app ApplicationID, fqdn string, opts ...CallOption,
) error {
	return operation[none]{
		id: "applications.add-domain", method: "PUT", path: appPath + "/vhosts/{fqdn}",
	}.do(ctx, s.client, opts, none{}, string(owner), string(app), fqdn)
}

// RemoveDomain removes a domain from an application. Its trailing slash is optional. If the
// application does not have the domain, the error matches [ErrNotFound].
//
//	DELETE /v2/organisations/{ownerId}/applications/{applicationId}/vhosts/{fqdn}
func (s *ApplicationsService) RemoveDomain(
	ctx context.Context, owner OwnerID, app ApplicationID, fqdn string, opts ...CallOption,
) error {
	return operation[none]{
		id: "applications.remove-domain", method: "DELETE",
		path: appPath + "/vhosts/{fqdn}", idempotent: true,
	}.do(ctx, s.client, opts, none{}, string(owner), string(app), fqdn)
}

// TCPRedirection forwards connections to a public port to port 4040 of an application.
type TCPRedirection struct {
	// Namespace is the set of load balancers, such as default or cleverapps.
	Namespace string `json:"namespace,omitzero"`
	Port      int    `json:"port"` // the public port, which the API chooses
}

// ListTCPRedirections returns the TCP redirections of an application.
//
//	GET /v2/organisations/{ownerId}/applications/{applicationId}/tcpRedirs
func (s *ApplicationsService) ListTCPRedirections(
	ctx context.Context, owner OwnerID, app ApplicationID, opts ...CallOption,
) ([]TCPRedirection, error) {
	return operation[[]TCPRedirection]{
		id: "applications.list-tcp-redirections", path: appPath + "/tcpRedirs",
	}.call(ctx, s.client, opts, none{}, string(owner), string(app))
}

type newRedirection struct {
	Namespace string `json:"namespace"`
}

func (r newRedirection) encode(d *draft) error {
	return d.jsonRequiring(r, "namespace", r.Namespace)
}

// AddTCPRedirection redirects a public port of a namespace, such as default, to an application. The
// API rejects a second redirection in the same namespace. So AddTCPRedirection is not idempotent,
// see [ErrMaybeApplied].
//
//	POST /v2/organisations/{ownerId}/applications/{applicationId}/tcpRedirs
func (s *ApplicationsService) AddTCPRedirection(
	ctx context.Context, owner OwnerID, app ApplicationID, namespace string, opts ...CallOption,
) (*TCPRedirection, error) {
	return operation[*TCPRedirection]{
		id: "applications.add-tcp-redirection", method: "POST", path: appPath + "/tcpRedirs",
	}.call(ctx, s.client, opts, newRedirection{namespace}, string(owner), string(app))
}

type oldRedirection struct {
	namespace string
	port      int
}

func (r oldRedirection) encode(d *draft) error {
	query.Text(&d.query, "namespace", r.namespace)
	return check("",
		rule{r.namespace == "", "namespace", "must not be empty"},
		rule{r.port < 1 || r.port > 65535, "port", "must be from 1 to 65535"})
}

// RemoveTCPRedirection removes the redirection of a public port. If there is none, the error
// matches [ErrNotFound].
//
//	DELETE /v2/organisations/{ownerId}/applications/{applicationId}/tcpRedirs/{port}
func (s *ApplicationsService) RemoveTCPRedirection(
	ctx context.Context, owner OwnerID, app ApplicationID, namespace string, port int,
	opts ...CallOption,
) error {
	return operation[none]{
		id: "applications.remove-tcp-redirection", method: "DELETE",
		path: appPath + "/tcpRedirs/{port}", idempotent: true,
	}.do(ctx, s.client, opts, oldRedirection{namespace, port},
		string(owner), string(app), strconv.Itoa(port))
}

// ListLinkedAddons returns the add-ons whose variables an application gets.
//
//	GET /v2/organisations/{ownerId}/applications/{applicationId}/addons
func (s *ApplicationsService) ListLinkedAddons(
	ctx context.Context, owner OwnerID, app ApplicationID, opts ...CallOption,
) ([]Addon, error) {
	return operation[[]Addon]{id: "applications.list-linked-addons", path: appPath + "/addons"}.
		call(ctx, s.client, opts, none{}, string(owner), string(app))
}

type linkedAddon AddonID

func (id linkedAddon) encode(d *draft) error { return d.jsonRequiring(id, "addonId", string(id)) }

// LinkAddon gives an application the variables of an add-on. If the add-on does not belong to the
// same owner, the error matches [ErrForbidden]. LinkAddon is idempotent.
//
//	POST /v2/organisations/{ownerId}/applications/{applicationId}/addons
func (s *ApplicationsService) LinkAddon(
	ctx context.Context, owner OwnerID, app ApplicationID, addon AddonID, opts ...CallOption,
) error {
	return operation[none]{
		id: "applications.link-addon", method: "POST", path: appPath + "/addons", idempotent: true,
	}.do(ctx, s.client, opts, linkedAddon(addon), string(owner), string(app))
}

// UnlinkAddon removes the variables of an add-on from an application. If the add-on is not linked,
// the error matches [ErrNotFound].
//
//	DELETE /v2/organisations/{ownerId}/applications/{applicationId}/addons/{addonId}
func (s *ApplicationsService) UnlinkAddon(
	ctx context.Context, owner OwnerID, app ApplicationID, addon AddonID, opts ...CallOption,
) error {
	return operation[none]{
		id: "applications.unlink-addon", method: "DELETE",
		path: appPath + "/addons/{addonId}", idempotent: true,
	}.do(ctx, s.client, opts, none{}, string(owner), string(app), string(addon))
}

// ListDependencies returns the applications whose exposed variables an application gets.
//
//	GET /v2/organisations/{ownerId}/applications/{applicationId}/dependencies
func (s *ApplicationsService) ListDependencies(
	ctx context.Context, owner OwnerID, app ApplicationID, opts ...CallOption,
) ([]Application, error) {
	return operation[[]Application]{
		id: "applications.list-dependencies", path: appPath + "/dependencies", secretResult: true,
	}.call(ctx, s.client, opts, none{}, string(owner), string(app))
}

// AddDependency gives app the variables that dependency exposes; see SetExposedEnv. The API rejects
// a dependency that already exists. So AddDependency is not idempotent, see [ErrMaybeApplied].
//
//	PUT /v2/organisations/{ownerId}/applications/{applicationId}/dependencies/{dependencyId}
func (s *ApplicationsService) AddDependency(
	ctx context.Context, owner OwnerID, app, dependency ApplicationID, opts ...CallOption,
) error {
	return operation[none]{
		id: "applications.add-dependency", method: "PUT",
		path: appPath + "/dependencies/{dependencyId}",
	}.do(ctx, s.client, opts, none{}, string(owner), string(app), string(dependency))
}

// RemoveDependency removes from app the variables that dependency exposes. If there is no such
// dependency, the error matches [ErrNotFound].
//
//	DELETE /v2/organisations/{ownerId}/applications/{applicationId}/dependencies/{dependencyId}
func (s *ApplicationsService) RemoveDependency(
	ctx context.Context, owner OwnerID, app, dependency ApplicationID, opts ...CallOption,
) error {
	return operation[none]{
		id: "applications.remove-dependency", method: "DELETE",
		path: appPath + "/dependencies/{dependencyId}", idempotent: true,
	}.do(ctx, s.client, opts, none{}, string(owner), string(app), string(dependency))
}
