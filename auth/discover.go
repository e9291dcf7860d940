package auth

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// FromEnvironment returns the credentials that the environment holds; see [Consumer.FromEnvironment], of which it is the common case.
func FromEnvironment() (Authenticator, error) { return Consumer{}.FromEnvironment() }

// FromCleverTools returns the credentials of a profile of clever-tools, the official CLI; "" is the active one. See
// [Consumer.FromCleverTools], of which it is the common case.
func FromCleverTools(profile string) (Authenticator, error) {
	return Consumer{}.FromCleverTools(profile)
}

// Default returns the credentials of the environment and, if it holds none, those of the active profile of clever-tools; see
// [Consumer.Default], of which it is the common case.
func Default() (Authenticator, error) { return Consumer{}.Default() }

// An IncompleteError means that credentials were found with a part missing: a token without its secret, or a user's token without
// the consumer pair that it was issued to. It is an [ErrNoCredentials] too. A program that goes on without credentials when there are
// none may want to stop at this one: somebody tried to give it some.
type IncompleteError struct {
	// Found says what there is and where: "CLEVER_TOKEN in the environment".
	Found string
	// Missing says what to set, each entry a way out of its own.
	Missing []string
	// Hint explains, and may be empty.
	Hint string
}

// Error returns one line, without any value of a variable.
func (e *IncompleteError) Error() string {
	text := "auth: found " + e.Found + " but not " + strings.Join(e.Missing, ", nor ")
	if e.Hint != "" {
		text += " (" + e.Hint + ")"
	}
	return text
}

// Unwrap returns [ErrNoCredentials].
func (e *IncompleteError) Unwrap() error { return ErrNoCredentials }

// A Consumer is the pair that identifies an application to the API, for programs that know theirs. Its methods look for a user's
// token like the functions of the same names. The zero Consumer stands for "look for the pair as well".
type Consumer struct {
	Key    string
	Secret Secret
}

// Format prints the fields, the secret redacted, with any verb.
func (c Consumer) Format(f fmt.State, verb rune) {
	type fields Consumer
	formatFields(f, verb, fields(c))
}

// FromEnvironment returns the credentials that the environment holds: an API token in CLEVER_API_TOKEN or CC_API_TOKEN, a user's
// token in CLEVER_TOKEN and CLEVER_SECRET, or in CC_OAUTH_TOKEN and CC_OAUTH_SECRET, whichever comes first; a variable set to the
// empty text counts as unset. API tokens are for AUTH_BRIDGE_HOST if that is set, user's tokens for API_HOST.
//
// A user's token needs a consumer pair: c, or else OAUTH_CONSUMER_KEY and OAUTH_CONSUMER_SECRET, or else CC_CONSUMER_KEY and
// CC_CONSUMER_SECRET. It comes back as an [OAuth1] value.
//
// Errors: [ErrNoCredentials], which for half of a pair and for a user's token without a consumer is an [IncompleteError].
func (c Consumer) FromEnvironment() (Authenticator, error) {
	for _, name := range apiTokenNames() {
		if token := Secret(os.Getenv(name)); token != "" {
			return bearerFromEnvironment(name, token)
		}
	}
	for _, names := range tokenNames() {
		token, secret, err := names.lookUp("the environment", os.Getenv)
		if err != nil {
			return nil, err
		}
		if token != "" {
			return c.complete(OAuth1{Token: token, TokenSecret: secret}, names.String()+" in the environment", noOverrides)
		}
	}
	return nil, &absence{looked: nothingSet()}
}

// FromCleverTools returns the credentials of a profile in the configuration file of clever-tools, as an [OAuth1] value. The empty
// name stands for the active profile, the first one. A file of the time before profiles counts as one profile named default.
//
// The file is the one that CONFIGURATION_FILE names, or else clever-cloud/clever-tools.json within %APPDATA% on Windows, and within
// $XDG_CONFIG_HOME or ~/.config everywhere else, macOS included.
//
// The token needs the consumer pair of the CLI that obtained it, which is looked for in c, in the environment as
// [Consumer.FromEnvironment] does, and in the profile's overrides. API_HOST of the environment, or of the overrides, sets the base
// URL.
//
// Errors: [ErrNoCredentials] when there is no file, no such profile, or a content that is unknown here; [ErrExpired]; an
// [IncompleteError], which is an ErrNoCredentials as well, when there is no consumer.
func (c Consumer) FromCleverTools(profile string) (Authenticator, error) {
	path, err := configPath(runtime.GOOS)
	if err != nil {
		return nil, &absence{looked: "the configuration file of clever-tools: " + err.Error(), cause: err}
	}
	data, err := readConfig(path)
	if err != nil {
		return nil, &absence{looked: err.Error(), cause: err} // The text of a file error holds the path already.
	}
	profiles, err := parseConfig(data)
	if err != nil {
		return nil, &absence{looked: path + ": " + err.Error(), cause: err}
	}
	p, err := pick(profiles, profile)
	if err != nil {
		return nil, &absence{looked: path + ": " + err.Error()}
	}
	return c.fromProfile(p, path)
}

