package clevercloud

import (
	"bytes"
	jsonv1 "encoding/json"
	"errors"
	"reflect"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/clevercloud-go/clevercloud/auth"
)

// DrainRecipient is where a drain sends logs. It is one of [RawRecipient], [DatadogRecipient],
// [ElasticsearchRecipient], [NewRelicRecipient], [OVHTCPRecipient], [SyslogTCPRecipient],
// [SyslogUDPRecipient], [BetterStackRecipient], [SplunkRecipient] and [UnknownRecipient].
//
// Recipients hold secrets, some of them in the URL. Secrets are redacted when a recipient is
// printed, logged or marshaled. Only the request that creates a drain carries them. The API returns
// a mask in their place, so compare recipients with [SameTarget].
type DrainRecipient interface {
	// typeNames returns the name of the type in the API reference and in the current API. The
	// fields are its members, all of kind string, URL first. The tag recipient marks those that are
	// needed beside it, and URLs with a secretpath.
	typeNames() (contract, current string)
}

// RawRecipient receives log lines in HTTP POST requests.
type RawRecipient struct {
	// URL is an http or https URL. Some services have a key in the path, so only the host is shown.
	URL string `json:"url" recipient:"secretpath"`
	// Username and Password are for basic authentication. They are optional.
	Username string      `json:"username,omitzero"`
	Password auth.Secret `json:"password,omitzero"`
}

// DatadogRecipient is the HTTP intake of Datadog.
type DatadogRecipient struct {
	// URL includes the API key, in the path or the query. Only the host is shown.
	URL string `json:"url" recipient:"secretpath"`
}

// ElasticsearchRecipient is the bulk endpoint of an Elasticsearch cluster.
type ElasticsearchRecipient struct {
	URL string `json:"url"` // an http or https URL, normally one that ends in /_bulk
	// Index is the prefix of the daily indices: "logs" writes to logs-2026-01-31. It is required.
	Index string `json:"index,omitzero" recipient:"needed"`
	// Username and Password are for basic authentication. They are optional.
	Username        string          `json:"username,omitzero"`
	Password        auth.Secret     `json:"password,omitzero"`
	TLSVerification TLSVerification `json:"tlsVerification,omitzero"`
}

// NewRelicRecipient is the log API of New Relic. APIKey is required.
type NewRelicRecipient struct {
	URL    string      `json:"url"`
	APIKey auth.Secret `json:"apiKey,omitzero" recipient:"needed"`
}

// OVHTCPRecipient is the Logs Data Platform of OVHcloud. URL has the form tcp://host:port.
type OVHTCPRecipient struct {
	URL   string      `json:"url"`
	Token auth.Secret `json:"token,omitzero"`
	// RFC5424StructuredDataParameters is added to each line, such as env="prod". It can hold
	// X-OVH-TOKEN="…" in place of Token. Values whose names suggest a secret are redacted.
	RFC5424StructuredDataParameters string `json:"rfc5424StructuredDataParameters,omitzero"`
}

// SyslogTCPRecipient is a syslog server. URL has the form tcp://host:port.
type SyslogTCPRecipient struct {
	URL   string      `json:"url"`
	Token auth.Secret `json:"token,omitzero"`
	// RFC5424StructuredDataParameters is added to each line, such as env="prod".
	RFC5424StructuredDataParameters string `json:"rfc5424StructuredDataParameters,omitzero"`
}

// SyslogUDPRecipient is a syslog server. URL has the form udp://host:port.
type SyslogUDPRecipient struct {
	URL   string      `json:"url"`
	Token auth.Secret `json:"token,omitzero"`
	// RFC5424StructuredDataParameters is added to each line, such as env="prod".
	RFC5424StructuredDataParameters string `json:"rfc5424StructuredDataParameters,omitzero"`
}

// BetterStackRecipient is the log intake of Better Stack. The API reference does not list it.
// SourceToken is required.
type BetterStackRecipient struct {
	URL         string      `json:"url"`
	SourceToken auth.Secret `json:"sourceToken,omitzero" recipient:"needed"`
}

