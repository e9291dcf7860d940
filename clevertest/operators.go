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
		found := func(s *Server, c *call) *operator { return s.operatorOf(c, kind.name) }
		rows := []row{
			{"get", "GET", "", with(found, jsonOf((*operator).wire))},
			{"reboot", "POST", "/reboot", with(found, (*Server).rebootOperator)},
			{"rebuild", "POST", "/rebuild", with(found, (*Server).rebuildOperator)},
		}
		if kind.networkGroup {
			rows = append(rows,
				row{"attach-network-group", "POST", "/networkgroup",
					with(found, (*Server).attachNetworkGroup)},
				row{"detach-network-group", "DELETE", "/networkgroup",
					with(found, (*Server).detachNetworkGroup)})
		}
		if kind.versioned {
			rows = append(rows,
				row{"check-version", "GET", "/version/check",
					with(found, (*Server).checkOperatorVersion)},
				row{"update-version", "POST", "/version/update",
					with(found, (*Server).updateOperatorVersion)})
		}
		if kind.name == "otoroshi" {
			rows = append(rows,
				row{"otoroshi-config", "GET", "/config.yaml",
					with(found, (*Server).otoroshiConfig)})
		}
		base := "/v4/addon-providers/"
		routes = append(routes,
			under("operators", base+"addon-"+kind.name+"/addons/{operatorId}", rows)...)
		info := providerInfo(kind.provider, kind.latest(), kind.versions, []feature{})
		routes = append(routes, under("operators", base+kind.provider, []row{
			{"get-provider", "GET", "", func(*Server, *call) response { return ok(info) }},
		})...)
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
		name: "matomo", provider: "addon-matomo", plan: "BETA", versions: []string{"5.3.1"},
		php:       "8.4",
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

func (o *operator) wire() object {
	var login, api, features any = omitted{}, omitted{}, omitted{}
	if o.kind.credentials {
		login = object{{"user", "cc-account-admin"}, {"password", o.password}}
	}
	if o.kind.name == "otoroshi" {
		url := "https://" + o.apiHost()
		api = object{
			{"url", url}, {"user", o.apiUser}, {"secret", o.apiSecret},
			{"openapi", url + "/api/openapi.json"}, {"swaggerUrl", url + "/api/openapi/ui"},
		}
	}
	if o.kind.networkGroup {
		var group any
		if o.networkGroup != "" {
			group = object{{"id", o.networkGroup}}
		}
		features = object{{"networkGroup", group}}
	}
	return object{
		{"resourceId", o.realID}, {"addonId", o.id}, {"name", o.name}, {"ownerId", o.ownerID},
		{"plan", o.plan.name}, {"version", o.version}, {"javaVersion", optional(o.kind.java)},
		{"phpVersion", optional(o.kind.php)}, {"accessUrl", o.accessURL()},
		{"initialCredentials", login}, {"api", api}, {"availableVersions", o.kind.versions},
		{"resources", o.resources}, {"features", features}, {"envVars", o.env()},
	}
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
	if began := s.now().AddDate(0, 0, -20); a.created.Before(began) {
		s.addDeployment(o.entrypoint, Deployment{Cause: "Console", StartDate: began})
		s.addInstance(o.entrypoint, Instance{CreationDate: began})
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

// operatorOf finds the operator in a path by its real id and its kind.
func (s *Server) operatorOf(c *call, kind string) *operator {
	id := c.PathValue("operatorId")
	o := s.operators[id]
	if o == nil || o.kind.name != kind {
		panic(notFound(kind, id))
	}
	s.wantVisible(c, o.ownerID)
	return o
}

// redeploy starts a deployment of the operator's application.
func (s *Server) redeploy(o *operator, cause string, rebuild bool) {
	s.addDeployment(o.entrypoint, Deployment{State: queued, Cause: cause, DedicatedBuild: rebuild})
}

func (s *Server) rebootOperator(_ *call, o *operator) response {
	s.redeploy(o, "Reboot", false)
	return noContent()
}

func (s *Server) rebuildOperator(_ *call, o *operator) response {
	s.redeploy(o, "Rebuild", true)
	return noContent()
}

// attachNetworkGroup gives a new network group and a restart each time, as the live API.
func (s *Server) attachNetworkGroup(_ *call, o *operator) response {
	o.networkGroup = "ng_" + s.uuid()
	s.redeploy(o, "Network group", false)
	return jsonReply(http.StatusAccepted, o.wire())
}

func (s *Server) detachNetworkGroup(_ *call, o *operator) response {
	if o.networkGroup != "" {
		o.networkGroup = ""
		s.redeploy(o, "Network group", false)
	}
	return noContent()
}

// latest is the newest version that is a number.
func (k *operatorKind) latest() string {
	i := slices.IndexFunc(k.versions, func(v string) bool { return v[0] >= '0' && v[0] <= '9' })
	return k.versions[i]
}

func (s *Server) checkOperatorVersion(_ *call, o *operator) response {
	return ok(object{
		{"installed", o.version}, {"latest", o.kind.latest()}, {"available", o.kind.versions},
		{"needUpdate", o.version != o.kind.latest()},
	})
}

func (s *Server) updateOperatorVersion(c *call, o *operator) response {
	var body struct {
		TargetVersion string `json:"targetVersion"`
	}
	c.decode(&body)
	if !slices.Contains(o.kind.versions, body.TargetVersion) {
		return badField("targetVersion", body.TargetVersion, "this version is not available")
	}
	o.version = body.TargetVersion
	s.redeploy(o, "Version update", true)
	return ok(o.wire())
}

func (s *Server) otoroshiConfig(_ *call, o *operator) response {
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
`, o.name, o.apiHost(), o.apiUser, o.apiSecret))
}
