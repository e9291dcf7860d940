package clevertest

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/clevercloud-go/clevercloud"
)

const ownerApp = "/organisations/{ownerId}/applications/{applicationId}"

var orchestrationRoutes = under("orchestration", "/v4/orchestration"+ownerApp, []row{
	{"list-deployments", "GET", "/deployments", with((*Server).appOf, (*Server).listDeployments)},
	{"get-deployment", "GET", "/deployments/{deploymentId}",
		with((*Server).appOf, (*Server).getDeployment)},
	{"list-instances", "GET", "/instances", with((*Server).appOf, (*Server).listInstances)},
	{"get-instance", "GET", "/instances/{instanceId}",
		with((*Server).appOf, (*Server).getInstance)},
})

// The states of a deployment and of an instance that the server itself gives.
const (
	queued         = "QUEUED"
	workInProgress = "WORK_IN_PROGRESS"
	succeeded      = "SUCCEEDED"
	failed         = "FAILED"
	cancelled      = "CANCELLED"
	booting        = "BOOTING"
	up             = "UP"
	deleted        = "DELETED"
)

// Application is an application to add. Empty fields get plausible values.
type Application struct {
	ID      clevercloud.ApplicationID
	OwnerID clevercloud.OwnerID // the seeded organisation
	Name    string
	Zone    clevercloud.ZoneName // par
	// Kind is the slug of the instance type, such as go, node, java or php.
	Kind string
}

type application struct {
	Application
	created      time.Time
	deployments  []*deployment // oldest first
	instances    []*instance   // in order of creation
	set          settings
	exposed      map[string]string // variables for those that depend on it
	addons       []*addon          // linked
	dependencies []*application
	domains      []string // host and path
	favourite    string   // one of them
	redirections []redirection
}

// Deployment is a deployment to add. Empty fields get plausible values.
type Deployment struct {
	ID clevercloud.DeploymentID
	// State is SUCCEEDED by default. QUEUED and WORK_IN_PROGRESS advance by themselves, see
	// [WithStepDuration], unless Hold is set.
	State string
	Hold  bool
	// Outcome is the final state of a deployment in progress, SUCCEEDED by default.
	Outcome string
	// Action is DEPLOY by default.
	Action   string
	Cause    string
	CommitID string
	// StartDate is now by default. A deployment in the future appears when the clock reaches it,
	// QUEUED by default.
	StartDate time.Time
	// DedicatedBuild gives the build a machine of its own.
	DedicatedBuild bool
}

type deployment struct {
	Deployment
	app      *application
	serial   int
	source   string
	authorID string
	steps    []deploymentStep
}

type deploymentStep struct {
	state string
	at    time.Time
}

// Instance is an instance to add. Empty fields get plausible values.
type Instance struct {
	ID clevercloud.InstanceID
	// DeploymentID is the latest deployment of the application by default.
	DeploymentID clevercloud.DeploymentID
	Name         string
	Flavor       string // S
	Index        int
	State        string // UP
	// CreationDate defaults to a second before that of the next instance of the same call. The last
	// instance is created now.
	CreationDate time.Time
	// DeletionDate is a minute after the creation of a DELETED instance by default.
	DeletionDate time.Time
	// IP and Port are made up for an instance that is up.
	IP      string
	Port    int
	BuildVM bool
}

type instance struct {
	Instance
	hypervisor string
}

func (d *deployment) wire() object {
	return object{
		{"id", d.ID}, {"ownerId", d.app.OwnerID}, {"applicationId", d.app.ID},
		{"startDate", stamp(d.StartDate)}, {"state", d.State},
		{"steps", list(d.steps, func(s deploymentStep) object {
			return object{{"state", s.state}, {"date", stamp(s.at)}}
		})},
		{"version", object{{"commitId", nullable(d.CommitID)}}},
		{"origin", object{
			{"action", d.Action}, {"cause", d.Cause}, {"source", d.source},
			{"authorId", d.authorID}, {"constraints", []string{}}, {"priority", "DEFAULT"},
		}},
		{"hasDedicatedBuild", d.DedicatedBuild},
	}
}

func (a *application) instanceWire(i *instance) object {
	var network any
	if i.IP != "" && i.State != deleted {
		network = object{{"ip", i.IP}, {"port", i.Port}}
	}
	return object{
		{"id", i.ID}, {"ownerId", a.OwnerID}, {"applicationId", a.ID},
		{"deploymentId", i.DeploymentID}, {"name", i.Name}, {"flavor", i.Flavor},
		{"index", i.Index}, {"state", i.State}, {"hypervisorId", i.hypervisor},
		{"creationDate", stamp(i.CreationDate)}, {"deletionDate", stamp(i.DeletionDate)},
		{"network", network}, {"isBuildVm", i.BuildVM},
	}
}

