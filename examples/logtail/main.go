// Logtail follows the log of an application, in colour on a terminal and plain in a pipe.
//
//	go run ./examples/logtail -app shop -since 1h
//
// The application is given by id or name, or is the one that the repository around the current
// directory is linked to by clever-tools (.clever.json; -alias chooses among several).
//
// With -demo it tails the embedded API, whose made-up entries all say that they are. It does the
// same if it is run without an application on a machine that has no trace of credentials. Ctrl-C
// ends it. The exit status is 2 after an error.
//
//	This is the embedded API with made-up entries. Ctrl-C ends it.
//	14:31:07.215 bas-deploy [made up] GET /products/1 200 10 ms
//	14:31:07.915 bas-deploy [made up] GET /products/2 200 17 ms
//	^C
//	2 lines, 0 reconnects
package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/examples/internal/cleverjson"
	"github.com/clevercloud-go/clevercloud/examples/internal/connect"
	"github.com/clevercloud-go/clevercloud/examples/internal/term"
)

func main() {
	t := tail{Screen: term.New(os.Stdout, os.Stderr)}
	var services string
	flag.StringVar(&t.owner, "owner", "", "organisation or user (default: the application's)")
	flag.StringVar(&t.app, "app", "", "application, by id or name (default: that of .clever.json)")
	flag.StringVar(&t.alias, "alias", "", "alias of the application in .clever.json")
	flag.DurationVar(&t.since, "since", 0, "start this long ago (0: now)")
	flag.StringVar(&t.deployment, "deployment", "", "only this deployment")
	flag.StringVar(&services, "service", "", "only these systemd units, separated by commas, "+
		"or all (default: bas,bas-deploy)")
	flag.StringVar(&t.filter, "filter", "", "only messages that contain this")
	flag.BoolVar(&t.asJSON, "json", false, "print a JSON object per line, as the API sent it")
	flag.BoolVar(&t.demo, "demo", false, connect.DemoUsage)
	flag.Parse()
	t.surplus = flag.Arg(0)
	if services != "" {
		t.services = strings.Split(services, ",")
	}

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := start(ctx, &t); err != nil && !errors.Is(err, syscall.EPIPE) {
		fmt.Fprintln(os.Stderr, "logtail:", err)
		os.Exit(2)
	}
}

// start finds the API to tail and tails it.
func start(ctx context.Context, t *tail) error {
	if t.surplus != "" {
		return fmt.Errorf("unexpected argument %q: an application is given by -app", t.surplus)
	}
	target := t.owner + t.app + t.alias + t.deployment
	if t.demo && target != "" {
		return errors.New("-demo has an application of its own; " +
			"leave out -owner, -app, -alias and -deployment")
	}
	linked, notLinked := cleverjson.Find(".", t.alias)
	if t.demo || target == "" && errors.Is(notLinked, cleverjson.ErrNotLinked) && connect.Untouched() {
		return embedded(ctx, t)
	}
	client, err := connect.Client()
	if err != nil {
		return err
	}
	switch {
	case t.app == "" && notLinked != nil:
		return fmt.Errorf("no -app, and %w", notLinked)
	case t.app == "":
		t.owner, t.app = cmp.Or(t.owner, string(linked.OwnerID)), string(linked.ID)
	}
	if t.owner == "" {
		found, err := client.Identity.Resolve(ctx, t.app)
		if err != nil {
			return err
		}
		t.owner, t.app = string(found.OwnerID), string(found.ID)
	}
	return t.run(ctx, client)
}

// A tail holds the flags and counts.
type tail struct {
	*term.Screen
	owner, app       string
	alias            string
	surplus          string // an argument without a flag
	deployment       string
	services         []string
	filter           string
	since            time.Duration
	asJSON, demo     bool
	lines, reconnect int
}

func (t *tail) query() clevercloud.LogQuery {
	q := clevercloud.LogQuery{
		DeploymentID: clevercloud.DeploymentID(t.deployment),
		Services:     t.services, Filter: t.filter, KeepRaw: t.asJSON,
		// The API's own pace is slow for catching up with the past.
		ThrottleElements: 2000, ThrottlePer: 100 * time.Millisecond,
		OnReconnect: func(r clevercloud.Reconnect) {
			t.reconnect++
			t.Notef("reconnecting in %v: %v", r.Wait.Round(time.Millisecond), r.Err)
		},
	}
	if t.since > 0 {
		q.Since = time.Now().Add(-t.since)
	}
	return q
}

// run prints entries until ctx ends, which is no error.
func (t *tail) run(ctx context.Context, client *clevercloud.Client) error {
	defer func() { t.Notef("\n%d lines, %d reconnects", t.lines, t.reconnect) }()
	owner, app := clevercloud.OwnerID(t.owner), clevercloud.ApplicationID(t.app)
	for entry, err := range client.Logs.Stream(ctx, owner, app, t.query()) {
		var malformed *clevercloud.LogDecodeError
		switch {
		case errors.As(err, &malformed):
			t.Notef("%v", err)
			continue
		case ctx.Err() != nil:
			return nil
		case err != nil:
			return err
		}
		t.lines++
		if err := t.print(entry); err != nil {
			return err
		}
	}
	return nil
}

func (t *tail) print(entry clevercloud.LogEntry) error {
	if t.asJSON {
		return json.NewEncoder(t).Encode(entry.Raw())
	}
	t.Printf("%s %s %s\n", t.Paint(term.Grey, entry.Date.Local().Format("15:04:05.000")),
		t.Paint(hue(entry), fmt.Sprintf("%-10s", t.Foreign(entry.Service))),
		t.Foreign(strings.TrimRight(entry.Message, "\n")))
	return t.Err()
}

// hue returns the colour of an entry: red or yellow for trouble, green for the application, cyan
// for the platform.
func hue(entry clevercloud.LogEntry) string {
	switch entry.Severity {
	case "emerg", "alert", "crit", "err":
		return term.Red
	case "warning":
		return term.Yellow
	}
	if strings.TrimSuffix(entry.Service, ".service") == "bas" {
		return term.Green
	}
	return term.Cyan
}
