package clevertest

import (
	"bytes"
	"encoding/json"
	"math"
	"net/http"
	"slices"
	"strings"
	"time"
)

var logRoutes = under("logs", "/v4", []row{
	{"stream", "GET", "/logs" + ownerApp + "/logs", streamOf(applicationLog)},
	{"stream-resource", "GET", "/logs/organisations/{ownerId}/resources/{resourceId}/logs",
		streamOf(resourceLog)},
	{"stream-access", "GET",
		"/accesslogs/organisations/{ownerId}/applications/{resourceId}/accesslogs",
		streamOf(accessLog)},
})

const eventStream = "text/event-stream"

// batchSize bounds what is copied out of a topic, and written, in one go.
const batchSize = 512

func streamOf(kind streamKind) handler {
	return func(s *Server, c *call) response { return s.openStream(c, kind) }
}

// A stream is one open response.
type stream struct {
	server *Server
	call   *call
	kind   streamKind
	topic  *topic
	filter logFilter
	next   int   // position in the topic
	left   int64 // entries still wanted
	pace   pace
	// gone is closed when a redeployment leaves this stream half-open.
	gone <-chan struct{}
	buf  bytes.Buffer
}

// A logFilter is what the query asks for.
type logFilter struct {
	since, until time.Time
	deployment   string
	instances    []string
	services     []string // nil: all
	contains     string   // lower case
	fields       []string // nil: all
}

// openStream checks the request in the order the live API answers: credentials, parameters,
// existence.
func (s *Server) openStream(c *call, kind streamKind) *stream {
	q := c.query()
	st := &stream{server: s, call: c, kind: kind, filter: newLogFilter(q, kind), gone: s.generation}
	st.left = q.integer("limit", math.MaxInt64, 1, math.MaxInt64)
	if kind != accessLog {
		q.integer("maxRetryDurationInSeconds", 600, 0, math.MaxInt32) // no source here is ever lost
	}
	st.pace.elements = int(q.integer("throttleElements", 100, 1, math.MaxInt32))
	window := q.integer("throttlePerInMilliseconds", 300, 1, math.MaxInt32)
	st.pace.window = time.Duration(window) * time.Millisecond
	st.topic = s.streamTopic(c, kind)
	st.next = st.start(c.Header.Get("Last-Event-ID"))
	return st
}

// streamTopic finds what is read. What never logged is not found, in words that tell why; for an
// add-on id, access logs are a stream without entries.
func (s *Server) streamTopic(c *call, kind streamKind) *topic {
	switch kind {
	case groupEvents:
		return s.topicOf(kind, s.networkGroupOf(c).id)
	case wireGuardEvents:
		return s.topicOf(kind, s.groupPeerOf(c).id)
	case liveRequests:
		return s.topicOf(kind, s.statsScope(c))
	}
	ownerID := c.PathValue("ownerId")
	id := orElse(c.PathValue("applicationId"), c.PathValue("resourceId"))
	if s.ownerOfResource(id) != ownerID || strings.HasPrefix(id, "addon_") && kind == resourceLog {
		panic(notFound("resource", id))
	}
	if t := s.topics[topicKey(kind, id)]; t != nil {
		return t
	}
	if strings.HasPrefix(id, "addon_") {
		return &topic{grown: make(chan struct{})}
	}
	p := problemOf(http.StatusNotFound)
	p.message = "The topic persistent://" + ownerID + "/" + id + "/logs has no partition"
	panic(p)
}

func newLogFilter(q query, kind streamKind) logFilter {
	f := logFilter{since: q.time("since"), until: q.time("until"), fields: q.Values["field"]}
	if kind == accessLog {
		return f // the access logs know no other filter
	}
	f.instances = q.Values["instanceId"]
	f.contains = strings.ToLower(q.Get("filter"))
	f.services = q.Values["service"]
	if kind == applicationLog {
		f.deployment = q.Get("deploymentId")
		if f.services == nil {
			f.services = []string{"bas", "bas-deploy"}
		}
	}
	if slices.Contains(f.services, "all") {
		f.services = nil
	}
	return f
}

func (f logFilter) keeps(r *logRecord) bool {
	return within(r.date.Truncate(time.Millisecond), f.since, time.Time{}) &&
		(f.until.IsZero() || r.date.Before(f.until)) &&
		(f.deployment == "" || f.deployment == r.deployment) &&
		(f.instances == nil || slices.Contains(f.instances, r.instance)) &&
		(f.services == nil || slices.ContainsFunc(f.services,
			func(s string) bool { return strings.TrimSuffix(s, ".service") == r.service })) &&
		(f.contains == "" || strings.Contains(strings.ToLower(r.message), f.contains))
}

