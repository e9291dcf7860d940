package clevercloud_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/auth"
	"github.com/clevercloud-go/clevercloud/internal/testkit"
	"github.com/jarcoal/httpmock"
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

func drain(t *testing.T, id clevercloud.DrainID, status clevercloud.DrainStatus, execution clevercloud.DrainExecutionStatus, r clevercloud.DrainRecipient, change func(*drainFields)) drainFields {
	t.Helper()
	d := drainFields{
		ID: id, OwnerID: exampleOwner, ResourceID: exampleApp, Kind: clevercloud.DrainKindLog, Recipient: r,
		Status: clevercloud.DrainState{
			ID: "8c0d3f6a-71e5-4b92-a6d4-f0b9c27e1853", DrainID: id, Status: status, Date: testkit.Instant(t, "2025-09-14T08:30:11.512Z"), AuthorID: exampleUser,
		},
		Execution: clevercloud.DrainExecution{Status: execution},
	}
	change(&d)
	return d
}

const (
	enabled    = clevercloud.DrainStatusEnabled
	running    = clevercloud.DrainExecutionStatusRunning
	notRunning = clevercloud.DrainExecutionStatusNotRunning
	masked     = "********"
	ingestURL  = "https://logs.example.com/ingest"
)

func asIs(*drainFields) {}

func rawDrain(t *testing.T) drainFields {
	return drain(t, exampleDrain, enabled, running, clevercloud.RawRecipient{URL: ingestURL, Username: "shipper", Password: masked}, func(d *drainFields) {
		d.Backlog = &clevercloud.DrainBacklog{MsgRateOut: 2.4166667, MsgThroughputOut: 913.25}
	})
}

func elasticsearchDrain(t *testing.T) drainFields {
	return drain(t, "drain_2b7e90c6-d514-4f38-86ab-1e9f70d3c5a4", enabled, "RETRYING", clevercloud.ElasticsearchRecipient{
		URL: "https://es.example.com:9200/_bulk", Index: "shop-logs", Username: "elastic", Password: masked, TLSVerification: "DEFAULT",
	}, func(d *drainFields) {
		d.Execution = clevercloud.DrainExecution{
			Status: "RETRYING", LastError: "HTTP 503 from recipient", Attempt: 4, MaxAttempt: 10,
			LastAttemptAt: testkit.Instant(t, "2025-09-15T09:58:30.006Z"), NextAttemptAt: testkit.Instant(t, "2025-09-15T10:00:30.006Z"),
			RetryingSince: testkit.Instant(t, "2025-09-15T09:41:02Z"),
		}
		d.Backlog = &clevercloud.DrainBacklog{MsgBacklog: 18234}
	})
}

func drains(t *testing.T) map[string]drainFields {
	plain := clevercloud.RawRecipient{URL: ingestURL}
	return map[string]drainFields{
		"drains/created.json":                drain(t, exampleDrain, "CREATED", notRunning, plain, asIs),
		"drains/created_full_nulls.json":     drain(t, exampleDrain, "CREATED", notRunning, plain, asIs),
		"drains/deleted.json":                drain(t, exampleDrain, "DELETED", notRunning, plain, asIs),
		"drains/enabled_raw_http.json":       rawDrain(t),
		"drains/retrying_elasticsearch.json": elasticsearchDrain(t),
		"drains/disabled.json": drain(t, exampleDrain, "DISABLED", notRunning, clevercloud.SyslogUDPRecipient{URL: "udp://syslog.example.com:514"}, func(d *drainFields) {
			d.Status.ErrorReason = "Too many delivery failures"
		}),
		"drains/audit_no_resource.json": drain(t, exampleDrain, enabled, running, clevercloud.RawRecipient{URL: "https://audit.example.com/in"}, func(d *drainFields) {
			d.ResourceID, d.Kind, d.Status.AuthorID = "", clevercloud.DrainKindAuditLog, ""
		}),
		"drains/unknown_type_and_fields.json": drain(t, exampleDrain, "PAUSED_FUTURE", "WARMING_UP", clevercloud.UnknownRecipient{
			Type: "KAFKA_FUTURE",
			Raw:  json.RawMessage("{\n    \"type\": \"KAFKA_FUTURE\",\n    \"brokers\": [\n      \"k1.example.com:9092\"\n    ],\n    \"topic\": \"logs\"\n  }"),
		}, func(d *drainFields) {
			d.Kind, d.Backlog = "METRICS_FUTURE", &clevercloud.DrainBacklog{}
		}),
	}
}

