package clevertest_test

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/clevertest"
)

func (p peer) logs() string {
	return p.v4("logs") + "/applications/" + string(p.ApplicationID) + "/logs"
}

func (p peer) resourceLogs() string {
	return p.v4("logs") + "/resources/" + string(p.ResourceID) + "/logs"
}

func (p peer) accessLogs(id string) string {
	return p.v4("accesslogs") + "/applications/" + id + "/accesslogs"
}

// everything is a query that replays all there is, at once, and ends.
func everything(more string) string {
	return "?throttleElements=100000&since=2000-01-01T00:00:00Z&until=" + time.Now().UTC().Format(time.RFC3339Nano) + more
}

type event struct{ ID, Name, Data string }

// events reads a whole body.
func events(body string) []event {
	var found []event
	for block := range strings.SplitSeq(strings.TrimSuffix(body, "\n\n"), "\n\n") {
		found = append(found, parseEvent(block))
	}
	return found
}

func parseEvent(block string) event {
	var e event
	for line := range strings.SplitSeq(block, "\n") {
		switch name, value, _ := strings.Cut(line, ":"); name {
		case "id":
			e.ID = value
		case "event":
			e.Name = value
		case "data":
			e.Data += value
		}
	}
	return e
}

// entries is the JSON of the log events of a body.
func (a answer) entries() []map[string]any {
	a.t.Helper()
	require.Equal(a.t, "text/event-stream", a.Header.Get("Content-Type"), a.Body)
	var found []map[string]any
	for _, e := range events(a.Body) {
		if strings.HasSuffix(e.Name, "_LOG") {
			found = append(found, decode(a.t, e.Data).(map[string]any))
		}
	}
	return found
}

// sample is the first entry of a recorded stream.
func sample(t *testing.T, name string) map[string]any {
	t.Helper()
	recorded := http.Header{"Content-Type": {"text/event-stream"}}
	return answer{t: t, Header: recorded, Body: fixture(t, "logs/"+name)}.entries()[0]
}

// tail is a stream that stays open.
type tail struct {
	t      *testing.T
	body   io.ReadCloser
	events chan event
	err    error // of the reader, once events is closed
}

func (p peer) follow(path string) *tail {
	p.t.Helper()
	resp, err := p.try("GET", path)
	require.NoError(p.t, err)
	require.Equal(p.t, 200, resp.StatusCode)
	tl := &tail{t: p.t, body: resp.Body, events: make(chan event, 1000)}
	go tl.read()
	p.t.Cleanup(tl.close)
	return tl
}

func (tl *tail) close() { _ = tl.body.Close() }

func (tl *tail) read() {
	defer close(tl.events)
	var block strings.Builder
	r := bufio.NewReader(tl.body)
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			tl.err = err
			return
		}
		if line == "\n" {
			tl.events <- parseEvent(strings.TrimSuffix(block.String(), "\n"))
			block.Reset()
			continue
		}
		block.WriteString(line)
	}
}

// next is the next event that is no heartbeat; false when the stream has ended.
func (tl *tail) next() (event, bool) {
	tl.t.Helper()
	late := time.After(10 * time.Second) // heartbeats do not put it off
	for {
		select {
		case e, open := <-tl.events:
			if open && e.Name == "HEARTBEAT" {
				continue
			}
			return e, open
		case <-late:
			tl.t.Fatal("no event within 10 s")
		}
	}
}

func TestLogs_Replay(t *testing.T) {
	t.Parallel()
	p := start(t)

	a := p.ok(p.logs() + everything("&service=all"))

	assert.NotEmpty(t, a.Header.Get("Sozu-Id"))
	assert.Len(t, a.entries(), 200)
	all := events(a.Body)
	assert.Equal(t, event{Name: "END_OF_STREAM", Data: `{"endedBy":"UNTIL_REACHED"}`}, all[len(all)-1])
	first := a.entries()[0]
	assert.Equal(t, shapeOf(sample(t, "app-session.sse")), shapeOf(first))
	assert.Equal(t, all[0].ID, first["id"])
	assert.True(t, strings.HasPrefix(a.Body, "id:"+all[0].ID+"\nevent:APPLICATION_LOG\ndata:{\"id\":"), "no space after the colon")
}

