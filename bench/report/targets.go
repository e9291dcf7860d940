package main

import (
	"fmt"
	"math"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/clevercloud-go/clevercloud/bench"
)

// A target is a figure and what it is to be.
type target struct {
	Work string
	// Got is what counts: for times, the fastest passes. Median is 0 if there is none.
	Got, Median float64
	// Want is the bound; AtLeast says on which side.
	Want    float64
	AtLeast bool
	// Beside is the same figure of a floor or peer.
	Beside string
	// Why says what keeps the SDK from meeting the target.
	Why string
}

func (t target) met() bool { return t.Got == t.Want || t.Got > t.Want == t.AtLeast }

func (t target) text() string {
	sign, mark := "≤", "met"
	if t.AtLeast {
		sign = "≥"
	}
	if !t.met() {
		mark = "**missed**"
	}
	return fmt.Sprintf("%s%s, %s %s: %s", short(t.Got), t.medianText(), sign, short(t.Want), mark)
}

func (t target) medianText() string {
	if t.Median == 0 {
		return ""
	}
	return fmt.Sprintf(" (%s)", short(t.Median))
}

// ratio makes t one of times: how many times longer a took than b.
func (t target) ratio(of table, a, b string) target {
	t.Got, t.Median = of.fastest(a, b), of.median(a, b)
	return t
}

// short writes a number with three digits.
func short(f float64) string {
	decimals := max(0, 2-int(math.Floor(math.Log10(max(math.Abs(f), 0.1)))))
	return strconv.FormatFloat(f, 'f', decimals, 64)
}

// targetsText writes the table of targets, and why some are missed.
func targetsText(reports []report) string {
	var b, missed strings.Builder
	b.WriteString("|")
	for _, r := range reports {
		fmt.Fprintf(&b, " | %s | beside", r.Version)
	}
	fmt.Fprintf(&b, " |\n|---|%s\n", strings.Repeat("---|", 2*len(reports)))
	for i, t := range reports[0].Targets {
		fmt.Fprintf(&b, "| %s", t.Work)
		reported := false
		for _, r := range reports {
			t := r.Targets[i]
			fmt.Fprintf(&b, " | %s | %s", t.text(), t.Beside)
			if !t.met() && !reported {
				missed.WriteString(wrap("- "+t.Work+": "+t.Why) + "\n")
				reported = true
			}
		}
		b.WriteString(" |\n")
	}
	if missed.Len() == 0 {
		return b.String()
	}
	return b.String() + "\nMissed, and why:\n\n" + missed.String()
}

// by returns the target of the toolchain: encoding/json is faster since Go 1.27.
func by(go126, go127 float64) float64 {
	if strings.HasPrefix(runtime.Version(), "go1.26") {
		return go126
	}
	return go127
}

func streams(r *report) error {
	t, err := r.compare(bench.Framing(3000), *passes)
	if err != nil {
		return err
	}
	r.Targets = append(r.Targets, target{
		Work: "framing, of the speed of a newline scan", Want: 0.45, AtLeast: true,
		Beside: short(t.fastest(bench.NewlineScan, bench.Copy)) + ", a copy",
		Why:    "the decoder also copies out of the reader, and takes three fields apart.",
	}.ratio(t, bench.NewlineScan, bench.Decoder), target{
		Work: "framing, times the speed of " + bench.R3labs, Want: 40, AtLeast: true,
		Beside: short(t.fastest(bench.R3labs, bench.NewlineScan)) + ", " + bench.NewlineScan,
		Why:    "as for the newline scan.",
	}.ratio(t, bench.R3labs, bench.Decoder))
	if t, err = r.compare(bench.Decoding(500), *passes); err != nil {
		return err
	}
	r.Targets = append(r.Targets, target{
		Work: "framing and typed entry, times the speed of " + bench.R3labsJSON,
		Want: by(9, 7), AtLeast: true,
		Beside: short(t.fastest(bench.R3labsJSON, bench.OpenAIJSON)) + ", openai-go",
		Why:    "what is left is copying the texts of an entry and the memory for them.",
	}.ratio(t, bench.R3labsJSON, bench.EntryDecoder))
	server, err := start("server")
	if err != nil {
		return err
	}
	defer server.stop()
	if t, err = r.compare(bench.Following(server.line, 3000), *passes/4); err != nil {
		return err
	}
	const (
		n     = 50_000 // so many that opening the stream does not count
		whole = "Logs.Stream, whole, of an entry of 560 bytes: "
		why   = "more than the texts of an entry escapes."
	)
	_, mallocs, size, err := once(bench.Following(server.line, n).Contenders[0], 1)
	if err != nil {
		return err
	}
	r.Targets = append(r.Targets, target{
		Work: whole + "allocations", Got: mallocs / n, Want: 1.01, Why: why,
		Beside: short(t.Allocations[bench.R3labsJSON]) + ", " + bench.R3labs,
	}, target{
		Work: whole + "bytes", Got: size / n, Want: 300, Why: why,
		Beside: short(t.Bytes[bench.R3labsJSON]) + ", " + bench.R3labs,
	})
	if err := delays(r, server.line); err != nil {
		return err
	}
	return idleStreams(r, server.line)
}

