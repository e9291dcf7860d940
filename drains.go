package clevercloud

import (
	"context"
	jsonv1 "encoding/json"
	"errors"
	"fmt"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/clevercloud-go/clevercloud/auth"
	"github.com/clevercloud-go/clevercloud/internal/query"
	"github.com/clevercloud-go/clevercloud/internal/redact"
)

// DrainsService manages log drains, which forward logs to another system. Methods that take an
// application also take the real id of an add-on, such as postgresql_…; see [DrainPaths].
//
// API reference: https://www.clever-cloud.com/developers/api/v4/#create-a-logs-drain
type DrainsService service

const (
	ownerDrainsPath = "/v4/drains/organisations/{ownerId}/drains"
	ownerDrainPath  = ownerDrainsPath + "/{drainId}"
	drainsPath      = "/v4/drains/organisations/{ownerId}/applications/{applicationId}/drains"
	drainPath       = drainsPath + "/{drainId}"
)

// bareDrain returns the drain for a response that has no body.
func bareDrain(ids []string) any { return &Drain{ID: DrainID(ids[len(ids)-1])} }

// DrainPaths selects the paths that drains are called by. The API serves two families with the same
// meaning: /applications/{applicationId}/drains, that of its reference, and
// /resources/{resourceId}/drains, that of its newer documentation.
type DrainPaths int

const (
	// AutomaticDrainPaths uses the application paths for the id of an application, app_…, and the
	// resource paths for any other id. It is the default.
	AutomaticDrainPaths DrainPaths = iota
	// ApplicationDrainPaths always uses the application paths.
	ApplicationDrainPaths
	// ResourceDrainPaths always uses the resource paths.
	ResourceDrainPaths
)

// drainsPathFor returns the path of the family that is used for these ids.
func drainsPathFor(c config, path string, ids []string) string {
	// An invalid id is rejected as that of an application.
	isApplication := strings.HasPrefix(ids[1], "app_") || strings.Trim(ids[1], ".") == ""
	if c.drainPaths == ResourceDrainPaths || c.drainPaths == AutomaticDrainPaths && !isApplication {
		return strings.Replace(path, "applications/{applicationId}", "resources/{resourceId}", 1)
	}
	return path
}

// DrainTypeNames is a spelling of recipient types. The API accepts both and responds with the
// current one. Types that the API reference does not list are always sent in the current spelling.
type DrainTypeNames int

const (
	// ContractDrainTypeNames, the default, is that of the API reference, such as RawRecipient.
	ContractDrainTypeNames DrainTypeNames = iota
	// CurrentDrainTypeNames is the spelling of the current API, such as RAW_HTTP.
	CurrentDrainTypeNames
)

// of returns the name of the type of r.
func (n DrainTypeNames) of(r DrainRecipient) string {
	contract, current := r.typeNames()
	if n == ContractDrainTypeNames {
		return contract
	}
	return current
}

// Drain forwards logs to a recipient.
type Drain struct {
	ID      DrainID `json:"id,omitzero"`
	OwnerID OwnerID `json:"tenantId,omitzero"`
	// ResourceID is the id of an application or add-on. It is empty for audit logs of the owner.
	ResourceID string    `json:"resourceId,omitzero"`
	Kind       DrainKind `json:"kind,omitzero"`
	// Recipient has masks in place of secrets, which Create rejects. It can be nil.
	Recipient DrainRecipient `json:"recipient,omitzero"`
	// Status is the requested state. Execution is the state of delivery.
	Status    DrainState     `json:"status,omitzero"`
	Execution DrainExecution `json:"execution,omitzero"`
	Backlog   *DrainBacklog  `json:"backlog,omitzero"` // nil until the API has measured it

	// namedInGo says that the recipient's type was spelled like the type in Go.
	namedInGo bool
}

// DrainState is the state that was asked for.
type DrainState struct {
	ID          string      `json:"id,omitzero"`
	DrainID     DrainID     `json:"drainId,omitzero"`
	Status      DrainStatus `json:"status,omitzero"`
	Date        time.Time   `json:"date,omitzero"`     // of the change to this status
	AuthorID    UserID      `json:"authorId,omitzero"` // empty if the platform made the change
	ErrorReason string      `json:"errorReason,omitzero"`
}

