package main

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

//go:embed mutants/mutants.go
var helpers []byte

// A listed is what go list says of a package.
type listed struct {
	Dir, ImportPath, Export, Name      string
	GoFiles, TestGoFiles, XTestGoFiles []string
	Standard, DepOnly                  bool
	Imports, TestImports, XTestImports []string
	Module                             *struct{ Path, Dir string }
}

// A program is a module with its mutants.
type program struct {
	module, dir string
	packages    []*listed
	mutants     []*mutant
	// rewritten are the files with mutants in them, by their path.
	rewritten map[string][]byte
	// changed are the import paths of the packages that they belong to.
	changed []string
}

// load finds the mutants of the files.
func load(ctx context.Context, s settings) (*program, error) {
	out, err := goCommand(ctx, s.dir, "list", "-export", "-deps", "-json", "./...")
	if err != nil {
		return nil, err
	}
	p := &program{rewritten: map[string][]byte{}}
	exports := map[string]string{}
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var l listed
		if err := dec.Decode(&l); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, err
		}
		exports[l.ImportPath] = l.Export
		if !l.DepOnly {
			p.packages = append(p.packages, &l)
			p.module, p.dir = l.Module.Path, l.Module.Dir
		}
	}
	wanted := map[string]bool{}
	for _, file := range s.files {
		wanted[filepath.Join(p.dir, filepath.FromSlash(file))] = true
	}
	for _, l := range p.packages {
		if slices.ContainsFunc(l.GoFiles, func(name string) bool { return wanted[filepath.Join(l.Dir, name)] }) {
			if err := p.rewrite(l, exports, wanted); err != nil {
				return nil, err
			}
			p.changed = append(p.changed, l.ImportPath)
		}
	}
	for file := range wanted {
		if p.rewritten[file] == nil {
			return nil, fmt.Errorf("%s is in no package", file)
		}
	}
	return p, nil
}

func goCommand(ctx context.Context, dir string, args ...string) ([]byte, error) {
	command := exec.CommandContext(ctx, "go", args...)
	command.Dir = dir
	out, err := command.Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return nil, fmt.Errorf("go %s: %w\n%s", args[0], err, exit.Stderr)
	}
	return out, err
}

func (p *program) rewrite(l *listed, exports map[string]string, wanted map[string]bool) error {
	fset := token.NewFileSet()
	var files []*ast.File
	for _, name := range l.GoFiles {
		file, err := parser.ParseFile(fset, filepath.Join(l.Dir, name), nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		files = append(files, file)
	}
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{}}
	config := types.Config{Importer: importer.ForCompiler(fset, "gc", func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) })}
	pkg, err := config.Check(l.ImportPath, fset, files, info)
	if err != nil {
		return err
	}
	for i, name := range l.GoFiles {
		path := filepath.Join(l.Dir, name)
		if !wanted[path] {
			continue
		}
		src, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(p.dir, path)
		if err != nil {
			return err
		}
		r := &rewriter{file: files[i], name: filepath.ToSlash(relative), src: src, fset: fset, pkg: pkg, info: info, add: func(m *mutant) {
			p.mutants = append(p.mutants, m)
			m.id = len(p.mutants)
		}}
		p.rewritten[path] = r.rewrite(p.helpers())
	}
	return nil
}

func (p *program) helpers() string { return p.module + "/internal/mutate/mutants" }

// A suite is the test binary of a package, with the mutants in it.
type suite struct {
	path, dir, binary string
}

// build compiles the tests of the changed packages, and of those that use one.
func (p *program) build(ctx context.Context, scratch string) ([]suite, error) {
	overlay := struct{ Replace map[string]string }{map[string]string{}}
	write := func(path string, text []byte) error {
		name := filepath.Join(scratch, fmt.Sprintf("%d.go", len(overlay.Replace)))
		overlay.Replace[path] = name
		return os.WriteFile(name, text, 0o600)
	}
	for path, text := range p.rewritten {
		if err := write(path, text); err != nil {
			return nil, err
		}
	}
	if err := write(filepath.Join(p.dir, "internal", "mutate", "mutants", "mutants.go"), helpers); err != nil {
		return nil, err
	}
	config := filepath.Join(scratch, "overlay.json")
	text, err := json.Marshal(overlay)
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(config, text, 0o600); err != nil {
		return nil, err
	}
	var suites []suite
	for i, l := range p.packages {
		if !p.tests(l) {
			continue
		}
		s := suite{l.ImportPath, l.Dir, filepath.Join(scratch, fmt.Sprintf("%d.test", i))}
		if _, err := goCommand(ctx, p.dir, "test", "-c", "-vet=off", "-overlay", config, "-o", s.binary, l.ImportPath); err != nil {
			return nil, err
		}
		suites = append(suites, s)
	}
	return suites, nil
}

// tests reports whether l has tests that may reach a mutant. Programs, which only show how the rest is used, are left out.
func (p *program) tests(l *listed) bool {
	if l.Name == "main" || len(l.TestGoFiles)+len(l.XTestGoFiles) == 0 {
		return false
	}
	if slices.Contains(p.changed, l.ImportPath) {
		return true
	}
	return slices.ContainsFunc(slices.Concat(l.Imports, l.TestImports, l.XTestImports), func(path string) bool {
		return strings.HasPrefix(path+"/", p.module+"/")
	})
}
