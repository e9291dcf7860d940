package bench

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"time"

	"github.com/launchdarkly/eventsource"
	"github.com/openai/openai-go/v3/packages/ssestream"
	r3labs "github.com/r3labs/sse/v2"
	tmaxmax "github.com/tmaxmax/go-sse"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/internal/sse"
)

// maxEvent is the size limit given to all decoders that take one.
const maxEvent = 16 << 20

// Streams returns the comparisons of decoders, over streams of n entries in memory.
func Streams(n int) []Group {
	return []Group{
		{
			Name: "Framing", Title: fmt.Sprintf("Framing: %d entries, heartbeats between them", n),
			Peer: "r3labs/sse client", Floor: "newline scan", Events: n + n/heartbeatEvery,
			Stream: func() []byte { return Stream(n, false) },
			Contenders: []Contender{
				{"internal/sse", frame},
				{"r3labs/sse client", frameR3labs},
				{"r3labs/sse reader, ends of blocks only", readR3labs},
				{"tmaxmax/go-sse", frameTmaxmax},
				{"launchdarkly/eventsource", frameLaunchDarkly},
				{"openai-go ssestream", frameOpenAI},
				{"newline scan", scanLines},
				{"copy in 4 KiB reads", copyReads},
				{"both: copy, then scan", copyAndScan},
			},
		},
		{
			Name: "Decoding", Title: "Framing and decoding into entries: the same stream",
			Peer: "r3labs/sse client + encoding/json", Events: n,
			Stream: func() []byte { return Stream(n, false) },
			Contenders: []Contender{
				{"internal/sse + LogEntry", decode},
				{"internal/sse + encoding/json", decodeJSON},
				{"r3labs/sse client + encoding/json", decodeR3labs},
				{"openai-go ssestream + encoding/json", decodeOpenAI},
			},
		},
		{
			Name: "Unknown", Title: "Framing and decoding: entries with fields that nobody knows",
			Peer: "r3labs/sse client + encoding/json", Events: n,
			Stream: func() []byte { return Stream(n, true) },
			Contenders: []Contender{
				{"internal/sse + LogEntry", decode},
				{"internal/sse + encoding/json", decodeJSON},
				{"r3labs/sse client + encoding/json", decodeR3labs},
			},
		},
		{
			Name: "Large", Title: "One event of 4 MiB in reads of 1,400 bytes",
			Peer: "r3labs/sse client", Floor: "copy in reads", Events: 1,
			Stream: func() []byte {
				return []byte("id:1\nevent:APPLICATION_LOG\ndata:" + strings.Repeat("x", 4<<20) + "\n\n")
			},
			Contenders: []Contender{
				{"internal/sse", frameSmallReads},
				{"r3labs/sse client", frameR3labsSmallReads},
				{"copy in reads", copySmallReads},
			},
		},
	}
}

const heartbeatEvery = 50

// Stream returns a log stream of n entries of about 600 bytes of JSON, always the same. With extra, each entry has more keys than the
// API is known to send.
func Stream(n int, extra bool) []byte {
	random := rand.New(rand.NewPCG(20, 26))
	words := strings.Fields("request served in 12ms GET /api/items?page=3 200 cache miss for user session \"checkout\" retry " +
		"connection to database [pool-2] déjà établie after timeout worker 7f3a started queue=mail depth=42 \\o/ \x1b[32mok\x1b[0m")
	date := time.Date(2026, 6, 24, 8, 5, 41, 0, time.UTC)
	services, instances := []string{"bas", "bas-deploy"}, []string{
		"5b1add0e-c993-43ee-b7f5-cf71c256edf7", "9c401fab-abd2-4e87-906f-0df68e66ee06", "f13f4597-ba1c-4420-8d18-21326c9bcb44",
	}
	var b bytes.Buffer
	b.Grow(n * 700)
	for i := range n {
		var message strings.Builder
		for length := 80 + random.IntN(240); message.Len() < length; {
			message.WriteString(words[random.IntN(len(words))])
			message.WriteByte(' ')
		}
		date = date.Add(time.Duration(random.IntN(50)) * time.Millisecond)
		id := fmt.Sprintf("%d:%d:%d", 210041493, 31277+i/4, i%4)
		entry := map[string]any{
			"id": id, "applicationId": "app_09026ba0-db25-4a20-a351-41fec0aa9fa4", "commitId": "5525e7f27cc8359db266e29811b8924594094006",
			"deploymentId": "deployment_214a76be-ca60-42f4-ae9f-7ae2e2df6b67", "instanceId": instances[random.IntN(len(instances))],
			"date": date.Format("2006-01-02T15:04:05.000Z"), "region": "unknown", "zone": "par", "pid": 400 + random.IntN(900),
			"facility": "daemon", "severity": "info", "priority": 30, "version": "1", "service": services[random.IntN(2)],
			"message": message.String(),
		}
		if extra {
			entry["transport"] = "journal"
			entry["labels"] = map[string]any{"team": "shop", "tier": 2, "canary": false, "owner": nil}
			entry["trace"] = []any{random.Uint32(), 1.25e-3, map[string]any{"span": "é\n"}}
		}
		data, err := json.Marshal(entry)
		if err != nil {
			panic(err)
		}
		fmt.Fprintf(&b, "id:%s\nevent:APPLICATION_LOG\ndata:%s\n\n", id, data)
		if i%heartbeatEvery == heartbeatEvery-1 {
			b.WriteString("event:HEARTBEAT\ndata:\n\n")
		}
	}
	return b.Bytes()
}

// smallReads hands over 1,400 bytes at a time, as a network may.
type smallReads struct{ r io.Reader }

