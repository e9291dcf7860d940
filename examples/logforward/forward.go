package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/examples/internal/atomicfile"
)

const (
	// overlap is how much older than the last entry one may be that comes after it. It matters only
	// if the API has forgotten the last entry.
	overlap = time.Hour
	// shortest and longest bound the wait before another attempt.
	shortest, longest = time.Second, 30 * time.Second
)

// A forwarder forwards the log of one application.
type forwarder struct {
	*options
	client       *clevercloud.Client
	owner        clevercloud.OwnerID
	app          clevercloud.ApplicationID
	name         string
	format       format
	positionFile string
	open         func(ctx context.Context, at *position) (sink, error)
	counters     counters
}

// counters are those of one application: entries since its first start, the others since this one.
type counters struct{ entries, unreadable, reconnections atomic.Int64 }

func (c *counters) String() string {
	reconnections := "reconnections"
	if c.reconnections.Load() == 1 {
		reconnections = "reconnection"
	}
	return fmt.Sprintf("%d entries, %d unreadable, %d %s", c.entries.Load(), c.unreadable.Load(),
		c.reconnections.Load(), reconnections)
}

// notef writes a message about the application. Names and errors in it are foreign text.
func (f *forwarder) notef(format string, args ...any) {
	text := strings.ReplaceAll(fmt.Sprintf(format, args...), "\n", "; ")
	f.Notef("%s: %s", f.Foreign(f.name), f.Foreign(text))
}

// run forwards until ctx is done, the log ends, or something fails that time does not mend.
func (f *forwarder) run(ctx context.Context) error {
	for wait := shortest; ; wait = min(2*wait, longest) {
		progress, err := f.session(ctx)
		switch {
		case err == nil && ctx.Err() == nil:
			f.notef("the log has ended")
			return nil
		case err == nil:
			return nil
		case !passes(err):
			return err
		case ctx.Err() != nil:
			f.notef("the last entries will be sent again: %v", err)
			return nil
		case progress:
			wait = shortest
		}
		f.counters.reconnections.Add(1)
		f.notef("trying again in %v: %v", wait, err)
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(wait):
		}
	}
}

// passes reports whether an error may be over after a while. An application that has never logged
// has no log.
func passes(err error) bool {
	return errors.Is(err, errReceiver) || errors.Is(err, clevercloud.ErrNotFound) ||
		errors.Is(err, context.Canceled) || clevercloud.IsTransient(err)
}

// A delivery is what the stream gave.
type delivery struct {
	entry clevercloud.LogEntry
	err   error
}

// session forwards from the saved position over one sink. It reports whether anything was.
func (f *forwarder) session(ctx context.Context) (progress bool, err error) {
	s := &session{forwarder: f}
	if err := s.begin(ctx); err != nil {
		return false, err
	}
	begun := s.written
	ctx, cancel := context.WithCancel(ctx)
	deliveries := make(chan delivery, 256)
	go f.read(ctx, s.saved, deliveries)
	defer func() {
		cancel()
		for range deliveries { // the reader ends
		}
	}()
	err = s.write(deliveries)
	if ended := s.end(); err == nil {
		err = ended
	}
	return s.written != begun, err
}

// read streams the log into deliveries, and closes it.
func (f *forwarder) read(ctx context.Context, from position, deliveries chan<- delivery) {
	defer close(deliveries)
	q := clevercloud.LogQuery{
		LastEventID: from.ID, Since: from.Since,
		// The API's own pace is slow for catching up with the past.
		ThrottleElements: 2000, ThrottlePer: 100 * time.Millisecond,
		OnReconnect: func(r clevercloud.Reconnect) {
			f.counters.reconnections.Add(1)
			f.notef("reconnecting in %v: %v", r.Wait.Round(time.Millisecond), r.Err)
		},
	}
	for entry, err := range f.client.Logs.Stream(ctx, f.owner, f.app, q) {
		if ctx.Err() != nil {
			return
		}
		select {
		case deliveries <- delivery{entry, err}:
		case <-ctx.Done():
			return
		}
	}
}

// A session writes over one sink.
type session struct {
	*forwarder
	sink sink
	// saved is the position in the file, written that behind the last entry of the sink, flushed
	// that behind the last entry which was flushed before an uncertain sink was asked again.
	saved, written, flushed position
}

