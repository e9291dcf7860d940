package main

import (
	"bytes"
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/clevertest"
	"github.com/clevercloud-go/clevercloud/examples/internal/term"
	"github.com/clevercloud-go/clevercloud/examples/internal/testenv"
)

// A bench is an operator on an API of its own, in a bubble where waiting takes no time.
type bench struct {
	*operator
	server     *clevertest.Server
	out, notes *bytes.Buffer
}

// on runs a test with a bench.
func on(t *testing.T, test func(t *testing.T, b bench)) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "orders.env")
	synctest.Test(t, func(t *testing.T) {
		server := clevertest.NewServer(clevertest.WithPipes())
		defer server.Close()
		b := bench{server: server, out: new(bytes.Buffer), notes: new(bytes.Buffer)}
		b.operator = &operator{
			Screen: &term.Screen{Out: b.out, Notes: b.notes},
			client: server.Client(clevercloud.WithMaxRetries(0)),
			spec: spec{
				owner: server.OwnerID, name: "orders-db", provider: "postgresql-addon",
				plan: "dev", zone: "par", envFile: file,
			},
		}
		test(t, b)
	})
}

// orders are the add-ons of the spec's name.
func (b bench) orders(t *testing.T) (found []clevercloud.Addon) {
	addons, err := b.server.Client().Addons.List(t.Context(), b.server.OwnerID)
	require.NoError(t, err)
	for _, a := range addons {
		if a.Name == b.spec.name {
			found = append(found, a)
		}
	}
	return found
}

func TestReconcile_CreatesPublishesAndDeletes(t *testing.T) {
	on(t, func(t *testing.T, b bench) {
		require.NoError(t, b.loop(t.Context(), time.Minute, true))

		orders := b.orders(t)
		require.Len(t, orders, 1)
		text, err := os.ReadFile(b.spec.envFile)
		require.NoError(t, err)
		env, err := b.client.Addons.Env(t.Context(), b.spec.owner, orders[0].ID)
		require.NoError(t, err)
		require.NotEmpty(t, env)
		for _, v := range env {
			assert.Contains(t, string(text), v.Name+"='"+v.Value.Reveal()+"'\n")
			assert.NotContains(t, b.out.String()+b.notes.String(), v.Value.Reveal())
		}
		b.out.Reset()
		require.NoError(t, b.loop(t.Context(), time.Minute, true))
		assert.Empty(t, b.out.String(), "nothing to do")

		b.spec.deleted = true
		require.NoError(t, b.loop(t.Context(), time.Minute, true))
		assert.Empty(t, b.orders(t))
		assert.NoFileExists(t, b.spec.envFile)
		require.NoError(t, b.loop(t.Context(), time.Minute, true), "gone already")
		assert.Equal(t, 1, strings.Count(b.out.String(), "\n"))
		assert.Empty(t, b.notes.String())
	})
}

// TestReconcile_NeverCreatesTwice loses the response of a create that was applied, and has a list
// that lacks the new add-on for a while.
func TestReconcile_NeverCreatesTwice(t *testing.T) {
	for name, fault := range map[string]clevertest.Fault{
		"the response is lost": {
			Path: "addons.create", Mode: clevertest.Cut, CutAfter: clevertest.BeforeHeaders,
		},
		"the response is cut":     {Path: "addons.create", Mode: clevertest.EOF, CutAfter: 20},
		"a proxy's error page":    {Path: "addons.create", Body: "<html>"},
		"everything works":        {Path: "addons.create"},
		"the connection is reset": {Path: "addons.create", Mode: clevertest.Reset, CutAfter: 20},
	} {
		t.Run(name, func(t *testing.T) {
			on(t, func(t *testing.T, b bench) {
				b.server.Inject(fault, clevertest.Fault{
					Path: "addons.list", Skip: 1, Body: "[]", Times: 4,
				})

				require.NoError(t, b.loop(t.Context(), time.Minute, true))

				assert.Len(t, b.orders(t), 1)
				assert.Len(t, b.server.RequestsTo("addons.create"), 1)
				assert.Contains(t, b.notes.String(), errSettling.Error())
			})
		})
	}
}

// TestReconcile_CreatesAgainWhatDidNotHappen has a create that was not applied although it might
// have been: after the time to settle it is sure.
func TestReconcile_CreatesAgainWhatDidNotHappen(t *testing.T) {
	on(t, func(t *testing.T, b bench) {
		b.server.Inject(clevertest.Fault{Path: "addons.create", Status: http.StatusBadGateway})
		start := time.Now()

		require.NoError(t, b.loop(t.Context(), time.Minute, true))

		assert.Len(t, b.orders(t), 1)
		assert.Len(t, b.server.RequestsTo("addons.create"), 2)
		assert.GreaterOrEqual(t, time.Since(start), settle)
	})
}

