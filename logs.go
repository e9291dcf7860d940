package clevercloud

import (
	"bytes"
	"cmp"
	"context"
	"iter"
	"math"
	"slices"
	"time"

	"github.com/clevercloud-go/clevercloud/internal/query"
	"github.com/clevercloud-go/clevercloud/internal/sse"
)

// LogsService reads the logs of applications and add-ons, as they are written or from the past.
//
// A stream needs no supervision. It treats a silent connection as lost, reconnects with exponential
// backoff, resumes after the last entry it delivered, and drops entries that the API sends again,
// if they are among the last 1,024. Entries come in the order of the API: between instances, dates
// can go backwards.
//
// A stream ends when the API says so, when LogQuery.Limit or LogQuery.Until is reached, when the
// loop breaks, when ctx is done, or with an error that reconnecting cannot fix, which is the last
// value: an [*APIError] as of any call, or a [*DecodeError] if the response is no event stream. The
// API responds with [ErrNotFound] for an application that never logged. If a stream is cut off and
// reconnecting is not allowed, the error matches [io.ErrUnexpectedEOF].
//
// An entry that cannot be decoded is reported as a [*LogDecodeError] and does not end the stream:
// iteration continues with the next entry.
//
// Nothing is read while the loop body runs, so a slow consumer slows the API down instead of using
// memory.
//
// API reference: https://www.clever-cloud.com/developers/api/v4/#logs
type LogsService service

var (
	logsStream = operation[none]{
		id: "logs.stream", accept: mediaEventStream,
		path: "/v4/logs/organisations/{ownerId}/applications/{applicationId}/logs",
	}
	logsStreamResource = operation[none]{
		id: "logs.stream-resource", accept: mediaEventStream,
		path: "/v4/logs/organisations/{ownerId}/resources/{realAddonId}/logs",
	}
	logsStreamAccess = operation[none]{
		id: "logs.stream-access", accept: mediaEventStream,
		path: "/v4/accesslogs/organisations/{ownerId}/applications/{id}/accesslogs",
	}
)

// logIdleTimeout is the default of LogQuery.IdleTimeout: five heartbeats.
const logIdleTimeout = 10 * time.Second

