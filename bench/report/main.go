// Report measures the SDK beside peers and floors, on two releases of Go, and writes the tables of
// the README of this module: go -C bench run ./report.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"time"
)

var (
	passes     = flag.Int("passes", 100, "how often the contenders of a group take their turn")
	toolchains = flag.String("toolchains", "go1.26.8,go1.27.3", "releases of Go, oldest first")
)

func main() {
	flag.Parse()
	perform := run
	if flag.NArg() > 0 {
		perform = func() error { return role(flag.Args()) }
	}
	if err := perform(); err != nil {
		fmt.Fprintln(os.Stderr, "report:", err)
		os.Exit(1)
	}
}

// A report is what one toolchain gives.
type report struct {
	Version, Load string
	Tables        []table
	Targets       []target
}

// run has each toolchain run this program, and writes their reports into the README.
func run() error {
	start := time.Now()
	var reports []report
	for toolchain := range strings.SplitSeq(*toolchains, ",") {
		cmd := exec.Command("go", "run", "./report", fmt.Sprintf("-passes=%d", *passes), "measure")
		cmd.Env = append(os.Environ(), "GOTOOLCHAIN="+toolchain)
		cmd.Stderr = os.Stderr
		out, err := cmd.Output()
		if err != nil {
			return fmt.Errorf("%s: %w", toolchain, err)
		}
		var r report
		if err := json.Unmarshal(out, &r); err != nil {
			return fmt.Errorf("%s: %w", toolchain, err)
		}
		reports = append(reports, r)
	}
	text := fmt.Sprintf("%s/%s, %d CPUs, %d passes, %v in all.", runtime.GOOS, runtime.GOARCH,
		runtime.NumCPU(), *passes, time.Since(start).Round(time.Second))
	for _, r := range reports {
		text += fmt.Sprintf(" %s: load average %s", r.Version, r.Load)
		if before, _ := strconv.ParseFloat(strings.Fields(r.Load)[0], 64); before > 1 {
			text += ", so **times were taken on a busy machine**"
		}
		text += "."
	}
	text = wrap(text) + "\n\n" + targetsText(reports) + tablesText(reports)
	fmt.Print(text)
	return rewrite("README.md", text)
}

// wrap breaks a paragraph into lines of at most 120 bytes.
func wrap(text string) string {
	var b strings.Builder
	width := 0
	for word := range strings.FieldsSeq(text) {
		switch width += len(word) + 1; {
		case b.Len() == 0:
		case width > 120:
			b.WriteString("\n  ")
			width = len(word) + 3
		default:
			b.WriteByte(' ')
		}
		b.WriteString(word)
	}
	return b.String()
}

// rewrite puts text between the markers of the README.
func rewrite(name, text string) error {
	const begin, end = "<!-- report begins -->\n", "<!-- report ends -->\n"
	old, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	head, rest, found := strings.Cut(string(old), begin)
	_, tail, ended := strings.Cut(rest, end)
	if !found || !ended {
		return fmt.Errorf("%s: no markers", name)
	}
	text = head + begin + "\n" + strings.TrimSpace(text) + "\n\n" + end + tail
	return os.WriteFile(name, []byte(text), 0o644)
}

// measure makes the report of the toolchain that built this program.
func measure() error {
	r := report{Version: runtime.Version(), Load: load()}
	for _, section := range []func(*report) error{streams, calls, lists} {
		begun := time.Now()
		if err := section(&r); err != nil {
			return err
		}
		took := time.Since(begun).Round(time.Second)
		fmt.Fprintf(os.Stderr, "report: %s: %v\n", r.Version, took)
	}
	r.Load += " to " + load()
	return json.NewEncoder(os.Stdout).Encode(r)
}

// load is the load average of the last minute.
func load() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	return strings.Fields(string(text))[0]
}
