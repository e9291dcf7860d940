package clevercloud

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/clevercloud-go/clevercloud/auth"
	"github.com/clevercloud-go/clevercloud/internal/redact"
)

// PulsarService reads Pulsar add-ons and manages their storage policies and tokens.
//
// API reference: https://www.clever-cloud.com/developers/api/v4/#pulsar-policies
type PulsarService service

const (
	pulsarPath         = "/v4/addon-providers/addon-pulsar"
	pulsarAddonPath    = pulsarPath + "/addons/{pulsarId}"
	pulsarPoliciesPath = pulsarPath + "/addons/{addon-id}/storage-policies"
)

// StoragePolicies defines how long a Pulsar add-on keeps messages, and where.
type StoragePolicies struct {
	// Retention bounds the messages that a topic keeps. If nil, they are kept for ever.
	Retention *StoragePolicy `json:"retentionPolicies,omitzero"`
	// Offload bounds the messages on fast disks; older ones move to object storage. If it is nil,
	// none do.
	Offload *StoragePolicy `json:"offloadPolicies,omitzero"`
}

// StoragePolicy bounds messages by size and age. The API has used two pairs of units, one in its
// reference and one in its current version. The pair that it sends is set. A nil field is no bound,
// and in the current units neither is a negative number.
type StoragePolicy struct {
	// SizeInMB and DurationInDays are the units of the API reference.
	SizeInMB       *int64 `json:"sizeInMB,omitzero"`
	DurationInDays *int64 `json:"durationInDays,omitzero"`
	// SizeInBytes and DurationInMinutes are the units of the current API.
	SizeInBytes       *int64 `json:"sizeInBytes,omitzero"`
	DurationInMinutes *int64 `json:"durationInMinutes,omitzero"`
	// Unread holds the values of the four that are neither whole numbers nor null, by their JSON
	// names. It is normally nil.
	Unread map[string]json.RawMessage `json:"-"`
}

// fields returns the four bounds by their JSON names.
func (p *StoragePolicy) fields() map[string]**int64 {
	return map[string]**int64{
		"sizeInMB": &p.SizeInMB, "durationInDays": &p.DurationInDays,
		"sizeInBytes": &p.SizeInBytes, "durationInMinutes": &p.DurationInMinutes,
	}
}

// UnmarshalJSON decodes whole numbers in any notation (7, 7.0, 7e3) and nulls, and keeps anything
// else in Unread.
func (p *StoragePolicy) UnmarshalJSON(data []byte) error {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(data, &members); err != nil {
		return err
	}
	for name, field := range p.fields() {
		value := string(members[name])
		if n, ok := wholeNumber(value); ok {
			*field = &n
		} else if value != "" && value != "null" {
			if p.Unread == nil {
				p.Unread = map[string]json.RawMessage{}
			}
			p.Unread[name] = members[name]
		}
	}
	return nil
}

// MarshalJSON encodes the bounds that are set, and Unread.
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

// StoragePoliciesPatch changes storage policies. Absent fields stay as they are.
type StoragePoliciesPatch struct {
	Retention StoragePolicyPatch `json:"retentionPolicies,omitzero"`
	Offload   StoragePolicyPatch `json:"offloadPolicies,omitzero"`
}

// StoragePolicyPatch changes a storage policy: [Value] sets a bound, [Null] removes it, and an
// absent field stays as it is. Units are not converted. The current API reads bytes and minutes and
// may ignore the other pair: check the policies that the call returns.
type StoragePolicyPatch struct {
	SizeInMB          Optional[int64] `json:"sizeInMB,omitzero"`
	DurationInDays    Optional[int64] `json:"durationInDays,omitzero"`
	SizeInBytes       Optional[int64] `json:"sizeInBytes,omitzero"`
	DurationInMinutes Optional[int64] `json:"durationInMinutes,omitzero"`
}

func (p StoragePoliciesPatch) encode(d *draft) error {
	return d.jsonPatch("StoragePoliciesPatch", p)
}

// GetStoragePolicies returns the policies of a Pulsar add-on. It takes the real ID (pulsar_…): with
// an addon_… ID the error matches [ErrNotFound].
//
//	GET /v4/addon-providers/addon-pulsar/addons/{addon-id}/storage-policies
func (s *PulsarService) GetStoragePolicies(
	ctx context.Context, id PulsarID, opts ...CallOption,
) (*StoragePolicies, error) {
	return operation[*StoragePolicies]{id: "pulsar.get-storage-policies", path: pulsarPoliciesPath}.
		call(ctx, s.client, opts, none{}, string(id))
}

// UpdateStoragePolicies changes the policies of a Pulsar add-on and returns all of them. It takes
// the real ID (pulsar_…). It is idempotent. If the response has no policies, a second request reads
// them, and its failure is a [*DecodeError] that says so.
//
//	PATCH /v4/addon-providers/addon-pulsar/addons/{addon-id}/storage-policies
func (s *PulsarService) UpdateStoragePolicies(
	ctx context.Context, id PulsarID, in StoragePoliciesPatch, opts ...CallOption,
) (*StoragePolicies, error) {
	o := operation[*StoragePolicies]{
		id: "pulsar.update-storage-policies", method: "PATCH", path: pulsarPoliciesPath,
		idempotent: true, ifEmpty: func([]string) any { return &StoragePolicies{} },
	}
	policies, err := o.call(ctx, s.client, opts, in, string(id))
	var foreign *DecodeError
	if !errors.As(err, &foreign) && (err != nil || *policies != (StoragePolicies{})) {
		return policies, err
	}
	policies, err = s.GetStoragePolicies(ctx, id, opts...)
	if err != nil {
		err = fmt.Errorf("the update was applied, but its policies could not be read: %w", err)
		return nil, &DecodeError{Operation: o.id, err: err, write: true}
	}
	return policies, nil
}

