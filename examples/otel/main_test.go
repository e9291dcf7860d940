package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/clevertest"
	"github.com/clevercloud-go/clevercloud/examples/internal/testenv"
)

// A bench is an embedded API whose client is observed.
type bench struct {
	api    *clevertest.Server
	client *clevercloud.Client
	spans  *tracetest.InMemoryExporter
	meters *metric.ManualReader
}

func newBench(t *testing.T, faults ...clevertest.Fault) bench {
	t.Helper()
	api, spans := clevertest.NewServer(), tracetest.NewInMemoryExporter()
	t.Cleanup(api.Close)
	api.Inject(faults...)
	meters := metric.NewManualReader()
	middleware, err := Middleware(trace.NewTracerProvider(trace.WithSyncer(spans)),
		metric.NewMeterProvider(metric.WithReader(meters)))
	require.NoError(t, err)
	return bench{api, api.Client(clevercloud.WithMiddleware(middleware),
		clevercloud.WithRetry(clevercloud.RetryPolicy{MinWait: 1, MaxWait: 1})), spans, meters}
}

// unavailable fails the first requests of an operation.
func unavailable(operation string, times int) clevertest.Fault {
	return clevertest.Fault{
		Path: operation, Status: http.StatusServiceUnavailable, Times: times,
	}
}

// attributes are those of a span or of a data point, as text.
func attributes(pairs []attribute.KeyValue) map[string]string {
	all := map[string]string{}
	for _, pair := range pairs {
		all[string(pair.Key)] = pair.Value.String()
	}
	return all
}

func TestMiddleware_ASpanForEachAttempt(t *testing.T) {
	t.Parallel()
	b := newBench(t, unavailable("drains.list", 1))

	_, err := b.client.Drains.List(
		t.Context(), b.api.OwnerID, b.api.ApplicationID, clevercloud.DrainQuery{})

	require.NoError(t, err)
	spans := b.spans.GetSpans()
	require.Len(t, spans, 2)
	want := map[string]string{
		"clevercloud.operation": "drains.list", "http.request.method": "GET",
		"url.full": fmt.Sprintf("%s/v4/drains/organisations/%s/applications/%s/drains",
			b.api.URL, b.api.OwnerID, b.api.ApplicationID),
		"server.address":            "127.0.0.1",
		"server.port":               b.api.URL[strings.LastIndex(b.api.URL, ":")+1:],
		"http.response.status_code": "503", "error.type": "503",
	}
	assert.Equal(t, "drains.list", spans[0].Name)
	assert.Equal(t, want, attributes(spans[0].Attributes))
	assert.Equal(t, codes.Error, spans[0].Status.Code)
	delete(want, "error.type")
	want["http.response.status_code"], want["http.request.resend_count"] = "200", "1"
	assert.Equal(t, want, attributes(spans[1].Attributes))
	assert.Equal(t, codes.Unset, spans[1].Status.Code)
}

func TestMiddleware_Metrics(t *testing.T) {
	t.Parallel()
	b := newBench(t, unavailable("zones.list", 2))
	for range 3 {
		_, err := b.client.Zones.List(t.Context(), clevercloud.ZoneQuery{})
		require.NoError(t, err)
	}

	var collected metricdata.ResourceMetrics
	require.NoError(t, b.meters.Collect(t.Context(), &collected))

	counts := map[string]uint64{}
	var retries int64
	for _, m := range collected.ScopeMetrics[0].Metrics {
		switch data := m.Data.(type) {
		case metricdata.Histogram[float64]:
			assert.Equal(t, "http.client.request.duration", m.Name)
			for _, point := range data.DataPoints {
				of := attributes(point.Attributes.ToSlice())
				key := of["clevercloud.operation"] + " " + of["http.response.status_code"]
				counts[key] = point.Count
				assert.NotContains(t, of, "url.full")
			}
		case metricdata.Sum[int64]:
			assert.Equal(t, "clevercloud.client.retries", m.Name)
			retries = data.DataPoints[0].Value
		}
	}
	assert.Equal(t, map[string]uint64{"zones.list 503": 2, "zones.list 200": 3}, counts)
	assert.EqualValues(t, 2, retries)
}

func TestMiddleware_NoAnswer(t *testing.T) {
	t.Parallel()
	b := newBench(t, clevertest.Fault{Path: "drains.delete", Mode: clevertest.Drop, Times: -1})

	_, err := b.client.Drains.Delete(t.Context(), b.api.OwnerID, b.api.ApplicationID, "drain_1",
		clevercloud.WithMaxRetries(0))

	require.Error(t, err)
	spans := b.spans.GetSpans()
	require.Len(t, spans, 1)
	assert.Equal(t, codes.Error, spans[0].Status.Code)
	assert.NotEmpty(t, attributes(spans[0].Attributes)["error.type"])
	assert.NotContains(t, attributes(spans[0].Attributes), "http.response.status_code")
}

func TestMiddleware_NothingSecretIsRecorded(t *testing.T) {
	t.Parallel()
	b := newBench(t, clevertest.Fault{Path: "zones.list", Mode: clevertest.Drop},
		unavailable("zones.list", 1))

	_, err := b.client.Zones.List(t.Context(), clevercloud.ZoneQuery{},
		clevercloud.WithQuery("key", "canary"), clevercloud.WithHeader("X-Key", "canary"))

	require.NoError(t, err)
	var collected metricdata.ResourceMetrics
	require.NoError(t, b.meters.Collect(t.Context(), &collected))
	recorded := fmt.Sprintf("%+v %+v", b.spans.GetSpans(), collected)
	assert.Contains(t, recorded, "zones.list")
	pair := b.api.OAuth1
	for _, secret := range []string{
		"canary", pair.Token, pair.TokenSecret.Reveal(), pair.ConsumerSecret.Reveal(),
	} {
		assert.NotContains(t, recorded, secret)
	}
}

func TestProgram(t *testing.T) {
	api := testenv.LoggedIn(t)

	status, _, notes := testenv.Run(t, "otel", program)

	assert.Equal(t, 0, status, notes)
	assert.Len(t, api.RequestsTo("identity.self"), 1)
	testenv.NeverPretends(t, "otel", program)
}

func TestProgram_Demo(t *testing.T) {
	testenv.HalfConfigured(t)

	status, out, notes := testenv.Run(t, "otel", program, "-demo")

	require.Equal(t, 0, status, notes)
	var names []string
	for dec := json.NewDecoder(strings.NewReader(out)); dec.More(); {
		var line struct {
			Name         string
			ScopeMetrics []any
		}
		require.NoError(t, dec.Decode(&line))
		if line.ScopeMetrics == nil {
			names = append(names, line.Name)
		}
	}
	assert.Equal(t, []string{
		"zones.list", "identity.self", "identity.self", "identity.self", "zones.get", "look around",
	}, names)
}
