//go:build !race

package bench

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var accept = flag.Bool("accept", false, "write what is measured to "+acceptedFile)

const acceptedFile = "accepted.txt"

// goVersion is the minor release of Go, such as go1.26.
func goVersion() string {
	parts := strings.SplitN(runtime.Version(), ".", 3)
	return strings.Join(parts[:min(2, len(parts))], ".")
}

// A figure counts something that is the same in every run on any machine.
type figure struct {
	name  string
	value float64
	// tolerance is how much more is no failure.
	tolerance float64
}

// allocated counts what one run allocates. The garbage collector is off, for it empties pools.
func allocated(t *testing.T, name string, runs int, run func() error) []figure {
	t.Helper()
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	try := func() {
		if err := run(); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	allocations := testing.AllocsPerRun(runs, try)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range runs {
		try()
	}
	runtime.ReadMemStats(&after)
	size := math.Round(float64(after.TotalAlloc-before.TotalAlloc) / float64(runs))
	return []figure{
		{name + ", allocations", allocations, max(2, math.Round(allocations/200))},
		{name + ", bytes", size, math.Round(size / 20)},
	}
}

// guarded are the contenders that are watched: the SDK's, and the floor of a call.
var guarded = []string{
	SDK, SDKLogger, SDKMeta, Dropped, Decoder, EntryDecoder, LogStream, Invoices, ListInvoices,
}

func measured(t *testing.T) []figure {
	zone, drains, err := Calls("")
	if err != nil {
		t.Fatal(err)
	}
	groups := []Group{
		zone, drains, Framing(1000), Decoding(1), Decoding(1000), Lists(1), Lists(1000),
		{Title: "a signature", Turns: 10, Contenders: Signatures()},
	}
	var all []figure
	for _, g := range groups {
		for _, c := range g.Contenders {
			if slices.Contains(guarded, c.Name) || g.Title == "a signature" {
				all = append(all, allocated(t, g.Title+": "+c.Name, 20*g.Turns, c.Run)...)
			}
		}
	}
	return append(all, started(t)...)
}

// started builds and starts a program that could make a call, and counts what is in it.
func started(t *testing.T) []figure {
	const module = "github.com/clevercloud-go/clevercloud"
	program := filepath.Join(t.TempDir(), "hello")
	output(t, nil, "go", "build", "-o", program, "./hello")
	info, err := os.Stat(program)
	if err != nil {
		t.Fatal(err)
	}
	packages, foreign, initialized := 0, 0, 0
	list := json.NewDecoder(bytes.NewReader(
		output(t, nil, "go", "list", "-deps", "-json=ImportPath,Standard", "./hello")))
	for ; list.More(); packages++ {
		var p struct {
			ImportPath string
			Standard   bool
		}
		if err := list.Decode(&p); err != nil {
			t.Fatal(err)
		}
		if !p.Standard && p.ImportPath != module+"/bench/hello" {
			foreign++
		}
	}
	// The runtime writes a line about each package that has something to initialize.
	trace := output(t, []string{"GODEBUG=inittrace=1"}, program)
	for line := range strings.Lines(string(trace)) {
		if strings.HasPrefix(line, "init "+module) {
			initialized++
		}
	}
	return []figure{
		{"a program: packages", float64(packages), 0},
		{"a program: packages that are not of the standard library", float64(foreign), 0},
		{"a program: packages of the SDK with something to initialize", float64(initialized), 0},
		{"a program: KB of binary", math.Round(float64(info.Size()) / 1e3), 200},
	}
}

// output runs a command and returns what it writes.
func output(t *testing.T, env []string, name string, args ...string) []byte {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Env = append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v: %s", name, err, out)
	}
	return out
}

