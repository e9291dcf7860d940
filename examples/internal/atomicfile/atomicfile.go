// Package atomicfile writes files that are complete or absent, whatever happens meanwhile.
package atomicfile

import (
	"cmp"
	"os"
	"path/filepath"
)

// Write has write fill a file that only its owner can read. It takes the place of name when it is
// complete and on the disk. A program that is killed leaves a name.*.part, which the next Write of
// name removes. If two write at once, the one that began first may fail.
func Write(name string, write func(*os.File) error) error {
	parts, _ := filepath.Glob(name + ".*.part")
	for _, part := range parts {
		_ = os.Remove(part)
	}
	f, err := os.CreateTemp(filepath.Dir(name), filepath.Base(name)+".*.part")
	if err != nil {
		return err
	}
	part := f.Name()
	defer os.Remove(part) // fails after the rename
	if err = write(f); err == nil {
		err = f.Sync()
	}
	if err = cmp.Or(err, f.Close()); err != nil {
		return err
	}
	if err := os.Rename(part, name); err != nil {
		return err
	}
	SyncFolder(name)
	return nil
}

// SyncFolder makes the name of a file durable, where the system can.
func SyncFolder(name string) {
	if dir, err := os.Open(filepath.Dir(name)); err == nil {
		_ = dir.Sync()
		_ = dir.Close()
	}
}

// WriteString writes a text, such as a secret.
func WriteString(name, text string) error {
	return Write(name, func(f *os.File) error {
		_, err := f.WriteString(text)
		return err
	})
}
