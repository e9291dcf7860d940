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

func checkEntry[T any, E logEntry[T]](
	t *testing.T, data []byte, reference func([]byte) (T, error),
) {
	t.Helper()
	want, wantErr := reference(data)
	var got, back T
	id, _ := E(&got).parts()
	*id = "before"
	before := got
	err := E(&got).decode(data)
	require.Equal(t, wantErr == nil, err == nil, "%v, not %v", err, wantErr)
	if err != nil {
		require.Equal(t, before, got)
		return
	}
	require.Equal(t, want, got)

	text, err := json.Marshal(got)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, &back))
	require.NoError(t, json.Unmarshal([]byte("null"), &back), "which leaves it as it is")
	access, _ := any(&got).(*AccessLogEntry)
	if access != nil && access.HTTP != nil && access.HTTP.Response.Time.Abs() > 1<<50 {
		// Weeks do not fit a float64 to the nanosecond.
		access.HTTP.Response.Time = any(back).(AccessLogEntry).HTTP.Response.Time
	}
	require.Equal(t, got, back)
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

func TestLogEntry_UnreadableDate(t *testing.T) {
	t.Parallel()
	var e LogEntry
	require.NoError(t, e.decode([]byte(`{"date":"yesterday","message":"kept"}`)))
	assert.Equal(t, LogEntry{Message: "kept", entrySource: entrySource{dateText: "yesterday"}}, e)
	assert.Equal(t, "yesterday", e.DateText())
	text, err := json.Marshal(e)
	require.NoError(t, err)
	assert.Equal(t, `{"date":"yesterday","message":"kept"}`, string(text))
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

// Both decoders give what encoding/json and the rules for odd types give, and reject what it
// rejects. How JSON and dates are read is tested where they are: in internal/logjson.
func FuzzLogEntry(f *testing.F) {
	for _, name := range []string{"app-session", "resource-session", "access-session"} {
		for _, data := range logEvents(f, name) {
			f.Add(data)
		}
	}
	for _, data := range []string{
		``, `[]`, `null`, `"x"`, `{}`, `{"id":"1" "pid":2}`, "{\"id\":\"a\tb\"}",
		`{"x":[1,{"b":null}],"id":"1"}`,
		`{"id":1,"pid":"42","priority":"7.0","version":true,"zone":{},"region":[],"service":null}`,
		`{ "pid" : 42 , "version" : 1 , "date" : 1782288343880 }`,
		`{"pid":9223372036854775807,"priority":-9223372036854775808}`, `{"pid":"\u0034\u0032"}`,
		`{"message":"a","message":null}`, `{"Message":"a","MESSAGE":"b"}`, `{"\u006dessage":"a"}`,
		`{"message":"\"\\\n\u0000\u20ac \ud83d\ude80 \ud83d"}`,
		"{\"message\":\"caf\xe9 \xf0\x9f\x9a\x80\"}",
		"{\"message\":\"" + strings.Repeat("\xff", 100) + "\"}",
		`{"message":"` + strings.Repeat(`\ud83d\ude80\u0041`, 20) + `"}`,
		`{"date":"2026-06-24T08:05:43.880123456Z"}`, `{"date":"2026-06-24 10:05+02"}`,
		`{"date":1782288343880}`, `{"date":"yesterday"}`, `{"date":""}`, `{"date":{}}`,
		`{"date":true}`, `{"date":"0001-01-01T00:00:00Z"}`, `{"date":"\u0032026-06-24T08:05:43Z"}`,
		`{"date":"\ud83d[UTC]"}`,
		`{"source":{"ip":"a","geoLocation":{"latitude":1,"longitude":2}},"source":{"port":2}}`,
		`{"source":{"geoLocation":{"latitude":1},"geoLocation":{"longitude":2}},"destination":5}`,
		`{"source":{"ip":"a","city":"b","countryCode":"c","geoLocation":{"x":1,"latitude":-1}}}`,
		`{"destination":{"ip":"a"},"destination":{"port":2}}`, `{"source":{"geoLocation":[1]}}`,
		`{"http":{"request":{"host":"h"},"request":{"path":"/"},"response":{"time":1.5}}}`,
		`{"http":{"x":1,"request":{"x":"y","path":"/"},"response":{"x":2,"time":1}}}`,
		`{"http":{"request":{"host":"h"}},"http":{"response":{"time":1}}}`,
		`{"http":{},"http":null}`, `{"http":{"response":{"statusCode":200},"response":{"time":2}}}`,
		`{"http":[]}`, `{"http":{"request":null,"response":7},"tls":false}`,
		`{"http":{"response":{"time":1e300,"statusCode":1e3}}}`,
		`{"http":{"response":{"time":9223372036854.775808}}}`,
		`{"http":{"response":{"time":-9223372036854.775808}}}`, `{"tls":"\u0031.3 é"}`,
		`{"tls":"TLS1.3"}`, `{"tls":{}}`, `{"tls":{"version": "1.3"}}`, `{"tls":""}`,
		`{"tls":{"version":{}}}`, `{"tls":{"version":1.3,"x":[]},"tls":{"cipher":"a"}}`,
		`{"tls":["1.3"]}`, `{"tls":{"version":"a"},"tls":"b"}`,
		`{"tls":{"version":"a"},"tls":null}`,
	} {
		f.Add([]byte(data))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		checkEntry(t, data, referenceLogEntry)
		checkEntry(t, data, referenceAccessLogEntry)
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
