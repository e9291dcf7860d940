package house_test

import (
	"bytes"
	"go/ast"
	"go/doc/comment"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// These tests hold the prose to the code. A block of Go in a document is a passage of a Go file, found there word for word: of an example,
// or of the docs_…_test.go that goes with the page and runs it.

// documents are the pages that people read, by path.
func documents(t *testing.T) map[string]string {
	t.Helper()
	names, err := filepath.Glob("docs/*.md")
	require.NoError(t, err)
	pages := map[string]string{}
	for _, name := range append(names, "README.md", "CONTRIBUTING.md", "SECURITY.md", "bench/README.md") {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		pages[filepath.ToSlash(name)] = string(text)
	}
	require.Greater(t, len(pages), 3)
	return pages
}

// blocks returns the fenced blocks of a language.
func blocks(page, language string) []string {
	var found []string
	for _, match := range regexp.MustCompile("(?ms)^```"+language+"\n(.*?)^```$").FindAllStringSubmatch(page, -1) {
		found = append(found, match[1])
	}
	return found
}

// sources are the lines of every Go file of the repository, other modules in it included.
var sources = sync.OnceValues(func() (map[string][]string, error) {
	files := map[string][]string{}
	err := filepath.WalkDir(".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(name) != ".go" {
			return err
		}
		text, err := os.ReadFile(name)
		files[filepath.ToSlash(name)] = strings.Split(string(text), "\n")
		return err
	})
	return files, err
})

func TestDocs_GoBlocksAreCompiled(t *testing.T) {
	t.Parallel()
	files, err := sources()
	require.NoError(t, err)
	code := map[string][]string{"the overview of the package": overviewCode(rootOf(t))}
	for page, text := range documents(t) {
		code[page] = blocks(text, "go")
	}
	for page, blocks := range code {
		for _, block := range blocks {
			lines := strings.Split(strings.TrimRight(block, "\n"), "\n")
			found := false
			for _, file := range files {
				found = found || holds(file, lines)
			}
			assert.True(t, found, "%s: not a passage of any Go file:\n%s", page, block)
		}
	}
}

// overviewCode returns the blocks of a package's comment that are statements; others are tables.
func overviewCode(p *housePackage) []string {
	var code []string
	for _, file := range p.files {
		for _, block := range new(comment.Parser).Parse(file.Doc.Text()).Content {
			if block, ok := block.(*comment.Code); ok && strings.Contains(block.Text, " := ") {
				code = append(code, block.Text)
			}
		}
	}
	return code
}

// holds reports whether passage is in file, whatever its indentation.
func holds(file, passage []string) bool {
	for i := range file {
		indent, ok := strings.CutSuffix(file[i], passage[0])
		if !ok || strings.Trim(indent, "\t") != "" || i+len(passage) > len(file) {
			continue
		}
		if slices.EqualFunc(file[i:i+len(passage)], passage, func(have, want string) bool {
			return have == indent+want || have == "" && want == ""
		}) {
			return true
		}
	}
	return false
}

// The commands of the documents: programs and scripts are there, tests have these names, go doc knows these symbols.
func TestDocs_CommandsExist(t *testing.T) {
	t.Parallel()
	inline := regexp.MustCompile("`((?:go (?:run|doc|test|get|-C)|scripts/|\\.ci/)[^`\n]*)`")
	for page, text := range documents(t) {
		commands := blocks(text, "sh")
		for _, match := range inline.FindAllStringSubmatch(text, -1) {
			commands = append(commands, match[1])
		}
		for _, block := range commands {
			for command := range strings.FieldsFuncSeq(block, func(r rune) bool { return r == '\n' }) {
				command, _, _ = strings.Cut(command, " #")
				for part := range strings.SplitSeq(command, "&&") {
					if words := strings.Fields(part); len(words) > 0 && words[0] != "#" {
						assert.Empty(t, wrongWith(words), "%s: %s", page, part)
					}
				}
			}
		}
	}
}

