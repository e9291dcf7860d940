package clevercloud

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/url"
	"reflect"
	"slices"
	"strings"

	"github.com/clevercloud-go/clevercloud/auth"
	"github.com/clevercloud-go/clevercloud/internal/wire"
)

// A recipientField is one member of a recipient's JSON.
type recipientField struct {
	// key is its name on the wire, name that of the Go field.
	key, name, value string
	needed           bool
	// hide returns what of the value may be shown; nil is all of it.
	hide func(string) string
}

func (f recipientField) shown() string {
	if f.hide == nil || f.value == "" {
		return f.value
	}
	return f.hide(f.value)
}

func (f recipientField) need() recipientField {
	f.needed = true
	return f
}

func plain(key, name, value string) recipientField {
	return recipientField{key: key, name: name, value: value}
}

func secret(key, name string, value auth.Secret) recipientField {
	return recipientField{key: key, name: name, value: value.Reveal(), hide: func(string) string { return redacted }}
}

func address(value string, hide func(string) string) recipientField {
	return recipientField{key: "url", name: "URL", value: value, needed: true, hide: hide}
}

// hideParts shows a URL but for its user, its query and its fragment.
func hideParts(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return redacted
	}
	if u.User == nil && u.RawQuery == "" && u.Fragment == "" && u.Opaque == "" {
		return text
	}
	shown := url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path, RawPath: u.RawPath}
	out := shown.String()
	if u.User != nil {
		out = strings.Replace(out, "//", "//"+redacted+"@", 1)
	}
	if u.RawQuery != "" || u.Fragment != "" || u.Opaque != "" {
		out += "?" + redacted
	}
	return out
}

// hidePath shows a URL's scheme and host.
func hidePath(text string) string {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" {
		return redacted
	}
	return u.Scheme + "://" + u.Host + "/" + redacted
}

// A quoted value is text[start:end]; its quote, which the last one may lack, ends at next.
type quotedValue struct{ start, end, next int }

// secretParameters finds the values of structured data parameters, name="value", whose names sound secret.
func secretParameters(text string) []quotedValue {
	var found []quotedValue
	for done, from := 0, 0; ; {
		i := strings.Index(text[from:], `="`)
		if i < 0 {
			return found
		}
		i += from
		from = i + 2
		name := text[done:i]
		name = name[strings.LastIndexAny(name, "\t\n\f\r =\"")+1:]
		if !mentions(name, "token", "secret", "key", "password", "auth") {
			continue
		}
		value := quotedValue{start: from, end: from}
		for value.end < len(text) && text[value.end] != '"' {
			if text[value.end] == '\\' {
				if value.end+1 == len(text) || text[value.end+1] == '\n' {
					break
				}
				value.end++
			}
			value.end++
		}
		if value.next = value.end; strings.HasPrefix(text[value.end:], `"`) {
			value.next++
		}
		found = append(found, value)
		done, from = value.next, value.next
	}
}

// mentions reports whether text holds one of the words, in whatever case.
func mentions(text string, words ...string) bool {
	text = strings.ToLower(strings.ToUpper(text)) // some letters have more than two forms
	return slices.ContainsFunc(words, func(word string) bool { return strings.Contains(text, word) })
}

func hideParameters(text string) string {
	var b strings.Builder
	done := 0
	for _, value := range secretParameters(text) {
		b.WriteString(text[done:value.start] + redacted + `"`)
		done = value.next
	}
	return b.String() + text[done:]
}

// checkRecipient refuses what cannot be a recipient.
func checkRecipient(r DrainRecipient) error {
	if v := reflect.ValueOf(r); v.Kind() == reflect.Pointer && v.IsNil() {
		return &ValidationError{Argument: "Recipient", Reason: "must not be nil"}
	}
	if unknown, ok := unknownRecipient(r); ok {
		return checkUnknown(unknown)
	}
	for _, field := range r.fields() {
		if field.needed && field.value == "" {
			return &ValidationError{Argument: "Recipient." + field.name, Reason: "must not be empty"}
		}
		if field.key != "url" {
			continue
		}
		if u, err := url.Parse(field.value); err != nil || u.Scheme == "" || u.Host == "" {
			return &ValidationError{Argument: "Recipient.URL", Reason: "must be an absolute URL"}
		}
	}
	return nil
}

func unknownRecipient(r DrainRecipient) (UnknownRecipient, bool) {
	switch r := r.(type) {
	case UnknownRecipient:
		return r, true
	case *UnknownRecipient:
		return *r, true
	}
	return UnknownRecipient{}, false
}

func checkUnknown(r UnknownRecipient) error {
	if r.Type == "" {
		return &ValidationError{Argument: "Recipient.Type", Reason: "must not be empty"}
	}
	var members map[string]json.RawMessage
	if len(r.Raw) > 0 && (json.Unmarshal(r.Raw, &members) != nil || members == nil) {
		return &ValidationError{Argument: "Recipient.Raw", Reason: "must be a JSON object"}
	}
	return nil
}

// encodeRecipient writes a recipient under the given type.
func encodeRecipient(r DrainRecipient, typeName string, hidden bool) json.RawMessage {
	var b bytes.Buffer
	b.WriteString(`{"type":` + quote(typeName))
	if unknown, ok := unknownRecipient(r); ok {
		writeUnknown(&b, unknown, hidden)
	}
	for _, field := range r.fields() {
		value := field.value
		if hidden {
			value = field.shown()
		}
		if value != "" {
			b.WriteString("," + quote(field.key) + ":" + quote(value))
		}
	}
	b.WriteByte('}')
	return b.Bytes()
}

// quote writes a JSON string with its ampersands legible.
func quote(text string) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(text)
	return strings.TrimSuffix(b.String(), "\n")
}

func writeUnknown(b *bytes.Buffer, r UnknownRecipient, hidden bool) {
	var members map[string]json.RawMessage
	_ = json.Unmarshal(r.Raw, &members)
	delete(members, "type")
	for _, key := range slices.Sorted(maps.Keys(members)) {
		value := members[key]
		if hidden {
			value = rewriteTexts(key, value, hideText)
		}
		b.WriteString("," + quote(key) + ":" + string(value))
	}
}

// soundsSecret guesses from a name of unknown meaning.
func soundsSecret(name string) bool {
	return mentions(name, "token", "secret", "key", "pass", "auth", "credential")
}

// hideText redacts what may be a secret in a recipient of unknown meaning.
func hideText(key, text string) string {
	switch {
	case text != "" && soundsSecret(key):
		return redacted
	case strings.Contains(text, "://"):
		return hideParts(text)
	}
	return text
}

// rewriteTexts replaces each string and number in value by what change makes of it and its path of names.
func rewriteTexts(key string, value json.RawMessage, change func(key, text string) string) json.RawMessage {
	var text *string
	var members map[string]json.RawMessage
	var elements []json.RawMessage
	switch {
	case json.Unmarshal(value, &text) == nil:
		if text == nil {
			return value
		}
		return json.RawMessage(quote(change(key, *text)))
	case json.Unmarshal(value, &members) == nil:
		for name, member := range members {
			members[name] = rewriteTexts(key+"."+name, member, change)
		}
		out, _ := json.Marshal(members)
		return out
	case json.Unmarshal(value, &elements) == nil:
		for i, element := range elements {
			elements[i] = rewriteTexts(key, element, change)
		}
		out, _ := json.Marshal(elements)
		return out
	case wire.IsNumber(value):
		if changed := change(key, string(value)); changed != string(value) {
			return json.RawMessage(quote(changed))
		}
	}
	return value
}

// A taggedRecipient is a recipient that says of which type it is; null is none.
type taggedRecipient struct {
	value    DrainRecipient
	typeName string
}

