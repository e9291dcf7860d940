package acceptance_test

import (
	"bytes"
	"context"
	"errors"
	"iter"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/auth"
	"github.com/clevercloud-go/clevercloud/clevertest"
	"github.com/clevercloud-go/clevercloud/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Every operation there is, by the ids in the sources, has been tried against the embedded API when this ends, and each has gone to the
// route of its name.
func TestEmbeddedAPI_EveryOperation(t *testing.T) {
	t.Parallel()
	server := clevertest.NewServer(clevertest.WithStepDuration(time.Millisecond), clevertest.WithHeartbeat(10*time.Millisecond))
	defer server.Close()
	tried := &sync.Map{}
	client := server.Client(middleware(func(next http.RoundTripper, req *http.Request) (*http.Response, error) {
		operation := clevercloud.OperationFromContext(req.Context())
		tried.Store(operation, true)
		resp, err := next.RoundTrip(req)
		if requests := server.Requests(); err == nil && resp.StatusCode < http.StatusBadRequest {
			assert.Equal(t, operation, requests[len(requests)-1].Route, "%s %s", req.Method, req.URL.Path)
		}
		return resp, err
	}))
	for _, domain := range []struct {
		name string
		try  func(*testing.T, *clevertest.Server, *clevercloud.Client)
	}{
		{"billing", tryBilling}, {"orchestration", tryOrchestration}, {"load balancers", tryLoadBalancers}, {"drains", tryDrains},
		{"drains of an add-on", tryAddonDrains}, {"drains of an owner", tryOwnerDrains}, {"operators", tryOperators}, {"zones", tryZones}, {"pulsar", tryPulsar},
		{"identity", tryIdentity}, {"tokens", tryTokens}, {"logs", tryLogs},
		{"add-ons", tryAddons}, {"applications", tryApplications}, {"network groups", tryNetworkGroups},
		{"configuration providers", tryConfigProviders}, {"Materia", tryMateria},
		{"metrics", tryMetrics},
	} {
		t.Run(domain.name, func(t *testing.T) { domain.try(t, server, client) })
	}

	// The examples have tried the others with success, one by one; here it counts that each has a route.
	for _, o := range testkit.Contract {
		if _, done := tried.Load(o.ID); done {
			continue
		}
		ids, _ := o.IDs("00000000-0000-4000-8000-000000000000")
		_, err := o.Call(t.Context(), client, ids, clevercloud.WithMaxRetries(0))
		var answer *clevercloud.APIError
		assert.True(t, err == nil || errors.As(err, &answer), "%s: %v", o.ID, err)
		requests := server.Requests()
		assert.Equal(t, o.ID, requests[len(requests)-1].Route, "%v", err)
	}

	for _, id := range operationIDs(t) {
		_, ok := tried.Load(id)
		assert.True(t, ok, "operation %s has not been tried", id)
	}
}

func operationIDs(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(testkit.Root(t), "*.go"))
	require.NoError(t, err)
	var ids []string
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		source, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, match := range regexp.MustCompile(`(?s)= operation\[.*?id: "([a-z.-]+)"`).FindAllSubmatch(source, -1) {
			ids = append(ids, string(match[1]))
		}
	}
	require.Greater(t, len(ids), 40)
	return ids
}

func tryBilling(t *testing.T, server *clevertest.Server, client *clevercloud.Client) {
	ctx, s := t.Context(), client.Billing
	list, err := s.ListInvoices(ctx, server.OwnerID, clevercloud.InvoiceQuery{})
	require.NoError(t, err)
	n := 0
	for invoice, err := range s.Invoices(ctx, server.OwnerID, clevercloud.InvoiceQuery{}) {
		require.NoError(t, err)
		assert.Equal(t, list[n], invoice)
		n++
	}
	assert.Len(t, list, n)
	unpaid, err := s.ListUnpaidInvoices(ctx, server.OwnerID)
	require.NoError(t, err)
	require.NotEmpty(t, unpaid)
	for _, invoice := range unpaid {
		assert.True(t, invoice.Status.IsUnpaid())
	}
	detail, err := s.GetInvoice(ctx, server.OwnerID, server.InvoiceNumber)
	require.NoError(t, err)
	assert.NotEmpty(t, detail.Transaction())
	var pdf, html bytes.Buffer
	size, err := s.DownloadInvoicePDF(ctx, server.OwnerID, server.InvoiceNumber, &pdf)
	require.NoError(t, err)
	assert.Equal(t, int64(pdf.Len()), size)
	assert.True(t, bytes.HasPrefix(pdf.Bytes(), []byte("%PDF-")))
	_, err = s.DownloadInvoiceHTML(ctx, server.OwnerID, server.InvoiceNumber, &html)
	require.NoError(t, err)
	assert.True(t, bytes.HasPrefix(html.Bytes(), []byte("<!DOCTYPE html>")))
	credits, err := s.GetCredits(ctx, server.OwnerID)
	require.NoError(t, err)
	assert.Equal(t, "EUR", credits.Currency)
	prices, err := s.GetPriceSystem(ctx, server.OwnerID, "par")
	require.NoError(t, err)
	public, err := s.GetPublicPriceSystem(ctx, "par", "EUR")
	require.NoError(t, err)
	assert.Equal(t, prices, public)
	_, err = s.GetPublicPriceSystem(ctx, "moon", "EUR")
	require.ErrorIs(t, err, clevercloud.ErrNotFound)
}

