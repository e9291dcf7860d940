package clevercloud

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/clevercloud-go/clevercloud/auth"
	"github.com/clevercloud-go/clevercloud/internal/query"
	"github.com/clevercloud-go/clevercloud/internal/redact"
)

// KubernetesService manages Kubernetes clusters and the groups of nodes that they run on.
//
// Creations, changes and deletions are asynchronous: a method returns the cluster or node group in
// a status that says what is about to happen. Use [KubernetesService.WaitForCluster] and
// [KubernetesService.WaitForNodeGroup] to wait for the end. Make one change at a time: while one is
// going on, another fails with [ErrConflict] or [ErrPreconditionFailed].
//
// Experimental: Clever Cloud's Kubernetes is in public beta and has to be activated for each user.
// The methods, and all types whose names begin with Kube, may change with the API.
type KubernetesService service

const (
	kubernetesPath = "/v4/kubernetes/organisations/{ownerId}"
	clustersPath   = kubernetesPath + "/clusters"
	clusterPath    = clustersPath + "/{clusterId}"
	nodeGroupsPath = clusterPath + "/node-groups"
	nodeGroupPath  = nodeGroupsPath + "/{nodeGroupId}"
)

var kubernetesGetNodeGroup = operation[*KubernetesNodeGroup]{
	id: "kubernetes.get-node-group", path: nodeGroupPath,
}

// A KubernetesClusterID names a cluster (kubernetes_…).
type KubernetesClusterID string

// A KubernetesNodeGroupID names a node group (node_group_…).
type KubernetesNodeGroupID string

// A KubernetesCluster is a Kubernetes cluster.
type KubernetesCluster struct {
	ID           KubernetesClusterID     `json:"id,omitzero"`
	TenantID     OwnerID                 `json:"tenantId,omitzero"` // the owner
	Name         string                  `json:"name,omitzero"`
	Description  string                  `json:"description,omitzero"`
	Tags         []string                `json:"tags,omitzero"`
	Status       KubernetesClusterStatus `json:"status,omitzero"`
	CreationDate time.Time               `json:"creationDate,omitzero"`
	// Version is the Kubernetes version, such as 1.36.
	Version        string                   `json:"version,omitzero"`
	LocationID     ZoneName                 `json:"locationId,omitzero"`
	TopologyConfig KubernetesTopologyConfig `json:"topologyConfig,omitzero"`
	Features       KubernetesFeatures       `json:"features,omitzero"`
	// NodeGroups come with their nodes, but without the fields that only
	// [KubernetesService.GetNodeGroup] returns.
	NodeGroups           []KubernetesNodeGroup    `json:"nodeGroups,omitzero"`
	StandaloneNodeGroups []KubernetesNodeGroup    `json:"standaloneNodeGroups,omitzero"`
	LoadBalancers        []KubernetesLoadBalancer `json:"loadBalancers,omitzero"`
	// StorageUsageBytes is nil if it is not known.
	StorageUsageBytes *int64 `json:"storageUsageBytes,omitzero"`
}

// A KubernetesClusterStatus is the state of a cluster. Other values may appear.
type KubernetesClusterStatus string

// The known statuses.
const (
	KubernetesClusterStatusToDeploy    KubernetesClusterStatus = "TO_DEPLOY"
	KubernetesClusterStatusDeploying   KubernetesClusterStatus = "DEPLOYING"
	KubernetesClusterStatusActive      KubernetesClusterStatus = "ACTIVE"
	KubernetesClusterStatusToRedeploy  KubernetesClusterStatus = "TO_REDEPLOY"
	KubernetesClusterStatusRedeploying KubernetesClusterStatus = "REDEPLOYING"
	KubernetesClusterStatusToUpgrade   KubernetesClusterStatus = "TO_UPGRADE"
	KubernetesClusterStatusUpdating    KubernetesClusterStatus = "UPDATING"
	KubernetesClusterStatusToDelete    KubernetesClusterStatus = "TO_DELETE"
	KubernetesClusterStatusDeleting    KubernetesClusterStatus = "DELETING"
	KubernetesClusterStatusDeleted     KubernetesClusterStatus = "DELETED"
	KubernetesClusterStatusFailed      KubernetesClusterStatus = "FAILED"
)

