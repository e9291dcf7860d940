// Localapi serves the embedded Clever Cloud API on a loopback address, for programs in other
// languages, for the official command line, and for a person who wants to see what happens.
//
//	go run ./examples/localapi -addr 127.0.0.1:8080
//
// It prints how to reach it. Open the address in a browser to see the variables to export, the
// calls as they arrive, and buttons for faults and the clock. Tests do the same by HTTP: see
// docs/testing.md. State lives as long as the program; Ctrl-C ends it.
//
//	The Clever Cloud API, with made-up data, at http://127.0.0.1:8080
//	Open it in a browser to see what it receives.
//
//	# For the official command line (clever-tools), curl and this SDK's programs:
//	export API_HOST=http://127.0.0.1:8080
//	…
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/clevertest"
	"github.com/clevercloud-go/clevercloud/examples/internal/cli"
)

func main() { cli.Main("localapi", localapi) }

func localapi(c *cli.Command) func(context.Context) error {
	c.Failure = 1
	addr := c.String("addr", "127.0.0.1:0", "loopback `address`; port 0 picks a free one")
	seed := c.Uint64("seed", 1, "`number` that determines the ids and credentials")
	record := c.String("record", "", "on exit, write the requests to this `file` as JSON lines")
	return func(ctx context.Context) error { return run(ctx, c, *addr, *seed, *record) }
}

func run(ctx context.Context, w io.Writer, addr string, seed uint64, record string) error {
	listener, err := listen(addr)
	if err != nil {
		return err
	}
	api := clevertest.NewServer(clevertest.WithListener(listener), clevertest.WithSeed(seed))
	defer api.Close()
	control, err := serveControl(api)
	if err != nil {
		return err
	}
	defer control.Close()
	introduce(w, api, "http://"+control.Addr)
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

// serveControl serves what is no part of the API at an address of its own, and redirects browsers
// there. The caller closes the server.
func serveControl(api *clevertest.Server) (*http.Server, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	server := &http.Server{
		Addr: listener.Addr().String(), Handler: control(api), ReadHeaderTimeout: time.Minute,
	}
	api.Handle("GET /{$}", http.RedirectHandler("http://"+server.Addr+"/", http.StatusFound))
	go func() { _ = server.Serve(listener) }() // the error is that of Close
	return server, nil
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

// listen rejects addresses that other machines can reach: the credentials are on the screen, and
// the same each time.
func listen(addr string) (net.Listener, error) {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, err
	}
	if !loopback(host) {
		return nil, fmt.Errorf("%s is not a loopback address", addr)
	}
	return net.Listen("tcp", addr)
}

func introduce(w io.Writer, api *clevertest.Server, controlURL string) {
	fmt.Fprintf(w, `The Clever Cloud API, with made-up data, at %[1]s
Open it in a browser to see what it receives.

# For the official command line (clever-tools), curl and this SDK's programs:
%[2]s

# For tests, to make it fail and to ask what it received (see docs/testing.md):
export CLEVERTEST_CONTROL=%[3]s

`, api.URL, "export "+strings.Join(api.Environ(), "\nexport "), controlURL)
	for _, h := range holdings(api) {
		fmt.Fprintf(w, "%-13s %s\n", h.Name, h.Value)
	}
	fmt.Fprintf(w, `
# Try:
auth="Authorization: Bearer $CLEVER_API_TOKEN"
curl -s $API_HOST/v4/products/zones/par
curl -s -H "$auth" $API_HOST/v4/billing/organisations/%[1]s/invoices/unpaid
curl -sN -H "$auth" $API_HOST/v4/logs/organisations/%[1]s/applications/%[2]s/logs
curl -s -X POST -H "$auth" $API_HOST/v4/addon-providers/addon-keycloak/addons/%[3]s/reboot

Ctrl-C stops it.
`, api.OwnerID, api.ApplicationID, api.KeycloakID)
}

// A holding is something that the API starts with.
type holding struct{ Name, Value string }

func holdings(api *clevertest.Server) []holding {
	return []holding{
		{"organisation", string(api.OwnerID)}, {"user", string(api.UserID)}, {"e-mail", api.Email},
		{"password", api.Password}, {"application", string(api.ApplicationID) + " shop"},
		{"deployment", string(api.DeploymentID)}, {"instance", string(api.InstanceID)},
		{"keycloak", string(api.KeycloakID)}, {"matomo", string(api.MatomoID)},
		{"metabase", string(api.MetabaseID)}, {"otoroshi", string(api.OtoroshiID)},
		{"pulsar", string(api.PulsarID)}, {"postgresql", string(api.ResourceID)},
		{"invoice", string(api.InvoiceNumber)},
	}
}

// keepLogging appends a line to the logs of the application now and then, until ctx is done.
func keepLogging(ctx context.Context, api *clevertest.Server) {
	ticker := time.NewTicker(3 * time.Second)
	defer ticker.Stop()
	for n := 1; ; n++ {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		message := fmt.Sprintf(`level=info msg="order accepted" order=%d`, 4000+n)
		api.AppendLogs(api.ApplicationID, clevertest.LogEntry{Message: message})
		api.AppendAccessLogs(clevercloud.ResourceID(api.ApplicationID),
			clevertest.AccessLogEntry{Method: "POST", Path: "/orders", Status: 201})
	}
}
