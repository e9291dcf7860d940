// Package house_test holds the conventions that no linter knows, and the documents, to the code.
package house_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/constant"
	"go/doc"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/clevercloud-go/clevercloud/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// These tests hold the conventions that the rest of the code relies on. They read the source, with its types.

// TestMain runs the tests in the directory of the module, whose files they read.
func TestMain(m *testing.M) {
	if err := os.Chdir(filepath.Join("..", "..")); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

const modulePath = "github.com/clevercloud-go/clevercloud"

// A housePackage is a package of the module without its tests.
type housePackage struct {
	path  string
	fset  *token.FileSet
	files []*ast.File
	types *types.Package
	info  *types.Info
}

// house loads the packages that a user compiles.
var house = sync.OnceValues(func() ([]*housePackage, error) {
	out, err := exec.Command("go", "list", "-export", "-deps", "-json=Dir,ImportPath,Export,GoFiles,Module",
		"./", "./auth", "./clevertest").Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			err = fmt.Errorf("go list: %s", exit.Stderr)
		}
		return nil, err
	}
	type listed struct {
		Dir, ImportPath, Export string
		GoFiles                 []string
		Module                  *struct{ Main bool }
	}
	exports := map[string]string{}
	var own []listed
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := dec.Decode(&p); err == io.EOF {
			break
		} else if err != nil {
			return nil, err
		}
		exports[p.ImportPath] = p.Export
		if p.Module != nil && p.Module.Main {
			own = append(own, p)
		}
	}
	fset := token.NewFileSet()
	imports := importer.ForCompiler(fset, "gc", func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) })
	var packages []*housePackage
	for _, p := range own {
		h := &housePackage{path: p.ImportPath, fset: fset, info: &types.Info{
			Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
		}}
		for _, name := range p.GoFiles {
			file, err := parser.ParseFile(fset, filepath.Join(p.Dir, name), nil, parser.ParseComments)
			if err != nil {
				return nil, err
			}
			h.files = append(h.files, file)
		}
		config := types.Config{Importer: imports}
		if h.types, err = config.Check(p.ImportPath, fset, h.files, h.info); err != nil {
			return nil, err
		}
		packages = append(packages, h)
	}
	return packages, nil
})

func loadHouse(t *testing.T) []*housePackage {
	t.Helper()
	packages, err := house()
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(packages), 3)
	return packages
}

func rootOf(t *testing.T) *housePackage {
	t.Helper()
	packages := loadHouse(t)
	i := slices.IndexFunc(packages, func(p *housePackage) bool { return p.path == modulePath })
	require.GreaterOrEqual(t, i, 0)
	return packages[i]
}

// at names a place: zones.go:12.
func (p *housePackage) at(n ast.Node) string {
	position := p.fset.Position(n.Pos())
	return fmt.Sprintf("%s:%d", filepath.Base(position.Filename), position.Line)
}

func (p *housePackage) inspect(visit func(ast.Node)) {
	for _, file := range p.files {
		ast.Inspect(file, func(n ast.Node) bool {
			if n != nil {
				visit(n)
			}
			return true
		})
	}
}

// callee is the function that a call calls, nil for conversions and calls of values.
func (p *housePackage) callee(call *ast.CallExpr) *types.Func {
	fun := ast.Unparen(call.Fun)
	if index, ok := fun.(*ast.IndexExpr); ok {
		fun = index.X
	}
	var name *ast.Ident
	switch fun := fun.(type) {
	case *ast.Ident:
		name = fun
	case *ast.SelectorExpr:
		name = fun.Sel
	default:
		return nil
	}
	f, _ := p.info.Uses[name].(*types.Func)
	return f
}

// A houseOperation is a literal of type operation, as it is written, and where.
type houseOperation struct{ at, id, method, path, accept string }

