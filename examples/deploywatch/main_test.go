package main

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/clevertest"
	"github.com/clevercloud-go/clevercloud/examples/internal/term"
	"github.com/clevercloud-go/clevercloud/examples/internal/testenv"
)

// A bench is an API and a watch whose time is virtual.
type bench struct {
	*clevertest.Server
	client     *clevercloud.Client
	watch      *watch
	out, notes bytes.Buffer
}

// inBubble runs test with an API that has no logs yet. A goroutine left behind fails it.
func inBubble(t *testing.T, test func(t *testing.T, b *bench)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := &pipes{conns: make(chan net.Conn), closed: make(chan struct{})}
		server := clevertest.NewServer(clevertest.WithListener(l), clevertest.WithStepDuration(10*time.Second), clevertest.WithLogEntries(0))
		defer server.Close()
		transport := &http.Transport{DialContext: l.dial}
		defer transport.CloseIdleConnections()
		b := &bench{Server: server, client: server.Client(clevercloud.WithHTTPClient(&http.Client{Transport: transport}))}
		b.watch = &watch{
			Screen: &term.Screen{Out: &b.out, Notes: &b.notes}, owner: server.OwnerID, app: server.ApplicationID,
			timeout: time.Hour, quiet: 3 * time.Second,
		}
		test(t, b)
	})
}

// pipes is a network inside the process.
type pipes struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func (l *pipes) Accept() (net.Conn, error) {
	select {
	case conn := <-l.conns:
		return conn, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *pipes) Close() error   { l.once.Do(func() { close(l.closed) }); return nil }
func (l *pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1} }

func (l *pipes) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	ours, theirs := net.Pipe()
	select {
	case l.conns <- theirs:
		return ours, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func TestWatch_ShowsStepsAndLogsUntilTheEnd(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bench) {
		id := b.AddDeployment(b.ApplicationID, clevertest.Deployment{State: "QUEUED", CommitID: "c0ffee42b7d9"})
		say := func(after time.Duration, message string, of clevercloud.DeploymentID) {
			time.AfterFunc(after, func() {
				b.AppendLogs(b.ApplicationID, clevertest.LogEntry{Message: message, DeploymentID: of})
			})
		}
		say(12*time.Second, "building \x1b[31mred\x1b[0m\r", id)
		say(13*time.Second, "of another", b.DeploymentID)
		say(22900*time.Millisecond, "a late word", id) // the end is seen at 22.75 s
		say(24*time.Second, "its later life", id)
		began := time.Now()

		code := b.watch.run(t.Context(), b.client)

		assert.Equal(t, exitSucceeded, code)
		assert.Equal(t, strings.TrimSpace(`
`+string(id)+`  DEPLOY c0ffee42 (git push)
==> QUEUED after 0s
XX bas        Preparing the build of the application
==> WORK_IN_PROGRESS after 10s
XX bas-deploy building red
XX bas        Application deployed in a few seconds
==> SUCCEEDED after 20s
XX bas-deploy a late word`), strings.TrimSpace(withoutTimes(b.out.String())))
		assert.Empty(t, b.notes.String())
		assert.Less(t, time.Since(began), 25*time.Second)
	})
}

// TestWatch_EachLateEntryMayBeFollowedByAnother has entries that are older than their arrival.
func TestWatch_EachLateEntryMayBeFollowedByAnother(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bench) {
		b.AddDeployment(b.ApplicationID, clevertest.Deployment{State: "QUEUED"})
		began := time.Now()
		for after, message := range map[time.Duration]string{25: "first", 27: "second", 31: "too late"} { // the end is seen at 22.75 s
			time.AfterFunc(after*time.Second, func() {
				b.AppendLogs(b.ApplicationID, clevertest.LogEntry{Message: message, Date: began.Add(20 * time.Second), DeploymentID: b.watch.deployment})
			})
		}

		assert.Equal(t, exitSucceeded, b.watch.run(t.Context(), b.client))

		assert.Equal(t, 30*time.Second, time.Since(began))
		assert.Contains(t, b.out.String(), "second")
		assert.NotContains(t, b.out.String(), "too late")
	})
}

