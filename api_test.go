package clevercloud_test

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// testdata/golden/api lists what the public packages export. A line that is new there is an addition; a line that is gone is a program that
// no longer compiles. What may go:
//
//   - before the first release, anything;
//   - before 1.0.0, what the changelog's Unreleased section names under Changed or Removed;
//   - from then on nothing, but in a module of a new major version, whose path ends in /v2, /v3, ….
//
// UPDATE_API=1 go test -run TestAPI . writes the listing anew, unless the rule forbids it.
func TestAPI_IsTheListedOne(t *testing.T) {
	t.Parallel()
	changelog, err := os.ReadFile("CHANGELOG.md")
	require.NoError(t, err)
	for _, p := range loadHouse(t) {
		if strings.Contains(p.path, "/internal/") {
			continue
		}
		name := filepath.Join("testdata", "golden", "api", path.Base(p.path)+".txt")
		now := apiOf(p.types)
		before, err := os.ReadFile(name)
		if !errors.Is(err, fs.ErrNotExist) {
			require.NoError(t, err)
		}
		added, gone := apiChanges(strings.Split(strings.TrimSpace(string(before)), "\n"), now)
		broken := slices.DeleteFunc(slices.Clone(gone), func(line string) bool { return mayGo(line, modulePath, string(changelog)) })
		switch {
		case len(broken) > 0:
			t.Errorf("%s: incompatible: programs written against these lines no longer compile.\n- %s\nPut them back, or %s.",
				p.path, strings.Join(broken, "\n- "), waysOut(string(changelog)))
		case os.Getenv("UPDATE_API") != "":
			require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o755))
			require.NoError(t, os.WriteFile(name, []byte(strings.Join(now, "\n")+"\n"), 0o644))
		case len(gone) > 0:
			t.Errorf("%s: incompatible, and allowed so far: UPDATE_API=1 go test -run TestAPI . accepts it.\n- %s\n+ %s",
				p.path, strings.Join(gone, "\n- "), strings.Join(added, "\n+ "))
		case len(added) > 0:
			t.Errorf("%s: a compatible addition: UPDATE_API=1 go test -run TestAPI . accepts it.\n+ %s", p.path, strings.Join(added, "\n+ "))
		}
	}
}

func apiChanges(before, now []string) (added, gone []string) {
	without := func(lines, others []string) []string {
		return slices.DeleteFunc(slices.Clone(lines), func(line string) bool { return line == "" || slices.Contains(others, line) })
	}
	return without(now, before), without(before, now)
}

// mayGo is the rule above, for a module at a path with a changelog.
func mayGo(line, module, changelog string) bool {
	switch released := releasedMajor(changelog); {
	case released < 0:
		return true
	case released == 0:
		return strings.Contains(changedOrRemoved(changelog), "`"+apiSymbol(line)+"`")
	default:
		_, major, _ := strings.Cut(path.Base(module), "v")
		next, err := strconv.Atoi(major)
		return err == nil && next > released
	}
}

func waysOut(changelog string) string {
	if releasedMajor(changelog) == 0 {
		return "name each in backquotes, as `Type.Method`, under Changed or Removed in the changelog's Unreleased section"
	}
	return "keep them for the next major version"
}

// releasedMajor is the major version of the changelog's latest release, negative if there is none.
func releasedMajor(changelog string) int {
	match := regexp.MustCompile(`(?m)^## \[(\d+)\.`).FindStringSubmatch(changelog)
	if match == nil {
		return -1
	}
	major, _ := strconv.Atoi(match[1])
	return major
}

func changedOrRemoved(changelog string) string {
	_, unreleased, _ := strings.Cut(changelog, "## [Unreleased]")
	unreleased, _, _ = strings.Cut(unreleased, "\n## ")
	var text strings.Builder
	for _, section := range strings.Split(unreleased, "\n### ") {
		if strings.HasPrefix(section, "Changed") || strings.HasPrefix(section, "Removed") {
			text.WriteString(section)
		}
	}
	return text.String()
}

