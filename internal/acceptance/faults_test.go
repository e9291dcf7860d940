package acceptance_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"log"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"reflect"
	"regexp"
	"runtime"
	"slices"
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

const (
	// faultDeadline is far above what a call takes: who needs it hangs.
	faultDeadline = 20 * time.Second
	// faultPatience is the timeout of attempts that meet a stall.
	faultPatience = 60 * time.Millisecond
)

// A faultOperation is one thing that a program does with the SDK: those of the contract, and what is more than one call or less than one.
type faultOperation struct {
	id string
	// once says that the API may carry it out once at most.
	once bool
	// handed says that the result goes to the caller while it arrives, so that an attempt cannot be taken back. What has been given is a
	// faultPart.
	handed bool
	// resumed says that it goes on where it was cut.
	resumed bool
	call    func(context.Context, *clevercloud.Client, *wireFault) (any, error)
}

// A faultPart is what of a result has been handed over: the text of a document, or the elements of a sequence.
type faultPart struct {
	text  string
	bytes int64
	items []any
}

func faultOperations() []faultOperation {
	var all []faultOperation
	for _, o := range testkit.Contract {
		ids, _ := o.IDs("fine")
		f := faultOperation{id: o.ID, once: o.Once}
		f.call = func(ctx context.Context, c *clevercloud.Client, _ *wireFault) (any, error) {
			return o.Call(ctx, c, ids)
		}
		if download := faultDownloads[o.ID]; download != nil {
			f.handed, f.call = true, faultDocument(download)
		}
		all = append(all, f)
	}
	return append(all, faultSequences()...)
}

var faultDownloads = map[string]func(context.Context, *clevercloud.Client, io.Writer) (int64, error){
	"billing.download-invoice-html": func(ctx context.Context, c *clevercloud.Client, w io.Writer) (int64, error) {
		return c.Billing.DownloadInvoiceHTML(ctx, "orga_1", "F1", w)
	},
	"billing.download-invoice-pdf": func(ctx context.Context, c *clevercloud.Client, w io.Writer) (int64, error) {
		return c.Billing.DownloadInvoicePDF(ctx, "orga_1", "F1", w)
	},
	"operators.otoroshi-config": func(ctx context.Context, c *clevercloud.Client, w io.Writer) (int64, error) {
		return c.Operators.OtoroshiConfig(ctx, "otoroshi_1", w)
	},
}

func faultDocument(download func(context.Context, *clevercloud.Client, io.Writer) (int64, error)) func(context.Context, *clevercloud.Client, *wireFault) (any, error) {
	return func(ctx context.Context, c *clevercloud.Client, _ *wireFault) (any, error) {
		var w bytes.Buffer
		n, err := download(ctx, c, &w)
		return faultPart{text: w.String(), bytes: n}, err
	}
}

func faultSequences() []faultOperation {
	q := func(f *wireFault) clevercloud.LogQuery {
		reconnect := clevercloud.RetryPolicy{MaxRetries: 2, MinWait: time.Millisecond, MaxWait: 2 * time.Millisecond}
		return clevercloud.LogQuery{IdleTimeout: f.patience(), Reconnect: reconnect}
	}
	type call = func(context.Context, *clevercloud.Client, *wireFault) (any, error)
	streamed := func(id string, c call) faultOperation {
		return faultOperation{id: id, handed: true, resumed: true, call: c}
	}
	return []faultOperation{
		{id: "billing.list-invoices (sequence)", handed: true, call: func(ctx context.Context, c *clevercloud.Client, _ *wireFault) (any, error) {
			return faultCollect(c.Billing.Invoices(ctx, "orga_1", clevercloud.InvoiceQuery{}))
		}},
		{id: "orchestration.list-instances (sequence)", call: func(ctx context.Context, c *clevercloud.Client, _ *wireFault) (any, error) {
			part, err := faultCollect(c.Orchestration.Instances(ctx, "orga_1", "app_1", clevercloud.InstanceQuery{}))
			if err != nil && len(part.items) == 0 {
				return nil, err
			}
			return part, err
		}},
		{id: "orchestration.get-deployment (wait)", call: func(ctx context.Context, c *clevercloud.Client, f *wireFault) (any, error) {
			ctx, cancel := f.while(ctx)
			defer cancel()
			return testkit.Result(c.Orchestration.WaitForDeployment(ctx, "orga_1", "app_1", "deployment_1", clevercloud.DeploymentWait{Interval: 1}))
		}},
		{id: "drains.get (wait)", call: func(ctx context.Context, c *clevercloud.Client, f *wireFault) (any, error) {
			ctx, cancel := f.while(ctx)
			defer cancel()
			return testkit.Result(c.Drains.WaitForStatus(ctx, "orga_1", "app_1", "drain_1", clevercloud.DrainStatusEnabled, clevercloud.DrainWait{Interval: 1}))
		}},
		streamed("logs.stream", func(ctx context.Context, c *clevercloud.Client, f *wireFault) (any, error) {
			return faultCollect(c.Logs.Stream(ctx, "orga_1", "app_1", q(f)))
		}),
		streamed("logs.stream-resource", func(ctx context.Context, c *clevercloud.Client, f *wireFault) (any, error) {
			return faultCollect(c.Logs.StreamResource(ctx, "orga_1", "postgresql_1", q(f)))
		}),
		streamed("logs.stream-access", func(ctx context.Context, c *clevercloud.Client, f *wireFault) (any, error) {
			return faultCollect(c.Logs.StreamAccess(ctx, "orga_1", "app_1", q(f)))
		}),
		{id: "do (GET)", call: func(ctx context.Context, c *clevercloud.Client, _ *wireFault) (any, error) {
			var out map[string]any
			err := c.Do(ctx, http.MethodGet, "/v2/self", nil, &out)
			return testkit.Result(out, err)
		}},
		{id: "do (POST)", once: true, call: func(ctx context.Context, c *clevercloud.Client, _ *wireFault) (any, error) {
			var out map[string]any
			err := c.Do(ctx, http.MethodPost, "/v2/self", map[string]int{"a": 1}, &out)
			return testkit.Result(out, err)
		}},
		{id: "do (to a writer)", handed: true, call: faultDocument(func(ctx context.Context, c *clevercloud.Client, w io.Writer) (int64, error) {
			counted := &faultCounter{w: w}
			err := c.Do(ctx, http.MethodGet, "/v2/self", nil, counted)
			return counted.n, err
		})},
	}
}

