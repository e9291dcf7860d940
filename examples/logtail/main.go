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
	"sync"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/clevertest"
	"github.com/clevercloud-go/clevercloud/examples/internal/cleverjson"
	"github.com/clevercloud-go/clevercloud/examples/internal/cli"
	"github.com/clevercloud-go/clevercloud/examples/internal/connect"
	"github.com/clevercloud-go/clevercloud/examples/internal/term"
)

func main() { cli.Main("logtail", logtail) }

// A tail holds the flags and counts.
type tail struct {
	*term.Screen
	owner            clevercloud.OwnerID
	app              clevercloud.ApplicationID
	query            clevercloud.LogQuery
	lines, reconnect int
}

func logtail(c *cli.Command) func(context.Context) error {
	t := &tail{Screen: c.Screen}
	c.StringVar((*string)(&t.owner), "owner", "", "organisation or user "+
		"(default: the application's)")
	c.StringVar((*string)(&t.app), "app", "", "application, by id or name "+
		"(default: that of .clever.json)")
	alias := c.String("alias", "", "alias of the application in .clever.json")
	since := c.Duration("since", 0, "start this long ago (0: now)")
	c.StringVar((*string)(&t.query.DeploymentID), "deployment", "", "only this deployment")
	c.Func("service", "only these systemd `units`, separated by commas, or all "+
		"(default: bas,bas-deploy)", func(text string) error {
		t.query.Services = strings.Split(text, ",")
		return nil
	})
	c.StringVar(&t.query.Filter, "filter", "", "only messages that contain this")
	c.BoolVar(&t.query.KeepRaw, "json", false, "print a JSON object per line, as the API sent it")
	demo := c.Demo()
	return func(ctx context.Context) error {
		target := string(t.owner) + string(t.app) + *alias + string(t.query.DeploymentID)
		if *demo && target != "" {
			return errors.New("-demo has an application of its own; " +
				"leave out -owner, -app, -alias and -deployment")
		}
		linked, notLinked := cleverjson.Find(".", *alias)
		if *demo || target == "" && errors.Is(notLinked, cleverjson.ErrNotLinked) &&
			connect.Untouched() {
			return t.demo(ctx)
		}
		client, err := connect.Client()
		switch {
		case err != nil:
			return err
		case t.app == "" && notLinked != nil:
			return fmt.Errorf("no -app, and %w", notLinked)
		case t.app == "":
			t.owner, t.app = cmp.Or(t.owner, linked.OwnerID), linked.ID
		}
		if t.owner == "" {
			found, err := client.Identity.Resolve(ctx, string(t.app))
			if err != nil {
				return err
			}
			t.owner, t.app = found.OwnerID, clevercloud.ApplicationID(found.ID)
		}
		if *since > 0 {
			t.query.Since = time.Now().Add(-*since)
		}
		return t.run(ctx, client)
	}
}

// run prints entries until ctx ends, which is no error.
func (t *tail) run(ctx context.Context, client *clevercloud.Client) error {
	defer func() { t.Notef("\n%d lines, %d reconnects", t.lines, t.reconnect) }()
	// The API's own pace is slow for catching up with the past.
	t.query.ThrottleElements, t.query.ThrottlePer = 2000, 100*time.Millisecond
	t.query.OnReconnect = func(r clevercloud.Reconnect) {
		t.reconnect++
		t.Notef("reconnecting in %v: %v", r.Wait.Round(time.Millisecond), r.Err)
	}
	for entry, err := range client.Logs.Stream(ctx, t.owner, t.app, t.query) {
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
	if t.query.KeepRaw {
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

// demo tails an API inside this program, which logs a line now and then until ctx ends.
func (t *tail) demo(ctx context.Context) error {
	server := clevertest.NewServer(clevertest.WithLogEntries(0))
	defer server.Close()
	t.owner, t.app = server.OwnerID, server.ApplicationID
	t.Notef("This is the embedded API with made-up entries. Ctrl-C ends it.")

	var logging sync.WaitGroup
	defer logging.Wait()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	logging.Go(func() { chatter(ctx, server) })
	return t.run(ctx, server.Client())
}

// chatter makes the application log.
func chatter(ctx context.Context, server *clevertest.Server) {
	ticks := time.NewTicker(700 * time.Millisecond)
	defer ticks.Stop()
	for n := 1; ; n++ {
		text, severity := fmt.Sprintf("200 %d ms", 3+n*7%40), ""
		if n%9 == 0 {
			text, severity = "500: upstream timed out", "err"
		}
		server.AppendLogs(server.ApplicationID, clevertest.LogEntry{
			Service: "bas-deploy", Severity: severity,
			Message: fmt.Sprintf("[made up] GET /products/%d %s", n%17, text),
		})
		select {
		case <-ctx.Done():
			return
		case <-ticks.C:
		}
	}
}
