// Fleet counts the running instances of every organisation that the credentials can see, by zone
// and flavour.
//
//	go run ./examples/fleet [-csv | -json] [-jobs 8] [-demo]
//
//	ORGANISATION       ZONE  pico  XS  S  M  XL  TOTAL
//	Atelier Numérique  par      .   .  7  .   .      7
//	Brasserie du Port  par      .   1  .  .   .      1
//	                   rbx      1   1  .  1   .      3
//	Café Zoé           mtl      2   1  .  2   1      6
//	                   par      1   1  .  1   1      4
//	                   wsw      2   2  .  2   2      8
//	TOTAL                       6   6  7  6   4     29
//
// The zone is that of the application: an instance knows its hypervisor, not its zone. Instances
// that are being deleted and build instances are not counted.
//
// What cannot be read is reported at the end and does not hide the rest. The exit status is 0, 1 if
// something could not be read, 2 after wrong usage or another error, missing credentials included,
// and 130 when interrupted.
//
// With -demo it counts made-up instances of the embedded API.
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
	"github.com/clevercloud-go/clevercloud/clevertest"
	"github.com/clevercloud-go/clevercloud/examples/internal/connect"
	"github.com/clevercloud-go/clevercloud/examples/internal/term"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C kills
	os.Exit(run(ctx, os.Args[1:], term.New(os.Stdout, os.Stderr)))
}

// run parses the command line, counts, and returns the exit status.
func run(ctx context.Context, args []string, screen *term.Screen) int {
	c := census{Screen: screen, counts: map[place]int{}}
	flags := flag.NewFlagSet("fleet", flag.ContinueOnError)
	flags.SetOutput(screen.Notes)
	asCSV := flags.Bool("csv", false, "print a line of CSV for each organisation, zone and flavour")
	asJSON := flags.Bool("json", false, "print the same as a JSON array")
	demo := flags.Bool("demo", false, connect.DemoUsage)
	flags.IntVar(&c.jobs, "jobs", 8, "number of concurrent calls")
	err := flags.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err == nil && (flags.NArg() > 0 || *asCSV && *asJSON || c.jobs < 1):
		err = errors.New("use at most one of -csv and -json, -jobs of 1 or more, and no argument")
	}
	if err == nil {
		err = c.start(ctx, *demo)
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
	case errors.Is(err, syscall.EPIPE): // the reader has gone
		return 2
	case err != nil:
		screen.Notef("fleet: %v", err)
		return 2
	}
	for _, failure := range c.failures {
		screen.Notef("%s", failure)
	}
	if len(c.failures) > 0 {
		screen.Notef("The counts do not include what could not be read.")
		return 1
	}
	return 0
}

func (c *census) start(ctx context.Context, demo bool) error {
	if demo {
		return c.demo(ctx)
	}
	client, err := connect.Client()
	if err != nil {
		return err
	}
	return c.run(ctx, client)
}

// demo counts in an API inside this program, after adding something to count.
func (c *census) demo(ctx context.Context) error {
	server := clevertest.NewServer()
	defer server.Close()
	c.Notef("These are made-up instances of the embedded API.")
	names := []string{"Brasserie du Port", "Café Zoé"}
	flavors := []string{"XS", "M", "pico", "XL"}
	for o, zones := range [][]clevercloud.ZoneName{{"par", "rbx"}, {"par", "mtl", "wsw"}} {
		owner := server.AddOrganisation(names[o])
		for z, zone := range zones {
			app := server.AddApplication(clevertest.Application{
				OwnerID: owner, Name: fmt.Sprintf("app-%d-%d", o, z), Zone: zone,
			})
			for i := range 3*o + 2*z + 1 {
				server.AddInstances(app, clevertest.Instance{Flavor: flavors[(o+i)%4], Index: i})
			}
		}
	}
	return c.run(ctx, server.Client())
}
