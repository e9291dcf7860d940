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
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/clevertest"
	"github.com/clevercloud-go/clevercloud/examples/internal/connect"
	"github.com/clevercloud-go/clevercloud/examples/internal/term"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C kills
	os.Exit(run(ctx, os.Args[1:], term.New(os.Stdout, os.Stderr)))
}

// A watch is what the flags say.
type watch struct {
	*term.Screen
	owner   clevercloud.OwnerID
	app     clevercloud.ApplicationID
	commit  string
	since   time.Duration
	timeout time.Duration
}

// run returns the exit status.
func run(ctx context.Context, args []string, screen *term.Screen) int {
	w := watch{Screen: screen}
	flags := flag.NewFlagSet("deploywatch", flag.ContinueOnError)
	flags.SetOutput(screen.Notes)
	flags.StringVar((*string)(&w.app), "app", "", "application, app_… or its name")
	flags.StringVar(&w.commit, "commit", "", "commit that is deployed, or the first characters of it")
	flags.DurationVar(&w.since, "since", time.Minute, "ignore deployments that are older")
	flags.DurationVar(&w.timeout, "timeout", 30*time.Minute, "give up after this long")
	demo := flags.Bool("demo", false, connect.DemoUsage)
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return 0
	} else if err != nil {
		return 2
	}
	ctx, cancel := context.WithTimeoutCause(ctx, w.timeout, fmt.Errorf("not over after %v", w.timeout))
	defer cancel()
	err := w.start(ctx, *demo, flags.NArg())
	var ended *clevercloud.DeploymentError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &ended):
		w.Printf("%s\n", w.Paint(term.Red, string(ended.Deployment.State)))
		return 1
	}
	w.Notef("deploywatch: %v", err)
	return 2
}

// start finds the API and the application.
func (w *watch) start(ctx context.Context, demo bool, extra int) error {
	switch {
	case demo:
		return w.demo(ctx)
	case extra > 0:
		return errors.New("arguments without a flag")
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

// follow finds the deployment and prints its log until it ends.
func (w *watch) follow(ctx context.Context, client *clevercloud.Client) error {
	match := clevercloud.DeploymentMatch{CommitID: w.commit, StartedAfter: time.Now().Add(-w.since)}
	var wait clevercloud.DeploymentWait
	d, err := client.Orchestration.FindDeployment(ctx, w.owner, w.app, match, wait)
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
	for entry, err := range client.Logs.StreamDeployment(ctx, w.owner, w.app, d.ID, query) {
		var unreadable *clevercloud.LogDecodeError
		switch {
		case errors.As(err, &unreadable):
			w.Notef("%v", err)
			continue
		case err != nil:
			return err
		}
		w.Printf("%s %s %s\n", w.Paint(term.Grey, entry.Date.Local().Format(time.TimeOnly)),
			w.Paint(term.Cyan, w.Foreign(entry.Service)), w.Foreign(strings.TrimRight(entry.Message, "\n")))
		if err := w.Err(); err != nil {
			return err
		}
	}
	w.Printf("%s\n", w.Paint(term.Green, string(clevercloud.DeploymentStateSucceeded)))
	return w.Err()
}

// demo follows a push to an application of the embedded API.
func (w *watch) demo(ctx context.Context) error {
	if w.app != "" || w.commit != "" {
		return errors.New("-demo has an application of its own; leave out -app and -commit")
	}
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