// Default returns the credentials of the environment and, if it holds none, those of the active profile of clever-tools. It goes
// from one to the other only when there is nothing at all in the first: half of a pair is an error.
//
// Errors: [ErrNoCredentials], listing the places of both; otherwise those of [Consumer.FromEnvironment] and
// [Consumer.FromCleverTools].
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

// The names of the variables, in the order in which they are looked up.

func apiTokenNames() []string { return []string{"CLEVER_API_TOKEN", "CC_API_TOKEN"} }

func tokenNames() []pair {
	return []pair{{"CLEVER_TOKEN", "CLEVER_SECRET"}, {"CC_OAUTH_TOKEN", "CC_OAUTH_SECRET"}}
}

// consumerNames starts with the pair that the overrides of a profile may hold too.
func consumerNames() []pair {
	return []pair{{"OAUTH_CONSUMER_KEY", "OAUTH_CONSUMER_SECRET"}, {"CC_CONSUMER_KEY", "CC_CONSUMER_SECRET"}}
}

func nothingSet() string {
	places := apiTokenNames()
	for _, names := range tokenNames() {
		places = append(places, names.String())
	}
	return "environment: none of " + strings.Join(places, ", ") + " is set"
}

// A pair is two names that mean something only together.
type pair struct{ key, secret string }

func (p pair) String() string { return p.key + " with " + p.secret }

// lookUp returns two empty texts when neither name is set.
func (p pair) lookUp(place string, get func(string) string) (string, Secret, error) {
	key, secret := get(p.key), Secret(get(p.secret))
	switch {
	case key != "" && secret == "":
		return "", "", &IncompleteError{Found: p.key + " in " + place, Missing: []string{p.secret}}
	case key == "" && secret != "":
		return "", "", &IncompleteError{Found: p.secret + " in " + place, Missing: []string{p.key}}
	default:
		return key, secret, nil
	}
}

// bearerFromEnvironment checks the token at once, because only here is it known which variable to blame.
func bearerFromEnvironment(name string, token Secret) (Authenticator, error) {
	if err := checkToken(token); err != nil {
		return nil, fmt.Errorf("%w (from %s)", err, name)
	}
	baseURL, err := lookUpBaseURL("AUTH_BRIDGE_HOST", BridgeBaseURL, noOverrides)
	if err != nil {
		return nil, err
	}
	return newBearer(token, baseURL), nil
}

// complete adds to a user's token what does not come with it.
func (c Consumer) complete(o OAuth1, found string, overrides func(string) string) (Authenticator, error) {
	consumer, err := c.find(found, overrides)
	if err != nil {
		return nil, err
	}
	o.ConsumerKey, o.ConsumerSecret = consumer.Key, consumer.Secret
	if o.BaseURL, err = lookUpBaseURL("API_HOST", "", overrides); err != nil {
		return nil, err
	}
	return o, nil
}

// find returns c itself, or the first pair of the environment, or that of the overrides.
func (c Consumer) find(found string, overrides func(string) string) (Consumer, error) {
	switch {
	case c.Key != "" && c.Secret != "":
		return c, nil
	case c.Key != "":
		return Consumer{}, &IncompleteError{Found: "Consumer.Key", Missing: []string{"Consumer.Secret"}}
	case c.Secret != "":
		return Consumer{}, &IncompleteError{Found: "Consumer.Secret", Missing: []string{"Consumer.Key"}}
	}
	for _, names := range consumerNames() {
		if key, secret, err := names.lookUp("the environment", os.Getenv); err != nil || key != "" {
			return Consumer{key, secret}, err
		}
	}
	if key, secret, err := consumerNames()[0].lookUp("the overrides of the profile", overrides); err != nil || key != "" {
		return Consumer{key, secret}, err
	}
	return Consumer{}, noConsumer(found)
}

func noConsumer(found string) error {
	missing := make([]string, 0, 4)
	for _, names := range consumerNames() {
		missing = append(missing, names.String())
	}
	return &IncompleteError{
		Found:   found,
		Missing: append(missing, consumerNames()[0].String()+" in the overrides of a clever-tools profile", "an auth.Consumer"),
		Hint:    "a user's token only works with the consumer pair that it was issued to; set that pair in one of these places",
	}
}

func noOverrides(string) string { return "" }

// lookUpBaseURL checks what it finds here, where the variable has a name, rather than later, where it is just a base URL.
func lookUpBaseURL(name, fallback string, overrides func(string) string) (string, error) {
	raw, place := os.Getenv(name), "the environment"
	if raw == "" {
		raw, place = overrides(name), "the overrides of the profile"
	}
	if raw == "" {
		return fallback, nil
	}
	if _, err := parseBaseURL(raw); err != nil {
		return "", fmt.Errorf("auth: %s in %s %w", name, place, err)
	}
	return strings.TrimRight(raw, "/"), nil
}

// An absence is an [ErrNoCredentials] that says where it looked. It is a type so that Default can join two of them.
type absence struct {
	looked string
	cause  error
}

func (a *absence) Error() string { return ErrNoCredentials.Error() + ": " + a.looked }

