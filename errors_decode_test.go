package clevercloud_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/auth"
	"github.com/clevercloud-go/clevercloud/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var sentinels = []error{
	clevercloud.ErrBadRequest, clevercloud.ErrUnauthorized, clevercloud.ErrForbidden,
	clevercloud.ErrNotFound, clevercloud.ErrConflict, clevercloud.ErrRateLimited,
	clevercloud.ErrQuotaExceeded, clevercloud.ErrPreconditionFailed, clevercloud.ErrUnavailable,
	clevercloud.ErrInvalidArgument, clevercloud.ErrEventTooLarge,
}

// An errorFixture is an error body, the status that it comes with, and the text of its error.
type errorFixture struct {
	status           int
	kind, body, text string
}

// errorFixtures are the bodies in testdata/errors, as testdata/golden/errors.txt lists them.
func errorFixtures(t testing.TB) map[string]errorFixture {
	t.Helper()
	fixtures := map[string]errorFixture{}
	lines := strings.Split(strings.TrimSpace(testkit.Fixture(t, "golden/errors.txt")), "\n")
	for pair := range slices.Chunk(lines, 2) {
		name := "errors/" + pair[0]
		want := errorFixture{kind: "application/json", body: testkit.Fixture(t, name)}
		want.text = strings.TrimSpace(pair[1])
		if filepath.Ext(name) == ".html" {
			want.kind = "text/html; charset=utf-8"
		}
		_, err := fmt.Sscanf(want.text, "clevercloud: drains.get: %d", &want.status)
		require.NoError(t, err)
		fixtures[name] = want
	}
	return fixtures
}

// failWith has a call answered with an error.
func failWith(t *testing.T, status int, contentType, body string) *clevercloud.APIError {
	t.Helper()
	client, mock := testkit.MockClient(t)
	testkit.Record(mock, status, contentType, body)
	_, err := client.Drains.Get(t.Context(), "orga_1", "app_1", "drain_1")
	var failed *clevercloud.APIError
	require.ErrorAs(t, err, &failed)
	return failed
}

// The texts are compared with a golden file. The fields are listed here, since a text has either
// their value or their reason.
func TestAPIError_OfEveryBody(t *testing.T) {
	t.Parallel()
	fields := map[string][]clevercloud.FieldError{
		"ovd_bad_request_field.json": {{Name: "limit", Value: "-3"}},
		"ovd_family_b_field.json": {
			{Name: "order", Value: "UP", Reason: "expected ASC or DESC"},
		},
		"ovd_family_b_fields.json": {
			{Name: "limit", Value: "5000", Reason: "maximum is 1000"}, {Name: "order", Value: "UP"},
		},
		"ovd_fields.json": {
			{Name: "kind", Value: "FOO"},
			{Name: "recipient.url", Value: "not-a-url", Reason: "must be an absolute URL"},
		},
		"ovd_input.json": {{Name: "kind"}, {Name: "recipient"}},
		"ovd_legacy_snake.json": {
			{Name: "limit", Value: "'abc' cannot be read as a 32-bit integer"},
		},
		"v2_error_fields.json": {{Name: "name", Reason: "must not be empty"}},
	}
	fixtures := errorFixtures(t)
	testkit.Covers(t, "errors/*", fixtures)
	for name, want := range fixtures {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			got := failWith(t, want.status, want.kind, want.body)

			assert.EqualError(t, got, want.text)
			assert.Equal(t, "01K3EXAMPLE", got.RequestID)
			assert.Equal(t, fields[filepath.Base(name)], got.Fields)
			assert.Equal(t, want.body, string(got.Body))
			checkErrorBody(t, []byte(want.body), got)
		})
	}
}

func TestAPIError_KindIsByStatusAndCode(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		status int
		body   string
		kinds  []error
	}{
		{400, ``, []error{clevercloud.ErrBadRequest}},
		{400, `{"id":403}`, []error{clevercloud.ErrBadRequest}},
		{400, `{"code":"clever.core.quota-exceeded"}`,
			[]error{clevercloud.ErrBadRequest, clevercloud.ErrQuotaExceeded}},
		{401, ``, []error{clevercloud.ErrUnauthorized}},
		{402, ``, nil},
		{403, ``, []error{clevercloud.ErrForbidden}},
		{403, `{"id":403}`, []error{clevercloud.ErrRateLimited}},
		{403, `{"id":4003}`, []error{clevercloud.ErrForbidden}},
		{403, `{"code":"clever.drains.too-many-requests"}`, []error{clevercloud.ErrRateLimited}},
		{404, ``, []error{clevercloud.ErrNotFound}},
		{408, ``, []error{clevercloud.ErrUnavailable}},
		{409, ``, []error{clevercloud.ErrConflict}},
		{410, ``, nil},
		{412, ``, []error{clevercloud.ErrPreconditionFailed}},
		{422, ``, []error{clevercloud.ErrBadRequest}},
		{425, ``, nil},
		{429, ``, []error{clevercloud.ErrRateLimited}},
		{500, ``, []error{clevercloud.ErrUnavailable}},
		{599, ``, []error{clevercloud.ErrUnavailable}},
	} {
		got := failWith(t, tc.status, "application/json", tc.body)

		for _, kind := range sentinels {
			is := slices.Contains(tc.kinds, kind)
			assert.Equal(t, is, errors.Is(got, kind), "%d %s is %v", tc.status, tc.body, kind)
		}
	}
}

