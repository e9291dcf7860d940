package house_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/clevertest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The code of docs/migrating.md.

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
