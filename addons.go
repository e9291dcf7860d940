package clevercloud

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/clevercloud-go/clevercloud/auth"
	"github.com/clevercloud-go/clevercloud/internal/redact"
)

// AddonsService manages add-ons, such as databases and storage, and lists those that can be
// ordered. Most of it uses the v2 API.
//
// An add-on has two IDs. The methods of this service take the one that begins with addon_; most of
// the v4 API takes [Addon.RealID]. Use [Summary.Find] to get one from the other.
type AddonsService service

const (
	addonsPath        = "/v2/organisations/{ownerId}/addons"
	addonPath         = addonsPath + "/{addonId}"
	addonProviderPath = "/v4/addon-providers/{providerId}"
)

// Addon is an add-on of an owner.
type Addon struct {
	ID AddonID `json:"id,omitzero"`
	// Name may be empty. Names are not unique.
	Name string `json:"name,omitzero"`
	// RealID begins with the kind of add-on, such as postgresql_….
	RealID       ResourceID `json:"realId,omitzero"`
	Region       ZoneName   `json:"region,omitzero"` // the zone
	ZoneID       string     `json:"zoneId,omitzero"` // the UUID of the zone
	CreationDate time.Time  `json:"creationDate,omitzero"`
	// ConfigKeys are the names of the variables that [AddonsService.Env] returns.
	ConfigKeys []string      `json:"configKeys,omitzero"`
	Provider   AddonProvider `json:"provider,omitzero"` // without its Plans and Features
	Plan       AddonPlan     `json:"plan,omitzero"`
}

// AddonProvider is a kind of add-on that can be ordered.
type AddonProvider struct {
	// ID is what [AddonInput] takes, such as postgresql-addon, redis-addon or cellar-addon.
	ID           string `json:"id,omitzero"`
	Name         string `json:"name,omitzero"`
	Website      string `json:"website,omitzero"`
	SupportEmail string `json:"supportEmail,omitzero"`
	ShortDesc    string `json:"shortDesc,omitzero"`
	LongDesc     string `json:"longDesc,omitzero"`
	LogoURL      string `json:"logoUrl,omitzero"`

	Status       AddonProviderStatus `json:"status,omitzero"`
	OpenInNewTab bool                `json:"openInNewTab"`
	// CanUpgrade reports whether the plan of an add-on can be changed.
	CanUpgrade bool        `json:"canUpgrade"`
	Regions    []ZoneName  `json:"regions,omitzero"` // the zones where the provider has add-ons
	Plans      []AddonPlan `json:"plans,omitzero"`   // may be empty
	// Features are what plans differ in, without their values.
	Features []AddonFeature `json:"features,omitzero"`
}

// Plan returns the plan with the given slug, such as dev or xs_sml, and whether there is one. The
// case does not matter.
func (p AddonProvider) Plan(slug string) (AddonPlan, bool) {
	for _, plan := range p.Plans {
		if slug != "" && strings.EqualFold(plan.Slug, slug) {
			return plan, true
		}
	}
	return AddonPlan{}, false
}

// AddonProviderStatus says whether a provider is ready for use. Other values may appear.
type AddonProviderStatus string

// The known statuses.
const (
	AddonProviderStatusAlpha       AddonProviderStatus = "ALPHA"
	AddonProviderStatusBetaPrivate AddonProviderStatus = "BETA_PRIV"
	AddonProviderStatusBetaPublic  AddonProviderStatus = "BETA_PUB"
	AddonProviderStatusRelease     AddonProviderStatus = "RELEASE"
	AddonProviderStatusDeleted     AddonProviderStatus = "DELETED"
)

// IsKnown reports whether s is one of the constants of this package.
func (s AddonProviderStatus) IsKnown() bool {
	return isOneOf(s, AddonProviderStatusAlpha, AddonProviderStatusBetaPrivate,
		AddonProviderStatusBetaPublic, AddonProviderStatusRelease, AddonProviderStatusDeleted)
}

// AddonPlan is a size of add-ons of one provider.
type AddonPlan struct {
	// ID is what [AddonInput] takes (plan_…).
	ID   string `json:"id,omitzero"`
	Name string `json:"name,omitzero"`
	// Slug is a short name that is unique within the provider, such as dev or xs_sml.
	Slug     string         `json:"slug,omitzero"`
	Price    Amount         `json:"price,omitzero"` // in whole units of the currency, not in cents
	PriceID  string         `json:"price_id,omitzero"`
	Features []AddonFeature `json:"features,omitzero"`
	Zones    []ZoneName     `json:"zones,omitzero"` // the zones where the plan can be ordered
}