// A LogQuery selects the entries of a stream, and sets how the stream is read. The zero value
// follows what is logged from now on.
//
// [LogsService.StreamResource] has no DeploymentID. [LogsService.StreamAccess] has no DeploymentID,
// InstanceIDs, Filter, Services and MaxRetryDuration. Setting a field that a stream does not have
// is a [*ValidationError].
type LogQuery struct {
	// DeploymentID selects the entries of one deployment.
	DeploymentID DeploymentID
	// InstanceIDs selects the entries of these instances.
	InstanceIDs []InstanceID
	// Since starts the stream in the past. Zero is now. Logs are kept for 7 days unless agreed
	// otherwise.
	Since time.Time
	// Until ends the stream. Zero is never. The API may notice the end only when something later is
	// logged, so set QuietTimeout too, or a deadline of ctx.
	Until time.Time
	// LastEventID resumes after an entry whose ID was kept from an earlier iteration, as after a
	// reconnection: the entry itself is dropped if the API sends it again. It takes precedence over
	// Since.
	//
	// How long the API knows an ID is not documented. Set Since as well, to some time before the
	// date of the entry: if the API does not know the ID any more, the stream starts there, and
	// entries from before the ID can come again. Without Since, it starts now or ends with an
	// [*APIError].
	LastEventID string
	// Fields selects keys of the entries by their JSON names, such as "date" and "message". Empty
	// is all.
	Fields []string
	// Filter selects entries whose message contains it. Case is ignored.
	Filter string
	// Limit is the maximum number of entries, those that cannot be decoded included. 0 is no limit.
	Limit int64
	// Services selects the entries of these systemd units. The API's default is "bas", the messages
	// of the platform, and "bas-deploy", the output of the application and its build. "all" is all.
	Services []string
	// ThrottleElements is how many entries the API reads in each ThrottlePer. The default of 100 in
	// 300 ms is slow for reading the past. The official command line asks for 2000 in 100 ms.
	ThrottleElements int
	// ThrottlePer must be a whole number of milliseconds.
	ThrottlePer time.Duration
	// MaxRetryDuration is how long the API itself tries to reach its store of logs before it gives
	// up, in whole seconds. 0 is the API's default, 10 minutes.
	MaxRetryDuration time.Duration

	// IdleTimeout is how long the connection may be silent before it is considered lost. 0 is 10
	// seconds, which is five heartbeats. A negative value is no limit.
	IdleTimeout time.Duration
	// QuietTimeout ends the stream, without an error, at the first heartbeat after no entry has
	// come for so long. Heartbeats are 2 seconds apart. 0 is never. It is meant for reading the
	// past.
	QuietTimeout time.Duration
	// Compress asks the API to compress the stream, which saves most of the bytes and costs time on
	// both sides. It needs Until or QuietTimeout: a compressor can hold entries and heartbeats of a
	// live stream back.
	Compress bool
	// MaxEventSize bounds the JSON of an entry, in bytes. 0 is 16 MiB. A larger entry is reported
	// as a [*LogDecodeError] with [ErrEventTooLarge], and the stream continues with the next one.
	MaxEventSize int
	// KeepRaw keeps the JSON of each entry for [LogEntry.Raw].
	KeepRaw bool
	// Reconnect bounds reconnections and the delays before them. MaxRetries counts reconnections
	// since the last entry: 0 is no limit, a negative value is none. MinWait 0 is 1 second, MaxWait
	// 0 is 30 seconds. The first connection is retried by the client's own policy, so that a wrong
	// address is soon an error.
	Reconnect RetryPolicy
	// OnReconnect is called before each reconnection.
	OnReconnect func(Reconnect)
}

func (q LogQuery) encode(d *draft) error {
	query.Text(&d.query, "deploymentId", q.DeploymentID)
	query.Texts(&d.query, "instanceId", q.InstanceIDs)
	d.query.Time("since", q.Since)
	d.query.Time("until", q.Until)
	query.Texts(&d.query, "field", q.Fields)
	query.Text(&d.query, "filter", q.Filter)
	if q.Limit <= math.MaxInt32 {
		// The API has been seen to reject more than 32 bits. The stream counts for itself anyway.
		query.Int(&d.query, "limit", q.Limit)
	}
	query.Texts(&d.query, "service", q.Services)
	query.Int(&d.query, "throttleElements", q.ThrottleElements)
	query.Int(&d.query, "throttlePerInMilliseconds", q.ThrottlePer.Milliseconds())
	query.Int(&d.query, "maxRetryDurationInSeconds", int64(q.MaxRetryDuration/time.Second))
	return nil
}

const notOfStream = "is not a parameter of this stream"

// check rejects values that no stream takes, and fields that this one does not have.
func (q *LogQuery) check(operation string) error {
	app, access := operation == logsStream.id, operation == logsStreamAccess.id
	ends := !q.Until.IsZero()
	return check(operation,
		rule{!app && q.DeploymentID != "", "DeploymentID", notOfStream},
		rule{access && len(q.InstanceIDs) > 0, "InstanceIDs", notOfStream},
		rule{access && q.Filter != "", "Filter", notOfStream},
		rule{access && len(q.Services) > 0, "Services", notOfStream},
		rule{access && q.MaxRetryDuration != 0, "MaxRetryDuration", notOfStream},
		rule{q.Limit < 0, "Limit", "must not be negative"},
		rule{q.ThrottleElements < 0, "ThrottleElements", "must not be negative"},
		rule{
			notWhole(q.ThrottlePer, time.Millisecond),
			"ThrottlePer", "must be whole milliseconds",
		},
		rule{
			notWhole(q.MaxRetryDuration, time.Second),
			"MaxRetryDuration", "must be whole seconds",
		},
		rule{q.QuietTimeout < 0, "QuietTimeout", "must not be negative"},
		rule{ends && q.Until.Before(q.Since), "Until", "must not be before Since"},
		rule{
			q.Compress && !ends && q.QuietTimeout == 0,
			"Compress", "must not be set without Until or QuietTimeout",
		})
}

