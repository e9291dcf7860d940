package wire

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

type name string

// amount is a type with a decoder of its own.
type amount string

func (a *amount) UnmarshalJSON(data []byte) error {
	if data[0] == '{' {
		return fmt.Errorf("no amount")
	}
	*a = amount("amount " + string(data))
	return nil
}

type base struct {
	ID     name `json:"id"`
	Shared int  `json:"shared"`
}

// every has a field of each kind that results have.
type every struct {
	base
	Shared   string          `json:"shared"`
	Name     name            `json:"name,omitzero"`
	On       bool            `json:"on"`
	Small    int8            `json:"small"`
	Big      int64           `json:"big"`
	Ratio    float64         `json:"ratio"`
	Single   float32         `json:"single"`
	Date     time.Time       `json:"date"`
	Amount   amount          `json:"amount"`
	Raw      json.RawMessage `json:"raw"`
	Texts    []string        `json:"texts"`
	Parts    []base          `json:"parts"`
	Grid     [][]int         `json:"grid"`
	Next     *base           `json:"next"`
	Later    *time.Time      `json:"later"`
	Price    *amount         `json:"price"`
	Names    map[string]int  `json:"names"`
	Any      any             `json:"any"`
	Bytes    []byte          `json:"bytes"`
	Number   json.Number     `json:"number"`
	Untagged int
	Hidden   int `json:"-"`
	_        int
}

// The values that each member takes in turn: right and wrong, and on the edge.
var values = []string{
	`null`, `true`, `false`, `0`, `-0`, `1`, `127`, `128`, `-129`, `9223372036854775807`, `9223372036854775808`, `1.5`, `1e2`, `1e400`, `01`, `1.`, `-`,
	`1e-2`, `1E+2`, `1e`, `1e-`, `"\u00AF\u00fa\u0a9f\uABCF"`, `"\u00G0"`, `"\u00g0"`, `"\u00@0"`, "\"\\u00`0\"", `"\u00:0"`, `"\u00/0"`, "\"\x80\"", "\"\x7f\"",
	"\"a\n", "\"a\x1f\"", `"\ud83dxude00"`, `"\ud83d\nde00"`, `"\ud83d\ud83d"`, `"\ude00"`,
	`""`, `"text"`, `"1"`, `"é€😀"`, `"\u00e9\ud83d\ude00\ud800"`, `"\x"`, "\"\xff\"", "\"a\tb\"", `"aGk="`, `"open`,
	`"2026-01-02T03:04:05Z"`, `"2026-01-02T03:04:05.123456789Z"`, `"2026-01-02T03:04:05.1234567891Z"`, `"2026-01-02T03:04:05+02:00"`,
	`"2026-02-30T03:04:05Z"`, `"2026-01-02T03:04:05,5Z"`, `"2026-01-02T03:04:05.Z"`, `"0000-01-01T00:00:00Z"`, `"2026-01-02T03:04:60Z"`, `"2026-01-02T3:04:05Z"`,
	`[]`, `[null]`, `["a","b"]`, `["a",1]`, `[[1,2],[],null,[3]]`, `[1,]`, `[1 2]`, `{}`, `{"id":"x","shared":3}`, `{"id":"x","id":"y"}`, `{"ID":"x"}`,
	`{"id":1}`, `[{"id":"x"},{},null]`, `{"a":1}`, `{"a"}`, `{"a":1,}`, ` "spaced" `, ``,
}

// same fails unless encoding/json makes of data the same as Unmarshal does, in each type.
func same(t *testing.T, data string, kinds ...reflect.Type) {
	t.Helper()
	for _, kind := range kinds {
		ours, theirs := reflect.New(kind), reflect.New(kind)

		err := Unmarshal([]byte(data), ours.Interface())

		want := json.Unmarshal([]byte(data), theirs.Interface())
		require.Equal(t, fmt.Sprint(want), fmt.Sprint(err), "%q", data)
		if want == nil {
			require.Equal(t, theirs.Interface(), ours.Interface(), "%q", data)
		}
	}
}

