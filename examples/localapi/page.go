package main

import (
	"bytes"
	"crypto/rand"
	_ "embed" // for page.html
	"fmt"
	"html/template"
	"maps"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/clevercloud-go/clevercloud/clevertest"
)

//go:embed page.html
var pageSource string

var pageTemplate = template.Must(template.New("page").
	Funcs(template.FuncMap{"path": shownPath, "query": shownQuery}).Parse(pageSource))

// A view is what the page shows at one moment.
type view struct {
	API            *clevertest.Server
	Requests       []clevertest.Request
	Control, Nonce string
	Variables      []string
	Holds          []holding
}

// Recent returns the last requests, newest first.
func (v view) Recent() []clevertest.Request {
	recent := slices.Clone(v.Requests[max(0, len(v.Requests)-50):])
	slices.Reverse(recent)
	return recent
}

// A page shows an API and lets a person play with it.
type page struct{ api *clevertest.Server }

// show returns a handler that writes a template: the page, or the calls within it, which reload.
func (p page) show(name string) func(w http.ResponseWriter, r *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error {
		control := "http://" + r.Host
		v := view{
			API: p.api, Requests: p.api.Requests(), Control: control, Nonce: rand.Text(),
			Variables: append(p.api.Environ(), "CLEVERTEST_CONTROL="+control),
			Holds:     holdings(p.api),
		}
		var text bytes.Buffer
		if err := pageTemplate.ExecuteTemplate(&text, name, v); err != nil {
			return err
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("Content-Security-Policy", fmt.Sprintf("default-src 'none'; img-src data:; "+
			"frame-src 'self'; form-action 'self'; frame-ancestors 'self'; base-uri 'none'; "+
			"style-src 'nonce-%s'", v.Nonce))
		_, err := w.Write(text.Bytes())
		return err
	}
}

// press does what a button of the page says, then leads back to the page.
func (p page) press(w http.ResponseWriter, r *http.Request) error {
	do := r.PostFormValue("do")
	switch do {
	case "503":
		p.api.Inject(clevertest.Fault{Status: http.StatusServiceUnavailable})
	case "429":
		p.api.Inject(clevertest.Fault{
			Status: http.StatusTooManyRequests, RetryAfter: 2 * time.Second,
		})
	case "slow":
		p.api.Inject(clevertest.Fault{Latency: 3 * time.Second})
	case "lost":
		p.api.Inject(clevertest.Fault{Mode: clevertest.Cut, CutAfter: clevertest.BeforeHeaders})
	case "clear":
		p.api.ClearFaults()
	case "log":
		entry := clevertest.LogEntry{Message: r.PostFormValue("message")}
		p.api.AppendLogs(p.api.ApplicationID, entry)
	case "redeploy":
		p.api.Redeploy()
	case "forget":
		p.api.ResetRequests()
	default:
		if err := advance(p.api, r); err != nil {
			return fmt.Errorf("no button %q, and no time to advance: %w", do, err)
		}
	}
	http.Redirect(w, r, "/", http.StatusSeeOther)
	return nil
}

// shownPath returns the path of a request if it is one of the API. Any other may be a secret, such
// as the address of a webhook.
func shownPath(r clevertest.Request) string {
	if r.Route == "" && !strings.HasPrefix(r.Path, "/v2/") && !strings.HasPrefix(r.Path, "/v4/") {
		return "/…"
	}
	return r.Path
}

// shownQuery returns the names of the parameters of a request: a value may be a secret.
func shownQuery(r clevertest.Request) string {
	values, _ := url.ParseQuery(r.Query)
	return strings.Join(slices.Sorted(maps.Keys(values)), " ")
}

// guard rejects what other web pages send: a request of another origin, and one for a host name
// that only leads here.
func guard(next http.Handler) http.Handler {
	next = http.NewCrossOriginProtection().Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if host := (&url.URL{Host: r.Host}).Hostname(); !loopback(host) {
			http.Error(w, "this host name is not a loopback address", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// loopback reports whether host is an address, or the name, of this machine to itself.
func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