var apiLine = regexp.MustCompile(`^(?:const|var|func|type) (\w+)(?:[^,(]* (?:struct|interface), (\w+))?|^method \(\*?(\w+)[^)]*\) (\w+)`)

// apiSymbol is what a line is about: New, Client.Do, Invoice.Number.
func apiSymbol(line string) string {
	match := apiLine.FindStringSubmatch(line)
	if match == nil {
		return line
	}
	return strings.Trim(match[1]+match[3]+"."+match[2]+match[4], ".")
}

// apiOf lists what a package exports, sorted.
func apiOf(pkg *types.Package) []string {
	l := apiListing{pkg: pkg}
	for _, name := range pkg.Scope().Names() {
		if object := pkg.Scope().Lookup(name); object.Exported() {
			l.object(object)
		}
	}
	slices.Sort(l.lines)
	return slices.Compact(l.lines)
}

type apiListing struct {
	pkg   *types.Package
	lines []string
}

func (l *apiListing) add(words ...string) { l.lines = append(l.lines, strings.Join(words, "")) }

func (l *apiListing) object(object types.Object) {
	name := object.Name()
	switch object := object.(type) {
	case *types.Const:
		l.add("const ", name, " ", l.text(object.Type()), " = ", object.Val().ExactString())
	case *types.Var:
		l.add("var ", name, " ", l.text(object.Type()))
	case *types.Func:
		sig := object.Signature()
		l.add("func ", name, l.parameters(sig.TypeParams()), l.signature(sig))
	case *types.TypeName:
		if named, ok := object.Type().(*types.Named); ok && !object.IsAlias() {
			l.named("type "+name+l.parameters(named.TypeParams()), named)
		} else {
			l.add("type ", name, " = ", l.text(types.Unalias(object.Type())))
		}
	}
}

func (l *apiListing) named(head string, named *types.Named) {
	switch underlying := named.Underlying().(type) {
	case *types.Interface:
		l.contract(head, underlying)
		return
	case *types.Struct:
		l.add(head, " struct")
		l.fields(head, underlying)
		if types.Comparable(underlying) {
			l.add(head, " is comparable")
		}
	default:
		l.add(head, " ", l.text(underlying))
	}
	values, all := types.NewMethodSet(named), types.NewMethodSet(types.NewPointer(named))
	for selection := range all.Methods() {
		method := selection.Obj()
		if !method.Exported() {
			continue
		}
		receiver := l.text(named)
		if values.Lookup(l.pkg, method.Name()) == nil {
			receiver = "*" + receiver
		}
		l.add("method (", receiver, ") ", method.Name(), l.signature(selection.Type().(*types.Signature)))
	}
}

// contract lists an interface: in one line if others can implement it, since then every new method breaks them.
func (l *apiListing) contract(head string, underlying *types.Interface) {
	var methods []string
	sealed := false
	for method := range underlying.Methods() {
		if method.Exported() {
			methods = append(methods, method.Name()+l.signature(method.Signature()))
		} else {
			sealed = true
		}
	}
	if !sealed {
		l.add(head, " interface { ", strings.Join(methods, "; "), " }")
		return
	}
	l.add(head, " interface, sealed")
	for _, method := range methods {
		l.add(head, " interface, ", method)
	}
}

// fields lists the exported ones, and those promoted from what only this package can name.
func (l *apiListing) fields(head string, s *types.Struct) {
	for field := range s.Fields() {
		switch promoted, ok := field.Type().Underlying().(*types.Struct); {
		case field.Exported() && field.Embedded():
			l.add(head, " struct, ", field.Name(), " embedded ", l.text(field.Type()))
		case field.Exported():
			l.add(head, " struct, ", field.Name(), " ", l.text(field.Type()))
		case field.Embedded() && ok:
			l.fields(head, promoted)
		}
	}
}

