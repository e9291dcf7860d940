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

	"github.com/clevercloud-go/clevercloud"
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
	for _, owner := range append(seen.Organisations, seen.User) {
		l.Status("reading the invoices of %s", l.Foreign(owner.Name))
		// Added only when all have arrived, so that no sum is of a part.
		invoices, err := client.Billing.ListInvoices(ctx, owner.ID, period(year))
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
func (l *ledger) table() {
	months, totals, most := map[line]*sum{}, map[line]*sum{}, map[string]float64{}
	for at, of := range l.sums {
		plus(months, line{month: at.month, currency: at.currency}, *of)
		plus(totals, line{month: "TOTAL", currency: at.currency}, *of)
	}
	if len(months) == 0 {
		l.Printf("No invoices.\n")
		return
	}
	rows := [][]string{{"MONTH", "CURRENCY", "NET", "TAX", "TOTAL", "UNPAID"}}
	keys := append(sorted(months), sorted(totals)...)
	maps.Copy(months, totals)
	for _, at := range keys {
		s := months[at]
		gross := s.net.Add(s.tax)
		rows = append(rows, []string{at.month, l.Foreign(at.currency),
			s.net.String(), s.tax.String(), gross.String(), s.unpaid.String()})
		if at.month != "TOTAL" {
			most[at.currency] = max(most[at.currency], gross.Float64())
		}
	}
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], len(cell))
		}
	}
	for i, row := range rows {
		text := fmt.Sprintf("%-*s  %-*s", widths[0], row[0], widths[1], row[1])
		for c := 2; c < len(row); c++ {
			text += fmt.Sprintf("  %*s", widths[c], row[c])
		}
		switch {
		case i == 0 || row[0] == "TOTAL":
			text = l.Paint(term.Bold, text)
		case l.Terminal:
			share := clevercloud.Amount(row[4]).Float64() / most[row[1]]
			text += l.bar(len(text), share)
		}
		l.Printf("%s\n", text)
	}
}

// bar draws a share of the room beside a text of that width. It is for the eye only, so that a
// float64 is exact enough.
func (l *ledger) bar(beside int, share float64) string {
	columns := 80
	if l.Width != nil {
		columns = l.Width()
	}
	room := min(40, columns-beside-3)
	if room < 5 || !(share > 0) {
		return ""
	}
	return "  " + l.Paint(term.Cyan, strings.Repeat("#", max(1, int(share*float64(room)+0.5))))
}

// csv prints the lines. A name that a spreadsheet would take for a formula gets a leading
// apostrophe.
func (l *ledger) csv() error {
	w := csv.NewWriter(l)
	// Errors are kept for the last call of Error.
	_ = w.Write([]string{
		"month", "organisation_id", "organisation", "currency", "net", "tax", "unpaid", "invoices",
	})
	for _, at := range sorted(l.sums) {
		s, name := l.sums[at], at.name
		if name != "" && strings.ContainsRune("=+-@\t\r\n", rune(name[0])) {
			name = "'" + name
		}
		_ = w.Write([]string{
			at.month, string(at.owner), name, at.currency, s.net.String(), s.tax.String(),
			s.unpaid.String(), strconv.Itoa(s.invoices),
		})
	}
	w.Flush()
	return w.Error()
}

// remarks prints what the sums do not say, and returns the exit status.
func (l *ledger) remarks() int {
	for _, status := range slices.Sorted(maps.Keys(l.left)) {
		l.Notef("Left out: %d %s, which nobody pays.", l.left[status], status)
	}
	for _, status := range slices.Sorted(maps.Keys(l.unknown)) {
		l.Notef("Included: %d of the unknown status %q.", l.unknown[status], status)
	}
	for _, failure := range l.failures {
		l.Notef("%s", failure)
	}
	if len(l.failures) > 0 {
		l.Notef("The sums do not include what could not be read.")
		return 1
	}
	return 0
}
