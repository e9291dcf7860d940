package clevercloud

import (
	"cmp"
	"context"
	"encoding/hex"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/clevercloud-go/clevercloud/auth"
	"github.com/clevercloud-go/clevercloud/internal/query"
	"github.com/clevercloud-go/clevercloud/internal/redact"
)

// ApplicationsService manages applications: what they are made of, their environment, domains and
// links, and when they are deployed. It uses the v2 API. See [OrchestrationService] for their
// deployments and instances, and [LogsService] for their logs.
//
// The environment, domains and links of an application act at its next deployment.
type ApplicationsService service

const (
	appsPath = "/v2/organisations/{ownerId}/applications"
	appPath  = appsPath + "/{applicationId}"
)

// Application is an application of an owner.
type Application struct {
	ID             ApplicationID         `json:"id,omitzero"`
	Name           string                `json:"name,omitzero"` // need not be unique
	Description    string                `json:"description,omitzero"`
	Zone           ZoneName              `json:"zone,omitzero"`
	ZoneID         string                `json:"zoneId,omitzero"` // the UUID of the zone
	OwnerID        OwnerID               `json:"ownerId,omitzero"`
	Instance       ApplicationInstance   `json:"instance,omitzero"`
	Deployment     ApplicationDeployment `json:"deployment,omitzero"`
	DeployURL      string                `json:"deployUrl,omitzero"` // where Git pushes to
	VHosts         []Domain              `json:"vhosts,omitzero"`    // the domains
	CreationDate   time.Time             `json:"creationDate,omitzero"`
	LastDeploy     int64                 `json:"last_deploy"` // the deployments so far
	Archived       bool                  `json:"archived"`
	StickySessions bool                  `json:"stickySessions"`
	// Homogeneous reports whether all instances stop before those of a new deployment start. If it
	// is false deployments have no downtime.
	Homogeneous   bool        `json:"homogeneous"`
	Favourite     bool        `json:"favourite"`
	CancelOnPush  bool        `json:"cancelOnPush"`
	WebhookURL    string      `json:"webhookUrl,omitzero"`
	WebhookSecret auth.Secret `json:"webhookSecret,omitzero"`
	// SeparateBuild reports whether builds run on a machine of their own, of size BuildFlavor.
	SeparateBuild bool   `json:"separateBuild"`
	BuildFlavor   Flavor `json:"buildFlavor,omitzero"`
	// State is what is wanted of the application, not what it does.
	State ApplicationState `json:"state,omitzero"`
	// CommitID is the commit that was deployed last. It is empty before the first deployment.
	CommitID   string     `json:"commitId,omitzero"`
	Branch     string     `json:"branch,omitzero"`
	ForceHTTPS ForceHTTPS `json:"forceHttps,omitzero"`
	// Env are the variables that [ApplicationsService.Env] returns.
	Env []EnvVar `json:"env,omitzero"`
}

// Format prints a like any struct, without its secrets.
func (a Application) Format(f fmt.State, verb rune) {
	type application Application
	redact.Struct(f, verb, application(a))
}

// ApplicationInstance describes the instances of an application.
type ApplicationInstance struct {
	// Type, Version and Variant come from a [Runtime].
	Type                string              `json:"type,omitzero"`
	Version             string              `json:"version,omitzero"`
	Variant             RuntimeVariant      `json:"variant,omitzero"`
	MinInstances        int                 `json:"minInstances"`
	MaxInstances        int                 `json:"maxInstances"`
	MaxAllowedInstances int                 `json:"maxAllowedInstances"` // bounds MaxInstances
	MinFlavor           Flavor              `json:"minFlavor,omitzero"`
	MaxFlavor           Flavor              `json:"maxFlavor,omitzero"`
	Flavors             []Flavor            `json:"flavors,omitzero"`
	Lifetime            ApplicationLifetime `json:"lifetime,omitzero"`
	// InstanceAndVersion joins Type and Version.
	InstanceAndVersion string `json:"instanceAndVersion,omitzero"`
}

// ApplicationDeployment describes how code is deployed to an application.
type ApplicationDeployment struct {
	Shutdownable bool            `json:"shutdownable"`
	Type         DeployType      `json:"type,omitzero"`
	RepoState    RepositoryState `json:"repoState,omitzero"`
	URL          string          `json:"url,omitzero"`
	// HTTPURL is the repository over HTTPS. It is empty for FTP. If the application is linked to
	// GitHub, it is the repository there.
	HTTPURL string `json:"httpUrl,omitzero"`
}

