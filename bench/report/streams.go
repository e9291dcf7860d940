package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strconv"
	"sync"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/bench"
)

const (
	streamLength = 100_000
	floodEntries = 1_000_000
)

func streams(r *report) error {
	r.printf("\n## The log stream\n")
	for _, g := range bench.Streams(streamLength) {
		taken, err := compareGroup(r, g, *passes)
		if err != nil {
			return err
		}
		const decoding = "internal/sse + LogEntry"
		switch g.Name {
		case "Framing":
			r.atLeast("Framing, × the speed of "+g.Peer, taken.ratio(g.Peer, "internal/sse"), 20, "%.1f", fmt.Sprintf("%.1f, %s", taken.ratio(g.Peer, g.Floor), g.Floor))
			r.atLeast("Framing, of the speed of a "+g.Floor, taken.ratio(g.Floor, "internal/sse"), 0.45, "%.2f",
				fmt.Sprintf("%.2f, both: copy, then scan", taken.ratio(g.Floor, "both: copy, then scan")))
		case "Decoding", "Unknown":
			figure, n := "Framing and decoding", float64(g.Events)
			if g.Name == "Unknown" {
				figure += ", unknown fields"
			}
			r.atLeast(figure+", × the speed of "+g.Peer, taken.ratio(g.Peer, decoding), 9, "%.1f", "1.0")
			r.atMost(figure+", allocations per entry", taken.median(decoding).allocs/n, 2, "%.2f", "1, the text of an entry")
			r.atMost(figure+", bytes per entry", taken.median(decoding).bytes/n, 500, "%.0f", fmt.Sprintf("%.0f, %s", taken.median(g.Peer).bytes/n, g.Peer))
		case "Large":
			r.atMost("An event of 4 MiB in reads of 1,400 bytes, ms", float64(taken.median("internal/sse").time)/1e6, 100, "%.1f",
				fmt.Sprintf("%.1f, %s", float64(taken.median(g.Floor).time)/1e6, g.Floor))
		}
	}
	server, err := startProcess("server")
	if err != nil {
		return err
	}
	defer server.stop()
	overTLS, err := startProcess("tls-server")
	if err != nil {
		return err
	}
	defer overTLS.stop()
	g := bench.OverHTTP(server.line, streamLength)
	taken, err := compareGroup(r, g, max(*passes/2, 1))
	if err != nil {
		return err
	}
	r.note("A stream over HTTP, × the speed of "+g.Peer, taken.ratio(g.Peer, bench.SDKStream), "%.1f",
		fmt.Sprintf("%.1f, %s", taken.ratio(g.Peer, bench.PlainStream), bench.PlainStream))
	if runtime.GOOS != "linux" {
		r.printf("\nOpen streams are measured on Linux only.\n")
		return nil
	}
	if err := idleStreams(r, server.line, overTLS.line); err != nil {
		return err
	}
	r.printf("\n### A consumer that pauses, on a server that does not: %d entries\n\n| | resident KiB after 10 %% | after 50 %% | after all |\n|---|--:|--:|--:|\n", floodEntries)
	got, err := ask("flood", server.line)
	if err != nil {
		return err
	}
	r.printf("| %s | %.0f | %.0f | %.0f |\n", bench.SDKStream, got[0], got[1], got[2])
	return mergedStreams(r, server.line)
}

func idleStreams(r *report, plain, overTLS string) error {
	r.printf("\n### Idle streams, a heartbeat every 2 s\n\nHTTP/2 is over TLS, all streams on one connection.\n\n" +
		"| | streams | | resident KiB per stream | goroutines per stream |\n|---|--:|---|--:|--:|\n")
	for _, protocol := range []struct{ name, base string }{{"HTTP/1.1", plain}, {"HTTP/2", overTLS}} {
		for _, n := range []int{1000, 5000} {
			kib := map[string]float64{}
			for _, client := range []string{bench.SDKStream, bench.PlainStream} {
				got, err := ask("idle", client, protocol.base, strconv.Itoa(n))
				if err != nil {
					return err
				}
				kib[client] = got[0]
				r.printf("| %s | %d | %s | %.1f | %.1f |\n", client, n, protocol.name, got[0], got[1])
			}
			figure, floor := fmt.Sprintf("KiB per idle stream, %d over %s", n, protocol.name), fmt.Sprintf("%.1f, net/http", kib[bench.PlainStream])
			if protocol.name == "HTTP/1.1" {
				r.atMost(figure, kib[bench.SDKStream], 38, "%.1f", floor)
			} else {
				r.note(figure, kib[bench.SDKStream], "%.1f", floor)
			}
		}
	}
	return nil
}

// idle keeps streams open, and prints the memory and the goroutines that each takes.
func idle(name, base, count string) error {
	n, err := strconv.Atoi(count)
	if err != nil {
		return err
	}
	follow, err := follower(name, base)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	defer running.Wait()
	defer cancel()
	start := func() { running.Go(func() { follow(ctx) }) }
	// The first one pays for what all share.
	start()
	if err := waitOpen(base, 1); err != nil {
		return err
	}
	before, goroutines := resident(), runtime.NumGoroutine()
	for range n {
		start()
	}
	if err := waitOpen(base, n+1); err != nil {
		return err
	}
	time.Sleep(4 * time.Second) // two heartbeats
	fmt.Printf("%.2f %.2f\n", float64(resident()-before)/float64(n), float64(runtime.NumGoroutine()-goroutines)/float64(n))
	return nil
}

// follower returns a function that keeps a stream open until its context ends.
func follower(name, base string) (func(context.Context), error) {
	transport := bench.NewTransport()
	if name == bench.PlainStream {
		return func(ctx context.Context) {
			req, _ := http.NewRequestWithContext(ctx, http.MethodGet, base+bench.LogsPath, nil)
			resp, err := transport.RoundTrip(req)
			if err != nil {
				return
			}
			defer resp.Body.Close()
			buf := make([]byte, 512)
			for err == nil {
				_, err = resp.Body.Read(buf)
			}
		}, nil
	}
	client, err := clevercloud.New(clevercloud.WithBaseURL(base), clevercloud.WithHTTPClient(&http.Client{Transport: transport}))
	return func(ctx context.Context) {
		for range client.Logs.Stream(ctx, "orga_1", "app_1", clevercloud.LogQuery{}) {
			continue
		}
	}, err
}

// waitOpen waits until n streams are open on the server, and no connection is being made any more.
func waitOpen(base string, n int) error {
	client := &http.Client{Transport: bench.NewTransport()}
	defer client.CloseIdleConnections()
	for range 600 {
		resp, err := client.Get(base + "/streams")
		if err != nil {
			return err
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || string(body) == strconv.Itoa(n) {
			return err
		}
		time.Sleep(50 * time.Millisecond)
	}
	return errors.New("the streams did not open")
}

// flood reads slower than the server writes, and prints the memory on the way.
func flood(base string) error {
	client, err := clevercloud.New(clevercloud.WithBaseURL(base))
	if err != nil {
		return err
	}
	n := 0
	for _, err := range client.Logs.Stream(context.Background(), "orga_1", "app_1", clevercloud.LogQuery{Limit: floodEntries}) {
		if err != nil {
			return err
		}
		if n++; n%1000 == 0 {
			time.Sleep(time.Millisecond)
		}
		switch n {
		case floodEntries / 10, floodEntries / 2, floodEntries:
			fmt.Println(resident())
		}
	}
	if n != floodEntries {
		return fmt.Errorf("%d entries", n)
	}
	return nil
}