// operations reads the literals of type operation.
func (p *housePackage) operations() map[ast.Node]houseOperation {
	found := map[ast.Node]houseOperation{}
	p.inspect(func(n ast.Node) {
		literal, ok := n.(*ast.CompositeLit)
		if !ok || typeName(p.info.Types[literal].Type) != "operation" {
			return
		}
		members := map[string]string{"method": "GET"}
		for _, element := range literal.Elts {
			pair := element.(*ast.KeyValueExpr)
			value := p.info.Types[pair.Value].Value
			if value != nil && value.Kind() == constant.String {
				members[pair.Key.(*ast.Ident).Name] = constant.StringVal(value)
			}
		}
		found[literal] = houseOperation{
			p.at(literal), members["id"], members["method"], members["path"], members["accept"],
		}
	})
	return found
}

func typeName(t types.Type) string {
	if named, ok := types.Unalias(t).(*types.Named); ok {
		return named.Obj().Name()
	}
	return ""
}

// A serviceMethod is an exported method of a service, such as List of Drains. Its operation is what
// the last line of its comment says.
type serviceMethod struct {
	*ast.FuncDecl
	service, name, operation string
}

func (p *housePackage) serviceMethods(t *testing.T) []serviceMethod {
	t.Helper()
	var methods []serviceMethod
	for _, file := range p.files {
		for _, decl := range file.Decls {
			f, ok := decl.(*ast.FuncDecl)
			if !ok || f.Recv == nil || !f.Name.IsExported() {
				continue
			}
			receiver, _ := strings.CutPrefix(types.ExprString(f.Recv.List[0].Type), "*")
			service, ok := strings.CutSuffix(receiver, "Service")
			if ok && token.IsExported(service) {
				text := strings.TrimSpace(f.Doc.Text())
				last := text[strings.LastIndex(text, "\n")+1:]
				methods = append(methods, serviceMethod{f, service, f.Name.Name, last})
			}
		}
	}
	require.NotEmpty(t, methods)
	return methods
}

// uses returns the operations that f uses, by itself or by the functions and variables of the package that it names.
func (p *housePackage) uses(f *ast.FuncDecl, operations map[ast.Node]houseOperation) []houseOperation {
	bodies := map[types.Object]ast.Node{}
	p.inspect(func(n ast.Node) {
		switch n := n.(type) {
		case *ast.FuncDecl:
			bodies[p.info.Defs[n.Name]] = n
		case *ast.ValueSpec:
			for _, name := range n.Names {
				bodies[p.info.Defs[name]] = n
			}
		}
	})
	var used []houseOperation
	seen := map[ast.Node]bool{}
	var walk func(ast.Node)
	walk = func(body ast.Node) {
		if body == nil || seen[body] {
			return
		}
		seen[body] = true
		ast.Inspect(body, func(n ast.Node) bool {
			if o, ok := operations[n]; ok && !slices.Contains(used, o) {
				used = append(used, o)
			}
			if name, ok := n.(*ast.Ident); ok {
				walk(bodies[p.info.Uses[name]])
			}
			return true
		})
	}
	walk(f)
	return used
}

func TestHouse_EveryServiceMethodIsAnOperation(t *testing.T) {
	t.Parallel()
	p := rootOf(t)
	operations := p.operations()
	require.NotEmpty(t, operations)
	used := map[houseOperation]bool{}
	for _, method := range p.serviceMethods(t) {
		var documented []string
		for _, o := range p.uses(method.FuncDecl, operations) {
			used[o] = true
			documented = append(documented, "\t"+o.method+" "+o.path)
		}
		assert.Contains(t, documented, method.operation,
			"%s: the last line of the comment of %s is the verb and path of its operation",
			p.at(method), method.name)
	}
	seen := map[string]string{}
	for _, o := range operations {
		assert.True(t, used[o], "%s: %s is used by no method", o.at, o.id)
		assert.Empty(t, seen[o.id], "%s has the id of another operation: %s", o.at, o.id)
		seen[o.id] = o.at
	}
}

