package clevercloud

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/clevercloud-go/clevercloud/internal/redact"
	"github.com/clevercloud-go/clevercloud/internal/transport"
	"github.com/clevercloud-go/clevercloud/internal/wire"
)

// rejection makes the error of an answer outside 2xx.
func (x *exchange) rejection() error {
	err := x.apiError()
	if wait := x.call.Refused; wait > 0 {
		return &callError{
			operation: x.id, attempts: x.call.Attempts, last: err, err: context.DeadlineExceeded,
			text: fmt.Sprintf("not repeated, a wait of %v would outlast the context", wait.Round(time.Millisecond)),
		}
	}
	return err
}

// apiError describes the last answer outside 2xx, nil if there was none.
func (x *exchange) apiError() *APIError {
	failed := x.call.Failed
	if failed == nil {
		return nil
	}
	e := &APIError{
		StatusCode: failed.StatusCode, Operation: x.id, Method: x.method, Path: x.path, Attempts: x.call.Attempts,
		RequestID: requestID(failed.Header), Header: failed.Header, Body: x.call.FailedPayload,
	}
	e.RetryAfter, _ = transport.RetryAfter(failed.Header, time.Now())
	decodeErrorBody(e.Body, e)
	x.call.Redactor().Texts(e.texts()...)
	return e
}

// failure makes the error of a call that got no answer, or whose answer broke off.
func (x *exchange) failure(err error) error {
	e := &callError{operation: x.id, attempts: x.call.Attempts, err: err, last: x.apiError()}
	e.permanent = transport.IsPermanent(err)
	if ended := x.ctx.Err(); ended != nil {
		e.text, e.err, e.permanent = ended.Error(), endOf(x.ctx), true
	}
	if x.call.Refused > 0 {
		e.text = printable(err.Error(), 512) + "; not repeated, a wait would outlast the context"
		e.err = errors.Join(context.DeadlineExceeded, e.err)
	}
	var permanent *transport.Permanent
	if !x.idempotent && !x.call.Unsent && !errors.As(err, &permanent) {
		e.text = firstOf(e.text, printable(err.Error(), 512)) + "; the request may have been carried out"
	}
	return e
}

// passing reports whether the same call may work later: the rule of the retry loop, for those that repeat by themselves.
func passing(err error) bool {
	var answer *APIError
	var silence *callError
	switch {
	case errors.As(err, &silence):
		return !silence.permanent
	case errors.As(err, &answer):
		return transport.Passing(answer.StatusCode)
	}
	return false
}

// decodeError makes the error of a 2xx whose body is not what was expected.
func (x *exchange) decodeError(body []byte, err error) error {
	hide := x.call.Redactor()
	e := &DecodeError{Operation: x.id, RequestID: hide.Text(requestID(x.call.Response.Header)), err: err}
	if !x.secretResult {
		// A secret that the bound would cut is removed before it.
		excerpt := hide.Body(bytes.Clone(body[:min(len(body), decodeErrorWindow)]))
		e.Body = excerpt[:min(len(excerpt), 1<<10)]
	}
	var at *wire.Error
	if errors.As(err, &at) {
		e.Path, e.err = at.Path, at.Err
	}
	e.err = hide.Error(e.err)
	return e
}

// decodeErrorWindow is how much of a body is looked at for what an error keeps of it.
const decodeErrorWindow = 8 << 10

// redacted stands for a secret.
const redacted = redact.Mark
