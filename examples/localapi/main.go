// Localapi serves the embedded Clever Cloud API on a loopback address, for programs in other languages and for the official command line.
//
//	go run ./examples/localapi -addr 127.0.0.1:8080
//
// It prints how to reach it, and where tests can make it fail and ask what it received. State lives as long as the program; Ctrl-C ends it.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http/httptest"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/clevertest"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:0", "loopback `address` to listen on; port 0 picks a free one")
	seed := flag.Uint64("seed", 1, "`number` that the ids and credentials are made from: the same number, the same ids")
	record := flag.String("record", "", "write the requests received to this `file` on exit, as JSON lines")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Stdout, *addr, *seed, *record); err != nil {
		fmt.Fprintln(os.Stderr, "localapi:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, w io.Writer, addr string, seed uint64, record string) error {
	listener, err := listen(addr)
	if err != nil {
		return err
	}
	api := clevertest.NewServer(clevertest.WithListener(listener), clevertest.WithSeed(seed))
	defer api.Close()
	desk := httptest.NewServer(control(api))
	defer desk.Close()
	introduce(w, api, desk.URL)
	keepLogging(ctx, api)
	fmt.Fprintf(w, "\nStopped after %d requests.\n", len(api.Requests()))
	if record == "" {
		return nil
	}
	var lines bytes.Buffer
	if err := writeRequests(&lines, api.Requests()); err != nil {
		return err
	}
	return os.WriteFile(record, lines.Bytes(), 0o600)
}

// writeRequests writes a line for each request, as it was received but for its header.
func writeRequests(w io.Writer, requests []clevertest.Request) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	for _, r := range requests {
		err := encoder.Encode(struct {
			Route  string `json:"route"` // empty when nothing serves the path
			Method string `json:"method"`
			Path   string `json:"path"`
			Query  string `json:"query"`
			Body   string `json:"body"`
		}{r.Route, r.Method, r.Path, r.Query, string(r.Body)})
		if err != nil {
			return err
		}
	}
	return nil
}

// listen refuses addresses that other machines can reach: the credentials are on the screen, and the same each time.
func listen(addr string) (net.Listener, error) {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, err
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, fmt.Errorf("%s is not a loopback address", addr)
	}
	return net.Listen("tcp", addr)
}

func introduce(w io.Writer, api *clevertest.Server, controlURL string) {
	fmt.Fprintf(w, `The Clever Cloud API, with made-up data, at %[1]s

# For the official command line (clever-tools), curl and this SDK's programs:
%[2]s
# For tests, to make it fail and to ask what it received (see docs/testing.md):
export CLEVERTEST_CONTROL=%[3]s

`, api.URL, exports(api), controlURL)
	for _, line := range []struct {
		name string
		id   any
	}{
		{"organisation", api.OwnerID}, {"user", api.UserID}, {"e-mail", api.Email}, {"password", api.Password},
		{"application", string(api.ApplicationID) + " shop"}, {"deployment", api.DeploymentID}, {"instance", api.InstanceID}, {"keycloak", api.KeycloakID},
		{"matomo", api.MatomoID}, {"metabase", api.MetabaseID}, {"otoroshi", api.OtoroshiID}, {"pulsar", api.PulsarID},
		{"postgresql", api.ResourceID}, {"invoice", api.InvoiceNumber},
	} {
		fmt.Fprintf(w, "%-13s %s\n", line.name, line.id)
	}
	fmt.Fprintf(w, `
# Try:
curl -s $API_HOST/v4/products/zones/par
curl -s -H "Authorization: Bearer $CLEVER_API_TOKEN" $API_HOST/v4/billing/organisations/%[1]s/invoices/unpaid
curl -sN -H "Authorization: Bearer $CLEVER_API_TOKEN" $API_HOST/v4/logs/organisations/%[1]s/applications/%[2]s/logs
curl -s -X POST -H "Authorization: Bearer $CLEVER_API_TOKEN" $API_HOST/v4/addon-providers/addon-keycloak/addons/%[3]s/reboot

Ctrl-C stops it.
`, api.OwnerID, api.ApplicationID, api.KeycloakID)
}

// exports are the lines that a shell reads.
func exports(api *clevertest.Server) string {
	var lines strings.Builder
	for _, variable := range api.Environ() {
		lines.WriteString("export " + variable + "\n")
	}
	return lines.String()
}

// keepLogging appends a line to the logs of the application now and then, until the context ends.
func keepLogging(ctx context.Context, api *clevertest.Server) {
	ticker := time.NewTicker(3 * time.Second)
	defer ticker.Stop()
	for n := 1; ; n++ {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		api.AppendLogs(api.ApplicationID, clevertest.LogEntry{Message: fmt.Sprintf(`level=info msg="order accepted" order=%d`, 4000+n)})
		api.AppendAccessLogs(clevercloud.ResourceID(api.ApplicationID), clevertest.AccessLogEntry{Method: "POST", Path: "/orders", Status: 201})
	}
}
