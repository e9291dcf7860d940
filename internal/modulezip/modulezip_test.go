// Package modulezip_test tries the module as its users get it: as the zip that a module proxy serves, in a program that requires a version
// of it. It is a module of its own because golang.org/x/mod, which knows what belongs into a zip, is no dependency of the SDK.
package modulezip_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/mod/module"
	modzip "golang.org/x/mod/zip"
)

const (
	modulePath = "github.com/clevercloud-go/clevercloud"
	version    = "v0.9.0"
	root       = "../.."
)

func TestModule_AsItsUsersGetIt(t *testing.T) {
	t.Parallel()
	archive := build(t)
	p := newProgram(t, archive)

	downloaded := decode[struct{ Version, Sum string }](t, p.run("go", "mod", "download", "-json", modulePath+"@"+version))
	assert.Equal(t, version, downloaded.Version)
	assert.Contains(t, p.run("go", "mod", "verify"), "all modules verified")
	p.run("go", "build", "./...", modulePath+"/...")
	p.run("go", "vet", "./...")
	p.run("go", "test", "./...")
	own := `clevercloud-go/0\.9\.0 \(go\S+.*; \w+/\w+\)`
	assert.Regexp(t, `^Paris true\n`+own+`\nconsumer/1\.0 `+own+`\n$`, p.run("go", "run", "."))
	assert.Contains(t, p.run("go", "run", modulePath+"/examples/quickstart"), "No credentials found, so this is the embedded API")
	p.figures(len(archive))
}

func TestZip_HoldsTheProductOnly(t *testing.T) {
	t.Parallel()
	archive := build(t)
	r, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	require.NoError(t, err)
	var names []string
	for _, file := range r.File {
		names = append(names, strings.TrimPrefix(file.Name, modulePath+"@"+version+"/"))
	}

	for _, want := range []string{"LICENSE", "README.md", "CHANGELOG.md", "go.mod", "client.go", "auth/auth.go", "clevertest/doc.go", "examples/quickstart/main.go"} {
		assert.True(t, slices.Contains(names, want), want)
	}
	for _, name := range names {
		switch {
		case path.Base(name) == "go.mod":
			assert.Equal(t, "go.mod", name)
		case strings.HasPrefix(name, "internal/modulezip/"), strings.HasPrefix(name, "bench/"), strings.HasPrefix(name, "testdata/consumer/"):
			assert.Fail(t, "a file of another module", name)
		}
	}
}

// tracked is a file of the work tree that git knows.
type tracked string

func (f tracked) Path() string                 { return string(f) }
func (f tracked) Lstat() (fs.FileInfo, error)  { return os.Lstat(filepath.Join(root, string(f))) }
func (f tracked) Open() (io.ReadCloser, error) { return os.Open(filepath.Join(root, string(f))) }

// build makes the zip by the rules of the go command.
func build(t *testing.T) []byte {
	t.Helper()
	list := exec.Command("git", "ls-files", "-z")
	list.Dir = root
	out, err := list.Output()
	require.NoError(t, err)
	var files []modzip.File
	for name := range strings.SplitSeq(strings.TrimRight(string(out), "\x00"), "\x00") {
		if _, err := tracked(name).Lstat(); err == nil {
			files = append(files, tracked(name))
		}
	}
	var archive bytes.Buffer
	require.NoError(t, modzip.Create(&archive, module.Version{Path: modulePath, Version: version}, files))
	return archive.Bytes()
}

// A program is testdata/consumer in a folder of its own, where it gets the module from a file proxy.
type program struct {
	t   *testing.T
	dir string
	env []string
}

