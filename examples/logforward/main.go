// Logforward forwards the logs of applications to files or to a TCP address, as JSON lines or as
// syslog (RFC 5424), and continues where it stopped.
//
//	go run ./examples/logforward -to logs shop api
//	go run ./examples/logforward -to tcp://127.0.0.1:6514 -format syslog -state positions shop
//
// An application is given by its id or its name. Each has a file of its own, or a connection, and a
// position file, which holds the id of the last entry that has arrived.
//
//	logforward: shop: continues after 12480 entries
//	logforward: api: starts at 2026-11-29T09:00:00Z
//	logforward: shop: 13022 entries, 0 unreadable, 1 reconnection
//	^C
//	logforward: shop: 13207 entries, 0 unreadable, 1 reconnection
//	logforward: api: 311 entries, 0 unreadable, 0 reconnections
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
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/auth"
	"github.com/clevercloud-go/clevercloud/examples/internal/connect"
	"github.com/clevercloud-go/clevercloud/examples/internal/term"
)

const (
	exitFailed  = 1
	exitMistake = 2
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C kills
	os.Exit(run(ctx, os.Args[1:], term.New(os.Stdout, os.Stderr)))
}

// options are what the flags say.
type options struct {
	to, format, state   string
	since, every, stats time.Duration
	demo                bool
	apps                []string

	screen *term.Screen
}

// run forwards until ctx is done, and returns the exit status.
func run(ctx context.Context, args []string, screen *term.Screen) int {
	o := options{screen: screen}
	err := o.parse(args)
	if errors.Is(err, flag.ErrHelp) {
		return 0
	}
	var client *clevercloud.Client
	if err == nil {
		client, err = o.client()
	}
	if err != nil {
		o.notef("%v", err)
		return exitMistake
	}
	if o.demo {
		err = o.demonstrate(ctx)
	} else {
		err = o.forward(ctx, client)
	}
	var mistake *mistakeError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &mistake), errors.Is(err, clevercloud.ErrUnauthorized):
		o.notef("%v", err)
		return exitMistake
	}
	o.notef("%v", err)
	return exitFailed
}

// A mistakeError is one that starting again does not mend.
type mistakeError struct{ error }

func (o *options) parse(args []string) error {
	flags := flag.NewFlagSet("logforward", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.StringVar(&o.to, "to", "", "`folder` of the files, or tcp://host:port")
	flags.StringVar(&o.format, "format", "json", "json, one object a line, or syslog, RFC 5424")
	flags.StringVar(&o.state, "state", "", "`folder` of the positions (default: that of the files)")
	flags.DurationVar(&o.since, "since", 0, "without a position, start this long ago (0: now)")
	flags.DurationVar(&o.every, "every", time.Second, "how often positions are saved")
	flags.DurationVar(&o.stats, "stats", time.Minute, "how often counters are printed (0: at the end)")
	flags.BoolVar(&o.demo, "demo", false, connect.DemoUsage)
	err := flags.Parse(args)
	if errors.Is(err, flag.ErrHelp) {
		o.screen.Notef("usage: logforward -to FOLDER|tcp://HOST:PORT [flags] APPLICATION...")
		flags.SetOutput(o.screen.Notes)
		flags.PrintDefaults()
	}
	o.apps = flags.Args()
	if err != nil {
		return err
	}
	return o.check()
}

// check returns the first mistake in the flags.
func (o *options) check() error {
	address, overTCP := o.address()
	switch {
	case formats[o.format] == nil:
		return fmt.Errorf("-format is json or syslog, not %q", o.format)
	case o.every <= 0 || o.since < 0 || o.stats < 0:
		return errors.New("-every must be positive, -since and -stats not negative")
	case o.demo && len(o.apps) > 0:
		return errors.New("-demo takes no application")
	case o.demo && o.to == "":
		return nil
	case o.to == "":
		return errors.New("-to is missing: a folder, or tcp://host:port")
	case overTCP && o.state == "" && !o.demo:
		return errors.New("-state is missing: the folder of the positions")
	case !o.demo && len(o.apps) == 0:
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

// client returns a client with the credentials of the machine. Credentials that are incomplete are
// an error, also for a demonstration.
func (o *options) client() (*clevercloud.Client, error) {
	client, err := connect.Client()
	if o.demo && errors.Is(err, auth.ErrNoCredentials) {
		return nil, nil
	}
	return client, err
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
	return errors.Join(failures...)
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
			o.notef("%s: %v", f.name, &f.counters)
		}
	}
}

// forwarders finds the applications, and makes the folders.
func (o *options) forwarders(
	ctx context.Context, client *clevercloud.Client,
) ([]*forwarder, error) {
	summary, err := client.Identity.Summary(ctx)
	if err != nil {
		return nil, err
	}
	address, overTCP := o.address()
	state := o.state
	if state == "" {
		state = o.to
	}
	var all []*forwarder
	known := map[clevercloud.ApplicationID]bool{}
	for _, name := range o.apps {
		found, err := summary.Find(name)
		if err != nil {
			return nil, &mistakeError{err}
		}
		id, ok := found.ApplicationID()
		if !ok || string(id) != filepath.Base(string(id)) {
			return nil, &mistakeError{fmt.Errorf("%s is not an application", name)}
		}
		if known[id] {
			return nil, &mistakeError{fmt.Errorf("%s is named twice", name)}
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
	return all, errors.Join(err, os.MkdirAll(state, 0o700))
}

// notef writes a line of words. Names and errors in it are foreign text.
func (o *options) notef(format string, args ...any) {
	text := strings.ReplaceAll(fmt.Sprintf(format, args...), "\n", "; ")
	o.screen.Notef("logforward: %s", o.screen.Foreign(text))
}
