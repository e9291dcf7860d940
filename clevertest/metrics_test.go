package clevertest_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/clevertest"
)

func (p peer) stats() string { return p.v4("stats") }

func TestMetrics_Series(t *testing.T) {
	t.Parallel()
	p := start(t)
	path := p.stats() + "/resources/" + string(p.ApplicationID) + "/metrics"

	a := p.ok(path + "?only=cpu&only=mem&interval=PT1M&span=PT1H&end=2026-01-01T12:00:00Z&fill=true")

	a.likeText("series", `[{"name":"cpu","resource":"app_1","unit":"u",
		"data":[{"timestamp":1757584800000000,"value":"12.5"}]}]`)
	assert.Equal(t, []any{"cpu", "mem"}, a.pluck("name"))
	var series []struct {
		Data []struct {
			Timestamp int64
			Value     string
		}
	}
	a.into(&series)
	require.Len(t, series[0].Data, 60)
	assert.Equal(t, time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC),
		time.UnixMicro(series[0].Data[59].Timestamp).UTC())
	assert.Len(t, p.ok(path).list(), 3)
	p.ok(p.stats() + "/resources/" + string(p.ResourceID) + "/metrics")
	for _, bad := range []string{"only=disk", "interval=5m", "span=P", "interval=PT0S", "end=x", "fill=x", "interval=PT1S&span=P5D"} {
		p.expect(400, "GET", path+"?"+bad)
	}
	for _, id := range []string{"app_x", string(p.AddonID)} {
		p.expect(404, "GET", p.stats()+"/resources/"+id+"/metrics")
	}
}

func TestMetrics_RequestsFollowTheAccessLogs(t *testing.T) {
	t.Parallel()
	p := start(t)
	idle := string(p.AddApplication(clevertest.Application{Name: "idle"}))
	shop := "?applicationId=" + string(p.ApplicationID)

	p.ok(p.stats()+"/requests").likeText("requests", `[{"lat":48.8,"long":2.3,"accessCount":12}]`)
	assert.InDelta(t, 40, p.ok(p.stats() + "/requests" + shop).list()[0]["accessCount"], 0)
	assert.Equal(t, "null", p.ok(p.stats()+"/requests?applicationId="+idle).Body)
	assert.Equal(t, "null",
		p.ok(p.stats()+"/requests?from=2001-01-01T00:00:00Z&to=2001-01-02T00:00:00Z").Body)
	a := p.ok(p.stats() + "/http-status-codes" + shop)
	a.likeText("codes", `[{"date":"d","statuses":[{"code":200,"count":31}]}]`)
	counts := map[any]float64{}
	for _, hour := range a.list() {
		for _, status := range hour["statuses"].([]any) {
			counts[at(status, "code")] += at(status, "count").(float64)
		}
	}
	assert.InDelta(t, 2, counts[0.0], 0, "TCP and SSH")
	p.AppendAccessLogs(clevercloud.ResourceID(idle), clevertest.AccessLogEntry{Status: 503})
	assert.InDelta(
		t, 503,
		at(
			p.ok(p.stats() + "/http-status-codes?applicationId=" + idle).list()[0]["statuses"].([]any)[0],
			"code",
		),
		0,
	)
	assert.InDelta(t, 41, p.ok(p.stats() + "/requests").list()[0]["accessCount"], 0)
	for _, name := range []string{"/requests", "/http-status-codes", "/requests-live"} {
		p.expect(404, "GET", p.stats()+name+"?applicationId=app_x")
	}
	p.expect(400, "GET", p.stats()+"/requests?from=x")
}

func TestMetrics_LiveRequests(t *testing.T) {
	t.Parallel()
	p := start(t)
	all, one := p.follow(p.stats()+"/requests-live"), p.follow(
		p.stats()+"/requests-live?applicationId="+string(p.ApplicationID),
	)
	other := p.AddApplication(clevertest.Application{Name: "other"})

	p.AppendAccessLogs(clevercloud.ResourceID(other), clevertest.AccessLogEntry{})
	p.AppendAccessLogs(clevercloud.ResourceID(p.ApplicationID), clevertest.AccessLogEntry{},
		clevertest.AccessLogEntry{})

	e, _ := all.next()
	assert.Equal(t, "REQUESTS_LIVE", e.Name)
	assert.JSONEq(t, `[{"lat":47.2173,"long":-1.5534,"city":"Nantes","accessCount":1}]`, e.Data)
	e, _ = one.next()
	assert.JSONEq(t, `[{"lat":47.2173,"long":-1.5534,"city":"Nantes","accessCount":2}]`, e.Data)
}

func TestMetrics_ReadTokens(t *testing.T) {
	t.Parallel()
	p := start(t)
	resource := p.stats() + "/resources/" + string(p.ApplicationID) + "/tokens/read"
	for _, path := range []string{p.stats() + "/tokens/read", resource} {
		a := p.expect(200, "POST", path, `{"applications":["metrics","addon-api-fsbucket"],"ttl":"P20D"}`)
		a.likeText("token", `{"token":"s","createdAt":"d","expiresAt":"d","scope":"READ",
			"applications":["metrics"]}`)
		again := p.send("POST", path, `{}`)
		assert.Equal(t, []any{"metrics.accesslogs"}, again.object()["applications"])
		assert.NotEqual(t, a.object()["token"], again.object()["token"])
		for _, bad := range []string{`{"applications":["METRICS"]}`, `{"ttl":"P21D"}`, `{"ttl":"x"}`, `?`} {
			p.expect(400, "POST", path, bad)
		}
		refused := p.expect(400, "POST", path, `{"applications":["METRICS"]}`)
		assert.Contains(t, refused.Body, "addon-api-fsbucket", "lists the right ones")
	}
	p.expect(404, "POST", p.stats()+"/resources/app_x/tokens/read", `{}`)
}
