package acceptance_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/clevertest"
	"github.com/clevercloud-go/clevercloud/internal/testkit"
	r3labs "github.com/r3labs/sse/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// quick reconnects without making a test wait.
var quick = clevercloud.RetryPolicy{MinWait: time.Millisecond, MaxWait: 10 * time.Millisecond}

// An independent server: other spaces, another order of fields, and a resumption that repeats the last entry.
func TestLogsStream_R3LabsServer(t *testing.T) {
	t.Parallel()
	const n = 300
	peer := r3labs.New()
	peer.AutoReplay = true
	peer.CreateStream("logs")
	for i := range n {
		peer.Publish("logs", &r3labs.Event{Event: []byte("APPLICATION_LOG"), Data: fmt.Appendf(nil, `{"message":"line %d"}`, i)})
	}
	server := httptest.NewServer(peer)
	defer server.Close()
	defer peer.Close()
	client, err := clevercloud.New(
		clevercloud.WithBaseURL("http://"+cuttingProxy(t, server.Listener.Addr().String(), 5000)), clevercloud.WithQuery("stream", "logs"))
	require.NoError(t, err)

	var messages []string
	reconnects := 0
	q := clevercloud.LogQuery{Limit: n, Reconnect: quick, OnReconnect: func(clevercloud.Reconnect) { reconnects++ }}
	for entry, err := range client.Logs.Stream(t.Context(), "orga_1", "app_1", q) {
		require.NoError(t, err)
		messages = append(messages, entry.Message)
	}

	assert.Equal(t, testkit.Lines(n), messages)
	assert.Positive(t, reconnects)
}

// cuttingProxy passes connections on to backend and resets each after so many bytes of its answer, wherever that is.
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
	server := clevertest.NewServer(clevertest.WithHeartbeat(10*time.Millisecond), clevertest.WithLogEntries(0))
	defer server.Close()
	client := server.Client()
	const n = 60
	for i := range n / 2 {
		server.AppendLogs(server.ApplicationID, clevertest.LogEntry{Message: fmt.Sprintf("line %d", i)})
	}

	var messages, whys []string
	q := clevercloud.LogQuery{
		Since: time.Now().Add(-time.Hour), Limit: n, IdleTimeout: 200 * time.Millisecond, Reconnect: quick,
		ThrottleElements: 1000, ThrottlePer: time.Millisecond,
		OnReconnect: func(r clevercloud.Reconnect) { whys = append(whys, r.Err.Error()) },
	}
	for entry, err := range client.Logs.Stream(t.Context(), server.OwnerID, server.ApplicationID, q) {
		require.NoError(t, err)
		messages = append(messages, entry.Message)
		switch len(messages) {
		case n / 2:
			server.Redeploy()
			for i := n / 2; i < n-10; i++ {
				server.AppendLogs(server.ApplicationID, clevertest.LogEntry{Message: fmt.Sprintf("line %d", i)})
			}
		case n - 10:
			server.Inject(clevertest.Fault{Path: "logs.stream", Status: http.StatusServiceUnavailable, Times: 2})
			server.Redeploy()
			for i := n - 10; i < n; i++ {
				server.AppendLogs(server.ApplicationID, clevertest.LogEntry{Message: fmt.Sprintf("line %d", i)})
			}
		}
	}

	assert.Equal(t, testkit.Lines(n), messages)
	assert.Contains(t, strings.Join(whys, "\n"), "timed out after 200ms without data")
	assert.Contains(t, strings.Join(whys, "\n"), "503 service unavailable")
}

func TestLogsStream_EmbeddedAPIEnds(t *testing.T) {
	t.Parallel()
	server := clevertest.NewServer(clevertest.WithHeartbeat(10 * time.Millisecond))
	defer server.Close()
	client, now := server.Client(), time.Now()
	week := now.Add(-7 * 24 * time.Hour)

	t.Run("at Until", func(t *testing.T) {
		for _, err := range client.Logs.Stream(t.Context(), server.OwnerID, server.ApplicationID, clevercloud.LogQuery{Since: week, Until: now.Add(-time.Hour)}) {
			require.NoError(t, err)
		}
	})
	t.Run("when an application has not logged", func(t *testing.T) {
		app := server.AddApplication(clevertest.Application{})
		for _, err := range client.Logs.Stream(t.Context(), server.OwnerID, app, clevercloud.LogQuery{}) {
			require.ErrorIs(t, err, clevercloud.ErrNotFound)
		}
	})
	t.Run("with every field of an add-on's entries", func(t *testing.T) {
		n := 0
		q := clevercloud.LogQuery{Since: week, Limit: 3}
		for entry, err := range client.Logs.StreamResource(t.Context(), server.OwnerID, server.ResourceID, q) {
			require.NoError(t, err)
			assert.NotEmpty(t, entry.ResourceID)
			assert.NotEmpty(t, entry.Hostname)
			n++
		}
		assert.Equal(t, 3, n)
	})
	t.Run("with every field of an access log's", func(t *testing.T) {
		n := 0
		for entry, err := range client.Logs.StreamAccess(t.Context(), server.OwnerID, server.ApplicationID, clevercloud.LogQuery{Since: week, Limit: 3}) {
			require.NoError(t, err)
			assert.NotEmpty(t, entry.Source.IP)
			assert.NotZero(t, entry.BytesOut)
			n++
		}
		assert.Equal(t, 3, n)
	})
}
