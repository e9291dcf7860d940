package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestControl(t *testing.T) {
	t.Parallel()
	api, desk := newDesk(t)
	ask := func(method, path, body string) (int, string) {
		t.Helper()
		return send(t, request(t, method, desk+path, body))
	}
	done := func(method, path, body string) {
		t.Helper()
		status, text := ask(method, path, body)
		assert.Equal(t, 200, status, text)
	}

	done("POST", "/faults", `{"path":"zones.get","times":2,"status":503,"retryAfter":"1.5s",`+
		`"header":{"x-a":"b"}}`)
	assert.Equal(t, 503, zoneStatus(t, api))
	done("DELETE", "/faults", "")
	assert.Equal(t, 200, zoneStatus(t, api))
	for name, body := range map[string]string{
		"an unknown key": `{"stauts":503}`, "an unknown mode": `{"mode":"slow"}`,
		"an unknown route": `{"path":"zones.lst"}`, "no duration": `{"latency":"soon"}`,
		"no JSON": `503`, "no status": `{"status":5}`,
	} {
		status, text := ask("POST", "/faults", body)
		assert.Equal(t, 400, status, name)
		assert.NotEmpty(t, strings.TrimSpace(text), name)
		assert.Equal(t, 200, zoneStatus(t, api), name)
	}

	_, lines := ask("GET", "/requests?path=zones.get", "")
	assert.Contains(t, lines, `{"route":"zones.get","method":"GET",`+
		`"path":"/v4/products/zones/par","query":"","body":""}`)
	done("DELETE", "/requests", "")
	_, lines = ask("GET", "/requests", "")
	assert.Empty(t, lines)

	before := api.Now()
	done("POST", "/clock?advance=1h", "")
	assert.GreaterOrEqual(t, api.Now().Sub(before).Hours(), 1.0)
	for _, wrong := range []string{"later", "-1h", ""} {
		status, _ := ask("POST", "/clock?advance="+wrong, "")
		assert.Equal(t, 400, status, wrong)
	}

	done("POST", "/logs", `{"message":"from elsewhere","severity":"err"}`)
	assert.Contains(t, logged(t, api), `"message":"from elsewhere"`)
	done("POST", "/redeploy", "")
}
