package house_test

import (
	"bytes"
	"go/doc/comment"
	"go/types"
	"io/fs"
	"os"
	"os/exec"
	"path"
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

// sources returns the lines of every Go file of the repository, other modules in it included.
var sources = sync.OnceValue(func() map[string][]string {
	files := map[string][]string{}
	if err := filepath.WalkDir(".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(name) != ".go" {
			return err
		}
		text, err := os.ReadFile(name)
		files[filepath.ToSlash(name)] = strings.Split(string(text), "\n")
		return err
	}); err != nil {
		panic(err)
	}
	return files
})

// tests returns the functions that go test runs, of all packages and of the other modules, with
// their folders.
var tests = sync.OnceValue(func() map[string][]string {
	folders := map[string][]string{}
	for file, lines := range sources() {
		for _, line := range lines {
			f := testFunc.FindStringSubmatch(line)
			if f != nil && strings.HasSuffix(file, "_test.go") {
				folders[f[1]] = append(folders[f[1]], path.Dir(file))
			}
		}
	}
	return folders
})

func TestDocs_GoBlocksAreCompiled(t *testing.T) {
	t.Parallel()
	code := map[string][]string{"the overview of the package": overviewCode(rootOf(t))}
	for page, text := range documents(t) {
		code[page] = blocks(text, "go")
	}
	for page, blocks := range code {
		for _, block := range blocks {
			lines := strings.Split(strings.TrimRight(block, "\n"), "\n")
			found := false
			for _, file := range sources() {
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

// The commands of the documents: programs and scripts are there, tests have these names, go doc
// knows these symbols.
func TestDocs_CommandsExist(t *testing.T) {
	t.Parallel()
	inline := regexp.MustCompile(`^(go (run|doc|test|get|-C)|scripts/|\.ci/)`)
	for page, text := range documents(t) {
		commands := blocks(text, "sh")
		for _, span := range codeSpans(text) {
			if inline.MatchString(span) {
				commands = append(commands, span)
			}
		}
		for _, block := range commands {
			block = regexp.MustCompile(`(?m)(^| )#.*$`).ReplaceAllString(block, "")
			for _, command := range regexp.MustCompile(`\n|&&`).Split(block, -1) {
				if words := strings.Fields(command); len(words) > 0 {
					assert.Empty(t, wrongWith(words), "%s: %s", page, command)
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
	if words[0] == "go" {
		if words[1] == "-C" {
			return wrongWithGo(words[2], words[3:])
		}
		return wrongWithGo(".", words[1:])
	}
	if !strings.Contains(words[0], "/") {
		return ""
	}
	if _, err := exec.LookPath(words[0]); err != nil {
		return err.Error()
	}
	script, _ := os.ReadFile(words[0])
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
	case "get":
		if !modulePackage.MatchString(words[1]) {
			return "is not this module"
		}
	case "doc":
		if out, err := exec.Command("go", words...).CombinedOutput(); err != nil {
			return string(out)
		}
	case "run":
		if mains, _ := filepath.Glob(filepath.Join(dir, words[1], "*.go")); mains == nil {
			return "there is no such program"
		}
	case "test":
		return wrongWithTest(dir, words[1:])
	default:
		return "unknown command"
	}
	return ""
}

// wrongWithTest looks for the tests that -run, -bench and -fuzz name, in the packages that the command names.
func wrongWithTest(dir string, words []string) string {
	if n := len(words); n > 0 && strings.HasPrefix(words[n-1], ".") {
		dir = path.Join(dir, words[n-1])
	}
	for i, word := range words {
		if word != "-run" && word != "-bench" && word != "-fuzz" {
			continue
		}
		pattern, err := regexp.Compile(strings.Trim(words[i+1], "'"))
		if err != nil {
			return err.Error()
		}
		found := false
		for name, folders := range tests() {
			there := slices.Contains(folders, dir) || path.Base(dir) == "..."
			found = found || there && pattern.MatchString(name)
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
	pages := documents(t)
	for page, text := range pages {
		prose := regexp.MustCompile("(?ms)^```.*?^```$").ReplaceAllString(text, "")
		if page == "docs/migrating.md" { // the first column is other modules' names
			prose = regexp.MustCompile(`(?m)^\|[^|]*\|`).ReplaceAllString(prose, "")
		}
		for _, span := range codeSpans(prose) {
			assert.Empty(t, unknownSymbol(t, span), "%s: %s", page, span)
			if ownFile.MatchString(span) {
				there, _ := filepath.Glob(span)
				assert.NotEmpty(t, there, "%s: no file %s", page, span)
			}
			if testName.FindString(span) == span && strings.Contains(span, "_") {
				assert.Contains(t, tests(), span, page)
			}
		}
		prose = codeSpan.ReplaceAllString(prose, "")
		for _, match := range regexp.MustCompile(`\]\(([^)]+)\)`).FindAllStringSubmatch(prose, -1) {
			assert.Empty(t, wrongLink(page, match[1], pages), "%s: link to %s", page, match[1])
		}
		for _, name := range testName.FindAllString(prose, -1) {
			assert.Contains(t, tests(), name, page)
		}
	}
}

// ownFile matches what reads like a file of this repository.
var ownFile = regexp.MustCompile(`^[A-Za-z][\w/.*-]*(\.go|\.md|/)$`)

var (
	testName = regexp.MustCompile(`\b(?:Test|Example|Fuzz|Benchmark)[A-Z]\w*`)
	testFunc = regexp.MustCompile(`^func (` + testName.String() + `)\(`)
)

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

var symbol = regexp.MustCompile(
	`^(?:(clevercloud|auth|clevertest|client)\.)?([A-Z]\w*)(?:\.([A-Z]\w*))?\b`)

// unknownSymbol explains why a code span that reads like a symbol of this module is none. Without a
// package, only what has a member reads like one.
func unknownSymbol(t *testing.T, span string) string {
	match := symbol.FindStringSubmatch(span)
	if match == nil || match[1]+match[3] == "" {
		return ""
	}
	object := lookUp(t, match[1], match[2])
	switch {
	case object == nil && match[1] == "":
		return "" // somebody else's
	case object == nil:
		return "there is no " + match[2]
	case match[3] != "" && memberOf(object, match[3]) == nil:
		return match[2] + " has no " + match[3]
	}
	return ""
}

// lookUp finds what a package, any of them or a client calls by that name.
func lookUp(t *testing.T, where, name string) types.Object {
	packages := map[string]*types.Scope{}
	for _, p := range loadHouse(t) {
		packages[p.types.Name()] = p.types.Scope()
	}
	if where == "client" {
		return memberOf(packages["clevercloud"].Lookup("Client"), name)
	}
	for _, p := range []string{"clevercloud", "clevertest", "auth"} {
		if object := packages[p].Lookup(name); object != nil && (where == "" || where == p) {
			return object
		}
	}
	return nil
}

func memberOf(object types.Object, name string) types.Object {
	typ := object.Type()
	if _, ok := typ.(*types.Pointer); !ok {
		typ = types.NewPointer(typ)
	}
	member, _, _ := types.LookupFieldOrMethod(typ, true, object.Pkg(), name)
	return member
}
