package clevercloud

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/clevercloud-go/clevercloud/internal/redact"
)

// A Wait says how [WaitUntil] waits. The zero value is usable.
type Wait struct {
	// Interval is the first delay between two calls of get. It grows by half with each call.
	// 0 is 1 second.
	Interval time.Duration
	// MaxInterval bounds the delay. 0 is 10 seconds, or Interval if that is longer.
	MaxInterval time.Duration
	// NotFoundGrace is how long [ErrNotFound] is taken to mean "not yet", before get has succeeded
	// once. 0 is not at all.
	NotFoundGrace time.Duration
}

// newThing is how long something that was just created may take to appear.
const newThing = 15 * time.Second

// WaitUntil calls get until done says that the value is as wanted, and returns that value. It is
// what the waiters of this package are made of.
//
// A transient error of get, see [IsTransient], does not end the wait. Any other error does, and so
// does an error of done. Bound the wait by ctx: when ctx is done, the error is a [*RequestError]
// that wraps its cause and, if the value is a string, a number or a [fmt.Stringer], says what was
// seen last. With an error WaitUntil returns the last value too.
func WaitUntil[T any](
	ctx context.Context, get func(context.Context) (T, error), done func(T) (bool, error), w Wait,
) (T, error) {
	const operation = "wait-until"
	if get == nil || done == nil {
		return *new(T), invalid(operation, "get and done", "must not be nil")
	}
	var last T
	keep := func(v T) (bool, error) {
		last = v
		return done(v)
	}
	_, err := waitUntil(ctx, operation, w, get, keep, func(v T) string {
		switch any(v).(type) {
		case fmt.Stringer, string, bool, int, int64, float64:
			return fmt.Sprint(v) // which a nil pointer does not make panic
		}
		return ""
	})
	return last, err
}

// waitUntil is WaitUntil for the operation of that name, without a value if there is an error.
// state says in a word or two what a value is.
func waitUntil[T any](
	ctx context.Context, operation string, w Wait,
	get func(context.Context) (T, error), done func(T) (bool, error), state func(T) string,
) (zero T, err error) {
	if err := w.check(ctx, operation); err != nil {
		return zero, err
	}
	longest := cmp.Or(w.MaxInterval, max(10*time.Second, w.Interval))
	delay := min(cmp.Or(w.Interval, time.Second), longest)
	graceEnd := time.Now().Add(w.NotFoundGrace)
	seen, saw := false, ""
	for ; ; delay = min(delay+delay/2, longest) {
		value, err := get(ctx)
		missing := !seen && errors.Is(err, ErrNotFound) && time.Now().Before(graceEnd)
		switch {
		case err == nil:
			seen, saw = true, state(value)
			switch ended, err := done(value); {
			case err != nil:
				return zero, err
			case ended:
				return value, nil
			}
		case ctx.Err() != nil, !missing && !IsTransient(err):
			return zero, waitError(ctx, operation, saw, err)
		default:
			saw = err.Error()
		}
		pause := delay
		if missing { // the last look is when the grace ends, not before
			pause = min(pause, time.Until(graceEnd))
		}
		if answer, ok := errors.AsType[*APIError](err); ok {
			pause = max(pause, answer.RetryAfter)
		}
		if err := sleep(ctx, pause); err != nil {
			return zero, waitError(ctx, operation, saw, err)
		}
	}
}

func (w Wait) check(ctx context.Context, operation string) error {
	return check(operation,
		rule{ctx == nil, "ctx", "must not be nil"},
		rule{w.Interval < 0, "Interval", "must not be negative"},
		rule{w.MaxInterval < 0, "MaxInterval", "must not be negative"},
		rule{w.NotFoundGrace < 0, "NotFoundGrace", "must not be negative"})
}

// waitError is err, or why ctx ended and what was seen last.
func waitError(ctx context.Context, operation, saw string, err error) error {
	if ctx.Err() == nil {
		return err
	}
	text := endText(ctx)
	if saw != "" {
		text += "; last seen: " + redact.Line(saw, 300)
	}
	e := &RequestError{Operation: operation, err: endOf(ctx), text: text}
	errors.As(err, &e.last)
	return e
}

// sleep waits for d or the end of ctx.
func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return endOf(ctx)
	}
}

// endOf returns why ctx ended: its error, and its cause.
func endOf(ctx context.Context) error {
	cause := context.Cause(ctx)
	if errors.Is(cause, ctx.Err()) {
		return cause
	}
	return fmt.Errorf("%w: %w", ctx.Err(), cause)
}

// endText is endOf on one line.
func endText(ctx context.Context) string { return redact.Line(endOf(ctx).Error(), 200) }
