package clevercloud

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// Identifiers are distinct types, so that swapped arguments do not compile. Untyped constants convert by themselves,
// and the ids found in results are of the same types. All are opaque: never parsed, only escaped into a path.
type (
	// An OwnerID names an organisation (orga_…) or a user (user_…).
	OwnerID string
	// An ApplicationID names an application (app_…).
	ApplicationID string
	// An AddonID names an add-on as the console and the v2 API do (addon_…).
	AddonID string
	// A DeploymentID names a deployment (deployment_…).
	DeploymentID string
	// An InstanceID names a virtual machine of an application (a bare UUID).
	InstanceID string
	// A DrainID names a log drain.
	DrainID string
	// An InvoiceNumber names an invoice or a credit note, F20250718-021327 for example.
	InvoiceNumber string
	// An OperatorID names an operator by its real id (keycloak_…, matomo_…, metabase_…, otoroshi_…), not by addon_….
	OperatorID string
	// A PulsarID names a Pulsar add-on by its real id (pulsar_…), not by addon_….
	PulsarID string
	// A ResourceID names an add-on or an application by its real id: postgresql_…, redis_…, app_…, not addon_….
	ResourceID string
	// A ZoneName is the short name of a zone: par, rbx, ….
	ZoneName string
	// A NetworkGroupID names a network group (ng_…).
	NetworkGroupID string
	// A UserID names a user (user_…).
	UserID string
)

// Order is the direction of a list. The zero value leaves the choice to the API.
type Order string

// The two directions.
const (
	OrderAsc  Order = "ASC"
	OrderDesc Order = "DESC"
)

// IsKnown reports whether o is one of the constants of this package.
func (o Order) IsKnown() bool { return o == OrderAsc || o == OrderDesc }

// An Amount is an exact decimal number: the text of the JSON number as the API wrote it, trailing zeros included. The zero value is
// an amount that the API left out or set to null; it prints as 0.
type Amount string

// String returns the decimal text, "0" for the zero value.
func (a Amount) String() string {
	if a == "" {
		return "0"
	}
	return string(a)
}

// Float64 returns the nearest float64, for whoever accepts the loss; 0 when a is no number.
func (a Amount) Float64() float64 {
	f, _ := strconv.ParseFloat(string(a), 64)
	return f
}

// Rat returns the exact value, and whether a is a number. The zero value is 0.
func (a Amount) Rat() (*big.Rat, bool) {
	if len(a) > maxAmount || !isNumber(a.String()) {
		return nil, false
	}
	return new(big.Rat).SetString(a.String())
}

// maxAmount bounds what is calculated with: an exponent can make a number of any length.
const maxAmount = 100

// Add returns the exact sum of a and b, with as many decimals as the longer of the two. It is the zero
// value if one of them is not a number.
func (a Amount) Add(b Amount) Amount {
	x, okX := a.Rat()
	y, okY := b.Rat()
	if !okX || !okY {
		return ""
	}
	sum := new(big.Rat).Add(x, y)
	decimals, exact := sum.FloatPrec()
	if !exact {
		return ""
	}
	return Amount(sum.FloatString(max(decimals, a.decimals(), b.decimals())))
}

// decimals counts the digits behind the point, 0 for a number with an exponent.
func (a Amount) decimals() int {
	_, fraction, _ := strings.Cut(string(a), ".")
	if strings.ContainsAny(fraction, "eE") {
		return 0
	}
	return len(fraction)
}

// Cmp returns -1, 0 or +1 as a is less than, equal to or greater than b: 1.0 equals 1.00. What is not a
// number counts as 0.
func (a Amount) Cmp(b Amount) int {
	x, okX := a.Rat()
	y, okY := b.Rat()
	if !okX {
		x = new(big.Rat)
	}
	if !okY {
		y = new(big.Rat)
	}
	return x.Cmp(y)
}

// MarshalJSON writes a as a JSON number, null for the zero value. An Amount that holds no JSON number
// is an error.
func (a Amount) MarshalJSON() ([]byte, error) {
	if a == "" {
		return []byte("null"), nil
	}
	if !isNumber(string(a)) {
		return nil, fmt.Errorf("clevercloud: amount %q is not a decimal number", string(a))
	}
	return []byte(a), nil
}

// UnmarshalJSON reads a JSON number, a string that holds one, or null.
func (a *Amount) UnmarshalJSON(data []byte) error { return unmarshal(data, a) }

func readAmount(dec *jsontext.Decoder, a *Amount) error {
	value, err := dec.ReadValue()
	if err != nil {
		return err
	}
	text := string(value)
	switch value.Kind() {
	case 'n':
		*a = ""
		return nil
	case '"':
		if text = text[1 : len(text)-1]; !isNumber(text) {
			return errNoAmount
		}
	case '0':
	default:
		return errNoAmount
	}
	*a = Amount(text)
	return nil
}

var errNoAmount = errors.New("expected a decimal number")

// Money is an amount in a currency. The two display strings may be missing inside an invoice's details.
type Money struct {
	// Currency is an ISO 4217 code, EUR for example.
	Currency string `json:"currency,omitzero"`
	Amount   Amount `json:"amount"`
	// AmountFormatted is the amount with the currency's usual decimals: 96.37.
	AmountFormatted string `json:"amount_formatted,omitzero"`
	// DefaultDisplay is the amount ready to show: €96.37.
	DefaultDisplay string `json:"default_display,omitzero"`
}

// An Optional is a value in a request that can be left alone, cleared or set. The zero value is absent: a field tagged omitzero is
// left out of the JSON. [Null] gives JSON null, [Value] a value.
type Optional[T any] struct {
	value T
	state optionalState
}

type optionalState uint8

const (
	optionalAbsent optionalState = iota
	optionalNull
	optionalValue
)

// Value returns an Optional that holds v.
func Value[T any](v T) Optional[T] { return Optional[T]{value: v, state: optionalValue} }

// Null returns an Optional that is JSON null.
func Null[T any]() Optional[T] { return Optional[T]{state: optionalNull} }

// Get returns the value, and whether there is one: false when o is absent or null.
func (o Optional[T]) Get() (T, bool) { return o.value, o.state == optionalValue }

// IsNull reports whether o is JSON null.
func (o Optional[T]) IsNull() bool { return o.state == optionalNull }

// IsZero reports whether o is absent.
func (o Optional[T]) IsZero() bool { return o.state == optionalAbsent }

// String returns the value's text, "null", or "absent".
func (o Optional[T]) String() string {
	switch o.state {
	case optionalValue:
		return fmt.Sprint(o.value)
	case optionalNull:
		return "null"
	default:
		return "absent"
	}
}

// MarshalJSON writes the value, or null when o is null or absent.
func (o Optional[T]) MarshalJSON() ([]byte, error) {
	if o.state != optionalValue {
		return []byte("null"), nil
	}
	return json.Marshal(o.value)
}

// UnmarshalJSON reads a value or null.
func (o *Optional[T]) UnmarshalJSON(data []byte) error {
	if bytes.Equal(data, []byte("null")) {
		*o = Null[T]()
		return nil
	}
	var v T
	if err := json.Unmarshal(data, &v); err != nil {
		return err
	}
	*o = Value(v)
	return nil
}

// formatStruct prints v, a struct of a type without methods, for the Format method of a type that
// holds secrets. Such a type needs one: under a verb that does not suit a pointer, such as %s, fmt
// prints the fields behind a pointer without asking their methods.
func formatStruct(f fmt.State, verb rune, v any) { fmt.Fprintf(f, fmt.FormatString(f, verb), v) }
