package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/clevertest"
	"github.com/clevercloud-go/clevercloud/examples/internal/cli"
	"github.com/clevercloud-go/clevercloud/examples/internal/term"
	"github.com/clevercloud-go/clevercloud/examples/internal/testenv"
)

const canary = "canary-5b1d/+=8f"

// file is a file with drains of an application, each in the form of YAML that YAML has from JSON.
func file(app string, drains ...string) string {
	all := strings.Join(drains, ",")
	return fmt.Sprintf("applications: [{application: %s, drains: [%s]}]", app, all)
}

// drain is a drain of the kind LOG.
func drain(recipient string) string { return "{kind: LOG, recipient: {" + recipient + "}}" }

// every has a drain of each type, with all options.
var every = file("shop",
	drain(`type: RAW_HTTP, url: "https://raw.example.com/?x=1", username: m,
		password: "${SECRET}"`),
	drain(`type: RAW_HTTP, url: "https://raw.example.com/${SECRET}"`),
	`{kind: ACCESSLOG, recipient: {type: DATADOG, url: "https://in.example.com/input/${PLAIN}"}}`,
	drain(`type: DATADOG, url: "https://in.example.com/v2/logs?dd-api-key=${PLAIN}&ddsource=a"`),
	drain(`type: ELASTICSEARCH, url: "https://es.example.com/_bulk", index: shop, username: u,
		password: "${SECRET}", tlsVerification: TRUSTFUL`),
	newRelic,
	drain(`type: OVH_TCP, url: "tcp://ovh.example.com:6514",
		rfc5424StructuredDataParameters: 'X-OVH-TOKEN="${PLAIN}"'`),
	drain(`type: SYSLOG_TCP, url: "tcp://sys.example.com:514", token: "${SECRET}",
		rfc5424StructuredDataParameters: 'env="prod"'`),
	drain(`type: SYSLOG_UDP, url: "udp://sys.example.com:514"`),
	drain(`type: BETTERSTACK, url: "https://bs.example.com", sourceToken: "${SECRET}"`),
	drain(`type: SPLUNK, url: "https://splunk.example.com", token: "${SECRET}", index: main,
		sourcetype: shop, tlsVerification: DEFAULT`),
)

// newRelic is a drain with a secret, one a file with nothing else.
var (
	newRelic = drain(`type: NEWRELIC, url: "https://nr.example.com/log", apiKey: "${SECRET}"`)
	one      = file("shop", newRelic)
	old      = clevercloud.SyslogUDPRecipient{URL: "udp://old.example.com:514"}
)

// program is the program without a terminal.
var program = drainsync(nil)

// A bench is an API, a file, and the program on both.
type bench struct {
	*clevertest.Server
	t    *testing.T
	file string
}

func newBench(t *testing.T, text string, opts ...clevertest.Option) *bench {
	opts = append([]clevertest.Option{clevertest.WithStepDuration(0)}, opts...)
	b := &bench{testenv.LoggedIn(t, opts...), t, filepath.Join(t.TempDir(), "drains.yaml")}
	t.Setenv("SECRET", canary)
	t.Setenv("PLAIN", "canary-plain")
	b.write(text)
	return b
}

func (b *bench) write(text string) {
	require.NoError(b.t, os.WriteFile(b.file, []byte(text), 0o600))
}

// run runs the program, which never prints a secret.
func (b *bench) run(args ...string) (status int, out, notes string) {
	b.t.Helper()
	status, out, notes = testenv.Run(b.t, "drainsync", program, append(args, "-f", b.file)...)
	assert.NotContains(b.t, out+notes, "canary")
	return status, out, notes
}

// apply runs the program, and returns its output and the requests that do more than look.
func (b *bench) apply(args ...string) (out string, writes []string) {
	b.t.Helper()
	b.ResetRequests()
	status, out, notes := b.run(append([]string{"apply", "-yes"}, args...)...)
	require.Equal(b.t, 0, status, notes)
	return out + notes, b.writes()
}

