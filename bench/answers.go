package bench

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Zone is what the API answers about one zone.
func Zone() []byte {
	return []byte(`{"id":"7f3b1c2e-9a40-4d58-b6e7-2c81d05f9a34","name":"par","country":"France","countryCode":"FR","city":"Paris",` +
		`"displayName":null,"lat":48.87,"lon":2.33,"outboundIPs":["192.0.2.0/28","198.51.100.16/32"],` +
		`"tags":["certification:iso27001","for:applications","infra:clever-cloud","region:eu"]}`)
}

// Drains is a list of n drains, with the recipients and the fates that drains have.
func Drains(n int) []byte {
	recipients := []string{
		`{"type":"RAW_HTTP","url":"https://logs.example.com/ingest","username":"shipper","password":"********"}`,
		`{"type":"ELASTICSEARCH","url":"https://es.example.com:9200/_bulk","index":"shop-logs","username":"elastic",` +
			`"password":"********","tlsVerification":"DEFAULT"}`,
		`{"type":"SYSLOG_TCP","url":"tcp://syslog.example.com:6514","token":"********"}`,
		`{"type":"DATADOG","url":"https://http-intake.example.com/********"}`,
	}
	executions := []string{
		`{"status":"RUNNING"}`,
		`{"status":"RETRYING","lastError":"HTTP 503 from recipient","attempt":4,"maxAttempt":10,"lastAttemptAt":"2025-09-15T09:58:30.006Z",` +
			`"nextAttemptAt":"2025-09-15T10:00:30.006Z","retryingSince":"2025-09-15T09:41:02Z"}`,
	}
	var b bytes.Buffer
	b.WriteByte('[')
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		id := fmt.Sprintf("drain_94d6b1f0-2e7c-4a58-b3d9-%012x", i)
		fmt.Fprintf(&b, `{"id":%q,"tenantId":"orga_3f1c9a52-7b0e-4d6a-9c41-5e8f20b7d913","resourceId":"app_c0b7e1f4-2d93-4a68-8e57-19f6a3d40b72",`+
			`"kind":"LOG","recipient":%s,"status":{"id":"8c0d3f6a-71e5-4b92-a6d4-%012x","drainId":%q,"status":"ENABLED",`+
			`"date":"2025-09-14T08:30:11.512Z","authorId":"user_8a6d2e74-15c3-4b9f-a0d7-6c1e94f3b285","errorReason":null},"execution":%s,`+
			`"backlog":{"msgRateOut":%d.4166667,"msgThroughputOut":913.25,"msgBacklog":%d}}`,
			id, recipients[i%len(recipients)], i, id, executions[i%len(executions)], i, i*17)
	}
	b.WriteByte(']')
	return b.Bytes()
}

// WriteInvoices writes a list of n invoices of about 900 bytes, always the same: one owner's, a few addresses, all numbers and dates
// different.
func WriteInvoices(to io.Writer, n int) error {
	w := bufio.NewWriterSize(to, 64<<10)
	date := time.Date(2012, 1, 1, 1, 10, 29, 974080000, time.UTC)
	w.WriteByte('[')
	for i := range n {
		if i > 0 {
			w.WriteByte(',')
		}
		date = date.Add(41 * time.Minute)
		net := 1000 + i*7919%90000
		tax := net / 5
		kind, status, paid := "INVOICE", "PAID", `"`+date.Add(93441*time.Millisecond).Format(time.RFC3339Nano)+`"`
		switch {
		case i%40 == 39:
			kind, status = "CREDITNOTE", "REFUNDED"
		case i%25 == 24:
			status, paid = "PENDING", "null"
		}
		fmt.Fprintf(w, `{"invoice_number":"F%s-%06d","kind":%q,"owner_id":"orga_3f1c9a52-7b0e-4d6a-9c41-5e8f20b7d913","address":{`+
			`"address_id":"address_5c2e8f71-64b3-4a09-9d1e-%012x","owner_id":"orga_3f1c9a52-7b0e-4d6a-9c41-5e8f20b7d913","name":"Camille Durand",`+
			`"company":"Atelier Numérique SAS","address":"12 rue des Tanneurs","city":"Nantes","zipcode":"44000","country_alpha2":"FR",`+
			`"vat_number":"FR40303265045","vat_percent":20.0,"customer_cost_center":"CC-2041","customer_purchase_order":"PO-2025-%04d"},`+
			`"emission_date":%q,"pay_date":%s,"status":%q,"currency":"EUR","kpi_compute_months":1,"price_factor":1.0,"discount":0.0,`+
			`"vat_percent":20.0,"total_tax_excluded":{"currency":"EUR","amount":%[9]d.%02[10]d,"amount_formatted":"%[9]d.%02[10]d",`+
			`"default_display":"€%[9]d.%02[10]d"},"total_tax":{"currency":"EUR","amount":%[11]d.%02[12]d,"amount_formatted":"%[11]d.%02[12]d",`+
			`"default_display":"€%[11]d.%02[12]d"},"category":"PAAS","payment_provider":"STRIPE","transaction_id":"pi_3RkQx7Invented%06[13]d",`+
			`"customer_order_id":null,"invoice_day_plan":null}`,
			date.Format("20060102"), i, kind, i/1000, i/100, date.Format(time.RFC3339Nano), paid, status,
			net/100, net%100, tax/100, tax%100, i)
	}
	w.WriteByte(']')
	return w.Flush()
}

// Invoices is the list that WriteInvoices writes.
func Invoices(n int) []byte {
	var b bytes.Buffer
	b.Grow(n * 1100)
	_ = WriteInvoices(&b, n)
	return b.Bytes()
}

// ListLength is the length of the list of drains.
const ListLength = 50

var answers = sync.OnceValue(func() map[string][]byte {
	drains := Drains(ListLength)
	return map[string][]byte{
		"/v4/products/zones/par": Zone(), drainsPath: drains,
		wrappedDrainsPath: slices.Concat([]byte(`{"drains":`), drains, []byte(`}`)),
	}
})

const (
	drainsPath = "/v4/drains/organisations/orga_1/applications/app_1/drains"
	// wrappedDrainsPath gives the list as a member of an object.
	wrappedDrainsPath = "/wrapped/drains"
)

// Answer is a server's handler: one zone, one list of drains, and lists of as many invoices as the query's limit says.
func Answer(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Content-Type", "application/json")
	header.Set("Sozu-Id", "01K3ZT8W4N6Q5V7X9Y2B3C4D5E")
	if body, ok := answers()[r.URL.Path]; ok {
		header.Set("Content-Length", strconv.Itoa(len(body)))
		_, _ = w.Write(body)
		return
	}
	if !strings.HasSuffix(r.URL.Path, "/invoices") {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	n, _ := strconv.Atoi(r.URL.Query().Get("limit"))
	_ = WriteInvoices(w, n)
}

// A Memory answers like Answer without a network.
type Memory struct{}

var answerHeader = http.Header{
	"Content-Type": {"application/json"}, "Sozu-Id": {"01K3ZT8W4N6Q5V7X9Y2B3C4D5E"}, "Date": {"Wed, 24 Jun 2026 08:05:41 GMT"},
}

// RoundTrip answers at once.
func (Memory) RoundTrip(r *http.Request) (*http.Response, error) {
	body, ok := answers()[r.URL.Path]
	if !ok {
		return nil, fmt.Errorf("no answer to %s", r.URL.Path)
	}
	return &http.Response{
		Status: "200 OK", StatusCode: http.StatusOK, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: r,
		Header: answerHeader, ContentLength: int64(len(body)), Body: io.NopCloser(bytes.NewReader(body)),
	}, nil
}