type faultCounter struct {
	w io.Writer
	n int64
}

func (c *faultCounter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}

// faultCollect takes a sequence to its end or its first error.
func faultCollect[T any](elements iter.Seq2[T, error]) (faultPart, error) {
	var part faultPart
	for element, err := range elements {
		if err != nil {
			return part, err
		}
		part.items = append(part.items, element)
	}
	return part, nil
}

// A faultAPI answers every operation with its fixture and counts, by the Case header, what it was asked to carry out.
type faultAPI struct {
	*httptest.Server
	routes []faultRoute
	counts sync.Map
}

type faultRoute struct {
	method     string
	path       *regexp.Regexp
	literal    int
	kind, body string
}

func newFaultAPI(t *testing.T) *faultAPI {
	a := &faultAPI{}
	for _, o := range testkit.Contract {
		pattern := regexp.QuoteMeta(testkit.Placeholder.ReplaceAllLiteralString(o.Path, "\x00"))
		route := faultRoute{method: o.Method, path: regexp.MustCompile("^" + strings.ReplaceAll(pattern, "\x00", "[^/]+") + "$"), kind: o.Accept}
		route.literal = len(pattern)
		if o.OK != "" {
			route.body = testkit.Fixture(t, o.OK)
		}
		if route.kind == "" {
			route.kind = "application/json"
		}
		a.routes = append(a.routes, route)
	}
	a.routes = append(a.routes, faultRoute{method: http.MethodPost, path: regexp.MustCompile("^/v2/self$"), kind: "application/json", body: `{"id":"thing_1"}`})
	// The most literal pattern comes first: …/unpaid before …/{invoiceid}.
	slices.SortStableFunc(a.routes, func(x, y faultRoute) int { return y.literal - x.literal })
	a.Server = httptest.NewServer(a)
	return a
}

func (a *faultAPI) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	_, _ = io.Copy(io.Discard, req.Body)
	count, _ := a.counts.LoadOrStore(req.Header.Get("Case"), new(atomic.Int64))
	count.(*atomic.Int64).Add(1)
	w.Header().Set("Sozu-Id", "01K3EXAMPLE")
	if strings.HasSuffix(req.URL.Path, "logs") {
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = io.WriteString(w, faultStream(req))
		return
	}
	for _, route := range a.routes {
		if route.method == req.Method && route.path.MatchString(req.URL.Path) {
			if route.body == "" {
				w.WriteHeader(http.StatusNoContent)
				return
			}
			w.Header().Set("Content-Type", route.kind)
			body := route.body
			if query := req.URL.Query(); query.Has("since") || query.Has("until") {
				body = "[]" // the instances before or after those of the fixture
			}
			_, _ = io.WriteString(w, body)
			return
		}
	}
	http.NotFound(w, req)
}

// faultStream is five entries and an end, from where the client resumes.
func faultStream(req *http.Request) string {
	name := "APPLICATION_LOG"
	switch {
	case strings.Contains(req.URL.Path, "/resources/"):
		name = "RESOURCE_LOG"
	case strings.HasSuffix(req.URL.Path, "/accesslogs"):
		name = "ACCESS_LOG"
	}
	var text strings.Builder
	for i := 1; i <= 5; i++ {
		if id := fmt.Sprintf("entry_%d", i); id > req.Header.Get("Last-Event-Id") {
			fmt.Fprintf(&text, "event: %s\nid: %s\ndata: {\"id\":%q,\"date\":\"2026-01-02T03:04:0%d.5Z\",\"message\":\"line %d\"}\n\n", name, id, id, i, i)
		}
	}
	return text.String() + "event: END_OF_STREAM\ndata: {\"endedBy\":\"UNTIL_REACHED\"}\n\n"
}

