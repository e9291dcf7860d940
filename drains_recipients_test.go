package clevercloud_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/auth"
	"github.com/clevercloud-go/clevercloud/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// createRequests are the recipients of the fixtures of a drain's creation, by the names that their
// types have in the API reference.
var createRequests = map[string]struct {
	recipient clevercloud.DrainRecipient
	contract  string
}{
	"raw_http": {clevercloud.RawRecipient{
		URL: ingestURL, Username: "shipper", Password: "example-password",
	}, "RawRecipient"},
	"raw_http_min":     {clevercloud.RawRecipient{URL: ingestURL}, "RawRecipient"},
	"legacy_type_name": {clevercloud.RawRecipient{URL: ingestURL}, "RawRecipient"},
	"datadog": {clevercloud.DatadogRecipient{
		URL: "https://http-intake.logs.datadoghq.eu/v1/input/example-datadog-key" +
			"?ddsource=clevercloud&service=shop",
	}, "DatadogRecipient"},
	"elasticsearch": {clevercloud.ElasticsearchRecipient{
		URL: "https://es.example.com:9200/_bulk", Index: "shop-logs", Username: "elastic",
		Password: "example-password", TLSVerification: clevercloud.TLSVerificationDefault,
	}, "ElasticsearchRecipient"},
	"newrelic": {clevercloud.NewRelicRecipient{
		URL: "https://log-api.eu.newrelic.com/log/v1", APIKey: "example-newrelic-key",
	}, "NewRelicRecipient"},
	"ovh_tcp": {clevercloud.OVHTCPRecipient{
		URL: "tcp://gra1.logs.example.com:6514", Token: "example-ovh-token",
		RFC5424StructuredDataParameters: `env="prod"`,
	}, "OVHTCPRecipient"},
	"syslog_tcp": {clevercloud.SyslogTCPRecipient{
		URL: "tcp://syslog.example.com:601", RFC5424StructuredDataParameters: `env="prod"`,
	}, "SYSLOG_TCP"},
	"syslog_udp": {
		clevercloud.SyslogUDPRecipient{URL: "udp://syslog.example.com:514"}, "SYSLOG_UDP",
	},
	"betterstack": {clevercloud.BetterStackRecipient{
		URL: "https://s0000000.eu-example.betterstackdata.com", SourceToken: "example-source-token",
	}, "BETTERSTACK"},
	"splunk": {clevercloud.SplunkRecipient{
		URL: "https://splunk.example.com:8088/services/collector/event", Token: "example-hec-token",
		Index: "main", SourceType: "clevercloud",
		TLSVerification: clevercloud.TLSVerificationTrustful,
	}, "SPLUNK"},
}

// create returns the body of the request that creates a drain.
func create(t testing.TB, in clevercloud.DrainInput, opts ...clevercloud.ClientOption) (string, error) {
	t.Helper()
	var body string
	opts = append(opts, clevercloud.WithBaseURL(testkit.Base), clevercloud.WithMaxRetries(0),
		clevercloud.WithHTTPClient(&http.Client{Transport: testkit.RoundTripFunc(func(req *http.Request) (*http.Response, error) {
			got, err := testkit.Describe(req)
			body = got.Body
			return testkit.Answer(req, http.StatusOK, "application/json", "{}"), err
		})}))
	client, err := clevercloud.New(opts...)
	require.NoError(t, err)
	_, err = client.Drains.Create(t.Context(), "orga_1", "app_1", in)
	return body, err
}

// pointerTo returns r behind a pointer, which is a recipient as well.
func pointerTo(r clevercloud.DrainRecipient) clevercloud.DrainRecipient {
	p := reflect.New(reflect.TypeOf(r))
	p.Elem().Set(reflect.ValueOf(r))
	return p.Interface().(clevercloud.DrainRecipient)
}

