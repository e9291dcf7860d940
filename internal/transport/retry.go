package transport

import (
	"context"
	"crypto/tls"
	"errors"
	"math/rand/v2"
	"net"
	"net/http"
	"time"
)

// A Permanent error is not worth another attempt.
type Permanent struct{ Err error }

func (e *Permanent) Error() string { return e.Err.Error() }
func (e *Permanent) Unwrap() error { return e.Err }

// again decides whether to send c once more, and after what wait.
func (c *Call) again(ctx context.Context, resp *http.Response, err error) bool {
	c.Unsent = notSent(err)
	if resp != nil && resp.StatusCode/100 != 2 {
		c.Failed, c.FailedPayload = c.rejected, c.rejection
	}
	if ctx.Err() != nil || c.Attempts > c.MaxRetries || !c.worthRepeating(resp, err) {
		return false
	}
	wait := backoff(c.MinWait, c.MaxWait, c.Attempts)
	if resp != nil {
		if asked, ok := RetryAfter(resp.Header, time.Now()); ok {
			wait = min(asked, c.MaxWait)
		}
	}
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) < wait {
		c.Refused = wait
		return false
	}
	c.loop.RetryWaitMin = wait
	return true
}

// worthRepeating is the decision table: what happened against what may be repeated.
func (c *Call) worthRepeating(resp *http.Response, err error) bool {
	switch {
	case IsPermanent(err):
		return false
	case err != nil:
		return c.Repeatable || c.Unsent
	case resp.StatusCode == http.StatusTooManyRequests:
		return true
	default:
		return c.Repeatable && Passing(resp.StatusCode)
	}
}

// IsPermanent reports whether err would be met again.
func IsPermanent(err error) bool {
	if err == nil {
		return false
	}
	var permanent *Permanent
	var certificate *tls.CertificateVerificationError
	return errors.As(err, &permanent) || errors.As(err, &certificate)
}

// Passing reports whether an answer of that status may be another one later.
func Passing(status int) bool {
	switch status {
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests, http.StatusInternalServerError,
		http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

// notSent reports whether err means that no connection was made, so that no server can have acted.
func notSent(err error) bool {
	if err == nil {
		return false
	}
	var op *net.OpError
	var certificate *tls.CertificateVerificationError
	return errors.As(err, &op) && (op.Op == "dial" || op.Op == "proxyconnect") || errors.As(err, &certificate)
}

// backoff is exponential with full jitter: between nothing and low·2^(attempts-1), high at most.
func backoff(low, high time.Duration, attempts int) time.Duration {
	bound := low
	for range attempts - 1 {
		if bound > high/2 {
			bound = high
			break
		}
		bound *= 2
	}
	if bound <= 0 {
		return 0
	}
	return rand.N(min(bound, high))
}
