package wire

import (
	"encoding/json"
	"reflect"
	"strconv"
	"time"
)

// A reader fills a Go value from one JSON text, in one pass that checks the text as well. It reads what encoding/json reads, with the same
// result; where it is not sure of that it gives up, and encoding/json decides, and words the error.
type reader struct {
	Scanner
	// texts are the n strings met so far, and to where they go: they are copied together, into one string.
	texts [32]Span
	to    [32]*string
	n     int
	key   [6 * maxName]byte
	// budget is what lists may still take; crowded says that one wanted more.
	budget  budget
	crowded bool
}

// read fills v, which is zero, and reports whether it could. An error means that nobody should.
func read(data []byte, v reflect.Value) (bool, error) {
	p := planOf(v.Type())
	if p.kind == planForeign {
		return false, nil
	}
	r := reader{Scanner: NewScanner(data), budget: budgetFor(int64(len(data)))}
	r.value(p, v)
	switch {
	case r.crowded:
		return false, ErrTooManyValues
	case !r.Done():
		return false, nil
	}
	r.flush()
	return true, nil
}

// spend fails where n values of type t are over the budget.
func (r *reader) spend(n int, t reflect.Type) bool {
	if !r.budget.spend(n, t) {
		r.crowded = true
		r.fail()
	}
	return !r.crowded
}

// flush gives the texts to their owners.
func (r *reader) flush() {
	r.Text(r.texts[:r.n], r.to[:r.n])
	r.n = 0
}

func (r *reader) value(p *plan, v reflect.Value) {
	switch p.kind {
	case planObject:
		if !r.null(v, '{') {
			r.object(p, v)
		}
	case planList:
		if !r.null(v, '[') {
			r.list(p, v)
		}
	case planPointer:
		if r.next() == 'n' {
			r.literal("null", SpanNone)
			v.SetZero()
			return
		}
		if !r.spend(1, p.pointee) {
			return
		}
		if v.IsNil() {
			v.Set(reflect.New(p.pointee))
		}
		r.value(p.elem, v.Elem())
	case planOwn:
		if raw := r.raw(); !r.bad && v.Addr().Interface().(json.Unmarshaler).UnmarshalJSON(raw) != nil {
			r.fail()
		}
	case planForeign:
		if raw := r.raw(); !r.bad && json.Unmarshal(raw, v.Addr().Interface()) != nil {
			r.fail()
		}
	default:
		r.scalar(p, v)
	}
}

// null takes a null, which leaves an object as it was and makes a list nil. Of other values, only those that open with bracket will do.
func (r *reader) null(v reflect.Value, bracket byte) bool {
	switch r.next() {
	case bracket:
		return false
	case 'n':
		r.literal("null", SpanNone)
		if bracket == '[' {
			v.SetZero()
		}
	default:
		r.fail()
	}
	return true
}

func (r *reader) object(p *plan, v reflect.Value) {
	var seen uint64
	next := 0
	r.Open('{')
	for first := true; r.More('}', first); first = false {
		i := p.find(r.Key(r.key[:]), next)
		if i < 0 {
			r.Value()
			continue
		}
		if seen&(1<<i) != 0 {
			r.fail() // of two values for one field, encoding/json makes one
			return
		}
		seen |= 1 << i
		next = i + 1
		field := v
		for _, at := range p.fields[i].path {
			field = field.Field(at)
		}
		r.value(p.fields[i].plan, field)
	}
}

// list makes room for all elements at once, so that what points into one stays right.
func (r *reader) list(p *plan, v reflect.Value) {
	n := r.count()
	if !r.spend(n, v.Type().Elem()) {
		return
	}
	if n == 0 {
		v.Set(p.empty)
	} else {
		v.Grow(n)
		v.SetLen(n)
	}
	r.Open('[')
	outermost := r.depth == 1
	for i := 0; r.More(']', i == 0); i++ {
		if i == n {
			r.fail()
			return
		}
		r.value(p.elem, v.Index(i))
		if outermost && !r.bad {
			r.flush() // so that keeping one element does not keep the text of all
		}
	}
}

// raw takes a value as it is.
func (r *reader) raw() []byte {
	r.next()
	start := r.pos
	r.Value()
	return r.data[start:r.pos]
}

// scalar takes a value that has no parts. Null leaves the field as it is.
func (r *reader) scalar(p *plan, v reflect.Value) {
	value := r.Value()
	if value.Kind == SpanNone || r.bad {
		return
	}
	text := r.data[value.Start:value.End]
	isText := value.Kind == SpanASCII || value.Kind == SpanText
	ok := false
	switch p.kind {
	case planText:
		if ok = isText; ok {
			if r.n == len(r.texts) {
				r.flush()
			}
			r.texts[r.n] = value
			r.to[r.n] = (*string)(v.Addr().UnsafePointer()) // it may be of another type, but one that is a string
			r.n++
		}
	case planBool:
		if ok = value.Kind == SpanLiteral && (text[0] == 't' || text[0] == 'f'); ok {
			v.SetBool(text[0] == 't')
		}
	case planInt:
		if value.Kind == SpanLiteral {
			n, err := strconv.ParseInt(string(text), 10, v.Type().Bits())
			v.SetInt(n)
			ok = err == nil
		}
	case planFloat:
		if value.Kind == SpanLiteral && text[0] != 't' && text[0] != 'f' {
			n, err := strconv.ParseFloat(string(text), v.Type().Bits())
			v.SetFloat(n)
			ok = err == nil
		}
	case planDate:
		ok = value.Kind == SpanASCII && readDate(text, v.Addr().Interface().(*time.Time))
	}
	if !ok {
		r.fail()
	}
}

// readDate reads what time.Time's UnmarshalJSON reads, which has nothing to ask where the date is in UTC.
func readDate(text []byte, to *time.Time) (ok bool) {
	const longest = "2006-01-02T15:04:05.999999999Z"
	if len(text) <= len(longest) && len(text) > 0 && text[len(text)-1] == 'Z' {
		if *to, ok = ParseDate(text); ok {
			return true
		}
	}
	return to.UnmarshalText(text) == nil
}
