// Package transport sends one call to the API: attempts and the waits between them, redirects,
// credentials, timeouts, size limits, debug lines.
//
//	retry loop -> redirects -> attempt (timeout, bounded body, debug line)
//	  -> user's middleware -> credentials -> http.RoundTripper
package transport

import (
	"cmp"
	"context"
	"errors"
	"io"
	"log/slog"
	"maps"
	"math"
	"net/http"
	"net/url"
	"slices"
	"sync/atomic"
	"time"

	"github.com/hashicorp/go-retryablehttp"
)

// Config is what all calls of a client share.
type Config struct {
	// HTTPClient provides the transport, cookie jar and redirect policy. It is not changed.
	HTTPClient *http.Client
	Middleware []func(http.RoundTripper) http.RoundTripper
	// Authenticate adds credentials to the requests of a call that go to its own origin. If nil,
	// requests are anonymous.
	Authenticate func(*http.Request) error
	// Logger gets one debug line per attempt. If nil, nothing is logged.
	Logger *slog.Logger
	// UserAgent is the header of that name.
	UserAgent string
}

// A Transport sends calls. It is safe for concurrent use.
type Transport struct {
	Config
	client http.Client // copied for each call, which sets its Transport
	next   http.RoundTripper
	limit  int64 // of a buffered body
}

// New assembles the layers of one attempt.
func New(c Config) *Transport {
	base := cmp.Or(c.HTTPClient.Transport, http.DefaultTransport)
	t := &Transport{Config: c, next: &credentials{base, c.Authenticate}, limit: MaxResultBody}
	for _, wrap := range slices.Backward(c.Middleware) {
		t.next = wrap(t.next)
	}
	t.client = http.Client{Jar: c.HTTPClient.Jar, CheckRedirect: t.checkRedirect}
	return t
}

// A Policy bounds the attempts of a call and the waits between them.
type Policy struct {
	MaxRetries       int
	MinWait, MaxWait time.Duration
}

// A Call is a request to send, as often as its policy allows.
type Call struct {
	// Operation names the call, Path is what debug lines show in place of its URL.
	Operation, Path string
	Method          string
	URL             url.URL
	// Accept is the media type to ask for. Header is what to send besides, and not changed.
	Accept string
	Header [2]http.Header
	// Content is the JSON in the body, nil if there is none.
	Content []byte
	// Secrets are values in Content that must not be shown if the server echoes them.
	Secrets []string
	// Idempotent says that the call may be sent again although it may have been applied.
	Idempotent bool
	// Streamed hands over the body of a 2xx response as it arrives.
	Streamed bool
	Policy   Policy
	// Timeout bounds an attempt, up to the headers if the call is streamed. 0 is no limit.
	Timeout time.Duration
	// Idle bounds the time that a streamed body may spend without a byte. 0 is no limit.
	Idle time.Duration
}

// An Exchange is a call and what came of it. What a call of one attempt needs is a part of it, to be
// allocated with it.
type Exchange struct {
	Call
	// Response is the response in 2xx, nil if there was none. Its body is open if it is streamed.
	Response *http.Response
	// Body is the body of a response that is not streamed.
	Body []byte
	// Rejected is the last response outside 2xx, with its body in RejectedBody, both without
	// secrets. It is nil if there was none.
	Rejected     *http.Response
	RejectedBody []byte
	// Attempts counts the requests.
	Attempts int
	// MaybeApplied says that the call is a write that an attempt without a result, or with one
	// that leaves it open, may have applied.
	MaybeApplied bool

	context.Context
	secrets
	transport *Transport
	deadline  time.Time // of the attempt
	// refused is the last response outside 2xx, redirects included, and refusal its body.
	refused *http.Response
	refusal []byte

	loop      retryablehttp.Client
	client    http.Client
	request   http.Request
	retryable retryablehttp.Request
	first     attempt
	// signed is what was sent first, and began says that it is in use. It is not a part of the
	// attempt, which a middleware may print with its request.
	signed  sending
	began   atomic.Bool
	limited io.LimitedReader
}

// Do sends the call of x. A response of any status is not an error here.
func (t *Transport) Do(ctx context.Context, x *Exchange) error {
	x.Context, x.transport, x.client = ctx, t, t.client
	x.client.Transport, x.given = x, append(x.room[:0], x.Secrets...)
	if err := ctx.Err(); err != nil {
		return permanent(err)
	}
	request := http.Request{
		Method: x.Method, URL: &x.URL, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}
	x.request = *request.WithContext(ctx)
	x.retryable.Request = &x.request
	if x.Content != nil {
		if err := x.retryable.SetBody(x.Content); err != nil {
			return err
		}
	}
	x.loop = retryablehttp.Client{
		HTTPClient: &x.client, RequestLogHook: x.begin, CheckRetry: x.again, Backoff: x.wait,
		RetryMax: math.MaxInt32, ErrorHandler: retryablehttp.PassthroughErrorHandler,
	}
	resp, err := x.loop.Do(&x.retryable)
	if err != nil {
		return failureOf(err)
	}
	if resp.StatusCode/100 == 2 {
		x.Response = resp
	}
	return nil
}

// begin prepares an attempt.
func (x *Exchange) begin(_ retryablehttp.Logger, req *http.Request, retries int) {
	x.Attempts = retries + 1
	x.deadline = time.Now().Add(x.Timeout)
	req.Header = x.header()
}

// header returns a new header for an attempt, since cookie jars and middleware change it.
func (x *Exchange) header() http.Header {
	h := make(http.Header, 4+len(x.Header[0])+len(x.Header[1]))
	values := []string{x.Accept, x.transport.UserAgent, "application/json"}
	h["Accept"] = values[0:1:1]
	h["User-Agent"] = values[1:2:2]
	if x.Content != nil {
		h["Content-Type"] = values[2:3:3]
	}
	for _, more := range x.Header {
		maps.Copy(h, more.Clone())
	}
	return h
}

// A Failure is an attempt without a usable response.
type Failure struct {
	// Err is the cause, without secrets.
	Err error
	// Sent says that the request may have reached a server.
	Sent bool
	// Permanent says that another attempt would fail in the same way.
	Permanent bool
}

func (f *Failure) Error() string { return f.Err.Error() }
func (f *Failure) Unwrap() error { return f.Err }

// permanent returns a failure that another attempt would meet again.
func permanent(err error) *Failure { return &Failure{Err: err, Permanent: true} }

// failureOf returns the failure in err, which net/http wraps, or makes one of what net/http and
// the retry loop did not leave to an attempt.
func failureOf(err error) *Failure {
	if failure, ok := errors.AsType[*Failure](err); ok {
		return failure
	}
	return &Failure{Err: withoutURL(err), Sent: true}
}

// withoutURL returns the cause of an error that prints the URL with its query.
func withoutURL(err error) error {
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		return wrapped.Err
	}
	return err
}
