package acceptance_test

import (
	"context"
	"errors"
	"io"
	"iter"
	"log"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/internal/testkit"
	"github.com/stretchr/testify/require"
)

type (
	addons          = clevercloud.AddonsService
	applications    = clevercloud.ApplicationsService
	billing         = clevercloud.BillingService
	configProviders = clevercloud.ConfigProvidersService
	drains          = clevercloud.DrainsService
	identity        = clevercloud.IdentityService
	kubernetes      = clevercloud.KubernetesService
	logs            = clevercloud.LogsService
	stats           = clevercloud.MetricsService
	networkGroups   = clevercloud.NetworkGroupsService
	operators       = clevercloud.OperatorsService
	orchestration   = clevercloud.OrchestrationService
	pulsar          = clevercloud.PulsarService
	tokens          = clevercloud.TokensService
	zones           = clevercloud.ZonesService
)

// A call performs one operation.
type call = func(context.Context, *clevercloud.Client, ...clevercloud.CallOption) error

// invoke calls a method, such as (*zones).Get, as testkit.Invoke does.
func invoke(method any, args ...any) call {
	return func(ctx context.Context, c *clevercloud.Client, opts ...clevercloud.CallOption) error {
		_, err := testkit.Invoke(ctx, c, method, args, opts...)
		return err
	}
}

// do calls (*clevercloud.Client).Do.
func do(method, path string, in, out any) call {
	return func(ctx context.Context, c *clevercloud.Client, opts ...clevercloud.CallOption) error {
		return c.Do(ctx, method, path, in, out, opts...)
	}
}

// with returns a call with more options.
func with(perform call, own ...clevercloud.CallOption) call {
	return func(ctx context.Context, c *clevercloud.Client, opts ...clevercloud.CallOption) error {
		return perform(ctx, c, append(own, opts...)...)
	}
}

// countInvoices reads a sequence.
func countInvoices(ctx context.Context, c *clevercloud.Client, _ ...clevercloud.CallOption) error {
	_, err := testkit.CountInvoices(ctx, c, func() {})
	return err
}

// A follower is a method that follows a log, such as (*logs).Stream.
type follower[ID ~string, T any] = func(
	*logs, context.Context, clevercloud.OwnerID, ID, clevercloud.LogQuery, ...clevercloud.CallOption,
) iter.Seq2[T, error]

// followed follows a log to its end or the first error.
func followed[ID ~string, T any](
	follow follower[ID, T], owner clevercloud.OwnerID, id ID, q clevercloud.LogQuery,
) call {
	return func(ctx context.Context, c *clevercloud.Client, opts ...clevercloud.CallOption) error {
		return drained(follow(c.Logs, ctx, owner, id, q, opts...))
	}
}

// must takes the results of a call: must(client.Zones.List(ctx, q))(t) returns the list. It fails t
// if there is an error.
func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		require.NoError(t, err)
		return v
	}
}

// failed takes the results of a call and returns the error.
func failed[T any](_ T, err error) error { return err }

// drained reads a sequence to its end or its first error.
func drained[T any](elements iter.Seq2[T, error]) error {
	for _, err := range elements {
		if err != nil {
			return err
		}
	}
	return nil
}

// typed reports whether err is of one of the SDK's types for errors of a request.
func typed(err error) bool {
	var failed *clevercloud.RequestError
	var answer *clevercloud.APIError
	var foreign *clevercloud.DecodeError
	var entry *clevercloud.LogDecodeError
	if errors.As(err, &answer) || errors.As(err, &foreign) || errors.As(err, &entry) {
		return true
	}
	return errors.As(err, &failed) && failed.Operation != "" &&
		strings.HasPrefix(err.Error(), "clevercloud: ")
}

// An authFunc is credentials of any kind.
type authFunc func(*http.Request) error

func (f authFunc) Authenticate(req *http.Request) error { return f(req) }

// middleware returns an option that adds f as a middleware.
func middleware(
	f func(next http.RoundTripper, req *http.Request) (*http.Response, error),
) clevercloud.ClientOption {
	return clevercloud.WithMiddleware(func(next http.RoundTripper) http.RoundTripper {
		return testkit.RoundTripFunc(func(req *http.Request) (*http.Response, error) { return f(next, req) })
	})
}

// A listener serves each connection in a goroutine of its own.
type listener struct {
	net.Listener
	open    atomic.Int32
	running sync.WaitGroup
}

// listen waits for a free port. The system keeps the ports of closed connections for a minute, so a
// fast machine can run out of them.
func listen(serve func(*net.TCPConn)) (*listener, error) {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	accepting, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	for end := time.Now().Add(2 * time.Minute); err != nil; <-tick.C {
		if !errors.Is(err, syscall.EADDRINUSE) || time.Now().After(end) {
			return nil, err
		}
		accepting, err = net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	}
	l := &listener{Listener: accepting}
	l.running.Go(func() {
		for {
			conn, err := accepting.AcceptTCP()
			if err != nil {
				return
			}
			l.open.Add(1)
			l.running.Go(func() {
				defer l.open.Add(-1)
				defer conn.Close()
				serve(conn)
			})
		}
	})
	return l, nil
}

func (l *listener) url() string { return "http://" + l.Addr().String() }

func (l *listener) stop() {
	l.Close()
	l.running.Wait()
}

// silenced discards the standard log. net/http writes a line there if a server sends more than one
// response.
func silenced(t *testing.T) {
	standard := log.Writer()
	log.SetOutput(io.Discard)
	t.Cleanup(func() { log.SetOutput(standard) })
}

// long reports whether scripts/reliability runs the tests, at full length.
func long() bool { return os.Getenv("RELIABILITY_REPORT") != "" }

// report gives scripts/reliability the figures of a long run.
func report(t *testing.T, text string) {
	t.Helper()
	if long() {
		require.NoError(t, os.WriteFile(os.Getenv("RELIABILITY_REPORT"), []byte(text), 0o600))
	}
}
