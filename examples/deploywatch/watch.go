package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/examples/internal/term"
)

// A watch is what the flags say, and what has been shown so far.
type watch struct {
	*term.Screen
	owner      clevercloud.OwnerID
	app        clevercloud.ApplicationID
	deployment clevercloud.DeploymentID
	timeout    time.Duration
	quiet      time.Duration

	last         clevercloud.Deployment
	steps, lines int
}

// run follows the deployment and returns the exit status.
func (w *watch) run(ctx context.Context, client *clevercloud.Client) int {
	bounded, cancel := ctx, context.CancelFunc(func() {})
	if w.timeout > 0 {
		bounded, cancel = context.WithTimeout(ctx, w.timeout)
	}
	defer cancel()
	err := w.find(bounded, client)
	if err == nil {
		err = w.follow(bounded, client)
	}
	w.Status("")
	return w.verdict(ctx, err)
}

// find completes what the flags left out and looks at the deployment for the first time.
func (w *watch) find(ctx context.Context, client *clevercloud.Client) error {
	if w.owner == "" {
		found, err := client.Identity.Resolve(ctx, string(w.app))
		if err != nil {
			return err
		}
		app, ok := found.ApplicationID()
		if !ok {
			return fmt.Errorf("%s is an add-on, not an application", w.app)
		}
		w.owner, w.app = found.OwnerID, app
	}
	if w.deployment != "" {
		return nil // a new one takes a moment to appear; whoever waits for it knows
	}
	newest := clevercloud.DeploymentQuery{Limit: 1, Order: clevercloud.OrderDesc}
	deployments, err := client.Orchestration.ListDeployments(ctx, w.owner, w.app, newest)
	if err != nil {
		return err
	}
	if len(deployments) == 0 {
		return fmt.Errorf("%s has no deployment", w.app)
	}
	w.deployment = deployments[0].ID
	return nil
}

// follow shows steps and logs as they come, from two goroutines, until the deployment has ended and its logs have fallen silent.
func (w *watch) follow(ctx context.Context, client *clevercloud.Client) error {
	ctx, stop := context.WithCancel(ctx)
	var running sync.WaitGroup
	defer running.Wait()
	defer stop()
	changes, ended := make(chan clevercloud.Deployment), make(chan error, 1)
	running.Go(func() {
		_, err := client.Orchestration.WaitForDeployment(ctx, w.owner, w.app, w.deployment, clevercloud.DeploymentWait{
			MaxInterval: 3 * time.Second, OnChange: func(d clevercloud.Deployment) { send(ctx, changes, d) },
		})
		ended <- err
	})
	entries := make(chan clevercloud.LogEntry)
	var result error
	var over, quiet <-chan time.Time // these are set once the deployment has ended
	var left <-chan struct{}
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for w.Err() == nil {
		select {
		case d := <-changes:
			if w.last.ID == "" {
				w.introduce(d)
				running.Go(func() { w.logs(ctx, client, d.StartDate, entries) })
			}
			w.advance(d)
		case entry := <-entries:
			if quiet != nil {
				if entry.Date.After(w.end().Add(w.quiet)) {
					return result // what the application says in its later life
				}
				quiet = time.After(w.quiet)
			}
			w.show(entry)
		case result = <-ended:
			if !w.last.State.IsTerminal() {
				return result
			}
			quiet, over, left = time.After(w.quiet), time.After(10*w.quiet), ctx.Done()
		case <-quiet:
			return result
		case <-over:
			return result
		case <-left:
			return result
		case <-tick.C:
			w.update()
		}
	}
	return w.Err()
}

// logs sends the entries of the deployment until ctx ends. The first deployment of an application begins before there is any log.
func (w *watch) logs(ctx context.Context, client *clevercloud.Client, since time.Time, to chan<- clevercloud.LogEntry) {
	q := clevercloud.LogQuery{
		DeploymentID: w.deployment, Since: since,
		ThrottleElements: 2000, ThrottlePer: 100 * time.Millisecond, // the API's own pace is slow for catching up
		OnReconnect: func(r clevercloud.Reconnect) {
			w.Notef("logs: reconnecting in %v: %v", r.Wait.Round(time.Millisecond), r.Err)
		},
	}
	for again := true; again; {
		again = false
		for entry, err := range client.Logs.Stream(ctx, w.owner, w.app, q) {
			var malformed *clevercloud.LogDecodeError
			switch {
			case ctx.Err() != nil:
				return
			case errors.Is(err, clevercloud.ErrNotFound):
				again = true
			case errors.As(err, &malformed):
				w.Notef("%v", err)
			case err != nil:
				w.Notef("No more logs: %v", err) // the deployment's end is worth more
			default:
				send(ctx, to, entry)
			}
		}
		if again {
			select {
			case <-time.After(2 * time.Second):
			case <-ctx.Done():
			}
		}
	}
}

// send hands v over unless ctx ends first.
func send[T any](ctx context.Context, to chan<- T, v T) {
	select {
	case to <- v:
	case <-ctx.Done():
	}
}

func (w *watch) introduce(d clevercloud.Deployment) {
	what := []string{string(d.Origin.Action)}
	if commit := d.Version.CommitID; commit != "" {
		what = append(what, commit[:min(8, len(commit))])
	}
	if d.Origin.Cause != "" {
		what = append(what, "("+w.Foreign(d.Origin.Cause)+")")
	}
	w.Printf("%s  %s\n", w.Paint(term.Bold, string(d.ID)), strings.Join(what, " "))
}

// advance shows the steps that are new.
func (w *watch) advance(d clevercloud.Deployment) {
	w.last = d
	for _, step := range d.Steps[min(w.steps, len(d.Steps)):] {
		after := step.Date.Sub(d.StartDate).Round(time.Second)
		w.Printf("%s %s\n", w.Paint(hue(step.State), "==> "+string(step.State)), w.Paint(term.Grey, "after "+after.String()))
	}
	w.steps = len(d.Steps)
	w.update()
}

// end is when the deployment came to its last state.
func (w *watch) end() time.Time {
	if n := len(w.last.Steps); n > 0 {
		return w.last.Steps[n-1].Date
	}
	return time.Now()
}

func (w *watch) show(entry clevercloud.LogEntry) {
	w.lines++
	w.Printf("%s %s %s\n", w.Paint(term.Grey, entry.Date.Local().Format(time.TimeOnly)),
		w.Paint(term.Cyan, fmt.Sprintf("%-10s", w.Foreign(entry.Service))), w.Foreign(strings.TrimRight(entry.Message, "\n")))
}

// update redraws the line at the bottom.
func (w *watch) update() {
	state := cmp.Or(string(w.last.State), "looking for "+string(w.deployment))
	elapsed := ""
	if !w.last.StartDate.IsZero() {
		elapsed = max(time.Since(w.last.StartDate), 0).Round(time.Second).String()
	}
	if w.last.State.IsTerminal() {
		state, elapsed = state+", the last logs", ""
	}
	w.Status("%s  %s  log lines: %d", state, elapsed, w.lines)
}

func hue(state clevercloud.DeploymentState) string {
	switch state {
	case clevercloud.DeploymentStateSucceeded:
		return term.Green
	case clevercloud.DeploymentStateFailed:
		return term.Red
	case clevercloud.DeploymentStateCancelled:
		return term.Yellow
	}
	return term.Bold
}
