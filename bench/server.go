package bench

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// NewServer starts the API, as far as it is measured, on the loopback interface: HTTP/2 over TLS,
// otherwise HTTP/1.1.
func NewServer(overTLS bool) *httptest.Server {
	s := httptest.NewUnstartedServer(new(server))
	if !overTLS {
		s.Start()
		return s
	}
	s.EnableHTTP2 = true
	// Go's client would open another connection at 250 streams.
	s.Config.HTTP2 = &http.HTTP2Config{MaxConcurrentStreams: 20_000}
	s.StartTLS()
	return s
}

// A server counts its open streams.
type server struct{ streams atomic.Int64 }

// slowly is the application whose stream has an entry every 2 ms.
const slowly = "app_slow"

// ServeHTTP answers. A log stream has as many entries as the query's limit says; without one it has
// heartbeats. /streams is the number of open streams.
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.URL.Path == "/streams":
		fmt.Fprint(w, s.streams.Load())
	case strings.HasPrefix(r.URL.Path, logsPath):
		s.streams.Add(1)
		defer s.streams.Add(-1)
		w.Header().Set("Content-Type", "text/event-stream")
		n, _ := strconv.Atoi(r.URL.Query().Get("limit"))
		switch {
		case strings.Contains(r.URL.Path, slowly):
			for range n {
				every(r, w, 2*time.Millisecond, entryBody())
			}
		case n > 0:
			for ; n >= heartbeatEvery && r.Context().Err() == nil; n -= heartbeatEvery {
				_, _ = w.Write(block())
			}
			_, _ = w.Write(entries(n, short))
			_, _ = io.WriteString(w, endOfStream)
		default:
			for r.Context().Err() == nil {
				every(r, w, 2*time.Second, []byte(heartbeat))
			}
		}
	default:
		answer(w, r)
	}
}

const logsPath = "/v4/logs/"

// block is what long streams are made of.
var block = sync.OnceValue(func() []byte { return entries(heartbeatEvery, short) })

var entryBody = sync.OnceValue(func() []byte { return entries(1, short) })

// every sends text and waits.
func every(r *http.Request, w http.ResponseWriter, wait time.Duration, text []byte) {
	_, _ = w.Write(text)
	w.(http.Flusher).Flush()
	select {
	case <-r.Context().Done():
	case <-time.After(wait):
	}
}
