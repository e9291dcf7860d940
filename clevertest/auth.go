package clevertest

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/base64"
	"hash"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// oauthStore holds the credentials that work.
type oauthStore struct {
	consumers map[string]string // key to secret
	tokens    map[string]*oauthToken
	nonces    map[string]bool
}

// An oauthToken is a user's token or, until verified, the request token that may become one.
type oauthToken struct {
	secret   string
	consumer string
	user     string
	callback string
	verifier string
	pending  bool
	expires  time.Time
}

// authenticate returns the user whose credentials a request carries.
func (s *Server) authenticate(c *call) string {
	header := c.Header.Get("Authorization")
	if header == "" {
		if user := s.linkUser(c); user != "" {
			return user
		}
		// A link in a browser may carry the whole header, in base64, as a parameter.
		inQuery := c.URL.Query().Get("authorization")
		if decoded, err := base64.StdEncoding.DecodeString(inQuery); err == nil {
			header = string(decoded)
		}
	}
	scheme, rest, _ := strings.Cut(header, " ")
	switch {
	case strings.EqualFold(scheme, "Bearer") && !s.takesTokens(c):
		panic(unauthorized("API tokens are for the bridge"))
	case strings.EqualFold(scheme, "OAuth") && !s.takesOAuth(c):
		panic(unauthorized("OAuth credentials are not for this host"))
	case strings.EqualFold(scheme, "Bearer"):
		return s.bearer(c, strings.TrimSpace(rest))
	case strings.EqualFold(scheme, "OAuth"):
		token := s.verifyOAuth(c, rest)
		c.expires = token.expires
		return token.user
	}
	panic(unauthorized("You are not authenticated"))
}

// bearer accepts an API token, anywhere but for the management of API tokens.
func (s *Server) bearer(c *call, token string) string {
	if familyOf(c.URL.Path) == familyBridge {
		panic(bridgeProblem(http.StatusUnauthorized, "invalid-credential",
			"API tokens are managed with OAuth 1 credentials"))
	}
	t := first(s.tokens, func(t *apiToken) bool {
		return same(t.secret, token) && t.expires.After(s.now())
	})
	if t == nil {
		panic(bridgeProblem(http.StatusUnauthorized, "invalid-token",
			"The token is invalid or expired"))
	}
	c.expires = t.expires
	return t.user
}

// verifyOAuth checks an OAuth 1 header that carries a user's token.
func (s *Server) verifyOAuth(c *call, header string) *oauthToken {
	params := parseOAuthHeader(header)
	token := s.oauth.tokens[params["oauth_token"]]
	if token == nil || token.pending || token.expires.Before(s.now()) ||
		token.consumer != params["oauth_consumer_key"] {
		panic(unauthorized("Unknown consumer key or token"))
	}
	s.verifySignature(c, params, token.secret)
	return token
}

// verifySignature checks what the three signature methods have in common, then the signature.
func (s *Server) verifySignature(c *call, params map[string]string, tokenSecret string) {
	consumerSecret, known := s.oauth.consumers[params["oauth_consumer_key"]]
	if !known {
		panic(unauthorized("Unknown consumer key"))
	}
	if v, present := params["oauth_version"]; present && v != "1.0" {
		panic(unauthorized("Unsupported oauth_version"))
	}
	key := percentEncode(consumerSecret) + "&" + percentEncode(tokenSecret)
	var newHash func() hash.Hash
	switch params["oauth_signature_method"] {
	case "", "PLAINTEXT":
		if !same(params["oauth_signature"], key) {
			panic(unauthorized("Invalid signature"))
		}
		return
	case "HMAC-SHA1":
		newHash = sha1.New
	case "HMAC-SHA512":
		newHash = sha512.New
	default:
		panic(unauthorized("Unsupported signature method"))
	}
	mac := hmac.New(newHash, []byte(key))
	mac.Write([]byte(signatureBase(c)))
	if !same(params["oauth_signature"], base64.StdEncoding.EncodeToString(mac.Sum(nil))) {
		panic(unauthorized("Invalid signature"))
	}
	s.useNonce(params)
}

