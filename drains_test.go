package clevercloud_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"testing"
	"testing/synctest"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/auth"
	"github.com/clevercloud-go/clevercloud/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const exampleDrain = "drain_94d6b1f0-2e7c-4a58-b3d9-c01f7e8a6532"

// drainFields is a Drain without what only decoding sets, the spelling of the recipient's type.
type drainFields struct {
	ID         clevercloud.DrainID
	OwnerID    clevercloud.OwnerID
	ResourceID string
	Kind       clevercloud.DrainKind
	Recipient  clevercloud.DrainRecipient
	Status     clevercloud.DrainState
	Execution  clevercloud.DrainExecution
	Backlog    *clevercloud.DrainBacklog
}

func fieldsOf(d clevercloud.Drain) drainFields {
	return drainFields{d.ID, d.OwnerID, d.ResourceID, d.Kind, d.Recipient, d.Status, d.Execution, d.Backlog}
}

func drain(
	t *testing.T, id clevercloud.DrainID, status clevercloud.DrainStatus,
	execution clevercloud.DrainExecutionStatus, r clevercloud.DrainRecipient,
) drainFields {
	t.Helper()
	return drainFields{
		ID: id, OwnerID: exampleOwner, ResourceID: exampleApp, Kind: "LOG", Recipient: r,
		Status: clevercloud.DrainState{
			ID: "8c0d3f6a-71e5-4b92-a6d4-f0b9c27e1853", DrainID: id, Status: status,
			Date: testkit.Instant(t, "2025-09-14T08:30:11.512Z"), AuthorID: exampleUser,
		},
		Execution: clevercloud.DrainExecution{Status: execution},
	}
}

const (
	enabled    = clevercloud.DrainStatusEnabled
	running    = clevercloud.DrainExecutionStatusRunning
	notRunning = clevercloud.DrainExecutionStatusNotRunning
	masked     = "********"
	ingestURL  = "https://logs.example.com/ingest"
)

func rawDrain(t *testing.T) drainFields {
	d := drain(t, exampleDrain, enabled, running, clevercloud.RawRecipient{
		URL: ingestURL, Username: "shipper", Password: masked,
	})
	d.Backlog = &clevercloud.DrainBacklog{MsgRateOut: 2.4166667, MsgThroughputOut: 913.25}
	return d
}

func elasticsearchDrain(t *testing.T) drainFields {
	d := drain(t, "drain_2b7e90c6-d514-4f38-86ab-1e9f70d3c5a4", enabled, "RETRYING",
		clevercloud.ElasticsearchRecipient{
			URL: "https://es.example.com:9200/_bulk", Index: "shop-logs", Username: "elastic",
			Password: masked, TLSVerification: "DEFAULT",
		})
	d.Execution = clevercloud.DrainExecution{
		Status: "RETRYING", LastError: "HTTP 503 from recipient", Attempt: 4, MaxAttempt: 10,
		LastAttemptAt: testkit.Instant(t, "2025-09-15T09:58:30.006Z"),
		NextAttemptAt: testkit.Instant(t, "2025-09-15T10:00:30.006Z"),
		RetryingSince: testkit.Instant(t, "2025-09-15T09:41:02Z"),
	}
	d.Backlog = &clevercloud.DrainBacklog{MsgBacklog: 18234}
	return d
}

// drains are the contents of files of testdata.
func drains(t *testing.T) map[string]drainFields {
	plain := clevercloud.RawRecipient{URL: ingestURL}
	disabled := drain(t, exampleDrain, "DISABLED", notRunning,
		clevercloud.SyslogUDPRecipient{URL: "udp://syslog.example.com:514"})
	disabled.Status.ErrorReason = "Too many delivery failures"
	audit := drain(t, exampleDrain, enabled, running,
		clevercloud.RawRecipient{URL: "https://audit.example.com/in"})
	audit.ResourceID, audit.Kind, audit.Status.AuthorID = "", clevercloud.DrainKindAuditLog, ""
	return map[string]drainFields{
		"drains/created.json":                drain(t, exampleDrain, "CREATED", notRunning, plain),
		"drains/created_full_nulls.json":     drain(t, exampleDrain, "CREATED", notRunning, plain),
		"drains/deleted.json":                drain(t, exampleDrain, "DELETED", notRunning, plain),
		"drains/enabled_raw_http.json":       rawDrain(t),
		"drains/retrying_elasticsearch.json": elasticsearchDrain(t),
		"drains/disabled.json":               disabled,
		"drains/audit_no_resource.json":      audit,
	}
}