// TestWatch_InterruptedAfterTheEnd does not wait for the last logs.
func TestWatch_InterruptedAfterTheEnd(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bench) {
		b.AddDeployment(b.ApplicationID, clevertest.Deployment{State: "QUEUED", Outcome: "FAILED"})
		b.watch.quiet = time.Hour
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(24*time.Second, cancel)
		began := time.Now()

		assert.Equal(t, exitFailed, b.watch.run(ctx, b.client))

		assert.Equal(t, 24*time.Second, time.Since(began))
	})
}

// withoutTimes puts XX in place of the time of day that log lines begin with.
func withoutTimes(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if len(line) > 8 && line[2] == ':' && line[5] == ':' {
			lines[i] = "XX" + line[8:]
		}
	}
	return strings.Join(lines, "\n")
}

func TestWatch_ExitStatus(t *testing.T) {
	for state, want := range map[string]int{"FAILED": exitFailed, "CANCELLED": exitNotOver, "SUCCEEDED": exitSucceeded} {
		t.Run(state, func(t *testing.T) {
			inBubble(t, func(t *testing.T, b *bench) {
				b.AddDeployment(b.ApplicationID, clevertest.Deployment{State: "WORK_IN_PROGRESS", Outcome: state})

				assert.Equal(t, want, b.watch.run(t.Context(), b.client))

				assert.Contains(t, b.out.String(), "==> "+state+" after ")
			})
		})
	}
}

func TestWatch_TimesOut(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bench) {
		b.AddDeployment(b.ApplicationID, clevertest.Deployment{State: "QUEUED", Hold: true})
		b.watch.timeout = time.Minute
		began := time.Now()

		assert.Equal(t, exitNotOver, b.watch.run(t.Context(), b.client))

		assert.Equal(t, time.Minute, time.Since(began))
		assert.Equal(t, "Not over after 1m0s; the deployment goes on.\n", b.notes.String())
	})
}

func TestWatch_Interrupted(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bench) {
		b.AddDeployment(b.ApplicationID, clevertest.Deployment{State: "QUEUED", Hold: true})
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(5*time.Second, cancel)

		assert.Equal(t, exitInterrupted, b.watch.run(ctx, b.client))

		assert.Equal(t, "Interrupted; the deployment goes on.\n", b.notes.String())
	})
}

// TestWatch_EndedLongAgo does not show what the application has said since.
func TestWatch_EndedLongAgo(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bench) {
		now := b.Now()
		id := b.AddDeployment(b.ApplicationID, clevertest.Deployment{StartDate: now.Add(-24 * time.Hour)})
		for after, message := range map[time.Duration]string{time.Minute: "its build", time.Hour: "its later life"} {
			b.AppendLogs(b.ApplicationID, clevertest.LogEntry{Date: now.Add(-24*time.Hour + after), DeploymentID: id, Message: message})
		}

		assert.Equal(t, exitSucceeded, b.watch.run(t.Context(), b.client))

		assert.Contains(t, b.out.String(), "==> SUCCEEDED after 2m22s")
		assert.NotContains(t, b.out.String(), "its later life")
	})
}

func TestWatch_SurvivesTroubleWithTheLogs(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bench) {
		b.AddDeployment(b.ApplicationID, clevertest.Deployment{State: "QUEUED"})
		b.Inject(clevertest.Fault{Path: "logs.stream", Status: http.StatusNotFound, Times: 2}, clevertest.Fault{Path: "logs.stream", Status: http.StatusForbidden, Skip: 1})
		time.AfterFunc(11*time.Second, b.Redeploy)

		assert.Equal(t, exitSucceeded, b.watch.run(t.Context(), b.client))

		assert.Contains(t, b.out.String(), "Preparing the build")
		assert.Contains(t, b.notes.String(), "No more logs: clevercloud: logs.stream: 403")
	})
}