func (b *bench) writes() (writes []string) {
	for _, r := range b.Requests() {
		if r.Method != http.MethodGet {
			writes = append(writes, r.Route)
		}
	}
	return writes
}

// add puts a drain there that the file does not know.
func (b *bench) add(r clevercloud.DrainRecipient) clevercloud.DrainID {
	in := clevercloud.DrainInput{Kind: clevercloud.DrainKindLog, Recipient: r}
	d, err := b.Client().Drains.Create(b.t.Context(), b.OwnerID, b.ApplicationID, in)
	require.NoError(b.t, err)
	b.ResetRequests()
	return d.ID
}

func (b *bench) drains() []clevercloud.Drain {
	drains, err := b.Client().Drains.List(
		b.t.Context(), b.OwnerID, b.ApplicationID, clevercloud.DrainQuery{})
	require.NoError(b.t, err)
	return drains
}

func TestPlan_ChangesNothing(t *testing.T) {
	b := newBench(t, one)

	status, out, notes := b.run("plan")

	assert.Equal(t, 0, status)
	assert.Equal(t, strings.TrimPrefix(`
shop
  + create  LOG       NEWRELIC      https://nr.example.com/log

To create: 1, to replace: 0, to enable: 0, to delete: 0. Unchanged: 0.
`, "\n"), out)
	assert.Empty(t, notes)
	assert.Empty(t, b.writes())
	status, _, notes = b.run("plan", "-detailed-exitcode")
	assert.Equal(t, 2, status)
	assert.Empty(t, notes)
}

func TestApply_TwiceIsOnce(t *testing.T) {
	b := newBench(t, every)

	out, writes := b.apply()

	assert.Equal(t, slices.Repeat([]string{"drains.create"}, 11), writes)
	assert.Contains(t, out, "create  LOG       RAW_HTTP      https://raw.example.com/${SECRET}\n")
	assert.Regexp(t, `created drain_.*, RAW_HTTP\n`, out)
	for _, d := range b.drains() {
		assert.Equal(t, clevercloud.DrainStatusEnabled, d.Status.Status)
	}
	out, writes = b.apply()
	assert.Contains(t, out, "\nNo changes.\n")
	assert.NotContains(t, out, "Applied.")
	assert.Contains(t, out, "The secrets of 10 unchanged drain(s)")
	assert.Empty(t, writes)
	status, _, _ := b.run("plan", "-detailed-exitcode")
	assert.Equal(t, 0, status)
}

func TestApply_DeletesOnlyWithPrune(t *testing.T) {
	b := newBench(t, one)
	id := b.add(clevercloud.RawRecipient{
		URL: "https://old.example.com/canary-plain?token=canary", Password: "canary",
	})

	out, writes := b.apply()

	assert.Contains(t, out, "    extra   LOG       RAW_HTTP      "+
		"https://old.example.com/[redacted]\n            drain_")
	assert.Contains(t, out, "1 drain(s) are not in the file; -prune deletes them.")
	assert.Equal(t, []string{"drains.create"}, writes)
	out, writes = b.apply("-prune")
	assert.Contains(t, out, "deleted "+string(id)+"\n")
	assert.Equal(t, []string{"drains.delete"}, writes)
	assert.Len(t, b.drains(), 1)
}

// TestApply_OldDrainsOutliveNewOnes looks at the order of requests.
func TestApply_OldDrainsOutliveNewOnes(t *testing.T) {
	b := newBench(t, one)
	b.add(old)

	b.apply("-prune")

	var routes []string
	for _, r := range b.Requests() {
		routes = append(routes, r.Route)
	}
	assert.Equal(t, []string{
		"identity.summary", "drains.list", "drains.create", "drains.get", "drains.delete",
	}, routes)
}

