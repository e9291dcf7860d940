package clevercloud

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/clevercloud-go/clevercloud/auth"
	"github.com/clevercloud-go/clevercloud/internal/query"
)

// KubernetesService manages Kubernetes clusters and the groups of nodes that they run on.
//
// Creations, changes and deletions are asynchronous: a method returns the cluster or node group in
// a status that says what is about to happen. Use [KubernetesService.WaitForCluster] and
// [KubernetesService.WaitForNodeGroup] to wait for the end. Make one change at a time: a change of
// what is changing already is [ErrConflict] or [ErrPreconditionFailed].
//
// Experimental: Clever Cloud's Kubernetes is in public beta and has to be activated for each user.
// Everything about it may change with the API, in any release of this module.
type KubernetesService service

const (
	kubernetesPath = "/v4/kubernetes/organisations/{ownerId}"
	clustersPath   = kubernetesPath + "/clusters"
	clusterPath    = clustersPath + "/{clusterId}"
	nodeGroupsPath = clusterPath + "/node-groups"
	nodeGroupPath  = nodeGroupsPath + "/{nodeGroupId}"
)

var (
	kubernetesListClusters = operation[KubernetesClusterQuery, []KubernetesCluster]{
		id: "kubernetes.list-clusters", method: http.MethodGet, idempotent: true,
		path: clustersPath,
	}
	kubernetesGetCluster = operation[none, *KubernetesCluster]{
		id: "kubernetes.get-cluster", method: http.MethodGet, idempotent: true,
		path: clusterPath,
	}
	kubernetesCreateCluster = operation[KubernetesClusterInput, *KubernetesCluster]{
		id: "kubernetes.create-cluster", method: http.MethodPost,
		path: clustersPath,
	}
	kubernetesUpdateCluster = operation[KubernetesClusterPatch, *KubernetesCluster]{
		id: "kubernetes.update-cluster", method: http.MethodPatch, idempotent: true,
		path: clusterPath,
	}
	kubernetesDeleteCluster = operation[none, *KubernetesCluster]{
		id: "kubernetes.delete-cluster", method: http.MethodDelete, idempotent: true,
		path: clusterPath,
	}
	kubernetesKubeconfig = operation[KubeconfigQuery, none]{
		id: "kubernetes.kubeconfig", secretResult: true, method: http.MethodGet,
		idempotent: true, accept: mediaYAML, path: clusterPath + "/kubeconfig.yaml",
	}
	kubernetesKubeconfigURL = operation[none, *presignedURL]{
		id: "kubernetes.kubeconfig-url", secretResult: true, method: http.MethodGet,
		idempotent: true, path: clusterPath + "/kubeconfig/presigned-url",
	}
	kubernetesEnableCephCSI = operation[none, *KubernetesCluster]{
		id: "kubernetes.enable-ceph-csi", method: http.MethodPost,
		path: clusterPath + "/csi/ceph",
	}
	kubernetesCheckVersion = operation[none, *KubernetesVersions]{
		id: "kubernetes.check-version", method: http.MethodGet, idempotent: true,
		path: clusterPath + "/version/check",
	}
	kubernetesUpdateVersion = operation[operatorVersion, *KubernetesCluster]{
		id: "kubernetes.update-version", method: http.MethodPost,
		path: clusterPath + "/version/update",
	}
	kubernetesListDeploymentEvents = operation[KubernetesEventQuery, []KubernetesDeploymentEvent]{
		id: "kubernetes.list-deployment-events", method: http.MethodGet, idempotent: true,
		path: clusterPath + "/deployment-events",
	}
	kubernetesListEvents = operation[KubernetesEventQuery, []KubernetesClusterEvent]{
		id: "kubernetes.list-events", method: http.MethodGet, idempotent: true,
		path: clusterPath + "/events",
	}
	kubernetesRedeployCluster = operation[KubernetesRedeployInput, *KubernetesCluster]{
		id: "kubernetes.redeploy-cluster", method: http.MethodPost,
		path: clusterPath + "/redeploy",
	}
	kubernetesResumeCluster = operation[none, *KubernetesCluster]{
		id: "kubernetes.resume-cluster", method: http.MethodPost,
		path: clusterPath + "/resume",
	}
	kubernetesListNodeGroups = operation[KubernetesNodeGroupQuery, []KubernetesNodeGroup]{
		id: "kubernetes.list-node-groups", method: http.MethodGet, idempotent: true,
		path: nodeGroupsPath,
	}
	kubernetesGetNodeGroup = operation[none, *KubernetesNodeGroup]{
		id: "kubernetes.get-node-group", method: http.MethodGet, idempotent: true,
		path: nodeGroupPath,
	}
	kubernetesCreateNodeGroup = operation[KubernetesNodeGroupInput, *KubernetesNodeGroup]{
		id: "kubernetes.create-node-group", method: http.MethodPost,
		path: nodeGroupsPath,
	}
	kubernetesUpdateNodeGroup = operation[KubernetesNodeGroupPatch, *KubernetesNodeGroup]{
		id: "kubernetes.update-node-group", method: http.MethodPatch, idempotent: true,
		path: nodeGroupPath,
	}
	kubernetesDeleteNodeGroup = operation[none, *KubernetesNodeGroup]{
		id: "kubernetes.delete-node-group", method: http.MethodDelete, idempotent: true,
		path: nodeGroupPath,
	}
	kubernetesResumeNodeGroup = operation[none, *KubernetesNodeGroup]{
		id: "kubernetes.resume-node-group", method: http.MethodPost,
		path: nodeGroupPath + "/resume",
	}
	kubernetesGetQuota = operation[none, *KubernetesQuota]{
		id: "kubernetes.get-quota", method: http.MethodGet, idempotent: true,
		path: kubernetesPath + "/quota",
	}
	kubernetesListUsage = operation[none, []KubernetesUsage]{
		id: "kubernetes.list-usage", method: http.MethodGet, idempotent: true,
		path: kubernetesPath + "/usage",
	}
	kubernetesGetProduct = operation[none, *KubernetesProduct]{
		id: "kubernetes.get-product", method: http.MethodGet, idempotent: true,
		path: "/v4/kubernetes-product",
	}
)