func TestLogs_Filters(t *testing.T) {
	t.Parallel()
	p := start(t, clevertest.WithLogEntries(0))
	at := time.Date(2025, 9, 14, 8, 0, 0, 0, time.UTC)
	p.AppendLogs(p.ApplicationID,
		clevertest.LogEntry{Date: at, Message: "Alpha", Service: "bas", InstanceID: "i1", DeploymentID: "d1"},
		clevertest.LogEntry{Date: at.Add(time.Second), Message: "beta <&> é", InstanceID: "i2", DeploymentID: "d1", Severity: "err"},
		clevertest.LogEntry{Date: at.Add(2500 * time.Millisecond), Message: "gamma ALPHA", InstanceID: "i3", DeploymentID: "d2"},
		clevertest.LogEntry{Date: at.Add(3 * time.Second), Message: "delta", Service: "sshd", InstanceID: "i1", DeploymentID: "d2"},
	)
	for _, tc := range []struct {
		query string
		want  []any
	}{
		{"", []any{"Alpha", "beta <&> é", "gamma ALPHA"}},
		{"&service=all", []any{"Alpha", "beta <&> é", "gamma ALPHA", "delta"}},
		{"&service=bas&service=sshd", []any{"Alpha", "delta"}},
		{"&service=bas.service", []any{"Alpha"}},
		{"&filter=alpha", []any{"Alpha", "gamma ALPHA"}},
		{"&instanceId=i1&instanceId=i3", []any{"Alpha", "gamma ALPHA"}},
		{"&deploymentId=d2", []any{"gamma ALPHA"}},
		{"&limit=2", []any{"Alpha", "beta <&> é"}},
	} {
		var got []any
		for _, e := range p.ok(p.logs() + everything(tc.query)).entries() {
			got = append(got, e["message"])
		}
		assert.Equal(t, tc.want, got, tc.query)
	}
	a := p.ok(p.logs() + "?since=2025-09-14T08:00:01.000Z&until=2025-09-14T08:00:02.500Z")
	require.Len(t, a.entries(), 1)
	has(t, a.entries()[0], "date", "2025-09-14T08:00:01Z")
	all := events(p.ok(p.logs() + everything("&field=date&field=message&field=x&limit=3")).Body)
	assert.NotEmpty(t, all[0].ID)
	assert.Equal(t, `{"date":"2025-09-14T08:00:01Z","message":"beta <&> é"}`, all[1].Data)
	assert.Equal(t, `{"date":"2025-09-14T08:00:02.500Z","message":"gamma ALPHA"}`, all[2].Data)
}

func TestLogs_Refusals(t *testing.T) {
	t.Parallel()
	p := start(t)
	for _, bad := range []string{
		"limit=0", "limit=-1", "limit=abc", "since=x", "until=x", "throttleElements=0",
		"throttlePerInMilliseconds=x", "maxRetryDurationInSeconds=soon",
	} {
		p.expect(400, "GET", p.logs()+"?"+bad).like("errors/ovd_legacy_snake.json")
	}
	quiet := p.v4("logs") + "/applications/" + string(p.AddApplication(clevertest.Application{}))
	a := p.expect(404, "GET", quiet+"/logs")
	a.like("errors/ovd_legacy_snake_empty_context.json")
	assert.Contains(t, a.object()["error"], "no partition")
	p.expect(404, "GET", p.v4("logs")+"/applications/app_x/logs")
	p.expect(404, "GET", p.v4("logs")+"/resources/"+string(p.AddonID)+"/logs")
	p.expect(404, "GET", p.of("logs", p.UserID)+"/applications/"+string(p.ApplicationID)+"/logs")
	p.with("Authorization", "").expect(401, "GET", p.logs()).
		like("errors/ovd_legacy_snake_empty_context.json")
}

