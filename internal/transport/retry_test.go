package transport

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestBackoff(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name      string
		low, high time.Duration
		attempts  int
		bound     time.Duration
	}{
		{"the first wait", 500 * time.Millisecond, 30 * time.Second, 1, 500 * time.Millisecond},
		{"doubles", 500 * time.Millisecond, 30 * time.Second, 2, time.Second},
		{"doubles again", 500 * time.Millisecond, 30 * time.Second, 3, 2 * time.Second},
		{"before the cap", 500 * time.Millisecond, 30 * time.Second, 6, 16 * time.Second},
		{"the cap", 500 * time.Millisecond, 30 * time.Second, 7, 30 * time.Second},
		{"long after the cap", 500 * time.Millisecond, 30 * time.Second, 1000000, 30 * time.Second},
		{"a constant", time.Second, time.Second, 9, time.Second},
		{"no wait", 0, 0, 3, 0},
		{"a nanosecond", 1, 1, 3, 1},
		{"no cap", time.Second, math.MaxInt64, 60, math.MaxInt64},
		{"as long as can be", math.MaxInt64, math.MaxInt64, 1, math.MaxInt64},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			var least, most time.Duration = math.MaxInt64, 0

			for range 2000 {
				wait := backoff(tc.low, tc.high, tc.attempts)
				least, most = min(least, wait), max(most, wait)
			}

			assert.GreaterOrEqual(t, least, time.Duration(0))
			assert.LessOrEqual(t, most, tc.bound)
			if tc.bound > 1000 {
				assert.Less(t, least, tc.bound/10, "full jitter reaches down to nothing")
				assert.Greater(t, most, tc.bound/10*9, "and up to the bound")
			}
		})
	}
}

func TestCall_WorthRepeating(t *testing.T) {
	t.Parallel()
	wrap := func(err error) error { return &url.Error{Op: "Get", URL: "https://x", Err: err} }
	dial := &net.OpError{Op: "dial", Err: errors.New("connection refused")}
	for _, tc := range []struct {
		name        string
		err         error
		read, write bool
	}{
		{"the dial failed", wrap(dial), true, true},
		{"the name is unknown", wrap(&net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host"}}), true, true},
		{"the proxy cannot be reached", wrap(&net.OpError{Op: "proxyconnect", Err: dial}), true, true},
		{"a read failed", wrap(&net.OpError{Op: "read", Err: errors.New("reset")}), true, false},
		{"a write failed", wrap(&net.OpError{Op: "write", Err: errors.New("broken pipe")}), true, false},
		{"the body broke off", fmt.Errorf("response: %w", io.ErrUnexpectedEOF), true, false},
		{"a timeout", wrap(&TimeoutError{After: time.Second}), true, false},
		{"the certificate is bad", wrap(&tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}}), false, false},
		{"no credentials", wrap(&Permanent{errors.New("no token")}), false, false},
		{"too large", wrap(&Permanent{ErrTooLarge}), false, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			read := &Call{Repeatable: true, Unsent: notSent(tc.err)}
			write := &Call{Unsent: notSent(tc.err)}

			assert.Equal(t, tc.read, read.worthRepeating(nil, tc.err), "read")
			assert.Equal(t, tc.write, write.worthRepeating(nil, tc.err), "write")
		})
	}
	for status := 200; status < 600; status++ {
		passing := status == 408 || status == 425 || status == 429 || status == 500 || status == 502 || status == 503 || status == 504
		resp := &http.Response{StatusCode: status}

		assert.Equal(t, passing, (&Call{Repeatable: true}).worthRepeating(resp, nil), "read, %d", status)
		assert.Equal(t, status == 429, (&Call{}).worthRepeating(resp, nil), "write, %d", status)
	}
}

// A certificate is looked at before the request is sent: nothing can have been carried out.
func TestNotSent(t *testing.T) {
	t.Parallel()

	assert.True(t, notSent(&tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}}))
	assert.True(t, notSent(&net.OpError{Op: "proxyconnect", Err: errors.New("refused")}))
	assert.False(t, notSent(&net.OpError{Op: "read", Err: errors.New("reset")}))
	assert.False(t, notSent(nil))
}
