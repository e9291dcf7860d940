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
	"fmt"
	"strings"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/examples/internal/cleverjson"
	"github.com/clevercloud-go/clevercloud/examples/internal/cli"
	"github.com/clevercloud-go/clevercloud/examples/internal/connect"
	"github.com/clevercloud-go/clevercloud/examples/internal/term"
)

func main() { cli.Main("logtail", logtail) }

// A tail holds the flags and counts.
type tail struct {
	*term.Screen
	owner, app       string
	alias            string
	deployment       string
	services         []string
	filter           string
	since            time.Duration
	asJSON           bool
	lines, reconnect int
}

func logtail(c *cli.Command) func(context.Context) error {
	t := tail{Screen: c.Screen}
	c.StringVar(&t.owner, "owner", "", "organisation or user (default: the application's)")
	c.StringVar(&t.app, "app", "", "application, by id or name (default: that of .clever.json)")
	c.StringVar(&t.alias, "alias", "", "alias of the application in .clever.json")
	c.DurationVar(&t.since, "since", 0, "start this long ago (0: now)")
	c.StringVar(&t.deployment, "deployment", "", "only this deployment")
	c.Func("service", "only these systemd units, separated by commas, or all "+
		"(default: bas,bas-deploy)", func(text string) error {
		t.services = strings.Split(text, ",")
		return nil
	})
	c.StringVar(&t.filter, "filter", "", "only messages that contain this")
	c.BoolVar(&t.asJSON, "json", false, "print a JSON object per line, as the API sent it")
	demo := c.Demo()
	return func(ctx context.Context) error { return t.start(ctx, *demo) }
}

// start finds the API to tail and tails it.
func (t *tail) start(ctx context.Context, demo bool) error {
	target := t.owner + t.app + t.alias + t.deployment
	if demo && target != "" {
		return errors.New("-demo has an application of its own; " +
			"leave out -owner, -app, -alias and -deployment")
	}
	linked, notLinked := cleverjson.Find(".", t.alias)
	nothing := target == "" && errors.Is(notLinked, cleverjson.ErrNotLinked) && connect.Untouched()
	if demo || nothing {
		return t.embedded(ctx)
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

func (t *tail) query() clevercloud.LogQuery {
	q := clevercloud.LogQuery{
		DeploymentID: clevercloud.DeploymentID(t.deployment), Services: t.services,
		Filter: t.filter, KeepRaw: t.asJSON,
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