func TestLogs_OtherStreams(t *testing.T) {
	t.Parallel()
	p := start(t)

	resource := p.ok(p.resourceLogs() + everything("&filter=COMPLETE"))
	require.Len(t, resource.entries(), 15)
	assert.Equal(t, shapeOf(sample(t, "resource-session.sse")), shapeOf(resource.entries()[0]))
	assert.Equal(t, "RESOURCE_LOG", events(resource.Body)[0].Name)

	access := p.ok(p.accessLogs(string(p.ApplicationID)) + everything(""))
	require.Len(t, access.entries(), 40)
	assert.Equal(t, shapeOf(sample(t, "access-session.sse")), shapeOf(access.entries()[0]))
	assert.Equal(t, "ACCESS_LOG", events(access.Body)[0].Name)
	tcp, ssh := access.entries()[13], access.entries()[29]
	assert.Nil(t, tcp["http"])
	assert.NotNil(t, tcp["requestId"])
	has(t, ssh, "http", nil, "requestId", nil)

	assert.Empty(t, p.ok(p.accessLogs(string(p.AddonID))+everything("")).entries(), "an add-on id gives silence, not an error")
	ids := p.AppendAccessLogs(p.ResourceID, clevertest.AccessLogEntry{Path: "/x", Status: 500})
	got := p.ok(p.accessLogs(string(p.ResourceID)) + everything("")).entries()
	require.Len(t, got, 1)
	assert.Equal(t, ids[0], got[0]["id"])
	assert.Equal(t, string(p.ResourceID), got[0]["applicationId"])
	for _, e := range events(access.Body)[:40] {
		assert.Contains(t, e.Data, `"id":"`+e.ID+`"`)
		assert.NotEmpty(t, e.ID)
	}
}

func TestLogs_Live(t *testing.T) {
	t.Parallel()
	p := start(t)
	live := p.follow(p.logs())

	ids := p.AppendLogs(p.ApplicationID, clevertest.LogEntry{Message: "one"}, clevertest.LogEntry{Message: "two"})

	for i, message := range []string{"one", "two"} {
		e, open := live.next()
		require.True(t, open)
		assert.Equal(t, ids[i], e.ID)
		assert.Contains(t, e.Data, `"message":"`+message+`"`)
		assert.Contains(t, e.Data, `"deploymentId":"`+string(p.DeploymentID)+`"`)
	}
}

func TestLogs_Resume(t *testing.T) {
	t.Parallel()
	p := start(t, clevertest.WithLogEntries(0))
	var entries []clevertest.LogEntry
	for i := range 10 {
		entries = append(entries, clevertest.LogEntry{Message: fmt.Sprint(i), Date: time.Now().Add(-time.Minute)})
	}
	ids := p.AppendLogs(p.ApplicationID, entries...)
	after := func(id string) int {
		return len(p.with("Last-Event-ID", id).ok(p.logs() + everything("")).entries())
	}

	assert.Equal(t, 9, after(ids[0]))
	assert.Equal(t, 1, after(ids[8]))
	assert.Zero(t, after(ids[9]))
	assert.Equal(t, 10, after("1:2:3"), "an id that is not known any more counts as none")
	resumed := p.with("Last-Event-ID", ids[7]).follow(p.logs())
	e, _ := resumed.next()
	assert.Equal(t, ids[8], e.ID, "the header counts without a date as well")
}

func TestLogs_ForgetEvents(t *testing.T) {
	t.Parallel()
	p := start(t, clevertest.WithLogEntries(0))
	past := time.Now().Add(-time.Minute)
	ids := p.AppendLogs(p.ApplicationID,
		clevertest.LogEntry{Message: "one", Date: past}, clevertest.LogEntry{Message: "two", Date: past})
	resume := func(id, query string) answer {
		return p.with("Last-Event-ID", id).get(p.logs() + query)
	}

	p.ForgetEvents(410)
	assert.Equal(t, 410, resume(ids[0], everything("")).Status)
	resume(ids[0], "").like("errors/ovd_legacy_snake_empty_context.json")
	assert.Len(t, resume("", everything("")).entries(), 2, "the entries are still there")
	later := p.AppendLogs(p.ApplicationID, clevertest.LogEntry{Message: "three", Date: past})
	assert.Empty(t, resume(later[0], everything("")).entries(), "ids to come are known")

	p.ForgetEvents(0)
	assert.Len(t, resume(later[0], everything("")).entries(), 3, "since counts")
	fresh := p.with("Last-Event-ID", later[0]).follow(p.logs())
	now := p.AppendLogs(p.ApplicationID, clevertest.LogEntry{Message: "four"})
	e, _ := fresh.next()
	assert.Equal(t, now[0], e.ID, "without since it starts from now")
}

