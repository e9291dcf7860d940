package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
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
	"github.com/clevercloud-go/clevercloud/examples/internal/term"
	"github.com/clevercloud-go/clevercloud/examples/internal/testenv"
)

const canary = "canary-5b1d/+=8f"

// every has a drain of each type, with all options.
const every = `
applications:
  - application: shop
    drains:
      - {kind: LOG, recipient: {type: RAW_HTTP, url: "https://raw.example.com/in?x=1", username: shipper, password: "${SECRET}"}}
      - {kind: LOG, recipient: {type: RAW_HTTP, url: "https://raw.example.com/${SECRET}"}}
      - {kind: ACCESSLOG, recipient: {type: DATADOG, url: "https://intake.example.com/v1/input/${PLAIN}"}}
      - {kind: LOG, recipient: {type: DATADOG, url: "https://intake.example.com/api/v2/logs?dd-api-key=${PLAIN}&ddsource=shop"}}
      - kind: LOG
        recipient: {type: ELASTICSEARCH, url: https://es.example.com/_bulk, index: shop, username: u, password: "${SECRET}", tlsVerification: TRUSTFUL}
      - {kind: LOG, recipient: {type: NEWRELIC, url: https://nr.example.com/log, apiKey: "${SECRET}"}}
      - {kind: LOG, recipient: {type: OVH_TCP, url: "tcp://ovh.example.com:6514", rfc5424StructuredDataParameters: 'X-OVH-TOKEN="${PLAIN}"'}}
      - {kind: LOG, recipient: {type: SYSLOG_TCP, url: "tcp://sys.example.com:514", token: "${SECRET}", rfc5424StructuredDataParameters: 'env="prod"'}}
      - {kind: LOG, recipient: {type: SYSLOG_UDP, url: "udp://sys.example.com:514"}}
      - {kind: LOG, recipient: {type: BETTERSTACK, url: https://bs.example.com, sourceToken: "${SECRET}"}}
      - {kind: LOG, recipient: {type: SPLUNK, url: https://splunk.example.com, token: "${SECRET}", index: main, sourcetype: shop, tlsVerification: DEFAULT}}
`

// one has a drain with a secret.
const one = `
applications:
  - application: shop
    drains:
      - {kind: LOG, recipient: {type: NEWRELIC, url: https://nr.example.com/log, apiKey: "${SECRET}"}}
`

// A bench is an API, a file, and the program on both.
type bench struct {
	*clevertest.Server
	t    *testing.T
	file string
}

func newBench(t *testing.T, text string, opts ...clevertest.Option) *bench {
	server := clevertest.NewServer(append([]clevertest.Option{clevertest.WithStepDuration(0)}, opts...)...)
	t.Cleanup(server.Close)
	testenv.LoggedIn(t, server)
	t.Setenv("SECRET", canary)
	t.Setenv("PLAIN", "canary-plain")
	b := &bench{server, t, filepath.Join(t.TempDir(), "drains.yaml")}
	b.write(text)
	return b
}

func (b *bench) write(text string) { require.NoError(b.t, os.WriteFile(b.file, []byte(text), 0o600)) }

// run runs the program, which never prints a secret, and no colour in a pipe.
func (b *bench) run(args ...string) (code int, out, notes string) {
	b.t.Helper()
	var o, n bytes.Buffer
	s := syncer{Screen: &term.Screen{Out: &o, Notes: &n}, in: strings.NewReader("")}
	code = s.run(b.t.Context(), append(args, "-f", b.file))
	for _, hidden := range []string{"canary", b.Token.Reveal(), "\x1b"} {
		assert.NotContains(b.t, o.String()+n.String(), hidden)
	}
	return code, o.String(), n.String()
}

// add puts a drain there that the file does not know.
func (b *bench) add(r clevercloud.DrainRecipient) clevercloud.DrainID {
	d, err := b.Client().Drains.Create(b.t.Context(), b.OwnerID, b.ApplicationID, clevercloud.DrainInput{Kind: clevercloud.DrainKindLog, Recipient: r})
	require.NoError(b.t, err)
	return d.ID
}

// writes are the requests since the last call that do more than look.
func (b *bench) writes() []string {
	var writes []string
	for _, r := range b.Requests() {
		if r.Method != http.MethodGet {
			writes = append(writes, r.Route)
		}
	}
	b.ResetRequests()
	return writes
}

