package clevercloud_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/auth"
	"github.com/clevercloud-go/clevercloud/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestDo_Paths(t *testing.T) {
	t.Parallel()
	for _, path := range []string{
		"/", "/v2/self", "/v2/a%20b", "/v2/a%2Fb", "/v2/a%2fb", "/v2/%C3%A9", "/v2/a%25b",
		"/v2/a:b@c;d,e=f&g", "/v2/...", "/v2/self?a=b&a=c%20d&e", "/v2/self?", "/v2/x?a=b?c/../d",
	} {
		client, sent := sender(t, "")

		require.NoError(t, client.Do(t.Context(), "GET", path, nil, nil))

		address, _ := sent()
		assert.Equal(t, "/prefix"+strings.TrimSuffix(path, "?"), address)
	}
}

func TestDo_RefusesArguments(t *testing.T) {
	t.Parallel()
	var nilBuffer *bytes.Buffer
	var nilZone *clevercloud.Zone
	type loop struct{ Next *loop }
	endlessly := &loop{}
	endlessly.Next = endlessly
	recipient := clevercloud.DatadogRecipient{URL: "https://h.test/v1?dd-api-key=s3cret"}
	type refused struct {
		name, method, path string
		in, out            any
		argument           string
	}
	cases := []refused{
		{"no method", "", "/", nil, nil, "method"},
		{"no method but spaces", "GET ", "/", nil, nil, "method"},
		{"a line end in the method", "GET\r\nX: y", "/", nil, nil, "method"},
		{"a recipient, which would be redacted", "POST", "/", recipient, nil, "in"},
		{"a recipient within", "POST", "/", map[string]any{"recipient": &recipient}, nil, "in"},
		{"bytes, which would be base64", "POST", "/", []byte("{}"), nil, "in"},
		{"a reader, which would be empty", "POST", "/", strings.NewReader("{}"), nil, "in"},
		{"a pointer to itself", "POST", "/", endlessly, nil, "in"},
		{"a secret", "POST", "/", auth.Secret("s3cret"), nil, "in"},
		{"a secret in a struct", "POST", "/", struct{ P auth.Secret }{"s3cret"}, nil, "in"},
		{"what was redacted before", "POST", "/", json.RawMessage(`{"a":"[redacted]"}`), nil, "in"},
		{"an input that is not complete", "POST", "/", clevercloud.DrainInput{}, nil, "Kind"},
		{"a query for a POST", "POST", "/", clevercloud.DrainQuery{}, nil, "in"},
		{"a value to decode into", "GET", "/", nil, clevercloud.Zone{}, "out"},
		{"a nil pointer to decode into", "GET", "/", nil, nilZone, "out"},
		{"a nil buffer to copy to", "GET", "/", nil, nilBuffer, "out"},
		{"a map to decode into", "GET", "/", nil, map[string]any{}, "out"},
	}
	for _, path := range []string{
		"", "v2/self", "//evil.test/", "https://evil.test/",
		"/v2/../v4", "/v2/..", "/v2/./v4", "/v2/%2e%2e/v4", "/v2/.%2E/v4", "/v2/a%2F..%2Fb",
		"/v2/organisations//applications", "/v2/organisations/", // the id is missing
		"/v2/self#x", "/v2/self#", "/v2/self?a=b#c", "/v2/{id}",
		"/v2/%zz", "/v2/%2", "/v2/a b", "/v2/é%2Fb", "/v2/a\r\nX: y",
		`/v2/a"b`, "//[x", "/v2/a?b=\x7f",
		"/v2/a?b=\n", "/v2/a?b=c d", "/v2/a?b HTTP/1.1", "/v2/a?b=é",
	} {
		cases = append(cases, refused{path, "GET", path, nil, nil, "path"})
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			client, sent := sender(t, "{}")

			err := client.Do(t.Context(), tc.method, tc.path, tc.in, tc.out)

			var refusal *clevercloud.ValidationError
			require.ErrorAs(t, err, &refusal)
			assert.Equal(t, tc.argument, refusal.Argument)
			assert.Equal(t, "do", refusal.Operation)
			assert.Regexp(t, "^must [a-z]+", refusal.Reason)
			assert.ErrorIs(t, err, clevercloud.ErrInvalidArgument)
			assert.NotContains(t, err.Error(), "s3cret")
			address, _ := sent()
			assert.Empty(t, address, "nothing was sent")
		})
	}
}

