package clevercloud

import (
	"context"
	"encoding/json"
	"time"

	"github.com/clevercloud-go/clevercloud/internal/query"
)

// A KubernetesEventQuery narrows lists of events.
type KubernetesEventQuery struct {
	// Limit is the most events wanted, from 1 to 1000. 0 is the API's default of 50.
	Limit int
}

func (q KubernetesEventQuery) encode(d *draft) error {
	query.Int(&d.query, "limit", q.Limit)
	return checkPage(q.Limit, "")
}

// A KubernetesDeploymentEvent is a step of an operation on a cluster.
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

// A KubernetesDeploymentStatus is what became of a step. Other values may appear.
type KubernetesDeploymentStatus string

// The known statuses.
const (
	KubernetesDeploymentStatusStarted   KubernetesDeploymentStatus = "STARTED"
	KubernetesDeploymentStatusCompleted KubernetesDeploymentStatus = "COMPLETED"
	KubernetesDeploymentStatusFailed    KubernetesDeploymentStatus = "FAILED"
	KubernetesDeploymentStatusSkipped   KubernetesDeploymentStatus = "SKIPPED"
)

// IsKnown reports whether s is one of the constants of this package.
func (s KubernetesDeploymentStatus) IsKnown() bool {
	return isOneOf(s, KubernetesDeploymentStatusStarted, KubernetesDeploymentStatusCompleted,
		KubernetesDeploymentStatusFailed, KubernetesDeploymentStatusSkipped)
}

// ListDeploymentEvents returns the steps of the operations on a cluster.
// [KubernetesService.ListEvents] takes its place in newer versions of the API.
//
//	GET /v4/kubernetes/organisations/{ownerId}/clusters/{clusterId}/deployment-events
func (s *KubernetesService) ListDeploymentEvents(
	ctx context.Context, owner OwnerID, id KubernetesClusterID, q KubernetesEventQuery,
	opts ...CallOption,
) ([]KubernetesDeploymentEvent, error) {
	return operation[[]KubernetesDeploymentEvent]{
		id: "kubernetes.list-deployment-events", path: clusterPath + "/deployment-events",
	}.call(ctx, s.client, opts, q, string(owner), string(id))
}

// A KubernetesClusterEvent is something that happened to a cluster, to something that it consists
// of, or to one of its nodes.
type KubernetesClusterEvent struct {
	// Event tells which of the other fields are set.
	Event KubernetesClusterEventType `json:"event,omitzero"`
	Date  time.Time                  `json:"date,omitzero"`
	// Status is a [KubernetesClusterStatus], the status of an item (ACTIVE, DELETED,
	// FAILED_TO_DELETE), or a [KubernetesNodeStatus].
	Status  string             `json:"status,omitzero"`
	Failure *KubernetesFailure `json:"failure,omitzero"` // why a cluster or a node has failed

	// ID and ItemType identify an item. Data is nil once the item is deleted.
	ID       string              `json:"id,omitzero"`
	ItemType string              `json:"itemType,omitzero"`
	Data     *KubernetesItemData `json:"data,omitzero"`

	// NodeID, NodeName, NodeGroupID and Flavor are those of a node.
	NodeID      string                `json:"nodeId,omitzero"`
	NodeName    string                `json:"nodeName,omitzero"`
	NodeGroupID KubernetesNodeGroupID `json:"nodeGroupId,omitzero"`
	Flavor      string                `json:"flavor,omitzero"`

	Raw json.RawMessage `json:"-"` // the event's JSON
}

// UnmarshalJSON decodes an event. For an unknown type, it decodes the fields that it knows.
func (e *KubernetesClusterEvent) UnmarshalJSON(data []byte) error {
	type plain KubernetesClusterEvent
	return unmarshalUnion(data, (*plain)(e), &e.Event, &e.Raw)
}

// MarshalJSON returns Raw.
func (e KubernetesClusterEvent) MarshalJSON() ([]byte, error) { return e.Raw.MarshalJSON() }

// A KubernetesClusterEventType tells what an event is about. Other values may appear.
type KubernetesClusterEventType string

// The known types.
const (
	KubernetesClusterEventTypeClusterStatus KubernetesClusterEventType = "CLUSTER_STATUS"
	KubernetesClusterEventTypeClusterItem   KubernetesClusterEventType = "CLUSTER_ITEM"
	KubernetesClusterEventTypeNodeLifecycle KubernetesClusterEventType = "NODE_LIFECYCLE"
)

// IsKnown reports whether s is one of the constants of this package.
func (s KubernetesClusterEventType) IsKnown() bool {
	return isOneOf(s, KubernetesClusterEventTypeClusterStatus,
		KubernetesClusterEventTypeClusterItem, KubernetesClusterEventTypeNodeLifecycle)
}

// A KubernetesFailure is why a cluster or a node has failed.
type KubernetesFailure struct {
	// Operation is as in a [KubernetesDeploymentEvent].
	Operation  string    `json:"operation,omitzero"`
	Step       string    `json:"step,omitzero"` // may be empty
	Message    string    `json:"message,omitzero"`
	OccurredAt time.Time `json:"occurredAt,omitzero"`
}

// KubernetesItemData describes something that a cluster consists of.
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

	Raw json.RawMessage `json:"-"` // the whole JSON
}

// UnmarshalJSON decodes the data. For an unknown type, it decodes the fields that it knows.
func (i *KubernetesItemData) UnmarshalJSON(data []byte) error {
	type plain KubernetesItemData
	return unmarshalUnion(data, (*plain)(i), (*kubernetesItemType)(&i.Type), &i.Raw)
}

type kubernetesItemType string

func (t kubernetesItemType) IsKnown() bool {
	return isOneOf(
		t, "PublicControlPlaneBundleData", "PublicStorageData", "PublicMateriaLogicalDBData")
}

// MarshalJSON returns Raw.
func (i KubernetesItemData) MarshalJSON() ([]byte, error) { return i.Raw.MarshalJSON() }

// A KubernetesVM is a machine of a control plane.
type KubernetesVM struct {
	ID            string              `json:"id,omitzero"`
	Name          string              `json:"name,omitzero"`
	ResourcesSpec KubernetesResources `json:"resourcesSpec,omitzero"`
}

// KubernetesResources are the size of a machine.
type KubernetesResources struct {
	CPUMillicores int64 `json:"cpuMillicores"`
	MemBytes      int64 `json:"memBytes"`
	DiskBytes     int64 `json:"diskBytes"`
}

// A KubernetesBundledComponent is a part of a control plane that runs on a machine.
type KubernetesBundledComponent struct {
	Type string `json:"type,omitzero"` // PublicApiServer, for example
	// Port is the port of an API server, and 0 for other components.
	Port int    `json:"port,omitzero"`
	Name string `json:"name,omitzero"` // set for a component that is a single node
}

// KubernetesStorage is the persistent storage of a cluster, in Ceph.
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
//	GET /v4/kubernetes/organisations/{ownerId}/clusters/{clusterId}/events
func (s *KubernetesService) ListEvents(
	ctx context.Context, owner OwnerID, id KubernetesClusterID, q KubernetesEventQuery,
	opts ...CallOption,
) ([]KubernetesClusterEvent, error) {
	return operation[[]KubernetesClusterEvent]{
		id: "kubernetes.list-events", path: clusterPath + "/events",
	}.call(ctx, s.client, opts, q, string(owner), string(id))
}