// The error has the members of the body. A body that says nothing about a field gives no fields.
func TestAPIError_OfForeignBodies(t *testing.T) {
	t.Parallel()
	const isJSON = "application/json"
	for _, tc := range []struct{ kind, body, code, message string }{
		{"", ``, "", ""},
		{isJSON, `"too bad"`, "", "too bad"},
		{"text/plain", `{"code":"x.y","error":"too bad"}`, "x.y", "too bad"},
		{"text/plain", `upstream connect error`, "", "upstream connect error"},
		{isJSON, `null`, "", ""},
		{isJSON, `[{"code":"x"}]`, "", ""},
		{isJSON, `503`, "", ""},
		{isJSON, `{"code":"x`, "", ""},
		{isJSON, `{"message":"cut off","code":"x","type":"err`, "x", "cut off"},
		{isJSON, `{"id":4004,"message":"cut off","type":"err`, "4004", "cut off"},
		{isJSON, `{"message":"first","error":"second","code":"one","id":2}`, "one", "first"},
		{isJSON, `{"message":"","error":"second","code":"","id":2}`, "2", "second"},
		{isJSON, `{"fields":[1],"code":{"a":1},"error":[2],"message":"it","context":5}`, "", "it"},
		{isJSON, `{"code":["x"],"message":["y"],"apiRequestId":7}`, "", ""},
		{isJSON, `{"context":{"name":"limit"}}`, "", ""},
		{isJSON, `{"context":{"error":{"value":"-3"}}}`, "", ""},
		{isJSON, `{"context":{"A":{"fieldName":"x"},"B":{"fieldName":"y"}}}`, "", ""},
		{isJSON, `{"code":null,"error":null,"message":null,"context":null,"fields":null}`, "", ""},
		{isJSON, " \n{\"code\":\"x\"}\n", "x", ""},
	} {
		got := failWith(t, http.StatusBadGateway, tc.kind, tc.body)

		assert.Equal(t, tc.code, got.Code, tc.body)
		assert.Equal(t, tc.message, got.Message, tc.body)
		assert.Empty(t, got.Fields, tc.body)
		assert.NotEqual(t, "null", string(got.Context))
		assert.Equal(t, tc.body, string(got.Body))
		assert.True(t, strings.HasPrefix(got.Error(), "clevercloud: drains.get: 502 bad gateway"))
	}
}

// The caller's own context is no fault of the API.
func TestRequestError_OfAnEndedContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	client := testkit.ClientOver(t, func(*http.Request) (*http.Response, error) {
		cancel()
		return nil, ctx.Err()
	})

	_, err := client.Zones.List(ctx, clevercloud.ZoneQuery{})

	require.ErrorIs(t, err, context.Canceled)
	assert.NotErrorIs(t, err, clevercloud.ErrUnavailable)
	assert.False(t, clevercloud.IsTransient(err))
}

func TestErrors_ZeroValuesPrint(t *testing.T) {
	t.Parallel()
	for _, err := range []error{
		&clevercloud.APIError{}, &clevercloud.DecodeError{}, &clevercloud.ValidationError{},
		&clevercloud.RequestError{}, &clevercloud.DeploymentError{}, &clevercloud.LogDecodeError{},
	} {
		text := err.Error()
		assert.True(t, strings.HasPrefix(text, "clevercloud: "), "%T: %q", err, text)
	}
	assert.NoError(t, (&clevercloud.DecodeError{}).Unwrap())
	texts := map[string]bool{}
	for _, kind := range sentinels {
		texts[kind.Error()] = true
	}
	assert.Len(t, texts, len(sentinels), "each kind has a text of its own")
}

// An API that echoes a secret may escape it in an unusual way.
func TestAPIError_SecretsInOddEscapes(t *testing.T) {
	t.Parallel()
	var odd strings.Builder
	for _, c := range []byte(testkit.Canary) {
		fmt.Fprintf(&odd, `\u%04x`, c)
	}
	client, mock := testkit.MockClient(t, clevercloud.WithAuth(auth.Bearer(testkit.Canary)))
	testkit.Always(mock, http.StatusBadRequest, strings.ReplaceAll(`{
		"code":"*","message":"*","apiRequestId":"*",
		"context":{"name":"* a","error":{"value":"* b","reason":"* c"}},"fields":{"* d":"* e"}
	}`, "*", odd.String()))

	_, err := client.Zones.List(t.Context(), clevercloud.ZoneQuery{})

	var refused *clevercloud.APIError
	require.ErrorAs(t, err, &refused)
	assert.NotContains(t, err.Error(), testkit.Canary)
	assert.Equal(t, "[redacted] [redacted] [redacted]",
		refused.Code+" "+refused.Message+" "+refused.APIRequestID)
	assert.Equal(t, []clevercloud.FieldError{
		{Name: "[redacted] a", Value: "[redacted] b", Reason: "[redacted] c"},
		{Name: "[redacted] d", Reason: "[redacted] e"},
	}, refused.Fields)
}

