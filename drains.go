package clevercloud

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/clevercloud-go/clevercloud/auth"
	"github.com/clevercloud-go/clevercloud/internal/query"
)

// DrainsService forwards the logs of an application to another system. Its methods also take the real id of an add-on where they say
// application; see [DrainPaths].
// See https://www.clever-cloud.com/developers/api/v4/#create-a-logs-drain.
type DrainsService service

const drainsPath = "/v4/drains/organisations/{ownerId}/applications/{applicationId}/drains"

var (
	drainsCreate = operation[DrainInput, *Drain]{
		id: "drains.create", method: http.MethodPost, path: drainsPath, altPath: drainsPathFor,
	}
	drainsList = operation[DrainQuery, []Drain]{
		id: "drains.list", method: http.MethodGet, idempotent: true, path: drainsPath, altPath: drainsPathFor,
	}
	drainsGet = operation[none, *Drain]{
		id: "drains.get", method: http.MethodGet, idempotent: true, path: drainsPath + "/{drainId}", altPath: drainsPathFor,
	}
	drainsDeleteAll = operation[none, []Drain]{
		id: "drains.delete-all", method: http.MethodDelete, idempotent: true, path: drainsPath, altPath: drainsPathFor,
	}
	drainsEnable = operation[none, *Drain]{
		id: "drains.enable", method: http.MethodPut, idempotent: true, path: drainsPath + "/{drainId}/enable",
		altPath: drainsPathFor, ifEmpty: bareDrain,
	}
	drainsDisable = operation[none, *Drain]{
		id: "drains.disable", method: http.MethodPut, idempotent: true, path: drainsPath + "/{drainId}/disable",
		altPath: drainsPathFor, ifEmpty: bareDrain,
	}
	drainsResetCursor = operation[none, *Drain]{
		id: "drains.reset-cursor", method: http.MethodPatch, idempotent: true, path: drainsPath + "/{drainId}/reset-cursor",
		altPath: drainsPathFor, ifEmpty: bareDrain,
	}
	drainsCheck = operation[none, *DrainCheck]{
		id: "drains.check", secretResult: true, method: http.MethodPost, path: drainsPath + "/{drainId}/check", altPath: drainsPathFor,
	}
	drainsTestCommand = operation[none, none]{
		id: "drains.test-command", method: http.MethodGet, idempotent: true, accept: "text/plain",
		path: drainsPath + "/{drainId}/test-command", altPath: drainsPathFor,
	}
	drainsDelete = operation[none, *Drain]{
		id: "drains.delete", method: http.MethodDelete, idempotent: true, path: drainsPath + "/{drainId}",
		altPath: drainsPathFor, ifEmpty: bareDrain,
	}
)

// bareDrain stands for the drain in an answer without one.
func bareDrain(ids []string) any { return &Drain{ID: DrainID(ids[len(ids)-1])} }

// DrainPaths is a family of paths that drains are called by. The API serves both, with the same meaning: that of its reference,
// /applications/{applicationId}/drains, and that of its newer documentation, /resources/{resourceId}/drains.
type DrainPaths int

const (
	// AutomaticDrainPaths, the default, uses the resource paths for the real id of an add-on (postgresql_…, redis_…) in place of an
	// application's, and the application paths for any other.
	AutomaticDrainPaths DrainPaths = iota
	// ApplicationDrainPaths uses the paths of the API reference for all.
	ApplicationDrainPaths
	// ResourceDrainPaths uses the newer paths for all.
	ResourceDrainPaths
)

// drainsPathFor returns path, or its like in the other family.
func drainsPathFor(c config, path string, ids []string) string {
	prefix, _, _ := strings.Cut(ids[1], "_")
	if c.drainPaths == ResourceDrainPaths || c.drainPaths == AutomaticDrainPaths && isAddonPrefix(prefix) {
		return strings.Replace(path, "applications/{applicationId}", "resources/{resourceId}", 1)
	}
	return path
}

// isAddonPrefix knows the prefixes of the add-ons that drains are documented for.
func isAddonPrefix(prefix string) bool {
	switch prefix {
	case "postgresql", "mysql", "mongodb", "redis", "elasticsearch", "cellar", "pulsar", "matomo", "keycloak", "otoroshi", "cumulocity",
		"hivemq", "metabase", "xen", "ai", "kms", "kubernetes", "kv", "ts", "grist", "addon":
		return true
	}
	return false
}

