package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/clevertest"
)

// The program is killed at random while two applications log. A file has each entry once, in order.
// A receiver has each, and knows those that it has twice by their ids. RELIABILITY_REPORT takes the
// figures.
func TestForward_SurvivesKills(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("a program cannot be asked to end there")
	}
	kills, report := 8, os.Getenv("RELIABILITY_REPORT")
	if report != "" {
		kills = 500
	}
	program := filepath.Join(t.TempDir(), "logforward")
	out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput()
	require.NoError(t, err, string(out))
	var figures []string
	for _, to := range []string{"files", "TCP"} {
		t.Run(to, func(t *testing.T) {
			k := newKiller(t, program, to == "TCP")
			started := time.Now()
			for range kills {
				k.kill(t)
			}
			k.stopLogging()
			k.finish(t)
			lost, doubled := k.compare(t)
			assert.Zero(t, lost, "lost")
			assert.Zero(t, doubled, "doubled")
			figures = append(figures, fmt.Sprintf(
				"%s: %d kills, %d entries in %v, %d lost, %d doubled, %d dropped by id", to, kills,
				k.logged(), time.Since(started).Round(time.Second), lost, doubled, k.again))
		})
	}
	t.Log(strings.Join(figures, "; "))
	if report != "" {
		require.NoError(t, os.WriteFile(report, []byte(strings.Join(figures, "; ")+".\n"), 0o600))
	}
}

// A killer runs the program, again and again.
type killer struct {
	api      *clevertest.Server
	apps     []clevercloud.ApplicationID
	args     []string
	program  string
	folder   string
	receiver *receiver
	again    int // received more than once

	stopLogging func()
	mu          sync.Mutex
	ids         map[clevercloud.ApplicationID][]string
}

func newKiller(t *testing.T, program string, overTCP bool) *killer {
	t.Helper()
	k := &killer{
		api:     clevertest.NewServer(clevertest.WithLogEntries(0)),
		program: program, folder: t.TempDir(), ids: map[clevercloud.ApplicationID][]string{},
	}
	t.Cleanup(k.api.Close)
	blog := k.api.AddApplication(clevertest.Application{Name: "blog"})
	k.apps = []clevercloud.ApplicationID{k.api.ApplicationID, blog}
	to := k.folder
	if overTCP {
		k.receiver = newReceiver(t)
		to = "tcp://" + k.receiver.Addr().String()
	}
	k.args = []string{
		"-to", to, "-state", k.folder, "-since", "1h", "-every", "5ms", "shop", "blog",
	}
	over, ended := make(chan struct{}), make(chan struct{})
	k.stopLogging = sync.OnceFunc(func() {
		close(over)
		<-ended
	})
	go k.log(over, ended)
	t.Cleanup(k.stopLogging)
	return k
}

// log appends entries until it is over.
func (k *killer) log(over <-chan struct{}, ended chan<- struct{}) {
	defer close(ended)
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for {
		for _, app := range k.apps {
			message := strings.Repeat("x", rand.IntN(200))
			ids := k.api.AppendLogs(app, clevertest.LogEntry{Message: message})
			k.mu.Lock()
			k.ids[app] = append(k.ids[app], ids...)
			k.mu.Unlock()
		}
		select {
		case <-tick.C:
		case <-over:
			return
		}
	}
}

func (k *killer) logged() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	n := 0
	for _, ids := range k.ids {
		n += len(ids)
	}
	return n
}

func (k *killer) start(t *testing.T) (*exec.Cmd, *log) {
	t.Helper()
	notes := &log{}
	command := exec.Command(k.program, k.args...)
	command.Env = append(os.Environ(), k.api.Environ()...)
	command.Stderr = notes
	require.NoError(t, command.Start())
	return command, notes
}

// kill lets the program run for a while. Now and then a connection to the API breaks.
func (k *killer) kill(t *testing.T) {
	t.Helper()
	if rand.IntN(4) == 0 {
		k.api.Inject(clevertest.Fault{
			Path: "logs.stream", Mode: clevertest.Cut, CutAfter: rand.IntN(5000),
		})
	}
	command, notes := k.start(t)
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()
	select {
	case err := <-ended:
		require.Fail(t, "ended by itself", "%v: %v", err, notes)
	case <-time.After(time.Duration(rand.IntN(300)) * time.Millisecond):
	}
	require.NoError(t, command.Process.Kill())
	<-ended
}

// finish runs the program until it has caught up, and asks it to end.
func (k *killer) finish(t *testing.T) {
	t.Helper()
	k.api.ClearFaults()
	command, notes := k.start(t)
	total := k.logged()
	eventually(t, "it has forwarded all", func() bool {
		n := 0
		for _, app := range k.apps {
			at, err := loadPosition(filepath.Join(k.folder, string(app)+".position"))
			require.NoError(t, err)
			n += int(at.Entries)
		}
		return n == total
	})
	require.NoError(t, command.Process.Signal(syscall.SIGTERM))
	require.NoError(t, command.Wait(), notes)
}

// compare counts what is missing, and what is there again.
func (k *killer) compare(t *testing.T) (lost, doubled int) {
	t.Helper()
	if k.receiver != nil {
		return k.compareReceived()
	}
	for _, app := range k.apps {
		file, err := os.Open(filepath.Join(k.folder, string(app)+".jsonl"))
		require.NoError(t, err)
		defer file.Close()
		seen := map[string]bool{}
		want := k.ids[app]
		for lines := bufio.NewScanner(file); lines.Scan(); {
			var line struct{ ID string }
			require.NoError(t, json.Unmarshal(lines.Bytes(), &line), lines.Text())
			if seen[line.ID] {
				doubled++
				continue
			}
			if len(seen) < len(want) {
				assert.Equal(t, want[len(seen)], line.ID, "the order")
			}
			seen[line.ID] = true
		}
		lost += len(want) - len(seen)
	}
	return lost, doubled
}

// compareReceived is compare for what drops by id: what is doubled for it is what nobody logged.
func (k *killer) compareReceived() (lost, doubled int) {
	k.receiver.mu.Lock()
	defer k.receiver.mu.Unlock()
	left := len(k.receiver.ids)
	for _, ids := range k.ids {
		for _, id := range ids {
			n := k.receiver.ids[id]
			if n == 0 {
				lost++
				continue
			}
			left--
			k.again += n - 1
		}
	}
	return lost, left
}

// listen accepts connections until the test ends.
func (r *receiver) listen(t *testing.T, address string) {
	t.Helper()
	var err error
	r.Listener, err = net.Listen("tcp", address)
	require.NoError(t, err)
	listener := r.Listener
	r.running.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			r.mu.Lock()
			r.conns = append(r.conns, conn)
			r.mu.Unlock()
			r.running.Go(func() { r.take(conn) })
		}
	})
	t.Cleanup(func() {
		_ = listener.Close()
		r.drop()
		r.running.Wait()
	})
}

// take keeps the lines of a connection. What a kill has cut is no line.
func (r *receiver) take(conn net.Conn) {
	defer conn.Close()
	for lines := bufio.NewReader(conn); ; {
		text, err := lines.ReadBytes('\n')
		if err != nil {
			return
		}
		var line struct{ ID string }
		if json.Unmarshal(text, &line) != nil {
			line.ID = string(text)
		}
		r.mu.Lock()
		r.ids[line.ID]++
		r.mu.Unlock()
	}
}

// drop closes the connections.
func (r *receiver) drop() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, conn := range r.conns {
		_ = conn.Close()
	}
	r.conns = nil
}

func (r *receiver) different() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.ids)
}
