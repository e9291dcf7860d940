package house_test

import (
	"go/ast"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/clevercloud-go/clevercloud/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// coverage reads the tables of docs/coverage.md: for each verb and path, whatever its placeholders
// are called, the methods, or nil if there is a reason why there is none.
func coverage(t *testing.T) map[string][]string {
	t.Helper()
	page, err := os.ReadFile("docs/coverage.md")
	require.NoError(t, err)
	row := regexp.MustCompile("^\\| (GET|POST|PUT|PATCH|DELETE) \\| `(/[^` ]+)` \\| (.*\\S) \\|$")
	method := regexp.MustCompile("^`client\\.([A-Z]\\w*\\.[A-Z]\\w*)`$")
	rows := map[string][]string{}
	for line := range strings.Lines(string(page)) {
		line = strings.TrimSuffix(line, "\n")
		isHead := strings.HasPrefix(line, "| | path |") || line == "|---|---|---|"
		if !strings.HasPrefix(line, "|") || isHead {
			continue
		}
		cells := row.FindStringSubmatch(line)
		require.NotNil(t, cells, "not a row: %s", line)
		key := anonymous(cells[1] + " " + cells[2])
		require.NotContains(t, rows, key, "two rows of an operation")
		rows[key] = nil
		if !strings.HasPrefix(cells[3], "`client.") {
			continue
		}
		for name := range strings.SplitSeq(cells[3], ", ") {
			require.Regexp(t, method, name, line)
			rows[key] = append(rows[key], method.FindStringSubmatch(name)[1])
		}
		slices.Sort(rows[key])
	}
	require.Greater(t, len(rows), 400)
	return rows
}

// anonymous takes the names out of the placeholders of a path.
func anonymous(path string) string {
	return testkit.Placeholder.ReplaceAllLiteralString(path, "{}")
}

// TestDocs_Coverage holds docs/coverage.md to the code: the row of an operation names all methods
// that document it, and no other.
func TestDocs_Coverage(t *testing.T) {
	t.Parallel()
	written := map[string][]string{}
	p := rootOf(t)
	for _, file := range p.files {
		for _, decl := range file.Decls {
			method := serviceMethod(decl)
			if method == nil {
				continue
			}
			lines := strings.Split(strings.TrimSpace(method.Doc.Text()), "\n")
			operation := anonymous(strings.TrimSpace(lines[len(lines)-1]))
			if !strings.Contains(operation, " /v2/") {
				receiver := method.Recv.List[0].Type.(*ast.StarExpr).X.(*ast.Ident).Name
				name := strings.TrimSuffix(receiver, "Service") + "." + method.Name.Name
				written[operation] = append(written[operation], name)
			}
		}
	}
	for _, methods := range written {
		slices.Sort(methods)
	}
	listed := coverage(t)
	called := map[string]string{}
	for _, o := range p.operations() {
		called[o.id] = anonymous(o.method + " " + o.path)
	}
	for _, o := range testkit.Contract {
		called[o.ID] = anonymous(o.Method + " " + o.Path)
	}
	for id, operation := range called {
		if !strings.Contains(operation, " /v2/") {
			assert.NotEmpty(t, listed[operation], "%s has no row: %s", id, operation)
		}
	}
	for operation, methods := range listed {
		assert.Equal(t, written[operation], methods, operation)
		delete(written, operation)
	}
	assert.Empty(t, written, "operations without a row")
}