func TestLogs_EndOfStream(t *testing.T) {
	t.Parallel()
	for _, data := range []string{"", "null", `"bye"`, `{"endedBy":null}`, "{"} {
		p := start(t, clevertest.WithEndOfStream(data))
		all := events(p.ok(p.logs() + everything("&limit=1")).Body)
		assert.Equal(t, event{Name: "END_OF_STREAM", Data: data}, all[len(all)-1])
	}
}

func TestLogs_ZonesAndTLS(t *testing.T) {
	t.Parallel()
	p := start(t)
	app := p.AddApplication(clevertest.Application{Zone: "mtl"})
	_, resource := p.AddAddon(clevertest.Addon{Zone: "syd"})
	p.AppendLogs(app, clevertest.LogEntry{Message: "x"})
	p.AppendResourceLogs(
		resource, clevertest.LogEntry{Message: "x", Service: "pgbouncer", InstanceID: "i1"})
	p.AppendAccessLogs(clevercloud.ResourceID(app),
		clevertest.AccessLogEntry{}, clevertest.AccessLogEntry{TLSVersion: "TLSv1.3"})
	base := p.v4("logs")

	entry := p.ok(base + "/applications/" + string(app) + "/logs" + everything("")).entries()[0]
	has(t, entry, "zone", "mtl", "region", "unknown")
	entry = p.ok(base + "/resources/" + string(resource) + "/logs" + everything("")).entries()[0]
	has(t, entry, "zone", "syd", "region", nil, "service", "pgbouncer", "instanceId", "i1")
	access := p.ok(p.accessLogs(string(app)) + everything("")).entries()
	has(t, access[0], "zone", "mtl", "region", "", "tls", nil)
	has(t, access[1], "tls.version", "TLSv1.3")
	p.ok(p.logs() + everything("&maxRetryDurationInSeconds=600&limit=1"))

	p.AppendLogs(p.ApplicationID, clevertest.LogEntry{
		Message: "odd", Severity: "odd", CommitID: sha, DeploymentID: p.DeploymentID,
	})
	entry = p.ok(p.logs() + everything("&filter=odd")).entries()[0]
	has(t, entry, "commitId", sha, "severity", "odd", "priority", 30)
}

func TestLogs_DataAsIs(t *testing.T) {
	t.Parallel()
	p := start(t, clevertest.WithLogEntries(0))
	p.AppendLogs(p.ApplicationID, clevertest.LogEntry{Data: "{\"broken\":\n3"}, clevertest.LogEntry{Message: "fine"})

	body := p.ok(p.logs() + everything("&field=message")).Body

	assert.Contains(t, body, "event:APPLICATION_LOG\ndata:{\"broken\":\ndata:3\n\n")
	assert.Contains(t, body, "data:{\"message\":\"fine\"}\n\n")
}

func TestLogs_Redeploy(t *testing.T) {
	t.Parallel()
	p := start(t, clevertest.WithHeartbeat(5*time.Millisecond))
	old := p.follow(p.logs())
	<-old.events // alive

	p.Redeploy()
	fresh := p.follow(p.logs())
	p.AppendLogs(p.ApplicationID, clevertest.LogEntry{Message: "new"})

	e, open := fresh.next()
	require.True(t, open)
	assert.Contains(t, e.Data, "new")
	assert.Equal(t, 2, p.OpenStreams(), "the old connection stays open")
	p.Close()
	rest, _ := old.next()
	assert.NotContains(t, rest.Data, "new")
}