// AddonFeature is something that plans of a provider differ in.
type AddonFeature struct {
	Name  string           `json:"name,omitzero"`
	Type  AddonFeatureType `json:"type,omitzero"`
	Value string           `json:"value,omitzero"` // for a person, such as 5 GB or Dedicated
	// ComputableValue is for a program, such as 5368709120. It is often empty.
	ComputableValue string `json:"computable_value,omitzero"`
	// NameCode names the feature for a program, such as is-dedicated. It is often empty.
	NameCode string `json:"name_code,omitzero"`
}

// AddonFeatureType is the type of a feature's value. Other values may appear.
type AddonFeatureType string

// The known types.
const (
	AddonFeatureTypeBoolean       AddonFeatureType = "BOOLEAN"
	AddonFeatureTypeBooleanShared AddonFeatureType = "BOOLEAN_SHARED"
	AddonFeatureTypeBytes         AddonFeatureType = "BYTES"
	AddonFeatureTypeFileSize      AddonFeatureType = "FILESIZE"
	AddonFeatureTypeInterval      AddonFeatureType = "INTERVAL"
	AddonFeatureTypeNumber        AddonFeatureType = "NUMBER"
	AddonFeatureTypeObject        AddonFeatureType = "OBJECT"
	AddonFeatureTypePercentage    AddonFeatureType = "PERCENTAGE"
	AddonFeatureTypeString        AddonFeatureType = "STRING"
)

// IsKnown reports whether t is one of the constants of this package.
func (t AddonFeatureType) IsKnown() bool {
	return isOneOf(t, AddonFeatureTypeBoolean, AddonFeatureTypeBooleanShared, AddonFeatureTypeBytes,
		AddonFeatureTypeFileSize, AddonFeatureTypeInterval, AddonFeatureTypeNumber,
		AddonFeatureTypeObject, AddonFeatureTypePercentage, AddonFeatureTypeString)
}

// List returns the add-ons of an owner. A new add-on can be missing for a moment.
//
//	GET /v2/organisations/{ownerId}/addons
func (s *AddonsService) List(
	ctx context.Context, owner OwnerID, opts ...CallOption,
) ([]Addon, error) {
	return operation[[]Addon]{id: "addons.list", path: addonsPath}.
		call(ctx, s.client, opts, none{}, string(owner))
}

// Get returns an add-on. The v2 API does not know the state of an add-on; see
// [AddonsService.GetDetails]. For an add-on of another owner, the error matches [ErrForbidden].
//
//	GET /v2/organisations/{ownerId}/addons/{addonId}
func (s *AddonsService) Get(
	ctx context.Context, owner OwnerID, id AddonID, opts ...CallOption,
) (*Addon, error) {
	return operation[*Addon]{id: "addons.get", path: addonPath}.
		call(ctx, s.client, opts, none{}, string(owner), string(id))
}

// AddonInput describes an add-on to create. All fields but Options are required.
type AddonInput struct {
	Name string `json:"name"` // need not be unique
	// ProviderID is the ID of an [AddonProvider].
	ProviderID string `json:"providerId"`
	// PlanID is the ID of an [AddonPlan] (plan_…), not its slug. See [AddonProvider.Plan].
	PlanID string `json:"plan"`
	// Zone is required, also for add-ons without a location, such as configuration providers.
	Zone ZoneName `json:"region"`
	// Options depend on the provider. Booleans are the texts true and false. Examples are version,
	// encryption, do-backup and direct-host-only for databases, locale for PostgreSQL, and kibana,
	// apm and plugins, a list with commas, for Elasticsearch. They cannot be changed later. See
	// [AddonsService.GetProviderInfo].
	Options map[string]string `json:"options,omitzero"`
}

func (in AddonInput) encode(d *draft) error {
	return d.jsonRequiring(in, "Name", in.Name, "ProviderID", in.ProviderID, "PlanID", in.PlanID,
		"Zone", string(in.Zone))
}

