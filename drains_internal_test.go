package clevercloud

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// listOf is a list of n drains, each with its own recipient.
func listOf(n int, recipient string) []byte {
	drains := make([]string, n)
	for i := range drains {
		drains[i] = fmt.Sprintf(`{"id":"drain_%d","tenantId":"orga_1","resourceId":"app_1","kind":"LOG","recipient":%s,`+
			`"status":{"id":"s","status":"ENABLED","date":"2025-09-14T08:30:11.512Z"},"execution":{"status":"RUNNING"}}`,
			i, strings.ReplaceAll(recipient, "#", fmt.Sprint(i)))
	}
	return []byte("[" + strings.Join(drains, ",") + "]")
}

func TestReadRecipient_FitsOrIsUnknown(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		recipient string
		want      DrainRecipient
	}{
		{`{"url":"https://x.example","type":"RAW_HTTP"}`, RawRecipient{URL: "https://x.example"}},
		{` { "Type" : "RAW_HTTP" , "URL" : "https://x.example", "new": [1] } `, RawRecipient{URL: "https://x.example"}},
		{`{"type":"RAW\u005fHTTP","url":"https://\u0078.example"}`, RawRecipient{URL: "https://x.example"}},
		{`{"type":"RAW_HTTP"}`, RawRecipient{}},
		{`{"type":"RAW_HTTP","url":null,"password":"********"}`, RawRecipient{Password: "********"}},
		{`{"type":"ELASTICSEARCH","index":5}`, ElasticsearchRecipient{Index: "5"}},
		{`{"type":"SplunkRecipient","token":"t"}`, SplunkRecipient{Token: "t"}},
		{`{"type":"RAW_HTTP","password":{"masked":true}}`,
			UnknownRecipient{Type: "RAW_HTTP", Raw: []byte(`{"type":"RAW_HTTP","password":{"masked":true}}`)}},
		{`{"type":"KAFKA","n":1.50}`, UnknownRecipient{Type: "KAFKA", Raw: []byte(`{"type":"KAFKA","n":1.50}`)}},
		{`{"type":null,"n":1}`, UnknownRecipient{Raw: []byte(`{"type":null,"n":1}`)}},
		{`{}`, UnknownRecipient{Raw: []byte(`{}`)}},
		{`"********"`, UnknownRecipient{Raw: []byte(`"********"`)}},
		{`[]`, UnknownRecipient{Raw: []byte(`[]`)}},
		{`null`, nil},
	} {
		var drains []Drain
		require.NoError(t, unmarshal(listOf(3, tc.recipient), &drains), tc.recipient)

		require.Len(t, drains, 3)
		for _, d := range drains {
			assert.Equal(t, tc.want, d.Recipient, tc.recipient)
			assert.Equal(t, DrainStatusEnabled, d.Status.Status)
		}
	}
}

func TestReadRecipient_TypeIsNoText(t *testing.T) {
	t.Parallel()
	for _, tag := range []string{`{}`, `["RAW_HTTP"]`} {
		var drains []Drain
		err := unmarshal(listOf(2, `{"url":"https://x.example","type":`+tag+`}`), &drains)

		require.Error(t, err, tag)
		path, cause := decodeCause(err)
		assert.EqualError(t, cause, "expected a string as the type")
		assert.Equal(t, "/0/recipient", path, tag)
	}
}

// A member elsewhere that does not fit stays zero, whatever the recipient is.
func TestReadDrain_RepairsTheRest(t *testing.T) {
	t.Parallel()
	const recipient = `{"type":"KAFKA","brokers":["k1"]},"backlog":{"msgBacklog":3.0}`
	var drains []Drain
	require.NoError(t, unmarshal(listOf(2, recipient), &drains))

	assert.Equal(t, int64(3), drains[1].Backlog.MsgBacklog)
	assert.Equal(t, UnknownRecipient{Type: "KAFKA", Raw: []byte(`{"type":"KAFKA","brokers":["k1"]}`)}, drains[1].Recipient)
}

// A recipient that is decoded on its own is one of the exported types, in either spelling.
func TestReadRecipient_OnItsOwn(t *testing.T) {
	t.Parallel()
	var out struct{ Recipient DrainRecipient }
	require.NoError(t, unmarshal([]byte(`{"recipient":{"type":"RawRecipient","url":"u"}}`), &out))

	assert.Equal(t, RawRecipient{URL: "u"}, out.Recipient)
}
