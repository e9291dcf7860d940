package main

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/clevertest"
	"github.com/clevercloud-go/clevercloud/examples/internal/cli"
	"github.com/clevercloud-go/clevercloud/examples/internal/term"
	"github.com/clevercloud-go/clevercloud/examples/internal/testenv"
)

// A log is written by several goroutines and read by the test.
type log struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// eventually waits for something that another goroutine or program does.
func eventually(t *testing.T, what string, done func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	late := time.After(30 * time.Second)
	for !done() {
		select {
		case <-tick.C:
		case <-late:
			require.Fail(t, "too late", what)
		}
	}
}

// A bench is an API whose application has logged nothing, and a program that forwards its log.
type bench struct {
	*clevertest.Server
	options
	notes *log
	stop  context.CancelFunc
	ended chan error
}

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{Server: clevertest.NewServer(clevertest.WithLogEntries(0)), notes: &log{}}
	t.Cleanup(b.Close)
	folder := t.TempDir()
	b.options = options{
		to: folder, state: folder, format: "json", every: 10 * time.Millisecond, since: time.Hour,
		apps: []string{string(b.ApplicationID)}, Screen: &term.Screen{Notes: b.notes},
	}
	return b
}

func (b *bench) log(messages ...string) {
	for _, message := range messages {
		b.AppendLogs(b.ApplicationID, clevertest.LogEntry{Message: message})
	}
}

// start runs the program until stop.
func (b *bench) start(t *testing.T) {
	t.Helper()
	var ctx context.Context
	ctx, b.stop = context.WithCancel(t.Context())
	t.Cleanup(b.stop)
	b.ended = make(chan error, 1)
	go func() { b.ended <- b.forward(ctx, b.Client()) }()
}

// finish stops the program once it has forwarded so many entries since the first start, and returns
// the messages in the file.
func (b *bench) finish(t *testing.T, entries int64) []string {
	t.Helper()
	eventually(t, "the entries are forwarded", func() bool {
		at, err := loadPosition(b.path(".position"))
		require.NoError(t, err)
		return at.Entries >= entries
	})
	b.stop()
	require.NoError(t, <-b.ended)
	var messages []string
	for line := range strings.Lines(string(b.file(t))) {
		var e clevercloud.LogEntry
		require.NoError(t, e.UnmarshalJSON([]byte(line)), line)
		messages = append(messages, e.Message)
	}
	return messages
}

func (b *bench) awaitNote(t *testing.T, want string) {
	t.Helper()
	eventually(t, want, func() bool { return strings.Contains(b.notes.String(), want) })
}

func (b *bench) path(extension string) string {
	return filepath.Join(b.to, string(b.ApplicationID)+extension)
}

func (b *bench) file(t *testing.T) []byte {
	t.Helper()
	data, err := os.ReadFile(b.path(".jsonl"))
	if !os.IsNotExist(err) {
		require.NoError(t, err)
	}
	return data
}

func TestForward_ContinuesWhereItStopped(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.log("first", "second")
	b.start(t)
	assert.Equal(t, []string{"first", "second"}, b.finish(t, 2))
	b.log("third")

	b.start(t)

	assert.Equal(t, []string{"first", "second", "third"}, b.finish(t, 3))
	assert.Contains(t, b.notes.String(), "shop: continues after 2 entries")
	assert.Contains(t, b.notes.String(), "shop: 3 entries, 0 unreadable, 0 reconnections\n")
	left, err := filepath.Glob(filepath.Join(b.to, "*"))
	require.NoError(t, err)
	assert.Equal(t, []string{b.path(".jsonl"), b.path(".position")}, left)
}

// forwarded returns a bench that has forwarded two entries, and stopped.
func forwarded(t *testing.T) *bench {
	t.Helper()
	b := newBench(t)
	b.log("first", "second")
	b.start(t)
	b.finish(t, 2)
	return b
}

// What a program that was killed has written behind its position is cut off, whole lines as well.
func TestForward_CutsOffWhatIsBehindThePosition(t *testing.T) {
	t.Parallel()
	b := forwarded(t)
	b.log("third")
	torn := `{"id":"1:1:1","message":"third"}` + "\n" + `{"id":"1:1:2","message":"`
	longer := append(b.file(t), torn+strings.Repeat("x", 10_000)...)
	require.NoError(t, os.WriteFile(b.path(".jsonl"), longer, 0o600))

	b.start(t)

	assert.Equal(t, []string{"first", "second", "third"}, b.finish(t, 3))
}

