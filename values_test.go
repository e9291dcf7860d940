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
	for _, text := range []string{"0", "0.0", "-0", "10", "10.00", "-12.5", "1e3", "1E+2", "0.1", "123456789012345678901234567890.123456789"} {
		got := testkit.DecodeAs[clevercloud.Amount](t, text)

		assert.Equal(t, text, got.String())
		encoded, err := json.Marshal(got)
		require.NoError(t, err)
		assert.Equal(t, text, string(encoded))
		assert.Equal(t, got, testkit.DecodeAs[clevercloud.Amount](t, `"`+text+`"`), "a text that holds a number")
	}
}

func TestAmount_Zero(t *testing.T) {
	t.Parallel()
	var zero clevercloud.Amount
	assert.Equal(t, "0", zero.String())
	assert.Equal(t, "0", fmt.Sprintf("%v", zero))
	assert.Zero(t, zero.Float64())
	encoded, err := json.Marshal(zero)
	require.NoError(t, err)
	assert.Equal(t, "null", string(encoded))
	assert.Equal(t, zero, testkit.DecodeAs[clevercloud.Amount](t, "null"))
}

func TestAmount_RefusesWhatIsNoNumber(t *testing.T) {
	t.Parallel()
	for _, text := range []string{`"abc"`, `""`, `" "`, `"1 "`, `" 1"`, `"1,5"`, `"0x10"`, `"NaN"`, `"1_000"`, `"+1"`, `"01"`, `"."`, `true`, `{}`, `[1]`} {
		assert.Error(t, json.Unmarshal([]byte(text), new(clevercloud.Amount)), text)
	}
	for _, a := range []clevercloud.Amount{"abc", "1 ", " 1", "1 2", "null", `"1"`, "[1]", "+1", "-", "1\n"} {
		_, err := json.Marshal(a)
		assert.Error(t, err, "%q", string(a))
	}
}

func TestAmount_Float64(t *testing.T) {
	t.Parallel()
	for a, want := range map[clevercloud.Amount]float64{"96.37": 96.37, "-12.50": -12.5, "1e3": 1000, "0.1": 0.1, "": 0, "no number": 0} {
		assert.InDelta(t, want, a.Float64(), 0, string(a))
	}
}

func TestMoney(t *testing.T) {
	t.Parallel()
	const body = `{"currency":"EUR","amount":142.370,"amount_formatted":"142.37","default_display":"€142.37"}`

	got := testkit.DecodeAs[clevercloud.Money](t, body)

	assert.Equal(t, clevercloud.Money{Currency: "EUR", Amount: "142.370", AmountFormatted: "142.37", DefaultDisplay: "€142.37"}, got)
	encoded, err := json.Marshal(got)
	require.NoError(t, err)
	assert.Equal(t, body, string(encoded))
	assert.Equal(t, clevercloud.Money{Currency: "EUR"}, testkit.DecodeAs[clevercloud.Money](t, `{"currency":"EUR","amount":null}`))
}

func TestOptional(t *testing.T) {
	t.Parallel()
	type patch struct {
		Size clevercloud.Optional[int64]  `json:"size,omitzero"`
		Name clevercloud.Optional[string] `json:"name,omitzero"`
	}
	for _, tc := range []struct {
		name, json string
		patch      patch
		size       int64
		set, null  bool
		zero       bool
		printed    string
	}{
		{name: "absent", json: `{}`, zero: true, printed: "absent"},
		{name: "null", json: `{"size":null}`, patch: patch{Size: clevercloud.Null[int64]()}, null: true, printed: "null"},
		{name: "a value", json: `{"size":7}`, patch: patch{Size: clevercloud.Value[int64](7)}, size: 7, set: true, printed: "7"},
		{name: "the zero value", json: `{"size":0}`, patch: patch{Size: clevercloud.Value[int64](0)}, set: true, printed: "0"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()

			encoded, err := json.Marshal(tc.patch)

			require.NoError(t, err)
			assert.Equal(t, tc.json, string(encoded))
			assert.Equal(t, tc.patch, testkit.DecodeAs[patch](t, tc.json))
			size, set := tc.patch.Size.Get()
			assert.Equal(t, tc.size, size)
			assert.Equal(t, tc.set, set)
			assert.Equal(t, tc.null, tc.patch.Size.IsNull())
			assert.Equal(t, tc.zero, tc.patch.Size.IsZero())
			assert.Equal(t, tc.printed, fmt.Sprint(tc.patch.Size))
		})
	}
	secret := clevercloud.Value([]clevercloud.EnvVar{{Name: "KEY", Value: "s3cret"}})
	for _, verb := range []string{"%v", "%+v", "%#v", "%d", "%x"} {
		assert.NotContains(t, fmt.Sprintf(verb, secret), "s3cret", verb)
	}
	both, err := json.Marshal(patch{Size: clevercloud.Null[int64](), Name: clevercloud.Value("")})
	require.NoError(t, err)
	assert.Equal(t, `{"size":null,"name":""}`, string(both))
	assert.Error(t, json.Unmarshal([]byte(`{"size":"7"}`), &patch{}))
	without, err := json.Marshal(struct{ Size clevercloud.Optional[int64] }{})
	require.NoError(t, err)
	assert.Equal(t, `{"Size":null}`, string(without), "without omitzero there is nothing else to write")
}

func TestOptional_DecodingReplacesWhatWasThere(t *testing.T) {
	t.Parallel()
	o := clevercloud.Value[int64](7)
	require.NoError(t, json.Unmarshal([]byte("null"), &o))
	assert.True(t, o.IsNull())
	n, set := o.Get()
	assert.Zero(t, n)
	assert.False(t, set)
}

func TestParseIDs(t *testing.T) {
	t.Parallel()
	const uuid = "00000000-0000-4000-8000-00000000000a"
	parse := func(kind, text string) (id string, err error) {
		switch kind {
		case "OwnerID":
			return plainID(clevercloud.ParseOwnerID(text))
		case "ApplicationID":
			return plainID(clevercloud.ParseApplicationID(text))
		case "AddonID":
			return plainID(clevercloud.ParseAddonID(text))
		}
		return plainID(clevercloud.ParseDeploymentID(text))
	}
	forms := map[string][]string{
		"OwnerID": {"orga_", "user_"}, "ApplicationID": {"app_"}, "AddonID": {"addon_"},
		"DeploymentID": {"deployment_"},
	}
	for kind, good := range forms {
		for _, prefix := range good {
			id, err := parse(kind, prefix+uuid)
			require.NoError(t, err)
			assert.Equal(t, prefix+uuid, id)
		}
		for _, bad := range []string{
			"", uuid, "main-db", "drain_" + uuid, good[0], " " + good[0] + uuid, good[0] + uuid + "\n",
			good[0] + uuid + "/env", good[0] + "..", strings.ToUpper(good[0]) + uuid,
		} {
			id, err := parse(kind, bad)
			require.EqualError(t, err,
				"clevercloud: "+kind+": must have the form "+strings.Join(good, "… or ")+"…", "%q", bad)
			require.ErrorIs(t, err, clevercloud.ErrInvalidArgument)
			assert.Empty(t, id)
		}
	}
}

func plainID[T ~string](id T, err error) (string, error) { return string(id), err }
