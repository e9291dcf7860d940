// Drainsync gives applications the log drains that a YAML file says they should have.
//
//	go -C examples/drainsync run . plan  [-f drains.yaml] [-prune] [-replace] [-detailed-exitcode]
//	go -C examples/drainsync run . apply [-f drains.yaml] [-prune] [-replace] [-yes] [-wait 1m]
//
// The file is like drains.yaml beside this program. Its secrets are names of environment variables: ${LOGS_PASSWORD}. They are sent to the
// API and never printed. Plan says what apply would do; apply says it, too, and asks, or takes -yes for an answer.
//
// A drain is the same as one that is there if kind, type, address and options are. Secrets cannot be compared, since the API does not give
// them back: after a change of one use -replace, which makes all drains with secrets anew. What is not in the file is left alone without
// -prune. New drains are enabled before old ones are deleted, so that no log is lost; for a moment both deliver.
//
// The exit status is 0, or 2 from plan -detailed-exitcode if there are changes; 1 after any error, 130 when interrupted. Half-configured
// credentials are 2 as well, but 1 with -detailed-exitcode. Whatever the error, apply can be run again: it does what is still to be done.
//
// Without credentials it plans and applies for an application of the embedded API that forgets it all at the end.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/auth"
	"github.com/clevercloud-go/clevercloud/clevertest"
	"github.com/clevercloud-go/clevercloud/examples/internal/term"
)

// A syncer is what the command line says, and what came of it.
type syncer struct {
	*term.Screen
	in   io.Reader
	asks bool // somebody is there to answer

	file                    string
	prune, replace          bool
	yes, detailed, applying bool
	wait                    time.Duration

	client *clevercloud.Client
	config *config
	plans  []appPlan
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C kills
	s := syncer{Screen: term.New(os.Stdout, os.Stderr), in: os.Stdin}
	s.asks = term.IsTerminal(os.Stdin) && s.Live
	os.Exit(s.run(ctx, os.Args[1:]))
}

// run does what the command line says and returns the exit status.
func (s *syncer) run(ctx context.Context, args []string) int {
	err := s.parse(args)
	if errors.Is(err, flag.ErrHelp) {
		return 0
	}
	if err == nil {
		err = s.start(ctx)
	}
	s.Status("")
	var incomplete *auth.IncompleteError
	switch {
	case errors.Is(err, syscall.EPIPE): // nobody reads any more
		return 1
	case ctx.Err() != nil:
		s.Notef("Interrupted. What was begun stays; apply does the rest.")
		return 130
	case err != nil:
		text := err.Error()
		if s.config != nil {
			text = s.config.hide.Replace(text)
		}
		s.Notef("drainsync: %s", text)
		if errors.As(err, &incomplete) && !s.detailed {
			return 2
		}
		return 1
	case s.detailed && s.pending() > 0:
		return 2
	}
	return 0
}

func (s *syncer) parse(args []string) error {
	command := ""
	if len(args) > 0 {
		command, args = args[0], args[1:]
	}
	s.applying = command == "apply"
	flags := flag.NewFlagSet("drainsync "+command, flag.ContinueOnError)
	flags.SetOutput(s.Notes)
	flags.StringVar(&s.file, "f", "drains.yaml", "`file` with the drains")
	flags.BoolVar(&s.prune, "prune", false, "delete drains that are not in the file")
	flags.BoolVar(&s.replace, "replace", false, "make drains with secrets anew")
	switch command {
	case "plan":
		flags.BoolVar(&s.detailed, "detailed-exitcode", false, "exit with 2 if there are changes")
	case "apply":
		flags.BoolVar(&s.yes, "yes", false, "do not ask")
		flags.DurationVar(&s.wait, "wait", time.Minute, "how long a drain may take to be enabled")
	case "-h", "-help", "--help":
		s.Notef("drainsync plan or apply; -h after either tells its flags")
		return flag.ErrHelp
	default:
		return errors.New("want plan or apply")
	}
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	return nil
}

// start finds the API, then plans and perhaps applies.
func (s *syncer) start(ctx context.Context) error {
	credentials, err := auth.Default()
	if errors.Is(err, auth.ErrNoCredentials) {
		return s.embedded(ctx)
	}
	if err != nil {
		return err
	}
	if s.client, err = clevercloud.New(clevercloud.WithAuth(credentials)); err != nil {
		return err
	}
	return s.sync(ctx, os.Getenv)
}

func (s *syncer) sync(ctx context.Context, lookup func(string) string) error {
	var err error
	if s.config, err = load(s.file, lookup); err != nil {
		return err
	}
	if err := s.plan(ctx); err != nil {
		return err
	}
	s.show()
	if !s.applying || s.pending() == 0 || s.Err() != nil {
		return s.Err()
	}
	if err := s.confirm(ctx); err != nil {
		return err
	}
	if err := s.apply(ctx); err != nil {
		return err
	}
	s.Notef("Applied.")
	return s.Err()
}

// embedded works on an API inside this program whose application has a drain already, and with made-up secrets where there are none.
func (s *syncer) embedded(ctx context.Context) error {
	server := clevertest.NewServer(clevertest.WithStepDuration(500 * time.Millisecond))
	defer server.Close()
	s.client = server.Client()
	s.Notef("No credentials found, so this is the embedded API with an application named shop.")
	_, err := s.client.Drains.Create(ctx, server.OwnerID, server.ApplicationID, clevercloud.DrainInput{
		Kind: clevercloud.DrainKindLog, Recipient: clevercloud.SyslogUDPRecipient{URL: "udp://syslog.example.com:514"},
	})
	if err != nil {
		return err
	}
	return s.sync(ctx, func(name string) string {
		if value := os.Getenv(name); value != "" {
			return value
		}
		return "made-up-" + name
	})
}
