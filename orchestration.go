package clevercloud

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/clevercloud-go/clevercloud/internal/query"
	"github.com/clevercloud-go/clevercloud/internal/redact"
)

// OrchestrationService reads the deployments and the instances of applications.
//
// API reference: https://www.clever-cloud.com/developers/api/v4/#deployments
type OrchestrationService service

const (
	applicationPath = "/v4/orchestration/organisations/{ownerId}/applications/{applicationId}"
	deploymentsPath = applicationPath + "/deployments"
	instancesPath   = applicationPath + "/instances"
)

var orchestrationListInstances = operation[[]Instance]{
	id: "orchestration.list-instances", path: instancesPath,
}

// Deployment changes what an application runs: a new version, a restart, another scale or a stop.
type Deployment struct {
	ID            DeploymentID    `json:"id,omitzero"`
	OwnerID       OwnerID         `json:"ownerId,omitzero"`
	ApplicationID ApplicationID   `json:"applicationId,omitzero"`
	StartDate     time.Time       `json:"startDate,omitzero"`
	State         DeploymentState `json:"state,omitzero"`
	// Steps lists the states so far, oldest first, each at most once.
	Steps   []DeploymentStep  `json:"steps,omitzero"`
	Version DeploymentVersion `json:"version,omitzero"`
	Origin  DeploymentOrigin  `json:"origin,omitzero"`
	// HasDedicatedBuild reports whether the build runs on an instance of its own.
	HasDedicatedBuild bool `json:"hasDedicatedBuild"`
}

// DeploymentStep is a state and the time when it began.
type DeploymentStep struct {
	State DeploymentState `json:"state,omitzero"`
	Date  time.Time       `json:"date,omitzero"`
}

// DeploymentVersion is what a deployment runs.
type DeploymentVersion struct {
	// CommitID is a git commit. It is empty until one is known, and for code that is not in git.
	CommitID         string `json:"commitId,omitzero"`
	PreviousCommitID string `json:"previousCommitId,omitzero"` // usually empty
}

// DeploymentOrigin tells who asked for a deployment and why.
type DeploymentOrigin struct {
	Action DeploymentAction `json:"action,omitzero"`
	// Cause is text for a person, such as "git push" or "Monitoring/Unreachable".
	Cause  string `json:"cause,omitzero"`
	Source string `json:"source,omitzero"` // a word such as "GIT"
	// AuthorID is empty if the platform acted by itself.
	AuthorID    UserID             `json:"authorId,omitzero"`
	Constraints []string           `json:"constraints,omitzero"`
	Priority    DeploymentPriority `json:"priority,omitzero"`
}

// DeploymentState is the progress of a deployment. The names of the v2 API (WIP, OK, FAIL,
// TASK_RUNNING) are decoded to these. Other values may appear.
type DeploymentState string

// The known states of deployments.
const (
	DeploymentStateQueued         DeploymentState = "QUEUED"
	DeploymentStateWorkInProgress DeploymentState = "WORK_IN_PROGRESS"
	// DeploymentStateTaskInProgress is for applications that run once and end.
	DeploymentStateTaskInProgress DeploymentState = "TASK_IN_PROGRESS"
	DeploymentStateSucceeded      DeploymentState = "SUCCEEDED"
	DeploymentStateFailed         DeploymentState = "FAILED"
	DeploymentStateCancelled      DeploymentState = "CANCELLED"
)

// IsKnown reports whether s is one of the constants of this package.
func (s DeploymentState) IsKnown() bool {
	return s.IsTerminal() || isOneOf(s, DeploymentStateQueued, DeploymentStateWorkInProgress,
		DeploymentStateTaskInProgress)
}

// IsTerminal reports whether the deployment has ended, successfully or not.
func (s DeploymentState) IsTerminal() bool {
	return isOneOf(s, DeploymentStateSucceeded, DeploymentStateFailed, DeploymentStateCancelled)
}

// UnmarshalText decodes the v4 or the v2 name of a state.
func (s *DeploymentState) UnmarshalText(text []byte) error {
	switch string(text) {
	case "WIP":
		*s = DeploymentStateWorkInProgress
	case "OK":
		*s = DeploymentStateSucceeded
	case "FAIL":
		*s = DeploymentStateFailed
	case "TASK_RUNNING":
		*s = DeploymentStateTaskInProgress
	default:
		*s = DeploymentState(text)
	}
	return nil
}