// PulsarAddon is a namespace on a Pulsar cluster.
type PulsarAddon struct {
	ID      PulsarID `json:"id,omitzero"`
	OwnerID OwnerID  `json:"owner_id,omitzero"`
	// Tenant is the owner and Namespace the ID of the add-on: topics are named
	// persistent://tenant/namespace/….
	Tenant    string `json:"tenant,omitzero"`
	Namespace string `json:"namespace,omitzero"`
	// ClusterID is the argument of [PulsarService.GetCluster], such as "c3".
	ClusterID string `json:"cluster_id,omitzero"`
	// Token is a Biscuit that authenticates clients of the cluster.
	Token        auth.Secret `json:"token,omitzero"`
	CreationDate time.Time   `json:"creation_date,omitzero"`
	// AskForDeletionDate and DeletionDate are zero while the add-on is in use.
	AskForDeletionDate time.Time    `json:"ask_for_deletion_date,omitzero"`
	DeletionDate       time.Time    `json:"deletion_date,omitzero"`
	Status             PulsarStatus `json:"status,omitzero"`
	Plan               string       `json:"plan,omitzero"`
	// ColdStorageID is the Cellar add-on that messages are offloaded to. It may be empty.
	ColdStorageID             ResourceID `json:"cold_storage_id,omitzero"`
	ColdStorageLinked         bool       `json:"cold_storage_linked"`
	ColdStorageMustBeProvided bool       `json:"cold_storage_must_be_provided"`
}

// Format prints a like any struct, without its token.
func (a PulsarAddon) Format(f fmt.State, verb rune) {
	type pulsarAddon PulsarAddon
	redact.Struct(f, verb, pulsarAddon(a))
}

// PulsarStatus is the state of a Pulsar add-on. Other values may appear.
type PulsarStatus string

// The known statuses of Pulsar add-ons.
const (
	PulsarStatusActive             PulsarStatus = "ACTIVE"
	PulsarStatusToDelete           PulsarStatus = "TO_DELETE"
	PulsarStatusNamespaceDeleted   PulsarStatus = "NAMESPACE_DELETED"
	PulsarStatusColdStorageDeleted PulsarStatus = "COLD_STORAGE_DELETED"
	PulsarStatusDeleted            PulsarStatus = "DELETED"
)

// IsKnown reports whether s is one of the constants of this package.
func (s PulsarStatus) IsKnown() bool {
	return isOneOf(s, PulsarStatusActive, PulsarStatusToDelete, PulsarStatusNamespaceDeleted,
		PulsarStatusColdStorageDeleted, PulsarStatusDeleted)
}

// PulsarCluster is a cluster that hosts Pulsar add-ons.
type PulsarCluster struct {
	ID  string `json:"id,omitzero"`
	URL string `json:"url,omitzero"` // a host name without a scheme
	// A port is 0 if the cluster does not listen on it.
	PulsarPort         int      `json:"pulsar_port,omitzero"`
	PulsarTLSPort      int      `json:"pulsar_tls_port,omitzero"`
	WebPort            int      `json:"web_port,omitzero"`
	WebTLSPort         int      `json:"web_tls_port,omitzero"`
	Version            string   `json:"version,omitzero"`
	Available          bool     `json:"available"`
	Zone               string   `json:"zone,omitzero"` // in upper case, such as "PAR"
	SupportColdStorage bool     `json:"support_cold_storage"`
	SupportedPlans     []string `json:"supported_plans,omitzero"`
}

// Get returns a Pulsar add-on. It takes the real ID (pulsar_…): with an addon_… ID the error
// matches [ErrNotFound].
//
//	GET /v4/addon-providers/addon-pulsar/addons/{pulsarId}
func (s *PulsarService) Get(
	ctx context.Context, id PulsarID, opts ...CallOption,
) (*PulsarAddon, error) {
	return operation[*PulsarAddon]{id: "pulsar.get", path: pulsarAddonPath, secretResult: true}.
		call(ctx, s.client, opts, none{}, string(id))
}

// GetCluster returns the cluster with this ID, the ClusterID of a [PulsarAddon].
//
//	GET /v4/addon-providers/addon-pulsar/clusters/{clusterId}
func (s *PulsarService) GetCluster(
	ctx context.Context, id string, opts ...CallOption,
) (*PulsarCluster, error) {
	return operation[*PulsarCluster]{
		id: "pulsar.get-cluster", path: pulsarPath + "/clusters/{clusterId}",
	}.call(ctx, s.client, opts, none{}, id)
}

// RenewToken replaces the token of a Pulsar add-on and returns the add-on with the new one. The old
// token stops working. It is not idempotent, see [ErrMaybeApplied].
//
//	PATCH /v4/addon-providers/addon-pulsar/addons/{pulsarId}/renew-biscuit
func (s *PulsarService) RenewToken(
	ctx context.Context, id PulsarID, opts ...CallOption,
) (*PulsarAddon, error) {
	return operation[*PulsarAddon]{
		id: "pulsar.renew-token", method: "PATCH", path: pulsarAddonPath + "/renew-biscuit",
		secretResult: true,
	}.call(ctx, s.client, opts, none{}, string(id))
}