func drainLists(t *testing.T) map[string][]drainFields {
	var legacy []drainFields
	for i, r := range []clevercloud.DrainRecipient{
		clevercloud.RawRecipient{URL: ingestURL},
		clevercloud.DatadogRecipient{URL: "https://http-intake.logs.datadoghq.eu/v1/input/example"},
		clevercloud.ElasticsearchRecipient{URL: "https://es.example.com:9200/_bulk", Index: "shop-logs"},
		clevercloud.NewRelicRecipient{URL: "https://log-api.eu.newrelic.com/log/v1", APIKey: masked},
		clevercloud.OVHTCPRecipient{URL: "tcp://gra1.logs.example.com:6514", Token: masked},
		clevercloud.SyslogTCPRecipient{URL: "tcp://syslog.example.com:601"},
		clevercloud.SyslogUDPRecipient{URL: "udp://syslog.example.com:514"},
	} {
		id := clevercloud.DrainID(fmt.Sprintf("drain_00000000-0000-4000-9000-%012d", i))
		legacy = append(legacy, drain(t, id, enabled, running, r, func(d *drainFields) { d.Status.DrainID = exampleDrain }))
	}
	return map[string][]drainFields{
		"drains/list_empty.json":        {},
		"drains/legacy_type_names.json": legacy,
		"drains/list.json": {
			rawDrain(t), elasticsearchDrain(t),
			drain(t, "drain_dd0c52e7-48b9-4f61-a37e-95f1d60b8c2a", enabled, running, clevercloud.DatadogRecipient{
				URL: "https://http-intake.logs.datadoghq.eu/v1/input/" + masked + "?ddsource=clevercloud",
			}, func(d *drainFields) {
				d.Backlog = &clevercloud.DrainBacklog{MsgRateOut: 1, MsgThroughputOut: 310, MsgBacklog: 2}
			}),
			drain(t, "drain_6f3a81d9-c70e-4b25-98d4-e2a7b5f1c063", "ENABLING", notRunning, clevercloud.NewRelicRecipient{
				URL: "https://log-api.eu.newrelic.com/log/v1", APIKey: masked,
			}, func(d *drainFields) { d.Kind = clevercloud.DrainKindAccessLog }),
			drain(t, "drain_a91d4c07-6e2f-4835-bd70-f3c8e5b91264", enabled, running, clevercloud.OVHTCPRecipient{
				URL: "tcp://gra1.logs.example.com:6514", Token: masked, RFC5424StructuredDataParameters: `env="prod"`,
			}, asIs),
			drain(t, "drain_5be7f290-13ca-4d86-a4f9-70d2c6e8b135", "DISABLING", running, clevercloud.SyslogTCPRecipient{URL: "tcp://syslog.example.com:601"}, asIs),
		},
	}
}

// drainRoundTrip is for drains whose url comes back as it is.
var drainRoundTrip = testkit.RoundTrip{
	Unknown: []string{"region", "execution.progress", "backlog.oldest"},
	Secret:  []string{"recipient.password", "recipient.apiKey", "recipient.token", "recipient.brokers", "recipient.topic"},
}

// shownURL matches a url that comes back with its host only.
var shownURL = regexp.MustCompile(`^(https://[^/]+/)[^[].*$`)

func checkDrain(t *testing.T, body string, got clevercloud.Drain) {
	t.Helper()
	trip := drainRoundTrip
	url := ""
	switch r := got.Recipient.(type) {
	case clevercloud.DatadogRecipient:
		url = r.URL
	case clevercloud.RawRecipient:
		url = r.URL
	}
	if url != "" {
		trip.Unknown = append(slices.Clone(trip.Unknown), "recipient.url")
		encoded, err := json.Marshal(got)
		require.NoError(t, err)
		assert.Contains(t, string(encoded), `"url":"`+shownURL.ReplaceAllString(url, "$1[redacted]")+`"`)
	}
	trip.Check(t, body, got)
}

