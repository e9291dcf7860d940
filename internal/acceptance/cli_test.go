package acceptance_test

import (
	"context"
	"encoding/json"
	"io"
	"iter"
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

// testdata/cli/requests.json is what the official command line sent; scripts/clever-tools --record writes it anew. These tests hold the SDK
// to it: each request in it is that of a row of the table, and the row's call sends the same one, but for the differences that it lists.

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
	option   clevercloud.ClientOption // makes the SDK send what the command line sends; nil if none does
}

type cliRow struct {
	command string // as it is recorded
	call    func(ctx context.Context, c *clevercloud.Client, e cliEnv) error
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

// cliTable is in the order of the recording.
func cliTable() []cliRow {
	rows := []cliRow{
		{command: "clever profile", call: func(ctx context.Context, c *clevercloud.Client, _ cliEnv) error {
			return failed(c.Identity.Self(ctx))
		}},
		{command: "clever applications list", call: func(ctx context.Context, c *clevercloud.Client, _ cliEnv) error {
			return failed(c.Identity.Resolve(ctx, "shop"))
		}},
	}
	for _, domain := range [][]cliRow{
		cliDrains(), cliOperators(), cliLogs(),
		{
			{command: "clever curl -sS $API_HOST/v4/billing/organisations/{orga}/invoices", call: func(ctx context.Context, c *clevercloud.Client, e cliEnv) error {
				return failed(c.Billing.ListInvoices(ctx, e.OwnerID, clevercloud.InvoiceQuery{}))
			}},
			{command: "clever curl -sS $API_HOST/v4/billing/organisations/{orga}/invoices/{invoice}", call: func(ctx context.Context, c *clevercloud.Client, e cliEnv) error {
				return failed(c.Billing.GetInvoice(ctx, e.OwnerID, e.InvoiceNumber))
			}},
			{command: "clever curl -sS $API_HOST/v4/products/zones", call: func(ctx context.Context, c *clevercloud.Client, _ cliEnv) error {
				return failed(c.Zones.List(ctx, clevercloud.ZoneQuery{}))
			}},
			{command: "clever curl -sS $API_HOST/v4/products/zones/par", call: func(ctx context.Context, c *clevercloud.Client, _ cliEnv) error {
				return failed(c.Zones.Get(ctx, "par"))
			}},
			{
				command: "clever tokens create deploys --expiration 2d",
				call: func(ctx context.Context, c *clevercloud.Client, e cliEnv) error {
					return failed(c.Tokens.Create(ctx, e.newToken("deploys")))
				},
				differs: []cliDifference{{in: "body", cli: `"description":"",`, sdk: "", reason: "An empty description is left out: it says as much."}},
			},
			{command: "clever tokens", call: func(ctx context.Context, c *clevercloud.Client, _ cliEnv) error {
				return failed(c.Tokens.List(ctx))
			}},
			{command: "clever tokens revoke {api_tokens}", call: func(ctx context.Context, c *clevercloud.Client, e cliEnv) error {
				return c.Tokens.Revoke(ctx, e.token)
			}},
		},
	} {
		rows = append(rows, domain...)
	}
	return rows
}

func cliDrains() []cliRow {
	family := []cliDifference{drainFamily}
	create := func(arguments string, r clevercloud.DrainRecipient, differs ...cliDifference) cliRow {
		return cliRow{
			command: "clever drain create " + arguments + " --app shop", differs: append(differs, drainFamily),
			call: func(ctx context.Context, c *clevercloud.Client, e cliEnv) error {
				in := clevercloud.DrainInput{Kind: clevercloud.DrainKindLog, Recipient: r}
				return failed(c.Drains.Create(ctx, e.OwnerID, e.ApplicationID, in))
			},
		}
	}
	return []cliRow{
		{command: "clever drain --app shop", differs: family, call: func(ctx context.Context, c *clevercloud.Client, e cliEnv) error {
			return failed(c.Drains.List(ctx, e.OwnerID, e.ApplicationID, clevercloud.DrainQuery{}))
		}},
		create("raw-http https://logs.example.com/ingest --username camille --password secret", clevercloud.RawRecipient{
			URL: "https://logs.example.com/ingest", Username: "camille", Password: "secret",
		}, drainType("RAW_HTTP", "RawRecipient")),
		create("datadog https://http-intake.logs.example.com/v1/input/key?ddsource=shop", clevercloud.DatadogRecipient{
			URL: "https://http-intake.logs.example.com/v1/input/key?ddsource=shop",
		}, drainType("DATADOG", "DatadogRecipient")),
		create("elasticsearch https://es.example.com:9200/_bulk --index-prefix shop --username camille --password secret", clevercloud.ElasticsearchRecipient{
			URL: "https://es.example.com:9200/_bulk", Index: "shop", Username: "camille", Password: "secret",
		}, drainType("ELASTICSEARCH", "ElasticsearchRecipient")),
		create("newrelic https://newrelic.example.com/log/v1 --api-key secret", clevercloud.NewRelicRecipient{
			URL: "https://newrelic.example.com/log/v1", APIKey: "secret",
		}, drainType("NEWRELIC", "NewRelicRecipient")),
		create(`ovh-tcp tcp://ovh.example.com:6514 --sd-params X-OVH-TOKEN="secret"`, clevercloud.OVHTCPRecipient{
			URL: "tcp://ovh.example.com:6514", RFC5424StructuredDataParameters: `X-OVH-TOKEN="secret"`,
		}, drainType("OVH_TCP", "OVHTCPRecipient")),
		create(`syslog-tcp tcp://syslog.example.com:601 --sd-params env="prod"`, clevercloud.SyslogTCPRecipient{
			URL: "tcp://syslog.example.com:601", RFC5424StructuredDataParameters: `env="prod"`,
		}),
		create("syslog-udp udp://syslog.example.com:514", clevercloud.SyslogUDPRecipient{URL: "udp://syslog.example.com:514"}),
		create("betterstack https://betterstack.example.com --source-token secret", clevercloud.BetterStackRecipient{
			URL: "https://betterstack.example.com", SourceToken: "secret",
		}),
		{
			command: "clever drain create raw-http https://logs.example.com/ingest --addon {postgresql}",
			call: func(ctx context.Context, c *clevercloud.Client, e cliEnv) error {
				return failed(c.Drains.Create(ctx, e.OwnerID, clevercloud.ApplicationID(e.ResourceID), rawDrainInput()))
			},
			differs: []cliDifference{drainType("RAW_HTTP", "RawRecipient")},
		},
		{command: "clever drain --addon {postgresql}", call: func(ctx context.Context, c *clevercloud.Client, e cliEnv) error {
			return failed(c.Drains.List(ctx, e.OwnerID, clevercloud.ApplicationID(e.ResourceID), clevercloud.DrainQuery{}))
		}},
		{command: "clever drain get {drain} --app shop", differs: family, call: func(ctx context.Context, c *clevercloud.Client, e cliEnv) error {
			return failed(c.Drains.Get(ctx, e.OwnerID, e.ApplicationID, e.drain))
		}},
		{command: "clever drain check {drain} --app shop", differs: family, call: func(ctx context.Context, c *clevercloud.Client, e cliEnv) error {
			return failed(c.Drains.Check(ctx, e.OwnerID, e.ApplicationID, e.drain))
		}},
		{command: "clever drain disable {drain} --app shop", differs: family, call: func(ctx context.Context, c *clevercloud.Client, e cliEnv) error {
			return failed(c.Drains.Disable(ctx, e.OwnerID, e.ApplicationID, e.drain))
		}},
		{command: "clever drain enable {drain} --app shop", differs: family, call: func(ctx context.Context, c *clevercloud.Client, e cliEnv) error {
			return failed(c.Drains.Enable(ctx, e.OwnerID, e.ApplicationID, e.drain))
		}},
		{command: "clever drain remove {drain} --app shop", differs: family, call: func(ctx context.Context, c *clevercloud.Client, e cliEnv) error {
			return failed(c.Drains.Delete(ctx, e.OwnerID, e.ApplicationID, e.drain))
		}},
		{command: "clever drain remove {drain} --addon {postgresql}", call: func(ctx context.Context, c *clevercloud.Client, e cliEnv) error {
			return failed(c.Drains.Delete(ctx, e.OwnerID, clevercloud.ApplicationID(e.ResourceID), e.addonDrain))
		}},
	}
}

func cliOperators() []cliRow {
	var rows []cliRow
	for _, o := range []struct {
		kind         clevercloud.OperatorKind
		name         string
		id           func(cliEnv) clevercloud.OperatorID
		networkGroup bool
		older, newer string
	}{
		{clevercloud.Keycloak, "sso", func(e cliEnv) clevercloud.OperatorID { return e.KeycloakID }, true, "25.0.6", "26.3.2"},
		{clevercloud.Matomo, "stats", func(e cliEnv) clevercloud.OperatorID { return e.MatomoID }, false, "", ""},
		{clevercloud.Metabase, "bi", func(e cliEnv) clevercloud.OperatorID { return e.MetabaseID }, false, "0.55.9", "0.56.4"},
		{clevercloud.Otoroshi, "gateway", func(e cliEnv) clevercloud.OperatorID { return e.OtoroshiID }, true, "16.23.2", "17.5.0"},
	} {
		add := func(arguments string, call func(ctx context.Context, s *clevercloud.OperatorsService, id clevercloud.OperatorID) error) {
			rows = append(rows, cliRow{
				command: "clever " + string(o.kind) + " " + arguments,
				call: func(ctx context.Context, c *clevercloud.Client, e cliEnv) error {
					return call(ctx, c.Operators, o.id(e))
				},
			})
		}
		add("get "+o.name, func(ctx context.Context, s *clevercloud.OperatorsService, id clevercloud.OperatorID) error {
			return failed(s.Get(ctx, o.kind, id))
		})
		add("restart "+o.name, func(ctx context.Context, s *clevercloud.OperatorsService, id clevercloud.OperatorID) error {
			return s.Reboot(ctx, o.kind, id)
		})
		add("rebuild {"+string(o.kind)+"}", func(ctx context.Context, s *clevercloud.OperatorsService, id clevercloud.OperatorID) error {
			return s.Rebuild(ctx, o.kind, id)
		})
		if o.networkGroup {
			add("enable-ng "+o.name, func(ctx context.Context, s *clevercloud.OperatorsService, id clevercloud.OperatorID) error {
				return failed(s.AttachNetworkGroup(ctx, o.kind, id))
			})
			add("disable-ng "+o.name, func(ctx context.Context, s *clevercloud.OperatorsService, id clevercloud.OperatorID) error {
				return s.DetachNetworkGroup(ctx, o.kind, id)
			})
		}
		if o.older == "" {
			continue
		}
		add("version check "+o.name+" --format json", func(ctx context.Context, s *clevercloud.OperatorsService, id clevercloud.OperatorID) error {
			return failed(s.CheckVersion(ctx, o.kind, id))
		})
		add("version update "+o.name+" --target "+o.older, func(ctx context.Context, s *clevercloud.OperatorsService, id clevercloud.OperatorID) error {
			return failed(s.UpdateVersion(ctx, o.kind, id, o.older))
		})
		// Without --format json it asks whether to update, and was told yes.
		add("version check "+o.name, func(ctx context.Context, s *clevercloud.OperatorsService, id clevercloud.OperatorID) error {
			return failed(s.UpdateVersion(ctx, o.kind, id, o.newer))
		})
	}
	return append(rows, cliRow{command: "clever otoroshi get-config gateway", call: func(ctx context.Context, c *clevercloud.Client, e cliEnv) error {
		return failed(c.Operators.OtoroshiConfig(ctx, e.OtoroshiID, io.Discard))
	}})
}

func cliLogs() []cliRow {
	const past, bounded = " --after 2020-01-01T00:00:00Z", " --after 2020-01-01T00:00:00Z --before {until}"
	// query asks for the pace that the command line reads at, and ends what follows once it is quiet.
	query := func(since, until time.Time) clevercloud.LogQuery {
		return clevercloud.LogQuery{
			Since: since, Until: until, ThrottleElements: 2000, ThrottlePer: 100 * time.Millisecond, QuietTimeout: time.Millisecond,
		}
	}
	ofApp := func(ctx context.Context, c *clevercloud.Client, e cliEnv, q clevercloud.LogQuery) error {
		return drained(c.Logs.Stream(ctx, e.OwnerID, e.ApplicationID, q))
	}
	return []cliRow{
		{command: "clever logs --app shop" + bounded, call: func(ctx context.Context, c *clevercloud.Client, e cliEnv) error {
			return ofApp(ctx, c, e, query(e.since, e.until))
		}},
		{command: "clever logs --app shop" + bounded + " --search slow query", call: func(ctx context.Context, c *clevercloud.Client, e cliEnv) error {
			q := query(e.since, e.until)
			q.Filter = "slow query"
			return ofApp(ctx, c, e, q)
		}},
		{command: "clever logs --app shop" + bounded + " --deployment-id {deployment}", call: func(ctx context.Context, c *clevercloud.Client, e cliEnv) error {
			q := query(e.since, e.until)
			q.DeploymentID = e.DeploymentID
			return ofApp(ctx, c, e, q)
		}},
		{command: "clever logs --addon {postgresql}" + bounded, call: func(ctx context.Context, c *clevercloud.Client, e cliEnv) error {
			return drained(c.Logs.StreamResource(ctx, e.OwnerID, e.ResourceID, query(e.since, e.until)))
		}},
		{command: "clever logs --app shop", call: func(ctx context.Context, c *clevercloud.Client, e cliEnv) error {
			return ofApp(ctx, c, e, query(time.Time{}, time.Time{}))
		}},
		{command: "clever logs --app shop" + past, call: func(ctx context.Context, c *clevercloud.Client, e cliEnv) error {
			return ofApp(ctx, c, e, query(e.since, time.Time{}))
		}},
		{command: "clever accesslogs --app shop" + bounded, call: func(ctx context.Context, c *clevercloud.Client, e cliEnv) error {
			return drained(c.Logs.StreamAccess(ctx, e.OwnerID, e.ApplicationID, query(e.since, e.until)))
		}},
		{command: "clever accesslogs --app shop", call: func(ctx context.Context, c *clevercloud.Client, e cliEnv) error {
			return drained(c.Logs.StreamAccess(ctx, e.OwnerID, e.ApplicationID, query(time.Time{}, time.Time{})))
		}},
	}
}

// failed keeps the error of a call.
func failed[T any](_ T, err error) error { return err }

// drained reads a stream to its end.
func drained[T any](entries iter.Seq2[T, error]) error {
	for _, err := range entries {
		if err != nil {
			return err
		}
	}
	return nil
}

func rawDrainInput() clevercloud.DrainInput {
	return clevercloud.DrainInput{Kind: clevercloud.DrainKindLog, Recipient: clevercloud.RawRecipient{URL: "https://logs.example.com/ingest"}}
}

func (e cliEnv) newToken(name string) clevercloud.APITokenInput {
	return clevercloud.APITokenInput{Email: e.Email, Password: auth.Secret(e.Password), Name: name, ExpirationDate: e.expiration}
}

func TestCLI(t *testing.T) {
	t.Parallel()
	var recorded []cliRequest
	require.NoError(t, json.Unmarshal([]byte(testkit.Fixture(t, "cli/requests.json")), &recorded))
	server := clevertest.NewServer(clevertest.WithStepDuration(0), clevertest.WithHeartbeat(10*time.Millisecond))
	defer server.Close()

	table := cliTable()
	for _, row := range table {
		t.Run(row.command, func(t *testing.T) {
			sent := slices.DeleteFunc(slices.Clone(recorded), func(r cliRequest) bool { return r.Command != row.command })
			require.Len(t, sent, 1, "requests recorded of this command")
			row.check(t, server, sent[0], nil)
		})
		if options := row.options(); len(options) > 0 {
			t.Run(row.command+" as the command line does", func(t *testing.T) {
				at := slices.IndexFunc(recorded, func(r cliRequest) bool { return r.Command == row.command })
				require.GreaterOrEqual(t, at, 0)
				row.check(t, server, recorded[at], options)
			})
		}
	}
	for _, r := range recorded {
		known := slices.ContainsFunc(table, func(row cliRow) bool { return row.command == r.Command })
		assert.True(t, known, "no row for %s: %s %s", r.Command, r.Method, r.Path)
	}
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

// check makes the call and compares what it sent. With options only the differences are expected that no option undoes.
func (row cliRow) check(t *testing.T, server *clevertest.Server, cli cliRequest, options []clevercloud.ClientOption) {
	t.Helper()
	client := server.Client(options...)
	e := newCLIEnv(t, server, client)
	want := map[string]string{
		"route": cli.Route, "method": cli.Method, "path": cli.Path, "query": e.plainQuery(t, cli.Query), "body": e.plainBody(t, cli.Body),
	}
	for _, d := range row.differs {
		require.NotEmpty(t, d.reason)
		if options != nil && d.option != nil {
			continue
		}
		require.Equal(t, 1, strings.Count(want[d.in], d.cli), "%s has no difference to make: %s", d.in, want[d.in])
		want[d.in] = strings.Replace(want[d.in], d.cli, d.sdk, 1)
	}
	server.ResetRequests()

	require.NoError(t, row.call(t.Context(), client, e))

	sent := server.Requests()
	require.Len(t, sent, 1, "requests sent")
	assert.Equal(t, want, map[string]string{
		"route": sent[0].Route, "method": sent[0].Method, "path": e.plain(sent[0].Path), "query": e.plainQuery(t, sent[0].Query),
		"body": e.plainBody(t, sent[0].Body),
	})
}

func newCLIEnv(t *testing.T, server *clevertest.Server, client *clevercloud.Client) cliEnv {
	t.Helper()
	now := time.Now().Truncate(time.Millisecond)
	e := cliEnv{
		Server: server, since: time.Date(2020, time.January, 1, 0, 0, 0, 0, time.UTC), until: now, expiration: now.AddDate(0, 0, 2),
	}
	drain, err := client.Drains.Create(t.Context(), e.OwnerID, e.ApplicationID, rawDrainInput())
	require.NoError(t, err)
	ofAddon, err := client.Drains.Create(t.Context(), e.OwnerID, clevercloud.ApplicationID(e.ResourceID), rawDrainInput())
	require.NoError(t, err)
	token, err := client.Tokens.Create(t.Context(), e.newToken("spare"))
	require.NoError(t, err)
	e.drain, e.addonDrain, e.token = drain.ID, ofAddon.ID, token.ID
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
