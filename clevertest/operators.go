package clevertest

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/clevercloud-go/clevercloud"
)

// operatorRoutes are served for each kind; what a kind does not have is an unknown route, as on the
// live API.
func operatorRoutes() []route {
	var routes []route
	for _, kind := range operatorKinds {
		add := func(verb, method, tail string, answer func(*Server, *call) (reply, error)) {
			routes = append(routes, route{
				id:      "operators." + verb,
				pattern: method + " /v4/addon-providers/addon-" + kind.name + "/addons/{operatorId}" + tail,
				answer:  ofKind(kind.name, answer),
			})
		}
		add("get", "GET", "", (*Server).getOperator)
		add("reboot", "POST", "/reboot", (*Server).rebootOperator)
		add("rebuild", "POST", "/rebuild", (*Server).rebuildOperator)
		if kind.networkGroup {
			add("attach-network-group", "POST", "/networkgroup", (*Server).attachNetworkGroup)
			add("detach-network-group", "DELETE", "/networkgroup", (*Server).detachNetworkGroup)
		}
		if kind.versioned {
			add("check-version", "GET", "/version/check", (*Server).checkOperatorVersion)
			add("update-version", "POST", "/version/update", (*Server).updateOperatorVersion)
		}
		if kind.name == "otoroshi" {
			add("otoroshi-config", "GET", "/config.yaml", (*Server).otoroshiConfig)
		}
		routes = append(routes, route{
			id: "operators.get-provider", pattern: "GET /v4/addon-providers/" + kind.provider,
			answer: kind.providerInfo,
		})
	}
	return routes
}

// An operatorKind says what the operators of a kind have.
type operatorKind struct {
	name         string
	provider     string // id of the add-on provider
	plan         string
	versions     []string // newest first; the second one is installed
	networkGroup bool
	versioned    bool
	java, php    string
	credentials  bool
	resources    []operatorResource
}

// An operatorResource is a key of the resources object and the prefix of its id; null when there is
// no prefix.
type operatorResource struct{ key, prefix string }

var operatorKinds = []operatorKind{
	{
		name: "keycloak", provider: "keycloak", plan: "BASE",
		versions: []string{"26.3.2", "26.2.5", "25.0.6"}, networkGroup: true, versioned: true,
		java: "21", credentials: true,
		resources: []operatorResource{{"fsbucketId", "bucket"}, {"pgsqlId", "postgresql"}},
	},
	{
		name: "matomo", provider: "addon-matomo", plan: "BETA", versions: []string{"5.3.1"}, php: "8.4",
		resources: []operatorResource{{"mysqlId", "mysql"}, {"redisId", "redis"}, {"kvId", ""}},
	},
	{
		name: "metabase", provider: "metabase", plan: "BASE",
		versions: []string{"community-latest", "0.56.4", "0.55.9"}, versioned: true,
		java: "21", resources: []operatorResource{{"pgsqlId", "postgresql"}},
	},
	{
		name: "otoroshi", provider: "otoroshi", plan: "BASE",
		versions: []string{"17.5.0", "17.4.0", "16.23.2"}, networkGroup: true, versioned: true,
		java: "21", credentials: true,
		resources: []operatorResource{
			{"redisId", "redis"}, {"cellarId", "cellar"}, {"pulsarId", ""}, {"elasticId", ""}},
	},
}

type operator struct {
	*addon
	kind         *operatorKind
	version      string
	entrypoint   *application
	resources    map[string]*string
	password     string
	apiUser      string
	apiSecret    string
	networkGroup string
}

type operatorWire struct {
	ResourceID         string             `json:"resourceId"`
	AddonID            string             `json:"addonId"`
	Name               string             `json:"name"`
	OwnerID            string             `json:"ownerId"`
	Plan               string             `json:"plan"`
	Version            string             `json:"version"`
	JavaVersion        string             `json:"javaVersion,omitempty"`
	PHPVersion         string             `json:"phpVersion,omitempty"`
	AccessURL          string             `json:"accessUrl"`
	InitialCredentials *operatorLoginWire `json:"initialCredentials,omitempty"`
	API                *operatorAPIWire   `json:"api,omitempty"`
	AvailableVersions  []string           `json:"availableVersions"`
	Resources          map[string]*string `json:"resources"`
	Features           *operatorFeatures  `json:"features,omitempty"`
	EnvVars            map[string]string  `json:"envVars"`
}

type operatorLoginWire struct {
	User     string `json:"user"`
	Password string `json:"password"`
}