func TestDrains_Get(t *testing.T) {
	t.Parallel()
	for name, want := range drains(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, mock := testkit.MockClient(t)
			testkit.Always(mock, http.StatusOK, testkit.Fixture(t, name))

			got, err := client.Drains.Get(t.Context(), "orga_1", "app_1", want.ID)

			require.NoError(t, err)
			assert.Equal(t, want, fieldsOf(*got))
			checkDrain(t, testkit.Fixture(t, name), *got)
		})
	}
}

func TestDrains_List(t *testing.T) {
	t.Parallel()
	lists := drainLists(t)
	all := map[string]bool{}
	for name := range drains(t) {
		all[name] = true
	}
	for name, want := range lists {
		all[name] = true
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, mock := testkit.MockClient(t)
			testkit.Always(mock, http.StatusOK, testkit.Fixture(t, name))

			got, err := client.Drains.List(t.Context(), "orga_1", "app_1", clevercloud.DrainQuery{})

			require.NoError(t, err)
			require.NotNil(t, got)
			require.Len(t, got, len(want))
			bodies := testkit.DecodeAs[[]json.RawMessage](t, testkit.Fixture(t, name))
			for i := range want {
				assert.Equal(t, want[i], fieldsOf(got[i]))
				checkDrain(t, string(bodies[i]), got[i])
			}
		})
	}
	others := append(testkit.Fixtures(t, "drains/create_request_*.json"), testkit.Fixtures(t, "drains/check_*.json")...)
	testkit.Covers(t, "drains/*.json", all, others...)
}

func TestDrains_Create(t *testing.T) {
	t.Parallel()
	for _, status := range []int{http.StatusOK, http.StatusCreated, http.StatusAccepted} {
		client, mock := testkit.MockClient(t)
		testkit.Always(mock, status, testkit.Fixture(t, "drains/created.json"))

		got, err := client.Drains.Create(t.Context(), "orga_1", "app_1", clevercloud.DrainInput{
			Kind: clevercloud.DrainKindLog, Recipient: clevercloud.RawRecipient{URL: ingestURL},
		})

		require.NoError(t, err)
		assert.Equal(t, drains(t)["drains/created.json"], fieldsOf(*got))
	}
}

func TestDrains_Create_Refused(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		status int
		body   string
		want   error
	}{
		{http.StatusBadRequest, "errors/ovd_fields.json", clevercloud.ErrBadRequest},
		{http.StatusForbidden, "errors/quota_exceeded.json", clevercloud.ErrQuotaExceeded},
		{http.StatusServiceUnavailable, "errors/gateway_503.html", clevercloud.ErrUnavailable},
	} {
		client, mock := testkit.MockClient(t)
		sent := testkit.Always(mock, tc.status, testkit.Fixture(t, tc.body))

		got, err := client.Drains.Create(t.Context(), "orga_1", "app_1", clevercloud.DrainInput{
			Kind: clevercloud.DrainKindLog, Recipient: clevercloud.RawRecipient{URL: ingestURL},
		}, clevercloud.WithMaxRetries(3))

		require.ErrorIs(t, err, tc.want)
		assert.Nil(t, got)
		assert.Equal(t, 1, sent.Count(), "a drain is not made twice")
	}
}

func TestDrains_Delete(t *testing.T) {
	t.Parallel()
	client, mock := testkit.MockClient(t)
	testkit.Always(mock, http.StatusOK, testkit.Fixture(t, "drains/deleted.json"))

	got, err := client.Drains.Delete(t.Context(), "orga_1", "app_1", exampleDrain)

	require.NoError(t, err)
	assert.Equal(t, drains(t)["drains/deleted.json"], fieldsOf(*got))
}

