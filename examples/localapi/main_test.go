package main

import (
	"bytes"
	"context"
	"net/http"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/clevercloud-go/clevercloud/clevertest"
	"github.com/clevercloud-go/clevercloud/examples/internal/testenv"
)

func TestRun(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out bytes.Buffer
	name := filepath.Join(t.TempDir(), "requests.jsonl")

	require.NoError(t, run(ctx, &out, "127.0.0.1:0", 1, name))

	for _, want := range []string{
		"export API_HOST=http://127.0.0.1:", "\nexport CLEVER_TOKEN=", "orga_", "curl -s",
		"Stopped after 0 requests.",
	} {
		assert.Contains(t, out.String(), want)
	}
	assert.FileExists(t, name)
	assert.Error(t, run(ctx, &out, "127.0.0.1:0", 1, t.TempDir()))
}

func TestLocalapi_RefusesOtherAddresses(t *testing.T) {
	t.Parallel()
	mistakes := map[string]string{"-addr 127.0.0.1": "missing port"}
	for _, addr := range []string{"0.0.0.0:0", ":0", "192.0.2.1:0", "example.com:80"} {
		mistakes["-addr "+addr] = "is not a loopback address"
	}
	testenv.Failures(t, 1, "localapi", localapi, mistakes)
}

func TestWriteRequests(t *testing.T) {
	t.Parallel()
	var lines bytes.Buffer

	require.NoError(t, writeRequests(&lines, []clevertest.Request{
		{Route: "zones.list", Method: "GET", Path: "/v4/products/zones", Query: "a=a%20b&x=<"},
		{
			Method: "POST", Path: "/elsewhere", Body: []byte(`{"a":1}`),
			Header: http.Header{"Authorization": {"Bearer [redacted]"}},
		},
	}))

	assert.Equal(t, `{"route":"zones.list","method":"GET","path":"/v4/products/zones",`+
		`"query":"a=a%20b&x=<","body":""}`+"\n"+
		`{"route":"","method":"POST","path":"/elsewhere","query":"","body":"{\"a\":1}"}`+"\n",
		lines.String())
}
