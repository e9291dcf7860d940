package clevertest_test

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
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

// v4 returns the path of the initial organisation in a domain of the API.
func (p peer) v4(domain string) string { return p.of(domain, p.OwnerID) }

// of returns the path of any owner in a domain of the API.
func (p peer) of(domain string, owner any) string {
	return fmt.Sprintf("/v4/%s/organisations/%s", domain, owner)
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

// expect sends a request and fails unless the response has this status.
func (p peer) expect(status int, method, path string, body ...string) answer {
	p.t.Helper()
	a := p.send(method, path, body...)
	require.Equal(p.t, status, a.Status, "%s %s %s: %s", method, path, body, a.Body)
	return a
}

// must sends a request and fails unless it succeeds.
func (p peer) must(method, path string, body ...string) answer {
	p.t.Helper()
	a := p.send(method, path, body...)
	require.Less(p.t, a.Status, 300, "%s %s %s: %s", method, path, body, a.Body)
	return a
}

// made posts body to path and returns the id of what was created.
func (p peer) made(path, body string) string {
	p.t.Helper()
	return p.expect(201, "POST", path, body).object()["id"].(string)
}

// rejects posts bodies that must be rejected. They are pairs of a body and the field to blame.
func (p peer) rejects(path string, bodies [][2]string) {
	p.t.Helper()
	for _, b := range bodies {
		got := p.expect(400, "POST", path, b[0]).object()
		has(p.t, got, "context.type", "fields")
		assert.Contains(p.t, at(got, "context", "fields"), b[1], b[0])
	}
}

// ok sends a GET request and fails unless the status is 200.
func (p peer) ok(path string) answer {
	p.t.Helper()
	return p.expect(200, "GET", path)
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

// like checks that a body has the keys and the types of a fixture, at every depth; a null matches
// anything. Paths that begin with one of the exceptions depend on the values.
func (a answer) like(name string, except ...string) {
	a.t.Helper()
	a.likeText(name, fixture(a.t, name), except...)
}

// likeText is like, with the text of the fixture.
func (a answer) likeText(name, text string, except ...string) {
	a.t.Helper()
	assert.Equal(a.t, "application/json", a.Header.Get("Content-Type"))
	want, got := shapeOf(decode(a.t, text)), shapeOf(decode(a.t, a.Body))
	all := maps.Clone(want)
	maps.Copy(all, got)
	for _, path := range slices.Sorted(maps.Keys(all)) {
		w, inWant := want[path]
		g, inGot := got[path]
		switch {
		case slices.ContainsFunc(except, func(e string) bool { return strings.HasPrefix(path, e) }):
		case !inWant && !underNull(want, path):
			a.t.Errorf("%s: %s (%s) is not in %s", name, path, g, name)
		case !inGot && !underNull(got, path):
			a.t.Errorf("%s: %s (%s) is missing", name, path, w)
		case inWant && inGot && w != g && w != "null" && g != "null":
			a.t.Errorf("%s: %s is %s, not %s", name, path, g, w)
		}
	}
}

// has checks members of an object. The pairs are a path, such as "status.date", and the value there.
func has(t *testing.T, object any, pairs ...any) {
	t.Helper()
	for i := 0; i < len(pairs); i += 2 {
		path := pairs[i].(string)
		assert.EqualValues(t, pairs[i+1], at(object, strings.Split(path, ".")...), path)
	}
}

func at(v any, keys ...string) any {
	for _, key := range keys {
		v = v.(map[string]any)[key]
	}
	return v
}

func decode(t *testing.T, text string) any {
	t.Helper()
	var v any
	require.NoError(t, json.Unmarshal([]byte(text), &v), text)
	return v
}

// shapeOf returns the type of each value by its path. The elements of an array share a path.
func shapeOf(v any) map[string]string {
	into := map[string]string{}
	shape(into, "", v)
	return into
}

func shape(into map[string]string, path string, v any) {
	kind := fmt.Sprintf("%T", v)
	switch v := v.(type) {
	case nil:
		kind = "null"
	case map[string]any:
		for key, value := range v {
			shape(into, path+"."+key, value)
		}
	case []any:
		for _, value := range v {
			shape(into, path+"[]", value)
		}
		if len(v) == 0 {
			shape(into, path+"[]", nil)
		}
	}
	if old := into[path]; old == "" || old == "null" {
		into[path] = kind
	}
}

// underNull reports whether a path is below a null or an empty array, whose shape is not known.
func underNull(shapes map[string]string, path string) bool {
	for i := range path {
		if (path[i] == '.' || path[i] == '[') && shapes[path[:i]] == "null" {
			return true
		}
	}
	return false
}
