package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
)

// MaxElement bounds one element of a sequence; the sequence itself may be of any length.
const MaxElement = 16 << 20

// ErrElementTooLarge is an element over the bound.
var ErrElementTooLarge = errors.New("element larger than 16 MiB")

// Elements reads a JSON array from r element by element. Each call of yield gets one, until it returns false; null is an empty array.
func Elements[T any](r io.Reader, yield func(T) bool) error {
	var element, zero T
	target := reflect.ValueOf(&element).Elem()
	list := listReader{r: r}
	for {
		raw, err := list.next()
		if raw == nil || err != nil {
			return err
		}
		element = zero
		if IsNull(raw) && target.Kind() != reflect.Slice {
			return list.at(&Error{Err: errNothing})
		}
		if err := list.decode(raw, target); err != nil {
			return err
		}
		if !yield(element) {
			return nil
		}
	}
}

// List reads a JSON array from r as a whole, in memory for the result and not for its JSON. It reads what Decode reads.
func List[T any](r io.Reader) ([]T, error) {
	const first, most = 4, 4096
	list := listReader{r: r}
	var full [][]T
	chunk := make([]T, 0, first)
	for {
		raw, err := list.next()
		if err != nil {
			return nil, err
		}
		if raw == nil {
			break
		}
		if len(chunk) == cap(chunk) {
			full = append(full, chunk)
			chunk = make([]T, 0, min(2*cap(chunk), most))
		}
		chunk = chunk[:len(chunk)+1]
		if b := budgetFor(list.taken); !b.spend(list.n, reflect.TypeFor[T]()) {
			return nil, &Error{Err: ErrTooManyValues}
		}
		if IsNull(raw) {
			continue
		}
		if err := list.decode(raw, reflect.ValueOf(&chunk[len(chunk)-1]).Elem()); err != nil {
			return nil, err
		}
	}
	if full == nil {
		return chunk, nil
	}
	return slices.Concat(append(full, chunk)...), nil
}

// A listReader takes a JSON array apart. It holds one element, and what was read with it.
type listReader struct {
	r io.Reader
	// err is what r ended with.
	err error
	// data is what was read and not yet taken, room what it is a part of.
	data, room []byte
	// taken is how many bytes were taken, n how many elements.
	taken  int64
	n      int
	opened bool
}

// next returns the JSON of the next element, valid until the call after; nil at the end.
func (l *listReader) next() ([]byte, error) {
	if !l.opened {
		if ok, err := l.open(); !ok || err != nil {
			return nil, err
		}
	}
	for {
		s := Scanner{data: l.data, depth: 1}
		if s.next() == ']' {
			l.take(s.pos + 1)
			return nil, l.ended()
		}
		if l.n > 0 && s.next() == ',' {
			s.pos++
		} else if l.n > 0 {
			s.fail()
		}
		s.next()
		start := s.pos
		s.Value()
		end := s.pos
		switch {
		case !s.bad && (closes(l.data[end-1]) || end < len(l.data)):
			raw := l.data[start:end]
			l.take(end)
			l.n++
			return raw, nil
		case s.bad && !s.cut():
			return nil, l.syntaxError(s.fault > start)
		case !l.fill():
			return nil, l.syntaxError(len(l.data) > start)
		}
	}
}

// closes reports whether a value whose last byte is c cannot go on.
func closes(c byte) bool { return c == '}' || c == ']' || c == '"' }

// open takes the bracket that opens the array. It returns false for null.
func (l *listReader) open() (bool, error) {
	for {
		s := NewScanner(l.data)
		switch c := s.next(); {
		case c == '[':
			l.take(s.pos + 1)
			l.opened = true
			return true, nil
		case c == 'n' && !s.bad:
			if s.Value(); !s.bad {
				l.take(s.pos)
				return false, l.ended()
			}
			if !s.cut() {
				return false, l.syntaxError(false)
			}
		case s.pos == len(l.data):
		case c == '{', c == '"', c == 't', c == 'f', c == '-', '0' <= c && c <= '9':
			return false, &Error{Err: errors.New("expected array")}
		default:
			return false, l.syntaxError(false)
		}
		if l.fill() {
			continue
		}
		if s.pos == len(l.data) && !s.bad && l.err == io.EOF {
			return false, &Error{Err: ErrEmpty}
		}
		return false, l.syntaxError(false)
	}
}

func (l *listReader) take(n int) {
	l.data = l.data[n:]
	l.taken += int64(n)
}

// fill reads more, as much as makes it worth while to look at the same data again; false means that there is no more.
func (l *listReader) fill() bool {
	const least = 16 << 10
	held := len(l.data)
	if held > MaxElement && l.err == nil {
		l.err = &Error{Err: ErrElementTooLarge}
	}
	if l.err != nil {
		return false
	}
	if size := max(least, min(2*held, MaxElement+1)); size > len(l.room) {
		l.room = make([]byte, size)
	}
	copy(l.room, l.data)
	n := held
	for enough := held + max(1, held/4); l.err == nil && n < min(enough, len(l.room)); {
		var more int
		more, l.err = l.r.Read(l.room[n:])
		n += more
	}
	l.data = l.room[:n]
	return n > held
}

// ended makes sure that nothing follows. It reads to the end, without which the connection could not be used again.
func (l *listReader) ended() error {
	for {
		s := NewScanner(l.data)
		if s.next(); s.pos < len(l.data) {
			return &Error{Err: errors.New("not JSON: more than one value")}
		}
		if l.fill() {
			continue
		}
		if l.err != io.EOF {
			return l.err
		}
		return nil
	}
}

var errNothing = errors.New("expected a value, got nothing")

// ErrEmpty is a body that holds nothing but white space, in place of a list.
var ErrEmpty = errors.New("expected array, got nothing")

// decode reads an element into target, which is zero.
func (l *listReader) decode(raw []byte, target reflect.Value) error {
	if ok, err := read(raw, target); ok {
		return nil
	} else if err != nil {
		return l.at(&Error{Err: err})
	}
	target.SetZero()
	return l.at(Decode(raw, target.Addr().Interface()))
}

// at puts the index of the last element before the path of an error about it.
func (l *listReader) at(err error) error {
	var inner *Error
	if !errors.As(err, &inner) {
		return err
	}
	return &Error{Path: join(fmt.Sprintf("[%d]", l.n-1), inner.Path), Err: inner.Err}
}

// syntaxError has encoding/json say what is wrong with the data; within says that an element had begun. What went wrong with the
// connection comes first.
func (l *listReader) syntaxError(within bool) error {
	if l.err != nil && l.err != io.EOF {
		return l.err
	}
	var before string
	if l.opened {
		before = "["
	}
	if l.n > 0 {
		before = "[0"
	}
	var none json.RawMessage
	err := json.NewDecoder(io.MultiReader(bytes.NewReader([]byte(before)), bytes.NewReader(l.data))).Decode(&none)
	if syntax := (*json.SyntaxError)(nil); errors.As(err, &syntax) {
		syntax.Offset += l.taken - int64(len(before))
	}
	path := ""
	if within {
		path = fmt.Sprintf("[%d]", l.n)
	}
	return &Error{Path: path, Err: plain(err)}
}
