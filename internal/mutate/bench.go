package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// An outcome is what became of a mutant.
type outcome int

const (
	unreached outcome = iota
	killed
	hung // killed, by the time it took
	survived
)

// A test is one function of a suite.
type test struct {
	suite   suite
	name    string
	took    time.Duration
	cpu     time.Duration
	reaches map[int]bool
	// kills counts the mutants that it has killed.
	kills int
}

// A bench runs tests against mutants.
type bench struct {
	settings
	scratch string
	memory  *memory
	tests   []*test
	// unfit are tests that fail before anything is changed but for the switches, and so say nothing.
	unfit []string
	// long is how many tests were left out for the time they take, known how many outcomes were remembered.
	long, known int

	mu sync.Mutex
}

// parallel calls f for 0 to n-1, as many at a time as there are workers.
func (b *bench) parallel(n int, f func(i int)) {
	var group sync.WaitGroup
	next := make(chan int)
	for range b.workers {
		group.Go(func() {
			for i := range next {
				f(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	group.Wait()
}

// measure runs each test alone, with no mutant, to see how long it takes and which mutants it reaches.
func (b *bench) measure(ctx context.Context, suites []suite) error {
	skip, err := regexp.Compile(b.skip)
	if err != nil {
		return err
	}
	for _, s := range suites {
		command := exec.CommandContext(ctx, s.binary, "-test.list", "^(Test|Example|Fuzz)")
		command.Dir = s.dir
		out, err := command.Output()
		if err != nil {
			return fmt.Errorf("%s: list: %w", s.path, err)
		}
		for name := range strings.FieldsSeq(string(out)) {
			if b.skip == "" || !skip.MatchString(name) {
				b.tests = append(b.tests, &test{suite: s, name: name})
			}
		}
	}
	failures := make([]error, len(b.tests))
	b.parallel(len(b.tests), func(i int) {
		t := b.tests[i]
		reach := filepath.Join(b.scratch, fmt.Sprintf("reach-%d", i))
		start := time.Now()
		switch result, said, cpu := b.try(ctx, t.suite, []*test{t}, "MUTANT=0", "MUTANT_REACH="+reach); {
		case result != survived:
			b.mu.Lock()
			b.unfit = append(b.unfit, t.name)
			b.mu.Unlock()
			b.progress("%s fails by itself: %s", t.name, said)
		case b.longest > 0 && cpu > b.longest:
			b.mu.Lock()
			b.long++
			b.mu.Unlock()
			b.progress("%s takes %v of a processor and is left out", t.name, cpu.Round(time.Millisecond))
		default:
			t.took, t.cpu = time.Since(start), cpu
			t.reaches, failures[i] = readReach(reach)
		}
	})
	return errors.Join(append(failures, ctx.Err())...)
}

func readReach(file string) (map[int]bool, error) {
	text, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	reaches := map[int]bool{}
	for line := range strings.FieldsSeq(string(text)) {
		n, err := strconv.Atoi(line)
		if err != nil {
			return nil, err
		}
		reaches[n] = true
	}
	return reaches, err
}

func (b *bench) unknown(m *mutant) bool {
	_, known := b.memory.outcomeOf(m)
	return !known
}

// judge finds the outcome of each mutant, or of those that there was time for.
func (b *bench) judge(ctx context.Context, mutants []*mutant) (map[*mutant]outcome, error) {
	outcomes := map[*mutant]outcome{}
	var failures []error
	b.parallel(len(mutants), func(i int) {
		if ctx.Err() != nil {
			return
		}
		m := mutants[i]
		o, known := b.memory.outcomeOf(m)
		if !known {
			o = b.judgeOne(ctx, m)
		}
		if ctx.Err() != nil {
			return // what was found may be due to that
		}
		b.mu.Lock()
		outcomes[m] = o
		if known {
			b.known++
		} else {
			failures = append(failures, b.memory.add(m, o))
		}
		b.mu.Unlock()
		b.progress("%d/%d %s: %s:%d: %s", i+1, len(mutants), [...]string{"NOT REACHED", "killed", "hung", "SURVIVED"}[o], m.file, m.line, strings.TrimPrefix(m.name(), m.file+": "))
	})
	return outcomes, errors.Join(failures...)
}

// judgeOne runs the tests that reach m, those first that are likely to notice: a few that kill often or look at little else, and then
// the rest, package by package.
func (b *bench) judgeOne(ctx context.Context, m *mutant) outcome {
	var own, others []*test
	for _, t := range b.tests {
		if !t.reaches[m.id] {
			continue
		}
		if filepath.ToSlash(filepath.Dir(m.file)) == t.suite.relative(b.dir) {
			own = append(own, t)
		} else {
			others = append(others, t)
		}
	}
	result := unreached
	for _, tests := range [][]*test{own, others} {
		for _, batch := range b.batches(tests) {
			result, _, _ = b.try(ctx, batch[0].suite, batch, "MUTANT="+strconv.Itoa(m.id))
			if result != survived {
				return result
			}
		}
	}
	return result
}

// relative is the directory of the suite within the module.
func (s suite) relative(module string) string {
	root, err := filepath.Abs(module)
	if err != nil {
		return s.dir
	}
	rel, err := filepath.Rel(root, s.dir)
	if err != nil {
		return s.dir
	}
	return filepath.ToSlash(rel)
}

// batches divides tests into runs of one binary each.
func (b *bench) batches(tests []*test) [][]*test {
	const few = 12
	b.mu.Lock()
	score := map[*test]float64{}
	for _, t := range tests {
		score[t] = float64(1+t.kills) / float64(len(t.reaches)) / (t.cpu.Seconds() + 0.02)
	}
	b.mu.Unlock()
	slices.SortStableFunc(tests, func(x, y *test) int {
		switch {
		case score[x] > score[y]:
			return -1
		case score[x] < score[y]:
			return 1
		}
		return 0
	})
	var batches [][]*test
	for first := true; len(tests) > 0; first = false {
		var batch, rest []*test
		for _, t := range tests {
			if t.suite == tests[0].suite && (!first || len(batch) < few) {
				batch = append(batch, t)
			} else {
				rest = append(rest, t)
			}
		}
		batches = append(batches, batch)
		tests = rest
	}
	return batches
}

// try runs tests of one suite until one fails, and returns what the first failure said, and the processor time that it took.
func (b *bench) try(ctx context.Context, s suite, tests []*test, env ...string) (outcome, string, time.Duration) {
	var usual time.Duration
	names := make([]string, len(tests))
	for i, t := range tests {
		names[i] = t.name
		usual += t.took
	}
	limit := b.patience + 3*usual
	if usual == 0 {
		limit = 10 * b.patience // it is being measured
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	// A mutant may want all the memory there is.
	command := exec.CommandContext(ctx, "sh", "-c", `ulimit -v 6000000 2>/dev/null; exec "$0" "$@"`, s.binary,
		"-test.failfast", "-test.timeout=0", "-test.run=^("+strings.Join(names, "|")+")$")
	command.Dir = s.dir
	command.Env = append(os.Environ(), env...)
	command.WaitDelay = time.Second
	out, err := command.StdoutPipe()
	if err != nil {
		return killed, err.Error(), 0
	}
	var complaints bytes.Buffer
	command.Stderr = &limited{&complaints}
	if err := command.Start(); err != nil {
		return killed, err.Error(), 0
	}
	failed := ""
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if name, ok := strings.CutPrefix(strings.TrimSpace(lines.Text()), "--- FAIL: "); ok {
			failed = name
			cancel()
			break
		}
	}
	_, _ = io.Copy(io.Discard, out)
	err = command.Wait()
	cpu := command.ProcessState.UserTime() + command.ProcessState.SystemTime()
	switch {
	case failed != "":
		b.credit(tests, failed)
		return killed, failed, cpu
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return hung, "hangs", cpu
	case err != nil:
		return killed, err.Error() + " " + complaints.String(), cpu
	}
	return survived, "", cpu
}

// credit remembers which test noticed.
func (b *bench) credit(tests []*test, failed string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, t := range tests {
		if strings.HasPrefix(failed, t.name+" ") || strings.HasPrefix(failed, t.name+"/") {
			t.kills++
		}
	}
}

// limited keeps the beginning of what is written.
type limited struct{ *bytes.Buffer }

func (l *limited) Write(p []byte) (int, error) {
	if room := 2000 - l.Len(); room > 0 {
		l.Buffer.Write(p[:min(len(p), room)])
	}
	return len(p), nil
}
