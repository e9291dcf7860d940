package clevertest

import (
	"net/http"
	"slices"
	"time"
)

var tokenRoutes = []route{
	{id: "tokens.list", pattern: "GET /api-tokens", answer: (*Server).listTokens},
	{id: "tokens.create", pattern: "POST /api-tokens", answer: (*Server).createToken},
	{id: "tokens.get", pattern: "GET /api-tokens/{apiTokenId}",
		answer: of((*Server).tokenOf, (*Server).getToken)},
	{id: "tokens.update", pattern: "PUT /api-tokens/{apiTokenId}", answer: (*Server).updateToken},
	{id: "tokens.revoke", pattern: "DELETE /api-tokens/{apiTokenId}", answer: (*Server).deleteToken},
}

type apiToken struct {
	id          string
	secret      string
	user        string
	name        string
	description string
	created     time.Time
	expires     time.Time
}

type tokenWire struct {
	ID             string  `json:"apiTokenId"`
	CreationDate   stamp   `json:"creationDate"`
	ExpirationDate stamp   `json:"expirationDate"`
	Name           string  `json:"name"`
	Description    *string `json:"description"`
	State          string  `json:"state"`
}

type createdTokenWire struct {
	Token string `json:"apiToken"`
	tokenWire
}

type listedTokenWire struct {
	tokenWire
	UserID string  `json:"userId"`
	IP     *string `json:"ip"`
}

func (s *Server) listedTokenWire(t *apiToken) listedTokenWire {
	return listedTokenWire{s.tokenWire(t), t.user, nil}
}

func (s *Server) getToken(_ *call, t *apiToken) (reply, error) { return ok(s.listedTokenWire(t)) }

func (s *Server) tokenWire(t *apiToken) tokenWire {
	state := "ACTIVE"
	if !t.expires.After(s.now()) {
		state = "EXPIRED"
	}
	return tokenWire{t.id, stamp(t.created), stamp(t.expires), t.name, nullable(t.description), state}
}

func (s *Server) listTokens(c *call) (reply, error) {
	found := make([]*apiToken, 0)
	for _, t := range s.tokens {
		if t.user == c.user {
			found = append(found, t)
		}
	}
	return ok(list(found, s.listedTokenWire))
}

// createToken asks for the user's e-mail and password, not for a second factor.
func (s *Server) createToken(c *call) (reply, error) {
	var body struct {
		Email       string    `json:"email"`
		Password    string    `json:"password"`
		Name        string    `json:"name"`
		Description string    `json:"description"`
		Expires     time.Time `json:"expirationDate"`
	}
	if err := c.decode(&body); err != nil {
		return reply{}, bridgeProblem(http.StatusBadRequest, "invalid-body", problemFrom(err).message)
	}
	now := s.now()
	switch {
	case body.Email != s.Email || body.Password != s.Password:
		return reply{}, bridgeProblem(http.StatusUnauthorized, "invalid-credential",
			"Wrong e-mail or password")
	case body.Name == "":
		return reply{}, bridgeProblem(http.StatusBadRequest, "invalid-name", "The name is missing")
	case !body.Expires.After(now) || body.Expires.After(now.AddDate(1, 0, 1)):
		return reply{}, bridgeProblem(http.StatusBadRequest, "invalid-expiration-date",
			"The expiration date must be at most one year ahead")
	}
	t := s.addToken(c.user, body.Name, body.Description, body.Expires)
	return ok(createdTokenWire{t.secret, s.tokenWire(t)})
}

func (s *Server) addToken(user, name, description string, expires time.Time) *apiToken {
	t := &apiToken{"api_tokens_" + s.uuid(), s.secret(), user, name, description, s.now(), expires}
	s.tokens = append(s.tokens, t)
	return t
}

func (s *Server) tokenOf(c *call) (*apiToken, error) {
	for _, t := range s.tokens {
		if t.id == c.PathValue("apiTokenId") && t.user == c.user {
			return t, nil
		}
	}
	return nil, bridgeProblem(http.StatusNotFound, "not-found", "Unknown token")
}

// updateToken replaces the name and the description, and nothing else.
func (s *Server) updateToken(c *call) (reply, error) {
	t := must(s.tokenOf(c))
	var body struct {
		Name        string `json:"name"`
		Description string `json:"description"`
	}
	if err := c.decode(&body); err != nil {
		return reply{}, bridgeProblem(http.StatusBadRequest, "invalid-body", problemFrom(err).message)
	}
	if body.Name == "" {
		return reply{}, bridgeProblem(http.StatusBadRequest, "invalid-name", "The name is missing")
	}
	t.name, t.description = body.Name, body.Description
	return noContent(), nil
}

func (s *Server) deleteToken(c *call) (reply, error) {
	t := must(s.tokenOf(c))
	s.tokens = slices.DeleteFunc(s.tokens, func(other *apiToken) bool { return other == t })
	return noContent(), nil
}