// A framing is how an answer says where it ends.
type framing int

const (
	byLength framing = iota
	byChunks
	byClose
)

func (f framing) String() string { return [...]string{"length", "chunks", "close"}[f] }

// render writes an answer as it travels, and returns where its head ends.
func (f framing) render(resp *http.Response, body []byte) (message []byte, head int) {
	var b bytes.Buffer
	fmt.Fprintf(&b, "HTTP/1.1 %s\r\n", resp.Status)
	for _, name := range slices.Sorted(maps.Keys(resp.Header)) {
		if name != "Content-Length" && name != "Date" {
			fmt.Fprintf(&b, "%s: %s\r\n", name, resp.Header.Get(name))
		}
	}
	switch {
	case resp.StatusCode == http.StatusNoContent:
		b.WriteString("\r\n")
		return b.Bytes(), b.Len()
	case f == byLength:
		fmt.Fprintf(&b, "Content-Length: %d\r\n\r\n", len(body))
	case f == byChunks:
		b.WriteString("Transfer-Encoding: chunked\r\n\r\n")
	case f == byClose:
		b.WriteString("\r\n")
	}
	head = b.Len()
	if f != byChunks {
		b.Write(body)
		return b.Bytes(), head
	}
	for chunk := range slices.Chunk(body, len(body)/3+1) {
		fmt.Fprintf(&b, "%x\r\n%s\r\n", len(chunk), chunk)
	}
	b.WriteString("0\r\n\r\n")
	return b.Bytes(), head
}

// A faultEnding is what becomes of a connection after the bytes that a fault lets through.
type faultEnding int

const (
	endStay faultEnding = iota
	endHangUp
	endReset
	endSilence
)

// A wireFault is what goes wrong between a client and the API.
type wireFault struct {
	group, name string
	framing     framing
	// refused is how many connections are refused, -1 for all.
	refused int
	// greeted says that it strikes connections before they carry a request, early that it strikes requests before the API sees them.
	greeted, early bool
	// hits says which requests are struck, counted from 1; nil is all.
	hits func(n int) bool
	// damage returns what is left of an answer; nil is all of it.
	damage func(message []byte, head int) []byte
	// pieces is the number of writes that an answer is sent by, with a pause in between.
	pieces int
	pause  time.Duration
	end    faultEnding
	// warm has a connection used before the call.
	warm bool
	// calls is how often the operation is performed, 0 is once.
	calls int
	// harmless says that every call must be right, mended that one which may be repeated must, unless it has been handed something.
	harmless, mended bool
	// inBody says that a mended fault strikes when something may have been handed over.
	inBody bool
	// certain says that no damage can look like another answer.
	certain bool
	// always is for what the short run must not leave out.
	always bool
}

func (f *wireFault) patience() time.Duration {
	if f.end == endSilence {
		return faultPatience
	}
	return faultDeadline / 2
}

// while bounds a wait: damage may have made another state of the one that is waited
// for, and no transient error ends it.
func (f *wireFault) while(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, time.Second)
}

func (f *wireFault) damaged(message []byte, head int) []byte {
	if f.damage == nil {
		return message
	}
	return f.damage(message, head)
}

// A faultProxy stands between a client and the API and lets one fault happen.
type faultProxy struct {
	listener *net.TCPListener
	api      *faultAPI
	fault    *wireFault
	key      string
	refusals atomic.Int32
	requests atomic.Int32
	open     atomic.Int32
	closing  chan struct{}
	running  sync.WaitGroup

	mu      sync.Mutex
	message []byte
	head    int
}

// faultListener waits for a port: a fast machine makes connections sooner than the system forgets those that were closed, which takes a
// minute.
func faultListener() (listener *net.TCPListener, err error) {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(2 * time.Minute); ; <-tick.C {
		listener, err = net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
		if !errors.Is(err, syscall.EADDRINUSE) || time.Now().After(end) {
			return listener, err
		}
	}
}

func newFaultProxy(api *faultAPI, f *wireFault, key string) (*faultProxy, error) {
	listener, err := faultListener()
	if err != nil {
		return nil, err
	}
	p := &faultProxy{listener: listener, api: api, fault: f, key: key, closing: make(chan struct{})}
	p.running.Go(func() {
		for {
			conn, err := listener.AcceptTCP()
			if err != nil {
				return
			}
			p.open.Add(1)
			p.running.Go(func() {
				defer p.open.Add(-1)
				defer conn.Close()
				p.serve(conn)
			})
		}
	})
	return p, nil
}

func (p *faultProxy) close() {
	p.listener.Close()
	close(p.closing)
	p.running.Wait()
}