// SplunkRecipient is the HTTP event collector of Splunk. Token is required.
// The API reference does not list it.
type SplunkRecipient struct {
	URL             string          `json:"url"`
	Token           auth.Secret     `json:"token,omitzero" recipient:"needed"`
	Index           string          `json:"index,omitzero"`
	SourceType      string          `json:"sourcetype,omitzero"`
	TLSVerification TLSVerification `json:"tlsVerification,omitzero"`
}

// UnknownRecipient is a recipient of a type that this version of the module does not know, or with
// members that do not fit its type. It can be sent, too. All of its text is redacted when shown.
type UnknownRecipient struct {
	Type string // the name of the type, as the API spells it
	// Raw is the JSON object, with or without its type.
	Raw jsonv1.RawMessage
}

func (RawRecipient) typeNames() (_, _ string)      { return "RawRecipient", "RAW_HTTP" }
func (DatadogRecipient) typeNames() (_, _ string)  { return "DatadogRecipient", "DATADOG" }
func (NewRelicRecipient) typeNames() (_, _ string) { return "NewRelicRecipient", "NEWRELIC" }
func (ElasticsearchRecipient) typeNames() (_, _ string) {
	return "ElasticsearchRecipient", "ELASTICSEARCH"
}
func (OVHTCPRecipient) typeNames() (_, _ string)      { return "OVHTCPRecipient", "OVH_TCP" }
func (SyslogTCPRecipient) typeNames() (_, _ string)   { return "SYSLOG_TCP", "SYSLOG_TCP" }
func (SyslogUDPRecipient) typeNames() (_, _ string)   { return "SYSLOG_UDP", "SYSLOG_UDP" }
func (BetterStackRecipient) typeNames() (_, _ string) { return "BETTERSTACK", "BETTERSTACK" }
func (SplunkRecipient) typeNames() (_, _ string)      { return "SPLUNK", "SPLUNK" }
func (r UnknownRecipient) typeNames() (_, _ string)   { return r.Type, r.Type }

// newRecipient returns a variable of the type with this name, that of the current API or that of
// the Go type, as in the API reference.
func newRecipient(name []byte) (v reflect.Value, isCurrent bool) {
	for _, r := range [...]DrainRecipient{
		RawRecipient{}, DatadogRecipient{}, ElasticsearchRecipient{}, NewRelicRecipient{},
		OVHTCPRecipient{}, SyslogTCPRecipient{}, SyslogUDPRecipient{}, BetterStackRecipient{},
		SplunkRecipient{},
	} {
		_, current := r.typeNames()
		if t := reflect.TypeOf(r); string(name) == current || string(name) == t.Name() {
			return reflect.New(t).Elem(), string(name) == current
		}
	}
	return v, true
}

// typeIn returns the name of a recipient's type, which in general comes first. It is not ok if that
// is not a string.
func typeIn(value jsontext.Value, options jsontext.Options) (name []byte, ok bool) {
	if rest, first := bytes.CutPrefix(value, []byte(`{"type":"`)); first {
		name, _, _ = bytes.Cut(rest, []byte(`"`))
		if !bytes.ContainsRune(name, '\\') && utf8.Valid(name) {
			return name, true
		}
	}
	var tag struct{ Type string }
	ok = value.Kind() != '{' || json.Unmarshal(value, &tag, options) == nil
	return []byte(tag.Type), ok
}

// A namedInGo is a recipient that was read under the name of its Go type. Only Drain asks for it,
// by having one in place.
type namedInGo struct{ DrainRecipient }

// readRecipient reads a recipient, or null. One that does not fit its type is kept as unknown: it
// must not deny the list of drains that it is a part of.
func readRecipient(dec *jsontext.Decoder, r *DrainRecipient) error {
	_, asked := (*r).(namedInGo)
	*r = nil
	value, err := dec.ReadValue()
	if err != nil || value.Kind() == 'n' {
		return err
	}
	name, ok := typeIn(value, dec.Options())
	if !ok {
		return errors.New("expected a string as the type")
	}
	known, isCurrent := newRecipient(name)
	if !known.IsValid() || unmarshal(value, known.Addr().Interface()) != nil {
		*r = UnknownRecipient{Type: string(name), Raw: jsonv1.RawMessage(value.Clone())}
		return nil
	}
	if *r = known.Interface().(DrainRecipient); asked && !isCurrent {
		*r = namedInGo{*r}
	}
	return nil
}
