// Package term gives the example programs colours and a status line on a terminal, and neither in a
// pipe.
package term

import (
	"fmt"
	"io"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"
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
	// line. Colour reports whether Paint paints.
	Terminal, Live, Colour bool
	// Width returns the number of columns of Notes. If it is nil, there are 80.
	Width func() int

	mu     sync.Mutex
	status string
	err    error
}

// New returns the screen of a program. It has colours on a terminal, unless NO_COLOR is set.
func New(out, notes *os.File) *Screen {
	smart := os.Getenv("TERM") != "dumb"
	return &Screen{
		Out: out, Notes: notes, Terminal: IsTerminal(out), Live: IsTerminal(notes) && smart,
		Colour: IsTerminal(out) && smart && os.Getenv("NO_COLOR") == "",
		Width:  func() int { return width(notes) },
	}
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

// Columns returns the number of columns of Notes.
func (s *Screen) Columns() int {
	if s.Width == nil {
		return 80
	}
	return s.Width()
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
// It is cut off before the last column, since a wrapped line could not be erased.
func (s *Screen) Status(format string, args ...any) {
	if !s.Live {
		return
	}
	line := []rune(fmt.Sprintf(format, args...))
	s.above(func() { s.status = string(line[:min(len(line), max(s.Columns()-1, 0))]) })
}

// Progress makes a status of how much of total is done. A bar is drawn if there is room for one.
func (s *Screen) Progress(done, total int, text string) {
	text = fmt.Sprintf("%d/%d  %s", done, total, text)
	if room := min(40, s.Columns()-len(text)-4); room >= 5 {
		full := room * min(done, total) / max(total, 1)
		text = "[" + strings.Repeat("#", full) + strings.Repeat(".", room-full) + "] " + text
	}
	s.Status("%s", text)
}

// above calls write with the status line out of the way.
func (s *Screen) above(write func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.status != "" {
		fmt.Fprint(s.Notes, "\r\x1b[K")
	}
	write()
	if s.status != "" {
		fmt.Fprint(s.Notes, s.status)
	}
}

// Paint returns text in a colour, if there are colours.
func (s *Screen) Paint(colour, text string) string {
	if !s.Colour || text == "" {
		return text
	}
	return "\x1b[" + colour + "m" + text + "\x1b[0m"
}

// controls matches control characters but tabs and line ends, and escape sequences.
var controls = regexp.MustCompile(
	`\x1b\[[0-?]*[ -/]*[@-~]?|\x1b.?|[\x00-\x08\x0b-\x1f\x7f-\x{9f}]`)

// Foreign returns text from elsewhere without what a terminal would obey. Its colours stay if there
// are colours.
func (s *Screen) Foreign(text string) string {
	coloured := false
	text = controls.ReplaceAllStringFunc(text, func(found string) string {
		if !s.Colour || !strings.HasPrefix(found, "\x1b[") || !strings.HasSuffix(found, "m") {
			return ""
		}
		coloured = true
		return found
	})
	if coloured {
		text += "\x1b[0m"
	}
	return text
}

// Table returns rows as lines of columns. The first two are texts, the others numbers.
func Table(rows [][]string) []string {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	lines := make([]string, len(rows))
	for r, row := range rows {
		lines[r] = fmt.Sprintf("%-*s  %-*s", widths[0], row[0], widths[1], row[1])
		for i := 2; i < len(row); i++ {
			lines[r] += fmt.Sprintf("  %*s", widths[i], row[i])
		}
	}
	return lines
}
