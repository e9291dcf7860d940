package clevercloud_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestDownload_TheContextEnds(t *testing.T) {
	t.Parallel()
	testkit.Bubble(t, func(w http.ResponseWriter, req *http.Request) {
		w.Header().Set("Content-Type", "application/pdf")
		_, _ = io.WriteString(w, "%PDF")
		w.(http.Flusher).Flush()
		<-req.Context().Done()
	}, func(t *testing.T, client *clevercloud.Client, _ *testkit.PipeListener) {
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, errors.New("closing time"))
		defer cancel()

		n, err := testkit.DownloadPDF(ctx, client, io.Discard)

		assert.EqualValues(t, 4, n)
		assert.ErrorIs(t, err, context.DeadlineExceeded)
		assert.Contains(t, err.Error(), "download ended early, after 4 bytes: context deadline exceeded: closing time")
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
