package redact

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestLine(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"": "", "plain é": "plain é", "123456789": "12345678…", "\u2028": `\u2028`, "\xff": "\ufffd",
		"a\r\nb\x1b[31m": `a\r\nb\x1b[31…`,
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
