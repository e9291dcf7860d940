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
	"fmt"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/clevertest"
	"github.com/clevercloud-go/clevercloud/examples/internal/cli"
	"github.com/clevercloud-go/clevercloud/examples/internal/connect"
)

func main() { cli.Main("fleet", fleet) }

func fleet(cmd *cli.Command) func(context.Context) error {
	asCSV := cmd.Bool("csv", false, "print a line of CSV for each organisation, zone and flavour")
	asJSON := cmd.Bool("json", false, "print the same as a JSON array")
	jobs := cmd.Int("jobs", 8, "number of concurrent calls")
	demo := cmd.Demo()
	return func(ctx context.Context) error {
		if *asCSV && *asJSON || *jobs < 1 {
			return errors.New("use at most one of -csv and -json, and -jobs of 1 or more")
		}
		c := &census{Screen: cmd.Screen, jobs: *jobs, counts: map[place]map[string]int{}}
		if err := c.read(ctx, *demo); err != nil {
			return err
		}
		show := c.table
		switch {
		case *asCSV:
			show = c.csv
		case *asJSON:
			show = c.json
		}
		if err := show(); err != nil {
			return err
		}
		if len(c.failures) == 0 {
			return nil
		}
		for _, failure := range c.failures {
			c.Notef("%s", failure)
		}
		c.Notef("The counts do not include what could not be read.")
		return &cli.Exit{Status: 1}
	}
}

// read counts the instances of the API, or of one inside this program.
func (c *census) read(ctx context.Context, demo bool) error {
	if !demo {
		client, err := connect.Client()
		if err != nil {
			return err
		}
		return c.run(ctx, client)
	}
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