// useNonce rejects a signature that was used before. The date itself is not judged: the server's
// clock may be anything.
func (s *Server) useNonce(params map[string]string) {
	if n, err := strconv.ParseInt(params["oauth_timestamp"], 10, 64); err != nil || n <= 0 {
		panic(unauthorized("Missing or invalid oauth_timestamp"))
	}
	if params["oauth_nonce"] == "" {
		panic(unauthorized("Missing oauth_nonce"))
	}
	use := strings.Join([]string{params["oauth_consumer_key"], params["oauth_token"],
		params["oauth_timestamp"], params["oauth_nonce"]}, "\n")
	if s.oauth.nonces[use] {
		panic(unauthorized("This nonce has been used already"))
	}
	s.oauth.nonces[use] = true
}

// oauthHeader returns the parameters of c's OAuth header. The map is empty if c has no such header.
func oauthHeader(c *call) map[string]string {
	scheme, rest, _ := strings.Cut(c.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "OAuth") {
		return make(map[string]string)
	}
	return parseOAuthHeader(rest)
}

// parseOAuthHeader reads the comma-separated k="v" pairs that follow the scheme.
func parseOAuthHeader(text string) map[string]string {
	params := make(map[string]string)
	malformed := unauthorized("The Authorization header is malformed")
	for pair := range strings.SplitSeq(text, ",") {
		name, value, found := strings.Cut(strings.TrimSpace(pair), "=")
		if !found || len(value) < 2 || value[0] != '"' || value[len(value)-1] != '"' {
			panic(malformed)
		}
		name, err1 := url.PathUnescape(name)
		value, err2 := url.PathUnescape(value[1 : len(value)-1])
		if _, twice := params[name]; twice || err1 != nil || err2 != nil {
			panic(malformed)
		}
		params[name] = value
	}
	return params
}

// signatureBase is the text of RFC 5849 section 3.4.1: method, address, and the parameters of
// header, query and form.
func signatureBase(c *call) string {
	var pairs [][]string // sorted by name, then by value
	add := func(name, value string) {
		if name != "oauth_signature" {
			pairs = append(pairs, []string{percentEncode(name), percentEncode(value)})
		}
	}
	fromHeader := oauthHeader(c)
	delete(fromHeader, "realm")
	for name, value := range fromHeader {
		add(name, value)
	}
	for _, values := range []url.Values{c.URL.Query(), formBody(c)} {
		for name, all := range values {
			for _, value := range all {
				add(name, value)
			}
		}
	}
	slices.SortFunc(pairs, slices.Compare)
	params := list(pairs, func(p []string) string { return strings.Join(p, "=") })
	return strings.Join([]string{
		strings.ToUpper(c.Method), percentEncode(baseURI(c)),
		percentEncode(strings.Join(params, "&")),
	}, "&")
}

// baseURI is the address without query: lower-case host, no default port.
func baseURI(c *call) string {
	host := strings.TrimSuffix(strings.ToLower(c.Host), ":80")
	return "http://" + host + c.URL.EscapedPath()
}

// formBody is the body when it is a form: the only kind that is signed.
func formBody(c *call) url.Values {
	mediaType, _, _ := mime.ParseMediaType(c.Header.Get("Content-Type"))
	if mediaType != "application/x-www-form-urlencoded" {
		return nil
	}
	values, _ := url.ParseQuery(string(c.body))
	return values
}

// percentEncode escapes all but the unreserved characters of RFC 3986.
func percentEncode(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// A link is an address that works without credentials for an hour.
type link struct {
	token   string
	path    string
	user    string
	expires time.Time
}

// presign answers with a link to path.
func (s *Server) presign(c *call, path string) response {
	l := link{s.secret(), path, c.user, s.now().Add(time.Hour)}
	s.links = append(s.links, l)
	return ok(map[string]string{"url": s.URL + path + "?authorization=" + l.token})
}

// linkUser returns the user of the link that a request follows, "" if it follows none.
func (s *Server) linkUser(c *call) string {
	token := c.URL.Query().Get("authorization")
	return first(s.links, func(l link) bool {
		return same(l.token, token) && l.path == c.URL.Path && l.expires.After(s.now())
	}).user
}
