package acceptance_test

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"strings"
	"testing"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/auth"
	"github.com/clevercloud-go/clevercloud/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	kib = 1 << 10
	mib = 1 << 20
	gib = 1 << 30
)

// A hostileCase is a malicious server and a call to it.
type hostileCase struct {
	group, name string
	// answer writes the response, byte for byte. Then the connection is closed.
	answer hostileAnswer
	// call is hostileRead if nil.
	call call
	opts []clevercloud.ClientOption
	// gives is a part of the error. If empty, the call succeeds.
	gives string
	// ends is the timeout of the caller's context, for a response that does not end.
	ends time.Duration
	// memory and time are the limits, 32 MiB and 20 s if zero.
	memory int64
	time   time.Duration
	// long says that only the long run has the case.
	long bool
}

type hostileAnswer = func(*hostileConn)

// A hostileConn is a connection that has received a request.
type hostileConn struct {
	net.Conn
	request *http.Request
	// failed says that the client has hung up.
	failed bool
}

func (h *hostileConn) say(text string) { h.write([]byte(text)) }

func (h *hostileConn) write(text []byte) {
	if !h.failed {
		_, err := h.Conn.Write(text)
		h.failed = err != nil
	}
}

// pour writes text repeatedly, at least n bytes in total, without end if n is negative.
func (h *hostileConn) pour(text string, n int64) {
	block := bytes.Repeat([]byte(text), max(1, 64*kib/len(text)))
	for said := int64(0); !h.failed && (n < 0 || said < n); said += int64(len(block)) {
		h.write(block)
	}
}

// says answers with text.
func says(text string) hostileAnswer { return func(h *hostileConn) { h.say(text) } }

// pours answers with begin, then text repeated to at least n bytes, then end.
func pours(begin, text string, n int64, end string) hostileAnswer {
	return func(h *hostileConn) {
		h.say(begin)
		h.pour(text, n)
		h.say(end)
	}
}

// endless answers with begin, then text repeated without end.
func endless(begin, text string) hostileAnswer { return pours(begin, text, -1, "") }

// drips answers with begin, then text byte by byte, with pauses and without end.
func drips(begin, text string) hostileAnswer {
	return func(h *hostileConn) {
		h.say(begin)
		for i := 0; !h.failed; i = (i + 1) % len(text) {
			h.say(text[i : i+1])
			time.Sleep(5 * time.Millisecond)
		}
	}
}

// holds answers with begin, then waits until the client hangs up.
func holds(begin string) hostileAnswer {
	return func(h *hostileConn) {
		h.say(begin)
		_, _ = io.Copy(io.Discard, h.Conn)
	}
}

// zips answers with head, then compressed text, then n bytes of bulk, which is compressed too.
func zips(head, text string, bulk []byte, n int64) hostileAnswer {
	begin := head + hostileGzip + "\r\n" + testkit.Gzip(text)
	return func(h *hostileConn) {
		h.say(begin)
		for said := int64(0); !h.failed && said < n; said += 4 * mib {
			h.write(bulk)
		}
	}
}

var (
	hostileRead     = invoke((*zones).List)
	hostileWrite    = invoke((*operators).Reboot, clevercloud.Keycloak, "keycloak_1")
	hostileDownload = invoke((*billing).DownloadInvoicePDF, "orga_1", "F1")
	hostileText     = invoke((*drains).TestCommand, "orga_1", "app_1", "drain_1")
	hostileStream   = followed((*logs).Stream, "orga_1", "app_1",
		clevercloud.LogQuery{Reconnect: hostileRetries})
	// hostileWatch gives up a silent stream soon.
	hostileWatch = followed((*logs).Stream, "orga_1", "app_1",
		clevercloud.LogQuery{IdleTimeout: 100 * time.Millisecond, Reconnect: hostileRetries})
	hostileRetries = clevercloud.RetryPolicy{
		MaxRetries: 2, MinWait: time.Millisecond, MaxWait: 5 * time.Millisecond,
	}
)

func hostileAnything(ctx context.Context, c *clevercloud.Client, _ ...clevercloud.CallOption) error {
	return c.Do(ctx, http.MethodGet, "/v2/anything", nil, new(any))
}

