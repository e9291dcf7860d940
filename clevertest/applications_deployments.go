package clevertest

import (
	"net/http"
	"regexp"
	"slices"
	"strconv"
)

// deploymentRows are below an owner. v4 shows the same deployments and instances.
var deploymentRows = []row{
	{"cancel-deployment", "DELETE", oneApp + "/deployments/{deploymentId}/instances",
		ofApp((*Server).v2CancelDeployment)},
	{"deploy", "POST", oneApp + "/instances", ofApp((*Server).v2Redeploy)},
	{"stop", "DELETE", oneApp + "/instances", ofApp((*Server).v2Undeploy)},
}

var v2States = map[string]string{
	queued: "WIP", workInProgress: "WIP", succeeded: "OK", failed: "FAIL", cancelled: "CANCELLED",
	"TASK_IN_PROGRESS": "TASK_RUNNING",
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
		d.serial, string(d.app.ID), string(d.ID), millis(d.StartDate),
		orElse(v2States[d.State], d.State), d.Action, nullable(d.CommitID), d.Cause, 0,
		map[string]string{"id": d.authorID, "name": s.owners[string(s.UserID)].contact},
	}
	for _, i := range d.app.instances {
		if i.DeploymentID == d.ID && i.State == up {
			w.Instances++
		}
	}
	return w
}

// v2Deployments lists ten by default, newest first.
func (s *Server) v2Deployments(c *call, app *application) (reply, error) {
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
	slices.SortStableFunc(found, func(a, b *deployment) int {
		return a.StartDate.Compare(b.StartDate)
	})
	slices.Reverse(found)
	found = found[min(offset, len(found)):]
	return ok(list(found[:min(limit, len(found))], s.v2DeploymentWire))
}

func v2DeploymentIn(c *call, app *application) (*deployment, error) {
	for _, d := range app.deployments {
		if id := c.PathValue("deploymentId"); string(d.ID) == id || strconv.Itoa(d.serial) == id {
			return d, nil
		}
	}
	return nil, notFound("deployment", c.PathValue("deploymentId"))
}

func (s *Server) v2Deployment(c *call, app *application) (reply, error) {
	d := must(v2DeploymentIn(c, app))
	return ok(s.v2DeploymentWire(d))
}

func (s *Server) v2CancelDeployment(c *call, app *application) (reply, error) {
	d := must(v2DeploymentIn(c, app))
	if !d.terminal() {
		s.stepDeployment(d, cancelled, s.now())
	}
	return v2Done("The deployment will be cancelled")
}

func (s *Server) v2Instances(c *call, app *application) (reply, error) {
	q := c.query()
	withDeleted := q.boolean("withDeleted")
	if q.err != nil {
		return reply{}, q.err
	}
	found := make([]map[string]any, 0)
	for _, i := range app.instances {
		if (withDeleted || i.State != deleted) && q.oneOf("deploymentId", string(i.DeploymentID)) {
			found = append(found, app.v2Instance(i))
		}
	}
	return ok(found)
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
	return slices.ContainsFunc(a.deployments, func(d *deployment) bool { return d.Action == "DEPLOY" })
}

// v2Redeploy deploys the commit asked for, or the last one. What was never deployed has none.
// Nothing can be pushed here: a commit in the request counts as pushed.
func (s *Server) v2Redeploy(c *call, app *application) (reply, error) {
	commit := c.URL.Query().Get("commit")
	switch {
	case commit != "" && !fullSHA.MatchString(commit):
		return reply{}, badField("commit", commit, "expected a full hash")
	case commit == "" && !app.deployedOnce():
		return reply{}, v2Problem(http.StatusBadRequest, 4014, "It was never deployed: push code first")
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

func (s *Server) v2Undeploy(c *call, app *application) (reply, error) {
	s.addDeployment(app, Deployment{State: queued, Action: "UNDEPLOY", Cause: "API"})
	return v2Done("The application will be stopped")
}
