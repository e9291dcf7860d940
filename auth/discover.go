package auth

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// maxConfigFile bounds what is read of a configuration file.
const maxConfigFile = 1 << 20

// FromEnvironment returns the credentials in the environment: the token in CLEVER_API_TOKEN or CC_API_TOKEN, else OAuth 1 with CLEVER_TOKEN
// and CLEVER_SECRET, or CC_OAUTH_TOKEN and CC_OAUTH_SECRET, whose consumer is in OAUTH_CONSUMER_KEY and OAUTH_CONSUMER_SECRET, or
// CC_CONSUMER_KEY and CC_CONSUMER_SECRET. AUTH_BRIDGE_HOST and API_HOST are the APIs they are for, if not the usual ones. None, or half of a
// pair, is [ErrNoCredentials].
func FromEnvironment() (Authenticator, error) { return Consumer{}.FromEnvironment() }

// FromCleverTools returns the credentials that clever-tools has stored, as an [OAuth1]. The profile is an alias; "" is the active one. The
// file is the one CONFIGURATION_FILE names, or clever-cloud/clever-tools.json in %APPDATA% on Windows, elsewhere in $XDG_CONFIG_HOME or
// ~/.config. Its tokens need the consumer of clever-tools: that of the environment (see [FromEnvironment]) or of the profile's overrides.
//
// No file, profile or consumer is [ErrNoCredentials], a profile past its date [ErrExpired].
func FromCleverTools(profile string) (Authenticator, error) {
	return Consumer{}.FromCleverTools(profile)
}

// Default returns the credentials of the environment or, if it has none, those of clever-tools' active profile. If there are none either
// the error is [ErrNoCredentials] and names every place that was looked at.
func Default() (Authenticator, error) { return Consumer{}.Default() }

// A Consumer is the program that OAuth 1 tokens are made for. Its methods are the functions of the same names, with this consumer in place of
// one from the environment or a profile. The zero value is no consumer.
type Consumer struct {
	Key    string
	Secret Secret
}

// FromEnvironment is [FromEnvironment] with the consumer c.
func (c Consumer) FromEnvironment() (Authenticator, error) {
	for _, name := range [...]string{"CLEVER_API_TOKEN", "CC_API_TOKEN"} {
		if token := os.Getenv(name); token != "" {
			return bearerAt(Secret(token), cmp.Or(os.Getenv("AUTH_BRIDGE_HOST"), BridgeBaseURL)), nil
		}
	}
	for _, names := range [...][2]string{{"CLEVER_TOKEN", "CLEVER_SECRET"}, {"CC_OAUTH_TOKEN", "CC_OAUTH_SECRET"}} {
		token, secret, err := environmentPair(names)
		if err != nil {
			return nil, err
		}
		if token != "" {
			return c.complete(OAuth1{Token: token, TokenSecret: Secret(secret), BaseURL: os.Getenv("API_HOST")}, overrides{}, names[0])
		}
	}
	return nil, fmt.Errorf("auth: %w in the environment (CLEVER_API_TOKEN, CC_API_TOKEN, CLEVER_TOKEN and CLEVER_SECRET, "+
		"CC_OAUTH_TOKEN and CC_OAUTH_SECRET)", ErrNoCredentials)
}

// environmentPair returns two variables that go together.
func environmentPair(names [2]string) (first, second string, err error) {
	first, second = os.Getenv(names[0]), os.Getenv(names[1])
	if (first == "") != (second == "") {
		set, missing := names[0], names[1]
		if first == "" {
			set, missing = missing, set
		}
		return "", "", fmt.Errorf("auth: %s is set but %s is not: %w", set, missing, ErrNoCredentials)
	}
	return first, second, nil
}

// complete adds the consumer: the explicit one, the environment's, the profile's.
func (c Consumer) complete(o OAuth1, profile overrides, source string) (Authenticator, error) {
	if c != (Consumer{}) {
		if c.Key == "" || c.Secret == "" {
			return nil, fmt.Errorf("auth: the Consumer needs both Key and Secret: %w", ErrNoCredentials)
		}
		o.ConsumerKey, o.ConsumerSecret = c.Key, c.Secret
		return o, nil
	}
	for _, names := range [...][2]string{{"OAUTH_CONSUMER_KEY", "OAUTH_CONSUMER_SECRET"}, {"CC_CONSUMER_KEY", "CC_CONSUMER_SECRET"}} {
		key, secret, err := environmentPair(names)
		if err != nil {
			return nil, err
		}
		if key != "" {
			o.ConsumerKey, o.ConsumerSecret = key, Secret(secret)
			return o, nil
		}
	}
	if profile.ConsumerKey != "" && profile.ConsumerSecret != "" {
		o.ConsumerKey, o.ConsumerSecret = profile.ConsumerKey, profile.ConsumerSecret
		return o, nil
	}
	return nil, fmt.Errorf("auth: the token in %s needs the consumer that it was made for: set OAUTH_CONSUMER_KEY and "+
		"OAUTH_CONSUMER_SECRET, or the profile's overrides, or use an auth.Consumer: %w", source, ErrNoCredentials)
}

