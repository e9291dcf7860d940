package auth

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
)

const redacted = "[redacted]"

// A Secret is text that does not show: printed under any verb, logged or marshalled it is [redacted], or nothing if it is empty. [Secret.Reveal]
// gives the text. It is unmarshalled like a string.
//
// Package fmt does not ask the unexported fields of a struct how they want to be printed: keep a Secret in an exported field, or behind a
// pointer.
type Secret string

// Reveal returns the text.
func (s Secret) Reveal() string { return string(s) }

// String returns [redacted], or nothing if s is empty.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return redacted
}

// GoString returns the same as String, quoted.
func (s Secret) GoString() string { return fmt.Sprintf("%q", s.String()) }

// Format prints the same as String under any verb, quoted under %q and %#v.
func (s Secret) Format(f fmt.State, verb rune) {
	text := s.String()
	if verb == 'q' || verb == 'v' && f.Flag('#') {
		text = s.GoString()
	}
	_, _ = io.WriteString(f, text)
}

// MarshalText returns the same as String.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// MarshalJSON returns the same as String.
func (s Secret) MarshalJSON() ([]byte, error) { return json.Marshal(s.String()) }

// LogValue returns the same as String.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }
