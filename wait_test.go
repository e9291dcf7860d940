package clevercloud_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/internal/testkit"
)

func always[T any](v T, err error) func(context.Context) (T, error) {
	return func(context.Context) (T, error) { return v, err }
}

// until returns a function that always returns these results.
func until[T any](ended bool, err error) func(T) (bool, error) {
	return func(T) (bool, error) { return ended, err }
}

func TestWaitUntil_Refuses(t *testing.T) {
	t.Parallel()
	get, done := always("", nil), until[string](true, nil)
	for argument, tc := range map[string]struct {
		get  func(context.Context) (string, error)
		done func(string) (bool, error)
		wait clevercloud.Wait
	}{
		"get and done must": {nil, done, clevercloud.Wait{}},
		"get and done":      {get, nil, clevercloud.Wait{}},
		"Interval":          {get, done, clevercloud.Wait{Interval: -1}},
		"MaxInterval":       {get, done, clevercloud.Wait{MaxInterval: -1}},
		"NotFoundGrace":     {get, done, clevercloud.Wait{NotFoundGrace: -1}},
	} {
		_, err := clevercloud.WaitUntil(t.Context(), tc.get, tc.done, tc.wait)

		require.ErrorIs(t, err, clevercloud.ErrInvalidArgument)
		assert.ErrorContains(t, err, "clevercloud: wait-until: "+argument)
	}
}

// A value that is not there yet may be a nil pointer, whatever its type does with one.
func TestWaitUntil_NilPointers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()

		get, done := always[*url.URL](nil, nil), until[*url.URL](false, nil)
		last, err := clevercloud.WaitUntil(ctx, get, done, clevercloud.Wait{})

		require.EqualError(t, err,
			"clevercloud: wait-until: context deadline exceeded; last seen: <nil>")
		assert.Nil(t, last)
	})
}

func TestWaitUntil_Ends(t *testing.T) {
	t.Parallel()
	wrong := errors.New("wrong")
	canceled, cancel := context.WithCancelCause(t.Context())
	cancel(wrong)
	why, cancelWhy := context.WithCancelCause(t.Context())
	cancelWhy(fmt.Errorf("%w: %w", context.Canceled, wrong))
	for _, tc := range []struct {
		ctx             context.Context
		getErr, doneErr error
		last, text      string
	}{
		{t.Context(), nil, wrong, "seen", "wrong"},
		{t.Context(), wrong, nil, "", "wrong"},
		{canceled, nil, nil, "seen",
			"clevercloud: wait-until: context canceled: wrong; last seen: seen"},
		{why, nil, nil, "seen",
			"clevercloud: wait-until: context canceled: wrong; last seen: seen"},
	} {
		get, done := always("seen", tc.getErr), until[string](false, tc.doneErr)

		last, err := clevercloud.WaitUntil(tc.ctx, get, done, clevercloud.Wait{})

		require.EqualError(t, err, tc.text)
		require.ErrorIs(t, err, wrong)
		assert.Equal(t, tc.last, last, "the last value comes with the error")
		assert.Equal(t, tc.ctx.Err() != nil, errors.Is(err, context.Canceled))
		assert.False(t, clevercloud.IsTransient(err))
	}
}

// What get returns once ctx has ended was not seen.
func TestWaitUntil_EndsDuringACall(t *testing.T) {
	t.Parallel()
	for seen, text := range map[string]string{"": "", "seen": "; last seen: seen"} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			looks := 0
			get := func(context.Context) (string, error) {
				if looks++; looks == 1 && seen != "" {
					return seen, nil
				}
				cancel()
				return "", fmt.Errorf("get: %w", &clevercloud.APIError{StatusCode: 404})
			}
			wait := clevercloud.Wait{NotFoundGrace: time.Minute}

			last, err := clevercloud.WaitUntil(ctx, get, until[string](false, nil), wait)

			require.EqualError(t, err, "clevercloud: wait-until: context canceled"+text+
				" (last: 404 not found)")
			require.ErrorIs(t, err, clevercloud.ErrNotFound)
			assert.Equal(t, seen, last)
		})
	}
}

// The response says how long to wait, and is what was seen last.
func TestWaitUntil_RetryAfter(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		body := `{"message":"` + strings.Repeat("x", 400) + `"}`
		client := answering(t, http.StatusServiceUnavailable, body, "Retry-After", "20")
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Second)
		defer cancel()
		looks := 0
		get := func(ctx context.Context) (string, error) {
			looks++
			return "", client.Do(ctx, "GET", "/x", nil, nil)
		}

		_, err := clevercloud.WaitUntil(ctx, get, until[string](true, nil), clevercloud.Wait{})

		assert.Equal(t, 3, looks)
		_, seen, _ := strings.Cut(err.Error(), "last seen: ")
		assert.Regexp(t, "^clevercloud: do GET /x: 503 .*x…$", seen)
		assert.Equal(t, 301, utf8.RuneCountInString(seen))
	})
}

// lastSeen is the error of a wait for another value than v.
func lastSeen[T any](v T) error {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := clevercloud.WaitUntil(
		ctx, always(v, nil), until[T](false, nil), clevercloud.Wait{})
	return err
}

func TestWaitUntil_SaysWhatIsShort(t *testing.T) {
	t.Parallel()
	for want, err := range map[string]error{
		"; last seen: true": lastSeen(true), "; last seen: 1": lastSeen(1),
		"; last seen: 2": lastSeen(int64(2)), "; last seen: 0.5": lastSeen(0.5),
		"; last seen: 1s": lastSeen(time.Second), "": lastSeen(struct{ A int }{1}),
	} {
		assert.EqualError(t, err, "clevercloud: wait-until: context canceled"+want)
	}
}

// A call is not to be made again once its context has ended, whatever the response says.
func TestIsTransient_OnceTheContextIsDone(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	client := testkit.ClientOver(t, func(req *http.Request) (*http.Response, error) {
		cancel()
		return testkit.Response(req, http.StatusServiceUnavailable, ""), nil
	})

	err := client.Do(ctx, "GET", "/x", nil, nil)

	require.ErrorIs(t, err, clevercloud.ErrUnavailable)
	assert.False(t, clevercloud.IsTransient(err))
}
