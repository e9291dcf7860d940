package clevercloud

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"iter"
	"mime"
	"net/http"
	"runtime/debug"
	"slices"
	"time"

	"github.com/clevercloud-go/clevercloud/internal/sse"
	"github.com/clevercloud-go/clevercloud/internal/transport"
)

const (
	defaultReconnectWait = time.Second
	// defaultIdleTimeout is that of EventQuery.IdleTimeout. Heartbeats are 2 to 5 seconds apart.
	defaultIdleTimeout = 30 * time.Second
	// streamHeaderTimeout is how long the API may take to open a stream.
	streamHeaderTimeout = 10 * time.Second
	// replayWindow is the number of values behind a resumption among which repeated ones are
	// recognized.
	replayWindow = 1024
)

// A stream is one iteration over an event stream, over as many connections as it takes. T is what
// an event is decoded into. The first fields say what to read, and are set by whoever makes it.
type stream[T any] struct {
	client    *Client
	operation spec
	ids       []string
	opts      []CallOption
	query     EventQuery
	// invalid is why nothing is sent, nil if there is no reason.
	invalid error
	// input returns what to ask for, given what is left of the limit.
	input func(left int64) input
	limit int64
	// takes reports whether events of that name are values, in general or if they have data.
	takes func(name []byte, hasData bool) bool
	// decode reads an event into value, which is not used if there is an error.
	decode func(event sse.Event, value *T) error
	quiet  quietReader
	// compress asks for gzip.
	compress bool
	// restarts says that the request tells where to start without a position.
	restarts bool

	ctx    context.Context
	yield  func(T, error) bool
	policy RetryPolicy
	// value is here because it is passed to decode and would be allocated for each event otherwise.
	value   T
	decoder *sse.Decoder
	// opened says that a connection was made, left that the loop was left.
	opened, left bool
	// failures counts the connections lost since the last value.
	failures int
	given    int64
	// bound is what given and repeats add up to when the API's count reaches what was asked for.
	bound int64
	// cursor is where to resume: behind the last ID that can be sent.
	cursor []byte

	seed   maphash.Seed
	recent []uint64
	oldest int
	// replayed are the IDs that a resumed connection may send again, repeats counts those that it
	// did send again, and fresh the others.
	replayed       []uint64
	repeats, fresh int64
}

// all returns the sequence. Each iteration over it is a stream of its own.
func (s *stream[T]) all(ctx context.Context) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		run := *s
		if err := run.follow(ctx, yield); err != nil {
			yield(*new(T), err)
		}
	}
}

// follow yields values until the stream ends, the loop is left or ctx is done. It continues an
// iteration if it is called again.
func (s *stream[T]) follow(ctx context.Context, yield func(T, error) bool) error {
	s.ctx, s.yield = ctx, yield
	if err := s.start(); err != nil {
		return err
	}
	for {
		err := s.connection()
		switch {
		case err == nil:
			return nil
		case s.isUnknownPosition(err):
			s.cursor = nil
			s.report(err, 0)
			continue
		case !s.opened || !IsTransient(err):
			return err
		}
		if err := s.pause(err); err != nil {
			return err
		}
	}
}

// start checks what send does not, and makes the state of an iteration.
func (s *stream[T]) start() error {
	if s.decoder != nil {
		return nil
	}
	policy, reason := s.query.Reconnect.or(
		RetryPolicy{MinWait: defaultReconnectWait, MaxWait: defaultMaxWait})
	invalid := func(argument, reason string) error {
		return &ValidationError{
			Operation: s.operation.id, target: s.operation.target(),
			Argument: argument, Reason: reason,
		}
	}
	switch {
	case s.invalid != nil:
		return s.invalid
	case reason != "":
		return invalid("Reconnect", reason)
	case s.query.MaxEventSize < 0:
		return invalid("MaxEventSize", "must not be negative")
	case !canBeSent([]byte(s.query.LastEventID)):
		return invalid("LastEventID",
			"must be printable text on one line, without spaces around it")
	}
	s.policy, s.seed = policy, maphash.MakeSeed()
	s.decoder = sse.NewDecoder(nil, s.query.MaxEventSize)
	s.quiet.decoder = s.decoder
	if id := s.query.LastEventID; id != "" {
		s.remember(maphash.String(s.seed, id), []byte(id))
	}
	return nil
}

