package auth

import (
	"fmt"
	"io"
	"log/slog"

	"github.com/clevercloud-go/clevercloud/internal/redact"
)

const redacted = redact.Mark

// A Secret is a text that must not end up in a log: a token, a password, a key. Untyped constants convert by themselves.
//
// Printing, logging and marshalling one gives [redacted], whatever the verb or the encoding, and so does a struct, slice or map
// value that holds one. An empty Secret prints as the empty text, "" for %q and %#v and in JSON, so that "there is no password"
// stays visible. Decoding reads the real text, from a JSON string for example.
//
// Some ways around it cannot be closed from here. The fmt package calls no method on an unexported field of somebody else's struct,
// so keep a Secret in an exported field, or behind a pointer or a func. Nor does it ask anybody when it reports a verb as wrong: %p
// and %w, and %s or %d for a pointer to a struct within another value. The types of this package guard against the last by a Format
// method of their own. JSON writes the keys of a map, unlike its values, without asking them. And string(s) is the text, like
// [Secret.Reveal], which is the spelling to search for.
type Secret string

// Reveal returns the text itself.
func (s Secret) Reveal() string { return string(s) }

// String returns [redacted], or the empty text for an empty Secret.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return redacted
}

// GoString returns what %#v prints: [redacted], or "" for an empty Secret.
func (s Secret) GoString() string {
	if s == "" {
		return `""`
	}
	return redacted
}

// Format implements [fmt.Formatter]: String and GoString alone would leave %x and %d to print the text.
func (s Secret) Format(f fmt.State, verb rune) {
	text := s.String()
	if verb == 'q' || verb == 'v' && f.Flag('#') {
		text = s.GoString()
	}
	_, _ = io.WriteString(f, text)
}

// MarshalJSON writes "[redacted]", or "" for an empty Secret.
func (s Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + s.String() + `"`), nil }

// MarshalText writes [redacted], or nothing for an empty Secret. XML and most YAML packages ask for it.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// MarshalBinary writes what MarshalText writes. Gob asks for it.
func (s Secret) MarshalBinary() ([]byte, error) { return s.MarshalText() }

// LogValue implements [slog.LogValuer].
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// formatFields prints v, a struct of a type without methods, for the Format method of a type that holds secrets. Such a type needs
// one, since a wrong verb for a pointer to it (%s in a list of pointers) makes fmt print all fields without asking the Secrets.
func formatFields(f fmt.State, verb rune, v any) { _, _ = fmt.Fprintf(f, fmt.FormatString(f, verb), v) }
