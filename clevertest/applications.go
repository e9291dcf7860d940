package clevertest

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/clevercloud-go/clevercloud"
)

// applicationRows are below an owner. v4 shows the same deployments and instances. A domain is one
// path segment, its slash escaped.
var applicationRows = []row{
	{"list", "GET", "/applications", (*Server).v2Applications},
	{"create", "POST", "/applications", (*Server).v2CreateApplication},
	{"get", "GET", oneApp, withApp(jsonBy((*Server).v2ApplicationWire))},
	{"update", "PUT", oneApp, withApp((*Server).v2UpdateApplication)},
	{"delete", "DELETE", oneApp, withApp((*Server).v2DeleteApplication)},

	{"env", "GET", oneApp + "/env", withApp(jsonOf((*application).env))},
	{"set-env", "PUT", oneApp + "/env", withApp((*Server).v2SetEnv)},
	{"exposed-env", "GET", oneApp + "/exposed_env", withApp((*Server).v2ExposedEnv)},
	{"set-exposed-env", "PUT", oneApp + "/exposed_env", withApp((*Server).v2SetExposedEnv)},

	{"list-linked-addons", "GET", oneApp + "/addons", withApp((*Server).v2LinkedAddons)},
	{"link-addon", "POST", oneApp + "/addons", withApp((*Server).v2LinkAddon)},
	{"unlink-addon", "DELETE", oneApp + "/addons/{addonId}", withApp((*Server).v2UnlinkAddon)},
	{"list-dependencies", "GET", oneApp + "/dependencies", withApp((*Server).v2Dependencies)},
	{"add-dependency", "PUT", oneApp + "/dependencies/{dependencyId}",
		withApp((*Server).v2AddDependency)},
	{"remove-dependency", "DELETE", oneApp + "/dependencies/{dependencyId}",
		withApp((*Server).v2RemoveDependency)},

	{"cancel-deployment", "DELETE", oneApp + "/deployments/{deploymentId}/instances",
		with((*Server).v2DeploymentOf, (*Server).v2CancelDeployment)},
	{"deploy", "POST", oneApp + "/instances", withApp((*Server).v2Redeploy)},
	{"stop", "DELETE", oneApp + "/instances", withApp((*Server).v2Undeploy)},

	{"list-domains", "GET", oneApp + "/vhosts", withApp((*Server).v2Domains)},
	{"add-domain", "PUT", oneApp + "/vhosts/{fqdn}", withApp((*Server).v2AddDomain)},
	{"remove-domain", "DELETE", oneApp + "/vhosts/{fqdn}", withApp((*Server).v2RemoveDomain)},
}

const oneApp = "/applications/{applicationId}"

// maxInstances is how far an application scales out.
const maxInstances = 40

// settings are what v2 writes of an application: flat, and with flavors by name. The JSON is that
// of the bodies of POST and PUT.
type settings struct {
	Description   string            `json:"description"`
	Deploy        string            `json:"deploy"`
	Shutdownable  bool              `json:"shutdownable"`
	Type          string            `json:"instanceType"`
	Version       string            `json:"instanceVersion"`
	VariantID     string            `json:"instanceVariant"`
	Lifetime      string            `json:"instanceLifetime"`
	MinInstances  int               `json:"minInstances"`
	MaxInstances  int               `json:"maxInstances"`
	MinFlavor     string            `json:"minFlavor"`
	MaxFlavor     string            `json:"maxFlavor"`
	SeparateBuild bool              `json:"separateBuild"`
	BuildFlavor   string            `json:"buildFlavor"`
	Sticky        bool              `json:"stickySessions"`
	Homogeneous   bool              `json:"homogeneous"`
	CancelOnPush  bool              `json:"cancelOnPush"`
	ForceHTTPS    string            `json:"forceHttps"`
	Branch        string            `json:"branch"`
	Archived      bool              `json:"archived"`
	Favourite     bool              `json:"favourite"`
	Tags          []string          `json:"tags"`
	Env           map[string]string `json:"env"`
}

type applicationBody struct {
	Name string               `json:"name"`
	Zone clevercloud.ZoneName `json:"zone"`
	settings
}