func (l *apiListing) text(t types.Type) string {
	return types.TypeString(t, func(other *types.Package) string {
		if other == l.pkg {
			return ""
		}
		return strings.TrimPrefix(other.Path(), path.Dir(modulePath)+"/")
	})
}

func (l *apiListing) parameters(list *types.TypeParamList) string {
	if list.Len() == 0 {
		return ""
	}
	var texts []string
	for parameter := range list.TypeParams() {
		texts = append(texts, parameter.String()+" "+l.text(parameter.Constraint()))
	}
	return "[" + strings.Join(texts, ", ") + "]"
}

// signature has no names: those of parameters can change.
func (l *apiListing) signature(sig *types.Signature) string {
	tuple := func(vars *types.Tuple) (texts []string) {
		for v := range vars.Variables() {
			texts = append(texts, l.text(v.Type()))
		}
		return texts
	}
	in, out := tuple(sig.Params()), tuple(sig.Results())
	if last := len(in) - 1; sig.Variadic() {
		in[last] = "..." + strings.TrimPrefix(in[last], "[]")
	}
	text := "(" + strings.Join(in, ", ") + ")"
	switch len(out) {
	case 0:
		return text
	case 1:
		return text + " " + out[0]
	}
	return text + " (" + strings.Join(out, ", ") + ")"
}

const apiBefore = `package p

const Limit = 10
const Up State = "UP"
type State string
type Query struct { Limit int }
type Base struct { ID string }
type hidden struct { Shown int }
type Thing struct { Base; hidden; Name string; private int }
type Open interface { Read(p []byte) error }
type Sealed interface { Kind() string; sealed() }
type List[T any] struct { Items []T }
type Client struct { c func() }
func (c *Client) Do(name string, more ...string) (int, error) { return 0, nil }
func (c Client) Get() Open { return nil }
func New(w Sealed) (*Client, error) { return nil, nil }
func Map[T any](in []T) List[T] { return List[T]{} }
var Err error
`

func TestAPI_TellsAdditionsFromWhatBreaks(t *testing.T) {
	t.Parallel()
	before := apiOf(checked(t, apiBefore))
	for _, tc := range []struct {
		name, old, new string
		added, gone    []string
	}{
		{"nothing", "", "", nil, nil},
		{"names of parameters", "Do(name string, more", "Do(title string, others", nil, nil},
		{"an unexported field", "private int", "private int; other string", nil, nil},
		{"a function", "var Err", "func Other() {}\nvar Err", []string{"func Other()"}, nil},
		{"a constant", "var Err", "const Down State = `DOWN`\nvar Err", []string{`const Down State = "DOWN"`}, nil},
		{"a field", "Limit int }", "Limit int; Since string }", []string{"type Query struct, Since string"}, nil},
		{"a method", "var Err", "func (c *Client) Put() {}\nvar Err", []string{"method (*Client) Put()"}, nil},
		{"a method of a sealed interface", "Kind() string;", "Kind() string; Size() int;", []string{"type Sealed interface, Size() int"}, nil},
		{"a promoted field", "Shown int", "Shown, Other int", []string{"type Thing struct, Other int"}, nil},
		{"a method of an open interface", "[]byte) error }", "[]byte) error; Close() error }",
			[]string{"type Open interface { Close() error; Read([]byte) error }"}, []string{"type Open interface { Read([]byte) error }"}},
		{"a field that cannot be compared", "Limit int }", "Limit int; Tags []string }",
			[]string{"type Query struct, Tags []string"}, []string{"type Query is comparable"}},
		{"another parameter", "New(w Sealed)", "New(w Sealed, n int)",
			[]string{"func New(Sealed, int) (*Client, error)"}, []string{"func New(Sealed) (*Client, error)"}},
		{"a variadic parameter", "New(w Sealed)", "New(w Sealed, n ...int)",
			[]string{"func New(Sealed, ...int) (*Client, error)"}, []string{"func New(Sealed) (*Client, error)"}},
		{"another result", "Get() Open", "Get() Sealed",
			[]string{"method (Client) Get() Sealed"}, []string{"method (Client) Get() Open"}},
		{"another receiver", "(c Client) Get", "(c *Client) Get",
			[]string{"method (*Client) Get() Open"}, []string{"method (Client) Get() Open"}},
		{"another value", "Limit = 10", "Limit = 20", []string{"const Limit untyped int = 20"}, []string{"const Limit untyped int = 10"}},
		{"another type", "State string", "State int", []string{"const Up State = 1", "type State int"}, []string{`const Up State = "UP"`, "type State string"}},
		{"another type of a field", "Items []T", "Items []*T", []string{"type List[T any] struct, Items []*T"}, []string{"type List[T any] struct, Items []T"}},
		{"a narrower constraint", "Map[T any]", "Map[T comparable]",
			[]string{"func Map[T comparable]([]T) List[T]"}, []string{"func Map[T any]([]T) List[T]"}},
		{"a field taken away", "Name string;", "", nil, []string{"type Thing struct, Name string"}},
		{"a variable taken away", "var Err error", "", nil, []string{"var Err error"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			require.Contains(t, apiBefore, tc.old)
			source := strings.Replace(apiBefore, tc.old, tc.new, 1)
			if tc.name == "another type" {
				source = strings.Replace(source, `"UP"`, "1", 1)
			}

			added, gone := apiChanges(before, apiOf(checked(t, source)))

			assert.Equal(t, tc.added, nilIfEmpty(added))
			assert.Equal(t, tc.gone, nilIfEmpty(gone))
		})
	}
}