// AddApplication adds an application and returns its ID.
func (s *Server) AddApplication(app Application) clevercloud.ApplicationID {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.addApplication(app).ID
}

func (s *Server) addApplication(in Application) *application {
	in.ID = orElse(in.ID, clevercloud.ApplicationID("app_"+s.uuid()))
	in.OwnerID = orElse(in.OwnerID, s.OwnerID)
	in.Name = orElse(in.Name, fmt.Sprintf("app-%d", len(s.apps)+1))
	in.Zone = orElse(in.Zone, "par")
	in.Kind = orElse(in.Kind, "go")
	_, id, _ := strings.Cut(string(in.ID), "_")
	app := &application{
		Application: in, created: s.now().AddDate(0, -3, 0), set: settingsOf(runtimeOf(in.Kind)),
		exposed: map[string]string{}, domains: []string{"app-" + id + ".cleverapps.io/"},
	}
	app.set.Description = in.Name
	s.apps = append(s.apps, app)
	return app
}

// AddDeployment adds a deployment to an application, as its latest, and returns its ID. It panics
// if the application is unknown.
func (s *Server) AddDeployment(
	app clevercloud.ApplicationID, d Deployment,
) clevercloud.DeploymentID {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.addDeployment(s.mustApp(app), d).ID
}

func (s *Server) mustApp(id clevercloud.ApplicationID) *application {
	app := s.appNamed(string(id))
	if app == nil {
		panic("clevertest: unknown application " + string(id))
	}
	return app
}

func (s *Server) addDeployment(app *application, in Deployment) *deployment {
	in.ID = orElse(in.ID, clevercloud.DeploymentID("deployment_"+s.uuid()))
	if in.StartDate.After(s.now()) {
		in.State = orElse(in.State, queued)
	}
	in.State = orElse(in.State, succeeded)
	in.Outcome = orElse(in.Outcome, succeeded)
	in.Action = orElse(in.Action, "DEPLOY")
	in.Cause = orElse(in.Cause, "git push")
	in.StartDate = orElse(in.StartDate, s.now())
	target := in.State
	in.State = queued
	d := &deployment{Deployment: in, app: app, source: "GIT", authorID: string(s.UserID)}
	if in.CommitID == "" {
		d.source = "API"
	}
	d.steps = []deploymentStep{{queued, in.StartDate}}
	if in.StartDate.After(s.now()) {
		s.after(in.StartDate, 0, func(time.Time) { s.beginDeployment(d, target) })
	} else {
		s.beginDeployment(d, target)
	}
	return d
}

// beginDeployment makes a deployment the latest of its application, and takes it to a state.
func (s *Server) beginDeployment(d *deployment, state string) {
	d.serial = len(d.app.deployments) + 1
	d.app.deployments = append(d.app.deployments, d)
	switch state {
	case queued:
	case workInProgress:
		s.stepDeployment(d, workInProgress, d.StartDate.Add(time.Second))
	default:
		d.record(workInProgress, d.StartDate.Add(1405*time.Millisecond))
		d.record(state, d.StartDate.Add(2*time.Minute+21*time.Second+813*time.Millisecond))
	}
	s.carryOn(d)
}

// PushAfter does what a git push of commit does, after a delay on the server's clock: a deployment
// appears and advances by itself. It returns the ID that the deployment will have. For a deployment
// that fails, use [Server.AddDeployment] with a StartDate in the future. PushAfter panics if the
// application is unknown.
func (s *Server) PushAfter(
	app clevercloud.ApplicationID, commit string, delay time.Duration,
) clevercloud.DeploymentID {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.addDeployment(s.mustApp(app), Deployment{
		State: queued, CommitID: commit, StartDate: s.now().Add(delay),
	}).ID
}

func (d *deployment) record(state string, at time.Time) {
	d.State = state
	d.steps = append(d.steps, deploymentStep{state, at})
}

func (d *deployment) terminal() bool {
	return d.State == succeeded || d.State == failed || d.State == cancelled
}

// carryOn plans the next step of a deployment in progress.
func (s *Server) carryOn(d *deployment) {
	next := map[string]string{queued: workInProgress, workInProgress: d.Outcome}[d.State]
	if d.Hold || next == "" {
		return
	}
	from := d.State
	s.after(d.steps[len(d.steps)-1].at, s.cfg.step, func(at time.Time) {
		if d.State == from && !d.Hold {
			s.stepDeployment(d, next, at)
			s.carryOn(d)
		}
	})
}

