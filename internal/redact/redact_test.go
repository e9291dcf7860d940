package redact

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"html"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// echoes are the ways in which a server may give back what it was sent.
func echoes(text string) map[string]string {
	quoted, _ := json.Marshal(text)
	twice, _ := json.Marshal(string(quoted))
	goQuoted := strconv.Quote(text)
	return map[string]string{
		"as it is": text, "in JSON": inQuotes(string(quoted)), "in plain JSON": inQuotes(plainJSON(text)),
		"in JSON in JSON": inQuotes(string(twice)), "in Go": inQuotes(goQuoted),
		"in a query": url.QueryEscape(text), "in a path": url.PathEscape(text), "in HTML": html.EscapeString(text),
		"in PHP": strings.ReplaceAll(text, "/", `\/`), "in a dump": hex.EncodeToString([]byte(text)),
	}
}

// shows reports whether text can be read out of what was shown: as it is, or by undoing one of the echoes.
func shows(shown, text string) bool {
	for _, echo := range echoes(text) {
		if echo != "" && strings.Contains(shown, echo) {
			return true
		}
	}
	return false
}

// What a Redactor has been through shows its secret in no spelling, wherever it stood and however often, also in base64 of the secret among
// other text; and what had no secret in it is left alone.
func FuzzRedactor(f *testing.F) {
	f.Add("canary-7c1e/a+b=c", "before", "after")
	f.Add(`very "secret" <é> & \ `, "{\"a\":\"", "\"}")
	f.Add("aaaa", "a", "aaa")
	f.Add("\x00\xff\u2028\\u0041", "\\", "u")
	f.Add("%41%2B+", "%", "4")
	f.Fuzz(func(t *testing.T, secret, before, after string) {
		// Below the bound nothing is hidden; a part of the replacement, or what joins with it, would be found in it.
		if len(secret) < 8 || strings.ContainsAny(secret, "[]") || strings.Contains(Mark, secret) || shows(before+"\x00"+after, secret) {
			return
		}
		hide := Of(secret)
		for way, echo := range echoes(secret) {
			text := before + echo + after + echo + before

			got := hide.Text(text)

			require.Contains(t, got, Mark, way)
			require.False(t, strings.Contains(got, echo), "%s: %q shows %q", way, got, secret)
			require.Equal(t, got, string(hide.Bytes([]byte(text))))
			require.Equal(t, http.Header{"X": {got}}, hide.Header(http.Header{"X": {text}}))
		}
		for _, encoding := range []*base64.Encoding{base64.StdEncoding, base64.URLEncoding} {
			plain := before + secret + after
			got := hide.Text(encoding.EncodeToString([]byte(plain)))
			require.Contains(t, got, Mark)
			for _, rest := range strings.Split(got, Mark) {
				require.Less(t, len(rest), base64.StdEncoding.EncodedLen(len(plain))-len(secret), "%q of %q", got, plain)
			}
		}
		if harmless := "no harm"; !shows(harmless, secret) {
			require.Equal(t, harmless, hide.Text(harmless))
		}
	})
}

// What a server may echo is known in the spellings of other languages than Go as well.
func TestRedactor_Spellings(t *testing.T) {
	t.Parallel()
	hide := Of(`canary/7c1e&"é`)
	for _, text := range []string{
		"63616e6172792f3763316526 22c3a9", "63616E6172792F376331652622C3A9", `canary\/7c1e&"é`, "canary/7c1e&amp;&#34;é",
		"canary%2f7c1e%26%22%c3%a9", "canary%2F7c1e&%22%C3%A9", "canary%2f7c1e&%22%c3%a9",
	} {
		text = strings.ReplaceAll(text, " ", "")
		assert.Equal(t, "<[redacted]>", hide.Text("<"+text+">"))
	}
}