func TestUnmarshal_IsEncodingJSONs(t *testing.T) {
	t.Parallel()
	kind := reflect.TypeFor[every]()
	for i := range kind.NumField() {
		key, _, _ := strings.Cut(kind.Field(i).Tag.Get("json"), ",")
		for _, value := range values {
			same(t, fmt.Sprintf(`{"id":"a","unknown":{"x":[1]},%q:%s,"name":"b"}`, key, value), kind)
			same(t, fmt.Sprintf(`{%q: %s}`, strings.ToUpper(key), value), kind)
			same(t, fmt.Sprintf(`[{"big":1},{%q:%s}]`, key, value), reflect.SliceOf(kind), reflect.TypeFor[[]*every]())
		}
	}
	for _, value := range values {
		for i := range kind.NumField() {
			same(t, value, kind.Field(i).Type, reflect.PointerTo(kind.Field(i).Type))
		}
	}
	for _, data := range []string{
		`{"id":"a","id":"b"}`, `{"texts":["a","b"],"texts":[null]}`, `{"n\u0061me":"a"}`, `{"\u017fhared":"a"}`, "{\"\xff\":1}", `{"name":"a"}x`, "{\"name\":\"a\"}\x00",
		"\ufeff{}", `{"name":"a"`, `{"_":3}`, `{"Hidden":3}`, `{"untagged":3}`, `{"Untagged":3}`, `{"Shared":"x","shared":"y"}`, strings.Repeat("[", 10001),
		`{"x":` + strings.Repeat("[", 9999) + strings.Repeat("]", 9999) + `}`, `{"x":` + strings.Repeat("[", 10000) + strings.Repeat("]", 10000) + `}`,
	} {
		same(t, data, kind)
	}
}

func TestUnmarshal_TypesLeftToEncodingJSON(t *testing.T) {
	t.Parallel()
	type recursive struct {
		Next *recursive `json:"next"`
		Name string     `json:"name"`
	}
	type twice struct {
		base
		Other struct{ base }
	}
	type quoted struct {
		N int `json:"n,string"`
	}
	type pointed struct{ *base }
	type Named struct {
		ID string `json:"id"`
	}
	type tagged struct {
		Named `json:"nested"`
	}
	type cased struct {
		Upper int `json:"A"`
		Lower int `json:"a"`
		Last  int `json:"B"`
	}
	type left struct{ ID string }
	type right struct{ ID string }
	type ambiguous struct {
		left
		right
	}
	type long struct {
		A string `json:"a_name_that_is_longer_than_any_of_the_api_has_a_use_for"`
	}
	for _, data := range []string{
		`{"next":{"next":null,"name":"b"},"name":"a"}`, `{"id":"x","Other":{"id":"y"}}`, `{"n":"3"}`, `{"n":3}`, `{"ID":"x"}`,
		`{"a_name_that_is_longer_than_any_of_the_api_has_a_use_for":"x"}`, `{"\u0061_name_that_is_longer_than_any_of_the_api_has_a_use_for":"x"}`,
		`{"id":"x","nested":{"id":"y"}}`, `{"a":1,"A":2,"b":3}`, `{"A":1,"a":2,"B":3}`, `{"a":1}`,
	} {
		same(t, data, reflect.TypeFor[recursive](), reflect.TypeFor[twice](), reflect.TypeFor[quoted](), reflect.TypeFor[ambiguous](), reflect.TypeFor[long](),
			reflect.TypeFor[tagged](), reflect.TypeFor[cased]())
	}
	var escaped strings.Builder
	for _, c := range "a_name_that_is_longer_than_any_of_the_api_has_a_use_for" {
		fmt.Fprintf(&escaped, `\u%04x`, c)
	}
	same(t, `{"`+escaped.String()+`":"x"}`, reflect.TypeFor[long]())
	for _, data := range []string{`{}`, `{"base":{"id":"x"}}`, `{"id":"x"}`} {
		same(t, data, reflect.TypeFor[pointed]())
	}
}

