// Package redact removes secrets that were sent from what came back: a server that echoes a
// request must not make its errors a leak.
package redact

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// Mark stands for a secret.
const Mark = "[redacted]"

// minSecret is the length under which a replacement would hide more of the text than of the secret.
const minSecret = 4

// A Redactor knows secrets in the spellings that servers echo, the longest first.
type Redactor []string

// Of returns a Redactor of these secrets: as they are, and as JSON, a query, a path and base64 hold
// them.
func Of(secrets ...string) Redactor {
	var r Redactor
	for _, secret := range secrets {
		if len(secret) < minSecret {
			continue
		}
		quoted, _ := json.Marshal(secret)
		plain, _ := jsontext.AppendQuote(nil, secret) // without escapes for HTML
		for _, form := range [...]string{
			secret, string(quoted[1 : len(quoted)-1]), string(plain[1 : len(plain)-1]),
		} {
			r = append(r, form, url.QueryEscape(form), url.PathEscape(form))
		}
		r = append(r, base64.RawStdEncoding.EncodeToString([]byte(secret)),
			base64.RawURLEncoding.EncodeToString([]byte(secret)))
	}
	slices.SortFunc(r, func(a, b string) int {
		return cmp.Or(len(b)-len(a), strings.Compare(a, b))
	})
	return slices.Compact(r)
}

// Body returns a body without secrets, also where it is JSON that escapes what need not be.
func (r Redactor) Body(b []byte) []byte {
	if len(r) == 0 {
		return b
	}
	b = []byte(r.Text(string(b)))
	if !bytes.Contains(b, []byte(`\`)) {
		return b
	}
	literals := regexp.MustCompile(`(?s)"(?:[^"\\]|\\.)*(?:"|\\?$)`)
	return literals.ReplaceAllFunc(b, r.literal)
}

// literal returns a JSON string without secrets, anything else as it is. Of a string that ends
// within an escape nothing is known, so that none of it is kept.
func (r Redactor) literal(quoted []byte) []byte {
	var text string
	if json.Unmarshal(quoted, &text) != nil {
		if quoted[0] == '"' && quoted[len(quoted)-1] != '"' && bytes.ContainsRune(quoted, '\\') {
			return []byte(`"` + Mark)
		}
		return quoted
	}
	if r.Text(text) == text {
		return quoted
	}
	clean, _ := json.Marshal(r.Text(text))
	return clean
}

// Text returns text without secrets.
func (r Redactor) Text(text string) string {
	for _, secret := range r {
		text = strings.ReplaceAll(text, secret, Mark)
	}
	return text
}

// Header returns a copy of h without secrets.
func (r Redactor) Header(h http.Header) http.Header {
	own := h.Clone()
	for _, values := range own {
		for i, value := range values {
			values[i] = r.Text(value)
		}
	}
	return own
}

// Error returns err, or its text alone if a secret has to be removed from it: net/http quotes what
// it could not read.
func (r Redactor) Error(err error) error {
	if err == nil {
		return nil
	}
	if said := err.Error(); r.Text(said) != said {
		return errors.New(r.Text(said))
	}
	return err
}

// Struct prints v, whose type has no methods, for the Format method of a struct that holds
// secrets. Such a struct needs the method: for a pointer within another value and a verb that does
// not suit pointers, such as %s, package fmt prints the fields without asking their types.
func Struct(f fmt.State, verb rune, v any) { _, _ = fmt.Fprintf(f, fmt.FormatString(f, verb), v) }

// Line makes one line of text that comes from a server: it escapes control characters, so that
// nobody can forge a log line, and cuts what it returns after limit characters.
func Line(text string, limit int) string {
	var b strings.Builder
	for _, r := range text {
		shown := string(r)
		if !strconv.IsPrint(r) {
			shown = strings.Trim(strconv.QuoteRune(r), "'")
		}
		if limit -= utf8.RuneCountInString(shown); limit < 0 {
			b.WriteString("…")
			break
		}
		b.WriteString(shown)
	}
	return b.String()
}

// URL redacts the user, the query and, if it is secret, the path of a URL.
func URL(text string, secretPath bool) (shown string, secrets []string) {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" {
		return Mark, []string{text}
	}
	path, hidden := u.EscapedPath(), "?"+u.RawQuery+"#"+u.EscapedFragment()
	if secretPath {
		path, hidden = "", path+hidden
	}
	shown = u.Scheme + "://"
	if u.User != nil {
		password, _ := u.User.Password()
		shown, secrets = shown+Mark+"@", []string{text, u.User.Username(), password}
	}
	shown += u.Host + path
	if strings.Trim(hidden, "/?#") != "" {
		shown, secrets = shown+hidden[:1]+Mark, append(secrets, text)
	}
	for _, part := range URLParts(hidden) {
		if len(part) >= 8 { // shorter ones are words that errors contain for other reasons
			secrets = append(secrets, part)
		}
	}
	if secrets == nil {
		return text, nil
	}
	return shown, secrets
}

