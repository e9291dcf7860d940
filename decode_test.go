package clevercloud_test

import (
	"encoding/json"
	"errors"
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

func TestDecode_Dates(t *testing.T) {
	t.Parallel()
	newYear := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Time{
		`"2026-01-01T00:00Z[UTC]"`:              newYear,
		`"2026-01-01T00:00:00Z[UTC]"`:           newYear,
		`"2026-01-01T01:00:00+01:00[Etc/GMT]"`:  newYear,
		`"2026-01-01T01:02:03+0000"`:            newYear.Add(time.Hour + 2*time.Minute + 3*time.Second),
		`"2026-01-01T01:00:00+01"`:              newYear,
		`"2026-01-01 00:00:00Z"`:                newYear,
		`"2026-01-01T00:00:00.250Z"`:            newYear.Add(250 * time.Millisecond),
		`"2026-01-01"`:                          newYear,
		`"2026-01-01T00:00Z[Etc\/UTC]"`:         newYear,
		`"2026-01-01T01:00\u002b01:00"`:         newYear,
		`1767225600000`:                         newYear,
		`"1767225600000"`:                       newYear,
		`"soon"`:                                {},
		`""`:                                    {},
		`null`:                                  {},
		`{"year":2026}`:                         {},
		`true`:                                  {},
		`"2026-13-41T00:00:00Z"`:                {},
		`"2026-01-01T00:00:00Z and some words"`: {},
	} {
		client := answering(t, 200, `[{"invoice_number":"F1","emission_date":`+text+`},{"invoice_number":"F2"}]`)

		list, err := client.Billing.ListInvoices(t.Context(), "orga_1", clevercloud.InvoiceQuery{})

		require.NoError(t, err, text)
		require.Len(t, list, 2)
		assert.True(t, want.Equal(list[0].EmissionDate), "%s: %v", text, list[0].EmissionDate)
		assert.Equal(t, clevercloud.InvoiceNumber("F2"), list[1].Number, "one date does not deny the list")
	}
}

func TestDecode_Numbers(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int64{
		`3`: 3, `3.0`: 3, `3e0`: 3, `30e-1`: 3, `"3"`: 3, `"3.0"`: 3, `-3.00`: -3, `9223372036854775807`: 9223372036854775807,
		`3.5`: 0, `"many"`: 0, `{}`: 0, `null`: 0, `true`: 0, `1e400`: 0, `9223372036854775808`: 0,
	} {
		client := answering(t, 200, `[{"id":"d","backlog":{"msgBacklog":`+text+`,"msgRateOut":"1.5"}}]`)

		list, err := client.Drains.List(t.Context(), "orga_1", "app_1", clevercloud.DrainQuery{})

		require.NoError(t, err, text)
		assert.Equal(t, want, list[0].Backlog.MsgBacklog, text)
		assert.InDelta(t, 1.5, list[0].Backlog.MsgRateOut, 0, "a number in quotes")
	}
}

func TestDecode_Texts(t *testing.T) {
	t.Parallel()
	client := answering(t, 200, `{"id":42,"name":true,"country":{"code":"FR"},"lat":"48.8","tags":["a",7,null]}`)

	zone, err := client.Zones.Get(t.Context(), "par")

	require.NoError(t, err)
	assert.Equal(t, &clevercloud.Zone{ID: "42", Name: "true", Lat: 48.8, Tags: []string{"a", "7", ""}}, zone)
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
		for name, list := range map[string]func(*clevercloud.Client) error{
			"list": func(c *clevercloud.Client) error {
				_, err := c.Billing.ListInvoices(t.Context(), "orga_1", clevercloud.InvoiceQuery{})
				return err
			},
			"sequence": func(c *clevercloud.Client) error {
				var last error
				for _, err := range c.Billing.Invoices(t.Context(), "orga_1", clevercloud.InvoiceQuery{}) {
					last = err
				}
				return last
			},
		} {
			err := list(answering(t, 200, body))

			var foreign *clevercloud.DecodeError
			require.ErrorAs(t, err, &foreign, "%s: %s", name, body)
			assert.Equal(t, path, foreign.Path, "%s: %s", name, body)
		}
	}
}

