package secretfile

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestWrite(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "secret")
	require.NoError(t, os.WriteFile(name, []byte("longer than the new one"), 0o644))

	require.NoError(t, Write(name, "s3cret"))

	content, err := os.ReadFile(name)
	require.NoError(t, err)
	assert.Equal(t, "s3cret", string(content))
	info, err := os.Stat(name)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	left, err := os.ReadDir(filepath.Dir(name))
	require.NoError(t, err)
	assert.Len(t, left, 1)
}

func TestWrite_NoFolder(t *testing.T) {
	t.Parallel()
	assert.ErrorIs(t, Write(filepath.Join(t.TempDir(), "none", "secret"), "s3cret"), os.ErrNotExist)
}