func nilIfEmpty(lines []string) []string {
	if len(lines) == 0 {
		return nil
	}
	return lines
}

// checked is a package made of one file.
func checked(t *testing.T, source string) *types.Package {
	t.Helper()
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "p.go", source, 0)
	require.NoError(t, err)
	pkg, err := new(types.Config).Check("p", fset, []*ast.File{file}, nil)
	require.NoError(t, err)
	return pkg
}

func TestAPI_WhatMayGo(t *testing.T) {
	t.Parallel()
	const added, changed = "# Changelog\n\n## [Unreleased]\n\n### Added\n\n- `New`\n\n", "### Changed\n\n- `Client.Do` takes a verb.\n\n### Removed\n\n- `Old`\n"
	const module, next = "example.com/m", "example.com/m/v2"
	const do, fresh, old = "method (*Client) Do(string) error", "func New() *Client", "type Old struct"
	for _, tc := range []struct {
		line, module, changelog string
		want                    bool
	}{
		{do, module, added, true},
		{do, module, added + "\n## [0.9.0]\n", false},
		{do, module, added + changed + "\n## [0.9.0]\n", true},
		{old, module, added + changed + "\n## [0.9.0]\n", true},
		{fresh, module, added + changed + "\n## [0.9.0]\n", false},
		{do, module, added + "\n## [0.9.0]\n" + changed, false},
		{do, module, added + changed + "\n## [1.2.0]\n\n## [0.9.0]\n", false},
		{do, next, added + changed + "\n## [1.2.0]\n", true},
		{do, next, added + changed + "\n## [2.0.0]\n\n## [1.2.0]\n", false},
	} {
		assert.Equal(t, tc.want, mayGo(tc.line, tc.module, tc.changelog), "%s of %s, %s", tc.line, tc.module, tc.changelog)
	}
	for line, want := range map[string]string{
		"const Up State = 1": "Up", "var Err error": "Err", "func Map[T any]([]T) List[T]": "Map", "type State string": "State",
		"type Query struct": "Query", "type Query struct, Limit int": "Query.Limit", "type List[T any] struct, Items []T": "List.Items",
		"type Query is comparable": "Query", "type Sealed interface, Kind() string": "Sealed.Kind",
		"type Open interface { Read([]byte) error }": "Open", "method (*List[T]) Len() int": "List.Len", "method (Client) Get() Open": "Client.Get",
	} {
		assert.Equal(t, want, apiSymbol(line), line)
	}
}