func TestApply_ADrainThatDoesNotComeUpKeepsTheOld(t *testing.T) {
	b := newBench(t, one, clevertest.WithStepDuration(time.Hour))
	id := b.add(old)
	for _, want := range [][]string{{"drains.create"}, nil} { // not made twice, but waited for
		b.ResetRequests()
		status, _, notes := b.run("apply", "-yes", "-prune", "-wait", "50ms")
		assert.Equal(t, 1, status)
		assert.Regexp(t, "is still (CREATED|not listed) after 50ms; its application keeps its "+
			"old drains", notes) // the latter on a slow machine
		assert.Equal(t, want, b.writes())
	}

	b.Advance(3 * time.Hour)
	_, writes := b.apply("-prune")

	assert.Equal(t, []string{"drains.delete"}, writes, "the rest of it, not all again")
	drains := b.drains()
	require.Len(t, drains, 1)
	assert.NotEqual(t, id, drains[0].ID)
}

func TestApply_Replace(t *testing.T) {
	b := newBench(t, one)
	b.apply()
	before := b.drains()[0].ID

	out, writes := b.apply("-replace")

	assert.Contains(t, out, "  ~ replace LOG       NEWRELIC")
	assert.NotContains(t, out, "cannot be compared")
	assert.Equal(t, []string{"drains.create", "drains.delete"}, writes)
	drains := b.drains()
	require.Len(t, drains, 1)
	assert.NotEqual(t, before, drains[0].ID)
}

func TestApply_EnablesWhatIsDisabled(t *testing.T) {
	b := newBench(t, one)
	b.apply()
	b.SetDrainStatus(b.drains()[0].ID, "DISABLED")

	out, writes := b.apply()

	assert.Contains(t, out, "  ~ enable  LOG")
	assert.Equal(t, []string{"drains.enable"}, writes)
	assert.Equal(t, clevercloud.DrainStatusEnabled, b.drains()[0].Status.Status)
}

// TestApply_AnErrorStopsBeforeAnyDelete has an API that quotes the request in its error.
func TestApply_AnErrorStopsBeforeAnyDelete(t *testing.T) {
	b := newBench(t, every)
	b.add(old)
	b.Inject(clevertest.Fault{
		Path: "drains.create", Skip: 1, Status: http.StatusBadRequest,
		Body: `{"code":"clever.core.bad-request","error":"no https://raw.example.com/` +
			canary + `"}`,
	})

	status, _, notes := b.run("apply", "-yes", "-prune")

	assert.Equal(t, 1, status)
	assert.Contains(t, notes, "drainsync: shop: clevercloud: drains.create: 400")
	assert.Contains(t, notes, "bad request: no [redacted]")
	assert.Equal(t, []string{"drains.create", "drains.create"}, b.writes())
	_, writes := b.apply("-prune")
	assert.Equal(t, append(slices.Repeat([]string{"drains.create"}, 10), "drains.delete"), writes)
}

// TestPlan_ErrorsHideSecrets has an API that quotes, in an answer to a request without them, the
// values of variables.
func TestPlan_ErrorsHideSecrets(t *testing.T) {
	b := newBench(t, every)
	b.Inject(clevertest.Fault{
		Path: "drains.list", Status: http.StatusBadRequest,
		Body: `{"code":"a","error":"bad ` + canary + ` ` + url.QueryEscape(canary) + ` canary-plain"}`,
	})

	status, _, notes := b.run("plan", "-detailed-exitcode")

	assert.Equal(t, 1, status, "not 2, which means changes")
	assert.Contains(t, notes, "bad ${SECRET} ${SECRET} ${PLAIN}")
}

// A disk that is full when the user interrupts is an error as any other.
func TestPlan_ErrorsHideSecretsAfterAnInterrupt(t *testing.T) {
	b := newBench(t, one)
	ctx, cancel := context.WithCancel(t.Context())
	var notes bytes.Buffer
	screen := &term.Screen{Out: full{cancel}, Notes: &notes}

	assert.Equal(t, 1, cli.Run(ctx, "drainsync", program, screen, "plan", "-f", b.file))

	assert.Equal(t, "drainsync: full at ${SECRET}\n", notes.String())
}

type full struct{ interrupt func() }

func (f full) Write([]byte) (int, error) {
	f.interrupt()
	return 0, errors.New("full at " + canary)
}

