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
		cause := errors.New("closing time")
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, cause)
		defer cancel()

		n, err := testkit.DownloadPDF(ctx, client, io.Discard)

		assert.EqualValues(t, 4, n)
		assert.ErrorIs(t, err, context.DeadlineExceeded)
		assert.ErrorIs(t, err, cause)
		assert.ErrorContains(t, err,
			"download ended early, after 4 bytes: context deadline exceeded: closing time")
	})
}

func TestDownload_CutOff(t *testing.T) {
	t.Parallel()
	const chunked, ended = "Transfer-Encoding: chunked", "unexpected EOF"
	for name, tc := range map[string]struct{ header, body, text string }{
		"known length":   {"Content-Length: 10", "%PDF", "after 4 of 10 bytes: " + ended},
		"at once":        {"Content-Length: 10", "", "after 0 of 10 bytes: " + ended},
		"in chunks":      {chunked, "4\r\n%PDF\r\n", "after 4 bytes: " + ended},
		"within a chunk": {chunked, "9\r\n%PDF", "after 4 bytes: " + ended},
		"bad chunks":     {chunked, "4\r\n%PDF\r\nzz\r\n", "after 4 bytes: invalid byte in chunk"},
		"compressed": {
			"Content-Encoding: gzip\r\nContent-Length: 100",
			testkit.Gzip("%PDF and more of it")[:20], "bytes: " + ended,
		},
		"compressed by name only": {
			"Content-Encoding: gzip\r\nContent-Length: 4", "%PDF", "after 0 bytes: ",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sent := 0
			_, client := testkit.Serve(t, func(w http.ResponseWriter, _ *http.Request) {
				sent++
				conn, _, _ := w.(http.Hijacker).Hijack()
				_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\n"+
					tc.header+"\r\n\r\n"+tc.body)
				_ = conn.Close()
			})
			var w bytes.Buffer

			n, err := testkit.DownloadPDF(t.Context(), client, &w)

			require.ErrorContains(t, err, "billing.download-invoice-pdf: download ended early")
			assert.ErrorContains(t, err, tc.text)
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
	for _, unending := range []bool{false, true} {
		client := testkit.ClientOver(t, func(req *http.Request) (*http.Response, error) {
			resp := testkit.Response(req, 200, strings.Repeat("x", 100_000))
			if unending {
				resp.Close, resp.ContentLength = true, -1
			}
			return resp, nil
		})

		n, err := testkit.DownloadPDF(t.Context(), client, &brokenWriter{left: 10})

		assert.EqualValues(t, 10, n)
		assert.ErrorIs(t, err, errDisk)
		assert.EqualError(t, err,
			"clevercloud: billing.download-invoice-pdf: write after 10 bytes: disk full")
	}
}

// closing is a body that notes that it was closed.
type closing struct {
	io.Reader
	closed bool
}

func (c *closing) Close() error { c.closed = true; return nil }

func TestDownload_ForeignAnswers(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ kind, coding, body, said string }{
		{"application/pdf", "", "%PDF", ""},
		{"application/pdf; charset=binary", "", "%PDF", ""},
		{"application/pdf", "Identity", "%PDF", ""},
		{"application/octet-stream", "", "%PDF", ""},
		{"", "", "%PDF", ""},
		{"text/html; charset=utf-8", "", "<html>", "expected application/pdf, got text/html"},
		{"text/plain", "", "sorry", "expected application/pdf, got text/plain"},
		{"application/json", "", "{}", "expected application/pdf, got application/json"},
		{"application/pdf", "br", "%PDF", `content encoding "br" was not asked for`},
		{"application/pdf", "", "", "the document is empty"},
	} {
		body := &closing{Reader: strings.NewReader(tc.body)}
		client := testkit.ClientOver(t, func(req *http.Request) (*http.Response, error) {
			assert.Equal(t, "application/pdf", req.Header.Get("Accept"))
			headers := []string{"Content-Type", tc.kind, "Content-Encoding", tc.coding}
			answer := testkit.Response(req, 200, "", headers...)
			answer.Body, answer.ContentLength = body, -1
			return answer, nil
		})
		var w bytes.Buffer

		n, err := testkit.DownloadPDF(t.Context(), client, &w)

		assert.True(t, body.closed)
		assert.EqualValues(t, w.Len(), n)
		if tc.said == "" {
			require.NoError(t, err)
			assert.Equal(t, tc.body, w.String())
			continue
		}
		var foreign *clevercloud.DecodeError
		require.ErrorAs(t, err, &foreign)
		assert.ErrorContains(t, err, ": decode response: "+tc.said)
		assert.Zero(t, w.Len(), "nothing was written")
	}
	_, err := testkit.DownloadPDF(t.Context(), testkit.ClientOver(t, nil), nil)
	require.ErrorIs(t, err, clevercloud.ErrInvalidArgument)
}

// A program that writes what Do gives to a file must learn that it is not all.
func TestDownload_ByDoIsCutOff(t *testing.T) {
	t.Parallel()
	client := testkit.ClientOver(t, func(req *http.Request) (*http.Response, error) {
		answer := testkit.Response(req, 200, "")
		cut := iotest.ErrReader(io.ErrUnexpectedEOF)
		answer.Body = io.NopCloser(io.MultiReader(strings.NewReader("half"), cut))
		return answer, nil
	})
	var w bytes.Buffer

	err := client.Do(t.Context(), http.MethodGet, "/v2/export", nil, &w)

	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	assert.Equal(t, "half", w.String())
	assert.EqualError(t, err, "clevercloud: do GET /v2/export: "+
		"download ended early, after 4 bytes: unexpected EOF", "of none is no length")
}

// What is asked for as one kind of text may come as another; a page is not one of them.
func TestDownload_KindsOfText(t *testing.T) {
	t.Parallel()
	for kind, ok := range map[string]bool{
		"text/plain": true, "text/x-shellscript": true, "": true, "text/html": false,
		"application/json": false,
	} {
		client := answering(t, 200, "curl https://logs.test", "Content-Type", kind)

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
