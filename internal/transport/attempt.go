package transport

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"
)

// Limits on what is kept of a response.
const (
	MaxErrorBody  = 1 << 20
	MaxResultBody = 32 << 20
)

// ErrTooLarge reports a result larger than MaxResultBody.
var ErrTooLarge = errors.New("response larger than 32 MiB")

// RoundTrip makes one attempt, or one step of it after a redirect: it bounds the exchange in time
// and size, and writes its debug line.
func (r *run) RoundTrip(req *http.Request) (*http.Response, error) {
	start := time.Now()
	a := &attempt{operation: r.Operation, number: r.Attempts, url: r.URL, secrets: r.secrets}
	watch := newWatchdog(context.WithValue(req.Context(), attemptKey{}, a), r.deadline, r.Timeout)
	own := req.WithContext(watch.ctx)
	target := *req.URL
	own.URL = &target // a RoundTripper must not be able to change the URL of the call
	resp, err := r.transport.next.RoundTrip(own)
	switch {
	case err == nil && resp == nil:
		err = &fatalError{errors.New("the RoundTripper returned neither a response nor an error")}
	case err != nil && resp != nil && resp.Body != nil:
		resp.Body.Close()
	}
	if err == nil {
		err = r.receive(req.URL, resp, watch)
	}
	if err != nil {
		err = a.failure(watch.explain(err))
		watch.stop()
		resp = nil
	}
	r.log(req.Context(), resp, err, start)
	return resp, err
}

// receive reads the body now, unless it is to be handed over as it arrives.
func (r *run) receive(from *url.URL, resp *http.Response, watch *watchdog) error {
	if resp.Body == nil {
		resp.Body = http.NoBody // a RoundTripper that is a test's may leave it out
	}
	if r.Method == http.MethodHead {
		resp.ContentLength = 0 // it is that of another body
	}
	body := resp.Body
	decodeContent(resp)
	ok := resp.StatusCode/100 == 2
	if ok && r.Streamed {
		watch.idle(r.Idle)
		resp.Body = &watchedBody{Reader: resp.Body, body: body, watch: watch, secrets: r.secrets}
		return nil
	}
	defer watch.stop()
	defer body.Close()
	if ok {
		whole, err := buffer(resp, r.transport.limit)
		if err == nil {
			r.Result.Body = whole
		}
		resp.Body = http.NoBody
		return err
	}
	// The body of a protocol switch is the connection itself, which nothing would end.
	r.refusal = nil
	if resp.StatusCode != http.StatusSwitchingProtocols {
		// The status is known. A body that is interrupted does not change it.
		var b bytes.Buffer
		r.refusal, _ = readAll(&b, io.LimitReader(resp.Body, MaxErrorBody), MaxErrorBody)
	}
	resp.Body = http.NoBody
	r.refusalHeader = resp.Header
	r.secrets.add(locationSecrets(resp.Header)...)
	withoutUnreadableLocation(from, resp)
	return nil
}

// readAll reads all of body into b. What was read is returned with an error, too.
func readAll(b *bytes.Buffer, body io.Reader, limit int64) ([]byte, error) {
	n, err := b.ReadFrom(io.LimitReader(body, limit+1))
	if err != nil {
		return b.Bytes(), fmt.Errorf("response interrupted after %d bytes: %w", n, err)
	}
	if n > limit {
		return nil, &fatalError{ErrTooLarge}
	}
	return b.Bytes(), nil
}

// decodeContent undoes a gzip coding that net/http did not ask for, and so did not undo. Any other
// coding is left to the caller, in the header.
func decodeContent(resp *http.Response) {
	switch strings.ToLower(resp.Header.Get("Content-Encoding")) {
	case "gzip", "x-gzip":
		resp.Header = resp.Header.Clone()
		resp.Header.Del("Content-Encoding")
		resp.Header.Del("Content-Length")
		resp.ContentLength, resp.Uncompressed = -1, true
		resp.Body = &gunzip{Closer: resp.Body, compressed: resp.Body}
	}
}

// A gunzip reads the header of a compressed body with the first read, not before: it may take its
// time to arrive.
type gunzip struct {
	io.Closer
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

// EndsWithConnection reports whether the body of resp ends only where its connection does, so that
// a truncated one looks complete.
func EndsWithConnection(resp *http.Response) bool {
	return resp.Close && resp.ContentLength < 0 &&
		len(resp.TransferEncoding) == 0 && !resp.Uncompressed
}

// A TimeoutError reports that the server took too long.
type TimeoutError struct {
	After time.Duration
	// Idle says that a body had begun.
	Idle bool
}

func (e *TimeoutError) Error() string {
	if e.Idle {
		return fmt.Sprintf("timed out after %v without data", e.After)
	}
	return fmt.Sprintf("timed out after %v waiting for the response", e.After)
}

// Timeout makes it a net.Error's timeout.
func (e *TimeoutError) Timeout() bool { return true }

// Temporary makes it a net.Error.
func (e *TimeoutError) Temporary() bool { return true }

// Is makes it os.ErrDeadlineExceeded, and not context.DeadlineExceeded: the caller's context goes
// on.
func (e *TimeoutError) Is(target error) bool { return target == os.ErrDeadlineExceeded }

// A watchdog ends an exchange that takes too long, as a whole or between two reads.
type watchdog struct {
	ctx     context.Context
	cancel  context.CancelCauseFunc
	timer   *time.Timer
	timeout TimeoutError
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
	io.Reader
	body    io.Closer
	watch   *watchdog
	secrets *secrets
}

// Read counts only the time spent waiting for the server: a slow reader of the body is not the
// server's fault. It looks at the context itself, since a compressed body can be read from for long
// before the connection is asked for more.
func (b *watchedBody) Read(p []byte) (int, error) {
	if err := b.watch.ctx.Err(); err != nil {
		return 0, b.watch.explain(err)
	}
	if t := b.watch.timer; t != nil {
		t.Reset(b.watch.timeout.After)
		defer t.Stop()
	}
	n, err := b.Reader.Read(p)
	if err != nil && err != io.EOF {
		err = b.secrets.redactor().Error(b.watch.explain(err))
	}
	return n, err
}

func (b *watchedBody) Close() error {
	b.watch.stop()
	return b.body.Close()
}