// settingsOf are those of an application that nobody has set up: of a seed, and what a creation
// leaves out.
func settingsOf(r *runtime) settings {
	return settings{
		Deploy: "git", Type: r.kind, Version: r.version, VariantID: r.variantID(),
		Lifetime: "REGULAR", MinInstances: 1, MaxInstances: 4, MinFlavor: "S", MaxFlavor: "S",
		BuildFlavor: buildFlavor, ForceHTTPS: "DISABLED", Branch: "master",
		Tags: []string{}, Env: map[string]string{},
	}
}

// runtime finds type, version and variant, which come together. nil when the catalogue has no such
// triple, or only for later.
func (b *applicationBody) runtime() *runtime {
	return first(runtimes, func(r *runtime) bool {
		return b.Type == r.kind && b.Version == r.version && b.VariantID == r.variantID() &&
			!r.comingSoon
	})
}

func (b *applicationBody) sameRuntime(set settings) bool {
	return b.Type == set.Type && b.Version == set.Version && b.VariantID == set.VariantID
}

func invalidApplication() *problem {
	return v2Problem(http.StatusBadRequest, 3004, "Invalid application data")
}

// apply checks a body and makes it the application's. There is one message for all that is wrong.
func (s *Server) apply(app *application, b applicationBody) {
	r, smallest, largest := b.runtime(), flavorNamed(b.MinFlavor), flavorNamed(b.MaxFlavor)
	build := flavorNamed(orElse(b.BuildFlavor, buildFlavor))
	b.Deploy = strings.ToLower(b.Deploy)
	if b.Name == "" || s.zoneNamed(string(b.Zone)) == nil || r == nil && !b.sameRuntime(app.set) ||
		smallest == nil || largest == nil || build == nil ||
		smallest.megabytes > largest.megabytes ||
		b.MinInstances < 1 || b.MinInstances > b.MaxInstances || b.MaxInstances > maxInstances ||
		!slices.Contains([]string{"git", "ftp"}, b.Deploy) ||
		!slices.Contains([]string{"ENABLED", "DISABLED"}, b.ForceHTTPS) {
		panic(invalidApplication())
	}
	b.MinFlavor, b.MaxFlavor = smallest.name, largest.name
	if b.BuildFlavor = build.name; !b.SeparateBuild {
		b.BuildFlavor = buildFlavor
	}
	if b.Env == nil {
		b.Env = map[string]string{}
	}
	app.Name, app.Zone, app.set = b.Name, b.Zone, b.settings
	if r != nil {
		app.Kind = r.slug
	}
}

func (s *Server) v2CreateApplication(c *call) response {
	var required map[string]json.RawMessage
	c.decode(&required)
	for _, key := range []string{
		"name", "zone", "deploy", "instanceType", "instanceVersion", "instanceVariant",
		"minInstances", "maxInstances", "minFlavor", "maxFlavor",
	} {
		if value := string(required[key]); value == "" || value == "null" {
			return invalidApplication()
		}
	}
	body, draft := applicationBody{settings: settingsOf(runtimeOf(""))}, new(application)
	c.decode(&body)
	s.apply(draft, body)
	app := s.addApplication(Application{
		OwnerID: clevercloud.OwnerID(c.v2OwnerID()), Name: draft.Name, Zone: draft.Zone,
		Kind: draft.Kind,
	})
	app.set, app.created = draft.set, s.now()
	return ok(s.v2ApplicationWire(app))
}

// v2UpdateApplication changes what the body has; env and tags replace the whole set. A running
// application is deployed again, whatever has changed.
func (s *Server) v2UpdateApplication(c *call, app *application) response {
	body := applicationBody{Name: app.Name, Zone: app.Zone, settings: app.set}
	body.Env, body.Tags = nil, nil // decoding would write into what is there
	c.decode(&body)
	if body.Env == nil {
		body.Env = app.set.Env
	}
	if body.Tags == nil {
		body.Tags = app.set.Tags
	}
	s.apply(app, body)
	s.redeployRunning(app, "Rescale")
	return ok(s.v2ApplicationWire(app))
}

func (a *application) running() bool {
	return slices.ContainsFunc(a.instances, func(i *instance) bool { return i.State == up })
}

func (s *Server) redeployRunning(app *application, cause string) {
	if app.running() {
		s.addDeployment(app, Deployment{State: queued, Cause: cause, CommitID: app.commit()})
	}
}

func (s *Server) v2DeleteApplication(_ *call, app *application) response {
	s.removeApplication(app)
	return v2Done("The application was deleted")
}

