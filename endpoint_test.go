package clevercloud_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/auth"
	"github.com/clevercloud-go/clevercloud/internal/testkit"
)

// thing is an endpoint of a program's own.
type thing = clevercloud.Endpoint[any, any]

// sender is a client that keeps the last URL and body that it sent.
func sender(t *testing.T, answer string) (client *clevercloud.Client, sent func() (address, body string)) {
	t.Helper()
	address, body := "", ""
	client = testkit.ClientOver(t, func(req *http.Request) (*http.Response, error) {
		address, body = req.URL.RequestURI(), ""
		if req.Body != nil {
			text, err := io.ReadAll(req.Body)
			require.NoError(t, err)
			body = string(text)
		}
		return testkit.Response(req, 200, answer), nil
	})
	return client, func() (string, string) { return address, body }
}

func TestEndpoint_Refuses(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, path string
		ids        []string
		argument   string
	}{
		{"too few ids", "/v4/a/{a}/b/{b}", []string{"1"}, "b"},
		{"too many ids", "/v4/a/{a}", []string{"1", "2"}, "ids"},
		{"an empty id", "/v4/a/{a}", []string{""}, "a"},
		{"a dot segment", "/v4/a/{a}", []string{".."}, "a"},
		{"a dot segment behind a slash", "/v4/a/{a}", []string{"../../v2/self"}, "a"},
		{"a dot segment between slashes", "/v4/a/{a}", []string{"x/./y"}, "a"},
		{"a placeholder in the query", "/v4/a?id={a}", nil, "path"},
		{"a placeholder that is not closed", "/v4/a/{a", []string{"1"}, "path"},
		{"a brace too many", "/v4/a/{a}}", []string{"1"}, "path"},
		{"a placeholder without a name", "/v4/a/{}", []string{"1"}, "path"},
		{"a fragment in the query", "/v4/a?b#c", nil, "path"},
	} {
		client, sent := sender(t, "{}")

		_, err := thing{Name: "things.get", Method: "GET", Path: tc.path}.Call(t.Context(), client, tc.ids, nil)

		var invalid *clevercloud.ValidationError
		require.ErrorAs(t, err, &invalid, tc.name)
		assert.Equal(t, tc.argument, invalid.Argument, tc.name)
		assert.Equal(t, "things.get", invalid.Operation)
		address, _ := sent()
		assert.Empty(t, address, tc.name)
	}
}

// Each error is one line.
func TestEndpoint_Names(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"", "a\nb", "a\x1b[31m", strings.Repeat("a", 101)} {
		client, sent := sender(t, "{}")

		_, err := thing{Name: name, Method: "GET", Path: "/x"}.Call(t.Context(), client, nil, nil)

		require.EqualError(t, err, "clevercloud: endpoint: Name must be one line of 1 to 100 characters")
		address, _ := sent()
		assert.Empty(t, address)
	}
	client, _ := sender(t, "{}")
	longest := thing{Name: strings.Repeat("a", 100), Method: "GET", Path: "/x"}
	_, err := longest.Call(t.Context(), client, nil, nil)
	require.NoError(t, err)
}

func TestEndpoint_WithoutAClient(t *testing.T) {
	t.Parallel()
	for _, client := range []*clevercloud.Client{nil, {}} {
		_, err := thing{Name: "things.get", Method: "GET", Path: "/x"}.Call(t.Context(), client, nil, nil)

		require.ErrorIs(t, err, clevercloud.ErrInvalidArgument)
	}
}

func TestEndpoint_Inputs(t *testing.T) {
	t.Parallel()
	type stuff struct{ A int }
	for _, tc := range []struct {
		name, path    string
		in            any
		address, body string
	}{
		{"nothing", "/x?a=b", nil, "/prefix/x?a=b", ""},
		{"no values", "/x?a=b", url.Values{}, "/prefix/x?a=b", ""},
		{"values", "/x?a=b", url.Values{"q": {"a b+c"}}, "/prefix/x?a=b&q=a%20b%2Bc", ""},
		{"a query", "/x", clevercloud.InvoiceQuery{Limit: 3}, "/prefix/x?limit=3", ""},
		{"a pointer to a query", "/x", &clevercloud.InvoiceQuery{Limit: 3}, "/prefix/x?limit=3", ""},
		{"a nil pointer to a query", "/x", (*clevercloud.InvoiceQuery)(nil), "/prefix/x", ""},
		{"a struct", "/x", stuff{1}, "/prefix/x", `{"A":1}`},
		{"a nil pointer", "/x", (*stuff)(nil), "/prefix/x", ""},
		{"null", "/x", json.RawMessage("null"), "/prefix/x", "null"},
	} {
		client, sent := sender(t, "{}")

		_, err := thing{Name: "things.get", Method: "GET", Path: tc.path}.Call(t.Context(), client, nil, tc.in)

		require.NoError(t, err, tc.name)
		address, body := sent()
		assert.Equal(t, tc.address, address, tc.name)
		assert.Equal(t, tc.body, body, tc.name)
	}
}

