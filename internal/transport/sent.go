package transport

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/clevercloud-go/clevercloud/internal/redact"
)

// An attempt is one exchange: the context that ends it if it takes too long, and what is observed
// of the request on its way. A middleware may send it more than once, also at the same time.
type attempt struct {
	context.Context
	cancel context.CancelCauseFunc
	timer  *time.Timer   // nil if the time is not limited
	body   io.ReadCloser // nil if it is not streamed
	of     *Exchange
	number int
	// request, with url, is what the middleware gets.
	request http.Request
	url     url.URL
	// reached says that a request came as far as the http.RoundTripper, traced that this one
	// reports its steps, connecting that it looked for a connection, wrote that it sent the
	// headers.
	reached, traced, connecting, wrote atomic.Bool
	// handshake is why the last TLS handshake failed.
	handshake atomic.Pointer[error]
}

type attemptKey struct{}

// Value makes an attempt known to those that have a context of its request.
func (a *attempt) Value(key any) any {
	if key == (attemptKey{}) {
		return a
	}
	return a.Context.Value(key)
}

// Format prints no more: the exchange holds secrets.
func (a *attempt) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "attempt") }

func attemptOf(ctx context.Context) *attempt {
	a, _ := ctx.Value(attemptKey{}).(*attempt)
	return a
}

// OperationOf returns the operation whose request carries ctx, "" outside of one.
func OperationOf(ctx context.Context) string {
	if a := attemptOf(ctx); a != nil {
		return a.of.Operation
	}
	return ""
}

// AttemptOf returns the number of the attempt whose request carries ctx, from 1; 0 outside of one.
func AttemptOf(ctx context.Context) int {
	if a := attemptOf(ctx); a != nil {
		return a.number
	}
	return 0
}

// A sending is a request with its credentials, and the trace of what becomes of it.
type sending struct {
	http.Request
	url   url.URL
	trace httptrace.ClientTrace
}

// observe has the http.RoundTripper that gets s report to a.
func (a *attempt) observe(s *sending) {
	s.trace = httptrace.ClientTrace{
		GetConn:      func(string) { a.traced.Store(true); a.connecting.Store(true) },
		WroteHeaders: func() { a.wrote.Store(true) },
		TLSHandshakeDone: func(_ tls.ConnectionState, err error) {
			if err != nil {
				a.handshake.Store(&err)
			}
		},
	}
	s.Request = *s.WithContext(httptrace.WithClientTrace(s.Context(), &s.trace))
}

// failure returns what err says about the attempt: whether the request was sent, and whether a
// retry can help. A RoundTripper that does not report its steps is assumed to have sent it.
func (a *attempt) failure(err error) *Failure {
	err = withoutURL(err)
	traced, connecting, wrote := a.traced.Load(), a.connecting.Load(), a.wrote.Load()
	rejected, handshake := a.isRejection(err), a.handshake.Load()
	op, isOp := errors.AsType[*net.OpError](err)
	noConnection := isOp && op.Op == "dial"
	f := &Failure{Sent: !rejected && (wrote || a.reached.Load() && !traced && !noConnection)}
	known, _ := errors.AsType[*Failure](err)
	name, _ := errors.AsType[*net.DNSError](err)
	status := proxyStatus(err)
	switch {
	case known != nil && known.Permanent, rejected, errors.Is(err, http.ErrSchemeMismatch):
		f.Permanent = true
	case name != nil:
		f.Permanent = name.IsNotFound
	case traced && !connecting: // net/http did not accept the request
		f.Permanent = !errors.Is(err, os.ErrDeadlineExceeded)
	case connecting && !f.Sent && status != 0:
		f.Permanent = status == http.StatusForbidden || status == http.StatusProxyAuthRequired
		err = fmt.Errorf("the proxy rejected the connection: %d %w", status, err)
	case handshake != nil && !wrote:
		f.Permanent = !connectionLost(*handshake)
	}
	f.Err = a.of.Redactor().Error(err)
	return f
}

// isRejection reports whether the server ended the TLS handshake by an alert. It may send one about
// the client's certificate after the first request is written, and then it does not read that
// request. Any other alert behind the request says nothing of what became of it.
func (a *attempt) isRejection(err error) bool {
	op, ok := errors.AsType[*net.OpError](err)
	if !ok || op.Op != "remote error" {
		return false
	}
	text := err.Error()
	return !a.wrote.Load() || strings.Contains(text, "certificate") ||
		strings.Contains(text, "access denied")
}

// connectionLost reports whether a handshake failed for its connection, and not for what was said
// over it.
func connectionLost(err error) bool {
	_, network := errors.AsType[net.Error](err)
	return network || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, net.ErrClosed) || errors.Is(err, context.Canceled)
}

// proxyStatus returns the status that a proxy answered CONNECT with, 0 if err is something else.
// All that net/http gives is the status text.
func proxyStatus(err error) int {
	text := err.Error()
	for status := http.StatusMultipleChoices; status < 600; status++ {
		if known := http.StatusText(status); known != "" && known == text {
			return status
		}
	}
	return 0
}

// secrets collects what a call sends that must not be shown.
type secrets struct {
	mu    sync.Mutex
	given []string
	room  [2]string       // where given begins, for a header and the token in it
	made  redact.Redactor // of all in given, or nil
}

func (s *secrets) add(more ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.given, s.made = append(s.given, more...), nil
}

// hide returns text, or a mark if it holds a secret as it was sent. It is for texts that are
// unlikely to hold one: the other spellings are not worked out for it.
func (s *secrets) hide(text string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, secret := range s.given {
		if secret != "" && strings.Contains(text, secret) {
			return redact.Mark
		}
	}
	return text
}

// Redactor returns a Redactor of the secrets that the call has sent. It is built on first use.
func (s *secrets) Redactor() redact.Redactor {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.made == nil {
		s.made = redact.Of(s.given...)
	}
	return s.made
}
