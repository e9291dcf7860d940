// Package testkit holds what the tests of this module share: clients without a network or over
// loopback, the operations of the API as data, fixtures, and the search for secrets.
package testkit

import (
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var Paris = time.FixedZone("CEST", 2*60*60)

// Base has a path, so that a request that forgets the base URL's is seen.
const Base = "https://api.example.test/prefix"

// MockClient returns a client that sends each call once, to a mock of its own where a request that
// nobody registered fails the test.
func MockClient(
	t *testing.T, opts ...clevercloud.ClientOption,
) (*clevercloud.Client, *httpmock.MockTransport) {
	t.Helper()
	mock := httpmock.NewMockTransport()
	mock.RegisterNoResponder(func(req *http.Request) (*http.Response, error) {
		t.Errorf("unexpected request: %s %s", req.Method, req.URL)
		return nil, errors.New("unexpected request")
	})
	own := []clevercloud.ClientOption{clevercloud.WithMaxRetries(0)}
	return ClientOver(t, mock.RoundTrip, append(own, opts...)...), mock
}

// Root returns the directory of the module, wherever in it the test runs.
func Root(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	require.NoError(t, err)
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		parent := filepath.Dir(dir)
		require.NotEqual(t, dir, parent, "no go.mod above the test")
		dir = parent
	}
}

// Fixture returns a file of testdata.
func Fixture(t testing.TB, name string) string {
	t.Helper()
	body, err := os.ReadFile(filepath.Join(Root(t), "testdata", filepath.FromSlash(name)))
	require.NoError(t, err)
	return string(body)
}

// Fixtures returns the names of the files in testdata that match pattern, for a test that must not
// miss a new one.
func Fixtures(t testing.TB, pattern string) []string {
	t.Helper()
	testdata := filepath.Join(Root(t), "testdata")
	files, err := filepath.Glob(filepath.Join(testdata, filepath.FromSlash(pattern)))
	require.NoError(t, err)
	require.NotEmpty(t, files, pattern)
	for i, file := range files {
		name, err := filepath.Rel(testdata, file)
		require.NoError(t, err)
		files[i] = filepath.ToSlash(name)
	}
	return files
}

// A recorder answers every request of a client alike and keeps what it received.
type recorder struct {
	mu       sync.Mutex
	requests []RecordedRequest
}

type RecordedRequest struct {
	Method, Path string
	// Query are the pairs in the order they were sent, unescaped.
	Query  []string
	Header http.Header
	Body   string
}

// Record makes mock answer everything with status and body.
func Record(mock *httpmock.MockTransport, status int, contentType, body string) *recorder {
	r := &recorder{}
	mock.RegisterNoResponder(func(req *http.Request) (*http.Response, error) {
		got, err := Describe(req)
		if err != nil {
			return nil, err
		}
		r.mu.Lock()
		r.requests = append(r.requests, got)
		r.mu.Unlock()
		return Answer(req, status, contentType, body), nil
	})
	return r
}

func (r *recorder) Only(t *testing.T) RecordedRequest {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	require.Len(t, r.requests, 1, "requests sent")
	return r.requests[0]
}

func (r *recorder) Count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.requests)
}

func Describe(req *http.Request) (RecordedRequest, error) {
	got := RecordedRequest{
		Method: req.Method,
		Path:   req.URL.EscapedPath(),
		Header: req.Header.Clone(),
	}
	if req.URL.RawQuery != "" {
		for pair := range strings.SplitSeq(req.URL.RawQuery, "&") {
			// A plus sign is left as it is: the SDK must write a space as %20.
			plain, err := url.PathUnescape(pair)
			if err != nil {
				return got, err
			}
			got.Query = append(got.Query, plain)
		}
	}
	if req.Body != nil {
		body, err := io.ReadAll(req.Body)
		if err != nil {
			return got, err
		}
		got.Body = string(body)
	}
	return got, nil
}

func Answer(req *http.Request, status int, contentType, body string) *http.Response {
	resp := Response(req, status, body, "Sozu-Id", "01K3EXAMPLE")
	if contentType != "" {
		resp.Header.Set("Content-Type", contentType)
	}
	return resp
}

// Always answers with status and a JSON body.
func Always(mock *httpmock.MockTransport, status int, body string) *recorder {
	return Record(mock, status, "application/json", body)
}

// Instant parses a date of a fixture.
func Instant(t testing.TB, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339Nano, text)
	require.NoError(t, err)
	return at
}

// Covers fails unless names are all the fixtures that match pattern, so that a new one cannot be
// forgotten.
func Covers[T any](t *testing.T, pattern string, cases map[string]T, others ...string) {
	t.Helper()
	names := slices.Concat(slices.Collect(maps.Keys(cases)), others)
	assert.ElementsMatch(t, Fixtures(t, pattern), names)
}

func Lines(n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = "line " + strconv.Itoa(i)
	}
	return all
}

func MustJSON(v any) []byte {
	encoded, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return encoded
}

// TokenInput is testdata/auth/api_token_create_request.json.
var TokenInput = clevercloud.APITokenInput{
	Email: "camille@example.com", Password: "example-password", MFACode: "000000",
	Name: "CI", Description: "used by the pipeline",
	ExpirationDate: time.Date(2026, 6, 30, 2, 0, 0, 0, Paris),
}