// ApplicationState is the requested state of an application. Other values may appear.
type ApplicationState string

// The known states.
const (
	ApplicationStateShouldBeUp       ApplicationState = "SHOULD_BE_UP"
	ApplicationStateShouldBeDown     ApplicationState = "SHOULD_BE_DOWN"
	ApplicationStateWantsToBeUp      ApplicationState = "WANTS_TO_BE_UP"
	ApplicationStateModerated        ApplicationState = "MODERATED"
	ApplicationStateDefaultOfPayment ApplicationState = "DEFAULT_OF_PAYMENT"
	// ApplicationStateToDelete marks an application that is about to be deleted.
	ApplicationStateToDelete ApplicationState = "TO_DELETE"
)

// IsKnown reports whether s is one of the constants of this package.
func (s ApplicationState) IsKnown() bool {
	return isOneOf(
		s, ApplicationStateShouldBeUp, ApplicationStateShouldBeDown, ApplicationStateWantsToBeUp,
		ApplicationStateModerated, ApplicationStateDefaultOfPayment, ApplicationStateToDelete)
}

// ApplicationLifetime says when instances end by themselves. Other values may appear.
type ApplicationLifetime string

// The known lifetimes.
const (
	ApplicationLifetimeRegular   ApplicationLifetime = "REGULAR"
	ApplicationLifetimeTask      ApplicationLifetime = "TASK"
	ApplicationLifetimeMigration ApplicationLifetime = "MIGRATION"
)

// IsKnown reports whether l is one of the constants of this package.
func (l ApplicationLifetime) IsKnown() bool {
	return isOneOf(
		l, ApplicationLifetimeRegular, ApplicationLifetimeTask, ApplicationLifetimeMigration)
}

// DeployType is a way for code to get to an application. Other values may appear.
type DeployType string

// The known types. Applications are created with Git or FTP.
const (
	DeployTypeGit  DeployType = "GIT"
	DeployTypeFTP  DeployType = "FTP"
	DeployTypeSFTP DeployType = "SFTP"
)

// IsKnown reports whether t is one of the constants of this package.
func (t DeployType) IsKnown() bool {
	return isOneOf(t, DeployTypeGit, DeployTypeFTP, DeployTypeSFTP)
}

// wire is the spelling of t in requests.
func (t DeployType) wire() DeployType { return DeployType(strings.ToLower(string(t))) }

// RepositoryState is the state of the Git repository of an application. Other values may appear.
type RepositoryState string

// The known states.
const (
	// RepositoryStateCreating lasts for a moment after the creation of an application.
	RepositoryStateCreating  RepositoryState = "CREATING"
	RepositoryStateCreated   RepositoryState = "CREATED"
	RepositoryStateNotNeeded RepositoryState = "NOT_NEEDED"
	RepositoryStateDeleted   RepositoryState = "DELETED"
)

// IsKnown reports whether s is one of the constants of this package.
func (s RepositoryState) IsKnown() bool {
	return isOneOf(s, RepositoryStateCreating, RepositoryStateCreated, RepositoryStateNotNeeded,
		RepositoryStateDeleted)
}

// ForceHTTPS says whether HTTP is redirected to HTTPS. Other values may appear.
type ForceHTTPS string

// The known values.
const (
	ForceHTTPSEnabled  ForceHTTPS = "ENABLED"
	ForceHTTPSDisabled ForceHTTPS = "DISABLED"
)

// IsKnown reports whether h is one of the constants of this package.
func (h ForceHTTPS) IsKnown() bool { return isOneOf(h, ForceHTTPSEnabled, ForceHTTPSDisabled) }

// List returns the applications of an owner.
//
//	GET /v2/organisations/{ownerId}/applications
func (s *ApplicationsService) List(
	ctx context.Context, owner OwnerID, opts ...CallOption,
) ([]Application, error) {
	return operation[[]Application]{id: "applications.list", path: appsPath, secretResult: true}.
		call(ctx, s.client, opts, none{}, string(owner))
}