// hostileInstances counts instances up to a million.
func hostileInstances(ctx context.Context, c *clevercloud.Client, _ ...clevercloud.CallOption) error {
	n := 0
	for _, err := range c.Orchestration.Instances(ctx, "orga_1", "app_1", clevercloud.InstanceQuery{}) {
		if err != nil {
			return err
		}
		if n++; n == 1_000_000 {
			break
		}
	}
	return nil
}

// hostileReplaced expects a replacement character for each byte that is no UTF-8.
func hostileReplaced(ctx context.Context, c *clevercloud.Client, _ ...clevercloud.CallOption) error {
	zones, err := c.Zones.List(ctx, clevercloud.ZoneQuery{})
	if err == nil && zones[0].Name != "\uFFFD\uFFFD" {
		return fmt.Errorf("got %q", zones[0].Name)
	}
	return err
}

const (
	hostileJSON  = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
	hostileOK    = hostileJSON + "\r\n"
	hostileSSE   = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
	hostilePDF   = "HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\n"
	hostilePlain = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
	hostileGzip  = "Content-Encoding: gzip\r\n"

	hostileTooLarge = "response larger than 32 MiB"
	hostileEndless  = "context deadline exceeded"
)

// replies answers with a whole body.
func replies(body string, headers ...string) hostileAnswer {
	headers = append(headers, fmt.Sprintf("Content-Length: %d\r\n\r\n", len(body)))
	return says(hostileJSON + strings.Join(headers, "\r\n") + body)
}

func hostileSizes() []hostileCase {
	return []hostileCase{
		{name: "a result without an end", gives: hostileTooLarge, memory: 2 * gib, time: 3 * time.Minute,
			long: true, answer: endless(hostileOK, " ")},
		{name: "a text without an end", gives: hostileTooLarge, memory: 2 * gib, time: 3 * time.Minute,
			long: true, call: hostileText, answer: endless(hostilePlain+"\r\n", "curl ")},
		{name: "an error without an end", gives: "400 bad request",
			answer: endless("HTTP/1.1 400 Bad\r\n\r\n", "no ")},
		{name: "an error with 80,000 fields", gives: "400 bad request", time: 30 * time.Second,
			memory: 256 * mib, long: true, answer: func(h *hostileConn) {
				h.say("HTTP/1.1 400 Bad\r\n\r\n{\"fields\":{")
				for i := range 80_000 {
					h.say(fmt.Sprintf(`"f%d":"v",`, i))
				}
				h.say(`"g":"v"}}`)
			}},
		{name: "64 MiB of empty objects for a list", gives: hostileTooLarge, memory: gib / 2,
			time: time.Minute, long: true, answer: pours(hostileOK+"[{}", ",{}", 64*mib, "]")},
		{name: "1 MiB of empty objects for a list", memory: 512 * mib,
			answer: pours(hostileOK+"[{}", ",{}", mib, "]")},
		{name: "200,000 numbers for a list of invoices", gives: "expected object", memory: gib,
			time: time.Minute, long: true, call: invoke((*billing).ListInvoices, "orga_1"),
			answer: says(hostileOK + "[0" + strings.Repeat(",0", 200_000) + "]")},
		{name: "8 MiB of nothing for one deployment", gives: "expected object, got array",
			memory: 96 * mib, answer: pours(hostileOK+"[0", ",0", 8*mib, "]"),
			call: invoke((*orchestration).GetDeployment, "orga_1", "app_1", "deployment_1")},
		{name: "1 MiB of brackets for any value", call: hostileAnything, memory: 512 * mib,
			answer: pours(hostileOK+"[0", ",[[[[[[0]]]]]]", mib, "]")},
		{name: "one element of a sequence without an end", call: countInvoices,
			gives: "element larger than 16 MiB", memory: 96 * mib, time: 30 * time.Second, long: true,
			answer: endless(hostileOK+`[{"kind":"`, "x")},
		{name: "elements of a sequence without an end", call: countInvoices,
			ends: 50 * time.Millisecond, gives: hostileEndless, answer: endless(hostileOK+"[{}", ",{}")},
		{name: "new instances of one moment without an end", call: hostileInstances,
			gives: "more elements in one millisecond", answer: func(h *hostileConn) {
				var list []string
				for i := range 1000 {
					list = append(list, fmt.Sprintf(`{"id":"%v%v_%d","creationDate":"2026-01-02T03:04:05Z"}`,
						h.LocalAddr(), h.RemoteAddr(), i))
				}
				replies("["+strings.Join(list, ",")+"]", "Connection: close")(h)
			}},
		{name: "white space of a sequence without an end", call: countInvoices,
			gives: "element larger than 16 MiB", memory: 96 * mib, time: 30 * time.Second,
			answer: endless(hostileOK, " ")},
		{name: "a document of 1 GiB", call: hostileDownload, time: 5 * time.Minute, long: true,
			answer: pours(hostilePDF+fmt.Sprintf("Content-Length: %d\r\n\r\n", gib), "%PDF", gib, "")},
	}
}