func (s *Server) removeApplication(app *application) {
	s.apps = without(s.apps, app)
	for _, other := range s.apps {
		other.dependencies = without(other.dependencies, app)
	}
	s.forget(string(app.ID))
}

// appNamed finds an application by its id; nil for none.
func (s *Server) appNamed(id string) *application {
	return first(s.apps, func(a *application) bool { return string(a.ID) == id })
}

func (s *Server) applicationsOf(ownerID string) []*application {
	return filter(s.apps, func(a *application) bool { return string(a.OwnerID) == ownerID })
}

func withApp(answer func(*Server, *call, *application) response) handler {
	return with(func(s *Server, c *call) *application {
		return s.v2AppIn(c, c.PathValue("applicationId"))
	}, answer)
}

// v2AppIn finds an application and rejects that of another owner.
func (s *Server) v2AppIn(c *call, id string) *application {
	app := s.appNamed(id)
	if app == nil {
		panic(notFound("application", id))
	}
	if string(app.OwnerID) != c.v2OwnerID() {
		panic(v2Problem(http.StatusForbidden, 4002,
			"The application does not belong to this owner"))
	}
	return app
}

func (a *application) commit() string {
	for _, d := range slices.Backward(a.deployments) {
		if d.State == succeeded && d.CommitID != "" {
			return d.CommitID
		}
	}
	return ""
}

// v2State is what was asked for last, not what is.
func (a *application) v2State() string {
	wanted := a.running()
	for _, d := range a.deployments {
		if d.State != cancelled {
			wanted = d.Action != "UNDEPLOY"
		}
	}
	if wanted {
		return "SHOULD_BE_UP"
	}
	return "SHOULD_BE_DOWN"
}

// repoState is CREATING for the first step of an application's life.
func (s *Server) repoState(a *application) string {
	if s.now().Before(a.created.Add(s.cfg.step)) {
		return "CREATING"
	}
	return "CREATED"
}

// v2ApplicationWire is nested, and has flavors as objects: what was read cannot be written back.
func (s *Server) v2ApplicationWire(a *application) map[string]any {
	set, r := a.set, runtimeOf(a.Kind)
	variant := r.variant()
	host := "push-" + string(a.Zone) + "-clevercloud-customers.services.clever-cloud.com/"
	git := "git+ssh://git@" + host + string(a.ID) + ".git"
	w := map[string]any{
		"id": a.ID, "name": a.Name, "description": set.Description, "zone": a.Zone,
		"zoneId": s.zoneID(string(a.Zone)), "ownerId": a.OwnerID, "deployUrl": git,
		"instance": map[string]any{
			"type": set.Type, "version": set.Version, "variant": variant,
			"minInstances": set.MinInstances, "maxInstances": set.MaxInstances,
			"maxAllowedInstances": maxInstances, "minFlavor": flavorNamed(set.MinFlavor),
			"maxFlavor": flavorNamed(set.MaxFlavor), "flavors": flavors,
			"defaultEnv": map[string]string{}, "lifetime": set.Lifetime,
			"instanceAndVersion": set.Type + "-" + set.Version,
		},
		"deployment": map[string]any{
			"shutdownable": set.Shutdownable, "type": strings.ToUpper(set.Deploy),
			"repoState": s.repoState(a), "url": git,
			"httpUrl": "https://" + host + string(a.ID) + ".git",
		},
		"vhosts": list(a.domains, domainWire), "creationDate": millis(a.created),
		"last_deploy": len(a.deployments), "archived": set.Archived, "stickySessions": set.Sticky,
		"homogeneous": set.Homogeneous, "favourite": set.Favourite,
		"cancelOnPush": set.CancelOnPush, "webhookUrl": nil, "webhookSecret": nil,
		"separateBuild": set.SeparateBuild, "buildFlavor": flavorNamed(set.BuildFlavor),
		"state": a.v2State(), "commitId": nullable(a.commit()), "appliance": nil,
		"branch": set.Branch, "forceHttps": set.ForceHTTPS, "env": variables(set.Env),
	}
	if set.Deploy == "ftp" {
		w["deployment"].(map[string]any)["httpUrl"] = nil
	}
	return w
}

func (s *Server) v2Applications(c *call) response {
	return ok(list(s.applicationsOf(c.v2OwnerID()), s.v2ApplicationWire))
}

type variable struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// variables is an environment as v2 reads it: an array.
func variables(env map[string]string) []variable {
	return list(sortedKeys(env), func(name string) variable { return variable{name, env[name]} })
}

