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

// An error is one line of bounded length, whatever a RoundTripper has to say.
func TestErrors_LongCausesAreCut(t *testing.T) {
	t.Parallel()
	long := errors.New(strings.Repeat("x", 2000))
	cut := strings.Repeat("x", 512) + "…"
	broken := testkit.ClientOver(t, func(*http.Request) (*http.Response, error) { return nil, long }, clevercloud.WithMaxRetries(0))
	breaking := testkit.ClientOver(t, func(req *http.Request) (*http.Response, error) {
		resp := testkit.Response(req, 200, "")
		resp.Body = io.NopCloser(iotest.ErrReader(long))
		return resp, nil
	})

	assert.EqualError(t, broken.Do(t.Context(), "GET", "/x", nil, nil), "clevercloud: do GET /x: "+cut)
	assert.EqualError(t, broken.Do(t.Context(), "POST", "/x", nil, nil), "clevercloud: do POST /x: "+cut+"; the request may have been applied")
	assert.EqualError(t, breaking.Do(t.Context(), "GET", "/x", nil, io.Discard), "clevercloud: do GET /x: download ended early, after 0 bytes: "+cut)
}

func TestAPIError_Text(t *testing.T) {
	t.Parallel()
	for want, err := range map[string]clevercloud.APIError{
		"404 not found": {StatusCode: 404},
		"599":           {StatusCode: 599},
		"404 not found: gone (clever.core.not-found, sozu-id 01K3)": {
			StatusCode: 404, Message: "gone", Code: "clever.core.not-found", RequestID: "01K3", Attempts: 1, Body: []byte("{}"),
		},
		"503 service unavailable (2 attempts, sozu-id 01K3)":       {StatusCode: 503, Attempts: 2, RequestID: "01K3"},
		"502 bad gateway (text/html, 6 bytes)":                     {StatusCode: 502, Body: []byte("<html>"), Header: http.Header{"Content-Type": {"text/html; charset=utf-8"}}},
		"502 bad gateway (6 bytes)":                                {StatusCode: 502, Body: []byte("<html>")},
		"502 bad gateway: oh":                                      {StatusCode: 502, Message: "oh", Body: []byte("{}")},
		"400 bad request: no: limit: too big, order: \"UP\", kind": {StatusCode: 400, Message: "no", Fields: fieldErrors()},
		"400 bad request: limit: too big, order: \"UP\", kind":     {StatusCode: 400, Fields: fieldErrors()},
		"400 bad request: " + strings.Repeat("é", 512) + "…":       {StatusCode: 400, Message: strings.Repeat("é", 513)},
		"400 bad request: " + strings.Repeat("e", 512):             {StatusCode: 400, Message: strings.Repeat("e", 512)},
		"400 bad request (" + strings.Repeat("c", 64) + "…, sozu-id " + strings.Repeat("i", 64) + "…)": {
			StatusCode: 400, Code: strings.Repeat("c", 65), RequestID: strings.Repeat("i", 65),
		},
		"400 bad request (" + strings.Repeat("c", 64) + ", sozu-id " + strings.Repeat("i", 64) + ")": {
			StatusCode: 400, Code: strings.Repeat("c", 64), RequestID: strings.Repeat("i", 64),
		},
		"400 bad request (" + strings.Repeat("k", 64) + "…, 1 bytes)": {
			StatusCode: 400, Body: []byte("x"), Header: http.Header{"Content-Type": {strings.Repeat("k", 65)}},
		},
	} {
		err.Operation = "drains.get"
		assert.EqualError(t, &err, "clevercloud: drains.get: "+want)
	}
}

func fieldErrors() []clevercloud.FieldError {
	return []clevercloud.FieldError{{Name: "limit", Value: "5000", Reason: "too big"}, {Name: "order", Value: "UP"}, {Name: "kind"}}
}

// opinion is a type of the caller's that refuses what it is decoded from.
type opinion struct{ err error }

func (o opinion) UnmarshalJSON([]byte) error { return o.err }

func TestDecodeError_TextAndCause(t *testing.T) {
	t.Parallel()
	client, mock := testkit.MockClient(t)
	testkit.Record(mock, http.StatusOK, "application/json", "{}")
	for length, shown := range map[int]string{3: "xxx", 512: strings.Repeat("x", 512), 513: strings.Repeat("x", 512) + "…"} {
		cause := errors.New(strings.Repeat("x", length))

		err := client.Do(t.Context(), http.MethodGet, "/v2/self", nil, &opinion{cause})

		require.ErrorIs(t, err, cause)
		assert.EqualError(t, err, "clevercloud: do GET /v2/self: decode response: "+shown+" (sozu-id 01K3EXAMPLE)")
	}
	for want, err := range map[string]clevercloud.DecodeError{
		"":     {},
		"a.b:": {Path: "a.b"},
		"(sozu-id " + strings.Repeat("i", 64) + "…)": {RequestID: strings.Repeat("i", 65)},
		"(sozu-id " + strings.Repeat("i", 64) + ")":  {RequestID: strings.Repeat("i", 64)},
	} {
		got := strings.Join(strings.Fields(strings.TrimPrefix(err.Error(), "clevercloud: : decode response: ")), " ")
		assert.Equal(t, want, got)
	}
}