// IsKnown reports whether s is one of the constants of this package.
func (s KubernetesClusterStatus) IsKnown() bool {
	return isOneOf(s, KubernetesClusterStatusToDeploy, KubernetesClusterStatusDeploying,
		KubernetesClusterStatusActive, KubernetesClusterStatusToRedeploy,
		KubernetesClusterStatusRedeploying, KubernetesClusterStatusToUpgrade,
		KubernetesClusterStatusUpdating, KubernetesClusterStatusToDelete,
		KubernetesClusterStatusDeleting, KubernetesClusterStatusDeleted,
		KubernetesClusterStatusFailed)
}

// A KubernetesTopologyConfig says how the control plane of a cluster is laid out. It cannot be
// changed later.
type KubernetesTopologyConfig struct {
	// Topology tells which of the other fields are set.
	Topology KubernetesTopology `json:"topology,omitzero"`
	// Flavor is the size of each machine of the control plane, from XS to XL. A
	// [KubernetesTopologyAllInOne] starts at S.
	Flavor string `json:"flavor,omitzero"`
	// ReplicationFactor is the number of machines, from 1 to 5.
	ReplicationFactor int `json:"replicationFactor,omitzero"`
	// Components replaces Flavor and ReplicationFactor in a [KubernetesTopologyDistributed].
	Components *KubernetesComponents `json:"components,omitzero"`
}

// UnmarshalJSON reads a configuration, and what it can of one with an unknown topology.
func (c *KubernetesTopologyConfig) UnmarshalJSON(data []byte) error {
	type plain KubernetesTopologyConfig
	return unmarshalUnion(data, (*plain)(c), &c.Topology, nil)
}

// A KubernetesTopology is a layout of the control plane. Other values may appear.
type KubernetesTopology string

// The known topologies.
const (
	KubernetesTopologyAllInOne         KubernetesTopology = "ALL_IN_ONE"
	KubernetesTopologyDedicatedCompute KubernetesTopology = "DEDICATED_COMPUTE"
	KubernetesTopologyDistributed      KubernetesTopology = "DISTRIBUTED"
)

// IsKnown reports whether t is one of the constants of this package.
func (t KubernetesTopology) IsKnown() bool {
	return isOneOf(t, KubernetesTopologyAllInOne, KubernetesTopologyDedicatedCompute,
		KubernetesTopologyDistributed)
}

// KubernetesComponents are the parts of a distributed control plane.
type KubernetesComponents struct {
	APIServer              KubernetesComponent `json:"apiserver,omitzero"`
	ControllerManager      KubernetesComponent `json:"controllerManager,omitzero"`
	Scheduler              KubernetesComponent `json:"scheduler,omitzero"`
	NodeGroupOperator      KubernetesComponent `json:"nodeGroupOperator,omitzero"`
	CloudControllerManager KubernetesComponent `json:"cloudControllerManager,omitzero"`
}

// A KubernetesComponent is the size of a part of a distributed control plane.
type KubernetesComponent struct {
	Flavor            string `json:"flavor,omitzero"`            // from 2XS to XL
	ReplicationFactor int    `json:"replicationFactor,omitzero"` // from 1 to 5
}

// KubernetesFeatures are what is switched on in a cluster. A feature that is being installed is
// not reported yet.
type KubernetesFeatures struct {
	CSI                  bool   `json:"csi"` // persistent storage
	Registries           string `json:"registries,omitzero"`
	AutoscalingEnabled   bool   `json:"autoscalingEnabled"`
	NodeAutoprovisioning bool   `json:"nodeAutoprovisioning"`
}