// Get returns an application. For an application of another owner, the error matches
// [ErrForbidden].
//
//	GET /v2/organisations/{ownerId}/applications/{applicationId}
func (s *ApplicationsService) Get(
	ctx context.Context, owner OwnerID, app ApplicationID, opts ...CallOption,
) (*Application, error) {
	return operation[*Application]{id: "applications.get", path: appPath, secretResult: true}.
		call(ctx, s.client, opts, none{}, string(owner), string(app))
}

// ApplicationInput describes an application to create. Name, Zone, the three fields of the
// runtime and MinFlavor are required.
type ApplicationInput struct {
	Name        string   `json:"name"`
	Description string   `json:"description,omitzero"`
	Zone        ZoneName `json:"zone"`
	// Deploy is [DeployTypeGit] if it is empty.
	Deploy       DeployType `json:"deploy"`
	Shutdownable bool       `json:"shutdownable,omitzero"`
	// InstanceType, InstanceVersion and InstanceVariant are the Type, Version and Variant.ID of one
	// [Runtime]; see [FindRuntime].
	InstanceType    string `json:"instanceType"`
	InstanceVersion string `json:"instanceVersion"`
	InstanceVariant string `json:"instanceVariant"`
	// InstanceLifetime is [ApplicationLifetimeRegular] if it is empty.
	InstanceLifetime ApplicationLifetime `json:"instanceLifetime,omitzero"`
	// MinInstances 0 is 1. MaxInstances 0 is the same as MinInstances.
	MinInstances int `json:"minInstances"`
	MaxInstances int `json:"maxInstances"`
	// MinFlavor is the name of a [Flavor], such as XS. If MaxFlavor is empty, it is the same as
	// MinFlavor.
	MinFlavor string `json:"minFlavor"`
	MaxFlavor string `json:"maxFlavor"`
	// SeparateBuild builds on a machine of its own, of size BuildFlavor.
	SeparateBuild  bool   `json:"separateBuild,omitzero"`
	BuildFlavor    string `json:"buildFlavor,omitzero"`
	StickySessions bool   `json:"stickySessions,omitzero"`
	// Homogeneous stops all instances before those of a new deployment start.
	Homogeneous bool `json:"homogeneous,omitzero"`
	// CancelOnPush cancels a running deployment when code is pushed.
	CancelOnPush bool `json:"cancelOnPush,omitzero"`
	// ForceHTTPS is [ForceHTTPSDisabled] if it is empty.
	ForceHTTPS ForceHTTPS `json:"forceHttps,omitzero"`
	Branch     string     `json:"branch,omitzero"`
	// OAuthService is "github" if the code is in a GitHub repository, which OAuthApp names.
	OAuthService string           `json:"oauthService,omitzero"`
	OAuthApp     OAuthApplication `json:"oauthApp,omitzero"`
	Tags         []string         `json:"tags,omitzero"`
	// Env is the environment to start with. The API does not validate it here.
	Env []EnvVar `json:"env,omitzero"`
}

// OAuthApplication identifies a repository at GitHub.
type OAuthApplication struct {
	Owner string `json:"owner"`
	Name  string `json:"name"`
}

// Format prints in like any struct, without the values of its environment.
func (in ApplicationInput) Format(f fmt.State, verb rune) {
	type applicationInput ApplicationInput
	redact.Struct(f, verb, applicationInput(in))
}

func (in ApplicationInput) encode(d *draft) error {
	in.Deploy = cmp.Or(in.Deploy, DeployTypeGit).wire()
	in.MinInstances = cmp.Or(in.MinInstances, 1)
	in.MaxInstances = cmp.Or(in.MaxInstances, in.MinInstances)
	in.MaxFlavor = cmp.Or(in.MaxFlavor, in.MinFlavor)
	if err := checkScaling(in.MinInstances, in.MaxInstances); err != nil {
		return err
	}
	env, err := d.envObject("Env", in.Env)
	if err != nil {
		return err
	}
	body := struct {
		ApplicationInput
		Env map[string]string `json:"env,omitempty"`
	}{in, env}
	return d.jsonRequiring(body, "Name", in.Name, "Zone", string(in.Zone),
		"InstanceType", in.InstanceType, "InstanceVersion", in.InstanceVersion,
		"InstanceVariant", in.InstanceVariant, "MinFlavor", in.MinFlavor)
}

