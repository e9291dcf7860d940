package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

type inner struct {
	A     []string  `json:"a"`
	CName string    `json:"cname,omitzero"`
	Since time.Time `json:"since,omitzero"`
}

type embedded struct {
	Owner string `json:"owner"`
}

// shape is a Go type of another method set than its own, as interfaces in results are.
type shape interface{ sides() int }

type sample struct {
	embedded
	Name  string  `json:"name"`
	Count int     `json:"count"`
	Ratio float64 `json:"ratio"`
	On    bool    `json:"on"`
	DNS   inner   `json:"dns"`
	Other *inner  `json:"other"`
	// Shape is read by UnmarshalJSON.
	Shape   shape `json:"shape"`
	Backlog *struct {
		Size int `json:"size"`
	} `json:"backlog"`
	Untagged int
	Hidden   int `json:"-"`
}

func (s *sample) UnmarshalJSON(data []byte) error {
	type plain sample
	aux := struct {
		*plain
		Shape json.RawMessage `json:"shape"`
	}{plain: (*plain)(s)}
	return json.Unmarshal(data, &aux)
}

type simple struct {
	embedded
	Name  string         `json:"name"`
	Count int            `json:"count"`
	Ratio float64        `json:"ratio"`
	On    bool           `json:"on"`
	DNS   inner          `json:"dns"`
	Other *inner         `json:"other"`
	Map   map[string]int `json:"map"`
	Pairs [2]int         `json:"pairs"`
}

// verdict has an opinion of its own.
type verdict string

func (v *verdict) UnmarshalJSON(data []byte) error {
	if string(data) != `"yes"` && string(data) != `"no"` {
		return errors.New("must be yes or no")
	}
	return json.Unmarshal(data, (*string)(v))
}

func TestDecode_SaysWhere(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, data string
		out        any
		path, text string
	}{
		{"a number for a string", `{"name": 1}`, new(simple), "name", "expected string, got number"},
		{"a string for a number", `{"ratio": "1"}`, new(simple), "ratio", "expected number, got string"},
		{"a fraction for an integer", `{"count": 1.5}`, new(simple), "count", "expected integer, got number 1.5"},
		{"a string for a boolean", `{"on": "true"}`, new(simple), "on", "expected true or false, got string"},
		{"an array for an object", `{"dns": []}`, new(simple), "dns", "expected object, got array"},
		{"an object for an array", `{"dns": {"a": {}}}`, new(simple), "dns.a", "expected array, got object"},
		{"inside an array", `{"dns": {"a": ["x", 2]}}`, new(simple), "dns.a[1]", "expected string, got number"},
		{"behind a pointer", `{"other": {"cname": false}}`, new(simple), "other.cname", "expected string, got bool"},
		{"in a list", `[{}, {}, {}, {"dns": {"a": 1}}]`, new([]simple), "[3].dns.a", "expected array, got number"},
		{"in a list of pointers", `[null, {"count": "x"}]`, new([]*simple), "[1].count", "expected integer, got string"},
		{"the first of two", `[{"count": "x"}, {"name": 1}]`, new([]simple), "[0].count", "expected integer, got string"},
		{"in what is embedded", `{"owner": 5}`, new(simple), "owner", "expected string, got number"},
		{"in a map", `{"map": {"k": "x"}}`, new(simple), "map", "expected integer, got string"},
		{"an array for a map", `{"map": []}`, new(simple), "map", "expected object, got array"},
		{"an object for an array of fixed length", `{"pairs": {}}`, new(simple), "pairs", "expected array, got object"},
		{"a string for a small number", `"x"`, new(float32), "", "expected number, got string"},
		{"beside keys that name no field", `{"": "x", "-": "x", "count": "x"}`, new(simple), "count", "expected integer, got string"},
		{"in a field without a name", `{"-": "x", "Untagged": "x"}`, new(sample), "", "expected integer, got string"},
		{"a date that is none", `{"dns": {"since": "yesterday"}}`, new(simple), "dns.since", "expected an ISO 8601 date"},
		{"the whole is another thing", `"text"`, new(simple), "", "expected object, got string"},
		{"an object for a list", `{}`, new([]simple), "", "expected array, got object"},
		{"after white space", "\r\n\t {\"dns\": {\"a\": [ 1 ]}}", new(simple), "dns.a[0]", "expected string, got number"},
		{"beside what an UnmarshalJSON reads", `{"shape": {"n": 1}, "backlog": {"size": "x"}}`, new(sample), "backlog.size", "expected integer, got string"},
		{"what its own UnmarshalJSON refuses", `{"on": true, "verdict": "maybe"}`, new(struct {
			Verdict verdict `json:"verdict"`
		}), "verdict", "must be yes or no"},
		{"cut off", `{"name": "x`, new(simple), "", "not JSON: unexpected end of JSON input at byte 11"},
		{"no JSON", `<html>`, new(simple), "", "not JSON: invalid character '<' looking for beginning of value at byte 1"},
		{"more than one value", `{} {}`, new(simple), "", "not JSON: invalid character '{' after top-level value at byte 4"},
		{"nothing", "", new(simple), "", "expected a value, got nothing"},
		{"white space", " \n", new(simple), "", "expected a value, got nothing"},
		{"null", " null ", new(simple), "", "expected a value, got nothing"},
		{"null for a pointer", "null", new(*simple), "", "expected a value, got nothing"},
		{"too deep", strings.Repeat("[", 20000) + strings.Repeat("]", 20000), new(any), "", "exceeded max depth"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()

			err := Decode([]byte(tc.data), tc.out)

			var got *Error
			require.ErrorAs(t, err, &got)
			assert.Equal(t, tc.path, got.Path)
			assert.Contains(t, got.Err.Error(), tc.text)
			assert.Equal(t, strings.TrimPrefix(tc.path+": "+got.Err.Error(), ": "), err.Error())
			assert.NotContains(t, err.Error(), "wire.", "no Go type")
			assert.NotContains(t, err.Error(), "Go value")
		})
	}
}