// DrainExecution is the state of a drain's delivery.
type DrainExecution struct {
	Status    DrainExecutionStatus `json:"status,omitzero"`
	LastError string               `json:"lastError,omitzero"`
	// Attempt counts failed deliveries in a row, up to MaxAttempt. Both are 0 if there are none.
	Attempt       int       `json:"attempt,omitzero"`
	MaxAttempt    int       `json:"maxAttempt,omitzero"`
	LastAttemptAt time.Time `json:"lastAttemptAt,omitzero"`
	NextAttemptAt time.Time `json:"nextAttemptAt,omitzero"`
	RetryingSince time.Time `json:"retryingSince,omitzero"`
}

// DrainBacklog describes the messages that wait for delivery.
type DrainBacklog struct {
	MsgRateOut       float64 `json:"msgRateOut"`       // messages per second
	MsgThroughputOut float64 `json:"msgThroughputOut"` // bytes per second
	MsgBacklog       int64   `json:"msgBacklog"`       // messages
}

// readDrain reads a drain with its recipient.
func readDrain(dec *jsontext.Decoder, d *Drain) error {
	type drain Drain
	d.Recipient = namedInGo{}
	err := json.UnmarshalDecode(dec, (*drain)(d))
	if r, ok := d.Recipient.(namedInGo); ok {
		d.Recipient, d.namedInGo = r.DrainRecipient, r.DrainRecipient != nil
	}
	return err
}

// UnmarshalJSON decodes a drain as the API returns it, or as MarshalJSON encodes it.
func (d *Drain) UnmarshalJSON(data []byte) error { return unmarshal(data, d) }

// MarshalJSON encodes a drain as the API returns it, with the secrets of its recipient redacted.
func (d Drain) MarshalJSON() ([]byte, error) {
	type drain Drain
	encoded := struct {
		drain
		Recipient jsonv1.RawMessage `json:"recipient,omitzero"`
	}{drain: drain(d)}
	if d.Recipient != nil {
		name := CurrentDrainTypeNames.of(d.Recipient)
		if d.namedInGo {
			name = reflect.TypeOf(d.Recipient).Name()
		}
		encoded.Recipient, _ = encodeRecipient(d.Recipient, name, true)
	}
	return jsonv1.Marshal(encoded)
}

// Format prints d like a struct, with the secrets of its recipient redacted.
func (d Drain) Format(f fmt.State, verb rune) {
	type drain Drain
	redact.Struct(f, verb, drain(d))
}

// DrainKind is the kind of logs that a drain forwards. Other values may appear.
type DrainKind string

// The known kinds.
const (
	DrainKindLog       DrainKind = "LOG"
	DrainKindAccessLog DrainKind = "ACCESSLOG"
	DrainKindAuditLog  DrainKind = "AUDITLOG" // of an owner, see [DrainsService.CreateForOwner]
)

// IsKnown reports whether k is one of the constants of this package.
func (k DrainKind) IsKnown() bool {
	return isOneOf(k, DrainKindLog, DrainKindAccessLog, DrainKindAuditLog)
}

// DrainStatus is the requested state of a drain. Changes take a moment: a new drain is CREATED,
// then ENABLING, then ENABLED. Other values may appear.
type DrainStatus string

// The known statuses.
const (
	DrainStatusCreated   DrainStatus = "CREATED"
	DrainStatusEnabling  DrainStatus = "ENABLING"
	DrainStatusEnabled   DrainStatus = "ENABLED"
	DrainStatusDisabling DrainStatus = "DISABLING"
	DrainStatusDisabled  DrainStatus = "DISABLED"
	DrainStatusDeleted   DrainStatus = "DELETED"
)

// IsKnown reports whether s is one of the constants of this package.
func (s DrainStatus) IsKnown() bool {
	return s.IsTerminal() ||
		isOneOf(s, DrainStatusCreated, DrainStatusEnabling, DrainStatusDisabling)
}

