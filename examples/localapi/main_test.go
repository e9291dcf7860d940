package main

import (
	"bytes"
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestRun(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out bytes.Buffer

	require.NoError(t, run(ctx, &out, "127.0.0.1:0", 1))

	for _, want := range []string{"export API_HOST=http://127.0.0.1:", "export CLEVER_TOKEN=", "orga_", "curl -s", "Stopped after 0 requests."} {
		assert.Contains(t, out.String(), want)
	}
}

func TestRun_RefusesOtherAddresses(t *testing.T) {
	t.Parallel()
	for _, addr := range []string{"0.0.0.0:0", ":0", "192.0.2.1:0", "example.com:80", "127.0.0.1"} {
		assert.Error(t, run(t.Context(), new(bytes.Buffer), addr, 1), addr)
	}
}
