package auth

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/clevercloud-go/clevercloud/internal/origin"
	"github.com/clevercloud-go/clevercloud/internal/redact"
)

// Default returns the credentials in the environment or, if there are none, those of the active
// profile of clever-tools. It is [Consumer.Default] of a zero Consumer.
func Default() (Authenticator, error) { return Consumer{}.Default() }

// FromEnvironment returns the credentials in the environment. It is [Consumer.FromEnvironment] of a
// zero Consumer.
func FromEnvironment() (Authenticator, error) { return Consumer{}.FromEnvironment() }

// FromCleverTools returns the credentials of a profile of clever-tools; "" means the active one. It
// is [Consumer.FromCleverTools] of a zero Consumer.
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

// wayOut is what a person without usable credentials can do first.
const wayOut = `run "clever tokens create NAME" and set CLEVER_API_TOKEN`

// absence is an [ErrNoCredentials] that says where the search was.
type absence struct{ looked error }

func (a *absence) Error() string {
	return fmt.Sprintf("%v: %v; %s", ErrNoCredentials, a.looked, wayOut)
}

func (a *absence) Unwrap() []error { return []error{ErrNoCredentials, a.looked} }

// Consumer is the pair that identifies an application to the API. Its methods find a user's token
// and complete it with the pair. Those of a zero Consumer use a pair that they find as well.
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
// those that [Consumer.FromCleverTools] finds in the active profile. It returns the errors of both.
// Any but [ErrNoCredentials] ends the search: half-configured variables are not passed over.
func (c Consumer) Default() (Authenticator, error) {
	a, err := c.FromEnvironment()
	env, none := errors.AsType[*absence](err)
	if !none {
		return a, err
	}
	a, err = c.FromCleverTools("")
	if file, none := errors.AsType[*absence](err); none {
		return nil, &absence{fmt.Errorf("%w; %w", env.looked, file.looked)}
	}
	return a, err
}

// FromEnvironment returns the credentials in the first of these variables that is set and not
// empty. A value must not contain a space or a line break, or be enclosed in quotes. An address
// must be https, or http to a loopback address.
//
//   - CLEVER_API_TOKEN, CC_API_TOKEN: an API token, for AUTH_BRIDGE_HOST or [BridgeBaseURL]
//   - CLEVER_TOKEN with CLEVER_SECRET, CC_OAUTH_TOKEN with CC_OAUTH_SECRET: a user's token, an
//     [OAuth1] value, for API_HOST or [DefaultBaseURL]
//
// The consumer pair of a user's token is c or, unless c has one, OAUTH_CONSUMER_KEY with
// OAUTH_CONSUMER_SECRET, or CC_CONSUMER_KEY with CC_CONSUMER_SECRET.
//
// The error matches [ErrNoCredentials] if none is set, is an [*IncompleteError] if one of a pair or
// the consumer pair is missing, and otherwise names the variable whose value is flawed.
func (c Consumer) FromEnvironment() (Authenticator, error) {
	env := place{"the environment", os.Getenv}
	for _, name := range []string{"CLEVER_API_TOKEN", "CC_API_TOKEN"} {
		if token := os.Getenv(name); token != "" {
			base, err := baseURL("AUTH_BRIDGE_HOST", env)
			b := newBearer(Secret(token), cmp.Or(base, BridgeBaseURL), name+" in "+env.name)
			if err = cmp.Or(err, b.Check()); err != nil {
				return nil, err
			}
			return b, nil
		}
	}
	token, secret, source, err := firstPair([]place{env},
		[2]string{"CLEVER_TOKEN", "CLEVER_SECRET"}, [2]string{"CC_OAUTH_TOKEN", "CC_OAUTH_SECRET"})
	if err != nil {
		return nil, err
	}
	if token != "" {
		return c.complete(OAuth1{Token: token, TokenSecret: secret, source: source}, env)
	}
	return nil, &absence{errors.New("environment: none of CLEVER_API_TOKEN, CC_API_TOKEN, " +
		"CLEVER_TOKEN with CLEVER_SECRET, CC_OAUTH_TOKEN with CC_OAUTH_SECRET is set")}
}

