package transport

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Redacted stands for a secret.
const Redacted = "[redacted]"

// minSecret is the length under which a replacement would hide more of the text than of the secret.
const minSecret = 4

// A Redactor removes secrets that were sent from what came back: an API that echoes a request must not make its errors a leak.
type Redactor []string

// Redactor knows the secrets of the request in all the ways that they are written.
func (c *Call) Redactor() Redactor {
	var r Redactor
	for _, secret := range slices.Concat(added(c.plain, c.signed), c.Secrets) {
		if len(secret) < minSecret {
			continue
		}
		r = append(r, escapings(secret)...)
		r = append(r, url.QueryEscape(secret), url.PathEscape(secret), inQuotes(strconv.Quote(secret)))
		r = append(r, inBase64(base64.RawStdEncoding, secret)...)
		r = append(r, inBase64(base64.RawURLEncoding, secret)...)
	}
	slices.SortFunc(r, func(a, b string) int { return len(b) - len(a) })
	return slices.Compact(r)
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
			b = bytes.ReplaceAll(b, old, []byte(Redacted))
		}
	}
	return b
}

// Text returns text without secrets.
func (r Redactor) Text(text string) string {
	for _, secret := range r {
		text = strings.ReplaceAll(text, secret, Redacted)
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

// authorizationSecrets takes the secrets out of an Authorization header: a token, or what an OAuth 1 signature consists of.
func authorizationSecrets(header string) []string {
	scheme, rest, _ := strings.Cut(header, " ")
	if !strings.EqualFold(scheme, "OAuth") {
		return []string{header, rest}
	}
	_, signature, _ := strings.Cut(rest, `oauth_signature="`)
	signature, _, _ = strings.Cut(signature, `"`)
	secrets := []string{header, signature}
	if plain, err := url.PathUnescape(signature); err == nil {
		for part := range strings.SplitSeq(plain, "&") {
			secrets = append(secrets, part)
			if text, err := url.PathUnescape(part); err == nil {
				secrets = append(secrets, text)
			}
		}
	}
	return secrets
}