// SetDeploymentState sets the state of a deployment, which stays in it, and adds it to the steps.
// It panics if the deployment is unknown.
func (s *Server) SetDeploymentState(id clevercloud.DeploymentID, state string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, app := range s.apps {
		if d := first(app.deployments, func(d *deployment) bool { return d.ID == id }); d != nil {
			d.Hold = true
			s.stepDeployment(d, state, s.now())
			return
		}
	}
	panic("clevertest: unknown deployment " + string(id))
}

// stepDeployment records a step and what comes with it: machines and log lines.
func (s *Server) stepDeployment(d *deployment, state string, at time.Time) {
	if d.State == state {
		return
	}
	d.record(state, at)
	if d.Action == "UNDEPLOY" {
		d.app.retire(at, func(*instance) bool { return state == succeeded })
		return
	}
	own := func(i *instance) bool { return i.DeploymentID == d.ID }
	switch state {
	case workInProgress:
		for index := range d.app.set.MinInstances {
			i := s.addInstance(d.app, Instance{
				DeploymentID: d.ID, Index: index, State: booting, CreationDate: at,
				Flavor: d.app.set.MinFlavor,
			})
			s.logDeployment(d, i, at, "Preparing the build of the application")
		}
	case succeeded:
		for _, i := range d.app.instances {
			if own(i) && i.State != deleted {
				i.State = up
				s.address(i)
				s.logDeployment(d, i, at, "Application deployed in a few seconds")
			}
		}
		d.app.retire(at, func(i *instance) bool { return !own(i) })
	case failed, cancelled:
		d.app.retire(at, own)
	}
}

func (s *Server) logDeployment(d *deployment, i *instance, at time.Time, message string) {
	s.appendLogs(string(d.app.ID), applicationLog, []LogEntry{{
		Date: at, Service: "bas", Message: message, DeploymentID: d.ID, CommitID: d.CommitID,
		InstanceID: i.ID,
	}})
}

// retire deletes the live instances that which selects.
func (a *application) retire(at time.Time, which func(*instance) bool) {
	for _, i := range a.instances {
		if i.State != deleted && which(i) {
			i.State, i.DeletionDate = deleted, at
		}
	}
}

// AddInstances adds instances to an application and returns their IDs. It panics if the application
// is unknown.
func (s *Server) AddInstances(
	app clevercloud.ApplicationID, instances ...Instance,
) []clevercloud.InstanceID {
	s.mu.Lock()
	defer s.mu.Unlock()
	a, now := s.mustApp(app), s.now()
	ids := make([]clevercloud.InstanceID, 0, len(instances))
	for n, in := range instances {
		before := time.Duration(len(instances)-n-1) * time.Second
		in.CreationDate = orElse(in.CreationDate, now.Add(-before))
		ids = append(ids, s.addInstance(a, in).ID)
	}
	return ids
}

// SetInstanceState sets the state of an instance, such as UP, STOPPING or DELETED. It panics if the
// instance is unknown.
func (s *Server) SetInstanceState(id clevercloud.InstanceID, state string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, app := range s.apps {
		i := first(app.instances, func(i *instance) bool { return i.ID == id })
		if i == nil {
			continue
		}
		switch i.State = state; state {
		case up:
			s.address(i)
		case deleted:
			i.DeletionDate = s.now()
		}
		return
	}
	panic("clevertest: unknown instance " + string(id))
}

func (s *Server) addInstance(app *application, in Instance) *instance {
	in.ID = orElse(in.ID, clevercloud.InstanceID(s.uuid()))
	if in.DeploymentID == "" && len(app.deployments) > 0 {
		in.DeploymentID = app.deployments[len(app.deployments)-1].ID
	}
	in.Flavor = orElse(in.Flavor, "S")
	in.State = orElse(in.State, up)
	in.CreationDate = orElse(in.CreationDate, s.now())
	in.Name = orElse(in.Name, nicknames[len(app.instances)%len(nicknames)])
	if in.State == deleted {
		in.DeletionDate = orElse(in.DeletionDate, in.CreationDate.Add(time.Minute))
	}
	i := &instance{Instance: in, hypervisor: "hypervisor_" + s.uuid()}
	if in.State == up {
		s.address(i)
	}
	app.instances = append(app.instances, i)
	return i
}

