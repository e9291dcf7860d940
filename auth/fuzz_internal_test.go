package auth

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"html"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// referenceProfile finds a profile in the file's JSON without any struct: its token and secret, both empty if the file has no such one.
func referenceProfile(data []byte, alias string) (token, secret string) {
	var file map[string]any
	if json.Unmarshal(bytes.TrimPrefix(data, []byte("\ufeff")), &file) != nil {
		return "", ""
	}
	text := func(object map[string]any, key string) string {
		s, _ := object[key].(string)
		return s
	}
	// A profile with a member of another type is none.
	login := func(object map[string]any) (token, secret string) {
		overrides, isObject := object["overrides"].(map[string]any)
		values := []any{object["token"], object["secret"], object["alias"], object["expirationDate"], object["API_HOST"]}
		values = append(values, object["OAUTH_CONSUMER_KEY"], object["OAUTH_CONSUMER_SECRET"])
		values = slices.AppendSeq(values, maps.Values(overrides))
		for _, value := range values {
			if _, isText := value.(string); !isText && value != nil {
				return "", ""
			}
		}
		if object["overrides"] != nil && !isObject {
			return "", ""
		}
		return text(object, "token"), text(object, "secret")
	}
	switch version := file["version"].(type) {
	case nil:
		if alias == "" || alias == "default" {
			return login(file)
		}
	case float64:
		profiles, _ := file["profiles"].([]any)
		for _, p := range profiles {
			if p, _ := p.(map[string]any); version == 1 && (alias == "" || text(p, "alias") == alias) {
				return login(p)
			}
		}
	}
	return "", ""
}

// ordinary keys are those whose case encoding/json need not guess, each once in an object.
var ordinary = regexp.MustCompile(`"([A-Za-z]+)"\s*:`)

// ofMember is an error about one value of the file.
var ofMember = regexp.MustCompile("^auth: (API_HOST|token|secret|[A-Z]+_CONSUMER_(KEY|SECRET)) in profile .* (must|is|contains) ")

func guessing(data []byte) bool {
	for _, key := range ordinary.FindAllSubmatch(data, -1) {
		for _, known := range []string{"version", "profiles", "alias", "token", "secret", "expirationDate", "overrides", "apiHost"} {
			if strings.EqualFold(string(key[1]), known) && string(key[1]) != known {
				return true
			}
		}
	}
	return bytes.Contains(data, []byte(`\u`)) || bytes.ContainsAny(data, "ſ\u212a")
}

// Whatever the file of clever-tools holds, the credentials are those that a reader without structs finds in it; what is refused is one
// line of bounded length and of a known kind, the same whatever the secret is.
func FuzzCleverTools(f *testing.F) {
	files, err := filepath.Glob(filepath.Join("..", "testdata", "auth", "*.json"))
	require.NoError(f, err)
	require.NotEmpty(f, files)
	for _, file := range files {
		data, err := os.ReadFile(file)
		require.NoError(f, err)
		f.Add(data, "", true)
		f.Add(data, "client-a", false)
		f.Add(data, "client-a", true)
	}
	for _, data := range []string{
		``, `null`, `[]`, `{}`, `{"version":1}`, `{"version":"1"}`, `{"version":1.0,"profiles":[{}]}`, `{"version":1,"profiles":[null,5,{"alias":"b"}]}`,
		`{"version":1,"profiles":[{"token":"t","secret":5},{"alias":"b","token":"t","secret":"s"}]}`,
		`{"version":1,"profiles":[{"alias":"b","token":"t","secret":"s","expirationDate":5}]}`,
		`{"version":1,"profiles":[{"alias":"b","token":"t","secret":"s","overrides":{"API_HOST":null,"X":[]}}]}`,
		`{"token":"t","secret":"s","overrides":{"API_HOST":"https://u:p@h"}}`, `{"token":"t","secret":"s","expirationDate":"2001-01-15T09:30:00.000+0000"}`,
		"{\"version\":1,\"profiles\":[{\"alias\":\"a\\n\u2028\",\"token\":\"\\ud800\",\"secret\":\"s\"}]}",
	} {
		f.Add([]byte(data), "b", true)
	}
	path := filepath.Join(f.TempDir(), "clever-tools.json")
	f.Setenv("CONFIGURATION_FILE", path)
	for _, name := range []string{
		"OAUTH_CONSUMER_KEY", "OAUTH_CONSUMER_SECRET", "CC_CONSUMER_KEY", "CC_CONSUMER_SECRET", "API_HOST",
	} {
		f.Setenv(name, "")
	}
	look := func(t *testing.T, data []byte, alias string, consumer bool) (Authenticator, error) {
		require.NoError(t, os.WriteFile(path, data, 0o600))
		if consumer {
			return Consumer{Key: "ck", Secret: "cs"}.FromCleverTools(alias)
		}
		return FromCleverTools(alias)
	}
	for _, data := range []string{
		"\ufeff{\"token\":\"t\",\"secret\":\"s\",\"API_HOST\":\"http://a b\"}", `{"token":"t\n","secret":"s"}`,
		`{"token":"'t'","secret":"s"}`, `{"Token":"t","secret":"s","SECRET":"x","expirationDate":"2001-01-15"}`,
	} {
		f.Add([]byte(data), "", true)
	}
	f.Fuzz(func(t *testing.T, data []byte, alias string, consumer bool) {
		got, err := look(t, data, alias, consumer)
		token, secret := referenceProfile(data, alias)
		if err == nil {
			o, ok := got.(OAuth1)
			require.True(t, ok && o.Token != "" && o.TokenSecret != "" && o.ConsumerKey != "" && o.ConsumerSecret != "")
			if !guessing(data) {
				require.Equal(t, []string{token, secret}, []string{o.Token, o.TokenSecret.Reveal()})
			}
			if o.BaseURL != "" {
				base, err := url.Parse(o.BaseURL)
				require.NoError(t, err)
				require.True(t, base.User == nil && base.Host != "" && base.RawQuery == "")
			}
			return
		}
		require.Nil(t, got)
		var incomplete *IncompleteError
		known := errors.Is(err, ErrNoCredentials) || errors.Is(err, ErrExpired) || errors.As(err, &incomplete)
		require.True(t, known || ofMember.MatchString(err.Error()), "%v", err)
		require.NotContains(t, strings.ReplaceAll(err.Error(), path, ""), "\n")
		for _, hidden := range []string{token, secret} {
			// Only a value that is there once, under nobody else's name.
			if len(hidden) < 8 || strings.Contains(alias, hidden) || bytes.Count(data, []byte(hidden)) != 1 || !utf8.Valid(data) || check("", hidden) != nil {
				continue
			}
			other := bytes.ReplaceAll(data, []byte(hidden), bytes.Repeat([]byte("z"), len(hidden)))
			_, same := look(t, other, alias, consumer)
			require.EqualError(t, same, err.Error())
		}
	})
}

