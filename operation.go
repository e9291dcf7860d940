package clevercloud

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/clevercloud-go/clevercloud/internal/query"
	"github.com/clevercloud-go/clevercloud/internal/transport"
)

// operation describes one call of the API, with the result Out. What differs between calls is data;
// the rest is in send.
type operation[Out any] spec

// spec is an operation without its type.
type spec struct {
	// id is the name in errors, debug lines and middleware.
	id string
	// method is the HTTP method. Empty is GET.
	method string
	// path is the line of the API reference, with its placeholders.
	path string
	// accept is the media type to ask for. Empty is JSON.
	accept string
	// idempotent says that the write may be sent again although it may have been applied. Reads are
	// idempotent without it.
	idempotent bool
	// oneOrArray takes an array of one element for the element.
	oneOrArray bool
	// bridge sends the call to the bridge, which manages API tokens.
	bridge bool
	// secretResult says that the result holds secrets: errors do not keep its body.
	secretResult bool
	// altPath, unless nil, returns the path to use instead of path for these IDs.
	altPath func(c config, path string, ids []string) string
	// ifEmpty returns the result, an Out, for an empty response. If nil, an empty response is an
	// error.
	ifEmpty func(ids []string) any
}

// input adds the caller's values to the request. It rejects them with a ValidationError.
type input interface {
	encode(*draft) error
}

// draft is the part of a request that comes from its input.
type draft struct {
	query query.Values
	body  []byte
	// header is for what only some calls send.
	header http.Header
	// secrets are values in the body that must not be shown if the API echoes them.
	secrets []string
	names   DrainTypeNames
}

func (d *draft) json(v any) (err error) {
	d.body, err = json.Marshal(v)
	return err
}

// jsonRequiring encodes v. It returns an error if one of the required arguments is empty. They are
// pairs of a name and a value.
func (d *draft) jsonRequiring(v any, required ...string) error {
	for pair := range slices.Chunk(required, 2) {
		if pair[1] == "" {
			return &ValidationError{Argument: pair[0], Reason: "must not be empty"}
		}
	}
	return d.json(v)
}

// jsonPatch encodes v, and returns an error if it changes nothing.
func (d *draft) jsonPatch(argument string, v any) error {
	if err := d.json(v); err != nil || string(d.body) != "{}" {
		return err
	}
	return &ValidationError{Argument: argument, Reason: "must set something"}
}

// A rule says what is wrong with an argument if it is broken.
type rule struct {
	broken           bool
	argument, reason string
}

// check returns an error for the first broken rule. Where send checks the input, it adds the
// operation.
func check(operation string, rules ...rule) error {
	for _, r := range rules {
		if r.broken {
			return invalid(operation, r.argument, r.reason)
		}
	}
	return nil
}

// None is the In of an [Endpoint] without input, and the Out of one that returns nothing.
type None struct{}

func (None) encode(*draft) error { return nil }

type none = None

// call performs the operation. It is all that most methods do.
func (o operation[Out]) call(
	ctx context.Context, c *Client, opts []CallOption, in input, ids ...string,
) (Out, error) {
	var out, zero Out
	x, err := c.send(ctx, spec(o), settings{}, opts, in, ids)
	if err != nil {
		return zero, err
	}
	if _, nothing := any(out).(none); nothing {
		return out, nil
	}
	if o.ifEmpty != nil && isNull(x.Body) && !x.truncated() {
		return o.ifEmpty(x.ids).(Out), nil
	}
	if err := x.decode(&out); err != nil {
		return zero, err
	}
	return out, nil
}

// do performs an operation that returns nothing.
func (o operation[Out]) do(
	ctx context.Context, c *Client, opts []CallOption, in input, ids ...string,
) error {
	_, err := o.call(ctx, c, opts, in, ids...)
	return err
}

// settings differ between uses of an operation.
type settings struct {
	// streamed leaves the body to the caller, who closes it.
	streamed bool
	// header bounds the wait for the headers unless an option sets it. 0 is the default.
	header time.Duration
	// idle bounds the silence in a streamed body. 0 is the attempt's timeout, negative is no limit.
	idle time.Duration
	// retry replaces the client's policy unless it is nil.
	retry *RetryPolicy
}

// exchange is a request and its outcome.
type exchange struct {
	spec
	transport.Exchange
	ctx    context.Context
	core   *core
	ids    []string
	idRoom [3]string // where ids begin
	config callConfig
	draft  draft
}

// send is the only way to the API. It checks the arguments, builds and sends the request, and turns
// failures into errors.
func (c *Client) send(
	ctx context.Context, o spec, s settings, opts []CallOption, in input, ids []string,
) (*exchange, error) {
	o.method = cmp.Or(o.method, http.MethodGet)
	x := &exchange{spec: o, ctx: ctx, core: c.core()}
	x.ids = append(x.idRoom[:0], ids...)
	if err := x.prepare(s, opts, in); err != nil {
		var invalid *ValidationError
		if errors.As(err, &invalid) {
			invalid.Operation = o.id
			// What is invalid is not shown.
			if invalid.Argument != "path" && invalid.Argument != "method" {
				invalid.target = o.target()
			}
			return nil, invalid
		}
		return nil, &RequestError{Operation: o.id, target: o.target(), err: err}
	}
	start := time.Now()
	err := x.core.transport.Do(ctx, &x.Exchange)
	x.report(time.Since(start))
	switch {
	case err != nil:
		return nil, x.failure(err)
	case x.Response == nil:
		return nil, x.apiError()
	}
	if err := x.checkSuccess(); err != nil {
		x.Response.Body.Close()
		return nil, x.decodeError(nil, err)
	}
	return x, nil
}

