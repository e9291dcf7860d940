// Report runs all comparisons and writes their figures to the README of the bench module: go -C bench run ./report.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"time"

	"github.com/clevercloud-go/clevercloud/bench"
)

// passes is how often the contenders of a comparison run in turn.
var passes = flag.Int("passes", 6, "how often the contenders of a comparison run in turn")

func main() {
	flag.Parse()
	err := perform(flag.Args())
	if err != nil {
		fmt.Fprintln(os.Stderr, "report:", err)
		os.Exit(1)
	}
}

func perform(args []string) error {
	if len(args) == 0 {
		return run("README.md")
	}
	return child(args)
}

// A report is what the README gets: tables, and one line for each target.
type report struct {
	bytes.Buffer
	targets []target
}

// A target is a figure that is to be met, or to be compared.
type target struct {
	figure, got, want string
	met               bool
	// floor is the least that anything could take, or what others take.
	floor string
}

func (r *report) printf(format string, args ...any) { fmt.Fprintf(r, format, args...) }

// atMost adds a figure that must not be over most.
func (r *report) atMost(figure string, got, most float64, format, floor string) {
	r.targets = append(r.targets, target{figure, fmt.Sprintf(format, got), "≤ " + fmt.Sprintf(format, most), got <= most, floor})
}

// atLeast adds a figure that must not be under least.
func (r *report) atLeast(figure string, got, least float64, format, floor string) {
	r.targets = append(r.targets, target{figure, fmt.Sprintf(format, got), "≥ " + fmt.Sprintf(format, least), got >= least, floor})
}

// note adds a figure without a target.
func (r *report) note(figure string, got float64, format, floor string) {
	r.targets = append(r.targets, target{figure: figure, got: fmt.Sprintf(format, got), floor: floor})
}

func (r *report) summary(took time.Duration) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %s/%s, %d CPUs; medians of %d passes, ratios within a pass; the whole took %v.\n\n", runtime.Version(), runtime.GOOS,
		runtime.GOARCH, runtime.NumCPU(), *passes, took.Round(time.Second))
	fmt.Fprint(&b, "| figure | SDK | target | | floor, or peer |\n|---|--:|--:|:-:|---|\n")
	for _, t := range r.targets {
		mark := "missed"
		switch {
		case t.want == "":
			mark = ""
		case t.met:
			mark = "met"
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", t.figure, t.got, t.want, mark, t.floor)
	}
	return b.String()
}

func run(readme string) error {
	start := time.Now()
	var r report
	for _, section := range []func(*report) error{calls, lists, streams, scale, startup} {
		begun := time.Now()
		if err := section(&r); err != nil {
			return err
		}
		fmt.Fprintf(os.Stderr, "report: a section took %v\n", time.Since(begun).Round(time.Second))
	}
	summary := r.summary(time.Since(start))
	fmt.Print(summary, r.String())
	text, err := os.ReadFile(readme)
	if err != nil {
		return err
	}
	out, err := between(string(text), "summary", summary)
	if err != nil {
		return err
	}
	if out, err = between(out, "report", r.String()); err != nil {
		return err
	}
	return os.WriteFile(readme, []byte(out), 0o644)
}

// between puts content between the markers of that name.
func between(text, name, content string) (string, error) {
	begin, end := "<!-- "+name+" begins -->\n", "<!-- "+name+" ends -->\n"
	head, rest, found := strings.Cut(text, begin)
	_, tail, ended := strings.Cut(rest, end)
	if !found || !ended {
		return "", fmt.Errorf("no markers for the %s", name)
	}
	return head + begin + "\n" + strings.Trim(content, "\n") + "\n\n" + end + tail, nil
}

// compareGroup runs the contenders of a group and writes their table.
func compareGroup(w io.Writer, g bench.Group, passes int) (measures, error) {
	stream := g.Stream()
	taken, err := inTurn(passes, g.Contenders, func(c bench.Contender) (string, measure, error) {
		m, err := measureOnce(func() error {
			_, err := c.Run(stream)
			return err
		})
		return c.Name, m, err
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", g.Name, err)
	}
	fmt.Fprintf(w, "\n### %s\n\n%.1f MB\n\n| | ms | MB/s | allocations each | bytes each |%s%s\n", g.Title,
		float64(len(stream))/1e6, heading(" × the speed of ", g.Peer), heading(" of the speed of ", g.Floor))
	fmt.Fprintf(w, "|---|--:|--:|--:|--:|%s%s\n", strings.Repeat("--:|", min(len(g.Peer), 1)), strings.Repeat("--:|", min(len(g.Floor), 1)))
	for _, c := range g.Contenders {
		m := taken.median(c.Name)
		fmt.Fprintf(w, "| %s | %.2f | %.0f | %.2f | %.0f |", c.Name, float64(m.time)/1e6, float64(len(stream))/1e6/m.time.Seconds(),
			m.allocs/float64(g.Events), m.bytes/float64(g.Events))
		for _, other := range []string{g.Peer, g.Floor} {
			if other != "" {
				fmt.Fprintf(w, " %.2f |", taken.ratio(other, c.Name))
			}
		}
		fmt.Fprintln(w)
	}
	return taken, nil
}

func heading(text, contender string) string {
	if contender == "" {
		return ""
	}
	return text + contender + " |"
}
