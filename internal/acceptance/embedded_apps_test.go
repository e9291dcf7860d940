package acceptance_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/clevertest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// orderAddon creates a PostgreSQL.
func orderAddon(
	t *testing.T, server *clevertest.Server, s *clevercloud.AddonsService,
) *clevercloud.Addon {
	t.Helper()
	providers, err := s.ListProviders(t.Context())
	require.NoError(t, err)
	in := clevercloud.AddonInput{Name: "main-db", ProviderID: "postgresql-addon", Zone: "par"}
	for _, provider := range providers {
		if plan, ok := provider.Plan("xs_sml"); ok && provider.ID == in.ProviderID {
			in.PlanID = plan.ID
		}
	}
	addon, err := s.Create(t.Context(), server.OwnerID, in)
	require.NoError(t, err)
	return addon
}

func tryAddons(t *testing.T, server *clevertest.Server, client *clevercloud.Client) {
	ctx, s, owner := t.Context(), client.Addons, server.OwnerID
	addon := orderAddon(t, server, s)
	assert.Equal(t, "xs_sml", addon.Plan.Slug)
	assert.True(t, strings.HasPrefix(string(addon.RealID), "postgresql_"), addon.RealID)

	renamed, err := s.Rename(ctx, owner, addon.ID, "other-db")
	require.NoError(t, err)
	addon.Name = "other-db"
	assert.Equal(t, addon, renamed)
	got, err := s.Get(ctx, owner, addon.ID)
	require.NoError(t, err)
	assert.Equal(t, addon, got)
	all, err := s.List(ctx, owner)
	require.NoError(t, err)
	assert.Contains(t, all, *addon)
	env, err := s.Env(ctx, owner, addon.ID)
	require.NoError(t, err)
	names := make([]string, len(env))
	for i, v := range env {
		names[i] = v.Name
		assert.NotEmpty(t, v.Value.Reveal())
	}
	assert.Equal(t, addon.ConfigKeys, names)

	details, err := s.GetDetails(ctx, "postgresql-addon", addon.ID)
	require.NoError(t, err)
	assert.Equal(t, addon.ID, details.AppID)
	info, err := s.GetProviderInfo(ctx, "postgresql-addon")
	require.NoError(t, err)
	assert.Contains(t, info.Dedicated, details.Version)

	require.NoError(t, s.Delete(ctx, owner, addon.ID))
	require.ErrorIs(t, s.Delete(ctx, owner, addon.ID), clevercloud.ErrNotFound)
}

func tryApplications(t *testing.T, server *clevertest.Server, client *clevercloud.Client) {
	ctx, s, owner := t.Context(), client.Applications, server.OwnerID
	runtimes, err := s.ListRuntimes(ctx)
	require.NoError(t, err)
	node, ok := clevercloud.FindRuntime(runtimes, "node")
	require.True(t, ok)
	env := []clevercloud.EnvVar{{Name: "A", Value: "1"}, {Name: "B", Value: "s3cret"}}
	app, err := s.Create(ctx, owner, clevercloud.ApplicationInput{
		Name: "api", Zone: "par", MinFlavor: "xs", MaxFlavor: "S", Env: env,
		InstanceType: node.Type, InstanceVersion: node.Version, InstanceVariant: node.Variant.ID,
	})
	require.NoError(t, err)
	assert.Equal(t, env, app.Env)
	assert.Equal(t, "XS", app.Instance.MinFlavor.Name)
	all, err := s.List(ctx, owner)
	require.NoError(t, err)
	assert.True(t, slices.ContainsFunc(all, func(a clevercloud.Application) bool {
		return a.ID == app.ID
	}))

	changed, err := s.Update(ctx, owner, app.ID, clevercloud.ApplicationPatch{
		Description: clevercloud.Value("the API"), ForceHTTPS: clevercloud.ForceHTTPSEnabled,
	})
	require.NoError(t, err)
	app.Description, app.ForceHTTPS = "the API", clevercloud.ForceHTTPSEnabled
	app.Deployment.RepoState = changed.Deployment.RepoState // it is made meanwhile
	assert.Equal(t, app, changed, "what the patch leaves out stays")

	require.NoError(t, s.SetEnv(ctx, owner, app.ID, env[:1]))
	got, err := s.Env(ctx, owner, app.ID)
	require.NoError(t, err)
	assert.Equal(t, env[:1], got)
	require.NoError(t, s.SetExposedEnv(ctx, owner, app.ID, env))
	exposed, err := s.ExposedEnv(ctx, owner, app.ID)
	require.NoError(t, err)
	assert.Equal(t, env, exposed)

	t.Run("links", func(t *testing.T) { tryLinks(t, server, client, app.ID) })
	t.Run("domains", func(t *testing.T) { tryDomains(t, server, s, app.ID) })
	t.Run("deployments", func(t *testing.T) { tryDeploys(t, server, client, app.ID) })

	require.NoError(t, s.Delete(ctx, owner, app.ID))
	_, err = s.Get(ctx, owner, app.ID)
	require.ErrorIs(t, err, clevercloud.ErrNotFound)
}