// TestHouse_OperationsAreThoseOfTheContract compares with the table that the
// tests of all operations go through. Event streams have tests of their own, and
// so has the creation of a network group, which takes more than one request.
func TestHouse_OperationsAreThoseOfTheContract(t *testing.T) {
	t.Parallel()
	written, listed := map[string]string{}, map[string]string{}
	for _, o := range rootOf(t).operations() {
		if o.accept != "text/event-stream" && o.id != "network-groups.create" {
			written[o.id] = o.method + " " + o.path
		}
	}
	for _, o := range testkit.Contract {
		listed[o.ID] = o.Method + " " + o.Path
	}
	assert.Equal(t, listed, written)
}

var sends = regexp.MustCompile(
	`^\(?\*?(net/http|github\.com/hashicorp/go-retryablehttp)(\.Client\))?\.(Do|Get|Head|Post|PostForm)$`)

func TestHouse_RequestsAreSentInOnePlace(t *testing.T) {
	t.Parallel()
	var places []string
	for _, p := range loadHouse(t) {
		if p.path != modulePath && !strings.HasPrefix(p.path, modulePath+"/internal/") {
			continue // The OAuth dance happens before there is a client.
		}
		p.inspect(func(n ast.Node) {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return
			}
			if f := p.callee(call); f != nil && sends.MatchString(f.FullName()) {
				places = append(places, p.at(call))
			}
		})
	}
	assert.Len(t, places, 1, places)
}

// TestHouse_NothingAmbient holds the promises of SECURITY.md: nothing is printed,
// certificates are verified, and only what looks for credentials, which a caller
// asks for, reads the environment or files.
func TestHouse_NothingAmbient(t *testing.T) {
	t.Parallel()
	banned := []string{
		"net/http.DefaultClient", "time.Sleep", "fmt.Print", "fmt.Println", "fmt.Printf", "os.Stdout", "os.Stderr", "log.Default",
		"log.Print", "log.Printf", "log.Println",
	}
	for _, p := range loadHouse(t) {
		p.inspect(func(n ast.Node) {
			name, ok := n.(*ast.Ident)
			if !ok {
				return
			}
			assert.NotEqual(t, "InsecureSkipVerify", name.Name, p.at(name))
			object := p.info.Uses[name]
			if object == nil || object.Pkg() == nil || object.Parent() != object.Pkg().Scope() {
				return
			}
			used := object.Pkg().Path() + "." + object.Name()
			assert.NotContains(t, banned, used, p.at(name))
			if _, ok := object.(*types.Func); ok && object.Pkg().Path() == "os" {
				assert.Regexp(t, `^discover\.go:`, p.at(name), used)
			}
			// The clock of the embedded API has no caller whose context it could have.
			if used == "context.Background" || used == "context.TODO" {
				assert.Equal(t, modulePath+"/clevertest", p.path, p.at(name))
			}
		})
	}
}

// TestHouse_PathsAreMadeByExpandOnly keeps ids from reaching a URL without being escaped: what begins with a slash is the line of the API
// reference, as a constant, and joined to nothing.
func TestHouse_PathsAreMadeByExpandOnly(t *testing.T) {
	t.Parallel()
	for _, p := range loadHouse(t) {
		if p.path != modulePath && !strings.HasPrefix(p.path, modulePath+"/internal/") {
			// The paths of the OAuth dance hold no ids; the embedded API routes paths and makes none.
			continue
		}
		joined := func(call *ast.CallExpr) bool {
			f := p.callee(call)
			return f != nil && slices.Contains([]string{
				"fmt.Sprintf", "fmt.Sprint", "fmt.Appendf", "strings.Join", "path.Join", "net/url.JoinPath", "(*net/url.URL).JoinPath", "strings.ReplaceAll",
				"strings.Replace",
			}, f.FullName())
		}
		for _, file := range p.files {
			for _, decl := range file.Decls {
				if f, ok := decl.(*ast.FuncDecl); ok && f.Recv == nil && p.path == modulePath && f.Name.Name == "expand" {
					continue
				}
				ast.Inspect(decl, func(n ast.Node) bool {
					var parts []ast.Expr
					switch n := n.(type) {
					case *ast.BinaryExpr:
						if n.Op == token.ADD && p.info.Types[n].Value == nil {
							parts = []ast.Expr{n.X, n.Y}
						}
					case *ast.CallExpr:
						if joined(n) {
							parts = n.Args
						}
					}
					for _, part := range parts {
						assert.False(t, p.isPath(part), "%s: a path is put together; only expand may", p.at(part))
					}
					return true
				})
			}
		}
	}
}

