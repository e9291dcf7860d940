package auth_test

import (
	"bufio"
	"bytes"
	"cmp"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"html"
	"io"
	"maps"
	"math/rand/v2"
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

	"github.com/clevercloud-go/clevercloud/auth"
	"github.com/clevercloud-go/clevercloud/internal/testkit"
)

// referenceProfile finds a profile in the file's JSON without any struct: its token and secret,
// both empty if the file has no such one.
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
		values := []any{
			object["token"], object["secret"], object["alias"], object["expirationDate"],
			object["API_HOST"],
		}
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
			if p, _ := p.(map[string]any); version == 1 &&
				(alias == "" || text(p, "alias") == alias) {
				return login(p)
			}
		}
	}
	return "", ""
}

// ordinary keys are those whose case encoding/json need not guess, each once in an object.
var ordinary = regexp.MustCompile(`"([A-Za-z]+)"\s*:`)

// ofMember is an error about one value of the file.
var ofMember = regexp.MustCompile("^auth: (API_HOST|token|secret|[A-Z]+_CONSUMER_(KEY|SECRET)) " +
	"in profile .* (must|is|contains) ")

func guessing(data []byte) bool {
	for _, key := range ordinary.FindAllSubmatch(data, -1) {
		for _, known := range []string{
			"version", "profiles", "alias", "token", "secret", "expirationDate", "overrides",
			"apiHost",
		} {
			if strings.EqualFold(string(key[1]), known) && string(key[1]) != known {
				return true
			}
		}
	}
	return bytes.Contains(data, []byte(`\u`)) || bytes.ContainsAny(data, "ſ\u212a")
}

// unflawed reports whether a token or a secret may be this text.
func unflawed(text string) bool {
	return auth.OAuth1{
		ConsumerKey: "k", ConsumerSecret: "s", Token: "t", TokenSecret: auth.Secret(text),
	}.Check() == nil
}

// Whatever the file of clever-tools holds, the credentials are those that a reader without structs
// finds in it; what is refused is one line of bounded length and of a known kind, the same whatever
// the secret is.
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
	const v1 = `{"version":1,"profiles":`
	for _, data := range []string{
		``, `null`, `[]`, `{}`, `{"version":1}`, `{"version":"1"}`,
		`{"version":1.0,"profiles":[{}]}`, v1 + `[null,5,{"alias":"b"}]}`,
		v1 + `[{"token":"t","secret":5},{"alias":"b","token":"t","secret":"s"}]}`,
		v1 + `[{"alias":"b","token":"t","secret":"s","expirationDate":5}]}`,
		v1 + `[{"alias":"b","token":"t","secret":"s","overrides":{"API_HOST":null,"X":[]}}]}`,
		`{"token":"t","secret":"s","overrides":{"token":"x","secret":"y"}}`,
		`{"token":"t","secret":"s","overrides":{"API_HOST":"https://u:p@h"}}`,
		`{"token":"t","secret":"s","expirationDate":"2001-01-15T09:30:00.000+0000"}`,
		v1 + "[{\"alias\":\"a\\n\u2028\",\"token\":\"\\ud800\",\"secret\":\"s\"}]}",
		"\ufeff{\"token\":\"t\",\"secret\":\"s\",\"API_HOST\":\"http://a b\"}",
		`{"token":"t\n","secret":"s"}`,
		`{"token":"'t'","secret":"s"}`,
		`{"Token":"t","secret":"s","SECRET":"x","expirationDate":"2001-01-15"}`,
	} {
		f.Add([]byte(data), "", true)
		f.Add([]byte(data), "b", true)
	}
	path := filepath.Join(f.TempDir(), "clever-tools.json")
	f.Setenv("CONFIGURATION_FILE", path)
	look := func(
		t *testing.T, data []byte, alias string, consumer bool,
	) (auth.Authenticator, error) {
		require.NoError(t, os.WriteFile(path, data, 0o600))
		if consumer {
			return auth.Consumer{Key: "ck", Secret: "cs"}.FromCleverTools(alias)
		}
		return auth.FromCleverTools(alias)
	}
	f.Fuzz(func(t *testing.T, data []byte, alias string, consumer bool) {
		got, err := look(t, data, alias, consumer)
		token, secret := referenceProfile(data, alias)
		if err == nil {
			o, ok := got.(auth.OAuth1)
			require.True(t, ok && o.Token != "" && o.TokenSecret != "" && o.ConsumerKey != "" &&
				o.ConsumerSecret != "")
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
		var incomplete *auth.IncompleteError
		known := errors.Is(err, auth.ErrNoCredentials) || errors.Is(err, auth.ErrExpired) ||
			errors.As(err, &incomplete)
		require.True(t, known || ofMember.MatchString(err.Error()), "%v", err)
		require.NotContains(t, strings.ReplaceAll(err.Error(), path, ""), "\n")
		for _, hidden := range []string{token, secret} {
			// Only a value that is there once, under nobody else's name.
			if len(hidden) < 8 || strings.Contains(alias, hidden) ||
				bytes.Count(data, []byte(hidden)) != 1 || !utf8.Valid(data) || !unflawed(hidden) {
				continue
			}
			other := bytes.ReplaceAll(data, []byte(hidden), bytes.Repeat([]byte("z"), len(hidden)))
			_, same := look(t, other, alias, consumer)
			require.EqualError(t, same, err.Error())
		}
	})
}