func TestDrains_ActionsReturnTheDrain(t *testing.T) {
	t.Parallel()
	for name, act := range map[string]func(*clevercloud.DrainsService) (*clevercloud.Drain, error){
		"enable": func(s *clevercloud.DrainsService) (*clevercloud.Drain, error) {
			return s.Enable(t.Context(), "orga_1", "app_1", exampleDrain)
		},
		"disable": func(s *clevercloud.DrainsService) (*clevercloud.Drain, error) {
			return s.Disable(t.Context(), "orga_1", "app_1", exampleDrain)
		},
		"reset-cursor": func(s *clevercloud.DrainsService) (*clevercloud.Drain, error) {
			return s.ResetCursor(t.Context(), "orga_1", "app_1", exampleDrain)
		},
	} {
		for file, want := range drains(t) {
			client, mock := testkit.MockClient(t)
			sent := testkit.Always(mock, http.StatusOK, testkit.Fixture(t, file))

			got, err := act(client.Drains)

			require.NoError(t, err)
			assert.Equal(t, want, fieldsOf(*got), "%s %s", name, file)
			request := sent.Only(t)
			assert.Equal(t, "/prefix/v4/drains/organisations/orga_1/applications/app_1/drains/"+exampleDrain+"/"+name, request.Path)
			assert.Empty(t, request.Body)
		}
	}
}

func TestDrains_DeleteAll(t *testing.T) {
	t.Parallel()
	for name, want := range drainLists(t) {
		client, mock := testkit.MockClient(t)
		testkit.Always(mock, http.StatusOK, testkit.Fixture(t, name))

		got, err := client.Drains.DeleteAll(t.Context(), "orga_1", "app_1")

		require.NoError(t, err, name)
		require.NotNil(t, got, name)
		require.Len(t, got, len(want), name)
		for i := range want {
			assert.Equal(t, want[i], fieldsOf(got[i]), name)
		}
	}
}

func drainChecks(t *testing.T) map[string]clevercloud.DrainCheck {
	t.Helper()
	// request is how the fixture spells it, which is how it is kept.
	request := func(name string) auth.Secret {
		return auth.Secret(testkit.DecodeAs[struct {
			HTTP struct{ Request json.RawMessage }
		}](t, testkit.Fixture(t, name)).HTTP.Request)
	}
	return map[string]clevercloud.DrainCheck{
		"drains/check_minimal.json": {OK: true, Code: "OK", Message: "done"},
		"drains/check_ok_http.json": {
			OK: true, Code: "OK", Message: "Recipient answered 200", Type: "HTTP", DurationMs: 143,
			HTTP: &clevercloud.DrainCheckHTTP{
				Request: request("drains/check_ok_http.json"),
				Response: &clevercloud.DrainCheckResponse{
					StatusCode: 200, Headers: map[string][]string{"content-type": {"text/plain"}, "content-length": {"2"}}, Body: "ok",
				},
			},
		},
		"drains/check_failed_http.json": {
			Code: "HTTP_ERROR", Message: "Recipient answered 401", Type: "HTTP", DurationMs: 88,
			HTTP: &clevercloud.DrainCheckHTTP{
				Request:  request("drains/check_failed_http.json"),
				Response: &clevercloud.DrainCheckResponse{StatusCode: 401, Headers: map[string][]string{}},
			},
		},
		"drains/check_failed_tcp.json": {
			Code: "CONNECTION_REFUSED", Message: "Connection refused", Type: "TCP", DurationMs: 12,
			TCP: &clevercloud.DrainCheckTCP{Host: "syslog.example.com", Port: 601},
		},
	}
}

func TestDrains_Check(t *testing.T) {
	t.Parallel()
	all := drainChecks(t)
	testkit.Covers(t, "drains/check_*.json", all)
	for name, want := range all {
		client, mock := testkit.MockClient(t)
		testkit.Always(mock, http.StatusOK, testkit.Fixture(t, name))

		got, err := client.Drains.Check(t.Context(), "orga_1", "app_1", exampleDrain)

		require.NoError(t, err, name)
		assert.Equal(t, &want, got, name)
		// A request is an object, and comes back as one text.
		members := testkit.DecodeAs[map[string]any](t, testkit.Fixture(t, name))
		if exchange, ok := members["http"].(map[string]any); ok {
			assert.Contains(t, got.HTTP.Request.Reveal(), `"url": "https://logs.example.com/ingest"`)
			exchange["request"] = "[redacted]"
		}
		shown, err := json.Marshal(members)
		require.NoError(t, err)
		testkit.RoundTrip{}.Check(t, string(shown), got)
	}
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
	for _, kind := range []string{"text/plain; charset=utf-8", "application/octet-stream", ""} {
		client, mock := testkit.MockClient(t)
		testkit.Record(mock, http.StatusOK, kind, command)

		got, err := client.Drains.TestCommand(t.Context(), "orga_1", "app_1", exampleDrain)

		require.NoError(t, err, kind)
		assert.Equal(t, command, got.Reveal(), kind)
		assert.Equal(t, "[redacted]", fmt.Sprint(got), kind)
	}
}

