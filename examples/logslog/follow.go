package main

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"

	"github.com/clevercloud-go/clevercloud"
)

// A follower hands the log of an application to a handler.
type follower struct {
	handler slog.Handler
	owner   clevercloud.OwnerID
	app     clevercloud.ApplicationID
	// query says where to start when there is no state file yet.
	query clevercloud.LogQuery
	// state is the file that remembers the position. It is written once a second, and at the end:
	// after a crash the entries of the last second come again.
	state string
}

// run follows until the log ends or ctx is done, which is no error.
func (f *follower) run(ctx context.Context, client *clevercloud.Client) (err error) {
	at, err := loadPosition(f.state)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, at.save(f.state)) }()
	query := f.query
	at.resume(&query)
	saved := time.Now()
	for entry, err := range client.Logs.Stream(ctx, f.owner, f.app, query) {
		r := record(entry)
		var malformed *clevercloud.LogDecodeError
		switch {
		case errors.As(err, &malformed):
			entry.ID = malformed.ID
			r = slog.NewRecord(time.Now(), slog.LevelWarn, err.Error(), 0)
		case ctx.Err() != nil:
			return nil
		case err != nil:
			return err
		}
		if err := f.handle(ctx, r); err != nil {
			return err
		}
		at.pass(entry.ID, entry.Date)
		if time.Since(saved) > time.Second {
			if err := at.save(f.state); err != nil {
				return err
			}
			saved = time.Now()
		}
	}
	return nil
}

func (f *follower) handle(ctx context.Context, r slog.Record) error {
	if !f.handler.Enabled(ctx, r.Level) {
		return nil
	}
	return f.handler.Handle(ctx, r)
}

// record is an entry for slog. An entry without a date gives a record without a time.
func record(e clevercloud.LogEntry) slog.Record {
	r := slog.NewRecord(e.Date, level(e.Severity), strings.TrimRight(e.Message, "\r\n"), 0)
	for _, attr := range []slog.Attr{
		slog.String("app", string(e.ApplicationID)),
		slog.String("service", e.Service),
		slog.String("instance", string(e.InstanceID)),
		slog.String("deployment", string(e.DeploymentID)),
		slog.String("commit", e.CommitID),
		slog.String("zone", string(e.Zone)),
	} {
		if attr.Value.String() != "" {
			r.AddAttrs(attr)
		}
	}
	return r
}

// level has room between slog's four for syslog's eight.
func level(severity string) slog.Level {
	switch severity {
	case "emerg":
		return slog.LevelError + 3
	case "alert":
		return slog.LevelError + 2
	case "crit":
		return slog.LevelError + 1
	case "err":
		return slog.LevelError
	case "warning":
		return slog.LevelWarn
	case "notice":
		return slog.LevelInfo + 1
	case "debug":
		return slog.LevelDebug
	}
	return slog.LevelInfo
}
