package main

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/clevertest"
	"github.com/clevercloud-go/clevercloud/examples/internal/cli"
	"github.com/clevercloud-go/clevercloud/examples/internal/term"
	"github.com/clevercloud-go/clevercloud/examples/internal/testenv"
)

// newBooks returns an API with invoices of three owners in 2001, and some around that year.
func newBooks(t *testing.T) (server *clevertest.Server, second clevercloud.OwnerID) {
	t.Helper()
	server = testenv.LoggedIn(t)
	second = server.AddOrganisation("=Second")
	user := clevercloud.OwnerID(server.UserID)
	day := func(text string) time.Time {
		d, err := time.Parse(time.RFC3339, text)
		require.NoError(t, err)
		return d
	}
	for _, i := range []clevertest.Invoice{
		{TotalTaxExcluded: "0.1", TotalTax: "0.02", EmissionDate: day("2001-01-01T00:00:00Z")},
		{TotalTaxExcluded: "0.20", TotalTax: "0.04", EmissionDate: day("2001-01-31T23:59:59Z")},
		{TotalTaxExcluded: "12345678901234567.8900", TotalTax: "0", OwnerID: second},
		{TotalTaxExcluded: "-0.3", TotalTax: "-0.06", Kind: "CREDITNOTE", Status: "REFUNDED"},
		{TotalTaxExcluded: "1.00", TotalTax: "0.20", Status: "REFUNDED"},
		{TotalTaxExcluded: "5", TotalTax: "1", Status: "PENDING", OwnerID: user},
		{TotalTaxExcluded: "6.005", TotalTax: "1", Status: "PAYMENTHELD", OwnerID: user},
		{TotalTaxExcluded: "70", Status: "CANCELED"},
		{TotalTaxExcluded: "80", Status: "WONTPAY"},
		{TotalTaxExcluded: "9", TotalTax: "0", Status: "LATER", Currency: "USD"},
		{TotalTaxExcluded: "99", EmissionDate: day("2000-12-31T23:59:59Z")},
		{TotalTaxExcluded: "99", EmissionDate: day("2002-01-01T00:00:00Z")},
	} {
		if i.EmissionDate.IsZero() {
			i.EmissionDate = day("2001-12-31T23:59:59Z")
		}
		server.AddInvoices(i)
	}
	return server, second
}

func run(t *testing.T, args ...string) (status int, out, notes string) {
	t.Helper()
	return testenv.Run(t, "costs", costs, append(args, "-year", "2001")...)
}

func TestCosts_Table(t *testing.T) {
	newBooks(t)

	status, out, notes := run(t)

	assert.Equal(t, 0, status)
	assert.Equal(t, strings.TrimPrefix(`
MONTH    CURRENCY                     NET   TAX                   TOTAL  UNPAID
2001-01  EUR                         0.30  0.06                    0.36    0.00
2001-12  EUR       12345678901234579.5950  2.14  12345678901234581.7350  13.005
2001-12  USD                         9.00  0.00                    9.00    0.00
TOTAL    EUR       12345678901234579.8950  2.20  12345678901234582.0950  13.005
TOTAL    USD                         9.00  0.00                    9.00    0.00
`, "\n"), out)
	assert.Equal(t, strings.TrimPrefix(`
Left out: 1 CANCELED, which nobody pays.
Left out: 1 WONTPAY, which nobody pays.
Included: 1 of the unknown status "LATER".
`, "\n"), notes)
}

func TestCosts_CSV(t *testing.T) {
	server, second := newBooks(t)

	status, out, _ := run(t, "-csv")

	assert.Equal(t, 0, status)
	rows, err := csv.NewReader(strings.NewReader(out)).ReadAll()
	require.NoError(t, err)
	id, user, name := string(server.OwnerID), string(server.UserID), "Atelier Numérique"
	const large = "12345678901234567.8900"
	assert.Equal(t, [][]string{
		{"2001-01", id, name, "EUR", "0.30", "0.06", "0.00", "2"},
		{"2001-12", string(second), "'=Second", "EUR", large, "0.00", "0.00", "1"},
		{"2001-12", id, name, "EUR", "0.70", "0.14", "0.00", "2"},
		{"2001-12", user, "Camille Durand", "EUR", "11.005", "2.00", "13.005", "2"},
		{"2001-12", id, name, "USD", "9.00", "0.00", "0.00", "1"},
	}, rows[1:])
	assert.Equal(t, "month organisation_id organisation currency net tax unpaid invoices",
		strings.Join(rows[0], " "))
}

