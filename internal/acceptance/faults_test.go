package acceptance_test

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"iter"
	"net"
	"net/http"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/internal/testkit"
	"github.com/stretchr/testify/require"
)

const (
	// faultDeadline is far longer than a call takes: one that reaches it hangs.
	faultDeadline = 20 * time.Second
	// faultPatience is the timeout of attempts that meet a stall.
	faultPatience = 60 * time.Millisecond
)

type faultCall = func(context.Context, *clevercloud.Client, *wireFault) (any, error)

// A faultOperation is something that a program does with the SDK: an operation of the contract, or
// more or less than one, such as a wait or a part of a sequence.
type faultOperation struct {
	id   string
	call faultCall
	// once says that the API must not apply it more than once.
	once bool
	// handed says that the caller gets the result while it arrives, as a faultPart, so that it
	// cannot be retried.
	handed bool
	// resumed says that it continues where it was cut.
	resumed bool
	// kind and body are the API's response, event is the name of the events of a stream.
	kind, body, event string
}

// A faultPart is the part of a result that the caller got: text of a document, or elements of a
// sequence.
type faultPart struct {
	text  string
	bytes int64
	items []any
}

func faultOperations(t *testing.T) []faultOperation {
	var all []faultOperation
	answers := map[string]string{}
	for _, o := range testkit.Contract {
		ids, _ := o.IDs("fine")
		f := faultOperation{id: o.ID, once: o.Once, kind: o.Accept}
		f.call = func(ctx context.Context, c *clevercloud.Client, _ *wireFault) (any, error) {
			return o.Call(ctx, c, ids)
		}
		if download := faultDownloads[o.ID]; download != nil {
			f.handed, f.call = true, faultDocument(download)
		}
		if o.OK != "" {
			f.body = testkit.Fixture(t, o.OK)
		}
		all, answers[o.ID] = append(all, f), f.body
	}
	for _, f := range slices.Concat(faultSequences(), faultLiterals(answers["identity.self"])) {
		id, _, _ := strings.Cut(f.id, " ")
		f.body = cmp.Or(f.body, answers[id])
		all = append(all, f)
	}
	return all
}

type faultDownload = func(context.Context, *clevercloud.Client, io.Writer) (int64, error)

var faultDownloads = map[string]faultDownload{
	"billing.download-invoice-html": func(
		ctx context.Context, c *clevercloud.Client, w io.Writer,
	) (int64, error) {
		return c.Billing.DownloadInvoiceHTML(ctx, "orga_1", "F1", w)
	},
	"billing.download-invoice-pdf": func(
		ctx context.Context, c *clevercloud.Client, w io.Writer,
	) (int64, error) {
		return testkit.DownloadPDF(ctx, c, w)
	},
	"operators.otoroshi-config": func(
		ctx context.Context, c *clevercloud.Client, w io.Writer,
	) (int64, error) {
		return c.Operators.OtoroshiConfig(ctx, "otoroshi_1", w)
	},
}

func faultDocument(download faultDownload) faultCall {
	return func(ctx context.Context, c *clevercloud.Client, _ *wireFault) (any, error) {
		var w bytes.Buffer
		n, err := download(ctx, c, &w)
		return faultPart{text: w.String(), bytes: n}, err
	}
}