func (a *absence) Unwrap() []error {
	if a.cause == nil {
		return []error{ErrNoCredentials}
	}
	return []error{ErrNoCredentials, a.cause}
}

// maxConfigSize bounds what is read, since CONFIGURATION_FILE may name anything.
const maxConfigSize = 1 << 20

func configPath(goos string) (string, error) {
	if path := os.Getenv("CONFIGURATION_FILE"); path != "" {
		return path, nil
	}
	dir, err := configDir(goos)
	return filepath.Join(dir, "clever-cloud", "clever-tools.json"), err
}

// configDir is not os.UserConfigDir, which has a place of its own on macOS, where clever-tools has none.
func configDir(goos string) (string, error) {
	if goos == "windows" {
		dir := os.Getenv("APPDATA")
		if dir == "" {
			return "", errors.New("APPDATA is not set")
		}
		return dir, nil
	}
	if dir := os.Getenv("XDG_CONFIG_HOME"); dir != "" {
		return dir, nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("neither XDG_CONFIG_HOME nor a home directory: %w", err)
	}
	return filepath.Join(home, ".config"), nil
}

func readConfig(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxConfigSize+1))
	if err == nil && len(data) > maxConfigSize {
		err = fmt.Errorf("%s: larger than %d bytes", path, maxConfigSize)
	}
	return data, err
}

// A profile is what one login left in the configuration file.
type profile struct {
	Alias          string            `json:"alias"`
	Token          string            `json:"token"`
	Secret         Secret            `json:"secret"`
	ExpirationDate string            `json:"expirationDate"`
	Overrides      map[string]string `json:"overrides"`
}

// parseConfig reads both forms of the file. The version is looked at on its own first: of another version, nothing else is known.
// Errors say what is wrong without quoting any of it.
func parseConfig(data []byte) ([]profile, error) {
	var head struct {
		Version json.RawMessage `json:"version"`
	}
	if json.Unmarshal(data, &head) != nil {
		return nil, errors.New("not a JSON object")
	}
	switch string(head.Version) {
	case "1":
		return parseProfiles(data)
	case "", "null":
		return parseFlat(data)
	default:
		return nil, errors.New("unknown version of the file, only version 1 and the flat form before it are known")
	}
}

func parseProfiles(data []byte) ([]profile, error) {
	var file struct {
		Profiles []json.RawMessage `json:"profiles"`
	}
	if json.Unmarshal(data, &file) != nil {
		return nil, errors.New("profiles of an unknown form")
	}
	if len(file.Profiles) == 0 {
		return nil, errors.New("no profiles")
	}
	profiles := make([]profile, len(file.Profiles))
	for i, raw := range file.Profiles {
		// What could be read of a broken one is its alias, perhaps, and no token.
		if json.Unmarshal(raw, &profiles[i]) != nil {
			profiles[i] = profile{Alias: profiles[i].Alias}
		}
	}
	return profiles, nil
}

func parseFlat(data []byte) ([]profile, error) {
	flat := profile{}
	if json.Unmarshal(data, &flat) != nil {
		return nil, errors.New("token, secret and expirationDate must be texts")
	}
	flat.Alias = "default"
	return []profile{flat}, nil
}

// pick returns the profile with that alias, or the first one. Other errors than an unknown alias wait until a profile is chosen, so
// that a broken one does not stand in the way of the rest.
func pick(profiles []profile, alias string) (profile, error) {
	known := make([]string, 0, len(profiles))
	for _, p := range profiles {
		if alias != "" && alias != p.Alias {
			known = append(known, strconv.Quote(p.Alias))
			continue
		}
		if p.Token == "" || p.Secret == "" {
			return profile{}, fmt.Errorf("profile %q has no token or no secret", p.Alias)
		}
		return p, nil
	}
	return profile{}, fmt.Errorf("no profile %q, there is %s", alias, joinSome(known))
}

// joinSome keeps an error readable, whatever the file holds.
func joinSome(names []string) string {
	const most = 20
	if more := len(names) - most; more > 0 {
		return strings.Join(names[:most], ", ") + " and " + strconv.Itoa(more) + " more"
	}
	return strings.Join(names, ", ")
}

func (c Consumer) fromProfile(p profile, path string) (Authenticator, error) {
	if date, ok := parseDate(p.ExpirationDate); ok && !time.Now().Before(date) {
		return nil, fmt.Errorf("%w: profile %q of %s, on %s: log in again", ErrExpired, p.Alias, path, date.Format(time.RFC3339))
	}
	found := fmt.Sprintf("profile %q of %s", p.Alias, path)
	return c.complete(OAuth1{Token: p.Token, TokenSecret: p.Secret}, found, func(name string) string { return p.Overrides[name] })
}

// parseDate reports false for a missing date and for one of an unknown form: the API has the last word on a token anyway.
func parseDate(text string) (time.Time, bool) {
	for _, layout := range [...]string{time.RFC3339, "2006-01-02T15:04:05Z0700"} {
		if date, err := time.Parse(layout, text); err == nil {
			return date, true
		}
	}
	return time.Time{}, false
}
