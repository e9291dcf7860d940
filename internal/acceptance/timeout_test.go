package acceptance_test

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTimeout_IsOfEachAttempt(t *testing.T) {
	t.Parallel()
	for want, opts := range map[time.Duration][]clevercloud.ClientOption{
		3 * time.Second: {clevercloud.WithTimeout(3 * time.Second)}, 60 * time.Second: nil,
	} {
		sent := 0
		testkit.Bubble(t, func(w http.ResponseWriter, req *http.Request) {
			if sent++; sent < 3 {
				<-req.Context().Done()
				return
			}
			_, _ = io.WriteString(w, `[]`)
		}, func(t *testing.T, client *clevercloud.Client, _ *testkit.PipeListener) {
			start := time.Now()

			must(client.Zones.List(t.Context(), clevercloud.ZoneQuery{}))(t)

			assert.Equal(t, 3, sent)
			assert.GreaterOrEqual(t, time.Since(start), 2*want)
			assert.Less(t, time.Since(start), 2*want+2*time.Second, "and the two waits")
		}, opts...)
	}
}

func TestTimeout_OfTheCallersHTTPClient(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		attempts := 0
		hc := &http.Client{Timeout: 7 * time.Second, Transport: testkit.RoundTripFunc(func(req *http.Request) (*http.Response, error) {
			attempts++
			<-req.Context().Done()
			return nil, req.Context().Err()
		})}
		client := testkit.Client(t, clevercloud.WithHTTPClient(hc))
		start := time.Now()

		_, err := client.Zones.List(t.Context(), clevercloud.ZoneQuery{}, clevercloud.WithMaxRetries(1))

		assert.Equal(t, 2, attempts)
		assert.InDelta(t, 14*time.Second, time.Since(start), float64(time.Millisecond))
		assert.ErrorIs(t, err, os.ErrDeadlineExceeded)
		assert.EqualError(t, err, "clevercloud: zones.list: timed out after 7s waiting for the response (2 attempts)")
	})
}

// A result that is read at once has to be complete in time, headers or no headers.
func TestTimeout_CoversTheBodyOfAResult(t *testing.T) {
	t.Parallel()
	testkit.Bubble(t, func(w http.ResponseWriter, req *http.Request) {
		for {
			if _, err := io.WriteString(w, " "); err != nil || req.Context().Err() != nil {
				return
			}
			w.(http.Flusher).Flush()
			time.Sleep(time.Second)
		}
	}, func(t *testing.T, client *clevercloud.Client, _ *testkit.PipeListener) {
		start := time.Now()

		_, err := client.Zones.List(t.Context(), clevercloud.ZoneQuery{}, clevercloud.WithTimeout(5*time.Second), clevercloud.WithMaxRetries(0))

		assert.Equal(t, 5*time.Second, time.Since(start))
		var timeout net.Error
		require.ErrorAs(t, err, &timeout)
		assert.True(t, timeout.Timeout())
	})
}

func TestTimeout_CutsNothingThatMoves(t *testing.T) {
	t.Parallel()
	testkit.Bubble(t, func(w http.ResponseWriter, req *http.Request) {
		begin, again, end := "[{}", `,{"kind": "INVOICE"}`, "]"
		if strings.HasSuffix(req.URL.Path, ".pdf") {
			w.Header().Set("Content-Type", "application/pdf")
			begin, again, end = "%PDF", "%PDF", ""
		}
		_, _ = io.WriteString(w, begin)
		for range 30 {
			w.(http.Flusher).Flush()
			time.Sleep(4 * time.Second)
			_, _ = io.WriteString(w, again)
		}
		_, _ = io.WriteString(w, end)
	}, func(t *testing.T, client *clevercloud.Client, l *testkit.PipeListener) {
		start := time.Now()

		assert.EqualValues(t, 31*4, must(testkit.DownloadPDF(t.Context(), client, io.Discard))(t))
		assert.Equal(t, 31, must(testkit.CountInvoices(t.Context(), client, func() {}))(t))
		assert.Equal(t, 240*time.Second, time.Since(start))
		assert.EqualValues(t, 1, l.Dialed.Load(), "a body read to its end leaves a connection that can be used again")
	}, clevercloud.WithTimeout(5*time.Second))
}