func TestDecode_Lists(t *testing.T) {
	t.Parallel()
	for data, want := range map[string][]int{"": {}, " \n": {}, "null": {}, " null\n": {}, "[]": {}, "[1, 2]": {1, 2}} {
		got := []int{9, 9, 9}

		require.NoError(t, Decode([]byte(data), &got), data)

		assert.Equal(t, want, got, "%q", data)
		assert.NotNil(t, got)
	}
}

func TestDecode_DatesWithTheNameOfAZone(t *testing.T) {
	t.Parallel()
	want := time.Date(2026, 1, 2, 3, 4, 5, 600000000, time.UTC)
	for _, date := range []string{
		"2026-01-02T03:04:05.6Z", "2026-01-02T03:04:05.6Z[UTC]", "2026-01-02T04:04:05.6+01:00[Europe/Paris]",
		"2026-01-02T03:04:05.6Z[Etc/GMT+0]", "2026-01-02T03:04:05.600000000Z[GMT]", "2026-01-02T03:04:05.6Z[AZ/az_09+-]",
	} {
		var got []simple

		err := Decode([]byte(`[{"name": "a"}, {"name": "[UTC]", "dns": {"since": "`+date+`"}}]`), &got)

		require.NoError(t, err, date)
		require.Len(t, got, 2)
		assert.True(t, got[1].DNS.Since.Equal(want), date)
		assert.Equal(t, "[UTC]", got[1].Name, "other texts stay")
	}
	for _, date := range []string{
		"2026-01-02T03:04:05Z[", "2026-01-02T03:04:05Z[UTC]x", "2026-01-02[UTC]", "[UTC]", "2026-01-02T03:04:05ZUTC]", "2026-01-02T03:04:05Z[]",
		"2026-01-02T03:04:05Z[U@C]", "2026-01-02T03:04:05Z[U[C]", "2026-01-02T03:04:05Z[u`c]", "2026-01-02T03:04:05Z[u{c]", "2026-01-02T03:04:05Z[0:0]",
		"2026-01-02T03:04:05Z[0.0]", "2026-01-02T03:04:05Z[é]", "2026-01-02T03:04:05Z[U C]",
	} {
		err := Decode([]byte(`{"dns": {"since": "`+date+`"}}`), new(simple))

		assert.EqualError(t, err, "dns.since: expected an ISO 8601 date", date)
	}
}

