package main

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/clevercloud-go/clevercloud/bench"
)

// A table is a group and what its contenders took.
type table struct {
	Title string
	Items int
	Names []string
	// Passes are the times of all passes in nanoseconds a turn, by contender.
	Passes map[string][]float64
	// Allocations and Bytes are medians for an item.
	Allocations, Bytes map[string]float64
}

// compare has the contenders of g take turns, so that a noisy moment meets all of them.
func (r *report) compare(g bench.Group, passes int) (table, error) {
	t := table{
		Title: g.Title, Items: g.Items, Passes: map[string][]float64{},
		Allocations: map[string]float64{}, Bytes: map[string]float64{},
	}
	allocations, sizes := map[string][]float64{}, map[string][]float64{}
	for pass := range passes {
		for _, c := range g.Contenders {
			took, mallocs, size, err := once(c, g.Turns)
			if err != nil {
				return t, fmt.Errorf("%s: %s: %w", g.Title, c.Name, err)
			}
			if pass == 0 {
				t.Names = append(t.Names, c.Name)
			}
			turns := float64(g.Turns)
			t.Passes[c.Name] = append(t.Passes[c.Name], took/turns)
			allocations[c.Name] = append(allocations[c.Name], mallocs/turns/float64(g.Items))
			sizes[c.Name] = append(sizes[c.Name], size/turns/float64(g.Items))
		}
	}
	for _, name := range t.Names {
		t.Allocations[name], t.Bytes[name] = median(allocations[name]), median(sizes[name])
	}
	r.Tables = append(r.Tables, t)
	return t, nil
}

// once runs a contender that many times, and once before, to fill the pools that the collection of
// garbage empties.
func once(c bench.Contender, turns int) (took, mallocs, size float64, err error) {
	var before, after runtime.MemStats
	runtime.GC()
	if err := c.Run(); err != nil {
		return 0, 0, 0, err
	}
	runtime.ReadMemStats(&before)
	start := time.Now()
	for range turns {
		if err := c.Run(); err != nil {
			return 0, 0, 0, err
		}
	}
	took = float64(time.Since(start))
	runtime.ReadMemStats(&after)
	mallocs = float64(after.Mallocs - before.Mallocs)
	return took, mallocs, float64(after.TotalAlloc - before.TotalAlloc), nil
}

func median(figures []float64) float64 {
	sorted := slices.Sorted(slices.Values(figures))
	return (sorted[(len(sorted)-1)/2] + sorted[len(sorted)/2]) / 2
}

// fastest is how many times longer a took than b, each in its fastest pass, which load disturbs
// least.
func (t table) fastest(a, b string) float64 {
	return slices.Min(t.Passes[a]) / slices.Min(t.Passes[b])
}

// median is the median of the ratios within a pass, in which both met the same machine.
func (t table) median(a, b string) float64 {
	var all []float64
	for i := range t.Passes[a] {
		all = append(all, t.Passes[a][i]/t.Passes[b][i])
	}
	return median(all)
}

// tablesText writes the tables of all toolchains side by side.
func tablesText(reports []report) string {
	var b strings.Builder
	for i, t := range reports[0].Tables {
		fmt.Fprintf(&b, "\n### %s\n\n|", t.Title)
		for _, r := range reports {
			fmt.Fprintf(&b, " | %s: median ns | fastest | allocations | bytes", r.Version)
		}
		fmt.Fprintf(&b, " |\n|---|%s\n", strings.Repeat("--:|", 4*len(reports)))
		for _, name := range t.Names {
			fmt.Fprintf(&b, "| %s", name)
			for _, r := range reports {
				t := r.Tables[i]
				each := float64(t.Items)
				fmt.Fprintf(&b, " | %.0f | %.0f | %.1f | %.0f", median(t.Passes[name])/each,
					slices.Min(t.Passes[name])/each, t.Allocations[name], t.Bytes[name])
			}
			b.WriteString(" |\n")
		}
	}
	return b.String()
}