// connection opens the stream once and reads it. It returns nil if the stream is over.
func (s *stream[T]) connection() error {
	x, err := s.open()
	if err != nil {
		return err
	}
	defer x.Response.Body.Close()
	if x.Response.StatusCode == http.StatusNoContent {
		return nil
	}
	kind, _, _ := mime.ParseMediaType(x.Response.Header.Get("Content-Type"))
	if kind != mediaEventStream {
		return x.decodeError(nil, fmt.Errorf("expected %s, got %q", mediaEventStream, kind))
	}
	s.opened = true
	x.Attempts, x.Rejected = 1, nil // how it was opened says nothing about how it ends
	s.resume(x.Response.Body)
	for {
		event, err := s.decoder.Next()
		tooLarge := errors.Is(err, sse.ErrTooLarge)
		switch {
		case err != nil && !tooLarge:
			return s.readError(x, err)
		case string(event.Name) == "HEARTBEAT":
			continue
		case string(event.Name) == "END_OF_STREAM":
			return s.endOfStream(event.Data)
		case !s.takes(event.Name, tooLarge || len(event.Data) > 0):
			continue
		case !s.deliver(event, tooLarge):
			return nil
		}
		s.quiet.restart()
	}
}

// open sends the request. The first connection is retried like any call, each other one by pause.
func (s *stream[T]) open() (*exchange, error) {
	use := settings{
		streamed: true, header: streamHeaderTimeout,
		idle: cmp.Or(s.query.IdleTimeout, defaultIdleTimeout),
	}
	if s.opened {
		use.retry = &RetryPolicy{}
	}
	return onOwnStack(func() (*exchange, error) {
		return s.client.send(s.ctx, s.operation, use, s.opts, s, s.ids)
	})
}

// encode implements input. It adds to the stream's query what a connection needs: the limit that
// is left, the encoding and the position.
func (s *stream[T]) encode(d *draft) error {
	var left int64
	if s.limit > 0 {
		// An API that repeats values on resumption counts them, so they are asked for on top.
		s.bound = s.limit + s.repeats
		left = s.bound - s.given
	}
	// A compressor between here and the API may hold heartbeats back.
	d.header = http.Header{"Accept-Encoding": {"identity"}}
	if s.compress {
		d.header["Accept-Encoding"] = []string{"gzip"}
	}
	if len(s.cursor) > 0 {
		d.header["Last-Event-Id"] = []string{string(s.cursor)}
	}
	return s.input(left).encode(d)
}

// onOwnStack calls open on the stack of a coroutine. Sending a request takes a deep stack, and an
// open stream would keep it as long as it lives: 12 of 47 KiB.
func onOwnStack(open func() (*exchange, error)) (x *exchange, err error) {
	next, stop := iter.Pull(func(func(struct{}) bool) {
		defer repanicWithStack()
		x, err = open()
	})
	defer stop()
	next()
	return x, err
}

// repanicWithStack is deferred by functions that run on another stack. It adds that stack to a
// panic.
func repanicWithStack() {
	if value := recover(); value != nil {
		panic(&openPanic{value, debug.Stack()})
	}
}

// An openPanic is a panic of what sent a request on another stack, such as a middleware, with its
// own stack.
type openPanic struct {
	value any
	stack []byte
}

func (p *openPanic) Error() string { return fmt.Sprintf("%v\n\n%s", p.value, p.stack) }

func (p *openPanic) Unwrap() error {
	err, _ := p.value.(error)
	return err
}

// canBeSent reports whether a header can carry an ID as it is: HTTP drops blanks around it.
func canBeSent(id []byte) bool {
	control := func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }
	return len(bytes.Trim(id, " \t")) == len(id) && !bytes.ContainsFunc(id, control)
}

// isUnknownPosition reports whether the API may have rejected the position that an earlier program
// kept, while the request says where to start without it.
func (s *stream[T]) isUnknownPosition(err error) bool {
	answer, ok := err.(*APIError)
	return ok && s.restarts && !s.opened && len(s.cursor) > 0 && answer.StatusCode/100 == 4 &&
		!answer.transient && !errors.Is(err, ErrUnauthorized) && !errors.Is(err, ErrForbidden)
}

// resume prepares for what a new connection may repeat.
func (s *stream[T]) resume(body io.Reader) {
	s.quiet.r = body
	s.quiet.restart()
	s.decoder.Reset(&s.quiet)
	s.repeats, s.fresh, s.replayed = 0, 0, slices.Clone(s.recent)
}

// deliver yields the value of an event, unless it was delivered before. It reports whether the
// stream continues.
func (s *stream[T]) deliver(event sse.Event, tooLarge bool) bool {
	if !event.OwnID {
		event.ID = nil
	}
	if len(event.ID) > 0 {
		id := maphash.Bytes(s.seed, event.ID)
		if slices.Contains(s.replayed, id) {
			s.repeats++
			return true
		}
		s.remember(id, event.ID)
	}
	s.failures = 0
	s.given++ // a value that cannot be read counts like any other
	s.left = !s.yield(s.value, s.read(event, tooLarge))
	return !s.left && !s.full()
}