// dial is for the client: connections are really refused, by a port where nobody listens.
func (p *faultProxy) dial(ctx context.Context, network, address string) (net.Conn, error) {
	if f := p.fault; f.refused < 0 || int(p.refusals.Add(1)) <= f.refused {
		vacant, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		address = vacant.Addr().String()
		vacant.Close()
	}
	return new(net.Dialer).DialContext(ctx, network, address)
}

func (p *faultProxy) serve(conn *net.TCPConn) {
	if p.fault.greeted {
		p.finish(conn)
		return
	}
	in := bufio.NewReader(conn)
	for {
		req, err := http.ReadRequest(in)
		if err != nil {
			return
		}
		body, err := io.ReadAll(req.Body)
		if err != nil {
			return
		}
		n := int(p.requests.Add(1))
		struck := p.fault.hits == nil || p.fault.hits(n)
		if struck && p.fault.early {
			p.finish(conn)
			return
		}
		message, head, err := p.api.ask(req, body, p.key, p.fault.framing)
		if err != nil {
			return
		}
		p.mu.Lock()
		p.message, p.head = message, head
		p.mu.Unlock()
		if !struck {
			if _, err := conn.Write(message); err != nil || p.fault.framing == byClose {
				return
			}
			continue
		}
		p.send(conn, p.fault.damaged(message, head))
		if p.fault.end != endStay || p.fault.framing == byClose {
			p.finish(conn)
			return
		}
	}
}

// ask has the API carry out a request.
func (a *faultAPI) ask(req *http.Request, body []byte, key string, f framing) (message []byte, head int, err error) {
	forwarded, err := http.NewRequestWithContext(context.Background(), req.Method, a.URL+req.URL.RequestURI(), bytes.NewReader(body))
	if err != nil {
		return nil, 0, err
	}
	forwarded.Header = req.Header.Clone()
	forwarded.Header.Set("Case", key)
	forwarded.Header.Del("Accept-Encoding")
	resp, err := a.Client().Do(forwarded)
	if err != nil {
		return nil, 0, err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, 0, err
	}
	message, head = f.render(resp, answer)
	return message, head, nil
}

func (p *faultProxy) send(conn *net.TCPConn, message []byte) {
	size := len(message)/max(1, p.fault.pieces) + 1
	for piece := range slices.Chunk(message, size) {
		if _, err := conn.Write(piece); err != nil {
			return
		}
		p.wait(p.fault.pause)
	}
}

func (p *faultProxy) wait(d time.Duration) {
	if d == 0 {
		return
	}
	select {
	case <-time.After(d):
	case <-p.closing:
	}
}

// finish ends a connection as the fault says.
func (p *faultProxy) finish(conn *net.TCPConn) {
	switch p.fault.end {
	case endReset:
		_ = conn.SetLinger(0)
	case endSilence:
		// The client gives up.
		_, _ = conn.Read(make([]byte, 1))
	}
}

// A faultMatrix counts what has been tried.
type faultMatrix struct {
	t   *testing.T
	api *faultAPI
	mu  sync.Mutex
	// cells are by operation, then by group of faults.
	cells map[string]map[string]*faultCell
	cases atomic.Int64
}

type faultCell struct{ tried, passed, correct, failed, other int }

// A faultOutcome is what a call came to.
type faultOutcome int

const (
	outcomeWrong faultOutcome = iota
	outcomeRight
	outcomeTyped
	// outcomeForged is damage that left a whole answer of another content, which the SDK gave as it stands.
	outcomeForged
)

// try performs o against f and reports whether all is well.
func (m *faultMatrix) try(o faultOperation, f wireFault, want any) {
	got, problem := m.run(o, &f, want)
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.cells[o.id] == nil {
		m.cells[o.id] = map[string]*faultCell{}
	}
	cell := m.cells[o.id][f.group]
	if cell == nil {
		cell = &faultCell{}
		m.cells[o.id][f.group] = cell
	}
	cell.tried++
	if problem != nil {
		m.t.Errorf("%s, %s: %s (%v): %v", o.id, f.group, f.name, f.framing, problem)
		return
	}
	cell.passed++
	switch got {
	case outcomeRight:
		cell.correct++
	case outcomeTyped:
		cell.failed++
	case outcomeForged:
		cell.other++
	}
}

