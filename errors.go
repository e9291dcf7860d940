package clevercloud

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/clevercloud-go/clevercloud/internal/redact"
)

// Errors to compare with by [errors.Is].
var (
	// ErrBadRequest is status 400 or 422: the API rejected a parameter or the body, see
	// [APIError.Fields].
	ErrBadRequest = errors.New("bad request")
	// ErrUnauthorized is status 401: credentials are missing, wrong or expired.
	ErrUnauthorized = errors.New("unauthorized")
	// ErrForbidden is status 403, except for [ErrRateLimited] of the v2 API.
	ErrForbidden = errors.New("forbidden")
	// ErrNotFound is status 404: the ID does not exist, or not for this owner. After a deletion was
	// retried, it can mean that an earlier attempt was applied.
	ErrNotFound = errors.New("not found")
	// ErrConflict is status 409.
	ErrConflict = errors.New("conflict")
	// ErrRateLimited is status 429, a code that ends in too-many-requests, or status 403 with id
	// 403 of the v2 API. See [APIError.RetryAfter].
	ErrRateLimited = errors.New("rate limited")
	// ErrQuotaExceeded is the code clever.core.quota-exceeded with any status.
	ErrQuotaExceeded = errors.New("quota exceeded")
	// ErrPreconditionFailed is status 412.
	ErrPreconditionFailed = errors.New("precondition failed")
	// ErrUnavailable is status 408 or 5xx, a refused or broken connection, or an attempt that timed
	// out. The call may succeed later.
	ErrUnavailable = errors.New("unavailable")
	// ErrMaybeApplied reports that a failed write may have been applied: there was no response, or
	// a response with status 408 or 5xx, or one that cannot be decoded. A call that is not
	// idempotent is not retried then. Check the state before calling again.
	ErrMaybeApplied = errors.New("may have been applied")
	// ErrInvalidArgument reports a [ValidationError].
	ErrInvalidArgument = errors.New("invalid argument")
	// ErrEventTooLarge reports an event larger than [LogQuery.MaxEventSize]. It is the cause of a
	// [LogDecodeError].
	ErrEventTooLarge = errors.New("event too large")
)

// ValidationError reports an invalid argument or option. Nothing was sent. It matches
// [ErrInvalidArgument].
type ValidationError struct {
	// Operation is the operation, such as "drains.get". It is empty for an option of [New].
	Operation string
	// Argument is a path parameter, a field or an option, such as "drainId", "Recipient.URL" or
	// "WithTimeout".
	Argument string
	// Reason tells what the argument must be.
	Reason string

	target string
}

// Error returns one line, such as "clevercloud: drains.get: drainId must not be empty".
func (e *ValidationError) Error() string {
	if e.Operation == "" {
		return fmt.Sprintf("clevercloud: %s: %s", e.Argument, e.Reason)
	}
	return fmt.Sprintf("clevercloud: %s: %s %s", title(e.Operation, e.target), e.Argument, e.Reason)
}

// invalid returns the error for an argument of an operation.
func invalid(operation, argument, reason string) error {
	return &ValidationError{Operation: operation, Argument: argument, Reason: reason}
}

// title names an operation in an error, with the target of a call of [Client.Do].
func title(operation, target string) string { return strings.TrimSpace(operation + " " + target) }

// Is reports whether target is [ErrInvalidArgument].
func (e *ValidationError) Is(target error) bool { return target == ErrInvalidArgument }

// APIError reports a response with a status other than 2xx. It matches the errors of this package
// that its status and code stand for.
type APIError struct {
	// StatusCode is the HTTP status.
	StatusCode int
	// Code is the API's code, such as "clever.core.not-found", or the number of a v2 error. It may
	// be empty.
	Code string
	// Message is the API's text for a person. It may be empty.
	Message string
	// RequestID is the Sozu-Id header. Quote it to Clever Cloud's support.
	RequestID string
	// APIRequestID is the backend's own ID, from the body.
	APIRequestID string
	// Fields lists the rejected parts of the request, if the API named them.
	Fields []FieldError
	// Context is the context object of the body, nil if there is none.
	Context json.RawMessage
	// Operation is the operation, such as "drains.get".
	Operation string
	// Method is the HTTP method. Path is the path's template, without IDs and query.
	Method, Path string
	// Attempts is the number of requests.
	Attempts int
	// RetryAfter is the delay that the API asked for, 0 if none.
	RetryAfter time.Duration
	// Header is the header of the response, without secrets.
	Header http.Header
	// Body is the body of the response, at most 1 MiB, without secrets.
	Body []byte

	// hint says more about what to do.
	hint, target            string
	transient, maybeApplied bool
}

