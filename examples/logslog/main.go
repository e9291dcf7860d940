// Logslog hands the log of an application to log/slog: the severity becomes the level, the rest
// attributes, and each record keeps its time. It remembers the last entry in a file, and resumes
// after it when it is started again.
//
//	go -C examples/logslog run . -owner orga_… -app app_… -state shop.json -since 1h
//
// follow.go and position.go are the parts to copy; any slog.Handler will do. With -demo it shows
// itself against the embedded API. The exit status is 2 after an error.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/clevertest"
	"github.com/clevercloud-go/clevercloud/examples/internal/connect"
)

func main() {
	owner := flag.String("owner", "", "organisation or user, orga_… or user_…")
	app := flag.String("app", "", "application, app_…")
	state := flag.String("state", "logslog.json", "`file` that keeps the position in the log")
	since := flag.Duration("since", 0, "without such a file, start this long ago (0: now)")
	asJSON := flag.Bool("json", false, "one JSON object a line")
	demo := flag.Bool("demo", false, connect.DemoUsage)
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	f := follower{
		handler: handler(os.Stdout, *asJSON), owner: clevercloud.OwnerID(*owner),
		app: clevercloud.ApplicationID(*app), state: *state,
	}
	if *since > 0 {
		f.query.Since = time.Now().Add(-*since)
	}
	follow := start
	if *demo {
		follow = embedded
	}
	if err := follow(ctx, f); err != nil {
		fmt.Fprintln(os.Stderr, "logslog:", err)
		os.Exit(2)
	}
}

func handler(w io.Writer, asJSON bool) slog.Handler {
	options := &slog.HandlerOptions{Level: slog.LevelDebug}
	if asJSON {
		return slog.NewJSONHandler(w, options)
	}
	return slog.NewTextHandler(w, options)
}

// start finds the API and follows the log.
func start(ctx context.Context, f follower) error {
	client, err := connect.Client()
	switch {
	case err != nil:
		return err
	case f.owner == "" || f.app == "":
		return errors.New("-owner and -app are needed")
	}
	return f.run(ctx, client)
}

// embedded follows twice, and has the application log in between: nothing is lost, nothing comes
// twice.
func embedded(ctx context.Context, f follower) error {
	if f.owner != "" || f.app != "" {
		return errors.New("-demo has an application of its own; leave out -owner and -app")
	}
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
		api.AppendLogs(api.ApplicationID,
			clevertest.LogEntry{Message: fmt.Sprintf("order accepted: %d", order)},
			clevertest.LogEntry{Severity: "warning", Message: fmt.Sprintf("payment is slow: %d", order)},
			clevertest.LogEntry{Severity: "err", Message: fmt.Sprintf("order failed: %d", order+1)},
		)
		if err := f.run(ctx, api.Client()); err != nil {
			return err
		}
	}
	return nil
}
