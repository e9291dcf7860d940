package bench

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// A Server is the API, as far as it is measured: what Answer answers; a log stream of as many entries as the query's limit says, or
// without one a stream that has a heartbeat every other second.
type Server struct {
	*httptest.Server
	streams, conns atomic.Int64
}

// NewServer starts a server on the loopback interface: over TLS it talks HTTP/2, otherwise HTTP/1.1.
func NewServer(overTLS bool) *Server {
	s := new(Server)
	s.Server = httptest.NewUnstartedServer(s)
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		switch state {
		case http.StateNew:
			s.conns.Add(1)
		case http.StateClosed:
			s.conns.Add(-1)
		}
	}
	if overTLS {
		s.EnableHTTP2 = true
		// Go's client opens another connection at 250 streams otherwise, which is measured as well where it matters: with HTTP/1.1.
		s.Config.HTTP2 = &http.HTTP2Config{MaxConcurrentStreams: 20_000}
		s.StartTLS()
	} else {
		s.Start()
	}
	return s
}

// ServeHTTP answers; /streams and /conns are how many of these are open.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.URL.Path == "/streams":
		fmt.Fprint(w, s.streams.Load())
	case r.URL.Path == "/conns":
		fmt.Fprint(w, s.conns.Load())
	case strings.HasPrefix(r.URL.Path, LogsPath):
		s.streams.Add(1)
		defer s.streams.Add(-1)
		w.Header().Set("Content-Type", "text/event-stream")
		n, _ := strconv.Atoi(r.URL.Query().Get("limit"))
		if n > 0 {
			writeEntries(w, n)
			return
		}
		beat(r.Context(), w)
	default:
		Answer(w, r)
	}
}

// LogsPath is where the logs of all applications are.
const LogsPath = "/v4/logs/"

// block is what streams are made of, over and over.
var block = sync.OnceValue(func() []byte { return Stream(heartbeatEvery, false) })

// writeEntries writes n entries, heartbeats between them, and the end of the stream.
func writeEntries(w io.Writer, n int) {
	for ; n >= heartbeatEvery; n -= heartbeatEvery {
		if _, err := w.Write(block()); err != nil {
			return
		}
	}
	_, _ = w.Write(Stream(n, false))
	_, _ = io.WriteString(w, "event:END_OF_STREAM\ndata:{\"endedBy\":\"UNTIL_REACHED\"}\n\n")
}

func beat(ctx context.Context, w http.ResponseWriter) {
	ticker := time.NewTicker(2 * time.Second)
	defer ticker.Stop()
	for {
		_, _ = io.WriteString(w, "event:HEARTBEAT\ndata:\n\n")
		w.(http.Flusher).Flush()
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}