// A recipient is sent with either name of its type. It is decoded with these and with the name of
// the Go type.
func TestDrainRecipient_BothSpellings(t *testing.T) {
	t.Parallel()
	for _, name := range testkit.Fixtures(t, "drains/create_request_*.json") {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			key := strings.TrimSuffix(strings.TrimPrefix(name, "drains/create_request_"), ".json")
			require.Contains(t, createRequests, key)
			tc := createRequests[key]
			type drain struct {
				Kind      clevercloud.DrainKind
				Recipient struct{ Type string }
			}
			wire := testkit.Fixture(t, name)
			fixture := testkit.DecodeAs[drain](t, wire)
			under := func(tag string) string {
				return strings.Replace(wire, `"`+fixture.Recipient.Type+`"`, `"`+tag+`"`, 1)
			}
			current := strings.Replace(fixture.Recipient.Type, "RawRecipient", "RAW_HTTP", 1)
			for _, r := range []clevercloud.DrainRecipient{tc.recipient, pointerTo(tc.recipient)} {
				in := clevercloud.DrainInput{Kind: fixture.Kind, Recipient: r}

				body, err := create(t, in, clevercloud.WithDrainTypeNames(clevercloud.CurrentDrainTypeNames))
				require.NoError(t, err)
				assert.JSONEq(t, under(current), body)
				body, err = create(t, in)
				require.NoError(t, err)
				assert.JSONEq(t, under(tc.contract), body, "the default is that of the API reference")
			}
			for _, tag := range []string{current, tc.contract, reflect.TypeOf(tc.recipient).Name()} {
				got := testkit.DecodeAs[clevercloud.Drain](t, under(tag))

				assert.Equal(t, fixture.Kind, got.Kind)
				assert.Equal(t, tc.recipient, got.Recipient)
				assert.Contains(t, string(testkit.MustJSON(got)), `"type":"`+tag+`"`)
			}
		})
	}
}

func TestDrain_RecipientMayBeMissing(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`{}`, `{"recipient":null}`} {
		got := testkit.DecodeAs[clevercloud.Drain](t, body)

		assert.Equal(t, clevercloud.Drain{}, got)
		assert.JSONEq(t, `{}`, string(testkit.MustJSON(got)))
	}
}

func TestUnknownRecipient_IsSentAsItIs(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		`{"brokers":["k1:9092"],"password":"x","n":1.50}`: `,"brokers":["k1:9092"],"password":"x","n":1.50`,
		`{"type":"OTHER","url":"https://u:p@x.example"}`:  `,"url":"https://u:p@x.example"`,
		``: ``, `{}`: ``,
	} {
		for _, names := range []clevercloud.DrainTypeNames{
			clevercloud.ContractDrainTypeNames, clevercloud.CurrentDrainTypeNames,
		} {
			body, err := create(t, clevercloud.DrainInput{
				Kind:      clevercloud.DrainKindLog,
				Recipient: clevercloud.UnknownRecipient{Type: "KAFKA", Raw: json.RawMessage(raw)},
			}, clevercloud.WithDrainTypeNames(names))

			require.NoError(t, err)
			assert.JSONEq(t, `{"kind":"LOG","recipient":{"type":"KAFKA"`+want+`}}`, body)
		}
	}
}

