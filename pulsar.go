package clevercloud

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/clevercloud-go/clevercloud/auth"
)

// PulsarService is Pulsar add-ons and their storage policies.
// See https://www.clever-cloud.com/developers/api/v4/#pulsar-policies.
type PulsarService service

const pulsarPoliciesPath = "/v4/addon-providers/addon-pulsar/addons/{addon-id}/storage-policies"

var (
	pulsarGetStoragePolicies = operation[none, *StoragePolicies]{
		id: "pulsar.get-storage-policies", method: http.MethodGet, idempotent: true, path: pulsarPoliciesPath,
	}
	pulsarGet = operation[none, *PulsarAddon]{
		id: "pulsar.get", secretResult: true, method: http.MethodGet, idempotent: true, path: "/v4/addon-providers/addon-pulsar/addons/{pulsarId}",
	}
	pulsarGetCluster = operation[none, *PulsarCluster]{
		id: "pulsar.get-cluster", method: http.MethodGet, idempotent: true, path: "/v4/addon-providers/addon-pulsar/clusters/{clusterId}",
	}
	pulsarRenewToken = operation[none, *PulsarAddon]{
		id: "pulsar.renew-token", secretResult: true, method: http.MethodPatch,
		path: "/v4/addon-providers/addon-pulsar/addons/{pulsarId}/renew-biscuit",
	}
	pulsarUpdateStoragePolicies = operation[StoragePoliciesPatch, *StoragePolicies]{
		id: "pulsar.update-storage-policies", method: http.MethodPatch, idempotent: true, path: pulsarPoliciesPath,
		ifEmpty: func([]string) any { return &StoragePolicies{} },
	}
)

// StoragePolicies say how long a Pulsar add-on keeps messages, and where.
type StoragePolicies struct {
	// Retention is how long messages are kept in a topic; nil is for ever.
	Retention *StoragePolicy `json:"retentionPolicies,omitzero"`
	// Offload is how long messages stay on fast disks before they move to object storage; nil is no offload.
	Offload *StoragePolicy `json:"offloadPolicies,omitzero"`
}

// A StoragePolicy bounds messages by size and age. The API has known two pairs of units, those of its reference and those of its current
// version; whichever it answers with is set. A nil field is null or absent: no bound. In the current units a negative number is no
// bound, too.
type StoragePolicy struct {
	// SizeInMB and DurationInDays are the units of the API reference.
	SizeInMB       *int64 `json:"sizeInMB,omitzero"`
	DurationInDays *int64 `json:"durationInDays,omitzero"`
	// SizeInBytes and DurationInMinutes are the units of the current API.
	SizeInBytes       *int64 `json:"sizeInBytes,omitzero"`
	DurationInMinutes *int64 `json:"durationInMinutes,omitzero"`
	// Unread holds values of the four that are neither whole numbers nor null, by their JSON names. It is nil unless the API surprises.
	Unread map[string]json.RawMessage `json:"-"`
}

// fields lists the four bounds by their JSON names.
func (p *StoragePolicy) fields() map[string]**int64 {
	return map[string]**int64{
		"sizeInMB": &p.SizeInMB, "durationInDays": &p.DurationInDays,
		"sizeInBytes": &p.SizeInBytes, "durationInMinutes": &p.DurationInMinutes,
	}
}

// UnmarshalJSON reads whole numbers in any notation (7, 7.0, 7e3) and nulls, and keeps anything else in Unread.
func (p *StoragePolicy) UnmarshalJSON(data []byte) error {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(data, &members); err != nil {
		return err
	}
	for name, field := range p.fields() {
		value, ok := members[name]
		if !ok || string(value) == "null" {
			continue
		}
		if n, ok := wholeNumber(string(value)); ok {
			*field = &n
			continue
		}
		if p.Unread == nil {
			p.Unread = map[string]json.RawMessage{}
		}
		p.Unread[name] = value
	}
	return nil
}

