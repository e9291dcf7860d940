package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/clevertest"
	"github.com/clevercloud-go/clevercloud/examples/internal/term"
	"github.com/clevercloud-go/clevercloud/examples/internal/testenv"
)

// An outcome is what a run of the program leaves behind.
type outcome struct {
	status     int
	out, notes bytes.Buffer
	kubeconfig string
}

func start(t *testing.T, ctx context.Context, args ...string) *outcome {
	t.Helper()
	o := &outcome{kubeconfig: filepath.Join(t.TempDir(), "kubeconfig.yaml")}
	j := job{
		Screen: &term.Screen{Out: &o.out, Notes: &o.notes, Live: true},
		wait:   clevercloud.Wait{Interval: time.Millisecond, MaxInterval: 5 * time.Millisecond},
	}
	if len(args) > 0 {
		args = append(args, "-kubeconfig", o.kubeconfig)
	}
	o.status = j.main(ctx, args)
	return o
}

func embeddedAPI(t *testing.T) *clevertest.Server {
	t.Helper()
	server := clevertest.NewServer(clevertest.WithStepDuration(5 * time.Millisecond))
	t.Cleanup(server.Close)
	testenv.LoggedIn(t, server)
	return server
}

func TestUpAndDown(t *testing.T) {
	server := embeddedAPI(t)
	owner := string(server.OwnerID)

	up := start(t, t.Context(), "up", "-owner", owner, "-nodes", "2")

	require.Equal(t, 0, up.status, up.notes.String())
	assert.Equal(t, "export KUBECONFIG="+up.kubeconfig+"\n", up.out.String())
	assert.Contains(t, up.notes.String(), "demo 1.36 is up after")
	assert.Regexp(t, `demo: [A-Z_]+ \(\d+s\)`, up.notes.String(), "progress")
	content, err := os.ReadFile(up.kubeconfig)
	require.NoError(t, err)
	assert.Contains(t, string(content), "kind: Config")
	assert.NotContains(t, up.notes.String()+up.out.String(), "client-key-data")
	info, err := os.Stat(up.kubeconfig)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())

	again := start(t, t.Context(), "up", "-owner", owner)
	require.Equal(t, 0, again.status, again.notes.String())

	down := start(t, t.Context(), "down", "-owner", owner)
	require.Equal(t, 0, down.status, down.notes.String())
	clusters, err := server.Client().Kubernetes.
		ListClusters(t.Context(), server.OwnerID, clevercloud.KubernetesClusterQuery{})
	require.NoError(t, err)
	require.Len(t, clusters, 1, "the second run took the cluster of the first")
	assert.Equal(t, clevercloud.KubernetesClusterStatusDeleted, clusters[0].Status)

	none := start(t, t.Context(), "down", "-owner", owner)
	assert.Equal(t, 2, none.status)
	assert.Contains(t, none.notes.String(), `k8s: there is no cluster with the name "demo"`)
}

func TestUp_Fails(t *testing.T) {
	server := embeddedAPI(t)
	server.Inject(clevertest.Fault{Path: "kubernetes.create-cluster", Fail: true})

	up := start(t, t.Context(), "up", "-owner", string(server.OwnerID))

	assert.Equal(t, 2, up.status)
	assert.Contains(t, up.notes.String(), "is FAILED")
	assert.NoFileExists(t, up.kubeconfig)
}

func TestUp_Interrupted(t *testing.T) {
	server := embeddedAPI(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()

	up := start(t, ctx, "up", "-owner", string(server.OwnerID))

	assert.Equal(t, 130, up.status)
	assert.NoFileExists(t, up.kubeconfig)
}

func TestNeverPretends(t *testing.T) {
	for _, command := range []string{"up", "down"} {
		testenv.NeverPretends(t, "k8s", func(screen *term.Screen) int {
			return (&job{Screen: screen}).main(t.Context(), []string{command})
		})
	}
}

func TestDemo(t *testing.T) {
	testenv.HalfConfigured(t)

	up := start(t, t.Context(), "up", "-demo")

	require.Equal(t, 0, up.status, up.notes.String())
	assert.Contains(t, up.notes.String(), "embedded API")
	assert.Contains(t, up.notes.String(), "demo is gone.")
}

func TestUsage(t *testing.T) {
	testenv.Anonymous(t)
	assert.Equal(t, 2, start(t, t.Context()).status)
	help := start(t, t.Context(), "-help")
	assert.Equal(t, 0, help.status)
	assert.Contains(t, help.notes.String(), "-kubeconfig")
	assert.Equal(t, 2, start(t, t.Context(), "sideways").status)
	assert.Equal(t, 2, start(t, t.Context(), "down", "-demo").status)
	assert.Equal(t, 2, start(t, t.Context(), "up", "-demo", "-owner", "orga_1").status)
	assert.Equal(t, 0, start(t, t.Context(), "up", "-help").status)
}
