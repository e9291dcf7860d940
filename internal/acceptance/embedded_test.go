package acceptance_test

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/clevertest"
	"github.com/clevercloud-go/clevercloud/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// This test calls every operation in the sources against the embedded API. Each must reach the
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
		{"drains", tryDrains}, {"drains of an add-on", tryAddonDrains}, {"logs", tryLogs},
		{"others", tryOthers},
	} {
		t.Run(domain.name, func(t *testing.T) { domain.try(t, server, client) })
	}

	// The examples try all with success, one by one; here it counts that each has a route.
	for _, o := range testkit.Contract {
		if _, done := tried.Load(o.ID); done {
			continue
		}
		ids, names := o.IDs("00000000-0000-4000-8000-000000000000")
		if len(names) > 0 && names[0] == "operator_name" {
			ids[0] = string(clevercloud.Keycloak)
		}
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
		for _, match := range regexp.MustCompile(`operation\[\S+\]\{\s*id: "([a-z.-]+)"`).FindAllSubmatch(source, -1) {
			ids = append(ids, string(match[1]))
		}
	}
	require.GreaterOrEqual(t, len(ids), len(testkit.Contract))
	return ids
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

func drainLife(
	t *testing.T, client *clevercloud.Client, owner clevercloud.OwnerID, app clevercloud.ApplicationID,
) {
	ctx, s := t.Context(), client.Drains
	wait := clevercloud.DrainWait{Interval: time.Millisecond, MaxInterval: 5 * time.Millisecond}
	in := clevercloud.DrainInput{Kind: clevercloud.DrainKindLog, Recipient: clevercloud.RawRecipient{
		URL: "https://logs.example.com/ingest", Username: "shipper", Password: "secret-of-the-drain",
	}}
	drain := must(s.Create(ctx, owner, app, in))(t)
	drain = must(s.WaitForStatus(ctx, owner, app, drain.ID, clevercloud.DrainStatusEnabled, wait))(t)
	q := clevercloud.DrainQuery{Statuses: []clevercloud.DrainStatus{clevercloud.DrainStatusEnabled}}
	list := must(s.List(ctx, owner, app, q))(t)
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
	in.Kind = clevercloud.DrainKindAccessLog
	must(s.Create(ctx, owner, app, in))(t)
	assert.Len(t, must(s.DeleteAll(ctx, owner, app))(t), 1)
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

func tryOthers(t *testing.T, server *clevertest.Server, client *clevercloud.Client) {
	ctx, owner := t.Context(), server.OwnerID
	unknown := clevercloud.LiveRequestQuery{ApplicationID: "app_none"}
	require.ErrorIs(t, drained(client.Metrics.LiveRequests(ctx, owner, unknown)), clevercloud.ErrNotFound)
	group := must(client.NetworkGroups.Create(ctx, owner, clevercloud.NetworkGroupInput{Label: "backend"}))(t)
	files := client.NetworkGroups.WatchWireGuardConfiguration(ctx, owner, group.ID, "peer_none")
	require.ErrorIs(t, drained(files), clevercloud.ErrNotFound)
}
