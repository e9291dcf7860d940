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

	"github.com/clevercloud-go/clevercloud/clevertest"
	"github.com/clevercloud-go/clevercloud/examples/internal/cli"
	"github.com/clevercloud-go/clevercloud/examples/internal/term"
	"github.com/clevercloud-go/clevercloud/examples/internal/testenv"
)

const commit = "0123456789abcdef0123456789abcdef01234567"

// An outcome is what a watch leaves behind.
type outcome struct {
	out, notes string
	took       time.Duration
	err        error
}

// follow has a watch of the commit follow an API that test prepares, in virtual time. A goroutine
// left behind fails it.
func follow(t *testing.T, prepare func(api *clevertest.Server, w *watch)) (o outcome) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		api := clevertest.NewServer(clevertest.WithPipes(), clevertest.WithLogEntries(0),
			clevertest.WithStepDuration(10*time.Second))
		defer api.Close()
		var out, notes bytes.Buffer
		w := watch{
			Screen: &term.Screen{Out: &out, Notes: &notes}, owner: api.OwnerID,
			app: api.ApplicationID, commit: commit, since: time.Minute,
		}
		prepare(api, &w)
		client := api.Client()
		defer client.CloseIdleConnections()
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
		defer cancel()
		start := time.Now()
		err := w.follow(ctx, client)
		o = outcome{out.String(), notes.String(), time.Since(start), err}
	})
	return o
}

// queue adds a deployment of the commit that ends in a state.
func queue(api *clevertest.Server, outcome string, hold bool) {
	api.AddDeployment(api.ApplicationID, clevertest.Deployment{
		CommitID: commit, State: "QUEUED", Outcome: outcome, Hold: hold,
	})
}

func TestWatch_FollowsThePushAndNotWhatWasThereBefore(t *testing.T) {
	t.Parallel()
	o := follow(t, func(api *clevertest.Server, _ *watch) {
		app := api.ApplicationID
		api.AddDeployment(app, clevertest.Deployment{
			CommitID: commit, StartDate: api.Now().Add(-48 * time.Hour),
		})
		api.AddDeployment(app, clevertest.Deployment{CommitID: "other", State: "QUEUED"})
		id := api.PushAfter(app, commit, 15*time.Second)
		time.AfterFunc(30*time.Second, func() {
			api.AppendLogs(app,
				clevertest.LogEntry{DeploymentID: id, Message: "building \x1b[31mred\x1b[0m\r"},
				clevertest.LogEntry{DeploymentID: id, Data: "no JSON"})
		})
		time.AfterFunc(22*time.Second, api.Redeploy)
	})

	assert.NoError(t, o.err)
	assert.Contains(t, o.out, "bas-deploy building red\n")
	assert.Contains(t, o.out, "bas Application deployed")
	assert.Contains(t, o.out, "\nSUCCEEDED\n")
	assert.Contains(t, o.notes, "unreadable entry")
	assert.Contains(t, o.notes, "the log continues in")
	assert.Greater(t, o.took, 35*time.Second)
	assert.Less(t, o.took, time.Minute)
}

func TestWatch_Failed(t *testing.T) {
	t.Parallel()
	for _, state := range []string{"FAILED", "CANCELLED"} {
		o := follow(t, func(api *clevertest.Server, _ *watch) { queue(api, state, false) })

		var exit *cli.Exit
		if assert.ErrorAs(t, o.err, &exit) {
			assert.Equal(t, 1, exit.Status)
		}
		assert.Contains(t, o.out, "\n"+state+"\n")
	}
}

func TestWatch_NotOver(t *testing.T) {
	t.Parallel()
	for _, held := range []bool{false, true} {
		o := follow(t, func(api *clevertest.Server, _ *watch) {
			if held {
				queue(api, "", true)
			}
		})

		assert.ErrorIs(t, o.err, context.DeadlineExceeded)
		assert.Equal(t, 10*time.Minute, o.took)
	}
}

func TestWatch_NobodyReads(t *testing.T) {
	t.Parallel()
	o := follow(t, func(api *clevertest.Server, w *watch) {
		queue(api, "", false)
		w.Out = testenv.ClosedPipe{}
	})

	assert.ErrorIs(t, o.err, syscall.EPIPE)
	assert.Empty(t, o.notes)
}

// TestDeploywatch goes the way of the command line.
func TestDeploywatch(t *testing.T) {
	server := testenv.LoggedIn(t, clevertest.WithStepDuration(0))
	server.AddDeployment(server.ApplicationID, clevertest.Deployment{
		CommitID: commit, State: "FAILED", StartDate: server.Now().Add(-5 * time.Minute),
	})

	status, out, _ := testenv.Run(t, "deploywatch", deploywatch,
		"-app", "shop", "-commit", commit[:10], "-since", "1h")

	assert.Equal(t, 1, status)
	assert.Contains(t, out, "FAILED")
	testenv.Mistakes(t, "deploywatch", deploywatch, map[string]string{
		"-app shop -commit ffff -timeout 10ms": "not over after 10ms",
		"-app shop-db -commit " + commit:       "is an add-on",
		"-app nothing -commit " + commit:       `no application or add-on "nothing"`,
		"-commit " + commit:                    "-app and -commit are needed",
		"-app shop":                            "-app and -commit are needed",
		"-demo -app shop":                      "leave out -app and -commit",
	})
	testenv.NeverPretends(t, "deploywatch", deploywatch)
}

func TestDeploywatch_Demo(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	notes := &testenv.StopAfter{Writes: 1, Stop: cancel}
	screen := &term.Screen{Out: io.Discard, Notes: notes}

	assert.Equal(t, 2, cli.Run(ctx, "deploywatch", deploywatch, screen, "-demo"))

	assert.Contains(t, notes.String(), "made-up deployment.\nInterrupted.\n")
}
