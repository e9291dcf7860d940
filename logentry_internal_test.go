package clevercloud

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/clevercloud-go/clevercloud/internal/logjson"
	"github.com/clevercloud-go/clevercloud/internal/sse"
)

// object is the reference for decoding: encoding/json into a map, so that keys are matched exactly and the last value counts.
type object map[string]json.RawMessage

func referenceObject(data []byte) (object, error) {
	var o object
	if err := json.Unmarshal(data, &o); err != nil {
		return nil, err
	}
	if o == nil {
		return nil, errors.New("null")
	}
	return o, nil
}

func (o object) text(key string) string {
	raw := strings.TrimSpace(string(o[key]))
	switch {
	case raw == "" || raw == "null" || raw[0] == '{' || raw[0] == '[':
		return ""
	case raw[0] == '"':
		var text string
		if err := json.Unmarshal([]byte(raw), &text); err != nil {
			panic(err)
		}
		return text
	default:
		return raw
	}
}

var jsonNumber = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?$`)

func (o object) float(key string) float64 {
	text := o.text(key)
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || !jsonNumber.MatchString(text) {
		return 0
	}
	return f
}

func (o object) int(key string) int64 {
	text := o.text(key)
	if n, err := strconv.ParseInt(text, 10, 64); err == nil && jsonNumber.MatchString(text) {
		return n
	}
	if f := o.float(key); f == math.Trunc(f) && math.Abs(f) <= 1<<53 {
		return int64(f)
	}
	return 0
}

// small is 0 for what an int of this machine does not hold.
func (o object) small(key string) int {
	n := o.int(key)
	if int64(int(n)) != n {
		return 0
	}
	return int(n)
}

func (o object) date() (time.Time, string) {
	text := o.text("date")
	t, ok := logjson.ParseDate([]byte(text))
	if !ok || t.IsZero() {
		return time.Time{}, text
	}
	return t, ""
}

func (o object) object(key string) object {
	sub, err := referenceObject(o[key])
	if err != nil {
		return nil
	}
	return sub
}

func referenceLogEntry(data []byte) (LogEntry, error) {
	o, err := referenceObject(data)
	if err != nil {
		return LogEntry{}, err
	}
	e := LogEntry{
		ID: o.text("id"), ApplicationID: ApplicationID(o.text("applicationId")), ResourceID: ResourceID(o.text("resourceId")),
		CommitID: o.text("commitId"), DeploymentID: DeploymentID(o.text("deploymentId")),
		InstanceID: InstanceID(o.text("instanceId")), Hostname: o.text("hostname"), Region: o.text("region"),
		Zone: ZoneName(o.text("zone")), PID: o.small("pid"), Facility: o.text("facility"), Severity: o.text("severity"),
		Priority: o.small("priority"), Version: o.text("version"), Service: o.text("service"), Message: o.text("message"),
	}
	e.Date, e.dateText = o.date()
	return e, nil
}

func referenceAccessLogEntry(data []byte) (AccessLogEntry, error) {
	o, err := referenceObject(data)
	if err != nil {
		return AccessLogEntry{}, err
	}
	endpoint := func(o object) AccessLogEndpoint {
		place := o.object("geoLocation")
		return AccessLogEndpoint{
			IP: o.text("ip"), Port: o.small("port"), City: o.text("city"), CountryCode: o.text("countryCode"),
			GeoLocation: AccessLogCoordinate{place.float("latitude"), place.float("longitude")},
		}
	}
	e := AccessLogEntry{
		ID: o.text("id"), ApplicationID: ApplicationID(o.text("applicationId")), InstanceID: InstanceID(o.text("instanceId")),
		RequestID: o.text("requestId"), Region: o.text("region"), Zone: ZoneName(o.text("zone")),
		BytesIn: o.int("bytesIn"), BytesOut: o.int("bytesOut"),
		Source: endpoint(o.object("source")), Destination: endpoint(o.object("destination")),
	}
	e.Date, e.dateText = o.date()
	if tls := bytes.TrimSpace(o["tls"]); len(tls) > 0 && tls[0] == '"' {
		e.TLS = &AccessLogTLS{Version: o.text("tls")}
	} else if tls := o.object("tls"); tls != nil {
		e.TLS = &AccessLogTLS{Version: tls.text("version")}
	}
	if http := o.object("http"); http != nil {
		in, out := http.object("request"), http.object("response")
		e.HTTP = &AccessLogHTTP{
			Request: AccessLogRequest{in.text("host"), in.text("method"), in.text("path"), in.text("scheme")},
		}
		e.HTTP.Response.StatusCode = out.small("statusCode")
		if ns := math.Round(out.float("time") * 1e6); math.Abs(ns) < 1<<63 {
			e.HTTP.Response.Time = time.Duration(ns)
		}
	}
	return e, nil
}

// oddEntries are data that a decoder may get wrong. The fuzz targets start from them.
var oddEntries = []string{
	``, ` `, `{`, `}`, `[]`, `null`, `"x"`, `7`, `true`, `{}`, ` {} `, "{}\x00", `{}{}`, `{,}`, `{"a":1,}`, `{"a"}`, `{"a":}`, `{a:1}`,
	`{"id":"1" "pid":2}`, `{"id":"\x"}`, `{"id":"\u12g4"}`, `{"id":"\u12`, `{"id":"`, `{"id":"\`, "{\"id\":\"a\tb\"}", "{\"id\":\"a\x7fb\"}",
	`{"id":1,"pid":"42","priority":"7.0","version":true,"zone":{},"region":[],"service":null,"facility":3}`,
	`{"pid":1e2,"priority":-0}`, `{"pid":01}`, `{"pid":1.}`, `{"pid":.5}`, `{"pid":1e}`, `{"pid":-}`, `{"pid":+1}`, `{"pid":1.5}`, `{"pid":1e400}`,
	`{"pid":9223372036854775807,"priority":9223372036854775808}`, `{"pid":-9223372036854775808,"priority":9007199254740993.0}`,
	`{"pid":"007","priority":" 7"}`, `{"pid":"0x10","priority":"1_000"}`, `{"pid":"Inf"}`, `{"pid":"\u0034\u0032"}`,
	`{"message":"a","message":"b"}`, `{"message":"a","message":null}`, `{"message":"a","message":{}}`, `{"Message":"a","MESSAGE":"b"}`,
	`{"\u006dessage":"a"}`, `{"mess\u0061ge":"a","\u006d\u0065\u0073\u0073\u0061\u0067\u0065":"b"}`, `{"message\u0000":"a"}`,
	`{"message":"\"\\\/\b\f\n\r\t\u0000\u001b[31m\u00e9\u20ac"}`, `{"message":"\ud83d\ude80 \ud83d \ude80 \ud83d\ud83d\ude80 \ud83d\u0041"}`,
	`{"message":"\ud83d\"}`, `{"message":"\ud83d\ude8"}`, "{\"message\":\"caf\xe9\"}", "{\"message\":\"\xe2\x82\xe2\x82\xac \xf0\x9f\x9a\x80\xff\"}",
	"{\"message\":\"" + strings.Repeat("\xff", 100) + "\"}", `{"message":"` + strings.Repeat(`\ud83d\ude80\u0041`, 20) + `"}`,
	"{\"m\xe9ssage\":\"a\"}", `{"x":[1,{"b":null,"c":[[],{}]},"]}"],"id":"1"}`, `{"x":[1,]}`, `{"x":[}`, `{"x":{]}`, `{"x":tru}`, `{"x":nul`, `{"x":falsey}`,
	`{"date":"2026-06-24T08:05:43Z"}`, `{"date":"2026-06-24T08:05:43.8Z"}`, `{"date":"2026-06-24T08:05:43.880123456Z"}`,
	`{"date":"2026-06-24T08:05:43.8801234567891Z"}`, `{"date":"2026-06-24T08:05:43.Z"}`, `{"date":"2026-06-24T10:05:43.880+02:00"}`,
	`{"date":"2026-06-24T10:05:43-23:59[UTC]"}`, `{"date":"2026-06-24T10:05:43+24:00"}`, `{"date":"2026-06-24T10:05:43+02"}`,
	`{"date":"2026-12-31T23:59:60Z"}`, `{"date":"2026-02-29T00:00:00Z"}`, `{"date":"2024-02-29T00:00:00Z"}`, `{"date":"2026-06-24T24:00:00Z"}`,
	`{"date":"2026-06-24t08:05:43z"}`, `{"date":"2026-06-24 08:05:43Z"}`, `{"date":"2026-6-24T08:05:43Z"}`, `{"date":"yesterday"}`, `{"date":""}`,
	`{"date":1782288343880}`, `{"date":{}}`, `{"date":true}`, `{"date":"0000-01-01T00:00:00+01:00"}`, `{"date":"9999-12-31T23:59:59-01:00"}`,
	`{"date":"0001-01-01T00:00:00Z"}`, `{"date":"\u0032026-06-24T08:05:43Z"}`, `{"date":"\ud83d[UTC]"}`, `{"date":"[UTC]"}`,
	`{"source":{"ip":"a","port":1,"geoLocation":{"latitude":1.5,"longitude":-2}},"source":{"port":"2"},"destination":5,"tls":"TLS1.3"}`,
	`{"http":{"request":{"host":"h"},"request":{"path":"/"},"response":{"statusCode":200,"time":1.5}},"tls":{"version": "1.3"}}`,
	`{"http":{"request":null,"response":7},"tls":false}`, `{"http":[],"source":{"geoLocation":[1]}}`, `{"http":{"response":{"time":1e300,"statusCode":1e3}}}`,
	`{"tls":"\u0031.3 é"}`, `{"tls":{}}`, `{"tls":{"version":{}}}`, `{"tls":{"version":1.3,"x":[]},"tls":{"cipher":"a"}}`, `{"tls":{"version":"a"},"tls":"b"}`, `{"tls":""}`, `{"tls":["1.3"]}`, `{"tls":{"version":"a"},"tls":null}`, `{"destination":{"ip":"a"},"destination":{"port":2},"http":{"request":{"host":"h"}},"http":{"response":{"time":1}}}`,
	`{"source":{"geoLocation":{"latitude":1},"geoLocation":{"longitude":2}},"http":{"response":{"statusCode":200},"response":{"time":2}}}`,
	`{"source":{"x":[1],"ip":"a","geoLocation":{"x":{},"latitude":1}},"http":{"x":1,"request":{"x":"y","path":"/"},"response":{"x":2,"time":1}}}`,
	`{"http":{"response":{"time":9223372036854.775808}}}`, `{"http":{"response":{"time":-9223372036854.775808}}}`,
	`{"http":{},"http":null}`, `{"x":` + strings.Repeat("[", 9_999) + strings.Repeat("]", 9_999) + `}`,
	`{"x":` + strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000) + `}`, `{"x":` + strings.Repeat(`{"y":`, 10_001),
}

func checkLogEntry(t *testing.T, data []byte) {
	t.Helper()
	want, wantErr := referenceLogEntry(data)
	before := LogEntry{ID: "before"}
	got := before
	err := got.decode(data)
	require.Equal(t, wantErr == nil, err == nil, "%v, not %v", err, wantErr)
	if err != nil {
		require.Equal(t, before, got)
		return
	}
	require.Equal(t, want, got)

	text, err := json.Marshal(got)
	require.NoError(t, err)
	var back LogEntry
	require.NoError(t, json.Unmarshal(text, &back))
	require.Equal(t, got, back)
}

func checkAccessLogEntry(t *testing.T, data []byte) {
	t.Helper()
	want, wantErr := referenceAccessLogEntry(data)
	var got AccessLogEntry
	err := got.decode(data)
	require.Equal(t, wantErr == nil, err == nil, "%v, not %v", err, wantErr)
	if err != nil {
		return
	}
	require.Equal(t, want, got)

	text, err := json.Marshal(got)
	require.NoError(t, err)
	var back AccessLogEntry
	require.NoError(t, json.Unmarshal(text, &back))
	if got.HTTP != nil && got.HTTP.Response.Time.Abs() > 1<<50 {
		got.HTTP.Response.Time = back.HTTP.Response.Time // weeks do not fit a float64 to the nanosecond
	}
	require.Equal(t, got, back)
}

func TestLogEntry_OddData(t *testing.T) {
	t.Parallel()
	for i, data := range oddEntries {
		t.Run(fmt.Sprintf("%d %.40q", i, data), func(t *testing.T) {
			t.Parallel()
			checkLogEntry(t, []byte(data))
			checkAccessLogEntry(t, []byte(data))
		})
	}
}

// Cutting an entry or changing a byte of it gives what encoding/json makes of that.
func TestLogEntry_DamagedData(t *testing.T) {
	t.Parallel()
	data := []byte(`{"id":"1:2","pid":-1.5e+3,"date":"2026-06-24T08:05:43.880Z","x":[true,null,{"a":"\u00e9\n"}],"message":"é \"q\""}`)
	for i := range data {
		checkLogEntry(t, data[:i])
		for _, c := range "\"\\{}[]:, 0eEu\x00\x1f\xff" {
			changed := bytes.Clone(data)
			changed[i] = byte(c)
			checkLogEntry(t, changed)
			checkAccessLogEntry(t, changed)
		}
	}
}

// logEvents returns the log events of a session in testdata.
func logEvents(tb testing.TB, name string) [][]byte {
	tb.Helper()
	file, err := os.ReadFile("testdata/logs/" + name + ".sse")
	require.NoError(tb, err)
	var events [][]byte
	decoder := sse.NewDecoder(bytes.NewReader(file), 0)
	for {
		e, err := decoder.Next()
		if err != nil {
			require.NotEmpty(tb, events)
			return events
		}
		if strings.HasSuffix(string(e.Name), "_LOG") {
			events = append(events, bytes.Clone(e.Data))
		}
	}
}

func TestLogEntry_Sessions(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"app-session", "resource-session", "access-session"} {
		for _, data := range logEvents(t, name) {
			checkLogEntry(t, data)
			checkAccessLogEntry(t, data)
		}
	}
}

