package clevercloud

import (
	"encoding/json"
	"math"
	"time"

	"github.com/clevercloud-go/clevercloud/internal/wire"
)

// The known keys of a log entry, those of text first.
const (
	logID = iota
	logApplicationID
	logResourceID
	logCommitID
	logDeploymentID
	logInstanceID
	logHostname
	logDate
	logRegion
	logZone
	logFacility
	logSeverity
	logVersion
	logService
	logMessage
	logTexts
	logPID = iota - 1
	logPriority
	logKeys
)

func logKey(key []byte) int {
	switch string(key) {
	case "id":
		return logID
	case "applicationId":
		return logApplicationID
	case "resourceId":
		return logResourceID
	case "commitId":
		return logCommitID
	case "deploymentId":
		return logDeploymentID
	case "instanceId":
		return logInstanceID
	case "hostname":
		return logHostname
	case "date":
		return logDate
	case "region":
		return logRegion
	case "zone":
		return logZone
	case "pid":
		return logPID
	case "facility":
		return logFacility
	case "severity":
		return logSeverity
	case "priority":
		return logPriority
	case "version":
		return logVersion
	case "service":
		return logService
	case "message":
		return logMessage
	default:
		return -1
	}
}

// keyScratch is enough for any known key, fully escaped.
const keyScratch = 6 * len("applicationId")

// decodeLogEntry decodes data, which it does not keep, into e. Of a key that comes twice, the last value counts. Data that is not a
// JSON object is an error, and leaves e as it was; a value of the wrong type is not.
func decodeLogEntry(data []byte, e *LogEntry) error {
	var scratch [keyScratch]byte
	var v [logKeys]wire.Span
	s := wire.NewScanner(data)
	s.Open('{')
	for first := true; s.More('}', first); first = false {
		key := logKey(s.Key(scratch[:]))
		value := s.Value()
		if key >= 0 {
			v[key] = value
		}
	}
	if !s.Done() {
		return wire.NotObject(data)
	}
	*e = LogEntry{PID: s.SmallInt(v[logPID]), Priority: s.SmallInt(v[logPriority])}
	e.Date, v[logDate] = s.Date(v[logDate])
	s.Text(v[:logTexts], []*string{
		logID:            &e.ID,
		logApplicationID: (*string)(&e.ApplicationID),
		logResourceID:    (*string)(&e.ResourceID),
		logCommitID:      &e.CommitID,
		logDeploymentID:  (*string)(&e.DeploymentID),
		logInstanceID:    (*string)(&e.InstanceID),
		logHostname:      &e.Hostname,
		logDate:          &e.dateText,
		logRegion:        &e.Region,
		logZone:          (*string)(&e.Zone),
		logFacility:      &e.Facility,
		logSeverity:      &e.Severity,
		logVersion:       &e.Version,
		logService:       &e.Service,
		logMessage:       &e.Message,
	})
	return nil
}

// decodeAccessLogEntry decodes data by the rules of decodeLogEntry.
func decodeAccessLogEntry(data []byte, e *AccessLogEntry) error {
	var scratch [keyScratch]byte
	var v accessSpans
	s := wire.NewScanner(data)
	s.Open('{')
	for first := true; s.More('}', first); first = false {
		v.member(&s, s.Key(scratch[:]))
	}
	if !s.Done() {
		return wire.NotObject(data)
	}
	var unreadable wire.Span
	*e = AccessLogEntry{BytesIn: s.Int(v.bytesIn), BytesOut: s.Int(v.bytesOut)}
	e.Date, unreadable = s.Date(v.date)
	if v.tls.Kind != wire.SpanNone {
		e.TLS = spanJSON(data, v.tls)
	}
	var http AccessLogHTTP
	if v.hasHTTP {
		e.HTTP = new(AccessLogHTTP)
		e.HTTP.Response = AccessLogResponse{s.SmallInt(v.http.statusCode), milliseconds(s.Float(v.http.time))}
	}
	source, destination, request := &e.Source, &e.Destination, &http.Request
	s.Text([]wire.Span{
		v.id, v.applicationID, v.instanceID, v.requestID, unreadable, v.region, v.zone,
		v.source.ip, v.source.city, v.source.countryCode, v.destination.ip, v.destination.city, v.destination.countryCode,
		v.http.host, v.http.method, v.http.path, v.http.scheme,
	}, []*string{
		&e.ID, (*string)(&e.ApplicationID), (*string)(&e.InstanceID), &e.RequestID, &e.dateText, &e.Region, (*string)(&e.Zone),
		&source.IP, &source.City, &source.CountryCode, &destination.IP, &destination.City, &destination.CountryCode,
		&request.Host, &request.Method, &request.Path, &request.Scheme,
	})
	if e.HTTP != nil {
		e.HTTP.Request = http.Request
	}
	v.source.numbers(&s, &e.Source)
	v.destination.numbers(&s, &e.Destination)
	return nil
}

