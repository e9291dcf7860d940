package main

import (
	"runtime"
	"slices"
	"time"
)

// A measure is what one run of one contender took.
type measure struct {
	time          time.Duration
	allocs, bytes float64
}

// measures are those of all passes, by contender.
type measures map[string][]measure

// inTurn runs the contenders in turn, several times, so that a noisy moment of the machine hits all of them.
func inTurn[C any](passes int, contenders []C, run func(C) (string, measure, error)) (measures, error) {
	taken := measures{}
	for range passes {
		for _, c := range contenders {
			name, m, err := run(c)
			if err != nil {
				return nil, err
			}
			taken[name] = append(taken[name], m)
		}
	}
	return taken, nil
}

func measureOnce(run func() error) (measure, error) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	start := time.Now()
	err := run()
	taken := time.Since(start)
	runtime.ReadMemStats(&after)
	return measure{taken, float64(after.Mallocs - before.Mallocs), float64(after.TotalAlloc - before.TotalAlloc)}, err
}

// measureEach is measureOnce for n runs, and gives what one of them took. What a garbage collection takes away from pools, once in all of
// them, is not counted.
func measureEach(n int, run func() error) (measure, error) {
	if err := run(); err != nil {
		return measure{}, err
	}
	m, err := measureOnce(func() error {
		for range n {
			if err := run(); err != nil {
				return err
			}
		}
		return nil
	})
	return measure{m.time / time.Duration(n), m.allocs / float64(n), m.bytes / float64(n)}, err
}

// median returns the median of each figure on its own.
func (m measures) median(name string) measure {
	return measure{
		time:   time.Duration(middle(m[name], func(m measure) float64 { return float64(m.time) })),
		allocs: middle(m[name], func(m measure) float64 { return m.allocs }),
		bytes:  middle(m[name], func(m measure) float64 { return m.bytes }),
	}
}

// ratio returns the median of how many times longer a took than b in the same pass: what slows the machine down for a while slows both.
func (m measures) ratio(a, b string) float64 {
	var all []float64
	for i := range m[a] {
		all = append(all, float64(m[a][i].time)/float64(m[b][i].time))
	}
	return middle(all, func(f float64) float64 { return f })
}

func middle[T any](all []T, figure func(T) float64) float64 {
	var figures []float64
	for _, one := range all {
		figures = append(figures, figure(one))
	}
	slices.Sort(figures)
	return (figures[(len(figures)-1)/2] + figures[len(figures)/2]) / 2
}