func TestDrains_RoundTrips(t *testing.T) {
	t.Parallel()
	trip := testkit.RoundTrip{
		// The API returns only the host of some URLs.
		Unknown: []string{"region", "execution.progress", "backlog.oldest", "recipient.url"},
		Secret: []string{
			"recipient.password", "recipient.apiKey", "recipient.token", "recipient.brokers",
			"recipient.topic",
		},
	}
	ids := []any{"orga_1", "app_1"}
	empty := map[string][]clevercloud.Drain{"drains/list_empty.json": {}}
	checkFixtures(t, "drains/l*.json", empty, trip, (*clevercloud.DrainsService).List, ids)
	checkFixtures(t, "drains/l*.json", empty, trip, (*clevercloud.DrainsService).DeleteAll, ids)
	for _, pattern := range []string{"drains/[^cl]*.json", "drains/created*.json"} {
		checkFixtures[clevercloud.Drain](t, pattern, nil, trip,
			(*clevercloud.DrainsService).Get, append(ids, exampleDrain))
	}
}

// Each method that returns a drain returns what the API answers.
func TestDrains_Actions(t *testing.T) {
	t.Parallel()
	for _, method := range []any{
		(*clevercloud.DrainsService).Get, (*clevercloud.DrainsService).Delete,
		(*clevercloud.DrainsService).Enable, (*clevercloud.DrainsService).Disable,
		(*clevercloud.DrainsService).ResetCursor,
		(*clevercloud.DrainsService).GetForOwner, (*clevercloud.DrainsService).DeleteForOwner,
	} {
		args := []any{"orga_1", "app_1", exampleDrain}
		if reflect.TypeOf(method).NumIn() == 5 {
			args = []any{"orga_1", exampleDrain}
		}
		for name, want := range drains(t) {
			client := answering(t, http.StatusOK, testkit.Fixture(t, name))

			got, err := testkit.Invoke(t.Context(), client, method, args)

			require.NoError(t, err)
			assert.Equal(t, want, fieldsOf(*got.(*clevercloud.Drain)), name)
		}
	}
}

func TestDrains_Create(t *testing.T) {
	t.Parallel()
	in := clevercloud.DrainInput{Kind: "LOG", Recipient: clevercloud.RawRecipient{URL: ingestURL}}
	const sentBody = `{"kind":"LOG","recipient":{"type":"RawRecipient","url":"` + ingestURL + `"}}`
	for _, tc := range []struct {
		status int
		body   string
		want   error
	}{
		{200, "drains/created.json", nil},
		{201, "drains/created.json", nil},
		{202, "drains/created.json", nil},
		{400, "errors/ovd_fields.json", clevercloud.ErrBadRequest},
		{403, "errors/quota_exceeded.json", clevercloud.ErrQuotaExceeded},
		{503, "errors/gateway_503.html", clevercloud.ErrUnavailable},
	} {
		// The check is asked for by default, and only the query says otherwise.
		for skip, query := range map[bool][]string{false: nil, true: {"skipCheck=true"}} {
			client, mock := testkit.MockClient(t)
			sent := testkit.Always(mock, tc.status, testkit.Fixture(t, tc.body))
			in.SkipCheck = skip

			got, err := client.Drains.
				Create(t.Context(), "orga_1", "app_1", in, clevercloud.WithMaxRetries(3))

			request := sent.Only(t) // a creation is not retried
			assert.Equal(t, query, request.Query)
			assert.JSONEq(t, sentBody, request.Body)
			if tc.want != nil {
				require.ErrorIs(t, err, tc.want)
				assert.Nil(t, got)
				continue
			}
			require.NoError(t, err)
			assert.Equal(t, drains(t)["drains/created.json"], fieldsOf(*got))
		}
	}
	client := answering(t, http.StatusOK, testkit.Fixture(t, "drains/audit_no_resource.json"))
	got, err := client.Drains.CreateForOwner(t.Context(), "orga_1", in)
	require.NoError(t, err)
	assert.Equal(t, drains(t)["drains/audit_no_resource.json"], fieldsOf(*got))
}

