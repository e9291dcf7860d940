package clevercloud_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAmount_KeepsItsText(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"0", "0.0", "-0", "10", "10.00", "-12.5", "1e3", "1E+2", "0.1",
		"123456789012345678901234567890.123456789",
	} {
		got := testkit.DecodeAs[clevercloud.Amount](t, text)

		assert.Equal(t, text, got.String())
		assert.Equal(t, text, string(testkit.MustJSON(got)))
		assert.Equal(t, got, testkit.DecodeAs[clevercloud.Amount](t, `"`+text+`"`), "in quotes")
	}
}

func TestAmount_Zero(t *testing.T) {
	t.Parallel()
	var zero clevercloud.Amount
	assert.Equal(t, "0", fmt.Sprintf("%v", zero))
	assert.Equal(t, "null", string(testkit.MustJSON(zero)))
	assert.Equal(t, zero, testkit.DecodeAs[clevercloud.Amount](t, "null"))
}

func TestAmount_RefusesWhatIsNoNumber(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		`"abc"`, `""`, `" "`, `"1 "`, `" 1"`, `"1,5"`, `"0x10"`, `"NaN"`, `"1_000"`, `"+1"`, `"01"`,
		`"."`, `true`, `{}`, `[1]`,
	} {
		assert.Error(t, json.Unmarshal([]byte(text), new(clevercloud.Amount)), text)
	}
	for _, a := range []clevercloud.Amount{
		"abc", "1 ", " 1", "1 2", "null", `"1"`, "[1]", "+1", "-", "1\n",
	} {
		_, err := json.Marshal(a)
		assert.Error(t, err, "%q", string(a))
	}
}

func TestAmount_Float64(t *testing.T) {
	t.Parallel()
	for a, want := range map[clevercloud.Amount]float64{
		"96.37": 96.37, "-12.50": -12.5, "1e3": 1000, "0.1": 0.1, "": 0, "no number": 0,
	} {
		assert.InDelta(t, want, a.Float64(), 0, string(a))
	}
}

func TestAmount_Add(t *testing.T) {
	t.Parallel()
	longest := clevercloud.Amount(strings.Repeat("9", 100))
	for _, tc := range []struct {
		a, b, sum clevercloud.Amount
		order     int
	}{
		{"1.10", "2", "3.10", -1},
		{"0.5", "0.500", "1.000", 0},
		{"15e-1", "1", "2.5", 1},
		{"1.50e0", "1", "2.5", 1},
		{"1.50E0", "1", "2.5", 1},
		{"", "-2", "-2", 1},
		{"no number", "1", "", -1},
		{longest, "1", clevercloud.Amount("1" + strings.Repeat("0", 100)), 1},
		{longest + "9", "1", "", -1},
	} {
		assert.Equal(t, tc.sum, tc.a.Add(tc.b))
		assert.Equal(t, tc.sum, tc.b.Add(tc.a))
		assert.Equal(t, tc.order, tc.a.Cmp(tc.b))
		assert.Equal(t, -tc.order, tc.b.Cmp(tc.a))
	}
}

func TestMoney(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]clevercloud.Money{
		`{"currency":"EUR","amount":1.20,"amount_formatted":"1.20","default_display":"€1.20"}`: {
			Currency: "EUR", Amount: "1.20", AmountFormatted: "1.20", DefaultDisplay: "€1.20",
		},
		`{"currency":"EUR","amount":null}`: {Currency: "EUR"},
	} {
		assert.Equal(t, want, testkit.DecodeAs[clevercloud.Money](t, body))
		assert.Equal(t, body, string(testkit.MustJSON(want)))
	}
}