// IsTerminal reports whether a drain keeps the status until another one is asked for.
func (s DrainStatus) IsTerminal() bool {
	return isOneOf(s, DrainStatusEnabled, DrainStatusDisabled, DrainStatusDeleted)
}

// DrainExecutionStatus tells whether a drain delivers. Other values may appear.
type DrainExecutionStatus string

// The known statuses.
const (
	DrainExecutionStatusRunning    DrainExecutionStatus = "RUNNING"
	DrainExecutionStatusRetrying   DrainExecutionStatus = "RETRYING"
	DrainExecutionStatusNotRunning DrainExecutionStatus = "NOT_RUNNING"
)

// IsKnown reports whether s is one of the constants of this package.
func (s DrainExecutionStatus) IsKnown() bool {
	return isOneOf(s, DrainExecutionStatusRunning, DrainExecutionStatusRetrying,
		DrainExecutionStatusNotRunning)
}

// TLSVerification says whether the certificate of a recipient is verified, as it is by default.
type TLSVerification string

// The known values.
const (
	TLSVerificationDefault  TLSVerification = "DEFAULT"
	TLSVerificationTrustful TLSVerification = "TRUSTFUL" // accepts any certificate
)

// IsKnown reports whether v is one of the constants of this package.
func (v TLSVerification) IsKnown() bool {
	return isOneOf(v, TLSVerificationDefault, TLSVerificationTrustful)
}

// DrainInput describes a drain to create. Kind and Recipient are required.
type DrainInput struct {
	Kind DrainKind `json:"kind"`
	// Recipient must hold its secrets. A mask of one, as drains that were read have it, is rejected
	// before anything is sent, except in an [UnknownRecipient].
	Recipient DrainRecipient `json:"recipient"`
	// SkipCheck creates the drain without checking that the recipient can be reached. By default
	// the API checks it. The API reference does not list it yet.
	SkipCheck bool `json:"skipCheck,omitzero"`
}

// Format prints in like a struct, with the secrets of its recipient redacted.
func (in DrainInput) Format(f fmt.State, verb rune) {
	type drainInput DrainInput
	redact.Struct(f, verb, drainInput(in))
}

func (in DrainInput) encode(d *draft) error {
	if in.Kind == "" {
		return &ValidationError{Argument: "Kind", Reason: "must not be empty"}
	}
	if err := checkRecipient(in.Recipient); err != nil {
		return err
	}
	d.query.True("skipCheck", in.SkipCheck)
	var body struct {
		Kind      DrainKind         `json:"kind"`
		Recipient jsonv1.RawMessage `json:"recipient"`
	}
	body.Kind = in.Kind
	body.Recipient, d.secrets = encodeRecipient(in.Recipient, d.names.of(in.Recipient), false)
	return d.json(body)
}

// checkRecipient reports what is missing or malformed in a recipient.
func checkRecipient(r DrainRecipient) error {
	v := reflect.ValueOf(r)
	if !v.IsValid() || v.Kind() == reflect.Pointer && v.IsNil() {
		return &ValidationError{Argument: "Recipient", Reason: "must not be nil"}
	}
	if unknown, ok := reflect.Indirect(v).Interface().(UnknownRecipient); ok {
		if unknown.Type == "" {
			return &ValidationError{Argument: "Recipient.Type", Reason: "must not be empty"}
		}
		var members map[string]jsonv1.RawMessage
		err := jsonv1.Unmarshal(unknown.Raw, &members)
		if len(unknown.Raw) > 0 && (err != nil || members == nil) {
			return &ValidationError{Argument: "Recipient.Raw", Reason: "must be a JSON object"}
		}
		return nil
	}
	for _, m := range membersOf(r) {
		argument, isURL := "Recipient."+m.field.Name, m.field.Name == "URL"
		if m.value == "" && (isURL || m.field.Tag.Get("recipient") == "needed") {
			return &ValidationError{Argument: argument, Reason: "must not be empty"}
		}
		_, secrets := m.hide()
		if isURL {
			secrets = redact.URLParts(m.value)
		}
		masked := func(text string) bool { return text != "*" && isMask(text) } // one is a wildcard
		if slices.ContainsFunc(secrets, masked) {
			return &ValidationError{Argument: argument,
				Reason: "must hold the secret, not the mask that is shown in its place"}
		}
		if u, err := url.Parse(m.value); isURL && (err != nil || u.Scheme == "" || u.Host == "") {
			return &ValidationError{Argument: argument, Reason: "must be an absolute URL"}
		}
	}
	return nil
}

