// Package cleverjson reads .clever.json, the file in which clever-tools notes the applications that
// a repository is linked to. It holds no secrets.
package cleverjson

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/clevercloud-go/clevercloud"
)

// ErrNotLinked reports that neither the directory nor one of its parents has the file.
var ErrNotLinked = errors.New(`no .clever.json here or above; run "clever link"`)

// An Application is a linked application.
type Application struct {
	ID clevercloud.ApplicationID `json:"app_id"`
	// OwnerID is empty in old files. Use Identity.Resolve with the ID then.
	OwnerID clevercloud.OwnerID `json:"org_id"`
	Name    string              `json:"name"`
	Alias   string              `json:"alias"`
}

// Find returns the application with the given alias that the repository of dir is linked to. If the
// alias is empty, it is the default application, or the only one. If there is no file, the error
// matches [ErrNotLinked].
func Find(dir, alias string) (Application, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return Application{}, err
	}
	file := filepath.Join(dir, ".clever.json")
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		parent := filepath.Dir(dir)
		if parent == dir {
			return Application{}, ErrNotLinked
		}
		return Find(parent, alias)
	}
	if err != nil {
		return Application{}, err
	}
	app, err := choose(text, alias)
	if err != nil {
		return app, fmt.Errorf("%s: %w", file, err)
	}
	return app, nil
}

func choose(text []byte, alias string) (Application, error) {
	var linked struct {
		Apps    []Application             `json:"apps"`
		Default clevercloud.ApplicationID `json:"default"`
	}
	if err := json.Unmarshal(text, &linked); err != nil {
		return Application{}, err
	}
	var found []Application
	var aliases []string
	for _, app := range linked.Apps {
		aliases = append(aliases, app.Alias)
		if alias == "" && (linked.Default == "" || linked.Default == app.ID) ||
			alias != "" && alias == app.Alias {
			found = append(found, app)
		}
	}
	switch {
	case len(found) == 1 && found[0].ID == "":
		return Application{}, errors.New("the application has no app_id")
	case len(found) == 1:
		return found[0], nil
	case len(linked.Apps) == 0:
		return Application{}, errors.New(`no applications; run "clever link"`)
	case alias != "":
		return Application{}, fmt.Errorf("%d applications with the alias %q", len(found), alias)
	case linked.Default != "":
		return Application{}, fmt.Errorf("%d applications with the default's app_id %q",
			len(found), linked.Default)
	}
	return Application{}, fmt.Errorf("several applications and no default; give one of the aliases %s",
		strings.Join(aliases, ", "))
}