func TestDrainInput_IsCheckedBeforeSending(t *testing.T) {
	t.Parallel()
	type (
		raw     = clevercloud.RawRecipient
		unknown = clevercloud.UnknownRecipient
	)
	const x = "https://x.example"
	const empty, noObject = "must not be empty", "must be a JSON object"
	const isNil, relative = "must not be nil", "must be an absolute URL"
	const isMask = "must hold the secret, not the mask that is shown in its place"
	for _, tc := range []struct {
		recipient        clevercloud.DrainRecipient
		argument, reason string
	}{
		{nil, "", isNil},
		{(*raw)(nil), "", isNil},
		{(*unknown)(nil), "", isNil},
		{raw{}, ".URL", empty},
		{&clevercloud.DatadogRecipient{}, ".URL", empty},
		{raw{URL: "/in"}, ".URL", relative},
		{clevercloud.SyslogTCPRecipient{URL: "syslog.example:601"}, ".URL", relative},
		{clevercloud.SyslogUDPRecipient{URL: "udp://[::1"}, ".URL", relative},
		{clevercloud.ElasticsearchRecipient{URL: x}, ".Index", empty},
		{clevercloud.NewRelicRecipient{URL: x}, ".APIKey", empty},
		{clevercloud.BetterStackRecipient{URL: x}, ".SourceToken", empty},
		{clevercloud.SplunkRecipient{URL: x}, ".Token", empty},
		{raw{URL: x, Password: masked}, ".Password", isMask},
		{clevercloud.NewRelicRecipient{URL: x, APIKey: "[redacted]"}, ".APIKey", isMask},
		{raw{URL: x + "/[redacted]"}, ".URL", isMask},
		{clevercloud.DatadogRecipient{URL: x + "/v1/" + masked}, ".URL", isMask},
		{clevercloud.DatadogRecipient{URL: x + "/v1?key=%2A%2A%2A"}, ".URL", isMask},
		{raw{URL: "https://[redacted]@x.example"}, ".URL", isMask},
		{clevercloud.OVHTCPRecipient{URL: "tcp://x.example:6514",
			RFC5424StructuredDataParameters: `env="*" X-OVH-TOKEN="[redacted]"`,
		}, ".RFC5424StructuredDataParameters", isMask},
		{unknown{Raw: json.RawMessage(`{}`)}, ".Type", empty},
		{unknown{"X", json.RawMessage(`[1]`)}, ".Raw", noObject},
		{unknown{"X", json.RawMessage(`null`)}, ".Raw", noObject},
		{&unknown{"X", json.RawMessage(`{`)}, ".Raw", noObject},
	} {
		body, err := create(t, clevercloud.DrainInput{Kind: "LOG", Recipient: tc.recipient})

		assert.Equal(t, &clevercloud.ValidationError{
			Operation: "drains.create", Argument: "Recipient" + tc.argument, Reason: tc.reason,
		}, err, "%T", tc.recipient)
		assert.Empty(t, body)
	}
	for _, wildcard := range []clevercloud.DrainRecipient{
		raw{URL: x + "/in?app=*"},
		clevercloud.ElasticsearchRecipient{URL: x + "/logs-*/_bulk?filter_path=**.error", Index: "***"},
		clevercloud.OVHTCPRecipient{URL: x, RFC5424StructuredDataParameters: `env="********"`},
		unknown{"X", json.RawMessage(`{"topics":"**"}`)},
	} {
		_, err := create(t, clevercloud.DrainInput{Kind: "LOG", Recipient: wildcard})
		require.NoError(t, err, "a wildcard is no mask")
	}
	_, err := create(t, clevercloud.DrainInput{Recipient: raw{URL: x}})
	assert.EqualError(t, err, "clevercloud: drains.create: Kind must not be empty")
}

// held are the ways in which a program may come to hold a recipient.
func held(r clevercloud.DrainRecipient) map[string]any {
	input := clevercloud.DrainInput{Kind: "LOG", Recipient: r}
	drain := clevercloud.Drain{ID: "drain_1", Recipient: pointerTo(r)}
	return map[string]any{
		"a value": r, "a pointer": pointerTo(r), "an input": input, "a pointer to an input": &input,
		"a drain": drain, "a pointer to a drain": &drain,
		"a slice": []clevercloud.DrainRecipient{r}, "a slice of pointers": []*clevercloud.Drain{&drain},
		"a map":                    map[string]clevercloud.DrainRecipient{"r": r},
		"a struct":                 struct{ Drain *clevercloud.Drain }{&drain},
		"a struct of the caller's": struct{ Input *clevercloud.DrainInput }{&input},
	}
}

func TestDrainRecipient_ShowsNoSecret(t *testing.T) {
	t.Parallel()
	for place, r := range recipientsWith("hush hush") {
		t.Run(place, func(t *testing.T) {
			t.Parallel()
			for how, v := range held(r) {
				encoded := string(testkit.MustJSON(v))
				assert.Contains(t, encoded, "[redacted]", how)
				var text, lines bytes.Buffer
				slog.New(slog.NewTextHandler(&text, nil)).Info("it", "v", v)
				slog.New(slog.NewJSONHandler(&lines, nil)).Info("it", "v", v)
				for _, shown := range append(testkit.Texts(v), fmt.Sprintf("%d", v), encoded,
					text.String(), lines.String()) {
					assert.NotRegexp(t, "hush|68757368", shown, how)
				}
			}
		})
	}
}

