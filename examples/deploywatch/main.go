// Deploywatch finds the deployment of a commit, prints its log and ends with it. It is for CI:
//
//	git push clever HEAD:master && deploywatch -app shop -commit $(git rev-parse HEAD)
//
// The deployment may not exist yet. One that started more than a minute before this program, see
// -since, was there before and does not count, even if it is of the same commit. The application is
// an ID or a name.
//
// The exit status is 0 if the deployment succeeded, 1 if it failed or was cancelled, and 2 after a
// mistake or an error, or if the deployment is not over in time. The deployment continues when
// this program ends. With -demo it follows a made-up deployment of the embedded API.
package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/clevertest"
	"github.com/clevercloud-go/clevercloud/examples/internal/cli"
	"github.com/clevercloud-go/clevercloud/examples/internal/connect"
	"github.com/clevercloud-go/clevercloud/examples/internal/term"
)

func main() { cli.Main("deploywatch", deploywatch) }

// A watch is what the flags say.
type watch struct {
	*term.Screen
	owner  clevercloud.OwnerID
	app    clevercloud.ApplicationID
	commit string
	since  time.Duration
}

func deploywatch(c *cli.Command) func(context.Context) error {
	w := &watch{Screen: c.Screen}
	c.Interrupted = 2
	c.StringVar((*string)(&w.app), "app", "", "application, app_… or its name")
	c.StringVar(&w.commit, "commit", "", "commit that is deployed, or its first characters")
	c.DurationVar(&w.since, "since", time.Minute, "ignore deployments that are older")
	timeout := c.Duration("timeout", 30*time.Minute, "give up after this long")
	demo := c.Demo()
	return func(ctx context.Context) error {
		ctx, cancel := context.WithTimeoutCause(
			ctx, *timeout, fmt.Errorf("not over after %v", *timeout))
		defer cancel()
		switch {
		case *demo && string(w.app)+w.commit != "":
			return errors.New("-demo has an application of its own; leave out -app and -commit")
		case *demo:
			return w.demo(ctx)
		}
		client, err := connect.Client()
		switch {
		case err != nil:
			return err
		case w.app == "" || w.commit == "":
			return errors.New("-app and -commit are needed")
		}
		found, err := client.Identity.Resolve(ctx, string(w.app))
		if err != nil {
			return err
		}
		app, ok := found.ApplicationID()
		if !ok {
			return fmt.Errorf("%s is an add-on, not an application", w.app)
		}
		w.owner, w.app = found.OwnerID, app
		return w.follow(ctx, client)
	}
}

// follow finds the deployment and prints its log until it ends.
func (w *watch) follow(ctx context.Context, client *clevercloud.Client) error {
	match := clevercloud.DeploymentMatch{CommitID: w.commit, StartedAfter: time.Now().Add(-w.since)}
	d, err := client.Orchestration.FindDeployment(
		ctx, w.owner, w.app, match, clevercloud.DeploymentWait{})
	if err != nil {
		return err
	}
	w.Printf("%s  %s\n", w.Paint(term.Bold, string(d.ID)), w.Foreign(d.Origin.Cause))
	query := clevercloud.LogQuery{
		// The pace of the API is slow for catching up.
		ThrottleElements: 2000, ThrottlePer: 100 * time.Millisecond,
		OnReconnect: func(r clevercloud.Reconnect) {
			w.Notef("the log continues in %v: %v", r.Wait, r.Err)
		},
	}
	var ended *clevercloud.DeploymentError
	for entry, err := range client.Logs.StreamDeployment(ctx, w.owner, w.app, d.ID, query) {
		var unreadable *clevercloud.LogDecodeError
		switch {
		case errors.As(err, &unreadable):
			w.Notef("%v", err)
			continue
		case errors.As(err, &ended):
			w.Printf("%s\n", w.Paint(term.Red, string(ended.Deployment.State)))
			return &cli.Exit{Status: 1}
		case err != nil:
			return err
		}
		w.Printf("%s %s %s\n", w.Paint(term.Grey, entry.Date.Local().Format(time.TimeOnly)),
			w.Paint(term.Cyan, w.Foreign(entry.Service)),
			w.Foreign(strings.TrimRight(entry.Message, "\n")))
		if err := w.Err(); err != nil {
			return err
		}
	}
	w.Printf("%s\n", w.Paint(term.Green, string(clevercloud.DeploymentStateSucceeded)))
	return w.Err()
}

// demo follows a push to an application of the embedded API.
func (w *watch) demo(ctx context.Context) error {
	api := clevertest.NewServer(clevertest.WithStepDuration(3 * time.Second))
	defer api.Close()
	w.owner, w.app = api.OwnerID, api.ApplicationID
	w.commit = "c0ffee42b7d90581fae6c3d4b2097e5f8a1c6d27"
	id := api.PushAfter(w.app, w.commit, 2*time.Second)
	line := time.AfterFunc(6*time.Second, func() {
		made := clevertest.LogEntry{DeploymentID: id, Message: "a made-up line of the build"}
		api.AppendLogs(w.app, made)
	})
	defer line.Stop()
	w.Notef("This is the embedded API with a made-up deployment.")
	return w.follow(ctx, api.Client())
}
