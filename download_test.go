package clevercloud_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTimeout_IsOfEachAttempt(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		opts []clevercloud.ClientOption
		want time.Duration
	}{
		{"by the option", []clevercloud.ClientOption{clevercloud.WithTimeout(3 * time.Second)}, 3 * time.Second},
		{"by default", nil, 60 * time.Second},
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

			_, err := client.Zones.List(t.Context(), clevercloud.ZoneQuery{})

			require.NoError(t, err)
			assert.Equal(t, 3, sent)
			assert.GreaterOrEqual(t, time.Since(start), 2*tc.want, tc.name)
			assert.Less(t, time.Since(start), 2*tc.want+2*time.Second, "and the two waits")
		}, tc.opts...)
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
		pdf := strings.HasSuffix(req.URL.Path, ".pdf")
		if pdf {
			w.Header().Set("Content-Type", "application/pdf")
		} else {
			_, _ = io.WriteString(w, "[")
		}
		for i := range 30 {
			_, _ = io.WriteString(w, map[bool]string{true: "%PDF", false: `{"kind": "INVOICE"}`}[pdf])
			if i < 29 && !pdf {
				_, _ = io.WriteString(w, ",")
			}
			w.(http.Flusher).Flush()
			time.Sleep(4 * time.Second)
		}
		if !pdf {
			_, _ = io.WriteString(w, "]")
		}
	}, func(t *testing.T, client *clevercloud.Client, l *testkit.PipeListener) {
		start := time.Now()

		n, err := testkit.DownloadPDF(t.Context(), client, io.Discard)
		require.NoError(t, err)
		assert.EqualValues(t, 30*4, n)
		elements, err := testkit.CountInvoices(t.Context(), client, func() {})

		require.NoError(t, err)
		assert.Equal(t, 30, elements)
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
		assert.EqualError(t, err, "clevercloud: billing.download-invoice-pdf: download ended early, after 6 of 100 bytes: timed out after 5s without data")

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
		n, err := testkit.DownloadPDF(t.Context(), client, slowWriter{time.Hour})
		require.NoError(t, err)
		assert.EqualValues(t, 200_000, n)

		elements, err := testkit.CountInvoices(t.Context(), client, func() { time.Sleep(time.Minute) })

		require.NoError(t, err)
		assert.Equal(t, 10000, elements)
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
		_, err := client.Zones.List(t.Context(), clevercloud.ZoneQuery{})
		require.NoError(t, err)

		_, err = testkit.CountInvoices(t.Context(), client, func() {})

		require.NoError(t, err)
	}, clevercloud.WithTimeout(0))
}

func TestDownload_TheContextEnds(t *testing.T) {
	t.Parallel()
	testkit.Bubble(t, func(w http.ResponseWriter, req *http.Request) {
		w.Header().Set("Content-Type", "application/pdf")
		_, _ = io.WriteString(w, "%PDF")
		w.(http.Flusher).Flush()
		<-req.Context().Done()
	}, func(t *testing.T, client *clevercloud.Client, _ *testkit.PipeListener) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()

		n, err := testkit.DownloadPDF(ctx, client, io.Discard)

		assert.EqualValues(t, 4, n)
		assert.ErrorIs(t, err, context.DeadlineExceeded)
		assert.Contains(t, err.Error(), "download ended early, after 4 bytes")
	})
}

