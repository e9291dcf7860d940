package main

import (
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/clevercloud-go/clevercloud"
)

// Metrics counts and times the requests of a client.
type Metrics struct {
	requests *prometheus.CounterVec
	duration *prometheus.HistogramVec
	inFlight prometheus.Gauge
}

// NewMetrics registers the metrics. The number of series is bounded: a client has few operations,
// five classes of status and a handful of attempts.
func NewMetrics(registry prometheus.Registerer) *Metrics {
	m := &Metrics{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "clevercloud_requests_total",
			Help: "Requests sent, by operation, class of the status (or error) and attempt.",
		}, []string{"operation", "status", "attempt"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "clevercloud_request_duration_seconds",
			Help:    "Time from a request to its response's headers.",
			Buckets: prometheus.ExponentialBuckets(0.005, 2, 14), NativeHistogramBucketFactor: 1.1,
		}, []string{"operation", "status"}),
		inFlight: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "clevercloud_requests_in_flight", Help: "Requests waiting for their response.",
		}),
	}
	registry.MustRegister(m.requests, m.duration, m.inFlight)
	return m
}

// Middleware is for [clevercloud.WithMiddleware].
func (m *Metrics) Middleware(next http.RoundTripper) http.RoundTripper {
	return roundTripper(func(req *http.Request) (*http.Response, error) {
		m.inFlight.Inc()
		defer m.inFlight.Dec()
		start := time.Now()
		resp, err := next.RoundTrip(req)
		operation, status := clevercloud.OperationFromContext(req.Context()), class(resp, err)
		attempt := strconv.Itoa(clevercloud.AttemptFromContext(req.Context()))
		m.requests.WithLabelValues(operation, status, attempt).Inc()
		m.duration.WithLabelValues(operation, status).Observe(time.Since(start).Seconds())
		return resp, err
	})
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

// class returns 2xx, 4xx and the like, or error if there was no response.
func class(resp *http.Response, err error) string {
	if err != nil {
		return "error"
	}
	return strconv.Itoa(resp.StatusCode/100) + "xx"
}
