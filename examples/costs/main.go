// Costs adds up a year of invoices over all organisations that the credentials can see.
//
//	go run ./examples/costs [-year 2026] [-csv] [-demo]
//
//	MONTH    CURRENCY      NET     TAX    TOTAL  UNPAID
//	2026-01  EUR        199.79   39.95   239.74    0.00  ##########################
//	2026-02  EUR        110.47   22.09   132.56    0.00  ##############
//	2026-03  EUR        117.52   23.50   141.02    0.00  ###############
//	2026-04  EUR        -12.50   -2.50   -15.00    0.00
//	2026-05  EUR        131.62   26.32   157.94    0.00  #################
//	2026-06  EUR         60.00   12.00    72.00   72.00  ########
//	2026-01  USD         43.05    0.00    43.05    0.00  ######################
//	2026-02  USD         46.05    0.00    46.05    0.00  ########################
//	2026-03  USD         49.05    0.00    49.05    0.00  ##########################
//	TOTAL    EUR        606.90  121.36   728.26   72.00
//	TOTAL    USD        138.15    0.00   138.15    0.00
//
// Sums are exact: decimals are added as decimals, never as floating-point numbers, and currencies
// are kept apart. The month is that of the invoice's emission in UTC, which usually comes after the
// month of the consumption.
//
// Credit notes are included. Their amounts are negative, so that adding them subtracts them. What
// is billed but not paid yet is included too, and shown again as UNPAID, with tax. Invoices that
// are CANCELED or WONTPAY are left out: nobody pays them. A REFUNDED invoice is included, because
// its credit note, which is REFUNDED too, takes it back. An unknown status is included, and
// reported.
//
// The chart is drawn on a terminal only. With -csv there is a line for each month, organisation and
// currency. The exit status is 0, 1 if something could not be read (the rest is shown), 2 after
// wrong usage or another error, missing credentials included, and 130 when interrupted.
//
// With -demo it adds up made-up invoices of the embedded API.
package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/clevercloud-go/clevercloud/clevertest"
	"github.com/clevercloud-go/clevercloud/examples/internal/cli"
	"github.com/clevercloud-go/clevercloud/examples/internal/connect"
)

func main() { cli.Main("costs", costs) }

func costs(c *cli.Command) func(context.Context) error {
	year := c.Int("year", time.Now().UTC().Year(), "calendar year")
	asCSV := c.Bool("csv", false, "print CSV, with a line per month, organisation and currency")
	demo := c.Demo()
	return func(ctx context.Context) error {
		if *year < 1 || *year > 9999 {
			return errors.New("-year must be from 1 to 9999")
		}
		l := newLedger(c.Screen)
		if err := l.read(ctx, *year, *demo); err != nil {
			return err
		}
		write := l.table
		if *asCSV {
			write = l.csv
		}
		if err := write(); err != nil {
			return err
		}
		return l.remarks()
	}
}

// read adds up the invoices of the API, or of one inside this program.
func (l *ledger) read(ctx context.Context, year int, demo bool) error {
	if !demo {
		client, err := connect.Client()
		if err != nil {
			return err
		}
		return l.run(ctx, client, year)
	}
	server := clevertest.NewServer()
	defer server.Close()
	l.Notef("These are made-up invoices of the embedded API.")
	owner := server.AddOrganisation("Café Zoé")
	for month := time.January; month <= time.December; month++ {
		emission := time.Date(year, month, 1, 0, 0, 0, 0, time.UTC)
		if emission.After(time.Now()) {
			break
		}
		server.AddInvoices(clevertest.Invoice{
			OwnerID: owner, EmissionDate: emission,
			Currency: "USD", TotalTaxExcluded: fmt.Sprintf("%d.05", 40+3*month), TotalTax: "0.00",
		})
	}
	return l.run(ctx, server.Client(), year)
}
