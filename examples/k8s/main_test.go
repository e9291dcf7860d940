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

const step = 5 * time.Millisecond // of the embedded API

var program = k8s(clevercloud.Wait{Interval: time.Millisecond, MaxInterval: step})

func TestUpAndDown(t *testing.T) {
	server := testenv.LoggedIn(t, clevertest.WithStepDuration(step))
	owner, file := string(server.OwnerID), filepath.Join(t.TempDir(), "kubeconfig.yaml")
	run := func(args ...string) (string, string) {
		t.Helper()
		args = append(args, "-owner", owner)
		status, out, notes := testenv.Run(t, "k8s", program, args...)
		require.Equal(t, 0, status, notes)
		return out, notes
	}

	out, notes := run("up", "-nodes", "2", "-kubeconfig", file)

	assert.Equal(t, "export KUBECONFIG="+file+"\n", out)
	assert.Contains(t, notes, "demo 1.36 is up after")
	content, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Contains(t, string(content), "kind: Config")
	assert.NotContains(t, notes, "client-key-data")

	run("up", "-kubeconfig", file)
	run("down")
	clusters, err := server.Client().Kubernetes.
		ListClusters(t.Context(), server.OwnerID, clevercloud.KubernetesClusterQuery{})
	require.NoError(t, err)
	require.Len(t, clusters, 1, "the second run took the cluster of the first")
	assert.Equal(t, clevercloud.KubernetesClusterStatusDeleted, clusters[0].Status)
	testenv.Mistakes(t, "k8s", program, map[string]string{
		"down -owner " + owner: `k8s: there is no cluster with the name "demo"`,
	})
}

// hastening is output each line of which makes the embedded API take its next step.
type hastening struct {
	bytes.Buffer
	server *clevertest.Server
}

func (h *hastening) Write(p []byte) (int, error) {
	h.server.Advance(time.Minute)
	if bytes.Contains(p, []byte("waiting for the nodes")) {
		h.server.Advance(time.Hour) // nothing is written until they are there
	}
	return h.Buffer.Write(p)
}

func TestUp_ShowsEachStatus(t *testing.T) {
	server := testenv.LoggedIn(t, clevertest.WithStepDuration(time.Minute))
	t.Chdir(t.TempDir())
	ctx, cancel := context.WithCancel(t.Context())
	notes := hastening{server: server}
	late := &testenv.StopAfter{Writes: 1, Stop: cancel}
	screen := &term.Screen{Out: late, Notes: &notes, Live: true}

	assert.Equal(t, 0, cli.Run(ctx, "k8s", program, screen, "up"))

	assert.Regexp(t, `demo: DEPLOYING \(\d+s\)`, notes.String())
	assert.Contains(t, notes.String(), "demo: ACTIVE (")
	assert.NotContains(t, notes.String(), "again to continue", "the interrupt came too late")
}

func TestUp_Fails(t *testing.T) {
	server := testenv.LoggedIn(t, clevertest.WithStepDuration(step))
	server.Inject(clevertest.Fault{Path: "kubernetes.create-cluster", Fail: true})
	t.Chdir(t.TempDir())

	testenv.Mistakes(t, "k8s", program, map[string]string{"up": "is FAILED"})

	assert.NoFileExists(t, "kubeconfig.yaml")
}

func TestUp_Interrupted(t *testing.T) {
	testenv.LoggedIn(t, clevertest.WithStepDuration(step))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var notes bytes.Buffer

	assert.Equal(t, 130, cli.Run(ctx, "k8s", program, &term.Screen{Notes: &notes}, "up"))

	assert.Contains(t, notes.String(), "The cluster stays as it is")
}

func TestDemo(t *testing.T) {
	testenv.HalfConfigured(t)
	t.Chdir(t.TempDir())

	status, _, notes := testenv.Run(t, "k8s", program, "up", "-demo")

	require.Equal(t, 0, status, notes)
	assert.Contains(t, notes, "embedded API")
	assert.Contains(t, notes, "demo is gone.")
}

func TestMistakes(t *testing.T) {
	testenv.Mistakes(t, "k8s", program, map[string]string{
		"": "usage", "sideways": "usage", "up down": "usage", "down -demo": "leave out -owner",
		"up -demo -owner orga_1": "leave out -owner",
	})
	testenv.NeverPretends(t, "k8s", program, "up")
	testenv.NeverPretends(t, "k8s", program, "down")
}
