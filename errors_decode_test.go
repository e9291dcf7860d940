package clevercloud_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/auth"
	"github.com/clevercloud-go/clevercloud/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const errorRequestID = "request_http_5e20b9d4-7f61-4c83-a0d5-91e6c4f7b832"

// An errorAnswer is an error body, the status that it comes with, and what it says.
type errorAnswer struct {
	status        int
	code, message string
	requestID     string
	fields        []clevercloud.FieldError
	// context is a part of the context; empty is none.
	context string
	// kinds are the sentinels that it is.
	kinds []error
}

var errorAnswers = map[string]errorAnswer{
	"errors/bridge_invalid_mfa_code.json": {
		status: 401, code: "invalid-mfa-code", message: "Invalid MFA code", kinds: []error{clevercloud.ErrUnauthorized},
	},
	"errors/bridge_invalid_token.json": {
		status: 401, code: "invalid-token", message: "The token is invalid or expired", kinds: []error{clevercloud.ErrUnauthorized},
	},
	"errors/bridge_invalid_token_code_only.json": {status: 401, code: "invalid-token", kinds: []error{clevercloud.ErrUnauthorized}},
	"errors/gateway_503.html":                    {status: 503, kinds: []error{clevercloud.ErrUnavailable}},
	"errors/ovd_bad_request_field.json": {
		status: 400, code: "clever.core.bad-request", message: "The field `limit` is invalid", requestID: errorRequestID,
		fields: []clevercloud.FieldError{{Name: "limit", Value: "-3"}}, context: "fieldName", kinds: []error{clevercloud.ErrBadRequest},
	},
	"errors/ovd_bag.json": {
		status: 400, code: "clever.core.bad-request", message: "Invalid owners", requestID: errorRequestID, context: "elem",
		kinds: []error{clevercloud.ErrBadRequest},
	},
	"errors/ovd_family_b_empty.json": {
		status: 404, code: "clever.core.not-found", message: "Not found", requestID: errorRequestID, context: "Empty",
		kinds: []error{clevercloud.ErrNotFound},
	},
	"errors/ovd_family_b_field.json": {
		status: 400, code: "clever.core.bad-request", message: "Invalid field", requestID: errorRequestID, context: "reason",
		fields: []clevercloud.FieldError{{Name: "order", Value: "UP", Reason: "expected ASC or DESC"}}, kinds: []error{clevercloud.ErrBadRequest},
	},
	"errors/ovd_family_b_fields.json": {
		status: 422, code: "clever.core.bad-request", message: "Invalid fields", requestID: errorRequestID, context: "fields",
		fields: []clevercloud.FieldError{{Name: "limit", Value: "5000", Reason: "maximum is 1000"}, {Name: "order", Value: "UP"}},
		kinds:  []error{clevercloud.ErrBadRequest},
	},
	"errors/ovd_family_b_selector.json": {
		status: 404, code: "clever.core.not-found", message: "Unknown path", requestID: errorRequestID, context: "selector",
		kinds: []error{clevercloud.ErrNotFound},
	},
	"errors/ovd_fields.json": {
		status: 400, code: "clever.core.bad-request", message: "Several fields are invalid", requestID: errorRequestID, context: "fields",
		fields: []clevercloud.FieldError{
			{Name: "kind", Value: "FOO"}, {Name: "recipient.url", Value: "not-a-url", Reason: "must be an absolute URL"},
		},
		kinds: []error{clevercloud.ErrBadRequest},
	},
	"errors/ovd_gateway.json": {
		status: 502, code: "clever.core.gateway", message: "Upstream failed", requestID: errorRequestID, context: "originalStatus",
		kinds: []error{clevercloud.ErrUnavailable},
	},
	"errors/ovd_generic_999.json": {
		status: 500, code: "999", message: "Internal error", requestID: errorRequestID, context: "EmptyContext", kinds: []error{clevercloud.ErrUnavailable},
	},
	"errors/ovd_input.json": {
		status: 400, code: "clever.core.bad-request", message: "Missing input", requestID: errorRequestID, context: "inputNames",
		fields: []clevercloud.FieldError{{Name: "kind"}, {Name: "recipient"}}, kinds: []error{clevercloud.ErrBadRequest},
	},
	"errors/ovd_legacy_snake.json": {
		status: 400, code: "clever.core.bad-request", message: "Invalid field", requestID: errorRequestID, context: "OVDErrorFieldContext",
		fields: []clevercloud.FieldError{{Name: "limit", Value: "'abc' cannot be read as a 32-bit integer"}}, kinds: []error{clevercloud.ErrBadRequest},
	},
	"errors/ovd_legacy_snake_empty_context.json": {
		status: 404, code: "clever.core.not-found", message: "Not found", requestID: errorRequestID, context: "{}", kinds: []error{clevercloud.ErrNotFound},
	},
	"errors/ovd_not_found_resource.json": {
		status: 404, code: "clever.core.not-found", message: "Resource not found", requestID: errorRequestID, context: "deployment",
		kinds: []error{clevercloud.ErrNotFound},
	},
	"errors/ovd_numeric_code_no_context.json": {
		status: 500, code: "999", message: "Internal error", requestID: errorRequestID, kinds: []error{clevercloud.ErrUnavailable},
	},
	"errors/ovd_resource_operation.json": {
		status: 403, code: "clever.core.forbidden", message: "Operation not allowed", requestID: errorRequestID, context: "resource.operation",
		kinds: []error{clevercloud.ErrForbidden},
	},
	"errors/ovd_unauthorized.json": {
		status: 401, code: "clever.auth.unauthorized", message: "Unauthorized", requestID: errorRequestID, context: "EmptyContext",
		kinds: []error{clevercloud.ErrUnauthorized},
	},
	"errors/ovd_unknown_context_type.json": {
		status: 418, code: "clever.future.kind", message: "New kind of failure", requestID: errorRequestID, context: "quantum",
	},
	"errors/quota_exceeded.json": {
		status: 403, code: "clever.core.quota-exceeded", message: "Quota exceeded", requestID: errorRequestID, context: "drain",
		kinds: []error{clevercloud.ErrForbidden, clevercloud.ErrQuotaExceeded},
	},
	"errors/too_many_requests.json": {
		status: 429, code: "clever.core.too-many-requests", message: "Too many requests", requestID: errorRequestID, context: "EmptyContext",
		kinds: []error{clevercloud.ErrRateLimited},
	},
	"errors/v2_error.json": {
		status: 404, code: "4004", message: "The provided id does not belong to any application", kinds: []error{clevercloud.ErrNotFound},
	},
	"errors/v2_error_fields.json": {
		status: 400, code: "500", message: "Your form is incorrect", fields: []clevercloud.FieldError{{Name: "name", Reason: "must not be empty"}},
		kinds: []error{clevercloud.ErrBadRequest},
	},
	"errors/v2_rate_limit_403.json": {
		status: 403, code: "403", message: "This request was performed too often, try again later", kinds: []error{clevercloud.ErrRateLimited},
	},
	"errors/v2_success_body.json": {status: 409, code: "100", message: "Done", kinds: []error{clevercloud.ErrConflict}},
	"errors/v2_unauthorized.json": {
		status: 401, code: "2001", message: "You are not authenticated", kinds: []error{clevercloud.ErrUnauthorized},
	},
}