func TestLogs_Faults(t *testing.T) {
	t.Parallel()
	p := start(t)
	path := p.logs() + everything("")
	whole := p.ok(path).Body

	for _, n := range []int{0, 1, 57, 1000, len(whole) / 2} {
		p.Inject(clevertest.Fault{Path: "logs.stream", Mode: clevertest.Cut, CutAfter: n})
		resp, err := p.try("GET", path)
		require.NoError(t, err)
		body, err := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		assert.ErrorIs(t, err, io.ErrUnexpectedEOF)
		assert.Equal(t, whole[:n], string(body))
	}

	p.Inject(clevertest.Fault{Path: "logs.stream", Mode: clevertest.EOF, CutAfter: 100})
	assert.Equal(t, whole[:100], p.ok(path).Body)

	p.Inject(clevertest.Fault{Path: "logs.stream", Mode: clevertest.Cut})
	quiet := p.follow(p.logs())
	_, open := quiet.next()
	assert.False(t, open, "a cut at byte 0 does not wait for a first event")

	p.Inject(clevertest.Fault{Path: "logs.stream", Mode: clevertest.Silence, CutAfter: 10})
	resp, err := p.try("GET", path)
	require.NoError(t, err)
	some := make([]byte, 10)
	_, err = io.ReadFull(resp.Body, some)
	require.NoError(t, err)
	assert.Equal(t, whole[:10], string(some))
	_ = resp.Body.Close()

	p.Inject(clevertest.Fault{Path: "logs.stream", Status: 503})
	p.expect(503, "GET", path)
}

// inBubble runs a test against a server whose time is virtual. A goroutine left behind fails it.
func inBubble(t *testing.T, test func(t *testing.T, p peer, get func(query string) io.ReadCloser), opts ...clevertest.Option) {
	synctest.Test(t, func(t *testing.T) {
		s := clevertest.NewServer(append(opts, clevertest.WithPipes())...)
		p := peer{s, t, http.Header{"Authorization": {"Bearer " + s.Token.Reveal()}}, s.URL}
		test(t, p, func(query string) io.ReadCloser {
			req, err := http.NewRequestWithContext(t.Context(), "GET", s.URL+p.logs()+query, nil)
			require.NoError(t, err)
			req.Header = p.header
			resp, err := s.HTTPClient().Do(req)
			require.NoError(t, err)
			require.Equal(t, 200, resp.StatusCode)
			return resp.Body
		})
		s.Close()
	})
}

func TestLogs_Heartbeats(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, _ peer, get func(string) io.ReadCloser) {
		body, began := get(""), time.Now()
		beats := make([]byte, 3*len("event:HEARTBEAT\ndata:\n\n"))
		_, err := io.ReadFull(body, beats)
		require.NoError(t, err)
		assert.Equal(t, strings.Repeat("event:HEARTBEAT\ndata:\n\n", 3), string(beats))
		assert.Equal(t, 6*time.Second, time.Since(began))
		require.NoError(t, body.Close())
	})
}

func TestLogs_Pacing(t *testing.T) {
	t.Parallel()
	at := time.Now().Add(-time.Minute)
	inBubble(t, func(t *testing.T, p peer, get func(string) io.ReadCloser) {
		entries := make([]clevertest.LogEntry, 250)
		for i := range entries {
			entries[i] = clevertest.LogEntry{Message: fmt.Sprint(i), Date: at}
		}
		p.AppendLogs(p.ApplicationID, entries...)
		for _, tc := range []struct {
			query string
			want  time.Duration
		}{
			{"", 600 * time.Millisecond},
			{"&throttleElements=50&throttlePerInMilliseconds=1000", 4 * time.Second},
			{"&throttleElements=250", 0},
		} {
			body, began := get("?since=2000-01-01T00:00:00Z&limit=250"+tc.query), time.Now()
			all, err := io.ReadAll(body)
			require.NoError(t, err)
			assert.Equal(t, 250, strings.Count(string(all), "APPLICATION_LOG"))
			assert.Equal(t, tc.want, time.Since(began), tc.query)
		}
	}, clevertest.WithLogEntries(0))
}

