package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/examples/internal/term"
)

// errIncomplete reports that some PDFs are missing.
var errIncomplete = errors.New("some PDFs are missing")

// An export holds the flags and the progress.
type export struct {
	*term.Screen
	owner        clevercloud.OwnerID
	since, until time.Time
	dir          string
	jobs         int
	demo         bool

	mu           sync.Mutex
	total, there int
	fetched      int
}

// run downloads what is missing and writes the list.
func (e *export) run(ctx context.Context, client *clevercloud.Client) error {
	if err := os.MkdirAll(e.dir, 0o700); err != nil {
		return err
	}
	if err := e.tidy(); err != nil {
		return err
	}
	invoices, err := e.list(ctx, client)
	if err != nil {
		return err
	}
	e.total = len(invoices)
	each(ctx, e.jobs, invoices, func(invoice clevercloud.Invoice) {
		if err := e.fetch(ctx, client, invoice.Number); err != nil && ctx.Err() == nil {
			e.Notef("%s: %v", e.Foreign(string(invoice.Number)), err)
		}
	})
	if err := cmp.Or(ctx.Err(), e.Err()); err != nil {
		return err
	}
	file := e.listName()
	err = atomically(file, func(f *os.File) error { return e.writeList(f, invoices) })
	if err != nil {
		return err
	}
	e.line("%s\n", file)
	e.Status("")
	e.Notef("%d invoices in %s, %d of them new.", e.there, e.dir, e.fetched)
	if e.there < e.total {
		return errIncomplete
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
	err := atomically(path, func(f *os.File) error {
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
	count := fmt.Sprintf(" %d/%d  %s", e.there, e.total, filepath.Base(path))
	e.Status("%s%s", e.Bar(e.there, e.total, len(count)), count)
	e.line("%s %s\n", path, how)
}

// line prints a result where no bar is shown.
func (e *export) line(format string, args ...any) {
	if !e.Terminal || !e.Live {
		e.Printf(format, args...)
	}
}

// each calls do for every item, with so many calls at a time, until ctx ends.
func each[T any](ctx context.Context, jobs int, items []T, do func(T)) {
	queue := make(chan T)
	var running sync.WaitGroup
	for range min(jobs, len(items)) {
		running.Go(func() {
			for item := range queue {
				do(item)
			}
		})
	}
	defer running.Wait()
	defer close(queue)
	for _, item := range items {
		select {
		case queue <- item:
		case <-ctx.Done():
			return
		}
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
func (e *export) writeList(to io.Writer, invoices []clevercloud.Invoice) error {
	w := csv.NewWriter(to)
	_ = w.Write([]string{ // errors are kept for the last call of Error
		"number", "kind", "status", "emission_date", "pay_date", "company", "currency", "net", "tax",
		"vat_percent", "category", "payment_provider", "transaction_id", "order", "pdf",
	})
	for _, i := range invoices {
		pdf := fileName(i.Number)
		if !isThere(filepath.Join(e.dir, pdf)) {
			pdf = ""
		}
		_ = w.Write([]string{
			cell(i.Number), cell(i.Kind), cell(i.Status), day(i.EmissionDate), day(i.PayDate),
			cell(cmp.Or(i.Address.Company, i.Address.Name)), cell(i.Currency),
			i.TotalTaxExcluded.Amount.String(), i.TotalTax.Amount.String(), i.VATPercent.String(),
			cell(i.Category), cell(i.PaymentProvider), cell(i.TransactionID),
			cell(i.CustomerOrderID), cell(pdf),
		})
	}
	w.Flush()
	return w.Error()
}

// cell keeps a spreadsheet from taking a text for a formula. An Amount is always a number and needs
// no such care.
func cell[T ~string](text T) string {
	if text != "" && strings.ContainsRune("=+-@\t\r\n", rune(text[0])) {
		return "'" + string(text)
	}
	return string(text)
}

func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}

// partial is the end of the hidden name of a file that is being written.
const partial = ".part"

// atomically writes a file that is complete or absent, whatever happens meanwhile.
func atomically(path string, write func(*os.File) error) error {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*"+partial)
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // fails after the rename
	if err = write(f); err == nil {
		err = f.Sync()
	}
	if err = cmp.Or(err, f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	if dir, err := os.Open(filepath.Dir(path)); err == nil {
		_ = dir.Sync() // not every system can
		_ = dir.Close()
	}
	return nil
}

// tidy removes the incomplete files of a run that was killed.
func (e *export) tidy() error {
	entries, err := os.ReadDir(e.dir)
	for _, entry := range entries {
		name := entry.Name()
		hidden := strings.HasPrefix(name, ".") && strings.HasSuffix(name, partial)
		if hidden && entry.Type().IsRegular() {
			_ = os.Remove(filepath.Join(e.dir, name))
		}
	}
	return err
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