func TestWatch_StatusLine(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bench) {
		b.AddDeployment(b.ApplicationID, clevertest.Deployment{State: "QUEUED"})
		b.watch.Screen = &term.Screen{Out: &b.out, Notes: &b.notes, Terminal: true, Live: true, Colour: true}

		assert.Equal(t, exitSucceeded, b.watch.run(t.Context(), b.client))

		assert.Contains(t, b.notes.String(), "QUEUED  5s  log lines: 0\r\x1b[K")
		assert.True(t, strings.HasSuffix(b.notes.String(), "\r\x1b[K"), "it is taken away at the end")
		assert.Contains(t, b.out.String(), "\x1b[32m==> SUCCEEDED\x1b[0m")
	})
}

func TestWatch_NobodyReads(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bench) {
		b.AddDeployment(b.ApplicationID, clevertest.Deployment{State: "QUEUED", Hold: true})
		b.watch.Screen.Out = testenv.ClosedPipe{}

		assert.Equal(t, exitError, b.watch.run(t.Context(), b.client))

		assert.Empty(t, b.notes.String())
	})
}

// TestRun goes the way of the command line.
func TestRun(t *testing.T) {
	server := clevertest.NewServer(clevertest.WithStepDuration(0))
	defer server.Close()
	testenv.LoggedIn(t, server)
	owner := server.AddOrganisation("Empty")
	empty := server.AddApplication(clevertest.Application{OwnerID: owner})
	for name, tc := range map[string]struct {
		args  []string
		code  int
		notes string
	}{
		"a name":            {[]string{"-app", "shop", "-quiet", "1ns"}, exitSucceeded, ""},
		"an id, one failed": {[]string{"-app", string(server.ApplicationID), "-deployment", string(server.FailedDeploymentID), "-quiet", "1ns"}, exitFailed, ""},
		"no deployment":     {[]string{"-app", string(empty)}, exitError, "has no deployment"},
		"an add-on":         {[]string{"-app", "shop-db"}, exitError, "is an add-on"},
		"unknown":           {[]string{"-app", "nothing"}, exitError, `no application or add-on "nothing"`},
		"no application":    {nil, exitError, "-app is needed"},
		"unknown flag":      {[]string{"-nothing"}, exitError, "flag provided but not defined"},
		"help":              {[]string{"-h"}, exitSucceeded, "-deployment"},
	} {
		t.Run(name, func(t *testing.T) {
			var out, notes bytes.Buffer

			code := run(t.Context(), tc.args, &term.Screen{Out: &out, Notes: &notes})

			assert.Equal(t, tc.code, code, notes.String())
			assert.Contains(t, notes.String(), tc.notes)
			assert.NotContains(t, out.String()+notes.String(), "\x1b")
			assert.NotContains(t, out.String()+notes.String(), server.Token.Reveal())
		})
	}
}

func TestRun_WithoutCredentials(t *testing.T) {
	testenv.Anonymous(t)
	ctx, cancel := context.WithCancel(t.Context())
	var out, notes bytes.Buffer
	stop := &stopAt{Buffer: &out, at: "QUEUED", stop: cancel}

	assert.Equal(t, exitInterrupted, run(ctx, nil, &term.Screen{Out: stop, Notes: &notes}))

	assert.Contains(t, out.String(), "==> QUEUED")
	assert.Contains(t, notes.String(), "made-up")
}

// stopAt ends a context when a text is written.
type stopAt struct {
	*bytes.Buffer
	at   string
	stop context.CancelFunc
}

func (s *stopAt) Write(p []byte) (int, error) {
	if bytes.Contains(p, []byte(s.at)) {
		s.stop()
	}
	return s.Buffer.Write(p)
}

func TestRun_HalfConfigured(t *testing.T) {
	want := testenv.HalfConfigured(t)
	var out, notes bytes.Buffer

	status := run(t.Context(), []string{"-app", "app_1"}, &term.Screen{Out: &out, Notes: &notes})

	assert.Equal(t, 2, status)
	assert.Equal(t, "deploywatch: "+want+"\n", notes.String())
	assert.Empty(t, out.String())
}
