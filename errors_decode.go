package clevercloud

import (
	"bytes"
	"cmp"
	stdjson "encoding/json"
	"errors"
	"fmt"
	"maps"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/clevercloud-go/clevercloud/auth"
	"github.com/clevercloud-go/clevercloud/internal/redact"
	"github.com/clevercloud-go/clevercloud/internal/transport"
)

// apiError describes the last response outside 2xx.
func (x *exchange) apiError() *APIError {
	rejected := x.Rejected
	e := &APIError{
		StatusCode: rejected.StatusCode, Attempts: x.Attempts,
		Operation: x.id, Method: x.method, Path: x.path,
		RequestID: requestID(rejected.Header), Header: rejected.Header, Body: x.RejectedBody,
		target: x.target(), maybeApplied: x.MaybeApplied,
	}
	e.transient = transport.Transient(x.idempotent, e.StatusCode) && x.ctx.Err() == nil
	e.RetryAfter, _ = transport.RetryAfter(e.Header, time.Now())
	decodeErrorBody(e)
	e.hint = x.hint(e.StatusCode)
	return e
}

// failure makes the error of a call without a usable response, or whose response was interrupted.
func (x *exchange) failure(err error) *RequestError {
	e := &RequestError{
		Operation: x.id, target: x.target(),
		Attempts: x.Attempts, MaybeApplied: x.MaybeApplied, err: err,
	}
	if x.Rejected != nil {
		e.last = x.apiError()
	}
	if failure, ok := errors.AsType[*transport.Failure](err); ok {
		e.err, e.unavailable = failure.Err, !failure.Permanent
		e.transient = failure.Transient(x.idempotent)
	} else { // reading the body failed
		e.transient, e.unavailable = x.idempotent, true
		e.MaybeApplied = !transport.IsRead(x.method)
	}
	if x.ctx.Err() != nil {
		e.err, e.transient, e.unavailable = endOf(x.ctx), false, false
	}
	return e
}

// decodeError makes the error of a success whose body is not what was expected.
func (x *exchange) decodeError(body []byte, err error) error {
	hide := x.Redactor()
	e := &DecodeError{
		Operation: x.id, target: x.target(), write: !transport.IsRead(x.method),
		RequestID: hide.Text(requestID(x.Response.Header)),
	}
	if !x.secretResult {
		// A secret that the limit would cut is removed before it.
		excerpt := hide.Body(bytes.Clone(body[:min(len(body), 8<<10)]))
		e.Body = excerpt[:min(len(excerpt), 1<<10)]
	}
	e.Path, e.err = decodeCause(err)
	e.err = hide.Error(e.err)
	plain := strings.NewReplacer("~1", "/", "~0", "~").Replace(e.Path)
	if shown := hide.Text(plain); shown != plain {
		e.Path = shown
	}
	return e
}

// redacted stands for a secret.
const redacted = redact.Mark

// An errorBody is the union of the error bodies seen: v4 (two families of context and an older
// spelling, with api_request_id), v2, and the bridge.
type errorBody struct {
	APIRequestID   string `json:"apiRequestId"`
	Code, ID       string
	Message, Error string
	// Context and Fields may be anything.
	Context, Fields jsontext.Value
}

// decodeErrorBody sets the fields of e that the body has. A body without any, such as HTML, leaves
// e as it is. A line of plain text is the message.
func decodeErrorBody(e *APIError) {
	body := bytes.TrimSpace(withoutMark(e.Body))
	if decodeLoose(body, &e.Message) == nil {
		return
	}
	kind, _, _ := mime.ParseMediaType(e.Header.Get("Content-Type"))
	isLine := len(body) <= 512 && utf8.Valid(body) && !bytes.ContainsAny(body, "\r\n{<")
	if kind == "text/plain" && isLine {
		e.Message = string(body)
		return
	}
	var b errorBody
	_ = unmarshal(body, &b)
	e.APIRequestID, e.Code = b.APIRequestID, cmp.Or(b.Code, b.ID)
	e.Message = cmp.Or(b.Message, b.Error)
	if b.Context.Kind() != 'n' {
		e.Context = stdjson.RawMessage(b.Context)
		e.Fields = contextFields(b.Context)
	}
	e.Fields = append(e.Fields, namedFields(b.Fields)...)
}

