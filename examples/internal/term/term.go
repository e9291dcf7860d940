// Package term gives the example programs colours and a status line on a terminal, and neither in a
// pipe.
package term

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"sync"
)

// The colours, for [Screen.Paint].
const (
	Bold   = "1"
	Red    = "31"
	Green  = "32"
	Yellow = "33"
	Cyan   = "36"
	Grey   = "90"
)

// A Screen is where a program writes: results to Out, messages to Notes. With the zero value of the
// other fields it is a pipe. It is safe for concurrent use.
type Screen struct {
	Out, Notes io.Writer
	// Terminal reports whether Out is one. Live reports whether Notes is one that can have a status
	// line.
	Terminal, Live bool
	// Colour reports whether Paint paints.
	Colour bool
	// Width returns the number of columns of Notes.
	Width func() int

	mu     sync.Mutex
	status string
	err    error
}

// New returns the screen of a program. It has colours on a terminal, unless NO_COLOR is set.
func New(out, notes *os.File) *Screen {
	s := &Screen{Out: out, Notes: notes, Terminal: IsTerminal(out)}
	smart := os.Getenv("TERM") != "dumb"
	s.Live = IsTerminal(notes) && smart
	s.Colour = s.Terminal && os.Getenv("NO_COLOR") == "" && smart
	s.Width = func() int { return width(notes) }
	return s
}

// IsTerminal reports whether f is a terminal.
func IsTerminal(f *os.File) bool {
	_, ok := columns(f)
	return ok
}

// width returns the width of the terminal, or else COLUMNS, or else 80.
func width(f *os.File) int {
	n, _ := columns(f)
	if n == 0 {
		n, _ = strconv.Atoi(os.Getenv("COLUMNS"))
	}
	if n <= 0 {
		return 80
	}
	return n
}

// Printf writes a result. The first error is kept for [Screen.Err]; nothing is written after it.
func (s *Screen) Printf(format string, args ...any) {
	s.above(func() {
		if s.err == nil {
			_, s.err = fmt.Fprintf(s.Out, format, args...)
		}
	})
}

// Write writes a result, as Printf does.
func (s *Screen) Write(p []byte) (int, error) {
	s.Printf("%s", p)
	return len(p), s.Err()
}

// Notef writes a message and a line end.
func (s *Screen) Notef(format string, args ...any) {
	s.above(func() { fmt.Fprintf(s.Notes, format+"\n", args...) })
}

// Err returns the first error of writing results. If the reader of a pipe has gone, it is
// [syscall.EPIPE].
func (s *Screen) Err() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

// Status replaces the line at the bottom of a terminal; "" removes it. In a pipe it does nothing.
func (s *Screen) Status(format string, args ...any) {
	if !s.Live {
		return
	}
	line := fmt.Sprintf(format, args...)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.erase()
	s.status = line
	s.draw()
}

// above calls write with the status line out of the way.
func (s *Screen) above(write func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.erase()
	write()
	s.draw()
}

func (s *Screen) erase() {
	if s.status != "" {
		fmt.Fprint(s.Notes, "\r\x1b[K")
	}
}

// draw truncates the line to the terminal's width, since a wrapped line could not be erased.
func (s *Screen) draw() {
	if s.status == "" {
		return
	}
	line := []rune(s.status)
	fmt.Fprint(s.Notes, string(line[:min(len(line), max(s.columns()-1, 0))]))
}

func (s *Screen) columns() int {
	if s.Width == nil {
		return 80
	}
	return s.Width()
}

// Bar draws how much of total is done. It leaves room for a text of that many columns beside it.
func (s *Screen) Bar(done, total, beside int) string {
	room := min(40, s.columns()-beside-4)
	if room < 5 || total <= 0 {
		return ""
	}
	full := room * min(done, total) / total
	return "[" + strings.Repeat("#", full) + strings.Repeat(".", room-full) + "]"
}

// Paint returns text in a colour, if there are colours.
func (s *Screen) Paint(colour, text string) string {
	if !s.Colour || text == "" {
		return text
	}
	return "\x1b[" + colour + "m" + text + "\x1b[0m"
}

// Foreign returns text from elsewhere without control characters, except for tabs and line ends,
// and without escape sequences that a terminal would obey. Its colours stay if there are colours.
func (s *Screen) Foreign(text string) string {
	if strings.IndexFunc(text, control) < 0 {
		return text
	}
	var b strings.Builder
	coloured := false
	for i := 0; i < len(text); {
		if sequence := escape(text[i:]); sequence != "" {
			if s.Colour && strings.HasPrefix(sequence, "\x1b[") && strings.HasSuffix(sequence, "m") {
				b.WriteString(sequence)
				coloured = true
			}
			i += len(sequence)
			continue
		}
		end := i + 1
		for end < len(text) && text[end] != '\x1b' {
			end++
		}
		b.WriteString(strings.Map(func(r rune) rune {
			if control(r) {
				return -1
			}
			return r
		}, text[i:end]))
		i = end
	}
	if coloured {
		b.WriteString("\x1b[0m")
	}
	return b.String()
}

func control(r rune) bool { return r < ' ' && r != '\t' && r != '\n' || r >= 0x7f && r < 0xa0 }

// escape returns the escape sequence that text begins with, or "".
func escape(text string) string {
	if text == "" || text[0] != '\x1b' {
		return ""
	}
	if len(text) == 1 || text[1] != '[' {
		return text[:min(len(text), 2)]
	}
	for i := 2; i < len(text); i++ {
		if text[i] >= '@' && text[i] <= '~' {
			return text[:i+1]
		}
	}
	return text
}
