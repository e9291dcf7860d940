// Drainsync gives applications the log drains that a YAML file says they should have.
//
//	go -C examples/drainsync run . plan  [-f drains.yaml] [-prune] [-replace]
//	go -C examples/drainsync run . apply [-f drains.yaml] [-prune] [-replace] [-wait 1m]
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
// apply does.
//
// Two drains are the same if kind, type, address and options are. Secrets cannot be compared, since
// the API does not return them: after changing one use -replace, which recreates all drains with
// variables. Drains that are not in the file are kept unless there is -prune. New drains are
// enabled before old ones are deleted, so that no log is lost; for a moment both deliver.
//
// The exit status is 0, 2 after an error, missing credentials included, and 130 when interrupted.
// After any error apply can be run again: it does what is left to do.
//
// With -demo, plan compares the file with a made-up application of the embedded API. To try apply
// without an account, run examples/localapi and set the variables that it prints.
package main

import (
	"cmp"
	"context"
	"errors"
	"os"
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
	client         *clevercloud.Client
	file           string
	prune, replace bool
	wait           time.Duration
	plans          []appPlan
}

func main() { cli.Main("drainsync", drainsync) }

func drainsync(c *cli.Command) func(context.Context) error {
	s := &syncer{Screen: c.Screen}
	c.TakesWords = true
	c.StringVar(&s.file, "f", "drains.yaml", "`file` with the drains")
	c.BoolVar(&s.prune, "prune", false, "delete drains that are not in the file")
	c.BoolVar(&s.replace, "replace", false, "recreate drains with variables")
	c.DurationVar(&s.wait, "wait", time.Minute, "how long a drain may take to be enabled")
	demo := c.Demo()
	return func(ctx context.Context) error {
		if len(c.Words) != 1 || c.Words[0] != "plan" && c.Words[0] != "apply" {
			return errors.New("want plan or apply")
		}
		apply := c.Words[0] == "apply"
		switch {
		case *demo && apply:
			return errors.New("-demo is for plan")
		case *demo:
			return s.demo(ctx)
		}
		var err error
		if s.client, err = connect.Client(); err != nil {
			return err
		}
		if err := s.plan(ctx, os.Getenv); err != nil || !apply {
			return err
		}
		return s.apply(ctx)
	}
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
	return s.plan(ctx, func(name string) string { return cmp.Or(os.Getenv(name), "made-up-"+name) })
}
