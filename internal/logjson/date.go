package logjson

import (
	"bytes"
	"math"
	"strconv"
	"time"
)

// ParseDate returns the date in text, in UTC. It does not allocate for a date.
//
// It reads RFC 3339 and what else Java, PostgreSQL and JavaScript programs write: a day alone, a
// time without seconds or with an hour of one digit, a space or a lower-case letter for the T, a
// fraction of any length, the offsets Z, +00:00, +0000 and +00 or none (which means UTC), with a
// zone name in brackets behind it, and a whole number of milliseconds since 1970. Digits after the
// ninth of a fraction are dropped. The offset counts, not the name of the zone.
//
// It reports false for anything else, for a day that does not exist, and for a date outside the
// years 0 to 9999, which RFC 3339 cannot express.
func ParseDate(text []byte) (time.Time, bool) {
	const (
		day    = len("2006-01-02")
		minute = len("2006-01-02T15:04")
		second = len("2006-01-02T15:04:05")
		usual  = len("2006-01-02T15:04:05.000Z")
	)
	var t time.Time
	if len(text) == usual && text[day] == 'T' && text[second] == '.' && text[usual-1] == 'Z' &&
		t.UnmarshalText(text) == nil {
		return t, true
	}
	if len(text) < day || text[4] != '-' {
		return unixMilli(text)
	}
	end := day
	if len(text) > day {
		end = len(text)
		if i := bytes.IndexAny(text[day+1:], "Zz+- ["); i >= 0 {
			end = day + 1 + i
		}
	}
	offset, ok := parseOffset(text[end:])
	if !ok || end > day && bytes.IndexByte([]byte("Tt "), text[day]) < 0 {
		return time.Time{}, false
	}
	var room [48]byte
	b := append(room[:0], text[:end]...)
	switch {
	case end == day:
		b = append(b, "T00:00:00"...)
	case end == minute:
		b = append(b, ":00"...)
	case end > second && b[second] == ',':
		b[second] = '.'
	}
	b[day] = 'T'
	if t.UnmarshalText(append(b, 'Z')) != nil {
		return time.Time{}, false
	}
	if offset != 0 {
		t = t.Add(-offset)
		if t.Year() < 0 || t.Year() > 9999 {
			return time.Time{}, false
		}
	}
	return t, true
}

// unixMilli returns the date that is so many milliseconds after 1970. It takes 11 to 14 digits,
// from 1973 to 5138: fewer could be seconds, or a day without its hyphens.
func unixMilli(text []byte) (time.Time, bool) {
	if len(text) < 11 || len(text) > 14 {
		return time.Time{}, false
	}
	ms, err := strconv.ParseUint(string(text), 10, 64)
	if err != nil {
		return time.Time{}, false
	}
	return time.UnixMilli(int64(ms)).UTC(), true
}

// parseOffset reads an offset from UTC, with or without a zone name.
func parseOffset(b []byte) (time.Duration, bool) {
	if len(b) == 0 {
		return 0, true
	}
	if b[0] == ' ' {
		b = b[1:]
	}
	b = withoutZone(b)
	if len(b) == 1 && (b[0] == 'Z' || b[0] == 'z') {
		return 0, true
	}
	if len(b) < len("+00") || b[0] != '+' && b[0] != '-' {
		return 0, false
	}
	sign, hours, minutes := b[0], b[1:3], b[3:]
	if len(minutes) == len(":00") && minutes[0] == ':' {
		minutes = minutes[1:]
	}
	if len(minutes) == 0 {
		minutes = []byte("00")
	}
	h, m := pair(hours), pair(minutes)
	if h > 23 || m > 59 {
		return 0, false
	}
	offset := time.Duration(h*60+m) * time.Minute
	if sign == '-' {
		offset = -offset
	}
	return offset, true
}

// pair returns the number in two digits, a large one if they are none.
func pair(b []byte) uint64 {
	n, err := strconv.ParseUint(string(b), 10, 8)
	if err != nil || len(b) != 2 {
		return math.MaxUint8
	}
	return n
}

// withoutZone returns b without the zone name in brackets that Java adds.
func withoutZone(b []byte) []byte {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/_+-:"
	offset, zone, _ := bytes.Cut(b, []byte("["))
	name, closed := bytes.CutSuffix(zone, []byte("]"))
	if !closed || len(name) == 0 || len(bytes.Trim(name, letters)) > 0 {
		return b
	}
	return offset
}
