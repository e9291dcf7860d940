package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/bench"
)

const listLength = 100_000

func lists(r *report) error {
	r.printf("\n## Lists\n")
	g := bench.Lists(listLength)
	taken, err := compareGroup(r, g, max(*passes/2, 1))
	if err != nil {
		return err
	}
	r.atLeast("ListInvoices, × the speed of json.Unmarshal", taken.ratio(g.Peer, "Billing.ListInvoices"), 1, "%.2f", "1.00, json.Unmarshal into a plain struct")
	server, err := startProcess("server")
	if err != nil {
		return err
	}
	defer server.stop()
	r.printf("\n### Memory for lists of invoices, over HTTP\n\nThe heap at its largest, over what it was before the call.\n\n" +
		"| | invoices | MiB at most | MiB of the result | at most × the result | MiB allocated |\n|---|--:|--:|--:|--:|--:|\n")
	for _, row := range []struct {
		name string
		n    int
	}{
		{"Billing.Invoices", listLength}, {"Billing.Invoices", 4 * listLength}, {"json.Decoder, one by one", listLength},
		{"Billing.ListInvoices", listLength}, {"io.ReadAll + json.Unmarshal", listLength},
	} {
		got, err := ask("list", row.name, strconv.Itoa(row.n), server.line)
		if err != nil {
			return err
		}
		peak, result, allocated := got[0], got[1], got[2]
		r.printf("| %s | %d | %.1f | %.1f | %s | %.1f |\n", row.name, row.n, peak, result, times(peak, result), allocated)
		switch row.name {
		case "Billing.Invoices":
			r.atMost(fmt.Sprintf("Invoices, MiB for a list of %d", row.n), peak, 8, "%.2f", "one invoice")
		case "Billing.ListInvoices":
			r.atMost("ListInvoices, memory × the result", peak/result, 2, "%.2f", "1.00, the result")
		}
	}
	return nil
}

func times(a, b float64) string {
	if b < 0.1 {
		return "–"
	}
	return fmt.Sprintf("%.2f", a/b)
}

// list reads a list in one of the ways, and prints what it held at most, what is left of it, and what it allocated, in MiB.
func list(how, length, base string) error {
	n, err := strconv.Atoi(length)
	if err != nil {
		return err
	}
	read, err := listReader(how, base)
	if err != nil {
		return err
	}
	if _, err := read(10); err != nil {
		return err
	}
	debug.SetGCPercent(5)
	runtime.GC()
	before := heap()
	var start, end runtime.MemStats
	runtime.ReadMemStats(&start)
	stop := watchHeap()
	result, err := read(n)
	most := stop()
	if err != nil {
		return err
	}
	runtime.ReadMemStats(&end)
	runtime.GC()
	after := heap()
	runtime.KeepAlive(result)
	const mib = 1 << 20
	fmt.Printf("%.3f %.3f %.3f\n", float64(max(most, after)-before)/mib, float64(after-before)/mib, float64(end.TotalAlloc-start.TotalAlloc)/mib)
	return nil
}

// heap is the size of what is on the heap, dead objects that were not collected yet included.
func heap() int64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	return int64(sample[0].Value.Uint64())
}

// watchHeap looks at the heap until what it returns is called, which gives the most it saw.
func watchHeap() func() int64 {
	var most atomic.Int64
	quit, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		ticker := time.NewTicker(time.Millisecond)
		defer ticker.Stop()
		for {
			most.Store(max(most.Load(), heap()))
			select {
			case <-quit:
				return
			case <-ticker.C:
			}
		}
	}()
	return func() int64 {
		close(quit)
		<-done
		return most.Load()
	}
}

func listReader(how, base string) (func(n int) (any, error), error) {
	c, err := clevercloud.New(clevercloud.WithBaseURL(base))
	if err != nil {
		return nil, err
	}
	get := func(n int) (*http.Response, error) {
		return http.Get(fmt.Sprintf("%s/v4/billing/organisations/orga_1/invoices?limit=%d", base, n))
	}
	switch how {
	case "Billing.Invoices":
		return func(n int) (any, error) {
			got := 0
			for _, err := range c.Billing.Invoices(context.Background(), "orga_1", clevercloud.InvoiceQuery{Limit: n}) {
				if err != nil {
					return nil, err
				}
				got++
			}
			return nil, enough(got, n)
		}, nil
	case "Billing.ListInvoices":
		return func(n int) (any, error) {
			got, err := c.Billing.ListInvoices(context.Background(), "orga_1", clevercloud.InvoiceQuery{Limit: n})
			if err != nil {
				return nil, err
			}
			return got, enough(len(got), n)
		}, nil
	case "json.Decoder, one by one":
		return func(n int) (any, error) {
			resp, err := get(n)
			if err != nil {
				return nil, err
			}
			defer resp.Body.Close()
			got, err := bench.DecodeInvoices(resp.Body)
			if err != nil {
				return nil, err
			}
			return nil, enough(got, n)
		}, nil
	case "io.ReadAll + json.Unmarshal":
		return func(n int) (any, error) {
			resp, err := get(n)
			if err != nil {
				return nil, err
			}
			defer resp.Body.Close()
			body, err := io.ReadAll(resp.Body)
			if err != nil {
				return nil, err
			}
			return bench.UnmarshalInvoices(body)
		}, nil
	}
	return nil, fmt.Errorf("unknown way %q", how)
}

func enough(got, want int) error {
	if got != want {
		return fmt.Errorf("%d invoices, not %d", got, want)
	}
	return nil
}
