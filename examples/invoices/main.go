// Invoices downloads the PDFs of a period's invoices and lists them in a CSV file.
//
//	go run ./examples/invoices -owner orga_… [-since 2026-01-01] [-until 2026-03-31]
//	    [-dir invoices] [-jobs 4] [-demo]
//
//	[#######################.................] 8/14  F20260325-031886.pdf
//	14 invoices in invoices, 14 of them new.
//
// Dates are days in UTC, both included. The default is this year so far. The directory gets a PDF
// for each invoice and then the list, with the API's decimals digit for digit. Cells that a
// spreadsheet would take for a formula get a leading apostrophe. Give each owner a directory of its
// own.
//
// It can be interrupted and run again at any time: a PDF gets its name only when it is complete and
// on the disk, and what has its name is not downloaded again. The exit status is 0 when everything
// is there, 1 when something could not be downloaded (the list says what), 2 after wrong usage or
// another error, missing credentials included, and 130 when interrupted.
//
// With -demo it downloads made-up invoices from the embedded API.
package main

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/clevercloud-go/clevercloud/clevertest"
	"github.com/clevercloud-go/clevercloud/examples/internal/cli"
	"github.com/clevercloud-go/clevercloud/examples/internal/connect"
)

func main() { cli.Main("invoices", invoices) }

func invoices(c *cli.Command) func(context.Context) error {
	e := export{Screen: c.Screen}
	c.StringVar((*string)(&e.owner), "owner", "", "organisation or user, orga_… or user_…")
	day := func(to *time.Time) func(string) error {
		return func(text string) (err error) {
			if *to, err = time.Parse(time.DateOnly, text); err != nil {
				return errors.New("want a day, 2026-01-31")
			}
			return nil
		}
	}
	c.Func("since", "first `day` (default: the first of January)", day(&e.since))
	c.Func("until", "last `day` (default: today)", day(&e.until))
	c.StringVar(&e.dir, "dir", "", "`directory` for the files (default: invoices)")
	c.IntVar(&e.jobs, "jobs", 4, "number of concurrent downloads")
	demo := c.Demo()
	return func(ctx context.Context) error {
		if e.since.IsZero() {
			year := cmp.Or(e.until, time.Now().UTC()).Year()
			e.since = time.Date(year, time.January, 1, 0, 0, 0, 0, time.UTC)
		}
		switch {
		case *demo && e.owner != "":
			return errors.New("-demo has an owner of its own; leave out -owner")
		case e.jobs < 1:
			return errors.New("-jobs must be 1 or more")
		case !e.until.IsZero() && e.until.Before(e.since):
			return errors.New("-until must not be before -since")
		case *demo:
			return e.demo(ctx)
		}
		client, err := connect.Client()
		if err != nil {
			return err
		}
		if e.owner == "" {
			return errors.New("-owner is required")
		}
		e.dir = cmp.Or(e.dir, "invoices")
		return e.run(ctx, client)
	}
}

// demo exports from an API inside this program, to a directory whose name says so.
func (e *export) demo(ctx context.Context) error {
	server := clevertest.NewServer()
	defer server.Close()
	server.Inject(clevertest.Fault{ // slow enough to be watched
		Path: "billing.download-invoice-pdf", Times: -1, Latency: 300 * time.Millisecond,
	})
	e.owner, e.dir = server.OwnerID, cmp.Or(e.dir, "made-up-invoices")
	e.Notef("These are made-up invoices of the embedded API, for %s.", e.dir)
	return e.run(ctx, server.Client())
}
