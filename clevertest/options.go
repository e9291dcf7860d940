package clevertest

import (
	"fmt"
	"net"
	"time"

	"github.com/clevercloud-go/clevercloud/internal/origin"
)

// An Option configures a [Server].
type Option func(*config)

type config struct {
	addr      string
	listener  net.Listener
	clock     func() time.Time
	seed      uint64
	step      time.Duration
	heartbeat time.Duration
	lazyUntil bool
	logs      int
}

func newConfig(opts []Option) config {
	cfg := config{
		addr:      "127.0.0.1:0",
		clock:     time.Now,
		seed:      1,
		step:      time.Second,
		heartbeat: 2 * time.Second,
		logs:      200,
	}
	for _, opt := range opts {
		opt(&cfg)
	}
	return cfg
}

// WithAddr listens on addr ("127.0.0.1:8080") instead of a free port of 127.0.0.1. Anything but a loopback address makes [NewServer] panic.
func WithAddr(addr string) Option { return func(c *config) { c.addr = addr } }

// WithListener serves l instead of listening. The server closes it. [WithPipes] has a listener without a network.
func WithListener(l net.Listener) Option { return func(c *config) { c.listener = l } }

// WithClock makes now the server's clock; it must be safe for concurrent use. [Server.Advance] adds to it. Heartbeats, the pacing of log
// streams and the delays of faults are waits, not dates: they stay on the runtime's timers.
func WithClock(now func() time.Time) Option { return func(c *config) { c.clock = now } }

// WithSeed changes the ids and secrets that the server makes up. Servers with the same seed make up the same ones in the same order; the
// default is 1.
func WithSeed(seed uint64) Option { return func(c *config) { c.seed = seed } }

// WithStepDuration sets how long a deployment or a drain stays in each state on the way to its last one: 1 s by default. With 0 the way
// takes no time.
func WithStepDuration(d time.Duration) Option { return func(c *config) { c.step = max(d, 0) } }

// WithHeartbeat sets the period of the HEARTBEAT events of log streams: 2 s by default, as the live API. With 0 there are none.
func WithHeartbeat(d time.Duration) Option { return func(c *config) { c.heartbeat = max(d, 0) } }

// WithLazyUntil makes the end of a bounded log stream as unreliable as users of the live API report it: the bound is looked at only when
// an entry is read, so that a stream on a quiet application goes on with heartbeats for ever.
func WithLazyUntil() Option { return func(c *config) { c.lazyUntil = true } }

// WithLogEntries sets how many log entries the seeded application starts with: 200 by default.
func WithLogEntries(n int) Option { return func(c *config) { c.logs = max(n, 0) } }

func (c config) listen() (net.Listener, error) {
	if c.listener != nil {
		return c.listener, nil
	}
	host, _, err := net.SplitHostPort(c.addr)
	if err != nil {
		return nil, err
	}
	if !origin.Loopback(host) {
		return nil, fmt.Errorf("%s is not a loopback address", c.addr)
	}
	return net.Listen("tcp", c.addr)
}