func newProgram(t *testing.T, archive []byte) *program {
	t.Helper()
	p := &program{t: t, dir: t.TempDir()}
	require.NoError(t, os.CopyFS(p.dir, os.DirFS(filepath.Join(root, "testdata", "consumer"))))
	require.NoError(t, os.Chmod(filepath.Join(p.dir, "go.mod"), 0o644))
	goMod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	require.NoError(t, err)
	proxy := t.TempDir()
	served := filepath.Join(proxy, filepath.FromSlash(modulePath), "@v")
	require.NoError(t, os.MkdirAll(served, 0o755))
	for name, content := range map[string][]byte{
		"list": []byte(version + "\n"), version + ".info": fmt.Appendf(nil, `{"Version":%q,"Time":"2026-01-02T03:04:05Z"}`, version),
		version + ".mod": goMod, version + ".zip": archive,
	} {
		require.NoError(t, os.WriteFile(filepath.Join(served, name), content, 0o644))
	}
	// The module cache is its own, so that a later run does not find this run's zip. What is in the usual one is not fetched again.
	usual := decode[struct{ GOPROXY, GOMODCACHE, GOFLAGS, GONOSUMDB string }](t,
		p.run("go", "env", "-json", "GOPROXY", "GOMODCACHE", "GOFLAGS", "GONOSUMDB"))
	p.env = []string{
		"GOPROXY=" + fileURL(proxy) + "," + fileURL(filepath.Join(usual.GOMODCACHE, "cache", "download")) + "," + usual.GOPROXY,
		"GOMODCACHE=" + t.TempDir(), "GONOSUMDB=" + strings.Trim(modulePath+","+usual.GONOSUMDB, ","), "GOWORK=off",
		"GOFLAGS=" + strings.TrimSpace(usual.GOFLAGS+" -mod=mod -modcacherw"),
		"CONFIGURATION_FILE=" + filepath.Join(proxy, "none.json"),
		"CLEVER_API_TOKEN=", "CC_API_TOKEN=", "CLEVER_TOKEN=", "CC_OAUTH_TOKEN=",
	}
	p.run("go", "mod", "edit", "-dropreplace", modulePath, "-require", modulePath+"@"+version)
	return p
}

func fileURL(dir string) string {
	return "file://" + "/" + strings.TrimPrefix(filepath.ToSlash(dir), "/")
}

// run returns what a command of the program prints on its standard output.
func (p *program) run(name string, args ...string) string {
	p.t.Helper()
	cmd := exec.CommandContext(p.t.Context(), name, args...)
	cmd.Dir, cmd.Env = p.dir, append(os.Environ(), p.env...)
	var trouble bytes.Buffer
	cmd.Stderr = &trouble
	out, err := cmd.Output()
	require.NoError(p.t, err, "%s: %s%s", cmd, out, &trouble)
	return string(out)
}

// figures compares what a program gets with what docs/module.md says.
func (p *program) figures(size int) {
	p.t.Helper()
	listed := len(strings.Fields(p.run("go", "list", "-m", "-f", "{{if not .Main}}{{.Path}}{{end}}", "all")))
	packages := strings.Fields(p.run("go", "list", "-deps", "-f", "{{if not .Standard}}{{.Module.Path}}={{.ImportPath}}{{end}}", modulePath, modulePath+"/auth"))
	compiled := map[string]bool{}
	for _, line := range packages {
		of, _, _ := strings.Cut(line, "=")
		compiled[of] = true
	}
	p.t.Logf("zip: %d KiB; modules in the build list: %d, compiled: %v; packages compiled: %d", size>>10, listed,
		slices.Sorted(maps.Keys(compiled)), len(packages))
	doc, err := os.ReadFile(filepath.Join(root, "docs", "module.md"))
	require.NoError(p.t, err)
	for what, got := range map[string]int{
		"modules that `go list -m all` shows":      listed,
		"modules compiled into a program":          len(compiled),
		"packages compiled, the standard ones out": len(packages),
	} {
		assert.Equal(p.t, got, said(p.t, doc, what), what)
	}
	assert.LessOrEqual(p.t, size>>10, said(p.t, doc, "KiB of zip, at most"))
}

// said is the number in a row of the table.
func said(t *testing.T, doc []byte, what string) int {
	t.Helper()
	match := regexp.MustCompile(`(?m)^\| ` + regexp.QuoteMeta(what) + ` \| (\d+) \|$`).FindSubmatch(doc)
	require.NotNil(t, match, what)
	n, err := strconv.Atoi(string(match[1]))
	require.NoError(t, err)
	return n
}

func decode[T any](t *testing.T, text string) (v T) {
	t.Helper()
	require.NoError(t, json.Unmarshal([]byte(text), &v))
	return v
}