func tryOrchestration(t *testing.T, server *clevertest.Server, client *clevercloud.Client) {
	ctx, s := t.Context(), client.Orchestration
	deployments, err := s.ListDeployments(ctx, server.OwnerID, server.ApplicationID, clevercloud.DeploymentQuery{
		Order: clevercloud.OrderAsc, Actions: []clevercloud.DeploymentAction{clevercloud.DeploymentActionDeploy},
	})
	require.NoError(t, err)
	require.NotEmpty(t, deployments)
	one, err := s.GetDeployment(ctx, server.OwnerID, server.ApplicationID, server.DeploymentID)
	require.NoError(t, err)
	assert.Equal(t, server.DeploymentID, one.ID)
	_, err = s.WaitForDeployment(ctx, server.OwnerID, server.ApplicationID, server.FailedDeploymentID, clevercloud.DeploymentWait{})
	var failed *clevercloud.DeploymentError
	require.ErrorAs(t, err, &failed)
	assert.Equal(t, clevercloud.DeploymentStateFailed, failed.Deployment.State)
	up, err := s.ListInstances(ctx, server.OwnerID, server.ApplicationID, clevercloud.InstanceQuery{
		IncludeStates: []clevercloud.InstanceState{clevercloud.InstanceStateUp},
	})
	require.NoError(t, err)
	require.NotEmpty(t, up)
	instance, err := s.GetInstance(ctx, server.OwnerID, server.ApplicationID, up[0].ID)
	require.NoError(t, err)
	assert.Equal(t, up[0], *instance)
}

func tryLoadBalancers(t *testing.T, server *clevertest.Server, client *clevercloud.Client) {
	ctx, s := t.Context(), client.LoadBalancers
	for _, get := range []func() ([]clevercloud.LoadBalancer, error){
		func() ([]clevercloud.LoadBalancer, error) {
			return s.GetDefault(ctx, server.OwnerID, server.ApplicationID)
		},
		func() ([]clevercloud.LoadBalancer, error) {
			return s.GetPrivate(ctx, server.OwnerID, server.ApplicationID)
		},
		func() ([]clevercloud.LoadBalancer, error) {
			return s.GetAddonDefault(ctx, server.OwnerID, server.AddonID)
		},
		func() ([]clevercloud.LoadBalancer, error) {
			return s.GetAddonPrivate(ctx, server.OwnerID, server.AddonID)
		},
	} {
		balancers, err := get()
		require.NoError(t, err)
		assert.NotNil(t, balancers)
	}
}

func tryDrains(t *testing.T, server *clevertest.Server, client *clevercloud.Client) {
	drainLife(t, client, server.OwnerID, server.ApplicationID)
	for _, request := range server.Requests() {
		assert.NotContains(t, request.Path, "/resources/"+string(server.ApplicationID))
	}
}

// An add-on's drains are under its real id, by the other family of paths.
func tryAddonDrains(t *testing.T, server *clevertest.Server, client *clevercloud.Client) {
	drainLife(t, client, server.OwnerID, clevercloud.ApplicationID(server.ResourceID))
	for _, request := range server.Requests() {
		assert.NotContains(t, request.Path, "/applications/"+string(server.ResourceID))
	}
	forced, err := client.With(clevercloud.WithDrainPaths(clevercloud.ResourceDrainPaths))
	require.NoError(t, err)
	_, err = forced.Drains.List(t.Context(), server.OwnerID, server.ApplicationID, clevercloud.DrainQuery{})
	require.NoError(t, err)
	requests := server.Requests()
	assert.Contains(t, requests[len(requests)-1].Path, "/resources/"+string(server.ApplicationID)+"/drains")
}

