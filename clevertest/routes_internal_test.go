package clevertest

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestDoc_NamesEveryRoute(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("doc.go")
	require.NoError(t, err)
	s := NewServer()
	defer s.Close()
	for id := range s.routes {
		assert.Regexp(t, `[ \t]`+id+`(?m:[ ]|$)`, string(text))
	}
}
