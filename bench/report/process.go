package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/clevercloud-go/clevercloud/bench"
)

// A process is this program again, in the role that its arguments name, until stop. So the memory and the time of a server do not count as
// a client's.
type process struct {
	// line is what it said first.
	line  string
	cmd   *exec.Cmd
	stdin io.Closer
}

func startProcess(args ...string) (*process, error) {
	p := &process{cmd: exec.Command(os.Args[0], args...)}
	p.cmd.Stderr = os.Stderr
	stdin, err := p.cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	p.stdin = stdin
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	p.line = strings.TrimSpace(line)
	return p, err
}

func (p *process) stop() {
	p.stdin.Close()
	_ = p.cmd.Wait()
}

// ask runs this program in a role, and returns the numbers that it prints.
func ask(args ...string) ([]float64, error) {
	cmd := exec.Command(os.Args[0], args...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", strings.Join(args, " "), err)
	}
	var numbers []float64
	for _, field := range strings.Fields(string(out)) {
		n, err := strconv.ParseFloat(field, 64)
		if err != nil {
			return nil, err
		}
		numbers = append(numbers, n)
	}
	return numbers, nil
}

// child is the program in a role.
func child(args []string) error {
	switch args[0] {
	case "server", "tls-server":
		s := bench.NewServer(args[0] == "tls-server")
		fmt.Println(s.URL)
		_, _ = io.Copy(io.Discard, os.Stdin)
		s.CloseClientConnections()
		return nil
	case "idle":
		return idle(args[1], args[2], args[3])
	case "flood":
		return flood(args[1])
	case "merge":
		return merge(args[1], args[2])
	case "list":
		return list(args[1], args[2], args[3])
	case "load":
		return load(args[1], args[2], args[3])
	}
	return fmt.Errorf("unknown role %q", args[0])
}

// resident is the process's memory in KiB, after what is free has been given back.
func resident() int {
	for range 4 {
		debug.FreeOSMemory()
	}
	status, _ := os.ReadFile("/proc/self/status")
	_, line, _ := strings.Cut(string(status), "VmRSS:")
	kib, _ := strconv.Atoi(strings.Fields(line)[0])
	return kib
}

// cpu is the processor time that the process has taken.
func cpu() time.Duration {
	var usage syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
