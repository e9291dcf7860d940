// Package secretfile writes files that only their owner can read.
package secretfile

import (
	"os"
	"path/filepath"

	"github.com/clevercloud-go/clevercloud/auth"
)

// Write writes content to the file name, mode 0600, in place of the one that is there. There is
// never half a file, and never one that others can read.
func Write(name string, content auth.Secret) error {
	f, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+"-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // not there any more if all went well
	_, err = f.WriteString(content.Reveal())
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}
