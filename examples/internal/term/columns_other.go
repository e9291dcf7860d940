//go:build !linux && !darwin

package term

import "os"

// columns takes every character device for a terminal of unknown width.
func columns(f *os.File) (int, bool) {
	info, err := f.Stat()
	return 0, err == nil && info.Mode()&os.ModeCharDevice != 0
}