func TestDrainRecipient_ShowsTheRest(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		want string
		r    clevercloud.DrainRecipient
	}{
		{`RawRecipient{URL:https://logs.example.com/[redacted] Username: Password:}`,
			clevercloud.RawRecipient{URL: ingestURL}},
		{`RawRecipient{URL:https://[redacted]@logs.example.com/[redacted] Username:me Password:[redacted]}`,
			clevercloud.RawRecipient{
				URL: "https://me:h@logs.example.com/in?k=h#h", Username: "me", Password: "h",
			}},
		{`DatadogRecipient{URL:https://intake.example.com/[redacted]}`,
			clevercloud.DatadogRecipient{URL: "https://intake.example.com/v1/input/h?k=h"}},
		{`OVHTCPRecipient{URL:tcp://[redacted]@gra.example.com:6514 Token:[redacted] ` +
			`RFC5424StructuredDataParameters:env="prod" X-OVH-TOKEN="[redacted]"}`,
			clevercloud.OVHTCPRecipient{
				URL: "tcp://h@gra.example.com:6514", Token: "h",
				RFC5424StructuredDataParameters: `env="prod" X-OVH-TOKEN="h"`,
			}},
		{`UnknownRecipient{Type:KAFKA Raw:{"type":"KAFKA","topic":"[redacted]"}}`,
			clevercloud.UnknownRecipient{Type: "KAFKA", Raw: json.RawMessage(`{"topic":"logs"}`)}},
	} {
		assert.Equal(t, tc.want, fmt.Sprint(tc.r))
		assert.Equal(t, tc.want, fmt.Sprintf("%+v", pointerTo(tc.r)))
	}
}

func TestSameTarget(t *testing.T) {
	t.Parallel()
	type (
		raw     = clevercloud.RawRecipient
		datadog = clevercloud.DatadogRecipient
		elastic = clevercloud.ElasticsearchRecipient
		unknown = clevercloud.UnknownRecipient
	)
	const intake = "https://http-intake.logs.datadoghq.eu/v1/input/"
	for _, tc := range []struct {
		name string
		a, b clevercloud.DrainRecipient
		want bool
	}{
		{"equal", raw{URL: ingestURL}, raw{URL: ingestURL}, true},
		{"a pointer", &raw{URL: ingestURL}, raw{URL: ingestURL}, true},
		{"another URL", raw{URL: ingestURL}, raw{URL: ingestURL + "/2"}, false},
		{"another scheme", raw{URL: ingestURL}, raw{URL: strings.Replace(ingestURL, "https", "http", 1)}, false},
		{"another type", raw{URL: intake}, datadog{URL: intake}, false},
		{"a masked password", raw{URL: ingestURL, Password: "hush"}, raw{URL: ingestURL, Password: masked}, true},
		{"other members", elastic{URL: ingestURL, Index: "a"}, elastic{URL: ingestURL, Index: "b", Username: "c"}, true},
		{"a masked key in the path", datadog{URL: intake + "key?ddsource=shop"}, datadog{URL: intake + masked + "?ddsource=shop"}, true},
		{"a mask with percent-encoding", datadog{URL: intake + "key"}, datadog{URL: intake + "%2A%2A%2a%2a"}, true},
		{"another query", datadog{URL: intake + "key?ddsource=shop"}, datadog{URL: intake + masked + "?ddsource=blog"}, false},
		{"a masked key in the query", datadog{URL: intake + "?dd-api-key=key"}, datadog{URL: intake + "?dd-api-key=" + masked}, true},
		{"percent-encoding", datadog{URL: intake + "a%20b?service=a+b"}, datadog{URL: intake + "a b?service=a%20b"}, true},
		{"the order of a query", raw{URL: ingestURL + "?a=1&b=2"}, raw{URL: ingestURL + "?b=2&a=1"}, true},
		{"the case of a host", raw{URL: ingestURL}, raw{URL: strings.Replace(ingestURL, "logs", "LOGS", 1)}, true},
		{"a masked user", raw{URL: "https://me:hush@x.example"}, raw{URL: "https://me:" + masked + "@x.example"}, true},
		{"another user", raw{URL: "https://me:hush@x.example"}, raw{URL: "https://you:" + masked + "@x.example"}, false},
		{"unknown and equal", unknown{"KAFKA", []byte(`{"brokers":["k1"],"type":"KAFKA"}`)}, &unknown{"KAFKA", []byte(`{"brokers":["k1"]}`)}, true},
		{"unknown and masked", unknown{"KAFKA", []byte(`{"p":"hush","t":1}`)}, unknown{"KAFKA", []byte(`{"t":1,"p":"********"}`)}, true},
		{"unknown and other", unknown{"KAFKA", []byte(`{"t":1}`)}, unknown{"KAFKA", []byte(`{"t":2}`)}, false},
		{"unknown and of another key", unknown{"KAFKA", []byte(`{"t":1}`)}, unknown{"KAFKA", []byte(`{"u":1}`)}, false},
		{"known and as unknown", raw{URL: ingestURL}, unknown{"RAW_HTTP", []byte(`{"url":"` + ingestURL + `"}`)}, false},
		{"unknown and of another type", unknown{"KAFKA", []byte(`{}`)}, unknown{"AMQP", []byte(`{}`)}, false},
		{"none", nil, nil, false},
		{"one", nil, raw{}, false},
		{"a nil pointer", (*raw)(nil), raw{}, false},
	} {
		assert.Equal(t, tc.want, clevercloud.SameTarget(tc.a, tc.b), tc.name)
		assert.Equal(t, tc.want, clevercloud.SameTarget(tc.b, tc.a), tc.name)
	}
}