func (m *faultMatrix) run(o faultOperation, f *wireFault, want any) (faultOutcome, error) {
	key := fmt.Sprint(m.cases.Add(1))
	p, err := newFaultProxy(m.api, f, key)
	if err != nil {
		return outcomeWrong, err
	}
	defer p.close()
	transport := &http.Transport{DialContext: p.dial, MaxResponseHeaderBytes: 1 << 20}
	defer transport.CloseIdleConnections()
	client, err := clevercloud.New(
		clevercloud.WithBaseURL("http://"+p.listener.Addr().String()), clevercloud.WithHTTPClient(&http.Client{Transport: transport}),
		clevercloud.WithTimeout(f.patience()),
		clevercloud.WithRetry(clevercloud.RetryPolicy{MaxRetries: 2, MinWait: time.Millisecond, MaxWait: 2 * time.Millisecond}),
	)
	if err != nil {
		return outcomeWrong, err
	}
	if f.warm {
		if _, err := client.Zones.List(context.Background(), clevercloud.ZoneQuery{}); err != nil {
			return outcomeWrong, fmt.Errorf("the call before: %w", err)
		}
	}
	// The context outlives the calls: what they leave open is not to be closed by its end.
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	verdict := outcomeRight
	for range max(1, f.calls) {
		got, err := m.once(ctx, o, f, client, want)
		if err != nil {
			return outcomeWrong, err
		}
		if got != outcomeRight {
			verdict = got
		}
	}
	if err := m.executions(o, f, key); err != nil {
		return outcomeWrong, err
	}
	client.CloseIdleConnections()
	for end := time.Now().Add(faultDeadline); p.open.Load() != 0; time.Sleep(100 * time.Microsecond) {
		if time.Now().After(end) {
			return outcomeWrong, fmt.Errorf("%d connections are left open", p.open.Load())
		}
	}
	return verdict, nil
}

// executions makes sure that a write was not carried out twice.
func (m *faultMatrix) executions(o faultOperation, f *wireFault, key string) error {
	count, ok := m.api.counts.LoadAndDelete(key)
	if !ok {
		return nil
	}
	n := count.(*atomic.Int64).Load()
	if f.warm {
		n--
	}
	if o.once && n > int64(max(1, f.calls)) {
		return fmt.Errorf("carried out %d times", n)
	}
	return nil
}

var errFaultLate = fmt.Errorf("took more than %v", faultDeadline)

// once performs one call and judges it.
func (m *faultMatrix) once(ctx context.Context, o faultOperation, f *wireFault, client *clevercloud.Client, want any) (faultOutcome, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	late := time.AfterFunc(faultDeadline, func() { cancel(errFaultLate) })
	got, err := faultGuarded(func() (any, error) { return o.call(ctx, client, f) })
	if !late.Stop() {
		return outcomeWrong, fmt.Errorf("%w: %w", errFaultLate, err)
	}
	if err != nil {
		return m.judgeError(o, f, got, err, want)
	}
	switch {
	case reflect.DeepEqual(got, want):
		return outcomeRight, nil
	case f.certain:
		return outcomeWrong, fmt.Errorf("got %+v, not %+v", got, want)
	}
	if whole := m.reread(o, f); !reflect.DeepEqual(got, whole) {
		return outcomeWrong, fmt.Errorf("got %+v, neither %+v nor what the damage says, %+v", got, want, whole)
	}
	return outcomeForged, nil
}

func (m *faultMatrix) judgeError(o faultOperation, f *wireFault, got any, err error, want any) (faultOutcome, error) {
	if !faultTyped(err) {
		return outcomeWrong, fmt.Errorf("no typed error: %T %w", err, err)
	}
	switch {
	case f.harmless, f.mended && !o.once && (o.resumed || !f.inBody || !o.handed):
		return outcomeWrong, fmt.Errorf("should have been right: %w", err)
	}
	part, handed := got.(faultPart)
	switch {
	case !handed && got != nil:
		return outcomeWrong, fmt.Errorf("got %+v beside the error %w", got, err)
	case handed && !m.begins(o, f, part, want.(faultPart)):
		return outcomeWrong, fmt.Errorf("was handed %+v, not the beginning of %+v, before the error %w", part, want, err)
	}
	return outcomeTyped, nil
}

// begins reports whether part is the beginning of the answer, or of what damage made of it, and its bytes were counted.
func (m *faultMatrix) begins(o faultOperation, f *wireFault, part, want faultPart) bool {
	if part.bytes != int64(len(part.text)) {
		return false
	}
	is := func(whole faultPart) bool {
		return strings.HasPrefix(whole.text, part.text) && len(part.items) <= len(whole.items) &&
			(len(part.items) == 0 || reflect.DeepEqual(part.items, whole.items[:len(part.items)]))
	}
	if is(want) {
		return true
	}
	whole, _ := m.reread(o, f).(faultPart)
	return !f.certain && is(whole)
}

// reread performs o with answers that are as damaged as f makes them, but were read by net/http alone and reach the SDK unharmed: what the
// damaged messages say to whoever takes them for true.
func (m *faultMatrix) reread(o faultOperation, f *wireFault) any {
	client, err := clevercloud.New(clevercloud.WithBaseURL(m.api.URL), clevercloud.WithMaxRetries(0), clevercloud.WithHTTPClient(&http.Client{
		Transport: testkit.RoundTripFunc(func(req *http.Request) (*http.Response, error) {
			var body []byte
			if req.Body != nil {
				body, _ = io.ReadAll(req.Body)
			}
			message, head, err := m.api.ask(req, body, "reread", f.framing)
			if err != nil {
				return nil, err
			}
			resp, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(f.damaged(message, head))), req)
			if err != nil {
				return nil, err
			}
			// A body that breaks off is handed over as far as it goes.
			text, _ := io.ReadAll(resp.Body)
			resp.Body, resp.ContentLength, resp.Close = io.NopCloser(bytes.NewReader(text)), int64(len(text)), false
			return resp, nil
		}),
	}))
	if err != nil {
		return nil
	}
	got, _ := o.call(context.Background(), client, f)
	return got
}

