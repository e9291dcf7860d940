// Package connect makes the client of the example programs.
package connect

import (
	"errors"
	"io/fs"
	"os"
	"slices"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/auth"
)

// Variables lists the environment variables that hold credentials, or say which API they are for.
// CONFIGURATION_FILE counts if there is a file of that name.
var Variables = []string{
	"CLEVER_API_TOKEN", "CC_API_TOKEN", "CLEVER_TOKEN", "CLEVER_SECRET", "CC_OAUTH_TOKEN",
	"CC_OAUTH_SECRET", "OAUTH_CONSUMER_KEY", "OAUTH_CONSUMER_SECRET", "CC_CONSUMER_KEY",
	"CC_CONSUMER_SECRET", "API_HOST", "AUTH_BRIDGE_HOST",
}

// Client returns a client with the credentials that [auth.Default] finds. Its errors are one line
// that says what to do.
func Client() (*clevercloud.Client, error) {
	credentials, err := auth.Default()
	if err != nil {
		return nil, err
	}
	return clevercloud.New(clevercloud.WithAuth(credentials))
}

// Untouched reports whether nothing on this machine has to do with credentials: none of [Variables]
// is set, and clever-tools has no configuration file. A variable that is empty counts as unset.
func Untouched() bool {
	if slices.ContainsFunc(Variables, func(name string) bool { return os.Getenv(name) != "" }) {
		return false
	}
	_, err := auth.Default()
	return errors.Is(err, auth.ErrNoCredentials) && errors.Is(err, fs.ErrNotExist)
}