// start is where reading begins: after the last event the client had, at the beginning when it
// gives a date, else with what comes next. An id that the topic does not know counts as none, or is
// rejected: see [Server.ForgetEvents]. A stream of configurations begins with the present one.
func (st *stream) start(lastID string) int {
	if i, known := st.topic.index[lastID]; known {
		return i + 1
	}
	if status := st.server.unknownID; lastID != "" && status != 0 {
		p := problemOf(status)
		p.message = "The position " + lastID + " is not available any more"
		panic(p)
	}
	if st.kind == groupEvents || st.kind == wireGuardEvents {
		return len(st.topic.entries) - 1
	}
	if st.filter.since.IsZero() {
		return len(st.topic.entries)
	}
	return 0
}

// ForgetEvents makes the server forget the IDs of all log events so far, as if they had expired.
// The entries stay. If status is 0, a stream that resumes after such an ID starts from its since
// parameter, or from now without one. Otherwise the server rejects it with that status.
func (s *Server) ForgetEvents(status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.unknownID = status
	for _, t := range s.topics {
		clear(t.index)
	}
}

// write writes until the stream ends, the client leaves or the server closes.
func (st *stream) write(*call) {
	st.server.streams.Add(1)
	defer st.server.streams.Add(-1)
	st.call.w.Header().Set("Content-Type", eventStream)
	st.call.w.Header().Set("Cache-Control", "no-cache")
	st.call.w.WriteHeader(http.StatusOK)
	if !st.flush() {
		return
	}
	var beat <-chan time.Time // nil never ticks
	if period := st.heartbeat(); period > 0 {
		ticker := time.NewTicker(period)
		defer ticker.Stop()
		beat = ticker.C
	}
	st.pace.timer = time.NewTimer(st.pace.window)
	defer st.pace.timer.Stop()
	for {
		if st.halfOpen() {
			return
		}
		batch, wake := st.read()
		for i := range batch {
			st.writeEntry(&batch[i])
		}
		if wake.ended != "" {
			st.writeEvent("END_OF_STREAM", st.server.endOfStream(wake.ended))
		}
		if !st.flush() || wake.ended != "" || !st.await(wake, beat) {
			return
		}
	}
}

// endOfStream is the data of the event that ends a stream.
func (s *Server) endOfStream(reason string) string {
	if s.cfg.endOfStream != nil {
		return *s.cfg.endOfStream
	}
	return `{"endedBy":"` + reason + `"}`
}

// heartbeat is 5 s for configurations where it is 2 s for the others.
func (st *stream) heartbeat() time.Duration {
	if st.kind == groupEvents || st.kind == wireGuardEvents {
		return st.server.cfg.heartbeat * 5 / 2
	}
	return st.server.cfg.heartbeat
}

// A wakeup says why there is nothing more to write for now.
type wakeup struct {
	ended  string          // the stream is over, and why
	grown  <-chan struct{} // more was appended
	moved  <-chan struct{} // the clock was moved
	window <-chan time.Time
	until  time.Duration // to the bound; 0 for none
	again  bool          // there is more, at once
}

// read takes the entries that may be written now out of the topic.
func (st *stream) read() ([]logRecord, wakeup) {
	s := st.server
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case <-st.gone:
		return nil, wakeup{again: true} // not one entry more
	default:
	}
	var batch []logRecord
	allowed := min(int64(st.pace.room()), st.left, batchSize)
	for st.next < len(st.topic.entries) && int64(len(batch)) < allowed {
		r := &st.topic.entries[st.next]
		if s.cfg.lazyUntil && !st.filter.until.IsZero() && !r.date.Before(st.filter.until) {
			return batch, wakeup{ended: "UNTIL_REACHED"}
		}
		st.next++
		if st.filter.keeps(r) {
			batch = append(batch, *r)
		}
	}
	st.pace.spend(len(batch))
	st.left -= int64(len(batch))
	return batch, st.wakeup()
}