// checkSuccess returns why the body of a success cannot be the expected result.
func (x *exchange) checkSuccess() error {
	if x.Response.StatusCode == http.StatusPartialContent {
		return errors.New("expected the whole document, got a part of it (206)")
	}
	coding := x.Response.Header.Get("Content-Encoding")
	if coding != "" && !strings.EqualFold(coding, "identity") {
		return fmt.Errorf("content encoding %q was not asked for", coding)
	}
	return nil
}

// prepare builds the call from the operation, its input and the options.
func (x *exchange) prepare(s settings, opts []CallOption, in input) error {
	client := &x.core.config
	x.config = client.call
	for _, opt := range opts {
		if opt == nil {
			return refused("opts", "must not hold a nil option")
		}
		if err := opt.applyCall(&x.config); err != nil {
			return err
		}
	}
	if x.config.response != nil {
		*x.config.response = Response{}
	}
	if x.ctx == nil {
		return &ValidationError{Argument: "ctx", Reason: "must not be nil"}
	}
	if x.altPath != nil {
		x.path = x.altPath(*client, x.path, x.ids)
	}
	base := x.core.base
	if x.bridge {
		base = x.core.bridge
	}
	target, err := expand(base, x.path, x.ids)
	if err != nil {
		return err
	}
	d := &x.draft
	d.names = client.drainTypeNames
	if err := in.encode(d); err != nil {
		return err
	}
	for _, pair := range x.config.query {
		d.query.Add(pair[0], pair[1])
	}
	target.RawQuery = d.query.String()
	if s.retry != nil {
		x.config.retry = *s.retry
	}
	timeout := cmp.Or(s.header, defaultTimeout)
	if x.config.timeout != nil {
		timeout = *x.config.timeout
	}
	x.idempotent = x.idempotent || x.config.idempotent || transport.IsRead(x.method)
	x.Call = transport.Call{
		Operation: x.id, Method: x.method, Path: x.path, URL: target,
		Accept: cmp.Or(x.accept, mediaJSON), Header: [2]http.Header{x.config.header, d.header},
		Content: d.body, Secrets: d.secrets, Idempotent: x.idempotent, Streamed: s.streamed,
		Policy: transport.Policy(x.config.retry), Timeout: timeout, Idle: cmp.Or(s.idle, timeout),
	}
	return nil
}

const (
	mediaJSON = "application/json"
	mediaYAML = "application/yaml"
)

// report fills in the Response of WithResponse.
func (x *exchange) report(took time.Duration) {
	r := x.config.response
	if r == nil {
		return
	}
	*r = Response{Attempts: x.Attempts, Duration: took, Body: bytes.Clone(x.Body)}
	answer := x.Response
	if answer == nil {
		answer, r.Body = x.Rejected, x.RejectedBody
	}
	if answer != nil {
		r.StatusCode, r.Header = answer.StatusCode, answer.Header.Clone()
		r.RequestID = requestID(r.Header)
	}
}

func requestID(h http.Header) string { return h.Get("Sozu-Id") }

// truncated reports whether an empty response may have lost its body.
func (x *exchange) truncated() bool {
	return len(x.Body) == 0 && transport.EndsWithConnection(x.Response)
}

// decode decodes the body of the response into out.
func (x *exchange) decode(out any) error {
	if x.truncated() {
		return x.decodeError(nil, errNoLength())
	}
	body := x.Body
	if x.oneOrArray {
		body = oneOf(body)
	}
	if err := decodeResult(body, out); err != nil {
		return x.decodeError(body, err)
	}
	return nil
}

// expand returns the base URL followed by the path, with escaped IDs in place of placeholders.
func expand(base *url.URL, template string, ids []string) (target url.URL, err error) {
	invalid := func(argument, reason string) (url.URL, error) {
		return url.URL{}, &ValidationError{Argument: argument, Reason: reason}
	}
	var escaped strings.Builder
	escaped.WriteString(base.EscapedPath())
	for strings.Contains(template, "{") {
		before, rest, _ := strings.Cut(template, "{")
		name, after, _ := strings.Cut(rest, "}")
		switch {
		case len(ids) == 0 || ids[0] == "":
			return invalid(name, "must not be empty")
		case hasDotSegment(ids[0]):
			return invalid(name, fmt.Sprintf("must not be %q", ids[0]))
		}
		escaped.WriteString(before + url.PathEscape(ids[0]))
		template, ids = after, ids[1:]
	}
	if len(ids) > 0 {
		return invalid("ids", "must be one for each placeholder of the path")
	}
	escaped.WriteString(template)
	target = url.URL{Scheme: base.Scheme, Host: base.Host, RawPath: escaped.String()}
	if target.Path, err = url.PathUnescape(target.RawPath); err != nil {
		return invalid("path", badPath)
	}
	return target, nil
}
