package testkit

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// Texts is v in all the ways that it may get into a log.
func Texts(v any) []string {
	var texts []string
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
		texts = append(texts, fmt.Sprintf(verb, v))
	}
	encoded, _ := json.Marshal(v)
	texts = append(texts, string(encoded))
	isPunctuation := func(r rune) bool { return strings.ContainsRune(`"{}[],:`, r) }
	for _, word := range bytes.FieldsFunc(encoded, isPunctuation) {
		if plain, err := base64.StdEncoding.DecodeString(string(word)); err == nil {
			texts = append(texts, string(plain)) // encoding/json's []byte
		}
	}
	switch e := v.(type) {
	case interface{ Unwrap() []error }:
		for _, inner := range e.Unwrap() {
			texts = append(texts, Texts(inner)...)
		}
	case error:
		if inner := errors.Unwrap(e); inner != nil {
			texts = append(texts, Texts(inner)...)
		}
	}
	return texts
}

// A canary is a secret that occurs nowhere else. It is put in by every door, and looked for at
// every exit. Its two ends are letters, digits and dashes, which most encodings leave as they are
// and none splits; what is between them looks different in each.
const (
	Canary, CanaryTail = "canary-7c1e", "tail-3b9d"
	// CanaryToken is for where a secret is a token, CanaryText for where it may be any text.
	CanaryToken = Canary + "/a+b=c." + CanaryTail
	CanaryText  = Canary + "/aé+b&c\"d<e \\" + CanaryTail
)

// NoCanary fails if the canary shows in anything that can be made of err.
func NoCanary(t *testing.T, err error) {
	t.Helper()
	for i, text := range Texts(err) {
		require.Nil(t, Spellings().In([]byte(text)), "text %d: %s", i, text)
	}
}

// A SecretSearch is the ends of the canary in all spellings.
type SecretSearch [][]byte

// Spellings returns the search for all spellings of the canary.
var Spellings = sync.OnceValue(func() SecretSearch {
	var s SecretSearch
	for _, end := range []string{Canary, CanaryTail, "CANARY-7C1E"} {
		s = append(s, []byte(end))
		for _, format := range []string{
			"%02x", "%02X", "%%%02x", "%%%02X", `\x%02x`, `\u%04x`, "%d ", "0x%02x, ",
		} {
			var text []byte
			for _, c := range []byte(end) {
				text = fmt.Appendf(text, format, c)
			}
			s = append(s, bytes.TrimRight(text, ", "))
		}
		// Base64, wherever in a group of three bytes it begins; the alphabets for URLs and for the
		// rest agree on these ends.
		for before := range 3 {
			encoded := base64.RawStdEncoding.EncodeToString(append(make([]byte, before), end...))
			s = append(s, []byte(encoded[(before*8+5)/6:(before+len(end))*8/6]))
		}
	}
	return s
})

// In returns the spelling that is found in text, or in text without its escapes, nil if none is.
func (s SecretSearch) In(text []byte) []byte {
	for _, spelling := range s {
		if bytes.Contains(text, spelling) {
			return spelling
		}
	}
	escaped := false
	for _, begin := range []string{`\u00`, `\x`, "&#x", "%25", "%2d", "%2D", "%3", "%6", "%7"} {
		escaped = escaped || bytes.Contains(text, []byte(begin))
	}
	if escaped && bytes.Contains(oddEscape.ReplaceAllFunc(text, plainByte), s[0]) {
		return s[0]
	}
	return nil
}

// oddEscape is an escape of an ASCII character, of which JSON, URLs and HTML allow any, and text
// that was quoted again doubles the first byte.
var oddEscape = regexp.MustCompile(
	`\\+u00([0-7][0-9a-fA-F])|\\+x([0-7][0-9a-fA-F])|` +
		`%(?:25)*([0-7][0-9a-fA-F])|&#x([0-7][0-9a-fA-F]);`,
)

func plainByte(escape []byte) []byte {
	digits := bytes.TrimSuffix(escape, []byte(";"))
	c, _ := hex.DecodeString(string(digits[len(digits)-2:]))
	return c
}
