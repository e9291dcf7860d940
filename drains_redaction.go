package clevercloud

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/clevercloud-go/clevercloud/auth"
	"github.com/clevercloud-go/clevercloud/internal/redact"
)

// A recipientMember is a member of a recipient beside its type. There is no field, and value is
// JSON, if the type is unknown.
type recipientMember struct {
	key, value string
	field      reflect.StructField
}

// membersOf returns the members of a recipient, that of its URL first.
func membersOf(r DrainRecipient) (members []recipientMember) {
	v := reflect.Indirect(reflect.ValueOf(r))
	if unknown, ok := v.Interface().(UnknownRecipient); ok {
		all := map[string]json.RawMessage{}
		_ = json.Unmarshal(unknown.Raw, &all)
		delete(all, "type")
		for _, key := range slices.Sorted(maps.Keys(all)) {
			members = append(members, recipientMember{key: key, value: string(all[key])})
		}
		return members
	}
	for i := range v.NumField() {
		field := v.Type().Field(i)
		key, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		members = append(members, recipientMember{key, v.Field(i).String(), field})
	}
	return members
}

// hide returns what may be shown of a member, and the secrets in it.
func (m recipientMember) hide() (shown string, secrets []string) {
	switch {
	case m.field.Type == nil:
		return redact.JSON(m.value)
	case m.value == "":
		return "", nil
	case m.field.Type == reflect.TypeFor[auth.Secret]():
		return redacted, []string{m.value}
	case m.field.Name == "URL":
		return redact.URL(m.value, m.field.Tag.Get("recipient") == "secretpath")
	case m.field.Name == "RFC5424StructuredDataParameters":
		return redact.Parameters(m.value)
	}
	return m.value, nil
}

// encodeRecipient encodes a recipient under this name of its type, to be shown or to be sent, and
// returns the secrets in it.
func encodeRecipient(
	r DrainRecipient, name string, show bool,
) (b json.RawMessage, secrets []string) {
	b, _ = jsontext.AppendQuote([]byte(`{"type":`), name)
	for _, m := range membersOf(r) {
		shown, more := m.hide()
		if secrets = append(secrets, more...); show {
			m.value = shown
		}
		if m.value == "" {
			continue
		}
		if m.field.Type != nil {
			quoted, _ := jsontext.AppendQuote(nil, m.value)
			m.value = string(quoted)
		}
		b, _ = jsontext.AppendQuote(append(b, ','), m.key)
		b = append(append(b, ':'), m.value...)
	}
	return append(b, '}'), secrets
}

// formatRecipient prints a recipient like a struct, with its secrets redacted.
func formatRecipient(w io.Writer, r DrainRecipient) {
	var parts []string
	for _, m := range membersOf(r) {
		shown, _ := m.hide()
		parts = append(parts, m.field.Name+":"+shown)
	}
	if unknown, ok := r.(UnknownRecipient); ok {
		raw, _ := marshalRecipient(r)
		parts = []string{"Type:" + unknown.Type, "Raw:" + string(raw)}
	}
	fmt.Fprintf(w, "%s{%s}", reflect.TypeOf(r).Name(), strings.Join(parts, " "))
}

// marshalRecipient encodes a recipient with its secrets redacted.
func marshalRecipient(r DrainRecipient) ([]byte, error) {
	b, _ := encodeRecipient(r, CurrentDrainTypeNames.of(r), true)
	return b, nil
}

// Format and MarshalJSON redact secrets, as [DrainRecipient] says.

func (r RawRecipient) Format(f fmt.State, _ rune)           { formatRecipient(f, r) }
func (r DatadogRecipient) Format(f fmt.State, _ rune)       { formatRecipient(f, r) }
func (r ElasticsearchRecipient) Format(f fmt.State, _ rune) { formatRecipient(f, r) }
func (r NewRelicRecipient) Format(f fmt.State, _ rune)      { formatRecipient(f, r) }
func (r OVHTCPRecipient) Format(f fmt.State, _ rune)        { formatRecipient(f, r) }
func (r SyslogTCPRecipient) Format(f fmt.State, _ rune)     { formatRecipient(f, r) }
func (r SyslogUDPRecipient) Format(f fmt.State, _ rune)     { formatRecipient(f, r) }
func (r BetterStackRecipient) Format(f fmt.State, _ rune)   { formatRecipient(f, r) }
func (r SplunkRecipient) Format(f fmt.State, _ rune)        { formatRecipient(f, r) }
func (r UnknownRecipient) Format(f fmt.State, _ rune)       { formatRecipient(f, r) }

func (r RawRecipient) MarshalJSON() ([]byte, error)           { return marshalRecipient(r) }
func (r DatadogRecipient) MarshalJSON() ([]byte, error)       { return marshalRecipient(r) }
func (r ElasticsearchRecipient) MarshalJSON() ([]byte, error) { return marshalRecipient(r) }
func (r NewRelicRecipient) MarshalJSON() ([]byte, error)      { return marshalRecipient(r) }
func (r OVHTCPRecipient) MarshalJSON() ([]byte, error)        { return marshalRecipient(r) }
func (r SyslogTCPRecipient) MarshalJSON() ([]byte, error)     { return marshalRecipient(r) }
func (r SyslogUDPRecipient) MarshalJSON() ([]byte, error)     { return marshalRecipient(r) }
func (r BetterStackRecipient) MarshalJSON() ([]byte, error)   { return marshalRecipient(r) }
func (r SplunkRecipient) MarshalJSON() ([]byte, error)        { return marshalRecipient(r) }
func (r UnknownRecipient) MarshalJSON() ([]byte, error)       { return marshalRecipient(r) }
