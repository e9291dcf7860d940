package clevercloud

import (
	"fmt"
	"maps"
	"slices"
	"unicode/utf8"

	"github.com/clevercloud-go/clevercloud/auth"
	"github.com/clevercloud-go/clevercloud/internal/redact"
)

// EnvVar is a variable of an environment. Its value is often a secret, so it prints redacted.
type EnvVar struct {
	Name  string      `json:"name"`
	Value auth.Secret `json:"value"`
}

// Format prints v like any struct, without its value.
func (v EnvVar) Format(f fmt.State, verb rune) {
	type envVar EnvVar
	redact.Struct(f, verb, envVar(v))
}

// checkEnv rejects an environment that the API would take for another one.
func checkEnv(argument string, env []EnvVar) error {
	seen := make(map[string]bool, len(env))
	for _, v := range env {
		reason := ""
		switch {
		case v.Name == "":
			reason = "must not hold an empty name"
		case seen[v.Name]:
			reason = fmt.Sprintf("must not hold %s twice", redact.Line(v.Name, 64))
		case v.Value == redacted:
			reason = fmt.Sprintf("must not hold %s for the value of %s", redacted, redact.Line(v.Name, 64))
		case !utf8.ValidString(v.Name), !utf8.ValidString(v.Value.Reveal()): // JSON would replace them
			reason = fmt.Sprintf("must not hold bytes that are not text in %s", redact.Line(v.Name, 64))
		}
		if reason != "" {
			return &ValidationError{Argument: argument, Reason: reason}
		}
		seen[v.Name] = true
	}
	return nil
}

// envObject returns env as the v2 API writes it, with the values themselves: an object. It is nil
// only if env is.
func (d *draft) envObject(argument string, env []EnvVar) (map[string]string, error) {
	if env == nil {
		return nil, nil
	}
	if err := checkEnv(argument, env); err != nil {
		return nil, err
	}
	object := make(map[string]string, len(env))
	for _, v := range env {
		object[v.Name] = v.Value.Reveal()
		d.secrets = append(d.secrets, v.Value.Reveal())
	}
	return object, nil
}

// wholeEnv is an environment to set.
type wholeEnv []EnvVar

func (env wholeEnv) encode(d *draft) error {
	object, err := d.envObject("env", append([]EnvVar{}, env...))
	if err != nil {
		return err
	}
	return d.json(object)
}

// envFromObject is an environment that the API returns as an object. It is sorted by name.
type envFromObject []EnvVar

func (env *envFromObject) UnmarshalJSON(data []byte) error {
	var object map[string]auth.Secret
	if err := unmarshal(data, &object); err != nil {
		return err
	}
	*env = make(envFromObject, 0, len(object))
	for _, name := range slices.Sorted(maps.Keys(object)) {
		*env = append(*env, EnvVar{Name: name, Value: object[name]})
	}
	return nil
}
