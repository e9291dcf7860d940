package clevercloud

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"strings"

	"github.com/clevercloud-go/clevercloud/internal/redact"
	"github.com/clevercloud-go/clevercloud/internal/transport"
)

// An Endpoint is an operation of your own: a call of the API that no service of this package
// covers. It behaves like the operations of the services. Its credentials, retries, errors, debug
// lines and middleware are the same.
//
//	var getThing = clevercloud.Endpoint[clevercloud.None, *Thing]{
//		Name: "things.get", Method: "GET", Path: "/v4/things/{ownerId}/{thingId}",
//	}
//
// In is encoded as JSON into the body, unless it is [None], a query of this package, or
// [url.Values], which go to the query. Out is decoded from JSON, or is None. If Accept names
// another media type, Out is a string, a []byte or an [auth.Secret] that takes the body as it is.
//
// In must not hold an [auth.Secret], which would be sent redacted: give it a string, the text that
// [auth.Secret.Reveal] returns. Out may hold one.
//
// A string, number or boolean within Out stays zero if its value cannot be read. A string that has
// a type of its own is a [*DecodeError] instead: use one for IDs.
type Endpoint[In, Out any] struct {
	// Name is the operation in errors, debug lines and [OperationFromContext], such as things.get.
	Name   string
	Method string
	// Path is appended to the base URL. It has a placeholder such as {thingId} for each id. It may
	// end with a query.
	Path string
	// Accept is the media type to ask for. Empty is application/json.
	Accept string
	// Idempotent says that the call may be sent again although it may have been applied. GET, HEAD
	// and OPTIONS are idempotent without it.
	Idempotent bool
}

// Call performs the operation with c. The ids take the place of the placeholders, in their order,
// and are escaped. An empty id or a dot segment is a [*ValidationError].
//
// A response of status 204 leaves Out zero, and so does an empty body of any other success, unless
// Out is a slice: then an empty body is a [*DecodeError].
func (e Endpoint[In, Out]) Call(
	ctx context.Context, c *Client, ids []string, in In, opts ...CallOption,
) (Out, error) {
	var out, zero Out
	o := spec{
		id: e.Name, method: e.Method, path: e.Path, accept: e.Accept, idempotent: e.Idempotent,
	}
	var target any = &out
	if _, nothing := target.(*None); nothing {
		target = nil
	}
	invalid := func(argument, reason string) error {
		return &ValidationError{Operation: o.id, Argument: argument, Reason: reason}
	}
	switch {
	case o.id == "" || redact.Line(o.id, 100) != o.id:
		o.id = "endpoint"
		return zero, invalid("Name", "must be one line of 1 to 100 characters")
	case c == nil || c.core == nil:
		return zero, invalid("c", "must be a client that New made")
	case o.isText() && target != nil && !takesText(target):
		return zero, invalid("Out",
			"must be a string, a []byte or an auth.Secret, since Accept is not JSON")
	}
	if err := c.callAny(ctx, o, opts, in, target, ids); err != nil {
		return zero, err
	}
	return out, nil
}

// callAny performs an operation whose types are not known here. It is what an Endpoint and Do
// share.
func (c *Client) callAny(
	ctx context.Context, o spec, opts []CallOption, in, out any, ids []string,
) error {
	o.method = strings.ToUpper(o.method)
	raw := rawOf(&o, in)
	w, copied := out.(io.Writer)
	if copied && o.accept == "" {
		o.accept = "*/*"
	}
	x, err := c.send(ctx, o, settings{streamed: copied}, opts, raw, ids)
	switch {
	case err != nil:
		return err
	case copied:
		_, err := x.copyTo(w)
		return err
	case out == nil, x.Response.StatusCode == http.StatusNoContent:
		return nil
	case !x.truncated() && len(x.Body) == 0 && reflect.TypeOf(out).Elem().Kind() != reflect.Slice:
		return nil
	case !o.isText():
		return x.decode(out)
	}
	text, err := x.text()
	if target := reflect.ValueOf(out).Elem(); target.Kind() == reflect.String {
		target.SetString(text)
	} else {
		target.SetBytes([]byte(text))
	}
	return err
}

