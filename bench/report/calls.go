package main

import (
	"context"
	"fmt"
	"net/http"
	"testing"

	"github.com/clevercloud-go/clevercloud/bench"
)

// calls compares calls: each pass is many short turns, so that two that are compared meet the same machine.
func calls(r *report) error {
	r.printf("\n## A call\n")
	server, err := startProcess("server")
	if err != nil {
		return err
	}
	defer server.stop()
	for _, setting := range []struct {
		title, base string
		transport   func() http.RoundTripper
		zones       int
		lists       int
		most        float64
	}{
		{"over HTTP on the loopback interface", server.line, func() http.RoundTripper { return bench.NewTransport() }, 150, 25, 1.10},
		{"in memory", "https://api.example.com", func() http.RoundTripper { return bench.Memory{} }, 400, 25, 1.25},
	} {
		callers := map[string]bench.Calls{}
		for _, c := range bench.Callers() {
			if callers[c.Name], err = c.New(setting.base, setting.transport()); err != nil {
				return err
			}
		}
		for _, what := range []struct {
			title string
			n     int
			call  func(bench.Calls) func(context.Context) error
		}{
			{"One zone", setting.zones, func(c bench.Calls) func(context.Context) error { return c.Zone }},
			{fmt.Sprintf("A list of %d drains", bench.ListLength), setting.lists, func(c bench.Calls) func(context.Context) error { return c.Drains }},
		} {
			taken, err := inTurn(5**passes, bench.Callers(), func(c bench.Caller) (string, measure, error) {
				call := what.call(callers[c.Name])
				m, err := measureEach(what.n, func() error { return call(context.Background()) })
				return c.Name, m, err
			})
			if err != nil {
				return err
			}
			name := what.title + " " + setting.title
			plain := taken.median(bench.Plain)
			r.printf("\n### %s\n\n| | µs | allocations | more than by hand | bytes | × the time of %s |\n|---|--:|--:|--:|--:|--:|\n", name, bench.Plain)
			for _, c := range bench.Callers() {
				m := taken.median(c.Name)
				r.printf("| %s | %.1f | %.0f | %+.0f | %.0f | %.2f |\n", c.Name, float64(m.time)/1e3, m.allocs, m.allocs-plain.allocs, m.bytes,
					taken.ratio(c.Name, bench.Plain))
			}
			bare := taken.median(bench.PlainNoTimeout)
			r.atMost(name+", × "+bench.Plain, taken.ratio(bench.SDK, bench.Plain), setting.most, "%.2f",
				fmt.Sprintf("1.00; %.2f without a timeout", taken.ratio(bench.PlainNoTimeout, bench.Plain)))
			r.atMost(name+", allocations more than that without a timeout", taken.median(bench.SDK).allocs-bare.allocs, 15, "%.0f",
				fmt.Sprintf("%.0f; %.0f with a timeout", bare.allocs, plain.allocs))
		}
	}
	return signatures(r)
}

func signatures(r *report) error {
	r.printf("\n### An OAuth 1 signature\n\n| | µs | allocations | bytes |\n|---|--:|--:|--:|\n")
	var plaintext float64
	for _, s := range bench.Signatures() {
		taken, err := inTurn(*passes, []bench.Signature{s}, func(s bench.Signature) (string, measure, error) {
			m, err := measureEach(2000, s.Sign)
			return s.Name, m, err
		})
		if err != nil {
			return err
		}
		m := taken.median(s.Name)
		allocs := testing.AllocsPerRun(100, func() { _ = s.Sign() })
		r.printf("| %s | %.2f | %.0f | %.0f |\n", s.Name, float64(m.time)/1e3, allocs, m.bytes)
		if s.Name == "PLAINTEXT" {
			plaintext = allocs
		} else {
			r.atMost("Allocations of a signature, "+s.Name, allocs, 40, "%.0f", fmt.Sprintf("%.0f, PLAINTEXT", plaintext))
		}
	}
	return nil
}
