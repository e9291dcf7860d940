package auth

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestFlow_Client(t *testing.T) {
	t.Parallel()
	given := &http.Client{Timeout: time.Second}

	assert.Equal(t, 30*time.Second, Flow{}.client().Timeout)
	assert.Equal(t, time.Second, Flow{HTTPClient: given}.client().Timeout)
	assert.NotSame(t, http.DefaultClient, Flow{}.client())
	assert.NotSame(t, given, Flow{HTTPClient: given}.client())
	assert.Nil(t, given.CheckRedirect)
}
