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
		for _, r := range []row{
			{"create", "POST", "", (*Server).createDrain},
			{"list", "GET", "", (*Server).listDrains},
			{"delete-all", "DELETE", "", (*Server).deleteDrains},
			{"get", "GET", "/{drainId}", (*Server).getDrain},
			{"delete", "DELETE", "/{drainId}", (*Server).deleteDrain},
			{"enable", "PUT", "/{drainId}/enable", (*Server).enableDrain},
			{"disable", "PUT", "/{drainId}/disable", (*Server).disableDrain},
			{"reset-cursor", "PATCH", "/{drainId}/reset-cursor", (*Server).resetDrainCursor},
			{"test-command", "GET", "/{drainId}/test-command", (*Server).drainTestCommand},
			{"check", "POST", "/{drainId}/check", (*Server).checkDrain},
		} {
			r.name += base.suffix
			routes = append(routes, under("drains", base.path, []row{r})...)
		}
	}
	return routes
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

type drainStatusWire struct {
	ID          string  `json:"id"`
	DrainID     string  `json:"drainId"`
	Status      string  `json:"status"`
	Date        stamp   `json:"date"`
	AuthorID    string  `json:"authorId"`
	ErrorReason *string `json:"errorReason"`
}

type drainExecutionWire struct {
	Status        string  `json:"status"`
	LastError     *string `json:"lastError,omitempty"`
	Attempt       *int    `json:"attempt,omitempty"`
	MaxAttempt    *int    `json:"maxAttempt,omitempty"`
	LastAttemptAt *stamp  `json:"lastAttemptAt,omitempty"`
	NextAttemptAt *stamp  `json:"nextAttemptAt,omitempty"`
	RetryingSince *stamp  `json:"retryingSince,omitempty"`
}

type drainBacklogWire struct {
	RateOut       number `json:"msgRateOut"`
	ThroughputOut number `json:"msgThroughputOut"`
	Backlog       int    `json:"msgBacklog"`
}

type drainWire struct {
	ID         string             `json:"id"`
	TenantID   string             `json:"tenantId"`
	ResourceID *string            `json:"resourceId"`
	Kind       string             `json:"kind"`
	Recipient  json.RawMessage    `json:"recipient"`
	Status     drainStatusWire    `json:"status"`
	Execution  drainExecutionWire `json:"execution"`
	// Backlog is always there: the official command line does not check for it.
	Backlog drainBacklogWire `json:"backlog"`
}

