// Report runs all comparisons, and writes their medians to the README of the bench module: go -C bench run ./report.
package main

import (
	"bytes"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/clevercloud-go/clevercloud/bench"
)

const (
	passes = 6
	begin  = "<!-- report begins -->\n"
	end    = "<!-- report ends -->\n"
)

func main() {
	var err error
	if len(os.Args) > 1 {
		err = child(os.Args[1:])
	} else {
		err = run("README.md")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "report:", err)
		os.Exit(1)
	}
}

func run(readme string) error {
	text, err := os.ReadFile(readme)
	if err != nil {
		return err
	}
	head, rest, found := strings.Cut(string(text), begin)
	_, tail, ended := strings.Cut(rest, end)
	if !found || !ended {
		return fmt.Errorf("%s has no markers", readme)
	}
	var report bytes.Buffer
	fmt.Fprintf(&report, "%s, %s/%s, %d CPUs. Medians of %d passes; ratios are medians of those within a pass.\n", runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), passes)
	for _, g := range bench.Groups() {
		if err := compare(&report, g); err != nil {
			return err
		}
	}
	if err := streams(&report); err != nil {
		return err
	}
	fmt.Print(report.String())
	return os.WriteFile(readme, []byte(head+begin+"\n"+report.String()+"\n"+end+tail), 0o644)
}

// A measure is what one pass of one contender took.
type measure struct {
	time          time.Duration
	allocs, bytes uint64
}

// compare runs the contenders of a group in turn, several times, so that a noisy moment of the machine hits all of them.
func compare(report *bytes.Buffer, g bench.Group) error {
	stream := g.Stream()
	taken := map[string][]measure{}
	for range passes {
		for _, c := range g.Contenders {
			m, err := measureOnce(c, stream)
			if err != nil {
				return fmt.Errorf("%s: %w", c.Name, err)
			}
			taken[c.Name] = append(taken[c.Name], m)
		}
	}
	typical := map[string]measure{}
	for name, m := range taken {
		typical[name] = median(m)
	}
	fmt.Fprintf(report, "\n### %s\n\n%.1f MB\n\n| | ms | MB/s | allocations per event | bytes per event |%s%s\n", g.Title,
		float64(len(stream))/1e6, heading(" × the speed of ", g.Peer), heading(" of the speed of ", g.Floor))
	fmt.Fprintf(report, "|---|--:|--:|--:|--:|%s%s\n", strings.Repeat("--:|", min(len(g.Peer), 1)), strings.Repeat("--:|", min(len(g.Floor), 1)))
	for _, c := range g.Contenders {
		m := typical[c.Name]
		fmt.Fprintf(report, "| %s | %.2f | %.0f | %.2f | %.0f |", c.Name, float64(m.time)/1e6, float64(len(stream))/1e6/m.time.Seconds(),
			float64(m.allocs)/float64(g.Events), float64(m.bytes)/float64(g.Events))
		for _, other := range []string{g.Peer, g.Floor} {
			if other != "" {
				fmt.Fprintf(report, " %.2f |", ratio(taken[other], taken[c.Name]))
			}
		}
		fmt.Fprintln(report)
	}
	return nil
}

func heading(text, contender string) string {
	if contender == "" {
		return ""
	}
	return text + contender + " |"
}

func measureOnce(c bench.Contender, stream []byte) (measure, error) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	start := time.Now()
	_, err := c.Run(stream)
	taken := time.Since(start)
	runtime.ReadMemStats(&after)
	return measure{taken, after.Mallocs - before.Mallocs, after.TotalAlloc - before.TotalAlloc}, err
}

// median returns the median of each figure on its own.
func median(m []measure) measure {
	return measure{
		time:   middle(m, func(m measure) time.Duration { return m.time }),
		allocs: middle(m, func(m measure) uint64 { return m.allocs }),
		bytes:  middle(m, func(m measure) uint64 { return m.bytes }),
	}
}

// ratio returns the median of how many times longer a took than b in the same pass: what slows the machine down for a while slows both.
func ratio(a, b []measure) float64 {
	var all []float64
	for i := range a {
		all = append(all, float64(a[i].time)/float64(b[i].time))
	}
	slices.Sort(all)
	return (all[(len(all)-1)/2] + all[len(all)/2]) / 2
}

func middle[T ~int64 | ~uint64](m []measure, figure func(measure) T) T {
	var all []T
	for _, one := range m {
		all = append(all, figure(one))
	}
	slices.Sort(all)
	return (all[(len(all)-1)/2] + all[len(all)/2]) / 2
}
