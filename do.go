package clevercloud

import (
	"context"
	"io"
	"reflect"
	"strings"

	"github.com/clevercloud-go/clevercloud/internal/redact"
)

// Do calls an endpoint that no service covers, with the client's credentials, retries and errors.
// The path begins with a slash and may hold a query: /v2/self. Escape ids with [url.PathEscape].
// An empty segment, such as that of a missing id, is rejected. For an endpoint that is called more
// than once, or that has ids, define an [Endpoint].
//
// GET, HEAD and OPTIONS are idempotent. Other methods are retried only if the request was not sent
// or was rate limited, unless [WithIdempotent] is given.
//
// in is encoded as JSON unless it is nil, by the rules of an [Endpoint]. The response is decoded
// from JSON into out, a pointer. If out is an [io.Writer], the body is copied to it as it arrives,
// whatever its size. If out is nil, the body is dropped. JSON may be 32 MiB long. A response
// without a body leaves out as it is, unless out is a slice and the status is not 204: then it is a
// [*DecodeError].
func (c *Client) Do(
	ctx context.Context, method, path string, in, out any, opts ...CallOption,
) error {
	o := spec{id: operationDo, method: method, path: path}
	if err := checkLiteral(o); err != nil {
		return err
	}
	_, isWriter := out.(io.Writer)
	if out != nil && (isNil(out) || reflect.TypeOf(out).Kind() != reflect.Pointer && !isWriter) {
		return &ValidationError{
			Operation: o.id, Argument: "out", Reason: "must be nil, a pointer or an io.Writer",
		}
	}
	return c.callAny(ctx, o, opts, in, out, nil)
}

// checkLiteral rejects a placeholder in a path that the caller wrote out.
func checkLiteral(o spec) error {
	if strings.Contains(o.path, "{") {
		return &ValidationError{Operation: o.id, Argument: "path", Reason: badPath}
	}
	return nil
}

const (
	operationDo     = "do"
	operationEvents = "events"
)

// isNil reports whether v is nil or a nil pointer.
func isNil(v any) bool {
	pointer := reflect.ValueOf(v)
	return v == nil || pointer.Kind() == reflect.Pointer && pointer.IsNil()
}

// target is what an error of Do or Events names, since their operation has no name that tells.
func (o spec) target() string {
	if o.id != operationDo && o.id != operationEvents {
		return ""
	}
	return redact.Line(o.method+" "+o.path, 200)
}