// DeploymentAction is what a deployment does. Other values may appear.
type DeploymentAction string

// The known actions.
const (
	DeploymentActionDeploy    DeploymentAction = "DEPLOY"
	DeploymentActionUndeploy  DeploymentAction = "UNDEPLOY"
	DeploymentActionUpscale   DeploymentAction = "UPSCALE"
	DeploymentActionDownscale DeploymentAction = "DOWNSCALE"
	DeploymentActionReplace   DeploymentAction = "REPLACE" // replaces an unhealthy instance
	DeploymentActionCancel    DeploymentAction = "CANCEL"
	DeploymentActionNone      DeploymentAction = "NONE"
)

// IsKnown reports whether a is one of the constants of this package.
func (a DeploymentAction) IsKnown() bool {
	return isOneOf(a, DeploymentActionDeploy, DeploymentActionUndeploy, DeploymentActionUpscale,
		DeploymentActionDownscale, DeploymentActionReplace, DeploymentActionCancel,
		DeploymentActionNone)
}

// DeploymentPriority orders queued deployments. Other values may appear.
type DeploymentPriority string

// The known priorities.
const (
	DeploymentPriorityDefault DeploymentPriority = "DEFAULT"
	DeploymentPriorityUrgent  DeploymentPriority = "URGENT"
	DeploymentPriorityAdmin   DeploymentPriority = "ADMIN"
)

// IsKnown reports whether p is one of the constants of this package.
func (p DeploymentPriority) IsKnown() bool {
	return isOneOf(p, DeploymentPriorityDefault, DeploymentPriorityUrgent, DeploymentPriorityAdmin)
}

// DeploymentQuery selects deployments for [OrchestrationService.ListDeployments].
type DeploymentQuery struct {
	// Limit is the maximum number of deployments, 1 to 1000. 0 leaves it to the API.
	Limit   int
	Order   Order              // sorts by start date
	Actions []DeploymentAction // selects deployments with one of these
}

func (q DeploymentQuery) encode(d *draft) error {
	query.Int(&d.query, "limit", q.Limit)
	query.Text(&d.query, "order", q.Order)
	query.Texts(&d.query, "action", q.Actions)
	return checkPage(q.Limit, q.Order)
}

func checkPage(limit int, order Order) error {
	return check("",
		rule{limit < 0, "Limit", "must not be negative"},
		rule{order != "" && !order.IsKnown(), "Order", "must be OrderAsc or OrderDesc"})
}

// ListDeployments returns the deployments of an application, except those from before the v4 API.
//
//	GET /v4/orchestration/organisations/{ownerId}/applications/{applicationId}/deployments
func (s *OrchestrationService) ListDeployments(
	ctx context.Context, owner OwnerID, app ApplicationID, q DeploymentQuery, opts ...CallOption,
) ([]Deployment, error) {
	return operation[[]Deployment]{id: "orchestration.list-deployments", path: deploymentsPath}.
		call(ctx, s.client, opts, q, string(owner), string(app))
}

// GetDeployment returns a deployment. The error matches [ErrNotFound] in the first seconds of a
// deployment, and for one older than the v4 API.
//
//	GET /v4/orchestration/organisations/{ownerId}/applications/{applicationId}/deployments/{deploymentId}
func (s *OrchestrationService) GetDeployment(
	ctx context.Context, owner OwnerID, app ApplicationID, id DeploymentID, opts ...CallOption,
) (*Deployment, error) {
	return operation[*Deployment]{
		id: "orchestration.get-deployment", path: deploymentsPath + "/{deploymentId}",
		oneOrArray: true,
	}.call(ctx, s.client, opts, none{}, string(owner), string(app), string(id))
}

// DeploymentWait configures [OrchestrationService.WaitForDeployment] and
// [OrchestrationService.FindDeployment].
type DeploymentWait struct {
	// Interval and MaxInterval are those of [Wait].
	Interval, MaxInterval time.Duration
	// OnChange is called with the deployment when it is first seen and whenever its state changes.
	OnChange func(Deployment)
}

