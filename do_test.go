package clevercloud_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/auth"
	"github.com/clevercloud-go/clevercloud/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestDo_Paths(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ path, want string }{
		{"/v2/self", "/prefix/v2/self"},
		{"/", "/prefix/"},
		{"/v2/a%20b", "/prefix/v2/a%20b"},
		{"/v2/a%2Fb", "/prefix/v2/a%2Fb"},
		{"/v2/a%2fb", "/prefix/v2/a%2fb"},
		{"/v2/%C3%A9", "/prefix/v2/%C3%A9"},
		{"/v2/a%25b", "/prefix/v2/a%25b"},
		{"/v2/a:b@c;d,e=f&g", "/prefix/v2/a:b@c;d,e=f&g"},
		{"/v2/...", "/prefix/v2/..."},
		{"/v2/self?a=b&a=c%20d&e", "/prefix/v2/self?a=b&a=c%20d&e"},
		{"/v2/self?", "/prefix/v2/self"},
		{"/v2/self?a=b?c/../d", "/prefix/v2/self?a=b?c/../d"},
	} {
		t.Run(tc.path, func(t *testing.T) {
			t.Parallel()
			got := ""
			_, client := testkit.Serve(t, func(_ http.ResponseWriter, req *http.Request) { got = req.RequestURI })
			address := layerBaseOf(t, client)
			client, err := client.With(clevercloud.WithBaseURL(address + "/prefix/"))
			require.NoError(t, err)

			require.NoError(t, client.Do(t.Context(), "GET", tc.path, nil, nil))

			assert.Equal(t, tc.want, got)
		})
	}
}

// layerBaseOf finds the address that a client talks to.
func layerBaseOf(t *testing.T, client *clevercloud.Client) string {
	t.Helper()
	address := ""
	spy, err := client.With(clevercloud.WithMiddleware(func(http.RoundTripper) http.RoundTripper {
		return testkit.RoundTripFunc(func(req *http.Request) (*http.Response, error) {
			address = req.URL.Scheme + "://" + req.URL.Host
			return testkit.Response(req, 200, ""), nil
		})
	}))
	require.NoError(t, err)
	require.NoError(t, spy.Do(t.Context(), "GET", "/", nil, nil))
	return address
}

