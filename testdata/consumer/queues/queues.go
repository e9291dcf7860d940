// Package queues manages message queues: a service that package clevercloud does not have. It is
// made of that package's exported names only, and is a model for clients of one's own.
//
// Each operation is an [clevercloud.Endpoint], in a table at the top. A method passes its arguments
// to one of them. Credentials, retries, errors, debug lines and middleware are then those of the
// client that [New] is given.
package queues

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"net/url"
	"strconv"
	"time"

	"github.com/clevercloud-go/clevercloud"
)

const (
	queuesPath = "/v4/queues/organisations/{ownerId}/queues"
	queuePath  = queuesPath + "/{queueId}"
)

// The operations. Their names are what errors, debug lines and middleware show.
var (
	get = clevercloud.Endpoint[url.Values, *Queue]{
		Name: "queues.get", Method: "GET", Path: queuePath,
	}
	// A put that is sent twice sets the same state twice.
	put = clevercloud.Endpoint[Input, *Queue]{
		Name: "queues.put", Method: "PUT", Path: queuePath, Idempotent: true,
	}
	remove = clevercloud.Endpoint[clevercloud.None, clevercloud.None]{
		Name: "queues.delete", Method: "DELETE", Path: queuePath, Idempotent: true,
	}
)

// A Service manages the queues of organisations.
type Service struct {
	client *clevercloud.Client
}

// New returns a Service that calls the API with client.
func New(client *clevercloud.Client) *Service { return &Service{client: client} }

// An ID names a queue. It has a type of its own so that a response in which it cannot be read is an
// error, where a plain string would stay empty.
type ID string

// A State tells whether a queue takes messages. Other values may appear.
type State string

// The states.
const (
	Creating State = "CREATING"
	Ready    State = "READY"
	Failed   State = "FAILED"
)

// A Queue holds messages until they are read.
type Queue struct {
	ID    ID    `json:"id"`
	State State `json:"state"`
	// Messages is how many wait. It is nil unless the query asks for it.
	Messages *int64 `json:"messages"`
}

// String is what the error of a wait says about the last answer.
func (q *Queue) String() string { return string(q.ID) + " " + string(q.State) }

// A Query says what Get returns. The zero value is usable.
type Query struct {
	// Count asks for the number of messages.
	Count bool
	// Readers limits the count to the messages of these readers.
	Readers []string
}

// Get returns a queue. It returns an error that matches [clevercloud.ErrNotFound] if there is no
// such queue.
//
//	GET /v4/queues/organisations/{ownerId}/queues/{queueId}
func (s *Service) Get(
	ctx context.Context, owner clevercloud.OwnerID, id ID, q Query,
	opts ...clevercloud.CallOption,
) (*Queue, error) {
	values := url.Values{}
	if q.Count {
		values.Set("count", strconv.FormatBool(q.Count))
	}
	for _, reader := range q.Readers {
		values.Add("reader", reader)
	}
	return get.Call(ctx, s.client, []string{string(owner), string(id)}, values, opts...)
}

// An Input describes a queue.
type Input struct {
	// Retention is how long a message is kept, in days. 0 is the API's default.
	Retention int `json:"retentionInDays,omitzero"`
}

// Put creates a queue, or changes the one with this ID, and returns it. Use
// [Service.WaitUntilReady] to wait until a new queue takes messages.
//
// Put is idempotent, so it is retried.
//
//	PUT /v4/queues/organisations/{ownerId}/queues/{queueId}
func (s *Service) Put(
	ctx context.Context, owner clevercloud.OwnerID, id ID, in Input,
	opts ...clevercloud.CallOption,
) (*Queue, error) {
	return put.Call(ctx, s.client, []string{string(owner), string(id)}, in, opts...)
}

// Delete removes a queue and its messages.
//
//	DELETE /v4/queues/organisations/{ownerId}/queues/{queueId}
func (s *Service) Delete(
	ctx context.Context, owner clevercloud.OwnerID, id ID, opts ...clevercloud.CallOption,
) error {
	ids := []string{string(owner), string(id)}
	_, err := remove.Call(ctx, s.client, ids, clevercloud.None{}, opts...)
	return err
}

// WaitUntilReady waits until a queue takes messages and returns it. Transient failures do not end
// the wait. A queue that is not found is waited for during 10 seconds, since a new one takes a
// moment to appear.
func (s *Service) WaitUntilReady(
	ctx context.Context, owner clevercloud.OwnerID, id ID, w clevercloud.Wait,
) (*Queue, error) {
	if w.NotFoundGrace == 0 {
		w.NotFoundGrace = 10 * time.Second
	}
	return clevercloud.WaitUntil(ctx,
		func(ctx context.Context) (*Queue, error) { return s.Get(ctx, owner, id, Query{}) },
		func(q *Queue) (bool, error) {
			if q.State == Failed {
				return false, fmt.Errorf("queues: %s has failed", q.ID)
			}
			return q.State == Ready, nil
		}, w)
}

// A Message is what a queue holds.
type Message struct {
	ID   string `json:"-"` // as LastEventID, resumes a later iteration
	Text string `json:"text"`
}

// Messages returns the messages of a queue as they arrive. The request is sent when iteration
// starts.
//
// The stream reconnects by itself and delivers each message once. A message that cannot be decoded
// is an error, and iteration continues with the next one.
//
//	GET /v4/queues/organisations/{ownerId}/queues/{queueId}/messages
func (s *Service) Messages(
	ctx context.Context, owner clevercloud.OwnerID, id ID, q clevercloud.EventQuery,
	opts ...clevercloud.CallOption,
) iter.Seq2[Message, error] {
	// The path of an event stream has no placeholders.
	path := "/v4/queues/organisations/" + url.PathEscape(string(owner)) +
		"/queues/" + url.PathEscape(string(id)) + "/messages"
	q.Operation = "queues.messages"
	return func(yield func(Message, error) bool) {
		for event, err := range s.client.Events(ctx, path, q, opts...) {
			message := Message{ID: event.ID}
			if err == nil {
				err = json.Unmarshal(event.Data, &message)
			}
			if !yield(message, err) {
				return
			}
		}
	}
}