func faultSequences() []faultOperation {
	// Damage may change the state that is waited for, and no transient error ends a wait.
	wait := func(id string, method any, args ...any) faultOperation {
		call := func(ctx context.Context, c *clevercloud.Client, _ *wireFault) (any, error) {
			ctx, cancel := context.WithTimeout(ctx, time.Second)
			defer cancel()
			return testkit.Invoke(ctx, c, method, args)
		}
		return faultOperation{id: id + " (wait)", call: call}
	}
	invoices := func(ctx context.Context, c *clevercloud.Client, _ *wireFault) (any, error) {
		return faultCollect(c.Billing.Invoices(ctx, "orga_1", clevercloud.InvoiceQuery{}))
	}
	instances := func(ctx context.Context, c *clevercloud.Client, _ *wireFault) (any, error) {
		q := clevercloud.InstanceQuery{}
		part, err := faultCollect(c.Orchestration.Instances(ctx, "orga_1", "app_1", q))
		if err != nil && len(part.items) == 0 {
			return nil, err
		}
		return part, err
	}
	return []faultOperation{
		{id: "billing.list-invoices (sequence)", handed: true, call: invoices},
		{id: "orchestration.list-instances (sequence)", call: instances},
		wait("orchestration.get-deployment", (*orchestration).WaitForDeployment, "orga_1", "app_1",
			"deployment_1", clevercloud.DeploymentWait{Interval: 1}),
		wait("drains.get", (*drains).WaitForStatus, "orga_1", "app_1", "drain_1",
			clevercloud.DrainStatusEnabled, clevercloud.DrainWait{Interval: 1}),
		faultStreamed("logs.stream", "APPLICATION_LOG", (*logs).Stream),
		faultStreamed("logs.stream-resource", "RESOURCE_LOG", (*logs).StreamResource),
		faultStreamed("logs.stream-access", "ACCESS_LOG", (*logs).StreamAccess),
	}
}

func faultStreamed[ID ~string, T any](id, event string, follow follower[ID, T]) faultOperation {
	call := func(ctx context.Context, c *clevercloud.Client, f *wireFault) (any, error) {
		q := clevercloud.LogQuery{IdleTimeout: f.patience(), Reconnect: faultRetries}
		return faultCollect(follow(c.Logs, ctx, "orga_1", "app_1", q))
	}
	return faultOperation{
		id: id, call: call, handed: true, resumed: true, kind: "text/event-stream", event: event,
	}
}

func faultLiterals(self string) []faultOperation {
	do := func(method string, in any) faultCall {
		return func(ctx context.Context, c *clevercloud.Client, _ *wireFault) (any, error) {
			var out map[string]any
			err := c.Do(ctx, method, "/v2/self", in, &out)
			return testkit.Result(out, err)
		}
	}
	copied := func(ctx context.Context, c *clevercloud.Client, w io.Writer) (int64, error) {
		err := c.Do(ctx, http.MethodGet, "/v2/self", nil, w)
		return int64(w.(*bytes.Buffer).Len()), err
	}
	post := do(http.MethodPost, map[string]int{"a": 1})
	return []faultOperation{
		{id: "do (GET)", call: do(http.MethodGet, nil), body: self},
		{id: "do (POST)", once: true, call: post, body: `{"id":"thing_1"}`},
		{id: "do (to a writer)", handed: true, call: faultDocument(copied), body: self},
	}
}

var faultRetries = clevercloud.RetryPolicy{
	MaxRetries: 2, MinWait: time.Millisecond, MaxWait: 2 * time.Millisecond,
}

// faultCollect reads a sequence to its end or its first error.
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

// answer returns the bytes of the API's response, and where its head ends.
func (o faultOperation) answer(req *http.Request, f framing) (message []byte, head int) {
	body := o.body
	if o.event != "" {
		body = o.stream(req.Header.Get("Last-Event-Id"))
	} else if query := req.URL.Query(); query.Has("since") || query.Has("until") {
		body = "[]" // the instances before or after those of the fixture
	}
	if body == "" {
		message = []byte("HTTP/1.1 204 No Content\r\nSozu-Id: 01K3EXAMPLE\r\n\r\n")
		return message, len(message)
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "HTTP/1.1 200 OK\r\nContent-Type: %s\r\nSozu-Id: 01K3EXAMPLE\r\n",
		cmp.Or(o.kind, "application/json"))
	switch f {
	case byLength:
		fmt.Fprintf(&b, "Content-Length: %d\r\n", len(body))
	case byChunks:
		b.WriteString("Transfer-Encoding: chunked\r\n")
	}
	b.WriteString("\r\n")
	head = b.Len()
	if f != byChunks {
		b.WriteString(body)
		return b.Bytes(), head
	}
	for chunk := range slices.Chunk([]byte(body), len(body)/3+1) {
		fmt.Fprintf(&b, "%x\r\n%s\r\n", len(chunk), chunk)
	}
	b.WriteString("0\r\n\r\n")
	return b.Bytes(), head
}

