package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

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

// save replaces the file atomically: whoever reads it, even after a crash, finds one position or
// the other. The name of the temporary file is always the same, so that kills leave one at most.
func (p position) save(file string) error {
	data, err := json.Marshal(p)
	if err != nil {
		return err
	}
	temporary, err := os.OpenFile(file+".new", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = temporary.Write(append(data, '\n'))
	if err = errors.Join(err, temporary.Sync(), temporary.Close()); err != nil {
		return err
	}
	if err := os.Rename(file+".new", file); err != nil {
		return err
	}
	syncFolder(file)
	return nil
}

// syncFolder makes the name of a file durable, where the system can.
func syncFolder(file string) {
	if folder, err := os.Open(filepath.Dir(file)); err == nil {
		_ = folder.Sync()
		_ = folder.Close()
	}
}
