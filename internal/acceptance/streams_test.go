package acceptance_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	r3labs "github.com/r3labs/sse/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/clevertest"
	"github.com/clevercloud-go/clevercloud/internal/testkit"
)

// quick reconnects without making a test wait.
var quick = clevercloud.RetryPolicy{MinWait: 1, MaxWait: time.Millisecond}

// A blackhole is a connection over which nothing comes or goes once it is frozen, and which stays open.
type blackhole struct {
	net.Conn
	frozen atomic.Bool
}

func (c *blackhole) Write(p []byte) (int, error) {
	if c.frozen.Load() {
		return len(p), nil
	}
	return c.Conn.Write(p)
}

func (c *blackhole) Read(p []byte) (int, error) {
	for {
		n, err := c.Conn.Read(p)
		if err != nil || !c.frozen.Load() {
			return n, err
		}
	}
}

// overHTTP2 serves the log of numbered lines, each as soon as it is wanted, and returns a client of it and
// the connections that it makes.
func overHTTP2(t *testing.T, header http.Header) (*clevercloud.Client, *[]*blackhole) {
	t.Helper()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		assert.Equal(t, 2, req.ProtoMajor)
		next := 0
		if id := req.Header.Get("Last-Event-Id"); id != "" {
			last, err := strconv.Atoi(id)
			assert.NoError(t, err)
			next = last + 1
		}
		for key, values := range header {
			w.Header()[key] = values
		}
		w.Header().Set("Content-Type", "text/event-stream")
		for i := next; i < next+3; i++ {
			_, _ = fmt.Fprintf(w, "id:%d\nevent:APPLICATION_LOG\ndata:{\"message\":\"line %d\"}\n\n", i, i)
			_ = http.NewResponseController(w).Flush()
		}
		if header == nil {
			<-req.Context().Done()
		}
	}))
	server.EnableHTTP2 = true
	server.StartTLS()
	t.Cleanup(server.Close)
	var dialed []*blackhole
	transport := server.Client().Transport.(*http.Transport).Clone()
	transport.ForceAttemptHTTP2 = true
	transport.HTTP2 = &http.HTTP2Config{SendPingTimeout: 50 * time.Millisecond, PingTimeout: 50 * time.Millisecond}
	transport.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		dialed = append(dialed, &blackhole{Conn: conn})
		return dialed[len(dialed)-1], nil
	}
	t.Cleanup(transport.CloseIdleConnections)
	client, err := clevercloud.New(clevercloud.WithBaseURL(server.URL), clevercloud.WithHTTPClient(&http.Client{Transport: transport}))
	require.NoError(t, err)
	return client, &dialed
}

// Behind a relay that stops forwarding, a stream resumes over another connection: whether it is its own
// silence that it notices, or that of the connection.
func TestStreams_FrozenHTTP2(t *testing.T) {
	t.Parallel()
	for name, idle := range map[string]time.Duration{"by its pings": time.Minute, "by its silence": 20 * time.Millisecond} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, dialed := overHTTP2(t, nil)
			var got []string
			var lost []error
			q := clevercloud.LogQuery{
				IdleTimeout: idle, Reconnect: quick, Limit: 9,
				OnReconnect: func(r clevercloud.Reconnect) { lost = append(lost, r.Err) },
			}

			for entry, err := range client.Logs.Stream(t.Context(), "orga_1", "app_1", q, clevercloud.WithTimeout(5*time.Second)) {
				require.NoError(t, err)
				if got = append(got, entry.Message); len(got)%3 == 0 {
					(*dialed)[len(*dialed)-1].frozen.Store(true)
				}
			}

			assert.Equal(t, testkit.Lines(9), got)
			assert.NotEmpty(t, lost)
			assert.Len(t, *dialed, 3, "%v", lost)
		})
	}
}

