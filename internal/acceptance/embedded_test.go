package acceptance_test

import (
	"bytes"
	"context"
	"errors"
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
		{"billing", tryBilling}, {"orchestration", tryOrchestration}, {"drains", tryDrains},
		{"drains of an add-on", tryAddonDrains}, {"drains of an owner", tryOwnerDrains},
		{"operators", tryOperators}, {"zones", tryZones}, {"identity", tryIdentity},
		{"tokens", tryTokens}, {"logs", tryLogs}, {"what the contract does not list", tryOthers},
	} {
		t.Run(domain.name, func(t *testing.T) { domain.try(t, server, client) })
	}

	// The examples try all with success, one by one; here it counts that each has a route.
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
	files := must(filepath.Glob(filepath.Join(testkit.Root(t), "*.go")))(t)
	var ids []string
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		source := must(os.ReadFile(file))(t)
		for _, match := range regexp.MustCompile(`(?s)= operation\[.*?id: "([a-z.-]+)"`).FindAllSubmatch(source, -1) {
			ids = append(ids, string(match[1]))
		}
	}
	require.Greater(t, len(ids), 40)
	return ids
}

func tryBilling(t *testing.T, server *clevertest.Server, client *clevercloud.Client) {
	ctx, s := t.Context(), client.Billing
	list := must(s.ListInvoices(ctx, server.OwnerID, clevercloud.InvoiceQuery{}))(t)
	n := 0
	for invoice, err := range s.Invoices(ctx, server.OwnerID, clevercloud.InvoiceQuery{}) {
		require.NoError(t, err)
		assert.Equal(t, list[n], invoice)
		n++
	}
	assert.Len(t, list, n)
	unpaid := must(s.ListUnpaidInvoices(ctx, server.OwnerID))(t)
	require.NotEmpty(t, unpaid)
	for _, invoice := range unpaid {
		assert.True(t, invoice.Status.IsUnpaid())
	}
	detail := must(s.GetInvoice(ctx, server.OwnerID, server.InvoiceNumber))(t)
	assert.NotEmpty(t, detail.Transaction())
	var pdf, html bytes.Buffer
	size := must(s.DownloadInvoicePDF(ctx, server.OwnerID, server.InvoiceNumber, &pdf))(t)
	assert.Equal(t, int64(pdf.Len()), size)
	assert.True(t, bytes.HasPrefix(pdf.Bytes(), []byte("%PDF-")))
	must(s.DownloadInvoiceHTML(ctx, server.OwnerID, server.InvoiceNumber, &html))(t)
	assert.True(t, bytes.HasPrefix(html.Bytes(), []byte("<!DOCTYPE html>")))
	assert.Equal(t, "EUR", must(s.GetCredits(ctx, server.OwnerID))(t).Currency)
	prices := must(s.GetPriceSystem(ctx, server.OwnerID, "par"))(t)
	public := must(s.GetPublicPriceSystem(ctx, "par", "EUR"))(t)
	assert.Equal(t, prices, public)
	require.ErrorIs(t, failed(s.GetPublicPriceSystem(ctx, "moon", "EUR")), clevercloud.ErrNotFound)
}