// wrongWith says why a command of a document cannot work. Commands of other projects are taken on trust.
func wrongWith(words []string) string {
	for strings.Contains(words[0], "=") && len(words) > 1 {
		words = words[1:] // a variable
	}
	dir := "."
	switch {
	case words[0] == "go":
		words = words[1:]
		if words[0] == "-C" {
			dir, words = words[1], words[2:]
		}
		return wrongWithGo(dir, words)
	case !strings.Contains(words[0], "/"):
		return ""
	}
	script, err := os.ReadFile(words[0])
	if err != nil {
		return err.Error()
	}
	info, err := os.Stat(words[0])
	if err != nil || info.Mode()&0o111 == 0 {
		return "cannot be executed"
	}
	for _, word := range words[1:] {
		if !strings.HasPrefix(word, "-") && !bytes.Contains(script, []byte(word)) {
			return "takes no " + word
		}
	}
	return ""
}

var modulePackage = regexp.MustCompile(`^github\.com/clevercloud-go/clevercloud(/auth|/clevertest)?(@.*)?$`)

func wrongWithGo(dir string, words []string) string {
	switch words[0] {
	case "build", "env", "fmt", "install", "list", "mod", "tool", "vet":
		return ""
	case "get":
		if !modulePackage.MatchString(words[1]) {
			return "is not this module"
		}
		return ""
	case "doc":
		if out, err := exec.Command("go", words...).CombinedOutput(); err != nil {
			return string(out)
		}
		return ""
	case "run":
		if mains, _ := filepath.Glob(filepath.Join(dir, words[1], "*.go")); mains == nil {
			return "there is no such program"
		}
		return ""
	case "test":
		return wrongWithTest(dir, words[1:])
	}
	return "unknown command"
}

// wrongWithTest looks for the tests that -run, -bench and -fuzz name, in the packages that the command names.
func wrongWithTest(dir string, words []string) string {
	files, err := sources()
	if err != nil {
		return err.Error()
	}
	for i, word := range words {
		if word != "-run" && word != "-bench" && word != "-fuzz" {
			continue
		}
		pattern, err := regexp.Compile(strings.Trim(words[i+1], "'"))
		if err != nil {
			return err.Error()
		}
		in := filepath.ToSlash(filepath.Join(dir, words[len(words)-1]))
		if !strings.HasPrefix(words[len(words)-1], ".") {
			in = filepath.ToSlash(dir)
		}
		found := false
		for name, lines := range files {
			there := filepath.ToSlash(filepath.Dir(name)) == in || strings.HasSuffix(in, "...")
			for _, line := range lines {
				f, ok := strings.CutPrefix(line, "func ")
				found = found || ok && there && strings.HasSuffix(name, "_test.go") && pattern.MatchString(f[:max(0, strings.IndexByte(f, '('))])
			}
		}
		if !found {
			return "no test is called " + words[i+1]
		}
	}
	return ""
}

// What a document names is there: files, headings, tests, and symbols of this module in code spans.
func TestDocs_NamesExist(t *testing.T) {
	t.Parallel()
	tests := testNames(t)
	pages := documents(t)
	for page, text := range pages {
		prose := regexp.MustCompile("(?ms)^```.*?^```$").ReplaceAllString(text, "")
		if page == "docs/migrating.md" { // the first column is other modules' names
			prose = regexp.MustCompile(`(?m)^\|[^|]*\|`).ReplaceAllString(prose, "")
		}
		spans := regexp.MustCompile("`([^`\n]+)`")
		for _, match := range spans.FindAllStringSubmatch(prose, -1) {
			assert.Empty(t, unknownSymbol(t, match[1]), "%s: %s", page, match[1])
			if file := match[1]; ownFile.MatchString(file) {
				there, _ := filepath.Glob(file)
				assert.NotEmpty(t, there, "%s: no file %s", page, file)
			}
			if testName.FindString(match[1]) == match[1] && strings.Contains(match[1], "_") {
				assert.True(t, tests[match[1]], "%s: no test %s", page, match[1])
			}
		}
		prose = spans.ReplaceAllString(prose, "")
		for _, match := range regexp.MustCompile(`\]\(([^)]+)\)`).FindAllStringSubmatch(prose, -1) {
			assert.Empty(t, wrongLink(page, match[1], pages), "%s: link to %s", page, match[1])
		}
		for _, name := range testName.FindAllString(prose, -1) {
			assert.True(t, tests[name], "%s: no test %s", page, name)
		}
	}
}