// MarshalJSON writes the bounds that are set, and Unread.
func (p StoragePolicy) MarshalJSON() ([]byte, error) {
	members := map[string]any{}
	for name, value := range p.Unread {
		members[name] = value
	}
	for name, field := range p.fields() {
		if *field != nil {
			members[name] = **field
		}
	}
	return json.Marshal(members)
}

// A StoragePoliciesPatch changes policies. What is left out stays as it is.
type StoragePoliciesPatch struct {
	Retention StoragePolicyPatch `json:"retentionPolicies,omitzero"`
	Offload   StoragePolicyPatch `json:"offloadPolicies,omitzero"`
}

// A StoragePolicyPatch changes a policy: [Value] sets a bound, [Null] removes it, a field left out stays as it is. What is set is what is
// sent: units are never converted. The current API reads bytes and minutes and may ignore the other pair in silence; the returned
// policies show what it made of them.
type StoragePolicyPatch struct {
	SizeInMB          Optional[int64] `json:"sizeInMB,omitzero"`
	DurationInDays    Optional[int64] `json:"durationInDays,omitzero"`
	SizeInBytes       Optional[int64] `json:"sizeInBytes,omitzero"`
	DurationInMinutes Optional[int64] `json:"durationInMinutes,omitzero"`
}

func (p StoragePoliciesPatch) encode(d *draft) error {
	if p == (StoragePoliciesPatch{}) {
		return &ValidationError{Argument: "StoragePoliciesPatch", Reason: "must set something"}
	}
	return d.json(p)
}

// GetStoragePolicies returns the policies of a Pulsar add-on. The id is the real one, pulsar_…: an addon_… id is [ErrNotFound].
//
//	GET /v4/addon-providers/addon-pulsar/addons/{addon-id}/storage-policies
func (s *PulsarService) GetStoragePolicies(ctx context.Context, id PulsarID, opts ...CallOption) (*StoragePolicies, error) {
	return pulsarGetStoragePolicies.call(ctx, s.client, opts, none{}, string(id))
}

// UpdateStoragePolicies changes the policies of a Pulsar add-on and returns all of them. The id is the
// real one, pulsar_….
//
// If the API applies the change but returns something else than policies, they are read by a second
// request. If that fails, the error is a [*DecodeError] that says so: the change was applied.
//
//	PATCH /v4/addon-providers/addon-pulsar/addons/{addon-id}/storage-policies
func (s *PulsarService) UpdateStoragePolicies(ctx context.Context, id PulsarID, in StoragePoliciesPatch, opts ...CallOption) (*StoragePolicies, error) {
	policies, err := pulsarUpdateStoragePolicies.call(ctx, s.client, opts, in, string(id))
	var foreign *DecodeError
	if !errors.As(err, &foreign) && (err != nil || *policies != (StoragePolicies{})) {
		return policies, err
	}
	policies, err = s.GetStoragePolicies(ctx, id, opts...)
	if err != nil {
		err = fmt.Errorf("the update was applied, but its policies could not be read: %w", err)
		return nil, &DecodeError{Operation: pulsarUpdateStoragePolicies.id, err: err, write: true}
	}
	return policies, nil
}

// A PulsarAddon is a namespace on a Pulsar cluster.
type PulsarAddon struct {
	ID      PulsarID `json:"id,omitzero"`
	OwnerID OwnerID  `json:"owner_id,omitzero"`
	// Tenant is the owner, Namespace the id of the add-on: topics are persistent://tenant/namespace/….
	Tenant    string `json:"tenant,omitzero"`
	Namespace string `json:"namespace,omitzero"`
	// ClusterID goes to GetCluster: c3, for example.
	ClusterID string `json:"cluster_id,omitzero"`
	// Token is a Biscuit that lets clients in.
	Token        auth.Secret `json:"token,omitzero"`
	CreationDate time.Time   `json:"creation_date,omitzero"`
	// AskForDeletionDate and DeletionDate are zero while the add-on is in use.
	AskForDeletionDate time.Time    `json:"ask_for_deletion_date,omitzero"`
	DeletionDate       time.Time    `json:"deletion_date,omitzero"`
	Status             PulsarStatus `json:"status,omitzero"`
	Plan               string       `json:"plan,omitzero"`
	// ColdStorageID is the Cellar add-on that messages are offloaded to; empty if there is none.
	ColdStorageID             ResourceID `json:"cold_storage_id,omitzero"`
	ColdStorageLinked         bool       `json:"cold_storage_linked"`
	ColdStorageMustBeProvided bool       `json:"cold_storage_must_be_provided"`
}

