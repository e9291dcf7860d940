package clevercloud

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/clevercloud-go/clevercloud/internal/query"
)

// A KubernetesNodeGroup is a group of like nodes of a cluster.
//
// A group with a label karpenter.sh/nodepool belongs to node autoprovisioning. Leave it alone.
type KubernetesNodeGroup struct {
	ID          KubernetesNodeGroupID     `json:"id,omitzero"`
	ClusterID   KubernetesClusterID       `json:"clusterId,omitzero"`
	Name        string                    `json:"name,omitzero"`
	Description string                    `json:"description,omitzero"`
	Tag         string                    `json:"tag,omitzero"`
	Status      KubernetesNodeGroupStatus `json:"status,omitzero"`
	// Flavor is the size of a node, from 2XS to XL.
	Flavor string `json:"flavor,omitzero"`
	// CurrentNodeCount is how many nodes there are, TargetNodeCount how many there should be.
	CurrentNodeCount int `json:"currentNodeCount"`
	TargetNodeCount  int `json:"targetNodeCount"`
	// MinNodeCount and MaxNodeCount bound autoscaling.
	MinNodeCount       int               `json:"minNodeCount,omitzero"`
	MaxNodeCount       int               `json:"maxNodeCount,omitzero"`
	AutoscalingEnabled bool              `json:"autoscalingEnabled,omitzero"`
	Taints             []KubernetesTaint `json:"taints,omitzero"`
	Labels             map[string]string `json:"labels,omitzero"`
	CreatedAt          time.Time         `json:"createdAt,omitzero"`
	UpdatedAt          time.Time         `json:"updatedAt,omitzero"`
	// Nodes are set in a [KubernetesCluster] only.
	Nodes []KubernetesNode `json:"nodes,omitzero"`
}

// A KubernetesNodeGroupStatus is the state of a node group. Other values may appear.
type KubernetesNodeGroupStatus string

// The known statuses.
const (
	KubernetesNodeGroupStatusPending     KubernetesNodeGroupStatus = "PENDING"
	KubernetesNodeGroupStatusCreated     KubernetesNodeGroupStatus = "CREATED"
	KubernetesNodeGroupStatusDeploying   KubernetesNodeGroupStatus = "DEPLOYING"
	KubernetesNodeGroupStatusDeployed    KubernetesNodeGroupStatus = "DEPLOYED"
	KubernetesNodeGroupStatusToResize    KubernetesNodeGroupStatus = "TO_RESIZE"
	KubernetesNodeGroupStatusResizing    KubernetesNodeGroupStatus = "RESIZING"
	KubernetesNodeGroupStatusReady       KubernetesNodeGroupStatus = "READY"
	KubernetesNodeGroupStatusFailed      KubernetesNodeGroupStatus = "FAILED"
	KubernetesNodeGroupStatusToTerminate KubernetesNodeGroupStatus = "TO_TERMINATE"
	KubernetesNodeGroupStatusTerminating KubernetesNodeGroupStatus = "TERMINATING"
	KubernetesNodeGroupStatusDeleted     KubernetesNodeGroupStatus = "DELETED"
)

// IsKnown reports whether s is one of the constants of this package.
func (s KubernetesNodeGroupStatus) IsKnown() bool {
	return isOneOf(s, KubernetesNodeGroupStatusPending, KubernetesNodeGroupStatusCreated,
		KubernetesNodeGroupStatusDeploying, KubernetesNodeGroupStatusDeployed,
		KubernetesNodeGroupStatusToResize, KubernetesNodeGroupStatusResizing,
		KubernetesNodeGroupStatusReady, KubernetesNodeGroupStatusFailed,
		KubernetesNodeGroupStatusToTerminate, KubernetesNodeGroupStatusTerminating,
		KubernetesNodeGroupStatusDeleted)
}

// A KubernetesTaint keeps pods that do not tolerate it off a node.
type KubernetesTaint struct {
	Key    string                `json:"key,omitzero"`
	Value  string                `json:"value,omitzero"` // may be empty
	Effect KubernetesTaintEffect `json:"effect,omitzero"`
}

// A KubernetesTaintEffect is what a taint does to pods. Other values may appear.
type KubernetesTaintEffect string