func (s smallReads) Read(p []byte) (int, error) { return s.r.Read(p[:min(len(p), 1400)]) }

func frame(stream []byte) (int, error) { return frameFrom(bytes.NewReader(stream)) }

func frameSmallReads(stream []byte) (int, error) {
	return frameFrom(smallReads{bytes.NewReader(stream)})
}

func frameFrom(r io.Reader) (int, error) {
	d := sse.NewDecoder(r, maxEvent)
	for n := 0; ; n++ {
		if _, err := d.Next(); err != nil {
			return n, notEOF(err)
		}
	}
}

// readR3labs only cuts the stream into blocks. The fields are taken apart elsewhere in that library, where it cannot be called apart.
func readR3labs(stream []byte) (int, error) {
	reader := r3labs.NewEventStreamReader(bytes.NewReader(stream), maxEvent)
	for n := 0; ; n++ {
		if _, err := reader.ReadEvent(); err != nil {
			return n, notEOF(err)
		}
	}
}

func frameR3labs(stream []byte) (int, error) {
	n := 0
	err := subscribe(bytes.NewReader(stream), func(*r3labs.Event) { n++ })
	return n, err
}

func frameR3labsSmallReads(stream []byte) (int, error) {
	n := 0
	err := subscribe(smallReads{bytes.NewReader(stream)}, func(*r3labs.Event) { n++ })
	return n, err
}

// subscribe runs that library's client over a response in memory.
func subscribe(r io.Reader, handle func(*r3labs.Event)) error {
	client := r3labs.NewClient("http://localhost", r3labs.ClientMaxBufferSize(maxEvent))
	client.Connection = &http.Client{Transport: memory{r}}
	return client.SubscribeRaw(handle)
}

// memory answers all requests with one text.
type memory struct{ r io.Reader }

func (m memory) RoundTrip(*http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, ContentLength: -1, Body: io.NopCloser(m.r)}, nil
}

func frameTmaxmax(stream []byte) (int, error) {
	n := 0
	for _, err := range tmaxmax.Read(bytes.NewReader(stream), &tmaxmax.ReadConfig{MaxEventSize: maxEvent}) {
		if err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

func frameLaunchDarkly(stream []byte) (int, error) {
	d := eventsource.NewDecoder(bytes.NewReader(stream))
	for n := 0; ; n++ {
		if _, err := d.Decode(); err != nil {
			return n, notEOF(err)
		}
	}
}

func frameOpenAI(stream []byte) (int, error) {
	d := ssestream.NewDecoder(&http.Response{Body: io.NopCloser(bytes.NewReader(stream))})
	n := 0
	for d.Next() {
		n++
	}
	return n, d.Err()
}

func scanLines(stream []byte) (int, error) {
	for n := 0; ; n++ {
		i := bytes.IndexByte(stream, '\n')
		if i < 0 {
			return n, nil
		}
		stream = stream[i+1:]
	}
}

func copyReads(stream []byte) (int, error) { return copyFrom(bytes.NewReader(stream)) }

func copySmallReads(stream []byte) (int, error) { return copyFrom(smallReads{bytes.NewReader(stream)}) }

func copyFrom(r io.Reader) (int, error) {
	buf := make([]byte, 4<<10)
	for total := 0; ; {
		n, err := r.Read(buf)
		total += n
		if err != nil {
			return total, notEOF(err)
		}
	}
}

func copyAndScan(stream []byte) (int, error) {
	r := bufio.NewReaderSize(bytes.NewReader(stream), 4<<10)
	for n := 0; ; n++ {
		if _, err := r.ReadSlice('\n'); err != nil {
			return n, notEOF(err)
		}
	}
}

// decode yields entries by value, as the stream does.
func decode(stream []byte) (int, error) {
	d := sse.NewDecoder(bytes.NewReader(stream), maxEvent)
	var e clevercloud.LogEntry
	for n := 0; ; {
		event, err := d.Next()
		if err != nil {
			return n, notEOF(err)
		}
		if string(event.Name) != "APPLICATION_LOG" {
			continue
		}
		if err := e.UnmarshalJSON(event.Data); err != nil {
			return n, err
		}
		n++
	}
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

func decodeJSON(stream []byte) (int, error) {
	d := sse.NewDecoder(bytes.NewReader(stream), maxEvent)
	for n := 0; ; {
		event, err := d.Next()
		if err != nil {
			return n, notEOF(err)
		}
		if string(event.Name) != "APPLICATION_LOG" {
			continue
		}
		var e entry
		if err := json.Unmarshal(event.Data, &e); err != nil {
			return n, err
		}
		n++
	}
}

func decodeR3labs(stream []byte) (int, error) {
	n := 0
	var failed error
	err := subscribe(bytes.NewReader(stream), func(event *r3labs.Event) {
		if string(event.Event) != "APPLICATION_LOG" {
			return
		}
		var e entry
		if err := json.Unmarshal(event.Data, &e); err != nil {
			failed = err
		}
		n++
	})
	return n, errors.Join(err, failed)
}

func decodeOpenAI(stream []byte) (int, error) {
	return decodeOpenAIFrom(&http.Response{Body: io.NopCloser(bytes.NewReader(stream))})
}

func decodeOpenAIFrom(resp *http.Response) (int, error) {
	d := ssestream.NewDecoder(resp)
	n := 0
	for d.Next() {
		if d.Event().Type != "APPLICATION_LOG" {
			continue
		}
		var e entry
		if err := json.Unmarshal(d.Event().Data, &e); err != nil {
			return n, err
		}
		n++
	}
	return n, d.Err()
}

func notEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}