func TestDrains_Check(t *testing.T) {
	t.Parallel()
	ok := testkit.Fixture(t, "drains/check_ok_http.json")
	// The request is kept as the API spells it.
	var request struct {
		HTTP struct{ Request json.RawMessage }
	}
	require.NoError(t, json.Unmarshal([]byte(ok), &request))
	all := map[string]clevercloud.DrainCheck{
		"drains/check_ok_http.json": {
			OK: true, Code: "OK", Message: "Recipient answered 200", Type: "HTTP", DurationMs: 143,
			HTTP: &clevercloud.DrainCheckHTTP{
				Request: auth.Secret(request.HTTP.Request),
				Response: &clevercloud.DrainCheckResponse{
					StatusCode: 200, Body: "ok",
					Headers: map[string][]string{"content-type": {"text/plain"}, "content-length": {"2"}},
				},
			},
		},
		"drains/check_failed_tcp.json": {
			Code: "CONNECTION_REFUSED", Message: "Connection refused", Type: "TCP", DurationMs: 12,
			TCP: &clevercloud.DrainCheckTCP{Host: "syslog.example.com", Port: 601},
		},
	}
	checkFixtures(t, "drains/check_*.json", all, testkit.RoundTrip{Unknown: []string{"http.request"}},
		(*clevercloud.DrainsService).Check, []any{"orga_1", "app_1", exampleDrain})
	shown := testkit.MustJSON(all["drains/check_ok_http.json"])
	assert.Contains(t, string(shown), `"request":"[redacted]"`)
}

func TestDrainCheckHTTP_NoRequestIsNoSecret(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`{}`, `{"request":null}`, `{"request":null,"response":null}`} {
		assert.Equal(t, clevercloud.DrainCheckHTTP{}, testkit.DecodeAs[clevercloud.DrainCheckHTTP](t, body), body)
	}
}

func TestDrains_TestCommand(t *testing.T) {
	t.Parallel()
	command := testkit.Fixture(t, "drains/test_command.txt")
	client := answering(t, http.StatusOK, command, "Content-Type", "text/plain; charset=utf-8")

	got, err := client.Drains.TestCommand(t.Context(), "orga_1", "app_1", exampleDrain)

	require.NoError(t, err)
	assert.Equal(t, command, got.Reveal())
	assert.Equal(t, "[redacted]", fmt.Sprint(got))
}

func TestDrains_Paths(t *testing.T) {
	t.Parallel()
	const application, resource = "applications", "resources"
	ids := map[string]string{"app_1": application, "app_": application}
	for _, id := range []string{
		"x", "postgresql_1", "Postgresql_1", "redis_1", "addon_1", "application_1", "new_1",
	} {
		ids[id] = resource
	}
	for id, automatic := range ids {
		for family, want := range map[clevercloud.DrainPaths]string{
			clevercloud.AutomaticDrainPaths:   automatic,
			clevercloud.ApplicationDrainPaths: application,
			clevercloud.ResourceDrainPaths:    resource,
		} {
			client, mock := testkit.MockClient(t, clevercloud.WithDrainPaths(family))
			sent := testkit.Always(mock, http.StatusOK, `{"id":"drain_1"}`)

			_, err := client.Drains.Get(t.Context(), "orga_1", clevercloud.ApplicationID(id), "drain_1")

			require.NoError(t, err)
			path := "/prefix/v4/drains/organisations/orga_1/" + want + "/" + id + "/drains/drain_1"
			assert.Equal(t, path, sent.Only(t).Path, "family %d", family)
		}
	}
	_, err := answering(t, http.StatusNotFound, "{}").Drains.Get(t.Context(), "orga_1", "redis_1", "drain_1")
	var failed *clevercloud.APIError
	require.ErrorAs(t, err, &failed)
	assert.Equal(t, "/v4/drains/organisations/{ownerId}/resources/{resourceId}/drains/{drainId}", failed.Path)
}

