package clevercloud

import (
	"encoding/json"
	"math"
	"time"
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
	var v [logKeys]span
	s := scanner{data: data}
	s.open('{')
	for first := true; s.more('}', first); first = false {
		key := logKey(s.key(scratch[:]))
		value := s.value()
		if key >= 0 {
			v[key] = value
		}
	}
	if !s.done() {
		return syntaxError(data)
	}
	*e = LogEntry{PID: s.smallInt(v[logPID]), Priority: s.smallInt(v[logPriority])}
	e.Date, v[logDate] = s.date(v[logDate])
	s.text(v[:logTexts], []*string{
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
	s := scanner{data: data}
	s.open('{')
	for first := true; s.more('}', first); first = false {
		v.member(&s, s.key(scratch[:]))
	}
	if !s.done() {
		return syntaxError(data)
	}
	var unreadable span
	*e = AccessLogEntry{BytesIn: s.int(v.bytesIn), BytesOut: s.int(v.bytesOut)}
	e.Date, unreadable = s.date(v.date)
	if v.tls.kind != spanNone {
		e.TLS = v.tls.json(data)
	}
	var http AccessLogHTTP
	if v.hasHTTP {
		e.HTTP = new(AccessLogHTTP)
		e.HTTP.Response = AccessLogResponse{s.smallInt(v.http.statusCode), s.milliseconds(v.http.time)}
	}
	source, destination, request := &e.Source, &e.Destination, &http.Request
	s.text([]span{
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

// json returns a copy of the value's JSON.
func (v span) json(data []byte) json.RawMessage {
	if v.kind == spanASCII || v.kind == spanText {
		v.start, v.end = v.start-1, v.end+1
	}
	return append(json.RawMessage(nil), data[v.start:v.end]...)
}

// milliseconds returns a number of milliseconds as a duration, 0 when it does not fit.
func (s *scanner) milliseconds(v span) time.Duration {
	ns := math.Round(s.float(v) * float64(time.Millisecond))
	if math.Abs(ns) >= 1<<63 {
		return 0
	}
	return time.Duration(ns)
}

// accessSpans are the values of an access log entry. The parts of an object that comes twice are those of the last one.
type accessSpans struct {
	id, applicationID, instanceID, requestID, date, region, zone, bytesIn, bytesOut, tls span
	source, destination                                                                  endpointSpans
	http                                                                                 httpSpans
	hasHTTP                                                                              bool
}

type endpointSpans struct {
	ip, port, city, countryCode, latitude, longitude span
}

type httpSpans struct {
	host, method, path, scheme, statusCode, time span
}

func (v *accessSpans) member(s *scanner, key []byte) {
	switch string(key) {
	case "id":
		v.id = s.value()
	case "applicationId":
		v.applicationID = s.value()
	case "instanceId":
		v.instanceID = s.value()
	case "requestId":
		v.requestID = s.value()
	case "date":
		v.date = s.value()
	case "region":
		v.region = s.value()
	case "zone":
		v.zone = s.value()
	case "bytesIn":
		v.bytesIn = s.value()
	case "bytesOut":
		v.bytesOut = s.value()
	case "tls":
		v.tls = s.value()
	case "source":
		v.source = endpointSpans{}
		s.object(v.source.member)
	case "destination":
		v.destination = endpointSpans{}
		s.object(v.destination.member)
	case "http":
		v.http = httpSpans{}
		v.hasHTTP = s.object(v.http.member)
	default:
		s.value()
	}
}

func (v *endpointSpans) member(s *scanner, key []byte) {
	switch string(key) {
	case "ip":
		v.ip = s.value()
	case "port":
		v.port = s.value()
	case "city":
		v.city = s.value()
	case "countryCode":
		v.countryCode = s.value()
	case "geoLocation":
		v.latitude, v.longitude = span{}, span{}
		s.object(v.coordinate)
	default:
		s.value()
	}
}

func (v *endpointSpans) coordinate(s *scanner, key []byte) {
	switch string(key) {
	case "latitude":
		v.latitude = s.value()
	case "longitude":
		v.longitude = s.value()
	default:
		s.value()
	}
}

func (v *endpointSpans) numbers(s *scanner, e *AccessLogEndpoint) {
	e.Port = s.smallInt(v.port)
	e.GeoLocation = AccessLogCoordinate{s.float(v.latitude), s.float(v.longitude)}
}

func (v *httpSpans) member(s *scanner, key []byte) {
	switch string(key) {
	case "request":
		v.host, v.method, v.path, v.scheme = span{}, span{}, span{}, span{}
		s.object(v.request)
	case "response":
		v.statusCode, v.time = span{}, span{}
		s.object(v.response)
	default:
		s.value()
	}
}

func (v *httpSpans) request(s *scanner, key []byte) {
	switch string(key) {
	case "host":
		v.host = s.value()
	case "method":
		v.method = s.value()
	case "path":
		v.path = s.value()
	case "scheme":
		v.scheme = s.value()
	default:
		s.value()
	}
}

func (v *httpSpans) response(s *scanner, key []byte) {
	switch string(key) {
	case "statusCode":
		v.statusCode = s.value()
	case "time":
		v.time = s.value()
	default:
		s.value()
	}
}

// object takes an object and gives its members to member, which takes their values. It takes any other value too, and returns false.
func (s *scanner) object(member func(s *scanner, key []byte)) bool {
	if s.next() != '{' {
		s.value()
		return false
	}
	var scratch [keyScratch]byte
	s.open('{')
	for first := true; s.more('}', first); first = false {
		member(s, s.key(scratch[:]))
	}
	return true
}
