package logjson

import "time"

// ParseDate returns the date in text, in UTC. It does not allocate.
//
// It reads RFC 3339 and what else Java, PostgreSQL and JavaScript programs
// write: a day alone, a time without seconds, a blank or a lower-case letter for
// the T, a fraction of any length, the offsets Z, +00:00, +0000 and +00 or none
// (which means UTC), with a zone name in brackets behind it, and a whole number
// of milliseconds since 1970. Digits after the ninth of a fraction are dropped.
// The offset counts, not the name of the zone.
//
// It reports false for anything else, for a day that does not exist, and for a
// date outside the years 0 to 9999, which RFC 3339 cannot express.
func ParseDate(text []byte) (time.Time, bool) {
	const dayLength = len("2006-01-02")
	if len(text) < dayLength || text[4] != '-' || text[7] != '-' {
		return unixMilli(text)
	}
	year, month, day := pair(text)*100+pair(text[2:]), pair(text[5:]), pair(text[8:])
	clock, ok := parseClock(text[dayLength:])
	if !ok || year < 0 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month) {
		return time.Time{}, false
	}
	t := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC).Add(clock)
	if (year == 0 || year == 9999) && t.Year() != year { // the offset leads out of the range
		return time.Time{}, false
	}
	return t, true
}

func daysIn(year, month int) int {
	switch month {
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	default:
		return 31
	}
}

// unixMilli returns the date that is so many milliseconds after 1970. It takes
// 11 to 14 digits, from 1973 to 5138: fewer could be seconds, or a day without
// its hyphens.
func unixMilli(text []byte) (time.Time, bool) {
	if len(text) < 11 || len(text) > 14 || digits(text, 0) != len(text) {
		return time.Time{}, false
	}
	ms := int64(0)
	for _, c := range text {
		ms = ms*10 + int64(c-'0')
	}
	return time.UnixMilli(ms).UTC(), true
}

// parseClock returns the time since midnight UTC of what follows the day.
func parseClock(b []byte) (time.Duration, bool) {
	if len(b) == 0 {
		return 0, true
	}
	const shortest = len("T15:04")
	if len(b) < shortest || b[0] != 'T' && b[0] != ' ' && b[0] != 't' || b[3] != ':' {
		return 0, false
	}
	hour, minute, second, nanos := pair(b[1:]), pair(b[4:]), 0, 0
	b = b[shortest:]
	if len(b) >= len(":05") && b[0] == ':' {
		second = pair(b[1:])
		nanos, b = fraction(b[len(":05"):])
	}
	offset, ok := parseOffset(b)
	if !ok || min(hour, minute, second) < 0 || hour > 23 || minute > 59 || second > 59 {
		return 0, false
	}
	seconds := (hour*60+minute)*60 + second
	return time.Duration(seconds)*time.Second + time.Duration(nanos) - offset, true
}

// pair returns the number in the two digits that b starts with, a negative one
// if they are none.
func pair(b []byte) int {
	tens, ones := int(b[0])-'0', int(b[1])-'0'
	if tens < 0 || tens > 9 || ones < 0 || ones > 9 {
		return -1 << 20
	}
	return tens*10 + ones
}

// fraction returns the nanoseconds in the fraction that b starts with, 0 if there
// is none, and what follows it.
func fraction(b []byte) (nanos int, rest []byte) {
	if len(b) == 0 || b[0] != '.' && b[0] != ',' {
		return 0, b
	}
	end := digits(b, 1)
	if end == 1 {
		return 0, b
	}
	for i := 1; i < 10; i++ {
		nanos *= 10
		if i < end {
			nanos += int(b[i] - '0')
		}
	}
	return nanos, b[end:]
}

// parseOffset reads an offset from UTC, with or without a zone name.
func parseOffset(b []byte) (time.Duration, bool) {
	if len(b) == 0 || len(b) == 1 && b[0] == 'Z' {
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
	hours, minutes := pair(b[1:]), 0
	switch rest := b[len("+00"):]; {
	case len(rest) == 0:
	case len(rest) == len("00"):
		minutes = pair(rest)
	case len(rest) == len(":00") && rest[0] == ':':
		minutes = pair(rest[1:])
	default:
		return 0, false
	}
	if hours < 0 || hours > 23 || minutes < 0 || minutes > 59 {
		return 0, false
	}
	offset := time.Duration(hours*60+minutes) * time.Minute
	if b[0] == '-' {
		offset = -offset
	}
	return offset, true
}

// withoutZone returns b without the zone name in brackets that Java adds.
func withoutZone(b []byte) []byte {
	if len(b) == 0 || b[len(b)-1] != ']' {
		return b
	}
	for i := len(b) - 2; i >= 0; i-- {
		switch c := b[i]; {
		case c == '[':
			if i == len(b)-2 {
				return b
			}
			return b[:i]
		case 'a' <= c|' ' && c|' ' <= 'z', '0' <= c && c <= '9':
		case c == '/', c == '_', c == '+', c == '-', c == ':':
		default:
			return b
		}
	}
	return b
}

// digits returns the end of the decimal digits at data[i:].
func digits(data []byte, i int) int {
	for i < len(data) && '0' <= data[i] && data[i] <= '9' {
		i++
	}
	return i
}