// The known effects.
const (
	KubernetesTaintEffectNoSchedule       KubernetesTaintEffect = "NoSchedule"
	KubernetesTaintEffectPreferNoSchedule KubernetesTaintEffect = "PreferNoSchedule"
	KubernetesTaintEffectNoExecute        KubernetesTaintEffect = "NoExecute"
)

// IsKnown reports whether e is one of the constants of this package.
func (e KubernetesTaintEffect) IsKnown() bool {
	return isOneOf(e, KubernetesTaintEffectNoSchedule, KubernetesTaintEffectPreferNoSchedule,
		KubernetesTaintEffectNoExecute)
}

// A KubernetesNode is a machine of a node group.
type KubernetesNode struct {
	ID       string               `json:"id,omitzero"`
	Name     string               `json:"name,omitzero"`
	Status   KubernetesNodeStatus `json:"status,omitzero"`
	VCPUs    int                  `json:"vCpus,omitzero"`
	RAMBytes int64                `json:"ramBytes,omitzero"`
}

// A KubernetesNodeStatus is the state of a node. Other values may appear.
type KubernetesNodeStatus string

// The known statuses.
const (
	KubernetesNodeStatusDeploying KubernetesNodeStatus = "DEPLOYING"
	KubernetesNodeStatusDeployed  KubernetesNodeStatus = "DEPLOYED"
	KubernetesNodeStatusReady     KubernetesNodeStatus = "READY"
	KubernetesNodeStatusDraining  KubernetesNodeStatus = "DRAINING"
	KubernetesNodeStatusFailed    KubernetesNodeStatus = "FAILED"
	KubernetesNodeStatusDeleted   KubernetesNodeStatus = "DELETED"
)

// IsKnown reports whether s is one of the constants of this package.
func (s KubernetesNodeStatus) IsKnown() bool {
	return isOneOf(
		s, KubernetesNodeStatusDeploying, KubernetesNodeStatusDeployed, KubernetesNodeStatusReady,
		KubernetesNodeStatusDraining, KubernetesNodeStatusFailed, KubernetesNodeStatusDeleted)
}

// A KubernetesNodeGroupQuery narrows [KubernetesService.ListNodeGroups]. The zero value asks for
// all groups.
type KubernetesNodeGroupQuery struct {
	// Statuses keeps groups in one of these.
	Statuses []KubernetesNodeGroupStatus
}

func (q KubernetesNodeGroupQuery) encode(d *draft) error {
	query.Texts(&d.query, "status", q.Statuses)
	return nil
}

// ListNodeGroups returns the node groups of a cluster.
//
//	GET /v4/kubernetes/organisations/{ownerId}/clusters/{clusterId}/node-groups
func (s *KubernetesService) ListNodeGroups(
	ctx context.Context, owner OwnerID, cluster KubernetesClusterID, q KubernetesNodeGroupQuery,
	opts ...CallOption,
) ([]KubernetesNodeGroup, error) {
	return operation[[]KubernetesNodeGroup]{
		id: "kubernetes.list-node-groups", path: nodeGroupsPath,
	}.call(ctx, s.client, opts, q, string(owner), string(cluster))
}

// GetNodeGroup returns a node group. It may be one that was deleted.
//
//	GET /v4/kubernetes/organisations/{ownerId}/clusters/{clusterId}/node-groups/{nodeGroupId}
func (s *KubernetesService) GetNodeGroup(
	ctx context.Context, owner OwnerID, cluster KubernetesClusterID, id KubernetesNodeGroupID,
	opts ...CallOption,
) (*KubernetesNodeGroup, error) {
	return kubernetesGetNodeGroup.call(
		ctx, s.client, opts, none{}, string(owner), string(cluster), string(id))
}

// A KubernetesNodeGroupInput describes a node group to create. Flavor, taints and labels cannot be
// changed later.
type KubernetesNodeGroupInput struct {
	// Name is a DNS label of at most 63 characters. It is required.
	Name string `json:"name"`
	// Flavor is the size of a node, from 2XS to XL. It is required.
	Flavor          string `json:"flavor"`
	TargetNodeCount int    `json:"targetNodeCount"` // from 0 to 256
	Description     string `json:"description,omitzero"`
	Tag             string `json:"tag,omitzero"`
	// MinNodeCount and MaxNodeCount bound autoscaling, which requires both of them.
	MinNodeCount       Optional[int]     `json:"minNodeCount,omitzero"`
	MaxNodeCount       Optional[int]     `json:"maxNodeCount,omitzero"`
	AutoscalingEnabled bool              `json:"autoscalingEnabled,omitzero"`
	Taints             []KubernetesTaint `json:"taints,omitzero"`
	Labels             map[string]string `json:"labels,omitzero"`
}

