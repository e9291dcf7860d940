package clevertest

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/clevercloud-go/clevercloud"
)

var addonRows = []row{
	{"list", "GET", "/addons", (*Server).v2Addons},
	{"create", "POST", "/addons", (*Server).v2CreateAddon},
	{"get", "GET", "/addons/{addonId}", withAddon(jsonBy((*Server).v2AddonWire))},
	{"rename", "PUT", "/addons/{addonId}", withAddon((*Server).v2RenameAddon)},
	{"delete", "DELETE", "/addons/{addonId}", withAddon((*Server).v2DeleteAddon)},
	{"env", "GET", "/addons/{addonId}/env", withAddon(jsonBy((*Server).envOf))},
}

// Addon is an add-on to add. Empty fields get plausible values.
type Addon struct {
	ID      clevercloud.AddonID
	RealID  clevercloud.ResourceID
	OwnerID clevercloud.OwnerID // the seeded organisation
	Name    string
	// ProviderID is a provider of the catalogue, postgresql-addon by default.
	ProviderID string
	Plan       string               // a slug of the provider's, its first one by default
	Zone       clevercloud.ZoneName // par
	// Options are those of an order. The details of a database show version, locale, do-backup,
	// encryption and direct-host-only, except on the shared plan dev, which has no choice.
	Options map[string]string
}

// An addon is what all add-ons have; operators and Pulsar are built on one.
type addon struct {
	id         string
	realID     string
	providerID string
	name       string
	ownerID    string
	zone       string
	plan       plan
	created    time.Time
	env        map[string]string
	options    map[string]string // none on a shared plan
}

// has reports whether an option is on.
func (a *addon) has(option string, byDefault bool) bool {
	return orElse(a.options[option], strconv.FormatBool(byDefault)) == "true"
}

// AddAddon adds an add-on and returns its two IDs. For an operator it does what
// [Server.AddOperator] does. It panics if the catalogue does not have the provider or the plan.
func (s *Server) AddAddon(in Addon) (clevercloud.AddonID, clevercloud.ResourceID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.seedAddon(in)
	return clevercloud.AddonID(a.id), clevercloud.ResourceID(a.realID)
}

// seedAddon adds one that has been there for a while.
func (s *Server) seedAddon(in Addon) *addon { return s.addAddon(in, s.now().AddDate(0, -2, 0)) }

func (s *Server) addAddon(in Addon, created time.Time) *addon {
	in.ProviderID = orElse(in.ProviderID, "postgresql-addon")
	p := providerNamed(in.ProviderID)
	if p == nil {
		panic("clevertest: unknown provider of add-ons " + in.ProviderID)
	}
	in.Plan = orElse(in.Plan, p.plans[0].slug)
	i := slices.IndexFunc(p.plans, func(l plan) bool { return l.slug == in.Plan })
	if i < 0 {
		panic("clevertest: " + in.ProviderID + " has no plan " + in.Plan)
	}
	a := &addon{
		id:     orElse(string(in.ID), "addon_"+s.uuid()),
		realID: orElse(string(in.RealID), s.realID(p)), providerID: p.id,
		name: orElse(in.Name, p.prefix), ownerID: string(orElse(in.OwnerID, s.OwnerID)),
		zone: string(orElse(in.Zone, "par")), plan: p.plans[i], created: created,
	}
	if in.Plan != "dev" {
		a.options = maps.Clone(in.Options)
	}
	a.env = p.variables(a)
	s.addons = append(s.addons, a)
	s.equip(a)
	return a
}

func (s *Server) equip(a *addon) {
	if a.providerID == "addon-pulsar" {
		s.addPulsar(a)
	}
	for i := range operatorKinds {
		if operatorKinds[i].provider == a.providerID {
			s.addOperator(a, &operatorKinds[i])
		}
	}
}

// realID makes up a real id: a UUID but for Materia, where it is a ULID.
func (s *Server) realID(p *provider) string {
	if p.id == "kv" {
		return "kv_" + ulid(time.UnixMilli(1_700_000_000_000), s.rng.Uint32)
	}
	return p.prefix + "_" + s.uuid()
}

func (a *addon) host() string {
	prefix, id, _ := strings.Cut(a.realID, "_")
	return id + "-" + prefix + ".services.clever-cloud.com"
}

// derived is a secret of the add-on that never changes.
func (a *addon) derived(what string) string {
	sum := sha256.Sum256([]byte(a.id + what))
	return hex.EncodeToString(sum[:12])
}

// variables fills in the templates of the environment.
func (p *provider) variables(a *addon) map[string]string {
	_, uuid, _ := strings.Cut(a.realID, "_")
	fill := strings.NewReplacer("{uuid}", uuid, "{token}", a.derived("token"), "{id}", a.realID,
		"{host}", a.host(), "{user}", "u"+a.derived("user")[:16], "{db}",
		"b"+a.derived("database")[:16], "{password}", a.derived("password"))
	env := make(map[string]string)
	for _, v := range p.env {
		name, template, _ := strings.Cut(v, "=")
		env[name] = fill.Replace(template)
	}
	return env
}

// addonNamed finds an add-on by its add-on id or its real id; nil for none.
func (s *Server) addonNamed(id string) *addon {
	return first(s.addons, func(a *addon) bool { return a.id == id || a.realID == id })
}