// Create orders an add-on, which may cost money, and returns it. Its IDs and its environment are
// final at once, but it can take minutes until the add-on is usable.
//
// If the provider has no capacity, or is temporarily overloaded, the error matches
// [ErrUnavailable]. If the owner has no means of payment, the API rejects plans that are not free.
//
// Create is not idempotent: after [ErrMaybeApplied], list the add-ons and look for the name before
// trying again. Unique names make that safe.
//
//	POST /v2/organisations/{ownerId}/addons
func (s *AddonsService) Create(
	ctx context.Context, owner OwnerID, in AddonInput, opts ...CallOption,
) (*Addon, error) {
	return operation[*Addon]{id: "addons.create", method: "POST", path: addonsPath}.
		call(ctx, s.client, opts, in, string(owner))
}

type addonName string

func (name addonName) encode(d *draft) error {
	return d.jsonRequiring(map[string]addonName{"name": name}, "name", string(name))
}

// Rename changes the name of an add-on, and nothing else, and returns the add-on. It is idempotent.
//
//	PUT /v2/organisations/{ownerId}/addons/{addonId}
func (s *AddonsService) Rename(
	ctx context.Context, owner OwnerID, id AddonID, name string, opts ...CallOption,
) (*Addon, error) {
	return operation[*Addon]{id: "addons.rename", method: "PUT", path: addonPath, idempotent: true}.
		call(ctx, s.client, opts, addonName(name), string(owner), string(id))
}

// Delete deletes an add-on and its data. Applications that it is linked to lose its variables at
// their next deployment. The API can reject the deletion of a database that was just created; try
// again later. If the add-on does not exist, the error matches [ErrNotFound].
//
//	DELETE /v2/organisations/{ownerId}/addons/{addonId}
func (s *AddonsService) Delete(
	ctx context.Context, owner OwnerID, id AddonID, opts ...CallOption,
) error {
	return operation[none]{
		id: "addons.delete", method: "DELETE", path: addonPath, idempotent: true,
	}.do(ctx, s.client, opts, none{}, string(owner), string(id))
}

// Env returns the variables that an add-on gives to the applications that it is linked to, such as
// POSTGRESQL_ADDON_URI. Their names depend on the provider.
//
//	GET /v2/organisations/{ownerId}/addons/{addonId}/env
func (s *AddonsService) Env(
	ctx context.Context, owner OwnerID, id AddonID, opts ...CallOption,
) ([]EnvVar, error) {
	return operation[[]EnvVar]{id: "addons.env", path: addonPath + "/env", secretResult: true}.
		call(ctx, s.client, opts, none{}, string(owner), string(id))
}

// ListProviders returns the kinds of add-ons that can be ordered, with their plans. It works
// without credentials. The list is long and changes rarely, so keep it.
//
// With [WithQuery]("orgaId", owner) it returns the plans and prices that an owner may use.
//
//	GET /v2/products/addonproviders
func (s *AddonsService) ListProviders(
	ctx context.Context, opts ...CallOption,
) ([]AddonProvider, error) {
	return operation[[]AddonProvider]{
		id: "addons.list-providers", path: "/v2/products/addonproviders",
	}.call(ctx, s.client, opts, none{})
}

// AddonDetails are what the provider knows about an add-on. Which fields are set depends on the
// provider.
type AddonDetails struct {
	// ID is the provider's own, often the UUID of the real ID.
	ID           string      `json:"id,omitzero"`
	AppID        AddonID     `json:"app_id,omitzero"` // the add-on's ID, addon_…
	OwnerID      OwnerID     `json:"owner_id,omitzero"`
	Plan         string      `json:"plan,omitzero"` // a slug, such as xs_sml
	Zone         ZoneName    `json:"zone,omitzero"`
	CreationDate time.Time   `json:"creation_date,omitzero"`
	DeletionDate time.Time   `json:"deletion_date,omitzero"`
	Status       string      `json:"status,omitzero"` // ACTIVE if the add-on is in use
	Host         string      `json:"host,omitzero"`
	Port         int         `json:"port,omitzero"`
	User         string      `json:"user,omitzero"`
	Password     auth.Secret `json:"password,omitzero"`
	Database     string      `json:"database,omitzero"` // the name of the database
	Version      string      `json:"version,omitzero"`
	Locale       string      `json:"locale,omitzero"` // set for PostgreSQL on a dedicated plan
	// Features are the options of the add-on. One that was never set is missing.
	Features      []AddonOption       `json:"features,omitzero"`
	ReadOnlyUsers []AddonReadOnlyUser `json:"read_only_users,omitzero"`

	// The fields below belong to Elasticsearch. A host is empty until its service has booted.

	KibanaHost     string        `json:"kibana_host,omitzero"`
	KibanaUser     string        `json:"kibana_user,omitzero"`
	KibanaPassword auth.Secret   `json:"kibana_password,omitzero"`
	APMHost        string        `json:"apm_host,omitzero"`
	APMUser        string        `json:"apm_user,omitzero"`
	APMPassword    auth.Secret   `json:"apm_password,omitzero"`
	APMAuthToken   auth.Secret   `json:"apm_auth_token,omitzero"`
	Plugins        []string      `json:"plugins,omitzero"`
	Backups        AddonBackups  `json:"backups,omitzero"`
	Services       []AddonOption `json:"services,omitzero"`
}