func hostileDepths() []hostileCase {
	const deep = 10_000_000
	nested := func(h *hostileConn) {
		h.say(hostileOK)
		h.pour("[", deep)
		h.pour("]", deep)
	}
	return []hostileCase{
		{name: "a result nested 10 million deep", answer: nested, gives: "expected object, got array",
			memory: 96 * mib},
		{name: "a result nested 300,000 deep", answer: replies(strings.Repeat("[", 300_000)),
			gives: "expected object, got array"},
		{name: "any value nested 300,000 deep", call: hostileAnything, gives: "exceeded max depth",
			answer: replies(strings.Repeat(`{"a":`, 300_000))},
		{name: "an element nested 10 million deep", call: countInvoices, answer: nested,
			gives: "exceeded max depth"},
		{name: "an error nested 10 million deep", gives: "400 bad request",
			answer: pours("HTTP/1.1 400 Bad\r\n\r\n{\"context\":", `{"a":`, deep, "")},
		{name: "a log entry nested 10 million deep", call: hostileStream, gives: "depth",
			memory: 96 * mib, long: true,
			answer: pours(hostileSSE+"\r\nevent: APPLICATION_LOG\ndata: {\"x\":", "[", deep, "\n\n")},
	}
}

func hostileEncodings() []hostileCase {
	const brotli, zstd = `content encoding "br" was not asked for`, `content encoding "zstd" was not asked for`
	const br, gzip = "Content-Encoding: br", "Content-Encoding: gzip"
	const chunked = hostileJSON + "Transfer-Encoding: chunked\r\n"
	zipped := testkit.Gzip(`[{"name":"par"}]`)
	return []hostileCase{
		{name: "gzip by name only", gives: "gzip: invalid header", answer: replies(`[{"name":"par"}]`, gzip)},
		{name: "gzip, cut", gives: "unexpected EOF", answer: replies(zipped[:20], gzip)},
		{name: "gzip twice", gives: `content encoding "gzip, gzip" was not asked for`,
			answer: replies(testkit.Gzip(zipped), gzip+", gzip")},
		{name: "a result in a coding not asked for", gives: brotli, answer: replies("\x8b\x02\x80[]\x03", br)},
		{name: "a document in a coding not asked for", call: hostileDownload, gives: zstd,
			answer: says(hostilePDF + "Content-Encoding: zstd\r\nContent-Length: 4\r\n\r\n\x28\xb5\x2f\xfd")},
		{name: "a text in a coding not asked for", call: hostileText, gives: brotli,
			answer: says(hostilePlain + br + "\r\nContent-Length: 4\r\n\r\ncurl")},
		{name: "a stream in a coding not asked for", call: hostileStream, gives: brotli,
			answer: says(hostileSSE + br + "\r\n\r\ndata")},
		{name: "UTF-16", gives: "not JSON", answer: replies("\xff\xfe[\x00]\x00")},
		{name: "UTF-8 with a mark", answer: replies("\xef\xbb\xbf[]")},
		{name: "invalid UTF-8 becomes U+FFFD", call: hostileReplaced, answer: replies("[{\"name\":\"\xff\xc0\"}]")},
		{name: "a chunk of absurd size", gives: "chunk", answer: says(chunked + "\r\nfffffffffffffffff\r\n[]")},
		{name: "a chunk of negative size", gives: "chunk", answer: says(chunked + "\r\n-2\r\n[]\r\n0\r\n\r\n")},
		{name: "chunk extensions without an end", gives: "response interrupted",
			answer: endless(chunked+"\r\n2;x=", "y")},
		{name: "an extension for every byte", gives: "chunk",
			answer: endless(chunked+"\r\n", "1;"+strings.Repeat("x", 200)+"\r\n \r\n")},
		{name: "trailers without an end", gives: "trailer",
			answer: endless(chunked+"Trailer: X\r\n\r\n2\r\n[]\r\n0\r\n", "X: y\r\n")},
	}
}

