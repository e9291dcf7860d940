package clevertest

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/clevercloud-go/clevercloud"
)

// A streamKind is one of the streams; its value is the name of its events.
type streamKind string

const (
	applicationLog streamKind = "APPLICATION_LOG"
	resourceLog    streamKind = "RESOURCE_LOG"
	accessLog      streamKind = "ACCESS_LOG"

	groupEvents     streamKind = "NETWORK_GROUP"
	wireGuardEvents streamKind = "WIREGUARD_CONFIGURATION"
	liveRequests    streamKind = "REQUESTS_LIVE"
)

// LogEntry is a line to append to the logs of an application or an add-on. Empty fields get
// plausible values.
type LogEntry struct {
	Message string
	// Date is now by default. Entries are streamed in the order in which they are appended.
	Date time.Time
	// Service is bas-deploy (the output of the application) for an application by default, and the
	// kind of the add-on for an add-on.
	Service string
	// Severity is info by default. It determines the priority.
	Severity string
	PID      int
	Zone     string // that of the application or add-on
	// InstanceID, DeploymentID and CommitID are those of the application's live instance by
	// default.
	InstanceID   clevercloud.InstanceID
	DeploymentID clevercloud.DeploymentID
	CommitID     string
	// Data replaces the JSON of the event, for entries that no client expects. Each line of it
	// becomes a data line.
	Data string
}

// AccessLogEntry is a line to append to the access logs of an application or an add-on. Empty
// fields get plausible values.
type AccessLogEntry struct {
	Date   time.Time
	Method string // GET
	Host   string
	Path   string // /
	Status int    // 200
	// Protocol is HTTP by default. TCP and SSH entries have no http section, and SSH entries no
	// request ID.
	Protocol          string
	SourceIP          string
	BytesIn, BytesOut int64
	InstanceID        clevercloud.InstanceID
	Zone              string
	// TLSVersion adds a tls section, which is null otherwise, as it has always been in the live
	// API.
	TLSVersion string
	Data       string // as in LogEntry
}

// A topic holds what one resource logged to one stream, for ever.
type topic struct {
	ledger  uint64
	entries []logRecord
	index   map[string]int // event id to position
	grown   chan struct{}  // closed when entries are appended, then replaced
	ended   bool
}

// A logRecord is an entry, encoded, and what the filters look at.
type logRecord struct {
	id         string
	data       string
	date       time.Time
	service    string
	deployment string
	instance   string
	message    string
	status     int // of a request
}

func topicKey(kind streamKind, resource string) string { return string(kind) + " " + resource }

func (s *Server) topicOf(kind streamKind, resource string) *topic {
	key := topicKey(kind, resource)
	t := s.topics[key]
	if t == nil {
		t = &topic{ledger: 210_000_000 + s.rng.Uint64N(1_000_000), index: make(map[string]int),
			grown: make(chan struct{})}
		s.topics[key] = t
	}
	return t
}

// nextID is a position as the live API writes it: ledger, entry, and a third number that counts
// within an entry.
func (t *topic) nextID() string {
	n := len(t.entries)
	return fmt.Sprintf("%d:%d:%d", t.ledger, 31277+n/5, n%5)
}

// endTopic ends the streams of what is gone.
func (s *Server) endTopic(kind streamKind, resource string) {
	t := s.topicOf(kind, resource)
	t.ended = true
	t.append()
	delete(s.topics, topicKey(kind, resource))
}

// publish appends v to a topic that is not a log.
func (s *Server) publish(kind streamKind, resource string, v any) {
	t := s.topicOf(kind, resource)
	t.append(logRecord{id: t.nextID(), data: encode(v), date: s.now()})
}

func (t *topic) append(records ...logRecord) {
	for _, r := range records {
		t.index[r.id] = len(t.entries)
		t.entries = append(t.entries, r)
	}
	close(t.grown)
	t.grown = make(chan struct{})
}

// AppendLogs appends lines to the logs of an application and returns the IDs of the events. Open
// streams send them at once.
func (s *Server) AppendLogs(app clevercloud.ApplicationID, entries ...LogEntry) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.appendLogs(string(app), applicationLog, entries)
}

// AppendResourceLogs appends lines to the logs of an add-on and returns the IDs of the events.
func (s *Server) AppendResourceLogs(resource clevercloud.ResourceID, entries ...LogEntry) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.appendLogs(string(resource), resourceLog, entries)
}

// AppendAccessLogs appends lines to the access logs of an application or an add-on and returns the
// IDs of the events. Convert an ApplicationID to pass it.
func (s *Server) AppendAccessLogs(
	resource clevercloud.ResourceID, entries ...AccessLogEntry,
) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.topicOf(accessLog, string(resource))
	ids := make([]string, 0, len(entries))
	for _, e := range entries {
		r := s.accessRecord(string(resource), t.nextID(), e)
		t.append(r)
		ids = append(ids, r.id)
	}
	s.publishRequests(string(resource), len(entries))
	return ids
}

func (s *Server) appendLogs(resource string, kind streamKind, entries []LogEntry) []string {
	t := s.topicOf(kind, resource)
	ids := make([]string, 0, len(entries))
	for _, e := range entries {
		e.Date = orElse(e.Date, s.now())
		e.Severity = orElse(e.Severity, "info")
		e.PID = orElse(e.PID, 977)
		e.Zone = orElse(e.Zone, s.zoneOfResource(resource))
		r := logRecord{id: t.nextID(), date: e.Date, message: e.Message}
		if kind == applicationLog {
			s.encodeLog(resource, &e, &r)
		} else {
			s.encodeResourceLog(resource, &e, &r)
		}
		r.data = orElse(e.Data, r.data)
		r.service, r.instance = e.Service, string(e.InstanceID)
		r.deployment = string(e.DeploymentID)
		t.append(r)
		ids = append(ids, r.id)
	}
	return ids
}