// A KubernetesClusterID names a cluster (kubernetes_…).
//
// Experimental: see [KubernetesService].
type KubernetesClusterID string

// A KubernetesNodeGroupID names a node group (node_group_…).
//
// Experimental: see [KubernetesService].
type KubernetesNodeGroupID string

// A KubernetesCluster is a Kubernetes cluster.
//
// Experimental: see [KubernetesService].
type KubernetesCluster struct {
	ID KubernetesClusterID `json:"id,omitzero"`
	// TenantID is the owner.
	TenantID     OwnerID                 `json:"tenantId,omitzero"`
	Name         string                  `json:"name,omitzero"`
	Description  string                  `json:"description,omitzero"`
	Tags         []string                `json:"tags,omitzero"`
	Status       KubernetesClusterStatus `json:"status,omitzero"`
	CreationDate time.Time               `json:"creationDate,omitzero"`
	// Version is that of Kubernetes, such as 1.36.
	Version string `json:"version,omitzero"`
	// LocationID is the zone.
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

// A KubernetesClusterStatus is the state of a cluster. Other values may appear; see
// [KubernetesClusterStatus.IsKnown].
//
// Experimental: see [KubernetesService].
type KubernetesClusterStatus string

// The known statuses.
//
// Experimental: see [KubernetesService].
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
	switch s {
	case KubernetesClusterStatusToDeploy, KubernetesClusterStatusDeploying,
		KubernetesClusterStatusActive, KubernetesClusterStatusToRedeploy,
		KubernetesClusterStatusRedeploying, KubernetesClusterStatusToUpgrade,
		KubernetesClusterStatusUpdating, KubernetesClusterStatusToDelete,
		KubernetesClusterStatusDeleting, KubernetesClusterStatusDeleted,
		KubernetesClusterStatusFailed:
		return true
	}
	return false
}

// A KubernetesTopologyConfig says how the control plane of a cluster is laid out. It cannot be
// changed later.
//
// Experimental: see [KubernetesService].
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
	return unmarshalOpen(data, (*plain)(c), func() bool { return c.Topology.IsKnown() })
}

// A KubernetesTopology is a layout of the control plane. Other values may appear; see
// [KubernetesTopology.IsKnown].
//
// Experimental: see [KubernetesService].
type KubernetesTopology string

// The known topologies.
//
// Experimental: see [KubernetesService].
const (
	KubernetesTopologyAllInOne         KubernetesTopology = "ALL_IN_ONE"
	KubernetesTopologyDedicatedCompute KubernetesTopology = "DEDICATED_COMPUTE"
	KubernetesTopologyDistributed      KubernetesTopology = "DISTRIBUTED"
)

// IsKnown reports whether t is one of the constants of this package.
func (t KubernetesTopology) IsKnown() bool {
	switch t {
	case KubernetesTopologyAllInOne, KubernetesTopologyDedicatedCompute,
		KubernetesTopologyDistributed:
		return true
	}
	return false
}

// KubernetesComponents are the parts of a distributed control plane.
//
// Experimental: see [KubernetesService].
type KubernetesComponents struct {
	APIServer              KubernetesComponent `json:"apiserver,omitzero"`
	ControllerManager      KubernetesComponent `json:"controllerManager,omitzero"`
	Scheduler              KubernetesComponent `json:"scheduler,omitzero"`
	NodeGroupOperator      KubernetesComponent `json:"nodeGroupOperator,omitzero"`
	CloudControllerManager KubernetesComponent `json:"cloudControllerManager,omitzero"`
}

// A KubernetesComponent is the size of a part of a distributed control plane.
//
// Experimental: see [KubernetesService].
type KubernetesComponent struct {
	// Flavor is from 2XS to XL.
	Flavor string `json:"flavor,omitzero"`
	// ReplicationFactor is from 1 to 5.
	ReplicationFactor int `json:"replicationFactor,omitzero"`
}

// KubernetesFeatures are what is switched on in a cluster. A feature that is being installed is
// not reported yet.
//
// Experimental: see [KubernetesService].
type KubernetesFeatures struct {
	// CSI is persistent storage.
	CSI                  bool   `json:"csi"`
	Registries           string `json:"registries,omitzero"`
	AutoscalingEnabled   bool   `json:"autoscalingEnabled"`
	NodeAutoprovisioning bool   `json:"nodeAutoprovisioning"`
}

// A KubernetesLoadBalancer is an entry point of a cluster.
//
// Experimental: see [KubernetesService].
type KubernetesLoadBalancer struct {
	ID string `json:"id,omitzero"`
	// Flavor is a size and a number of machines, such as XS-duo.
	Flavor     string   `json:"flavor,omitzero"`
	IPs        []string `json:"ips,omitzero"`
	DomainName string   `json:"domainName,omitzero"`
}

// A KubernetesClusterQuery narrows [KubernetesService.ListClusters]. The zero value asks for all
// clusters.
//
// Experimental: see [KubernetesService].
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
// Experimental: see [KubernetesService].
//
//	GET /v4/kubernetes/organisations/{ownerId}/clusters
func (s *KubernetesService) ListClusters(
	ctx context.Context, owner OwnerID, q KubernetesClusterQuery, opts ...CallOption,
) ([]KubernetesCluster, error) {
	return kubernetesListClusters.call(ctx, s.client, opts, q, string(owner))
}

