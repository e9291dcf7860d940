package clevertest_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/clevercloud-go/clevercloud/clevertest"
)

const zones = "/v4/products/zones"

func TestFaults_Status(t *testing.T) {
	t.Parallel()
	p := start(t)
	for _, tc := range []struct {
		status int
		path   string
		shape  string
		code   any
	}{
		{400, zones, "errors/ovd_unauthorized.json", "clever.core.bad-request"},
		{401, zones, "errors/ovd_unauthorized.json", "clever.auth.unauthorized"},
		{403, zones, "errors/ovd_unauthorized.json", "clever.core.forbidden"},
		{404, zones, "errors/ovd_unauthorized.json", "clever.core.not-found"},
		{429, zones, "errors/too_many_requests.json", "clever.core.too-many-requests"},
		{500, zones, "errors/ovd_generic_999.json", "999"},
		{418, "/v2/self", "errors/v2_error.json", nil},
	} {
		p.Inject(clevertest.Fault{Status: tc.status})
		a := p.get(tc.path)
		assert.Equal(t, tc.status, a.Status)
		a.like(tc.shape)
		assert.Equal(t, tc.code, a.object()["code"])
	}
	for _, status := range []int{502, 503, 504} {
		p.Inject(clevertest.Fault{Status: status})
		a := p.get(zones)
		assert.Equal(t, status, a.Status)
		assert.Contains(t, a.Body, "<!DOCTYPE html>")
		assert.NotEmpty(t, a.Header.Get("Sozu-Id"))
	}
	p.ok(zones)
}

func TestFaults_Answer(t *testing.T) {
	t.Parallel()
	p := start(t)

	p.Inject(
		clevertest.Fault{Status: 429, RetryAfter: 1500 * time.Millisecond},
		clevertest.Fault{Status: 503, Header: http.Header{"retry-after": {"Fri, 31 Dec 2027 23:59:59 GMT"}}, Body: `{"a":1}`},
		clevertest.Fault{Status: 503, Body: "[1]"},
		clevertest.Fault{Body: "hello"},
		clevertest.Fault{Status: 307, Header: http.Header{"Location": {"/elsewhere"}}},
		clevertest.Fault{Status: 200, Body: "<p>", Header: http.Header{"Content-Type": {"text/plain"}}},
	)

	assert.Equal(t, "1.5", p.get(zones).Header.Get("Retry-After"))
	a := p.get(zones)
	assert.Equal(t, "Fri, 31 Dec 2027 23:59:59 GMT", a.Header.Get("Retry-After"))
	assert.Equal(t, "application/json", a.Header.Get("Content-Type"))
	assert.Equal(t, `{"a":1}`, a.Body)
	assert.Equal(t, "application/json", p.get(zones).Header.Get("Content-Type"))
	assert.Equal(t, "hello", p.ok(zones).Body)
	a = p.get(zones)
	assert.Equal(t, 307, a.Status)
	assert.Equal(t, "/elsewhere", a.Header.Get("Location"))
	assert.Equal(t, "text/plain", p.ok(zones).Header.Get("Content-Type"))
}

func TestFaults_Matching(t *testing.T) {
	t.Parallel()
	p := start(t)
	hit := func(path string) bool { return p.get(path).Status == 503 }

	p.Inject(clevertest.Fault{Status: 503, Path: "zones.get", Times: 2})
	assert.False(t, hit(zones))
	assert.True(t, hit(zones+"/par"))
	assert.True(t, hit(zones+"/par"))
	assert.False(t, hit(zones+"/par"))

	p.Inject(clevertest.Fault{Status: 503, Path: "/v4/products/*/p*", Skip: 1})
	assert.False(t, hit(zones+"/par"))
	assert.True(t, hit(zones+"/par"))

	p.Inject(clevertest.Fault{Status: 503, Path: "/v4/**/par"})
	assert.False(t, hit(zones))
	assert.True(t, hit(zones+"/par"))

	p.Inject(clevertest.Fault{Status: 503, Method: "POST", Path: "/v4/**", Times: -1})
	assert.False(t, hit(p.drains()))
	p.expect(503, "POST", p.drains(), "{}")
	p.expect(503, "POST", p.drains(), "{}")
	p.ClearFaults()
	p.expect(400, "POST", p.drains(), "{}")

	assert.Panics(t, func() { p.Inject(clevertest.Fault{Path: "zones.lst"}) })
	assert.Panics(t, func() { p.Inject(clevertest.Fault{Path: "/["}) })
}