func TestDecode_UnexpectedEnd(t *testing.T) {
	t.Parallel()
	whole := `[{"name": "a", "dns": {"a": ["b"], "since": "2026-01-02T03:04:05Z"}, "map": {"k": 1}}]`
	for n := 1; n < len(whole); n++ {
		got := []simple(nil)

		err := Decode([]byte(whole[:n]), &got)

		require.Error(t, err, whole[:n])
		assert.Nil(t, got, "a part of a value is no value")
	}
}

func TestOne(t *testing.T) {
	t.Parallel()
	for data, want := range map[string]string{
		`{"a": 1}`: `{"a": 1}`, `[{"a": 1}]`: `{"a": 1}`, " [ {} ]\n": `{}`, `[null]`: `null`, `[[1]]`: `[1]`,
		`[]`: `[]`, `[1, 2]`: `[1, 2]`, ``: ``, ` `: ` `, `null`: `null`, `[1`: `[1`, `[1] x`: `[1] x`, `"[1]"`: `"[1]"`,
	} {
		assert.Equal(t, want, string(One([]byte(data))), "%q", data)
	}
}

// What encoding/json reads into these types is read, and nothing else is; no input panics; an error has a path that leads into the data.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		`[{"name": "a", "dns": {"a": ["b"], "since": "2026-01-02T03:04:05Z[UTC]"}}]`, `[{"dns": {"a": 1}}]`, `null`, ``, ` [ ] `, `[1]`,
		`{"shape": 1, "backlog": {"size": "x"}}`, "\n{\"count\": 1e3}", `{"DNS": 1, "dns": 2}`, `[{"other": {"since": ""}}]`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, kind := range []reflect.Type{reflect.TypeFor[simple](), reflect.TypeFor[sample](), reflect.TypeFor[[]simple](), reflect.TypeFor[*simple]()} {
			ours, theirs := reflect.New(kind), reflect.New(kind)

			err := Decode(data, ours.Interface())

			var typed *Error
			if err != nil && !errors.As(err, &typed) {
				t.Fatalf("an error of another type: %v", err)
			}
			if err != nil && !leads(data, typed.Path) {
				t.Fatalf("%s leads nowhere in %q", typed.Path, data)
			}
			if want := json.Unmarshal(data, theirs.Interface()); want == nil && !IsNull(data) {
				require.NoError(t, err)
				assert.Equal(t, theirs.Interface(), ours.Interface())
			} else if err == nil && !IsNull(data) && !strings.Contains(string(data), "]\"") {
				t.Fatalf("read what encoding/json does not: %v", want)
			}
		}
		One(data)
	})
}

type endless struct{ r io.Reader }

func (e endless) Read(p []byte) (int, error) { return e.r.Read(p[:min(len(p), 4<<10)]) }

// fill is much of the same.
var fill = map[byte][]byte{
	'x': bytes.Repeat([]byte("x"), 4<<10), ' ': bytes.Repeat([]byte(" "), 4<<10), '[': bytes.Repeat([]byte("["), 4<<10),
}

type endlessly byte