// FromCleverTools returns the credentials, an [OAuth1] value, of a profile in the configuration
// file of clever-tools. An empty name means the active profile, which is the first one. A file from
// before clever-tools had profiles counts as one profile with the name "default".
//
// The file is the one that CONFIGURATION_FILE names or, by default, clever-cloud/clever-tools.json
// in %APPDATA% on Windows, and in $XDG_CONFIG_HOME or ~/.config on all other systems.
//
// The consumer pair must be that of the clever-tools that obtained the token. It is c or, unless c
// has one, the first in the environment, see [Consumer.FromEnvironment], or in the profile's
// overrides. API_HOST, in the same places, is the address of the API.
//
// The error matches [ErrNoCredentials] if there is no file, no such profile or no token in it, or
// if the file's form is unknown, and [ErrExpired] if the token has expired. It is an
// [*IncompleteError] if the token's secret or the consumer pair is missing, and otherwise names the
// member whose value is flawed.
func (c Consumer) FromCleverTools(name string) (Authenticator, error) {
	path, err := configPath(runtime.GOOS)
	if err != nil {
		return nil, &absence{fmt.Errorf("configuration file of clever-tools: %w", err)}
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, &absence{err} // Which contains the path.
	}
	defer f.Close()
	p, err := findProfile(f, name)
	if err != nil {
		return nil, &absence{fmt.Errorf("%s: %w", path, err)}
	}
	here := place{fmt.Sprintf("profile %q of %s", p.Alias, path), p.get}
	token, secret, _, err := firstPair([]place{here}, [2]string{"token", "secret"})
	if err != nil {
		return nil, err
	}
	if date := parseDate(p.ExpirationDate); !date.IsZero() && !time.Now().Before(date) {
		return nil, fmt.Errorf(`%w: %s, on %s: run "clever login" again`,
			ErrExpired, here.name, date.Format(time.RFC3339))
	}
	o := OAuth1{Token: token, TokenSecret: secret, source: here.name}
	return c.complete(o, place{"the environment", os.Getenv}, here)
}

// complete adds the consumer pair and the base URL to a user's token.
func (c Consumer) complete(o OAuth1, places ...place) (Authenticator, error) {
	own := place{"auth.Consumer", func(name string) string {
		return map[string]string{"Key": c.Key, "Secret": c.Secret.Reveal()}[name]
	}}
	key, secret, _, err := firstPair([]place{own}, [2]string{"Key", "Secret"})
	if err == nil && (key == "" || c.Fallback) {
		found, foundSecret, _, foundErr := firstPair(places,
			[2]string{"OAUTH_CONSUMER_KEY", "OAUTH_CONSUMER_SECRET"},
			[2]string{"CC_CONSUMER_KEY", "CC_CONSUMER_SECRET"})
		if found != "" || foundErr != nil {
			key, secret, err = found, foundSecret, foundErr
		}
	}
	if err != nil {
		return nil, err
	}
	if key == "" {
		return nil, &IncompleteError{
			Found: o.source,
			Missing: []string{
				"OAUTH_CONSUMER_KEY with OAUTH_CONSUMER_SECRET",
				"CC_CONSUMER_KEY with CC_CONSUMER_SECRET",
				"either pair in the overrides of a clever-tools profile", "an auth.Consumer",
			},
			Hint: "a user's token works only with the consumer pair that it was issued to; " +
				"an API token needs none: " + wayOut,
		}
	}
	o.ConsumerKey, o.ConsumerSecret = key, secret
	if o.BaseURL, err = baseURL("API_HOST", places...); err != nil {
		return nil, err
	}
	return o, nil
}

// baseURL returns the address of that name in the first place that has one, or "".
func baseURL(name string, places ...place) (string, error) {
	for _, place := range places {
		if address := place.get(name); address != "" {
			u, err := origin.Parse(address)
			if err != nil {
				return "", fmt.Errorf("auth: %s in %s %w", name, place.name, err)
			}
			return u.String(), nil
		}
	}
	return "", nil
}

// place holds values by name.
type place struct {
	name string // as in "CLEVER_TOKEN in the environment"
	get  func(name string) string
}

// firstPair returns the first values of two names that belong together, and where they are. They
// are empty if no place has any.
func firstPair(
	places []place, pairs ...[2]string,
) (key string, secret Secret, source string, err error) {
	for _, p := range places {
		for _, names := range pairs {
			key, secret = p.get(names[0]), Secret(p.get(names[1]))
			keyHere, secretHere := names[0]+" in "+p.name, names[1]+" in "+p.name
			switch {
			case key == "" && secret == "":
				continue
			case secret == "":
				err = &IncompleteError{Found: keyHere, Missing: names[1:]}
			case key == "":
				err = &IncompleteError{Found: secretHere, Missing: names[:1]}
			default:
				err = cmp.Or(check(keyHere, key), check(secretHere, secret.Reveal()))
			}
			return key, secret, names[0] + " with " + secretHere, err
		}
	}
	return "", "", "", nil
}