// hostileBombs are small on the way and large when they arrive.
func hostileBombs() []hostileCase {
	const tenGB = 10_000_000_000
	// The bulk is compressed once and repeated, as gzip allows.
	bulk := func(filler string) []byte {
		return []byte(testkit.Gzip(strings.Repeat(filler, 4*mib/len(filler))))
	}
	zeros, spaces, objects := bulk("\x00"), bulk(" "), bulk(",{}")
	return []hostileCase{
		{name: "a result, 10 GB of zeros", gives: hostileTooLarge, memory: 2 * gib, time: 3 * time.Minute,
			long: true, answer: zips(hostileJSON, "", zeros, tenGB)},
		{name: "an error, 10 GB of zeros", gives: "500 internal server error",
			answer: zips("HTTP/1.1 500 X\r\n", "", zeros, tenGB)},
		{name: "a redirect, 10 GB of zeros", gives: "302 found",
			answer: zips("HTTP/1.1 302 X\r\nLocation: ftp://x/\r\n", "", zeros, tenGB)},
		{name: "a sequence, 10 GB of zeros", call: countInvoices, gives: "not JSON",
			answer: zips(hostileJSON, "", zeros, tenGB)},
		{name: "a sequence, 10 GB of spaces", call: countInvoices, gives: "element larger than 16 MiB",
			memory: 96 * mib, time: 30 * time.Second, long: true,
			answer: zips(hostileJSON, "[", spaces, tenGB)},
		{name: "a sequence, 10 GB of empty objects", call: countInvoices, ends: 50 * time.Millisecond,
			gives: hostileEndless, answer: zips(hostileJSON, "[{}", objects, tenGB)},
		{name: "a text, 10 GB of zeros", call: hostileText, gives: hostileTooLarge, memory: 2 * gib,
			time: 3 * time.Minute, long: true, answer: zips(hostilePlain, "", zeros, tenGB)},
		{name: "a document, 64 MiB of zeros", call: hostileDownload,
			answer: zips(hostilePDF, "", zeros, 64*mib)},
		{name: "a document, 10 GB of zeros", call: hostileDownload, time: 10 * time.Minute, long: true,
			answer: zips(hostilePDF, "", zeros, tenGB)},
		{name: "a stream, 10 GB of zeros", call: hostileStream, ends: 50 * time.Millisecond,
			gives: hostileEndless, answer: zips(hostileSSE, "", zeros, tenGB)},
	}
}

func hostileStreams() []hostileCase {
	tooLarge := func(name, begin, again string) hostileCase {
		return hostileCase{name: name, gives: "event too large, more than 16777216 bytes", memory: 96 * mib,
			time: 30 * time.Second, long: true, answer: endless(hostileSSE+"\r\n"+begin, again)}
	}
	bounded := func(name, begin, again string) hostileCase {
		return hostileCase{name: name, gives: hostileEndless, ends: 50 * time.Millisecond,
			answer: endless(hostileSSE+"\r\n"+begin, again)}
	}
	unreadable := tooLarge("unknown events without an end", "", "event: X\nid: 1\ndata: x\n\n")
	unreadable.gives = "unreadable entry"
	dataLine := tooLarge("a data line without an end", "data: ", "x")
	dataLine.long = false
	cases := []hostileCase{
		dataLine,
		tooLarge("data lines without an end", "", "data: x\n"),
		tooLarge("empty data lines without an end", "", "data\n"),
		tooLarge("an id without an end", "id: ", "x"),
		tooLarge("a name without an end", "event: ", "x"),
		bounded("a retry line without an end", "retry: ", "9"),
		bounded("retry lines without an end", "", "retry: 99999999999999999999\n"),
		bounded("retry blocks without an end", "", "retry: 99999999999999999999\n\n"),
		bounded("a comment without an end", ":", "x"),
		bounded("comments without an end", "", ":\n"),
		bounded("an unknown line without an end", "", "x"),
		bounded("blank lines without an end", "", "\r\n"),
		unreadable,
		bounded("entries without an end", "", "event: APPLICATION_LOG\ndata: {}\n\n"),
		{name: "an id of 1 MiB, to be sent back", gives: "event too large", answer: func(h *hostileConn) {
			h.say(hostileSSE + "\r\n")
			if h.request.Header.Get("Last-Event-Id") == "" {
				h.say("event: APPLICATION_LOG\nid: " + strings.Repeat("x", mib) + "\ndata: {}\n\n")
			}
		}},
	}
	for i := range cases {
		cases[i].call = hostileStream
	}
	return cases
}

