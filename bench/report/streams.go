package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/clevercloud-go/clevercloud"
)

const (
	idleStreams  = 1000
	floodEntries = 1_000_000
)

// streams measures open streams. Client and server are processes of their own, this program with an argument, so that the resident memory
// of one does not count as the other's.
func streams(report io.Writer) error {
	if runtime.GOOS != "linux" {
		fmt.Fprint(report, "\nOpen streams are measured on Linux only.\n")
		return nil
	}
	server := exec.Command(os.Args[0], "server")
	server.Stderr = os.Stderr
	stop, err := server.StdinPipe()
	if err != nil {
		return err
	}
	out, err := server.StdoutPipe()
	if err != nil {
		return err
	}
	if err := server.Start(); err != nil {
		return err
	}
	defer func() {
		stop.Close()
		_ = server.Wait()
	}()
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return err
	}
	address = strings.TrimSpace(address)
	fmt.Fprintf(report, "\n### %d idle streams over HTTP/1.1, a heartbeat every 2 s\n\n| | resident KiB per stream | goroutines per stream |\n|---|--:|--:|\n", idleStreams)
	for _, client := range []string{"Logs.Stream", "net/http"} {
		if err := measureClient(report, "idle", client, address); err != nil {
			return err
		}
	}
	fmt.Fprintf(report, "\n### A consumer that pauses, on a server that does not: %d entries\n\n| | resident KiB after 10 %% | after 50 %% | after all |\n|---|--:|--:|--:|\n", floodEntries)
	return measureClient(report, "flood", "Logs.Stream", address)
}

func measureClient(report io.Writer, what, client, address string) error {
	child := exec.Command(os.Args[0], what, client, address)
	child.Stderr = os.Stderr
	row, err := child.Output()
	_, _ = report.Write(row)
	return err
}

// child is the program in the role that its arguments name.
func child(args []string) error {
	switch args[0] {
	case "server":
		return serve()
	case "idle":
		return idle(args[1], args[2])
	case "flood":
		return flood(args[1], args[2])
	}
	return fmt.Errorf("unknown role %q", args[0])
}

// serve answers until its standard input ends.
func serve() error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println(listener.Addr())
	ctx, cancel := context.WithCancel(context.Background())
	var open atomic.Int64
	mux := http.NewServeMux()
	mux.HandleFunc("/open", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, open.Load()) })
	mux.HandleFunc("/v4/", func(w http.ResponseWriter, r *http.Request) {
		open.Add(1)
		defer open.Add(-1)
		w.Header().Set("Content-Type", "text/event-stream")
		if limit := r.URL.Query().Get("limit"); limit != "" {
			writeEntries(w, limit)
			return
		}
		for {
			_, _ = io.WriteString(w, "event:HEARTBEAT\ndata:\n\n")
			w.(http.Flusher).Flush()
			select {
			case <-ctx.Done():
				return
			case <-r.Context().Done():
				return
			case <-time.After(2 * time.Second):
			}
		}
	})
	server := &http.Server{Handler: mux}
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		cancel()
		server.Close()
	}()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func writeEntries(w io.Writer, limit string) {
	n, _ := strconv.Atoi(limit)
	padding := strings.Repeat("x", 450)
	for i := range n {
		if _, err := fmt.Fprintf(w, "id:%d\nevent:APPLICATION_LOG\ndata:{\"id\":\"%d\",\"date\":\"2026-01-02T03:04:05.678Z\",\"message\":\"%s\"}\n\n", i, i, padding); err != nil {
			return
		}
	}
	_, _ = io.WriteString(w, "event:END_OF_STREAM\ndata:{\"endedBy\":\"UNTIL_REACHED\"}\n\n")
}

func idle(name, address string) error {
	follow, err := follower(name, address)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	defer running.Wait()
	defer cancel()
	start := func() { running.Go(func() { follow(ctx) }) }
	// The first one pays for what all share.
	start()
	if err := waitOpen(address, 1); err != nil {
		return err
	}
	before, goroutines := resident(), runtime.NumGoroutine()
	for range idleStreams {
		start()
	}
	if err := waitOpen(address, idleStreams+1); err != nil {
		return err
	}
	time.Sleep(5 * time.Second)
	fmt.Printf("| %s | %.1f | %.1f |\n", name, float64(resident()-before)/idleStreams, float64(runtime.NumGoroutine()-goroutines)/idleStreams)
	return nil
}

// follower returns a function that keeps a stream open until its context ends.
func follower(name, address string) (func(context.Context), error) {
	if name == "net/http" {
		return func(ctx context.Context) {
			req, _ := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/v4/", nil)
			resp, err := http.DefaultTransport.RoundTrip(req)
			if err != nil {
				return
			}
			defer resp.Body.Close()
			buf := make([]byte, 512)
			for err == nil {
				_, err = resp.Body.Read(buf)
			}
		}, nil
	}
	client, err := clevercloud.New(clevercloud.WithBaseURL("http://" + address))
	return func(ctx context.Context) {
		for range client.Logs.Stream(ctx, "orga_1", "app_1", clevercloud.LogQuery{}) {
			continue
		}
	}, err
}

func waitOpen(address string, n int) error {
	for range 600 {
		resp, err := http.Get("http://" + address + "/open")
		if err != nil {
			return err
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || string(body) == strconv.Itoa(n) {
			return err
		}
		time.Sleep(100 * time.Millisecond)
	}
	return errors.New("the streams did not open")
}

func flood(name, address string) error {
	client, err := clevercloud.New(clevercloud.WithBaseURL("http://" + address))
	if err != nil {
		return err
	}
	n, row := 0, "| "+name+" |"
	for _, err := range client.Logs.Stream(context.Background(), "orga_1", "app_1", clevercloud.LogQuery{Limit: floodEntries}) {
		if err != nil {
			return err
		}
		if n++; n%1000 == 0 {
			time.Sleep(time.Millisecond)
		}
		switch n {
		case floodEntries / 10, floodEntries / 2, floodEntries:
			row += fmt.Sprintf(" %d |", resident())
		}
	}
	if n != floodEntries {
		return fmt.Errorf("%d entries", n)
	}
	fmt.Println(row)
	return nil
}

// resident is the process's memory in KiB, after what is free has been given back.
func resident() int {
	for range 4 {
		debug.FreeOSMemory()
	}
	status, _ := os.ReadFile("/proc/self/status")
	_, line, _ := strings.Cut(string(status), "VmRSS:")
	fields := strings.Fields(line)
	kib, _ := strconv.Atoi(fields[0])
	return kib
}