// configPath differs from [os.UserConfigDir] on macOS, where clever-tools uses ~/.config.
func configPath(goos string) (string, error) {
	if path := os.Getenv("CONFIGURATION_FILE"); path != "" {
		return path, nil
	}
	dir := os.Getenv("XDG_CONFIG_HOME")
	if goos == "windows" {
		if dir = os.Getenv("APPDATA"); dir == "" {
			return "", errors.New("APPDATA is not set")
		}
	}
	if dir == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", fmt.Errorf("neither XDG_CONFIG_HOME nor a home directory: %w", err)
		}
		dir = filepath.Join(home, ".config")
	}
	return filepath.Join(dir, "clever-cloud", "clever-tools.json"), nil
}

// readAll reads what must be small: CONFIGURATION_FILE and a response may hold anything.
func readAll(r io.Reader) ([]byte, error) {
	const limit = 1 << 20
	data, err := io.ReadAll(io.LimitReader(r, limit+1))
	if len(data) > limit {
		return data[:limit], fmt.Errorf("larger than %d bytes", limit)
	}
	return data, err
}

// profile is what one login stores in the configuration file. In a file from before profiles, the
// overrides may stand beside the token.
type profile struct {
	Alias          string
	Token          string
	Secret         Secret
	ExpirationDate string
	Overrides      map[string]string
	APIHost        string `json:"API_HOST"`
	ConsumerKey    string `json:"OAUTH_CONSUMER_KEY"`
	ConsumerSecret Secret `json:"OAUTH_CONSUMER_SECRET"`
}

// get returns a value by the name of its member. Overrides are of settings, not of the login.
func (p profile) get(name string) string {
	switch name {
	case "token":
		return p.Token
	case "secret":
		return p.Secret.Reveal()
	}
	return cmp.Or(p.Overrides[name], map[string]string{
		"API_HOST": p.APIHost, "OAUTH_CONSUMER_KEY": p.ConsumerKey,
		"OAUTH_CONSUMER_SECRET": p.ConsumerSecret.Reveal(),
	}[name])
}

// findProfile returns the profile with that alias, or the first one if alias is empty. Its errors
// do not quote secrets.
func findProfile(r io.Reader, alias string) (p profile, err error) {
	data, err := readAll(r)
	if err != nil {
		return p, err
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	var file struct{ Version, Profiles jsontext.Value }
	if decode(data, &file) != nil {
		return p, errors.New("not a JSON object")
	}
	profiles, flat := []jsontext.Value{data}, false
	switch string(file.Version) {
	case "", "null":
		flat = true
	case "1":
		if decode(file.Profiles, &profiles) != nil || len(profiles) == 0 {
			return p, errors.New("no profiles, or profiles of an unknown form")
		}
	default:
		return p, errors.New("unknown version of the file; " +
			"known are version 1 and the form before it, without a version")
	}
	var known []string
	for _, raw := range profiles {
		var named struct{ Alias string }
		_ = decode(raw, &named)
		if flat {
			named.Alias = "default"
		}
		if alias != "" && alias != named.Alias {
			known = append(known, strconv.Quote(named.Alias))
			continue
		}
		err = decode(raw, &p)
		p.Alias = named.Alias
		switch {
		case err != nil:
			err = fmt.Errorf("profile %q has an unknown form; its members must be texts", p.Alias)
		case p.Token == "" && p.Secret == "":
			err = fmt.Errorf("profile %q has no token", p.Alias)
		}
		return p, err
	}
	return p, fmt.Errorf("no profile %q, there is %s",
		alias, redact.Line(strings.Join(known, ", "), 256))
}

// decode reads JSON that people edit by hand: the case of names does not matter, nor does a name
// that is there twice.
func decode(data []byte, v any) error {
	return json.Unmarshal(data, v, json.MatchCaseInsensitiveNames(true),
		jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
}

// parseDate returns zero for a missing date and for one of an unknown form: the API decides whether
// a token is valid. A date without a time means the end of that day.
func parseDate(text string) time.Time {
	date, err := time.Parse(time.RFC3339, text)
	if err != nil {
		date, err = time.Parse("2006-01-02T15:04:05Z0700", text)
	}
	if err != nil {
		date, _ = time.Parse(time.RFC3339, text+"T23:59:59Z")
	}
	return date
}