func TestDo_RefusesArguments(t *testing.T) {
	t.Parallel()
	type embedded struct{ Password auth.Secret }
	var nilBuffer *bytes.Buffer
	var nilZone *clevercloud.Zone
	secret := auth.Secret("s3cret")
	type loop struct{ Next *loop }
	endlessly := &loop{}
	endlessly.Next = endlessly
	views := []auth.Secret{"", "s3cret"}
	list, table := []any{nil}, map[string]any{}
	list[0], table["it"] = list, table
	for _, tc := range []struct {
		name, method, path string
		in, out            any
		argument           string
	}{
		{"no method", "", "/", nil, nil, "method"},
		{"a recipient, which would be redacted", "POST", "/", clevercloud.DatadogRecipient{URL: "https://h.test/v1?dd-api-key=k"}, nil, "in"},
		{
			"a recipient within", "POST", "/",
			map[string]any{"recipient": &clevercloud.RawRecipient{URL: "https://u:p@h.test/"}}, nil, "in",
		},
		{"bytes, which would be base64", "POST", "/", []byte("{}"), nil, "in"},
		{"a reader, which would be an empty object", "POST", "/", strings.NewReader("{}"), nil, "in"},
		{"no method but spaces", "GET ", "/", nil, nil, "method"},
		{"a line end in the method", "GET\r\nX: y", "/", nil, nil, "method"},
		{"no path", "GET", "", nil, nil, "path"},
		{"no slash", "GET", "v2/self", nil, nil, "path"},
		{"two slashes", "GET", "//evil.test/", nil, nil, "path"},
		{"a URL", "GET", "https://evil.test/", nil, nil, "path"},
		{"a parent", "GET", "/v2/../v4", nil, nil, "path"},
		{"a parent at the end", "GET", "/v2/..", nil, nil, "path"},
		{"this directory", "GET", "/v2/./v4", nil, nil, "path"},
		{"an escaped parent", "GET", "/v2/%2e%2e/v4", nil, nil, "path"},
		{"an escaped parent in capitals", "GET", "/v2/.%2E/v4", nil, nil, "path"},
		{"a parent behind an escaped slash", "GET", "/v2/a%2F..%2Fb", nil, nil, "path"},
		{"a missing id", "GET", "/v2/organisations//applications", nil, nil, "path"},
		{"a missing id at the end", "DELETE", "/v2/organisations/", nil, nil, "path"},
		{"a fragment", "GET", "/v2/self#x", nil, nil, "path"},
		{"an empty fragment", "GET", "/v2/self#", nil, nil, "path"},
		{"a fragment in the query", "GET", "/v2/self?a=b#c", nil, nil, "path"},
		{"a bad escape", "GET", "/v2/%zz", nil, nil, "path"},
		{"half an escape", "GET", "/v2/%2", nil, nil, "path"},
		{"a space", "GET", "/v2/a b", nil, nil, "path"},
		{"a letter that is not ASCII", "GET", "/v2/é%2Fb", nil, nil, "path"},
		{"a placeholder", "GET", "/v2/{id}", nil, nil, "path"},
		{"a line end", "GET", "/v2/a\r\nX: y", nil, nil, "path"},
		{"a line end in the query", "GET", "/v2/a?b=\n", nil, nil, "path"},
		{"a space in the query", "GET", "/v2/a?b=c d", nil, nil, "path"},
		{"a request line in the query", "GET", "/v2/a?b HTTP/1.1", nil, nil, "path"},
		{"a letter that is not ASCII in the query", "GET", "/v2/a?b=é", nil, nil, "path"},
		{"what is no JSON", "POST", "/", func() {}, nil, "in"},
		{"a channel inside", "POST", "/", map[string]any{"a": make(chan int)}, nil, "in"},
		{"a secret", "POST", "/", auth.Secret("s3cret"), nil, "in"},
		{"a secret in a struct", "POST", "/", struct{ P auth.Secret }{"s3cret"}, nil, "in"},
		{"a secret behind a pointer", "POST", "/", &struct{ P *auth.Secret }{new(auth.Secret)}, nil, ""},
		{"a secret in a map", "POST", "/", map[string]any{"a": []any{auth.Secret("s3cret")}}, nil, "in"},
		{"a secret in what is embedded", "POST", "/", struct{ embedded }{embedded{"s3cret"}}, nil, "in"},
		{"a secret in a recipient", "POST", "/", map[string]any{"r": clevercloud.RawRecipient{URL: "https://x", Password: "s3cret"}}, nil, "in"},
		{"a secret in an array", "POST", "/", [1]auth.Secret{"s3cret"}, nil, "in"},
		{"a pointer to a secret", "POST", "/", &secret, nil, "in"},
		{"a secret that encoding/json does not meet", "POST", "/", struct{ hidden auth.Secret }{secret}, nil, ""},
		{"an input that is not complete", "POST", "/", clevercloud.DrainInput{}, nil, "Kind"},
		{"a query for a POST", "POST", "/", clevercloud.DrainQuery{}, nil, "in"},
		{"a secret that is a key, which JSON does not redact", "POST", "/", map[auth.Secret]int{"s3cret": 1}, nil, ""},
		{"a secret that is left out", "POST", "/", struct {
			P auth.Secret `json:"-"`
		}{"s3cret"}, nil, ""},
		{"a secret far down", "POST", "/", deep(40, auth.Secret("s3cret")), nil, "in"},
		{"a secret that its type reveals", "POST", "/", revealing{"s3cret"}, nil, ""},
		{"a pointer to itself", "POST", "/", endlessly, nil, "in"},
		{"a list of itself", "POST", "/", list, nil, "in"},
		{"what was redacted before", "POST", "/", json.RawMessage(`{"a":"[redacted]"}`), nil, "in"},
		{"two views of one list", "POST", "/", [][]auth.Secret{views[:1], views}, nil, "in"},
		{"a map of itself", "POST", "/", table, nil, "in"},
		{"a value to decode into", "GET", "/", nil, clevercloud.Zone{}, "out"},
		{"a nil pointer to decode into", "GET", "/", nil, nilZone, "out"},
		{"a nil buffer to copy to", "GET", "/", nil, nilBuffer, "out"},
		{"a map to decode into", "GET", "/", nil, map[string]any{}, "out"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			sent := 0
			client := testkit.ClientOver(t, func(req *http.Request) (*http.Response, error) { sent++; return testkit.Response(req, 200, "{}"), nil })

			err := client.Do(t.Context(), tc.method, tc.path, tc.in, tc.out)

			if tc.argument == "" {
				require.NoError(t, err)
				return
			}
			var refusal *clevercloud.ValidationError
			require.ErrorAs(t, err, &refusal)
			assert.Equal(t, tc.argument, refusal.Argument)
			assert.Equal(t, "do", refusal.Operation)
			assert.Regexp(t, "^must [a-z]+", refusal.Reason)
			assert.ErrorIs(t, err, clevercloud.ErrInvalidArgument)
			assert.Zero(t, sent, "nothing was sent")
			assert.NotContains(t, err.Error(), "s3cret")
		})
	}
}