// A response of any type and body, with a status outside 2xx, is an APIError with that status and
// body. Its text is one line of bounded length. Its code, message and context are those that
// encoding/json finds.
func FuzzAPIError(f *testing.F) {
	for _, want := range errorFixtures(f) {
		f.Add([]byte(want.body), want.status, want.kind)
	}
	f.Add([]byte(`{"code":1.50,"id":"x","message":null,"error":"e",`+
		`"context":{"A":{"fields":{"b":5,"a":"c"}}},"fields":{"z":{"reason":{}}}}`), 404, "")
	f.Add([]byte(`{"code":"a\nb","message":"c\u001b[31m\u2028","apiRequestId":true}`), 400, "")
	f.Add([]byte(`"a text"`), 599, ";")
	f.Add([]byte(`{"message":{"a":1},"error":[1],"code":true,"context":null}`), 408, "text/html")
	var answer func(*http.Request) *http.Response
	client := testkit.ClientOver(f, func(req *http.Request) (*http.Response, error) {
		return answer(req), nil
	}, clevercloud.WithMaxRetries(0))
	f.Fuzz(func(t *testing.T, body []byte, status int, kind string) {
		if status < 300 || status > 999 {
			return
		}
		answer = func(req *http.Request) *http.Response {
			headers := []string{"Content-Type", kind, "Sozu-Id", kind}
			return testkit.Response(req, status, string(body), headers...)
		}

		_, err := client.Drains.Get(t.Context(), "orga_1", "app_1", "drain_1")

		var got *clevercloud.APIError
		require.ErrorAs(t, err, &got)
		testkit.OneLine(t, err)
		require.Equal(t, status, got.StatusCode)
		require.Equal(t, string(body), string(got.Body))
		require.Equal(t, status == 404, errors.Is(err, clevercloud.ErrNotFound))
		require.Equal(t, status == 408 || status >= 500, errors.Is(err, clevercloud.ErrUnavailable))
		checkErrorBody(t, body, got)
	})
}

// checkErrorBody compares what an error says with the members of its body. A body that breaks off
// may lose the last one.
func checkErrorBody(t *testing.T, body []byte, got *clevercloud.APIError) {
	t.Helper()
	body = bytes.TrimPrefix(body, []byte("\ufeff"))
	body = bytes.TrimSpace(body) // also of white space that JSON does not have
	var text string
	if json.Unmarshal(body, &text) == nil {
		require.Equal(t, text, got.Message)
		return
	}
	all, whole := membersOf(body), json.Valid(body)
	if !whole && got.Message == string(body) {
		return
	}
	scalar := func(names ...string) string {
		for _, name := range names {
			var v any
			dec := json.NewDecoder(bytes.NewReader(all[name]))
			dec.UseNumber()
			_ = dec.Decode(&v)
			switch v := v.(type) {
			case string, json.Number, bool:
				if text := fmt.Sprint(v); text != "" {
					return text
				}
			}
		}
		return ""
	}
	says := func(want, got string) {
		t.Helper()
		if whole || got != "" {
			require.Equal(t, want, got)
		}
	}
	says(scalar("code", "id"), got.Code)
	says(scalar("message", "error"), got.Message)
	says(scalar("apirequestid"), got.APIRequestID)
	context := string(all["context"])
	if context == "null" {
		context = ""
	}
	says(context, string(got.Context))
	values := map[string]any{}
	for name, raw := range all {
		values[name] = testkit.DecodeAs[any](t, string(raw))
	}
	said, err := json.Marshal(values)
	require.NoError(t, err)
	for _, field := range got.Fields {
		name, err := json.Marshal(field.Name)
		require.NoError(t, err)
		require.Contains(t, string(said), string(name[1:len(name)-1]))
	}
}

// membersOf returns the members of an object up to its end, or to where it is no JSON. Their names
// are in lower case, without hyphens and underscores.
func membersOf(body []byte) map[string]json.RawMessage {
	members := map[string]json.RawMessage{}
	dec := json.NewDecoder(bytes.NewReader(body))
	if start, err := dec.Token(); err != nil || start != json.Delim('{') {
		return members
	}
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			break
		}
		var value json.RawMessage
		if dec.Decode(&value) != nil {
			break
		}
		fold := strings.NewReplacer("_", "", "-", "")
		members[strings.ToLower(fold.Replace(name.(string)))] = value
	}
	return members
}