func notWhole(d, unit time.Duration) bool { return d < 0 || d%unit != 0 }

// logEntry is a pointer to a type of entry.
type logEntry[T any] interface {
	*T
	decode(data []byte) error
	parts() (id *string, source *entrySource)
}

// logStream returns the stream of an operation whose entries are of type T.
func logStream[T any, E logEntry[T]](
	s *LogsService, o operation[none], q *LogQuery, opts []CallOption, ids ...string,
) *stream[T] {
	return &stream[T]{
		client: s.client, operation: spec(o), ids: ids, opts: opts, limit: q.Limit,
		query: EventQuery{
			LastEventID: q.LastEventID, IdleTimeout: cmp.Or(q.IdleTimeout, logIdleTimeout),
			MaxEventSize: q.MaxEventSize, Reconnect: q.Reconnect, OnReconnect: q.OnReconnect,
		},
		quiet: quietReader{after: q.QuietTimeout}, compress: q.Compress,
		restarts: !q.Since.IsZero(), invalid: q.check(o.id),
		input: func(left int64) input {
			next := *q
			next.Limit = left
			return next
		},
		takes: func(name []byte, hasData bool) bool {
			entries := []string{"APPLICATION_LOG", "RESOURCE_LOG", "ACCESS_LOG"}
			return hasData || slices.Contains(entries, string(name))
		},
		decode: func(event sse.Event, value *T) error {
			entry := E(value)
			if err := entry.decode(event.Data); err != nil {
				return err
			}
			id, source := entry.parts()
			if len(event.ID) > 0 && *id != string(event.ID) {
				*id = string(event.ID) // it is what the API resumes behind
			}
			if q.KeepRaw {
				source.raw = bytes.Clone(event.Data)
			}
			return nil
		},
	}
}

// Stream returns the log entries of an application, first those since q.Since and then new ones as
// they arrive. The request is sent when iteration starts, and each iteration is a stream of its
// own. See [LogsService] for how a stream ends.
//
//	GET /v4/logs/organisations/{ownerId}/applications/{applicationId}/logs
func (s *LogsService) Stream(
	ctx context.Context, owner OwnerID, app ApplicationID, q LogQuery, opts ...CallOption,
) iter.Seq2[LogEntry, error] {
	return logStream[LogEntry](s, logsStream, &q, opts, string(owner), string(app)).all(ctx)
}

// StreamResource returns the log entries of an add-on, by its real ID, such as postgresql_…. The
// entries have ResourceID and Hostname in place of what belongs to applications.
//
//	GET /v4/logs/organisations/{ownerId}/resources/{realAddonId}/logs
func (s *LogsService) StreamResource(
	ctx context.Context, owner OwnerID, resource ResourceID, q LogQuery, opts ...CallOption,
) iter.Seq2[LogEntry, error] {
	ids := []string{string(owner), string(resource)}
	return logStream[LogEntry](s, logsStreamResource, &q, opts, ids...).all(ctx)
}

// StreamAccess returns the access log of an application, or of an add-on by its real ID: each HTTP
// request, and each connection of another protocol. An ID of the form addon_… is not an error: the
// API sends nothing.
//
//	GET /v4/accesslogs/organisations/{ownerId}/applications/{id}/accesslogs
func (s *LogsService) StreamAccess(
	ctx context.Context, owner OwnerID, app ApplicationID, q LogQuery, opts ...CallOption,
) iter.Seq2[AccessLogEntry, error] {
	ids := []string{string(owner), string(app)}
	return logStream[AccessLogEntry](s, logsStreamAccess, &q, opts, ids...).all(ctx)
}
