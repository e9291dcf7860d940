package clevercloud

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"iter"
	"math/rand/v2"
	"mime"
	"net/http"
	"runtime"
	"strings"
	"time"

	"github.com/clevercloud-go/clevercloud/internal/sse"
	"github.com/clevercloud-go/clevercloud/internal/transport"
)

const (
	defaultIdleTimeout   = 10 * time.Second
	defaultReconnectWait = time.Second
	// streamHeaderTimeout is how long the API may take to open a stream.
	streamHeaderTimeout = 10 * time.Second
	// minRetryField is the least that the stream itself may set the wait to.
	minRetryField = 100 * time.Millisecond
	// replayWindow is the number of entries behind a resumption among which repetitions are looked for.
	replayWindow = 1024
)

// A logStream is what the streams of logs have in common; T is the entry.
type logStream[T any] struct {
	client    *Client
	operation operation[logRequest, none]
	opts      []CallOption
	ids       []string
	query     LogQuery
	// unsupported names what was set that this stream does not have.
	unsupported string
	// decode reads an entry; id is that of the event, for entries whose JSON has none.
	decode func(data, id []byte, entry *T) error
}

// all is the sequence. Each range has a state of its own.
//
// It is not inlined, nor is fail, because an idle stream is a goroutine whose stack stays at twice the size for a few hundred bytes that
// the query and an entry would take on it.
//
//go:noinline
func (s *logStream[T]) all(ctx context.Context) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		r := &logRun[T]{logStream: s, ctx: ctx, yield: yield, seed: maphash.MakeSeed()}
		if err := r.follow(); err != nil {
			r.fail(err)
		}
	}
}

// fail gives the last value.
//
//go:noinline
func (r *logRun[T]) fail(err error) {
	var zero T
	r.yield(zero, err)
}

// A logRun is one range over a stream, over as many connections as it takes.
type logRun[T any] struct {
	*logStream[T]
	ctx   context.Context
	yield func(T, error) bool

	policy  RetryPolicy
	decoder *sse.Decoder
	// opened says that a connection has been made, failures counts those lost since the last entry.
	opened   bool
	failures int
	given    int64
	cursor   []byte

	seed   maphash.Seed
	recent []uint64
	oldest int
	// replayed are the ids that a resumed connection may give again, repeats how many of them it gave, fresh how many others.
	replayed       map[uint64]struct{}
	repeats, fresh int64
}

// errStreamEnd ends a run without an error.
var errStreamEnd = errors.New("end of stream")

// A lostError is the end of a connection that another one may mend.
type lostError struct {
	err   error
	after time.Duration
}

func (e *lostError) Error() string { return e.err.Error() }

// follow reads connection after connection, and returns nil at the end of the stream.
func (r *logRun[T]) follow() error {
	if err := r.start(); err != nil {
		return err
	}
	for {
		err := r.connection()
		var lost *lostError
		switch {
		case errors.Is(err, errStreamEnd):
			return nil
		case !errors.As(err, &lost):
			return err
		}
		if err := r.pause(lost); err != nil {
			return err
		}
	}
}

// start checks what send does not.
func (r *logRun[T]) start() error {
	if r.unsupported != "" {
		return &ValidationError{Operation: r.operation.id, Argument: r.unsupported, Reason: "is not a parameter of this stream"}
	}
	policy, reason := r.query.Reconnect.or(RetryPolicy{MinWait: defaultReconnectWait, MaxWait: defaultMaxWait})
	if reason != "" {
		return &ValidationError{Operation: r.operation.id, Argument: "Reconnect", Reason: reason}
	}
	r.policy = policy
	return nil
}

// connection opens the stream once and reads it to its end.
func (r *logRun[T]) connection() error {
	x, err := r.open()
	if err != nil {
		return r.openError(err)
	}
	answer := x.Response
	defer answer.Body.Close()
	if answer.StatusCode == http.StatusNoContent {
		return errStreamEnd
	}
	body, err := eventStream(answer)
	if err != nil {
		return x.decodeError(nil, err)
	}
	r.opened = true
	quiet := &quietReader{r: body, after: r.query.QuietTimeout}
	quiet.restart()
	r.resume(quiet)
	quiet.between = r.decoder.BetweenEvents
	for {
		event, err := r.decoder.Next()
		if err != nil && !errors.Is(err, sse.ErrTooLarge) {
			return r.readError(x, err)
		}
		switch string(event.Name) {
		case "END_OF_STREAM":
			return r.end(event.Data)
		case "HEARTBEAT":
			continue
		case "APPLICATION_LOG", "RESOURCE_LOG", "ACCESS_LOG":
		default:
			if err == nil && len(event.Data) == 0 {
				continue
			}
		}
		if err := r.entry(event, err != nil); err != nil {
			return err
		}
		quiet.restart()
	}
}

