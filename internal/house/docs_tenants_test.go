package house_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/auth"
	"github.com/clevercloud-go/clevercloud/clevertest"
	"github.com/clevercloud-go/clevercloud/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The code of docs/multi-tenant.md.

type service struct {
	base    *clevercloud.Client
	limiter limiter
}

// serve lists the applications of whoever the token of the request belongs to.
func (s *service) serve(w http.ResponseWriter, req *http.Request) {
	_, token, _ := strings.Cut(req.Header.Get("Authorization"), "Bearer ")
	client, err := s.base.With(clevercloud.WithAuth(auth.Bearer(auth.Secret(token))))
	if err != nil { // an empty token, or one with a line break
		http.Error(w, err.Error(), http.StatusUnauthorized)
		return
	}
	summary, err := limited(req.Context(), s.limiter,
		func(ctx context.Context) (*clevercloud.Summary, error) { return client.Identity.Summary(ctx) })
	switch {
	case errors.Is(err, clevercloud.ErrUnauthorized):
		http.Error(w, "the API rejected the token", http.StatusUnauthorized)
	case err != nil:
		http.Error(w, err.Error(), http.StatusBadGateway)
	default:
		for _, app := range summary.User.Applications {
			fmt.Fprintln(w, app.ID, app.Name)
		}
	}
}

// A limiter waits until the next call may be sent. The Limiter of golang.org/x/time/rate is one.
type limiter interface {
	Wait(context.Context) error
}

// limited waits for l and then makes the call.
func limited[T any](ctx context.Context, l limiter, call func(context.Context) (T, error)) (T, error) {
	if err := l.Wait(ctx); err != nil {
		var zero T
		return zero, err
	}
	return call(ctx)
}

// A pace lets one call through per interval.
type pace struct {
	interval time.Duration
	mu       sync.Mutex
	next     time.Time
}

func (p *pace) Wait(ctx context.Context) error {
	p.mu.Lock()
	if now := time.Now(); p.next.Before(now) {
		p.next = now
	}
	timer := time.NewTimer(time.Until(p.next))
	p.next = p.next.Add(p.interval)
	p.mu.Unlock()
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func TestDocs_Tenants(t *testing.T) {
	t.Parallel()
	api := clevertest.NewServer()
	defer api.Close()
	app := api.AddApplication(clevertest.Application{OwnerID: clevercloud.OwnerID(api.UserID), Name: "blog"})
	var dials atomic.Int64
	transport := &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		dials.Add(1)
		return new(net.Dialer).DialContext(ctx, network, address)
	}}
	base, err := clevercloud.New(
		clevercloud.WithBaseURL(api.URL), clevercloud.WithHTTPClient(&http.Client{Transport: transport}))
	require.NoError(t, err)
	defer base.CloseIdleConnections()
	s := &service{base: base, limiter: &pace{}}
	call := func(token string) (int, string) {
		req := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
		req.Header.Set("Authorization", "Bearer "+token)
		w := httptest.NewRecorder()
		s.serve(w, req)
		return w.Code, w.Body.String()
	}

	status, body := call(api.Token.Reveal())
	assert.Equal(t, http.StatusOK, status, body)
	assert.Contains(t, body, string(app)+" blog\n")
	status, body = call("another-tenant")
	assert.Equal(t, http.StatusUnauthorized, status)
	assert.Equal(t, "the API rejected the token\n", body)
	status, _ = call("")
	assert.Equal(t, http.StatusUnauthorized, status)

	assert.Len(t, api.RequestsTo("identity.summary"), 2, "an empty token is not sent")
	assert.EqualValues(t, 1, dials.Load(), "tenants share the connections")
}

func TestDocs_TenantsAddressFollowsCredentials(t *testing.T) {
	t.Parallel()
	var seen []string
	transport := testkit.RoundTripFunc(func(req *http.Request) (*http.Response, error) {
		seen = append(seen, req.URL.Host)
		return nil, errors.New("not sent")
	})
	base, err := clevercloud.New(
		clevercloud.WithHTTPClient(&http.Client{Transport: transport}), clevercloud.WithMaxRetries(0))
	require.NoError(t, err)
	for _, credentials := range []auth.Authenticator{
		auth.Bearer("token"), auth.OAuth1{ConsumerKey: "a", ConsumerSecret: "b", Token: "c", TokenSecret: "d"},
	} {
		tenant, err := base.With(clevercloud.WithAuth(credentials))
		require.NoError(t, err)
		_, err = tenant.Zones.List(t.Context(), clevercloud.ZoneQuery{})
		require.Error(t, err)
	}
	assert.Equal(t, []string{"api-bridge.clever-cloud.com", "api.clever-cloud.com"}, seen)
}

// A queue of calls is longer than an attempt may take.
func TestDocs_TenantsLimiter(t *testing.T) {
	t.Parallel()
	const calls = 5
	queue := func(t *testing.T, client *clevercloud.Client, l limiter) []error {
		errs := make([]error, calls)
		var wg sync.WaitGroup
		for i := range errs {
			wg.Go(func() {
				_, errs[i] = limited(t.Context(), l, func(ctx context.Context) ([]clevercloud.Zone, error) {
					return client.Zones.List(ctx, clevercloud.ZoneQuery{})
				})
			})
		}
		wg.Wait()
		return errs
	}
	t.Run("around the call", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			api := clevertest.NewServer(clevertest.WithPipes())
			defer api.Close()
			start := time.Now()
			client := api.Client(clevercloud.WithTimeout(time.Second), clevercloud.WithMaxRetries(0))
			for _, err := range queue(t, client, &pace{interval: 2 * time.Second}) {
				assert.NoError(t, err)
			}
			assert.Equal(t, 2*time.Second*(calls-1), time.Since(start))
		})
	})
	t.Run("in middleware", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			api := clevertest.NewServer(clevertest.WithPipes())
			defer api.Close()
			slow := &pace{interval: 2 * time.Second}
			client := api.Client(clevercloud.WithTimeout(time.Second), clevercloud.WithMaxRetries(0),
				clevercloud.WithMiddleware(func(next http.RoundTripper) http.RoundTripper {
					return testkit.RoundTripFunc(func(req *http.Request) (*http.Response, error) {
						if err := slow.Wait(req.Context()); err != nil {
							return nil, err
						}
						return next.RoundTrip(req)
					})
				}))
			timedOut := 0
			for _, err := range queue(t, client, &pace{}) {
				if errors.Is(err, os.ErrDeadlineExceeded) {
					timedOut++
				}
			}
			assert.Equal(t, calls-1, timedOut)
		})
	})
}