// TestReconcile_DeletesWhatMayHaveBeenCreated does not take a list that lacks a new add-on for its
// absence.
func TestReconcile_DeletesWhatMayHaveBeenCreated(t *testing.T) {
	on(t, func(t *testing.T, b bench) {
		b.server.Inject(
			clevertest.Fault{
				Path: "addons.create", Mode: clevertest.Cut, CutAfter: clevertest.BeforeHeaders,
			},
			clevertest.Fault{Path: "addons.list", Skip: 1, Body: "[]", Times: 2},
		)
		_, err := b.reconcile(t.Context())
		require.ErrorIs(t, err, clevercloud.ErrMaybeApplied)
		b.spec.deleted = true

		require.NoError(t, b.loop(t.Context(), time.Minute, true))

		assert.Empty(t, b.orders(t))
		assert.Len(t, b.server.RequestsTo("addons.delete"), 1)
	})
}

func TestReconcile_ARestartFindsTheAddon(t *testing.T) {
	on(t, func(t *testing.T, b bench) {
		id, _ := b.server.AddAddon(clevertest.Addon{Name: "orders-db"})

		require.NoError(t, b.loop(t.Context(), time.Minute, true))

		assert.Equal(t, id, b.status.id)
		assert.Empty(t, b.server.RequestsTo("addons.create"))
	})
}

func TestReconcile_Refuses(t *testing.T) {
	for name, tc := range map[string]struct {
		change func(b bench)
		want   string
	}{
		"two of the name": {func(b bench) {
			b.server.AddAddon(clevertest.Addon{Name: "orders-db"})
			b.server.AddAddon(clevertest.Addon{Name: "orders-db"})
		}, `2 add-ons are named "orders-db"`},
		"another provider": {func(b bench) {
			b.server.AddAddon(clevertest.Addon{Name: "orders-db", ProviderID: "redis-addon"})
		}, "its provider is redis-addon"},
		"unknown provider": {func(b bench) { b.spec.provider = "none" }, `no provider "none"`},
		"unknown plan":     {func(b bench) { b.spec.plan = "none" }, `has no plan "none"`},
	} {
		t.Run(name, func(t *testing.T) {
			on(t, func(t *testing.T, b bench) {
				tc.change(b)

				done, err := b.reconcile(t.Context())

				assert.False(t, done)
				require.ErrorContains(t, err, tc.want)
				for _, r := range b.server.Requests() {
					assert.Equal(t, http.MethodGet, r.Method)
				}
			})
		})
	}
}

// TestLoop_KeepsOn repairs what others change, until it is interrupted.
func TestLoop_KeepsOn(t *testing.T) {
	on(t, func(t *testing.T, b bench) {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
		defer cancel()
		b.server.Inject(clevertest.Fault{
			Path: "addons.list", Skip: 3, Status: http.StatusServiceUnavailable,
		})
		time.AfterFunc(5*time.Minute, func() {
			for _, a := range b.orders(t) {
				_ = b.client.Addons.Delete(ctx, b.spec.owner, a.ID)
			}
		})

		err := b.loop(ctx, time.Minute, false)

		require.ErrorIs(t, err, context.DeadlineExceeded)
		assert.Len(t, b.orders(t), 1)
		assert.Len(t, b.server.RequestsTo("addons.create"), 2)
		assert.Contains(t, b.notes.String(), "addons.list: 503")
	})
}

func TestOperator(t *testing.T) {
	server := testenv.LoggedIn(t)
	t.Chdir(t.TempDir())
	server.AddAddon(clevertest.Addon{Name: "orders-db"})
	testenv.Mistakes(t, "operator", program, map[string]string{
		"-owner Nobody -name orders-db": "Nobody", "-every 0s": "-every must be positive",
		"-name orders-db": "-owner and -name are required", "-demo -name x": "leave out -owner",
	})

	status, out, _ := testenv.Run(t, "operator", program,
		"-owner", string(server.OwnerID), "-name", "orders-db", "-delete", "-every", "1ms")

	assert.Equal(t, 0, status)
	assert.Contains(t, out, "deleted addon_")
	testenv.NeverPretends(t, "operator", program)
	testenv.NeverPretends(t, "operator", program, "-owner", "orga_1", "-name", "orders-db")
}

func TestOperator_Demo(t *testing.T) {
	testenv.HalfConfigured(t)
	t.Chdir(t.TempDir())

	status, out, notes := testenv.Run(t, "operator", program, "-demo")

	require.Equal(t, 0, status)
	assert.Contains(t, notes, "This is the embedded API.")
	assert.Regexp(t, `^found addon_.*\nwrote \d+ variables to made-up-.*\ndeleted addon_.*\n$`, out)
}
