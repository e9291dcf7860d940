package clevertest

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/clevercloud-go/clevercloud"
)

var addonRoutes = under("addons", "/v4/addon-providers", []row{
	{"get-provider-info", "GET", "/{provider}", with(detailKindOf, jsonOf(detailKind.info))},
	{"get-details", "GET", "/{provider}/addons/{addonId}",
		with(detailKindOf, (*Server).getAddonDetails)},
	{"get-jenkins-updates", "GET", "/jenkins/addons/{addonId}/updates",
		with(realAddon("jenkins"), jsonOf(func(a *addon) map[string]any {
			return map[string]any{
				"manageLink": "https://" + a.host() + "/manage/pluginManager",
				"versions":   map[string]any{"current": nil, "available": nil},
			}
		}))},
})

// A feature is what a plan or an add-on has or has not.
type feature struct {
	Name    string `json:"name"`
	Enabled bool   `json:"enabled"`
}

// providerInfo says which versions a provider has, and its shared clusters.
func providerInfo(
	id, version string, versions []string, features []feature, clusters ...object,
) object {
	dedicated := map[string]object{}
	for _, v := range versions {
		dedicated[v] = object{{"features", features}}
	}
	return object{
		{"providerId", id}, {"defaultDedicatedVersion", version}, {"dedicated", dedicated},
		{"clusters", append([]object{}, clusters...)},
	}
}

// A detailKind says what the details of a provider's add-ons hold.
type detailKind struct {
	provider string
	versions []string // newest first, which is the default
	port     int
	realID   bool // found by the real id, not by the add-on id
	fill     func(a *addon, w map[string]any, now time.Time)
}

var detailKinds = []detailKind{
	{"postgresql-addon", []string{"18", "17", "16", "15"}, 5432, false, (*addon).postgresql},
	{"mysql-addon", []string{"8.4", "8.0"}, 3306, false, (*addon).mysql},
	{"mongodb-addon", []string{"8.0.9", "4.0.28"}, 27017, false, (*addon).mongodb},
	{"redis-addon", []string{"8.2", "7.2"}, 0, false, nil},
	{"es-addon", []string{"9", "8", "7"}, 0, false, (*addon).elasticsearch},
	{"jenkins", []string{"LTS"}, 0, true, (*addon).jenkins},
	{"kv", []string{"1"}, 0, false, nil},
}

func detailKindOf(_ *Server, c *call) detailKind {
	provider := c.PathValue("provider")
	i := slices.IndexFunc(detailKinds, func(k detailKind) bool { return k.provider == provider })
	if i < 0 {
		panic(notFound("provider", provider))
	}
	return detailKinds[i]
}

func (k detailKind) info() object {
	var clusters []object
	if k.port != 0 {
		clusters = []object{{
			{"id", k.provider + "-par-1"}, {"label", "Shared, Paris"}, {"zone", "par"},
			{"version", k.versions[0]}, {"features", []feature{}},
		}}
	}
	features := []feature{{"do-backup", true}, {"encryption", true}}
	return providerInfo(k.provider, k.versions[0], k.versions, features, clusters...)
}

// getAddonDetails finds databases by their add-on id, the others by their real id.
func (s *Server) getAddonDetails(c *call, k detailKind) response {
	id := c.PathValue("addonId")
	a := find(s.addons, "addon", id, func(a *addon) bool {
		return k.fill != nil && a.providerID == k.provider &&
			(id == a.id && !k.realID || id == a.realID && k.realID)
	})
	s.wantVisible(c, a.ownerID)
	w := a.detail(k)
	k.fill(a, w, s.now())
	return ok(w)
}

// detail is what all add-ons have.
func (a *addon) detail(k detailKind) map[string]any {
	_, id, _ := strings.Cut(a.realID, "_")
	w := map[string]any{
		"id": id, "app_id": a.id, "owner_id": a.ownerID, "plan": a.plan.slug,
		"zone": a.zone, "creation_date": a.created.Format(milliLayout) + "[UTC]", "status": active,
		"host": a.host(), "user": "u" + a.derived("user")[:16],
		"password": a.derived("password"), "version": orElse(a.options["version"], k.versions[0]),
		"features": []feature{
			{"do-backup", a.has("do-backup", true)}, {"encryption", a.has("encryption", false)},
		},
	}
	if k.port != 0 {
		w["port"], w["database"] = k.port, "b"+a.derived("database")[:16]
	}
	return w
}

func (a *addon) mysql(w map[string]any, _ time.Time) {
	w["features"] = append(w["features"].([]feature),
		feature{"direct-host-only", a.has("direct-host-only", false)})
	w["read_only_users"] = []map[string]string{}
	if a.plan.slug != "dev" {
		w["read_only_users"] = []map[string]string{
			{"user": "ro" + a.derived("ro")[:14], "password": a.derived("ro-password")},
		}
	}
}

