package bench

import "testing"

// BenchmarkCall runs each caller in memory.
func BenchmarkCall(b *testing.B) {
	for _, caller := range Callers() {
		calls, err := caller.New("https://api.example.com", Memory{})
		if err != nil {
			b.Fatal(err)
		}
		b.Run("zone/"+caller.Name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := calls.Zone(b.Context()); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run("drains/"+caller.Name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := calls.Drains(b.Context()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
