package clevercloud

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/clevercloud-go/clevercloud/auth"
	"github.com/clevercloud-go/clevercloud/internal/redact"
)

// OperatorsService manages operators: the Keycloak, Matomo, Metabase and Otoroshi services that
// Clever Cloud deploys and runs.
//
// API reference: https://www.clever-cloud.com/developers/api/v4/#operators
type OperatorsService service

const operatorPath = "/v4/addon-providers/addon-{operator_name}/addons/{operator_id}"

// OperatorKind is the kind of service of an operator. Other values may appear.
type OperatorKind string

// The known kinds of operators.
const (
	Keycloak OperatorKind = "keycloak"
	Matomo   OperatorKind = "matomo"
	Metabase OperatorKind = "metabase"
	Otoroshi OperatorKind = "otoroshi"
)

// IsKnown reports whether k is one of the constants of this package.
func (k OperatorKind) IsKnown() bool { return isOneOf(k, Keycloak, Matomo, Metabase, Otoroshi) }

// Operator is a deployed service and the resources that it consists of. Which optional fields are
// set depends on the kind.
type Operator struct {
	ResourceID  OperatorID `json:"resourceId,omitzero"` // the real ID, which the methods take
	AddonID     AddonID    `json:"addonId,omitzero"`    // the ID in the console and in the v2 API
	Name        string     `json:"name,omitzero"`
	OwnerID     OwnerID    `json:"ownerId,omitzero"`
	Plan        string     `json:"plan,omitzero"`        // "ALPHA", "BETA" or "BASE"
	Version     string     `json:"version,omitzero"`     // the version of the service
	JavaVersion string     `json:"javaVersion,omitzero"` // empty for Matomo
	PHPVersion  string     `json:"phpVersion,omitzero"`  // set for Matomo only
	AccessURL   string     `json:"accessUrl,omitzero"`   // the address for users of the service
	// InitialCredentials holds the first login. It is nil for Matomo and Metabase.
	InitialCredentials *OperatorCredentials `json:"initialCredentials,omitzero"`
	// API describes the service's own API. It is nil unless the kind is Otoroshi.
	API *OperatorAPI `json:"api,omitzero"`
	// AvailableVersions lists the versions to update to. It may be empty.
	AvailableVersions []string          `json:"availableVersions,omitzero"`
	Resources         OperatorResources `json:"resources,omitzero"`
	Features          OperatorFeatures  `json:"features,omitzero"`
	// EnvVars is the environment of the operator's application.
	EnvVars map[string]auth.Secret `json:"envVars,omitzero"`
}

// Format prints o like any struct, without its secrets.
func (o Operator) Format(f fmt.State, verb rune) {
	type operator Operator
	redact.Struct(f, verb, operator(o))
}

// OperatorCredentials is the login of the first administrator. It is valid until changed.
type OperatorCredentials struct {
	User     string      `json:"user,omitzero"`
	Password auth.Secret `json:"password,omitzero"`
}

// Format prints c like any struct, without its password.
func (c OperatorCredentials) Format(f fmt.State, verb rune) {
	type operatorCredentials OperatorCredentials
	redact.Struct(f, verb, operatorCredentials(c))
}

// OperatorAPI is the API that Otoroshi itself offers.
type OperatorAPI struct {
	URL        string      `json:"url,omitzero"`
	User       string      `json:"user,omitzero"`
	Secret     auth.Secret `json:"secret,omitzero"`
	OpenAPI    string      `json:"openapi,omitzero"`    // the URL of the API's description
	SwaggerURL string      `json:"swaggerUrl,omitzero"` // the URL of a page that displays it
}

// Format prints a like any struct, without its secret.
func (a OperatorAPI) Format(f fmt.State, verb rune) {
	type operatorAPI OperatorAPI
	redact.Struct(f, verb, operatorAPI(a))
}

// OperatorResources holds the IDs of an operator's resources by the API's names for them, such as
// entrypoint, pgsqlId or redisId. The ID of an unused resource is empty or absent, and its method
// returns "". A value that is not a string is kept as JSON.
type OperatorResources map[string]string

// Entrypoint returns the application that runs the service.
func (r OperatorResources) Entrypoint() ApplicationID { return ApplicationID(r["entrypoint"]) }