func (r *taggedRecipient) UnmarshalJSON(data []byte) (err error) {
	if string(data) == "null" {
		return nil
	}
	r.value, r.typeName, err = decodeRecipient(data)
	return err
}

// decodeRecipient reads a recipient and the spelling of its type.
func decodeRecipient(raw json.RawMessage) (DrainRecipient, string, error) {
	var tag struct {
		Type string `json:"type"`
	}
	if err := wire.Unmarshal(raw, &tag); err != nil {
		return nil, "", err
	}
	var r DrainRecipient
	var err error
	switch tag.Type {
	case "RawRecipient", "RAW_HTTP":
		r, err = recipientOf[RawRecipient](raw)
	case "DatadogRecipient", "DATADOG":
		r, err = recipientOf[DatadogRecipient](raw)
	case "ElasticsearchRecipient", "ELASTICSEARCH":
		r, err = recipientOf[ElasticsearchRecipient](raw)
	case "NewRelicRecipient", "NEWRELIC":
		r, err = recipientOf[NewRelicRecipient](raw)
	case "OVHTCPRecipient", "OVH_TCP":
		r, err = recipientOf[OVHTCPRecipient](raw)
	case "SyslogTCPRecipient", "SYSLOG_TCP":
		r, err = recipientOf[SyslogTCPRecipient](raw)
	case "SyslogUDPRecipient", "SYSLOG_UDP":
		r, err = recipientOf[SyslogUDPRecipient](raw)
	case "BetterStackRecipient", "BETTERSTACK":
		r, err = recipientOf[BetterStackRecipient](raw)
	case "SplunkRecipient", "SPLUNK":
		r, err = recipientOf[SplunkRecipient](raw)
	default:
		r = UnknownRecipient{Type: tag.Type, Raw: bytes.Clone(raw)}
	}
	return r, tag.Type, err
}

func recipientOf[R DrainRecipient](raw json.RawMessage) (DrainRecipient, error) {
	var r R
	err := wire.Unmarshal(raw, &r)
	return r, err
}

// recipientSecrets returns what of a recipient must not be shown, should the API echo it.
func recipientSecrets(r DrainRecipient) []string {
	var secrets []string
	for _, field := range r.fields() {
		switch {
		case field.value == "" || field.hide == nil:
		case field.key == "url":
			secrets = append(secrets, urlSecrets(field.value, field.shown())...)
		case field.shown() == redacted:
			secrets = append(secrets, field.value)
		default:
			for _, value := range secretParameters(field.value) {
				secrets = append(secrets, field.value[value.start:value.end])
			}
		}
	}
	if unknown, ok := unknownRecipient(r); ok {
		rewriteTexts("", unknown.Raw, func(key, text string) string {
			if shown := hideText(key, text); shown == redacted {
				secrets = append(secrets, text)
			} else {
				secrets = append(secrets, urlSecrets(text, shown)...)
			}
			return text
		})
	}
	return secrets
}

// urlSecrets returns a URL and those of its parts that are not shown.
func urlSecrets(text, shown string) []string {
	u, err := url.Parse(text)
	if text == shown || err != nil {
		return nil
	}
	secrets := []string{text, u.RawQuery}
	if password, ok := u.User.Password(); ok {
		secrets = append(secrets, password)
	}
	if u.User != nil {
		secrets = append(secrets, u.User.Username())
	}
	for _, values := range u.Query() {
		secrets = append(secrets, values...)
	}
	if !strings.Contains(shown, u.Path) {
		secrets = append(secrets, u.Path[strings.LastIndexByte(u.Path, '/')+1:])
	}
	return secrets
}

// formatRecipient prints a recipient like a struct, under any verb, with its secrets redacted.
func formatRecipient(w io.Writer, r DrainRecipient) {
	name := reflect.TypeOf(r).Name()
	if unknown, ok := r.(UnknownRecipient); ok {
		fmt.Fprintf(w, "%s{Type:%s Raw:%s}", name, unknown.Type, encodeRecipient(r, unknown.Type, true))
		return
	}
	parts := make([]string, 0, 5)
	for _, field := range r.fields() {
		parts = append(parts, field.name+":"+field.shown())
	}
	fmt.Fprintf(w, "%s{%s}", name, strings.Join(parts, " "))
}

