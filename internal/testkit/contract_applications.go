package testkit

import (
	"context"
	"net/http"
	"strconv"

	"github.com/clevercloud-go/clevercloud"
)

const (
	applicationsTemplate = "/v2/organisations/{ownerId}/applications"
	applicationTemplate  = applicationsTemplate + "/{applicationId}"
)

// ApplicationInput is a complete one.
var ApplicationInput = clevercloud.ApplicationInput{
	Name: "api", Zone: "par", InstanceType: "node", InstanceVersion: "20240101",
	InstanceVariant: "00000000-0000-4000-8000-0000000000b1", MinFlavor: "XS",
	Env: []clevercloud.EnvVar{{Name: "API_KEY", Value: CanaryText}},
}

var applicationsOperations = []Operation{
	{
		ID: "applications.list", Method: http.MethodGet, Path: applicationsTemplate,
		OK:      "applications/applications.json",
		Foreign: `[{"id":{}}]`, At: "/0/id",
		Func: (*clevercloud.ApplicationsService).List,
	},
	{
		ID: "applications.get", Method: http.MethodGet, Path: applicationTemplate,
		OK:      "applications/application_full.json",
		Foreign: `{"instance":{"minFlavor":{"price":"much"}}}`, At: "/instance/minFlavor/price",
		Func: (*clevercloud.ApplicationsService).Get,
	},
	{
		ID: "applications.create", Method: http.MethodPost, Path: applicationsTemplate,
		OK:      "applications/application_full.json",
		Foreign: `{"zone":{}}`, At: "/zone",
		Once: true,
		Func: (*clevercloud.ApplicationsService).Create,
		Args: []any{ApplicationInput},
	},
	{
		ID: "applications.update", Method: http.MethodPut, Path: applicationTemplate,
		OK:      "applications/application_full.json",
		Foreign: `{"state":[]}`, At: "/state",
		Once: true,
		Func: (*clevercloud.ApplicationsService).Update,
		Args: []any{clevercloud.ApplicationPatch{Name: "web"}},
	},
	{
		ID: "applications.delete", Method: http.MethodDelete, Path: applicationTemplate,
		Func: (*clevercloud.ApplicationsService).Delete,
	},
	{
		ID: "applications.deploy", Method: http.MethodPost, Path: applicationTemplate + "/instances",
		OK:      "applications/deployed.json",
		Foreign: `{"deploymentId":{}}`, At: "/deploymentId",
		Once: true,
		Func: (*clevercloud.ApplicationsService).Deploy,
	},
	{
		ID: "applications.stop", Method: http.MethodDelete, Path: applicationTemplate + "/instances",
		Func: (*clevercloud.ApplicationsService).Stop,
	},
	{
		ID: "applications.cancel-deployment", Method: http.MethodDelete,
		Path: applicationTemplate + "/deployments/{deploymentId}/instances",
		Once: true,
		Func: (*clevercloud.ApplicationsService).CancelDeployment,
	},
	{
		ID: "applications.env", Method: http.MethodGet, Path: applicationTemplate + "/env",
		OK:      "applications/env.json",
		Foreign: `[{"value":[]}]`, At: "/0/value",
		Func: (*clevercloud.ApplicationsService).Env,
	},
	{
		ID: "applications.set-env", Method: http.MethodPut, Path: applicationTemplate + "/env",
		Func: (*clevercloud.ApplicationsService).SetEnv,
	},
	{
		ID: "applications.exposed-env", Method: http.MethodGet,
		Path:    applicationTemplate + "/exposed_env",
		OK:      "applications/exposed_env.json",
		Foreign: `["URL"]`, At: "",
		Func: (*clevercloud.ApplicationsService).ExposedEnv,
	},
	{
		ID: "applications.set-exposed-env", Method: http.MethodPut,
		Path: applicationTemplate + "/exposed_env",
		Once: true,
		Func: (*clevercloud.ApplicationsService).SetExposedEnv,
	},
	{
		ID: "applications.list-domains", Method: http.MethodGet,
		Path:    applicationTemplate + "/vhosts",
		OK:      "applications/domains.json",
		Foreign: `["example.org/"]`, At: "/0",
		Func: (*clevercloud.ApplicationsService).ListDomains,
	},
	{
		ID: "applications.add-domain", Method: http.MethodPut,
		Path: applicationTemplate + "/vhosts/{fqdn}",
		Once: true,
		Func: (*clevercloud.ApplicationsService).AddDomain,
	},
	{
		ID: "applications.remove-domain", Method: http.MethodDelete,
		Path: applicationTemplate + "/vhosts/{fqdn}",
		Func: (*clevercloud.ApplicationsService).RemoveDomain,
	},
	{
		ID: "applications.list-tcp-redirections", Method: http.MethodGet,
		Path:    applicationTemplate + "/tcpRedirs",
		OK:      "applications/tcp_redirections.json",
		Foreign: `[{},5131]`, At: "/1",
		Func: (*clevercloud.ApplicationsService).ListTCPRedirections,
	},
	{
		ID: "applications.add-tcp-redirection", Method: http.MethodPost,
		Path:    applicationTemplate + "/tcpRedirs",
		OK:      "applications/tcp_redirection.json",
		Foreign: `["default"]`, At: "",
		Once: true,
		Func: (*clevercloud.ApplicationsService).AddTCPRedirection,
		Args: []any{"default"},
	},
	{
		ID: "applications.remove-tcp-redirection", Method: http.MethodDelete,
		Path:  applicationTemplate + "/tcpRedirs/{port}",
		Query: []string{"namespace=default"},
		Func:  removeTCPRedirection,
	},
	{
		ID: "applications.list-linked-addons", Method: http.MethodGet,
		Path:    applicationTemplate + "/addons",
		OK:      "addons/addons.json",
		Foreign: `[{"realId":{}}]`, At: "/0/realId",
		Func: (*clevercloud.ApplicationsService).ListLinkedAddons,
	},
	{
		ID: "applications.link-addon", Method: http.MethodPost,
		Path: applicationTemplate + "/addons",
		Func: (*clevercloud.ApplicationsService).LinkAddon,
		Args: []any{"addon_1"},
	},
	{
		ID: "applications.unlink-addon", Method: http.MethodDelete,
		Path: applicationTemplate + "/addons/{addonId}",
		Func: (*clevercloud.ApplicationsService).UnlinkAddon,
	},
	{
		ID: "applications.list-dependencies", Method: http.MethodGet,
		Path:    applicationTemplate + "/dependencies",
		OK:      "applications/applications.json",
		Foreign: `[{},{"ownerId":{}}]`, At: "/1/ownerId",
		Func: (*clevercloud.ApplicationsService).ListDependencies,
	},
	{
		ID: "applications.add-dependency", Method: http.MethodPut,
		Path: applicationTemplate + "/dependencies/{dependencyId}",
		Once: true,
		Func: (*clevercloud.ApplicationsService).AddDependency,
	},
	{
		ID: "applications.remove-dependency", Method: http.MethodDelete,
		Path: applicationTemplate + "/dependencies/{dependencyId}",
		Func: (*clevercloud.ApplicationsService).RemoveDependency,
	},
	{
		ID: "applications.list-runtimes", Method: http.MethodGet, Path: "/v2/products/instances",
		OK:      "applications/runtimes.json",
		Foreign: `[{"defaultFlavor":{"price":"much"}}]`, At: "/0/defaultFlavor/price",
		Func: (*clevercloud.ApplicationsService).ListRuntimes,
	},
}

// removeTCPRedirection takes the port as a placeholder's text.
func removeTCPRedirection(
	s *clevercloud.ApplicationsService, ctx context.Context, owner clevercloud.OwnerID,
	app clevercloud.ApplicationID, port string, opts ...clevercloud.CallOption,
) error {
	number, err := strconv.Atoi(port)
	if err != nil {
		return err
	}
	return s.RemoveTCPRedirection(ctx, owner, app, "default", number, opts...)
}
