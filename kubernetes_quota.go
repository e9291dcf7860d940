package clevercloud

import (
	"context"
	"encoding/json"
	"time"
)

// A KubernetesQuota bounds what all clusters of an owner may use, control planes included.
//
// Experimental: see [KubernetesService].
type KubernetesQuota struct {
	ID       string            `json:"id,omitzero"`
	TenantID OwnerID           `json:"tenantId,omitzero"` // the owner
	Tags     []string          `json:"tags,omitzero"`
	Quotas   []KubernetesLimit `json:"quotas,omitzero"`
}

// A KubernetesLimit is one of the bounds of a quota.
//
// Experimental: see [KubernetesService].
type KubernetesLimit struct {
	// Type tells which of the other fields is set.
	Type KubernetesLimitType `json:"type,omitzero"`
	// Maximum is in the unit of the type.
	Maximum int64 `json:"maximum"`
	// Information is the bound of [KubernetesLimitTypeRAM].
	Information *KubernetesQuantity `json:"information,omitzero"`
	// Frequency is the bound of [KubernetesLimitTypeAPIRate].
	Frequency *KubernetesQuantity `json:"frequency,omitzero"`
	// Raw is the JSON of the limit.
	Raw json.RawMessage `json:"-"`
}

// UnmarshalJSON decodes a limit. For an unknown type, it decodes the fields that it knows.
func (l *KubernetesLimit) UnmarshalJSON(data []byte) error {
	type plain KubernetesLimit
	return unmarshalOpen(data, (*plain)(l), &l.Type, &l.Raw)
}

// MarshalJSON returns Raw.
func (l KubernetesLimit) MarshalJSON() ([]byte, error) { return l.Raw.MarshalJSON() }

// A KubernetesLimitType tells what a limit bounds. Other values may appear.
//
// Experimental: see [KubernetesService].
type KubernetesLimitType string

// The known types.
const (
	KubernetesLimitTypeMilliVCPUs          KubernetesLimitType = "MillivCPUMaxLimit"
	KubernetesLimitTypeRAM                 KubernetesLimitType = "RamMaxUsage"
	KubernetesLimitTypeCores               KubernetesLimitType = "CoreMaxLimit"
	KubernetesLimitTypeIPs                 KubernetesLimitType = "MaxIp"
	KubernetesLimitTypeAPIRate             KubernetesLimitType = "APIRateLimit"
	KubernetesLimitTypeParallelConnections KubernetesLimitType = "MaxParrallelConnections"
	KubernetesLimitTypeMonthlySeries       KubernetesLimitType = "MaxMonthlyGtsCount"
	KubernetesLimitTypePointsPerDay        KubernetesLimitType = "MaxPointsPerDay"
)

// IsKnown reports whether s is one of the constants of this package.
func (s KubernetesLimitType) IsKnown() bool {
	return isOneOf(
		s, KubernetesLimitTypeMilliVCPUs, KubernetesLimitTypeRAM, KubernetesLimitTypeCores,
		KubernetesLimitTypeIPs, KubernetesLimitTypeAPIRate, KubernetesLimitTypeParallelConnections,
		KubernetesLimitTypeMonthlySeries, KubernetesLimitTypePointsPerDay)
}

// A KubernetesQuantity is a number with its unit.
//
// Experimental: see [KubernetesService].
type KubernetesQuantity struct {
	Name   string  `json:"name,omitzero"`
	Number float64 `json:"number"`
	Unit   string  `json:"unit,omitzero"`
	// Readable is the quantity ready to show.
	Readable string `json:"readable,omitzero"`
}

// GetQuota returns what the clusters of an owner may use together. By default that is 40 vCPUs,
// 40 GB of memory and 2 public IP addresses.
//
//	GET /v4/kubernetes/organisations/{ownerId}/quota
func (s *KubernetesService) GetQuota(
	ctx context.Context, owner OwnerID, opts ...CallOption,
) (*KubernetesQuota, error) {
	return kubernetesGetQuota.call(ctx, s.client, opts, none{}, string(owner))
}

// A KubernetesUsage is what a part of a cluster uses, or used.
//
// Experimental: see [KubernetesService].
type KubernetesUsage struct {
	ID        string              `json:"id,omitzero"`
	ClusterID KubernetesClusterID `json:"clusterId,omitzero"`
	OwnerID   OwnerID             `json:"ownerId,omitzero"`
	ItemType  string              `json:"itemType,omitzero"`

	CPUMillicores int64     `json:"cpuMillicores"`
	RAMBytes      int64     `json:"ramBytes"`
	CreatedAt     time.Time `json:"createdAt,omitzero"`
	// DeactivatedAt is zero as long as the part exists.
	DeactivatedAt time.Time `json:"deactivatedAt,omitzero"`
}

// ListUsage returns what the clusters of an owner use and used. What counts against the quota is
// the sum of what has no DeactivatedAt.
//
//	GET /v4/kubernetes/organisations/{ownerId}/usage
func (s *KubernetesService) ListUsage(
	ctx context.Context, owner OwnerID, opts ...CallOption,
) ([]KubernetesUsage, error) {
	return kubernetesListUsage.call(ctx, s.client, opts, none{}, string(owner))
}

// A KubernetesProduct is what clusters can be made of.
//
// Experimental: see [KubernetesService].
type KubernetesProduct struct {
	Topologies []KubernetesProductTopology `json:"topologies,omitzero"`
	Versions   KubernetesProductVersions   `json:"versions,omitzero"`
}

// A KubernetesProductTopology is a topology with its sizes.
//
// Experimental: see [KubernetesService].
type KubernetesProductTopology struct {
	Topology KubernetesTopology `json:"topology,omitzero"`
	// AvailableFlavors are the sizes, smallest first.
	AvailableFlavors  []string        `json:"availableFlavors,omitzero"`
	ReplicationFactor KubernetesRange `json:"replicationFactor,omitzero"`
}

// A KubernetesRange is a smallest and a largest number, both allowed.
//
// Experimental: see [KubernetesService].
type KubernetesRange struct {
	Min int `json:"min"`
	Max int `json:"max"`
}

// KubernetesProductVersions are the versions of Kubernetes that new clusters can have.
//
// Experimental: see [KubernetesService].
type KubernetesProductVersions struct {
	Available []string `json:"available,omitzero"`
	Default   string   `json:"default,omitzero"`
}

// GetProduct returns what clusters can be made of. It needs no credentials.
//
//	GET /v4/kubernetes-product
func (s *KubernetesService) GetProduct(
	ctx context.Context, opts ...CallOption,
) (*KubernetesProduct, error) {
	return kubernetesGetProduct.call(ctx, s.client, opts, none{})
}
