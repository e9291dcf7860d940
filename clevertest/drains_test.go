package clevertest_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/clevertest"
)

func (p peer) drains() string {
	return p.v4("drains") + "/applications/" + string(p.ApplicationID) + "/drains"
}

func (p peer) resourceDrains(id string) string {
	return p.v4("drains") + "/resources/" + id + "/drains"
}

// drain creates one and returns its id.
func (p peer) drain(file string) string {
	p.t.Helper()
	return p.made(p.drains(), fixture(p.t, "drains/"+file))
}

func TestDrains_CreateEachRecipient(t *testing.T) {
	t.Parallel()
	p := start(t)
	files, err := filepath.Glob("../testdata/drains/create_request_*.json")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			body, err := os.ReadFile(file)
			require.NoError(t, err)
			sent := decode(t, string(body))

			a := p.expect(201, "POST", p.drains(), string(body))

			got := a.object()
			has(t, got, "kind", at(sent, "kind"), "status.status", "CREATED",
				"execution.status", "NOT_RUNNING")
			assert.Contains(t, at(got, "backlog"), "msgRateOut", "the official command line reads it of any drain")
			wantType := at(sent, "recipient", "type")
			if wantType == "RawRecipient" {
				wantType = "RAW_HTTP"
			}
			assert.Equal(t, wantType, at(got, "recipient", "type"))
			for key, value := range at(sent, "recipient").(map[string]any) {
				switch key {
				case "type":
				case "password", "apiKey", "token", "sourceToken":
					assert.Equal(t, "********", at(got, "recipient", key))
				case "url":
					assert.NotContains(t, at(got, "recipient", key), "example-datadog-key")
				default:
					assert.Equal(t, value, at(got, "recipient", key))
				}
			}
			assert.NotContains(t, a.Body, "example-")
		})
	}
	p.ok(p.drains()).like("drains/list.json", "[].recipient.source", "[].execution.", "[].backlog")
}

func TestDrains_CreateRefuses(t *testing.T) {
	t.Parallel()
	p := start(t)
	log := func(recipient string) string { return `{"kind":"LOG","recipient":{"type":` + recipient + `}}` }
	p.rejects(p.drains(), [][2]string{
		{`{"recipient":{"type":"RAW_HTTP","url":"https://a.example"}}`, "kind"},
		{`{"kind":"FOO","recipient":{"type":"RAW_HTTP","url":"https://a.example"}}`, "kind"},
		{`{"kind":"LOG"}`, "recipient.type"},
		{log(`"PIGEON","url":"https://a.example"`), "recipient.type"},
		{log(`"RAW_HTTP"`), "recipient.url"},
		{log(`"RAW_HTTP","url":"not-a-url"`), "recipient.url"},
		{log(`"RAW_HTTP","url":"https:///x"`), "recipient.url"},
		{log(`"SYSLOG_UDP","url":"tcp://a.example:1"`), "recipient.url"},
		{log(`"ElasticsearchRecipient","url":"https://a.example/_bulk"`), "recipient.index"},
		{log(`"NEWRELIC","url":"https://a.example"`), "recipient.apiKey"},
		{log(`"RAW_HTTP","url":"https://a.example","username":3`), "recipient.username"},
		{
			log(`"SPLUNK","url":"https://a.example","token":"t","tlsVerification":"NO"`),
			"recipient.tlsVerification",
		},
	})
	for _, body := range []string{"", "null{", "[]"} {
		p.expect(400, "POST", p.drains(), body)
	}
	ok := fixture(t, "drains/create_request_raw_http.json")
	p.expect(400, "POST", p.drains()+"?skipCheck=maybe", ok)
	p.expect(400, "POST", p.resourceDrains(string(p.KeycloakID)), ok)
	p.expect(404, "POST", p.resourceDrains("app_x"), ok)
	assert.Empty(t, p.ok(p.drains()).list())
}

// The live API takes addresses that its documents do not describe, and masks only what is there.
func TestDrains_CreateAccepts(t *testing.T) {
	t.Parallel()
	p := start(t)
	for _, tc := range []struct{ recipient, key, want string }{
		{`{"type":"ELASTICSEARCH","url":"https://a.example","index":"i"}`, "url", "https://a.example"},
		{`{"type":"OVH_TCP","url":"https://a.example/gelf"}`, "url", "https://a.example/gelf"},
		{`{"type":"SYSLOG_TCP","url":"tcp://a.example:1","token":""}`, "token", ""},
		{`{"type":"SYSLOG_TCP","url":"tcp://a.example:1","token":"t"}`, "token", "********"},
	} {
		id := p.made(p.drains(), `{"kind":"LOG","recipient":`+tc.recipient+`}`)
		has(t, p.ok(p.drains()+"/"+id).object(), "recipient."+tc.key, tc.want)
	}
}