// A Drain forwards logs to a recipient.
type Drain struct {
	ID      DrainID `json:"id,omitzero"`
	OwnerID OwnerID `json:"tenantId,omitzero"`
	// ResourceID is the application or add-on; empty for audit logs, which are the owner's.
	ResourceID string    `json:"resourceId,omitzero"`
	Kind       DrainKind `json:"kind,omitzero"`
	// Recipient is where the logs go, nil if the API left it out. Its secrets come back masked: do not create a drain from it.
	Recipient DrainRecipient `json:"recipient,omitzero"`
	// Status is what was asked of the drain, Execution how it fares.
	Status    DrainState     `json:"status,omitzero"`
	Execution DrainExecution `json:"execution,omitzero"`
	// Backlog is nil until the API measures it.
	Backlog *DrainBacklog `json:"backlog,omitzero"`

	// recipientType is how the API spelled the recipient's type.
	recipientType string
}

// A DrainState is what was asked of a drain, and when it became so.
type DrainState struct {
	ID      string      `json:"id,omitzero"`
	DrainID DrainID     `json:"drainId,omitzero"`
	Status  DrainStatus `json:"status,omitzero"`
	Date    time.Time   `json:"date,omitzero"`
	// AuthorID is empty when the platform acted by itself.
	AuthorID    UserID `json:"authorId,omitzero"`
	ErrorReason string `json:"errorReason,omitzero"`
}

// A DrainExecution is how a drain fares.
type DrainExecution struct {
	Status    DrainExecutionStatus `json:"status,omitzero"`
	LastError string               `json:"lastError,omitzero"`
	// Attempt counts tries to deliver, up to MaxAttempt; both are 0 while all is well.
	Attempt       int       `json:"attempt,omitzero"`
	MaxAttempt    int       `json:"maxAttempt,omitzero"`
	LastAttemptAt time.Time `json:"lastAttemptAt,omitzero"`
	NextAttemptAt time.Time `json:"nextAttemptAt,omitzero"`
	RetryingSince time.Time `json:"retryingSince,omitzero"`
}

// A DrainBacklog is what waits to be delivered.
type DrainBacklog struct {
	// MsgRateOut is in messages per second, MsgThroughputOut in bytes per second.
	MsgRateOut       float64 `json:"msgRateOut"`
	MsgThroughputOut float64 `json:"msgThroughputOut"`
	// MsgBacklog is the number of messages that wait.
	MsgBacklog int64 `json:"msgBacklog"`
}

// UnmarshalJSON reads a drain with the recipient that its type tag, in either spelling, says.
func (d *Drain) UnmarshalJSON(data []byte) error {
	type plain Drain
	aux := struct {
		plain
		Recipient taggedRecipient `json:"recipient"`
	}{plain: plain(*d)}
	if err := unmarshal(data, &aux); err != nil {
		return err
	}
	*d = Drain(aux.plain)
	if aux.Recipient.value != nil {
		d.Recipient, d.recipientType = aux.Recipient.value, aux.Recipient.typeName
	}
	return nil
}

// MarshalJSON writes a drain as the API does, with the recipient's type in the spelling that it was read in, and with its secrets
// redacted.
func (d Drain) MarshalJSON() ([]byte, error) {
	type plain Drain
	aux := struct {
		plain
		Recipient json.RawMessage `json:"recipient,omitzero"`
	}{plain: plain(d)}
	if d.Recipient != nil {
		aux.Recipient = encodeRecipient(d.Recipient, cmp.Or(d.recipientType, d.Recipient.typeName(CurrentDrainTypeNames)), true)
	}
	return json.Marshal(aux)
}

// Format prints d as any struct, but for its recipient's secrets.
func (d Drain) Format(f fmt.State, verb rune) {
	type drain Drain
	formatStruct(f, verb, drain(d))
}

// A DrainKind says which logs are forwarded. Other values may appear; see [DrainKind.IsKnown].
type DrainKind string

// The known kinds.
const (
	DrainKindLog       DrainKind = "LOG"
	DrainKindAccessLog DrainKind = "ACCESSLOG"
	DrainKindAuditLog  DrainKind = "AUDITLOG"
)