func (b *bench) drains() []clevercloud.Drain {
	drains, err := b.Client().Drains.List(b.t.Context(), b.OwnerID, b.ApplicationID, clevercloud.DrainQuery{})
	require.NoError(b.t, err)
	return drains
}

func TestPlan_ChangesNothing(t *testing.T) {
	b := newBench(t, one)

	code, out, notes := b.run("plan")

	assert.Equal(t, 0, code)
	assert.Equal(t, strings.TrimPrefix(`
shop
  + create  LOG       NEWRELIC      https://nr.example.com/log

To create: 1, to replace: 0, to enable: 0, to delete: 0. Unchanged: 0.
`, "\n"), out)
	assert.Empty(t, notes)
	assert.Empty(t, b.writes())
	code, _, _ = b.run("plan", "-detailed-exitcode")
	assert.Equal(t, 2, code)
}

func TestApply_TwiceIsOnce(t *testing.T) {
	b := newBench(t, every)

	code, out, _ := b.run("apply", "-yes")

	require.Equal(t, 0, code, out)
	assert.Equal(t, slices.Repeat([]string{"drains.create"}, 11), b.writes())
	assert.Contains(t, out, "create  LOG       RAW_HTTP      https://raw.example.com/${SECRET}\n")
	assert.Regexp(t, `created drain_.*, RAW_HTTP\n`, out)
	for _, d := range b.drains() {
		assert.Equal(t, clevercloud.DrainStatusEnabled, d.Status.Status)
	}
	code, out, notes := b.run("apply", "-yes")
	assert.Equal(t, 0, code)
	assert.Contains(t, out, "\nNo changes.\n")
	assert.Contains(t, notes, "The secrets of 8 unchanged drain(s)")
	assert.Empty(t, b.writes())
	code, _, _ = b.run("plan", "-detailed-exitcode")
	assert.Equal(t, 0, code)
}

func TestApply_DeletesOnlyWithPrune(t *testing.T) {
	b := newBench(t, one)
	old := b.add(clevercloud.RawRecipient{URL: "https://old.example.com/canary-plain?token=canary", Password: "canary"})
	b.writes()
	b.write(strings.ReplaceAll(one, "SECRET", "PLAIN"))

	code, out, notes := b.run("apply", "-yes")

	assert.Equal(t, 0, code)
	assert.Contains(t, out, "    extra   LOG       RAW_HTTP      https://old.example.com/[redacted]\n            drain_")
	assert.Contains(t, notes, "1 drain(s) are not in the file; -prune deletes them.")
	assert.Equal(t, []string{"drains.create"}, b.writes())
	code, out, _ = b.run("apply", "-yes", "-prune")
	assert.Equal(t, 0, code)
	assert.Contains(t, out, "deleted "+string(old)+"\n")
	assert.Equal(t, []string{"drains.delete"}, b.writes())
	assert.Len(t, b.drains(), 1)
}

// TestApply_OldDrainsOutliveNewOnes looks at the order of requests.
func TestApply_OldDrainsOutliveNewOnes(t *testing.T) {
	b := newBench(t, one)
	b.add(clevercloud.SyslogUDPRecipient{URL: "udp://old.example.com:514"})
	b.ResetRequests()

	code, _, _ := b.run("apply", "-yes", "-prune")

	require.Equal(t, 0, code)
	var routes []string
	for _, r := range b.Requests() {
		routes = append(routes, r.Route)
	}
	assert.Equal(t, []string{"identity.summary", "drains.list", "drains.create", "drains.get", "drains.delete"}, routes)
}

func TestApply_ADrainThatDoesNotComeUpKeepsTheOld(t *testing.T) {
	b := newBench(t, one, clevertest.WithStepDuration(time.Hour))
	old := b.add(clevercloud.SyslogUDPRecipient{URL: "udp://old.example.com:514"})
	b.writes()

	code, _, notes := b.run("apply", "-yes", "-prune", "-wait", "50ms")

	assert.Equal(t, 1, code)
	assert.Regexp(t, "is still (CREATED|not listed) after 50ms; its application keeps its old drains", notes) // the latter on a slow machine
	assert.Equal(t, []string{"drains.create"}, b.writes())
	code, _, _ = b.run("apply", "-yes", "-prune", "-wait", "50ms")
	assert.Equal(t, 1, code)
	assert.Empty(t, b.writes(), "it is not made twice, and still waited for")
	b.Advance(3 * time.Hour)
	code, _, _ = b.run("apply", "-yes", "-prune")
	assert.Equal(t, 0, code)
	assert.Equal(t, []string{"drains.delete"}, b.writes(), "the rest of it, not all again")
	drains := b.drains()
	require.Len(t, drains, 1)
	assert.NotEqual(t, old, drains[0].ID)
}

