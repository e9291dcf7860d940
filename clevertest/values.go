package clevertest

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"
)

// Layouts of dates on the wire: fractions as long as needed up to three or six digits; log entries
// keep trailing zeros.
const (
	milliLayout = "2006-01-02T15:04:05.999Z07:00"
	microLayout = "2006-01-02T15:04:05.999999Z07:00"
)

// stamp is a date as most of v4 writes it.
type stamp time.Time

func (t stamp) MarshalJSON() ([]byte, error) { return quoteTime(time.Time(t), milliLayout), nil }

// microStamp is a date of billing and Pulsar.
type microStamp time.Time

func (t microStamp) MarshalJSON() ([]byte, error) {
	return quoteTime(time.Time(t), microLayout), nil
}

// quoteTime writes the zero time as null.
func quoteTime(t time.Time, layout string) []byte {
	if t.IsZero() {
		return []byte("null")
	}
	return []byte(strconv.Quote(t.UTC().Format(layout)))
}

// nullable is nil for "", which JSON writes as null.
func nullable(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// number is a decimal literal, written as it is.
type number = json.Number

// uuid makes up an RFC 4122 version 4 UUID, the same one on every server with the same seed and
// history.
func (s *Server) uuid() string { return uuidFrom(s.rng.Uint64(), s.rng.Uint64()) }

// secret makes up a credential.
func (s *Server) secret() string {
	return strconv.FormatUint(s.rng.Uint64(), 36) + strconv.FormatUint(s.rng.Uint64(), 36)
}

// sozuID makes up the id that the edge proxy puts on a response.
func sozuID() string { return ulid(time.Now(), rand.Uint32) }

// ulid is time first, then chance.
func ulid(at time.Time, random func() uint32) string {
	const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	var id [26]byte
	for i, v := 9, at.UnixMilli(); i >= 0; i, v = i-1, v>>5 {
		id[i] = alphabet[v&31]
	}
	for i := 10; i < len(id); i++ {
		id[i] = alphabet[random()&31]
	}
	return string(id[:])
}

func uuidFrom(hi, lo uint64) string {
	var b [16]byte
	for i := range 8 {
		b[i] = byte(hi >> (8 * i))
		b[8+i] = byte(lo >> (8 * i))
	}
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	h := hex.EncodeToString(b[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// query reads parameters and keeps the first complaint.
type query struct {
	url.Values
	err error
}

func (c *call) query() *query { return &query{Values: c.URL.Query()} }

func (q *query) fail(name, reason string) {
	if q.err == nil {
		q.err = badField(name, q.Get(name), reason)
	}
}

// integer reads a number of at least lowest and at most highest; def when absent.
func (q *query) integer(name string, def, lowest, highest int64) int64 {
	if !q.Has(name) {
		return def
	}
	n, err := strconv.ParseInt(q.Get(name), 10, 64)
	if err != nil || n < lowest || n > highest {
		q.fail(name, fmt.Sprintf("expected an integer from %d to %d", lowest, highest))
		return def
	}
	return n
}

func (q *query) limit(def int) int { return int(q.integer("limit", int64(def), 1, 1000)) }

// time reads an ISO 8601 date, with or without a time and an offset; the zero time when absent.
func (q *query) time(name string) time.Time {
	if !q.Has(name) {
		return time.Time{}
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999", time.DateOnly} {
		if t, err := time.Parse(layout, q.Get(name)); err == nil {
			return t
		}
	}
	q.fail(name, "expected an ISO 8601 date")
	return time.Time{}
}

func (q *query) boolean(name string) bool {
	if !q.Has(name) {
		return false
	}
	switch q.Get(name) {
	case "true":
		return true
	case "false":
	default:
		q.fail(name, "expected true or false")
	}
	return false
}

// descending reads the order of a list.
func (q *query) descending(def string) bool {
	switch orElse(q.Get("order"), def) {
	case "ASC":
		return false
	case "DESC":
		return true
	}
	q.fail("order", "expected ASC or DESC")
	return false
}

// oneOf reports whether v is wanted by a repeated parameter: any value is when it is absent.
func (q *query) oneOf(name, v string) bool {
	return !q.Has(name) || slices.Contains(q.Values[name], v)
}

// within reports whether t lies between two bounds, both included; a zero bound is none.
func within(t, since, until time.Time) bool {
	return (since.IsZero() || !t.Before(since)) && (until.IsZero() || !t.After(until))
}

// decode reads the JSON body of a call.
func (c *call) decode(into any) error {
	if err := json.Unmarshal(c.body, into); err != nil {
		p := problemOf(http.StatusBadRequest)
		p.message = "The body is no valid JSON: " + err.Error()
		return p
	}
	return nil
}

// list is a JSON array, [] when there is nothing in it.
func list[T, W any](items []T, wire func(T) W) []W {
	out := make([]W, 0, len(items))
	for _, item := range items {
		out = append(out, wire(item))
	}
	return out
}

func ok(v any) (reply, error) { return jsonReply(http.StatusOK, v), nil }
