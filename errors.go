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
)

// Kinds of failure, for [errors.Is]. An [*APIError] matches every kind that its status and code say.
var (
	// ErrBadRequest is status 400 or 422: the API did not accept a parameter or the body; see [APIError.Fields].
	ErrBadRequest = errors.New("bad request")
	// ErrUnauthorized is status 401: credentials are missing, wrong or expired.
	ErrUnauthorized = errors.New("unauthorized")
	// ErrForbidden is status 403, unless it is the v2 API's way of saying ErrRateLimited.
	ErrForbidden = errors.New("forbidden")
	// ErrNotFound is status 404: no such id, or not for this owner.
	ErrNotFound = errors.New("not found")
	// ErrConflict is status 409.
	ErrConflict = errors.New("conflict")
	// ErrRateLimited is status 429, a code that ends in too-many-requests, or a v2 body with id 403.
	ErrRateLimited = errors.New("rate limited")
	// ErrQuotaExceeded is the code clever.core.quota-exceeded, whatever the status.
	ErrQuotaExceeded = errors.New("quota exceeded")
	// ErrPreconditionFailed is status 412.
	ErrPreconditionFailed = errors.New("precondition failed")
	// ErrUnavailable is status 408 or any 5xx, a refused or broken connection, or an attempt's timeout:
	// the same call may succeed later.
	ErrUnavailable = errors.New("unavailable")
	// ErrMaybeApplied says that a write may have been applied although it failed: no response came, or
	// one of status 408 or 5xx, or one that cannot be decoded. It states a fact, also about writes that
	// are idempotent. Look at what the call was to change before you make it again.
	ErrMaybeApplied = errors.New("may have been applied")
	// ErrInvalidArgument is an argument or option refused before anything was sent; see [ValidationError].
	ErrInvalidArgument = errors.New("invalid argument")
	// ErrEventTooLarge is an event of a stream over [LogQuery.MaxEventSize]. It is the cause of a
	// [LogDecodeError].
	ErrEventTooLarge = errors.New("event too large")
)

// A ValidationError is an argument or option that was refused. Nothing was sent. It is [ErrInvalidArgument].
type ValidationError struct {
	// Operation is the id of the call, drains.get for example; empty for an option of [New].
	Operation string
	// Argument is the placeholder of the path, the field or the option: drainId, Recipient.URL, WithTimeout.
	Argument string
	// Reason says what it must be.
	Reason string

	target string
}

// Error returns one line: clevercloud: drains.get: drainId must not be empty.
func (e *ValidationError) Error() string {
	if e.Operation == "" {
		return fmt.Sprintf("clevercloud: %s: %s", e.Argument, e.Reason)
	}
	return fmt.Sprintf("clevercloud: %s: %s %s", title(e.Operation, e.target), e.Argument, e.Reason)
}

// title names an operation in an error, together with what a call of [Client.Do] was for.
func title(operation, target string) string {
	if target != "" {
		return operation + " " + target
	}
	return operation
}

// Is makes every ValidationError an [ErrInvalidArgument].
func (e *ValidationError) Is(target error) bool { return target == ErrInvalidArgument }

// An APIError is an answer outside 2xx. Compare it with [errors.Is] against [ErrNotFound] and the others, or get at its parts with
// [errors.As].
type APIError struct {
	// StatusCode is the HTTP status.
	StatusCode int
	// Code is the API's own code, clever.core.not-found for example; the number of a v2 error as text; empty if the body has none.
	Code string
	// Message is the API's text for a person, empty if the body has none.
	Message string
	// RequestID is the Sozu-Id header: quote it to Clever Cloud's support.
	RequestID string
	// APIRequestID is the backend's own id, from the body.
	APIRequestID string
	// Fields are the parts of the request that were refused, if the API named them.
	Fields []FieldError
	// Context is the body's context object as it came, nil if there is none.
	Context json.RawMessage
	// Operation is the id of the call: drains.get.
	Operation string
	// Method and Path are those of the request; Path is the template, without ids and query.
	Method, Path string
	// Attempts counts the requests sent, 1 if nothing was repeated.
	Attempts int
	// RetryAfter is what the API asked to wait before the next try, 0 if it did not.
	RetryAfter time.Duration
	// Header is the response's.
	Header http.Header
	// Body is the response's, 1 MiB of it at most.
	Body []byte

	// hint says more about what to do.
	hint, target            string
	transient, maybeApplied bool
}

// A FieldError is one refused part of a request.
type FieldError struct {
	// Name is the parameter or the path in the body: limit, recipient.url.
	Name string
	// Value is what was refused, sometimes a sentence about it.
	Value string
	// Reason is why, empty if the API does not say.
	Reason string
}

// Error returns one line without the query, headers or body:
//
//	clevercloud: drains.get: 404 not found: no drain with this id (clever.core.not-found, sozu-id 01K3…)
func (e *APIError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "clevercloud: %s: %s", title(e.Operation, e.target), e.status())
	if said := e.said(); said != "" {
		b.WriteString(": " + said)
	}
	if e.hint != "" {
		b.WriteString("; " + e.hint)
	}
	if notes := e.notes(); len(notes) > 0 {
		fmt.Fprintf(&b, " (%s)", strings.Join(notes, ", "))
	}
	return b.String()
}

func (e *APIError) status() string {
	return strings.TrimSpace(strconv.Itoa(e.StatusCode) + " " + strings.ToLower(http.StatusText(e.StatusCode)))
}

// said joins the API's words: those about fields are more precise than the message.
func (e *APIError) said() string {
	parts := make([]string, 0, len(e.Fields))
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
	return printable(text, 512)
}

