package clevertest

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/clevercloud-go/clevercloud"
)

// v2Routes are the calls of the previous API that clients need to find their way. Each list is served for an organisation and, under
// /v2/self, for the user.
func v2Routes() []route {
	routes := []route{
		{id: "v2.self", pattern: "GET /v2/self", answer: (*Server).v2Self},
		{id: "v2.summary", pattern: "GET /v2/summary", answer: (*Server).v2Summary},
		{id: "v2.organisations", pattern: "GET /v2/organisations", answer: (*Server).v2Organisations},
		{id: "v2.organisation", pattern: "GET /v2/organisations/{ownerId}", answer: (*Server).v2Organisation},
	}
	for _, base := range []string{"/v2/organisations/{ownerId}", "/v2/self"} {
		routes = append(routes,
			route{id: "v2.applications", pattern: "GET " + base + "/applications", answer: (*Server).v2Applications},
			route{id: "v2.application", pattern: "GET " + base + "/applications/{applicationId}", answer: (*Server).v2Application},
			route{id: "v2.deployments", pattern: "GET " + base + "/applications/{applicationId}/deployments", answer: (*Server).v2Deployments},
			route{id: "v2.deployment", pattern: "GET " + base + "/applications/{applicationId}/deployments/{deploymentId}", answer: (*Server).v2Deployment},
			route{id: "v2.cancel-deployment", pattern: "DELETE " + base + "/applications/{applicationId}/deployments/{deploymentId}/instances",
				answer: (*Server).v2CancelDeployment},
			route{id: "v2.instances", pattern: "GET " + base + "/applications/{applicationId}/instances", answer: (*Server).v2Instances},
			route{id: "v2.redeploy", pattern: "POST " + base + "/applications/{applicationId}/instances", answer: (*Server).v2Redeploy},
			route{id: "v2.undeploy", pattern: "DELETE " + base + "/applications/{applicationId}/instances", answer: (*Server).v2Undeploy},
			route{id: "v2.addons", pattern: "GET " + base + "/addons", answer: (*Server).v2Addons},
			route{id: "v2.addon", pattern: "GET " + base + "/addons/{addonId}", answer: (*Server).v2Addon},
		)
	}
	return routes
}

// An owner is an organisation or a user.
type owner struct {
	id      string
	name    string
	contact string // a person
	isUser  bool
	members []string // user ids
}

// visibleOwner finds an owner that the caller may see: one of another's is forbidden, an unknown one is unknown.
func (s *Server) visibleOwner(c *call, id string) (*owner, error) {
	o := s.owners[id]
	switch {
	case o == nil:
		return nil, notFound("organisation", id)
	case !slices.Contains(o.members, c.user):
		return nil, forbidden("read", "organisation", id)
	}
	return o, nil
}

// v2OwnerID is the owner in the path, the user themselves under /v2/self.
func (c *call) v2OwnerID() string { return orElse(c.PathValue("ownerId"), c.user) }

// millis is a date of v2.
func millis(t time.Time) int64 { return t.UnixMilli() }

func (s *Server) v2Self(c *call) (reply, error) {
	o := s.owners[c.user]
	return ok(map[string]any{
		"id": o.id, "email": s.Email, "name": o.contact, "phone": "", "address": "", "city": "", "zipcode": "", "country": "FR",
		"avatar": nil, "creationDate": millis(s.now().AddDate(-1, 0, 0)), "lang": "EN", "emailValidated": true, "oauthApps": []string{},
		"admin": false, "canPay": true, "preferredMFA": "NONE", "hasPassword": true, "partnerId": nil, "partnerName": nil,
		"partnerConsoleUrl": nil,
	})
}

func (s *Server) v2Summary(c *call) (reply, error) {
	organisations := make([]map[string]any, 0)
	for _, o := range s.organisationsOf(c.user) {
		organisations = append(organisations, s.summaryOf(o))
	}
	user := s.summaryOf(s.owners[c.user])
	user["email"] = s.Email
	user["lang"] = "EN"
	return ok(map[string]any{"user": user, "organisations": organisations})
}