// wire is the drain as answers show it: secrets masked, type in upper snake case.
func (d *drain) wire() drainWire {
	w := drainWire{
		ID: d.id, TenantID: d.ownerID, ResourceID: nullable(d.resourceID), Kind: d.kind,
		Recipient: d.recipient.masked(),
		Status: drainStatusWire{ID: d.statusID, DrainID: d.id, Status: d.status, Date: stamp(d.since),
			AuthorID: d.authorID},
		Execution: drainExecutionWire{Status: d.execution()},
		Backlog:   drainBacklogWire{"0.0", "0.0", d.backlog},
	}
	switch w.Execution.Status {
	case "RUNNING":
		w.Backlog.RateOut, w.Backlog.ThroughputOut = "0.4", "152.5"
	case "RETRYING":
		w.Execution.LastError = ptr("The recipient cannot be reached")
		w.Execution.Attempt, w.Execution.MaxAttempt = ptr(1), ptr(10)
		w.Execution.LastAttemptAt, w.Execution.RetryingSince = ptr(stamp(d.since)), ptr(stamp(d.since))
		w.Execution.NextAttemptAt = ptr(stamp(d.since.Add(2 * time.Minute)))
	}
	return w
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

func (r recipient) masked() json.RawMessage {
	b := fmt.Appendf(nil, `{"type":%s,"url":%s`, quoteJSON(r.kind.name), quoteJSON(r.maskedURL()))
	for _, key := range slices.Concat(r.kind.required, r.kind.optional) {
		value, set := r.fields[key]
		if !set {
			continue
		}
		if value != "" && slices.Contains(secretKeys, key) {
			value = mask
		}
		b = fmt.Appendf(b, `,%q:%s`, key, quoteJSON(value))
	}
	return append(b, '}')
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

func quoteJSON(s string) []byte {
	b, _ := json.Marshal(s) // a string always can be
	return b
}

// drainResource is the application or other resource in a path, "" if it names none. Whose it is
// was checked; that it exists is checked here.
func (s *Server) drainResource(c *call) (string, error) {
	if c.PathValue("applicationId") == "" && c.PathValue("resourceId") == "" {
		return "", nil
	}
	if c.PathValue("applicationId") != "" {
		app, err := s.appOf(c)
		if err != nil {
			return "", err
		}
		return string(app.ID), nil
	}
	id := c.PathValue("resourceId")
	if owner := s.ownerOfResource(id); owner == "" || owner != c.PathValue("ownerId") {
		return "", notFound("resource", id)
	}
	return id, nil
}

// ownerOfResource knows applications, real ids and add-on ids.
func (s *Server) ownerOfResource(id string) string {
	if app := s.apps[id]; app != nil {
		return string(app.OwnerID)
	}
	if a := s.addonNamed(id); a != nil {
		return a.ownerID
	}
	return ""
}

var drainablePrefixes = []string{"app", "postgresql", "mysql", "mongodb", "redis", "elasticsearch"}

func (s *Server) createDrain(c *call) (reply, error) {
	resourceID := must(s.drainResource(c))
	prefix, _, _ := strings.Cut(resourceID, "_")
	if resourceID != "" && !slices.Contains(drainablePrefixes, prefix) {
		return reply{}, badField("resourceId", resourceID, "this kind of resource takes no drain")
	}
	q := c.query()
	q.boolean("skipCheck") // accepted; no recipient is ever contacted
	kind, to, err := parseDrain(c)
	if err = firstError(q.err, err); err != nil {
		return reply{}, err
	}
	if resourceID == "" && kind != "AUDITLOG" {
		return reply{}, badField("kind", kind, "expected AUDITLOG, since there is no resource")
	}
	d := &drain{
		id: "drain_" + s.uuid(), ownerID: c.PathValue("ownerId"), resourceID: resourceID, kind: kind,
		recipient: to, authorID: c.user,
	}
	d.turned = func(time.Time) { d.statusID = s.uuid() }
	s.drains = append(s.drains, d)
	s.turn(&d.life, "CREATED", s.now())
	created := d.wire() // as it was born, however short a step is
	s.walk(&d.life, "ENABLING", "ENABLED")
	return jsonReply(http.StatusCreated, created), nil
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// parseDrain reads the body of a creation; every complaint about it is a field of one error.
func parseDrain(c *call) (kind string, to recipient, err error) {
	var body struct {
		Kind      *string                    `json:"kind"`
		Recipient map[string]json.RawMessage `json:"recipient"`
	}
	if err := c.decode(&body); err != nil {
		return "", to, err
	}
	faults := make(map[string]fieldFault)
	if body.Kind == nil {
		faults["kind"] = fieldFault{Reason: "is required"}
	} else if kind = *body.Kind; !slices.Contains([]string{"LOG", "ACCESSLOG", "AUDITLOG"}, kind) {
		faults["kind"] = fieldFault{kind, "expected LOG, ACCESSLOG or AUDITLOG"}
	}
	to = parseRecipient(body.Recipient, faults)
	if len(faults) > 0 {
		return "", to, badFields(faults)
	}
	return kind, to, nil
}

// parseRecipient leaves out keys that are null, and unknown ones.
func parseRecipient(raw map[string]json.RawMessage, faults map[string]fieldFault) recipient {
	fields := make(map[string]string)
	for key, value := range raw {
		var text *string
		if json.Unmarshal(value, &text) != nil {
			faults["recipient."+key] = fieldFault{string(value), "expected a string"}
		} else if text != nil {
			fields[key] = *text
		}
	}
	r := recipient{fields: fields}
	i := slices.IndexFunc(recipientKinds, func(k recipientKind) bool {
		return fields["type"] == k.name || fields["type"] == k.longName
	})
	if i < 0 {
		faults["recipient.type"] = fieldFault{fields["type"], "unknown type of recipient"}
		return r
	}
	r.kind = &recipientKinds[i]
	for _, key := range r.kind.required {
		if fields[key] == "" {
			faults["recipient."+key] = fieldFault{"", "is required for " + r.kind.name}
		}
	}
	r.url = r.parseURL(faults)
	if v, set := fields["tlsVerification"]; set && v != "DEFAULT" && v != "TRUSTFUL" {
		faults["recipient.tlsVerification"] = fieldFault{v, "expected DEFAULT or TRUSTFUL"}
	}
	return r
}

func (r recipient) parseURL(faults map[string]fieldFault) *url.URL {
	text := r.fields["url"]
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Host == "":
		faults["recipient.url"] = fieldFault{text, "must be an absolute URL"}
	case !slices.Contains(r.kind.schemes, u.Scheme):
		faults["recipient.url"] = fieldFault{
			text, "expected the scheme " + strings.Join(r.kind.schemes, " or ")}
	}
	return u
}

// SetDrainStatus sets the status of a drain, such as ENABLED or DISABLED. It panics if the drain is
// unknown.
func (s *Server) SetDrainStatus(id clevercloud.DrainID, status string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, d := range s.drains {
		if d.id == string(id) {
			s.turn(&d.life, status, s.now())
			return
		}
	}
	panic("clevertest: unknown drain " + string(id))
}

// drainsOf selects the drains of the resource in a path, of the whole owner when it names none.
func (s *Server) drainsOf(c *call) (func(*drain) bool, error) {
	ownerID := c.PathValue("ownerId")
	resourceID, err := s.drainResource(c)
	return func(d *drain) bool {
		return d.ownerID == ownerID && (resourceID == "" || d.resourceID == resourceID)
	}, err
}

func (s *Server) listDrains(c *call) (reply, error) {
	mine := must(s.drainsOf(c))
	q := c.query()
	found := make([]*drain, 0)
	for _, d := range s.drains {
		if mine(d) && q.oneOf("status", d.status) && q.oneOf("executionStatus", d.execution()) &&
			!slices.Contains(q.Values["executionStatusNotIn"], d.execution()) {
			found = append(found, d)
		}
	}
	return ok(list(found, (*drain).wire))
}

func (s *Server) drainOf(c *call) (*drain, error) {
	mine, err := s.drainsOf(c)
	if err != nil {
		return nil, err
	}
	for _, d := range s.drains {
		if mine(d) && d.id == c.PathValue("drainId") {
			return d, nil
		}
	}
	return nil, notFound("drain", c.PathValue("drainId"))
}

// withDrain answers with the drain in a path after act.
func (s *Server) withDrain(c *call, act func(*drain)) (reply, error) {
	d := must(s.drainOf(c))
	act(d)
	return ok(d.wire())
}

func (s *Server) getDrain(c *call) (reply, error) { return s.withDrain(c, func(*drain) {}) }

func (s *Server) deleteDrain(c *call) (reply, error) { return s.withDrain(c, s.removeDrain) }

func (s *Server) removeDrain(d *drain) {
	s.turn(&d.life, deleted, s.now())
	s.drains = slices.DeleteFunc(s.drains, func(other *drain) bool { return other == d })
}

func (s *Server) deleteDrains(c *call) (reply, error) {
	mine := must(s.drainsOf(c))
	removed := make([]*drain, 0)
	for _, d := range slices.Clone(s.drains) {
		if mine(d) {
			s.removeDrain(d)
			removed = append(removed, d)
		}
	}
	return ok(list(removed, (*drain).wire))
}

func (s *Server) enableDrain(c *call) (reply, error) {
	return s.withDrain(c, func(d *drain) { s.switchDrain(d, "ENABLING", "ENABLED") })
}

func (s *Server) disableDrain(c *call) (reply, error) {
	return s.withDrain(c, func(d *drain) { s.switchDrain(d, "DISABLING", "DISABLED") })
}

// switchDrain starts the way to a status; nothing happens to a drain that is there or on its way.
func (s *Server) switchDrain(d *drain, during, end string) {
	if d.status == during || d.status == end {
		return
	}
	s.turn(&d.life, during, s.now())
	s.walk(&d.life, end)
}

func (s *Server) resetDrainCursor(c *call) (reply, error) {
	return s.withDrain(c, func(d *drain) { d.backlog = 0 })
}

// drainTestCommand embeds the secrets, as the live API may.
func (s *Server) drainTestCommand(c *call) (reply, error) {
	d := must(s.drainOf(c))
	u := d.recipient.url
	switch u.Scheme {
	case "tcp":
		return textReply(plainText, fmt.Sprintf(
			"echo '<30>1 - - test - - - test' | nc %s %s", u.Hostname(), u.Port())), nil
	case "udp":
		return textReply(plainText, fmt.Sprintf(
			"echo '<30>1 - - test - - - test' | nc -u %s %s", u.Hostname(), u.Port())), nil
	}
	user := ""
	if name, set := d.recipient.fields["username"]; set {
		user = "-u '" + name + ":" + d.recipient.fields["password"] + "' "
	}
	return textReply(plainText, "curl -X POST "+user+
		"-H 'Content-Type: application/json' -d '[{\"message\":\"test\"}]' '"+
		d.recipient.fields["url"]+"'"), nil
}

type drainCheckWire struct {
	OK         bool           `json:"ok"`
	Code       string         `json:"code"`
	Message    string         `json:"message"`
	Type       string         `json:"type"`
	DurationMS int            `json:"durationMs"`
	HTTP       *httpCheckWire `json:"http,omitempty"`
	TCP        *tcpCheckWire  `json:"tcp,omitempty"`
}

type httpCheckWire struct {
	Request  httpCheckRequest   `json:"request"`
	Response *httpCheckResponse `json:"response,omitempty"`
}

type httpCheckRequest struct {
	Method  string              `json:"method"`
	URL     string              `json:"url"`
	Headers map[string][]string `json:"headers"`
	Body    string              `json:"body"`
}

type httpCheckResponse struct {
	StatusCode int                 `json:"statusCode"`
	Headers    map[string][]string `json:"headers"`
	Body       string              `json:"body"`
}

type tcpCheckWire struct {
	Connected bool   `json:"connected"`
	Host      string `json:"host"`
	Port      int    `json:"port"`
}

// checkDrain says that all is well, except for hosts under .invalid. Nothing is contacted.
func (s *Server) checkDrain(c *call) (reply, error) {
	d := must(s.drainOf(c))
	u, reachable := d.recipient.url, !d.recipient.unreachable()
	w := drainCheckWire{OK: reachable, Code: "OK", Message: "The recipient took the sample line",
		Type: "HTTP", DurationMS: 12}
	if !reachable {
		w.Code, w.Message = "CONNECTION_REFUSED", "The recipient cannot be reached"
	}
	if u.Scheme == "tcp" || u.Scheme == "udp" {
		port, _ := strconv.Atoi(u.Port())
		w.Type = strings.ToUpper(u.Scheme)
		w.TCP = &tcpCheckWire{reachable, u.Hostname(), port}
		return ok(w)
	}
	w.HTTP = &httpCheckWire{Request: httpCheckRequest{
		"POST", d.recipient.maskedURL(), map[string][]string{}, `[{"message":"drain check"}]`}}
	if reachable {
		w.HTTP.Response = &httpCheckResponse{
			http.StatusOK, map[string][]string{"content-type": {"text/plain"}}, "ok"}
	}
	return ok(w)
}