// layerCut is what a server says before it hangs up, and how much of the document that is.
func TestDownload_CutOff(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, raw, text string }{
		{"known length", "Content-Length: 10\r\n\r\n%PDF", "after 4 of 10 bytes: unexpected EOF"},
		{"in chunks", "Transfer-Encoding: chunked\r\n\r\n4\r\n%PDF\r\n", "after 4 bytes: unexpected EOF"},
		{"within a chunk", "Transfer-Encoding: chunked\r\n\r\n9\r\n%PDF", "after 4 bytes: unexpected EOF"},
		{"bad chunks", "Transfer-Encoding: chunked\r\n\r\n4\r\n%PDF\r\nzz\r\n", "after 4 bytes: invalid byte in chunk length"},
		{"at once", "Content-Length: 10\r\n\r\n", "after 0 of 10 bytes: unexpected EOF"},
		{"compressed", "Content-Encoding: gzip\r\nContent-Length: 100\r\n\r\n" + testkit.Gzip("%PDF and more of it")[:20], "bytes: unexpected EOF"},
		{"compressed by name only", "Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\n%PDF", "after 0 bytes: "},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			sent := 0
			_, client := testkit.Serve(t, func(w http.ResponseWriter, _ *http.Request) {
				sent++
				conn, _, _ := w.(http.Hijacker).Hijack()
				_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\n"+tc.raw)
				_ = conn.Close()
			})
			var w bytes.Buffer

			n, err := testkit.DownloadPDF(t.Context(), client, &w)

			require.Error(t, err)
			assert.Contains(t, err.Error(), "clevercloud: billing.download-invoice-pdf: download ended early")
			assert.Contains(t, err.Error(), tc.text)
			assert.EqualValues(t, w.Len(), n)
			assert.Equal(t, 1, sent, "what has been written cannot be taken back")
		})
	}
}

type brokenWriter struct{ left int }

var errDisk = errors.New("disk full")

func (w *brokenWriter) Write(p []byte) (int, error) {
	n := min(len(p), w.left)
	w.left -= n
	if n < len(p) {
		return n, errDisk
	}
	return n, nil
}

func TestDownload_TheWriterFails(t *testing.T) {
	t.Parallel()
	_, client := testkit.Serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/pdf")
		_, _ = w.Write(make([]byte, 100_000))
	})

	n, err := testkit.DownloadPDF(t.Context(), client, &brokenWriter{left: 10})

	assert.EqualValues(t, 10, n)
	assert.ErrorIs(t, err, errDisk)
	assert.EqualError(t, err, "clevercloud: billing.download-invoice-pdf: write after 10 bytes: disk full")

	unending := testkit.ClientOver(t, func(req *http.Request) (*http.Response, error) {
		resp := testkit.Response(req, 200, "%PDF-1.7 and more", "Content-Type", "application/pdf")
		resp.Close, resp.ContentLength = true, -1
		return resp, nil
	})
	_, err = testkit.DownloadPDF(t.Context(), unending, &brokenWriter{left: 10})
	assert.EqualError(t, err, "clevercloud: billing.download-invoice-pdf: write after 10 bytes: disk full", "whether or not it might be cut")
}

func TestDownload_ForeignAnswers(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, kind, coding, body string
		said                     string
	}{
		{"the document", "application/pdf", "", "%PDF", ""},
		{"the document with a parameter", "application/pdf; charset=binary", "", "%PDF", ""},
		{"the document as it is", "application/pdf", "Identity", "%PDF", ""},
		{"an unknown type", "application/octet-stream", "", "%PDF", ""},
		{"no type", "", "", "%PDF", ""},
		{"a login page", "text/html; charset=utf-8", "", "<html>", "expected application/pdf, got text/html"},
		{"an object", "application/json", "", "{}", "expected application/pdf, got application/json"},
		{"an encoding that was not asked for", "application/pdf", "br", "%PDF", `content encoding "br" was not asked for`},
		{"nothing", "application/pdf", "", "", "the document is empty"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			body := &layerClosing{Reader: strings.NewReader(tc.body)}
			client := testkit.ClientOver(t, func(req *http.Request) (*http.Response, error) {
				assert.Equal(t, "application/pdf", req.Header.Get("Accept"))
				answer := testkit.Response(req, 200, "", "Content-Type", tc.kind, "Content-Encoding", tc.coding)
				answer.Body, answer.ContentLength = body, -1
				return answer, nil
			})
			var w bytes.Buffer

			n, err := testkit.DownloadPDF(t.Context(), client, &w)

			assert.True(t, body.closed)
			if tc.said == "" {
				require.NoError(t, err)
				assert.Equal(t, tc.body, w.String())
				return
			}
			var foreign *clevercloud.DecodeError
			require.ErrorAs(t, err, &foreign)
			assert.ErrorContains(t, err, ": decode response: "+tc.said)
			assert.Zero(t, n)
			assert.Zero(t, w.Len(), "nothing was written")
		})
	}
	_, err := testkit.DownloadPDF(t.Context(), testkit.ClientOver(t, nil), nil)
	require.ErrorIs(t, err, clevercloud.ErrInvalidArgument)
}

