package clevercloud_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/internal/testkit"
)

// answering is a client of an API that gives the same response to everything.
func answering(t *testing.T, status int, body string, headers ...string) *clevercloud.Client {
	t.Helper()
	return testkit.ClientOver(t, func(req *http.Request) (*http.Response, error) {
		return testkit.Response(req, status, body, headers...), nil
	}, clevercloud.WithMaxRetries(0))
}

// decoded returns a list as an Endpoint decodes it.
func decoded[T any](t *testing.T, body string) []T {
	t.Helper()
	list := clevercloud.Endpoint[clevercloud.None, []T]{
		Name: "things.list", Method: "GET", Path: "/x",
	}
	result, err := list.Call(t.Context(), answering(t, 200, body), nil, clevercloud.None{})
	require.NoError(t, err, body)
	return result
}

// listZones is a call that has no arguments but options.
func listZones(
	t *testing.T, c *clevercloud.Client, opts ...clevercloud.CallOption,
) ([]clevercloud.Zone, error) {
	return c.Zones.List(t.Context(), clevercloud.ZoneQuery{}, opts...)
}

// The spellings are those of internal/logjson.
func TestDecode_Dates(t *testing.T) {
	t.Parallel()
	newYear := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Time{
		`"2026-01-01T00:00Z[UTC]"`:      newYear,
		`"2026-01-01T00:00Z[Etc\/UTC]"`: newYear,
		`"2026-01-01T01:00\u002b01:00"`: newYear,
		`"2026-01-01"`:                  newYear,
		`1767225600000`:                 newYear,
		`"1767225600000"`:               newYear,
		`"soon"`:                        {},
		`""`:                            {},
		`null`:                          {},
		`{"year":2026}`:                 {},
		`true`:                          {},
	} {
		list := decoded[clevercloud.Invoice](t,
			`[{"invoice_number":"F1","emission_date":`+text+`},{"invoice_number":"F2"}]`)

		require.Len(t, list, 2)
		assert.True(t, want.Equal(list[0].EmissionDate), "%s: %v", text, list[0].EmissionDate)
		assert.EqualValues(t, "F2", list[1].Number, "one date does not deny the list")
	}
}

func TestDecode_Numbers(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int64{
		`3`: 3, `3.0`: 3, `3e0`: 3, `30e-1`: 3, `"3"`: 3, `"3.0"`: 3, `-3.00`: -3,
		`9223372036854775807`: 9223372036854775807, `9007199254740993.0`: 0,
		`3.5`: 0, `2.99999999999999999999`: 0, `"many"`: 0, `""`: 0, `{}`: 0, `[]`: 0, `null`: 0,
		`true`: 0, `1e400`: 0, `9223372036854775808`: 0, `"0x3"`: 0,
	} {
		list := decoded[clevercloud.DrainBacklog](t,
			`[{"msgBacklog":`+text+`,"msgRateOut":"1.5"}]`)

		assert.Equal(t, clevercloud.DrainBacklog{MsgBacklog: want, MsgRateOut: 1.5}, list[0], text)
	}
}

func TestDecode_Texts(t *testing.T) {
	t.Parallel()
	list := decoded[clevercloud.Zone](t,
		`[{"id":42,"name":true,"country":{"code":"FR"},"lat":"48.8","tags":["a",7,null]}]`)

	assert.Equal(t, []clevercloud.Zone{
		{ID: "42", Name: "true", Lat: 48.8, Tags: []string{"a", "7", ""}},
	}, list)
}

