package redact

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// echoes are the spellings that a Redactor knows.
func echoes(text string) []string {
	quoted, _ := json.Marshal(text)
	plain, _ := jsontext.AppendQuote(nil, text)
	return []string{
		text, string(quoted[1 : len(quoted)-1]), string(plain[1 : len(plain)-1]),
		url.QueryEscape(text), url.PathEscape(text),
		base64.RawStdEncoding.EncodeToString([]byte(text)), // may be padded
		base64.RawURLEncoding.EncodeToString([]byte(text)),
	}
}

// shows reports whether text can be read out of what was shown: as it is, or by undoing an echo.
func shows(shown, text string) bool {
	for _, echo := range echoes(text) {
		if echo != "" && strings.Contains(shown, echo) {
			return true
		}
	}
	return false
}

// What a Redactor has been through shows its secret in no spelling, wherever it stood and however
// often; and what had no secret in it is left alone.
func FuzzRedactor(f *testing.F) {
	f.Add("canary-7c1e/a+b=c", "before", "after")
	f.Add(`very "secret" <é> & \ `, "{\"a\":\"", "\"}")
	f.Add("aaaa", "a", "aaa")
	f.Add("\x00\xff\u2028\\u0041", "\\", "u")
	f.Add("%41%2B+", "%", "4")
	f.Fuzz(func(t *testing.T, secret, before, after string) {
		// Below the bound nothing is hidden; a part of the replacement, or what joins with it,
		// would be found in it.
		if len(secret) < 8 || strings.ContainsAny(secret, "[]") || strings.Contains(Mark, secret) ||
			shows(before+"\x00"+after, secret) {
			return
		}
		hide := Of(secret)
		for way, echo := range echoes(secret) {
			text := before + echo + after + echo + before

			got := hide.Text(text)

			require.Contains(t, got, Mark, way)
			require.False(t, strings.Contains(got, echo), "%s: %q shows %q", way, got, secret)
			require.Equal(t, http.Header{"X": {got}}, hide.Header(http.Header{"X": {text}}))
		}
		if harmless := "no harm"; !shows(harmless, secret) {
			require.Equal(t, harmless, hide.Text(harmless))
		}
	})
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
		`{"a":"x \u0063anary/7c1e and cut`:              `{"a":"[redacted]`,
		`{"a":"x \u0063anary/7c1e and cut \u00`:         `{"a":"[redacted]`,
		`{"":"\u0063anary/7c1e"}`:                       `{"":"[redacted]"}`,
		`{"a":"\n and so on`:                            `{"a":"[redacted]`,
		`{"a":"\n","b":"and so on`:                      `{"a":"\n","b":"and so on`,
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
		{
			"in JSON", []string{"a\"b\\c<é"}, `{"said":"a\"b\\c\u003cé a\"b\\c<é"}`,
			`{"said":"[redacted] [redacted]"}`,
		},
		{"in plain JSON", []string{"a\x1b<c>"}, `"a\u001b<c>"`, `"[redacted]"`},
		{"in a query", []string{"a b&c"}, "a+b%26c", "[redacted]"},
		{
			"in base64", []string{"user:>>>???"}, "dXNlcjo+Pj4/Pz8= dXNlcjo-Pj4_Pz8=",
			"[redacted]= [redacted]=",
		},
		{"in a path", []string{"a b/c"}, "a%20b%2Fc", "[redacted]"},
	} {
		assert.Equal(t, tc.want, Of(tc.secrets...).Text(tc.text), tc.name)
	}
}

func TestRedactor_Error(t *testing.T) {
	t.Parallel()
	hide, harmless := Of("secret"), errors.New("none")

	require.NoError(t, hide.Error(nil))
	assert.Equal(t, harmless, hide.Error(harmless))
	assert.EqualError(t, hide.Error(errors.New("a secret")), "a [redacted]")
}

func TestLine(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"": "", "plain é": "plain é", "123456789": "12345678…", "\u2028": `\u2028`,
		"\xff":           "\ufffd",
		"a\r\nb\x1b[31m": `a\r\nb…`, "a\x1bb\x1bc": `a\x1bb…`,
	} {
		assert.Equal(t, want, Line(text, 8))
	}
}

type hidden string

func (hidden) Format(f fmt.State, _ rune) { fmt.Fprint(f, Mark) }

type holder struct{ Secret hidden }

