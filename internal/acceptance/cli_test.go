package acceptance_test

import (
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/auth"
	"github.com/clevercloud-go/clevercloud/clevertest"
	"github.com/clevercloud-go/clevercloud/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// testdata/cli/requests.json is what the official command line sent; scripts/clever-tools --record
// writes it anew. These tests hold the SDK to it: each request in it is that of a row of the table, and
// the row's call sends the same one, but for the differences that it lists.

// A cliRequest is a request with placeholders in place of ids.
type cliRequest struct {
	Command string          `json:"command"`
	Route   string          `json:"route"`
	Method  string          `json:"method"`
	Path    string          `json:"path"`
	Query   string          `json:"query"`
	Body    json.RawMessage `json:"body"`
}

// A cliDifference is one that is meant.
type cliDifference struct {
	in       string // path, query or body
	cli, sdk string // the same part of it, as each sends it
	reason   string
	// option makes the SDK send what the command line sends; nil if none does.
	option clevercloud.ClientOption
}

// A cliRow is a command, as it is recorded, and what the SDK does in its place.
type cliRow struct {
	command string
	call    call
	differs []cliDifference
}

// A cliEnv is what calls are made with; the drains and the token are new for each.
type cliEnv struct {
	*clevertest.Server
	drain, addonDrain clevercloud.DrainID
	token             clevercloud.APITokenID
	since, until      time.Time
	expiration        time.Time
}

var drainFamily = cliDifference{
	in: "path", cli: "/resources/{app}/drains", sdk: "/applications/{app}/drains",
	option: clevercloud.WithDrainPaths(clevercloud.ResourceDrainPaths),
	reason: "The API reference has the drains of an application under /applications/; the command line uses the newer family for all.",
}

// drainType is how the type of a recipient is spelled.
func drainType(cli, sdk string) cliDifference {
	return cliDifference{
		in: "body", cli: `"type":"` + cli + `"`, sdk: `"type":"` + sdk + `"`,
		option: clevercloud.WithDrainTypeNames(clevercloud.CurrentDrainTypeNames),
		reason: "The API reference spells the types of recipients otherwise than the API answers them; it reads both.",
	}
}

// rows are the commands, as e calls their operations.
func (e cliEnv) rows() []cliRow {
	invoices := "clever curl -sS $API_HOST/v4/billing/organisations/{orga}/invoices"
	noDescription := cliDifference{in: "body", cli: `"description":"",`, sdk: "",
		reason: "An empty description is left out: it says as much."}
	return slices.Concat(
		[]cliRow{
			{"clever profile", invoke((*identity).Self), nil},
			{"clever applications list", invoke((*identity).Resolve, "shop"), nil},
		},
		e.drains(), e.operators(), e.logs(),
		[]cliRow{
			{invoices, invoke((*billing).ListInvoices, e.OwnerID), nil},
			{invoices + "/{invoice}", invoke((*billing).GetInvoice, e.OwnerID, e.InvoiceNumber), nil},
			{"clever curl -sS $API_HOST/v4/products/zones", invoke((*zones).List), nil},
			{"clever curl -sS $API_HOST/v4/products/zones/par", invoke((*zones).Get, "par"), nil},
			{"clever tokens create deploys --expiration 2d",
				invoke((*tokens).Create, e.newToken("deploys")), []cliDifference{noDescription}},
			{"clever tokens", invoke((*tokens).List), nil},
			{"clever tokens revoke {api_tokens}", invoke((*tokens).Revoke, e.token), nil},
		},
	)
}

func (e cliEnv) drains() []cliRow {
	owner, app := e.OwnerID, e.ApplicationID
	create := func(arguments string, r clevercloud.DrainRecipient, differs ...cliDifference) cliRow {
		in := clevercloud.DrainInput{Kind: clevercloud.DrainKindLog, Recipient: r}
		return cliRow{"clever drain create " + arguments + " --app shop",
			invoke((*drains).Create, owner, app, in), append(differs, drainFamily)}
	}
	rows := []cliRow{
		{"clever drain --app shop", invoke((*drains).List, owner, app), []cliDifference{drainFamily}},
		create("raw-http https://logs.example.com/ingest --username camille --password secret",
			clevercloud.RawRecipient{URL: "https://logs.example.com/ingest", Username: "camille", Password: "secret"},
			drainType("RAW_HTTP", "RawRecipient")),
		create("datadog https://http-intake.logs.example.com/v1/input/key?ddsource=shop",
			clevercloud.DatadogRecipient{URL: "https://http-intake.logs.example.com/v1/input/key?ddsource=shop"},
			drainType("DATADOG", "DatadogRecipient")),
		create("elasticsearch https://es.example.com:9200/_bulk --index-prefix shop --username camille --password secret",
			clevercloud.ElasticsearchRecipient{
				URL: "https://es.example.com:9200/_bulk", Index: "shop", Username: "camille", Password: "secret",
			}, drainType("ELASTICSEARCH", "ElasticsearchRecipient")),
		create("newrelic https://newrelic.example.com/log/v1 --api-key secret",
			clevercloud.NewRelicRecipient{URL: "https://newrelic.example.com/log/v1", APIKey: "secret"},
			drainType("NEWRELIC", "NewRelicRecipient")),
		create(`ovh-tcp tcp://ovh.example.com:6514 --sd-params X-OVH-TOKEN="secret"`,
			clevercloud.OVHTCPRecipient{
				URL: "tcp://ovh.example.com:6514", RFC5424StructuredDataParameters: `X-OVH-TOKEN="secret"`,
			}, drainType("OVH_TCP", "OVHTCPRecipient")),
		create(`syslog-tcp tcp://syslog.example.com:601 --sd-params env="prod"`,
			clevercloud.SyslogTCPRecipient{
				URL: "tcp://syslog.example.com:601", RFC5424StructuredDataParameters: `env="prod"`,
			}),
		create("syslog-udp udp://syslog.example.com:514",
			clevercloud.SyslogUDPRecipient{URL: "udp://syslog.example.com:514"}),
		create("betterstack https://betterstack.example.com --source-token secret",
			clevercloud.BetterStackRecipient{URL: "https://betterstack.example.com", SourceToken: "secret"}),
		{"clever drain create raw-http https://logs.example.com/ingest --addon {postgresql}",
			invoke((*drains).Create, owner, e.ResourceID, rawDrainInput()),
			[]cliDifference{drainType("RAW_HTTP", "RawRecipient")}},
		{"clever drain --addon {postgresql}", invoke((*drains).List, owner, e.ResourceID), nil},
		{"clever drain remove {drain} --addon {postgresql}",
			invoke((*drains).Delete, owner, e.ResourceID, e.addonDrain), nil},
	}
	for _, one := range []struct {
		verb   string
		method any
	}{
		{"get", (*drains).Get}, {"check", (*drains).Check}, {"disable", (*drains).Disable},
		{"enable", (*drains).Enable}, {"remove", (*drains).Delete},
	} {
		rows = append(rows, cliRow{"clever drain " + one.verb + " {drain} --app shop",
			invoke(one.method, owner, app, e.drain), []cliDifference{drainFamily}})
	}
	return rows
}

func (e cliEnv) operators() []cliRow {
	var rows []cliRow
	for _, o := range []struct {
		kind         clevercloud.OperatorKind
		name         string
		id           clevercloud.OperatorID
		networkGroup bool
		older, newer string
	}{
		{clevercloud.Keycloak, "sso", e.KeycloakID, true, "25.0.6", "26.3.2"},
		{clevercloud.Matomo, "stats", e.MatomoID, false, "", ""},
		{clevercloud.Metabase, "bi", e.MetabaseID, false, "0.55.9", "0.56.4"},
		{clevercloud.Otoroshi, "gateway", e.OtoroshiID, true, "16.23.2", "17.5.0"},
	} {
		add := func(arguments string, method any, more ...any) {
			perform := invoke(method, append([]any{o.kind, o.id}, more...)...)
			rows = append(rows, cliRow{"clever " + string(o.kind) + " " + arguments, perform, nil})
		}
		add("get "+o.name, (*operators).Get)
		add("restart "+o.name, (*operators).Reboot)
		add("rebuild {"+string(o.kind)+"}", (*operators).Rebuild)
		if o.networkGroup {
			add("enable-ng "+o.name, (*operators).AttachNetworkGroup)
			add("disable-ng "+o.name, (*operators).DetachNetworkGroup)
		}
		if o.older == "" {
			continue
		}
		add("version check "+o.name+" --format json", (*operators).CheckVersion)
		add("version update "+o.name+" --target "+o.older, (*operators).UpdateVersion, o.older)
		// Without --format json it asks whether to update, and was told yes.
		add("version check "+o.name, (*operators).UpdateVersion, o.newer)
	}
	config := invoke((*operators).OtoroshiConfig, e.OtoroshiID)
	return append(rows, cliRow{"clever otoroshi get-config gateway", config, nil})
}

func (e cliEnv) logs() []cliRow {
	const past, bounded = " --after 2020-01-01T00:00:00Z", " --after 2020-01-01T00:00:00Z --before {until}"
	// It asks for the pace that the command line reads at, and ends what follows once it is quiet.
	live := clevercloud.LogQuery{
		ThrottleElements: 2000, ThrottlePer: 100 * time.Millisecond, QuietTimeout: time.Millisecond,
	}
	since := live
	since.Since = e.since
	until := since
	until.Until = e.until
	filtered, deployed := until, until
	filtered.Filter, deployed.DeploymentID = "slow query", e.DeploymentID
	ofApp := func(q clevercloud.LogQuery) call {
		return followed((*logs).Stream, e.OwnerID, e.ApplicationID, q)
	}
	ofAddon := followed((*logs).StreamResource, e.OwnerID, e.ResourceID, until)
	access := func(q clevercloud.LogQuery) call {
		return followed((*logs).StreamAccess, e.OwnerID, e.ApplicationID, q)
	}
	return []cliRow{
		{"clever logs --app shop" + bounded, ofApp(until), nil},
		{"clever logs --app shop" + bounded + " --search slow query", ofApp(filtered), nil},
		{"clever logs --app shop" + bounded + " --deployment-id {deployment}", ofApp(deployed), nil},
		{"clever logs --addon {postgresql}" + bounded, ofAddon, nil},
		{"clever logs --app shop", ofApp(live), nil},
		{"clever logs --app shop" + past, ofApp(since), nil},
		{"clever accesslogs --app shop" + bounded, access(until), nil},
		{"clever accesslogs --app shop", access(live), nil},
	}
}

func rawDrainInput() clevercloud.DrainInput {
	return clevercloud.DrainInput{
		Kind: clevercloud.DrainKindLog, Recipient: clevercloud.RawRecipient{URL: "https://logs.example.com/ingest"},
	}
}

func (e cliEnv) newToken(name string) clevercloud.APITokenInput {
	return clevercloud.APITokenInput{Email: e.Email, Password: auth.Secret(e.Password), Name: name, ExpirationDate: e.expiration}
}

func TestCLI(t *testing.T) {
	t.Parallel()
	recorded := testkit.DecodeAs[[]cliRequest](t, testkit.Fixture(t, "cli/requests.json"))
	server := clevertest.NewServer(clevertest.WithStepDuration(0), clevertest.WithHeartbeat(10*time.Millisecond))
	defer server.Close()
	var known []string

	for i, row := range (cliEnv{Server: server}).rows() {
		known = append(known, row.command)
		at := slices.IndexFunc(recorded, func(r cliRequest) bool { return r.Command == row.command })
		require.GreaterOrEqual(t, at, 0, row.command)
		t.Run(row.command, func(t *testing.T) { checkCLI(t, server, recorded[at], i) })
		if options := row.options(); len(options) > 0 {
			t.Run(row.command+" as the command line does", func(t *testing.T) {
				checkCLI(t, server, recorded[at], i, options...)
			})
		}
	}
	var commands []string
	for _, r := range recorded {
		commands = append(commands, r.Command)
	}
	assert.ElementsMatch(t, commands, known, "each command has one request and one row")
}

// options are those that undo differences.
func (row cliRow) options() []clevercloud.ClientOption {
	var options []clevercloud.ClientOption
	for _, d := range row.differs {
		if d.option != nil {
			options = append(options, d.option)
		}
	}
	return options
}

// checkCLI makes the call of a row and compares what it sent. With options only the differences are
// expected that no option undoes.
func checkCLI(
	t *testing.T, server *clevertest.Server, cli cliRequest, at int, options ...clevercloud.ClientOption,
) {
	t.Helper()
	client := server.Client(options...)
	e := newCLIEnv(t, server, client)
	row := e.rows()[at]
	want := e.plainRequest(t, cli)
	for _, d := range row.differs {
		require.NotEmpty(t, d.reason)
		if options != nil && d.option != nil {
			continue
		}
		require.Equal(t, 1, strings.Count(want[d.in], d.cli), "%s has no difference to make: %s", d.in, want[d.in])
		want[d.in] = strings.Replace(want[d.in], d.cli, d.sdk, 1)
	}
	server.ResetRequests()

	require.NoError(t, row.call(t.Context(), client))

	sent := server.Requests()
	require.Len(t, sent, 1, "requests sent")
	got := sent[0]
	assert.Equal(t, want, e.plainRequest(t, cliRequest{
		Route: got.Route, Method: got.Method, Path: e.plain(got.Path), Query: got.Query, Body: got.Body,
	}))
}

func newCLIEnv(t *testing.T, server *clevertest.Server, client *clevercloud.Client) cliEnv {
	t.Helper()
	now := time.Now().Truncate(time.Millisecond)
	e := cliEnv{
		Server: server, since: time.Date(2020, time.January, 1, 0, 0, 0, 0, time.UTC), until: now,
		expiration: now.AddDate(0, 0, 2),
	}
	addon := clevercloud.ApplicationID(e.ResourceID)
	e.drain = must(client.Drains.Create(t.Context(), e.OwnerID, e.ApplicationID, rawDrainInput()))(t).ID
	e.addonDrain = must(client.Drains.Create(t.Context(), e.OwnerID, addon, rawDrainInput()))(t).ID
	e.token = must(client.Tokens.Create(t.Context(), e.newToken("spare")))(t).ID
	return e
}

var cliID = regexp.MustCompile(`\b([a-z][a-z_]*)_[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b`)

// plain puts placeholders as the script does. Instants are written alike: JavaScript always has milliseconds.
func (e cliEnv) plain(text string) string {
	if at, err := time.Parse(time.RFC3339Nano, text); err == nil {
		switch {
		case at.Equal(e.until):
			return "{until}"
		case at.Equal(e.expiration):
			return "{time}"
		}
		return at.UTC().Format(time.RFC3339Nano)
	}
	text = strings.NewReplacer(string(e.InvoiceNumber), "{invoice}", e.Password, "{password}").Replace(text)
	return cliID.ReplaceAllString(text, "{$1}")
}

// plainRequest is the parts of a request, with placeholders.
func (e cliEnv) plainRequest(t *testing.T, r cliRequest) map[string]string {
	t.Helper()
	return map[string]string{
		"route": r.Route, "method": r.Method, "path": r.Path, "query": e.plainQuery(t, r.Query),
		"body": e.plainBody(t, r.Body),
	}
}

// plainQuery is the query unescaped, a plus sign being a space, in the order of the keys.
func (e cliEnv) plainQuery(t *testing.T, raw string) string {
	t.Helper()
	values, err := url.ParseQuery(raw)
	require.NoError(t, err)
	var pairs []string
	for key, all := range values {
		for _, value := range all {
			pairs = append(pairs, key+"="+e.plain(value))
		}
	}
	slices.Sort(pairs)
	return strings.Join(pairs, "&")
}

// plainBody is the JSON in the order of the keys.
func (e cliEnv) plainBody(t *testing.T, raw []byte) string {
	t.Helper()
	if len(raw) == 0 {
		return ""
	}
	text, err := json.Marshal(e.plainValue(testkit.ParseJSON(t, string(raw))))
	require.NoError(t, err)
	return string(text)
}

func (e cliEnv) plainValue(v any) any {
	switch v := v.(type) {
	case string:
		return e.plain(v)
	case []any:
		for i := range v {
			v[i] = e.plainValue(v[i])
		}
	case map[string]any:
		for key := range v {
			v[key] = e.plainValue(v[key])
		}
	}
	return v
}