// What tells one thing from another, and money, is never made up.
func TestDecode_WhatIsNeeded(t *testing.T) {
	t.Parallel()
	for body, path := range map[string]string{
		`[{"invoice_number":{"n":1}}]`:                                       "/0/invoice_number",
		`[{"invoice_number":"F1"},{"invoice_number":["F2"]}]`:                "/1/invoice_number",
		`[{"invoice_number":"F1","discount":"lots"}]`:                        "/0/discount",
		`[{"invoice_number":"F1","discount":false}]`:                         "/0/discount",
		`[{"invoice_number":"F1","total_tax":{"amount":"12,5"}}]`:            "/0/total_tax/amount",
		`[{"invoice_number":"F1","status":{"code":1}}]`:                      "/0/status",
		`[{"invoice_number":"F1","total_tax":12}]`:                           "/0/total_tax",
		`[{"emission_date":"soon","kpi_compute_months":"x","discount":"x"}]`: "/0/discount",
	} {
		client := answering(t, 200, body)
		_, list := client.Billing.ListInvoices(t.Context(), "orga_1", clevercloud.InvoiceQuery{})
		_, sequence := testkit.CountInvoices(t.Context(), client, func() {})
		for _, err := range []error{list, sequence} {
			var foreign *clevercloud.DecodeError
			require.ErrorAs(t, err, &foreign, body)
			assert.Equal(t, path, foreign.Path, body)
		}
	}
}

func TestDecode_Durations(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`"PT744H"`: "PT744H", `744`: "744", `744.5`: "744.5", `null`: "",
	} {
		list := decoded[clevercloud.InvoiceCountable](t, `[{"duration":`+text+`}]`)

		assert.EqualValues(t, want, list[0].Duration)
		again, err := json.Marshal(list[0])
		require.NoError(t, err)
		assert.Equal(t, want != "", strings.Contains(string(again), `"duration":`+text))
		assert.Equal(t, want, list[0].Duration.String())
	}
	for _, text := range []string{`{"hours":744}`, `[744]`} {
		err := json.Unmarshal([]byte(text), new(clevercloud.InvoiceDuration))
		require.ErrorContains(t, err, "expected a duration", text)
	}
}

func TestDecode_ZeroAndNull(t *testing.T) {
	t.Parallel()
	list := decoded[clevercloud.Instance](t,
		`[{"id":"a","index":0},{"index":null},{"id":"c"},{"index":"2"},{"index":"many"}]`)

	for i, want := range []*int{new(0), nil, nil, new(2), nil} {
		assert.Equal(t, want, list[i].Index, i)
	}
}

// A byte order mark is not a part of what follows it.
func TestDecode_AByteOrderMark(t *testing.T) {
	t.Parallel()
	assert.Len(t, decoded[clevercloud.Zone](t, "\ufeff[{\"name\":\"par\"}]"), 1)
	zone, err := answering(t, 200, "\ufeff{\"name\":\"par\"}").Zones.Get(t.Context(), "par")
	require.NoError(t, err)
	assert.EqualValues(t, "par", zone.Name)
	n, err := testkit.CountInvoices(t.Context(), answering(t, 200, "\ufeff[{}]"), func() {})
	require.NoError(t, err)
	assert.Equal(t, 1, n)
	_, err = answering(t, 400, "\ufeff{\"message\":\"too long\"}").Zones.Get(t.Context(), "par")
	require.ErrorContains(t, err, "too long")
}

// No value is made up for what did not come.
func TestDecode_NothingInPlaceOfAResult(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		status int
		body   string
		isList bool
		want   string
	}{
		{200, "", true, "empty body"},
		{204, "", true, "empty body"},
		{200, " \n", false, "empty body"},
		{200, "null", false, "got null"},
		{200, `{"error":"nope"}`, false, "in place of a result: nope"},
		{200, `{"id":null,"message":"nope"}`, false, "in place of a result: nope"},
		{200, `{"error":"nope"}`, true, "expected array, got object"},
		{206, `{"name":"par"}`, false, "a part of it (206)"},
		{206, `[]`, true, "a part of it (206)"},
	} {
		client := answering(t, tc.status, tc.body)
		_, err := client.Zones.Get(t.Context(), "par")
		if tc.isList {
			_, err = listZones(t, client)
		}

		var foreign *clevercloud.DecodeError
		require.ErrorAs(t, err, &foreign, tc.body)
		assert.ErrorContains(t, err, tc.want)
	}
	assert.Equal(t, []clevercloud.Zone{}, decoded[clevercloud.Zone](t, "null"))
}

