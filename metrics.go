package clevercloud

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"net/http"
	"time"

	"github.com/clevercloud-go/clevercloud/auth"
	"github.com/clevercloud-go/clevercloud/internal/query"
	"github.com/clevercloud-go/clevercloud/internal/redact"
)

// MetricsService reads metrics of applications and add-ons and statistics of their traffic. It also
// makes tokens that read metrics with WarpScript, outside this API.
//
// See https://www.clever-cloud.com/developers/doc/metrics/.
type MetricsService service

const metricsPath = "/v4/stats/organisations/{ownerId}"

var (
	metricsListSeries = operation[MetricsQuery, []MetricSeries]{
		id: "metrics.list-series", method: http.MethodGet,
		path: metricsPath + "/resources/{resourceId}/metrics",
	}
	metricsListRequests = operation[RequestQuery, []RequestLocation]{
		id: "metrics.list-requests", method: http.MethodGet, path: metricsPath + "/requests",
	}
	metricsListStatusCodes = operation[RequestQuery, []StatusCodes]{
		id: "metrics.list-status-codes", method: http.MethodGet,
		path: metricsPath + "/http-status-codes",
	}
	metricsLiveRequests = operation[LiveRequestQuery, []RequestLocation]{
		id: "metrics.live-requests", method: http.MethodGet, accept: mediaEventStream,
		path: metricsPath + "/requests-live",
	}
	metricsCreateReadToken = operation[MetricsTokenInput, *MetricsToken]{
		id: "metrics.create-read-token", secretResult: true, method: http.MethodPost,
		path: metricsPath + "/tokens/read",
	}
	metricsCreateResourceReadToken = operation[MetricsTokenInput, *MetricsToken]{
		id: "metrics.create-resource-read-token", secretResult: true, method: http.MethodPost,
		path: metricsPath + "/resources/{resourceId}/tokens/read",
	}
)

// MetricSeries is a metric of an application or an add-on over time.
type MetricSeries struct {
	Name     string        `json:"name,omitzero"` // the metric, such as "cpu", "mem" or "load1"
	Resource ResourceID    `json:"resource,omitzero"`
	Unit     string        `json:"unit,omitzero"`
	Data     []MetricPoint `json:"data,omitzero"`
}

// MetricPoint is the value of a metric at a moment.
type MetricPoint struct {
	// Timestamp is precise to the microsecond.
	Timestamp time.Time
	// Value is the text that the API sent, which need not be a number.
	Value Amount
}

// metricPoint is a MetricPoint on the wire, with a time in microseconds.
type metricPoint struct {
	Timestamp *int64 `json:"timestamp"`
	Value     string `json:"value"`
}

// UnmarshalJSON reads a time in microseconds, and a value that is a text, a number or null.
func (p *MetricPoint) UnmarshalJSON(data []byte) error {
	var wire metricPoint
	if err := unmarshal(data, &wire); err != nil {
		return err
	}
	*p = MetricPoint{Value: Amount(wire.Value)}
	if wire.Timestamp != nil {
		p.Timestamp = time.UnixMicro(*wire.Timestamp).UTC()
	}
	return nil
}

// MarshalJSON writes the time in microseconds, or null if it is zero, and the value as text.
func (p MetricPoint) MarshalJSON() ([]byte, error) {
	wire := metricPoint{Value: string(p.Value)}
	if !p.Timestamp.IsZero() {
		wire.Timestamp = new(p.Timestamp.UnixMicro())
	}
	return json.Marshal(wire)
}

// MetricsQuery narrows [MetricsService.ListSeries]. The zero value leaves everything to the API.
type MetricsQuery struct {
	// Only names the metrics wanted: "cpu", "mem" or "load1".
	Only []string
	// Interval is the time between two points.
	Interval time.Duration
	// Span is how far the series go back from End.
	Span time.Duration
	// End is the time of the last point.
	End time.Time
	// Fill asks for a point in every interval, also where nothing was measured.
	Fill bool
}

func (q MetricsQuery) encode(d *draft) error {
	switch {
	case q.Interval < 0:
		return &ValidationError{Argument: "Interval", Reason: "must not be negative"}
	case q.Span < 0:
		return &ValidationError{Argument: "Span", Reason: "must not be negative"}
	}
	query.Texts(&d.query, "only", q.Only)
	d.query.Duration("interval", q.Interval)
	d.query.Duration("span", q.Span)
	d.query.Time("end", q.End)
	d.query.True("fill", q.Fill)
	return nil
}

// ListSeries returns the metrics of an application or an add-on. The ID of an add-on is the real
// one, such as postgresql_…, not its addon_… ID.
//
//	GET /v4/stats/organisations/{ownerId}/resources/{resourceId}/metrics
func (s *MetricsService) ListSeries(
	ctx context.Context, owner OwnerID, id ResourceID, q MetricsQuery, opts ...CallOption,
) ([]MetricSeries, error) {
	return metricsListSeries.call(ctx, s.client, opts, q, string(owner), string(id))
}

// RequestQuery narrows statistics of requests. The zero value asks for all applications of the
// owner, and leaves the period to the API.
type RequestQuery struct {
	ApplicationID ApplicationID
	From, To      time.Time
}

func (q RequestQuery) encode(d *draft) error {
	if !q.To.IsZero() && q.To.Before(q.From) {
		return &ValidationError{Argument: "To", Reason: "must not be before From"}
	}
	query.Text(&d.query, "applicationId", q.ApplicationID)
	d.query.Time("from", q.From)
	d.query.Time("to", q.To)
	return nil
}