// A KubernetesLoadBalancer is an entry point of a cluster.
type KubernetesLoadBalancer struct {
	ID         string   `json:"id,omitzero"`
	Flavor     string   `json:"flavor,omitzero"` // a size and a number of machines, such as XS-duo
	IPs        []string `json:"ips,omitzero"`
	DomainName string   `json:"domainName,omitzero"`
}

// A KubernetesClusterQuery narrows [KubernetesService.ListClusters]. The zero value asks for all
// clusters.
type KubernetesClusterQuery struct {
	// Statuses keeps clusters in one of these.
	Statuses []KubernetesClusterStatus
}

func (q KubernetesClusterQuery) encode(d *draft) error {
	query.Texts(&d.query, "status", q.Statuses)
	return nil
}

// ListClusters returns the clusters of an owner. The API keeps deleted ones in the list.
//
//	GET /v4/kubernetes/organisations/{ownerId}/clusters
func (s *KubernetesService) ListClusters(
	ctx context.Context, owner OwnerID, q KubernetesClusterQuery, opts ...CallOption,
) ([]KubernetesCluster, error) {
	return operation[[]KubernetesCluster]{id: "kubernetes.list-clusters", path: clustersPath}.
		call(ctx, s.client, opts, q, string(owner))
}

// GetCluster returns a cluster.
//
//	GET /v4/kubernetes/organisations/{ownerId}/clusters/{clusterId}
func (s *KubernetesService) GetCluster(
	ctx context.Context, owner OwnerID, id KubernetesClusterID, opts ...CallOption,
) (*KubernetesCluster, error) {
	return operation[*KubernetesCluster]{id: "kubernetes.get-cluster", path: clusterPath}.
		call(ctx, s.client, opts, none{}, string(owner), string(id))
}

// A KubernetesClusterInput describes a cluster to create. Only Name is required.
type KubernetesClusterInput struct {
	Name string `json:"name"` // at most 128 characters
	// Version is one of those that [KubernetesService.GetProduct] lists. Empty is the default one.
	Version     string   `json:"version,omitzero"`
	Description string   `json:"description,omitzero"`
	Tags        []string `json:"tags,omitzero"`
	// NetworkGroupID is the network group to put the cluster into. Empty is one of its own.
	NetworkGroupID NetworkGroupID `json:"networkGroupId,omitzero"`
	// TopologyConfig is a [KubernetesTopologyDedicatedCompute] of one XS machine if it is zero.
	TopologyConfig KubernetesTopologyConfig `json:"topologyConfig,omitzero"`
	// LocationID is the zone. Empty leaves the choice to the API.
	LocationID ZoneName                   `json:"locationId,omitzero"`
	Features   KubernetesFeaturesPatch    `json:"features,omitzero"`
	NodeGroups []KubernetesNodeGroupInput `json:"nodeGroups,omitzero"`
}

func (in KubernetesClusterInput) encode(d *draft) error {
	return d.jsonRequiring(in, "Name", in.Name)
}

// A KubernetesFeaturesPatch switches features on or off. A field that is not set leaves its
// feature as it is.
type KubernetesFeaturesPatch struct {
	CSI        Optional[bool]   `json:"csi,omitzero"` // cannot be switched off
	Registries Optional[string] `json:"registries,omitzero"`
	// AutoscalingEnabled and NodeAutoprovisioning exclude each other.
	AutoscalingEnabled Optional[bool] `json:"autoscalingEnabled,omitzero"`
	// NodeAutoprovisioning needs Kubernetes 1.34 or later, which the API does not check.
	NodeAutoprovisioning Optional[bool] `json:"nodeAutoprovisioning,omitzero"`
}