func sortedKeys[V any](m map[string]V) []string {
	return append([]string{}, slices.Sorted(maps.Keys(m))...)
}

func (a *application) env() []variable { return variables(a.set.Env) }

// variables reads a body that is an environment as v2 writes it: an object.
func (c *call) variables() map[string]string {
	var env map[string]string
	c.decode(&env)
	if env == nil {
		panic(badField("body", "null", "expected an object"))
	}
	return env
}

// v2SetEnv replaces the whole environment. Nothing restarts.
func (s *Server) v2SetEnv(c *call, app *application) response {
	check, env := c.query().boolean("check"), c.variables()
	if refused := refusedVariables(env); check && len(refused) > 0 {
		p := v2Problem(http.StatusBadRequest, 557, "The environment is invalid")
		p.fields = refused
		return p
	}
	app.set.Env = env
	return ok(s.v2ApplicationWire(app))
}

// platformVariables are some of those that the platform reads, with the values that it takes.
var platformVariables = map[string]string{
	"CC_DISABLE_BUILD_CACHE_UPLOAD": "true false", "CC_DISABLE_METRICS": "true false",
	"CC_TROUBLESHOOT": "true false", "CC_WORKER_RESTART": "always on-failure no",
	"CC_FORCE_HTTPS": "true false", "PORT": "8080 9000",
}

// refusedVariables says of each variable of the platform that has a value it does not take why.
func refusedVariables(env map[string]string) map[string]string {
	refused := map[string]string{}
	for name, value := range env {
		allowed := strings.Fields(platformVariables[name])
		switch {
		case name == "CC_HEALTH_CHECK_PATH" && !strings.HasPrefix(value, "/"):
			refused[name] = "expected a path that begins with /"
		case len(allowed) > 0 && !slices.Contains(allowed, value):
			refused[name] = "expected one of: " + strings.Join(allowed, ", ")
		}
	}
	return refused
}

func (s *Server) v2SetVariable(c *call, app *application) response {
	var body struct {
		Value string `json:"value"`
	}
	c.decode(&body)
	app.set.Env[c.PathValue("name")] = body.Value
	return ok(s.v2ApplicationWire(app))
}

func (s *Server) v2UnsetVariable(c *call, app *application) response {
	delete(app.set.Env, c.PathValue("name"))
	return ok(s.v2ApplicationWire(app))
}

func (s *Server) v2ExposedEnv(_ *call, app *application) response { return ok(app.exposed) }

// v2SetExposedEnv replaces what dependent applications see, and deploys those that run.
func (s *Server) v2SetExposedEnv(c *call, app *application) response {
	app.exposed = c.variables()
	for _, other := range s.apps {
		if slices.Contains(other.dependencies, app) {
			s.redeployRunning(other, "Dependency")
		}
	}
	return v2Done("The exposed environment was set")
}

func (s *Server) v2AddonsEnv(_ *call, app *application) response {
	return ok(list(app.addons, func(a *addon) map[string]any {
		return map[string]any{
			"provider_id": a.providerID, "addon_id": a.id, "addon_name": a.name,
			"env": s.envOf(a),
		}
	}))
}

func (s *Server) v2DependenciesEnv(_ *call, app *application) response {
	return ok(list(app.dependencies, func(a *application) map[string]any {
		return map[string]any{"app_id": a.ID, "app_name": a.Name, "env": variables(a.exposed)}
	}))
}

func (s *Server) v2Dependencies(_ *call, app *application) response {
	return ok(list(app.dependencies, s.v2ApplicationWire))
}

// v2AddDependency rejects what is there already.
func (s *Server) v2AddDependency(c *call, app *application) response {
	other := s.v2AppIn(c, c.PathValue("dependencyId"))
	if other == app || slices.Contains(app.dependencies, other) {
		return badField("dependency", string(other.ID),
			"it is one already, or the application itself")
	}
	app.dependencies = append(app.dependencies, other)
	return v2Done("The dependency was added")
}

func (s *Server) v2RemoveDependency(c *call, app *application) response {
	other := s.appNamed(c.PathValue("dependencyId"))
	if !slices.Contains(app.dependencies, other) {
		return notFound("application", c.PathValue("dependencyId"))
	}
	app.dependencies = without(app.dependencies, other)
	return v2Done("The dependency was removed")
}
