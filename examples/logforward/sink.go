package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/clevercloud-go/clevercloud/examples/internal/atomicfile"
)

// A sink is where the entries of one application go.
type sink interface {
	// write takes a line, which may be buffered, and returns the length of the file behind it.
	write(line []byte) (int64, error)
	// flush writes what is buffered. It reports whether that has arrived for certain.
	flush() (certain bool, err error)
	// end flushes and closes, and returns nil if everything has arrived.
	end() error
}

// A fileSink appends to a file.
type fileSink struct {
	file   *os.File
	buffer *bufio.Writer
	length int64
}

// openFile opens the file of an application and cuts off what was written behind the position. It
// moves the position to the end of a file that is not the position's, or shorter because it was
// replaced.
func openFile(name string, at *position, f format) (sink, error) {
	name, err := filepath.Abs(name)
	if err != nil {
		return nil, err
	}
	file, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	atomicfile.SyncFolder(name)
	s := &fileSink{file: file, buffer: bufio.NewWriterSize(file, 64<<10)}
	info, err := file.Stat()
	if err == nil {
		if at.File != name || info.Size() < at.Length {
			at.File, at.Length = name, info.Size()
		}
		if info.Size() > at.Length {
			err = s.cut(*at, f)
		}
	}
	if err == nil {
		s.length, err = file.Seek(at.Length, io.SeekStart)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", name, err), file.Close())
	}
	return s, nil
}

// cut truncates the file to the position, if the line that ends there is the position's entry. If
// not, the file is another one, and nothing of it must be lost.
func (s *fileSink) cut(at position, f format) error {
	if at.Length > 0 && at.ID != "" {
		line, err := lineBefore(s.file, at.Length)
		if err != nil {
			return err
		}
		if !bytes.Contains(line, f.mark(at.ID)) {
			return errors.New("not the file of the position: move one of them away")
		}
	}
	return s.file.Truncate(at.Length)
}

// lineBefore returns the line that ends at a place, with its end.
func lineBefore(file io.ReaderAt, end int64) ([]byte, error) {
	for size := int64(64 << 10); ; size *= 2 {
		tail := make([]byte, min(size, end))
		if _, err := file.ReadAt(tail, end-int64(len(tail))); err != nil {
			return nil, err
		}
		start := bytes.LastIndexByte(tail[:len(tail)-1], '\n') + 1
		switch {
		case tail[len(tail)-1] != '\n':
			return nil, nil
		case start > 0 || size >= end:
			return tail[start:], nil
		}
	}
}

func (s *fileSink) write(line []byte) (int64, error) {
	n, err := s.buffer.Write(append(line, '\n'))
	s.length += int64(n)
	return s.length, err
}

func (s *fileSink) flush() (bool, error) {
	err := s.buffer.Flush()
	return true, errors.Join(err, s.file.Sync())
}

func (s *fileSink) end() error {
	_, err := s.flush()
	return errors.Join(err, s.file.Close())
}

// A tcpSink sends to a TCP address.
type tcpSink struct {
	conn   *net.TCPConn
	buffer *bufio.Writer
	format format
	gone   chan struct{}
	// reason is why the receiver has gone, io.EOF if it closed the connection. It is set before
	// gone is closed.
	reason error
}

// patience is how long a receiver may take to accept a connection, to take what is written, and to
// close a connection that has ended.
const patience = 10 * time.Second

// errReceiver is a failure of the receiver, which may come back.
var errReceiver = errors.New("the receiver")

// dial connects to a receiver. The position is then of no file.
func dial(ctx context.Context, address string, at *position, f format) (sink, error) {
	at.File, at.Length = "", 0
	conn, err := (&net.Dialer{Timeout: patience}).DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errReceiver, err)
	}
	s := &tcpSink{
		conn: conn.(*net.TCPConn), buffer: bufio.NewWriterSize(conn, 64<<10), format: f,
		gone: make(chan struct{}),
	}
	go func() {
		defer close(s.gone)
		if _, s.reason = io.Copy(io.Discard, conn); s.reason == nil {
			s.reason = io.EOF
		}
	}()
	return s, nil
}

func (s *tcpSink) write(line []byte) (int64, error) {
	return 0, s.try(func() error {
		_, err := s.buffer.Write(s.format.frame(line))
		return err
	})
}

// flush hands everything to the system. What the receiver has taken of it is not known.
func (s *tcpSink) flush() (bool, error) { return false, s.try(s.buffer.Flush) }

func (s *tcpSink) try(write func() error) error {
	select {
	case <-s.gone:
		return fmt.Errorf("%w: %w", errReceiver, s.reason)
	default:
	}
	err := s.conn.SetWriteDeadline(time.Now().Add(patience))
	if err = errors.Join(err, write()); err != nil {
		return fmt.Errorf("%w: %w", errReceiver, err)
	}
	return nil
}

// end waits until the receiver has closed the connection too: then it has read everything.
func (s *tcpSink) end() error {
	defer s.conn.Close()
	_, err := s.flush()
	if err == nil {
		err = errors.Join(s.conn.CloseWrite(), s.conn.SetReadDeadline(time.Now().Add(patience)))
	}
	if err != nil {
		_ = s.conn.Close()
	}
	<-s.gone
	if err == nil && s.reason != io.EOF {
		err = fmt.Errorf("%w: %w", errReceiver, s.reason)
	}
	return err
}
