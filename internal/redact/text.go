package redact

import (
	"io"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

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
		u.Host, u.RawQuery = strings.ToLower(u.Host), strings.ReplaceAll(u.Query().Encode(), "+", "%20")
		text = u.String()
	}
	split := func(text string) []string {
		return strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(`/&=:@#`, r) })
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
	const name = `([^\s="'\\]*(?:token|secret|key|pass|auth|credential)[^\s="'\\]*["'\\]*\s*[=:]\s*)`
	const value = `("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\\+"[^"\\]*\\+"|[^\s"'\\]+|.*)`
	pattern := regexp.MustCompile(`(?is)` + name + value + `(\s|\]|$)`)
	done := 0
	for _, at := range pattern.FindAllStringSubmatchIndex(text, -1) {
		value, quote := text[at[4]:at[5]], ""
		if n := len(value) - 1; n > 0 && value[0] == value[n] && (value[0] == '"' || value[0] == '\'') {
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
	lenient := []jsontext.Options{jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)}
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
