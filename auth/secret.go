package auth

import (
	"cmp"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"github.com/clevercloud-go/clevercloud/internal/redact"
)

const redacted = redact.Mark

// Secret is a text that must not appear in a log, such as a token, a password or a key. An untyped
// constant converts to it implicitly.
//
// A Secret prints, logs and marshals as [redacted] with every verb and encoding, and so does a
// struct, slice or map that contains one. An empty Secret prints as the empty text ("" for %q, %#v
// and JSON), so that a missing secret can be seen. Unmarshalling reads the real text.
//
// Go leaves gaps that a type cannot close:
//   - Package fmt calls no method of an unexported struct field. Keep a Secret in an exported
//     field, or behind a func.
//   - Package fmt asks nobody for %p and %w, nor for %s or %d of a pointer to a struct within
//     another value. The structs of this module guard against the latter with a Format method.
//   - JSON writes a map's keys as they are.
//   - string(s) is the text. So is [Secret.Reveal], which is easier to search for.
type Secret string

// Reveal returns the text.
func (s Secret) Reveal() string { return string(s) }

// IsMasked reports whether s stands for a secret that is not shown: it consists of asterisks, as
// the API returns secrets that it has stored, or is the [redacted] that a Secret marshals as. Such
// a Secret must not be sent back. An empty Secret is not masked.
func (s Secret) IsMasked() bool {
	return s == redacted || s != "" && strings.Trim(string(s), "*") == ""
}

// String returns [redacted], or "" if s is empty.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return redacted
}

// GoString returns what %#v prints: [redacted], or two quotes if s is empty.
func (s Secret) GoString() string { return cmp.Or(s.String(), `""`) }

// Format implements [fmt.Formatter]. Without it, %x and %d would print the text.
func (s Secret) Format(f fmt.State, verb rune) {
	text := s.String()
	if verb == 'q' || verb == 'v' && f.Flag('#') {
		text = s.GoString()
	}
	_, _ = io.WriteString(f, text)
}

// MarshalJSON returns "[redacted]", or "" if s is empty.
func (s Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + s.String() + `"`), nil }

// MarshalText returns [redacted], or nothing if s is empty. XML and most YAML packages call it.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// MarshalBinary returns what MarshalText returns. Package gob calls it.
func (s Secret) MarshalBinary() ([]byte, error) { return s.MarshalText() }

// LogValue implements [slog.LogValuer].
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }
