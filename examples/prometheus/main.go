// Prometheus serves metrics of the SDK's requests.
//
//	go -C examples/prometheus run . [-addr 127.0.0.1:9464] [-every 1m] [-demo] &
//	curl -s http://127.0.0.1:9464/metrics
//
//	clevercloud_requests_total{attempt="1",operation="identity.summary",status="2xx"} 3
//	clevercloud_requests_total{attempt="1",operation="identity.summary",status="5xx"} 1
//	clevercloud_requests_total{attempt="2",operation="identity.summary",status="2xx"} 1
//
// metrics.go is the part to copy: a middleware for clevercloud.WithMiddleware. The program around
// it makes two calls that only read, again and again, until it is interrupted.
//
// With -demo the calls go to the embedded API, which fails now and then. The exit status is 2 after
// an error, missing credentials included.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/clevertest"
	"github.com/clevercloud-go/clevercloud/examples/internal/cli"
	"github.com/clevercloud-go/clevercloud/examples/internal/connect"
)

func main() { cli.Main("prometheus", program) }

func program(c *cli.Command) func(context.Context) error {
	addr := c.String("addr", "127.0.0.1:9464", "`address` of /metrics; port 0 picks a free one")
	every := c.Duration("every", time.Minute, "how often to poll")
	demo := c.Demo()
	return func(ctx context.Context) error {
		if *every <= 0 {
			return errors.New("-every must be positive")
		}
		if *demo {
			api := clevertest.NewServer()
			defer api.Close()
			api.Inject(clevertest.Fault{
				Path: "identity.summary", Skip: 2, Status: http.StatusServiceUnavailable,
				RetryAfter: time.Millisecond,
			})
			return serve(ctx, c, *addr, *every, api.Client())
		}
		client, err := connect.Client()
		if err != nil {
			return err
		}
		return serve(ctx, c, *addr, *every, client)
	}
}

// serve polls and serves until ctx ends, which is not an error.
func serve(
	ctx context.Context, w io.Writer, addr string, every time.Duration, client *clevercloud.Client,
) error {
	registry := prometheus.NewRegistry()
	client, err := client.With(clevercloud.WithMiddleware(NewMetrics(registry).Middleware))
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "http://%s/metrics\n", listener.Addr())
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()

	polled := poll(ctx, client, every)
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	err = errors.Join(polled, server.Shutdown(end))
	if stopped := <-served; !errors.Is(stopped, http.ErrServerClosed) {
		err = errors.Join(err, stopped)
	}
	return err
}

// poll stands for a program that uses its client.
func poll(ctx context.Context, client *clevercloud.Client, every time.Duration) error {
	ticks := time.NewTicker(every)
	defer ticks.Stop()
	for {
		_, err := client.Identity.Summary(ctx)
		if err == nil {
			_, err = client.Zones.List(ctx, clevercloud.ZoneQuery{})
		}
		if err != nil && ctx.Err() == nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticks.C:
		}
	}
}
