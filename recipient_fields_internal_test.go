package clevercloud

import (
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
)

// secretParameter says in one line what secretParameters looks for. A package that compiled it would do so in each program that starts.
var secretParameter = regexp.MustCompile(`(?i)([^\s="]*(?:token|secret|key|password|auth)[^\s="]*=")((?:[^"\\]|\\.)*)"?`)

func checkParameters(t *testing.T, text string) {
	t.Helper()
	assert.Equal(t, secretParameter.ReplaceAllString(text, "${1}"+redacted+`"`), hideParameters(text), "%q", text)
	var want, got []string
	for _, match := range secretParameter.FindAllStringSubmatch(text, -1) {
		want = append(want, match[2])
	}
	for _, value := range secretParameters(text) {
		got = append(got, text[value.start:value.end])
	}
	assert.Equal(t, want, got, "%q", text)
}

var parameterSeeds = []string{
	``, `env="prod"`, `X-OVH-TOKEN="abc" env="prod"`, `env="prod" apiKey="a\"b" x="y"`, `token="open`, `token="a\`, `TOKEN=""token="b"`, `toKen="é" ſecret="x"`,
	`token="a" secret="b" password="c" passwd="d" auth="e"`, `=="token="x"`, `a=token="x"`, "token\t=\"x\" \nkey=\"y\nz\"", `a"token="x"`, `token="x\\" key="y"`,
	`x="token="secret"`, `="`, `token=`, "token\u00a0=\"x\"", "key=\"\xff\\\xff\"",
}

func TestSecretParameters(t *testing.T) {
	t.Parallel()
	for _, text := range parameterSeeds {
		checkParameters(t, text)
	}
}

func FuzzSecretParameters(f *testing.F) {
	for _, text := range parameterSeeds {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		checkParameters(t, text)
	})
}

func TestSoundsSecret(t *testing.T) {
	t.Parallel()
	said := regexp.MustCompile(`(?i)token|secret|key|pass|auth|credential`)
	for _, name := range []string{"", "apiKey", "API_KEY", "PassPhrase", "author", "credentialId", "url", "name", "ſecret", "\u212aey", "to ken", "İkey"} {
		assert.Equal(t, said.MatchString(name), soundsSecret(name), name)
	}
}
