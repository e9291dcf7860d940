// Package bench compares the SDK with other ways of doing the same work, and with floors: work that
// none of them can avoid.
package bench

// A Group is a piece of work and the ways of doing it.
type Group struct {
	Title string
	// Items is how many events, entries or invoices one run is about. It is 1 for a call.
	Items int
	// Bytes is the length of the input. It is 0 for a call.
	Bytes int
	// Turns is how often a contender runs before it is another one's turn.
	Turns      int
	Contenders []Contender
}

// A Contender is one way of doing the work of a group. Run returns an error also for a result that
// is not the expected one.
type Contender struct {
	Name string
	Run  func() error
}

// The contenders that others are compared with.
const (
	Decoder      = "internal/sse"
	EntryDecoder = "internal/sse + LogEntry"
	LogStream    = "Logs.Stream"
	BytesOnly    = "net/http, the bytes only"
	R3labs       = "r3labs/sse client"
	R3labsJSON   = R3labs + " + encoding/json"
	OpenAIJSON   = "openai-go ssestream + encoding/json"
	NewlineScan  = "newline scan"
	Copy         = "copy in 4 KiB reads"

	SDK       = "the SDK"
	SDKLogger = "the SDK, with a logger"
	SDKMeta   = "the SDK, WithResponse"
	ByHand    = "net/http + encoding/json"
	Dropped   = "net/http, the body dropped"
	Tokens    = "net/http + jsontext, token by token"

	ListInvoices = "Billing.ListInvoices"
	Invoices     = "Billing.Invoices"
	OneByOne     = ByHand + ", one by one"
)
