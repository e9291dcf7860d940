package transport

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"sync"
	"time"
)

// ErrTooLarge is a result larger than MaxResultBody.
var ErrTooLarge = errors.New("response larger than 256 MiB")

var errNoResponse = errors.New("the RoundTripper returned neither a response nor an error")

// A TimeoutError is a wait for the server that was given up.
type TimeoutError struct {
	After time.Duration
	// Idle says that a body had begun.
	Idle bool
}

func (e *TimeoutError) Error() string {
	if e.Idle {
		return fmt.Sprintf("nothing received for %v", e.After)
	}
	return fmt.Sprintf("no complete answer within %v", e.After)
}

// Timeout makes it a net.Error's timeout.
func (e *TimeoutError) Timeout() bool { return true }

// Temporary makes it a net.Error.
func (e *TimeoutError) Temporary() bool { return true }

// Is makes it os.ErrDeadlineExceeded, and not context.DeadlineExceeded: the caller's context has not ended.
func (e *TimeoutError) Is(target error) bool { return target == os.ErrDeadlineExceeded }

// attempt bounds one exchange in time and size and writes its debug line.
type attempt struct {
	next    http.RoundTripper
	logger  *slog.Logger
	buffers *sync.Pool
	// limit bounds a result that is read at once.
	limit int64
}

func (a *attempt) RoundTrip(req *http.Request) (*http.Response, error) {
	c := callOf(req.Context())
	var start time.Time
	if a.logger != nil {
		start = time.Now()
	}
	watch := newWatchdog(req.Context(), c.deadline, c.Timeout)
	own := req.WithContext(watch.ctx)
	watch.url = *req.URL
	own.URL = &watch.url // credentials are bound to the call's, which no RoundTripper must be able to change
	resp, err := a.next.RoundTrip(own)
	if err == nil && resp == nil {
		err = &Permanent{errNoResponse}
	}
	if err == nil {
		err = a.receive(c, req.URL, resp, watch)
	}
	if err != nil {
		err = c.Redactor().Error(watch.explain(err))
		watch.stop()
		resp = nil
	}
	a.log(req.Context(), c, resp, err, start)
	return resp, err
}

// receive reads the body now, unless it is to be handed over as it arrives.
func (a *attempt) receive(c *Call, from *url.URL, resp *http.Response, watch *watchdog) error {
	if resp.Body == nil {
		resp.Body = http.NoBody // as net/http's client does for a RoundTripper that is a test's
	}
	ok := resp.StatusCode/100 == 2
	if ok && c.Streamed {
		watch.idle(c.Idle)
		resp.Body = &watchedBody{body: resp.Body, watch: watch, call: c}
		return nil
	}
	defer watch.stop()
	defer resp.Body.Close()
	switch {
	case ok && c.Consume != nil:
		return c.consume(resp, a.limit)
	case ok:
		return c.readResult(resp, a.buffers, a.limit)
	}
	var body []byte
	// The body of a switch of protocols is the connection itself: neither the timeout nor the caller's context would end a read of it.
	if resp.StatusCode != http.StatusSwitchingProtocols {
		// The status has been decided; a body that breaks off does not change it.
		body, _ = io.ReadAll(io.LimitReader(resp.Body, MaxErrorBody))
	}
	resp.Body = http.NoBody
	c.reject(resp, body)
	withoutUnreadableLocation(from, resp)
	return nil
}

// EndsWithConnection reports whether the body of resp ends only where its connection does: one that was cut looks like a whole one.
func EndsWithConnection(resp *http.Response) bool {
	return resp.Close && resp.ContentLength < 0 && len(resp.TransferEncoding) == 0 && !resp.Uncompressed
}

// reject keeps what an error is made of. It is cleaned now, since the next attempt may have other credentials.
func (c *Call) reject(resp *http.Response, body []byte) {
	hide := c.Redactor()
	clean := *resp
	clean.Header = hide.Header(resp.Header)
	c.rejected, c.rejection = &clean, hide.Bytes(body)
}