// contextFields flattens a context to the fields it names; contexts that name none give none. The
// older spelling has the name of a class as its one key: {"OVDErrorFieldContext": {…}}.
func contextFields(context jsontext.Value) []FieldError {
	var byClass map[string]jsontext.Value
	fields := fieldsOf(context)
	if len(fields) == 0 && decodeLoose(context, &byClass) == nil && len(byClass) == 1 {
		for _, inner := range byClass {
			fields = fieldsOf(inner)
		}
	}
	return fields
}

// fieldsOf reads the fields that a context of either family names.
func fieldsOf(context jsontext.Value) []FieldError {
	var c struct {
		FieldName, FieldValue string

		Name  string
		Error *struct{ Value, Reason string }

		Fields            jsontext.Value
		InputNames, Names []string
	}
	if unmarshal(context, &c) != nil {
		return nil
	}
	var fields []FieldError
	if c.FieldName != "" {
		fields = append(fields, FieldError{Name: c.FieldName, Value: c.FieldValue})
	}
	if c.Name != "" && c.Error != nil {
		fields = append(fields, FieldError{c.Name, c.Error.Value, c.Error.Reason})
	}
	fields = append(fields, namedFields(c.Fields)...)
	for _, name := range append(c.InputNames, c.Names...) {
		fields = append(fields, FieldError{Name: name})
	}
	return fields
}

// namedFields reads what is said of each field: a text (v2), or an object of either family.
func namedFields(fields jsontext.Value) (named []FieldError) {
	var byName map[string]jsontext.Value
	_ = decodeLoose(fields, &byName)
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		var c struct{ FieldValue, Value, Reason string }
		if unmarshal(byName[name], &c) != nil {
			_ = unmarshal(byName[name], &c.Reason)
		}
		named = append(named, FieldError{name, cmp.Or(c.FieldValue, c.Value), c.Reason})
	}
	return named
}

// decodeLoose decodes data that is of no interest unless it is of the type of out.
func decodeLoose(data []byte, out any) error { return json.Unmarshal(data, out, resultOptions()) }

// hint returns advice to add to the API's message, "" if there is none.
func (x *exchange) hint(status int) string {
	switch status {
	case http.StatusNotFound:
		return notFoundHint(x.path, x.ids)
	case http.StatusUnauthorized:
		return credentialsHint(x.core.config.auth)
	}
	return ""
}

func credentialsHint(a auth.Authenticator) string {
	if a == nil {
		return "the client has no credentials, see WithAuth"
	}
	text := "the API rejected the credentials"
	if s, ok := a.(auth.Sourced); ok && s.Source() != "" {
		text += " from " + s.Source()
	}
	return text + "; \"clever tokens create NAME\" makes a token for CLEVER_API_TOKEN"
}

// notFoundHint names the ids that a call was about and, where the form of one does not fit its
// place, the likely mistake.
func notFoundHint(path string, ids []string) string {
	var named []string
	mistake := ""
	for _, id := range ids {
		_, rest, _ := strings.Cut(path, "{")
		name, after, _ := strings.Cut(rest, "}")
		path = after
		named = append(named, name+" "+redact.Line(id, 80))
		mistake = cmp.Or(mistake, misplaced(name, id))
	}
	text := strings.Join(named, ", ")
	if mistake != "" {
		text += "; " + mistake
	}
	return text
}

// misplaced returns what is wrong with the form of an id for the placeholder of that name, "" if
// nothing is or if the form is not known.
func misplaced(placeholder, id string) string {
	prefix, _, found := strings.Cut(id, "_")
	quoted := fmt.Sprintf("%q", redact.Line(id, 80))
	isReal := isOneOf(placeholder,
		"realAddonId", "addon-id", "pulsarId", "operator_id", "resourceId", "memberId")
	switch {
	case isReal && !found:
		return quoted + " has no prefix and may be a name; Identity.Resolve finds the real id"
	case isReal && prefix == "addon":
		return "the real id is wanted, such as postgresql_… or keycloak_…, " +
			"not the add-on's; Identity.Resolve finds it"
	}
	prefixes := prefixesOf(placeholder)
	if prefixes == nil || found && slices.Contains(prefixes, prefix) {
		return ""
	}
	mistake := placeholder + " has the form " + prefixes[0] + "_…"
	if !found {
		mistake += ", and " + quoted + " may be a name"
	}
	return mistake + "; Identity.Resolve finds the id"
}
