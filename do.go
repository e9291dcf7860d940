package clevercloud

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"strings"

	"github.com/clevercloud-go/clevercloud/auth"
	"github.com/clevercloud-go/clevercloud/internal/wire"
)

// do is Client.Do: an operation made up for one call.
func do(ctx context.Context, c *Client, method, path string, in, out any, opts []CallOption) error {
	r := spec{id: "do", method: strings.ToUpper(method)}
	r.idempotent = r.method == http.MethodGet || r.method == http.MethodHead
	w, copied := out.(io.Writer)
	raw := rawInput{method: r.method, path: path, body: in}
	if refusedTarget(out, copied) {
		return &ValidationError{Operation: r.id, Argument: "out", Reason: "must be nil, a pointer or an io.Writer"}
	}
	r.path, raw.query, _ = strings.Cut(path, "?")
	x, err := c.send(ctx, r, settings{streamed: copied}, opts, raw, nil)
	if err != nil {
		return err
	}
	if copied {
		_, err := x.copyTo(w)
		return err
	}
	defer x.call.Release()
	if out == nil {
		return nil
	}
	if x.cut() {
		return x.decodeError(nil, errNoEnd)
	}
	if err := wire.Decode(x.call.Payload, out); err != nil {
		return x.decodeError(x.call.Payload, err)
	}
	return nil
}

func refusedTarget(out any, isWriter bool) bool {
	v := reflect.ValueOf(out)
	if v.Kind() == reflect.Pointer {
		return v.IsNil()
	}
	return out != nil && !isWriter
}

// rawInput is what the caller of Do gave.
type rawInput struct {
	method, path, query string
	body                any
}

func (in rawInput) encode(d *draft) error {
	if !validHeaderName(in.method) {
		return &ValidationError{Argument: "method", Reason: "must be an HTTP method"}
	}
	if reason := refusedPath(in.path); reason != "" {
		return &ValidationError{Argument: "path", Reason: reason}
	}
	d.query.AddEncoded(in.query)
	switch body := in.body.(type) {
	case nil:
		return nil
	case input:
		return body.encode(d)
	case io.Reader, []byte:
		return &ValidationError{Argument: "in", Reason: "must be a value to encode as JSON; JSON that is encoded already is a json.RawMessage"}
	}
	if holdsSecret(reflect.ValueOf(in.body), 0) {
		return &ValidationError{Argument: "in", Reason: "must not hold an auth.Secret or a DrainRecipient, which would be sent redacted"}
	}
	if err := d.json(in.body); err != nil {
		return &ValidationError{Argument: "in", Reason: "must be what encoding/json can encode: " + err.Error()}
	}
	return nil
}

const badPath = "must be a path and a query, escaped as in a URL"

func unescaped(r rune) bool { return r <= ' ' || r >= 0x7f }

func refusedPath(path string) string {
	u, err := url.Parse(path)
	switch {
	case !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//"):
		return "must begin with one slash"
	case err != nil || strings.Contains(path, "#"), !strings.HasPrefix(path, u.EscapedPath()), strings.ContainsFunc(u.RawQuery, unescaped):
		return badPath
	}
	for segment := range strings.SplitSeq(u.Path, "/") {
		if segment == "." || segment == ".." {
			return "must not hold a dot segment"
		}
	}
	return ""
}

// holdsSecret looks for what encoding/json would meet and write redacted: a Secret, or a recipient.
func holdsSecret(v reflect.Value, depth int) bool {
	if !v.IsValid() || depth > 16 {
		return false
	}
	if v.Type() == reflect.TypeFor[auth.Secret]() {
		return v.Len() > 0
	}
	if v.Type().Implements(reflect.TypeFor[DrainRecipient]()) {
		return true
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		return holdsSecret(v.Elem(), depth+1)
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			if holdsSecret(v.Index(i), depth+1) {
				return true
			}
		}
	case reflect.Map:
		for entries := v.MapRange(); entries.Next(); {
			if holdsSecret(entries.Value(), depth+1) {
				return true
			}
		}
	case reflect.Struct:
		for i := range v.NumField() {
			field := v.Type().Field(i)
			if (field.IsExported() || field.Anonymous) && holdsSecret(v.Field(i), depth+1) {
				return true
			}
		}
	}
	return false
}