func TestDecode_Durations(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]clevercloud.InvoiceDuration{`"PT744H"`: "PT744H", `744`: "744", `744.5`: "744.5", `null`: ""} {
		client := answering(t, 200, `{"invoice_number":"F1","countables":[{"duration":`+text+`}]}`)

		invoice, err := client.Billing.GetInvoice(t.Context(), "orga_1", "F1")

		require.NoError(t, err, text)
		assert.Equal(t, want, invoice.Countables[0].Duration)
		again, err := json.Marshal(invoice.Countables[0])
		require.NoError(t, err)
		if text != "null" {
			assert.Contains(t, string(again), `"duration":`+text)
		}
	}
}

func TestDecode_ZeroAndNull(t *testing.T) {
	t.Parallel()
	client := answering(t, 200, `[{"id":"a","index":0},{"id":"b","index":null},{"id":"c"},{"id":"d","index":"2"}]`)

	list, err := client.Orchestration.ListInstances(t.Context(), "orga_1", "app_1", clevercloud.InstanceQuery{})

	require.NoError(t, err)
	assert.Equal(t, []*int{new(0), nil, nil, new(2)}, []*int{list[0].Index, list[1].Index, list[2].Index, list[3].Index})
}

// A byte order mark is not a part of what follows it.
func TestDecode_AByteOrderMark(t *testing.T) {
	t.Parallel()
	zones, err := answering(t, 200, "\ufeff[{\"name\":\"par\"}]").Zones.List(t.Context(), clevercloud.ZoneQuery{})
	require.NoError(t, err)
	assert.Len(t, zones, 1)
	zone, err := answering(t, 200, "\ufeff{\"name\":\"par\"}").Zones.Get(t.Context(), "par")
	require.NoError(t, err)
	assert.Equal(t, clevercloud.ZoneName("par"), zone.Name)
	for invoice, err := range answering(t, 200, "\ufeff[{\"invoice_number\":\"F1\"}]").Billing.Invoices(t.Context(), "o", clevercloud.InvoiceQuery{}) {
		require.NoError(t, err)
		assert.Equal(t, clevercloud.InvoiceNumber("F1"), invoice.Number)
	}
	_, err = answering(t, 400, "\ufeff{\"message\":\"too long\"}").Zones.Get(t.Context(), "par")
	require.ErrorContains(t, err, "too long")
}

// No value is made up for what did not come.
func TestDecode_NothingInPlaceOfAResult(t *testing.T) {
	t.Parallel()
	get := func(c *clevercloud.Client) error { _, err := c.Zones.Get(t.Context(), "par"); return err }
	list := func(c *clevercloud.Client) error {
		_, err := c.Zones.List(t.Context(), clevercloud.ZoneQuery{})
		return err
	}
	for name, tc := range map[string]struct {
		status int
		body   string
		call   func(*clevercloud.Client) error
		want   string
	}{
		"no body for a list":         {200, "", list, "empty body"},
		"no content for a list":      {204, "", list, "empty body"},
		"no body":                    {200, " \n", get, "empty body"},
		"null":                       {200, "null", get, "got null"},
		"an error":                   {200, `{"error":"nope"}`, get, "in place of a result: nope"},
		"a message":                  {200, `{"id":null,"message":"nope"}`, get, "in place of a result: nope"},
		"an error in place of lists": {200, `{"error":"nope"}`, list, "expected array, got object"},
		"a part":                     {206, `{"name":"par"}`, get, "a part of it (206)"},
		"a part of a list":           {206, `[]`, list, "a part of it (206)"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			err := tc.call(answering(t, tc.status, tc.body))

			var foreign *clevercloud.DecodeError
			require.ErrorAs(t, err, &foreign)
			assert.ErrorContains(t, err, tc.want)
		})
	}
	none, err := answering(t, 200, "null").Zones.List(t.Context(), clevercloud.ZoneQuery{})
	require.NoError(t, err)
	assert.Equal(t, []clevercloud.Zone{}, none)
}