func TestTimeout_CutsWhatIsSilent(t *testing.T) {
	t.Parallel()
	testkit.Bubble(t, func(w http.ResponseWriter, req *http.Request) {
		if strings.HasSuffix(req.URL.Path, ".pdf") {
			w.Header().Set("Content-Type", "application/pdf")
			w.Header().Set("Content-Length", "100")
			_, _ = io.WriteString(w, "%PDF-1")
		} else {
			_, _ = io.WriteString(w, `[{"kind": "INVOICE"}, {"kind`)
		}
		w.(http.Flusher).Flush()
		<-req.Context().Done()
	}, func(t *testing.T, client *clevercloud.Client, _ *testkit.PipeListener) {
		start := time.Now()
		var w bytes.Buffer

		n, err := testkit.DownloadPDF(t.Context(), client, &w)

		assert.Equal(t, 5*time.Second, time.Since(start))
		assert.EqualValues(t, 6, n)
		assert.Equal(t, "%PDF-1", w.String())
		var timeout net.Error
		require.ErrorAs(t, err, &timeout)
		assert.True(t, timeout.Timeout())
		assert.NotErrorIs(t, err, context.DeadlineExceeded)
		assert.EqualError(t, err, "clevercloud: billing.download-invoice-pdf: download ended early, "+
			"after 6 of 100 bytes: timed out after 5s without data")

		elements, err := testkit.CountInvoices(t.Context(), client, func() {})

		assert.Equal(t, 10*time.Second, time.Since(start))
		assert.Equal(t, 1, elements)
		require.ErrorAs(t, err, &timeout)
		assert.EqualError(t, err, "clevercloud: billing.list-invoices: timed out after 5s without data")
	}, clevercloud.WithTimeout(5*time.Second))
}

// slowWriter takes its time, which is no fault of the server's.
type slowWriter struct{ pause time.Duration }

func (w slowWriter) Write(p []byte) (int, error) { time.Sleep(w.pause); return len(p), nil }

func TestTimeout_ASlowReaderIsNotPunished(t *testing.T) {
	t.Parallel()
	testkit.Bubble(t, func(w http.ResponseWriter, req *http.Request) {
		if strings.HasSuffix(req.URL.Path, ".pdf") {
			w.Header().Set("Content-Type", "application/pdf")
			_, _ = w.Write(make([]byte, 200_000))
			return
		}
		_, _ = io.WriteString(w, "["+strings.Repeat(`{"kind": "INVOICE"},`, 9999)+"{}]")
	}, func(t *testing.T, client *clevercloud.Client, _ *testkit.PipeListener) {
		assert.EqualValues(t, 200_000, must(testkit.DownloadPDF(t.Context(), client, slowWriter{time.Hour}))(t))
		pause := func() { time.Sleep(time.Minute) }
		assert.Equal(t, 10_000, must(testkit.CountInvoices(t.Context(), client, pause))(t))
	}, clevercloud.WithTimeout(time.Second))
}

func TestTimeout_NoneAtAll(t *testing.T) {
	t.Parallel()
	testkit.Bubble(t, func(w http.ResponseWriter, _ *http.Request) {
		time.Sleep(10 * time.Hour)
		_, _ = io.WriteString(w, "[")
		w.(http.Flusher).Flush()
		time.Sleep(10 * time.Hour)
		_, _ = io.WriteString(w, "]")
	}, func(t *testing.T, client *clevercloud.Client, _ *testkit.PipeListener) {
		must(client.Zones.List(t.Context(), clevercloud.ZoneQuery{}))(t)
		must(testkit.CountInvoices(t.Context(), client, func() {}))(t)
	}, clevercloud.WithTimeout(0))
}
