package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/clevercloud-go/clevercloud/bench"
)

// A process is this program in a role of its own, so that what a server takes does not count as the
// client's.
type process struct {
	// line is what it said first.
	line  string
	cmd   *exec.Cmd
	stdin io.Closer
}

func start(args ...string) (*process, error) {
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

// role is what a process does.
func role(args []string) error {
	switch args[0] {
	case "measure":
		return measure()
	case "server", "tls-server":
		s := bench.NewServer(args[0] == "tls-server")
		fmt.Println(s.URL)
		_, _ = io.Copy(io.Discard, os.Stdin)
		s.CloseClientConnections()
		return nil
	case "idle":
		return idle(args[1], args[2] == "plain")
	}
	return fmt.Errorf("unknown role %q", args[0])
}

const idleStreamsOpen = 1000

// idleStreams has one process after the other keep streams open. Over TLS it is HTTP/2, all streams
// on one connection.
func idleStreams(r *report, base string) error {
	if runtime.GOOS != "linux" {
		return errors.New("the memory of idle streams is measured on Linux only")
	}
	overTLS, err := start("tls-server")
	if err != nil {
		return err
	}
	defer overTLS.stop()
	for _, protocol := range []struct {
		name, base string
		most       float64
	}{{"HTTP/1.1", base, 38}, {"HTTP/2", overTLS.line, 21}} {
		var kib [2]float64
		for i, how := range []string{"stream", "plain"} {
			p, err := start("idle", protocol.base, how)
			if err != nil {
				return err
			}
			p.stop()
			if kib[i], err = strconv.ParseFloat(p.line, 64); err != nil {
				return err
			}
		}
		r.Targets = append(r.Targets, target{
			Work: fmt.Sprintf("idle stream over %s, KiB, %d open", protocol.name, idleStreamsOpen),
			Got:  kib[0], Want: protocol.most, Beside: short(kib[1]) + ", net/http",
			Why: "net/http takes two thirds; the rest is the stack of the iteration, its state " +
				"and the decoder's buffer.",
		})
	}
	return nil
}

// idle keeps streams open and prints how much memory each takes, in KiB.
func idle(base string, plain bool) error {
	follow, err := bench.Idle(base, plain)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	defer running.Wait()
	defer cancel()
	running.Go(func() { follow(ctx) }) // pays for what all share
	if err := waitOpen(base, 1); err != nil {
		return err
	}
	before := resident()
	for range idleStreamsOpen {
		running.Go(func() { follow(ctx) })
	}
	if err := waitOpen(base, idleStreamsOpen+1); err != nil {
		return err
	}
	time.Sleep(4 * time.Second) // two heartbeats
	fmt.Println(float64(resident()-before) / idleStreamsOpen)
	return nil
}

// waitOpen waits until n streams are open on the server.
func waitOpen(base string, n int) error {
	client := &http.Client{Transport: bench.NewTransport()}
	defer client.CloseIdleConnections()
	for range 600 {
		resp, err := client.Get(base + "/streams")
		if err != nil {
			return err
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || string(body) == strconv.Itoa(n) {
			return err
		}
		time.Sleep(50 * time.Millisecond)
	}
	return errors.New("the streams did not open")
}

// resident is the memory of the process in KiB, after what is free was given back.
func resident() int {
	for range 4 {
		debug.FreeOSMemory()
	}
	status, _ := os.ReadFile("/proc/self/status")
	_, line, _ := strings.Cut(string(status), "VmRSS:")
	kib, _ := strconv.Atoi(strings.Fields(line)[0])
	return kib
}
