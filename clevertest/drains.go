package clevertest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/clevercloud-go/clevercloud"
)

// drainRoutes are served three times: under the application, under any resource and under the
// owner.
func drainRoutes() []route {
	var routes []route
	for _, base := range []struct{ path, suffix string }{
		{"/v4/drains/organisations/{ownerId}/applications/{applicationId}/drains", ""},
		{"/v4/drains/organisations/{ownerId}/resources/{resourceId}/drains", ""},
		{"/v4/drains/organisations/{ownerId}/drains", "-for-owner"},
	} {
		rows := []row{
			{"create", "POST", "", with((*Server).drainScope, (*Server).createDrain)},
			{"list", "GET", "", with((*Server).drainScope, (*Server).listDrains)},
			{"delete-all", "DELETE", "", with((*Server).drainScope, (*Server).deleteDrains)},
			{"get", "GET", "/{drainId}", withDrain(func(*Server, *drain) {})},
			{"delete", "DELETE", "/{drainId}", withDrain((*Server).removeDrain)},
			{"enable", "PUT", "/{drainId}/enable",
				withDrain(func(s *Server, d *drain) { s.switchDrain(d, "ENABLING", "ENABLED") })},
			{"disable", "PUT", "/{drainId}/disable",
				withDrain(func(s *Server, d *drain) { s.switchDrain(d, "DISABLING", "DISABLED") })},
			{"reset-cursor", "PATCH", "/{drainId}/reset-cursor",
				withDrain(func(_ *Server, d *drain) { d.backlog = 0 })},
			{"test-command", "GET", "/{drainId}/test-command",
				with((*Server).drainOf, (*Server).drainTestCommand)},
			{"check", "POST", "/{drainId}/check", with((*Server).drainOf, (*Server).checkDrain)},
		}
		for i := range rows {
			rows[i].name += base.suffix
		}
		routes = append(routes, under("drains", base.path, rows)...)
	}
	return routes
}

// withDrain calls act with the drain that the path names, and answers with the drain.
func withDrain(act func(*Server, *drain)) handler {
	return with((*Server).drainOf, func(s *Server, _ *call, d *drain) response {
		act(s, d)
		return ok(d.wire())
	})
}

const mask = "********"

// A recipientKind says which keys a recipient takes beside type and url.
type recipientKind struct {
	name     string // as the API answers
	longName string // as the first documents spell it; accepted
	required []string
	optional []string
	schemes  []string
}

var recipientKinds = []recipientKind{
	{"RAW_HTTP", "RawRecipient", nil, []string{"username", "password"}, webSchemes},
	{"DATADOG", "DatadogRecipient", nil, nil, webSchemes},
	{"ELASTICSEARCH", "ElasticsearchRecipient", []string{"index"},
		[]string{"username", "password", "tlsVerification"}, webSchemes},
	{"NEWRELIC", "NewRelicRecipient", []string{"apiKey"}, nil, webSchemes},
	{"OVH_TCP", "OVHTCPRecipient", nil, []string{"token", "rfc5424StructuredDataParameters"},
		ovhSchemes},
	{"SYSLOG_TCP", "SyslogTCPRecipient", nil, []string{"token", "rfc5424StructuredDataParameters"},
		[]string{"tcp"}},
	{"SYSLOG_UDP", "SyslogUDPRecipient", nil, []string{"token", "rfc5424StructuredDataParameters"},
		[]string{"udp"}},
	{"BETTERSTACK", "BetterStackRecipient", []string{"sourceToken"}, nil, webSchemes},
	{"SPLUNK", "SplunkRecipient", []string{"token"},
		[]string{"index", "sourcetype", "tlsVerification"}, webSchemes},
}

var (
	webSchemes = []string{"https", "http"}
	ovhSchemes = []string{"tcp", "https"}
)

// secretKeys are masked on read, unless they are empty.
var secretKeys = []string{"password", "apiKey", "token", "sourceToken"}

type drain struct {
	life
	id         string
	ownerID    string
	resourceID string // "" for audit logs
	kind       string
	recipient  recipient
	statusID   string // each status has an id of its own
	authorID   string
	backlog    int
}

// A recipient keeps what was sent; only its type is normalised.
type recipient struct {
	kind   *recipientKind
	url    *url.URL
	fields map[string]string
}

// wire is the drain as answers show it: secrets masked, type in upper snake case. It always has a
// backlog: the official command line does not check for it.
func (d *drain) wire() object {
	execution := object{{"status", d.execution()}}
	rate, throughput := number("0.0"), number("0.0")
	switch d.execution() {
	case "RUNNING":
		rate, throughput = "0.4", "152.5"
	case "RETRYING":
		execution = object{
			{"status", "RETRYING"}, {"lastError", "The recipient cannot be reached"},
			{"attempt", 1}, {"maxAttempt", 10}, {"lastAttemptAt", stamp(d.since)},
			{"nextAttemptAt", stamp(d.since.Add(2 * time.Minute))},
			{"retryingSince", stamp(d.since)},
		}
	}
	return object{
		{"id", d.id}, {"tenantId", d.ownerID}, {"resourceId", nullable(d.resourceID)},
		{"kind", d.kind}, {"recipient", d.recipient.masked()},
		{"status", object{
			{"id", d.statusID}, {"drainId", d.id}, {"status", d.status}, {"date", stamp(d.since)},
			{"authorId", d.authorID}, {"errorReason", nil},
		}},
		{"execution", execution},
		{"backlog", object{
			{"msgRateOut", rate}, {"msgThroughputOut", throughput}, {"msgBacklog", d.backlog},
		}},
	}
}

