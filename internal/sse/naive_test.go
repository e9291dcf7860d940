package sse

import (
	"bytes"
	"cmp"
	"math/big"
	"strings"
)

// A result is all that a decoder makes of a stream.
type result struct {
	events []naiveEvent
	lastID string
	retry  string // milliseconds, empty if none
}

type naiveEvent struct {
	name, id, data string
	own, tooLarge  bool
}

// naive decodes a whole stream the slow way. It follows the text of the standard
// line by line, and shares nothing with Decoder.
func naive(stream []byte, limit int) result {
	var r result
	var name, pending string
	var lines []string
	var hasID, tooLarge bool
	text := strings.TrimPrefix(string(stream), "\uFEFF")
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
			n, _ := new(big.Int).SetString(value, 10)
			r.retry = n.String()
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

// replaceInvalid puts one U+FFFD for each maximal part of an invalid sequence, as the standard's UTF-8 decoder does.
func replaceInvalid(text []byte) string {
	var out strings.Builder
	for len(text) > 0 {
		need, low, high := 0, byte(0x80), byte(0xBF)
		switch c := text[0]; {
		case c < 0x80:
			out.WriteByte(c)
			text = text[1:]
			continue
		case c >= 0xC2 && c <= 0xDF:
			need = 1
		case c >= 0xE0 && c <= 0xEF:
			need = 2
			if c == 0xE0 {
				low = 0xA0
			} else if c == 0xED {
				high = 0x9F
			}
		case c >= 0xF0 && c <= 0xF4:
			need = 3
			if c == 0xF0 {
				low = 0x90
			} else if c == 0xF4 {
				high = 0x8F
			}
		}
		n := 1
		for n <= need && n < len(text) && text[n] >= low && text[n] <= high {
			n, low, high = n+1, 0x80, 0xBF
		}
		if need > 0 && n == need+1 {
			out.Write(text[:n])
		} else {
			out.WriteRune('\uFFFD')
		}
		text = bytes.Clone(text[n:])
	}
	return out.String()
}
