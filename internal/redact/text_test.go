package redact

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

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
		{"https://h.example/inputs/0123-key", "https://h.example/inputs/0123-key", "https://h.example/[redacted]"},
		{"https://h.example/a%2Fb/", "https://h.example/a%2Fb/", "https://h.example/[redacted]"},
		{"https://u:p@h.example/a", "https://[redacted]@h.example/a", "https://[redacted]@h.example/[redacted]"},
		{"https://u@h.example", "https://[redacted]@h.example", "https://[redacted]@h.example"},
		{"https://h.example/a?k=v", "https://h.example/a?[redacted]", "https://h.example/[redacted]"},
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
		assert.Equal(t, tc.withoutPath != tc.text, len(secrets) > 0 && secrets[0] == tc.text, tc.text)
	}
}

func TestURL_Secrets(t *testing.T) {
	t.Parallel()
	_, secrets := URL("https://me:pass%20word@h.example/inputs/0123456%2F89/tag/http/?k=very+secret&x=short#fragment", true)

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
		`{"topic":"logs","tls":false,"none":null,"n":{"a":[1,"b",[]]},"topic":"x"}`: `{"topic":"[redacted]","tls":false,"none":null,` +
			`"n":{"a":["[redacted]","[redacted]",[]]},"topic":"[redacted]"}`,
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
		if shown, _ := Parameters(`a="b" X-OVH-TOKEN="` + quoted + `" c="d"`); shown != `a="b" X-OVH-TOKEN="[redacted]" c="d"` {
			t.Errorf("%q is shown as %q", text, shown)
		}
	})
}
