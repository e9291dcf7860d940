package transport

import (
	"context"
	"math"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// again decides whether to send the call once more.
func (x *Exchange) again(ctx context.Context, resp *http.Response, err error) (bool, error) {
	x.note(resp, err)
	more := x.Attempts <= x.Policy.MaxRetries
	if err != nil {
		return more && ctx.Err() == nil && failureOf(err).Transient(x.Idempotent), nil
	}
	if !Transient(x.Idempotent, resp.StatusCode) {
		return false, nil
	}
	if ctx.Err() != nil {
		return false, ctx.Err() // as if it had ended during the wait
	}
	asked, _ := RetryAfter(resp.Header, time.Now())
	inTime := asked == 0 || asked <= x.left()
	return more && inTime && asked <= x.Policy.MaxWait, nil
}

// wait returns how long to wait before the next attempt: what the API asked for, or a random wait
// that leaves the attempt at least half of the time until the context's deadline.
func (x *Exchange) wait(_, _ time.Duration, _ int, resp *http.Response) time.Duration {
	if resp != nil {
		if asked, ok := RetryAfter(resp.Header, time.Now()); ok {
			return asked
		}
	}
	policy := x.Policy
	policy.MaxWait = min(policy.MaxWait, x.left()/2)
	return Backoff(policy, x.Attempts)
}

// left returns the time until the deadline of the call's context.
func (x *Exchange) left() time.Duration {
	if end, ok := x.Deadline(); ok {
		return time.Until(end)
	}
	return math.MaxInt64
}

// note keeps what an error of the call needs of the attempt that has ended: the response outside
// 2xx, redacted, and whether a write may have been applied.
func (x *Exchange) note(resp *http.Response, err error) {
	if resp != nil && resp.StatusCode/100 != 2 {
		hide := x.Redactor()
		x.refused.Header = hide.Header(x.refused.Header)
		x.Rejected, x.RejectedBody = x.refused, hide.Body(x.refusal)
	}
	if IsRead(x.Method) {
		return
	}
	if err != nil && failureOf(err).Sent ||
		resp != nil && (resp.StatusCode == http.StatusRequestTimeout || resp.StatusCode >= 500) {
		x.MaybeApplied = true
	}
}

// IsRead reports whether a method only reads.
func IsRead(method string) bool {
	return method == http.MethodGet || method == http.MethodHead || method == http.MethodOptions
}

// Transient reports whether the same call may succeed later, and may be made again.
func (f *Failure) Transient(idempotent bool) bool { return !f.Permanent && (idempotent || !f.Sent) }

// Transient reports whether a call with a response of that status may succeed later, and may be
// made again.
func Transient(idempotent bool, status int) bool {
	switch status {
	case http.StatusTooManyRequests:
		return true
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusInternalServerError,
		http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return idempotent
	}
	return false
}

// Backoff returns a random wait after so many failures. Its bound starts at MinWait and doubles, up
// to MaxWait.
func Backoff(p Policy, failures int) time.Duration {
	bound := min(p.MinWait, p.MaxWait)
	for i := 1; i < failures && 0 < bound && bound < p.MaxWait; i++ {
		bound += min(bound, p.MaxWait-bound)
	}
	if bound <= 0 {
		return 0
	}
	return rand.N(bound)
}

// RetryAfter reads the header of that name: seconds, seconds with a fraction, or a date, which is
// read against the Date of the response. A date that has passed is no wait.
func RetryAfter(h http.Header, now time.Time) (time.Duration, bool) {
	text := strings.TrimSpace(h.Get("Retry-After"))
	if text == "" {
		return 0, false
	}
	if seconds, err := strconv.ParseFloat(text, 64); err == nil {
		if math.IsNaN(seconds) || seconds < 0 {
			return 0, false
		}
		if seconds >= math.MaxInt64/float64(time.Second) {
			return math.MaxInt64, true
		}
		return time.Duration(seconds * float64(time.Second)), true
	}
	date, err := http.ParseTime(text)
	if err != nil {
		return 0, false
	}
	if sent, err := http.ParseTime(h.Get("Date")); err == nil {
		now = sent
	}
	return max(0, date.Sub(now)), true
}