const drainBody = `{"id":"drain_1","status":{"status":%q}}`

func TestDrains_WaitForStatus(t *testing.T) {
	t.Parallel()
	const disabled, deleted = clevercloud.DrainStatusDisabled, clevercloud.DrainStatusDeleted
	type (
		wait     = clevercloud.DrainWait
		statuses = []clevercloud.DrainStatus
	)
	for _, tc := range []struct {
		name    string
		want    clevercloud.DrainStatus
		wait    wait
		steps   []string
		looks   []float64
		changes statuses
		// bare says that the result has the id only.
		bare bool
		err  error
	}{
		{
			name: "so at once", want: enabled, steps: []string{"ENABLED"}, looks: []float64{0},
			changes: statuses{enabled},
		},
		{
			name: "the intervals are those asked for", want: disabled,
			wait:  wait{Interval: 4 * time.Second, MaxInterval: 5 * time.Second},
			steps: []string{"ENABLED", "DISABLING", "DISABLING", "DISABLED"},
			looks: []float64{0, 4, 9, 14}, changes: statuses{enabled, "DISABLING", disabled},
		},
		{
			name: "a status on the way is one to wait for", want: "ENABLING",
			steps: []string{"CREATED", "ENABLING"}, looks: []float64{0, 1},
			changes: statuses{"CREATED", "ENABLING"},
		},
		{
			name: "new ones may be missing", want: enabled, steps: []string{"404", "404", "ENABLED"},
			looks: []float64{0, 1, 2.5}, changes: statuses{enabled},
		},
		{
			name: "missing for longer", want: enabled, steps: []string{"404"},
			looks: []float64{0, 1, 2.5, 4.75, 8.125, 13.1875, 15}, err: clevercloud.ErrNotFound,
		},
		{
			name: "missing after it was seen", want: enabled, steps: []string{"CREATED", "404"},
			looks: []float64{0, 1}, err: clevercloud.ErrNotFound, changes: statuses{"CREATED"},
		},
		{
			name: "any other error ends the wait", want: deleted, steps: []string{"403"},
			looks: []float64{0}, err: clevercloud.ErrForbidden,
		},
		{
			name: "deleted", want: deleted, steps: []string{"ENABLED", "DELETED"},
			looks: []float64{0, 1}, changes: statuses{enabled, deleted},
		},
		{
			name: "gone", want: deleted, steps: []string{"DISABLING", "404"}, looks: []float64{0, 1},
			bare: true, changes: statuses{"DISABLING"},
		},
		{name: "gone at once", want: deleted, steps: []string{"404"}, looks: []float64{0}, bare: true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var looks []float64
				client := playStates(t, drainBody, tc.steps, &looks)
				var changes statuses
				tc.wait.OnChange = func(d clevercloud.Drain) { changes = append(changes, d.Status.Status) }

				got, err := client.Drains.
					WaitForStatus(t.Context(), "orga_1", "app_1", "drain_1", tc.want, tc.wait)

				assert.Equal(t, tc.looks, looks)
				assert.Equal(t, tc.changes, changes)
				if tc.err != nil {
					require.ErrorIs(t, err, tc.err)
					assert.Nil(t, got)
					return
				}
				require.NoError(t, err)
				want := &clevercloud.Drain{ID: "drain_1"}
				if !tc.bare {
					want.Status.Status = tc.want
				}
				assert.Equal(t, want, got)
			})
		})
	}
}