type answers func(*http.Request) (*http.Response, error)

func (f answers) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

// An answer to a step of a Flow is a token that net/url finds in it as well, or an error of one bounded line. A dollar sign in the answer
// stands for the consumer's secret, spelled in the ways of an echo: no error shows it.
func FuzzFlowAnswer(f *testing.F) {
	f.Add(200, "oauth_token=rt%2F1&oauth_token_secret=rs%3D1&oauth_callback_confirmed=true", "verysecret", uint8(0))
	f.Add(200, "oauth_token=at&oauth_token_secret=as&expiration_date=2026-01-15T09%3A30%3A00.000Z", "verysecret", uint8(0))
	f.Add(200, "oauth_token=%zz&oauth_token_secret=;", "verysecret", uint8(0))
	for way := range uint8(6) {
		f.Add(401, "invalid signature $&$\n", `very&"secret<é`, way)
	}
	f.Add(500, "<html>$$</html>\x00\xff", "$$$$", uint8(1))
	f.Fuzz(func(t *testing.T, status int, answer, secret string, way uint8) {
		if secret == "" || status < 100 || status > 999 {
			return
		}
		quoted := strconv.Quote(secret)
		echo := []string{
			secret, url.QueryEscape(secret), url.PathEscape(secret), base64.StdEncoding.EncodeToString([]byte(secret)), quoted[1 : len(quoted)-1],
			html.EscapeString(secret),
		}[way%6]
		body := strings.ReplaceAll(answer, "$", echo)
		flow := Flow{ConsumerKey: "ck", ConsumerSecret: Secret(secret), HTTPClient: &http.Client{Transport: answers(func(req *http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: status, Header: http.Header{"Sozu-Id": {answer}}, Body: io.NopCloser(strings.NewReader(body)), Request: req}, nil
		})}}
		fields, parseErr := url.ParseQuery(body)
		complete := check("", secret) == nil && status/100 == 2 && parseErr == nil && fields.Get("oauth_token") != "" && fields.Get("oauth_token_secret") != ""

		first, firstErr := flow.RequestToken(t.Context(), "https://app.example.com/done")
		last, lastErr := flow.AccessToken(t.Context(), "rt", "rs", "v")

		require.Equal(t, complete && fields.Get("oauth_callback_confirmed") == "true", firstErr == nil, "%v", firstErr)
		require.Equal(t, complete, lastErr == nil, "%v", lastErr)
		if firstErr == nil {
			require.Equal(t, FlowToken{fields.Get("oauth_token"), Secret(fields.Get("oauth_token_secret")), first.ExpirationDate}, first)
		}
		if lastErr == nil {
			require.Equal(t, fields.Get("oauth_token"), last.Token)
			require.Equal(t, fields.Get("oauth_token_secret"), last.TokenSecret.Reveal())
			require.True(t, last.ExpirationDate.IsZero() || last.ExpirationDate.Before(time.Date(10000, 1, 1, 24, 0, 0, 0, time.UTC)))
		}
		for _, err := range []error{firstErr, lastErr} {
			if err == nil {
				continue
			}
			require.NotContains(t, err.Error(), "\n")
			require.Less(t, utf8.RuneCountInString(err.Error()), 700)
			if len(secret) >= 8 && !strings.Contains(answer, secret) && !strings.ContainsAny(secret, "$[]") {
				require.NotContains(t, err.Error(), secret)
			}
		}
	})
}
