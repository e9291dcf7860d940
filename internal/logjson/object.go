// Package logjson reads the JSON of log entries, fast, and the dates of the API.
package logjson

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
	"unsafe"

	"github.com/go-json-experiment/json/jsontext"
)

// A Field is a member of an object whose value is wanted.
type Field struct {
	Name string
	// Index is the field's place among the values.
	Index int
	// Fields are the members wanted if the value is an object. Offset is added to their indexes, so
	// that two objects with the same members can share Fields.
	Fields []Field
	Offset int
}

// A Value is where a value is in the data. It is empty for an object.
type Value struct {
	start, end int // without the quotes of a string
	kind       kind
}

// IsText reports whether the value is a string.
func (v Value) IsText() bool { return v.kind >= plain }

// IsObject reports whether the value is an object.
func (v Value) IsObject() bool { return v.kind == object }

type kind uint8

const (
	none    kind = iota // absent, null or an array
	object              // an object
	literal             // a number or a boolean
	plain               // a string that is its text
	escaped             // a string with escapes
	odd                 // a string with a surrogate or a byte that is not UTF-8
)

// An Object is a JSON object whose fields have been found.
type Object struct {
	data   []byte
	values []Value
}

// Find finds the fields of the JSON object in data, and puts them into values at their indexes. It
// checks all of data as strictly as encoding/json does. If a name comes twice, the last value
// counts. Names must be in the same case.
//
// The error of data that is not valid JSON is a *json.SyntaxError.
func Find(data []byte, fields []Field, values []Value) (Object, error) {
	s := scanner{data: data}
	if s.next() != '{' {
		return Object{}, notObject(data)
	}
	s.object(fields, values)
	if s.next(); s.bad || s.pos != len(data) {
		return Object{}, notObject(data)
	}
	return Object{data, values}, nil
}

// object takes an object, of which fields are wanted.
func (s *scanner) object(fields []Field, values []Value) {
	s.open()
	expected := 0
	for s.more('}') {
		i := find(fields, s.key(), expected)
		if i < 0 {
			s.value(nil, nil)
			continue
		}
		expected = i + 1
		field := &fields[i]
		if field.Fields == nil {
			values[field.Index] = s.value(nil, nil)
			continue
		}
		inner := values[field.Offset:]
		forget(field.Fields, inner)
		values[field.Index] = s.value(field.Fields, inner)
	}
}

// forget drops the values of an object that comes twice.
func forget(fields []Field, values []Value) {
	for i := range fields {
		values[fields[i].Index] = Value{}
		forget(fields[i].Fields, values[fields[i].Offset:])
	}
}

// find returns the index of the field with the given name, -1 if there is none. It starts at the
// one that is expected: most entries have the same order.
func find(fields []Field, name []byte, expected int) int {
	for range fields {
		if expected == len(fields) {
			expected = 0
		}
		if fields[expected].Name == string(name) {
			return expected
		}
		expected++
	}
	return -1
}

// notObject says what is wrong with data that Find rejects, in the words of encoding/json.
func notObject(data []byte) error {
	var raw json.RawMessage
	if err := json.Unmarshal(data, &raw); err != nil {
		return err
	}
	kind := "a number"
	switch raw[0] {
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

// text returns the text of a string, a number or a boolean, and nothing for other values. It
// allocates for strings with escapes.
func (v Value) text(data []byte) []byte {
	if v.kind > plain {
		return v.unquote(nil, data)
	}
	return data[v.start:v.end]
}

// The bytes that can follow a backslash, but for u, and what they stand for.
const escapes, unescaped = `"\/bfnrt`, "\"\\/\b\f\n\r\t"

// unquote appends the text of a string. As in encoding/json, a lone surrogate and each byte that is
// not UTF-8 become U+FFFD, which the error of jsontext says, no more.
func (v Value) unquote(to, data []byte) []byte {
	if v.kind == odd {
		to, _ = jsontext.AppendUnquote(to, data[v.start-1:v.end+1])
		return to
	}
	rest := data[v.start:v.end]
	for {
		i := bytes.IndexByte(rest, '\\')
		if i < 0 {
			return append(to, rest...)
		}
		to = append(to, rest[:i]...)
		if c := rest[i+1]; c == 'u' {
			r, _ := strconv.ParseUint(string(rest[i+2:i+6]), 16, 16)
			to, rest = utf8.AppendRune(to, rune(r)), rest[i+6:]
		} else {
			to, rest = append(to, unescaped[strings.IndexByte(escapes, c)]), rest[i+2:]
		}
	}
}

// Int64 returns the whole number at index i, or the one in the string there. It returns 0 for
// anything else, and for a number that does not fit.
func (o Object) Int64(i int) int64 {
	text := o.values[i].text(o.data)
	if !isNumber(text) {
		return 0
	}
	if n, err := strconv.ParseInt(string(text), 10, 64); err == nil {
		return n
	}
	const exact = 1 << 53
	if f := o.Float64(i); f == math.Trunc(f) && math.Abs(f) <= exact {
		return int64(f)
	}
	return 0
}

// Int is like Int64 for fields of type int.
func (o Object) Int(i int) int {
	n := o.Int64(i)
	if int64(int(n)) != n {
		return 0
	}
	return int(n)
}

// Float64 returns the number at index i, or the one in the string there. It returns 0 for anything
// else, and for a number that does not fit.
func (o Object) Float64(i int) float64 {
	text := o.values[i].text(o.data)
	if !isNumber(text) {
		return 0
	}
	f, err := strconv.ParseFloat(string(text), 64)
	if err != nil {
		return 0
	}
	return f
}

// Date returns the date at index i, by the rules of [ParseDate]. If there is one, Text no longer
// returns its text. If there is none, the date is zero.
func (o Object) Date(i int) time.Time {
	t, ok := ParseDate(o.values[i].text(o.data))
	if !ok || t.IsZero() {
		return time.Time{}
	}
	o.values[i] = Value{}
	return t
}

// Text sets the strings at to, by index, to the text of the values: of strings, numbers and
// booleans, and "" for anything else. A nil pointer is skipped.
//
// All strings are parts of one, which is the only allocation for valid UTF-8. Read dates first.
func (o Object) Text(to []*string) {
	size := 0
	for i, to := range to {
		v := o.values[i]
		if to != nil {
			size += v.end - v.start
		}
		if v.kind == odd {
			size += 2 * (v.end - v.start) // a byte may become the three of U+FFFD
		}
	}
	b := make([]byte, 0, size)
	for i, to := range to {
		v := o.values[i]
		if to == nil || v.start == v.end {
			continue
		}
		start := len(b)
		if v.kind > plain {
			b = v.unquote(b, o.data)
		} else {
			b = append(b, o.data[v.start:v.end]...)
		}
		*to = unsafe.String(&b[start], len(b)-start) // without a copy: these bytes do not change
	}
}
