// Otel sends a span for each request of the SDK, and metrics of durations and retries, through
// OpenTelemetry.
//
//	go -C examples/otel run . [-demo] | jq '.Name // empty'
//
//	"zones.list"
//	"identity.self"
//	"zones.get"
//	"look around"
//
// telemetry.go is the part to copy: a middleware for clevercloud.WithMiddleware. Unlike a general
// one for net/http it knows the operation and the attempt, and leaves out the query of the URL. The
// program around it makes some calls that only read, and prints what was recorded as JSON; a
// program of yours has exporters of its own.
//
// With -demo the calls go to the embedded API, which fails now and then. The exit status is 2 after
// an error, missing credentials included.
package main

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	"go.opentelemetry.io/otel/exporters/stdout/stdoutmetric"
	"go.opentelemetry.io/otel/exporters/stdout/stdouttrace"
	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/trace"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/clevertest"
	"github.com/clevercloud-go/clevercloud/examples/internal/cli"
	"github.com/clevercloud-go/clevercloud/examples/internal/connect"
)

func main() { cli.Main("otel", program) }

func program(c *cli.Command) func(context.Context) error {
	demo := c.Demo()
	return func(ctx context.Context) error {
		if *demo {
			api := clevertest.NewServer()
			defer api.Close()
			api.Inject(clevertest.Fault{
				Path: "identity.self", Status: http.StatusServiceUnavailable, Times: 2,
			})
			return observe(ctx, c, api.Client(clevercloud.WithRetry(clevercloud.RetryPolicy{
				MinWait: time.Millisecond, MaxWait: 50 * time.Millisecond,
			})))
		}
		client, err := connect.Client()
		if err != nil {
			return err
		}
		return observe(ctx, c, client)
	}
}

// observe sets up OpenTelemetry and calls work with a client that reports to it.
func observe(ctx context.Context, w io.Writer, client *clevercloud.Client) (err error) {
	spans, err := stdouttrace.New(stdouttrace.WithWriter(w))
	if err != nil {
		return err
	}
	numbers, err := stdoutmetric.New(stdoutmetric.WithWriter(w))
	if err != nil {
		return err
	}
	tracers := trace.NewTracerProvider(trace.WithSyncer(spans))
	meters := metric.NewMeterProvider(metric.WithReader(metric.NewPeriodicReader(numbers)))
	defer func() { err = errors.Join(err, tracers.Shutdown(ctx), meters.Shutdown(ctx)) }()
	middleware, err := Middleware(tracers, meters)
	if err != nil {
		return err
	}

	if client, err = client.With(clevercloud.WithMiddleware(middleware)); err != nil {
		return err
	}
	return work(ctx, tracers, client)
}

// work stands for a program: it makes calls within a span of its own.
func work(ctx context.Context, tracers *trace.TracerProvider, client *clevercloud.Client) error {
	ctx, span := tracers.Tracer("example").Start(ctx, "look around")
	defer span.End()
	if _, err := client.Zones.List(ctx, clevercloud.ZoneQuery{Tag: "region:eu"}); err != nil {
		return err
	}
	if _, err := client.Identity.Self(ctx); err != nil {
		return err
	}
	_, err := client.Zones.Get(ctx, "nowhere") // a span with an error
	if errors.Is(err, clevercloud.ErrNotFound) {
		return nil
	}
	return err
}
