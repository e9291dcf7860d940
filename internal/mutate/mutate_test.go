package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// planted is a module whose tests leave holes: they never try the border of Fits, do not look at the error of Half, and know nothing of
// Unused.
var planted = map[string]string{
	"go.mod": "module example.test/planted\n\ngo 1.25\n",
	"planted.go": `package planted

import "errors"

// Fits reports whether n is below the limit, and counts.
func Fits(n int) bool {
	count++
	return n < 10
}

var count int

func Half(n int) (int, error) {
	if n%2 != 0 {
		return 0, errors.New("odd")
	}
	return n / 2, nil
}

func Unused() string { return "never" }

func Last(list []string) string {
	for i := 0; ; i++ {
		if i == len(list)-1 {
			return list[i]
		}
	}
}
`,
	"planted_test.go": `package planted

import "testing"

func TestFits(t *testing.T) {
	if !Fits(5) || Fits(15) {
		t.Fatal("wrong")
	}
}

func TestHalf(t *testing.T) {
	if n, _ := Half(8); n != 4 {
		t.Fatal("wrong")
	}
	if n, _ := Half(7); n != 0 {
		t.Fatal("wrong")
	}
}

func TestLast(t *testing.T) {
	if Last([]string{"a"}) != "a" || Last([]string{"a", "b"}) != "b" {
		t.Fatal("wrong")
	}
}
`,
}

func plant(t *testing.T, explanations string) settings {
	t.Helper()
	dir := t.TempDir()
	for name, text := range planted {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	file := filepath.Join(dir, "survivors.txt")
	require.NoError(t, os.WriteFile(file, []byte(explanations), 0o600))
	return settings{
		dir: dir, files: []string{"planted.go"}, explanations: file, workers: 2, patience: time.Second, skip: "^TestSkipped",
		progress: t.Logf,
	}
}

func TestMutate_FindsTheHolesOfASuite(t *testing.T) {
	t.Parallel()
	s := plant(t, `# Of what the tests leave open, one thing is explained.
Counting is for later.
	planted.go: Fits: is left out: count++
	planted.go: Fits: is left out: nothing of the kind
	planted.go: Half: % is *: n%2
`)

	r, err := mutate(t.Context(), s)

	require.NoError(t, err)
	var open []string
	for _, m := range r.open {
		open = append(open, m.name())
	}
	assert.ElementsMatch(t, []string{
		"planted.go: Fits: < is <=: n < 10",
		`planted.go: Half: is nil: errors.New("odd")`,
		`planted.go: Half: is empty: "odd" in errors.New("odd")`,
		`planted.go: Unused: is empty: "never" in return "never"`,
	}, open)
	assert.Equal(t, counts{
		mutants: r.all, killed: r.all - 5, hung: r.total.hung, survived: 4, unreached: 1, explained: 1,
	}, r.total)
	assert.Greater(t, r.all, 20)
	assert.Positive(t, r.total.hung, "without its condition, Last does not end")
	assert.Equal(t, []string{
		"planted.go: Half: % is *: n%2 (was killed)", "planted.go: Fits: is left out: nothing of the kind (is gone)",
	}, r.stale)
	assert.Empty(t, r.unfit)

	var page strings.Builder
	require.NoError(t, r.markdown(&page))
	assert.Contains(t, page.String(), "4 survived, 1 reached by no test; of these 5, 1 explained, 4 not")
	assert.Contains(t, page.String(), "- Counting is for later.\n  - `planted.go: Fits: is left out: count++`\n")
}

func TestSettings_ChooseAPart(t *testing.T) {
	t.Parallel()
	all := []*mutant{{id: 1, function: "Last"}, {id: 2, function: "First"}, {id: 3, function: "Last"}, {id: 4, function: "Last"}}

	assert.Equal(t, all, settings{}.choose(all))
	assert.Equal(t, []*mutant{all[0], all[2], all[3]}, settings{only: "Last"}.choose(all))
	assert.Len(t, settings{only: "Last", sample: 2}.choose(all), 2)
	assert.Equal(t, settings{sample: 3, seed: 7}.choose(all), settings{sample: 3, seed: 7}.choose(all))
}

func TestMemory(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "memory")
	first, second, changed := &mutant{file: "a.go", text: "x", source: "1"}, &mutant{file: "a.go", text: "y", source: "1"}, &mutant{file: "a.go", text: "x", source: "2"}
	m, err := remember(file, false)
	require.NoError(t, err)
	require.NoError(t, m.add(first, survived))
	require.NoError(t, m.add(first, hung))
	require.NoError(t, m.add(second, survived))

	for _, trust := range []bool{false, true} {
		m, err = remember(file, trust)

		require.NoError(t, err)
		o, known := m.outcomeOf(first)
		assert.True(t, known)
		assert.Equal(t, hung, o, "the later run's")
		o, known = m.outcomeOf(second)
		assert.Equal(t, trust, known, "what has survived is tried again")
		assert.Equal(t, survived, o)
		_, known = m.outcomeOf(changed)
		assert.False(t, known, "and so is what stands in a file that has changed")
	}
}

func TestMutate_SaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	s := plant(t, "\tplanted.go: Fits: is left out: count++\n")
	_, err := mutate(t.Context(), s)
	require.ErrorContains(t, err, "survivors.txt:1: a mutant without a reason above it")

	s.files = []string{"missing.go"}
	_, err = mutate(t.Context(), s)
	require.ErrorContains(t, err, "missing.go is in no package")
}
