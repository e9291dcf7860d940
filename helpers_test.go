package clevercloud_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"math/big"
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

// testBase has a path, so that a request that forgets the base URL's is seen.
const testBase = "https://api.example.test/prefix"

// newTestClient returns a client that sends each call once, to a mock of its own where a request that nobody registered fails the test.
func newTestClient(t *testing.T, opts ...clevercloud.ClientOption) (*clevercloud.Client, *httpmock.MockTransport) {
	t.Helper()
	mock := httpmock.NewMockTransport()
	mock.RegisterNoResponder(func(req *http.Request) (*http.Response, error) {
		t.Errorf("unexpected request: %s %s", req.Method, req.URL)
		return nil, errors.New("unexpected request")
	})
	own := []clevercloud.ClientOption{
		clevercloud.WithBaseURL(testBase), clevercloud.WithHTTPClient(&http.Client{Transport: mock}), clevercloud.WithMaxRetries(0),
	}
	client, err := clevercloud.New(append(own, opts...)...)
	require.NoError(t, err)
	return client, mock
}

// fixture returns a file of testdata.
func fixture(t testing.TB, name string) string {
	t.Helper()
	body, err := os.ReadFile(filepath.Join("testdata", filepath.FromSlash(name)))
	require.NoError(t, err)
	return string(body)
}

// fixtures returns the names of the files in testdata that match pattern, for a test that must not miss a new one.
func fixtures(t testing.TB, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", filepath.FromSlash(pattern)))
	require.NoError(t, err)
	require.NotEmpty(t, files, pattern)
	for i, file := range files {
		name, err := filepath.Rel("testdata", file)
		require.NoError(t, err)
		files[i] = filepath.ToSlash(name)
	}
	return files
}

// A recorder answers every request of a client alike and keeps what it received.
type recorder struct {
	mu       sync.Mutex
	requests []recordedRequest
}

type recordedRequest struct {
	Method, Path string
	// Query are the pairs in the order they were sent, unescaped.
	Query  []string
	Header http.Header
	Body   string
}

// record makes mock answer everything with status and body.
func record(mock *httpmock.MockTransport, status int, contentType, body string) *recorder {
	r := &recorder{}
	mock.RegisterNoResponder(func(req *http.Request) (*http.Response, error) {
		got, err := describe(req)
		if err != nil {
			return nil, err
		}
		r.mu.Lock()
		r.requests = append(r.requests, got)
		r.mu.Unlock()
		return answer(req, status, contentType, body), nil
	})
	return r
}

func (r *recorder) only(t *testing.T) recordedRequest {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	require.Len(t, r.requests, 1, "requests sent")
	return r.requests[0]
}

func (r *recorder) count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.requests)
}

func describe(req *http.Request) (recordedRequest, error) {
	got := recordedRequest{Method: req.Method, Path: req.URL.EscapedPath(), Header: req.Header.Clone()}
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

func answer(req *http.Request, status int, contentType, body string) *http.Response {
	header := http.Header{"Sozu-Id": {"01K3EXAMPLE"}}
	if contentType != "" {
		header.Set("Content-Type", contentType)
	}
	return &http.Response{
		StatusCode: status, Status: strconv.Itoa(status) + " " + http.StatusText(status), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: header, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)), Request: req,
	}
}

// always answers with status and a JSON body.
func always(mock *httpmock.MockTransport, status int, body string) *recorder {
	return record(mock, status, "application/json", body)
}

// instant parses a date of a fixture.
func instant(t testing.TB, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339Nano, text)
	require.NoError(t, err)
	return at
}

// A roundTrip compares the JSON that a result marshals to with the JSON that it was decoded from.
type roundTrip struct {
	// unknown are members that the SDK does not have, secret those that come back redacted; an array's index is not part of the path:
	// address.country_name.
	unknown, secret []string
	// exact compares numbers as text: 10.0 is not 10.
	exact bool
}