func (r *logRun[T]) open() (*exchange, error) {
	s := settings{
		streamed: true, header: streamHeaderTimeout, idle: cmp.Or(r.query.IdleTimeout, defaultIdleTimeout), retry: &RetryPolicy{},
	}
	request := logRequest{LogQuery: r.query, cursor: r.position()}
	if r.query.Limit > 0 {
		// An API that repeats entries on resumption counts them; so they are asked for on top.
		request.limit = r.query.Limit - r.given + r.repeats
	}
	return onAnotherStack(func() (*exchange, error) { return r.client.send(r.ctx, spec(r.operation), s, r.opts, request, r.ids) })
}

// onAnotherStack runs open on a goroutine of its own and waits for it. Sending a request takes a deep stack, which an open stream would
// keep for as long as it lives: 7 KiB of its 35.
func onAnotherStack(open func() (*exchange, error)) (x *exchange, err error) {
	var crash any
	returned, done := false, make(chan struct{})
	go func() {
		defer close(done)
		defer func() { crash = recover() }()
		x, err = open()
		returned = true
	}()
	<-done
	switch {
	case crash != nil:
		panic(crash)
	case !returned:
		runtime.Goexit()
	}
	return x, err
}

func (r *logRun[T]) openError(err error) error {
	if !IsTransient(err) {
		return err
	}
	lost := &lostError{err: err}
	var answer *APIError
	if errors.As(err, &answer) {
		lost.after = answer.RetryAfter
	}
	return lost
}

// eventStream returns the text of a stream, or why it is none.
func eventStream(answer *http.Response) (io.Reader, error) {
	kind, _, _ := mime.ParseMediaType(answer.Header.Get("Content-Type"))
	if kind != mediaEventStream {
		return nil, fmt.Errorf("expected %s, got %q", mediaEventStream, kind)
	}
	switch coding := strings.ToLower(answer.Header.Get("Content-Encoding")); coding {
	case "", "identity":
		return answer.Body, nil
	case "gzip", "x-gzip":
		return &gunzip{compressed: answer.Body}, nil
	default:
		return nil, fmt.Errorf("content encoding %q was not asked for", coding)
	}
}

// gunzip reads the header of the compressed stream with the first read, not before: it may take its time.
type gunzip struct {
	compressed io.Reader
	plain      *gzip.Reader
}

func (g *gunzip) Read(p []byte) (n int, err error) {
	if g.plain == nil {
		if g.plain, err = gzip.NewReader(g.compressed); err != nil {
			return 0, err
		}
	}
	return g.plain.Read(p)
}

// resume makes ready for what a new connection may repeat.
func (r *logRun[T]) resume(body io.Reader) {
	if r.decoder == nil {
		r.decoder = sse.NewDecoder(body, r.query.MaxEventSize)
	} else {
		r.decoder.Reset(body)
	}
	r.repeats, r.fresh, r.replayed = 0, 0, nil
	if len(r.recent) > 0 {
		r.replayed = make(map[uint64]struct{}, len(r.recent))
		for _, id := range r.recent {
			r.replayed[id] = struct{}{}
		}
	}
}

// entry gives one entry, unless it has been given before.
func (r *logRun[T]) entry(event sse.Event, tooLarge bool) error {
	if !event.OwnID {
		event.ID = nil
	}
	if len(event.ID) > 0 {
		id := maphash.Bytes(r.seed, event.ID)
		if _, again := r.replayed[id]; again {
			r.repeats++
			return nil
		}
		r.remember(id, event.ID)
	}
	r.failures = 0
	r.given++
	var entry T
	var failure error // an entry that cannot be read counts like any other
	if tooLarge {
		limit := cmp.Or(r.query.MaxEventSize, sse.DefaultMax)
		err := fmt.Errorf("%w, more than %d bytes", ErrEventTooLarge, limit)
		failure = &LogDecodeError{Operation: r.operation.id, ID: string(event.ID), err: err}
	} else if err := r.decode(event.Data, event.ID, &entry); err != nil {
		failure = &LogDecodeError{Operation: r.operation.id, ID: string(event.ID), Data: bytes.Clone(event.Data), err: err}
	}
	if !r.yield(entry, failure) || r.given == r.query.Limit {
		return errStreamEnd
	}
	return nil
}