// isText reports whether the result is taken as it is.
func (o spec) isText() bool { return o.accept != "" && !strings.HasPrefix(o.accept, mediaJSON) }

// takesText reports whether a result that is not JSON can be put where out points to.
func takesText(out any) bool {
	t := reflect.TypeOf(out).Elem()
	_, isWriter := out.(io.Writer)
	return isWriter || t.Kind() == reflect.String ||
		t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Uint8
}

// rawInput is what the caller of Do or of an Endpoint gave.
type rawInput struct {
	method, path, query string
	body                any
}

// rawOf is the input of o, whose path loses its query.
func rawOf(o *spec, body any) rawInput {
	path, query, _ := strings.Cut(o.path, "?")
	o.path = path
	return rawInput{o.method, path, query, body}
}

func (in rawInput) encode(d *draft) error {
	invalid := func(reason string) error { return &ValidationError{Argument: "in", Reason: reason} }
	if !transport.ValidHeaderName(in.method) {
		return &ValidationError{Argument: "method", Reason: "must be an HTTP method"}
	}
	if reason := rejectedPath(in.path, in.query); reason != "" {
		return &ValidationError{Argument: "path", Reason: reason}
	}
	d.query.AddEncoded(in.query)
	if isNil(in.body) {
		return nil
	}
	switch body := in.body.(type) {
	case url.Values:
		// A signature must not depend on how a server reads a plus sign.
		d.query.AddEncoded(strings.ReplaceAll(body.Encode(), "+", "%20"))
		return nil
	case input:
		_, nothing := body.(None)
		takesQuery := transport.IsRead(in.method) || in.method == http.MethodDelete
		err := body.encode(d)
		if err == nil && d.body == nil && !nothing && !takesQuery {
			return invalid("must not be a query, which a " + in.method + " does not take")
		}
		return err
	case io.Reader, []byte:
		return invalid("must be a value to encode as JSON; " +
			"JSON that is encoded already is a json.RawMessage")
	}
	if err := d.json(in.body); err != nil {
		return invalid("must be a value that encodes as JSON: " + err.Error())
	}
	if bytes.Contains(d.body, []byte(redacted)) {
		return invalid("must not hold an auth.Secret or a DrainRecipient, " +
			"which would be sent redacted")
	}
	return nil
}

const badPath = "must be a path and a query, escaped as in a URL"

func notOfURL(r rune) bool { return r <= ' ' || r >= 0x7f || strings.ContainsRune("#{}", r) }

// rejectedPath returns why a path and its query cannot be that, "" if they can. Placeholders of the
// path stand for an id.
func rejectedPath(path, query string) string {
	braces := strings.Count(path, "{") - strings.Count(path, "}")
	path = strings.NewReplacer("{", "", "}", "").Replace(path)
	u, err := url.Parse(path)
	switch {
	case !strings.HasPrefix(path, "/"):
		return "must begin with a slash"
	case err != nil || braces != 0 || strings.ContainsFunc(path+query, notOfURL),
		u.Host == "" && !strings.HasPrefix(path, u.EscapedPath()):
		return badPath
	case path == "/":
		return ""
	}
	for segment := range strings.SplitSeq(path[1:], "/") {
		plain, _ := url.PathUnescape(segment) // as Parse did
		switch {
		case plain == "":
			return "must not hold an empty segment, such as that of an id which is missing"
		case hasDotSegment(plain):
			return "must not hold a dot segment"
		}
	}
	return ""
}

// hasDotSegment looks behind slashes, too: a server may decode them before it splits a path.
func hasDotSegment(plain string) bool {
	for part := range strings.SplitSeq(plain, "/") {
		if part == "." || part == ".." {
			return true
		}
	}
	return false
}
