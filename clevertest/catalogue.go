package clevertest

import (
	"encoding/binary"
	"encoding/json"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"
)

// catalogueRoutes list what can be ordered. They need no credentials.
var catalogueRoutes = public(under("", "/v2/products", []row{
	{"addons.list-providers", "GET", "/addonproviders", (*Server).v2AddonProviders},
	{"v2.addon-provider", "GET", "/addonproviders/{providerId}", (*Server).v2AddonProvider},
	{"applications.list-runtimes", "GET", "/instances",
		func(*Server, *call) response { return ok(list(runtimes, (*runtime).v2)) }},
	{"v2.instance-type", "GET", "/instances/{typeVersion}", (*Server).v2InstanceType},
}))

// fixedID is a UUID that depends on nothing but its name: the catalogue is the same everywhere.
func fixedID(name string) string {
	h := fnv.New128a()
	_, _ = h.Write([]byte(name)) // never fails
	sum := h.Sum(nil)
	return uuidFrom(binary.BigEndian.Uint64(sum[:8]), binary.BigEndian.Uint64(sum[8:]))
}

type flavor struct {
	name           string
	megabytes, cpu int
	price          float64
}

func (f *flavor) MarshalJSON() ([]byte, error) {
	return json.Marshal(object{
		{"name", f.name}, {"mem", f.megabytes}, {"cpus", f.cpu}, {"gpus", 0}, {"disk", nil},
		{"price", f.price}, {"available", true}, {"microservice", f.megabytes < 1000},
		{"machine_learning", false}, {"nice", 0}, {"price_id", "apps." + f.name},
		{"memory", object{
			{"unit", "B"}, {"value", f.megabytes << 20},
			{"formatted", strconv.Itoa(f.megabytes) + " MiB"},
		}},
	})
}

var flavors = []*flavor{
	{"pico", 256, 1, 0.1528}, {"nano", 512, 1, 0.2083}, {"XS", 1152, 1, 0.5556},
	{"S", 2048, 2, 1.1111}, {"M", 4096, 4, 2.2222}, {"L", 8192, 6, 4.4444},
	{"XL", 16384, 8, 8.8889}, {"2XL", 24576, 12, 13.3333}, {"3XL", 32768, 16, 17.7778},
}

// flavorNamed finds a flavor whatever the case of its name; nil for an unknown one.
func flavorNamed(name string) *flavor {
	return first(flavors, func(f *flavor) bool { return strings.EqualFold(f.name, name) })
}

// buildFlavor is what builds when nothing else was chosen.
const buildFlavor = "M"

// A runtime is a version of an instance type in one variant.
type runtime struct {
	kind, version, slug, name string
	comingSoon                bool
}

func (r *runtime) variantID() string { return fixedID("variant " + r.slug) }

// runtimeVersion is the current one. Node has an older one, and one that nobody may use yet.
const runtimeVersion = "20250601"

var runtimes = func() []*runtime {
	all := []*runtime{
		{kind: "node", version: "20240101", slug: "node", name: "Node.js"},
		{kind: "node", version: "20270101", slug: "node", name: "Node.js", comingSoon: true},
	}
	for _, line := range strings.Fields(`
		docker:docker:Docker dotnet:dotnet:.NET elixir:elixir:Elixir
		frankenphp:frankenphp:FrankenPHP go:go:Go java:gradle:Gradle haskell:haskell:Haskell
		java:war:WAR linux:linux:Linux java:maven:Maven node:meteor:Meteor node:node:Node.js
		php:php:PHP java:play1:Play-1 java:play2:Play-2 python:python:Python ruby:ruby:Ruby
		rust:rust:Rust sbt:sbt:SBT static:static:Static
		static-apache:static-apache:Static-Apache v:v:V java:jar:JAR`) {
		part := strings.Split(line, ":")
		all = append(all, &runtime{
			kind: part[0], version: runtimeVersion, slug: part[1],
			name: strings.ReplaceAll(part[2], "-", " "),
		})
	}
	return all
}()

