package house_test

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"reflect"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The tables of the documents, held to the code.

// tableRows returns the cells of the rows of all tables of a page that have this header.
func tableRows(t *testing.T, page, header string) [][]string {
	t.Helper()
	columns := strings.Count(header, "|") - 1
	var rows [][]string
	for _, table := range strings.Split(documents(t)[page], header+"\n")[1:] {
		for line := range strings.Lines(table) {
			if !strings.HasPrefix(line, "|") {
				break
			}
			cells := strings.Split(strings.Trim(line, "|\n"), "|")
			require.Len(t, cells, columns, line)
			for i := range cells {
				cells[i] = strings.TrimSpace(cells[i])
			}
			if cells[0] != "---" {
				rows = append(rows, cells)
			}
		}
	}
	require.NotEmpty(t, rows, "%s has no table with the header %s", page, header)
	return rows
}

var codeSpan = regexp.MustCompile("`([^`\n]+)`")

func codeSpans(text string) []string {
	var spans []string
	for _, match := range codeSpan.FindAllStringSubmatch(text, -1) {
		spans = append(spans, match[1])
	}
	return spans
}

// methodsIn returns the methods in a table that has a row for each service, such as Drains.List.
func methodsIn(t *testing.T, page string) []string {
	t.Helper()
	var methods []string
	for _, row := range tableRows(t, page, "| service | methods |") {
		service := regexp.MustCompile("^`client\\.(\\w+)`$").FindStringSubmatch(row[0])
		for _, method := range codeSpans(row[1]) {
			if service != nil {
				methods = append(methods, service[1]+"."+method)
			}
		}
	}
	return methods
}

// The README's table is the table of contents: the row of a service has every method of it.
func TestDocs_ServicesTable(t *testing.T) {
	t.Parallel()
	var want []string
	for _, method := range rootOf(t).serviceMethods(t) {
		want = append(want, method.service+"."+method.name)
	}
	assert.ElementsMatch(t, want, methodsIn(t, "README.md"))
}

// The methods that are not idempotent, as the table of all operations has them.
func TestDocs_IdempotentTable(t *testing.T) {
	t.Parallel()
	var want []string
	for _, o := range testkit.Contract {
		if o.Once {
			f := runtime.FuncForPC(reflect.ValueOf(o.Func).Pointer())
			_, name, _ := strings.Cut(f.Name(), "(*") // DrainsService).Create
			want = append(want, strings.Replace(name, "Service)", "", 1))
		}
	}
	assert.ElementsMatch(t, want, methodsIn(t, "docs/errors-and-retries.md"))
}

// anonymous takes the names out of the placeholders of a path.
func anonymous(path string) string {
	return testkit.Placeholder.ReplaceAllLiteralString(path, "{}")
}

// TestDocs_Coverage holds docs/coverage.md to the code: the row of an operation names all methods
// that document it, and no other, or says why there is none.
func TestDocs_Coverage(t *testing.T) {
	t.Parallel()
	listed := map[string][]string{}
	const page, header = "docs/coverage.md", "| | path | method, or why there is none |"
	for _, row := range tableRows(t, page, header) {
		require.Regexp(t, "^(GET|POST|PUT|PATCH|DELETE) `/[^` ]+` .", strings.Join(row, " "))
		operation := anonymous(row[0] + " " + strings.Trim(row[1], "`"))
		require.NotContains(t, listed, operation, "two rows of an operation")
		listed[operation] = nil
		if strings.HasPrefix(row[2], "`client.") {
			require.Regexp(t, "^`client(\\.[A-Z]\\w*){2}`(, `client(\\.[A-Z]\\w*){2}`)*$", row[2])
			listed[operation] = codeSpans(row[2])
			slices.Sort(listed[operation])
		}
	}
	require.Greater(t, len(listed), 400)
	rows := regexp.MustCompile(`(?m)^\| [^|]`).FindAllString(documents(t)[page], -1)
	require.Len(t, rows, len(listed), "rows of another table")
	p := rootOf(t)
	written := map[string][]string{}
	for _, method := range p.serviceMethods(t) {
		operation := anonymous(strings.TrimSpace(method.operation))
		if !strings.Contains(operation, " /v2/") {
			name := "client." + method.service + "." + method.name
			written[operation] = append(written[operation], name)
		}
	}
	called := map[string]string{}
	for _, o := range p.operations() {
		called[o.id] = anonymous(o.method + " " + o.path)
	}
	for _, o := range testkit.Contract {
		called[o.ID] = anonymous(o.Method + " " + o.Path)
	}
	for id, operation := range called {
		if !strings.Contains(operation, " /v2/") {
			assert.NotEmpty(t, listed[operation], "%s has no row: %s", id, operation)
		}
	}
	for operation, methods := range listed {
		slices.Sort(written[operation])
		assert.Equal(t, written[operation], methods, operation)
		delete(written, operation)
	}
	assert.Empty(t, written, "operations without a row")
}

