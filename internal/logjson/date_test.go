package logjson

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestParseDate_Spellings(t *testing.T) {
	t.Parallel()
	midnight := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	second := midnight.Add(time.Hour + 2*time.Minute + 3*time.Second)
	for text, want := range map[string]time.Time{
		"2026-01-01":                             midnight,
		"2026-01-01T00:00Z":                      midnight,
		"2026-01-01T00:00":                       midnight,
		"2026-01-01T00:00Z[UTC]":                 midnight,
		"2026-01-01 00:00":                       midnight,
		"2026-01-01T00:00+00":                    midnight,
		"2026-01-01T01:02:03Z":                   second,
		"2026-01-01t01:02:03z":                   second,
		"2026-01-01T1:02:03Z":                    second,
		"2026-01-01 1:02:03":                     second,
		"2026-01-01 01:02:03":                    second,
		"2026-01-01T01:02:03":                    second,
		"2026-01-01T01:02:03+0000":               second,
		"2026-01-01 01:02:03 +0000":              second,
		"2026-01-01T01:02:03+00":                 second,
		"2026-01-01T01:02:03+00:00":              second,
		"2026-01-01T03:02:03+02:00":              second,
		"2026-01-01T03:02:03+0200[Europe/Paris]": second,
		"2026-01-01T01:02:03Z[Etc/GMT+0]":        second,
		"2025-12-31T21:32:03-0330":               second,
		"2026-01-01T01:02:03.000Z[UTC]":          second,
		"2026-01-01T01:02:03.5Z":                 second.Add(500 * time.Millisecond),
		"2026-01-01T01:02:03,5Z":                 second.Add(500 * time.Millisecond),
		"2026-01-01T01:02:03.123456+0000":        second.Add(123456 * time.Microsecond),
		"2026-01-01T01:02:03.1234567899Z":        second.Add(123456789),
		"1767225600000":                          midnight,
		"1767225600001":                          midnight.Add(time.Millisecond),
		"10000000000":                            time.UnixMilli(1e10).UTC(),
		"99999999999999":                         time.UnixMilli(1e14 - 1).UTC(),
	} {
		got, ok := ParseDate([]byte(text))

		require.True(t, ok, text)
		assert.Equal(t, want, got, text)
	}
}

func TestParseDate_NoDates(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", " ", "soon", "yesterday", "null", "2026", "2026-01", "2026-1-1", "20260101", "2026/01/01", "2026-01-01T", "2026-01-01T00", "2026-01-01T0:00",
		"2026-01-01T00:0", "2026-01-01T00:00:", "2026-01-01T00:00:0", "2026-01-01T00:00:00.", "2026-01-01T00:00:00.Z", "2026-01-01T00.5Z", "2026-01-01X00:00",
		"2026-01-01T00:00[UTC]", "2026-01-01[UTC]", "2026-01-01Z", "2026-01-01T00:00Z[]", "2026-01-01T00:00Z[", "2026-01-01T00:00Z]", "2026-01-01T00:00Z[U\nC]",
		"2026-01-01T00:00Z[UTC][UTC]", "2026-01-01T00:00Z [UTC]", "2026-01-01T00:00  Z", "2026-01-01T00:00 ", "2026-01-01T00:00+", "2026-01-01T00:00+0", "2026-01-01T00:00+000",
		"2026-01-01T00:00+0:00", "2026-01-01T00:00+00:0", "2026-01-01T00:00+00000", "2026-01-01T00:00+24:00", "2026-01-01T00:00+00:60", "2026-01-01T00:00UTC", "2026-01-01T24:00Z",
		"2026-01-01T23:59:60Z", "2026-02-30", "2025-02-29", "1900-02-29", "2026-04-31", "2026-06-31", "2026-09-31", "2026-11-31", "2026-01-32", "2026-00-01", "2026-13-01", "2026-01-00", "0000-01-01T00:00+01:00", "9999-12-31T23:30-01:00",
		"1767225600", "176722560000000", "-1767225600000", "+1767225600000", "1767225600000.0", "17672256O0000",
	} {
		got, ok := ParseDate([]byte(text))

		assert.False(t, ok, text)
		assert.Zero(t, got, text)
	}
}

// A text that RFC 3339 allows is the date that package time reads, whichever of
// its characters is another. One that it does not allow is no date, but for the
// spellings above: another T, fraction or offset.
func TestParseDate_IsPackageTimes(t *testing.T) {
	t.Parallel()
	check := func(text string, strict bool) {
		want, err := time.Parse(time.RFC3339Nano, text)

		got, ok := ParseDate([]byte(text))

		if strict || err == nil {
			require.Equal(t, err == nil, ok, "%s: %v", text, err)
			require.True(t, got.Equal(want), text)
		}
	}
	for _, text := range []string{
		"2026-12-02T03:04:05Z", "2026-01-31T03:04:05Z", "2026-02-28T03:04:05Z", "2024-02-29T03:04:05Z", "2000-02-29T03:04:05Z", "2026-04-30T03:04:05Z", "2026-01-02T23:04:05Z",
		"2026-01-02T03:59:05Z", "2026-01-02T03:04:59Z", "0000-01-01T00:00:00Z", "9999-12-31T23:59:59.999999999Z",
		"2026-01-02T03:04:05+23:59", "2026-01-02T03:04:05-23:59", "2026-01-02T03:04:05+00:59", "2026-01-02T03:04:05-01:00",
	} {
		check(text, true)
	}
	for _, whole := range []string{"2026-01-02T03:04:05Z", "2026-11-12T13:14:15.123Z", "2026-11-12T13:14:15.123+01:30"} {
		for at := range whole {
			for _, c := range "012345789/:+-.TZ x" {
				check(whole[:at]+string(c)+whole[at+1:], at != 10 && at < 19)
			}
		}
	}
}

func TestParseDate_DoesNotAllocate(t *testing.T) {
	texts := [][]byte{[]byte("2026-01-01T01:02:03.123Z"), []byte("2026-01-01 03:02+0200[Europe/Paris]"), []byte("1767225600000"), []byte("soon")}

	allocations := testing.AllocsPerRun(100, func() {
		for _, text := range texts {
			ParseDate(text)
		}
	})

	assert.Zero(t, allocations)
}

func BenchmarkParseDate(b *testing.B) {
	for _, text := range []string{"2026-01-01T01:02:03.123Z", "2026-01-01T01:02:03.123Z[UTC]", "2026-01-01T01:02:03.123456+0200"} {
		b.Run(text, func(b *testing.B) {
			data := []byte(text)
			for b.Loop() {
				ParseDate(data)
			}
		})
	}
}
