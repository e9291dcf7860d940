package main

import (
	"fmt"
	"time"

	"github.com/clevercloud-go/clevercloud/bench"
)

// startup compares programs that say hello.
func startup(r *report) error {
	r.printf("\n## Starting up\n\nA program that says hello, and could make a call with one package or the other. Initialization is that of all packages, by the "+
		"runtime's own trace, the least of %d runs; in brackets that of the packages of the SDK.\n\n"+
		"| | MB of binary | added | packages compiled in | not of the standard library | initialization µs | allocations |\n|---|--:|--:|--:|--:|--:|--:|\n", *passes)
	var base, web bench.Hello
	for _, name := range bench.Hellos() {
		h, err := bench.Start(name, *passes)
		if err != nil {
			return err
		}
		switch name {
		case "nothing":
			base = h
		case "nethttp":
			web = h
		}
		own, ownAllocs := "", ""
		if name == "sdk" {
			own, ownAllocs = fmt.Sprintf(" (%.0f)", micros(h.OwnInit.Time)), fmt.Sprintf(" (%d)", h.OwnInit.Allocs)
			r.atMost("Initialization of the SDK's packages, allocations", float64(h.OwnInit.Allocs), 0, "%.0f", "0")
			r.note("Added to a hello world, MB", float64(h.Size-base.Size)/1e6, "%.2f",
				fmt.Sprintf("%.2f, net/http + encoding/json", float64(web.Size-base.Size)/1e6))
		}
		r.printf("| %s | %.2f | %.2f | %d | %d | %.0f%s | %d%s |\n", name, float64(h.Size)/1e6, float64(h.Size-base.Size)/1e6, h.Packages, h.Foreign,
			micros(h.Init.Time), own, h.Init.Allocs, ownAllocs)
	}
	return nil
}

func micros(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }
