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

	"github.com/clevercloud-go/clevercloud/internal/redact"
)

// FromCleverTools returns the credentials of a profile in the configuration file of clever-tools,
// as an [OAuth1] value. An empty name means the active profile, which is the first one. A file from
// before clever-tools had profiles counts as one profile with the name "default".
//
// The file is the one that CONFIGURATION_FILE names. By default it is
// clever-cloud/clever-tools.json in the directory %APPDATA% on Windows, and in $XDG_CONFIG_HOME or
// ~/.config on all other systems, including macOS.
//
// The consumer pair must be that of the clever-tools that obtained the token. It is c or, unless c
// has one, the first pair of the environment, see [Consumer.FromEnvironment], or of the profile's
// overrides. API_HOST, in the environment or the overrides, is the address of the API.
//
// It returns an error that matches [ErrNoCredentials] if there is no file, no such profile or no
// token in it, or if the file's form is unknown; one that matches [ErrExpired] if the token has
// expired; an [*IncompleteError] if its secret or the consumer pair is missing; and an error that
// names the member if a value contains a blank or a line break.
func (c Consumer) FromCleverTools(name string) (Authenticator, error) {
	path, err := configPath(runtime.GOOS)
	if err != nil {
		return nil, &absence{looked: "configuration file of clever-tools: " + err.Error(), cause: err}
	}
	data, err := readConfig(path)
	if err != nil {
		return nil, &absence{looked: err.Error(), cause: err} // Which contains the path.
	}
	p, err := findProfile(data, name)
	if err != nil {
		return nil, &absence{looked: path + ": " + err.Error()}
	}
	return c.fromProfile(p, path)
}

func (c Consumer) fromProfile(p profile, path string) (Authenticator, error) {
	here := place{fmt.Sprintf("profile %q of %s", p.Alias, path), p.get}
	token, secret, err := here.pair(pair{"token", "secret"})
	if err != nil {
		return nil, err
	}
	if date, ok := parseDate(p.ExpirationDate); ok && !time.Now().Before(date) {
		return nil, fmt.Errorf(`%w: %s, on %s: run "clever login" again`,
			ErrExpired, here.name, date.Format(time.RFC3339))
	}
	o := OAuth1{Token: token, TokenSecret: secret, source: here.name}
	return c.complete(o, environment(), here)
}

func configPath(goos string) (string, error) {
	if path := os.Getenv("CONFIGURATION_FILE"); path != "" {
		return path, nil
	}
	dir, err := configDir(goos)
	return filepath.Join(dir, "clever-cloud", "clever-tools.json"), err
}

// configDir differs from [os.UserConfigDir] on macOS, where clever-tools uses ~/.config.
func configDir(goos string) (string, error) {
	if goos == "windows" {
		if dir := os.Getenv("APPDATA"); dir != "" {
			return dir, nil
		}
		return "", errors.New("APPDATA is not set")
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

// maxConfigSize bounds what is read, since CONFIGURATION_FILE may name anything.
const maxConfigSize = 1 << 20

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
	return bytes.TrimPrefix(data, []byte("\ufeff")), err
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

func (p profile) get(name string) string {
	return cmp.Or(p.Overrides[name], map[string]string{
		"token": p.Token, "secret": p.Secret.Reveal(), "API_HOST": p.APIHost,
		"OAUTH_CONSUMER_KEY": p.ConsumerKey, "OAUTH_CONSUMER_SECRET": p.ConsumerSecret.Reveal(),
	}[name])
}

// findProfile returns the profile with that alias, or the first one if alias is empty. Its errors
// do not quote secrets.
func findProfile(data []byte, alias string) (profile, error) {
	var file struct{ Version, Profiles jsontext.Value }
	if decode(data, &file) != nil {
		return profile{}, errors.New("not a JSON object")
	}
	var all []jsontext.Value
	switch string(file.Version) {
	case "", "null":
		p := profile{Alias: "default"}
		if alias != "" && alias != p.Alias {
			return p, fmt.Errorf("no profile %q, there is %q", alias, p.Alias)
		}
		return p, p.decode(data)
	case "1":
		if decode(file.Profiles, &all) != nil || len(all) == 0 {
			return profile{}, errors.New("no profiles, or profiles of an unknown form")
		}
	default:
		return profile{}, errors.New("unknown version of the file; " +
			"known are version 1 and the form before it, without a version")
	}
	known := make([]string, 0, len(all))
	for _, raw := range all {
		var p profile
		_ = decode(raw, &struct{ Alias *string }{&p.Alias})
		if alias == "" || alias == p.Alias {
			return p, p.decode(raw)
		}
		known = append(known, strconv.Quote(p.Alias))
	}
	return profile{}, fmt.Errorf("no profile %q, there is %s",
		alias, redact.Line(strings.Join(known, ", "), 256))
}

// decode reads a profile whose alias is known. It is an error if it has no token at all.
func (p *profile) decode(data []byte) error {
	alias := p.Alias
	err := decode(data, p)
	p.Alias = alias
	switch {
	case err != nil:
		return fmt.Errorf("profile %q has an unknown form; its members must be texts", p.Alias)
	case p.Token == "" && p.Secret == "":
		return fmt.Errorf("profile %q has no token", p.Alias)
	}
	return nil
}

// decode reads JSON that people edit by hand: the case of names does not matter, nor does a name
// that is there twice.
func decode(data []byte, v any) error {
	return json.Unmarshal(data, v, json.MatchCaseInsensitiveNames(true),
		jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
}

// parseDate reports false for a missing date and for one of an unknown form: the API decides
// whether a token is valid. A date without a time means the end of that day.
func parseDate(text string) (time.Time, bool) {
	if day, err := time.Parse(time.DateOnly, text); err == nil {
		return day.Add(24*time.Hour - time.Second), true
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05Z0700"} {
		if date, err := time.Parse(layout, text); err == nil {
			return date, true
		}
	}
	return time.Time{}, false
}