// zoneOfResource is where an application or an add-on runs, par for what is unknown.
func (s *Server) zoneOfResource(id string) string {
	if app := s.appNamed(id); app != nil {
		return string(app.Zone)
	}
	if a := s.addonNamed(id); a != nil {
		return a.zone
	}
	return "par"
}

// logDate has milliseconds, or no fraction at all.
func logDate(t time.Time) *string {
	if t.Truncate(time.Millisecond).Nanosecond() == 0 {
		return dateIn(time.RFC3339, t)
	}
	return dateIn("2006-01-02T15:04:05.000Z07:00", t)
}

var severities = []string{"emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"}

// priority is the syslog number of a severity in the daemon facility.
func priority(severity string) int {
	const daemon = 3 << 3
	i := slices.Index(severities, severity)
	if i < 0 {
		i = slices.Index(severities, "info")
	}
	return daemon + i
}

func (s *Server) encodeLog(app string, e *LogEntry, r *logRecord) {
	e.Service = orElse(e.Service, "bas-deploy")
	if a := s.appNamed(app); a != nil {
		a.fill(e)
	}
	r.data = encode(object{
		{"id", r.id}, {"applicationId", app}, {"commitId", nullable(e.CommitID)},
		{"deploymentId", nullable(string(e.DeploymentID))},
		{"instanceId", nullable(string(e.InstanceID))}, {"date", logDate(e.Date)},
		{"region", "unknown"}, {"zone", e.Zone}, {"pid", e.PID}, {"facility", "daemon"},
		{"severity", e.Severity}, {"priority", priority(e.Severity)}, {"version", "1"},
		{"service", e.Service}, {"message", e.Message},
	})
}

// fill says where a line comes from: the live instance.
func (a *application) fill(e *LogEntry) {
	for _, i := range a.instances {
		if e.InstanceID == "" && i.State == up &&
			(e.DeploymentID == "" || e.DeploymentID == i.DeploymentID) {
			e.InstanceID = i.ID
			e.DeploymentID = orElse(e.DeploymentID, i.DeploymentID)
		}
	}
	for _, d := range a.deployments {
		if d.ID == e.DeploymentID {
			e.CommitID = orElse(e.CommitID, d.CommitID)
		}
	}
}

func (s *Server) encodeResourceLog(resource string, e *LogEntry, r *logRecord) {
	kind, id, _ := strings.Cut(resource, "_")
	e.Service = orElse(e.Service, kind)
	e.InstanceID = orElse(e.InstanceID, clevercloud.InstanceID(id))
	r.data = encode(object{
		{"id", r.id}, {"resourceId", resource}, {"hostname", kind + "-" + id[:min(8, len(id))]},
		{"instanceId", e.InstanceID}, {"date", logDate(e.Date)}, {"region", nil}, {"zone", e.Zone},
		{"pid", e.PID}, {"facility", "local0"}, {"severity", e.Severity}, {"service", e.Service},
		{"message", e.Message},
	})
}

func place(ip string, port int, city, country string, latitude, longitude float64) object {
	return object{
		{"ip", ip}, {"port", port}, {"city", city}, {"countryCode", country},
		{"geoLocation", object{{"latitude", latitude}, {"longitude", longitude}}},
	}
}

func (s *Server) accessRecord(resource, id string, e AccessLogEntry) logRecord {
	e.Date = orElse(e.Date, s.now())
	if a := s.appNamed(resource); a != nil && e.InstanceID == "" {
		live := LogEntry{}
		a.fill(&live)
		e.InstanceID = live.InstanceID
	}
	e.InstanceID = orElse(e.InstanceID, "00000000-0000-0000-0000-000000000000")
	r := logRecord{id: id, date: e.Date, instance: string(e.InstanceID)}
	var request, http, tls any
	if e.Protocol != "SSH" {
		request = sozuID()
	}
	if e.Protocol != "SSH" && e.Protocol != "TCP" {
		r.status = orElse(e.Status, 200)
		http = e.http(r.status)
	}
	if e.TLSVersion != "" {
		tls = object{{"version", e.TLSVersion}}
	}
	r.data = orElse(e.Data, encode(object{
		{"id", id}, {"applicationId", resource}, {"instanceId", e.InstanceID},
		{"requestId", request}, {"date", logDate(e.Date)}, {"region", ""},
		{"zone", orElse(e.Zone, s.zoneOfResource(resource))}, {"bytesIn", orElse(e.BytesIn, 312)},
		{"bytesOut", orElse(e.BytesOut, 1480)},
		{"source",
			place(orElse(e.SourceIP, "203.0.113.7"), 25036, "Nantes", "FR", 47.2173, -1.5534)},
		{"destination", place("203.0.113.250", 443, "Paris", "FR", 48.85, 2.35)}, {"http", http},
		{"tls", tls},
	}))
	return r
}

func (e AccessLogEntry) http(status int) object {
	return object{
		{"request", object{
			{"host", orElse(e.Host, "shop.example.org")}, {"method", orElse(e.Method, "GET")},
			{"path", orElse(e.Path, "/")}, {"scheme", "https"},
		}},
		{"response", object{{"statusCode", status}, {"time", 31}, {"serviceTime", nil}}},
	}
}
