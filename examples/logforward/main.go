// Logforward forwards the logs of applications to files or to a TCP address, as JSON lines or as
// syslog (RFC 5424), and continues where it stopped.
//
//	go run ./examples/logforward -to logs shop api
//	go run ./examples/logforward -to tcp://127.0.0.1:6514 -format syslog -state positions shop
//
// An application is given by its id or its name. Each has a file of its own, or a connection, and a
// position file, which holds the id of the last entry that has arrived.
//
//	shop: continues after 12480 entries
//	api: starts at 2026-11-29T09:00:00Z
//	shop: 13022 entries, 0 unreadable, 1 reconnection
//	^C
//	shop: 13207 entries, 0 unreadable, 1 reconnection
//	api: 311 entries, 0 unreadable, 0 reconnections
//
// A file gets each entry exactly once, even if the program is killed: the position holds the length
// of the file as well, and what was written after it is cut off and written again. A TCP address
// gets each entry at least once, since only the receiver knows what it has taken. It can drop
// repeated entries by the id, which is in each line. A receiver that crashes can still lose what it
// left unread for longer than -every. If the API has forgotten the last entry, after days, up to an
// hour of entries comes again in either case.
//
// To rotate a file, stop the program, rename the file, and start again. Run one program per folder
// of positions.
//
// SIGINT and SIGTERM end the program after all that it has read is written. The exit status is 0
// after that, 1 after a failure, and 2 after a mistake in the flags or the credentials. With -demo
// it forwards made-up logs of an embedded API.
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/clevertest"
	"github.com/clevercloud-go/clevercloud/examples/internal/cli"
	"github.com/clevercloud-go/clevercloud/examples/internal/connect"
	"github.com/clevercloud-go/clevercloud/examples/internal/term"
)

func main() { cli.Main("logforward", logforward) }

// options are what the command line says.
type options struct {
	*term.Screen
	to, format, state   string
	since, every, stats time.Duration
	apps                []string
}

func logforward(c *cli.Command) func(context.Context) error {
	o := options{Screen: c.Screen}
	c.Takes = "APPLICATION..."
	c.StringVar(&o.to, "to", "", "`folder` of the files, or tcp://host:port")
	c.StringVar(&o.format, "format", "json", "json, one object a line, or syslog, RFC 5424")
	c.StringVar(&o.state, "state", "", "`folder` of the positions (default: that of the files)")
	c.DurationVar(&o.since, "since", 0, "without a position, start this long ago (0: now)")
	c.DurationVar(&o.every, "every", time.Second, "how often positions are saved")
	c.DurationVar(&o.stats, "stats", time.Minute, "how often counters are printed (0: at the end)")
	demo := c.Demo()
	return func(ctx context.Context) error {
		o.apps = c.Words
		if *demo {
			return o.demo(ctx)
		}
		if err := o.check(); err != nil {
			return err
		}
		client, err := connect.Client()
		if err != nil {
			return err
		}
		return o.forward(ctx, client)
	}
}

// check returns the first mistake in the flags.
func (o *options) check() error {
	address, overTCP := o.address()
	switch {
	case formats[o.format] == nil:
		return fmt.Errorf("-format is json or syslog, not %q", o.format)
	case o.every <= 0 || o.since < 0 || o.stats < 0:
		return errors.New("-every must be positive, -since and -stats not negative")
	case o.to == "":
		return errors.New("-to is missing: a folder, or tcp://host:port")
	case overTCP && o.state == "":
		return errors.New("-state is missing: the folder of the positions")
	case len(o.apps) == 0:
		return errors.New("name the applications to forward, or use -demo")
	case overTCP:
		if _, _, err := net.SplitHostPort(address); err != nil {
			return fmt.Errorf("-to: %w", err)
		}
	case strings.Contains(o.to, "://"):
		return fmt.Errorf("-to is a folder or tcp://host:port, not %q", o.to)
	}
	return nil
}

// address returns the TCP address that logs go to, if they do.
func (o *options) address() (string, bool) {
	u, err := url.Parse(o.to)
	if err != nil || u.Scheme != "tcp" {
		return "", false
	}
	return u.Host, true
}