func tryLinks(
	t *testing.T, server *clevertest.Server, client *clevercloud.Client, app clevercloud.ApplicationID,
) {
	ctx, s, owner := t.Context(), client.Applications, server.OwnerID
	addon := orderAddon(t, server, client.Addons)
	require.NoError(t, s.LinkAddon(ctx, owner, app, addon.ID))
	linked, err := s.ListLinkedAddons(ctx, owner, app)
	require.NoError(t, err)
	assert.Equal(t, []clevercloud.Addon{*addon}, linked)
	require.NoError(t, s.UnlinkAddon(ctx, owner, app, addon.ID))
	linked, err = s.ListLinkedAddons(ctx, owner, app)
	require.NoError(t, err)
	assert.Empty(t, linked)

	require.NoError(t, s.AddDependency(ctx, owner, app, server.ApplicationID))
	dependencies, err := s.ListDependencies(ctx, owner, app)
	require.NoError(t, err)
	require.Len(t, dependencies, 1)
	assert.Equal(t, server.ApplicationID, dependencies[0].ID)
	require.NoError(t, s.RemoveDependency(ctx, owner, app, server.ApplicationID))
	dependencies, err = s.ListDependencies(ctx, owner, app)
	require.NoError(t, err)
	assert.Empty(t, dependencies)
}

func tryDomains(
	t *testing.T, server *clevertest.Server, s *clevercloud.ApplicationsService,
	app clevercloud.ApplicationID,
) {
	ctx, owner := t.Context(), server.OwnerID
	require.NoError(t, s.AddDomain(ctx, owner, app, "api.example.org/v1"))
	domains, err := s.ListDomains(ctx, owner, app)
	require.NoError(t, err)
	assert.Contains(t, domains, clevercloud.Domain{FQDN: "api.example.org/v1/"})
	require.NoError(t, s.RemoveDomain(ctx, owner, app, "api.example.org/v1"))
	domains, err = s.ListDomains(ctx, owner, app)
	require.NoError(t, err)
	assert.Len(t, domains, 1)

	added, err := s.AddTCPRedirection(ctx, owner, app, "default")
	require.NoError(t, err)
	redirections, err := s.ListTCPRedirections(ctx, owner, app)
	require.NoError(t, err)
	assert.Equal(t, []clevercloud.TCPRedirection{*added}, redirections)
	require.NoError(t, s.RemoveTCPRedirection(ctx, owner, app, added.Namespace, added.Port))
	redirections, err = s.ListTCPRedirections(ctx, owner, app)
	require.NoError(t, err)
	assert.Empty(t, redirections)
}

func tryDeploys(
	t *testing.T, server *clevertest.Server, client *clevercloud.Client, app clevercloud.ApplicationID,
) {
	ctx, s, owner := t.Context(), client.Applications, server.OwnerID
	_, err := s.Deploy(ctx, owner, app, clevercloud.DeployInput{})
	var rejected *clevercloud.APIError
	require.ErrorAs(t, err, &rejected)
	assert.Equal(t, "4014", rejected.Code, "nothing has been pushed")

	const commit = "3f2a0000000000000000000000000000000000aa"
	id, err := s.Deploy(ctx, owner, app, clevercloud.DeployInput{Commit: commit, WithoutCache: true})
	require.NoError(t, err)
	deployment, err := client.Orchestration.
		WaitForDeployment(ctx, owner, app, id, clevercloud.DeploymentWait{Interval: 1})
	require.NoError(t, err)
	assert.Equal(t, commit, deployment.Version.CommitID)
	require.NoError(t, s.CancelDeployment(ctx, owner, app, id), "one that has ended stays as it is")
	require.NoError(t, s.Stop(ctx, owner, app))
	stopped, err := s.Get(ctx, owner, app)
	require.NoError(t, err)
	assert.Equal(t, clevercloud.ApplicationStateShouldBeDown, stopped.State)
}