func hostileSlowness() []hostileCase {
	slow := func(name string, perform call, gives string, answer hostileAnswer) hostileCase {
		patience := 300 * time.Millisecond
		if strings.Contains(gives, " 50ms ") {
			patience = 50 * time.Millisecond
		}
		return hostileCase{name: name, call: perform, gives: gives, answer: answer,
			opts: []clevercloud.ClientOption{clevercloud.WithTimeout(patience), clevercloud.WithMaxRetries(1)}}
	}
	// While bytes arrive, only the caller's context ends the call.
	moving := func(name string, perform call, answer hostileAnswer) hostileCase {
		return hostileCase{name: name, call: perform, gives: hostileEndless, answer: answer,
			ends: 100 * time.Millisecond}
	}
	const late, silent = "timed out after 50ms waiting for the response", "timed out after 300ms without data"
	const head, header = "HTTP/1.1 200 OK\r\n", "X: y\r\n"
	cases := []hostileCase{
		slow("a status line byte by byte", nil, late, drips("HTTP/1.1 200 ", "OK")),
		slow("headers byte by byte", nil, late, drips(head, header)),
		slow("headers of a write byte by byte", hostileWrite, late, drips("HTTP/1.1 204 No\r\n", header)),
		slow("headers of a document byte by byte", hostileDownload, late, drips(head, header)),
		slow("headers of a stream byte by byte", hostileStream, late, drips(head, header)),
		slow("a result byte by byte", nil, late, drips(hostileOK, " ")),
		slow("a result in gzip byte by byte", nil, late,
			drips(hostileJSON+hostileGzip+"\r\n", testkit.Gzip(" "))),
		slow("an error byte by byte", nil, "503 service unavailable", drips("HTTP/1.1 503 X\r\n\r\n", "x")),
		slow("a redirect byte by byte", nil, "302 found",
			drips("HTTP/1.1 302 X\r\nLocation: ftp://x/\r\n\r\n", "x")),
		slow("interim answers, one in a while", nil, late, drips("", "HTTP/1.1 103 Early Hints\r\n\r\n")),
		slow("a switch of protocols", nil, "101 switching protocols",
			holds("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n")),
		slow("a document that falls silent", hostileDownload, silent, holds(hostilePDF+"\r\n%PDF")),
		slow("a sequence that falls silent", countInvoices, silent, holds(hostileOK+"[{}")),
		slow("a stream that falls silent", hostileWatch, "timed out after 100ms without data",
			holds(hostileSSE+"\r\n:\n")),
		moving("a document byte by byte", hostileDownload, drips(hostilePDF+"\r\n", "%PDF")),
		moving("a sequence byte by byte", countInvoices, drips(hostileOK+"[{}", ",{}")),
		moving("a stream byte by byte", hostileStream, drips(hostileSSE+"\r\n", ":\n")),
	}
	// The short run meets every other one.
	for i := range cases {
		cases[i].long = i%2 == 1
	}
	return cases
}