// Format prints a like any struct, without its secrets.
func (a AddonDetails) Format(f fmt.State, verb rune) {
	type addonDetails AddonDetails
	redact.Struct(f, verb, addonDetails(a))
}

// AddonOption is something that is on or off in an add-on, such as do-backup or encryption.
type AddonOption struct {
	Name    string `json:"name,omitzero"`
	Enabled bool   `json:"enabled"`
}

// AddonBackups tell where the backups of an Elasticsearch add-on are.
type AddonBackups struct {
	KibanaSnapshotsURL string `json:"kibana_snapshots_url,omitzero"` // a page of Kibana
}

// AddonReadOnlyUser is a user of a database who cannot write.
type AddonReadOnlyUser struct {
	User     string      `json:"user,omitzero"`
	Password auth.Secret `json:"password,omitzero"`
}

// Format prints u like any struct, without its password.
func (u AddonReadOnlyUser) Format(f fmt.State, verb rune) {
	type addonReadOnlyUser AddonReadOnlyUser
	redact.Struct(f, verb, addonReadOnlyUser(u))
}

// GetDetails returns what the provider knows about an add-on: its status, version, options and how
// to connect to it. The providers postgresql-addon, mysql-addon, mongodb-addon and es-addon have
// details for the ID that begins with addon_. For the provider jenkins, pass the real ID instead,
// as AddonID(addon.RealID). Operators, Pulsar and Materia have methods of their own. For an unknown
// provider or add-on, the error matches [ErrNotFound].
//
//	GET /v4/addon-providers/{providerId}/addons/{id}
func (s *AddonsService) GetDetails(
	ctx context.Context, provider string, id AddonID, opts ...CallOption,
) (*AddonDetails, error) {
	return operation[*AddonDetails]{
		id: "addons.get-details", path: addonProviderPath + "/addons/{id}", secretResult: true,
	}.call(ctx, s.client, opts, none{}, provider, string(id))
}

// AddonProviderInfo tells which versions and options the add-ons of a provider can have.
type AddonProviderInfo struct {
	ProviderID string `json:"providerId,omitzero"`
	// DefaultDedicatedVersion is the version of an add-on whose creation names none.
	DefaultDedicatedVersion string `json:"defaultDedicatedVersion,omitzero"`
	// Dedicated holds the versions of dedicated plans, such as 18, with their options.
	Dedicated map[string]AddonVersion `json:"dedicated,omitzero"`
	Clusters  []AddonCluster          `json:"clusters,omitzero"` // where shared plans run
}

// AddonVersion is a version that an add-on can have.
type AddonVersion struct {
	// Features are the options of the version. Those that are enabled can be used.
	Features []AddonOption `json:"features,omitzero"`
}

// AddonCluster is a database server that add-ons with a shared plan are on.
type AddonCluster struct {
	ID       string        `json:"id,omitzero"`
	Label    string        `json:"label,omitzero"`
	Zone     ZoneName      `json:"zone,omitzero"`
	Version  string        `json:"version,omitzero"`
	Features []AddonOption `json:"features,omitzero"`
}

// GetProviderInfo returns the versions and options of a provider, such as postgresql-addon. Here
// Keycloak is keycloak, without the prefix addon-. A provider that has no such choice is
// [ErrNotFound].
//
//	GET /v4/addon-providers/{providerId}
func (s *AddonsService) GetProviderInfo(
	ctx context.Context, provider string, opts ...CallOption,
) (*AddonProviderInfo, error) {
	return operation[*AddonProviderInfo]{id: "addons.get-provider-info", path: addonProviderPath}.
		call(ctx, s.client, opts, none{}, provider)
}