// An answer to a step of a Flow is a token that net/url finds in it as well, or an error of one
// bounded line. A dollar sign in the answer stands for the consumer's secret, spelled in the ways
// of an echo: no error shows it.
func FuzzFlowAnswer(f *testing.F) {
	f.Add(200, "oauth_token=rt%2F1&oauth_token_secret=rs%3D1&oauth_callback_confirmed=true",
		"verysecret", uint8(0))
	f.Add(200, "oauth_token=at&oauth_token_secret=as&expiration_date=2026-01-15T09%3A30%3A00.000Z",
		"verysecret", uint8(0))
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
			secret, url.QueryEscape(secret), url.PathEscape(secret),
			base64.StdEncoding.EncodeToString([]byte(secret)), quoted[1 : len(quoted)-1],
			html.EscapeString(secret),
		}[way%6]
		body := strings.ReplaceAll(answer, "$", echo)
		flow := flowOver(func(req *http.Request) (*http.Response, error) {
			return testkit.Response(req, status, body, "Sozu-Id", answer), nil
		})
		flow.ConsumerSecret = auth.Secret(secret)
		fields, parseErr := url.ParseQuery(body)
		complete := unflawed(secret) && status/100 == 2 && parseErr == nil &&
			fields.Get("oauth_token") != "" && fields.Get("oauth_token_secret") != ""

		first, firstErr := flow.RequestToken(t.Context(), callback)
		last, lastErr := flow.AccessToken(t.Context(), "rt", "rs", "v")

		require.Equal(t, complete && fields.Get("oauth_callback_confirmed") == "true",
			firstErr == nil, "%v", firstErr)
		require.Equal(t, complete, lastErr == nil, "%v", lastErr)
		if firstErr == nil {
			require.Equal(t, fields.Get("oauth_token"), first.Token)
			require.Equal(t, fields.Get("oauth_token_secret"), first.Secret.Reveal())
		}
		if lastErr == nil {
			require.Equal(t, fields.Get("oauth_token"), last.Token)
			require.Equal(t, fields.Get("oauth_token_secret"), last.TokenSecret.Reveal())
			require.True(t, last.ExpirationDate.IsZero() ||
				last.ExpirationDate.Before(time.Date(10000, 1, 1, 24, 0, 0, 0, time.UTC)))
		}
		for _, err := range []error{firstErr, lastErr} {
			if err == nil {
				continue
			}
			require.NotContains(t, err.Error(), "\n")
			require.Less(t, utf8.RuneCountInString(err.Error()), 700)
			if len(secret) >= 8 && !strings.Contains(answer, secret) &&
				!strings.ContainsAny(secret, "$[]") {
				require.NotContains(t, err.Error(), secret)
			}
		}
	})
}

// naiveEscape is RFC 5849, 3.6.
func naiveEscape(text string) string {
	var b strings.Builder
	const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~"
	for _, c := range []byte(text) {
		if strings.IndexByte(plain, c) >= 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

// naive is RFC 5849, 3.4 written a second time, for clarity only and with nothing of the package.
func naive(
	method, scheme, host, path, query, form string, protocol map[string]string,
) (string, error) {
	type entry struct{ name, value string }
	var entries []entry
	for name, value := range protocol {
		entries = append(entries, entry{naiveEscape(name), naiveEscape(value)})
	}
	for _, piece := range append(strings.Split(query, "&"), strings.Split(form, "&")...) {
		if piece == "" {
			continue
		}
		halves := append(strings.SplitN(piece, "=", 2), "")
		name, err := url.QueryUnescape(halves[0])
		if err != nil {
			return "", err
		}
		value, err := url.QueryUnescape(halves[1])
		if err != nil {
			return "", err
		}
		entries = append(entries, entry{naiveEscape(name), naiveEscape(value)})
	}
	slices.SortFunc(entries, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.name, b.name), cmp.Compare(a.value, b.value))
	})
	var joined []string
	for _, e := range entries {
		joined = append(joined, e.name+"="+e.value)
	}
	uri := strings.ToLower(scheme) + "://" + strings.ToLower(host) + path
	return strings.ToUpper(method) + "&" + naiveEscape(uri) + "&" +
		naiveEscape(strings.Join(joined, "&")), nil
}