// Format prints a as any struct, but for its token.
func (a PulsarAddon) Format(f fmt.State, verb rune) {
	type pulsarAddon PulsarAddon
	formatStruct(f, verb, pulsarAddon(a))
}

// A PulsarStatus is where a Pulsar add-on is in its life. Other values may appear; see [PulsarStatus.IsKnown].
type PulsarStatus string

// The known statuses.
const (
	PulsarStatusActive             PulsarStatus = "ACTIVE"
	PulsarStatusToDelete           PulsarStatus = "TO_DELETE"
	PulsarStatusNamespaceDeleted   PulsarStatus = "NAMESPACE_DELETED"
	PulsarStatusColdStorageDeleted PulsarStatus = "COLD_STORAGE_DELETED"
	PulsarStatusDeleted            PulsarStatus = "DELETED"
)

// IsKnown reports whether s is one of the constants of this package.
func (s PulsarStatus) IsKnown() bool {
	switch s {
	case PulsarStatusActive, PulsarStatusToDelete, PulsarStatusNamespaceDeleted, PulsarStatusColdStorageDeleted, PulsarStatusDeleted:
		return true
	}
	return false
}

// A PulsarCluster is where Pulsar add-ons are.
type PulsarCluster struct {
	ID string `json:"id,omitzero"`
	// URL is a host name, without a scheme.
	URL string `json:"url,omitzero"`
	// Ports are 0 where the cluster does not listen.
	PulsarPort    int    `json:"pulsar_port,omitzero"`
	PulsarTLSPort int    `json:"pulsar_tls_port,omitzero"`
	WebPort       int    `json:"web_port,omitzero"`
	WebTLSPort    int    `json:"web_tls_port,omitzero"`
	Version       string `json:"version,omitzero"`
	Available     bool   `json:"available"`
	// Zone is in upper case: PAR.
	Zone               string   `json:"zone,omitzero"`
	SupportColdStorage bool     `json:"support_cold_storage"`
	SupportedPlans     []string `json:"supported_plans,omitzero"`
}

// Get returns a Pulsar add-on. The id is the real one, pulsar_…: an addon_… id is [ErrNotFound].
//
//	GET /v4/addon-providers/addon-pulsar/addons/{pulsarId}
func (s *PulsarService) Get(ctx context.Context, id PulsarID, opts ...CallOption) (*PulsarAddon, error) {
	return pulsarGet.call(ctx, s.client, opts, none{}, string(id))
}

// GetCluster returns the cluster of that id, a [PulsarAddon]'s ClusterID.
//
//	GET /v4/addon-providers/addon-pulsar/clusters/{clusterId}
func (s *PulsarService) GetCluster(ctx context.Context, id string, opts ...CallOption) (*PulsarCluster, error) {
	return pulsarGetCluster.call(ctx, s.client, opts, none{}, id)
}

// RenewToken gives a Pulsar add-on a new token, which the result holds; the old one is of no use any more. It is never repeated by itself
// once it may have been carried out.
//
//	PATCH /v4/addon-providers/addon-pulsar/addons/{pulsarId}/renew-biscuit
func (s *PulsarService) RenewToken(ctx context.Context, id PulsarID, opts ...CallOption) (*PulsarAddon, error) {
	return pulsarRenewToken.call(ctx, s.client, opts, none{}, string(id))
}
