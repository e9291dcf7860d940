package auth

import (
	"fmt"
	"strings"
	"unicode"
)

// check returns an error if value, which the error calls name, cannot be a token, a key or a
// secret. A blank or a line break would get a 401 that does not say why. The error does not quote
// value.
func check[T ~string](name string, value T) error {
	last := len(value) - 1
	switch {
	case last < 0:
		return fmt.Errorf("auth: %s is empty", name)
	case last > 0 && value[0] == value[last] && strings.Contains(`"'`, string(value[:1])):
		return fmt.Errorf("auth: %s is enclosed in quotes; remove them", name)
	}
	for i, r := range string(value) {
		what := ""
		switch {
		case r == '\r' || r == '\n':
			what = "a line break"
		case unicode.IsSpace(r):
			what = "a blank"
		case unicode.In(r, unicode.Cc, unicode.Cf):
			what = "a control character"
		default:
			continue
		}
		return fmt.Errorf("auth: %s contains %s at byte %d of %d", name, what, i, len(value))
	}
	return nil
}

// checkToken is check for a value that is sent in a header as it is.
func checkToken(name string, token Secret) error {
	if err := check(name, token); err != nil {
		return err
	}
	i := strings.IndexFunc(token.Reveal(), func(r rune) bool { return r > unicode.MaxASCII })
	if i < 0 {
		return nil
	}
	return fmt.Errorf("auth: %s contains a character outside ASCII at byte %d of %d",
		name, i, len(token))
}
