package clevertest

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/clevercloud-go/clevercloud"
)

// v2Routes are the calls of the older API that clients need. What belongs to an owner is served for
// an organisation and, under /v2/self, for the user. A route has a name of v2 if the SDK has no
// such operation.
func v2Routes() []route {
	routes := under("", "/v2", []row{
		{"identity.self", "GET", "/self", (*Server).v2Self},
		{"v2.self-id", "GET", "/self/id",
			func(_ *Server, c *call) response { return ok(c.user) }},
		{"identity.summary", "GET", "/summary", (*Server).v2Summary},
		{"v2.organisations", "GET", "/organisations", (*Server).v2Organisations},
		{"v2.organisation", "GET", "/organisations/{ownerId}", (*Server).v2Organisation},
		{"v2.namespaces", "GET", "/organisations/{ownerId}/namespaces", (*Server).v2Namespaces},
	})
	routes = append(routes, under("applications", v2Owner, redirectionRows)...)
	for _, owner := range []string{v2Owner, "/v2/self"} {
		routes = append(routes, under("applications", owner, applicationRows)...)
		routes = append(routes, under("addons", owner, addonRows)...)
		routes = append(routes, under("v2", owner, v2Rows)...)
	}
	return routes
}

// v2Rows are below an owner.
var v2Rows = []row{
	{"set-variable", "PUT", oneApp + "/env/{name}", withApp((*Server).v2SetVariable)},
	{"unset-variable", "DELETE", oneApp + "/env/{name}", withApp((*Server).v2UnsetVariable)},
	{"addons-env", "GET", oneApp + "/addons/env", withApp((*Server).v2AddonsEnv)},
	{"dependencies-env", "GET", oneApp + "/dependencies/env", withApp((*Server).v2DependenciesEnv)},
	{"deployments", "GET", oneApp + "/deployments", withApp((*Server).v2Deployments)},
	{"deployment", "GET", oneApp + "/deployments/{deploymentId}",
		with((*Server).v2DeploymentOf, jsonBy((*Server).v2DeploymentWire))},
	{"instances", "GET", oneApp + "/instances", withApp((*Server).v2Instances)},
	{"favourite-domain", "GET", oneApp + "/vhosts/favourite", withApp((*Server).v2FavouriteDomain)},
	{"set-favourite-domain", "PUT", oneApp + "/vhosts/favourite",
		withApp((*Server).v2SetFavouriteDomain)},
	{"unset-favourite-domain", "DELETE", oneApp + "/vhosts/favourite",
		withApp((*Server).v2UnsetFavouriteDomain)},
	{"addon-applications", "GET", "/addons/{addonId}/applications",
		withAddon((*Server).v2AddonApplications)},
}

const v2Owner = "/v2/organisations/{ownerId}"

// An owner is an organisation or a user.
type owner struct {
	id      string
	name    string
	contact string // a person
	isUser  bool
	members []string // user ids
}

// wantVisible panics with a [problem] unless the user may see an owner: 404 for an unknown owner,
// 403 for that of another user.
func (s *Server) wantVisible(c *call, id string) {
	o := s.owners[id]
	switch {
	case o == nil:
		panic(notFound("organisation", id))
	case !slices.Contains(o.members, c.user):
		panic(forbidden("read", "organisation", id))
	}
}

// v2OwnerID is the owner in the path, the user themselves under /v2/self.
func (c *call) v2OwnerID() string { return orElse(c.PathValue("ownerId"), c.user) }

// millis is a date of v2.
func millis(t time.Time) int64 { return t.UnixMilli() }

func (s *Server) v2Self(c *call) response {
	o := s.owners[c.user]
	return ok(map[string]any{
		"id": o.id, "email": s.Email, "name": o.contact, "phone": "", "address": "", "city": "",
		"zipcode": "", "country": "FR", "avatar": nil, "lang": "EN", "emailValidated": true,
		"creationDate": millis(s.now().AddDate(-1, 0, 0)), "oauthApps": []string{}, "admin": false,
		"canPay": true, "preferredMFA": "NONE", "hasPassword": true,
		"partnerId":   fixedID("partner"),
		"partnerName": "default", "partnerConsoleUrl": "https://console.example",
	})
}

