package clevercloud

import (
	"bytes"
	"cmp"
	"context"
	"iter"
	"net/http"
	"slices"
	"time"

	"github.com/clevercloud-go/clevercloud/internal/redact"
	"github.com/clevercloud-go/clevercloud/internal/sse"
)

// mediaEventStream is the media type of event streams.
const mediaEventStream = "text/event-stream"

// Event is one event of an event stream.
type Event struct {
	// ID identifies the event for [EventQuery.LastEventID]. It is empty if the event has no ID of
	// its own.
	ID string
	// Name is the type of the event, "message" if the stream gives none.
	Name string
	// Data is usually JSON. It can be empty.
	Data []byte
}

// An EventQuery sets how [Client.Events] reads a stream. The zero value is usable.
type EventQuery struct {
	// Operation names the stream in errors, debug lines and [OperationFromContext], such as
	// things.watch. If it is empty, the name is events, and errors name the method and the path as
	// well.
	Operation string
	// LastEventID resumes after the event with this ID, kept from an earlier iteration. An event
	// with this ID that comes again is dropped.
	LastEventID string
	// IdleTimeout is how long a connection may be silent before it is considered lost. 0 is 30
	// seconds, a negative value is no limit.
	IdleTimeout time.Duration
	// MaxEventSize bounds the data of an event, in bytes. 0 is 16 MiB. A larger event is reported
	// as a [*LogDecodeError], and the stream continues with the next one.
	MaxEventSize int
	// Reconnect bounds reconnections and the delays before them. MaxRetries counts reconnections
	// since the last event: 0 is no limit, a negative value is none. MinWait 0 is 1 second, MaxWait
	// 0 is 30 seconds. The first connection is retried by the client's own policy.
	Reconnect RetryPolicy
	// OnReconnect is called before each reconnection.
	OnReconnect func(Reconnect)
}

// Reconnect describes a connection of a stream that was lost and will be replaced.
type Reconnect struct {
	// Operation is the stream, such as "logs.stream". For [Client.Events] without a name of its own
	// it is "events" with the method and the path.
	Operation string
	// Err is why the connection was lost.
	Err error
	// Attempt counts the connections lost since the last value, from 1.
	Attempt int
	// Wait is the delay before the next connection.
	Wait time.Duration
	// LastEventID is where the stream resumes: the last ID that a header can carry. It is empty if
	// the stream starts over, because no value with such an ID has come yet.
	LastEventID string
}

// Events returns the events of a stream that no service covers. The path and its errors are those
// of [Client.Do]. The request is sent when iteration starts.
//
// Events reads like the log streams. It treats a silent connection as lost, reconnects with
// exponential backoff, resumes after the last event it delivered, and drops events that the API
// sends again. See [LogsService] for how a stream ends.
//
// Heartbeats and the END_OF_STREAM event are not delivered, nor are events with neither a name nor
// data.
func (c *Client) Events(
	ctx context.Context, path string, q EventQuery, opts ...CallOption,
) iter.Seq2[Event, error] {
	o := spec{
		id: cmp.Or(q.Operation, operationEvents), method: http.MethodGet, path: path,
		accept: mediaEventStream,
	}
	err := checkLiteral(o)
	if redact.Line(o.id, 100) != o.id {
		err = invalid(operationEvents, "Operation", "must be one line of at most 100 characters")
	}
	request := rawOf(&o, nil)
	s := &stream[Event]{
		client: c, operation: o, opts: opts, query: q, invalid: err,
		input: func(int64) input { return request },
		takes: func(name []byte, hasData bool) bool { return hasData || string(name) != "message" },
		decode: func(event sse.Event, value *Event) error {
			*value = Event{string(event.ID), string(event.Name), bytes.Clone(event.Data)}
			return nil
		},
	}
	return s.all(ctx)
}

// events returns the values of a stream whose events of these names, or with any data if there are
// none, hold an Out each, as JSON. It skips other events. A value that cannot be decoded is a
// LogDecodeError, and the stream continues.
func (o operation[Out]) events(
	ctx context.Context, c *Client, q EventQuery, names []string, opts []CallOption,
	in input, ids ...string,
) iter.Seq2[Out, error] {
	s := &stream[Out]{
		client: c, operation: spec(o), opts: opts, query: q, ids: ids,
		input: func(int64) input { return in },
		takes: func(name []byte, hasData bool) bool {
			return slices.Contains(names, string(name)) || names == nil && hasData
		},
		decode: func(event sse.Event, value *Out) error {
			*value = *new(Out)
			if err := decodeResult(event.Data, value); err != nil {
				_, cause := decodeCause(err)
				return cause
			}
			return nil
		},
	}
	return s.all(ctx)
}