func TestPlan_WhatDiffers(t *testing.T) {
	base := drain("type: ELASTICSEARCH, url: https://es.example.com, index: shop, username: u")
	b := newBench(t, file("shop", base))
	b.apply()
	for name, tc := range map[string]struct {
		old, new string
		want     string
	}{
		"kind":          {"LOG,", "ACCESSLOG,", "To create: 1, "},
		"address":       {"es.ex", "es2.ex", "To create: 1, "},
		"index":         {"index: shop", "index: shop2", "To create: 1, "},
		"user":          {"username: u", "username: v", "To create: 1, "},
		"certificates":  {": u", ": u, tlsVerification: TRUSTFUL", "To create: 1, "},
		"a secret more": {": u", `: u, password: "${SECRET}"`, "To create: 1, "},
		"a default":     {": u", ": u, tlsVerification: DEFAULT", "No changes."},
		"one more":      {"{kind", base + ", {kind", "To create: 1, "},
	} {
		b.write(file("shop", strings.Replace(base, tc.old, tc.new, 1)))
		_, out, _ := b.run("plan")
		assert.Contains(t, out, tc.want, name)
	}
	b.write("applications: [{application: " + string(b.ApplicationID) +
		", owner: " + string(b.OwnerID) + ", drains: [" + base + "]}]")
	b.ResetRequests()
	_, out, _ := b.run("plan")
	assert.Contains(t, out, "No changes.")
	assert.Empty(t, b.RequestsTo("identity.summary"), "the owner is given")
}

func TestPlan_NoneWanted(t *testing.T) {
	b := newBench(t, "applications: [{application: shop-db, drains: []}, "+
		"{application: shop, drains: []}]")
	b.add(clevercloud.UnknownRecipient{
		Type: "RAW_HTTP", Raw: []byte(`{"url":"https://old.example.com"}`),
	})

	status, out, _ := b.run("plan", "-prune")

	assert.Equal(t, 0, status)
	assert.Contains(t, out, "shop-db\n  no drains\nshop\n"+
		"  - delete  LOG       RAW_HTTP      https://old.example.com\n            drain_")
}

func TestConfig_Errors(t *testing.T) {
	lookup := func(name string) string { return map[string]string{"SECRET": canary}[name] }
	for text, want := range map[string]string{
		"":                                 "no applications",
		"applications: [":                  "yaml: line 1",
		one + "\n---\n" + one:              "want one YAML document",
		"applications: [{drains: []}]":     "application 1 has no id or name",
		"applications: [{application: a}]": "a: drains is missing",
		"applications: [{drain: []}]":      "field drain not found",
		file("shop", "{kind: ''}"):         "shop: drain 1: kind is missing",
		file("shop", "canary"):             "cannot unmarshal a value",
	} {
		_, err := parse(strings.NewReader(text), lookup)
		if assert.ErrorContains(t, err, want, text) {
			assert.NotContains(t, err.Error(), "canary", text)
		}
	}
	const secret = "a secret must come from the environment"
	for recipient, want := range map[string]string{
		"type: RAW_HTTP":                               "url is missing",
		"type: PIGEON, url: h://x":                     `"PIGEON" is no type of recipient`,
		"type: DatadogRecipient, url: h://canary":      "write the type as the API does, DATADOG",
		"url: h://x":                                   `"" is no type of recipient`,
		"type: SYSLOG_UDP, url: 'udp://x:1', index: u": "SYSLOG_UDP recipients have no index",
		"type: RAW_HTTP, url: h://x, password: canary": "password: " + secret,
		`type: RAW_HTTP, password: "canary${SECRET}"`:  "password: " + secret,
		"type: DATADOG, url: https://x/canary":         "url: " + secret,
		"type: RAW_HTTP, url: 'https://u:canary@x'":    "url: " + secret,
		`type: NEWRELIC, apiKey: "${A-B}"`:             "apiKey: want ${NAME}",
		`type: NEWRELIC, apiKey: "${NOT_SET}"`:         "apiKey: ${NOT_SET} is not set",
		"type: NEWRELIC, apiKey: *canary":              "unknown anchor a value",
		`type: OVH_TCP, url: 'tcp://x:1', rfc5424StructuredDataParameters: 'env="a" ` +
			`X-OVH-TOKEN="canary"'`: "rfc5424StructuredDataParameters: " + secret,
	} {
		_, err := parse(strings.NewReader(file("shop", drain(recipient))), lookup)
		if assert.ErrorContains(t, err, want, recipient) {
			assert.NotContains(t, err.Error(), "canary", recipient)
		}
	}
}

