package clevercloud_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestResponse(t *testing.T) {
	t.Parallel()
	reset := errors.New("reset")
	for _, tc := range []struct {
		name    string
		script  []int // statuses; 0 is no answer, -1 a success that breaks off
		status  int
		id      string
		retries int
	}{
		{"a success", []int{200}, 200, "1", 3},
		{"a success at last", []int{503, 0, 200}, 200, "3", 3},
		{"an error", []int{404}, 404, "1", 3},
		{"an error after retries", []int{503, 502}, 502, "2", 1},
		{"no answer", []int{0, 0}, 0, "", 1},
		{"no answer after an error", []int{503, 0}, 503, "1", 1},
		{"half an answer", []int{-1}, 0, "", 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			sent := 0
			client := layerOver(t, func(req *http.Request) (*http.Response, error) {
				status := tc.script[sent]
				sent++
				if status == 0 {
					return nil, reset
				}
				resp := layerAnswer(req, max(status, 200), "[]", "Sozu-Id", string(rune('0'+sent)))
				if status < 0 {
					resp.Body = io.NopCloser(io.MultiReader(strings.NewReader("["), errReader{io.ErrUnexpectedEOF}))
				}
				return resp, nil
			})
			meta := clevercloud.Response{StatusCode: 999, Attempts: 999}

			_, err := client.Zones.List(t.Context(), clevercloud.ZoneQuery{}, clevercloud.WithResponse(&meta), clevercloud.WithMaxRetries(tc.retries))

			assert.Equal(t, tc.status == 200, err == nil)
			assert.Equal(t, tc.status, meta.StatusCode)
			assert.Equal(t, tc.id, meta.RequestID)
			assert.Equal(t, tc.id, meta.Header.Get("Sozu-Id"))
			assert.Equal(t, len(tc.script), meta.Attempts)
			assert.Positive(t, meta.Duration)
		})
	}
}

func TestResponse_OfARefusedCallIsEmpty(t *testing.T) {
	t.Parallel()
	client := layerOver(t, nil)
	meta := clevercloud.Response{StatusCode: 999, RequestID: "x", Attempts: 9, Duration: time.Hour}

	_, err := client.Zones.Get(t.Context(), "", clevercloud.WithResponse(&meta))

	require.ErrorIs(t, err, clevercloud.ErrInvalidArgument)
	assert.Equal(t, clevercloud.Response{}, meta)
}

func TestResponse_OfADownload(t *testing.T) {
	t.Parallel()
	client := layerOver(t, func(req *http.Request) (*http.Response, error) {
		return layerAnswer(req, 200, "%PDF", "Content-Type", "application/pdf", "Sozu-Id", "S"), nil
	})
	var meta clevercloud.Response

	_, err := layerPDF(t.Context(), client, io.Discard, clevercloud.WithResponse(&meta))

	require.NoError(t, err)
	assert.Equal(t, "S", meta.RequestID)
	assert.Equal(t, "application/pdf", meta.Header.Get("Content-Type"))
}
