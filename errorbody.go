package clevercloud

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
)

// An errorBody is the union of the error bodies seen: v4 (two families of context and an older spelling), v2, and the bridge.
type errorBody struct {
	APIRequestID  string          `json:"apiRequestId"`
	APIRequestID2 string          `json:"api_request_id"`
	Code          looseText       `json:"code"`
	ID            looseText       `json:"id"`
	Message       looseText       `json:"message"`
	Error         looseText       `json:"error"`
	Context       json.RawMessage `json:"context"`
	Fields        json.RawMessage `json:"fields"`
}

// decodeErrorBody fills in what body tells; a body that tells nothing, HTML or empty, leaves e as it is.
func decodeErrorBody(body []byte, e *APIError) {
	body = bytes.TrimSpace(body)
	var text string
	if json.Unmarshal(body, &text) == nil {
		e.Message = text
		return
	}
	b := decodeMembers(body)
	e.APIRequestID = firstOf(b.APIRequestID, b.APIRequestID2)
	e.Code = firstOf(string(b.Code), string(b.ID))
	e.Message = firstOf(string(b.Message), string(b.Error))
	if string(b.Context) != "null" {
		e.Context = b.Context
		e.Fields = contextFields(b.Context)
	}
	e.Fields = append(e.Fields, namedFields(b.Fields)...)
}

// texts points to what was decoded: a secret that the body wrote with other escapes than the usual shows only now.
func (e *APIError) texts() []*string {
	texts := []*string{&e.Code, &e.Message, &e.APIRequestID}
	for i := range e.Fields {
		texts = append(texts, &e.Fields[i].Name, &e.Fields[i].Value, &e.Fields[i].Reason)
	}
	return texts
}

// decodeMembers reads each member on its own, so that one of a foreign type does not hide the others. What is no object has none.
func decodeMembers(body []byte) (b errorBody) {
	var members map[string]json.RawMessage
	_ = json.Unmarshal(body, &members)
	for name, target := range map[string]any{
		"apiRequestId": &b.APIRequestID, "api_request_id": &b.APIRequestID2, "code": &b.Code, "id": &b.ID,
		"message": &b.Message, "error": &b.Error,
	} {
		_ = json.Unmarshal(members[name], target)
	}
	b.Context, b.Fields = members["context"], members["fields"]
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

	Fields     json.RawMessage `json:"fields"`
	InputNames []string        `json:"inputNames"`
	Names      []string        `json:"names"`
}

// contextFields flattens a context to the fields it names; contexts that name none give none. The older spelling has the name of a
// class as its one key: {"OVDErrorFieldContext": {…}}.
func contextFields(raw json.RawMessage) []FieldError {
	if fields := fieldsOf(raw); len(fields) > 0 {
		return fields
	}
	var byClass map[string]json.RawMessage
	if json.Unmarshal(raw, &byClass) != nil || len(byClass) != 1 {
		return nil
	}
	for _, inner := range byClass {
		return fieldsOf(inner)
	}
	return nil
}

func fieldsOf(raw json.RawMessage) []FieldError {
	var c errorContext
	if json.Unmarshal(raw, &c) != nil {
		return nil
	}
	var fields []FieldError
	if c.FieldName != "" {
		fields = append(fields, FieldError{Name: string(c.FieldName), Value: string(c.FieldValue)})
	}
	if c.Name != "" && c.Error != nil {
		fields = append(fields, FieldError{Name: string(c.Name), Value: string(c.Error.Value), Reason: string(c.Error.Reason)})
	}
	fields = append(fields, namedFields(c.Fields)...)
	for _, name := range append(c.InputNames, c.Names...) {
		fields = append(fields, FieldError{Name: name})
	}
	return fields
}

// namedFields reads a map from field to a text (v2) or to an object of either family, sorted by name.
func namedFields(raw json.RawMessage) []FieldError {
	var byName map[string]json.RawMessage
	if json.Unmarshal(raw, &byName) != nil {
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
		if json.Unmarshal(byName[name], &reason) == nil {
			fields = append(fields, FieldError{Name: name, Reason: reason})
			continue
		}
		_ = json.Unmarshal(byName[name], &detail)
		value := firstOf(string(detail.FieldValue), string(detail.Value))
		fields = append(fields, FieldError{Name: name, Value: value, Reason: string(detail.Reason)})
	}
	return fields
}

// A looseText is a string, or the text of any other scalar.
type looseText string

func (t *looseText) UnmarshalJSON(data []byte) error {
	var s string
	switch {
	case json.Unmarshal(data, &s) == nil:
		*t = looseText(s)
	case data[0] != '{' && data[0] != '[':
		*t = looseText(data)
	}
	return nil
}

func firstOf(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}