func (z endlessly) Read(p []byte) (int, error) {
	return copy(p, fill[byte(z)]), nil
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func elements[T any](r io.Reader) (got []T, err error) {
	err = Elements(r, func(e T) bool { got = append(got, e); return true })
	return got, err
}

func TestElements(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, data string
		want       []int
		path, text string
	}{
		{"a list", `[1, 2, 3]`, []int{1, 2, 3}, "", ""},
		{"an empty list", " [ ] ", nil, "", ""},
		{"null", "null", nil, "", ""},
		{"nothing", "", nil, "", "expected array, got nothing"},
		{"white space", " \r\n", nil, "", "expected array, got nothing"},
		{"the beginning of null", "n", nil, "", "not JSON: unexpected EOF"},
		{"numbers that arrive in pieces", `[12, 345, 6]`, []int{12, 345, 6}, "", ""},
		{"an object", `{"a": 1}`, nil, "", "expected array"},
		{"a text", `"x"`, nil, "", "expected array"},
		{"true", `true`, nil, "", "expected array"},
		{"false", `false`, nil, "", "expected array"},
		{"a negative number", `-1`, nil, "", "expected array"},
		{"the least digit", `0`, nil, "", "expected array"},
		{"the largest digit", `9`, nil, "", "expected array"},
		{"almost null", `nope, and much more of it`, nil, "", "not JSON: invalid character 'o' in literal null (expecting 'u') at byte 2"},
		{"a fault within an element", `[1, {"a": x}, 2, 3, 4, 5]`, []int{1}, "[1]", "not JSON: invalid character 'x' looking for beginning of value at byte 11"},
		{"a fault behind long elements", `[1000, 22, {"a": x}, 2, 3]`, []int{1000, 22}, "[2]", "not JSON: invalid character 'x' looking for beginning of value at byte 18"},
		{"a fault before an element", `[1, ]   (and more of it)`, []int{1}, "", "not JSON: invalid character ']' looking for beginning of value at byte 5"},
		{"no JSON", `<html>`, nil, "", "not JSON: invalid character '<'"},
		{"no JSON of another kind", `!, or whatever it is`, nil, "", "not JSON: invalid character '!'"},
		{"a wrong element", `[1, "2", 3]`, []int{1}, "[1]", "expected integer, got string"},
		{"a null element", `[1, null]`, []int{1}, "[1]", "expected a value, got nothing"},
		{"cut after an element", `[1, 2 `, []int{1, 2}, "", "not JSON: unexpected EOF"},
		{"cut after a comma", `[1, `, []int{1}, "", "not JSON: unexpected EOF"},
		{"cut at the beginning", `[`, nil, "", "not JSON: unexpected EOF"},
		{"no comma", `[1 2]`, []int{1}, "", "not JSON"},
		{"cut within an element", `[1, {"a`, []int{1}, "[1]", "not JSON: unexpected EOF"},
		{"cut within the first element", `[{"a`, nil, "[0]", "not JSON: unexpected EOF"},
		{"something after null", "null 1", nil, "", "not JSON: more than one value"},
		{"a comma too many", `[1, ]`, []int{1}, "[1]", "not JSON"},
		{"another bracket", `[1}`, []int{1}, "", "not JSON"},
		{"something after its end", `[1] 2`, []int{1}, "", "not JSON"},
		{"garbage after its end", `[1]<!-- -->`, []int{1}, "", "not JSON"},
		{"white space after its end", "[1]\r\n\r\n", []int{1}, "", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			whole := strings.NewReader(tc.data)
			for _, r := range []io.Reader{endless{whole}, iotest.OneByteReader(whole), iotest.DataErrReader(whole)} {
				whole.Reset(tc.data)

				got, err := elements[int](r)

				assert.Equal(t, tc.want, got)
				if tc.text == "" {
					require.NoError(t, err)
					continue
				}
				var typed *Error
				require.ErrorAs(t, err, &typed)
				assert.Contains(t, typed.Err.Error(), tc.text)
				assert.Equal(t, tc.path, typed.Path)
			}
		})
	}
}

func TestElements_ThePathOfAnElement(t *testing.T) {
	t.Parallel()

	got, err := elements[simple](strings.NewReader(`[{"name": "a"}, {"dns": {"a": [1]}}]`))

	assert.Len(t, got, 1)
	assert.EqualError(t, err, "[1].dns.a[0]: expected string, got number")
}

func TestElements_ReadToTheEnd(t *testing.T) {
	t.Parallel()
	tail := strings.NewReader(strings.Repeat(" ", 100_000))

	_, err := elements[int](io.MultiReader(strings.NewReader("[1]"), tail))

	require.NoError(t, err)
	assert.Zero(t, tail.Len(), "a connection is kept only if its body was read to the end")
}

func TestElements_TheConnectionFails(t *testing.T) {
	t.Parallel()
	broken := errors.New("connection reset")
	for _, data := range []string{"", "[", "[1", "[1,", "[1, 2", "[1, 2 ", `[1, "`, "[1, 2]"} {
		_, err := elements[int](io.MultiReader(strings.NewReader(data), failing{broken}))

		assert.Equal(t, broken, err, "%q", data)
	}
}

func TestElements_GivesAnElementAsSoonAsItIsThere(t *testing.T) {
	t.Parallel()
	later := errors.New("read on")

	for _, data := range []string{`[{}`, `[[]`, `["a"`, `[1,`} {
		got, err := elements[any](io.MultiReader(iotest.OneByteReader(strings.NewReader(data)), failing{later}))

		assert.Len(t, got, 1, data)
		assert.Equal(t, later, err)
	}
}