func (s *Server) organisationsOf(user string) []*owner {
	var found []*owner
	for _, o := range s.owners {
		if !o.isUser && slices.Contains(o.members, user) {
			found = append(found, o)
		}
	}
	slices.SortFunc(found, func(a, b *owner) int { return strings.Compare(a.name, b.name) })
	return found
}

func (s *Server) summaryOf(o *owner) map[string]any {
	name := o.name
	if o.isUser {
		name = o.contact
	}
	return map[string]any{
		"id": o.id, "name": name, "avatar": nil, "role": "ADMIN",
		"applications": list(s.applicationsOf(o.id), func(a *application) map[string]any {
			return map[string]any{
				"id": a.ID, "name": a.Name, "avatar": nil, "instanceType": a.Kind, "instanceVariant": a.Kind, "variantSlug": a.Kind,
				"state": a.v2State(), "commit": nullable(a.commit()),
			}
		}),
		"addons": list(s.addonsOf(o.id), func(a *addon) map[string]any {
			return map[string]any{
				"id": a.id, "realId": a.realID, "name": a.name, "providerId": a.providerID, "variantSlug": a.providerID, "variantLogoUrl": nil,
				"planId": "plan_" + strings.ToLower(a.plan), "plan": a.plan, "region": a.zone,
			}
		}),
		"consumers": []any{}, "providers": []any{},
	}
}

func (s *Server) applicationsOf(ownerID string) []*application {
	var found []*application
	for _, a := range s.appOrder {
		if string(a.OwnerID) == ownerID {
			found = append(found, a)
		}
	}
	return found
}

func (s *Server) addonsOf(ownerID string) []*addon {
	var found []*addon
	for _, a := range s.addons {
		if a.ownerID == ownerID {
			found = append(found, a)
		}
	}
	return found
}

func (o *owner) v2() map[string]any {
	return map[string]any{
		"id": o.id, "name": o.name, "description": "", "billingEmail": nil, "address": "12 rue des Tanneurs", "city": "Nantes",
		"zipcode": "44000", "country": "FR", "company": o.name, "VAT": "FR40303265045", "avatar": nil, "vatState": "VALID",
		"customerFullName": o.contact, "canPay": true, "cleverEnterprise": false, "emergencyNumber": nil, "canSEPA": true, "isTrusted": true,
	}
}

func (s *Server) v2Organisations(c *call) (reply, error) {
	return ok(list(s.organisationsOf(c.user), (*owner).v2))
}

func (s *Server) v2Organisation(c *call) (reply, error) {
	return ok(s.owners[c.PathValue("ownerId")].v2())
}

func (a *application) commit() string {
	for _, d := range slices.Backward(a.deployments) {
		if d.State == succeeded && d.CommitID != "" {
			return d.CommitID
		}
	}
	return ""
}

func (a *application) v2State() string {
	for _, i := range a.instances {
		if i.State == up {
			return "SHOULD_BE_UP"
		}
	}
	return "SHOULD_BE_DOWN"
}

func (a *application) v2() map[string]any {
	flavor := map[string]any{"name": "S", "mem": 2048, "cpus": 2, "gpus": 0, "price": 0.5, "available": true, "microservice": false, "nice": 0}
	return map[string]any{
		"id": a.ID, "name": a.Name, "description": a.Name, "zone": a.Zone, "zoneId": a.Zone, "ownerId": a.OwnerID,
		"instance": map[string]any{
			"type": a.Kind, "version": "20250601", "minInstances": 1, "maxInstances": 4, "maxAllowedInstances": 40, "minFlavor": flavor,
			"maxFlavor": flavor, "flavors": []any{flavor}, "lifetime": "REGULAR", "instanceAndVersion": a.Kind + "-20250601",
			"variant":    map[string]any{"id": a.Kind, "slug": a.Kind, "name": a.Kind, "deployType": a.Kind, "logo": ""},
			"defaultEnv": map[string]string{},
		},
		"deployment": map[string]any{
			"shutdownable": false, "type": "GIT", "repoState": "CREATED",
			"url":     "git+ssh://git@push-par-clevercloud-customers.services.clever-cloud.com/" + string(a.ID) + ".git",
			"httpUrl": "https://push-par-clevercloud-customers.services.clever-cloud.com/" + string(a.ID) + ".git",
		},
		"vhosts":       []any{map[string]string{"fqdn": strings.ReplaceAll(string(a.ID), "_", "-") + ".cleverapps.io"}},
		"creationDate": millis(a.created), "last_deploy": len(a.deployments), "archived": false, "stickySessions": false,
		"homogeneous": false, "favourite": false, "cancelOnPush": false, "webhookUrl": nil, "webhookSecret": nil,
		"separateBuild": false, "buildFlavor": flavor, "state": a.v2State(), "commitId": nullable(a.commit()), "appliance": nil,
		"branch": "master", "forceHttps": "ENABLED", "deployUrl": "",
	}
}

