package acceptance_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// layerNil is a nil context that no linter objects to.
func layerNil() context.Context { return nil }

func TestClient_NilContext(t *testing.T) {
	t.Parallel()
	client := testkit.ClientOver(t, func(*http.Request) (*http.Response, error) { t.Error("sent"); return nil, nil })
	check := func(err error, operation string) {
		t.Helper()
		var refusal *clevercloud.ValidationError
		require.ErrorAs(t, err, &refusal)
		assert.Equal(t, "ctx", refusal.Argument)
		assert.Equal(t, operation, refusal.Operation)
	}

	for _, call := range retryCalls() {
		check(call.do(layerNil(), client), call.id)
	}
	_, err := testkit.DownloadPDF(layerNil(), client, io.Discard)
	check(err, "billing.download-invoice-pdf")
	_, err = testkit.CountInvoices(layerNil(), client, func() {})
	check(err, "billing.list-invoices")
}

func TestClient_CredentialsThatFail(t *testing.T) {
	t.Parallel()
	expired := errors.New("token expired")
	for _, call := range retryCalls() {
		client := testkit.ClientOver(t, func(*http.Request) (*http.Response, error) { t.Error("sent"); return nil, nil },
			clevercloud.WithAuth(layerFailing{expired}))

		err := call.do(t.Context(), client)

		require.ErrorIs(t, err, expired)
		assert.EqualError(t, err, "clevercloud: "+call.name()+": token expired", "once, and nothing was sent")
	}
}

type layerFailing struct{ err error }

func (f layerFailing) Authenticate(*http.Request) error { return f.err }

// A client says nothing on its own, whatever happens to it.
func TestClient_Silent(t *testing.T) {
	if os.Getenv("LAYER_SILENT") != "" {
		for _, fault := range retryFaults() {
			if strings.Contains(fault.name, "certificate") {
				continue // the server of the test speaks of it
			}
			client := fault.client(t, new(atomic.Int32))
			for _, call := range retryCalls() {
				if call.method != http.MethodHead { // net/http speaks of a body that a HEAD gets
					_ = call.do(t.Context(), client, clevercloud.WithMaxRetries(1))
				}
			}
		}
		return
	}
	t.Parallel()
	cmd := exec.Command(os.Args[0], "-test.run=^TestClient_Silent$", "-test.v=false")
	cmd.Env = append(os.Environ(), "LAYER_SILENT=1")

	out, err := cmd.CombinedOutput()

	require.NoError(t, err, "%s", out)
	assert.Equal(t, "PASS", strings.TrimSpace(string(out)))
}
