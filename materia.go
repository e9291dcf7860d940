package clevercloud

import (
	"context"
	"fmt"

	"github.com/clevercloud-go/clevercloud/auth"
	"github.com/clevercloud-go/clevercloud/internal/redact"
)

// MateriaService reads Materia KV databases, key-value stores that speak the Redis protocol.
//
// See https://www.clever-cloud.com/developers/doc/addons/materia-kv/.
type MateriaService service

// MateriaID is the real ID of a Materia database (kv_…), not its addon_… ID.
type MateriaID string

// MateriaDatabase is a Materia database and how to connect to it, without its name and its zone.
type MateriaDatabase struct {
	ID        MateriaID     `json:"id,omitzero"`
	ClusterID string        `json:"clusterId,omitzero"`
	OwnerID   OwnerID       `json:"ownerId,omitzero"`
	Kind      MateriaKind   `json:"kind,omitzero"`
	Plan      MateriaPlan   `json:"plan,omitzero"`
	Host      string        `json:"host,omitzero"`
	Port      int           `json:"port,omitzero"`
	Token     auth.Secret   `json:"token,omitzero"`   // gives access to the database
	TokenID   string        `json:"tokenId,omitzero"` // names the token and gives no access
	Status    MateriaStatus `json:"status,omitzero"`
}

// Format prints m as any struct, without its token.
func (m MateriaDatabase) Format(f fmt.State, verb rune) {
	type materiaDatabase MateriaDatabase
	redact.Struct(f, verb, materiaDatabase(m))
}

// MateriaKind is the protocol of a Materia database. Other values may appear.
type MateriaKind string

// MateriaKindKV is a key-value database, which speaks the protocol of Redis.
const MateriaKindKV MateriaKind = "KV"

// IsKnown reports whether k is one of the constants of this package.
func (k MateriaKind) IsKnown() bool { return isOneOf(k, MateriaKindKV) }

// MateriaPlan is the plan of a Materia database. Other values may appear.
type MateriaPlan string

// The known plans.
const (
	MateriaPlanAlpha MateriaPlan = "ALPHA"
	MateriaPlanBase  MateriaPlan = "BASE"
)

// IsKnown reports whether p is one of the constants of this package.
func (p MateriaPlan) IsKnown() bool { return isOneOf(p, MateriaPlanAlpha, MateriaPlanBase) }

// MateriaStatus is the state of a Materia database. Other values may appear.
type MateriaStatus string

// The known statuses. A database that is TO_DELETE can no longer be used.
const (
	MateriaStatusProvisioning MateriaStatus = "PROVISIONING"
	MateriaStatusProvisioned  MateriaStatus = "PROVISIONED"
	MateriaStatusToDelete     MateriaStatus = "TO_DELETE"
	MateriaStatusDeleting     MateriaStatus = "DELETING"
	MateriaStatusDeleted      MateriaStatus = "DELETED"
)

// IsKnown reports whether s is one of the constants of this package.
func (s MateriaStatus) IsKnown() bool {
	return isOneOf(s, MateriaStatusProvisioning, MateriaStatusProvisioned, MateriaStatusToDelete,
		MateriaStatusDeleting, MateriaStatusDeleted)
}

// GetDatabase returns a Materia database. The error matches [ErrNotFound] if the owner has no such
// database, or if id is an addon_… ID; [IdentityService.Resolve] finds the real one, kv_….
//
// A new database is [MateriaStatusProvisioning] for some seconds; use [WaitUntil] to wait until it
// is provisioned.
//
//	GET /v4/materia/organisations/{ownerId}/materia/databases/{databaseId}
func (s *MateriaService) GetDatabase(
	ctx context.Context, owner OwnerID, id MateriaID, opts ...CallOption,
) (*MateriaDatabase, error) {
	return operation[*MateriaDatabase]{
		id: "materia.get-database", secretResult: true,
		path: "/v4/materia/organisations/{ownerId}/materia/databases/{databaseId}",
	}.call(ctx, s.client, opts, none{}, string(owner), string(id))
}