func TestElements_ThatAreLists(t *testing.T) {
	t.Parallel()

	got, err := elements[[]int](strings.NewReader(`[[1], null, []]`))

	require.NoError(t, err)
	assert.Equal(t, [][]int{{1}, nil, {}}, got)
}

// A list counts for one of the values that an element may be nested in.
func TestElements_Depth(t *testing.T) {
	t.Parallel()
	nested := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }

	_, err := elements[json.RawMessage](strings.NewReader(nested(10_000)))
	require.NoError(t, err)

	_, err = elements[json.RawMessage](strings.NewReader(nested(10_001)))
	require.ErrorContains(t, err, "exceeded max depth")
}

func TestElements_StopsWhenToldTo(t *testing.T) {
	t.Parallel()
	n := 0

	err := Elements(io.MultiReader(strings.NewReader(`[1, 2, 3`), failing{errors.New("read on")}), func(int) bool { n++; return n < 2 })

	require.NoError(t, err)
	assert.Equal(t, 2, n)
}

func TestElements_TheBoundIsOnTheElement(t *testing.T) {
	t.Parallel()
	text := func(n int64, fill byte) io.Reader {
		return io.MultiReader(strings.NewReader(`"`), io.LimitReader(endlessly(fill), n-2), strings.NewReader(`"`))
	}
	list := func(parts ...io.Reader) io.Reader {
		all := []io.Reader{strings.NewReader("[")}
		for i, part := range parts {
			if i > 0 {
				all = append(all, strings.NewReader(","))
			}
			all = append(all, part)
		}
		return io.MultiReader(append(all, strings.NewReader("]"))...)
	}
	for _, tc := range []struct {
		name string
		r    io.Reader
		n    int
		err  error
	}{
		{"many below it", list(text(6<<20, 'x'), text(6<<20, 'x'), text(6<<20, 'x')), 3, nil},
		{"one just below it", list(text(MaxElement-1024, 'x'), text(9, 'x')), 2, nil},
		{"one above it", list(text(9, 'x'), text(MaxElement+1024, 'x'), text(9, 'x')), 1, ErrElementTooLarge},
		{"one without an end", list(text(9, 'x'), text(1<<40, 'x')), 1, ErrElementTooLarge},
		{"white space without an end", io.MultiReader(strings.NewReader("["), endlessly(' ')), 0, ErrElementTooLarge},
		{"white space behind an element near it", io.MultiReader(list(text(10<<20, 'x')), io.LimitReader(endlessly(' '), 10<<20)), 1, nil},
		{"white space behind the list", io.MultiReader(strings.NewReader("[1]"), endlessly(' ')), 1, ErrElementTooLarge},
		{"brackets without an end", endlessly('['), 0, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			n := 0

			err := Elements(endless{tc.r}, func(json.RawMessage) bool { n++; return true })

			assert.Equal(t, tc.n, n)
			switch {
			case tc.err != nil:
				require.ErrorIs(t, err, tc.err)
			case tc.n == 0:
				require.Error(t, err, "nested too deep")
			default:
				require.NoError(t, err)
			}
		})
	}
}

// Element by element is the same as the whole at once: the same elements, and an error for the same inputs.
func FuzzElements(f *testing.F) {
	for _, seed := range []string{`[]`, `null`, ` [1, {"a": "b"} ,"c"] `, `[1`, `[1,]`, `[1] 2`, `[1}`, `{}`, ``, `[[[]]]`, "[1]\x00", `[1 2]`, `]`, `[,1]`, "[\"\x80\"]"} {
		f.Add([]byte(seed), uint8(3))
	}
	f.Fuzz(func(t *testing.T, data []byte, chunk uint8) {
		var whole []any
		wholeErr := json.Unmarshal(data, &whole)
		if wholeErr == nil {
			for _, element := range whole {
				if element == nil {
					return
				}
			}
		}

		got, err := elements[any](chunked{strings.NewReader(string(data)), int(chunk) + 1})

		if (err == nil) != (wholeErr == nil) {
			t.Fatalf("%q: %v, but as a whole %v", data, err, wholeErr)
		}
		if err == nil {
			assert.Equal(t, len(whole), len(got))
			for i := range got {
				assert.Equal(t, whole[i], got[i])
			}
		}
	})
}

