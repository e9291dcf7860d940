package clevercloud

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/clevercloud-go/clevercloud/internal/query"
	"github.com/clevercloud-go/clevercloud/internal/transport"
	"github.com/clevercloud-go/clevercloud/internal/wire"
)

// An operation describes one call of the API: In goes into the query or the body, Out is what comes back. Everything that differs
// between calls is data; everything else is in send.
type operation[In input, Out any] spec

// A spec is an operation without its types.
type spec struct {
	// id is its name in errors, debug lines and middleware.
	id     string
	method string
	// path is the line of the API reference, placeholders included.
	path string
	// accept is the media type asked for; empty is JSON.
	accept string
	// idempotent says that the call may be sent again although it may have been applied: reads, and writes that ask for a state.
	idempotent bool
	// oneOrArray takes an array of one for its element.
	oneOrArray bool
	// bridge sends the call to the bridge, where API tokens are managed.
	bridge bool
	// secretResult says that the result holds secrets: what cannot be decoded of it is not kept in the error.
	secretResult bool
	// altPath returns the path that takes the place of path for these ids; nil is none.
	altPath func(c config, path string, ids []string) string
	// ifEmpty makes the result, an Out, of a response without a body; nil makes that an error.
	ifEmpty func(ids []string) any
}

// An input puts what the caller gave into the request, or refuses it with a ValidationError.
type input interface {
	encode(*draft) error
}

// draft is the part of a request that comes from its input.
type draft struct {
	query query.Values
	body  []byte
	// header is for what only some calls send.
	header http.Header
	// secrets are values in the body that must not be shown, should the API echo them.
	secrets []string
	names   DrainTypeNames
}

func (d *draft) json(v any) (err error) {
	d.body, err = json.Marshal(v)
	return err
}

// none is the input of a call that has no parameters, and the output of one that returns nothing.
type none struct{}

func (none) encode(*draft) error { return nil }

// settings is what one use of an operation decides.
type settings struct {
	streamed bool
	// single leaves it to the caller to try again.
	single bool
	// timeout is that of an attempt unless an option sets it; 0 is the default.
	timeout time.Duration
	// idle bounds the silence in a streamed body; 0 is the attempt's timeout, a negative one no bound.
	idle time.Duration
	// consume takes the body of a success while it arrives, in each attempt from its beginning.
	consume func(io.Reader)
}

// call performs the operation. It is the whole of most methods.
func (o operation[In, Out]) call(ctx context.Context, c *Client, opts []CallOption, in In, ids ...string) (Out, error) {
	var out, zero Out
	x, err := c.send(ctx, spec(o), settings{}, opts, in, ids)
	if err != nil {
		return zero, err
	}
	defer x.call.Release()
	if _, nothing := any(out).(none); nothing {
		return out, nil
	}
	body := x.call.Payload
	if x.cut() {
		return zero, x.decodeError(nil, errNoEnd)
	}
	if o.ifEmpty != nil && wire.IsNull(body) {
		return o.ifEmpty(ids).(Out), nil
	}
	if o.oneOrArray {
		body = wire.One(body)
	}
	if err := wire.Decode(body, &out); err != nil {
		return zero, x.decodeError(body, err)
	}
	return out, nil
}

// open performs the operation up to its body, which the caller reads and closes.
func (o operation[In, Out]) open(ctx context.Context, c *Client, opts []CallOption, in In, ids ...string) (*exchange, error) {
	return c.send(ctx, spec(o), settings{streamed: true}, opts, in, ids)
}

// An exchange is a request and its answer.
type exchange struct {
	spec
	settings
	ctx    context.Context
	call   transport.Call
	config callConfig
	target url.URL
	draft  draft
}

// send is the one way to the API: it checks the arguments, builds the request, has it sent and turns what is no success into an error.
func (c *Client) send(ctx context.Context, o spec, s settings, opts []CallOption, in input, ids []string) (*exchange, error) {
	x := &exchange{spec: o, settings: s, ctx: ctx}
	if err := x.prepare(c, opts, in, ids); err != nil {
		var refusal *ValidationError
		if errors.As(err, &refusal) {
			refusal.Operation = o.id
			return nil, refusal
		}
		return nil, &callError{operation: o.id, err: err}
	}
	start := time.Now()
	err := c.core().transport.Do(ctx, &x.call)
	x.report(time.Since(start))
	if err != nil {
		return nil, x.failure(err)
	}
	if x.call.Response.StatusCode/100 != 2 {
		return nil, x.rejection()
	}
	return x, nil
}

