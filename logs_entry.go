package clevercloud

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/clevercloud-go/clevercloud/internal/redact"
)

// LogEntry is one line of the log of an application or of an add-on.
//
// Any field can be empty: the API leaves out keys, sends null, or was asked for some fields only.
// Values of another type than expected never make an entry unreadable. A text field that gets a
// number or a boolean holds its JSON text. A number field reads a number in quotes and a whole
// number written 3.0. Anything else leaves the field empty. Text that is not valid UTF-8 gets
// U+FFFD in place of each invalid byte. Names of JSON keys are matched exactly, and if one comes
// twice, the last value counts.
//
// The strings of an entry share one allocation, which is kept as long as one of them is.
type LogEntry struct {
	// ID identifies the entry within the log. It is opaque: IDs cannot be compared or sorted. The
	// same ID twice is the same entry. A stream that is started with it as [LogQuery.LastEventID]
	// resumes after the entry.
	ID string `json:"id,omitzero"`
	// ApplicationID is empty in the log of an add-on.
	ApplicationID ApplicationID `json:"applicationId,omitzero"`
	// ResourceID is the add-on's real ID, such as postgresql_…. It is empty in the log of an
	// application.
	ResourceID ResourceID `json:"resourceId,omitzero"`
	// CommitID is the Git commit that the instance runs. It is empty in the log of an add-on.
	CommitID string `json:"commitId,omitzero"`
	// DeploymentID is the deployment of the instance. It is empty for an instance without one, and
	// in the log of an add-on.
	DeploymentID DeploymentID `json:"deploymentId,omitzero"`
	// InstanceID is the UUID of the virtual machine that wrote the entry. The API does not know all
	// of them as instances.
	InstanceID InstanceID `json:"instanceId,omitzero"`
	// Hostname is the machine of an add-on. It is empty in the log of an application.
	Hostname string `json:"hostname,omitzero"`
	// Date is when the entry was written, in UTC. Entries come in the order in which they arrived,
	// so dates can go backwards. It is zero if there is none or if it cannot be read; see
	// [LogEntry.DateText].
	Date time.Time `json:"date,omitzero"`
	// Region is "unknown" for applications and empty for add-ons. Use Zone instead.
	Region string `json:"region,omitzero"`
	// Zone is where the instance runs, such as "par".
	Zone ZoneName `json:"zone,omitzero"`
	// PID is the process ID, 0 if there is none.
	PID int `json:"pid,omitzero"`
	// Facility is the syslog facility: a name such as "daemon", "kern" or "local0", or the text of
	// a number.
	Facility string `json:"facility,omitzero"`
	// Severity is the syslog severity: "emerg", "alert", "crit", "err", "warning", "notice", "info"
	// or "debug". Other values may appear.
	Severity string `json:"severity,omitzero"`
	// Priority is the syslog priority. 0 can also mean that there is none.
	Priority int `json:"priority,omitzero"`
	// Version is the version of the syslog protocol.
	Version string `json:"version,omitzero"`
	// Service is the systemd unit, with or without the suffix ".service". The application and its
	// build write to "bas-deploy", the platform to "bas".
	Service string `json:"service,omitzero"`
	// Message is the line without its line end. It can be empty, and can contain line feeds,
	// control characters and terminal colors.
	Message string `json:"message,omitzero"`

	entrySource
}

// entrySource is what an entry keeps of the JSON that it comes from.
type entrySource struct {
	dateText string
	raw      json.RawMessage
}

// parts returns what a stream fills in.
func (e *LogEntry) parts() (id *string, source *entrySource) { return &e.ID, &e.entrySource }

func (e *AccessLogEntry) parts() (id *string, source *entrySource) { return &e.ID, &e.entrySource }

// Raw returns the JSON of the entry as it was received, unknown fields included. It returns nil
// unless [LogQuery.KeepRaw] was set.
func (s entrySource) Raw() json.RawMessage { return s.raw }

// DateText returns the date as it was received if it could not be read, and "" otherwise.
func (s entrySource) DateText() string { return s.dateText }

// marshal returns the JSON of fields, which is a struct, with the date as it was received if it
// could not be read.
func (s entrySource) marshal(fields any, date time.Time) ([]byte, error) {
	object, err := json.Marshal(fields)
	if err != nil || s.dateText == "" || !date.IsZero() {
		return object, err
	}
	text, _ := json.Marshal(s.dateText)
	rest := object[1:]
	if len(rest) > len("}") {
		rest = append([]byte(","), rest...)
	}
	return slices.Concat([]byte(`{"date":`), text, rest), nil
}

// MarshalJSON returns the fields of the entry that are not empty, as the API writes them. Unknown
// fields are only in [LogEntry.Raw].
func (e LogEntry) MarshalJSON() ([]byte, error) {
	type fields LogEntry
	return e.marshal(fields(e), e.Date)
}

// UnmarshalJSON reads an entry by the rules of [LogEntry]. Null leaves it unchanged.
func (e *LogEntry) UnmarshalJSON(data []byte) error {
	if string(data) == "null" {
		return nil
	}
	return e.decode(data)
}

