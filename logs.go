package clevercloud

import (
	"bytes"
	"context"
	"iter"
	"math"
	"net/http"
	"time"

	"github.com/clevercloud-go/clevercloud/internal/query"
)

// LogsService is the logs of applications and add-ons, as they are written or as they were.
// See https://www.clever-cloud.com/developers/api/v4/#logs.
//
// A stream is left alone: it notices a dead connection by its silence, reconnects with waits that grow, resumes after the last entry it
// gave, and gives each entry once: what an API repeats of the last 1,024 on resumption is left out. It ends when the API says so, when Limit is reached, when the loop over it is left, when its context
// ends, or with an error as its last value that no reconnection would mend: the same [*APIError] as any call's, a [*DecodeError] if what
// answers is no log stream, [ErrEventTooLarge]. The API answers an application that never logged with [ErrNotFound].
//
// A [*LogDecodeError] is the one error that is not the last value: it is an entry that could not be read, and the next range of the loop
// goes on behind it.
//
// While the loop's body runs nothing is read, so that a slow consumer slows the API down and costs no memory. Entries come in the API's
// order, which between instances is not that of their dates.
type LogsService service

var (
	logsStream = operation[logRequest, none]{
		id: "logs.stream", method: http.MethodGet, idempotent: true, accept: mediaEventStream,
		path: "/v4/logs/organisations/{ownerId}/applications/{applicationId}/logs",
	}
	logsStreamResource = operation[logRequest, none]{
		id: "logs.stream-resource", method: http.MethodGet, idempotent: true, accept: mediaEventStream,
		path: "/v4/logs/organisations/{ownerId}/resources/{realAddonId}/logs",
	}
	logsStreamAccess = operation[logRequest, none]{
		id: "logs.stream-access", method: http.MethodGet, idempotent: true, accept: mediaEventStream,
		path: "/v4/accesslogs/organisations/{ownerId}/applications/{id}/accesslogs",
	}
)

const mediaEventStream = "text/event-stream"

// A LogQuery says which entries a stream gives and how it behaves. The zero value follows what an application logs from now on.
//
// [LogsService.StreamResource] has no DeploymentID; [LogsService.StreamAccess] has none of DeploymentID, InstanceIDs, Filter and Services.
// Setting what a stream does not have is an error.
type LogQuery struct {
	// DeploymentID keeps the entries of one deployment.
	DeploymentID DeploymentID
	// InstanceIDs keeps the entries of these instances.
	InstanceIDs []InstanceID
	// Since starts the stream in the past; zero is now. Logs are kept for 7 days unless arranged otherwise.
	Since time.Time
	// Until ends the stream; zero is never. The API may not notice the end before something later is logged: set QuietTimeout as well,
	// or a deadline on the context.
	Until time.Time
	// Fields keeps only these keys of an entry, by their JSON names: date, message, service. None is all.
	Fields []string
	// Filter keeps the entries whose message contains it, in whatever case.
	Filter string
	// Limit is the most entries wanted, those that cannot be read included; 0 is no limit. It is enforced on this side, too.
	Limit int64
	// Services keeps the entries of these systemd units. The API's default is bas and bas-deploy: the platform's messages, and the
	// output of the application and its build; "all" is every unit.
	Services []string
	// ThrottleElements is the most entries that the API reads in each ThrottlePer. Its defaults, 100 in 300 ms, are slow for reading
	// the past: the official CLI asks for 2000 in 100 ms.
	ThrottleElements int
	// ThrottlePer is in whole milliseconds.
	ThrottlePer time.Duration

	// IdleTimeout is how long the connection may be silent before it counts as dead; 0 is 10 s, which is five of the API's
	// heartbeats; negative is for ever.
	IdleTimeout time.Duration
	// QuietTimeout ends the stream, without an error, at the first heartbeat (they come every 2 s) after no entry has come for so long;
	// 0 is never. It is for reading a bounded part of the past.
	QuietTimeout time.Duration
	// MaxEventSize bounds an entry in bytes; 0 is 16 MiB. A larger one ends the stream with ErrEventTooLarge.
	MaxEventSize int
	// KeepRaw keeps the JSON of each entry for [LogEntry.Raw].
	KeepRaw bool
	// Reconnect bounds reconnections and the waits before them. MaxRetries counts them since the last entry; 0 is no bound. MinWait 0
	// is 1 s, MaxWait 0 is 30 s. Until the first connection is made the client's own MaxRetries counts, so that a wrong address is
	// soon an error.
	Reconnect RetryPolicy
	// OnReconnect is called before each wait.
	OnReconnect func(Reconnect)
}

// A Reconnect is a connection of a log stream that was lost.
type Reconnect struct {
	// Err is why.
	Err error
	// Attempt counts the tries since the last entry, from 1.
	Attempt int
	// Wait is how long until the next one.
	Wait time.Duration
	// LastEventID is where the stream resumes; empty if it starts over, because no entry has come or the last one's id cannot be sent.
	LastEventID string
}

// logRequest is a LogQuery as one connection sends it.
type logRequest struct {
	LogQuery
	// limit is what is left of Limit, cursor where to resume.
	limit  int64
	cursor string
}

