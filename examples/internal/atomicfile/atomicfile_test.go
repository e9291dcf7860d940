package atomicfile

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestWriteString(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "secret")
	for _, old := range []string{name, name + ".1.part"} {
		require.NoError(t, os.WriteFile(old, []byte("longer than the new one"), 0o644))
	}

	require.NoError(t, WriteString(name, "s3cret"))

	content, err := os.ReadFile(name)
	require.NoError(t, err)
	assert.Equal(t, "s3cret", string(content))
	info, err := os.Stat(name)
	require.NoError(t, err)
	if runtime.GOOS != "windows" {
		assert.Equal(t, os.FileMode(0o600), info.Mode())
	}
	assert.NoFileExists(t, name+".1.part")
}

func TestWrite_Fails(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	name := filepath.Join(dir, "file")
	require.NoError(t, os.WriteFile(name, []byte("old"), 0o600))
	full := errors.New("disk full")

	require.ErrorIs(t, Write(name, func(f *os.File) error {
		_, _ = f.WriteString("half of it")
		return full
	}), full)

	content, err := os.ReadFile(name)
	require.NoError(t, err)
	assert.Equal(t, "old", string(content))
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Len(t, entries, 1)
	assert.ErrorIs(t, WriteString(filepath.Join(dir, "none", "secret"), "s3cret"), os.ErrNotExist)
	assert.Error(t, WriteString(dir, "not a file"))
	parts, err := filepath.Glob(dir + ".*.part")
	require.NoError(t, err)
	assert.Empty(t, parts)
}

// Two programs may write the same file. The first is done when the second has written a half.
func TestWrite_TwoAtOnce(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "file")
	half, more, second := make(chan struct{}), make(chan struct{}), make(chan error)

	first := Write(name, func(f *os.File) error {
		go func() {
			second <- Write(name, func(f *os.File) error {
				_, _ = f.WriteString("half of ")
				close(half)
				<-more
				_, err := f.WriteString("the second")
				return err
			})
		}()
		<-half
		_, err := f.WriteString("the first")
		return err
	})

	content, err := os.ReadFile(name)
	assert.Equal(t, first == nil, err == nil && string(content) == "the first", string(content))
	close(more)
	require.NoError(t, <-second)
	content, err = os.ReadFile(name)
	require.NoError(t, err)
	assert.Equal(t, "half of the second", string(content))
}