func TestApply_Replace(t *testing.T) {
	b := newBench(t, one)
	_, _, _ = b.run("apply", "-yes")
	before := b.drains()[0].ID
	b.writes()

	code, out, notes := b.run("apply", "-yes", "-replace")

	assert.Equal(t, 0, code)
	assert.Contains(t, out, "  ~ replace LOG       NEWRELIC")
	assert.NotContains(t, notes, "cannot be compared")
	assert.Equal(t, []string{"drains.create", "drains.delete"}, b.writes())
	drains := b.drains()
	require.Len(t, drains, 1)
	assert.NotEqual(t, before, drains[0].ID)
}

func TestApply_EnablesWhatIsDisabled(t *testing.T) {
	b := newBench(t, one)
	_, _, _ = b.run("apply", "-yes")
	b.SetDrainStatus(b.drains()[0].ID, "DISABLED")
	b.writes()

	code, out, _ := b.run("apply", "-yes")

	assert.Equal(t, 0, code)
	assert.Contains(t, out, "  ~ enable  LOG")
	assert.Equal(t, []string{"drains.enable"}, b.writes())
	assert.Equal(t, clevercloud.DrainStatusEnabled, b.drains()[0].Status.Status)
}

// TestApply_AnErrorStopsBeforeAnyDelete has an API that quotes the request in its error.
func TestApply_AnErrorStopsBeforeAnyDelete(t *testing.T) {
	b := newBench(t, every)
	b.add(clevercloud.SyslogUDPRecipient{URL: "udp://old.example.com:514"})
	b.writes()
	b.Inject(clevertest.Fault{
		Path: "drains.create", Skip: 1, Status: http.StatusBadRequest, Body: `{"code":"clever.core.bad-request","error":"no https://raw.example.com/` + canary + `"}`,
	})

	code, _, notes := b.run("apply", "-yes", "-prune")

	assert.Equal(t, 1, code)
	assert.Contains(t, notes, "drainsync: shop: clevercloud: drains.create: 400")
	assert.Contains(t, notes, "bad request: no [redacted]")
	assert.Equal(t, []string{"drains.create", "drains.create"}, b.writes())
	code, _, _ = b.run("apply", "-yes", "-prune")
	assert.Equal(t, 0, code)
	assert.Equal(t, append(slices.Repeat([]string{"drains.create"}, 10), "drains.delete"), b.writes())
}

func TestPlan_WhatDiffers(t *testing.T) {
	const base = "{kind: LOG, recipient: {type: ELASTICSEARCH, url: https://es.example.com/_bulk, index: shop, username: u}}"
	b := newBench(t, "applications: [{application: shop, drains: ["+base+"]}]")
	code, _, notes := b.run("apply", "-yes")
	require.Equal(t, 0, code, notes)
	for name, change := range map[string][2]string{
		"kind": {"LOG,", "ACCESSLOG,"}, "address": {"es.ex", "es2.ex"}, "index": {"index: shop", "index: shop2"}, "user": {"username: u", "username: v"},
		"certificates": {"username: u", "username: u, tlsVerification: TRUSTFUL"}, "a secret more": {"username: u", `username: u, password: "${SECRET}"`},
	} {
		b.write("applications: [{application: shop, drains: [" + strings.Replace(base, change[0], change[1], 1) + "]}]")
		code, out, _ := b.run("plan", "-detailed-exitcode")
		assert.Equal(t, 2, code, name)
		assert.Contains(t, out, "To create: 1, to replace: 0, to enable: 0, to delete: 0. Unchanged: 1.", name)
	}
	b.write("applications: [{application: " + string(b.ApplicationID) + ", owner: " + string(b.OwnerID) + ", drains: [" +
		strings.Replace(base, "username: u", "username: u, tlsVerification: DEFAULT", 1) + "]}]")
	code, _, _ = b.run("plan", "-detailed-exitcode")
	assert.Equal(t, 0, code, "the default, by its name")
	b.write("applications: [{application: shop, drains: [" + base + "," + base + "]}]")
	code, out, _ := b.run("plan", "-detailed-exitcode")
	assert.Equal(t, 2, code)
	assert.Contains(t, out, "To create: 1,", "two of one kind are two")
}

