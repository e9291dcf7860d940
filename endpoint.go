package clevercloud

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"strings"

	"github.com/clevercloud-go/clevercloud/auth"
	"github.com/clevercloud-go/clevercloud/internal/transport"
)

// An Endpoint is an operation of your own: a call of the API that no service of this package covers.
// It behaves like the operations of the services. Its credentials, retries, errors, debug lines and
// middleware are the same.
//
//	var getThing = clevercloud.Endpoint[clevercloud.None, *Thing]{
//		Name: "things.get", Method: "GET", Path: "/v4/things/{ownerId}/{thingId}",
//	}
//
// In is encoded as JSON into the body, unless it is [None], a query of this package, or [url.Values],
// which go to the query. Out is decoded from JSON, or is None. If Accept names another media type,
// Out is a string, a []byte or an [auth.Secret] that takes the body as it is.
type Endpoint[In, Out any] struct {
	// Name is the operation in errors, debug lines and [OperationFromContext]: things.get.
	Name   string
	Method string
	// Path is the path behind the base URL, with a placeholder such as {thingId} for each id. It may
	// end with a query.
	Path string
	// Accept is the media type to ask for. Empty is application/json.
	Accept string
	// Idempotent says that the call may be sent again although it may have been applied. GET, HEAD
	// and OPTIONS are idempotent without it.
	Idempotent bool
}

// Call performs the operation with c. The ids take the place of the placeholders, in their order, and
// are escaped. An empty id or a dot segment is a [*ValidationError].
//
// A response of status 204 leaves Out zero, and so does an empty body of any other success, unless Out
// is a slice: then an empty body is a [*DecodeError].
func (e Endpoint[In, Out]) Call(ctx context.Context, c *Client, ids []string, in In, opts ...CallOption) (Out, error) {
	var out, zero Out
	o := spec{id: e.Name, method: e.Method, path: e.Path, accept: e.Accept, idempotent: e.Idempotent}
	if o.id == "" {
		return zero, &ValidationError{Operation: "endpoint", Argument: "Name", Reason: "must not be empty"}
	}
	var target any = &out
	if _, nothing := target.(*None); nothing {
		target = nil
	}
	if err := c.callAny(ctx, o, opts, in, target, ids); err != nil {
		return zero, err
	}
	return out, nil
}

// callAny performs an operation whose types are not known here. It is what an Endpoint and Do share.
func (c *Client) callAny(ctx context.Context, o spec, opts []CallOption, in, out any, ids []string) error {
	o.method = strings.ToUpper(o.method)
	o.idempotent = o.idempotent || transport.IsRead(o.method)
	raw := rawInput{method: o.method, path: o.path, body: in}
	o.path, raw.query, _ = strings.Cut(o.path, "?")
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
	case x.accept != "" && x.accept != mediaJSON:
		return x.takeText(out)
	}
	return x.decode(out)
}

// takeText hands a body over that is not JSON.
func (x *exchange) takeText(out any) error {
	if err := x.checkDocument(); err != nil {
		return err
	}
	switch target := reflect.ValueOf(out).Elem(); {
	case target.Kind() == reflect.String:
		target.SetString(string(x.Body))
	case target.Type() == reflect.TypeFor[[]byte]():
		target.SetBytes(x.Body)
	default:
		return x.decodeError(nil, errors.New("a body that is not JSON needs a string or a []byte"))
	}
	return nil
}

// rawInput is what the caller of Do or of an Endpoint gave.
type rawInput struct {
	method, path, query string
	body                any
}