func isMask(text string) bool { return auth.Secret(text).IsMasked() }

// SameTarget reports whether two recipients have the same type and the same URL. A masked part of a
// URL, such as the key of a [DatadogRecipient], matches any value, and percent-encoding makes no
// difference. Recipients of an unknown type must have the same members.
//
// Use it to find the drains of a recipient. The API masks secrets, so == is false for a recipient
// that was sent and the same one when it is read.
func SameTarget(a, b DrainRecipient) bool {
	v, w := reflect.Indirect(reflect.ValueOf(a)), reflect.Indirect(reflect.ValueOf(b))
	if !v.IsValid() || !w.IsValid() || v.Type() != w.Type() ||
		CurrentDrainTypeNames.of(a) != CurrentDrainTypeNames.of(b) {
		return false
	}
	x, y := membersOf(a), membersOf(b)
	if v.FieldByName("URL").IsValid() {
		x, y = x[:1], y[:1]
	}
	return slices.EqualFunc(x, y, func(m, n recipientMember) bool {
		parts := redact.URLParts(strings.Trim(m.value, `"`))
		others := redact.URLParts(strings.Trim(n.value, `"`))
		return m.key == n.key && slices.EqualFunc(parts, others, func(a, b string) bool {
			return a == b || isMask(a) || isMask(b)
		})
	})
}

// DrainQuery selects the drains that are listed. The zero value selects all of them.
type DrainQuery struct {
	Statuses                 []DrainStatus          // selects drains with one of these
	ExecutionStatuses        []DrainExecutionStatus // selects drains with one of these
	ExcludeExecutionStatuses []DrainExecutionStatus // leaves out drains with one of these
}

func (q DrainQuery) encode(d *draft) error {
	query.Texts(&d.query, "status", q.Statuses)
	query.Texts(&d.query, "executionStatus", q.ExecutionStatuses)
	query.Texts(&d.query, "executionStatusNotIn", q.ExcludeExecutionStatuses)
	return nil
}

// List returns the drains of an application, those selected by q.
//
//	GET /v4/drains/organisations/{ownerId}/applications/{applicationId}/drains
func (s *DrainsService) List(
	ctx context.Context, owner OwnerID, app ApplicationID, q DrainQuery, opts ...CallOption,
) ([]Drain, error) {
	return operation[[]Drain]{id: "drains.list", path: drainsPath, altPath: drainsPathFor}.
		call(ctx, s.client, opts, q, string(owner), string(app))
}

// ListForOwner returns the drains of an owner, those selected by q: the drains of its applications
// and add-ons, and those of its audit logs.
//
//	GET /v4/drains/organisations/{ownerId}/drains
func (s *DrainsService) ListForOwner(
	ctx context.Context, owner OwnerID, q DrainQuery, opts ...CallOption,
) ([]Drain, error) {
	return operation[[]Drain]{id: "drains.list-for-owner", path: ownerDrainsPath}.
		call(ctx, s.client, opts, q, string(owner))
}

// Get returns a drain. The error matches [ErrNotFound] if there is none with this id.
//
//	GET /v4/drains/organisations/{ownerId}/applications/{applicationId}/drains/{drainId}
func (s *DrainsService) Get(
	ctx context.Context, owner OwnerID, app ApplicationID, id DrainID, opts ...CallOption,
) (*Drain, error) {
	return operation[*Drain]{id: "drains.get", path: drainPath, altPath: drainsPathFor}.
		call(ctx, s.client, opts, none{}, string(owner), string(app), string(id))
}

// GetForOwner returns a drain of an owner, such as one of audit logs, as [DrainsService.Get] does.
//
//	GET /v4/drains/organisations/{ownerId}/drains/{drainId}
func (s *DrainsService) GetForOwner(
	ctx context.Context, owner OwnerID, id DrainID, opts ...CallOption,
) (*Drain, error) {
	return operation[*Drain]{id: "drains.get-for-owner", path: ownerDrainPath}.
		call(ctx, s.client, opts, none{}, string(owner), string(id))
}

