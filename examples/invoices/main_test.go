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
	"github.com/clevercloud-go/clevercloud/examples/internal/term"
	"github.com/clevercloud-go/clevercloud/examples/internal/testenv"
)

// newExport returns an export of all of a server's invoices to a directory that does not exist yet, with where it writes.
func newExport(t *testing.T, server *clevertest.Server) (e *export, out, notes *bytes.Buffer) {
	out, notes = new(bytes.Buffer), new(bytes.Buffer)
	return &export{
		Screen: &term.Screen{Out: out, Notes: notes}, owner: server.OwnerID, since: time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC),
		dir: filepath.Join(t.TempDir(), "made", "invoices"), jobs: 4,
	}, out, notes
}

func newServer(t *testing.T) *clevertest.Server {
	server := clevertest.NewServer()
	t.Cleanup(server.Close)
	return server
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
	server := newServer(t)
	server.AddInvoices(clevertest.Invoice{
		Number: "=F1/x/é", EmissionDate: time.Date(2001, 5, 6, 0, 0, 0, 0, time.UTC), TotalTaxExcluded: "-12345678901234567.8900", TotalTax: "0.10",
	})
	e, out, notes := newExport(t, server)

	require.NoError(t, e.run(t.Context(), server.Client()))

	got := files(t, e.dir)
	require.Len(t, got, 15+1)
	assert.Contains(t, got["%3DF1%2Fx%2F%C3%A9.pdf"], "%PDF-")
	rows, err := csv.NewReader(strings.NewReader(got["invoices_2000-01-01.csv"])).ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, 15+1)
	assert.Equal(t, []string{
		"'=F1/x/é", "INVOICE", "PAID", "2001-05-06", "2001-05-06", "Atelier Numérique", "EUR", "-12345678901234567.8900", "0.10", "20.0", "PAAS",
		"STRIPE", "pi_clevertest000015", "", "%3DF1%2Fx%2F%C3%A9.pdf",
	}, rows[1])
	assert.Equal(t, 15+1, strings.Count(out.String(), "\n"))
	assert.NotContains(t, out.String()+notes.String(), "\x1b")
	assert.Contains(t, notes.String(), "15 invoices in "+e.dir+", 15 of them new.")
}

// interrupter ends a context when so many lines have been written.
type interrupter struct {
	bytes.Buffer
	lines int
	stop  context.CancelFunc
}

func (i *interrupter) Write(p []byte) (int, error) {
	if i.lines--; i.lines == 0 {
		i.stop()
	}
	return i.Buffer.Write(p)
}

