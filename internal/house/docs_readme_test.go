package house_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/auth"
	"github.com/clevercloud-go/clevercloud/clevertest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The code of README.md, of the package's overview, which says the same, and of docs/migrating.md.

// setenv makes the environment that of a user of api.
func setenv(t *testing.T, api *clevertest.Server) {
	t.Helper()
	for _, variable := range api.Environ() {
		name, value, _ := strings.Cut(variable, "=")
		t.Setenv(name, value)
	}
}

// The first program, as a user runs it: with an environment.
func TestDocs_FirstProgram(t *testing.T) {
	t.Parallel()
	server := clevertest.NewServer()
	defer server.Close()
	program := exec.CommandContext(t.Context(), "go", "run", "./examples/firstcall")
	program.Env = append(os.Environ(), server.Environ()...)

	out, err := program.CombinedOutput()

	require.NoError(t, err, "%s", out)
	assert.Contains(t, string(out), string(server.OwnerID)+" ")
	assert.Contains(t, string(out), string(server.ApplicationID)+" ")
}

func TestDocs_Overview(t *testing.T) {
	server := clevertest.NewServer()
	defer server.Close()
	setenv(t, server)
	assert.NoError(t, overviewInvoices(t.Context(), server.OwnerID))
	assert.NoError(t, overviewDrains(t.Context(), server.Client(), server.OwnerID, server.ApplicationID))
}

func TestDocs_README(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := clevertest.NewServer(clevertest.WithPipes(), clevertest.WithLogEntries(2))
		defer server.Close()
		client, owner, app := server.Client(), server.OwnerID, server.ApplicationID
		server.Inject(clevertest.Fault{Path: "drains.get", Skip: 1, Status: http.StatusForbidden})
		for range 2 {
			readmeErrors(t.Context(), client, owner, app)
		}
		assert.Len(t, server.RequestsTo("drains.get"), 2)

		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		assert.ErrorIs(t, readmeLogs(ctx, client, owner, app), context.DeadlineExceeded)
	})
}

func readmeErrors(ctx context.Context, client *clevercloud.Client, owner clevercloud.OwnerID, app clevercloud.ApplicationID) {
	_, err := client.Drains.Get(ctx, owner, app, "drain_1")
	var apiErr *clevercloud.APIError
	switch {
	case errors.Is(err, clevercloud.ErrNotFound):
		fmt.Println("no such drain")
	case errors.As(err, &apiErr):
		fmt.Println(apiErr.StatusCode, apiErr.Code, apiErr.Message, apiErr.RequestID)
	case err != nil:
		fmt.Println(err) // no response, or one that cannot be decoded
	}
}

func readmeLogs(ctx context.Context, client *clevercloud.Client, owner clevercloud.OwnerID, app clevercloud.ApplicationID) error {
	query := clevercloud.LogQuery{Since: time.Now().Add(-time.Hour)}
	for entry, err := range client.Logs.Stream(ctx, owner, app, query) {
		if err != nil {
			return err
		}
		fmt.Println(entry.Date.Format(time.TimeOnly), entry.Message)
	}
	return nil
}

func TestInvoices(t *testing.T) {
	server := clevertest.NewServer()
	defer server.Close()

	invoices, err := server.Client().Billing.ListInvoices(
		t.Context(), server.OwnerID, clevercloud.InvoiceQuery{})

	if err != nil || len(invoices) == 0 {
		t.Fatal(len(invoices), err)
	}
}

func TestDocs_Debugging(t *testing.T) {
	t.Parallel()
	credentials := auth.Bearer("your-api-token")

	logger := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelDebug}))
	client, err := clevercloud.New(clevercloud.WithAuth(credentials), clevercloud.WithLogger(logger))

	require.NoError(t, err)
	assert.NotNil(t, client)
}

func overviewInvoices(ctx context.Context, owner clevercloud.OwnerID) error {
	credentials, err := auth.Default() // CLEVER_API_TOKEN, or the login of clever-tools
	if err != nil {
		return err
	}
	client, err := clevercloud.New(clevercloud.WithAuth(credentials))
	if err != nil {
		return err
	}
	for invoice, err := range client.Billing.Invoices(ctx, owner, clevercloud.InvoiceQuery{}) {
		if err != nil {
			return err
		}
		fmt.Println(invoice.Number, invoice.Status, invoice.TotalTaxExcluded.DefaultDisplay)
	}
	return nil
}

func overviewDrains(ctx context.Context, client *clevercloud.Client, owner clevercloud.OwnerID, app clevercloud.ApplicationID) error {
	drains, err := client.Drains.List(
		ctx, owner, app, clevercloud.DrainQuery{}, clevercloud.WithTimeout(5*time.Second))
	fmt.Println(len(drains))
	return err
}

func TestDocs_Migrating(t *testing.T) {
	t.Parallel()
	server := clevertest.NewServer()
	defer server.Close()

	id, err := selfID(t.Context(), server.Client())

	require.NoError(t, err)
	assert.Equal(t, string(server.UserID), id)
}

func selfID(ctx context.Context, client *clevercloud.Client) (string, error) {
	var self struct {
		ID string `json:"id"`
	}
	err := client.Do(ctx, http.MethodGet, "/v2/self", nil, &self)
	return self.ID, err
}