func (x *exchange) prepare(c *Client, opts []CallOption, in input, ids []string) error {
	shared := c.core()
	x.config = shared.config.call
	if err := x.config.apply(opts); err != nil {
		return err
	}
	if x.config.response != nil {
		*x.config.response = Response{}
	}
	if x.ctx == nil {
		return &ValidationError{Argument: "ctx", Reason: "must not be nil"}
	}
	if x.altPath != nil {
		x.path = x.altPath(shared.config, x.path, ids)
	}
	base := shared.base
	if x.bridge {
		base = shared.bridge
	}
	if err := expand(&x.target, base, x.path, ids); err != nil {
		return err
	}
	d := &x.draft
	d.names = shared.config.drainTypeNames
	if err := in.encode(d); err != nil {
		return err
	}
	for _, pair := range x.config.query {
		d.query.Add(pair[0], pair[1])
	}
	x.target.RawQuery = d.query.String()
	x.fill(shared)
	return nil
}

// fill makes the call out of what the operation, its input and the options say.
func (x *exchange) fill(c *core) {
	d, call := &x.draft, &x.call
	*call = transport.Call{
		Operation: x.id, Method: x.method, Path: x.path, URL: &x.target, Body: d.body,
		Header:     make(http.Header, 4+len(x.config.header)),
		Repeatable: x.idempotent, Streamed: x.streamed, Consume: x.consume, Secrets: d.secrets,
		MaxRetries: c.config.retry.MaxRetries, MinWait: c.config.retry.MinWait, MaxWait: c.config.retry.MaxWait,
		Timeout: cmp.Or(x.timeout, defaultTimeout),
	}
	if x.config.maxRetries != nil {
		call.MaxRetries = *x.config.maxRetries
	}
	if x.single {
		call.MaxRetries = 0
	}
	if x.config.timeout != nil {
		call.Timeout = *x.config.timeout
	}
	call.Idle = cmp.Or(x.idle, call.Timeout)
	values := []string{firstOf(x.accept, mediaJSON), c.userAgent, mediaJSON}
	call.Header["Accept"] = values[0:1:1]
	call.Header["User-Agent"] = values[1:2:2]
	if d.body != nil {
		call.Header["Content-Type"] = values[2:3:3]
	}
	maps.Copy(call.Header, x.config.header)
	maps.Copy(call.Header, d.header)
}

const (
	mediaJSON = "application/json"
	mediaYAML = "application/yaml"
)

// report fills in what WithResponse asked for.
func (x *exchange) report(took time.Duration) {
	r := x.config.response
	if r == nil {
		return
	}
	*r = Response{Attempts: x.call.Attempts, Duration: took}
	answer := x.call.Response
	if answer == nil {
		answer = x.call.Failed
	}
	if answer != nil {
		r.StatusCode, r.Header = answer.StatusCode, x.call.Redactor().Header(answer.Header)
		r.RequestID = requestID(r.Header)
	}
}

func requestID(h http.Header) string { return h.Get("Sozu-Id") }

// expand makes target the base URL with the path behind it, ids, escaped, in place of placeholders.
func expand(target, base *url.URL, template string, ids []string) error {
	var escaped strings.Builder
	escaped.WriteString(base.EscapedPath())
	for _, id := range ids {
		before, rest, _ := strings.Cut(template, "{")
		name, after, _ := strings.Cut(rest, "}")
		switch id {
		case "":
			return &ValidationError{Argument: name, Reason: "must not be empty"}
		case ".", "..":
			return &ValidationError{Argument: name, Reason: fmt.Sprintf("must not be %q", id)}
		}
		escaped.WriteString(before + url.PathEscape(id))
		template = after
	}
	escaped.WriteString(template)
	plain, err := url.PathUnescape(escaped.String())
	if err != nil {
		return &ValidationError{Argument: "path", Reason: badPath}
	}
	*target = url.URL{Scheme: base.Scheme, Host: base.Host, Path: plain, RawPath: escaped.String()}
	return nil
}
