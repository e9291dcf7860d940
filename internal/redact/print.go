package redact

import (
	"fmt"
	"strconv"
	"strings"
)

// Struct prints v, whose type has no methods, for the Format method of a struct that holds
// secrets. Such a struct needs the method: for a pointer within another value and a verb that does
// not suit pointers, such as %s, package fmt prints the fields without asking their types.
func Struct(f fmt.State, verb rune, v any) { _, _ = fmt.Fprintf(f, fmt.FormatString(f, verb), v) }

// Line makes one line of text that comes from a server: it escapes control characters, so that
// nobody can forge a log line, and cuts the text after limit characters.
func Line(text string, limit int) string {
	var b strings.Builder
	n := 0
	for _, r := range text {
		if n++; n > limit {
			b.WriteString("…")
			break
		}
		if strconv.IsPrint(r) {
			b.WriteRune(r)
		} else {
			b.WriteString(strings.Trim(strconv.QuoteRune(r), "'"))
		}
	}
	return b.String()
}
