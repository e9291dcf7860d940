// Package mutants is what rewritten code asks whether to misbehave. Of all the mutants in a program the one whose number is in MUTANT is
// on, none by default. MUTANT_REACH names a file to which the number of each mutant that is passed is appended.
package mutants

import (
	"cmp"
	"os"
	"strconv"
	"sync/atomic"
)

var (
	active, _ = strconv.Atoi(os.Getenv("MUTANT"))
	reach     = os.Getenv("MUTANT_REACH")
	reached   [1 << 15]atomic.Bool
)

// On reports whether mutant n is the one to be.
func On(n int) bool {
	if reach != "" {
		record(n)
	}
	return n == active
}

func record(n int) {
	if n < 0 || reached[n].Load() || reached[n].Swap(true) {
		return
	}
	f, err := os.OpenFile(reach, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		panic(err)
	}
	defer f.Close()
	if _, err := f.WriteString(strconv.Itoa(n) + "\n"); err != nil {
		panic(err)
	}
}

// Zero is v, or the zero value.
func Zero[T any](n int, v T) T {
	if On(n) {
		var zero T
		return zero
	}
	return v
}

// A Number is what can be counted with.
type Number interface {
	~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64 | ~uintptr | ~float32 | ~float64
}

// An Integer is what has bits.
type Integer interface {
	~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64 | ~uintptr
}

// Near is v, one more or one less.
func Near[T Number](more, less int, v T) T {
	switch {
	case On(more):
		return v + 1
	case On(less):
		return v - 1
	}
	return v
}

// Far is v, twice as much or half of it.
func Far[T Number](twice, half int, v T) T {
	switch {
	case On(twice):
		return v * 2
	case On(half):
		return v / 2
	}
	return v
}

// Less is a < b, or a <= b.
func Less[T cmp.Ordered](n int, a, b T) bool { return a < b || On(n) && a == b }

// LessEqual is a <= b, or a < b.
func LessEqual[T cmp.Ordered](n int, a, b T) bool { return a < b || a == b && !On(n) }

// Greater is a > b, or a >= b.
func Greater[T cmp.Ordered](n int, a, b T) bool { return a > b || On(n) && a == b }

// GreaterEqual is a >= b, or a > b.
func GreaterEqual[T cmp.Ordered](n int, a, b T) bool { return a > b || a == b && !On(n) }

// Add is a + b, or a - b.
func Add[T Number](n int, a, b T) T {
	if On(n) {
		return a - b
	}
	return a + b
}

// Sub is a - b, or a + b.
func Sub[T Number](n int, a, b T) T {
	if On(n) {
		return a + b
	}
	return a - b
}

// Mul is a * b, or a / b.
func Mul[T Number](n int, a, b T) T {
	if On(n) {
		return a / b
	}
	return a * b
}

// Div is a / b, or a * b.
func Div[T Number](n int, a, b T) T {
	if On(n) {
		return a * b
	}
	return a / b
}

// Rem is a % b, or a * b.
func Rem[T Integer](n int, a, b T) T {
	if On(n) {
		return a * b
	}
	return a % b
}

// And is a & b, or a | b.
func And[T Integer](n int, a, b T) T {
	if On(n) {
		return a | b
	}
	return a & b
}

// Or is a | b, or a & b.
func Or[T Integer](n int, a, b T) T {
	if On(n) {
		return a & b
	}
	return a | b
}

// Xor is a ^ b, or a & b.
func Xor[T Integer](n int, a, b T) T {
	if On(n) {
		return a & b
	}
	return a ^ b
}

// Min is min(a, b), or max(a, b).
func Min[T cmp.Ordered](n int, a, b T) T {
	if On(n) {
		return max(a, b)
	}
	return min(a, b)
}

// Max is max(a, b), or min(a, b).
func Max[T cmp.Ordered](n int, a, b T) T {
	if On(n) {
		return min(a, b)
	}
	return max(a, b)
}
