// Deploywatch follows a deployment with its logs until it ends.
//
//	go run ./examples/deploywatch -app app_… [-owner orga_…] [-deployment deployment_…] [-timeout 30m]
//
// Without -deployment it is the newest one of the application, which may be given by name; without -owner, whose it is is looked up. The
// exit status is for scripts: 0 succeeded, 1 failed, 3 cancelled or not over in time, 2 wrong usage or an error on the way, 130
// interrupted. The deployment goes on, whatever becomes of this program.
//
// Without credentials it follows a made-up deployment of the embedded API.
package main

import (
	"context"
	"errors"
	"flag"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/auth"
	"github.com/clevercloud-go/clevercloud/examples/internal/term"
)

const (
	exitSucceeded   = 0
	exitFailed      = 1
	exitError       = 2
	exitNotOver     = 3
	exitInterrupted = 130
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C kills
	os.Exit(run(ctx, os.Args[1:], term.New(os.Stdout, os.Stderr)))
}

// run finds the API and the deployment, and follows it.
func run(ctx context.Context, args []string, screen *term.Screen) int {
	w := watch{Screen: screen}
	flags := flag.NewFlagSet("deploywatch", flag.ContinueOnError)
	flags.SetOutput(screen.Notes)
	flags.StringVar((*string)(&w.owner), "owner", "", "organisation or user, orga_… or user_… (default: the application's)")
	flags.StringVar((*string)(&w.app), "app", "", "application, app_… or its name")
	flags.StringVar((*string)(&w.deployment), "deployment", "", "deployment_… (default: the newest)")
	flags.DurationVar(&w.timeout, "timeout", 30*time.Minute, "give up after this long (0: never)")
	flags.DurationVar(&w.quiet, "quiet", 3*time.Second, "wait this long for the last logs, once the deployment has ended")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return exitSucceeded
	} else if err != nil || flags.NArg() > 0 {
		return exitError
	}
	credentials, err := auth.Default()
	switch {
	case errors.Is(err, auth.ErrNoCredentials):
		return w.embedded(ctx)
	case err == nil && w.app == "":
		err = errors.New("-app is needed with credentials")
	}
	if err != nil {
		return w.verdict(ctx, err)
	}
	client, err := clevercloud.New(clevercloud.WithAuth(credentials))
	if err != nil {
		return w.verdict(ctx, err)
	}
	return w.run(ctx, client)
}

// verdict says how it ended, with the exit status for it.
func (w *watch) verdict(ctx context.Context, err error) int {
	var ended *clevercloud.DeploymentError
	switch {
	case err == nil:
		return exitSucceeded
	case errors.As(err, &ended) && ended.Deployment.State == clevercloud.DeploymentStateCancelled:
		return exitNotOver
	case errors.As(err, &ended):
		return exitFailed
	case errors.Is(err, syscall.EPIPE): // nobody reads any more
		return exitError
	case ctx.Err() != nil:
		w.Notef("Interrupted; the deployment goes on.")
		return exitInterrupted
	case errors.Is(err, context.DeadlineExceeded):
		w.Notef("Not over after %v; the deployment goes on.", w.timeout)
		return exitNotOver
	}
	w.Notef("deploywatch: %v", err)
	return exitError
}
