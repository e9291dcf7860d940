package clevercloud

import (
	"encoding/json"

	"github.com/clevercloud-go/clevercloud/auth"
)

// A DrainRecipient is where a drain sends logs: one of [RawRecipient], [DatadogRecipient], [ElasticsearchRecipient], [NewRelicRecipient],
// [OVHTCPRecipient], [SyslogTCPRecipient], [SyslogUDPRecipient], [BetterStackRecipient], [SplunkRecipient] and [UnknownRecipient].
//
// Recipients hold secrets, some of them in a URL. However one is printed, logged or marshalled, they are redacted; only the request that
// creates a drain carries them.
type DrainRecipient interface {
	// typeName is the tag on the wire.
	typeName(DrainTypeNames) string
	// fields are the members beside the tag, in the order of the wire.
	fields() []recipientField
}

// DrainTypeNames is a spelling of recipient types. The API reads both and answers in the current one. Kinds that the API reference does not
// have are always in the current one.
type DrainTypeNames int

const (
	// ContractDrainTypeNames is the spelling of the API reference, and the default: RawRecipient.
	ContractDrainTypeNames DrainTypeNames = iota
	// CurrentDrainTypeNames is the spelling of the current API: RAW_HTTP.
	CurrentDrainTypeNames
)

// A RawRecipient takes log lines as they are by HTTP POST.
type RawRecipient struct {
	// URL is http or https.
	URL string `json:"url"`
	// Username and Password are for Basic authentication; empty is none.
	Username string      `json:"username,omitzero"`
	Password auth.Secret `json:"password,omitzero"`
}

// A DatadogRecipient is Datadog's HTTP intake.
type DatadogRecipient struct {
	// URL is that of the intake. It holds the API key, and so is redacted but for its host.
	URL string `json:"url"`
}

// An ElasticsearchRecipient is the bulk endpoint of an Elasticsearch.
type ElasticsearchRecipient struct {
	// URL ends in /_bulk.
	URL string `json:"url"`
	// Index is the prefix of the indices, one a day: logs gives logs-2026-01-31. It is needed.
	Index string `json:"index,omitzero"`
	// Username and Password are for Basic authentication; empty is none.
	Username        string          `json:"username,omitzero"`
	Password        auth.Secret     `json:"password,omitzero"`
	TLSVerification TLSVerification `json:"tlsVerification,omitzero"`
}

// A NewRelicRecipient is New Relic's log API.
type NewRelicRecipient struct {
	URL string `json:"url"`
	// APIKey is needed.
	APIKey auth.Secret `json:"apiKey,omitzero"`
}

// An OVHTCPRecipient is OVHcloud's Logs Data Platform.
type OVHTCPRecipient struct {
	// URL is tcp://host:port.
	URL   string      `json:"url"`
	Token auth.Secret `json:"token,omitzero"`
	// RFC5424StructuredDataParameters is put into each line: env="prod", or X-OVH-TOKEN="…" in place of Token. When printed, the values
	// of parameters whose names sound secret are redacted.
	RFC5424StructuredDataParameters string `json:"rfc5424StructuredDataParameters,omitzero"`
}

// A SyslogTCPRecipient is a syslog server that listens on TCP.
type SyslogTCPRecipient struct {
	// URL is tcp://host:port.
	URL   string      `json:"url"`
	Token auth.Secret `json:"token,omitzero"`
	// RFC5424StructuredDataParameters is put into each line: env="prod".
	RFC5424StructuredDataParameters string `json:"rfc5424StructuredDataParameters,omitzero"`
}

// A SyslogUDPRecipient is a syslog server that listens on UDP.
type SyslogUDPRecipient struct {
	// URL is udp://host:port.
	URL   string      `json:"url"`
	Token auth.Secret `json:"token,omitzero"`
	// RFC5424StructuredDataParameters is put into each line: env="prod".
	RFC5424StructuredDataParameters string `json:"rfc5424StructuredDataParameters,omitzero"`
}

// A BetterStackRecipient is Better Stack's log intake. It is newer than the API reference.
type BetterStackRecipient struct {
	URL string `json:"url"`
	// SourceToken is needed.
	SourceToken auth.Secret `json:"sourceToken,omitzero"`
}

// A SplunkRecipient is Splunk's HTTP event collector. It is newer than the API reference.
type SplunkRecipient struct {
	URL string `json:"url"`
	// Token is needed.
	Token auth.Secret `json:"token,omitzero"`
	// Index and SourceType are Splunk's; empty leaves them to it.
	Index           string          `json:"index,omitzero"`
	SourceType      string          `json:"sourcetype,omitzero"`
	TLSVerification TLSVerification `json:"tlsVerification,omitzero"`
}