// CreateCluster creates a cluster and returns it. Its deployment then takes about a minute. If the
// quota is exceeded, the error matches [ErrQuotaExceeded].
//
// CreateCluster is not idempotent: after [ErrMaybeApplied], list the clusters before trying again.
//
//	POST /v4/kubernetes/organisations/{ownerId}/clusters
func (s *KubernetesService) CreateCluster(
	ctx context.Context, owner OwnerID, in KubernetesClusterInput, opts ...CallOption,
) (*KubernetesCluster, error) {
	return operation[*KubernetesCluster]{
		id: "kubernetes.create-cluster", method: "POST", path: clustersPath,
	}.call(ctx, s.client, opts, in, string(owner))
}

// A KubernetesClusterPatch changes a cluster. A field that is not set stays as it is.
type KubernetesClusterPatch struct {
	Name        Optional[string]        `json:"name,omitzero"`
	Description Optional[string]        `json:"description,omitzero"`
	Tags        Optional[[]string]      `json:"tags,omitzero"`
	Features    KubernetesFeaturesPatch `json:"features,omitzero"`
}

func (in KubernetesClusterPatch) encode(d *draft) error {
	in.Tags = listed(in.Tags)
	return d.jsonPatch("KubernetesClusterPatch", in)
}

// UpdateCluster changes a cluster and returns it. Features are changed asynchronously; if that
// fails the cluster is [KubernetesClusterStatusFailed] and needs ResumeCluster.
//
// While the cluster is not active, a change of features fails with [ErrPreconditionFailed]: try
// again later. Node autoprovisioning cannot be switched on while another Karpenter runs in the
// cluster, or off while its objects remain: the error matches [ErrConflict]. UpdateCluster is
// idempotent.
//
//	PATCH /v4/kubernetes/organisations/{ownerId}/clusters/{clusterId}
func (s *KubernetesService) UpdateCluster(
	ctx context.Context, owner OwnerID, id KubernetesClusterID, in KubernetesClusterPatch,
	opts ...CallOption,
) (*KubernetesCluster, error) {
	return operation[*KubernetesCluster]{
		id: "kubernetes.update-cluster", method: "PATCH", path: clusterPath, idempotent: true,
	}.call(ctx, s.client, opts, in, string(owner), string(id))
}

// DeleteCluster deletes a cluster and returns it as it is then: about to be deleted. It is
// idempotent, also during the deletion. If there is no such cluster, the error matches
// [ErrNotFound].
//
//	DELETE /v4/kubernetes/organisations/{ownerId}/clusters/{clusterId}
func (s *KubernetesService) DeleteCluster(
	ctx context.Context, owner OwnerID, id KubernetesClusterID, opts ...CallOption,
) (*KubernetesCluster, error) {
	return operation[*KubernetesCluster]{
		id: "kubernetes.delete-cluster", method: "DELETE", path: clusterPath, idempotent: true,
	}.call(ctx, s.client, opts, none{}, string(owner), string(id))
}

// A KubernetesError reports a cluster or a node group that has failed, or was deleted, while a
// method waited for another status. Exactly one of the fields is set.
type KubernetesError struct {
	Cluster   *KubernetesCluster
	NodeGroup *KubernetesNodeGroup
}

// Error returns one line: clevercloud: cluster prod (kubernetes_…) is FAILED.
func (e *KubernetesError) Error() string {
	var what string
	if g := e.NodeGroup; g != nil {
		what = fmt.Sprintf("node group %s (%s) is %s", g.Name, g.ID, g.Status)
	} else if c := e.Cluster; c != nil {
		what = fmt.Sprintf("cluster %s (%s) is %s", c.Name, c.ID, c.Status)
	}
	return "clevercloud: " + redact.Line(what, 256)
}