type operatorAPIWire struct {
	URL        string `json:"url"`
	User       string `json:"user"`
	Secret     string `json:"secret"`
	OpenAPI    string `json:"openapi"`
	SwaggerURL string `json:"swaggerUrl"`
}

type operatorFeatures struct {
	NetworkGroup *networkGroupWire `json:"networkGroup"`
}

type networkGroupWire struct {
	ID string `json:"id"`
}

func (o *operator) wire() operatorWire {
	w := operatorWire{
		ResourceID: o.realID, AddonID: o.id, Name: o.name, OwnerID: o.ownerID, Plan: o.plan,
		Version:     o.version,
		JavaVersion: o.kind.java, PHPVersion: o.kind.php, AccessURL: o.accessURL(),
		AvailableVersions: o.kind.versions, Resources: o.resources, EnvVars: o.env(),
	}
	if o.kind.credentials {
		w.InitialCredentials = &operatorLoginWire{"cc-account-admin", o.password}
	}
	if o.kind.name == "otoroshi" {
		api := "https://" + o.apiHost()
		w.API = &operatorAPIWire{api, o.apiUser, o.apiSecret, api + "/api/openapi.json",
			api + "/api/openapi/ui"}
	}
	if o.kind.networkGroup {
		w.Features = &operatorFeatures{}
		if o.networkGroup != "" {
			w.Features.NetworkGroup = &networkGroupWire{o.networkGroup}
		}
	}
	return w
}

// accessURL is where a browser goes.
func (o *operator) accessURL() string {
	switch o.kind.name {
	case "keycloak":
		return "https://" + o.host("keycloak") + "/admin"
	case "otoroshi":
		return "https://" + o.host("ui-otoroshi")
	}
	return "https://" + o.host(o.kind.name)
}

// host is the operator's name in front of a role.
func (o *operator) host(role string) string {
	_, id, _ := strings.Cut(o.realID, "_")
	return id + "-" + role + ".services.clever-cloud.com"
}

func (o *operator) apiHost() string { return o.host("api-otoroshi") }

func (o *operator) env() map[string]string {
	switch o.kind.name {
	case "keycloak":
		return map[string]string{"CC_JAVA_VERSION": o.kind.java, "CC_KEYCLOAK_VERSION": o.version}
	case "matomo":
		return map[string]string{"CC_PHP_VERSION": o.kind.php}
	case "metabase":
		return map[string]string{"CC_METABASE_VERSION": o.version}
	}
	return map[string]string{"CC_JAVA_VERSION": o.kind.java, "CC_OTOROSHI_VERSION": o.version}
}

// AddOperator adds an operator and its application to the initial organisation and returns its real
// ID. It panics if kind is not keycloak, matomo, metabase or otoroshi.
func (s *Server) AddOperator(kind, name string) clevercloud.OperatorID {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(operatorKinds, func(k operatorKind) bool { return k.name == kind })
	if i < 0 {
		panic("clevertest: unknown kind of operator " + kind)
	}
	a := s.seedAddon(Addon{ProviderID: operatorKinds[i].provider, Name: name})
	return clevercloud.OperatorID(a.realID)
}

// addOperator makes an add-on an operator: with an application, which is up already if the add-on
// is not of now.
func (s *Server) addOperator(a *addon, kind *operatorKind) {
	o := &operator{
		addon: a, kind: kind, version: kind.versions[min(1, len(kind.versions)-1)],
		password: s.secret(), apiUser: s.secret(), apiSecret: s.secret(),
	}
	slug := "java"
	if kind.php != "" {
		slug = "php"
	}
	o.entrypoint = s.addApplication(Application{
		OwnerID: clevercloud.OwnerID(a.ownerID), Name: a.name + "-" + kind.name, Kind: slug,
		Zone: clevercloud.ZoneName(a.zone),
	})
	if a.created.Before(s.now().AddDate(0, 0, -20)) {
		s.addDeployment(o.entrypoint, Deployment{Cause: "Console", StartDate: s.now().AddDate(0, 0, -20)})
		s.addInstance(o.entrypoint, Instance{CreationDate: s.now().AddDate(0, 0, -20)})
	} else {
		s.redeploy(o, "Console", false)
	}
	o.resources = map[string]*string{"entrypoint": ptr(string(o.entrypoint.ID))}
	for _, r := range kind.resources {
		o.resources[r.key] = nil
		if r.prefix != "" {
			o.resources[r.key] = ptr(r.prefix + "_" + s.uuid())
		}
	}
	s.operators[o.realID] = o
}

