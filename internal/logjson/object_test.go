package logjson

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var testFields = []Field{
	{Name: "a", Index: 0},
	{Name: "b", Index: 1},
	{Name: "c", Index: 2, Fields: []Field{{Name: "a", Index: 3}, {Name: "d", Index: 4, Fields: []Field{{Name: "e", Index: 5}}}}},
}

// find returns the text of the test fields in data, by name.
func findText(data string) (map[string]string, error) {
	values := make([]Value, 6)
	o, err := Find([]byte(data), testFields, values)
	if err != nil {
		return nil, err
	}
	var a, b, ca, ce string
	o.Text([]*string{0: &a, 1: &b, 3: &ca, 5: &ce})
	got := map[string]string{}
	for name, text := range map[string]string{"a": a, "b": b, "c.a": ca, "c.d.e": ce} {
		if text != "" {
			got[name] = text
		}
	}
	return got, nil
}

func TestFind(t *testing.T) {
	t.Parallel()
	for data, want := range map[string]map[string]string{
		`{}`:                                         {},
		` { "b" : "2" , "a" : "1" } `:                {"a": "1", "b": "2"},
		`{"a":"1","a":"2"}`:                          {"a": "2"},
		`{"a":"1","a":null}`:                         {},
		`{"A":"1","x":{"a":"2"}}`:                    {},
		`{"a":1.50,"b":true}`:                        {"a": "1.50", "b": "true"},
		`{"a": 1.50 ,"b":` + "\n\tfalse}":            {"a": "1.50", "b": "false"},
		`{"a":[1],"b":{"a":"1"}}`:                    {},
		`{"c":{"a":"1","d":{"e":"2","x":[]}}}`:       {"c.a": "1", "c.d.e": "2"},
		`{"c":{"a":"1","d":{"e":"2"}},"c":{}}`:       {},
		`{"c":{"a":"1","d":{"e":"2"}},"c":{"a":3}}`:  {"c.a": "3"},
		`{"c":{"d":{"e":"2"},"d":7},"c":{"d":null}}`: {},
		`{"c":{"d":{"e":"2"}},"c":7}`:                {},
		`{"c":7,"b":"x"}`:                            {"b": "x"},
		`{"\u0061":"1","c":{"\u0061":"é"}}`:          {"a": "1", "c.a": "é"},
		"{\"a\":\"\xff\\ud83d\\ude00\"}":             {"a": "\ufffd😀"},
	} {
		got, err := findText(data)

		require.NoError(t, err, data)
		assert.Equal(t, want, got, data)
	}
}

func TestFind_ReadsKindsOfNumbers(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]struct {
		whole   int64
		decimal float64
	}{
		"0": {0, 0}, "7": {7, 7}, "-7": {-7, -7}, "1.5": {0, 1.5}, "2.0": {2, 2}, "1e3": {1000, 1000}, "1E-2": {0, 0.01}, "12e-1": {0, 1.2}, "5e+1": {50, 50},
		"123456789012345678": {123456789012345678, 123456789012345678}, "1234567890123456789": {1234567890123456789, 1234567890123456789},
		"9223372036854775807": {1<<63 - 1, 1 << 63}, "9223372036854775808": {0, 1 << 63}, "9007199254740992.0": {1 << 53, 1 << 53}, "9007199254740994.0": {0, 1<<53 + 2},
		"1e400": {}, "-1e400": {}, "": {}, " ": {}, "x": {}, "-": {}, "007": {}, "+5": {}, ".5": {}, "5.": {}, "1x": {}, "1 ": {}, "0x10": {}, "1_000": {},
		"Inf": {}, "NaN": {}, "infinity": {}, "1e": {}, "1e+": {}, "--1": {}, "true": {},
	} {
		quoted, err := json.Marshal(text)
		require.NoError(t, err)
		for _, data := range []string{text, string(quoted), `"\u00` + fmt.Sprintf("%02x", (text + "x")[0]) + text[min(1, len(text)):] + `"`} {
			if text == "" && data != `""` || data == text && (!json.Valid([]byte(text)) || text == "1 ") {
				continue
			}
			values := make([]Value, 6)
			o, err := Find([]byte(`{"a":`+data+`}`), testFields, values)
			require.NoError(t, err, data)

			assert.Equal(t, want.whole, o.Int64(0), data)
			assert.EqualValues(t, want.whole, o.Int(0), data)
			assert.InDelta(t, want.decimal, o.Float64(0), 0, data)
		}
		assert.Equal(t, json.Valid([]byte(text)) && strings.TrimSpace(text) == text && text != "true", isNumber([]byte(text)), text)
	}
}

func TestFind_SaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	for data, want := range map[string]string{
		"1": "expected an object, got a number", "-1": "expected an object, got a number", ` "x"`: "expected an object, got a string",
		"\ttrue": "expected an object, got a boolean", "\r\nfalse": "expected an object, got a boolean", "null": "expected an object, got null",
		"[{}]": "expected an object, got an array",
	} {
		_, err := findText(data)

		assert.EqualError(t, err, want, data)
	}
	for _, data := range []string{"", " ", "nope", "{", `{"a":}`, "{}x"} {
		_, err := findText(data)

		var syntax *json.SyntaxError
		assert.ErrorAs(t, err, &syntax, data)
	}
}