func TestDrains_Paths(t *testing.T) {
	t.Parallel()
	const application, resource = "applications", "resources"
	paths := func(automatic string) map[clevercloud.DrainPaths]string {
		return map[clevercloud.DrainPaths]string{
			clevercloud.AutomaticDrainPaths: automatic, clevercloud.ApplicationDrainPaths: application, clevercloud.ResourceDrainPaths: resource,
		}
	}
	ids := map[string]string{"app_1": application, "app_": application}
	for _, id := range []string{"x", "postgresql_1", "Postgresql_1", "redis_1", "addon_1", "application_1", "new_1"} {
		ids[id] = resource
	}
	for id, automatic := range ids {
		for family, want := range paths(automatic) {
			client, mock := testkit.MockClient(t, clevercloud.WithDrainPaths(family))
			sent := testkit.Always(mock, http.StatusOK, `{"id":"drain_1"}`)

			_, err := client.Drains.Get(t.Context(), "orga_1", clevercloud.ApplicationID(id), "drain_1")

			require.NoError(t, err)
			assert.Equal(t, "/prefix/v4/drains/organisations/orga_1/"+want+"/"+id+"/drains/drain_1", sent.Only(t).Path, "family %d", family)
		}
	}
	client, mock := testkit.MockClient(t)
	testkit.Always(mock, http.StatusNotFound, "{}")
	_, err := client.Drains.Get(t.Context(), "orga_1", "redis_1", "drain_1")
	var failed *clevercloud.APIError
	require.ErrorAs(t, err, &failed)
	assert.Equal(t, "/v4/drains/organisations/{ownerId}/resources/{resourceId}/drains/{drainId}", failed.Path)
}

// playDrain makes mock answer one look at a drain after the other, as a deploymentScript does.
func playDrain(mock *httpmock.MockTransport, steps []string, looks *[]time.Duration) {
	start := time.Now()
	mock.RegisterNoResponder(func(req *http.Request) (*http.Response, error) {
		step := steps[min(len(*looks), len(steps)-1)]
		*looks = append(*looks, time.Since(start))
		switch step {
		case "404":
			return testkit.Answer(req, http.StatusNotFound, "application/json", `{"code":"clever.core.not-found"}`), nil
		case "403":
			return testkit.Answer(req, http.StatusForbidden, "application/json", `{}`), nil
		}
		return testkit.Answer(req, http.StatusOK, "application/json", `{"id":"drain_1","status":{"status":"`+step+`"}}`), nil
	})
}

