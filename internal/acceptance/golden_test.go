package acceptance_test

import (
	"context"
	"encoding/json"
	"net/http"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/auth"
	"github.com/clevercloud-go/clevercloud/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A goldenRequest is an entry of testdata/golden/requests.json, which was written
// from the API reference. Query pairs are unescaped.
type goldenRequest struct {
	Operation string
	Method    string
	Path      string
	Query     []string
	Accept    string
	Body      json.RawMessage
}

type (
	addons          = clevercloud.AddonsService
	applications    = clevercloud.ApplicationsService
	billing         = clevercloud.BillingService
	configProviders = clevercloud.ConfigProvidersService
	drains          = clevercloud.DrainsService
	identity        = clevercloud.IdentityService
	kubernetes      = clevercloud.KubernetesService
	loadBalancers   = clevercloud.LoadBalancersService
	materia         = clevercloud.MateriaService
	stats           = clevercloud.MetricsService
	networkGroups   = clevercloud.NetworkGroupsService
	operators       = clevercloud.OperatorsService
	orchestration   = clevercloud.OrchestrationService
	pulsar          = clevercloud.PulsarService
	tokens          = clevercloud.TokensService
	zones           = clevercloud.ZonesService
)

// golden calls a method, such as (*zones).Get.
func golden(method any, args ...any) func(context.Context, *clevercloud.Client) error {
	return func(ctx context.Context, c *clevercloud.Client) error {
		_, err := testkit.Invoke(ctx, c, method, args)
		return err
	}
}

// goldenCalls perform the requests of testdata/golden/requests.json, under the same names.
var goldenCalls = map[string]func(context.Context, *clevercloud.Client) error{
	"all invoices": golden((*billing).ListInvoices, "orga_1", clevercloud.InvoiceQuery{}),
	"invoices of a period": golden((*billing).ListInvoices, "user_1", clevercloud.InvoiceQuery{
		Limit: 50, Since: time.Date(2025, 1, 1, 1, 0, 0, 0, testkit.Paris), Until: time.Date(2025, 6, 30, 23, 59, 59, 987_654_321, time.UTC),
	}),
	"invoices as a sequence": func(ctx context.Context, c *clevercloud.Client) error {
		for _, err := range c.Billing.Invoices(ctx, "orga_1", clevercloud.InvoiceQuery{Limit: 1}) {
			return err
		}
		return nil
	},
	"one invoice":            golden((*billing).GetInvoice, "orga_1", "F20250718-021327"),
	"the page of an invoice": golden((*billing).DownloadInvoiceHTML, "orga_1", "F20250718-021327"),
	"the document of an invoice": golden((*billing).DownloadInvoicePDF, "orga_1",
		"F20250718-021327"),
	"all deployments": golden((*orchestration).ListDeployments, "orga_1", "app_1",
		clevercloud.DeploymentQuery{}),
	"some deployments": golden((*orchestration).ListDeployments, "orga_1", "app_1", clevercloud.DeploymentQuery{
		Limit: 1000, Order: clevercloud.OrderAsc,
		Actions: []clevercloud.DeploymentAction{clevercloud.DeploymentActionDeploy, clevercloud.DeploymentActionUpscale},
	}),
	"one deployment": golden((*orchestration).GetDeployment, "orga_1", "app_1", "deployment_1"),
	"all instances": golden((*orchestration).ListInstances, "orga_1", "app_1",
		clevercloud.InstanceQuery{}),
	"instances by every filter": golden((*orchestration).ListInstances, "orga_1", "app_1", clevercloud.InstanceQuery{
		DeploymentID: "deployment_1", Limit: 10, ExcludeDeleted: true,
		Since: time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC), Until: time.Date(2025, 2, 3, 4, 5, 6, 7_000_000, time.UTC),
		Order:         clevercloud.OrderDesc,
		IncludeStates: []clevercloud.InstanceState{clevercloud.InstanceStateUp, clevercloud.InstanceStateReady},
		ExcludeStates: []clevercloud.InstanceState{clevercloud.InstanceStateGhost},
	}),
	"instances that are not deleted": golden((*orchestration).ListInstances, "orga_1", "app_1", clevercloud.InstanceQuery{
		ExcludeDeleted: true, ExcludeStates: []clevercloud.InstanceState{clevercloud.InstanceStateDeleted},
	}),
	"instances as a sequence": func(ctx context.Context, c *clevercloud.Client) error {
		for _, err := range c.Orchestration.Instances(ctx, "orga_1", "app_1", clevercloud.InstanceQuery{}) {
			return err
		}
		return nil
	},
	"default load balancers": golden((*loadBalancers).GetDefault, "orga_1", "app_1"),
	"new drain": golden((*drains).Create, "orga_1", "app_1", clevercloud.DrainInput{
		Kind:      clevercloud.DrainKindAccessLog,
		Recipient: clevercloud.RawRecipient{URL: "https://logs.example.com/in?a=1&b=<2>", Username: "shipper", Password: "p&ss\"word"},
	}),
	"new drain of a kind without a contract name": golden((*drains).Create, "orga_1", "app_1", clevercloud.DrainInput{
		Kind: clevercloud.DrainKindLog, Recipient: &clevercloud.BetterStackRecipient{URL: "https://in.example.com", SourceToken: "t0ken"},
	}),
	"new drain without a check of its recipient": golden((*drains).Create, "orga_1", "app_1", clevercloud.DrainInput{
		Kind: clevercloud.DrainKindLog, Recipient: clevercloud.SyslogUDPRecipient{URL: "udp://syslog.example.com:514"}, SkipCheck: true,
	}),
	"new drain of audit logs": golden((*drains).CreateForOwner, "orga_1", clevercloud.DrainInput{
		Kind: clevercloud.DrainKindAuditLog, Recipient: clevercloud.RawRecipient{URL: "https://audit.example.com/in"},
	}),
	"all drains of an owner": golden((*drains).ListForOwner, "orga_1", clevercloud.DrainQuery{}),
	"drains of an owner by every filter": golden((*drains).ListForOwner, "orga_1", clevercloud.DrainQuery{
		Statuses:                 []clevercloud.DrainStatus{"ENABLED", "DISABLED"},
		ExecutionStatuses:        []clevercloud.DrainExecutionStatus{"RUNNING"},
		ExcludeExecutionStatuses: []clevercloud.DrainExecutionStatus{"RETRYING"},
	}),
	"one drain of an owner":     golden((*drains).GetForOwner, "user_1", "drain_1"),
	"drain of an owner deleted": golden((*drains).DeleteForOwner, "orga_1", "drain_1"),
	"all drains":                golden((*drains).List, "orga_1", "app_1", clevercloud.DrainQuery{}),
	"drains by every filter": golden((*drains).List, "orga_1", "app_1", clevercloud.DrainQuery{
		Statuses:                 []clevercloud.DrainStatus{clevercloud.DrainStatusEnabled, clevercloud.DrainStatusDisabled},
		ExecutionStatuses:        []clevercloud.DrainExecutionStatus{clevercloud.DrainExecutionStatusRetrying, clevercloud.DrainExecutionStatusRunning},
		ExcludeExecutionStatuses: []clevercloud.DrainExecutionStatus{clevercloud.DrainExecutionStatusNotRunning, "A B"},
	}),
	"one drain":     golden((*drains).Get, "orga_1", "app_1", "drain_1"),
	"drain deleted": golden((*drains).Delete, "orga_1", "app_1", "drain_1"),
	"a keycloak":    golden((*operators).Get, clevercloud.Keycloak, "keycloak_1"),
	"a matomo":      golden((*operators).Get, clevercloud.Matomo, "matomo_1"),
	"a metabase":    golden((*operators).Get, clevercloud.Metabase, "metabase_1"),
	"an otoroshi":   golden((*operators).Get, clevercloud.Otoroshi, "otoroshi_1"),
	"reboot":        golden((*operators).Reboot, clevercloud.Metabase, "metabase_1"),
	"rebuild":       golden((*operators).Rebuild, clevercloud.Matomo, "matomo_1"),
	"network group attached": golden((*operators).AttachNetworkGroup, clevercloud.Keycloak,
		"keycloak_1"),
	"network group detached": golden((*operators).DetachNetworkGroup, clevercloud.Otoroshi,
		"otoroshi_1"),
	"all zones": golden((*zones).List, clevercloud.ZoneQuery{}),
	"zones by every filter": golden((*zones).List,
		clevercloud.ZoneQuery{Tag: "infra:clever cloud+", OwnerID: "orga_1"}),
	"one zone":         golden((*zones).Get, "par"),
	"storage policies": golden((*pulsar).GetStoragePolicies, "pulsar_1"),
	"storage policies in the contract's units": golden((*pulsar).UpdateStoragePolicies, "pulsar_1", clevercloud.StoragePoliciesPatch{
		Retention: clevercloud.StoragePolicyPatch{SizeInMB: clevercloud.Value[int64](10240), DurationInDays: clevercloud.Null[int64]()},
		Offload:   clevercloud.StoragePolicyPatch{SizeInMB: clevercloud.Null[int64](), DurationInDays: clevercloud.Value[int64](0)},
	}),
	"storage policies in the current units": golden((*pulsar).UpdateStoragePolicies, "pulsar_1", clevercloud.StoragePoliciesPatch{
		Offload: clevercloud.StoragePolicyPatch{SizeInBytes: clevercloud.Value[int64](9007199254740993), DurationInMinutes: clevercloud.Value[int64](-1)},
	}),
	"unpaid invoices": golden((*billing).ListUnpaidInvoices, "orga_1"),
	"one instance": golden((*orchestration).GetInstance, "orga_1", "app_1",
		"7e1d95c4-b83a-4f06-a2d7-50c9e86f1b32"),
	"private load balancers": golden((*loadBalancers).GetPrivate, "orga_1", "app_1"),
	"default load balancers of an add-on": golden((*loadBalancers).GetAddonDefault, "orga_1",
		"addon_1"),
	"private load balancers of an add-on": golden((*loadBalancers).GetAddonPrivate, "orga_1",
		"addon_1"),
	"all drains deleted":      golden((*drains).DeleteAll, "orga_1", "app_1"),
	"drain enabled":           golden((*drains).Enable, "orga_1", "app_1", "drain_1"),
	"drain disabled":          golden((*drains).Disable, "orga_1", "app_1", "drain_1"),
	"cursor of a drain reset": golden((*drains).ResetCursor, "orga_1", "app_1", "drain_1"),
	"drain checked":           golden((*drains).Check, "orga_1", "app_1", "drain_1"),
	"test command of a drain": golden((*drains).TestCommand, "orga_1", "app_1", "drain_1"),
	"new drain of an add-on": golden((*drains).Create, "orga_1", "postgresql_1", clevercloud.DrainInput{
		Kind: clevercloud.DrainKindLog, Recipient: clevercloud.RawRecipient{URL: "https://logs.example.com/in"},
	}),
	"all drains of an add-on": golden((*drains).List, "orga_1", "postgresql_1",
		clevercloud.DrainQuery{}),
	"one drain of an add-on":          golden((*drains).Get, "orga_1", "postgresql_1", "drain_1"),
	"drain of an add-on deleted":      golden((*drains).Delete, "orga_1", "postgresql_1", "drain_1"),
	"all drains of an add-on deleted": golden((*drains).DeleteAll, "orga_1", "postgresql_1"),
	"drain of an add-on enabled":      golden((*drains).Enable, "orga_1", "postgresql_1", "drain_1"),
	"drain of an add-on disabled":     golden((*drains).Disable, "orga_1", "postgresql_1", "drain_1"),
	"cursor of a drain of an add-on reset": golden((*drains).ResetCursor, "orga_1", "postgresql_1",
		"drain_1"),
	"drain of an add-on checked": golden((*drains).Check, "orga_1", "postgresql_1", "drain_1"),
	"test command of a drain of an add-on": golden((*drains).TestCommand, "orga_1", "postgresql_1",
		"drain_1"),
	"versions of a keycloak": golden((*operators).CheckVersion, clevercloud.Keycloak, "keycloak_1"),
	"version of a metabase updated": golden((*operators).UpdateVersion, clevercloud.Metabase,
		"metabase_1", "0.56.4"),
	"configuration of an otoroshi": golden((*operators).OtoroshiConfig, "otoroshi_1"),
	"a pulsar":                     golden((*pulsar).Get, "pulsar_1"),
	"a pulsar cluster":             golden((*pulsar).GetCluster, "c3"),
	"token of a pulsar renewed":    golden((*pulsar).RenewToken, "pulsar_1"),
	"who am I":                     golden((*identity).Self),
	"what is it":                   golden((*identity).Resolve, "keycloak_1"),
	"api tokens":                   golden((*tokens).List),
	"new api token": golden((*tokens).Create, clevercloud.APITokenInput{
		Email: "camille@example.com", Password: "p&ss\"word", MFACode: "000000", Name: "CI", Description: "used by <the> pipeline",
		ExpirationDate: time.Date(2026, 6, 30, 2, 0, 0, 0, testkit.Paris),
	}),
	"new api token with what is needed only": golden((*tokens).Create, clevercloud.APITokenInput{
		Email: "camille@example.com", Password: "pass", Name: "CI", ExpirationDate: time.Date(2026, 6, 30, 0, 0, 0, 0, time.UTC),
	}),
	"api token revoked":             golden((*tokens).Revoke, "api_tokens_1"),
	"all network groups":            golden((*networkGroups).List, "orga_1"),
	"one network group":             golden((*networkGroups).Get, "orga_1", "ng_1"),
	"network groups searched":       golden((*networkGroups).Search, "orga_1", "a &b"),
	"network group deleted":         golden((*networkGroups).Delete, "orga_1", "ng_1"),
	"members of a network group":    golden((*networkGroups).ListMembers, "orga_1", "ng_1"),
	"one member of a network group": golden((*networkGroups).GetMember, "orga_1", "ng_1", "app_1"),
	"member added to a network group": golden((*networkGroups).AddMember, "orga_1", "ng_1", clevercloud.NetworkGroupMember{
		ID: "app_1", Label: "api", DomainName: "api.cc-ng.cloud", Kind: clevercloud.NetworkGroupMemberKindApplication,
	}),
	"member added to a network group by its id": golden((*networkGroups).AddMember, "orga_1",
		"ng_1", clevercloud.NetworkGroupMember{ID: "redis_1"}),
	"member removed from a network group": golden((*networkGroups).RemoveMember, "orga_1", "ng_1",
		"app_1"),
	"one peer": golden((*networkGroups).GetPeer, "orga_1", "ng_1", "peer-1"),
	"external peer added": golden((*networkGroups).AddExternalPeer, "orga_1", "ng_1", clevercloud.ExternalPeerInput{
		PublicKey: "a2V5", ParentMember: "external_1",
	}),
	"external peer added that accepts connections": golden((*networkGroups).AddExternalPeer, "orga_1", "ng_1", clevercloud.ExternalPeerInput{
		Role: "SERVER", PublicKey: "a2V5", Label: "gate", ParentMember: "external_1",
		IP: "203.0.113.7", Port: 51820, Hostname: "gate",
	}),
	"external peer removed": golden((*networkGroups).RemoveExternalPeer, "orga_1", "ng_1",
		"peer-1"),
	"configuration of a peer": golden((*networkGroups).WireGuardConfiguration, "orga_1", "ng_1",
		"peer-1"),
	"address of the configuration of a peer": golden((*networkGroups).WireGuardConfigurationURL,
		"orga_1", "ng_1", "peer-1"),
	"suffixes of network groups": golden((*networkGroups).DNSSuffixes),
	"all clusters":               golden((*kubernetes).ListClusters, "orga_1"),
	"clusters by status": golden((*kubernetes).ListClusters, "orga_1", clevercloud.KubernetesClusterQuery{
		Statuses: []clevercloud.KubernetesClusterStatus{
			clevercloud.KubernetesClusterStatusActive, clevercloud.KubernetesClusterStatusFailed,
		},
	}),
	"one cluster": golden((*kubernetes).GetCluster, "orga_1", "kubernetes_1"),
	"new cluster with what is needed only": golden((*kubernetes).CreateCluster, "orga_1",
		clevercloud.KubernetesClusterInput{Name: "prod"}),
	"new cluster": golden((*kubernetes).CreateCluster, "orga_1", clevercloud.KubernetesClusterInput{
		Name: "prod", Version: "1.36", Description: "the shop", Tags: []string{"env:prod"}, NetworkGroupID: "ng_1",
		TopologyConfig: clevercloud.KubernetesTopologyConfig{
			Topology: clevercloud.KubernetesTopologyAllInOne, Flavor: "S", ReplicationFactor: 1,
		},
		LocationID: "par",
		Features: clevercloud.KubernetesFeaturesPatch{
			CSI: clevercloud.Value(true), Registries: clevercloud.Value("on"),
			AutoscalingEnabled: clevercloud.Value(false), NodeAutoprovisioning: clevercloud.Value(true),
		},
		NodeGroups: []clevercloud.KubernetesNodeGroupInput{{Name: "default", Flavor: "M"}},
	}),
	"new cluster with a distributed control plane": golden((*kubernetes).CreateCluster, "orga_1", clevercloud.KubernetesClusterInput{
		Name: "wide",
		TopologyConfig: clevercloud.KubernetesTopologyConfig{
			Topology: clevercloud.KubernetesTopologyDistributed,
			Components: &clevercloud.KubernetesComponents{
				APIServer:              clevercloud.KubernetesComponent{Flavor: "XS", ReplicationFactor: 3},
				ControllerManager:      clevercloud.KubernetesComponent{Flavor: "2XS", ReplicationFactor: 1},
				Scheduler:              clevercloud.KubernetesComponent{Flavor: "2XS", ReplicationFactor: 2},
				NodeGroupOperator:      clevercloud.KubernetesComponent{Flavor: "2XS", ReplicationFactor: 4},
				CloudControllerManager: clevercloud.KubernetesComponent{Flavor: "2XS", ReplicationFactor: 5},
			},
		},
	}),
	"cluster changed": golden((*kubernetes).UpdateCluster, "orga_1", "kubernetes_1", clevercloud.KubernetesClusterPatch{
		Name: clevercloud.Value("live"), Description: clevercloud.Null[string](), Tags: clevercloud.Value([]string{}),
		Features: clevercloud.KubernetesFeaturesPatch{NodeAutoprovisioning: clevercloud.Value(false)},
	}),
	"cluster deleted": golden((*kubernetes).DeleteCluster, "orga_1", "kubernetes_1"),
	"kubeconfig":      golden((*kubernetes).Kubeconfig, "orga_1", "kubernetes_1"),
	"kubeconfig for a network group": golden((*kubernetes).Kubeconfig, "orga_1", "kubernetes_1", clevercloud.KubeconfigQuery{
		Type: clevercloud.KubeconfigTypeNetworkGroup,
	}),
	"address of a kubeconfig": golden((*kubernetes).KubeconfigURL, "orga_1", "kubernetes_1"),
	"storage of a cluster":    golden((*kubernetes).EnableCephCSI, "orga_1", "kubernetes_1"),
	"versions of a cluster":   golden((*kubernetes).CheckVersion, "orga_1", "kubernetes_1"),
	"version of a cluster updated": golden((*kubernetes).UpdateVersion, "orga_1", "kubernetes_1",
		"1.36"),
	"deployment events of a cluster": golden((*kubernetes).ListDeploymentEvents, "orga_1",
		"kubernetes_1", clevercloud.KubernetesEventQuery{Limit: 1000}),
	"events of a cluster": golden((*kubernetes).ListEvents, "orga_1", "kubernetes_1",
		clevercloud.KubernetesEventQuery{Limit: 1}),
	"cluster deployed again": golden((*kubernetes).RedeployCluster, "orga_1", "kubernetes_1"),
	"cluster deployed again with manifests": golden((*kubernetes).RedeployCluster, "orga_1", "kubernetes_1", clevercloud.KubernetesRedeployInput{
		BeforeYAMLs: []string{"kind: A"}, AfterYAMLs: []string{"kind: B", "kind: C"},
	}),
	"cluster resumed": golden((*kubernetes).ResumeCluster, "orga_1", "kubernetes_1"),
	"all node groups": golden((*kubernetes).ListNodeGroups, "orga_1", "kubernetes_1"),
	"node groups by status": golden((*kubernetes).ListNodeGroups, "orga_1", "kubernetes_1", clevercloud.KubernetesNodeGroupQuery{
		Statuses: []clevercloud.KubernetesNodeGroupStatus{clevercloud.KubernetesNodeGroupStatusReady},
	}),
	"one node group": golden((*kubernetes).GetNodeGroup, "orga_1", "kubernetes_1", "node_group_1"),
	"new node group without nodes": golden((*kubernetes).CreateNodeGroup, "orga_1", "kubernetes_1",
		clevercloud.KubernetesNodeGroupInput{Name: "workers", Flavor: "M"}),
	"new node group": golden((*kubernetes).CreateNodeGroup, "orga_1", "kubernetes_1", clevercloud.KubernetesNodeGroupInput{
		Name: "workers", Flavor: "M", TargetNodeCount: 3, Description: "for the shop", Tag: "blue",
		MinNodeCount: clevercloud.Value(0), MaxNodeCount: clevercloud.Value(10), AutoscalingEnabled: true,
		Taints: []clevercloud.KubernetesTaint{
			{Key: "gpu", Value: "yes", Effect: clevercloud.KubernetesTaintEffectNoSchedule},
			{Key: "spot", Effect: clevercloud.KubernetesTaintEffectNoExecute},
		},
		Labels: map[string]string{"team": "data"},
	}),
	"node group changed": golden((*kubernetes).UpdateNodeGroup, "orga_1", "kubernetes_1", "node_group_1", clevercloud.KubernetesNodeGroupPatch{
		Name: clevercloud.Value("web"), TargetNodeCount: clevercloud.Value(0), Description: clevercloud.Null[string](),
		Tag: clevercloud.Value(""), MinNodeCount: clevercloud.Value(0), MaxNodeCount: clevercloud.Value(4),
		AutoscalingEnabled: clevercloud.Value(false),
	}),
	"node group deleted": golden((*kubernetes).DeleteNodeGroup, "orga_1", "kubernetes_1",
		"node_group_1"),
	"node group resumed": golden((*kubernetes).ResumeNodeGroup, "orga_1", "kubernetes_1",
		"node_group_1"),
	"quota of clusters":         golden((*kubernetes).GetQuota, "orga_1"),
	"usage of clusters":         golden((*kubernetes).ListUsage, "orga_1"),
	"what clusters are made of": golden((*kubernetes).GetProduct),
	"one api token":             golden((*tokens).Get, "api_tokens_1"),
	"api token renamed": golden((*tokens).Update, "api_tokens_1", clevercloud.APITokenPatch{
		Name: clevercloud.Value("CI of <shop>"), Description: clevercloud.Value("used by the pipeline"),
	}),
	"api token without a description": golden((*tokens).Update, "api_tokens_1", clevercloud.APITokenPatch{
		Name: clevercloud.Value("CI"), Description: clevercloud.Null[string](),
	}),
	"credits":                               golden((*billing).GetCredits, "orga_1"),
	"prices for an owner":                   golden((*billing).GetPriceSystem, "orga_1", "par"),
	"public prices":                         golden((*billing).GetPublicPriceSystem, "par", "EUR"),
	"public prices of the API's choice":     golden((*billing).GetPublicPriceSystem, "", ""),
	"a configuration provider":              golden((*configProviders).Get, "config_1"),
	"variables of a configuration provider": golden((*configProviders).GetEnv, "config_1"),
	"variables of a configuration provider set": golden(
		(*configProviders).SetEnv, "config_1",
		[]clevercloud.EnvVar{{Name: "API_URL", Value: "https://api.example.com/?a=1&b=<2>"}, {Name: "EMPTY"}},
	),
	"variables of a configuration provider removed": golden((*configProviders).SetEnv, "config_1",
		[]clevercloud.EnvVar(nil)),
	"a materia database":        golden((*materia).GetDatabase, "orga_1", "kv_1"),
	"metrics of an application": golden((*stats).ListSeries, "orga_1", "app_1"),
	"metrics by every filter": golden((*stats).ListSeries, "orga_1", "postgresql_1", clevercloud.MetricsQuery{
		Only: []string{"cpu", "load1"}, Interval: 90 * time.Second, Span: 30 * time.Hour,
		End: time.Date(2026, 9, 11, 12, 0, 0, 250_999_999, testkit.Paris), Fill: true,
	}),
	"requests of an owner":           golden((*stats).ListRequests, "orga_1"),
	"requests of an application":     golden((*stats).ListRequests, "orga_1", requestsOfADay),
	"status codes of an owner":       golden((*stats).ListStatusCodes, "orga_1"),
	"status codes of an application": golden((*stats).ListStatusCodes, "orga_1", requestsOfADay),
	"read token of the API's choice": golden((*stats).CreateReadToken, "orga_1"),
	"read token": golden((*stats).CreateReadToken, "orga_1", clevercloud.MetricsTokenInput{
		Applications: []string{"metrics", "addon-api-cellar"}, TTL: 5 * 24 * time.Hour,
	}),
	"read token of an application": golden((*stats).CreateResourceReadToken, "orga_1", "app_1",
		clevercloud.MetricsTokenInput{Applications: []string{"metrics"}, TTL: 12 * time.Hour}),
	"all add-ons": golden((*addons).List, "orga_1"),
	"one add-on":  golden((*addons).Get, "orga_1", "addon_1"),
	"new add-on": golden((*addons).Create, "orga_1", clevercloud.AddonInput{
		Name: "main-db", ProviderID: "postgresql-addon", PlanID: "plan_1", Zone: "par",
		Options: map[string]string{"version": "16", "encryption": "true"},
	}),
	"new add-on without options": golden(
		(*addons).Create, "orga_1", clevercloud.AddonInput{
			Name: "settings", ProviderID: "config-provider", PlanID: "plan_2", Zone: "rbx",
		}),
	"add-on renamed":           golden((*addons).Rename, "orga_1", "addon_1", "other <db>"),
	"add-on deleted":           golden((*addons).Delete, "orga_1", "addon_1"),
	"environment of an add-on": golden((*addons).Env, "orga_1", "addon_1"),
	"providers of add-ons":     golden((*addons).ListProviders),
	"providers of add-ons for an owner": func(ctx context.Context, c *clevercloud.Client) error {
		_, err := c.Addons.ListProviders(ctx, clevercloud.WithQuery("orgaId", "orga_1"))
		return err
	},
	"details of a postgresql": golden((*addons).GetDetails, "postgresql-addon", "addon_1"),
	"versions of postgresql":  golden((*addons).GetProviderInfo, "postgresql-addon"),
	"all applications":        golden((*applications).List, "orga_1"),
	"one application":         golden((*applications).Get, "orga_1", "app_1"),
	"new application with what is needed only": golden(
		(*applications).Create, "orga_1", clevercloud.ApplicationInput{
			Name: "api", Zone: "par", InstanceType: "node", InstanceVersion: "20240101",
			InstanceVariant: "00000000-0000-4000-8000-0000000000b1", MinFlavor: "XS",
		}),
	"new application with everything": golden(
		(*applications).Create, "orga_1", clevercloud.ApplicationInput{
			Name: "api", Description: "the API", Zone: "par", Deploy: clevercloud.DeployTypeFTP,
			Shutdownable: true, InstanceType: "node", InstanceVersion: "20240101",
			InstanceVariant:  "00000000-0000-4000-8000-0000000000b1",
			InstanceLifetime: clevercloud.ApplicationLifetimeTask,
			MinInstances:     2, MaxInstances: 4, MinFlavor: "S", MaxFlavor: "M",
			SeparateBuild: true, BuildFlavor: "L", StickySessions: true, Homogeneous: true,
			CancelOnPush: true, ForceHTTPS: clevercloud.ForceHTTPSEnabled, Branch: "main",
			OAuthService: "github",
			OAuthApp:     clevercloud.OAuthApplication{Owner: "acme", Name: "api"},
			Tags:         []string{"env:prod"},
			Env:          []clevercloud.EnvVar{{Name: "PORT", Value: "8080"}, {Name: "KEY", Value: `a"b`}},
		}),
	"application renamed": golden((*applications).Update,
		"orga_1", "app_1", clevercloud.ApplicationPatch{Name: "web"}),
	"application with everything changed": golden((*applications).Update,
		"orga_1", "app_1", clevercloud.ApplicationPatch{
			Name: "web", Description: clevercloud.Value(""), Zone: "rbx",
			Deploy: clevercloud.DeployTypeGit, Shutdownable: clevercloud.Value(false),
			InstanceType: "node", InstanceVersion: "20240101",
			InstanceVariant:  "00000000-0000-4000-8000-0000000000b1",
			InstanceLifetime: clevercloud.ApplicationLifetimeRegular,
			MinInstances:     3, MaxInstances: 3, MinFlavor: "M", MaxFlavor: "L",
			SeparateBuild: clevercloud.Value(false), BuildFlavor: clevercloud.Value(""),
			StickySessions: clevercloud.Value(false), Homogeneous: clevercloud.Value(false),
			CancelOnPush: clevercloud.Value(false), ForceHTTPS: clevercloud.ForceHTTPSDisabled,
			Branch: "next", Archived: clevercloud.Value(false), Favourite: clevercloud.Value(true),
			Tags: clevercloud.Value[[]string](nil), Env: clevercloud.Value[[]clevercloud.EnvVar](nil),
		}),
	"environment in an update": golden((*applications).Update,
		"orga_1", "app_1", clevercloud.ApplicationPatch{
			Tags: clevercloud.Value([]string{"env:dev"}),
			Env:  clevercloud.Value([]clevercloud.EnvVar{{Name: "KEY", Value: "s3cret"}}),
		}),
	"application deleted": golden((*applications).Delete, "orga_1", "app_1"),
	"application deployed": golden(
		(*applications).Deploy, "orga_1", "app_1", clevercloud.DeployInput{}),
	"commit deployed without cache": golden((*applications).Deploy,
		"orga_1", "app_1", clevercloud.DeployInput{
			Commit: "3f2a0000000000000000000000000000000000aa", WithoutCache: true,
		}),
	"application stopped": golden((*applications).Stop, "orga_1", "app_1"),
	"deployment cancelled": golden(
		(*applications).CancelDeployment, "orga_1", "app_1", "deployment_1"),
	"environment": golden((*applications).Env, "orga_1", "app_1"),
	"environment set": golden((*applications).SetEnv,
		"orga_1", "app_1", []clevercloud.EnvVar{{Name: "PORT", Value: "8080"}, {Name: "KEY"}}),
	"environment cleared": golden((*applications).SetEnv, "orga_1", "app_1"),
	"environment checked": func(ctx context.Context, c *clevercloud.Client) error {
		return c.Applications.SetEnv(ctx, "orga_1", "app_1",
			[]clevercloud.EnvVar{{Name: "PORT", Value: "8080"}}, clevercloud.WithQuery("check", "true"))
	},
	"exposed environment": golden((*applications).ExposedEnv, "orga_1", "app_1"),
	"exposed environment set": golden((*applications).SetExposedEnv,
		"orga_1", "app_1", []clevercloud.EnvVar{{Name: "URL", Value: "https://api.example"}}),
	"domains":          golden((*applications).ListDomains, "orga_1", "app_1"),
	"domain added":     golden((*applications).AddDomain, "orga_1", "app_1", "www.example.org/api/"),
	"domain removed":   golden((*applications).RemoveDomain, "orga_1", "app_1", "*.example.org"),
	"tcp redirections": golden((*applications).ListTCPRedirections, "orga_1", "app_1"),
	"tcp redirection added": golden(
		(*applications).AddTCPRedirection, "orga_1", "app_1", "default"),
	"tcp redirection removed": golden(
		(*applications).RemoveTCPRedirection, "orga_1", "app_1", "default", 5131),
	"linked add-ons":     golden((*applications).ListLinkedAddons, "orga_1", "app_1"),
	"add-on linked":      golden((*applications).LinkAddon, "orga_1", "app_1", "addon_1"),
	"add-on unlinked":    golden((*applications).UnlinkAddon, "orga_1", "app_1", "addon_1"),
	"dependencies":       golden((*applications).ListDependencies, "orga_1", "app_1"),
	"dependency added":   golden((*applications).AddDependency, "orga_1", "app_1", "app_2"),
	"dependency removed": golden((*applications).RemoveDependency, "orga_1", "app_1", "app_2"),
	"runtimes":           golden((*applications).ListRuntimes),
	"runtimes for an owner": func(ctx context.Context, c *clevercloud.Client) error {
		_, err := c.Applications.ListRuntimes(ctx, clevercloud.WithQuery("for", "orga_1"))
		return err
	},
}

