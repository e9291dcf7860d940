package transport

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAttempt_BoundsAResult(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name     string
		length   int
		declared int64
		want     error
	}{
		{"nothing", 0, -1, nil},
		{"the bound", 1000, -1, nil},
		{"the bound, declared", 1000, 1000, nil},
		{"one more", 1001, -1, ErrTooLarge},
		{"without an end", 1 << 20, -1, ErrTooLarge},
		{"declared", 0, 1001, ErrTooLarge},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			call := &Call{}
			body := &closing{Reader: strings.NewReader(strings.Repeat("x", tc.length))}
			resp := &http.Response{StatusCode: http.StatusOK, Body: body, ContentLength: tc.declared}
			layer := &attempt{limit: 1000, buffers: &sync.Pool{New: func() any { return new(bytes.Buffer) }}}
			watch := newWatchdog(t.Context(), time.Time{}, 0)

			err := layer.receive(call, parsed(t, "https://api.test"), resp, watch)

			require.ErrorIs(t, err, tc.want)
			assert.True(t, body.closed)
			assert.Error(t, watch.ctx.Err(), "the caller's context is let go")
			if tc.want == nil {
				assert.Len(t, call.Payload, tc.length)
			} else {
				assert.True(t, IsPermanent(err))
			}
		})
	}
	assert.EqualValues(t, MaxResultBody, New(Config{HTTPClient: &http.Client{}}).client.Transport.(*attempt).limit)
}

// A transport of a test's making may leave out what net/http's never does.
func TestAttempt_ResponsesWithoutABody(t *testing.T) {
	t.Parallel()
	for _, streamed := range []bool{false, true} {
		for _, status := range []int{200, 204, 404} {
			transport := New(Config{HTTPClient: &http.Client{
				Transport: tripper(func(*http.Request) (*http.Response, error) { return &http.Response{StatusCode: status}, nil }),
			}})
			call := &Call{Method: http.MethodGet, URL: parsed(t, "https://api.test/"), Header: http.Header{}, Streamed: streamed}

			require.NoError(t, transport.Do(t.Context(), call))

			assert.Equal(t, status, call.Response.StatusCode)
			_, err := io.Copy(io.Discard, call.Response.Body)
			assert.NoError(t, err)
			call.Release()
		}
	}
}

func TestAttempt_NeitherResponseNorError(t *testing.T) {
	t.Parallel()
	transport := New(Config{HTTPClient: &http.Client{
		Transport: tripper(func(*http.Request) (*http.Response, error) { return nil, nil }),
	}})

	err := transport.Do(t.Context(), &Call{Method: http.MethodGet, URL: parsed(t, "https://api.test/"), Header: http.Header{}})

	require.Error(t, err)
}

// forever is a body that looks at no context, as what a compressed one has decoded already does not.
type forever struct{}

func (forever) Read(p []byte) (int, error) { return len(p), nil }
func (forever) Close() error               { return nil }

func TestAttempt_TheContextEndsABodyThatIsStillBeingRead(t *testing.T) {
	t.Parallel()
	transport := New(Config{HTTPClient: &http.Client{
		Transport: tripper(func(*http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: 200, Body: forever{}}, nil
		}),
	}})
	ctx, cancel := context.WithCancel(t.Context())
	call := &Call{Method: http.MethodGet, URL: parsed(t, "https://api.test/"), Header: http.Header{}, Streamed: true}
	require.NoError(t, transport.Do(ctx, call))
	_, err := call.Response.Body.Read(make([]byte, 10))
	require.NoError(t, err)

	cancel()

	_, err = call.Response.Body.Read(make([]byte, 10))
	assert.ErrorIs(t, err, context.Canceled)
}