func TestDecodeError_ShowsNoSecretAndABoundedBody(t *testing.T) {
	t.Parallel()
	client, mock := testkit.MockClient(t, clevercloud.WithAuth(auth.Bearer(testkit.Canary)))
	testkit.Record(mock, http.StatusOK, "application/json", `["`+strings.Repeat("x", 5000)+`"]`)

	err := client.Do(t.Context(), http.MethodGet, "/v2/self", nil, &opinion{errors.New("no room for " + testkit.Canary)})

	var failed *clevercloud.DecodeError
	require.ErrorAs(t, err, &failed)
	assert.EqualError(t, err, "clevercloud: do GET /v2/self: decode response: no room for [redacted] (sozu-id 01K3EXAMPLE)")
	assert.Len(t, failed.Body, 1<<10)
}

func TestCallError_Text(t *testing.T) {
	t.Parallel()
	for length, shown := range map[int]string{512: strings.Repeat("x", 512), 513: strings.Repeat("x", 512) + "…"} {
		cause := errors.New(strings.Repeat("x", length))
		client := testkit.ClientOver(t, func(*http.Request) (*http.Response, error) { return nil, cause }, clevercloud.WithMaxRetries(1))

		_, err := client.Zones.List(t.Context(), clevercloud.ZoneQuery{})

		require.ErrorIs(t, err, cause)
		assert.EqualError(t, err, "clevercloud: zones.list: "+shown+" (2 attempts)")
	}
}

// A caller that asks as net/http's callers do learns whether it was a timeout.
func TestCallError_Timeout(t *testing.T) {
	t.Parallel()
	silent := func(req *http.Request) (*http.Response, error) {
		<-req.Context().Done()
		return nil, context.Cause(req.Context())
	}
	refusing := func(*http.Request) (*http.Response, error) {
		return nil, &net.OpError{Op: "dial", Err: errors.New("connection refused")}
	}
	for name, tc := range map[string]struct {
		trip testkit.RoundTripFunc
		opts []clevercloud.CallOption
		end  time.Duration
		want bool
	}{
		"an attempt's":             {silent, []clevercloud.CallOption{clevercloud.WithTimeout(time.Second)}, time.Hour, true},
		"the context's":            {silent, nil, time.Second, true},
		"a connection that failed": {refusing, nil, time.Hour, false},
		"a deadline that the transport met": {
			func(*http.Request) (*http.Response, error) {
				return nil, fmt.Errorf("in time: %w", context.DeadlineExceeded)
			}, nil, time.Hour, true,
		},
		"an error of no kind": {
			func(*http.Request) (*http.Response, error) { return nil, errors.New("broken") }, nil, time.Hour, false,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), tc.end)
				defer cancel()
				client := testkit.ClientOver(t, tc.trip, clevercloud.WithMaxRetries(0))

				_, err := client.Zones.List(ctx, clevercloud.ZoneQuery{}, tc.opts...)

				var timeout interface{ Timeout() bool }
				require.ErrorAs(t, err, &timeout)
				assert.Equal(t, tc.want, timeout.Timeout(), err.Error())
			})
		})
	}
}

// A 404 names what it was about, and the likely mistake; a 401 says where the credentials came from.
func TestAPIError_Hints(t *testing.T) {
	t.Parallel()
	missing := answering(t, 404, `{"code":"clever.core.not-found","error":"Resource not found"}`)
	for want, call := range map[string]func() error{
		"operator_id addon_1; the real id is wanted": func() error {
			_, err := missing.Operators.Get(t.Context(), clevercloud.Keycloak, "addon_1")
			return err
		},
		`"sso" has no prefix and may be a name; Identity.Resolve finds`: func() error {
			_, err := missing.Operators.Get(t.Context(), clevercloud.Keycloak, "sso")
			return err
		},
		"ownerId has the form orga_…": func() error {
			_, err := missing.LoadBalancers.GetDefault(t.Context(), "app_1", "orga_1")
			return err
		},
		`applicationId has the form app_…, and "shop" may be a name`: func() error {
			_, err := missing.LoadBalancers.GetDefault(t.Context(), "orga_1", "shop")
			return err
		},
		"addonId has the form addon_…": func() error {
			_, err := missing.LoadBalancers.GetAddonDefault(t.Context(), "user_1", "postgresql_1")
			return err
		},
		"ownerId orga_1, applicationId app_1, deploymentId deployment_1 (": func() error {
			_, err := missing.Orchestration.GetDeployment(t.Context(), "orga_1", "app_1", "deployment_1")
			return err
		},
	} {
		err := call()

		require.ErrorIs(t, err, clevercloud.ErrNotFound)
		assert.ErrorContains(t, err, want)
		testkit.OneLine(t, err)
	}

	_, err := answering(t, 401, "").Zones.Get(t.Context(), "par")
	assert.ErrorContains(t, err, "the client has no credentials, see WithAuth")
	signed, err := answering(t, 401, "").With(clevercloud.WithAuth(auth.Bearer("a-token-of-ours")))
	require.NoError(t, err)
	_, err = signed.Zones.Get(t.Context(), "par")
	assert.ErrorContains(t, err, `"clever tokens create NAME" makes a token for CLEVER_API_TOKEN`)
}