func (e *APIError) notes() []string {
	var notes []string
	if e.Code != "" {
		notes = append(notes, printable(e.Code, 64))
	}
	if e.Code == "" && e.Message == "" && len(e.Body) > 0 {
		kind, _, _ := mime.ParseMediaType(e.Header.Get("Content-Type"))
		if coding := e.Header.Get("Content-Encoding"); coding != "" {
			kind += " encoded as " + coding
		}
		notes = append(notes, strings.TrimPrefix(fmt.Sprintf("%s, %d bytes", printable(kind, 64), len(e.Body)), ", "))
	}
	if e.RetryAfter > 0 {
		notes = append(notes, "retry after "+e.RetryAfter.Round(time.Millisecond).String())
	}
	if e.Attempts > 1 {
		notes = append(notes, strconv.Itoa(e.Attempts)+" attempts")
	}
	if e.RequestID != "" {
		notes = append(notes, "sozu-id "+printable(e.RequestID, 64))
	}
	return notes
}

// Is reports whether e is of the kind target, one of the errors of this package.
func (e *APIError) Is(target error) bool {
	switch target {
	case ErrBadRequest:
		return e.StatusCode == http.StatusBadRequest || e.StatusCode == http.StatusUnprocessableEntity
	case ErrUnauthorized:
		return e.StatusCode == http.StatusUnauthorized
	case ErrForbidden:
		return e.StatusCode == http.StatusForbidden && !e.rateLimited()
	case ErrNotFound:
		return e.StatusCode == http.StatusNotFound
	case ErrConflict:
		return e.StatusCode == http.StatusConflict
	case ErrRateLimited:
		return e.rateLimited()
	case ErrQuotaExceeded:
		return e.Code == "clever.core.quota-exceeded"
	case ErrPreconditionFailed:
		return e.StatusCode == http.StatusPreconditionFailed
	case ErrMaybeApplied:
		return e.maybeApplied
	case ErrUnavailable:
		return e.StatusCode == http.StatusRequestTimeout || e.StatusCode >= 500
	}
	return false
}

func (e *APIError) rateLimited() bool {
	return e.StatusCode == http.StatusTooManyRequests || strings.HasSuffix(e.Code, ".too-many-requests") ||
		e.StatusCode == http.StatusForbidden && e.Code == "403"
}

// A DecodeError is an answer in 2xx whose body is not what the operation returns: not JSON, cut off, or of another shape. If the
// operation writes, it has been carried out.
type DecodeError struct {
	// Operation is the id of the call.
	Operation string
	// Path is a JSON pointer to the value at fault, such as /3/dns/a. It is empty for the whole body.
	Path string
	// RequestID is the Sozu-Id header.
	RequestID string
	// Body is the beginning of the body, 1 KiB at most; nil if the operation returns secrets, tokens.create for example.
	Body []byte

	err    error
	target string
	write  bool
}

// Error returns one line: clevercloud: zones.list: decode response: /3/lat: expected number, got string.
func (e *DecodeError) Error() string {
	text := "clevercloud: " + title(e.Operation, e.target) + ": decode response: "
	if e.Path != "" {
		text += printable(e.Path, 256) + ": "
	}
	if e.err != nil {
		text += printable(e.err.Error(), 512)
	}
	if e.RequestID != "" {
		text += " (sozu-id " + printable(e.RequestID, 64) + ")"
	}
	return text
}

// Unwrap returns the cause.
func (e *DecodeError) Unwrap() error { return e.err }

// Is reports whether target is [ErrMaybeApplied] and the operation writes.
func (e *DecodeError) Is(target error) bool { return target == ErrMaybeApplied && e.write }

// A RequestError reports a call that got no usable response: the connection failed, an attempt timed
// out, or the context was done. It wraps the cause. If an earlier attempt was answered, it also wraps
// the [*APIError] of that attempt.
type RequestError struct {
	// Operation is the id of the call, such as drains.create.
	Operation string
	// Attempts counts the requests, 0 if none was made.
	Attempts int
	// MaybeApplied reports whether a write may have been applied. It is false if no request reached a
	// server, and for calls that only read.
	MaybeApplied bool

	err  error
	last *APIError
	// text takes the place of err's own.
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
		text = printable(e.err.Error(), 512)
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

// Unwrap returns the cause and, if an earlier attempt was answered, its [*APIError].
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

// Is reports whether target is [ErrMaybeApplied] or [ErrUnavailable], and e is of that kind.
func (e *RequestError) Is(target error) bool {
	return target == ErrMaybeApplied && e.MaybeApplied || target == ErrUnavailable && e.unavailable
}

// Timeout reports whether a timeout is the cause.
func (e *RequestError) Timeout() bool {
	var t interface{ Timeout() bool }
	return errors.Is(e.err, context.DeadlineExceeded) || errors.As(e.err, &t) && t.Timeout()
}

// IsTransient reports whether the same call may succeed later and may be made again. It is the rule
// of the retry loop, of the waiters and of the streams: connection errors, timeouts, and the statuses
// 408, 425, 429, 500, 502, 503 and 504. It is false for a call that is not idempotent and may have
// been applied, and once the context is done.
func IsTransient(err error) bool {
	var request *RequestError
	var answer *APIError
	switch {
	case errors.As(err, &request):
		return request.transient
	case errors.As(err, &answer):
		return answer.transient
	}
	return false
}

// printable makes text of the server's fit for one line of a log: control characters escaped, length bounded.
func printable(text string, limit int) string {
	var b strings.Builder
	n := 0
	for _, r := range text {
		if n++; n > limit {
			b.WriteString("…")
			break
		}
		if strconv.IsPrint(r) {
			b.WriteRune(r)
		} else {
			b.WriteString(strings.Trim(strconv.QuoteRune(r), "'"))
		}
	}
	return b.String()
}