func TestPlan_NoneWanted(t *testing.T) {
	b := newBench(t, "applications: [{application: shop-db, drains: []}, {application: shop, drains: []}]")
	b.add(clevercloud.UnknownRecipient{Type: "RAW_HTTP", Raw: []byte(`{"url":"https://old.example.com"}`)})

	code, out, _ := b.run("plan", "-prune")

	assert.Equal(t, 0, code)
	assert.Contains(t, out, "shop-db\n  no drains\nshop\n  - delete  LOG       RAW_HTTP      https://old.example.com\n            drain_")
}

func TestConfig_Errors(t *testing.T) {
	drain := func(kind, recipient string) string {
		return "applications: [{application: shop, drains: [{kind: " + kind + ", recipient: {" + recipient + "}}]}]"
	}
	for name, tc := range map[string][2]string{
		"empty":               {"", "no applications"},
		"not YAML":            {"applications: [", "yaml: line 1"},
		"two documents":       {one + "\n---\n" + one, "want one YAML document"},
		"no name":             {"applications: [{drains: []}]", "application 1 has no id or name"},
		"no drains":           {"applications: [{application: shop}]", "shop: drains is missing"},
		"unknown key":         {"applications: [{application: shop, drain: []}]", "field drain not found"},
		"no kind":             {drain("", "type: RAW_HTTP, url: https://x"), "shop: drain 1: kind is missing"},
		"no address":          {drain("LOG", "type: RAW_HTTP"), "url is missing"},
		"unknown type":        {drain("LOG", "type: PIGEON, url: https://x"), `"PIGEON" is no type of recipient`},
		"another spelling":    {drain("LOG", "type: DatadogRecipient, url: https://x/canary"), "write the type as the API does, DATADOG"},
		"no type":             {drain("LOG", "url: https://x"), `"" is no type of recipient`},
		"foreign field":       {drain("LOG", "type: SYSLOG_UDP, url: 'udp://x:1', username: u"), "SYSLOG_UDP recipients have no username"},
		"a password":          {drain("LOG", "type: RAW_HTTP, url: https://x, password: canary"), "password: a secret must come from the environment"},
		"half a password":     {drain("LOG", `type: RAW_HTTP, url: https://x, password: "canary${SECRET}"`), "password: a secret must come"},
		"a key in an address": {drain("LOG", "type: DATADOG, url: https://x/canary"), "url: a secret must come"},
		"a password in one":   {drain("LOG", "type: RAW_HTTP, url: 'https://u:canary@x'"), "url: a secret must come"},
		"a token in a parameter": {drain("LOG", `type: OVH_TCP, url: 'tcp://x:1', rfc5424StructuredDataParameters: 'env="a" X-OVH-TOKEN="canary"'`),
			"rfc5424StructuredDataParameters: a secret must come"},
		"not a variable": {drain("LOG", `type: NEWRELIC, url: https://x, apiKey: "${A-B}"`), "apiKey: want ${NAME}"},
		"unset":          {drain("LOG", `type: NEWRELIC, url: https://x, apiKey: "${NOT_SET}"`), "apiKey: ${NOT_SET} is not set in the environment"},
		"a secret gone astray": {"applications: [{application: shop, drains: [canary]}]",
			"cannot unmarshal a value"},
		"an alias by accident": {drain("LOG", "type: NEWRELIC, url: https://x, apiKey: *canary"), "unknown anchor a value"},
	} {
		_, err := parse(strings.NewReader(tc[0]), func(name string) string { return map[string]string{"SECRET": canary}[name] })
		if assert.ErrorContains(t, err, tc[1], name) {
			assert.NotContains(t, err.Error(), "canary", name)
		}
	}
}

