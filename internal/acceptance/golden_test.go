package acceptance_test

import (
	"context"
	"encoding/json"
	"net/http"
	"regexp"
	"runtime"
	"slices"
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

// plain is the call of a request that has nothing but the IDs in its path.
func (want goldenRequest) plain(t *testing.T) call {
	t.Helper()
	at := slices.IndexFunc(testkit.Contract, func(o testkit.Operation) bool { return o.ID == want.Operation })
	require.GreaterOrEqual(t, at, 0, "an unknown operation")
	o := testkit.Contract[at]
	pattern := regexp.QuoteMeta(testkit.Placeholder.ReplaceAllLiteralString(o.Path, "\x00"))
	pattern = "^" + strings.ReplaceAll(pattern, "\x00", "([^/]+)") + "$"
	match := regexp.MustCompile(pattern).FindStringSubmatch(want.Path)
	require.NotNil(t, match, "%s needs a call of its own", want.Path)
	require.Empty(t, o.Args, "it needs a call of its own")
	return func(ctx context.Context, c *clevercloud.Client, opts ...clevercloud.CallOption) error {
		_, err := o.Call(ctx, c, match[1:], opts...)
		return err
	}
}

// goldenCalls perform the requests of testdata/golden/requests.json that hold more than IDs in their
// path, under the same names.
var goldenCalls = map[string]call{
	"invoices of a period": invoke((*billing).ListInvoices, "user_1", clevercloud.InvoiceQuery{
		Limit: 50, Since: time.Date(2025, 1, 1, 1, 0, 0, 0, testkit.Paris), Until: time.Date(2025, 6, 30, 23, 59, 59, 987_654_321, time.UTC),
	}),
	"invoices as a sequence": func(
		ctx context.Context, c *clevercloud.Client, opts ...clevercloud.CallOption,
	) error {
		return drained(c.Billing.Invoices(ctx, "orga_1", clevercloud.InvoiceQuery{Limit: 1}, opts...))
	},
	"some deployments": invoke((*orchestration).ListDeployments, "orga_1", "app_1", clevercloud.DeploymentQuery{
		Limit: 1000, Order: clevercloud.OrderAsc,
		Actions: []clevercloud.DeploymentAction{clevercloud.DeploymentActionDeploy, clevercloud.DeploymentActionUpscale},
	}),
	"instances by every filter": invoke((*orchestration).ListInstances, "orga_1", "app_1", clevercloud.InstanceQuery{
		DeploymentID: "deployment_1", Limit: 10, ExcludeDeleted: true,
		Since: time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC), Until: time.Date(2025, 2, 3, 4, 5, 6, 7_000_000, time.UTC),
		Order:         clevercloud.OrderDesc,
		IncludeStates: []clevercloud.InstanceState{clevercloud.InstanceStateUp, clevercloud.InstanceStateReady},
		ExcludeStates: []clevercloud.InstanceState{clevercloud.InstanceStateGhost},
	}),
	"instances that are not deleted": invoke((*orchestration).ListInstances, "orga_1", "app_1", clevercloud.InstanceQuery{
		ExcludeDeleted: true, ExcludeStates: []clevercloud.InstanceState{clevercloud.InstanceStateDeleted},
	}),
	"instances as a sequence": func(
		ctx context.Context, c *clevercloud.Client, opts ...clevercloud.CallOption,
	) error {
		return drained(c.Orchestration.Instances(ctx, "orga_1", "app_1", clevercloud.InstanceQuery{}, opts...))
	},
	"new drain": invoke((*drains).Create, "orga_1", "app_1", clevercloud.DrainInput{
		Kind:      clevercloud.DrainKindAccessLog,
		Recipient: clevercloud.RawRecipient{URL: "https://logs.example.com/in?a=1&b=<2>", Username: "shipper", Password: "p&ss\"word"},
	}),
	"new drain of a kind without a contract name": invoke((*drains).Create, "orga_1", "app_1", clevercloud.DrainInput{
		Kind: clevercloud.DrainKindLog, Recipient: &clevercloud.BetterStackRecipient{URL: "https://in.example.com", SourceToken: "t0ken"},
	}),
	"new drain without a check of its recipient": invoke((*drains).Create, "orga_1", "app_1", clevercloud.DrainInput{
		Kind: clevercloud.DrainKindLog, Recipient: clevercloud.SyslogUDPRecipient{URL: "udp://syslog.example.com:514"}, SkipCheck: true,
	}),
	"new drain of audit logs": invoke((*drains).CreateForOwner, "orga_1", clevercloud.DrainInput{
		Kind: clevercloud.DrainKindAuditLog, Recipient: clevercloud.RawRecipient{URL: "https://audit.example.com/in"},
	}),
	"drains of an owner by every filter": invoke((*drains).ListForOwner, "orga_1", clevercloud.DrainQuery{
		Statuses:                 []clevercloud.DrainStatus{"ENABLED", "DISABLED"},
		ExecutionStatuses:        []clevercloud.DrainExecutionStatus{"RUNNING"},
		ExcludeExecutionStatuses: []clevercloud.DrainExecutionStatus{"RETRYING"},
	}),
	"drains by every filter": invoke((*drains).List, "orga_1", "app_1", clevercloud.DrainQuery{
		Statuses:                 []clevercloud.DrainStatus{clevercloud.DrainStatusEnabled, clevercloud.DrainStatusDisabled},
		ExecutionStatuses:        []clevercloud.DrainExecutionStatus{clevercloud.DrainExecutionStatusRetrying, clevercloud.DrainExecutionStatusRunning},
		ExcludeExecutionStatuses: []clevercloud.DrainExecutionStatus{clevercloud.DrainExecutionStatusNotRunning, "A B"},
	}),
	"zones by every filter": invoke((*zones).List,
		clevercloud.ZoneQuery{Tag: "infra:clever cloud+", OwnerID: "orga_1"}),
	"storage policies in the contract's units": invoke((*pulsar).UpdateStoragePolicies, "pulsar_1", clevercloud.StoragePoliciesPatch{
		Retention: clevercloud.StoragePolicyPatch{SizeInMB: clevercloud.Value[int64](10240), DurationInDays: clevercloud.Null[int64]()},
		Offload:   clevercloud.StoragePolicyPatch{SizeInMB: clevercloud.Null[int64](), DurationInDays: clevercloud.Value[int64](0)},
	}),
	"storage policies in the current units": invoke((*pulsar).UpdateStoragePolicies, "pulsar_1", clevercloud.StoragePoliciesPatch{
		Offload: clevercloud.StoragePolicyPatch{SizeInBytes: clevercloud.Value[int64](9007199254740993), DurationInMinutes: clevercloud.Value[int64](-1)},
	}),
	"new drain of an add-on": invoke((*drains).Create, "orga_1", "postgresql_1", clevercloud.DrainInput{
		Kind: clevercloud.DrainKindLog, Recipient: clevercloud.RawRecipient{URL: "https://logs.example.com/in"},
	}),
	"all drains of an add-on": invoke((*drains).List, "orga_1", "postgresql_1",
		clevercloud.DrainQuery{}),
	"one drain of an add-on":          invoke((*drains).Get, "orga_1", "postgresql_1", "drain_1"),
	"drain of an add-on deleted":      invoke((*drains).Delete, "orga_1", "postgresql_1", "drain_1"),
	"all drains of an add-on deleted": invoke((*drains).DeleteAll, "orga_1", "postgresql_1"),
	"drain of an add-on enabled":      invoke((*drains).Enable, "orga_1", "postgresql_1", "drain_1"),
	"drain of an add-on disabled":     invoke((*drains).Disable, "orga_1", "postgresql_1", "drain_1"),
	"cursor of a drain of an add-on reset": invoke((*drains).ResetCursor, "orga_1", "postgresql_1",
		"drain_1"),
	"drain of an add-on checked": invoke((*drains).Check, "orga_1", "postgresql_1", "drain_1"),
	"test command of a drain of an add-on": invoke((*drains).TestCommand, "orga_1", "postgresql_1",
		"drain_1"),
	"version of a metabase updated": invoke((*operators).UpdateVersion, clevercloud.Metabase,
		"metabase_1", "0.56.4"),
	"what is it": invoke((*identity).Resolve, "keycloak_1"),
	"new api token": invoke((*tokens).Create, clevercloud.APITokenInput{
		Email: "camille@example.com", Password: "p&ss\"word", MFACode: "000000", Name: "CI", Description: "used by <the> pipeline",
		ExpirationDate: time.Date(2026, 6, 30, 2, 0, 0, 0, testkit.Paris),
	}),
	"new api token with what is needed only": invoke((*tokens).Create, clevercloud.APITokenInput{
		Email: "camille@example.com", Password: "pass", Name: "CI", ExpirationDate: time.Date(2026, 6, 30, 0, 0, 0, 0, time.UTC),
	}),
	"network groups searched": invoke((*networkGroups).Search, "orga_1", "a &b"),
	"member added to a network group": invoke((*networkGroups).AddMember, "orga_1", "ng_1", clevercloud.NetworkGroupMember{
		ID: "app_1", Label: "api", DomainName: "api.cc-ng.cloud", Kind: clevercloud.NetworkGroupMemberKindApplication,
	}),
	"member added to a network group by its id": invoke((*networkGroups).AddMember, "orga_1",
		"ng_1", clevercloud.NetworkGroupMember{ID: "redis_1"}),
	"external peer added": invoke((*networkGroups).AddExternalPeer, "orga_1", "ng_1", clevercloud.ExternalPeerInput{
		PublicKey: "a2V5", ParentMember: "external_1",
	}),
	"external peer added that accepts connections": invoke((*networkGroups).AddExternalPeer, "orga_1", "ng_1", clevercloud.ExternalPeerInput{
		Role: "SERVER", PublicKey: "a2V5", Label: "gate", ParentMember: "external_1",
		IP: "203.0.113.7", Port: 51820, Hostname: "gate",
	}),
	"clusters by status": invoke((*kubernetes).ListClusters, "orga_1", clevercloud.KubernetesClusterQuery{
		Statuses: []clevercloud.KubernetesClusterStatus{
			clevercloud.KubernetesClusterStatusActive, clevercloud.KubernetesClusterStatusFailed,
		},
	}),
	"new cluster with what is needed only": invoke((*kubernetes).CreateCluster, "orga_1",
		clevercloud.KubernetesClusterInput{Name: "prod"}),
	"new cluster": invoke((*kubernetes).CreateCluster, "orga_1", clevercloud.KubernetesClusterInput{
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
	"new cluster with a distributed control plane": invoke((*kubernetes).CreateCluster, "orga_1", clevercloud.KubernetesClusterInput{
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
	"cluster changed": invoke((*kubernetes).UpdateCluster, "orga_1", "kubernetes_1", clevercloud.KubernetesClusterPatch{
		Name: clevercloud.Value("live"), Description: clevercloud.Null[string](), Tags: clevercloud.Value([]string{}),
		Features: clevercloud.KubernetesFeaturesPatch{NodeAutoprovisioning: clevercloud.Value(false)},
	}),
	"kubeconfig for a network group": invoke((*kubernetes).Kubeconfig, "orga_1", "kubernetes_1", clevercloud.KubeconfigQuery{
		Type: clevercloud.KubeconfigTypeNetworkGroup,
	}),
	"version of a cluster updated": invoke((*kubernetes).UpdateVersion, "orga_1", "kubernetes_1",
		"1.36"),
	"deployment events of a cluster": invoke((*kubernetes).ListDeploymentEvents, "orga_1",
		"kubernetes_1", clevercloud.KubernetesEventQuery{Limit: 1000}),
	"events of a cluster": invoke((*kubernetes).ListEvents, "orga_1", "kubernetes_1",
		clevercloud.KubernetesEventQuery{Limit: 1}),
	"cluster deployed again with manifests": invoke((*kubernetes).RedeployCluster, "orga_1", "kubernetes_1", clevercloud.KubernetesRedeployInput{
		BeforeYAMLs: []string{"kind: A"}, AfterYAMLs: []string{"kind: B", "kind: C"},
	}),
	"node groups by status": invoke((*kubernetes).ListNodeGroups, "orga_1", "kubernetes_1", clevercloud.KubernetesNodeGroupQuery{
		Statuses: []clevercloud.KubernetesNodeGroupStatus{clevercloud.KubernetesNodeGroupStatusReady},
	}),
	"new node group without nodes": invoke((*kubernetes).CreateNodeGroup, "orga_1", "kubernetes_1",
		clevercloud.KubernetesNodeGroupInput{Name: "workers", Flavor: "M"}),
	"new node group": invoke((*kubernetes).CreateNodeGroup, "orga_1", "kubernetes_1", clevercloud.KubernetesNodeGroupInput{
		Name: "workers", Flavor: "M", TargetNodeCount: 3, Description: "for the shop", Tag: "blue",
		MinNodeCount: clevercloud.Value(0), MaxNodeCount: clevercloud.Value(10), AutoscalingEnabled: true,
		Taints: []clevercloud.KubernetesTaint{
			{Key: "gpu", Value: "yes", Effect: clevercloud.KubernetesTaintEffectNoSchedule},
			{Key: "spot", Effect: clevercloud.KubernetesTaintEffectNoExecute},
		},
		Labels: map[string]string{"team": "data"},
	}),
	"node group changed": invoke((*kubernetes).UpdateNodeGroup, "orga_1", "kubernetes_1", "node_group_1", clevercloud.KubernetesNodeGroupPatch{
		Name: clevercloud.Value("web"), TargetNodeCount: clevercloud.Value(0), Description: clevercloud.Null[string](),
		Tag: clevercloud.Value(""), MinNodeCount: clevercloud.Value(0), MaxNodeCount: clevercloud.Value(4),
		AutoscalingEnabled: clevercloud.Value(false),
	}),
	"api token renamed": invoke((*tokens).Update, "api_tokens_1", clevercloud.APITokenPatch{
		Name: clevercloud.Value("CI of <shop>"), Description: clevercloud.Value("used by the pipeline"),
	}),
	"api token without a description": invoke((*tokens).Update, "api_tokens_1", clevercloud.APITokenPatch{
		Name: clevercloud.Value("CI"), Description: clevercloud.Null[string](),
	}),
	"prices for an owner": invoke((*billing).GetPriceSystem, "orga_1", "par"),
	"public prices":       invoke((*billing).GetPublicPriceSystem, "par", "EUR"),
	"variables of a configuration provider set": invoke(
		(*configProviders).SetEnv, "config_1",
		[]clevercloud.EnvVar{{Name: "API_URL", Value: "https://api.example.com/?a=1&b=<2>"}, {Name: "EMPTY"}},
	),
	"variables of a configuration provider removed": invoke((*configProviders).SetEnv, "config_1",
		[]clevercloud.EnvVar(nil)),
	"metrics by every filter": invoke((*stats).ListSeries, "orga_1", "postgresql_1", clevercloud.MetricsQuery{
		Only: []string{"cpu", "load1"}, Interval: 90 * time.Second, Span: 30 * time.Hour,
		End: time.Date(2026, 9, 11, 12, 0, 0, 250_999_999, testkit.Paris), Fill: true,
	}),
	"requests of an application":     invoke((*stats).ListRequests, "orga_1", requestsOfADay),
	"status codes of an application": invoke((*stats).ListStatusCodes, "orga_1", requestsOfADay),
	"read token": invoke((*stats).CreateReadToken, "orga_1", clevercloud.MetricsTokenInput{
		Applications: []string{"metrics", "addon-api-cellar"}, TTL: 5 * 24 * time.Hour,
	}),
	"read token of an application": invoke((*stats).CreateResourceReadToken, "orga_1", "app_1",
		clevercloud.MetricsTokenInput{Applications: []string{"metrics"}, TTL: 12 * time.Hour}),
	"new add-on": invoke((*addons).Create, "orga_1", clevercloud.AddonInput{
		Name: "main-db", ProviderID: "postgresql-addon", PlanID: "plan_1", Zone: "par",
		Options: map[string]string{"version": "16", "encryption": "true"},
	}),
	"new add-on without options": invoke(
		(*addons).Create, "orga_1", clevercloud.AddonInput{
			Name: "settings", ProviderID: "config-provider", PlanID: "plan_2", Zone: "rbx",
		}),
	"add-on renamed": invoke((*addons).Rename, "orga_1", "addon_1", "other <db>"),
	"providers of add-ons for an owner": with(invoke((*addons).ListProviders),
		clevercloud.WithQuery("orgaId", "orga_1")),
	"new application with what is needed only": invoke(
		(*applications).Create, "orga_1", clevercloud.ApplicationInput{
			Name: "api", Zone: "par", InstanceType: "node", InstanceVersion: "20240101",
			InstanceVariant: "00000000-0000-4000-8000-0000000000b1", MinFlavor: "XS",
		}),
	"new application with everything": invoke(
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
	"application renamed": invoke((*applications).Update,
		"orga_1", "app_1", clevercloud.ApplicationPatch{Name: "web"}),
	"application with everything changed": invoke((*applications).Update,
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
	"environment in an update": invoke((*applications).Update,
		"orga_1", "app_1", clevercloud.ApplicationPatch{
			Tags: clevercloud.Value([]string{"env:dev"}),
			Env:  clevercloud.Value([]clevercloud.EnvVar{{Name: "KEY", Value: "s3cret"}}),
		}),
	"commit deployed without cache": invoke((*applications).Deploy,
		"orga_1", "app_1", clevercloud.DeployInput{
			Commit: "3f2a0000000000000000000000000000000000aa", WithoutCache: true,
		}),
	"environment set": invoke((*applications).SetEnv,
		"orga_1", "app_1", []clevercloud.EnvVar{{Name: "PORT", Value: "8080"}, {Name: "KEY"}}),
	"environment checked": with(invoke((*applications).SetEnv, "orga_1", "app_1",
		[]clevercloud.EnvVar{{Name: "PORT", Value: "8080"}}), clevercloud.WithQuery("check", "true")),
	"exposed environment set": invoke((*applications).SetExposedEnv,
		"orga_1", "app_1", []clevercloud.EnvVar{{Name: "URL", Value: "https://api.example"}}),
	"domain added":   invoke((*applications).AddDomain, "orga_1", "app_1", "www.example.org/api/"),
	"domain removed": invoke((*applications).RemoveDomain, "orga_1", "app_1", "*.example.org"),
	"tcp redirection added": invoke(
		(*applications).AddTCPRedirection, "orga_1", "app_1", "default"),
	"add-on linked": invoke((*applications).LinkAddon, "orga_1", "app_1", "addon_1"),
	"runtimes for an owner": with(invoke((*applications).ListRuntimes),
		clevercloud.WithQuery("for", "orga_1")),
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
			perform, special := goldenCalls[name]
			if !special {
				perform = want.plain(t)
			}
			var operation string
			client, mock := testkit.MockClient(t, clevercloud.WithAuth(auth.Bearer("t0k3n")),
				clevercloud.WithUserAgent("acme/1.0"), middleware(func(next http.RoundTripper, req *http.Request) (*http.Response, error) {
					operation = clevercloud.OperationFromContext(req.Context())
					return next.RoundTrip(req)
				}))
			body := `{"offloadPolicies":{"durationInDays":1}}`
			if strings.HasSuffix(want.Path, "s") && want.Method == http.MethodGet {
				body = `[]`
			}
			sent := testkit.Record(mock, http.StatusOK, want.Accept, body)
			// Whether the answer is to its liking is not asked here.
			_ = perform(t.Context(), client)

			got := sent.Only(t)
			assert.Equal(t, want.Operation, operation)
			assert.Equal(t, want.Method, got.Method)
			assert.Equal(t, "/prefix"+want.Path, got.Path)
			assert.Equal(t, want.Query, got.Query)
			header := http.Header{
				"Accept": {want.Accept}, "Authorization": {"Bearer t0k3n"}, "User-Agent": got.Header["User-Agent"],
			}
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
