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
	"github.com/clevercloud-go/clevercloud/examples/internal/cli"
	"github.com/clevercloud-go/clevercloud/examples/internal/term"
	"github.com/clevercloud-go/clevercloud/examples/internal/testenv"
)

// An outcome is what a run of the program leaves behind.
type outcome struct {
	status     int
	out, notes bytes.Buffer
	kubeconfig string
}

var program = k8s(clevercloud.Wait{Interval: time.Millisecond, MaxInterval: step})

func start(t *testing.T, ctx context.Context, args ...string) *outcome {
	t.Helper()
	o := &outcome{kubeconfig: filepath.Join(t.TempDir(), "kubeconfig.yaml")}
	screen := &term.Screen{Out: &o.out, Notes: &o.notes, Live: true}
	o.status = cli.Run(ctx, "k8s", program, screen, append(args, "-kubeconfig", o.kubeconfig)...)
	return o
}

const step = 5 * time.Millisecond // of the embedded API

func TestUpAndDown(t *testing.T) {
	server := testenv.LoggedIn(t, clevertest.WithStepDuration(step))
	owner := string(server.OwnerID)

	up := start(t, t.Context(), "up", "-owner", owner, "-nodes", "2")

	require.Equal(t, 0, up.status, up.notes.String())
	assert.Equal(t, "export KUBECONFIG="+up.kubeconfig+"\n", up.out.String())
	assert.Contains(t, up.notes.String(), "demo 1.36 is up after")
	assert.Contains(t, up.notes.String(), "demo: waiting for the nodes of default", "progress")
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
	server := testenv.LoggedIn(t, clevertest.WithStepDuration(step))
	server.Inject(clevertest.Fault{Path: "kubernetes.create-cluster", Fail: true})

	up := start(t, t.Context(), "up", "-owner", string(server.OwnerID))

	assert.Equal(t, 2, up.status)
	assert.Contains(t, up.notes.String(), "is FAILED")
	assert.NoFileExists(t, up.kubeconfig)
}

func TestUp_Interrupted(t *testing.T) {
	server := testenv.LoggedIn(t, clevertest.WithStepDuration(step))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()

	up := start(t, ctx, "up", "-owner", string(server.OwnerID))

	assert.Equal(t, 130, up.status)
	assert.NoFileExists(t, up.kubeconfig)
}

func TestDemo(t *testing.T) {
	testenv.HalfConfigured(t)

	up := start(t, t.Context(), "up", "-demo")

	require.Equal(t, 0, up.status, up.notes.String())
	assert.Contains(t, up.notes.String(), "embedded API")
	assert.Contains(t, up.notes.String(), "demo is gone.")
}

func TestMistakes(t *testing.T) {
	testenv.Mistakes(t, "k8s", program, map[string]string{
		"": "usage", "sideways": "usage", "up down": "usage", "down -demo": "leave out -owner",
		"up -demo -owner orga_1": "leave out -owner",
	})
	testenv.NeverPretends(t, "k8s", program, "up")
	testenv.NeverPretends(t, "k8s", program, "down")
}
