package clevercloud

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"
)

// A LogEntry is one line of the log of an application or of an add-on.
//
// Any field can be empty: the API leaves keys out, sends null, or was asked for some of them only. Text fields hold what the API sent:
// a number or a boolean where text is expected gives its JSON text, and text that is not valid UTF-8 has U+FFFD in its place. A number
// may come as text. The strings of an entry share one piece of memory, which is kept as long as one of them is.
type LogEntry struct {
	// ID is the position of the entry in the log: opaque, neither to be compared nor sorted. The same id twice is the same entry.
	ID string `json:"id,omitzero"`
	// ApplicationID is empty in the log of an add-on.
	ApplicationID ApplicationID `json:"applicationId,omitzero"`
	// ResourceID is the real id of the add-on (postgresql_…); empty in the log of an application.
	ResourceID ResourceID `json:"resourceId,omitzero"`
	// CommitID is the git commit that the instance runs; empty in the log of an add-on.
	CommitID string `json:"commitId,omitzero"`
	// DeploymentID is the deployment of the instance; empty for an instance without one, and in the log of an add-on.
	DeploymentID DeploymentID `json:"deploymentId,omitzero"`
	// InstanceID is the virtual machine that wrote the entry. The API does not know each of them as an instance.
	InstanceID InstanceID `json:"instanceId,omitzero"`
	// Hostname is the machine of an add-on; empty in the log of an application.
	Hostname string `json:"hostname,omitzero"`
	// Date is when the entry was written, in UTC. Entries come in the order of their arrival, so dates can go backwards. It is zero
	// when there is none or when it is unreadable: see [LogEntry.DateText].
	Date time.Time `json:"date,omitzero"`
	// Region is "unknown" for applications so far, and empty for add-ons.
	Region string `json:"region,omitzero"`
	// Zone is where the instance runs.
	Zone ZoneName `json:"zone,omitzero"`
	// PID is the process, 0 when there is none.
	PID int `json:"pid,omitzero"`
	// Facility is the syslog facility: a name (daemon, kern, local0, …) or the text of a number.
	Facility string `json:"facility,omitzero"`
	// Severity is the syslog severity: emerg, alert, crit, err, warning, notice, info or debug. Other values may appear.
	Severity string `json:"severity,omitzero"`
	// Priority is the raw syslog priority. 0 can also mean that there is none.
	Priority int `json:"priority,omitzero"`
	// Version is the version of the syslog protocol.
	Version string `json:"version,omitzero"`
	// Service is the systemd unit, with or without its .service suffix: bas-deploy is what the application and its build print, bas what
	// the platform says.
	Service string `json:"service,omitzero"`
	// Message is the line without its line end. It can be empty, or hold line feeds, control characters and terminal colours.
	Message string `json:"message,omitzero"`

	dateText string
	raw      json.RawMessage
}

// Raw returns the JSON of the entry as it came, fields unknown to this package included. It is nil unless [LogQuery.KeepRaw] asked
// for it.
func (e LogEntry) Raw() json.RawMessage { return e.raw }

// DateText returns the date as it came when it could not be read as one, and "" otherwise.
func (e LogEntry) DateText() string { return e.dateText }

// MarshalJSON writes the fields of the entry that are not empty, as the API does. Unknown fields are only in [LogEntry.Raw].
func (e LogEntry) MarshalJSON() ([]byte, error) {
	type plain LogEntry
	if e.Date.IsZero() && e.dateText != "" {
		return json.Marshal(struct {
			plain
			Date string `json:"date"`
		}{plain(e), e.dateText})
	}
	return json.Marshal(plain(e))
}

// UnmarshalJSON reads an entry by the rules of [LogEntry]. Null leaves it as it is.
func (e *LogEntry) UnmarshalJSON(data []byte) error {
	if string(data) == "null" {
		return nil
	}
	return decodeLogEntry(data, e)
}

// An AccessLogEntry is one request, or one connection, that a load balancer passed to an application or to an add-on. Fields can be
// empty as those of a [LogEntry].
type AccessLogEntry struct {
	// ID is the position of the entry in the log, opaque.
	ID string `json:"id,omitzero"`
	// ApplicationID is the application or, in the log of an add-on, the add-on's real id.
	ApplicationID ApplicationID `json:"applicationId,omitzero"`
	// InstanceID is the virtual machine that was reached, the nil UUID when the platform does not know.
	InstanceID InstanceID `json:"instanceId,omitzero"`
	// RequestID is given by the load balancer to requests; empty for plain connections, SSH for example.
	RequestID string `json:"requestId,omitzero"`
	// Date is in UTC, zero when there is none or when it is unreadable: see [AccessLogEntry.DateText].
	Date time.Time `json:"date,omitzero"`
	// Region is always empty so far.
	Region string   `json:"region,omitzero"`
	Zone   ZoneName `json:"zone,omitzero"`
	// BytesIn and BytesOut are what the client sent and received.
	BytesIn  int64 `json:"bytesIn,omitzero"`
	BytesOut int64 `json:"bytesOut,omitzero"`
	// Source is the client, Destination the load balancer (not the instance).
	Source      AccessLogEndpoint `json:"source,omitzero"`
	Destination AccessLogEndpoint `json:"destination,omitzero"`
	// HTTP is nil for TCP and SSH, and for a connection that ended before its request line.
	HTTP *AccessLogHTTP `json:"http,omitzero"`
	// TLS is what the API says about encryption, in a form that is not settled; nil so far.
	TLS json.RawMessage `json:"tls,omitzero"`

	dateText string
	raw      json.RawMessage
}

