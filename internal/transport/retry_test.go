package transport

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"math"
	"math/big"
	"net"
	"net/http"
	"net/http/httptrace"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
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
				wait := Backoff(Policy{MinWait: tc.low, MaxWait: tc.high}, tc.attempts)
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

func TestTransient(t *testing.T) {
	t.Parallel()
	for status := 200; status < 600; status++ {
		passing := status == 408 || status == 425 || status == 429 || status == 500 || status == 502 || status == 503 || status == 504

		assert.Equal(t, passing, Transient(true, status), "idempotent, %d", status)
		assert.Equal(t, status == 429, Transient(false, status), "not idempotent, %d", status)
	}
	for _, f := range []Failure{{}, {Sent: true}, {Permanent: true}, {Sent: true, Permanent: true}} {
		assert.Equal(t, !f.Permanent, f.Transient(true), "idempotent, %+v", f)
		assert.Equal(t, !f.Permanent && !f.Sent, f.Transient(false), "not idempotent, %+v", f)
	}
}

// failing sends a write over a RoundTripper that does what it likes, and returns the failure.
func failing(t *testing.T, send func(*http.Request) (*http.Response, error)) *Failure {
	t.Helper()
	transport := New(Config{HTTPClient: &http.Client{Transport: tripper(send)}})
	call := get(t, Call{})
	call.Method = http.MethodPost

	_, err := transport.Do(t.Context(), call)

	var failure *Failure
	require.ErrorAs(t, err, &failure)
	return failure
}

// A RoundTripper that reports its steps is believed. Of one that does not nothing is known, unless its
// error says that there was no connection.
func TestFailure_SentIsObserved(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	dial := &net.OpError{Op: "dial", Err: errors.New("connection refused")}
	report := func(err error, steps ...func(*httptrace.ClientTrace)) func(*http.Request) (*http.Response, error) {
		return func(req *http.Request) (*http.Response, error) {
			for _, step := range steps {
				step(httptrace.ContextClientTrace(req.Context()))
			}
			return nil, err
		}
	}
	connecting := func(trace *httptrace.ClientTrace) { trace.GetConn("api.test:443") }
	wrote := func(trace *httptrace.ClientTrace) { trace.WroteHeaders() }
	handshake := func(err error) func(*httptrace.ClientTrace) {
		return func(trace *httptrace.ClientTrace) { trace.TLSHandshakeDone(tls.ConnectionState{}, err) }
	}
	rejected := &tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}}
	for _, tc := range []struct {
		name            string
		send            func(*http.Request) (*http.Response, error)
		sent, permanent bool
	}{
		{"nothing reported", report(broken), true, false},
		{"nothing reported, and no connection", report(dial), false, false},
		{"no connection", report(broken, connecting), false, false},
		{"written", report(broken, connecting, wrote), true, false},
		{"a dial of a later connection", report(dial, connecting, wrote), true, false},
		{"an unknown name", report(&net.DNSError{IsNotFound: true}, connecting), false, true},
		{"a name server that does not answer", report(&net.DNSError{IsTimeout: true}, connecting), false, false},
		{"an alert", report(&net.OpError{Op: "remote error", Err: tls.AlertError(70)}, connecting), false, true},
		{"an alert behind the handshake", report(&net.OpError{Op: "remote error", Err: tls.AlertError(116)}, connecting, wrote), false, true},
		{"an alert behind the request", report(&net.OpError{Op: "remote error", Err: tls.AlertError(80)}, connecting, wrote), true, false},
		{"a certificate", report(rejected, connecting, handshake(rejected)), false, true},
		{"a handshake that breaks off", report(io.EOF, connecting, handshake(io.EOF)), false, false},
		{"plain HTTP", report(fmt.Errorf("%w", http.ErrSchemeMismatch), connecting), false, true},
		{"a proxy that forbids", report(errors.New("Forbidden"), connecting), false, true},
		{"a proxy that wants credentials", report(errors.New("Proxy Authentication Required"), connecting), false, true},
		{"a proxy that is busy", report(errors.New("Service Unavailable"), connecting), false, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()

			failure := failing(t, tc.send)

			assert.Equal(t, tc.sent, failure.Sent, "sent")
			assert.Equal(t, tc.permanent, failure.Permanent, "permanent")
		})
	}
	assert.ErrorContains(t, failing(t, report(errors.New("Forbidden"), connecting)), "the proxy rejected the connection: 403 Forbidden")
}