var requestsOfADay = clevercloud.RequestQuery{
	ApplicationID: "app_1",
	From:          time.Date(2026, 9, 10, 0, 0, 0, 0, time.UTC), To: time.Date(2026, 9, 11, 0, 0, 0, 0, time.UTC),
}

var sdkUserAgent = regexp.MustCompile(`^acme/1\.0 clevercloud-go/\S+ \(go\S+; ` + runtime.GOOS + "/" + runtime.GOARCH + `\)$`)

func TestContract_GoldenRequests(t *testing.T) {
	t.Parallel()
	requests := testkit.DecodeAs[map[string]goldenRequest](t, testkit.Fixture(t, "golden/requests.json"))
	covered := map[string]bool{}
	for name, want := range requests {
		covered[want.Operation] = true
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Contains(t, goldenCalls, name)
			client, mock := testkit.MockClient(t, clevercloud.WithAuth(auth.Bearer("t0k3n")), clevercloud.WithUserAgent("acme/1.0"))
			var operation string
			body := `{"offloadPolicies":{"durationInDays":1}}`
			if strings.HasSuffix(want.Path, "s") && want.Method == http.MethodGet {
				body = `[]`
			}
			sent := testkit.Record(mock, http.StatusOK, want.Accept, body)
			observe := clevercloud.WithMiddleware(func(next http.RoundTripper) http.RoundTripper {
				return testkit.RoundTripFunc(func(req *http.Request) (*http.Response, error) {
					operation = clevercloud.OperationFromContext(req.Context())
					return next.RoundTrip(req)
				})
			})
			client, err := client.With(observe)
			require.NoError(t, err)

			// Whether the answer is to its liking is not asked here.
			_ = goldenCalls[name](t.Context(), client)

			got := sent.Only(t)
			assert.Equal(t, want.Operation, operation)
			assert.Equal(t, want.Method, got.Method)
			assert.Equal(t, "/prefix"+want.Path, got.Path)
			assert.Equal(t, want.Query, got.Query)
			header := http.Header{"Accept": {want.Accept}, "Authorization": {"Bearer t0k3n"}, "User-Agent": got.Header["User-Agent"]}
			if want.Body == nil {
				assert.Empty(t, got.Body)
			} else {
				header["Content-Type"] = []string{"application/json"}
				assert.JSONEq(t, string(want.Body), got.Body)
			}
			assert.Equal(t, header, got.Header)
			assert.Regexp(t, sdkUserAgent, got.Header.Get("User-Agent"))
		})
	}
	for name := range goldenCalls {
		assert.Contains(t, requests, name, "a call without its golden request")
	}
	for _, o := range testkit.Contract {
		assert.True(t, covered[o.ID], "%s has no golden request", o.ID)
	}
}