// nested returns an empty list within others, depth of them in all.
func nested(depth int) any {
	list := []any{}
	for range depth - 1 {
		list = []any{list}
	}
	return list
}

func TestDo_Bodies(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, method, want, kind string
		in                       any
		length                   int64
	}{
		{"nothing", "POST", "", "", nil, 0},
		{"a map", "POST", `{"a":1}`, "application/json", map[string]int{"a": 1}, 7},
		{"JSON as it is", "PUT", `{"a":1}`, "application/json", json.RawMessage(`{"a":1}`), 7},
		{"an empty secret", "POST", `{"P":""}`, "application/json", struct{ P auth.Secret }{}, 8},
		{"an input of a service", "POST", `{"kind":"LOG","recipient":{"type":"RawRecipient","url":"https://x","username":"u","password":"s3cret"}}`, "application/json", clevercloud.DrainInput{
			Kind: clevercloud.DrainKindLog, Recipient: clevercloud.RawRecipient{URL: "https://x", Username: "u", Password: "s3cret"},
		}, -1},
		{"a delete without a body", "DELETE", "", "", nil, 0},
		{"a read with one", "GET", `[]`, "application/json", []int{}, 2},
		{"a nil pointer within", "POST", `{"P":null,"A":null}`, "application/json", struct {
			P *auth.Secret
			A any
		}{}, 19},
		{"one deep list", "POST", strings.Repeat("[", 40) + strings.Repeat("]", 40), "application/json", nested(40), 80},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			var got *http.Request
			body := ""
			_, client := testkit.Serve(t, func(_ http.ResponseWriter, req *http.Request) {
				text, _ := io.ReadAll(req.Body)
				got, body = req, string(text)
			})

			require.NoError(t, client.Do(t.Context(), strings.ToLower(tc.method), "/x", tc.in, nil))

			assert.Equal(t, tc.method, got.Method)
			if tc.length >= 0 {
				assert.Equal(t, tc.want, body)
				assert.Equal(t, tc.length, got.ContentLength)
			} else {
				assert.JSONEq(t, tc.want, body)
			}
			assert.Equal(t, tc.kind, got.Header.Get("Content-Type"))
			assert.Empty(t, got.TransferEncoding)
		})
	}
}

// What encoding/json has against a value is said.
func TestDo_WhatCannotBeEncoded(t *testing.T) {
	t.Parallel()
	client := testkit.ClientOver(t, func(*http.Request) (*http.Response, error) { t.Error("sent"); return nil, nil })

	err := client.Do(t.Context(), "POST", "/x", map[string]any{"a": make(chan int)}, nil)

	require.EqualError(t, err, "clevercloud: do POST /x: in must be a value that encodes as JSON: json: unsupported type: chan int")
}

