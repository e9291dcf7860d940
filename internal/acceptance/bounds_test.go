package acceptance_test

import (
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// endlessBody is a body of any length that costs no memory.
type endlessBody struct {
	text string
	left int64
	at   int
}

func (r *endlessBody) Read(p []byte) (int, error) {
	if r.left == 0 {
		return 0, io.EOF
	}
	n := copy(p[:min(int64(len(p)), r.left)], r.text[r.at:])
	r.at = (r.at + n) % len(r.text)
	r.left -= int64(n)
	return n, nil
}

func (r *endlessBody) Close() error { return nil }

// bounded returns a client of an API whose every response has this body.
func bounded(t *testing.T, status int, length int64, body io.Reader) *clevercloud.Client {
	return testkit.ClientOver(t, func(req *http.Request) (*http.Response, error) {
		resp := testkit.Response(req, status, "")
		resp.Body, resp.ContentLength = io.NopCloser(body), length
		return resp, nil
	})
}

func TestBounds_ErrorBody(t *testing.T) {
	t.Parallel()
	body := &endlessBody{text: strings.Repeat(" ", 32<<10), left: 1 << 40}

	_, err := bounded(t, 400, -1, body).Zones.List(t.Context(), clevercloud.ZoneQuery{})

	var answer *clevercloud.APIError
	require.ErrorAs(t, err, &answer)
	assert.Len(t, answer.Body, 1<<20)
	assert.Less(t, (1<<40)-body.left, int64(2<<20))
}

func TestBounds_Result(t *testing.T) {
	t.Parallel()
	body := &endlessBody{text: " ", left: 1 << 40}
	var meta clevercloud.Response

	_, err := bounded(t, 200, 256<<20+1, body).Zones.
		List(t.Context(), clevercloud.ZoneQuery{}, clevercloud.WithResponse(&meta))

	assert.EqualError(t, err, "clevercloud: zones.list: response larger than 32 MiB")
	assert.Equal(t, 1, meta.Attempts, "it would be as large again")
	assert.Equal(t, int64(1<<40), body.left, "it need not be read")
}

func TestBounds_SequenceInConstantMemory(t *testing.T) {
	_, client := testkit.Serve(t, func(w http.ResponseWriter, _ *http.Request) {
		element := `{"invoice_number": "F20250718-021327", "kind": "INVOICE", ` +
			`"total_tax": {"currency": "EUR", "amount": 1.10}},`
		_, _ = io.WriteString(w, "[")
		_, _ = io.Copy(w, &endlessBody{text: element, left: int64(len(element)) * 100_000})
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
	client := bounded(t, 200, -1, io.MultiReader(strings.NewReader(`[{"kind": "INVOICE"}, {"kind": "`),
		&endlessBody{text: strings.Repeat("x", 32<<10), left: 1 << 40}))

	n, err := testkit.CountInvoices(t.Context(), client, func() {})

	assert.Equal(t, 1, n)
	require.ErrorAs(t, err, new(*clevercloud.DecodeError))
	assert.Contains(t, err.Error(), "element larger than 16 MiB")
}

func TestBounds_Compressed(t *testing.T) {
	t.Parallel()
	bomb := testkit.Gzip(strings.Repeat(" ", 8<<20))
	_, client := testkit.Serve(t, func(w http.ResponseWriter, req *http.Request) {
		assert.Equal(t, "gzip", req.Header.Get("Accept-Encoding"))
		w.Header().Set("Content-Encoding", "gzip")
		switch {
		case req.URL.Path == "/bomb":
			w.WriteHeader(400)
			_, _ = io.WriteString(w, bomb)
		case strings.HasSuffix(req.URL.Path, "invoices"):
			_, _ = io.WriteString(w, testkit.Gzip(`[{"kind": "INVOICE"}]`))
		default:
			_, _ = io.WriteString(w, testkit.Gzip(`{"name": "par"}`))
		}
	})

	assert.EqualValues(t, "par", must(client.Zones.Get(t.Context(), "par"))(t).Name)
	assert.Equal(t, 1, must(testkit.CountInvoices(t.Context(), client, func() {}))(t))
	var answer *clevercloud.APIError
	require.ErrorAs(t, client.Do(t.Context(), "GET", "/bomb", nil, nil), &answer)
	assert.Len(t, answer.Body, 1<<20)
}

// However a body is cut, there is an error, and no part of a value.
func TestBounds_CutOff(t *testing.T) {
	t.Parallel()
	whole := `[{"invoice_number": "F1", "kind": "INVOICE"}, {"invoice_number": "F2", "kind": "INVOICE"}]`
	for encoding, header := range map[string]string{
		"chunked": fmt.Sprintf("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n", len(whole)),
		"length":  fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n", len(whole)),
		"close":   "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n",
	} {
		for n := 0; n < len(whole); n += 7 {
			t.Run(fmt.Sprintf("%s, %d bytes", encoding, n), func(t *testing.T) {
				t.Parallel()
				_, client := testkit.Serve(t, func(w http.ResponseWriter, _ *http.Request) {
					conn, _, _ := w.(http.Hijacker).Hijack()
					_, _ = io.WriteString(conn, header+whole[:n])
					_ = conn.Close()
				})

				list, err := client.Billing.ListInvoices(t.Context(), "orga_1", clevercloud.InvoiceQuery{})

				require.Error(t, err, "not even an empty list")
				assert.Nil(t, list)
				elements, failed := 0, false
				for invoice, err := range client.Billing.Invoices(t.Context(), "orga_1", clevercloud.InvoiceQuery{}) {
					if err != nil {
						assert.Zero(t, invoice)
						failed = true
						continue
					}
					elements++
					assert.Len(t, invoice.Number, 2)
					assert.Equal(t, clevercloud.InvoiceKindInvoice, invoice.Kind)
				}
				assert.True(t, failed)
				assert.Less(t, elements, 3)
			})
		}
	}
}
