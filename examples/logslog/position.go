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

// late is how much later than its date an entry may arrive. It counts only if the API has forgotten
// the ID of the position: then the entries of that time come again.
const late = time.Hour

// A position is the last entry that was handled.
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

// resume sets where q starts, unless nothing has been read.
func (p position) resume(q *clevercloud.LogQuery) {
	q.LastEventID = p.ID
	if !p.Date.IsZero() {
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
func (p position) save(file string) (err error) {
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