func hostileHeaders() []hostileCase {
	const tooLarge, malformed = "server response headers exceeded", "malformed MIME header"
	const badStatus, empty = "malformed HTTP status code", "Content-Length: 2\r\n\r\n[]"
	var many strings.Builder
	for i := range 10_000 {
		fmt.Fprintf(&many, "X-%d: some value or other\r\n", i)
	}
	flood := endless("HTTP/1.1 200 OK\r\n", "X-Header: some value or other\r\n")
	return []hostileCase{
		{name: "headers without an end", gives: tooLarge, answer: flood},
		{name: "one header of 100 MB", gives: tooLarge,
			answer: pours("HTTP/1.1 200 OK\r\nX: ", "x", 100*mib, "")},
		{name: "a status line without an end", gives: tooLarge, answer: endless("HTTP/1.1 200 ", "OK")},
		{name: "a line without an end that is no status", gives: tooLarge, answer: endless("", "x")},
		{name: "10,000 headers", answer: says("HTTP/1.1 200 OK\r\n" + many.String() + empty)},
		{name: "10,000 headers of an error", gives: "404 not found",
			answer: says("HTTP/1.1 404 X\r\n" + many.String() + empty)},
		{name: "interim answers without an end", gives: tooLarge,
			answer: endless("", "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n")},
		{name: "100 Continue without an end", gives: tooLarge,
			answer: endless("", "HTTP/1.1 100 Continue\r\n\r\n")},
		{name: "a header without a colon", gives: malformed,
			answer: says("HTTP/1.1 200 OK\r\nX\r\n" + empty)},
		{name: "a header with a NUL", gives: malformed,
			answer: says("HTTP/1.1 200 OK\r\nX\x00: y\r\n" + empty)},
		{name: "HTTP/9.9", answer: says("HTTP/9.9 200 OK\r\n" + empty)},
		{name: "a status of 999", gives: "999", answer: says("HTTP/1.1 999 Odd\r\n" + empty)},
		{name: "a status of 99", gives: badStatus, answer: says("HTTP/1.1 99 Odd\r\n" + empty)},
		{name: "a negative status", gives: badStatus, answer: says("HTTP/1.1 -20 Odd\r\n" + empty)},
		{name: "headers without an end, with net/http's own transport", gives: tooLarge, answer: flood,
			memory: 128 * mib, long: true, opts: []clevercloud.ClientOption{clevercloud.WithHTTPClient(
				&http.Client{Transport: &http.Transport{DisableKeepAlives: true}})}},
	}
}

func hostileLengths() []hostileCase {
	const most, none = "Content-Length: 9223372036854775807", "Content-Length: 99999999999999999999"
	length := func(name, gives, lengths, body string) hostileCase {
		return hostileCase{name: name, gives: gives, answer: says(hostileJSON + lengths + "\r\n\r\n" + body)}
	}
	return []hostileCase{
		length("too long", "response interrupted after 2 bytes", "Content-Length: 100", "[]"),
		length("too short", "not JSON", "Content-Length: 5", `[{"name":"par"}]`),
		length("negative", "bad Content-Length", "Content-Length: -1", "[]"),
		length("signed", "bad Content-Length", "Content-Length: +2", "[]"),
		length("hexadecimal", "bad Content-Length", "Content-Length: 0x2", "[]"),
		length("empty", "invalid empty Content-Length", "Content-Length:", "[]"),
		length("two that differ", "multiple Content-Length", "Content-Length: 2\r\nContent-Length: 3", "[]"),
		length("two in one", "bad Content-Length", "Content-Length: 2, 3", "[]"),
		length("two that are equal", "", "Content-Length: 2\r\nContent-Length: 2", "[]"),
		length("of 256 MiB, for nothing", hostileTooLarge, "Content-Length: 268435456", "[]"),
		length("of 8 EiB", hostileTooLarge, most, "[]"),
		length("over 64 bits", "bad Content-Length", none, "[]"),
		length("beside chunks", "", "Content-Length: 5\r\nTransfer-Encoding: chunked", "2\r\n[]\r\n0\r\n\r\n"),
		length("beside an unknown transfer encoding", "unsupported transfer encoding",
			"Content-Length: 2\r\nTransfer-Encoding: gzip", "[]"),
		{name: "of a document, too long", call: hostileDownload, gives: "after 4 of 100 bytes",
			answer: says(hostilePDF + "Content-Length: 100\r\n\r\n%PDF")},
		{name: "of a document, 8 EiB", call: hostileDownload,
			gives: "after 4 of 9223372036854775807 bytes", answer: says(hostilePDF + most + "\r\n\r\n%PDF")},
		{name: "of a document, none", call: hostileDownload,
			gives: "response has no length and may be truncated", answer: says(hostilePDF + "\r\n%PDF")},
		{name: "of an error, 8 EiB", gives: "404 not found",
			answer: says("HTTP/1.1 404 X\r\n" + most + "\r\n\r\nx")},
		{name: "of an answer without a body", call: hostileWrite,
			answer: says("HTTP/1.1 204 No\r\n" + most + "\r\n\r\n")},
	}
}

