package clevercloud

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"

	"github.com/clevercloud-go/clevercloud/auth"
)

// OperatorsService is the applications that Clever Cloud deploys and manages: Keycloak, Matomo, Metabase, Otoroshi.
// See https://www.clever-cloud.com/developers/api/v4/#operators.
type OperatorsService service

const operatorPath = "/v4/addon-providers/addon-{operator_name}/addons/{operator_id}"

var (
	operatorsGet = operation[none, *Operator]{
		id: "operators.get", secretResult: true, method: http.MethodGet, idempotent: true, path: operatorPath,
	}
	operatorsReboot = operation[none, none]{
		id: "operators.reboot", method: http.MethodPost, path: operatorPath + "/reboot",
	}
	operatorsRebuild = operation[none, none]{
		id: "operators.rebuild", method: http.MethodPost, path: operatorPath + "/rebuild",
	}
	operatorsAttachNetworkGroup = operation[none, *Operator]{
		id: "operators.attach-network-group", secretResult: true, method: http.MethodPost, path: operatorPath + "/networkgroup",
	}
	operatorsCheckVersion = operation[none, *OperatorVersions]{
		id: "operators.check-version", method: http.MethodGet, idempotent: true, path: operatorPath + "/version/check",
	}
	operatorsUpdateVersion = operation[operatorVersion, *Operator]{
		id: "operators.update-version", secretResult: true, method: http.MethodPost, path: operatorPath + "/version/update",
	}
	operatorsOtoroshiConfig = operation[none, none]{
		id: "operators.otoroshi-config", method: http.MethodGet, idempotent: true, accept: mediaYAML,
		path: operatorPath + "/config.yaml",
	}
	operatorsDetachNetworkGroup = operation[none, none]{
		id: "operators.detach-network-group", method: http.MethodDelete, idempotent: true, path: operatorPath + "/networkgroup",
	}
)

// An OperatorKind is a service that is deployed as an operator. Other values may appear; see [OperatorKind.IsKnown].
type OperatorKind string

// The known kinds.
const (
	Keycloak OperatorKind = "keycloak"
	Matomo   OperatorKind = "matomo"
	Metabase OperatorKind = "metabase"
	Otoroshi OperatorKind = "otoroshi"
)

// IsKnown reports whether k is one of the constants of this package.
func (k OperatorKind) IsKnown() bool {
	return k == Keycloak || k == Matomo || k == Metabase || k == Otoroshi
}

// An Operator is a deployed service with what it consists of. Which optional fields are set depends on the kind.
type Operator struct {
	// ResourceID is the real id, which calls want.
	ResourceID OperatorID `json:"resourceId,omitzero"`
	// AddonID is the id that the console and the v2 API know.
	AddonID AddonID `json:"addonId,omitzero"`
	Name    string  `json:"name,omitzero"`
	OwnerID OwnerID `json:"ownerId,omitzero"`
	// Plan is ALPHA, BETA or BASE.
	Plan string `json:"plan,omitzero"`
	// Version is that of the service itself.
	Version string `json:"version,omitzero"`
	// JavaVersion is empty for Matomo.
	JavaVersion string `json:"javaVersion,omitzero"`
	// PHPVersion is empty for all but Matomo.
	PHPVersion string `json:"phpVersion,omitzero"`
	// AccessURL is where its users go.
	AccessURL string `json:"accessUrl,omitzero"`
	// InitialCredentials is how to sign in for the first time; nil for Matomo and Metabase.
	InitialCredentials *OperatorCredentials `json:"initialCredentials,omitzero"`
	// API is how programs reach it; nil for all but Otoroshi.
	API *OperatorAPI `json:"api,omitzero"`
	// AvailableVersions are those it can be updated to or from; may be empty.
	AvailableVersions []string          `json:"availableVersions,omitzero"`
	Resources         OperatorResources `json:"resources,omitzero"`
	Features          OperatorFeatures  `json:"features,omitzero"`
	// EnvVars are the environment of its application.
	EnvVars map[string]auth.Secret `json:"envVars,omitzero"`
}

// Format prints o as any struct, but for its secrets.
func (o Operator) Format(f fmt.State, verb rune) {
	type operator Operator
	formatStruct(f, verb, operator(o))
}

// OperatorCredentials are those of the first administrator, good until changed.
type OperatorCredentials struct {
	User     string      `json:"user,omitzero"`
	Password auth.Secret `json:"password,omitzero"`
}

// Format prints c as any struct, but for its password.
func (c OperatorCredentials) Format(f fmt.State, verb rune) {
	type operatorCredentials OperatorCredentials
	formatStruct(f, verb, operatorCredentials(c))
}