// checkScaling rejects bounds that contradict each other. One that is 0 is not given.
func checkScaling(least, most int) error {
	return check("",
		rule{least < 0, "MinInstances", "must not be negative"},
		rule{most < 0, "MaxInstances", "must not be negative"},
		rule{most > 0 && least > most, "MinInstances", "must not be over MaxInstances"})
}

// Create creates an application and returns it. It has one domain, which is made of its ID and ends
// with cleverapps.io. Nothing runs until code is pushed to [Application.DeployURL]. Its repository
// may be [RepositoryStateCreating] at first. If the API rejects a combination of settings, its
// message does not say which one is wrong.
//
// Create is not idempotent: after [ErrMaybeApplied], list the applications and compare names and
// creation dates before trying again.
//
//	POST /v2/organisations/{ownerId}/applications
func (s *ApplicationsService) Create(
	ctx context.Context, owner OwnerID, in ApplicationInput, opts ...CallOption,
) (*Application, error) {
	return operation[*Application]{
		id: "applications.create", method: "POST", path: appsPath, secretResult: true,
	}.call(ctx, s.client, opts, in, string(owner))
}

// ApplicationPatch changes an application. A field that is not set stays as it is. The fields
// mean what they mean in an [ApplicationInput].
type ApplicationPatch struct {
	Name             string              `json:"name,omitzero"`
	Description      Optional[string]    `json:"description,omitzero"`
	Zone             ZoneName            `json:"zone,omitzero"`
	Deploy           DeployType          `json:"deploy,omitzero"`
	Shutdownable     Optional[bool]      `json:"shutdownable,omitzero"`
	InstanceType     string              `json:"instanceType,omitzero"`
	InstanceVersion  string              `json:"instanceVersion,omitzero"`
	InstanceVariant  string              `json:"instanceVariant,omitzero"`
	InstanceLifetime ApplicationLifetime `json:"instanceLifetime,omitzero"`
	// MinInstances must not be over MaxInstances. Set both to raise the minimum over the maximum of
	// before; the same goes for flavors.
	MinInstances int    `json:"minInstances,omitzero"`
	MaxInstances int    `json:"maxInstances,omitzero"`
	MinFlavor    string `json:"minFlavor,omitzero"`
	MaxFlavor    string `json:"maxFlavor,omitzero"`
	// SeparateBuild must be true for BuildFlavor to have an effect. Set it to false and BuildFlavor
	// to "" to build on the instances again.
	SeparateBuild  Optional[bool]   `json:"separateBuild,omitzero"`
	BuildFlavor    Optional[string] `json:"buildFlavor,omitzero"`
	StickySessions Optional[bool]   `json:"stickySessions,omitzero"`
	Homogeneous    Optional[bool]   `json:"homogeneous,omitzero"`
	CancelOnPush   Optional[bool]   `json:"cancelOnPush,omitzero"`
	ForceHTTPS     ForceHTTPS       `json:"forceHttps,omitzero"`
	Branch         string           `json:"branch,omitzero"`
	Archived       Optional[bool]   `json:"archived,omitzero"`
	Favourite      Optional[bool]   `json:"favourite,omitzero"`
	// Tags and Env replace the whole list.
	Tags Optional[[]string] `json:"tags,omitzero"`
	Env  Optional[[]EnvVar] `json:"env,omitzero"`
}

// Format prints in like any struct, without the values of its environment.
func (in ApplicationPatch) Format(f fmt.State, verb rune) {
	type applicationPatch ApplicationPatch
	redact.Struct(f, verb, applicationPatch(in))
}

func (in ApplicationPatch) encode(d *draft) error {
	if err := checkNoNull(in); err != nil {
		return err
	}
	if err := checkScaling(in.MinInstances, in.MaxInstances); err != nil {
		return err
	}
	in.Deploy = in.Deploy.wire()
	in.Tags = listed(in.Tags)
	var env map[string]string
	if list, ok := in.Env.Get(); ok {
		var err error
		if env, err = d.envObject("Env", list); err != nil {
			return err
		}
	}
	return d.jsonPatch("ApplicationPatch", struct {
		ApplicationPatch
		Env map[string]string `json:"env,omitzero"`
	}{in, env})
}

// listed is o with an empty list in place of a nil one, which would be sent as null.
func listed(o Optional[[]string]) Optional[[]string] {
	if list, ok := o.Get(); ok {
		return Value(append([]string{}, list...))
	}
	return o
}