// GetCluster returns a cluster.
//
// Experimental: see [KubernetesService].
//
//	GET /v4/kubernetes/organisations/{ownerId}/clusters/{clusterId}
func (s *KubernetesService) GetCluster(
	ctx context.Context, owner OwnerID, id KubernetesClusterID, opts ...CallOption,
) (*KubernetesCluster, error) {
	return kubernetesGetCluster.call(ctx, s.client, opts, none{}, string(owner), string(id))
}

// A KubernetesClusterInput describes a cluster to create. Only Name is required.
//
// Experimental: see [KubernetesService].
type KubernetesClusterInput struct {
	// Name has at most 128 characters.
	Name string `json:"name"`
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
	if in.Name == "" {
		return &ValidationError{Argument: "Name", Reason: "must not be empty"}
	}
	return d.json(in)
}

// A KubernetesFeaturesPatch switches features on or off. A field that is not set leaves its
// feature as it is.
//
// Experimental: see [KubernetesService].
type KubernetesFeaturesPatch struct {
	// CSI cannot be switched off.
	CSI        Optional[bool]   `json:"csi,omitzero"`
	Registries Optional[string] `json:"registries,omitzero"`
	// AutoscalingEnabled and NodeAutoprovisioning exclude each other.
	AutoscalingEnabled Optional[bool] `json:"autoscalingEnabled,omitzero"`
	// NodeAutoprovisioning needs Kubernetes 1.34 or later, which the API does not check.
	NodeAutoprovisioning Optional[bool] `json:"nodeAutoprovisioning,omitzero"`
}

// CreateCluster creates a cluster and returns it as it is then: about to be deployed, which takes
// about a minute. A cluster over the quota is [ErrQuotaExceeded].
//
// CreateCluster is not idempotent. It is retried only if the request did not reach the API or was
// rate limited. If it may have been applied, the error matches [ErrMaybeApplied]: list the
// clusters before trying again.
//
// Experimental: see [KubernetesService].
//
//	POST /v4/kubernetes/organisations/{ownerId}/clusters
func (s *KubernetesService) CreateCluster(
	ctx context.Context, owner OwnerID, in KubernetesClusterInput, opts ...CallOption,
) (*KubernetesCluster, error) {
	return kubernetesCreateCluster.call(ctx, s.client, opts, in, string(owner))
}

// A KubernetesClusterPatch changes a cluster. A field that is not set stays as it is.
//
// Experimental: see [KubernetesService].
type KubernetesClusterPatch struct {
	Name        Optional[string]        `json:"name,omitzero"`
	Description Optional[string]        `json:"description,omitzero"`
	Tags        Optional[[]string]      `json:"tags,omitzero"`
	Features    KubernetesFeaturesPatch `json:"features,omitzero"`
}

func (in KubernetesClusterPatch) encode(d *draft) error {
	if err := d.json(in); err != nil || string(d.body) != "{}" {
		return err
	}
	return &ValidationError{Argument: "KubernetesClusterPatch", Reason: "must set something"}
}

// UpdateCluster changes a cluster and returns it. Features are changed asynchronously; if that
// fails the cluster is [KubernetesClusterStatusFailed] and wants [KubernetesService.ResumeCluster].
//
// A change of features is [ErrPreconditionFailed] while the cluster is not active: try it again
// later. It is [ErrConflict] if node autoprovisioning is to be switched on where a Karpenter of
// the user's own runs, or off while objects that belong to it remain.
//
// Experimental: see [KubernetesService].
//
//	PATCH /v4/kubernetes/organisations/{ownerId}/clusters/{clusterId}
func (s *KubernetesService) UpdateCluster(
	ctx context.Context, owner OwnerID, id KubernetesClusterID, in KubernetesClusterPatch,
	opts ...CallOption,
) (*KubernetesCluster, error) {
	return kubernetesUpdateCluster.call(ctx, s.client, opts, in, string(owner), string(id))
}

// DeleteCluster deletes a cluster and returns it as it is then: about to be deleted.
//
// Experimental: see [KubernetesService].
//
//	DELETE /v4/kubernetes/organisations/{ownerId}/clusters/{clusterId}
func (s *KubernetesService) DeleteCluster(
	ctx context.Context, owner OwnerID, id KubernetesClusterID, opts ...CallOption,
) (*KubernetesCluster, error) {
	return kubernetesDeleteCluster.call(ctx, s.client, opts, none{}, string(owner), string(id))
}

// A KubernetesError is a cluster or a node group that has failed, or was deleted, while a method
// waited for another status.
//
// Experimental: see [KubernetesService].
type KubernetesError struct {
	// Cluster is nil if a node group has failed.
	Cluster *KubernetesCluster
	// NodeGroup is nil if a cluster has failed.
	NodeGroup *KubernetesNodeGroup
}

// Error returns one line: clevercloud: cluster prod (kubernetes_…) is FAILED.
func (e *KubernetesError) Error() string {
	kind, name, id, status := "cluster", "", "", ""
	switch {
	case e.NodeGroup != nil:
		kind, name = "node group", e.NodeGroup.Name
		id, status = string(e.NodeGroup.ID), string(e.NodeGroup.Status)
	case e.Cluster != nil:
		name, id, status = e.Cluster.Name, string(e.Cluster.ID), string(e.Cluster.Status)
	}
	return "clevercloud: " + printable(fmt.Sprintf("%s %s (%s) is %s", kind, name, id, status), 256)
}

// WaitForCluster waits until a cluster has a status and returns it. Bound the wait by the context.
//
// If the cluster has failed or was deleted, and that is not the status to wait for, the error is a
// [*KubernetesError]. An unknown status does not end the wait. A wait for
// [KubernetesClusterStatusDeleted] also ends when the cluster is not found. The result then holds
// the ID, the owner and the status only.
//
// Experimental: see [KubernetesService].
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
	c, err := waitUntil(ctx, "kubernetes.wait-for-cluster", w, get, done, state)
	if err != nil {
		return nil, err
	}
	return c, nil
}

