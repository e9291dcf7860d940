package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/clevercloud-go/clevercloud/clevertest"
)

// control offers what the methods of clevertest.Server do to tests in other languages and, by the
// page at /, to people. It has an address of its own, so that nothing of it can be taken for the
// API.
func control(api *clevertest.Server) http.Handler {
	mux := http.NewServeMux()
	respond := func(pattern string, f func(w http.ResponseWriter, r *http.Request) error) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			if err := guarded(func() error { return f(w, r) }); err != nil {
				http.Error(w, err.Error(), http.StatusBadRequest)
			}
		})
	}
	respond("GET /{$}", page{api}.show)
	respond("GET /live", page{api}.live)
	respond("POST /{$}", page{api}.press)
	handle := func(pattern string, f func(w io.Writer, r *http.Request) error) {
		respond(pattern, func(w http.ResponseWriter, r *http.Request) error { return f(w, r) })
	}
	handle("POST /faults", func(_ io.Writer, r *http.Request) error {
		var f fault
		err := read(r, &f)
		if err == nil {
			err = f.inject(api)
		}
		return err
	})
	handle("DELETE /faults", func(io.Writer, *http.Request) error { api.ClearFaults(); return nil })
	handle("GET /requests", func(w io.Writer, r *http.Request) error {
		return writeRequests(w, api.RequestsTo(r.FormValue("path")))
	})
	handle("DELETE /requests", func(io.Writer, *http.Request) error {
		api.ResetRequests()
		return nil
	})
	handle("POST /clock", func(_ io.Writer, r *http.Request) error { return advance(api, r) })
	handle("POST /logs", func(_ io.Writer, r *http.Request) error {
		var e clevertest.LogEntry
		err := read(r, &e)
		if err == nil {
			api.AppendLogs(api.ApplicationID, e)
		}
		return err
	})
	handle("POST /redeploy", func(io.Writer, *http.Request) error { api.Redeploy(); return nil })
	return guard(mux)
}

// advance moves the clock forward by what the request says.
func advance(api *clevertest.Server, r *http.Request) error {
	d, err := time.ParseDuration(r.FormValue("advance"))
	if err != nil {
		return err
	}
	if d < 0 {
		return fmt.Errorf("the clock does not go back: %v", d)
	}
	api.Advance(d)
	return nil
}

// guarded makes an error of a panic: clevertest panics where a test in Go has a mistake.
func guarded(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%v", p)
		}
	}()
	return f()
}

// read rejects unknown keys: a fault with a misspelt one would hit what it should not.
func read(r *http.Request, v any) error {
	decoder := json.NewDecoder(r.Body)
	decoder.DisallowUnknownFields()
	return decoder.Decode(v)
}

// A fault is a clevertest.Fault in JSON, with durations and modes by name. As with encoding/json,
// the case of the keys does not matter.
type fault struct {
	Method, Path        string
	Skip, Times         int
	Latency, RetryAfter string // 1.5s
	Status              int
	Header              map[string]string
	Body                string
	Mode                string // drop, cut, reset, eof, silence, malformed
	CutAfter            int
}

var modes = map[string]clevertest.FaultMode{
	"": clevertest.Pass, "drop": clevertest.Drop, "cut": clevertest.Cut, "reset": clevertest.Reset,
	"eof": clevertest.EOF, "silence": clevertest.Silence, "malformed": clevertest.Malformed,
}

// inject queues the fault.
func (f fault) inject(api *clevertest.Server) error {
	mode, known := modes[f.Mode]
	if !known {
		return fmt.Errorf("unknown mode %q", f.Mode)
	}
	if f.Status != 0 && (f.Status < 200 || f.Status > 599) {
		return fmt.Errorf("status %d is not from 200 to 599", f.Status)
	}
	made := clevertest.Fault{
		Method: f.Method, Path: f.Path, Skip: f.Skip, Times: f.Times, Status: f.Status,
		Header: http.Header{}, Body: f.Body, Mode: mode, CutAfter: f.CutAfter,
	}
	for name, value := range f.Header {
		made.Header.Set(name, value)
	}
	var late, again error
	made.Latency, late = time.ParseDuration(cmp.Or(f.Latency, "0s"))
	made.RetryAfter, again = time.ParseDuration(cmp.Or(f.RetryAfter, "0s"))
	if err := errors.Join(late, again); err != nil {
		return err
	}
	api.Inject(made)
	return nil
}
