package house_test

import (
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// examplesIn returns the examples of a folder's tests by name, without the word Example.
func examplesIn(t *testing.T, dir string) map[string]*doc.Example {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*_test.go"))
	require.NoError(t, err)
	fset := token.NewFileSet()
	var files []*ast.File
	for _, name := range names {
		file, err := parser.ParseFile(fset, name, nil, parser.ParseComments)
		require.NoError(t, err)
		files = append(files, file)
	}
	examples := map[string]*doc.Example{}
	for _, example := range doc.Examples(files...) {
		examples[example.Name] = example
	}
	require.NotEmpty(t, examples)
	return examples
}

func TestHouse_EveryServiceMethodHasAnExample(t *testing.T) {
	t.Parallel()
	p, examples := rootOf(t), examplesIn(t, ".")
	for _, file := range p.files {
		for _, decl := range file.Decls {
			method := serviceMethod(decl)
			if method == nil {
				continue
			}
			service := method.Recv.List[0].Type.(*ast.StarExpr).X.(*ast.Ident).Name
			assert.Contains(t, examples, service+"_"+method.Name.Name, "%s: write Example%s_%s", p.at(method), service, method.Name.Name)
		}
	}
}

// An example without output is compiled but never run.
func TestHouse_ExamplesAreRun(t *testing.T) {
	t.Parallel()
	for _, dir := range []string{".", "auth", "clevertest"} {
		for name, example := range examplesIn(t, dir) {
			assert.True(t, example.Output != "" || example.EmptyOutput, "%s: Example%s has no output to check", dir, name)
		}
	}
}

// The README's table is the table of contents: every method of every service is in the row of its service.
func TestHouse_EveryServiceMethodIsInTheREADME(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("README.md")
	require.NoError(t, err)
	p := rootOf(t)
	for _, file := range p.files {
		for _, decl := range file.Decls {
			method := serviceMethod(decl)
			if method == nil {
				continue
			}
			service := strings.TrimSuffix(method.Recv.List[0].Type.(*ast.StarExpr).X.(*ast.Ident).Name, "Service")
			row := regexp.MustCompile("(?m)^\\| `client\\." + service + "` \\|.*`" + method.Name.Name + "`")
			assert.Regexp(t, row, string(readme), p.at(method))
		}
	}
}
