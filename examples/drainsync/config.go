package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/clevercloud-go/clevercloud"
)

// A config is the content of the file. Its secrets are in the environment.
type config struct {
	Applications []application `yaml:"applications"`

	// hide puts the names of variables back in place of their values.
	hide *strings.Replacer
}

type application struct {
	Name   string              `yaml:"application"`
	Owner  clevercloud.OwnerID `yaml:"owner"`
	Drains []wanted            `yaml:"drains"`

	id clevercloud.ApplicationID
}

// A wanted drain is one that should be there.
type wanted struct {
	Kind   clevercloud.DrainKind `yaml:"kind"`
	Fields map[string]string     `yaml:"recipient"`

	recipient clevercloud.DrainRecipient
}

// load reads a file, with lookup for the variables.
func load(name string, lookup func(string) string) (*config, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	c, err := parse(file, lookup)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return c, nil
}

func parse(r io.Reader, lookup func(string) string) (*config, error) {
	var c config
	decoder := yaml.NewDecoder(r)
	decoder.KnownFields(true)
	if err := decoder.Decode(&c); err != nil && !errors.Is(err, io.EOF) {
		return nil, quoteless(err)
	}
	if err := decoder.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return nil, errors.New("want one YAML document")
	}
	if len(c.Applications) == 0 {
		return nil, errors.New("no applications")
	}
	used := map[string]string{} // values to the variables that they are of
	for i := range c.Applications {
		app := &c.Applications[i]
		switch {
		case app.Name == "":
			return nil, fmt.Errorf("application %d has no id or name", i+1)
		case app.Drains == nil:
			return nil, fmt.Errorf("%s: drains is missing; for none write drains: []", app.Name)
		}
		for n := range app.Drains {
			if err := app.Drains[n].complete(lookup, used); err != nil {
				return nil, fmt.Errorf("%s: drain %d: %w", app.Name, n+1, err)
			}
		}
	}
	pairs := []string{}
	// A value comes before those that it begins with.
	for _, value := range slices.Backward(slices.Sorted(maps.Keys(used))) {
		name := used[value]
		pairs = append(pairs, value, name, url.QueryEscape(value), name, url.PathEscape(value), name)
	}
	c.hide = strings.NewReplacer(pairs...)
	return &c, nil
}

// quoted matches what the decoder quotes of the file in its errors.
var quoted = regexp.MustCompile("`[^`]*`|'[^']{4,}'|![^ ]+")

// quoteless removes quotations, since somebody may have written a secret into the file.
func quoteless(err error) error {
	return errors.New(quoted.ReplaceAllString(err.Error(), "a value"))
}

// writtenToken matches a token among the parameters of a syslog recipient that is not a variable.
var writtenToken = regexp.MustCompile(`(?i)(token|secret|key|pass)[^= ]*="?[^"$]`)

var variable = regexp.MustCompile(`\$\{([A-Za-z_][A-Za-z0-9_]*)\}`)

// complete puts the values of variables into the fields and builds the recipient.
func (w *wanted) complete(lookup func(string) string, used map[string]string) error {
	if w.Kind == "" {
		return errors.New("kind is missing")
	}
	filled := map[string]string{}
	for _, key := range slices.Sorted(maps.Keys(w.Fields)) {
		text := w.Fields[key]
		if err := checkSecret(key, text, w.Fields["type"]); err != nil {
			return err
		}
		var missing string
		filled[key] = variable.ReplaceAllStringFunc(text, func(name string) string {
			value := lookup(name[2 : len(name)-1])
			if value == "" {
				missing = name
			}
			used[value] = name
			return value
		})
		if missing != "" {
			return fmt.Errorf("%s: %s is not set in the environment", key, missing)
		}
	}
	delete(used, "")
	return w.build(filled)
}

// isSecret reports whether the API does not return a field: a secret, or the address of Datadog,
// which contains one.
func isSecret(key, kind string) bool {
	return slices.Contains([]string{"password", "apiKey", "token", "sourceToken"}, key) ||
		key == "url" && kind == "DATADOG"
}

// checkSecret rejects secrets that are written in the file.
func checkSecret(key, text, kind string) error {
	bare := variable.ReplaceAllString(text, "")
	u, err := url.Parse(variable.ReplaceAllString(text, "VARIABLE"))
	password := ""
	if err == nil && u.User != nil {
		password, _ = u.User.Password()
	}
	switch {
	case strings.Contains(bare, "${"):
		return fmt.Errorf("%s: want ${NAME} of an environment variable", key)
	case isSecret(key, kind) && bare == text && text != "",
		isSecret(key, kind) && key != "url" && bare != "",
		key == "rfc5424StructuredDataParameters" && writtenToken.MatchString(text),
		key == "url" && password != "" && password != "VARIABLE":
		return fmt.Errorf("%s: a secret must come from the environment; write ${NAME} in its place", key)
	}
	return nil
}

// build decodes the recipient as if it were a response of the API. A field that is missing from the
// result is one that the type does not have.
func (w *wanted) build(fields map[string]string) error {
	body, err := json.Marshal(map[string]any{"recipient": fields})
	if err != nil {
		return err
	}
	var d clevercloud.Drain
	if err := json.Unmarshal(body, &d); err != nil {
		return err
	}
	if _, unknown := d.Recipient.(clevercloud.UnknownRecipient); unknown || d.Recipient == nil {
		return fmt.Errorf("%q is no type of recipient", fields["type"])
	}
	known := shown(d.Recipient)
	if known["type"] != fields["type"] {
		return fmt.Errorf("write the type as the API does, %s", known["type"])
	}
	for key, value := range fields {
		if _, ok := known[key]; !ok && value != "" {
			return fmt.Errorf("%s recipients have no %s", fields["type"], key)
		}
	}
	if fields["url"] == "" {
		return errors.New("url is missing")
	}
	w.recipient = d.Recipient
	return nil
}

// shown returns a recipient's JSON, with its secrets redacted.
func shown(r clevercloud.DrainRecipient) map[string]string {
	var fields map[string]string
	if text, err := json.Marshal(r); err == nil {
		_ = json.Unmarshal(text, &fields) // of an unknown type it may not be all text
	}
	return fields
}
