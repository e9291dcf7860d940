// Package wire reads the JSON of the API: strict about what is JSON, lenient about the shapes that its versions differ in.
package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"regexp"
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

// Bounds on what one result is made of: two bytes of JSON may stand for a value that takes a thousand in memory.
const (
	maxValues = 1 << 20
	maxMemory = 128 << 20
)

// ErrTooManyValues is a result over the bounds.
var ErrTooManyValues = errors.New("too many values for one result")

// crowded reports whether data may hold more than maxValues values, or more than maxMemory takes of the given size. It counts what stands
// before or within each value, in texts as well.
func crowded(data []byte, size uintptr) bool {
	most := min(maxValues, maxMemory/max(1, int(size)))
	if len(data) <= most {
		return false
	}
	return bytes.Count(data, []byte{','})+bytes.Count(data, []byte{'['})+bytes.Count(data, []byte{'{'}) > most
}

// weight is what a value takes in a list of the given type, or what one in a list within another type may take.
func weight(t reflect.Type) uintptr {
	if t.Kind() == reflect.Slice {
		return t.Elem().Size()
	}
	return 256
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
	if crowded(data, weight(target.Type())) {
		return &Error{Err: ErrTooManyValues}
	}
	return unmarshal(data, out)
}

// Unmarshal is encoding/json's, faster for the types that are read here.
func Unmarshal(data []byte, out any) error {
	target := reflect.ValueOf(out).Elem()
	if target.IsZero() {
		if read(data, target) {
			return nil
		}
		target.SetZero()
	}
	return json.Unmarshal(data, out)
}

func unmarshal(data []byte, out any) error {
	err := Unmarshal(data, out)
	if err == nil {
		return nil
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

// zoneName is what Java appends to a date: 2026-01-02T03:04:05Z[UTC].
var zoneName = regexp.MustCompile(`("\d{4}-\d\d-\d\dT[0-9:.]+(?:Z|[+-]\d\d:\d\d))\[[A-Za-z0-9_/+-]+\]"`)

func withoutZoneNames(data []byte) []byte { return zoneName.ReplaceAll(data, []byte(`$1"`)) }

// One returns the element of an array of one, and anything else as it is: some routes answer with either.
func One(data []byte) []byte {
	trimmed := bytes.TrimLeft(data, " \t\r\n")
	if len(trimmed) == 0 || trimmed[0] != '[' || crowded(data, 1) {
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
	trimmed := bytes.TrimSpace(data)
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
