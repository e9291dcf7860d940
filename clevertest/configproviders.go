package clevertest

import (
	"maps"
	"slices"

	"github.com/clevercloud-go/clevercloud"
)

func configRoutes() []route {
	provider := realAddon("config-provider")
	return under("config-providers", "/v4/addon-providers/config-provider/addons/{addonId}", []row{
		{"get", "GET", "", of(provider, (*Server).getConfigProvider)},
		{"get-env", "GET", "/env", of(provider, (*Server).getConfigEnv)},
		{"set-env", "PUT", "/env", of(provider, (*Server).setConfigEnv)},
	})
}

// realAddon finds the add-on of a provider in a path by its real id.
func realAddon(provider string) func(*Server, *call) (*addon, error) {
	return func(s *Server, c *call) (*addon, error) {
		id := c.PathValue("addonId")
		i := slices.IndexFunc(s.addons,
			func(a *addon) bool { return a.realID == id && a.providerID == provider })
		if i < 0 {
			return nil, notFound("addon", id)
		}
		_, err := s.visibleOwner(c, s.addons[i].ownerID)
		return s.addons[i], err
	}
}

func (s *Server) configOf(a *addon) []variable {
	return append([]variable{}, s.configs[a.realID]...)
}

func (s *Server) getConfigProvider(_ *call, a *addon) (reply, error) {
	return ok(map[string]any{
		"id": a.realID, "owner_id": a.ownerID, "creation_date": stamp(a.created), "env": s.configOf(a),
	})
}

func (s *Server) getConfigEnv(_ *call, a *addon) (reply, error) { return ok(s.configOf(a)) }

// setConfigEnv replaces the whole list.
func (s *Server) setConfigEnv(c *call, a *addon) (reply, error) {
	var vars []variable
	check(c.decode(&vars))
	wrong, seen := complaints{}, map[string]bool{}
	wrong.unless(vars != nil, "env", "null", "expected a list")
	for _, v := range vars {
		wrong.unless(v.Name != "" && !seen[v.Name], "name", v.Name, "is empty or there twice")
		seen[v.Name] = true
	}
	check(wrong.err())
	s.configs[a.realID] = vars
	return ok(s.configOf(a))
}

// AddConfigProvider adds a configuration provider of the initial organisation and returns its real
// ID.
func (s *Server) AddConfigProvider(name string, env map[string]string) clevercloud.ResourceID {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.seedAddon(Addon{ProviderID: "config-provider", Name: name})
	for _, key := range slices.Sorted(maps.Keys(env)) {
		s.configs[a.realID] = append(s.configs[a.realID], variable{key, env[key]})
	}
	return clevercloud.ResourceID(a.realID)
}