func TestForward_AFileThatWasRotated(t *testing.T) {
	t.Parallel()
	b := forwarded(t)
	require.NoError(t, os.Rename(b.path(".jsonl"), b.path(".1")))
	b.log("third")

	b.start(t)

	assert.Equal(t, []string{"third"}, b.finish(t, 3))
}

func TestForward_NeverCutsAnotherFile(t *testing.T) {
	t.Parallel()
	b := forwarded(t)
	other := strings.Repeat("the diary of somebody\n", 100)
	require.NoError(t, os.WriteFile(b.path(".jsonl"), []byte(other), 0o600))

	b.start(t)

	assert.ErrorContains(t, <-b.ended, "not the file of the position")
	assert.Equal(t, other, string(b.file(t)))

	require.NoError(t, os.Remove(b.path(".position"))) // without one it is appended to
	b.start(t)
	eventually(t, "the entries are there", func() bool { return len(b.file(t)) > len(other) })
	b.stop()
	require.NoError(t, <-b.ended)
	assert.Equal(t, other, string(b.file(t))[:len(other)])
}

func TestForward_AnUnreadableEntryIsForwarded(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.log("first")
	b.AppendLogs(b.ApplicationID, clevertest.LogEntry{Data: "no JSON"})
	b.start(t)

	assert.Equal(t, []string{"first", "no JSON"}, b.finish(t, 2))

	assert.Contains(t, string(b.file(t)), `"service":"unreadable"`)
	assert.Contains(t, b.notes.String(), "shop: 2 entries, 1 unreadable, 0 reconnections\n")
}

func TestForward_AnApplicationThatHasNeverLogged(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	id := b.AddApplication(clevertest.Application{Name: "silent"})
	b.apps = []string{"silent"}
	b.start(t)
	b.awaitNote(t, "trying again")

	b.AppendLogs(id, clevertest.LogEntry{Message: "at last"})

	b.ApplicationID = id
	assert.Equal(t, []string{"at last"}, b.finish(t, 1))
}

// A receiver gets everything in spite of its absence, of a connection that it drops, and of an end.
func TestForward_AReceiverThatComesAndGoes(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	r := newReceiver(t)
	address := r.Addr().String()
	require.NoError(t, r.Close())
	b.to, b.state, b.since = "tcp://"+address, t.TempDir(), 0
	b.start(t)
	b.awaitNote(t, "the receiver")
	b.log("first", "second")

	r.listen(t, address)
	eventually(t, "the entries are there", func() bool { return r.different() == 2 })
	r.drop()
	b.log("third")
	eventually(t, "the third is there", func() bool { return r.different() == 3 })
	b.stop()

	require.NoError(t, <-b.ended)
	assert.Regexp(t, `shop: 3 entries, 0 unreadable, [1-9]\d* reconnection`, b.notes.String())
	at, err := loadPosition(filepath.Join(b.state, string(b.ApplicationID)+".position"))
	require.NoError(t, err)
	assert.Equal(t, int64(3), at.Entries)
}

// A receiver may lose what it has not taken when it goes: only what was written a while before
// counts as forwarded.
func TestSession_APositionIsBehindAnUncertainSink(t *testing.T) {
	t.Parallel()
	s := &session{sink: &uncertain{}, forwarder: &forwarder{
		options: &options{}, positionFile: filepath.Join(t.TempDir(), "position"),
		format: jsonLines{},
	}}
	saved := func() string {
		at, err := loadPosition(s.positionFile)
		require.NoError(t, err)
		return at.ID
	}
	s.written.Since = time.Now()
	s.flushed = s.written
	for _, step := range []struct{ id, saved string }{{"1", ""}, {"2", "1"}, {"3", "2"}} {
		require.NoError(t, s.put(delivery{entry: clevercloud.LogEntry{ID: step.id}}))
		require.NoError(t, s.commit())
		assert.Equal(t, step.saved, saved())
	}

	require.NoError(t, s.end())
	assert.Equal(t, "3", saved())
}

type uncertain struct{}

