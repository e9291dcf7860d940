package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/examples/internal/atomicfile"
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
		if f.handler.Enabled(ctx, r.Level) {
			if err := f.handler.Handle(ctx, r); err != nil {
				return err
			}
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

// level has room between slog's four for syslog's eight. What has no severity is of the level INFO.
func level(severity string) slog.Level {
	return map[string]slog.Level{
		"emerg": slog.LevelError + 3, "alert": slog.LevelError + 2, "crit": slog.LevelError + 1,
		"err": slog.LevelError, "warning": slog.LevelWarn, "notice": slog.LevelInfo + 1,
		"debug": slog.LevelDebug,
	}[severity]
}

// late is how much later than its date an entry may arrive. It counts only if the API has forgotten
// the ID of the position: then the entries of that time come again.
const late = time.Hour

// A position is the last entry that was handled, or without an ID the time of the start.
type position struct {
	ID   string    `json:"id"`
	Date time.Time `json:"date,omitzero"`
}

// loadPosition reads a position. A file that does not exist is the zero position.
func loadPosition(file string) (p position, err error) {
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return p, nil
	}
	if err == nil {
		err = json.Unmarshal(data, &p)
	}
	if err != nil {
		return p, fmt.Errorf("%s: %w", file, err)
	}
	return p, nil
}

// resume sets where q starts. The zero position becomes that of the start, so that nothing is lost
// if the first entry comes while the program is stopped.
func (p *position) resume(q *clevercloud.LogQuery) {
	q.LastEventID = p.ID
	switch {
	case p.ID == "" && p.Date.IsZero():
		p.Date = cmp.Or(q.Since, time.Now())
	case p.ID == "":
		q.Since = p.Date
	case !p.Date.IsZero():
		q.Since = p.Date.Add(-late)
	}
}

// pass moves the position behind an entry. One without an ID leaves it where it is.
func (p *position) pass(id string, date time.Time) {
	if id != "" {
		p.ID = id
	}
	if date.After(p.Date) {
		p.Date = date
	}
}

// save replaces the file at once: whoever reads it, even after a crash, finds a whole position.
func (p position) save(file string) error {
	data, err := json.Marshal(p)
	if err != nil {
		return err
	}
	return atomicfile.WriteString(file, string(data)+"\n")
}