// DeploymentError reports a deployment that ended without success.
type DeploymentError struct{ Deployment Deployment }

// Error returns one line, such as "clevercloud: deployment deployment_… ended as FAILED".
func (e *DeploymentError) Error() string {
	return fmt.Sprintf("clevercloud: deployment %s ended as %s",
		redact.Line(string(e.Deployment.ID), 64), redact.Line(string(e.Deployment.State), 64))
}

// WaitForDeployment polls a deployment until it has ended, and returns it if it succeeded. If it
// failed or was cancelled, the error is a [*DeploymentError] that holds it.
//
// A deployment that is not found is polled for 15 seconds, since a new one takes time to appear.
// Transient errors do not end the wait. Bound it by ctx.
//
//	GET /v4/orchestration/organisations/{ownerId}/applications/{applicationId}/deployments/{deploymentId}
func (s *OrchestrationService) WaitForDeployment(
	ctx context.Context, owner OwnerID, app ApplicationID, id DeploymentID, w DeploymentWait,
	opts ...CallOption,
) (*Deployment, error) {
	var last *Deployment
	_, err := waitUntil(ctx, "orchestration.wait-for-deployment",
		Wait{Interval: w.Interval, MaxInterval: w.MaxInterval, NotFoundGrace: newThing},
		func(ctx context.Context) (*Deployment, error) {
			return s.GetDeployment(ctx, owner, app, id, opts...)
		},
		func(d *Deployment) (bool, error) {
			if w.OnChange != nil && (last == nil || last.State != d.State) {
				w.OnChange(*d)
			}
			last = d
			return d.State.IsTerminal(), nil
		},
		func(d *Deployment) string { return string(d.State) })
	if err != nil {
		return nil, err
	}
	if last.State != DeploymentStateSucceeded {
		return nil, &DeploymentError{Deployment: *last}
	}
	return last, nil
}

// DeploymentMatch selects a deployment. Only deployments whose action is
// [DeploymentActionDeploy] match: not those that change the scale, replace an instance or stop.
type DeploymentMatch struct {
	// CommitID is a Git commit, or the first characters of one. Empty is any.
	CommitID string
	// StartedAfter is the earliest start of the deployment, by the API's clock. Zero is no limit.
	StartedAfter time.Time
}

// matches looks at the action too: whether the API takes it as a parameter is not documented.
func (m DeploymentMatch) matches(d Deployment) bool {
	return cmp.Or(d.Origin.Action, DeploymentActionDeploy) == DeploymentActionDeploy &&
		strings.HasPrefix(d.Version.CommitID, m.CommitID) &&
		!d.StartDate.Before(m.StartedAfter)
}

// FindDeployment returns the deployment of a commit, or the first one that started after a time. It
// waits until there is one: a push becomes a deployment after some seconds. Bound the wait by ctx.
//
// With StartedAfter, it returns the earliest deployment that matches, and never one that was there
// before. With CommitID only, it returns the latest one of the commit, even if that is old. It
// looks at the 100 latest deployments. OnChange is called with the deployment when it is found.
//
//	GET /v4/orchestration/organisations/{ownerId}/applications/{applicationId}/deployments
func (s *OrchestrationService) FindDeployment(
	ctx context.Context, owner OwnerID, app ApplicationID, m DeploymentMatch,
	w DeploymentWait, opts ...CallOption,
) (*Deployment, error) {
	const operation = "orchestration.find-deployment"
	if m.CommitID == "" && m.StartedAfter.IsZero() {
		return nil, &ValidationError{Operation: operation, Argument: "DeploymentMatch",
			Reason: "must have a CommitID or StartedAfter"}
	}
	latest := DeploymentQuery{
		Limit: 100, Order: OrderDesc, Actions: []DeploymentAction{DeploymentActionDeploy},
	}
	var found *Deployment
	_, err := waitUntil(ctx, operation, Wait{Interval: w.Interval, MaxInterval: w.MaxInterval},
		func(ctx context.Context) ([]Deployment, error) {
			return s.ListDeployments(ctx, owner, app, latest, opts...)
		},
		func(all []Deployment) (bool, error) {
			for i, d := range all {
				newer := found == nil || d.StartDate.After(found.StartDate)
				if m.matches(d) && (found == nil || newer == m.StartedAfter.IsZero()) {
					found = &all[i]
				}
			}
			return found != nil, nil
		},
		func(all []Deployment) string {
			return fmt.Sprintf("none of %d deployments matches", len(all))
		})
	if err != nil {
		return nil, err
	}
	if w.OnChange != nil {
		w.OnChange(*found)
	}
	return found, nil
}

