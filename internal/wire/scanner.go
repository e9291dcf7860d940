package wire

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/bits"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"
)

// What the API answers is decoded by hand: encoding/json takes many times longer for a log entry than everything else on its way. The
// scanner below checks the whole text as strictly as encoding/json does, and notes where values are; then their text is copied into one
// string, of which the fields are parts. What a value of the wrong type means to a log entry is in Scanner.Text, Scanner.Int and
// Scanner.Float.

// A Span is a value in the data.
type Span struct {
	Start, End int // without the quotes of a string
	Kind       SpanKind
}

// A SpanKind is what a value is.
type SpanKind uint8

// The kinds.
const (
	SpanNone    SpanKind = iota // absent or null
	SpanASCII                   // a string without escapes, all ASCII
	SpanText                    // any other string
	SpanLiteral                 // a number or a boolean
	SpanNested                  // an object or an array
)

// A Scanner walks over one JSON text. After an error bad is set and pos is at the end, so that loops end.
type Scanner struct {
	data  []byte
	pos   int
	depth int
	bad   bool
	// fault is where the error is.
	fault int
}

// NewScanner returns a scanner of data, which its caller leaves as it is.
func NewScanner(data []byte) Scanner { return Scanner{data: data} }

// maxDepth is how deep encoding/json lets values be nested.
const maxDepth = 10_000

func (s *Scanner) fail() {
	if !s.bad {
		s.bad, s.fault = true, s.pos
	}
	s.pos = len(s.data)
}

// cut reports whether more data may mend the error: what is wrong is so near to the end that it may be the beginning of an escape or of
// a word.
func (s *Scanner) cut() bool {
	const longest = len(`\u0000`)
	return s.bad && len(s.data)-s.fault < longest
}

// next returns the next byte that is not white space, without taking it; 0 at the end.
func (s *Scanner) next() byte {
	if s.pos < len(s.data) && s.data[s.pos] > ' ' {
		return s.data[s.pos]
	}
	return s.skipSpace()
}

