package acceptance_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestLeak_CredentialsOfAnEarlierAttempt(t *testing.T) {
	t.Parallel()
	n := 0
	fresh := authFunc(func(req *http.Request) error {
		n++
		req.Header.Set("Authorization", fmt.Sprintf("Bearer canary-7c1e-%d", n))
		return nil
	})
	client := testkit.ClientOver(t, func(req *http.Request) (*http.Response, error) {
		if credentials := req.Header.Get("Authorization"); n == 1 {
			return testkit.Response(req, 503, credentials, "X-Echo", credentials), nil
		}
		return nil, io.ErrUnexpectedEOF
	}, clevercloud.WithAuth(fresh))

	_, err := client.Zones.List(t.Context(), clevercloud.ZoneQuery{}, clevercloud.WithMaxRetries(1))

	var answer *clevercloud.APIError
	require.ErrorAs(t, err, &answer)
	assert.Equal(t, "[redacted]", string(answer.Body))
	testkit.NoCanary(t, err)
}

func TestLeak_DebugLines(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	logger := slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	sent := 0
	client := testkit.ClientOver(t, func(req *http.Request) (*http.Response, error) {
		switch sent++; sent {
		case 1:
			return testkit.Response(req, 503, "busy", "Sozu-Id", "S1", "Set-Cookie", "c=1", "Retry-After", "0"), nil
		case 2:
			return nil, errors.New("reset")
		}
		return testkit.Response(req, 200, `{"name": "par"}`, "Sozu-Id", "S3", "Content-Type", "application/json"), nil
	}, clevercloud.WithLogger(logger), clevercloud.WithAuth(testkit.Token("token")))

	_, err := client.Zones.Get(t.Context(), "par", clevercloud.WithQuery("tag", "private"))

	require.NoError(t, err)
	var lines []map[string]any
	for text := range strings.Lines(log.String()) {
		for _, private := range []string{"private", "token", "busy", "par\"", "Set-Cookie", "api.example.test"} {
			assert.NotContains(t, text, private)
		}
		lines = append(lines, testkit.DecodeAs[map[string]any](t, text))
	}
	require.Len(t, lines, 3, "one for each attempt")
	for i, line := range lines {
		assert.Equal(t, "DEBUG", line["level"])
		assert.Equal(t, "zones.get", line["operation"])
		assert.Equal(t, "GET", line["method"])
		assert.Equal(t, "/v4/products/zones/{name}", line["path"])
		assert.EqualValues(t, i+1, line["attempt"])
		assert.Contains(t, line, "duration")
	}
	assert.EqualValues(t, 503, lines[0]["status"])
	assert.Equal(t, "S1", lines[0]["request_id"])
	assert.Equal(t, map[string]any{"Retry-After": "0"}, lines[0]["header"])
	assert.Equal(t, "reset", lines[1]["error"])
	assert.NotContains(t, lines[1], "status")
	assert.EqualValues(t, 200, lines[2]["status"])
	assert.Equal(t, "S3", lines[2]["request_id"])
	assert.NotContains(t, lines[2], "error")
}

func TestLeak_NothingAboveDebug(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	handler := slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug + 1})
	client := testkit.ClientOver(t, func(req *http.Request) (*http.Response, error) {
		return testkit.Response(req, 503, ""), nil
	}, clevercloud.WithLogger(slog.New(handler)))

	_, err := client.Zones.List(t.Context(), clevercloud.ZoneQuery{})

	require.Error(t, err)
	assert.Empty(t, out.String())
}

// What a secret of any characters is echoed as, in one of the usual ways, is removed whole.
func TestLeak_Spellings(t *testing.T) {
	t.Parallel()
	quoted, err := json.Marshal(testkit.CanaryText)
	require.NoError(t, err)
	plain := []byte(testkit.CanaryText)
	for _, text := range []string{
		testkit.CanaryText, url.QueryEscape(testkit.CanaryText), url.PathEscape(testkit.CanaryText),
		string(quoted), fmt.Sprintf("%q", plain), base64.StdEncoding.EncodeToString(plain),
		base64.URLEncoding.EncodeToString(plain),
		base64.StdEncoding.EncodeToString([]byte("Bearer " + testkit.CanaryText)),
	} {
		client := testkit.ClientOver(t, func(req *http.Request) (*http.Response, error) {
			return testkit.Response(req, 400, "<"+text+">", "X-Echo", text), nil
		}, clevercloud.WithAuth(testkit.Token(testkit.CanaryText)))

		_, err := client.Zones.List(t.Context(), clevercloud.ZoneQuery{})

		var answer *clevercloud.APIError
		require.ErrorAs(t, err, &answer)
		assert.Contains(t, string(answer.Body), "[redacted]")
		assert.Contains(t, answer.Header.Get("X-Echo"), "[redacted]")
		testkit.NoCanary(t, err)
	}
}
