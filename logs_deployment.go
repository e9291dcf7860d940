package clevercloud

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"runtime"
	"slices"
	"time"
)

const (
	// lateEntries is how long after the end of a deployment its entries may still come.
	lateEntries = 5 * time.Second
	// logAppears is the delay between two looks for the log of an application that never logged.
	logAppears = 2 * time.Second
)

// StreamDeployment returns the log of one deployment, from its start until it has ended and its
// last entries have come. If the deployment failed or was cancelled, the last value is a
// [*DeploymentError].
//
// Since is the start of the deployment unless it is set. QuietTimeout is how long to wait for
// entries after the end of the deployment, 5 seconds if it is 0. What the application logs later
// than that is not delivered. DeploymentID, Until and Compress must not be set. If Limit is
// reached, the stream ends without waiting for the deployment.
//
// An application that never logged has no log yet: StreamDeployment waits until it appears.
// StreamDeployment looks for a deployment that is not found for 15 seconds, since a new one takes
// time to appear.
//
//	GET /v4/logs/organisations/{ownerId}/applications/{applicationId}/logs
func (s *LogsService) StreamDeployment(
	ctx context.Context, owner OwnerID, app ApplicationID, id DeploymentID, q LogQuery,
	opts ...CallOption,
) iter.Seq2[LogEntry, error] {
	return func(yield func(LogEntry, error) bool) {
		l := deploymentLog{query: q, quiet: cmp.Or(q.QuietTimeout, lateEntries), yield: yield}
		l.stream = logStream[LogEntry](s, logsStream, &l.query, opts, string(owner), string(app))
		l.stream.quiet.after = 0
		l.query.DeploymentID = id
		l.get = func(ctx context.Context) (*Deployment, error) {
			// It runs beside the stream, whose Response the caller may have asked for.
			own := append(slices.Clip(opts), WithResponse(new(Response)))
			return s.client.Orchestration.GetDeployment(ctx, owner, app, id, own...)
		}
		if err := l.follow(ctx, q); err != nil {
			yield(LogEntry{}, err)
		}
	}
}

const operationStreamDeployment = "logs.stream-deployment"

// A deploymentLog is one iteration over the log of a deployment.
type deploymentLog struct {
	query  LogQuery
	quiet  time.Duration
	stream *stream[LogEntry]
	get    func(context.Context) (*Deployment, error)
	yield  func(LogEntry, error) bool
}

// follow reads the log while the deployment is in progress, and then the rest of it.
func (l *deploymentLog) follow(ctx context.Context, q LogQuery) error {
	if err := check(operationStreamDeployment,
		rule{q.DeploymentID != "", "DeploymentID", notOfStream},
		rule{!q.Until.IsZero(), "Until", notOfStream},
		rule{q.Compress, "Compress", notOfStream},
	); err != nil {
		return err
	}
	if err := l.stream.start(); err != nil {
		return err
	}
	d, err := l.wait(ctx, func(*Deployment) bool { return true })
	if err != nil {
		return err
	}
	if q.Since.IsZero() {
		l.query.Since, l.stream.restarts = d.StartDate, true
	}
	unread := true
	if !d.State.IsTerminal() {
		if d, unread, err = l.live(ctx); err != nil || d == nil {
			return err
		}
	}
	if unread {
		if err := l.rest(ctx, d); err != nil || l.over() {
			return err
		}
	}
	if d.State != DeploymentStateSucceeded {
		return &DeploymentError{Deployment: *d}
	}
	return nil
}

// wait polls the deployment until it exists and done returns true for it.
func (l *deploymentLog) wait(
	ctx context.Context, done func(*Deployment) bool,
) (*Deployment, error) {
	return waitUntil(ctx, operationStreamDeployment,
		Wait{MaxInterval: 5 * time.Second, NotFoundGrace: newThing}, l.get,
		func(d *Deployment) (bool, error) { return done(d), nil },
		func(d *Deployment) string { return string(d.State) })
}

// over reports whether no more entries are wanted.
func (l *deploymentLog) over() bool { return l.stream.left || l.stream.full() }

// live reads until the deployment has ended, and returns it, and whether the log went on. It
// returns nil if no more entries are wanted.
func (l *deploymentLog) live(ctx context.Context) (d *Deployment, unread bool, err error) {
	live, ended := context.WithCancel(ctx)
	var last *Deployment
	var waitErr error
	var crash any
	returned := false
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer ended()
		defer func() { crash = recover() }()
		defer repanicWithStack()
		last, waitErr = l.wait(live, func(d *Deployment) bool { return d.State.IsTerminal() })
		returned = true
	}()
	defer func() { // also if the loop's body panics
		ended()
		<-done
		switch {
		case crash != nil:
			panic(crash)
		case !returned: // what a middleware does to the goroutine, it does to the caller's
			runtime.Goexit()
		}
	}()
	err = l.read(live, time.Time{})
	switch {
	case l.over():
		return nil, false, nil
	case err != nil && (live.Err() == nil || ctx.Err() != nil):
		return nil, false, err
	}
	<-done
	return last, err != nil, waitErr
}

// rest reads what was logged until shortly after the end of d.
func (l *deploymentLog) rest(ctx context.Context, d *Deployment) error {
	end := time.Now()
	for _, step := range d.Steps {
		if step.State.IsTerminal() && !step.Date.IsZero() {
			end = step.Date
		}
	}
	l.query.Until = end.Add(l.quiet)
	if l.query.Until.Before(l.query.Since) {
		return nil
	}
	l.stream.quiet.after = l.quiet
	err := l.read(ctx, time.Now().Add(l.quiet))
	if errors.Is(err, ErrNotFound) && !l.stream.opened {
		return nil // it has logged nothing
	}
	return err
}

// read follows the log, and waits for one to appear if the application never logged, until patience
// ends, if it does.
func (l *deploymentLog) read(ctx context.Context, patience time.Time) error {
	for {
		err := l.stream.follow(ctx, l.yield)
		late := !patience.IsZero() && time.Now().After(patience)
		if late || l.stream.opened || !errors.Is(err, ErrNotFound) {
			return err
		}
		if sleep(ctx, logAppears) != nil {
			return waitError(ctx, operationStreamDeployment, err.Error(), err)
		}
	}
}
