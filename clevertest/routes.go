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
	public  bool
	pick    func(*http.Request) string
}

// A handler answers a call. What it calls may panic with a [problem], which is then the response.
type handler func(*Server, *call) response

// A response is a [reply], a [problem] or a [stream]. It is written without the lock.
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

// A row is one of the routes that have the beginning of a path in common.
type row struct {
	name, method, tail string // the name with its domain, if the table has none
	answer             handler
}

func under(domain, base string, rows []row) []route {
	if domain != "" {
		domain += "."
	}
	return list(rows, func(r row) route {
		return route{id: domain + r.name, pattern: r.method + " " + base + r.tail, answer: r.answer}
	})
}

// public makes routes that need no credentials.
func public(routes []route) []route {
	for i := range routes {
		routes[i].public = true
	}
	return routes
}

// of finds what a path is about, then answers.
func of[T any](find func(*Server, *call) T, answer func(*Server, *call, T) response) handler {
	return func(s *Server, c *call) response { return answer(s, c, find(s, c)) }
}

// render answers with what a method of the server makes of what a path is about.
func render[T, W any](wire func(*Server, T) W) func(*Server, *call, T) response {
	return func(s *Server, _ *call, found T) response { return ok(wire(s, found)) }
}

// show answers with the JSON of what a path is about.
func show[T, W any](wire func(T) W) func(*Server, *call, T) response {
	return func(_ *Server, _ *call, found T) response { return ok(wire(found)) }
}