// v2Summary lists the personal space twice: as the user, and among the organisations.
func (s *Server) v2Summary(c *call) response {
	user := s.summaryOf(s.owners[c.user])
	user["email"], user["lang"], user["admin"] = s.Email, "EN", false
	return ok(map[string]any{
		"user": user, "organisations": list(s.organisationsOf(c.user), s.summaryEntry),
	})
}

// organisationsOf are the personal space of a user and their organisations by name.
func (s *Server) organisationsOf(user string) []*owner {
	found := filter(slices.Collect(maps.Values(s.owners)), func(o *owner) bool {
		return !o.isUser && slices.Contains(o.members, user)
	})
	slices.SortFunc(found, func(a, b *owner) int { return strings.Compare(a.name, b.name) })
	return slices.Insert(found, 0, s.owners[user])
}

// summaryEntry is an owner as the list of organisations has it.
func (s *Server) summaryEntry(o *owner) map[string]any {
	w := s.summaryOf(o)
	w["role"], w["canPay"], w["canSEPA"], w["isTrusted"] = "ADMIN", true, false, true
	w["cleverEnterprise"], w["emergencyNumber"], w["vatState"] = false, nil, "VALID"
	if o.isUser {
		w["name"], w["vatState"] = "Personal space", "NOT_NEEDED"
	} else {
		w["providers"] = []any{}
	}
	return w
}

func (s *Server) summaryOf(o *owner) map[string]any {
	return map[string]any{
		"id": o.id, "name": o.name, "avatar": nil, "consumers": []any{},
		"applications": list(s.applicationsOf(o.id), func(a *application) map[string]any {
			r := runtimeOf(a.Kind)
			return map[string]any{
				"id": a.ID, "name": a.Name, "instanceType": r.kind, "instanceVariant": r.name,
				"variantSlug": r.slug, "variantLogoUrl": r.variant()["logo"],
				"archived": a.set.Archived, "homogeneous": a.set.Homogeneous, "state": a.v2State(),
				"commit": nullable(a.commit()), "systemTags": []string{},
				"customerTags": a.set.Tags,
			}
		}),
		"addons": list(s.addonsOf(o.id), func(a *addon) map[string]any {
			return map[string]any{
				"id": a.id, "realId": a.realID, "name": a.name, "providerId": a.providerID,
				"logoUrl":    providerNamed(a.providerID).summary(nil)["logoUrl"],
				"systemTags": []string{}, "customerTags": []string{},
			}
		}),
	}
}

func (o *owner) v2() map[string]any {
	return map[string]any{
		"id": o.id, "name": o.name, "description": "", "billingEmail": nil,
		"address": "12 rue des Tanneurs", "city": "Nantes", "zipcode": "44000", "country": "FRANCE",
		"company": o.name, "VAT": "FR40303265045", "avatar": nil, "vatState": "VALID",
		"customerFullName": o.contact, "canPay": true, "cleverEnterprise": false,
		"emergencyNumber": nil, "canSEPA": true, "isTrusted": true,
	}
}

func (s *Server) v2Organisations(c *call) response {
	return ok(list(s.organisationsOf(c.user), (*owner).v2))
}

func (s *Server) v2Organisation(c *call) response {
	return ok(s.owners[c.PathValue("ownerId")].v2())
}

// zoneID is the UUID of a zone.
func (s *Server) zoneID(name string) string {
	if z := s.zoneNamed(name); z != nil {
		return z.id
	}
	return fixedID("zone " + name)
}

func v2Done(message string) response {
	return ok(map[string]any{"id": 100, "message": message, "type": "success"})
}

// AddOrganisation adds an organisation that the user is a member of and returns its ID.
func (s *Server) AddOrganisation(name string) clevercloud.OwnerID {
	s.mu.Lock()
	defer s.mu.Unlock()
	return clevercloud.OwnerID(s.addOrganisation(name, string(s.UserID)).id)
}

func (s *Server) addOrganisation(name string, members ...string) *owner {
	o := &owner{id: "orga_" + s.uuid(), name: name, contact: s.cfg.userName, members: members}
	s.owners[o.id] = o
	return o
}