var pathLike = regexp.MustCompile(`^/[a-zA-Z{]`)

// isPath reports whether e is a constant that begins like a path of the API, or the path of an operation.
func (p *housePackage) isPath(e ast.Expr) bool {
	e = ast.Unparen(e)
	if value := p.info.Types[e].Value; value != nil && value.Kind() == constant.String {
		text := constant.StringVal(value)
		return pathLike.MatchString(text) || strings.Contains(text, "/v2/") || strings.Contains(text, "/v4/")
	}
	selector, ok := e.(*ast.SelectorExpr)
	if !ok || selector.Sel.Name != "path" {
		return false
	}
	owner := p.info.Types[selector.X].Type
	return strings.HasPrefix(typeName(owner), "operation") || typeName(owner) == "route"
}

func TestHouse_NoTypeOfADependencyIsExported(t *testing.T) {
	t.Parallel()
	for _, p := range loadHouse(t) {
		if strings.Contains(p.path, "/internal/") {
			continue
		}
		check := func(where string, typ types.Type) {
			types.TypeString(typ, func(pkg *types.Package) string {
				below, own := strings.CutPrefix(pkg.Path()+"/", modulePath+"/")
				first, _, _ := strings.Cut(pkg.Path(), "/")
				isPublic := own && !strings.HasPrefix(below, "internal/")
				assert.True(t, isPublic || !strings.Contains(first, "."), "%s shows a type of %s", where, pkg)
				return ""
			})
		}
		scope := p.types.Scope()
		for _, name := range scope.Names() {
			object := scope.Lookup(name)
			alias, isAlias := object.Type().(*types.Alias)
			_, isType := object.(*types.TypeName)
			switch {
			case isType && isAlias: // whose name would hide what it stands for
				check(name, types.Unalias(alias))
				continue
			case !object.Exported():
				continue
			case !isType:
				check(name, object.Type())
				continue
			}
			named := object.Type().(*types.Named)
			methods := slices.Collect(named.Methods())
			switch under := named.Underlying().(type) {
			case *types.Struct:
				for field := range under.Fields() {
					if field.Exported() {
						check(name+"."+field.Name(), field.Type())
					}
				}
			case *types.Interface:
				methods = slices.Collect(under.Methods())
			default:
				check(name, under)
			}
			for _, method := range methods {
				if method.Exported() {
					check(name+"."+method.Name(), method.Type())
				}
			}
		}
	}
}

// A program that uses the SDK compiles the runtime dependencies and nothing else.
func TestHouse_UsersCompileNoTestDependency(t *testing.T) {
	t.Parallel()
	out, err := exec.Command("go", "list", "-deps", "-f", "{{if not .Standard}}{{.ImportPath}}{{end}}", "./", "./auth").Output()
	require.NoError(t, err)
	for _, path := range strings.Fields(string(out)) {
		assert.Regexp(t, `^github\.com/(clevercloud-go/clevercloud|hashicorp/go-|go-json-experiment/json)`, path)
		assert.NotContains(t, []string{modulePath + "/clevertest", modulePath + "/internal/testkit"}, path)
	}
}

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
	for _, method := range p.serviceMethods(t) {
		name := method.service + "Service_" + method.name
		assert.Contains(t, examples, name, "%s: write Example%s", p.at(method), name)
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
