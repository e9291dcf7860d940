package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/clevercloud-go/clevercloud/clevertest"
)

func TestControl(t *testing.T) {
	t.Parallel()
	api := clevertest.NewServer(clevertest.WithLogEntries(0))
	defer api.Close()
	desk := httptest.NewServer(control(api))
	defer desk.Close()
	ask := func(method, url, body string) (int, string) {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
		require.NoError(t, err)
		resp, err := http.DefaultClient.Do(req)
		require.NoError(t, err)
		defer resp.Body.Close()
		text, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		return resp.StatusCode, string(text)
	}
	zone := func() int {
		status, _ := ask("GET", api.URL+"/v4/products/zones/par", "")
		return status
	}

	t.Run("faults", func(t *testing.T) {
		status, _ := ask("POST", desk.URL+"/faults", `{"path":"zones.get","times":2,"status":503,"retryAfter":"1.5s","header":{"x-a":"b"}}`)
		require.Equal(t, 200, status)
		assert.Equal(t, 503, zone())
		status, _ = ask("DELETE", desk.URL+"/faults", "")
		require.Equal(t, 200, status)
		assert.Equal(t, 200, zone())
	})
	for name, body := range map[string]string{
		"an unknown key": `{"stauts":503}`, "an unknown mode": `{"mode":"slow"}`, "an unknown route": `{"path":"zones.lst"}`,
		"no duration": `{"latency":"soon"}`, "no JSON": `503`,
	} {
		t.Run("refuses "+name, func(t *testing.T) {
			status, text := ask("POST", desk.URL+"/faults", body)
			assert.Equal(t, 400, status)
			assert.NotEmpty(t, strings.TrimSpace(text))
			assert.Equal(t, 200, zone())
		})
	}
	t.Run("requests", func(t *testing.T) {
		_, lines := ask("GET", desk.URL+"/requests?path=zones.get", "")
		assert.Contains(t, lines, `{"route":"zones.get","method":"GET","path":"/v4/products/zones/par","query":"","body":""}`)
		status, _ := ask("DELETE", desk.URL+"/requests", "")
		require.Equal(t, 200, status)
		_, lines = ask("GET", desk.URL+"/requests", "")
		assert.Empty(t, lines)
	})
	t.Run("clock", func(t *testing.T) {
		before := api.Now()
		status, _ := ask("POST", desk.URL+"/clock?advance=1h", "")
		assert.Equal(t, 200, status)
		assert.GreaterOrEqual(t, api.Now().Sub(before).Hours(), 1.0)
		status, _ = ask("POST", desk.URL+"/clock?advance=later", "")
		assert.Equal(t, 400, status)
	})
	t.Run("logs", func(t *testing.T) {
		status, _ := ask("POST", desk.URL+"/logs", `{"message":"from elsewhere","severity":"err"}`)
		require.Equal(t, 200, status)
		req, err := http.NewRequestWithContext(t.Context(), "GET",
			api.URL+"/v4/logs/organisations/"+string(api.OwnerID)+"/applications/"+string(api.ApplicationID)+"/logs?limit=1&since=2020-01-01T00:00:00.000Z", nil)
		require.NoError(t, err)
		req.Header.Set("Authorization", "Bearer "+api.Token.Reveal())
		resp, err := http.DefaultClient.Do(req)
		require.NoError(t, err)
		defer resp.Body.Close()
		text, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		assert.Contains(t, string(text), `"message":"from elsewhere"`)
	})
	t.Run("redeploy", func(t *testing.T) {
		status, _ := ask("POST", desk.URL+"/redeploy", "")
		assert.Equal(t, 200, status)
	})
}
