package testkit

import (
	"bytes"
	"encoding/json"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A RoundTrip compares the JSON that a result marshals to with the JSON that it was decoded from.
type RoundTrip struct {
	// unknown are members that the SDK does not have, secret those that come back redacted; an
	// array's index is not part of the path: address.country_name.
	Unknown, Secret []string
	// exact compares numbers as text: 10.0 is not 10.
	Exact bool
}

// Check fails unless every known member of want that is not null is in got's JSON with an equal
// value, and nothing else is there with another value than zero.
func (r RoundTrip) Check(t *testing.T, want string, got any) {
	t.Helper()
	encoded, err := json.Marshal(got)
	require.NoError(t, err)
	r.compare(t, "", ParseJSON(t, want), ParseJSON(t, string(encoded)))
}

func ParseJSON(t *testing.T, text string) any {
	t.Helper()
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	var v any
	require.NoError(t, dec.Decode(&v))
	return v
}

func (r RoundTrip) compare(t *testing.T, path string, want, got any) {
	t.Helper()
	switch want := want.(type) {
	case map[string]any:
		members, ok := got.(map[string]any)
		if !ok {
			zero := isZeroJSON(want) && got == nil
			assert.True(t, zero, "%s: %v came back as %v", path, want, got)
			return
		}
		for key, value := range want {
			at := strings.TrimPrefix(path+"."+key, ".")
			if !slices.Contains(r.Unknown, at) && value != nil {
				r.compare(t, at, value, members[key])
			}
		}
		for key, value := range members {
			if want[key] == nil {
				assert.True(t, isZeroJSON(value), "%s.%s was invented: %v", path, key, value)
			}
		}
	case []any:
		elements, _ := got.([]any)
		require.Len(t, elements, len(want), path)
		for i := range want {
			r.compare(t, path, want[i], elements[i])
		}
	case json.Number:
		if text, ok := got.(string); ok {
			assert.True(t, sameMillis(text, want), "%s: %v came back as %v", path, want, got)
			return
		}
		number, ok := got.(json.Number)
		equal := ok && (number == want || !r.Exact && rational(number).Cmp(rational(want)) == 0)
		assert.True(t, equal, "%s: %v came back as %v", path, want, got)
	case string:
		if slices.Contains(r.Secret, path) {
			want = "[redacted]"
		}
		text, ok := got.(string)
		equal := ok && (text == want || sameInstant(text, want))
		assert.True(t, equal, "%s: %q came back as %v", path, want, got)
	default:
		assert.Equal(t, want, got, path)
	}
}

func rational(n json.Number) *big.Rat {
	r, _ := new(big.Rat).SetString(n.String())
	return r
}

func sameInstant(a, b string) bool {
	x, errX := time.Parse(time.RFC3339Nano, a)
	y, errY := time.Parse(time.RFC3339Nano, b)
	return errX == nil && errY == nil && x.Equal(y)
}

// sameMillis reports whether a date is the instant that the v2 API writes as milliseconds since
// 1970.
func sameMillis(date string, millis json.Number) bool {
	at, errAt := time.Parse(time.RFC3339Nano, date)
	n, errN := millis.Int64()
	return errAt == nil && errN == nil && at.Equal(time.UnixMilli(n))
}

func isZeroJSON(v any) bool {
	switch v := v.(type) {
	case map[string]any:
		for _, member := range v {
			if !isZeroJSON(member) {
				return false
			}
		}
		return true
	case []any:
		return len(v) == 0
	case json.Number:
		return rational(v).Sign() == 0
	}
	return v == nil || v == false || v == ""
}

// DecodeAs decodes as a client does not, strictly as encoding/json.
func DecodeAs[T any](t *testing.T, text string) T {
	t.Helper()
	var v T
	require.NoError(t, json.Unmarshal([]byte(text), &v))
	return v
}

// Stable fails unless a value that was decoded from data marshals to JSON that decodes, and
// marshals to itself.
func Stable[T any](t *testing.T, data []byte) {
	t.Helper()
	if once, ok := Again[T](t, data); ok {
		twice, ok := Again[T](t, once)
		require.True(t, ok && bytes.Equal(once, twice), "%q became %s, then %s", data, once, twice)
	}
}

// Again decodes and marshals; false is for what is no T.
func Again[T any](t *testing.T, data []byte) ([]byte, bool) {
	t.Helper()
	var v T
	if json.Unmarshal(data, &v) != nil {
		return nil, false
	}
	out, err := json.Marshal(v)
	require.NoError(t, err, "%q decodes and does not marshal", data)
	return out, true
}
