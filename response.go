package clevercloud

import (
	"net/http"
	"time"
)

// A Response is what came back beside the result. Ask for it with [WithResponse].
type Response struct {
	// StatusCode is the HTTP status of the last answer, 0 if there was none.
	StatusCode int
	// Header is the last answer's, nil if there was none.
	Header http.Header
	// RequestID is the Sozu-Id header: quote it to Clever Cloud's support.
	RequestID string
	// Attempts counts the requests sent, 0 if an argument was refused.
	Attempts int
	// Duration is the time from the call to its end, waits between attempts included. For a sequence or a stream it ends with the
	// headers.
	Duration time.Duration
}
