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
	"slices"
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
		passing := slices.Contains([]int{408, 425, 429, 500, 502, 503, 504}, status)

		assert.Equal(t, passing, Transient(true, status), "idempotent, %d", status)
		assert.Equal(t, status == 429, Transient(false, status), "not idempotent, %d", status)
	}
	for _, f := range []Failure{{}, {Sent: true}, {Permanent: true}, {Sent: true, Permanent: true}} {
		assert.Equal(t, !f.Permanent, f.Transient(true), "idempotent, %+v", f)
		assert.Equal(t, !f.Permanent && !f.Sent, f.Transient(false), "not idempotent, %+v", f)
	}
}

// A RoundTripper that reports its steps is believed. Of one that does not nothing is known, unless
// its error says that there was no connection.
func TestFailure_SentIsObserved(t *testing.T) {
	t.Parallel()
	type step = func(*httptrace.ClientTrace)
	dial := &net.OpError{Op: "dial", Err: errors.New("connection refused")}
	alert := func(code tls.AlertError) error { return &net.OpError{Op: "remote error", Err: code} }
	connecting := func(trace *httptrace.ClientTrace) { trace.GetConn("api.test:443") }
	wrote := func(trace *httptrace.ClientTrace) { trace.WroteHeaders() }
	handshake := func(err error) step {
		return func(trace *httptrace.ClientTrace) {
			trace.TLSHandshakeDone(tls.ConnectionState{}, err)
		}
	}
	rejected := &tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}}
	forbidden := errors.New("Forbidden")
	for _, tc := range []struct {
		name            string
		err             error
		steps           []step
		sent, permanent bool
	}{
		{"nothing reported", errBroken, nil, true, false},
		{"nothing reported, and no connection", dial, nil, false, false},
		{"no connection", errBroken, []step{connecting}, false, false},
		{"written", errBroken, []step{connecting, wrote}, true, false},
		{"a dial of a later connection", dial, []step{connecting, wrote}, true, false},
		{"an unknown name", &net.DNSError{IsNotFound: true}, []step{connecting}, false, true},
		{"a silent name server", &net.DNSError{IsTimeout: true}, []step{connecting}, false, false},
		{"an alert", alert(70), []step{connecting}, false, true},
		{"an alert behind the handshake", alert(116), []step{connecting, wrote}, false, true},
		{"an alert behind the request", alert(80), []step{connecting, wrote}, true, false},
		{"a certificate", rejected, []step{connecting, handshake(rejected)}, false, true},
		{"a broken handshake", io.EOF, []step{connecting, handshake(io.EOF)}, false, false},
		{"a certificate of another connection", errBroken, []step{handshake(rejected), wrote}, true, false},
		{"plain HTTP", fmt.Errorf("%w", http.ErrSchemeMismatch), []step{connecting}, false, true},
		{"a proxy that forbids", forbidden, []step{connecting}, false, true},
		{
			"a proxy that wants credentials", errors.New("Proxy Authentication Required"),
			[]step{connecting}, false, true,
		},
		{"a proxy, busy", errors.New("Service Unavailable"), []step{connecting}, false, false},
		{"what only looks like a proxy's", forbidden, []step{connecting, wrote}, true, false},
	} {
		over := tripper(func(req *http.Request) (*http.Response, error) {
			for _, report := range tc.steps {
				report(httptrace.ContextClientTrace(req.Context()))
			}
			return nil, tc.err
		})

		_, err := exchange(t, Call{Method: http.MethodPost}, over)

		var failure *Failure
		require.ErrorAs(t, err, &failure)
		assert.Equal(t, tc.sent, failure.Sent, "%s: sent", tc.name)
		assert.Equal(t, tc.permanent, failure.Permanent, "%s: permanent", tc.name)
		proxy := failure.Error() != tc.err.Error()
		assert.Equal(t, strings.HasPrefix(tc.name, "a proxy"), proxy, "%s: %v", tc.name, failure)
	}
}

const none = -1

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	wait := func(now time.Time, h http.Header) time.Duration {
		if got, ok := RetryAfter(h, now); ok {
			return got
		}
		return none
	}
	for value, want := range map[string]time.Duration{
		"":                     none,
		"  ":                   none,
		"7":                    7 * time.Second,
		" 7\t":                 7 * time.Second,
		"0":                    0,
		"1.5":                  1500 * time.Millisecond,
		"0.001":                time.Millisecond,
		"2e1":                  20 * time.Second,
		"-1":                   none,
		"-0.5":                 none,
		"NaN":                  none,
		"inf":                  math.MaxInt64,
		"-inf":                 none,
		"99999999999999999999": math.MaxInt64,
		"9223372036.854775808": math.MaxInt64, // a nanosecond more than a duration holds
		"soon":                 none,
		"5s":                   none,
		"5, 6":                 none,

		"Fri, 02 Jan 2026 03:04:15 GMT":  10 * time.Second,
		"Friday, 02-Jan-26 03:04:15 GMT": 10 * time.Second,
		"Fri Jan  2 03:04:15 2026":       10 * time.Second,
		"Fri, 02 Jan 2026 03:04:04 GMT":  0, // has passed
		"Mon, 01 Jan 0001 00:00:00 GMT":  0,
		"Fri, 31 Dec 9999 23:59:59 GMT":  math.MaxInt64,
	} {
		assert.Equal(t, want, wait(now, http.Header{"Retry-After": {value}}), value)
	}
	// Our clock may be wrong by minutes: a date is read against that of the response.
	h := http.Header{
		"Date": {now.Format(http.TimeFormat)}, "Retry-After": {"Fri, 02 Jan 2026 03:04:25 GMT"},
	}
	assert.Equal(t, 20*time.Second, wait(now.Add(10*time.Minute), h))
}

// Whatever the header says, the wait is none or a positive one, and none without ok. Digits are so
// many seconds, and what the wait leads to is the date that net/http reads.
func FuzzRetryAfter(f *testing.F) {
	for _, seed := range []string{
		"", "1", "1.5", "-1", "1e309", "0x1p-2", "NaN", "Inf", "1_000", "９",
		"Fri, 02 Jan 2026 03:04:15 GMT",
	} {
		f.Add(seed, int64(1767323045))
	}
	f.Fuzz(func(t *testing.T, value string, now int64) {
		got, ok := RetryAfter(http.Header{"Retry-After": {value}}, time.Unix(now, 0))
		if got < 0 || !ok && got != 0 {
			t.Fatalf("%q at %d: %v, %v", value, now, got, ok)
		}
		seconds, isNumber := new(big.Int).SetString(value, 10)
		// More digits are no float64.
		if isNumber && len(value) < 300 && strings.Trim(value, "0123456789") == "" {
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