// WaitForCluster waits until a cluster has a status and returns it. Bound the wait by the context.
//
// If the cluster has failed or was deleted, and that is not the status to wait for, the error is a
// [*KubernetesError]. An unknown status does not end the wait. A wait for
// [KubernetesClusterStatusDeleted] also ends when the cluster is not found. The result then holds
// the ID, the owner and the status only.
//
// Node groups have a status of their own: those of a cluster that is active need not be ready. See
// [KubernetesService.WaitForNodeGroup].
//
//	GET /v4/kubernetes/organisations/{ownerId}/clusters/{clusterId}
func (s *KubernetesService) WaitForCluster(
	ctx context.Context, owner OwnerID, id KubernetesClusterID, status KubernetesClusterStatus,
	w Wait, opts ...CallOption,
) (*KubernetesCluster, error) {
	get := func(ctx context.Context) (*KubernetesCluster, error) {
		c, err := s.GetCluster(ctx, owner, id, opts...)
		if status == KubernetesClusterStatusDeleted && errors.Is(err, ErrNotFound) {
			return &KubernetesCluster{ID: id, TenantID: owner, Status: status}, nil
		}
		return c, err
	}
	done := func(c *KubernetesCluster) (bool, error) {
		switch c.Status {
		case status:
			return true, nil
		case KubernetesClusterStatusFailed, KubernetesClusterStatusDeleted:
			return false, &KubernetesError{Cluster: c}
		}
		return false, nil
	}
	state := func(c *KubernetesCluster) string { return string(c.Status) }
	return waitUntil(ctx, "kubernetes.wait-for-cluster", w, get, done, state)
}

// A KubeconfigQuery chooses how a kubeconfig reaches the cluster.
type KubeconfigQuery struct {
	// Type is [KubeconfigTypeLoadBalancer] if it is empty.
	Type KubeconfigType
}

func (q KubeconfigQuery) encode(d *draft) error {
	query.Text(&d.query, "type", q.Type)
	return nil
}

// A KubeconfigType is a way to reach a cluster. For an unknown one, the error matches
// [ErrBadRequest].
type KubeconfigType string

// The known types: through the load balancer, within the network group, at the address of the API
// server.
const (
	KubeconfigTypeLoadBalancer KubeconfigType = "LOADBALANCER"
	KubeconfigTypeNetworkGroup KubeconfigType = "NETWORKGROUP"
	KubeconfigTypeAPIServerIP  KubeconfigType = "APISERVER_IP"
)

// Kubeconfig returns a kubeconfig, a YAML file for kubectl, with a new client certificate at each
// call. Write it to a file that only its user can read. A cluster that cannot be reached yet is
// [ErrPreconditionFailed].
//
//	GET /v4/kubernetes/organisations/{ownerId}/clusters/{clusterId}/kubeconfig.yaml
func (s *KubernetesService) Kubeconfig(
	ctx context.Context, owner OwnerID, id KubernetesClusterID, q KubeconfigQuery,
	opts ...CallOption,
) (auth.Secret, error) {
	return operation[auth.Secret]{
		id: "kubernetes.kubeconfig", path: clusterPath + "/kubeconfig.yaml", accept: mediaYAML,
		secretResult: true,
	}.text(ctx, s.client, opts, q, string(owner), string(id))
}

// KubeconfigURL returns an address of a kubeconfig that works without credentials, for 60 minutes.
//
//	GET /v4/kubernetes/organisations/{ownerId}/clusters/{clusterId}/kubeconfig/presigned-url
func (s *KubernetesService) KubeconfigURL(
	ctx context.Context, owner OwnerID, id KubernetesClusterID, opts ...CallOption,
) (auth.Secret, error) {
	presigned, err := operation[presignedURL]{
		id: "kubernetes.kubeconfig-url", path: clusterPath + "/kubeconfig/presigned-url",
		secretResult: true,
	}.call(ctx, s.client, opts, none{}, string(owner), string(id))
	return presigned.URL, err
}