// layerClosing is a body that notes that it was closed.
type layerClosing struct {
	io.Reader
	closed bool
}

func (l *layerClosing) Close() error { l.closed = true; return nil }

// A program that writes what Do gives to a file must learn that it is not all.
func TestDownload_ByDoIsCutOff(t *testing.T) {
	t.Parallel()
	client := testkit.ClientOver(t, func(req *http.Request) (*http.Response, error) {
		answer := testkit.Response(req, 200, "")
		answer.Body = io.NopCloser(io.MultiReader(strings.NewReader("half"), iotest.ErrReader(io.ErrUnexpectedEOF)))
		return answer, nil
	})
	var w bytes.Buffer

	err := client.Do(t.Context(), http.MethodGet, "/v2/export", nil, &w)

	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	assert.Equal(t, "half", w.String())
	assert.EqualError(t, err, "clevercloud: do GET /v2/export: download ended early, after 4 bytes: unexpected EOF", "of none is no length")
}

// What is asked for as one kind of text may come as another; a page is not one of them.
func TestDownload_KindsOfText(t *testing.T) {
	t.Parallel()
	for kind, ok := range map[string]bool{"text/plain": true, "text/x-shellscript": true, "": true, "text/html": false, "application/json": false} {
		client := testkit.ClientOver(t, func(req *http.Request) (*http.Response, error) {
			return testkit.Response(req, 200, "curl https://logs.test", "Content-Type", kind), nil
		})

		command, err := client.Drains.TestCommand(t.Context(), "orga_1", "app_1", "drain_1")

		if ok {
			require.NoError(t, err, kind)
			assert.Equal(t, "curl https://logs.test", command.Reveal())
		} else {
			require.ErrorContains(t, err, "expected text/plain, got "+kind)
			assert.Empty(t, command)
		}
	}
}

// An error is one line of bounded length, whatever a RoundTripper has to say.
func TestErrors_LongCausesAreCut(t *testing.T) {
	t.Parallel()
	long := errors.New(strings.Repeat("x", 2000))
	cut := strings.Repeat("x", 512) + "…"
	broken := testkit.ClientOver(t, func(*http.Request) (*http.Response, error) { return nil, long }, clevercloud.WithMaxRetries(0))
	breaking := testkit.ClientOver(t, func(req *http.Request) (*http.Response, error) {
		resp := testkit.Response(req, 200, "")
		resp.Body = io.NopCloser(iotest.ErrReader(long))
		return resp, nil
	})

	assert.EqualError(t, broken.Do(t.Context(), "GET", "/x", nil, nil), "clevercloud: do GET /x: "+cut)
	assert.EqualError(t, broken.Do(t.Context(), "POST", "/x", nil, nil), "clevercloud: do POST /x: "+cut+"; the request may have been applied")
	assert.EqualError(t, breaking.Do(t.Context(), "GET", "/x", nil, io.Discard), "clevercloud: do GET /x: download ended early, after 0 bytes: "+cut)
}

// layerRepeat is a body of any length that costs no memory.
type layerRepeat struct {
	text string
	left int64
	at   int
}

func (r *layerRepeat) Read(p []byte) (int, error) {
	if r.left == 0 {
		return 0, io.EOF
	}
	n := copy(p[:min(int64(len(p)), r.left)], r.text[r.at:])
	r.at = (r.at + n) % len(r.text)
	r.left -= int64(n)
	return n, nil
}