func (c *Call) readResult(resp *http.Response, pool *sync.Pool, limit int64) error {
	if resp.ContentLength > limit {
		return &Permanent{ErrTooLarge}
	}
	c.buffer = pool.Get().(*bytes.Buffer)
	if n := resp.ContentLength; n > 0 && n <= maxPooledBody {
		c.buffer.Grow(int(n) + bytes.MinRead)
	}
	c.bounded = io.LimitedReader{R: resp.Body, N: limit + 1}
	n, err := c.buffer.ReadFrom(&c.bounded)
	resp.Body = http.NoBody
	if err != nil {
		return fmt.Errorf("response broke off after %d bytes: %w", n, err)
	}
	if n > limit {
		return &Permanent{ErrTooLarge}
	}
	c.Payload = c.buffer.Bytes()
	return nil
}

// consume hands the body over. What its consumer makes of it is no matter here, only whether it could be read.
func (c *Call) consume(resp *http.Response, limit int64) error {
	if resp.ContentLength > limit {
		return &Permanent{ErrTooLarge}
	}
	body := &bodyReader{r: resp.Body, limit: limit}
	c.Consume(body)
	resp.Body = http.NoBody
	return body.err
}

// A bodyReader notes how reading failed, or that there is too much.
type bodyReader struct {
	r        io.Reader
	n, limit int64
	err      error
}

func (b *bodyReader) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	b.n += int64(n)
	switch {
	case b.n > b.limit:
		b.err = &Permanent{ErrTooLarge}
		return 0, b.err
	case err != nil && err != io.EOF:
		b.err = fmt.Errorf("response broke off after %d bytes: %w", b.n, err)
		return n, b.err
	}
	return n, err
}

// A watchdog ends an exchange that takes too long, as a whole or between two reads.
type watchdog struct {
	ctx     context.Context
	cancel  context.CancelCauseFunc
	timer   *time.Timer
	timeout TimeoutError
	// url is that of the exchange.
	url url.URL
}

func newWatchdog(parent context.Context, deadline time.Time, timeout time.Duration) *watchdog {
	w := &watchdog{timeout: TimeoutError{After: timeout}}
	w.ctx, w.cancel = context.WithCancelCause(parent)
	if !deadline.IsZero() {
		w.timer = time.AfterFunc(time.Until(deadline), w.bark)
	}
	return w
}

func (w *watchdog) bark() { w.cancel(&w.timeout) }

// idle turns the watch from the whole exchange to each read.
func (w *watchdog) idle(limit time.Duration) {
	if w.timer != nil {
		w.timer.Stop()
		w.timer = nil
	}
	w.timeout = TimeoutError{After: limit, Idle: true}
	if limit > 0 {
		w.timer = time.AfterFunc(limit, w.bark)
		w.timer.Stop()
	}
}

func (w *watchdog) stop() {
	if w.timer != nil {
		w.timer.Stop()
	}
	w.cancel(nil)
}

// explain replaces the error of a request that the watchdog ended.
func (w *watchdog) explain(err error) error {
	if cause := context.Cause(w.ctx); errors.Is(cause, os.ErrDeadlineExceeded) {
		return cause
	}
	return err
}

type watchedBody struct {
	body  io.ReadCloser
	watch *watchdog
	call  *Call
}

// Read counts only the time spent waiting for the server: a slow reader of the body is no fault of the server's. It looks at the context
// itself, since a small piece of a compressed body can be read from for long before the connection is asked for more.
func (b *watchedBody) Read(p []byte) (int, error) {
	if err := b.watch.ctx.Err(); err != nil {
		return 0, b.watch.explain(err)
	}
	if t := b.watch.timer; t != nil {
		t.Reset(b.watch.timeout.After)
		defer t.Stop()
	}
	n, err := b.body.Read(p)
	if err != nil && err != io.EOF {
		err = b.call.Redactor().Error(b.watch.explain(err))
	}
	return n, err
}

func (b *watchedBody) Close() error {
	b.watch.stop()
	return b.body.Close()
}