var sentinels = []error{
	clevercloud.ErrBadRequest, clevercloud.ErrUnauthorized, clevercloud.ErrForbidden, clevercloud.ErrNotFound, clevercloud.ErrConflict,
	clevercloud.ErrRateLimited, clevercloud.ErrQuotaExceeded, clevercloud.ErrUnavailable, clevercloud.ErrInvalidArgument, clevercloud.ErrEventTooLarge,
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

func mediaOf(name string) string {
	if filepath.Ext(name) == ".html" {
		return "text/html; charset=utf-8"
	}
	return "application/json"
}

func TestAPIError_OfEveryBody(t *testing.T) {
	t.Parallel()
	testkit.Covers(t, "errors/*", errorAnswers)
	for name, want := range errorAnswers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			body := testkit.Fixture(t, name)

			got := failWith(t, want.status, mediaOf(name), body)

			assert.Equal(t, want.status, got.StatusCode)
			assert.Equal(t, want.code, got.Code)
			assert.Equal(t, want.message, got.Message)
			assert.Equal(t, want.requestID, got.APIRequestID)
			assert.Equal(t, "01K3EXAMPLE", got.RequestID)
			assert.Equal(t, want.fields, got.Fields)
			assert.Equal(t, body, string(got.Body))
			if want.context == "" {
				assert.Nil(t, got.Context)
			} else {
				assert.True(t, json.Valid(got.Context))
				assert.Contains(t, string(got.Context), want.context)
			}
			for _, kind := range sentinels {
				assert.Equal(t, slices.Contains(want.kinds, kind), errors.Is(got, kind), kind)
			}
		})
	}
}

// TestAPIError_Texts compares with testdata/golden/errors.txt, a line for each fixture.
func TestAPIError_Texts(t *testing.T) {
	t.Parallel()
	var lines strings.Builder
	for _, name := range slices.Sorted(maps.Keys(errorAnswers)) {
		err := failWith(t, errorAnswers[name].status, mediaOf(name), testkit.Fixture(t, name))
		fmt.Fprintf(&lines, "%s\n\t%s\n", strings.TrimPrefix(name, "errors/"), err)
	}
	want, err := os.ReadFile(filepath.Join("testdata", "golden", "errors.txt"))
	require.NoError(t, err)
	assert.Equal(t, string(want), lines.String())
}