// faultGuarded turns a panic into an error that is none of the SDK's.
func faultGuarded(call func() (any, error)) (got any, err error) {
	defer func() {
		if crash := recover(); crash != nil {
			err = fmt.Errorf("panic: %v", crash)
		}
	}()
	return call()
}

// faultTyped reports whether err is one of the SDK's types.
func faultTyped(err error) bool {
	var failed *clevercloud.RequestError
	var refusal *clevercloud.APIError
	var foreign *clevercloud.DecodeError
	var entry *clevercloud.LogDecodeError
	if errors.As(err, &refusal) || errors.As(err, &foreign) || errors.As(err, &entry) {
		return true
	}
	return errors.As(err, &failed) && failed.Operation != "" && strings.HasPrefix(err.Error(), "clevercloud: ")
}

// faultAt ends an answer at a share of its head or its body, and some bytes on.
func faultAt(head, body float64, more int) func([]byte, int) []byte {
	return func(message []byte, headEnd int) []byte {
		i := int(head*float64(headEnd)+body*float64(len(message)-headEnd)) + more
		return message[:max(0, min(i, len(message)))]
	}
}

func faultNone(message []byte, _ int) []byte { return message[:0] }

func faultFirst(n int) func(int) bool { return func(request int) bool { return request <= n } }

// faultsNamed are the faults that have a name.
func faultsNamed() []wireFault {
	faults := []wireFault{
		{group: "refuse", name: "every connection", refused: -1},
		{group: "refuse", name: "two connections", refused: 2, harmless: true},
		{group: "reset", name: "on connecting", greeted: true, end: endReset},
		{group: "reset", name: "hangs up on connecting", greeted: true, end: endHangUp},
		{group: "reset", name: "before the API saw the request", early: true, end: endReset},
		{group: "reset", name: "a connection kept from the call before", warm: true, hits: func(n int) bool { return n == 2 }, damage: faultNone, end: endReset, mended: true},
		{group: "reset", name: "hangs up a kept connection", warm: true, hits: func(n int) bool { return n == 2 }, damage: faultNone, end: endHangUp, mended: true},
		{group: "reset", name: "hangs up a kept connection, early", warm: true, early: true, hits: func(n int) bool { return n == 2 }, end: endHangUp, mended: true},
		{group: "stall", name: "before the API saw the request", early: true, end: endSilence},
		{group: "truncate", name: "after the headers", framing: byClose, damage: faultAt(1, 0, 0), end: endHangUp, certain: true},
		{group: "truncate", name: "in the body", framing: byClose, damage: faultAt(1, 0.5, 0), end: endHangUp, certain: true},
		{group: "delay", name: "in two pieces", pieces: 2, pause: 5 * time.Millisecond, harmless: true},
		{group: "delay", name: "in thirty pieces", pieces: 30, pause: 300 * time.Microsecond, harmless: true},
		{group: "delay", name: "in thirty pieces, chunked", framing: byChunks, pieces: 30, pause: 300 * time.Microsecond, harmless: true},
		{group: "duplicate", name: "the whole answer", damage: func(message []byte, _ int) []byte { return slices.Concat(message, message) }, harmless: true},
		{group: "duplicate", name: "the status line", end: endHangUp, damage: func(message []byte, _ int) []byte {
			line := bytes.IndexByte(message, '\n') + 1
			return slices.Concat(message[:line], message)
		}},
		{group: "duplicate", name: "every header line", harmless: true, damage: func(message []byte, head int) []byte {
			line := bytes.IndexByte(message, '\n') + 1
			return slices.Concat(message[:head-2], message[line:])
		}},
		{group: "duplicate", name: "every header line, chunked", framing: byChunks, end: endHangUp, damage: func(message []byte, head int) []byte {
			line := bytes.IndexByte(message, '\n') + 1
			return slices.Concat(message[:head-2], message[line:])
		}},
	}
	for _, f := range []framing{byLength, byChunks} {
		faults = append(faults,
			wireFault{group: "corrupt", name: "another media type", framing: f, always: true, damage: func(message []byte, _ int) []byte {
				return bytes.Replace(message, []byte("Content-Type: "), []byte("Content-Type: text/html; was="), 1)
			}},
			wireFault{group: "duplicate", name: "half of the body", framing: f, end: endHangUp, damage: func(message []byte, head int) []byte {
				return slices.Concat(message[:head+(len(message)-head)/2], message[head:])
			}},
			wireFault{group: "duplicate", name: "ten bytes of the body", framing: f, end: endHangUp, damage: func(message []byte, head int) []byte {
				middle := head + (len(message)-head)/2
				return slices.Concat(message[:middle], message[max(head, middle-10):])
			}})
	}
	places := []struct {
		name   string
		damage func([]byte, int) []byte
	}{
		{"before the answer", faultNone},
		{"in the status line", faultAt(0, 0, 10)},
		{"in the headers", faultAt(0.6, 0, 0)},
		{"before the blank line", faultAt(1, 0, -2)},
		{"after the headers", faultAt(1, 0, 0)},
		{"in the body", faultAt(1, 0.5, 0)},
		{"before the last byte", faultAt(1, 1, -1)},
	}
	for _, place := range places {
		for _, f := range []framing{byLength, byChunks} {
			faults = append(faults,
				wireFault{group: "reset", name: place.name, framing: f, damage: place.damage, end: endReset, certain: true},
				wireFault{group: "stall", name: place.name, framing: f, damage: place.damage, end: endSilence, certain: true})
		}
		inBody := strings.HasPrefix(place.name, "in the body") || strings.HasPrefix(place.name, "after") || strings.HasPrefix(place.name, "before the last")
		faults = append(faults,
			wireFault{group: "flap", name: "hangs up twice " + place.name, hits: faultFirst(2), damage: place.damage, end: endHangUp, mended: true, inBody: inBody},
			wireFault{group: "flap", name: "every other time " + place.name, calls: 3, hits: func(n int) bool { return n%2 == 1 }, damage: place.damage, end: endReset, mended: true, inBody: inBody})
	}
	return append(faults,
		wireFault{group: "flap", name: "is unavailable twice", hits: faultFirst(2), mended: true, damage: func([]byte, int) []byte {
			return []byte("HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>")
		}},
		wireFault{group: "flap", name: "talks no HTTP twice", hits: faultFirst(2), mended: true, end: endHangUp, damage: func([]byte, int) []byte {
			return []byte("SSH-2.0-OpenSSH_9.6\r\n")
		}},
		wireFault{group: "flap", name: "stalls once", hits: faultFirst(1), damage: faultNone, end: endSilence})
}

