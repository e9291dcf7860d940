package sse

import (
	"cmp"
	"math"
	"strconv"
	"strings"
	"time"
)

// A result is all that a decoder makes of a stream.
type result struct {
	events []naiveEvent
	lastID string
	retry  time.Duration
}

type naiveEvent struct {
	name, id, data string
	own, tooLarge  bool
}

// naive decodes a whole stream the slow way. It follows the text of the standard
// line by line, and shares nothing with Decoder.
func naive(stream string, limit int) result {
	var r result
	var name, pending string
	var lines []string
	var hasID, tooLarge bool
	text := strings.TrimPrefix(stream, "\uFEFF")
	for {
		line, rest, complete := cutLine(text)
		if !complete {
			return r
		}
		text = rest
		key, value, _ := strings.Cut(line, ":")
		value = strings.TrimPrefix(value, " ")
		switch {
		case line == "":
			if hasID {
				r.lastID = pending
			}
			e := naiveEvent{cmp.Or(name, "message"), r.lastID, strings.Join(lines, "\n"), hasID, tooLarge}
			if tooLarge || len(e.data) > limit {
				e.data, e.tooLarge = "", true
			}
			if len(lines) > 0 {
				r.events = append(r.events, e)
			}
			name, lines, hasID, tooLarge = "", nil, false, false
		case (key == "event" || key == "id") && len(value) > maxField:
			tooLarge = true
		case key == "data":
			lines = append(lines, value)
		case key == "event":
			name = value
		case key == "id" && !strings.Contains(value, "\x00"):
			pending, hasID = value, true
		case key == "retry" && value != "" && len(value) <= maxField && strings.Trim(value, "0123456789") == "":
			r.retry = retryTime(value)
		}
	}
}

// cutLine cuts the first line off, and reports whether it had an end.
func cutLine(text string) (line, rest string, complete bool) {
	i := strings.IndexAny(text, "\r\n")
	if i < 0 {
		return text, "", false
	}
	rest = text[i+1:]
	if text[i] == '\r' {
		rest = strings.TrimPrefix(rest, "\n")
	}
	return text[:i], rest, true
}

// retryTime is the time that digits say, at most what a Duration holds, and 0 if there are none.
func retryTime(digits string) time.Duration {
	ms, _ := strconv.ParseInt(digits, 10, 64) // the largest number if it is too large
	return time.Duration(min(ms, math.MaxInt64/int64(time.Millisecond))) * time.Millisecond
}
