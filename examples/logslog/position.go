package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/clevercloud-go/clevercloud"
)

// overlap is how much later than its date an entry may arrive. Entries come in the order of their arrival, and instances have clocks and
// delays of their own: what is logged while nobody follows may be older than the last entry seen.
const overlap = 30 * time.Second

// A position is how far a log has been read: up to a date, and which entries shortly before it.
type position struct {
	Date time.Time            `json:"date,omitzero"`
	Seen map[string]time.Time `json:"seen"`
}

func loadPosition(file string) (*position, error) {
	p := &position{}
	data, err := os.ReadFile(file)
	if err == nil {
		if err = json.Unmarshal(data, p); err != nil {
			err = fmt.Errorf("%s: %w", file, err)
		}
	}
	if p.Seen == nil {
		p.Seen = map[string]time.Time{}
	}
	if errors.Is(err, fs.ErrNotExist) {
		return p, nil
	}
	return p, err
}

// since is where to resume, zero if nothing has been read.
func (p *position) since() time.Time {
	if p.Date.IsZero() {
		return time.Time{}
	}
	return p.Date.Add(-overlap)
}

func (p *position) passed(e clevercloud.LogEntry) bool {
	_, seen := p.Seen[e.ID]
	return seen
}

func (p *position) pass(e clevercloud.LogEntry) {
	if e.Date.After(p.Date) {
		p.Date = e.Date
	}
	if e.ID != "" {
		p.Seen[e.ID] = e.Date
	}
}

// save replaces the file at once: whoever reads it, even after a crash, finds a whole position.
func (p *position) save(file string) (err error) {
	for id, date := range p.Seen {
		if date.Before(p.since()) {
			delete(p.Seen, id)
		}
	}
	data, err := json.Marshal(p)
	if err != nil {
		return err
	}
	temporary, err := os.CreateTemp(filepath.Dir(file), filepath.Base(file)+".*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(temporary.Name()))
		}
	}()
	_, err = temporary.Write(append(data, '\n'))
	if err = errors.Join(err, temporary.Sync(), temporary.Close()); err != nil {
		return err
	}
	return os.Rename(temporary.Name(), file)
}
