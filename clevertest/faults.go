package clevertest

import (
	"context"
	"net"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
)

// FaultMode is a way to break a response.
type FaultMode int

// The modes. With all but Drop, the API handles the request first, so that its changes remain.
const (
	// Pass leaves the response as it is, for a fault that only delays.
	Pass FaultMode = iota
	// Drop closes the connection before the API sees the request.
	Drop
	// Cut closes the connection after CutAfter bytes of the body.
	Cut
	// Reset resets the TCP connection after CutAfter bytes of the body.
	Reset
	// EOF ends the body early, after CutAfter bytes, as if it were complete.
	EOF
	// Silence sends CutAfter bytes of the body and keeps the connection open without sending more.
	Silence
	// Malformed breaks the JSON of the body. It does not affect log streams, see [LogEntry].
	Malformed
)

// BeforeHeaders is a CutAfter that breaks the response before the status line.
const BeforeHeaders = -1

// Fault is a fault to inject into requests. The zero Fault does nothing to one request.
type Fault struct {
	// Method selects requests by HTTP method. Empty selects all.
	Method string
	// Path selects requests by route, such as "drains.create" (see [Request]), or by a pattern of
	// paths, such as "/v4/drains/**": "*" stands for a segment or a part of one, and "**" for any
	// number of segments. Empty selects all.
	Path string
	// Skip is the number of matching requests to let through first.
	Skip int
	// Times is the number of requests to hit. 0 is one, negative is all.
	Times int

	// Latency delays the request before anything else happens.
	Latency time.Duration
	// Status is the response, in place of handling the request. If Body is empty, the body is what
	// the live API sends with the status: JSON of the right family, HTML for 502, 503 and 504.
	Status int
	// Header is added to the response.
	Header http.Header
	// RetryAfter adds a Retry-After header, in seconds.
	RetryAfter time.Duration
	// Body replaces the body of the response. Without a Status the request is handled.
	Body string
	// Fail lets the request succeed and what it starts fail later: a Kubernetes cluster or a node
	// group becomes FAILED; a network group, a member or a peer never appears, or is never deleted.
	Fail bool
	// Mode and CutAfter break the response. CutAfter counts bytes of the body, see [BeforeHeaders].
	Mode     FaultMode
	CutAfter int
}

// Inject queues faults. The first queued fault that matches a request applies to it. Inject panics
// if a Path cannot match anything.
func (s *Server) Inject(faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range faults {
		s.mustMatch(f.Path)
		f.Times = orElse(f.Times, 1)
		s.faults = append(s.faults, &f)
	}
}

// ClearFaults removes the faults that have not happened.
func (s *Server) ClearFaults() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

// takeFault finds the fault that hits r, nil for none. The lock is held.
func (s *Server) takeFault(r *http.Request, routeID string) *Fault {
	for i, f := range s.faults {
		switch {
		case f.Method != "" && f.Method != r.Method,
			!matchesPath(f.Path, routeID, r.URL.EscapedPath()):
			continue
		case f.Skip > 0:
			f.Skip--
			continue
		}
		if f.Times--; f.Times == 0 {
			s.faults = slices.Delete(s.faults, i, i+1)
		}
		hit := *f
		return &hit
	}
	return nil
}

// mustMatch panics when want is neither a route nor a pattern; empty is any path.
func (s *Server) mustMatch(want string) {
	if _, err := path.Match(want, ""); err != nil {
		panic("clevertest: path " + strconv.Quote(want) + ": " + err.Error())
	}
	if want != "" && !strings.ContainsAny(want, "/*") && s.routes[want] == nil {
		panic("clevertest: path " + strconv.Quote(want) + " is neither a route nor a path")
	}
}

// matchesPath reports whether a request is to a route, or to a path that matches a pattern; an
// empty one matches any.
func matchesPath(want, routeID, escaped string) bool {
	return want == "" || want == routeID ||
		globMatch(strings.Split(want, "/"), strings.Split(escaped, "/"))
}

func globMatch(pattern, segments []string) bool {
	switch {
	case len(pattern) == 0:
		return len(segments) == 0
	case pattern[0] == "**" && globMatch(pattern[1:], segments):
		return true
	case len(segments) == 0:
		return false
	case pattern[0] == "**":
		return globMatch(pattern, segments[1:])
	}
	matched, _ := path.Match(pattern[0], segments[0])
	return matched && globMatch(pattern[1:], segments[1:])
}

func (s *Server) withFault(c *call, f *Fault, handle func(*call)) {
	if f == nil {
		handle(c)
		return
	}
	if f.Latency > 0 {
		s.hang(c.Context(), time.After(f.Latency))
	}
	if f.Mode == Drop {
		abort(c, false)
	}
	c.fails = f.Fail
	f.decorate(c.w.Header())
	w := &faultWriter{ResponseWriter: c.w, call: c, server: s, fault: f}
	c.w = w
	defer func() {
		if p := recover(); p != nil && p != any(bodyEnded{}) {
			panic(p)
		}
	}()
	s.handleFaulty(c, f, handle)
	w.finish()
}