func tryOrchestration(t *testing.T, server *clevertest.Server, client *clevercloud.Client) {
	ctx, s := t.Context(), client.Orchestration
	require.NotEmpty(t, must(s.ListDeployments(ctx, server.OwnerID, server.ApplicationID, clevercloud.DeploymentQuery{
		Order: clevercloud.OrderAsc, Actions: []clevercloud.DeploymentAction{clevercloud.DeploymentActionDeploy},
	}))(t))
	one := must(s.GetDeployment(ctx, server.OwnerID, server.ApplicationID, server.DeploymentID))(t)
	assert.Equal(t, server.DeploymentID, one.ID)
	_, err := s.WaitForDeployment(ctx, server.OwnerID, server.ApplicationID, server.FailedDeploymentID,
		clevercloud.DeploymentWait{})
	var ended *clevercloud.DeploymentError
	require.ErrorAs(t, err, &ended)
	assert.Equal(t, clevercloud.DeploymentStateFailed, ended.Deployment.State)
	up := must(s.ListInstances(ctx, server.OwnerID, server.ApplicationID, clevercloud.InstanceQuery{
		IncludeStates: []clevercloud.InstanceState{clevercloud.InstanceStateUp},
	}))(t)
	require.NotEmpty(t, up)
	instance := must(s.GetInstance(ctx, server.OwnerID, server.ApplicationID, up[0].ID))(t)
	assert.Equal(t, up[0], *instance)
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
	forced := must(client.With(clevercloud.WithDrainPaths(clevercloud.ResourceDrainPaths)))(t)
	must(forced.Drains.List(t.Context(), server.OwnerID, server.ApplicationID, clevercloud.DrainQuery{}))(t)
	requests := server.Requests()
	assert.Contains(t, requests[len(requests)-1].Path, "/resources/"+string(server.ApplicationID)+"/drains")
}

func tryOwnerDrains(t *testing.T, server *clevertest.Server, client *clevercloud.Client) {
	ctx, s := t.Context(), client.Drains
	drain := must(s.CreateForOwner(ctx, server.OwnerID, clevercloud.DrainInput{
		Kind: clevercloud.DrainKindAuditLog, Recipient: clevercloud.RawRecipient{URL: "https://audit.example.com/in"}, SkipCheck: true,
	}))(t)
	assert.Empty(t, drain.ResourceID)
	list := must(s.ListForOwner(ctx, server.OwnerID, clevercloud.DrainQuery{}))(t)
	assert.True(t, slices.ContainsFunc(list, func(d clevercloud.Drain) bool { return d.ID == drain.ID }))
	got := must(s.GetForOwner(ctx, server.OwnerID, drain.ID))(t)
	assert.True(t, clevercloud.SameTarget(drain.Recipient, got.Recipient))
	must(s.DeleteForOwner(ctx, server.OwnerID, drain.ID))(t)
	require.ErrorIs(t, failed(s.GetForOwner(ctx, server.OwnerID, drain.ID)),
		clevercloud.ErrNotFound)
}

func drainLife(t *testing.T, client *clevercloud.Client, owner clevercloud.OwnerID, app clevercloud.ApplicationID) {
	ctx, s := t.Context(), client.Drains
	wait := clevercloud.DrainWait{Interval: time.Millisecond, MaxInterval: 5 * time.Millisecond}
	recipient := clevercloud.RawRecipient{URL: "https://logs.example.com/ingest", Username: "shipper", Password: "secret-of-the-drain"}
	drain := must(s.Create(ctx, owner, app, clevercloud.DrainInput{Kind: clevercloud.DrainKindLog, Recipient: recipient}))(t)
	drain = must(s.WaitForStatus(ctx, owner, app, drain.ID, clevercloud.DrainStatusEnabled, wait))(t)
	list := must(s.List(ctx, owner, app, clevercloud.DrainQuery{Statuses: []clevercloud.DrainStatus{clevercloud.DrainStatusEnabled}}))(t)
	require.Len(t, list, 1)
	assert.Equal(t, drain.ID, list[0].ID)
	check := must(s.Check(ctx, owner, app, drain.ID))(t)
	assert.True(t, check.OK, check.Message)
	assert.Contains(t, must(s.TestCommand(ctx, owner, app, drain.ID))(t).Reveal(), "curl")
	must(s.ResetCursor(ctx, owner, app, drain.ID))(t)
	must(s.Disable(ctx, owner, app, drain.ID))(t)
	must(s.WaitForStatus(ctx, owner, app, drain.ID, clevercloud.DrainStatusDisabled, wait))(t)
	must(s.Enable(ctx, owner, app, drain.ID))(t)
	must(s.Delete(ctx, owner, app, drain.ID))(t)
	gone := must(s.WaitForStatus(ctx, owner, app, drain.ID, clevercloud.DrainStatusDeleted, wait))(t)
	assert.Equal(t, drain.ID, gone.ID)
	must(s.Create(ctx, owner, app, clevercloud.DrainInput{Kind: clevercloud.DrainKindAccessLog, Recipient: recipient}))(t)
	assert.Len(t, must(s.DeleteAll(ctx, owner, app))(t), 1)
}