func TestExport_InterruptedAndResumed(t *testing.T) {
	t.Parallel()
	server := newServer(t)
	undisturbed, _, _ := newExport(t, server)
	require.NoError(t, undisturbed.run(t.Context(), server.Client()))
	server.ResetRequests()
	e, _, _ := newExport(t, server)
	// Whatever is under way after the fifth PDF is cut short by the interrupt, in the middle of the body.
	server.Inject(clevertest.Fault{Path: "billing.download-invoice-pdf", Skip: 5, Times: -1, Mode: clevertest.Silence, CutAfter: 100})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	e.Out = &interrupter{lines: 5, stop: cancel}

	require.ErrorIs(t, e.run(ctx, server.Client()), context.Canceled)

	half := files(t, e.dir)
	assert.Len(t, half, 5)
	assert.Equal(t, 5, e.there)
	whole := files(t, undisturbed.dir)
	for name, data := range half {
		assert.Equal(t, whole[name], data, name)
	}
	server.ClearFaults()
	server.ResetRequests()
	again, _, notes := newExport(t, server)
	again.dir = e.dir
	require.NoError(t, os.WriteFile(filepath.Join(e.dir, ".F1.pdf.123.part"), []byte("%PDF-"), 0o600), "what a killed run leaves")

	require.NoError(t, again.run(t.Context(), server.Client()))

	assert.Equal(t, whole, files(t, e.dir))
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
			server := newServer(t)
			numbers := server.AddInvoices(
				clevertest.Invoice{EmissionDate: time.Date(2001, 1, 2, 0, 0, 0, 0, time.UTC)}, clevertest.Invoice{EmissionDate: time.Date(2001, 2, 2, 0, 0, 0, 0, time.UTC)},
			)
			e, _, notes := newExport(t, server)
			e.until = time.Date(2001, 12, 31, 0, 0, 0, 0, time.UTC)
			fault.Path = "/v4/billing/organisations/*/invoices/" + string(numbers[1]) + ".pdf"
			fault.Times = -1
			server.Inject(fault)

			require.ErrorIs(t, e.run(t.Context(), server.Client()), errIncomplete)

			got := files(t, e.dir)
			assert.Len(t, got, 1+1)
			assert.Contains(t, got, string(numbers[0])+".pdf")
			assert.Contains(t, got["invoices_2000-01-01_2001-12-31.csv"], string(numbers[1])+",INVOICE")
			assert.NotContains(t, got["invoices_2000-01-01_2001-12-31.csv"], string(numbers[1])+".pdf")
			assert.Contains(t, notes.String(), string(numbers[1])+": ")
			server.ClearFaults()
			e.there, e.fetched = 0, 0
			require.NoError(t, e.run(t.Context(), server.Client()))
		})
	}
}

func TestExport_JobsAreBounded(t *testing.T) {
	t.Parallel()
	items := make([]int, 40)
	busy := make(chan struct{}, 3)
	each(t.Context(), 3, items, func(int) {
		select {
		case busy <- struct{}{}:
		default:
			t.Error("more than three at once")
		}
		<-busy
	})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	each(ctx, 0, items, func(int) { t.Error("called") })
}

func TestExport_BarOnATerminal(t *testing.T) {
	t.Parallel()
	server := newServer(t)
	e, out, notes := newExport(t, server)
	e.Terminal, e.Live = true, true

	require.NoError(t, e.run(t.Context(), server.Client()))

	assert.Empty(t, out.String(), "the bar says it")
	assert.Contains(t, notes.String(), "[####################....................] 7/14  ")
	assert.Contains(t, notes.String(), "\r\x1b[K14 invoices in ")
}

func TestCell(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"": "", "plain": "plain", "a=b": "a=b", "=HYPERLINK(1)": "'=HYPERLINK(1)", "+1": "'+1", "-1": "'-1", "@x": "'@x", "\tx": "'\tx", "\rx": "'\rx",
	} {
		assert.Equal(t, want, cell(text))
	}
}

