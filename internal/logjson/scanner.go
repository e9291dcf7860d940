package logjson

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
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
	const spaces uint64 = 1<<' ' | 1<<'\n' | 1<<'\r' | 1<<'\t'
	for ; s.pos < len(s.data); s.pos++ {
		if c := s.data[s.pos]; c > ' ' || spaces>>c&1 == 0 {
			return c
		}
	}
	return 0
}

// take takes the next byte if it is c, and reports whether it is.
func (s *scanner) take(c byte) bool {
	if s.pos == len(s.data) || s.data[s.pos] != c {
		return false
	}
	s.pos++
	return true
}

// open enters an object or an array, of which the bracket is next.
func (s *scanner) open() {
	s.pos++
	if s.depth++; s.depth > maxDepth {
		s.fail()
	}
}

// more moves to the next element of the object or array that was opened. If there is none, it takes
// the bracket and returns false.
func (s *scanner) more(bracket byte) bool {
	// In ASCII, a closing bracket comes two after the opening one. No value ends with that.
	first := s.data[s.pos-1] == bracket-2
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
	return k.text(s.data)
}

// value takes any value. If it is an object, fields of it are wanted.
func (s *scanner) value(fields []Field, values []Value) Value {
	first := s.next()
	v := Value{start: s.pos, kind: literal}
	switch first {
	case '"':
		return s.string()
	case '{':
		s.object(fields, values)
		return Value{kind: object}
	case '[':
		s.open()
		for s.more(']') {
			s.value(nil, nil)
		}
		return Value{}
	case 'n':
		s.word("null")
		return Value{}
	case 't':
		s.word("true")
	case 'f':
		s.word("false")
	default:
		s.number()
	}
	v.end = s.pos
	return v
}

func (s *scanner) word(word string) {
	if !bytes.HasPrefix(s.data[s.pos:], []byte(word)) {
		s.fail()
		return
	}
	s.pos += len(word)
}

// string takes a string. It looks at eight bytes at a time until one of them needs attention.
func (s *scanner) string() Value {
	const ones, high = 0x0101010101010101, 0x8080808080808080
	v := Value{start: s.pos + 1, kind: plain}
	data, i := s.data, s.pos+1
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
		if i >= len(data) || data[i] < ' ' {
			s.fail()
			return Value{}
		}
		switch data[i] {
		case '"':
			v.end, s.pos = i, i+1
			return v
		case '\\':
			kind := escape(data[i+1:])
			if kind == none {
				s.fail()
				return Value{}
			}
			v.kind = max(v.kind, kind)
			i += 2
		default:
			r, n := utf8.DecodeRune(data[i:])
			if r == utf8.RuneError && n == 1 {
				v.kind = odd
			}
			i += n
		}
	}
}

// escape returns the kind of a string with the escape that b begins with, after its backslash. It
// returns none if b begins with no such.
func escape(b []byte) kind {
	if len(b) > 4 && b[0] == 'u' {
		r, err := strconv.ParseUint(string(b[1:5]), 16, 16)
		switch {
		case err != nil:
			return none
		case utf16.IsSurrogate(rune(r)):
			return odd
		}
		return escaped
	}
	if len(b) > 0 && strings.IndexByte(escapes, b[0]) >= 0 {
		return escaped
	}
	return none
}

// isNumber reports whether text is a JSON number.
func isNumber(text []byte) bool {
	s := scanner{data: text}
	s.number()
	return !s.bad && s.pos == len(text)
}

// number takes a number.
func (s *scanner) number() {
	s.take('-')
	if !s.take('0') {
		s.digits()
	}
	if s.take('.') {
		s.digits()
	}
	if s.take('e') || s.take('E') {
		if !s.take('+') {
			s.take('-')
		}
		s.digits()
	}
}

// digits takes decimal digits, one at least.
func (s *scanner) digits() {
	start := s.pos
	for s.pos < len(s.data) && '0' <= s.data[s.pos] && s.data[s.pos] <= '9' {
		s.pos++
	}
	if s.pos == start {
		s.fail()
	}
}
