package clevercloud

import (
	"math"
	"time"

	"github.com/clevercloud-go/clevercloud/internal/logjson"
)

// The fields of a log entry.
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
	logPID
	logPriority
	logFieldCount
)

var logFields = []logjson.Field{
	{Name: "id", Index: logID},
	{Name: "applicationId", Index: logApplicationID},
	{Name: "resourceId", Index: logResourceID},
	{Name: "commitId", Index: logCommitID},
	{Name: "deploymentId", Index: logDeploymentID},
	{Name: "instanceId", Index: logInstanceID},
	{Name: "hostname", Index: logHostname},
	{Name: "date", Index: logDate},
	{Name: "region", Index: logRegion},
	{Name: "zone", Index: logZone},
	{Name: "pid", Index: logPID},
	{Name: "facility", Index: logFacility},
	{Name: "severity", Index: logSeverity},
	{Name: "priority", Index: logPriority},
	{Name: "version", Index: logVersion},
	{Name: "service", Index: logService},
	{Name: "message", Index: logMessage},
}

// decode reads an entry from data, which it does not keep. Data that is not a JSON object is an
// error and leaves e as it was. A value of the wrong type is not.
func (e *LogEntry) decode(data []byte) error {
	var values [logFieldCount]logjson.Value
	o, err := logjson.Find(data, logFields, values[:])
	if err != nil {
		return err
	}
	*e = LogEntry{Date: o.Date(logDate), PID: o.Int(logPID), Priority: o.Int(logPriority)}
	o.Text([]*string{
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

// The fields of one end of a connection. Their indexes are relative to that of the object that
// holds them, source or destination.
const (
	endpointIP = iota + 1
	endpointPort
	endpointCity
	endpointCountry
	endpointPlace
	endpointLatitude
	endpointLongitude
	endpointSize
)

var endpointFields = []logjson.Field{
	{Name: "ip", Index: endpointIP},
	{Name: "port", Index: endpointPort},
	{Name: "city", Index: endpointCity},
	{Name: "countryCode", Index: endpointCountry},
	{Name: "geoLocation", Index: endpointPlace, Fields: []logjson.Field{
		{Name: "latitude", Index: endpointLatitude},
		{Name: "longitude", Index: endpointLongitude},
	}},
}

// The fields of an access log entry.
const (
	accessID = iota
	accessApplicationID
	accessInstanceID
	accessRequestID
	accessDate
	accessRegion
	accessZone
	accessBytesIn
	accessBytesOut
	accessHTTP
	accessRequest
	accessHost
	accessMethod
	accessPath
	accessScheme
	accessResponse
	accessStatusCode
	accessTime
	accessTLS
	accessTLSVersion
	accessSource
	accessDestination = accessSource + endpointSize
	accessFieldCount  = accessDestination + endpointSize
)

var accessLogFields = []logjson.Field{
	{Name: "id", Index: accessID},
	{Name: "date", Index: accessDate},
	{Name: "applicationId", Index: accessApplicationID},
	{Name: "instanceId", Index: accessInstanceID},
	{Name: "requestId", Index: accessRequestID},
	{Name: "region", Index: accessRegion},
	{Name: "zone", Index: accessZone},
	{Name: "bytesIn", Index: accessBytesIn},
	{Name: "bytesOut", Index: accessBytesOut},
	{Name: "source", Index: accessSource, Offset: accessSource, Fields: endpointFields},
	{
		Name: "destination", Index: accessDestination,
		Offset: accessDestination, Fields: endpointFields,
	},
	{Name: "http", Index: accessHTTP, Fields: []logjson.Field{
		{Name: "request", Index: accessRequest, Fields: []logjson.Field{
			{Name: "host", Index: accessHost},
			{Name: "method", Index: accessMethod},
			{Name: "path", Index: accessPath},
			{Name: "scheme", Index: accessScheme},
		}},
		{Name: "response", Index: accessResponse, Fields: []logjson.Field{
			{Name: "statusCode", Index: accessStatusCode},
			{Name: "time", Index: accessTime},
		}},
	}},
	{Name: "tls", Index: accessTLS, Fields: []logjson.Field{
		{Name: "version", Index: accessTLSVersion},
	}},
}

// decode reads an entry as [LogEntry.decode] does.
func (e *AccessLogEntry) decode(data []byte) error {
	var values [accessFieldCount]logjson.Value
	o, err := logjson.Find(data, accessLogFields, values[:])
	if err != nil {
		return err
	}
	*e = AccessLogEntry{
		Date:    o.Date(accessDate),
		BytesIn: o.Int64(accessBytesIn), BytesOut: o.Int64(accessBytesOut),
	}
	to := [accessFieldCount]*string{
		accessID:            &e.ID,
		accessApplicationID: (*string)(&e.ApplicationID),
		accessInstanceID:    (*string)(&e.InstanceID),
		accessRequestID:     &e.RequestID,
		accessDate:          &e.dateText,
		accessRegion:        &e.Region,
		accessZone:          (*string)(&e.Zone),
	}
	e.Source.decode(o, to[:], accessSource)
	e.Destination.decode(o, to[:], accessDestination)
	if values[accessHTTP].IsObject() {
		e.HTTP = &AccessLogHTTP{
			Response: AccessLogResponse{
				o.Int(accessStatusCode), milliseconds(o.Float64(accessTime)),
			},
		}
		request := &e.HTTP.Request
		to[accessHost], to[accessMethod], to[accessPath], to[accessScheme] =
			&request.Host, &request.Method, &request.Path, &request.Scheme
	}
	if tls := values[accessTLS]; tls.IsObject() || tls.IsText() {
		e.TLS = new(AccessLogTLS)
		// An official client declares the version as the value of tls itself.
		to[accessTLS], to[accessTLSVersion] = &e.TLS.Version, &e.TLS.Version
	}
	o.Text(to[:])
	return nil
}

// decode reads the end of a connection whose fields begin at index at. Its strings are set with the
// others, from to.
func (end *AccessLogEndpoint) decode(o logjson.Object, to []*string, at int) {
	to[at+endpointIP] = &end.IP
	to[at+endpointCity] = &end.City
	to[at+endpointCountry] = &end.CountryCode
	end.Port = o.Int(at + endpointPort)
	end.GeoLocation.Latitude = o.Float64(at + endpointLatitude)
	end.GeoLocation.Longitude = o.Float64(at + endpointLongitude)
}

// milliseconds returns a duration of n milliseconds, 0 if it does not fit.
func milliseconds(n float64) time.Duration {
	ns := math.Round(n * float64(time.Millisecond))
	if math.Abs(ns) >= 1<<63 {
		return 0
	}
	return time.Duration(ns)
}