// A KubeconfigQuery chooses how a kubeconfig reaches the cluster.
//
// Experimental: see [KubernetesService].
type KubeconfigQuery struct {
	// Type is [KubeconfigTypeLoadBalancer] if it is empty.
	Type KubeconfigType
}

func (q KubeconfigQuery) encode(d *draft) error {
	query.Text(&d.query, "type", q.Type)
	return nil
}

// A KubeconfigType is a way to reach a cluster. An unknown one is [ErrBadRequest].
//
// Experimental: see [KubernetesService].
type KubeconfigType string

// The types: by its load balancer, from inside its network group, and by the address of its API
// server.
//
// Experimental: see [KubernetesService].
const (
	KubeconfigTypeLoadBalancer KubeconfigType = "LOADBALANCER"
	KubeconfigTypeNetworkGroup KubeconfigType = "NETWORKGROUP"
	KubeconfigTypeAPIServerIP  KubeconfigType = "APISERVER_IP"
)

// Kubeconfig returns a kubeconfig, a YAML file for kubectl, with a new client certificate at each
// call. Write it to a file that only its user can read. A cluster that cannot be reached yet is
// [ErrPreconditionFailed].
//
// Experimental: see [KubernetesService].
//
//	GET /v4/kubernetes/organisations/{ownerId}/clusters/{clusterId}/kubeconfig.yaml
func (s *KubernetesService) Kubeconfig(
	ctx context.Context, owner OwnerID, id KubernetesClusterID, q KubeconfigQuery,
	opts ...CallOption,
) (auth.Secret, error) {
	text, err := kubernetesKubeconfig.text(ctx, s.client, opts, q, string(owner), string(id))
	return auth.Secret(text), err
}

// KubeconfigURL returns an address of a kubeconfig that works without credentials, for 60 minutes.
//
// Experimental: see [KubernetesService].
//
//	GET /v4/kubernetes/organisations/{ownerId}/clusters/{clusterId}/kubeconfig/presigned-url
func (s *KubernetesService) KubeconfigURL(
	ctx context.Context, owner OwnerID, id KubernetesClusterID, opts ...CallOption,
) (auth.Secret, error) {
	presigned, err := kubernetesKubeconfigURL.call(
		ctx, s.client, opts, none{}, string(owner), string(id))
	if err != nil {
		return "", err
	}
	return presigned.URL, nil
}

// EnableCephCSI installs persistent storage in a cluster that is active, and returns the cluster.
//
// Experimental: see [KubernetesService].
//
//	POST /v4/kubernetes/organisations/{ownerId}/clusters/{clusterId}/csi/ceph
func (s *KubernetesService) EnableCephCSI(
	ctx context.Context, owner OwnerID, id KubernetesClusterID, opts ...CallOption,
) (*KubernetesCluster, error) {
	return kubernetesEnableCephCSI.call(ctx, s.client, opts, none{}, string(owner), string(id))
}

// KubernetesVersions are the versions that a cluster can have.
//
// Experimental: see [KubernetesService].
type KubernetesVersions struct {
	Installed string `json:"installed,omitzero"`
	Latest    string `json:"latest,omitzero"`
	// Available are those that the cluster can be updated to.
	Available []string `json:"available,omitzero"`
	// NeedUpdate says that Installed is not Latest.
	NeedUpdate bool `json:"needUpdate"`
}

// CheckVersion returns the versions that a cluster can have.
//
// Experimental: see [KubernetesService].
//
//	GET /v4/kubernetes/organisations/{ownerId}/clusters/{clusterId}/version/check
func (s *KubernetesService) CheckVersion(
	ctx context.Context, owner OwnerID, id KubernetesClusterID, opts ...CallOption,
) (*KubernetesVersions, error) {
	return kubernetesCheckVersion.call(ctx, s.client, opts, none{}, string(owner), string(id))
}

// UpdateVersion updates an active cluster to another version of Kubernetes and returns it.
// It is not idempotent.
//
// Experimental: see [KubernetesService].
//
//	POST /v4/kubernetes/organisations/{ownerId}/clusters/{clusterId}/version/update
func (s *KubernetesService) UpdateVersion(
	ctx context.Context, owner OwnerID, id KubernetesClusterID, version string, opts ...CallOption,
) (*KubernetesCluster, error) {
	return kubernetesUpdateVersion.call(
		ctx, s.client, opts, operatorVersion{version}, string(owner), string(id))
}

// A KubernetesEventQuery narrows lists of events.
//
// Experimental: see [KubernetesService].
type KubernetesEventQuery struct {
	// Limit is the most events wanted, from 1 to 1000. 0 is the API's default of 50.
	Limit int
}

func (q KubernetesEventQuery) encode(d *draft) error {
	query.Int(&d.query, "limit", q.Limit)
	return checkPage(q.Limit, "")
}

// A KubernetesDeploymentEvent is a step of an operation on a cluster.
//
// Experimental: see [KubernetesService].
type KubernetesDeploymentEvent struct {
	CreatedAt time.Time `json:"createdAt,omitzero"`
	// Operation is CLUSTER_ or NODEGROUP_ and what is done, such as CLUSTER_CREATE or
	// NODEGROUP_SCALE.
	Operation string                     `json:"operation,omitzero"`
	StepName  string                     `json:"stepName,omitzero"`
	Status    KubernetesDeploymentStatus `json:"status,omitzero"`
	Detail    string                     `json:"detail,omitzero"`
	// NodeGroupID is empty for an operation on the whole cluster.
	NodeGroupID KubernetesNodeGroupID `json:"nodeGroupId,omitzero"`
}

