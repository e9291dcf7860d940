package transport

import (
	"bytes"
	"context"
	"errors"
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
	Streamed         bool
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

	// credentials are the secrets that were sent in headers, kept so that they can be removed from what the server echoes.
	credentials []string
	wait        time.Duration
	deadline    time.Time
	buffer      *bytes.Buffer
	pool        *sync.Pool
	rejected    *http.Response
	rejection   []byte
}

type callKey struct{}

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
	req := &http.Request{Method: c.Method, URL: c.URL, Host: c.URL.Host, Header: c.Header, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1}
	retryable := &retryablehttp.Request{Request: req.WithContext(context.WithValue(ctx, callKey{}, c))}
	if c.Body != nil {
		if err := retryable.SetBody(c.Body); err != nil {
			return err
		}
	}
	loop := &retryablehttp.Client{
		HTTPClient:     t.client,
		RetryMax:       math.MaxInt32,
		RequestLogHook: c.begin,
		CheckRetry:     c.again,
		Backoff:        c.backoff,
		ErrorHandler:   retryablehttp.PassthroughErrorHandler,
	}
	resp, err := loop.Do(retryable)
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

func (c *Call) begin(_ retryablehttp.Logger, _ *http.Request, retries int) {
	c.Release()
	c.Attempts = retries + 1
	c.deadline = time.Time{}
	if c.Timeout > 0 {
		c.deadline = time.Now().Add(c.Timeout)
	}
}

func (c *Call) backoff(_, _ time.Duration, _ int, _ *http.Response) time.Duration { return c.wait }

// withoutURL drops net/http's wrapper, which prints the URL with its query.
func withoutURL(err error) error {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		return wrapped.Err
	}
	return err
}
