// Package house_test holds the conventions that no linter knows, and the documents, to the code.
package house_test

import (
	"os"
	"path/filepath"
	"testing"
)

// TestMain runs the tests in the directory of the module, whose files they read.
func TestMain(m *testing.M) {
	if err := os.Chdir(filepath.Join("..", "..")); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}