func (s *Server) v2Applications(c *call) (reply, error) {
	return ok(list(s.applicationsOf(c.v2OwnerID()), (*application).v2))
}

func (s *Server) v2AppOf(c *call) (*application, error) {
	app := s.apps[c.PathValue("applicationId")]
	if app == nil || string(app.OwnerID) != c.v2OwnerID() {
		return nil, notFound("application", c.PathValue("applicationId"))
	}
	return app, nil
}

func (s *Server) v2Application(c *call) (reply, error) {
	app, err := s.v2AppOf(c)
	if err != nil {
		return reply{}, err
	}
	return ok(app.v2())
}

var v2States = map[string]string{
	queued: "WIP", workInProgress: "WIP", succeeded: "OK", failed: "FAIL", cancelled: "CANCELLED", "TASK_IN_PROGRESS": "TASK_RUNNING",
}

type v2DeploymentWire struct {
	ID        int               `json:"id"`
	AppID     string            `json:"appId"`
	UUID      string            `json:"uuid"`
	Date      int64             `json:"date"`
	State     string            `json:"state"`
	Action    string            `json:"action"`
	Commit    *string           `json:"commit"`
	Cause     string            `json:"cause"`
	Instances int               `json:"instances"`
	Author    map[string]string `json:"author"`
}

func (s *Server) v2DeploymentWire(d *deployment) v2DeploymentWire {
	w := v2DeploymentWire{
		d.serial, string(d.app.ID), string(d.ID), millis(d.StartDate), orElse(v2States[d.State], d.State), d.Action,
		nullable(d.CommitID), d.Cause, 0, map[string]string{"id": d.authorID, "name": s.owners[string(s.UserID)].contact},
	}
	for _, i := range d.app.instances {
		if i.DeploymentID == d.ID && i.State == up {
			w.Instances++
		}
	}
	return w
}

// v2Deployments lists ten by default, newest first.
func (s *Server) v2Deployments(c *call) (reply, error) {
	app, err := s.v2AppOf(c)
	if err != nil {
		return reply{}, err
	}
	q := c.query()
	limit, offset := q.limit(10), int(q.integer("offset", 0, 0, 1<<31))
	if q.err != nil {
		return reply{}, q.err
	}
	found := make([]*deployment, 0)
	for _, d := range app.deployments {
		if q.oneOf("action", d.Action) {
			found = append(found, d)
		}
	}
	slices.SortStableFunc(found, func(a, b *deployment) int { return a.StartDate.Compare(b.StartDate) })
	slices.Reverse(found)
	found = found[min(offset, len(found)):]
	return ok(list(found[:min(limit, len(found))], s.v2DeploymentWire))
}

func (s *Server) v2DeploymentOf(c *call) (*deployment, error) {
	app, err := s.v2AppOf(c)
	if err != nil {
		return nil, err
	}
	for _, d := range app.deployments {
		if id := c.PathValue("deploymentId"); string(d.ID) == id || strconv.Itoa(d.serial) == id {
			return d, nil
		}
	}
	return nil, notFound("deployment", c.PathValue("deploymentId"))
}