func (in KubernetesNodeGroupInput) encode(d *draft) error {
	return d.jsonRequiring(in, "Name", in.Name, "Flavor", in.Flavor)
}

// CreateNodeGroup adds a node group to a cluster and returns it as it is then: about to be
// deployed, which takes about a minute. If the quota is exceeded, the error matches
// [ErrQuotaExceeded]. Create one group at a time, since the API may count the nodes of concurrent
// requests twice.
//
// CreateNodeGroup is not idempotent: after [ErrMaybeApplied], list the groups before trying again.
//
//	POST /v4/kubernetes/organisations/{ownerId}/clusters/{clusterId}/node-groups
func (s *KubernetesService) CreateNodeGroup(
	ctx context.Context, owner OwnerID, cluster KubernetesClusterID, in KubernetesNodeGroupInput,
	opts ...CallOption,
) (*KubernetesNodeGroup, error) {
	return operation[*KubernetesNodeGroup]{
		id: "kubernetes.create-node-group", method: "POST", path: nodeGroupsPath,
	}.call(ctx, s.client, opts, in, string(owner), string(cluster))
}

// A KubernetesNodeGroupPatch changes a node group. A field that is not set stays as it is.
type KubernetesNodeGroupPatch struct {
	Name               Optional[string] `json:"name,omitzero"`
	TargetNodeCount    Optional[int]    `json:"targetNodeCount,omitzero"`
	Description        Optional[string] `json:"description,omitzero"`
	Tag                Optional[string] `json:"tag,omitzero"`
	MinNodeCount       Optional[int]    `json:"minNodeCount,omitzero"`
	MaxNodeCount       Optional[int]    `json:"maxNodeCount,omitzero"`
	AutoscalingEnabled Optional[bool]   `json:"autoscalingEnabled,omitzero"`
}

func (in KubernetesNodeGroupPatch) encode(d *draft) error { return d.json(in) }

// nodeGroupBasis has the fields that every patch must contain.
type nodeGroupBasis struct {
	Name   string `json:"name"`
	Target *int   `json:"targetNodeCount"`
}

// UnmarshalJSON rejects a group without a target, since a target of 0 would delete all nodes.
func (b *nodeGroupBasis) UnmarshalJSON(data []byte) error {
	type plain nodeGroupBasis
	err := unmarshal(data, (*plain)(b))
	if err == nil && (b.Name == "" || b.Target == nil) {
		err = errors.New("expected a name and a target of nodes")
	}
	return err
}

// UpdateNodeGroup changes a node group and returns it. The API requires Name and TargetNodeCount in
// every request: UpdateNodeGroup first reads the ones that the patch does not set, and sends them
// back. If the group is not [KubernetesNodeGroupStatusReady], the error matches [ErrConflict].
// UpdateNodeGroup is idempotent, but after a lost response that can also be the answer to the
// second attempt, since the first was applied.
//
//	PATCH /v4/kubernetes/organisations/{ownerId}/clusters/{clusterId}/node-groups/{nodeGroupId}
func (s *KubernetesService) UpdateNodeGroup(
	ctx context.Context, owner OwnerID, cluster KubernetesClusterID, id KubernetesNodeGroupID,
	in KubernetesNodeGroupPatch, opts ...CallOption,
) (*KubernetesNodeGroup, error) {
	o := operation[*KubernetesNodeGroup]{
		id: "kubernetes.update-node-group", method: "PATCH", path: nodeGroupPath, idempotent: true,
	}
	if err := check(o.id,
		rule{in == KubernetesNodeGroupPatch{}, "KubernetesNodeGroupPatch", "must set something"},
		rule{in.Name.IsNull(), "Name", "must not be null"},
		rule{in.TargetNodeCount.IsNull(), "TargetNodeCount", "must not be null"},
	); err != nil {
		return nil, err
	}
	if in.Name.IsZero() || in.TargetNodeCount.IsZero() {
		get := operation[*nodeGroupBasis](kubernetesGetNodeGroup)
		group, err := get.call(
			ctx, s.client, opts, none{}, string(owner), string(cluster), string(id))
		if err != nil {
			return nil, err
		}
		in.Name = cmp.Or(in.Name, Value(group.Name))
		in.TargetNodeCount = cmp.Or(in.TargetNodeCount, Value(*group.Target))
	}
	return o.call(ctx, s.client, opts, in, string(owner), string(cluster), string(id))
}