func TestDrains_WaitForStatus(t *testing.T) {
	t.Parallel()
	const enabling, disabled, deleted = clevercloud.DrainStatusEnabling, clevercloud.DrainStatusDisabled, clevercloud.DrainStatusDeleted
	for _, tc := range []struct {
		name    string
		want    clevercloud.DrainStatus
		wait    clevercloud.DrainWait
		steps   []string
		looks   []float64
		changes []clevercloud.DrainStatus
		// bare says that the result has the id only.
		bare bool
		err  error
	}{
		{name: "so at once", want: enabled, steps: []string{"ENABLED"}, looks: []float64{0}, changes: []clevercloud.DrainStatus{enabled}},
		{
			name: "waits grow by half, up to ten seconds", want: enabled,
			steps: []string{"CREATED", "CREATED", "ENABLING", "ENABLING", "ENABLING", "ENABLING", "ENABLING", "ENABLING", "ENABLED"},
			looks: []float64{0, 1, 2.5, 4.75, 8.125, 13.1875, 20.78125, 30.78125, 40.78125}, changes: []clevercloud.DrainStatus{"CREATED", enabling, enabled},
		},
		{
			name: "the intervals are those asked for", want: disabled, wait: clevercloud.DrainWait{Interval: 4 * time.Second, MaxInterval: 5 * time.Second},
			steps: []string{"ENABLED", "DISABLING", "DISABLING", "DISABLED"}, looks: []float64{0, 4, 9, 14},
			changes: []clevercloud.DrainStatus{enabled, "DISABLING", disabled},
		},
		{
			name: "a status on the way is one to wait for", want: enabling, steps: []string{"CREATED", "ENABLING"}, looks: []float64{0, 1},
			changes: []clevercloud.DrainStatus{"CREATED", enabling},
		},
		{
			name: "new ones may be missing", want: enabled, steps: []string{"404", "404", "ENABLED"}, looks: []float64{0, 1, 2.5},
			changes: []clevercloud.DrainStatus{enabled},
		},
		{
			name: "missing for longer", want: enabled, steps: []string{"404"}, looks: []float64{0, 1, 2.5, 4.75, 8.125, 13.1875, 15},
			err: clevercloud.ErrNotFound,
		},
		{
			name: "missing after it was seen", want: enabled, steps: []string{"CREATED", "404"}, looks: []float64{0, 1}, err: clevercloud.ErrNotFound,
			changes: []clevercloud.DrainStatus{"CREATED"},
		},
		{name: "any other error ends the wait", want: deleted, steps: []string{"403"}, looks: []float64{0}, err: clevercloud.ErrForbidden},
		{
			name: "deleted", want: deleted, steps: []string{"ENABLED", "DELETED"}, looks: []float64{0, 1},
			changes: []clevercloud.DrainStatus{enabled, deleted},
		},
		{
			name: "gone", want: deleted, steps: []string{"DISABLING", "404"}, looks: []float64{0, 1}, bare: true,
			changes: []clevercloud.DrainStatus{"DISABLING"},
		},
		{name: "gone at once", want: deleted, steps: []string{"404"}, looks: []float64{0}, bare: true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				client, mock := testkit.MockClient(t)
				var looks, wanted []time.Duration
				playDrain(mock, tc.steps, &looks)
				for _, second := range tc.looks {
					wanted = append(wanted, time.Duration(second*float64(time.Second)))
				}
				var changes []clevercloud.DrainStatus
				tc.wait.OnChange = func(d clevercloud.Drain) { changes = append(changes, d.Status.Status) }

				got, err := client.Drains.WaitForStatus(t.Context(), "orga_1", "app_1", "drain_1", tc.want, tc.wait)

				assert.Equal(t, wanted, looks)
				assert.Equal(t, tc.changes, changes)
				switch {
				case tc.err != nil:
					require.ErrorIs(t, err, tc.err)
					assert.Nil(t, got)
				case tc.bare:
					require.NoError(t, err)
					assert.Equal(t, &clevercloud.Drain{ID: "drain_1"}, got)
				default:
					require.NoError(t, err)
					assert.Equal(t, drainFields{ID: "drain_1", Status: clevercloud.DrainState{Status: tc.want}}, fieldsOf(*got))
				}
			})
		})
	}
}

// A drain that settles in another status does not get to the one that is wanted.
func TestDrains_WaitForStatus_Settled(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name  string
		want  clevercloud.DrainStatus
		steps []string
		err   string
		after time.Duration
	}{
		{"disabled on the way", enabled, []string{"CREATED", "ENABLING", "DISABLED"}, "drain drain_1 is DISABLED, not ENABLED", 2500 * time.Millisecond},
		{"enabled on the way", "DISABLED", []string{"DISABLING", "ENABLED"}, "drain drain_1 is ENABLED, not DISABLED", time.Second},
		{"deleted", enabled, []string{"DELETED"}, "drain drain_1 is DELETED, not ENABLED", 0},
		{"past a status on the way", "ENABLING", []string{"CREATED", "ENABLED"}, "drain drain_1 is ENABLED, not ENABLING", time.Second},
		{"nothing happens", "DISABLED", []string{"ENABLED"}, "drain drain_1 is ENABLED, not DISABLED", 20781250 * time.Microsecond},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				client, mock := testkit.MockClient(t)
				var looks []time.Duration
				playDrain(mock, tc.steps, &looks)
				start := time.Now()

				got, err := client.Drains.WaitForStatus(t.Context(), "orga_1", "app_1", "drain_1", tc.want, clevercloud.DrainWait{})

				assert.EqualError(t, err, "clevercloud: drains.wait-for-status: "+tc.err)
				assert.Nil(t, got)
				assert.Equal(t, tc.after, time.Since(start))
			})
		})
	}
}