// sentinels are what the column "matches" chooses from.
var sentinels = map[string]error{
	"ErrBadRequest": clevercloud.ErrBadRequest, "ErrUnauthorized": clevercloud.ErrUnauthorized,
	"ErrForbidden": clevercloud.ErrForbidden, "ErrNotFound": clevercloud.ErrNotFound,
	"ErrConflict": clevercloud.ErrConflict, "ErrRateLimited": clevercloud.ErrRateLimited,
	"ErrQuotaExceeded": clevercloud.ErrQuotaExceeded, "ErrUnavailable": clevercloud.ErrUnavailable,
	"ErrPreconditionFailed": clevercloud.ErrPreconditionFailed,
	"ErrInvalidArgument":    clevercloud.ErrInvalidArgument,
	"context.Canceled":      context.Canceled, "context.DeadlineExceeded": context.DeadlineExceeded,
	"os.ErrDeadlineExceeded": os.ErrDeadlineExceeded,
}

// A mishap makes the calls of a row of the table fail.
type mishap struct {
	// dial is why there is no connection, reply what comes over it; without one it stays open.
	dial  error
	reply string
	hold  bool
	id    string
	bound func(context.Context) (context.Context, context.CancelFunc)
}

var mishaps = map[string]mishap{
	"an invalid argument":                        {id: ".."},
	"the connection is refused":                  {dial: &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}},
	"the host does not exist":                    {dial: &net.DNSError{Err: "no such host", Name: "x", IsNotFound: true}},
	"the connection is lost before the response": {},
	"the response is cut off":                    {reply: "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"},
	"an attempt times out":                       {hold: true},
	"the context is done before the call": {bound: func(ctx context.Context) (context.Context, context.CancelFunc) {
		ctx, cancel := context.WithCancel(ctx)
		cancel()
		return ctx, cancel
	}},
	"the context is done while waiting for the response": {hold: true, bound: func(ctx context.Context) (context.Context, context.CancelFunc) {
		return context.WithTimeout(ctx, time.Second)
	}},
	"a success of another shape": {reply: "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n7"},
}

// mishapsOf are those of a row, by name. A row of statuses has one for each.
func mishapsOf(row string) map[string]mishap {
	if m, ok := mishaps[row]; ok {
		return map[string]mishap{row: m}
	}
	found := map[string]mishap{}
	for _, status := range regexp.MustCompile(`\b[2-5]\d\d\b`).FindAllString(row, -1) {
		found[status] = mishap{reply: "HTTP/1.1 " + status + " X\r\nContent-Length: 0\r\n\r\n"}
	}
	return found
}

// client meets m with every request.
func (m mishap) client(t *testing.T) *clevercloud.Client {
	serve := func(conn net.Conn) {
		defer conn.Close()
		for r := bufio.NewReader(conn); ; {
			req, err := http.ReadRequest(r)
			if err != nil {
				return
			}
			_, _ = io.Copy(io.Discard, req.Body)
			if _, err := io.WriteString(conn, m.reply); err != nil || !m.hold && !strings.HasSuffix(m.reply, "\r\n\r\n") {
				return
			}
		}
	}
	transport := &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
		if m.dial != nil {
			return nil, m.dial
		}
		ours, theirs := net.Pipe()
		go serve(theirs)
		return ours, nil
	}}
	t.Cleanup(transport.CloseIdleConnections)
	client, err := clevercloud.New(
		clevercloud.WithBaseURL("http://127.0.0.1:1"), clevercloud.WithHTTPClient(&http.Client{Transport: transport}),
		clevercloud.WithTimeout(5*time.Second), clevercloud.WithMaxRetries(2))
	require.NoError(t, err)
	return client
}