// Instance is a virtual machine that runs, ran or builds an application.
type Instance struct {
	ID            InstanceID    `json:"id,omitzero"`
	OwnerID       OwnerID       `json:"ownerId,omitzero"`
	ApplicationID ApplicationID `json:"applicationId,omitzero"`
	DeploymentID  DeploymentID  `json:"deploymentId,omitzero"`
	// Name is a generated nickname. It may be empty.
	Name string `json:"name,omitzero"`
	// Flavor is the size, such as "XS" or "S". It may be empty.
	Flavor string `json:"flavor,omitzero"`
	// Index numbers the instances of a deployment, from 0. It is nil if the API sends none.
	Index        *int            `json:"index"`
	State        InstanceState   `json:"state,omitzero"`
	HypervisorID string          `json:"hypervisorId,omitzero"`
	CreationDate time.Time       `json:"creationDate,omitzero"`
	DeletionDate time.Time       `json:"deletionDate,omitzero"` // zero while the instance exists
	Network      InstanceNetwork `json:"network,omitzero"`      // zero until an address is assigned
	// IsBuildVM reports whether the instance builds the application instead of running it.
	IsBuildVM bool `json:"isBuildVm"`
}

// InstanceNetwork is the address where an instance listens.
type InstanceNetwork struct {
	IP   string `json:"ip"` // an IPv4 or IPv6 address
	Port int    `json:"port"`
}

// String returns the address in the form that net.Dial takes, "" for the zero value.
func (n InstanceNetwork) String() string {
	if n == (InstanceNetwork{}) {
		return ""
	}
	return net.JoinHostPort(n.IP, strconv.Itoa(n.Port))
}

// UnmarshalJSON decodes an object, the string "ip:port" or null. Any other string is kept as IP.
func (n *InstanceNetwork) UnmarshalJSON(data []byte) error { return unmarshal(data, n) }

func readNetwork(dec *jsontext.Decoder, n *InstanceNetwork) error {
	type object InstanceNetwork
	value, err := dec.ReadValue()
	if err != nil {
		return err
	}
	if value.Kind() != '"' {
		return unmarshal(value, (*object)(n))
	}
	*n = InstanceNetwork{}
	if err := unmarshal(value, &n.IP); err != nil {
		return err
	}
	if host, port, err := net.SplitHostPort(n.IP); err == nil {
		if number, err := strconv.Atoi(port); err == nil {
			*n = InstanceNetwork{IP: host, Port: number}
		}
	}
	return nil
}

// InstanceState is the state of an instance. Other values may appear.
type InstanceState string

// The known states of instances.
const (
	InstanceStateBooting             InstanceState = "BOOTING"
	InstanceStateReady               InstanceState = "READY"
	InstanceStateStarting            InstanceState = "STARTING"
	InstanceStateDeploying           InstanceState = "DEPLOYING"
	InstanceStateBuilding            InstanceState = "BUILDING"
	InstanceStateStopping            InstanceState = "STOPPING"
	InstanceStateDeleted             InstanceState = "DELETED"
	InstanceStateGhost               InstanceState = "GHOST"
	InstanceStateMigrationInProgress InstanceState = "MIGRATION_IN_PROGRESS"
	InstanceStateUp                  InstanceState = "UP"
	InstanceStateTaskInProgress      InstanceState = "TASK_IN_PROGRESS"
)

// IsKnown reports whether s is one of the constants of this package.
func (s InstanceState) IsKnown() bool {
	return isOneOf(s, InstanceStateBooting, InstanceStateReady, InstanceStateStarting,
		InstanceStateDeploying, InstanceStateBuilding, InstanceStateStopping, InstanceStateDeleted,
		InstanceStateGhost, InstanceStateMigrationInProgress, InstanceStateUp,
		InstanceStateTaskInProgress)
}