func TestRun_Errors(t *testing.T) {
	b := newBench(t, one)
	for _, tc := range []struct {
		args  string
		code  int
		notes string
	}{
		{"", 1, "want plan or apply"},
		{"destroy", 1, "want plan or apply"},
		{"-h", 0, "plan or apply"},
		{"apply -h", 0, "-wait"},
		{"plan -yes", 1, "flag provided but not defined: -yes"},
		{"plan more", 1, `unexpected argument "more"`},
		{"plan -f none.yaml", 1, "none.yaml"},
		{"apply", 1, "apply needs -yes if it is not run on a terminal"},
	} {
		var out, notes bytes.Buffer
		s := syncer{Screen: &term.Screen{Out: &out, Notes: &notes}}
		args := strings.Fields(tc.args)
		if tc.args == "apply" {
			args = append(args, "-f", b.file)
		}
		assert.Equal(t, tc.code, s.run(t.Context(), args), tc.args)
		assert.Contains(t, notes.String(), tc.notes, tc.args)
	}
	b.write("applications: [{application: nothing, drains: []}]")
	code, _, notes := b.run("plan")
	assert.Equal(t, 1, code)
	assert.Contains(t, notes, `no application or add-on "nothing"`)
	b.write("applications: [{application: shop, drains: []}, {application: " + string(b.ApplicationID) + ", drains: []}]")
	code, _, notes = b.run("plan")
	assert.Equal(t, 1, code)
	assert.Contains(t, notes, "is in the file twice")
	assert.Empty(t, b.writes())
	s := syncer{Screen: &term.Screen{Out: testenv.ClosedPipe{}, Notes: new(bytes.Buffer)}}
	b.write(one)
	assert.Equal(t, 1, s.run(t.Context(), []string{"apply", "-yes", "-f", b.file}), "nobody reads the plan")
	assert.Empty(t, b.writes())
}

func TestApply_Asks(t *testing.T) {
	b := newBench(t, one)
	ask := func(ctx context.Context, in io.Reader) (int, string) {
		var out, notes bytes.Buffer
		s := syncer{Screen: &term.Screen{Out: &out, Notes: &notes, Terminal: true, Live: true, Colour: true}, in: in, asks: true}
		return s.run(ctx, []string{"apply", "-f", b.file}), notes.String()
	}

	code, notes := ask(t.Context(), strings.NewReader("y\n"))
	assert.Equal(t, 1, code)
	assert.Contains(t, notes, "Only yes is accepted: drainsync: nothing was changed")
	code, _ = ask(t.Context(), strings.NewReader(""))
	assert.Equal(t, 1, code)

	ctx, cancel := context.WithCancel(t.Context())
	silent, end := io.Pipe()
	defer end.Close()
	time.AfterFunc(50*time.Millisecond, cancel)
	code, notes = ask(ctx, silent)
	assert.Equal(t, 130, code)
	assert.Contains(t, notes, "Interrupted.")
	assert.Empty(t, b.writes())

	code, notes = ask(t.Context(), strings.NewReader("yes\n"))
	assert.Equal(t, 0, code)
	assert.True(t, strings.HasSuffix(notes, "Applied.\n"))
	assert.Equal(t, []string{"drains.create"}, b.writes())
}

func TestRun_Demo(t *testing.T) {
	testenv.HalfConfigured(t)
	t.Setenv("LOGS_PASSWORD", canary)
	var out, notes bytes.Buffer
	s := syncer{Screen: &term.Screen{Out: &out, Notes: &notes}}

	assert.Equal(t, 2, s.run(t.Context(), []string{"plan", "-demo", "-prune", "-detailed-exitcode"}))

	assert.Contains(t, notes.String(), "made-up application")
	assert.Contains(t, out.String(), "  - delete  LOG       SYSLOG_UDP    udp://syslog.example.com:514\n")
	assert.Contains(t, out.String(), "/v1/input/${DATADOG_API_KEY}\n")
	assert.Equal(t, 1, s.run(t.Context(), []string{"apply", "-demo"}), "apply never pretends")
}

func TestRun_NeverPretends(t *testing.T) {
	for _, args := range []string{"plan", "apply", "apply -yes"} {
		testenv.NeverPretends(t, "drainsync", func(screen *term.Screen) int {
			s := syncer{Screen: screen}
			return s.run(t.Context(), strings.Fields(args))
		})
	}
	want := testenv.HalfConfigured(t)
	var notes bytes.Buffer
	s := syncer{Screen: &term.Screen{Out: io.Discard, Notes: &notes}}
	assert.Equal(t, 1, s.run(t.Context(), []string{"plan", "-detailed-exitcode"}))
	assert.Equal(t, "drainsync: "+want+"\n", notes.String())
}
