// Logslog hands the log of an application to log/slog: the severity becomes the level, the rest
// attributes, and each record keeps its time. It remembers the last entry in a file, and resumes
// after it when it is started again.
//
//	go -C examples/logslog run . -owner orga_… -app app_… -state shop.json -since 1h
//
// follow.go is the part to copy; any slog.Handler will do. With -demo it shows itself against the
// embedded API. The exit status is 2 after an error.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/clevercloud-go/clevercloud/clevertest"
	"github.com/clevercloud-go/clevercloud/examples/internal/cli"
	"github.com/clevercloud-go/clevercloud/examples/internal/connect"
)

func main() { cli.Main("logslog", logslog) }

func logslog(c *cli.Command) func(context.Context) error {
	var f follower
	c.StringVar((*string)(&f.owner), "owner", "", "organisation or user, orga_… or user_…")
	c.StringVar((*string)(&f.app), "app", "", "application, app_…")
	c.StringVar(&f.state, "state", "logslog.json", "`file` that keeps the position in the log")
	since := c.Duration("since", 0, "without such a file, start this long ago (0: now)")
	asJSON := c.Bool("json", false, "one JSON object a line")
	demo := c.Demo()
	return func(ctx context.Context) error {
		f.handler = handler(c.Screen, *asJSON)
		if *since > 0 {
			f.query.Since = time.Now().Add(-*since)
		}
		switch {
		case *demo && (f.owner != "" || f.app != ""):
			return errors.New("-demo has an application of its own; leave out -owner and -app")
		case *demo:
			return f.demo(ctx)
		}
		client, err := connect.Client()
		switch {
		case err != nil:
			return err
		case f.owner == "" || f.app == "":
			return errors.New("-owner and -app are needed")
		}
		return f.run(ctx, client)
	}
}

func handler(w io.Writer, asJSON bool) slog.Handler {
	options := &slog.HandlerOptions{Level: slog.LevelDebug}
	if asJSON {
		return slog.NewJSONHandler(w, options)
	}
	return slog.NewTextHandler(w, options)
}

// demo follows twice, and has the application log in between: nothing is lost, nothing comes twice.
func (f *follower) demo(ctx context.Context) error {
	api := clevertest.NewServer(clevertest.WithLogEntries(0),
		clevertest.WithHeartbeat(20*time.Millisecond))
	defer api.Close()
	dir, err := os.MkdirTemp("", "logslog")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	f.owner, f.app, f.state = api.OwnerID, api.ApplicationID, filepath.Join(dir, "state.json")
	f.query.Since, f.query.QuietTimeout = time.Now().Add(-time.Hour), 100*time.Millisecond
	for _, order := range []int{4001, 4003} {
		slow := fmt.Sprintf("payment is slow: %d", order)
		api.AppendLogs(api.ApplicationID,
			clevertest.LogEntry{Message: fmt.Sprintf("order accepted: %d", order)},
			clevertest.LogEntry{Severity: "warning", Message: slow},
			clevertest.LogEntry{Severity: "err", Message: fmt.Sprintf("order failed: %d", order+1)},
		)
		if err := f.run(ctx, api.Client()); err != nil {
			return err
		}
	}
	return nil
}