var nicknames = []string{"Brave Badger", "Quiet Quokka", "Merry Marmot", "Swift Seal",
	"Polite Puffin", "Jolly Jackdaw", "Witty Weasel"}

func (s *Server) address(i *instance) {
	i.IP = orElse(i.IP, fmt.Sprintf("10.2.%d.%d", s.rng.IntN(250)+1, s.rng.IntN(250)+1))
	i.Port = orElse(i.Port, 24000+s.rng.IntN(900))
}

// appOf finds the application in a path, which must be the owner's.
func (s *Server) appOf(c *call) *application {
	id := c.PathValue("applicationId")
	app := s.appNamed(id)
	if app == nil || string(app.OwnerID) != c.PathValue("ownerId") {
		panic(notFound("application", id))
	}
	return app
}

func (s *Server) listDeployments(c *call, app *application) response {
	q := c.query()
	limit, descending := q.limit(1000), q.descending("DESC")
	q.boolean("includeApplicationConfiguration")
	found := app.deploymentsBy(q, descending)
	return ok(list(found[:min(limit, len(found))], (*deployment).wire))
}

// deploymentsBy are those of the actions that q wants, in the order of their start.
func (a *application) deploymentsBy(q query, descending bool) []*deployment {
	found := filter(a.deployments, func(d *deployment) bool { return q.oneOf("action", d.Action) })
	return sorted(found, descending, func(d *deployment) time.Time { return d.StartDate })
}

func (s *Server) getDeployment(c *call, app *application) response {
	id := c.PathValue("deploymentId")
	d := find(app.deployments, "deployment", id,
		func(d *deployment) bool { return string(d.ID) == id })
	return ok(d.wire())
}

func (s *Server) listInstances(c *call, app *application) response {
	q := c.query()
	limit, descending := q.limit(1000), q.descending("DESC")
	found := sorted(filter(app.instances, instanceFilter(q)), descending,
		func(i *instance) time.Time { return i.CreationDate })
	return ok(list(found[:min(limit, len(found))], app.instanceWire))
}

// instanceFilter reads the filters of the list. States are compared case-sensitively; an unknown
// one matches nothing. The bounds apply to the creation date and are included.
func instanceFilter(q query) func(*instance) bool {
	since, until, excludeDeleted := q.time("since"), q.time("until"), q.boolean("excludeDeleted")
	return func(i *instance) bool {
		return (!q.Has("deploymentId") || string(i.DeploymentID) == q.Get("deploymentId")) &&
			(!excludeDeleted || i.State != deleted) &&
			q.oneOf("includeState", i.State) &&
			!slices.Contains(q.Values["excludeState"], i.State) &&
			within(i.CreationDate.Truncate(time.Millisecond), since, until)
	}
}

func (s *Server) getInstance(c *call, app *application) response {
	id := c.PathValue("instanceId")
	i := find(app.instances, "instance", id,
		func(i *instance) bool { return strings.EqualFold(string(i.ID), id) })
	return ok(app.instanceWire(i))
}

const loadBalancerBase = "/v4/load-balancers/organisations/{ownerId}"

var loadBalancerRoutes = under("load-balancers", loadBalancerBase, []row{
	{"get-default", "GET", oneApp + "/load-balancers/default",
		with((*Server).appOf, func(s *Server, _ *call, app *application) response {
			return ok(s.loadBalancersOf(string(app.Zone)))
		})},
	{"get-private", "GET", oneApp + "/load-balancers/private",
		with((*Server).appOf, jsonOf(func(*application) []object { return []object{} }))},
	{"get-addon-default", "GET", "/addons/{addonId}/load-balancers/default",
		with((*Server).addonOf, func(s *Server, _ *call, a *addon) response {
			return ok(s.loadBalancersOf(a.zone))
		})},
	{"get-addon-private", "GET", "/addons/{addonId}/load-balancers/private",
		with((*Server).addonOf, jsonOf(func(*addon) []object { return []object{} }))},
})

// loadBalancersOf is the pair of addresses in front of a zone; none for a zone without
// applications.
func (s *Server) loadBalancersOf(name string) []object {
	z := s.zoneNamed(name)
	if z == nil {
		return []object{}
	}
	return []object{{
		{"id", z.loadBalancerID}, {"name", name}, {"zoneId", z.id},
		{"dns", object{
			{"cname", "domain." + name + ".clever-cloud.com."},
			{"a", []string{"192.0.2.36", "192.0.2.37", "192.0.2.38"}},
		}},
	}}
}

