package main

import (
	"bytes"
	"context"
	"crypto/ecdh"
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
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
	file       string
}

func start(t *testing.T, ctx context.Context, args ...string) *outcome {
	t.Helper()
	o := &outcome{file: filepath.Join(t.TempDir(), "wg.conf")}
	screen := &term.Screen{Out: &o.out, Notes: &o.notes}
	o.status = cli.Run(ctx, "privatenet", program, screen, append(args, "-out", o.file)...)
	return o
}

var program = privatenet(clevercloud.Wait{
	Interval: time.Millisecond, MaxInterval: step, NotFoundGrace: 2 * time.Second,
})

const step = 5 * time.Millisecond // of the embedded API

func groupsOf(t *testing.T, server *clevertest.Server) []clevercloud.NetworkGroup {
	t.Helper()
	groups, err := server.Client().NetworkGroups.List(t.Context(), server.OwnerID)
	require.NoError(t, err)
	return groups
}

func TestJoin(t *testing.T) {
	server := testenv.LoggedIn(t, clevertest.WithStepDuration(step))
	app := string(server.ApplicationID)
	_, db := server.AddAddon(clevertest.Addon{Name: "orders", Plan: "xs_sml"})

	o := start(t, t.Context(), "-app", app, "-db", "orders", "-label", "shop")

	require.Equal(t, 0, o.status, o.notes.String())
	assert.Equal(t, "wg-quick up "+o.file+"\n", o.out.String())
	groups := groupsOf(t, server)
	require.Len(t, groups, 1)
	assert.Equal(t, "shop", groups[0].Label)
	require.Len(t, groups[0].Members, 3)
	assert.Equal(t, db, groups[0].Members[1].ID)
	assert.Equal(t, clevercloud.NetworkGroupMemberKindAddon, groups[0].Members[1].Kind)
	laptop := groups[0].Peers[len(groups[0].Peers)-1]
	assert.Equal(t, clevercloud.NetworkGroupPeerTypeExternal, laptop.Type)

	info, err := os.Stat(o.file)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	content, err := os.ReadFile(o.file)
	require.NoError(t, err)
	_, rest, _ := strings.Cut(string(content), "PrivateKey = ")
	private, _, _ := strings.Cut(rest, "\n")
	raw, err := base64.StdEncoding.DecodeString(private)
	require.NoError(t, err)
	key, err := ecdh.X25519().NewPrivateKey(raw)
	require.NoError(t, err)
	assert.Equal(t, laptop.PublicKey, base64.StdEncoding.EncodeToString(key.PublicKey().Bytes()),
		"the file has the other half of the key that was sent")
	assert.Equal(t, 1, strings.Count(string(content), "PrivateKey"))
	assert.NotContains(t, o.notes.String()+o.out.String(), private)
}

// The seeded database is on a shared plan, which cannot join.
func TestJoin_DatabaseCannot(t *testing.T) {
	server := testenv.LoggedIn(t, clevertest.WithStepDuration(step))

	o := start(t, t.Context(), "-app", string(server.ApplicationID), "-db", string(server.AddonID))

	assert.Equal(t, 2, o.status)
	assert.Contains(t, o.notes.String(), "this add-on cannot join a network group")
	assert.Empty(t, groupsOf(t, server))
	assert.NoFileExists(t, o.file)
}

func TestJoin_LeavesNothingBehindAfterAFailure(t *testing.T) {
	server := testenv.LoggedIn(t, clevertest.WithStepDuration(step))
	app := string(server.ApplicationID)
	server.Inject(clevertest.Fault{Path: "network-groups.add-external-peer", Status: 400})

	o := start(t, t.Context(), "-app", app, "-db", app)

	assert.Equal(t, 2, o.status)
	assert.Contains(t, o.notes.String(), "network-groups.add-external-peer")
	require.Eventually(t, func() bool { return len(groupsOf(t, server)) == 0 },
		5*time.Second, time.Millisecond, "the group is deleted")
	assert.NoFileExists(t, o.file)
}

func TestDemo(t *testing.T) {
	testenv.HalfConfigured(t)

	o := start(t, t.Context(), "-demo")

	require.Equal(t, 0, o.status, o.notes.String())
	assert.FileExists(t, o.file)
}

func TestMistakes(t *testing.T) {
	app := string(testenv.LoggedIn(t).ApplicationID)
	testenv.Mistakes(t, "privatenet", program, map[string]string{
		"-app " + app: "-app and -db are required", "-demo -app shop": "leave out -app",
	})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	assert.Equal(t, 130, start(t, ctx, "-app", app, "-db", app).status)
	testenv.NeverPretends(t, "privatenet", program)
	testenv.NeverPretends(t, "privatenet", program, "-app", "shop", "-db", "orders")
}
