package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/clevercloud-go/clevercloud/examples/internal/term"
)

// program takes words, and returns the error that a flag names.
func program(c *Command) func(context.Context) error {
	fail, words := c.String("fail", "", "how to fail"), c.Bool("words", false, "print words")
	c.IntVar(&c.Failure, "failure", 0, "")
	c.IntVar(&c.Interrupted, "interrupted", 0, "")
	c.Takes = "WORD..."
	return func(ctx context.Context) error {
		c.Status("working")
		if *words {
			c.Printf("%s\n", c.Words)
		}
		if *fail == "pipe" {
			c.Out = closedPipe{}
			c.Printf("lost")
		}
		return map[string]error{
			"error":  errors.New("first\nsecond \x1b[2J"),
			"pipe":   c.Err(),
			"server": fmt.Errorf("write: %w", syscall.EPIPE),
			"silent": &Exit{Status: 3},
			"exit":   fmt.Errorf("wrapped: %w", &Exit{1, errors.New("denied")}),
			"ctx":    fmt.Errorf("%w: interrupt", ctx.Err()),
		}[*fail]
	}
}

type closedPipe struct{}

func (closedPipe) Write([]byte) (int, error) { return 0, syscall.EPIPE }

func TestRun(t *testing.T) {
	t.Parallel()
	interrupted, interrupt := context.WithCancel(t.Context())
	interrupt()
	for _, tc := range []struct {
		args       []string
		ctx        context.Context
		status     int
		out, notes string
	}{
		{[]string{"a", "-words", "b"}, t.Context(), 0, "[a b]\n", ""},
		{nil, interrupted, 0, "", ""},
		{[]string{"-fail", "error"}, t.Context(), 2, "", "test: first; second \n"},
		{[]string{"-fail", "pipe"}, t.Context(), 2, "", ""},
		{[]string{"-fail", "server"}, t.Context(), 2, "", "test: write: broken pipe\n"},
		{[]string{"-fail", "silent"}, t.Context(), 3, "", ""},
		{[]string{"-fail", "exit"}, t.Context(), 1, "", "test: denied\n"},
		{[]string{"-fail", "ctx"}, interrupted, 130, "", "Interrupted.\n"},
		{[]string{"-fail", "ctx", "-interrupted", "2"}, interrupted, 2, "", "Interrupted.\n"},
		{[]string{"-fail", "error"}, interrupted, 2, "", "test: first; second \n"},
		{[]string{"-fail", "exit", "-failure", "4"}, t.Context(), 1, "", "test: denied\n"},
		{[]string{"-fail", "pipe", "-failure", "4"}, t.Context(), 4, "", ""},
	} {
		var out, notes bytes.Buffer
		screen := &term.Screen{Out: &out, Notes: &notes}

		assert.Equal(t, tc.status, Run(tc.ctx, "test", program, screen, tc.args...), tc.args)

		assert.Equal(t, tc.out, out.String(), tc.args)
		assert.Equal(t, tc.notes, notes.String(), tc.args)
	}
}

func TestRun_TakesTheStatusAway(t *testing.T) {
	t.Parallel()
	var notes bytes.Buffer
	screen := &term.Screen{Notes: &notes, Live: true}

	assert.Equal(t, 0, Run(t.Context(), "test", program, screen))

	assert.Equal(t, "working\r\x1b[K", notes.String())
}

func TestRun_HelpAndWords(t *testing.T) {
	t.Parallel()
	var notes bytes.Buffer
	screen := &term.Screen{Notes: &notes}
	wordless := func(c *Command) func(context.Context) error {
		c.Demo()
		return func(context.Context) error { panic("run") }
	}

	assert.Equal(t, 0, Run(t.Context(), "test", program, screen, "-h"))
	assert.Contains(t, notes.String(), "usage: test [flags] WORD...\n")
	assert.Equal(t, 0, Run(t.Context(), "test", wordless, screen, "-h"))
	assert.Contains(t, notes.String(), "-demo")

	notes.Reset()
	assert.Equal(t, 2, Run(t.Context(), "test", wordless, screen, "-none"))
	assert.Regexp(t, `(?s)^(flag provided but not defined: -none\n)usage: test \[flags\]\n.*\ntest: .*-none\n$`,
		notes.String())

	notes.Reset()
	assert.Equal(t, 2, Run(t.Context(), "test", wordless, screen, "more"))
	assert.Equal(t, "test: unexpected argument \"more\"\n", notes.String())
}

func TestEach(t *testing.T) {
	t.Parallel()
	items, busy, done := make([]int, 40), make(chan struct{}, 3), make(chan struct{}, 40)
	Each(t.Context(), 3, items, func(int) {
		select {
		case busy <- struct{}{}:
		default:
			t.Error("more than three at once")
		}
		<-busy
		done <- struct{}{}
	})
	assert.Len(t, done, 40)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	Each(ctx, 1, items, func(int) { t.Error("called") })
}

func TestCell(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"": "", "plain": "plain", "a=b": "a=b", "=HYPERLINK(1)": "'=HYPERLINK(1)", "+1": "'+1",
		"-1": "'-1", "@x": "'@x", "\tx": "'\tx", "\rx": "'\rx",
	} {
		assert.Equal(t, want, Cell(text))
	}
}