func TestOptional(t *testing.T) {
	t.Parallel()
	type patch struct {
		Size clevercloud.Optional[int64]  `json:"size,omitzero"`
		Name clevercloud.Optional[string] `json:"name,omitzero"`
	}
	for _, tc := range []struct {
		json string
		size clevercloud.Optional[int64]
		// says is what Get, IsNull and IsZero return.
		says, printed string
	}{
		{`{}`, clevercloud.Optional[int64]{}, "0 false false true", "absent"},
		{`{"size":null}`, clevercloud.Null[int64](), "0 false true false", "null"},
		{`{"size":7}`, clevercloud.Value[int64](7), "7 true false false", "7"},
		{`{"size":0}`, clevercloud.Value[int64](0), "0 true false false", "0"},
	} {
		before := patch{Size: tc.size}
		assert.Equal(t, tc.json, string(testkit.MustJSON(before)))
		assert.Equal(t, before, testkit.DecodeAs[patch](t, tc.json))
		n, set := tc.size.Get()
		assert.Equal(t, tc.says, fmt.Sprint(n, set, tc.size.IsNull(), tc.size.IsZero()))
		assert.Equal(t, tc.printed+" "+tc.printed, fmt.Sprint(tc.size)+" "+tc.size.String())
	}
	secret := clevercloud.Value([]clevercloud.EnvVar{{Name: "KEY", Value: "s3cret"}})
	for _, verb := range []string{"%v", "%+v", "%#v", "%d", "%x"} {
		assert.NotContains(t, fmt.Sprintf(verb, secret), "s3cret", verb)
	}
	both := patch{Size: clevercloud.Null[int64](), Name: clevercloud.Value("")}
	assert.Equal(t, `{"size":null,"name":""}`, string(testkit.MustJSON(both)))
	assert.Error(t, json.Unmarshal([]byte(`{"size":"7"}`), &patch{}))
	without := testkit.MustJSON([]clevercloud.Optional[int64]{{}})
	assert.Equal(t, `[null]`, string(without), "without omitzero there is nothing else to write")

	replaced := clevercloud.Value[int64](7)
	require.Error(t, json.Unmarshal([]byte(`"x"`), &replaced))
	assert.Equal(t, clevercloud.Value[int64](7), replaced)
	require.NoError(t, json.Unmarshal([]byte("null"), &replaced))
	assert.Equal(t, clevercloud.Null[int64](), replaced)
	sizes := clevercloud.Value(map[string]int{"a": 1})
	require.NoError(t, json.Unmarshal([]byte(`{"b":2}`), &sizes))
	assert.Equal(t, clevercloud.Value(map[string]int{"b": 2}), sizes)
}

func TestParseIDs(t *testing.T) {
	t.Parallel()
	const uuid = "00000000-0000-4000-8000-00000000000a"
	for _, tc := range []struct {
		kind  string
		good  []string
		parse func(string) (string, error)
	}{
		{"OwnerID", []string{"orga_", "user_"}, plainID(clevercloud.ParseOwnerID)},
		{"ApplicationID", []string{"app_"}, plainID(clevercloud.ParseApplicationID)},
		{"AddonID", []string{"addon_"}, plainID(clevercloud.ParseAddonID)},
		{"DeploymentID", []string{"deployment_"}, plainID(clevercloud.ParseDeploymentID)},
	} {
		for _, prefix := range tc.good {
			id, err := tc.parse(prefix + uuid)
			require.NoError(t, err)
			assert.Equal(t, prefix+uuid, id)
		}
		good := tc.good[0]
		for _, bad := range []string{
			"", uuid, "main-db", "drain_" + uuid, good, " " + good + uuid, good + uuid + "\n",
			good + uuid + "/env", good + "..", strings.ToUpper(good) + uuid,
		} {
			id, err := tc.parse(bad)
			require.EqualError(t, err, "clevercloud: "+tc.kind+": must have the form "+
				strings.Join(tc.good, "… or ")+"…", "%q", bad)
			require.ErrorIs(t, err, clevercloud.ErrInvalidArgument)
			assert.Empty(t, id)
		}
	}
}

func plainID[T ~string](parse func(string) (T, error)) func(string) (string, error) {
	return func(text string) (string, error) {
		id, err := parse(text)
		return string(id), err
	}
}
