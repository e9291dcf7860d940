package main

import (
	"bytes"
	"context"
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
		apps: []string{string(b.ApplicationID)}, screen: &term.Screen{Notes: b.notes},
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
	assert.Contains(t, b.notes.String(), "shop: 3 entries, 0 unreadable, 0 reconnections")
	left, err := filepath.Glob(filepath.Join(b.to, "*"))
	require.NoError(t, err)
	assert.Equal(t, []string{b.path(".jsonl"), b.path(".position")}, left)
}

// What a program that was killed has written behind its position is cut off, whole lines as well.
func TestForward_CutsOffWhatIsBehindThePosition(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.log("first", "second")
	b.start(t)
	b.finish(t, 2)
	b.log("third")
	torn := `{"id":"1:1:1","message":"third"}` + "\n" + `{"id":"1:1:2","message":"`
	appendTo(t, b.path(".jsonl"), torn+strings.Repeat("x", 10_000))

	b.start(t)

	assert.Equal(t, []string{"first", "second", "third"}, b.finish(t, 3))
}

func appendTo(t *testing.T, name, text string) {
	t.Helper()
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_APPEND, 0)
	require.NoError(t, err)
	_, err = file.WriteString(text)
	require.NoError(t, err)
	require.NoError(t, file.Close())
}

func TestForward_AFileThatWasRotated(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.log("first", "second")
	b.start(t)
	b.finish(t, 2)
	require.NoError(t, os.Rename(b.path(".jsonl"), b.path(".1")))
	b.log("third")

	b.start(t)

	assert.Equal(t, []string{"third"}, b.finish(t, 3))
}

func TestForward_NeverCutsAnotherFile(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.log("first", "second")
	b.start(t)
	b.finish(t, 2)
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

	b.finish(t, 2)

	assert.Contains(t, string(b.file(t)), `"unreadable":"no JSON"}`)
	assert.Contains(t, b.notes.String(), "2 entries, 1 unreadable")
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
	b.to, b.state = "tcp://"+address, t.TempDir()
	b.log("first", "second")
	b.start(t)
	b.awaitNote(t, "the receiver")

	r.listen(t, address)
	eventually(t, "the entries are there", func() bool { return r.different() == 2 })
	r.drop()
	b.log("third")
	eventually(t, "the third is there", func() bool { return r.different() == 3 })
	b.stop()

	require.NoError(t, <-b.ended)
	at, err := loadPosition(filepath.Join(b.state, string(b.ApplicationID)+".position"))
	require.NoError(t, err)
	assert.Equal(t, int64(3), at.Entries)
}

// A receiver may lose what it has not taken when it goes: only what was written a while before
// counts as forwarded.
func TestSession_APositionIsBehindAnUncertainSink(t *testing.T) {
	t.Parallel()
	s := &session{sink: &uncertain{}, forwarder: &forwarder{
		options: &options{}, positionFile: filepath.Join(t.TempDir(), "position"), format: jsonLines{},
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

type uncertain struct{ sink }

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

func TestRun_Mistakes(t *testing.T) {
	api := clevertest.NewServer(clevertest.WithLogEntries(0))
	defer api.Close()
	testenv.LoggedIn(t, api)
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	for name, args := range map[string]string{
		"nothing":                "",
		"no destination":         "shop",
		"no application":         "-to logs",
		"an unknown flag":        "-too logs shop",
		"an unknown format":      "-to logs -format xml shop",
		"another scheme":         "-to udp://127.0.0.1:514 -state s shop",
		"no port":                "-to tcp://127.0.0.1 -state s shop",
		"no place for position":  "-to tcp://127.0.0.1:514 shop",
		"no interval":            "-to logs -every 0s shop",
		"a time to come":         "-to logs -since -1h shop",
		"an unknown name":        "-to logs shopp",
		"an add-on":              "-to logs shop-db",
		"one name twice":         "-to logs shop shop",
		"an application made up": "-demo shop",
	} {
		t.Run(name, func(t *testing.T) {
			var notes bytes.Buffer
			t.Chdir(t.TempDir())

			status := run(t.Context(), strings.Fields(args), &term.Screen{Notes: &notes})

			assert.Equal(t, exitMistake, status)
			assert.Regexp(t, `^logforward: [^\n]+\n$`, notes.String())
			left, err := os.ReadDir(".")
			require.NoError(t, err)
			assert.Empty(t, left)
		})
	}
	t.Run("a folder that is a file", func(t *testing.T) {
		var notes bytes.Buffer
		args := []string{"-to", file, "shop"}
		assert.Equal(t, exitFailed, run(t.Context(), args, &term.Screen{Notes: &notes}))
		assert.Contains(t, notes.String(), file)
	})
	t.Run("credentials that are rejected", func(t *testing.T) {
		t.Setenv("CLEVER_API_TOKEN", "another")
		var notes bytes.Buffer
		args := []string{"-to", t.TempDir(), "shop"}
		assert.Equal(t, exitMistake, run(t.Context(), args, &term.Screen{Notes: &notes}))
		assert.Regexp(t, `^logforward: [^\n]+401[^\n]+\n$`, notes.String())
	})
	t.Run("help is none", func(t *testing.T) {
		var notes bytes.Buffer
		assert.Equal(t, 0, run(t.Context(), []string{"-h"}, &term.Screen{Notes: &notes}))
		assert.Contains(t, notes.String(), "-format")
	})
}

func TestRun_NeverPretends(t *testing.T) {
	folder := t.TempDir()
	testenv.NeverPretends(t, "logforward", func(screen *term.Screen) int {
		return run(t.Context(), []string{"-to", folder, "shop"}, screen)
	})
	left, err := os.ReadDir(folder)
	require.NoError(t, err)
	assert.Empty(t, left)
}

func TestRun_HalfConfiguredDemo(t *testing.T) {
	want := testenv.HalfConfigured(t)
	var notes bytes.Buffer

	assert.Equal(t, exitMistake, run(t.Context(), []string{"-demo"}, &term.Screen{Notes: &notes}))

	assert.Equal(t, "logforward: "+want+"\n", notes.String())
}

func TestRun_Demo(t *testing.T) {
	testenv.Anonymous(t)
	temporary := t.TempDir()
	for _, name := range []string{"TMPDIR", "TMP", "TEMP"} {
		t.Setenv(name, temporary)
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	notes := &log{}
	ended := make(chan int, 1)
	args := []string{"-demo", "-format", "syslog", "-every", "10ms"}
	go func() { ended <- run(ctx, args, &term.Screen{Notes: notes}) }()

	eventually(t, "both logs are there", func() bool {
		files, err := filepath.Glob(filepath.Join(temporary, "*", "*.log"))
		require.NoError(t, err)
		for _, file := range files {
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			if !strings.HasPrefix(string(text), "<30>1 ") {
				return false
			}
		}
		return len(files) == 2
	})
	stop()

	assert.Equal(t, 0, <-ended)
	assert.Contains(t, notes.String(), "made-up logs")
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
	assert.Error(t, position{}.save(filepath.Join(t.TempDir(), "none", "position")))
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
