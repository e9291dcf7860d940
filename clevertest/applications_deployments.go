package clevertest

import (
	"net/http"
	"regexp"
	"slices"
	"strconv"
)

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
		return (withDeleted || i.State != deleted) && q.oneOf("deploymentId", string(i.DeploymentID))
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
	return slices.ContainsFunc(a.deployments, func(d *deployment) bool { return d.Action == "DEPLOY" })
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