// IsKnown reports whether k is one of the constants of this package.
func (k DrainKind) IsKnown() bool {
	return k == DrainKindLog || k == DrainKindAccessLog || k == DrainKindAuditLog
}

// A DrainStatus is what was asked of a drain. Changes take their time: a new drain is CREATED, then ENABLING, then ENABLED. Other values
// may appear; see [DrainStatus.IsKnown].
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
	switch s {
	case DrainStatusCreated, DrainStatusEnabling, DrainStatusEnabled, DrainStatusDisabling, DrainStatusDisabled, DrainStatusDeleted:
		return true
	}
	return false
}

// IsTerminal reports whether the status stays until somebody asks for another.
func (s DrainStatus) IsTerminal() bool {
	return s == DrainStatusEnabled || s == DrainStatusDisabled || s == DrainStatusDeleted
}

// A DrainExecutionStatus is how a drain fares. Other values may appear; see [DrainExecutionStatus.IsKnown].
type DrainExecutionStatus string

// The known statuses.
const (
	DrainExecutionStatusRunning    DrainExecutionStatus = "RUNNING"
	DrainExecutionStatusRetrying   DrainExecutionStatus = "RETRYING"
	DrainExecutionStatusNotRunning DrainExecutionStatus = "NOT_RUNNING"
)

// IsKnown reports whether s is one of the constants of this package.
func (s DrainExecutionStatus) IsKnown() bool {
	return s == DrainExecutionStatusRunning || s == DrainExecutionStatusRetrying || s == DrainExecutionStatusNotRunning
}

// A DrainInput is a drain to create. Both fields are needed.
type DrainInput struct {
	Kind      DrainKind      `json:"kind"`
	Recipient DrainRecipient `json:"recipient"`
}

// Format prints in as any struct, but for its recipient's secrets.
func (in DrainInput) Format(f fmt.State, verb rune) {
	type drainInput DrainInput
	formatStruct(f, verb, drainInput(in))
}

func (in DrainInput) encode(d *draft) error {
	if in.Kind == "" {
		return &ValidationError{Argument: "Kind", Reason: "must not be empty"}
	}
	if in.Recipient == nil {
		return &ValidationError{Argument: "Recipient", Reason: "must not be nil"}
	}
	if err := checkRecipient(in.Recipient); err != nil {
		return err
	}
	d.secrets = recipientSecrets(in.Recipient)
	return d.json(struct {
		Kind      DrainKind       `json:"kind"`
		Recipient json.RawMessage `json:"recipient"`
	}{in.Kind, encodeRecipient(in.Recipient, in.Recipient.typeName(d.names), false)})
}

// A DrainQuery narrows [DrainsService.List]. The zero value asks for all drains.
type DrainQuery struct {
	// Statuses keeps drains in one of these.
	Statuses []DrainStatus
	// ExecutionStatuses and ExcludeExecutionStatuses keep and leave out drains by how they fare.
	ExecutionStatuses, ExcludeExecutionStatuses []DrainExecutionStatus
}

func (q DrainQuery) encode(d *draft) error {
	query.Texts(&d.query, "status", q.Statuses)
	query.Texts(&d.query, "executionStatus", q.ExecutionStatuses)
	query.Texts(&d.query, "executionStatusNotIn", q.ExcludeExecutionStatuses)
	return nil
}

// List returns the drains of an application.
//
//	GET /v4/drains/organisations/{ownerId}/applications/{applicationId}/drains
func (s *DrainsService) List(ctx context.Context, owner OwnerID, app ApplicationID, q DrainQuery, opts ...CallOption) ([]Drain, error) {
	return drainsList.call(ctx, s.client, opts, q, string(owner), string(app))
}

// Get returns one drain. Its recipient's secrets are masked. An unknown id is [ErrNotFound].
//
//	GET /v4/drains/organisations/{ownerId}/applications/{applicationId}/drains/{drainId}
func (s *DrainsService) Get(ctx context.Context, owner OwnerID, app ApplicationID, id DrainID, opts ...CallOption) (*Drain, error) {
	return drainsGet.call(ctx, s.client, opts, none{}, string(owner), string(app), string(id))
}