func hostileRedirects() []hostileCase {
	to := func(name, location string) hostileCase {
		return hostileCase{name: name, gives: "302 found",
			answer: says("HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: " + location + "\r\n\r\n")}
	}
	stream := to("of a stream to itself", "?")
	stream.call = hostileStream
	return []hostileCase{
		to("to itself", "/v4/products/zones"),
		to("to itself, longer each time", "x/"),
		to("to a file", "file:///etc/passwd"),
		to("to a script", "javascript:alert(1)"),
		to("to gopher", "gopher://127.0.0.1:70/"),
		to("to another host in the clear", "http://elsewhere.test/"),
		to("to the metadata of a cloud", "http://169.254.169.254/latest/meta-data/"),
		to("with a user", "http://user:word@127.0.0.1/"),
		to("to nowhere", "http://[::1"),
		to("with a Location of 500 kB", "/"+strings.Repeat("x", 500*kib)),
		{name: "of a write", call: hostileWrite, gives: "307 temporary redirect",
			answer: says("HTTP/1.1 307 X\r\nContent-Length: 0\r\nLocation: /elsewhere\r\n\r\n")},
		stream,
	}
}

func hostileWaits() []hostileCase {
	const rejected, tooLong = "503 service unavailable (5 attempts)", "503 service unavailable (retry after "
	busy := func(wait string) hostileAnswer {
		return says("HTTP/1.1 503 X\r\nContent-Length: 0\r\nRetry-After: " + wait + "\r\n\r\n")
	}
	var cases []hostileCase
	for _, tc := range []struct{ wait, gives string }{
		{"99999999999999999999", tooLong}, {"1e308", tooLong}, {"Inf", tooLong}, {"NaN", rejected},
		{"-5", rejected}, {"0x10", rejected}, {"Fri, 31 Dec 9999 23:59:59 GMT", tooLong},
		{"Thu, 01 Jan 1970 00:00:00 GMT", rejected}, {strings.Repeat("9", 100_000), rejected},
	} {
		cases = append(cases,
			hostileCase{name: "Retry-After: " + tc.wait[:min(len(tc.wait), 32)], gives: tc.gives,
				answer: busy(tc.wait)},
			hostileCase{name: "the same, of a stream", call: hostileStream,
				gives: "503 service unavailable", answer: busy(tc.wait)})
	}
	for i := range cases {
		cases[i].long = i%3 != 0
	}
	return append(cases, hostileCase{
		name: "a year, with 20 s left to the caller", answer: busy("31536000"),
		gives: "503 service unavailable (retry after 8760h0m0s)", time: 5 * time.Second,
		opts: []clevercloud.ClientOption{clevercloud.WithRetry(clevercloud.RetryPolicy{})}, ends: 20 * time.Second,
	})
}

// hostilePeak samples the memory in use while f runs, and returns by how much it grew at most.
func hostilePeak(f func()) int64 {
	// What is garbage already counts until it is collected, which a busy machine puts off.
	defer debug.SetGCPercent(debug.SetGCPercent(20))
	runtime.GC()
	runtime.GC()
	use := func() int64 {
		samples := []metrics.Sample{
			{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/memory/classes/heap/stacks:bytes"},
		}
		metrics.Read(samples)
		return int64(samples[0].Value.Uint64() + samples[1].Value.Uint64())
	}
	before, most := use(), int64(0)
	done, sampled := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(sampled)
		tick := time.NewTicker(200 * time.Microsecond)
		defer tick.Stop()
		for {
			most = max(most, use()-before)
			select {
			case <-tick.C:
			case <-done:
				return
			}
		}
	}()
	f()
	close(done)
	<-sampled
	return most
}

// A hostileResult is a line of the table.
type hostileResult struct {
	hostileCase
	outcome string
	took    time.Duration
	peak    int64
}