// checkNoNull rejects a patch with an Optional that is null, for an API that does not know null.
func checkNoNull(patch any) error {
	fields := reflect.ValueOf(patch)
	for i := range fields.NumField() {
		if o, ok := fields.Field(i).Interface().(interface{ IsNull() bool }); ok && o.IsNull() {
			name := fields.Type().Field(i).Name
			return &ValidationError{Argument: name, Reason: "must not be null"}
		}
	}
	return nil
}

// Update changes an application and returns it. What the patch leaves out keeps its value.
//
// The API may deploy a running application again, even if nothing has changed. So compare before
// you update, and do not update without need. Update is not idempotent, see [ErrMaybeApplied].
//
//	PUT /v2/organisations/{ownerId}/applications/{applicationId}
func (s *ApplicationsService) Update(
	ctx context.Context, owner OwnerID, app ApplicationID, in ApplicationPatch, opts ...CallOption,
) (*Application, error) {
	return operation[*Application]{
		id: "applications.update", method: "PUT", path: appPath, secretResult: true,
	}.call(ctx, s.client, opts, in, string(owner), string(app))
}

// Delete deletes an application, its configuration and its repository. Add-ons that are linked to
// it stay. If the application does not exist, the error matches [ErrNotFound].
//
//	DELETE /v2/organisations/{ownerId}/applications/{applicationId}
func (s *ApplicationsService) Delete(
	ctx context.Context, owner OwnerID, app ApplicationID, opts ...CallOption,
) error {
	return operation[none]{
		id: "applications.delete", method: "DELETE", path: appPath, idempotent: true,
	}.do(ctx, s.client, opts, none{}, string(owner), string(app))
}

// DeployInput says what [ApplicationsService.Deploy] deploys. The zero value deploys the commit
// that was deployed last.
type DeployInput struct {
	// Commit is a full hash.
	Commit string
	// WithoutCache builds without what earlier builds have cached.
	WithoutCache bool
}

func (in DeployInput) encode(d *draft) error {
	_, err := hex.DecodeString(in.Commit)
	if short := in.Commit != "" && len(in.Commit) < 40; short || err != nil {
		return &ValidationError{Argument: "Commit", Reason: "must be a full hash of a commit"}
	}
	query.Text(&d.query, "commit", in.Commit)
	if in.WithoutCache {
		d.query.Add("useCache", "no")
	}
	return nil
}

// startedDeployment is what the API says of a deployment that it has begun.
type startedDeployment struct {
	DeploymentID DeploymentID `json:"deploymentId"`
	Message      string       `json:"message"`
}

// Deploy starts an application, or restarts it, with code that has been pushed, and returns the
// ID of the deployment. Use [OrchestrationService.WaitForDeployment] to wait for its end. The ID is
// empty if the API does not tell it: then look for it with [OrchestrationService.ListDeployments].
//
// If nothing has ever been pushed there is nothing to deploy, and [APIError.Code] is 4014.
//
// Deploy is not idempotent, since each call is a deployment: after [ErrMaybeApplied], list the
// deployments before trying again.
//
//	POST /v2/organisations/{ownerId}/applications/{applicationId}/instances
func (s *ApplicationsService) Deploy(
	ctx context.Context, owner OwnerID, app ApplicationID, in DeployInput, opts ...CallOption,
) (DeploymentID, error) {
	started, err := operation[startedDeployment]{
		id: "applications.deploy", method: "POST", path: appPath + "/instances",
		ifEmpty: func([]string) any { return startedDeployment{} },
	}.call(ctx, s.client, opts, in, string(owner), string(app))
	return started.DeploymentID, err
}

// Stop stops all instances of an application. It returns before they have stopped. Deploy starts
// the application again. Stop is idempotent.
//
//	DELETE /v2/organisations/{ownerId}/applications/{applicationId}/instances
func (s *ApplicationsService) Stop(
	ctx context.Context, owner OwnerID, app ApplicationID, opts ...CallOption,
) error {
	return operation[none]{
		id: "applications.stop", method: "DELETE", path: appPath + "/instances", idempotent: true,
	}.do(ctx, s.client, opts, none{}, string(owner), string(app))
}

