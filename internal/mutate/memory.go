package main

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
)

// memory is a file of what became of mutants in earlier runs, so that whoever adds tests need not wait for those that were killed. It
// holds for as long as their file stays what it was; that a kill may depend on another file is why the report says how much of it is
// remembered.
type memory struct {
	file string
	// trust says that survivors survive.
	trust bool
	known map[kill]outcome
}

type kill struct{ Source, Name string }

// A remembered is a line of the file.
type remembered struct {
	kill
	Outcome outcome
}

// remember reads the memory, which may not exist yet.
func remember(file string, trust bool) (*memory, error) {
	m := &memory{file: file, trust: trust, known: map[kill]outcome{}}
	if file == "" {
		return m, nil
	}
	f, err := os.Open(file)
	if errors.Is(err, fs.ErrNotExist) {
		return m, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var r remembered
		if json.Unmarshal(lines.Bytes(), &r) == nil { // the last line of a run that was stopped may be half a line
			m.known[r.kill] = r.Outcome // a later run's holds
		}
	}
	return m, nil
}

func (m *memory) outcomeOf(mutant *mutant) (outcome, bool) {
	o, ok := m.known[kill{mutant.source, mutant.name()}]
	return o, ok && (m.trust || o == killed || o == hung)
}

// add appends an outcome.
func (m *memory) add(mutant *mutant, o outcome) error {
	if m.file == "" {
		return nil
	}
	line, err := json.Marshal(remembered{kill{mutant.source, mutant.name()}, o})
	if err != nil {
		return err
	}
	f, err := os.OpenFile(m.file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(append(line, '\n'))
	return errors.Join(err, f.Close())
}

func fingerprint(src []byte) string {
	sum := sha256.Sum256(src)
	return hex.EncodeToString(sum[:8])
}