// Create adds a drain to an application and returns it. A new drain starts in [DrainStatusCreated];
// use [DrainsService.WaitForStatus] to wait until it is enabled.
//
// The API checks that the recipient can be reached before it saves the drain. Set SkipCheck to
// create a drain for a recipient that is not up yet. The error matches [ErrBadRequest] if the API
// rejects the recipient, and [ErrQuotaExceeded] if there are too many drains.
//
// Create is not idempotent. It is retried only if the request did not reach the API or was rate
// limited. If it may have been applied, the error matches [ErrMaybeApplied]: look for the drain
// with [DrainsService.List] and [SameTarget] before trying again.
//
//	POST /v4/drains/organisations/{ownerId}/applications/{applicationId}/drains
func (s *DrainsService) Create(
	ctx context.Context, owner OwnerID, app ApplicationID, in DrainInput, opts ...CallOption,
) (*Drain, error) {
	return operation[*Drain]{
		id: "drains.create", method: "POST", path: drainsPath, altPath: drainsPathFor,
	}.call(ctx, s.client, opts, in, string(owner), string(app))
}

// CreateForOwner adds a drain to an owner and returns it, as [DrainsService.Create] does. It is the
// way to forward audit logs, [DrainKindAuditLog]. It is not idempotent either.
//
//	POST /v4/drains/organisations/{ownerId}/drains
func (s *DrainsService) CreateForOwner(
	ctx context.Context, owner OwnerID, in DrainInput, opts ...CallOption,
) (*Drain, error) {
	return operation[*Drain]{id: "drains.create-for-owner", method: "POST", path: ownerDrainsPath}.
		call(ctx, s.client, opts, in, string(owner))
}

// Delete removes a drain and returns its last state. The result has only an id if the API returns
// no drain. The error matches [ErrNotFound] if the drain is already gone, which may be the work of
// an earlier attempt of the same call.
//
//	DELETE /v4/drains/organisations/{ownerId}/applications/{applicationId}/drains/{drainId}
func (s *DrainsService) Delete(
	ctx context.Context, owner OwnerID, app ApplicationID, id DrainID, opts ...CallOption,
) (*Drain, error) {
	return operation[*Drain]{
		id: "drains.delete", method: "DELETE", path: drainPath, idempotent: true,
		altPath: drainsPathFor, ifEmpty: bareDrain,
	}.call(ctx, s.client, opts, none{}, string(owner), string(app), string(id))
}

// DeleteForOwner removes a drain of an owner, such as one of audit logs, as [DrainsService.Delete]
// does.
//
//	DELETE /v4/drains/organisations/{ownerId}/drains/{drainId}
func (s *DrainsService) DeleteForOwner(
	ctx context.Context, owner OwnerID, id DrainID, opts ...CallOption,
) (*Drain, error) {
	return operation[*Drain]{
		id: "drains.delete-for-owner", method: "DELETE", path: ownerDrainPath, idempotent: true,
		ifEmpty: bareDrain,
	}.call(ctx, s.client, opts, none{}, string(owner), string(id))
}

// DeleteAll removes all drains of an application and returns them.
//
//	DELETE /v4/drains/organisations/{ownerId}/applications/{applicationId}/drains
func (s *DrainsService) DeleteAll(
	ctx context.Context, owner OwnerID, app ApplicationID, opts ...CallOption,
) ([]Drain, error) {
	return operation[[]Drain]{
		id: "drains.delete-all", method: "DELETE", path: drainsPath, idempotent: true,
		altPath: drainsPathFor,
	}.call(ctx, s.client, opts, none{}, string(owner), string(app))
}

