package auth

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/clevercloud-go/clevercloud/internal/origin"
	"github.com/clevercloud-go/clevercloud/internal/redact"
)

// Default returns the credentials in the environment or, if there are none, those of the active
// profile of clever-tools. It is [Consumer.Default] of a zero Consumer.
func Default() (Authenticator, error) { return Consumer{}.Default() }

// FromEnvironment returns the credentials in the environment. It is [Consumer.FromEnvironment] of a
// zero Consumer.
func FromEnvironment() (Authenticator, error) { return Consumer{}.FromEnvironment() }

// FromCleverTools returns the credentials of a profile of clever-tools, the official command line;
// "" means the active profile. It is [Consumer.FromCleverTools] of a zero Consumer.
func FromCleverTools(profile string) (Authenticator, error) {
	return Consumer{}.FromCleverTools(profile)
}

// IncompleteError reports half-configured credentials: a token without its secret, or a user's
// token without the consumer pair that it was issued to. It does not match [ErrNoCredentials], so
// that a program that works without credentials does not overlook the mistake.
type IncompleteError struct {
	Found   string   // what was found and where: "CLEVER_TOKEN in the environment"
	Missing []string // what to set; any one of them is enough
	Hint    string   // an explanation, or ""
}

// Error returns one line, without the value of any variable.
func (e *IncompleteError) Error() string {
	text := "auth: found " + e.Found + " but not " + strings.Join(e.Missing, ", nor ")
	if e.Hint != "" {
		text += " (" + e.Hint + ")"
	}
	return text
}

// Consumer is the pair that identifies an application to the API, for programs that have one. Its
// methods find a user's token and complete it with the pair. A zero Consumer has no pair: its
// methods use the one that they find.
type Consumer struct {
	Key    string
	Secret Secret
	// Fallback makes the pair a fallback, for tokens without a pair in the environment or the
	// profile. By default, the pair takes precedence over those.
	Fallback bool
}

// Format prints the fields, with the secret redacted.
func (c Consumer) Format(f fmt.State, verb rune) {
	type fields Consumer
	redact.Struct(f, verb, fields(c))
}

// Default returns the credentials that [Consumer.FromEnvironment] finds or, if there are none,
// those that [Consumer.FromCleverTools] finds in the active profile. Any other error ends the
// search: half-configured variables are not passed over.
//
// It returns the errors of both methods. An error that matches [ErrNoCredentials] lists the places
// of both.
func (c Consumer) Default() (Authenticator, error) {
	a, err := c.FromEnvironment()
	var none *absence
	if !errors.As(err, &none) {
		return a, err
	}
	a, err = c.FromCleverTools("")
	if errors.As(err, &none) {
		return nil, &absence{looked: nothingSet() + "; " + none.looked, cause: none.cause}
	}
	return a, err
}

// FromEnvironment returns the credentials in the first of these environment variables that are
// set. A variable that is empty counts as unset.
//
//   - CLEVER_API_TOKEN: an API token, for the API at AUTH_BRIDGE_HOST or [BridgeBaseURL]
//   - CC_API_TOKEN: the same
//   - CLEVER_TOKEN with CLEVER_SECRET: a user's token, for the API at API_HOST or [DefaultBaseURL]
//   - CC_OAUTH_TOKEN with CC_OAUTH_SECRET: the same
//
// A user's token is returned as an [OAuth1] value. Its consumer pair is c or, unless c has one, the
// first of OAUTH_CONSUMER_KEY with OAUTH_CONSUMER_SECRET and CC_CONSUMER_KEY with
// CC_CONSUMER_SECRET.
//
// It returns an error that matches [ErrNoCredentials] if none is set, an [*IncompleteError] if one
// of a pair or the consumer pair is missing, and an error that names the variable if a value is
// enclosed in quotes or contains a blank or a line break, or if an address is not an https URL.
func (c Consumer) FromEnvironment() (Authenticator, error) {
	env := environment()
	for _, name := range apiTokens() {
		if token := Secret(env.get(name)); token != "" {
			return bearerFrom(env, name, token)
		}
	}
	for _, names := range userTokens() {
		if token, secret, err := env.pair(names); err != nil {
			return nil, err
		} else if token != "" {
			o := OAuth1{Token: token, TokenSecret: secret, source: names.String() + " in " + env.name}
			return c.complete(o, env)
		}
	}
	return nil, &absence{looked: nothingSet()}
}

