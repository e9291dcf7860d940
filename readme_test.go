package clevercloud_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/auth"
	"github.com/clevercloud-go/clevercloud/clevertest"
)

// The README's blocks of Go are the parts of this file between markers, in order, after the first, which is examples/firstcall.
func TestREADME_BlocksAreCompiled(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	require.NoError(t, err)
	program, err := os.ReadFile("examples/firstcall/main.go")
	require.NoError(t, err)
	this, err := os.ReadFile("readme_test.go")
	require.NoError(t, err)
	_, code, _ := strings.Cut(string(program), "\n")
	want := []string{strings.TrimSpace(code)}
	for _, match := range regexp.MustCompile(`(?ms)^\t*// begin\n(.*?)^\t*// end\n`).FindAllStringSubmatch(string(this), -1) {
		want = append(want, strings.TrimSpace(dedent(match[1])))
	}

	var got []string
	for _, match := range regexp.MustCompile("(?s)```go\n(.*?)```").FindAllStringSubmatch(string(readme), -1) {
		got = append(got, strings.TrimSpace(match[1]))
	}

	assert.Equal(t, want, got)
}

// dedent removes the indentation of the first line from all.
func dedent(code string) string {
	indent := code[:len(code)-len(strings.TrimLeft(code, "\t"))]
	return strings.ReplaceAll(strings.TrimPrefix(code, indent), "\n"+indent, "\n")
}

func readmeCredentials() (*clevercloud.Client, error) {
	// begin
	client, err := clevercloud.New(clevercloud.WithAuth(auth.Bearer("your API token")))
	// end
	return client, err
}

func readmeErrors(ctx context.Context, client *clevercloud.Client, owner clevercloud.OwnerID, app clevercloud.ApplicationID) {
	// begin
	_, err := client.Drains.Get(ctx, owner, app, "drain_1")
	var refusal *clevercloud.APIError
	switch {
	case errors.Is(err, clevercloud.ErrNotFound):
		fmt.Println("no such drain")
	case errors.As(err, &refusal):
		fmt.Println(refusal.StatusCode, refusal.Code, refusal.Message, refusal.RequestID)
	}
	// end
}

func readmeRetries() (*clevercloud.Client, error) {
	// begin
	client, err := clevercloud.New(clevercloud.WithRetry(clevercloud.RetryPolicy{MaxRetries: 6, MaxWait: time.Minute}))
	// end
	return client, err
}

func readmeLists(ctx context.Context, client *clevercloud.Client, owner clevercloud.OwnerID, app clevercloud.ApplicationID) error {
	// begin
	for instance, err := range client.Orchestration.Instances(ctx, owner, app, clevercloud.InstanceQuery{ExcludeDeleted: true}) {
		if err != nil {
			return err
		}
		fmt.Println(instance.ID, instance.State, instance.Network)
	}
	// end
	return nil
}

func readmeLogs(ctx context.Context, client *clevercloud.Client, owner clevercloud.OwnerID, app clevercloud.ApplicationID) error {
	// begin
	for entry, err := range client.Logs.Stream(ctx, owner, app, clevercloud.LogQuery{Since: time.Now().Add(-time.Hour)}) {
		if err != nil {
			return err
		}
		fmt.Println(entry.Date.Format(time.TimeOnly), entry.Message)
	}
	// end
	return nil
}

// begin
func TestInvoices(t *testing.T) {
	server := clevertest.NewServer()
	defer server.Close()

	invoices, err := server.Client().Billing.ListInvoices(t.Context(), server.OwnerID, clevercloud.InvoiceQuery{})

	if err != nil || len(invoices) == 0 {
		t.Fatal(len(invoices), err)
	}
}

// end

func readmeDebugging() (*clevercloud.Client, error) {
	// begin
	logger := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelDebug}))
	client, err := clevercloud.New(clevercloud.WithLogger(logger))
	// end
	return client, err
}

var _ = []any{readmeCredentials, readmeErrors, readmeRetries, readmeLists, readmeLogs, readmeDebugging}