func (c hostileCase) run(t *testing.T) hostileResult {
	t.Helper()
	c.memory, c.time = cmp.Or(c.memory, 32*mib), cmp.Or(c.time, 20*time.Second)
	if c.call == nil {
		c.call = hostileRead
	}
	goroutines := runtime.NumGoroutine()
	server, err := listen(func(conn *net.TCPConn) {
		if req, err := http.ReadRequest(bufio.NewReader(conn)); err == nil {
			c.answer(&hostileConn{Conn: conn, request: req})
		}
	})
	require.NoError(t, err)
	defer server.stop()
	client, err := clevercloud.New(append([]clevercloud.ClientOption{
		clevercloud.WithBaseURL(server.url()), clevercloud.WithTimeout(c.time),
		clevercloud.WithAuth(auth.OAuth1{
			ConsumerKey: "consumer", ConsumerSecret: "consumer-secret", Token: "token", TokenSecret: "token-secret",
		}),
		clevercloud.WithRetry(clevercloud.RetryPolicy{
			MaxRetries: 4, MinWait: time.Millisecond, MaxWait: 5 * time.Millisecond,
		}),
	}, c.opts...)...)
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), cmp.Or(c.ends, 2*c.time))
	defer cancel()

	var took time.Duration
	peak := hostilePeak(func() {
		start := time.Now()
		err = c.call(ctx, client)
		took = time.Since(start)
	})

	outcome := "success"
	if err != nil {
		_, outcome, _ = strings.Cut(err.Error(), ": ")
		assert.Less(t, len(err.Error()), 8*kib, "an error is for reading")
		assert.True(t, typed(err), "%T %v", err, err)
	}
	if c.gives == "" {
		require.NoError(t, err)
	} else {
		require.ErrorContains(t, err, c.gives)
	}
	assert.Less(t, took, c.time, "time")
	assert.Less(t, peak, c.memory, "memory")
	client.CloseIdleConnections()
	testkit.Eventually(t, func() bool { return server.open.Load() == 0 }, "connections are left open")
	server.stop()
	testkit.Eventually(t, func() bool { return runtime.NumGoroutine() <= goroutines }, "goroutines are left behind")
	return hostileResult{c, outcome, took, peak}
}

// Whatever a server sends, a call takes bounded memory and time, and says what was wrong.
func TestHostile_Servers(t *testing.T) {
	silenced(t)
	var results []hostileResult
	for _, group := range []struct {
		name  string
		cases []hostileCase
	}{
		{"size", hostileSizes()}, {"depth", hostileDepths()}, {"encoding", hostileEncodings()},
		{"bomb", hostileBombs()}, {"stream", hostileStreams()}, {"slowness", hostileSlowness()},
		{"headers", hostileHeaders()}, {"length", hostileLengths()}, {"redirect", hostileRedirects()},
		{"wait", hostileWaits()},
	} {
		for _, c := range group.cases {
			if c.long && !long() {
				continue
			}
			c.group = group.name
			t.Run(c.group+", "+c.name, func(t *testing.T) { results = append(results, c.run(t)) })
		}
	}
	report(t, hostileTable(results))
}

func hostileTable(results []hostileResult) string {
	var b strings.Builder
	b.WriteString("| case | outcome | time | bound | memory | bound |\n|---|---|---|---|---|---|\n")
	for _, r := range results {
		outcome := strings.ReplaceAll(r.outcome, "|", "\\|")
		if len(outcome) > 100 {
			outcome = strings.ToValidUTF8(outcome[:100], "") + "…"
		}
		fmt.Fprintf(&b, "| %s: %s | %s | %v | %v | %.1f MiB | %d MiB |\n", r.group, r.name, outcome,
			r.took.Round(time.Millisecond), r.time, float64(r.peak)/mib, r.memory/mib)
	}
	fmt.Fprintf(&b, "\n%d cases.\n", len(results))
	return b.String()
}

// Over HTTP/2 net/http has other code for the same bounds.
func TestHostile_HTTP2(t *testing.T) {
	for name, tc := range map[string]struct {
		gives  string
		answer http.HandlerFunc
	}{
		"a header of 12 MB": {"connection error", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X", strings.Repeat("x", 12*mib))
		}},
		"an error without an end": {"400 bad request", func(w http.ResponseWriter, req *http.Request) {
			w.WriteHeader(http.StatusBadRequest)
			_, _ = io.Copy(w, &endlessBody{text: strings.Repeat("x", 64*kib), left: 1 << 40})
		}},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewUnstartedServer(tc.answer)
			server.EnableHTTP2 = true
			server.Config.ErrorLog = log.New(io.Discard, "", 0)
			server.StartTLS()
			defer server.Close()
			client, err := clevercloud.New(clevercloud.WithBaseURL(server.URL),
				clevercloud.WithHTTPClient(server.Client()), clevercloud.WithMaxRetries(0))
			require.NoError(t, err)
			defer client.CloseIdleConnections()

			peak := hostilePeak(func() { err = hostileRead(t.Context(), client) })

			require.ErrorContains(t, err, tc.gives)
			assert.Less(t, peak, int64(128*mib), "most of it is the server's own")
		})
	}
}