// There may be more fields than a reader keeps account of.
func TestUnmarshal_ManyFields(t *testing.T) {
	t.Parallel()
	for _, n := range []int{maxFields - 1, maxFields, maxFields + 1, 2 * maxFields} {
		fields := make([]reflect.StructField, n)
		for i := range fields {
			fields[i] = reflect.StructField{Name: fmt.Sprintf("F%d", i), Type: reflect.TypeFor[*base]()}
		}
		kind := reflect.StructOf(fields)
		last := fields[n-1].Name

		same(t, `{"F0":{"id":"a"},"`+last+`":{"id":"b"}}`, kind)
		same(t, `{"`+last+`":{"id":"a"},"F0":{},"`+last+`":{"shared":1}}`, kind)
	}
}

func TestUnmarshal_AddsToWhatIsThere(t *testing.T) {
	t.Parallel()
	got := every{Name: "kept", Parts: make([]base, 1, 4)}

	require.NoError(t, Unmarshal([]byte(`{"small":1,"parts":[{},{"id":"x"}]}`), &got))

	assert.Equal(t, every{Name: "kept", Small: 1, Parts: []base{{}, {ID: "x"}}}, got)
}

// A text is copied: the data may be used again.
func TestUnmarshal_KeepsNothingOfTheData(t *testing.T) {
	t.Parallel()
	data := []byte(`{"name":"some text","texts":["and","more"],"raw":[1],"date":"2026-01-02T03:04:05Z"}`)
	var got, want every
	require.NoError(t, json.Unmarshal(data, &want))

	require.NoError(t, Unmarshal(data, &got))
	clear(data)

	assert.Equal(t, want, got)
}

// A list of many elements with more texts than are gathered at once.
func TestUnmarshal_ManyTexts(t *testing.T) {
	t.Parallel()
	texts := strings.Repeat(`"a text that is its own",`, 99)
	same(t, `[`+strings.Repeat(`{"name":"one","texts":[`+texts+`"last"],"parts":[{"id":"two"}]},`, 50)+`{}]`, reflect.TypeFor[[]every]())
}

// FuzzUnmarshal looks for data that encoding/json reads otherwise.
func FuzzUnmarshal(f *testing.F) {
	for _, value := range values {
		f.Add(`{"id":` + value + `,"parts":[{"id":"a"}],"date":"2026-01-02T03:04:05Z","ratio":` + value + `}`)
	}
	f.Fuzz(func(t *testing.T, data string) {
		same(t, data, reflect.TypeFor[every](), reflect.TypeFor[[]every](), reflect.TypeFor[*every]())
	})
}

// A list is the same whether it comes as a whole or in pieces, and null elements are zero in both.
func TestList_IsDecodes(t *testing.T) {
	t.Parallel()
	for _, value := range values {
		for _, data := range []string{value, `[` + value + `]`, `[{"id":"a"},` + value + `,{"id":"b"}]`, `[{"id":"a"}] ` + value} {
			for _, size := range []int{1, 7, 1000} {
				var want []base
				wantErr := Decode([]byte(data), &want)

				got, err := List[base](chunked{strings.NewReader(data), size})

				if IsNull([]byte(data)) && !strings.Contains(data, "null") {
					continue // nothing at all is no list
				}
				require.Equal(t, wantErr == nil, err == nil, "%q: %v, %v", data, wantErr, err)
				if err == nil {
					require.Equal(t, want, got, "%q", data)
				}
			}
		}
	}
}

func TestList_OfAnyLength(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 3, 4, 5, 12, 13, 5000, 20_000} {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, `,{"shared":%d}`, i)
		}

		got, err := List[base](strings.NewReader("[" + strings.TrimPrefix(b.String(), ",") + "]"))

		require.NoError(t, err)
		require.Len(t, got, n)
		require.NotNil(t, got)
		for i := range got {
			require.Equal(t, i, got[i].Shared)
		}
	}
}

