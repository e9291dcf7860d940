package clevercloud_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestClient_Middleware(t *testing.T) {
	t.Parallel()
	var seen []string
	see := func(who string, req *http.Request) {
		ctx := req.Context()
		seen = append(seen, fmt.Sprintf("%s %s %d %s", who, clevercloud.OperationFromContext(ctx),
			clevercloud.AttemptFromContext(ctx), req.Header.Get("Authorization")))
	}
	middleware := func(name string) clevercloud.ClientOption {
		return clevercloud.WithMiddleware(func(next http.RoundTripper) http.RoundTripper {
			return testkit.RoundTripFunc(func(req *http.Request) (*http.Response, error) {
				see(name, req)
				resp, err := next.RoundTrip(req)
				seen = append(seen, name+" out")
				return resp, err
			})
		})
	}
	client := testkit.ClientOver(t, func(req *http.Request) (*http.Response, error) {
		see("wire", req)
		return testkit.Response(req, 503, ""), nil
	}, clevercloud.WithAuth(testkit.Token("t")), middleware("outer"), middleware("inner"),
		clevercloud.WithMaxRetries(1))

	for range 2 {
		_, err := client.Zones.Get(t.Context(), "par")
		require.ErrorIs(t, err, clevercloud.ErrUnavailable)
	}

	var call []string
	for _, attempt := range []string{"1", "2"} {
		call = append(call, "outer zones.get "+attempt+" ", "inner zones.get "+attempt+" ",
			"wire zones.get "+attempt+" Bearer t", "inner out", "outer out")
	}
	assert.Equal(t, append(call, call...), seen, "around every attempt, before credentials")
	assert.Empty(t, clevercloud.OperationFromContext(t.Context()))
	assert.Zero(t, clevercloud.AttemptFromContext(t.Context()))
}

// A header that a middleware, or a RoundTripper, adds to changes no other.
func TestClient_HeadersThatAreAddedTo(t *testing.T) {
	t.Parallel()
	want := http.Header{}
	var got http.Header
	add := func(req *http.Request) {
		for _, name := range []string{"Accept", "User-Agent", "Content-Type"} {
			want[name] = []string{req.Header.Get(name), "more"}
		}
		for name := range want {
			req.Header.Add(name, "more")
		}
		got = req.Header.Clone()
	}
	adding := testkit.ClientOver(t, func(req *http.Request) (*http.Response, error) {
		add(req)
		return testkit.Response(req, 200, ""), nil
	})
	within, err := answering(t, 200, "").With(
		clevercloud.WithMiddleware(func(next http.RoundTripper) http.RoundTripper {
			return testkit.RoundTripFunc(func(req *http.Request) (*http.Response, error) {
				add(req)
				return next.RoundTrip(req)
			})
		}))
	require.NoError(t, err)

	for _, client := range []*clevercloud.Client{adding, within} {
		require.NoError(t, client.Do(t.Context(), "POST", "/x", []int{}, nil))

		assert.Equal(t, want, got)
	}
}

func TestClient_MiddlewareThatAnswersItself(t *testing.T) {
	t.Parallel()
	broken := errors.New("circuit open")
	client, err := answering(t, 500, "").With(
		clevercloud.WithMiddleware(func(http.RoundTripper) http.RoundTripper {
			return testkit.RoundTripFunc(func(req *http.Request) (*http.Response, error) {
				if req.Method == http.MethodPost {
					return nil, broken
				}
				return testkit.Response(req, 200, "[]"), nil
			})
		}))
	require.NoError(t, err)

	zones, err := client.Zones.List(t.Context(), clevercloud.ZoneQuery{})
	require.NoError(t, err)
	assert.Empty(t, zones)
	require.ErrorIs(t, client.Operators.Reboot(t.Context(), clevercloud.Matomo, "matomo_1"), broken)
}

func TestClient_NilCallOption(t *testing.T) {
	t.Parallel()
	client, sent := sender(t, "[]")

	_, err := client.Zones.List(t.Context(), clevercloud.ZoneQuery{}, nil)

	require.ErrorIs(t, err, clevercloud.ErrInvalidArgument)
	address, _ := sent()
	assert.Empty(t, address)
}

// locatedToken is credentials that say where they belong.
type locatedToken struct {
	testkit.Token
	address string
}

func (l locatedToken) APIBaseURL() string { return l.address }

func TestClient_TheAddressOfTheCredentials(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"":                   "https://api.clever-cloud.com/v4/products/zones",
		"https://api.test/x": "https://api.test/x/v4/products/zones",
		"http://api.test":    "", "https://user:secret@api.test": "",
	} {
		sent := ""
		over := testkit.RoundTripFunc(func(req *http.Request) (*http.Response, error) {
			sent = req.URL.String()
			return testkit.Response(req, 200, "[]"), nil
		})
		client, err := clevercloud.New(clevercloud.WithAuth(locatedToken{"token", address}),
			clevercloud.WithHTTPClient(&http.Client{Transport: over}))
		if want == "" {
			require.ErrorContains(t, err, "WithAuth: the base URL of the credentials must ")
			assert.Nil(t, client)
			continue
		}
		require.NoError(t, err)

		_, err = client.Zones.List(t.Context(), clevercloud.ZoneQuery{})

		require.NoError(t, err)
		assert.Equal(t, want, sent)
	}
}

func TestClient_OfAnEmptyHTTPClient(t *testing.T) {
	t.Parallel()
	_, client := testkit.Serve(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "[]")
	}, clevercloud.WithHTTPClient(&http.Client{}))

	_, err := client.Zones.List(t.Context(), clevercloud.ZoneQuery{})

	assert.NoError(t, err)
}

// Not parallel: a program may have put something else in place of net/http's transport.
func TestClient_OfAProgramWithADefaultTransportOfItsOwn(t *testing.T) {
	own := http.DefaultTransport
	defer func() { http.DefaultTransport = own }()
	http.DefaultTransport = testkit.RoundTripFunc(func(req *http.Request) (*http.Response, error) {
		return testkit.Response(req, 200, "[]"), nil
	})
	client, err := clevercloud.New()
	require.NoError(t, err)

	_, err = client.Zones.List(t.Context(), clevercloud.ZoneQuery{})

	assert.NoError(t, err)
}

// net/http's own bound is 10 MiB, for each connection.
func TestClient_BoundsHeaders(t *testing.T) {
	t.Parallel()
	for length, ok := range map[int]bool{1 << 19: true, 1 << 20: false} {
		_, client := testkit.Serve(t, func(w http.ResponseWriter, _ *http.Request) {
			for range length / (1 << 13) {
				w.Header().Add("X-Filler", strings.Repeat("x", 1<<13))
			}
			_, _ = io.WriteString(w, "[]")
		}, clevercloud.WithMaxRetries(0))

		_, err := client.Zones.List(t.Context(), clevercloud.ZoneQuery{})

		assert.Equal(t, ok, err == nil, "%d: %v", length, err)
	}
}

func ExampleOperationFromContext() {
	count := map[string]int{}
	client, _ := clevercloud.New(clevercloud.WithMiddleware(func(http.RoundTripper) http.RoundTripper {
		return testkit.RoundTripFunc(func(req *http.Request) (*http.Response, error) {
			count[clevercloud.OperationFromContext(req.Context())]++
			return testkit.Response(req, 200, "[]"), nil
		})
	}))
	_, _ = client.Zones.List(context.Background(), clevercloud.ZoneQuery{})
	fmt.Println(count)
	// Output: map[zones.list:1]
}