// Every known key of the sessions survives decoding and encoding.
func TestLogEntry_MarshalsBack(t *testing.T) {
	t.Parallel()
	for name, entry := range map[string]func() any{
		"app-session":      func() any { return new(LogEntry) },
		"resource-session": func() any { return new(LogEntry) },
		"access-session":   func() any { return new(AccessLogEntry) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, data := range logEvents(t, name) {
				e := entry()
				require.NoError(t, json.Unmarshal(data, e))
				text, err := json.Marshal(e)
				require.NoError(t, err)

				assert.Equal(t, withoutEmpty(t, data), withoutEmpty(t, text))
			}
		})
	}
}

// withoutEmpty parses data, and drops what an entry need not write: nulls, empty text, zeros.
func withoutEmpty(t *testing.T, data []byte) any {
	var v any
	require.NoError(t, json.Unmarshal(data, &v))
	return prune(v)
}

func prune(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for key, value := range v {
			if value = prune(value); value == nil {
				delete(v, key)
			} else if text, ok := value.(string); ok && key == "date" {
				date, err := time.Parse(time.RFC3339, text)
				if err == nil {
					v[key] = date.UTC()
				}
			} else {
				v[key] = value
			}
		}
		if len(v) == 0 {
			return nil
		}
	case string:
		if v == "" {
			return nil
		}
	case float64:
		if v == 0 {
			return nil
		}
	}
	return v
}

