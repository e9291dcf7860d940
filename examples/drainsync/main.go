// Drainsync gives applications the log drains that a YAML file says they should have.
//
//	go -C examples/drainsync run . plan  [-f drains.yaml] [-prune] [-replace] [-detailed-exitcode]
//	go -C examples/drainsync run . apply [-f drains.yaml] [-prune] [-replace] [-yes] [-wait 1m]
//	go -C examples/drainsync run . plan -demo
//
//	shop
//	  + create  LOG       ELASTICSEARCH https://logs.example.com/_bulk
//	  + create  ACCESSLOG DATADOG       https://http-intake.logs.datadoghq.eu/v1/input/${DATADOG…
//	    extra   LOG       SYSLOG_UDP    udp://syslog.example.com:514
//
//	To create: 2, to replace: 0, to enable: 0, to delete: 0. Unchanged: 1.
//
// The file is like drains.yaml beside this program. Its secrets are names of environment variables,
// such as ${LOGS_PASSWORD}; their values are sent to the API and never printed. Plan prints what
// apply would do. Apply prints it too, and asks before it does it, unless it has -yes.
//
// Two drains are the same if kind, type, address and options are. Secrets cannot be compared, since
// the API does not return them: after changing one use -replace, which recreates all drains with
// secrets. Drains that are not in the file are kept unless there is -prune. New drains are enabled
// before old ones are deleted, so that no log is lost; for a moment both deliver.
//
// The exit status is 0; 1 after an error; 2 if there are no credentials, or half-configured ones;
// 130 when interrupted. With -detailed-exitcode, 2 means that there are changes, and every error is
// 1. After any error apply can be run again: it does what is left to do.
//
// With -demo, plan compares the file with a made-up application of the embedded API. To try apply
// without an account, run examples/localapi and set the variables that it prints.
package main

import (
	"cmp"
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
	"github.com/clevercloud-go/clevercloud/clevertest"
	"github.com/clevercloud-go/clevercloud/examples/internal/connect"
	"github.com/clevercloud-go/clevercloud/examples/internal/term"
)

// A syncer holds the flags, the file and the plans.
type syncer struct {
	*term.Screen
	in   io.Reader
	asks bool // in is a terminal

	file                    string
	prune, replace          bool
	yes, detailed, applying bool
	demo                    bool
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

// run parses the command line, plans, perhaps applies, and returns the exit status.
func (s *syncer) run(ctx context.Context, args []string) int {
	err := s.parse(args)
	if errors.Is(err, flag.ErrHelp) {
		return 0
	}
	status := 1
	if err == nil && !s.demo {
		if s.client, err = connect.Client(); err != nil && !s.detailed {
			status = 2
		}
	}
	if err == nil {
		err = s.start(ctx)
	}
	s.Status("")
	switch {
	case errors.Is(err, syscall.EPIPE): // the reader has gone
		return 1
	case ctx.Err() != nil:
		s.Notef("Interrupted. Finished steps stay; apply does the rest.")
		return 130
	case err != nil:
		text := err.Error()
		if s.config != nil {
			text = s.config.hide.Replace(text)
		}
		s.Notef("drainsync: %s", text)
		return status
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
	flags.BoolVar(&s.replace, "replace", false, "recreate drains with secrets")
	switch command {
	case "plan":
		flags.BoolVar(&s.detailed, "detailed-exitcode", false, "exit with 2 if there are changes")
		flags.BoolVar(&s.demo, "demo", false, connect.DemoUsage)
	case "apply":
		flags.BoolVar(&s.yes, "yes", false, "do not ask")
		flags.DurationVar(&s.wait, "wait", time.Minute, "how long a drain may take to be enabled")
	case "-h", "-help", "--help":
		s.Notef("drainsync plan or apply; -h after either lists its flags")
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

func (s *syncer) start(ctx context.Context) error {
	if s.demo {
		return s.runDemo(ctx)
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

// runDemo plans for an application of an API inside this program, with made-up values for variables
// that are not set.
func (s *syncer) runDemo(ctx context.Context) error {
	server := clevertest.NewServer()
	defer server.Close()
	s.client = server.Client()
	s.Notef("This is the embedded API with a made-up application named shop.")
	drains, owner, app := s.client.Drains, server.OwnerID, server.ApplicationID
	_, err := drains.Create(ctx, owner, app, clevercloud.DrainInput{
		Kind:      clevercloud.DrainKindLog,
		Recipient: clevercloud.SyslogUDPRecipient{URL: "udp://syslog.example.com:514"},
	})
	if err != nil {
		return err
	}
	return s.sync(ctx, func(name string) string {
		return cmp.Or(os.Getenv(name), "made-up-"+name)
	})
}