// FieldError describes a rejected part of a request.
type FieldError struct {
	// Name is a parameter or a path in the body, such as "limit" or "recipient.url".
	Name string
	// Value is the rejected value, sometimes a sentence about it.
	Value string
	// Reason is empty if the API sends none.
	Reason string
}

// Error returns one line without query, headers and body:
//
//	clevercloud: drains.list: 403 forbidden: not allowed (clever.core.forbidden, sozu-id 01K3…)
//
// For a status 404 it names the IDs that were asked for, too.
func (e *APIError) Error() string {
	text := "clevercloud: " + title(e.Operation, e.target) + ": " + e.status()
	if said := e.said(); said != "" {
		text += ": " + said
	}
	if e.hint != "" {
		text += "; " + e.hint
	}
	if notes := e.notes(); len(notes) > 0 {
		text += " (" + strings.Join(notes, ", ") + ")"
	}
	return text
}

func (e *APIError) status() string {
	text := strings.ToLower(http.StatusText(e.StatusCode))
	return strings.TrimSpace(strconv.Itoa(e.StatusCode) + " " + text)
}

// said joins the API's texts. Those about fields are more precise than the message.
func (e *APIError) said() string {
	var parts []string
	for _, f := range e.Fields {
		switch {
		case f.Reason != "":
			parts = append(parts, f.Name+": "+f.Reason)
		case f.Value != "":
			parts = append(parts, fmt.Sprintf("%s: %q", f.Name, f.Value))
		default:
			parts = append(parts, f.Name)
		}
	}
	text := e.Message
	if len(parts) > 0 {
		text = strings.TrimPrefix(text+": "+strings.Join(parts, ", "), ": ")
	}
	return redact.Line(text, 512)
}

func (e *APIError) notes() []string {
	var notes []string
	if e.Code != "" {
		notes = append(notes, redact.Line(e.Code, 64))
	}
	if e.Code == "" && e.Message == "" && len(e.Body) > 0 {
		kind, _, _ := mime.ParseMediaType(e.Header.Get("Content-Type"))
		if coding := e.Header.Get("Content-Encoding"); coding != "" {
			kind += " encoded as " + coding
		}
		note := fmt.Sprintf("%s, %d bytes", redact.Line(kind, 64), len(e.Body))
		notes = append(notes, strings.TrimPrefix(note, ", "))
	}
	if e.RetryAfter > 0 {
		notes = append(notes, "retry after "+e.RetryAfter.Round(time.Millisecond).String())
	}
	if e.Attempts > 1 {
		notes = append(notes, strconv.Itoa(e.Attempts)+" attempts")
	}
	if e.RequestID != "" {
		notes = append(notes, "sozu-id "+redact.Line(e.RequestID, 64))
	}
	return notes
}

// Is reports whether the status and code of e stand for target.
func (e *APIError) Is(target error) bool {
	limited := e.StatusCode == http.StatusTooManyRequests ||
		e.StatusCode == http.StatusForbidden && e.Code == "403" ||
		strings.HasSuffix(e.Code, ".too-many-requests")
	switch target {
	case ErrRateLimited:
		return limited
	case ErrQuotaExceeded:
		return e.Code == "clever.core.quota-exceeded"
	case ErrMaybeApplied:
		return e.maybeApplied
	case ErrUnavailable:
		return e.StatusCode == http.StatusRequestTimeout || e.StatusCode >= 500
	}
	byStatus := map[int]error{
		400: ErrBadRequest, 401: ErrUnauthorized, 403: ErrForbidden, 404: ErrNotFound,
		409: ErrConflict, 412: ErrPreconditionFailed, 422: ErrBadRequest,
	}
	return target == byStatus[e.StatusCode] && (target != ErrForbidden || !limited)
}