func TestDrains_Lifecycle(t *testing.T) {
	t.Parallel()
	p := start(t, clevertest.WithStepDuration(time.Minute))
	id := p.drain("create_request_raw_http.json")
	status := func() any { return at(p.ok(p.drains()+"/"+id).object(), "status", "status") }
	put := func(verb string) answer {
		a := p.expect(200, "PUT", p.drains()+"/"+id+"/"+verb)
		return a
	}

	assert.Equal(t, "CREATED", status())
	p.Advance(time.Minute)
	assert.Equal(t, "ENABLING", status())
	p.Advance(time.Minute)
	p.ok(p.drains() + "/" + id).like("drains/enabled_raw_http.json")
	assert.Equal(t, "RUNNING", at(p.ok(p.drains()+"/"+id).object(), "execution", "status"))

	assert.Equal(t, "DISABLING", at(put("disable").object(), "status", "status"))
	assert.Equal(t, "DISABLING", at(put("disable").object(), "status", "status"))
	p.Advance(time.Minute)
	assert.Equal(t, "DISABLED", status())
	assert.Equal(t, "DISABLED", at(put("disable").object(), "status", "status"))
	p.ok(p.drains()+"/"+id).like("drains/disabled.json", ".recipient.", ".backlog")

	put("enable")
	put("disable")
	p.Advance(time.Hour)
	assert.Equal(t, "DISABLED", status(), "the last wish counts")

	p.SetDrainStatus(clevercloud.DrainID(id), "ENABLED")
	assert.Equal(t, "ENABLED", status())

	gone := p.expect(200, "DELETE", p.drains()+"/"+id)
	assert.Equal(t, "DELETED", at(gone.object(), "status", "status"))
	p.expect(404, "DELETE", p.drains()+"/"+id)
	p.get(p.drains() + "/" + id).like("errors/ovd_not_found_resource.json")
}

func TestDrains_FiltersAndFamilies(t *testing.T) {
	t.Parallel()
	p := start(t, clevertest.WithStepDuration(0))
	first := p.drain("create_request_raw_http.json")
	p.drain("create_request_splunk.json")
	retrying := p.send("POST", p.drains(), `{"kind":"LOG","recipient":{"type":"RAW_HTTP","url":"https://nobody.invalid"}}`)
	p.send("PUT", p.drains()+"/"+first+"/disable")
	count := func(query string) int { return len(p.ok(p.drains() + query).list()) }

	assert.Equal(t, 3, count(""))
	assert.Equal(t, 1, count("?status=DISABLED"))
	assert.Equal(t, 3, count("?status=DISABLED&status=ENABLED"))
	assert.Equal(t, 1, count("?executionStatus=RETRYING"))
	assert.Equal(t, 1, count("?executionStatusNotIn=RETRYING&executionStatusNotIn=NOT_RUNNING"))
	assert.Equal(t, 3, len(p.ok(p.resourceDrains(string(p.ApplicationID))).list()))
	p.ok(p.drains()+"/"+retrying.object()["id"].(string)).like("drains/retrying_elasticsearch.json", ".recipient.")
	assert.Equal(t, "RETRYING", at(p.ok(p.drains()+"/"+retrying.object()["id"].(string)).object(), "execution", "status"))
}

func TestDrains_OfAnAddon(t *testing.T) {
	t.Parallel()
	p := start(t)
	a := p.expect(201, "POST", p.resourceDrains(string(p.ResourceID)), fixture(t, "drains/create_request_raw_http.json"))
	id := a.object()["id"].(string)

	assert.Len(t, p.ok(p.resourceDrains(string(p.ResourceID))).list(), 1)
	assert.Empty(t, p.ok(p.drains()).list())
	p.expect(404, "GET", p.drains()+"/"+id)
	removed := p.expect(200, "DELETE", p.resourceDrains(string(p.ResourceID)))
	assert.Len(t, removed.list(), 1)
	assert.Empty(t, p.ok(p.resourceDrains(string(p.ResourceID))).list())
}

func TestDrains_DeleteAllOfOwner(t *testing.T) {
	t.Parallel()
	p := start(t)
	p.drain("create_request_raw_http.json")
	p.send("POST", p.resourceDrains(string(p.ResourceID)), fixture(t, "drains/create_request_raw_http.json"))

	assert.Len(t, p.send("DELETE", p.v4("drains")+"/drains").list(), 2)
}

func TestDrains_CheckAndTestCommand(t *testing.T) {
	t.Parallel()
	p := start(t)
	web, syslog := p.drain("create_request_raw_http.json"), p.drain("create_request_syslog_tcp.json")
	lost := p.send("POST", p.drains(), `{"kind":"LOG","recipient":{"type":"OVHTCPRecipient","url":"tcp://nobody.invalid:601"}}`).object()["id"].(string)
	check := func(id string) answer { return p.send("POST", p.drains()+"/"+id+"/check") }

	check(web).like("drains/check_ok_http.json", ".http.request.headers", ".http.response.headers")
	assert.Equal(t, true, check(syslog).object()["ok"])
	check(lost).like("drains/check_failed_tcp.json")
	assert.Equal(t, false, check(lost).object()["ok"])

	command := p.ok(p.drains() + "/" + web + "/test-command")
	assert.Equal(t, "text/plain; charset=utf-8", command.Header.Get("Content-Type"))
	assert.Contains(t, command.Body, "curl -X POST")
	assert.Contains(t, command.Body, "shipper:example-password")
	assert.Contains(t, p.ok(p.drains()+"/"+syslog+"/test-command").Body, "nc syslog.example.com 601")
	reset := p.expect(200, "PATCH", p.drains()+"/"+web+"/reset-cursor")
	assert.Equal(t, web, reset.object()["id"])
}