func TestAPIError_KindIsByStatusAndCode(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		status int
		body   string
		kinds  []error
	}{
		{400, ``, []error{clevercloud.ErrBadRequest}},
		{401, ``, []error{clevercloud.ErrUnauthorized}},
		{402, ``, nil},
		{403, ``, []error{clevercloud.ErrForbidden}},
		{403, `{"id":403}`, []error{clevercloud.ErrRateLimited}},
		{403, `{"id":4003}`, []error{clevercloud.ErrForbidden}},
		{400, `{"id":403}`, []error{clevercloud.ErrBadRequest}},
		{403, `{"code":"clever.drains.too-many-requests"}`, []error{clevercloud.ErrRateLimited}},
		{400, `{"code":"clever.core.quota-exceeded"}`, []error{clevercloud.ErrBadRequest, clevercloud.ErrQuotaExceeded}},
		{404, ``, []error{clevercloud.ErrNotFound}},
		{408, ``, []error{clevercloud.ErrUnavailable}},
		{409, ``, []error{clevercloud.ErrConflict}},
		{410, ``, nil},
		{422, ``, []error{clevercloud.ErrBadRequest}},
		{425, ``, nil},
		{429, ``, []error{clevercloud.ErrRateLimited}},
		{500, ``, []error{clevercloud.ErrUnavailable}},
		{502, ``, []error{clevercloud.ErrUnavailable}},
		{503, ``, []error{clevercloud.ErrUnavailable}},
		{504, ``, []error{clevercloud.ErrUnavailable}},
		{599, ``, []error{clevercloud.ErrUnavailable}},
	} {
		got := failWith(t, tc.status, "application/json", tc.body)

		for _, kind := range sentinels {
			assert.Equal(t, slices.Contains(tc.kinds, kind), errors.Is(got, kind), "%d %s is %v", tc.status, tc.body, kind)
		}
	}
}

func TestAPIError_OfForeignBodies(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, kind, body, code, message string
	}{
		{"nothing", "", "", "", ""},
		{"a text", "application/json", `"too bad"`, "", "too bad"},
		{"JSON that says it is text", "text/plain", `{"code":"x.y","error":"too bad"}`, "x.y", "too bad"},
		{"null", "application/json", `null`, "", ""},
		{"an array", "application/json", `[{"code":"x"}]`, "", ""},
		{"a number", "application/json", `503`, "", ""},
		{"no JSON", "application/json", `{"code":"x`, "", ""},
		{"plain text", "text/plain", `upstream connect error`, "", "upstream connect error"},
		{"message before error", "application/json", `{"message":"first","error":"second","code":"one","id":2}`, "one", "first"},
		{"empty message", "application/json", `{"message":"","error":"second","code":"","id":2}`, "2", "second"},
		{"members of foreign types", "application/json", `{"code":{"a":1},"error":["x"],"message":"it","context":5,"fields":[1],"apiRequestId":7}`, "", "it"},
		{"arrays for texts", "application/json", `{"code":["x"],"message":["y"]}`, "", ""},
		{"half a field", "application/json", `{"context":{"name":"limit"}}`, "", ""},
		{"the other half", "application/json", `{"context":{"error":{"value":"-3"}}}`, "", ""},
		{"contexts of two classes", "application/json", `{"context":{"A":{"fieldName":"x"},"B":{"fieldName":"y"}}}`, "", ""},
		{"nulls", "application/json", `{"code":null,"error":null,"message":null,"context":null,"fields":null,"apiRequestId":null}`, "", ""},
		{"white space around", "application/json", " \n{\"code\":\"x\"}\n", "x", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()

			got := failWith(t, http.StatusBadGateway, tc.kind, tc.body)

			assert.Equal(t, tc.code, got.Code)
			assert.Equal(t, tc.message, got.Message)
			assert.Empty(t, got.Fields)
			assert.NotEqual(t, "null", string(got.Context))
			assert.Equal(t, tc.body, string(got.Body))
			assert.True(t, strings.HasPrefix(got.Error(), "clevercloud: drains.get: 502 bad gateway"), got.Error())
		})
	}
}

func TestAPIError_TextIsOneBoundedLine(t *testing.T) {
	t.Parallel()
	message, err := json.Marshal("first\nsecond\x1b[31m\u2028" + strings.Repeat("é", 5000))
	require.NoError(t, err)

	got := failWith(t, http.StatusBadRequest, "application/json", fmt.Sprintf(`{"code":%s,"error":%s}`, message, message)).Error()

	assert.Less(t, utf8.RuneCountInString(got), 700)
	assert.Contains(t, got, `first\nsecond\x1b[31m\u2028`)
	assert.False(t, strings.ContainsFunc(got, func(r rune) bool { return !unicode.IsPrint(r) }), "%q", got)
}