// A KubernetesDeploymentStatus is what became of a step. Other values may appear; see
// [KubernetesDeploymentStatus.IsKnown].
//
// Experimental: see [KubernetesService].
type KubernetesDeploymentStatus string

// The known statuses.
//
// Experimental: see [KubernetesService].
const (
	KubernetesDeploymentStatusStarted   KubernetesDeploymentStatus = "STARTED"
	KubernetesDeploymentStatusCompleted KubernetesDeploymentStatus = "COMPLETED"
	KubernetesDeploymentStatusFailed    KubernetesDeploymentStatus = "FAILED"
	KubernetesDeploymentStatusSkipped   KubernetesDeploymentStatus = "SKIPPED"
)

// IsKnown reports whether s is one of the constants of this package.
func (s KubernetesDeploymentStatus) IsKnown() bool {
	switch s {
	case KubernetesDeploymentStatusStarted, KubernetesDeploymentStatusCompleted,
		KubernetesDeploymentStatusFailed, KubernetesDeploymentStatusSkipped:
		return true
	}
	return false
}

// ListDeploymentEvents returns the steps of the operations on a cluster.
// [KubernetesService.ListEvents] takes its place in newer versions of the API.
//
// Experimental: see [KubernetesService].
//
//	GET /v4/kubernetes/organisations/{ownerId}/clusters/{clusterId}/deployment-events
func (s *KubernetesService) ListDeploymentEvents(
	ctx context.Context, owner OwnerID, id KubernetesClusterID, q KubernetesEventQuery,
	opts ...CallOption,
) ([]KubernetesDeploymentEvent, error) {
	return kubernetesListDeploymentEvents.call(ctx, s.client, opts, q, string(owner), string(id))
}

// A KubernetesClusterEvent is something that happened to a cluster, to something that it consists
// of, or to one of its nodes.
//
// Experimental: see [KubernetesService].
type KubernetesClusterEvent struct {
	// Event tells which of the other fields are set.
	Event KubernetesClusterEventType `json:"event,omitzero"`
	Date  time.Time                  `json:"date,omitzero"`
	// Status is a [KubernetesClusterStatus], the status of an item (ACTIVE, DELETED,
	// FAILED_TO_DELETE), or a [KubernetesNodeStatus].
	Status string `json:"status,omitzero"`
	// Failure is why a cluster or a node has failed.
	Failure *KubernetesFailure `json:"failure,omitzero"`

	// ID and ItemType are those of an item; Data is nil once it is gone.
	ID       string              `json:"id,omitzero"`
	ItemType string              `json:"itemType,omitzero"`
	Data     *KubernetesItemData `json:"data,omitzero"`

	// NodeID, NodeName, NodeGroupID and Flavor are those of a node.
	NodeID      string                `json:"nodeId,omitzero"`
	NodeName    string                `json:"nodeName,omitzero"`
	NodeGroupID KubernetesNodeGroupID `json:"nodeGroupId,omitzero"`
	Flavor      string                `json:"flavor,omitzero"`

	// Raw is the event's JSON.
	Raw json.RawMessage `json:"-"`
}

// UnmarshalJSON reads an event, and what it can of one of an unknown type.
func (e *KubernetesClusterEvent) UnmarshalJSON(data []byte) error {
	type plain KubernetesClusterEvent
	err := unmarshalOpen(data, (*plain)(e), func() bool { return e.Event.IsKnown() })
	e.Raw = bytes.Clone(data)
	return err
}

// MarshalJSON returns Raw.
func (e KubernetesClusterEvent) MarshalJSON() ([]byte, error) { return e.Raw.MarshalJSON() }

// A KubernetesClusterEventType tells what an event is about. Other values may appear; see
// [KubernetesClusterEventType.IsKnown].
//
// Experimental: see [KubernetesService].
type KubernetesClusterEventType string

// The known types.
//
// Experimental: see [KubernetesService].
const (
	KubernetesClusterEventTypeClusterStatus KubernetesClusterEventType = "CLUSTER_STATUS"
	KubernetesClusterEventTypeClusterItem   KubernetesClusterEventType = "CLUSTER_ITEM"
	KubernetesClusterEventTypeNodeLifecycle KubernetesClusterEventType = "NODE_LIFECYCLE"
)

// IsKnown reports whether s is one of the constants of this package.
func (s KubernetesClusterEventType) IsKnown() bool {
	switch s {
	case KubernetesClusterEventTypeClusterStatus, KubernetesClusterEventTypeClusterItem,
		KubernetesClusterEventTypeNodeLifecycle:
		return true
	}
	return false
}

// A KubernetesFailure is why a cluster or a node has failed.
//
// Experimental: see [KubernetesService].
type KubernetesFailure struct {
	// Operation is as in a [KubernetesDeploymentEvent].
	Operation string `json:"operation,omitzero"`
	// Step may be empty.
	Step       string    `json:"step,omitzero"`
	Message    string    `json:"message,omitzero"`
	OccurredAt time.Time `json:"occurredAt,omitzero"`
}

// KubernetesItemData describes something that a cluster consists of.
//
// Experimental: see [KubernetesService].
type KubernetesItemData struct {
	// Type tells which of the other fields are set: PublicControlPlaneBundleData (VMData,
	// Components, TopologyType), PublicStorageData (ContainerStorageInterface),
	// PublicMateriaLogicalDBData (AddonID, OrgID, LayerName, QuotaBytes). Of other types only
	// Raw is.
	Type string `json:"type,omitzero"`

	VMData       *KubernetesVM                `json:"vmData,omitzero"`
	Components   []KubernetesBundledComponent `json:"components,omitzero"`
	TopologyType KubernetesTopology           `json:"topologyType,omitzero"`

	ContainerStorageInterface *KubernetesStorage `json:"containerStorageInterface,omitzero"`

	AddonID    string  `json:"addonId,omitzero"`
	OrgID      OwnerID `json:"orgId,omitzero"`
	LayerName  string  `json:"layerName,omitzero"`
	QuotaBytes int64   `json:"quotaBytes,omitzero"`

	// Raw is the JSON of all of it.
	Raw json.RawMessage `json:"-"`
}