// A connection that the server is about to close is not used for the next one.
func TestStreams_GoAway(t *testing.T) {
	t.Parallel()
	client, dialed := overHTTP2(t, http.Header{"Connection": {"close"}}) // net/http's way to send GOAWAY
	var got []string
	q := clevercloud.LogQuery{Reconnect: quick, Limit: 9}

	for entry, err := range client.Logs.Stream(t.Context(), "orga_1", "app_1", q) {
		require.NoError(t, err)
		got = append(got, entry.Message)
	}

	assert.Equal(t, testkit.Lines(9), got)
	assert.Len(t, *dialed, 3)
}

// An independent server writes other spaces and another order of fields, and repeats the last entry
// on resumption.
func TestLogsStream_R3LabsServer(t *testing.T) {
	t.Parallel()
	const n = 300
	peer := r3labs.New()
	peer.AutoReplay = true
	peer.CreateStream("logs")
	for _, line := range testkit.Lines(n) {
		data := []byte(`{"message":"` + line + `"}`)
		peer.Publish("logs", &r3labs.Event{Event: []byte("APPLICATION_LOG"), Data: data})
	}
	server := httptest.NewServer(peer)
	defer server.Close()
	defer peer.Close()
	proxy := cuttingProxy(t, server.Listener.Addr().String(), 5000)
	client, err := clevercloud.New(
		clevercloud.WithBaseURL("http://"+proxy), clevercloud.WithQuery("stream", "logs"))
	require.NoError(t, err)

	var messages []string
	reconnects := 0
	q := clevercloud.LogQuery{
		Limit: n, Reconnect: quick, OnReconnect: func(clevercloud.Reconnect) { reconnects++ },
	}
	for entry, err := range client.Logs.Stream(t.Context(), "orga_1", "app_1", q) {
		require.NoError(t, err)
		messages = append(messages, entry.Message)
	}

	assert.Equal(t, testkit.Lines(n), messages)
	assert.Positive(t, reconnects)
}

// cuttingProxy forwards connections to backend and resets each after a number of bytes of the
// response.
func cuttingProxy(t *testing.T, backend string, bytes int64) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	var running sync.WaitGroup
	t.Cleanup(func() {
		listener.Close()
		running.Wait()
	})
	pass := func(client net.Conn) {
		defer client.Close()
		server, err := net.Dial("tcp", backend)
		if err != nil {
			return
		}
		running.Go(func() { _, _ = io.Copy(server, client) })
		_, _ = io.CopyN(client, server, bytes)
		_ = client.(*net.TCPConn).SetLinger(0)
		server.Close()
	}
	running.Go(func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			running.Go(func() { pass(client) })
		}
	})
	return listener.Addr().String()
}

func TestLogsStream_EmbeddedAPI(t *testing.T) {
	t.Parallel()
	server := clevertest.NewServer(
		clevertest.WithHeartbeat(10*time.Millisecond), clevertest.WithLogEntries(0))
	defer server.Close()
	const n = 60
	log := func(from, to int) {
		for _, line := range testkit.Lines(to)[from:] {
			server.AppendLogs(server.ApplicationID, clevertest.LogEntry{Message: line})
		}
	}
	log(0, n/2)

	var messages, whys []string
	q := clevercloud.LogQuery{
		Since: time.Now().Add(-time.Hour), Limit: n,
		IdleTimeout: 200 * time.Millisecond, Reconnect: quick,
		ThrottleElements: 1000, ThrottlePer: time.Millisecond,
		OnReconnect: func(r clevercloud.Reconnect) { whys = append(whys, r.Err.Error()) },
	}
	logs := server.Client().Logs.Stream(t.Context(), server.OwnerID, server.ApplicationID, q)
	for entry, err := range logs {
		require.NoError(t, err)
		messages = append(messages, entry.Message)
		switch len(messages) {
		case n / 2:
			server.Redeploy()
			log(n/2, n-10)
		case n - 10:
			server.Inject(clevertest.Fault{Path: "logs.stream", Status: 503, Times: 2})
			server.Redeploy()
			log(n-10, n)
		}
	}

	assert.Equal(t, testkit.Lines(n), messages)
	assert.Contains(t, strings.Join(whys, "\n"), "timed out after 200ms without data")
	assert.Contains(t, strings.Join(whys, "\n"), "503 service unavailable")
}

