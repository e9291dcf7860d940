package clevercloud_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"

	"github.com/clevercloud-go/clevercloud"
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
			ID: "8c0d3f6a-71e5-4b92-a6d4-f0b9c27e1853", DrainID: id, Status: status, Date: instant(t, "2025-09-14T08:30:11.512Z"), AuthorID: exampleUser,
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
			LastAttemptAt: instant(t, "2025-09-15T09:58:30.006Z"), NextAttemptAt: instant(t, "2025-09-15T10:00:30.006Z"),
			RetryingSince: instant(t, "2025-09-15T09:41:02Z"),
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

// drainRoundTrip leaves a Datadog url out: it comes back with its host only.
var drainRoundTrip = roundTrip{
	unknown: []string{"region", "execution.progress", "backlog.oldest"},
	secret:  []string{"recipient.password", "recipient.apiKey", "recipient.token"},
}

func checkDrain(t *testing.T, body string, got clevercloud.Drain) {
	t.Helper()
	trip := drainRoundTrip
	if datadog, ok := got.Recipient.(clevercloud.DatadogRecipient); ok {
		trip.unknown = append(trip.unknown[:len(trip.unknown):len(trip.unknown)], "recipient.url")
		encoded, err := json.Marshal(got)
		require.NoError(t, err)
		assert.Contains(t, string(encoded), `"url":"https://http-intake.logs.datadoghq.eu/[redacted]"`, datadog)
	}
	trip.check(t, body, got)
}

func TestDrains_Get(t *testing.T) {
	t.Parallel()
	for name, want := range drains(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, mock := newTestClient(t)
			always(mock, http.StatusOK, fixture(t, name))

			got, err := client.Drains.Get(t.Context(), "orga_1", "app_1", want.ID)

			require.NoError(t, err)
			assert.Equal(t, want, fieldsOf(*got))
			checkDrain(t, fixture(t, name), *got)
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
			client, mock := newTestClient(t)
			always(mock, http.StatusOK, fixture(t, name))

			got, err := client.Drains.List(t.Context(), "orga_1", "app_1", clevercloud.DrainQuery{})

			require.NoError(t, err)
			require.NotNil(t, got)
			require.Len(t, got, len(want))
			bodies := decodeAs[[]json.RawMessage](t, fixture(t, name))
			for i := range want {
				assert.Equal(t, want[i], fieldsOf(got[i]))
				checkDrain(t, string(bodies[i]), got[i])
			}
		})
	}
	others := append(fixtures(t, "drains/create_request_*.json"), fixtures(t, "drains/check_*.json")...)
	covers(t, "drains/*.json", all, others...)
}

func TestDrains_Create(t *testing.T) {
	t.Parallel()
	for _, status := range []int{http.StatusOK, http.StatusCreated, http.StatusAccepted} {
		client, mock := newTestClient(t)
		always(mock, status, fixture(t, "drains/created.json"))

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
		client, mock := newTestClient(t)
		sent := always(mock, tc.status, fixture(t, tc.body))

		got, err := client.Drains.Create(t.Context(), "orga_1", "app_1", clevercloud.DrainInput{
			Kind: clevercloud.DrainKindLog, Recipient: clevercloud.RawRecipient{URL: ingestURL},
		}, clevercloud.WithMaxRetries(3))

		require.ErrorIs(t, err, tc.want)
		assert.Nil(t, got)
		assert.Equal(t, 1, sent.count(), "a drain is not made twice")
	}
}

func TestDrains_Delete(t *testing.T) {
	t.Parallel()
	client, mock := newTestClient(t)
	always(mock, http.StatusOK, fixture(t, "drains/deleted.json"))

	got, err := client.Drains.Delete(t.Context(), "orga_1", "app_1", exampleDrain)

	require.NoError(t, err)
	assert.Equal(t, drains(t)["drains/deleted.json"], fieldsOf(*got))
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

func FuzzDrain(f *testing.F) {
	for _, name := range fixtures(f, "drains/*.json") {
		f.Add([]byte(fixture(f, name)))
	}
	f.Add([]byte(`{"recipient":{"type":"KAFKA","type":"X","url":"https://u:p@h/?q#f","a":{"token":["x",1,null]}}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		// A URL with something redacted is none any more, and so may be redacted as a whole the next time.
		if redacted, ok := again[clevercloud.Drain](t, data); ok {
			stable[clevercloud.Drain](t, redacted)
		}
		if redacted, ok := again[[]clevercloud.Drain](t, data); ok {
			stable[[]clevercloud.Drain](t, redacted)
		}
	})
}