// Create makes a drain and returns it as CREATED; it takes a moment to become ENABLED.
//
// It is never repeated by itself once it may have been carried out, since a repeat makes a second drain: after an error other than an
// [*APIError] look at [DrainsService.List] first. A recipient that the API refuses is [ErrBadRequest], one too many [ErrQuotaExceeded].
//
//	POST /v4/drains/organisations/{ownerId}/applications/{applicationId}/drains
func (s *DrainsService) Create(ctx context.Context, owner OwnerID, app ApplicationID, in DrainInput, opts ...CallOption) (*Drain, error) {
	return drainsCreate.call(ctx, s.client, opts, in, string(owner), string(app))
}

// Delete removes a drain and returns its last state, or only its id if the API answers with nothing. A drain that is gone already is
// [ErrNotFound], also when it is this call's own first attempt that removed it.
//
//	DELETE /v4/drains/organisations/{ownerId}/applications/{applicationId}/drains/{drainId}
func (s *DrainsService) Delete(ctx context.Context, owner OwnerID, app ApplicationID, id DrainID, opts ...CallOption) (*Drain, error) {
	return drainsDelete.call(ctx, s.client, opts, none{}, string(owner), string(app), string(id))
}

// DeleteAll removes all drains of an application and returns them.
//
//	DELETE /v4/drains/organisations/{ownerId}/applications/{applicationId}/drains
func (s *DrainsService) DeleteAll(ctx context.Context, owner OwnerID, app ApplicationID, opts ...CallOption) ([]Drain, error) {
	return drainsDeleteAll.call(ctx, s.client, opts, none{}, string(owner), string(app))
}

// Enable has a drain deliver again. It takes a moment; see [DrainsService.WaitForStatus].
//
//	PUT /v4/drains/organisations/{ownerId}/applications/{applicationId}/drains/{drainId}/enable
func (s *DrainsService) Enable(ctx context.Context, owner OwnerID, app ApplicationID, id DrainID, opts ...CallOption) (*Drain, error) {
	return drainsEnable.call(ctx, s.client, opts, none{}, string(owner), string(app), string(id))
}

// Disable has a drain stop. Logs pile up meanwhile. It takes a moment; see [DrainsService.WaitForStatus].
//
//	PUT /v4/drains/organisations/{ownerId}/applications/{applicationId}/drains/{drainId}/disable
func (s *DrainsService) Disable(ctx context.Context, owner OwnerID, app ApplicationID, id DrainID, opts ...CallOption) (*Drain, error) {
	return drainsDisable.call(ctx, s.client, opts, none{}, string(owner), string(app), string(id))
}

// ResetCursor has a drain go on with what is logged from now on. What has piled up is never delivered.
//
//	PATCH /v4/drains/organisations/{ownerId}/applications/{applicationId}/drains/{drainId}/reset-cursor
func (s *DrainsService) ResetCursor(ctx context.Context, owner OwnerID, app ApplicationID, id DrainID, opts ...CallOption) (*Drain, error) {
	return drainsResetCursor.call(ctx, s.client, opts, none{}, string(owner), string(app), string(id))
}

// A DrainCheck is what a recipient made of a sample.
type DrainCheck struct {
	OK bool `json:"ok"`
	// Code and Message say what went wrong, or that nothing did.
	Code    string `json:"code,omitzero"`
	Message string `json:"message,omitzero"`
	// Type is HTTP, TCP or UDP; may be empty.
	Type string `json:"type,omitzero"`
	// DurationMs is how long it took in milliseconds, 0 if the API does not say.
	DurationMs int64 `json:"durationMs,omitzero"`
	// HTTP is the exchange with an HTTP recipient.
	HTTP *DrainCheckHTTP `json:"http,omitzero"`
	// TCP is the connection to a TCP recipient.
	TCP *DrainCheckTCP `json:"tcp,omitzero"`
}

// A DrainCheckHTTP is an HTTP exchange with a recipient.
type DrainCheckHTTP struct {
	// Request is JSON with method, url, headers and body. It holds what the recipient is sent, secrets included.
	Request auth.Secret `json:"request,omitzero"`
	// Response is nil if there was none.
	Response *DrainCheckResponse `json:"response,omitzero"`
}