// DeleteNodeGroup deletes a node group and returns it as it is then: about to be deleted. It is
// idempotent, also during the deletion. If there is no such group, the error matches [ErrNotFound].
//
//	DELETE /v4/kubernetes/organisations/{ownerId}/clusters/{clusterId}/node-groups/{nodeGroupId}
func (s *KubernetesService) DeleteNodeGroup(
	ctx context.Context, owner OwnerID, cluster KubernetesClusterID, id KubernetesNodeGroupID,
	opts ...CallOption,
) (*KubernetesNodeGroup, error) {
	return operation[*KubernetesNodeGroup]{
		id: "kubernetes.delete-node-group", method: "DELETE", path: nodeGroupPath, idempotent: true,
	}.call(ctx, s.client, opts, none{}, string(owner), string(cluster), string(id))
}

// WaitForNodeGroup waits until a node group has a status and returns it, as
// [KubernetesService.WaitForCluster] does for clusters.
//
//	GET /v4/kubernetes/organisations/{ownerId}/clusters/{clusterId}/node-groups/{nodeGroupId}
func (s *KubernetesService) WaitForNodeGroup(
	ctx context.Context, owner OwnerID, cluster KubernetesClusterID, id KubernetesNodeGroupID,
	status KubernetesNodeGroupStatus, w Wait, opts ...CallOption,
) (*KubernetesNodeGroup, error) {
	get := func(ctx context.Context) (*KubernetesNodeGroup, error) {
		g, err := s.GetNodeGroup(ctx, owner, cluster, id, opts...)
		if status == KubernetesNodeGroupStatusDeleted && errors.Is(err, ErrNotFound) {
			return &KubernetesNodeGroup{ID: id, ClusterID: cluster, Status: status}, nil
		}
		return g, err
	}
	done := func(g *KubernetesNodeGroup) (bool, error) {
		switch g.Status {
		case status:
			return true, nil
		case KubernetesNodeGroupStatusFailed, KubernetesNodeGroupStatusDeleted:
			return false, &KubernetesError{NodeGroup: g}
		}
		return false, nil
	}
	state := func(g *KubernetesNodeGroup) string { return string(g.Status) }
	return waitUntil(ctx, "kubernetes.wait-for-node-group", w, get, done, state)
}

// ResumeNodeGroup resumes the operation in which a node group has failed and returns the group. It
// is not idempotent, see [ErrMaybeApplied].
//
//	POST /v4/kubernetes/organisations/{ownerId}/clusters/{clusterId}/node-groups/{nodeGroupId}/resume
func (s *KubernetesService) ResumeNodeGroup(
	ctx context.Context, owner OwnerID, cluster KubernetesClusterID, id KubernetesNodeGroupID,
	opts ...CallOption,
) (*KubernetesNodeGroup, error) {
	return operation[*KubernetesNodeGroup]{
		id: "kubernetes.resume-node-group", method: "POST", path: nodeGroupPath + "/resume",
	}.call(ctx, s.client, opts, none{}, string(owner), string(cluster), string(id))
}

// A KubernetesQuota limits what all clusters of an owner may use, control planes included.
type KubernetesQuota struct {
	ID       string            `json:"id,omitzero"`
	TenantID OwnerID           `json:"tenantId,omitzero"` // the owner
	Tags     []string          `json:"tags,omitzero"`
	Quotas   []KubernetesLimit `json:"quotas,omitzero"`
}

// A KubernetesLimit is one of the limits of a quota.
type KubernetesLimit struct {
	Type    KubernetesLimitType `json:"type,omitzero"` // tells which of the other fields is set
	Maximum int64               `json:"maximum"`       // in the unit of the type
	// Information is the limit of [KubernetesLimitTypeRAM].
	Information *KubernetesQuantity `json:"information,omitzero"`
	// Frequency is the limit of [KubernetesLimitTypeAPIRate].
	Frequency *KubernetesQuantity `json:"frequency,omitzero"`
	Raw       json.RawMessage     `json:"-"` // the JSON of the limit
}

