package clevertest

import (
	"net/http"
	"slices"
	"time"
)

// A route is one operation of the API.
type route struct {
	id      string
	pattern string // of net/http, method included; empty if another route's pick leads here
	answer  handler
	public  bool                       // needs no credentials
	pick    func(*http.Request) string // unless nil, returns the id of the route to answer with
}

// A handler answers a call. A function that it calls may panic with a [problem] in place of
// returning one: the problem is then the response, see [Server.answer].
type handler func(*Server, *call) response

// A response is a [reply], a [problem] or a [stream]. It is written after the lock is released.
type response interface{ write(c *call) }

// A call is a request being served.
type call struct {
	*http.Request
	w    http.ResponseWriter
	body []byte
	user string // whose credentials; "" on a public route
	id   string // request id of the backend

	expires time.Time // of the credentials
	fails   bool      // what it starts is to fail
}

// mount registers all routes.
func (s *Server) mount() {
	for _, rt := range slices.Concat(
		billingRoutes, orchestrationRoutes, loadBalancerRoutes, logRoutes, drainRoutes(),
		operatorRoutes(), zoneRoutes, pulsarRoutes, tokenRoutes, v2Routes(), catalogueRoutes,
		oauthRoutes, networkGroupRoutes(), kubernetesRoutes(), configRoutes, addonRoutes,
		materiaRoutes, metricRoutes,
	) {
		s.routes[rt.id] = &rt
		if rt.pattern != "" {
			s.mux.HandleFunc(rt.pattern, func(w http.ResponseWriter, r *http.Request) {
				picked := &rt
				if rt.pick != nil {
					picked = s.routes[rt.pick(r)]
				}
				s.serve(w, r, picked.id, func(c *call) { s.answer(c, picked).write(c) })
			})
		}
	}
}

// A row is a route of a table in which all paths begin alike.
type row struct {
	name, method, tail string
	answer             handler
}

// under returns the routes of rows: domain.name, at base followed by tail. If domain is empty, the
// names have theirs.
func under(domain, base string, rows []row) []route {
	if domain != "" {
		domain += "."
	}
	return list(rows, func(r row) route {
		return route{id: domain + r.name, pattern: r.method + " " + base + r.tail, answer: r.answer}
	})
}

// public marks routes as needing no credentials, and returns them.
func public(routes []route) []route {
	for i := range routes {
		routes[i].public = true
	}
	return routes
}

// with makes a handler of find, which looks up what the path names, and answer, which is given it.
func with[T any](find func(*Server, *call) T, answer func(*Server, *call, T) response) handler {
	return func(s *Server, c *call) response { return answer(s, c, find(s, c)) }
}

// jsonBy is jsonOf for a method of the server.
func jsonBy[T, W any](wire func(*Server, T) W) func(*Server, *call, T) response {
	return func(s *Server, _ *call, found T) response { return ok(wire(s, found)) }
}

// jsonOf makes an answer for [with]: 200 and the JSON of what wire returns.
func jsonOf[T, W any](wire func(T) W) func(*Server, *call, T) response {
	return func(_ *Server, _ *call, found T) response { return ok(wire(found)) }
}