// PostgreSQL returns the real ID of the PostgreSQL add-on.
func (r OperatorResources) PostgreSQL() ResourceID {
	return ResourceID(cmp.Or(r["pgsqlId"], r["postgresId"], r["postgresqlId"]))
}

// MySQL returns the real ID of the MySQL add-on.
func (r OperatorResources) MySQL() ResourceID { return ResourceID(r["mysqlId"]) }

// Redis returns the real ID of the Redis add-on.
func (r OperatorResources) Redis() ResourceID { return ResourceID(r["redisId"]) }

// KV returns the real ID of the Materia KV database.
func (r OperatorResources) KV() ResourceID { return ResourceID(r["kvId"]) }

// FSBucket returns the real ID of the file system bucket.
func (r OperatorResources) FSBucket() ResourceID {
	return ResourceID(cmp.Or(r["fsbucketId"], r["fsBucketId"]))
}

// Cellar returns the real ID of the object storage add-on.
func (r OperatorResources) Cellar() ResourceID { return ResourceID(r["cellarId"]) }

// Elasticsearch returns the real ID of the Elasticsearch add-on.
func (r OperatorResources) Elasticsearch() ResourceID {
	return ResourceID(cmp.Or(r["elasticId"], r["elasticsearchId"]))
}

// Pulsar returns the real ID of the Pulsar add-on.
func (r OperatorResources) Pulsar() PulsarID { return PulsarID(r["pulsarId"]) }

// UnmarshalJSON decodes an object of IDs and nulls.
func (r *OperatorResources) UnmarshalJSON(data []byte) error {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(data, &members); err != nil || members == nil {
		return err
	}
	*r = make(OperatorResources, len(members))
	for name, value := range members {
		text := ""
		if json.Unmarshal(value, &text) != nil {
			text = string(value)
		}
		(*r)[name] = text
	}
	return nil
}

// MarshalJSON encodes an empty ID as null, as the API does.
func (r OperatorResources) MarshalJSON() ([]byte, error) {
	if r == nil {
		return []byte("null"), nil
	}
	members := make(map[string]any, len(r))
	for name, value := range r {
		switch {
		case value == "":
			members[name] = nil
		case strings.ContainsAny(value[:1], "{[") && json.Valid([]byte(value)):
			members[name] = json.RawMessage(value)
		default:
			members[name] = value
		}
	}
	return json.Marshal(members)
}

// OperatorFeatures holds optional features by the API's names, as JSON.
type OperatorFeatures map[string]json.RawMessage

// NetworkGroup returns the network group of the operator and whether it has one.
func (f OperatorFeatures) NetworkGroup() (NetworkGroupID, bool) {
	var group struct{ ID, NetworkGroupID NetworkGroupID }
	if json.Unmarshal(f["networkGroup"], &group) != nil {
		return "", false
	}
	id := cmp.Or(group.ID, group.NetworkGroupID)
	return id, id != ""
}

// Get returns an operator. It takes the real ID, such as keycloak_…: with an addon_… ID the error
// matches [ErrNotFound].
//
//	GET /v4/addon-providers/addon-{operator_name}/addons/{operator_id}
func (s *OperatorsService) Get(
	ctx context.Context, kind OperatorKind, id OperatorID, opts ...CallOption,
) (*Operator, error) {
	return operation[*Operator]{id: "operators.get", path: operatorPath, secretResult: true}.
		call(ctx, s.client, opts, none{}, string(kind), string(id))
}

// Reboot restarts an operator by a new deployment of its application. Each call queues another one.
// It is not idempotent, see [ErrMaybeApplied].
//
//	POST /v4/addon-providers/addon-{operator_name}/addons/{operator_id}/reboot
func (s *OperatorsService) Reboot(
	ctx context.Context, kind OperatorKind, id OperatorID, opts ...CallOption,
) error {
	return operation[none]{id: "operators.reboot", method: "POST", path: operatorPath + "/reboot"}.
		do(ctx, s.client, opts, none{}, string(kind), string(id))
}

