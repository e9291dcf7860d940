package main

import (
	"bytes"
	"context"
	"net/http"
	"path/filepath"
	"testing"

	"github.com/clevercloud-go/clevercloud/clevertest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestRun(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out bytes.Buffer

	require.NoError(t, run(ctx, &out, "127.0.0.1:0", 1, ""))

	for _, want := range []string{"export API_HOST=http://127.0.0.1:", "export CLEVER_TOKEN=", "orga_", "curl -s", "Stopped after 0 requests."} {
		assert.Contains(t, out.String(), want)
	}
}

func TestRun_Record(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	name := filepath.Join(t.TempDir(), "requests.jsonl")

	require.NoError(t, run(ctx, new(bytes.Buffer), "127.0.0.1:0", 1, name))

	assert.FileExists(t, name)
	assert.Error(t, run(ctx, new(bytes.Buffer), "127.0.0.1:0", 1, t.TempDir()))
}

func TestRun_RefusesOtherAddresses(t *testing.T) {
	t.Parallel()
	for _, addr := range []string{"0.0.0.0:0", ":0", "192.0.2.1:0", "example.com:80", "127.0.0.1"} {
		assert.Error(t, run(t.Context(), new(bytes.Buffer), addr, 1, ""), addr)
	}
}

func TestWriteRequests(t *testing.T) {
	t.Parallel()
	var lines bytes.Buffer

	require.NoError(t, writeRequests(&lines, []clevertest.Request{
		{Route: "zones.list", Method: "GET", Path: "/v4/products/zones", Query: "ownerId=a%20b&x=<"},
		{Method: "POST", Path: "/elsewhere", Header: http.Header{"Authorization": {"Bearer [redacted]"}}, Body: []byte(`{"a":1}`)},
	}))

	assert.Equal(t, `{"route":"zones.list","method":"GET","path":"/v4/products/zones","query":"ownerId=a%20b&x=<","body":""}
{"route":"","method":"POST","path":"/elsewhere","query":"","body":"{\"a\":1}"}
`, lines.String())
}
