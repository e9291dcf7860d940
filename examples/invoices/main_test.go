package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
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

// newExport returns a server, and an export of all of its invoices to a directory that does not
// exist yet, with where it writes.
func newExport(t *testing.T) (server *clevertest.Server, e *export, out, notes *bytes.Buffer) {
	t.Helper()
	server, out, notes = clevertest.NewServer(), new(bytes.Buffer), new(bytes.Buffer)
	t.Cleanup(server.Close)
	return server, &export{
		Screen: &term.Screen{Out: out, Notes: notes}, owner: server.OwnerID,
		since: date("2000-01-01"), dir: filepath.Join(t.TempDir(), "made", "invoices"), jobs: 4,
	}, out, notes
}

func date(text string) time.Time {
	day, _ := time.Parse(time.DateOnly, text)
	return day
}

// files reads a directory.
func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	all := map[string]string{}
	for _, entry := range entries {
		data, err := os.ReadFile(filepath.Join(dir, entry.Name()))
		require.NoError(t, err)
		all[entry.Name()] = string(data)
	}
	return all
}

// downloads counts the requests for each PDF.
func downloads(server *clevertest.Server) map[string]int {
	counts := map[string]int{}
	for _, r := range server.Requests() {
		if strings.HasSuffix(r.Path, ".pdf") {
			counts[r.Path]++
		}
	}
	return counts
}

func TestExport(t *testing.T) {
	t.Parallel()
	server, e, out, notes := newExport(t)
	server.AddInvoices(clevertest.Invoice{
		Number: "=F1/x/é", EmissionDate: date("2001-05-06"),
		TotalTaxExcluded: "-12345678901234567.8900", TotalTax: "0.10",
	})

	require.NoError(t, e.run(t.Context(), server.Client()))

	got := files(t, e.dir)
	require.Len(t, got, 15+1)
	assert.Contains(t, got["%3DF1%2Fx%2F%C3%A9.pdf"], "%PDF-")
	rows, err := csv.NewReader(strings.NewReader(got["invoices_2000-01-01.csv"])).ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, 15+1)
	assert.Equal(t, []string{
		"'=F1/x/é", "INVOICE", "PAID", "2001-05-06", "2001-05-06", "Atelier Numérique", "EUR",
		"-12345678901234567.8900", "0.10", "20.0", "PAAS", "STRIPE", "pi_clevertest000015", "",
		"%3DF1%2Fx%2F%C3%A9.pdf",
	}, rows[1])
	assert.Equal(t, 15+1, strings.Count(out.String(), "\n"))
	assert.Contains(t, notes.String(), "15 invoices in "+e.dir+", 15 of them new.")
}

func TestExport_InterruptedAndResumed(t *testing.T) {
	t.Parallel()
	server, e, _, notes := newExport(t)
	dir := e.dir
	require.NoError(t, e.run(t.Context(), server.Client()))
	whole := files(t, dir)
	server.ResetRequests()
	// Whatever is under way after the fifth PDF is cut short by the interrupt, within the body.
	server.Inject(clevertest.Fault{
		Path: "billing.download-invoice-pdf", Skip: 5, Times: -1, Mode: clevertest.Silence,
		CutAfter: 100,
	})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	e.dir, e.there, e.fetched, e.Out = dir+"2", 0, 0, &testenv.StopAfter{Writes: 5, Stop: cancel}

	require.ErrorIs(t, e.run(ctx, server.Client()), context.Canceled)

	half := files(t, e.dir)
	assert.Len(t, half, 5)
	for name, data := range half {
		assert.Equal(t, whole[name], data, name)
	}
	assert.Contains(t, notes.String(), "5 of 14 PDFs are in "+e.dir)
	server.ClearFaults()
	server.ResetRequests()
	for name := range whole { // what a killed run leaves
		part := filepath.Join(e.dir, name+".1.part")
		require.NoError(t, os.WriteFile(part, []byte("%PDF-"), 0o600))
	}
	e.there, e.fetched = 0, 0

	require.NoError(t, e.run(t.Context(), server.Client()))

	after := files(t, e.dir)
	for name, data := range whole {
		assert.Equal(t, data, after[name], name)
		if _, was := half[name]; !was {
			assert.NotContains(t, after, name+".1.part")
		}
	}
	assert.Len(t, downloads(server), 14-5, "what was there is not downloaded again")
	assert.Contains(t, notes.String(), "14 invoices in "+e.dir+", 9 of them new.")
}