// postgresql has no locale on a shared plan.
func (a *addon) postgresql(w map[string]any, now time.Time) {
	a.mysql(w, now)
	if a.plan.slug != "dev" {
		w["locale"] = orElse(a.options["locale"], "en_GB")
	}
}

func (a *addon) mongodb(w map[string]any, _ time.Time) { delete(w, "version") }

// elasticsearch has no host of Kibana and of the APM server until they have booted.
func (a *addon) elasticsearch(w map[string]any, now time.Time) {
	for _, service := range []string{"kibana", "apm"} {
		w[service+"_host"] = nil
		if now.Sub(a.created) >= bootTime {
			w[service+"_host"] = service + "-" + a.host()
		}
		w[service+"_user"], w[service+"_password"] = service, a.derived(service)
	}
	w["apm_auth_token"] = a.derived("apm-token")
	w["plugins"] = []string{"analysis-icu"}
	w["services"] = []feature{{"kibana", true}, {"apm", true}}
	w["backups"] = map[string]string{"kibana_snapshots_url": "https://kibana-" + a.host() + "/app"}
}

// bootTime is how long a new add-on takes.
const bootTime = 30 * time.Second

func (a *addon) jenkins(w map[string]any, _ time.Time) {
	w["deletion_date"], w["artifactory_url"] = nil, nil
	delete(w, "owner_id")
}

var materiaRoutes = under("materia", "/v4/materia/organisations/{ownerId}/materia", []row{
	{"get-database", "GET", "/databases/{addonId}",
		with(realAddon("kv"), (*Server).getMateriaDatabase)},
})

// getMateriaDatabase follows the add-on: a new one takes a step to be provisioned.
func (s *Server) getMateriaDatabase(c *call, a *addon) response {
	if a.ownerID != c.PathValue("ownerId") {
		return notFound("database", a.realID)
	}
	status := "PROVISIONED"
	if s.now().Sub(a.created) < s.cfg.step {
		status = "PROVISIONING"
	}
	return ok(map[string]any{
		"id": a.realID, "clusterId": "materiakv-" + a.zone, "ownerId": a.ownerID, "kind": "KV",
		"plan": strings.ToUpper(a.plan.name),
		"host": "materiakv.eu-fr-1.services.clever-cloud.com", "port": 6379,
		"token": a.derived("token"), "tokenId": a.derived("id")[:4], "status": status,
	})
}

const configBase = "/v4/addon-providers/config-provider/addons/{addonId}"

var configRoutes = under("config-providers", configBase, []row{
	{"get", "GET", "", with(realAddon("config-provider"), (*Server).getConfigProvider)},
	{"get-env", "GET", "/env", with(realAddon("config-provider"), jsonBy((*Server).configOf))},
	{"set-env", "PUT", "/env", with(realAddon("config-provider"), (*Server).setConfigEnv)},
})

// realAddon finds the add-on of a provider in a path by its real id.
func realAddon(provider string) func(*Server, *call) *addon {
	return func(s *Server, c *call) *addon {
		id := c.PathValue("addonId")
		a := find(s.addons, "addon", id,
			func(a *addon) bool { return a.realID == id && a.providerID == provider })
		s.wantVisible(c, a.ownerID)
		return a
	}
}

func (s *Server) configOf(a *addon) []variable {
	return append([]variable{}, s.configs[a.realID]...)
}

func (s *Server) getConfigProvider(_ *call, a *addon) response {
	return ok(map[string]any{
		"id": a.realID, "owner_id": a.ownerID, "creation_date": stamp(a.created),
		"env": s.configOf(a),
	})
}

// setConfigEnv replaces the whole list.
func (s *Server) setConfigEnv(c *call, a *addon) response {
	var vars []variable
	c.decode(&vars)
	wrong, seen := complaints{}, map[string]bool{}
	wrong.unless(vars != nil, "env", "null", "expected a list")
	for _, v := range vars {
		wrong.unless(v.Name != "" && !seen[v.Name], "name", v.Name, "is empty or there twice")
		seen[v.Name] = true
	}
	wrong.check()
	s.configs[a.realID] = vars
	return ok(s.configOf(a))
}

// AddConfigProvider adds a configuration provider of the initial organisation and returns its real
// ID.
func (s *Server) AddConfigProvider(name string, env map[string]string) clevercloud.ResourceID {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.seedAddon(Addon{ProviderID: "config-provider", Name: name})
	for _, key := range slices.Sorted(maps.Keys(env)) {
		s.configs[a.realID] = append(s.configs[a.realID], variable{key, env[key]})
	}
	return clevercloud.ResourceID(a.realID)
}