func TestCosts_ChartOnATerminal(t *testing.T) {
	newBooks(t)
	for width, bars := range map[int]int{200: 40 + 1 + 40, 93: 11 + 1 + 11, 60: 0} {
		var out, notes bytes.Buffer
		screen := &term.Screen{
			Out: &out, Notes: &notes, Terminal: true, Live: true, Colour: true,
			Width: func() int { return width },
		}

		assert.Equal(t, 0, cli.Run(t.Context(), "costs", costs, screen, "-year", "2001"))

		assert.Equal(t, bars, strings.Count(out.String(), "#"))
		assert.Contains(t, out.String(), "\x1b[1mTOTAL    EUR")
		assert.Contains(t, notes.String(), "reading the invoices of =Second\r\x1b[K")
	}
}

// TestCosts_OneFailureHidesNothingElse has an owner without the right, and an owner whose list is
// cut off: no part of it is added.
func TestCosts_OneFailureHidesNothingElse(t *testing.T) {
	server, second := newBooks(t)
	server.Inject(
		clevertest.Fault{
			Path:   fmt.Sprintf("/v4/billing/organisations/%s/invoices", server.OwnerID),
			Status: http.StatusForbidden, Times: -1,
		},
		clevertest.Fault{
			Path: fmt.Sprintf("/v4/billing/organisations/%s/invoices", second),
			Body: `[{"invoice_number":"F1","total_tax_excluded":{"amount":1}},{`,
		},
	)

	status, out, notes := run(t)

	assert.Equal(t, 1, status)
	assert.Contains(t, out, "TOTAL    EUR       11.005  2.00  13.005  13.005\n")
	assert.Contains(t, notes, "Atelier Numérique: clevercloud: billing.list-invoices: 403")
	assert.Contains(t, notes, "=Second: clevercloud: billing.list-invoices: ")
	assert.Contains(t, notes, "The sums do not include what could not be read.\n")
}

// TestCosts_AmountsThatCannotBeAdded are not taken for 0.
func TestCosts_AmountsThatCannotBeAdded(t *testing.T) {
	t.Parallel()
	var out, notes bytes.Buffer
	l := newLedger(&term.Screen{Out: &out, Notes: &notes})
	long := clevercloud.Amount(strings.Repeat("9", 200))

	l.add(clevercloud.SummaryOwner{}, clevercloud.Invoice{
		Number: "F1", Status: "PAID", TotalTaxExcluded: clevercloud.Money{Amount: long},
	})
	l.add(clevercloud.SummaryOwner{}, clevercloud.Invoice{Status: "PAID"})

	require.NoError(t, l.table())
	assert.Error(t, l.remarks())
	assert.Contains(t, notes.String(), "F1: amounts that cannot be added\n")
	assert.Contains(t, out.String(), "unknown  ?         0.00  0.00   0.00    0.00\n")
}

func TestCosts_Errors(t *testing.T) {
	server, _ := newBooks(t)
	testenv.Mistakes(t, "costs", costs, map[string]string{
		"-year 0": "-year must be from 1 to 9999", "-year x": "invalid value", "more": "more",
	})
	closed := &term.Screen{Out: testenv.ClosedPipe{}, Notes: new(bytes.Buffer)}
	for _, args := range [][]string{nil, {"-csv"}} {
		assert.Equal(t, 2, cli.Run(t.Context(), "costs", costs, closed, args...))
	}
	server.Inject(clevertest.Fault{Path: "identity.summary", Status: http.StatusUnauthorized})
	status, _, notes := run(t)
	assert.Equal(t, 2, status)
	assert.Contains(t, notes, "costs: clevercloud: identity.summary: 401")
	testenv.NeverPretends(t, "costs", costs)
}

func TestCosts_Demo(t *testing.T) {
	testenv.HalfConfigured(t)

	status, out, notes := testenv.Run(t, "costs", costs, "-demo")

	assert.Equal(t, 0, status)
	assert.Contains(t, notes, "made-up invoices")
	assert.Contains(t, out, "TOTAL    USD")
}
