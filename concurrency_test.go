package clevercloud_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Many at once, some given up at any moment, over clients that come and go: every result is the one that was asked for, and nothing is
// left behind.
func TestConcurrency(t *testing.T) {
	const workers, calls = 200, 20
	var open atomic.Int32
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		name := req.URL.Path[strings.LastIndexByte(req.URL.Path, '/')+1:]
		switch rand.N(6) {
		case 0:
			w.WriteHeader(503)
			_, _ = io.WriteString(w, strings.Repeat("x", rand.N(20_000)))
		case 1:
			select {
			case <-req.Context().Done():
			case <-time.After(time.Duration(rand.N(3000)) * time.Microsecond):
			}
			fallthrough
		default:
			switch {
			case strings.HasSuffix(name, ".pdf"):
				w.Header().Set("Content-Type", "application/pdf")
				_, _ = io.WriteString(w, strings.Repeat(name, 1000))
			case name == "invoices":
				_, _ = io.WriteString(w, "["+strings.Repeat(`{"kind": "INVOICE"},`, 200)+"{}]")
			default:
				_, _ = fmt.Fprintf(w, `{"name": %q, "city": %q}`, name, strings.Repeat(name, 100))
			}
		}
	}))
	srv.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		switch state {
		case http.StateNew:
			open.Add(1)
		case http.StateClosed:
			open.Add(-1)
		}
	}
	srv.Start()
	defer srv.Close()
	before := runtime.NumGoroutine()
	client := layerClient(t, clevercloud.WithBaseURL(srv.URL), clevercloud.WithAuth(layerToken("token")))
	var succeeded, cancelled atomic.Int32
	var wg sync.WaitGroup
	for worker := range workers {
		wg.Go(func() {
			own := client
			for i := range calls {
				ctx, cancel := context.WithCancel(context.Background())
				if rand.N(3) == 0 {
					time.AfterFunc(time.Duration(rand.N(3000))*time.Microsecond, cancel)
				}
				if rand.N(4) == 0 {
					own, _ = client.With(clevercloud.WithHeader("X-Worker", fmt.Sprint(worker)), clevercloud.WithMaxRetries(20))
				}
				err := layerOne(ctx, own, fmt.Sprintf("w%d-%d", worker, i))
				ended := ctx.Err()
				cancel()
				switch {
				case err == nil:
					succeeded.Add(1)
				case ended != nil && errors.Is(err, context.Canceled):
					cancelled.Add(1)
				case !errors.Is(err, clevercloud.ErrUnavailable):
					t.Errorf("%v", err)
				}
			}
		})
	}
	wg.Wait()
	client.CloseIdleConnections()

	assert.Positive(t, succeeded.Load())
	assert.Positive(t, cancelled.Load())
	layerEventually(t, func() bool { return open.Load() == 0 }, "connections are left open")
	layerEventually(t, func() bool { return runtime.NumGoroutine() <= before }, "goroutines are left")
}

// layerOne makes a call of some kind and checks that the answer is its own.
func layerOne(ctx context.Context, client *clevercloud.Client, name string) error {
	switch rand.N(4) {
	case 0:
		var w strings.Builder
		_, err := client.Billing.DownloadInvoicePDF(ctx, "orga_1", clevercloud.InvoiceNumber(name), &w)
		if err == nil && w.String() != strings.Repeat(name+".pdf", 1000) {
			return fmt.Errorf("another document: %.40s", w.String())
		}
		return err
	case 1:
		n := 0
		for _, err := range client.Billing.Invoices(ctx, "orga_1", clevercloud.InvoiceQuery{}) {
			if err != nil {
				return err
			}
			if n++; n == 100 && rand.N(2) == 0 {
				break // the rest is not read
			}
		}
		return nil
	default:
		zone, err := client.Zones.Get(ctx, clevercloud.ZoneName(name))
		if err == nil && (zone.Name != clevercloud.ZoneName(name) || zone.City != strings.Repeat(name, 100)) {
			return fmt.Errorf("another zone: %v", zone.Name)
		}
		return err
	}
}

func TestConcurrency_DerivedClientsShareConnections(t *testing.T) {
	t.Parallel()
	var accepted atomic.Int32
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "[]") }))
	srv.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			accepted.Add(1)
		}
	}
	srv.Start()
	t.Cleanup(srv.Close)
	client := layerClient(t, clevercloud.WithBaseURL(srv.URL))
	for i := range 20 {
		derived, err := client.With(clevercloud.WithUserAgent(fmt.Sprintf("derived/%d", i)), clevercloud.WithAuth(layerToken("t")))
		require.NoError(t, err)
		_, err = derived.Zones.List(t.Context(), clevercloud.ZoneQuery{})
		require.NoError(t, err)
		_, err = layerInvoices(t.Context(), derived, func() {})
		require.NoError(t, err)
	}

	assert.EqualValues(t, 1, accepted.Load())
	client.CloseIdleConnections()
}
