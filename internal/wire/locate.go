package wire

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
)

// locate finds the innermost value of data that does not decode into its place in out, by trying each on its own. It runs only after a
// failure, so that decoding itself need not keep track.
func locate(data []byte, out any) (string, error) {
	t := reflect.TypeOf(out)
	if t == nil || t.Kind() != reflect.Pointer || !json.Valid(data) {
		return "", nil
	}
	return locateIn(t.Elem(), bytes.TrimSpace(data))
}

func locateIn(t reflect.Type, data []byte) (string, error) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	err := json.Unmarshal(data, reflect.New(t).Interface())
	if err == nil {
		return "", nil
	}
	if data[0] == '[' && t.Kind() == reflect.Slice {
		var elements []json.RawMessage
		if json.Unmarshal(data, &elements) == nil {
			for i, element := range elements {
				if path, inner := locateIn(t.Elem(), element); inner != nil {
					return join(fmt.Sprintf("[%d]", i), path), inner
				}
			}
		}
	}
	if data[0] == '{' && t.Kind() == reflect.Struct {
		var members map[string]json.RawMessage
		if json.Unmarshal(data, &members) == nil {
			switch path, inner := locateField(t, members); {
			case inner != nil:
				return path, inner
			case path != "":
				return path, err
			}
		}
	}
	return "", err
}

// locateField tries each member in its field. One behind an interface can only be read by the type that holds it: it is at fault if none
// of the others is.
func locateField(t reflect.Type, members map[string]json.RawMessage) (string, error) {
	var behindInterface string
	for _, field := range reflect.VisibleFields(t) {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		member, ok := members[name]
		if name == "" || name == "-" || !ok {
			continue
		}
		if field.Type.Kind() == reflect.Interface {
			behindInterface = name
			continue
		}
		if path, err := locateIn(field.Type, member); err != nil {
			return join(name, path), err
		}
	}
	return behindInterface, nil
}

func join(head, tail string) string {
	if tail == "" || tail[0] == '[' {
		return head + tail
	}
	return head + "." + tail
}

// expected names the JSON type that a Go type is read from.
func expected(err *json.UnmarshalTypeError) string {
	switch err.Type.Kind() {
	case reflect.String:
		return "string"
	case reflect.Bool:
		return "true or false"
	case reflect.Slice, reflect.Array:
		return "array"
	case reflect.Struct, reflect.Map:
		return "object"
	case reflect.Float32, reflect.Float64:
		return "number"
	default:
		return "integer"
	}
}