// recipientsWith holds a secret in each of the places that a recipient has for one.
func recipientsWith(secret string) map[string]clevercloud.DrainRecipient {
	hidden := auth.Secret(secret)
	user := url.URL{Scheme: "https", User: url.UserPassword("me", secret), Host: "x.example", Path: "/p"}
	token := url.URL{Scheme: "https", User: url.User(secret), Host: "x.example"}
	path := "https://intake.example/v1/input/" + url.PathEscape(secret)
	query := "https://x.example/in?k=" + url.QueryEscape(secret)
	parameter := `env="prod" X-OVH-TOKEN="` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(secret) + `" region="par"`
	unknown := testkit.MustJSON(map[string]any{
		"token": secret, "url": user.String(), "nested": map[string]any{"apiKeys": []any{secret, map[string]string{"x": secret}}}, "shown": "text",
	})
	return map[string]clevercloud.DrainRecipient{
		"a password":      clevercloud.RawRecipient{URL: "https://x.example", Username: "me", Password: hidden},
		"Elastic":         clevercloud.ElasticsearchRecipient{URL: "https://x.example/_bulk", Index: "logs", Username: "me", Password: hidden},
		"an API key":      clevercloud.NewRelicRecipient{URL: "https://x.example", APIKey: hidden},
		"OVH":             clevercloud.OVHTCPRecipient{URL: "tcp://x.example:6514", Token: hidden},
		"OVH's parameter": clevercloud.OVHTCPRecipient{URL: "tcp://x.example:6514", RFC5424StructuredDataParameters: parameter},
		"TCP":             clevercloud.SyslogTCPRecipient{URL: "tcp://x.example:6514", Token: hidden, RFC5424StructuredDataParameters: parameter},
		"UDP":             clevercloud.SyslogUDPRecipient{URL: "udp://x.example:514", Token: hidden, RFC5424StructuredDataParameters: parameter},
		"Better Stack":    clevercloud.BetterStackRecipient{URL: "https://x.example", SourceToken: hidden},
		"Splunk":          clevercloud.SplunkRecipient{URL: "https://x.example", Token: hidden},
		"Datadog":         clevercloud.DatadogRecipient{URL: path},
		"userinfo":        clevercloud.RawRecipient{URL: user.String()},
		"a user":          clevercloud.RawRecipient{URL: token.String()},
		"a query":         clevercloud.NewRelicRecipient{URL: query, APIKey: "k"},
		"a fragment":      clevercloud.RawRecipient{URL: "https://x.example/in#" + url.PathEscape(secret)},
		"an unknown type": clevercloud.UnknownRecipient{Type: "KAFKA", Raw: unknown},
	}
}

// shownOf is a recipient in the ways that it may get into a log.
func shownOf(t *testing.T, r clevercloud.DrainRecipient) string {
	t.Helper()
	var shown strings.Builder
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
		fmt.Fprintf(&shown, verb+"\n", r)
		fmt.Fprintf(&shown, verb+"\n", clevercloud.DrainInput{Kind: "LOG", Recipient: r})
	}
	encoded, err := json.Marshal([]any{r, clevercloud.Drain{Recipient: r}})
	require.NoError(t, err)
	return shown.String() + string(encoded)
}

