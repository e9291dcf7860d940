// Package query builds the query of a URL: unset values are left out, a list is a repeated key,
// times are UTC with milliseconds.
package query

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// TimeLayout is how the API's own clients write an instant.
const TimeLayout = "2006-01-02T15:04:05.000Z"

// Values is a query in the order it was built. The zero value is empty and ready for use.
type Values struct{ b strings.Builder }

// Add appends one pair.
func (v *Values) Add(key, value string) {
	if v.b.Len() > 0 {
		v.b.WriteByte('&')
	}
	v.b.WriteString(Escape(key))
	v.b.WriteByte('=')
	v.b.WriteString(Escape(value))
}

// AddEncoded appends pairs that are encoded already.
func (v *Values) AddEncoded(pairs string) {
	if v.b.Len() > 0 && pairs != "" {
		v.b.WriteByte('&')
	}
	v.b.WriteString(pairs)
}

// Escape writes a space as %20: a signature over the query must not depend on how the server reads
// a plus sign.
func Escape(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }

// String returns the encoded query.
func (v *Values) String() string { return v.b.String() }

// Text adds value unless it is empty.
func Text[T ~string](v *Values, key string, value T) {
	if value != "" {
		v.Add(key, string(value))
	}
}

// Texts adds each value under the same key.
func Texts[T ~string](v *Values, key string, values []T) {
	for _, value := range values {
		v.Add(key, string(value))
	}
}

// Int adds value unless it is 0.
func Int[T ~int | ~int64](v *Values, key string, value T) {
	if value != 0 {
		v.Add(key, strconv.FormatInt(int64(value), 10))
	}
}

// True adds key=true if value is.
func (v *Values) True(key string, value bool) {
	if value {
		v.Add(key, "true")
	}
}

// Time adds value in UTC with milliseconds unless it is zero.
func (v *Values) Time(key string, value time.Time) {
	if !value.IsZero() {
		v.Add(key, value.UTC().Format(TimeLayout))
	}
}

// Duration adds value as [Duration] writes it unless it is 0.
func (v *Values) Duration(key string, value time.Duration) {
	if value != 0 {
		v.Add(key, Duration(value))
	}
}

// Duration returns d in the form of ISO 8601, such as P5D or PT1H30M. d must not be negative.
func Duration(d time.Duration) string {
	const day = 24 * time.Hour
	text := "P"
	if d >= day {
		text += fmt.Sprintf("%dD", d/day)
		if d %= day; d == 0 {
			return text
		}
	}
	text += "T"
	if d >= time.Hour {
		text += fmt.Sprintf("%dH", d/time.Hour)
	}
	if d%time.Hour >= time.Minute {
		text += fmt.Sprintf("%dM", d%time.Hour/time.Minute)
	}
	if seconds := d % time.Minute; seconds > 0 || d == 0 {
		text += strconv.FormatFloat(seconds.Seconds(), 'f', -1, 64) + "S"
	}
	return text
}
