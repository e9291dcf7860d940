package clevercloud

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

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
	hide := x.redactor()
	e := &APIError{
		StatusCode: failed.StatusCode, Operation: x.id, Method: x.method, Path: x.path, Attempts: x.call.Attempts,
		RequestID: requestID(failed.Header), Header: hide.header(failed.Header), Body: hide.bytes(x.call.FailedPayload),
	}
	e.RetryAfter, _ = transport.RetryAfter(failed.Header, time.Now())
	decodeErrorBody(e.Body, e)
	return e
}

// failure makes the error of a call that got no answer, or whose answer broke off.
func (x *exchange) failure(err error) error {
	e := &callError{operation: x.id, attempts: x.call.Attempts, err: err, last: x.apiError()}
	e.permanent = transport.IsPermanent(err)
	var permanent *transport.Permanent
	if errors.As(err, &permanent) {
		e.err = permanent.Err
	}
	if ended := x.ctx.Err(); ended != nil {
		e.text, e.err, e.permanent = ended.Error(), endOf(x.ctx), true
	}
	if x.call.Refused > 0 {
		e.text = fmt.Sprintf("%v; not repeated, a wait would outlast the context", err)
		e.err = errors.Join(context.DeadlineExceeded, e.err)
	}
	if !x.repeat && x.method != http.MethodGet && x.call.Attempts > 0 && !x.call.Unsent && permanent == nil {
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
	e := &DecodeError{Operation: x.id, RequestID: requestID(x.call.Response.Header), err: err}
	e.Body = x.redactor().bytes(bytes.Clone(body[:min(len(body), 1<<10)]))
	var at *wire.Error
	if errors.As(err, &at) {
		e.Path, e.err = at.Path, at.Err
	}
	return e
}

// A redactor removes secrets that were sent from what came back: an API that echoes a request must not make its errors a leak.
type redactor []string

func (x *exchange) redactor() redactor {
	var r redactor
	for _, secret := range append(authorizationSecrets(x.call.Authorization), x.secrets...) {
		if len(secret) < minSecret {
			continue
		}
		r = append(r, escapings(secret)...)
		r = append(r, url.QueryEscape(secret), url.PathEscape(secret),
			base64.StdEncoding.EncodeToString([]byte(secret)), base64.URLEncoding.EncodeToString([]byte(secret)))
	}
	slices.SortFunc(r, func(a, b string) int { return len(b) - len(a) })
	return slices.Compact(r)
}

// escapings returns text as it is and as JSON holds it: written by encoding/json, which escapes more than others, or by others; also
// where a whole request is echoed as a text, and all of it is escaped once more.
func escapings(text string) []string {
	forms := []string{text}
	for range 2 {
		for _, form := range forms {
			quoted, _ := json.Marshal(form)
			plain := quote(form)
			forms = append(forms, string(quoted[1:len(quoted)-1]), plain[1:len(plain)-1])
		}
	}
	return forms
}

// minSecret is the length under which a replacement would hide more of the text than of the secret.
const minSecret = 4

const redacted = "[redacted]"

func (r redactor) bytes(b []byte) []byte {
	for _, secret := range r {
		b = bytes.ReplaceAll(b, []byte(secret), []byte(redacted))
	}
	return b
}

func (r redactor) header(h http.Header) http.Header {
	own := h.Clone()
	for _, values := range own {
		for i, value := range values {
			values[i] = string(r.bytes([]byte(value)))
		}
	}
	return own
}

// authorizationSecrets takes the secrets out of an Authorization header: a token, or what an OAuth 1 signature consists of.
func authorizationSecrets(header string) []string {
	scheme, rest, _ := strings.Cut(header, " ")
	if !strings.EqualFold(scheme, "OAuth") {
		return []string{header, rest}
	}
	_, signature, _ := strings.Cut(rest, `oauth_signature="`)
	signature, _, _ = strings.Cut(signature, `"`)
	secrets := []string{header, signature}
	if plain, err := url.PathUnescape(signature); err == nil {
		for part := range strings.SplitSeq(plain, "&") {
			secrets = append(secrets, part)
			if text, err := url.PathUnescape(part); err == nil {
				secrets = append(secrets, text)
			}
		}
	}
	return secrets
}
