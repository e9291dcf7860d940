package clevercloud

import (
	"context"
	"errors"
	"io"
	"iter"
	"maps"
	"time"

	"github.com/clevercloud-go/clevercloud/internal/transport"
	"github.com/clevercloud-go/clevercloud/internal/wire"
)

// sequence decodes the list that o returns element by element, in memory for one. Each range over it is a call of its own. An error is the
// last value.
func sequence[In input, T any](ctx context.Context, c *Client, o operation[In, []T], opts []CallOption, in In, ids ...string) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var zero T
		x, err := o.open(ctx, c, opts, in, ids...)
		if err != nil {
			yield(zero, err)
			return
		}
		defer x.call.Response.Body.Close()
		err = wire.Elements(x.call.Response.Body, func(element T) bool { return yield(element, nil) })
		var foreign *wire.Error
		switch {
		case errors.Is(err, wire.ErrEmpty):
			if err := x.emptyList(); err != nil {
				yield(zero, err)
			}
		case errors.As(err, &foreign):
			yield(zero, x.decodeError(nil, err))
		case err != nil:
			yield(zero, x.failure(err))
		}
	}
}

// long performs an operation whose list is decoded while it arrives, so that its JSON, which may be larger than the result, is never in
// memory. A list that breaks off is asked for again, as any result.
func long[In input, T any](ctx context.Context, c *Client, o operation[In, []T], opts []CallOption, in In, ids ...string) ([]T, error) {
	var list []T
	var decoding error
	var beginning head
	s := settings{}
	s.consume = func(body io.Reader) {
		beginning.text = beginning.text[:0]
		list, decoding = wire.List[T](io.TeeReader(body, &beginning))
	}
	x, err := c.send(ctx, spec(o), s, opts, in, ids)
	switch {
	case err != nil:
		return nil, err
	case errors.Is(decoding, wire.ErrEmpty):
		if err := x.emptyList(); err != nil {
			return nil, err
		}
		return []T{}, nil
	case decoding != nil:
		return nil, x.decodeError(beginning.text, decoding)
	}
	return list, nil
}

// emptyList takes no body for no element, unless it may have been lost on the way.
func (x *exchange) emptyList() error {
	if transport.EndsWithConnection(x.call.Response) {
		return x.decodeError(nil, errNoEnd)
	}
	return nil
}

// A head keeps the beginning of a body, for the error if there is one.
type head struct{ text []byte }

func (h *head) Write(p []byte) (int, error) {
	h.text = append(h.text, p[:min(decodeErrorWindow-len(h.text), len(p))]...)
	return len(p), nil
}

// pageCap is the most elements that the API returns at once; fewer than asked for are the last.
const pageCap = 1000

// windows is a list without pages, read in windows of time. Bounds are as precise as a millisecond, and whether they are part of the
// window is not documented: so one window reaches a millisecond into the next, and what both hold is given once.
type windows[T any, ID comparable] struct {
	operation    string
	limit        int
	since, until time.Time
	ascending    bool
	id           func(T) ID
	date         func(T) time.Time
	list         func(since, until time.Time, limit int) ([]T, error)
}

func (w windows[T, ID]) all() iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var zero T
		pages, given := w, 0
		seen := map[ID]time.Time{}
		for {
			size := pageCap
			if w.limit != 0 {
				size = min(size, w.limit-given+len(seen))
			}
			page, err := w.list(pages.since, pages.until, size)
			if err != nil {
				yield(zero, err)
				return
			}
			before := given
			for _, element := range page {
				if _, again := seen[w.id(element)]; again {
					continue
				}
				if given++; !yield(element, nil) || given == w.limit {
					return
				}
			}
			if len(page) < size {
				return
			}
			// A window that does not move would give the same page again; from an API that gives others it would never end.
			if moved := pages.advance(page, seen); !moved || given == before {
				yield(zero, &callError{operation: w.operation, err: errCrowded})
				return
			}
		}
	}
}

var errCrowded = errors.New("more elements in one millisecond than the API returns at once")

// advance moves the window past page, and reports whether that is a step on. It keeps in seen what the next page may hold again: also of
// pages before, since the order of elements of one moment may change between calls, and with a millisecond to spare, since the API may
// cut dates to milliseconds.
func (w *windows[T, ID]) advance(page []T, seen map[ID]time.Time) bool {
	since, until := w.since, w.until
	edge := w.date(page[0])
	for _, element := range page {
		date := w.date(element)
		seen[w.id(element)] = date
		if date.Before(edge) != w.ascending {
			edge = date
		}
	}
	edge = edge.Truncate(time.Millisecond)
	if w.ascending {
		w.since = edge.Add(-time.Millisecond)
	} else {
		w.until = edge.Add(time.Millisecond)
	}
	maps.DeleteFunc(seen, func(_ ID, date time.Time) bool {
		date = date.Truncate(time.Millisecond)
		return w.ascending && date.Before(w.since) || !w.ascending && date.After(w.until)
	})
	if w.ascending {
		return since.IsZero() || w.since.After(since)
	}
	return until.IsZero() || w.until.Before(until)
}