// begin opens the sink and saves where it begins, so that a kill from now on can be told from a
// first start.
func (s *session) begin(ctx context.Context) error {
	at, err := loadPosition(s.positionFile)
	if err != nil {
		return err
	}
	fresh := at.Since.IsZero()
	if fresh { // saved now, since the receiver may be long in coming
		at.Since = time.Now().UTC().Add(-s.since)
		s.notef("starts at %s", at.Since.Format(time.RFC3339))
		if err := s.save(at); err != nil {
			return err
		}
	}
	if s.sink, err = s.open(ctx, &at); err != nil {
		return err
	}
	if !fresh {
		s.notef("continues after %d entries", at.Entries)
	}
	s.counters.entries.Store(at.Entries)
	s.written, s.flushed = at, at
	if err := s.save(at); err != nil {
		return errors.Join(err, s.sink.end())
	}
	return nil
}

// write writes what comes, and saves the position now and then, until the log ends.
func (s *session) write(deliveries <-chan delivery) error {
	ticker := time.NewTicker(s.every)
	defer ticker.Stop()
	for {
		var err error
		select {
		case d, ok := <-deliveries:
			if !ok {
				return nil
			}
			err = s.put(d)
		case <-ticker.C:
			err = s.commit()
		}
		if err != nil {
			return err
		}
	}
}

// put writes an entry. One that is not what an entry should be is written as a warning.
func (s *session) put(d delivery) error {
	entry := d.entry
	var unreadable *clevercloud.LogDecodeError
	switch {
	case errors.As(d.err, &unreadable):
		entry = clevercloud.LogEntry{
			ID: unreadable.ID, ApplicationID: s.app, Service: "unreadable", Severity: "warning",
			Message: string(unreadable.Data),
		}
		s.counters.unreadable.Add(1)
	case d.err != nil:
		return d.err
	}
	length, err := s.sink.write(s.format.entry(entry))
	if err != nil {
		return err
	}
	entries := s.counters.entries.Add(1)
	if entry.ID == "" {
		return nil // one cannot resume here: it is saved with the next entry
	}
	s.written.ID, s.written.Length, s.written.Entries = entry.ID, length, entries
	if since := entry.Date.Add(-overlap); since.After(s.written.Since) {
		s.written.Since = since
	}
	return nil
}

// commit flushes the sink and saves the position. Where it is not certain that what was flushed has
// arrived, the position is that of the flush before: a receiver that has gone by now may have lost
// what came since.
func (s *session) commit() error {
	certain, err := s.sink.flush()
	if err != nil {
		return err
	}
	at := s.written
	if !certain {
		at, s.flushed = s.flushed, s.written
	}
	return s.save(at)
}

// end closes the sink, and saves the position if everything has arrived there.
func (s *session) end() error {
	if err := s.sink.end(); err != nil {
		return err
	}
	return s.save(s.written)
}

func (s *session) save(at position) error {
	if at == s.saved {
		return nil
	}
	s.saved = at
	return at.save(s.positionFile)
}

// A position is how far the log of an application has been forwarded. The zero value is not at all.
type position struct {
	// ID is that of the last entry, empty before the first one.
	ID string `json:"id"`
	// Since is where to start if the API does not know ID, or if there is none.
	Since time.Time `json:"since"`
	// File is what the entry is in, empty for a TCP address, and Length that of the file behind it.
	File   string `json:"file,omitzero"`
	Length int64  `json:"length,omitzero"`
	// Entries counts those that were forwarded since the first start.
	Entries int64 `json:"entries"`
}

func loadPosition(file string) (position, error) {
	var p position
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return p, nil
	}
	if err == nil {
		err = json.Unmarshal(data, &p)
	}
	if err == nil && (p.Since.IsZero() || p.Length < 0) {
		err = errors.New("not a position")
	}
	if err != nil {
		return p, fmt.Errorf("%s: %w", file, err)
	}
	return p, nil
}

func (p position) save(file string) error {
	data, err := json.Marshal(p)
	if err != nil {
		return err
	}
	return atomicfile.WriteString(file, string(data)+"\n")
}
