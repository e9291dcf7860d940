package bench

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/launchdarkly/eventsource"
	"github.com/openai/openai-go/v3/packages/ssestream"
	r3labs "github.com/r3labs/sse/v2"
	tmaxmax "github.com/tmaxmax/go-sse"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/internal/sse"
)

const (
	// maxEvent is the size limit given to all decoders that take one.
	maxEvent = 16 << 20

	entryName      = "APPLICATION_LOG"
	heartbeatEvery = 50
	heartbeat      = "event:HEARTBEAT\ndata:\n\n"
	endOfStream    = "event:END_OF_STREAM\ndata:{\"endedBy\":\"UNTIL_REACHED\"}\n\n"
)

// The lengths of the longest messages in streams of long and of short entries, which take 700 and
// 560 bytes on average.
const long, short = 320, 107

// entries returns n log entries as events, always the same, with heartbeats between them.
func entries(n, longest int) []byte {
	random := rand.New(rand.NewPCG(20, 26))
	words := strings.Fields("request served in 12ms GET /api/items?page=3 200 cache miss for " +
		"user session \"checkout\" retry connection to database [pool-2] déjà établie after " +
		"timeout worker 7f3a started queue=mail depth=42 \\o/ \x1b[32mok\x1b[0m")
	date := time.Date(2026, 6, 24, 8, 5, 41, 0, time.UTC)
	var b bytes.Buffer
	for i := range n {
		var message strings.Builder
		for length := longest/4 + random.IntN(longest*3/4); message.Len() < length; {
			message.WriteString(words[random.IntN(len(words))] + " ")
		}
		date = date.Add(time.Duration(random.IntN(50)) * time.Millisecond)
		id := fmt.Sprintf("210041493:%d:%d", 31277+i/4, i%4)
		data, err := json.Marshal(map[string]any{
			"id": id, "applicationId": "app_09026ba0-db25-4a20-a351-41fec0aa9fa4",
			"commitId":     "5525e7f27cc8359db266e29811b8924594094006",
			"deploymentId": "deployment_214a76be-ca60-42f4-ae9f-7ae2e2df6b67",
			"instanceId":   "5b1add0e-c993-43ee-b7f5-cf71c256edf7",
			"date":         date.Format("2006-01-02T15:04:05.000Z"),
			"region":       "unknown", "zone": "par",
			"pid": 400 + random.IntN(900), "facility": "daemon", "severity": "info", "priority": 30,
			"version": "1", "service": []string{"bas", "bas-deploy"}[random.IntN(2)],
			"message": message.String(),
		})
		if err != nil {
			panic(err)
		}
		fmt.Fprintf(&b, "id:%s\nevent:%s\ndata:%s\n\n", id, entryName, data)
		if i%heartbeatEvery == heartbeatEvery-1 {
			b.WriteString(heartbeat)
		}
	}
	return b.Bytes()
}

// A source is where n entries or invoices come from.
type source struct {
	base      string
	transport http.RoundTripper
	n         int
	// client returns the SDK's client, always the same.
	client func() (*clevercloud.Client, error)
}

func newSource(base string, transport http.RoundTripper, n int) source {
	return source{base, transport, n, sync.OnceValues(func() (*clevercloud.Client, error) {
		return clevercloud.New(clevercloud.WithBaseURL(base), clevercloud.WithMaxRetries(0),
			clevercloud.WithHTTPClient(&http.Client{Transport: transport}))
	})}
}

func (s source) url() string {
	return fmt.Sprintf("%s%sorganisations/orga_1/applications/app_1/logs?limit=%d",
		s.base, logsPath, s.n)
}

// An eventReader reads a stream to its end and hands over the events.
type eventReader func(s source, handle func(entry bool, data []byte)) error

// bodyReader makes an eventReader of one that reads a response.
func bodyReader(read func(resp *http.Response, handle func(bool, []byte)) error) eventReader {
	return func(s source, handle func(bool, []byte)) error {
		req, err := http.NewRequest(http.MethodGet, s.url(), nil)
		if err != nil {
			return err
		}
		req.Header.Set("Accept", "text/event-stream")
		resp, err := (&http.Client{Transport: s.transport}).Do(req)
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			return errors.New(resp.Status)
		}
		return read(resp, handle)
	}
}

var (
	readSSE = bodyReader(func(resp *http.Response, handle func(bool, []byte)) error {
		d := sse.NewDecoder(resp.Body, maxEvent)
		for {
			event, err := d.Next()
			if err != nil {
				return notEOF(err)
			}
			handle(string(event.Name) == entryName, event.Data)
		}
	})
	readOpenAI = bodyReader(func(resp *http.Response, handle func(bool, []byte)) error {
		d := ssestream.NewDecoder(resp)
		for d.Next() {
			handle(d.Event().Type == entryName, d.Event().Data)
		}
		return d.Err()
	})
	// readTmaxmax and readLaunchDarkly hand over no data, since what these give is a string.
	readTmaxmax = bodyReader(func(resp *http.Response, handle func(bool, []byte)) error {
		config := &tmaxmax.ReadConfig{MaxEventSize: maxEvent}
		for event, err := range tmaxmax.Read(resp.Body, config) {
			if err != nil {
				return err
			}
			handle(event.Type == entryName, nil)
		}
		return nil
	})
	readLaunchDarkly = bodyReader(func(resp *http.Response, handle func(bool, []byte)) error {
		d := eventsource.NewDecoder(resp.Body)
		for {
			event, err := d.Decode()
			if err != nil {
				return notEOF(err)
			}
			handle(event.Event() == entryName, nil)
		}
	})
	readNothing = bodyReader(func(resp *http.Response, _ func(bool, []byte)) error {
		_, err := io.CopyBuffer(struct{ io.Writer }{io.Discard}, struct{ io.Reader }{resp.Body},
			make([]byte, 4<<10))
		return err
	})
)