// Our clock may be wrong by minutes: a date is read against that of the response.
func TestRetryAfter_OfAnotherClock(t *testing.T) {
	t.Parallel()
	h := http.Header{"Date": {"Fri, 02 Jan 2026 12:00:00 GMT"}, "Retry-After": {"Fri, 02 Jan 2026 12:00:20 GMT"}}

	got, ok := RetryAfter(h, time.Date(2026, 1, 2, 12, 10, 0, 0, time.UTC))

	assert.True(t, ok)
	assert.Equal(t, 20*time.Second, got)
}

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for _, tc := range []struct {
		name, value string
		want        time.Duration
		ok          bool
	}{
		{"nothing", "", 0, false},
		{"white space", "  ", 0, false},
		{"seconds", "7", 7 * time.Second, true},
		{"seconds among spaces", " 7\t", 7 * time.Second, true},
		{"no seconds", "0", 0, true},
		{"a fraction", "1.5", 1500 * time.Millisecond, true},
		{"a small fraction", "0.001", time.Millisecond, true},
		{"an exponent", "2e1", 20 * time.Second, true},
		{"negative seconds", "-1", 0, false},
		{"a negative fraction", "-0.5", 0, false},
		{"not a number", "NaN", 0, false},
		{"infinity", "inf", math.MaxInt64, true},
		{"negative infinity", "-inf", 0, false},
		{"more than a duration holds", "99999999999999999999", math.MaxInt64, true},
		{"just over what a duration holds", "9223372036.854775808", math.MaxInt64, true},
		{"a date", "Fri, 02 Jan 2026 03:04:15 GMT", 10 * time.Second, true},
		{"a date of RFC 850", "Friday, 02-Jan-26 03:04:15 GMT", 10 * time.Second, true},
		{"a date of asctime", "Fri Jan  2 03:04:15 2026", 10 * time.Second, true},
		{"a date that has passed", "Fri, 02 Jan 2026 03:04:04 GMT", 0, true},
		{"the beginning of time", "Mon, 01 Jan 0001 00:00:00 GMT", 0, true},
		{"the end of time", "Fri, 31 Dec 9999 23:59:59 GMT", math.MaxInt64, true},
		{"a word", "soon", 0, false},
		{"a unit", "5s", 0, false},
		{"two numbers", "5, 6", 0, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			h := http.Header{"Retry-After": {tc.value}}

			got, ok := RetryAfter(h, now)

			assert.Equal(t, tc.ok, ok)
			assert.Equal(t, tc.want, got)
		})
	}
}

// Whatever the header says, the wait is none or a positive one, and none without ok; digits are so many seconds, and what the wait leads to
// is the date that net/http reads.
func FuzzRetryAfter(f *testing.F) {
	for _, seed := range []string{"", "1", "1.5", "-1", "1e309", "0x1p-2", "NaN", "Inf", "Fri, 02 Jan 2026 03:04:15 GMT", "1_000", "９"} {
		f.Add(seed, int64(1767323045))
	}
	f.Fuzz(func(t *testing.T, value string, now int64) {
		got, ok := RetryAfter(http.Header{"Retry-After": {value}}, time.Unix(now, 0))
		if got < 0 || !ok && got != 0 {
			t.Fatalf("%q at %d: %v, %v", value, now, got, ok)
		}
		if seconds, is := new(big.Int).SetString(value, 10); is && value != "" && len(value) < 300 && strings.Trim(value, "0123456789") == "" { // more digits are no number
			exact := new(big.Int).Mul(seconds, big.NewInt(int64(time.Second)))
			if !exact.IsInt64() {
				exact.SetInt64(math.MaxInt64)
			}
			off := new(big.Int).Sub(exact, big.NewInt(int64(got)))
			// A float64 is exact for a hundred days.
			if !ok || off.CmpAbs(big.NewInt(int64(got)>>50)) > 0 {
				t.Fatalf("%q: %v, %v", value, got, ok)
			}
		}
		if date, err := http.ParseTime(value); err == nil {
			if want := max(0, date.Sub(time.Unix(now, 0))); !ok || got != want {
				t.Fatalf("%q at %d: %v, %v", value, now, got, ok)
			}
		}
	})
}
