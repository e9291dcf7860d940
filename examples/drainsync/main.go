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
// variables. Drains that are not in the file are kept unless there is -prune. New drains are
// enabled before old ones are deleted, so that no log is lost; for a moment both deliver.
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
	"io"
	"maps"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/clevertest"
	"github.com/clevercloud-go/clevercloud/examples/internal/cli"
	"github.com/clevercloud-go/clevercloud/examples/internal/connect"
	"github.com/clevercloud-go/clevercloud/examples/internal/term"
)

// A syncer holds the flags and the plans.
type syncer struct {
	*term.Screen
	in                           io.Reader // nil if nobody can be asked
	client                       *clevercloud.Client
	file                         string
	prune, replace, yes, applies bool
	wait                         time.Duration
	used                         map[string]string // values of variables to their names
	plans                        []appPlan
}

func main() {
	var in io.Reader
	if term.IsTerminal(os.Stdin) {
		in = os.Stdin
	}
	cli.Main("drainsync", drainsync(in))
}

func drainsync(in io.Reader) cli.Program {
	return func(c *cli.Command) func(context.Context) error {
		s := &syncer{Screen: c.Screen, in: in, used: map[string]string{}}
		c.Takes, c.Failure = "plan|apply", 1
		c.StringVar(&s.file, "f", "drains.yaml", "`file` with the drains")
		c.BoolVar(&s.prune, "prune", false, "delete drains that are not in the file")
		c.BoolVar(&s.replace, "replace", false, "recreate drains with variables")
		c.BoolVar(&s.yes, "yes", false, "apply: do not ask")
		c.DurationVar(&s.wait, "wait", time.Minute, "apply: how long a drain may take to be enabled")
		detailed := c.Bool("detailed-exitcode", false, "plan: exit with 2 if there are changes")
		demo := c.Demo()
		return func(ctx context.Context) (err error) {
			if len(c.Words) != 1 || c.Words[0] != "plan" && c.Words[0] != "apply" {
				return errors.New("want plan or apply")
			}
			s.applies = c.Words[0] == "apply"
			switch {
			case s.applies && (*demo || *detailed):
				return errors.New("-demo and -detailed-exitcode are for plan")
			case !s.applies && s.yes:
				return errors.New("-yes is for apply")
			case *demo:
				err = s.demo(ctx)
			default:
				if s.client, err = connect.Client(); err != nil && !*detailed {
					return &cli.Exit{Status: 2, Err: err}
				}
				if err == nil {
					err = s.sync(ctx, os.Getenv)
				}
			}
			switch {
			case ctx.Err() != nil && errors.Is(err, context.Canceled):
				s.Notef("Finished steps stay; apply does the rest.")
			case err != nil && s.hide(err.Error()) != err.Error():
				return errors.New(s.hide(err.Error()))
			case err == nil && *detailed && s.pending() > 0:
				return &cli.Exit{Status: 2}
			}
			return err
		}
	}
}

// sync plans, and applies the plan if it is asked to.
func (s *syncer) sync(ctx context.Context, lookup func(string) string) error {
	applications, err := load(s.file, func(name string) string {
		value := lookup(name)
		s.used[value] = "${" + name + "}"
		return value
	})
	if err == nil {
		err = s.plan(ctx, applications)
	}
	if err == nil {
		s.show()
		err = s.Err()
	}
	if err != nil || !s.applies || s.pending() == 0 {
		return err
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

// hide puts the names of variables back in place of their values.
func (s *syncer) hide(text string) string {
	var pairs []string
	delete(s.used, "")
	// A value comes before those that it begins with.
	for _, value := range slices.Backward(slices.Sorted(maps.Keys(s.used))) {
		name := s.used[value]
		pairs = append(pairs,
			value, name, url.QueryEscape(value), name, url.PathEscape(value), name)
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// demo plans for an application of an API inside this program, with made-up values for variables
// that are not set.
func (s *syncer) demo(ctx context.Context) error {
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
	return s.sync(ctx, func(name string) string { return cmp.Or(os.Getenv(name), "made-up-"+name) })
}
