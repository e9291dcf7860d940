package bench

import "testing"

// Benchmark runs each contender under the testing package; the report command compares them in one run.
func Benchmark(b *testing.B) {
	for _, g := range append(Streams(20_000), Lists(10_000)) {
		stream := g.Stream()
		for _, c := range g.Contenders {
			b.Run(g.Name+"/"+c.Name, func(b *testing.B) {
				b.SetBytes(int64(len(stream)))
				b.ReportAllocs()
				for b.Loop() {
					if _, err := c.Run(stream); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// The contenders that count events see the same ones.
func TestContenders(t *testing.T) {
	const entries = 5000
	for _, g := range append(Streams(entries), Lists(1000)) {
		stream := g.Stream()
		if g.Name == "Framing" && (len(stream)/entries < 550 || len(stream)/entries > 700) {
			t.Errorf("entries take %d bytes", len(stream)/entries)
		}
		for _, c := range g.Contenders {
			n, err := c.Run(stream)
			if err != nil {
				t.Errorf("%s, %s: %v", g.Name, c.Name, err)
			}
			if c.Name != g.Floor && c.Name != "copy in 4 KiB reads" && c.Name != "both: copy, then scan" && n != g.Events {
				t.Errorf("%s, %s: %d events, not %d", g.Name, c.Name, n, g.Events)
			}
		}
	}
}