type chunked struct {
	r io.Reader
	n int
}

func (c chunked) Read(p []byte) (int, error) { return c.r.Read(p[:min(len(p), c.n)]) }

// leads reports whether path names a value of data.
func leads(data []byte, path string) bool {
	var v any
	if path != "" && json.Unmarshal(data, &v) != nil {
		return false
	}
	for _, step := range strings.FieldsFunc(path, func(r rune) bool { return r == '.' || r == '[' || r == ']' }) {
		switch in := v.(type) {
		case []any:
			i, err := strconv.Atoi(step)
			if err != nil || i >= len(in) {
				return false
			}
			v = in[i]
		case map[string]any:
			inner, ok := in[step]
			if !ok {
				return false
			}
			v = inner
		default:
			return false
		}
	}
	return true
}

// What most entries and invoices say needs no memory.
func TestFrequent(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"0.0", "1.0", "20.0", "EUR", "FR", "INVOICE", "PAID", "PAAS", "STRIPE", "LOG", "ENABLED", "RUNNING", "1", "bas", "bas-deploy", "daemon", "local0",
		"unknown", "par", "info", "notice", "warning", "err", "debug", "GET", "POST", "http", "https",
	} {
		assert.Equal(t, text, Frequent([]byte(text)))
	}
	for _, text := range []string{"", "infos", "INFO", "2.0"} {
		assert.Empty(t, Frequent([]byte(text)))
	}
}

// A number may come as a text; what strconv would read beyond that is none.
func TestScanner_Numbers(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]struct {
		whole   int64
		decimal float64
	}{
		"0": {0, 0}, "7": {7, 7}, "-7": {-7, -7}, "1.5": {0, 1.5}, "2.0": {2, 2}, "1e3": {1000, 1000}, "1E-2": {0, 0.01}, "12e-1": {0, 1.2}, "5e+1": {50, 50},
		"123456789012345678": {123456789012345678, 123456789012345678}, "1234567890123456789": {1234567890123456789, 1234567890123456789},
		"9223372036854775807": {1<<63 - 1, 1 << 63}, "9223372036854775808": {0, 1 << 63}, "9007199254740992.0": {1 << 53, 1 << 53}, "9007199254740994.0": {0, 1<<53 + 2},
		"1e400": {}, "-1e400": {}, "": {}, " ": {}, "x": {}, "-": {}, "007": {}, "+5": {}, ".5": {}, "5.": {}, "1x": {}, "1 ": {}, "0x10": {}, "1_000": {},
		"Inf": {}, "NaN": {}, "infinity": {}, "1e": {}, "1e+": {}, "--1": {},
	} {
		data, err := json.Marshal(text)
		require.NoError(t, err)
		for _, data := range []string{string(data), text} {
			if data == text && !IsNumber([]byte(text)) {
				continue
			}
			s := NewScanner([]byte(data))
			value := s.Value()
			require.True(t, s.Done(), data)

			assert.Equal(t, want.whole, s.Int(value), data)
			assert.EqualValues(t, want.whole, s.SmallInt(value), data)
			assert.InDelta(t, want.decimal, s.Float(value), 0, data)
		}
		assert.Equal(t, json.Valid([]byte(text)) && strings.TrimSpace(text) == text, IsNumber([]byte(text)), text)
	}
}

func TestNotObject(t *testing.T) {
	t.Parallel()
	for data, want := range map[string]string{
		"1": "expected an object, got a number", "-1": "expected an object, got a number", ` "x"`: "expected an object, got a string",
		"\ttrue": "expected an object, got a boolean", "\r\nfalse": "expected an object, got a boolean", "null": "expected an object, got null",
		"[{}]": "expected an object, got an array", "{}": "unreadable object", "nope": "invalid character 'o' in literal null (expecting 'u')",
	} {
		assert.EqualError(t, NotObject([]byte(data)), want, data)
	}
}