// CancelDeployment cancels a deployment. It returns before the deployment has ended. One that has
// ended stays as it is. CancelDeployment is not idempotent, see [ErrMaybeApplied].
//
//	DELETE /v2/organisations/{ownerId}/applications/{applicationId}/deployments/{deploymentId}/instances
func (s *ApplicationsService) CancelDeployment(
	ctx context.Context, owner OwnerID, app ApplicationID, id DeploymentID, opts ...CallOption,
) error {
	return operation[none]{
		id: "applications.cancel-deployment", method: "DELETE",
		path: appPath + "/deployments/{deploymentId}/instances",
	}.do(ctx, s.client, opts, none{}, string(owner), string(app), string(id))
}

// Runtime is a version of a language or platform that applications can run on.
type Runtime struct {
	Type    string         `json:"type,omitzero"`
	Version string         `json:"version,omitzero"`
	Name    string         `json:"name,omitzero"`
	Variant RuntimeVariant `json:"variant,omitzero"`

	Description   string   `json:"description,omitzero"`
	Enabled       bool     `json:"enabled"` // whether applications can be created with it
	ComingSoon    bool     `json:"comingSoon"`
	MaxInstances  int      `json:"maxInstances"` // bounds the instances of an application
	Tags          []string `json:"tags,omitzero"`
	Deployments   []string `json:"deployments,omitzero"` // the ways to deploy, such as git
	Flavors       []Flavor `json:"flavors,omitzero"`     // the sizes that instances can have
	DefaultFlavor Flavor   `json:"defaultFlavor,omitzero"`
	BuildFlavor   Flavor   `json:"buildFlavor,omitzero"` // the default size of a separate build
}

// RuntimeVariant is a kind of application that a type of instance can run.
type RuntimeVariant struct {
	ID string `json:"id,omitzero"` // a UUID
	// Slug is a short name, such as node, go, docker or static-apache.
	Slug       string `json:"slug,omitzero"`
	Name       string `json:"name,omitzero"`
	DeployType string `json:"deployType,omitzero"`
	Logo       string `json:"logo,omitzero"` // the URL of an image
}

// Flavor is a size of instances.
type Flavor struct {
	// Name is what requests take, such as pico, XS or 2XL. They take it in any case.
	Name string `json:"name,omitzero"`
	Mem  int    `json:"mem"` // the memory in MB
	CPUs int    `json:"cpus"`
	GPUs int    `json:"gpus"`
	Disk int    `json:"disk,omitzero"`
	// Price is in whole units of the currency, not in cents.
	Price           Amount       `json:"price,omitzero"`
	Available       bool         `json:"available"`
	Microservice    bool         `json:"microservice"`
	MachineLearning bool         `json:"machine_learning"`
	Nice            int          `json:"nice"`
	PriceID         string       `json:"price_id,omitzero"`
	Memory          FlavorMemory `json:"memory,omitzero"`
	CPUFactor       float64      `json:"cpuFactor,omitzero"`
	MemFactor       float64      `json:"memFactor,omitzero"`
}

// FlavorMemory is the memory of a [Flavor].
type FlavorMemory struct {
	Unit      string `json:"unit,omitzero"` // that of Value, such as B
	Value     int64  `json:"value"`
	Formatted string `json:"formatted,omitzero"` // for a person, such as 2 GiB
}

// ListRuntimes returns what applications can run on. It works without credentials. The list is long
// and changes rarely, so keep it. See [FindRuntime].
//
// With [WithQuery]("for", owner) it returns what an owner may use.
//
//	GET /v2/products/instances
func (s *ApplicationsService) ListRuntimes(
	ctx context.Context, opts ...CallOption,
) ([]Runtime, error) {
	return operation[[]Runtime]{id: "applications.list-runtimes", path: "/v2/products/instances"}.
		call(ctx, s.client, opts, none{})
}

// FindRuntime returns the newest of the runtimes that are enabled and whose variant has the given
// slug, such as node or go, and whether there is one. The case does not matter.
func FindRuntime(runtimes []Runtime, slug string) (newest Runtime, found bool) {
	for _, r := range runtimes {
		wanted := r.Enabled && strings.EqualFold(r.Variant.Slug, slug)
		if wanted && (!found || r.Version > newest.Version) {
			newest, found = r, true
		}
	}
	return newest, found
}