func (h holder) Format(f fmt.State, verb rune) {
	type fields holder
	Struct(f, verb, fields(h))
}

func TestStruct(t *testing.T) {
	t.Parallel()
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%d", "%x"} {
		for _, v := range []any{holder{"secret"}, &holder{"secret"}, []*holder{{"secret"}}} {
			printed := fmt.Sprintf(verb, v)
			assert.Contains(t, printed, Mark, verb)
			assert.NotContains(t, printed, "secret", verb)
		}
	}
}

func TestParameters(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		``:                                       ``,
		`env="prod"`:                             `env="prod"`,
		`X-OVH-TOKEN="tok" env="prod"`:           `X-OVH-TOKEN="[redacted]" env="prod"`,
		`env="prod" X-OVH-TOKEN="tok"`:           `env="prod" X-OVH-TOKEN="[redacted]"`,
		`X-OVH-TOKEN=\"tok\"`:                    `X-OVH-TOKEN=[redacted]`,
		`X-OVH-TOKEN=\"tok\" env=\"prod\"`:       `X-OVH-TOKEN=[redacted] env=\"prod\"`,
		`X-OVH-TOKEN=\\\"tok\\\" env="prod"`:     `X-OVH-TOKEN=[redacted] env="prod"`,
		`X-OVH-TOKEN='tok' env='prod'`:           `X-OVH-TOKEN='[redacted]' env='prod'`,
		`X-OVH-TOKEN=tok env=prod`:               `X-OVH-TOKEN=[redacted] env=prod`,
		`X-OVH-TOKEN=t0t env=prod`:               `X-OVH-TOKEN=[redacted] env=prod`,
		`X-OVH-TOKEN = "tok" env = "prod"`:       `X-OVH-TOKEN = "[redacted]" env = "prod"`,
		"x-ovh-token\t=\n'tok'":                  "x-ovh-token\t=\n'[redacted]'",
		`"X-OVH-TOKEN"="tok"`:                    `"X-OVH-TOKEN"="[redacted]"`,
		`X-OVH-TOKEN: tok`:                       `X-OVH-TOKEN: [redacted]`,
		`[sd@1 X-OVH-TOKEN="tok"][b@2 x="y"]`:    `[sd@1 X-OVH-TOKEN="[redacted]"][b@2 x="y"]`,
		`env="prod",apiKey="tok"`:                `env="prod",apiKey="[redacted]"`,
		`Password="a\"tok" secret="tok\\" x="y"`: `Password="[redacted]" secret="[redacted]" x="y"`,
		// What is not well formed is redacted to its end.
		`token="tok`:                  `token=[redacted]`,
		`token="a"tok env="prod"`:     `token="[redacted]"`,
		`token=\"a\"tok\" env="prod"`: `token=[redacted]`,
		`token=tok"en" env=tok`:       `token=[redacted]`,
		`token=`:                      `token=[redacted]`,
		`monkey="tok"`:                `monkey="[redacted]"`,
		`env="a monkey" zone="par"`:   `env="a monkey" zone="par"`,
	} {
		shown, secrets := Parameters(text)

		assert.Equal(t, want, shown, text)
		again, _ := Parameters(shown)
		assert.Equal(t, shown, again, text)
		if shown != text && strings.Contains(text[5:], "tok") {
			assert.Contains(t, strings.Join(secrets, "\n"), "tok", text)
		}
	}
	_, secrets := Parameters(`a="b" X-OVH-TOKEN=\"tok\" k_secret='a\'b'`)
	assert.Equal(t, []string{`\"tok\"`, `tok`, `'a\'b'`, `a\'b`}, secrets)
}