// faultsSwept are cuts and flipped bytes all over a message. Every step-th byte of the head is met, and about 60 of the body.
func faultsSwept(f framing, message []byte, head, step int) []wireFault {
	var faults []wireFault
	body := max(1, (len(message)-head)*step/60)
	for i := 0; i < len(message); {
		faults = append(faults, wireFault{
			group: "truncate", name: fmt.Sprintf("at byte %d of %d", i, len(message)), framing: f, end: endHangUp, certain: true,
			damage: func(message []byte, _ int) []byte { return message[:min(i, len(message))] },
		})
		flip := byte(1) << (i % 8)
		faults = append(faults, wireFault{
			group: "corrupt", name: fmt.Sprintf("bit %d of byte %d of %d", i%8, i, len(message)), framing: f, end: endHangUp,
			damage: func(message []byte, _ int) []byte {
				message = bytes.Clone(message)
				if i < len(message) {
					message[i] ^= flip
				}
				return message
			},
		})
		switch last := len(message) - 1; {
		case i < head:
			i = min(i+step, head)
		case i < last:
			i = min(i+body, last)
		default:
			return faults
		}
	}
	return faults
}

// clean performs o without a fault, and returns the answer as it travelled.
func (m *faultMatrix) clean(o faultOperation, f framing) (want any, message []byte, head int) {
	m.t.Helper()
	fault := &wireFault{framing: f}
	p, err := newFaultProxy(m.api, fault, "clean")
	require.NoError(m.t, err)
	defer p.close()
	client, err := clevercloud.New(clevercloud.WithBaseURL("http://" + p.listener.Addr().String()))
	require.NoError(m.t, err)
	defer client.CloseIdleConnections()
	want, err = o.call(m.t.Context(), client, fault)
	if f != byClose {
		require.NoError(m.t, err, o.id)
	}
	return want, p.message, p.head
}

// Whatever goes wrong on the way, a call comes to a right answer or to an error that says what happened, in time, once, and leaves nothing
// behind.
func TestFaults_EveryOperationMeetsEveryFault(t *testing.T) {
	report := os.Getenv("RELIABILITY_REPORT")
	// net/http writes a line to the standard log where a server sends more than an answer.
	standard := log.Writer()
	log.SetOutput(io.Discard)
	t.Cleanup(func() { log.SetOutput(standard) })
	before := runtime.NumGoroutine()
	m := &faultMatrix{t: t, api: newFaultAPI(t), cells: map[string]map[string]*faultCell{}}
	defer m.api.Close()
	type task struct {
		operation faultOperation
		fault     wireFault
		want      any
	}
	tasks := make(chan task)
	var workers sync.WaitGroup
	for range 8 {
		workers.Go(func() {
			for task := range tasks {
				m.try(task.operation, task.fault, task.want)
			}
		})
	}
	started := time.Now()
	operations, named := faultOperations(), faultsNamed()
	for i, o := range operations {
		var want any
		for j, f := range []framing{byLength, byChunks, byClose} {
			step := 1
			if f != byLength {
				step = 3
			}
			given, message, head := m.clean(o, f)
			if f == byLength {
				want = given
			}
			swept := faultsSwept(f, message, head, step)
			for k, fault := range swept {
				if report != "" || (k*3+j)%150 == i%150 {
					tasks <- task{o, fault, want}
				}
			}
		}
		for j, fault := range named {
			if report != "" || fault.always && o.handed || j%16 == i%16 {
				tasks <- task{o, fault, want}
			}
		}
	}
	close(tasks)
	workers.Wait()
	m.api.Client().CloseIdleConnections()
	m.api.Close()

	testkit.Eventually(t, func() bool { return runtime.NumGoroutine() <= before }, "goroutines are left behind")
	if report != "" {
		require.NoError(t, os.WriteFile(report, []byte(m.table(operations, time.Since(started))), 0o600))
	}
}

