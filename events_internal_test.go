package clevercloud

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

type streamOfText string

func (text streamOfText) RoundTrip(req *http.Request) (*http.Response, error) {
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {mediaEventStream}},
		Body: io.NopCloser(strings.NewReader(string(text))), Request: req,
	}, nil
}

// What a service of event streams is made of: values of the events of some names.
func TestOperation_Events(t *testing.T) {
	t.Parallel()
	type thing struct {
		Version int    `json:"version"`
		Name    string `json:"name"`
	}
	const text = "event:THING\nid:1\ndata:{\"version\":1,\"name\":\"a\"}\n\nevent:HEARTBEAT\ndata:\n\nevent:OTHER\ndata:{}\n\n" +
		"event:THING\nid:2\ndata:[1]\n\nevent:THING\nid:3\ndata:{\"version\":3}\n\nevent:THING\ndata:{\"name\":\"b\"}\n\n" +
		"event:THING\nid:4\ndata:\n\nevent:END_OF_STREAM\ndata:\n\n"
	client, err := New(WithHTTPClient(&http.Client{Transport: streamOfText(text)}))
	require.NoError(t, err)
	for _, secret := range []bool{false, true} {
		o := operation[thing]{
			method: http.MethodGet, path: "/v4/things/{thingId}/stream", accept: mediaEventStream,
			idempotent: true, secretResult: secret,
		}
		o.id = "things.watch"
		var got []thing
		var failures []string

		for value, err := range o.events(t.Context(), client, EventQuery{}, []string{"THING"}, nil, none{}, "t1") {
			if err == nil {
				got = append(got, value)
				continue
			}
			assert.Zero(t, value)
			var bad *LogDecodeError
			require.ErrorAs(t, err, &bad)
			assert.Equal(t, secret, bad.Data == nil)
			failures = append(failures, bad.ID+" "+errors.Unwrap(bad).Error())
		}

		assert.Equal(t, []thing{{1, "a"}, {Version: 3}, {Name: "b"}}, got)
		assert.Equal(t, []string{
			"2 expected object, got array", "4 expected a value, got an empty body",
		}, failures)
	}
}