func (in rawInput) encode(d *draft) error {
	if !transport.ValidHeaderName(in.method) {
		return &ValidationError{Argument: "method", Reason: "must be an HTTP method"}
	}
	if reason := rejectedPath(in.path); reason != "" {
		return &ValidationError{Argument: "path", Reason: reason}
	}
	d.query.AddEncoded(in.query)
	switch body := in.body.(type) {
	case nil:
		return nil
	case url.Values:
		d.query.AddEncoded(body.Encode())
		return nil
	case input:
		err := body.encode(d)
		if _, empty := body.(None); err == nil && d.body == nil && !empty && !transport.IsRead(in.method) && in.method != http.MethodDelete {
			return &ValidationError{Argument: "in", Reason: "must not be a query, which a " + in.method + " does not take"}
		}
		return err
	case io.Reader, []byte:
		return &ValidationError{
			Argument: "in", Reason: "must be a value to encode as JSON; JSON that is encoded already is a json.RawMessage",
		}
	}
	if holdsSecret(reflect.ValueOf(in.body), map[uintptr]bool{}) {
		return &ValidationError{
			Argument: "in", Reason: "must not hold an auth.Secret or a DrainRecipient, which would be sent redacted",
		}
	}
	if err := d.json(in.body); err != nil {
		return &ValidationError{Argument: "in", Reason: "must be a value that encodes as JSON: " + err.Error()}
	}
	return nil
}

const badPath = "must be a path and a query, escaped as in a URL"

func unescaped(r rune) bool { return r <= ' ' || r >= 0x7f }

// rejectedPath returns why a path cannot be one, "" if it can. Placeholders stand for an id.
func rejectedPath(path string) string {
	path = strings.NewReplacer("{", "", "}", "").Replace(path)
	u, err := url.Parse(path)
	switch {
	case !strings.HasPrefix(path, "/"):
		return "must begin with a slash"
	case err != nil || strings.Contains(path, "#"), u.Host == "" && !strings.HasPrefix(path, u.EscapedPath()),
		strings.ContainsFunc(u.RawQuery, unescaped):
		return badPath
	}
	route, _, _ := strings.Cut(path, "?")
	if route == "/" {
		return ""
	}
	for segment := range strings.SplitSeq(route[1:], "/") {
		plain, err := url.PathUnescape(segment)
		switch {
		case err != nil:
			return badPath
		case plain == "":
			return "must not hold an empty segment, such as that of an id which is missing"
		}
		for part := range strings.SplitSeq(plain, "/") { // a server may decode before it splits
			if part == "." || part == ".." {
				return "must not hold a dot segment"
			}
		}
	}
	return ""
}

// holdsSecret looks for what encoding/json would write redacted: a Secret, or a recipient. A type
// that encodes itself knows what it does.
func holdsSecret(v reflect.Value, seen map[uintptr]bool) bool {
	if !v.IsValid() {
		return false
	}
	t := v.Type()
	switch {
	case t == reflect.TypeFor[auth.Secret]():
		return v.Len() > 0
	case t.Implements(reflect.TypeFor[DrainRecipient]()):
		return true
	case v.Kind() != reflect.Pointer && v.Kind() != reflect.Interface && t.Implements(reflect.TypeFor[json.Marshaler]()):
		return embedsSecret(t)
	}
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() || seen[v.Pointer()] {
			return false
		}
		seen[v.Pointer()] = true
		return holdsSecret(v.Elem(), seen)
	case reflect.Interface:
		return holdsSecret(v.Elem(), seen)
	case reflect.Slice, reflect.Array:
		if v.Kind() == reflect.Slice && v.Len() > 0 {
			if seen[v.Pointer()] {
				return false
			}
			seen[v.Pointer()] = true
		}
		for i := range v.Len() {
			if holdsSecret(v.Index(i), seen) {
				return true
			}
		}
	case reflect.Map:
		if seen[v.Pointer()] {
			return false
		}
		seen[v.Pointer()] = true
		for entries := v.MapRange(); entries.Next(); {
			if holdsSecret(entries.Key(), seen) || holdsSecret(entries.Value(), seen) {
				return true
			}
		}
	case reflect.Struct:
		for i := range v.NumField() {
			field := t.Field(i)
			if (field.IsExported() || field.Anonymous) && field.Tag.Get("json") != "-" && holdsSecret(v.Field(i), seen) {
				return true
			}
		}
	}
	return false
}

// embedsSecret reports whether a type has its MarshalJSON from a Secret that it embeds.
func embedsSecret(t reflect.Type) bool {
	if t.Kind() != reflect.Struct {
		return false
	}
	for i := range t.NumField() {
		if field := t.Field(i); field.Anonymous && field.Type == reflect.TypeFor[auth.Secret]() {
			return true
		}
	}
	return false
}