func TestURL(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ text, shown, withoutPath string }{
		{"https://h.example", "https://h.example", "https://h.example"},
		{"https://h.example/", "https://h.example/", "https://h.example/"},
		{"tcp://h.example:514", "tcp://h.example:514", "tcp://h.example:514"},
		{
			"https://h.example/inputs/0123-key", "https://h.example/inputs/0123-key",
			"https://h.example/[redacted]",
		},
		{"https://h.example/a%2Fb/", "https://h.example/a%2Fb/", "https://h.example/[redacted]"},
		{
			"https://u:p@h.example/a", "https://[redacted]@h.example/a",
			"https://[redacted]@h.example/[redacted]",
		},
		{"https://u@h.example", "https://[redacted]@h.example", "https://[redacted]@h.example"},
		{
			"https://h.example/a?k=v", "https://h.example/a?[redacted]",
			"https://h.example/[redacted]",
		},
		{"https://h.example?k=v", "https://h.example?[redacted]", "https://h.example?[redacted]"},
		{"https://h.example/a#f", "https://h.example/a?[redacted]", "https://h.example/[redacted]"},
		{"/relative", Mark, Mark},
		{"mailto:me@h.example", Mark, Mark},
		{"https://[redacted]@h.example", Mark, Mark},
		{"https://h.example/%zz", Mark, Mark},
	} {
		shown, secrets := URL(tc.text, false)
		assert.Equal(t, tc.shown, shown, tc.text)
		assert.Equal(t, tc.shown != tc.text, len(secrets) > 0 && secrets[0] == tc.text, tc.text)
		shown, secrets = URL(tc.text, true)
		assert.Equal(t, tc.withoutPath, shown, tc.text)
		assert.Equal(t, tc.withoutPath != tc.text, len(secrets) > 0 && secrets[0] == tc.text,
			tc.text)
	}
}

func TestURL_Secrets(t *testing.T) {
	t.Parallel()
	_, secrets := URL("https://me:pass%20word@h.example/inputs/0123456%2F89/tag/http/"+
		"?k=very+secret&x=short#fragment", true)

	for _, want := range []string{"me", "pass word", "0123456/89", "very secret", "fragment"} {
		assert.Contains(t, secrets, want)
	}
	for _, word := range []string{"inputs", "tag", "http", "x", "short"} {
		assert.NotContains(t, secrets, word, "an error may contain it by chance")
	}
}

func TestJSON(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		``:         ``,
		`null`:     `null`,
		`true`:     `true`,
		`"a"`:      `"[redacted]"`,
		` 5550123`: `"[redacted]"`,
		`{"topic":"logs","tls":false,"none":null,"n":{"a":[1,"b",[]]},"topic":"x"}`: `{"topic":` +
			`"[redacted]","tls":false,"none":null,"n":{"a":["[redacted]","[redacted]",[]]},` +
			`"topic":"[redacted]"}`,
		`{`:       `"[redacted]"`,
		`{"a":b}`: `"[redacted]"`,
		`"a" "b"`: "\"[redacted]\"\n\"[redacted]\"",
	} {
		shown, _ := JSON(text)
		assert.Equal(t, want, shown, text)
	}
	_, secrets := JSON(`{"brokers":["https://me:password@h.example"],"pin":1234}`)
	assert.Subset(t, secrets, []string{"https://me:password@h.example", "me", "password", "1234"})
	assert.NotContains(t, secrets, "brokers")
}

func TestURLParts(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ a, b string }{
		{"https://H.example/a", "HTTPS://h.example/a/"},
		{"https://h.example/%2A%2A/x", "https://h.example/**/x"},
		{"https://h.example/?b=1&a=%32", "https://h.example?a=2&b=1"},
		{"https://h.example/a b", "https://h.example/a%20b"},
	} {
		assert.Equal(t, URLParts(tc.a), URLParts(tc.b))
	}
	for _, tc := range []struct{ a, b string }{
		{"https://h.example/a", "https://h.example?a"},
		{"https://h.example/a%2Fb", "https://h.example/a/b"},
		{"https://h.example/a", "https://h.example:8443/a"},
	} {
		assert.NotEqual(t, URLParts(tc.a), URLParts(tc.b))
	}
}

func FuzzText(f *testing.F) {
	f.Add(`env="prod" X-OVH-TOKEN=\"tok\"`)
	f.Add("https://me:hush@h.example/a/b?c=d#e")
	f.Add(`{"a":["b",1,{"c":null}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		for name, hide := range map[string]func(string) (string, []string){
			"parameters": Parameters, "json": JSON,
			"url": func(text string) (string, []string) { return URL(text, true) },
		} {
			shown, secrets := hide(text)
			if name != "json" && shown != text && len(secrets) == 0 {
				t.Errorf("%s: %q is shown as %q without a secret", name, text, shown)
			}
		}
		// A secret between quotes is hidden whatever it is.
		quoted := strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text)
		shown, _ := Parameters(`a="b" X-OVH-TOKEN="` + quoted + `" c="d"`)
		if shown != `a="b" X-OVH-TOKEN="[redacted]" c="d"` {
			t.Errorf("%q is shown as %q", text, shown)
		}
	})
}