// fetched is what an endpoint that asks for text makes of answer.
func fetched[Out any](t *testing.T, answer string) (Out, error) {
	t.Helper()
	client, sent := sender(t, answer)
	get := clevercloud.Endpoint[clevercloud.None, Out]{Name: "things.text", Method: "GET", Path: "/x", Accept: "text/plain"}
	out, err := get.Call(t.Context(), client, nil, clevercloud.None{})
	if address, _ := sent(); err == nil {
		assert.NotEmpty(t, address)
	} else if assert.ErrorIs(t, err, clevercloud.ErrInvalidArgument) {
		assert.Empty(t, address)
	}
	return out, err
}

func TestEndpoint_Texts(t *testing.T) {
	t.Parallel()
	text, err := fetched[string](t, "a text")
	require.NoError(t, err)
	assert.Equal(t, "a text", text)
	secret, err := fetched[auth.Secret](t, "a secret")
	require.NoError(t, err)
	assert.Equal(t, "a secret", secret.Reveal())
	raw, err := fetched[[]byte](t, "bytes")
	require.NoError(t, err)
	assert.Equal(t, "bytes", string(raw))
	buffer, err := fetched[bytes.Buffer](t, "a document")
	require.NoError(t, err)
	assert.Equal(t, "a document", buffer.String())
	_, err = fetched[clevercloud.None](t, "anything")
	require.NoError(t, err)

	_, err = fetched[*clevercloud.Zone](t, "a text")
	require.EqualError(t, err,
		"clevercloud: things.text: Out must be a string, a []byte or an auth.Secret, since Accept is not JSON")
	_, err = fetched[[]string](t, "a text")
	require.Error(t, err)
}

func TestEndpoint_JSONByAnyAcceptHeader(t *testing.T) {
	t.Parallel()
	for _, accept := range []string{"", "application/json", "application/json; charset=utf-8", "application/json, text/plain;q=0.5"} {
		get := clevercloud.Endpoint[clevercloud.None, *clevercloud.Zone]{Name: "things.get", Method: "GET", Path: "/x", Accept: accept}

		zone, err := get.Call(t.Context(), answering(t, 200, `{"name":"par"}`), nil, clevercloud.None{})

		require.NoError(t, err, accept)
		assert.Equal(t, clevercloud.ZoneName("par"), zone.Name)
	}
}

func TestEndpoint_Idempotent(t *testing.T) {
	t.Parallel()
	for idempotent, want := range map[bool]int{false: 1, true: 2} {
		sent := 0
		client := testkit.ClientOver(t, func(req *http.Request) (*http.Response, error) {
			sent++
			return testkit.Response(req, http.StatusServiceUnavailable, ""), nil
		}, clevercloud.WithRetry(clevercloud.RetryPolicy{MaxRetries: 1, MinWait: 1, MaxWait: 1}))
		post := thing{Name: "things.post", Method: "POST", Path: "/x", Idempotent: idempotent}

		_, err := post.Call(t.Context(), client, nil, nil)

		require.ErrorIs(t, err, clevercloud.ErrUnavailable)
		assert.Equal(t, want, sent)
	}
}

// What ends with its connection may have been longer.
func TestEndpoint_WithoutALength(t *testing.T) {
	t.Parallel()
	accept, body := "", "half of"
	client := testkit.ClientOver(t, func(req *http.Request) (*http.Response, error) {
		accept = req.Header.Get("Accept")
		resp := testkit.Response(req, 200, body)
		resp.ContentLength, resp.Close = -1, true
		return resp, nil
	})
	get := clevercloud.Endpoint[clevercloud.None, string]{Name: "things.text", Method: "GET", Path: "/x", Accept: "text/plain"}

	text, err := get.Call(t.Context(), client, nil, clevercloud.None{})

	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	assert.Empty(t, text)
	for asked, sent := range map[string]string{"": "*/*", "text/plain": "text/plain"} {
		document := clevercloud.Endpoint[clevercloud.None, bytes.Buffer]{
			Name: "things.copy", Method: "GET", Path: "/x", Accept: asked,
		}
		copied, err := document.Call(t.Context(), client, nil, clevercloud.None{})
		require.ErrorIs(t, err, io.ErrUnexpectedEOF)
		assert.Zero(t, copied.Len())
		assert.Equal(t, sent, accept)
	}
	body = ""
	_, err = testkit.CountInvoices(t.Context(), client, func() {})
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	require.ErrorIs(t, client.Do(t.Context(), "GET", "/x", nil, new(clevercloud.Zone)),
		io.ErrUnexpectedEOF)
}