func (r logRequest) encode(d *draft) error {
	if err := r.check(); err != nil {
		return err
	}
	query.Text(&d.query, "deploymentId", r.DeploymentID)
	query.Texts(&d.query, "instanceId", r.InstanceIDs)
	d.query.Time("since", r.Since)
	d.query.Time("until", r.Until)
	query.Texts(&d.query, "field", r.Fields)
	query.Text(&d.query, "filter", r.Filter)
	if r.limit <= math.MaxInt32 {
		// The API has been seen to refuse more than 32 bits; the stream counts for itself anyway.
		query.Int(&d.query, "limit", r.limit)
	}
	query.Texts(&d.query, "service", r.Services)
	query.Int(&d.query, "throttleElements", r.ThrottleElements)
	query.Int(&d.query, "throttlePerInMilliseconds", r.ThrottlePer.Milliseconds())
	// A compressor between here and the API may hold heartbeats back.
	d.header = http.Header{"Accept-Encoding": {"identity"}}
	if r.cursor != "" {
		d.header["Last-Event-Id"] = []string{r.cursor}
	}
	return nil
}

func (q LogQuery) check() error {
	for _, rule := range []struct {
		broken           bool
		argument, reason string
	}{
		{q.Limit < 0, "Limit", "must not be negative"},
		{q.ThrottleElements < 0, "ThrottleElements", "must not be negative"},
		{q.ThrottlePer < 0 || q.ThrottlePer%time.Millisecond != 0, "ThrottlePer", "must be whole milliseconds"},
		{q.QuietTimeout < 0, "QuietTimeout", "must not be negative"},
		{q.MaxEventSize < 0, "MaxEventSize", "must not be negative"},
		{!q.Since.IsZero() && !q.Until.IsZero() && q.Until.Before(q.Since), "Until", "must not be before Since"},
	} {
		if rule.broken {
			return &ValidationError{Argument: rule.argument, Reason: rule.reason}
		}
	}
	return nil
}

// unsupported names the first field that is set and that StreamResource does not have, or, with content, StreamAccess does not.
func (q LogQuery) unsupported(content bool) string {
	switch {
	case q.DeploymentID != "":
		return "DeploymentID"
	case content && len(q.InstanceIDs) > 0:
		return "InstanceIDs"
	case content && q.Filter != "":
		return "Filter"
	case content && len(q.Services) > 0:
		return "Services"
	}
	return ""
}

// decodeEntry reads an entry; the id of its event stands in for one that was not among the Fields asked for.
func (q LogQuery) decodeEntry(data, id []byte, e *LogEntry) error {
	if err := e.decode(data); err != nil {
		return err
	}
	if e.ID == "" {
		e.ID = string(id)
	}
	if q.KeepRaw {
		e.raw = bytes.Clone(data)
	}
	return nil
}

func (q LogQuery) decodeAccessEntry(data, id []byte, e *AccessLogEntry) error {
	if err := e.decode(data); err != nil {
		return err
	}
	if e.ID == "" {
		e.ID = string(id)
	}
	if q.KeepRaw {
		e.raw = bytes.Clone(data)
	}
	return nil
}

// Stream returns the log entries of an application: those since q.Since, then those to come. Nothing is sent before the sequence is
// ranged over, and each range is a stream of its own.
//
//	GET /v4/logs/organisations/{ownerId}/applications/{applicationId}/logs
func (s *LogsService) Stream(ctx context.Context, owner OwnerID, app ApplicationID, q LogQuery, opts ...CallOption) iter.Seq2[LogEntry, error] {
	stream := &logStream[LogEntry]{
		client: s.client, operation: logsStream, opts: opts, query: q, ids: []string{string(owner), string(app)},
		decode: q.decodeEntry,
	}
	return stream.all(ctx)
}

// StreamResource returns the log entries of an add-on. The id is the real one, postgresql_… for example. Entries have ResourceID and
// Hostname in place of what belongs to applications.
//
//	GET /v4/logs/organisations/{ownerId}/resources/{realAddonId}/logs
func (s *LogsService) StreamResource(ctx context.Context, owner OwnerID, resource ResourceID, q LogQuery, opts ...CallOption) iter.Seq2[LogEntry, error] {
	stream := &logStream[LogEntry]{
		client: s.client, operation: logsStreamResource, opts: opts, query: q, ids: []string{string(owner), string(resource)},
		decode: q.decodeEntry, unsupported: q.unsupported(false),
	}
	return stream.all(ctx)
}

// StreamAccess returns the access log of an application, or of an add-on by its real id: each request to it, and each connection that is
// no HTTP. An addon_… id is no error but silence.
//
//	GET /v4/accesslogs/organisations/{ownerId}/applications/{id}/accesslogs
func (s *LogsService) StreamAccess(ctx context.Context, owner OwnerID, app ApplicationID, q LogQuery, opts ...CallOption) iter.Seq2[AccessLogEntry, error] {
	stream := &logStream[AccessLogEntry]{
		client: s.client, operation: logsStreamAccess, opts: opts, query: q, ids: []string{string(owner), string(app)},
		decode: q.decodeAccessEntry, unsupported: q.unsupported(true),
	}
	return stream.all(ctx)
}
