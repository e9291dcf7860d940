package clevercloud_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/auth"
	"github.com/clevercloud-go/clevercloud/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// opinion is a type of the caller that returns an error when it is decoded.
type opinion struct{ err error }

func (o opinion) UnmarshalJSON([]byte) error { return o.err }

// An error is one line of bounded length, whatever the error of a RoundTripper or a type is.
func TestErrors_LongCausesAreCut(t *testing.T) {
	t.Parallel()
	x512 := strings.Repeat("x", 512)
	for said, shown := range map[string]string{"xxx": "xxx", x512: x512, x512 + "x": x512 + "…"} {
		cause := errors.New(said)
		broken := testkit.ClientOver(t, func(*http.Request) (*http.Response, error) {
			return nil, cause
		}, clevercloud.WithMaxRetries(1))
		breaking := testkit.ClientOver(t, func(req *http.Request) (*http.Response, error) {
			resp := testkit.Response(req, 200, "")
			resp.Body = io.NopCloser(iotest.ErrReader(cause))
			return resp, nil
		})
		decoding := answering(t, 200, "{}", "Sozu-Id", "01K3")
		for _, tc := range []struct {
			client       *clevercloud.Client
			method       string
			out          any
			before, then string
		}{
			{broken, "GET", nil, "", " (2 attempts)"},
			{broken, "POST", nil, "", "; the request may have been applied"},
			{breaking, "GET", io.Discard, "download ended early, after 0 bytes: ", ""},
			{decoding, "GET", &opinion{cause}, "decode response: ", " (sozu-id 01K3)"},
		} {
			err := tc.client.Do(t.Context(), tc.method, "/x", nil, tc.out)

			require.ErrorIs(t, err, cause)
			assert.EqualError(t, err,
				"clevercloud: do "+tc.method+" /x: "+tc.before+shown+tc.then)
		}
	}
}

func TestAPIError_Text(t *testing.T) {
	t.Parallel()
	fields := []clevercloud.FieldError{
		{Name: "limit", Value: "5", Reason: "too big"}, {Name: "order", Value: "UP"},
		{Name: "kind"},
	}
	html := http.Header{"Content-Type": {"text/html; charset=utf-8"}}
	times := strings.Repeat
	for want, err := range map[string]clevercloud.APIError{
		"404 not found": {StatusCode: 404},
		"599":           {StatusCode: 599},
		"404 not found: gone (clever.core.not-found, sozu-id 01K3)": {
			StatusCode: 404, Message: "gone", Code: "clever.core.not-found", RequestID: "01K3",
			Attempts: 1, Body: []byte("{}"),
		},
		"503 service unavailable (2 attempts, sozu-id 01K3)": {
			StatusCode: 503, Attempts: 2, RequestID: "01K3",
		},
		"502 bad gateway (text/html, 6 bytes)": {
			StatusCode: 502, Body: []byte("<html>"), Header: html,
		},
		"502 bad gateway (6 bytes)": {StatusCode: 502, Body: []byte("<html>")},
		"502 bad gateway: oh":       {StatusCode: 502, Message: "oh", Body: []byte("{}")},
		"400 bad request: no: limit: too big, order: \"UP\", kind": {
			StatusCode: 400, Message: "no", Fields: fields,
		},
		"400 bad request: limit: too big, order: \"UP\", kind": {StatusCode: 400, Fields: fields},
		"400 bad request: " + times("é", 512) + "…": {
			StatusCode: 400, Message: times("é", 513),
		},
		"400 bad request: " + times("e", 512): {StatusCode: 400, Message: times("e", 512)},
		"400 bad request (" + times("c", 64) + "…, sozu-id " + times("i", 64) + "…)": {
			StatusCode: 400, Code: times("c", 65), RequestID: times("i", 65),
		},
		"400 bad request (" + times("c", 64) + ", sozu-id " + times("i", 64) + ")": {
			StatusCode: 400, Code: times("c", 64), RequestID: times("i", 64),
		},
		"400 bad request (" + times("k", 64) + "…, 1 bytes)": {
			StatusCode: 400, Body: []byte("x"),
			Header: http.Header{"Content-Type": {times("k", 65)}},
		},
	} {
		err.Operation = "drains.get"
		assert.EqualError(t, &err, "clevercloud: drains.get: "+want)
	}
	for want, err := range map[string]clevercloud.DecodeError{
		"":                                   {},
		"a.b: ":                              {Path: "a.b"},
		times("p", 256) + ": ":               {Path: times("p", 256)},
		times("p", 256) + "…: ":              {Path: times("p", 257)},
		" (sozu-id " + times("i", 64) + "…)": {RequestID: times("i", 65)},
		" (sozu-id " + times("i", 64) + ")":  {RequestID: times("i", 64)},
	} {
		assert.EqualError(t, &err, "clevercloud: : decode response: "+want)
	}
}

