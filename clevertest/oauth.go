package clevertest

import (
	"net/http"
	"net/url"
	"strings"
	"time"
)

// oauthRoutes are the three steps in which an application obtains a user's token, plus what a token
// may do and the poll of a command-line login. Nobody is asked: the user accepts at once.
var oauthRoutes = append(
	public(under("", "/v2", []row{
		{"oauth.request-token", "POST", "/oauth/request_token", (*Server).requestToken},
		{"oauth.request-token-query", "POST", "/oauth/request_token_query", (*Server).requestToken},
		{"oauth.authorize", "GET", "/oauth/authorize", (*Server).authorizeToken},
		{"oauth.access-token", "POST", "/oauth/access_token", (*Server).accessToken},
		{"oauth.access-token-query", "POST", "/oauth/access_token_query", (*Server).accessToken},
		{"v2.cli-tokens", "GET", "/self/cli_tokens", (*Server).cliTokens},
	})),
	under("", "/v2", []row{
		{"oauth.rights", "GET", "/oauth/rights", tokenRights},
		{"v2.current-token", "GET", "/self/tokens/current", currentToken},
	})...)

// tokenLife is how long a user's token lives.
const tokenLife = 90 * 24 * time.Hour

// oauthParams collects the protocol parameters from wherever they may be: header, query or form.
func oauthParams(c *call) map[string]string {
	params := oauthHeader(c)
	for _, values := range []url.Values{c.URL.Query(), formBody(c)} {
		for name := range values {
			if strings.HasPrefix(name, "oauth_") {
				params[name] = values.Get(name)
			}
		}
	}
	return params
}

func formReply(pairs ...string) reply {
	values := make(url.Values)
	for i := 0; i+1 < len(pairs); i += 2 {
		values.Set(pairs[i], pairs[i+1])
	}
	return textReply("application/x-www-form-urlencoded", values.Encode())
}

// requestToken is the first step, signed by the consumer alone.
func (s *Server) requestToken(c *call) response {
	params := oauthParams(c)
	s.verifySignature(c, params, "")
	key := "request_" + s.secret()
	t := &oauthToken{
		secret: s.secret(), consumer: params["oauth_consumer_key"],
		callback: params["oauth_callback"], pending: true, expires: s.now().Add(time.Hour),
	}
	s.oauth.tokens[key] = t
	return formReply("oauth_token", key, "oauth_token_secret", t.secret,
		"oauth_callback_confirmed", "true")
}

// authorizeToken is the second step, in the user's browser. Without a callback the verifier is
// shown.
func (s *Server) authorizeToken(c *call) response {
	key := c.URL.Query().Get("oauth_token")
	t := s.oauth.tokens[key]
	if t == nil || !t.pending {
		return unauthorized("Unknown request token")
	}
	t.verifier, t.user = s.secret(), string(s.UserID)
	target, err := url.Parse(t.callback)
	if err != nil || !target.IsAbs() {
		return textReply(plainText, "Verifier: "+t.verifier+"\n")
	}
	q := target.Query()
	q.Set("oauth_token", key)
	q.Set("oauth_verifier", t.verifier)
	q.Set("user", t.user)
	target.RawQuery = q.Encode()
	return reply{status: http.StatusFound, header: http.Header{"Location": {target.String()}}}
}

// accessToken is the third step: a request token and its verifier become a user's token.
func (s *Server) accessToken(c *call) response {
	params := oauthParams(c)
	t := s.oauth.tokens[params["oauth_token"]]
	if t == nil || !t.pending || t.verifier == "" || t.consumer != params["oauth_consumer_key"] {
		return unauthorized("Unknown or unauthorised request token")
	}
	s.verifySignature(c, params, t.secret)
	if !same(t.verifier, params["oauth_verifier"]) {
		return unauthorized("Wrong verifier")
	}
	delete(s.oauth.tokens, params["oauth_token"])
	key, made := s.addOAuthToken(t.consumer, t.user)
	return formReply("oauth_token", key, "oauth_token_secret", made.secret,
		"expiration_date", made.expires.Format(milliLayout))
}

func (s *Server) addOAuthToken(consumer, user string) (string, *oauthToken) {
	key, t := "token_"+s.secret(), &oauthToken{secret: s.secret(), consumer: consumer, user: user,
		expires: s.now().Add(tokenLife)}
	s.oauth.tokens[key] = t
	return key, t
}

func tokenRights(*Server, *call) response {
	rights := make(map[string]bool)
	for _, right := range []string{
		"access_organisations", "access_organisations_bills",
		"access_organisations_consumption_statistics", "access_organisations_credit_count",
		"access_personal_information", "manage_organisations", "manage_organisations_applications",
		"manage_organisations_members", "manage_organisations_services",
		"manage_personal_information", "manage_ssh_keys",
	} {
		rights[right] = true
	}
	return ok(rights)
}

// currentToken tells until when the credentials of the request work.
func currentToken(_ *Server, c *call) response {
	return ok(map[string]any{"expirationDate": millis(c.expires), "ownerId": c.user})
}

// cliTokens gives a new token of the seeded consumer to whoever asks: the login page that would
// come first is not served.
func (s *Server) cliTokens(c *call) response {
	if c.URL.Query().Get("cli_token") == "" {
		return problemOf(http.StatusNotFound)
	}
	key, t := s.addOAuthToken(s.OAuth1.ConsumerKey, string(s.UserID))
	return ok(map[string]any{"token": key, "secret": t.secret, "expirationDate": stamp(t.expires)})
}

var tokenRoutes = under("tokens", "/api-tokens", []row{
	{"list", "GET", "", (*Server).listTokens},
	{"create", "POST", "", (*Server).createToken},
	{"get", "GET", "/{apiTokenId}", with((*Server).tokenOf, jsonBy((*Server).listedTokenWire))},
	{"update", "PUT", "/{apiTokenId}", with((*Server).tokenOf, (*Server).updateToken)},
	{"revoke", "DELETE", "/{apiTokenId}", with((*Server).tokenOf, (*Server).deleteToken)},
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
		{"apiTokenId", t.id}, {"creationDate", stamp(t.created)},
		{"expirationDate", stamp(t.expires)}, {"name", t.name},
		{"description", nullable(t.description)}, {"state", state},
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
		return bridgeProblem(http.StatusUnauthorized, "invalid-credential",
			"Wrong e-mail or password")
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
