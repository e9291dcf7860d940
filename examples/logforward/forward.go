package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"github.com/clevercloud-go/clevercloud"
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

// run forwards until ctx is done, the log ends, or something fails that time does not mend.
func (f *forwarder) run(ctx context.Context) error {
	for attempt := 0; ; attempt++ {
		progress, err := f.session(ctx)
		switch {
		case err == nil && ctx.Err() == nil:
			f.notef("%s: the log has ended", f.name)
			return nil
		case err == nil:
			return nil
		case ctx.Err() != nil && f.passes(err):
			f.notef("%s: the last entries will be sent again: %v", f.name, err)
			return nil
		case !f.passes(err):
			return err
		case progress:
			attempt = 0
		}
		wait := min(shortest<<min(attempt, 10), longest)
		wait = wait/2 + rand.N(wait/2)
		f.notef("%s: trying again in %v: %v", f.name, wait.Round(time.Millisecond), err)
		f.counters.reconnections.Add(1)
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(wait):
		}
	}
}

// passes reports whether an error may be over after a while. An application that has never logged
// has no log.
func (f *forwarder) passes(err error) bool {
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
			f.notef("%s: reconnecting in %v: %v", f.name, r.Wait.Round(time.Millisecond), r.Err)
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
	// saved is the position in the file, written that behind the last entry of the sink, flushed that
	// behind the last entry which was flushed before an uncertain sink was asked again.
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
	if s.sink, err = s.open(ctx, &at); err != nil {
		return err
	}
	if fresh {
		at.Since = time.Now().UTC().Add(-s.since)
		s.notef("%s: starts at %s", s.name, at.Since.Format(time.RFC3339))
	} else {
		s.notef("%s: continues after %d entries", s.name, at.Entries)
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
		case <-s.sink.lost():
			err = s.commit()
		}
		if err != nil {
			return err
		}
	}
}

// put writes an entry.
func (s *session) put(d delivery) error {
	id, date := d.entry.ID, d.entry.Date
	var line []byte
	var unreadable *clevercloud.LogDecodeError
	switch {
	case errors.As(d.err, &unreadable):
		id = unreadable.ID
		line = s.format.unreadable(unreadable)
		s.counters.unreadable.Add(1)
	case d.err != nil:
		return d.err
	default:
		line = s.format.entry(d.entry)
	}
	length, err := s.sink.write(line)
	if err != nil {
		return err
	}
	entries := s.counters.entries.Add(1)
	if id == "" {
		return nil // one cannot resume here: it is saved with the next entry
	}
	s.written.ID, s.written.Length, s.written.Entries = id, length, entries
	if since := date.Add(-overlap); since.After(s.written.Since) {
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