func (*uncertain) write([]byte) (int64, error) { return 0, nil }
func (*uncertain) flush() (bool, error)        { return false, nil }
func (*uncertain) end() error                  { return nil }

func TestForward_CredentialsThatAreRejected(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	client := b.Client(clevercloud.WithMaxRetries(0))
	b.Inject(clevertest.Fault{Path: "logs.stream", Status: 401, Times: -1})

	err := b.forward(t.Context(), client)

	assert.ErrorIs(t, err, clevercloud.ErrUnauthorized)
	assert.ErrorContains(t, err, "shop: ")
}

func TestLogforward_Mistakes(t *testing.T) {
	testenv.LoggedIn(t, clevertest.WithLogEntries(0))
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	t.Chdir(t.TempDir())
	mistakes := map[string]string{
		"":                                  "-to is missing",
		"shop":                              "-to is missing",
		"-to logs":                          "name the applications",
		"-too logs shop":                    "-too",
		"-to logs -format xml shop":         "-format is json or syslog",
		"-to udp://127.0.0.1:514 shop":      "-to is a folder or tcp://host:port",
		"-to tcp://127.0.0.1 -state s shop": "missing port",
		"-to tcp://127.0.0.1:514 shop":      "-state is missing",
		"-to logs -every 0s shop":           "-every must be positive",
		"-to logs -since -1h shop":          "-since and -stats not negative",
		"-to logs -stats -1s shop":          "-since and -stats not negative",
		"-to logs shopp":                    `"shopp"`,
		"-to logs shop-db":                  "not an application",
		"-to logs shop shop":                "named twice",
		"-demo shop":                        "-demo takes no application",
	}
	testenv.Mistakes(t, "logforward", logforward, mistakes)
	testenv.NeverPretends(t, "logforward", logforward, "-to", "logs", "shop")
	left, err := os.ReadDir(".")
	require.NoError(t, err)
	assert.Empty(t, left)

	testenv.LoggedIn(t, clevertest.WithLogEntries(0))
	testenv.Failures(t, 1, "logforward", logforward, map[string]string{"shop -to " + file: file})
	t.Setenv("CLEVER_API_TOKEN", "another")
	testenv.Mistakes(t, "logforward", logforward, map[string]string{"shop -to logs": "401"})
}

func TestForward_CountsNowAndThen(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.stats = 5 * time.Millisecond
	b.log("first")
	b.start(t)

	b.awaitNote(t, "shop: 1 entries, 0 unreadable, 0 reconnections\n")

	b.finish(t, 1)
}

func TestLogforward_Demo(t *testing.T) {
	testenv.HalfConfigured(t)
	folder := t.TempDir()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	screen := &term.Screen{Notes: &log{}}
	ended := make(chan int, 1)
	args := []string{"-demo", "-format", "syslog", "-every", "10ms", "-to", folder}
	go func() { ended <- cli.Run(ctx, "logforward", logforward, screen, args...) }()

	eventually(t, "both logs are there", func() bool {
		files, err := filepath.Glob(filepath.Join(folder, "*.log"))
		require.NoError(t, err)
		written := 0
		for _, file := range files {
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			if strings.HasPrefix(string(text), "<30>1 ") {
				written++
			}
		}
		return written == 2
	})
	stop()

	assert.Equal(t, 0, <-ended)
	assert.Contains(t, fmt.Sprint(screen.Notes), "made-up logs")
}

func TestLoadPosition(t *testing.T) {
	t.Parallel()
	negative := `{"since":"2026-01-01T00:00:00Z","length":-1}`
	for _, text := range []string{"", "{", "null", `{"id":"1"}`, negative} {
		name := filepath.Join(t.TempDir(), "position")
		require.NoError(t, os.WriteFile(name, []byte(text), 0o600))
		_, err := loadPosition(name)
		assert.ErrorContains(t, err, name, text)
	}
}

// A receiver is a TCP server that keeps the lines it gets.
type receiver struct {
	net.Listener
	running sync.WaitGroup
	mu      sync.Mutex
	conns   []net.Conn
	ids     map[string]int
}

func newReceiver(t *testing.T) *receiver {
	t.Helper()
	r := &receiver{ids: map[string]int{}}
	r.listen(t, "127.0.0.1:0")
	return r
}