// EnableCephCSI installs persistent storage in an active cluster and returns the cluster. It is not
// idempotent, see [ErrMaybeApplied].
//
//	POST /v4/kubernetes/organisations/{ownerId}/clusters/{clusterId}/csi/ceph
func (s *KubernetesService) EnableCephCSI(
	ctx context.Context, owner OwnerID, id KubernetesClusterID, opts ...CallOption,
) (*KubernetesCluster, error) {
	return operation[*KubernetesCluster]{
		id: "kubernetes.enable-ceph-csi", method: "POST", path: clusterPath + "/csi/ceph",
	}.call(ctx, s.client, opts, none{}, string(owner), string(id))
}

// KubernetesVersions are the versions that a cluster can have.
type KubernetesVersions struct {
	Installed  string   `json:"installed,omitzero"`
	Latest     string   `json:"latest,omitzero"`
	Available  []string `json:"available,omitzero"` // those that the cluster can be updated to
	NeedUpdate bool     `json:"needUpdate"`         // whether Installed differs from Latest
}

// CheckVersion returns the versions that a cluster can have.
//
//	GET /v4/kubernetes/organisations/{ownerId}/clusters/{clusterId}/version/check
func (s *KubernetesService) CheckVersion(
	ctx context.Context, owner OwnerID, id KubernetesClusterID, opts ...CallOption,
) (*KubernetesVersions, error) {
	return operation[*KubernetesVersions]{
		id: "kubernetes.check-version", path: clusterPath + "/version/check",
	}.call(ctx, s.client, opts, none{}, string(owner), string(id))
}

// UpdateVersion updates an active cluster to another version of Kubernetes and returns it. It is
// not idempotent, see [ErrMaybeApplied].
//
//	POST /v4/kubernetes/organisations/{ownerId}/clusters/{clusterId}/version/update
func (s *KubernetesService) UpdateVersion(
	ctx context.Context, owner OwnerID, id KubernetesClusterID, version string, opts ...CallOption,
) (*KubernetesCluster, error) {
	return operation[*KubernetesCluster]{
		id: "kubernetes.update-version", method: "POST", path: clusterPath + "/version/update",
	}.call(ctx, s.client, opts, operatorVersion{version}, string(owner), string(id))
}

// A KubernetesRedeployInput says what to apply to a cluster that is deployed again. The zero value
// applies nothing.
type KubernetesRedeployInput struct {
	// BeforeYAMLs and AfterYAMLs are manifests, for before and after the deployment.
	BeforeYAMLs []string `json:"beforeYamls,omitzero"`
	AfterYAMLs  []string `json:"afterYamls,omitzero"`
}

func (in KubernetesRedeployInput) encode(d *draft) error { return d.json(in) }

// RedeployCluster deploys an active cluster again and returns it. It is not idempotent, see
// [ErrMaybeApplied].
//
//	POST /v4/kubernetes/organisations/{ownerId}/clusters/{clusterId}/redeploy
func (s *KubernetesService) RedeployCluster(
	ctx context.Context, owner OwnerID, id KubernetesClusterID, in KubernetesRedeployInput,
	opts ...CallOption,
) (*KubernetesCluster, error) {
	return operation[*KubernetesCluster]{
		id: "kubernetes.redeploy-cluster", method: "POST", path: clusterPath + "/redeploy",
	}.call(ctx, s.client, opts, in, string(owner), string(id))
}

// ResumeCluster resumes the operation in which a cluster has failed and returns the cluster. It
// works in [KubernetesClusterStatusFailed] only, and not after a failed deletion. It is not
// idempotent, see [ErrMaybeApplied].
//
//	POST /v4/kubernetes/organisations/{ownerId}/clusters/{clusterId}/resume
func (s *KubernetesService) ResumeCluster(
	ctx context.Context, owner OwnerID, id KubernetesClusterID, opts ...CallOption,
) (*KubernetesCluster, error) {
	return operation[*KubernetesCluster]{
		id: "kubernetes.resume-cluster", method: "POST", path: clusterPath + "/resume",
	}.call(ctx, s.client, opts, none{}, string(owner), string(id))
}