func TestDo_Bodies(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, method, want string
		in                 any
	}{
		{"nothing", "POST", "", nil},
		{"a delete without a body", "DELETE", "", nil},
		{"a map", "POST", `{"a":1}`, map[string]int{"a": 1}},
		{"JSON as it is", "PUT", `{"a":1}`, json.RawMessage(`{"a":1}`)},
		{"a read with one", "GET", `[]`, []int{}},
		{"None", "POST", "", clevercloud.None{}},
		{"a query of a delete", "DELETE", "", clevercloud.DrainQuery{}},
		{"an empty secret", "POST", `{"P":""}`, struct{ P auth.Secret }{}},
		{"a nil secret", "POST", `{"P":null}`, struct{ P *auth.Secret }{}},
		{"a secret that JSON does not meet", "POST", `{}`, struct{ hidden auth.Secret }{"s3cret"}},
		{"a secret that is a key", "POST", `{"s3cret":1}`, map[auth.Secret]int{"s3cret": 1}},
		{"a secret that its type reveals", "POST", `"s3cret"`, revealing{"s3cret"}},
		{
			"an input of a service", "POST", `{"kind":"LOG","recipient":{"type":"RawRecipient",` +
				`"url":"https://x","username":"u","password":"s3cret"}}`,
			clevercloud.DrainInput{
				Kind:      clevercloud.DrainKindLog,
				Recipient: clevercloud.RawRecipient{URL: "https://x", Username: "u", Password: "s3cret"},
			},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			var got *http.Request
			body, kind := "", ""
			_, client := testkit.Serve(t, func(_ http.ResponseWriter, req *http.Request) {
				text, _ := io.ReadAll(req.Body)
				got, body = req, string(text)
			})
			if tc.want != "" {
				kind = "application/json"
			}

			require.NoError(t, client.Do(t.Context(), strings.ToLower(tc.method), "/x", tc.in, nil))

			assert.Equal(t, tc.method, got.Method)
			assert.Equal(t, tc.want, body)
			assert.EqualValues(t, len(tc.want), got.ContentLength)
			assert.Equal(t, kind, got.Header.Get("Content-Type"))
			assert.Empty(t, got.TransferEncoding)
		})
	}
}

// What encoding/json has against a value is said.
func TestDo_WhatCannotBeEncoded(t *testing.T) {
	t.Parallel()
	client, sent := sender(t, "{}")
	long := "/" + strings.Repeat("x", 194)
	for path, shown := range map[string]string{"/x": "/x", long: long, long + "x": long + "…"} {
		err := client.Do(t.Context(), "POST", path, map[string]any{"a": make(chan int)}, nil)

		require.EqualError(t, err, "clevercloud: do POST "+shown+": in must be a value that "+
			"encodes as JSON: json: unsupported type: chan int")
		address, _ := sent()
		assert.Empty(t, address)
	}
}

func TestDo_Results(t *testing.T) {
	t.Parallel()
	do := func(status int, body string, out any) error {
		return answering(t, status, body).Do(t.Context(), "GET", "/x", nil, out)
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
	var text string
	var number int
	require.NoError(t, do(200, ` 12 `, &text))
	require.NoError(t, do(200, ` "12" `, &number))
	assert.Equal(t, "12", text)
	assert.Equal(t, 12, number)
	require.ErrorAs(t, do(200, ` {"id": "a"} `, &text), &foreign, "zero would look like an answer")
	require.ErrorAs(t, do(200, `"many"`, &number), &foreign)
	require.ErrorAs(t, do(200, `["a"]`, new(bool)), &foreign)
}

// What goes into the query by every door arrives, in order.
func TestDo_Queries(t *testing.T) {
	t.Parallel()
	got := ""
	client := testkit.ClientOver(t, func(req *http.Request) (*http.Response, error) {
		got = req.URL.RawQuery
		return testkit.Response(req, 200, "[]"), nil
	}, clevercloud.WithQuery("all", "1"), clevercloud.WithQuery("all", "2"))

	require.NoError(t, client.Do(t.Context(), "GET", "/x?own=%2B&own=2", nil, nil,
		clevercloud.WithQuery("call", "a b&c"), clevercloud.WithQuery("own", "3")))

	assert.Equal(t, "own=%2B&own=2&all=1&all=2&call=a%20b%26c&own=3", got)
	_, err := client.Zones.List(t.Context(), clevercloud.ZoneQuery{Tag: "a:b"})
	require.NoError(t, err)
	assert.Equal(t, "tag=a%3Ab&all=1&all=2", got)
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

// Do sends the given method, query and path, the latter after the base URL's path and with no
// segment that leads out of it, or it sends nothing.
func FuzzDo(f *testing.F) {
	for _, path := range []string{
		"/v2/self", "/v4/x?a=b&c=%20#", "//x", "/..", "/%2e%2e/x", "/a%2Fb", "/%2e%2E%2fx",
		"/a/../b", "/.", "/a?..", "/a\r\nHost: x", "/a b", "/é", "/%zz", "/x?%zz&&=;", "/\\..\\x", "/a;..;/b",
		"/*", "/:@x", "/%00", "/a?b?c", "",
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