func TestExport_WhatCannotBeDownloadedIsSaid(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]clevertest.Fault{
		"missing":      {Status: http.StatusNotFound},
		"cut":          {Mode: clevertest.Cut, CutAfter: 200},
		"cut silently": {Mode: clevertest.EOF, CutAfter: 200},
		"no PDF":       {Body: "%PNG"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, e, _, notes := newExport(t)
			numbers := server.AddInvoices(clevertest.Invoice{EmissionDate: date("2001-01-02")},
				clevertest.Invoice{EmissionDate: date("2001-02-02")})
			e.until = date("2001-12-31")
			fault.Path = "/v4/billing/organisations/*/invoices/" + string(numbers[1]) + ".pdf"
			fault.Times = -1
			server.Inject(fault)

			var exit *cli.Exit
			require.ErrorAs(t, e.run(t.Context(), server.Client()), &exit)

			assert.Equal(t, 1, exit.Status)
			assert.ErrorContains(t, exit.Err, "1 of 2 PDFs could not be downloaded")
			got := files(t, e.dir)
			assert.Len(t, got, 1+1)
			assert.Contains(t, got, string(numbers[0])+".pdf")
			list := got["invoices_2000-01-01_2001-12-31.csv"]
			assert.Contains(t, list, string(numbers[1])+",INVOICE")
			assert.NotContains(t, list, string(numbers[1])+".pdf")
			assert.Contains(t, notes.String(), string(numbers[1])+": ")
			server.ClearFaults()
			e.there, e.fetched = 0, 0
			require.NoError(t, e.run(t.Context(), server.Client()))
		})
	}
}

func TestExport_BarOnATerminal(t *testing.T) {
	t.Parallel()
	server, e, out, notes := newExport(t)
	e.Terminal, e.Live = true, true

	require.NoError(t, e.run(t.Context(), server.Client()))

	assert.Empty(t, out.String(), "the bar says it")
	assert.Contains(t, notes.String(), "[####################....................] 7/14  ")
	assert.Contains(t, notes.String(), "\r\x1b[K14 invoices in ")
}

func TestFileName(t *testing.T) {
	t.Parallel()
	for number, want := range map[clevercloud.InvoiceNumber]string{
		"F20250718-021327": "F20250718-021327.pdf", "../x": "%2E.%2Fx.pdf", "a%2Fb": "a%252Fb.pdf",
		"a/b": "a%2Fb.pdf", `C:\x`: "C%3A%5Cx.pdf", "": ".pdf",
	} {
		assert.Equal(t, want, fileName(number))
	}
}

// TestInvoices goes the way of the command line.
func TestInvoices(t *testing.T) {
	server := testenv.LoggedIn(t)
	t.Chdir(t.TempDir())
	owner := string(server.OwnerID)
	last := server.Now().Year() - 1
	november := fmt.Sprintf("-since %[1]d-11-01 -until %[1]d-11-01", last)
	for args, want := range map[string]string{
		"":                            "12 invoices in invoices, 12 of them new.\n",
		november + " -dir old":        "1 invoices in old, 1 of them new.\n",
		"-until 2001-01-01 -dir none": "0 invoices in none, 0 of them new.\n",
	} {
		status, _, notes := testenv.Run(
			t, "invoices", invoices, strings.Fields(args+" -owner "+owner)...)
		assert.Equal(t, 0, status, args)
		assert.Equal(t, want, notes)
	}
	assert.FileExists(t, "none/invoices_2001-01-01_2001-01-01.csv")
	testenv.Mistakes(t, "invoices", invoices, map[string]string{
		"":                                    "-owner is required",
		"-since 2024-02-02 -until 2024-02-01": "-until must not be before -since",
		"-since yesterday":                    "-since: want a day, 2026-01-31",
		"-jobs 0":                             "-jobs must be 1 or more",
		"-demo -owner " + owner:               "leave out -owner",
		"-owner " + string(server.ForbiddenOwnerID): "403",
	})
	closed := &term.Screen{Out: testenv.ClosedPipe{}, Notes: new(bytes.Buffer)}
	assert.Equal(t, 2, cli.Run(t.Context(), "invoices", invoices, closed, "-owner", owner))
	testenv.NeverPretends(t, "invoices", invoices)
	testenv.NeverPretends(t, "invoices", invoices, "-owner", "orga_1")
}

func TestInvoices_Demo(t *testing.T) {
	testenv.HalfConfigured(t)
	t.Chdir(t.TempDir())
	ctx, cancel := context.WithCancel(t.Context())
	var notes bytes.Buffer
	screen := &term.Screen{Out: &testenv.StopAfter{Writes: 1, Stop: cancel}, Notes: &notes}

	assert.Equal(t, 130, cli.Run(ctx, "invoices", invoices, screen, "-demo"))

	assert.Contains(t, notes.String(), "made-up invoices of the embedded API")
	assert.NotEmpty(t, files(t, "made-up-invoices"))
}