// table is the matrix in Markdown.
func (m *faultMatrix) table(operations []faultOperation, took time.Duration) string {
	groups := []string{"refuse", "reset", "stall", "truncate", "duplicate", "corrupt", "delay", "flap"}
	var b strings.Builder
	total := map[string]*faultCell{}
	all := &faultCell{}
	fmt.Fprintf(&b, "| operation | %s |\n|---|%s\n", strings.Join(groups, " | "), strings.Repeat("---|", len(groups)))
	for _, o := range operations {
		fmt.Fprintf(&b, "| %s |", o.id)
		for _, group := range groups {
			cell := m.cells[o.id][group]
			if total[group] == nil {
				total[group] = &faultCell{}
			}
			for _, sum := range []*faultCell{total[group], all} {
				sum.tried += cell.tried
				sum.passed += cell.passed
				sum.correct += cell.correct
				sum.failed += cell.failed
				sum.other += cell.other
			}
			fmt.Fprintf(&b, " %d/%d |", cell.passed, cell.tried)
		}
		b.WriteString("\n")
	}
	for _, row := range []struct {
		name string
		of   func(*faultCell) int
	}{
		{"tried", func(c *faultCell) int { return c.tried }}, {"passed", func(c *faultCell) int { return c.passed }},
		{"right answers", func(c *faultCell) int { return c.correct }}, {"typed errors", func(c *faultCell) int { return c.failed }},
		{"forged answers", func(c *faultCell) int { return c.other }},
	} {
		fmt.Fprintf(&b, "| **%s** |", row.name)
		for _, group := range groups {
			fmt.Fprintf(&b, " %d |", row.of(total[group]))
		}
		b.WriteString("\n")
	}
	fmt.Fprintf(&b, "\n%d operations, %d calls against faults, %d passed, in %.0f s.\n", len(operations), all.tried, all.passed, took.Seconds())
	return b.String()
}

// An answer that only its connection ends may be cut: what is read to an end of its own shows it, nothing and documents do not.
func TestFaults_AnAnswerThatOnlyItsConnectionEnds(t *testing.T) {
	t.Parallel()
	var list []any
	var w bytes.Buffer
	for _, tc := range []struct {
		name, kind, body string
		call             func(context.Context, *clevercloud.Client) error
		ok               bool
	}{
		{"nothing where nothing is expected", "", "", hostileWrite, true},
		{"nothing that is dropped", "", "", func(ctx context.Context, c *clevercloud.Client) error { return c.Do(ctx, "GET", "/x", nil, nil) }, true},
		{"a whole list", "application/json", "[]", hostileRead, true},
		{"nothing for a list", "application/json", "", hostileRead, false},
		{"nothing for any list", "application/json", "", func(ctx context.Context, c *clevercloud.Client) error { return c.Do(ctx, "GET", "/x", nil, &list) }, false},
		{"nothing for a drain", "application/json", "", func(ctx context.Context, c *clevercloud.Client) error {
			_, err := c.Drains.Delete(ctx, "orga_1", "app_1", "drain_1")
			return err
		}, false},
		{"a text", "text/plain", "curl", hostileText, false},
		{"a document", "application/pdf", "%PDF", func(ctx context.Context, c *clevercloud.Client) error {
			n, err := testkit.DownloadPDF(ctx, c, &w)
			require.EqualValues(t, 4, n)
			return err
		}, false},
	} {
		_, client := testkit.Serve(t, func(rw http.ResponseWriter, _ *http.Request) {
			conn, _, err := http.NewResponseController(rw).Hijack()
			if err == nil {
				_, _ = fmt.Fprintf(conn, "HTTP/1.1 200 OK\r\nContent-Type: %s\r\n\r\n%s", tc.kind, tc.body)
				conn.Close()
			}
		})

		err := tc.call(t.Context(), client)

		if tc.ok {
			require.NoError(t, err, tc.name)
			continue
		}
		require.ErrorIs(t, err, io.ErrUnexpectedEOF, tc.name)
		require.ErrorContains(t, err, "response has no length and may be truncated", tc.name)
	}
	require.Equal(t, "%PDF", w.String())
}
