package clevertest

import (
	"net"
	"time"

	"github.com/clevercloud-go/clevercloud/internal/origin"
)

// Option configures a [Server].
type Option func(*config)

type config struct {
	addr      string
	listener  net.Listener
	clock     func() time.Time
	seed      uint64
	step      time.Duration
	heartbeat time.Duration
	lazyUntil bool
	// endOfStream is the data of END_OF_STREAM events, nil for what is known of the live API.
	endOfStream *string
	bridge      bool
	// names of the user and of the organisation
	userName, organisationName string
	logs                       int
}

func newConfig(opts []Option) config {
	cfg := config{
		addr:      "127.0.0.1:0",
		clock:     time.Now,
		seed:      1,
		step:      time.Second,
		heartbeat: 2 * time.Second,
		logs:      200,
		userName:  "Camille Durand", organisationName: "Atelier Numérique",
	}
	for _, opt := range opts {
		opt(&cfg)
	}
	return cfg
}

// WithAddr sets the address to listen on, such as "127.0.0.1:8080". The default is a free port of
// 127.0.0.1. NewServer panics if it is not a loopback address.
func WithAddr(addr string) Option { return func(c *config) { c.addr = addr } }

// WithListener serves l. The server closes it. For a listener without a network, use [WithPipes].
func WithListener(l net.Listener) Option { return func(c *config) { c.listener = l } }

// WithClock sets the server's clock, which must be safe for concurrent use. [Server.Advance] adds
// to it. Heartbeats, the pacing of log streams and the delays of faults use the runtime's timers.
func WithClock(now func() time.Time) Option { return func(c *config) { c.clock = now } }

// WithSeed sets the seed of the IDs and secrets that the server generates. The same seed generates
// the same ones in the same order. The default is 1.
func WithSeed(seed uint64) Option { return func(c *config) { c.seed = seed } }

// WithStepDuration sets how long a deployment, a drain or a cluster stays in each state before its
// final one.
// The default is 1 second. With 0 it reaches the final state at once.
func WithStepDuration(d time.Duration) Option { return func(c *config) { c.step = max(d, 0) } }

// WithHeartbeat sets the period of the HEARTBEAT events of log streams. The default is 2 seconds,
// as in the live API. 0 disables them.
func WithHeartbeat(d time.Duration) Option { return func(c *config) { c.heartbeat = max(d, 0) } }

// WithLazyUntil makes the end of a bounded log stream as unreliable as users of the live API report
// it: the server checks the bound only when it reads an entry. A stream of a quiet application then
// continues with heartbeats for ever.
func WithLazyUntil() Option { return func(c *config) { c.lazyUntil = true } }

// WithEndOfStream sets the data of the END_OF_STREAM events of log streams. The default is a JSON
// object with the reason, such as {"endedBy":"UNTIL_REACHED"}. The data that the live API sends is
// not documented: clients must not depend on it.
func WithEndOfStream(data string) Option { return func(c *config) { c.endOfStream = &data } }

// WithBridge separates the two hosts of the live API. [Server.URL] accepts OAuth 1 credentials
// only. [Server.BridgeURL] accepts API tokens, and OAuth 1 credentials to manage them. Credentials
// sent to the wrong host are rejected with 401. Without it, one host accepts everything.
func WithBridge() Option { return func(c *config) { c.bridge = true } }

// WithNames sets the names of the initial user and organisation. An empty name leaves the default.
func WithNames(user, organisation string) Option {
	return func(c *config) {
		c.userName = orElse(user, c.userName)
		c.organisationName = orElse(organisation, c.organisationName)
	}
}

// WithLogEntries sets the number of log entries of the initial application. The default is 200.
func WithLogEntries(n int) Option { return func(c *config) { c.logs = max(n, 0) } }

// listen returns the listener of the API and then, if the bridge is a host of its own, that of the
// bridge.
func (c config) listen() []net.Listener {
	api := c.listener
	if api == nil {
		if host, _, err := net.SplitHostPort(c.addr); err == nil && !origin.Loopback(host) {
			panic("clevertest: " + c.addr + " is not a loopback address")
		}
		api = mustListen(c.addr)
	}
	_, piped := api.(*pipes)
	switch {
	case !c.bridge:
		return []net.Listener{api}
	case piped:
		return []net.Listener{api, newPipes(bridgePort)}
	}
	return []net.Listener{api, mustListen("127.0.0.1:0")}
}

func mustListen(addr string) net.Listener {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		panic("clevertest: " + err.Error())
	}
	return l
}