// UnmarshalJSON reads the data, and what it can of those of an unknown type.
func (i *KubernetesItemData) UnmarshalJSON(data []byte) error {
	type plain KubernetesItemData
	err := unmarshalOpen(data, (*plain)(i), func() bool {
		switch i.Type {
		case "PublicControlPlaneBundleData", "PublicStorageData", "PublicMateriaLogicalDBData":
			return true
		}
		return false
	})
	i.Raw = bytes.Clone(data)
	return err
}

// MarshalJSON returns Raw.
func (i KubernetesItemData) MarshalJSON() ([]byte, error) { return i.Raw.MarshalJSON() }

// A KubernetesVM is a machine of a control plane.
//
// Experimental: see [KubernetesService].
type KubernetesVM struct {
	ID            string              `json:"id,omitzero"`
	Name          string              `json:"name,omitzero"`
	ResourcesSpec KubernetesResources `json:"resourcesSpec,omitzero"`
}

// KubernetesResources are the size of a machine.
//
// Experimental: see [KubernetesService].
type KubernetesResources struct {
	CPUMillicores int64 `json:"cpuMillicores"`
	MemBytes      int64 `json:"memBytes"`
	DiskBytes     int64 `json:"diskBytes"`
}

// A KubernetesBundledComponent is a part of a control plane that runs on a machine.
//
// Experimental: see [KubernetesService].
type KubernetesBundledComponent struct {
	// Type is PublicApiServer, for example.
	Type string `json:"type,omitzero"`
	// Port is that of an API server.
	Port int `json:"port,omitzero"`
	// Name is that of a single node.
	Name string `json:"name,omitzero"`
}

// KubernetesStorage is the persistent storage of a cluster, in Ceph.
//
// Experimental: see [KubernetesService].
type KubernetesStorage struct {
	ClusterID           string `json:"clusterId,omitzero"`
	CephNamespace       string `json:"cephNamespace,omitzero"`
	CephPool            string `json:"cephPool,omitzero"`
	KubernetesNamespace string `json:"kubernetesNamespace,omitzero"`
	CephCSIVersion      string `json:"cephCSIVersion,omitzero"`
	ProvisionerReplicas int    `json:"provisionerReplicas,omitzero"`
}

// ListEvents returns what happened to a cluster, newest first.
//
// Experimental: see [KubernetesService].
//
//	GET /v4/kubernetes/organisations/{ownerId}/clusters/{clusterId}/events
func (s *KubernetesService) ListEvents(
	ctx context.Context, owner OwnerID, id KubernetesClusterID, q KubernetesEventQuery,
	opts ...CallOption,
) ([]KubernetesClusterEvent, error) {
	return kubernetesListEvents.call(ctx, s.client, opts, q, string(owner), string(id))
}

// A KubernetesRedeployInput says what to apply to a cluster that is deployed again. The zero value
// applies nothing.
//
// Experimental: see [KubernetesService].
type KubernetesRedeployInput struct {
	// BeforeYAMLs and AfterYAMLs are manifests, for before and after the deployment.
	BeforeYAMLs []string `json:"beforeYamls,omitzero"`
	AfterYAMLs  []string `json:"afterYamls,omitzero"`
}

func (in KubernetesRedeployInput) encode(d *draft) error { return d.json(in) }

// RedeployCluster deploys an active cluster again and returns it. It is not idempotent.
//
// Experimental: see [KubernetesService].
//
//	POST /v4/kubernetes/organisations/{ownerId}/clusters/{clusterId}/redeploy
func (s *KubernetesService) RedeployCluster(
	ctx context.Context, owner OwnerID, id KubernetesClusterID, in KubernetesRedeployInput,
	opts ...CallOption,
) (*KubernetesCluster, error) {
	return kubernetesRedeployCluster.call(ctx, s.client, opts, in, string(owner), string(id))
}

// ResumeCluster resumes the operation in which a cluster has failed and returns the cluster. It
// works in [KubernetesClusterStatusFailed] only, and not after a failed deletion. It is not
// idempotent.
//
// Experimental: see [KubernetesService].
//
//	POST /v4/kubernetes/organisations/{ownerId}/clusters/{clusterId}/resume
func (s *KubernetesService) ResumeCluster(
	ctx context.Context, owner OwnerID, id KubernetesClusterID, opts ...CallOption,
) (*KubernetesCluster, error) {
	return kubernetesResumeCluster.call(ctx, s.client, opts, none{}, string(owner), string(id))
}

// A KubernetesNodeGroup is a group of like nodes of a cluster.
//
// A group with a label karpenter.sh/nodepool belongs to node autoprovisioning. Leave it alone.
//
// Experimental: see [KubernetesService].
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

// A KubernetesNodeGroupStatus is the state of a node group. Other values may appear; see
// [KubernetesNodeGroupStatus.IsKnown].
//
// Experimental: see [KubernetesService].
type KubernetesNodeGroupStatus string

// The known statuses.
//
// Experimental: see [KubernetesService].
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
	switch s {
	case KubernetesNodeGroupStatusPending, KubernetesNodeGroupStatusCreated,
		KubernetesNodeGroupStatusDeploying, KubernetesNodeGroupStatusDeployed,
		KubernetesNodeGroupStatusToResize, KubernetesNodeGroupStatusResizing,
		KubernetesNodeGroupStatusReady, KubernetesNodeGroupStatusFailed,
		KubernetesNodeGroupStatusToTerminate, KubernetesNodeGroupStatusTerminating,
		KubernetesNodeGroupStatusDeleted:
		return true
	}
	return false
}