func tryOwnerDrains(t *testing.T, server *clevertest.Server, client *clevercloud.Client) {
	ctx, s := t.Context(), client.Drains
	drain, err := s.CreateForOwner(ctx, server.OwnerID, clevercloud.DrainInput{
		Kind: clevercloud.DrainKindAuditLog, Recipient: clevercloud.RawRecipient{URL: "https://audit.example.com/in"}, SkipCheck: true,
	})
	require.NoError(t, err)
	assert.Empty(t, drain.ResourceID)
	list, err := s.ListForOwner(ctx, server.OwnerID, clevercloud.DrainQuery{})
	require.NoError(t, err)
	assert.True(t, slices.ContainsFunc(list, func(d clevercloud.Drain) bool { return d.ID == drain.ID }))
	got, err := s.GetForOwner(ctx, server.OwnerID, drain.ID)
	require.NoError(t, err)
	assert.True(t, clevercloud.SameTarget(drain.Recipient, got.Recipient))
	_, err = s.DeleteForOwner(ctx, server.OwnerID, drain.ID)
	require.NoError(t, err)
	_, err = s.GetForOwner(ctx, server.OwnerID, drain.ID)
	require.ErrorIs(t, err, clevercloud.ErrNotFound)
}

func drainLife(t *testing.T, client *clevercloud.Client, owner clevercloud.OwnerID, app clevercloud.ApplicationID) {
	ctx, s := t.Context(), client.Drains
	wait := clevercloud.DrainWait{Interval: time.Millisecond, MaxInterval: 5 * time.Millisecond}
	recipient := clevercloud.RawRecipient{URL: "https://logs.example.com/ingest", Username: "shipper", Password: "secret-of-the-drain"}
	drain, err := s.Create(ctx, owner, app, clevercloud.DrainInput{Kind: clevercloud.DrainKindLog, Recipient: recipient})
	require.NoError(t, err)
	drain, err = s.WaitForStatus(ctx, owner, app, drain.ID, clevercloud.DrainStatusEnabled, wait)
	require.NoError(t, err)
	list, err := s.List(ctx, owner, app, clevercloud.DrainQuery{Statuses: []clevercloud.DrainStatus{clevercloud.DrainStatusEnabled}})
	require.NoError(t, err)
	require.Len(t, list, 1)
	assert.Equal(t, drain.ID, list[0].ID)
	check, err := s.Check(ctx, owner, app, drain.ID)
	require.NoError(t, err)
	assert.True(t, check.OK, check.Message)
	command, err := s.TestCommand(ctx, owner, app, drain.ID)
	require.NoError(t, err)
	assert.Contains(t, command.Reveal(), "curl")
	_, err = s.ResetCursor(ctx, owner, app, drain.ID)
	require.NoError(t, err)
	_, err = s.Disable(ctx, owner, app, drain.ID)
	require.NoError(t, err)
	_, err = s.WaitForStatus(ctx, owner, app, drain.ID, clevercloud.DrainStatusDisabled, wait)
	require.NoError(t, err)
	_, err = s.Enable(ctx, owner, app, drain.ID)
	require.NoError(t, err)
	_, err = s.Delete(ctx, owner, app, drain.ID)
	require.NoError(t, err)
	gone, err := s.WaitForStatus(ctx, owner, app, drain.ID, clevercloud.DrainStatusDeleted, wait)
	require.NoError(t, err)
	assert.Equal(t, drain.ID, gone.ID)
	_, err = s.Create(ctx, owner, app, clevercloud.DrainInput{Kind: clevercloud.DrainKindAccessLog, Recipient: recipient})
	require.NoError(t, err)
	removed, err := s.DeleteAll(ctx, owner, app)
	require.NoError(t, err)
	assert.Len(t, removed, 1)
}

