package main

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"time"
)

// An explanation is why mutants that survive make no difference, or none that a test should hold.
type explanation struct {
	reason  string
	mutants []string
}

// readExplanations reads reasons, each at the beginning of a line, with the names of mutants, each on an indented line, below. Lines that
// begin with # are for the reader.
func readExplanations(file string) ([]*explanation, error) {
	f, err := os.Open(file)
	if file == "" || errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var all []*explanation
	lines := bufio.NewScanner(f)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimRight(lines.Text(), " \t")
		name, indented := strings.CutPrefix(line, "\t")
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case !indented:
			all = append(all, &explanation{reason: line})
		case len(all) == 0:
			return nil, fmt.Errorf("%s:%d: a mutant without a reason above it", file, n)
		default:
			last := all[len(all)-1]
			last.mutants = append(last.mutants, name)
		}
	}
	return all, lines.Err()
}

// counts are the figures of a file.
type counts struct{ mutants, killed, hung, survived, unreached, explained int }

func (c *counts) add(o outcome, explained bool) {
	c.mutants++
	switch o {
	case killed:
		c.killed++
	case hung:
		c.killed++
		c.hung++
	case survived:
		c.survived++
	case unreached:
		c.unreached++
	}
	if explained {
		c.explained++
	}
}

// report is the result of a run.
type report struct {
	files map[string]*counts
	total counts
	// open are the mutants that passed and that nobody has explained.
	open []*mutant
	// explained are the explanations that apply, with the mutants that did survive.
	explained []*explanation
	// stale are explained mutants that do not exist any more, or that were killed.
	stale  []string
	unfit  []string
	all    int
	tests  int
	took   time.Duration
	sample bool
	// known is how many outcomes are an earlier run's, long how many tests were left out for the time they take, over longest.
	known, long int
	longest     time.Duration
}

func newReport(s settings, all []*mutant, outcomes map[*mutant]outcome, known []*explanation, b *bench, took time.Duration) *report {
	r := &report{files: map[string]*counts{}, unfit: b.unfit, all: len(all), tests: len(b.tests) - len(b.unfit), took: took}
	r.sample = len(outcomes) < len(all)
	r.known, r.long, r.longest = b.known, b.long, b.longest
	r.tests -= r.long
	passed := map[string]bool{}
	why := map[string]*explanation{}
	for _, e := range known {
		for _, name := range e.mutants {
			why[name] = e
		}
	}
	names := map[string]bool{}
	for _, m := range all {
		names[m.name()] = true
		o, ran := outcomes[m]
		if !ran {
			continue
		}
		c := r.files[m.file]
		if c == nil {
			c = &counts{}
			r.files[m.file] = c
		}
		passes := o == survived || o == unreached
		explained := passes && why[m.name()] != nil
		c.add(o, explained)
		r.total.add(o, explained)
		if passes {
			passed[m.name()] = true
		} else if why[m.name()] != nil {
			r.stale = append(r.stale, m.name()+" (was killed)")
		}
		if passes && !explained {
			r.open = append(r.open, m)
		}
	}
	for _, e := range known {
		applies := &explanation{reason: e.reason}
		for _, name := range e.mutants {
			if passed[name] {
				applies.mutants = append(applies.mutants, name)
			}
			file, _, _ := strings.Cut(name, ": ")
			if !names[name] && slices.Contains(s.files, file) {
				r.stale = append(r.stale, name+" (is gone)")
			}
		}
		if len(applies.mutants) > 0 {
			r.explained = append(r.explained, applies)
		}
	}
	return r
}

// markdown writes the report.
func (r *report) markdown(to io.Writer) error {
	w := &strings.Builder{}
	t := r.total
	fmt.Fprintf(w, "%d mutants, %d tests, %v: %d killed (%d of them by hanging), %d survived, %d reached by no test; of these %d, %d explained, %d not.\n",
		t.mutants, r.tests, r.took.Round(time.Second), t.killed, t.hung, t.survived, t.unreached, t.survived+t.unreached, t.explained, len(r.open))
	if r.sample {
		fmt.Fprintf(w, "This is a part of the %d mutants that there are.\n", r.all)
	}
	if r.known > 0 {
		fmt.Fprintf(w, "Of %d the outcome is remembered from earlier runs on the same text of their file.\n", r.known)
	}
	if r.long > 0 {
		fmt.Fprintf(w, "%d tests that take more than %v of a processor were left out.\n", r.long, r.longest)
	}
	fmt.Fprint(w, "\n| file | mutants | killed | survived | not reached | of these explained |\n| --- | ---: | ---: | ---: | ---: | ---: |\n")
	row := func(name string, c *counts) {
		fmt.Fprintf(w, "| %s | %d | %d | %d | %d | %d |\n", name, c.mutants, c.killed, c.survived, c.unreached, c.explained)
	}
	for _, file := range slices.SortedFunc(maps.Keys(r.files), byPackage) {
		row("`"+file+"`", r.files[file])
	}
	row("all", &t)
	if len(r.explained) > 0 {
		fmt.Fprint(w, "\nMutants that no test fails on, and why:\n\n")
		for _, e := range r.explained {
			fmt.Fprintf(w, "- %s\n", e.reason)
			for _, name := range e.mutants {
				fmt.Fprintf(w, "  - `%s`\n", strings.ReplaceAll(name, "`", "'"))
			}
		}
	}
	if len(r.open) > 0 {
		fmt.Fprint(w, "\nMutants that no test fails on, and nobody has explained:\n\n")
		for _, m := range r.open {
			fmt.Fprintf(w, "- `%s` (line %d)\n", strings.ReplaceAll(m.name(), "`", "'"), m.line)
		}
	}
	for _, name := range r.stale {
		fmt.Fprintf(w, "\nAn explanation to remove: `%s`\n", strings.ReplaceAll(name, "`", "'"))
	}
	for _, name := range r.unfit {
		fmt.Fprintf(w, "\nA test that fails with the switches in place and was not used: %s\n", name)
	}
	_, err := io.WriteString(to, w.String())
	return err
}

// byPackage sorts files, those of the root first.
func byPackage(a, b string) int {
	return cmp.Or(cmp.Compare(strings.Count(a, "/"), strings.Count(b, "/")), cmp.Compare(a, b))
}