// forward forwards the applications until ctx is done or one of them fails, which ends all.
func (o *options) forward(ctx context.Context, client *clevercloud.Client) error {
	all, err := o.forwarders(ctx, client)
	switch {
	case ctx.Err() != nil:
		return nil
	case err != nil:
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	failures := make([]error, len(all))
	var running sync.WaitGroup
	for i, f := range all {
		running.Go(func() {
			if failures[i] = f.run(ctx); failures[i] != nil {
				failures[i] = fmt.Errorf("%s: %w", f.name, failures[i])
				cancel()
			}
		})
	}
	over := make(chan struct{})
	go func() {
		running.Wait()
		close(over)
	}()
	o.count(all, over)
	return failed(errors.Join(failures...))
}

// failed makes 1 the exit status of an error that starting again may mend.
func failed(err error) error {
	if err == nil || errors.Is(err, clevercloud.ErrUnauthorized) {
		return err
	}
	return &cli.Exit{Status: 1, Err: err}
}

// count prints the counters now and then, and when it is over.
func (o *options) count(all []*forwarder, over <-chan struct{}) {
	var tick <-chan time.Time
	if o.stats > 0 {
		ticker := time.NewTicker(o.stats)
		defer ticker.Stop()
		tick = ticker.C
	}
	for ended := false; !ended; {
		select {
		case <-tick:
		case <-over:
			ended = true
		}
		for _, f := range all {
			f.notef("%v", &f.counters)
		}
	}
}

// forwarders finds the applications, and makes the folders.
func (o *options) forwarders(
	ctx context.Context, client *clevercloud.Client,
) ([]*forwarder, error) {
	summary, err := client.Identity.Summary(ctx)
	if err != nil {
		return nil, failed(err)
	}
	address, overTCP := o.address()
	state := cmp.Or(o.state, o.to)
	var all []*forwarder
	known := map[clevercloud.ApplicationID]bool{}
	for _, name := range o.apps {
		found, err := summary.Find(name)
		if err != nil {
			return nil, err
		}
		id, ok := found.ApplicationID()
		if !ok || string(id) != filepath.Base(string(id)) {
			return nil, fmt.Errorf("%s is not an application", name)
		}
		if known[id] {
			return nil, fmt.Errorf("%s is named twice", name)
		}
		known[id] = true
		f := &forwarder{
			options: o, client: client, owner: found.OwnerID, app: id, name: found.Name,
			positionFile: filepath.Join(state, string(id)+".position"), format: formats[o.format],
		}
		f.open = func(ctx context.Context, at *position) (sink, error) {
			if overTCP {
				return dial(ctx, address, at, f.format)
			}
			return openFile(filepath.Join(o.to, string(id)+f.format.extension()), at, f.format)
		}
		all = append(all, f)
	}
	if !overTCP {
		err = os.MkdirAll(o.to, 0o700)
	}
	return all, failed(errors.Join(err, os.MkdirAll(state, 0o700)))
}

// demo forwards the logs of two applications of an API inside this program.
func (o *options) demo(ctx context.Context) error {
	if len(o.apps) > 0 {
		return errors.New("-demo takes no application")
	}
	folder, err := os.MkdirTemp("", "logforward")
	if err != nil {
		return err
	}
	o.state = folder
	if o.to == "" {
		o.to = folder
	} else {
		defer os.RemoveAll(folder)
	}
	api := clevertest.NewServer(clevertest.WithLogEntries(0))
	defer api.Close()
	second := api.AddApplication(clevertest.Application{Name: "api"})
	o.apps = []string{string(api.ApplicationID), string(second)}
	if err := o.check(); err != nil {
		return err
	}
	o.Notef("This is the embedded API: made-up logs go to %s.", o.to)

	var logging sync.WaitGroup
	defer logging.Wait()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	logging.Go(func() { o.log(ctx, api) })
	return o.forward(ctx, api.Client())
}

// log has both applications log, until ctx is done.
func (o *options) log(ctx context.Context, api *clevertest.Server) {
	pause := time.NewTicker(200 * time.Millisecond)
	defer pause.Stop()
	for n := 4001; ; n++ {
		for _, app := range o.apps {
			message := fmt.Sprintf("[made up] order accepted: %d", n)
			api.AppendLogs(clevercloud.ApplicationID(app), clevertest.LogEntry{Message: message})
		}
		select {
		case <-ctx.Done():
			return
		case <-pause.C:
		}
	}
}
