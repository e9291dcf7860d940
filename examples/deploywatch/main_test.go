package main

import (
	"bytes"
	"context"
	"io"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/clevertest"
	"github.com/clevercloud-go/clevercloud/examples/internal/term"
	"github.com/clevercloud-go/clevercloud/examples/internal/testenv"
)

const commit = "0123456789abcdef0123456789abcdef01234567"

// follow has a watch of the commit follow an API that test prepares, in virtual time. A goroutine left
// behind fails it.
func follow(t *testing.T, prepare func(api *clevertest.Server, w *watch)) (out, notes string, took time.Duration, err error) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		api := clevertest.NewServer(clevertest.WithPipes(), clevertest.WithStepDuration(10*time.Second), clevertest.WithLogEntries(0))
		defer api.Close()
		var o, n bytes.Buffer
		w := watch{
			Screen: &term.Screen{Out: &o, Notes: &n}, owner: api.OwnerID, app: api.ApplicationID, commit: commit, since: time.Minute,
		}
		prepare(api, &w)
		client := api.Client()
		defer client.CloseIdleConnections()
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
		defer cancel()
		start := time.Now()
		err = w.follow(ctx, client)
		out, notes, took = o.String(), n.String(), time.Since(start)
	})
	return out, notes, took, err
}

func TestWatch_FollowsThePushAndNotWhatWasThereBefore(t *testing.T) {
	t.Parallel()
	out, notes, took, err := follow(t, func(api *clevertest.Server, _ *watch) {
		app := api.ApplicationID
		api.AddDeployment(app, clevertest.Deployment{CommitID: commit, StartDate: api.Now().Add(-48 * time.Hour)})
		api.AddDeployment(app, clevertest.Deployment{CommitID: "other", State: "QUEUED"})
		id := api.PushAfter(app, commit, 15*time.Second)
		time.AfterFunc(30*time.Second, func() {
			api.AppendLogs(app, clevertest.LogEntry{DeploymentID: id, Message: "building \x1b[31mred\x1b[0m\r"}, clevertest.LogEntry{DeploymentID: id, Data: "no JSON"})
		})
		time.AfterFunc(22*time.Second, api.Redeploy)
	})

	assert.NoError(t, err)
	assert.Contains(t, out, "bas-deploy building red\n")
	assert.Contains(t, out, "bas Application deployed")
	assert.Contains(t, out, "\nSUCCEEDED\n")
	assert.Contains(t, notes, "unreadable entry")
	assert.Contains(t, notes, "the log continues in")
	assert.Greater(t, took, 35*time.Second)
	assert.Less(t, took, time.Minute)
}

func TestWatch_Failed(t *testing.T) {
	t.Parallel()
	for _, state := range []string{"FAILED", "CANCELLED"} {
		_, _, _, err := follow(t, func(api *clevertest.Server, _ *watch) {
			api.AddDeployment(api.ApplicationID, clevertest.Deployment{CommitID: commit, State: "QUEUED", Outcome: state})
		})

		var ended *clevercloud.DeploymentError
		assert.ErrorAs(t, err, &ended)
	}
}

func TestWatch_NotOver(t *testing.T) {
	t.Parallel()
	for _, held := range []bool{false, true} {
		_, _, took, err := follow(t, func(api *clevertest.Server, _ *watch) {
			if held {
				api.AddDeployment(api.ApplicationID, clevertest.Deployment{CommitID: commit, State: "QUEUED", Hold: true})
			}
		})

		assert.ErrorIs(t, err, context.DeadlineExceeded)
		assert.Equal(t, 10*time.Minute, took)
	}
}

// TestRun goes the way of the command line.
func TestRun(t *testing.T) {
	server := clevertest.NewServer(clevertest.WithStepDuration(0))
	defer server.Close()
	testenv.LoggedIn(t, server)
	server.AddDeployment(server.ApplicationID, clevertest.Deployment{CommitID: commit, State: "FAILED", StartDate: server.Now().Add(-5 * time.Minute)})
	for name, tc := range map[string]struct {
		args  []string
		code  int
		notes string
	}{
		"failed":         {[]string{"-app", "shop", "-commit", commit[:10], "-since", "1h"}, 1, ""},
		"not over":       {[]string{"-app", "shop", "-commit", "ffff", "-timeout", "10ms"}, 2, "not over after 10ms"},
		"an add-on":      {[]string{"-app", "shop-db", "-commit", commit}, 2, "is an add-on"},
		"unknown":        {[]string{"-app", "nothing", "-commit", commit}, 2, `no application or add-on "nothing"`},
		"no application": {[]string{"-commit", commit}, 2, "-app and -commit are needed"},
		"no commit":      {[]string{"-app", "shop"}, 2, "-app and -commit are needed"},
		"too much":       {[]string{"-app", "shop", "-commit", commit, "more"}, 2, "arguments without a flag"},
		"unknown flag":   {[]string{"-nothing"}, 2, "flag provided but not defined"},
		"demo and more":  {[]string{"-demo", "-app", "shop"}, 2, "leave out -app and -commit"},
		"help":           {[]string{"-h"}, 0, "-commit"},
	} {
		t.Run(name, func(t *testing.T) {
			var out, notes bytes.Buffer

			code := run(t.Context(), tc.args, &term.Screen{Out: &out, Notes: &notes})

			assert.Equal(t, tc.code, code, notes.String())
			assert.Contains(t, notes.String(), tc.notes)
			assert.NotContains(t, out.String()+notes.String(), "\x1b")
			assert.NotContains(t, out.String()+notes.String(), server.Token.Reveal())
		})
	}
}

func TestWatch_NobodyReads(t *testing.T) {
	t.Parallel()
	_, notes, _, err := follow(t, func(api *clevertest.Server, w *watch) {
		api.AddDeployment(api.ApplicationID, clevertest.Deployment{CommitID: commit, State: "QUEUED"})
		w.Out = testenv.ClosedPipe{}
	})

	assert.ErrorIs(t, err, syscall.EPIPE)
	assert.Empty(t, notes)
}

func TestRun_Demo(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	notes := &stopAt{at: "made-up", stop: cancel}

	assert.Equal(t, 2, run(ctx, []string{"-demo"}, &term.Screen{Out: io.Discard, Notes: notes}))

	assert.Contains(t, notes.String(), "context canceled")
}

// stopAt ends a context when a text is written.
type stopAt struct {
	bytes.Buffer
	at   string
	stop context.CancelFunc
}

func (s *stopAt) Write(p []byte) (int, error) {
	if bytes.Contains(p, []byte(s.at)) {
		s.stop()
	}
	return s.Buffer.Write(p)
}

func TestRun_NeverPretends(t *testing.T) {
	testenv.NeverPretends(t, "deploywatch", func(screen *term.Screen) int { return run(t.Context(), nil, screen) })
}
