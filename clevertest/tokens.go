package clevertest

import (
	"net/http"
	"time"
)

var tokenRoutes = under("tokens", "/api-tokens", []row{
	{"list", "GET", "", (*Server).listTokens},
	{"create", "POST", "", (*Server).createToken},
	{"get", "GET", "/{apiTokenId}", of((*Server).tokenOf, render((*Server).listedTokenWire))},
	{"update", "PUT", "/{apiTokenId}", of((*Server).tokenOf, (*Server).updateToken)},
	{"revoke", "DELETE", "/{apiTokenId}", of((*Server).tokenOf, (*Server).deleteToken)},
})

type apiToken struct {
	id          string
	secret      string
	user        string
	name        string
	description string
	created     time.Time
	expires     time.Time
}

func (s *Server) listedTokenWire(t *apiToken) object {
	return append(s.tokenWire(t), member{"userId", t.user}, member{"ip", nil})
}

func (s *Server) tokenWire(t *apiToken) object {
	state := "ACTIVE"
	if !t.expires.After(s.now()) {
		state = "EXPIRED"
	}
	return object{
		{"apiTokenId", t.id}, {"creationDate", stamp(t.created)}, {"expirationDate", stamp(t.expires)},
		{"name", t.name}, {"description", nullable(t.description)}, {"state", state},
	}
}

func (s *Server) tokensOf(c *call) []*apiToken {
	return filter(s.tokens, func(t *apiToken) bool { return t.user == c.user })
}

func (s *Server) listTokens(c *call) response {
	return ok(list(s.tokensOf(c), s.listedTokenWire))
}

// createToken asks for the user's e-mail and password, not for a second factor.
func (s *Server) createToken(c *call) response {
	var body struct {
		Email       string    `json:"email"`
		Password    string    `json:"password"`
		Name        string    `json:"name"`
		Description string    `json:"description"`
		Expires     time.Time `json:"expirationDate"`
	}
	c.decode(&body)
	now := s.now()
	switch {
	case body.Email != s.Email || body.Password != s.Password:
		return bridgeProblem(http.StatusUnauthorized, "invalid-credential", "Wrong e-mail or password")
	case body.Name == "":
		return bridgeProblem(http.StatusBadRequest, "invalid-name", "The name is missing")
	case !body.Expires.After(now) || body.Expires.After(now.AddDate(1, 0, 1)):
		return bridgeProblem(http.StatusBadRequest, "invalid-expiration-date",
			"The expiration date must be at most one year ahead")
	}
	t := s.addToken(c.user, body.Name, body.Description, body.Expires)
	return ok(append(object{{"apiToken", t.secret}}, s.tokenWire(t)...))
}

func (s *Server) addToken(user, name, description string, expires time.Time) *apiToken {
	t := &apiToken{"api_tokens_" + s.uuid(), s.secret(), user, name, description, s.now(), expires}
	s.tokens = append(s.tokens, t)
	return t
}

func (s *Server) tokenOf(c *call) *apiToken {
	id := c.PathValue("apiTokenId")
	t := first(s.tokensOf(c), func(t *apiToken) bool { return t.id == id })
	if t == nil {
		panic(bridgeProblem(http.StatusNotFound, "not-found", "Unknown token"))
	}
	return t
}

// updateToken replaces the name and the description, and nothing else.
func (s *Server) updateToken(c *call, t *apiToken) response {
	var body struct {
		Name        string `json:"name"`
		Description string `json:"description"`
	}
	c.decode(&body)
	if body.Name == "" {
		return bridgeProblem(http.StatusBadRequest, "invalid-name", "The name is missing")
	}
	t.name, t.description = body.Name, body.Description
	return noContent()
}

func (s *Server) deleteToken(_ *call, t *apiToken) response {
	s.tokens = without(s.tokens, t)
	return noContent()
}
