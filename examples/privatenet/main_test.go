package main

import (
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

	file := filepath.Join(t.TempDir(), "wg.conf")

	status, out, notes := testenv.Run(t, "privatenet", program,
		"-app", app, "-db", "orders", "-label", "shop", "-out", file)

	require.Equal(t, 0, status, notes)
	assert.Equal(t, "wg-quick up "+file+"\n", out)
	groups := groupsOf(t, server)
	require.Len(t, groups, 1)
	assert.Equal(t, "shop", groups[0].Label)
	require.Len(t, groups[0].Members, 3)
	assert.Equal(t, db, groups[0].Members[1].ID)
	assert.Equal(t, clevercloud.NetworkGroupMemberKindAddon, groups[0].Members[1].Kind)
	laptop := groups[0].Peers[len(groups[0].Peers)-1]
	assert.Equal(t, clevercloud.NetworkGroupPeerTypeExternal, laptop.Type)

	content, err := os.ReadFile(file)
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
	assert.NotContains(t, notes+out, private)
}

// The seeded database is on a shared plan, which cannot join.
func TestJoin_DatabaseCannot(t *testing.T) {
	server := testenv.LoggedIn(t, clevertest.WithStepDuration(step))
	t.Chdir(t.TempDir())

	testenv.Mistakes(t, "privatenet", program, map[string]string{
		"-app shop -db " + string(server.AddonID): "this add-on cannot join a network group",
	})

	assert.Empty(t, groupsOf(t, server))
	assert.NoFileExists(t, "wg.conf")
}

func TestJoin_LeavesNothingBehindAfterAFailure(t *testing.T) {
	server := testenv.LoggedIn(t, clevertest.WithStepDuration(step))
	t.Chdir(t.TempDir())
	server.Inject(clevertest.Fault{Path: "network-groups.add-external-peer", Status: 400})

	testenv.Mistakes(t, "privatenet", program, map[string]string{
		"-app shop -db shop": "network-groups.add-external-peer",
	})

	require.Eventually(t, func() bool { return len(groupsOf(t, server)) == 0 },
		5*time.Second, time.Millisecond, "the group is deleted")
	assert.NoFileExists(t, "wg.conf")
}

func TestJoin_InterruptedAndNotUndone(t *testing.T) {
	server := testenv.LoggedIn(t, clevertest.WithStepDuration(step))
	t.Chdir(t.TempDir())
	server.Inject(clevertest.Fault{Path: "network-groups.delete", Status: 403})
	ctx, cancel := context.WithCancel(t.Context())
	notes := &testenv.StopAfter{Writes: 2, Stop: cancel} // once the group is there
	screen := &term.Screen{Notes: notes, Live: true}

	status := cli.Run(ctx, "privatenet", program, screen, "-app", "shop", "-db", "shop")

	assert.Equal(t, 130, status)
	groups := groupsOf(t, server)
	require.Len(t, groups, 1)
	assert.Regexp(t, string(groups[0].ID)+" is left: .* 403 ", notes.String())
}

func TestDemo(t *testing.T) {
	testenv.HalfConfigured(t)
	t.Chdir(t.TempDir())

	status, _, notes := testenv.Run(t, "privatenet", program, "-demo")

	require.Equal(t, 0, status, notes)
	assert.FileExists(t, "wg.conf")
}

func TestMistakes(t *testing.T) {
	testenv.NeverPretends(t, "privatenet", program)
	testenv.NeverPretends(t, "privatenet", program, "-app", "shop", "-db", "orders")
	testenv.LoggedIn(t)
	testenv.Mistakes(t, "privatenet", program, map[string]string{
		"-app shop": "-app and -db are required", "-demo -app shop": "leave out -app",
	})
}
