package query

import (
	"math"
	"net/url"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestValues(t *testing.T) {
	t.Parallel()
	type name string
	elsewhere := time.Date(2026, 1, 2, 3, 4, 5, 678901234, time.FixedZone("", 3600))
	for _, tc := range []struct {
		name  string
		build func(*Values)
		want  string
	}{
		{"nothing", func(*Values) {}, ""},
		{"a pair", func(v *Values) { v.Add("a", "b") }, "a=b"},
		{"an empty value that was asked for", func(v *Values) { v.Add("a", "") }, "a="},
		{"in the order of building", func(v *Values) { v.Add("b", "1"); v.Add("a", "2") }, "b=1&a=2"},
		{"a space and a plus", func(v *Values) { v.Add("a b", "c d+e") }, "a%20b=c%20d%2Be"},
		{"what means something", func(v *Values) { v.Add("a&=", "#?;%") }, "a%26%3D=%23%3F%3B%25"},
		{"not ASCII", func(v *Values) { v.Add("a", "é\n") }, "a=%C3%A9%0A"},
		{"text", func(v *Values) { Text(v, "a", name("x")) }, "a=x"},
		{"no text", func(v *Values) { Text(v, "a", "") }, ""},
		{"a list", func(v *Values) { Texts(v, "a", []name{"x", "", "y"}) }, "a=x&a=&a=y"},
		{"no list", func(v *Values) { Texts[name](v, "a", nil) }, ""},
		{"a number", func(v *Values) { Int(v, "a", 5); Int(v, "b", int64(-1)) }, "a=5&b=-1"},
		{"no number", func(v *Values) { Int(v, "a", 0) }, ""},
		{"true", func(v *Values) { v.True("a", true) }, "a=true"},
		{"not true", func(v *Values) { v.True("a", false) }, ""},
		{"no time", func(v *Values) { v.Time("a", time.Time{}) }, ""},
		{"a time elsewhere", func(v *Values) { v.Time("a", elsewhere) }, "a=2026-01-02T02%3A04%3A05.678Z"},
		{"a duration", func(v *Values) { v.Duration("a", time.Hour); v.Duration("b", 0) }, "a=PT1H"},
		{"encoded", func(v *Values) { v.Add("a", "b"); v.AddEncoded("c=%20"); v.Add("d", "") }, "a=b&c=%20&d="},
		{"encoded and first", func(v *Values) { v.AddEncoded("c"); v.Add("d", "e") }, "c&d=e"},
	} {
		var v Values

		tc.build(&v)

		assert.Equal(t, tc.want, v.String(), tc.name)
	}
}

// What net/url reads is what was put in by any of the ways, in order, and a plus sign never stands
// for a space. A time is the same instant to the millisecond.
func FuzzValues(f *testing.F) {
	f.Add("a", "b", "c", int64(5), int64(1767323045678901234))
	f.Add("a b", "+", "%2B", int64(-1), int64(0))
	f.Add("é&=", ";", "#\x00\xff", int64(0), int64(-1))
	f.Add("", "", "", int64(math.MinInt64), int64(math.MaxInt64))
	f.Fuzz(func(t *testing.T, key, first, second string, number, nanoseconds int64) {
		var v Values
		v.Add(key, first)
		Texts(&v, key, []string{second, first})
		Text(&v, key, second)
		Int(&v, key, number)
		v.True(key, number%2 == 0)
		at := time.Unix(0, nanoseconds)
		v.Time(key, at)
		want := []string{first, second, first}
		if second != "" {
			want = append(want, second)
		}
		if number != 0 {
			want = append(want, strconv.FormatInt(number, 10))
		}
		if number%2 == 0 {
			want = append(want, "true")
		}

		all, err := url.ParseQuery(v.String())

		require.NoError(t, err)
		require.Len(t, all, 1)
		got := all[key]
		require.Len(t, got, len(want)+1)
		instant, err := time.Parse(time.RFC3339Nano, got[len(want)])
		require.NoError(t, err)
		assert.WithinRange(t, at, instant, instant.Add(time.Millisecond-1))
		assert.Equal(t, want, got[:len(want)])
		assert.NotContains(t, v.String(), "+")
		u, err := url.Parse("https://api.test/x?" + v.String())
		require.NoError(t, err)
		assert.Empty(t, u.Fragment)
		assert.Equal(t, v.String(), u.RawQuery)
	})
}

func TestDuration(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	for d, want := range map[time.Duration]string{
		0: "PT0S", time.Second: "PT1S", 90 * time.Second: "PT1M30S", time.Hour: "PT1H",
		day: "P1D", 20 * day: "P20D", day + time.Second: "P1DT1S",
		30*day + time.Hour + time.Minute + time.Second: "P30DT1H1M1S",
		1500 * time.Millisecond:                        "PT1.5S",
		59*time.Second + 999999999:                     "PT59.999999999S",
		time.Nanosecond:                                "PT0.000000001S",
	} {
		assert.Equal(t, want, Duration(d))
	}
}