// addonOf finds the add-on in a path by its add-on id, which must be the owner's; a real id is
// unknown here.
func (s *Server) addonOf(c *call) *addon {
	id, ownerID := c.PathValue("addonId"), c.PathValue("ownerId")
	return find(s.addons, "addon", id,
		func(a *addon) bool { return a.id == id && a.ownerID == ownerID })
}

var v2States = map[string]string{
	queued: "WIP", workInProgress: "WIP", succeeded: "OK", failed: "FAIL", cancelled: "CANCELLED",
	"TASK_IN_PROGRESS": "TASK_RUNNING",
}

func (s *Server) v2DeploymentWire(d *deployment) object {
	running := filter(d.app.instances, func(i *instance) bool {
		return i.DeploymentID == d.ID && i.State == up
	})
	return object{
		{"id", d.serial}, {"appId", d.app.ID}, {"uuid", d.ID}, {"date", millis(d.StartDate)},
		{"state", orElse(v2States[d.State], d.State)}, {"action", d.Action},
		{"commit", nullable(d.CommitID)}, {"cause", d.Cause}, {"instances", len(running)},
		{"author", map[string]string{
			"id": d.authorID, "name": s.owners[string(s.UserID)].contact,
		}},
	}
}

// v2Deployments lists ten by default, newest first.
func (s *Server) v2Deployments(c *call, app *application) response {
	q := c.query()
	limit, offset := q.limit(10), int(q.integer("offset", 0, 0, 1<<31))
	found := app.deploymentsBy(q, true)
	found = found[min(offset, len(found)):]
	return ok(list(found[:min(limit, len(found))], s.v2DeploymentWire))
}

func (s *Server) v2DeploymentOf(c *call) *deployment {
	id := c.PathValue("deploymentId")
	return find(s.v2AppIn(c, c.PathValue("applicationId")).deployments, "deployment", id,
		func(d *deployment) bool { return string(d.ID) == id || strconv.Itoa(d.serial) == id })
}

func (s *Server) v2CancelDeployment(_ *call, d *deployment) response {
	if !d.terminal() {
		s.stepDeployment(d, cancelled, s.now())
	}
	return v2Done("The deployment will be cancelled")
}

func (s *Server) v2Instances(c *call, app *application) response {
	q := c.query()
	withDeleted := q.boolean("withDeleted")
	return ok(list(filter(app.instances, func(i *instance) bool {
		return (withDeleted || i.State != deleted) &&
			q.oneOf("deploymentId", string(i.DeploymentID))
	}), app.v2Instance))
}

func (a *application) v2Instance(i *instance) map[string]any {
	w := map[string]any{
		"id": i.ID, "appId": a.ID, "ip": i.IP, "appPort": i.Port, "state": i.State,
		"flavor": map[string]any{"name": i.Flavor}, "commit": nullable(a.commit()),
		"deployNumber": len(a.deployments), "deployId": i.DeploymentID, "instanceNumber": i.Index,
		"displayName": i.Name, "creationDate": millis(i.CreationDate),
	}
	if f := flavorNamed(i.Flavor); f != nil {
		w["flavor"] = f
	}
	return w
}

var fullSHA = regexp.MustCompile(`^[0-9a-f]{40}$`)

// deployedOnce reports whether there was anything to deploy so far.
func (a *application) deployedOnce() bool {
	return slices.ContainsFunc(a.deployments, func(d *deployment) bool {
		return d.Action == "DEPLOY"
	})
}

// v2Redeploy deploys the commit asked for, or the last one. What was never deployed has none.
// Nothing can be pushed here: a commit in the request counts as pushed.
func (s *Server) v2Redeploy(c *call, app *application) response {
	commit := c.URL.Query().Get("commit")
	switch {
	case commit != "" && !fullSHA.MatchString(commit):
		return badField("commit", commit, "expected a full hash")
	case commit == "" && !app.deployedOnce():
		return v2Problem(http.StatusBadRequest, 4014, "It was never deployed: push code first")
	}
	d := s.addDeployment(app, Deployment{
		State: queued, Cause: "API", CommitID: orElse(commit, app.commit()),
		DedicatedBuild: app.set.SeparateBuild,
	})
	return ok(map[string]any{
		"id": 412, "message": "The application will be redeployed", "type": "success",
		"deploymentId": d.ID,
	})
}

func (s *Server) v2Undeploy(c *call, app *application) response {
	s.addDeployment(app, Deployment{State: queued, Action: "UNDEPLOY", Cause: "API"})
	return v2Done("The application will be stopped")
}
