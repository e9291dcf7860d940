// Package wire reads the JSON of the API: strict about what is JSON, lenient about the shapes that its versions differ in.
package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"time"
)

// An Error is a body that is not what was expected.
type Error struct {
	// Path leads to the value at fault: [3].dns.a; empty for the whole body.
	Path string
	Err  error
}

func (e *Error) Error() string {
	if e.Path == "" {
		return e.Err.Error()
	}
	return e.Path + ": " + e.Err.Error()
}

func (e *Error) Unwrap() error { return e.Err }

// ErrTooManyValues is a result that would take much more memory than its JSON: two bytes may stand for a value of a thousand.
var ErrTooManyValues = errors.New("too many values for one result")

// A budget is the memory that the elements of lists, and what pointers lead to, may still take.
type budget int64

// budgetFor is enough for any result that is not made to take memory: its lists take about as much as their JSON.
func budgetFor(jsonBytes int64) budget { return budget(128<<20 + 4*jsonBytes) }

// spend takes n values of type t from the budget, and reports whether it was enough.
func (b *budget) spend(n int, t reflect.Type) bool {
	if size := int64(t.Size()); size > 0 && int64(n) > int64(*b)/size {
		return false
	}
	*b -= budget(int64(n) * int64(t.Size()))
	return true
}

// crowded reports whether data is too much for encoding/json, which keeps no account: more values than maxValues, counted by what stands
// before or within each one, in texts as well; or a list over its budget.
func crowded(data []byte, t reflect.Type) bool {
	const maxValues = 1 << 20
	if len(data) <= maxValues/2 {
		return false
	}
	if bytes.Count(data, []byte{','})+bytes.Count(data, []byte{'['})+bytes.Count(data, []byte{'{'}) > maxValues {
		return true
	}
	b := budgetFor(int64(len(data)))
	s := NewScanner(data)
	return t.Kind() == reflect.Slice && s.next() == '[' && !b.spend(s.count(), t.Elem())
}

// Decode reads data into out, a pointer to a slice, which null or nothing leaves empty and not nil, or to anything else, for which null
// or nothing is an error. On an error *out holds nothing that may be used.
func Decode(data []byte, out any) error {
	target := reflect.ValueOf(out).Elem()
	if IsNull(data) {
		if target.Kind() != reflect.Slice {
			return &Error{Err: errNothing}
		}
		target.Set(reflect.MakeSlice(target.Type(), 0, 0))
		return nil
	}
	return unmarshal(data, out)
}

// Unmarshal is encoding/json's, faster for the types that are read here.
func Unmarshal(data []byte, out any) error {
	target := reflect.ValueOf(out).Elem()
	if target.IsZero() {
		if ok, err := read(data, target); ok || err != nil {
			return err
		}
		target.SetZero()
	}
	if crowded(data, target.Type()) {
		return ErrTooManyValues
	}
	return json.Unmarshal(data, out)
}

func unmarshal(data []byte, out any) error {
	err := Unmarshal(data, out)
	if err == nil {
		return nil
	}
	if errors.Is(err, ErrTooManyValues) {
		return &Error{Err: err}
	}
	var date *time.ParseError
	if errors.As(err, &date) {
		if plain := withoutZoneNames(data); len(plain) != len(data) && json.Unmarshal(plain, out) == nil {
			return nil
		}
	}
	path, cause := locate(data, out)
	if cause == nil {
		cause = err
	}
	return &Error{Path: path, Err: plain(cause)}
}

// withoutZoneNames takes away what Java appends to a date: 2026-01-02T03:04:05Z[UTC].
func withoutZoneNames(data []byte) []byte {
	var plain []byte
	done := 0
	for at, c := range data {
		if c != '[' || at < done {
			continue
		}
		date := data[bytes.LastIndexByte(data[:at], '"')+1 : at]
		name, _, quoted := bytes.Cut(data[at+1:], []byte(`]"`))
		if _, ok := ParseDate(date); !ok || !quoted || len(name) == 0 || bytes.ContainsFunc(name, notOfZoneName) {
			continue
		}
		plain = append(plain, data[done:at]...)
		done = at + len(name) + len("[]")
	}
	return append(plain, data[done:]...)
}

func notOfZoneName(r rune) bool {
	switch {
	case 'A' <= r && r <= 'Z', 'a' <= r && r <= 'z', '0' <= r && r <= '9':
		return false
	}
	return !strings.ContainsRune("_/+-", r)
}

// One returns the element of an array of one, and anything else as it is: some routes answer with either.
func One(data []byte) []byte {
	trimmed := bytes.TrimLeft(data, " \t\r\n")
	if len(trimmed) == 0 || trimmed[0] != '[' || crowded(data, reflect.TypeFor[[]json.RawMessage]()) {
		return data
	}
	var elements []json.RawMessage
	if json.Unmarshal(data, &elements) != nil || len(elements) != 1 {
		return data
	}
	return elements[0]
}

// IsNull reports whether data is JSON null or nothing but white space.
func IsNull(data []byte) bool {
	trimmed := bytes.Trim(data, " \t\r\n") // no other character is white space to JSON
	return len(trimmed) == 0 || string(trimmed) == "null"
}

// plain words encoding/json's errors as the SDK words its own, without names of Go types.
func plain(err error) error {
	var kind *json.UnmarshalTypeError
	var syntax *json.SyntaxError
	var date *time.ParseError
	switch {
	case errors.As(err, &kind):
		return fmt.Errorf("expected %s, got %s", expected(kind), kind.Value)
	case errors.As(err, &date):
		return errors.New("expected an ISO 8601 date")
	case errors.As(err, &syntax):
		return fmt.Errorf("not JSON: %w at byte %d", err, syntax.Offset)
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return fmt.Errorf("not JSON: %w", io.ErrUnexpectedEOF)
	}
	return err
}
