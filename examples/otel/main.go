// Otel sends a span for each request of the SDK, and metrics of durations and retries, through OpenTelemetry.
//
//	go run . | jq '.Name // empty'
//
// telemetry.go is the part to copy: a middleware for clevercloud.WithMiddleware. Unlike a general one for net/http it knows the operation and
// the attempt, and leaves out the query of the URL. The program around it makes some calls to the embedded API, which fails now and then,
// and prints what was recorded as JSON; a program of yours has the exporters of its own.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"go.opentelemetry.io/otel/exporters/stdout/stdoutmetric"
	"go.opentelemetry.io/otel/exporters/stdout/stdouttrace"
	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/trace"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/clevertest"
)

func main() {
	if err := run(context.Background(), os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "otel:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, w io.Writer) (err error) {
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

	api := clevertest.NewServer()
	defer api.Close()
	api.Inject(clevertest.Fault{Path: "drains.list", Status: http.StatusServiceUnavailable, Times: 2})
	client := api.Client(clevercloud.WithMiddleware(middleware), clevercloud.WithRetry(clevercloud.RetryPolicy{MaxWait: 50 * time.Millisecond}))
	return work(ctx, tracers, api, client)
}

// work is what a program of yours does: calls within a span of its own.
func work(ctx context.Context, tracers *trace.TracerProvider, api *clevertest.Server, client *clevercloud.Client) error {
	ctx, span := tracers.Tracer("example").Start(ctx, "look around")
	defer span.End()
	if _, err := client.Zones.List(ctx, clevercloud.ZoneQuery{Tag: "region:eu"}); err != nil {
		return err
	}
	if _, err := client.Drains.List(ctx, api.OwnerID, api.ApplicationID, clevercloud.DrainQuery{}); err != nil {
		return err
	}
	_, err := client.Billing.GetInvoice(ctx, api.OwnerID, "F-none")
	if errors.Is(err, clevercloud.ErrNotFound) {
		return nil
	}
	return err
}