func delays(r *report, base string) error {
	all, err := bench.Delays(base, 500)
	if err != nil {
		return err
	}
	slices.Sort(all)
	micros := func(d time.Duration) float64 { return float64(d) / 1e3 }
	r.Targets = append(r.Targets, target{
		Work: "from the read of the socket to the loop's body, µs", Got: micros(all[len(all)/2]),
		Want:   10,
		Beside: fmt.Sprintf("%s at the 99th percentile", short(micros(all[len(all)*99/100]))),
		Why:    "on a machine that is busy the loop waits for a processor.",
	})
	return nil
}

func calls(r *report) error {
	server, err := start("server")
	if err != nil {
		return err
	}
	defer server.stop()
	zone, drains, err := bench.Calls(server.line)
	if err != nil {
		return err
	}
	const layers = "the layers around the request, see the allocations of a call."
	if err := times(r, zone, 1.10, layers); err != nil {
		return err
	}
	const why = "a result is decoded leniently and drains have a reader of their own."
	if err := times(r, drains, by(0.80, 1.00), why); err != nil {
		return err
	}
	if zone, drains, err = bench.Calls(""); err != nil {
		return err
	}
	if err := times(r, drains, by(0.90, 1.25), why); err != nil {
		return err
	}
	t, err := r.compare(zone, *passes)
	if err != nil {
		return err
	}
	for _, row := range []struct {
		work, caller, floor, why string
	}{
		{
			"allocations of a call, over those of " + bench.Dropped, bench.SDK, bench.Dropped,
			"the result takes 7, the trace of what was sent 4, the timeout and its context 4, " +
				"the headers that credentials are added to 2, the functions of the retry loop 3, " +
				"the call 1.",
		},
		{"… more with a logger", bench.SDKLogger, bench.SDK, "a line has attributes."},
		{"… more WithResponse", bench.SDKMeta, bench.SDK, "headers are copied."},
	} {
		r.Targets = append(r.Targets, target{
			Work: row.work, Got: t.Allocations[row.caller] - t.Allocations[row.floor], Want: 15,
			Beside: fmt.Sprintf("%.0f, %s", t.Allocations[row.floor], row.floor), Why: row.why,
		})
	}
	return nil
}

// times compares the SDK with a program that uses net/http and encoding/json.
func times(r *report, g bench.Group, most float64, why string) error {
	t, err := r.compare(g, 3**passes) // they are short
	if err != nil {
		return err
	}
	r.Targets = append(r.Targets, target{
		Work: g.Title + ", times that of " + bench.ByHand, Want: most, Why: why,
		Beside: fmt.Sprintf("%s, body dropped; %s, tokens",
			short(t.fastest(bench.Dropped, bench.ByHand)),
			short(t.fastest(bench.Tokens, bench.ByHand))),
	}.ratio(t, bench.SDK, bench.ByHand))
	return nil
}

func lists(r *report) error {
	const length = 100_000
	t, err := r.compare(bench.Lists(200), *passes)
	if err != nil {
		return err
	}
	server, err := start("server")
	if err != nil {
		return err
	}
	defer server.stop()
	growth, err := bench.Growth(server.line, length)
	if err != nil {
		return err
	}
	r.Targets = append(r.Targets, target{
		Work: "invoices one by one, times walking over the tokens", Want: 1.3,
		Beside: short(t.fastest(bench.OneByOne, bench.Tokens)) + ", encoding/json",
		Why: "an element is read as a whole before it is decoded, so that one that does not fit " +
			"can be decoded again; encoding/json/v2 then looks up each name and type.",
	}.ratio(t, bench.Invoices, bench.Tokens), target{
		Work: fmt.Sprintf("%d invoices one by one, KiB held more at the end", length),
		Got:  float64(growth) / 1024, Want: 64, Beside: "0, one invoice",
		Why: "something is kept of each invoice.",
	})
	return nil
}