// A KubernetesTaint keeps pods that do not tolerate it off a node.
//
// Experimental: see [KubernetesService].
type KubernetesTaint struct {
	Key string `json:"key,omitzero"`
	// Value may be empty.
	Value  string                `json:"value,omitzero"`
	Effect KubernetesTaintEffect `json:"effect,omitzero"`
}

// A KubernetesTaintEffect is what a taint does to pods. Other values may appear; see
// [KubernetesTaintEffect.IsKnown].
//
// Experimental: see [KubernetesService].
type KubernetesTaintEffect string

// The known effects.
//
// Experimental: see [KubernetesService].
const (
	KubernetesTaintEffectNoSchedule       KubernetesTaintEffect = "NoSchedule"
	KubernetesTaintEffectPreferNoSchedule KubernetesTaintEffect = "PreferNoSchedule"
	KubernetesTaintEffectNoExecute        KubernetesTaintEffect = "NoExecute"
)

// IsKnown reports whether e is one of the constants of this package.
func (e KubernetesTaintEffect) IsKnown() bool {
	switch e {
	case KubernetesTaintEffectNoSchedule, KubernetesTaintEffectPreferNoSchedule,
		KubernetesTaintEffectNoExecute:
		return true
	}
	return false
}

// A KubernetesNode is a machine of a node group.
//
// Experimental: see [KubernetesService].
type KubernetesNode struct {
	ID       string               `json:"id,omitzero"`
	Name     string               `json:"name,omitzero"`
	Status   KubernetesNodeStatus `json:"status,omitzero"`
	VCPUs    int                  `json:"vCpus,omitzero"`
	RAMBytes int64                `json:"ramBytes,omitzero"`
}

// A KubernetesNodeStatus is the state of a node. Other values may appear; see
// [KubernetesNodeStatus.IsKnown].
//
// Experimental: see [KubernetesService].
type KubernetesNodeStatus string

// The known statuses.
//
// Experimental: see [KubernetesService].
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
	switch s {
	case KubernetesNodeStatusDeploying, KubernetesNodeStatusDeployed,
		KubernetesNodeStatusReady, KubernetesNodeStatusDraining, KubernetesNodeStatusFailed,
		KubernetesNodeStatusDeleted:
		return true
	}
	return false
}

// A KubernetesNodeGroupQuery narrows [KubernetesService.ListNodeGroups]. The zero value asks for
// all groups.
//
// Experimental: see [KubernetesService].
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
// Experimental: see [KubernetesService].
//
//	GET /v4/kubernetes/organisations/{ownerId}/clusters/{clusterId}/node-groups
func (s *KubernetesService) ListNodeGroups(
	ctx context.Context, owner OwnerID, cluster KubernetesClusterID, q KubernetesNodeGroupQuery,
	opts ...CallOption,
) ([]KubernetesNodeGroup, error) {
	return kubernetesListNodeGroups.call(ctx, s.client, opts, q, string(owner), string(cluster))
}

// GetNodeGroup returns a node group. It may be one that was deleted.
//
// Experimental: see [KubernetesService].
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
//
// Experimental: see [KubernetesService].
type KubernetesNodeGroupInput struct {
	// Name is a DNS label of at most 63 characters. It is required.
	Name string `json:"name"`
	// Flavor is the size of a node, from 2XS to XL. It is required.
	Flavor string `json:"flavor"`
	// TargetNodeCount is from 0 to 256.
	TargetNodeCount int    `json:"targetNodeCount"`
	Description     string `json:"description,omitzero"`
	Tag             string `json:"tag,omitzero"`
	// MinNodeCount and MaxNodeCount bound autoscaling, which wants both of them.
	MinNodeCount       Optional[int]     `json:"minNodeCount,omitzero"`
	MaxNodeCount       Optional[int]     `json:"maxNodeCount,omitzero"`
	AutoscalingEnabled bool              `json:"autoscalingEnabled,omitzero"`
	Taints             []KubernetesTaint `json:"taints,omitzero"`
	Labels             map[string]string `json:"labels,omitzero"`
}

func (in KubernetesNodeGroupInput) encode(d *draft) error {
	switch {
	case in.Name == "":
		return &ValidationError{Argument: "Name", Reason: "must not be empty"}
	case in.Flavor == "":
		return &ValidationError{Argument: "Flavor", Reason: "must not be empty"}
	}
	return d.json(in)
}

// CreateNodeGroup adds a node group to a cluster and returns it as it is then: about to be
// deployed, which takes about a minute. A group over the quota is [ErrQuotaExceeded]. Create one
// group at a time, since the API may count the nodes of concurrent requests twice.
//
// CreateNodeGroup is not idempotent. It is retried only if the request did not reach the API or
// was rate limited. If it may have been applied, the error matches [ErrMaybeApplied]: list the
// node groups before trying again.
//
// Experimental: see [KubernetesService].
//
//	POST /v4/kubernetes/organisations/{ownerId}/clusters/{clusterId}/node-groups
func (s *KubernetesService) CreateNodeGroup(
	ctx context.Context, owner OwnerID, cluster KubernetesClusterID, in KubernetesNodeGroupInput,
	opts ...CallOption,
) (*KubernetesNodeGroup, error) {
	return kubernetesCreateNodeGroup.call(ctx, s.client, opts, in, string(owner), string(cluster))
}

// A KubernetesNodeGroupPatch changes a node group. A field that is not set stays as it is.
//
// Experimental: see [KubernetesService].
type KubernetesNodeGroupPatch struct {
	Name               Optional[string] `json:"name,omitzero"`
	TargetNodeCount    Optional[int]    `json:"targetNodeCount,omitzero"`
	Description        Optional[string] `json:"description,omitzero"`
	Tag                Optional[string] `json:"tag,omitzero"`
	MinNodeCount       Optional[int]    `json:"minNodeCount,omitzero"`
	MaxNodeCount       Optional[int]    `json:"maxNodeCount,omitzero"`
	AutoscalingEnabled Optional[bool]   `json:"autoscalingEnabled,omitzero"`
}

// refusal says what is wrong with the patch itself.
func (in KubernetesNodeGroupPatch) refusal() error {
	e := &ValidationError{Operation: kubernetesUpdateNodeGroup.id}
	switch {
	case in == KubernetesNodeGroupPatch{}:
		e.Argument, e.Reason = "KubernetesNodeGroupPatch", "must set something"
	case in.Name.IsNull():
		e.Argument, e.Reason = "Name", "must not be null"
	case in.TargetNodeCount.IsNull():
		e.Argument, e.Reason = "TargetNodeCount", "must not be null"
	default:
		return nil
	}
	return e
}

func (in KubernetesNodeGroupPatch) encode(d *draft) error { return d.json(in) }

// UpdateNodeGroup changes a node group and returns it. The API wants Name and TargetNodeCount in
// every request: what the patch does not set is read first and sent back. A group that is not
// [KubernetesNodeGroupStatusReady] is [ErrConflict].
//
// Experimental: see [KubernetesService].
//
//	PATCH /v4/kubernetes/organisations/{ownerId}/clusters/{clusterId}/node-groups/{nodeGroupId}
func (s *KubernetesService) UpdateNodeGroup(
	ctx context.Context, owner OwnerID, cluster KubernetesClusterID, id KubernetesNodeGroupID,
	in KubernetesNodeGroupPatch, opts ...CallOption,
) (*KubernetesNodeGroup, error) {
	if err := in.refusal(); err != nil {
		return nil, err
	}
	if in.Name.IsZero() || in.TargetNodeCount.IsZero() {
		group, err := s.GetNodeGroup(ctx, owner, cluster, id, opts...)
		if err != nil {
			return nil, err
		}
		if in.Name.IsZero() {
			in.Name = Value(group.Name)
		}
		if in.TargetNodeCount.IsZero() {
			in.TargetNodeCount = Value(group.TargetNodeCount)
		}
	}
	return kubernetesUpdateNodeGroup.call(
		ctx, s.client, opts, in, string(owner), string(cluster), string(id))
}

// DeleteNodeGroup deletes a node group and returns it as it is then: about to be deleted.
//
// Experimental: see [KubernetesService].
//
//	DELETE /v4/kubernetes/organisations/{ownerId}/clusters/{clusterId}/node-groups/{nodeGroupId}
func (s *KubernetesService) DeleteNodeGroup(
	ctx context.Context, owner OwnerID, cluster KubernetesClusterID, id KubernetesNodeGroupID,
	opts ...CallOption,
) (*KubernetesNodeGroup, error) {
	return kubernetesDeleteNodeGroup.call(
		ctx, s.client, opts, none{}, string(owner), string(cluster), string(id))
}

// WaitForNodeGroup waits until a node group has a status and returns it, as
// [KubernetesService.WaitForCluster] does for clusters.
//
// Experimental: see [KubernetesService].
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
	g, err := waitUntil(ctx, "kubernetes.wait-for-node-group", w, get, done, state)
	if err != nil {
		return nil, err
	}
	return g, nil
}

// ResumeNodeGroup resumes the operation in which a node group has failed and returns the group. It
// is not idempotent.
//
// Experimental: see [KubernetesService].
//
//	POST /v4/kubernetes/organisations/{ownerId}/clusters/{clusterId}/node-groups/{nodeGroupId}/resume
func (s *KubernetesService) ResumeNodeGroup(
	ctx context.Context, owner OwnerID, cluster KubernetesClusterID, id KubernetesNodeGroupID,
	opts ...CallOption,
) (*KubernetesNodeGroup, error) {
	return kubernetesResumeNodeGroup.call(
		ctx, s.client, opts, none{}, string(owner), string(cluster), string(id))
}

// A KubernetesQuota bounds what all clusters of an owner may use, control planes included.
//
// Experimental: see [KubernetesService].
type KubernetesQuota struct {
	ID string `json:"id,omitzero"`
	// TenantID is the owner.
	TenantID OwnerID           `json:"tenantId,omitzero"`
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

// UnmarshalJSON reads a limit, and what it can of one of an unknown type.
func (l *KubernetesLimit) UnmarshalJSON(data []byte) error {
	type plain KubernetesLimit
	err := unmarshalOpen(data, (*plain)(l), func() bool { return l.Type.IsKnown() })
	l.Raw = bytes.Clone(data)
	return err
}

// MarshalJSON returns Raw.
func (l KubernetesLimit) MarshalJSON() ([]byte, error) { return l.Raw.MarshalJSON() }

// A KubernetesLimitType tells what a limit bounds. Other values may appear; see
// [KubernetesLimitType.IsKnown].
//
// Experimental: see [KubernetesService].
type KubernetesLimitType string

// The known types.
//
// Experimental: see [KubernetesService].
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
	switch s {
	case KubernetesLimitTypeMilliVCPUs, KubernetesLimitTypeRAM, KubernetesLimitTypeCores,
		KubernetesLimitTypeIPs, KubernetesLimitTypeAPIRate,
		KubernetesLimitTypeParallelConnections, KubernetesLimitTypeMonthlySeries,
		KubernetesLimitTypePointsPerDay:
		return true
	}
	return false
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
// Experimental: see [KubernetesService].
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
// Experimental: see [KubernetesService].
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
// Experimental: see [KubernetesService].
//
//	GET /v4/kubernetes-product
func (s *KubernetesService) GetProduct(
	ctx context.Context, opts ...CallOption,
) (*KubernetesProduct, error) {
	return kubernetesGetProduct.call(ctx, s.client, opts, none{})
}