// A program that follows a log is killed at any moment, and continues after the last entry that it kept:
// nothing is lost and nothing comes twice. RELIABILITY_REPORT takes the figures.
func TestRestarts(t *testing.T) {
	t.Parallel()
	kills := 100
	report := os.Getenv("RELIABILITY_REPORT")
	if report != "" {
		kills = 2000
	}
	api := clevertest.NewServer(clevertest.WithLogEntries(0), clevertest.WithHeartbeat(20*time.Millisecond))
	defer api.Close()
	rng := rand.New(rand.NewPCG(1, 2))
	w := &restarts{Server: api, rng: rng, since: api.Now().Add(-time.Hour)}
	start := time.Now()

	for w.killed < kills {
		w.append(rng.IntN(20))
		w.fault()
		w.run(t, rng.IntN(15))
	}
	api.ClearFaults()
	for w.handled < w.appended {
		w.run(t, 1000)
	}

	assert.Zero(t, w.doubled)
	assert.Equal(t, w.appended, w.handled)
	if report != "" {
		text := fmt.Sprintf("%d kills and %d reconnections over %d entries in %v: %d lost, %d doubled.\n",
			w.killed, w.reconnected, w.appended, time.Since(start).Round(time.Second), w.appended-w.handled, w.doubled)
		require.NoError(t, os.WriteFile(report, []byte(text), 0o600))
	}
}

// restarts is a log, and a program that follows it, and what it keeps.
type restarts struct {
	*clevertest.Server
	rng   *rand.Rand
	since time.Time
	// position survives a kill.
	position                                        string
	appended, handled, doubled, killed, reconnected int
}

func (w *restarts) append(n int) {
	for range n {
		w.AppendLogs(w.ApplicationID, clevertest.LogEntry{Message: strconv.Itoa(w.appended)})
		w.appended++
	}
}

// fault makes something go wrong with a connection to come, or with the open ones.
func (w *restarts) fault() {
	f := clevertest.Fault{Path: "logs.stream", CutAfter: w.rng.IntN(4000)}
	switch w.rng.IntN(8) {
	case 0:
		f.Mode = clevertest.Cut
	case 1:
		f.Mode = clevertest.Reset
	case 2:
		f.Mode = clevertest.EOF
	case 3:
		f.Mode = clevertest.Silence
	case 4:
		f = clevertest.Fault{Path: "logs.stream", Status: http.StatusServiceUnavailable}
	default:
		return
	}
	w.Inject(f)
}

// run follows the log like a program that has just been started, for some milliseconds or until it has
// handled all there is.
func (w *restarts) run(t *testing.T, milliseconds int) {
	t.Helper()
	ctx, kill := context.WithTimeout(t.Context(), time.Duration(milliseconds)*time.Millisecond)
	defer kill()
	client := w.Client(promptly)
	defer client.CloseIdleConnections()
	q := clevercloud.LogQuery{
		Since: w.since, LastEventID: w.position, ThrottleElements: 100_000, ThrottlePer: time.Millisecond,
		IdleTimeout: 100 * time.Millisecond, Reconnect: quick,
		OnReconnect: func(clevercloud.Reconnect) { w.reconnected++ },
	}
	for entry, err := range client.Logs.Stream(ctx, w.OwnerID, w.ApplicationID, q) {
		if errors.Is(err, context.DeadlineExceeded) || clevercloud.IsTransient(err) {
			break // an API that is down for long ends the program, too
		}
		require.NoError(t, err)
		if w.rng.IntN(50) == 0 {
			break // killed before the entry was handled
		}
		n, err := strconv.Atoi(strings.TrimSpace(entry.Message))
		require.NoError(t, err)
		if n < w.handled {
			w.doubled++
			continue
		}
		require.Equal(t, w.handled, n, "entries were lost")
		w.handled, w.position = n+1, entry.ID
		if w.rng.IntN(10) == 0 {
			w.append(w.rng.IntN(3))
		}
		if milliseconds >= 1000 && w.handled == w.appended {
			return
		}
	}
	w.killed++
}