func bearerFrom(env place, name string, token Secret) (Authenticator, error) {
	source := name + " in " + env.name
	baseURL, err := baseURL("AUTH_BRIDGE_HOST", BridgeBaseURL, env)
	if err != nil {
		return nil, err
	}
	b := newBearer(token, source, baseURL, source)
	if err := b.Check(); err != nil {
		return nil, err
	}
	return b, nil
}

// complete adds the consumer pair and the base URL to a user's token.
func (c Consumer) complete(o OAuth1, places ...place) (Authenticator, error) {
	var err error
	if o.ConsumerKey, o.ConsumerSecret, err = c.find(o.source, places); err != nil {
		return nil, err
	}
	if o.BaseURL, err = baseURL("API_HOST", "", places...); err != nil {
		return nil, err
	}
	return o, nil
}

// find returns the pair of c or the first one in places.
func (c Consumer) find(found string, places []place) (string, Secret, error) {
	own := place{"auth.Consumer", func(name string) string {
		return map[string]string{"Key": c.Key, "Secret": c.Secret.Reveal()}[name]
	}}
	ownKey, ownSecret, err := own.pair(pair{"Key", "Secret"})
	if err != nil || ownKey != "" && !c.Fallback {
		return ownKey, ownSecret, err
	}
	for _, place := range places {
		for _, names := range consumers() {
			if key, secret, err := place.pair(names); err != nil || key != "" {
				return key, secret, err
			}
		}
	}
	if ownKey != "" {
		return ownKey, ownSecret, nil
	}
	return "", "", &IncompleteError{
		Found: found,
		Missing: []string{
			consumers()[0].String(), consumers()[1].String(),
			"either pair in the overrides of a clever-tools profile", "an auth.Consumer",
		},
		Hint: "a user's token works only with the consumer pair that it was issued to; " +
			"an API token needs none: " + wayOut,
	}
}

// baseURL returns the address of that name in the first place that has one.
func baseURL(name, fallback string, places ...place) (string, error) {
	for _, place := range places {
		if address := place.get(name); address != "" {
			u, err := origin.Parse(address)
			if err != nil {
				return "", fmt.Errorf("auth: %s in %s %w", name, place.name, err)
			}
			return u.String(), nil
		}
	}
	return fallback, nil
}

// The names of the variables, in the order of the search.

func apiTokens() []string { return []string{"CLEVER_API_TOKEN", "CC_API_TOKEN"} }

func userTokens() []pair {
	return []pair{{"CLEVER_TOKEN", "CLEVER_SECRET"}, {"CC_OAUTH_TOKEN", "CC_OAUTH_SECRET"}}
}

func consumers() []pair {
	return []pair{
		{"OAUTH_CONSUMER_KEY", "OAUTH_CONSUMER_SECRET"},
		{"CC_CONSUMER_KEY", "CC_CONSUMER_SECRET"},
	}
}

func nothingSet() string {
	names := apiTokens()
	for _, pair := range userTokens() {
		names = append(names, pair.String())
	}
	return "environment: none of " + strings.Join(names, ", ") + " is set"
}

// pair is the names of two values that belong together.
type pair struct{ key, secret string }

func (p pair) String() string { return p.key + " with " + p.secret }

// place holds values by name.
type place struct {
	name string // as in "CLEVER_TOKEN in the environment"
	get  func(name string) string
}

func environment() place { return place{"the environment", os.Getenv} }

// pair returns the values of both names, or two empty texts if neither is set.
func (p place) pair(names pair) (string, Secret, error) {
	key, secret := p.get(names.key), p.get(names.secret)
	switch {
	case key == "" && secret == "":
		return "", "", nil
	case secret == "":
		return "", "", &IncompleteError{names.key + " in " + p.name, []string{names.secret}, ""}
	case key == "":
		return "", "", &IncompleteError{names.secret + " in " + p.name, []string{names.key}, ""}
	}
	return key, Secret(secret), cmp.Or(
		check(names.key+" in "+p.name, key),
		check(names.secret+" in "+p.name, secret))
}

// absence is an [ErrNoCredentials] that says where the search was. [Consumer.Default] joins two.
type absence struct {
	looked string
	cause  error
}

func (a *absence) Error() string {
	return ErrNoCredentials.Error() + ": " + a.looked + "; " + wayOut
}

func (a *absence) Unwrap() []error {
	if a.cause == nil {
		return []error{ErrNoCredentials}
	}
	return []error{ErrNoCredentials, a.cause}
}