// A coding that nobody asked for is undone if it is gzip, and named if it is not.
func TestDecode_Codings(t *testing.T) {
	t.Parallel()
	packed := testkit.Gzip(`[{"name":"par"}]`)
	for _, tc := range []struct {
		status       int
		coding, body string
		want         string
	}{
		{200, "gzip", packed, ""},
		{400, "gzip", testkit.Gzip(`{"message":"too long"}`), "too long"},
		{200, "br", packed, `content encoding "br" was not asked for`},
		{400, "br", packed, "encoded as br"},
	} {
		zones, err := listZones(t, answering(t, tc.status, tc.body, "Content-Encoding", tc.coding))
		if tc.want == "" {
			require.NoError(t, err)
			assert.Len(t, zones, 1)
		} else {
			require.ErrorContains(t, err, tc.want)
		}
	}
}

// A list that is longer than what is kept in memory is an error that says so.
func TestDecode_Bounds(t *testing.T) {
	t.Parallel()
	client := answering(t, 200, "["+strings.Repeat(" ", 33<<20)+"]")

	_, err := client.Billing.ListInvoices(t.Context(), "orga_1", clevercloud.InvoiceQuery{})
	require.ErrorContains(t, err, "larger than 32 MiB")
	_, err = testkit.CountInvoices(t.Context(), client, func() {})
	require.ErrorContains(t, err, "element larger than 16 MiB")

	large := `{"x":"` + strings.Repeat(" ", 9<<20) + `"}`
	client = answering(t, 200, "["+large+","+large+"]")
	n, err := testkit.CountInvoices(t.Context(), client, func() {})
	require.NoError(t, err)
	assert.Equal(t, 2, n)
}

// verbosity is a number that JSON writes as text.
type verbosity int

func (v *verbosity) UnmarshalText(text []byte) error {
	if string(text) != "high" {
		return errors.New("unknown verbosity")
	}
	*v = 2
	return nil
}

// The types of a program are decoded as leniently as those of this module.
func TestDecode_TypesOfAProgram(t *testing.T) {
	t.Parallel()
	type numbers struct {
		I8  int8
		I32 int32
		U   uint
		U16 uint16
		F32 float32
		F64 float64
	}
	type inner struct{ N int }
	type spelled struct {
		MsgBacklog int
		Inner      inner `json:"the-inner"`
		inner      `json:"named"`
		Map        map[string]*inner
	}
	type others struct {
		Level     slog.Level
		Quoted    int `json:",string"`
		Verbosity verbosity
		N         *int
		B         bool
	}
	for _, tc := range []struct{ want, got any }{
		{
			[]numbers{{I8: 1, I32: 2, U: 3, U16: 4, F32: 5.5, F64: 6.5}, {}, {I8: 1}},
			decoded[numbers](t, `[{"i8":1.0,"i32":"2","u":3e0,"u16":"4.0","f32":"5.5","f64":"6.5"},
				{"i8":300,"i32":3e9,"u":-1,"u16":"x","f32":1e39,"f64":1e999},{"i8":1}]`),
		},
		{
			[]spelled{{1, inner{2}, inner{3}, map[string]*inner{"a": {4}}}},
			decoded[spelled](t, `[{"msg_backlog":"1","theInner":{"n":"2","new":[3]},
				"named":{"N":"3"},"map":{"a":{"n":"4"}}}]`),
		},
		{
			[]others{{slog.LevelInfo, 1, 2, new(3), true}},
			decoded[others](t,
				`[{"level":"INFO","quoted":"1","verbosity":"high","n":"3","b":"1"}]`),
		},
	} {
		assert.Equal(t, tc.want, tc.got, fmt.Sprintf("%T", tc.want))
	}
}
