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
	"log/slog"
	"math"
	"net/http"
	"net/url"
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
}

// A Transport sends calls. It is safe for concurrent use.
type Transport struct {
	client http.Client // copied for each call, which sets its Transport
	next   http.RoundTripper
	logger *slog.Logger
	limit  int64 // of a buffered body
}

// New assembles the layers of one attempt.
func New(c Config) *Transport {
	base := cmp.Or(c.HTTPClient.Transport, http.DefaultTransport)
	var next http.RoundTripper = &credentials{base, c.Authenticate}
	for i := len(c.Middleware) - 1; i >= 0; i-- {
		next = c.Middleware[i](next)
	}
	redirects := redirectPolicy(c.HTTPClient.CheckRedirect)
	client := http.Client{Jar: c.HTTPClient.Jar, CheckRedirect: redirects}
	return &Transport{client, next, c.Logger, MaxResultBody}
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
	URL             *url.URL
	// Header returns a new header for each attempt, since cookie jars and middleware change it.
	Header func() http.Header
	Body   []byte
	// Secrets are values in the body that must not be shown if the server echoes them.
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

// A Result is what came of a call.
type Result struct {
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

	secrets
}

// A run is a call in progress.
type run struct {
	Call
	Result
	transport *Transport
	deadline  time.Time // of the attempt
	end       time.Time // of the context
	// refused is the last response outside 2xx, redirects included, and refusal its body.
	refused http.Response
	refusal []byte
	// loop and client are here to be allocated with the rest.
	loop   retryablehttp.Client
	client http.Client
}

// Do sends a call. A response of any status is not an error here. Result is never nil.
func (t *Transport) Do(ctx context.Context, c Call) (*Result, error) {
	r := &run{Call: c, transport: t, client: t.client}
	r.client.Transport, r.secrets.given = r, c.Secrets
	r.end, _ = ctx.Deadline()
	if err := ctx.Err(); err != nil {
		return &r.Result, permanent(err)
	}
	req := &http.Request{
		Method: c.Method, URL: c.URL, Host: c.URL.Host,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}
	retryable := &retryablehttp.Request{Request: req.WithContext(ctx)}
	if c.Body != nil {
		if err := retryable.SetBody(c.Body); err != nil {
			return &r.Result, err
		}
	}
	loop := &r.loop
	loop.HTTPClient = &r.client
	loop.RetryMax, loop.CheckRetry, loop.Backoff = math.MaxInt32, r.again, r.wait
	loop.RequestLogHook, loop.ErrorHandler = r.begin, retryablehttp.PassthroughErrorHandler
	resp, err := loop.Do(retryable)
	if err != nil {
		return &r.Result, failureOf(err)
	}
	if resp.StatusCode/100 == 2 {
		r.Response = resp
	}
	return &r.Result, nil
}

// begin prepares an attempt.
func (r *run) begin(_ retryablehttp.Logger, req *http.Request, retries int) {
	r.Attempts = retries + 1
	req.Header = r.Header()
	r.deadline = time.Time{}
	if r.Timeout > 0 {
		r.deadline = time.Now().Add(r.Timeout)
	}
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
