package clevertest

import (
	"slices"
	"strings"
	"time"
)

var addonRoutes = []route{
	{id: "addons.get-provider-info", pattern: "GET /v4/addon-providers/{provider}",
		answer: (*Server).getProviderInfo},
	{id: "addons.get-details", pattern: "GET /v4/addon-providers/{provider}/addons/{addonId}",
		answer: (*Server).getAddonDetails},
	{
		id:      "addons.get-jenkins-updates",
		pattern: "GET /v4/addon-providers/jenkins/addons/{addonId}/updates",
		answer: of(realAddon("jenkins"), func(_ *Server, _ *call, a *addon) (reply, error) {
			return ok(map[string]any{
				"manageLink": "https://" + a.host() + "/manage/pluginManager",
				"versions":   map[string]any{"current": nil, "available": nil},
			})
		}),
	},
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

func detailKindOf(c *call) (detailKind, error) {
	provider := c.PathValue("provider")
	i := slices.IndexFunc(detailKinds, func(k detailKind) bool { return k.provider == provider })
	if i < 0 {
		return detailKind{}, notFound("provider", provider)
	}
	return detailKinds[i], nil
}

func (s *Server) getProviderInfo(c *call) (reply, error) {
	k := must(detailKindOf(c))
	features := []featureWire{{"do-backup", true}, {"encryption", true}}
	w := providerWire{
		k.provider, k.versions[0], make(map[string]dedicatedWire), []providerClusterWire{},
	}
	for _, v := range k.versions {
		w.Dedicated[v] = dedicatedWire{features}
	}
	if k.port != 0 {
		w.Clusters = append(w.Clusters, providerClusterWire{
			k.provider + "-par-1", "Shared, Paris", "par", k.versions[0], []featureWire{},
		})
	}
	return ok(w)
}

// getAddonDetails finds databases by their add-on id, the others by their real id.
func (s *Server) getAddonDetails(c *call) (reply, error) {
	k := must(detailKindOf(c))
	id := c.PathValue("addonId")
	for _, a := range s.addons {
		if k.fill == nil || a.providerID != k.provider || id != a.id && !k.realID ||
			id != a.realID && k.realID {
			continue
		}
		must(s.visibleOwner(c, a.ownerID))
		w := a.detail(k)
		k.fill(a, w, s.now())
		return ok(w)
	}
	return reply{}, notFound("addon", id)
}

// detail is what all add-ons have.
func (a *addon) detail(k detailKind) map[string]any {
	_, id, _ := strings.Cut(a.realID, "_")
	w := map[string]any{
		"id": id, "app_id": a.id, "owner_id": a.ownerID, "plan": a.slug,
		"zone": a.zone, "creation_date": a.created.Format(milliLayout) + "[UTC]", "status": active,
		"host": a.host(), "user": "u" + a.derived("user")[:16],
		"password": a.derived("password"), "version": k.versions[0],
		"features": []featureWire{{"do-backup", true}, {"encryption", false}},
	}
	if k.port != 0 {
		w["port"], w["database"] = k.port, "b"+a.derived("database")[:16]
	}
	return w
}

func (a *addon) mysql(w map[string]any, _ time.Time) {
	w["features"] = append(w["features"].([]featureWire), featureWire{"direct-host-only", false})
	w["read_only_users"] = []map[string]string{}
	if a.slug != "dev" {
		w["read_only_users"] = []map[string]string{
			{"user": "ro" + a.derived("ro")[:14], "password": a.derived("ro-password")},
		}
	}
}

// postgresql has no locale on a shared plan.
func (a *addon) postgresql(w map[string]any, now time.Time) {
	a.mysql(w, now)
	if a.slug != "dev" {
		w["locale"] = "en_GB"
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
	w["services"] = []featureWire{{"kibana", true}, {"apm", true}}
	w["backups"] = map[string]string{"kibana_snapshots_url": "https://kibana-" + a.host() + "/app"}
}

// bootTime is how long a new add-on takes.
const bootTime = 30 * time.Second

func (a *addon) jenkins(w map[string]any, _ time.Time) {
	w["deletion_date"], w["artifactory_url"] = nil, nil
	delete(w, "owner_id")
}