// IsTerminal reports whether the instance is deleted.
func (s InstanceState) IsTerminal() bool { return s == InstanceStateDeleted }

// InstanceQuery selects instances. The zero value selects all, deleted ones included.
type InstanceQuery struct {
	DeploymentID DeploymentID // selects the instances of one deployment
	// Limit is the maximum number of instances. For ListInstances it is at most 1000, and 0 is
	// 1000. For Instances 0 is no limit.
	Limit int
	// ExcludeDeleted omits deleted instances. It is sent as excludeDeleted and as a state to
	// exclude, the two forms that the API is known to take.
	ExcludeDeleted bool
	// Since and Until bound the creation date, with a precision of milliseconds.
	Since, Until time.Time
	// Order sorts by creation date. The API's default is OrderDesc.
	Order Order
	// IncludeStates and ExcludeStates select instances by state.
	IncludeStates, ExcludeStates []InstanceState
}

func (q InstanceQuery) encode(d *draft) error {
	query.Text(&d.query, "deploymentId", q.DeploymentID)
	query.Int(&d.query, "limit", q.Limit)
	d.query.True("excludeDeleted", q.ExcludeDeleted)
	d.query.Time("since", q.Since)
	d.query.Time("until", q.Until)
	query.Text(&d.query, "order", q.Order)
	query.Texts(&d.query, "includeState", q.IncludeStates)
	query.Texts(&d.query, "excludeState", q.ExcludeStates)
	if q.ExcludeDeleted && !slices.Contains(q.ExcludeStates, InstanceStateDeleted) {
		query.Text(&d.query, "excludeState", InstanceStateDeleted)
	}
	return checkPage(q.Limit, q.Order)
}

// ListInstances returns the instances of an application, deleted ones included, at most 1000.
// [OrchestrationService.Instances] reads more.
//
//	GET /v4/orchestration/organisations/{ownerId}/applications/{applicationId}/instances
func (s *OrchestrationService) ListInstances(
	ctx context.Context, owner OwnerID, app ApplicationID, q InstanceQuery, opts ...CallOption,
) ([]Instance, error) {
	return orchestrationListInstances.call(ctx, s.client, opts, q, string(owner), string(app))
}

// Instances iterates over all instances of an application, each once. The API has no pagination:
// Instances lists them as often as needed, each time from the creation date that the previous list
// ended with. More than 1000 instances of one millisecond are an error. An error is the last value.
//
//	GET /v4/orchestration/organisations/{ownerId}/applications/{applicationId}/instances
func (s *OrchestrationService) Instances(
	ctx context.Context, owner OwnerID, app ApplicationID, q InstanceQuery, opts ...CallOption,
) iter.Seq2[Instance, error] {
	return windows[Instance, InstanceID]{
		operation: orchestrationListInstances.id,
		limit:     q.Limit, since: q.Since, until: q.Until, ascending: q.Order == OrderAsc,
		id:   func(i Instance) InstanceID { return i.ID },
		date: func(i Instance) time.Time { return i.CreationDate },
		list: func(since, until time.Time, limit int) ([]Instance, error) {
			page := q
			page.Since, page.Until, page.Limit = since, until, limit
			page.Order = cmp.Or(q.Order, OrderDesc)
			return s.ListInstances(ctx, owner, app, page, opts...)
		},
	}.all()
}

// GetInstance returns an instance, deleted or not. The error matches [ErrNotFound] if the API does
// not know the ID, as is the case for some IDs in log entries.
//
//	GET /v4/orchestration/organisations/{ownerId}/applications/{applicationId}/instances/{instanceId}
func (s *OrchestrationService) GetInstance(
	ctx context.Context, owner OwnerID, app ApplicationID, id InstanceID, opts ...CallOption,
) (*Instance, error) {
	return operation[*Instance]{
		id: "orchestration.get-instance", path: instancesPath + "/{instanceId}", oneOrArray: true,
	}.call(ctx, s.client, opts, none{}, string(owner), string(app), string(id))
}