// TestGuard fails if something got worse than what was accepted, or so much better that the
// accepted figure says nothing any more.
func TestGuard(t *testing.T) {
	text, err := os.ReadFile(acceptedFile)
	if err != nil {
		t.Fatal(err)
	}
	accepted, err := parse(string(text))
	if err != nil {
		t.Fatal(err)
	}
	got := measured(t)
	if *accept {
		if err := os.WriteFile(acceptedFile, format(got, accepted), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	for _, complaint := range compare(got, accepted[goVersion()]) {
		t.Error(complaint)
	}
}

// compare says what is wrong with got. Three times the tolerance less is wrong, too.
func compare(got []figure, accepted map[string]float64) []string {
	var complaints []string
	complain := func(format string, args ...any) {
		complaints = append(complaints, fmt.Sprintf(format, args...))
	}
	measured := map[string]bool{}
	for _, f := range got {
		measured[f.name] = true
		was, ok := accepted[f.name]
		switch {
		case !ok:
			complain("%s: %.0f, nothing is accepted for %s", f.name, f.value, goVersion())
		case f.value > was+f.tolerance:
			complain("%s: %.0f, worse than %.0f + %.0f", f.name, f.value, was, f.tolerance)
		case f.value < was-3*f.tolerance:
			complain("%s: %.0f, better than %.0f: accept it", f.name, f.value, was)
		}
	}
	for name := range accepted {
		if !measured[name] {
			complain("%s: accepted, but not measured any more", name)
		}
	}
	return complaints
}

// versions are the columns of the file.
var versions = []string{"go1.26", "go1.27"}

// format writes the file with got in the column of this Go version and the others as they were.
func format(got []figure, accepted map[string]map[string]float64) []byte {
	var b bytes.Buffer
	b.WriteString("# What was accepted last; README.md says how to accept anew.\n")
	fmt.Fprintf(&b, "%-86s %8s %8s\n", "#", versions[0], versions[1])
	for _, f := range got {
		fmt.Fprintf(&b, "%-86s", f.name)
		for _, version := range versions {
			value, ok := accepted[version][f.name]
			if version == goVersion() {
				value, ok = f.value, true
			}
			cell := "-"
			if ok {
				cell = strconv.FormatFloat(value, 'f', 0, 64)
			}
			fmt.Fprintf(&b, " %8s", cell)
		}
		b.WriteByte('\n')
	}
	return b.Bytes()
}

// parse is the inverse of format. It returns the figures by version and name.
func parse(text string) (map[string]map[string]float64, error) {
	accepted := map[string]map[string]float64{}
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		n := len(fields) - len(versions)
		if strings.HasPrefix(line, "#") || n < 1 {
			continue
		}
		for i, version := range versions {
			if fields[n+i] == "-" {
				continue
			}
			value, err := strconv.ParseFloat(fields[n+i], 64)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", acceptedFile, err)
			}
			if accepted[version] == nil {
				accepted[version] = map[string]float64{}
			}
			accepted[version][strings.Join(fields[:n], " ")] = value
		}
	}
	return accepted, nil
}

func TestCompare(t *testing.T) {
	accepted := map[string]float64{
		"same": 50, "more": 50, "worse": 50, "less": 50, "better": 50, "gone": 1,
	}
	got := []figure{
		{"same", 50, 2}, {"more", 52, 2}, {"worse", 53, 2}, {"less", 44, 2}, {"better", 43, 2},
		{"new", 1, 2},
	}

	said := compare(got, accepted)

	for _, want := range []string{"worse: 53", "better: 43", "new: 1", "gone: accepted"} {
		if !slices.ContainsFunc(said, func(s string) bool { return strings.HasPrefix(s, want) }) {
			t.Errorf("nothing about %s in %q", want, said)
		}
	}
	if len(said) != 4 {
		t.Errorf("too much: %q", said)
	}
}

func TestFormat(t *testing.T) {
	const name = "a name: with 50, words"
	kept := map[string]map[string]float64{"go1.26": {name: 1}, "go1.27": {name: 2}}

	read, err := parse(string(format([]figure{{name, 12345, 6}}, kept)))

	if err != nil {
		t.Fatal(err)
	}
	for i, version := range versions {
		want := float64(i + 1)
		if version == goVersion() {
			want = 12345
		}
		if read[version][name] != want {
			t.Errorf("%s: %v, not %v", version, read[version][name], want)
		}
	}
}
