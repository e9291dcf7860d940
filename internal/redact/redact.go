// Package redact removes secrets that were sent from what came back: a server that echoes a request must not make its errors a leak.
package redact

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"html"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Mark stands for a secret.
const Mark = "[redacted]"

// minSecret is the length under which a replacement would hide more of the text than of the secret.
const minSecret = 4

// A Redactor knows secrets in all the ways that they are written, the longest first.
type Redactor []string

// Of returns a Redactor of these secrets.
func Of(secrets ...string) Redactor {
	var r Redactor
	for _, secret := range secrets {
		if len(secret) < minSecret {
			continue
		}
		// A whole request that is echoed in another encoding holds the secret as its JSON does.
		for _, form := range distinct(escapings(secret)) {
			r = append(append(r, form), elsewhere(form)...)
			r = append(r, inBase64(base64.RawStdEncoding, form)...)
			r = append(r, inBase64(base64.RawURLEncoding, form)...)
		}
	}
	r = distinct(r)
	slices.SortStableFunc(r, func(a, b string) int { return len(b) - len(a) })
	return r
}

func distinct(texts []string) []string {
	slices.Sort(texts)
	return slices.Compact(texts)
}

// escapings returns text as it is and as JSON holds it: written by encoding/json, which escapes more than others, or by others; also
// where a whole request is echoed as a text, and all of it is escaped once more.
func escapings(text string) []string {
	forms := []string{text}
	for range 2 {
		for _, form := range forms {
			quoted, _ := json.Marshal(form)
			forms = append(forms, inQuotes(string(quoted)), inQuotes(plainJSON(form)))
		}
	}
	return forms
}

// plainJSON is text in JSON without the escapes that are for HTML only.
func plainJSON(text string) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(text)
	return strings.TrimSpace(b.String())
}

// elsewhere returns text as URLs, Go, HTML, PHP's JSON and dumps hold it.
func elsewhere(text string) []string {
	query, path, dump := url.QueryEscape(text), url.PathEscape(text), hex.EncodeToString([]byte(text))
	return []string{
		query, path, lowerEscapes(query), lowerEscapes(path), inQuotes(strconv.Quote(text)), html.EscapeString(text),
		strings.ReplaceAll(text, "/", `\/`), dump, strings.ToUpper(dump),
	}
}

// lowerEscapes writes %2F as %2f.
func lowerEscapes(escaped string) string {
	lower := []byte(escaped)
	for i := range lower {
		if lower[i] == '%' {
			copy(lower[i:], bytes.ToLower(lower[i:i+3]))
		}
	}
	return string(lower)
}

func inQuotes(quoted string) string { return quoted[1 : len(quoted)-1] }

// inBase64 returns what base64 makes of text within any other, which depends on where in a group of three bytes it begins. The characters
// at its ends that hold bits of its neighbours are left out.
func inBase64(encoding *base64.Encoding, text string) []string {
	var found []string
	for before := range 3 {
		encoded := encoding.EncodeToString(append(make([]byte, before), text...))
		first, last := (before*8+5)/6, (before+len(text))*8/6
		if last-first >= 2*minSecret {
			found = append(found, encoded[first:last])
		}
	}
	return found
}

// Bytes returns b without secrets, b itself if there are none.
func (r Redactor) Bytes(b []byte) []byte {
	for _, secret := range r {
		// ReplaceAll copies what it does not change, too.
		if old := []byte(secret); bytes.Contains(b, old) {
			b = bytes.ReplaceAll(b, old, []byte(Mark))
		}
	}
	return b
}

// Body returns a body without secrets, also where it is JSON that escapes what need not be.
func (r Redactor) Body(b []byte) []byte {
	b = r.Bytes(b)
	if len(r) == 0 || !bytes.Contains(b, []byte(`\`)) {
		return b
	}
	var clean []byte
	for len(b) > 0 {
		start := max(0, bytes.IndexByte(b, '"'))
		end := start + literal(b[start:])
		clean = append(append(clean, b[:start]...), r.literal(b[start:end])...)
		b = b[end:]
	}
	return clean
}

// literal returns the length of the JSON string that b begins with, of all of b if there is none.
func literal(b []byte) int {
	if b[0] != '"' {
		return len(b)
	}
	for i := 1; i < len(b); i++ {
		switch b[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(b)
}

// literal returns a JSON string without secrets, also one that is cut off; anything else as it is.
func (r Redactor) literal(quoted []byte) []byte {
	var text string
	cut := false
	if json.Unmarshal(quoted, &text) != nil {
		if text, cut = beginning(quoted); !cut {
			return quoted
		}
	}
	if r.Text(text) == text {
		return quoted
	}
	clean, _ := json.Marshal(r.Text(text))
	if cut {
		clean = clean[:len(clean)-1]
	}
	return clean
}

// beginning decodes a JSON string that ends before its quote, maybe within an escape.
func beginning(quoted []byte) (string, bool) {
	const longest = len(`\u00e`)
	for dropped := 0; dropped <= longest && dropped < len(quoted); dropped++ {
		var text string
		if whole := quoted[:len(quoted)-dropped]; json.Unmarshal(append(whole[:len(whole):len(whole)], '"'), &text) == nil {
			return text, true
		}
	}
	return "", false
}

// Text returns text without secrets.
func (r Redactor) Text(text string) string {
	for _, secret := range r {
		text = strings.ReplaceAll(text, secret, Mark)
	}
	return text
}

// Texts removes secrets from each text.
func (r Redactor) Texts(texts ...*string) {
	for _, text := range texts {
		*text = r.Text(*text)
	}
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

// Error returns err, or its text alone if a secret has to be removed from it: net/http quotes what it could not read.
func (r Redactor) Error(err error) error {
	if err == nil {
		return nil
	}
	if said := err.Error(); r.Text(said) != said {
		return errors.New(r.Text(said))
	}
	return err
}