// An UnknownRecipient is of a type that this version of the SDK does not know. It can be sent, too.
type UnknownRecipient struct {
	// Type is the tag as the API spells it.
	Type string
	// Raw is the JSON object, with or without its type.
	Raw json.RawMessage
}

// TLSVerification says whether a recipient's certificate is verified. The zero value leaves it to the API, which verifies.
type TLSVerification string

// The known values.
const (
	TLSVerificationDefault TLSVerification = "DEFAULT"
	// TLSVerificationTrustful takes any certificate.
	TLSVerificationTrustful TLSVerification = "TRUSTFUL"
)

// IsKnown reports whether v is one of the constants of this package.
func (v TLSVerification) IsKnown() bool {
	return v == TLSVerificationDefault || v == TLSVerificationTrustful
}

func (n DrainTypeNames) pick(contract, current string) string {
	if n == ContractDrainTypeNames {
		return contract
	}
	return current
}

func (RawRecipient) typeName(n DrainTypeNames) string { return n.pick("RawRecipient", "RAW_HTTP") }
func (DatadogRecipient) typeName(n DrainTypeNames) string {
	return n.pick("DatadogRecipient", "DATADOG")
}
func (ElasticsearchRecipient) typeName(n DrainTypeNames) string {
	return n.pick("ElasticsearchRecipient", "ELASTICSEARCH")
}
func (NewRelicRecipient) typeName(n DrainTypeNames) string {
	return n.pick("NewRelicRecipient", "NEWRELIC")
}
func (OVHTCPRecipient) typeName(n DrainTypeNames) string  { return n.pick("OVHTCPRecipient", "OVH_TCP") }
func (SyslogTCPRecipient) typeName(DrainTypeNames) string { return "SYSLOG_TCP" }
func (SyslogUDPRecipient) typeName(DrainTypeNames) string { return "SYSLOG_UDP" }
func (BetterStackRecipient) typeName(DrainTypeNames) string {
	return "BETTERSTACK"
}
func (SplunkRecipient) typeName(DrainTypeNames) string    { return "SPLUNK" }
func (r UnknownRecipient) typeName(DrainTypeNames) string { return r.Type }

func (r RawRecipient) fields() []recipientField {
	return []recipientField{address(r.URL, hideParts), plain("username", "Username", r.Username), secret("password", "Password", r.Password)}
}

func (r DatadogRecipient) fields() []recipientField {
	return []recipientField{address(r.URL, hidePath)}
}

func (r ElasticsearchRecipient) fields() []recipientField {
	return []recipientField{
		address(r.URL, hideParts), plain("index", "Index", r.Index).need(), plain("username", "Username", r.Username),
		secret("password", "Password", r.Password), plain("tlsVerification", "TLSVerification", string(r.TLSVerification)),
	}
}

func (r NewRelicRecipient) fields() []recipientField {
	return []recipientField{address(r.URL, hideParts), secret("apiKey", "APIKey", r.APIKey).need()}
}

func (r OVHTCPRecipient) fields() []recipientField {
	return syslogFields(r.URL, r.Token, r.RFC5424StructuredDataParameters)
}

func (r SyslogTCPRecipient) fields() []recipientField {
	return syslogFields(r.URL, r.Token, r.RFC5424StructuredDataParameters)
}

func (r SyslogUDPRecipient) fields() []recipientField {
	return syslogFields(r.URL, r.Token, r.RFC5424StructuredDataParameters)
}

func syslogFields(u string, token auth.Secret, parameters string) []recipientField {
	structured := plain("rfc5424StructuredDataParameters", "RFC5424StructuredDataParameters", parameters)
	structured.hide = hideParameters
	return []recipientField{address(u, hideParts), secret("token", "Token", token), structured}
}

func (r BetterStackRecipient) fields() []recipientField {
	return []recipientField{address(r.URL, hideParts), secret("sourceToken", "SourceToken", r.SourceToken).need()}
}

func (r SplunkRecipient) fields() []recipientField {
	return []recipientField{
		address(r.URL, hideParts), secret("token", "Token", r.Token).need(), plain("index", "Index", r.Index),
		plain("sourcetype", "SourceType", r.SourceType), plain("tlsVerification", "TLSVerification", string(r.TLSVerification)),
	}
}

func (r UnknownRecipient) fields() []recipientField { return nil }
