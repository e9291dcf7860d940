package main

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/clevertest"
	"github.com/clevercloud-go/clevercloud/examples/internal/cli"
	"github.com/clevercloud-go/clevercloud/examples/internal/term"
	"github.com/clevercloud-go/clevercloud/examples/internal/testenv"
)

func TestMetrics_ByOperationStatusAndAttempt(t *testing.T) {
	t.Parallel()
	api := clevertest.NewServer()
	defer api.Close()
	registry := prometheus.NewPedanticRegistry()
	client := api.Client(clevercloud.WithMiddleware(NewMetrics(registry).Middleware),
		clevercloud.WithRetry(clevercloud.RetryPolicy{MaxRetries: 2, MinWait: 1, MaxWait: 1}))
	api.Inject(clevertest.Fault{Path: "zones.list", Mode: clevertest.Drop},
		clevertest.Fault{Path: "zones.list", Status: http.StatusServiceUnavailable})
	_, err := client.Zones.List(t.Context(), clevercloud.ZoneQuery{},
		clevercloud.WithQuery("key", "canary"))
	require.NoError(t, err)
	_, err = client.Drains.Get(t.Context(), api.OwnerID, api.ApplicationID, "drain_none")
	require.ErrorIs(t, err, clevercloud.ErrNotFound)

	assert.NoError(t, testutil.GatherAndCompare(registry, strings.NewReader(`
# HELP clevercloud_requests_total Requests sent, by operation, class of the status (or error) `+
		`and attempt.
# TYPE clevercloud_requests_total counter
clevercloud_requests_total{attempt="1",operation="drains.get",status="4xx"} 1
clevercloud_requests_total{attempt="1",operation="zones.list",status="error"} 1
clevercloud_requests_total{attempt="2",operation="zones.list",status="5xx"} 1
clevercloud_requests_total{attempt="3",operation="zones.list",status="2xx"} 1
# HELP clevercloud_requests_in_flight Requests waiting for their response.
# TYPE clevercloud_requests_in_flight gauge
clevercloud_requests_in_flight 0
`), "clevercloud_requests_total", "clevercloud_requests_in_flight"))
	series, err := testutil.GatherAndCount(registry, "clevercloud_request_duration_seconds")
	require.NoError(t, err)
	assert.Equal(t, 4, series)
	problems, err := testutil.GatherAndLint(registry)
	require.NoError(t, err)
	assert.Empty(t, problems)
}

// address catches the line that says where the metrics are.
type address chan string

func (a address) Write(p []byte) (int, error) {
	a <- strings.TrimSpace(string(p))
	return len(p), nil
}

func TestProgram(t *testing.T) {
	api := testenv.LoggedIn(t)
	api.Inject(clevertest.Fault{Path: "zones.list", Status: http.StatusForbidden})

	status, _, notes := testenv.Run(t, "prometheus", program, "-addr", "127.0.0.1:0")

	assert.Equal(t, 2, status)
	assert.Contains(t, notes, "zones.list: 403")
	assert.Len(t, api.RequestsTo("identity.summary"), 1)
	status, _, _ = testenv.Run(t, "prometheus", program, "-demo", "-addr", "127.0.0.1:-1")
	assert.Equal(t, 2, status)
	testenv.Mistakes(t, "prometheus", program, map[string]string{"-every 0s": "must be positive"})
	testenv.NeverPretends(t, "prometheus", program)
}

func TestProgram_ServesUntilInterrupted(t *testing.T) {
	testenv.HalfConfigured(t)
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	at, ended := make(address, 1), make(chan int, 1)
	args := []string{"-demo", "-addr", "127.0.0.1:0", "-every", "1ms"}
	go func() { ended <- cli.Run(ctx, "prometheus", program, &term.Screen{Out: at}, args...) }()
	url := <-at

	body := ""
	const retried = `{attempt="2",operation="identity.summary",status="2xx"}`
	for end := time.Now().Add(10 * time.Second); !strings.Contains(body, retried); {
		require.True(t, time.Now().Before(end), body)
		resp, err := http.Get(url)
		require.NoError(t, err)
		text, err := io.ReadAll(resp.Body)
		require.NoError(t, resp.Body.Close())
		require.NoError(t, err)
		body = string(text)
	}
	interrupt()

	require.Equal(t, 0, <-ended)
	assert.Contains(t, body,
		`clevercloud_requests_total{attempt="1",operation="zones.list",status="2xx"}`)
	assert.Contains(t, body, `clevercloud_request_duration_seconds_bucket{`+
		`operation="identity.summary",status="5xx",le="+Inf"} 1`)
	_, err := http.Get(url)
	assert.Error(t, err, "still served")
}