// URLParts returns the parts of a URL that may be masked, without percent-encoding. A question mark
// stands between those of the path and those of the query.
func URLParts(text string) []string {
	if u, err := url.Parse(text); err == nil {
		u.Host = strings.ToLower(u.Host)
		u.RawQuery = strings.ReplaceAll(u.Query().Encode(), "+", "%20")
		text = u.String()
	}
	split := func(text string) []string {
		return strings.FieldsFunc(text, func(r rune) bool {
			return strings.ContainsRune(`/&=:@#`, r)
		})
	}
	address, query, _ := strings.Cut(text, "?")
	parts := slices.Concat(split(address), []string{"?"}, split(query))
	for i, part := range parts {
		if plain, err := url.PathUnescape(part); err == nil {
			parts[i] = plain
		}
	}
	return parts
}

// Parameters redacts the parameters of structured data whose names suggest a secret. If such a
// value is not well formed, all that follows is redacted with it.
func Parameters(text string) (shown string, secrets []string) {
	const word = `(?:token|secret|key|pass|auth|credential)`
	const name = `([^\s="'\\]*` + word + `[^\s="'\\]*["'\\]*\s*[=:]\s*)`
	const value = `("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\\+"[^"\\]*\\+"|[^\s"'\\]+|.*)`
	pattern := regexp.MustCompile(`(?is)` + name + value + `(\s|\]|$)`)
	done := 0
	for _, at := range pattern.FindAllStringSubmatchIndex(text, -1) {
		value, quote := text[at[4]:at[5]], ""
		last := len(value) - 1
		if last > 0 && value[0] == value[last] && strings.Contains(`"'`, value[:1]) {
			quote = value[:1]
		}
		shown += text[done:at[4]] + quote + Mark + quote
		secrets = append(secrets, value, strings.Trim(value, `"'\`))
		done = at[5]
	}
	return shown + text[done:], secrets
}

// JSON redacts the strings and numbers in JSON, other than the names of members.
func JSON(value string) (shown string, secrets []string) {
	lenient := []jsontext.Options{
		jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true),
	}
	dec := jsontext.NewDecoder(strings.NewReader(value), lenient...)
	var out strings.Builder
	enc := jsontext.NewEncoder(&out, lenient...)
	for {
		token, err := dec.ReadToken()
		if err == io.EOF {
			return strings.TrimSpace(out.String()), secrets
		}
		parent, n := dec.StackIndex(dec.StackDepth())
		isName := parent == '{' && n%2 == 1
		if kind := token.Kind(); err == nil && !isName && (kind == '"' || kind == '0') {
			text := token.String()
			_, parts := URL(text, true)
			secrets, token = append(append(secrets, text), parts...), jsontext.String(Mark)
		}
		if err != nil || enc.WriteToken(token) != nil {
			return strconv.Quote(Mark), append(secrets, value)
		}
	}
}
