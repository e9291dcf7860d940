package clevertest

import (
	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/auth"
)

func (s *Server) setOAuth1(consumer, consumerSecret, token, tokenSecret string) {
	s.OAuth1 = auth.OAuth1{
		ConsumerKey: consumer, ConsumerSecret: auth.Secret(consumerSecret), Token: token,
		TokenSecret: auth.Secret(tokenSecret),
	}
}

// Client returns a client of the server with the user's OAuth 1 credentials. The options are
// applied last and may change anything. Client panics if one of them is invalid.
func (s *Server) Client(opts ...clevercloud.ClientOption) *clevercloud.Client {
	base := []clevercloud.ClientOption{clevercloud.WithBaseURL(s.URL), clevercloud.WithAuth(s.OAuth1)}
	if s.cfg.bridge {
		base = append(base, clevercloud.WithBridgeURL(s.BridgeURL))
	}
	if s.piped {
		base = append(base, clevercloud.WithHTTPClient(s.httpClient))
	}
	client, err := clevercloud.New(append(base, opts...)...)
	if err != nil {
		panic("clevertest: " + err.Error())
	}
	return client
}

// Environ returns environment variables, in the form of [os.Environ], for a program that finds the
// API and its credentials there. auth.Default, the official command line and most programs around
// it do.
func (s *Server) Environ() []string {
	return []string{
		"API_HOST=" + s.URL,
		"AUTH_BRIDGE_HOST=" + s.BridgeURL,
		"CLEVER_TOKEN=" + s.OAuth1.Token,
		"CLEVER_SECRET=" + s.OAuth1.TokenSecret.Reveal(),
		"OAUTH_CONSUMER_KEY=" + s.OAuth1.ConsumerKey,
		"OAUTH_CONSUMER_SECRET=" + s.OAuth1.ConsumerSecret.Reveal(),
		"CLEVER_API_TOKEN=" + s.Token.Reveal(),
	}
}