// Enable resumes delivery, which takes a moment; see [DrainsService.WaitForStatus]. The result has
// only an id if the API returns no drain.
//
//	PUT /v4/drains/organisations/{ownerId}/applications/{applicationId}/drains/{drainId}/enable
func (s *DrainsService) Enable(
	ctx context.Context, owner OwnerID, app ApplicationID, id DrainID, opts ...CallOption,
) (*Drain, error) {
	return operation[*Drain]{
		id: "drains.enable", method: "PUT", path: drainPath + "/enable", idempotent: true,
		altPath: drainsPathFor, ifEmpty: bareDrain,
	}.call(ctx, s.client, opts, none{}, string(owner), string(app), string(id))
}

// Disable stops delivery. New logs wait in the backlog. It takes a moment; see
// [DrainsService.WaitForStatus]. The result has only an id if the API returns no drain.
//
//	PUT /v4/drains/organisations/{ownerId}/applications/{applicationId}/drains/{drainId}/disable
func (s *DrainsService) Disable(
	ctx context.Context, owner OwnerID, app ApplicationID, id DrainID, opts ...CallOption,
) (*Drain, error) {
	return operation[*Drain]{
		id: "drains.disable", method: "PUT", path: drainPath + "/disable", idempotent: true,
		altPath: drainsPathFor, ifEmpty: bareDrain,
	}.call(ctx, s.client, opts, none{}, string(owner), string(app), string(id))
}

// ResetCursor drops the backlog of a drain: delivery continues with new logs. The result has only
// an id if the API returns no drain.
//
//	PATCH /v4/drains/organisations/{ownerId}/applications/{applicationId}/drains/{drainId}/reset-cursor
func (s *DrainsService) ResetCursor(
	ctx context.Context, owner OwnerID, app ApplicationID, id DrainID, opts ...CallOption,
) (*Drain, error) {
	return operation[*Drain]{
		id: "drains.reset-cursor", method: "PATCH", path: drainPath + "/reset-cursor",
		idempotent: true, altPath: drainsPathFor, ifEmpty: bareDrain,
	}.call(ctx, s.client, opts, none{}, string(owner), string(app), string(id))
}

// DrainCheck is the result of [DrainsService.Check].
type DrainCheck struct {
	OK bool `json:"ok"`
	// Code says what happened, for programs. The API does not document the codes; examples are OK,
	// HTTP_ERROR and CONNECTION_REFUSED.
	Code       string          `json:"code,omitzero"`
	Message    string          `json:"message,omitzero"`    // the same for people
	Type       string          `json:"type,omitzero"`       // HTTP, TCP, UDP or empty
	DurationMs int64           `json:"durationMs,omitzero"` // milliseconds, 0 if unknown
	HTTP       *DrainCheckHTTP `json:"http,omitzero"`       // set for recipients over HTTP
	TCP        *DrainCheckTCP  `json:"tcp,omitzero"`        // set for recipients over TCP
}

// DrainCheckHTTP is an HTTP exchange with a recipient.
type DrainCheckHTTP struct {
	// Request is a JSON object of method, url, headers and body, with the recipient's secrets.
	Request  auth.Secret         `json:"request,omitzero"`
	Response *DrainCheckResponse `json:"response,omitzero"` // nil if there was none
}

// Format prints c like a struct, with the request redacted.
func (c DrainCheckHTTP) Format(f fmt.State, verb rune) {
	type drainCheckHTTP DrainCheckHTTP
	redact.Struct(f, verb, drainCheckHTTP(c))
}

// DrainCheckResponse is the response of a recipient.
type DrainCheckResponse struct {
	StatusCode int                 `json:"statusCode,omitzero"`
	Headers    map[string][]string `json:"headers,omitzero"`
	Body       string              `json:"body,omitzero"`
}

// DrainCheckTCP is a connection to a recipient.
type DrainCheckTCP struct {
	Connected bool   `json:"connected"`
	Host      string `json:"host,omitzero"`
	Port      int    `json:"port,omitzero"`
}

// UnmarshalJSON decodes an exchange and keeps the JSON of the request.
func (c *DrainCheckHTTP) UnmarshalJSON(data []byte) error {
	var exchange struct {
		Request  jsonv1.RawMessage   `json:"request"`
		Response *DrainCheckResponse `json:"response"`
	}
	if err := unmarshal(data, &exchange); err != nil {
		return err
	}
	*c = DrainCheckHTTP{Response: exchange.Response}
	if string(exchange.Request) != "null" {
		c.Request = auth.Secret(exchange.Request)
	}
	return nil
}

