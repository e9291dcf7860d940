package wire

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// MaxElement bounds one element of a sequence; the sequence itself may be of any length.
const MaxElement = 16 << 20

// ErrElementTooLarge is an element over the bound.
var ErrElementTooLarge = errors.New("element larger than 16 MiB")

// Elements reads a JSON array from r element by element. Each call of yield gets one, until it returns false; null is an empty array.
func Elements[T any](r io.Reader, yield func(T) bool) error {
	bounded := &elementReader{r: r}
	dec := json.NewDecoder(bounded)
	first, err := dec.Token()
	if err != nil {
		return elementError(-1, bounded, err)
	}
	if first == nil {
		return ended(dec, bounded)
	}
	if first != json.Delim('[') {
		return &Error{Err: errors.New("expected array")}
	}
	var raw json.RawMessage
	for i := 0; ; i++ {
		bounded.start = dec.InputOffset()
		if !dec.More() {
			break
		}
		if err := dec.Decode(&raw); err != nil {
			return elementError(i, bounded, err)
		}
		var element T
		if err := Decode(raw, &element); err != nil {
			var inner *Error
			errors.As(err, &inner)
			return &Error{Path: join(fmt.Sprintf("[%d]", i), inner.Path), Err: inner.Err}
		}
		if !yield(element) {
			return nil
		}
	}
	if _, err := dec.Token(); err != nil {
		return elementError(-1, bounded, err)
	}
	return ended(dec, bounded)
}

// ended makes sure that nothing follows. It reads to the end, without which the connection could not be used again.
func ended(dec *json.Decoder, r *elementReader) error {
	r.start = dec.InputOffset()
	switch _, err := dec.Token(); {
	case err == nil:
		return &Error{Err: errors.New("not JSON: more than one value")}
	case err != io.EOF || r.err != io.EOF:
		return elementError(-1, r, err)
	}
	return nil
}

// elementError prefers what went wrong with the connection to what the decoder made of it.
func elementError(i int, r *elementReader, err error) error {
	if r.err != nil && r.err != io.EOF {
		return r.err
	}
	path := ""
	if i >= 0 {
		path = fmt.Sprintf("[%d]", i)
	}
	return &Error{Path: path, Err: plain(err)}
}

// elementReader ends a read that would make an element larger than the bound.
type elementReader struct {
	r     io.Reader
	start int64
	read  int64
	err   error
}

func (e *elementReader) Read(p []byte) (int, error) {
	held := e.read - e.start
	if held > MaxElement {
		e.err = &Error{Err: ErrElementTooLarge}
		return 0, e.err
	}
	p = p[:min(len(p), int(MaxElement+1-held))]
	// The decoder looks at white space anew after every read, so what is large must not come in small pieces.
	least := min(len(p), int(held)/4)
	if least < 16<<10 {
		least = 1
	}
	n := 0
	for n < least && e.err == nil {
		var more int
		more, e.err = e.r.Read(p[n:])
		n += more
	}
	e.read += int64(n)
	return n, e.err
}