// stream returns five entries and an end, without those up to the one that the client had last.
func (o faultOperation) stream(last string) string {
	var text strings.Builder
	for i := 1; i <= 5; i++ {
		if id := fmt.Sprintf("entry_%d", i); id > last {
			fmt.Fprintf(&text, "event: %s\nid: %s\n"+
				"data: {\"id\":%q,\"date\":\"2026-01-02T03:04:0%d.5Z\",\"message\":\"line %d\"}\n\n",
				o.event, id, id, i, i)
		}
	}
	return text.String() + "event: END_OF_STREAM\ndata: {\"endedBy\":\"UNTIL_REACHED\"}\n\n"
}

// A framing is how a response says where it ends.
type framing int

const (
	byLength framing = iota
	byChunks
	byClose
)

func (f framing) String() string { return [...]string{"length", "chunks", "close"}[f] }

// A faultEnding is what happens to a connection after the bytes that a fault lets through.
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
	// greeted says that it hits connections before they carry a request, early that it hits
	// requests before the API sees them.
	greeted, early bool
	// hits says which requests it hits, counted from 1; nil is all.
	hits func(n int) bool
	// damage returns what is left of a response; nil is all of it.
	damage faultDamage
	// pieces is the number of writes of a response, with a pause in between.
	pieces int
	pause  time.Duration
	end    faultEnding
	// warm has a connection used before the call.
	warm bool
	// calls is how often the operation is performed, 0 is once.
	calls int
	// harmless says that every call must succeed. mended says that a call that may be retried must
	// succeed, unless the caller already got a part of the result.
	harmless, mended bool
	// inBody says that a mended fault hits when the caller may already have a part of the result.
	inBody bool
	// certain says that no damage can look like another response.
	certain bool
	// always says that the short run has it too.
	always bool
}

type faultDamage = func(message []byte, head int) []byte

func (f *wireFault) patience() time.Duration {
	if f.end == endSilence {
		return faultPatience
	}
	return faultDeadline / 2
}

func (f *wireFault) damaged(message []byte, head int) []byte {
	if f.damage == nil {
		return message
	}
	return f.damage(message, head)
}

// A faultProxy is the API behind a connection on which one fault happens.
type faultProxy struct {
	*listener
	operation faultOperation
	fault     *wireFault
	refusals  atomic.Int32
	requests  atomic.Int32
	carried   atomic.Int32
	closing   chan struct{}
}

func newFaultProxy(o faultOperation, f *wireFault) (p *faultProxy, err error) {
	p = &faultProxy{operation: o, fault: f, closing: make(chan struct{})}
	p.listener, err = listen(p.serve)
	return p, err
}

func (p *faultProxy) close() {
	close(p.closing)
	p.stop()
}

// dial connects the client. To refuse a connection, it dials a port where nobody listens.
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
	f := p.fault
	if f.greeted {
		p.finish(conn)
		return
	}
	for in := bufio.NewReader(conn); ; {
		req, err := http.ReadRequest(in)
		if err != nil {
			return
		}
		if _, err := io.Copy(io.Discard, req.Body); err != nil {
			return
		}
		n := int(p.requests.Add(1))
		struck := f.hits == nil || f.hits(n)
		if struck && f.early {
			p.finish(conn)
			return
		}
		p.carried.Add(1)
		message, head := p.operation.answer(req, f.framing)
		if !struck {
			if _, err := conn.Write(message); err != nil || f.framing == byClose {
				return
			}
			continue
		}
		p.send(conn, f.damaged(message, head))
		if f.end != endStay || f.framing == byClose {
			p.finish(conn)
			return
		}
	}
}

