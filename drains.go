package clevercloud

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/clevercloud-go/clevercloud/internal/query"
)

// DrainsService forwards the logs of an application to another system.
// See https://www.clever-cloud.com/developers/api/v4/#create-a-logs-drain.
type DrainsService service

const drainsPath = "/v4/drains/organisations/{ownerId}/applications/{applicationId}/drains"

var (
	drainsCreate = operation[DrainInput, *Drain]{
		id: "drains.create", method: http.MethodPost, repeat: once, path: drainsPath,
	}
	drainsList = operation[DrainQuery, []Drain]{
		id: "drains.list", method: http.MethodGet, repeat: always, path: drainsPath,
	}
	drainsGet = operation[none, *Drain]{
		id: "drains.get", method: http.MethodGet, repeat: always, path: drainsPath + "/{drainId}",
	}
	drainsDelete = operation[none, *Drain]{
		id: "drains.delete", method: http.MethodDelete, repeat: always, path: drainsPath + "/{drainId}",
		ifEmpty: func(ids []string) *Drain { return &Drain{ID: DrainID(ids[len(ids)-1])} },
	}
)

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
		*plain
		Recipient json.RawMessage `json:"recipient"`
	}{plain: (*plain)(d)}
	if err := json.Unmarshal(data, &aux); err != nil {
		return err
	}
	if len(aux.Recipient) == 0 || string(aux.Recipient) == "null" {
		return nil
	}
	var err error
	d.Recipient, d.recipientType, err = decodeRecipient(aux.Recipient)
	return err
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
		aux.Recipient = encodeRecipient(d.Recipient, firstOf(d.recipientType, d.Recipient.typeName(CurrentDrainTypeNames)), true)
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
