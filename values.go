package clevercloud

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// IDs are distinct types, so that arguments in the wrong order do not compile. Untyped constants
// convert to them. Calls do not check their form, and escape them in paths.
type (
	// OwnerID identifies an organisation (orga_…) or a user (user_…).
	OwnerID string
	// ApplicationID identifies an application (app_…).
	ApplicationID string
	// AddonID identifies an add-on as the console and the v2 API do (addon_…).
	AddonID string
	// DeploymentID identifies a deployment (deployment_…).
	DeploymentID string
	// InstanceID identifies a virtual machine of an application. It is a UUID.
	InstanceID string
	// DrainID identifies a log drain.
	DrainID string
	// InvoiceNumber identifies an invoice or a credit note, such as F20250718-021327.
	InvoiceNumber string
	// OperatorID identifies an operator by its real ID (keycloak_…, matomo_…, metabase_…,
	// otoroshi_…), not by addon_….
	OperatorID string
	// PulsarID identifies a Pulsar add-on by its real ID (pulsar_…), not by addon_….
	PulsarID string
	// ResourceID identifies an add-on or an application by its real ID, such as postgresql_…,
	// redis_… or app_…, not by addon_….
	ResourceID string
	// ZoneName is the short name of a zone, such as "par".
	ZoneName string
	// NetworkGroupID identifies a network group (ng_…).
	NetworkGroupID string
	// UserID identifies a user (user_…).
	UserID string
)

// ParseOwnerID returns text as an OwnerID. If it does not have the form orga_… or user_…, the error
// is a [*ValidationError].
//
// The functions that parse IDs are for programs that check what a person typed. Nothing is sent.
func ParseOwnerID(text string) (OwnerID, error) { return parseID[OwnerID](text) }

// ParseApplicationID returns text as an ApplicationID, which has the form app_…. See
// [ParseOwnerID].
func ParseApplicationID(text string) (ApplicationID, error) { return parseID[ApplicationID](text) }

// ParseAddonID returns text as an AddonID, which has the form addon_…. See [ParseOwnerID].
func ParseAddonID(text string) (AddonID, error) { return parseID[AddonID](text) }

// ParseDeploymentID returns text as a DeploymentID, which has the form deployment_…. See
// [ParseOwnerID].
func ParseDeploymentID(text string) (DeploymentID, error) { return parseID[DeploymentID](text) }

// parseID checks that text is a prefix of its type, an underscore, and letters, digits and dashes.
func parseID[T ~string](text string) (T, error) {
	name := reflect.TypeFor[T]().Name()
	prefixes := prefixesOf(name)
	prefix, rest, _ := strings.Cut(text, "_")
	const allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-"
	if !slices.Contains(prefixes, prefix) || rest == "" || strings.Trim(rest, allowed) != "" {
		return "", refused(name, "must have the form "+strings.Join(prefixes, "_… or ")+"_…")
	}
	return T(text), nil
}

// prefixesOf returns the prefixes of the IDs of a type or a placeholder of a path, nil if they can
// have any form.
func prefixesOf(name string) []string {
	return map[string][]string{
		"ownerid": {"orga", "user"}, "orgid": {"orga", "user"}, "applicationid": {"app"},
		"addonid": {"addon"}, "deploymentid": {"deployment"}, "networkgroupid": {"ng"},
	}[strings.ToLower(name)]
}

// Order is the direction of a list. The zero value leaves it to the API.
type Order string

// The directions of a list.
const (
	OrderAsc  Order = "ASC"
	OrderDesc Order = "DESC"
)

// IsKnown reports whether o is one of the constants of this package.
func (o Order) IsKnown() bool { return isOneOf(o, OrderAsc, OrderDesc) }

// Amount is an exact decimal number: the text of the JSON number that the API sent, with its
// trailing zeros. The zero value stands for an absent or null amount and prints as 0.
type Amount string

// String returns the decimal text, "0" for the zero value.
func (a Amount) String() string {
	if a == "" {
		return "0"
	}
	return string(a)
}

// Float64 returns the nearest float64, 0 if a is not a number. The conversion can lose precision.
func (a Amount) Float64() float64 {
	f, _ := strconv.ParseFloat(string(a), 64)
	return f
}

// Rat returns the exact value and whether a is a number. The zero value is 0. An amount of more
// than 100 bytes does not count as a number.
func (a Amount) Rat() (*big.Rat, bool) {
	if len(a) > maxAmount || !isNumber(a.String()) {
		return nil, false
	}
	return new(big.Rat).SetString(a.String())
}

// maxAmount bounds the text that is converted: an exponent can make a number of any length.
const maxAmount = 100