func tryOperators(t *testing.T, server *clevertest.Server, client *clevercloud.Client) {
	ctx, s := t.Context(), client.Operators
	for kind, id := range map[clevercloud.OperatorKind]clevercloud.OperatorID{
		clevercloud.Keycloak: server.KeycloakID, clevercloud.Matomo: server.MatomoID,
		clevercloud.Metabase: server.MetabaseID, clevercloud.Otoroshi: server.OtoroshiID,
	} {
		operator, err := s.Get(ctx, kind, id)
		require.NoError(t, err)
		assert.Equal(t, id, operator.ResourceID)
		assert.NotEmpty(t, operator.Resources.Entrypoint())
		require.NoError(t, s.Reboot(ctx, kind, id))
		require.NoError(t, s.Rebuild(ctx, kind, id))
	}
	versions, err := s.CheckVersion(ctx, clevercloud.Keycloak, server.KeycloakID)
	require.NoError(t, err)
	updated, err := s.UpdateVersion(ctx, clevercloud.Keycloak, server.KeycloakID, versions.Latest)
	require.NoError(t, err)
	assert.Equal(t, versions.Latest, updated.Version)
	_, err = s.CheckVersion(ctx, clevercloud.Matomo, server.MatomoID)
	require.ErrorIs(t, err, clevercloud.ErrNotFound)
	_, err = s.UpdateVersion(ctx, clevercloud.Keycloak, server.KeycloakID, "")
	require.ErrorIs(t, err, clevercloud.ErrInvalidArgument)
	var config bytes.Buffer
	_, err = s.OtoroshiConfig(ctx, server.OtoroshiID, &config)
	require.NoError(t, err)
	assert.NotZero(t, config.Len())
	attached, err := s.AttachNetworkGroup(ctx, clevercloud.Otoroshi, server.OtoroshiID)
	require.NoError(t, err)
	group, ok := attached.Features.NetworkGroup()
	assert.True(t, ok)
	assert.NotEmpty(t, group)
	require.NoError(t, s.DetachNetworkGroup(ctx, clevercloud.Otoroshi, server.OtoroshiID))
	_, err = s.AttachNetworkGroup(ctx, clevercloud.Matomo, server.MatomoID)
	require.ErrorIs(t, err, clevercloud.ErrNotFound)
}

func tryZones(t *testing.T, server *clevertest.Server, client *clevercloud.Client) {
	anonymous, err := clevercloud.New(clevercloud.WithBaseURL(server.URL))
	require.NoError(t, err)
	_, err = client.Zones.List(t.Context(), clevercloud.ZoneQuery{OwnerID: server.OwnerID})
	require.NoError(t, err)
	_, err = client.Zones.Get(t.Context(), "nowhere")
	require.ErrorIs(t, err, clevercloud.ErrNotFound)
	zones, err := anonymous.Zones.List(t.Context(), clevercloud.ZoneQuery{})
	require.NoError(t, err)
	zone, err := anonymous.Zones.Get(t.Context(), zones[0].Name)
	require.NoError(t, err)
	assert.Equal(t, zones[0], *zone)
	_, err = anonymous.Billing.ListInvoices(t.Context(), server.OwnerID, clevercloud.InvoiceQuery{})
	require.ErrorIs(t, err, clevercloud.ErrUnauthorized)
}

func tryPulsar(t *testing.T, server *clevertest.Server, client *clevercloud.Client) {
	ctx, s := t.Context(), client.Pulsar
	before, err := s.GetStoragePolicies(ctx, server.PulsarID)
	require.NoError(t, err)
	require.NotNil(t, before.Retention)
	after, err := s.UpdateStoragePolicies(ctx, server.PulsarID, clevercloud.StoragePoliciesPatch{
		Retention: clevercloud.StoragePolicyPatch{DurationInMinutes: clevercloud.Value[int64](60)},
	})
	require.NoError(t, err)
	assert.Equal(t, int64(60), *after.Retention.DurationInMinutes)
	addon, err := s.Get(ctx, server.PulsarID)
	require.NoError(t, err)
	cluster, err := s.GetCluster(ctx, addon.ClusterID)
	require.NoError(t, err)
	assert.Equal(t, addon.ClusterID, cluster.ID)
	renewed, err := s.RenewToken(ctx, server.PulsarID)
	require.NoError(t, err)
	assert.NotEqual(t, addon.Token.Reveal(), renewed.Token.Reveal())
}