// A date is one for ParseDate if it is one for package time, whichever of its characters is another.
func TestParseDate_IsPackageTimes(t *testing.T) {
	t.Parallel()
	texts := []string{
		"2026-00-02T03:04:05Z", "2026-12-02T03:04:05Z", "2026-13-02T03:04:05Z", "2026-01-00T03:04:05Z", "2026-01-31T03:04:05Z", "2026-01-32T03:04:05Z",
		"2026-02-28T03:04:05Z", "2026-02-29T03:04:05Z", "2024-02-29T03:04:05Z", "2026-01-02T23:04:05Z", "2026-01-02T24:04:05Z", "2026-01-02T03:59:05Z",
		"2026-01-02T03:60:05Z", "2026-01-02T03:04:59Z", "2026-01-02T03:04:60Z", "0000-01-01T00:00:00Z", "9999-12-31T23:59:59.999999999Z",
		"2026-01-02T03:04:05+23:59", "2026-01-02T03:04:05-23:59", "2026-01-02T03:04:05+00:59", "2026-01-02T03:04:05-01:00", "2026-01-02T03:04:05+00:00",
		"2026-01-02T03:04:05*01:00", "2026-01-02T03:04:05+01-00", "2026-01-02T03:04:05+/1:00", "2026-01-02T03:04:05+0:1:00", "2026-01-02T03:04:05+01:/0",
		"2026-01-02T03:04:05+01:0:", "2026-01-02T03:04:05+0100", "2026-01-02T03:04:05+01:61", "2026-01-02T03:04:05", "2026-01-02T03:04:0", "[UTC]", "",
	}
	for _, whole := range []string{"2026-01-02T03:04:05Z", "2026-11-12T13:14:15.123Z"} {
		for at := range whole {
			for _, c := range "0123456789/:+-.TZ x" {
				texts = append(texts, whole[:at]+string(c)+whole[at+1:])
			}
		}
	}
	for _, text := range texts {
		want, err := time.Parse(time.RFC3339Nano, text)

		got, ok := ParseDate([]byte(text))

		require.Equal(t, err == nil, ok, "%s: %v", text, err)
		require.True(t, got.Equal(want), text)
	}
	for _, text := range []string{"0000-01-01T00:00:00+01:00", "9999-12-31T23:30:00-01:00"} {
		_, ok := ParseDate([]byte(text))
		require.False(t, ok, "%s could not be written back", text)
	}
}

func TestBudget(t *testing.T) {
	t.Parallel()
	word, nothing := reflect.TypeFor[int64](), reflect.TypeFor[struct{}]()
	b := budget(100)

	assert.True(t, b.spend(10, word))
	assert.EqualValues(t, 20, b)
	assert.False(t, b.spend(3, word), "four bytes are missing")
	assert.EqualValues(t, 20, b, "what is refused is not paid for")
	assert.True(t, b.spend(1_000_000, nothing))
	assert.True(t, b.spend(2, word))
	assert.EqualValues(t, 4, b)
	b = 16
	assert.True(t, b.spend(2, word), "all of it")

	assert.EqualValues(t, 128<<20, budgetFor(0))
	assert.EqualValues(t, 128<<20+400, budgetFor(100))
}

func TestCrowded(t *testing.T) {
	t.Parallel()
	type page [4 << 10]byte
	pages := "[" + strings.Repeat("0,", 300_000) + "0]"
	for _, tc := range []struct {
		name, data string
		kind       reflect.Type
		want       bool
	}{
		{"as many values as there may be", strings.Repeat(",", 1<<19) + strings.Repeat("[", 1<<18) + strings.Repeat("{", 1<<18), reflect.TypeFor[any](), false},
		{"one more", strings.Repeat(",", 1<<19) + strings.Repeat("[", 1<<18) + strings.Repeat("{", 1<<18+1), reflect.TypeFor[any](), true},
		{"much of a text", `"` + strings.Repeat("x", 1<<21) + `"`, reflect.TypeFor[[]page](), false},
		{"a list of large elements", pages, reflect.TypeFor[[]page](), true},
		{"a list of small elements", pages, reflect.TypeFor[[]int](), false},
		{"a list that is no slice", pages, reflect.TypeFor[[2]page](), false},
		{"a list within", `{"a":` + pages + `}`, reflect.TypeFor[[]page](), false},
	} {
		assert.Equal(t, tc.want, crowded([]byte(tc.data), tc.kind), tc.name)
	}
}
