package acceptance_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/internal/testkit"
	"github.com/stretchr/testify/assert"
)

// A crowd is many goroutines over one client, and what came of their calls.
type crowd struct {
	goroutines int
	lasts      time.Duration
	http2      bool

	open, mostOpen                                      atomic.Int64
	calls, succeeded, refused, cancelled, left, foreign atomic.Int64
	derived                                             atomic.Int64
	before, most, after                                 int
	took                                                time.Duration
}

// crowdConnections bounds the connections of a crowd. Each takes two file descriptors of this
// process, which may have about a thousand.
const crowdConnections = 200

// Many calls at once, some canceled at any moment, by clients that come and go: each gets its own
// result, and nothing is leaked.
func TestConcurrency(t *testing.T) {
	crowds := []*crowd{
		{goroutines: 200, lasts: 300 * time.Millisecond},
		{goroutines: 200, lasts: 300 * time.Millisecond, http2: true},
	}
	if long() {
		for _, c := range crowds {
			c.goroutines, c.lasts = 5000, time.Minute
		}
	}
	table := "| | HTTP/1.1 | HTTP/2 |\n| --- | --: | --: |\n"
	for _, c := range crowds {
		c.run(t)
	}
	row := func(name string, figure func(*crowd) any) {
		table += fmt.Sprintf("| %s | %v | %v |\n", name, figure(crowds[0]), figure(crowds[1]))
	}
	row("goroutines that call", func(c *crowd) any { return c.goroutines })
	row("calls", func(c *crowd) any { return c.calls.Load() })
	row("succeeded", func(c *crowd) any { return c.succeeded.Load() })
	row("left halfway by their loop", func(c *crowd) any { return c.left.Load() })
	row("cancelled", func(c *crowd) any { return c.cancelled.Load() })
	row("refused by the server to the last attempt", func(c *crowd) any { return c.refused.Load() })
	row("with a result of somebody else's, or another error", func(c *crowd) any { return c.foreign.Load() })
	row("clients derived and dropped", func(c *crowd) any { return c.derived.Load() })
	row("connections, at most and in the end", func(c *crowd) any {
		return fmt.Sprintf("%d, %d", c.mostOpen.Load(), c.open.Load())
	})
	row("goroutines, before, at most and after", func(c *crowd) any {
		return fmt.Sprintf("%d, %d, %d", c.before, c.most, c.after)
	})
	row("time", func(c *crowd) any { return c.took.Round(time.Second) })
	report(t, table)
}

func (c *crowd) run(t *testing.T) {
	srv := httptest.NewUnstartedServer(http.HandlerFunc(crowdAnswer))
	srv.Config.ErrorLog = log.New(io.Discard, "", 0)
	transport := &http.Transport{
		DialContext: c.dial, MaxConnsPerHost: crowdConnections, MaxIdleConnsPerHost: crowdConnections,
	}
	if c.http2 {
		srv.EnableHTTP2 = true
		srv.StartTLS()
		transport.TLSClientConfig = transportOf(srv).TLSClientConfig
		transport.ForceAttemptHTTP2 = true
	} else {
		srv.Start()
	}
	defer srv.Close()
	c.before = runtime.NumGoroutine()
	// Waiting long for a connection is not a fault.
	client := testkit.Client(t, clevercloud.WithBaseURL(srv.URL), clevercloud.WithTimeout(10*time.Minute),
		clevercloud.WithHTTPClient(&http.Client{Transport: transport}), clevercloud.WithAuth(testkit.Token("token")))
	start := time.Now()
	var wg sync.WaitGroup
	for worker := range c.goroutines {
		wg.Go(func() { c.work(t, client, worker, start.Add(c.lasts)) })
	}
	c.most = runtime.NumGoroutine()
	wg.Wait()
	c.took = time.Since(start)

	assert.Zero(t, c.foreign.Load())
	assert.Equal(t, c.calls.Load(), c.succeeded.Load()+c.left.Load()+c.cancelled.Load()+c.refused.Load())
	for i, n := range []*atomic.Int64{&c.succeeded, &c.left, &c.cancelled, &c.derived} {
		assert.Positive(t, n.Load(), "succeeded, left, cancelled, derived: %d", i)
	}
	// net/http counts a connection as gone just before it closes it.
	assert.LessOrEqual(t, c.mostOpen.Load(), int64(crowdConnections+crowdConnections/10))
	testkit.Eventually(t, func() bool {
		client.CloseIdleConnections() // also those whose dial has outlived the call that it was for
		return c.open.Load() == 0
	}, "connections are left open")
	testkit.Eventually(t, func() bool { return runtime.NumGoroutine() <= c.before }, "goroutines are left")
	c.after = runtime.NumGoroutine()
}