func tryIdentity(t *testing.T, server *clevertest.Server, client *clevercloud.Client) {
	ctx, s := t.Context(), client.Identity
	self, err := s.Self(ctx)
	require.NoError(t, err)
	assert.Equal(t, server.UserID, self.ID)
	keycloak, err := s.Resolve(ctx, string(server.KeycloakID))
	require.NoError(t, err)
	for _, idOrName := range []string{string(keycloak.AddonID), keycloak.Name} {
		same, err := s.Resolve(ctx, idOrName)
		require.NoError(t, err)
		assert.Equal(t, keycloak, same)
	}
	kind, id, ok := keycloak.Operator()
	assert.True(t, ok)
	assert.Equal(t, clevercloud.Keycloak, kind)
	assert.Equal(t, server.KeycloakID, id)
	app, err := s.Resolve(ctx, string(server.ApplicationID))
	require.NoError(t, err)
	appID, ok := app.ApplicationID()
	assert.True(t, ok)
	assert.Equal(t, server.ApplicationID, appID)
	assert.Equal(t, server.OwnerID, app.OwnerID)
	_, err = s.Resolve(ctx, "nothing of that name")
	require.ErrorIs(t, err, clevercloud.ErrNotFound)
	server.AddApplication(clevertest.Application{Name: "twin"})
	server.AddApplication(clevertest.Application{Name: "twin"})
	_, err = s.Resolve(ctx, "twin")
	require.ErrorIs(t, err, clevercloud.ErrConflict)
}

func tryTokens(t *testing.T, server *clevertest.Server, client *clevercloud.Client) {
	ctx, s := t.Context(), client.Tokens
	token, err := s.Create(ctx, clevercloud.APITokenInput{
		Email: server.Email, Password: "wrong", Name: "CI", ExpirationDate: time.Now().AddDate(0, 1, 0),
	})
	require.ErrorIs(t, err, clevercloud.ErrUnauthorized)
	assert.Nil(t, token)
	token, err = s.Create(ctx, clevercloud.APITokenInput{
		Email: server.Email, Password: auth.Secret(server.Password), Name: "CI", ExpirationDate: time.Now().AddDate(0, 1, 0),
	})
	require.NoError(t, err)
	require.NotEmpty(t, token.Token)
	list, err := s.List(ctx)
	require.NoError(t, err)
	assert.Contains(t, idsOf(list), token.ID)
	patch := clevercloud.APITokenPatch{Description: clevercloud.Value("of the shop")}
	require.NoError(t, s.Update(ctx, token.ID, patch))
	updated, err := s.Get(ctx, token.ID)
	require.NoError(t, err)
	assert.Equal(t, "CI, of the shop", updated.Name+", "+updated.Description)
	require.NoError(t, s.Revoke(ctx, token.ID))
	_, err = s.Get(ctx, token.ID)
	require.ErrorIs(t, err, clevercloud.ErrNotFound)
	list, err = s.List(ctx)
	require.NoError(t, err)
	assert.NotContains(t, idsOf(list), token.ID)
}

func idsOf(tokens []clevercloud.APIToken) []clevercloud.APITokenID {
	var ids []clevercloud.APITokenID
	for _, token := range tokens {
		ids = append(ids, token.ID)
	}
	return ids
}

func tryNetworkGroups(t *testing.T, server *clevertest.Server, client *clevercloud.Client) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	s := client.NetworkGroups
	created, err := s.Create(ctx, server.OwnerID, clevercloud.NetworkGroupInput{
		Label: "backend",
		Members: []clevercloud.NetworkGroupMember{{
			ID: clevercloud.ResourceID(server.ApplicationID), Kind: clevercloud.NetworkGroupMemberKindApplication,
		}},
	})
	require.NoError(t, err)
	group, err := clevercloud.WaitUntil(ctx,
		func(ctx context.Context) (*clevercloud.NetworkGroup, error) {
			return s.Get(ctx, server.OwnerID, created.ID)
		},
		func(g *clevercloud.NetworkGroup) (bool, error) { return len(g.Peers) > 0, nil },
		clevercloud.Wait{Interval: time.Millisecond})
	require.NoError(t, err)
	peer := group.Peers[0].ID
	want, err := s.WireGuardConfiguration(ctx, server.OwnerID, group.ID, peer)
	require.NoError(t, err)
	n := 0
	for file, err := range s.WatchWireGuardConfiguration(ctx, server.OwnerID, group.ID, peer) {
		require.NoError(t, err)
		assert.Equal(t, want.Reveal(), file.Reveal())
		require.NoError(t, s.Delete(ctx, server.OwnerID, group.ID))
		n++
	}
	assert.Equal(t, 1, n)
}

func tryLogs(t *testing.T, server *clevertest.Server, client *clevercloud.Client) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	q := clevercloud.LogQuery{Since: time.Now().Add(-7 * 24 * time.Hour), Limit: 2}
	n := 0
	for _, err := range client.Logs.Stream(ctx, server.OwnerID, server.ApplicationID, q) {
		require.NoError(t, err)
		n++
	}
	for _, err := range client.Logs.StreamResource(ctx, server.OwnerID, server.ResourceID, q) {
		require.NoError(t, err)
		n++
	}
	for _, err := range client.Logs.StreamAccess(ctx, server.OwnerID, server.ApplicationID, q) {
		require.NoError(t, err)
		n++
	}
	assert.Equal(t, 6, n)
}