// What encoding/json is asked about is rare: not what the API answers.
func TestRead_ReadsByItself(t *testing.T) {
	t.Parallel()
	for _, data := range []string{
		`{"id":"a","shared":"b","name":null,"on":true,"small":1,"big":-2,"ratio":1.5,"single":2e3,"date":"2026-01-02T03:04:05.5Z","amount":1.50,` +
			`"raw":{},"texts":["é",""],"parts":[{}],"grid":[[1],[]],"next":{"id":"c"},"later":"2026-01-02T03:04:05Z","price":null,"unknown":[{}]}`,
		`{"Name":"another case","names":{"a":1},"any":[],"bytes":"aGk=","number":1}`,
		"\t{\r\n \"on\"\t:\tfalse ,\"texts\":null,\"next\":null , \"later\":\"2026-01-02T03:04:05+01:00\"\n}\t",
		`{"parts":[{}` + strings.Repeat(`,{"id":"x"}`, 11_000) + `]}`,
	} {
		var got, want every

		ok, err := read([]byte(data), reflect.ValueOf(&got).Elem())
		require.NoError(t, err)
		require.True(t, ok, data)

		require.NoError(t, json.Unmarshal([]byte(data), &want))
		assert.Equal(t, want, got)
	}
}

// A result may take much memory if its JSON does: what is refused is a list that is nothing but elements.
func TestDecode_BoundsWhatElementsTake(t *testing.T) {
	t.Parallel()
	type large struct {
		Texts [64]int  `json:"-"`
		Name  string   `json:"name"`
		Tags  []simple `json:"tags"`
		Next  *simple  `json:"next"`
	}
	honest := "[" + strings.Repeat(`{"name": "`+strings.Repeat("x", 200)+`", "a": 1, "b": 2, "c": [1, 2, 3]},`, 60_000) + "{}]"
	empty := func(n int) string { return "[" + strings.Repeat("{},", n) + "{}]" }
	for _, tc := range []struct {
		name, data string
		want       error
	}{
		{"a long list with content", honest, nil},
		{"some empty elements", empty(100_000), nil},
		{"many empty elements", empty(1_000_000), ErrTooManyValues},
		{"many behind one element", `[{"tags": ` + empty(2_000_000) + `}]`, ErrTooManyValues},
		{"many that only encoding/json reads", `[{"tags": [{"pairs": [1, 2]}], "name": 1}, ` + empty(1_000_000)[1:], ErrTooManyValues},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			var decoded []large

			err := Decode([]byte(tc.data), &decoded)
			listed, listErr := List[large](strings.NewReader(tc.data))

			if tc.want == nil {
				require.NoError(t, err)
				require.NoError(t, listErr)
				assert.Len(t, decoded, len(listed))
				return
			}
			require.ErrorIs(t, err, tc.want)
			assert.Error(t, listErr)
			assert.Empty(t, listed)
		})
	}
}

// What is too much is refused before there is memory for it.
func TestDecode_CountsBeforeItTakes(t *testing.T) {
	t.Parallel()
	type page [64 << 10]byte
	many := "[" + strings.Repeat("[],", 3000) + "[]]"
	var pages []page

	require.ErrorIs(t, Decode([]byte(many), &pages), ErrTooManyValues)
	assert.Nil(t, pages)

	type book struct {
		Next *struct {
			Unread [70 << 20]byte `json:"-"`
		}
	}
	require.NoError(t, Decode([]byte(`[{"Next":{}}]`), new([]book)))
	require.ErrorIs(t, Decode([]byte(`[{"Next":{}},{"Next":{}}]`), new([]book)), ErrTooManyValues)

	got, err := elements[[]page](strings.NewReader("[[]," + many + "]"))
	require.EqualError(t, err, "[1]: too many values for one result")
	assert.Len(t, got, 1)
	list, err := List[[]page](strings.NewReader("[[]," + many + "]"))
	require.EqualError(t, err, "[1]: too many values for one result")
	assert.Nil(t, list)
}

// What encoding/json is left to read has a bound of its own.
func TestDecode_BoundsWhatEncodingJSONReads(t *testing.T) {
	t.Parallel()
	var any any

	err := Decode([]byte("["+strings.Repeat("[],", 600_000)+"0]"), &any)
	require.ErrorIs(t, err, ErrTooManyValues)
	require.EqualError(t, err, "too many values for one result")
	require.NoError(t, Decode([]byte("["+strings.Repeat("[],", 400_000)+"0]"), &any))
}
