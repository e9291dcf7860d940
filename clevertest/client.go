package clevertest

// Secret and OAuth1 stand in for the types of package auth.
type Secret string

// OAuth1 is a set of OAuth 1 credentials.
type OAuth1 struct {
	ConsumerKey    string
	ConsumerSecret Secret
	Token          string
	TokenSecret    Secret
}

func (s *Server) setOAuth1(consumer, consumerSecret, token, tokenSecret string) {
	s.OAuth1 = OAuth1{ConsumerKey: consumer, ConsumerSecret: Secret(consumerSecret), Token: token, TokenSecret: Secret(tokenSecret)}
}

func (s *Server) setToken(token string) { s.Token = Secret(token) }
