package house_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/constant"
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

const modulePath = "github.com/clevercloud-go/clevercloud"

// A housePackage is a package of the module without its tests.
type housePackage struct {
	path  string
	fset  *token.FileSet
	files []*ast.File
	types *types.Package
	info  *types.Info
}

// listed is what go list says of a package.
type listed struct {
	Dir, ImportPath, Export string
	GoFiles                 []string
	Module                  *struct {
		Path string
		Main bool
	}
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
	for _, p := range loadHouse(t) {
		if p.path == modulePath {
			return p
		}
	}
	t.Fatal("no root package")
	return nil
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

// A houseOperation is a variable of type operation, as it is written.
type houseOperation struct{ name, id, method, path, accept string }

// operations reads the variables of type operation.
func (p *housePackage) operations() map[types.Object]houseOperation {
	found := map[types.Object]houseOperation{}
	p.inspect(func(n ast.Node) {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || len(spec.Values) != len(spec.Names) {
			return
		}
		for i, name := range spec.Names {
			object := p.info.Defs[name]
			literal, ok := spec.Values[i].(*ast.CompositeLit)
			if object == nil || object.Parent() != p.types.Scope() || !ok || !strings.HasPrefix(typeName(object.Type()), "operation") {
				continue
			}
			o := houseOperation{name: name.Name}
			for _, element := range literal.Elts {
				pair := element.(*ast.KeyValueExpr)
				value := p.info.Types[pair.Value].Value
				if value == nil || value.Kind() != constant.String {
					continue
				}
				text := constant.StringVal(value)
				switch pair.Key.(*ast.Ident).Name {
				case "id":
					o.id = text
				case "method":
					o.method = text
				case "path":
					o.path = text
				case "accept":
					o.accept = text
				}
			}
			found[object] = o
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

// serviceMethod is an exported method of a service; nil for other functions.
func serviceMethod(decl ast.Decl) *ast.FuncDecl {
	f, ok := decl.(*ast.FuncDecl)
	if !ok || f.Recv == nil || !f.Name.IsExported() {
		return nil
	}
	star, ok := f.Recv.List[0].Type.(*ast.StarExpr)
	if !ok {
		return nil
	}
	if name, ok := star.X.(*ast.Ident); ok && strings.HasSuffix(name.Name, "Service") && name.IsExported() {
		return f
	}
	return nil
}

// uses returns the operations that f uses, by itself or by the functions of the package that it calls.
func (p *housePackage) uses(f *ast.FuncDecl, operations map[types.Object]houseOperation) []houseOperation {
	bodies := map[types.Object]*ast.FuncDecl{}
	for _, file := range p.files {
		for _, decl := range file.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok {
				bodies[p.info.Defs[f.Name]] = f
			}
		}
	}
	var used []houseOperation
	seen := map[*ast.FuncDecl]bool{}
	var walk func(*ast.FuncDecl)
	walk = func(f *ast.FuncDecl) {
		if f == nil || seen[f] {
			return
		}
		seen[f] = true
		ast.Inspect(f, func(n ast.Node) bool {
			name, ok := n.(*ast.Ident)
			if !ok {
				return true
			}
			object := p.info.Uses[name]
			if o, ok := operations[object]; ok && !slices.Contains(used, o) {
				used = append(used, o)
			}
			walk(bodies[object])
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
	for _, file := range p.files {
		for _, decl := range file.Decls {
			method := serviceMethod(decl)
			if method == nil {
				continue
			}
			lines := strings.Split(strings.TrimSpace(method.Doc.Text()), "\n")
			last := lines[len(lines)-1]
			var documented []string
			for _, o := range p.uses(method, operations) {
				used[o] = true
				documented = append(documented, "\t"+o.method+" "+o.path)
			}
			assert.Contains(t, documented, last, "%s: the last line of the comment of %s is the verb and path of its operation",
				p.at(method), method.Name.Name)
		}
	}
	seen := map[string]string{}
	for _, o := range operations {
		assert.True(t, used[o], "%s is used by no method", o.name)
		assert.Empty(t, seen[o.id], "%s has the id of another operation: %s", o.name, o.id)
		seen[o.id] = o.name
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
			f := p.callee(call)
			if f == nil || f.Pkg() == nil || !slices.Contains([]string{"Do", "Get", "Head", "Post", "PostForm"}, f.Name()) {
				return
			}
			receiver := f.Signature().Recv()
			ofClient := receiver == nil || strings.HasSuffix(receiver.Type().String(), ".Client")
			switch f.Pkg().Path() {
			case "net/http", "github.com/hashicorp/go-retryablehttp":
				if ofClient {
					places = append(places, p.at(call))
				}
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
				assert.Regexp(t, `^discover(_clevertools)?\.go:`, p.at(name), used)
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
		seen := map[types.Type]bool{}
		var check func(where string, typ types.Type)
		check = func(where string, typ types.Type) {
			typ = types.Unalias(typ)
			if seen[typ] {
				return
			}
			seen[typ] = true
			switch typ := typ.(type) {
			case *types.Named:
				if pkg := typ.Obj().Pkg(); pkg != nil && typ.Obj().Exported() {
					first, _, _ := strings.Cut(pkg.Path(), "/")
					own := pkg.Path() == modulePath || strings.HasPrefix(pkg.Path(), modulePath+"/") && !strings.Contains(pkg.Path(), "/internal/")
					assert.True(t, own || !strings.Contains(first, "."), "%s shows %s", where, typ)
				}
				for argument := range typ.TypeArgs().Types() {
					check(where, argument)
				}
			case *types.Pointer:
				check(where, typ.Elem())
			case *types.Slice:
				check(where, typ.Elem())
			case *types.Array:
				check(where, typ.Elem())
			case *types.Chan:
				check(where, typ.Elem())
			case *types.Map:
				check(where, typ.Key())
				check(where, typ.Elem())
			case *types.Signature:
				for v := range typ.Params().Variables() {
					check(where, v.Type())
				}
				for v := range typ.Results().Variables() {
					check(where, v.Type())
				}
			case *types.Struct:
				for field := range typ.Fields() {
					if field.Exported() {
						check(where+"."+field.Name(), field.Type())
					}
				}
			case *types.Interface:
				for method := range typ.ExplicitMethods() {
					if method.Exported() {
						check(where+"."+method.Name(), method.Type())
					}
				}
			}
		}
		scope := p.types.Scope()
		for _, name := range scope.Names() {
			object := scope.Lookup(name)
			if !object.Exported() {
				continue
			}
			check(name, object.Type())
			if named, ok := object.Type().(*types.Named); ok {
				check(name, named.Underlying())
				for method := range named.Methods() {
					if method.Exported() {
						check(name+"."+method.Name(), method.Type())
					}
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