func TestDrains_WaitForStatus_SettledWithAReason(t *testing.T) {
	t.Parallel()
	client, mock := testkit.MockClient(t)
	testkit.Always(mock, http.StatusOK, `{"id":"drain_1","status":{"status":"DELETED","errorReason":"Too many\nfailures"}}`)

	_, err := client.Drains.WaitForStatus(t.Context(), "orga_1", "app_1", "drain_1", enabled, clevercloud.DrainWait{})

	assert.EqualError(t, err, `clevercloud: drains.wait-for-status: drain drain_1 is DELETED, not ENABLED: Too many\nfailures`)
}

func TestDrains_ForOwner(t *testing.T) {
	t.Parallel()
	client, mock := testkit.MockClient(t)
	sent := testkit.Always(mock, http.StatusOK, testkit.Fixture(t, "drains/audit_no_resource.json"))
	want := drains(t)["drains/audit_no_resource.json"]
	input := clevercloud.DrainInput{
		Kind: clevercloud.DrainKindAuditLog, Recipient: clevercloud.RawRecipient{URL: "https://audit.example.com/in"}, SkipCheck: true,
	}

	created, err := client.Drains.CreateForOwner(t.Context(), "orga_1", input)
	require.NoError(t, err)
	got, err := client.Drains.GetForOwner(t.Context(), "orga_1", exampleDrain)
	require.NoError(t, err)
	deleted, err := client.Drains.DeleteForOwner(t.Context(), "orga_1", exampleDrain)
	require.NoError(t, err)

	for _, d := range []*clevercloud.Drain{created, got, deleted} {
		assert.Equal(t, want, fieldsOf(*d))
	}
	assert.Equal(t, 3, sent.Count())
}

// The check is asked for by default, and only the query says otherwise.
func TestDrains_Create_SkipCheck(t *testing.T) {
	t.Parallel()
	for skip, want := range map[bool][]string{false: nil, true: {"skipCheck=true"}} {
		client, mock := testkit.MockClient(t)
		sent := testkit.Always(mock, http.StatusCreated, testkit.Fixture(t, "drains/created.json"))

		_, err := client.Drains.Create(t.Context(), "orga_1", "app_1", clevercloud.DrainInput{
			Kind: clevercloud.DrainKindLog, Recipient: clevercloud.RawRecipient{URL: ingestURL}, SkipCheck: skip,
		})

		require.NoError(t, err)
		assert.Equal(t, want, sent.Only(t).Query)
		assert.JSONEq(t, `{"kind":"LOG","recipient":{"type":"RawRecipient","url":"`+ingestURL+`"}}`, sent.Only(t).Body)
	}
}

func TestDrains_WaitForStatus_ContextEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, mock := testkit.MockClient(t)
		var looks []time.Duration
		playDrain(mock, []string{"ENABLING"}, &looks)
		enough := errors.New("enough")
		ctx, cancel := context.WithTimeoutCause(t.Context(), 2*time.Second, enough)
		defer cancel()
		start := time.Now()

		got, err := client.Drains.WaitForStatus(ctx, "orga_1", "app_1", "drain_1", enabled, clevercloud.DrainWait{})

		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.ErrorIs(t, err, enough)
		assert.EqualError(t, err, "clevercloud: drains.wait-for-status: context deadline exceeded: enough; last seen: ENABLING")
		assert.Nil(t, got)
		assert.Equal(t, 2*time.Second, time.Since(start))
	})
}

