package acceptance_test

import (
	"context"
	"errors"
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

func TestClient_NilContext(t *testing.T) {
	t.Parallel()
	client := testkit.ClientOver(t, func(*http.Request) (*http.Response, error) { t.Error("sent"); return nil, nil })
	var missing context.Context

	for operation, perform := range map[string]call{
		"do": do(http.MethodPost, "/v2/self", nil, nil), "billing.list-invoices": countInvoices,
	} {
		var refusal *clevercloud.ValidationError
		require.ErrorAs(t, perform(missing, client), &refusal)
		assert.Equal(t, []string{operation, "ctx"}, []string{refusal.Operation, refusal.Argument})
	}
}

func TestClient_CredentialsThatFail(t *testing.T) {
	t.Parallel()
	expired := errors.New("token expired")
	client := testkit.ClientOver(t, func(*http.Request) (*http.Response, error) { t.Error("sent"); return nil, nil },
		clevercloud.WithAuth(authFunc(func(*http.Request) error { return expired })))
	for _, call := range retryCalls(t) {
		err := call.do(t.Context(), client)

		require.ErrorIs(t, err, expired)
		assert.EqualError(t, err, "clevercloud: "+call.name()+": token expired", "once, and nothing was sent")
	}
}

// A client says nothing on its own, whatever happens to it.
func TestClient_Silent(t *testing.T) {
	if os.Getenv("LAYER_SILENT") != "" {
		for _, fault := range retryFaults() {
			if strings.Contains(fault.name, "certificate") {
				continue // the server of the test speaks of it
			}
			client := fault.client(t, new(atomic.Int32))
			for _, call := range retryCalls(t) {
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