// A tableCall is one of each kind that the table tells apart.
type tableCall struct {
	name              string
	write, idempotent bool
	method            any
	args              []any
}

var tableCalls = []tableCall{
	{"read", false, true, (*clevercloud.DrainsService).Get, []any{"orga_1", "app_1"}},
	{"idempotent write", true, true, (*clevercloud.DrainsService).Enable, []any{"orga_1", "app_1"}},
	{
		"other write", true, false,
		(*clevercloud.OperatorsService).AttachNetworkGroup, []any{"keycloak"},
	},
}

func TestDocs_ErrorTable(t *testing.T) {
	t.Parallel()
	rows := tableRows(t, "docs/errors-and-retries.md",
		"| what happened | type | matches | retried | applied |")
	seen := map[string]bool{}
	for _, row := range rows {
		seen[row[0]] = true
		found := mishapsOf(row[0])
		require.NotEmpty(t, found, "the test does not know how to make this happen: %s", row[0])
		for name, m := range found {
			for _, call := range tableCalls {
				t.Run(name+"/"+call.name, func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) { checkErrorRow(t, row, m, call) })
				})
			}
		}
	}
	for name := range mishaps {
		assert.True(t, seen[name], "the table has no row: %s", name)
	}
}

func checkErrorRow(t *testing.T, row []string, m mishap, call tableCall) {
	ctx := t.Context()
	if m.bound != nil {
		bound, cancel := m.bound(ctx)
		defer cancel()
		ctx = bound
	}
	var meta clevercloud.Response

	args := append(slices.Clone(call.args), cmp.Or(m.id, "drain_1"))
	_, err := testkit.Invoke(ctx, m.client(t), call.method, args, clevercloud.WithResponse(&meta))

	require.Error(t, err)
	name, _ := strings.CutPrefix(fmt.Sprintf("%T", err), "*clevercloud.")
	assert.Equal(t, row[1], "`"+name+"`", "type of %v", err)
	matches := codeSpans(row[2])
	for name, sentinel := range sentinels {
		assert.Equal(t, slices.Contains(matches, name), errors.Is(err, sentinel), "%v matches %s", err, name)
	}
	for _, name := range matches {
		assert.Contains(t, sentinels, name)
	}
	require.Contains(t, []string{"yes", "no", "if idempotent"}, row[3])
	retried := row[3] == "yes" || row[3] == "if idempotent" && call.idempotent
	assert.Equal(t, retried, meta.Attempts > 1, "%v is retried", err)
	assert.Equal(t, retried, clevercloud.IsTransient(err), "%v is transient", err)
	require.Contains(t, []string{"maybe", "no"}, row[4])
	maybe := call.write && row[4] == "maybe"
	assert.Equal(t, maybe, errors.Is(err, clevercloud.ErrMaybeApplied), "%v may be applied", err)
}

func TestDocs_RetryNumbers(t *testing.T) {
	t.Parallel()
	page := documents(t)["docs/errors-and-retries.md"]
	synctest.Test(t, func(t *testing.T) {
		var meta clevercloud.Response
		m := mishap{reply: "HTTP/1.1 503 X\r\nRetry-After: 31\r\nContent-Length: 0\r\n\r\n"}
		client := m.client(t)
		_, err := client.Zones.List(t.Context(), clevercloud.ZoneQuery{}, clevercloud.WithResponse(&meta))
		var apiErr *clevercloud.APIError
		require.ErrorAs(t, err, &apiErr)
		assert.Equal(t, 31*time.Second, apiErr.RetryAfter)
		assert.Equal(t, 1, meta.Attempts)
		assert.Contains(t, page, "asks for more than 30 s")

		client, err = mishap{reply: "HTTP/1.1 503 X\r\nContent-Length: 0\r\n\r\n"}.client(t).
			With(clevercloud.WithRetry(clevercloud.RetryPolicy{}))
		require.NoError(t, err)
		start := time.Now()
		_, err = client.Zones.List(t.Context(), clevercloud.ZoneQuery{}, clevercloud.WithResponse(&meta))
		require.ErrorIs(t, err, clevercloud.ErrUnavailable)
		assert.Contains(t, page, "retried up to "+strconv.Itoa(meta.Attempts-1)+" times")
		assert.Less(t, time.Since(start), 8*time.Second, "0.5, 1, 2 and 4 s at most")
	})
}