// An OperatorAPI is Otoroshi's own API.
type OperatorAPI struct {
	URL    string      `json:"url,omitzero"`
	User   string      `json:"user,omitzero"`
	Secret auth.Secret `json:"secret,omitzero"`
	// OpenAPI is the address of the API's description, SwaggerURL that of a page that shows it.
	OpenAPI    string `json:"openapi,omitzero"`
	SwaggerURL string `json:"swaggerUrl,omitzero"`
}

// Format prints a as any struct, but for its secret.
func (a OperatorAPI) Format(f fmt.State, verb rune) {
	type operatorAPI OperatorAPI
	formatStruct(f, verb, operatorAPI(a))
}

// OperatorResources are the ids of what an operator consists of, by the API's names for them: entrypoint, pgsqlId, redisId, …. What is
// not used is empty or absent. A value that is no text is kept as JSON.
type OperatorResources map[string]string

// Entrypoint returns the application that runs the service.
func (r OperatorResources) Entrypoint() ApplicationID { return ApplicationID(r["entrypoint"]) }

// any returns the first resource that is there under one of the API's names for it.
func (r OperatorResources) any(names ...string) ResourceID {
	for _, name := range names {
		if id := r[name]; id != "" {
			return ResourceID(id)
		}
	}
	return ""
}

// PostgreSQL returns the database's real id; empty if there is none, like those that follow.
func (r OperatorResources) PostgreSQL() ResourceID {
	return r.any("pgsqlId", "postgresId", "postgresqlId")
}

// MySQL returns the database's real id.
func (r OperatorResources) MySQL() ResourceID { return r.any("mysqlId") }

// Redis returns the cache's real id.
func (r OperatorResources) Redis() ResourceID { return r.any("redisId") }

// KV returns the Materia KV database's real id.
func (r OperatorResources) KV() ResourceID { return r.any("kvId") }

// FSBucket returns the file system bucket's real id.
func (r OperatorResources) FSBucket() ResourceID { return r.any("fsbucketId", "fsBucketId") }

// Cellar returns the object storage's real id.
func (r OperatorResources) Cellar() ResourceID { return r.any("cellarId") }

// Elasticsearch returns the search engine's real id.
func (r OperatorResources) Elasticsearch() ResourceID { return r.any("elasticId", "elasticsearchId") }

// Pulsar returns the message broker's real id.
func (r OperatorResources) Pulsar() PulsarID { return PulsarID(r.any("pulsarId")) }

// UnmarshalJSON reads an object of ids and nulls.
func (r *OperatorResources) UnmarshalJSON(data []byte) error {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(data, &members); err != nil || members == nil {
		return err
	}
	*r = make(OperatorResources, len(members))
	for name, value := range members {
		var text *string
		switch {
		case json.Unmarshal(value, &text) != nil:
			(*r)[name] = string(value)
		case text == nil:
			(*r)[name] = ""
		default:
			(*r)[name] = *text
		}
	}
	return nil
}

// MarshalJSON writes an empty id as null, as the API does.
func (r OperatorResources) MarshalJSON() ([]byte, error) {
	if r == nil {
		return []byte("null"), nil
	}
	members := make(map[string]any, len(r))
	for name, value := range r {
		switch {
		case value == "":
			members[name] = nil
		case bytes.ContainsAny([]byte(value[:1]), "{[") && json.Valid([]byte(value)):
			members[name] = json.RawMessage(value)
		default:
			members[name] = value
		}
	}
	return json.Marshal(members)
}

// OperatorFeatures are what can be switched on, by the API's names, with their JSON.
type OperatorFeatures map[string]json.RawMessage

// NetworkGroup returns the network group that the operator is in, and whether it is in one.
func (f OperatorFeatures) NetworkGroup() (NetworkGroupID, bool) {
	var group struct {
		ID   NetworkGroupID `json:"id"`
		Also NetworkGroupID `json:"networkGroupId"`
	}
	if json.Unmarshal(f["networkGroup"], &group) != nil {
		return "", false
	}
	id := NetworkGroupID(cmp.Or(string(group.ID), string(group.Also)))
	return id, id != ""
}

// Get returns an operator. The id is the real one, keycloak_… for example: an addon_… id is [ErrNotFound].
//
//	GET /v4/addon-providers/addon-{operator_name}/addons/{operator_id}
func (s *OperatorsService) Get(ctx context.Context, kind OperatorKind, id OperatorID, opts ...CallOption) (*Operator, error) {
	return operatorsGet.call(ctx, s.client, opts, none{}, string(kind), string(id))
}