// ofKind rejects an id of another kind, an add-on id, and what the user may not see: all are
// unknown.
func ofKind(
	kind string, answer func(*Server, *call) (reply, error),
) func(*Server, *call) (reply, error) {
	return func(s *Server, c *call) (reply, error) {
		id := c.PathValue("operatorId")
		o := s.operators[id]
		if o == nil || o.kind.name != kind {
			return reply{}, notFound(kind, id)
		}
		must(s.visibleOwner(c, o.ownerID))
		return answer(s, c)
	}
}

func (s *Server) operatorIn(c *call) *operator { return s.operators[c.PathValue("operatorId")] }

func (s *Server) getOperator(c *call) (reply, error) { return ok(s.operatorIn(c).wire()) }

// redeploy starts a deployment of the operator's application.
func (s *Server) redeploy(o *operator, cause string, rebuild bool) {
	s.addDeployment(o.entrypoint, Deployment{State: queued, Cause: cause, DedicatedBuild: rebuild})
}

func (s *Server) rebootOperator(c *call) (reply, error) {
	s.redeploy(s.operatorIn(c), "Reboot", false)
	return noContent(), nil
}

func (s *Server) rebuildOperator(c *call) (reply, error) {
	s.redeploy(s.operatorIn(c), "Rebuild", true)
	return noContent(), nil
}

// attachNetworkGroup gives a new network group and a restart each time, as the live API.
func (s *Server) attachNetworkGroup(c *call) (reply, error) {
	o := s.operatorIn(c)
	o.networkGroup = "ng_" + s.uuid()
	s.redeploy(o, "Network group", false)
	return jsonReply(http.StatusAccepted, o.wire()), nil
}

func (s *Server) detachNetworkGroup(c *call) (reply, error) {
	o := s.operatorIn(c)
	if o.networkGroup != "" {
		o.networkGroup = ""
		s.redeploy(o, "Network group", false)
	}
	return noContent(), nil
}

// latest is the newest version that is a number.
func (k *operatorKind) latest() string {
	i := slices.IndexFunc(k.versions, func(v string) bool { return v[0] >= '0' && v[0] <= '9' })
	return k.versions[i]
}

func (s *Server) checkOperatorVersion(c *call) (reply, error) {
	o := s.operatorIn(c)
	return ok(struct {
		Installed  string   `json:"installed"`
		Latest     string   `json:"latest"`
		Available  []string `json:"available"`
		NeedUpdate bool     `json:"needUpdate"`
	}{o.version, o.kind.latest(), o.kind.versions, o.version != o.kind.latest()})
}

func (s *Server) updateOperatorVersion(c *call) (reply, error) {
	o := s.operatorIn(c)
	var body struct {
		TargetVersion string `json:"targetVersion"`
	}
	check(c.decode(&body))
	if !slices.Contains(o.kind.versions, body.TargetVersion) {
		return reply{}, badField("targetVersion", body.TargetVersion, "this version is not available")
	}
	o.version = body.TargetVersion
	s.redeploy(o, "Version update", true)
	return ok(o.wire())
}

func (s *Server) otoroshiConfig(c *call) (reply, error) {
	o := s.operatorIn(c)
	return textReply("application/yaml", fmt.Sprintf(`current-cluster: %[1]s
current-user: %[1]s
clusters:
  - name: %[1]s
    hostname: %[2]s
    port: 443
    tls: true
users:
  - name: %[1]s
    client_id: %[3]s
    client_secret: %[4]s
`, o.name, o.apiHost(), o.apiUser, o.apiSecret)), nil
}

type featureWire struct {
	Name    string `json:"name"`
	Enabled bool   `json:"enabled"`
}

type dedicatedWire struct {
	Features []featureWire `json:"features"`
}

type providerClusterWire struct {
	ID       string        `json:"id"`
	Label    string        `json:"label"`
	Zone     string        `json:"zone"`
	Version  string        `json:"version"`
	Features []featureWire `json:"features"`
}

type providerWire struct {
	ProviderID string                   `json:"providerId"`
	Default    string                   `json:"defaultDedicatedVersion"`
	Dedicated  map[string]dedicatedWire `json:"dedicated"`
	Clusters   []providerClusterWire    `json:"clusters"`
}

func (k operatorKind) providerInfo(*Server, *call) (reply, error) {
	w := providerWire{k.provider, k.latest(), make(map[string]dedicatedWire), []providerClusterWire{}}
	for _, v := range k.versions {
		w.Dedicated[v] = dedicatedWire{[]featureWire{}}
	}
	return ok(w)
}
