//go:build linux || darwin

package term

import (
	"os"
	"syscall"
	"unsafe"
)

// columns returns the width of a terminal, 0 if it is unknown, and whether f is a terminal.
// /dev/null, which is a device too, is not.
func columns(f *os.File) (int, bool) {
	var size struct{ rows, columns, x, y uint16 }
	conn, err := f.SyscallConn()
	if err != nil {
		return 0, false
	}
	var failed syscall.Errno
	err = conn.Control(func(fd uintptr) {
		_, _, failed = syscall.Syscall(
			syscall.SYS_IOCTL, fd, syscall.TIOCGWINSZ, uintptr(unsafe.Pointer(&size)))
	})
	return int(size.columns), err == nil && failed == 0
}
