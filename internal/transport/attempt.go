package transport

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
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
func (x *Exchange) RoundTrip(req *http.Request) (*http.Response, error) {
	start := time.Now()
	a := &x.first
	if a.of != nil {
		a = new(attempt)
	}
	// A RoundTripper must not be able to change the URL of the call.
	a.of, a.number, a.url = x, x.Attempts, *req.URL
	a.Context, a.cancel = context.WithCancelCause(req.Context())
	if x.Timeout > 0 {
		a.timer = time.AfterFunc(time.Until(x.deadline), func() {
			a.cancel(&TimeoutError{After: x.Timeout})
		})
	}
	a.request = *req.WithContext(a)
	a.request.URL, a.request.Host = &a.url, cmp.Or(req.Host, a.url.Host)
	resp, err := x.transport.next.RoundTrip(&a.request)
	switch {
	case err == nil && resp == nil:
		err = permanent(errors.New("the RoundTripper returned neither a response nor an error"))
	case err != nil && resp != nil && resp.Body != nil:
		resp.Body.Close()
	}
	if err == nil {
		err = a.receive(req.URL, resp)
	}
	if err != nil {
		err = a.failure(a.explain(err))
		a.stop()
		resp = nil
	}
	x.log(req.Context(), resp, err, start)
	return resp, err
}

// receive reads the body now, unless it is to be handed over as it arrives.
func (a *attempt) receive(from *url.URL, resp *http.Response) (err error) {
	x := a.of
	if resp.Body == nil {
		resp.Body = http.NoBody // a RoundTripper that is a test's may leave it out
	}
	if x.Method == http.MethodHead {
		resp.ContentLength = 0 // it is that of another body
	}
	decodeContent(resp)
	body := resp.Body
	ok := resp.StatusCode/100 == 2
	if ok && x.Streamed {
		a.watchReads()
		a.body, resp.Body = body, a
		return nil
	}
	defer a.stop()
	defer body.Close()
	resp.Body = http.NoBody
	if ok {
		x.limited = io.LimitedReader{R: body, N: x.transport.limit + 1}
		x.Body, err = readAll(&x.limited, resp.ContentLength)
		return err
	}
	if resp.StatusCode == http.StatusSwitchingProtocols {
		body = http.NoBody // it is the connection itself, which nothing would end
	}
	refused := *resp
	x.refused = &refused
	// The status is known. A body that is interrupted does not change it.
	x.refusal, _ = io.ReadAll(io.LimitReader(body, MaxErrorBody))
	location := resp.Header.Get("Location")
	x.secrets.add(locationSecrets(location)...)
	if _, err := from.Parse(location); err != nil {
		// net/http would fail without a word about the response.
		resp.Header = resp.Header.Clone()
		resp.Header.Del("Location")
	}
	return nil
}

// readAll reads a body that must end before the limit is used up.
func readAll(body *io.LimitedReader, declared int64) ([]byte, error) {
	if declared >= body.N {
		return nil, permanent(ErrTooLarge)
	}
	var b bytes.Buffer
	b.Grow(int(max(0, declared)) + bytes.MinRead)
	switch n, err := b.ReadFrom(body); {
	case err != nil:
		return nil, fmt.Errorf("response interrupted after %d bytes: %w", n, err)
	case body.N <= 0:
		return nil, permanent(ErrTooLarge)
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
		resp.Body = &gunzip{ReadCloser: resp.Body}
	}
}

// A gunzip reads the header of a compressed body with the first read, not before: it may take its
// time to arrive.
type gunzip struct {
	io.ReadCloser
	plain *gzip.Reader
}

func (g *gunzip) Read(p []byte) (n int, err error) {
	if g.plain == nil {
		if g.plain, err = gzip.NewReader(g.ReadCloser); err != nil {
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

// Timeout and Temporary make it a net.Error.
func (e *TimeoutError) Timeout() bool   { return true }
func (e *TimeoutError) Temporary() bool { return true }

// Is makes it os.ErrDeadlineExceeded, and not context.DeadlineExceeded: the caller's context is not
// done.
func (e *TimeoutError) Is(target error) bool { return target == os.ErrDeadlineExceeded }

// watchReads bounds each read, and no longer the exchange.
func (a *attempt) watchReads() {
	if a.timer != nil {
		a.timer.Stop()
		a.timer = nil
	}
	if idle := a.of.Idle; idle > 0 {
		a.timer = time.AfterFunc(idle, func() { a.cancel(&TimeoutError{After: idle, Idle: true}) })
		a.timer.Stop()
	}
}

func (a *attempt) stop() {
	if a.timer != nil {
		a.timer.Stop()
	}
	a.cancel(nil)
}

// explain replaces the error of a request that took too long.
func (a *attempt) explain(err error) error {
	if cause := context.Cause(a); errors.Is(cause, os.ErrDeadlineExceeded) {
		return cause
	}
	return err
}

// Read reads a streamed body. It counts only the time spent waiting for the server: a slow reader
// of the body is not the server's fault. It looks at the context itself, since a compressed body can
// be read from for long before the connection is asked for more.
func (a *attempt) Read(p []byte) (int, error) {
	if err := a.Err(); err != nil {
		return 0, a.explain(err)
	}
	if a.timer != nil {
		a.timer.Reset(a.of.Idle)
		defer a.timer.Stop()
	}
	n, err := a.body.Read(p)
	if err != nil && err != io.EOF {
		err = a.of.Redactor().Error(a.explain(err))
	}
	return n, err
}

// Close ends a streamed body.
func (a *attempt) Close() error {
	a.stop()
	return a.body.Close()
}

// log writes the line of one attempt: no URL, no query, no body, no request header, and of the
// response only headers that hold no secret.
func (x *Exchange) log(ctx context.Context, resp *http.Response, err error, start time.Time) {
	logger := x.transport.Logger
	if logger == nil || !logger.Enabled(ctx, slog.LevelDebug) {
		return
	}
	attrs := []slog.Attr{
		slog.String("operation", x.Operation), slog.String("method", x.Method),
		slog.String("path", x.Path), slog.Int("attempt", x.Attempts),
		slog.Duration("duration", time.Since(start)),
	}
	if err != nil {
		attrs = append(attrs, slog.String("error", err.Error()))
	}
	if resp != nil {
		shown := []string{"Content-Type", "Content-Length", "Date", "Retry-After", "Server"}
		var header []slog.Attr
		for _, name := range shown {
			if v := resp.Header.Get(name); v != "" {
				header = append(header, slog.String(name, x.secrets.hide(v)))
			}
		}
		attrs = append(attrs, slog.Int("status", resp.StatusCode),
			slog.String("request_id", x.secrets.hide(resp.Header.Get("Sozu-Id"))),
			slog.GroupAttrs("header", header...))
	}
	logger.LogAttrs(ctx, slog.LevelDebug, "clevercloud: request", attrs...)
}
