package clevertest_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/clevercloud-go/clevercloud/clevertest"
)

// peer talks plain HTTP to a server, with the server's API token unless told otherwise.
type peer struct {
	*clevertest.Server
	t      *testing.T
	header http.Header
	base   string // the host, the API unless told otherwise
}

func start(t *testing.T, opts ...clevertest.Option) peer {
	t.Helper()
	s := clevertest.NewServer(opts...)
	t.Cleanup(s.Close)
	return peer{s, t, http.Header{"Authorization": {"Bearer " + s.Token.Reveal()}}, s.URL}
}

// signed is the same peer with an OAuth 1 PLAINTEXT header of three fields, as the official command line sends it.
func (p peer) signed() peer {
	return p.with("Authorization", fmt.Sprintf(`OAuth oauth_consumer_key="%s", oauth_token="%s", oauth_signature="%s%%26%s"`,
		p.OAuth1.ConsumerKey, p.OAuth1.Token, p.OAuth1.ConsumerSecret.Reveal(), p.OAuth1.TokenSecret.Reveal()))
}

func (p peer) with(key, value string) peer {
	p.header = p.header.Clone()
	p.header.Set(key, value)
	return p
}

type answer struct {
	t      *testing.T
	Status int
	Header http.Header
	Body   string
}

func (p peer) send(method, path string, body ...string) answer {
	p.t.Helper()
	resp, err := p.try(method, path, body...)
	require.NoError(p.t, err)
	defer func() { _ = resp.Body.Close() }()
	data, err := io.ReadAll(resp.Body)
	require.NoError(p.t, err)
	return answer{p.t, resp.StatusCode, resp.Header, string(data)}
}

func (p peer) try(method, path string, body ...string) (*http.Response, error) {
	content := strings.NewReader(strings.Join(body, ""))
	req, err := http.NewRequestWithContext(p.t.Context(), method, p.base+path, content)
	require.NoError(p.t, err)
	req.Header = p.header.Clone()
	if len(body) > 0 {
		req.Header.Set("Content-Type", "application/json")
	}
	transport := &http.Transport{}
	p.t.Cleanup(transport.CloseIdleConnections)
	client := &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return client.Do(req)
}

func (p peer) get(path string) answer {
	p.t.Helper()
	return p.send("GET", path)
}

// expect sends a request that must be answered with a status.
func (p peer) expect(status int, method, path string, body ...string) answer {
	p.t.Helper()
	a := p.send(method, path, body...)
	require.Equal(p.t, status, a.Status, "%s %s %s: %s", method, path, body, a.Body)
	return a
}

// ok is get, and the status must be 200.
func (p peer) ok(path string) answer {
	p.t.Helper()
	a := p.get(path)
	require.Equal(p.t, 200, a.Status, a.Body)
	return a
}

func (a answer) into(v any) {
	a.t.Helper()
	require.NoError(a.t, json.Unmarshal([]byte(a.Body), v), a.Body)
}

func (a answer) object() map[string]any {
	a.t.Helper()
	var v map[string]any
	a.into(&v)
	return v
}

func (a answer) list() []map[string]any {
	a.t.Helper()
	var v []map[string]any
	a.into(&v)
	require.NotNil(a.t, v, "a list is never null")
	return v
}

// pluck is the values of one key in a list.
func (a answer) pluck(key string) []any {
	a.t.Helper()
	var values []any
	for _, item := range a.list() {
		values = append(values, item[key])
	}
	return values
}

func fixture(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "testdata", name))
	require.NoError(t, err)
	return string(data)
}

// like checks that a body has the keys and the types of a fixture, at every depth; a null matches anything. Paths that begin with one of
// the exceptions depend on the values.
func (a answer) like(name string, except ...string) {
	a.t.Helper()
	a.likeText(name, fixture(a.t, name), except...)
}

// likeText is like, with the text of the fixture.
func (a answer) likeText(name, text string, except ...string) {
	a.t.Helper()
	assert.Equal(a.t, "application/json", a.Header.Get("Content-Type"))
	want, got := map[string]string{}, map[string]string{}
	shape(want, "", decode(a.t, text))
	shape(got, "", decode(a.t, a.Body))
	for _, path := range paths(want, got) {
		w, inWant := want[path]
		g, inGot := got[path]
		switch {
		case slices.ContainsFunc(except, func(prefix string) bool { return strings.HasPrefix(path, prefix) }):
		case !inWant && !underNull(want, path):
			a.t.Errorf("%s: %s (%s) is not in %s", name, path, g, name)
		case !inGot && !underNull(got, path):
			a.t.Errorf("%s: %s (%s) is missing", name, path, w)
		case inWant && inGot && w != g && w != "null" && g != "null":
			a.t.Errorf("%s: %s is %s, not %s", name, path, g, w)
		}
	}
}

func decode(t *testing.T, text string) any {
	t.Helper()
	var v any
	dec := json.NewDecoder(bytes.NewReader([]byte(text)))
	require.NoError(t, dec.Decode(&v), text)
	return v
}

// shape notes the type of each value under its path; the elements of an array share one.
func shape(into map[string]string, path string, v any) {
	note := func(kind string) {
		if old, seen := into[path]; !seen || old == "null" || old == "empty" {
			into[path] = kind
		}
	}
	switch v := v.(type) {
	case nil:
		note("null")
	case map[string]any:
		note("object")
		for key, value := range v {
			shape(into, path+"."+key, value)
		}
	case []any:
		note("array")
		for _, value := range v {
			shape(into, path+"[]", value)
		}
		if len(v) == 0 {
			if _, seen := into[path+"[]"]; !seen {
				into[path+"[]"] = "null"
			}
		}
	default:
		note(fmt.Sprintf("%T", v))
	}
}

// underNull is true for a path below something that was null, or an empty array: its shape is not known.
func underNull(shapes map[string]string, path string) bool {
	for i := len(path) - 1; i >= 0; i-- {
		if (path[i] == '.' || path[i] == '[') && shapes[path[:i]] == "null" {
			return true
		}
		if path[i] == ']' && shapes[path[:i+1]] == "null" && i+1 < len(path) {
			return true
		}
	}
	return strings.HasSuffix(path, "[]") && shapes[strings.TrimSuffix(path, "[]")] == "null"
}

func paths(shapes ...map[string]string) []string {
	set := map[string]bool{}
	for _, s := range shapes {
		for path := range s {
			set[path] = true
		}
	}
	all := make([]string, 0, len(set))
	for path := range set {
		all = append(all, path)
	}
	sort.Strings(all)
	return all
}