// Rebuild rebuilds an operator's application and restarts it. It is not idempotent, see
// [ErrMaybeApplied].
//
//	POST /v4/addon-providers/addon-{operator_name}/addons/{operator_id}/rebuild
func (s *OperatorsService) Rebuild(
	ctx context.Context, kind OperatorKind, id OperatorID, opts ...CallOption,
) error {
	return operation[none]{
		id: "operators.rebuild", method: "POST", path: operatorPath + "/rebuild",
	}.do(ctx, s.client, opts, none{}, string(kind), string(id))
}

// AttachNetworkGroup creates a network group, adds the operator's application to it and restarts
// the application. [OperatorFeatures.NetworkGroup] of the result returns the group. For kinds other
// than [Keycloak] and [Otoroshi] the error matches [ErrNotFound]. It is not idempotent, see
// [ErrMaybeApplied].
//
//	POST /v4/addon-providers/addon-{operator_name}/addons/{operator_id}/networkgroup
func (s *OperatorsService) AttachNetworkGroup(
	ctx context.Context, kind OperatorKind, id OperatorID, opts ...CallOption,
) (*Operator, error) {
	return operation[*Operator]{
		id: "operators.attach-network-group", method: "POST", path: operatorPath + "/networkgroup",
		secretResult: true,
	}.call(ctx, s.client, opts, none{}, string(kind), string(id))
}

// DetachNetworkGroup removes the operator's application from its network group. It is idempotent.
//
//	DELETE /v4/addon-providers/addon-{operator_name}/addons/{operator_id}/networkgroup
func (s *OperatorsService) DetachNetworkGroup(
	ctx context.Context, kind OperatorKind, id OperatorID, opts ...CallOption,
) error {
	return operation[none]{
		id: "operators.detach-network-group", method: "DELETE",
		path: operatorPath + "/networkgroup", idempotent: true,
	}.do(ctx, s.client, opts, none{}, string(kind), string(id))
}

// OperatorVersions lists the versions of the service of an operator.
type OperatorVersions struct {
	Installed string   `json:"installed,omitzero"`
	Latest    string   `json:"latest,omitzero"`
	Available []string `json:"available,omitzero"` // the versions to update to
	// NeedUpdate reports whether Installed differs from Latest.
	NeedUpdate bool `json:"needUpdate"`
}

// CheckVersion returns the versions that an operator can run. For Matomo, which the platform
// updates, the error matches [ErrNotFound].
//
//	GET /v4/addon-providers/addon-{operator_name}/addons/{operator_id}/version/check
func (s *OperatorsService) CheckVersion(
	ctx context.Context, kind OperatorKind, id OperatorID, opts ...CallOption,
) (*OperatorVersions, error) {
	return operation[*OperatorVersions]{
		id: "operators.check-version", path: operatorPath + "/version/check",
	}.call(ctx, s.client, opts, none{}, string(kind), string(id))
}

type operatorVersion struct {
	Target string `json:"targetVersion"`
}

func (v operatorVersion) encode(d *draft) error {
	return d.jsonRequiring(v, "version", v.Target)
}

// UpdateVersion changes the version of an operator, which rebuilds it. For Matomo, which the
// platform updates, the error matches [ErrNotFound]. It is not idempotent, see [ErrMaybeApplied].
//
//	POST /v4/addon-providers/addon-{operator_name}/addons/{operator_id}/version/update
func (s *OperatorsService) UpdateVersion(
	ctx context.Context, kind OperatorKind, id OperatorID, version string, opts ...CallOption,
) (*Operator, error) {
	return operation[*Operator]{
		id: "operators.update-version", method: "POST", path: operatorPath + "/version/update",
		secretResult: true,
	}.call(ctx, s.client, opts, operatorVersion{version}, string(kind), string(id))
}

// OtoroshiConfig writes the configuration file of otoroshictl to w and returns the number of bytes
// written. The file is YAML and holds secrets.
//
//	GET /v4/addon-providers/addon-{operator_name}/addons/{operator_id}/config.yaml
func (s *OperatorsService) OtoroshiConfig(
	ctx context.Context, id OperatorID, w io.Writer, opts ...CallOption,
) (int64, error) {
	return operation[none]{
		id: "operators.otoroshi-config", path: operatorPath + "/config.yaml", accept: mediaYAML,
	}.download(ctx, s.client, w, opts, none{}, string(Otoroshi), string(id))
}