// bodyEnded is how a body that ends early unwinds its handler.
type bodyEnded struct{}

// handleFaulty produces the response that the fault then breaks.
func (s *Server) handleFaulty(c *call, f *Fault, handle func(*call)) {
	if f.Status == 0 {
		handle(c)
		return
	}
	r := problemOf(f.Status).reply(c)
	if f.Body != "" {
		r = reply{status: f.Status, body: []byte(f.Body),
			contentType: http.DetectContentType([]byte(f.Body))}
		text := strings.TrimSpace(f.Body)
		if strings.HasPrefix(text, "{") || strings.HasPrefix(text, "[") {
			r.contentType = "application/json"
		}
	} else if f.Status < http.StatusBadRequest {
		r = reply{status: f.Status}
	}
	if ct := f.Header.Get("Content-Type"); ct != "" {
		r.contentType = ct
	}
	r.write(c)
}

func (f *Fault) decorate(h http.Header) {
	for k, v := range f.Header {
		h[http.CanonicalHeaderKey(k)] = v
	}
	if f.RetryAfter > 0 {
		h.Set("Retry-After", strconv.FormatFloat(f.RetryAfter.Seconds(), 'f', -1, 64))
	}
}

// hang keeps the connection open and sends nothing until end, or until the client leaves or the
// server closes. A nil end never comes.
func (s *Server) hang(ctx context.Context, end <-chan time.Time) {
	select {
	case <-end:
	case <-ctx.Done():
	case <-s.closing:
	}
}

// abort closes the connection of c without ending the response, and does not return.
func abort(c *call, reset bool) {
	if conn, ok := c.Context().Value(connKey{}).(*net.TCPConn); ok && reset {
		_ = conn.SetLinger(0)
	}
	panic(http.ErrAbortHandler)
}

// faultWriter lets the first bytes of a body through and breaks the rest.
type faultWriter struct {
	http.ResponseWriter
	call   *call
	server *Server
	fault  *Fault
	status int
	sent   int
	spoilt bool
}

// Unwrap is for [http.ResponseController].
func (w *faultWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// breaks reports whether the response ends before its time.
func (w *faultWriter) breaks() bool {
	return slices.Contains([]FaultMode{Cut, Reset, EOF, Silence}, w.fault.Mode)
}

// replaces reports whether the fault's body stands for the handler's.
func (w *faultWriter) replaces() bool { return w.fault.Body != "" && w.fault.Status == 0 }

// FlushError flushes what has been let through.
func (w *faultWriter) FlushError() error {
	err := http.NewResponseController(w.ResponseWriter).Flush()
	if w.breaks() && w.sent >= w.fault.CutAfter {
		w.end()
	}
	return err
}

// Flush is for handlers that look for an [http.Flusher].
func (w *faultWriter) Flush() { _ = w.FlushError() }

// WriteHeader sends the status line and the headers; the length among them may no longer be right.
func (w *faultWriter) WriteHeader(status int) {
	if w.status != 0 {
		return
	}
	w.status = status
	if w.breaks() && w.fault.CutAfter < 0 {
		w.end()
	}
	if w.fault.Mode == EOF || w.fault.Mode == Malformed || w.replaces() {
		w.Header().Del("Content-Length")
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write claims success whatever happens to the bytes: the handler is not the one that fails.
func (w *faultWriter) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.WriteHeader(http.StatusOK)
	}
	switch {
	case w.replaces(), w.spoilt:
		return len(b), nil
	case w.breaks():
		return w.writeUpTo(b)
	case w.fault.Mode == Malformed && w.Header().Get("Content-Type") != eventStream:
		return w.writeMalformed(b)
	}
	return w.ResponseWriter.Write(b)
}

func (w *faultWriter) writeUpTo(b []byte) (int, error) {
	room := min(len(b), w.fault.CutAfter-w.sent)
	n, err := w.ResponseWriter.Write(b[:room])
	w.sent += n
	if err == nil && room < len(b) {
		w.end()
	}
	return n, err
}

// writeMalformed spoils the first bytes: no JSON starts like this.
func (w *faultWriter) writeMalformed(b []byte) (int, error) {
	w.spoilt = true
	_, err := w.ResponseWriter.Write(append([]byte(`{"broken":`), b[:len(b)/2]...))
	return len(b), err
}

// end does to the connection what the mode says, and does not return.
func (w *faultWriter) end() {
	if w.fault.CutAfter >= 0 {
		_ = http.NewResponseController(w.ResponseWriter).Flush()
	}
	switch {
	case w.fault.Mode == Silence:
		w.server.hang(w.call.Context(), nil)
	case w.fault.Mode == EOF && w.fault.CutAfter >= 0:
		panic(bodyEnded{})
	}
	abort(w.call, w.fault.Mode == Reset)
}

// finish completes a response whose handler has returned.
func (w *faultWriter) finish() {
	if w.replaces() {
		w.WriteHeader(orElse(w.status, http.StatusOK))
		_, _ = w.ResponseWriter.Write([]byte(w.fault.Body))
	}
	if w.breaks() {
		w.end() // the body was shorter than CutAfter
	}
}
