package clevercloud

import (
	"cmp"
	"context"
	"errors"
	"time"
)

// notFoundGrace is how long something new may take to appear.
const notFoundGrace = 15 * time.Second

// A poll looks at something until it is as wanted, with waits that grow by half.
type poll struct {
	operation             string
	interval, maxInterval time.Duration
}

// until calls look until it is done, fails for good, or ctx ends. What has not been seen yet may be missing for a while.
func (p poll) until(ctx context.Context, look func() (done bool, err error)) error {
	if ctx == nil {
		return &ValidationError{Operation: p.operation, Argument: "ctx", Reason: "must not be nil"}
	}
	switch {
	case p.interval < 0:
		return &ValidationError{Operation: p.operation, Argument: "Interval", Reason: "must not be negative"}
	case p.maxInterval < 0:
		return &ValidationError{Operation: p.operation, Argument: "MaxInterval", Reason: "must not be negative"}
	}
	longest := cmp.Or(p.maxInterval, max(10*time.Second, p.interval))
	wait := min(cmp.Or(p.interval, time.Second), longest)
	patience := time.Now().Add(notFoundGrace)
	for seen := false; ; wait = min(wait+wait/2, longest) {
		done, err := look()
		seen = seen || err == nil
		missing := !seen && errors.Is(err, ErrNotFound) && time.Now().Before(patience)
		if done || err != nil && !missing {
			return err
		}
		if err := sleep(ctx, wait); err != nil {
			return &callError{operation: p.operation, err: err, text: ctx.Err().Error()}
		}
	}
}

// sleep waits for d or the end of ctx.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return endOf(ctx)
	}
}

// endOf returns why ctx ended: its cause, which is also the error of the context.
func endOf(ctx context.Context) error {
	cause := context.Cause(ctx)
	if !errors.Is(cause, ctx.Err()) {
		return errors.Join(ctx.Err(), cause)
	}
	return cause
}
