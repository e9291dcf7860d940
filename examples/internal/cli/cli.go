// Package cli runs the example programs: flags, interrupts and exit statuses.
package cli

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"

	"github.com/clevercloud-go/clevercloud/examples/internal/term"
)

// A Command is a command line, and where the program writes.
type Command struct {
	*flag.FlagSet
	*term.Screen
	// Words are the arguments that are no flags. They are rejected unless Takes says in the usage
	// what they are.
	Words []string
	Takes string
	// Failure is the exit status after an error, Interrupted that after Ctrl-C. The zero values mean
	// 2 and 130.
	Failure, Interrupted int
}

// Demo declares the flag -demo.
func (c *Command) Demo() *bool {
	return c.Bool("demo", false, "use the embedded API with made-up data; needs no credentials")
}

// A Program declares its flags, and returns what it does once they are parsed.
type Program func(*Command) func(context.Context) error

// An Exit ends a program with an exit status of its own, and without a message if Err is nil.
type Exit struct {
	Status int
	Err    error
}

func (e *Exit) Error() string { return fmt.Sprintf("exit status %d: %v", e.Status, e.Err) }

// Main runs a program with the arguments of the process, and exits. Ctrl-C ends its context; a
// second one kills.
func Main(name string, program Program) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	os.Exit(Run(ctx, name, program, term.New(os.Stdout, os.Stderr), os.Args[1:]...))
}

// Run runs a program and returns its exit status: 0, that of an [Exit], or the program's own after
// an interrupt or any other error. An error is one line of the notes, behind the usage if it is about
// flags.
func Run(
	ctx context.Context, name string, program Program, screen *term.Screen, args ...string,
) int {
	c := &Command{FlagSet: flag.NewFlagSet(name, flag.ContinueOnError), Screen: screen}
	run := program(c)
	err := c.parse(args)
	if err == nil {
		err = run(ctx)
	}
	c.Status("")
	var exit *Exit
	status := cmp.Or(c.Failure, 2)
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return 0
	case errors.Is(err, syscall.EPIPE) && c.Err() != nil: // the reader has gone
		return status
	case errors.As(err, &exit):
		status, err = exit.Status, exit.Err
	case ctx.Err() != nil && errors.Is(err, context.Canceled):
		c.Notef("Interrupted.")
		return cmp.Or(c.Interrupted, 130)
	}
	if err != nil {
		text := strings.ReplaceAll(err.Error(), "\n", "; ")
		c.Notef("%s: %s", name, c.Foreign(text))
	}
	return status
}

// parse takes flags and words in any order.
func (c *Command) parse(args []string) error {
	c.SetOutput(c.Notes)
	c.Usage = func() {
		c.Notef("usage: %s", strings.TrimSpace(c.Name()+" [flags] "+c.Takes))
		c.PrintDefaults()
	}
	for {
		err := c.Parse(args)
		if err != nil || c.NArg() == 0 {
			return err
		}
		if c.Takes == "" {
			return fmt.Errorf("unexpected argument %q", c.Arg(0))
		}
		c.Words, args = append(c.Words, c.Arg(0)), c.Args()[1:]
	}
}

// Each calls do for every item, with so many calls at a time, until ctx ends.
func Each[T any](ctx context.Context, jobs int, items []T, do func(T)) {
	slots := make(chan struct{}, jobs)
	var running sync.WaitGroup
	defer running.Wait()
	for _, item := range items {
		select {
		case slots <- struct{}{}:
		case <-ctx.Done():
		}
		if ctx.Err() != nil {
			return
		}
		running.Go(func() {
			defer func() { <-slots }()
			do(item)
		})
	}
}

// Cell returns a text for a CSV file. One that a spreadsheet would take for a formula gets a
// leading apostrophe.
func Cell[T ~string](text T) string {
	if text != "" && strings.ContainsRune("=+-@\t\r\n", rune(text[0])) {
		return "'" + string(text)
	}
	return string(text)
}
