package clevertest

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Layouts of dates on the wire: fractions as long as needed up to three or six digits; log entries
// keep trailing zeros.
const (
	milliLayout = "2006-01-02T15:04:05.999Z07:00"
	microLayout = "2006-01-02T15:04:05.999999Z07:00"
)

// stamp is a date as most of v4 writes it, microStamp one of billing and Pulsar. The zero time is
// null.
func stamp(t time.Time) *string { return dateIn(milliLayout, t) }

func microStamp(t time.Time) *string { return dateIn(microLayout, t) }

func dateIn(layout string, t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	return ptr(t.UTC().Format(layout))
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

const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ" // of a ULID

// ulid is time first, then chance.
func ulid(at time.Time, random func() uint32) string {
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

// query reads parameters. Its methods panic with a [problem] if a value is invalid.
type query struct{ url.Values }

func (c *call) query() query { return query{c.URL.Query()} }

func (q query) bad(name, reason string) *problem { return badField(name, q.Get(name), reason) }

// integer reads a number of at least lowest and at most highest; def when absent.
func (q query) integer(name string, def, lowest, highest int64) int64 {
	if !q.Has(name) {
		return def
	}
	n, err := strconv.ParseInt(q.Get(name), 10, 64)
	if err != nil || n < lowest || n > highest {
		panic(q.bad(name, fmt.Sprintf("expected an integer from %d to %d", lowest, highest)))
	}
	return n
}

func (q query) limit(def int) int { return int(q.integer("limit", int64(def), 1, 1000)) }

// time reads an ISO 8601 date, with or without a time and an offset; the zero time when absent.
func (q query) time(name string) time.Time {
	if !q.Has(name) {
		return time.Time{}
	}
	const local = "2006-01-02T15:04:05.999999999"
	for _, layout := range []string{time.RFC3339Nano, local, time.DateOnly} {
		if t, err := time.Parse(layout, q.Get(name)); err == nil {
			return t
		}
	}
	panic(q.bad(name, "expected an ISO 8601 date"))
}

func (q query) boolean(name string) bool {
	value := q.Get(name)
	if q.Has(name) && value != "true" && value != "false" {
		panic(q.bad(name, "expected true or false"))
	}
	return value == "true"
}

// descending reads the order of a list.
func (q query) descending(def string) bool {
	order := orElse(q.Get("order"), def)
	if order != "ASC" && order != "DESC" {
		panic(q.bad("order", "expected ASC or DESC"))
	}
	return order == "DESC"
}

// oneOf reports whether v is wanted by a repeated parameter: any value is when it is absent.
func (q query) oneOf(name, v string) bool {
	return !q.Has(name) || slices.Contains(q.Values[name], v)
}

// within reports whether t lies between two bounds, both included; a zero bound is none.
func within(t, since, until time.Time) bool {
	return (since.IsZero() || !t.Before(since)) && (until.IsZero() || !t.After(until))
}

// decode decodes the JSON body of a call. It panics with a [problem] if it cannot.
func (c *call) decode(into any) {
	if err := json.Unmarshal(c.body, into); err != nil {
		p := problemOf(http.StatusBadRequest)
		p.message = "The body is no valid JSON: " + err.Error()
		if familyOf(c.URL.Path) == familyBridge {
			p.code = "invalid-body"
		}
		panic(p)
	}
}

// An object is a JSON object that keeps the order of its keys, as the live API does.
type object []member

type member struct {
	key   string
	value any
}

// omitted is the value of a member that is not written.
type omitted struct{}

// optional is text, or omitted when it is empty.
func optional(text string) any {
	if text == "" {
		return omitted{}
	}
	return text
}

func (o object) MarshalJSON() ([]byte, error) {
	b := bytes.NewBufferString("{")
	enc := json.NewEncoder(b)
	enc.SetEscapeHTML(false) // the caller decides
	for _, m := range o {
		if m.value == (omitted{}) {
			continue
		}
		if b.Len() > 1 {
			b.WriteByte(',')
		}
		_ = enc.Encode(m.key) // cannot fail
		b.WriteByte(':')
		if err := enc.Encode(m.value); err != nil {
			return nil, err
		}
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// encode leaves <, > and & as they are, as the live API does in its logs.
func encode(v any) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(v) // cannot fail
	return strings.TrimSuffix(b.String(), "\n")
}

// list is a JSON array, [] when there is nothing in it.
func list[T, W any](items []T, wire func(T) W) []W {
	out := make([]W, 0, len(items))
	for _, item := range items {
		out = append(out, wire(item))
	}
	return out
}

// filter returns the items for which keep returns true.
func filter[T any](items []T, keep func(T) bool) []T {
	var kept []T
	for _, item := range items {
		if keep(item) {
			kept = append(kept, item)
		}
	}
	return kept
}

// first returns the first item for which wanted returns true, or the zero value.
func first[T any](items []T, wanted func(T) bool) (found T) {
	if i := slices.IndexFunc(items, wanted); i >= 0 {
		found = items[i]
	}
	return found
}

// sorted sorts items by a date, in place, and returns them.
func sorted[T any](items []T, descending bool, date func(T) time.Time) []T {
	slices.SortStableFunc(items, func(a, b T) int { return date(a).Compare(date(b)) })
	if descending {
		slices.Reverse(items)
	}
	return items
}

// find returns the first item that is wanted. If there is none, it panics with a [problem] that
// names kind and id.
func find[T comparable](items []T, kind, id string, wanted func(T) bool) T {
	found := first(items, wanted)
	if found == *new(T) {
		panic(notFound(kind, id))
	}
	return found
}

func without[T comparable](items []T, item T) []T {
	return slices.DeleteFunc(items, func(other T) bool { return other == item })
}

// complaints are the invalid fields of a body, by name.
type complaints map[string]object

// unless adds a complaint if valid is false.
func (m complaints) unless(valid bool, name, value, reason string) {
	if !valid {
		m[name] = object{{"fieldValue", value}, {"reason", reason}}
	}
}

// check panics with a [problem] if there are complaints.
func (m complaints) check() {
	if len(m) > 0 {
		p := problemOf(http.StatusBadRequest)
		p.message = "Some fields are invalid"
		p.context = object{{"type", "fields"}, {"fields", m}}
		panic(p)
	}
}

// forbid adds a complaint for each of the names that was sent.
func (m complaints) forbid(sent map[string]json.RawMessage, names ...string) {
	for _, name := range names {
		m.unless(sent[name] == nil, name, string(sent[name]), "cannot be changed")
	}
}

// patched returns a copy of current with the values that the body sets, and the members that the
// body has.
func patched[T any](c *call, current T) (next T, sent map[string]json.RawMessage) {
	known, _ := json.Marshal(current) // the type of a body: this cannot fail
	_ = json.Unmarshal(known, &next)
	c.decode(&sent)
	c.decode(&next)
	return next, sent
}

// ulid makes up an id in the form of a ULID, the same one on every server with the same seed and
// history.
func (s *Server) ulid() string {
	id := []byte("01J9")
	for len(id) < 26 {
		id = append(id, alphabet[s.rng.Uint64()&31])
	}
	return string(id)
}