// A wait ends with an error when the drain settles in another status. A wait that the context ends
// says what it saw last.
func TestDrains_WaitForStatus_Fails(t *testing.T) {
	t.Parallel()
	enough := errors.New("enough")
	for _, tc := range []struct {
		name  string
		want  clevercloud.DrainStatus
		steps []string
		after float64
	}{
		{"disabled on the way", enabled, []string{"CREATED", "ENABLING", "DISABLED"}, 2.5},
		{"enabled on the way", "DISABLED", []string{"DISABLING", "ENABLED"}, 1},
		{"deleted", enabled, []string{"DELETED"}, 0},
		{"past a status on the way", "ENABLING", []string{"CREATED", "ENABLED"}, 1},
		{"nothing happens", "DISABLED", []string{"ENABLED"}, 20.78125},
		{"never", enabled, []string{"ENABLING"}, 60},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var looks []float64
				client := playStates(t, drainBody, tc.steps, &looks)
				ctx, cancel := context.WithTimeoutCause(t.Context(), time.Minute, enough)
				defer cancel()
				start := time.Now()

				got, err := client.Drains.
					WaitForStatus(ctx, "orga_1", "app_1", "drain_1", tc.want, clevercloud.DrainWait{})

				text := fmt.Sprintf("drain drain_1 is %s, not %s", tc.steps[len(tc.steps)-1], tc.want)
				if tc.name == "never" {
					text = "context deadline exceeded: enough; last seen: ENABLING"
					require.ErrorIs(t, err, context.DeadlineExceeded)
					require.ErrorIs(t, err, enough)
				}
				assert.EqualError(t, err, "clevercloud: drains.wait-for-status: "+text)
				assert.Nil(t, got)
				assert.InDelta(t, tc.after, time.Since(start).Seconds(), 0)
			})
		})
	}
	client := answering(t, http.StatusOK,
		`{"id":"drain_1","status":{"status":"DELETED","errorReason":"Too many\nfailures"}}`)
	_, err := client.Drains.
		WaitForStatus(t.Context(), "orga_1", "app_1", "drain_1", enabled, clevercloud.DrainWait{})
	assert.EqualError(t, err, `clevercloud: drains.wait-for-status: drain drain_1 is DELETED, `+
		`not ENABLED: Too many\nfailures`)
}

func TestDrains_WaitForStatus_BadArguments(t *testing.T) {
	t.Parallel()
	client, mock := testkit.MockClient(t)
	sent := testkit.Always(mock, http.StatusOK, "{}")
	for want, w := range map[string]clevercloud.DrainWait{
		"drains.wait-for-status: Interval must not be negative":    {Interval: -1},
		"drains.wait-for-status: MaxInterval must not be negative": {MaxInterval: -1},
		"drains.get: drainId must not be empty":                    {},
	} {
		got, err := client.Drains.WaitForStatus(t.Context(), "orga_1", "app_1", "", enabled, w)

		require.ErrorIs(t, err, clevercloud.ErrInvalidArgument, want)
		assert.EqualError(t, err, "clevercloud: "+want)
		assert.Nil(t, got)
	}
	assert.Zero(t, sent.Count())
}

// A check is what encoding/json reads, or an error that says where; its request is kept as it came and shown by nothing that it
// marshals to, which is stable.
func FuzzDrainCheck(f *testing.F) {
	fuzzFixtures(f, "drains/check_*.json", func(t *testing.T, api *testkit.FuzzClient, data []byte) {
		testkit.Stable[clevercloud.DrainCheck](t, data)
		agrees[*clevercloud.DrainCheck](t, api, data,
			(*clevercloud.DrainsService).Check, "orga_1", "app_1", "drain_1")
		all, _ := testkit.Members(data, "http")
		exchange, plain := testkit.Members(all["http"], "request", "response")
		var got clevercloud.DrainCheckHTTP
		if exchange == nil || json.Unmarshal(plain, &got) != nil {
			return
		}
		request := exchange["request"]
		if len(request) == 0 || string(request) == "null" {
			require.Empty(t, got.Request)
			return
		}
		require.Equal(t, testkit.Compacted(request), got.Request.Reveal())
		shown, err := json.Marshal(got)
		require.NoError(t, err)
		got.Request = "another"
		same, err := json.Marshal(got)
		require.NoError(t, err)
		require.Equal(t, string(same), string(shown))
	})
}

