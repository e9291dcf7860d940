// Mutate tells whether the tests notice when the code is wrong. It changes the named files in many small ways, one at a time, and runs the
// tests that reach the change: a mutant that they fail on is killed, one that they pass with has survived. A survivor is a test that is
// missing, or a change that makes no difference; the second kind is explained in survivors.txt. It prints Markdown.
//
//	go run ./internal/mutate [flags] file...
//
// All mutants are compiled into the test binaries at once, each behind a question to the package mutants, and one environment variable
// chooses among them. So a mutant costs the time of a few tests, not a build.
package main

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/signal"
	"runtime"
	"slices"
	"strings"
	"time"
)

// settings are what the command line says.
type settings struct {
	dir          string
	files        []string
	explanations string
	memory       string
	trust        bool
	only         string
	sample       int
	seed         uint64
	workers      int
	skip         string
	patience     time.Duration
	longest      time.Duration
	progress     func(format string, args ...any)
}

func main() {
	s := settings{dir: "."}
	flag.StringVar(&s.explanations, "explained", "internal/mutate/survivors.txt", "the `file` of explanations; empty for none")
	flag.StringVar(&s.memory, "memory", "", "take what this `file` says was killed for killed, and add what becomes of the others")
	flag.BoolVar(&s.trust, "trust", false, "take what the memory says has survived for a survivor, too")
	flag.StringVar(&s.only, "only", "", "run only mutants whose name contains `text`")
	flag.IntVar(&s.sample, "sample", 0, "run only `n` mutants, taken at random")
	flag.Uint64Var(&s.seed, "seed", 1, "what the sample depends on")
	flag.IntVar(&s.workers, "workers", runtime.NumCPU(), "test processes at a time")
	flag.StringVar(&s.skip, "skip", "^TestHouse_|^TestREADME_", "leave out tests that match `regexp`: those that read the source instead of running it")
	flag.DurationVar(&s.patience, "patience", 20*time.Second, "how long tests may take over their usual time before they count as hanging")
	flag.DurationVar(&s.longest, "longest", 0, "leave out tests that take more processor time; 0 is none. For work on the tests, not for the record")
	list := flag.Bool("list", false, "print the mutants and run nothing")
	verbose := flag.Bool("v", false, "print each result to stderr")
	flag.Parse()
	s.files = flag.Args()
	s.progress = func(format string, args ...any) {
		if *verbose {
			fmt.Fprintf(os.Stderr, time.Now().Format("15:04:05 ")+format+"\n", args...)
		}
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, s, *list); err != nil {
		fmt.Fprintln(os.Stderr, "mutate:", err)
		stop()
		os.Exit(1)
	}
}

func run(ctx context.Context, s settings, list bool) error {
	if list {
		p, err := load(ctx, s)
		if err != nil {
			return err
		}
		for _, m := range p.mutants {
			fmt.Printf("%s:%d: %s\n", m.file, m.line, strings.TrimPrefix(m.name(), m.file+": "))
		}
		return nil
	}
	r, err := mutate(ctx, s)
	if err != nil {
		return err
	}
	return r.markdown(os.Stdout)
}

// mutate is the whole of it: find the mutants, build the tests, see which tests reach what, and run these for each mutant.
func mutate(ctx context.Context, s settings) (*report, error) {
	start := time.Now()
	p, err := load(ctx, s)
	if err != nil {
		return nil, err
	}
	known, err := readExplanations(s.explanations)
	if err != nil {
		return nil, err
	}
	scratch, err := os.MkdirTemp("", "mutate")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(scratch)
	chosen := s.choose(p.mutants)
	b := &bench{settings: s, scratch: scratch}
	if b.memory, err = remember(s.memory, s.trust); err != nil {
		return nil, err
	}
	if slices.ContainsFunc(chosen, b.unknown) {
		suites, err := p.build(ctx, scratch)
		if err != nil {
			return nil, err
		}
		s.progress("%d mutants in %d files, %d to run, built after %v", len(p.mutants), len(s.files), len(chosen), time.Since(start).Round(time.Second))
		if err := b.measure(ctx, suites); err != nil {
			return nil, err
		}
		s.progress("%d tests measured after %v", len(b.tests), time.Since(start).Round(time.Second))
	}
	outcomes, err := b.judge(ctx, chosen)
	if err != nil {
		return nil, err
	}
	return newReport(s, p.mutants, outcomes, known, b, time.Since(start)), nil
}

func (s settings) choose(all []*mutant) []*mutant {
	var chosen []*mutant
	for _, m := range all {
		if strings.Contains(m.name(), s.only) {
			chosen = append(chosen, m)
		}
	}
	if s.sample > 0 && s.sample < len(chosen) {
		random := rand.New(rand.NewPCG(s.seed, s.seed))
		random.Shuffle(len(chosen), func(i, j int) { chosen[i], chosen[j] = chosen[j], chosen[i] })
		chosen = chosen[:s.sample]
		slices.SortFunc(chosen, func(a, b *mutant) int { return a.id - b.id })
	}
	return chosen
}