// formatStruct prints what a type that holds secrets consists of. Such a type needs a Format method that calls it, for package fmt asks
// nothing inside of a pointer that it prints under a verb not made for pointers: %s of a struct that holds one.
func formatStruct(f fmt.State, verb rune, v any) { fmt.Fprintf(f, fmt.FormatString(f, verb), v) }

// shownRecipient is a recipient's JSON with its secrets redacted.
func shownRecipient(r DrainRecipient) ([]byte, error) {
	return encodeRecipient(r, r.typeName(CurrentDrainTypeNames), true), nil
}

// Format prints r under any verb with its secrets redacted.
func (r RawRecipient) Format(f fmt.State, _ rune) { formatRecipient(f, r) }

// MarshalJSON writes r with its secrets redacted.
func (r RawRecipient) MarshalJSON() ([]byte, error) { return shownRecipient(r) }

// Format prints r under any verb with its secrets redacted.
func (r DatadogRecipient) Format(f fmt.State, _ rune) { formatRecipient(f, r) }

// MarshalJSON writes r with its secrets redacted.
func (r DatadogRecipient) MarshalJSON() ([]byte, error) { return shownRecipient(r) }

// Format prints r under any verb with its secrets redacted.
func (r ElasticsearchRecipient) Format(f fmt.State, _ rune) { formatRecipient(f, r) }

// MarshalJSON writes r with its secrets redacted.
func (r ElasticsearchRecipient) MarshalJSON() ([]byte, error) { return shownRecipient(r) }

// Format prints r under any verb with its secrets redacted.
func (r NewRelicRecipient) Format(f fmt.State, _ rune) { formatRecipient(f, r) }

// MarshalJSON writes r with its secrets redacted.
func (r NewRelicRecipient) MarshalJSON() ([]byte, error) { return shownRecipient(r) }

// Format prints r under any verb with its secrets redacted.
func (r OVHTCPRecipient) Format(f fmt.State, _ rune) { formatRecipient(f, r) }

// MarshalJSON writes r with its secrets redacted.
func (r OVHTCPRecipient) MarshalJSON() ([]byte, error) { return shownRecipient(r) }

// Format prints r under any verb with its secrets redacted.
func (r SyslogTCPRecipient) Format(f fmt.State, _ rune) { formatRecipient(f, r) }

// MarshalJSON writes r with its secrets redacted.
func (r SyslogTCPRecipient) MarshalJSON() ([]byte, error) { return shownRecipient(r) }

// Format prints r under any verb with its secrets redacted.
func (r SyslogUDPRecipient) Format(f fmt.State, _ rune) { formatRecipient(f, r) }

// MarshalJSON writes r with its secrets redacted.
func (r SyslogUDPRecipient) MarshalJSON() ([]byte, error) { return shownRecipient(r) }

// Format prints r under any verb with its secrets redacted.
func (r BetterStackRecipient) Format(f fmt.State, _ rune) { formatRecipient(f, r) }

// MarshalJSON writes r with its secrets redacted.
func (r BetterStackRecipient) MarshalJSON() ([]byte, error) { return shownRecipient(r) }

// Format prints r under any verb with its secrets redacted.
func (r SplunkRecipient) Format(f fmt.State, _ rune) { formatRecipient(f, r) }

// MarshalJSON writes r with its secrets redacted.
func (r SplunkRecipient) MarshalJSON() ([]byte, error) { return shownRecipient(r) }

// Format prints r under any verb with its secrets redacted.
func (r UnknownRecipient) Format(f fmt.State, _ rune) { formatRecipient(f, r) }

// MarshalJSON writes r with its secrets redacted.
func (r UnknownRecipient) MarshalJSON() ([]byte, error) { return shownRecipient(r) }
