package clevercloud

import (
	"bytes"
	"cmp"
	"encoding"
	"errors"
	"fmt"
	"io"
	"math"
	"math/big"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/clevercloud-go/clevercloud/internal/logjson"
)

// results holds the options for decoding, made with the first result.
var results struct {
	once    sync.Once
	options json.Options
}

// resultOptions are lenient about what the API's versions differ in: names in another case,
// duplicate names, invalid UTF-8, and the types that have a reader here.
func resultOptions() json.Options {
	results.once.Do(func() {
		results.options = json.JoinOptions(
			json.MatchCaseInsensitiveNames(true),
			jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true),
			json.WithUnmarshalers(json.JoinUnmarshalers(
				json.UnmarshalFromFunc(readTime),
				json.UnmarshalFromFunc(readAmount),
				json.UnmarshalFromFunc(readNetwork),
				json.UnmarshalFromFunc(readDuration),
				json.UnmarshalFromFunc(readDrain),
				json.UnmarshalFromFunc(readRecipient),
			)),
		)
	})
	return results.options
}

// unmarshal decodes one JSON value. If values are of another type than expected, they are converted
// where that loses nothing, and the result is decoded again. On an error *out holds what came
// before it.
func unmarshal(data []byte, out any) error {
	err := json.Unmarshal(data, out, resultOptions())
	if _, ok := errors.AsType[*json.SemanticError](err); !ok {
		return err
	}
	r := repair{data: data, dec: jsontext.NewDecoder(bytes.NewBuffer(data), resultOptions())}
	broken := r.value(reflect.TypeOf(out).Elem())
	if r.done == 0 || string(bytes.TrimSpace(r.out)) == "null" {
		return err // nothing was converted, or nothing is left
	}
	again := json.Unmarshal(append(r.out, data[r.done:]...), out, resultOptions())
	if broken != nil {
		return err
	}
	return again
}

// decodeResult reads the body of a result into out, a pointer. A list must be there; a list that is
// null is empty. On an error *out is zero.
func decodeResult(body []byte, out any) error {
	body = withoutMark(body)
	target := reflect.ValueOf(out).Elem()
	isList := target.Kind() == reflect.Slice
	switch text := bytes.TrimSpace(body); {
	case len(text) == 0:
		return errEmptyBody
	case string(text) == "null" && !isList:
		return errors.New("expected a value, got null")
	}
	if isList {
		target.Set(reflect.MakeSlice(target.Type(), 0, elementCount(body)))
	}
	if err := unmarshal(body, out); err != nil {
		target.SetZero()
		return err
	}
	switch value := reflect.Indirect(target); {
	case isList && target.IsNil():
		target.Set(reflect.MakeSlice(target.Type(), 0, 0))
	case value.Kind() == reflect.Struct && value.IsZero():
		var said errorBody
		_ = unmarshal(body, &said)
		if text := cmp.Or(said.Error, said.Message, said.Code); text != "" {
			return fmt.Errorf("the response holds an error in place of a result: %s", text)
		}
	}
	return nil
}

// elementCount guesses the length of a list from that of its first element, so that a long one need
// not grow. It is bounded, for what a body says is not to be trusted.
func elementCount(body []byte) int {
	dec := jsontext.NewDecoder(bytes.NewBuffer(body), resultOptions()) // reads body where it is
	if dec.PeekKind() != '[' {
		return 0
	}
	_, _ = dec.ReadToken()
	first, err := dec.ReadValue()
	if err != nil {
		return 0
	}
	return min(len(body)/(len(first)+1)+1, 4096)
}

var errEmptyBody = errors.New("expected a value, got an empty body")

func isNull(body []byte) bool {
	text := bytes.TrimSpace(body)
	return len(text) == 0 || string(text) == "null"
}

// oneOf returns the element of an array of one, and anything else as it is: some routes answer with
// either.
func oneOf(body []byte) []byte {
	var one [1]jsontext.Value
	if decodeLoose(withoutMark(body), &one) == nil && one[0] != nil {
		return one[0]
	}
	return body
}

// withoutMark drops a byte order mark.
func withoutMark(body []byte) []byte { return bytes.TrimPrefix(body, []byte("\ufeff")) }

// decodeCause returns the path to the value at fault, a JSON pointer, and what is wrong with it
// without names of Go types.
func decodeCause(err error) (path string, cause error) {
	if mismatch, ok := errors.AsType[*json.SemanticError](err); ok {
		if cause = mismatch.Err; cause == nil {
			want, got := typeName(mismatch.GoType), kindName(mismatch.JSONKind)
			cause = fmt.Errorf("expected %s, got %s", want, got)
		}
		return string(mismatch.JSONPointer), cause
	}
	syntax, ok := errors.AsType[*jsontext.SyntacticError](err)
	switch {
	case !ok:
		return "", err
	case errors.Is(err, io.ErrUnexpectedEOF):
		cause = fmt.Errorf("not JSON: %w", io.ErrUnexpectedEOF)
	default:
		cause = fmt.Errorf("not JSON: %w at byte %d", syntax.Err, syntax.ByteOffset)
	}
	return string(syntax.JSONPointer), cause
}

// typeName is what JSON calls the type t.
func typeName(t reflect.Type) string {
	if t == nil {
		return "another type"
	}
	switch t.Kind() {
	case reflect.Pointer:
		return typeName(t.Elem())
	case reflect.Struct, reflect.Map:
		return "object"
	case reflect.Slice, reflect.Array:
		return "array"
	case reflect.String:
		return "string"
	case reflect.Bool:
		return "boolean"
	}
	return "number"
}

