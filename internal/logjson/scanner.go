package logjson

import (
	"encoding/binary"
	"encoding/json"
	"math/bits"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// A scanner walks over one JSON text. After an error bad is set and pos is at the end, so that
// loops end.
type scanner struct {
	data  []byte
	pos   int
	depth int
	bad   bool
}

// maxDepth is how deep encoding/json lets values be nested.
const maxDepth = 10_000

func (s *scanner) fail() {
	s.bad, s.pos = true, len(s.data)
}

// next returns the next byte that is not white space without taking it, and 0 at the end.
func (s *scanner) next() byte {
	if s.pos < len(s.data) && s.data[s.pos] > ' ' {
		return s.data[s.pos]
	}
	return s.skipSpace()
}

func (s *scanner) skipSpace() byte {
	for s.pos < len(s.data) {
		switch c := s.data[s.pos]; c {
		case ' ', '\n', '\r', '\t':
			s.pos++
		default:
			return c
		}
	}
	return 0
}

// open enters an object or an array.
func (s *scanner) open(bracket byte) {
	if s.next() != bracket || s.depth == maxDepth {
		s.fail()
		return
	}
	s.depth++
	s.pos++
}

// more moves to the next element of the object or array that was opened. first says that it would
// be the first one. If there is none, more takes the bracket and returns false.
func (s *scanner) more(bracket byte, first bool) bool {
	switch c := s.next(); {
	case c == bracket:
		s.pos++
		s.depth--
		return false
	case first:
		return !s.bad
	case c == ',':
		s.pos++
		return true
	default:
		s.fail()
		return false
	}
}

// key takes the name of a member and its colon.
func (s *scanner) key() []byte {
	if s.next() != '"' {
		s.fail()
		return nil
	}
	k := s.string()
	if s.next() != ':' {
		s.fail()
		return nil
	}
	s.pos++
	return k.plain(s.data)
}

// value takes any value.
func (s *scanner) value() Value {
	switch c := s.next(); c {
	case '"':
		return s.string()
	case '{':
		return s.nested(c, object)
	case '[':
		return s.nested(c, array)
	case 't':
		return s.word("true", literal)
	case 'f':
		return s.word("false", literal)
	case 'n':
		return s.word("null", none)
	default:
		v := Value{start: s.pos, kind: literal}
		end, ok := number(s.data, s.pos)
		v.end, s.pos = end, end
		if !ok {
			s.fail()
		}
		return v
	}
}

func (s *scanner) word(word string, kind kind) Value {
	start, end := s.pos, s.pos+len(word)
	if end > len(s.data) || string(s.data[start:end]) != word {
		s.fail()
		return Value{}
	}
	s.pos = end
	if kind == none {
		return Value{}
	}
	return Value{start, end, kind}
}

// nested takes an object or an array of which nothing is wanted.
func (s *scanner) nested(bracket byte, kind kind) Value {
	v := Value{start: s.pos, kind: kind}
	s.open(bracket)
	// In ASCII, a closing bracket comes two after the opening one.
	for first := true; s.more(bracket+2, first); first = false {
		if bracket == '{' {
			s.key()
		}
		s.value()
	}
	v.end = s.pos
	return v
}

// string takes a string. It looks at eight bytes at a time until one of them needs attention.
func (s *scanner) string() Value {
	const ones, high = 0x0101010101010101, 0x8080808080808080
	v := Value{start: s.pos + 1, kind: ascii}
	data, i, escapes := s.data, s.pos+1, false
	for {
		for i+8 <= len(data) {
			// The first byte with its high bit set in found is a quote, a control character, a
			// backslash, or not ASCII. With its second bit flipped, a quote comes right after the
			// control characters, which stay what they are. The subtractions borrow from the high
			// bit of these bytes. They may do so wrongly in later bytes, which does not matter.
			x := binary.LittleEndian.Uint64(data[i : i+8])
			found := ((x ^ 2*ones - 0x21*ones) | (x ^ '\\'*ones - ones) | x) & high
			if found != 0 {
				i += bits.TrailingZeros64(found) / 8
				break
			}
			i += 8
		}
		if i >= len(data) {
			s.fail()
			return Value{}
		}
		switch c := data[i]; {
		case c == '"':
			v.end, s.pos = i, i+1
			quoted := jsontext.Value(data[v.start-1 : s.pos])
			// Package jsontext is faster, but rejects what is not UTF-8.
			if escapes && !quoted.IsValid() && !json.Valid(quoted) {
				s.fail()
			}
			return v
		case c == '\\':
			v.kind, escapes = text, true
			i += 2
		case c < ' ':
			s.fail()
			return Value{}
		default:
			if c >= utf8.RuneSelf {
				v.kind = text
			}
			i++
		}
	}
}

// isNumber reports whether text is a JSON number.
func isNumber(text []byte) bool {
	end, ok := number(text, 0)
	return ok && end == len(text)
}

// number returns the end of the JSON number at data[i:], and whether there is one.
func number(data []byte, i int) (int, bool) {
	if i < len(data) && data[i] == '-' {
		i++
	}
	end := digits(data, i)
	if end == i || data[i] == '0' && end > i+1 {
		return i, false
	}
	i = end
	if i < len(data) && data[i] == '.' {
		if end = digits(data, i+1); end == i+1 {
			return i, false
		}
		i = end
	}
	if i < len(data) && (data[i] == 'e' || data[i] == 'E') {
		i++
		if i < len(data) && (data[i] == '+' || data[i] == '-') {
			i++
		}
		if end = digits(data, i); end == i {
			return i, false
		}
		i = end
	}
	return i, true
}
