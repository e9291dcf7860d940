package clevercloud_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/internal/testkit"
)

func always[T any](v T, err error) func(context.Context) (T, error) {
	return func(context.Context) (T, error) { return v, err }
}

func TestWaitUntil_Refuses(t *testing.T) {
	t.Parallel()
	got := always("", nil)
	done := func(string) (bool, error) { return true, nil }
	for _, wait := range []func() (string, error){
		func() (string, error) { return clevercloud.WaitUntil(t.Context(), nil, done, clevercloud.Wait{}) },
		func() (string, error) { return clevercloud.WaitUntil(t.Context(), got, nil, clevercloud.Wait{}) },
		func() (string, error) {
			return clevercloud.WaitUntil(t.Context(), got, done, clevercloud.Wait{Interval: -1})
		},
	} {
		_, err := wait()

		require.ErrorIs(t, err, clevercloud.ErrInvalidArgument)
	}
}

// A value that is not there yet may be a nil pointer, whatever its type does with one.
func TestWaitUntil_NilPointers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()

		last, err := clevercloud.WaitUntil(ctx, always[*url.URL](nil, nil),
			func(u *url.URL) (bool, error) { return u != nil, nil }, clevercloud.Wait{})

		require.EqualError(t, err, "clevercloud: wait-until: context deadline exceeded; last seen: <nil>")
		assert.Nil(t, last)
	})
}

func TestWaitUntil_Ends(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		wrong := errors.New("wrong")
		last, err := clevercloud.WaitUntil(t.Context(), always("seen", nil), func(string) (bool, error) { return false, wrong }, clevercloud.Wait{})
		require.ErrorIs(t, err, wrong)
		assert.Equal(t, "seen", last, "the last value comes with the error")

		_, err = clevercloud.WaitUntil(t.Context(), always("", wrong), func(string) (bool, error) { return true, nil }, clevercloud.Wait{})
		require.ErrorIs(t, err, wrong)

		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(wrong)
		_, err = clevercloud.WaitUntil(ctx, always("on", nil), func(string) (bool, error) { return false, nil }, clevercloud.Wait{})
		require.EqualError(t, err, "clevercloud: wait-until: context canceled: wrong; last seen: on")
		require.ErrorIs(t, err, wrong)
		require.ErrorIs(t, err, context.Canceled)
		assert.False(t, clevercloud.IsTransient(err))
	})
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