func TestDrains_WaitForStatus_BadArguments(t *testing.T) {
	t.Parallel()
	client, mock := testkit.MockClient(t)
	sent := testkit.Always(mock, http.StatusOK, "{}")
	var missing context.Context
	wait := func(ctx context.Context, id clevercloud.DrainID, want clevercloud.DrainStatus, w clevercloud.DrainWait) error {
		got, err := client.Drains.WaitForStatus(ctx, "orga_1", "app_1", id, want, w)
		assert.Nil(t, got)
		return err
	}
	for want, err := range map[string]error{
		"drains.wait-for-status: ctx must not be nil":              wait(missing, "drain_1", enabled, clevercloud.DrainWait{}),
		"drains.wait-for-status: Interval must not be negative":    wait(t.Context(), "drain_1", enabled, clevercloud.DrainWait{Interval: -1}),
		"drains.wait-for-status: MaxInterval must not be negative": wait(t.Context(), "drain_1", enabled, clevercloud.DrainWait{MaxInterval: -1}),
		"drains.get: drainId must not be empty":                    wait(t.Context(), "", enabled, clevercloud.DrainWait{}),
	} {
		require.ErrorIs(t, err, clevercloud.ErrInvalidArgument, want)
		assert.EqualError(t, err, "clevercloud: "+want)
	}
	assert.Zero(t, sent.Count())
}

// A check is what encoding/json reads, or an error that says where; its request is kept as it came and shown by nothing that it
// marshals to, which is stable.
func FuzzDrainCheck(f *testing.F) {
	for _, name := range testkit.Fixtures(f, "drains/check_*.json") {
		f.Add([]byte(testkit.Fixture(f, name)))
	}
	client := testkit.NewFuzzClient(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		testkit.Stable[clevercloud.DrainCheck](t, data)
		testkit.Agrees(t, client, data, func(c *clevercloud.Client) (*clevercloud.DrainCheck, error) {
			return c.Drains.Check(t.Context(), "orga_1", "app_1", "drain_1")
		})
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
	for _, kind := range []clevercloud.DrainKind{"LOG", "ACCESSLOG", "AUDITLOG"} {
		assert.True(t, kind.IsKnown(), kind)
	}
	assert.False(t, clevercloud.DrainKind("METRICS_FUTURE").IsKnown())
	for status, terminal := range map[clevercloud.DrainStatus]bool{
		"CREATED": false, "ENABLING": false, "ENABLED": true, "DISABLING": false, "DISABLED": true, "DELETED": true,
	} {
		assert.True(t, status.IsKnown(), status)
		assert.Equal(t, terminal, status.IsTerminal(), status)
	}
	assert.False(t, clevercloud.DrainStatus("PAUSED_FUTURE").IsKnown())
	for _, status := range []clevercloud.DrainExecutionStatus{"RUNNING", "RETRYING", "NOT_RUNNING"} {
		assert.True(t, status.IsKnown(), status)
	}
	assert.False(t, clevercloud.DrainExecutionStatus("WARMING_UP").IsKnown())
	assert.True(t, clevercloud.TLSVerification("DEFAULT").IsKnown())
	assert.True(t, clevercloud.TLSVerification("TRUSTFUL").IsKnown())
	assert.False(t, clevercloud.TLSVerification("").IsKnown())
}

// Drains are what encoding/json reads, or an error that says where; a recipient is of the type that its tag says; what they marshal to is
// stable.
func FuzzDrain(f *testing.F) {
	for _, name := range testkit.Fixtures(f, "drains/*.json") {
		f.Add([]byte(testkit.Fixture(f, name)))
	}
	f.Add([]byte(`{"recipient":{"type":"KAFKA","type":"X","url":"https://u:p@h/?q#f","a":{"token":["x",1,null]}}}`))
	client := testkit.NewFuzzClient(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		testkit.Agrees(t, client, data, func(c *clevercloud.Client) (*clevercloud.Drain, error) {
			return c.Drains.Get(t.Context(), "orga_1", "app_1", "drain_1")
		})
		testkit.Agrees(t, client, data, func(c *clevercloud.Client) ([]clevercloud.Drain, error) {
			return c.Drains.List(t.Context(), "orga_1", "app_1", clevercloud.DrainQuery{})
		})
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
