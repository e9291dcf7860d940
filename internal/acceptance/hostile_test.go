package acceptance_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/auth"
	"github.com/clevercloud-go/clevercloud/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	hostileKiB = 1 << 10
	hostileMiB = 1 << 20
	hostileGiB = 1 << 30
)

// A hostileCase is a server that means harm and the call that meets it.
type hostileCase struct {
	group, name string
	// answer takes the place of an HTTP server's, byte for byte. The connection is closed behind it.
	answer func(h *hostileConn)
	// call is what is performed, hostileRead if nil.
	call func(context.Context, *clevercloud.Client) error
	opts []clevercloud.ClientOption
	// gives is part of the error; empty is success.
	gives string
	// ends is when the caller's context does, for what has no end by itself.
	ends time.Duration
	// memory and time are the bounds, 32 MiB and 20 s if zero.
	memory int64
	time   time.Duration
	// long leaves the case to the long run.
	long bool
}

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

// ok begins an answer.
func (h *hostileConn) ok(headers ...string) {
	h.say("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n" + strings.Join(headers, "\r\n") + "\r\n\r\n")
}

// pour says text over and over, n bytes of it at least, for ever if n is negative.
func (h *hostileConn) pour(text string, n int64) {
	block := bytes.Repeat([]byte(text), max(1, 64*hostileKiB/len(text)))
	for said := int64(0); !h.failed && (n < 0 || said < n); said += int64(len(block)) {
		h.write(block)
	}
}

// drip says text byte by byte, a pause between any two, over and over.
func (h *hostileConn) drip(text string, pause time.Duration) {
	for !h.failed {
		for i := range len(text) {
			h.say(text[i : i+1])
			time.Sleep(pause)
		}
	}
}

// hold says nothing until the client hangs up.
func (h *hostileConn) hold() { _, _ = io.Copy(io.Discard, h.Conn) }

// hostileZip is text, and then n bytes made of filler, compressed. The bulk is compressed once and repeated, as gzip allows.
func hostileZip(text, filler string, n int64) func(*hostileConn) {
	const member = 4 * hostileMiB
	begin, bulk := []byte(testkit.Gzip(text)), []byte(testkit.Gzip(strings.Repeat(filler, member/len(filler))))
	return func(h *hostileConn) {
		h.write(begin)
		for said := int64(0); !h.failed && said < n; said += member {
			h.write(bulk)
		}
	}
}

func hostileRead(ctx context.Context, c *clevercloud.Client) error {
	_, err := c.Zones.List(ctx, clevercloud.ZoneQuery{})
	return err
}

func hostileWrite(ctx context.Context, c *clevercloud.Client) error {
	return c.Operators.Reboot(ctx, clevercloud.Keycloak, "keycloak_1")
}

func hostileSequence(ctx context.Context, c *clevercloud.Client) error {
	_, err := testkit.CountInvoices(ctx, c, func() {})
	return err
}

func hostileDownload(ctx context.Context, c *clevercloud.Client) error {
	_, err := testkit.DownloadPDF(ctx, c, io.Discard)
	return err
}

func hostileText(ctx context.Context, c *clevercloud.Client) error {
	_, err := c.Drains.TestCommand(ctx, "orga_1", "app_1", "drain_1")
	return err
}

func hostileAnything(ctx context.Context, c *clevercloud.Client) error {
	var out any
	return c.Do(ctx, http.MethodGet, "/v2/anything", nil, &out)
}

func hostileStream(ctx context.Context, c *clevercloud.Client) error { return hostileFollow(ctx, c, 0) }

// hostileWatch gives up a silent stream soon.
func hostileWatch(ctx context.Context, c *clevercloud.Client) error {
	return hostileFollow(ctx, c, 100*time.Millisecond)
}

func hostileFollow(ctx context.Context, c *clevercloud.Client, idle time.Duration) error {
	q := clevercloud.LogQuery{IdleTimeout: idle, Reconnect: hostileRetries}
	for _, err := range c.Logs.Stream(ctx, "orga_1", "app_1", q) {
		if err != nil {
			return err
		}
	}
	return nil
}