// runtimeOf is the newest runtime of a variant or, failing that, of a type. A kind that is not in
// the catalogue stands for itself: a seed may be of any kind.
func runtimeOf(kind string) *runtime {
	for _, of := range []func(*runtime) string{
		func(r *runtime) string { return r.slug }, func(r *runtime) string { return r.kind },
	} {
		for _, r := range slices.Backward(runtimes) {
			if of(r) == kind && !r.comingSoon {
				return r
			}
		}
	}
	return &runtime{kind: kind, version: runtimeVersion, slug: kind, name: kind}
}

func (r *runtime) variant() map[string]any {
	return map[string]any{
		"id": r.variantID(), "slug": r.slug, "name": r.name, "deployType": r.slug,
		"logo": "https://assets.example/" + r.slug + ".svg",
	}
}

func (r *runtime) v2() map[string]any {
	return map[string]any{
		"type": r.kind, "version": r.version, "name": r.name, "variant": r.variant(),
		"description": "Applications in " + r.name, "enabled": !r.comingSoon,
		"comingSoon": r.comingSoon, "maxInstances": maxInstances, "tags": []string{},
		"deployments": []string{"git"}, "flavors": flavors, "defaultFlavor": flavorNamed("XS"),
		"buildFlavor": flavorNamed(buildFlavor),
	}
}

func (s *Server) v2InstanceType(c *call) response {
	for _, r := range slices.Backward(runtimes) {
		if r.kind+"-"+r.version == c.PathValue("typeVersion") {
			return ok(r.v2())
		}
	}
	return notFound("instance type", c.PathValue("typeVersion"))
}

// A provider sells add-ons.
type provider struct {
	id, name string
	prefix   string // of real ids
	plans    []plan
	// env are the variables of an add-on, with {host}, {db}, {user}, {password},
	// {token}, {id} and {uuid}.
	env []string
}

type plan struct {
	slug, name string
	price      float64
	dedicated  bool
}

var (
	onePlan  = []plan{{"base", "BASE", 0, true}}
	betaPlan = []plan{{"beta", "BETA", 0, false}}
	byUse    = []plan{{"s", "S", 0, false}}
	dbPlans  = []plan{
		{"dev", "DEV", 0, false}, {"xxs_sml", "XXS Small Space", 5.25, true},
		{"xs_sml", "XS Small Space", 17.5, true}, {"s_sml", "S Small Space", 30.63, true},
	}
	redisPlans = []plan{{"s_mono", "S", 6.13, true}, {"m_mono", "M", 13.13, true}}
)

var providers = []*provider{
	{"postgresql-addon", "PostgreSQL", "postgresql", dbPlans, dbEnv("postgresql", "5432")},
	{"mysql-addon", "MySQL", "mysql", dbPlans, dbEnv("mysql", "3306")},
	{"mongodb-addon", "MongoDB", "mongodb", dbPlans, dbEnv("mongodb", "27017")},
	{"redis-addon", "Redis", "redis", redisPlans, []string{
		"REDIS_HOST={host}", "REDIS_PORT=3000", "REDIS_PASSWORD={password}",
		"REDIS_URL=redis://:{password}@{host}:3000",
	}},
	{"es-addon", "Elasticsearch", "elasticsearch", dbPlans[1:], []string{
		"ES_ADDON_HOST={host}", "ES_ADDON_USER={user}", "ES_ADDON_PASSWORD={password}",
		"ES_ADDON_URI=https://{user}:{password}@{host}",
	}},
	{"cellar-addon", "Cellar S3 storage", "cellar", byUse, []string{
		"CELLAR_ADDON_HOST={host}", "CELLAR_ADDON_KEY_ID={user}",
		"CELLAR_ADDON_KEY_SECRET={password}",
	}},
	{"fs-bucket", "FS Buckets", "bucket", byUse, []string{
		"BUCKET_HOST={host}", "BUCKET_FTP_USERNAME={user}", "BUCKET_FTP_PASSWORD={password}",
	}},
	{"kv", "Materia KV", "kv", []plan{{"alpha", "ALPHA", 0, false}}, []string{
		"KV_HOST=materiakv.eu-fr-1.services.clever-cloud.com", "KV_PORT=6379", "KV_TOKEN={token}",
	}},
	{"config-provider", "Configuration provider", "config", []plan{{"std", "STD", 0, false}}, nil},
	{"keycloak", "Keycloak", "keycloak", onePlan, []string{"CC_KEYCLOAK_URL=https://{host}/admin"}},
	{"metabase", "Metabase", "metabase", onePlan, []string{"CC_METABASE_URL=https://{host}"}},
	{"otoroshi", "Otoroshi", "otoroshi", onePlan, []string{
		"CC_OTOROSHI_URL=https://{uuid}-ui-otoroshi.services.clever-cloud.com",
	}},
	{"addon-matomo", "Matomo", "matomo", betaPlan, []string{"MATOMO_URL=https://{host}"}},
	{"addon-pulsar", "Pulsar", "pulsar", betaPlan, []string{
		"ADDON_PULSAR_NAMESPACE={id}", "ADDON_PULSAR_TOKEN={password}",
	}},
	{"jenkins", "Jenkins", "jenkins", dbPlans[1:], []string{
		"JENKINS_URL=https://{host}", "JENKINS_USER={user}", "JENKINS_PASSWORD={password}",
	}},
}