// execution follows from the status, and from the recipient being one that cannot exist.
func (d *drain) execution() string {
	switch {
	case d.status != "ENABLED":
		return "NOT_RUNNING"
	case d.recipient.unreachable():
		return "RETRYING"
	}
	return "RUNNING"
}

// unreachable is true for hosts under .invalid, the name reserved for that.
func (r recipient) unreachable() bool { return strings.HasSuffix(r.url.Hostname(), ".invalid") }

func (r recipient) masked() object {
	w := object{{"type", r.kind.name}, {"url", r.maskedURL()}}
	for _, key := range slices.Concat(r.kind.required, r.kind.optional) {
		value, set := r.fields[key]
		if value != "" && slices.Contains(secretKeys, key) {
			value = mask
		}
		if set {
			w = append(w, member{key, value})
		}
	}
	return w
}

// maskedURL hides the key that is part of a Datadog address: the last path element, or the
// dd-api-key parameter.
func (r recipient) maskedURL() string {
	text := r.fields["url"]
	if r.kind.name != "DATADOG" {
		return text
	}
	if key := r.url.Query().Get("dd-api-key"); key != "" {
		return strings.Replace(text, "dd-api-key="+key, "dd-api-key="+mask, 1)
	}
	if i := strings.LastIndexByte(r.url.Path, '/'); i >= 0 && i+1 < len(r.url.Path) {
		return strings.Replace(text, r.url.Path, r.url.Path[:i+1]+mask, 1)
	}
	return text
}

// A drainScope is the application or other resource in a path, or the whole owner when it names
// none.
type drainScope struct{ ownerID, resourceID string }

// drainScope checks that the resource exists and is the owner's.
func (s *Server) drainScope(c *call) drainScope {
	scope := drainScope{ownerID: c.PathValue("ownerId"), resourceID: c.PathValue("resourceId")}
	switch {
	case c.PathValue("applicationId") != "":
		scope.resourceID = string(s.appOf(c).ID)
	case scope.resourceID != "" && s.ownerOfResource(scope.resourceID) != scope.ownerID:
		panic(notFound("resource", scope.resourceID))
	}
	return scope
}

func (in drainScope) has(d *drain) bool {
	return d.ownerID == in.ownerID && (in.resourceID == "" || d.resourceID == in.resourceID)
}

// ownerOfResource knows applications, real ids and add-on ids.
func (s *Server) ownerOfResource(id string) string {
	if app := s.appNamed(id); app != nil {
		return string(app.OwnerID)
	}
	if a := s.addonNamed(id); a != nil {
		return a.ownerID
	}
	return ""
}

var drainablePrefixes = []string{"app", "postgresql", "mysql", "mongodb", "redis", "elasticsearch"}

func (s *Server) createDrain(c *call, in drainScope) response {
	prefix, _, _ := strings.Cut(in.resourceID, "_")
	if in.resourceID != "" && !slices.Contains(drainablePrefixes, prefix) {
		return badField("resourceId", in.resourceID, "this kind of resource takes no drain")
	}
	c.query().boolean("skipCheck") // accepted; no recipient is ever contacted
	var body struct {
		Kind      *string                    `json:"kind"`
		Recipient map[string]json.RawMessage `json:"recipient"`
	}
	c.decode(&body)
	wrong := complaints{}
	kind, reason := "", "is required"
	if body.Kind != nil {
		kind, reason = *body.Kind, "expected LOG, ACCESSLOG or AUDITLOG"
	}
	kinds := []string{"LOG", "ACCESSLOG", "AUDITLOG"}
	wrong.unless(slices.Contains(kinds, kind), "kind", kind, reason)
	to := parseRecipient(body.Recipient, wrong)
	wrong.check()
	if in.resourceID == "" && kind != "AUDITLOG" {
		return badField("kind", kind, "expected AUDITLOG, since there is no resource")
	}
	d := &drain{
		id: "drain_" + s.uuid(), ownerID: in.ownerID, resourceID: in.resourceID, kind: kind,
		recipient: to, authorID: c.user,
	}
	d.turned = func(time.Time) { d.statusID = s.uuid() }
	s.drains = append(s.drains, d)
	s.turn(&d.life, "CREATED", s.now())
	created := d.wire() // as it was born, however short a step is
	s.walk(&d.life, "ENABLING", "ENABLED")
	return jsonReply(http.StatusCreated, created)
}

