package clevertest

import (
	"encoding/json"
	"net/http"
	"slices"
	"time"
)

// A life is a status that the clock changes.
type life struct {
	status string
	since  time.Time
	turns  int                // statuses so far
	turned func(at time.Time) // what follows from a new status; may be nil
}

func (s *Server) turn(l *life, status string, at time.Time) {
	l.status, l.since = status, at
	l.turns++
	if l.turned != nil {
		l.turned(at)
	}
}

// walk gives l each of the statuses in turn, a step apart, unless something else happens to it
// meanwhile.
func (s *Server) walk(l *life, statuses ...string) {
	if len(statuses) == 0 {
		return
	}
	turn := l.turns
	s.after(l.since, s.cfg.step, func(at time.Time) {
		if l.turns == turn {
			s.turn(l, statuses[0], at)
			s.walk(l, statuses[1:]...)
		}
	})
}

// soon does what a call started, a step after it. A call that a fault makes fail starts nothing.
func (s *Server) soon(c *call, run func(at time.Time)) {
	if !c.fails {
		s.after(s.now(), s.cfg.step, run)
	}
}

// A row is one of the routes that have a beginning in common.
type row struct {
	name, method, tail string
	answer             func(*Server, *call) (reply, error)
}

func under(domain, base string, rows []row) []route {
	routes := make([]route, 0, len(rows))
	for _, r := range rows {
		pattern := r.method + " " + base + r.tail
		routes = append(routes,
			route{id: domain + "." + r.name, pattern: pattern, answer: r.answer})
	}
	return routes
}

// of finds what a path is about, then answers.
func of[T any](
	find func(*Server, *call) (T, error), answer func(*Server, *call, T) (reply, error),
) func(*Server, *call) (reply, error) {
	return func(s *Server, c *call) (reply, error) {
		found := must(find(s, c))
		return answer(s, c, found)
	}
}

// show answers with the JSON of what a path is about.
func show[T, W any](wire func(T) W) func(*Server, *call, T) (reply, error) {
	return func(_ *Server, _ *call, found T) (reply, error) { return ok(wire(found)) }
}

// find is the item with an id; kind is for the error.
func find[T interface{ key() string }](items []T, kind, id string) (T, error) {
	if i := position(items, id); i >= 0 {
		return items[i], nil
	}
	var zero T
	return zero, notFound(kind, id)
}

func position[T interface{ key() string }](items []T, id string) int {
	return slices.IndexFunc(items, func(item T) bool { return item.key() == id })
}

func without[T comparable](items []T, item T) []T {
	return slices.DeleteFunc(items, func(other T) bool { return other == item })
}

// complaints are what is wrong with a body, by field.
type complaints map[string]fieldFault

// unless notes a complaint if valid is false.
func (m complaints) unless(valid bool, name, value, reason string) {
	if !valid {
		m[name] = fieldFault{value, reason}
	}
}

// forbid notes a complaint for each of the names that was sent.
func (m complaints) forbid(sent map[string]json.RawMessage, names ...string) {
	for _, name := range names {
		m.unless(sent[name] == nil, name, string(sent[name]), "cannot be changed")
	}
}

// patched is a copy of current with what the body says, and the keys of the body.
func patched[T any](c *call, current T) (next T, sent map[string]json.RawMessage) {
	check(json.Unmarshal(must(json.Marshal(current)), &next))
	check(c.decode(&sent))
	check(c.decode(&next))
	return next, sent
}

func (m complaints) err() error {
	if len(m) == 0 {
		return nil
	}
	return badFields(m)
}

// ulid makes up an id in the form of a ULID, the same one on every server with the same seed and
// history.
func (s *Server) ulid() string {
	const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	id := []byte("01J9")
	for len(id) < 26 {
		id = append(id, alphabet[s.rng.Uint64()&31])
	}
	return string(id)
}

// refuse is a problem with a message of its own.
func refuse(status int, code, message string) *problem {
	p := problemOf(status)
	p.code, p.message = "clever.core."+code, message
	return p
}

func conflict(message string) *problem {
	return refuse(http.StatusConflict, "conflict", message)
}

func unmet(message string) *problem {
	return refuse(http.StatusPreconditionFailed, "precondition-failed", message)
}

// A link is an address that works without credentials for an hour.
type link struct {
	token   string
	path    string
	user    string
	expires time.Time
}

// presign answers with a link to path.
func (s *Server) presign(c *call, path string) (reply, error) {
	l := link{s.secret(), path, c.user, s.now().Add(time.Hour)}
	s.links = append(s.links, l)
	return ok(map[string]string{"url": s.URL + path + "?authorization=" + l.token})
}

// linkUser is whose link a request follows; "" if it follows none.
func (s *Server) linkUser(c *call) string {
	token := c.URL.Query().Get("authorization")
	for _, l := range s.links {
		if same(l.token, token) && l.path == c.URL.Path && l.expires.After(s.now()) {
			return l.user
		}
	}
	return ""
}
