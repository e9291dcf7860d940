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
	"strconv"
	"strings"
	"time"

	"github.com/clevercloud-go/clevercloud/clevertest"
)

//go:embed page.html
var pageSource string

// shown is how many calls the page lists, refresh how often it looks for new ones.
const (
	shown   = 50
	refresh = 250 * time.Millisecond
)

var pageTemplate = template.Must(template.New("page").
	Funcs(template.FuncMap{"path": shownPath, "query": shownQuery}).Parse(pageSource))

// A view is what the page shows at one moment.
type view struct {
	API           *clevertest.Server
	Control       string
	Requests      []clevertest.Request
	Note, Nonce   string
	Routes, Modes []string
	Variables     []string
	Holds         []holding
}

// Recent returns the last requests, newest first.
func (v view) Recent() []clevertest.Request {
	recent := slices.Clone(v.Requests[max(0, len(v.Requests)-shown):])
	slices.Reverse(recent)
	return recent
}

// notes say what a button did.
var notes = map[string]string{
	"fault":    "The fault is queued. It hits the next request that matches.",
	"clear":    "The faults that have not happened are gone.",
	"clock":    "The clock has moved. What was due has happened.",
	"log":      "The line is in the application's log.",
	"redeploy": "The streams that were open stay open and are silent. New ones work.",
	"forget":   "The calls are forgotten.",
}

// presets are the faults with a button of their own.
var presets = map[string]fault{
	"503":  {Status: http.StatusServiceUnavailable},
	"429":  {Status: http.StatusTooManyRequests, RetryAfter: "2s"},
	"slow": {Latency: "3s"},
	"lost": {Mode: "cut", CutAfter: clevertest.BeforeHeaders},
}

// A page shows an API and lets a person play with it.
type page struct{ api *clevertest.Server }

// show writes the page.
func (p page) show(w http.ResponseWriter, r *http.Request) error {
	v := view{
		API: p.api, Control: "http://" + r.Host, Requests: p.api.Requests(),
		Note: notes[r.FormValue("did")], Nonce: rand.Text(),
		Routes: []string{"drains.create", "logs.stream", "zones.get"},
		Modes:  slices.Sorted(maps.Keys(modes)), Holds: holdings(p.api),
	}
	v.Variables = append(p.api.Environ(), "CLEVERTEST_CONTROL="+v.Control)
	for _, request := range v.Requests {
		if request.Route != "" {
			v.Routes = append(v.Routes, request.Route)
		}
	}
	slices.Sort(v.Routes)
	v.Routes = slices.Compact(v.Routes)
	var text bytes.Buffer
	if err := pageTemplate.Execute(&text, v); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Security-Policy", fmt.Sprintf("default-src 'none'; img-src data:; "+
		"connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; "+
		"style-src 'nonce-%[1]s'; script-src 'nonce-%[1]s'", v.Nonce))
	_, err := w.Write(text.Bytes())
	return err
}

// live sends the part of the page that changes, whenever it does, until the reader leaves.
func (p page) live(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	ticker := time.NewTicker(refresh)
	defer ticker.Stop()
	sent := ""
	for {
		var text strings.Builder
		v := view{API: p.api, Requests: p.api.Requests()}
		if err := pageTemplate.ExecuteTemplate(&text, "live", v); err != nil {
			return err
		}
		if text.String() != sent {
			sent = text.String()
			fmt.Fprintf(w, "data: %s\n\n", strings.ReplaceAll(sent, "\n", "\ndata: "))
			if err := http.NewResponseController(w).Flush(); err != nil {
				return nil // the reader has left
			}
		}
		select {
		case <-r.Context().Done():
			return nil
		case <-ticker.C:
		}
	}
}

// press does what a button of the page says, then leads back to the page.
func (p page) press(w http.ResponseWriter, r *http.Request) error {
	do := r.PostFormValue("do")
	var err error
	if preset, ok := presets[r.PostFormValue("preset")]; ok {
		do, err = "fault", preset.inject(p.api)
	} else {
		err = p.act(do, r)
	}
	if err == nil {
		http.Redirect(w, r, "/?did="+url.QueryEscape(do), http.StatusSeeOther)
	}
	return err
}

func (p page) act(do string, r *http.Request) error {
	switch do {
	case "fault":
		f, err := faultOf(r)
		if err != nil {
			return err
		}
		return f.inject(p.api)
	case "clear":
		p.api.ClearFaults()
	case "clock":
		return advance(p.api, r)
	case "log":
		entry := clevertest.LogEntry{Message: r.PostFormValue("message")}
		p.api.AppendLogs(p.api.ApplicationID, entry)
	case "redeploy":
		p.api.Redeploy()
	case "forget":
		p.api.ResetRequests()
	default:
		return fmt.Errorf("unknown button %q", do)
	}
	return nil
}

// faultOf reads the form for a fault.
func faultOf(r *http.Request) (fault, error) {
	f := fault{
		Method: strings.ToUpper(strings.TrimSpace(r.PostFormValue("method"))),
		Path:   strings.TrimSpace(r.PostFormValue("path")),
		Mode:   r.PostFormValue("mode"), Latency: r.PostFormValue("latency"),
	}
	for name, to := range map[string]*int{"status": &f.Status, "times": &f.Times} {
		text := r.PostFormValue(name)
		if text == "" {
			continue
		}
		var err error
		if *to, err = strconv.Atoi(text); err != nil {
			return f, fmt.Errorf("%s: %q is not a number", name, text)
		}
	}
	return f, nil
}

// shownPath returns the path of a request if it is one of the API. Any other may be a secret, such
// as the address of a webhook.
func shownPath(r clevertest.Request) string {
	if r.Route == "" && !strings.HasPrefix(r.Path, "/v2/") && !strings.HasPrefix(r.Path, "/v4/") {
		return "/…"
	}
	return r.Path
}

// plainParameters are the parameters whose values are no secrets.
var plainParameters = []string{
	"limit", "since", "until", "order", "action", "deploymentId", "instanceId", "service", "field",
	"excludeDeleted", "includeState", "excludeState", "status", "tag", "ownerId", "zone",
	"throttleElements", "throttlePerInMilliseconds",
}

// shownQuery returns the query of a request, with the values of plain parameters only.
func shownQuery(r clevertest.Request) string {
	values, _ := url.ParseQuery(r.Query)
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if !slices.Contains(plainParameters, name) {
			parts = append(parts, name+"=…")
			continue
		}
		for _, value := range values[name] {
			parts = append(parts, name+"="+value)
		}
	}
	return strings.Join(parts, " ")
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
