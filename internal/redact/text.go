package redact

import (
	"net/url"
	"regexp"
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

// URLParts returns the parts of a URL that may be masked, without percent-encoding.
func URLParts(text string) []string {
	if u, err := url.Parse(text); err == nil {
		u.Host, u.RawQuery = strings.ToLower(u.Host), strings.ReplaceAll(u.Query().Encode(), "+", "%20")
		text = strings.Replace(u.String(), "?", "/?/", 1)
	}
	parts := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(`/&=:@#"`, r) })
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
	for _, match := range pattern.FindAllStringSubmatch(text, -1) {
		secrets = append(secrets, match[2], strings.Trim(match[2], `"'\`))
	}
	return pattern.ReplaceAllString(text, "${1}"+Mark+"${3}"), secrets
}

// JSONTexts returns the strings and numbers in JSON, names of members left out.
func JSONTexts(value string) (texts []string) {
	dec := jsontext.NewDecoder(strings.NewReader(value), jsontext.AllowDuplicateNames(true))
	for token, err := dec.ReadToken(); err == nil; token, err = dec.ReadToken() {
		parent, n := dec.StackIndex(dec.StackDepth())
		isName := parent == '{' && n%2 == 1
		if kind := token.Kind(); !isName && (kind == '"' || kind == '0') {
			_, parts := URL(token.String(), true)
			texts = append(append(texts, token.String()), parts...)
		}
	}
	return texts
}