func (p *faultProxy) send(conn *net.TCPConn, message []byte) {
	size := len(message)/max(1, p.fault.pieces) + 1
	for piece := range slices.Chunk(message, size) {
		if _, err := conn.Write(piece); err != nil {
			return
		}
		if p.fault.pause > 0 {
			select {
			case <-time.After(p.fault.pause):
			case <-p.closing:
			}
		}
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

// A faultOutcome is how a call ended.
type faultOutcome int

const (
	outcomeWrong faultOutcome = iota
	outcomeRight
	outcomeTyped
	// outcomeForged is damage that made a complete response with another content, which the SDK
	// returned.
	outcomeForged
)

// A faultCell is an outcome of an operation under a group of faults.
type faultCell struct {
	id, group string
	outcome   faultOutcome
}

// A faultMatrix counts what has been tried.
type faultMatrix struct {
	t     *testing.T
	mu    sync.Mutex
	cells map[faultCell]int
}

// try performs o against f and counts the outcome.
func (m *faultMatrix) try(o faultOperation, f wireFault, want any) {
	outcome, problem := faultRun(o, &f, want)
	m.mu.Lock()
	defer m.mu.Unlock()
	if problem != nil {
		outcome = outcomeWrong
		m.t.Errorf("%s, %s: %s (%v): %v", o.id, f.group, f.name, f.framing, problem)
	}
	m.cells[faultCell{o.id, f.group, outcome}]++
}

// count returns how many calls had one of these outcomes. An empty id or group means all.
func (m *faultMatrix) count(id, group string, outcomes ...faultOutcome) (n int) {
	for cell, tried := range m.cells {
		if (id == "" || id == cell.id) && (group == "" || group == cell.group) &&
			slices.Contains(outcomes, cell.outcome) {
			n += tried
		}
	}
	return n
}

func faultRun(o faultOperation, f *wireFault, want any) (faultOutcome, error) {
	p, err := newFaultProxy(o, f)
	if err != nil {
		return outcomeWrong, err
	}
	defer p.close()
	transport := &http.Transport{DialContext: p.dial, MaxResponseHeaderBytes: 1 << 20}
	defer transport.CloseIdleConnections()
	client, err := clevercloud.New(
		clevercloud.WithBaseURL(p.url()), clevercloud.WithHTTPClient(&http.Client{Transport: transport}),
		clevercloud.WithTimeout(f.patience()), clevercloud.WithRetry(faultRetries),
	)
	if err != nil {
		return outcomeWrong, err
	}
	// The context outlives the calls, so that its end does not close what they leave open.
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	if f.warm {
		if err := client.Do(ctx, http.MethodGet, "/", nil, nil); err != nil {
			return outcomeWrong, fmt.Errorf("the call before: %w", err)
		}
		p.carried.Store(0)
	}
	verdict := outcomeRight
	for range max(1, f.calls) {
		got, err := faultOnce(ctx, o, f, client, want)
		if err != nil {
			return outcomeWrong, err
		}
		if got != outcomeRight {
			verdict = got
		}
	}
	if n := int(p.carried.Load()); o.once && n > max(1, f.calls) {
		return outcomeWrong, fmt.Errorf("applied %d times", n)
	}
	client.CloseIdleConnections()
	for end := time.Now().Add(faultDeadline); p.open.Load() != 0; time.Sleep(100 * time.Microsecond) {
		if time.Now().After(end) {
			return outcomeWrong, fmt.Errorf("%d connections are left open", p.open.Load())
		}
	}
	return verdict, nil
}

var errFaultLate = fmt.Errorf("took more than %v", faultDeadline)

// faultOnce performs one call and checks the result.
func faultOnce(
	ctx context.Context, o faultOperation, f *wireFault, client *clevercloud.Client, want any,
) (faultOutcome, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	late := time.AfterFunc(faultDeadline, func() { cancel(errFaultLate) })
	got, err := faultGuarded(func() (any, error) { return o.call(ctx, client, f) })
	if !late.Stop() {
		return outcomeWrong, fmt.Errorf("%w: %w", errFaultLate, err)
	}
	if err != nil {
		return outcomeTyped, faultJudge(o, f, got, err, want)
	}
	switch {
	case reflect.DeepEqual(got, want):
		return outcomeRight, nil
	case f.certain:
		return outcomeWrong, fmt.Errorf("got %+v, not %+v", got, want)
	}
	if whole := faultReread(o, f); !reflect.DeepEqual(got, whole) {
		return outcomeWrong, fmt.Errorf("got %+v, neither %+v nor what the damage says, %+v", got, want, whole)
	}
	return outcomeForged, nil
}

// faultJudge returns what is wrong with an error, and with the result next to it.
func faultJudge(o faultOperation, f *wireFault, got any, err error, want any) error {
	part, handed := got.(faultPart)
	switch {
	case !typed(err):
		return fmt.Errorf("no typed error: %T %w", err, err)
	case f.harmless, f.mended && !o.once && (o.resumed || !f.inBody || !o.handed):
		return fmt.Errorf("should have been right: %w", err)
	case !handed && got != nil:
		return fmt.Errorf("got %+v beside the error %w", got, err)
	case handed && !faultBegins(o, f, part, want.(faultPart)):
		return fmt.Errorf("was handed %+v, not the beginning of %+v, before the error %w", part, want, err)
	}
	return nil
}

// faultBegins reports whether part is the beginning of the response, or of the damaged response,
// and its bytes were counted.
func faultBegins(o faultOperation, f *wireFault, part, want faultPart) bool {
	if part.bytes != int64(len(part.text)) {
		return false
	}
	is := func(whole faultPart) bool {
		n := len(part.items)
		return strings.HasPrefix(whole.text, part.text) && n <= len(whole.items) &&
			(n == 0 || reflect.DeepEqual(part.items, whole.items[:n]))
	}
	if is(want) {
		return true
	}
	whole, _ := faultReread(o, f).(faultPart)
	return !f.certain && is(whole)
}

// faultReread performs o with the responses that net/http reads from messages damaged by f. The SDK
// gets them over a sound connection. The result is what the damaged messages stand for.
func faultReread(o faultOperation, f *wireFault) any {
	read := testkit.RoundTripFunc(func(req *http.Request) (*http.Response, error) {
		message := bytes.NewReader(f.damaged(o.answer(req, f.framing)))
		resp, err := http.ReadResponse(bufio.NewReader(message), req)
		if err != nil {
			return nil, err
		}
		// Of an interrupted body, the part that arrived is kept.
		text, _ := io.ReadAll(resp.Body)
		resp.Body, resp.ContentLength = io.NopCloser(bytes.NewReader(text)), int64(len(text))
		resp.Close = false
		return resp, nil
	})
	client, err := clevercloud.New(clevercloud.WithBaseURL(testkit.Base), clevercloud.WithMaxRetries(0),
		clevercloud.WithHTTPClient(&http.Client{Transport: read}))
	if err != nil {
		return nil
	}
	got, _ := o.call(context.Background(), client, f)
	return got
}

// faultGuarded turns a panic into an error that is not of the SDK's types.
func faultGuarded(call func() (any, error)) (got any, err error) {
	defer func() {
		if crash := recover(); crash != nil {
			err = fmt.Errorf("panic: %v", crash)
		}
	}()
	return call()
}

// faultAt ends a response at a fraction of its head or its body, plus some bytes.
func faultAt(head, body float64, more int) faultDamage {
	return func(message []byte, headEnd int) []byte {
		i := int(head*float64(headEnd)+body*float64(len(message)-headEnd)) + more
		return message[:max(0, min(i, len(message)))]
	}
}

func faultNone(message []byte, _ int) []byte { return message[:0] }

// faultSay replaces a response by text.
func faultSay(text string) faultDamage { return func([]byte, int) []byte { return []byte(text) } }

// faultTwice joins what is before one place in a response and what is after another.
func faultTwice(places func(message []byte, head int) (front, behind int)) faultDamage {
	return func(message []byte, head int) []byte {
		front, behind := places(message, head)
		return slices.Concat(message[:front], message[behind:])
	}
}

func faultFirst(n int) func(int) bool { return func(request int) bool { return request <= n } }

// faultsNamed are the faults that have a name.
func faultsNamed() []wireFault {
	second := func(n int) bool { return n == 2 }
	line := func(message []byte) int { return bytes.IndexByte(message, '\n') + 1 }
	headers := faultTwice(func(message []byte, head int) (int, int) { return head - 2, line(message) })
	middle := func(message []byte, head int) int { return head + (len(message)-head)/2 }
	const after, pause = 5 * time.Millisecond, 300 * time.Microsecond
	faults := []wireFault{
		{group: "refuse", name: "every connection", refused: -1},
		{group: "refuse", name: "two connections", refused: 2, harmless: true},
		{group: "reset", name: "on connecting", greeted: true, end: endReset},
		{group: "reset", name: "hangs up on connecting", greeted: true, end: endHangUp},
		{group: "reset", name: "before the API saw the request", early: true, end: endReset},
		{group: "reset", name: "a connection kept from the call before", warm: true, hits: second,
			damage: faultNone, end: endReset, mended: true},
		{group: "reset", name: "hangs up a kept connection", warm: true, hits: second,
			damage: faultNone, end: endHangUp, mended: true},
		{group: "reset", name: "hangs up a kept connection, early", warm: true, early: true,
			hits: second, end: endHangUp, mended: true},
		{group: "stall", name: "before the API saw the request", early: true, end: endSilence},
		{group: "truncate", name: "after the headers", framing: byClose, damage: faultAt(1, 0, 0),
			end: endHangUp, certain: true},
		{group: "truncate", name: "in the body", framing: byClose, damage: faultAt(1, 0.5, 0),
			end: endHangUp, certain: true},
		{group: "delay", name: "in two pieces", pieces: 2, pause: after, harmless: true},
		{group: "delay", name: "in thirty pieces", pieces: 30, pause: pause, harmless: true},
		{group: "delay", name: "in thirty pieces, chunked", framing: byChunks, pieces: 30,
			pause: pause, harmless: true},
		{group: "duplicate", name: "the whole answer", harmless: true,
			damage: faultTwice(func(message []byte, _ int) (int, int) { return len(message), 0 })},
		{group: "duplicate", name: "the status line", end: endHangUp,
			damage: faultTwice(func(message []byte, _ int) (int, int) { return line(message), 0 })},
		{group: "duplicate", name: "every header line", harmless: true, damage: headers},
		{group: "duplicate", name: "every header line, chunked", framing: byChunks, end: endHangUp,
			damage: headers},
		{group: "flap", name: "is unavailable twice", hits: faultFirst(2), mended: true,
			damage: faultSay("HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/html\r\n" +
				"Content-Length: 6\r\n\r\n<html>")},
		{group: "flap", name: "talks no HTTP twice", hits: faultFirst(2), mended: true,
			end: endHangUp, damage: faultSay("SSH-2.0-OpenSSH_9.6\r\n")},
		{group: "flap", name: "stalls once", hits: faultFirst(1), damage: faultNone, end: endSilence},
	}
	for _, f := range []framing{byLength, byChunks} {
		faults = append(faults,
			wireFault{group: "corrupt", name: "another media type", framing: f, always: true,
				damage: func(message []byte, _ int) []byte {
					kind := []byte("Content-Type: ")
					return bytes.Replace(message, kind, append(kind, "text/html; was="...), 1)
				}},
			wireFault{group: "duplicate", name: "half of the body", framing: f, end: endHangUp,
				damage: faultTwice(func(message []byte, head int) (int, int) {
					return middle(message, head), head
				})},
			wireFault{group: "duplicate", name: "ten bytes of the body", framing: f, end: endHangUp,
				damage: faultTwice(func(message []byte, head int) (int, int) {
					return middle(message, head), max(head, middle(message, head)-10)
				})})
	}
	return append(faults, faultsPlaced()...)
}

// faultsPlaced are what may happen at each place of a response.
func faultsPlaced() []wireFault {
	var faults []wireFault
	for _, place := range []struct {
		name   string
		damage faultDamage
		inBody bool
	}{
		{"before the answer", faultNone, false},
		{"in the status line", faultAt(0, 0, 10), false},
		{"in the headers", faultAt(0.6, 0, 0), false},
		{"before the blank line", faultAt(1, 0, -2), false},
		{"after the headers", faultAt(1, 0, 0), true},
		{"in the body", faultAt(1, 0.5, 0), true},
		{"before the last byte", faultAt(1, 1, -1), true},
	} {
		for _, f := range []framing{byLength, byChunks} {
			faults = append(faults,
				wireFault{group: "reset", name: place.name, framing: f, damage: place.damage,
					end: endReset, certain: true},
				wireFault{group: "stall", name: place.name, framing: f, damage: place.damage,
					end: endSilence, certain: true})
		}
		faults = append(faults,
			wireFault{group: "flap", name: "hangs up twice " + place.name, hits: faultFirst(2),
				damage: place.damage, end: endHangUp, mended: true, inBody: place.inBody},
			wireFault{group: "flap", name: "every other time " + place.name, calls: 3,
				hits:   func(n int) bool { return n%2 == 1 },
				damage: place.damage, end: endReset, mended: true, inBody: place.inBody})
	}
	return faults
}

// faultsSwept are cuts and flipped bytes throughout a message: at every step-th byte of the head,
// and at about 60 of the body.
func faultsSwept(f framing, message []byte, head, step int) []wireFault {
	var faults []wireFault
	body := max(1, (len(message)-head)*step/60)
	for i := 0; i < len(message); {
		faults = append(faults, wireFault{
			group: "truncate", name: fmt.Sprintf("at byte %d of %d", i, len(message)),
			framing: f, end: endHangUp, certain: true, damage: faultAt(0, 0, i),
		}, wireFault{
			group: "corrupt", name: fmt.Sprintf("bit %d of byte %d of %d", i%8, i, len(message)),
			framing: f, end: endHangUp, damage: func(message []byte, _ int) []byte {
				message = bytes.Clone(message)
				if i < len(message) {
					message[i] ^= 1 << (i % 8)
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

// faultClean performs o without a fault, and returns the bytes of the last response.
func faultClean(t *testing.T, o faultOperation, f framing) (want any, message []byte, head int) {
	t.Helper()
	fault := &wireFault{framing: f, damage: func(sent []byte, end int) []byte {
		message, head = sent, end
		return sent
	}}
	p, err := newFaultProxy(o, fault)
	require.NoError(t, err)
	defer p.close()
	client, err := clevercloud.New(clevercloud.WithBaseURL(p.url()))
	require.NoError(t, err)
	defer client.CloseIdleConnections()
	want, err = o.call(t.Context(), client, fault)
	if f != byClose {
		require.NoError(t, err, o.id)
	}
	return want, message, head
}

// Whatever goes wrong on the way, a call ends in time with the right result or an error that says
// what happened. It is not applied twice, and it leaks nothing.
func TestFaults_EveryOperationMeetsEveryFault(t *testing.T) {
	silenced(t)
	before := runtime.NumGoroutine()
	m := &faultMatrix{t: t, cells: map[faultCell]int{}}
	tasks := make(chan func())
	var workers sync.WaitGroup
	for range 8 {
		workers.Go(func() {
			for task := range tasks {
				task()
			}
		})
	}
	started := time.Now()
	operations, named := faultOperations(t), faultsNamed()
	for i, o := range operations {
		var want any
		meet := func(fault wireFault) { tasks <- func() { m.try(o, fault, want) } }
		for j, f := range []framing{byLength, byChunks, byClose} {
			step := 3
			given, message, head := faultClean(t, o, f)
			if f == byLength {
				want, step = given, 1
			}
			for k, fault := range faultsSwept(f, message, head, step) {
				if long() || (k*3+j)%150 == i%150 {
					meet(fault)
				}
			}
		}
		for j, fault := range named {
			if long() || fault.always && o.handed || j%16 == i%16 {
				meet(fault)
			}
		}
	}
	close(tasks)
	workers.Wait()

	testkit.Eventually(t, func() bool { return runtime.NumGoroutine() <= before }, "goroutines are left behind")
	report(t, m.table(operations, time.Since(started)))
}

// table is the matrix in Markdown.
func (m *faultMatrix) table(operations []faultOperation, took time.Duration) string {
	groups := []string{"refuse", "reset", "stall", "truncate", "duplicate", "corrupt", "delay", "flap"}
	passed := []faultOutcome{outcomeRight, outcomeTyped, outcomeForged}
	tried := append(passed, outcomeWrong)
	var b strings.Builder
	fmt.Fprintf(&b, "| operation | %s |\n|---|%s\n", strings.Join(groups, " | "), strings.Repeat("---|", len(groups)))
	for _, o := range operations {
		fmt.Fprintf(&b, "| %s |", o.id)
		for _, group := range groups {
			fmt.Fprintf(&b, " %d/%d |", m.count(o.id, group, passed...), m.count(o.id, group, tried...))
		}
		b.WriteString("\n")
	}
	for _, row := range []struct {
		name     string
		outcomes []faultOutcome
	}{
		{"tried", tried}, {"passed", passed}, {"right answers", passed[:1]},
		{"typed errors", passed[1:2]}, {"forged answers", passed[2:]},
	} {
		fmt.Fprintf(&b, "| **%s** |", row.name)
		for _, group := range groups {
			fmt.Fprintf(&b, " %d |", m.count("", group, row.outcomes...))
		}
		b.WriteString("\n")
	}
	fmt.Fprintf(&b, "\n%d operations, %d calls against faults, %d passed, in %.0f s.\n",
		len(operations), m.count("", "", tried...), m.count("", "", passed...), took.Seconds())
	return b.String()
}

// A response that only the end of its connection ends may be truncated. A body that has an end of
// its own shows that. An empty one and a document do not.
func TestFaults_AnAnswerThatOnlyItsConnectionEnds(t *testing.T) {
	t.Parallel()
	var list []any
	var w bytes.Buffer
	document := func(ctx context.Context, c *clevercloud.Client, _ ...clevercloud.CallOption) error {
		n, err := testkit.DownloadPDF(ctx, c, &w)
		require.EqualValues(t, 4, n)
		return err
	}
	for _, tc := range []struct {
		name, kind, body string
		call             call
		ok               bool
	}{
		{"nothing where nothing is expected", "", "", hostileWrite, true},
		{"nothing that is dropped", "", "", do("GET", "/x", nil, nil), true},
		{"a whole list", "application/json", "[]", hostileRead, true},
		{"nothing for a list", "application/json", "", hostileRead, false},
		{"nothing for any list", "application/json", "", do("GET", "/x", nil, &list), false},
		{"nothing for a drain", "application/json", "",
			invoke((*drains).Delete, "orga_1", "app_1", "drain_1"), false},
		{"a text", "text/plain", "curl", hostileText, false},
		{"a document", "application/pdf", "%PDF", document, false},
	} {
		server, err := listen(func(conn *net.TCPConn) {
			if _, err := http.ReadRequest(bufio.NewReader(conn)); err == nil {
				fmt.Fprintf(conn, "HTTP/1.1 200 OK\r\nContent-Type: %s\r\n\r\n%s", tc.kind, tc.body)
			}
		})
		require.NoError(t, err)
		client := testkit.Client(t, clevercloud.WithBaseURL(server.url()))

		err = tc.call(t.Context(), client)

		server.stop()
		if tc.ok {
			require.NoError(t, err, tc.name)
			continue
		}
		require.ErrorIs(t, err, io.ErrUnexpectedEOF, tc.name)
		require.ErrorContains(t, err, "response has no length and may be truncated", tc.name)
	}
	require.Equal(t, "%PDF", w.String())
}