// dial counts connections, and those that are closed.
func (c *crowd) dial(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := new(net.Dialer).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	n := c.open.Add(1)
	for most := c.mostOpen.Load(); n > most && !c.mostOpen.CompareAndSwap(most, n); most = c.mostOpen.Load() {
	}
	return &crowdConn{Conn: conn, closed: sync.OnceFunc(func() { c.open.Add(-1) })}, nil
}

// A crowdConn reports its end.
type crowdConn struct {
	net.Conn
	closed func()
}

func (c *crowdConn) Close() error {
	c.closed()
	return c.Conn.Close()
}

// work makes calls until the end, and some in any case.
func (c *crowd) work(t *testing.T, client *clevercloud.Client, worker int, end time.Time) {
	own := client
	kept := map[string]*clevercloud.Zone{}
	for i := 0; i < 3 || time.Now().Before(end); i++ {
		ctx := context.Background() // which closes nothing that a call has left open
		if rand.N(3) == 0 {
			var cancel context.CancelFunc
			ctx, cancel = context.WithCancel(ctx)
			// The cancellation is as likely early in a call as late.
			time.AfterFunc(time.Microsecond<<rand.N(20), cancel)
		}
		if rand.N(4) == 0 {
			own, _ = client.With(clevercloud.WithHeader("X-Worker", fmt.Sprint(worker)), clevercloud.WithMaxRetries(20))
			c.derived.Add(1)
		}
		err := crowdCall(ctx, own, fmt.Sprintf("w%d-%d", worker, i), kept)
		ended := ctx.Err()
		c.calls.Add(1)
		switch {
		case err == nil:
			c.succeeded.Add(1)
		case err == errLeft:
			c.left.Add(1)
		case ended != nil && errors.Is(err, context.Canceled):
			c.cancelled.Add(1)
		case errors.Is(err, clevercloud.ErrUnavailable):
			c.refused.Add(1)
		default:
			c.foreign.Add(1)
			t.Errorf("%v", err)
		}
	}
	// What was decoded from memory that is used again stays as it was.
	for name, zone := range kept {
		if zone.City != strings.Repeat(name, 100) {
			c.foreign.Add(1)
			t.Errorf("a result that has changed: %.40s", zone.City)
		}
	}
}

// errLeft is a loop that was left before its end.
var errLeft = errors.New("left")

// crowdAnswer gives each caller his own, now and then late, refused, or cut off.
func crowdAnswer(w http.ResponseWriter, req *http.Request) {
	if rand.N(6) == 0 {
		select {
		case <-req.Context().Done():
		case <-time.After(time.Duration(rand.N(int64(3 * time.Millisecond)))):
		}
	}
	segments := strings.Split(req.URL.Path, "/")
	name := segments[len(segments)-1]
	switch {
	case rand.N(6) == 0:
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = io.WriteString(w, strings.Repeat("x", rand.N(20_000)))
	case strings.HasSuffix(name, ".pdf"):
		w.Header().Set("Content-Type", "application/pdf")
		_, _ = io.WriteString(w, strings.Repeat(name, 1000))
	case name == "invoices":
		for i := range 200 {
			_, _ = fmt.Fprintf(w, `%c{"invoice_number": "%s-%d"}`, "[,"[min(i, 1)], segments[4], i)
		}
		_, _ = io.WriteString(w, "]")
	case name == "logs":
		crowdLogs(w, segments[6], req.Header.Get("Last-Event-ID"))
	case name == "drains":
		body, _ := io.ReadAll(req.Body)
		_, _ = w.Write(body)
	default:
		_, _ = fmt.Fprintf(w, `{"name": %q, "city": %q}`, name, strings.Repeat(name, 100))
	}
}

// crowdEntries is the length of a log.
const crowdEntries = 30

