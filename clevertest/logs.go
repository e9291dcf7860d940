package clevertest

import (
	"encoding/json"
	"fmt"
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
	t.append(nil)
	delete(s.topics, topicKey(kind, resource))
}

func (t *topic) append(records []logRecord) {
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
		t.append([]logRecord{r})
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
		r.service, r.instance, r.deployment = e.Service, string(e.InstanceID), string(e.DeploymentID)
		t.append([]logRecord{r})
		ids = append(ids, r.id)
	}
	return ids
}

// zoneOfResource is where an application or an add-on runs, par for what is unknown.
func (s *Server) zoneOfResource(id string) string {
	if app := s.apps[id]; app != nil {
		return string(app.Zone)
	}
	if a := s.addonNamed(id); a != nil {
		return a.zone
	}
	return "par"
}

type logWire struct {
	ID            string  `json:"id"`
	ApplicationID string  `json:"applicationId"`
	CommitID      *string `json:"commitId"`
	DeploymentID  *string `json:"deploymentId"`
	InstanceID    *string `json:"instanceId"`
	Date          logDate `json:"date"`
	Region        string  `json:"region"`
	Zone          string  `json:"zone"`
	PID           int     `json:"pid"`
	Facility      string  `json:"facility"`
	Severity      string  `json:"severity"`
	Priority      int     `json:"priority"`
	Version       string  `json:"version"`
	Service       string  `json:"service"`
	Message       string  `json:"message"`
}

// logDate has milliseconds, or no fraction at all.
type logDate time.Time

func (t logDate) MarshalJSON() ([]byte, error) {
	layout := "2006-01-02T15:04:05.000Z07:00"
	if time.Time(t).Truncate(time.Millisecond).Nanosecond() == 0 {
		layout = time.RFC3339
	}
	return quoteTime(time.Time(t), layout), nil
}

var severities = []string{"emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"}

// priority is the syslog number of a severity in the daemon facility.
func priority(severity string) int {
	const daemon = 3 << 3
	for i, name := range severities {
		if name == severity {
			return daemon + i
		}
	}
	return daemon + 6
}

func (s *Server) encodeLog(app string, e *LogEntry, r *logRecord) {
	e.Service = orElse(e.Service, "bas-deploy")
	if a := s.apps[app]; a != nil {
		a.fill(e)
	}
	r.data = string(marshalLog(logWire{
		ID: r.id, ApplicationID: app, CommitID: nullable(e.CommitID),
		DeploymentID: nullable(string(e.DeploymentID)),
		InstanceID:   nullable(string(e.InstanceID)), Date: logDate(e.Date), Region: "unknown",
		Zone: e.Zone, PID: e.PID, Facility: "daemon",
		Severity: e.Severity, Priority: priority(e.Severity), Version: "1", Service: e.Service,
		Message: e.Message,
	}))
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

type resourceLogWire struct {
	ID         string  `json:"id"`
	ResourceID string  `json:"resourceId"`
	Hostname   string  `json:"hostname"`
	InstanceID string  `json:"instanceId"`
	Date       logDate `json:"date"`
	Region     *string `json:"region"`
	Zone       string  `json:"zone"`
	PID        int     `json:"pid"`
	Facility   string  `json:"facility"`
	Severity   string  `json:"severity"`
	Service    string  `json:"service"`
	Message    string  `json:"message"`
}

func (s *Server) encodeResourceLog(resource string, e *LogEntry, r *logRecord) {
	kind, id, _ := strings.Cut(resource, "_")
	e.Service = orElse(e.Service, kind)
	e.InstanceID = orElse(e.InstanceID, clevercloud.InstanceID(id))
	r.data = string(marshalLog(resourceLogWire{
		ID: r.id, ResourceID: resource, Hostname: kind + "-" + id[:min(8, len(id))],
		InstanceID: string(e.InstanceID), Date: logDate(e.Date),
		Zone: e.Zone, PID: e.PID, Facility: "local0", Severity: e.Severity, Service: e.Service,
		Message: e.Message,
	}))
}

type placeWire struct {
	IP          string  `json:"ip"`
	Port        int     `json:"port"`
	City        string  `json:"city"`
	CountryCode string  `json:"countryCode"`
	Location    geoWire `json:"geoLocation"`
}

type geoWire struct {
	Latitude  float64 `json:"latitude"`
	Longitude float64 `json:"longitude"`
}

type accessHTTPWire struct {
	Request struct {
		Host   string `json:"host"`
		Method string `json:"method"`
		Path   string `json:"path"`
		Scheme string `json:"scheme"`
	} `json:"request"`
	Response struct {
		StatusCode  int  `json:"statusCode"`
		Time        int  `json:"time"`
		ServiceTime *int `json:"serviceTime"`
	} `json:"response"`
}

type accessWire struct {
	ID            string          `json:"id"`
	ApplicationID string          `json:"applicationId"`
	InstanceID    string          `json:"instanceId"`
	RequestID     *string         `json:"requestId"`
	Date          logDate         `json:"date"`
	Region        string          `json:"region"`
	Zone          string          `json:"zone"`
	BytesIn       int64           `json:"bytesIn"`
	BytesOut      int64           `json:"bytesOut"`
	Source        placeWire       `json:"source"`
	Destination   placeWire       `json:"destination"`
	HTTP          *accessHTTPWire `json:"http"`
	TLS           *tlsWire        `json:"tls"`
}

type tlsWire struct {
	Version string `json:"version"`
}

func (s *Server) accessRecord(resource, id string, e AccessLogEntry) logRecord {
	e.Date = orElse(e.Date, s.now())
	if a := s.apps[resource]; a != nil && e.InstanceID == "" {
		live := LogEntry{}
		a.fill(&live)
		e.InstanceID = live.InstanceID
	}
	w := accessWire{
		ID: id, ApplicationID: resource,
		InstanceID: orElse(string(e.InstanceID), "00000000-0000-0000-0000-000000000000"),
		Date:       logDate(e.Date), Zone: orElse(e.Zone, s.zoneOfResource(resource)),
		BytesIn: orElse(e.BytesIn, 312), BytesOut: orElse(e.BytesOut, 1480),
		Source: placeWire{orElse(e.SourceIP, "203.0.113.7"), 25036, "Nantes", "FR",
			geoWire{47.2173, -1.5534}},
		Destination: placeWire{"203.0.113.250", 443, "Paris", "FR", geoWire{48.85, 2.35}},
	}
	if e.TLSVersion != "" {
		w.TLS = &tlsWire{e.TLSVersion}
	}
	status := 0
	switch e.Protocol {
	case "SSH":
	case "TCP":
		w.RequestID = ptr(sozuID())
	default:
		w.RequestID, w.HTTP = ptr(sozuID()), e.http()
		status = w.HTTP.Response.StatusCode
	}
	data := orElse(e.Data, string(marshalLog(w)))
	return logRecord{id: id, data: data, date: e.Date, instance: w.InstanceID, status: status}
}

func (e AccessLogEntry) http() *accessHTTPWire {
	w := new(accessHTTPWire)
	w.Request.Host = orElse(e.Host, "shop.example.org")
	w.Request.Method = orElse(e.Method, "GET")
	w.Request.Path = orElse(e.Path, "/")
	w.Request.Scheme = "https"
	w.Response.StatusCode = orElse(e.Status, 200)
	w.Response.Time = 31
	return w
}

// marshalLog leaves <, > and & as they are, as the live API does.
func marshalLog(v any) []byte {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(v) // these types always can be
	return []byte(strings.TrimSuffix(b.String(), "\n"))
}