// An AccessLogEndpoint is one end of a connection.
type AccessLogEndpoint struct {
	IP   string `json:"ip,omitzero"`
	Port int    `json:"port,omitzero"`
	// City and CountryCode come from the address; empty when it tells nothing. The code is not always in capitals.
	City        string              `json:"city,omitzero"`
	CountryCode string              `json:"countryCode,omitzero"`
	GeoLocation AccessLogCoordinate `json:"geoLocation,omitzero"`
}

// An AccessLogCoordinate is a place in degrees. Zero means unknown.
type AccessLogCoordinate struct {
	Latitude  float64 `json:"latitude"`
	Longitude float64 `json:"longitude"`
}

// An AccessLogHTTP is an HTTP exchange. A half that the API left out is zero.
type AccessLogHTTP struct {
	Request  AccessLogRequest  `json:"request,omitzero"`
	Response AccessLogResponse `json:"response,omitzero"`
}

// An AccessLogRequest is an HTTP request. Path has no query.
type AccessLogRequest struct {
	Host   string `json:"host,omitzero"`
	Method string `json:"method,omitzero"`
	Path   string `json:"path,omitzero"`
	Scheme string `json:"scheme,omitzero"`
}

// An AccessLogResponse is an HTTP response.
type AccessLogResponse struct {
	StatusCode int
	// Time is how long the response took.
	Time time.Duration
}

// MarshalJSON writes the response as the API does: the time is a number of milliseconds.
func (r AccessLogResponse) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		StatusCode int     `json:"statusCode,omitzero"`
		Time       float64 `json:"time"`
	}{r.StatusCode, float64(r.Time) / float64(time.Millisecond)})
}

// Raw returns the JSON of the entry as it came, fields unknown to this package included. It is nil unless [LogQuery.KeepRaw] asked
// for it.
func (e AccessLogEntry) Raw() json.RawMessage { return e.raw }

// DateText returns the date as it came when it could not be read as one, and "" otherwise.
func (e AccessLogEntry) DateText() string { return e.dateText }

// MarshalJSON writes the fields of the entry that are not empty, as the API does. Unknown fields are only in [AccessLogEntry.Raw].
func (e AccessLogEntry) MarshalJSON() ([]byte, error) {
	type plain AccessLogEntry
	if e.Date.IsZero() && e.dateText != "" {
		return json.Marshal(struct {
			plain
			Date string `json:"date"`
		}{plain(e), e.dateText})
	}
	return json.Marshal(plain(e))
}

// UnmarshalJSON reads an entry by the rules of [LogEntry]. Null leaves it as it is.
func (e *AccessLogEntry) UnmarshalJSON(data []byte) error {
	if string(data) == "null" {
		return nil
	}
	return decodeAccessLogEntry(data, e)
}

// A LogDecodeError is an entry of a log stream that cannot be read: its data is no JSON object. The stream goes on after it.
type LogDecodeError struct {
	// ID is the event id of the entry, empty if it had none.
	ID string
	// Data is what came instead of an entry.
	Data []byte

	err error
}

// Error returns one line without the data.
func (e *LogDecodeError) Error() string {
	text := "clevercloud: logs.stream: malformed entry"
	if e.err != nil {
		text += ": " + e.err.Error()
	}
	if e.ID == "" {
		return fmt.Sprintf("%s (%d bytes)", text, len(e.Data))
	}
	id := []rune(e.ID)
	// Quoting escapes what would break the line; an ordinary id is shown as it is.
	shown := strconv.Quote(string(id[:min(len(id), 64)]))
	if plain := shown[1 : len(shown)-1]; plain == e.ID {
		shown = plain
	}
	return fmt.Sprintf("%s (id %s, %d bytes)", text, shown, len(e.Data))
}

// Unwrap returns what was wrong with the data: a [*json.SyntaxError] when it is not valid JSON.
func (e *LogDecodeError) Unwrap() error { return e.err }