// Check sends a sample line to the recipient of a drain and returns the result. A recipient that
// cannot be reached or rejects the line is not an error. The API reference does not list it yet.
//
// Check is not idempotent, since each call sends a line. It is retried only if the request did not
// reach the API or was rate limited.
//
//	POST /v4/drains/organisations/{ownerId}/applications/{applicationId}/drains/{drainId}/check
func (s *DrainsService) Check(
	ctx context.Context, owner OwnerID, app ApplicationID, id DrainID, opts ...CallOption,
) (*DrainCheck, error) {
	return operation[*DrainCheck]{
		id: "drains.check", method: "POST", path: drainPath + "/check", secretResult: true,
		altPath: drainsPathFor,
	}.call(ctx, s.client, opts, none{}, string(owner), string(app), string(id))
}

// TestCommand returns a curl command line that sends a sample line to the recipient of a drain. It
// is a secret because it can hold those of the recipient.
//
//	GET /v4/drains/organisations/{ownerId}/applications/{applicationId}/drains/{drainId}/test-command
func (s *DrainsService) TestCommand(
	ctx context.Context, owner OwnerID, app ApplicationID, id DrainID, opts ...CallOption,
) (auth.Secret, error) {
	return operation[auth.Secret]{
		id: "drains.test-command", path: drainPath + "/test-command", accept: "text/plain",
		altPath: drainsPathFor,
	}.text(ctx, s.client, opts, none{}, string(owner), string(app), string(id))
}

// DrainWait says how [DrainsService.WaitForStatus] waits. The zero value is usable.
type DrainWait struct {
	// Interval and MaxInterval are those of [Wait].
	Interval, MaxInterval time.Duration
	// OnChange is called with the drain when it is first seen and whenever its status changes.
	OnChange func(Drain)
}

// WaitForStatus waits until a drain has the given status and returns the drain. A drain that is not
// found counts as deleted: if want is [DrainStatusDeleted], the result then has only an id.
//
// The wait ends with an error if the drain settles in another status, see [DrainStatus.IsTerminal]:
// if it gets there during the wait, is still there after 15 seconds, or is deleted. A new drain may
// be missing for up to 15 seconds. Use ctx to bound the wait.
//
//	GET /v4/drains/organisations/{ownerId}/applications/{applicationId}/drains/{drainId}
func (s *DrainsService) WaitForStatus(
	ctx context.Context, owner OwnerID, app ApplicationID, id DrainID,
	want DrainStatus, w DrainWait, opts ...CallOption,
) (*Drain, error) {
	const operation = "drains.wait-for-status"
	var last *Drain
	gone, graceEnd := false, time.Now().Add(newThing)
	return waitUntil(ctx, operation,
		Wait{Interval: w.Interval, MaxInterval: w.MaxInterval, NotFoundGrace: newThing},
		func(ctx context.Context) (*Drain, error) {
			d, err := s.Get(ctx, owner, app, id, opts...)
			if gone = want == DrainStatusDeleted && errors.Is(err, ErrNotFound); gone {
				return &Drain{ID: id}, nil
			}
			return d, err
		},
		func(d *Drain) (bool, error) {
			status := d.Status.Status
			changed := last != nil && last.Status.Status != status
			if w.OnChange != nil && !gone && (last == nil || changed) {
				w.OnChange(*d)
			}
			last = d
			// Right after a change was asked for, the status can still be the one before it.
			settled := status.IsTerminal() &&
				(changed || status == DrainStatusDeleted || !time.Now().Before(graceEnd))
			if settled && status != want {
				text := fmt.Sprintf("drain %s is %s, not %s", d.ID, status, want)
				if reason := d.Status.ErrorReason; reason != "" {
					text += ": " + reason
				}
				return false, fmt.Errorf("clevercloud: %s: %s", operation, redact.Line(text, 300))
			}
			return gone || status == want, nil
		},
		func(d *Drain) string { return string(d.Status.Status) })
}