// v2AddonIn finds an add-on by either id, and rejects that of another owner.
func (s *Server) v2AddonIn(c *call, id string) *addon {
	a := s.addonNamed(id)
	if a == nil {
		panic(v2Problem(http.StatusNotFound, 11001, "This add-on does not exist"))
	}
	if a.ownerID != c.v2OwnerID() {
		panic(v2Problem(http.StatusForbidden, 10300, "This add-on does not belong to this owner"))
	}
	return a
}

func withAddon(answer func(*Server, *call, *addon) response) handler {
	return with(func(s *Server, c *call) *addon {
		return s.v2AddonIn(c, c.PathValue("addonId"))
	}, answer)
}

func (s *Server) addonsOf(ownerID string) []*addon {
	return filter(s.addons, func(a *addon) bool { return a.ownerID == ownerID })
}

func (s *Server) v2AddonWire(a *addon) map[string]any {
	p, regions := providerNamed(a.providerID), s.regions()
	return map[string]any{
		"id": a.id, "name": a.name, "realId": a.realID, "region": a.zone,
		"zoneId": s.zoneID(a.zone), "creationDate": millis(a.created),
		"provider": p.summary(regions), "plan": p.planV2(a.plan, regions),
		"configKeys": sortedKeys(a.env),
	}
}

func (s *Server) v2Addons(c *call) response {
	return ok(list(s.addonsOf(c.v2OwnerID()), s.v2AddonWire))
}

// v2CreateAddon wants the plan by its id. The add-on has its ids, and works, at once.
func (s *Server) v2CreateAddon(c *call) response {
	var body struct {
		Name       string            `json:"name"`
		ProviderID string            `json:"providerId"`
		Plan       string            `json:"plan"`
		Region     string            `json:"region"`
		Options    map[string]string `json:"options"`
	}
	c.decode(&body)
	p := providerNamed(body.ProviderID)
	if p == nil {
		return badField("providerId", body.ProviderID, "there is no such provider")
	}
	i := slices.IndexFunc(p.plans, func(l plan) bool { return p.planID(l) == body.Plan })
	switch {
	case i < 0:
		return badField("plan", body.Plan, "the provider has no plan of this id")
	case s.zoneNamed(body.Region) == nil:
		return badField("region", body.Region, "there is no such region")
	case body.Name == "":
		return badField("name", "", "it is missing")
	}
	a := s.addAddon(Addon{
		OwnerID: clevercloud.OwnerID(c.v2OwnerID()), Name: body.Name, ProviderID: p.id,
		Plan: p.plans[i].slug, Zone: clevercloud.ZoneName(body.Region), Options: body.Options,
	}, s.now())
	return ok(s.v2AddonWire(a))
}

// envOf is what an add-on gives to the applications that it is linked to.
func (s *Server) envOf(a *addon) []variable {
	return append(variables(a.env), s.configs[a.realID]...)
}

// v2RenameAddon changes the name; everything else in the body is ignored.
func (s *Server) v2RenameAddon(c *call, a *addon) response {
	var body struct {
		Name string `json:"name"`
	}
	c.decode(&body)
	a.name = orElse(body.Name, a.name)
	return ok(s.v2AddonWire(a))
}

func (s *Server) v2DeleteAddon(_ *call, a *addon) response {
	if o := s.operators[a.realID]; o != nil {
		s.removeApplication(o.entrypoint)
	}
	for _, app := range s.apps {
		app.addons = without(app.addons, a)
	}
	delete(s.operators, a.realID)
	delete(s.pulsars, a.realID)
	delete(s.configs, a.realID)
	s.forget(a.realID)
	s.addons = without(s.addons, a)
	return v2Done("The add-on was deleted")
}

// forget drops the drains and the logs of a resource that is gone.
func (s *Server) forget(resource string) {
	s.drains = slices.DeleteFunc(s.drains, func(d *drain) bool { return d.resourceID == resource })
	for _, kind := range []streamKind{applicationLog, resourceLog, accessLog} {
		delete(s.topics, topicKey(kind, resource))
	}
}

func (s *Server) v2AddonApplications(_ *call, a *addon) response {
	return ok(list(filter(s.apps, func(app *application) bool {
		return slices.Contains(app.addons, a)
	}), s.v2ApplicationWire))
}

func (s *Server) v2LinkedAddons(_ *call, app *application) response {
	return ok(list(app.addons, s.v2AddonWire))
}

// v2LinkAddon takes the add-on id, not the real one, as a JSON string. Linking twice is once.
func (s *Server) v2LinkAddon(c *call, app *application) response {
	var id string
	if err := json.Unmarshal(c.body, &id); err != nil {
		return badField("body", "", "expected the id of an add-on as a JSON string")
	}
	a := s.v2AddonIn(c, id)
	if a.id != id {
		return v2Problem(http.StatusNotFound, 11001, "This add-on does not exist")
	}
	if !slices.Contains(app.addons, a) {
		app.addons = append(app.addons, a)
	}
	return v2Done("The add-on was linked")
}

func (s *Server) v2UnlinkAddon(c *call, app *application) response {
	a := first(app.addons, func(a *addon) bool { return a.id == c.PathValue("addonId") })
	if a == nil {
		return v2Problem(http.StatusNotFound, 11001, "This add-on is not linked")
	}
	app.addons = without(app.addons, a)
	return v2Done("The add-on was unlinked")
}