// hostileInstances counts instances up to a million.
func hostileInstances(ctx context.Context, c *clevercloud.Client) error {
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

var hostileRetries = clevercloud.RetryPolicy{MaxRetries: 2, MinWait: time.Millisecond, MaxWait: 5 * time.Millisecond}

const (
	hostileSSE   = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
	hostilePDF   = "HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\n"
	hostilePlain = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
	hostileGzip  = "Content-Encoding: gzip"
)

// hostileSay makes an answer of a text.
func hostileSay(text string) func(*hostileConn) { return func(h *hostileConn) { h.say(text) } }

// hostileOK is an answer of 200 with a whole body.
func hostileOK(body string, headers ...string) func(*hostileConn) {
	return func(h *hostileConn) {
		h.ok(append(headers, fmt.Sprintf("Content-Length: %d", len(body)))...)
		h.say(body)
	}
}

func hostileBodies() []hostileCase {
	const deep = 10_000_000
	nested := func(h *hostileConn) {
		h.ok()
		h.pour("[", deep)
		h.pour("]", deep)
	}
	cases := []hostileCase{
		{group: "size", name: "a result without an end", gives: "response larger than 32 MiB", memory: 2 * hostileGiB, time: 3 * time.Minute, long: true,
			answer: func(h *hostileConn) { h.ok(); h.pour(" ", -1) }},
		{group: "size", name: "a text without an end", call: hostileText, gives: "response larger than 32 MiB", memory: 2 * hostileGiB, time: 3 * time.Minute, long: true,
			answer: func(h *hostileConn) { h.say(hostilePlain + "\r\n"); h.pour("curl ", -1) }},
		{group: "size", name: "an error without an end", gives: "400 bad request",
			answer: func(h *hostileConn) { h.say("HTTP/1.1 400 Bad\r\n\r\n"); h.pour("no ", -1) }},
		{group: "size", name: "an error with 80,000 fields", gives: "400 bad request", time: 30 * time.Second, memory: 256 * hostileMiB, long: true,
			answer: func(h *hostileConn) {
				h.say("HTTP/1.1 400 Bad\r\n\r\n{\"fields\":{")
				for i := range 80_000 {
					h.say(fmt.Sprintf(`"f%d":"v",`, i))
				}
				h.say(`"g":"v"}}`)
			}},
		{group: "size", name: "64 MiB of empty objects for a list", gives: "response larger than 32 MiB", memory: hostileGiB / 2, time: time.Minute, long: true,
			answer: func(h *hostileConn) { h.ok(); h.say("[{}"); h.pour(",{}", 64*hostileMiB); h.say("]") }},
		{group: "size", name: "1 MiB of empty objects for a list", memory: 512 * hostileMiB,
			answer: func(h *hostileConn) { h.ok(); h.say("[{}"); h.pour(",{}", hostileMiB); h.say("]") }},
		{group: "size", name: "200,000 numbers for a list of invoices", gives: "expected object", memory: hostileGiB, time: time.Minute, long: true,
			call: func(ctx context.Context, c *clevercloud.Client) error {
				_, err := c.Billing.ListInvoices(ctx, "orga_1", clevercloud.InvoiceQuery{})
				return err
			},
			answer: func(h *hostileConn) { h.ok(); h.say("[0"); h.say(strings.Repeat(",0", 200_000)); h.say("]") }},
		{group: "size", name: "8 MiB of nothing for one deployment", gives: "expected object, got array", memory: 96 * hostileMiB,
			call: func(ctx context.Context, c *clevercloud.Client) error {
				_, err := c.Orchestration.GetDeployment(ctx, "orga_1", "app_1", "deployment_1")
				return err
			},
			answer: func(h *hostileConn) { h.ok(); h.say("[0"); h.pour(",0", 8*hostileMiB); h.say("]") }},
		{group: "size", name: "1 MiB of brackets for any value", call: hostileAnything, memory: 512 * hostileMiB,
			answer: func(h *hostileConn) { h.ok(); h.say("[0"); h.pour(",[[[[[[0]]]]]]", hostileMiB); h.say("]") }},
		{group: "size", name: "one element of a sequence without an end", call: hostileSequence, gives: "element larger than 16 MiB", memory: 96 * hostileMiB,
			answer: func(h *hostileConn) { h.ok(); h.say(`[{"kind":"`); h.pour("x", -1) }, time: 30 * time.Second, long: true},
		{group: "size", name: "elements of a sequence without an end", call: hostileSequence, ends: 50 * time.Millisecond, gives: "context deadline exceeded",
			answer: func(h *hostileConn) { h.ok(); h.say("[{}"); h.pour(",{}", -1) }},
		{group: "size", name: "new instances of one moment without an end", call: hostileInstances, gives: "more elements in one millisecond",
			answer: func(h *hostileConn) {
				var list strings.Builder
				for i := range 1000 {
					fmt.Fprintf(&list, `,{"id":"%s_%d","creationDate":"2026-01-02T03:04:05Z"}`, h.LocalAddr().String()+h.RemoteAddr().String(), i)
				}
				hostileOK("["+list.String()[1:]+"]", "Connection: close")(h)
			}},
		{group: "size", name: "white space of a sequence without an end", call: hostileSequence, gives: "element larger than 16 MiB", memory: 96 * hostileMiB,
			answer: func(h *hostileConn) { h.ok(); h.pour(" ", -1) }, time: 30 * time.Second, long: true},
		{group: "size", name: "a document of 1 GiB", call: hostileDownload, time: 5 * time.Minute, long: true,
			answer: func(h *hostileConn) {
				h.say(hostilePDF + fmt.Sprintf("Content-Length: %d\r\n\r\n", hostileGiB))
				h.pour("%PDF", hostileGiB)
			}},

		{group: "depth", name: "a result nested 10 million deep", answer: nested, gives: "expected object, got array", memory: 96 * hostileMiB},
		{group: "depth", name: "a result nested 300,000 deep", answer: hostileOK(strings.Repeat("[", 300_000)), gives: "expected object, got array"},
		{group: "depth", name: "any value nested 300,000 deep", call: hostileAnything, answer: hostileOK(strings.Repeat(`{"a":`, 300_000)), gives: "exceeded max depth"},
		{group: "depth", name: "an element nested 10 million deep", call: hostileSequence, answer: nested, gives: "exceeded max depth"},
		{group: "depth", name: "an error nested 10 million deep", gives: "400 bad request",
			answer: func(h *hostileConn) {
				h.say("HTTP/1.1 400 Bad\r\n\r\n{\"context\":")
				h.pour(`{"a":`, deep)
			}},
		{group: "depth", name: "a log entry nested 10 million deep", call: hostileStream, gives: "depth", memory: 96 * hostileMiB, long: true,
			answer: func(h *hostileConn) {
				h.say(hostileSSE + "\r\nevent: APPLICATION_LOG\ndata: {\"x\":")
				h.pour("[", deep)
				h.say("\n\n")
			}},

		{group: "encoding", name: "gzip by name only", gives: "gzip: invalid header", answer: hostileOK(`[{"name":"par"}]`, hostileGzip)},
		{group: "encoding", name: "gzip, cut", gives: "unexpected EOF", answer: hostileOK(testkit.Gzip(`[{"name":"par"}]`)[:20], hostileGzip)},
		{group: "encoding", name: "gzip twice", gives: `content encoding "gzip, gzip" was not asked for`, answer: hostileOK(testkit.Gzip(testkit.Gzip(`[]`)), "Content-Encoding: gzip, gzip")},
		{group: "encoding", name: "a result in a coding not asked for", gives: `content encoding "br" was not asked for`, answer: hostileOK("\x8b\x02\x80[]\x03", "Content-Encoding: br")},
		{group: "encoding", name: "a document in a coding not asked for", call: hostileDownload, gives: `content encoding "zstd" was not asked for`,
			answer: hostileSay(hostilePDF + "Content-Encoding: zstd\r\nContent-Length: 4\r\n\r\n\x28\xb5\x2f\xfd")},
		{group: "encoding", name: "a text in a coding not asked for", call: hostileText, gives: `content encoding "br" was not asked for`,
			answer: hostileSay(hostilePlain + "Content-Encoding: br\r\nContent-Length: 4\r\n\r\ncurl")},
		{group: "encoding", name: "a stream in a coding not asked for", call: hostileStream, gives: `content encoding "br" was not asked for`,
			answer: hostileSay(hostileSSE + "Content-Encoding: br\r\n\r\ndata")},
		{group: "encoding", name: "UTF-16", gives: "not JSON", answer: hostileOK("\xff\xfe[\x00]\x00")},
		{group: "encoding", name: "UTF-8 with a mark", answer: hostileOK("\xef\xbb\xbf[]")},
		{group: "encoding", name: "invalid UTF-8 becomes U+FFFD", answer: hostileOK("[{\"name\":\"\xff\xc0\"}]"),
			call: func(ctx context.Context, c *clevercloud.Client) error {
				zones, err := c.Zones.List(ctx, clevercloud.ZoneQuery{})
				if err == nil && zones[0].Name != "\uFFFD\uFFFD" {
					return fmt.Errorf("got %q", zones[0].Name)
				}
				return err
			}},
		{group: "encoding", name: "a chunk of absurd size", gives: "chunk", answer: func(h *hostileConn) {
			h.ok("Transfer-Encoding: chunked")
			h.say("fffffffffffffffff\r\n[]")
		}},
		{group: "encoding", name: "a chunk of negative size", gives: "chunk", answer: func(h *hostileConn) {
			h.ok("Transfer-Encoding: chunked")
			h.say("-2\r\n[]\r\n0\r\n\r\n")
		}},
		{group: "encoding", name: "chunk extensions without an end", gives: "response interrupted", answer: func(h *hostileConn) {
			h.ok("Transfer-Encoding: chunked")
			h.say("2;x=")
			h.pour("y", -1)
		}},
		{group: "encoding", name: "an extension for every byte", gives: "chunk", answer: func(h *hostileConn) {
			h.ok("Transfer-Encoding: chunked")
			h.pour("1;"+strings.Repeat("x", 200)+"\r\n \r\n", -1)
		}},
		{group: "encoding", name: "trailers without an end", gives: "trailer", answer: func(h *hostileConn) {
			h.ok("Transfer-Encoding: chunked", "Trailer: X")
			h.say("2\r\n[]\r\n0\r\n")
			h.pour("X: y\r\n", -1)
		}},
	}
	return append(cases, hostileBombs()...)
}

// hostileBombs are small on the way and large when they arrive.
func hostileBombs() []hostileCase {
	const tenGB = 10_000_000_000
	zeros, spaces := hostileZip("", "\x00", tenGB), hostileZip("[", " ", tenGB)
	objects, text := hostileZip("[{}", ",{}", tenGB), hostileZip("", "\x00", 64*hostileMiB)
	return []hostileCase{
		{group: "bomb", name: "a result, 10 GB of zeros", gives: "response larger than 32 MiB", memory: 2 * hostileGiB, time: 3 * time.Minute, long: true,
			answer: func(h *hostileConn) { h.ok(hostileGzip); zeros(h) }},
		{group: "bomb", name: "an error, 10 GB of zeros", gives: "500 internal server error",
			answer: func(h *hostileConn) { h.say("HTTP/1.1 500 X\r\n" + hostileGzip + "\r\n\r\n"); zeros(h) }},
		{group: "bomb", name: "a redirect, 10 GB of zeros", gives: "302 found",
			answer: func(h *hostileConn) {
				h.say("HTTP/1.1 302 X\r\nLocation: ftp://x/\r\n" + hostileGzip + "\r\n\r\n")
				zeros(h)
			}},
		{group: "bomb", name: "a sequence, 10 GB of zeros", call: hostileSequence, gives: "not JSON",
			answer: func(h *hostileConn) { h.ok(hostileGzip); zeros(h) }},
		{group: "bomb", name: "a sequence, 10 GB of spaces", call: hostileSequence, gives: "element larger than 16 MiB", memory: 96 * hostileMiB, time: 30 * time.Second,
			answer: func(h *hostileConn) { h.ok(hostileGzip); spaces(h) }, long: true},
		{group: "bomb", name: "a sequence, 10 GB of empty objects", call: hostileSequence, ends: 50 * time.Millisecond, gives: "context deadline exceeded",
			answer: func(h *hostileConn) { h.ok(hostileGzip); objects(h) }},
		{group: "bomb", name: "a text, 10 GB of zeros", call: hostileText, gives: "response larger than 32 MiB", memory: 2 * hostileGiB, time: 3 * time.Minute, long: true,
			answer: func(h *hostileConn) { h.say(hostilePlain + hostileGzip + "\r\n\r\n"); zeros(h) }},
		{group: "bomb", name: "a document, 64 MiB of zeros", call: hostileDownload,
			answer: func(h *hostileConn) { h.say(hostilePDF + hostileGzip + "\r\n\r\n"); text(h) }},
		{group: "bomb", name: "a document, 10 GB of zeros", call: hostileDownload, time: 10 * time.Minute, long: true,
			answer: func(h *hostileConn) { h.say(hostilePDF + hostileGzip + "\r\n\r\n"); zeros(h) }},
		{group: "bomb", name: "a stream, 10 GB of zeros", call: hostileStream, ends: 50 * time.Millisecond, gives: "context deadline exceeded",
			answer: func(h *hostileConn) { h.say(hostileSSE + hostileGzip + "\r\n\r\n"); zeros(h) }},
	}
}

func hostileStreams() []hostileCase {
	stream := func(name, begin, again, gives string) hostileCase {
		c := hostileCase{group: "stream", name: name, call: hostileStream, gives: gives}
		c.answer = func(h *hostileConn) {
			h.say(hostileSSE + "\r\n" + begin)
			h.pour(again, -1)
		}
		if strings.HasPrefix(gives, "context") {
			c.ends = 50 * time.Millisecond
		} else {
			c.memory, c.long, c.time = 96*hostileMiB, true, 30*time.Second
		}
		return c
	}
	return []hostileCase{
		stream("a data line without an end", "data: ", "x", "event larger than 16777216 bytes"),
		stream("data lines without an end", "", "data: x\n", "event larger than 16777216 bytes"),
		stream("empty data lines without an end", "", "data\n", "event larger than 16777216 bytes"),
		stream("an id without an end", "id: ", "x", "event larger than 16777216 bytes"),
		stream("a name without an end", "event: ", "x", "event larger than 16777216 bytes"),
		stream("a retry line without an end", "retry: ", "9", "event larger than 16777216 bytes"),
		stream("retry lines without an end", "", "retry: 99999999999999999999\n", "event larger than 16777216 bytes"),
		stream("retry blocks without an end", "", "retry: 99999999999999999999\n\n", "context deadline exceeded"),
		stream("a comment without an end", ":", "x", "context deadline exceeded"),
		stream("comments without an end", "", ":\n", "context deadline exceeded"),
		stream("an unknown line without an end", "", "x", "context deadline exceeded"),
		stream("blank lines without an end", "", "\r\n", "context deadline exceeded"),
		stream("unknown events without an end", "", "event: X\nid: 1\ndata: x\n\n", "unreadable entry"),
		stream("entries without an end", "", "event: APPLICATION_LOG\ndata: {}\n\n", "context deadline exceeded"),
		{group: "stream", name: "an id of 1 MiB, to be sent back", call: hostileStream, gives: "event too large",
			answer: func(h *hostileConn) {
				h.say(hostileSSE + "\r\n")
				if h.request.Header.Get("Last-Event-Id") == "" {
					h.say("event: APPLICATION_LOG\nid: " + strings.Repeat("x", hostileMiB) + "\ndata: {}\n\n")
				}
			}},
	}
}

func hostileSlowness() []hostileCase {
	const gap = 5 * time.Millisecond
	slow := func(name string, call func(context.Context, *clevercloud.Client) error, gives string, answer func(*hostileConn)) hostileCase {
		c := hostileCase{group: "slowness", name: name, call: call, gives: gives, answer: answer}
		patience := 300 * time.Millisecond
		if strings.Contains(gives, " 50ms ") {
			patience = 50 * time.Millisecond
		}
		c.opts = []clevercloud.ClientOption{clevercloud.WithTimeout(patience), clevercloud.WithMaxRetries(1)}
		return c
	}
	const late = "timed out after 50ms waiting for the response"
	cases := []hostileCase{
		slow("a status line byte by byte", nil, late, func(h *hostileConn) { h.drip("HTTP/1.1 200 "+strings.Repeat("OK", 100), gap) }),
		slow("headers byte by byte", nil, late, func(h *hostileConn) { h.say("HTTP/1.1 200 OK\r\n"); h.drip("X: y\r\n", gap) }),
		slow("headers of a write byte by byte", hostileWrite, late, func(h *hostileConn) { h.say("HTTP/1.1 204 No\r\n"); h.drip("X: y\r\n", gap) }),
		slow("headers of a document byte by byte", hostileDownload, late, func(h *hostileConn) { h.say("HTTP/1.1 200 OK\r\n"); h.drip("X: y\r\n", gap) }),
		slow("headers of a stream byte by byte", hostileStream, late, func(h *hostileConn) { h.say("HTTP/1.1 200 OK\r\n"); h.drip("X: y\r\n", gap) }),
		slow("a result byte by byte", nil, late, func(h *hostileConn) { h.ok(); h.drip(" ", gap) }),
		slow("a result in gzip byte by byte", nil, late, func(h *hostileConn) { h.ok(hostileGzip); h.drip(testkit.Gzip(" "), gap) }),
		slow("an error byte by byte", nil, "503 service unavailable", func(h *hostileConn) { h.say("HTTP/1.1 503 X\r\n\r\n"); h.drip("x", gap) }),
		slow("a redirect byte by byte", nil, "302 found", func(h *hostileConn) { h.say("HTTP/1.1 302 X\r\nLocation: ftp://x/\r\n\r\n"); h.drip("x", gap) }),
		slow("interim answers, one in a while", nil, late, func(h *hostileConn) { h.drip("HTTP/1.1 103 Early Hints\r\n\r\n", gap) }),
		slow("a switch of protocols", nil, "101 switching protocols", func(h *hostileConn) {
			h.say("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n")
			h.hold()
		}),
		slow("a document that falls silent", hostileDownload, "timed out after 300ms without data", func(h *hostileConn) { h.say(hostilePDF + "\r\n%PDF"); h.hold() }),
		slow("a sequence that falls silent", hostileSequence, "timed out after 300ms without data", func(h *hostileConn) { h.ok(); h.say("[{}"); h.hold() }),
		slow("a stream that falls silent", hostileWatch, "timed out after 100ms without data", func(h *hostileConn) { h.say(hostileSSE + "\r\n:\n"); h.hold() }),
	}
	for _, c := range []hostileCase{
		slow("a document byte by byte", hostileDownload, "", func(h *hostileConn) { h.say(hostilePDF + "\r\n"); h.drip("%PDF", gap) }),
		slow("a sequence byte by byte", hostileSequence, "", func(h *hostileConn) { h.ok(); h.say("[{}"); h.drip(",{}", gap) }),
		slow("a stream byte by byte", hostileStream, "", func(h *hostileConn) { h.say(hostileSSE + "\r\n"); h.drip(":\n", gap) }),
	} {
		// As long as something comes it is the caller's context that ends it.
		c.ends, c.gives, c.opts = 100*time.Millisecond, "context deadline exceeded", nil
		cases = append(cases, c)
	}
	// The short run meets every other one.
	for i := range cases {
		cases[i].long = i%2 == 1
	}
	return cases
}

func hostileHeaders() []hostileCase {
	own := func(name, gives string, answer func(*hostileConn)) hostileCase {
		return hostileCase{group: "headers", name: name, gives: gives, answer: answer}
	}
	const tooLarge = "server response headers exceeded"
	flood := func(h *hostileConn) { h.say("HTTP/1.1 200 OK\r\n"); h.pour("X-Header: some value or other\r\n", -1) }
	cases := []hostileCase{
		own("headers without an end", tooLarge, flood),
		own("one header of 100 MB", tooLarge, func(h *hostileConn) { h.say("HTTP/1.1 200 OK\r\nX: "); h.pour("x", 100*hostileMiB) }),
		own("a status line without an end", tooLarge, func(h *hostileConn) { h.say("HTTP/1.1 200 "); h.pour("OK", -1) }),
		own("a line without an end that is no status", tooLarge, func(h *hostileConn) { h.pour("x", -1) }),
		own("10,000 headers", "", func(h *hostileConn) {
			h.say("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n")
			for i := range 10_000 {
				h.say(fmt.Sprintf("X-%d: some value or other\r\n", i))
			}
			h.say("\r\n[]")
		}),
		own("10,000 headers of an error", "404 not found", func(h *hostileConn) {
			h.say("HTTP/1.1 404 X\r\nContent-Length: 2\r\n")
			for i := range 10_000 {
				h.say(fmt.Sprintf("X-%d: some value or other\r\n", i))
			}
			h.say("\r\n{}")
		}),
		own("interim answers without an end", tooLarge, func(h *hostileConn) { h.pour("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n", -1) }),
		own("100 Continue without an end", tooLarge, func(h *hostileConn) { h.pour("HTTP/1.1 100 Continue\r\n\r\n", -1) }),
		own("a header without a colon", "malformed MIME header", hostileSay("HTTP/1.1 200 OK\r\nX\r\nContent-Length: 2\r\n\r\n[]")),
		own("a header with a NUL", "malformed MIME header", hostileSay("HTTP/1.1 200 OK\r\nX\x00: y\r\nContent-Length: 2\r\n\r\n[]")),
		own("HTTP/9.9", "", hostileSay("HTTP/9.9 200 OK\r\nContent-Length: 2\r\n\r\n[]")),
		own("a status of 999", "999", hostileSay("HTTP/1.1 999 Odd\r\nContent-Length: 2\r\n\r\n{}")),
		own("a status of 99", "malformed HTTP status code", hostileSay("HTTP/1.1 99 Odd\r\nContent-Length: 2\r\n\r\n{}")),
		own("a negative status", "malformed HTTP status code", hostileSay("HTTP/1.1 -20 Odd\r\nContent-Length: 2\r\n\r\n{}")),
	}
	theirs := own("headers without an end, with net/http's own transport", tooLarge, flood)
	theirs.opts = []clevercloud.ClientOption{clevercloud.WithHTTPClient(&http.Client{Transport: &http.Transport{DisableKeepAlives: true}})}
	theirs.memory, theirs.long = 128*hostileMiB, true
	return append(cases, theirs)
}

func hostileLengths() []hostileCase {
	length := func(name, gives, lengths, body string) hostileCase {
		c := hostileCase{group: "length", name: name, gives: gives, answer: hostileSay("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n" + lengths + "\r\n\r\n" + body)}
		return c
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
		length("of 256 MiB, for nothing", "response larger than 32 MiB", fmt.Sprintf("Content-Length: %d", 256*hostileMiB), "[]"),
		length("of 8 EiB", "response larger than 32 MiB", "Content-Length: 9223372036854775807", "[]"),
		length("over 64 bits", "bad Content-Length", "Content-Length: 99999999999999999999", "[]"),
		length("beside chunks", "", "Content-Length: 5\r\nTransfer-Encoding: chunked", "2\r\n[]\r\n0\r\n\r\n"),
		length("beside an unknown transfer encoding", "unsupported transfer encoding", "Content-Length: 2\r\nTransfer-Encoding: gzip", "[]"),
		{group: "length", name: "of a document, too long", call: hostileDownload, gives: "after 4 of 100 bytes", answer: hostileSay(hostilePDF + "Content-Length: 100\r\n\r\n%PDF")},
		{group: "length", name: "of a document, 8 EiB", call: hostileDownload, gives: "after 4 of 9223372036854775807 bytes",
			answer: hostileSay(hostilePDF + "Content-Length: 9223372036854775807\r\n\r\n%PDF")},
		{group: "length", name: "of a document, none", call: hostileDownload, gives: "response has no length and may be truncated", answer: hostileSay(hostilePDF + "\r\n%PDF")},
		{group: "length", name: "of an error, 8 EiB", gives: "404 not found", answer: hostileSay("HTTP/1.1 404 X\r\nContent-Length: 9223372036854775807\r\n\r\nx")},
		{group: "length", name: "of an answer without a body", call: hostileWrite, answer: hostileSay("HTTP/1.1 204 No\r\nContent-Length: 9223372036854775807\r\n\r\n")},
	}
}

func hostileRedirects() []hostileCase {
	to := func(name, location, gives string) hostileCase {
		return hostileCase{group: "redirect", name: name, gives: gives, answer: hostileSay("HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: " + location + "\r\n\r\n")}
	}
	return []hostileCase{
		to("to itself", "/v4/products/zones", "302 found"),
		to("to itself, longer each time", "x/", "302 found"),
		to("to a file", "file:///etc/passwd", "302 found"),
		to("to a script", "javascript:alert(1)", "302 found"),
		to("to gopher", "gopher://127.0.0.1:70/", "302 found"),
		to("to another host in the clear", "http://elsewhere.test/", "302 found"),
		to("to the metadata of a cloud", "http://169.254.169.254/latest/meta-data/", "302 found"),
		to("with a user", "http://user:word@127.0.0.1/", "302 found"),
		to("to nowhere", "http://[::1", "302 found"),
		to("with a Location of 500 kB", "/"+strings.Repeat("x", 500*hostileKiB), "302 found"),
		{group: "redirect", name: "of a write", call: hostileWrite, gives: "307 temporary redirect",
			answer: hostileSay("HTTP/1.1 307 X\r\nContent-Length: 0\r\nLocation: /elsewhere\r\n\r\n")},
		{group: "redirect", name: "of a stream to itself", call: hostileStream, gives: "302 found",
			answer: hostileSay("HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: ?\r\n\r\n")},
	}
}

func hostileWaits() []hostileCase {
	var cases []hostileCase
	for _, asked := range []string{
		"99999999999999999999", "1e308", "Inf", "NaN", "-5", "0x10", "Fri, 31 Dec 9999 23:59:59 GMT", "Thu, 01 Jan 1970 00:00:00 GMT", strings.Repeat("9", 100_000),
	} {
		wait := fmt.Sprintf("HTTP/1.1 503 X\r\nContent-Length: 0\r\nRetry-After: %s\r\n\r\n", asked)
		name := asked[:min(len(asked), 32)]
		gives := "503 service unavailable (5 attempts)"
		switch asked { // more than MaxWait
		case "99999999999999999999", "1e308", "Inf", "Fri, 31 Dec 9999 23:59:59 GMT":
			gives = "503 service unavailable (retry after "
		}
		cases = append(cases,
			hostileCase{group: "wait", name: "Retry-After: " + name, gives: gives, answer: hostileSay(wait)},
			hostileCase{group: "wait", name: "the same, of a stream", call: hostileStream, gives: "503 service unavailable", answer: hostileSay(wait)})
	}
	for i := range cases {
		cases[i].long = i%3 != 0
	}
	return append(cases, hostileCase{
		group: "wait", name: "a year, with 20 s left to the caller", gives: "503 service unavailable (retry after 8760h0m0s)", time: 5 * time.Second,
		opts: []clevercloud.ClientOption{clevercloud.WithRetry(clevercloud.RetryPolicy{})}, ends: 20 * time.Second,
		answer: hostileSay("HTTP/1.1 503 X\r\nContent-Length: 0\r\nRetry-After: 31536000\r\n\r\n"),
	})
}

// A hostileServer answers every request of every connection alike.
type hostileServer struct {
	net.Listener
	running sync.WaitGroup
	open    atomic.Int32
}

func newHostileServer(t *testing.T, answer func(*hostileConn)) *hostileServer {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	s := &hostileServer{Listener: listener}
	s.running.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			s.open.Add(1)
			s.running.Go(func() {
				defer s.open.Add(-1)
				defer conn.Close()
				if req, err := http.ReadRequest(bufio.NewReader(conn)); err == nil {
					answer(&hostileConn{Conn: conn, request: req})
				}
			})
		}
	})
	return s
}

