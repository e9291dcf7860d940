package clevertest

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
)

// A family is one of the shapes that error bodies come in.
type family int

const (
	familyOfPath  family = iota // that of the path
	familyOVD                   // v4
	familyLogs                  // v4, log streams: the older keys
	familyV2                    // v2
	familyBridge                // tokens
	familyGateway               // the proxy in front: HTML
)

func familyOf(path string) family {
	switch {
	case strings.HasPrefix(path, "/v4/logs/"), strings.HasPrefix(path, "/v4/accesslogs/"):
		return familyLogs
	case strings.HasPrefix(path, "/v4/"):
		return familyOVD
	case strings.HasPrefix(path, "/v2/"):
		return familyV2
	case path == "/api-tokens", strings.HasPrefix(path, "/api-tokens/"):
		return familyBridge
	}
	return familyGateway
}

// A problem is a response that is an error. It is encoded as the family of the path does, unless
// forced is set.
type problem struct {
	status  int
	code    string
	message string
	context object
	id      int               // v2
	fields  map[string]string // v2: what is wrong with each
	forced  family            // overrides the family of the path
}

func problemOf(status int) *problem {
	p := &problem{
		status: status, message: http.StatusText(status), context: object{{"type", "EmptyContext"}},
	}
	switch status {
	case http.StatusBadRequest:
		p.code = "clever.core.bad-request"
	case http.StatusUnauthorized:
		p.code, p.id = "clever.auth.unauthorized", 2001
	case http.StatusForbidden:
		p.code, p.id = "clever.core.forbidden", 999 // 403 is the id of a rate limit
	case http.StatusNotFound:
		p.code = "clever.core.not-found"
	case http.StatusMethodNotAllowed:
		p.code = "clever.core.method-not-allowed"
	case http.StatusTooManyRequests:
		p.code = "clever.core.too-many-requests"
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		p.forced = familyGateway
	default:
		p.code = "999"
	}
	return p
}

func unauthorized(message string) *problem {
	p := problemOf(http.StatusUnauthorized)
	p.message = message
	return p
}

func badField(name, value, reason string) *problem {
	p := problemOf(http.StatusBadRequest)
	p.message = "The field `" + name + "` is invalid: " + reason
	p.context = object{{"type", "field"}, {"fieldName", name}, {"fieldValue", value}}
	return p
}

func notFound(kind, name string) *problem {
	p := problemOf(http.StatusNotFound)
	p.message = "Resource not found"
	p.context = object{{"type", "resource"}, {"resourceType", kind}, {"resourceName", name}}
	if kind == "application" {
		p.id = 4004
	}
	return p
}

func forbidden(operation, kind, name string) *problem {
	p := problemOf(http.StatusForbidden)
	p.message = "Operation not allowed"
	p.context = object{
		{"type", "resource.operation"}, {"operation", operation}, {"resourceType", kind},
		{"resourceName", name},
	}
	return p
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

// v2Problem has one of the ids that clients of v2 know an error by.
func v2Problem(status, id int, message string) *problem {
	return &problem{status: status, id: id, message: message, forced: familyV2}
}

func bridgeProblem(status int, code, message string) *problem {
	return &problem{status: status, code: code, message: message, forced: familyBridge}
}

func (p *problem) write(c *call) { p.reply(c).write(c) }

// reply encodes p for the path of c.
func (p *problem) reply(c *call) reply {
	switch orElse(p.forced, familyOf(c.URL.Path)) {
	case familyGateway:
		return gatewayPage(p.status)
	case familyV2:
		w := object{{"id", orElse(p.id, p.status)}, {"message", p.message}, {"type", "error"}}
		if len(p.fields) > 0 {
			w = append(w, member{"fields", p.fields})
		}
		return jsonReply(p.status, w)
	case familyBridge:
		return jsonReply(p.status, object{{"code", p.code}, {"error", p.message}})
	case familyLogs:
		// The context is under the name of its class.
		context := object{}
		if p.context[0].value == "field" {
			context = object{{"OVDErrorFieldContext", p.context[1:]}}
		}
		return jsonReply(p.status, object{
			{"api_request_id", c.id}, {"code", p.code}, {"context", context}, {"error", p.message},
		})
	}
	return jsonReply(p.status, object{
		{"apiRequestId", c.id}, {"code", p.code}, {"context", p.context}, {"error", p.message},
	})
}

func gatewayPage(status int) reply {
	text := strconv.Itoa(status)
	return reply{
		status:      status,
		contentType: "text/html; charset=utf-8",
		body: []byte("<!DOCTYPE html>\n<html><head><title>" + text + "</title></head><body><h1>" +
			text + " " + http.StatusText(status) + "</h1></body></html>\n"),
	}
}

// A reply is a whole answer, encoded.
type reply struct {
	status      int
	contentType string
	header      http.Header
	body        []byte
}

func ok(v any) reply { return jsonReply(http.StatusOK, v) }

func jsonReply(status int, v any) reply {
	body, err := json.Marshal(v)
	if err != nil {
		panic("clevertest: " + err.Error())
	}
	return reply{status: status, contentType: "application/json", body: body}
}

const plainText = "text/plain; charset=utf-8"

func textReply(contentType, text string) reply {
	return reply{status: http.StatusOK, contentType: contentType, body: []byte(text)}
}

func noContent() reply { return reply{status: http.StatusNoContent} }

func (r reply) write(c *call) {
	h := c.w.Header()
	for k, v := range r.header {
		h[k] = v
	}
	if r.contentType != "" {
		h.Set("Content-Type", r.contentType)
	}
	if r.status != http.StatusNoContent && r.status >= 200 {
		h.Set("Content-Length", strconv.Itoa(len(r.body)))
	}
	c.w.WriteHeader(r.status)
	if len(r.body) > 0 {
		_, _ = c.w.Write(r.body) // a client that left is none of the handler's business
	}
}

func ptr[T any](v T) *T { return &v }

// orElse returns v, or fallback when v is the zero value.
func orElse[T comparable](v, fallback T) T {
	var zero T
	if v == zero {
		return fallback
	}
	return v
}