// DecodeError reports a 2xx response whose body is not the expected result: not JSON, truncated, or
// of another shape. If the operation writes, it was applied.
type DecodeError struct {
	// Operation is the operation, such as "drains.get".
	Operation string
	// Path is a JSON pointer to the value, such as "/3/dns/a". It is empty for the whole body.
	Path string
	// RequestID is the Sozu-Id header.
	RequestID string
	// Body is the beginning of the body, at most 1 KiB. It is nil if the operation returns secrets.
	Body []byte

	err    error
	target string
	write  bool
}

// Error returns one line, such as "clevercloud: zones.list: decode response: /3/lat: expected
// number, got string".
func (e *DecodeError) Error() string {
	text := "clevercloud: " + title(e.Operation, e.target) + ": decode response: "
	if e.Path != "" {
		text += redact.Line(e.Path, 256) + ": "
	}
	if e.err != nil {
		text += redact.Line(e.err.Error(), 512)
	}
	if e.RequestID != "" {
		text += " (sozu-id " + redact.Line(e.RequestID, 64) + ")"
	}
	return text
}

// Unwrap returns the cause.
func (e *DecodeError) Unwrap() error { return e.err }

// Is reports whether target is [ErrMaybeApplied] and the operation writes.
func (e *DecodeError) Is(target error) bool { return target == ErrMaybeApplied && e.write }

// RequestError reports a call that got no usable response: the connection failed, an attempt timed
// out, or the context was done. It wraps the cause. If an earlier attempt got a response, it also
// wraps the [*APIError] of that attempt.
type RequestError struct {
	// Operation is such as "drains.create".
	Operation string
	// Attempts is the number of requests, 0 if none was sent.
	Attempts int
	// MaybeApplied reports whether a write may have been applied. It is false if no request reached
	// a server, and for calls that only read.
	MaybeApplied bool

	err  error
	last *APIError
	// text replaces the text of err.
	text, target string
	// transient says that the call may be made again, unavailable that it may succeed later.
	transient, unavailable bool
}

// Error returns one line:
//
//	clevercloud: drains.create: connection reset by peer; the request may have been applied
func (e *RequestError) Error() string {
	text := e.text
	if text == "" && e.err != nil {
		text = redact.Line(e.err.Error(), 512)
	}
	if e.MaybeApplied {
		text += "; the request may have been applied"
	}
	var notes []string
	if e.Attempts > 1 {
		notes = append(notes, strconv.Itoa(e.Attempts)+" attempts")
	}
	if e.last != nil {
		notes = append(notes, "last: "+e.last.status())
	}
	if len(notes) > 0 {
		text += " (" + strings.Join(notes, ", ") + ")"
	}
	return "clevercloud: " + title(e.Operation, e.target) + ": " + text
}

// Unwrap returns the cause and the [*APIError] of an earlier attempt, if there was one.
func (e *RequestError) Unwrap() []error {
	var errs []error
	if e.err != nil {
		errs = append(errs, e.err)
	}
	if e.last != nil {
		errs = append(errs, e.last)
	}
	return errs
}

// Is reports whether e is [ErrMaybeApplied] or [ErrUnavailable].
func (e *RequestError) Is(target error) bool {
	return target == ErrMaybeApplied && e.MaybeApplied || target == ErrUnavailable && e.unavailable
}

// Timeout reports whether a timeout is the cause.
func (e *RequestError) Timeout() bool {
	var t interface{ Timeout() bool }
	return errors.Is(e.err, context.DeadlineExceeded) || errors.As(e.err, &t) && t.Timeout()
}

// IsTransient reports whether the same call may succeed later and may be made again. The retry
// loop, the waiters and the streams use this rule. Transient are connection errors, timeouts and
// the statuses 408, 425, 429, 500, 502, 503 and 504.
//
// A call that is not idempotent and may have been applied is not transient, nor is any call once
// the context is done.
func IsTransient(err error) bool {
	if request, ok := errors.AsType[*RequestError](err); ok {
		return request.transient
	}
	answer, ok := errors.AsType[*APIError](err)
	return ok && answer.transient
}