// crowdLogs writes the log of an application after an entry, or breaks off on the way.
func crowdLogs(w http.ResponseWriter, app, after string) {
	w.Header().Set("Content-Type", "text/event-stream")
	first, _ := strconv.Atoi(after)
	for i := first + 1; i <= crowdEntries; i++ {
		_, _ = fmt.Fprintf(w, "id:%d\nevent:APPLICATION_LOG\ndata:{\"applicationId\":%q,\"message\":\"%d\"}\n\n", i, app, i)
		if rand.N(60) == 0 {
			_ = http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		}
	}
	_, _ = io.WriteString(w, "event:END_OF_STREAM\ndata:{\"endedBy\":\"UNTIL_REACHED\"}\n\n")
}

// crowdCall makes a call of some kind and checks that the answer is its own.
func crowdCall(ctx context.Context, client *clevercloud.Client, name string, kept map[string]*clevercloud.Zone) error {
	switch rand.N(6) {
	case 0:
		var w strings.Builder
		_, err := client.Billing.DownloadInvoicePDF(ctx, "orga_1", clevercloud.InvoiceNumber(name), &w)
		if err == nil && w.String() != strings.Repeat(name+".pdf", 1000) {
			return fmt.Errorf("another document: %.40s", w.String())
		}
		return err
	case 1:
		return crowdInvoices(ctx, client, name)
	case 2:
		return crowdStream(ctx, client, name)
	case 3:
		sent := clevercloud.DrainInput{Kind: "LOG", Recipient: clevercloud.RawRecipient{URL: "https://logs.test/" + name}}
		drain, err := client.Drains.Create(ctx, "orga_1", "app_1", sent)
		if err == nil && drain.Recipient != sent.Recipient {
			return fmt.Errorf("another drain: %v", drain.Recipient)
		}
		return err
	default:
		zone, err := client.Zones.Get(ctx, clevercloud.ZoneName(name))
		if err == nil && (zone.Name != clevercloud.ZoneName(name) || zone.City != strings.Repeat(name, 100)) {
			return fmt.Errorf("another zone: %v", zone.Name)
		}
		if err == nil && len(kept) < 20 {
			kept[name] = zone
		}
		return err
	}
}

func crowdInvoices(ctx context.Context, client *clevercloud.Client, name string) error {
	n := 0
	for invoice, err := range client.Billing.Invoices(ctx, clevercloud.OwnerID(name), clevercloud.InvoiceQuery{}) {
		if err != nil {
			return err
		}
		if want := fmt.Sprintf("%s-%d", name, n); string(invoice.Number) != want {
			return fmt.Errorf("%s in place of %s", invoice.Number, want)
		}
		if n++; n == 100 && rand.N(2) == 0 {
			return errLeft
		}
	}
	if n != 200 {
		return fmt.Errorf("%d invoices", n)
	}
	return nil
}

// crowdStream follows a log through lost connections: each entry once and in order.
func crowdStream(ctx context.Context, client *clevercloud.Client, name string) error {
	n := 0
	q := clevercloud.LogQuery{Reconnect: clevercloud.RetryPolicy{MinWait: time.Millisecond, MaxWait: 5 * time.Millisecond}}
	for entry, err := range client.Logs.Stream(ctx, "orga_1", clevercloud.ApplicationID(name), q) {
		if err != nil {
			return err
		}
		if n++; string(entry.ApplicationID) != name || entry.Message != strconv.Itoa(n) {
			return fmt.Errorf("entry %s of %s as number %d of %s", entry.Message, entry.ApplicationID, n, name)
		}
		if rand.N(2*crowdEntries) == 0 {
			return errLeft
		}
	}
	if n != crowdEntries {
		return fmt.Errorf("%d entries", n)
	}
	return nil
}

func TestConcurrency_DerivedClientsShareConnections(t *testing.T) {
	t.Parallel()
	connections := map[string]bool{}
	_, client := testkit.Serve(t, func(w http.ResponseWriter, req *http.Request) {
		connections[req.RemoteAddr] = true
		_, _ = io.WriteString(w, "[]")
	})
	for i := range 20 {
		derived := must(client.With(clevercloud.WithUserAgent(fmt.Sprint("derived/", i)),
			clevercloud.WithAuth(testkit.Token("t"))))(t)
		must(derived.Zones.List(t.Context(), clevercloud.ZoneQuery{}))(t)
		must(testkit.CountInvoices(t.Context(), derived, func() {}))(t)
	}

	assert.Len(t, connections, 1)
}