// spanJSON returns a copy of the value's JSON.
func spanJSON(data []byte, v wire.Span) json.RawMessage {
	if v.Kind == wire.SpanASCII || v.Kind == wire.SpanText {
		v.Start, v.End = v.Start-1, v.End+1
	}
	return append(json.RawMessage(nil), data[v.Start:v.End]...)
}

// milliseconds returns n of them as a duration, 0 when it does not fit.
func milliseconds(n float64) time.Duration {
	ns := math.Round(n * float64(time.Millisecond))
	if math.Abs(ns) >= 1<<63 {
		return 0
	}
	return time.Duration(ns)
}

// accessSpans are the values of an access log entry. The parts of an object that comes twice are those of the last one.
type accessSpans struct {
	id, applicationID, instanceID, requestID, date, region, zone, bytesIn, bytesOut, tls wire.Span
	source, destination                                                                  endpointSpans
	http                                                                                 httpSpans
	hasHTTP                                                                              bool
}

type endpointSpans struct {
	ip, port, city, countryCode, latitude, longitude wire.Span
}

type httpSpans struct {
	host, method, path, scheme, statusCode, time wire.Span
}

func (v *accessSpans) member(s *wire.Scanner, key []byte) {
	switch string(key) {
	case "id":
		v.id = s.Value()
	case "applicationId":
		v.applicationID = s.Value()
	case "instanceId":
		v.instanceID = s.Value()
	case "requestId":
		v.requestID = s.Value()
	case "date":
		v.date = s.Value()
	case "region":
		v.region = s.Value()
	case "zone":
		v.zone = s.Value()
	case "bytesIn":
		v.bytesIn = s.Value()
	case "bytesOut":
		v.bytesOut = s.Value()
	case "tls":
		v.tls = s.Value()
	case "source":
		v.source = endpointSpans{}
		s.Object(v.source.member)
	case "destination":
		v.destination = endpointSpans{}
		s.Object(v.destination.member)
	case "http":
		v.http = httpSpans{}
		v.hasHTTP = s.Object(v.http.member)
	default:
		s.Value()
	}
}

func (v *endpointSpans) member(s *wire.Scanner, key []byte) {
	switch string(key) {
	case "ip":
		v.ip = s.Value()
	case "port":
		v.port = s.Value()
	case "city":
		v.city = s.Value()
	case "countryCode":
		v.countryCode = s.Value()
	case "geoLocation":
		v.latitude, v.longitude = wire.Span{}, wire.Span{}
		s.Object(v.coordinate)
	default:
		s.Value()
	}
}

func (v *endpointSpans) coordinate(s *wire.Scanner, key []byte) {
	switch string(key) {
	case "latitude":
		v.latitude = s.Value()
	case "longitude":
		v.longitude = s.Value()
	default:
		s.Value()
	}
}

func (v *endpointSpans) numbers(s *wire.Scanner, e *AccessLogEndpoint) {
	e.Port = s.SmallInt(v.port)
	e.GeoLocation = AccessLogCoordinate{s.Float(v.latitude), s.Float(v.longitude)}
}

func (v *httpSpans) member(s *wire.Scanner, key []byte) {
	switch string(key) {
	case "request":
		v.host, v.method, v.path, v.scheme = wire.Span{}, wire.Span{}, wire.Span{}, wire.Span{}
		s.Object(v.request)
	case "response":
		v.statusCode, v.time = wire.Span{}, wire.Span{}
		s.Object(v.response)
	default:
		s.Value()
	}
}

func (v *httpSpans) request(s *wire.Scanner, key []byte) {
	switch string(key) {
	case "host":
		v.host = s.Value()
	case "method":
		v.method = s.Value()
	case "path":
		v.path = s.Value()
	case "scheme":
		v.scheme = s.Value()
	default:
		s.Value()
	}
}

func (v *httpSpans) response(s *wire.Scanner, key []byte) {
	switch string(key) {
	case "statusCode":
		v.statusCode = s.Value()
	case "time":
		v.time = s.Value()
	default:
		s.Value()
	}
}