func (r *logRun[T]) remember(id uint64, text []byte) {
	r.cursor = append(r.cursor[:0], text...)
	if len(r.recent) < replayWindow {
		r.recent = append(r.recent, id)
	} else {
		r.recent[r.oldest] = id
		r.oldest = (r.oldest + 1) % replayWindow
	}
	if r.replayed != nil {
		if r.fresh++; r.fresh > replayWindow {
			r.replayed = nil
		}
	}
}

// position is where to resume: the last id, unless it cannot be sent.
func (r *logRun[T]) position() string {
	if id := string(r.cursor); transport.ValidHeaderValue(id) {
		return id
	}
	return ""
}

// end is what END_OF_STREAM means, whatever its data: the end, unless repeated entries took the place of fresh ones in the API's count.
func (r *logRun[T]) end(data []byte) error {
	var reason struct {
		EndedBy string `json:"endedBy"`
	}
	_ = json.Unmarshal(data, &reason)
	if r.repeats > 0 && r.query.Limit > 0 && reason.EndedBy != "UNTIL_REACHED" {
		return &lostError{err: &RequestError{Operation: r.operation.id, err: errors.New("repeated entries used up the limit")}}
	}
	return errStreamEnd
}

// readError sorts out why a connection ended.
func (r *logRun[T]) readError(x *exchange, err error) error {
	switch {
	case errors.Is(err, errQuiet):
		return errStreamEnd
	case r.ctx.Err() != nil:
		return x.failure(err)
	case err == io.EOF:
		err = errors.New("the connection ended before the stream did")
	}
	return &lostError{err: x.failure(err)}
}

// pause waits before the next connection, or returns why there is none.
func (r *logRun[T]) pause(lost *lostError) error {
	r.failures++
	most := r.policy.MaxRetries
	if !r.opened {
		settings := r.client.core().config.call
		_ = settings.apply(r.opts) // what is wrong with them has ended the first connection
		most = r.client.core().config.retry.MaxRetries
		if settings.maxRetries != nil {
			most = *settings.maxRetries
		}
	}
	if (most != 0 || !r.opened) && r.failures > most {
		return lost.err
	}
	wait := r.backoff(lost.after)
	if r.query.OnReconnect != nil {
		r.query.OnReconnect(Reconnect{Err: lost.err, Attempt: r.failures, Wait: wait, LastEventID: r.position()})
	}
	if err := sleep(r.ctx, wait); err != nil {
		return &RequestError{Operation: r.operation.id, err: err, text: r.ctx.Err().Error()}
	}
	return nil
}

// backoff is what the API asked for, or doubles with each failure, and is never the same for all clients of a redeployed API.
func (r *logRun[T]) backoff(asked time.Duration) time.Duration {
	if asked > 0 {
		return min(asked, r.policy.MaxWait)
	}
	base := r.policy.MinWait
	if r.decoder != nil {
		if field, ok := r.decoder.Retry(); ok {
			base = max(field, minRetryField)
		}
	}
	wait := min(base, r.policy.MaxWait)
	for range r.failures - 1 {
		wait = min(2*wait, r.policy.MaxWait)
	}
	return wait/2 + rand.N(wait/2+1)
}

// A quietReader ends a stream over which no entry has come for a while. It does so only when something else has, a heartbeat: silence
// alone may be a connection that is dead.
type quietReader struct {
	r     io.Reader
	after time.Duration
	since time.Time
	alive bool
	// between reports whether what came before was whole events: one that has begun is waited for.
	between func() bool
}

var errQuiet = errors.New("no entry for the quiet timeout")

// restart begins to wait for the next entry.
func (q *quietReader) restart() {
	if q.after > 0 {
		q.since, q.alive = time.Now(), false
	}
}

// Read is called when all that came before has been decoded.
func (q *quietReader) Read(p []byte) (int, error) {
	if q.alive && q.after > 0 && time.Since(q.since) >= q.after && q.between() {
		return 0, errQuiet
	}
	n, err := q.r.Read(p)
	q.alive = q.alive || n > 0
	return n, err
}