// full reports whether the limit is reached.
func (s *stream[T]) full() bool { return s.limit > 0 && s.given >= s.limit }

// read decodes an event into s.value. With an error that is zero.
func (s *stream[T]) read(event sse.Event, tooLarge bool) error {
	var cause error
	var data []byte
	if tooLarge {
		limit := cmp.Or(s.query.MaxEventSize, sse.DefaultMax)
		cause = fmt.Errorf("%w, more than %d bytes", ErrEventTooLarge, limit)
	} else if cause = s.decode(event, &s.value); cause == nil {
		return nil
	} else if !s.operation.secretResult {
		data = bytes.Clone(event.Data)
	}
	s.value = *new(T)
	return &LogDecodeError{
		Operation: s.operation.id, ID: string(event.ID), Data: data,
		err: cause, target: s.operation.target(),
	}
}

func (s *stream[T]) remember(id uint64, text []byte) {
	if canBeSent(text) {
		s.cursor = append(s.cursor[:0], text...)
	}
	if len(s.recent) < replayWindow {
		s.recent = append(s.recent, id)
	} else {
		s.recent[s.oldest] = id
		s.oldest = (s.oldest + 1) % replayWindow
	}
	if s.replayed != nil {
		if s.fresh++; s.fresh > replayWindow {
			s.replayed = nil
		}
	}
}

// endOfStream returns what END_OF_STREAM means, whatever its data: the end, unless the API has sent
// as many as it was asked for, and repeated values took the place of new ones.
func (s *stream[T]) endOfStream(data []byte) error {
	var reason struct {
		EndedBy string `json:"endedBy"`
	}
	if s.limit > 0 && s.given+s.repeats >= s.bound {
		_ = decodeLoose(data, &reason)
		if reason.EndedBy != "UNTIL_REACHED" {
			return &RequestError{
				Operation: s.operation.id, transient: true, unavailable: true,
				err: errors.New("repeated entries used up the limit"),
			}
		}
	}
	return nil
}

// readError returns why a connection ended, nil if that is the end of the stream.
func (s *stream[T]) readError(x *exchange, err error) error {
	switch {
	case errors.Is(err, errQuiet):
		return nil
	case err != io.EOF || s.ctx.Err() != nil:
		return x.failure(err)
	}
	e := x.failure(io.ErrUnexpectedEOF)
	e.text = "the connection ended before the stream did"
	return e
}

// pause waits before the next connection, or returns why there is none.
func (s *stream[T]) pause(lost error) error {
	if most := s.policy.MaxRetries; most != 0 && s.failures >= most {
		return lost
	}
	wait := s.backoff(lost)
	s.report(lost, wait)
	if sleep(s.ctx, wait) == nil {
		return nil
	}
	e := waitError(s.ctx, s.operation.id, lost.Error(), lost).(*RequestError)
	e.target = s.operation.target()
	return e
}

// report counts a lost connection, and tells the caller of it.
func (s *stream[T]) report(lost error, wait time.Duration) {
	s.failures++
	if s.query.OnReconnect != nil {
		s.query.OnReconnect(Reconnect{
			Operation: title(s.operation.id, s.operation.target()),
			Err:       lost, Attempt: s.failures, Wait: wait, LastEventID: string(s.cursor),
		})
	}
}

// backoff returns what the API asked for, or else a random wait on top of the one that the stream
// itself has set.
func (s *stream[T]) backoff(lost error) time.Duration {
	longest := s.policy.MaxWait
	if answer, ok := lost.(*APIError); ok && answer.RetryAfter > 0 {
		return min(answer.RetryAfter, longest)
	}
	field := min(s.decoder.Retry(), longest)
	return field + min(transport.Backoff(transport.Policy(s.policy), s.failures+1), longest-field)
}

// A quietReader ends a stream over which no value has come for a while. It does so only when
// something else has, a heartbeat: silence alone may be a dead connection.
type quietReader struct {
	r     io.Reader
	after time.Duration
	since time.Time
	alive bool
	// decoder is what reads. An event that has begun is waited for.
	decoder *sse.Decoder
}

var errQuiet = errors.New("no entry for the quiet timeout")

// restart begins to wait for the next value.
func (q *quietReader) restart() {
	if q.after > 0 {
		q.since, q.alive = time.Now(), false
	}
}

// Read is called when all that came before has been decoded.
func (q *quietReader) Read(p []byte) (int, error) {
	if q.alive && q.after > 0 && time.Since(q.since) >= q.after && q.decoder.BetweenEvents() {
		return 0, errQuiet
	}
	n, err := q.r.Read(p)
	q.alive = q.alive || n > 0
	return n, err
}
