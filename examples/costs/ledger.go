package main

import (
	"cmp"
	"context"
	"encoding/csv"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/examples/internal/cli"
	"github.com/clevercloud-go/clevercloud/examples/internal/term"
)

// A ledger holds the sums.
type ledger struct {
	*term.Screen
	sums     map[line]*sum
	left     map[clevercloud.InvoiceStatus]int // invoices left out
	unknown  map[clevercloud.InvoiceStatus]int // invoices included all the same
	failures []string
}

// A line of the CSV has sums of its own. In the table, the owner is empty.
type line struct {
	month    string // 2026-01
	currency string
	owner    clevercloud.OwnerID
	name     string // the owner's
}

type sum struct {
	net, tax, unpaid clevercloud.Amount
	invoices         int
}

func newLedger(screen *term.Screen) *ledger {
	return &ledger{
		Screen: screen, sums: map[line]*sum{},
		left:    map[clevercloud.InvoiceStatus]int{},
		unknown: map[clevercloud.InvoiceStatus]int{},
	}
}

// run adds up the invoices of a year. An owner whose invoices cannot be read, for want of the right
// for example, is one of the failures.
func (l *ledger) run(ctx context.Context, client *clevercloud.Client, year int) error {
	seen, err := client.Identity.Summary(ctx)
	if err != nil {
		return err
	}
	first := time.Date(year, time.January, 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(1, 0, 0).Add(-time.Millisecond)
	q := clevercloud.InvoiceQuery{Since: first, Until: last}
	for _, owner := range append(seen.Organisations, seen.User) {
		l.Status("reading the invoices of %s", l.Foreign(owner.Name))
		// Added only when all have arrived, so that no sum is of a part.
		invoices, err := client.Billing.ListInvoices(ctx, owner.ID, q)
		if err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			l.failures = append(l.failures, fmt.Sprintf("%s: %v", l.Foreign(owner.Name), err))
			continue
		}
		for _, invoice := range invoices {
			l.add(owner, invoice)
		}
	}
	return nil
}

// add adds an invoice or a credit note, whose amounts are negative, unless its status says that
// nobody pays it.
func (l *ledger) add(owner clevercloud.SummaryOwner, invoice clevercloud.Invoice) {
	switch {
	case invoice.Status == clevercloud.InvoiceStatusCanceled,
		invoice.Status == clevercloud.InvoiceStatusWontPay:
		l.left[invoice.Status]++
		return
	case !invoice.Status.IsKnown():
		l.unknown[invoice.Status]++
	}
	net, tax := invoice.TotalTaxExcluded.Amount, invoice.TotalTax.Amount
	gross := net.Add(tax)
	if gross == "" { // one of them is not a number, or too long to calculate with
		l.failures = append(l.failures,
			fmt.Sprintf("%s: amounts that cannot be added", l.Foreign(string(invoice.Number))))
		return
	}
	at := line{
		month:    invoice.EmissionDate.UTC().Format("2006-01"),
		currency: cmp.Or(invoice.Currency, invoice.TotalTaxExcluded.Currency, "?"),
		owner:    owner.ID, name: owner.Name,
	}
	if invoice.EmissionDate.IsZero() {
		at.month = "unknown"
	}
	of := sum{net: net, tax: tax, unpaid: "0.00", invoices: 1}
	if invoice.Status.IsUnpaid() {
		of.unpaid = gross
	}
	plus(l.sums, at, of)
}

// plus adds to the sum of a line. Sums begin with 0.00, so that all have two decimals at least.
func plus(sums map[line]*sum, at line, of sum) {
	s := sums[at]
	if s == nil {
		s = &sum{net: "0.00", tax: "0.00", unpaid: "0.00"}
		sums[at] = s
	}
	s.net, s.tax = s.net.Add(of.net), s.tax.Add(of.tax)
	s.unpaid = s.unpaid.Add(of.unpaid)
	s.invoices += of.invoices
}

func sorted(sums map[line]*sum) []line {
	return slices.SortedFunc(maps.Keys(sums), func(a, b line) int {
		return cmp.Or(cmp.Compare(a.currency, b.currency), cmp.Compare(a.month, b.month),
			cmp.Compare(a.name, b.name), cmp.Compare(a.owner, b.owner))
	})
}

// table prints a row for each month and currency, with a bar on a terminal, and the totals.
func (l *ledger) table() error {
	months, totals, most := map[line]*sum{}, map[line]*sum{}, map[string]float64{}
	for at, of := range l.sums {
		plus(months, line{month: at.month, currency: at.currency}, *of)
		plus(totals, line{month: "TOTAL", currency: at.currency}, *of)
	}
	if len(months) == 0 {
		l.Printf("No invoices.\n")
		return l.Err()
	}
	for at, of := range months {
		most[at.currency] = max(most[at.currency], of.net.Add(of.tax).Float64())
	}
	rows := [][]string{{"MONTH", "CURRENCY", "NET", "TAX", "TOTAL", "UNPAID"}}
	keys := append(sorted(months), sorted(totals)...)
	maps.Copy(months, totals)
	for _, at := range keys {
		s := months[at]
		rows = append(rows, []string{at.month, l.Foreign(at.currency),
			s.net.String(), s.tax.String(), s.net.Add(s.tax).String(), s.unpaid.String()})
	}
	for i, text := range term.Table(rows) {
		switch {
		case i == 0 || rows[i][0] == "TOTAL":
			text = l.Paint(term.Bold, text)
		case l.Terminal:
			// For the eye only, so that a float64 is exact enough.
			share := clevercloud.Amount(rows[i][4]).Float64() / most[keys[i-1].currency]
			room := min(40, l.Columns()-len(text)-3)
			if share > 0 && room >= 5 {
				bar := strings.Repeat("#", max(1, int(share*float64(room)+0.5)))
				text += "  " + l.Paint(term.Cyan, bar)
			}
		}
		l.Printf("%s\n", text)
	}
	return l.Err()
}

// csv prints the lines.
func (l *ledger) csv() error {
	rows := [][]string{{
		"month", "organisation_id", "organisation", "currency", "net", "tax", "unpaid", "invoices",
	}}
	for _, at := range sorted(l.sums) {
		s := l.sums[at]
		rows = append(rows, []string{
			at.month, string(at.owner), cli.Cell(at.name), at.currency, s.net.String(),
			s.tax.String(), s.unpaid.String(), strconv.Itoa(s.invoices),
		})
	}
	return csv.NewWriter(l).WriteAll(rows)
}

// remarks prints what the sums do not say.
func (l *ledger) remarks() error {
	for _, status := range slices.Sorted(maps.Keys(l.left)) {
		l.Notef("Left out: %d %s, which nobody pays.", l.left[status], status)
	}
	for _, status := range slices.Sorted(maps.Keys(l.unknown)) {
		l.Notef("Included: %d of the unknown status %q.", l.unknown[status], status)
	}
	if len(l.failures) == 0 {
		return nil
	}
	for _, failure := range l.failures {
		l.Notef("%s", failure)
	}
	l.Notef("The sums do not include what could not be read.")
	return &cli.Exit{Status: 1}
}