func tryOperators(t *testing.T, server *clevertest.Server, client *clevercloud.Client) {
	ctx, s := t.Context(), client.Operators
	for kind, id := range map[clevercloud.OperatorKind]clevercloud.OperatorID{
		clevercloud.Keycloak: server.KeycloakID, clevercloud.Matomo: server.MatomoID,
		clevercloud.Metabase: server.MetabaseID, clevercloud.Otoroshi: server.OtoroshiID,
	} {
		operator := must(s.Get(ctx, kind, id))(t)
		assert.Equal(t, id, operator.ResourceID)
		assert.NotEmpty(t, operator.Resources.Entrypoint())
		require.NoError(t, s.Reboot(ctx, kind, id))
		require.NoError(t, s.Rebuild(ctx, kind, id))
	}
	versions := must(s.CheckVersion(ctx, clevercloud.Keycloak, server.KeycloakID))(t)
	updated := must(s.UpdateVersion(ctx, clevercloud.Keycloak, server.KeycloakID, versions.Latest))(t)
	assert.Equal(t, versions.Latest, updated.Version)
	require.ErrorIs(t, failed(s.CheckVersion(ctx, clevercloud.Matomo, server.MatomoID)),
		clevercloud.ErrNotFound)
	require.ErrorIs(t, failed(s.UpdateVersion(ctx, clevercloud.Keycloak, server.KeycloakID, "")),
		clevercloud.ErrInvalidArgument)
	var config bytes.Buffer
	must(s.OtoroshiConfig(ctx, server.OtoroshiID, &config))(t)
	assert.NotZero(t, config.Len())
	attached := must(s.AttachNetworkGroup(ctx, clevercloud.Otoroshi, server.OtoroshiID))(t)
	group, ok := attached.Features.NetworkGroup()
	assert.True(t, ok)
	assert.NotEmpty(t, group)
	require.NoError(t, s.DetachNetworkGroup(ctx, clevercloud.Otoroshi, server.OtoroshiID))
	require.ErrorIs(t, failed(s.AttachNetworkGroup(ctx, clevercloud.Matomo, server.MatomoID)),
		clevercloud.ErrNotFound)
}

func tryZones(t *testing.T, server *clevertest.Server, client *clevercloud.Client) {
	anonymous := must(clevercloud.New(clevercloud.WithBaseURL(server.URL)))(t)
	must(client.Zones.List(t.Context(), clevercloud.ZoneQuery{OwnerID: server.OwnerID}))(t)
	require.ErrorIs(t, failed(client.Zones.Get(t.Context(), "nowhere")), clevercloud.ErrNotFound)
	zones := must(anonymous.Zones.List(t.Context(), clevercloud.ZoneQuery{}))(t)
	zone := must(anonymous.Zones.Get(t.Context(), zones[0].Name))(t)
	assert.Equal(t, zones[0], *zone)
	require.ErrorIs(t, failed(anonymous.Billing.ListInvoices(t.Context(), server.OwnerID, clevercloud.InvoiceQuery{})),
		clevercloud.ErrUnauthorized)
}