// AccessLogEntry is one request, or one connection, that a load balancer passed to an application
// or to an add-on. Its fields are read like those of a [LogEntry], and can be empty for the same
// reasons.
type AccessLogEntry struct {
	// ID identifies the entry within the log. It is opaque. A stream that is started with it as
	// [LogQuery.LastEventID] resumes after the entry.
	ID string `json:"id,omitzero"`
	// ApplicationID is the application or, in the log of an add-on, the add-on's real ID.
	ApplicationID ApplicationID `json:"applicationId,omitzero"`
	// InstanceID is the UUID of the virtual machine that was reached. It is the nil UUID if the
	// platform does not know.
	InstanceID InstanceID `json:"instanceId,omitzero"`
	// RequestID is set by the load balancer. It is empty for plain connections, such as SSH.
	RequestID string `json:"requestId,omitzero"`
	// Date is in UTC. It is zero if there is none or if it cannot be read; see
	// [AccessLogEntry.DateText].
	Date time.Time `json:"date,omitzero"`
	// Region is always empty so far. Use Zone instead.
	Region string `json:"region,omitzero"`
	// Zone is where the load balancer runs, such as "par".
	Zone ZoneName `json:"zone,omitzero"`
	// BytesIn and BytesOut count what the client sent and received.
	BytesIn  int64 `json:"bytesIn,omitzero"`
	BytesOut int64 `json:"bytesOut,omitzero"`
	// Source is the client. Destination is the load balancer, not the instance.
	Source      AccessLogEndpoint `json:"source,omitzero"`
	Destination AccessLogEndpoint `json:"destination,omitzero"`
	// HTTP is nil for TCP and SSH, and for a connection that ended before its request line.
	HTTP *AccessLogHTTP `json:"http,omitzero"`
	// TLS describes the encryption of the connection. The API sends null so far, so that it is nil.
	TLS *AccessLogTLS `json:"tls,omitzero"`

	entrySource
}

// AccessLogEndpoint is one end of a connection.
type AccessLogEndpoint struct {
	IP   string `json:"ip,omitzero"`
	Port int    `json:"port,omitzero"`
	// City and CountryCode are derived from the address, and empty if it is not known. The code is
	// an ISO 3166-1 alpha-2 code. Its case varies.
	City        string              `json:"city,omitzero"`
	CountryCode string              `json:"countryCode,omitzero"`
	GeoLocation AccessLogCoordinate `json:"geoLocation,omitzero"`
}

// AccessLogCoordinate is a place in degrees, north and east. Zero means unknown.
type AccessLogCoordinate struct {
	Latitude  float64 `json:"latitude"`
	Longitude float64 `json:"longitude"`
}

// AccessLogHTTP is an HTTP request and its response. Either is zero if the API left it out.
type AccessLogHTTP struct {
	Request  AccessLogRequest  `json:"request,omitzero"`
	Response AccessLogResponse `json:"response,omitzero"`
}

// AccessLogRequest is an HTTP request.
type AccessLogRequest struct {
	Host   string `json:"host,omitzero"`
	Method string `json:"method,omitzero"`
	// Path has no query.
	Path   string `json:"path,omitzero"`
	Scheme string `json:"scheme,omitzero"`
}

// AccessLogResponse is an HTTP response.
type AccessLogResponse struct {
	StatusCode int
	// Time is how long the response took.
	Time time.Duration
}

// AccessLogTLS describes the encryption of a connection.
type AccessLogTLS struct {
	// Version is the version of the TLS protocol, as the API writes it.
	Version string `json:"version,omitzero"`
}

// MarshalJSON returns the response as the API writes it, with the time as a number of milliseconds.
func (r AccessLogResponse) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		StatusCode int     `json:"statusCode,omitzero"`
		Time       float64 `json:"time"`
	}{r.StatusCode, float64(r.Time) / float64(time.Millisecond)})
}

// MarshalJSON returns the fields of the entry that are not empty, as the API writes them. Unknown
// fields are only in [AccessLogEntry.Raw].
func (e AccessLogEntry) MarshalJSON() ([]byte, error) {
	type fields AccessLogEntry
	return e.marshal(fields(e), e.Date)
}

// UnmarshalJSON reads an entry by the rules of [LogEntry]. Null leaves it unchanged.
func (e *AccessLogEntry) UnmarshalJSON(data []byte) error {
	if string(data) == "null" {
		return nil
	}
	return e.decode(data)
}

// LogDecodeError reports an entry of a log stream, or an event of another one, that cannot be read:
// its data is not a JSON object, or it is larger than [LogQuery.MaxEventSize]. The stream continues
// with the next entry.
type LogDecodeError struct {
	// Operation is the stream, such as "logs.stream".
	Operation string
	// ID is the event ID of the entry, empty if it had none.
	ID string
	// Data is what was received. It is nil if the entry was too large, or if it may hold secrets.
	Data []byte

	err    error
	target string
}

// Error returns one line that does not contain the data.
func (e *LogDecodeError) Error() string {
	text := "clevercloud: "
	if e.Operation != "" {
		text += title(e.Operation, e.target) + ": "
	}
	text += "unreadable entry"
	if e.ID != "" {
		text += " " + redact.Line(e.ID, 64)
	}
	if e.Data != nil {
		text += fmt.Sprintf(" of %d bytes", len(e.Data))
	}
	if e.err != nil {
		text += ": " + e.err.Error()
	}
	return text
}

// Unwrap returns the cause: [ErrEventTooLarge] if the data is too large and, in a log stream, a
// [*json.SyntaxError] if it is not valid JSON.
func (e *LogDecodeError) Unwrap() error { return e.err }