// Reboot restarts an operator: a new deployment of its application. It is never repeated by itself once it may have been carried out,
// since each call queues one more.
//
//	POST /v4/addon-providers/addon-{operator_name}/addons/{operator_id}/reboot
func (s *OperatorsService) Reboot(ctx context.Context, kind OperatorKind, id OperatorID, opts ...CallOption) error {
	_, err := operatorsReboot.call(ctx, s.client, opts, none{}, string(kind), string(id))
	return err
}

// Rebuild builds an operator's application anew and restarts it. It is never repeated by itself once it may have been carried out.
//
//	POST /v4/addon-providers/addon-{operator_name}/addons/{operator_id}/rebuild
func (s *OperatorsService) Rebuild(ctx context.Context, kind OperatorKind, id OperatorID, opts ...CallOption) error {
	_, err := operatorsRebuild.call(ctx, s.client, opts, none{}, string(kind), string(id))
	return err
}

// AttachNetworkGroup makes a network group and puts the operator's application into it; the application restarts. [Keycloak] and [Otoroshi]
// have this feature, the others are [ErrNotFound]. The result holds the group: see [OperatorFeatures.NetworkGroup]. It is never repeated
// by itself once it may have been carried out.
//
// To put an operator into a group that exists, add its application, [OperatorResources.Entrypoint], with
// [NetworkGroupsService.AddMember]. That works for every kind of operator.
//
//	POST /v4/addon-providers/addon-{operator_name}/addons/{operator_id}/networkgroup
func (s *OperatorsService) AttachNetworkGroup(ctx context.Context, kind OperatorKind, id OperatorID, opts ...CallOption) (*Operator, error) {
	return operatorsAttachNetworkGroup.call(ctx, s.client, opts, none{}, string(kind), string(id))
}

// DetachNetworkGroup takes the operator's application out of its network group.
//
//	DELETE /v4/addon-providers/addon-{operator_name}/addons/{operator_id}/networkgroup
func (s *OperatorsService) DetachNetworkGroup(ctx context.Context, kind OperatorKind, id OperatorID, opts ...CallOption) error {
	_, err := operatorsDetachNetworkGroup.call(ctx, s.client, opts, none{}, string(kind), string(id))
	return err
}

// OperatorVersions are the versions that an operator can have.
type OperatorVersions struct {
	Installed string `json:"installed,omitzero"`
	Latest    string `json:"latest,omitzero"`
	// Available are those it can be updated to.
	Available []string `json:"available,omitzero"`
	// NeedUpdate says that Installed is not Latest.
	NeedUpdate bool `json:"needUpdate"`
}

// CheckVersion returns the versions that an operator can have. Matomo is updated by the platform: for it this is [ErrNotFound].
//
//	GET /v4/addon-providers/addon-{operator_name}/addons/{operator_id}/version/check
func (s *OperatorsService) CheckVersion(ctx context.Context, kind OperatorKind, id OperatorID, opts ...CallOption) (*OperatorVersions, error) {
	return operatorsCheckVersion.call(ctx, s.client, opts, none{}, string(kind), string(id))
}

type operatorVersion struct {
	Target string `json:"targetVersion"`
}

func (v operatorVersion) encode(d *draft) error {
	if v.Target == "" {
		return &ValidationError{Argument: "version", Reason: "must not be empty"}
	}
	return d.json(v)
}

// UpdateVersion changes the version of an operator, which rebuilds it, and returns it. It is never repeated by itself once it may have been
// carried out. Matomo is updated by the platform: for it this is [ErrNotFound].
//
//	POST /v4/addon-providers/addon-{operator_name}/addons/{operator_id}/version/update
func (s *OperatorsService) UpdateVersion(ctx context.Context, kind OperatorKind, id OperatorID, version string, opts ...CallOption) (*Operator, error) {
	return operatorsUpdateVersion.call(ctx, s.client, opts, operatorVersion{version}, string(kind), string(id))
}

// OtoroshiConfig writes the configuration file for otoroshictl, YAML that holds secrets, to w and returns the number of bytes written.
//
//	GET /v4/addon-providers/addon-{operator_name}/addons/{operator_id}/config.yaml
func (s *OperatorsService) OtoroshiConfig(ctx context.Context, id OperatorID, w io.Writer, opts ...CallOption) (int64, error) {
	return operatorsOtoroshiConfig.download(ctx, s.client, w, opts, none{}, string(Otoroshi), string(id))
}