// parseRecipient leaves out keys that are null, and unknown ones.
func parseRecipient(raw map[string]json.RawMessage, wrong complaints) recipient {
	fields := make(map[string]string)
	for key, value := range raw {
		var text *string
		err := json.Unmarshal(value, &text)
		wrong.unless(err == nil, "recipient."+key, string(value), "expected a string")
		if err == nil && text != nil {
			fields[key] = *text
		}
	}
	i := slices.IndexFunc(recipientKinds, func(k recipientKind) bool {
		return fields["type"] == k.name || fields["type"] == k.longName
	})
	if i < 0 {
		wrong.unless(false, "recipient.type", fields["type"], "unknown type of recipient")
		return recipient{}
	}
	kind, text := &recipientKinds[i], fields["url"]
	for _, key := range kind.required {
		wrong.unless(fields[key] != "", "recipient."+key, "", "is required for "+kind.name)
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" {
		wrong.unless(false, "recipient.url", text, "must be an absolute URL")
	} else {
		wrong.unless(slices.Contains(kind.schemes, u.Scheme), "recipient.url", text,
			"expected the scheme "+strings.Join(kind.schemes, " or "))
	}
	v, set := fields["tlsVerification"]
	wrong.unless(!set || v == "DEFAULT" || v == "TRUSTFUL", "recipient.tlsVerification", v,
		"expected DEFAULT or TRUSTFUL")
	return recipient{kind, u, fields}
}

// SetDrainStatus sets the status of a drain, such as ENABLED or DISABLED. It panics if the drain is
// unknown.
func (s *Server) SetDrainStatus(id clevercloud.DrainID, status string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d := first(s.drains, func(d *drain) bool { return d.id == string(id) })
	if d == nil {
		panic("clevertest: unknown drain " + string(id))
	}
	s.turn(&d.life, status, s.now())
}

func (s *Server) listDrains(c *call, in drainScope) response {
	q := c.query()
	found := filter(s.drains, func(d *drain) bool {
		return in.has(d) && q.oneOf("status", d.status) &&
			q.oneOf("executionStatus", d.execution()) &&
			!slices.Contains(q.Values["executionStatusNotIn"], d.execution())
	})
	return ok(list(found, (*drain).wire))
}

func (s *Server) drainOf(c *call) *drain {
	in, id := s.drainScope(c), c.PathValue("drainId")
	return find(s.drains, "drain", id, func(d *drain) bool { return in.has(d) && d.id == id })
}

func (s *Server) removeDrain(d *drain) {
	s.turn(&d.life, deleted, s.now())
	s.drains = without(s.drains, d)
}

func (s *Server) deleteDrains(_ *call, in drainScope) response {
	removed := filter(s.drains, in.has)
	for _, d := range removed {
		s.removeDrain(d)
	}
	return ok(list(removed, (*drain).wire))
}

// switchDrain starts the way to a status; nothing happens to a drain that is there or on its way.
func (s *Server) switchDrain(d *drain, during, end string) {
	if d.status == during || d.status == end {
		return
	}
	s.turn(&d.life, during, s.now())
	s.walk(&d.life, end)
}

// drainTestCommand embeds the secrets, as the live API may.
func (s *Server) drainTestCommand(_ *call, d *drain) response {
	u, fields := d.recipient.url, d.recipient.fields
	if nc := map[string]string{"tcp": "nc", "udp": "nc -u"}[u.Scheme]; nc != "" {
		return textReply(plainText, fmt.Sprintf(
			"echo '<30>1 - - test - - - test' | %s %s %s", nc, u.Hostname(), u.Port()))
	}
	user := ""
	if name, set := fields["username"]; set {
		user = "-u '" + name + ":" + fields["password"] + "' "
	}
	return textReply(plainText, "curl -X POST "+user+"-H 'Content-Type: application/json' "+
		`-d '[{"message":"test"}]' '`+fields["url"]+"'")
}

// checkDrain says that all is well, except for hosts under .invalid. Nothing is contacted.
func (s *Server) checkDrain(_ *call, d *drain) response {
	u, reachable := d.recipient.url, !d.recipient.unreachable()
	kind, code, message := "HTTP", "OK", "The recipient took the sample line"
	if !reachable {
		code, message = "CONNECTION_REFUSED", "The recipient cannot be reached"
	}
	var exchange, connection any = omitted{}, omitted{}
	if u.Scheme == "tcp" || u.Scheme == "udp" {
		port, _ := strconv.Atoi(u.Port())
		kind = strings.ToUpper(u.Scheme)
		connection = object{{"connected", reachable}, {"host", u.Hostname()}, {"port", port}}
	} else {
		var answer any = omitted{}
		if reachable {
			answer = object{
				{"statusCode", http.StatusOK},
				{"headers", object{{"content-type", []string{"text/plain"}}}}, {"body", "ok"},
			}
		}
		exchange = object{
			{"request", object{
				{"method", "POST"}, {"url", d.recipient.maskedURL()}, {"headers", object{}},
				{"body", `[{"message":"drain check"}]`},
			}},
			{"response", answer},
		}
	}
	return ok(object{
		{"ok", reachable}, {"code", code}, {"message", message}, {"type", kind}, {"durationMs", 12},
		{"http", exchange}, {"tcp", connection},
	})
}