func dbEnv(name, port string) []string {
	prefix := strings.ToUpper(name) + "_ADDON_"
	return []string{
		prefix + "HOST={host}", prefix + "PORT=" + port, prefix + "DB={db}", prefix + "USER={user}",
		prefix + "PASSWORD={password}",
		prefix + "URI=" + name + "://{user}:{password}@{host}:" + port + "/{db}",
	}
}

func providerNamed(id string) *provider {
	return first(providers, func(p *provider) bool { return p.id == id })
}

func (p *provider) planID(l plan) string { return "plan_" + fixedID("plan "+p.id+" "+l.slug) }

// summary is the provider as an add-on shows it; regions are the zones' names.
func (p *provider) summary(regions []string) map[string]any {
	return map[string]any{
		"id": p.id, "name": p.name, "website": "https://www.clever-cloud.com", "supportEmail": "",
		"googlePlusName": "", "twitterName": "", "analyticsId": "", "shortDesc": p.name,
		"longDesc": p.name, "logoUrl": "https://assets.example/" + p.prefix + ".svg",
		"status": "RELEASE", "openInNewTab": false, "canUpgrade": len(p.plans) > 1,
		"regions": regions,
	}
}

// planFeatures are those of a plan or, without values, of a provider.
func planFeatures(kind, dedicated string) []object {
	return []object{
		{
			{"name", "Type"}, {"type", "STRING"}, {"value", optional(kind)},
			{"computable_value", nil}, {"name_code", nil},
		},
		{
			{"name", "Is dedicated"}, {"type", "BOOLEAN"}, {"value", optional(dedicated)},
			{"computable_value", nil}, {"name_code", "is-dedicated"},
		},
	}
}

func (p *provider) planV2(l plan, regions []string) map[string]any {
	kind, dedicated := "Shared", "false"
	if l.dedicated {
		kind, dedicated = "Dedicated", "true"
	}
	return map[string]any{
		"id": p.planID(l), "name": l.name, "slug": l.slug, "price": l.price,
		"price_id": p.prefix + "." + l.slug, "zones": regions,
		"features": planFeatures(kind, dedicated),
	}
}

func (p *provider) v2(regions []string) map[string]any {
	w := p.summary(regions)
	w["plans"] = list(p.plans, func(l plan) map[string]any { return p.planV2(l, regions) })
	w["features"] = planFeatures("", "")
	return w
}

// regions are the names of the zones that everybody may use.
func (s *Server) regions() []string {
	open := filter(s.zones, func(z *zone) bool { return !slices.Contains(z.Tags, privateTag) })
	return list(open, func(z *zone) string { return string(z.Name) })
}

func (s *Server) v2AddonProviders(*call) response {
	regions := s.regions()
	return ok(list(providers, func(p *provider) map[string]any { return p.v2(regions) }))
}

func (s *Server) v2AddonProvider(c *call) response {
	id := c.PathValue("providerId")
	p := find(providers, "addon provider", id, func(p *provider) bool { return p.id == id })
	return ok(p.v2(s.regions()))
}