// checkJSON fails unless data is accepted just as encoding/json accepts it, with
// the same text.
func checkJSON(t *testing.T, data []byte) {
	t.Helper()
	var want map[string]json.RawMessage
	wantErr := json.Unmarshal(data, &want)
	values := make([]Value, 6)
	before := bytes.Clone(data)

	o, err := Find(data, testFields, values)

	require.Equal(t, wantErr == nil && want != nil, err == nil, "%q: %v, not %v", data, err, wantErr)
	if err != nil {
		return
	}
	var a string
	var wantText string
	if raw := want["a"]; len(raw) > 0 && raw[0] == '"' {
		require.NoError(t, json.Unmarshal(raw, &wantText))
		o.Text([]*string{&a})
		require.Equal(t, wantText, a, "%q", data)
	}
	require.Equal(t, before, data, "the data is changed")
}

var oddValues = []string{
	`null`, `true`, `false`, `0`, `-0`, `1`, `9223372036854775808`, `1.5`, `1e2`, `1e400`, `01`, `1.`, `-`, `1e-2`, `1E+2`, `1e`, `1e-`, `tru`, `nul`, `falsey`,
	`"\u00AF\u00fa\u0a9f\uABCF"`, `"\u00G0"`, `"\u00g0"`, `"\u00@0"`, "\"\\u00`0\"", `"\u00:0"`, `"\u00/0"`, "\"\x80\"", "\"\x7f\"",
	"\"a\n", "\"a\x1f\"", `"\ud83dxude00"`, `"\ud83d\nde00"`, `"\ud83d\ud83d"`, `"\ude00"`, `"\ud83d\u00e9"`, `"\ud83d`, `"\`, `"\u`, `"\"\\\/\b\f\n\r\t"`,
	`""`, `"text"`, `"é€😀"`, `"\u00e9\ud83d\ude00\ud800"`, `"\x"`, "\"\xff\"", "\"a\tb\"", `"open`, "\"12345678\x01\"", "\"1234567\\\"\"", "\"12345678é\"",
	`[]`, `[null]`, `["a",1]`, `[[1,2],[],null,[3]]`, `[1,]`, `[1 2]`, `{}`, `{"x":1,}`, `{"x"}`, `{"x":1 "y":2}`, `{x:1}`, `{"x":[}`, `[{]`, ` "spaced" `, ``,
	"1\r", "1\f", `[1;2]`, `"\v"`, `"\u+123"`, "\"\xff1234567\"", "[" + strings.Repeat("[],", 10_000) + "1]",
	"\u00a0", "\v1", strings.Repeat("[", 9_999) + strings.Repeat("]", 9_999), strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000), strings.Repeat(`{"y":`, 10_001),
}

func TestFind_IsAsStrictAsEncodingJSON(t *testing.T) {
	t.Parallel()
	for _, value := range oddValues {
		for _, format := range []string{`%s`, `{"a":%s}`, `{"x":%s,"a":"b"}`, `{"a":"b","c":{"x":%s}}`, `{"c":%s}`, `{"c":{"d":%s}}`, `{%s:1,"a":"b"}`, `{"a":"b"}%s`} {
			checkJSON(t, []byte(fmt.Sprintf(format, value)))
		}
	}
}

// Cutting an object or changing a byte of it gives what encoding/json makes of
// that.
func TestFind_DamagedData(t *testing.T) {
	t.Parallel()
	data := []byte(`{"a":"é \"q\" \u00e9\n","b":-1.5e+3,"x":[true,null,{"a":"\u00e9"}],"c":{"d":{"e":false}}}`)
	for i := range data {
		checkJSON(t, data[:i:i])
		for _, c := range "\"\\{}[]:, 0eEu\x00\x1f\xff" {
			changed := bytes.Clone(data)
			changed[i] = byte(c)
			checkJSON(t, changed)
		}
	}
}

// Most strings are their own text, and few need more than their escapes replaced.
func TestFind_KindsOfStrings(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]kind{
		`text`: plain, `é€😀 0123456789`: plain, `\n`: escaped, `\u00e9 é`: escaped, `\ud83d\ude00\n`: odd, `\udc00`: odd, "\xff\\n": odd, "é\xc3": odd,
	} {
		values := make([]Value, 6)

		_, err := Find([]byte(`{"a":"`+text+`"}`), testFields, values)

		require.NoError(t, err, text)
		assert.Equal(t, want, values[0].kind, text)
		assert.True(t, values[0].IsText(), text)
	}
}

func FuzzFind(f *testing.F) {
	for _, value := range oddValues {
		if len(value) < 100 {
			f.Add([]byte(`{"a":` + value + `,"x":[` + value + `]}`))
			f.Add([]byte(`{"a":"b","c":{"d":` + value + `}}`))
		}
	}
	f.Fuzz(checkJSON)
}

func FuzzParseDate(f *testing.F) {
	for _, text := range []string{"2026-01-01T01:02:03.5Z[UTC]", "2026-01-01 01:02:03 +0000", "2026-01-01", "1767225600000", "2026-01-01T03:02+0200[Europe/Paris]"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		got, ok := ParseDate(text)
		if !ok {
			require.Zero(t, got)
			return
		}
		written, err := got.MarshalText()
		require.NoError(t, err)
		again, ok := ParseDate(written)
		require.True(t, ok)
		require.Equal(t, got, again)
	})
}