// Add returns the exact sum of a and b, with as many decimals as the longer of the two. It returns
// the zero value if one of them is not a number.
func (a Amount) Add(b Amount) Amount {
	x, okX := a.Rat()
	y, okY := b.Rat()
	if !okX || !okY {
		return ""
	}
	sum := new(big.Rat).Add(x, y)
	decimals, _ := sum.FloatPrec()
	return Amount(sum.FloatString(max(decimals, a.decimals(), b.decimals())))
}

// decimals counts the digits after the point, 0 for a number with an exponent.
func (a Amount) decimals() int {
	_, fraction, _ := strings.Cut(string(a), ".")
	if strings.ContainsAny(fraction, "eE") {
		return 0
	}
	return len(fraction)
}

// Cmp returns -1, 0 or +1 as a is less than, equal to or greater than b. 1.0 equals 1.00. An amount
// that is not a number counts as 0.
func (a Amount) Cmp(b Amount) int {
	x, _ := a.Rat()
	y, _ := b.Rat()
	return cmp.Or(x, new(big.Rat)).Cmp(cmp.Or(y, new(big.Rat)))
}

// MarshalJSON encodes a as a JSON number, or as null for the zero value. It fails if a is not a
// JSON number.
func (a Amount) MarshalJSON() ([]byte, error) {
	if a == "" {
		return []byte("null"), nil
	}
	if !isNumber(string(a)) {
		return nil, fmt.Errorf("clevercloud: amount %q is not a decimal number", string(a))
	}
	return []byte(a), nil
}

// UnmarshalJSON decodes a JSON number, a string that holds one, or null.
func (a *Amount) UnmarshalJSON(data []byte) error { return unmarshal(data, a) }

func readAmount(dec *jsontext.Decoder, a *Amount) error {
	value, err := dec.ReadValue()
	if err != nil {
		return err
	}
	text := string(value)
	switch kind := value.Kind(); {
	case kind == 'n':
		text = ""
	case kind == '"' && isNumber(text[1:len(text)-1]):
		text = text[1 : len(text)-1]
	case kind != '0':
		return errors.New("expected a decimal number")
	}
	*a = Amount(text)
	return nil
}

// Money is an amount in a currency.
type Money struct {
	// Currency is an ISO 4217 code, such as "EUR".
	Currency string `json:"currency,omitzero"`
	Amount   Amount `json:"amount"`
	// AmountFormatted is the amount with the currency's usual decimals, such as "96.37". It may be
	// empty in an [InvoiceDetail].
	AmountFormatted string `json:"amount_formatted,omitzero"`
	// DefaultDisplay is the amount ready to display, such as "€96.37". It may be empty in an
	// [InvoiceDetail].
	DefaultDisplay string `json:"default_display,omitzero"`
}

// Optional is a value in a request that can be absent, null or set. The zero value is absent: the
// field is not sent. [Null] clears the field, [Value] sets it.
type Optional[T any] struct {
	value     T
	set, null bool
}

// Value returns an Optional that holds v.
func Value[T any](v T) Optional[T] { return Optional[T]{value: v, set: true} }

// Null returns an Optional that is JSON null.
func Null[T any]() Optional[T] { return Optional[T]{null: true} }

// Get returns the value and whether there is one. It returns false if o is absent or null.
func (o Optional[T]) Get() (T, bool) { return o.value, o.set }

// IsNull reports whether o is JSON null.
func (o Optional[T]) IsNull() bool { return o.null }

// IsZero reports whether o is absent.
func (o Optional[T]) IsZero() bool { return !o.set && !o.null }

// String returns the value's text, "null" or "absent".
func (o Optional[T]) String() string {
	switch {
	case o.set:
		return fmt.Sprint(o.value)
	case o.null:
		return "null"
	}
	return "absent"
}

// Format prints the value by its own rules, so that a secret is not shown. Without a value, it
// prints what String returns.
func (o Optional[T]) Format(f fmt.State, verb rune) {
	if o.set {
		_, _ = fmt.Fprintf(f, fmt.FormatString(f, verb), o.value)
		return
	}
	_, _ = io.WriteString(f, o.String())
}

// MarshalJSON encodes the value, or null if o is null or absent.
func (o Optional[T]) MarshalJSON() ([]byte, error) {
	if !o.set {
		return []byte("null"), nil
	}
	return json.Marshal(o.value)
}

// UnmarshalJSON decodes a value or null.
func (o *Optional[T]) UnmarshalJSON(data []byte) error {
	if string(data) == "null" {
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

func isOneOf[T comparable](v T, known ...T) bool { return slices.Contains(known, v) }
