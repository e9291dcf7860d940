package clevercloud

import (
	"context"
	"fmt"
	"time"

	"github.com/clevercloud-go/clevercloud/internal/redact"
)

// ConfigProvidersService manages configuration providers, add-ons that share environment variables
// with the applications they are linked to.
type ConfigProvidersService service

const configProviderPath = "/v4/addon-providers/config-provider/addons/{configProviderId}"

// ConfigProviderID is the real ID of a configuration provider (config_…), not its addon_… ID.
type ConfigProviderID string

// ConfigProvider is a configuration provider with its variables, without its name and its zone.
type ConfigProvider struct {
	ID           ConfigProviderID `json:"id,omitzero"`
	OwnerID      OwnerID          `json:"owner_id,omitzero"` // may be empty
	CreationDate time.Time        `json:"creation_date,omitzero"`
	Env          []EnvVar         `json:"env,omitzero"`
}

// Format prints p as any struct, without the values of its variables.
func (p ConfigProvider) Format(f fmt.State, verb rune) {
	type configProvider ConfigProvider
	redact.Struct(f, verb, configProvider(p))
}

// Get returns a configuration provider with its variables. The error matches [ErrNotFound] if there
// is none, or if id is an addon_… ID; [IdentityService.Resolve] finds the real one, config_….
//
//	GET /v4/addon-providers/config-provider/addons/{configProviderId}
func (s *ConfigProvidersService) Get(
	ctx context.Context, id ConfigProviderID, opts ...CallOption,
) (*ConfigProvider, error) {
	return operation[*ConfigProvider]{
		id: "config-providers.get", path: configProviderPath, secretResult: true,
	}.call(ctx, s.client, opts, none{}, string(id))
}

// GetEnv returns the variables of a configuration provider.
//
//	GET /v4/addon-providers/config-provider/addons/{configProviderId}/env
func (s *ConfigProvidersService) GetEnv(
	ctx context.Context, id ConfigProviderID, opts ...CallOption,
) ([]EnvVar, error) {
	return operation[[]EnvVar]{
		id: "config-providers.get-env", path: configProviderPath + "/env", secretResult: true,
	}.call(ctx, s.client, opts, none{}, string(id))
}

// SetEnv replaces all variables of a configuration provider and returns them as they are now. The
// applications that are linked to it restart. An empty list removes all variables.
//
// To change one variable, change the result of GetEnv and set that. The API cannot tell whether the
// list has changed in between, so if two programs do this at the same time, one change is lost.
//
// An empty name, two variables of the same name, bytes that are not UTF-8, and a value that was
// marshalled, and so is "[redacted]", are a [*ValidationError]. SetEnv is idempotent.
//
//	PUT /v4/addon-providers/config-provider/addons/{configProviderId}/env
func (s *ConfigProvidersService) SetEnv(
	ctx context.Context, id ConfigProviderID, env []EnvVar, opts ...CallOption,
) ([]EnvVar, error) {
	return operation[[]EnvVar]{
		id: "config-providers.set-env", method: "PUT", path: configProviderPath + "/env",
		idempotent: true, secretResult: true,
	}.call(ctx, s.client, opts, envList(env), string(id))
}

// envList is an environment to set, which the API takes as a list.
type envList []EnvVar

func (env envList) encode(d *draft) error {
	if err := checkEnv("env", env); err != nil {
		return err
	}
	type variable struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	}
	list := make([]variable, len(env))
	for i, v := range env {
		list[i] = variable{v.Name, v.Value.Reveal()}
		d.secrets = append(d.secrets, v.Value.Reveal())
	}
	return d.json(list)
}