func (r *layerRepeat) Close() error { return nil }

func layerEndless(n int64) *layerRepeat {
	return &layerRepeat{text: strings.Repeat(" ", 32<<10), left: n}
}

func TestBounds_ErrorBody(t *testing.T) {
	t.Parallel()
	body := layerEndless(1 << 40)
	client := testkit.ClientOver(t, func(req *http.Request) (*http.Response, error) {
		resp := testkit.Response(req, 400, "")
		resp.Body, resp.ContentLength = body, -1
		return resp, nil
	})

	_, err := client.Zones.List(t.Context(), clevercloud.ZoneQuery{})

	var answer *clevercloud.APIError
	require.ErrorAs(t, err, &answer)
	assert.Len(t, answer.Body, 1<<20)
	assert.Less(t, (1<<40)-body.left, int64(2<<20))
}

func TestBounds_Result(t *testing.T) {
	t.Parallel()
	sent := 0
	body := layerEndless(1 << 40)
	client := testkit.ClientOver(t, func(req *http.Request) (*http.Response, error) {
		sent++
		resp := testkit.Response(req, 200, "")
		resp.Body, resp.ContentLength = body, 256<<20+1
		return resp, nil
	})

	_, err := client.Zones.List(t.Context(), clevercloud.ZoneQuery{})

	assert.EqualError(t, err, "clevercloud: zones.list: response larger than 32 MiB")
	assert.Equal(t, 1, sent, "it would be as large again")
	assert.EqualValues(t, int64(1<<40), body.left, "it need not be read")
}

func TestBounds_SequenceInConstantMemory(t *testing.T) {
	_, client := testkit.Serve(t, func(w http.ResponseWriter, _ *http.Request) {
		element := `{"invoice_number": "F20250718-021327", "kind": "INVOICE", "total_tax": {"currency": "EUR", "amount": 1.10}},`
		_, _ = io.WriteString(w, "[")
		_, _ = io.Copy(w, &layerRepeat{text: element, left: int64(len(element)) * 100_000})
		_, _ = io.WriteString(w, "{}]")
	})
	heap := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before, most, n := heap(), uint64(0), 0

	elements, err := testkit.CountInvoices(t.Context(), client, func() {
		if n++; n%25_000 == 0 {
			most = max(most, heap())
		}
	})

	require.NoError(t, err)
	assert.Equal(t, 100_001, elements)
	assert.Less(t, int64(most)-int64(before), int64(4<<20), "the list is 11 MB")
}

func TestBounds_Element(t *testing.T) {
	t.Parallel()
	client := testkit.ClientOver(t, func(req *http.Request) (*http.Response, error) {
		resp := testkit.Response(req, 200, "")
		resp.Body = io.NopCloser(io.MultiReader(strings.NewReader(`[{"kind": "INVOICE"}, {"kind": "`), &layerRepeat{text: strings.Repeat("x", 32<<10), left: 1 << 40}))
		resp.ContentLength = -1
		return resp, nil
	})

	n, err := testkit.CountInvoices(t.Context(), client, func() {})

	assert.Equal(t, 1, n)
	var foreign *clevercloud.DecodeError
	require.ErrorAs(t, err, &foreign)
	assert.Contains(t, err.Error(), "element larger than 16 MiB")
}

