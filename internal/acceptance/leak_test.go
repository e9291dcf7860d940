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
	"testing"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// layerScheme authenticates with a header of any form.
type layerScheme struct{ name, value string }

func (s layerScheme) Authenticate(req *http.Request) error {
	req.Header.Set(s.name, s.value)
	return nil
}

// layerFresh is credentials that are other ones each time.
type layerFresh struct{ n *int }

func (f layerFresh) Authenticate(req *http.Request) error {
	*f.n++
	req.Header.Set("Authorization", fmt.Sprintf("Bearer canary-7c1e-%d", *f.n))
	return nil
}

func TestLeak_CredentialsOfAnEarlierAttempt(t *testing.T) {
	t.Parallel()
	n := 0
	client := testkit.ClientOver(t, func(req *http.Request) (*http.Response, error) {
		if n == 1 {
			return testkit.Response(req, 503, req.Header.Get("Authorization"), "X-Echo", req.Header.Get("Authorization")), nil
		}
		return nil, io.ErrUnexpectedEOF
	}, clevercloud.WithAuth(layerFresh{&n}))

	_, err := client.Zones.List(t.Context(), clevercloud.ZoneQuery{}, clevercloud.WithMaxRetries(1))

	var answer *clevercloud.APIError
	require.ErrorAs(t, err, &answer)
	assert.Equal(t, "[redacted]", string(answer.Body))
	testkit.NoCanary(t, err)
}

func TestLeak_DebugLines(t *testing.T) {
	t.Parallel()
	var lines []map[string]any
	logger := slog.New(slog.NewJSONHandler(layerSink(func(line []byte) {
		var attrs map[string]any
		require.NoError(t, json.Unmarshal(line, &attrs))
		lines = append(lines, attrs)
	}), &slog.HandlerOptions{Level: slog.LevelDebug}))
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
	require.Len(t, lines, 3, "one for each attempt")
	for i, line := range lines {
		assert.Equal(t, "DEBUG", line["level"])
		assert.Equal(t, "zones.get", line["operation"])
		assert.Equal(t, "GET", line["method"])
		assert.Equal(t, "/v4/products/zones/{name}", line["path"])
		assert.EqualValues(t, i+1, line["attempt"])
		assert.Contains(t, line, "duration")
		text, _ := json.Marshal(line)
		for _, private := range []string{"private", "token", "busy", "par\"", "Set-Cookie", "api.example.test"} {
			assert.NotContains(t, string(text), private)
		}
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

type layerSink func([]byte)

func (s layerSink) Write(p []byte) (int, error) { s(p); return len(p), nil }

func TestLeak_NothingAboveDebug(t *testing.T) {
	t.Parallel()
	for _, level := range []slog.Level{slog.LevelDebug + 1, slog.LevelInfo, slog.LevelError} {
		var out bytes.Buffer
		client := testkit.ClientOver(t, func(req *http.Request) (*http.Response, error) { return testkit.Response(req, 503, ""), nil },
			clevercloud.WithLogger(slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: level}))), clevercloud.WithTimeout(time.Second))

		_, err := client.Zones.List(t.Context(), clevercloud.ZoneQuery{})

		require.Error(t, err)
		assert.Empty(t, out.String())
	}
}

// What a secret of any characters is echoed as, in one of the usual ways, is removed whole.
func TestLeak_Spellings(t *testing.T) {
	t.Parallel()
	quoted, err := json.Marshal(testkit.CanaryText)
	require.NoError(t, err)
	for _, text := range []string{
		testkit.CanaryText, url.QueryEscape(testkit.CanaryText), url.PathEscape(testkit.CanaryText), string(quoted), fmt.Sprintf("%q", testkit.CanaryText),
		base64.StdEncoding.EncodeToString([]byte(testkit.CanaryText)), base64.URLEncoding.EncodeToString([]byte(testkit.CanaryText)),
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