func (s *Server) v2Deployment(c *call) (reply, error) {
	d, err := s.v2DeploymentOf(c)
	if err != nil {
		return reply{}, err
	}
	return ok(s.v2DeploymentWire(d))
}

func v2Done(message string) (reply, error) {
	return ok(map[string]any{"id": 100, "message": message, "type": "success"})
}

func (s *Server) v2CancelDeployment(c *call) (reply, error) {
	d, err := s.v2DeploymentOf(c)
	if err != nil {
		return reply{}, err
	}
	if !d.terminal() {
		s.stepDeployment(d, cancelled, s.now())
	}
	return v2Done("The deployment will be cancelled")
}

func (s *Server) v2Instances(c *call) (reply, error) {
	app, err := s.v2AppOf(c)
	if err != nil {
		return reply{}, err
	}
	live := make([]map[string]any, 0)
	for _, i := range app.instances {
		if i.State != deleted {
			live = append(live, map[string]any{
				"id": i.ID, "appId": app.ID, "ip": i.IP, "appPort": i.Port, "state": i.State, "flavor": map[string]any{"name": i.Flavor},
				"commit": nullable(app.commit()), "deployNumber": len(app.deployments), "deployId": i.DeploymentID,
				"instanceNumber": i.Index, "displayName": i.Name, "creationDate": millis(i.CreationDate),
			})
		}
	}
	return ok(live)
}

// v2Redeploy starts a deployment of the commit asked for, or of the live one.
func (s *Server) v2Redeploy(c *call) (reply, error) {
	app, err := s.v2AppOf(c)
	if err != nil {
		return reply{}, err
	}
	d := s.addDeployment(app, Deployment{State: queued, Cause: "API", CommitID: orElse(c.URL.Query().Get("commit"), app.commit())})
	return ok(map[string]any{"id": 100, "message": "The application will be redeployed", "type": "success", "deploymentId": d.ID})
}

func (s *Server) v2Undeploy(c *call) (reply, error) {
	app, err := s.v2AppOf(c)
	if err != nil {
		return reply{}, err
	}
	s.addDeployment(app, Deployment{State: queued, Action: "UNDEPLOY", Cause: "API"})
	return v2Done("The application will be stopped")
}

func (a *addon) v2() map[string]any {
	return map[string]any{
		"id": a.id, "name": a.name, "realId": a.realID, "region": a.zone, "zoneId": a.zone, "creationDate": millis(a.created),
		"provider": map[string]any{
			"id": a.providerID, "name": a.providerID, "website": "https://www.clever-cloud.com", "supportEmail": "", "shortDesc": a.providerID,
			"longDesc": a.providerID, "logoUrl": "", "status": "RELEASED", "openInNewTab": false, "canUpgrade": true, "regions": []string{a.zone},
		},
		"plan": map[string]any{
			"id": "plan_" + strings.ToLower(a.plan), "name": a.plan, "slug": strings.ToLower(a.plan), "price": 0, "price_id": "", "features": []any{},
			"zones": []string{a.zone},
		},
		"configKeys": []string{},
	}
}

func (s *Server) v2Addons(c *call) (reply, error) {
	return ok(list(s.addonsOf(c.v2OwnerID()), (*addon).v2))
}

func (s *Server) v2Addon(c *call) (reply, error) {
	for _, a := range s.addonsOf(c.v2OwnerID()) {
		if id := c.PathValue("addonId"); a.id == id || a.realID == id {
			return ok(a.v2())
		}
	}
	return reply{}, notFound("addon", c.PathValue("addonId"))
}

// AddOrganisation seeds an organisation that the user is a member of, and returns its id.
func (s *Server) AddOrganisation(name string) clevercloud.OwnerID {
	s.mu.Lock()
	defer s.mu.Unlock()
	return clevercloud.OwnerID(s.addOrganisation(name, string(s.UserID)).id)
}

func (s *Server) addOrganisation(name string, members ...string) *owner {
	o := &owner{id: "orga_" + s.uuid(), name: name, contact: "Camille Durand", members: members}
	s.owners[o.id] = o
	return o
}