// A coding that nobody asked for is undone if it is gzip, and named if it is not.
func TestDecode_Codings(t *testing.T) {
	t.Parallel()
	packed := testkit.Gzip(`[{"name":"par"}]`)
	zones, err := answering(t, 200, packed, "Content-Encoding", "gzip").Zones.List(t.Context(), clevercloud.ZoneQuery{})
	require.NoError(t, err)
	assert.Len(t, zones, 1)
	_, err = answering(t, 400, testkit.Gzip(`{"message":"too long"}`), "Content-Encoding", "gzip").Zones.List(t.Context(), clevercloud.ZoneQuery{})
	require.ErrorContains(t, err, "too long")
	_, err = answering(t, 200, packed, "Content-Encoding", "br").Zones.List(t.Context(), clevercloud.ZoneQuery{})
	require.ErrorContains(t, err, `content encoding "br" was not asked for`)
	_, err = answering(t, 400, packed, "Content-Encoding", "br").Zones.List(t.Context(), clevercloud.ZoneQuery{})
	require.ErrorContains(t, err, "encoded as br")
}

// A list that is longer than what is kept in memory is an error that says so.
func TestDecode_Bounds(t *testing.T) {
	t.Parallel()
	long := "[" + strings.Repeat(" ", 33<<20) + "]"

	_, err := answering(t, 200, long).Billing.ListInvoices(t.Context(), "orga_1", clevercloud.InvoiceQuery{})
	require.ErrorContains(t, err, "larger than 32 MiB")

	for _, err := range answering(t, 200, long).Billing.Invoices(t.Context(), "orga_1", clevercloud.InvoiceQuery{}) {
		require.ErrorContains(t, err, "element larger than 16 MiB")
	}
}

// decoded is what an endpoint of a program's own makes of body.
func decoded[T any](t *testing.T, body string) []T {
	t.Helper()
	list := clevercloud.Endpoint[clevercloud.None, []T]{Name: "things.list", Method: "GET", Path: "/x"}
	result, err := list.Call(t.Context(), answering(t, 200, body), nil, clevercloud.None{})
	require.NoError(t, err, body)
	return result
}

// The types of a program are read as leniently as those of this module.
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
	assert.Equal(t, []numbers{{I8: 1, I32: 2, U: 3, U16: 4, F32: 5.5, F64: 6.5}},
		decoded[numbers](t, `[{"i8":1.0,"i32":"2","u":3e0,"u16":"4.0","f32":"5.5","f64":"6.5"}]`))
	assert.Equal(t, []numbers{{}, {I8: 1}},
		decoded[numbers](t, `[{"i8":300,"i32":3e9,"u":-1,"u16":"x","f32":1e39,"f64":1e999},{"i8":1}]`), "none denies the list")

	type inner struct{ N int }
	type spelled struct {
		MsgBacklog int
		Inner      inner `json:"the-inner"`
		inner      `json:"named"`
	}
	assert.Equal(t, []spelled{{MsgBacklog: 1, Inner: inner{2}, inner: inner{3}}},
		decoded[spelled](t, `[{"msg_backlog":"1","theInner":{"n":"2"},"named":{"N":"3"}}]`))

	type others struct {
		Level  slog.Level
		Quoted int `json:",string"`
		N      int
	}
	assert.Equal(t, []others{{Level: slog.LevelInfo, Quoted: 1, N: 2}},
		decoded[others](t, `[{"level":"INFO","quoted":"1","n":"2"}]`), "what is fine stays as it is")
	type named struct {
		Verbosity verbosity
		N         int
	}
	assert.Equal(t, []named{{2, 2}}, decoded[named](t, `[{"verbosity":"high","n":"2"}]`))
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