// ownFile matches what reads like a file of this repository.
var ownFile = regexp.MustCompile(`^[A-Za-z][\w/.*-]*(\.go|\.md|/)$`)

var testName = regexp.MustCompile(`\b(?:Test|Example|Fuzz|Benchmark)[A-Z]\w*`)

// testNames are the functions that go test runs, of all packages and of the other modules.
func testNames(t *testing.T) map[string]bool {
	t.Helper()
	files, err := sources()
	require.NoError(t, err)
	names := map[string]bool{}
	for name, lines := range files {
		if !strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, strings.Join(lines, "\n"), parser.SkipObjectResolution)
		require.NoError(t, err)
		for _, decl := range file.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok && f.Recv == nil {
				names[f.Name.Name] = true
			}
		}
	}
	return names
}

func wrongLink(page, link string, pages map[string]string) string {
	if strings.Contains(link, "://") {
		return ""
	}
	file, anchor, _ := strings.Cut(link, "#")
	target := page
	if file != "" {
		target = filepath.ToSlash(filepath.Join(filepath.Dir(page), file))
		if _, err := os.Stat(target); err != nil {
			return err.Error()
		}
	}
	if anchor == "" {
		return ""
	}
	for _, heading := range regexp.MustCompile(`(?m)^#+ (.*)$`).FindAllStringSubmatch(pages[target], -1) {
		slug := regexp.MustCompile(`[^a-z0-9 -]`).ReplaceAllString(strings.ToLower(heading[1]), "")
		if strings.ReplaceAll(slug, " ", "-") == anchor {
			return ""
		}
	}
	return "no such heading"
}

var (
	qualified   = regexp.MustCompile(`^(clevercloud|auth|clevertest)\.([A-Z]\w*)(?:\.([A-Z]\w*))?\b`)
	unqualified = regexp.MustCompile(`^([A-Z]\w*)\.([A-Z]\w*)\b`)
	ofClient    = regexp.MustCompile(`^client\.([A-Z]\w*)(?:\.([A-Z]\w*))?\b`)
)

// unknownSymbol explains why a code span that reads like a symbol of this module is none.
func unknownSymbol(t *testing.T, span string) string {
	packages := map[string]*types.Scope{}
	for _, p := range loadHouse(t) {
		packages[p.types.Name()] = p.types.Scope()
	}
	if match := ofClient.FindStringSubmatch(span); match != nil {
		object := packages["clevercloud"].Lookup("Client")
		member, _, _ := types.LookupFieldOrMethod(types.NewPointer(object.Type()), true, object.Pkg(), match[1])
		switch {
		case member == nil:
			return "a client has no " + match[1]
		case match[2] == "":
			return ""
		}
		return missing(member.Type(), member.Pkg(), match[2])
	}
	name, member, scopes := "", "", []*types.Scope{packages["clevercloud"], packages["clevertest"], packages["auth"]}
	if match := qualified.FindStringSubmatch(span); match != nil {
		name, member, scopes = match[2], match[3], []*types.Scope{packages[match[1]]}
	} else if match := unqualified.FindStringSubmatch(span); match != nil {
		name, member = match[1], match[2]
	} else {
		return ""
	}
	for _, scope := range scopes {
		if object := scope.Lookup(name); object != nil {
			if member == "" {
				return ""
			}
			return missing(types.NewPointer(object.Type()), object.Pkg(), member)
		}
	}
	if len(scopes) > 1 {
		return "" // somebody else's
	}
	return "there is no " + name
}

func missing(in types.Type, pkg *types.Package, member string) string {
	if found, _, _ := types.LookupFieldOrMethod(in, true, pkg, member); found == nil {
		return "there is no " + member
	}
	return ""
}