// Format prints c as any struct, but for its request.
func (c DrainCheckHTTP) Format(f fmt.State, verb rune) {
	type drainCheckHTTP DrainCheckHTTP
	formatStruct(f, verb, drainCheckHTTP(c))
}

// A DrainCheckResponse is what a recipient answered.
type DrainCheckResponse struct {
	StatusCode int                 `json:"statusCode,omitzero"`
	Headers    map[string][]string `json:"headers,omitzero"`
	Body       string              `json:"body,omitzero"`
}

// A DrainCheckTCP is a connection to a recipient.
type DrainCheckTCP struct {
	Connected bool   `json:"connected"`
	Host      string `json:"host,omitzero"`
	Port      int    `json:"port,omitzero"`
}

// UnmarshalJSON reads the exchange and keeps the request as it came.
func (c *DrainCheckHTTP) UnmarshalJSON(data []byte) error {
	var exchange struct {
		Request  json.RawMessage     `json:"request"`
		Response *DrainCheckResponse `json:"response"`
	}
	if err := json.Unmarshal(data, &exchange); err != nil {
		return err
	}
	*c = DrainCheckHTTP{Response: exchange.Response}
	if string(exchange.Request) != "null" {
		c.Request = auth.Secret(exchange.Request)
	}
	return nil
}

// Check delivers a sample to a drain's recipient and returns what came of it: that the recipient refuses it is no error. It is newer than
// the API reference, and never repeated by itself once it may have been carried out, since each call delivers one.
//
//	POST /v4/drains/organisations/{ownerId}/applications/{applicationId}/drains/{drainId}/check
func (s *DrainsService) Check(ctx context.Context, owner OwnerID, app ApplicationID, id DrainID, opts ...CallOption) (*DrainCheck, error) {
	return drainsCheck.call(ctx, s.client, opts, none{}, string(owner), string(app), string(id))
}

// TestCommand returns a curl command line that delivers a sample to a drain's recipient. It is a secret because the recipient's may be in
// it.
//
//	GET /v4/drains/organisations/{ownerId}/applications/{applicationId}/drains/{drainId}/test-command
func (s *DrainsService) TestCommand(ctx context.Context, owner OwnerID, app ApplicationID, id DrainID, opts ...CallOption) (auth.Secret, error) {
	command, err := drainsTestCommand.text(ctx, s.client, opts, none{}, string(owner), string(app), string(id))
	return auth.Secret(command), err
}

// A DrainWait says how [DrainsService.WaitForStatus] waits.
type DrainWait struct {
	// Interval is the first wait between two looks; 0 is 1 s. It grows by half with each look.
	Interval time.Duration
	// MaxInterval bounds the wait; 0 is 10 s.
	MaxInterval time.Duration
	// OnChange is called with the drain when it is first seen, and again whenever its status has changed.
	OnChange func(Drain)
}

// WaitForStatus looks at a drain until it has the status that is wanted, and returns it. For [DrainStatusDeleted] one that is not found is
// as good, and a Drain with the id only is returned. Bound the wait by the context.
//
//	GET /v4/drains/organisations/{ownerId}/applications/{applicationId}/drains/{drainId}
func (s *DrainsService) WaitForStatus(ctx context.Context, owner OwnerID, app ApplicationID, id DrainID, want DrainStatus, w DrainWait, opts ...CallOption) (*Drain, error) {
	var last *Drain
	gone := false
	drain, err := waitUntil(ctx, "drains.wait-for-status",
		Wait{Interval: w.Interval, MaxInterval: w.MaxInterval, NotFoundGrace: newThing},
		func(ctx context.Context) (*Drain, error) {
			d, err := s.Get(ctx, owner, app, id, opts...)
			if gone = want == DrainStatusDeleted && errors.Is(err, ErrNotFound); gone {
				return &Drain{ID: id}, nil
			}
			return d, err
		},
		func(d *Drain) (bool, error) {
			if w.OnChange != nil && !gone && (last == nil || last.Status.Status != d.Status.Status) {
				w.OnChange(*d)
			}
			last = d
			return gone || d.Status.Status == want, nil
		},
		func(d *Drain) string { return string(d.Status.Status) })
	if err != nil {
		return nil, err
	}
	return drain, nil
}