// JSON may escape any character, in either case, and what it need not escape at all.
func TestRedactor_Body(t *testing.T) {
	t.Parallel()
	hide := Of("canary/7c1e", `a"b\c`)
	for body, want := range map[string]string{
		`{"a":"x canary\u002f7c1e y\n","b":1}`:          `{"a":"x [redacted] y\n","b":1}`,
		`{"\u0063anary\/7c1E":"\u0063anary/7c1\u0065"}`: `{"\u0063anary\/7c1E":"[redacted]"}`,
		`"{\"a\":\"\u0061\\\"b\\\\c\"}"`:                `"{\"a\":\"[redacted]\"}"`,
		`<p class="\x">canary/7c1e</p>`:                 `<p class="\x">[redacted]</p>`,
		`{"a":"\u00e9\/"`:                               `{"a":"\u00e9\/"`,
		`{"a":"x \u0063anary/7c1e and cut`:              `{"a":"x [redacted] and cut`,
		`{"a":"x \u0063anary/7c1e and cut \u00`:         `{"a":"x [redacted] and cut `,
		`{"a":"x \u0063anary/7c1e\`:                     `{"a":"x [redacted]`,
		`{"a":"harmless \u0063ut \u00`:                  `{"a":"harmless \u0063ut \u00`,
		`{"":"\u0063anary/7c1e"}`:                       `{"":"[redacted]"}`,
		`{"a":"\n and so on`:                            `{"a":"\n and so on`,
		``:                                              ``,
	} {
		assert.Equal(t, want, string(hide.Body([]byte(body))))
	}
}

func TestRedactor_SecretsOfTheBody(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name       string
		secrets    []string
		text, want string
	}{
		{"none", nil, "text", "text"},
		{"too short to hide", []string{"abc"}, "abc", "abc"},
		{"just long enough", []string{"abcd"}, "abcd", "[redacted]"},
		{"one in another", []string{"abcd", "abcdefgh", "efgh"}, "abcdefgh", "[redacted]"},
		{"in JSON", []string{"a\"b\\c<é"}, `{"said":"a\"b\\c\u003cé a\"b\\c<é"}`, `{"said":"[redacted] [redacted]"}`},
		{"in JSON within JSON", []string{`a"bcd`}, `"{\"said\":\"a\\\"bcd\"}"`, `"{\"said\":\"[redacted]\"}"`},
		{"in plain JSON", []string{"a\x1b<c>"}, `"a\u001b<c>"`, `"[redacted]"`},
		{"in plain JSON within JSON", []string{`a"b<c`}, `"{\"said\":\"a\\\"b\u003cc\"}"`, `"{\"said\":\"[redacted]\"}"`},
		{"in a query", []string{"a b&c"}, "a+b%26c", "[redacted]"},
		{"in a path", []string{"a b/c"}, "a%20b%2Fc", "[redacted]"},
		{"in Go's quotes", []string{"a\x00bcd"}, `"a\x00bcd"`, `"[redacted]"`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()

			assert.Equal(t, tc.want, Of(tc.secrets...).Text(tc.text))
		})
	}
}

// Of base64 each character goes that is all of the secret's, wherever the secret stands, if these are eight or more.
func TestRedactor_Base64(t *testing.T) {
	t.Parallel()
	for length := 4; length <= 24; length++ {
		secret := strings.Repeat("\xfb\xef\xbe7?k", 4)[:length] // has characters that the two alphabets differ in
		hide := Of(secret)
		for _, encoding := range []*base64.Encoding{base64.StdEncoding, base64.URLEncoding, base64.RawStdEncoding, base64.RawURLEncoding} {
			for before := range 7 {
				encoded := encoding.EncodeToString([]byte(strings.Repeat("b", before) + secret + "after"))
				first, last := 0, 0
				for i := range encoded {
					if 6*i >= 8*before && 6*i+6 <= 8*(before+length) {
						if last == 0 {
							first = i
						}
						last = i + 1
					}
				}
				want := encoded
				if last-first >= 8 {
					want = encoded[:first] + Mark + encoded[last:]
				}

				assert.Equal(t, want, hide.Text(encoded), "%d bytes after %d", length, before)
			}
		}
	}
}

func TestRedactor_Texts(t *testing.T) {
	t.Parallel()
	hide := Of("secret")
	one, other := "a secret", "none"

	hide.Texts(&one, &other)

	assert.Equal(t, "a [redacted]", one)
	assert.Equal(t, "none", other)
	assert.NoError(t, hide.Error(nil))
}
