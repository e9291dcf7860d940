// Package term is what the example programs know of terminals: colours, a line that stays at the bottom, and none of it in a pipe.
package term

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"sync"
)

// Colours, as a terminal wants them.
const (
	Bold   = "1"
	Red    = "31"
	Green  = "32"
	Yellow = "33"
	Cyan   = "36"
	Grey   = "90"
)

// A Screen is where a program writes: results to Out, words about them to Notes. The zero value of the other fields is a pipe.
// A Screen may be used by several goroutines.
type Screen struct {
	Out, Notes io.Writer
	// Terminal says that Out is one, Live that Notes is one and can have a status line at its bottom.
	Terminal, Live bool
	// Colour says that Paint paints.
	Colour bool
	// Width is how many columns Notes has.
	Width func() int

	mu     sync.Mutex
	status string
	err    error
}

// New returns the screen of a program. Colours need a terminal, and no NO_COLOR in the environment.
func New(out, notes *os.File) *Screen {
	s := &Screen{Out: out, Notes: notes, Terminal: IsTerminal(out), Live: IsTerminal(notes) && os.Getenv("TERM") != "dumb"}
	s.Colour = s.Terminal && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
	s.Width = func() int { return width(notes) }
	return s
}

// IsTerminal reports whether a person reads f.
func IsTerminal(f *os.File) bool {
	_, ok := columns(f)
	return ok
}

// width is that of the terminal, or what COLUMNS says, or 80.
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

// Printf writes a result. The first error is kept for [Screen.Err], and nothing is written after it.
func (s *Screen) Printf(format string, args ...any) {
	s.above(func() {
		if s.err == nil {
			_, s.err = fmt.Fprintf(s.Out, format, args...)
		}
	})
}

// Write is Printf for what writes to an [io.Writer].
func (s *Screen) Write(p []byte) (int, error) {
	s.Printf("%s", p)
	return len(p), s.Err()
}

// Notef writes a line of words.
func (s *Screen) Notef(format string, args ...any) {
	s.above(func() { fmt.Fprintf(s.Notes, format+"\n", args...) })
}

// Err returns why results could not be written, nil if they could. After a broken pipe, [syscall.EPIPE], nobody reads any more.
func (s *Screen) Err() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

// Status puts a line at the bottom of a terminal, in place of the one before; "" takes it away. In a pipe there is none.
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

// above writes something with the status line out of its way.
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

// draw cuts the line to the terminal's width, since a wrapped line could not be erased.
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

// Bar draws how much of total is done, as wide as the status line has room for beside a text of that many columns.
func (s *Screen) Bar(done, total, beside int) string {
	room := min(40, s.columns()-beside-4)
	if room < 5 || total <= 0 {
		return ""
	}
	full := room * min(done, total) / total
	return "[" + strings.Repeat("#", full) + strings.Repeat(".", room-full) + "]"
}

// Paint returns text in a colour, or as it is where there are none.
func (s *Screen) Paint(colour, text string) string {
	if !s.Colour || text == "" {
		return text
	}
	return "\x1b[" + colour + "m" + text + "\x1b[0m"
}

// Foreign returns text of others made harmless: without control characters, tabs and line ends excepted, and without sequences that a
// terminal would obey. Colours stay where there are colours.
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

// escape returns the escape sequence that text begins with, "" if with none.
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
