package main

import (
	"bytes"
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
	"github.com/clevercloud-go/clevercloud/examples/internal/term"
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
	b := bench{api: clevertest.NewServer(), spans: tracetest.NewInMemoryExporter(), meters: metric.NewManualReader()}
	t.Cleanup(b.api.Close)
	middleware, err := Middleware(trace.NewTracerProvider(trace.WithSyncer(b.spans)), metric.NewMeterProvider(metric.WithReader(b.meters)))
	require.NoError(t, err)
	b.api.Inject(faults...)
	b.client = b.api.Client(clevercloud.WithMiddleware(middleware), clevercloud.WithRetry(clevercloud.RetryPolicy{MinWait: 1, MaxWait: 1}))
	return b
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
	b := newBench(t, clevertest.Fault{Path: "drains.list", Status: http.StatusServiceUnavailable})

	_, err := b.client.Drains.List(t.Context(), b.api.OwnerID, b.api.ApplicationID, clevercloud.DrainQuery{})

	require.NoError(t, err)
	spans := b.spans.GetSpans()
	require.Len(t, spans, 2)
	path := fmt.Sprintf("%s/v4/drains/organisations/%s/applications/%s/drains", b.api.URL, b.api.OwnerID, b.api.ApplicationID)
	want := map[string]string{
		"clevercloud.operation": "drains.list", "http.request.method": "GET", "url.full": path, "server.address": "127.0.0.1",
		"server.port": b.api.URL[strings.LastIndex(b.api.URL, ":")+1:], "http.response.status_code": "503", "error.type": "503",
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
	b := newBench(t, clevertest.Fault{Path: "zones.list", Status: http.StatusServiceUnavailable, Times: 2})
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
				counts[of["clevercloud.operation"]+" "+of["http.response.status_code"]] = point.Count
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
	b := newBench(t, clevertest.Fault{Path: "drains.create", Mode: clevertest.Drop})

	_, err := b.client.Drains.Create(t.Context(), b.api.OwnerID, b.api.ApplicationID, clevercloud.DrainInput{
		Kind: clevercloud.DrainKindLog, Recipient: clevercloud.RawRecipient{URL: "https://logs.example.com"},
	})

	require.Error(t, err)
	spans := b.spans.GetSpans()
	require.Len(t, spans, 1)
	assert.Equal(t, codes.Error, spans[0].Status.Code)
	assert.NotEmpty(t, attributes(spans[0].Attributes)["error.type"])
	assert.NotContains(t, attributes(spans[0].Attributes), "http.response.status_code")
}

func TestMiddleware_NothingSecretIsRecorded(t *testing.T) {
	t.Parallel()
	b := newBench(t, clevertest.Fault{Path: "zones.list", Mode: clevertest.Drop}, clevertest.Fault{Path: "zones.list", Status: http.StatusBadGateway})

	_, err := b.client.Zones.List(t.Context(), clevercloud.ZoneQuery{}, clevercloud.WithQuery("key", "canary"), clevercloud.WithHeader("X-Key", "canary"))

	require.NoError(t, err)
	var collected metricdata.ResourceMetrics
	require.NoError(t, b.meters.Collect(t.Context(), &collected))
	recorded := fmt.Sprintf("%+v %+v", b.spans.GetSpans(), collected)
	assert.Contains(t, recorded, "zones.list")
	for _, secret := range []string{"canary", b.api.OAuth1.Token, b.api.OAuth1.TokenSecret.Reveal(), b.api.OAuth1.ConsumerSecret.Reveal()} {
		assert.NotContains(t, recorded, secret)
	}
}

func TestRun_NeverPretends(t *testing.T) {
	testenv.NeverPretends(t, "otel", func(screen *term.Screen) int {
		if err := run(t.Context(), screen.Out, false); err != nil {
			screen.Notef("otel: %v", err)
			return 2
		}
		return 0
	})
}

func TestRun(t *testing.T) {
	api := clevertest.NewServer()
	defer api.Close()
	testenv.LoggedIn(t, api)
	var out bytes.Buffer

	require.NoError(t, run(t.Context(), &out, false))

	assert.Len(t, api.RequestsTo("identity.self"), 1)
	assert.NotContains(t, out.String(), api.Token.Reveal())
}

func TestRun_Demo(t *testing.T) {
	testenv.HalfConfigured(t)
	var out bytes.Buffer

	require.NoError(t, run(t.Context(), &out, true))

	var names []string
	for dec := json.NewDecoder(&out); dec.More(); {
		var line struct {
			Name         string
			Parent       struct{ TraceID string }
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
