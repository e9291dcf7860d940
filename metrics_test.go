package clevercloud_test

import (
	"encoding/json"
	"math"
	"net/http"
	"testing"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

type metrics = clevercloud.MetricsService

func TestMetrics_ListSeries(t *testing.T) {
	t.Parallel()
	const app = "app_00000000-0000-4000-8000-00000000000a"
	ten := testkit.Instant(t, "2025-09-11T10:00:00Z")
	all := map[string][]clevercloud.MetricSeries{
		"metrics/series_full.json": {
			{Name: "cpu", Resource: app, Unit: "percent", Data: []clevercloud.MetricPoint{
				{Timestamp: ten, Value: "12.50"},
				{Timestamp: ten.Add(5*time.Minute + time.Microsecond), Value: "0"},
			}},
			{Name: "mem", Resource: app, Unit: "percent", Data: []clevercloud.MetricPoint{}},
		},
		"metrics/series_minimal.json": {{Name: "cpu", Data: []clevercloud.MetricPoint{{}}}},
		"metrics/series_nulls.json": {
			{Name: "cpu", Data: []clevercloud.MetricPoint{{}}}, {Name: "mem"},
		},
		"metrics/series_unknown.json": {{
			Name: "net.in", Resource: "redis_00000000-0000-4000-8000-00000000000b", Unit: "B/s",
			Data: []clevercloud.MetricPoint{{Timestamp: ten, Value: "NaN"}, {Timestamp: ten}},
		}},
	}
	checkFixtures(t, "metrics/series*.json", all, testkit.RoundTrip{
		Unknown: []string{"labels", "data.quality"},
	}, (*metrics).ListSeries, []any{"orga_1", app})
}

func TestMetrics_ListRequests(t *testing.T) {
	t.Parallel()
	all := map[string][]clevercloud.RequestLocation{
		"metrics/requests_full.json": {
			{Lat: 48.8667, Long: 2.3333, AccessCount: 12},
			{Lat: -33.85, Long: 151.22, City: "Sydney", AccessCount: 9007199254740993},
		},
		"metrics/requests_minimal.json": {{}},
		"metrics/requests_nulls.json":   {{}},
		"metrics/requests_unknown.json": {{AccessCount: 1}},
	}
	checkFixtures(t, "metrics/requests*.json", all, testkit.RoundTrip{Unknown: []string{"country"}},
		(*metrics).ListRequests, []any{"orga_1"})
}

func TestMetrics_LiveRequests(t *testing.T) {
	t.Parallel()
	const live = "event:REQUESTS_LIVE\ndata:"
	const text = live + `[{"lat":47.2,"long":-1.5,"city":"Nantes","accessCount":2}]` + "\n\n" +
		live + "null\n\n" + "event:OTHER\ndata:{}\n\n" + live + "5\n\n" +
		"event:HEARTBEAT\ndata:{}\n\n" + live + `[{"new":1},null]` + "\n\n" + endOfStream
	wire := &streamWire{script: func(int, *http.Request) *http.Response {
		return streamAnswer(text, "silence")
	}}
	client := streamClient(t, wire)
	q := clevercloud.LiveRequestQuery{ApplicationID: "app_1"}
	var got [][]clevercloud.RequestLocation
	var errs []error

	for places, err := range client.Metrics.LiveRequests(t.Context(), "orga_1", q) {
		if err != nil {
			assert.Nil(t, places)
			errs = append(errs, err)
			continue
		}
		got = append(got, places)
	}

	assert.Equal(t, [][]clevercloud.RequestLocation{
		{{Lat: 47.2, Long: -1.5, City: "Nantes", AccessCount: 2}}, {}, {{}, {}},
	}, got)
	require.Len(t, errs, 1)
	var unread *clevercloud.LogDecodeError
	require.ErrorAs(t, errs[0], &unread)
	assert.Equal(t, "metrics.live-requests", unread.Operation)
	const path = "/prefix/v4/stats/organisations/orga_1/requests-live"
	assert.Equal(t, path+"?applicationId=app_1", wire.requests[0].URL.RequestURI())
	assert.Equal(t, "text/event-stream", wire.requests[0].Header.Get("Accept"))
}

func TestMetrics_LiveRequests_Query(t *testing.T) {
	t.Parallel()
	wire := &streamWire{script: func(int, *http.Request) *http.Response {
		return streamAnswer(endOfStream, "silence")
	}}
	client := streamClient(t, wire)
	for _, tc := range []struct {
		owner    clevercloud.OwnerID
		q        clevercloud.EventQuery
		argument string
	}{
		{"", clevercloud.EventQuery{}, "ownerId"},
		{"orga_1", clevercloud.EventQuery{MaxEventSize: -1}, "MaxEventSize"},
	} {
		var errs []error
		q := clevercloud.LiveRequestQuery{EventQuery: tc.q}
		for _, err := range client.Metrics.LiveRequests(t.Context(), tc.owner, q) {
			errs = append(errs, err)
		}
		require.Len(t, errs, 1)
		var invalid *clevercloud.ValidationError
		require.ErrorAs(t, errs[0], &invalid)
		assert.Equal(t, "metrics.live-requests", invalid.Operation)
		assert.Equal(t, tc.argument, invalid.Argument)
	}
	assert.Empty(t, wire.requests)

	var all clevercloud.LiveRequestQuery
	for range client.Metrics.LiveRequests(t.Context(), "orga_1", all) {
		t.Error("a value of an empty stream")
	}
	assert.Empty(t, wire.requests[0].URL.RawQuery)
}

func TestMetrics_ListStatusCodes(t *testing.T) {
	t.Parallel()
	ten := testkit.Instant(t, "2026-09-11T10:00:00Z")
	all := map[string][]clevercloud.StatusCodes{
		"metrics/status_codes_full.json": {
			{Date: ten, Statuses: []clevercloud.StatusCodeCount{
				{Code: 200, Count: 31}, {Code: 0, Count: 2},
			}},
			{Date: ten.Add(time.Hour), Statuses: []clevercloud.StatusCodeCount{}},
		},
		"metrics/status_codes_minimal.json": {{Date: ten}},
		"metrics/status_codes_nulls.json": {
			{Statuses: []clevercloud.StatusCodeCount{{}}}, {Date: ten},
		},
		"metrics/status_codes_unknown.json": {
			{Date: ten, Statuses: []clevercloud.StatusCodeCount{{Code: 799, Count: 1}}},
		},
	}
	checkFixtures(t, "metrics/status_codes*.json", all, testkit.RoundTrip{
		Unknown: []string{"period", "statuses.share"},
	}, (*metrics).ListStatusCodes, []any{"orga_1"})
}

// A value is the text that was sent, and a number where it is one.
func TestMetricPoint_Spellings(t *testing.T) {
	t.Parallel()
	at := func(micro int64) time.Time { return time.UnixMicro(micro).UTC() }
	for text, want := range map[string]clevercloud.MetricPoint{
		`{"timestamp":1757584800000001,"value":12.50}`:      {Timestamp: at(1757584800000001), Value: "12.50"},
		`{"timestamp":"1757584800000001","value":"1e-7"}`:   {Timestamp: at(1757584800000001), Value: "1e-7"},
		`{"timestamp":1.7575848e15,"value":true}`:           {Timestamp: at(1757584800000000), Value: "true"},
		`{"timestamp":"yesterday","value":{"of":"a kind"}}`: {},
		`{"timestamp":0}`:  {Timestamp: at(0)},
		`{"timestamp":-1}`: {Timestamp: at(-1)},
	} {
		assert.Equal(t, want, testkit.DecodeAs[clevercloud.MetricPoint](t, text), text)
	}
	require.Error(t, json.Unmarshal([]byte(`[12.5]`), new(clevercloud.MetricPoint)))
	assert.True(t, math.IsNaN(clevercloud.MetricPoint{Value: "NaN"}.Value.Float64()))
	assert.InDelta(t, 12.5, clevercloud.MetricPoint{Value: "12.50"}.Value.Float64(), 0)
}

func FuzzMetricPoint(f *testing.F) {
	for _, name := range testkit.Fixtures(f, "metrics/series*.json") {
		f.Add([]byte(testkit.Fixture(f, name)))
	}
	f.Fuzz(func(t *testing.T, data []byte) { testkit.Stable[[]clevercloud.MetricSeries](t, data) })
}

func TestMetrics_Tokens(t *testing.T) {
	t.Parallel()
	full := clevercloud.MetricsToken{
		Token: "example-read-token", CreatedAt: testkit.Instant(t, "2026-09-11T10:00:00Z"),
		ExpiresAt: testkit.Instant(t, "2026-09-16T10:00:00Z"), Scope: "READ",
		Applications: []string{"metrics", "metrics.accesslogs"},
	}
	all := map[string]clevercloud.MetricsToken{
		"metrics/token_full.json":    full,
		"metrics/token_minimal.json": {Token: full.Token},
		"metrics/token_nulls.json":   {Token: full.Token},
		"metrics/token_unknown.json": {
			Token: full.Token, Scope: "WRITE", Applications: []string{"addon-api-new"},
		},
	}
	trip := testkit.RoundTrip{Unknown: []string{"labels"}, Secret: []string{"token"}}
	checkFixtures(t, "metrics/token*.json", all, trip, (*metrics).CreateReadToken, []any{"orga_1"})
	checkFixtures(t, "metrics/token*.json", all, trip,
		(*metrics).CreateResourceReadToken, []any{"orga_1", "app_1"})
	for _, text := range testkit.Texts(full) {
		assert.NotContains(t, text, "example-read-token")
	}
}

func TestMetrics_RejectedUnsent(t *testing.T) {
	t.Parallel()
	type query = clevercloud.MetricsQuery
	earlier := clevercloud.RequestQuery{From: time.Now(), To: time.Now().Add(-time.Hour)}
	checkRejected(t, map[string][]any{
		"metrics.list-series: Interval must not be negative": {
			(*metrics).ListSeries, "orga_1", "app_1", query{Interval: -1},
		},
		"metrics.list-series: Span must not be negative": {
			(*metrics).ListSeries, "orga_1", "app_1", query{Span: -1},
		},
		"metrics.list-requests: To must not be before From": {
			(*metrics).ListRequests, "orga_1", earlier,
		},
		"metrics.list-status-codes: To must not be before From": {
			(*metrics).ListStatusCodes, "orga_1", earlier,
		},
		"metrics.create-read-token: TTL must not be negative": {
			(*metrics).CreateReadToken, "orga_1", clevercloud.MetricsTokenInput{TTL: -1},
		},
	})

	client, sent := sender(t, `[]`)
	open := clevercloud.RequestQuery{From: time.Unix(1767225600, 0)}
	_, err := client.Metrics.ListRequests(t.Context(), "orga_1", open)
	require.NoError(t, err)
	address, _ := sent()
	assert.Equal(t, "/prefix/v4/stats/organisations/orga_1/requests?from=2026-01-01T00%3A00%3A00.000Z", address)
}
