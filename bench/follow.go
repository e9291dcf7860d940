package bench

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	r3labs "github.com/r3labs/sse/v2"

	"github.com/clevercloud-go/clevercloud"
)

// NewTransport is the SDK's own transport, but for certificates, which are not verified.
func NewTransport() *http.Transport {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConnsPerHost = t.MaxIdleConns
	t.TLSClientConfig = &tls.Config{InsecureSkipVerify: true} // the server is the benchmark's
	return t
}

// A Follower reads a log stream over HTTP. With a limit it reads that many entries, else for as long as the context lasts.
type Follower struct {
	Name string
	New  func(base string) (func(ctx context.Context, limit int) (int, error), error)
}

// The followers that others are compared with.
const (
	SDKStream   = "Logs.Stream"
	PlainStream = "net/http, bytes only"
)

// Followers returns all ways of reading a log stream over HTTP into entries, and the floor: reading the bytes.
func Followers() []Follower {
	return []Follower{
		{SDKStream, followSDK},
		{"r3labs/sse client + encoding/json", followR3labs},
		{"openai-go ssestream + encoding/json", followOpenAI},
		{"bufio.Scanner + encoding/json", followScanner},
		{PlainStream, followPlain},
	}
}

func followSDK(base string) (func(context.Context, int) (int, error), error) {
	c, err := clevercloud.New(clevercloud.WithBaseURL(base), clevercloud.WithHTTPClient(&http.Client{Transport: NewTransport()}))
	return func(ctx context.Context, limit int) (n int, err error) {
		var lost error
		query := clevercloud.LogQuery{Limit: int64(limit), IdleTimeout: time.Minute, OnReconnect: func(r clevercloud.Reconnect) { lost = r.Err }}
		for _, err := range c.Logs.Stream(ctx, "orga_1", "app_1", query, clevercloud.WithTimeout(time.Minute)) {
			if err != nil {
				return n, err
			}
			n++
		}
		return n, lost // the server does not go on where it was
	}, err
}

func logsURL(base string, limit int) string {
	return fmt.Sprintf("%s%sorganisations/orga_1/applications/app_1/logs?limit=%d", base, LogsPath, limit)
}

// opened makes a follower of what reads an answer.
func opened(read func(*http.Response) (int, error)) func(string) (func(context.Context, int) (int, error), error) {
	return func(base string) (func(context.Context, int) (int, error), error) {
		client := &http.Client{Transport: NewTransport()}
		return func(ctx context.Context, limit int) (int, error) {
			req, err := http.NewRequestWithContext(ctx, http.MethodGet, logsURL(base, limit), nil)
			if err != nil {
				return 0, err
			}
			req.Header.Set("Accept", "text/event-stream")
			resp, err := client.Do(req)
			if err != nil {
				return 0, err
			}
			defer resp.Body.Close()
			if resp.StatusCode != http.StatusOK {
				return 0, errors.New(resp.Status)
			}
			return read(resp)
		}, nil
	}
}

func followOpenAI(base string) (func(context.Context, int) (int, error), error) {
	return opened(decodeOpenAIFrom)(base)
}

func followPlain(base string) (func(context.Context, int) (int, error), error) {
	return opened(func(resp *http.Response) (int, error) {
		buf := make([]byte, 4<<10)
		for {
			if _, err := resp.Body.Read(buf); err != nil {
				return 0, notEOF(err)
			}
		}
	})(base)
}

// followScanner is what a program has that takes lines and knows what they look like.
func followScanner(base string) (func(context.Context, int) (int, error), error) {
	return opened(func(resp *http.Response) (int, error) {
		lines := bufio.NewScanner(resp.Body)
		lines.Buffer(nil, maxEvent)
		n, name := 0, ""
		for lines.Scan() {
			switch key, value, _ := strings.Cut(lines.Text(), ":"); {
			case key == "event":
				name = value
			case key == "data" && name == "APPLICATION_LOG":
				var e entry
				if err := json.Unmarshal([]byte(value), &e); err != nil {
					return n, err
				}
				n++
			}
		}
		return n, lines.Err()
	})(base)
}

func followR3labs(base string) (func(context.Context, int) (int, error), error) {
	transport := NewTransport()
	return func(ctx context.Context, limit int) (int, error) {
		n := 0
		var failed error
		client := r3labs.NewClient(logsURL(base, limit), r3labs.ClientMaxBufferSize(maxEvent))
		client.Connection = &http.Client{Transport: transport}
		err := client.SubscribeRawWithContext(ctx, func(event *r3labs.Event) {
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
	}, nil
}

// OverHTTP compares followers of streams of n entries from the server at base. A stream has n entries, heartbeats between them.
func OverHTTP(base string, n int) Group {
	g := Group{
		Name: "HTTP", Title: fmt.Sprintf("A stream of %d entries over HTTP on the loopback interface, decoded into entries", n),
		Peer: "r3labs/sse client + encoding/json", Floor: PlainStream, Events: n,
		Stream: func() []byte {
			var all sizeOnly
			writeEntries(&all, n)
			return make([]byte, all)
		},
	}
	for _, f := range Followers() {
		g.Contenders = append(g.Contenders, Contender{f.Name, func([]byte) (int, error) {
			follow, err := f.New(base)
			if err != nil {
				return 0, err
			}
			got, err := follow(context.Background(), n)
			if err == nil && got != n && f.Name != PlainStream {
				err = fmt.Errorf("%d entries, not %d", got, n)
			}
			return got, err
		}})
	}
	return g
}

// sizeOnly counts bytes.
type sizeOnly int

func (s *sizeOnly) Write(p []byte) (int, error) {
	*s += sizeOnly(len(p))
	return len(p), nil
}

var _ io.Writer = (*sizeOnly)(nil)
