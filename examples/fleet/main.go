// Fleet counts the running instances of every organisation that the credentials can see, by zone and flavour.
//
//	go run ./examples/fleet [-csv | -json] [-jobs 8]
//
// The v4 API says on which hypervisor an instance runs, not in which zone: the zone here is the application's, from the v2 API, which is
// also what lists organisations and applications. Instances that are being deleted, and those that only build, are not counted.
//
// What could not be read is said at the end and does not keep the rest from being shown. The exit status is 0, 1 when something could not
// be read, 2 after wrong usage or another error, 130 when interrupted.
//
// Without credentials it counts the made-up instances of the embedded API.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/auth"
	"github.com/clevercloud-go/clevercloud/clevertest"
	"github.com/clevercloud-go/clevercloud/examples/internal/term"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C kills
	os.Exit(run(ctx, os.Args[1:], term.New(os.Stdout, os.Stderr)))
}

// run reads the command line, finds the API and counts, and returns the exit status.
func run(ctx context.Context, args []string, screen *term.Screen) int {
	c := census{Screen: screen, counts: map[place]int{}}
	flags := flag.NewFlagSet("fleet", flag.ContinueOnError)
	flags.SetOutput(screen.Notes)
	asCSV := flags.Bool("csv", false, "one line of CSV for each organisation, zone and flavour")
	asJSON := flags.Bool("json", false, "the same as a JSON array")
	flags.IntVar(&c.jobs, "jobs", 8, "make so many calls at once")
	err := flags.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err == nil && (flags.NArg() > 0 || *asCSV && *asJSON || c.jobs < 1):
		err = errors.New("want at most one of -csv and -json, -jobs of 1 or more, and no other argument")
	}
	if err == nil {
		err = c.start(ctx)
	}
	screen.Status("")
	switch {
	case ctx.Err() != nil:
		screen.Notef("Interrupted.")
		return 130
	case err != nil:
	case *asCSV:
		err = c.csv()
	case *asJSON:
		err = c.json()
	default:
		c.table()
		err = screen.Err()
	}
	switch {
	case errors.Is(err, syscall.EPIPE): // nobody reads any more
		return 2
	case err != nil:
		screen.Notef("fleet: %v", err)
		return 2
	}
	for _, failure := range c.failures {
		screen.Notef("%s", failure)
	}
	if len(c.failures) > 0 {
		screen.Notef("The counts lack what could not be read.")
		return 1
	}
	return 0
}

func (c *census) start(ctx context.Context) error {
	credentials, err := auth.Default()
	switch {
	case errors.Is(err, auth.ErrNoCredentials):
		return c.embedded(ctx)
	case err != nil:
		return err
	}
	client, err := clevercloud.New(clevercloud.WithAuth(credentials))
	if err != nil {
		return err
	}
	return c.run(ctx, client)
}

// embedded counts in an API inside this program, after giving it something to count.
func (c *census) embedded(ctx context.Context) error {
	server := clevertest.NewServer()
	defer server.Close()
	c.Notef("No credentials found, so these are made-up instances of the embedded API.")
	for o, zones := range [][]clevercloud.ZoneName{{"par", "rbx"}, {"par", "mtl", "wsw"}} {
		owner := server.AddOrganisation([]string{"Brasserie du Port", "Café Zoé"}[o])
		for z, zone := range zones {
			app := server.AddApplication(clevertest.Application{OwnerID: owner, Name: fmt.Sprintf("app-%d-%d", o, z), Zone: zone})
			for i := range 3*o + 2*z + 1 {
				server.AddInstances(app, clevertest.Instance{Flavor: []string{"XS", "M", "pico", "XL"}[(o+i)%4], Index: i})
			}
		}
	}
	return c.run(ctx, server.Client())
}