func (st *stream) wakeup() wakeup {
	s := st.server
	if st.left == 0 {
		return wakeup{ended: "LIMIT_REACHED"}
	}
	if st.next < len(st.topic.entries) {
		if st.pace.room() > 0 {
			return wakeup{again: true}
		}
		return wakeup{window: st.pace.timer.C, moved: s.moved}
	}
	if st.topic.ended {
		return wakeup{ended: "RESOURCE_DELETED"}
	}
	w := wakeup{grown: st.topic.grown, moved: s.moved}
	if until := st.filter.until; !until.IsZero() && !s.cfg.lazyUntil {
		if w.until = until.Sub(s.now()); w.until <= 0 {
			return wakeup{ended: "UNTIL_REACHED"}
		}
	}
	return w
}

// await blocks until there may be something to write; false when the stream is over.
func (st *stream) await(w wakeup, beat <-chan time.Time) bool {
	if w.again {
		return true
	}
	var bound <-chan time.Time
	if w.until > 0 {
		timer := time.NewTimer(w.until)
		defer timer.Stop()
		bound = timer.C
	}
	for {
		select {
		case <-w.grown:
			return true
		case <-w.moved:
			return true
		case <-bound:
			return true
		case <-w.window:
			st.pace.used = 0
			return true
		case <-beat:
			if st.halfOpen() {
				return false
			}
			st.writeEvent("HEARTBEAT", "")
			if !st.flush() {
				return false
			}
		case <-st.gone:
			return !st.halfOpen()
		case <-st.call.Context().Done():
			return false
		case <-st.server.closing:
			return false
		}
	}
}

// halfOpen holds a stream that a redeployment has left behind open without a byte, until its client
// gives up.
func (st *stream) halfOpen() bool {
	select {
	case <-st.gone:
		st.server.hang(st.call.Context(), nil)
		return true
	default:
		return false
	}
}

// writeEntry writes an event: id, event and data, and in the access logs the other way round. No
// client may depend on the order.
func (st *stream) writeEntry(r *logRecord) {
	data := r.data
	if st.filter.fields != nil {
		data = project(data, st.filter.fields)
	}
	if st.kind == accessLog {
		st.writeData(data)
		st.line("event", string(st.kind))
		st.line("id", r.id)
	} else {
		st.line("id", r.id)
		st.line("event", string(st.kind))
		st.writeData(data)
	}
	st.buf.WriteByte('\n')
	if st.buf.Len() > 64<<10 {
		st.drain()
	}
}

func (st *stream) writeEvent(name, data string) {
	st.line("event", name)
	st.writeData(data)
	st.buf.WriteByte('\n')
}

func (st *stream) writeData(data string) {
	for line := range strings.SplitSeq(data, "\n") {
		st.line("data", line)
	}
}

// line writes a field without a space after the colon, as the live API.
func (st *stream) line(name, value string) {
	st.buf.WriteString(name)
	st.buf.WriteByte(':')
	st.buf.WriteString(value)
	st.buf.WriteByte('\n')
}

// drain hands the buffer to the connection; it blocks when the client is slow.
func (st *stream) drain() bool {
	_, err := st.call.w.Write(st.buf.Bytes())
	st.buf.Reset()
	return err == nil
}

func (st *stream) flush() bool {
	return (st.buf.Len() == 0 || st.drain()) && http.NewResponseController(st.call.w).Flush() == nil
}

// project keeps the wanted keys of an object, in its order. What is no object stays as it is.
func project(data string, wanted []string) string {
	dec := json.NewDecoder(strings.NewReader(data))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return data
	}
	var kept []string
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return data
		}
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			return data
		}
		if name, _ := key.(string); slices.Contains(wanted, name) {
			kept = append(kept, encode(name)+":"+string(value))
		}
	}
	if t, err := dec.Token(); err != nil || t != json.Delim('}') {
		return data
	}
	return "{" + strings.Join(kept, ",") + "}"
}

// A pace lets so many elements through in each window of time. A window begins with its first
// element.
type pace struct {
	elements int
	window   time.Duration
	used     int
	timer    *time.Timer
}

func (p *pace) room() int { return p.elements - p.used }

// spend counts elements, and starts the window with the first.
func (p *pace) spend(n int) {
	if p.used == 0 && n > 0 {
		p.timer.Reset(p.window)
	}
	p.used += n
}

// Redeploy does to log streams what a redeployment of the live API does: open streams stay open and
// fall silent, heartbeats included. New streams work.
func (s *Server) Redeploy() {
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.generation)
	s.generation = make(chan struct{})
}

// OpenStreams returns the number of open log streams, silent ones included.
func (s *Server) OpenStreams() int { return int(s.streams.Load()) }