func TestErrors_ZeroValuesPrint(t *testing.T) {
	t.Parallel()
	for _, err := range []error{
		&clevercloud.APIError{}, &clevercloud.DecodeError{}, &clevercloud.ValidationError{}, &clevercloud.DeploymentError{}, &clevercloud.LogDecodeError{},
	} {
		assert.True(t, strings.HasPrefix(err.Error(), "clevercloud: "), "%T: %q", err, err.Error())
	}
	assert.NoError(t, (&clevercloud.DecodeError{}).Unwrap())
}

func TestErrors_KindsHaveTextsOfTheirOwn(t *testing.T) {
	t.Parallel()
	texts := map[string]bool{}
	for _, kind := range sentinels {
		assert.NotEmpty(t, kind.Error())
		texts[kind.Error()] = true
	}
	assert.Len(t, texts, len(sentinels))
}

// An API that echoes a secret may escape it as nobody else does: only what has been decoded shows it.
func TestAPIError_SecretsInOddEscapes(t *testing.T) {
	t.Parallel()
	var odd strings.Builder
	for _, c := range []byte(testkit.Canary) {
		fmt.Fprintf(&odd, `\u%04x`, c)
	}
	client, mock := testkit.MockClient(t, clevercloud.WithAuth(auth.Bearer(testkit.Canary)))
	testkit.Record(mock, http.StatusBadRequest, "application/json", strings.ReplaceAll(
		`{"code":"*","message":"*","apiRequestId":"*","context":{"name":"* a","error":{"value":"* b","reason":"* c"}},"fields":{"* d":"* e"}}`,
		"*", odd.String()))

	_, err := client.Zones.List(t.Context(), clevercloud.ZoneQuery{})

	var refused *clevercloud.APIError
	require.ErrorAs(t, err, &refused)
	assert.NotContains(t, err.Error(), testkit.Canary)
	assert.Equal(t, []string{"[redacted]", "[redacted]", "[redacted]"}, []string{refused.Code, refused.Message, refused.APIRequestID})
	assert.Equal(t, []clevercloud.FieldError{
		{Name: "[redacted] a", Value: "[redacted] b", Reason: "[redacted] c"}, {Name: "[redacted] d", Reason: "[redacted] e"},
	}, refused.Fields)
}

// An answer of any status, type and body outside 2xx is an APIError of that status with that body, of one bounded line; code, message and
// context are those that encoding/json finds in it.
func FuzzAPIError(f *testing.F) {
	for name, want := range errorAnswers {
		f.Add([]byte(testkit.Fixture(f, name)), want.status, mediaOf(name))
	}
	f.Add([]byte(`{"code":1.50,"id":"x","message":null,"error":"e","context":{"A":{"fields":{"b":5,"a":"c"}}},"fields":{"z":{"reason":{}}}}`), 404, "")
	f.Add([]byte(`"a text"`), 599, ";")
	f.Add([]byte(`{"message":{"a":1},"error":[1],"code":true,"context":null}`), 408, "application/json")
	answer := struct {
		status int
		kind   string
		body   []byte
	}{}
	client := testkit.ClientOver(f, func(req *http.Request) (*http.Response, error) {
		return testkit.Response(req, answer.status, string(answer.body), "Content-Type", answer.kind, "Sozu-Id", answer.kind), nil
	}, clevercloud.WithMaxRetries(0))
	f.Fuzz(func(t *testing.T, body []byte, status int, kind string) {
		if status < 300 || status > 999 {
			return
		}
		answer.status, answer.kind, answer.body = status, kind, body

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

// checkErrorBody compares what an error says with the members of its body.
func checkErrorBody(t *testing.T, body []byte, got *clevercloud.APIError) {
	t.Helper()
	body = bytes.TrimSpace(body) // also of white space that JSON does not have
	var text string
	if json.Unmarshal(body, &text) == nil {
		require.Equal(t, text, got.Message)
		return
	}
	var all map[string]json.RawMessage
	if json.Unmarshal(body, &all) != nil {
		require.Empty(t, got.Code+got.Message+got.APIRequestID)
		require.Empty(t, got.Fields)
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
	require.Equal(t, scalar("code", "id"), got.Code)
	require.Equal(t, scalar("message", "error"), got.Message)
	if raw := all["context"]; len(raw) > 0 && string(raw) != "null" {
		require.Equal(t, string(raw), string(got.Context))
	} else {
		require.Nil(t, got.Context)
	}
	for _, field := range got.Fields {
		require.True(t, json.Valid(body))
		name, err := json.Marshal(field.Name)
		require.NoError(t, err)
		plain, err := json.Marshal(testkit.DecodeAs[any](t, string(body)))
		require.NoError(t, err)
		require.True(t, field.Name == "" || bytes.Contains(plain, name[1:len(name)-1]), "%q is not in the body", field.Name)
	}
}
