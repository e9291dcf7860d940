package house_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
	"unicode"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The tables of docs/errors-and-retries.md, held to what a client does.

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
	id    clevercloud.DrainID
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

// tableCalls are one call of each kind that the table tells apart.
var tableCalls = []struct {
	name              string
	write, idempotent bool
	do                func(context.Context, *clevercloud.Client, clevercloud.DrainID, ...clevercloud.CallOption) error
}{
	{"read", false, true, func(ctx context.Context, c *clevercloud.Client, id clevercloud.DrainID, opts ...clevercloud.CallOption) error {
		_, err := c.Drains.Get(ctx, "orga_1", "app_1", id, opts...)
		return err
	}},
	{"idempotent write", true, true, func(ctx context.Context, c *clevercloud.Client, id clevercloud.DrainID, opts ...clevercloud.CallOption) error {
		_, err := c.Drains.Enable(ctx, "orga_1", "app_1", id, opts...)
		return err
	}},
	{"other write", true, false, func(ctx context.Context, c *clevercloud.Client, id clevercloud.DrainID, opts ...clevercloud.CallOption) error {
		_, err := c.Operators.AttachNetworkGroup(ctx, clevercloud.Keycloak, clevercloud.OperatorID(id), opts...)
		return err
	}},
}

func errorType(err error) string {
	var (
		api     *clevercloud.APIError
		request *clevercloud.RequestError
		decode  *clevercloud.DecodeError
		invalid *clevercloud.ValidationError
	)
	switch {
	case errors.As(err, &request):
		return "RequestError"
	case errors.As(err, &api):
		return "APIError"
	case errors.As(err, &decode):
		return "DecodeError"
	case errors.As(err, &invalid):
		return "ValidationError"
	}
	return fmt.Sprintf("%T", err)
}

// tableRows returns the cells of the rows below a table's header.
func tableRows(t *testing.T, page, header string) [][]string {
	t.Helper()
	text, err := os.ReadFile(page)
	require.NoError(t, err)
	_, rest, found := strings.Cut(string(text), header+"\n")
	require.True(t, found, "%s has no table with the header %s", page, header)
	var rows [][]string
	for line := range strings.Lines(rest) {
		cells := strings.Split(strings.Trim(line, "|\n"), "|")
		if !strings.HasPrefix(line, "|") {
			break
		}
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		rows = append(rows, cells)
	}
	require.Greater(t, len(rows), 1)
	return rows[1:]
}

var codeSpan = regexp.MustCompile("`([^`]+)`")

func codeSpans(cell string) []string {
	var spans []string
	for _, match := range codeSpan.FindAllStringSubmatch(cell, -1) {
		spans = append(spans, match[1])
	}
	return spans
}

func TestDocs_ErrorTable(t *testing.T) {
	t.Parallel()
	rows := tableRows(t, "docs/errors-and-retries.md", "| what happened | type | matches | retried | applied |")
	seen := map[string]bool{}
	for _, row := range rows {
		require.Len(t, row, 5, row)
		seen[row[0]] = true
		found := mishapsOf(row[0])
		require.NotEmpty(t, found, "the test does not know how to make this happen: %s", row[0])
		for name, m := range found {
			for _, call := range tableCalls {
				t.Run(name+"/"+call.name, func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) { checkErrorRow(t, row, m, call.write, call.idempotent, call.do) })
				})
			}
		}
	}
	for name := range mishaps {
		assert.True(t, seen[name], "the table has no row: %s", name)
	}
}

func checkErrorRow(
	t *testing.T, row []string, m mishap, write, idempotent bool,
	do func(context.Context, *clevercloud.Client, clevercloud.DrainID, ...clevercloud.CallOption) error,
) {
	ctx := t.Context()
	if m.bound != nil {
		bound, cancel := m.bound(ctx)
		defer cancel()
		ctx = bound
	}
	id := m.id
	if id == "" {
		id = "drain_1"
	}
	var meta clevercloud.Response

	err := do(ctx, m.client(t), id, clevercloud.WithResponse(&meta))

	require.Error(t, err)
	assert.Equal(t, codeSpans(row[1]), []string{errorType(err)}, "type of %v", err)
	matches := codeSpans(row[2])
	for name, sentinel := range sentinels {
		assert.Equal(t, slices.Contains(matches, name), errors.Is(err, sentinel), "%v matches %s", err, name)
	}
	for _, name := range matches {
		assert.Contains(t, sentinels, name)
	}
	require.Contains(t, []string{"yes", "no", "if idempotent"}, row[3])
	retried := row[3] == "yes" || row[3] == "if idempotent" && idempotent
	assert.Equal(t, retried, meta.Attempts > 1, "%v is retried", err)
	assert.Equal(t, retried, clevercloud.IsTransient(err), "%v is transient", err)
	require.Contains(t, []string{"maybe", "no"}, row[4])
	assert.Equal(t, write && row[4] == "maybe", errors.Is(err, clevercloud.ErrMaybeApplied), "%v may have been applied", err)
}

// The methods that are not idempotent, as the table of all operations has them.
func TestDocs_IdempotentTable(t *testing.T) {
	t.Parallel()
	_, page, found := strings.Cut(documents(t)["docs/errors-and-retries.md"], "## Idempotent calls")
	require.True(t, found)
	var listed, once []string
	for _, match := range regexp.MustCompile("(?m)^\\| `client\\.(\\w+)` \\|(.*)\\|$").FindAllStringSubmatch(page, -1) {
		for _, method := range codeSpans(match[2]) {
			listed = append(listed, kebab(match[1])+"."+kebab(method))
		}
	}
	for _, o := range testkit.Contract {
		if o.Once {
			once = append(once, o.ID)
		}
	}
	assert.ElementsMatch(t, once, listed)
}

// kebab is the spelling of operations for a Go name: EnableCephCSI is enable-ceph-csi.
func kebab(name string) string {
	var b strings.Builder
	letters := []rune(name)
	for i, r := range letters {
		upper := unicode.IsUpper(r)
		if upper && i > 0 && (!unicode.IsUpper(letters[i-1]) || i+1 < len(letters) && unicode.IsLower(letters[i+1])) {
			b.WriteByte('-')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
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
