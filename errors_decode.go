package clevercloud

import (
	"bytes"
	"cmp"
	stdjson "encoding/json"
	"errors"
	"maps"
	"mime"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

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
	x.Redactor().Texts(e.texts()...)
	e.hint = x.hint(e)
	return e
}

// failure makes the error of a call without a usable response, or whose response was interrupted.
func (x *exchange) failure(err error) *RequestError {
	e := &RequestError{
		Operation: x.id, target: x.target(), Attempts: x.Attempts, MaybeApplied: x.MaybeApplied, err: err,
	}
	if x.Rejected != nil {
		e.last = x.apiError()
	}
	var failure *transport.Failure
	if errors.As(err, &failure) {
		e.err, e.unavailable = failure.Err, !failure.Permanent
		e.transient = failure.Transient(x.idempotent)
	} else { // reading the body failed
		e.transient, e.unavailable = x.idempotent, true
		e.MaybeApplied = !transport.IsRead(x.method)
	}
	if x.ctx.Err() != nil {
		e.text, e.err, e.transient, e.unavailable = endText(x.ctx), endOf(x.ctx), false, false
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
		excerpt := hide.Body(bytes.Clone(body[:min(len(body), decodeErrorWindow)]))
		e.Body = excerpt[:min(len(excerpt), 1<<10)]
	}
	e.Path, e.err = decodeCause(err)
	e.err = hide.Error(e.err)
	return e
}

// decodeErrorWindow is how much of a body is looked at for what an error keeps of it.
const decodeErrorWindow = 8 << 10

// redacted stands for a secret.
const redacted = redact.Mark

// An errorBody is the union of the error bodies seen: v4 (two families of context and an older
// spelling), v2, and the bridge.
type errorBody struct {
	APIRequestID  looseText      `json:"apiRequestId"`
	APIRequestID2 looseText      `json:"api_request_id"`
	Code          looseText      `json:"code"`
	ID            looseText      `json:"id"`
	Message       looseText      `json:"message"`
	Error         looseText      `json:"error"`
	Context       jsontext.Value `json:"context"`
	Fields        jsontext.Value `json:"fields"`
}

// decodeErrorBody fills in what the body tells. One that tells nothing, HTML or empty, leaves e as
// it is; a line of plain text is the message.
func decodeErrorBody(e *APIError) {
	body := bytes.TrimSpace(withoutMark(e.Body))
	var text string
	if decodeLoose(body, &text) == nil {
		e.Message = text
		return
	}
	kind, _, _ := mime.ParseMediaType(e.Header.Get("Content-Type"))
	isLine := len(body) <= 512 && utf8.Valid(body) && !bytes.ContainsAny(body, "\r\n{<")
	if kind == "text/plain" && isLine {
		e.Message = string(body)
		return
	}
	b := decodeMembers(body)
	e.APIRequestID = string(cmp.Or(b.APIRequestID, b.APIRequestID2))
	e.Code = string(cmp.Or(b.Code, b.ID))
	e.Message = string(cmp.Or(b.Message, b.Error))
	if string(b.Context) != "null" {
		e.Context = stdjson.RawMessage(b.Context)
		e.Fields = contextFields(b.Context)
	}
	e.Fields = append(e.Fields, namedFields(b.Fields)...)
}

// texts points to what was decoded: a secret that the body wrote with other escapes than the usual
// shows only now.
func (e *APIError) texts() []*string {
	texts := []*string{&e.Code, &e.Message, &e.APIRequestID}
	for i := range e.Fields {
		texts = append(texts, &e.Fields[i].Name, &e.Fields[i].Value, &e.Fields[i].Reason)
	}
	return texts
}

// decodeMembers reads what an object has of them. Anything else has none.
func decodeMembers(body []byte) (b errorBody) {
	_ = decodeLoose(body, &b)
	return b
}

// An errorContext holds the keys of both families.
type errorContext struct {
	FieldName  looseText `json:"fieldName"`
	FieldValue looseText `json:"fieldValue"`

	Name  looseText `json:"name"`
	Error *struct {
		Value  looseText `json:"value"`
		Reason looseText `json:"reason"`
	} `json:"error"`

	Fields     jsontext.Value `json:"fields"`
	InputNames []string       `json:"inputNames"`
	Names      []string       `json:"names"`
}

// contextFields flattens a context to the fields it names; contexts that name none give none. The
// older spelling has the name of a class as its one key: {"OVDErrorFieldContext": {…}}.
func contextFields(raw jsontext.Value) []FieldError {
	if fields := fieldsOf(raw); len(fields) > 0 {
		return fields
	}
	var byClass map[string]jsontext.Value
	if decodeLoose(raw, &byClass) != nil || len(byClass) != 1 {
		return nil
	}
	for _, inner := range byClass {
		return fieldsOf(inner)
	}
	return nil
}

func fieldsOf(raw jsontext.Value) []FieldError {
	var c errorContext
	if decodeLoose(raw, &c) != nil {
		return nil
	}
	var fields []FieldError
	if c.FieldName != "" {
		fields = append(fields, FieldError{Name: string(c.FieldName), Value: string(c.FieldValue)})
	}
	if c.Name != "" && c.Error != nil {
		fields = append(fields, FieldError{
			Name: string(c.Name), Value: string(c.Error.Value), Reason: string(c.Error.Reason),
		})
	}
	fields = append(fields, namedFields(c.Fields)...)
	for _, name := range append(c.InputNames, c.Names...) {
		fields = append(fields, FieldError{Name: name})
	}
	return fields
}

// namedFields reads a map from field to a text (v2) or to an object of either family, sorted by
// name.
func namedFields(raw jsontext.Value) []FieldError {
	var byName map[string]jsontext.Value
	if decodeLoose(raw, &byName) != nil {
		return nil
	}
	var fields []FieldError
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		var detail struct {
			FieldValue looseText `json:"fieldValue"`
			Value      looseText `json:"value"`
			Reason     looseText `json:"reason"`
		}
		var reason string
		if decodeLoose(byName[name], &reason) == nil {
			fields = append(fields, FieldError{Name: name, Reason: reason})
			continue
		}
		_ = decodeLoose(byName[name], &detail)
		value := string(cmp.Or(detail.FieldValue, detail.Value))
		fields = append(fields, FieldError{Name: name, Value: value, Reason: string(detail.Reason)})
	}
	return fields
}

// A looseText is a string, or the text of any other scalar.
type looseText string

func (t *looseText) UnmarshalJSON(data []byte) error {
	var s string
	switch {
	case decodeLoose(data, &s) == nil:
		*t = looseText(s)
	case data[0] != '{' && data[0] != '[':
		*t = looseText(data)
	}
	return nil
}

func decodeLoose(data []byte, out any) error { return json.Unmarshal(data, out, resultOptions()) }
