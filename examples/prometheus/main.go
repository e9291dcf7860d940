// Prometheus serves metrics of the SDK's requests.
//
//	go run . -addr 127.0.0.1:9464 &
//	curl -s http://127.0.0.1:9464/metrics
//
// metrics.go is the part to copy: a middleware for clevercloud.WithMiddleware. The program around it polls the embedded API, which fails
// now and then, until it is interrupted.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/clevertest"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:9464", "loopback `address` of /metrics; port 0 picks a free one")
	every := flag.Duration("every", time.Second, "how often to poll")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Stdout, *addr, *every); err != nil {
		fmt.Fprintln(os.Stderr, "prometheus:", err)
		os.Exit(1)
	}
}

// run polls and serves until ctx ends, which is no error.
func run(ctx context.Context, w io.Writer, addr string, every time.Duration) error {
	registry := prometheus.NewRegistry()
	metrics := NewMetrics(registry)
	api := clevertest.NewServer()
	defer api.Close()
	api.Inject(clevertest.Fault{Path: "drains.list", Skip: 2, Status: http.StatusServiceUnavailable, RetryAfter: time.Millisecond})
	client := api.Client(clevercloud.WithMiddleware(metrics.Middleware))

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

	polled := poll(ctx, api, client, every)
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	err = errors.Join(polled, server.Shutdown(end))
	if stopped := <-served; !errors.Is(stopped, http.ErrServerClosed) {
		err = errors.Join(err, stopped)
	}
	return err
}

// poll is what a program of yours does with its client.
func poll(ctx context.Context, api *clevertest.Server, client *clevercloud.Client, every time.Duration) error {
	ticks := time.NewTicker(every)
	defer ticks.Stop()
	for {
		_, err := client.Drains.List(ctx, api.OwnerID, api.ApplicationID, clevercloud.DrainQuery{})
		if err == nil {
			_, err = client.Orchestration.ListInstances(ctx, api.OwnerID, api.ApplicationID, clevercloud.InstanceQuery{ExcludeDeleted: true})
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