func TestFaults_Connection(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name  string
		fault clevertest.Fault
		early bool // no response at all
		want  error
	}{
		{"dropped", clevertest.Fault{Mode: clevertest.Drop}, true, io.EOF},
		{"cut before the headers", clevertest.Fault{Mode: clevertest.Cut, CutAfter: clevertest.BeforeHeaders}, true, io.EOF},
		{"reset before the headers", clevertest.Fault{Mode: clevertest.Reset, CutAfter: clevertest.BeforeHeaders}, true, syscall.ECONNRESET},
		{"ended before the headers", clevertest.Fault{Mode: clevertest.EOF, CutAfter: clevertest.BeforeHeaders}, true, io.EOF},
		{"cut", clevertest.Fault{Mode: clevertest.Cut, CutAfter: 40}, false, io.ErrUnexpectedEOF},
		{"cut at the first byte", clevertest.Fault{Mode: clevertest.Cut}, false, io.ErrUnexpectedEOF},
		{"reset", clevertest.Fault{Mode: clevertest.Reset, CutAfter: 40}, false, nil},
		{"ended early", clevertest.Fault{Mode: clevertest.EOF, CutAfter: 40}, false, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			p := start(t)
			p.Inject(tc.fault)
			resp, err := p.try("GET", zones)
			if tc.early {
				assert.ErrorIs(t, err, tc.want)
				return
			}
			require.NoError(t, err)
			defer func() { _ = resp.Body.Close() }()
			body, err := io.ReadAll(resp.Body)
			if tc.fault.Mode == clevertest.Reset {
				assert.Error(t, err)
				return
			}
			assert.Len(t, body, tc.fault.CutAfter)
			assert.True(t, errors.Is(err, tc.want), "%v", err)
		})
	}
}

func TestFaults_WhatWasDone(t *testing.T) {
	t.Parallel()
	p := start(t)
	body := fixture(t, "drains/create_request_raw_http.json")

	p.Inject(clevertest.Fault{Method: "POST", Mode: clevertest.Drop})
	_, err := p.try("POST", p.drains(), body)
	require.Error(t, err)
	assert.Empty(t, p.ok(p.drains()).list(), "a dropped request has done nothing")

	p.Inject(clevertest.Fault{Method: "POST", Mode: clevertest.Cut, CutAfter: clevertest.BeforeHeaders})
	_, err = p.try("POST", p.drains(), body)
	require.Error(t, err)
	assert.Len(t, p.ok(p.drains()).list(), 1, "one whose answer is lost has")
}

func TestFaults_SilenceAndLatency(t *testing.T) {
	t.Parallel()
	p := start(t)
	for _, f := range []clevertest.Fault{
		{Mode: clevertest.Silence, CutAfter: clevertest.BeforeHeaders}, {Latency: time.Hour}, {Mode: clevertest.Silence, CutAfter: 10},
	} {
		p.Inject(f)
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
		req, err := http.NewRequestWithContext(ctx, "GET", p.URL+zones, nil)
		require.NoError(t, err)
		resp, err := http.DefaultTransport.RoundTrip(req)
		if err == nil {
			var body []byte
			body, err = io.ReadAll(resp.Body)
			assert.Len(t, body, 10)
			_ = resp.Body.Close()
		}
		assert.ErrorIs(t, err, context.DeadlineExceeded)
		cancel()
	}
}

func TestFaults_Malformed(t *testing.T) {
	t.Parallel()
	p := start(t)
	p.Inject(clevertest.Fault{Mode: clevertest.Malformed})

	a := p.ok(zones)

	assert.Equal(t, "application/json", a.Header.Get("Content-Type"))
	assert.Contains(t, a.Body, `{"broken":[{`)
}
