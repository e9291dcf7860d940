package main

import (
	"bytes"
	"context"
	"net/http"
	"os"
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

func TestRun_RefusesOtherAddresses(t *testing.T) {
	t.Parallel()
	for _, addr := range []string{"0.0.0.0:0", ":0", "192.0.2.1:0", "example.com:80", "127.0.0.1"} {
		assert.Error(t, run(t.Context(), new(bytes.Buffer), addr, 1, ""), addr)
	}
}

func TestWriteRequests(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "requests.jsonl")

	require.NoError(t, writeRequests(name, []clevertest.Request{
		{Route: "zones.list", Method: "GET", Path: "/v4/products/zones", Query: "ownerId=a%20b&x=<"},
		{Method: "POST", Path: "/elsewhere", Header: http.Header{"Authorization": {"Bearer [redacted]"}}, Body: []byte(`{"a":1}`)},
	}))

	lines, err := os.ReadFile(name)
	require.NoError(t, err)
	assert.Equal(t, `{"route":"zones.list","method":"GET","path":"/v4/products/zones","query":"ownerId=a%20b&x=<","body":""}
{"route":"","method":"POST","path":"/elsewhere","query":"","body":"{\"a\":1}"}
`, string(lines))
	assert.Error(t, writeRequests(t.TempDir(), nil))
}