func (s *hostileServer) stop() {
	s.Close()
	s.running.Wait()
}

// hostilePeak samples the memory in use while f runs, and returns by how much it grew at most.
func hostilePeak(f func()) int64 {
	// What is garbage already counts until it is collected, which a busy machine puts off.
	defer debug.SetGCPercent(debug.SetGCPercent(20))
	runtime.GC()
	runtime.GC()
	use := func() int64 {
		samples := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/memory/classes/heap/stacks:bytes"}}
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
	if c.memory == 0 {
		c.memory = 32 * hostileMiB
	}
	if c.time == 0 {
		c.time = 20 * time.Second
	}
	if c.call == nil {
		c.call = hostileRead
	}
	goroutines := runtime.NumGoroutine()
	server := newHostileServer(t, c.answer)
	defer server.stop()
	opts := append([]clevercloud.ClientOption{
		clevercloud.WithBaseURL("http://" + server.Addr().String()), clevercloud.WithTimeout(c.time),
		clevercloud.WithAuth(auth.OAuth1{ConsumerKey: "consumer", ConsumerSecret: "consumer-secret", Token: "token", TokenSecret: "token-secret"}),
		clevercloud.WithRetry(clevercloud.RetryPolicy{MaxRetries: 4, MinWait: time.Millisecond, MaxWait: 5 * time.Millisecond}),
	}, c.opts...)
	client, err := clevercloud.New(opts...)
	require.NoError(t, err)
	ends := c.ends
	if ends == 0 {
		ends = 2 * c.time
	}
	ctx, cancel := context.WithTimeout(t.Context(), ends)
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
		assert.Less(t, len(err.Error()), 8*hostileKiB, "an error is for reading")
		assert.True(t, hostileTyped(err), "%T %v", err, err)
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

func hostileTyped(err error) bool {
	var refusal *clevercloud.APIError
	var foreign *clevercloud.DecodeError
	var entry *clevercloud.LogDecodeError
	wraps, ok := err.(interface{ Unwrap() []error })
	return errors.As(err, &refusal) || errors.As(err, &foreign) || errors.As(err, &entry) || ok && len(wraps.Unwrap()) > 0
}

// Whatever a server sends, a call takes bounded memory and time, and says what was wrong.
func TestHostile_Servers(t *testing.T) {
	report := os.Getenv("RELIABILITY_REPORT")
	// net/http writes a line to the standard log where a server sends more than an answer.
	standard := log.Writer()
	log.SetOutput(io.Discard)
	t.Cleanup(func() { log.SetOutput(standard) })
	var results []hostileResult
	for _, cases := range [][]hostileCase{
		hostileBodies(), hostileStreams(), hostileSlowness(), hostileHeaders(), hostileLengths(), hostileRedirects(), hostileWaits(),
	} {
		for _, c := range cases {
			if c.long && report == "" {
				continue
			}
			t.Run(c.group+", "+c.name, func(t *testing.T) { results = append(results, c.run(t)) })
		}
	}
	if report != "" {
		require.NoError(t, os.WriteFile(report, []byte(hostileTable(results)), 0o600))
	}
}

func hostileTable(results []hostileResult) string {
	var b strings.Builder
	b.WriteString("| case | outcome | time | bound | memory | bound |\n|---|---|---|---|---|---|\n")
	for _, r := range results {
		outcome := strings.ReplaceAll(r.outcome, "|", "\\|")
		if len(outcome) > 100 {
			outcome = strings.ToValidUTF8(outcome[:100], "") + "…"
		}
		fmt.Fprintf(&b, "| %s: %s | %s | %v | %v | %.1f MiB | %d MiB |\n", r.group, strings.ReplaceAll(r.name, "|", "\\|"), outcome,
			r.took.Round(time.Millisecond), r.time, float64(r.peak)/hostileMiB, r.memory/hostileMiB)
	}
	fmt.Fprintf(&b, "\n%d cases.\n", len(results))
	return b.String()
}

// Over HTTP/2 net/http has other code for the same bounds.
func TestHostile_HTTP2(t *testing.T) {
	for _, tc := range []struct {
		name, gives string
		answer      http.HandlerFunc
	}{
		{"a header of 12 MB", "connection error", func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("X", strings.Repeat("x", 12*hostileMiB)) }},
		{"an error without an end", "400 bad request", func(w http.ResponseWriter, req *http.Request) {
			w.WriteHeader(http.StatusBadRequest)
			hostileForever(w, req)
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			server := httptest.NewUnstartedServer(tc.answer)
			server.EnableHTTP2 = true
			server.Config.ErrorLog = log.New(io.Discard, "", 0)
			server.StartTLS()
			defer server.Close()
			client, err := clevercloud.New(clevercloud.WithBaseURL(server.URL), clevercloud.WithHTTPClient(server.Client()), clevercloud.WithMaxRetries(0))
			require.NoError(t, err)
			defer client.CloseIdleConnections()

			peak := hostilePeak(func() { err = hostileRead(t.Context(), client) })

			require.ErrorContains(t, err, tc.gives)
			assert.Less(t, peak, int64(128*hostileMiB), "most of it is the server's own")
		})
	}
}

func hostileForever(w http.ResponseWriter, req *http.Request) {
	for req.Context().Err() == nil {
		if _, err := w.Write(make([]byte, 64*hostileKiB)); err != nil {
			return
		}
	}
}

// Credentials do not follow a redirect that leaves for another port of the same machine, not even back and forth.
func TestHostile_RedirectsBetweenTwoServers(t *testing.T) {
	var second *httptest.Server
	var seen sync.Map
	first := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		http.Redirect(w, req, second.URL+"/away", http.StatusFound)
	}))
	defer first.Close()
	second = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		seen.Store(req.Header.Get("Authorization"), true)
		http.Redirect(w, req, first.URL+"/back", http.StatusFound)
	}))
	defer second.Close()
	client := testkit.Client(t, clevercloud.WithBaseURL(first.URL), clevercloud.WithAuth(testkit.Token("token")))
	defer client.CloseIdleConnections()

	err := hostileRead(t.Context(), client)

	require.ErrorContains(t, err, "302 found")
	_, anonymous := seen.Load("")
	assert.True(t, anonymous)
	_, authenticated := seen.Load("Bearer token")
	assert.False(t, authenticated)
}
