package clevercloud_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/internal/sse"
	"github.com/stretchr/testify/require"
)

// whole is what of a stream's events are entries, and how it ends.
type whole struct {
	entries []clevercloud.LogEntry
	// malformed is the data of events that are no entries.
	malformed []string
	end       error
}

// entriesOf reads a stream the plain way: event by event, by the rules of the API, in memory.
func entriesOf(data []byte, limit, most int) whole {
	w := whole{entries: []clevercloud.LogEntry{}}
	decoder := sse.NewDecoder(bytes.NewReader(data), most)
	for {
		event, err := decoder.Next()
		if errors.Is(err, sse.ErrTooLarge) {
			w.end = clevercloud.ErrEventTooLarge
			return w
		} else if err != nil {
			w.end = clevercloud.ErrNotFound
			return w
		}
		switch string(event.Name) {
		case "APPLICATION_LOG", "RESOURCE_LOG", "ACCESS_LOG":
			var entry clevercloud.LogEntry
			if string(bytes.TrimSpace(event.Data)) == "null" || json.Unmarshal(event.Data, &entry) != nil {
				w.malformed = append(w.malformed, string(event.Data))
			} else {
				if entry.ID == "" && event.OwnID {
					entry.ID = string(event.ID)
				}
				w.entries = append(w.entries, entry)
			}
			if len(w.entries)+len(w.malformed) == limit {
				return w
			}
		case "END_OF_STREAM":
			var reason map[string]json.RawMessage
			if json.Unmarshal(event.Data, &reason) != nil || reason == nil {
				w.end = clevercloud.ErrNotFound
			}
			return w
		}
	}
}

// A stream gives each whole event once and in order, whatever is between them and however it arrives; nothing of an event that is cut off;
// and ends as the API says, at the limit, or with the error that reconnecting meets.
func FuzzLogStream(f *testing.F) {
	for _, name := range fixtures(f, "logs/*.sse") {
		f.Add([]byte(fixture(f, name)), uint8(0), uint8(0), uint16(0))
	}
	for _, name := range fixtures(f, "logs/resume/*.sse") {
		f.Add([]byte(fixture(f, name)), uint8(3), uint8(7), uint16(0))
	}
	for _, text := range []string{
		"event:APPLICATION_LOG\ndata:{\"id\":\"1\"}\n\nevent:APPLICATION_LOG\ndata:{\"id\":\"1\"}", "id:5\nevent:ACCESS_LOG\ndata:{}\n\nevent:RESOURCE_LOG\ndata:{}\n\n",
		"event:APPLICATION_LOG\ndata:null\n\n", "event:END_OF_STREAM\ndata:{\"endedBy\":5}\n\n", "event:END_OF_STREAM\ndata:x\n\n", "event:APPLICATION_LOG\ndata:[\ndata:]\n\n",
		"id:a\r\rid:\x00\revent:APPLICATION_LOG\rdata:{}\r\r",
	} {
		f.Add([]byte(text), uint8(2), uint8(1), uint16(40))
	}
	var many strings.Builder // so many that a decoder uses its memory again
	for i := range 3000 {
		fmt.Fprintf(&many, "id:%d\nevent:APPLICATION_LOG\ndata:[%d]\n\n", i, i)
	}
	f.Add([]byte(many.String()), uint8(0), uint8(255), uint16(0))
	answer := struct {
		data   []byte
		chunk  int
		opened bool
	}{}
	client := layerOver(f, func(req *http.Request) (*http.Response, error) {
		if answer.opened {
			return layerAnswer(req, http.StatusNotFound, ""), nil
		}
		answer.opened = true
		resp := layerAnswer(req, http.StatusOK, "", "Content-Type", "text/event-stream")
		resp.Body = io.NopCloser(&inChunks{bytes.NewReader(answer.data), answer.chunk})
		return resp, nil
	}, clevercloud.WithMaxRetries(0))
	f.Fuzz(func(t *testing.T, data []byte, limit, chunk uint8, most uint16) {
		answer.data, answer.chunk, answer.opened = data, int(chunk)+1, false
		want := entriesOf(data, int(limit), int(most))
		got := whole{entries: []clevercloud.LogEntry{}}
		var kept []*clevercloud.LogDecodeError
		q := clevercloud.LogQuery{Limit: int64(limit), MaxEventSize: int(most), Reconnect: clevercloud.RetryPolicy{MinWait: 1, MaxWait: 1}}

		for entry, err := range client.Logs.Stream(t.Context(), "orga_1", "app_1", q) {
			var malformed *clevercloud.LogDecodeError
			switch {
			case err == nil:
				got.entries = append(got.entries, entry)
			case errors.As(err, &malformed):
				kept = append(kept, malformed)
				oneLine(t, err)
			default:
				require.NoError(t, got.end, "an error is the last value")
				got.end = err
				oneLine(t, err)
			}
		}

		for _, malformed := range kept {
			got.malformed = append(got.malformed, string(malformed.Data))
		}
		require.Equal(t, want.entries, got.entries)
		require.Equal(t, want.malformed, got.malformed)
		if want.end == nil {
			require.NoError(t, got.end)
		} else {
			require.ErrorIs(t, got.end, want.end)
		}
	})
}

// inChunks gives a few bytes at a time.
type inChunks struct {
	r    io.Reader
	size int
}

func (c *inChunks) Read(p []byte) (int, error) { return c.r.Read(p[:min(len(p), c.size)]) }
