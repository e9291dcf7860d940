// Package bench holds the SDK against what else a program could use, and against the floor: the cost of touching the same bytes at all.
package bench

// A Contender is one way of reading a stream. Run returns how many events, or lines, or bytes it saw, so that nothing is optimized
// away and mistakes show.
type Contender struct {
	Name string
	Run  func(stream []byte) (int, error)
}

// A Group is a set of contenders over one stream.
type Group struct {
	Name, Title string
	// Peer and Floor are the contenders that ratios are given to; either may be empty.
	Peer, Floor string
	Events      int
	Stream      func() []byte
	Contenders  []Contender
}