// check fails unless every known member of want that is not null is in got's JSON with an equal value, and nothing else is there with
// another value than zero.
func (r roundTrip) check(t *testing.T, want string, got any) {
	t.Helper()
	encoded, err := json.Marshal(got)
	require.NoError(t, err)
	r.compare(t, "", parseJSON(t, want), parseJSON(t, string(encoded)))
}

func parseJSON(t *testing.T, text string) any {
	t.Helper()
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	var v any
	require.NoError(t, dec.Decode(&v))
	return v
}

func (r roundTrip) compare(t *testing.T, path string, want, got any) {
	t.Helper()
	switch want := want.(type) {
	case map[string]any:
		members, ok := got.(map[string]any)
		if !ok {
			assert.True(t, isZeroJSON(want) && got == nil, "%s: %v came back as %v", path, want, got)
			return
		}
		for key, value := range want {
			at := strings.TrimPrefix(path+"."+key, ".")
			if !slices.Contains(r.unknown, at) && value != nil {
				r.compare(t, at, value, members[key])
			}
		}
		for key, value := range members {
			if want[key] == nil {
				assert.True(t, isZeroJSON(value), "%s.%s was invented: %v", path, key, value)
			}
		}
	case []any:
		elements, _ := got.([]any)
		require.Len(t, elements, len(want), path)
		for i := range want {
			r.compare(t, path, want[i], elements[i])
		}
	case json.Number:
		number, ok := got.(json.Number)
		equal := ok && (number == want || !r.exact && rational(number).Cmp(rational(want)) == 0)
		assert.True(t, equal, "%s: %v came back as %v", path, want, got)
	case string:
		if slices.Contains(r.secret, path) {
			want = "[redacted]"
		}
		text, ok := got.(string)
		assert.True(t, ok && (text == want || sameInstant(text, want)), "%s: %q came back as %v", path, want, got)
	default:
		assert.Equal(t, want, got, path)
	}
}

func rational(n json.Number) *big.Rat {
	r, _ := new(big.Rat).SetString(n.String())
	return r
}

func sameInstant(a, b string) bool {
	x, errX := time.Parse(time.RFC3339Nano, a)
	y, errY := time.Parse(time.RFC3339Nano, b)
	return errX == nil && errY == nil && x.Equal(y)
}

func isZeroJSON(v any) bool {
	switch v := v.(type) {
	case map[string]any:
		for _, member := range v {
			if !isZeroJSON(member) {
				return false
			}
		}
		return true
	case []any:
		return len(v) == 0
	case json.Number:
		return rational(v).Sign() == 0
	}
	return v == nil || v == false || v == ""
}

// decodeAs decodes as a client does not, strictly as encoding/json.
func decodeAs[T any](t *testing.T, text string) T {
	t.Helper()
	var v T
	require.NoError(t, json.Unmarshal([]byte(text), &v))
	return v
}

// stable fails unless a value that was decoded from data marshals to JSON that decodes, and marshals to itself.
func stable[T any](t *testing.T, data []byte) {
	t.Helper()
	if once, ok := again[T](t, data); ok {
		twice, ok := again[T](t, once)
		require.True(t, ok && bytes.Equal(once, twice), "%q became %s, then %s", data, once, twice)
	}
}

// again decodes and marshals; false is for what is no T.
func again[T any](t *testing.T, data []byte) ([]byte, bool) {
	t.Helper()
	var v T
	if json.Unmarshal(data, &v) != nil {
		return nil, false
	}
	out, err := json.Marshal(v)
	require.NoError(t, err, "%q decodes and does not marshal", data)
	return out, true
}

// covers fails unless names are all the fixtures that match pattern, so that a new one cannot be forgotten.
func covers[T any](t *testing.T, pattern string, cases map[string]T, others ...string) {
	t.Helper()
	names := slices.Concat(slices.Collect(maps.Keys(cases)), others)
	assert.ElementsMatch(t, fixtures(t, pattern), names)
}