// Default is [Default] with the consumer c.
func (c Consumer) Default() (Authenticator, error) {
	found, err := c.FromEnvironment()
	if err == nil || environmentHasCredentials() {
		return found, err
	}
	found, fileErr := c.FromCleverTools("")
	if errors.Is(fileErr, ErrNoCredentials) {
		return nil, fmt.Errorf("%w; %w", err, fileErr)
	}
	return found, fileErr
}

// environmentHasCredentials tells an environment without credentials from one with faulty ones, which must not be passed over.
func environmentHasCredentials() bool {
	for _, name := range [...]string{"CLEVER_TOKEN", "CLEVER_SECRET", "CC_OAUTH_TOKEN", "CC_OAUTH_SECRET"} {
		if os.Getenv(name) != "" {
			return true
		}
	}
	return false
}

// FromCleverTools is [FromCleverTools] with the consumer c.
func (c Consumer) FromCleverTools(profile string) (Authenticator, error) {
	path, err := configPath()
	if err != nil {
		return nil, err
	}
	data, err := readConfig(path)
	if err != nil {
		return nil, err
	}
	p, err := pick(data, profile)
	if err != nil {
		return nil, fmt.Errorf("auth: %s: %w", path, err)
	}
	if !p.ExpirationDate.IsZero() && !p.ExpirationDate.After(time.Now()) {
		return nil, fmt.Errorf("auth: %s: profile %q: %w on %s; sign in again with clever login",
			path, p.Alias, ErrExpired, p.ExpirationDate.UTC().Format(time.DateOnly))
	}
	o := OAuth1{Token: p.Token, TokenSecret: p.Secret, BaseURL: cmp.Or(os.Getenv("API_HOST"), p.Overrides.APIHost)}
	return c.complete(o, p.Overrides, path)
}

// configPath is where clever-tools keeps its file.
func configPath() (string, error) {
	if path := os.Getenv("CONFIGURATION_FILE"); path != "" {
		return path, nil
	}
	return pathFor(runtime.GOOS, os.Getenv, os.UserHomeDir)
}

func pathFor(system string, getenv func(string) string, home func() (string, error)) (string, error) {
	if system == "windows" {
		dir := getenv("APPDATA")
		if dir == "" {
			return "", fmt.Errorf("auth: %w: APPDATA is not set, nor is CONFIGURATION_FILE", ErrNoCredentials)
		}
		return filepath.Join(dir, "clever-cloud", "clever-tools.json"), nil
	}
	dir := getenv("XDG_CONFIG_HOME")
	if dir == "" {
		user, err := home()
		if err != nil {
			return "", fmt.Errorf("auth: %w: no home directory, and neither XDG_CONFIG_HOME nor CONFIGURATION_FILE is set", ErrNoCredentials)
		}
		dir = filepath.Join(user, ".config")
	}
	return filepath.Join(dir, "clever-cloud", "clever-tools.json"), nil
}

func readConfig(path string) ([]byte, error) {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("auth: %w in %s, which does not exist", ErrNoCredentials, path)
	}
	if err != nil {
		return nil, fmt.Errorf("auth: %w", err)
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxConfigFile+1))
	if err != nil {
		return nil, fmt.Errorf("auth: %w", err)
	}
	if len(data) > maxConfigFile {
		return nil, fmt.Errorf("auth: %w in %s, which is larger than 1 MiB", ErrNoCredentials, path)
	}
	return data, nil
}

// A profile is a login of clever-tools.
type profile struct {
	Alias          string    `json:"alias"`
	Token          string    `json:"token"`
	Secret         Secret    `json:"secret"`
	ExpirationDate time.Time `json:"expirationDate"`
	Overrides      overrides `json:"overrides"`
}

// overrides are what a profile has in place of the usual.
type overrides struct {
	APIHost        string `json:"API_HOST"`
	ConsumerKey    string `json:"OAUTH_CONSUMER_KEY"`
	ConsumerSecret Secret `json:"OAUTH_CONSUMER_SECRET"`
}

// pick reads either form of the file: one that has a version and profiles, or a single login.
func pick(data []byte, alias string) (profile, error) {
	var file struct {
		Version  *json.Number `json:"version"`
		Profiles []profile    `json:"profiles"`
		profile
	}
	// The decoder's own error may quote the file.
	if json.Unmarshal(data, &file) != nil {
		return profile{}, fmt.Errorf("%w: not a file of clever-tools that can be read", ErrNoCredentials)
	}
	profiles := file.Profiles
	switch {
	case file.Version == nil:
		file.profile.Alias = "default"
		profiles = []profile{file.profile}
	case file.Version.String() != "1":
		return profile{}, fmt.Errorf("%w: version %s of the file is not known", ErrNoCredentials, file.Version)
	case len(profiles) == 0:
		return profile{}, fmt.Errorf("%w: no profile; sign in with clever login", ErrNoCredentials)
	}
	names := make([]string, 0, len(profiles))
	for _, p := range profiles {
		if alias != "" && p.Alias != alias {
			names = append(names, p.Alias)
			continue
		}
		if p.Token == "" || p.Secret == "" {
			return profile{}, fmt.Errorf("%w: profile %q has no token and secret", ErrNoCredentials, p.Alias)
		}
		return p, nil
	}
	return profile{}, fmt.Errorf("%w: no profile %q, there is %s", ErrNoCredentials, alias, strings.Join(names, ", "))
}
