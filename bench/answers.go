package bench

import (
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

// zoneBody is what the API answers about one zone.
const zoneBody = `{"id":"7f3b1c2e-9a40-4d58-b6e7-2c81d05f9a34","name":"par","country":"France",` +
	`"countryCode":"FR","city":"Paris","displayName":null,"lat":48.87,"lon":2.33,` +
	`"outboundIPs":["192.0.2.0/28","198.51.100.16/32"],` +
	`"tags":["certification:iso27001","for:applications","infra:clever-cloud","region:eu"]}`

// drainsBody is a list of n drains, with the recipients and the states that drains have.
func drainsBody(n int) []byte {
	recipients := []string{
		`{"type":"RAW_HTTP","url":"https://logs.example.com/ingest","username":"shipper",` +
			`"password":"********"}`,
		`{"type":"ELASTICSEARCH","url":"https://es.example.com:9200/_bulk","index":"shop-logs",` +
			`"username":"elastic","password":"********","tlsVerification":"DEFAULT"}`,
		`{"type":"SYSLOG_TCP","url":"tcp://syslog.example.com:6514","token":"********"}`,
		`{"type":"DATADOG","url":"https://http-intake.example.com/********"}`,
	}
	executions := []string{
		`{"status":"RUNNING"}`,
		`{"status":"RETRYING","lastError":"HTTP 503 from recipient","attempt":4,"maxAttempt":10,` +
			`"lastAttemptAt":"2025-09-15T09:58:30.006Z",` +
			`"nextAttemptAt":"2025-09-15T10:00:30.006Z","retryingSince":"2025-09-15T09:41:02Z"}`,
	}
	var b bytes.Buffer
	for i := range n {
		fmt.Fprintf(&b, `%s{"id":"drain_94d6b1f0-2e7c-4a58-b3d9-%012[2]x",`+
			`"tenantId":"orga_3f1c9a52-7b0e-4d6a-9c41-5e8f20b7d913",`+
			`"resourceId":"app_c0b7e1f4-2d93-4a68-8e57-19f6a3d40b72","kind":"LOG",`+
			`"recipient":%[3]s,`+
			`"status":{"id":"8c0d3f6a-71e5-4b92-a6d4-%012[2]x",`+
			`"drainId":"drain_94d6b1f0-2e7c-4a58-b3d9-%012[2]x","status":"ENABLED",`+
			`"date":"2025-09-14T08:30:11.512Z",`+
			`"authorId":"user_8a6d2e74-15c3-4b9f-a0d7-6c1e94f3b285","errorReason":null},`+
			`"execution":%[4]s,`+
			`"backlog":{"msgRateOut":%[2]d.4166667,"msgThroughputOut":913.25,"msgBacklog":%[5]d}}`,
			separator(i), i, recipients[i%len(recipients)], executions[i%len(executions)], i*17)
	}
	b.WriteByte(']')
	return b.Bytes()
}

// separator is what stands before the element i of a list.
func separator(i int) string {
	if i == 0 {
		return "["
	}
	return ","
}

// writeInvoices writes a list of n invoices of about 1,050 bytes, always the same.
func writeInvoices(w io.Writer, n int) {
	date := time.Date(2012, 1, 1, 1, 10, 29, 974080000, time.UTC)
	for i := range n {
		date = date.Add(41 * time.Minute)
		net := 1000 + i*7919%90000
		kind, status := "INVOICE", "PAID"
		paid := `"` + date.Add(93441*time.Millisecond).Format(time.RFC3339Nano) + `"`
		switch {
		case i%40 == 39:
			kind, status = "CREDITNOTE", "REFUNDED"
		case i%25 == 24:
			status, paid = "PENDING", "null"
		}
		fmt.Fprintf(w, `%s{"invoice_number":"F%s-%06d","kind":%q,`+
			`"owner_id":"orga_3f1c9a52-7b0e-4d6a-9c41-5e8f20b7d913","address":{`+
			`"address_id":"address_5c2e8f71-64b3-4a09-9d1e-%012x",`+
			`"owner_id":"orga_3f1c9a52-7b0e-4d6a-9c41-5e8f20b7d913","name":"Camille Durand",`+
			`"company":"Atelier Numérique SAS","address":"12 rue des Tanneurs","city":"Nantes",`+
			`"zipcode":"44000","country_alpha2":"FR","vat_number":"FR40303265045",`+
			`"vat_percent":20.0,`+
			`"customer_cost_center":"CC-2041","customer_purchase_order":"PO-2025-%04d"},`+
			`"emission_date":%q,"pay_date":%s,"status":%q,"currency":"EUR","kpi_compute_months":1,`+
			`"price_factor":1.0,"discount":0.0,"vat_percent":20.0,"total_tax_excluded":%s,`+
			`"total_tax":%s,"category":"PAAS","payment_provider":"STRIPE",`+
			`"transaction_id":"pi_3RkQx7Invented%06d","customer_order_id":null,`+
			`"invoice_day_plan":null}`,
			separator(i), date.Format("20060102"), i, kind, i/1000, i/100,
			date.Format(time.RFC3339Nano), paid, status, amountOf(net), amountOf(net/5), i)
	}
	_, _ = io.WriteString(w, "]")
}

func amountOf(cents int) string {
	return fmt.Sprintf(`{"currency":"EUR","amount":%[1]d.%02[2]d,`+
		`"amount_formatted":"%[1]d.%02[2]d","default_display":"€%[1]d.%02[2]d"}`,
		cents/100, cents%100)
}

// listLength is the length of the list of drains.
const listLength = 50

const (
	zonePath   = "/v4/products/zones/par"
	drainsPath = "/v4/drains/organisations/orga_1/applications/app_1/drains"
	// wrappedDrainsPath has the list as a member of an object.
	wrappedDrainsPath = "/wrapped/drains"
)

var bodies = sync.OnceValue(func() map[string][]byte {
	drains := drainsBody(listLength)
	return map[string][]byte{
		zonePath: []byte(zoneBody), drainsPath: drains,
		wrappedDrainsPath: slices.Concat([]byte(`{"drains":`), drains, []byte(`}`)),
	}
})

// answer answers with one zone, a list of drains, or as many invoices as the query's limit says.
func answer(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Content-Type", "application/json")
	header.Set("Sozu-Id", "01K3ZT8W4N6Q5V7X9Y2B3C4D5E")
	if body, ok := bodies()[r.URL.Path]; ok {
		header.Set("Content-Length", strconv.Itoa(len(body)))
		_, _ = w.Write(body)
		return
	}
	if !strings.HasSuffix(r.URL.Path, "/invoices") {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	n, _ := strconv.Atoi(r.URL.Query().Get("limit"))
	writeInvoices(w, n)
}

// memory answers without a network: with what answer answers, or with one body if it has one.
type memory struct {
	contentType string
	body        []byte
	// chunked leaves out the length.
	chunked bool
}

// RoundTrip answers at once.
func (m memory) RoundTrip(r *http.Request) (*http.Response, error) {
	body, kind := m.body, m.contentType
	if body == nil {
		body, kind = bodies()[r.URL.Path], "application/json"
	}
	if body == nil {
		return nil, fmt.Errorf("no answer to %s", r.URL.Path)
	}
	length := int64(len(body))
	if m.chunked {
		length = -1
	}
	return &http.Response{
		Status: "200 OK", StatusCode: http.StatusOK,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"Content-Type": {kind}}, Request: r, ContentLength: length,
		Body: io.NopCloser(bytes.NewReader(body)),
	}, nil
}
