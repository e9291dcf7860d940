package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/examples/internal/atomicfile"
	"github.com/clevercloud-go/clevercloud/examples/internal/cli"
	"github.com/clevercloud-go/clevercloud/examples/internal/term"
)

// An export holds the flags and the progress.
type export struct {
	*term.Screen
	owner        clevercloud.OwnerID
	since, until time.Time
	dir          string
	jobs         int

	mu                    sync.Mutex
	total, there, fetched int
}

// run downloads what is missing and writes the list.
func (e *export) run(ctx context.Context, client *clevercloud.Client) error {
	if err := os.MkdirAll(e.dir, 0o700); err != nil {
		return err
	}
	invoices, err := e.list(ctx, client)
	if err != nil {
		return err
	}
	e.total = len(invoices)
	cli.Each(ctx, e.jobs, invoices, func(invoice clevercloud.Invoice) {
		if err := e.fetch(ctx, client, invoice.Number); err != nil && ctx.Err() == nil {
			e.Notef("%s: %v", e.Foreign(string(invoice.Number)), err)
		}
	})
	if ctx.Err() != nil {
		e.Notef("%d of %d PDFs are in %s. The same command continues from there.",
			e.there, e.total, e.dir)
	}
	if err := cmp.Or(ctx.Err(), e.Err()); err != nil {
		return err
	}
	if err := e.writeList(invoices); err != nil {
		return err
	}
	e.Status("")
	e.Notef("%d invoices in %s, %d of them new.", e.there, e.dir, e.fetched)
	if e.there < e.total {
		return &cli.Exit{Status: 1, Err: fmt.Errorf("%d of %d PDFs could not be downloaded; the "+
			"same command tries them again", e.total-e.there, e.total)}
	}
	return e.Err()
}

// list returns the invoices of the period, oldest first.
func (e *export) list(
	ctx context.Context, client *clevercloud.Client,
) ([]clevercloud.Invoice, error) {
	q := clevercloud.InvoiceQuery{Since: e.since}
	if !e.until.IsZero() {
		q.Until = e.until.AddDate(0, 0, 1).Add(-time.Millisecond)
	}
	var invoices []clevercloud.Invoice
	for invoice, err := range client.Billing.Invoices(ctx, e.owner, q) {
		if err != nil {
			return nil, err
		}
		invoices = append(invoices, invoice)
		e.Status("%d invoices listed", len(invoices))
	}
	slices.SortFunc(invoices, func(a, b clevercloud.Invoice) int {
		return cmp.Or(a.EmissionDate.Compare(b.EmissionDate), cmp.Compare(a.Number, b.Number))
	})
	return invoices, nil
}

// fetch downloads the PDF of an invoice unless it is there.
func (e *export) fetch(
	ctx context.Context, client *clevercloud.Client, number clevercloud.InvoiceNumber,
) error {
	path := filepath.Join(e.dir, fileName(number))
	if isThere(path) {
		e.progress(path, "was there", 0)
		return nil
	}
	err := atomicfile.Write(path, func(f *os.File) error {
		if _, err := client.Billing.DownloadInvoicePDF(ctx, e.owner, number, f); err != nil {
			return err
		}
		return checkPDF(f)
	})
	if err == nil {
		e.progress(path, "downloaded", 1)
	}
	return err
}

// progress counts a PDF that is there and shows it: a bar on a terminal, a line in a pipe.
func (e *export) progress(path, how string, fetched int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.there++
	e.fetched += fetched
	e.Progress(e.there, e.total, filepath.Base(path))
	e.line("%s %s\n", path, how)
}

// line prints a result where no bar is shown.
func (e *export) line(format string, args ...any) {
	if !e.Terminal || !e.Live {
		e.Printf(format, args...)
	}
}

// fileName returns a safe file name for any invoice number. Special characters become %XX, so that
// different numbers have different names.
func fileName(number clevercloud.InvoiceNumber) string {
	var b strings.Builder
	for i := range len(number) {
		c := number[i]
		if c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' ||
			c == '-' || c == '_' || c == '.' && i > 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String() + ".pdf"
}

func (e *export) listName() string {
	name := "invoices_" + e.since.Format(time.DateOnly)
	if !e.until.IsZero() {
		name += "_" + e.until.Format(time.DateOnly)
	}
	return filepath.Join(e.dir, name+".csv")
}

// writeList writes the CSV file.
func (e *export) writeList(invoices []clevercloud.Invoice) error {
	rows := [][]string{{
		"number", "kind", "status", "emission_date", "pay_date", "company", "currency", "net",
		"tax", "vat_percent", "category", "payment_provider", "transaction_id", "order", "pdf",
	}}
	for _, i := range invoices {
		pdf := fileName(i.Number)
		if !isThere(filepath.Join(e.dir, pdf)) {
			pdf = ""
		}
		rows = append(rows, []string{
			cli.Cell(i.Number), cli.Cell(i.Kind), cli.Cell(i.Status),
			day(i.EmissionDate), day(i.PayDate),
			cli.Cell(cmp.Or(i.Address.Company, i.Address.Name)), cli.Cell(i.Currency),
			i.TotalTaxExcluded.Amount.String(), i.TotalTax.Amount.String(), i.VATPercent.String(),
			cli.Cell(i.Category), cli.Cell(i.PaymentProvider), cli.Cell(i.TransactionID),
			cli.Cell(i.CustomerOrderID), cli.Cell(pdf),
		})
	}
	err := atomicfile.Write(e.listName(), func(f *os.File) error {
		return csv.NewWriter(f).WriteAll(rows)
	})
	if err == nil {
		e.line("%s\n", e.listName())
	}
	return err
}

func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}

func isThere(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// checkPDF checks both ends, since a proxy may have cut the body without an error.
func checkPDF(f *os.File) error {
	head := make([]byte, 5)
	if _, err := f.ReadAt(head, 0); err != nil || string(head) != "%PDF-" {
		return errors.New("the response is not a PDF")
	}
	info, err := f.Stat()
	if err != nil {
		return err
	}
	tail := make([]byte, min(info.Size(), 1024))
	if _, err := f.ReadAt(tail, info.Size()-int64(len(tail))); err != nil {
		return err
	}
	if !bytes.Contains(tail, []byte("%%EOF")) {
		return errors.New("the PDF is truncated")
	}
	return nil
}