// A recipient shows the same whatever its secrets are; it is sent as it is, or refused; an API that
// echoes it gives an error that shows none of them; and what is sent decodes to what was given.
func FuzzDrainRecipient(f *testing.F) {
	for _, name := range testkit.Fixtures(f, "drains/*.json") {
		f.Add([]byte(testkit.Fixture(f, name)), "https://me:hush@x.example/p?q=hush", "hush hush")
	}
	f.Add([]byte(`{"recipient":{"type":"KAFKA","a":[{"token":"x"}]}}`), "tcp://[::1]:514", `"`)
	f.Add([]byte(`{}`), "udp://h", "a\\\nb")
	f.Add([]byte(`{}`), "https://h/%zz?a=%", "very&<secret>\u2028é\xff")
	f.Fuzz(func(t *testing.T, data []byte, address, secret string) {
		if secret != "" {
			others := recipientsWith("another")
			for place, r := range recipientsWith(secret) {
				require.Equal(t, shownOf(t, others[place]), shownOf(t, r), place)
			}
		}
		checkSent(t, clevercloud.RawRecipient{URL: address, Username: address, Password: auth.Secret(secret)}, map[string]string{
			"type": "RawRecipient", "url": address, "username": address, "password": secret,
		})
		checkSent(t, clevercloud.SyslogTCPRecipient{URL: address, RFC5424StructuredDataParameters: secret}, map[string]string{
			"type": "SYSLOG_TCP", "url": address, "rfc5424StructuredDataParameters": secret,
		})
		checkEcho(t, secret)
		var d clevercloud.Drain
		if json.Unmarshal(data, &d) != nil || d.Recipient == nil {
			return
		}
		body, err := create(t, clevercloud.DrainInput{Kind: "LOG", Recipient: d.Recipient}, clevercloud.WithDrainTypeNames(clevercloud.CurrentDrainTypeNames))
		if err != nil {
			require.ErrorIs(t, err, clevercloud.ErrInvalidArgument)
			return
		}
		var again clevercloud.Drain
		require.NoError(t, json.Unmarshal([]byte(body), &again), body)
		if _, unknown := d.Recipient.(clevercloud.UnknownRecipient); !unknown {
			require.Equal(t, d.Recipient, again.Recipient)
		}
	})
}

// checkSent fails unless a recipient is refused, or is sent with these members, those that are
// empty left out.
func checkSent(t *testing.T, r clevercloud.DrainRecipient, want map[string]string) {
	t.Helper()
	body, err := create(t, clevercloud.DrainInput{Kind: "LOG", Recipient: r})
	if err != nil {
		require.ErrorIs(t, err, clevercloud.ErrInvalidArgument)
		testkit.OneLine(t, err)
		return
	}
	for name, text := range want {
		if want[name] = testkit.DecodeAs[string](t, string(testkit.MustJSON(text))); text == "" { // JSON has no invalid UTF-8.
			delete(want, name)
		}
	}
	sent := testkit.DecodeAs[struct {
		Kind      string
		Recipient map[string]string
	}](t, body)
	require.Equal(t, "LOG", sent.Kind)
	require.Equal(t, want, sent.Recipient)
}

// checkEcho has the API answer with what it was sent.
func checkEcho(t *testing.T, secret string) {
	t.Helper()
	// A part of the request's own words, or of the replacement, would be found in any error.
	ordinary := recipientsWith("\x00")
	if len(secret) < 8 || strings.Contains(fmt.Sprintf("%s %v https://intake.example/v1/input/ [redacted]", exchangeWords, ordinary), secret) {
		return
	}
	client := testkit.ClientOver(t, func(req *http.Request) (*http.Response, error) {
		got, err := testkit.Describe(req)
		return testkit.Response(req, http.StatusBadRequest, `{"error":`+string(testkit.MustJSON(got.Body))+`,"was":`+got.Body+"}", "X-Echo", got.Body), err
	})
	for place, r := range recipientsWith(secret) {
		_, err := client.Drains.Create(t.Context(), "orga_1", "app_1", clevercloud.DrainInput{Kind: "LOG", Recipient: r})
		var failed *clevercloud.APIError
		require.ErrorAs(t, err, &failed, place)
		require.NotContains(t, fmt.Sprintf("%+v %s %s %v", *failed, failed.Body, err, failed.Header), secret, place)
	}
}

// exchangeWords are in every error of drains.create that an echo leads to.
const exchangeWords = `clevercloud: drains.create: 400 bad request: {"kind":"LOG","recipient":{"type":"RawRecipient","url":"https://x.example"}} ` +
	`POST /v4/drains/organisations/{ownerId}/applications/{applicationId}/drains map[X-Echo:[]] {"error":"","was":}`
