package main

import (
	"context"
	"fmt"
	"net"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/clevercloud-go/clevercloud/bench"
)

const (
	mergedCount  = 1000
	mergedLength = 1000
)

// scale compares concurrent callers, each with a process of its own.
func scale(r *report) error {
	r.printf("\n## Concurrent callers\n\nEach gets one zone, over and over, over HTTP on the loopback interface; both with the SDK's transport settings.\n\n" +
		"| | callers | calls per second | p50 ms | p99 ms | allocations per call | open connections | CPU µs per call |\n|---|--:|--:|--:|--:|--:|--:|--:|\n")
	server, err := startProcess("server")
	if err != nil {
		return err
	}
	defer server.stop()
	names := []string{bench.SDK, bench.Plain}
	for _, callers := range []int{1, 10, 100, 1000} {
		runs := map[string][][]float64{}
		for range max(*passes/2, 1) {
			for _, name := range names {
				got, err := ask("load", name, server.line, strconv.Itoa(callers))
				if err != nil {
					return err
				}
				runs[name] = append(runs[name], got)
			}
		}
		rate := map[string]float64{}
		for _, name := range names {
			figure := func(i int) float64 { return middle(runs[name], func(run []float64) float64 { return run[i] }) }
			rate[name] = figure(0)
			r.printf("| %s | %d | %.0f | %.3f | %.3f | %.1f | %.0f | %.1f |\n", name, callers, figure(0), figure(1), figure(2), figure(3), figure(4), figure(5))
		}
		r.note(fmt.Sprintf("Throughput of %d callers, of that by hand", callers), rate[bench.SDK]/rate[bench.Plain], "%.2f",
			fmt.Sprintf("%.0f a second, %s", rate[bench.Plain], bench.Plain))
	}
	return nil
}

// load makes calls and prints how fast they were, and what they took.
func load(name, base, count string) error {
	callers, err := strconv.Atoi(count)
	if err != nil {
		return err
	}
	var mostOpen, open atomic.Int64
	transport := bench.NewTransport()
	transport.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := new(net.Dialer).DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		for now := open.Add(1); ; {
			most := mostOpen.Load()
			if now <= most || mostOpen.CompareAndSwap(most, now) {
				break
			}
		}
		return &countedConn{Conn: conn, open: &open}, nil
	}
	i := slices.IndexFunc(bench.Callers(), func(c bench.Caller) bool { return c.Name == name })
	calls, err := bench.Callers()[i].New(base, transport)
	if err != nil {
		return err
	}
	each := max(3000/callers, 20)
	times := make([][]time.Duration, callers)
	if err := calls.Zone(context.Background()); err != nil {
		return err
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	used, start := cpu(), time.Now()
	var running sync.WaitGroup
	var failed atomic.Pointer[error]
	for i := range times {
		times[i] = make([]time.Duration, 0, each)
		running.Go(func() {
			for range each {
				begun := time.Now()
				if err := calls.Zone(context.Background()); err != nil {
					failed.Store(&err)
					return
				}
				times[i] = append(times[i], time.Since(begun))
			}
		})
	}
	running.Wait()
	took, used := time.Since(start), cpu()-used
	runtime.ReadMemStats(&after)
	if err := failed.Load(); err != nil {
		return *err
	}
	all := slices.Concat(times...)
	slices.Sort(all)
	n := float64(len(all))
	fmt.Println(n/took.Seconds(), all[len(all)/2].Seconds()*1e3, all[len(all)*99/100].Seconds()*1e3, float64(after.Mallocs-before.Mallocs)/n,
		mostOpen.Load(), float64(used.Microseconds())/n)
	return nil
}

type countedConn struct {
	net.Conn
	open *atomic.Int64
	once sync.Once
}

func (c *countedConn) Close() error {
	c.once.Do(func() { c.open.Add(-1) })
	return c.Conn.Close()
}

// mergedStreams has one program read many streams at once.
func mergedStreams(r *report, base string) error {
	r.printf("\n### %d streams merged by one program: %d entries of each\n\nProcessor time of the program, without the server's.\n\n"+
		"| | CPU seconds per million entries | seconds in all | resident MiB |\n|---|--:|--:|--:|\n", mergedCount, mergedLength)
	seconds := map[string]float64{}
	for _, f := range bench.Followers() {
		got, err := ask("merge", f.Name, base)
		if err != nil {
			return err
		}
		seconds[f.Name] = got[0]
		r.printf("| %s | %.2f | %.2f | %.1f |\n", f.Name, got[0], got[1], got[2])
	}
	const peer = "openai-go ssestream + encoding/json"
	r.note(fmt.Sprintf("%d merged streams, CPU seconds per million entries", mergedCount), seconds[bench.SDKStream], "%.2f",
		fmt.Sprintf("%.2f, %s; %.2f, %s", seconds[bench.PlainStream], bench.PlainStream, seconds[peer], peer))
	return nil
}

func merge(name, base string) error {
	i := slices.IndexFunc(bench.Followers(), func(f bench.Follower) bool { return f.Name == name })
	follow, err := bench.Followers()[i].New(base)
	if err != nil {
		return err
	}
	used, start := cpu(), time.Now()
	var running sync.WaitGroup
	var failed atomic.Pointer[error]
	for range mergedCount {
		running.Go(func() {
			n, err := follow(context.Background(), mergedLength)
			if err == nil && n != mergedLength && name != bench.PlainStream {
				err = fmt.Errorf("%d entries", n)
			}
			if err != nil {
				failed.Store(&err)
			}
		})
	}
	running.Wait()
	used, took := cpu()-used, time.Since(start)
	if err := failed.Load(); err != nil {
		return *err
	}
	fmt.Println(used.Seconds()*1e6/(mergedCount*mergedLength), took.Seconds(), resident()/1024)
	return nil
}
