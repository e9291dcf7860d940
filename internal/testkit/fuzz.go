package testkit

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/clevercloud-go/clevercloud"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/stretchr/testify/require"
)

// A FuzzClient is a client of an API that answers everything with 200 and the same body.
type FuzzClient struct {
	*clevercloud.Client
	Body []byte
}

func NewFuzzClient(f *testing.F) *FuzzClient {
	f.Helper()
	c := &FuzzClient{}
	c.Client = ClientOver(f, func(req *http.Request) (*http.Response, error) {
		return Response(req, http.StatusOK, string(c.Body), "Content-Type", "application/json"), nil
	}, clevercloud.WithMaxRetries(0))
	return c
}

// Agrees answers call with data. What encoding/json reads is the result, in memory of its own. What
// it does not read may be read all the same, where another spelling of a name or a value says what
// it is. Anything else is a DecodeError that is one line, shows no more than the beginning of data
// and leads to a place in it.
func Agrees[T any](
	t *testing.T, c *FuzzClient, data []byte, call func(*clevercloud.Client) (T, error),
) {
	t.Helper()
	c.Body = data
	got, err := call(c.Client)
	// What is kept of the body would change now.
	c.Body = bytes.Repeat([]byte("#"), len(data))
	_, _ = call(c.Client)

	want, wantErr := reads[T](data)
	readable := wantErr == nil && !readOtherwise(data, reflect.TypeFor[T]())
	if err == nil {
		if readable {
			require.Equal(t, want, got)
		}
		return
	}
	if readable {
		require.ErrorContains(t, err, "in place of a result")
	}
	require.Zero(t, got)
	var undecoded *clevercloud.DecodeError
	require.ErrorAs(t, err, &undecoded)
	OneLine(t, err)
	require.NotEmpty(t, undecoded.Operation)
	begins := bytes.HasPrefix(data, undecoded.Body) || bytes.HasPrefix(Single(data), undecoded.Body)
	require.True(t, begins && len(undecoded.Body) <= 1<<10, "%q", undecoded.Body)
	leadsInto(t, data, undecoded.Path)
}

// reads is encoding/json, with what null means to a client.
func reads[T any](data []byte) (v T, err error) {
	if text := bytes.Trim(data, " \t\r\n"); len(text) == 0 || string(text) == "null" {
		if kind := reflect.TypeFor[T](); len(text) > 0 && kind.Kind() == reflect.Slice {
			return reflect.MakeSlice(kind, 0, 0).Interface().(T), nil
		}
		return v, errors.New("nothing")
	}
	if err = json.Unmarshal(data, &v); err != nil {
		var zero T
		return zero, err
	}
	return v, nil
}

var (
	memberName = regexp.MustCompile(`"([^"\\]*)"\s*:`)
	dayOffset  = regexp.MustCompile(`[+-](24:|[0-9]{2}:60)`)
)

// readOtherwise reports whether data holds what encoding/json reads in another way: a name that is
// that of a field but for its underscores and hyphens, or an offset that RFC 3339 does not have.
func readOtherwise(data []byte, t reflect.Type) bool {
	fold := func(name string) string {
		return strings.ToLower(strings.NewReplacer("_", "", "-", "").Replace(name))
	}
	known := map[string][]string{}
	for name := range fieldNames(t, map[reflect.Type]bool{}) {
		known[fold(name)] = append(known[fold(name)], name)
	}
	for _, match := range memberName.FindAllSubmatch(data, -1) {
		name := string(match[1])
		spellings := known[fold(name)]
		same := func(spelling string) bool { return strings.EqualFold(spelling, name) }
		if len(spellings) > 0 && !slices.ContainsFunc(spellings, same) {
			return true
		}
	}
	return dayOffset.Match(data)
}

// fieldNames returns the JSON names of the fields of t and of the types it consists of.
func fieldNames(t reflect.Type, seen map[reflect.Type]bool) map[string]bool {
	names := map[string]bool{}
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
		return fieldNames(t.Elem(), seen)
	case reflect.Struct:
		if seen[t] {
			return names
		}
		seen[t] = true
		for _, field := range reflect.VisibleFields(t) {
			name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			names[cmp.Or(name, field.Name)] = true
			maps.Copy(names, fieldNames(field.Type, seen))
		}
	}
	return names
}

// Single is data for a call that takes an array of one for its element.
func Single(data []byte) []byte {
	var elements []json.RawMessage
	if json.Unmarshal(data, &elements) == nil && len(elements) == 1 {
		return elements[0]
	}
	return data
}

// leadsInto fails unless path, a JSON pointer, names a value of data or data is not JSON.
func leadsInto(t *testing.T, data []byte, path string) {
	t.Helper()
	var v any
	if json.Unmarshal(data, &v) != nil {
		return
	}
	if elements, ok := v.([]any); ok && len(elements) == 1 && !strings.HasPrefix(path, "/0") {
		v = elements[0] // of an array of one that stands for its element
	}
	for step := range jsontext.Pointer(path).Tokens() {
		if elements, ok := v.([]any); ok {
			i, err := strconv.Atoi(step)
			require.True(t, err == nil && i < len(elements), "%q leads nowhere", path)
			v = elements[i]
			continue
		}
		object, _ := v.(map[string]any)
		require.Contains(t, object, step, "%q leads nowhere", path)
		v = object[step]
	}
}

// OneLine fails unless an error is fit for a log.
func OneLine(t *testing.T, err error) {
	t.Helper()
	text := err.Error()
	require.True(t, strings.HasPrefix(text, "clevercloud: "), text)
	require.Less(t, utf8.RuneCountInString(text), 2000)
	for _, r := range text {
		require.True(t, strconv.IsPrint(r), "%q", text)
	}
}

// Members is an object of data, and data without the keys that come twice; nil if it is none, or if
// encoding/json has to guess: keys differ
// in case only, or one differs in case from a name that is looked for.
func Members(data []byte, names ...string) (map[string]json.RawMessage, []byte) {
	var all map[string]json.RawMessage
	if json.Unmarshal(data, &all) != nil || all == nil {
		return nil, nil
	}
	keys := slices.Collect(maps.Keys(all))
	for i, key := range keys {
		for _, other := range slices.Concat(names, keys[:i]) {
			if key != other && strings.EqualFold(key, other) {
				return nil, nil
			}
		}
	}
	plain, err := json.Marshal(all)
	if err != nil {
		return nil, nil
	}
	return all, plain
}

// Compacted is a value as encoding/json writes it anew.
func Compacted(raw json.RawMessage) string {
	text, err := json.Marshal(raw)
	if err != nil || raw == nil {
		return ""
	}
	return string(text)
}

// JSONNumber is the grammar of RFC 8259.
var JSONNumber = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?$`)