func TestBounds_Compressed(t *testing.T) {
	t.Parallel()
	bomb := testkit.Gzip(strings.Repeat(" ", 8<<20))
	_, client := testkit.Serve(t, func(w http.ResponseWriter, req *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		switch {
		case req.URL.Path == "/bomb":
			w.WriteHeader(400)
			_, _ = io.WriteString(w, bomb)
		case strings.HasSuffix(req.URL.Path, "invoices"):
			_, _ = io.WriteString(w, testkit.Gzip(`[{"kind": "INVOICE"}]`))
		case strings.HasSuffix(req.URL.Path, "cut"):
			w.Header().Set("Content-Length", "2000")
			_, _ = io.WriteString(w, testkit.Gzip(`{"name": "par"}`)[:18])
		case strings.HasSuffix(req.URL.Path, "torn"):
			_, _ = io.WriteString(w, testkit.Gzip(`{"name": "par"}`)[:30])
		default:
			assert.Equal(t, "gzip", req.Header.Get("Accept-Encoding"))
			_, _ = io.WriteString(w, testkit.Gzip(`{"name": "par"}`))
		}
	})

	zone, err := client.Zones.Get(t.Context(), "par")
	require.NoError(t, err)
	assert.EqualValues(t, "par", zone.Name)
	n, err := testkit.CountInvoices(t.Context(), client, func() {})
	require.NoError(t, err)
	assert.Equal(t, 1, n)
	for _, name := range []clevercloud.ZoneName{"cut", "torn"} {
		zone, err = client.Zones.Get(t.Context(), name)
		require.ErrorIs(t, err, io.ErrUnexpectedEOF)
		assert.Nil(t, zone)
	}
	var answer *clevercloud.APIError
	require.ErrorAs(t, client.Do(t.Context(), "GET", "/bomb", nil, nil), &answer)
	assert.Len(t, answer.Body, 1<<20)
}

func TestBounds_Depth(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat("[", 200_000)
	client := testkit.ClientOver(t, func(req *http.Request) (*http.Response, error) {
		if strings.HasSuffix(req.URL.Path, "/error") {
			return testkit.Response(req, 400, `{"context":`+deep), nil
		}
		return testkit.Response(req, 200, deep+strings.Repeat("]", len(deep))), nil
	})
	var foreign *clevercloud.DecodeError

	_, err := client.Zones.List(t.Context(), clevercloud.ZoneQuery{})
	require.ErrorAs(t, err, &foreign)
	assert.LessOrEqual(t, len(foreign.Body), 1<<10)
	_, err = client.Billing.GetInvoice(t.Context(), "orga_1", "F1")
	require.ErrorAs(t, err, &foreign)
	_, err = testkit.CountInvoices(t.Context(), client, func() {})
	require.ErrorAs(t, err, &foreign)
	_, err = client.Zones.Get(t.Context(), "error")
	require.ErrorIs(t, err, clevercloud.ErrBadRequest)
}

// However a body is cut, there is an error, and no part of a value.
func TestBounds_CutOff(t *testing.T) {
	t.Parallel()
	whole := `[{"invoice_number": "F1", "kind": "INVOICE"}, {"invoice_number": "F2", "kind": "INVOICE"}]`
	for _, encoding := range []string{"chunked", "length", "close"} {
		for n := 0; n < len(whole); n += 7 {
			t.Run(fmt.Sprintf("%s, %d bytes", encoding, n), func(t *testing.T) {
				t.Parallel()
				_, client := testkit.Serve(t, func(w http.ResponseWriter, _ *http.Request) {
					conn, _, _ := w.(http.Hijacker).Hijack()
					header := map[string]string{
						"chunked": fmt.Sprintf("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n", len(whole)),
						"length":  fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n", len(whole)),
						"close":   "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n",
					}[encoding]
					_, _ = io.WriteString(conn, header+whole[:n])
					_ = conn.Close()
				})

				list, err := client.Billing.ListInvoices(t.Context(), "orga_1", clevercloud.InvoiceQuery{})

				require.Error(t, err, "not even an empty list")
				assert.Nil(t, list)
				for invoice, err := range client.Billing.Invoices(t.Context(), "orga_1", clevercloud.InvoiceQuery{}) {
					if err == nil {
						assert.Len(t, invoice.Number, 2)
						assert.Equal(t, clevercloud.InvoiceKindInvoice, invoice.Kind)
						continue
					}
					assert.Zero(t, invoice)
				}
				elements, err := testkit.CountInvoices(t.Context(), client, func() {})
				require.Error(t, err)
				assert.Less(t, elements, 3)
			})
		}
	}
}
