package clevercloud

import (
	"math"
	"time"

	"github.com/clevercloud-go/clevercloud/internal/logjson"
)

// The fields of a log entry. Those that hold text come first.
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

// The fields of an access log entry. Those that hold text come first.
const (
	accessID = iota
	accessApplicationID
	accessInstanceID
	accessRequestID
	accessDate
	accessRegion
	accessZone
	accessSourceIP
	accessSourceCity
	accessSourceCountry
	accessDestinationIP
	accessDestinationCity
	accessDestinationCountry
	accessHost
	accessMethod
	accessPath
	accessScheme
	accessTLS
	accessTLSVersion
	accessBytesIn
	accessBytesOut
	accessSource
	accessSourcePort
	accessSourcePlace
	accessSourceLatitude
	accessSourceLongitude
	accessDestination
	accessDestinationPort
	accessDestinationPlace
	accessDestinationLatitude
	accessDestinationLongitude
	accessHTTP
	accessRequest
	accessResponse
	accessStatusCode
	accessTime
	accessFieldCount
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
	{Name: "source", Index: accessSource, Fields: []logjson.Field{
		{Name: "ip", Index: accessSourceIP},
		{Name: "port", Index: accessSourcePort},
		{Name: "city", Index: accessSourceCity},
		{Name: "countryCode", Index: accessSourceCountry},
		{Name: "geoLocation", Index: accessSourcePlace, Fields: []logjson.Field{
			{Name: "latitude", Index: accessSourceLatitude},
			{Name: "longitude", Index: accessSourceLongitude},
		}},
	}},
	{Name: "destination", Index: accessDestination, Fields: []logjson.Field{
		{Name: "ip", Index: accessDestinationIP},
		{Name: "port", Index: accessDestinationPort},
		{Name: "city", Index: accessDestinationCity},
		{Name: "countryCode", Index: accessDestinationCountry},
		{Name: "geoLocation", Index: accessDestinationPlace, Fields: []logjson.Field{
			{Name: "latitude", Index: accessDestinationLatitude},
			{Name: "longitude", Index: accessDestinationLongitude},
		}},
	}},
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
	*e = AccessLogEntry{Date: o.Date(accessDate), BytesIn: o.Int64(accessBytesIn),
		BytesOut: o.Int64(accessBytesOut)}
	source, destination := &e.Source, &e.Destination
	source.Port, destination.Port = o.Int(accessSourcePort), o.Int(accessDestinationPort)
	source.GeoLocation = AccessLogCoordinate{o.Float64(accessSourceLatitude),
		o.Float64(accessSourceLongitude)}
	destination.GeoLocation = AccessLogCoordinate{o.Float64(accessDestinationLatitude),
		o.Float64(accessDestinationLongitude)}
	to := [accessTLSVersion + 1]*string{
		accessID:                 &e.ID,
		accessApplicationID:      (*string)(&e.ApplicationID),
		accessInstanceID:         (*string)(&e.InstanceID),
		accessRequestID:          &e.RequestID,
		accessDate:               &e.dateText,
		accessRegion:             &e.Region,
		accessZone:               (*string)(&e.Zone),
		accessSourceIP:           &source.IP,
		accessSourceCity:         &source.City,
		accessSourceCountry:      &source.CountryCode,
		accessDestinationIP:      &destination.IP,
		accessDestinationCity:    &destination.City,
		accessDestinationCountry: &destination.CountryCode,
	}
	if values[accessHTTP].IsObject() {
		e.HTTP = &AccessLogHTTP{
			Response: AccessLogResponse{o.Int(accessStatusCode), milliseconds(o.Float64(accessTime))},
		}
		request := &e.HTTP.Request
		to[accessHost], to[accessMethod], to[accessPath], to[accessScheme] =
			&request.Host, &request.Method, &request.Path, &request.Scheme
	}
	switch tls := values[accessTLS]; {
	case tls.IsObject():
		e.TLS = new(AccessLogTLS)
		to[accessTLSVersion] = &e.TLS.Version
	case tls.IsText(): // an official client declares the version alone
		e.TLS = new(AccessLogTLS)
		to[accessTLS] = &e.TLS.Version
	}
	o.Text(to[:])
	return nil
}

// milliseconds returns a duration of n milliseconds, 0 if it does not fit.
func milliseconds(n float64) time.Duration {
	ns := math.Round(n * float64(time.Millisecond))
	if math.Abs(ns) >= 1<<63 {
		return 0
	}
	return time.Duration(ns)
}