func TestDrainsync_Mistakes(t *testing.T) {
	b := newBench(t, file("nothing"))
	testenv.Failures(t, 1, "drainsync", program, map[string]string{
		"": "want plan or apply", "destroy": "want plan or apply",
		"plan more":         "want plan or apply",
		"plan -f none.yaml": "none.yaml", "apply -demo": "-demo and -detailed-exitcode are for plan",
		"plan -yes": "-yes is for apply", "plan -none": "flag provided but not defined: -none",
		"plan -f " + b.file: `no application or add-on "nothing"`,
	})
	b.write("applications: [{application: shop, drains: []}, {application: " +
		string(b.ApplicationID) + ", drains: []}]")
	testenv.Failures(t, 1, "drainsync", program, map[string]string{
		"apply -f " + b.file: "is in the file twice",
	})
	b.write(one)
	closed := &term.Screen{Out: testenv.ClosedPipe{}, Notes: new(bytes.Buffer)}
	status := cli.Run(t.Context(), "drainsync", program, closed, "apply", "-yes", "-f", b.file)
	assert.Equal(t, 1, status, "nobody reads the plan")
	status, _, notes := b.run("apply")
	assert.Equal(t, 1, status)
	assert.Contains(t, notes, "apply needs -yes if it is not run on a terminal")
	assert.Empty(t, b.writes())
	for _, args := range []string{"plan", "apply", "apply -yes"} {
		testenv.NeverPretends(t, "drainsync", program, strings.Fields(args)...)
	}
	status, _, _ = testenv.Run(t, "drainsync", program, "plan", "-detailed-exitcode")
	assert.Equal(t, 1, status, "not 2, which means changes")
}

func TestApply_Asks(t *testing.T) {
	b := newBench(t, one)
	ask := func(ctx context.Context, in io.Reader) (int, string) {
		var out, notes bytes.Buffer
		screen := &term.Screen{Out: &out, Notes: &notes, Terminal: true, Live: true}
		return cli.Run(ctx, "drainsync", drainsync(in), screen, "apply", "-f", b.file),
			notes.String()
	}
	for _, answer := range []string{"y\n", ""} {
		status, notes := ask(t.Context(), strings.NewReader(answer))
		assert.Equal(t, 1, status)
		assert.Contains(t, notes, "Only yes is accepted: drainsync: nothing was changed")
	}
	ctx, cancel := context.WithCancel(t.Context())
	silent, end := io.Pipe()
	defer end.Close()
	time.AfterFunc(50*time.Millisecond, cancel)
	status, notes := ask(ctx, silent)
	assert.Equal(t, 130, status)
	assert.Contains(t, notes, "Finished steps stay; apply does the rest.\nInterrupted.\n")
	assert.Empty(t, b.writes())

	status, notes = ask(t.Context(), strings.NewReader("yes\n"))
	assert.Equal(t, 0, status)
	assert.True(t, strings.HasSuffix(notes, "Applied.\n"))
	assert.Equal(t, []string{"drains.create"}, b.writes())
}

func TestDrainsync_Demo(t *testing.T) {
	testenv.HalfConfigured(t)
	t.Setenv("LOGS_PASSWORD", canary)

	status, out, notes := testenv.Run(t, "drainsync", program,
		"plan", "-demo", "-prune", "-detailed-exitcode")

	assert.Equal(t, 2, status)
	assert.Contains(t, notes, "made-up application")
	assert.Contains(t, out, "  - delete  LOG       SYSLOG_UDP    udp://syslog.example.com:514\n")
	assert.Contains(t, out, "/v1/input/${DATADOG_API_KEY}\n")
}
