package testkit

import (
	"cmp"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/clevercloud-go/clevercloud"
	"github.com/jarcoal/httpmock"
)

// An Operation is an operation of the API reference and the method that performs it. The event
// streams, whose response is not JSON, have tests of their own.
type Operation struct {
	ID, Method, Path string
	OK               string // the fixture that the API answers with; empty is a 204
	// Foreign is JSON of another shape, and At the place of its fault. Both are empty if no body is
	// read.
	Foreign, At string
	Query       []string // the pairs that are always sent
	Accept      string   // the media type asked for; empty is JSON
	Fixed       string   // the value of the first placeholder if the method sets it
	Bare        bool     // for a response without a body whose result has the id only
	Once        bool     // for writes that are not idempotent
	Func        any      // the method, such as (*clevercloud.ZonesService).Get
	Args        []any    // the arguments of Invoke behind those of the path
}

// Call performs the operation with a value for each placeholder of its path, as Invoke does.
func (o Operation) Call(
	ctx context.Context, c *clevercloud.Client, ids []string, opts ...clevercloud.CallOption,
) (any, error) {
	if o.Fixed != "" {
		ids = ids[1:]
	}
	var args []any
	for _, id := range ids {
		args = append(args, id)
	}
	return Invoke(ctx, c, o.Func, append(args, o.Args...), opts...)
}

// Invoke calls a method of a service of c, such as (*clevercloud.ZonesService).Get. Absent
// arguments are zero, and an io.Writer is io.Discard. The result is that of Result.
func Invoke(
	ctx context.Context, c *clevercloud.Client, method any, args []any,
	opts ...clevercloud.CallOption,
) (any, error) {
	f := reflect.ValueOf(method)
	service := strings.TrimSuffix(f.Type().In(0).Elem().Name(), "Service")
	in := []reflect.Value{
		reflect.ValueOf(c).Elem().FieldByName(service), reflect.ValueOf(&ctx).Elem(),
	}
	for i := len(in); i < f.Type().NumIn()-1; i++ { // the last are the options
		switch kind := f.Type().In(i); {
		case kind == reflect.TypeFor[io.Writer]():
			in = append(in, reflect.ValueOf(io.Discard))
		case len(args) > 0:
			in, args = append(in, reflect.ValueOf(args[0]).Convert(kind)), args[1:]
		default:
			in = append(in, reflect.Zero(kind))
		}
	}
	for _, opt := range opts {
		in = append(in, reflect.ValueOf(opt))
	}
	out := f.Call(in)
	err, _ := out[len(out)-1].Interface().(error)
	if len(out) == 1 {
		return nil, err
	}
	return Result(out[0].Interface(), err)
}

// Result returns an untyped nil for the zero value that goes with an error, so
// that anything else is seen.
func Result[T any](v T, err error) (any, error) {
	encoded, _ := json.Marshal(v)
	if text := string(encoded); err != nil && (text == "null" || text == "0" || text == `""`) {
		return nil, err
	}
	return v, err
}

// Placeholder matches the placeholders of a path.
var Placeholder = regexp.MustCompile(`\{([^}]+)\}`)

// IDs returns one value for each placeholder, and the placeholders' names. That of an application
// begins like one, and a port is a number.
func (o Operation) IDs(value string) (values, names []string) {
	for _, match := range Placeholder.FindAllStringSubmatch(o.Path, -1) {
		id := value
		switch match[1] {
		case "applicationId":
			id = "app_" + value
		case "port":
			id = "5131"
		}
		values, names = append(values, id), append(names, match[1])
	}
	return values, names
}

// Answer is what the API sends on success.
func (o Operation) Answer(t *testing.T, mock *httpmock.MockTransport) *recorder {
	t.Helper()
	if o.OK == "" {
		return Record(mock, http.StatusNoContent, "", "")
	}
	return Record(mock, http.StatusOK, cmp.Or(o.Accept, "application/json"), Fixture(t, o.OK))
}

// ForEachOperation runs test for each operation, in parallel.
func ForEachOperation(t *testing.T, test func(*testing.T, Operation)) {
	t.Helper()
	t.Parallel()
	for _, o := range Contract {
		t.Run(o.ID, func(t *testing.T) {
			t.Parallel()
			test(t, o)
		})
	}
}
