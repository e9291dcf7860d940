package clevercloud

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"slices"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/clevercloud-go/clevercloud/internal/transport"
)

// sequence iterates over the list that o returns and keeps one element in memory. Each iteration
// sends a request. An error is the last value.
func sequence[T any](
	ctx context.Context, c *Client, o operation[[]T], opts []CallOption, in input, ids ...string,
) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var zero T
		x, err := c.send(ctx, spec(o), settings{streamed: true}, opts, in, ids)
		if err != nil {
			yield(zero, err)
			return
		}
		defer x.Response.Body.Close()
		body := &source{r: x.Response.Body}
		stopped := false
		err = elements(body, func(element T) bool {
			stopped = !yield(element, nil)
			return !stopped
		})
		switch {
		case stopped: // what was read ahead is of no interest
		case body.err != nil:
			yield(zero, x.failure(body.err))
		case errors.Is(err, errEmptyBody) && transport.EndsWithConnection(x.Response):
			yield(zero, x.decodeError(nil, errNoLength()))
		case err != nil:
			yield(zero, x.decodeError(nil, err))
		}
	}
}

// maxElement bounds an element of a sequence. The length of a sequence has no limit.
const maxElement = 16 << 20

var errElementTooLarge = errors.New("element larger than 16 MiB")

// elements decodes a JSON array from r. null is an empty array.
func elements[T any](r io.Reader, yield func(T) bool) error {
	limited := &io.LimitedReader{R: r, N: maxElement}
	buffered := bufio.NewReader(limited)
	if mark, _ := buffered.Peek(3); len(withoutMark(mark)) == 0 {
		_, _ = buffered.Discard(len(mark))
	}
	dec := jsontext.NewDecoder(buffered, resultOptions())
	switch start, err := dec.ReadToken(); {
	case err != nil && limited.N <= 0:
		return errElementTooLarge
	case err == io.EOF:
		return errEmptyBody
	case err != nil:
		return err
	case start.Kind() == 'n':
		return atEnd(dec)
	case start.Kind() != '[':
		return fmt.Errorf("expected array, got %s", kindName(start.Kind()))
	}
	var element, zero T
	for ; dec.PeekKind() != ']'; limited.N = maxElement {
		raw, err := dec.ReadValue()
		switch {
		case err != nil && limited.N <= 0:
			return errElementTooLarge
		case err != nil:
			return err
		}
		element = zero
		if err := unmarshal(raw, &element); err != nil {
			if mismatch, ok := errors.AsType[*json.SemanticError](err); ok {
				mismatch.JSONPointer = dec.StackPointer() + mismatch.JSONPointer
			}
			return err
		}
		if !yield(element) {
			return nil
		}
	}
	if _, err := dec.ReadToken(); err != nil {
		return err
	}
	return atEnd(dec)
}

// atEnd checks that nothing follows. It reads to the end of the body, so that the connection can be
// reused.
func atEnd(dec *jsontext.Decoder) error {
	_, err := dec.ReadToken()
	switch err {
	case io.EOF:
		return nil
	case nil:
		return errors.New("not JSON: more than one value")
	}
	return err
}

// pageCap is the most elements to ask for at once. The API may return fewer even if there are more.
const pageCap = 1000

// windows reads a list without pagination in windows of time. Bounds have a precision of
// milliseconds, and whether they belong to the window is not documented. So each window overlaps
// the next by a millisecond, and what both contain is returned once.
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
		pages, given, largest := w, 0, 0
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
			dated := slices.ContainsFunc(page, func(e T) bool { return !w.date(e).IsZero() })
			full := dated && len(page) >= max(largest, 2)
			largest = max(largest, len(page))
			if !pages.advance(page, seen) || given == before {
				if err := pages.checkLast(len(page) >= size, full); err != nil {
					yield(zero, err)
				}
				return
			}
		}
	}
}

// edge returns the bound that moves from page to page, and its direction.
func (w *windows[T, ID]) edge() (bound *time.Time, direction int) {
	if w.ascending {
		return &w.since, 1
	}
	return &w.until, -1
}

// checkLast runs after a page that brought nothing new. Such a page is the last, unless elements of
// one millisecond fill it, so that the rest of them cannot be read. A crowded page has as many
// elements as were asked for, and is filled. A full page is only as long as the longest one so far.
// The API may have cut it short, so it is filled if there are elements after that millisecond.
func (w windows[T, ID]) checkLast(crowded, full bool) error {
	if full && !crowded {
		bound, direction := w.edge()
		*bound = bound.Add(time.Duration(2*direction) * time.Millisecond)
		page, err := w.list(w.since, w.until, 1)
		if err != nil {
			return err
		}
		crowded = len(page) > 0
	}
	if crowded {
		return &RequestError{Operation: w.operation, err: errCrowded}
	}
	return nil
}

var errCrowded = errors.New("more elements in one millisecond than the API returns at once")

// advance moves the window past page and reports whether it moved. It keeps in seen what the next
// page may contain again. That includes earlier pages, since the order of elements of one moment
// may change between calls, and one more millisecond, since the API may truncate dates.
func (w *windows[T, ID]) advance(page []T, seen map[ID]time.Time) bool {
	bound, direction := w.edge()
	before := *bound
	var last time.Time
	for _, element := range page {
		date := w.date(element)
		seen[w.id(element)] = date
		if !date.IsZero() && (last.IsZero() || date.Compare(last) == direction) {
			last = date
		}
	}
	if last.IsZero() {
		return false
	}
	overlap := time.Duration(-direction) * time.Millisecond
	*bound = last.Truncate(time.Millisecond).Add(overlap)
	maps.DeleteFunc(seen, func(_ ID, date time.Time) bool {
		return !date.IsZero() && date.Truncate(time.Millisecond).Compare(*bound) == -direction
	})
	return before.IsZero() || bound.Compare(before) == direction
}