// verify is the server's side: of a request it has only what came over the wire. It checks that as
// RFC 5849, 3.2 says, with nothing of the package.
func verify(t *testing.T, scheme string, wire []byte, consumerSecret, tokenSecret string) {
	t.Helper()
	req, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(wire)))
	if err != nil {
		return // What cannot be read is answered with 400, whatever its signature.
	}
	form, err := io.ReadAll(req.Body)
	require.NoError(t, err)
	protocol := fields(t, req.Header.Get("Authorization"))
	signature := protocol["oauth_signature"]
	delete(protocol, "oauth_signature")
	require.Equal(t, "ké-y", protocol["oauth_consumer_key"])
	require.Equal(t, "t&=", protocol["oauth_token"])
	key := naiveEscape(consumerSecret) + "&" + naiveEscape(tokenSecret)
	if protocol["oauth_signature_method"] == "" {
		require.Len(t, protocol, 2)
		require.Equal(t, key, signature)
		return
	}
	require.Len(t, protocol, 6)
	path, query, _ := strings.Cut(req.RequestURI, "?")
	host := strings.TrimSuffix(strings.ToLower(req.Host),
		map[string]string{"https": ":443", "http": ":80"}[scheme])
	base, err := naive(req.Method, scheme, host, path, query, string(form), protocol)
	require.NoError(t, err)
	digest := map[string]func() hash.Hash{
		"HMAC-SHA1": sha1.New, "HMAC-SHA512": sha512.New,
	}[protocol["oauth_signature_method"]]
	require.NotNil(t, digest)
	mac := hmac.New(digest, []byte(key))
	_, _ = mac.Write([]byte(base))
	require.Equal(t, base64.StdEncoding.EncodeToString(mac.Sum(nil)), signature, base)
}

// addresses are hosts as a base URL may spell them.
var addresses = []string{
	"https://api.élan.example", "https://api.ÉLAN.example:443", "http://[fe80::1%25eth0]:8080",
	"http://bücher.example:80", "https://api.example.com", "https://API.Example.com:443",
	"http://localhost:80", "http://127.0.0.1:8080", "https://[::1]:443",
	"https://api.example.com:80",
}

// compare signs one request in each way, sends it over a wire, and has the verifier look at it. A
// query or a form that is not encoded as one is refused, by both.
func compare(
	t *testing.T, method string, address uint8,
	path, query, form, consumerSecret, tokenSecret string,
) {
	t.Helper()
	base := addresses[int(address)%len(addresses)]
	scheme, _, _ := strings.Cut(base, ":")
	for _, kind := range []auth.Method{auth.Plaintext, auth.HMACSHA1, auth.HMACSHA512} {
		req, err := http.NewRequest(method, base, strings.NewReader(form))
		if err != nil {
			return // No method.
		}
		req.URL.Path, req.URL.RawQuery = "/"+path, query
		if plain, err := url.PathUnescape(path); err == nil {
			req.URL.Path, req.URL.RawPath = "/"+plain, "/"+path
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8")
		_, wantErr := naive(method, scheme, "", "", query, form, nil)
		credentials := auth.OAuth1{
			ConsumerKey: "ké-y", ConsumerSecret: auth.Secret(consumerSecret), Token: "t&=",
			TokenSecret: auth.Secret(tokenSecret), Method: kind,
		}

		err = credentials.Authenticate(req)

		if credentials.Check() != nil || kind != auth.Plaintext && wantErr != nil {
			require.Error(t, err)
			require.Empty(t, req.Header.Get("Authorization"))
			continue
		}
		require.NoError(t, err)
		var wire bytes.Buffer
		if req.Write(&wire) == nil {
			verify(t, scheme, wire.Bytes(), consumerSecret, tokenSecret)
		}
	}
}

func TestSign_EqualsTheNaiveImplementation(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(5849, 1))
	pieces := []string{
		"a", "b", "A", "-", "~", "=", "&", "+", "%20", "%2b", "%3D", "%26", "%C3%A9", "é", ";", "/",
		"?", ":", "1", "&&", "%",
	}
	text := func(pieces []string) string {
		var b strings.Builder
		for range random.IntN(24) {
			b.WriteString(pieces[random.IntN(len(pieces))])
		}
		return b.String()
	}
	for i := range 300 {
		compare(t, http.MethodPost, uint8(i), text(pieces), text(pieces[:len(pieces)-1]),
			text(pieces[:len(pieces)-1]), "a-b/é~", "c&d=+")
	}
	for i := range 50 {
		compare(t, http.MethodPut, uint8(i), "", text(pieces), text(pieces), text(pieces)+"s",
			text(pieces)+"s")
	}
}

// A server that follows RFC 5849 finds the signature of any request to be right, by what came over
// the wire.
func FuzzSign(f *testing.F) {
	f.Add("POST", uint8(0), "request", "b5=%3D%253D&a3=a&c%40=&a2=r%20b", "c2&a3=2+q", "a-b/é~",
		"c&d=+")
	f.Add("GET", uint8(1), "v4/drains/é", "a-b=1&a=1&a=", "", "s", "\x00\xff")
	f.Add("patch", uint8(2), "", "%zz", "%", "%", "&")
	f.Add("DELETE", uint8(3), "a%2Fb/%2e%2e/%e9;x=1,2",
		"a;b=1&oauth_token=t&since=2025-01-01T00:00:00.000Z", "+", "~", "-._")
	f.Add("OPTIONS", uint8(4), "/*", "&&=&=a&é=%C3%A9", "a=1&a=10&a=2", "%26", "=")
	f.Fuzz(compare)
}
