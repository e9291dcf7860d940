//go:build !race

package clevercloud

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// The race detector makes pools forget at random, so that decoding allocates more.
func TestReadRecipient_Allocations(t *testing.T) {
	const recipient = `{"type":"RAW_HTTP","url":"https://logs.example.com/#"}`
	allocations := func(data []byte) float64 {
		return testing.AllocsPerRun(20, func() {
			var drains []Drain
			if err := unmarshal(data, &drains); err != nil {
				panic(err)
			}
		})
	}

	with, without := allocations(listOf(50, recipient)), allocations(listOf(50, "null"))

	// The variable, its options, the value in the interface and the text of the URL.
	assert.LessOrEqual(t, with-without, 4*50.0)
}