func TestDo_Results(t *testing.T) {
	t.Parallel()
	do := func(status int, body string, out any) error {
		client := testkit.ClientOver(t, func(req *http.Request) (*http.Response, error) { return testkit.Response(req, status, body), nil })
		return client.Do(t.Context(), "GET", "/x", nil, out)
	}
	var zone clevercloud.Zone
	require.NoError(t, do(200, `{"name": "par"}`, &zone))
	assert.EqualValues(t, "par", zone.Name)
	var list []int
	require.NoError(t, do(200, `null`, &list))
	assert.Equal(t, []int{}, list)
	var loose any
	require.NoError(t, do(201, ` [1] `, &loose))
	assert.Equal(t, []any{1.0}, loose)
	var raw json.RawMessage
	require.NoError(t, do(200, `{"a": 1.50}`, &raw))
	assert.Equal(t, `{"a": 1.50}`, string(raw))
	var copied bytes.Buffer
	require.NoError(t, do(200, "<html>", &copied))
	assert.Equal(t, "<html>", copied.String())
	require.NoError(t, do(204, "", &copied))
	require.NoError(t, do(200, "<html>", io.Discard), "a writer need not be a pointer")
	require.NoError(t, do(200, "<html>", nil), "what is not asked for is not read")
	var foreign *clevercloud.DecodeError
	require.NoError(t, do(204, "", &zone), "a DELETE has nothing to decode")
	require.NoError(t, do(204, "", &list))
	require.NoError(t, do(200, "", &zone))
	require.ErrorAs(t, do(200, "", &list), &foreign)
	require.ErrorAs(t, do(200, "<html>", &zone), &foreign)
	assert.Equal(t, "<html>", string(foreign.Body))
	assert.Equal(t, "do", foreign.Operation)
	require.ErrorIs(t, do(404, "", &copied), clevercloud.ErrNotFound)
}

// What goes into the query by every door arrives, in order.
func TestDo_Queries(t *testing.T) {
	t.Parallel()
	got := ""
	client := testkit.ClientOver(t, func(req *http.Request) (*http.Response, error) {
		got = req.URL.RawQuery
		return testkit.Response(req, 200, "[]"), nil
	}, clevercloud.WithQuery("all", "1"), clevercloud.WithQuery("all", "2"))

	require.NoError(t, client.Do(t.Context(), "GET", "/x?own=%2B&own=2", nil, nil, clevercloud.WithQuery("call", "a b&c"), clevercloud.WithQuery("own", "3")))

	assert.Equal(t, "own=%2B&own=2&all=1&all=2&call=a%20b%26c&own=3", got)
	_, err := client.Zones.List(t.Context(), clevercloud.ZoneQuery{Tag: "a:b"})
	require.NoError(t, err)
	assert.Equal(t, "tag=a%3Ab&all=1&all=2", got)
}

// The server sees the ids that were given, and no other segments.
func FuzzPaths(f *testing.F) {
	for _, seed := range []string{"orga_1", "a/b", "..", ".", "../x", "%2e%2e", "a?b=c", "a#b", "é", "\x00", "\xff", " ", "a;b", "{drainId}", "//", "\\..\\", ".. "} {
		f.Add(seed, "app", seed)
	}
	var mu sync.Mutex
	got := ""
	_, client := testkit.Serve(f, func(w http.ResponseWriter, req *http.Request) {
		got = req.RequestURI
		_, _ = io.WriteString(w, `{}`)
	})
	f.Fuzz(func(t *testing.T, owner, app, drain string) {
		mu.Lock()
		defer mu.Unlock()
		got = ""
		_, err := client.Drains.Get(t.Context(), clevercloud.OwnerID(owner), clevercloud.ApplicationID(app), clevercloud.DrainID(drain))
		refused := func(id string) bool {
			parts := strings.Split(id, "/")
			return id == "" || slices.Contains(parts, ".") || slices.Contains(parts, "..")
		}
		if refused(owner) || refused(app) || refused(drain) {
			require.ErrorIs(t, err, clevercloud.ErrInvalidArgument)
			require.Empty(t, got)
			return
		}
		require.NoError(t, err)
		require.NotContains(t, got, "?")
		segments := strings.Split(got, "/")
		require.Len(t, segments, 9, got)
		for at, want := range map[int]string{1: "v4", 4: owner, 6: app, 8: drain} {
			id, err := url.PathUnescape(segments[at])
			require.NoError(t, err)
			assert.Equal(t, want, id)
		}
	})
}