func readR3labs(s source, handle func(bool, []byte)) error {
	client := r3labs.NewClient(s.url(), r3labs.ClientMaxBufferSize(maxEvent))
	client.Connection = &http.Client{Transport: s.transport}
	return client.SubscribeRaw(func(event *r3labs.Event) {
		handle(string(event.Event) == entryName, event.Data)
	})
}

func notEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// An entry is a LogEntry for encoding/json alone.
type entry struct {
	ID            string    `json:"id"`
	ApplicationID string    `json:"applicationId"`
	CommitID      string    `json:"commitId"`
	DeploymentID  string    `json:"deploymentId"`
	InstanceID    string    `json:"instanceId"`
	Date          time.Time `json:"date"`
	Region        string    `json:"region"`
	Zone          string    `json:"zone"`
	PID           int       `json:"pid"`
	Facility      string    `json:"facility"`
	Severity      string    `json:"severity"`
	Priority      int       `json:"priority"`
	Version       string    `json:"version"`
	Service       string    `json:"service"`
	Message       string    `json:"message"`
}

// counted runs read, and expects want events.
func counted(want int, read func(count *int) error) error {
	got := 0
	if err := read(&got); err != nil {
		return err
	}
	if got != want {
		return fmt.Errorf("%d, not %d", got, want)
	}
	return nil
}

// framing has read count all events.
func framing(name string, s source, read eventReader) Contender {
	all := s.n + s.n/heartbeatEvery + 1
	return Contender{name, func() error {
		return counted(all, func(n *int) error { return read(s, func(bool, []byte) { *n++ }) })
	}}
}

// decoding has read count the entries, each decoded into a T of its own.
func decoding[T any](
	name string, s source, read eventReader, decode func([]byte, *T) error,
) Contender {
	return Contender{name, func() error {
		var failed error
		err := counted(s.n, func(n *int) error {
			return read(s, func(isEntry bool, data []byte) {
				if isEntry {
					var e T
					failed = errors.Join(failed, decode(data, &e))
					*n++
				}
			})
		})
		return errors.Join(err, failed)
	}}
}

func fromJSON(data []byte, e *entry) error { return json.Unmarshal(data, e) }

// Framing compares decoders over a stream of n entries in memory.
func Framing(n int) Group {
	stream := append(entries(n, long), endOfStream...)
	s := newSource("http://localhost", memory{"text/event-stream", stream, true}, n)
	scan := func() error {
		for rest := stream; len(rest) > 0; {
			rest = rest[bytes.IndexByte(rest, '\n')+1:]
		}
		return nil
	}
	return Group{
		Title: fmt.Sprintf("Framing, %d entries of 700 bytes in memory", n),
		Items: n + n/heartbeatEvery + 1, Bytes: len(stream), Turns: 1,
		Contenders: []Contender{
			framing(Decoder, s, readSSE),
			{NewlineScan, scan},
			{Copy, func() error { return readNothing(s, nil) }},
			framing(R3labs, s, readR3labs),
			framing("tmaxmax/go-sse", s, readTmaxmax),
			framing("launchdarkly/eventsource", s, readLaunchDarkly),
			framing("openai-go ssestream", s, readOpenAI),
		},
	}
}

// Decoding compares ways of reading n entries from memory.
func Decoding(n int) Group {
	stream := append(entries(n, long), endOfStream...)
	g := following(newSource("http://localhost", memory{"text/event-stream", stream, true}, n))
	g.Title = fmt.Sprintf("Decoding, %d entries of 700 bytes in memory", n)
	g.Bytes = len(stream)
	return g
}

// Following compares ways of reading n entries from the server at base.
func Following(base string, n int) Group {
	g := following(newSource(base, NewTransport(), n))
	g.Title = fmt.Sprintf("Decoding, %d entries of 560 bytes over loopback", n)
	g.Bytes = n / heartbeatEvery * len(block())
	return g
}

func following(s source) Group {
	decode := func(data []byte, e *clevercloud.LogEntry) error { return e.UnmarshalJSON(data) }
	return Group{
		Items: s.n, Turns: 1,
		Contenders: []Contender{
			{LogStream, func() error { return counted(s.n, s.stream) }},
			decoding(EntryDecoder, s, readSSE, decode),
			decoding(Decoder+" + encoding/json", s, readSSE, fromJSON),
			decoding(R3labsJSON, s, readR3labs, fromJSON),
			decoding(OpenAIJSON, s, readOpenAI, fromJSON),
			{BytesOnly, func() error { return readNothing(s, nil) }},
		},
	}
}

func (s source) stream(n *int) error {
	client, err := s.client()
	if err != nil {
		return err
	}
	query := clevercloud.LogQuery{Limit: int64(s.n)}
	for _, err := range client.Logs.Stream(context.Background(), "orga_1", "app_1", query) {
		if err != nil {
			return err
		}
		*n++
	}
	return nil
}

// NewTransport has the settings of the SDK's own transport, but does not verify certificates.
func NewTransport() *http.Transport {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConnsPerHost = t.MaxIdleConns
	t.TLSClientConfig = &tls.Config{InsecureSkipVerify: true} // the server is the benchmark's
	return t
}