// UnmarshalJSON decodes a limit. For an unknown type, it decodes the fields that it knows.
func (l *KubernetesLimit) UnmarshalJSON(data []byte) error {
	type plain KubernetesLimit
	return unmarshalUnion(data, (*plain)(l), &l.Type, &l.Raw)
}

// MarshalJSON returns Raw.
func (l KubernetesLimit) MarshalJSON() ([]byte, error) { return l.Raw.MarshalJSON() }

// A KubernetesLimitType tells what a limit bounds. Other values may appear.
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
type KubernetesQuantity struct {
	Name     string  `json:"name,omitzero"`
	Number   float64 `json:"number"`
	Unit     string  `json:"unit,omitzero"`
	Readable string  `json:"readable,omitzero"` // the quantity ready to show
}

// GetQuota returns what the clusters of an owner may use together. By default that is 40 vCPUs,
// 40 GB of memory and 2 public IP addresses.
//
//	GET /v4/kubernetes/organisations/{ownerId}/quota
func (s *KubernetesService) GetQuota(
	ctx context.Context, owner OwnerID, opts ...CallOption,
) (*KubernetesQuota, error) {
	return operation[*KubernetesQuota]{id: "kubernetes.get-quota", path: kubernetesPath + "/quota"}.
		call(ctx, s.client, opts, none{}, string(owner))
}

// A KubernetesUsage is what a part of a cluster uses, or used.
type KubernetesUsage struct {
	ID        string              `json:"id,omitzero"`
	ClusterID KubernetesClusterID `json:"clusterId,omitzero"`
	OwnerID   OwnerID             `json:"ownerId,omitzero"`
	ItemType  string              `json:"itemType,omitzero"`

	CPUMillicores int64     `json:"cpuMillicores"`
	RAMBytes      int64     `json:"ramBytes"`
	CreatedAt     time.Time `json:"createdAt,omitzero"`
	DeactivatedAt time.Time `json:"deactivatedAt,omitzero"` // zero while the part exists
}

// ListUsage returns what the clusters of an owner use and used. Only entries without a
// DeactivatedAt count against the quota.
//
//	GET /v4/kubernetes/organisations/{ownerId}/usage
func (s *KubernetesService) ListUsage(
	ctx context.Context, owner OwnerID, opts ...CallOption,
) ([]KubernetesUsage, error) {
	return operation[[]KubernetesUsage]{
		id: "kubernetes.list-usage", path: kubernetesPath + "/usage",
	}.call(ctx, s.client, opts, none{}, string(owner))
}

// A KubernetesProduct lists the topologies and versions that clusters can have.
type KubernetesProduct struct {
	Topologies []KubernetesProductTopology `json:"topologies,omitzero"`
	Versions   KubernetesProductVersions   `json:"versions,omitzero"`
}

// A KubernetesProductTopology is a topology with its sizes.
type KubernetesProductTopology struct {
	Topology KubernetesTopology `json:"topology,omitzero"`
	// AvailableFlavors are the sizes, smallest first.
	AvailableFlavors  []string        `json:"availableFlavors,omitzero"`
	ReplicationFactor KubernetesRange `json:"replicationFactor,omitzero"`
}

// A KubernetesRange is a smallest and a largest number, both allowed.
type KubernetesRange struct {
	Min int `json:"min"`
	Max int `json:"max"`
}

// KubernetesProductVersions are the versions of Kubernetes that new clusters can have.
type KubernetesProductVersions struct {
	Available []string `json:"available,omitzero"`
	Default   string   `json:"default,omitzero"`
}

// GetProduct returns the topologies and versions that clusters can have. It needs no credentials.
//
//	GET /v4/kubernetes-product
func (s *KubernetesService) GetProduct(
	ctx context.Context, opts ...CallOption,
) (*KubernetesProduct, error) {
	return operation[*KubernetesProduct]{
		id: "kubernetes.get-product", path: "/v4/kubernetes-product",
	}.call(ctx, s.client, opts, none{})
}
