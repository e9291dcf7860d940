package main

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/metric"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/clevercloud-go/clevercloud"
)

const (
	scope = "github.com/clevercloud-go/clevercloud"
	// operationKey is the id of the operation, such as drains.list. It has few values, so that
	// metrics may have it too.
	operationKey = attribute.Key("clevercloud.operation")
)

// Middleware records every attempt as a client span that is named after its operation and has the
// attributes of OpenTelemetry's conventions for HTTP, and in two instruments:
// http.client.request.duration and clevercloud.client.retries.
//
// It sees requests before credentials are added, and leaves out queries and the texts of errors, so
// that nothing secret is recorded. The span of a download or of a log stream ends with the headers.
func Middleware(
	tracers trace.TracerProvider, meters metric.MeterProvider,
) (func(http.RoundTripper) http.RoundTripper, error) {
	meter := meters.Meter(scope)
	// Seconds, with the boundaries of the conventions.
	duration, err := meter.Float64Histogram("http.client.request.duration", metric.WithUnit("s"),
		metric.WithDescription("Duration of HTTP client requests."),
		metric.WithExplicitBucketBoundaries(
			0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10))
	if err != nil {
		return nil, err
	}
	retries, err := meter.Int64Counter("clevercloud.client.retries", metric.WithUnit("{retry}"),
		metric.WithDescription("Attempts after the first of a call."))
	if err != nil {
		return nil, err
	}
	return func(next http.RoundTripper) http.RoundTripper {
		return &telemetry{next, tracers.Tracer(scope), duration, retries}
	}, nil
}

type telemetry struct {
	next     http.RoundTripper
	tracer   trace.Tracer
	duration metric.Float64Histogram
	retries  metric.Int64Counter
}

func (t *telemetry) RoundTrip(req *http.Request) (*http.Response, error) {
	operation := clevercloud.OperationFromContext(req.Context())
	attempt := clevercloud.AttemptFromContext(req.Context())
	common := []attribute.KeyValue{
		operationKey.String(operation), semconv.HTTPRequestMethodKey.String(req.Method),
		semconv.ServerAddress(req.URL.Hostname()), semconv.ServerPort(port(req.URL)),
	}
	ctx, span := t.tracer.Start(req.Context(), operation, trace.WithSpanKind(trace.SpanKindClient),
		trace.WithAttributes(common...),
		trace.WithAttributes(semconv.URLFull(withoutQuery(req.URL))))
	defer span.End()
	if attempt > 1 {
		span.SetAttributes(semconv.HTTPRequestResendCount(attempt - 1))
		t.retries.Add(ctx, 1, metric.WithAttributes(operationKey.String(operation)))
	}

	start := time.Now()
	resp, err := t.next.RoundTrip(req.WithContext(ctx))
	took := time.Since(start)

	result := outcome(resp, err)
	span.SetAttributes(result...)
	if err != nil || resp.StatusCode >= http.StatusBadRequest {
		span.SetStatus(codes.Error, "")
	}
	t.duration.Record(ctx, took.Seconds(), metric.WithAttributes(append(common, result...)...))
	return resp, err
}

func outcome(resp *http.Response, err error) []attribute.KeyValue {
	if err != nil {
		return []attribute.KeyValue{semconv.ErrorType(err)}
	}
	attributes := []attribute.KeyValue{semconv.HTTPResponseStatusCode(resp.StatusCode)}
	if resp.StatusCode >= http.StatusBadRequest {
		attributes = append(attributes, semconv.ErrorTypeKey.String(strconv.Itoa(resp.StatusCode)))
	}
	return attributes
}

func withoutQuery(u *url.URL) string {
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path, RawPath: u.RawPath}).String()
}

func port(u *url.URL) int {
	if n, err := strconv.Atoi(u.Port()); err == nil {
		return n
	}
	if u.Scheme == "http" {
		return 80
	}
	return 443
}