func TestDrainEnums(t *testing.T) {
	t.Parallel()
	checkKnown[clevercloud.DrainKind](t, "LOG", "ACCESSLOG", "AUDITLOG")
	checkKnown[clevercloud.DrainExecutionStatus](t, "RUNNING", "RETRYING", "NOT_RUNNING")
	checkKnown[clevercloud.TLSVerification](t, "DEFAULT", "TRUSTFUL")
	for status, terminal := range map[clevercloud.DrainStatus]bool{
		"CREATED": false, "ENABLING": false, "DISABLING": false,
		"ENABLED": true, "DISABLED": true, "DELETED": true,
	} {
		checkKnown(t, status)
		assert.Equal(t, terminal, status.IsTerminal(), status)
	}
}

// Drains are what encoding/json reads, or an error that says where; a recipient is of the type that its tag says; what they marshal to is
// stable.
func FuzzDrain(f *testing.F) {
	f.Add([]byte(`{"recipient":{"type":"KAFKA","type":"X","url":"https://u:p@h/?q#f","a":{"token":["x",1,null]}}}`))
	fuzzFixtures(f, "drains/*.json", func(t *testing.T, api *testkit.FuzzClient, data []byte) {
		agrees[*clevercloud.Drain](t, api, data,
			(*clevercloud.DrainsService).Get, "orga_1", "app_1", "drain_1")
		agrees[[]clevercloud.Drain](t, api, data,
			(*clevercloud.DrainsService).List, "orga_1", "app_1")
		checkRecipientType(t, data)
		// A URL with something redacted is none any more, and so may be redacted as a whole the next time.
		if redacted, ok := testkit.Again[clevercloud.Drain](t, data); ok {
			testkit.Stable[clevercloud.Drain](t, redacted)
		}
		if redacted, ok := testkit.Again[[]clevercloud.Drain](t, data); ok {
			testkit.Stable[[]clevercloud.Drain](t, redacted)
		}
	})
}

// checkRecipientType knows the tags of the API's reference and of its current version.
func checkRecipientType(t *testing.T, data []byte) {
	t.Helper()
	all, _ := testkit.Members(data, "recipient")
	recipient, plain := testkit.Members(all["recipient"], "type")
	var tag string
	var got clevercloud.Drain
	plain = fmt.Appendf(nil, `{"recipient":%s}`, plain)
	if recipient == nil || json.Unmarshal(recipient["type"], &tag) != nil || json.Unmarshal(plain, &got) != nil {
		return
	}
	known := map[string]string{
		"RAW_HTTP": "RawRecipient", "DATADOG": "DatadogRecipient", "ELASTICSEARCH": "ElasticsearchRecipient", "NEWRELIC": "NewRelicRecipient",
		"OVH_TCP": "OVHTCPRecipient", "SYSLOG_TCP": "SyslogTCPRecipient", "SYSLOG_UDP": "SyslogUDPRecipient",
		"BETTERSTACK": "BetterStackRecipient", "SPLUNK": "SplunkRecipient",
	}
	name, ok := known[tag]
	for _, spelled := range known {
		if tag == spelled {
			name, ok = spelled, true
		}
	}
	if unknown, is := got.Recipient.(clevercloud.UnknownRecipient); is || !ok {
		// A recipient that does not fit its type is kept as it is.
		require.Equal(t, tag, unknown.Type)
		return
	}
	require.Equal(t, name, reflect.TypeOf(got.Recipient).Name())
}
