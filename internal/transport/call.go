package transport

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/hashicorp/go-retryablehttp"
)

// Bounds on what is kept of a response.
const (
	MaxErrorBody  = 1 << 20
	MaxResultBody = 256 << 20
	maxPooledBody = 1 << 20
)

// A Call is one request, sent as often as its policy allows. The fields of the first group are set by the caller, those of the second
// are what came back.
type Call struct {
	Operation string
	Method    string
	// Path is what debug lines show in place of the URL.
	Path   string
	URL    *url.URL
	Header http.Header
	Body   []byte
	// Repeatable says that the operation may be sent again though it may have been carried out.
	Repeatable bool
	// Streamed hands over the body of a 2xx as it arrives.
	Streamed bool
	// Consume, if there is one, is given the body of a 2xx in place of Payload, while it arrives: in each attempt, from its beginning.
	Consume          func(io.Reader)
	MaxRetries       int
	MinWait, MaxWait time.Duration
	// Timeout bounds an attempt, up to the headers if the call is streamed; 0 is no bound.
	Timeout time.Duration
	// Idle bounds the time a streamed body may spend without a byte; 0 is no bound.
	Idle time.Duration
	// Secrets are values of the body that must not be shown, should the server echo them.
	Secrets []string

	// Response is the last one received, nil if none was. Its body is open only if it is streamed.
	Response *http.Response
	// Payload is the body of a response that was not streamed, valid until Release.
	Payload []byte
	// Failed is the last response outside 2xx, with its body in FailedPayload, both without secrets.
	Failed        *http.Response
	FailedPayload []byte
	Attempts      int
	// Unsent says that the last attempt did not reach a server.
	Unsent bool
	// Refused is set when the next wait would have outlasted the context.
	Refused time.Duration

	// plain and signed are the headers before and after authentication, kept so that what was added, secrets, can be removed from what the
	// server echoes.
	plain, signed http.Header
	deadline      time.Time
	buffer        *bytes.Buffer
	pool          *sync.Pool
	loop          retryablehttp.Client
	carrier       carrier
	// bounded is the body of a result up to its limit.
	bounded   io.LimitedReader
	rejected  *http.Response
	rejection []byte
}

// carrier is the context of a call's requests, by which the layers find the call.
type carrier struct {
	context.Context
	call *Call
}

type callKey struct{}

func (c *carrier) Value(key any) any {
	if key == (callKey{}) {
		return c.call
	}
	return c.Context.Value(key)
}

func callOf(ctx context.Context) *Call {
	c, _ := ctx.Value(callKey{}).(*Call)
	return c
}

// OperationOf returns the operation whose request carries ctx, "" outside of one.
func OperationOf(ctx context.Context) string {
	if c := callOf(ctx); c != nil {
		return c.Operation
	}
	return ""
}

// AttemptOf returns the number of the attempt whose request carries ctx, from 1; 0 outside of one.
func AttemptOf(ctx context.Context) int {
	if c := callOf(ctx); c != nil {
		return c.Attempts
	}
	return 0
}

// Do sends c and fills in its results. A response of any status is no error here.
func (t *Transport) Do(ctx context.Context, c *Call) error {
	c.pool = &t.buffers
	c.carrier = carrier{ctx, c}
	req := &http.Request{Method: c.Method, URL: c.URL, Host: c.URL.Host, Header: c.Header, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1}
	retryable := &retryablehttp.Request{Request: req.WithContext(&c.carrier)}
	if c.Body != nil {
		if err := retryable.SetBody(c.Body); err != nil {
			return err
		}
	}
	c.loop.HTTPClient = t.client
	c.loop.RetryMax = math.MaxInt32
	c.loop.RequestLogHook = begin
	c.loop.CheckRetry = again
	c.loop.Backoff = least
	c.loop.ErrorHandler = retryablehttp.PassthroughErrorHandler
	resp, err := c.loop.Do(retryable)
	if err != nil {
		c.Release()
		return withoutURL(err)
	}
	c.Response = resp
	return nil
}

// Release gives the payload's memory back.
func (c *Call) Release() {
	if c.buffer != nil && c.buffer.Cap() <= maxPooledBody {
		c.buffer.Reset()
		c.pool.Put(c.buffer)
	}
	c.buffer, c.Payload = nil, nil
}

// The loop's hooks find their call in the request's context.
func begin(_ retryablehttp.Logger, req *http.Request, retries int) {
	callOf(req.Context()).begin(retries)
}

func again(ctx context.Context, resp *http.Response, err error) (bool, error) {
	return callOf(ctx).again(ctx, resp, err), nil
}

// least is the wait that again has chosen: it has set it as the loop's shortest.
func least(chosen, _ time.Duration, _ int, _ *http.Response) time.Duration { return chosen }

func (c *Call) begin(retries int) {
	c.Release()
	c.Attempts = retries + 1
	c.deadline = time.Time{}
	if c.Timeout > 0 {
		c.deadline = time.Now().Add(c.Timeout)
	}
}

// withoutURL drops net/http's wrapper, which prints the URL with its query.
func withoutURL(err error) error {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		return wrapped.Err
	}
	return err
}