// RequestLocation counts the requests that came from a place.
type RequestLocation struct {
	// Lat and Long are in degrees, north and east.
	Lat         float64 `json:"lat"`
	Long        float64 `json:"long"`
	City        string  `json:"city,omitzero"` // set for live requests only
	AccessCount int64   `json:"accessCount"`
}

// ListRequests returns how many requests came from where. The list is empty if there were none.
//
//	GET /v4/stats/organisations/{ownerId}/requests
func (s *MetricsService) ListRequests(
	ctx context.Context, owner OwnerID, q RequestQuery, opts ...CallOption,
) ([]RequestLocation, error) {
	return metricsListRequests.call(ctx, s.client, opts, q, string(owner))
}

// LiveRequestQuery narrows [MetricsService.LiveRequests]. The zero value asks for all applications
// of the owner.
type LiveRequestQuery struct {
	ApplicationID ApplicationID
	// EventQuery sets how the stream is read.
	EventQuery EventQuery
}

func (q LiveRequestQuery) encode(d *draft) error {
	query.Text(&d.query, "applicationId", q.ApplicationID)
	return nil
}

// LiveRequests streams the number of requests by place of origin. Each value counts the requests
// since the previous value. The request is sent when iteration starts. The API does not end the
// stream.
//
// The stream resumes after lost connections, as [Client.Events] does. A value that cannot be
// decoded is reported as a [*LogDecodeError] and does not end the stream.
//
//	GET /v4/stats/organisations/{ownerId}/requests-live
func (s *MetricsService) LiveRequests(
	ctx context.Context, owner OwnerID, q LiveRequestQuery, opts ...CallOption,
) iter.Seq2[[]RequestLocation, error] {
	names := []string{"REQUESTS_LIVE"}
	return metricsLiveRequests.events(ctx, s.client, q.EventQuery, names, opts, q, string(owner))
}

// StatusCodes counts the responses of a period by their HTTP status.
type StatusCodes struct {
	Date     time.Time         `json:"date,omitzero"` // when the period begins
	Statuses []StatusCodeCount `json:"statuses,omitzero"`
}

// StatusCodeCount counts the responses with an HTTP status.
type StatusCodeCount struct {
	// Code is an HTTP status. Codes below 100, which are none, occur too.
	Code  int   `json:"code"`
	Count int64 `json:"count"`
}

// ListStatusCodes returns how many responses had which HTTP status, by time.
//
//	GET /v4/stats/organisations/{ownerId}/http-status-codes
func (s *MetricsService) ListStatusCodes(
	ctx context.Context, owner OwnerID, q RequestQuery, opts ...CallOption,
) ([]StatusCodes, error) {
	return metricsListStatusCodes.call(ctx, s.client, opts, q, string(owner))
}

// MetricsTokenInput is a read token to create. The zero value leaves everything to the API.
type MetricsTokenInput struct {
	// Applications names what the token reads: "metrics", "metrics.accesslogs" (the API's default),
	// "addon-api-cellar" or "addon-api-fsbucket". Which of them there are differs between
	// platforms; for a wrong one, the API's error lists the right ones.
	Applications []string
	// TTL is how long the token is valid. The API allows at most 20 days.
	TTL time.Duration
}

func (in MetricsTokenInput) encode(d *draft) error {
	if in.TTL < 0 {
		return &ValidationError{Argument: "TTL", Reason: "must not be negative"}
	}
	body := struct {
		Applications []string `json:"applications,omitempty"`
		TTL          string   `json:"ttl,omitzero"`
	}{Applications: in.Applications}
	if in.TTL > 0 {
		body.TTL = query.Duration(in.TTL)
	}
	return d.json(body)
}

// MetricsToken is a token that reads metrics with WarpScript, at
// https://c2-warp10-clevercloud-customers.services.clever-cloud.com/api/v0/exec. It is not a
// credential of this API.
type MetricsToken struct {
	Token        auth.Secret `json:"token,omitzero"`
	CreatedAt    time.Time   `json:"createdAt,omitzero"`
	ExpiresAt    time.Time   `json:"expiresAt,omitzero"`
	Scope        string      `json:"scope,omitzero"`        // "READ"
	Applications []string    `json:"applications,omitzero"` // names what the token reads
}

// Format prints t as any struct, without the token itself.
func (t MetricsToken) Format(f fmt.State, verb rune) {
	type metricsToken MetricsToken
	redact.Struct(f, verb, metricsToken(t))
}

// CreateReadToken makes a token that reads the metrics of an owner. Tokens cannot be listed or
// revoked, so keep TTL short. CreateReadToken is not idempotent, see [ErrMaybeApplied].
//
//	POST /v4/stats/organisations/{ownerId}/tokens/read
func (s *MetricsService) CreateReadToken(
	ctx context.Context, owner OwnerID, in MetricsTokenInput, opts ...CallOption,
) (*MetricsToken, error) {
	return metricsCreateReadToken.call(ctx, s.client, opts, in, string(owner))
}

// CreateResourceReadToken makes a token that reads the metrics of one application or add-on, as
// [MetricsService.CreateReadToken] does for all of an owner. The ID of an add-on is the real one.
// It is not idempotent either.
//
//	POST /v4/stats/organisations/{ownerId}/resources/{resourceId}/tokens/read
func (s *MetricsService) CreateResourceReadToken(
	ctx context.Context, owner OwnerID, id ResourceID, in MetricsTokenInput, opts ...CallOption,
) (*MetricsToken, error) {
	return metricsCreateResourceReadToken.call(ctx, s.client, opts, in, string(owner), string(id))
}