func TestLogEntry_Dates(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Time{
		`"2026-06-24T08:05:43Z"`:           time.Date(2026, 6, 24, 8, 5, 43, 0, time.UTC),
		`"2026-06-24T08:05:43.88Z"`:        time.Date(2026, 6, 24, 8, 5, 43, 880_000_000, time.UTC),
		`"2026-06-24T08:05:43.123456789Z"`: time.Date(2026, 6, 24, 8, 5, 43, 123_456_789, time.UTC),
		`"2026-06-24T10:05:43.880+02:00"`:  time.Date(2026, 6, 24, 8, 5, 43, 880_000_000, time.UTC),
		`"2026-06-24T08:05:43.880Z[UTC]"`:  time.Date(2026, 6, 24, 8, 5, 43, 880_000_000, time.UTC),
		`"2026-06-24 08:05+00"`:            time.Date(2026, 6, 24, 8, 5, 0, 0, time.UTC),
		`1782288343880`:                    time.Date(2026, 6, 24, 8, 5, 43, 880_000_000, time.UTC),
	} {
		var e LogEntry
		require.NoError(t, e.decode([]byte(`{"date":`+text+`}`)))
		assert.Equal(t, want, e.Date, text)
		assert.Empty(t, e.DateText())
	}

	var e LogEntry
	require.NoError(t, e.decode([]byte(`{"date":"yesterday","message":"kept"}`)))
	assert.True(t, e.Date.IsZero())
	assert.Equal(t, "yesterday", e.DateText())
	assert.Equal(t, "kept", e.Message)
	text, err := json.Marshal(e)
	require.NoError(t, err)
	assert.JSONEq(t, `{"date":"yesterday","message":"kept"}`, string(text))
}