func TestDecodeError_ShowsNoSecretAndABoundedBody(t *testing.T) {
	t.Parallel()
	client, mock := testkit.MockClient(t, clevercloud.WithAuth(auth.Bearer(testkit.Canary)))
	testkit.Always(mock, http.StatusOK, `["`+strings.Repeat("x", 5000)+`"]`)

	err := client.Do(t.Context(), "GET", "/v2/self", nil, &opinion{errors.New(testkit.Canary)})

	var failed *clevercloud.DecodeError
	require.ErrorAs(t, err, &failed)
	assert.EqualError(t, err,
		"clevercloud: do GET /v2/self: decode response: [redacted] (sozu-id 01K3EXAMPLE)")
	assert.Len(t, failed.Body, 1<<10)
}

// A JSON pointer escapes slashes, and shows names without the escapes of the body.
func TestDecodeError_ShowsNoSecretInThePath(t *testing.T) {
	t.Parallel()
	const secret = testkit.Canary + "~/x"
	client, mock := testkit.MockClient(t, clevercloud.WithAuth(auth.Bearer(secret)))
	for said, want := range map[string]string{
		strings.Replace(secret, "/", `\u002f`, 1): "/[redacted]", "a/b": "/a~1b",
	} {
		testkit.Always(mock, http.StatusOK, `{"`+said+`":[0,]}`)

		err := client.Do(t.Context(), "GET", "/v2/self", nil, new(any))

		var failed *clevercloud.DecodeError
		require.ErrorAs(t, err, &failed)
		assert.Equal(t, want, failed.Path)
	}
}

// A caller that asks as net/http's callers do learns whether it was a timeout.
func TestCallError_Timeout(t *testing.T) {
	t.Parallel()
	failing := func(err error) testkit.RoundTripFunc {
		return func(*http.Request) (*http.Response, error) { return nil, err }
	}
	silent := func(req *http.Request) (*http.Response, error) {
		<-req.Context().Done()
		return nil, context.Cause(req.Context())
	}
	for name, tc := range map[string]struct {
		trip    testkit.RoundTripFunc
		attempt time.Duration
		want    bool
	}{
		"an attempt's":  {silent, time.Second, true},
		"the context's": {silent, 0, true},
		"a connection that failed": {
			failing(&net.OpError{Op: "dial", Err: errors.New("connection refused")}), 0, false,
		},
		"a deadline that the transport met": {
			failing(fmt.Errorf("in time: %w", context.DeadlineExceeded)), 0, true,
		},
		"an error of no kind": {failing(errors.New("broken")), 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				client := testkit.ClientOver(t, tc.trip, clevercloud.WithMaxRetries(0))

				err := client.Do(ctx, "GET", "/x", nil, nil, clevercloud.WithTimeout(tc.attempt))

				var timeout interface{ Timeout() bool }
				require.ErrorAs(t, err, &timeout)
				assert.Equal(t, tc.want, timeout.Timeout(), err.Error())
			})
		})
	}
}

// The error for a 404 names the IDs and the likely mistake. The error for a 401 says where the
// credentials came from.
func TestAPIError_Hints(t *testing.T) {
	t.Parallel()
	missing := answering(t, 404, `{"code":"clever.core.not-found","error":"Resource not found"}`)
	for _, tc := range []struct{ path, ids, want string }{
		{"/{operator_id}", "addon_1", "operator_id addon_1; the real id is wanted"},
		{"/{operator_id}", "sso", `"sso" has no prefix and may be a name; Identity.Resolve finds`},
		{"/{realAddonId}", "redis_1", "realAddonId redis_1 ("},
		{"/{ownerId}", "app_1", "ownerId app_1; ownerId has the form orga_…; Identity.Resolve"},
		{"/{ownerId}", "user_1", "ownerId user_1 ("},
		{"/{orgid}", "orga_1", "orgid orga_1 ("},
		{"/{applicationId}", "shop", `applicationId has the form app_…, and "shop" may be a name`},
		{"/{addonId}", "postgresql_1", "addonId has the form addon_…"},
		{"/{deploymentId}", "app_1", "deploymentId has the form deployment_…"},
		{"/{networkGroupId}", "vpn", `networkGroupId has the form ng_…, and "vpn" may be a name`},
		{"/{ownerId}/x/{addonId}/{n}", "orga_1 a 1", "ownerId orga_1, addonId a, n 1; addonId has"},
	} {
		get := clevercloud.Endpoint[clevercloud.None, clevercloud.None]{
			Name: "things.get", Method: "GET", Path: tc.path,
		}

		_, err := get.Call(t.Context(), missing, strings.Fields(tc.ids), clevercloud.None{})

		require.ErrorIs(t, err, clevercloud.ErrNotFound)
		assert.ErrorContains(t, err, tc.want)
		testkit.OneLine(t, err)
	}

	_, err := answering(t, 401, "").Zones.Get(t.Context(), "par")
	assert.ErrorContains(t, err, "the client has no credentials, see WithAuth")
	signed, err := answering(t, 401, "").With(clevercloud.WithAuth(auth.Bearer("a-token-of-ours")))
	require.NoError(t, err)
	_, err = signed.Zones.Get(t.Context(), "par")
	assert.ErrorContains(t, err, `"clever tokens create NAME" makes a token for CLEVER_API_TOKEN`)
}
