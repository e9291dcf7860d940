//go:build !race

package bench

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"math"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"
)

var accept = flag.Bool("accept", false, "make what the guard measures what it accepts")

const (
	acceptedFile  = "accepted.txt"
	acceptCommand = "go -C bench test -run TestGuard -accept ."
)

// A figure is the same in every run on any machine: it counts, and measures no time.
type figure struct {
	name  string
	value float64
	// tolerance is how much more is no reason to fail. Three times as much less is one, so that what got better stays better.
	tolerance float64
}

// counted counts what run allocates, without the garbage collector, which would empty pools.
func counted(t *testing.T, name string, runs int, run func() error) []figure {
	t.Helper()
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	try := func() {
		if err := run(); err != nil {
			t.Fatal(err)
		}
	}
	allocs := testing.AllocsPerRun(runs, try)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range runs {
		try()
	}
	runtime.ReadMemStats(&after)
	size := math.Round(float64(after.TotalAlloc-before.TotalAlloc) / float64(runs))
	return []figure{
		{name + ", allocations", allocs, max(2, math.Round(allocs/200))},
		{name + ", bytes", size, math.Round(size / 20)},
	}
}

func measured(t *testing.T) []figure {
	var all []figure
	for _, c := range Callers() {
		if !strings.HasPrefix(c.Name, "SDK") {
			continue
		}
		calls, err := c.New("https://api.example.com", Memory{})
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, counted(t, "one zone: "+c.Name, 200, func() error { return calls.Zone(context.Background()) })...)
		all = append(all, counted(t, "50 drains: "+c.Name, 50, func() error { return calls.Drains(context.Background()) })...)
	}
	for _, s := range Signatures() {
		all = append(all, counted(t, "a signature: "+s.Name, 200, s.Sign)...)
	}
	const n = 1000
	for _, g := range append(Streams(n), Lists(n)) {
		stream := g.Stream()
		for _, c := range g.Contenders {
			switch c.Name {
			case "internal/sse", "internal/sse + LogEntry", "Billing.ListInvoices", "Billing.Invoices":
				all = append(all, counted(t, g.Name+", "+strconv.Itoa(g.Events)+": "+c.Name, 5, func() error {
					_, err := c.Run(stream)
					return err
				})...)
			}
		}
	}
	hello, err := Start("sdk", 1)
	if err != nil {
		t.Fatal(err)
	}
	return append(all,
		figure{"start-up: packages compiled in", float64(hello.Packages), 0},
		figure{"start-up: packages not of the standard library", float64(hello.Foreign), 0},
		figure{"start-up: packages of the SDK with something to initialize", float64(hello.OwnInit.Packages), 0},
		figure{"start-up: KB of binary", math.Round(float64(hello.Size) / 1e3), 200},
	)
}

// TestGuard fails when something got worse than what was accepted last, and when it got so much better that the file says nothing any more.
func TestGuard(t *testing.T) {
	got := measured(t)
	if *accept {
		if err := os.WriteFile(acceptedFile, written(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	text, err := os.ReadFile(acceptedFile)
	if err != nil {
		t.Fatal(err)
	}
	version, accepted, err := read(text)
	if err != nil {
		t.Fatal(err)
	}
	for _, complaint := range compared(got, accepted) {
		t.Error(complaint)
	}
	if t.Failed() {
		t.Logf("accepted under %s, measured under %s; to accept what is measured: %s", version, goVersion(), acceptCommand)
	}
}

// compared says what is wrong with got.
func compared(got []figure, accepted map[string]float64) []string {
	var complaints []string
	for _, f := range got {
		was, ok := accepted[f.name]
		delete(accepted, f.name)
		switch {
		case !ok:
			complaints = append(complaints, fmt.Sprintf("%s: %.0f, never accepted", f.name, f.value))
		case f.value > was+f.tolerance:
			complaints = append(complaints, fmt.Sprintf("%s: %.0f, worse than the %.0f that was accepted, and %.0f more", f.name, f.value, was, f.tolerance))
		case f.value < was-3*f.tolerance:
			complaints = append(complaints, fmt.Sprintf("%s: %.0f, better than the %.0f that was accepted: accept it", f.name, f.value, was))
		}
	}
	for name := range accepted {
		complaints = append(complaints, name+": accepted, but not measured any more")
	}
	return complaints
}

func written(figures []figure) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "# What was accepted last, under %s: the figure, and how much more is no reason to fail. Rewritten by\n#\t%s\n", goVersion(), acceptCommand)
	for _, f := range figures {
		fmt.Fprintf(&b, "%-66s %10.0f  +%.0f\n", f.name, f.value, f.tolerance)
	}
	return b.Bytes()
}

// read is the inverse of written.
func read(text []byte) (version string, accepted map[string]float64, err error) {
	accepted = map[string]float64{}
	for line := range strings.Lines(string(text)) {
		if comment, ok := strings.CutPrefix(line, "#"); ok {
			if _, after, ok := strings.Cut(comment, "under "); ok {
				version, _, _ = strings.Cut(after, ":")
			}
			continue
		}
		fields := strings.Fields(line)
		if len(fields) < 3 {
			return "", nil, fmt.Errorf("%s: a line that is none: %q", acceptedFile, line)
		}
		name := strings.Join(fields[:len(fields)-2], " ")
		if accepted[name], err = strconv.ParseFloat(fields[len(fields)-2], 64); err != nil {
			return "", nil, err
		}
	}
	return version, accepted, nil
}

// goVersion is the language's version, without that of a correction.
func goVersion() string {
	parts := strings.SplitN(runtime.Version(), ".", 3)
	return strings.Join(parts[:min(2, len(parts))], ".")
}

func TestCompared(t *testing.T) {
	accepted := map[string]float64{"same": 50, "more": 50, "worse": 50, "less": 50, "better": 50, "gone": 1}
	got := []figure{{"same", 50, 2}, {"more", 52, 2}, {"worse", 53, 2}, {"less", 44, 2}, {"better", 43, 2}, {"new", 1, 2}}

	version, read, err := read(written([]figure{{"a name: with 50, words", 12345, 6}}))

	if err != nil || version != goVersion() || len(read) != 1 || read["a name: with 50, words"] != 12345 {
		t.Errorf("%q, %v, %v", version, read, err)
	}
	said := strings.Join(compared(got, accepted), "\n")
	for _, name := range []string{"worse: 53", "better: 43", "new: 1", "gone: accepted"} {
		if !strings.Contains(said, name) {
			t.Errorf("nothing about %s in %q", name, said)
		}
	}
	if strings.Count(said, "\n") != 3 {
		t.Errorf("too much: %q", said)
	}
}