func TestLogs_Until(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, p peer, get func(string) io.ReadCloser) {
		in := func(d time.Duration) string {
			return "?until=" + url.QueryEscape(p.Now().Add(d).Format(time.RFC3339Nano))
		}
		body, began := get(in(5*time.Second)), time.Now()
		all, err := io.ReadAll(body)
		require.NoError(t, err)
		assert.True(t, strings.HasSuffix(string(all), "event:END_OF_STREAM\ndata:{\"endedBy\":\"UNTIL_REACHED\"}\n\n"))
		assert.Equal(t, 5*time.Second, time.Since(began))

		body, began = get(in(time.Hour)), time.Now()
		synctest.Wait()
		p.Advance(time.Hour)
		_, err = io.ReadAll(body)
		require.NoError(t, err)
		assert.Zero(t, time.Since(began), "the clock was moved")
	})
}

func TestLogs_LazyUntil(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, p peer, get func(string) io.ReadCloser) {
		bound := p.Now().Add(time.Second)
		body := get("?until=" + url.QueryEscape(bound.Format(time.RFC3339Nano)))
		beats := make([]byte, 100*len("event:HEARTBEAT\ndata:\n\n"))
		_, err := io.ReadFull(body, beats)
		require.NoError(t, err, "it continues after the bound")
		p.AppendLogs(p.ApplicationID, clevertest.LogEntry{Message: "late"})
		rest, err := io.ReadAll(body)
		require.NoError(t, err)
		assert.Equal(t, "event:END_OF_STREAM\ndata:{\"endedBy\":\"UNTIL_REACHED\"}\n\n", string(rest))
	}, clevertest.WithLazyUntil())
}

func TestLogs_SilentAndClosed(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, p peer, get func(string) io.ReadCloser) {
		var bodies []io.ReadCloser
		for range 5 {
			bodies = append(bodies, get(""))
		}
		p.Redeploy()
		p.AppendLogs(p.ApplicationID, clevertest.LogEntry{Message: "x"})
		<-time.After(time.Hour) // virtual
		assert.Equal(t, 5, p.OpenStreams())
		p.Close()
		assert.Zero(t, p.OpenStreams())
		for _, body := range bodies {
			rest, err := io.ReadAll(body)
			assert.Error(t, err)
			assert.Empty(t, rest)
			_ = body.Close()
		}
	})
}

func TestLogs_Deployment(t *testing.T) {
	t.Parallel()
	p := start(t, clevertest.WithStepDuration(time.Millisecond))
	entrypoint := at(p.ok(operatorPath("keycloak", p.KeycloakID)).object(), "resources", "entrypoint").(string)
	path := p.v4("logs") + "/applications/" + entrypoint + "/logs"
	p.AppendLogs(clevercloud.ApplicationID(entrypoint), clevertest.LogEntry{Message: "before"})
	live := p.follow(path)
	p.send("POST", operatorPath("keycloak", p.KeycloakID)+"/reboot")

	for _, want := range []string{"Preparing the build", "Application deployed"} {
		e, open := live.next()
		require.True(t, open)
		assert.Contains(t, e.Data, want)
		assert.Contains(t, e.Data, `"service":"bas"`)
	}
}

func TestLogs_ManyEntries(t *testing.T) {
	t.Parallel()
	p := start(t, clevertest.WithLogEntries(0))
	entries := make([]clevertest.LogEntry, 20_000)
	for i := range entries {
		entries[i] = clevertest.LogEntry{Message: "line", Date: time.Now().Add(-time.Minute)}
	}
	ids := p.AppendLogs(p.ApplicationID, entries...)

	all := events(p.ok(p.logs() + everything("")).Body)

	require.Len(t, all, len(ids)+1)
	for i, id := range ids {
		if all[i].ID != id {
			t.Fatalf("event %d has id %s, not %s", i, all[i].ID, id)
		}
	}
}