func tryConfigProviders(t *testing.T, server *clevertest.Server, client *clevercloud.Client) {
	ctx, s := t.Context(), client.ConfigProviders
	seeded := server.AddConfigProvider("settings", map[string]string{"A": "1"})
	id := clevercloud.ConfigProviderID(seeded)
	want := []clevercloud.EnvVar{{Name: "B", Value: "2"}, {Name: "A", Value: "é\n"}}
	got, err := s.SetEnv(ctx, id, want)
	require.NoError(t, err)
	assert.Equal(t, want, got)
	got, err = s.GetEnv(ctx, id)
	require.NoError(t, err)
	assert.Equal(t, want, got)
	provider, err := s.Get(ctx, id)
	require.NoError(t, err)
	assert.Equal(t, want, provider.Env)
	got, err = s.SetEnv(ctx, id, nil)
	require.NoError(t, err)
	assert.Empty(t, got)
	_, err = s.GetEnv(ctx, "config_none")
	require.ErrorIs(t, err, clevercloud.ErrNotFound)
}

func tryMateria(t *testing.T, server *clevertest.Server, client *clevercloud.Client) {
	_, id := server.AddAddon(clevertest.Addon{ProviderID: "kv", Name: "cache"})
	kv := clevercloud.MateriaID(id)
	database, err := client.Materia.GetDatabase(t.Context(), server.OwnerID, kv)
	require.NoError(t, err)
	assert.Equal(t, kv, database.ID)
	assert.True(t, database.Status.IsKnown() && database.Plan.IsKnown() && database.Kind.IsKnown())
	require.NotEmpty(t, database.Token)
	_, err = client.Materia.GetDatabase(t.Context(), server.OwnerID, "kv_none")
	require.ErrorIs(t, err, clevercloud.ErrNotFound)
}

func tryMetrics(t *testing.T, server *clevertest.Server, client *clevercloud.Client) {
	ctx, s := t.Context(), client.Metrics
	id := clevercloud.ResourceID(server.ApplicationID)
	series, err := s.ListSeries(ctx, server.OwnerID, id, clevercloud.MetricsQuery{
		Only: []string{"mem", "cpu"}, Interval: 90 * time.Second, Span: 30 * time.Hour, Fill: true,
	})
	require.NoError(t, err)
	require.Len(t, series, 2)
	require.Len(t, series[0].Data, 30*60*60/90)
	assert.Equal(t, 90*time.Second, series[0].Data[1].Timestamp.Sub(series[0].Data[0].Timestamp))
	_, err = s.ListSeries(ctx, server.OwnerID, id, clevercloud.MetricsQuery{Only: []string{"disk"}})
	require.ErrorIs(t, err, clevercloud.ErrBadRequest)
	none, err := s.ListRequests(ctx, server.OwnerID, clevercloud.RequestQuery{
		To: time.Now().AddDate(-1, 0, 0),
	})
	require.NoError(t, err)
	assert.NotNil(t, none)
	assert.Empty(t, none)
	_, err = nextOf(s.LiveRequests(ctx, server.OwnerID, clevercloud.LiveRequestQuery{
		ApplicationID: "app_none",
	}))
	require.ErrorIs(t, err, clevercloud.ErrNotFound)
	codes, err := s.ListStatusCodes(ctx, server.OwnerID, clevercloud.RequestQuery{
		ApplicationID: server.ApplicationID,
	})
	require.NoError(t, err)
	assert.NotEmpty(t, codes)
	in := clevercloud.MetricsTokenInput{TTL: 36 * time.Hour}
	token, err := s.CreateReadToken(ctx, server.OwnerID, in)
	require.NoError(t, err)
	assert.Equal(t, 36*time.Hour, token.ExpiresAt.Sub(token.CreatedAt))
	in.Applications = []string{"weather"}
	_, err = s.CreateResourceReadToken(ctx, server.OwnerID, id, in)
	require.ErrorIs(t, err, clevercloud.ErrBadRequest)
}

// nextOf returns the first value of a sequence.
func nextOf[T any](all iter.Seq2[T, error]) (first T, err error) {
	for first, err = range all {
		break
	}
	return first, err
}