// sentBy is a request as a server reads it.
func sentBy(t *testing.T, req *http.Request) *http.Request {
	t.Helper()
	var wire bytes.Buffer
	require.NoError(t, req.Write(&wire))
	read, err := http.ReadRequest(bufio.NewReader(&wire))
	require.NoError(t, err)
	return read
}

// What is sent is the path, the query and the method that were given, whole and behind the base URL's path, with no segment that leads out
// of it; or nothing is sent.
func FuzzDo(f *testing.F) {
	for _, path := range []string{
		"/v2/self", "/v4/x?a=b&c=%20#", "//x", "/..", "/%2e%2e/x", "/a%2Fb", "/%2e%2E%2fx", "/a/../b", "/.", "/a?..", "/a\r\nHost: x", "/a b", "/é", "/%zz",
		"/x?%zz&&=;", "/\\..\\x", "/a;..;/b", "/*", "/:@x", "/%00", "/a?b?c", "",
	} {
		f.Add("GET", path, "key", "a value")
	}
	f.Add("post", "/x", "a&b=c", "é\x00\xff+%#")
	f.Add("G\nT", "/x", "", "")
	f.Add("CONNECT", "/x?", "\r\n", "")
	var sent *http.Request
	client := testkit.ClientOver(f, func(req *http.Request) (*http.Response, error) {
		sent = req
		return testkit.Response(req, http.StatusNoContent, ""), nil
	}, clevercloud.WithMaxRetries(0))
	f.Fuzz(func(t *testing.T, method, path, key, value string) {
		sent = nil
		var opts []clevercloud.CallOption
		if key != "" {
			opts = append(opts, clevercloud.WithQuery(key, value))
		}

		err := client.Do(t.Context(), method, path, nil, nil, opts...)

		if err != nil {
			require.ErrorIs(t, err, clevercloud.ErrInvalidArgument)
			require.Nil(t, sent)
			return
		}
		if method == http.MethodConnect {
			return // Its request line has no path.
		}
		got := sentBy(t, sent)
		require.Equal(t, strings.ToUpper(method), got.Method)
		require.Equal(t, "api.example.test", got.Host)
		gotPath, gotQuery, _ := strings.Cut(got.RequestURI, "?")
		wantPath, wantQuery, _ := strings.Cut(path, "?")
		require.Equal(t, "/prefix"+wantPath, gotPath)
		if key != "" {
			head, last := "", gotQuery
			if wantQuery != "" {
				head, last = gotQuery[:len(wantQuery)+1], gotQuery[len(wantQuery)+1:]
				require.Equal(t, wantQuery+"&", head)
			}
			pair, err := url.ParseQuery(last)
			require.NoError(t, err)
			require.Equal(t, url.Values{key: {value}}, pair)
		} else {
			require.Equal(t, wantQuery, gotQuery)
		}
		plain, err := url.PathUnescape(gotPath)
		require.NoError(t, err)
		for segment := range strings.SplitSeq(plain, "/") {
			require.NotContains(t, []string{".", ".."}, segment)
		}
	})
}

// revealing encodes its secret by itself.
type revealing struct{ p auth.Secret }

func (r revealing) MarshalJSON() ([]byte, error) { return json.Marshal(r.p.Reveal()) }

// deep is v in so many lists.
func deep(n int, v any) any {
	for range n {
		v = []any{v}
	}
	return v
}