func (s *Scanner) skipSpace() byte {
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

// Open enters an object or an array.
func (s *Scanner) Open(bracket byte) {
	if s.next() != bracket || s.depth == maxDepth {
		s.fail()
		return
	}
	s.depth++
	s.pos++
}

// More moves to the next element of what was opened, first telling whether it is the first one; it returns false, and leaves the
// object or array, when there is none.
func (s *Scanner) More(bracket byte, first bool) bool {
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

// Key takes the key of a member and its colon. An escaped key is unescaped into scratch.
func (s *Scanner) Key(scratch []byte) []byte {
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
	raw := s.data[k.Start:k.End]
	// One byte takes six at most when it is escaped: a longer key is none that is known.
	if k.Kind == SpanText && len(raw) <= cap(scratch) {
		return unescape(scratch[:0], raw)
	}
	return raw
}

// Value takes any value.
func (s *Scanner) Value() Span {
	switch c := s.next(); c {
	case '"':
		return s.string()
	case '{', '[':
		start := s.pos
		s.skipNested(c)
		return Span{start, s.pos, SpanNested}
	case 't':
		return s.literal("true", SpanLiteral)
	case 'f':
		return s.literal("false", SpanLiteral)
	case 'n':
		return s.literal("null", SpanNone)
	default:
		v := Span{Start: s.pos, Kind: SpanLiteral}
		end, ok := number(s.data, s.pos)
		v.End, s.pos = end, end
		if !ok {
			s.fail()
		}
		return v
	}
}

func (s *Scanner) literal(text string, kind SpanKind) Span {
	start, end := s.pos, s.pos+len(text)
	if end > len(s.data) || string(s.data[start:end]) != text {
		s.fail()
		return Span{}
	}
	s.pos = end
	return Span{start, end, kind}
}

func (s *Scanner) skipNested(bracket byte) {
	s.Open(bracket)
	for first := true; s.More(bracket+2, first); first = false { // in ASCII, brackets close two after they open
		if bracket == '{' {
			s.Key(nil)
		}
		s.Value()
	}
}

// string takes a string. Eight bytes at a time are looked at until one needs attention.
func (s *Scanner) string() Span {
	const ones, high = 0x0101010101010101, 0x8080808080808080
	v := Span{Start: s.pos + 1, Kind: SpanASCII}
	data, i := s.data, s.pos+1
	for {
		for i+8 <= len(data) {
			// The first byte with its high bit set in found is a quote, a control character, a backslash, or not ASCII. With its
			// second bit flipped, a quote comes right after the control characters, which stay what they are. The subtractions
			// borrow from the high bit of these bytes; they may do so wrongly in later bytes, which does not matter.
			x := binary.LittleEndian.Uint64(data[i : i+8])
			found := ((x ^ 2*ones - 0x21*ones) | (x ^ '\\'*ones - ones) | x) & high
			if found != 0 {
				i += bits.TrailingZeros64(found) / 8
				break
			}
			i += 8
		}
		if i >= len(data) {
			s.pos = i
			s.fail()
			return Span{}
		}
		switch c := data[i]; {
		case c == '"':
			v.End, s.pos = i, i+1
			return v
		case c == '\\':
			n := escapeLength(data[i:])
			if n == 0 {
				s.pos = i
				s.fail()
				return Span{}
			}
			v.Kind = SpanText
			i += n
		case c < ' ':
			s.pos = i
			s.fail()
			return Span{}
		default:
			if c >= utf8.RuneSelf {
				v.Kind = SpanText
			}
			i++
		}
	}
}

// escapeLength returns the length of the escape sequence that b starts with, 0 if it is none.
func escapeLength(b []byte) int {
	if len(b) < 2 {
		return 0
	}
	switch b[1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2
	case 'u':
		if hex4(b[2:]) >= 0 {
			return 6
		}
	}
	return 0
}

// hex4 returns the value of the four hexadecimal digits that b starts with, -1 if there are none.
func hex4(b []byte) rune {
	if len(b) < 4 {
		return -1
	}
	var r rune
	for _, c := range b[:4] {
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c && c <= 'f':
			c -= 'a' - 10
		case 'A' <= c && c <= 'F':
			c -= 'A' - 10
		default:
			return -1
		}
		r = r<<4 | rune(c)
	}
	return r
}

// unescape appends the text of a string that Scanner.string accepted. As in encoding/json, a lone surrogate and each byte that is not
// UTF-8 become U+FFFD.
func unescape(dst, raw []byte) []byte {
	for len(raw) > 0 {
		c := raw[0]
		if c >= utf8.RuneSelf {
			r, n := utf8.DecodeRune(raw)
			dst = utf8.AppendRune(dst, r)
			raw = raw[n:]
			continue
		}
		if c != '\\' {
			dst = append(dst, c)
			raw = raw[1:]
			continue
		}
		c, raw = raw[1], raw[2:]
		switch c {
		case 'b':
			dst = append(dst, '\b')
		case 'f':
			dst = append(dst, '\f')
		case 'n':
			dst = append(dst, '\n')
		case 'r':
			dst = append(dst, '\r')
		case 't':
			dst = append(dst, '\t')
		case 'u':
			r := hex4(raw)
			raw = raw[4:]
			if utf16.IsSurrogate(r) {
				low := rune(-1)
				if len(raw) >= 6 && raw[0] == '\\' && raw[1] == 'u' {
					low = hex4(raw[2:])
				}
				if r = utf16.DecodeRune(r, low); r != utf8.RuneError {
					raw = raw[6:]
				}
			}
			dst = utf8.AppendRune(dst, r)
		default:
			dst = append(dst, c)
		}
	}
	return dst
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

// IsNumber reports whether text is a JSON number.
func IsNumber(text []byte) bool {
	end, ok := number(text, 0)
	return ok && end == len(text)
}

// digits returns the end of the decimal digits at data[i:].
func digits(data []byte, i int) int {
	for i < len(data) && '0' <= data[i] && data[i] <= '9' {
		i++
	}
	return i
}

// count returns the number of elements of the array that comes next, which it does not take.
func (s *Scanner) count() int {
	ahead := *s
	ahead.Open('[')
	n := 0
	for ahead.More(']', n == 0) {
		ahead.Value()
		n++
	}
	return n
}

// Done reports whether nothing but white space is left, and nothing was wrong.
func (s *Scanner) Done() bool {
	return s.next() == 0 && s.pos == len(s.data) && !s.bad
}

// NotObject says what is wrong with data that the scanner refused, in the words of encoding/json.
func NotObject(data []byte) error {
	var raw json.RawMessage
	if err := json.Unmarshal(data, &raw); err != nil {
		return err
	}
	kind := "a number"
	switch strings.TrimLeft(string(data), " \t\r\n")[0] {
	case '[':
		kind = "an array"
	case '"':
		kind = "a string"
	case 't', 'f':
		kind = "a boolean"
	case 'n':
		kind = "null"
	case '{':
		return errors.New("unreadable object")
	}
	return fmt.Errorf("expected an object, got %s", kind)
}

// Plain returns the text of a string or of a literal; nothing for other values. It allocates for strings that are not plain.
func (s *Scanner) Plain(v Span) []byte {
	switch v.Kind {
	case SpanASCII, SpanLiteral:
		return s.data[v.Start:v.End]
	case SpanText:
		return unescape(nil, s.data[v.Start:v.End])
	default:
		return nil
	}
}

// Int returns a whole number, or a string that holds one; 0 for all else.
func (s *Scanner) Int(v Span) int64 {
	text := s.Plain(v)
	if len(text) > 0 && len(text) <= 18 && text[0] != '0' && digits(text, 0) == len(text) {
		n := int64(0)
		for _, c := range text {
			n = n*10 + int64(c-'0')
		}
		return n
	}
	if end, ok := number(text, 0); !ok || end != len(text) {
		return 0
	}
	if n, err := strconv.ParseInt(string(text), 10, 64); err == nil {
		return n
	}
	const exact = 1 << 53
	if f := s.Float(v); f == math.Trunc(f) && math.Abs(f) <= exact {
		return int64(f)
	}
	return 0
}

// Float returns a number, or a string that holds one; 0 for all else.
func (s *Scanner) Float(v Span) float64 {
	text := s.Plain(v)
	if end, ok := number(text, 0); !ok || end != len(text) {
		return 0
	}
	f, err := strconv.ParseFloat(string(text), 64)
	if err != nil {
		return 0
	}
	return f
}

// SmallInt is int for fields of that type.
func (s *Scanner) SmallInt(v Span) int {
	n := s.Int(v)
	if int64(int(n)) != n {
		return 0
	}
	return int(n)
}

// Date returns a date; if the value is text that is none, also the span of that text.
func (s *Scanner) Date(v Span) (time.Time, Span) {
	if v.Kind == SpanNone || v.Kind == SpanNested {
		return time.Time{}, Span{}
	}
	if t, ok := ParseDate(s.Plain(v)); ok && !t.IsZero() {
		return t, Span{}
	}
	return time.Time{}, v
}

// ParseDate reads an RFC 3339 date with up to nine decimals, and the suffix [UTC] that Java programs add. The result is in UTC.
func ParseDate(text []byte) (time.Time, bool) {
	if n := len(text) - len("[UTC]"); n > 0 && string(text[n:]) == "[UTC]" {
		text = text[:n]
	}
	const layout = "2006-01-02T15:04:05"
	if len(text) <= len(layout) || text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' || text[16] != ':' {
		return time.Time{}, false
	}
	year := pair(text[0:])*100 + pair(text[2:])
	month, day := pair(text[5:]), pair(text[8:])
	hour, minute, second := pair(text[11:]), pair(text[14:]), pair(text[17:])
	nanos, n := fraction(text[len(layout):])
	offset, ok := zoneOffset(text[len(layout)+n:])
	if !ok || min(pair(text[0:]), pair(text[2:]), hour, minute, second) < 0 ||
		month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 59 {
		return time.Time{}, false
	}
	t := time.Date(year, time.Month(month), day, hour, minute, second, nanos, time.UTC)
	if t.Day() != day { // the month is shorter
		return time.Time{}, false
	}
	if offset != 0 {
		t = t.Add(-offset)
	}
	if t.Year() < 0 || t.Year() > 9999 { // it could not be written back
		return time.Time{}, false
	}
	return t, true
}

// pair returns the number in two digits, a negative one if they are none.
func pair(b []byte) int {
	tens, ones := int(b[0])-'0', int(b[1])-'0'
	if tens < 0 || tens > 9 || ones < 0 || ones > 9 {
		return -1 << 20
	}
	return tens*10 + ones
}

// fraction returns the nanoseconds in the decimals that b starts with and their length, 0 if there are none. Decimals past the ninth
// are dropped.
func fraction(b []byte) (nanos, length int) {
	if b[0] != '.' {
		return 0, 0
	}
	end := digits(b, 1)
	if end == 1 {
		return 0, 0
	}
	for i := 1; i < 10; i++ {
		nanos *= 10
		if i < end {
			nanos += int(b[i] - '0')
		}
	}
	return nanos, end
}

// zoneOffset reads Z or an offset from UTC.
func zoneOffset(b []byte) (time.Duration, bool) {
	if len(b) == 1 && b[0] == 'Z' {
		return 0, true
	}
	if len(b) != len("+00:00") || b[0] != '+' && b[0] != '-' || b[3] != ':' {
		return 0, false
	}
	hours, minutes := pair(b[1:]), pair(b[4:])
	if hours < 0 || hours > 23 || minutes < 0 || minutes > 59 {
		return 0, false
	}
	offset := time.Duration(hours)*time.Hour + time.Duration(minutes)*time.Minute
	if b[0] == '-' {
		offset = -offset
	}
	return offset, true
}

// Text gives the strings at to the text of the values: of strings, numbers and booleans, "" for all else. All are parts of one string,
// which is the only allocation, but for bytes that are not UTF-8 and make the text longer. The values are used up.
func (s *Scanner) Text(values []Span, to []*string) {
	size := 0
	for i := range values {
		v := &values[i]
		switch v.Kind {
		case SpanNone, SpanNested:
			*v = Span{}
			continue
		case SpanASCII:
			if text := Frequent(s.data[v.Start:v.End]); text != "" {
				*to[i], *v = text, Span{}
				continue
			}
		}
		size += v.End - v.Start
	}
	if size == 0 {
		return
	}
	var b strings.Builder
	b.Grow(size)
	for i := range values {
		v := &values[i]
		if v.Start == v.End {
			continue
		}
		raw := s.data[v.Start:v.End]
		v.Start = b.Len()
		if v.Kind == SpanText {
			writeText(&b, raw)
		} else {
			b.Write(raw)
		}
		v.End = b.Len()
	}
	all := b.String()
	for i, v := range values {
		if v.Start < v.End {
			*to[i] = all[v.Start:v.End]
		}
	}
}

// Frequent returns short texts that most entries, or most invoices, have, so that these need no memory; "" for all others.
func Frequent(text []byte) string {
	switch string(text) {
	case "0.0":
		return "0.0"
	case "1.0":
		return "1.0"
	case "20.0":
		return "20.0"
	case "EUR":
		return "EUR"
	case "FR":
		return "FR"
	case "INVOICE":
		return "INVOICE"
	case "PAID":
		return "PAID"
	case "PAAS":
		return "PAAS"
	case "STRIPE":
		return "STRIPE"
	case "LOG":
		return "LOG"
	case "ENABLED":
		return "ENABLED"
	case "RUNNING":
		return "RUNNING"
	case "1":
		return "1"
	case "bas":
		return "bas"
	case "bas-deploy":
		return "bas-deploy"
	case "daemon":
		return "daemon"
	case "local0":
		return "local0"
	case "unknown":
		return "unknown"
	case "par":
		return "par"
	case "info":
		return "info"
	case "notice":
		return "notice"
	case "warning":
		return "warning"
	case "err":
		return "err"
	case "debug":
		return "debug"
	case "GET":
		return "GET"
	case "POST":
		return "POST"
	case "http":
		return "http"
	case "https":
		return "https"
	default:
		return ""
	}
}

// writeText writes the text of a string that may have escapes and need not be UTF-8. Most of it is written as it is.
func writeText(b *strings.Builder, raw []byte) {
	var few [96]byte // a byte that is not UTF-8 becomes three
	for len(raw) > 0 {
		n := 0
		for n < len(raw) && raw[n] != '\\' && raw[n] < utf8.RuneSelf {
			n++
		}
		b.Write(raw[:n])
		raw = raw[n:]
		n = 0
		for n < len(raw) && n+12 <= len(few)/3 && (raw[n] == '\\' || raw[n] >= utf8.RuneSelf) {
			n += piece(raw[n:])
		}
		b.Write(unescape(few[:0], raw[:n]))
		raw = raw[n:]
	}
}

// piece returns the length of the escape, or of the character, that raw starts with. Two halves of a surrogate pair are one piece.
func piece(raw []byte) int {
	if raw[0] != '\\' {
		_, n := utf8.DecodeRune(raw)
		return n
	}
	if raw[1] != 'u' {
		return 2
	}
	if utf16.IsSurrogate(hex4(raw[2:])) && len(raw) >= 12 && raw[6] == '\\' && raw[7] == 'u' &&
		utf16.DecodeRune(hex4(raw[2:]), hex4(raw[8:])) != utf8.RuneError {
		return 12
	}
	return 6
}

// keyScratch is enough for any key that is known, fully escaped.
const keyScratch = 6 * len("applicationId")

// Object takes an object and gives its members to member, which takes their values. It takes any other value too, and returns false.
func (s *Scanner) Object(member func(s *Scanner, key []byte)) bool {
	if s.next() != '{' {
		s.Value()
		return false
	}
	var scratch [keyScratch]byte
	s.Open('{')
	for first := true; s.More('}', first); first = false {
		member(s, s.Key(scratch[:]))
	}
	return true
}