func tryIdentity(t *testing.T, server *clevertest.Server, client *clevercloud.Client) {
	ctx, s := t.Context(), client.Identity
	assert.Equal(t, server.UserID, must(s.Self(ctx))(t).ID)
	keycloak := must(s.Resolve(ctx, string(server.KeycloakID)))(t)
	for _, idOrName := range []string{string(keycloak.AddonID), keycloak.Name} {
		assert.Equal(t, keycloak, must(s.Resolve(ctx, idOrName))(t))
	}
	kind, id, ok := keycloak.Operator()
	assert.True(t, ok)
	assert.Equal(t, clevercloud.Keycloak, kind)
	assert.Equal(t, server.KeycloakID, id)
	app := must(s.Resolve(ctx, string(server.ApplicationID)))(t)
	appID, ok := app.ApplicationID()
	assert.True(t, ok)
	assert.Equal(t, server.ApplicationID, appID)
	assert.Equal(t, server.OwnerID, app.OwnerID)
	require.ErrorIs(t, failed(s.Resolve(ctx, "nothing of that name")), clevercloud.ErrNotFound)
	server.AddApplication(clevertest.Application{Name: "twin"})
	server.AddApplication(clevertest.Application{Name: "twin"})
	require.ErrorIs(t, failed(s.Resolve(ctx, "twin")), clevercloud.ErrConflict)
}

func tryTokens(t *testing.T, server *clevertest.Server, client *clevercloud.Client) {
	ctx, s := t.Context(), client.Tokens
	in := clevercloud.APITokenInput{
		Email: server.Email, Password: "wrong", Name: "CI", ExpirationDate: time.Now().AddDate(0, 1, 0),
	}
	require.ErrorIs(t, failed(s.Create(ctx, in)), clevercloud.ErrUnauthorized)
	in.Password = auth.Secret(server.Password)
	token := must(s.Create(ctx, in))(t)
	require.NotEmpty(t, token.Token)
	ids := func() (ids []clevercloud.APITokenID) {
		for _, token := range must(s.List(ctx))(t) {
			ids = append(ids, token.ID)
		}
		return ids
	}
	assert.Contains(t, ids(), token.ID)
	patch := clevercloud.APITokenPatch{Description: clevercloud.Value("of the shop")}
	require.NoError(t, s.Update(ctx, token.ID, patch))
	updated := must(s.Get(ctx, token.ID))(t)
	assert.Equal(t, "CI, of the shop", updated.Name+", "+updated.Description)
	require.NoError(t, s.Revoke(ctx, token.ID))
	require.ErrorIs(t, failed(s.Get(ctx, token.ID)), clevercloud.ErrNotFound)
	assert.NotContains(t, ids(), token.ID)
}

func tryLogs(t *testing.T, server *clevertest.Server, client *clevercloud.Client) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	q := clevercloud.LogQuery{Since: time.Now().Add(-7 * 24 * time.Hour), Limit: 2}
	app, addon := server.ApplicationID, server.ResourceID
	assert.Len(t, must(faultCollect(client.Logs.Stream(ctx, server.OwnerID, app, q)))(t).items, 2)
	assert.Len(t, must(faultCollect(client.Logs.StreamResource(ctx, server.OwnerID, addon, q)))(t).items, 2)
	assert.Len(t, must(faultCollect(client.Logs.StreamAccess(ctx, server.OwnerID, app, q)))(t).items, 2)
}

// orderAddon creates a PostgreSQL.

func tryOthers(t *testing.T, server *clevertest.Server, client *clevercloud.Client) {
	ctx, owner := t.Context(), server.OwnerID
	unknown := clevercloud.LiveRequestQuery{ApplicationID: "app_none"}
	require.ErrorIs(t, drained(client.Metrics.LiveRequests(ctx, owner, unknown)), clevercloud.ErrNotFound)
	group := must(client.NetworkGroups.Create(ctx, owner, clevercloud.NetworkGroupInput{Label: "backend"}))(t)
	files := client.NetworkGroups.WatchWireGuardConfiguration(ctx, owner, group.ID, "peer_none")
	require.ErrorIs(t, drained(files), clevercloud.ErrNotFound)
}
