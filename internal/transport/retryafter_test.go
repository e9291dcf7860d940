package transport

import (
	"math"
	"math/big"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

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