func TestLogEntry_Allocations(t *testing.T) {
	for _, tc := range []struct {
		name, data string
		most       float64
	}{
		{"an entry", string(logEvents(t, "app-session")[0]), 1},
		{"unknown fields", `{"id":"1","new":{"a":[1,2,{"b":"c"}]},"other":"\u00e9","message":"m"}`, 1},
		{"escapes", `{"id":"1","message":"a\nb \u001b[31mé\u001b[0m"}`, 1},
		{"bytes that are not UTF-8", "{\"message\":\"\xff\xff\"}", 2},
		{"nothing", `{}`, 0},
	} {
		var e LogEntry
		data := []byte(tc.data)
		got := testing.AllocsPerRun(100, func() {
			if err := e.decode(data); err != nil {
				t.Fatal(err)
			}
		})
		assert.LessOrEqual(t, got, tc.most, tc.name)
	}
}

func TestLogDecodeError(t *testing.T) {
	t.Parallel()
	var e LogEntry
	cause := e.decode([]byte(`{"message":`))
	err := error(&LogDecodeError{Operation: "logs.stream-access", ID: "500:2:0", Data: []byte(`{"message":`), err: cause})

	assert.EqualError(t, err, "clevercloud: logs.stream-access: unreadable entry 500:2:0 of 11 bytes: "+cause.Error())
	var syntax *json.SyntaxError
	assert.ErrorAs(t, err, &syntax)
	assert.EqualError(t, &LogDecodeError{}, "clevercloud: unreadable entry")
	assert.EqualError(t, &LogDecodeError{ID: "a\nb" + strings.Repeat("c", 100)}, `clevercloud: unreadable entry a\nb`+strings.Repeat("c", 60)+"…")
	err = &LogDecodeError{Operation: "logs.stream", ID: "1", err: fmt.Errorf("%w, more than 7 bytes", ErrEventTooLarge)}
	assert.EqualError(t, err, "clevercloud: logs.stream: unreadable entry 1: event too large, more than 7 bytes")
	assert.ErrorIs(t, err, ErrEventTooLarge)
	assert.EqualError(t, e.decode([]byte(` [1]`)), "expected an object, got an array")
}

// Both decoders give what encoding/json and the rules for odd types give, and refuse what it refuses.
func FuzzLogEntry(f *testing.F) {
	for _, data := range oddEntries {
		if len(data) < 1000 {
			f.Add([]byte(data))
		}
	}
	for _, name := range []string{"app-session", "resource-session", "access-session"} {
		for _, data := range logEvents(f, name)[:5] {
			f.Add(data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		checkLogEntry(t, data)
		checkAccessLogEntry(t, data)
	})
}

func BenchmarkLogEntry(b *testing.B) {
	data := logEvents(b, "app-session")[0]
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	var e LogEntry
	for b.Loop() {
		if err := e.decode(data); err != nil {
			b.Fatal(err)
		}
	}
}
