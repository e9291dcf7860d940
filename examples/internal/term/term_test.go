package term

import (
	"bytes"
	"errors"
	"os"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestScreen_InAPipe(t *testing.T) {
	t.Parallel()
	var out, notes bytes.Buffer
	s := &Screen{Out: &out, Notes: &notes}

	s.Status("working")
	s.Printf("%s\n", s.Paint(Red, "result"))
	s.Notef("note %d", 1)
	s.Status("")

	assert.Equal(t, "result\n", out.String())
	assert.Equal(t, "note 1\n", notes.String())
}

// TestScreen_StatusStaysAtTheBottom has both streams on one terminal.
func TestScreen_StatusStaysAtTheBottom(t *testing.T) {
	t.Parallel()
	var both bytes.Buffer
	s := &Screen{Out: &both, Notes: &both, Terminal: true, Live: true, Colour: true}

	s.Status("%s", strings.Repeat("é", 80))
	s.Printf("%s\n", s.Paint(Green, "result"))
	s.Progress(1, 2, "half")
	s.Status("")
	s.Notef("end")

	const erase = "\r\x1b[K"
	long, dots := strings.Repeat("é", 79), strings.Repeat(".", 20)
	assert.Equal(t, long+erase+"\x1b[32mresult\x1b[0m\n"+long+erase+
		"["+strings.ReplaceAll(dots, ".", "#")+dots+"] 1/2  half"+erase+"end\n", both.String())
}

func TestScreen_NarrowTerminal(t *testing.T) {
	t.Parallel()
	for columns, want := range map[int]string{
		8: "1/2  ha", 17: "1/2  half", 18: "[##...] 1/2  half", 0: "",
	} {
		var notes bytes.Buffer
		s := &Screen{Notes: &notes, Live: true, Width: func() int { return columns }}
		s.Progress(1, 2, "half")
		assert.Equal(t, want, notes.String(), columns)
	}
}

type broken struct{ err error }

func (b broken) Write([]byte) (int, error) { return 0, b.err }

func TestScreen_KeepsTheFirstError(t *testing.T) {
	t.Parallel()
	s := &Screen{Out: broken{&os.PathError{Op: "write", Err: syscall.EPIPE}}}

	s.Printf("lost")
	s.Out = broken{errors.New("another")}
	n, err := s.Write([]byte("lost, too"))

	assert.ErrorIs(t, s.Err(), syscall.EPIPE)
	assert.ErrorIs(t, err, syscall.EPIPE)
	assert.Equal(t, 9, n)
}

func TestScreen_Foreign(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][2]string{
		"plain, ünï\tcode\nlines":          {"plain, ünï\tcode\nlines", "plain, ünï\tcode\nlines"},
		"\x1b[1;31mred\x1b[0m é":           {"red é", "\x1b[1;31mred\x1b[0m é\x1b[0m"},
		"up\x1b[2A\rover\x07\u009b":        {"upover", "upover"},
		"\x1b]0;title\x07 tail\x1b":        {"0;title tail", "0;title tail"},
		"\x1b[31":                          {"", ""},
		"\x1bcreset \x1b[31mred\x1b[2Jend": {"reset redend", "reset \x1b[31mredend\x1b[0m"},
	} {
		assert.Equal(t, want[0], (&Screen{}).Foreign(text), "%q", text)
		assert.Equal(t, want[1], (&Screen{Colour: true}).Foreign(text), "%q", text)
	}
}

func TestNew_OfFiles(t *testing.T) {
	file, err := os.CreateTemp(t.TempDir(), "")
	require.NoError(t, err)
	defer file.Close()
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	require.NoError(t, err)
	defer null.Close()
	for width, want := range map[string]int{"132": 132, "wide": 80} {
		t.Setenv("COLUMNS", width)

		s := New(file, file)

		assert.False(t, s.Terminal || s.Live || s.Colour)
		assert.Equal(t, want, s.Columns())
	}
	if runtime.GOOS != "windows" {
		assert.False(t, IsTerminal(null), "a device, but none to look at")
	}
}

func TestTable(t *testing.T) {
	t.Parallel()
	assert.Equal(t, []string{"Né    ZONE  M", "é     par   1", "Zoé…  b     0"},
		Table([][]string{{"Né", "ZONE", "M"}, {"é", "par", "1"}, {"Zoé…", "b", "0"}}))
}