func TestFileName(t *testing.T) {
	t.Parallel()
	for number, want := range map[clevercloud.InvoiceNumber]string{
		"F20250718-021327": "F20250718-021327.pdf", "../x": "%2E.%2Fx.pdf", "a%2Fb": "a%252Fb.pdf", "a/b": "a%2Fb.pdf", `C:\x`: "C%3A%5Cx.pdf", "": ".pdf",
	} {
		assert.Equal(t, want, fileName(number))
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	year := time.Now().UTC().Year()
	for args, want := range map[string]string{
		"":                                     fmt.Sprintf("invoices_%d-01-01.csv", year),
		"-until 2024-06-30":                    "invoices_2024-01-01_2024-06-30.csv",
		"-since 2024-02-01 -until 2024-02-01":  "invoices_2024-02-01_2024-02-01.csv",
		"-since 2024-02-02 -until 2024-02-01":  "-until must not be before -since",
		"-since yesterday":                     `invalid value "yesterday" for flag -since: want a day, 2026-01-31`,
		"-jobs 0":                              "-jobs must be 1 or more",
		"-owner orga_1 -since 2024-01-01 more": `unexpected argument "more"`,
	} {
		e := export{Screen: &term.Screen{Out: new(bytes.Buffer), Notes: new(bytes.Buffer)}}
		if err := e.parse(strings.Fields(args)); err != nil {
			assert.EqualError(t, err, want)
		} else {
			assert.Equal(t, want, e.listName())
		}
	}
}

// TestRun goes the way of the command line.
func TestRun(t *testing.T) {
	server := newServer(t)
	testenv.LoggedIn(t, server)
	t.Chdir(t.TempDir())
	owner := string(server.OwnerID)
	lastYear := fmt.Sprint(server.Now().Year() - 1)
	for _, tc := range []struct {
		name  string
		args  []string
		code  int
		notes string
	}{
		{"this year", []string{"-owner", owner}, 0, "12 invoices in invoices, 12 of them new."},
		{"a period", []string{"-owner", owner, "-since", lastYear + "-11-01", "-until", lastYear + "-11-01", "-dir", "old"}, 0, "1 invoices in old"},
		{"nothing", []string{"-owner", owner, "-until", "2001-01-01", "-dir", "none"}, 0, "0 invoices in none"},
		{"forbidden", []string{"-owner", string(server.ForbiddenOwnerID)}, 2, "403"},
		{"no owner", nil, 2, "-owner is required"},
		{"help", []string{"-h"}, 0, "-since"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var out, notes bytes.Buffer

			code := run(t.Context(), tc.args, &term.Screen{Out: &out, Notes: &notes})

			assert.Equal(t, tc.code, code, notes.String())
			assert.Contains(t, notes.String(), tc.notes)
			assert.NotContains(t, out.String()+notes.String(), server.Token.Reveal())
		})
	}
	t.Run("interrupted", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		var notes bytes.Buffer

		code := run(ctx, []string{"-owner", owner, "-dir", "half", "-jobs", "1"}, &term.Screen{Out: &interrupter{lines: 3, stop: cancel}, Notes: &notes})

		assert.Equal(t, 130, code)
		assert.Equal(t, "Interrupted with 3 of 12 PDFs in half. The same command continues from there.\n", notes.String())
	})
	t.Run("nobody reads", func(t *testing.T) {
		var notes bytes.Buffer

		code := run(t.Context(), []string{"-owner", owner}, &term.Screen{Out: testenv.ClosedPipe{}, Notes: &notes})

		assert.Equal(t, 2, code)
		assert.Empty(t, notes.String())
	})
	t.Run("some missing", func(t *testing.T) {
		var notes bytes.Buffer
		server.Inject(clevertest.Fault{Path: "billing.download-invoice-pdf", Status: http.StatusNotFound})

		code := run(t.Context(), []string{"-owner", owner, "-dir", "some"}, &term.Screen{Out: new(bytes.Buffer), Notes: &notes})

		assert.Equal(t, 1, code)
		assert.Contains(t, notes.String(), "1 of 12 PDFs could not be downloaded.")
	})
}

func TestRun_Demo(t *testing.T) {
	testenv.HalfConfigured(t)
	t.Chdir(t.TempDir())
	ctx, cancel := context.WithCancel(t.Context())
	var notes bytes.Buffer
	screen := &term.Screen{Out: &interrupter{lines: 1, stop: cancel}, Notes: &notes}

	assert.Equal(t, 130, run(ctx, []string{"-demo"}, screen))

	assert.Contains(t, notes.String(), "made-up invoices of the embedded API, for made-up-invoices.")
	assert.NotEmpty(t, files(t, "made-up-invoices"))
	assert.Equal(t, 2, run(t.Context(), []string{"-demo", "-owner", "orga_1"}, screen))
	assert.Contains(t, notes.String(), "leave out -owner")
}

func TestRun_NeverPretends(t *testing.T) {
	for _, args := range [][]string{nil, {"-owner", "orga_1"}} {
		testenv.NeverPretends(t, "invoices", func(screen *term.Screen) int {
			return run(t.Context(), args, screen)
		})
	}
}