func kindName(k jsontext.Kind) string {
	switch k {
	case '{':
		return "object"
	case '[':
		return "array"
	case 't', 'f':
		return "boolean"
	}
	return k.String()
}

// readTime reads a date in any of the spellings that the API uses. One that cannot be read is zero:
// an unreadable date must not deny the result that it is a part of.
func readTime(dec *jsontext.Decoder, t *time.Time) error {
	value, err := dec.ReadValue()
	if err != nil {
		return err
	}
	var text [64]byte
	if value.Kind() == '"' {
		value, _ = jsontext.AppendUnquote(text[:0], value)
	}
	*t, _ = logjson.ParseDate(value)
	return nil
}

// A repair rewrites JSON so that it fits a Go type: a number or a boolean where text is expected
// becomes text, a number in quotes or with a fraction of zeros becomes a whole number. What cannot
// be read as the number, boolean or plain text that is expected becomes null, which leaves a field
// zero. Ids, discriminators and amounts have types of their own, which stay as they are, so that
// decoding fails for them.
type repair struct {
	dec       *jsontext.Decoder
	data, out []byte
	done      int64 // how much of data has been rewritten
}

// value rewrites the next value to fit type t.
func (r *repair) value(t reflect.Type) error {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	kind := r.dec.PeekKind()
	var typeOf func(name string) reflect.Type // of a field or an element
	switch {
	case ownReader(t):
		return r.dec.SkipValue()
	case kind == '{' && t.Kind() == reflect.Struct:
		typeOf = fieldTypes(t)
	case kind == '{' && t.Kind() == reflect.Map, kind == '[' && t.Kind() == reflect.Slice:
		typeOf = func(string) reflect.Type { return t.Elem() }
	default:
		value, err := r.dec.ReadValue()
		if err != nil {
			return err
		}
		end := r.dec.InputOffset()
		r.out = append(r.out, r.data[r.done:end-int64(len(value))]...)
		r.out, r.done = append(r.out, fit(value, t)...), end
		return nil
	}
	_, err := r.dec.ReadToken()
	for err == nil && r.dec.PeekKind() != '}' && r.dec.PeekKind() != ']' {
		var name jsontext.Token
		if kind == '{' {
			name, err = r.dec.ReadToken()
		}
		if err == nil {
			err = r.value(typeOf(name.String()))
		}
	}
	if err == nil {
		_, err = r.dec.ReadToken()
	}
	return err
}

// fieldTypes returns the types of the fields of a struct by their JSON names. Fields that
// encoding/json reads from a string stay as they are, like unknown ones.
func fieldTypes(t reflect.Type) func(name string) reflect.Type {
	// See [json.MatchCaseInsensitiveNames].
	fold := func(name string) string {
		return strings.ToLower(strings.NewReplacer("_", "", "-", "").Replace(name))
	}
	fields := map[string]reflect.Type{}
	for _, field := range reflect.VisibleFields(t) {
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		quoted := slices.Contains(strings.Split(options, ","), "string")
		if name != "-" && !quoted && (name != "" || field.IsExported() && !field.Anonymous) {
			fields[fold(cmp.Or(name, field.Name))] = field.Type
		}
	}
	return func(name string) reflect.Type {
		return cmp.Or(fields[fold(name)], reflect.TypeFor[jsontext.Value]())
	}
}

// ownReader reports whether values of type t are read by a function of their own.
func ownReader(t reflect.Type) bool {
	switch reflect.New(t).Interface().(type) {
	case *Drain:
		return false // its reader reads the fields as they are
	case json.Unmarshaler, json.UnmarshalerFrom, encoding.TextUnmarshaler:
		return true
	}
	return false
}

// fit returns value as the string, boolean or number that type t expects, or null if it cannot be
// converted. It returns other values unchanged.
func fit(value jsontext.Value, t reflect.Type) jsontext.Value {
	kind, text := value.Kind(), string(value)
	if kind == '"' {
		unquoted, _ := jsontext.AppendUnquote(nil, value)
		text = string(unquoted)
	}
	nested := kind == '{' || kind == '['
	switch k := t.Kind(); {
	case k > reflect.Float64 && k != reflect.String:
		return value
	case k == reflect.String && nested && t != reflect.TypeFor[string](): // such as an id
		return value
	case k == reflect.String && !nested && kind != 'n':
		value, _ = jsontext.AppendQuote(nil, text)
		return value
	case k == reflect.Bool:
		if b, err := strconv.ParseBool(text); err == nil {
			text = strconv.FormatBool(b)
		}
	case k < reflect.Float32:
		if n, ok := wholeNumber(text); ok {
			text = strconv.FormatInt(n, 10)
		}
	}
	if json.Unmarshal([]byte(text), reflect.New(t).Interface()) != nil {
		return jsontext.Value("null")
	}
	return jsontext.Value(text)
}

// wholeNumber reads digits exactly, and a fraction of zeros or an exponent where a float64 holds
// the number exactly.
func wholeNumber(text string) (int64, bool) {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n, true
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || !isNumber(text) || math.Abs(f) > 1<<53 {
		return 0, false
	}
	exact, ok := new(big.Rat).SetString(text)
	return int64(f), ok && exact.Cmp(new(big.Rat).SetInt64(int64(f))) == 0
}

// isNumber reports whether text is a JSON number.
func isNumber(text string) bool {
	v := jsontext.Value(text)
	return v.Kind() == '0' && v.IsValid() && strings.TrimSpace(text) == text
}
