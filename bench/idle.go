package bench

import (
	"context"
	"net"
	"net/http"
	"time"

	"github.com/clevercloud-go/clevercloud"
)

// Idle keeps a stream from the server at base open until ctx is done: a log stream of the SDK, or
// with plain a response of net/http.
func Idle(base string, plain bool) (func(ctx context.Context), error) {
	s := newSource(base, NewTransport(), 0)
	client, err := s.client()
	if !plain {
		return func(ctx context.Context) {
			for range client.Logs.Stream(ctx, "orga_1", "app_1", clevercloud.LogQuery{}) {
				continue
			}
		}, err
	}
	return func(ctx context.Context) {
		req, _ := http.NewRequestWithContext(ctx, http.MethodGet, base+logsPath, nil)
		resp, err := s.transport.RoundTrip(req)
		if err != nil {
			return
		}
		defer resp.Body.Close()
		buf := make([]byte, 512)
		for err == nil {
			_, err = resp.Body.Read(buf)
		}
	}, err
}

// Delays returns how long each of n entries took from the end of the socket's read to the body of
// the loop.
func Delays(base string, n int) (delays []time.Duration, err error) {
	var read time.Time
	transport := NewTransport()
	transport.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := new(net.Dialer).DialContext(ctx, network, address)
		return stamped{conn, &read}, err
	}
	client, err := newSource(base, transport, n).client()
	if err != nil {
		return nil, err
	}
	query := clevercloud.LogQuery{Limit: int64(n)}
	for _, err := range client.Logs.Stream(context.Background(), "orga_1", slowly, query) {
		if err != nil {
			return nil, err
		}
		delays = append(delays, time.Since(read))
	}
	return delays[1:], nil // the first is read together with the header
}

// stamped notes when a read ended. A stream reads from one goroutine after the other.
type stamped struct {
	net.Conn
	read *time.Time
}

func (s stamped) Read(p []byte) (int, error) {
	n, err := s.Conn.Read(p)
	*s.read = time.Now()
	return n, err
}
