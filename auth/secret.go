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
// Some ways still show the text: string(s); the keys of a map in JSON; and package fmt for an
// unexported struct field, unless the Secret is behind a pointer or a func, for %p and %w, and for
// %s or %d of a pointer to a struct within another value, unless the struct has a Format method,
// as those of this module do.
type Secret string

// Reveal returns the text.
func (s Secret) Reveal() string { return string(s) }

// IsMasked reports whether s stands for a secret that is not shown, and must not be sent back: it is
// asterisks, as the API returns what it has stored, or the [redacted] that a Secret marshals as. An
// empty Secret is not masked.
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
